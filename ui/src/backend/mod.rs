//! How the window reaches the application: inside Tauri by its commands, in a browser over HTTP. Same requests, same bytes.

mod http;
mod tauri;

use std::cell::OnceCell;

use api::act::{Act, Does, FileSource};
use api::error::ApiError;
use api::projector::{ProjectorQuery, StageView};
use api::push::Push;
use api::query::{Query, Reads};
use domain::id::{Hash32, SpaceId};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// No answer, or none that can be read.
pub const UNREACHABLE: &str = "backend_unreachable";
/// An answer of another shape than this window knows.
pub const BAD_REPLY: &str = "bad_reply";

/// A file that the person chose, ready to be named in a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chosen {
    /// What the request says.
    pub source: FileSource,
    /// Its name, for the screen.
    pub name: String,
}

/// The channel of pushes, as the window sees it.
#[derive(Debug, Clone, PartialEq)]
pub enum Event {
    /// A message.
    Push(Push),
    /// The channel is (again) open; what was missed is unknown.
    Opened,
    /// The channel is broken; it is tried again.
    Lost,
}

/// Where the application is.
#[derive(Debug, Clone)]
pub enum Backend {
    /// In the same process, behind Tauri's commands.
    Tauri,
    /// At the address this page came from.
    Http(http::Http),
}

thread_local! {
    static BACKEND: OnceCell<Backend> = const { OnceCell::new() };
}

/// The one backend of this window.
pub fn backend() -> Backend {
    BACKEND.with(|cell| {
        cell.get_or_init(|| if tauri::is_here() { Backend::Tauri } else { Backend::Http(http::Http::here()) }).clone()
    })
}

impl Backend {
    /// Asks.
    pub async fn query<Q: Reads>(&self, query: Q) -> Result<Q::Reply, ApiError> {
        self.ask("query", &query.any()).await
    }

    /// Does.
    pub async fn act<A: Does>(&self, act: A) -> Result<A::Reply, ApiError> {
        self.change(&act.any()).await
    }

    async fn change<R: DeserializeOwned>(&self, act: &Act) -> Result<R, ApiError> {
        self.ask("act", act).await
    }

    async fn ask<T: Serialize, R: DeserializeOwned>(&self, verb: &str, request: &T) -> Result<R, ApiError> {
        let request = serde_json::to_string(request).map_err(|error| ApiError::new(BAD_REPLY, error.to_string()))?;
        let reply = match self {
            Self::Tauri => tauri::invoke(verb, &request).await?,
            Self::Http(http) => http.post(verb, &request).await?,
        };
        serde_json::from_str(&reply).map_err(|error| ApiError::new(BAD_REPLY, error.to_string()))
    }

    /// The application as a projector's window reaches it, which can ask nothing else than [`Self::stage`].
    pub fn of_projector() -> Self {
        if tauri::is_here() { Self::Tauri } else { Self::Http(http::Http::projector()) }
    }

    /// What a projector shows.
    pub async fn stage(&self, query: ProjectorQuery) -> Result<StageView, ApiError> {
        self.ask("projector", &query).await
    }

    /// Hears when a projector should ask again, for the life of the window.
    pub fn subscribe_projector(&self, on_event: impl Fn(Event) + 'static) {
        match self {
            Self::Tauri => tauri::subscribe("subscribe_projector", on_event),
            Self::Http(http) => http.subscribe("projector/push", on_event),
        }
    }

    /// Where the picture of the page that a projector shows is.
    pub fn projected_url(&self, meeting: SpaceId, version: Hash32, page: u32, width: u32) -> String {
        match self {
            Self::Tauri => tauri::page_url(meeting, version, usize::try_from(page).unwrap_or_default(), width),
            Self::Http(http) => http.projected_url(version, page, width),
        }
    }

    /// Puts the projector of a meeting up: a window of the shell, or a tab.
    pub async fn open_projector(&self, meeting: SpaceId) -> Result<(), ApiError> {
        match self {
            Self::Tauri => tauri::open_projector(meeting).await,
            Self::Http(http) => http.open_projector(meeting).await,
        }
    }

    /// Opens the channel of pushes for the life of the window.
    pub fn subscribe(&self, on_event: impl Fn(Event) + 'static) {
        match self {
            Self::Tauri => tauri::subscribe("subscribe", on_event),
            Self::Http(http) => http.subscribe("push", on_event),
        }
    }

    /// Where a picture of a page is.
    pub fn page_url(&self, meeting: SpaceId, version: Hash32, page: usize, width: u32) -> String {
        match self {
            Self::Tauri => tauri::page_url(meeting, version, page, width),
            Self::Http(http) => http.page_url(meeting, version, page, width),
        }
    }

    /// The shell opens its own file dialogs; a browser needs a field.
    pub fn has_dialogs(&self) -> bool {
        matches!(self, Self::Tauri)
    }

    /// Lets the person choose a file in the shell's dialog; `None` if they changed their mind.
    pub async fn pick_file(&self) -> Result<Option<Chosen>, ApiError> {
        match self {
            Self::Tauri => tauri::pick_file().await,
            Self::Http(_) => Err(ApiError::new("window_only", "")),
        }
    }

    /// Lets the person choose where to write; `None` if they changed their mind.
    pub async fn pick_target(&self, name: &str, folder: bool) -> Result<Option<String>, ApiError> {
        match self {
            Self::Tauri => tauri::pick_target(name, folder).await,
            Self::Http(_) => Err(ApiError::new("window_only", "")),
        }
    }

    /// Hands in a file of the browser, or one that was dropped on the window.
    pub async fn upload(&self, file: web_sys::File) -> Result<Chosen, ApiError> {
        match self {
            Self::Tauri => tauri::upload(file).await,
            Self::Http(http) => http.upload(file).await,
        }
    }
}

/// The tags that a request's answer shows.
pub fn tags<Q: Reads + Clone>(query: &Q) -> Vec<api::push::Tag> {
    let any: Query = query.clone().any();
    any.tags()
}
