//! What is declared in a secret vote: the opening, a ballot, the shares that open the totals.

use domain::id::{Hash32, Timestamp, VoteId};
use domain::vote::{BallotForm, VoteOpening};
use minicbor::{Decode, Encode};

use super::group::Element;
use super::proof::Equality;

/// The tellers of a vote and their key, by the acts in which they made it.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct TellersKey {
    /// Hash of the act that declares their election.
    #[n(0)]
    pub election: Hash32,
    /// Hashes of the acts of the key ceremony: each teller's offer, then each one's dealing, then each one's confirmation, in
    /// the order of the election.
    #[n(1)]
    pub acts: Vec<Hash32>,
    /// The key that ballots are sealed to. Whoever has the acts can compute it.
    #[n(2)]
    pub key: Element,
}

/// The opening of a secret vote.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct SecretOpening {
    /// Question, rules and frozen roll, as of an open vote.
    #[n(0)]
    pub opening: VoteOpening,
    /// What the ballot looks like.
    #[n(1)]
    pub form: BallotForm,
    /// Who can open the totals.
    #[n(2)]
    pub tellers: TellersKey,
}

/// A secret ballot. That somebody voted and when is public; what is in `sealed`, no fewer than the threshold of tellers can tell.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct SecretBallot {
    /// The vote.
    #[n(0)]
    pub vote: VoteId,
    /// Hash of the opening act that the voter saw.
    #[n(1)]
    pub opening: Hash32,
    /// The sealed ballot ([`super::seal_ballot`]).
    #[cbor(n(2), with = "minicbor::bytes")]
    pub sealed: Vec<u8>,
    /// When the voter's device says it was cast.
    #[n(3)]
    pub cast_at: Timestamp,
    /// Hash of the ballot act that this one replaces.
    #[n(4)]
    pub replaces: Option<Hash32>,
}

/// A teller's share of the totals of one close, and of nothing else.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct TotalsOpened {
    /// The vote.
    #[n(0)]
    pub vote: VoteId,
    /// Hash of the close that names the counted ballots.
    #[n(1)]
    pub closing: Hash32,
    /// For each place of the form.
    #[n(2)]
    pub shares: Vec<TotalShare>,
}

/// A teller's share of one total: the sum's blinding times the teller's share of the key, with the proof that it is that.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
pub struct TotalShare {
    /// The share.
    #[n(0)]
    pub(super) share: Element,
    /// It was made with the teller's share of the key.
    #[n(1)]
    pub(super) proof: Equality,
}
