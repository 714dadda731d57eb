//! Named paper ballots in an open vote: a secretary enters what somebody of the roll wrote on paper, another person of the roll who is
//! present signs that it says so. Who may is frozen with the roll, so that a stranger can judge it without the meeting.

use minicbor::{Decode, Encode};
use serde::{Deserialize, Serialize};

use super::{Choice, RollEntry, VoteOpening};
use crate::id::{DeviceId, Hash32, PersonId, Timestamp, VoteId};

/// What an opening says about paper. Without it no paper ballot counts in the vote.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Encode, Decode)]
pub struct PaperTerms {
    /// Who may enter paper ballots: the meeting's secretaries when the vote opened.
    #[n(0)]
    pub clerks: Vec<PersonId>,
    /// Those of the roll who were present without a device when the vote opened. They belong to those present, whom a share may be of.
    #[n(1)]
    pub present: Vec<PersonId>,
}

/// What a secretary says that somebody's paper ballot says. Counts for nothing until it is witnessed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Encode, Decode)]
pub struct PaperBallot {
    /// The vote.
    #[n(0)]
    pub vote: VoteId,
    /// Hash of the opening act.
    #[n(1)]
    pub opening: Hash32,
    /// Whose ballot it is.
    #[n(2)]
    pub voter: PersonId,
    /// What is on the paper.
    #[n(3)]
    pub choice: Choice,
    /// When the secretary's device says it was entered.
    #[n(4)]
    pub entered_at: Timestamp,
    /// Hash of an earlier entry for the same voter that this one corrects.
    #[n(5)]
    pub replaces: Option<Hash32>,
}

/// The witness's word: this entry says what the paper says. The name of this act is the name of the ballot: a close names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Encode, Decode)]
pub struct PaperWitness {
    /// The vote.
    #[n(0)]
    pub vote: VoteId,
    /// Hash of the entry.
    #[n(1)]
    pub entry: Hash32,
    /// When the witness's device says so.
    #[n(2)]
    pub witnessed_at: Timestamp,
}

/// Why a paper ballot cannot be entered or witnessed so.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
pub enum PaperRefusal {
    /// The opening names no secretary, or not this one.
    #[error("not a secretary whom the opening lets enter paper ballots")]
    NotAClerk,
    /// The voter is not on the frozen roll.
    #[error("the voter is not on the roll of this vote")]
    VoterNotOnRoll,
    /// The voter was not present when the vote opened, with or without a device.
    #[error("the voter was not present when the vote opened")]
    VoterNotPresent,
    /// A secretary may not witness what secretaries enter.
    #[error("a secretary who enters paper ballots witnesses none")]
    WitnessIsClerk,
    /// Nobody witnesses their own ballot.
    #[error("nobody witnesses their own paper ballot")]
    WitnessIsVoter,
    /// A witness is on the roll and signs with the device of the roll.
    #[error("the witness is not on the roll with this device")]
    WitnessNotOnRoll,
}

impl PaperRefusal {
    /// Stable name for programs and translations.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotAClerk => "paper_not_a_clerk",
            Self::VoterNotOnRoll => "paper_voter_not_on_roll",
            Self::VoterNotPresent => "paper_voter_not_present",
            Self::WitnessIsClerk => "paper_witness_is_clerk",
            Self::WitnessIsVoter => "paper_witness_is_voter",
            Self::WitnessNotOnRoll => "paper_witness_not_on_roll",
        }
    }
}

impl VoteOpening {
    /// Present when the vote opened: with the device of the roll, or without one as the opening says.
    pub fn was_present(&self, entry: &RollEntry) -> bool {
        entry.device.is_some() || self.paper.as_ref().is_some_and(|paper| paper.present.contains(&entry.person))
    }

    /// Whether this person may enter paper ballots.
    pub fn is_clerk(&self, person: PersonId) -> bool {
        self.paper.as_ref().is_some_and(|paper| paper.clerks.contains(&person))
    }

    /// May `clerk` enter a paper ballot of `voter`?
    ///
    /// # Errors
    /// [`PaperRefusal`].
    pub fn check_paper_entry(&self, clerk: PersonId, voter: PersonId) -> Result<(), PaperRefusal> {
        if !self.is_clerk(clerk) {
            return Err(PaperRefusal::NotAClerk);
        }
        let entry = self.roll.iter().find(|entry| entry.person == voter).ok_or(PaperRefusal::VoterNotOnRoll)?;
        if self.was_present(entry) { Ok(()) } else { Err(PaperRefusal::VoterNotPresent) }
    }

    /// May `witness` with this device witness an entry for `voter`?
    ///
    /// # Errors
    /// [`PaperRefusal`].
    pub fn check_paper_witness(&self, witness: PersonId, device: DeviceId, voter: PersonId) -> Result<(), PaperRefusal> {
        if self.is_clerk(witness) {
            Err(PaperRefusal::WitnessIsClerk)
        } else if witness == voter {
            Err(PaperRefusal::WitnessIsVoter)
        } else if self.roll.iter().any(|entry| entry.person == witness && entry.device == Some(device)) {
            Ok(())
        } else {
            Err(PaperRefusal::WitnessNotOnRoll)
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use proptest::prelude::*;

    use super::*;
    use crate::vote::profile;
    use crate::vote::profiles::tests::{device, opening, person};

    /// Seven people: 0 chairs, 1 is the secretary, 5 is present without a device, 6 is absent.
    fn with_paper() -> VoteOpening {
        let mut opening = opening(&profile("ubnd-majority").unwrap(), 7);
        opening.roll[5].device = None;
        opening.roll[6].device = None;
        opening.paper = Some(PaperTerms { clerks: vec![person(1)], present: vec![person(5)] });
        opening
    }

    #[test]
    fn a_secretary_enters_for_people_who_are_there_and_nobody_else_enters() {
        let opening = with_paper();
        assert_eq!(opening.check_paper_entry(person(1), person(5)), Ok(()));
        assert_eq!(opening.check_paper_entry(person(1), person(2)), Ok(()), "a device may fail");
        assert_eq!(opening.check_paper_entry(person(1), person(6)), Err(PaperRefusal::VoterNotPresent));
        assert_eq!(opening.check_paper_entry(person(1), person(40)), Err(PaperRefusal::VoterNotOnRoll));
        assert_eq!(opening.check_paper_entry(person(0), person(5)), Err(PaperRefusal::NotAClerk), "nor does the chair");
        let without = VoteOpening { paper: None, ..opening };
        assert_eq!(without.check_paper_entry(person(1), person(5)), Err(PaperRefusal::NotAClerk));
    }

    #[test]
    fn a_witness_is_another_delegate_who_is_present_with_a_device() {
        let opening = with_paper();
        let witness = |number, from, voter| opening.check_paper_witness(person(number), device(from), person(voter));
        assert_eq!(witness(2, 2, 5), Ok(()));
        assert_eq!(witness(1, 1, 5), Err(PaperRefusal::WitnessIsClerk));
        assert_eq!(witness(2, 2, 2), Err(PaperRefusal::WitnessIsVoter));
        assert_eq!(witness(2, 3, 5), Err(PaperRefusal::WitnessNotOnRoll));
        assert_eq!(witness(6, 6, 5), Err(PaperRefusal::WitnessNotOnRoll));
        assert_eq!(witness(40, 40, 5), Err(PaperRefusal::WitnessNotOnRoll));
    }

    proptest! {
        #[test]
        fn clerk_witness_and_voter_are_never_fewer_than_three_people_unless_the_clerk_votes(
            (clerk, witness, voter) in (0u8..9, 0u8..9, 0u8..9),
        ) {
            let opening = with_paper();
            let entered = opening.check_paper_entry(person(clerk), person(voter)).is_ok();
            let witnessed = opening.check_paper_witness(person(witness), device(witness), person(voter)).is_ok();
            if entered && witnessed {
                prop_assert!(clerk != witness && witness != voter);
                prop_assert!(clerk == 1 && voter < 6 && witness < 5);
            }
        }
    }
}
