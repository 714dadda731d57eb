//! Conclusions that people wrote at the same time: shown with both sides, settled by a choice.

use api::drafting::{DraftChoice, DraftingView, SettleConclusions};
use api::error::ApiError;
use api::query::Room;
use serde_json::json;

use crate::connect::{Context, Session};
use crate::find;
use crate::output::{Lines, Reply};

/// What one has to choose from, as lines of `kyhop meeting show`.
pub fn told(context: &Context, view: &DraftingView, lines: &mut Lines) {
    let lang = context.lang;
    let head = lang.pick("Kết luận có nhiều người sửa cùng lúc", "Conclusions that people changed at the same time");
    lines.add(format_args!("\n! {head}"));
    let nothing = lang.pick("(bỏ đoạn này)", "(nothing)");
    let said = |paragraphs: &[String]| if paragraphs.is_empty() { nothing.to_owned() } else { paragraphs.join(" / ") };
    for place in &view.places {
        lines.add(format_args!("  {} {}", lang.pick("Kết luận", "Conclusion"), place.number));
        for (index, (side, paragraphs)) in view.sides.iter().zip(&place.sides).enumerate() {
            lines.add(format_args!("    {}  {}: {}", index + 1, side.by, said(paragraphs)));
        }
        lines.add(format_args!("    merged  {}", said(&place.merged)));
    }
    lines.add(format_args!("  kyhop meeting settle {}", vec!["1|2|all|merged"; view.places.len()].join(" ")));
}

/// `kyhop meeting settle`
pub async fn settle(context: &Context, session: &mut Session, meeting: &str, typed: &[String]) -> Result<Reply, ApiError> {
    let choices = typed.iter().map(|text| choice(text)).collect::<Result<Vec<_>, _>>()?;
    let meeting = find::meeting(session, meeting).await?;
    let room = session.query(Room { meeting }).await?;
    let sides = room.drafting.map(|view| view.sides).unwrap_or_default();
    let editions = sides.iter().map(|side| side.edition).collect();
    session.act(SettleConclusions { meeting, editions, choices }).await?;
    let conclusions = session.query(Room { meeting }).await?.conclusions;
    let mut lines = Lines::default();
    lines.add(format_args!("{}", context.lang.pick("Đã chọn; kết luận nay là:", "Settled; the conclusions are:")));
    for (index, conclusion) in conclusions.iter().enumerate() {
        lines.add(format_args!("  {}. {conclusion}", index + 1));
    }
    Reply::new(&json!({ "meeting": meeting, "conclusions": conclusions }), lines.or(""))
}

fn choice(text: &str) -> Result<DraftChoice, ApiError> {
    let side = || text.parse::<u32>().ok().and_then(|number| number.checked_sub(1));
    match text {
        "all" => Ok(DraftChoice::All),
        "merged" => Ok(DraftChoice::Merged),
        _ => side().map(DraftChoice::Side).ok_or_else(|| {
            ApiError::new("bad_argument", "not a side, all or merged").with("typed", text).with("form", "N|all|merged")
        }),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn a_side_is_typed_by_its_number_from_one() {
        assert_eq!(choice("2").unwrap(), DraftChoice::Side(1));
        assert_eq!(choice("merged").unwrap(), DraftChoice::Merged);
        for wrong in ["0", "-1", "both", ""] {
            assert_eq!(choice(wrong).unwrap_err().code, "bad_argument");
        }
    }
}
