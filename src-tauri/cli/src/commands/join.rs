//! Joining an organisation: keys are made here, the words are compared, somebody lets this device in.

use std::io::{BufRead, Write};
use std::time::Duration;

use api::act::{ConfirmWords, Does, JoinOrganisation};
use api::error::ApiError;
use api::query::{People, Reads, Status};
use api::view::{JoinView, PersonRow, ProfileState, StatusView};
use app::{App, Options};
use serde_json::json;
use tokio::sync::oneshot;

use crate::args::Join;
use crate::connect::{Context, own, read};
use crate::output::{self, Reply};
use crate::stop;

const POLL: Duration = Duration::from_millis(100);

/// `kyhop join`: a line with the words, then, once this device has been let in and has the directory, a line that says so.
/// A join that was interrupted goes on where it was.
pub async fn join(context: &Context, args: Join) -> Result<Reply, ApiError> {
    let mut stop = stop::asked()?;
    let here = args.peer.as_deref().is_some_and(|peer| peer.starts_with("/ip4/127.") || peer.starts_with("/ip6/::1/"));
    let net = if here { net::Config::loopback() } else { net::Config::lan() };
    let before: StatusView = read(App::new(Options::alone(&context.folder)).query(Status {}.any()).await?)?;
    // A new request calls the peer by itself.
    let dial = if before.state == ProfileState::None { Vec::new() } else { args.peer.iter().cloned().collect() };
    let app = App::new(Options { folder: context.folder.clone(), net: Some(net), dial, paths: true });
    let done = joining(context, &app, args, &mut stop).await;
    app.close().await;
    done
}

async fn joining(context: &Context, app: &App, args: Join, stop: &mut oneshot::Receiver<()>) -> Result<Reply, ApiError> {
    let closed: StatusView = read(app.query(Status {}.any()).await?)?;
    if closed.state == ProfileState::None {
        let passphrase = context.new_passphrase()?.to_string();
        let request = JoinOrganisation { peer: args.peer, name: args.name, title: args.title, passphrase };
        app.act(request.any()).await?;
    } else {
        own(app, &context.passphrase()?).await?;
        if status(app).await?.state == ProfileState::Ready {
            return Err(ApiError::new("profile_exists", "this profile belongs to an organisation already")
                .with("folder", context.folder.display()));
        }
    }
    let shown = until(app, stop, |view| !view.words.is_empty() || view.enrolled).await?;
    say_words(context, &shown);
    if !shown.confirmed && !shown.enrolled {
        if !args.yes {
            ask(context)?;
        }
        app.act(ConfirmWords {}.any()).await?;
    }
    until(app, stop, |view| view.enrolled).await?;
    loop {
        let people: Vec<PersonRow> =
            if status(app).await?.state == ProfileState::Ready { read(app.query(People {}.any()).await?)? } else { Vec::new() };
        if !people.is_empty() {
            break;
        }
        pause(stop).await?;
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

async fn until(app: &App, stop: &mut oneshot::Receiver<()>, enough: impl Fn(&JoinView) -> bool) -> Result<JoinView, ApiError> {
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
            },
            (None, _) => return Err(ApiError::new("internal", "this profile does not join")),
        };
        if view.refused {
            return Err(ApiError::new("join_refused", "the request was turned away"));
        }
        if enough(&view) {
            return Ok(view);
        }
        pause(stop).await?;
    }
}

async fn pause(stop: &mut oneshot::Receiver<()>) -> Result<(), ApiError> {
    tokio::select! {
        () = tokio::time::sleep(POLL) => Ok(()),
        _ = stop => Err(ApiError::new("interrupted", "asked to end before it was done")),
    }
}
