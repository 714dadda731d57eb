//! A sealed ballot: one ciphertext for each place, and one proof that the whole is a ballot of the form.
//!
//! Each place holds 0 or 1; each group of places holds as many marks as the form allows. All parts share one challenge, over
//! the opening, the voter's entry on the roll, the key, all ciphertexts and all commitments: a ballot, or a part of one, is good
//! for no other vote, voter, device or place.

use curve25519_dalek::ristretto::RistrettoPoint;
use curve25519_dalek::scalar::Scalar;
use domain::id::{DeviceId, Hash32};
use domain::vote::{BallotForm, MarkError, SlotGroup};
use minicbor::{Decode, Encode};
use rand_core::CryptoRng;
use zeroize::Zeroizing;

use super::group::{Element, Number, SecretNumber};
use super::one_of::{CheckingKey, Ciphertext, Claim, Draft, OneOf};
use super::transcript::Transcript;
use super::vote::SecretOpening;
use crate::canonical;
use crate::limits::SEALED_BALLOT_BYTES;

const PROOF: &str = "kyhop/1 secret ballot";

/// What travels in the act of a secret ballot.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct SealedBallot {
    /// One for each place of the form.
    #[n(0)]
    slots: Vec<Ciphertext>,
    /// Of the whole proof.
    #[n(1)]
    challenge: Number,
    /// For each place: it holds 0 or 1.
    #[n(2)]
    marks: Vec<OneOf>,
    /// For each group of places: their sum is allowed.
    #[n(3)]
    sums: Vec<OneOf>,
}

/// Why something is no sealed ballot.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BallotDefect {
    /// The device has no entry on the roll of this vote.
    #[error("the device has no entry on the roll")]
    NotOnRoll,
    /// The bytes are no sealed ballot.
    #[error("the sealed ballot is not readable")]
    Unreadable,
    /// It has other places than the form.
    #[error("the sealed ballot has another form")]
    WrongForm,
    /// The proof does not hold for this vote, this voter, this device and these ciphertexts.
    #[error("the proof of the sealed ballot does not hold")]
    ProofWrong,
}

/// Why a ballot was not sealed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SealBallotError {
    /// The device has no entry on the roll of this vote.
    #[error("the device has no entry on the roll")]
    NotOnRoll,
    /// The marks are no ballot of the form.
    #[error(transparent)]
    Marks(#[from] MarkError),
}

impl SealBallotError {
    /// Stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotOnRoll => "not_on_roll",
            Self::Marks(error) => error.code(),
        }
    }
}

/// What the proof of a ballot is bound to. The hash of the opening covers question, form, roll, tellers and key; the entry of
/// the roll is written out so that two voters never share a context.
fn context(opening: &SecretOpening, hash: &Hash32, device: &DeviceId) -> Option<Transcript> {
    let roll = &opening.opening.roll;
    let seat = roll.iter().position(|entry| entry.device == Some(*device))?;
    Some(
        Transcript::new(PROOF)
            .hash(hash)
            .number(seat)
            .bytes(roll.get(seat)?.person.as_bytes())
            .bytes(device.as_bytes())
            .element(&opening.tellers.key),
    )
}

/// Seals the marks of the voter who votes with `device`. `hash` is that of the opening act. `marks` has one entry for each
/// place ([`BallotForm::marks`]); wiping it afterwards is up to who made it.
///
/// Which places are marked decides neither branches nor addresses from here on.
///
/// # Errors
/// [`SealBallotError`].
pub fn seal_ballot(
    opening: &SecretOpening,
    hash: &Hash32,
    device: &DeviceId,
    marks: &[bool],
    rng: &mut impl CryptoRng,
) -> Result<Vec<u8>, SealBallotError> {
    opening.form.check_marks(marks)?;
    let context = context(opening, hash, device).ok_or(SealBallotError::NotOnRoll)?;
    let values = Zeroizing::new(marks.iter().map(|mark| Scalar::from(u8::from(*mark))).collect::<Vec<_>>());
    let filled = Filled::new(&opening.tellers.key, &values, rng);
    Ok(canonical::encode(&filled.prove(context, &opening.tellers.key, &opening.form, &values, rng)))
}

/// Ciphertexts and what they hide.
struct Filled {
    slots: Vec<Ciphertext>,
    blindings: Vec<SecretNumber>,
}

impl Filled {
    fn new(key: &Element, values: &[Scalar], rng: &mut impl CryptoRng) -> Self {
        let blindings: Vec<SecretNumber> = values.iter().map(|_| SecretNumber::random(rng)).collect();
        let slots = blindings
            .iter()
            .zip(values)
            .map(|(blinding, value)| {
                let body = key.point() * blinding.0 + RistrettoPoint::mul_base(value);
                Ciphertext { blind: blinding.public(), body: Element::of(body) }
            })
            .collect();
        Self { slots, blindings }
    }

    /// The proof that the places hold `values` and that these are a ballot of the form. It does not hold if they are not.
    fn prove(
        self,
        context: Transcript,
        key: &Element,
        form: &BallotForm,
        values: &[Scalar],
        rng: &mut impl CryptoRng,
    ) -> SealedBallot {
        let Self { slots, blindings } = self;
        let marks: Vec<Draft> = slots
            .iter()
            .zip(&blindings)
            .zip(values)
            .map(|((ciphertext, blinding), value)| {
                Draft::begin(Claim { key, ciphertext, blinding: SecretNumber(blinding.0), value: *value, least: 0, most: 1 }, rng)
            })
            .collect();
        let sums: Vec<Draft> = form
            .groups()
            .into_iter()
            .map(|SlotGroup { first, slots: length, least, most }| {
                let of = first..first + length;
                let blinding = SecretNumber(blindings[of.clone()].iter().map(|blinding| blinding.0).sum());
                let value = values[of.clone()].iter().sum();
                let ciphertext = Ciphertext::sum(slots[of].iter());
                Draft::begin(Claim { key, ciphertext: &ciphertext, blinding, value, least, most }, rng)
            })
            .collect();
        let transcript = slots.iter().fold(context, |transcript, slot| slot.add_to(transcript));
        let challenge = marks.iter().chain(&sums).fold(transcript, |transcript, draft| draft.add_to(transcript)).challenge();
        let finish = |drafts: Vec<Draft>| drafts.into_iter().map(|draft| draft.finish(&challenge)).collect();
        SealedBallot { slots, challenge: Number(challenge), marks: finish(marks), sums: finish(sums) }
    }
}

/// Checks the sealed ballots of one vote.
pub struct BallotChecker<'a> {
    opening: &'a SecretOpening,
    hash: Hash32,
    key: CheckingKey,
    groups: Vec<SlotGroup>,
}

impl<'a> BallotChecker<'a> {
    /// `hash` is that of the opening act. Prepares multiples of the key, some 0.1 ms.
    pub fn new(opening: &'a SecretOpening, hash: Hash32) -> Self {
        let key = CheckingKey::new(&opening.tellers.key);
        Self { opening, hash, key, groups: opening.form.groups() }
    }

    /// Whether `sealed` is a ballot of this form, sealed for this vote by the voter who votes with `device`.
    ///
    /// # Errors
    /// [`BallotDefect`].
    pub fn check(&self, device: &DeviceId, sealed: &[u8]) -> Result<SealedBallot, BallotDefect> {
        let context = context(self.opening, &self.hash, device).ok_or(BallotDefect::NotOnRoll)?;
        let ballot: SealedBallot = canonical::decode(sealed, SEALED_BALLOT_BYTES).map_err(|_| BallotDefect::Unreadable)?;
        if !self.fits(&ballot) {
            return Err(BallotDefect::WrongForm);
        }
        let whole = ballot.challenge.0;
        let mut transcript = ballot.slots.iter().fold(context, |transcript, slot| slot.add_to(transcript));
        for (slot, proof) in ballot.slots.iter().zip(&ballot.marks) {
            transcript = proof.add_to(transcript, &self.key, slot, 0, &whole);
        }
        for (group, proof) in self.groups.iter().zip(&ballot.sums) {
            let sum = Ciphertext::sum(ballot.slots[group.first..group.first + group.slots].iter());
            transcript = proof.add_to(transcript, &self.key, &sum, group.least, &whole);
        }
        if transcript.challenge() == whole { Ok(ballot) } else { Err(BallotDefect::ProofWrong) }
    }

    /// As many places, groups and branches as the form has; no ciphertext that hides nothing.
    fn fits(&self, ballot: &SealedBallot) -> bool {
        let branches = |group: &SlotGroup| usize::try_from(group.most - group.least).ok().map(|steps| steps + 1);
        ballot.slots.len() == self.opening.form.slots()
            && ballot.slots.iter().all(|slot| !slot.blind.is_neutral())
            && ballot.marks.len() == ballot.slots.len()
            && ballot.marks.iter().all(|proof| proof.branches() == Some(2))
            && ballot.sums.len() == self.groups.len()
            && ballot.sums.iter().zip(&self.groups).all(|(proof, group)| proof.branches() == branches(group))
    }
}

impl SealedBallot {
    /// Place by place, the ciphertexts of the sums of all ballots; `None` where there is none.
    pub(super) fn add<'a>(ballots: impl Iterator<Item = &'a Self> + Clone, slots: usize) -> Option<Vec<Ciphertext>> {
        ballots.clone().next()?;
        (0..slots)
            .map(|slot| {
                ballots
                    .clone()
                    .all(|ballot| slot < ballot.slots.len())
                    .then(|| Ciphertext::sum(ballots.clone().filter_map(move |ballot| ballot.slots.get(slot))))
            })
            .collect()
    }
}

#[cfg(test)]
mod tests;
