//! Who is here right now, told by beats: ephemeral, never stored.

use std::collections::BTreeMap;

use domain::id::{DeviceId, Hash32, PersonId, SpaceId, Timestamp};
use minicbor::{Decode, Encode};
use sync::port::Beat;

/// A member who has not been heard for this long is not here.
pub(crate) const SEEN_MS: i64 = 12_000;
/// Ballots that one beat of the chair confirms.
const RECEIVED_MAX: usize = 200;
/// A clock that differs by so much from what it was has been set; smaller differences are delays of the network.
const CLOCK_SET_MS: u64 = 5_000;
/// Devices whose clocks are remembered.
const CLOCKS_MAX: usize = 20_000;
/// Longest beat.
const BEAT_BYTES_MAX: usize = 2_048;

/// What a beat says.
#[derive(Debug, Clone, Default, PartialEq, Eq, Encode, Decode)]
pub(crate) struct PresenceBeat {
    /// All papers are here.
    #[n(0)]
    pub has_papers: bool,
    /// The page that the person reads, if it is shared.
    #[n(1)]
    pub page: Option<u32>,
    /// From the device that opened a vote: the first bytes of the ballots that it has.
    #[n(2)]
    pub received: Vec<[u8; 8]>,
    /// The sender's wall clock, so that what its acts say can be shown by the clock of whoever reads.
    #[n(3)]
    pub clock: Option<Timestamp>,
    /// How many withdrawn files the sender knows of; it has none of them any more.
    #[n(4)]
    pub erased: Option<u32>,
}

impl PresenceBeat {
    /// Adds ballots that the chair has, as far as there is room.
    pub fn confirm(&mut self, ballots: impl Iterator<Item = Hash32>) {
        let room = RECEIVED_MAX - self.received.len().min(RECEIVED_MAX);
        self.received.extend(ballots.take(room).filter_map(|ballot| ballot.0.first_chunk::<8>().copied()));
    }
}

#[derive(Debug, Clone)]
struct Heard {
    person: PersonId,
    at: Timestamp,
    beat: PresenceBeat,
}

/// All that was heard.
#[derive(Debug, Default)]
pub(crate) struct Presence {
    heard: BTreeMap<(SpaceId, DeviceId), Heard>,
    /// By how much the clock of each device is ahead of this one's, in milliseconds.
    ahead: BTreeMap<DeviceId, i64>,
}

impl Presence {
    /// Takes a beat in.
    pub fn heard(&mut self, beat: &Beat, person: Option<PersonId>, at: Timestamp) {
        let Some(person) = person else { return };
        if let Ok(said) = signing::canonical::decode::<PresenceBeat>(&beat.payload, BEAT_BYTES_MAX) {
            if let Some(clock) = said.clock {
                self.note_clock(beat.device, clock.0.saturating_sub(at.0));
            }
            self.heard.insert((beat.space, beat.device), Heard { person, at, beat: said });
        }
    }

    /// A word that took longer makes its sender's clock look further behind, so the most advanced reading is the nearest to the truth,
    /// until the clock was set.
    fn note_clock(&mut self, device: DeviceId, ahead: i64) {
        if self.ahead.len() >= CLOCKS_MAX && !self.ahead.contains_key(&device) {
            self.ahead.clear();
        }
        let known = self.ahead.entry(device).or_insert(ahead);
        *known = if known.abs_diff(ahead) > CLOCK_SET_MS { ahead } else { ahead.max(*known) };
    }

    /// By how much the clock of a device is ahead of this one's, in milliseconds; `None` while it has not been heard.
    pub fn clock_ahead_ms(&self, device: &DeviceId) -> Option<i64> {
        self.ahead.get(device).copied()
    }

    /// When a person was last heard in a meeting, and whether all papers were there.
    pub fn last(&self, space: &SpaceId, person: &PersonId) -> Option<(Timestamp, bool)> {
        self.heard
            .iter()
            .filter(|((heard, _), said)| heard == space && said.person == *person)
            .map(|(_, said)| (said.at, said.beat.has_papers))
            .max()
    }

    /// How many devices of a meeting have said that they know of so many withdrawn files, and how many were heard at all.
    pub fn erased(&self, space: &SpaceId, files: u32) -> (usize, usize) {
        let heard = || self.heard.iter().filter(|((heard, _), _)| heard == space).map(|(_, said)| said.beat.erased.unwrap_or(0));
        (heard().filter(|erased| *erased >= files).count(), heard().count())
    }

    /// Has this device said that it has the ballot.
    pub fn received(&self, space: &SpaceId, device: &DeviceId, ballot: &Hash32) -> bool {
        self.heard.get(&(*space, *device)).is_some_and(|said| said.beat.received.iter().any(|short| ballot.0.starts_with(short)))
    }
}
