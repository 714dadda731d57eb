//! Challenges: what a proof says about, hashed to a number (Fiat–Shamir in its strong form: the whole statement goes in).

use curve25519_dalek::scalar::Scalar;
use domain::id::Hash32;

use super::group::Element;

/// Everything that a challenge depends on. Each piece goes in with its length before it, so no two lists of pieces look alike.
#[derive(Clone)]
pub(super) struct Transcript(blake3::Hasher);

impl Transcript {
    /// For one purpose. A proof made for one purpose is none for another.
    pub(super) fn new(purpose: &'static str) -> Self {
        Self(blake3::Hasher::new_derive_key(purpose))
    }

    pub(super) fn bytes(mut self, bytes: &[u8]) -> Self {
        self.add(bytes);
        self
    }

    pub(super) fn hash(self, hash: &Hash32) -> Self {
        self.bytes(hash.as_bytes())
    }

    pub(super) fn element(self, element: &Element) -> Self {
        self.bytes(element.as_bytes())
    }

    pub(super) fn number(self, number: usize) -> Self {
        self.bytes(&u64::try_from(number).unwrap_or(u64::MAX).to_le_bytes())
    }

    pub(super) fn add(&mut self, bytes: &[u8]) {
        self.0.update(&u64::try_from(bytes.len()).unwrap_or(u64::MAX).to_le_bytes());
        self.0.update(bytes);
    }

    /// 64 bytes of output modulo the order of the group.
    pub(super) fn challenge(self) -> Scalar {
        let mut wide = [0; 64];
        self.0.finalize_xof().fill(&mut wide);
        Scalar::from_bytes_mod_order_wide(&wide)
    }

    /// 32 bytes of output.
    pub(super) fn digest(self) -> Hash32 {
        Hash32(*self.0.finalize().as_bytes())
    }
}

/// The name of a list of acts in this order.
pub(super) fn digest_of(purpose: &'static str, acts: &[Hash32]) -> Hash32 {
    acts.iter().fold(Transcript::new(purpose), Transcript::hash).digest()
}
