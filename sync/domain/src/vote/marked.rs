//! Open ballots that are marked place by place: a choice of several, an election, confidence in three levels. The forms are those of
//! secret ballots; here everybody can read who marked what, and the totals are sums instead of opened seals.

use std::collections::{BTreeMap, BTreeSet};

use minicbor::{Decode, Encode};
use serde::{Deserialize, Serialize};

use super::{BallotForm, FormOutcome, Marking, PlaceTotal, VoteOpening, form_tally};
use crate::id::{Hash32, PersonId, Timestamp, VoteId};
use crate::limits::{self, LimitError};

/// A ballot of an open vote whose opening has a form.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Encode, Decode)]
pub struct MarkedBallot {
    /// The vote.
    #[n(0)]
    pub vote: VoteId,
    /// Hash of the opening act that the voter saw.
    #[n(1)]
    pub opening: Hash32,
    /// The places that are marked, counted from 0 in the order of [`BallotForm::places`], ascending. None is a blank ballot.
    #[n(2)]
    pub marks: Vec<u32>,
    /// When the voter's device says it was cast.
    #[n(3)]
    pub cast_at: Timestamp,
    /// Hash of the ballot act that this one replaces.
    #[n(4)]
    pub replaces: Option<Hash32>,
}

/// What became of an option of which at most so many are chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// As many votes as the rules ask for, and more than whoever goes without: chosen, elected.
    Chosen,
    /// As many votes as the rules ask for, and others have as many and there is not room for all of them: the body decides among these.
    Tied,
    /// Too few votes, or enough and others have more.
    NotChosen,
}

impl BallotForm {
    /// Whether these places, ascending, are a ballot of this form.
    pub fn is_ballot(&self, marks: &[u32]) -> bool {
        let places: Vec<usize> = marks.iter().map(|place| usize::try_from(*place).unwrap_or(usize::MAX)).collect();
        marks.is_sorted_by(|a, b| a < b) && self.marks(&places).is_ok()
    }
}

impl VoteOpening {
    /// The form, if there is one, can be asked. A decision is written as no form, so that there is one way to ask it, and alone can be
    /// voted on paper: an entry of the secretary holds a choice and nothing else.
    ///
    /// # Errors
    /// [`LimitError`].
    pub fn check_form(&self) -> Result<(), LimitError> {
        let Some(form) = &self.form else {
            return Ok(());
        };
        form.validate()?;
        let may_stand = *form != BallotForm::Decision && self.paper.is_none();
        limits::at_most("ballot forms", usize::from(may_stand), 1)
    }
}

/// What the ballots in `counted` come to under the rules of `opening`, each with the places that are marked.
///
/// As in [`super::tally`], a ballot of somebody who is not on the roll or was not present is not counted, and of several by one person
/// only the first is; nor is one that is no ballot of this form. `None` only for a form that cannot be asked.
pub fn marked_tally(opening: &VoteOpening, form: &BallotForm, counted: &[(PersonId, &[u32])]) -> Option<FormOutcome> {
    let present: BTreeSet<PersonId> =
        opening.roll.iter().filter(|entry| opening.was_present(entry)).map(|entry| entry.person).collect();
    let mut voters: BTreeMap<PersonId, &[u32]> = BTreeMap::new();
    for (person, marks) in counted {
        if present.contains(person) && form.is_ballot(marks) {
            voters.entry(*person).or_insert(marks);
        }
    }
    let mut totals = vec![0u32; form.slots()];
    for place in voters.values().flat_map(|marks| marks.iter()) {
        if let Some(total) = usize::try_from(*place).ok().and_then(|place| totals.get_mut(place)) {
            *total = total.saturating_add(1);
        }
    }
    form_tally(opening, form, u32::try_from(voters.len()).unwrap_or(u32::MAX), &totals)
}

/// Says of each option whether it is among the at most `seats` that are chosen: of those that reached the threshold the ones with the
/// most votes. Who would get in only before others with as many votes is tied with them.
pub(super) fn stand(seats: u32, places: &mut [PlaceTotal]) {
    let mut votes: Vec<u32> = places.iter().filter(|place| place.reached).map(|place| place.votes).collect();
    votes.sort_unstable_by_key(|votes| std::cmp::Reverse(*votes));
    let seats = usize::try_from(seats).unwrap_or(usize::MAX);
    let last_in = seats.checked_sub(1).and_then(|last| votes.get(last)).copied();
    let first_out = votes.get(seats).copied();
    for place in places {
        place.standing = Some(match first_out {
            _ if !place.reached => Standing::NotChosen,
            Some(out) if place.votes == out && last_in == Some(out) => Standing::Tied,
            Some(out) if place.votes <= out => Standing::NotChosen,
            _ => Standing::Chosen,
        });
    }
}

/// The totals in the order in which they are told, each with its place on the ballot: options by votes, equal ones and everything else as
/// on the ballot.
pub fn ranked(places: &[PlaceTotal]) -> Vec<(usize, &PlaceTotal)> {
    let mut all: Vec<(usize, &PlaceTotal)> = places.iter().enumerate().collect();
    if places.iter().all(|place| place.mark == Marking::Chosen) {
        all.sort_by_key(|(_, place)| std::cmp::Reverse(place.votes));
    }
    all
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]

    use proptest::prelude::*;

    use super::*;
    use crate::vote::profiles::tests::{opening, person};
    use crate::vote::{BallotOption, PaperTerms, profile};

    use Standing::{Chosen, NotChosen, Tied};

    fn options(number: usize) -> Vec<BallotOption> {
        (0..number).map(|at| BallotOption { label: format!("Phương án {at}"), person: None }).collect()
    }

    /// Each ballot is of the person of its place on the roll.
    fn outcome(form: &BallotForm, roll: u8, ballots: &[&[u32]]) -> FormOutcome {
        let opening = opening(&profile("ubnd-majority").unwrap(), roll);
        let counted: Vec<(PersonId, &[u32])> = (0u8..).zip(ballots).map(|(at, marks)| (person(at), *marks)).collect();
        marked_tally(&opening, form, &counted).unwrap()
    }

    fn standings(outcome: &FormOutcome) -> Vec<Standing> {
        outcome.places.iter().map(|place| place.standing.unwrap()).collect()
    }

    #[test]
    fn two_seats_go_to_the_two_of_three_with_the_most_votes_above_half() {
        let form = BallotForm::AtMost { most: 2, options: options(3) };
        let told = outcome(&form, 5, &[&[0, 1], &[0, 1], &[0, 1], &[0, 2], &[2]]);
        assert_eq!((told.needed, told.counted, told.passed), (3, 5, None));
        assert_eq!(standings(&told), [Chosen, Chosen, NotChosen]);
        let order: Vec<usize> = ranked(&told.places).into_iter().map(|(place, _)| place).collect();
        assert_eq!(order, [0, 1, 2]);
    }

    #[test]
    fn three_who_all_have_enough_and_equally_many_are_tied_for_two_seats() {
        let form = BallotForm::AtMost { most: 2, options: options(3) };
        assert_eq!(standings(&outcome(&form, 3, &[&[0, 1], &[1, 2], &[0, 2]])), [Tied, Tied, Tied]);
        let ahead = outcome(&form, 5, &[&[0, 1], &[0, 1], &[0, 1], &[0, 2], &[2]]);
        assert_eq!(standings(&ahead)[2], NotChosen, "enough for nobody else");
        let behind = outcome(&form, 5, &[&[0, 1], &[0, 1], &[0, 2], &[1, 2], &[0, 2]]);
        assert_eq!(standings(&behind), [Chosen, Tied, Tied]);
        assert_eq!(ranked(&behind.places)[0].0, 0);
    }

    #[test]
    fn a_seat_that_nobody_has_enough_votes_for_stays_empty() {
        let form = BallotForm::AtMost { most: 2, options: options(2) };
        assert_eq!(standings(&outcome(&form, 7, &[&[0], &[0], &[0], &[0], &[1], &[1], &[]])), [Chosen, NotChosen]);
    }

    #[test]
    fn confidence_is_told_level_by_level_and_chooses_nobody() {
        let form = BallotForm::Confidence { people: options(2) };
        let told = outcome(&form, 3, &[&[0, 4], &[0, 5], &[1]]);
        assert_eq!(told.places.iter().map(|place| place.votes).collect::<Vec<_>>(), [2, 1, 0, 0, 1, 1]);
        assert!(told.places.iter().all(|place| place.standing.is_none()) && told.passed.is_none());
    }

    #[test]
    fn marks_that_are_no_ballot_are_not_counted() {
        let form = BallotForm::AtMost { most: 2, options: options(3) };
        let told = outcome(&form, 9, &[&[0, 1, 2], &[3], &[1, 0], &[1, 1], &[0]]);
        assert_eq!((told.counted, told.places[0].votes, told.places[1].votes), (1, 1, 0));
    }

    #[test]
    fn a_decision_is_no_form_and_what_has_a_form_is_not_voted_on_paper() {
        let sound = opening(&profile("ubnd-majority").unwrap(), 3);
        let form = BallotForm::AtMost { most: 1, options: options(2) };
        let with = |form: &BallotForm| VoteOpening { form: Some(form.clone()), ..sound.clone() };
        assert_eq!(sound.validate(), Ok(()));
        assert_eq!(with(&form).validate(), Ok(()));
        assert_eq!(with(&BallotForm::Decision).validate().unwrap_err().what, "ballot forms");
        let paper = Some(PaperTerms { clerks: vec![person(1)], present: Vec::new() });
        assert_eq!(VoteOpening { paper, ..with(&form) }.validate().unwrap_err().what, "ballot forms");
        assert_eq!(with(&BallotForm::AtMost { most: 3, options: options(2) }).validate().unwrap_err().code(), "limit_over");
    }

    proptest! {
        #[test]
        fn never_more_are_chosen_than_there_are_seats_and_nobody_before_somebody_with_more_votes(
            of in proptest::collection::vec((0u32..12, any::<bool>()), 1..9),
            seats in 1u32..9,
        ) {
            let place = |(votes, _): &(u32, bool)| PlaceTotal {
                mark: Marking::Chosen,
                option: String::new(),
                votes: *votes,
                reached: *votes >= 5,
                standing: None,
            };
            let mut places: Vec<PlaceTotal> = of.iter().map(place).collect();
            stand(seats, &mut places);
            let with = |standing| places.iter().filter(move |place| place.standing == Some(standing)).count();
            let (chosen, tied) = (with(Chosen), with(Tied));
            let seats = usize::try_from(seats).unwrap();
            let reached = places.iter().filter(|place| place.reached).count();
            prop_assert!(chosen <= seats);
            prop_assert!(tied == 0 || chosen < seats && chosen + tied > seats, "{} chosen, {} tied, {} seats", chosen, tied, seats);
            prop_assert!(tied > 0 || chosen == reached.min(seats));
            for one in &places {
                prop_assert!(one.reached || one.standing == Some(NotChosen));
                for other in &places {
                    prop_assert!(one.votes != other.votes || one.standing == other.standing, "equal votes, equal treatment");
                    prop_assert!(one.standing != Some(Chosen) || other.standing == Some(Chosen) || one.votes > other.votes);
                    prop_assert!(one.standing != Some(Tied) || other.standing != Some(Tied) || one.votes == other.votes);
                }
            }
        }

        #[test]
        fn whatever_is_handed_in_nobody_counts_twice_and_nobody_marks_more_than_the_form_allows(
            most in 1u32..4,
            roll in 1u8..8,
            absent in 0u8..8,
            ballots in proptest::collection::vec((0u8..10, proptest::collection::vec(0u32..6, 0..5)), 0..20),
        ) {
            let form = BallotForm::AtMost { most, options: options(4) };
            let mut opening = opening(&profile("ubnd-majority").unwrap(), roll);
            if let Some(entry) = opening.roll.get_mut(usize::from(absent)) {
                entry.device = None;
            }
            let counted: Vec<(PersonId, &[u32])> = ballots.iter().map(|(who, marks)| (person(*who), marks.as_slice())).collect();
            let told = marked_tally(&opening, &form, &counted).unwrap();
            let may = |who: u8| who < roll && who != absent;
            let voters: BTreeSet<u8> =
                ballots.iter().filter(|(who, marks)| may(*who) && form.is_ballot(marks)).map(|(who, _)| *who).collect();
            prop_assert_eq!(usize::try_from(told.counted).unwrap(), voters.len());
            let marks: u32 = told.places.iter().map(|place| place.votes).sum();
            prop_assert!(marks <= told.counted * most);
            prop_assert!(told.places.iter().all(|place| place.votes <= told.counted && place.reached == (place.votes >= told.needed)));
        }
    }
}
