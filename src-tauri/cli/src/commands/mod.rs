//! One function per command.

mod annotate;
mod archive;
mod attendance;
mod audit;
mod ballot_form;
mod demo;
mod draft;
mod drafting;
mod handbook;
mod invitation;
mod join;
mod lead;
mod meeting;
mod node;
mod official;
mod opinion;
mod organisation;
mod paper;
mod passphrase;
mod pdf;
mod question;
mod recover;
mod rules;
mod secret_vote;
mod sitting;
mod task;
mod vote;

use std::path::Path;

use api::act::{BackUp, ExportAuthority};
use api::error::ApiError;
use api::official::OfficialKind;
use api::view::ExportView;

use crate::args::{Ca, Command, Meeting, Pdf, Vote};
use crate::connect::{Context, Session};
use crate::output::Reply;

/// Exit status of a command that failed.
const FAILED: u8 = 1;
/// Exit status of a verification that found something wrong.
const NOT_VALID: u8 = 1;
/// Exit status of a verification whose input is not readable.
const NOT_READABLE: u8 = 2;

/// Exit status if the command ends with an error: verifications tell "wrong" from "not readable".
pub fn exit_of_unreadable(command: &Command) -> u8 {
    match command {
        Command::Vote(Vote::Verify { .. })
        | Command::Pdf(Pdf::Verify { .. })
        | Command::Meeting(Meeting::VerifyArchive { .. }) => NOT_READABLE,
        _ => FAILED,
    }
}

/// Does what was asked.
///
/// # Errors
/// What the application answers, with its stable code.
pub async fn run(context: &Context, command: Command) -> Result<Reply, ApiError> {
    // What needs no profile, makes one, or stays.
    let command = match command {
        Command::Init(args) => return organisation::init(context, args).await,
        Command::Join(args) => return join::join(context, args).await,
        Command::Node(args) => return node::node(context, args).await,
        Command::Status => return organisation::status(context).await,
        Command::Restore { file } => return organisation::restore(context, &file).await,
        Command::Remember { forget } => return organisation::remember(context, forget).await,
        Command::Organisation(verb) => return recover::run(context, verb).await,
        Command::Passphrase(verb) => return passphrase::run(context, verb).await,
        Command::Demo { dir } => return demo::demo(context, &dir).await,
        Command::Vote(Vote::Verify { bundle, root }) => {
            return vote::verify(context, &bundle, &root);
        }
        Command::Pdf(Pdf::Verify { file, trust }) => return pdf::verify(context, &file, &trust),
        Command::Meeting(Meeting::VerifyArchive { archive, root }) => return archive::verify(context, &archive, &root),
        command => command,
    };
    let mut session = Session::open(context).await?;
    let reply = with_profile(context, &mut session, command).await;
    session.close().await;
    reply
}

async fn with_profile(context: &Context, session: &mut Session, command: Command) -> Result<Reply, ApiError> {
    match command {
        Command::Approve(args) => organisation::approve(context, session, args).await,
        Command::Invitation(verb) => invitation::run(context, session, verb).await,
        Command::Roster(verb) => invitation::roster(context, session, verb).await,
        Command::People => organisation::people(context, session).await,
        Command::Duty(args) => organisation::duty(context, session, args).await,
        Command::Remove { person, meeting } => audit::remove(context, session, &person, meeting.as_deref()).await,
        Command::Revoke { device } => audit::revoke(context, session, &device).await,
        Command::Audit { meeting } => audit::audit(context, session, meeting.as_deref()).await,
        Command::Identity => organisation::identity(context, session).await,
        Command::Meeting(verb) => meeting::run(context, session, verb).await,
        Command::Sitting(verb) => sitting::run(context, session, verb).await,
        Command::Paper(verb) => paper::run(context, session, verb).await,
        Command::Annotate(args) => annotate::annotate(context, session, args).await,
        Command::Annotations(on) => annotate::list(context, session, on).await,
        Command::Vote(verb) => vote::run(context, session, verb).await,
        Command::Rules(verb) => rules::run(context, session, verb).await,
        Command::Opinion(verb) => opinion::run(context, session, verb).await,
        Command::Question(verb) => question::run(context, session, verb).await,
        Command::Task(verb) => task::run(context, session, verb).await,
        Command::Handbook(verb) => handbook::run(context, session, verb).await,
        Command::Minutes(verb) => official::run(context, session, OfficialKind::Minutes, verb).await,
        Command::Resolution(verb) => official::run(context, session, OfficialKind::Resolution, verb).await,
        Command::Notice(verb) => official::run(context, session, OfficialKind::Notice, verb).await,
        Command::Ca(Ca::Export { out }) => exported(context, &session.act(ExportAuthority { path: absolute(&out) }).await?),
        Command::Pdf(Pdf::Sign { file, out, reason, visible }) => pdf::sign(context, session, &file, &out, reason, visible).await,
        Command::Backup { file } => exported(context, &session.act(BackUp { path: absolute(&file) }).await?),
        Command::Peers => node::peers(context, session).await,
        Command::Dial { address, timeout } => node::dial(context, session, address, timeout).await,
        Command::Export(args) => meeting::export_document(context, session, args).await,
        Command::Init(_)
        | Command::Join(_)
        | Command::Node(_)
        | Command::Status
        | Command::Restore { .. }
        | Command::Remember { .. }
        | Command::Passphrase(_)
        | Command::Organisation(_)
        | Command::Demo { .. }
        | Command::Pdf(Pdf::Verify { .. }) => Err(ApiError::new("internal", "this command opens no profile")),
    }
}

/// The owner may stand in another folder than this process.
fn absolute(path: &Path) -> String {
    std::path::absolute(path).unwrap_or_else(|_| path.to_owned()).display().to_string()
}

fn exported(context: &Context, view: &ExportView) -> Result<Reply, ApiError> {
    Reply::new(view, written_text(context, view))
}

fn written_text(context: &Context, view: &ExportView) -> String {
    match context.lang.is_vietnamese() {
        true => format!("Đã ghi {} ({} byte)", view.path, view.bytes),
        false => format!("Written: {} ({} bytes)", view.path, view.bytes),
    }
}

/// Reads a whole file within a limit.
fn read_file(path: &Path, bytes_max: usize, too_large: &str) -> Result<Vec<u8>, ApiError> {
    use std::io::Read as _;

    let failed = |error: std::io::Error| {
        let code = match error.kind() {
            std::io::ErrorKind::NotFound => "file_not_found",
            std::io::ErrorKind::PermissionDenied => "file_not_allowed",
            _ => "disk_error",
        };
        ApiError::new(code, error.to_string()).with("file", path.display())
    };
    let mut bytes = Vec::new();
    std::fs::File::open(path).and_then(|file| file.take(bytes_max as u64 + 1).read_to_end(&mut bytes)).map_err(failed)?;
    if bytes.len() > bytes_max {
        return Err(ApiError::new(too_large, "the file is over the limit")
            .with("file", path.display())
            .with("limit_mb", bytes_max >> 20));
    }
    Ok(bytes)
}
