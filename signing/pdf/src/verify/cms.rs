//! Reads and checks the CMS container in `/Contents` (RFC 5652 §5, ETSI EN 319 122-1, RFC 3161).

use super::{
    Reason, algorithms,
    chain::Certificate,
    rsa::Hash,
    tlv::{self, GENERALIZED_TIME, INTEGER, OCTET_STRING, SEQUENCE, SET, Tlv, UTC_TIME},
};
use crate::{
    cms::{CONTENT_TYPE, ID_DATA, ID_SIGNED_DATA, MESSAGE_DIGEST, SIGNING_CERTIFICATE_V2},
    time,
};
use der::asn1::ObjectIdentifier as Oid;
use domain::id::Timestamp;

/// Certificates in one container.
const MAX_CERTIFICATES: usize = 64;
/// Signed attributes.
const MAX_ATTRIBUTES: usize = 64;

const SIGNING_TIME: Oid = Oid::new_unwrap("1.2.840.113549.1.9.5");
const TST_INFO: Oid = Oid::new_unwrap("1.2.840.113549.1.9.16.1.4");

/// The kinds of container found in PDF files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Profile {
    /// `ETSI.CAdES.detached`: the signing certificate must be named in the signed attributes.
    Cades,
    /// `adbe.pkcs7.detached`, the older form without that duty.
    Pkcs7,
    /// `ETSI.RFC3161`: a document time stamp.
    TimeStamp,
}

/// What a container says once its mathematics is in order. Trust is another question.
pub(crate) struct Signed<'a> {
    pub signer: Certificate<'a>,
    pub certificates: Vec<Certificate<'a>>,
    /// From the signing-time attribute or the time stamp.
    pub signed_at: Option<Timestamp>,
}

/// A container taken apart, before anything is checked.
pub(crate) struct Message<'a> {
    content_type: Oid,
    content: Option<&'a [u8]>,
    pub certificates: Vec<Certificate<'a>>,
    signer: Signer<'a>,
}

struct Signer<'a> {
    id: SignerId<'a>,
    digest: Option<Hash>,
    /// The attributes as a SET OF, tag 0x31, over which the signature runs.
    attributes_der: Vec<u8>,
    attributes: Vec<(Oid, Vec<Tlv<'a>>)>,
    algorithm: &'a [u8],
    signature: &'a [u8],
}

enum SignerId<'a> {
    IssuerSerial { issuer: &'a [u8], serial: &'a [u8] },
    KeyId(&'a [u8]),
}

/// The DER element at the beginning of `/Contents`; behind it only padding zeros may follow.
pub(crate) fn without_padding(contents: &[u8]) -> Option<&[u8]> {
    let (element, rest) = tlv::read(contents)?;
    rest.iter().all(|b| *b == 0).then_some(element.whole)
}

impl<'a> Message<'a> {
    /// Takes `der` apart; `None` if it is no SignedData with exactly one signer.
    pub fn read(der: &'a [u8]) -> Option<Self> {
        let (info, _) = tlv::read(der)?;
        let info = info.expect(SEQUENCE)?.children()?;
        let [content_type, content] = info.as_slice() else {
            return None;
        };
        if content_type.oid()? != ID_SIGNED_DATA {
            return None;
        }
        let (data, rest) = tlv::read(content.expect(0xA0)?.content)?;
        let parts = data.expect(SEQUENCE)?.children()?;
        if !rest.is_empty() || parts.len() < 4 {
            return None;
        }
        parts[0].expect(INTEGER)?;
        parts[1].expect(SET)?;
        let inner = parts[2].expect(SEQUENCE)?.children()?;
        let (&signers, middle) = parts[3..].split_last()?;
        let mut certificates = Vec::new();
        for part in middle {
            match part.tag {
                0xA0 => {
                    let children = part.children()?;
                    if children.len() > MAX_CERTIFICATES {
                        return None;
                    }
                    // Other kinds (attribute certificates) carry context tags; they play no part here.
                    certificates.extend(children.iter().filter(|c| c.tag == SEQUENCE).filter_map(|c| Certificate::read(c.whole)));
                }
                0xA1 => {}
                _ => return None,
            }
        }
        let signers = signers.expect(SET)?.children()?;
        let [signer] = signers.as_slice() else {
            return None;
        };
        let content = match inner.get(1) {
            None => None,
            Some(explicit) => Some(tlv::read(explicit.expect(0xA0)?.content)?.0.expect(OCTET_STRING)?.content),
        };
        let content_type = inner.first()?.oid()?;
        Some(Self { content_type, content, certificates, signer: Signer::read(signer)? })
    }

    /// The certificate that the signer identifier points to.
    pub fn signer_certificate(&self) -> Option<&Certificate<'a>> {
        self.certificates.iter().find(|c| match &self.signer.id {
            SignerId::IssuerSerial { issuer, serial } => c.matches_issuer_serial(issuer, serial),
            SignerId::KeyId(id) => c
                .parsed
                .tbs_certificate()
                .get_extension::<x509_cert::ext::pkix::SubjectKeyIdentifier>()
                .ok()
                .flatten()
                .is_some_and(|(_, own)| own.0.as_bytes() == *id),
        })
    }

    /// Checks everything but trust: digest of the signed bytes, signed attributes, signing certificate, signature.
    pub fn check(self, profile: Profile, parts: [&[u8]; 2]) -> Result<Signed<'a>, Reason> {
        let signer = &self.signer;
        let hash = signer.digest.ok_or(Reason::UnsupportedAlgorithm)?;
        let (expected_type, digest, mut signed_at) = match profile {
            Profile::Cades | Profile::Pkcs7 => {
                if self.content.is_some() {
                    return Err(Reason::MalformedCms);
                }
                (ID_DATA, hash.digest(&parts), None)
            }
            Profile::TimeStamp => {
                let content = self.content.ok_or(Reason::MalformedCms)?;
                let stamp = TimeStamp::read(content).ok_or(Reason::MalformedCms)?;
                let imprint = stamp.hash.ok_or(Reason::UnsupportedAlgorithm)?;
                if imprint.digest(&parts) != stamp.imprint {
                    return Err(Reason::DigestMismatch);
                }
                (TST_INFO, hash.digest(&[content]), Some(stamp.at))
            }
        };
        if self.content_type != expected_type {
            return Err(Reason::MalformedCms);
        }
        if signer.single(MESSAGE_DIGEST)?.expect(OCTET_STRING).ok_or(Reason::MalformedCms)?.content != digest {
            return Err(Reason::DigestMismatch);
        }
        if signer.single(CONTENT_TYPE)?.oid() != Some(expected_type) {
            return Err(Reason::MalformedCms);
        }
        let certificate = self.signer_certificate().ok_or(Reason::SignerCertificateMissing)?.clone();
        match signer.optional(SIGNING_CERTIFICATE_V2)? {
            Some(value) => check_signing_certificate(value, &certificate)?,
            None if profile == Profile::Cades => return Err(Reason::SigningCertificateMismatch),
            None => {}
        }
        if profile != Profile::TimeStamp
            && let Some(value) = signer.optional(SIGNING_TIME)?
        {
            let generalized = match value.tag {
                UTC_TIME => false,
                GENERALIZED_TIME => true,
                _ => return Err(Reason::MalformedCms),
            };
            signed_at = Some(time::parse_asn1_time(value.content, generalized).ok_or(Reason::MalformedCms)?);
        }
        let key = certificate.parsed.tbs_certificate().subject_public_key_info();
        algorithms::verify(key, signer.algorithm, Some(hash), &signer.attributes_der, signer.signature).map_err(|refusal| {
            match refusal {
                algorithms::Refusal::Unsupported => Reason::UnsupportedAlgorithm,
                algorithms::Refusal::Wrong => Reason::BadSignature,
            }
        })?;
        Ok(Signed { signer: certificate, certificates: self.certificates, signed_at })
    }
}

impl<'a> Signer<'a> {
    fn read(info: &Tlv<'a>) -> Option<Self> {
        let parts = info.expect(SEQUENCE)?.children()?;
        parts.first()?.expect(INTEGER)?;
        let id = match parts.get(1)? {
            sid if sid.tag == SEQUENCE => {
                let fields = sid.children()?;
                let [issuer, serial] = fields.as_slice() else {
                    return None;
                };
                SignerId::IssuerSerial { issuer: issuer.whole, serial: serial.expect(INTEGER)?.content }
            }
            sid if sid.tag == 0x80 => SignerId::KeyId(sid.content),
            _ => return None,
        };
        let digest = algorithms::hash(parts.get(2)?.expect(SEQUENCE)?.children()?.first()?.oid()?);
        // Signing the content directly, without attributes, is allowed by CMS and open to substitution: refused.
        let signed = parts.get(3)?.expect(0xA0)?;
        let mut attributes_der = signed.whole.to_vec();
        *attributes_der.first_mut()? = SET;
        let mut attributes = Vec::new();
        let children = signed.children()?;
        if children.len() > MAX_ATTRIBUTES {
            return None;
        }
        for attribute in children {
            let fields = attribute.expect(SEQUENCE)?.children()?;
            let [oid, values] = fields.as_slice() else {
                return None;
            };
            attributes.push((oid.oid()?, values.expect(SET)?.children()?));
        }
        let algorithm = parts.get(4)?.expect(SEQUENCE)?.whole;
        let signature = parts.get(5)?.expect(OCTET_STRING)?.content;
        Some(Self { id, digest, attributes_der, attributes, algorithm, signature })
    }

    /// The one value of an attribute; twice or with several values it means nothing (RFC 5652 §11).
    fn optional(&self, oid: Oid) -> Result<Option<Tlv<'a>>, Reason> {
        let mut found = self.attributes.iter().filter(|(o, _)| *o == oid);
        match (found.next(), found.next()) {
            (None, _) => Ok(None),
            (Some((_, values)), None) if values.len() == 1 => Ok(Some(values[0])),
            _ => Err(Reason::MalformedCms),
        }
    }

    fn single(&self, oid: Oid) -> Result<Tlv<'a>, Reason> {
        self.optional(oid)?.ok_or(Reason::MalformedCms)
    }
}

/// ESSCertIDv2 (RFC 5035 §4): the first entry is the signer's certificate.
fn check_signing_certificate(value: Tlv<'_>, certificate: &Certificate<'_>) -> Result<(), Reason> {
    let entry = || {
        let certs = value.expect(SEQUENCE)?.children()?.first()?.expect(SEQUENCE)?.children()?;
        certs.first()?.expect(SEQUENCE)?.children()
    };
    let mut parts = entry().ok_or(Reason::MalformedCms)?.into_iter().peekable();
    let mut hash = Hash::Sha256;
    if let Some(algorithm) = parts.next_if(|p| p.tag == SEQUENCE) {
        let oid = algorithm.children().and_then(|c| c.first()?.oid()).ok_or(Reason::MalformedCms)?;
        hash = algorithms::hash(oid).ok_or(Reason::UnsupportedAlgorithm)?;
    }
    let digest = parts.next().and_then(|p| p.expect(OCTET_STRING)).ok_or(Reason::MalformedCms)?;
    if digest.content != hash.digest(&[certificate.der]) {
        return Err(Reason::SigningCertificateMismatch);
    }
    let Some(issuer_serial) = parts.next() else {
        return Ok(());
    };
    let fields = || {
        let parts = issuer_serial.expect(SEQUENCE)?.children()?;
        let [names, serial] = parts.as_slice() else {
            return None;
        };
        let names = names.expect(SEQUENCE)?.children()?;
        let [name] = names.as_slice() else {
            return None;
        };
        // GeneralName directoryName [4], explicit because Name is a CHOICE.
        Some((name.expect(0xA4)?.content, serial.expect(INTEGER)?.content))
    };
    let (issuer, serial) = fields().ok_or(Reason::MalformedCms)?;
    if certificate.matches_issuer_serial(issuer, serial) { Ok(()) } else { Err(Reason::SigningCertificateMismatch) }
}

/// The parts of TSTInfo (RFC 3161 §2.4.2) that matter.
struct TimeStamp<'a> {
    hash: Option<Hash>,
    imprint: &'a [u8],
    at: Timestamp,
}

impl<'a> TimeStamp<'a> {
    fn read(content: &'a [u8]) -> Option<Self> {
        let (info, _) = tlv::read(content)?;
        let parts = info.expect(SEQUENCE)?.children()?;
        let imprint = parts.get(2)?.expect(SEQUENCE)?.children()?;
        let [algorithm, digest] = imprint.as_slice() else {
            return None;
        };
        let hash = algorithms::hash(algorithm.expect(SEQUENCE)?.children()?.first()?.oid()?);
        let at = time::parse_asn1_time(parts.get(4)?.expect(GENERALIZED_TIME)?.content, true)?;
        Some(Self { hash, imprint: digest.expect(OCTET_STRING)?.content, at })
    }
}
