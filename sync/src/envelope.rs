//! The envelope: what replicates.
//!
//! Each device keeps one append-only, hash-chained log per space and incarnation. The header is signed; it names the
//! payload by its hash, so that a payload can be erased later while the chain still verifies. Content payloads are
//! sealed under the space key of an epoch with the header as associated data.

use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use domain::id::{DeviceId, DocId, Hash32, Incarnation, SpaceId, Timestamp};
use minicbor::bytes::ByteVec;
use minicbor::{Decode, Encode};
use rand_core::CryptoRng;
use signing::canonical;
use signing::keys::{Context, DeviceKeys, Signature, verify};
use signing::wrap::SpaceKey;

use crate::limits::{ACTS_MAX, CHANGES_MAX, HEADER_BYTES_MAX, PAYLOAD_BYTES_MAX, SEEN_MAX};

/// The format that this program writes.
pub const VERSION: u8 = 1;

/// What a document is: decides who may write it and how it is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum DocKind {
    /// Membership, roles, keys, certificates: folded, never an automerge document.
    Control,
    /// Agenda, papers, minutes of a meeting.
    Meeting,
    /// One person's seat in a meeting: check-in, ballots, shared annotations.
    Seat,
    /// One person's private notes on a meeting.
    Notes,
    /// What one person contributes to one thread of questions and answers.
    Contribution,
    /// A draft of the handbook, written by its editors together.
    Draft,
    /// The list of published handbook packages.
    Library,
    /// A table that all offices share: abbreviations, who answers for which field.
    Table,
    /// What one person says of one task.
    Task,
    /// Made by a newer program: kept and passed on, not read.
    Unknown(u16),
}

impl DocKind {
    /// The number on the wire.
    pub fn code(self) -> u16 {
        match self {
            Self::Control => 0,
            Self::Meeting => 10,
            Self::Seat => 11,
            Self::Notes => 20,
            Self::Contribution => 30,
            Self::Draft => 31,
            Self::Library => 32,
            Self::Table => 33,
            Self::Task => 34,
            Self::Unknown(code) => code,
        }
    }

    /// Reads the number on the wire.
    pub fn from_code(code: u16) -> Self {
        match code {
            0 => Self::Control,
            10 => Self::Meeting,
            11 => Self::Seat,
            20 => Self::Notes,
            30 => Self::Contribution,
            31 => Self::Draft,
            32 => Self::Library,
            33 => Self::Table,
            34 => Self::Task,
            other => Self::Unknown(other),
        }
    }
}

/// The signed part of an envelope.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct Header {
    /// Format.
    #[n(0)]
    pub version: u8,
    /// The space.
    #[n(1)]
    pub space: SpaceId,
    /// The author.
    #[n(2)]
    pub device: DeviceId,
    /// The author's log.
    #[n(3)]
    pub incarnation: Incarnation,
    /// Place in the log, from 1.
    #[n(4)]
    pub seq: u64,
    /// Hash of the envelope before; zeros for the first.
    #[n(5)]
    pub prev: Hash32,
    /// Control heads under which it was written, ascending.
    #[n(6)]
    pub seen: Vec<Hash32>,
    /// Key epoch; 0 for control.
    #[n(7)]
    pub epoch: u32,
    /// The document.
    #[n(8)]
    pub doc: DocId,
    /// Its kind, see [`DocKind`].
    #[n(9)]
    pub kind: u16,
    /// BLAKE3 of the payload as it travels.
    #[n(10)]
    pub payload_hash: Hash32,
    /// What the author's clock said. Never used to order anything.
    #[n(11)]
    pub made_at: Timestamp,
}

/// An envelope as it travels.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct Envelope {
    /// Canonical bytes of the [`Header`].
    #[n(0)]
    pub header: ByteVec,
    /// The author's signature over them.
    #[n(1)]
    pub signature: Signature,
    /// Control: canonical bytes of an operation. Content: nonce and ciphertext.
    #[n(2)]
    pub payload: ByteVec,
}

/// What a content payload holds when opened.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct Content {
    /// With device and incarnation it makes the automerge actor, see [`actor`].
    #[n(0)]
    pub actor_nonce: [u8; 8],
    /// Automerge changes, uncompressed, in order.
    #[n(1)]
    pub changes: Vec<ByteVec>,
    /// Signed acts.
    #[n(2)]
    pub acts: Vec<ByteVec>,
}

/// Why an envelope is refused before its meaning is looked at.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EnvelopeError {
    /// Not canonical CBOR of an envelope, or larger than its limits.
    #[error("not an envelope: {0}")]
    Malformed(String),
    /// Written by a newer program.
    #[error("envelope version {0} is newer than this program")]
    NewerVersion(u64),
    /// The signature does not verify.
    #[error("the signature does not verify")]
    BadSignature,
    /// The payload is not the one that the header names.
    #[error("the payload does not have the hash that the header names")]
    PayloadHash,
    /// The ciphertext does not open with the epoch's key.
    #[error("the payload does not open with the key of its epoch")]
    Sealed,
}

impl EnvelopeError {
    /// Stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Malformed(_) => "envelope_malformed",
            Self::NewerVersion(_) => "newer_version",
            Self::BadSignature => "envelope_bad_signature",
            Self::PayloadHash => "envelope_payload_hash",
            Self::Sealed => "envelope_sealed",
        }
    }
}

/// BLAKE3 as our id type.
pub fn hash(bytes: &[u8]) -> Hash32 {
    Hash32(*blake3::hash(bytes).as_bytes())
}

/// The name of an envelope: covers the header and through it the payload and all envelopes before.
pub fn envelope_hash(header: &[u8]) -> Hash32 {
    Hash32(blake3::derive_key("kyhop 2026 envelope v1", header))
}

/// The automerge actor of a device's log: nobody else can make changes under it without being refused.
pub fn actor(device: &DeviceId, incarnation: &Incarnation, nonce: &[u8; 8]) -> [u8; 16] {
    let mut hasher = blake3::Hasher::new_derive_key("kyhop 2026 automerge actor v1");
    hasher.update(device.as_bytes()).update(incarnation.as_bytes()).update(nonce);
    let mut id = [0; 16];
    id.copy_from_slice(&hasher.finalize().as_bytes()[..16]);
    id
}

/// An envelope whose header is decoded and whose signature and payload hash hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verified {
    /// The header.
    pub header: Header,
    /// Its hash.
    pub hash: Hash32,
    /// The payload as it travels.
    pub payload: Vec<u8>,
    /// The envelope as it travels.
    pub bytes: Vec<u8>,
}

/// Decodes an envelope and checks everything that can be checked without knowing anybody: form, sizes, signature,
/// payload hash.
pub fn open(bytes: &[u8]) -> Result<Verified, EnvelopeError> {
    let verified = open_unsigned(bytes)?;
    let envelope = parse(bytes)?;
    verify(&verified.header.device, Context::Envelope, &envelope.header, &envelope.signature)
        .map_err(|_| EnvelopeError::BadSignature)?;
    Ok(verified)
}

/// As [`open`] for bytes of our own shelf, whose signature was checked before they were stored.
pub fn open_unsigned(bytes: &[u8]) -> Result<Verified, EnvelopeError> {
    let envelope = parse(bytes)?;
    // Before anything else: a newer header may have fields that this program does not know.
    match version_of(&envelope.header) {
        Some(version) if version > u64::from(VERSION) => return Err(EnvelopeError::NewerVersion(version)),
        Some(version) if version == u64::from(VERSION) => {}
        _ => return Err(EnvelopeError::Malformed("no version of a header".into())),
    }
    let header: Header =
        canonical::decode(&envelope.header, HEADER_BYTES_MAX).map_err(|e| EnvelopeError::Malformed(e.to_string()))?;
    let ascending = header.seen.windows(2).all(|pair| pair[0] < pair[1]);
    if header.seq == 0 || header.seen.len() > SEEN_MAX || !ascending {
        return Err(EnvelopeError::Malformed("sequence or seen heads out of range".into()));
    }
    if hash(&envelope.payload) != header.payload_hash {
        return Err(EnvelopeError::PayloadHash);
    }
    Ok(Verified { hash: envelope_hash(&envelope.header), header, payload: envelope.payload.into(), bytes: bytes.to_vec() })
}

fn version_of(header: &[u8]) -> Option<u64> {
    let mut decoder = minicbor::Decoder::new(header);
    decoder.array().ok()?;
    decoder.u64().ok()
}

fn parse(bytes: &[u8]) -> Result<Envelope, EnvelopeError> {
    let envelope: Envelope = canonical::decode(bytes, HEADER_BYTES_MAX + PAYLOAD_BYTES_MAX + 128)
        .map_err(|e| EnvelopeError::Malformed(e.to_string()))?;
    if envelope.payload.len() > PAYLOAD_BYTES_MAX {
        return Err(EnvelopeError::Malformed("payload over its limit".into()));
    }
    Ok(envelope)
}

/// Signs a header over a payload that is final. Sets the header's payload hash.
pub fn seal_plain(keys: &DeviceKeys, mut header: Header, payload: Vec<u8>) -> Verified {
    header.payload_hash = hash(&payload);
    let header_bytes = canonical::encode(&header);
    let signature = keys.sign(Context::Envelope, &header_bytes);
    let hash = envelope_hash(&header_bytes);
    let envelope = Envelope { header: header_bytes.into(), signature, payload: payload.clone().into() };
    Verified { header, hash, payload, bytes: canonical::encode(&envelope) }
}

/// Encrypts a content payload under the space key and signs the envelope.
pub fn seal_content(
    keys: &DeviceKeys,
    header: Header,
    key: &SpaceKey,
    content: &Content,
    rng: &mut dyn CryptoRng,
) -> Result<Verified, EnvelopeError> {
    let mut nonce = [0; 24];
    rng.fill_bytes(&mut nonce);
    let plain = canonical::encode(content);
    let aad = associated_data(&header);
    let sealed = cipher(key)
        .encrypt(&XNonce::from(nonce), Payload { msg: &plain, aad: &aad })
        .map_err(|_| EnvelopeError::Malformed("payload cannot be sealed".into()))?;
    let payload = [nonce.as_slice(), &sealed].concat();
    if payload.len() > PAYLOAD_BYTES_MAX {
        return Err(EnvelopeError::Malformed("payload over its limit".into()));
    }
    Ok(seal_plain(keys, header, payload))
}

/// Decrypts a content payload and checks its counts.
pub fn open_content(envelope: &Verified, key: &SpaceKey) -> Result<Content, EnvelopeError> {
    let Some((nonce, sealed)) = envelope.payload.split_first_chunk::<24>() else {
        return Err(EnvelopeError::Malformed("payload shorter than its nonce".into()));
    };
    let aad = associated_data(&envelope.header);
    let plain =
        cipher(key).decrypt(&XNonce::from(*nonce), Payload { msg: sealed, aad: &aad }).map_err(|_| EnvelopeError::Sealed)?;
    let content: Content = canonical::decode(&plain, PAYLOAD_BYTES_MAX).map_err(|e| EnvelopeError::Malformed(e.to_string()))?;
    if content.changes.len() > CHANGES_MAX || content.acts.len() > ACTS_MAX {
        return Err(EnvelopeError::Malformed("too many changes or acts in one envelope".into()));
    }
    Ok(content)
}

/// The header with the payload hash left out: the hash is of the ciphertext and cannot be known while sealing.
fn associated_data(header: &Header) -> Vec<u8> {
    canonical::encode(&Header { payload_hash: Hash32([0; 32]), ..header.clone() })
}

fn cipher(key: &SpaceKey) -> XChaCha20Poly1305 {
    XChaCha20Poly1305::new(&blake3::derive_key("kyhop 2026 content key v1", key.as_bytes()).into())
}
