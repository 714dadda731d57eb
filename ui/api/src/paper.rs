//! Named paper ballots of an open vote: what a secretary enters, what waits for a witness.

use domain::id::{Hash32, PersonId, VoteId};
use domain::vote::Choice;
use serde::{Deserialize, Serialize};

use crate::view::VoteView;

crate::requests! {
    Act: Does in act;

    /// Enters what is on somebody's paper ballot, or corrects what was entered. It counts once another person of the roll has witnessed
    /// it. Secretaries only.
    EnterPaperBallot { /// The vote.
        vote: VoteId, /// Whose ballot it is.
        person: PersonId, /// What is on the paper.
        choice: Choice } -> VoteView,
    /// Says that an entry says what the paper says. Anybody of the roll who has checked in with this device, is no secretary and not the
    /// voter.
    WitnessPaperBallot { /// The vote.
        vote: VoteId, /// The entry.
        entry: Hash32 } -> VoteView,
}

/// Paper ballots of a vote, as far as this person has to do with them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PaperView {
    /// People whose paper ballot this person may enter now.
    pub may_enter: Vec<PersonId>,
    /// Entered, and not witnessed yet.
    pub waiting: Vec<WaitingPaper>,
}

/// An entry that waits for a witness.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WaitingPaper {
    /// The entry.
    pub entry: Hash32,
    /// Whose ballot it is.
    pub person: PersonId,
    /// Called so.
    pub name: String,
    /// What was entered: told to those only who compare it with the paper, the secretaries and possible witnesses.
    pub choice: Option<Choice>,
    /// Who entered it.
    pub entered_by: String,
    /// This person may witness it.
    pub may_witness: bool,
}

/// What stands beside a voter with a paper ballot.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PaperNote {
    /// Who entered it.
    pub entered_by: String,
    /// Who witnessed it.
    pub witness: String,
    /// It is void: the voter's own device has voted.
    pub void: bool,
}
