//! Hearing that another hub has committed: a connection of its own that listens, and says when it was lost and is there again.
//!
//! A notification only rings: what was committed is read by its position, so one that is lost, doubled or late does no harm.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use postgres::fallible_iterator::FallibleIterator as _;
use tokio::sync::watch;

use super::database::{AWAY, Open};
use super::{BackendError, sql};
use crate::limits::{BACKEND_RETRY, NEWS_EVERY};

/// How soon the thread notices that nobody listens any more.
const LOOK_UP: Duration = Duration::from_millis(500);

/// What was heard last.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Bell {
    /// How often it rang.
    pub rings: u64,
    /// Nothing can be heard, and why.
    pub away: Option<&'static str>,
}

/// Listens until it is dropped.
pub struct Listening {
    bell: watch::Receiver<Bell>,
    ended: Arc<AtomicBool>,
}

impl Listening {
    /// Begins.
    ///
    /// # Errors
    /// The system has no thread.
    pub(super) fn begin(address: postgres::Config) -> Result<Self, BackendError> {
        let (ring, bell) = watch::channel(Bell::default());
        let ended = Arc::new(AtomicBool::new(false));
        let inside = Arc::clone(&ended);
        std::thread::Builder::new()
            .name("kyhop-hub-news".into())
            .spawn(move || listen(&address, &ring, &inside))
            .map_err(|error| BackendError::new("disk_error", format!("a thread: {error}")))?;
        Ok(Self { bell, ended })
    }

    /// The next change; never if the thread is gone.
    pub async fn next(&mut self) -> Bell {
        match self.bell.changed().await {
            Ok(()) => *self.bell.borrow_and_update(),
            Err(_) => std::future::pending().await,
        }
    }
}

impl Drop for Listening {
    fn drop(&mut self) {
        self.ended.store(true, Ordering::Relaxed);
    }
}

fn listen(address: &postgres::Config, ring: &watch::Sender<Bell>, ended: &AtomicBool) {
    while !ended.load(Ordering::Relaxed) {
        let error = match Open::connect(address) {
            Ok(mut open) => hear(&mut open, ring, ended).err(),
            Err(error) => Some(error),
        };
        let Some(error) = error else { return };
        let fresh = ring.send_if_modified(|bell| {
            let changed = bell.away != Some(error.code);
            bell.away = Some(error.code);
            changed
        });
        if fresh {
            tracing::warn!(code = error.code, detail = error.detail, "commits of other hubs are not heard");
        }
        std::thread::sleep(BACKEND_RETRY);
    }
}

/// Listens over one connection until it is lost.
fn hear(open: &mut Open, ring: &watch::Sender<Bell>, ended: &AtomicBool) -> Result<(), BackendError> {
    open.rows(sql::LISTEN, &[])?;
    // Whatever was committed before is to be looked for now.
    let rang = |bell: &mut Bell| {
        bell.rings = bell.rings.wrapping_add(1);
        bell.away = None;
    };
    ring.send_modify(rang);
    let mut looked = Instant::now();
    while !ended.load(Ordering::Relaxed) {
        let heard = {
            let mut notifications = open.client().notifications();
            let mut waiting = notifications.timeout_iter(LOOK_UP);
            waiting.next().map_err(|error| super::database::told(&error))?
        };
        if open.client().is_closed() {
            return Err(BackendError::new(AWAY, "PostgreSQL: the connection has ended"));
        }
        if heard.is_none() && looked.elapsed() < NEWS_EVERY {
            continue;
        }
        if heard.is_none() {
            open.rows(sql::ALIVE, &[])?;
        }
        looked = Instant::now();
        ring.send_modify(rang);
    }
    Ok(())
}
