//! The profile's library, beside the engine: one thread that writes, readers for whoever asks. A package that goes in, or a question that
//! takes long, never makes the replica wait.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use api::error::ApiError;
use store::library::{Library, LibraryReader, Stopper};
use tokio::sync::{mpsc, oneshot};
use zeroize::Zeroizing;

use crate::app::blocking;
use crate::error::AtBoundary;

/// Changes that wait for the writer.
const CHANGES_MAX: usize = 256;
/// Readers that are kept for the next question; each has its own copy of the vocabulary in memory.
const READERS_KEPT: usize = 2;

/// Kinds of questions of which only the newest counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Lane {
    /// A search.
    Search,
    /// Titles for what is being typed.
    Titles,
    /// What is like a text that is being written.
    Similar,
}

/// The reader of a lane, and what ends a question that a newer one has made stale.
#[derive(Default)]
struct Newest {
    turn: AtomicU64,
    reader: Mutex<Option<LibraryReader>>,
    stopper: Mutex<Option<Stopper>>,
}

type Change = Box<dyn FnOnce(&mut Library) + Send>;

/// The library of an open profile. Cheap to clone.
#[derive(Clone)]
pub(crate) struct LibraryDesk(Arc<Inner>);

struct Inner {
    folder: PathBuf,
    key: Zeroizing<[u8; 32]>,
    changes: Mutex<Option<mpsc::Sender<Change>>>,
    readers: Mutex<Vec<LibraryReader>>,
    lanes: [Newest; 3],
    thread: Mutex<Option<std::thread::JoinHandle<()>>>,
}

impl LibraryDesk {
    /// Opens the library in the profile's folder, or makes an empty one.
    ///
    /// # Errors
    /// `store_damaged`, `newer_version`, `disk_full`, `disk_error`.
    pub fn open(folder: &Path, key: &Zeroizing<[u8; 32]>) -> Result<Self, ApiError> {
        let mut library = Library::open(folder, key).at_boundary()?;
        let (changes, mut waiting) = mpsc::channel::<Change>(CHANGES_MAX);
        let thread = std::thread::Builder::new()
            .name("kyhop-library".into())
            .spawn(move || {
                while let Some(change) = waiting.blocking_recv() {
                    change(&mut library);
                }
            })
            .map_err(|error| ApiError::new("no_thread", error.to_string()))?;
        Ok(Self(Arc::new(Inner {
            folder: folder.to_owned(),
            key: key.clone(),
            changes: Mutex::new(Some(changes)),
            readers: Mutex::new(Vec::new()),
            lanes: Default::default(),
            thread: Mutex::new(Some(thread)),
        })))
    }

    fn changes(&self) -> Result<mpsc::Sender<Change>, ApiError> {
        let changes = self.0.changes.lock().unwrap_or_else(PoisonError::into_inner).clone();
        changes.ok_or_else(closed)
    }

    /// Changes the library, in turn with all other changes, and waits until it is done.
    ///
    /// # Errors
    /// Those of the change; `stopped` if the profile was closed.
    pub async fn change<R: Send + 'static>(
        &self,
        change: impl FnOnce(&mut Library) -> Result<R, ApiError> + Send + 'static,
    ) -> Result<R, ApiError> {
        let (reply, answer) = oneshot::channel();
        let change: Change = Box::new(move |library| {
            // Nobody may be waiting any more; the work is done all the same.
            let _ = reply.send(change(library));
        });
        self.changes()?.send(change).await.map_err(|_| closed())?;
        answer.await.map_err(|_| closed())?
    }

    /// Has the library changed as soon as the writer comes to it. `false` if too much waits already.
    pub fn change_soon(&self, change: impl FnOnce(&mut Library) + Send + 'static) -> bool {
        self.changes().is_ok_and(|changes| changes.try_send(Box::new(change)).is_ok())
    }

    /// Asks the library, away from the sockets.
    ///
    /// # Errors
    /// Those of the question.
    pub async fn read<R: Send + 'static>(
        &self,
        ask: impl FnOnce(&mut LibraryReader) -> Result<R, ApiError> + Send + 'static,
    ) -> Result<R, ApiError> {
        let desk = self.clone();
        blocking(move || desk.read_here(ask)).await
    }

    /// Asks a question of which only the newest counts: an older one that still runs ends with `search_superseded`. The question hears its
    /// turn.
    ///
    /// # Errors
    /// Those of the question, `search_superseded`.
    pub async fn newest<R: Send + 'static>(
        &self,
        lane: Lane,
        ask: impl FnOnce(&mut LibraryReader, u64) -> Result<R, ApiError> + Send + 'static,
    ) -> Result<R, ApiError> {
        let desk = self.clone();
        let turn = self.0.lanes[lane as usize].turn.fetch_add(1, Ordering::AcqRel) + 1;
        if let Some(stopper) = self.0.lanes[lane as usize].stopper.lock().unwrap_or_else(PoisonError::into_inner).as_ref() {
            stopper.newest(turn);
        }
        let answer = blocking(move || desk.in_turn(lane, turn, ask)).await;
        answer.map_err(|error| if error.code == "search_stopped" { superseded() } else { error })
    }

    fn in_turn<R>(
        &self,
        lane: Lane,
        turn: u64,
        ask: impl FnOnce(&mut LibraryReader, u64) -> Result<R, ApiError>,
    ) -> Result<R, ApiError> {
        let lane = &self.0.lanes[lane as usize];
        let mut reader = lane.reader.lock().unwrap_or_else(PoisonError::into_inner);
        if turn < lane.turn.load(Ordering::Acquire) {
            return Err(superseded());
        }
        let open = match reader.take() {
            Some(open) => open,
            None => {
                let open = LibraryReader::open(&self.0.folder, &self.0.key).at_boundary()?;
                *lane.stopper.lock().unwrap_or_else(PoisonError::into_inner) = Some(open.stopper());
                open
            }
        };
        ask(reader.insert(open), turn)
    }

    /// As [`Self::read`], on this thread.
    ///
    /// # Errors
    /// Those of the question.
    pub fn read_here<R>(&self, ask: impl FnOnce(&mut LibraryReader) -> Result<R, ApiError>) -> Result<R, ApiError> {
        let kept = self.0.readers.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let mut reader = match kept {
            Some(reader) => reader,
            None => LibraryReader::open(&self.0.folder, &self.0.key).at_boundary()?,
        };
        let answer = ask(&mut reader);
        let mut readers = self.0.readers.lock().unwrap_or_else(PoisonError::into_inner);
        if readers.len() < READERS_KEPT {
            readers.push(reader);
        }
        answer
    }

    /// Finishes what waits and closes the library.
    pub fn close(&self) {
        drop(self.0.changes.lock().unwrap_or_else(PoisonError::into_inner).take());
        let thread = self.0.thread.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(thread) = thread {
            let _ = thread.join();
        }
        self.0.readers.lock().unwrap_or_else(PoisonError::into_inner).clear();
        for lane in &self.0.lanes {
            *lane.stopper.lock().unwrap_or_else(PoisonError::into_inner) = None;
            *lane.reader.lock().unwrap_or_else(PoisonError::into_inner) = None;
        }
    }
}

fn superseded() -> ApiError {
    ApiError::new("search_superseded", "a newer question came")
}

fn closed() -> ApiError {
    ApiError::new("stopped", "the profile was closed")
}
