//! Joining an organisation: keys are made here, the words are compared, somebody lets this device in.

use std::io::{BufRead, Write};
use std::path::Path;
use std::time::Duration;

use api::act::{ConfirmWords, Does, JoinOrganisation};
use api::error::ApiError;
use api::query::{People, Reads, Status};
use api::view::{JoinView, PersonRow, ProfileState, StatusView};
use app::{App, Options};
use serde_json::json;
use signing::Invitation;
use tokio::sync::oneshot;
use zeroize::Zeroizing;

use super::read_file;
use crate::args::Join;
use crate::connect::{Context, own, read};
use crate::output::{self, Reply};
use crate::stop;

/// Longest file that is read as an invitation.
const INVITATION_FILE_BYTES_MAX: usize = 16 * 1024;
const POLL: Duration = Duration::from_millis(100);

/// `kyhop join`: a line with the words, then, once this device has been let in and has the directory, a line that says so.
/// A join that was interrupted goes on where it was.
pub async fn join(context: &Context, args: Join) -> Result<Reply, ApiError> {
    let stop = stop::asked()?;
    let invitation = args.invitation.as_deref().map(invitation_text).transpose()?;
    let told = match &invitation {
        Some(text) => Invitation::from_text(text).map_err(|error| ApiError::new(error.code(), error.to_string()))?.addresses,
        None => Vec::new(),
    };
    let called: Vec<&str> = match &args.peer {
        Some(peer) => vec![peer],
        None => told.iter().map(String::as_str).collect(),
    };
    let on_loopback = |peer: &&str| peer.starts_with("/ip4/127.") || peer.starts_with("/ip6/::1/");
    let here = !called.is_empty() && called.iter().all(on_loopback);
    let net = if here { net::Config::loopback() } else { net::Config::lan() };
    let before: StatusView = read(App::new(Options::alone(&context.folder)).query(Status {}.any()).await?)?;
    // A new request calls the peer by itself.
    let dial = if before.state == ProfileState::None { Vec::new() } else { args.peer.iter().cloned().collect() };
    let app = App::new(Options { folder: context.folder.clone(), net: Some(net), dial, paths: true });
    let done = joining(context, &app, args, invitation, &mut Waiting { stop, here }).await;
    app.close().await;
    done
}

/// What a join waits with.
struct Waiting {
    /// Ends it when somebody asks for that.
    stop: oneshot::Receiver<()>,
    /// Nobody else can answer than who was called: a device of another organisation is an answer too.
    here: bool,
}

/// The text of an invitation: itself, or what stands in a file.
fn invitation_text(typed: &str) -> Result<Zeroizing<String>, ApiError> {
    if typed.trim_start().to_ascii_uppercase().starts_with("KYHOP1:") {
        return Ok(Zeroizing::new(typed.to_owned()));
    }
    let bytes = Zeroizing::new(read_file(Path::new(typed), INVITATION_FILE_BYTES_MAX, "invitation_unreadable")?);
    let text = std::str::from_utf8(&bytes).map_err(|error| ApiError::new("invitation_unreadable", error.to_string()))?;
    Ok(Zeroizing::new(text.to_owned()))
}

async fn joining(
    context: &Context,
    app: &App,
    args: Join,
    invitation: Option<Zeroizing<String>>,
    waiting: &mut Waiting,
) -> Result<Reply, ApiError> {
    let closed: StatusView = read(app.query(Status {}.any()).await?)?;
    let invited = invitation.is_some();
    if closed.state == ProfileState::None {
        let passphrase = context.new_passphrase()?.to_string();
        let (name, title) = (args.name.unwrap_or_default(), args.title);
        let invitation = invitation.as_ref().map(|text| text.to_string());
        let request = JoinOrganisation { peer: args.peer, name, title, passphrase, invitation };
        app.act(request.any()).await?;
    } else {
        own(app, &context.passphrase()?).await?;
        if status(app).await?.state == ProfileState::Ready {
            return Err(ApiError::new("profile_exists", "this profile belongs to an organisation already")
                .with("folder", context.folder.display()));
        }
    }
    let shown = until(app, waiting, |view| !view.words.is_empty() || view.enrolled).await?;
    if !invited && !shown.invited {
        say_words(context, &shown);
    }
    if !shown.confirmed && !shown.enrolled {
        if !args.yes {
            ask(context)?;
        }
        app.act(ConfirmWords {}.any()).await?;
    }
    until(app, waiting, |view| view.enrolled).await?;
    loop {
        let people: Vec<PersonRow> =
            if status(app).await?.state == ProfileState::Ready { read(app.query(People {}.any()).await?)? } else { Vec::new() };
        if !people.is_empty() {
            break;
        }
        pause(waiting).await?;
    }
    Reply::new(
        &json!({ "state": "enrolled" }),
        context.lang.pick("Máy này đã được nhận vào tổ chức.", "This device has been let in."),
    )
}

fn say_words(context: &Context, view: &JoinView) {
    if context.json {
        output::line(&json!({ "words": view.words, "organisation": view.organisation, "device": view.device }).to_string());
    } else {
        let hint = context
            .lang
            .pick("Sáu từ này phải giống hệt trên máy của người duyệt:", "These six words must be the same on the other screen:");
        output::line(&format!("{}\n{hint}\n\n    {}\n", view.organisation, view.words));
    }
}

/// Asks whether the words are the same. Anything but a yes ends the join; it can be taken up again.
fn ask(context: &Context) -> Result<(), ApiError> {
    let mut err = std::io::stderr().lock();
    // If the question cannot be shown, no answer will come either.
    let _ = write!(err, "{} [y/N] ", context.lang.pick("Sáu từ có giống nhau không?", "Are they the same?"))
        .and_then(|()| err.flush());
    let mut answer = String::new();
    std::io::stdin().lock().read_line(&mut answer).map_err(|error| ApiError::new("words_differ", error.to_string()))?;
    match answer.trim().to_lowercase().as_str() {
        "y" | "yes" | "c" | "có" | "co" => Ok(()),
        _ => Err(ApiError::new("words_differ", "the words were not confirmed")),
    }
}

async fn status(app: &App) -> Result<StatusView, ApiError> {
    read(app.query(Status {}.any()).await?)
}

async fn until(app: &App, waiting: &mut Waiting, enough: impl Fn(&JoinView) -> bool) -> Result<JoinView, ApiError> {
    loop {
        let now = status(app).await?;
        let view = match (now.join, now.state) {
            (Some(view), _) => view,
            // Once enrolled there is nothing more to show about joining.
            (None, ProfileState::Ready) => JoinView {
                device: domain::id::DeviceId([0; 32]),
                words: String::new(),
                organisation: now.organisation,
                confirmed: true,
                enrolled: true,
                refused: false,
                invited: false,
                refusal: None,
            },
            (None, _) => return Err(ApiError::new("internal", "this profile does not join")),
        };
        match &view.refusal {
            Some(code) if view.refused || waiting.here => return Err(ApiError::new(code, "the invitation is not good")),
            None if view.refused => return Err(ApiError::new("join_refused", "the request was turned away")),
            _ => {}
        }
        if enough(&view) {
            return Ok(view);
        }
        pause(waiting).await?;
    }
}

async fn pause(waiting: &mut Waiting) -> Result<(), ApiError> {
    tokio::select! {
        () = tokio::time::sleep(POLL) => Ok(()),
        _ = &mut waiting.stop => Err(ApiError::new("interrupted", "asked to end before it was done")),
    }
}
