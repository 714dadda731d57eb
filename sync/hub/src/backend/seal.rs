//! What hubs put into a database that others administer: sealed with a key that only the hubs have. The directory, which says who belongs to the
//! organisation, is readable to a hub and must not be to whoever reads a dump.

use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use domain::id::SpaceId;

use super::BackendError;

const NONCE_BYTES: usize = 24;
/// Sealed once when the database is made; whoever opens it has the right key.
const CHECK: &[u8] = b"kyhop hubs share this";
/// Stands for no space.
const NO_SPACE: SpaceId = SpaceId([0; SpaceId::LEN]);

/// The key, ready for use.
pub struct Seal(XChaCha20Poly1305);

impl Seal {
    /// From the key that the hubs share.
    pub fn new(key: &[u8; 32]) -> Self {
        Self(XChaCha20Poly1305::new(&blake3::derive_key("kyhop 2026 hub store v1", key).into()))
    }

    /// Seals what belongs to a space.
    ///
    /// # Errors
    /// The system has no randomness.
    pub fn seal(&self, space: &SpaceId, plain: &[u8]) -> Result<Vec<u8>, BackendError> {
        let mut nonce = [0; NONCE_BYTES];
        getrandom::fill(&mut nonce).map_err(|error| BackendError::new("disk_error", format!("randomness: {error}")))?;
        let payload = Payload { msg: plain, aad: space.as_bytes() };
        let sealed = self
            .0
            .encrypt(&XNonce::from(nonce), payload)
            .map_err(|_| BackendError::new("store_damaged", "it cannot be sealed"))?;
        Ok([nonce.as_slice(), &sealed].concat())
    }

    /// Opens what was sealed for a space.
    ///
    /// # Errors
    /// `store_damaged` if it is not what was sealed with this key for this space.
    pub fn open(&self, space: &SpaceId, sealed: &[u8]) -> Result<Vec<u8>, BackendError> {
        let damaged = || BackendError::new("store_damaged", "a row of the database is not what a hub sealed");
        let (nonce, sealed) = sealed.split_first_chunk::<NONCE_BYTES>().ok_or_else(damaged)?;
        let payload = Payload { msg: sealed, aad: space.as_bytes() };
        self.0.decrypt(&XNonce::from(*nonce), payload).map_err(|_| damaged())
    }

    /// What the database keeps to know the key again.
    ///
    /// # Errors
    /// As [`Self::seal`].
    pub fn check(&self) -> Result<Vec<u8>, BackendError> {
        self.seal(&NO_SPACE, CHECK)
    }

    /// Was this made by [`Self::check`] with this key.
    pub fn fits(&self, check: &[u8]) -> bool {
        self.open(&NO_SPACE, check).is_ok_and(|plain| plain == CHECK)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]

    use super::*;

    #[test]
    fn what_is_sealed_opens_with_its_key_in_its_space_and_unchanged_only() {
        let (seal, other) = (Seal::new(&[1; 32]), Seal::new(&[2; 32]));
        let space = SpaceId([3; 16]);
        let sealed = seal.seal(&space, b"who belongs to it").unwrap();
        assert_eq!(seal.open(&space, &sealed).unwrap(), b"who belongs to it");
        assert!(other.open(&space, &sealed).is_err());
        assert!(seal.open(&SpaceId([4; 16]), &sealed).is_err());
        for at in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[at] ^= 1;
            assert!(seal.open(&space, &changed).is_err());
            assert!(seal.open(&space, &sealed[..at]).is_err());
        }
        assert_ne!(sealed, seal.seal(&space, b"who belongs to it").unwrap(), "the same twice does not look the same");
        assert!(seal.fits(&seal.check().unwrap()) && !other.fits(&seal.check().unwrap()));
    }
}
