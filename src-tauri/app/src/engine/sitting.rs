//! A sitting, folded from its acts.

use std::collections::BTreeMap;

use api::error::ApiError;
use domain::id::{DeviceId, PersonId, SpaceId, Timestamp};
use domain::meeting::MeetingRole;
use domain::sitting::Sitting;
use signing::sitting::{Witness, sitting_acts};

use super::Core;
use crate::error::not_found;

/// Clocks that differ by less are taken for right: what one of them says is shown as it was said.
const CLOCK_TOLERANCE_MS: u64 = 60_000;

impl Core {
    /// The sitting of a meeting, as this device knows it.
    pub fn sitting(&mut self, space: &SpaceId) -> Result<Sitting, ApiError> {
        let roles: BTreeMap<PersonId, MeetingRole> =
            self.replica.access(space).ok_or_else(|| not_found("meeting"))?.members.clone();
        let led = self.lead(space)?.led;
        let acts = self.acts.get(space).map_or(&[][..], Vec::as_slice);
        let witness = Witness {
            person: &|device| self.replica.person_of(device),
            managed: &|person| {
                led.contains(person) || self.replica.access(space).is_some_and(|access| access.managed.contains(person))
            },
            here: &|device, at| self.moment(device, at),
        };
        Ok(domain::sitting::fold(sitting_acts(acts, space, &witness), &|person| roles.get(person).copied()))
    }

    /// As [`Self::moment`], also for clocks that are nearly right.
    pub fn exact_moment(&self, device: &DeviceId, at: Timestamp) -> Timestamp {
        let ahead = self.presence.clock_ahead_ms(device).unwrap_or_default();
        at.plus_ms(ahead.saturating_neg()).min(self.now().wall).max(Timestamp(0))
    }

    /// When something happened by the clock of this machine, from what the clock of the device said that tells it. Never later than now, nor before 1970.
    fn moment(&self, device: &DeviceId, at: Timestamp) -> Timestamp {
        let ahead = self.presence.clock_ahead_ms(device).filter(|ahead| ahead.unsigned_abs() >= CLOCK_TOLERANCE_MS);
        at.plus_ms(ahead.unwrap_or_default().saturating_neg()).min(self.now().wall).max(Timestamp(0))
    }
}
