//! What the window's commands share: the application, the profile's opening, the channel of pushes, the end.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use api::act::Act;
use api::error::ApiError;
use api::projector::{ProjectorQuery, StageView, heard};
use api::push::Push;
use api::query::Query;
use app::{App, Options, PageImage};
use domain::id::{Hash32, SpaceId};
use serde_json::Value;
use tauri::AppHandle;
use tauri::ipc::Channel;
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::{RwLock, watch};
use tokio::task::{AbortHandle, JoinHandle};

use crate::granted::Granted;

/// How long the end waits for what is being written.
const END_WAIT: Duration = Duration::from_secs(10);
/// How long the start waits for another program to give the profile back.
const PATIENCE: Duration = Duration::from_secs(10);
const POLL: Duration = Duration::from_millis(100);

/// The application as the window uses it. Cheap to clone.
#[derive(Clone)]
pub struct Desk {
    inner: Arc<Inner>,
}

struct Inner {
    app: App,
    /// Turns true when the profile is open, or when the window has to ask for its passphrase.
    opened: watch::Receiver<bool>,
    opening: Mutex<Option<JoinHandle<Result<(), ApiError>>>>,
    /// Why the desktop ends before the person wished it.
    failure: Mutex<Option<ApiError>>,
    /// Held for reading by every act: the end waits until nobody does.
    acting: RwLock<()>,
    channel: Mutex<Option<AbortHandle>>,
    /// Whose projector is up.
    projected: Mutex<Option<SpaceId>>,
    projector_channel: Mutex<Option<AbortHandle>>,
    granted: Mutex<Granted>,
    service: Mutex<Option<app::owner::Service>>,
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Opens the profile by the passphrase in the file, else by the key that the system's keyring remembers; if it remembers
/// none, the window will ask. Waits for a command of `kyhop` that has the profile open for a moment.
async fn unlock(app: &App, passphrase_file: Option<&Path>) -> Result<(), ApiError> {
    let passphrase = passphrase_file.map(app::read_passphrase_file).transpose()?;
    let deadline = Instant::now() + PATIENCE;
    loop {
        let opened = match &passphrase {
            Some(passphrase) => app.unlock(passphrase).await,
            None => app.recall().await.map(drop),
        };
        match opened {
            Err(error) if error.code == "profile_in_use" && Instant::now() < deadline => tokio::time::sleep(POLL).await,
            done => return done,
        }
    }
}

impl Desk {
    /// Takes the profile's socket and begins to open the profile; the window is put up meanwhile.
    ///
    /// # Errors
    /// The folder or its socket cannot be made.
    pub fn open(
        folder: PathBuf,
        net: Option<net::Config>,
        dial: Vec<String>,
        passphrase_file: Option<PathBuf>,
    ) -> Result<Self, ApiError> {
        let app = App::new(Options { folder, net, dial, paths: true });
        let service = app::owner::serve(&app)?;
        let (open, opened) = watch::channel(false);
        let unlocking = app.clone();
        let opening = tokio::spawn(async move {
            unlock(&unlocking, passphrase_file.as_deref()).await?;
            tracing::info!("the profile is open, or the window asks for its passphrase");
            // An error means that nobody waits any more.
            let _ = open.send(true);
            Ok(())
        });
        let inner = Inner {
            app,
            opened,
            opening: Mutex::new(Some(opening)),
            failure: Mutex::default(),
            acting: RwLock::default(),
            channel: Mutex::default(),
            projected: Mutex::default(),
            projector_channel: Mutex::default(),
            granted: Mutex::default(),
            service: Mutex::new(Some(service)),
        };
        Ok(Self { inner: Arc::new(inner) })
    }

    /// Ends the shell if the profile cannot be opened.
    pub fn watch(&self, shell: &AppHandle) {
        let Some(opening) = locked(&self.inner.opening).take() else {
            return;
        };
        let (desk, shell) = (self.clone(), shell.clone());
        tokio::spawn(async move {
            let error = match opening.await {
                Ok(Ok(())) => return,
                Ok(Err(error)) => error,
                Err(error) => ApiError::new("internal", error.to_string()),
            };
            desk.fail(error, &shell);
        });
    }

    /// Ends the shell for this reason.
    pub fn fail(&self, error: ApiError, shell: &AppHandle) {
        *locked(&self.inner.failure) = Some(error);
        shell.exit(1);
    }

    /// Why the desktop ended, if not because somebody wished it.
    pub fn failure(&self) -> Option<ApiError> {
        locked(&self.inner.failure).take()
    }

    /// What the person has chosen in dialogs.
    pub fn granted(&self) -> MutexGuard<'_, Granted> {
        locked(&self.inner.granted)
    }

    /// The application, once the profile that is being opened is open.
    pub async fn app(&self) -> &App {
        // An error means that opening failed: the shell ends, and until then the application says that it is locked.
        let _ = self.inner.opened.clone().wait_for(|open| *open).await;
        &self.inner.app
    }

    /// Reads.
    ///
    /// # Errors
    /// [`ApiError`] with a stable code.
    pub async fn query(&self, query: Query) -> Result<Value, ApiError> {
        self.app().await.query(query).await
    }

    /// Changes something.
    ///
    /// # Errors
    /// [`ApiError`] with a stable code; `not_allowed` for a path that nobody chose.
    pub async fn act(&self, act: Act) -> Result<Value, ApiError> {
        self.granted().check(&act)?;
        let app = self.app().await;
        let _acting = self.inner.acting.read().await;
        app.act(act).await
    }

    /// Sends pushes to the window from now on, first that the channel is open. A reloaded window asks anew; its old channel
    /// has no listener any more.
    pub fn subscribe(&self, channel: Channel<Option<Push>>) {
        tracing::info!("the window listens");
        self.send_pushes(&self.inner.channel, channel, Some);
    }

    /// Lets the projector's window show this meeting from now on, and no other.
    ///
    /// # Errors
    /// As [`App::may_project`].
    pub async fn project(&self, meeting: SpaceId) -> Result<(), ApiError> {
        self.app().await.may_project(meeting).await?;
        *locked(&self.inner.projected) = Some(meeting);
        Ok(())
    }

    fn projected(&self) -> Result<SpaceId, ApiError> {
        let projected = *locked(&self.inner.projected);
        projected.ok_or_else(|| ApiError::new("not_allowed", "nobody has opened a projector"))
    }

    /// Answers the projector's window.
    ///
    /// # Errors
    /// `not_allowed` for another meeting than the one it was opened for, and as [`App::project`].
    pub async fn stage(&self, query: ProjectorQuery) -> Result<StageView, ApiError> {
        if query.meeting() != self.projected()? {
            return Err(ApiError::new("not_allowed", "the projector of another meeting"));
        }
        self.app().await.project(query).await
    }

    /// A page for the projector's window.
    ///
    /// # Errors
    /// As [`App::projected_page`].
    pub async fn projected_page(&self, version: Hash32, page: u32, width_px: u32) -> Result<PageImage, ApiError> {
        let meeting = self.projected()?;
        self.app().await.projected_page(meeting, version, page, width_px).await
    }

    /// Tells the projector's window from now on when to ask again, and nothing else.
    ///
    /// # Errors
    /// `not_allowed`: nobody has opened a projector.
    pub fn subscribe_projector(&self, channel: Channel<Option<Push>>) -> Result<(), ApiError> {
        self.projected()?;
        let desk = self.clone();
        // The window may be given to another meeting while it listens.
        let heard = move |push| desk.projected().ok().and_then(|meeting| heard(&push, meeting));
        self.send_pushes(&self.inner.projector_channel, channel, heard);
        Ok(())
    }

    fn send_pushes(
        &self,
        listener: &Mutex<Option<AbortHandle>>,
        channel: Channel<Option<Push>>,
        heard: impl Fn(Push) -> Option<Push> + Send + 'static,
    ) {
        let mut pushes = self.inner.app.subscribe();
        let task = tokio::spawn(async move {
            let mut push = None;
            while channel.send(push.take()).is_ok() {
                while push.is_none() {
                    push = match pushes.recv().await {
                        Ok(push) => heard(push),
                        Err(RecvError::Lagged(_)) => Some(Push::Overflowed),
                        Err(RecvError::Closed) => return,
                    };
                }
            }
        });
        if let Some(before) = locked(listener).replace(task.abort_handle()) {
            before.abort();
        }
    }

    /// Waits for acts under way, then stops the engine and gives the profile back.
    pub async fn close(&self) {
        if tokio::time::timeout(END_WAIT, self.inner.acting.write()).await.is_err() {
            tracing::warn!("an act is still under way; the profile is closed without it");
        }
        drop(locked(&self.inner.service).take());
        self.inner.app.close().await;
    }
}
