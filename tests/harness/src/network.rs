//! Links between devices: in order within a link, in any order between links.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use rand_chacha::ChaCha20Rng;
use rand_core::Rng;
use sync::port::PeerKey;

/// One direction of a link.
type Way = (usize, usize);

/// The wires of a room.
#[derive(Default)]
pub(crate) struct Network {
    queues: BTreeMap<Way, VecDeque<Vec<u8>>>,
    keys: BTreeMap<Way, PeerKey>,
    next_key: u64,
    /// Pairs that cannot hear each other.
    pub cut: BTreeSet<Way>,
    /// Bytes that went over any wire.
    pub bytes: u64,
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
        self.keys.iter().find(|((from, _), known)| *from == at && **known == key).map(|((_, to), _)| *to)
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
            self.keys.remove(&way);
            self.queues.remove(&way);
        }
    }

    /// Puts a frame on its way.
    pub fn push(&mut self, from: usize, to: usize, frame: Vec<u8>) {
        self.bytes += frame.len() as u64;
        if let Some(tap) = &mut self.tap {
            tap.push((from, to, frame.clone()));
        }
        self.queues.entry((from, to)).or_default().push_back(frame);
    }

    /// The next frame of some link.
    pub fn pop(&mut self, rng: &mut ChaCha20Rng) -> Option<(usize, usize, Vec<u8>)> {
        self.queues.retain(|_, queue| !queue.is_empty());
        let ways: Vec<Way> = self.queues.keys().copied().collect();
        let way = *ways.get(usize::try_from(rng.next_u32()).unwrap_or(0) % ways.len().max(1))?;
        let frame = self.queues.get_mut(&way)?.pop_front()?;
        Some((way.0, way.1, frame))
    }

    /// May these two hear each other.
    pub fn is_cut(&self, a: usize, b: usize) -> bool {
        self.cut.contains(&(a.min(b), a.max(b)))
    }
}
