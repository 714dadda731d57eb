//! The codes that this device has on its screens, and what it accepts of those that were shown to it.

use std::collections::{BTreeMap, BTreeSet};

use api::error::ApiError;
use domain::id::{Hash32, SpaceId, Timestamp};
use domain::sitting::{CodeMove, CodeStep};
use signing::Act;
use signing::room_code::{RoomCode, RoomSecret};
use sync::port::{Cx, Effects};

use super::Core;
use super::react::mirror_acts;

/// Meetings whose codes are on screens of this device; beyond that the others begin anew.
const SCREENS_MAX: usize = 64;
/// Codes that are accepted in one meeting while this program runs: no body has so many members, each a few times.
const ACCEPTED_MAX: usize = 10_000;
/// Codes that are accepted in one envelope.
const ACCEPTED_AT_ONCE: usize = 100;

/// Where codes come from, until the program ends: whoever starts it again shows others, which costs nobody more than a look.
#[derive(Default)]
pub(crate) struct RoomCodes(BTreeMap<SpaceId, Screen>);

struct Screen {
    secret: RoomSecret,
    /// Acts that were accepted, so that none is twice.
    accepted: BTreeSet<Hash32>,
}

impl Core {
    /// The code that this device shows now, and until when.
    pub fn room_code(&mut self, space: &SpaceId) -> (RoomCode, Timestamp) {
        let now = self.now().wall;
        let screens = &mut self.room_codes.0;
        if screens.len() >= SCREENS_MAX && !screens.contains_key(space) {
            screens.clear();
        }
        let rng = &mut self.rng;
        let screen =
            screens.entry(*space).or_insert_with(|| Screen { secret: RoomSecret::generate(rng), accepted: BTreeSet::new() });
        screen.secret.now(space, now)
    }

    /// Accepts what was shown of the code on this device's screen, as soon as it has come here: what comes later than the code is good for is
    /// never accepted.
    pub(super) fn accept_codes(&mut self, space: &SpaceId) -> Result<Effects, ApiError> {
        if !self.room_codes.0.contains_key(space) || self.require_manager(space).is_err() {
            return Ok(Effects::default());
        }
        let sitting = self.sitting(space)?;
        let target = self.leading_document(space)?;
        let now = self.now();
        let Some(screen) = self.room_codes.0.get_mut(space).filter(|screen| screen.accepted.len() < ACCEPTED_MAX) else {
            return Ok(Effects::default());
        };
        let fresh = sitting.attendance.shown.values().filter(|shown| !screen.accepted.contains(&shown.act));
        let right = fresh.filter(|shown| screen.secret.accepts(space, now.wall, &shown.device, &shown.proof));
        let right: Vec<Hash32> = right.map(|shown| shown.act).take(ACCEPTED_AT_ONCE).collect();
        if right.is_empty() {
            return Ok(Effects::default());
        }
        screen.accepted.extend(right.iter().copied());
        let accept = |shown: Hash32| {
            Act::RoomCode(CodeStep { space: *space, what: CodeMove::Accepted { shown }, at: now.wall, after: sitting.last })
        };
        let acts: Vec<Act> = right.into_iter().map(accept).collect();
        let mut cx = Cx { now, rng: &mut self.rng, shelf: &self.store };
        match self.replica.transact(&mut cx, target, &acts, mirror_acts) {
            Ok((_, _, fx)) => Ok(fx),
            Err(error) => {
                tracing::warn!(%error, "a code of the room could not be accepted");
                Ok(Effects::default())
            }
        }
    }
}
