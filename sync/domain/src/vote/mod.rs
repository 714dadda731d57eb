//! Votes: rule profiles, rolls, ballots and what they add up to.
//!
//! The nouns are here; the rules stand beside them: [`Share::of`] how many are needed, [`tally`] what the counted
//! ballots come to, [`quorum`] whether the body may sit, [`eligible`] who may vote with which device,
//! [`check_secret`] what holds for secret votes, [`form_tally`] and [`marked_tally`] what ballots with a form come to.

mod ballots;
mod marked;
mod paper;
mod profiles;
mod secret;
mod tally;
mod threshold;

pub use ballots::{Ineligible, eligible, final_after};
pub use marked::{MarkedBallot, Standing, marked_tally, ranked};
pub use paper::{PaperBallot, PaperRefusal, PaperTerms, PaperWitness};
pub use profiles::{RuleError, parse_profiles, profile, profiles};
pub use secret::{
    BallotForm, BallotOption, FormOutcome, MarkError, Marking, PlaceTotal, SecretRuleError, SlotGroup, TellerElection,
    TellerSeat, check_secret, form_tally,
};
pub use tally::{ChoiceCounts, ballot_choice_counts, tally};
pub use threshold::{Quorum, quorum};

#[cfg(test)]
pub(crate) use profiles::tests::opening as test_opening;

use minicbor::{Decode, Encode};
use serde::{Deserialize, Serialize};

use crate::id::{DeviceId, Hash32, ItemId, PersonId, SpaceId, Timestamp, VoteId};

/// What a delegate can choose in an open vote.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Encode, Decode)]
#[serde(rename_all = "snake_case")]
#[cbor(index_only)]
pub enum Choice {
    /// Tán thành.
    #[n(0)]
    For,
    /// Không tán thành.
    #[n(1)]
    Against,
    /// Không biểu quyết.
    #[n(2)]
    NotVoting,
}

/// What a share is taken of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, Encode, Decode)]
#[serde(rename_all = "snake_case")]
#[cbor(index_only)]
pub enum Base {
    /// All who are on the roll, present or not.
    #[n(0)]
    Roll,
    /// Those of the roll who had checked in when the vote opened.
    #[n(1)]
    Present,
}

/// How many are needed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, Encode, Decode)]
#[serde(rename_all = "snake_case")]
#[cbor(index_only)]
pub enum Share {
    /// floor(N / 2) + 1.
    #[n(0)]
    Majority,
    /// ceil(2 N / 3).
    #[n(1)]
    TwoThirds,
    /// ceil(N / 2).
    #[n(2)]
    Half,
    /// All N.
    #[n(3)]
    All,
    /// At least one.
    #[n(4)]
    One,
}

/// What happens when for and against are equal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, Encode, Decode)]
#[serde(rename_all = "snake_case")]
#[cbor(index_only)]
pub enum TieRule {
    /// A tie does not pass.
    #[n(0)]
    Fails,
    /// The side of the chair wins (UBND).
    #[n(1)]
    ChairDecides,
}

/// When the count of an open vote is told. Of a secret one nothing is ever told before its tellers have opened it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, Encode, Decode)]
#[serde(rename_all = "snake_case")]
#[cbor(index_only)]
pub enum Results {
    /// Once it is closed.
    #[n(0)]
    AfterClose,
    /// While ballots are cast, to everybody: totals, never who chose what.
    #[n(1)]
    Live,
}

/// The rules of a vote, as data. An administrator may edit them; a vote carries the copy it was opened under.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Encode, Decode)]
pub struct RuleProfile {
    /// Stable name, e.g. `ubnd-majority`.
    #[n(0)]
    pub id: String,
    /// What the screen and the minutes call it (Vietnamese).
    #[n(1)]
    pub name: String,
    /// The base of the threshold.
    #[n(2)]
    pub base: Base,
    /// The share of the base that must be for.
    #[n(3)]
    pub threshold: Share,
    /// The share of the roll that must be present for a sitting.
    #[n(4)]
    pub quorum: Share,
    /// What a tie means.
    #[n(5)]
    pub tie: TieRule,
    /// The legal basis, as printed in the minutes.
    #[n(6)]
    pub legal_basis: String,
    /// Until the close a delegate may replace the ballot.
    #[n(7)]
    pub may_change: bool,
    /// `true`: votes under these rules are secret ballots; `false`: open; `None`: as the body decides each time.
    #[n(8)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub secret: Option<bool>,
    /// When the count is told; `None`: after the close, as before there was a choice.
    #[n(9)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub results: Option<Results>,
}

impl RuleProfile {
    /// The count is told while ballots are cast.
    pub fn is_live(&self) -> bool {
        self.results == Some(Results::Live)
    }
}

/// One line of a frozen roll.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Encode, Decode)]
pub struct RollEntry {
    /// Who.
    #[n(0)]
    pub person: PersonId,
    /// The name as it stood when the vote opened.
    #[n(1)]
    pub name: String,
    /// The device the person had checked in with; `None` if not present. Only ballots from it count.
    #[n(2)]
    pub device: Option<DeviceId>,
    /// Chairs the sitting (decides a tie where the profile says so).
    #[n(3)]
    pub chair: bool,
}

/// The opening of a vote: everything that a stranger needs to judge the ballots that follow.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Encode, Decode)]
pub struct VoteOpening {
    /// Identity.
    #[n(0)]
    pub vote: VoteId,
    /// The meeting's space.
    #[n(1)]
    pub space: SpaceId,
    /// The agenda item it belongs to.
    #[n(2)]
    pub item: Option<ItemId>,
    /// The question, as read out.
    #[n(3)]
    pub question: String,
    /// The rules.
    #[n(4)]
    pub profile: RuleProfile,
    /// Everyone with a vote, frozen.
    #[n(5)]
    pub roll: Vec<RollEntry>,
    /// When the chair's device says it opened.
    #[n(6)]
    pub opened_at: Timestamp,
    /// Who may enter paper ballots, and who is present without a device; `None`: no paper ballots. Never in a secret vote.
    #[n(7)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub paper: Option<PaperTerms>,
    /// What the ballot of an open vote looks like; `None`: for, against or not voting. A secret vote says it beside this opening.
    #[n(8)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub form: Option<BallotForm>,
}

/// A ballot.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Encode, Decode)]
pub struct Ballot {
    /// The vote.
    #[n(0)]
    pub vote: VoteId,
    /// Hash of the opening act that the voter saw.
    #[n(1)]
    pub opening: Hash32,
    /// The choice.
    #[n(2)]
    pub choice: Choice,
    /// When the voter's device says it was cast.
    #[n(3)]
    pub cast_at: Timestamp,
    /// Hash of the ballot act that this one replaces.
    #[n(4)]
    pub replaces: Option<Hash32>,
}

/// The chair's close: it names the ballots it counts and nothing can be added later.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Encode, Decode)]
pub struct VoteClosing {
    /// The vote.
    #[n(0)]
    pub vote: VoteId,
    /// Hash of the opening act.
    #[n(1)]
    pub opening: Hash32,
    /// Hashes of the counted ballot acts, ascending, one per voter.
    #[n(2)]
    pub ballots: Vec<Hash32>,
    /// When the chair's device says it closed.
    #[n(3)]
    pub closed_at: Timestamp,
}

/// A device's word that it has seen a close and will accept no other for this vote.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Encode, Decode)]
pub struct CloseAcknowledgement {
    /// The vote.
    #[n(0)]
    pub vote: VoteId,
    /// Hash of the closing act.
    #[n(1)]
    pub closing: Hash32,
}

/// The three states of a ballot, plus the one nobody wants, as its voter sees them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BallotState {
    /// Durable on this device, not yet known to be anywhere else.
    SavedHere,
    /// The chair's device has it.
    ReceivedByChair,
    /// The close names it.
    Counted,
    /// The vote was closed without it.
    Late,
    /// Kept and shown, and never to be counted: one of several that do not follow from one another, from another device than the
    /// roll names, to another opening, or with a proof that does not hold.
    NotCounted,
}

/// Totals and verdict.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outcome {
    /// Size of the roll.
    pub roll: u32,
    /// Of the roll, present at the opening: checked in with a device, or as the opening says without one.
    pub present: u32,
    /// Ballots counted.
    pub counted: u32,
    /// Tán thành.
    pub votes_for: u32,
    /// Không tán thành.
    pub against: u32,
    /// Không biểu quyết.
    pub not_voting: u32,
    /// How many must be for.
    pub needed: u32,
    /// The verdict.
    pub passed: bool,
    /// The chair's side decided a tie.
    pub by_chair: bool,
}
