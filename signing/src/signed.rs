//! A value together with a signature over its bytes, kept as bytes so that it verifies for ever.

use std::fmt;
use std::hash::{Hash, Hasher};
use std::marker::PhantomData;

use domain::id::{DeviceId, Hash32};
use minicbor::{Decode, Decoder, Encode, Encoder, decode, encode};

use crate::canonical::{self, DecodeError};
use crate::keys::{Context, DeviceKeys, RootKey, RootPublic, Signature, SignatureError, verify};

/// A kind of value that is signed as a whole.
pub trait SignedBody: Encode<()> + for<'b> Decode<'b, ()> {
    /// The purpose of the signature.
    const CONTEXT: Context;
    /// Longest encoding, in bytes.
    const LIMIT: usize;
}

/// Canonical bytes of a `T` and a signature over them. The bytes are never re-encoded.
pub struct Signed<T> {
    body: Vec<u8>,
    signature: Signature,
    kind: PhantomData<fn() -> T>,
}

impl<T: SignedBody> Signed<T> {
    /// Signs as a device.
    pub fn sign(keys: &DeviceKeys, value: &T) -> Self {
        let body = canonical::encode(value);
        let signature = keys.sign(T::CONTEXT, &body);
        Self { body, signature, kind: PhantomData }
    }

    /// Signs as the root of an organisation.
    pub fn sign_root(root: &RootKey, value: &T) -> Self {
        let body = canonical::encode(value);
        let signature = root.sign(T::CONTEXT, &body);
        Self { body, signature, kind: PhantomData }
    }

    /// What the body claims. Nothing is verified: for finding out whose signature to check, and for showing.
    ///
    /// # Errors
    /// [`DecodeError`] if the bytes are no canonical `T`.
    pub fn read_unverified(&self) -> Result<T, DecodeError> {
        canonical::decode(&self.body, T::LIMIT)
    }

    /// Whether `device` signed the body.
    ///
    /// # Errors
    /// As [`verify`].
    pub fn verify_device(&self, device: &DeviceId) -> Result<(), SignatureError> {
        verify(device, T::CONTEXT, &self.body, &self.signature)
    }

    /// Whether the root signed the body.
    ///
    /// # Errors
    /// As [`RootPublic::verify`].
    pub fn verify_root(&self, root: &RootPublic) -> Result<(), SignatureError> {
        root.verify(T::CONTEXT, &self.body, &self.signature)
    }

    /// The wire form.
    pub fn to_bytes(&self) -> Vec<u8> {
        canonical::encode(self)
    }

    /// Reads the wire form. Verifies nothing yet.
    ///
    /// # Errors
    /// [`DecodeError`] if it is too long or not canonical.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, DecodeError> {
        canonical::decode(bytes, T::LIMIT + FRAME_BYTES)
    }
}

/// CBOR heads and signature around a body.
const FRAME_BYTES: usize = 80;

impl<T> Signed<T> {
    /// Puts together what was taken apart, e.g. columns of a table. Verifies nothing.
    pub fn from_parts(body: Vec<u8>, signature: Signature) -> Self {
        Self { body, signature, kind: PhantomData }
    }

    /// The signed bytes.
    pub fn body(&self) -> &[u8] {
        &self.body
    }

    /// The signature.
    pub fn signature(&self) -> &Signature {
        &self.signature
    }

    /// BLAKE3 of the body. Two signatures over one body are one statement, so the signature is left out.
    pub fn hash(&self) -> Hash32 {
        Hash32(*blake3::hash(&self.body).as_bytes())
    }
}

impl<T> Clone for Signed<T> {
    fn clone(&self) -> Self {
        Self { body: self.body.clone(), signature: self.signature, kind: PhantomData }
    }
}

impl<T> PartialEq for Signed<T> {
    fn eq(&self, other: &Self) -> bool {
        self.body == other.body && self.signature == other.signature
    }
}

impl<T> Eq for Signed<T> {}

impl<T> Hash for Signed<T> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.body.hash(state);
        self.signature.hash(state);
    }
}

impl<T> fmt::Debug for Signed<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Signed({} bytes, {:?})", self.body.len(), self.signature)
    }
}

impl<T, C> Encode<C> for Signed<T> {
    fn encode<W: encode::Write>(&self, e: &mut Encoder<W>, ctx: &mut C) -> Result<(), encode::Error<W::Error>> {
        e.array(2)?.bytes(&self.body)?.encode_with(self.signature, ctx)?.ok()
    }
}

impl<'b, T: SignedBody, C> Decode<'b, C> for Signed<T> {
    fn decode(d: &mut Decoder<'b>, ctx: &mut C) -> Result<Self, decode::Error> {
        if d.array()? != Some(2) {
            return Err(decode::Error::message("a signed value is a body and a signature"));
        }
        let body = d.bytes()?;
        if body.len() > T::LIMIT {
            return Err(decode::Error::message("the signed body is too long"));
        }
        Ok(Self { body: body.to_vec(), signature: d.decode_with(ctx)?, kind: PhantomData })
    }
}
