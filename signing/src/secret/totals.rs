//! Opening totals: each teller's share of a sum of sealed ballots, and the sum from any threshold of them.
//!
//! Nothing but the sum over the ballots of a final close is ever opened. What is given to a teller's device is the record of
//! the vote, never a ciphertext.

use std::collections::BTreeMap;

use curve25519_dalek::ristretto::RistrettoPoint;
use curve25519_dalek::traits::{Identity, VartimeMultiscalarMul};
use domain::id::Hash32;
use rand_core::CryptoRng;

use super::ceremony::{CeremonyRecord, weight};
use super::group::{Element, SecretNumber};
use super::one_of::Ciphertext;
use super::proof::{Equality, SameLog};
use super::transcript::Transcript;
use super::vote::TotalShare;

const SHARE: &str = "kyhop/1 total share";

/// What the proof of a share is bound to.
#[derive(Debug, Clone, Copy)]
pub(super) struct Occasion<'a> {
    pub(super) opening: &'a Hash32,
    pub(super) closing: &'a Hash32,
}

impl Occasion<'_> {
    fn context(&self, teller: usize, slot: usize) -> Transcript {
        Transcript::new(SHARE).hash(self.opening).hash(self.closing).number(teller).number(slot)
    }
}

/// The shares of the teller at `place`, whose share of the key is `secret`, of these sums.
pub(super) fn shares(
    occasion: Occasion<'_>,
    place: usize,
    secret: &SecretNumber,
    sums: &[Ciphertext],
    rng: &mut impl CryptoRng,
) -> Vec<TotalShare> {
    let public = secret.public();
    sums.iter()
        .enumerate()
        .map(|(slot, sum)| {
            let share = Element::of(sum.blind.point() * secret.0);
            let about = SameLog { public: &public, base: &sum.blind, image: &share };
            let proof = Equality::prove(occasion.context(place, slot), secret, about, rng);
            TotalShare { share, proof }
        })
        .collect()
}

/// Whether these are the shares that the teller at `place` must give.
pub(super) fn shares_hold(
    occasion: Occasion<'_>,
    place: usize,
    ceremony: &CeremonyRecord,
    sums: &[Ciphertext],
    shares: &[TotalShare],
) -> bool {
    let Some(public) = ceremony.share_public(place) else {
        return false;
    };
    shares.len() == sums.len()
        && sums.iter().zip(shares).enumerate().all(|(slot, (sum, given))| {
            let about = SameLog { public: &public, base: &sum.blind, image: &given.share };
            given.proof.holds(occasion.context(place, slot), about)
        })
}

/// The numbers in the sums, none above `most`, from shares that hold of at least the threshold of tellers. `None` if a sum holds
/// no such number, which ballots whose proofs hold cannot make.
pub(super) fn open(sums: &[Ciphertext], shares: &BTreeMap<usize, &[TotalShare]>, most: u32) -> Option<Vec<u32>> {
    let places: Vec<usize> = shares.keys().copied().collect();
    let weights: Vec<_> = places.iter().map(|place| weight(*place, &places)).collect();
    let known = multiples(most);
    sums.iter()
        .enumerate()
        .map(|(slot, sum)| {
            let given: Option<Vec<RistrettoPoint>> =
                shares.values().map(|shares| shares.get(slot).map(|share| *share.share.point())).collect();
            let shared = RistrettoPoint::vartime_multiscalar_mul(&weights, given?);
            known.get(Element::of(sum.body.point() - shared).as_bytes()).copied()
        })
        .collect()
}

/// 0·G to most·G: a logarithm within the size of a roll is looked up.
fn multiples(most: u32) -> BTreeMap<[u8; 32], u32> {
    let mut multiple = RistrettoPoint::identity();
    (0..=most)
        .map(|number| {
            let bytes = *Element::of(multiple).as_bytes();
            multiple += curve25519_dalek::constants::RISTRETTO_BASEPOINT_POINT;
            (bytes, number)
        })
        .collect()
}
