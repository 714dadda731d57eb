//! Device certificates: which person, of which unit, holds which device; and what makes one true.
//!
//! | issuer | may certify |
//! |---|---|
//! | the root | anybody, administrators too |
//! | a device of an administrator whom the root itself certified | anybody of any unit, administrators too |
//! | a device of another administrator | anybody of the same unit, administrators too |
//! | any other device | a further device of the same person, never as administrator |
//!
//! A device never certifies itself. What a certificate says is true for as long as the root is trusted; revocation is a matter of
//! the directory, not of the certificate.

use domain::id::{DeviceId, Hash32, PersonId, Timestamp, UnitId};
use minicbor::{Decode, Encode};

use crate::canonical::DecodeError;
use crate::keys::{Context, RootPublic, is_usable_agreement_key, is_usable_signing_key};
use crate::limits::{CERTIFICATE_BYTES, CHAIN_LENGTH, PERSON_NAME_CHARS, PERSON_TITLE_CHARS, UNIT_NAME_CHARS};
use crate::signed::{Signed, SignedBody};

/// The version of certificates that this program writes and understands.
pub const CERTIFICATE_VERSION: u8 = 1;

/// Who vouches.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode)]
pub enum Issuer {
    /// The root of the organisation.
    #[n(0)]
    Root,
    /// A device that has a certificate itself.
    #[n(1)]
    Device(#[n(0)] DeviceId),
}

/// What is certified.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct DeviceCertificate {
    /// [`CERTIFICATE_VERSION`].
    #[n(0)]
    pub version: u8,
    /// Fingerprint of the organisation's root.
    #[n(1)]
    pub root: Hash32,
    /// The unit in which the device acts.
    #[n(2)]
    pub unit: UnitId,
    /// Its name.
    #[n(3)]
    pub unit_name: String,
    /// Whose device it is.
    #[n(4)]
    pub person: PersonId,
    /// The person's name.
    #[n(5)]
    pub person_name: String,
    /// The person's title; may be empty.
    #[n(6)]
    pub person_title: String,
    /// The device: its Ed25519 key.
    #[n(7)]
    pub device: DeviceId,
    /// The device's X25519 key, to which keys are wrapped.
    #[cbor(n(8), with = "minicbor::bytes")]
    pub agreement: [u8; 32],
    /// May certify others of the unit.
    #[n(9)]
    pub administrator: bool,
    /// When the issuer says it issued this.
    #[n(10)]
    pub issued_at: Timestamp,
    /// Who vouches.
    #[n(11)]
    pub issuer: Issuer,
}

impl SignedBody for DeviceCertificate {
    const CONTEXT: Context = Context::Certificate;
    const LIMIT: usize = CERTIFICATE_BYTES;
}

/// A certificate with its issuer's signature.
pub type SignedCertificate = Signed<DeviceCertificate>;

/// A certificate and those of its issuers, the device in question first, the one by the root last.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(transparent)]
pub struct Chain(#[n(0)] pub Vec<SignedCertificate>);

impl Chain {
    /// Longest wire form, in bytes.
    pub const LIMIT: usize = CHAIN_LENGTH * (CERTIFICATE_BYTES + 128);
}

/// Why a certificate does not hold.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CertificateError {
    /// The bytes are no certificate.
    #[error("the certificate is not readable: {0}")]
    Unreadable(#[from] DecodeError),
    /// A version that this program does not know.
    #[error("the certificate has version {0}, a newer program is needed")]
    UnknownVersion(u8),
    /// It belongs to another organisation.
    #[error("the certificate belongs to another organisation")]
    WrongRoot,
    /// A name is empty, too long, or holds characters that do not show.
    #[error("the {0} in the certificate is not acceptable")]
    BadName(&'static str),
    /// One of the two public keys is not usable.
    #[error("the certificate holds a key that is not usable")]
    BadKey,
    /// The signature is not the issuer's.
    #[error("the certificate was not signed by its issuer")]
    BadSignature,
    /// The issuer's certificate is not at hand, or another device's was given.
    #[error("the certificate of the issuer is missing")]
    IssuerMissing,
    /// A device vouches for itself, directly or through others.
    #[error("a device cannot vouch for itself")]
    SelfIssued,
    /// The issuer may not certify this.
    #[error("the issuer may not certify {0}")]
    NotAllowed(&'static str),
    /// No certificate at all.
    #[error("there is no certificate")]
    Empty,
    /// More issuers than allowed.
    #[error("the chain has {0} certificates, at most {CHAIN_LENGTH} are allowed")]
    TooLong(usize),
    /// Certificates after the one by the root.
    #[error("the chain goes on after the root")]
    BeyondRoot,
}

impl CertificateError {
    /// Stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Unreadable(_) => "certificate_unreadable",
            Self::UnknownVersion(_) => "certificate_unknown_version",
            Self::WrongRoot => "certificate_wrong_root",
            Self::BadName(_) => "certificate_bad_name",
            Self::BadKey => "certificate_bad_key",
            Self::BadSignature => "certificate_bad_signature",
            Self::IssuerMissing => "certificate_issuer_missing",
            Self::SelfIssued => "certificate_self_issued",
            Self::NotAllowed(_) => "certificate_not_allowed",
            Self::Empty => "certificate_missing",
            Self::TooLong(_) => "certificate_chain_too_long",
            Self::BeyondRoot => "certificate_chain_beyond_root",
        }
    }
}

/// Whether a text can stand as a name: not longer than `most` characters, no outer blanks, nothing that is invisible or turns
/// the direction of reading (it would let one name look like another).
pub fn is_acceptable_text(text: &str, most: usize) -> bool {
    let invisible = |c: char| {
        c.is_control()
            || matches!(c, '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
    };
    text.trim() == text && text.chars().count() <= most && !text.chars().any(invisible)
}

/// As [`is_acceptable_text`], and not empty.
pub fn is_acceptable_name(text: &str, most: usize) -> bool {
    !text.is_empty() && is_acceptable_text(text, most)
}

impl DeviceCertificate {
    fn check(&self, root: &RootPublic) -> Result<(), CertificateError> {
        if self.version != CERTIFICATE_VERSION {
            return Err(CertificateError::UnknownVersion(self.version));
        }
        if self.root != root.fingerprint() {
            return Err(CertificateError::WrongRoot);
        }
        if !is_acceptable_name(&self.unit_name, UNIT_NAME_CHARS) {
            return Err(CertificateError::BadName("name of the unit"));
        }
        if !is_acceptable_name(&self.person_name, PERSON_NAME_CHARS) {
            return Err(CertificateError::BadName("name of the person"));
        }
        if !is_acceptable_text(&self.person_title, PERSON_TITLE_CHARS) {
            return Err(CertificateError::BadName("title of the person"));
        }
        if !is_usable_signing_key(self.device.as_bytes()) || !is_usable_agreement_key(&self.agreement) {
            return Err(CertificateError::BadKey);
        }
        Ok(())
    }

    /// Whether the holder of `self` may issue `other`: the table at the top.
    fn may_issue(&self, other: &Self) -> Result<(), CertificateError> {
        if self.administrator {
            if self.issuer == Issuer::Root || (self.unit == other.unit && self.unit_name == other.unit_name) {
                return Ok(());
            }
            return Err(CertificateError::NotAllowed("devices of another unit"));
        }
        if other.administrator {
            return Err(CertificateError::NotAllowed("an administrator"));
        }
        if self.person != other.person || self.person_name != other.person_name || self.person_title != other.person_title {
            return Err(CertificateError::NotAllowed("another person"));
        }
        if self.unit != other.unit || self.unit_name != other.unit_name {
            return Err(CertificateError::NotAllowed("devices of another unit"));
        }
        Ok(())
    }
}

/// Checks one certificate given the (already verified) certificate of its issuer; `None` where the root issued it.
///
/// # Errors
/// [`CertificateError::IssuerMissing`] if another issuer's certificate is needed, else what is wrong.
pub fn verify_one(
    certificate: &SignedCertificate,
    issuer: Option<&DeviceCertificate>,
    root: &RootPublic,
) -> Result<DeviceCertificate, CertificateError> {
    let body = certificate.read_unverified()?;
    body.check(root)?;
    match body.issuer {
        Issuer::Root => certificate.verify_root(root).map_err(|_| CertificateError::BadSignature)?,
        Issuer::Device(device) => {
            if device == body.device {
                return Err(CertificateError::SelfIssued);
            }
            let issuer = issuer.filter(|issuer| issuer.device == device).ok_or(CertificateError::IssuerMissing)?;
            if issuer.root != body.root {
                return Err(CertificateError::WrongRoot);
            }
            certificate.verify_device(&device).map_err(|_| CertificateError::BadSignature)?;
            issuer.may_issue(&body)?;
        }
    }
    Ok(body)
}

/// Checks a whole chain and returns the certificate of the device in question, the first one.
///
/// # Errors
/// [`CertificateError`] if anything in the chain does not hold.
pub fn verify_chain(chain: &Chain, root: &RootPublic) -> Result<DeviceCertificate, CertificateError> {
    if chain.0.len() > CHAIN_LENGTH {
        return Err(CertificateError::TooLong(chain.0.len()));
    }
    let mut verified: Vec<DeviceCertificate> = Vec::with_capacity(chain.0.len());
    for certificate in chain.0.iter().rev() {
        let body = verify_one(certificate, verified.last(), root)?;
        if verified.iter().any(|issuer| issuer.device == body.device) {
            return Err(CertificateError::SelfIssued);
        }
        if body.issuer == Issuer::Root && !verified.is_empty() {
            return Err(CertificateError::BeyondRoot);
        }
        verified.push(body);
    }
    verified.pop().ok_or(CertificateError::Empty)
}
