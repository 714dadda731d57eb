//! Secret ballots: a vote whose ballots no fewer than a threshold of the body's tellers could read, and whose result anybody can check.
//!
//! Ballots are sealed with ElGamal over ristretto255 to a key that the tellers make together ([`ceremony`]); each carries a
//! proof that it is a ballot of the form, bound to the vote, the voter's entry on the roll and the device ([`ballot`]). Who voted
//! is public and judged by the rules of every vote ([`crate::vote`]). What the tellers open is the sum of the ballots that a final
//! close names, never a ballot (`totals`). The protocol to the byte, with its sources: `docs/secret-ballots.md`.

pub mod ballot;
pub mod ceremony;
mod count;
mod error;
pub mod group;
mod one_of;
mod problem;
mod proof;
mod totals;
mod transcript;
mod vote;

pub use ballot::{BallotChecker, BallotDefect, SealBallotError, SealedBallot, seal_ballot};
pub use ceremony::{
    CeremonyProblem, CeremonyRecord, CeremonyStage, Confirmation, Dealing, KeyOffer, TellerError, TellerSecret, confirm, deal,
    judge_ceremony, offer,
};
pub use count::{CheckedBallots, SecretActs, SecretBallotLine, SecretRecord, Totals, count_secret, count_secret_verified};
pub use error::SecretError;
pub use group::{Element, Number};
pub use problem::{SecrecyProblem, SecretVoteProblem};
pub use vote::{SecretBallot, SecretOpening, TellersKey, TotalShare, TotalsOpened};
