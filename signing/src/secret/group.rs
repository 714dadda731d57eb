//! The group everything is done in: ristretto255 (RFC 9496), of prime order, written as 32 bytes in one way only.
//!
//! [`Element`] and [`Number`] are public values. [`SecretNumber`] is wiped when dropped, shows itself to nobody and is used in
//! constant time only.

use std::fmt;

use curve25519_dalek::ristretto::{CompressedRistretto, RistrettoPoint};
use curve25519_dalek::scalar::Scalar;
use curve25519_dalek::traits::IsIdentity;
use minicbor::{Decode, Decoder, Encode, Encoder, decode, encode};
use rand_core::CryptoRng;
use zeroize::{Zeroize, Zeroizing};

/// An element of the group.
#[derive(Clone, Copy)]
pub struct Element {
    bytes: [u8; 32],
    point: RistrettoPoint,
}

impl Element {
    /// Reads the one canonical form of an element; anything else is `None`.
    pub fn from_bytes(bytes: &[u8; 32]) -> Option<Self> {
        let point = CompressedRistretto(*bytes).decompress()?;
        Some(Self { bytes: *bytes, point })
    }

    /// The canonical form.
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.bytes
    }

    /// Is it the neutral element: no key, and no half of a ciphertext.
    pub fn is_neutral(&self) -> bool {
        self.point.is_identity()
    }

    pub(super) fn of(point: RistrettoPoint) -> Self {
        Self { bytes: point.compress().to_bytes(), point }
    }

    pub(super) fn point(&self) -> &RistrettoPoint {
        &self.point
    }
}

impl PartialEq for Element {
    fn eq(&self, other: &Self) -> bool {
        self.bytes == other.bytes
    }
}

impl Eq for Element {}

impl fmt::Debug for Element {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Element(")?;
        self.bytes[..4].iter().try_for_each(|byte| write!(f, "{byte:02x}"))?;
        f.write_str(")")
    }
}

impl<C> Encode<C> for Element {
    fn encode<W: encode::Write>(&self, e: &mut Encoder<W>, _: &mut C) -> Result<(), encode::Error<W::Error>> {
        e.bytes(&self.bytes)?.ok()
    }
}

impl<'b, C> Decode<'b, C> for Element {
    fn decode(d: &mut Decoder<'b>, _: &mut C) -> Result<Self, decode::Error> {
        let bytes = d.bytes()?.try_into().map_err(|_| decode::Error::message("an element has 32 bytes"))?;
        Self::from_bytes(bytes).ok_or_else(|| decode::Error::message("not an element of the group"))
    }
}

/// A number modulo the order of the group: a challenge or a response of a proof.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Number(pub(super) Scalar);

impl Number {
    /// Reads the one canonical form, below the order of the group; anything else is `None`.
    pub fn from_bytes(bytes: &[u8; 32]) -> Option<Self> {
        Option::<Scalar>::from(Scalar::from_canonical_bytes(*bytes)).map(Self)
    }

    /// The canonical form, little-endian.
    pub fn as_bytes(&self) -> &[u8; 32] {
        self.0.as_bytes()
    }
}

impl fmt::Debug for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Number(")?;
        self.0.as_bytes()[..4].iter().try_for_each(|byte| write!(f, "{byte:02x}"))?;
        f.write_str(")")
    }
}

impl<C> Encode<C> for Number {
    fn encode<W: encode::Write>(&self, e: &mut Encoder<W>, _: &mut C) -> Result<(), encode::Error<W::Error>> {
        e.bytes(self.0.as_bytes())?.ok()
    }
}

impl<'b, C> Decode<'b, C> for Number {
    fn decode(d: &mut Decoder<'b>, _: &mut C) -> Result<Self, decode::Error> {
        let bytes = d.bytes()?.try_into().map_err(|_| decode::Error::message("a number has 32 bytes"))?;
        Self::from_bytes(bytes).ok_or_else(|| decode::Error::message("not a number below the order of the group"))
    }
}

/// A number that nobody else may learn.
pub(super) struct SecretNumber(pub(super) Scalar);

impl SecretNumber {
    /// Uniform: 64 random bytes modulo the order.
    pub(super) fn random(rng: &mut impl CryptoRng) -> Self {
        let mut wide = Zeroizing::new([0; 64]);
        rng.fill_bytes(wide.as_mut());
        Self(Scalar::from_bytes_mod_order_wide(&wide))
    }

    /// This number times the generator.
    pub(super) fn public(&self) -> Element {
        Element::of(RistrettoPoint::mul_base(&self.0))
    }
}

impl Drop for SecretNumber {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

impl fmt::Debug for SecretNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretNumber(secret)")
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]

    use curve25519_dalek::constants::RISTRETTO_BASEPOINT_POINT;

    use super::*;
    use crate::canonical;

    /// RFC 9496, appendix A.1: the first multiples of the generator, and encodings that are none (A.2: a field element that is
    /// not canonical, a negative one, no square).
    #[test]
    fn elements_are_those_of_the_rfc() {
        let bytes = |text: &str| *text.parse::<domain::id::Hash32>().unwrap().as_bytes();
        assert!(Element::from_bytes(&[0; 32]).unwrap().is_neutral());
        let generator = Element::of(RISTRETTO_BASEPOINT_POINT);
        assert_eq!(generator.as_bytes(), &bytes("e2f2ae0a6abc4e71a884a961c500515f58e30b6aa582dd8db6a65945e08d2d76"));
        let twice = Element::of(RISTRETTO_BASEPOINT_POINT + RISTRETTO_BASEPOINT_POINT);
        assert_eq!(twice.as_bytes(), &bytes("6a493210f7499cd17fecb510ae0cea23a110e8d5b901f8acadd3095c73a3b919"));
        for bad in [
            "00ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
            "0100000000000000000000000000000000000000000000000000000000000000",
            "26948d35ca62e643e26a83177332e6b6afeb9d08e4268b650f1f5bbd8d81d371",
        ] {
            assert!(Element::from_bytes(&bytes(bad)).is_none(), "{bad}");
        }
    }

    #[test]
    fn a_number_has_one_spelling() {
        // The order of the group, 2^252 + 27742317777372353535851937790883648493, is zero in a second spelling.
        let order: domain::id::Hash32 = "edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010".parse().unwrap();
        assert!(Number::from_bytes(order.as_bytes()).is_none());
        let mut below = *order.as_bytes();
        below[0] -= 1;
        let number = Number::from_bytes(&below).unwrap();
        assert_eq!(canonical::decode::<Number>(&canonical::encode(&number), 40).unwrap(), number);
    }
}
