//! Envelopes that cannot be decided yet: their author's certificate, a control operation they cite, or the envelope
//! before them has not come. They wait here, within limits, unacknowledged: a peer will offer them again if they are lost.

use std::collections::{BTreeMap, VecDeque};

use domain::id::{Hash32, SpaceId};

use crate::envelope::Verified;
use crate::limits::{PARKED_BYTES_MAX, PARKED_MAX};

/// The waiting room.
#[derive(Debug, Default)]
pub struct Parked {
    waiting: BTreeMap<Hash32, (SpaceId, Verified)>,
    order: VecDeque<Hash32>,
    bytes: usize,
}

impl Parked {
    /// Lets an envelope wait whose signature was checked. The oldest leave when there is no room.
    pub fn insert(&mut self, space: SpaceId, envelope: Verified) {
        let hash = envelope.hash;
        if self.waiting.contains_key(&hash) {
            return;
        }
        while self.order.len() >= PARKED_MAX || self.bytes + envelope.bytes.len() > PARKED_BYTES_MAX {
            let Some(oldest) = self.order.pop_front() else {
                break;
            };
            if let Some((_, dropped)) = self.waiting.remove(&oldest) {
                self.bytes -= dropped.bytes.len();
            }
        }
        self.bytes += envelope.bytes.len();
        self.order.push_back(hash);
        self.waiting.insert(hash, (space, envelope));
    }

    /// Takes all that wait, in order of arrival, to try them again.
    pub fn take(&mut self) -> Vec<(SpaceId, Verified)> {
        self.bytes = 0;
        let mut waiting = std::mem::take(&mut self.waiting);
        std::mem::take(&mut self.order).iter().filter_map(|hash| waiting.remove(hash)).collect()
    }

    /// Nobody waits.
    pub fn is_empty(&self) -> bool {
        self.waiting.is_empty()
    }
}
