//! Drafts of the handbook: written, handed in, reviewed, published.

use std::path::Path;

use api::error::ApiError;
use api::handbook::{
    CreateDraft, Draft, DraftContent, DraftRow, DraftState, DraftView, Drafts, EditDraft, PublishDrafts, Review, SubmitForReview,
};
use domain::id::DraftId;

use crate::args::handbook::{self as words, Handbook};
use crate::connect::{Context, Session};
use crate::find;
use crate::output::{Lines, Reply};

/// Bytes of a file with a draft's content.
const CONTENT_BYTES_MAX: u64 = 2 * 1024 * 1024;

/// `kyhop handbook drafts|draft|submit|review|publish-drafts`
pub async fn run(context: &Context, session: &mut Session, verb: Handbook) -> Result<Reply, ApiError> {
    let view = match verb {
        Handbook::Draft(args) => write(session, args).await?,
        Handbook::Submit { draft } => {
            let draft = find_draft(session, &draft).await?;
            session.act(SubmitForReview { draft }).await?
        }
        Handbook::Review { draft, returned } => {
            let draft = find_draft(session, &draft).await?;
            let (approve, note) = (returned.is_none(), returned.unwrap_or_default());
            session.act(Review { draft, approve, note }).await?
        }
        Handbook::PublishDrafts { drafts } => {
            let mut found = Vec::with_capacity(drafts.len());
            for typed in drafts {
                found.push(find_draft(session, &typed).await?);
            }
            let view = session.act(PublishDrafts { drafts: found }).await?;
            let text = format!("{} {}", context.lang.pick("Đã phát hành", "Published"), view.package.title);
            return Reply::new(&view, text);
        }
        _ => {
            let view = session.query(Drafts {}).await?;
            let mut lines = Lines::default();
            for row in &view.drafts {
                lines.add(format_args!("{}", one_line(context, row)));
            }
            let text = lines.or(context.lang.pick("Chưa có bản thảo nào.", "There are no drafts."));
            return Reply::new(&view, text);
        }
    };
    Reply::new(&view, shown(context, &view))
}

async fn write(session: &mut Session, args: words::Draft) -> Result<DraftView, ApiError> {
    let content = args.content.as_deref().map(read_content).transpose()?;
    let draft = match args.draft {
        Some(typed) => {
            let draft = find_draft(session, &typed).await?;
            if let Some(content) = content {
                let base = session.query(Draft { draft }).await?.base;
                return session.act(EditDraft { draft, base, content }).await;
            }
            draft
        }
        None => session.act(CreateDraft { article: args.article, content }).await?,
    };
    session.query(Draft { draft }).await
}

/// The content in a file.
fn read_content(path: &Path) -> Result<DraftContent, ApiError> {
    let file = path.display().to_string();
    let unreadable = |error: &std::io::Error| match error.kind() {
        std::io::ErrorKind::NotFound => ApiError::new("file_not_found", error.to_string()).with("file", &file),
        _ => ApiError::new("disk_error", error.to_string()).with("file", &file),
    };
    let size = std::fs::metadata(path).map_err(|error| unreadable(&error))?.len();
    let bad = |why: String| ApiError::new("bad_argument", why).with("typed", &file).with("form", "JSON");
    if size > CONTENT_BYTES_MAX {
        return Err(bad(format!("more than {CONTENT_BYTES_MAX} bytes")));
    }
    let bytes = std::fs::read(path).map_err(|error| unreadable(&error))?;
    serde_json::from_slice(&bytes).map_err(|error| bad(error.to_string()))
}

async fn find_draft(session: &mut Session, typed: &str) -> Result<DraftId, ApiError> {
    if let Ok(id) = typed.trim().parse() {
        return Ok(id);
    }
    find::by_beginning("draft", typed, session.query(Drafts {}).await?.drafts.into_iter().map(|row| row.draft))
}

fn one_line(context: &Context, row: &DraftRow) -> String {
    let (vi, en) = match row.state {
        DraftState::Draft => ("Đang soạn", "Being written"),
        DraftState::InReview => ("Chờ duyệt", "Waits for review"),
        DraftState::Returned => ("Bị trả lại", "Returned"),
        DraftState::Approved => ("Đã duyệt", "Approved"),
        DraftState::Published => ("Đã phát hành", "Published"),
    };
    format!("{}  [{}] {}", row.draft.short(), context.lang.pick(vi, en), row.title)
}

fn shown(context: &Context, view: &DraftView) -> String {
    let mut lines = Lines::default();
    lines.add(format_args!("{}", one_line(context, &view.row)));
    for link in view.content.links.iter().flatten() {
        lines.add(format_args!("  {} {}", link.kind.slug(), link.title));
    }
    for conflict in &view.conflicts {
        let differs = context.lang.pick("Hai người viết khác nhau", "Two people wrote differently");
        lines.add(format_args!("! {differs}: {}", conflict.place));
    }
    lines.or("")
}
