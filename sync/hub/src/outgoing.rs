//! Frames that wait for peers which read slowly, in order within a lane, within limits.

use std::collections::{BTreeMap, VecDeque};

use net::{Lane, PeerKey, SendError};

use crate::limits::{WAITING_BYTES_MAX, WAITING_BYTES_PEER_MAX};

/// What became of a frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sent {
    /// The network has it.
    Left,
    /// It waits for room.
    Waits,
    /// There is no room for it: this peer is to be left. It may be another one than the frame was for.
    Leave(PeerKey),
}

/// Where frames go: the network, and in tests something slower.
pub trait Way {
    /// Takes a frame, or gives it back when there is no room.
    ///
    /// # Errors
    /// The peer is gone, or the frame can never be sent.
    fn offer(&self, peer: PeerKey, lane: Lane, frame: Vec<u8>) -> Result<Option<Vec<u8>>, SendError>;
}

impl Way for net::Handle {
    fn offer(&self, peer: PeerKey, lane: Lane, frame: Vec<u8>) -> Result<Option<Vec<u8>>, SendError> {
        net::Handle::offer(self, peer, lane, frame)
    }
}

#[derive(Debug, Default)]
struct Waiting {
    lanes: [VecDeque<Vec<u8>>; 2],
    bytes: usize,
}

/// See the module.
#[derive(Debug, Default)]
pub struct Outgoing {
    waiting: BTreeMap<PeerKey, Waiting>,
    bytes: usize,
}

fn index(lane: Lane) -> usize {
    match lane {
        Lane::Sync => 0,
        Lane::Blob => 1,
    }
}

impl Outgoing {
    /// Sends a frame, now or when there is room.
    pub fn send(&mut self, way: &impl Way, peer: PeerKey, lane: Lane, frame: Vec<u8>) -> Sent {
        let behind =
            self.waiting.get(&peer).is_some_and(|waiting| waiting.lanes.get(index(lane)).is_some_and(|lane| !lane.is_empty()));
        let frame = match if behind { Ok(Some(frame)) } else { way.offer(peer, lane, frame) } {
            Ok(None) => return Sent::Left,
            Ok(Some(frame)) => frame,
            Err(SendError::Gone) => return Sent::Left,
            Err(error) => {
                tracing::warn!(peer = peer.0, %error, "a frame cannot be sent, the peer is left");
                return Sent::Leave(peer);
            }
        };
        let waiting = self.waiting.entry(peer).or_default();
        if waiting.bytes + frame.len() > WAITING_BYTES_PEER_MAX {
            return Sent::Leave(peer);
        }
        waiting.bytes += frame.len();
        self.bytes += frame.len();
        if let Some(lane) = waiting.lanes.get_mut(index(lane)) {
            lane.push_back(frame);
        }
        if self.bytes > WAITING_BYTES_MAX {
            let most = self.waiting.iter().max_by_key(|(_, waiting)| waiting.bytes).map(|(peer, _)| *peer);
            return Sent::Leave(most.unwrap_or(peer));
        }
        Sent::Waits
    }

    /// There is room on a lane again. Returns whether nothing waits for the peer any more.
    pub fn writable(&mut self, way: &impl Way, peer: PeerKey, lane: Lane) -> bool {
        let Some(waiting) = self.waiting.get_mut(&peer) else { return false };
        if let Some(frames) = waiting.lanes.get_mut(index(lane)) {
            while let Some(frame) = frames.pop_front() {
                let size = frame.len();
                match way.offer(peer, lane, frame) {
                    Ok(Some(back)) => {
                        frames.push_front(back);
                        break;
                    }
                    Ok(None) | Err(_) => {
                        waiting.bytes -= size;
                        self.bytes -= size;
                    }
                }
            }
        }
        let done = waiting.lanes.iter().all(VecDeque::is_empty);
        if done {
            self.waiting.remove(&peer);
        }
        done
    }

    /// Forgets what waits for a peer.
    pub fn forget(&mut self, peer: PeerKey) {
        if let Some(waiting) = self.waiting.remove(&peer) {
            self.bytes -= waiting.bytes;
        }
    }

    /// Bytes that wait for all peers.
    pub fn bytes(&self) -> usize {
        self.bytes
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]

    use std::cell::{Cell, RefCell};

    use super::*;

    /// Takes as many frames as it has room for.
    #[derive(Default)]
    struct Narrow {
        room: Cell<usize>,
        taken: RefCell<Vec<(u64, usize, u8)>>,
    }

    impl Way for Narrow {
        fn offer(&self, peer: PeerKey, lane: Lane, frame: Vec<u8>) -> Result<Option<Vec<u8>>, SendError> {
            if self.room.get() == 0 {
                return Ok(Some(frame));
            }
            self.room.set(self.room.get() - 1);
            self.taken.borrow_mut().push((peer.0, index(lane), frame[0]));
            Ok(None)
        }
    }

    const A: PeerKey = PeerKey(1);
    const B: PeerKey = PeerKey(2);

    #[test]
    fn frames_leave_in_order_whatever_the_room() {
        let (way, mut outgoing) = (Narrow::default(), Outgoing::default());
        way.room.set(1);
        assert_eq!(outgoing.send(&way, A, Lane::Sync, vec![0; 10]), Sent::Left);
        for number in 1..5 {
            assert_eq!(outgoing.send(&way, A, Lane::Sync, vec![number; 10]), Sent::Waits);
        }
        // Room that came in between must not let a later frame overtake.
        way.room.set(1);
        assert_eq!(outgoing.send(&way, A, Lane::Sync, vec![5; 10]), Sent::Waits);
        assert_eq!(outgoing.bytes(), 50);
        way.room.set(3);
        assert!(!outgoing.writable(&way, A, Lane::Sync));
        way.room.set(9);
        assert!(outgoing.writable(&way, A, Lane::Sync));
        assert_eq!(outgoing.bytes(), 0);
        assert_eq!(way.taken.borrow().iter().map(|(_, _, first)| *first).collect::<Vec<_>>(), [0, 1, 2, 3, 4, 5]);
    }

    #[test]
    fn a_file_that_waits_does_not_hold_up_a_ballot() {
        let (way, mut outgoing) = (Narrow::default(), Outgoing::default());
        assert_eq!(outgoing.send(&way, A, Lane::Blob, vec![1; 10]), Sent::Waits);
        way.room.set(1);
        assert_eq!(outgoing.send(&way, A, Lane::Sync, vec![2; 10]), Sent::Left);
    }

    #[test]
    fn who_reads_nothing_is_left_before_it_costs_more_than_its_share() {
        let (way, mut outgoing) = (Narrow::default(), Outgoing::default());
        let frame = 1 << 20;
        for _ in 0..WAITING_BYTES_PEER_MAX / frame {
            assert_eq!(outgoing.send(&way, A, Lane::Sync, vec![0; frame]), Sent::Waits);
        }
        assert_eq!(outgoing.send(&way, A, Lane::Sync, vec![0; frame]), Sent::Leave(A));
        assert_eq!(outgoing.bytes(), WAITING_BYTES_PEER_MAX);
        assert_eq!(outgoing.send(&way, B, Lane::Sync, vec![0; 10]), Sent::Waits, "others are not the worse for it");
        outgoing.forget(A);
        assert_eq!(outgoing.bytes(), 10);
    }

    #[test]
    fn many_slow_readers_together_cost_no_more_than_all_may() {
        let (way, mut outgoing) = (Narrow::default(), Outgoing::default());
        let share = WAITING_BYTES_PEER_MAX / 2;
        let mut left = Vec::new();
        for number in 0..200 {
            let size = if number == 3 { share + 7 } else { share };
            if let Sent::Leave(who) = outgoing.send(&way, PeerKey(number), Lane::Sync, vec![0; size]) {
                outgoing.forget(who);
                left.push(who);
            }
            assert!(outgoing.bytes() <= WAITING_BYTES_MAX);
        }
        assert_eq!(left.first(), Some(&PeerKey(3)), "the one with most is left first");
        assert_eq!(left.len(), 200 - WAITING_BYTES_MAX / share);
    }
}
