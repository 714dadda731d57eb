//! Secret votes: who counts, how far the key and the count are, and what came out. Nothing here says what somebody voted.

use domain::id::{Hash32, PersonId, SpaceId, Timestamp, VoteId};
use domain::vote::{BallotForm, FormOutcome};
use serde::{Deserialize, Serialize};

use crate::view::{BallotReceipt, VoteView};

crate::requests! {
    Act: Does in act;

    /// Declares whom the body has elected as tellers; answers the election's name. Their devices then make a key by themselves, and votes
    /// can be opened with it once it holds. Chair only.
    ElectTellers { /// The meeting.
        meeting: SpaceId, /// Who: people with a vote who have checked in with a device.
        tellers: Vec<PersonId>, /// How many of them open a result; `None`: more than half.
        #[serde(default)]
        needed: Option<u32> } -> Hash32,
    /// Casts or replaces this person's ballot in a secret vote of any form. A decision can also be cast by `CastBallot`.
    CastSecretBallot { /// The vote.
        vote: VoteId, /// The places that are marked, counted from 0 in the order of the form.
        marks: Vec<u32> } -> BallotReceipt,
    /// This teller gives the share that opens the result. Devices of tellers do so by themselves, unless the close leaves out a ballot that
    /// has arrived: then the teller decides.
    OpenTotals { /// The vote.
        vote: VoteId } -> VoteView,
}

/// What makes a vote that is to be opened a secret one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SecretTerms {
    /// The election of the tellers whose key is used.
    pub election: Hash32,
    /// What the ballot looks like.
    pub form: BallotForm,
}

/// A teller.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TellerRow {
    /// Who.
    pub person: PersonId,
    /// Called so.
    pub name: String,
    /// The device has done what is asked of it now: its word in this round of the key, or its share of the result.
    pub done: bool,
    /// Is connected right now.
    pub connected: bool,
}

/// How far the tellers are with their key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TellersStage {
    /// First of three rounds.
    Offers,
    /// Second.
    Dealings,
    /// Third.
    Confirmations,
    /// The key holds.
    Ready,
    /// Somebody lied, or the election is not sound: the body elects again.
    Void,
}

/// Why a key is void.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TellersProblem {
    /// Stable code.
    pub code: String,
    /// The teller whose doing it is; empty if nobody's.
    pub name: String,
}

/// The tellers whom the body elected last.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TellersView {
    /// The election.
    pub election: Hash32,
    /// When, as the chair's device says.
    pub elected_at: Timestamp,
    /// In the order of the election.
    pub tellers: Vec<TellerRow>,
    /// How many of them open a result, and could read a ballot.
    pub needed: u32,
    /// How far their key is.
    pub stage: TellersStage,
    /// Why it is void.
    pub problems: Vec<TellersProblem>,
    /// This person, with this device, is one of them.
    pub is_mine: bool,
}

/// How far a secret vote is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SecretPhase {
    /// Ballots are cast.
    Open,
    /// Closed; more than half of the roll's devices have not acknowledged it yet.
    Acknowledging,
    /// The close is final; tellers give their shares.
    Counting,
    /// The result is open.
    Counted,
    /// Fewer ballots than may be opened: the result stays sealed for good.
    TooFewBallots,
    /// The vote rests on nothing sound.
    Void,
}

/// What only a secret vote has.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SecretView {
    /// What the ballot looks like.
    pub form: BallotForm,
    /// How far it is.
    pub phase: SecretPhase,
    /// The tellers; `done`: the share of the result is here.
    pub tellers: Vec<TellerRow>,
    /// How many of them open the result, and could read a ballot.
    pub needed: u32,
    /// How many have given their share.
    pub given: u32,
    /// What came out.
    pub outcome: Option<FormOutcome>,
    /// This person is a teller of this vote, with this device.
    pub is_teller: bool,
    /// The close leaves out ballots, and this teller has not yet said whether the result is to be opened all the same.
    pub asks_teller: bool,
}
