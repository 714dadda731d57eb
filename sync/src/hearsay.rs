//! What is believed of somebody who was taken out of a space: what others wrote, and of those who were taken out only what that is built on.
//!
//! A removal is there so that its target says nothing more here. But the one who was removed may be the only one left who has the word by which he
//! was invited again: the device that wrote it was lost, or revoked since. So he is asked, as somebody of whom nothing is known, and heard
//! with what bears the name of others.

use std::collections::BTreeSet;

use domain::id::{Hash32, PersonId, SpaceId};
use minicbor::bytes::ByteVec;

use crate::envelope::{open, open_unsigned};
use crate::replica::Replica;

impl Replica {
    /// Was the person taken out of the space and not invited again, as far as is known here.
    pub(crate) fn was_removed(&self, id: &SpaceId, person: &PersonId) -> bool {
        self.spaces.get(id).is_some_and(|space| space.access.removed.contains_key(person))
    }

    /// Of a message of envelopes in storage order those that somebody else signed than people who were removed, and what these cite or
    /// follow in their logs.
    pub(crate) fn of_others<'a>(&self, id: &SpaceId, envelopes: &'a [ByteVec]) -> Vec<&'a ByteVec> {
        let mut wanted: BTreeSet<Hash32> = self.parked.wanted(id);
        let mut taken = Vec::new();
        for bytes in envelopes.iter().rev() {
            let Ok(claimed) = open_unsigned(bytes) else { continue };
            if self.is_known(id, &claimed) {
                continue;
            }
            let author = self.person_of(&claimed.header.device);
            let own = author.is_some_and(|author| self.was_removed(id, &author));
            // Signed, or a made-up citation would bring in anything.
            if (own && !wanted.contains(&claimed.hash)) || open(bytes).is_err() {
                continue;
            }
            wanted.extend(claimed.header.seen.iter().copied().chain([claimed.header.prev]));
            taken.push(bytes);
        }
        taken.reverse();
        taken
    }
}
