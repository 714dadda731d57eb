//! Rule profiles: listed, shown, written from JSON and to JSON.

use std::path::Path;

use api::error::ApiError;
use api::rules::{RemoveRuleProfile, RuleBook, RuleBookView, RuleRow, SaveRuleProfile};
use domain::limits::PROFILES_BYTES;
use domain::vote::{Base, RuleError, RuleProfile, Share, TieRule, parse_profiles};
use serde_json::json;

use super::read_file;
use crate::args::Rules;
use crate::connect::{Context, Session};
use crate::output::{Lines, Reply};

/// `kyhop rules …`
pub async fn run(context: &Context, session: &mut Session, verb: Rules) -> Result<Reply, ApiError> {
    match verb {
        Rules::List => {
            let book = session.query(RuleBook {}).await?;
            Reply::new(&book, list(context, &book))
        }
        Rules::Show { id } => {
            let book = session.query(RuleBook {}).await?;
            let row = of(&book, &id)?;
            Reply::new(row, show(context, row))
        }
        Rules::Import { file } => {
            let profiles = read(&file)?;
            let mut book = session.query(RuleBook {}).await?;
            // Each is checked before the first is written, and each write checks again.
            for profile in &profiles {
                if book.rules.iter().any(|row| row.built_in && row.profile.id == profile.id) {
                    return Err(ApiError::new("profile_built_in", "the rules of the program stay as they are")
                        .with("profile", &profile.id));
                }
            }
            for profile in profiles {
                book = session.act(SaveRuleProfile { profile }).await?;
            }
            Reply::new(&book, list(context, &book))
        }
        Rules::Export { ids, out } => {
            let book = session.query(RuleBook {}).await?;
            let wanted: Vec<&RuleProfile> = if ids.is_empty() {
                book.rules.iter().filter(|row| !row.built_in).map(|row| &row.profile).collect()
            } else {
                ids.iter().map(|id| of(&book, id).map(|row| &row.profile)).collect::<Result<_, _>>()?
            };
            let text =
                serde_json::to_string_pretty(&wanted).map_err(|error| ApiError::new("internal", error.to_string()))? + "\n";
            std::fs::write(&out, &text)
                .map_err(|error| ApiError::new("disk_error", error.to_string()).with("file", out.display()))?;
            let said = context.lang.pick("Đã ghi", "Written");
            Reply::new(&json!({ "path": out.display().to_string(), "rules": wanted.len() }), format!("{said} {}", out.display()))
        }
        Rules::Remove { id } => {
            let book = session.act(RemoveRuleProfile { id }).await?;
            Reply::new(&book, list(context, &book))
        }
    }
}

/// One profile or a list of them.
fn read(file: &Path) -> Result<Vec<RuleProfile>, ApiError> {
    let bytes = read_file(file, PROFILES_BYTES, "profiles_unreadable")?;
    let text = String::from_utf8_lossy(&bytes);
    let text = if text.trim_start().starts_with('{') { format!("[{text}]") } else { text.into_owned() };
    parse_profiles(&text).map_err(|error| {
        let said = ApiError::new(error.code(), error.to_string()).with("file", file.display()).with("reason", &error);
        match error {
            RuleError::Limit(error) => said.with("what", error.what).with("limit", error.limit).with("found", error.found),
            RuleError::Unreadable(_) | RuleError::SameId(_) => said,
        }
    })
}

fn of<'a>(book: &'a RuleBookView, id: &str) -> Result<&'a RuleRow, ApiError> {
    let found = book.rules.iter().find(|row| row.profile.id == id);
    found.ok_or_else(|| ApiError::new("not_found", "no such rules").with("what", "profile").with("typed", id))
}

fn list(context: &Context, book: &RuleBookView) -> String {
    let mut lines = Lines::default();
    for row in &book.rules {
        let whose = if row.built_in {
            context.lang.pick("của chương trình", "of the program")
        } else {
            context.lang.pick("của tổ chức", "of the organisation")
        };
        lines.add(format_args!("{}  {} ({whose})", row.profile.id, row.profile.name));
    }
    lines.or("")
}

fn show(context: &Context, row: &RuleRow) -> String {
    let lang = context.lang;
    let RuleProfile { id, name, base, threshold, quorum, tie, legal_basis, may_change, secret, results: _ } = &row.profile;
    let of = match base {
        Base::Roll => lang.pick("tổng số người có quyền biểu quyết", "all on the roll"),
        Base::Present => lang.pick("số người có mặt", "those present"),
    };
    let tie = match tie {
        TieRule::Fails => lang.pick("không thông qua", "fails"),
        TieRule::ChairDecides => lang.pick("theo bên của chủ tọa", "the chair's side wins"),
    };
    let kind = match secret {
        Some(true) => lang.pick("bỏ phiếu kín", "secret ballot"),
        Some(false) => lang.pick("biểu quyết công khai", "open vote"),
        None => lang.pick("theo quyết định từng lần", "as the body decides"),
    };
    let told = if row.profile.is_live() {
        lang.pick("hiện ngay khi đang bỏ phiếu", "shown while ballots are cast")
    } else {
        lang.pick("hiện sau khi đóng", "shown after the close")
    };
    let change = if *may_change { lang.pick("có", "yes") } else { lang.pick("không", "no") };
    let mut lines = Lines::default();
    lines
        .add(format_args!("{id}: {name}"))
        .add(format_args!("{}: {} – {of}", lang.pick("Thông qua", "Passed by"), share(context, *threshold)))
        .add(format_args!("{}: {}", lang.pick("Số người phải có mặt", "Quorum"), share(context, *quorum)))
        .add(format_args!("{}: {tie}", lang.pick("Số phiếu ngang nhau", "A tie")))
        .add(format_args!("{}: {kind}", lang.pick("Hình thức", "Kind")))
        .add(format_args!("{}: {told}", lang.pick("Kết quả biểu quyết công khai", "Result of an open vote")))
        .add(format_args!("{}: {change}", lang.pick("Được đổi phiếu đến khi đóng", "A ballot may be changed until the close")))
        .add(format_args!("{legal_basis}"));
    lines.or("")
}

fn share(context: &Context, share: Share) -> &'static str {
    let lang = context.lang;
    match share {
        Share::Majority => lang.pick("quá nửa", "more than half"),
        Share::TwoThirds => lang.pick("ít nhất hai phần ba", "at least two thirds"),
        Share::Half => lang.pick("ít nhất một nửa", "at least half"),
        Share::All => lang.pick("tất cả", "all"),
        Share::One => lang.pick("ít nhất một", "at least one"),
    }
}
