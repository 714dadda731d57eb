//! Whose ballot may be named by a close, what a close amounts to, and when it is final.
//!
//! Everything here judges plain data. That a ballot was really signed by the device it names is proved elsewhere, before it gets here.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::{Ballot, Choice, VoteClosing, VoteOpening};
use crate::id::{DeviceId, Hash32, PersonId};

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

/// A ballot with what its verified act says about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CastBallot {
    /// Hash of the ballot act.
    pub act: Hash32,
    /// Whose ballot it is.
    pub person: PersonId,
    /// The device that signed it.
    pub device: DeviceId,
    /// What it says.
    pub ballot: Ballot,
}

/// Why a ballot is kept and shown but not counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
pub enum BallotRefusal {
    /// Its voter or device has no vote here.
    #[error("{0}")]
    Ineligible(Ineligible),
    /// It belongs to another vote.
    #[error("belongs to another vote")]
    OtherVote,
    /// Its voter saw another opening of this vote.
    #[error("answers another opening of this vote")]
    OtherOpening,
    /// It replaces an earlier ballot, which the rules of this vote do not allow.
    #[error("replaces an earlier ballot, which this vote does not allow")]
    ChangeNotAllowed,
    /// A later ballot of the same voter took its place.
    #[error("was replaced by its voter")]
    Replaced,
    /// The same person has another ballot in this vote and this one does not replace it.
    #[error("is a second ballot of the same person")]
    SecondBallot,
    /// The close names it, but no such ballot is known.
    #[error("is named by the close but not known")]
    Unknown,
}

impl BallotRefusal {
    /// Stable name for programs and translations.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Ineligible(why) => why.code(),
            Self::OtherVote => "other_vote",
            Self::OtherOpening => "other_opening",
            Self::ChangeNotAllowed => "change_not_allowed",
            Self::Replaced => "replaced",
            Self::SecondBallot => "second_ballot",
            Self::Unknown => "unknown_ballot",
        }
    }
}

/// What can be said of one ballot alone.
fn acceptable(opening: &VoteOpening, opening_act: Hash32, cast: &CastBallot) -> Result<(), BallotRefusal> {
    if cast.ballot.vote != opening.vote {
        return Err(BallotRefusal::OtherVote);
    }
    if cast.ballot.opening != opening_act {
        return Err(BallotRefusal::OtherOpening);
    }
    if cast.ballot.replaces.is_some() && !opening.profile.may_change {
        return Err(BallotRefusal::ChangeNotAllowed);
    }
    eligible(opening, cast.person, cast.device).map_err(BallotRefusal::Ineligible)
}

/// The ballots that a close made now should name: for every voter the one at the end of their chain of replacements.
///
/// `opening_act` is the hash of the opening act. Of two ballots that claim the same place (two first ones, two that replace the same one)
/// the one that its device says was cast earlier stands, then the smaller hash: every device comes to the same answer from the same
/// set, whatever order it learnt them in. Returns the standing ballot of each voter, and every other ballot with the reason.
pub fn standing(
    opening: &VoteOpening,
    opening_act: Hash32,
    cast: &[CastBallot],
) -> (BTreeMap<PersonId, Hash32>, BTreeMap<Hash32, BallotRefusal>) {
    let mut refused = BTreeMap::new();
    // Keyed by (person, what is replaced), so that a place in a voter's chain can be looked up.
    let mut successors: BTreeMap<(PersonId, Option<Hash32>), Vec<&CastBallot>> = BTreeMap::new();
    let mut persons = BTreeSet::new();
    for ballot in cast {
        match acceptable(opening, opening_act, ballot) {
            Ok(()) => {
                persons.insert(ballot.person);
                successors.entry((ballot.person, ballot.ballot.replaces)).or_default().push(ballot);
            }
            Err(why) => {
                refused.insert(ballot.act, why);
            }
        }
    }

    let mut stands = BTreeMap::new();
    for person in persons {
        let mut last = None;
        // `remove` makes sure that a forged ring of replacements ends.
        while let Some(rivals) = successors.remove(&(person, last)) {
            let Some(next) = rivals.iter().min_by_key(|rival| (rival.ballot.cast_at, rival.act)) else {
                break;
            };
            if let Some(before) = last {
                refused.insert(before, BallotRefusal::Replaced);
            }
            refused.extend(
                rivals.iter().filter(|rival| rival.act != next.act).map(|rival| (rival.act, BallotRefusal::SecondBallot)),
            );
            last = Some(next.act);
        }
        if let Some(act) = last {
            stands.insert(person, act);
        }
    }
    // What is left replaces a ballot that is not known here or does not stand.
    refused.extend(successors.into_values().flatten().map(|ballot| (ballot.act, BallotRefusal::SecondBallot)));
    (stands, refused)
}

/// What a close amounts to once its ballots are looked at.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct CloseJudgement {
    /// The counted choices, one per voter, for [`super::tally`].
    pub counted: Vec<(PersonId, Choice)>,
    /// Named by the close but not to be counted: the close is not sound.
    pub refused: BTreeMap<Hash32, BallotRefusal>,
    /// Acceptable ballots of people of whom the close names none: they came too late.
    pub late: BTreeMap<Hash32, PersonId>,
}

/// Judges a close against the ballots that are known. `opening_act` is the hash of the opening act that the close must cite.
///
/// A close may name a ballot that its voter has since replaced, because the replacement had not arrived when it was made; it may not name
/// two of one person, and of two it names neither wins by being first: the smaller hash is counted and the other refused.
pub fn judge_close(opening: &VoteOpening, opening_act: Hash32, closing: &VoteClosing, cast: &[CastBallot]) -> CloseJudgement {
    let known: BTreeMap<Hash32, &CastBallot> = cast.iter().map(|ballot| (ballot.act, ballot)).collect();
    let named: BTreeSet<Hash32> = closing.ballots.iter().copied().collect();
    let close_fits = closing.vote == opening.vote && closing.opening == opening_act;
    let mut judgement = CloseJudgement::default();
    let mut voters = BTreeSet::new();
    for act in &named {
        let verdict = match known.get(act) {
            _ if !close_fits => {
                Err(if closing.vote == opening.vote { BallotRefusal::OtherOpening } else { BallotRefusal::OtherVote })
            }
            None => Err(BallotRefusal::Unknown),
            Some(ballot) => acceptable(opening, opening_act, ballot).and_then(|()| {
                if voters.insert(ballot.person) {
                    Ok((ballot.person, ballot.ballot.choice))
                } else {
                    Err(BallotRefusal::SecondBallot)
                }
            }),
        };
        match verdict {
            Ok(counted) => judgement.counted.push(counted),
            Err(why) => {
                judgement.refused.insert(*act, why);
            }
        }
    }
    judgement.late = cast
        .iter()
        .filter(|ballot| !named.contains(&ballot.act) && !voters.contains(&ballot.person))
        .filter(|ballot| acceptable(opening, opening_act, ballot).is_ok())
        .map(|ballot| (ballot.act, ballot.person))
        .collect();
    judgement
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]

    use proptest::prelude::*;

    use super::*;
    use crate::id::{Timestamp, VoteId};
    use crate::vote::profile;
    use crate::vote::profiles::tests::{device, opening, person};

    const OPENING: Hash32 = Hash32([1; 32]);

    fn act(number: u8) -> Hash32 {
        Hash32([number; 32])
    }

    fn seven() -> VoteOpening {
        let mut opening = opening(&profile("ubnd-majority").unwrap(), 7);
        opening.roll[6].device = None;
        opening
    }

    fn cast(number: u8, who: u8, choice: Choice, at: i64, replaces: Option<u8>) -> CastBallot {
        let ballot =
            Ballot { vote: VoteId([7; 16]), opening: OPENING, choice, cast_at: Timestamp(at), replaces: replaces.map(act) };
        CastBallot { act: act(number), person: person(who), device: device(who), ballot }
    }

    fn close(named: &[u8]) -> VoteClosing {
        VoteClosing {
            vote: VoteId([7; 16]),
            opening: OPENING,
            ballots: named.iter().copied().map(act).collect(),
            closed_at: Timestamp(9),
        }
    }

    #[test]
    fn only_the_checked_in_device_of_a_person_on_the_roll_votes() {
        let opening = seven();
        assert_eq!(eligible(&opening, person(2), device(2)), Ok(()));
        assert_eq!(eligible(&opening, person(2), device(3)), Err(Ineligible::WrongDevice));
        assert_eq!(eligible(&opening, person(6), device(6)), Err(Ineligible::NotCheckedIn));
        assert_eq!(eligible(&opening, person(40), device(40)), Err(Ineligible::NotOnRoll));
    }

    #[test]
    fn more_than_half_of_the_devices_make_a_close_final() {
        assert_eq!([0, 1, 2, 3, 6, 7, 50].map(final_after), [1, 1, 2, 2, 4, 4, 26]);
    }

    #[test]
    fn the_last_replacement_stands_whatever_order_the_ballots_arrive_in() {
        let opening = seven();
        let mut ballots = vec![
            cast(10, 1, Choice::For, 1, None),
            cast(11, 1, Choice::Against, 2, Some(10)),
            cast(12, 1, Choice::For, 3, Some(11)),
        ];
        for _ in 0..3 {
            let (stands, refused) = standing(&opening, OPENING, &ballots);
            assert_eq!(stands, BTreeMap::from([(person(1), act(12))]));
            assert_eq!(refused, BTreeMap::from([(act(10), BallotRefusal::Replaced), (act(11), BallotRefusal::Replaced)]));
            ballots.rotate_left(1);
        }
    }

    #[test]
    fn voting_twice_without_replacing_counts_the_first_only() {
        let ballots = [cast(11, 1, Choice::Against, 2, None), cast(10, 1, Choice::For, 1, None)];
        let (stands, refused) = standing(&seven(), OPENING, &ballots);
        assert_eq!(stands[&person(1)], act(10));
        assert_eq!(refused[&act(11)], BallotRefusal::SecondBallot);
    }

    #[test]
    fn a_vote_that_allows_no_change_keeps_the_first_ballot() {
        let mut opening = seven();
        opening.profile.may_change = false;
        let ballots = [cast(10, 1, Choice::For, 1, None), cast(11, 1, Choice::Against, 2, Some(10))];
        let (stands, refused) = standing(&opening, OPENING, &ballots);
        assert_eq!(stands[&person(1)], act(10));
        assert_eq!(refused[&act(11)], BallotRefusal::ChangeNotAllowed);
    }

    #[test]
    fn nobody_replaces_the_ballot_of_another() {
        let ballots = [cast(10, 1, Choice::For, 1, None), cast(11, 2, Choice::Against, 2, Some(10))];
        let (stands, refused) = standing(&seven(), OPENING, &ballots);
        assert_eq!(stands, BTreeMap::from([(person(1), act(10))]));
        assert_eq!(refused[&act(11)], BallotRefusal::SecondBallot);
    }

    #[test]
    fn a_forged_ring_of_replacements_ends_and_counts_nothing() {
        let ballots = [cast(10, 1, Choice::For, 1, Some(11)), cast(11, 1, Choice::Against, 2, Some(10))];
        let (stands, refused) = standing(&seven(), OPENING, &ballots);
        assert!(stands.is_empty());
        assert_eq!(refused.len(), 2);
    }

    #[test]
    fn a_close_counts_what_it_may_name_and_shows_the_rest() {
        let mut second_device = cast(20, 3, Choice::For, 1, None);
        second_device.device = device(4);
        let mut other_opening = cast(21, 4, Choice::For, 1, None);
        other_opening.ballot.opening = act(99);
        let ballots = [
            cast(10, 0, Choice::For, 1, None),
            cast(11, 1, Choice::Against, 2, None),
            cast(12, 2, Choice::For, 3, None),
            cast(13, 50, Choice::For, 3, None),
            cast(14, 6, Choice::For, 3, None),
            second_device,
            other_opening,
        ];
        let judged = judge_close(&seven(), OPENING, &close(&[10, 11, 13, 14, 20, 21, 77]), &ballots);
        assert_eq!(judged.counted, vec![(person(0), Choice::For), (person(1), Choice::Against)]);
        assert_eq!(judged.late, BTreeMap::from([(act(12), person(2))]));
        let codes: Vec<_> = judged.refused.values().map(BallotRefusal::code).collect();
        assert_eq!(codes, ["not_on_roll", "not_checked_in", "wrong_device", "other_opening", "unknown_ballot"]);
    }

    #[test]
    fn a_close_may_name_a_ballot_whose_replacement_it_had_not_seen() {
        let ballots = [cast(10, 1, Choice::For, 1, None), cast(11, 1, Choice::Against, 2, Some(10))];
        let judged = judge_close(&seven(), OPENING, &close(&[10]), &ballots);
        assert_eq!(judged.counted, vec![(person(1), Choice::For)]);
        assert!(judged.refused.is_empty() && judged.late.is_empty());
    }

    #[test]
    fn a_close_that_names_two_ballots_of_one_person_counts_one() {
        let ballots = [cast(10, 1, Choice::For, 1, None), cast(11, 1, Choice::Against, 2, Some(10))];
        let judged = judge_close(&seven(), OPENING, &close(&[11, 10, 10]), &ballots);
        assert_eq!(judged.counted.len(), 1);
        assert_eq!(judged.refused[&act(11)], BallotRefusal::SecondBallot);
    }

    #[test]
    fn a_close_of_another_vote_or_opening_counts_nothing() {
        let ballots = [cast(10, 1, Choice::For, 1, None)];
        let mut of_another_vote = close(&[10]);
        of_another_vote.vote = VoteId([8; 16]);
        assert_eq!(judge_close(&seven(), OPENING, &of_another_vote, &ballots).refused[&act(10)], BallotRefusal::OtherVote);
        let judged = judge_close(&seven(), act(2), &close(&[10]), &ballots);
        assert!(judged.counted.is_empty());
        assert_eq!(judged.refused[&act(10)], BallotRefusal::OtherOpening);
    }

    proptest! {
        #[test]
        fn closing_over_the_standing_ballots_is_always_sound_and_nobody_counts_twice(
            ballots in proptest::collection::btree_map(
                10u8..60,
                (0u8..9, any::<bool>(), 0i64..5, proptest::option::of(10u8..60)),
                0..25,
            ),
        ) {
            let cast: Vec<_> = ballots
                .iter()
                .map(|(number, (who, yes, at, replaces))| {
                    cast(*number, *who, if *yes { Choice::For } else { Choice::Against }, *at, *replaces)
                })
                .collect();
            let opening = seven();
            let (stands, refused) = standing(&opening, OPENING, &cast);
            let mut closing = close(&[]);
            closing.ballots = stands.values().copied().collect();
            let judged = judge_close(&opening, OPENING, &closing, &cast);
            prop_assert!(judged.refused.is_empty());
            prop_assert_eq!(judged.counted.len(), stands.len());
            for ballot in &cast {
                let stands = stands.get(&ballot.person) == Some(&ballot.act);
                prop_assert!(stands != refused.contains_key(&ballot.act), "each ballot either stands or has a reason");
            }
            let mut backwards = cast.clone();
            backwards.reverse();
            prop_assert_eq!(standing(&opening, OPENING, &backwards), standing(&opening, OPENING, &cast));
        }
    }
}
