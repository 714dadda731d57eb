//! Who may cast a ballot with which device, and when a close is final. Which ballots count is judged with the signed acts, in `signing`.

use serde::{Deserialize, Serialize};

use super::VoteOpening;
use crate::id::{DeviceId, PersonId};

/// Why a person's ballot from a device cannot count in a vote.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
pub enum Ineligible {
    /// The person is not on the frozen roll.
    #[error("not on the roll of this vote")]
    NotOnRoll,
    /// The person was on the roll but had not checked in when the vote opened.
    #[error("had not checked in when the vote opened")]
    NotCheckedIn,
    /// The person had checked in with another device.
    #[error("checked in with another device")]
    WrongDevice,
}

impl Ineligible {
    /// Stable name for programs and translations.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotOnRoll => "not_on_roll",
            Self::NotCheckedIn => "not_checked_in",
            Self::WrongDevice => "wrong_device",
        }
    }
}

/// May `person` vote from `device` in this vote?
pub fn eligible(opening: &VoteOpening, person: PersonId, device: DeviceId) -> Result<(), Ineligible> {
    let entry = opening.roll.iter().find(|entry| entry.person == person).ok_or(Ineligible::NotOnRoll)?;
    match entry.device {
        None => Err(Ineligible::NotCheckedIn),
        Some(checked_in) if checked_in == device => Ok(()),
        Some(_) => Err(Ineligible::WrongDevice),
    }
}

/// How many devices must have acknowledged a close before it is final: more than half of the `roll_devices` on the roll.
pub fn final_after(roll_devices: u32) -> u32 {
    roll_devices / 2 + 1
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;
    use crate::vote::profile;
    use crate::vote::profiles::tests::{device, opening, person};

    #[test]
    fn only_the_checked_in_device_of_a_person_on_the_roll_votes() {
        let mut opening = opening(&profile("ubnd-majority").unwrap(), 7);
        opening.roll[6].device = None;
        assert_eq!(eligible(&opening, person(2), device(2)), Ok(()));
        assert_eq!(eligible(&opening, person(2), device(3)), Err(Ineligible::WrongDevice));
        assert_eq!(eligible(&opening, person(6), device(6)), Err(Ineligible::NotCheckedIn));
        assert_eq!(eligible(&opening, person(40), device(40)), Err(Ineligible::NotOnRoll));
    }

    #[test]
    fn more_than_half_of_the_devices_make_a_close_final() {
        assert_eq!([0, 1, 2, 3, 6, 7, 50].map(final_after), [1, 1, 2, 2, 4, 4, 26]);
    }
}
