//! How tellers make a key that no fewer than a threshold of them can use: three rounds, each a signed act of each teller.
//!
//! 1. **Offer**: a key of the teller's own for this ceremony, to which the others seal shares.
//! 2. **Deal**: each teller chooses a polynomial, publishes commitments to its coefficients and a share for every teller, sealed.
//! 3. **Confirm**: each opens the shares sealed to it, checks them against the commitments, and confirms or complains. A complaint
//!    shows the secret of that one sealed share with a proof, so everybody sees who lied: the dealer or who complains.
//!
//! The key is the sum of the dealers' constant terms. It holds once all have confirmed and nobody has complained; a ceremony with a
//! lie in it is void and says whose lie it was, and the body elects again without them. (Pedersen, EUROCRYPT '91; Feldman, FOCS '87;
//! proofs of possession as in Komlo and Goldberg, FROST, SAC 2020; secret enough for ElGamal by Cortier, Galindo, Glondu and
//! Izabachène, WPES 2013.)

mod judge;
mod message;
mod polynomial;
mod problem;
mod teller;

use std::collections::BTreeMap;

use domain::id::{DeviceId, Hash32};
use domain::vote::TellerElection;

pub use judge::judge_ceremony;
pub use message::{Complaint, Confirmation, Dealing, KeyOffer};
pub(super) use polynomial::weight;
pub use problem::CeremonyProblem;
pub(super) use teller::share_of_key;
pub use teller::{TellerError, TellerSecret, confirm, deal, offer};

use super::group::Element;
use super::vote::TellersKey;

/// The messages of one round by the place of their teller, each with the act it came in.
type Round<T> = BTreeMap<usize, (Hash32, T)>;

/// How far a ceremony is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CeremonyStage {
    /// Offers of these tellers (places counted from 0) are missing.
    Offers(Vec<usize>),
    /// All have offered; dealings of these are missing.
    Dealings(Vec<usize>),
    /// All have dealt; confirmations of these are missing.
    Confirmations(Vec<usize>),
    /// The key holds.
    Ready(Box<TellersKey>),
    /// It is void: see [`CeremonyRecord::problems`].
    Void,
}

/// A ceremony as its acts tell it.
#[derive(Debug, Clone)]
pub struct CeremonyRecord {
    /// Who was elected.
    pub election: TellerElection,
    /// Hash of the act that says so.
    pub election_hash: Hash32,
    /// The device that declared it.
    pub elected_by: DeviceId,
    /// How far it is.
    pub stage: CeremonyStage,
    /// Who did what they must not; then the ceremony is void.
    pub problems: Vec<CeremonyProblem>,
    offers: Round<KeyOffer>,
    dealings: Round<Dealing>,
}

impl CeremonyRecord {
    /// The key and the acts it was made in, once it holds.
    pub fn key(&self) -> Option<&TellersKey> {
        match &self.stage {
            CeremonyStage::Ready(key) => Some(key.as_ref()),
            _ => None,
        }
    }

    /// Whether the teller with this device has said what the present round asks for.
    pub fn has_spoken(&self, device: &DeviceId) -> bool {
        let Some(place) = self.election.place_of(device) else {
            return false;
        };
        match &self.stage {
            CeremonyStage::Offers(missing) | CeremonyStage::Dealings(missing) | CeremonyStage::Confirmations(missing) => {
                !missing.contains(&place)
            }
            CeremonyStage::Ready(_) | CeremonyStage::Void => true,
        }
    }

    /// The public counterpart of a teller's share of the key; `None` while the key does not hold.
    pub(super) fn share_public(&self, place: usize) -> Option<Element> {
        self.key()?;
        Some(polynomial::expected_share(&messages(&self.dealings), place))
    }
}

fn messages<T>(round: &Round<T>) -> Vec<&T> {
    round.values().map(|(_, message)| message).collect()
}

fn acts<T>(round: &Round<T>) -> Vec<Hash32> {
    round.values().map(|(act, _)| *act).collect()
}

/// Place `place` among the tellers is the argument `place` + 1 of the polynomials: at 0 stands the key.
pub(super) fn argument(place: usize) -> u64 {
    u64::try_from(place).unwrap_or(u64::MAX - 1) + 1
}

#[cfg(test)]
mod tests;
