//! How many are needed: shares of a number of people, and the quorum of a sitting.

use serde::{Deserialize, Serialize};

use super::{RuleProfile, Share};

impl Share {
    /// How many of `n` people this share is, rounded up to whole people.
    ///
    /// Never less than one, so that a vote or a sitting of nobody (`n` = 0) never reaches it.
    pub fn of(self, n: u32) -> u32 {
        let needed = match self {
            Self::Majority => n / 2 + 1,
            Self::TwoThirds => n - n / 3,
            Self::Half => n.div_ceil(2),
            Self::All => n,
            Self::One => 1,
        };
        needed.max(1)
    }
}

/// Whether the body may sit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Quorum {
    /// How many must be present.
    pub needed: u32,
    /// How many are.
    pub present: u32,
    /// Size of the roll.
    pub total: u32,
    /// Enough are present.
    pub met: bool,
}

/// The quorum of `profile` for a roll of `roll_size`, of whom `present` have checked in.
///
/// Always a share of the whole roll, whatever the base of the threshold is. More present than are on the roll count as the roll.
pub fn quorum(profile: &RuleProfile, roll_size: u32, present: u32) -> Quorum {
    let needed = profile.quorum.of(roll_size);
    let present = present.min(roll_size);
    Quorum { needed, present, total: roll_size, met: present >= needed }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]

    use proptest::prelude::*;

    use super::*;
    use crate::vote::profile;

    const ALL: [Share; 5] = [Share::Majority, Share::TwoThirds, Share::Half, Share::All, Share::One];

    #[test]
    fn thresholds_of_real_bodies() {
        // (people, majority, two thirds, half)
        let table = [
            (1, 1, 1, 1),
            (2, 2, 2, 1),
            (3, 2, 2, 2),
            (4, 3, 3, 2),
            (5, 3, 4, 3),
            (6, 4, 4, 3),
            (7, 4, 5, 4),
            (9, 5, 6, 5),
            (25, 13, 17, 13),
            (30, 16, 20, 15),
            (95, 48, 64, 48),
        ];
        for (n, majority, two_thirds, half) in table {
            assert_eq!(Share::Majority.of(n), majority, "majority of {n}");
            assert_eq!(Share::TwoThirds.of(n), two_thirds, "two thirds of {n}");
            assert_eq!(Share::Half.of(n), half, "half of {n}");
            assert_eq!(Share::All.of(n), n);
            assert_eq!(Share::One.of(n), 1);
        }
    }

    #[test]
    fn nobody_never_reaches_a_share() {
        for share in ALL {
            assert_eq!(share.of(0), 1, "{share:?}");
        }
    }

    #[test]
    fn a_committee_of_seven_sits_with_five() {
        let profile = profile("ubnd-majority").unwrap();
        assert!(!quorum(&profile, 7, 4).met);
        assert_eq!(quorum(&profile, 7, 5), Quorum { needed: 5, present: 5, total: 7, met: true });
        assert!(!quorum(&profile, 0, 0).met);
        assert!(!quorum(&profile, 0, 9).met);
        assert_eq!(quorum(&profile, 7, 9).present, 7);
    }

    proptest! {
        #[test]
        fn shares_are_what_their_definition_says(n in 1u32..) {
            let wide = u64::from(n);
            prop_assert_eq!(u64::from(Share::Majority.of(n)), wide / 2 + 1);
            prop_assert_eq!(u64::from(Share::TwoThirds.of(n)), (2 * wide).div_ceil(3));
            prop_assert_eq!(u64::from(Share::Half.of(n)), wide.div_ceil(2));
        }

        #[test]
        fn one_more_person_never_lowers_a_threshold_and_raises_it_by_at_most_one(n in 0u32..u32::MAX) {
            for share in ALL {
                let (before, after) = (share.of(n), share.of(n + 1));
                prop_assert!(before <= after && after - before <= 1, "{:?}: {} then {}", share, before, after);
            }
        }

        #[test]
        fn a_share_is_reachable_and_shares_are_ordered(n in 1u32..) {
            for share in ALL {
                prop_assert!((1..=n).contains(&share.of(n)));
            }
            prop_assert!(Share::One.of(n) <= Share::Half.of(n));
            prop_assert!(Share::Half.of(n) <= Share::Majority.of(n));
            prop_assert!(Share::TwoThirds.of(n) <= Share::All.of(n));
        }

        #[test]
        fn two_majorities_of_one_roll_share_a_person(n in 1u32..) {
            prop_assert!(2 * u64::from(Share::Majority.of(n)) > u64::from(n));
        }
    }
}
