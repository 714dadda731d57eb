//! Marks on papers.

use api::act::{self, Audience};
use api::error::ApiError;
use api::query::Annotations;
use domain::annotation::Mark;
use serde_json::json;

use crate::args::{Annotate, OnPaper};
use crate::connect::{Context, Session};
use crate::find;
use crate::output::{Lines, Reply};

/// A marker's yellow, 0xRRGGBB.
const COLOUR: u32 = 0x00ff_d54f;

/// `kyhop annotate`: on the newest version.
pub async fn annotate(context: &Context, session: &mut Session, args: Annotate) -> Result<Reply, ApiError> {
    let room = find::room(session, &args.on.meeting).await?;
    let row = find::paper(&room, &args.on.paper)?;
    let version = row
        .versions
        .first()
        .ok_or_else(|| ApiError::new("not_found", "the paper has no version").with("what", "version"))?
        .version;
    let mark = match (args.note, args.at) {
        (Some(text), Some(at)) => Mark::Note { at, text },
        _ => Mark::Highlight { quads: args.highlight, quote: args.quote.unwrap_or_default() },
    };
    let request = act::Annotate {
        meeting: room.row.meeting,
        paper: row.paper,
        version,
        page: args.page.saturating_sub(1),
        colour: COLOUR,
        mark,
        audience: if args.shared { Audience::Shared } else { Audience::Private },
    };
    let annotation = session.act(request).await?;
    Reply::new(
        &json!({ "annotation": annotation }),
        format!("{} {annotation}", context.lang.pick("Đã lưu ghi chú", "Saved the annotation")),
    )
}

/// `kyhop annotations`
pub async fn list(context: &Context, session: &mut Session, on: OnPaper) -> Result<Reply, ApiError> {
    let room = find::room(session, &on.meeting).await?;
    let paper = find::paper(&room, &on.paper)?.paper;
    let views = session.query(Annotations { meeting: room.row.meeting, paper }).await?;
    let mut lines = Lines::default();
    for view in &views {
        let text = match &view.annotation.mark {
            Mark::Ink { .. } => context.lang.pick("(nét vẽ)", "(ink)"),
            Mark::Highlight { quote, .. } => quote.as_str(),
            Mark::Note { text, .. } => text.as_str(),
        };
        let audience = match view.audience {
            Audience::Private => context.lang.pick("riêng", "private"),
            Audience::Shared => context.lang.pick("chung", "shared"),
        };
        lines.add(format_args!(
            "{} {} · {} ({audience}): {text}",
            context.lang.pick("Trang", "Page"),
            view.annotation.page + 1,
            view.author_name
        ));
    }
    Reply::new(&views, lines.or(context.lang.pick("Chưa có ghi chú.", "No annotations yet.")))
}
