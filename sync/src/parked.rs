//! Envelopes that cannot be decided yet: their author's certificate, a control operation they cite, or the envelope
//! before them has not come. They wait here, within limits, unacknowledged: a peer will offer them again if they are lost.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use domain::id::{Hash32, SpaceId};

use crate::envelope::Verified;
use crate::limits::{PARKED_BYTES_MAX, PARKED_MAX, PARKED_OF_PEER_BYTES_MAX, PARKED_OF_PEER_MAX};
use crate::port::PeerKey;

/// One that waits.
#[derive(Debug)]
struct Waiting {
    space: SpaceId,
    envelope: Verified,
    from: Option<PeerKey>,
}

/// What waits of one peer.
#[derive(Debug, Default, Clone, Copy)]
struct Share {
    count: usize,
    bytes: usize,
}

/// The waiting room.
#[derive(Debug, Default)]
pub struct Parked {
    waiting: BTreeMap<Hash32, Waiting>,
    order: VecDeque<Hash32>,
    shares: BTreeMap<Option<PeerKey>, Share>,
    bytes: usize,
    /// Who brings what is put here next.
    pub from: Option<PeerKey>,
}

impl Parked {
    /// Lets an envelope wait whose signature was checked. Where there is no room the oldest leave: of the peer that brought more than
    /// its share, otherwise of all.
    pub fn insert(&mut self, space: SpaceId, envelope: Verified) {
        let (hash, bytes, from) = (envelope.hash, envelope.bytes.len(), self.from);
        if self.waiting.contains_key(&hash) {
            return;
        }
        while self.shares.get(&from).is_some_and(|share| {
            share.count >= PARKED_OF_PEER_MAX || (share.count > 0 && share.bytes + bytes > PARKED_OF_PEER_BYTES_MAX)
        }) {
            let oldest = self.order.iter().find(|hash| self.waiting.get(hash).is_some_and(|waiting| waiting.from == from));
            let Some(oldest) = oldest.copied() else { break };
            self.drop_one(&oldest);
        }
        while self.waiting.len() >= PARKED_MAX || self.bytes + bytes > PARKED_BYTES_MAX {
            let Some(oldest) = self.order.front().copied() else { break };
            self.drop_one(&oldest);
        }
        self.bytes += bytes;
        let share = self.shares.entry(from).or_default();
        share.count += 1;
        share.bytes += bytes;
        self.order.push_back(hash);
        self.waiting.insert(hash, Waiting { space, envelope, from });
    }

    fn drop_one(&mut self, hash: &Hash32) {
        if let Some(at) = self.order.iter().position(|waiting| waiting == hash) {
            self.order.remove(at);
        }
        if let Some(dropped) = self.waiting.remove(hash) {
            let bytes = dropped.envelope.bytes.len();
            self.bytes -= bytes;
            if let Some(share) = self.shares.get_mut(&dropped.from) {
                share.count -= 1;
                share.bytes -= bytes;
            }
        }
    }

    /// Takes all that wait, in order of arrival, with who brought them, to try them again.
    pub fn take(&mut self) -> Vec<(SpaceId, Verified, Option<PeerKey>)> {
        self.bytes = 0;
        self.shares.clear();
        let mut waiting = std::mem::take(&mut self.waiting);
        let order = std::mem::take(&mut self.order);
        let taken = order.iter().filter_map(|hash| waiting.remove(hash));
        taken.map(|waiting| (waiting.space, waiting.envelope, waiting.from)).collect()
    }

    /// What those who wait in a space cite or follow.
    pub fn wanted(&self, space: &SpaceId) -> BTreeSet<Hash32> {
        let waiting = self.waiting.values().filter(|waiting| waiting.space == *space);
        waiting
            .map(|waiting| &waiting.envelope.header)
            .flat_map(|header| header.seen.iter().copied().chain([header.prev]))
            .collect()
    }

    /// Nobody waits.
    pub fn is_empty(&self) -> bool {
        self.waiting.is_empty()
    }
}
