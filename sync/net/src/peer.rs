//! One peer while both lanes are open: the task that reads and writes them, and the table by which frames find it.

use std::{
    collections::BTreeMap,
    convert::Infallible,
    sync::{
        Arc, PoisonError, RwLock,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
};

use futures::{AsyncReadExt, future};
use libp2p::{PeerId, Stream, swarm::ConnectionId};
use tokio::sync::watch;

use crate::{
    error::SendError,
    events::{EventSender, NetEvent},
    limits::{FLUSH_MAX, FRAME_STALL_MAX, HALF_CLOSED_MAX},
    stream::{Lane, Queue, ReadError, read_frame, write_frames},
    traffic::Traffic,
};

/// A peer whose lanes are open, from [`NetEvent::Connected`] to [`NetEvent::Disconnected`]. Never used twice in a process.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PeerKey(pub u64);

impl PeerKey {
    pub(crate) fn next() -> Self {
        static NEXT: AtomicU64 = AtomicU64::new(1);
        Self(NEXT.fetch_add(1, Ordering::Relaxed))
    }
}

/// What both the consumer's handle and the session's task see of a peer.
pub(crate) struct Lanes {
    queues: [Queue; 2],
    /// Bytes received so far: a sign of life between pings.
    received: AtomicU64,
    live: Arc<AtomicBool>,
}

impl Lanes {
    pub(crate) fn new(traffic: &Traffic) -> Self {
        let queues = Lane::ALL.map(|lane| Queue::new(lane, traffic.clone()));
        Self { queues, received: AtomicU64::new(0), live: Arc::new(AtomicBool::new(true)) }
    }

    pub(crate) fn queue(&self, lane: Lane) -> &Queue {
        let [sync, blob] = &self.queues;
        match lane {
            Lane::Sync => sync,
            Lane::Blob => blob,
        }
    }

    pub(crate) fn received(&self) -> u64 {
        self.received.load(Ordering::Relaxed)
    }

    /// No further frames; those queued still leave.
    pub(crate) fn close(&self) {
        self.queues.iter().for_each(Queue::close);
    }
}

/// All open peers by key, shared by the handles and the driver.
#[derive(Default)]
pub(crate) struct Registry(RwLock<BTreeMap<PeerKey, Arc<Lanes>>>);

impl Registry {
    pub(crate) fn insert(&self, peer: PeerKey, lanes: Arc<Lanes>) {
        self.0.write().unwrap_or_else(PoisonError::into_inner).insert(peer, lanes);
    }

    pub(crate) fn get(&self, peer: PeerKey) -> Option<Arc<Lanes>> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).get(&peer).map(Arc::clone)
    }

    pub(crate) fn send(&self, peer: PeerKey, lane: Lane, frame: Vec<u8>) -> Result<(), SendError> {
        self.get(peer).ok_or(SendError::Gone)?.queue(lane).push(frame)
    }

    pub(crate) fn offer(&self, peer: PeerKey, lane: Lane, frame: Vec<u8>) -> Result<Option<Vec<u8>>, SendError> {
        self.get(peer).ok_or(SendError::Gone)?.queue(lane).offer(frame)
    }

    pub(crate) fn clear(&self) {
        self.0.write().unwrap_or_else(PoisonError::into_inner).clear();
    }

    fn remove(&self, peer: PeerKey) {
        self.0.write().unwrap_or_else(PoisonError::into_inner).remove(&peer);
    }
}

/// What the driver wants of a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stop {
    /// Nothing: go on.
    Run,
    /// Write what is queued, within [`FLUSH_MAX`], and end.
    Drain,
    /// End now.
    Abort,
}

/// Why a session ended.
#[derive(Debug)]
pub(crate) enum End {
    /// The other side closed its lanes in order.
    Closed,
    /// We were asked to end.
    Stopped,
    /// The other side broke the framing.
    Violation(ReadError),
    /// The connection broke.
    Broken(String),
}

/// The result of a session's task.
#[derive(Debug)]
pub(crate) struct Ended {
    pub(crate) id: PeerId,
    pub(crate) peer: PeerKey,
    pub(crate) connection: ConnectionId,
    pub(crate) end: End,
}

/// All that a session's task needs.
pub(crate) struct Session {
    pub(crate) id: PeerId,
    pub(crate) local: PeerId,
    pub(crate) peer: PeerKey,
    pub(crate) connection: ConnectionId,
    pub(crate) address: String,
    pub(crate) dialled: bool,
    pub(crate) streams: [Stream; 2],
    pub(crate) lanes: Arc<Lanes>,
    pub(crate) registry: Arc<Registry>,
    pub(crate) events: EventSender,
    pub(crate) stop: watch::Receiver<Stop>,
}

impl Session {
    /// Tells `Connected`, carries frames both ways until something ends it, tells `Disconnected`.
    pub(crate) async fn run(self) -> Ended {
        let Self { id, local, peer, connection, address, dialled, streams, lanes, registry, events, mut stop } = self;
        registry.insert(peer, Arc::clone(&lanes));
        let connected = NetEvent::Connected { peer, local_id: local.to_bytes(), remote_id: id.to_bytes(), address, dialled };
        let mut early = stop.clone();
        let end = tokio::select! {
            told = events.send(connected) => match told {
                Ok(()) => carry(peer, streams, &lanes, &events, &mut stop).await,
                Err(_) => End::Stopped,
            },
            () = stopped(&mut early) => End::Stopped,
        };
        registry.remove(peer);
        lanes.queues.iter().for_each(Queue::discard);
        tracing::debug!(peer = peer.0, ?end, "peer session ended");
        // Only a stopped driver has nobody to tell it to.
        let _ = events.send_disconnected(peer, Arc::clone(&lanes.live)).await;
        Ended { id, peer, connection, end }
    }
}

async fn carry(
    peer: PeerKey,
    streams: [Stream; 2],
    lanes: &Lanes,
    events: &EventSender,
    stop: &mut watch::Receiver<Stop>,
) -> End {
    let [(mut sync_in, mut sync_out), (mut blob_in, mut blob_out)] = streams.map(AsyncReadExt::split);
    let goodbye = watch::Sender::new(false);
    let read = async {
        let sync = std::pin::pin!(read_lane(peer, Lane::Sync, &mut sync_in, lanes, events, &goodbye));
        let blob = std::pin::pin!(read_lane(peer, Lane::Blob, &mut blob_in, lanes, events, &goodbye));
        match future::select(sync, blob).await {
            future::Either::Left((End::Closed, other)) => other.await,
            future::Either::Right((End::Closed, other)) => other.await,
            future::Either::Left((end, _)) | future::Either::Right((end, _)) => end,
        }
    };
    let write = async {
        let written = future::try_join(
            write_frames(&mut sync_out, lanes.queue(Lane::Sync)),
            write_frames(&mut blob_out, lanes.queue(Lane::Blob)),
        );
        match written.await {
            // All is written and the end announced. When the other side has read it, it ends its lanes too; hanging up
            // earlier would lose what is still on the way.
            Ok(_) => future::pending().await,
            Err(error) => End::Broken(error.to_string()),
        }
    };
    let tell = future::join(tell_writable(peer, Lane::Sync, lanes, events), tell_writable(peer, Lane::Blob, lanes, events));
    tokio::select! {
        end = read => end,
        end = write => end,
        (never, _) = tell => match never {},
        () = stopped(stop) => End::Stopped,
    }
}

/// Reads a lane until it ends. A peer that says goodbye ends both lanes; `goodbye` is how each learns of the other's end.
async fn read_lane<S: futures::AsyncRead + Unpin>(
    peer: PeerKey,
    lane: Lane,
    stream: &mut S,
    lanes: &Lanes,
    events: &EventSender,
    goodbye: &watch::Sender<bool>,
) -> End {
    let mut other = goodbye.subscribe();
    loop {
        let read = tokio::select! {
            biased;
            read = read_frame(stream, lane, FRAME_STALL_MAX) => read,
            () = overdue(&mut other) => Ok(None),
        };
        match read {
            Ok(Some(bytes)) => {
                lanes.received.fetch_add(bytes.len() as u64, Ordering::Relaxed);
                if events.send_frame(peer, lane, bytes, &lanes.live).await.is_err() {
                    return End::Stopped;
                }
            }
            Ok(None) => {
                goodbye.send_replace(true);
                return End::Closed;
            }
            Err(error) if error.is_violation() => return End::Violation(error),
            Err(error) => return End::Broken(error.to_string()),
        }
    }
}

/// Resolves when the other lane has ended and this one is silent for [`HALF_CLOSED_MAX`].
async fn overdue(other: &mut watch::Receiver<bool>) {
    if other.wait_for(|ended| *ended).await.is_ok() {
        tokio::time::sleep(HALF_CLOSED_MAX).await;
    }
}

async fn tell_writable(peer: PeerKey, lane: Lane, lanes: &Lanes, events: &EventSender) -> Infallible {
    loop {
        lanes.queue(lane).writable().await;
        // A consumer that is gone stops the driver, and with it this session.
        let _ = events.send(NetEvent::Writable { peer, lane }).await;
    }
}

/// Resolves when the session must end: at once, or after the time that queued frames are given.
async fn stopped(stop: &mut watch::Receiver<Stop>) {
    let first = stop.wait_for(|stop| *stop != Stop::Run).await.map(|stop| *stop);
    if matches!(first, Ok(Stop::Drain)) {
        let abort = stop.wait_for(|stop| *stop == Stop::Abort);
        let _ = tokio::time::timeout(FLUSH_MAX, abort).await;
    }
}
