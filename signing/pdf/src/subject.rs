//! Who a certificate names.

use crate::error::CertificateError;
use der::{
    Any, Decode, Encode,
    asn1::{ObjectIdentifier, PrintableStringRef, Utf8StringRef},
};
use x509_cert::{
    attr::AttributeTypeAndValue,
    name::{Name, RdnSequence, RelativeDistinguishedName},
};

const COUNTRY: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.4.6");
const ORGANISATION: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.4.10");
const UNIT: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.4.11");
const TITLE: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.4.12");
pub(crate) const COMMON_NAME: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.4.3");

/// Characters in one part of a name: `ub-common-name` and its siblings, X.520 / RFC 5280 appendix A.1.
pub const MAX_NAME_CHARS: usize = 64;

/// The person a certificate is issued to, as the authority knows them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Subject {
    /// Full name, at most [`MAX_NAME_CHARS`] characters.
    pub common_name: String,
    /// Office held, e.g. "Chủ tịch".
    pub title: Option<String>,
    /// Unit within the organisation.
    pub unit: Option<String>,
    /// The organisation; left out, the authority's own name is used.
    pub organisation: Option<String>,
}

/// `C=VN, O=…, OU=…, title=…, CN=…`, most general part first.
pub(crate) fn name(subject: &Subject) -> Result<Name, CertificateError> {
    let mut parts = vec![(COUNTRY, Any::encode_from(&printable("VN")?))];
    let given = [
        (ORGANISATION, "organisation", subject.organisation.as_deref()),
        (UNIT, "unit", subject.unit.as_deref()),
        (TITLE, "title", subject.title.as_deref()),
        (COMMON_NAME, "common name", Some(subject.common_name.as_str())),
    ];
    for (oid, label, text) in given {
        let Some(text) = text else { continue };
        if text.trim().is_empty() || text.chars().count() > MAX_NAME_CHARS || text.chars().any(char::is_control) {
            return Err(CertificateError::BadName(label));
        }
        let text = Utf8StringRef::new(text).map_err(|_| CertificateError::BadName(label))?;
        parts.push((oid, Any::encode_from(&text)));
    }
    let mut sequence = RdnSequence::default();
    for (oid, value) in parts {
        let mut rdn = RelativeDistinguishedName::default();
        let value = value.map_err(|_| CertificateError::Internal)?;
        rdn.insert(AttributeTypeAndValue { oid, value }).map_err(|_| CertificateError::Internal)?;
        sequence.push(rdn);
    }
    let bytes = sequence.to_der().map_err(|_| CertificateError::Internal)?;
    Name::from_der(&bytes).map_err(|_| CertificateError::Internal)
}

fn printable(text: &str) -> Result<PrintableStringRef<'_>, CertificateError> {
    PrintableStringRef::new(text).map_err(|_| CertificateError::Internal)
}

/// The first value of `oid` as text, whatever string type it has.
pub(crate) fn part(name: &Name, oid: ObjectIdentifier) -> Option<String> {
    let value = &name.iter().find(|a| a.oid == oid)?.value;
    match der::Tagged::tag(value) {
        der::Tag::BmpString => {
            let units: Vec<u16> = value.value().chunks_exact(2).map(|p| u16::from_be_bytes([p[0], p[1]])).collect();
            Some(String::from_utf16_lossy(&units))
        }
        der::Tag::Utf8String | der::Tag::PrintableString | der::Tag::Ia5String => {
            Some(String::from_utf8_lossy(value.value()).into_owned())
        }
        _ => Some(value.value().iter().map(|b| *b as char).collect()),
    }
}
