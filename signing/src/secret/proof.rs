//! Two proofs about discrete logarithms, made non-interactive over a [`Transcript`].
//!
//! - [`Knowledge`]: I know x with X = x·G (Schnorr, J. Cryptology 4 (1991)).
//! - [`Equality`]: the x of X = x·G is that of D = x·A (Chaum and Pedersen, CRYPTO '92).
//!
//! Both are written as (challenge, response): the verifier computes the commitments again and compares the challenge.

use curve25519_dalek::ristretto::RistrettoPoint;
use curve25519_dalek::scalar::Scalar;
use curve25519_dalek::traits::VartimeMultiscalarMul;
use minicbor::{Decode, Encode};
use rand_core::CryptoRng;

use super::group::{Element, Number, SecretNumber};
use super::transcript::Transcript;

/// Somebody knows the discrete logarithm of an element.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
pub struct Knowledge {
    #[n(0)]
    challenge: Number,
    #[n(1)]
    response: Number,
}

impl Knowledge {
    /// `context` says what it is proved for; `public` must be `secret.public()`.
    pub(super) fn prove(context: Transcript, secret: &SecretNumber, public: &Element, rng: &mut impl CryptoRng) -> Self {
        let nonce = SecretNumber::random(rng);
        let challenge = context.element(public).element(&nonce.public()).challenge();
        Self { challenge: Number(challenge), response: Number(nonce.0 + challenge * secret.0) }
    }

    pub(super) fn holds(&self, context: Transcript, public: &Element) -> bool {
        let commitment =
            RistrettoPoint::vartime_double_scalar_mul_basepoint(&-self.challenge.0, public.point(), &self.response.0);
        context.element(public).element(&Element::of(commitment)).challenge() == self.challenge.0
    }
}

/// Two elements have the same discrete logarithm, one to the generator, one to another base.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
pub struct Equality {
    #[n(0)]
    challenge: Number,
    #[n(1)]
    response: Number,
}

/// What an [`Equality`] is about: log of `public` to the generator = log of `image` to `base`.
#[derive(Debug, Clone, Copy)]
pub(super) struct SameLog<'a> {
    pub(super) public: &'a Element,
    pub(super) base: &'a Element,
    pub(super) image: &'a Element,
}

impl SameLog<'_> {
    fn challenge(&self, context: Transcript, on_generator: &Element, on_base: &Element) -> Scalar {
        [self.public, self.base, self.image, on_generator, on_base].into_iter().fold(context, Transcript::element).challenge()
    }
}

impl Equality {
    /// `secret` must be the logarithm that the statement is about.
    pub(super) fn prove(context: Transcript, secret: &SecretNumber, about: SameLog<'_>, rng: &mut impl CryptoRng) -> Self {
        let nonce = SecretNumber::random(rng);
        let on_base = Element::of(about.base.point() * nonce.0);
        let challenge = about.challenge(context, &nonce.public(), &on_base);
        Self { challenge: Number(challenge), response: Number(nonce.0 + challenge * secret.0) }
    }

    pub(super) fn holds(&self, context: Transcript, about: SameLog<'_>) -> bool {
        let (minus, response) = (-self.challenge.0, self.response.0);
        let on_generator = RistrettoPoint::vartime_double_scalar_mul_basepoint(&minus, about.public.point(), &response);
        let on_base = RistrettoPoint::vartime_multiscalar_mul([minus, response], [about.image.point(), about.base.point()]);
        about.challenge(context, &Element::of(on_generator), &Element::of(on_base)) == self.challenge.0
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]

    use proptest::prelude::*;
    use rand_chacha::ChaCha20Rng;
    use rand_chacha::rand_core::SeedableRng;

    use super::*;

    fn context(of: &str) -> Transcript {
        Transcript::new("a context of a test").bytes(of.as_bytes())
    }

    proptest! {
        #[test]
        fn who_knows_convinces_and_who_does_not_fails(seed in any::<u64>()) {
            let mut rng = ChaCha20Rng::seed_from_u64(seed);
            let (secret, other) = (SecretNumber::random(&mut rng), SecretNumber::random(&mut rng));
            let public = secret.public();
            let proof = Knowledge::prove(context("a"), &secret, &public, &mut rng);
            prop_assert!(proof.holds(context("a"), &public));
            prop_assert!(!proof.holds(context("b"), &public));
            prop_assert!(!proof.holds(context("a"), &other.public()));
            prop_assert!(!Knowledge::prove(context("a"), &other, &public, &mut rng).holds(context("a"), &public));
        }

        #[test]
        fn two_different_logarithms_are_never_shown_equal(seed in any::<u64>()) {
            let mut rng = ChaCha20Rng::seed_from_u64(seed);
            let secrets: Vec<_> = (0..3).map(|_| SecretNumber::random(&mut rng)).collect();
            let (public, base) = (secrets[0].public(), secrets[1].public());
            let (image, wrong) = (Element::of(base.point() * secrets[0].0), Element::of(base.point() * secrets[2].0));
            let about = SameLog { public: &public, base: &base, image: &image };
            let proof = Equality::prove(context("a"), &secrets[0], about, &mut rng);
            prop_assert!(proof.holds(context("a"), about));
            prop_assert!(!proof.holds(context("b"), about));
            let lie = SameLog { image: &wrong, ..about };
            prop_assert!(!proof.holds(context("a"), lie));
            for secret in [&secrets[0], &secrets[2]] {
                prop_assert!(!Equality::prove(context("a"), secret, lie, &mut rng).holds(context("a"), lie));
            }
        }
    }
}
