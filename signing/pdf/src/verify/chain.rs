//! From the signer's certificate up to a trusted one (RFC 5280 §6, the parts that documents need).
//!
//! Not checked: revocation (the organisation distributes its own revocations), name constraints and policies. A
//! certificate that makes one of those critical is refused, not waved through.

use super::{
    Reason, algorithms,
    tlv::{self, SEQUENCE},
};
use crate::time;
use der::{Decode, Encode, asn1::ObjectIdentifier as Oid};
use domain::id::Timestamp;
use x509_cert::{
    ext::pkix::{BasicConstraints, ExtendedKeyUsage, KeyUsage, KeyUsages},
    name::Name,
};

/// Certificates between signer and anchor, both counted.
const MAX_DEPTH: usize = 8;
/// Signatures checked while looking for a path.
const MAX_CHECKS: usize = 64;
/// A certificate may be this much younger than the signature claims to be, milliseconds: the claimed time comes from
/// the signer's clock, which offline runs slow, and proves nothing by itself. There is no such grace after expiry.
const SLOW_CLOCK_MS: i64 = 24 * 3_600_000;
/// Longest certificate read.
const MAX_CERTIFICATE: usize = 64 * 1024;

const TIME_STAMPING: Oid = Oid::new_unwrap("1.3.6.1.5.5.7.3.8");
/// Extended key usages under which people sign documents.
const SIGNING_PURPOSES: [Oid; 6] = [
    crate::ca::DOCUMENT_SIGNING,
    // emailProtection and clientAuth: what Vietnamese public authorities write into people's certificates.
    Oid::new_unwrap("1.3.6.1.5.5.7.3.4"),
    Oid::new_unwrap("1.3.6.1.5.5.7.3.2"),
    // anyExtendedKeyUsage, Microsoft and Adobe document signing.
    Oid::new_unwrap("2.5.29.37.0"),
    Oid::new_unwrap("1.3.6.1.4.1.311.10.3.12"),
    Oid::new_unwrap("1.2.840.113583.1.1.5"),
];
/// Critical extensions that are understood, or harmless without policy requirements (certificatePolicies).
const UNDERSTOOD: [&str; 4] = ["2.5.29.15", "2.5.29.19", "2.5.29.37", "2.5.29.32"];

/// What a certificate is used for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purpose {
    Documents,
    TimeStamps,
}

/// A certificate with the bytes it was read from.
#[derive(Debug, Clone)]
pub(crate) struct Certificate<'a> {
    pub der: &'a [u8],
    /// The signed part as it stands.
    tbs: &'a [u8],
    /// The raw signature AlgorithmIdentifier.
    algorithm: &'a [u8],
    pub parsed: x509_cert::Certificate,
}

impl<'a> Certificate<'a> {
    pub fn read(der: &'a [u8]) -> Option<Self> {
        if der.len() > MAX_CERTIFICATE {
            return None;
        }
        let (outer, rest) = tlv::read(der)?;
        let parts = outer.expect(SEQUENCE)?.children()?;
        let [tbs, algorithm, _] = parts.as_slice() else {
            return None;
        };
        let parsed = x509_cert::Certificate::from_der(der).ok()?;
        // RFC 5280 §4.1.1.2: the algorithm outside must be the one that is signed inside.
        let inner = parsed.tbs_certificate().signature() == parsed.signature_algorithm();
        (rest.is_empty() && inner).then_some(Self { der, tbs: tbs.whole, algorithm: algorithm.whole, parsed })
    }

    pub fn subject(&self) -> &Name {
        self.parsed.tbs_certificate().subject()
    }

    fn issued(&self, child: &Certificate<'_>) -> bool {
        self.subject() == child.parsed.tbs_certificate().issuer()
            && child.parsed.signature().as_bytes().is_some_and(|signature| {
                let key = self.parsed.tbs_certificate().subject_public_key_info();
                algorithms::verify(key, child.algorithm, None, child.tbs, signature).is_ok()
            })
    }

    fn key_usage(&self) -> Option<Option<KeyUsage>> {
        self.parsed.tbs_certificate().get_extension::<KeyUsage>().ok().map(|u| u.map(|(_, u)| u))
    }

    fn valid_at(&self, at: Timestamp) -> Result<(), Reason> {
        let validity = self.parsed.tbs_certificate().validity();
        if at.plus_ms(SLOW_CLOCK_MS) < time::from_certificate(&validity.not_before) {
            Err(Reason::CertificateNotYetValid)
        } else if at > time::from_certificate(&validity.not_after) {
            Err(Reason::CertificateExpired)
        } else {
            Ok(())
        }
    }

    fn understood(&self) -> Result<(), Reason> {
        let extensions = self.parsed.tbs_certificate().extensions().map_or(&[][..], |e| e.as_slice());
        let mut seen = std::collections::BTreeSet::new();
        let fine = extensions
            .iter()
            .all(|e| seen.insert(e.extn_id) && (!e.critical || UNDERSTOOD.iter().any(|u| e.extn_id.to_string() == *u)));
        if fine { Ok(()) } else { Err(Reason::CertificateUsage) }
    }

    /// Whether this end-entity certificate may sign for `purpose`.
    pub fn may_sign(&self, purpose: Purpose) -> Result<(), Reason> {
        self.understood()?;
        let usage = self.key_usage().ok_or(Reason::CertificateUsage)?;
        let signs = KeyUsages::DigitalSignature | KeyUsages::NonRepudiation;
        if usage.is_some_and(|u| (u.0 & signs).is_empty()) {
            return Err(Reason::CertificateUsage);
        }
        let purposes = self
            .parsed
            .tbs_certificate()
            .get_extension::<ExtendedKeyUsage>()
            .map_err(|_| Reason::CertificateUsage)?
            .map(|(_, p)| p.0);
        let fits = match (purpose, purposes) {
            (Purpose::Documents, None) => true,
            (Purpose::Documents, Some(list)) => list.iter().any(|p| SIGNING_PURPOSES.contains(p)),
            (Purpose::TimeStamps, list) => list.is_some_and(|l| l == [TIME_STAMPING]),
        };
        if fits { Ok(()) } else { Err(Reason::CertificateUsage) }
    }

    /// Whether this certificate may stand above `below` further authorities.
    fn may_certify(&self, below: usize) -> Result<(), Reason> {
        self.understood()?;
        let tbs = self.parsed.tbs_certificate();
        let (_, constraints) = tbs.get_extension::<BasicConstraints>().ok().flatten().ok_or(Reason::CertificateUsage)?;
        let usage = self.key_usage().ok_or(Reason::CertificateUsage)?;
        let certifies = usage.is_none_or(|u| u.0.contains(KeyUsages::KeyCertSign));
        let long = constraints.path_len_constraint.is_some_and(|limit| below > usize::from(limit));
        if constraints.ca && certifies && !long { Ok(()) } else { Err(Reason::CertificateUsage) }
    }

    /// The serial number as issuer-and-serial identifiers carry it.
    pub fn matches_issuer_serial(&self, issuer: &[u8], serial: &[u8]) -> bool {
        let tbs = self.parsed.tbs_certificate();
        tbs.serial_number().as_bytes() == serial && tbs.issuer().to_der().is_ok_and(|own| own == issuer)
    }
}

/// Looks for a path from `leaf` over `embedded` to one of `anchors`, every certificate valid at `at`.
pub(crate) fn check(
    leaf: &Certificate<'_>,
    embedded: &[Certificate<'_>],
    anchors: &[Certificate<'_>],
    at: Timestamp,
    purpose: Purpose,
) -> Result<(), Reason> {
    let mut search = Search { embedded, anchors, at, checks: 0, best: Reason::UntrustedIssuer };
    if anchors.iter().any(|a| a.der == leaf.der) || search.climb(leaf, &mut Vec::new()) {
        leaf.valid_at(at)?;
        return leaf.may_sign(purpose);
    }
    Err(search.best)
}

struct Search<'s, 'a> {
    embedded: &'s [Certificate<'a>],
    anchors: &'s [Certificate<'a>],
    at: Timestamp,
    checks: usize,
    /// The most telling failure of a path that does reach an anchor.
    best: Reason,
}

impl<'a> Search<'_, 'a> {
    fn climb(&mut self, child: &Certificate<'a>, path: &mut Vec<&'a [u8]>) -> bool {
        if path.len() >= MAX_DEPTH {
            return false;
        }
        // Authorities below the candidate: everything on the path but the leaf.
        let below = path.len();
        for (trusted, candidates) in [(true, self.anchors), (false, self.embedded)] {
            for issuer in candidates {
                if self.checks >= MAX_CHECKS {
                    return false;
                }
                let related = issuer.subject() == child.parsed.tbs_certificate().issuer();
                if !related || issuer.der == child.der || path.contains(&issuer.der) {
                    continue;
                }
                self.checks += 1;
                if !issuer.issued(child) {
                    continue;
                }
                if let Err(reason) = issuer.may_certify(below).and_then(|()| issuer.valid_at(self.at)) {
                    if trusted {
                        self.best = reason;
                    }
                    continue;
                }
                if trusted {
                    return true;
                }
                path.push(issuer.der);
                let found = self.climb(issuer, path);
                path.pop();
                if found {
                    return true;
                }
            }
        }
        false
    }
}
