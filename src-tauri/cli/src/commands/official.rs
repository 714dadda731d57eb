//! Minutes, resolution and notice of conclusions of a meeting.

use std::path::Path;

use api::error::ApiError;
use api::official::{self as about, DraftOfficial, ExportOfficial, OfficialKind, OfficialText, OfficialView, SignOfficial};
use api::view::MinutesView;

use super::{absolute, exported, read_file};
use crate::args::Official;
use crate::connect::{Context, Session};
use crate::find;
use crate::output::{Lines, Reply};
use crate::verdicts::Verdicts;

/// Largest file of words.
const WORDS_BYTES: usize = 4 << 20;

/// `kyhop minutes …`, `kyhop resolution …`, `kyhop notice …`
pub async fn run(context: &Context, session: &mut Session, kind: OfficialKind, verb: Official) -> Result<Reply, ApiError> {
    let view = match verb {
        Official::Draft { meeting, words, fresh } => {
            let meeting = find::meeting(session, &meeting).await?;
            let text = match words {
                Some(file) => Some(read(&file)?),
                None if fresh => None,
                None => session.query(about::Official { meeting, kind }).await.map(|view| view.text.filter(|_| view.edited))?,
            };
            session.act(DraftOfficial { meeting, kind, text }).await?
        }
        Official::Text { meeting } => {
            let meeting = find::meeting(session, &meeting).await?;
            let view = session.query(about::Official { meeting, kind }).await?;
            let text = view.text.ok_or_else(|| ApiError::new("nothing_to_issue", "nothing was adopted or concluded yet"))?;
            let shown = serde_json::to_string_pretty(&text).map_err(|error| ApiError::new("internal", error.to_string()))?;
            return Reply::new(&text, shown);
        }
        Official::Sign { meeting } => {
            let meeting = find::meeting(session, &meeting).await?;
            session.act(SignOfficial { meeting, kind }).await?
        }
        Official::Show { meeting } => {
            let meeting = find::meeting(session, &meeting).await?;
            session.query(about::Official { meeting, kind }).await?
        }
        Official::Export { meeting, out } => {
            let meeting = find::meeting(session, &meeting).await?;
            return exported(context, &session.act(ExportOfficial { meeting, kind, path: absolute(&out) }).await?);
        }
    };
    reply(context, &view)
}

/// What scripts have read of minutes since there are any is their file's state alone; the others stand the same way.
fn reply(context: &Context, view: &OfficialView) -> Result<Reply, ApiError> {
    Reply::new(&view.file, show(context, view.kind, &view.file)?)
}

fn read(file: &Path) -> Result<OfficialText, ApiError> {
    let bytes = read_file(file, WORDS_BYTES, "too_large")?;
    serde_json::from_slice(&bytes).map_err(|error| {
        ApiError::new("bad_argument", error.to_string())
            .with("typed", file.display())
            .with("form", "kyhop resolution text > FILE")
    })
}

fn show(context: &Context, kind: OfficialKind, view: &MinutesView) -> Result<String, ApiError> {
    let lang = context.lang;
    let name = match kind {
        OfficialKind::Minutes => lang.pick("Biên bản", "Minutes"),
        OfficialKind::Resolution => lang.pick("Nghị quyết", "Resolution"),
        OfficialKind::Notice => lang.pick("Thông báo kết luận", "Notice of conclusions"),
    };
    if view.version.is_none() {
        return Ok(format!("{name}: {}", lang.pick("chưa có.", "none yet.")));
    }
    let verdicts = Verdicts::of(lang)?;
    let mut lines = Lines::default();
    lines.add(format_args!("{name}: {} {}", view.pages, lang.pick("trang", "pages")));
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
