//! The key of a profile: random, wrapped by the passphrase, the origin of every key at rest.
//!
//! Two layers, so that changing the passphrase rewrites one small file and nothing else.

use std::fmt;

use chacha20poly1305::XChaCha20Poly1305;
use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use rand_core::CryptoRng;
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use crate::limits::RECORD_BYTES;
use crate::sealed::{Cost, Magic, SealError, open_as, seal_as};

const MAGIC: Magic = *b"KYHOPK1\n";
const KEY_CONTEXT: &str = "kyhop/1 profile key, purpose: ";
const RECORD_CONTEXT: &str = "kyhop/1 profile record, purpose: ";
const RECORD_VERSION: u8 = 1;
const NONCE_LEN: usize = 24;

/// The key of a profile, unlocked.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct ProfileKey([u8; 32]);

/// The key of a profile as it lies on disk, wrapped by the passphrase.
#[derive(Clone, PartialEq, Eq)]
pub struct ProfileKeyFile(Vec<u8>);

/// Why a record under the profile key does not open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RecordError {
    /// Cut, changed, of another profile, or kept for another purpose.
    #[error("the record is damaged or belongs to another profile")]
    Damaged,
    /// A version that this program does not know.
    #[error("the record has version {0}, a newer program is needed")]
    UnknownVersion(u8),
    /// More than a record may hold.
    #[error("{0} bytes are too many for a record")]
    TooLong(usize),
}

impl RecordError {
    /// Stable code.
    pub fn code(self) -> &'static str {
        match self {
            Self::Damaged => "record_damaged",
            Self::UnknownVersion(_) => "record_unknown_version",
            Self::TooLong(_) => "record_too_long",
        }
    }
}

impl ProfileKeyFile {
    /// A new profile key under `passphrase`, at the default cost.
    ///
    /// # Errors
    /// As [`crate::sealed::seal`].
    pub fn create(passphrase: &[u8], rng: &mut impl CryptoRng) -> Result<(Self, ProfileKey), SealError> {
        Self::create_with(Cost::DEFAULT, passphrase, rng)
    }

    /// As [`Self::create`], at another cost.
    ///
    /// # Errors
    /// As [`crate::sealed::seal_with`].
    pub fn create_with(cost: Cost, passphrase: &[u8], rng: &mut impl CryptoRng) -> Result<(Self, ProfileKey), SealError> {
        let mut key = ProfileKey([0; 32]);
        rng.fill_bytes(&mut key.0);
        Ok((Self::wrap(cost, &key, passphrase, rng)?, key))
    }

    /// What was read from disk. Nothing is checked before [`Self::unlock`].
    pub fn from_bytes(bytes: Vec<u8>) -> Self {
        Self(bytes)
    }

    /// What goes to disk.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// Opens the profile key.
    ///
    /// # Errors
    /// [`SealError`]; a wrong passphrase and a damaged file are told apart.
    pub fn unlock(&self, passphrase: &[u8]) -> Result<ProfileKey, SealError> {
        let plain = open_as(MAGIC, passphrase, &self.0)?;
        let key: &[u8; 32] = plain.as_slice().try_into().map_err(|_| SealError::Damaged)?;
        Ok(ProfileKey(*key))
    }

    /// The same profile key under another passphrase, at the default cost.
    ///
    /// # Errors
    /// As [`Self::unlock`] and [`Self::create`].
    pub fn change(&self, old: &[u8], new: &[u8], rng: &mut impl CryptoRng) -> Result<Self, SealError> {
        Self::wrap(Cost::DEFAULT, &self.unlock(old)?, new, rng)
    }

    /// As [`Self::change`], at another cost.
    ///
    /// # Errors
    /// As [`Self::change`].
    pub fn change_with(&self, cost: Cost, old: &[u8], new: &[u8], rng: &mut impl CryptoRng) -> Result<Self, SealError> {
        Self::wrap(cost, &self.unlock(old)?, new, rng)
    }

    fn wrap(cost: Cost, key: &ProfileKey, passphrase: &[u8], rng: &mut impl CryptoRng) -> Result<Self, SealError> {
        seal_as(MAGIC, cost, passphrase, &key.0, rng).map(Self)
    }
}

impl fmt::Debug for ProfileKeyFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ProfileKeyFile({} bytes)", self.0.len())
    }
}

impl ProfileKey {
    /// For a keyring of the operating system, which may cache the unlocked key. Nothing else should need it.
    pub fn to_secret_bytes(&self) -> Zeroizing<[u8; 32]> {
        Zeroizing::new(self.0)
    }

    /// What [`Self::to_secret_bytes`] gave.
    pub fn from_secret_bytes(bytes: &[u8; 32]) -> Self {
        Self(*bytes)
    }

    /// A key for one purpose ("database", "blobs", …). Different purposes give independent keys.
    pub fn derive(&self, purpose: &str) -> Zeroizing<[u8; 32]> {
        Zeroizing::new(blake3::derive_key(&format!("{KEY_CONTEXT}{purpose}"), &self.0))
    }

    /// Encrypts a record that belongs to one purpose: `version ‖ nonce ‖ ciphertext`.
    ///
    /// # Errors
    /// [`RecordError::TooLong`].
    pub fn encrypt_record(&self, purpose: &str, plaintext: &[u8], rng: &mut impl CryptoRng) -> Result<Vec<u8>, RecordError> {
        if plaintext.len() > RECORD_BYTES {
            return Err(RecordError::TooLong(plaintext.len()));
        }
        let mut nonce = [0; NONCE_LEN];
        rng.fill_bytes(&mut nonce);
        let ciphertext = self
            .record_cipher(purpose)
            .encrypt((&nonce).into(), Payload { msg: plaintext, aad: &[RECORD_VERSION] })
            .map_err(|_| RecordError::TooLong(plaintext.len()))?;
        let mut record = Vec::with_capacity(1 + NONCE_LEN + ciphertext.len());
        record.push(RECORD_VERSION);
        record.extend_from_slice(&nonce);
        record.extend_from_slice(&ciphertext);
        Ok(record)
    }

    /// Opens what [`Self::encrypt_record`] made for the same purpose.
    ///
    /// # Errors
    /// [`RecordError`].
    pub fn decrypt_record(&self, purpose: &str, record: &[u8]) -> Result<Zeroizing<Vec<u8>>, RecordError> {
        let ([version], rest) = record.split_first_chunk::<1>().ok_or(RecordError::Damaged)?;
        if *version != RECORD_VERSION {
            return Err(RecordError::UnknownVersion(*version));
        }
        let (nonce, ciphertext) = rest.split_first_chunk::<NONCE_LEN>().ok_or(RecordError::Damaged)?;
        if ciphertext.len() > RECORD_BYTES + 16 {
            return Err(RecordError::TooLong(ciphertext.len()));
        }
        self.record_cipher(purpose)
            .decrypt(nonce.into(), Payload { msg: ciphertext, aad: &[*version] })
            .map(Zeroizing::new)
            .map_err(|_| RecordError::Damaged)
    }

    fn record_cipher(&self, purpose: &str) -> XChaCha20Poly1305 {
        let key = Zeroizing::new(blake3::derive_key(&format!("{RECORD_CONTEXT}{purpose}"), &self.0));
        XChaCha20Poly1305::new((&*key).into())
    }
}

impl fmt::Debug for ProfileKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ProfileKey(secret)")
    }
}
