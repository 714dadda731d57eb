//! Comparing a space with many logs: not by the ends of all of them, but by parts.
//!
//! The logs of a space lie in sixteen parts, each of these in sixteen, and so once more. Where the digests of a space differ, one side tells
//! the digests of the parts; the other answers, for the parts that differ, with those of what they consist of, and so on down to the
//! smallest, of which the ends of logs are told. What is told names the digest of everything that its sender has, so that who receives the
//! ends knows exactly whether it has put together what the other has: the short digests of parts only say where to look. Where too much
//! differs, or something moved or fell together meanwhile, the ends of all logs are exchanged as in a small space.

use std::collections::{BTreeMap, BTreeSet};

use domain::id::{DeviceId, Hash32, Incarnation, SpaceId};

use crate::catchup::NOTHING_TOLD;
use crate::limits::{ASK_PAUSE_MS, LOGS_MAX, PARTS_ANSWER_MS, PARTS_FROM_LOGS, PARTS_MAX};
use crate::port::{Cx, Effects, PeerKey};
use crate::replica::Replica;
use crate::space::{Logs, digest_of, hash_logs};
use crate::wire::{LogEnd, Message, Part};

/// Bits of a log's place that each division takes.
const BITS: u32 = 4;
/// Into how many a part is divided.
const FANOUT: u16 = 1 << BITS;
/// How often a space is divided.
const DEPTH: u8 = 3;
/// The smallest parts.
const SMALLEST: u16 = 1 << (BITS * DEPTH as u32);
/// Bytes of the digest of a part. Two that fall together cost one exchange of all ends, no more.
const PART_DIGEST_BYTES: usize = 4;
/// Bytes that tell the digests of all that a part consists of.
pub(crate) const PART_BYTES: usize = PART_DIGEST_BYTES * FANOUT as usize;

/// Digests of parts as they came.
pub(crate) struct Divided {
    /// The space.
    pub space: SpaceId,
    /// Of all logs of the sender.
    pub digest: Hash32,
    /// How often the space was divided to get to these parts.
    pub depth: u8,
    /// Which, and the digests of what they consist of.
    pub parts: Vec<Part>,
}

/// Ends of logs of some of the smallest parts as they came.
pub(crate) struct Told {
    /// The space.
    pub space: SpaceId,
    /// Of all logs of the sender.
    pub digest: Hash32,
    /// Which parts.
    pub parts: Vec<u16>,
    /// With `reply` the ends of all logs in there, else those that differ from what was told.
    pub ends: Vec<LogEnd>,
    /// Answer with yours.
    pub reply: bool,
}

/// In which part a log lies. Keys and the numbers of logs are random; whoever chooses them can fill one part and gains nothing by it.
fn part_of(device: &DeviceId, incarnation: &Incarnation, depth: u8) -> u16 {
    let ([a, b, ..], [c, d, ..]) = (device.0, incarnation.0);
    let place = u32::from(u16::from_be_bytes([a ^ c, b ^ d]));
    u16::try_from(place >> (u16::BITS - BITS * u32::from(depth))).unwrap_or(0)
}

/// Of each wanted part the digests of what it consists of, one after the other; zeros where there is nothing.
fn digests_within(id: &SpaceId, logs: &Logs, depth: u8, wanted: &BTreeSet<u16>) -> BTreeMap<u16, Vec<u8>> {
    let mut within: BTreeMap<u16, Vec<_>> = BTreeMap::new();
    for (log, end) in logs.iter().filter(|((device, incarnation), _)| wanted.contains(&part_of(device, incarnation, depth))) {
        within.entry(part_of(&log.0, &log.1, depth + 1)).or_default().push((log, end));
    }
    let digest = |part: u16| {
        let mut digest = [0; PART_DIGEST_BYTES];
        if let Some(logs) = within.get(&part) {
            let mut hasher = blake3::Hasher::new_derive_key("kyhop 2026 part digest v1");
            hasher.update(id.as_bytes());
            hash_logs(&mut hasher, logs.iter().copied());
            digest.copy_from_slice(&hasher.finalize().as_bytes()[..PART_DIGEST_BYTES]);
        }
        digest
    };
    wanted.iter().map(|part| (*part, (0..FANOUT).flat_map(|at| digest(part * FANOUT + at)).collect())).collect()
}

/// The parts in which what was told of a part differs from ours.
fn differing(told: &Part, ours: &[u8]) -> impl Iterator<Item = u16> {
    let pairs = told.digests.chunks(PART_DIGEST_BYTES).zip(ours.chunks(PART_DIGEST_BYTES));
    (told.at * FANOUT..).zip(pairs).filter(|(_, (theirs, ours))| theirs != ours).map(|(part, _)| part)
}

/// Ascending, each once, and not beyond what there is.
fn are_parts(mut parts: impl Iterator<Item = u16>, end: u16) -> bool {
    let mut next = 0;
    parts.all(|part| {
        let fits = part >= next && part < end;
        next = part.saturating_add(1);
        fits
    })
}

impl Divided {
    fn is_well_formed(&self) -> bool {
        let fits = self.depth < DEPTH && (1..=PARTS_MAX).contains(&self.parts.len());
        fits && are_parts(self.parts.iter().map(|part| part.at), 1 << (BITS * u32::from(self.depth)))
            && self.parts.iter().all(|part| part.digests.len() == PART_BYTES)
    }
}

impl Told {
    fn is_well_formed(&self) -> bool {
        let listed: BTreeSet<u16> = self.parts.iter().copied().collect();
        let log = |end: &LogEnd| (end.device, end.incarnation);
        (1..=PARTS_MAX).contains(&self.parts.len())
            && self.ends.len() <= LOGS_MAX
            && are_parts(self.parts.iter().copied(), SMALLEST)
            && self.ends.iter().all(|end| listed.contains(&part_of(&end.device, &end.incarnation, DEPTH)))
            && self.ends.windows(2).all(|pair| log(&pair[0]) < log(&pair[1]))
    }

    /// The logs of the sender, if its others are as ours.
    fn logs(&self, ours: &Logs) -> Logs {
        let mut logs = ours.clone();
        if self.reply {
            let listed: BTreeSet<u16> = self.parts.iter().copied().collect();
            logs.retain(|(device, incarnation), _| !listed.contains(&part_of(device, incarnation, DEPTH)));
        }
        for end in &self.ends {
            if end.seq == 0 {
                logs.remove(&(end.device, end.incarnation));
            } else {
                logs.insert((end.device, end.incarnation), (end.seq, end.hash));
            }
        }
        logs
    }
}

/// The logs of `ours` that are otherwise in `theirs`; such as are not in `ours` with 0 and zeros.
fn otherwise(ours: &Logs, theirs: &Logs) -> Vec<LogEnd> {
    let all: BTreeSet<_> = ours.keys().chain(theirs.keys()).collect();
    all.into_iter()
        .filter(|log| ours.get(*log) != theirs.get(*log))
        .map(|log| {
            let (seq, hash) = ours.get(log).copied().unwrap_or((0, Hash32([0; 32])));
            LogEnd { device: log.0, incarnation: log.1, seq, hash }
        })
        .collect()
}

impl Replica {
    /// Is a space compared by parts with this peer.
    pub(crate) fn by_parts(&self, key: PeerKey, id: &SpaceId) -> bool {
        self.peers.get(&key).is_some_and(|peer| peer.knows_parts)
            && self.spaces.get(id).is_some_and(|space| space.logs.len() > PARTS_FROM_LOGS)
    }

    /// Begins to compare by parts.
    pub(crate) fn begin_parts(&mut self, cx: &Cx<'_>, fx: &mut Effects, key: PeerKey, id: SpaceId) {
        if let Some(peer) = self.peers.get_mut(&key) {
            peer.dividing.insert(id, cx.now.mono_ms);
        }
        self.divide(fx, key, id, 0, &BTreeSet::from([0]));
    }

    /// A peer that asks somebody else answers no digests of parts; told the ends of all logs it sends what is lacking here.
    pub(crate) fn tick_parts(&mut self, fx: &mut Effects, key: PeerKey, now: u64) {
        let Some(peer) = self.peers.get_mut(&key).filter(|peer| !peer.congested) else { return };
        let due = |since: u64| now.saturating_sub(since) >= PARTS_ANSWER_MS;
        let silent: Vec<SpaceId> = peer.dividing.iter().filter(|(_, since)| due(**since)).map(|(id, _)| *id).collect();
        for id in silent {
            if let Some(peer) = self.peers.get_mut(&key) {
                peer.dividing.remove(&id);
            }
            if self.is_shared_with(key, &id) {
                self.tell_all(fx, key, id, true);
            }
        }
    }

    fn divide(&mut self, fx: &mut Effects, key: PeerKey, id: SpaceId, depth: u8, wanted: &BTreeSet<u16>) {
        let Some(space) = self.spaces.get_mut(&id) else { return };
        let digest = space.digest();
        let within = digests_within(&id, &space.logs, depth, wanted);
        let parts = within.into_iter().map(|(at, digests)| Part { at, digests: digests.into() }).collect();
        Self::send(fx, key, &Message::Parts { space: id, digest, depth, parts });
    }

    /// The peer's digests of some parts.
    pub(crate) fn parts(
        &mut self,
        cx: &mut Cx<'_>,
        fx: &mut Effects,
        key: PeerKey,
        divided: &Divided,
    ) -> Result<(), &'static str> {
        if !divided.is_well_formed() {
            return Err("parts_malformed");
        }
        let Divided { space: id, digest, depth, ref parts } = *divided;
        if !self.differs(cx, fx, key, id, digest)? || (depth == 0 && self.began_first(cx, key, &id)) {
            return Ok(());
        }
        self.note_difference(cx, key, &id);
        if !self.is_asked(id, key, cx.now.mono_ms) {
            return Ok(());
        }
        let Some(space) = self.spaces.get_mut(&id) else { return Ok(()) };
        let (few, digest) = (space.logs.len() <= PARTS_FROM_LOGS, space.digest());
        let ours = digests_within(&id, &space.logs, depth, &parts.iter().map(|part| part.at).collect());
        let pairs = parts.iter().filter_map(|part| Some((part, ours.get(&part.at)?)));
        let differ: BTreeSet<u16> = pairs.flat_map(|(part, ours)| differing(part, ours)).collect();
        if few || differ.is_empty() || differ.len() > PARTS_MAX {
            self.tell_all(fx, key, id, true);
        } else if depth + 1 < DEPTH {
            self.divide(fx, key, id, depth + 1, &differ);
        } else {
            let heads = space.heads().into_iter().map(LogEnd::from);
            let ends = heads.filter(|end| differ.contains(&part_of(&end.device, &end.incarnation, DEPTH))).collect();
            let parts = differ.into_iter().collect();
            Self::send(fx, key, &Message::PartEnds { space: id, digest, parts, ends, reply: true });
        }
        Ok(())
    }

    /// The peer's ends of logs in the smallest parts that differ.
    pub(crate) fn part_ends(&mut self, cx: &mut Cx<'_>, fx: &mut Effects, key: PeerKey, told: &Told) -> Result<(), &'static str> {
        if !told.is_well_formed() {
            return Err("parts_malformed");
        }
        let id = told.space;
        if !self.differs(cx, fx, key, id, told.digest)? {
            return Ok(());
        }
        self.note_difference(cx, key, &id);
        let Some(space) = self.spaces.get_mut(&id) else { return Ok(()) };
        let theirs = told.logs(&space.logs);
        let (digest, ends) = (space.digest(), otherwise(&space.logs, &theirs));
        if digest_of(&id, &theirs) != told.digest {
            // Something moved meanwhile, or two digests of parts fell together: of the latter only all ends tell.
            if self.is_asked(id, key, cx.now.mono_ms) {
                if told.reply {
                    self.tell_all(fx, key, id, true);
                } else {
                    self.compare(cx, fx, key, &[id]);
                }
            }
            return Ok(());
        }
        if told.reply && self.is_asked(id, key, cx.now.mono_ms) {
            let parts = told.parts.clone();
            Self::send(fx, key, &Message::PartEnds { space: id, digest, parts, ends, reply: false });
        }
        let ends: Vec<LogEnd> =
            theirs.into_iter().map(|((device, incarnation), (seq, hash))| LogEnd { device, incarnation, seq, hash }).collect();
        self.meet(cx, fx, key, id, &ends);
        Ok(())
    }

    /// Does the peer have something else of a space that it shares. If it has the very same, both have met.
    fn differs(
        &mut self,
        cx: &mut Cx<'_>,
        fx: &mut Effects,
        key: PeerKey,
        id: SpaceId,
        digest: Hash32,
    ) -> Result<bool, &'static str> {
        let Some(peer) = self.peers.get(&key).filter(|peer| peer.knows_parts) else { return Err("out_of_turn") };
        let Some(identity) = peer.identity() else { return Ok(false) };
        if !self.shares(&id, &identity) {
            return Ok(false);
        }
        let ours = self.spaces.get_mut(&id).map(|space| space.digest());
        if ours == Some(digest) {
            self.meet_equal(cx, fx, key, id);
        }
        Ok(ours.is_some_and(|ours| ours != digest))
    }

    /// Of two that begin at the same time the one with the lower device goes on.
    fn began_first(&self, cx: &Cx<'_>, key: PeerKey, id: &SpaceId) -> bool {
        let Some(peer) = self.peers.get(&key) else { return false };
        let began = peer.dividing.get(id).is_some_and(|at| cx.now.mono_ms < at + ASK_PAUSE_MS);
        began && peer.device().is_some_and(|device| self.keys.device() < device)
    }

    fn note_difference(&mut self, cx: &Cx<'_>, key: PeerKey, id: &SpaceId) {
        self.asking.came(id, key, cx.now.mono_ms);
        let Some(peer) = self.peers.get_mut(&key) else { return };
        peer.dividing.remove(id);
        if let Some(told) = peer.compared.get_mut(id) {
            *told = NOTHING_TOLD;
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    const SPACE: SpaceId = SpaceId([5; SpaceId::LEN]);

    fn logs(count: u16) -> Logs {
        let log = |number: u16| {
            let name = *blake3::hash(&number.to_be_bytes()).as_bytes();
            ((DeviceId(name), Incarnation([3; 8])), (1, Hash32(name)))
        };
        (0..count).map(log).collect()
    }

    /// What follows from two sets of logs down to the smallest parts that differ.
    fn found(ours: &Logs, theirs: &Logs) -> BTreeSet<u16> {
        let mut parts = BTreeSet::from([0]);
        for depth in 0..DEPTH {
            let told = digests_within(&SPACE, theirs, depth, &parts);
            let mine = digests_within(&SPACE, ours, depth, &parts);
            let told = told.into_iter().map(|(at, digests)| Part { at, digests: digests.into() });
            parts = told.flat_map(|part| differing(&part, &mine[&part.at]).collect::<Vec<_>>()).collect();
        }
        parts
    }

    #[test]
    fn a_part_lies_in_the_part_that_it_was_divided_from() {
        for (device, incarnation) in logs(2_000).keys() {
            assert_eq!(part_of(device, incarnation, 0), 0);
            for depth in 0..DEPTH {
                assert_eq!(part_of(device, incarnation, depth + 1) / FANOUT, part_of(device, incarnation, depth));
            }
        }
    }

    #[test]
    fn what_moved_is_found_and_what_is_told_of_it_tells_everything() {
        let ours = logs(4_000);
        let mut theirs = ours.clone();
        let moved: Vec<_> = ours.keys().step_by(400).copied().collect();
        for log in &moved[1..] {
            theirs.insert(*log, (2, Hash32([9; 32])));
        }
        theirs.remove(&moved[0]);
        let parts = found(&ours, &theirs);
        let expected: BTreeSet<u16> = moved.iter().map(|(device, incarnation)| part_of(device, incarnation, DEPTH)).collect();
        assert_eq!(parts, expected);

        let digest = digest_of(&SPACE, &theirs);
        let ends = theirs
            .iter()
            .filter(|((device, incarnation), _)| parts.contains(&part_of(device, incarnation, DEPTH)))
            .map(|((device, incarnation), (seq, hash))| LogEnd {
                device: *device,
                incarnation: *incarnation,
                seq: *seq,
                hash: *hash,
            })
            .collect();
        let parts: Vec<u16> = parts.into_iter().collect();
        let told = Told { space: SPACE, digest, parts: parts.clone(), ends, reply: true };
        assert!(told.is_well_formed());
        assert_eq!(told.logs(&ours), theirs);

        let back = otherwise(&ours, &theirs);
        assert_eq!(back.len(), moved.len());
        let answer = Told { space: SPACE, digest: digest_of(&SPACE, &ours), parts, ends: back, reply: false };
        assert!(answer.is_well_formed());
        assert_eq!(answer.logs(&theirs), ours);
    }

    #[test]
    fn parts_that_cannot_be_are_refused() {
        let part = |at, bytes| Part { at, digests: vec![1; bytes].into() };
        let divided = |depth, parts| Divided { space: SPACE, digest: Hash32([1; 32]), depth, parts }.is_well_formed();
        assert!(divided(1, vec![part(3, PART_BYTES), part(15, PART_BYTES)]));
        assert!(!divided(0, vec![part(1, PART_BYTES)]) && !divided(1, vec![part(16, PART_BYTES)]));
        assert!(!divided(DEPTH, vec![part(0, PART_BYTES)]) && !divided(u8::MAX, vec![part(0, PART_BYTES)]));
        assert!(!divided(1, vec![part(3, PART_BYTES), part(3, PART_BYTES)]) && !divided(1, Vec::new()));
        assert!(!divided(1, vec![part(3, PART_BYTES - 1)]));

        let end = |number: u16| {
            let ((device, incarnation), (seq, hash)) = logs(number + 1).pop_last().unwrap();
            LogEnd { device, incarnation, seq, hash }
        };
        let (one, place) = (end(0), |end: &LogEnd| part_of(&end.device, &end.incarnation, DEPTH));
        let told = |parts, ends| Told { space: SPACE, digest: Hash32([1; 32]), parts, ends, reply: true }.is_well_formed();
        assert!(told(vec![place(&one)], vec![one]) && told(vec![7], Vec::new()));
        assert!(!told(vec![place(&one)], vec![one, one]), "a log told twice");
        assert!(!told(vec![place(&one) ^ 1], vec![one]), "a log of another part");
        assert!(!told(Vec::new(), Vec::new()) && !told(vec![SMALLEST], Vec::new()) && !told(vec![2, 1], Vec::new()));
        assert!(!told((0..SMALLEST).collect(), Vec::new()), "more than is ever told");
    }
}
