//! Secrets under a passphrase: Argon2id (RFC 9106), then XChaCha20-Poly1305.
//!
//! `magic 8 ‖ memory KiB u32 ‖ passes u32 ‖ lanes u32 ‖ salt 16 ‖ nonce 24 ‖ ciphertext ‖ check 16`, integers little-endian. All
//! before the ciphertext is its associated data. `check` is BLAKE3 of all before it, shortened: it is no protection, it tells a
//! damaged file from a wrong passphrase, and before the slow derivation at that.

use argon2::{Algorithm, Argon2, Params, Version};
use chacha20poly1305::XChaCha20Poly1305;
use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use rand_core::CryptoRng;
use zeroize::Zeroizing;

use crate::limits::{PASSPHRASE_BYTES, SEAL_LANES, SEAL_MEMORY_KIB, SEAL_PASSES, SEALED_PLAINTEXT_BYTES};

const MAGIC: Magic = *b"KYHOPS1\n";
const SALT_LEN: usize = 16;
const NONCE_LEN: usize = 24;
const TAG_LEN: usize = 16;
const CHECK_LEN: usize = 16;
const HEADER_LEN: usize = 8 + 12 + SALT_LEN + NONCE_LEN;

pub(crate) type Magic = [u8; 8];

/// What one guess of a passphrase costs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cost {
    /// Memory in KiB (Argon2id `m`).
    pub memory_kib: u32,
    /// Passes over it (`t`).
    pub passes: u32,
    /// Lanes (`p`).
    pub lanes: u32,
}

impl Cost {
    /// 64 MiB, 3 passes, 1 lane: some 0.3 s on an office computer. RFC 9106 §4, second recommended option, with one lane.
    pub const DEFAULT: Self = Self { memory_kib: 64 * 1024, passes: 3, lanes: 1 };

    /// Within the limits, and possible.
    fn params(self) -> Option<Params> {
        let bounded = self.memory_kib <= SEAL_MEMORY_KIB
            && (1..=SEAL_PASSES).contains(&self.passes)
            && (1..=SEAL_LANES).contains(&self.lanes);
        if bounded { Params::new(self.memory_kib, self.passes, self.lanes, Some(32)).ok() } else { None }
    }
}

/// Why something sealed does not open, or is not sealed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SealError {
    /// The file is whole, the passphrase is another.
    #[error("the passphrase is wrong")]
    WrongPassphrase,
    /// The file is cut or changed.
    #[error("the file is damaged")]
    Damaged,
    /// It is no file of this kind, or of a version that this program does not know.
    #[error("this is not a sealed file that this program can read")]
    NotSealed,
    /// It asks for more memory or time than this program spends on a passphrase.
    #[error("the file asks for an unreasonable amount of memory or time")]
    CostOutOfBounds,
    /// The passphrase is empty or over its limit.
    #[error("the passphrase has {0} bytes, 1 to {PASSPHRASE_BYTES} are allowed")]
    PassphraseLength(usize),
    /// More than may be sealed.
    #[error("{0} bytes are too many to seal")]
    TooLong(usize),
    /// There is not enough memory to try the passphrase.
    #[error("not enough memory to try the passphrase")]
    NoMemory,
}

impl SealError {
    /// Stable code.
    pub fn code(self) -> &'static str {
        match self {
            Self::WrongPassphrase => "wrong_passphrase",
            Self::Damaged => "damaged",
            Self::NotSealed => "not_sealed",
            Self::CostOutOfBounds => "cost_out_of_bounds",
            Self::PassphraseLength(_) => "passphrase_length",
            Self::TooLong(_) => "too_long_to_seal",
            Self::NoMemory => "no_memory_for_passphrase",
        }
    }
}

/// Seals `plaintext` at the default cost. The passphrase is taken byte by byte: a caller that reads it from a keyboard
/// brings it into one Unicode form first (NFC), or "ộ" typed on another system will not open it.
///
/// # Errors
/// [`SealError::PassphraseLength`], [`SealError::TooLong`], [`SealError::NoMemory`].
pub fn seal(passphrase: &[u8], plaintext: &[u8], rng: &mut impl CryptoRng) -> Result<Vec<u8>, SealError> {
    seal_as(MAGIC, Cost::DEFAULT, passphrase, plaintext, rng)
}

/// As [`seal`], at another cost.
///
/// # Errors
/// As [`seal`], and [`SealError::CostOutOfBounds`].
pub fn seal_with(cost: Cost, passphrase: &[u8], plaintext: &[u8], rng: &mut impl CryptoRng) -> Result<Vec<u8>, SealError> {
    seal_as(MAGIC, cost, passphrase, plaintext, rng)
}

/// Opens what [`seal`] made.
///
/// # Errors
/// [`SealError`].
pub fn open(passphrase: &[u8], sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, SealError> {
    open_as(MAGIC, passphrase, sealed)
}

pub(crate) fn seal_as(
    magic: Magic,
    cost: Cost,
    passphrase: &[u8],
    plaintext: &[u8],
    rng: &mut impl CryptoRng,
) -> Result<Vec<u8>, SealError> {
    if plaintext.len() > SEALED_PLAINTEXT_BYTES {
        return Err(SealError::TooLong(plaintext.len()));
    }
    let mut salt = [0; SALT_LEN];
    let mut nonce = [0; NONCE_LEN];
    rng.fill_bytes(&mut salt);
    rng.fill_bytes(&mut nonce);
    let mut sealed = Vec::with_capacity(HEADER_LEN + plaintext.len() + TAG_LEN + CHECK_LEN);
    sealed.extend_from_slice(&magic);
    for number in [cost.memory_kib, cost.passes, cost.lanes] {
        sealed.extend_from_slice(&number.to_le_bytes());
    }
    sealed.extend_from_slice(&salt);
    sealed.extend_from_slice(&nonce);
    let key = passphrase_key(cost, passphrase, &salt)?;
    let ciphertext = XChaCha20Poly1305::new((&*key).into())
        .encrypt((&nonce).into(), Payload { msg: plaintext, aad: &sealed })
        .map_err(|_| SealError::TooLong(plaintext.len()))?;
    sealed.extend_from_slice(&ciphertext);
    let check = check(&sealed);
    sealed.extend_from_slice(&check);
    Ok(sealed)
}

pub(crate) fn open_as(magic: Magic, passphrase: &[u8], sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, SealError> {
    let rest = sealed.strip_prefix(&magic).ok_or(SealError::NotSealed)?;
    if sealed.len() > HEADER_LEN + SEALED_PLAINTEXT_BYTES + TAG_LEN + CHECK_LEN {
        return Err(SealError::Damaged);
    }
    let (covered, found) = sealed.split_last_chunk::<CHECK_LEN>().ok_or(SealError::Damaged)?;
    if check(covered) != *found {
        return Err(SealError::Damaged);
    }
    let (cost, rest) = rest.split_first_chunk::<12>().ok_or(SealError::Damaged)?;
    let (salt, rest) = rest.split_first_chunk::<SALT_LEN>().ok_or(SealError::Damaged)?;
    let (nonce, rest) = rest.split_first_chunk::<NONCE_LEN>().ok_or(SealError::Damaged)?;
    let ciphertext = rest.strip_suffix(found).filter(|ciphertext| ciphertext.len() >= TAG_LEN).ok_or(SealError::Damaged)?;
    let number = |at: usize| u32::from_le_bytes([cost[at], cost[at + 1], cost[at + 2], cost[at + 3]]);
    let cost = Cost { memory_kib: number(0), passes: number(4), lanes: number(8) };
    let key = passphrase_key(cost, passphrase, salt)?;
    XChaCha20Poly1305::new((&*key).into())
        .decrypt(nonce.into(), Payload { msg: ciphertext, aad: &sealed[..HEADER_LEN] })
        .map(Zeroizing::new)
        .map_err(|_| SealError::WrongPassphrase)
}

fn passphrase_key(cost: Cost, passphrase: &[u8], salt: &[u8; SALT_LEN]) -> Result<Zeroizing<[u8; 32]>, SealError> {
    if passphrase.is_empty() || passphrase.len() > PASSPHRASE_BYTES {
        return Err(SealError::PassphraseLength(passphrase.len()));
    }
    let params = cost.params().ok_or(SealError::CostOutOfBounds)?;
    let mut key = Zeroizing::new([0; 32]);
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
        .hash_password_into(passphrase, salt, key.as_mut())
        .map_err(|_| SealError::NoMemory)?;
    Ok(key)
}

fn check(covered: &[u8]) -> [u8; CHECK_LEN] {
    let mut check = [0; CHECK_LEN];
    check.copy_from_slice(&blake3::hash(covered).as_bytes()[..CHECK_LEN]);
    check
}
