//! From counted ballots to a verdict.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Base, Choice, Outcome, TieRule, VoteOpening};
use crate::id::PersonId;

/// How often each choice was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct ChoiceCounts {
    /// Tán thành.
    pub votes_for: u32,
    /// Không tán thành.
    pub against: u32,
    /// Không biểu quyết.
    pub not_voting: u32,
}

impl ChoiceCounts {
    /// All ballots together.
    pub fn total(self) -> u32 {
        self.votes_for.saturating_add(self.against).saturating_add(self.not_voting)
    }
}

/// Counts choices. Knows no roll: whoever calls has decided whose ballots these are.
pub fn ballot_choice_counts(choices: impl IntoIterator<Item = Choice>) -> ChoiceCounts {
    let mut counts = ChoiceCounts::default();
    for choice in choices {
        let of_this = match choice {
            Choice::For => &mut counts.votes_for,
            Choice::Against => &mut counts.against,
            Choice::NotVoting => &mut counts.not_voting,
        };
        *of_this = of_this.saturating_add(1);
    }
    counts
}

/// What the ballots in `counted` come to under the rules of `opening`.
///
/// A ballot of somebody who is not on the roll, or was not present at the opening, is not counted; of several by one person only the
/// first is. Both cannot come from a sound close; a forged one gains nothing by them.
///
/// **Threshold.** Passed when those in favour are at least the profile's share of its base: the frozen roll, or those of it who were
/// checked in at the opening.
///
/// **Tie.** Under [`TieRule::ChairDecides`], when as many are against as in favour and only this tie keeps the proposal from its threshold
/// (one more in favour would reach it), the side that the chair's own counted ballot took wins. A chair who did not vote, or chose
/// "không biểu quyết", decides nothing and the proposal fails. A tie of few votes among many abstentions is no such tie: there it is the
/// missing majority of all members that stops the proposal, and a proposal must never be lost by winning one more vote.
/// Source: the working rule of People's Committees under the 2015 Law on Organisation of Local Government, known to us from memory and
/// not from the text of an article (its Articles 113 and 114 are our source for the quorum only), hence a field of the editable profile
/// and not a law of this program.
pub fn tally(opening: &VoteOpening, counted: &[(PersonId, Choice)]) -> Outcome {
    let mut roll: BTreeMap<PersonId, Seat> = BTreeMap::new();
    for entry in &opening.roll {
        let seat = roll.entry(entry.person).or_default();
        seat.present |= opening.was_present(entry);
        seat.chair |= entry.chair;
    }
    for (person, choice) in counted {
        if let Some(seat) = roll.get_mut(person)
            && seat.present
            && seat.choice.is_none()
        {
            seat.choice = Some(*choice);
        }
    }

    let counts = ballot_choice_counts(roll.values().filter_map(|seat| seat.choice));
    let on_roll = count(roll.len());
    let present = count(roll.values().filter(|seat| seat.present).count());
    let base = match opening.profile.base {
        Base::Roll => on_roll,
        Base::Present => present,
    };
    let needed = opening.profile.threshold.of(base);
    let reached = counts.votes_for >= needed;
    let stopped_by_tie = !reached && counts.votes_for == counts.against && counts.votes_for.saturating_add(1) >= needed;
    let chairs_side = match opening.profile.tie {
        TieRule::ChairDecides if stopped_by_tie => side_of_the_chair(roll.values()),
        TieRule::ChairDecides | TieRule::Fails => None,
    };

    Outcome {
        roll: on_roll,
        present,
        counted: counts.total(),
        votes_for: counts.votes_for,
        against: counts.against,
        not_voting: counts.not_voting,
        needed,
        passed: chairs_side.unwrap_or(reached),
        by_chair: chairs_side.is_some(),
    }
}

#[derive(Default)]
struct Seat {
    present: bool,
    chair: bool,
    choice: Option<Choice>,
}

/// `Some(true)` for, `Some(false)` against. A roll with two chairs is not sound, so neither of them decides.
fn side_of_the_chair<'a>(seats: impl Iterator<Item = &'a Seat>) -> Option<bool> {
    let mut chairs = seats.filter(|seat| seat.chair);
    let chair = chairs.next()?;
    if chairs.next().is_some() {
        return None;
    }
    match chair.choice? {
        Choice::For => Some(true),
        Choice::Against => Some(false),
        Choice::NotVoting => None,
    }
}

fn count(len: usize) -> u32 {
    u32::try_from(len).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]

    use proptest::prelude::*;

    use super::*;
    use crate::vote::profiles::tests::{opening, person};
    use crate::vote::{Share, profile};

    use Choice::{Against, For, NotVoting};

    /// Person 0 chairs; ballots are those of persons 0, 1, 2 …, `None` for a person who casts none.
    fn outcome(profile_id: &str, roll: u8, absent: &[u8], ballots: &[Option<Choice>]) -> Outcome {
        let mut opening = opening(&profile(profile_id).unwrap(), roll);
        for place in absent {
            opening.roll[usize::from(*place)].device = None;
        }
        let counted: Vec<_> = (0u8..).zip(ballots).filter_map(|(place, choice)| Some((person(place), (*choice)?))).collect();
        tally(&opening, &counted)
    }

    #[test]
    fn four_of_seven_pass_and_three_do_not() {
        let passed = outcome(
            "ubnd-majority",
            7,
            &[],
            &[Some(For), Some(For), Some(For), Some(For), Some(Against), Some(Against), Some(NotVoting)],
        );
        let expected = Outcome {
            roll: 7,
            present: 7,
            counted: 7,
            votes_for: 4,
            against: 2,
            not_voting: 1,
            needed: 4,
            passed: true,
            by_chair: false,
        };
        assert_eq!(passed, expected);
        let failed = outcome("ubnd-majority", 7, &[], &[Some(For), Some(For), Some(For), Some(Against), Some(Against)]);
        assert!(!failed.passed && !failed.by_chair);
        assert_eq!(failed.needed, 4);
    }

    #[test]
    fn the_base_is_the_whole_roll_unless_the_profile_says_present() {
        let ballots = [Some(For), Some(For), Some(For), Some(Against), Some(NotVoting)];
        let of_roll = outcome("hdnd-majority", 9, &[5, 6, 7, 8], &ballots);
        assert_eq!((of_roll.needed, of_roll.present, of_roll.passed), (5, 5, false));
        let of_present = outcome("meeting-present-majority", 9, &[5, 6, 7, 8], &ballots);
        assert_eq!((of_present.needed, of_present.roll, of_present.passed), (3, 9, true));
    }

    #[test]
    fn removal_of_a_delegate_needs_two_thirds_of_all() {
        let mut ballots = vec![Some(For); 19];
        ballots.extend(vec![Some(Against); 11]);
        let failed = outcome("hdnd-two-thirds", 30, &[], &ballots);
        assert_eq!((failed.needed, failed.passed), (20, false));
        ballots[19] = Some(For);
        assert!(outcome("hdnd-two-thirds", 30, &[], &ballots).passed);
    }

    #[test]
    fn on_a_tie_the_side_of_the_chair_wins_in_a_committee() {
        let for_it =
            outcome("ubnd-majority", 6, &[], &[Some(For), Some(For), Some(For), Some(Against), Some(Against), Some(Against)]);
        assert!(for_it.passed && for_it.by_chair);
        let against_it =
            outcome("ubnd-majority", 6, &[], &[Some(Against), Some(For), Some(For), Some(For), Some(Against), Some(Against)]);
        assert!(!against_it.passed && against_it.by_chair);
    }

    #[test]
    fn an_abstention_does_not_stop_the_chair_from_deciding() {
        let ballots = [Some(For), Some(For), Some(For), Some(Against), Some(Against), Some(Against), Some(NotVoting)];
        let outcome = outcome("ubnd-majority", 7, &[], &ballots);
        assert!(outcome.passed && outcome.by_chair && outcome.votes_for < outcome.needed);
    }

    #[test]
    fn a_tie_fails_in_a_council_and_where_the_chair_took_no_side() {
        let tie = [Some(For), Some(For), Some(For), Some(Against), Some(Against), Some(Against)];
        let council = outcome("hdnd-majority", 6, &[], &tie);
        assert!(!council.passed && !council.by_chair);
        let abstained = outcome(
            "ubnd-majority",
            7,
            &[],
            &[Some(NotVoting), Some(For), Some(For), Some(For), Some(Against), Some(Against), Some(Against)],
        );
        assert!(!abstained.passed && !abstained.by_chair);
        let silent = outcome(
            "ubnd-majority",
            7,
            &[],
            &[None, Some(For), Some(For), Some(For), Some(Against), Some(Against), Some(Against)],
        );
        assert!(!silent.passed && !silent.by_chair);
    }

    #[test]
    fn the_chair_cannot_replace_a_missing_majority_of_all_members() {
        let few = [Some(For), Some(For), Some(Against), Some(Against), Some(NotVoting), Some(NotVoting), Some(NotVoting)];
        let outcome = outcome("ubnd-majority", 7, &[], &few);
        assert!(!outcome.passed && !outcome.by_chair);
    }

    #[test]
    fn nothing_against_nothing_is_not_a_tie() {
        let empty = outcome("ubnd-majority", 7, &[], &[]);
        assert!(!empty.passed && !empty.by_chair && empty.counted == 0);
        let nobody = outcome("ubnd-majority", 0, &[], &[]);
        assert!(!nobody.passed && nobody.needed == 1);
    }

    #[test]
    fn a_threshold_that_the_tie_already_reaches_needs_no_chair() {
        let mut rules = profile("ubnd-majority").unwrap();
        rules.threshold = Share::Half;
        let counted = [(person(0), Against), (person(1), For), (person(2), For), (person(3), Against)];
        let outcome = tally(&opening(&rules, 4), &counted);
        assert!(outcome.passed && !outcome.by_chair);
    }

    #[test]
    fn two_chairs_on_a_forged_roll_decide_nothing() {
        let mut forged = opening(&profile("ubnd-majority").unwrap(), 4);
        forged.roll[1].chair = true;
        let counted = [(person(0), For), (person(1), For), (person(2), Against), (person(3), Against)];
        let outcome = tally(&forged, &counted);
        assert!(!outcome.passed && !outcome.by_chair);
    }

    fn any_choice() -> impl Strategy<Value = Choice> {
        prop_oneof![Just(For), Just(Against), Just(NotVoting)]
    }

    fn any_profile() -> impl Strategy<Value = crate::vote::RuleProfile> {
        proptest::sample::select(crate::vote::profiles())
    }

    proptest! {
        #[test]
        fn strangers_repeats_and_absentees_add_nothing(
            rules in any_profile(),
            choices in proptest::collection::vec(any_choice(), 0..9),
            noise in proptest::collection::vec((0u8..60, any_choice()), 0..40),
        ) {
            let mut opening = opening(&rules, 12);
            for entry in &mut opening.roll[9..] {
                entry.device = None;
            }
            let sound: Vec<_> = (0u8..).zip(&choices).map(|(place, choice)| (person(place), *choice)).collect();
            let mut forged = sound.clone();
            // Places 9, 10, 11 are absent, 12 and above are strangers, those below `choices.len()` have voted.
            let voted = u8::try_from(choices.len()).unwrap();
            forged.extend(noise.iter().filter(|(place, _)| *place < voted || *place >= 9).map(|(place, choice)| (person(*place), *choice)));
            prop_assert_eq!(tally(&opening, &sound), tally(&opening, &forged));
        }

        #[test]
        fn every_ballot_is_in_one_column_and_more_in_favour_never_hurts(
            rules in any_profile(),
            choices in proptest::collection::vec(any_choice(), 0..20),
            turned in any::<proptest::sample::Index>(),
        ) {
            let opening = opening(&rules, 20);
            let counted: Vec<_> = (0u8..).zip(&choices).map(|(place, choice)| (person(place), *choice)).collect();
            let before = tally(&opening, &counted);
            prop_assert_eq!(before.counted, before.votes_for + before.against + before.not_voting);
            prop_assert_eq!(usize::try_from(before.counted).unwrap(), choices.len());
            prop_assert!(before.by_chair || before.passed == (before.votes_for >= before.needed));
            if !counted.is_empty() {
                let mut friendlier = counted.clone();
                friendlier[turned.index(counted.len())].1 = For;
                let after = tally(&opening, &friendlier);
                prop_assert!(!before.passed || after.passed);
            }
        }

        #[test]
        fn the_order_of_the_ballots_does_not_matter(
            rules in any_profile(),
            (counted, shuffled) in proptest::collection::vec(any_choice(), 0..20).prop_flat_map(|choices| {
                let counted: Vec<_> = (0u8..).zip(choices).map(|(place, choice)| (person(place), choice)).collect();
                (Just(counted.clone()), Just(counted).prop_shuffle())
            }),
        ) {
            let opening = opening(&rules, 20);
            prop_assert_eq!(tally(&opening, &counted), tally(&opening, &shuffled));
        }
    }
}
