//! The count of a vote: one pure function of the acts seen, used by every screen and by an auditor.
//!
//! The order in which acts arrive never matters. Rules: [`count()`].

mod chain;
mod count;
mod deciding;
mod judge;
mod paper;
mod problem;

use domain::id::{DeviceId, Hash32, PersonId, Timestamp};
use domain::vote::{Choice, FormOutcome, Outcome, VoteClosing, VoteOpening};
use serde::{Deserialize, Serialize};

pub use count::{VoteActs, count, count_verified};
pub(crate) use count::{verified, within_limit};
pub use deciding::{Decidable, Deciding, VoteLead};
pub use judge::deciding;
pub(crate) use judge::{Cast, Ground, Judged, judge};
pub(crate) use paper::Papers;
pub use problem::VoteProblem;

use crate::act::ActError;

/// Why there is no vote to count.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum VoteError {
    /// The act that should open the vote does not hold.
    #[error("the opening does not hold: {0}")]
    Opening(#[from] ActError),
    /// The act that should open the vote is another kind of act.
    #[error("the act does not open a vote")]
    NotAnOpening,
    /// More acts than any vote can have.
    #[error("{0} acts of one kind, more than a vote can have")]
    TooMany(usize),
}

impl VoteError {
    /// Stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Opening(_) => "vote_opening_invalid",
            Self::NotAnOpening => "vote_not_an_opening",
            Self::TooMany(_) => "vote_too_many_acts",
        }
    }
}

/// What became of a ballot.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BallotStatus {
    /// Counted: provisionally while the vote is open, for good once a close names it.
    Counts,
    /// Its voter replaced it.
    Replaced,
    /// By somebody on the roll, but not with the device of the roll.
    NotCountedWrongDevice,
    /// By somebody who is not on the roll.
    NotOnRoll,
    /// It cites another opening.
    WrongOpening,
    /// The close names no ballot of this voter: it came too late, whatever time it claims. (A claimed time proves nothing, so
    /// backdating gains nothing; the voter sees at once that the close went without them.)
    Late,
    /// One of several ballots of one device that do not follow from one another: evidence, not counted.
    Double,
    /// It is no ballot of this vote's form. Of a secret ballot: the proof that it is one does not hold.
    Unsound,
    /// The close names an earlier ballot of the same voter: this replacement came too late.
    NotNamed,
    /// An entry of a paper ballot that nobody has witnessed.
    Unwitnessed,
    /// A paper ballot whose witness is none: a secretary, the voter, or not of the roll with this device.
    WitnessRefused,
    /// A paper ballot entered by somebody whom the opening does not let enter any.
    NotByClerk,
    /// A paper ballot of somebody of the roll who was not present when the vote opened.
    NotPresent,
    /// A paper ballot of somebody whose own device has cast one: that one stands.
    DeviceStands,
}

impl BallotStatus {
    /// Stable code.
    pub fn code(self) -> &'static str {
        match self {
            Self::Counts => "counts",
            Self::Replaced => "replaced",
            Self::NotCountedWrongDevice => "not_counted_wrong_device",
            Self::NotOnRoll => "not_on_roll",
            Self::WrongOpening => "wrong_opening",
            Self::Late => "late",
            Self::Double => "double",
            Self::Unsound => "unsound",
            Self::NotNamed => "not_named",
            Self::Unwitnessed => "unwitnessed",
            Self::WitnessRefused => "witness_refused",
            Self::NotByClerk => "not_by_clerk",
            Self::NotPresent => "not_present",
            Self::DeviceStands => "device_stands",
        }
    }
}

/// One ballot of the record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BallotLine {
    /// Whose it is; `None` while the device's certificate is not known.
    pub person: Option<PersonId>,
    /// The name on the roll; empty for people who are not on it.
    pub name: String,
    /// The device that signed it; of a paper ballot the secretary's.
    pub device: DeviceId,
    /// What it says; `None` of a ballot that is marked.
    pub choice: Option<Choice>,
    /// The places that are marked, where the ballot has a form.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub marks: Option<Vec<u32>>,
    /// When its device says it was cast; of a paper ballot entered.
    pub cast_at: Timestamp,
    /// The act; of a paper ballot the witness's, or while there is none the entry.
    pub hash: Hash32,
    /// What became of it.
    pub status: BallotStatus,
    /// Of a paper ballot: who is behind it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub paper: Option<PaperLine>,
}

/// Who is behind a paper ballot.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct PaperLine {
    /// The act in which it was entered.
    pub entry: Hash32,
    /// The entry that it corrects.
    pub replaces: Option<Hash32>,
    /// Who entered it; `None` while the device's certificate is not known.
    pub clerk: Option<PersonId>,
    /// Who witnessed it, with or without the right to; `None` as long as nobody has.
    pub witness: Option<PersonId>,
}

/// How far a vote is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum VoteState {
    /// No close is known.
    Open,
    /// Closed; see [`VoteRecord::final_`].
    Closed {
        /// The close that holds, or of two the one that more devices have acknowledged (then the lower hash).
        closing_hash: Hash32,
        /// When the chair's device says it closed.
        closed_at: Timestamp,
    },
}

/// A vote as its acts tell it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct VoteRecord {
    /// The opening.
    pub opening: VoteOpening,
    /// Hash of the opening act.
    pub opening_hash: Hash32,
    /// The device that opened the vote: it closes, unless somebody takes the lead.
    pub opened_by: DeviceId,
    /// Open or closed.
    #[serde(flatten)]
    pub state: VoteState,
    /// All ballots seen, in the order of the roll; those of people not on it last.
    pub ballots: Vec<BallotLine>,
    /// Totals and verdict over the ballots that count; provisional while open, not [final](Self::final_) or incomplete. Of a vote whose
    /// ballot has a form only the numbers of people mean something.
    pub outcome: Outcome,
    /// The totals of each place, where the ballot has a form.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub marked: Option<FormOutcome>,
    /// Devices of the roll that have acknowledged the close.
    pub acknowledgements: u32,
    /// How many make it final: more than half of the devices of the roll.
    pub acknowledgements_needed: u32,
    /// Closed, enough acknowledgements, and every named ballot is here. Until then "tạm tính".
    pub final_: bool,
    /// Ballots that are named or cited but have not arrived: the outcome lacks them.
    pub missing_ballots: Vec<Hash32>,
    /// Closes that are acknowledged but have not arrived.
    pub missing_closings: Vec<Hash32>,
    /// What is not as it should be, in a fixed order.
    pub problems: Vec<VoteProblem>,
}

impl VoteRecord {
    /// Acts are missing that others have spoken of: to be fetched, and until then provisional.
    pub fn is_incomplete(&self) -> bool {
        !self.missing_ballots.is_empty() || !self.missing_closings.is_empty()
    }

    /// The close that the opener would make of this record now: it names what counts.
    pub fn closing(&self, closed_at: Timestamp) -> VoteClosing {
        let mut ballots: Vec<Hash32> =
            self.ballots.iter().filter(|line| line.status == BallotStatus::Counts).map(|line| line.hash).collect();
        ballots.sort_unstable();
        VoteClosing { vote: self.opening.vote, opening: self.opening_hash, ballots, closed_at }
    }

    /// The ballot of this device that counts: what a replacement has to cite.
    pub fn standing_ballot(&self, device: &DeviceId) -> Option<Hash32> {
        let own = |line: &&BallotLine| line.device == *device && line.paper.is_none() && line.status == BallotStatus::Counts;
        self.ballots.iter().find(own).map(|line| line.hash)
    }
}
