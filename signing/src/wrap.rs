//! Space keys, and wrapping one to a device.
//!
//! Ephemeral X25519 with the device's agreement key, BLAKE3 `derive_key` over both public keys and the shared secret,
//! XChaCha20-Poly1305 with the caller's associated data (which space, which epoch), so that a wrapped key opens only where it
//! belongs. Who wrapped it is not part of this: the control envelope around it is signed.

use std::fmt;

use chacha20poly1305::XChaCha20Poly1305;
use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use domain::id::Hash32;
use minicbor::{Decode, Decoder, Encode, Encoder, decode, encode};
use rand_core::CryptoRng;
use x25519_dalek::{PublicKey, SharedSecret, StaticSecret};
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use crate::keys::DeviceKeys;
use crate::limits::WRAPPED_KEY_BYTES;

const VERSION: u8 = 1;
const KDF_CONTEXT: &str = "kyhop/1 space key wrap";
const COMMITMENT_CONTEXT: &str = "kyhop/1 space key commitment";
const NONCE_LEN: usize = 24;
const TAG_LEN: usize = 16;
const WRAPPED_LEN: usize = 1 + 32 + NONCE_LEN + 32 + TAG_LEN;
const _: () = assert!(WRAPPED_LEN <= WRAPPED_KEY_BYTES);

/// The key of one epoch of a space.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct SpaceKey(pub [u8; 32]);

impl SpaceKey {
    /// A new key.
    pub fn generate(rng: &mut impl CryptoRng) -> Self {
        let mut key = Self([0; 32]);
        rng.fill_bytes(&mut key.0);
        key
    }

    /// The key itself.
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// Says which key this is without saying what it is: a wrapped key that opens to another one is recognised.
    pub fn commitment(&self) -> Hash32 {
        Hash32(blake3::derive_key(COMMITMENT_CONTEXT, &self.0))
    }
}

impl PartialEq for SpaceKey {
    fn eq(&self, other: &Self) -> bool {
        // Compared by hash, so that the time it takes says nothing about the keys.
        self.commitment() == other.commitment()
    }
}

impl Eq for SpaceKey {}

impl fmt::Debug for SpaceKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SpaceKey(secret)")
    }
}

/// A space key that only one device can open.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct WrappedKey(pub Vec<u8>);

impl fmt::Debug for WrappedKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "WrappedKey({} bytes)", self.0.len())
    }
}

impl<C> Encode<C> for WrappedKey {
    fn encode<W: encode::Write>(&self, e: &mut Encoder<W>, _: &mut C) -> Result<(), encode::Error<W::Error>> {
        e.bytes(&self.0)?.ok()
    }
}

impl<'b, C> Decode<'b, C> for WrappedKey {
    fn decode(d: &mut Decoder<'b>, _: &mut C) -> Result<Self, decode::Error> {
        let bytes = d.bytes()?;
        if bytes.len() > WRAPPED_KEY_BYTES {
            return Err(decode::Error::message("the wrapped key is too long"));
        }
        Ok(Self(bytes.to_vec()))
    }
}

/// Why a key was not wrapped or unwrapped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum WrapError {
    /// A public key that leads to no secret (small order).
    #[error("the public key is not usable")]
    BadKey,
    /// Not a wrapped key of a version we know.
    #[error("not a wrapped key that this version can read")]
    Malformed,
    /// Wrapped to another device, for another place, or changed.
    #[error("the key was not wrapped for this device and place")]
    NotForUs,
}

impl WrapError {
    /// Stable code.
    pub fn code(self) -> &'static str {
        match self {
            Self::BadKey => "agreement_key_unusable",
            Self::Malformed => "wrapped_key_malformed",
            Self::NotForUs => "wrapped_key_not_for_us",
        }
    }
}

fn wrapping_key(ephemeral: &[u8; 32], recipient: &[u8; 32], shared: &SharedSecret) -> Result<Zeroizing<[u8; 32]>, WrapError> {
    if !shared.was_contributory() {
        return Err(WrapError::BadKey);
    }
    let mut material = Zeroizing::new([0; 96]);
    material[..32].copy_from_slice(ephemeral);
    material[32..64].copy_from_slice(recipient);
    material[64..].copy_from_slice(shared.as_bytes());
    Ok(Zeroizing::new(blake3::derive_key(KDF_CONTEXT, material.as_ref())))
}

/// Wraps `key` to the device whose agreement key is given. `aad` says where it belongs and must be given again to unwrap.
///
/// # Errors
/// [`WrapError::BadKey`] for an agreement key of small order; no certificate that verified has one.
pub fn wrap_key(
    recipient_agreement: &[u8; 32],
    key: &SpaceKey,
    aad: &[u8],
    rng: &mut impl CryptoRng,
) -> Result<WrappedKey, WrapError> {
    let mut seed = Zeroizing::new([0; 32]);
    let mut nonce = [0; NONCE_LEN];
    rng.fill_bytes(seed.as_mut());
    rng.fill_bytes(&mut nonce);
    let secret = StaticSecret::from(*seed);
    let ephemeral = PublicKey::from(&secret).to_bytes();
    let shared = secret.diffie_hellman(&PublicKey::from(*recipient_agreement));
    let wrapping = wrapping_key(&ephemeral, recipient_agreement, &shared)?;
    let ciphertext = XChaCha20Poly1305::new((&*wrapping).into())
        .encrypt((&nonce).into(), Payload { msg: &key.0, aad })
        .map_err(|_| WrapError::Malformed)?;
    let mut wrapped = Vec::with_capacity(WRAPPED_LEN);
    wrapped.push(VERSION);
    wrapped.extend_from_slice(&ephemeral);
    wrapped.extend_from_slice(&nonce);
    wrapped.extend_from_slice(&ciphertext);
    Ok(WrappedKey(wrapped))
}

/// Opens a key that was wrapped to this device with the same `aad`.
///
/// # Errors
/// [`WrapError`]; a key for somebody else and a changed one cannot be told apart.
pub fn unwrap_key(keys: &DeviceKeys, wrapped: &WrappedKey, aad: &[u8]) -> Result<SpaceKey, WrapError> {
    let bytes: &[u8; WRAPPED_LEN] = wrapped.0.as_slice().try_into().map_err(|_| WrapError::Malformed)?;
    let ([version], rest) = bytes.split_first_chunk::<1>().ok_or(WrapError::Malformed)?;
    let (ephemeral, rest) = rest.split_first_chunk::<32>().ok_or(WrapError::Malformed)?;
    let (nonce, ciphertext) = rest.split_first_chunk::<NONCE_LEN>().ok_or(WrapError::Malformed)?;
    if *version != VERSION {
        return Err(WrapError::Malformed);
    }
    let wrapping = wrapping_key(ephemeral, &keys.agreement_key(), &keys.agree(ephemeral))?;
    let plain = Zeroizing::new(
        XChaCha20Poly1305::new((&*wrapping).into())
            .decrypt(nonce.into(), Payload { msg: ciphertext, aad })
            .map_err(|_| WrapError::NotForUs)?,
    );
    let key: &[u8; 32] = plain.as_slice().try_into().map_err(|_| WrapError::Malformed)?;
    Ok(SpaceKey(*key))
}
