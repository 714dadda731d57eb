//! What the driver tells, through two bounded channels: when the consumer is slow, sockets are not read.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc};

use crate::{
    PeerKey,
    error::DialReason,
    limits::{BLOB_EVENTS_MAX, EVENT_BYTES_MAX, EVENTS_MAX},
    stream::Lane,
};

/// What happened on the network.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NetEvent {
    /// The addresses under which we can be reached have changed; the full list.
    Listening {
        /// With `/p2p/` and our transport identity; addresses that only this device can reach come last.
        addresses: Vec<String>,
    },
    /// Both lanes to a peer are open. Who it is remains to be proven: transport identities are made anew at each start.
    Connected {
        /// Stands for this peer until [`NetEvent::Disconnected`].
        peer: PeerKey,
        /// Our transport identity (bytes of the PeerId).
        local_id: Vec<u8>,
        /// The peer's transport identity, proven by the encryption layer.
        remote_id: Vec<u8>,
        /// Where the peer is.
        address: String,
        /// Whether we called.
        dialled: bool,
    },
    /// A frame arrived. In order within a peer and lane; after `Connected` and before `Disconnected` of that peer.
    Frame {
        /// From whom.
        peer: PeerKey,
        /// On which lane.
        lane: Lane,
        /// Its content, never empty, at most [`Lane::frame_bytes_max`].
        bytes: Vec<u8>,
    },
    /// [`Handle::send`](crate::Handle::send) said [`Full`](crate::SendError::Full) before; now half of the queue is free.
    Writable {
        /// To whom.
        peer: PeerKey,
        /// On which lane.
        lane: Lane,
    },
    /// The peer is gone; the key will not be used again.
    Disconnected {
        /// Who.
        peer: PeerKey,
    },
    /// A device announced itself on the LAN. The driver dials by itself.
    Discovered {
        /// Where.
        address: String,
    },
    /// Somebody answers at a typed address and speaks our protocol. Told again when the address is typed again.
    Reached {
        /// As it was typed.
        address: String,
        /// The peer's transport identity: that of [`NetEvent::Connected`], which may be told later.
        remote_id: Vec<u8>,
    },
    /// A typed address could not be reached. It is tried again later, unless it is our own.
    DialFailed {
        /// As it was typed.
        address: String,
        /// Why.
        reason: DialReason,
    },
}

/// An event on its way, with what it holds on to until the consumer has taken it.
struct Note {
    event: NetEvent,
    live: Option<Arc<AtomicBool>>,
    _bytes: Option<OwnedSemaphorePermit>,
}

/// Where the consumer takes events from. Everything else comes before blob frames.
pub struct Events {
    first: mpsc::Receiver<Note>,
    bulk: mpsc::Receiver<Note>,
}

impl Events {
    /// The next event; `None` when the driver has stopped and all was taken. Safe to cancel.
    pub async fn recv(&mut self) -> Option<NetEvent> {
        loop {
            let note = tokio::select! {
                biased;
                Some(note) = self.first.recv() => note,
                Some(note) = self.bulk.recv() => note,
                else => return None,
            };
            if let Some(event) = Self::take(note) {
                return Some(event);
            }
        }
    }

    /// The next event if there is one.
    pub fn try_recv(&mut self) -> Option<NetEvent> {
        loop {
            let note = self.first.try_recv().or_else(|_| self.bulk.try_recv()).ok()?;
            if let Some(event) = Self::take(note) {
                return Some(event);
            }
        }
    }

    /// Blob frames wait in a channel of their own; those of a peer whose end was already told are dropped.
    fn take(note: Note) -> Option<NetEvent> {
        if let Some(live) = &note.live {
            match note.event {
                NetEvent::Disconnected { .. } => live.store(false, Ordering::Relaxed),
                _ if !live.load(Ordering::Relaxed) => return None,
                _ => {}
            }
        }
        Some(note.event)
    }
}

/// The driver's side.
#[derive(Clone)]
pub(crate) struct EventSender {
    first: mpsc::Sender<Note>,
    bulk: mpsc::Sender<Note>,
    bytes: [Arc<Semaphore>; 2],
}

/// The consumer has dropped [`Events`].
#[derive(Debug)]
pub(crate) struct ConsumerGone;

pub(crate) fn channel() -> (EventSender, Events) {
    let (first, first_receiver) = mpsc::channel(EVENTS_MAX);
    let (bulk, bulk_receiver) = mpsc::channel(BLOB_EVENTS_MAX);
    let bytes = Lane::ALL.map(|_| Arc::new(Semaphore::new(EVENT_BYTES_MAX)));
    (EventSender { first, bulk, bytes }, Events { first: first_receiver, bulk: bulk_receiver })
}

impl EventSender {
    /// Waits for room and sends.
    pub(crate) async fn send(&self, event: NetEvent) -> Result<(), ConsumerGone> {
        self.first.send(Note { event, live: None, _bytes: None }).await.map_err(|_| ConsumerGone)
    }

    /// Tells the end of a peer; `live` is the flag that its frames carry.
    pub(crate) async fn send_disconnected(&self, peer: PeerKey, live: Arc<AtomicBool>) -> Result<(), ConsumerGone> {
        let event = NetEvent::Disconnected { peer };
        self.first.send(Note { event, live: Some(live), _bytes: None }).await.map_err(|_| ConsumerGone)
    }

    /// Waits until the consumer has room for these bytes, then sends the frame.
    pub(crate) async fn send_frame(
        &self,
        peer: PeerKey,
        lane: Lane,
        bytes: Vec<u8>,
        live: &Arc<AtomicBool>,
    ) -> Result<(), ConsumerGone> {
        let [first, bulk] = &self.bytes;
        let (sender, budget) = match lane {
            Lane::Sync => (&self.first, first),
            Lane::Blob => (&self.bulk, bulk),
        };
        let length = u32::try_from(bytes.len()).map_err(|_| ConsumerGone)?;
        let permit = Arc::clone(budget).acquire_many_owned(length).await.map_err(|_| ConsumerGone)?;
        let event = NetEvent::Frame { peer, lane, bytes };
        sender.send(Note { event, live: Some(Arc::clone(live)), _bytes: Some(permit) }).await.map_err(|_| ConsumerGone)
    }

    /// Room for one event, for senders that must not wait inside a send.
    pub(crate) fn room(&self) -> impl Future<Output = Result<Room, ConsumerGone>> + use<> {
        let first = self.first.clone();
        async move { first.reserve_owned().await.map(Room).map_err(|_| ConsumerGone) }
    }

    /// Resolves when the consumer has dropped [`Events`].
    pub(crate) async fn consumer_gone(&self) {
        self.first.closed().await;
    }
}

/// A reserved place in the channel.
pub(crate) struct Room(mpsc::OwnedPermit<Note>);

impl Room {
    pub(crate) fn send(self, event: NetEvent) {
        self.0.send(Note { event, live: None, _bytes: None });
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::*;

    const PEER: PeerKey = PeerKey(1);

    #[tokio::test]
    async fn a_ballot_overtakes_waiting_blobs_and_nothing_follows_the_end() {
        let (sender, mut events) = channel();
        let live = Arc::new(AtomicBool::new(true));
        for _ in 0..3 {
            sender.send_frame(PEER, Lane::Blob, vec![1], &live).await.unwrap();
        }
        sender.send_frame(PEER, Lane::Sync, vec![2], &live).await.unwrap();
        assert!(matches!(events.recv().await, Some(NetEvent::Frame { lane: Lane::Sync, .. })));
        assert!(matches!(events.recv().await, Some(NetEvent::Frame { lane: Lane::Blob, .. })));
        sender.send_disconnected(PEER, live).await.unwrap();
        assert_eq!(events.recv().await, Some(NetEvent::Disconnected { peer: PEER }));
        drop(sender);
        assert_eq!(events.recv().await, None, "two blob frames of a peer that is gone were told after its end");
    }

    #[tokio::test]
    async fn waiting_frames_are_bounded_in_bytes_and_freed_when_taken() {
        let (sender, mut events) = channel();
        let live = Arc::new(AtomicBool::new(true));
        let half = vec![0; EVENT_BYTES_MAX / 4];
        for _ in 0..4 {
            sender.send_frame(PEER, Lane::Sync, half.clone(), &live).await.unwrap();
        }
        let fifth = sender.send_frame(PEER, Lane::Sync, half.clone(), &live);
        tokio::pin!(fifth);
        assert!(futures::poll!(&mut fifth).is_pending());
        assert!(futures::poll!(std::pin::pin!(sender.send_frame(PEER, Lane::Blob, half.clone(), &live))).is_ready());
        assert!(events.recv().await.is_some());
        fifth.await.unwrap();
    }
}
