//! The organisation's certificate authority (Decree 23/2025: an organisation may certify its own people for its own
//! work). One self-signed ECDSA P-256 root that issues end-entity certificates and nothing else.

use crate::{
    error::CertificateError,
    person::{ECDSA_SHA256, PersonKey},
    subject::{self, Subject},
    time,
};
use der::{Decode, Encode, EncodePem, Sequence, asn1::ObjectIdentifier, asn1::OctetString, pem::LineEnding};
use domain::id::Timestamp;
use p256::{
    ecdsa::{DerSignature, VerifyingKey, signature::Verifier},
    pkcs8::DecodePublicKey,
};
use rand_core::CryptoRng;
use spki::SubjectPublicKeyInfoRef;
use x509_cert::{
    Certificate, TbsCertificate,
    builder::{Builder, CertificateBuilder, profile::BuilderProfile},
    ext::{
        Extension, ToExtension,
        pkix::{AuthorityKeyIdentifier, BasicConstraints, ExtendedKeyUsage, KeyUsage, KeyUsages, SubjectKeyIdentifier},
    },
    name::Name,
    request::CertReq,
    serial_number::SerialNumber,
    time::Validity,
};
use zeroize::Zeroizing;

/// id-kp-documentSigning (RFC 9336).
pub(crate) const DOCUMENT_SIGNING: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.3.36");

/// id-kp-emailProtection: NSS (poppler, Okular, LibreOffice) trusts no signer without it, whatever else is there.
const EMAIL_PROTECTION: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.3.4");

const DAY_MS: i64 = 86_400_000;
/// Life of an authority: 10 years.
const AUTHORITY_MS: i64 = 3653 * DAY_MS;
/// Life of a person's certificate: 2 years.
const PERSON_MS: i64 = 730 * DAY_MS;
/// Certificates begin a little earlier than issued: clocks of devices without network differ by minutes.
const BACKDATE_MS: i64 = 3_600_000;
/// Bytes of random serial number.
const SERIAL_BYTES: usize = 16;
/// Longest certificate request read.
const MAX_REQUEST_BYTES: usize = 16 * 1024;

/// A certificate authority: its key and its own certificate.
pub struct CertificateAuthority {
    key: PersonKey,
    certificate: Certificate,
    der: Vec<u8>,
}

impl std::fmt::Debug for CertificateAuthority {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("CertificateAuthority").field("subject", &self.subject().to_string()).finish_non_exhaustive()
    }
}

/// How an authority rests on disk (inside other encryption): key as PKCS#8 v1, then the certificate.
#[derive(Sequence)]
struct Stored {
    version: u8,
    key: OctetString,
    certificate: Certificate,
}

const STORED_VERSION: u8 = 1;

impl CertificateAuthority {
    /// A new authority with a new key, valid for ten years from `now`.
    pub fn create(organisation_name: &str, now: Timestamp, rng: &mut impl CryptoRng) -> Result<Self, CertificateError> {
        let subject = subject::name(&Subject {
            common_name: organisation_name.to_owned(),
            organisation: Some(organisation_name.to_owned()),
            ..Subject::default()
        })?;
        let key = PersonKey::generate(rng);
        let profile = Profile { subject, issuer: None };
        let validity = validity(now.plus_ms(-BACKDATE_MS), now.plus_ms(AUTHORITY_MS))?;
        let certificate = build(profile, validity, key.public_key()?, &key, rng)?;
        Self::assemble(key, certificate)
    }

    fn assemble(key: PersonKey, certificate: Certificate) -> Result<Self, CertificateError> {
        let der = certificate.to_der().map_err(|_| CertificateError::Internal)?;
        Ok(Self { key, certificate, der })
    }

    /// Key and certificate for keeping. Secret.
    pub fn to_secret_bytes(&self) -> Result<Zeroizing<Vec<u8>>, CertificateError> {
        let key = self.key.to_secret_bytes()?;
        // Encoded by hand: an `OctetString` of the key would be dropped without being wiped.
        let key = der::asn1::OctetStringRef::new(&key).map_err(|_| CertificateError::Internal)?;
        let length = [STORED_VERSION.encoded_len(), key.encoded_len(), self.certificate.encoded_len()]
            .into_iter()
            .try_fold(der::Length::ZERO, |sum, part| sum + part?)
            .map_err(|_| CertificateError::Internal)?;
        let header = der::Header::new(der::Tag::Sequence, length);
        let mut out = Zeroizing::new(Vec::with_capacity(u32::from(length) as usize + 16));
        header
            .encode_to_vec(&mut out)
            .and_then(|_| STORED_VERSION.encode_to_vec(&mut out))
            .and_then(|_| key.encode_to_vec(&mut out))
            .and_then(|_| self.certificate.encode_to_vec(&mut out))
            .map_err(|_| CertificateError::Internal)?;
        Ok(out)
    }

    /// Reads what [`to_secret_bytes`](Self::to_secret_bytes) wrote.
    pub fn from_secret_bytes(bytes: &[u8]) -> Result<Self, CertificateError> {
        let malformed = CertificateError::Malformed("certificate authority");
        let stored = Stored::from_der(bytes).map_err(|_| malformed)?;
        let secret = Zeroizing::new(stored.key.into_bytes().into_vec());
        let key = PersonKey::from_secret_bytes(&secret)?;
        let same_key = *stored.certificate.tbs_certificate().subject_public_key_info() == key.public_key()?;
        if stored.version != STORED_VERSION || !same_key {
            return Err(malformed);
        }
        Self::assemble(key, stored.certificate)
    }

    /// The authority's certificate as PEM, for other programs.
    pub fn certificate_pem(&self) -> Result<String, CertificateError> {
        self.certificate.to_pem(LineEnding::LF).map_err(|_| CertificateError::Internal)
    }

    /// The authority's certificate in DER.
    pub fn certificate_der(&self) -> &[u8] {
        &self.der
    }

    fn subject(&self) -> &Name {
        self.certificate.tbs_certificate().subject()
    }

    /// Issues a certificate for the key in a PKCS#10 request. The request proves possession of the key; its name is
    /// ignored, `subject` is what counts. Valid for two years, never longer than the authority itself.
    pub fn issue(
        &self,
        request: &[u8],
        subject: &Subject,
        now: Timestamp,
        rng: &mut impl CryptoRng,
    ) -> Result<Vec<u8>, CertificateError> {
        let public_key = proven_key(request)?;
        let own = self.certificate.tbs_certificate().validity();
        let (first, last) = (time::from_certificate(&own.not_before), time::from_certificate(&own.not_after));
        if now < first || now > last {
            return Err(CertificateError::AuthorityExpired);
        }
        let organisation = subject.organisation.clone().or_else(|| subject::part(self.subject(), subject::COMMON_NAME));
        let profile = Profile {
            subject: subject::name(&Subject { organisation, ..subject.clone() })?,
            issuer: Some(self.subject().clone()),
        };
        let validity = validity(now.plus_ms(-BACKDATE_MS).max(first), now.plus_ms(PERSON_MS).min(last))?;
        let certificate = build(profile, validity, public_key, &self.key, rng)?;
        certificate.to_der().map_err(|_| CertificateError::Internal)
    }
}

/// The public key of a request that is signed by the very key it asks for.
fn proven_key(request: &[u8]) -> Result<spki::SubjectPublicKeyInfoOwned, CertificateError> {
    let malformed = CertificateError::Malformed("certificate request");
    if request.len() > MAX_REQUEST_BYTES {
        return Err(malformed);
    }
    let request = CertReq::from_der(request).map_err(|_| malformed)?;
    let key = request.info.public_key.to_der().map_err(|_| malformed)?;
    let key = VerifyingKey::from_public_key_der(&key).map_err(|_| CertificateError::UnsupportedKey)?;
    if request.algorithm.oid != ECDSA_SHA256 {
        return Err(CertificateError::UnsupportedKey);
    }
    let signed = request.info.to_der().map_err(|_| malformed)?;
    let signature = request.signature.as_bytes().and_then(|b| DerSignature::from_bytes(b).ok()).ok_or(malformed)?;
    key.verify(&signed, &signature).map_err(|_| CertificateError::NoProofOfPossession)?;
    Ok(request.info.public_key)
}

fn validity(from: Timestamp, to: Timestamp) -> Result<Validity, CertificateError> {
    match (time::certificate_time(from), time::certificate_time(to)) {
        (Some(from), Some(to)) => Ok(Validity::new(from, to)),
        _ => Err(CertificateError::BadTime),
    }
}

fn build(
    profile: Profile,
    validity: Validity,
    public_key: spki::SubjectPublicKeyInfoOwned,
    signer: &PersonKey,
    rng: &mut impl CryptoRng,
) -> Result<Certificate, CertificateError> {
    let mut serial = [0u8; SERIAL_BYTES];
    rng.fill_bytes(&mut serial);
    // Positive and of full length whatever the dice say (RFC 5280 §4.1.2.2).
    serial[0] = (serial[0] & 0x7F) | 0x40;
    let serial = SerialNumber::new(&serial).map_err(|_| CertificateError::Internal)?;
    CertificateBuilder::new(profile, serial, validity, public_key)
        .and_then(|builder| builder.build::<_, DerSignature>(signer.signing_key()))
        .map_err(|_| CertificateError::Internal)
}

/// The authority itself when there is no issuer, otherwise a person.
struct Profile {
    subject: Name,
    issuer: Option<Name>,
}

impl BuilderProfile for Profile {
    fn get_issuer(&self, subject: &Name) -> Name {
        self.issuer.as_ref().unwrap_or(subject).clone()
    }

    fn get_subject(&self) -> Name {
        self.subject.clone()
    }

    fn build_extensions(
        &self,
        key: SubjectPublicKeyInfoRef<'_>,
        issuer_key: SubjectPublicKeyInfoRef<'_>,
        tbs: &TbsCertificate,
    ) -> x509_cert::builder::Result<Vec<Extension>> {
        let ca = self.issuer.is_none();
        let usage = if ca {
            KeyUsages::KeyCertSign | KeyUsages::CRLSign
        } else {
            KeyUsages::DigitalSignature | KeyUsages::NonRepudiation
        };
        let constraints = BasicConstraints { ca, path_len_constraint: ca.then_some(0) };
        let name = tbs.subject();
        let mut list = vec![constraints.to_extension(name, &[])?];
        list.push(KeyUsage(usage).to_extension(name, &list)?);
        list.push(SubjectKeyIdentifier::try_from(key)?.to_extension(name, &list)?);
        list.push(AuthorityKeyIdentifier::try_from(issuer_key)?.to_extension(name, &list)?);
        if !ca {
            list.push(ExtendedKeyUsage(vec![DOCUMENT_SIGNING, EMAIL_PROTECTION]).to_extension(name, &list)?);
        }
        Ok(list)
    }
}
