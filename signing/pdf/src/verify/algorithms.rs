//! Which signature algorithms are checked, and how.

use super::{
    rsa::{Hash, PublicKey},
    tlv::{self, SEQUENCE},
};
use der::{Encode, asn1::ObjectIdentifier as Oid};
use p256::ecdsa::signature::hazmat::PrehashVerifier;
use p256::pkcs8::DecodePublicKey;
use spki::SubjectPublicKeyInfoOwned;

const SHA256: Oid = Oid::new_unwrap("2.16.840.1.101.3.4.2.1");
const SHA384: Oid = Oid::new_unwrap("2.16.840.1.101.3.4.2.2");
const SHA512: Oid = Oid::new_unwrap("2.16.840.1.101.3.4.2.3");
const ECDSA_SHA256: Oid = Oid::new_unwrap("1.2.840.10045.4.3.2");
const ECDSA_SHA384: Oid = Oid::new_unwrap("1.2.840.10045.4.3.3");
const ECDSA_SHA512: Oid = Oid::new_unwrap("1.2.840.10045.4.3.4");
const RSA: Oid = Oid::new_unwrap("1.2.840.113549.1.1.1");
const RSA_SHA256: Oid = Oid::new_unwrap("1.2.840.113549.1.1.11");
const RSA_SHA384: Oid = Oid::new_unwrap("1.2.840.113549.1.1.12");
const RSA_SHA512: Oid = Oid::new_unwrap("1.2.840.113549.1.1.13");
const RSA_PSS: Oid = Oid::new_unwrap("1.2.840.113549.1.1.10");
const MGF1: Oid = Oid::new_unwrap("1.2.840.113549.1.1.8");
const EC_KEY: Oid = Oid::new_unwrap("1.2.840.10045.2.1");
const P256: Oid = Oid::new_unwrap("1.2.840.10045.3.1.7");
const P384: Oid = Oid::new_unwrap("1.3.132.0.34");
const ED25519: Oid = Oid::new_unwrap("1.3.101.112");

/// Why a signature value was not accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// The algorithm, hash or key is unknown or too weak.
    Unsupported,
    /// The signature is wrong.
    Wrong,
}

/// The hash function of this identifier; SHA-1 and older are not accepted.
pub(crate) fn hash(oid: Oid) -> Option<Hash> {
    [(SHA256, Hash::Sha256), (SHA384, Hash::Sha384), (SHA512, Hash::Sha512)]
        .into_iter()
        .find(|(known, _)| *known == oid)
        .map(|(_, hash)| hash)
}

/// Checks `signature` over `message`.
///
/// `algorithm` is the raw AlgorithmIdentifier; `digest` is the hash named beside it (CMS `digestAlgorithm`), which
/// must agree. Certificates name none.
pub(crate) fn verify(
    key: &SubjectPublicKeyInfoOwned,
    algorithm: &[u8],
    digest: Option<Hash>,
    message: &[u8],
    signature: &[u8],
) -> Result<(), Refusal> {
    let (oid, parameters) = identifier(algorithm).ok_or(Refusal::Unsupported)?;
    let agreed = |hash: Hash| match digest {
        Some(other) if other != hash => Err(Refusal::Unsupported),
        _ => Ok(hash),
    };
    match oid {
        ECDSA_SHA256 => ecdsa(key, agreed(Hash::Sha256)?, message, signature),
        ECDSA_SHA384 => ecdsa(key, agreed(Hash::Sha384)?, message, signature),
        ECDSA_SHA512 => ecdsa(key, agreed(Hash::Sha512)?, message, signature),
        RSA_SHA256 => pkcs1(key, agreed(Hash::Sha256)?, message, signature),
        RSA_SHA384 => pkcs1(key, agreed(Hash::Sha384)?, message, signature),
        RSA_SHA512 => pkcs1(key, agreed(Hash::Sha512)?, message, signature),
        // CMS lets rsaEncryption stand here; the hash is then the digestAlgorithm (RFC 3370 §3.2).
        RSA => pkcs1(key, digest.ok_or(Refusal::Unsupported)?, message, signature),
        RSA_PSS => {
            let (hash, salt) = pss_parameters(parameters).ok_or(Refusal::Unsupported)?;
            let hash = agreed(hash)?;
            let key = rsa_key(key)?;
            accept(key.verify_pss(hash, salt, &hash.digest(&[message]), signature))
        }
        // RFC 8419 §3.1: with signed attributes the digest algorithm is SHA-512.
        ED25519 if digest.is_none_or(|d| d == Hash::Sha512) => ed25519(key, message, signature),
        _ => Err(Refusal::Unsupported),
    }
}

fn accept(good: bool) -> Result<(), Refusal> {
    if good { Ok(()) } else { Err(Refusal::Wrong) }
}

fn identifier(algorithm: &[u8]) -> Option<(Oid, Option<tlv::Tlv<'_>>)> {
    let (sequence, _) = tlv::read(algorithm)?;
    let children = sequence.expect(SEQUENCE)?.children()?;
    Some((children.first()?.oid()?, children.get(1).copied()))
}

fn ecdsa(key: &SubjectPublicKeyInfoOwned, hash: Hash, message: &[u8], signature: &[u8]) -> Result<(), Refusal> {
    let curve = key.algorithm.parameters.as_ref().and_then(|p| p.decode_as::<Oid>().ok());
    let der = key.to_der().map_err(|_| Refusal::Unsupported)?;
    let digest = hash.digest(&[message]);
    match (key.algorithm.oid, curve) {
        (EC_KEY, Some(P256)) => {
            let key = p256::ecdsa::VerifyingKey::from_public_key_der(&der).map_err(|_| Refusal::Unsupported)?;
            let signature = p256::ecdsa::Signature::from_der(signature).map_err(|_| Refusal::Wrong)?;
            key.verify_prehash(&digest, &signature).map_err(|_| Refusal::Wrong)
        }
        (EC_KEY, Some(P384)) => {
            let key = p384::ecdsa::VerifyingKey::from_public_key_der(&der).map_err(|_| Refusal::Unsupported)?;
            let signature = p384::ecdsa::Signature::from_der(signature).map_err(|_| Refusal::Wrong)?;
            key.verify_prehash(&digest, &signature).map_err(|_| Refusal::Wrong)
        }
        _ => Err(Refusal::Unsupported),
    }
}

fn rsa_key(key: &SubjectPublicKeyInfoOwned) -> Result<PublicKey, Refusal> {
    if key.algorithm.oid != RSA && key.algorithm.oid != RSA_PSS {
        return Err(Refusal::Unsupported);
    }
    key.subject_public_key.as_bytes().and_then(PublicKey::from_pkcs1).ok_or(Refusal::Unsupported)
}

fn pkcs1(key: &SubjectPublicKeyInfoOwned, hash: Hash, message: &[u8], signature: &[u8]) -> Result<(), Refusal> {
    // A key marked for PSS only must not be used with the older padding (RFC 4055 §1.2).
    if key.algorithm.oid != RSA {
        return Err(Refusal::Unsupported);
    }
    accept(rsa_key(key)?.verify_pkcs1(hash, &hash.digest(&[message]), signature))
}

/// Hash and salt length of RSASSA-PSS-params; both hashes must be one and the same (RFC 4055 §3.1).
fn pss_parameters(parameters: Option<tlv::Tlv<'_>>) -> Option<(Hash, usize)> {
    let mut main = None;
    let mut mask = None;
    let mut salt = 20;
    for part in parameters?.expect(SEQUENCE)?.children()? {
        let (inner, rest) = tlv::read(part.content)?;
        if !rest.is_empty() {
            return None;
        }
        match part.tag {
            0xA0 => main = hash(identifier(inner.whole)?.0),
            0xA1 => {
                let (function, parameter) = identifier(inner.whole)?;
                mask = (function == MGF1).then(|| hash(identifier(parameter?.whole)?.0)).flatten();
            }
            0xA2 if inner.content.len() <= 2 => {
                salt = inner.expect(tlv::INTEGER)?.content.iter().fold(0, |n, b| n << 8 | usize::from(*b));
            }
            0xA3 if inner.content == [1] => {}
            _ => return None,
        }
    }
    // Left out they mean SHA-1, which is not accepted.
    match (main, mask) {
        (Some(a), Some(b)) if a == b => Some((a, salt)),
        _ => None,
    }
}

fn ed25519(key: &SubjectPublicKeyInfoOwned, message: &[u8], signature: &[u8]) -> Result<(), Refusal> {
    if key.algorithm.oid != ED25519 || key.algorithm.parameters.is_some() {
        return Err(Refusal::Unsupported);
    }
    let bytes = key.subject_public_key.as_bytes().and_then(|b| b.try_into().ok()).ok_or(Refusal::Unsupported)?;
    let key = ed25519_dalek::VerifyingKey::from_bytes(bytes).map_err(|_| Refusal::Unsupported)?;
    let signature = ed25519_dalek::Signature::from_slice(signature).map_err(|_| Refusal::Wrong)?;
    key.verify_strict(message, &signature).map_err(|_| Refusal::Wrong)
}
