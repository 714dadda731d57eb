//! One-use invitations and lists of persons.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use api::act::FileSource;
use api::error::ApiError;
use api::roster::{
    ApplyRoster, InvitationMade, InvitationRow, InvitationState, Invitations, MakeInvitation, PreviewRoster, RevokeInvitation,
    RosterApplied, RosterOutcome, RosterRow, RosterView,
};
use domain::calendar;
use serde_json::json;

use super::absolute;
use crate::args::{InvitationTerms, InvitationVerb, NewInvitation, RosterVerb};
use crate::connect::{Context, Session};
use crate::output::{Lines, Reply};
use crate::texts;

/// `kyhop invitation …`
pub async fn run(context: &Context, session: &mut Session, verb: InvitationVerb) -> Result<Reply, ApiError> {
    match verb {
        InvitationVerb::New(args) => new(context, session, args).await,
        InvitationVerb::List => list(context, session).await,
        InvitationVerb::Revoke { invitation } => revoke(context, session, &invitation).await,
    }
}

async fn new(context: &Context, session: &mut Session, args: NewInvitation) -> Result<Reply, ApiError> {
    let NewInvitation { name, title, unit, role, terms, out } = args;
    if let Some(out) = &out
        && out.exists()
    {
        return Err(ApiError::new("file_exists", "the file is there already").with("file", out.display()));
    }
    let InvitationTerms { hours, address } = terms;
    let asked = MakeInvitation { name, title, unit, role: role.into(), valid_hours: hours, addresses: address };
    let made: InvitationMade = session.act(asked).await?;
    let until = calendar::in_words(made.row.expires_at);
    let once = match context.lang.is_vietnamese() {
        true => format!("Phiếu mời của {}, dùng một lần, đến {until}. Hãy trao tận tay.", made.row.name),
        false => format!("Invitation of {}, for one use, until {until}. Hand it over in person.", made.row.name),
    };
    match out {
        Some(out) => {
            write_private(&out, &made.text)?;
            let reply = json!({ "invitation": made.row, "file": absolute(&out) });
            Reply::new(&reply, format!("{once}\n{}", absolute(&out)))
        }
        None => {
            let text = format!("{once}\n\n{}\n", made.text);
            Reply::new(&json!({ "invitation": made.row, "text": made.text }), text)
        }
    }
}

/// A new file that nobody else can read.
fn write_private(path: &Path, text: &str) -> Result<(), ApiError> {
    let failed = |error: std::io::Error| {
        let code = if error.kind() == std::io::ErrorKind::AlreadyExists { "file_exists" } else { "disk_error" };
        ApiError::new(code, error.to_string()).with("file", path.display())
    };
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path).map_err(failed)?;
    writeln!(file, "{text}").and_then(|()| file.sync_all()).map_err(failed)
}

async fn list(context: &Context, session: &mut Session) -> Result<Reply, ApiError> {
    let rows: Vec<InvitationRow> = session.query(Invitations {}).await?;
    let mut lines = Lines::default();
    for row in &rows {
        lines.add(format_args!(
            "{}  {}, {} · {}: {}",
            row.invitation.short(),
            row.name,
            row.title,
            row.unit_name,
            state(context, row)
        ));
    }
    Reply::new(&rows, lines.or(context.lang.pick("Chưa có phiếu mời nào.", "No invitations yet.")))
}

fn state(context: &Context, row: &InvitationRow) -> String {
    let pick = |vi: &'static str, en: &'static str| context.lang.pick(vi, en).to_owned();
    let mut said = match (row.state, row.used_at, row.used_by) {
        (InvitationState::Open, ..) => {
            format!("{} {}", pick("chờ đến", "open until"), calendar::in_words(row.expires_at))
        }
        (InvitationState::Used, Some(at), Some(device)) => {
            format!("{} {} ({})", pick("đã dùng lúc", "used at"), calendar::in_words(at), device.short())
        }
        (InvitationState::Used, ..) => pick("đã dùng", "used"),
        (InvitationState::Expired, ..) => pick("hết hạn", "expired"),
        (InvitationState::Revoked, ..) => pick("đã thu hồi", "withdrawn"),
    };
    if row.tries > 0 {
        said.push_str(&match context.lang.is_vietnamese() {
            true => format!("; sau đó còn {} lần có máy đưa phiếu này ra", row.tries),
            false => format!("; shown {} times after that", row.tries),
        });
    }
    said
}

async fn revoke(context: &Context, session: &mut Session, typed: &str) -> Result<Reply, ApiError> {
    let rows: Vec<InvitationRow> = session.query(Invitations {}).await?;
    let beginning = typed.trim().to_lowercase();
    let mut fit = rows.iter().filter(|row| !beginning.is_empty() && row.invitation.to_string().starts_with(&beginning));
    let (Some(found), further) = (fit.next(), fit.next()) else {
        return Err(ApiError::new("not_found", "no such invitation").with("what", "invitation"));
    };
    if further.is_some() {
        return Err(ApiError::new("ambiguous", "several fit").with("typed", typed));
    }
    let row = session.act(RevokeInvitation { invitation: found.invitation }).await?;
    let text = format!("{} {}", context.lang.pick("Đã thu hồi phiếu mời của", "Withdrawn: the invitation of"), row.name);
    Reply::new(&row, text)
}

/// `kyhop roster …`
pub async fn roster(context: &Context, session: &mut Session, verb: RosterVerb) -> Result<Reply, ApiError> {
    let RosterVerb::Import { file, apply, out, terms } = verb;
    let file = FileSource::Path(absolute(&file));
    match out.filter(|_| apply) {
        Some(out) => applied(context, session, file, out, terms).await,
        None => {
            let view = session.act(PreviewRoster { file }).await?;
            Reply::new(&view, preview(context, &view))
        }
    }
}

async fn applied(
    context: &Context,
    session: &mut Session,
    file: FileSource,
    out: PathBuf,
    terms: InvitationTerms,
) -> Result<Reply, ApiError> {
    let InvitationTerms { hours, address } = terms;
    let asked = ApplyRoster { file, path: absolute(&out), valid_hours: hours, addresses: address };
    let done: RosterApplied = session.act(asked).await?;
    let text = match context.lang.is_vietnamese() {
        true => format!(
            "Đã tạo {} phiếu mời trong {}; {} người đã có.\nTờ in: {}",
            done.made.len(),
            done.path,
            done.known,
            done.sheet
        ),
        false => format!(
            "Made {} invitations in {}; {} people were there already.\nThe sheet to print: {}",
            done.made.len(),
            done.path,
            done.known,
            done.sheet
        ),
    };
    Reply::new(&done, text)
}

fn preview(context: &Context, view: &RosterView) -> String {
    let mut lines = Lines::default();
    for row in &view.rows {
        lines.add(format_args!(
            "{:>5}  {}{}{}: {}",
            row.line,
            row.name,
            if row.unit_name.is_empty() { "" } else { " · " },
            row.unit_name,
            outcome(context, row)
        ));
    }
    let said = match context.lang.is_vietnamese() {
        true => format!("{} người mới, {} người đã có, {} dòng có lỗi. Chưa làm gì cả.", view.new, view.known, view.errors),
        false => format!("{} new, {} there already, {} rows with errors. Nothing was done.", view.new, view.known, view.errors),
    };
    lines.add(format_args!("{said}"));
    lines.or("")
}

fn outcome(context: &Context, row: &RosterRow) -> String {
    let pick = |vi: &'static str, en: &'static str| context.lang.pick(vi, en).to_owned();
    match &row.outcome {
        RosterOutcome::New { new_unit: true } => pick("người mới, đơn vị mới", "new, in a new unit"),
        RosterOutcome::New { new_unit: false } => pick("người mới", "new"),
        RosterOutcome::Exists => pick("đã có trong tổ chức", "belongs already"),
        RosterOutcome::Invited => pick("đã được mời", "invited already"),
        RosterOutcome::Error { code, column, typed } => {
            let error = ApiError::new(code, "").with("column", column).with("typed", typed).with("line", row.line);
            texts::sentence(context.lang, &error)
        }
    }
}
