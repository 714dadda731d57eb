//! Polynomials over the numbers of the group, in the open and in commitments.

use curve25519_dalek::ristretto::RistrettoPoint;
use curve25519_dalek::scalar::Scalar;
use curve25519_dalek::traits::{Identity, VartimeMultiscalarMul};
use rand_core::CryptoRng;

use super::super::group::{Element, SecretNumber};
use super::argument;
use super::message::Dealing;

/// The secret coefficients, from the constant term upwards.
pub(super) struct Polynomial(Vec<SecretNumber>);

impl Polynomial {
    pub(super) fn random(coefficients: usize, rng: &mut impl CryptoRng) -> Self {
        Self((0..coefficients).map(|_| SecretNumber::random(rng)).collect())
    }

    pub(super) fn constant(&self) -> Option<&SecretNumber> {
        self.0.first()
    }

    pub(super) fn commitments(&self) -> Vec<Element> {
        self.0.iter().map(SecretNumber::public).collect()
    }

    /// Its value for the teller at a place.
    pub(super) fn value(&self, place: usize) -> SecretNumber {
        let at = Scalar::from(argument(place));
        SecretNumber(self.0.iter().rev().fold(Scalar::ZERO, |sum, coefficient| sum * at + coefficient.0))
    }
}

/// What the value of the committed polynomial for the teller at a place is, times the generator.
pub(super) fn committed_value(commitments: &[Element], place: usize) -> Element {
    let at = Scalar::from(argument(place));
    let mut power = Scalar::ONE;
    let powers = commitments.iter().map(|_| {
        let this = power;
        power *= at;
        this
    });
    let powers: Vec<Scalar> = powers.collect();
    Element::of(RistrettoPoint::vartime_multiscalar_mul(powers, commitments.iter().map(|commitment| *commitment.point())))
}

/// The public counterpart of the share of the key at a place: the sum over all dealers.
pub(super) fn expected_share(dealings: &[&Dealing], place: usize) -> Element {
    sum(dealings.iter().map(|dealing| committed_value(&dealing.commitments, place)))
}

/// The key: the sum of all constant terms.
pub(super) fn key(dealings: &[&Dealing]) -> Element {
    sum(dealings.iter().filter_map(|dealing| dealing.commitments.first().copied()))
}

fn sum(elements: impl Iterator<Item = Element>) -> Element {
    Element::of(elements.fold(RistrettoPoint::identity(), |sum, element| sum + element.point()))
}

/// What the share at one of `places` (all different) weighs when the value at 0 is put together (Lagrange).
///
/// The arguments are at most 15 different small numbers, so no difference is zero.
pub(in super::super) fn weight(place: usize, places: &[usize]) -> Scalar {
    let own = Scalar::from(argument(place));
    let (mut above, mut below) = (Scalar::ONE, Scalar::ONE);
    for other in places.iter().filter(|other| **other != place) {
        let other = Scalar::from(argument(*other));
        above *= other;
        below *= other - own;
    }
    above * below.invert()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]

    use proptest::prelude::*;
    use rand_chacha::ChaCha20Rng;
    use rand_chacha::rand_core::SeedableRng;

    use super::*;

    proptest! {
        #[test]
        fn any_threshold_of_values_gives_the_constant_and_one_fewer_does_not(
            seed in any::<u64>(),
            threshold in 2usize..8,
            places in Just((0..15).collect::<Vec<usize>>()).prop_shuffle(),
        ) {
            let polynomial = Polynomial::random(threshold, &mut ChaCha20Rng::seed_from_u64(seed));
            let together = |places: &[usize]| -> Scalar {
                places.iter().map(|place| weight(*place, places) * polynomial.value(*place).0).sum()
            };
            let constant = polynomial.constant().unwrap().0;
            prop_assert!(together(&places[..threshold]) == constant);
            prop_assert!(together(&places) == constant);
            prop_assert!(together(&places[..threshold - 1]) != constant);
        }

        #[test]
        fn a_value_fits_its_commitments_and_no_other_place(seed in any::<u64>(), place in 0usize..15) {
            let polynomial = Polynomial::random(3, &mut ChaCha20Rng::seed_from_u64(seed));
            let commitments = polynomial.commitments();
            prop_assert_eq!(committed_value(&commitments, place), polynomial.value(place).public());
            prop_assert_ne!(committed_value(&commitments, place + 1), polynomial.value(place).public());
        }
    }
}
