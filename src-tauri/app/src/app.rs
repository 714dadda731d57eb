//! The application as its shells see it: open or make a profile, query, act, be told.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use api::act::Act;
use api::error::ApiError;
use api::projector::{ProjectorQuery, Scene, StageView};
use api::push::{Push, Tag};
use api::query::Query;
use api::view::{ProfileState, StatusView};
use domain::id::{Hash32, SpaceId};
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;
use serde_json::Value;
use tokio::sync::broadcast;

use crate::authorities;
use crate::engine::{Engine, Start};
use crate::error::not_found;
use crate::keyring;
use crate::library::LibraryDesk;
use crate::profile;
use crate::upload::Uploads;

/// Pushes that a slow window may lag behind before it has to reload.
const PUSHES_MAX: usize = 1_024;

/// How a profile is opened.
#[derive(Clone, Debug)]
pub struct Options {
    /// The profile's folder.
    pub folder: PathBuf,
    /// How to take part in the network; `None`: work alone.
    pub net: Option<net::Config>,
    /// Addresses to call.
    pub dial: Vec<String>,
    /// Whether requests may name files on this machine by path.
    pub paths: bool,
}

impl Options {
    /// A profile on the local network.
    pub fn lan(folder: impl Into<PathBuf>) -> Self {
        Self { folder: folder.into(), net: Some(net::Config::lan()), dial: Vec::new(), paths: true }
    }

    /// A profile without a network.
    pub fn alone(folder: impl Into<PathBuf>) -> Self {
        Self { folder: folder.into(), net: None, dial: Vec::new(), paths: true }
    }
}

/// A picture of a page.
#[derive(Clone, Debug)]
pub struct PageImage {
    /// The file.
    pub bytes: Arc<[u8]>,
    /// `image/png` or `image/jpeg`.
    pub mime: &'static str,
}

/// The application over one profile. Cheap to clone.
#[derive(Clone)]
pub struct App {
    inner: Arc<Inner>,
    /// Whether requests through this handle may name files by path.
    pub(crate) paths: bool,
}

pub(crate) struct Inner {
    pub options: Options,
    pub engine: Mutex<Option<Engine>>,
    pub library: Mutex<Option<LibraryDesk>>,
    pub pushes: broadcast::Sender<Push>,
    pub runtime: tokio::runtime::Handle,
    pub uploads: Uploads,
    pub importing: crate::use_cases::handbook::Importing,
    pub pdf: Mutex<Option<pdf::Engine>>,
    pub showings: crate::use_cases::Showings,
    /// One profile is made or unlocked at a time.
    pub opening: tokio::sync::Mutex<()>,
    /// One backup is written at a time.
    pub backing_up: tokio::sync::Mutex<()>,
}

impl App {
    /// The application over the folder's profile, locked or not yet made. Call inside a tokio runtime.
    pub fn new(options: Options) -> Self {
        let (pushes, _) = broadcast::channel(PUSHES_MAX);
        let paths = options.paths;
        let inner = Inner {
            options,
            engine: Mutex::new(None),
            library: Mutex::new(None),
            pushes,
            runtime: tokio::runtime::Handle::current(),
            uploads: Uploads::default(),
            importing: Default::default(),
            pdf: Mutex::new(None),
            showings: Default::default(),
            opening: tokio::sync::Mutex::new(()),
            backing_up: tokio::sync::Mutex::new(()),
        };
        Self { inner: Arc::new(inner), paths }
    }

    /// The same application for whoever has this user's own rights on the machine, and may name files by path.
    pub(crate) fn of_this_user(&self) -> Self {
        Self { inner: Arc::clone(&self.inner), paths: true }
    }

    /// The profile's folder.
    pub fn folder(&self) -> &Path {
        &self.inner.options.folder
    }

    /// Reads.
    ///
    /// # Errors
    /// [`ApiError`] with a stable code.
    pub async fn query(&self, query: Query) -> Result<Value, ApiError> {
        self.answer(query).await
    }

    /// Changes something.
    ///
    /// # Errors
    /// [`ApiError`] with a stable code; then nothing has changed.
    pub async fn act(&self, act: Act) -> Result<Value, ApiError> {
        self.perform(act).await
    }

    /// Pushes from now on. A receiver that lags hears so and should reload.
    pub fn subscribe(&self) -> broadcast::Receiver<Push> {
        self.inner.pushes.subscribe()
    }

    /// Takes a file in for a later act; returns its token.
    ///
    /// # Errors
    /// The file is over the limit.
    pub fn upload(&self, name: &str, bytes: Vec<u8>) -> Result<String, ApiError> {
        self.inner.uploads.put(name, bytes)
    }

    /// A page of a paper as a picture about `width_px` wide.
    ///
    /// # Errors
    /// No such paper here, or it cannot be drawn.
    pub async fn page(&self, meeting: SpaceId, version: Hash32, page: u32, width_px: u32) -> Result<PageImage, ApiError> {
        let rendered = self.render(meeting, version, page, width_px).await?;
        Ok(PageImage { bytes: rendered.bytes, mime: rendered.mime })
    }

    /// Answers the window of a projector. It asks nothing else: see [`api::projector`].
    ///
    /// # Errors
    /// `not_allowed` unless this person chairs or writes the meeting; `not_found`, `locked`, `no_profile`.
    pub async fn project(&self, query: ProjectorQuery) -> Result<StageView, ApiError> {
        match query {
            ProjectorQuery::Stage { meeting } => self.stage(meeting).await,
        }
    }

    /// Whether this person may have a projector of this meeting.
    ///
    /// # Errors
    /// As [`Self::project`].
    pub async fn may_project(&self, meeting: SpaceId) -> Result<(), ApiError> {
        self.stage(meeting).await.map(drop)
    }

    /// A page as a picture for a projector: only that which it shows right now.
    ///
    /// # Errors
    /// `not_found` for every other page, otherwise as [`Self::page`].
    pub async fn projected_page(
        &self,
        meeting: SpaceId,
        version: Hash32,
        page: u32,
        width_px: u32,
    ) -> Result<PageImage, ApiError> {
        match self.stage(meeting).await?.scene {
            Scene::Page { version: shown, page: number, .. } if (shown, number) == (version, page) => {
                self.page(meeting, version, page, width_px).await
            }
            _ => Err(not_found("file")),
        }
    }

    /// Ends the engine and closes the profile.
    pub async fn close(&self) {
        let engine = self.inner.engine.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(engine) = engine {
            let _ = tokio::task::spawn_blocking(move || engine.stop()).await;
        }
        let library = self.inner.library.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(library) = library {
            let _ = tokio::task::spawn_blocking(move || library.close()).await;
        }
    }

    /// The library of the open profile.
    pub(crate) fn library(&self) -> Result<LibraryDesk, ApiError> {
        let library = self.inner.library.lock().unwrap_or_else(PoisonError::into_inner).clone();
        match library {
            Some(library) => Ok(library),
            None => Err(self.engine().err().unwrap_or_else(|| ApiError::new("stopped", "the profile was closed"))),
        }
    }

    pub(crate) fn inner(&self) -> &Inner {
        &self.inner
    }

    /// The running engine.
    pub(crate) fn engine(&self) -> Result<Engine, ApiError> {
        let engine = self.inner.engine.lock().unwrap_or_else(PoisonError::into_inner).clone();
        engine.ok_or_else(|| match profile::exists(self.folder()) {
            true => ApiError::new("locked", "the profile is locked"),
            false => ApiError::new("no_profile", "there is no profile yet").with("folder", self.folder().display()),
        })
    }

    pub(crate) fn is_open(&self) -> bool {
        self.inner.engine.lock().unwrap_or_else(PoisonError::into_inner).is_some()
    }

    /// Starts the engine over an open profile.
    pub(crate) fn start(&self, store: store::Store, secrets: profile::Secrets) -> Result<Engine, ApiError> {
        let library = LibraryDesk::open(self.folder(), &secrets.library_key)?;
        let start = Start {
            store,
            secrets,
            library: library.clone(),
            net: self.inner.options.net.clone().map(|net| net::Config { tls: authorities::of_profile(self.folder()), ..net }),
            dial: self.inner.options.dial.clone(),
            pushes: self.inner.pushes.clone(),
            runtime: self.inner.runtime.clone(),
        };
        let engine = Engine::start(start)?;
        *self.inner.library.lock().unwrap_or_else(PoisonError::into_inner) = Some(library);
        *self.inner.engine.lock().unwrap_or_else(PoisonError::into_inner) = Some(engine.clone());
        let _ = self.inner.pushes.send(Push::Changed { tags: vec![Tag::Profile, Tag::Meetings, Tag::Directory, Tag::Sync] });
        Ok(engine)
    }

    /// Opens the profile with its passphrase; nothing to do if it is open.
    ///
    /// # Errors
    /// `wrong_passphrase`, `no_profile`, `profile_in_use`, `store_damaged`, `disk_…`.
    pub async fn unlock(&self, passphrase: &str) -> Result<(), ApiError> {
        self.unlock_and(passphrase, false).await
    }

    /// As [`Self::unlock`]; with `remember` the key is also kept in the system's keyring, if need be of an open profile.
    pub(crate) async fn unlock_and(&self, passphrase: &str, remember: bool) -> Result<(), ApiError> {
        let _turn = self.inner.opening.lock().await;
        let open = self.is_open();
        if open && !remember {
            return Ok(());
        }
        let folder = self.folder().to_owned();
        let passphrase = zeroize::Zeroizing::new(passphrase.to_owned());
        let opened = blocking(move || {
            let key = profile::unlock_key(&folder, &passphrase)?;
            if remember {
                keyring::keep(&folder, &key)?;
            }
            if open { Ok(None) } else { profile::open(&folder, &key, &mut fresh_rng()?).map(Some) }
        });
        match opened.await? {
            Some((store, secrets)) => self.start(store, secrets).map(drop),
            None => Ok(()),
        }
    }

    /// Opens the profile with the key that the system's keyring remembers, if it does. Says whether the profile is open now.
    ///
    /// # Errors
    /// As [`Self::unlock`], but for the passphrase: a key that does not fit is as good as none, and is forgotten.
    pub async fn recall(&self) -> Result<bool, ApiError> {
        let _turn = self.inner.opening.lock().await;
        if self.is_open() || !profile::exists(self.folder()) {
            return Ok(self.is_open());
        }
        let folder = self.folder().to_owned();
        let opened = blocking(move || {
            let Some(key) = keyring::recall(&folder) else {
                return Ok(None);
            };
            match profile::open(&folder, &key, &mut fresh_rng()?) {
                // Another profile lies in the folder now.
                Err(error) if error.code == "wrong_key" => keyring::forget(&folder).map(|()| None),
                opened => opened.map(Some),
            }
        });
        match opened.await? {
            Some((store, secrets)) => self.start(store, secrets).map(|_| true),
            None => Ok(false),
        }
    }

    /// The profile's state before anything is opened.
    pub(crate) fn closed_status(&self) -> StatusView {
        let state = if profile::exists(self.folder()) { ProfileState::Locked } else { ProfileState::None };
        StatusView { state, me: None, organisation: String::new(), version: env!("CARGO_PKG_VERSION").into(), join: None }
    }

    /// The thread that draws pages, if anything was drawn or read since the program started.
    pub(crate) fn pdf_if_started(&self) -> Option<pdf::Engine> {
        self.inner.pdf.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The thread that draws pages, started when first needed.
    pub(crate) fn pdf(&self) -> Result<pdf::Engine, ApiError> {
        use crate::error::AtBoundary;
        let mut engine = self.inner.pdf.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(engine) = engine.as_ref() {
            return Ok(engine.clone());
        }
        let started = pdf::pdfium_path().and_then(|path| pdf::Engine::start(&path, pdf::Config::default())).at_boundary()?;
        Ok(engine.insert(started).clone())
    }
}

/// Work that takes long or waits for the disk, away from the sockets.
pub(crate) async fn blocking<R: Send + 'static>(
    work: impl FnOnce() -> Result<R, ApiError> + Send + 'static,
) -> Result<R, ApiError> {
    tokio::task::spawn_blocking(work).await.map_err(|error| ApiError::new("internal", error.to_string()))?
}

/// Randomness for what is made before an engine runs.
pub(crate) fn fresh_rng() -> Result<ChaCha20Rng, ApiError> {
    let mut seed = [0; 32];
    getrandom::fill(&mut seed).map_err(|error| ApiError::new("no_randomness", error.to_string()))?;
    Ok(ChaCha20Rng::from_seed(seed))
}
