//! Minutes of a meeting.

use api::act::{DraftMinutes, ExportMinutes, SignMinutes};
use api::error::ApiError;
use api::query;
use api::view::MinutesView;

use super::{absolute, exported};
use crate::args::Minutes;
use crate::connect::{Context, Session};
use crate::find;
use crate::output::{Lines, Reply};
use crate::verdicts::Verdicts;

/// `kyhop minutes …`
pub async fn run(context: &Context, session: &mut Session, verb: Minutes) -> Result<Reply, ApiError> {
    let view = match verb {
        Minutes::Draft { meeting } => {
            let meeting = find::meeting(session, &meeting).await?;
            session.act(DraftMinutes { meeting }).await?
        }
        Minutes::Sign { meeting } => {
            let meeting = find::meeting(session, &meeting).await?;
            session.act(SignMinutes { meeting }).await?
        }
        Minutes::Show { meeting } => {
            let meeting = find::meeting(session, &meeting).await?;
            session.query(query::Minutes { meeting }).await?
        }
        Minutes::Export { meeting, out } => {
            let meeting = find::meeting(session, &meeting).await?;
            return exported(context, &session.act(ExportMinutes { meeting, path: absolute(&out) }).await?);
        }
    };
    Reply::new(&view, show(context, &view)?)
}

fn show(context: &Context, view: &MinutesView) -> Result<String, ApiError> {
    let lang = context.lang;
    if view.version.is_none() {
        return Ok(lang.pick("Chưa có biên bản.", "No minutes yet.").to_owned());
    }
    let verdicts = Verdicts::of(lang)?;
    let mut lines = Lines::default();
    lines.add(format_args!("{}: {} {}", lang.pick("Biên bản", "Minutes"), view.pages, lang.pick("trang", "pages")));
    for signature in &view.signatures {
        let status = match signature.status.as_str() {
            // What was added after the secretary's signature is the chair's.
            "valid" | "valid_later_additions" => lang.pick("chữ ký hợp lệ", "signature valid"),
            "unknown_signer" => lang.pick("chưa rõ người ký", "unknown signer"),
            _ => lang.pick("chữ ký KHÔNG hợp lệ", "signature NOT valid"),
        };
        let reason = verdicts.reason(&signature.reason);
        let reason = if reason.is_empty() { String::new() } else { format!(" – {reason}") };
        lines.add(format_args!("  {} · {status}{reason}", signature.signer));
    }
    if view.my_turn {
        lines.add(format_args!("{}", lang.pick("Đến lượt bạn ký.", "It is your turn to sign.")));
    }
    if view.complete {
        lines.add(format_args!("{}", lang.pick("Đã đủ chữ ký.", "Signed by all.")));
    }
    Ok(lines.or(""))
}
