//! Links between devices: in order within a link, in any order between links.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use rand_chacha::ChaCha20Rng;
use rand_core::Rng;
use sync::port::PeerKey;
use sync::wire::{Message, PROTOCOL};

/// One direction of a link.
type Way = (usize, usize);

/// The wires of a room.
#[derive(Default)]
pub(crate) struct Network {
    queues: BTreeMap<Way, VecDeque<Vec<u8>>>,
    keys: BTreeMap<Way, PeerKey>,
    next_key: u64,
    ends: BTreeMap<PeerKey, Way>,
    /// Pairs that cannot hear each other.
    pub cut: BTreeSet<Way>,
    /// Bytes that went over any wire.
    pub bytes: u64,
    /// Devices whose greetings, said and heard, name version 1 of the protocol and no other.
    pub old: BTreeSet<usize>,
    /// What went over any wire, if somebody listens.
    pub tap: Option<Vec<(usize, usize, Vec<u8>)>>,
}

impl Network {
    /// The key under which `at` knows its link to `other`.
    pub fn key(&self, at: usize, other: usize) -> Option<PeerKey> {
        self.keys.get(&(at, other)).copied()
    }

    /// Who is behind a key of `at`.
    pub fn other(&self, at: usize, key: PeerKey) -> Option<usize> {
        self.ends.get(&key).filter(|(from, _)| *from == at).map(|(_, to)| *to)
    }

    /// Makes a link; both ends get fresh keys.
    pub fn link(&mut self, a: usize, b: usize) -> (PeerKey, PeerKey) {
        let mut fresh = || {
            self.next_key += 1;
            PeerKey(self.next_key)
        };
        let (at_a, at_b) = (fresh(), fresh());
        self.keys.insert((a, b), at_a);
        self.keys.insert((b, a), at_b);
        self.ends.extend([(at_a, (a, b)), (at_b, (b, a))]);
        (at_a, at_b)
    }

    /// A key for somebody who is at no end of any link here.
    pub fn link_outside(&mut self) -> PeerKey {
        self.next_key += 1;
        PeerKey(self.next_key)
    }

    /// Ends a link; what was on it is lost.
    pub fn unlink(&mut self, a: usize, b: usize) {
        for way in [(a, b), (b, a)] {
            if let Some(key) = self.keys.remove(&way) {
                self.ends.remove(&key);
            }
            self.queues.remove(&way);
        }
    }

    /// Puts a frame on its way.
    pub fn push(&mut self, from: usize, to: usize, frame: Vec<u8>) {
        let frame = if self.old.contains(&from) || self.old.contains(&to) { in_version_1(frame) } else { frame };
        self.bytes += frame.len() as u64;
        if let Some(tap) = &mut self.tap {
            tap.push((from, to, frame.clone()));
        }
        self.queues.entry((from, to)).or_default().push_back(frame);
    }

    /// The next frame of some link.
    pub fn pop(&mut self, rng: &mut ChaCha20Rng) -> Option<(usize, usize, Vec<u8>)> {
        let at = usize::try_from(rng.next_u32()).unwrap_or(0) % self.queues.len().max(1);
        let way = *self.queues.keys().nth(at)?;
        let queue = self.queues.get_mut(&way)?;
        let frame = queue.pop_front()?;
        // Only ways with something on them are chosen from.
        if queue.is_empty() {
            self.queues.remove(&way);
        }
        Some((way.0, way.1, frame))
    }

    /// May these two hear each other.
    pub fn is_cut(&self, a: usize, b: usize) -> bool {
        self.cut.contains(&(a.min(b), a.max(b)))
    }
}

/// A greeting as a program says it that knows nothing of later versions; everything else as it is.
fn in_version_1(frame: Vec<u8>) -> Vec<u8> {
    match Message::decode(&frame) {
        Ok(Message::Hello { nonce, root, organisation, chain, .. }) => {
            Message::Hello { versions: vec![PROTOCOL], nonce, root, organisation, chain }.encode()
        }
        _ => frame,
    }
}
