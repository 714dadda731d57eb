//! The request by which a new device asks to be certified. Its keys were made on it and never leave it.

use domain::id::{DeviceId, PersonId, Timestamp};
use minicbor::{Decode, Encode};

use crate::canonical::DecodeError;
use crate::certificate::{is_acceptable_name, is_acceptable_text};
use crate::invitation::InvitationClaim;
use crate::keys::{Context, DeviceKeys, is_usable_agreement_key};
use crate::limits::{CERTIFICATE_REQUEST_BYTES, JOIN_REQUEST_BYTES, PERSON_NAME_CHARS, PERSON_TITLE_CHARS, UNIT_NAME_CHARS};
use crate::signed::{Signed, SignedBody};

/// The version of requests that this program writes and understands.
pub const JOIN_VERSION: u8 = 1;

/// What a device asks for. All of it is a claim until an administrator has approved it.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct JoinRequest {
    /// [`JOIN_VERSION`].
    #[n(0)]
    pub version: u8,
    /// The device: its Ed25519 key, which signs the request.
    #[n(1)]
    pub device: DeviceId,
    /// The device's X25519 key.
    #[cbor(n(2), with = "minicbor::bytes")]
    pub agreement: [u8; 32],
    /// The person: new for somebody new, the same again for a further device.
    #[n(3)]
    pub person: PersonId,
    /// The person's name.
    #[n(4)]
    pub name: String,
    /// The person's title; may be empty.
    #[n(5)]
    pub title: String,
    /// The unit the person says to belong to.
    #[n(6)]
    pub unit_name: Option<String>,
    /// The request for a PDF-signing certificate (PKCS#10, DER); may be empty.
    #[cbor(n(7), with = "minicbor::bytes")]
    pub certificate_request: Vec<u8>,
    /// Random, so that two requests of one device differ.
    #[cbor(n(8), with = "minicbor::bytes")]
    pub nonce: [u8; 16],
    /// When the device says it asked.
    #[n(9)]
    pub made_at: Timestamp,
    /// The one-use invitation that the device was given; absent: people compare words.
    #[n(10)]
    pub invitation: Option<InvitationClaim>,
}

impl SignedBody for JoinRequest {
    const CONTEXT: Context = Context::Join;
    const LIMIT: usize = JOIN_REQUEST_BYTES;
}

/// A request with the signature of the device that asks.
pub type SignedJoinRequest = Signed<JoinRequest>;

/// Why a request is refused before anybody looks at it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum JoinError {
    /// The bytes are no request.
    #[error("the request is not readable: {0}")]
    Unreadable(#[from] DecodeError),
    /// A version that this program does not know.
    #[error("the request has version {0}, a newer program is needed")]
    UnknownVersion(u8),
    /// A name is empty, too long, or holds characters that do not show.
    #[error("the {0} in the request is not acceptable")]
    BadName(&'static str),
    /// The agreement key is not usable.
    #[error("the request holds a key that is not usable")]
    BadKey,
    /// The certificate request is longer than allowed.
    #[error("the certificate request has {0} bytes, at most {CERTIFICATE_REQUEST_BYTES} are allowed")]
    RequestTooLong(usize),
    /// The signature is not by the device that asks.
    #[error("the request was not signed by its device")]
    BadSignature,
}

impl JoinError {
    /// Stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Unreadable(_) => "join_unreadable",
            Self::UnknownVersion(_) => "join_unknown_version",
            Self::BadName(_) => "join_bad_name",
            Self::BadKey => "join_bad_key",
            Self::RequestTooLong(_) => "join_request_too_long",
            Self::BadSignature => "join_bad_signature",
        }
    }
}

impl JoinRequest {
    /// Signs the request with the keys of the device that it names.
    ///
    /// # Errors
    /// What [`verify_join`] would find, so that a device learns it before it asks.
    pub fn sign(&self, keys: &DeviceKeys) -> Result<SignedJoinRequest, JoinError> {
        let signed = Signed::sign(keys, self);
        verify_join(&signed)?;
        Ok(signed)
    }
}

/// Checks form, limits and the device's own signature. Says nothing about whether the claims are true.
///
/// # Errors
/// [`JoinError`].
pub fn verify_join(request: &SignedJoinRequest) -> Result<JoinRequest, JoinError> {
    let body = request.read_unverified()?;
    if body.version != JOIN_VERSION {
        return Err(JoinError::UnknownVersion(body.version));
    }
    request.verify_device(&body.device).map_err(|_| JoinError::BadSignature)?;
    if !is_acceptable_name(&body.name, PERSON_NAME_CHARS) {
        return Err(JoinError::BadName("name"));
    }
    if !is_acceptable_text(&body.title, PERSON_TITLE_CHARS) {
        return Err(JoinError::BadName("title"));
    }
    if body.unit_name.as_deref().is_some_and(|name| !is_acceptable_name(name, UNIT_NAME_CHARS)) {
        return Err(JoinError::BadName("name of the unit"));
    }
    if !is_usable_agreement_key(&body.agreement) {
        return Err(JoinError::BadKey);
    }
    if body.certificate_request.len() > CERTIFICATE_REQUEST_BYTES {
        return Err(JoinError::RequestTooLong(body.certificate_request.len()));
    }
    Ok(body)
}
