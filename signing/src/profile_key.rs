//! The key of a profile: random, wrapped by the passphrase, the origin of every key at rest.
//!
//! Two layers, so that changing the passphrase rewrites one small file and nothing else. A second slot of that file can hold the same key
//! under a recovery code ([`crate::recovery`]): who forgot the passphrase opens the profile with it, and nobody else has it.
//!
//! | file | |
//! |---|---|
//! | version 1 | `KYHOPK1\n…`: the key sealed under the passphrase |
//! | version 2 | `KYHOPK2\n` ‖ length of the first slot u32 LE ‖ the first slot, a file of version 1 ‖ the second slot, `KYHOPR1\n…`, sealed under the code |
//!
//! Each slot is whole by itself: damage to one leaves the other. A profile without a recovery code keeps version 1.

use std::fmt;

use chacha20poly1305::XChaCha20Poly1305;
use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use rand_core::CryptoRng;
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use crate::limits::RECORD_BYTES;
use crate::recovery::{RecoveryCode, RecoveryError};
use crate::sealed::{Cost, Magic, SealError, open_as, seal_as};

const MAGIC: Magic = *b"KYHOPK1\n";
const TWO_SLOTS: Magic = *b"KYHOPK2\n";
const RECOVERY: Magic = *b"KYHOPR1\n";
const KEY_CONTEXT: &str = "kyhop/1 profile key, purpose: ";
const RECORD_CONTEXT: &str = "kyhop/1 profile record, purpose: ";
const RECORD_VERSION: u8 = 1;
const NONCE_LEN: usize = 24;

/// The key of a profile, unlocked.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct ProfileKey([u8; 32]);

/// The key of a profile as it lies on disk, wrapped by the passphrase and, where there is one, by the recovery code.
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
        key_in(&open_as(MAGIC, passphrase, self.slots()?.0)?)
    }

    /// The same profile key under another passphrase, at the default cost. A recovery code goes on working.
    ///
    /// # Errors
    /// As [`Self::unlock`] and [`Self::create`].
    pub fn change(&self, old: &[u8], new: &[u8], rng: &mut impl CryptoRng) -> Result<Self, SealError> {
        self.change_with(Cost::DEFAULT, old, new, rng)
    }

    /// As [`Self::change`], at another cost.
    ///
    /// # Errors
    /// As [`Self::change`].
    pub fn change_with(&self, cost: Cost, old: &[u8], new: &[u8], rng: &mut impl CryptoRng) -> Result<Self, SealError> {
        let recovery = self.slots()?.1;
        Ok(Self::wrap(cost, &self.unlock(old)?, new, rng)?.and_slot(recovery))
    }

    /// Is there a slot that a recovery code opens.
    pub fn has_recovery(&self) -> bool {
        self.slots().is_ok_and(|(_, recovery)| recovery.is_some())
    }

    /// The same file with a slot for `code` in place of the one that was there, at the default cost.
    ///
    /// # Errors
    /// As [`Self::unlock`]: nobody makes a recovery code without the passphrase.
    pub fn with_recovery(&self, passphrase: &[u8], code: &RecoveryCode, rng: &mut impl CryptoRng) -> Result<Self, SealError> {
        self.with_recovery_at(Cost::DEFAULT, passphrase, code, rng)
    }

    /// As [`Self::with_recovery`], at another cost.
    ///
    /// # Errors
    /// As [`Self::with_recovery`].
    pub fn with_recovery_at(
        &self,
        cost: Cost,
        passphrase: &[u8],
        code: &RecoveryCode,
        rng: &mut impl CryptoRng,
    ) -> Result<Self, SealError> {
        let key = self.unlock(passphrase)?;
        let slot = seal_as(RECOVERY, cost, code.as_bytes(), &key.0, rng)?;
        Ok(Self(self.slots()?.0.to_vec()).and_slot(Some(&slot)))
    }

    /// The same file that no recovery code opens.
    ///
    /// # Errors
    /// As [`Self::unlock`].
    pub fn without_recovery(&self, passphrase: &[u8]) -> Result<Self, SealError> {
        self.unlock(passphrase)?;
        Ok(Self(self.slots()?.0.to_vec()))
    }

    /// The same profile key under a new passphrase, by the recovery code, which goes on working. At the default cost.
    ///
    /// # Errors
    /// [`RecoveryError`]; a profile without a code, another code and a damaged file are told apart.
    pub fn recover(&self, code: &RecoveryCode, new: &[u8], rng: &mut impl CryptoRng) -> Result<Self, RecoveryError> {
        self.recover_with(Cost::DEFAULT, code, new, rng)
    }

    /// As [`Self::recover`], at another cost.
    ///
    /// # Errors
    /// As [`Self::recover`].
    pub fn recover_with(
        &self,
        cost: Cost,
        code: &RecoveryCode,
        new: &[u8],
        rng: &mut impl CryptoRng,
    ) -> Result<Self, RecoveryError> {
        let slot = self.slots()?.1.ok_or(RecoveryError::NoCode)?;
        let plain = open_as(RECOVERY, code.as_bytes(), slot).map_err(|error| match error {
            SealError::WrongPassphrase => RecoveryError::Wrong,
            error => RecoveryError::Seal(error),
        })?;
        Ok(Self::wrap(cost, &key_in(&plain)?, new, rng)?.and_slot(Some(slot)))
    }

    fn wrap(cost: Cost, key: &ProfileKey, passphrase: &[u8], rng: &mut impl CryptoRng) -> Result<Self, SealError> {
        seal_as(MAGIC, cost, passphrase, &key.0, rng).map(Self)
    }

    /// A file with this one's passphrase and, if there is one, a slot for a recovery code. `self` has no such slot.
    fn and_slot(self, recovery: Option<&[u8]>) -> Self {
        let Some(recovery) = recovery else { return self };
        // What is sealed here is far below the limit of sealed files.
        let length = u32::try_from(self.0.len()).unwrap_or(u32::MAX);
        Self([TWO_SLOTS.as_slice(), &length.to_le_bytes(), &self.0, recovery].concat())
    }

    /// The slot of the passphrase, and that of the recovery code.
    fn slots(&self) -> Result<(&[u8], Option<&[u8]>), SealError> {
        let Some(rest) = self.0.strip_prefix(&TWO_SLOTS) else {
            return Ok((&self.0, None));
        };
        let (length, rest) = rest.split_first_chunk::<4>().ok_or(SealError::Damaged)?;
        let length = usize::try_from(u32::from_le_bytes(*length)).map_err(|_| SealError::Damaged)?;
        let (passphrase, recovery) = rest.split_at_checked(length).ok_or(SealError::Damaged)?;
        Ok((passphrase, Some(recovery)))
    }
}

fn key_in(plain: &[u8]) -> Result<ProfileKey, SealError> {
    let key: &[u8; 32] = plain.try_into().map_err(|_| SealError::Damaged)?;
    Ok(ProfileKey(*key))
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
