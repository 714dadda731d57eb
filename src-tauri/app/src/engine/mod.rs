//! The engine: one thread that owns a profile's replica, shelf and network, and does everything in turn.
//!
//! Jobs come from the application, events from the network, ticks from the replica's own schedule. Each is carried
//! through before the next: commit, send, react.

mod calls;
mod core;
mod counted;
mod inner;
mod lead;
mod presence;
mod question_index;
mod questions;
mod react;
mod room_codes;
mod sitting;
mod tasks;
mod tellers;
mod votes;

use std::sync::Arc;
use std::time::Duration;

use api::error::ApiError;
use api::push::Push;
use net::{Lane, NetEvent};
use sync::limits::RUN_BYTES_MAX;
use sync::wire::gathered;
use tokio::sync::{broadcast, mpsc, oneshot};

pub(crate) use self::core::{Core, wall};
pub(crate) use self::counted::{BallotSeen, Counted};
pub(crate) use self::presence::SEEN_MS;
pub(crate) use self::questions::{Listed, place_of_thread};
pub(crate) use self::react::mirror_acts;
pub(crate) use self::tasks::ListedTask;
pub(crate) use self::tellers::{Due, election_in};
pub(crate) use self::votes::OneVote;

/// Jobs that wait for the engine.
const JOBS_MAX: usize = 1_024;
/// Frames of one peer that one turn looks at together.
const FRAMES_A_TURN: usize = 128;

type Job = Box<dyn FnOnce(&mut Core) + Send>;

/// A running engine. It stops when the last handle is dropped or [`Engine::stop`] is called.
#[derive(Clone)]
pub(crate) struct Engine {
    jobs: mpsc::Sender<Job>,
    thread: Arc<std::sync::Mutex<Option<std::thread::JoinHandle<()>>>>,
}

/// What an engine is started with.
pub(crate) struct Start {
    /// The profile's durable state.
    pub store: store::Store,
    /// The profile's secrets.
    pub secrets: crate::profile::Secrets,
    /// What is searched.
    pub library: crate::library::LibraryDesk,
    /// How to take part in the network; `None`: not at all.
    pub net: Option<net::Config>,
    /// Addresses to call, as typed.
    pub dial: Vec<String>,
    /// Where pushes go.
    pub pushes: broadcast::Sender<Push>,
    /// The runtime for sockets and timers.
    pub runtime: tokio::runtime::Handle,
}

impl Engine {
    /// Opens the replica and starts the thread.
    pub fn start(start: Start) -> Result<Self, ApiError> {
        let (jobs, inbox) = mpsc::channel::<Job>(JOBS_MAX);
        let runtime = start.runtime.clone();
        let (mut core, events) = Core::open(start)?;
        let thread = std::thread::Builder::new()
            .name("kyhop-engine".into())
            .spawn(move || {
                runtime.block_on(run(&mut core, inbox, events));
                core.close();
            })
            .map_err(|error| ApiError::new("no_thread", error.to_string()))?;
        Ok(Self { jobs, thread: Arc::new(std::sync::Mutex::new(Some(thread))) })
    }

    /// Runs a job on the engine's thread and waits for what it returns.
    pub async fn run<R: Send + 'static>(&self, job: impl FnOnce(&mut Core) -> R + Send + 'static) -> Result<R, ApiError> {
        let (reply, answer) = oneshot::channel();
        let job: Job = Box::new(move |core| {
            // Nobody may be waiting any more; the work is done all the same.
            let _ = reply.send(job(core));
        });
        self.jobs.send(job).await.map_err(|_| stopped())?;
        answer.await.map_err(|_| stopped())
    }

    /// As [`Self::run`] for jobs that can fail.
    pub async fn attempt<R: Send + 'static>(
        &self,
        job: impl FnOnce(&mut Core) -> Result<R, ApiError> + Send + 'static,
    ) -> Result<R, ApiError> {
        self.run(job).await?
    }

    /// Ends the engine and waits until the profile is closed.
    pub fn stop(self) {
        let Self { jobs, thread } = self;
        let stop: Job = Box::new(Core::stop);
        let _ = jobs.try_send(stop);
        drop(jobs);
        let handle = thread.lock().unwrap_or_else(std::sync::PoisonError::into_inner).take();
        if let Some(handle) = handle {
            let _ = handle.join();
        }
    }
}

fn stopped() -> ApiError {
    ApiError::new("stopped", "the profile was closed")
}

async fn run(core: &mut Core, mut jobs: mpsc::Receiver<Job>, mut events: Option<net::Events>) {
    loop {
        let wake = tokio::time::sleep(Duration::from_millis(core.wake_in_ms()));
        tokio::select! {
            biased;
            job = jobs.recv() => match job {
                Some(job) => job(core),
                None => break,
            },
            event = next_event(&mut events) => match event {
                Some(event) => net_events(core, event, &mut events),
                None => events = None,
            },
            () = wake => core.tick(),
        }
        if core.is_stopped() {
            break;
        }
    }
    core.leave_network().await;
}

/// Takes an event in, and with a frame those of the same peer that wait behind it: fresh envelopes among them cost one commit.
fn net_events(core: &mut Core, event: NetEvent, waiting: &mut Option<net::Events>) {
    let NetEvent::Frame { peer, lane: Lane::Sync, bytes } = event else { return core.net_event(event) };
    let (mut held, mut frames, mut other) = (bytes.len(), vec![bytes], None);
    while frames.len() < FRAMES_A_TURN && held < RUN_BYTES_MAX {
        match waiting.as_mut().and_then(net::Events::try_recv) {
            Some(NetEvent::Frame { peer: from, lane: Lane::Sync, bytes }) if from == peer => {
                held += bytes.len();
                frames.push(bytes);
            }
            event => {
                other = event;
                break;
            }
        }
    }
    for bytes in gathered(frames) {
        core.net_event(NetEvent::Frame { peer, lane: Lane::Sync, bytes });
    }
    if let Some(event) = other {
        core.net_event(event);
    }
}

/// The next network event; waits for ever when there is no network.
async fn next_event(events: &mut Option<net::Events>) -> Option<net::NetEvent> {
    match events {
        Some(events) => events.recv().await,
        None => std::future::pending().await,
    }
}
