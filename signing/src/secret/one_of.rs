//! The proof that a ciphertext holds one of a few numbers, without saying which (Cramer, Damgård, Schoenmakers, CRYPTO '94).
//!
//! For each number there is a branch. The prover can answer one of them truly and invents the others; the challenges of all
//! branches add up to the one challenge of the ballot, so at least one cannot be invented.

use curve25519_dalek::ristretto::{RistrettoPoint, VartimeRistrettoPrecomputation};
use curve25519_dalek::scalar::Scalar;
use curve25519_dalek::traits::VartimePrecomputedMultiscalarMul;
use minicbor::{Decode, Encode};
use rand_core::CryptoRng;
use subtle::{Choice, ConditionallySelectable, ConstantTimeEq};
use zeroize::{Zeroize, ZeroizeOnDrop};

use super::group::{Element, Number, SecretNumber};
use super::transcript::Transcript;

/// An ElGamal ciphertext of v: (r·G, r·Y + v·G) for the key Y.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
pub struct Ciphertext {
    /// r·G.
    #[n(0)]
    pub(super) blind: Element,
    /// r·Y + v·G.
    #[n(1)]
    pub(super) body: Element,
}

impl Ciphertext {
    /// The ciphertext of the sum.
    pub(super) fn sum<'a>(of: impl Iterator<Item = &'a Self> + Clone) -> Self {
        let blind: RistrettoPoint = of.clone().map(|one| one.blind.point()).sum();
        let body: RistrettoPoint = of.map(|one| one.body.point()).sum();
        Self { blind: Element::of(blind), body: Element::of(body) }
    }

    pub(super) fn add_to(self, transcript: Transcript) -> Transcript {
        transcript.element(&self.blind).element(&self.body)
    }
}

/// A key that ballots are checked with: the generator's and the key's multiples, computed once.
pub(super) struct CheckingKey(VartimeRistrettoPrecomputation);

impl CheckingKey {
    pub(super) fn new(key: &Element) -> Self {
        Self(VartimeRistrettoPrecomputation::new([curve25519_dalek::constants::RISTRETTO_BASEPOINT_POINT, *key.point()]))
    }

    /// on_generator·G + on_key·Y + factor·point, in variable time: for public values.
    fn combine(&self, on_generator: Scalar, on_key: Scalar, factor: Scalar, point: &Element) -> Element {
        Element::of(self.0.vartime_mixed_multiscalar_mul([on_generator, on_key], [factor], [point.point()]))
    }
}

/// The proof. Its challenge is that of the whole ballot.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct OneOf {
    /// Of all branches but the last, which has what is missing to the whole.
    #[n(0)]
    challenges: Vec<Number>,
    /// Of all branches.
    #[n(1)]
    responses: Vec<Number>,
}

impl OneOf {
    pub(super) fn branches(&self) -> Option<usize> {
        (self.challenges.len() + 1 == self.responses.len()).then_some(self.responses.len())
    }

    /// Adds the commitments that this proof implies for the numbers `least`, `least` + 1, … and the challenge `whole`.
    pub(super) fn add_to(
        &self,
        mut transcript: Transcript,
        key: &CheckingKey,
        about: &Ciphertext,
        least: u32,
        whole: &Scalar,
    ) -> Transcript {
        let last = whole - self.challenges.iter().map(|challenge| challenge.0).sum::<Scalar>();
        let challenges = self.challenges.iter().map(|challenge| challenge.0).chain([last]);
        for ((challenge, response), value) in challenges.zip(&self.responses).zip(least..) {
            let blind = key.combine(response.0, Scalar::ZERO, -challenge, &about.blind);
            let body = key.combine(challenge * Scalar::from(value), response.0, -challenge, &about.body);
            transcript = transcript.element(&blind).element(&body);
        }
        transcript
    }
}

/// One branch before the challenge is known. Which one is real is the vote, so every branch is computed in both ways.
#[derive(Zeroize, ZeroizeOnDrop)]
struct Branch {
    real: u8,
    challenge: Scalar,
    response: Scalar,
}

/// A proof before the challenge is known.
pub(super) struct Draft {
    branches: Vec<Branch>,
    nonce: SecretNumber,
    blinding: SecretNumber,
    commitments: Vec<(Element, Element)>,
}

/// What a draft is about.
pub(super) struct Claim<'a> {
    pub(super) key: &'a Element,
    pub(super) ciphertext: &'a Ciphertext,
    /// The r of the ciphertext.
    pub(super) blinding: SecretNumber,
    /// The number in it.
    pub(super) value: Scalar,
    /// The numbers of the branches.
    pub(super) least: u32,
    pub(super) most: u32,
}

impl Draft {
    pub(super) fn begin(claim: Claim<'_>, rng: &mut impl CryptoRng) -> Self {
        let Claim { key, ciphertext, blinding, value, least, most } = claim;
        let nonce = SecretNumber::random(rng);
        let real_blind = RistrettoPoint::mul_base(&nonce.0);
        let real_body = key.point() * nonce.0;
        let mut branches = Vec::new();
        let mut commitments = Vec::new();
        for number in least..=most {
            let number = Scalar::from(number);
            let real = number.ct_eq(&value);
            let (challenge, response) = (SecretNumber::random(rng), SecretNumber::random(rng));
            let shifted = ciphertext.body.point() - RistrettoPoint::mul_base(&number);
            let made_up_blind = RistrettoPoint::mul_base(&response.0) - ciphertext.blind.point() * challenge.0;
            let made_up_body = key.point() * response.0 - shifted * challenge.0;
            commitments.push((
                Element::of(RistrettoPoint::conditional_select(&made_up_blind, &real_blind, real)),
                Element::of(RistrettoPoint::conditional_select(&made_up_body, &real_body, real)),
            ));
            branches.push(Branch { real: real.unwrap_u8(), challenge: challenge.0, response: response.0 });
        }
        Self { branches, nonce, blinding, commitments }
    }

    pub(super) fn add_to(&self, transcript: Transcript) -> Transcript {
        self.commitments.iter().fold(transcript, |transcript, (blind, body)| transcript.element(blind).element(body))
    }

    pub(super) fn finish(self, whole: &Scalar) -> OneOf {
        let made_up: Scalar = self
            .branches
            .iter()
            .map(|branch| Scalar::conditional_select(&branch.challenge, &Scalar::ZERO, Choice::from(branch.real)))
            .sum();
        let real_challenge = whole - made_up;
        let real_response = self.nonce.0 + real_challenge * self.blinding.0;
        let mut challenges = Vec::with_capacity(self.branches.len());
        let mut responses = Vec::with_capacity(self.branches.len());
        for branch in &self.branches {
            let real = Choice::from(branch.real);
            challenges.push(Number(Scalar::conditional_select(&branch.challenge, &real_challenge, real)));
            responses.push(Number(Scalar::conditional_select(&branch.response, &real_response, real)));
        }
        challenges.pop();
        OneOf { challenges, responses }
    }
}
