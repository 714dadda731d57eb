//! Whom to call, and when: typed addresses for ever, discovered devices up to a number, with a jittered back-off.
//!
//! Pure: the time is an argument, randomness comes from a seed.

use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

use libp2p::{Multiaddr, PeerId};

use crate::{
    address::{Carrier, Target, carrier},
    limits::{
        ACTIVE_PEERS_SPARE, BACKOFF_FIRST, BACKOFF_MAX, DISCOVERED_MAX, DISMISSED_PAUSE, PEER_ADDRESSES_MAX, ROTATE_EVERY,
        STABLE_AFTER, TYPED_MAX, UNANNOUNCED_TRIES_MAX,
    },
};

/// How soon a discovered peer that is connected by its own call is looked at again.
const LOOK_AGAIN: Duration = Duration::from_secs(5);

/// Names one entry of the dialer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct TargetId(u64);

/// Where an entry comes from.
#[derive(Clone, Debug)]
pub(crate) enum Origin {
    /// Typed by a person; kept until the program ends or the person takes it back.
    Typed(Target),
    /// Announced on the LAN.
    Found { peer: PeerId, addresses: Vec<Multiaddr>, announced: bool },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Waiting { until: Instant },
    Dialling,
    Connected { peer: PeerId, since: Instant },
}

#[derive(Debug)]
struct Entry {
    origin: Origin,
    state: State,
    failures: u32,
}

/// What is to be done now.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Actions {
    /// Entries to dial.
    pub(crate) dial: Vec<TargetId>,
    /// A discovered peer to hang up on, to make room for others.
    pub(crate) drop: Option<PeerId>,
    /// Peers connected in another way, of whom it is known only now that a typed address is theirs.
    pub(crate) known: Vec<PeerId>,
}

/// The table of those we call.
pub(crate) struct Dialer {
    entries: BTreeMap<TargetId, Entry>,
    next_id: u64,
    active_max: usize,
    rotate_at: Option<Instant>,
    random: u64,
}

impl Dialer {
    pub(crate) fn new(active_max: usize, seed: u64) -> Self {
        Self { entries: BTreeMap::new(), next_id: 0, active_max, rotate_at: None, random: seed }
    }

    /// SplitMix64 (Steele, Lea, Flood 2014): spreads calls in time and over peers, no secrets depend on it.
    fn random(&mut self) -> u64 {
        self.random = self.random.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.random;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// Between half of the time and all of it.
    fn jittered(&mut self, time: Duration) -> Duration {
        let half = time / 2;
        let span = u64::try_from(half.as_millis()).unwrap_or(u64::MAX).max(1);
        half + Duration::from_millis(self.random() % span)
    }

    fn backoff(&mut self, failures: u32) -> Duration {
        let doubled = BACKOFF_FIRST.saturating_mul(2_u32.saturating_pow(failures.saturating_sub(1)));
        self.jittered(doubled.min(BACKOFF_MAX))
    }

    fn insert(&mut self, origin: Origin, until: Instant) -> TargetId {
        let id = TargetId(self.next_id);
        self.next_id += 1;
        self.entries.insert(id, Entry { origin, state: State::Waiting { until }, failures: 0 });
        id
    }

    /// Remembers a typed address and wants it dialled now, also when it waits for another attempt. `false` when too many
    /// are remembered.
    pub(crate) fn typed(&mut self, target: Target, now: Instant) -> bool {
        let same = |entry: &&mut Entry| matches!(&entry.origin, Origin::Typed(old) if *old == target);
        if let Some(entry) = self.entries.values_mut().find(same) {
            if let State::Waiting { until } = &mut entry.state {
                *until = now;
                entry.failures = 0;
            }
            return true;
        }
        let typed = self.entries.values().filter(|entry| matches!(entry.origin, Origin::Typed(_))).count();
        if typed >= TYPED_MAX {
            return false;
        }
        self.insert(Origin::Typed(target), now);
        true
    }

    /// Takes back a typed address. A connection made by it stays.
    pub(crate) fn forget(&mut self, target: &Target) {
        self.entries.retain(|_, entry| !matches!(&entry.origin, Origin::Typed(old) if old == target));
    }

    /// A device announced an address; it is dialled after `wait`.
    pub(crate) fn found(&mut self, peer: PeerId, address: Multiaddr, wait: Duration, now: Instant) {
        let known = self.entries.values_mut().find_map(|entry| match &mut entry.origin {
            Origin::Found { peer: old, addresses, announced } if *old == peer => Some((addresses, announced)),
            _ => None,
        });
        if let Some((addresses, announced)) = known {
            *announced = true;
            if !addresses.contains(&address) && addresses.len() < PEER_ADDRESSES_MAX {
                addresses.push(address);
                sort(addresses);
            }
            return;
        }
        let found = self.entries.values().filter(|entry| matches!(entry.origin, Origin::Found { .. })).count();
        if found < DISCOVERED_MAX {
            self.insert(Origin::Found { peer, addresses: vec![address], announced: true }, now + wait);
        }
    }

    /// An announcement has expired.
    pub(crate) fn lost(&mut self, peer: &PeerId, address: &Multiaddr) {
        for entry in self.entries.values_mut() {
            if let Origin::Found { peer: old, addresses, announced } = &mut entry.origin
                && old == peer
            {
                if addresses.len() > 1 {
                    addresses.retain(|old| old != address);
                } else {
                    // The last address is kept: if we are connected and lose the peer, it is worth a few attempts.
                    *announced = false;
                }
            }
        }
    }

    pub(crate) fn origin(&self, id: TargetId) -> Option<&Origin> {
        self.entries.get(&id).map(|entry| &entry.origin)
    }

    /// A connection stands. Typed and discovered entries of the same device count as connected together.
    pub(crate) fn connected(&mut self, id: TargetId, peer: PeerId, now: Instant) {
        if let Some(entry) = self.entries.get_mut(&id) {
            entry.state = State::Connected { peer, since: now };
        }
    }

    /// An attempt failed; another follows after the back-off.
    pub(crate) fn failed(&mut self, id: TargetId, now: Instant) {
        let Some(entry) = self.entries.get_mut(&id) else {
            return;
        };
        entry.failures = entry.failures.saturating_add(1);
        let failures = entry.failures;
        if matches!(entry.origin, Origin::Found { announced: false, .. }) && failures >= UNANNOUNCED_TRIES_MAX {
            self.entries.remove(&id);
            return;
        }
        let until = now + self.backoff(failures);
        if let Some(entry) = self.entries.get_mut(&id) {
            entry.state = State::Waiting { until };
        }
    }

    /// The entry makes no sense (it is ourselves).
    pub(crate) fn remove(&mut self, id: TargetId) {
        self.entries.remove(&id);
    }

    fn connected_to(&self, peer: &PeerId) -> Vec<(TargetId, Instant)> {
        let since = |entry: &Entry| match entry.state {
            State::Connected { peer: old, since } if old == *peer => Some(since),
            _ => None,
        };
        self.entries.iter().filter_map(|(id, entry)| Some((*id, since(entry)?))).collect()
    }

    /// The last connection with a peer is gone; those we called are called again.
    pub(crate) fn gone(&mut self, peer: &PeerId, now: Instant) {
        for (id, since) in self.connected_to(peer) {
            if now.saturating_duration_since(since) >= STABLE_AFTER
                && let Some(entry) = self.entries.get_mut(&id)
            {
                entry.failures = 0;
            }
            self.failed(id, now);
        }
    }

    /// We do not want this peer for a while (to be called before the connection is gone).
    pub(crate) fn dismiss(&mut self, peer: &PeerId, pause: Duration, now: Instant) {
        for (id, _) in self.connected_to(peer) {
            let until = now + self.jittered(pause);
            if let Some(entry) = self.entries.get_mut(&id) {
                entry.state = State::Waiting { until };
            }
        }
    }

    /// Who answers at a typed address, if anybody does.
    pub(crate) fn peer_at(&self, target: &Target) -> Option<PeerId> {
        self.entries.values().find_map(|entry| match (&entry.origin, entry.state) {
            (Origin::Typed(typed), State::Connected { peer, .. }) if typed == target => Some(peer),
            _ => None,
        })
    }

    /// What was typed to reach a connected peer.
    pub(crate) fn typed_addresses_of(&self, peer: &PeerId) -> Vec<String> {
        let typed = |(id, _): (TargetId, Instant)| match self.origin(id) {
            Some(Origin::Typed(target)) => Some(target.to_string()),
            _ => None,
        };
        self.connected_to(peer).into_iter().filter_map(typed).collect()
    }

    /// Earliest time at which [`Dialer::due`] may have something to do.
    pub(crate) fn next_due(&self) -> Option<Instant> {
        let waits = self.entries.values().filter_map(|entry| match (&entry.origin, entry.state) {
            (Origin::Found { .. }, _) if self.is_full() => None,
            (_, State::Waiting { until }) => Some(until),
            _ => None,
        });
        waits.chain(self.rotate_at).min()
    }

    /// Discovered peers that we hold or are dialling.
    fn active(&self) -> usize {
        let busy = |entry: &&Entry| matches!(entry.origin, Origin::Found { .. }) && !matches!(entry.state, State::Waiting { .. });
        self.entries.values().filter(busy).count()
    }

    fn is_full(&self) -> bool {
        self.active() >= self.active_max
    }

    /// What to do now; entries named in `dial` count as being dialled from here on. `is_connected` knows peers that are
    /// connected in whatever way.
    pub(crate) fn due(&mut self, now: Instant, is_connected: impl Fn(&PeerId) -> bool) -> Actions {
        let mut actions = Actions::default();
        let mut candidates = Vec::new();
        for (id, entry) in &mut self.entries {
            let State::Waiting { until } = entry.state else {
                continue;
            };
            match &entry.origin {
                Origin::Typed(target) => {
                    if let Some(peer) = target.peer().filter(&is_connected) {
                        entry.state = State::Connected { peer, since: now };
                        actions.known.push(peer);
                    } else if until <= now {
                        actions.dial.push(*id);
                    }
                }
                Origin::Found { peer, .. } if until <= now => {
                    if is_connected(peer) {
                        entry.state = State::Waiting { until: now + LOOK_AGAIN };
                    } else {
                        candidates.push(*id);
                    }
                }
                Origin::Found { .. } => {}
            }
        }
        let free = self.active_max.saturating_sub(self.active());
        for _ in 0..free {
            match self.draw(&mut candidates) {
                Some(id) => actions.dial.push(id),
                None => break,
            }
        }
        self.rotate(now, &mut candidates, &mut actions);
        for id in &actions.dial {
            if let Some(entry) = self.entries.get_mut(id) {
                entry.state = State::Dialling;
            }
        }
        actions
    }

    /// With the places full and others still waiting, now and then one more is tried, and one of those held is let go.
    fn rotate(&mut self, now: Instant, candidates: &mut Vec<TargetId>, actions: &mut Actions) {
        if candidates.is_empty() {
            self.rotate_at = None;
            return;
        }
        match self.rotate_at {
            None => self.rotate_at = Some(now + self.jittered(ROTATE_EVERY)),
            Some(at) if at <= now => {
                self.rotate_at = Some(now + self.jittered(ROTATE_EVERY));
                if self.active() >= self.active_max + ACTIVE_PEERS_SPARE {
                    let mut held: Vec<TargetId> = self
                        .entries
                        .iter()
                        .filter(|(_, entry)| {
                            matches!((&entry.origin, entry.state), (Origin::Found { .. }, State::Connected { .. }))
                        })
                        .map(|(id, _)| *id)
                        .collect();
                    let drawn = self.draw(&mut held).and_then(|id| self.entries.get(&id));
                    actions.drop = drawn.and_then(|entry| match entry.state {
                        State::Connected { peer, .. } => Some(peer),
                        _ => None,
                    });
                } else {
                    actions.dial.extend(self.draw(candidates));
                }
            }
            Some(_) => {}
        }
    }

    /// Takes one at random.
    fn draw(&mut self, from: &mut Vec<TargetId>) -> Option<TargetId> {
        if from.is_empty() {
            return None;
        }
        let index = usize::try_from(self.random() % from.len() as u64).unwrap_or_default();
        Some(from.swap_remove(index))
    }

    /// Every entry that we mean to hang up on at [`Actions::drop`] rests this long.
    pub(crate) const REST: Duration = DISMISSED_PAUSE;
}

/// TCP first: it costs less than QUIC on the same LAN.
fn sort(addresses: &mut [Multiaddr]) {
    addresses.sort_by_key(|address| carrier(address) != Some(Carrier::Tcp));
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::*;
    use crate::address::parse;

    const NOBODY: fn(&PeerId) -> bool = |_| false;

    fn typed(text: &str) -> Target {
        parse(text).unwrap()
    }

    fn lan(number: usize) -> Multiaddr {
        format!("/ip4/10.0.0.{number}/tcp/1").parse().unwrap()
    }

    #[test]
    fn a_typed_address_is_tried_for_ever_at_growing_distances() {
        let (mut now, mut dialer) = (Instant::now(), Dialer::new(3, 1));
        assert!(dialer.typed(typed("10.0.0.1:1"), now));
        let mut waits = Vec::new();
        for _ in 0..40 {
            let ids = dialer.due(now, NOBODY).dial;
            assert_eq!(ids.len(), 1);
            assert_eq!(dialer.due(now, NOBODY), Actions::default(), "it is already being dialled");
            dialer.failed(ids[0], now);
            let due = dialer.next_due().unwrap();
            waits.push(due - now);
            assert_eq!(dialer.due(due - Duration::from_millis(1), NOBODY), Actions::default());
            now = due;
        }
        assert!(waits[0] >= BACKOFF_FIRST / 2 && waits[0] <= BACKOFF_FIRST);
        assert!(waits[1] > waits[0] / 2 && waits[9] >= BACKOFF_MAX / 2);
        assert!(waits.iter().all(|wait| *wait <= BACKOFF_MAX));
        assert!(waits[20..].windows(2).any(|pair| pair[0] != pair[1]), "the waits must be spread at random");
    }

    #[test]
    fn typing_it_again_tries_at_once_and_taking_it_back_stops() {
        let (now, mut dialer) = (Instant::now(), Dialer::new(3, 1));
        dialer.typed(typed("10.0.0.1:1"), now);
        let id = dialer.due(now, NOBODY).dial[0];
        dialer.failed(id, now);
        assert!(dialer.due(now, NOBODY).dial.is_empty());
        dialer.typed(typed("10.0.0.1:1"), now);
        assert_eq!(dialer.due(now, NOBODY).dial, [id]);
        dialer.failed(id, now);
        dialer.forget(&typed("10.0.0.1:1"));
        assert_eq!(dialer.next_due(), None);
    }

    #[test]
    fn typed_addresses_and_discoveries_are_bounded() {
        let (now, mut dialer) = (Instant::now(), Dialer::new(3, 1));
        for port in 1..=TYPED_MAX {
            assert!(dialer.typed(typed(&format!("10.0.0.1:{port}")), now));
        }
        assert!(!dialer.typed(typed("10.0.0.2:1"), now));
        for _ in 0..2 * DISCOVERED_MAX {
            dialer.found(PeerId::random(), lan(1), Duration::ZERO, now);
        }
        assert_eq!(dialer.entries.len(), TYPED_MAX + DISCOVERED_MAX);
        let peer = PeerId::random();
        let mut dialer = Dialer::new(3, 1);
        for number in 1..100 {
            dialer.found(peer, lan(number), Duration::ZERO, now);
        }
        assert!(
            matches!(dialer.origin(TargetId(0)), Some(Origin::Found { addresses, .. }) if addresses.len() == PEER_ADDRESSES_MAX)
        );
    }

    #[test]
    fn discovered_peers_are_dialled_after_their_wait_and_up_to_the_number() {
        let (now, mut dialer) = (Instant::now(), Dialer::new(3, 1));
        let later = now + Duration::from_secs(2);
        for number in 0..10 {
            dialer.found(PeerId::random(), lan(number), Duration::from_secs(2), now);
        }
        assert!(dialer.due(now, NOBODY).dial.is_empty());
        assert_eq!(dialer.next_due(), Some(later));
        assert_eq!(dialer.due(later, |_| true), Actions::default(), "all of them have already called us");
        let later = later + LOOK_AGAIN;
        assert_eq!(dialer.due(later, NOBODY).dial.len(), 3);
        assert!(dialer.due(later, NOBODY).dial.is_empty());
    }

    #[test]
    fn two_seeds_choose_differently() {
        let chosen = |seed| {
            let (now, mut dialer) = (Instant::now(), Dialer::new(3, seed));
            for number in 0..100 {
                dialer.found(PeerId::random(), lan(number), Duration::ZERO, now);
            }
            dialer.due(now, NOBODY).dial
        };
        assert_ne!(chosen(1), chosen(2));
        assert_eq!(chosen(1), chosen(1));
    }

    #[test]
    fn a_full_table_still_meets_others_by_and_by() {
        let (mut now, mut dialer) = (Instant::now(), Dialer::new(3, 1));
        let mut peers = BTreeMap::new();
        for number in 0..10 {
            dialer.found(PeerId::random(), lan(number), Duration::ZERO, now);
        }
        let (mut met, mut dropped) = (std::collections::BTreeSet::new(), 0);
        for _ in 0..100 {
            let actions = dialer.due(now, |peer| peers.contains_key(peer));
            for id in actions.dial {
                let Some(Origin::Found { peer, .. }) = dialer.origin(id) else { unreachable!() };
                let peer = *peer;
                met.insert(peer);
                peers.insert(peer, id);
                dialer.connected(id, peer, now);
            }
            if let Some(peer) = actions.drop {
                dropped += 1;
                dialer.dismiss(&peer, Dialer::REST, now);
                peers.remove(&peer);
                dialer.gone(&peer, now);
            }
            assert!(peers.len() <= 3 + ACTIVE_PEERS_SPARE);
            now += ROTATE_EVERY;
        }
        assert_eq!(met.len(), 10);
        assert!(dropped > 0);
    }

    #[test]
    fn a_lost_peer_is_called_again_and_soon_only_if_it_had_lasted() {
        let (now, mut dialer) = (Instant::now(), Dialer::new(3, 1));
        dialer.typed(typed("10.0.0.1:1"), now);
        let peer = PeerId::random();
        let mut now = now;
        for _ in 0..6 {
            let id = dialer.due(now, NOBODY).dial[0];
            dialer.connected(id, peer, now);
            assert_eq!(dialer.next_due(), None);
            dialer.gone(&peer, now);
            now = dialer.next_due().unwrap();
        }
        let id = dialer.due(now, NOBODY).dial[0];
        dialer.connected(id, peer, now);
        dialer.gone(&peer, now);
        assert!(dialer.next_due().unwrap() - now > Duration::from_secs(10), "a peer that hangs up at once is not hammered");
        now = dialer.next_due().unwrap();
        let id = dialer.due(now, NOBODY).dial[0];
        dialer.connected(id, peer, now);
        now += STABLE_AFTER;
        dialer.gone(&peer, now);
        assert!(dialer.next_due().unwrap() - now <= BACKOFF_FIRST);
    }

    #[test]
    fn a_peer_that_is_no_longer_announced_is_given_up_after_some_attempts() {
        let (mut now, mut dialer) = (Instant::now(), Dialer::new(3, 1));
        let peer = PeerId::random();
        dialer.found(peer, lan(1), Duration::ZERO, now);
        dialer.lost(&peer, &lan(1));
        let mut attempts = 0;
        while let Some(due) = dialer.next_due() {
            now = due;
            let ids = dialer.due(now, NOBODY).dial;
            assert_eq!(ids.len(), 1);
            dialer.failed(ids[0], now);
            attempts += 1;
            assert!(attempts <= UNANNOUNCED_TRIES_MAX);
        }
        assert_eq!(attempts, UNANNOUNCED_TRIES_MAX);
    }

    #[test]
    fn a_typed_address_of_a_connected_peer_is_not_dialled() {
        let (now, mut dialer) = (Instant::now(), Dialer::new(3, 1));
        let peer = PeerId::random();
        dialer.typed(typed(&format!("/ip4/10.0.0.1/tcp/1/p2p/{peer}")), now);
        assert!(dialer.due(now, |other| *other == peer).dial.is_empty());
        dialer.gone(&peer, now);
        let due = dialer.next_due().unwrap();
        assert_eq!(dialer.due(due, NOBODY).dial.len(), 1);
    }
}
