//! Secret ballots, and the forms that open ballots share with them: what can be asked, who counts, what the totals come to.
//!
//! Nothing here is cryptography. How a ballot is sealed and a total opened is `signing::secret`; this says what a ballot may
//! hold, who may be a teller, and what the opened totals mean.

use minicbor::{Decode, Encode};
use serde::{Deserialize, Serialize};

use super::marked::{Standing, stand};
use super::{Base, TieRule, VoteOpening};
use crate::id::{DeviceId, PersonId, SpaceId, Timestamp};
use crate::identity::check_line;
use crate::limits::{
    self, BALLOT_SLOTS, LimitError, OPTION_CHARS, PERSON_NAME_CHARS, SECRET_BODY_LEAST, TELLERS_LEAST, TELLERS_MOST,
};

/// One thing that can be marked: a choice, a candidate, a person whose standing is voted on.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, Encode, Decode)]
pub struct BallotOption {
    /// What the ballot shows.
    #[n(0)]
    pub label: String,
    /// Who it is, where it is a person. Such a person is no teller of this vote.
    #[n(1)]
    pub person: Option<PersonId>,
}

/// What a ballot looks like. Fixed by the opening.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, Encode, Decode)]
#[serde(tag = "form", rename_all = "snake_case")]
pub enum BallotForm {
    /// Tán thành / không tán thành / không biểu quyết: exactly one.
    #[n(0)]
    Decision,
    /// At most `most` of the options, none is allowed: a choice among several, or an election of persons.
    #[n(1)]
    AtMost {
        /// How many may be marked.
        #[n(0)]
        most: u32,
        /// What can be marked.
        #[n(1)]
        options: Vec<BallotOption>,
    },
    /// For each person at most one of tín nhiệm cao / tín nhiệm / tín nhiệm thấp.
    #[n(2)]
    Confidence {
        /// Whose standing is voted on.
        #[n(0)]
        people: Vec<BallotOption>,
    },
}

/// What a mark of a ballot says of its option.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Marking {
    /// Tán thành.
    For,
    /// Không tán thành.
    Against,
    /// Không biểu quyết.
    NotVoting,
    /// This option is chosen.
    Chosen,
    /// Tín nhiệm cao.
    High,
    /// Tín nhiệm.
    Medium,
    /// Tín nhiệm thấp.
    Low,
}

/// Slots of a ballot that belong together: between `least` and `most` of them are marked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SlotGroup {
    /// The first slot.
    pub first: usize,
    /// How many slots.
    pub slots: usize,
    /// Fewest marks.
    pub least: u32,
    /// Most marks.
    pub most: u32,
}

/// Why marks are no ballot of a form.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum MarkError {
    /// There is no such slot.
    #[error("the ballot has no place {0}")]
    NoSuchSlot(usize),
    /// A place is marked twice.
    #[error("place {0} is marked twice")]
    Twice(usize),
    /// More or fewer marks than the form allows.
    #[error("{found} marks where {least} to {most} are allowed")]
    Marks {
        /// How many there are.
        found: u32,
        /// Fewest.
        least: u32,
        /// Most.
        most: u32,
    },
}

impl MarkError {
    /// Stable name for programs and translations.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NoSuchSlot(_) => "ballot_no_such_slot",
            Self::Twice(_) => "ballot_marked_twice",
            Self::Marks { .. } => "ballot_marks",
        }
    }
}

const DECISION: [Marking; 3] = [Marking::For, Marking::Against, Marking::NotVoting];
const LEVELS: [Marking; 3] = [Marking::High, Marking::Medium, Marking::Low];

impl BallotForm {
    /// The things that can be marked; none where the form names none.
    pub fn options(&self) -> &[BallotOption] {
        match self {
            Self::Decision => &[],
            Self::AtMost { options, .. } => options,
            Self::Confidence { people } => people,
        }
    }

    /// The number of places for a mark.
    pub fn slots(&self) -> usize {
        match self {
            Self::Decision => DECISION.len(),
            Self::AtMost { options, .. } => options.len(),
            Self::Confidence { people } => people.len().saturating_mul(LEVELS.len()),
        }
    }

    /// What each place says, in order: the mark and the option it is about.
    pub fn places(&self) -> Vec<(Marking, Option<&BallotOption>)> {
        match self {
            Self::Decision => DECISION.map(|mark| (mark, None)).to_vec(),
            Self::AtMost { options, .. } => options.iter().map(|option| (Marking::Chosen, Some(option))).collect(),
            Self::Confidence { people } => people.iter().flat_map(|person| LEVELS.map(|level| (level, Some(person)))).collect(),
        }
    }

    /// The places that belong together, in order, covering every place once.
    pub fn groups(&self) -> Vec<SlotGroup> {
        match self {
            Self::Decision => vec![SlotGroup { first: 0, slots: DECISION.len(), least: 1, most: 1 }],
            Self::AtMost { most, options } => vec![SlotGroup { first: 0, slots: options.len(), least: 0, most: *most }],
            Self::Confidence { people } => (0..people.len())
                .map(|at| SlotGroup { first: at * LEVELS.len(), slots: LEVELS.len(), least: 0, most: 1 })
                .collect(),
        }
    }

    /// One entry for each place: is it marked. `marked` are places counted from 0, in any order.
    ///
    /// # Errors
    /// [`MarkError`] if this is no ballot of the form.
    pub fn marks(&self, marked: &[usize]) -> Result<Vec<bool>, MarkError> {
        let mut marks = vec![false; self.slots()];
        for slot in marked {
            let mark = marks.get_mut(*slot).ok_or(MarkError::NoSuchSlot(*slot))?;
            if std::mem::replace(mark, true) {
                return Err(MarkError::Twice(*slot));
            }
        }
        self.check_marks(&marks)?;
        Ok(marks)
    }

    /// Whether these marks are a ballot of the form.
    ///
    /// # Errors
    /// [`MarkError`].
    pub fn check_marks(&self, marks: &[bool]) -> Result<(), MarkError> {
        if marks.len() != self.slots() {
            return Err(MarkError::NoSuchSlot(marks.len()));
        }
        for SlotGroup { first, slots, least, most } in self.groups() {
            let found = count(marks[first..first + slots].iter().filter(|mark| **mark).count());
            if !(least..=most).contains(&found) {
                return Err(MarkError::Marks { found, least, most });
            }
        }
        Ok(())
    }

    /// Options are there, different and within bounds, and the number of marks makes sense.
    ///
    /// # Errors
    /// [`LimitError`].
    pub fn validate(&self) -> Result<(), LimitError> {
        limits::at_most("ballot places", BALLOT_SLOTS, self.slots())?;
        limits::at_least("ballot places", 1, self.slots())?;
        if let Self::AtMost { most, options } = self {
            limits::at_least("marks", 1, wide(*most))?;
            limits::at_most("marks", options.len(), wide(*most))?;
        }
        limits::distinct("option", self.options().iter().map(|option| option.label.as_str()))?;
        limits::distinct("person on the ballot", self.options().iter().filter_map(|option| option.person))?;
        self.options().iter().try_for_each(|option| check_line("option", &option.label, 1, OPTION_CHARS))
    }
}

/// A teller: one of the body, with the device that holds the share of the key.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, Encode, Decode)]
pub struct TellerSeat {
    /// Who.
    #[n(0)]
    pub person: PersonId,
    /// The name as it stood at the election.
    #[n(1)]
    pub name: String,
    /// The device. Only what it signs counts.
    #[n(2)]
    pub device: DeviceId,
}

/// The body's tellers (ban kiểm phiếu), as the chair declares their election. The order is that of the shares.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, Encode, Decode)]
pub struct TellerElection {
    /// The meeting's space.
    #[n(0)]
    pub space: SpaceId,
    /// Who.
    #[n(1)]
    pub tellers: Vec<TellerSeat>,
    /// How many of them open a total, and could read a single ballot.
    #[n(2)]
    pub threshold: u32,
    /// When the chair's device says they were elected.
    #[n(3)]
    pub elected_at: Timestamp,
}

impl TellerElection {
    /// The usual threshold: more than half.
    pub fn usual_threshold(tellers: usize) -> u32 {
        count(tellers / 2 + 1)
    }

    /// The place of a device among the tellers, counted from 0.
    pub fn place_of(&self, device: &DeviceId) -> Option<usize> {
        self.tellers.iter().position(|teller| teller.device == *device)
    }

    /// The name of the teller at a place; empty if there is none.
    pub fn name(&self, place: usize) -> String {
        self.tellers.get(place).map(|teller| teller.name.clone()).unwrap_or_default()
    }

    /// Between [`TELLERS_LEAST`] and [`TELLERS_MOST`] different people on different devices, and more than half of them, at most
    /// all, are needed: so no half of them reads ballots, and two sets of them that open totals share a teller.
    ///
    /// # Errors
    /// [`LimitError`].
    pub fn validate(&self) -> Result<(), LimitError> {
        limits::at_least("tellers", TELLERS_LEAST, self.tellers.len())?;
        limits::at_most("tellers", TELLERS_MOST, self.tellers.len())?;
        limits::at_least("tellers needed", self.tellers.len() / 2 + 1, wide(self.threshold))?;
        limits::at_most("tellers needed", self.tellers.len(), wide(self.threshold))?;
        limits::distinct("teller", self.tellers.iter().map(|teller| teller.person))?;
        limits::distinct("teller's device", self.tellers.iter().map(|teller| teller.device))?;
        self.tellers.iter().try_for_each(|teller| check_line("person name", &teller.name, 1, PERSON_NAME_CHARS))
    }
}

/// Why a secret vote is not opened, or not taken for one.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SecretRuleError {
    /// A text or number is out of bounds.
    #[error(transparent)]
    Limit(#[from] LimitError),
    /// So few that a result tells what single people voted.
    #[error("a secret vote needs at least {least} people who can vote, there are {found}")]
    BodyTooSmall {
        /// How many are needed.
        least: u32,
        /// How many there are.
        found: u32,
    },
    /// A teller who is not on the roll, or not with that device.
    #[error("the teller '{0}' is not on the roll with this device")]
    TellerNotOfTheBody(String),
    /// A teller is voted on.
    #[error("the teller '{0}' stands on the ballot")]
    TellerOnBallot(String),
    /// The tellers were elected in another meeting.
    #[error("the tellers were elected in another meeting")]
    OtherMeeting,
}

impl SecretRuleError {
    /// Stable name for programs and translations.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Limit(error) => error.code(),
            Self::BodyTooSmall { .. } => "secret_body_too_small",
            Self::TellerNotOfTheBody(_) => "teller_not_of_the_body",
            Self::TellerOnBallot(_) => "teller_on_ballot",
            Self::OtherMeeting => "tellers_of_other_meeting",
        }
    }
}

/// May this vote be held in secret with this form and these tellers?
///
/// At least [`SECRET_BODY_LEAST`] people must be able to vote: with fewer the totals all but name them. Every teller is one of
/// them and nobody who stands on the ballot.
///
/// # Errors
/// [`SecretRuleError`].
pub fn check_secret(opening: &VoteOpening, form: &BallotForm, tellers: &TellerElection) -> Result<(), SecretRuleError> {
    opening.validate()?;
    // What the ballot looks like is said once.
    limits::at_most("ballot forms", 1, 1 + usize::from(opening.form.is_some()))?;
    form.validate()?;
    tellers.validate()?;
    if tellers.space != opening.space {
        return Err(SecretRuleError::OtherMeeting);
    }
    let present = count(opening.roll.iter().filter(|entry| entry.device.is_some()).count());
    if present < SECRET_BODY_LEAST {
        return Err(SecretRuleError::BodyTooSmall { least: SECRET_BODY_LEAST, found: present });
    }
    for teller in &tellers.tellers {
        if !opening.roll.iter().any(|entry| entry.person == teller.person && entry.device == Some(teller.device)) {
            return Err(SecretRuleError::TellerNotOfTheBody(teller.name.clone()));
        }
        if form.options().iter().any(|option| option.person == Some(teller.person)) {
            return Err(SecretRuleError::TellerOnBallot(teller.name.clone()));
        }
    }
    Ok(())
}

/// The total of one place of a ballot.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlaceTotal {
    /// What the mark says.
    pub mark: Marking,
    /// Of which option; empty in a decision.
    pub option: String,
    /// How many marked it.
    pub votes: u32,
    /// As many as the rules ask for. Of levels below "cao" and of "không tán thành" it says nothing about a verdict.
    pub reached: bool,
    /// Of an option of which at most so many are chosen: whether it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub standing: Option<Standing>,
}

/// Totals and verdict of a vote by places: a secret one, or an open one whose ballot has a form.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FormOutcome {
    /// Size of the roll.
    pub roll: u32,
    /// Of the roll, checked in at the opening.
    pub present: u32,
    /// Ballots counted.
    pub counted: u32,
    /// How many the rules ask for.
    pub needed: u32,
    /// The total of each place, in the order of [`BallotForm::places`].
    pub places: Vec<PlaceTotal>,
    /// The verdict of a decision; an election or a vote of confidence has none.
    pub passed: Option<bool>,
    /// For and against are equal and the rules let the chair's side win, which a secret ballot cannot know: it did not pass, and
    /// the body decides in another way.
    pub tie_for_chair: bool,
}

/// What totals come to under the rules of the vote. `None` if they cannot be totals of `counted` ballots of this form.
///
/// Thresholds are those of a decision ([`super::tally`]). The tie rule of the chair does not apply: of a secret ballot nobody knows the
/// chair's, and among options there are no two sides.
pub fn form_tally(opening: &VoteOpening, form: &BallotForm, counted: u32, totals: &[u32]) -> Option<FormOutcome> {
    let sound = totals.len() == form.slots()
        && totals.iter().all(|total| *total <= counted)
        && form.groups().iter().all(|group| {
            let sum: u64 = totals[group.first..group.first + group.slots].iter().map(|total| u64::from(*total)).sum();
            let counted = u64::from(counted);
            (counted * u64::from(group.least)..=counted * u64::from(group.most)).contains(&sum)
        });
    if !sound {
        return None;
    }
    let roll = count(opening.roll.len());
    let present = count(opening.roll.iter().filter(|entry| entry.device.is_some()).count());
    let needed = opening.profile.threshold.of(match opening.profile.base {
        Base::Roll => roll,
        Base::Present => present,
    });
    let mut places: Vec<PlaceTotal> = form
        .places()
        .into_iter()
        .zip(totals)
        .map(|((mark, option), votes)| PlaceTotal {
            mark,
            option: option.map(|option| option.label.clone()).unwrap_or_default(),
            votes: *votes,
            reached: *votes >= needed,
            standing: None,
        })
        .collect();
    if let BallotForm::AtMost { most, .. } = form {
        stand(*most, &mut places);
    }
    let decision = *form == BallotForm::Decision;
    let passed = decision.then(|| totals[0] >= needed);
    let tie_for_chair = decision
        && opening.profile.tie == TieRule::ChairDecides
        && passed == Some(false)
        && totals[0] == totals[1]
        && totals[0].saturating_add(1) >= needed;
    Some(FormOutcome { roll, present, counted, needed, places, passed, tie_for_chair })
}

fn count(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

fn wide(number: u32) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]

    use proptest::prelude::*;

    use super::*;
    use crate::vote::profile;
    use crate::vote::profiles::tests::{device, opening, person};

    fn option(label: &str) -> BallotOption {
        BallotOption { label: label.to_owned(), person: None }
    }

    fn tellers(of: &[u8]) -> TellerElection {
        TellerElection {
            space: crate::id::SpaceId([8; 16]),
            tellers: of
                .iter()
                .map(|who| TellerSeat { person: person(*who), name: format!("Đại biểu {who}"), device: device(*who) })
                .collect(),
            threshold: TellerElection::usual_threshold(of.len()),
            elected_at: Timestamp(0),
        }
    }

    #[test]
    fn a_ballot_has_as_many_marks_as_its_form_allows() {
        let election = BallotForm::AtMost { most: 2, options: vec![option("An"), option("Bình"), option("Cường")] };
        assert_eq!(election.marks(&[2, 0]), Ok(vec![true, false, true]));
        assert_eq!(election.marks(&[]), Ok(vec![false; 3]), "a blank ballot is a ballot");
        assert_eq!(election.marks(&[0, 1, 2]), Err(MarkError::Marks { found: 3, least: 0, most: 2 }));
        assert_eq!(election.marks(&[1, 1]), Err(MarkError::Twice(1)));
        assert_eq!(election.marks(&[3]), Err(MarkError::NoSuchSlot(3)));
        assert_eq!(BallotForm::Decision.marks(&[]), Err(MarkError::Marks { found: 0, least: 1, most: 1 }));
        let confidence = BallotForm::Confidence { people: vec![option("An"), option("Bình")] };
        assert!(confidence.marks(&[0, 5]).is_ok() && confidence.marks(&[4]).is_ok());
        assert_eq!(confidence.marks(&[0, 1]), Err(MarkError::Marks { found: 2, least: 0, most: 1 }));
    }

    #[test]
    fn forms_that_ask_nothing_or_the_same_twice_are_refused() {
        let code = |form: BallotForm| form.validate().unwrap_err().code();
        assert_eq!(code(BallotForm::AtMost { most: 1, options: vec![] }), "limit_under");
        assert_eq!(code(BallotForm::AtMost { most: 0, options: vec![option("An")] }), "limit_under");
        assert_eq!(code(BallotForm::AtMost { most: 2, options: vec![option("An")] }), "limit_over");
        assert_eq!(code(BallotForm::AtMost { most: 1, options: vec![option("An"), option("An")] }), "not_distinct");
        assert_eq!(code(BallotForm::AtMost { most: 1, options: vec![option("")] }), "limit_under");
        let many = (0..=BALLOT_SLOTS).map(|number| option(&number.to_string())).collect();
        assert_eq!(code(BallotForm::AtMost { most: 1, options: many }), "limit_over");
        assert_eq!(BallotForm::Decision.validate(), Ok(()));
    }

    #[test]
    fn a_body_of_four_holds_no_secret_vote_and_five_do() {
        let rules = profile("hdnd-majority").unwrap();
        let check = |size| check_secret(&opening(&rules, size), &BallotForm::Decision, &tellers(&[1, 2, 3]));
        assert_eq!(check(5), Ok(()));
        assert_eq!(check(4).unwrap_err().code(), "secret_body_too_small");
        let mut absent = opening(&rules, 5);
        absent.roll[0].device = None;
        assert_eq!(
            check_secret(&absent, &BallotForm::Decision, &tellers(&[1, 2, 3])),
            Err(SecretRuleError::BodyTooSmall { least: 5, found: 4 })
        );
    }

    #[test]
    fn tellers_are_of_the_body_and_do_not_count_votes_about_themselves() {
        let rules = profile("hdnd-majority").unwrap();
        let opening = opening(&rules, 7);
        let check = |form: &BallotForm, of: &[u8]| check_secret(&opening, form, &tellers(of)).map_err(|error| error.code());
        assert_eq!(check(&BallotForm::Decision, &[1, 2, 9]), Err("teller_not_of_the_body"));
        assert_eq!(check(&BallotForm::Decision, &[1, 2]), Err("limit_under"));
        assert_eq!(check(&BallotForm::Decision, &[1, 2, 2]), Err("not_distinct"));
        let candidate = BallotOption { label: "An".to_owned(), person: Some(person(2)) };
        let election = BallotForm::AtMost { most: 1, options: vec![candidate, option("Bình")] };
        assert_eq!(check(&election, &[1, 2, 3]), Err("teller_on_ballot"));
        assert_eq!(check(&election, &[1, 3, 4]), Ok(()));
        let mut half = tellers(&[1, 2, 3, 4]);
        half.threshold = 2;
        assert_eq!(half.validate().unwrap_err().what, "tellers needed");
        let mut elsewhere = tellers(&[1, 2, 3]);
        elsewhere.space = crate::id::SpaceId([1; 16]);
        assert_eq!(check_secret(&opening, &BallotForm::Decision, &elsewhere), Err(SecretRuleError::OtherMeeting));
    }

    #[test]
    fn a_decision_passes_by_the_rules_of_an_open_vote_and_a_tie_waits_for_the_body() {
        let opening = opening(&profile("ubnd-majority").unwrap(), 6);
        let tally = |totals: [u32; 3]| form_tally(&opening, &BallotForm::Decision, totals.iter().sum(), &totals).unwrap();
        assert_eq!((tally([4, 2, 0]).passed, tally([4, 2, 0]).needed), (Some(true), 4));
        assert_eq!((tally([3, 3, 0]).passed, tally([3, 3, 0]).tie_for_chair), (Some(false), true));
        assert_eq!((tally([3, 2, 1]).passed, tally([3, 2, 1]).tie_for_chair), (Some(false), false));
    }

    #[test]
    fn totals_that_no_ballots_add_up_to_are_no_result() {
        let opening = opening(&profile("ubnd-majority").unwrap(), 6);
        assert_eq!(form_tally(&opening, &BallotForm::Decision, 5, &[3, 1, 0]), None);
        assert_eq!(form_tally(&opening, &BallotForm::Decision, 5, &[6, 0, 0]), None);
        assert_eq!(form_tally(&opening, &BallotForm::Decision, 5, &[5, 0]), None);
        let election = BallotForm::AtMost { most: 1, options: vec![option("An"), option("Bình")] };
        assert_eq!(form_tally(&opening, &election, 5, &[3, 3]), None);
        assert!(form_tally(&opening, &election, 5, &[3, 1]).is_some());
    }

    proptest! {
        #[test]
        fn the_sum_of_ballots_of_a_form_is_always_a_result(
            ballots in proptest::collection::vec(proptest::collection::vec(any::<bool>(), 4), 1..20),
            most in 1u32..=4,
        ) {
            let options = ["An", "Bình", "Cường", "Dung"].map(option).to_vec();
            let form = BallotForm::AtMost { most, options };
            let sound: Vec<_> = ballots.into_iter().filter(|marks| form.check_marks(marks).is_ok()).collect();
            let totals: Vec<u32> = (0..4).map(|slot| count(sound.iter().filter(|marks| marks[slot]).count())).collect();
            let opening = opening(&profile("ubnd-majority").unwrap(), 20);
            prop_assert!(form_tally(&opening, &form, count(sound.len()), &totals).is_some());
        }
    }
}
