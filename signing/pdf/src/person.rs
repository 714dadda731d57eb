//! A person's key for signing PDF files: ECDSA P-256, the one kind every outside validator accepts.

use crate::{
    error::CertificateError,
    subject::{self, Subject},
};
use der::{Decode, Encode, asn1::BitString};
use p256::{
    ecdsa::{DerSignature, SigningKey},
    elliptic_curve::Generate,
    pkcs8::{DecodePrivateKey, EncodePrivateKey, EncodePublicKey},
};
use rand_core::CryptoRng;
use signature::Signer;
use spki::{AlgorithmIdentifierOwned, SubjectPublicKeyInfoOwned};
use x509_cert::request::{CertReq, CertReqInfo, Version};
use zeroize::Zeroizing;

/// ecdsa-with-SHA256 (RFC 5758 §3.2).
pub(crate) const ECDSA_SHA256: der::asn1::ObjectIdentifier = der::asn1::ObjectIdentifier::new_unwrap("1.2.840.10045.4.3.2");

/// A private key. Zeroized when dropped, never printed.
pub struct PersonKey(SigningKey);

impl std::fmt::Debug for PersonKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("PersonKey(…)")
    }
}

impl PersonKey {
    /// A new key.
    pub fn generate(rng: &mut impl CryptoRng) -> Self {
        Self(SigningKey::generate_from_rng(rng))
    }

    /// PKCS#8 version 1 in DER, which OpenSSL 3.0 reads too. Secret.
    pub fn to_secret_bytes(&self) -> Result<Zeroizing<Vec<u8>>, CertificateError> {
        self.0.to_pkcs8_der().map(|d| d.to_bytes()).map_err(|_| CertificateError::Internal)
    }

    /// Reads what [`to_secret_bytes`](Self::to_secret_bytes) wrote.
    pub fn from_secret_bytes(bytes: &[u8]) -> Result<Self, CertificateError> {
        SigningKey::from_pkcs8_der(bytes).map(Self).map_err(|_| CertificateError::Malformed("private key"))
    }

    /// A PKCS#10 certificate request in DER (RFC 2986), signed by this key. The name is a wish: the authority decides.
    pub fn request(&self, common_name: &str) -> Result<Vec<u8>, CertificateError> {
        let wish = Subject { common_name: common_name.to_owned(), ..Subject::default() };
        let info = CertReqInfo {
            version: Version::V1,
            subject: subject::name(&wish)?,
            public_key: self.public_key()?,
            attributes: Default::default(),
        };
        let bytes = info.to_der().map_err(|_| CertificateError::Internal)?;
        let signature = BitString::from_bytes(&self.sign(&bytes)).map_err(|_| CertificateError::Internal)?;
        let algorithm = AlgorithmIdentifierOwned { oid: ECDSA_SHA256, parameters: None };
        CertReq { info, algorithm, signature }.to_der().map_err(|_| CertificateError::Internal)
    }

    pub(crate) fn public_key(&self) -> Result<SubjectPublicKeyInfoOwned, CertificateError> {
        let bytes = self.0.verifying_key().to_public_key_der().map_err(|_| CertificateError::Internal)?;
        SubjectPublicKeyInfoOwned::from_der(bytes.as_bytes()).map_err(|_| CertificateError::Internal)
    }

    /// ECDSA over SHA-256, deterministic (RFC 6979), DER encoded.
    pub(crate) fn sign(&self, message: &[u8]) -> Vec<u8> {
        let signature: DerSignature = self.0.sign(message);
        signature.as_bytes().to_vec()
    }

    pub(crate) fn signing_key(&self) -> &SigningKey {
        &self.0
    }
}
