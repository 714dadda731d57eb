//! What a teller's device does in the ceremony. Its one secret is that of its offer; its share of the key is computed from the
//! public acts with it whenever it is needed, and lost for good with it.

use curve25519_dalek::ristretto::RistrettoPoint;
use curve25519_dalek::scalar::Scalar;
use domain::id::{DeviceId, Hash32};
use domain::vote::TellerElection;
use rand_core::CryptoRng;
use zeroize::Zeroizing;

use super::super::group::{Element, SecretNumber};
use super::super::proof::{Equality, Knowledge, SameLog};
use super::message::{
    Complaint, Confirmation, Dealing, KeyOffer, SealedShare, Speaker, digest_of_dealings, digest_of_offers, pad, shared_with,
};
use super::polynomial::{Polynomial, committed_value};
use super::{CeremonyRecord, CeremonyStage, acts};

const SECRET_VERSION: u8 = 1;
const SECRET_LEN: usize = 33;

/// Why a teller's device does not do what it was asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TellerError {
    /// The device is none of the tellers'.
    #[error("this device is none of the tellers'")]
    NotATeller,
    /// It is not the turn for this, or it was done before.
    #[error("it is not the turn for this step, or it was done before")]
    NotTheTurn,
    /// The ceremony is void.
    #[error("the key ceremony is void")]
    Void,
    /// The stored secret is damaged, or that of another ceremony.
    #[error("the stored secret of the teller does not belong to this key")]
    WrongSecret,
}

impl TellerError {
    /// Stable code.
    pub fn code(self) -> &'static str {
        match self {
            Self::NotATeller => "not_a_teller",
            Self::NotTheTurn => "not_the_turn_of_the_teller",
            Self::Void => "ceremony_void",
            Self::WrongSecret => "teller_secret_wrong",
        }
    }
}

/// The secret of a teller's offer. Wiped when dropped; to be erased from the device once the minutes are signed.
#[derive(Debug)]
pub struct TellerSecret(pub(super) SecretNumber);

impl TellerSecret {
    /// For storing under the profile key, never elsewhere.
    pub fn to_secret_bytes(&self) -> Zeroizing<Vec<u8>> {
        let mut bytes = Zeroizing::new(Vec::with_capacity(SECRET_LEN));
        bytes.push(SECRET_VERSION);
        bytes.extend_from_slice(self.0.0.as_bytes());
        bytes
    }

    /// What [`Self::to_secret_bytes`] wrote.
    ///
    /// # Errors
    /// [`TellerError::WrongSecret`] for another length, version or form.
    pub fn from_secret_bytes(bytes: &[u8]) -> Result<Self, TellerError> {
        let number = bytes.strip_prefix(&[SECRET_VERSION]).ok_or(TellerError::WrongSecret)?;
        let number: Zeroizing<[u8; 32]> = Zeroizing::new(number.try_into().map_err(|_| TellerError::WrongSecret)?);
        let number = Option::<Scalar>::from(Scalar::from_canonical_bytes(*number)).ok_or(TellerError::WrongSecret)?;
        Ok(Self(SecretNumber(number)))
    }
}

/// Round 1. The secret must be durable before the offer is published.
///
/// # Errors
/// [`TellerError::NotATeller`].
pub fn offer(
    election: &TellerElection,
    election_hash: &Hash32,
    device: &DeviceId,
    rng: &mut impl CryptoRng,
) -> Result<(TellerSecret, KeyOffer), TellerError> {
    let place = election.place_of(device).ok_or(TellerError::NotATeller)?;
    let secret = SecretNumber::random(rng);
    let key = secret.public();
    let by = Speaker { election: election_hash, place };
    let proof = Knowledge::prove(by.offer(), &secret, &key, rng);
    Ok((TellerSecret(secret), KeyOffer { election: *election_hash, key, proof }))
}

/// Round 2, once all have offered. The polynomial is forgotten: the dealer seals a share to itself too.
///
/// # Errors
/// [`TellerError`].
pub fn deal(record: &CeremonyRecord, device: &DeviceId, rng: &mut impl CryptoRng) -> Result<Dealing, TellerError> {
    let place = turn(record, device, |stage| matches!(stage, CeremonyStage::Dealings(_)))?;
    let election = &record.election_hash;
    let by = Speaker { election, place };
    let offers = digest_of_offers(&acts(&record.offers));
    let threshold = usize::try_from(record.election.threshold).unwrap_or(usize::MAX);
    let polynomial = Polynomial::random(threshold, rng);
    let commitments = polynomial.commitments();
    let (Some(constant), Some(committed)) = (polynomial.constant(), commitments.first()) else {
        return Err(TellerError::Void);
    };
    let constant = Knowledge::prove(by.constant(&offers, &commitments), constant, committed, rng);
    let secret = SecretNumber::random(rng);
    let sealer = secret.public();
    let knows_sealer = Knowledge::prove(by.sealer(&offers), &secret, &sealer, rng);
    let sealed = record
        .offers
        .iter()
        .map(|(to, (_, offer))| {
            let shared = shared_with(&secret, &offer.key);
            let mut bytes = pad(election, place, *to, &sealer, &offer.key, &shared);
            xor(&mut bytes, polynomial.value(*to).0.as_bytes());
            SealedShare(bytes)
        })
        .collect();
    Ok(Dealing { election: *election, offers, commitments, constant, sealer, knows_sealer, sealed })
}

/// Round 3, once all have dealt: confirms, or complains of every share that does not fit.
///
/// # Errors
/// [`TellerError`].
pub fn confirm(
    record: &CeremonyRecord,
    device: &DeviceId,
    secret: &TellerSecret,
    rng: &mut impl CryptoRng,
) -> Result<Confirmation, TellerError> {
    let place = turn(record, device, |stage| matches!(stage, CeremonyStage::Confirmations(_)))?;
    let offer = own_offer(record, place, secret)?;
    let dealings = digest_of_dealings(&acts(&record.dealings));
    let by = Speaker { election: &record.election_hash, place };
    let mut complaints = Vec::new();
    for (dealer, (_, dealing)) in &record.dealings {
        let shared = shared_with(&secret.0, &dealing.sealer);
        let dealt_by = Speaker { place: *dealer, ..by };
        if unseal(dealt_by, dealing, place, &offer.key, &shared).is_none() {
            let about = SameLog { public: &offer.key, base: &dealing.sealer, image: &shared };
            let proof = Equality::prove(by.complaint(*dealer, &dealings), &secret.0, about, rng);
            complaints.push(Complaint { dealer: u32::try_from(*dealer).unwrap_or(u32::MAX), shared, proof });
        }
    }
    Ok(Confirmation { election: record.election_hash, dealings, complaints })
}

/// The teller's share of the key, once the key holds.
pub(in super::super) fn share_of_key(
    record: &CeremonyRecord,
    device: &DeviceId,
    secret: &TellerSecret,
) -> Result<(usize, SecretNumber), TellerError> {
    let place = record.election.place_of(device).ok_or(TellerError::NotATeller)?;
    let offer = own_offer(record, place, secret)?;
    let mut share = SecretNumber(Scalar::ZERO);
    for (dealer, (_, dealing)) in &record.dealings {
        let shared = shared_with(&secret.0, &dealing.sealer);
        let by = Speaker { election: &record.election_hash, place: *dealer };
        share.0 += unseal(by, dealing, place, &offer.key, &shared).ok_or(TellerError::WrongSecret)?.0;
    }
    let expected = record.share_public(place).ok_or(TellerError::NotTheTurn)?;
    if share.public() == expected { Ok((place, share)) } else { Err(TellerError::WrongSecret) }
}

/// The place of the device, if the ceremony is at that stage and the device has not spoken in it.
fn turn(record: &CeremonyRecord, device: &DeviceId, at: impl Fn(&CeremonyStage) -> bool) -> Result<usize, TellerError> {
    let place = record.election.place_of(device).ok_or(TellerError::NotATeller)?;
    match &record.stage {
        CeremonyStage::Void => Err(TellerError::Void),
        stage if at(stage) && !record.has_spoken(device) => Ok(place),
        _ => Err(TellerError::NotTheTurn),
    }
}

fn own_offer<'a>(record: &'a CeremonyRecord, place: usize, secret: &TellerSecret) -> Result<&'a KeyOffer, TellerError> {
    let (_, offer) = record.offers.get(&place).ok_or(TellerError::NotTheTurn)?;
    if offer.key == secret.0.public() { Ok(offer) } else { Err(TellerError::WrongSecret) }
}

/// Opens what `dealer` sealed for the teller at `place`, whose key is `key`, under the secret `shared` between them. `None` if it is
/// no number or does not fit the commitments.
pub(super) fn unseal(
    dealer: Speaker<'_>,
    dealing: &Dealing,
    place: usize,
    key: &Element,
    shared: &Element,
) -> Option<SecretNumber> {
    let sealed = dealing.sealed.get(place)?;
    let mut bytes = Zeroizing::new(pad(dealer.election, dealer.place, place, &dealing.sealer, key, shared));
    xor(&mut bytes, &sealed.0);
    let share = SecretNumber(Option::<Scalar>::from(Scalar::from_canonical_bytes(*bytes))?);
    let fits = RistrettoPoint::mul_base(&share.0) == *committed_value(&dealing.commitments, place).point();
    fits.then_some(share)
}

fn xor(bytes: &mut [u8; 32], with: &[u8; 32]) {
    bytes.iter_mut().zip(with).for_each(|(byte, with)| *byte ^= with);
}
