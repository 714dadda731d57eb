//! The keys of a device and of an organisation, and signatures bound to the purpose they were made for.

use std::fmt;

use domain::id::{DeviceId, Hash32};
use ed25519_dalek::{Signer as _, SigningKey, VerifyingKey};
use minicbor::{Decode, Decoder, Encode, Encoder, decode, encode};
use rand_core::CryptoRng;
use x25519_dalek::{PublicKey as AgreementPublic, StaticSecret};
use zeroize::Zeroizing;

/// The fingerprint by which an organisation is known and pinned: see [`RootPublic::fingerprint`].
pub type RootFingerprint = Hash32;
/// An organisation is its root.
pub type OrganisationId = RootFingerprint;

/// What a signature is for. A signature made for one purpose verifies for no other: the signed bytes are
/// `context ‖ 0x00 ‖ message`, and no context holds a zero byte.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Context {
    /// The header of an envelope of the replica.
    Envelope,
    /// A signed act ([`crate::act`]).
    Act,
    /// A device certificate.
    Certificate,
    /// The hello of a connection.
    Hello,
    /// A frame about who is here; never stored.
    Presence,
    /// A request to join.
    Join,
    /// A one-use invitation.
    Invitation,
    /// The revocation of a device.
    Revocation,
    /// The genesis of a space.
    Genesis,
    /// An exported vote.
    Bundle,
    /// The manifest of a package of the handbook.
    Package,
    /// The seal of a meeting's archive.
    Archive,
    /// That a request to join is turned away.
    Refusal,
    /// That an organisation joins another one.
    Accession,
}

impl Context {
    /// All purposes.
    pub const ALL: [Self; 14] = [
        Self::Envelope,
        Self::Act,
        Self::Certificate,
        Self::Hello,
        Self::Presence,
        Self::Join,
        Self::Invitation,
        Self::Revocation,
        Self::Genesis,
        Self::Bundle,
        Self::Package,
        Self::Archive,
        Self::Refusal,
        Self::Accession,
    ];

    /// The text that goes under the signature. Never changes once released.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Envelope => "kyhop/1/envelope",
            Self::Act => "kyhop/1/act",
            Self::Certificate => "kyhop/1/certificate",
            Self::Hello => "kyhop/1/hello",
            Self::Presence => "kyhop/1/presence",
            Self::Join => "kyhop/1/join",
            Self::Invitation => "kyhop/1/invitation",
            Self::Revocation => "kyhop/1/revocation",
            Self::Genesis => "kyhop/1/genesis",
            Self::Bundle => "kyhop/1/bundle",
            Self::Package => "kyhop/1/package",
            Self::Archive => "kyhop/1/archive",
            Self::Refusal => "kyhop/1/refusal",
            Self::Accession => "kyhop/1/accession",
        }
    }

    pub(crate) fn frame(self, message: &[u8]) -> Vec<u8> {
        let context = self.as_str().as_bytes();
        let mut framed = Vec::with_capacity(context.len() + 1 + message.len());
        framed.extend_from_slice(context);
        framed.push(0);
        framed.extend_from_slice(message);
        framed
    }
}

/// An Ed25519 signature (RFC 8032).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Signature(pub [u8; 64]);

impl Signature {
    /// Length in bytes.
    pub const LEN: usize = 64;
}

impl fmt::Debug for Signature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Signature(")?;
        self.0[..4].iter().try_for_each(|byte| write!(f, "{byte:02x}"))?;
        f.write_str(")")
    }
}

impl<C> Encode<C> for Signature {
    fn encode<W: encode::Write>(&self, e: &mut Encoder<W>, _: &mut C) -> Result<(), encode::Error<W::Error>> {
        e.bytes(&self.0)?.ok()
    }
}

impl<'b, C> Decode<'b, C> for Signature {
    fn decode(d: &mut Decoder<'b>, _: &mut C) -> Result<Self, decode::Error> {
        d.bytes()?.try_into().map(Self).map_err(|_| decode::Error::message("a signature has 64 bytes"))
    }
}

/// Why a signature, or a key read from somewhere, was not accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SignatureError {
    /// The public key is no point of the curve, or one of the few under which anything verifies.
    #[error("the public key is not usable")]
    BadKey,
    /// The signature is not by this key, over this message, for this purpose.
    #[error("the signature does not verify")]
    BadSignature,
    /// Stored secret keys do not have the form they were written in.
    #[error("the stored secret key is damaged")]
    BadSecret,
}

impl SignatureError {
    /// Stable code.
    pub fn code(self) -> &'static str {
        match self {
            Self::BadKey => "key_unusable",
            Self::BadSignature => "signature_invalid",
            Self::BadSecret => "secret_key_damaged",
        }
    }
}

fn verify_raw(public: &[u8; 32], context: Context, message: &[u8], signature: &Signature) -> Result<(), SignatureError> {
    let framed = context.frame(message);
    remembered(public, &framed, signature, || {
        let key = signing_key(public).ok_or(SignatureError::BadKey)?;
        key.verify_strict(&framed, &ed25519_dalek::Signature::from_bytes(&signature.0)).map_err(|_| SignatureError::BadSignature)
    })
}

#[cfg(not(feature = "remember"))]
fn remembered(
    _: &[u8; 32],
    _: &[u8],
    _: &Signature,
    verify: impl FnOnce() -> Result<(), SignatureError>,
) -> Result<(), SignatureError> {
    verify()
}

#[cfg(feature = "remember")]
std::thread_local! {
    static HELD: std::cell::RefCell<std::collections::HashSet<[u8; 32]>> = std::cell::RefCell::default();
}

/// In a simulation a dozen devices check the same signature in one process: once is enough. What did not hold is checked again.
#[cfg(feature = "remember")]
fn remembered(
    public: &[u8; 32],
    framed: &[u8],
    signature: &Signature,
    verify: impl FnOnce() -> Result<(), SignatureError>,
) -> Result<(), SignatureError> {
    let name = *blake3::Hasher::new().update(public).update(&signature.0).update(framed).finalize().as_bytes();
    if HELD.with(|held| held.borrow().contains(&name)) {
        return Ok(());
    }
    verify()?;
    HELD.with(|held| {
        let mut held = held.borrow_mut();
        if held.len() >= 20_000 {
            held.clear();
        }
        held.insert(name);
    });
    Ok(())
}

/// Says whether `device` signed `message` for the purpose `context`.
///
/// # Errors
/// [`SignatureError::BadKey`] if the device id is no key, [`SignatureError::BadSignature`] for everything else.
pub fn verify(device: &DeviceId, context: Context, message: &[u8], signature: &Signature) -> Result<(), SignatureError> {
    verify_raw(device.as_bytes(), context, message, signature)
}

/// A point of the curve, in its one canonical spelling (the library takes others too), and not of small order.
fn signing_key(public: &[u8; 32]) -> Option<VerifyingKey> {
    let key = VerifyingKey::from_bytes(public).ok()?;
    let canonical = key.to_edwards().compress().to_bytes() == *public;
    (canonical && !key.is_weak()).then_some(key)
}

/// Whether the bytes are a public key that signatures can be judged by.
pub fn is_usable_signing_key(public: &[u8; 32]) -> bool {
    signing_key(public).is_some()
}

/// Whether an X25519 public key leads to a secret: the few of small order give zero with every partner (RFC 7748 §6.1).
pub fn is_usable_agreement_key(public: &[u8; 32]) -> bool {
    // Any scalar tells: clamped scalars are multiples of the cofactor, so exactly the small-order points give zero.
    x25519_dalek::x25519([1; 32], *public) != [0; 32]
}

const SECRET_VERSION: u8 = 1;
const DEVICE_SECRET_LEN: usize = 65;
const ROOT_SECRET_LEN: usize = 33;

/// The two secrets of a device: Ed25519 for signing, X25519 for receiving keys. They never leave it.
pub struct DeviceKeys {
    signing: SigningKey,
    agreement: StaticSecret,
}

impl DeviceKeys {
    /// New keys.
    pub fn generate(rng: &mut impl CryptoRng) -> Self {
        let mut signing = Zeroizing::new([0; 32]);
        let mut agreement = Zeroizing::new([0; 32]);
        rng.fill_bytes(signing.as_mut());
        rng.fill_bytes(agreement.as_mut());
        Self { signing: SigningKey::from_bytes(&signing), agreement: StaticSecret::from(*agreement) }
    }

    /// For storing under the profile key, never elsewhere: one version byte and the two seeds.
    pub fn to_secret_bytes(&self) -> Zeroizing<Vec<u8>> {
        let mut bytes = Zeroizing::new(Vec::with_capacity(DEVICE_SECRET_LEN));
        bytes.push(SECRET_VERSION);
        bytes.extend_from_slice(self.signing.as_bytes());
        bytes.extend_from_slice(self.agreement.as_bytes());
        bytes
    }

    /// What [`Self::to_secret_bytes`] wrote.
    ///
    /// # Errors
    /// [`SignatureError::BadSecret`] for another length or version.
    pub fn from_secret_bytes(bytes: &[u8]) -> Result<Self, SignatureError> {
        let seeds = bytes.strip_prefix(&[SECRET_VERSION]).ok_or(SignatureError::BadSecret)?;
        let (signing, agreement) = seeds.split_at_checked(32).ok_or(SignatureError::BadSecret)?;
        let signing: &[u8; 32] = signing.try_into().map_err(|_| SignatureError::BadSecret)?;
        let agreement: Zeroizing<[u8; 32]> = Zeroizing::new(agreement.try_into().map_err(|_| SignatureError::BadSecret)?);
        Ok(Self { signing: SigningKey::from_bytes(signing), agreement: StaticSecret::from(*agreement) })
    }

    /// The public signing key, which is the device's name.
    pub fn device(&self) -> DeviceId {
        DeviceId(self.signing.verifying_key().to_bytes())
    }

    /// The public X25519 key to which others wrap keys.
    pub fn agreement_key(&self) -> [u8; 32] {
        AgreementPublic::from(&self.agreement).to_bytes()
    }

    /// Signs `message` for one purpose. Deterministic (RFC 8032).
    pub fn sign(&self, context: Context, message: &[u8]) -> Signature {
        Signature(self.signing.sign(&context.frame(message)).to_bytes())
    }

    pub(crate) fn agree(&self, public: &[u8; 32]) -> x25519_dalek::SharedSecret {
        self.agreement.diffie_hellman(&AgreementPublic::from(*public))
    }
}

impl fmt::Debug for DeviceKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DeviceKeys({}, secret)", self.device().short())
    }
}

/// The root of an organisation. It creates the organisation and its first administrators and is then sealed away.
pub struct RootKey(SigningKey);

impl RootKey {
    /// A new organisation.
    pub fn generate(rng: &mut impl CryptoRng) -> Self {
        let mut seed = Zeroizing::new([0; 32]);
        rng.fill_bytes(seed.as_mut());
        Self(SigningKey::from_bytes(&seed))
    }

    /// For sealing under a passphrase, never elsewhere: one version byte and the seed.
    pub fn to_secret_bytes(&self) -> Zeroizing<Vec<u8>> {
        let mut bytes = Zeroizing::new(Vec::with_capacity(ROOT_SECRET_LEN));
        bytes.push(SECRET_VERSION);
        bytes.extend_from_slice(self.0.as_bytes());
        bytes
    }

    /// What [`Self::to_secret_bytes`] wrote.
    ///
    /// # Errors
    /// [`SignatureError::BadSecret`] for another length or version.
    pub fn from_secret_bytes(bytes: &[u8]) -> Result<Self, SignatureError> {
        let seed = bytes.strip_prefix(&[SECRET_VERSION]).ok_or(SignatureError::BadSecret)?;
        let seed: &[u8; 32] = seed.try_into().map_err(|_| SignatureError::BadSecret)?;
        Ok(Self(SigningKey::from_bytes(seed)))
    }

    /// The public half.
    pub fn public(&self) -> RootPublic {
        RootPublic(self.0.verifying_key().to_bytes())
    }

    /// Fingerprint of the public half.
    pub fn fingerprint(&self) -> RootFingerprint {
        self.public().fingerprint()
    }

    /// Signs `message` for one purpose.
    pub fn sign(&self, context: Context, message: &[u8]) -> Signature {
        Signature(self.0.sign(&context.frame(message)).to_bytes())
    }
}

impl fmt::Debug for RootKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RootKey({}, secret)", self.fingerprint().short())
    }
}

/// The public key of a root (Ed25519).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RootPublic(pub [u8; 32]);

impl RootPublic {
    /// BLAKE3 of the public key: what people compare and what a device pins.
    pub fn fingerprint(&self) -> RootFingerprint {
        Hash32(*blake3::hash(&self.0).as_bytes())
    }

    /// Says whether the root signed `message` for the purpose `context`.
    ///
    /// # Errors
    /// As [`verify`].
    pub fn verify(&self, context: Context, message: &[u8], signature: &Signature) -> Result<(), SignatureError> {
        verify_raw(&self.0, context, message, signature)
    }
}

impl fmt::Debug for RootPublic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RootPublic({})", self.fingerprint().short())
    }
}

impl<C> Encode<C> for RootPublic {
    fn encode<W: encode::Write>(&self, e: &mut Encoder<W>, _: &mut C) -> Result<(), encode::Error<W::Error>> {
        e.bytes(&self.0)?.ok()
    }
}

impl<'b, C> Decode<'b, C> for RootPublic {
    fn decode(d: &mut Decoder<'b>, _: &mut C) -> Result<Self, decode::Error> {
        d.bytes()?.try_into().map(Self).map_err(|_| decode::Error::message("a root key has 32 bytes"))
    }
}
