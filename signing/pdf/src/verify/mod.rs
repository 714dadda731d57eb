//! Verifies the signatures of a PDF: what is covered, whether it is intact, who signed, what came later.

mod algorithms;
mod byte_range;
mod chain;
mod cms;
mod report;
mod revisions;
mod rsa;
mod tlv;
mod whitelist;

pub use report::{Kind, Reason, Report, SignatureReport, Status};

use crate::{
    MAX_PDF_BYTES,
    error::PdfVerifyError,
    pdf::{
        Dict, Document, Entry, Fault, Object, View,
        form::{self, Field},
    },
    subject, time,
};
use byte_range::Coverage;
use chain::{Certificate, Purpose};
use cms::{Message, Profile, Signed};
use domain::id::Timestamp;
use std::collections::BTreeSet;

/// Signatures examined in one file.
pub const MAX_SIGNATURES: usize = 64;
/// Bytes hashed for one file, all its signatures together.
pub const MAX_HASHED_BYTES: usize = 2 * 1024 * 1024 * 1024;
/// Longest signature container read; revocation data inside can be long.
pub const MAX_CONTAINER_BYTES: usize = 4 * 1024 * 1024;
/// Trusted certificates.
pub const MAX_TRUSTED: usize = 1024;

/// Examines every signature of `pdf`. `trust`: certificates (DER) of authorities that are believed; with none, an
/// intact signature is [`Status::UnknownSigner`].
///
/// Certificates are checked for the time the signer claims; revocation is not checked.
pub fn verify(pdf: &[u8], trust: &[Vec<u8>]) -> Result<Report, PdfVerifyError> {
    let anchors = anchors(trust)?;
    let document = open(pdf)?;
    let mut fields = signed_fields(document.newest())?;
    // A damaged page tree hides nothing that a form lists.
    fields.extend(form::stray_signatures(document.newest(), &fields).unwrap_or_default());
    if fields.len() > MAX_SIGNATURES {
        return Err(PdfVerifyError::TooComplex);
    }
    let mut examined: Vec<Examined> = fields.iter().map(|f| examine(document.newest(), f)).collect();
    examined.extend(removed(&document, &fields)?);
    let hashed: usize = examined.iter().filter_map(|e| Some(e.coverage?.end)).sum();
    if hashed > MAX_HASHED_BYTES {
        return Err(PdfVerifyError::TooComplex);
    }
    examined.iter_mut().for_each(|e| e.check(pdf));
    // One dictionary in two fields: at least one of them lies about what was signed there.
    let values: Vec<Option<u32>> = examined.iter().map(|e| e.value).collect();
    for one in &mut examined {
        if one.value.is_some() && values.iter().filter(|v| **v == one.value).count() > 1 {
            one.signed = Err(Reason::BadByteRange);
        }
    }
    let mut ends: Vec<usize> = examined.iter().filter_map(|e| e.revision_end).collect();
    ends.sort_unstable();
    ends.dedup();
    let segments = revisions::judge(&document, &ends);
    let mut reports: Vec<(usize, SignatureReport)> = Vec::new();
    for i in 0..examined.len() {
        let later = later_changes(&examined, i, &segments);
        reports.push((examined[i].coverage.map_or(usize::MAX, |c| c.end), examined[i].report(pdf, &anchors, later)));
    }
    reports.sort_by_key(|(end, _)| *end);
    Ok(Report { signatures: reports.into_iter().map(|(_, report)| report).collect() })
}

/// Examines only the signature that covers the whole of `pdf`, without its history and without any trust.
pub(crate) fn verify_newest(pdf: &[u8]) -> Result<SignatureReport, PdfVerifyError> {
    let document = open(pdf)?;
    let mut newest = signed_fields(document.newest())?
        .iter()
        .map(|f| examine(document.newest(), f))
        .find(|e| e.revision_end == Some(pdf.len()))
        .ok_or(PdfVerifyError::Broken(pdf.len()))?;
    newest.check(pdf);
    Ok(newest.report(pdf, &[], Ok(())))
}

/// Whether this certificate may sign documents as far as its own extensions say.
pub(crate) fn signs_documents(der: &[u8]) -> bool {
    Certificate::read(der).is_some_and(|c| c.may_sign(Purpose::Documents).is_ok())
}

fn anchors(trust: &[Vec<u8>]) -> Result<Vec<Certificate<'_>>, PdfVerifyError> {
    if trust.len() > MAX_TRUSTED {
        return Err(PdfVerifyError::MalformedTrust);
    }
    trust.iter().map(|der| Certificate::read(der).ok_or(PdfVerifyError::MalformedTrust)).collect()
}

fn open(pdf: &[u8]) -> Result<Document<'_>, PdfVerifyError> {
    if pdf.len() > MAX_PDF_BYTES {
        return Err(PdfVerifyError::TooLarge);
    }
    Ok(Document::open(pdf)?)
}

fn signed_fields(view: View<'_>) -> Result<Vec<Field>, Fault> {
    let mut fields = form::fields(view)?;
    fields.retain(|f| f.is_signature && (f.value.is_some() || f.direct_value));
    if fields.len() > MAX_SIGNATURES { Err(Fault::TooComplex) } else { Ok(fields) }
}

/// Signatures of earlier revisions that the newest one no longer lists. Whoever takes a signature out of the form
/// must not make it look as if it never was.
fn removed(document: &Document<'_>, present: &[Field]) -> Result<Vec<Examined>, Fault> {
    let newest = document.newest();
    let mut seen: BTreeSet<(u32, Option<Entry>)> =
        present.iter().filter_map(|f| f.value).map(|id| (id.number, newest.entry(id.number))).collect();
    let mut found = Vec::new();
    for from in 1..document.sections.len() {
        let view = View { document, from };
        // The sections of a linearised file are no whole revisions; they are read together with the first.
        let Ok(fields) = signed_fields(view) else {
            continue;
        };
        for field in fields {
            if field.value.is_some_and(|id| seen.insert((id.number, view.entry(id.number)))) {
                found.push(Examined { removed: true, ..examine(view, &field) });
            }
        }
        if found.len() > MAX_SIGNATURES {
            return Err(Fault::TooComplex);
        }
    }
    Ok(found)
}

/// A signature on its way to a report.
struct Examined {
    field: String,
    /// Number of the signature dictionary.
    value: Option<u32>,
    /// A later revision took it out of the form.
    removed: bool,
    kind: Kind,
    profile: Option<Profile>,
    coverage: Option<Coverage>,
    /// Where the signed revision ends, if one really ends there.
    revision_end: Option<usize>,
    contents: Vec<u8>,
    claimed_at: Option<Timestamp>,
    certified: Option<i64>,
    signed: Result<Facts, Reason>,
}

/// What is known once the mathematics is in order.
struct Facts {
    certificate: Vec<u8>,
    certificates: Vec<Vec<u8>>,
    signed_at: Option<Timestamp>,
}

/// Finds out what the signature of `field` covers.
fn examine(view: View<'_>, field: &Field) -> Examined {
    let document = view.document;
    let mut examined = Examined {
        field: field.name.clone(),
        value: field.value.map(|id| id.number),
        removed: false,
        kind: Kind::Signature,
        profile: None,
        coverage: None,
        revision_end: None,
        contents: Vec::new(),
        claimed_at: None,
        certified: None,
        signed: Err(Reason::BadByteRange),
    };
    let Some(found) = field.value.and_then(|id| view.object(id.number).ok().flatten().filter(|f| f.id == id)) else {
        return examined;
    };
    let Some(dict) = found.object.as_dict() else {
        return examined;
    };
    examined.read(view, dict);
    match byte_range::coverage(document.data, &found) {
        Ok(coverage) => {
            examined.coverage = Some(coverage);
            // The dictionary must belong to the very revision that ends where the signed bytes end.
            let signed_view = document.ending_at(coverage.end);
            let same = signed_view.is_some_and(|v| v.entry(found.id.number) == view.entry(found.id.number));
            examined.revision_end = same.then_some(coverage.end);
        }
        Err(reason) => examined.signed = Err(reason),
    }
    examined
}

impl Examined {
    fn read(&mut self, view: View<'_>, dict: &Dict) {
        if let Some(Object::Name(name)) = dict.get(b"SubFilter") {
            self.profile = match name.as_slice() {
                b"ETSI.CAdES.detached" => Some(Profile::Cades),
                b"adbe.pkcs7.detached" => Some(Profile::Pkcs7),
                b"ETSI.RFC3161" => Some(Profile::TimeStamp),
                _ => None,
            };
        }
        if self.profile == Some(Profile::TimeStamp) || dict.is_name(b"Type", b"DocTimeStamp") {
            self.kind = Kind::TimeStamp;
        }
        self.claimed_at = dict.get(b"M").and_then(Object::as_string).and_then(time::parse_pdf_date);
        self.certified = form::certification_level(view, dict).unwrap_or(Some(1));
        self.contents = dict.get(b"Contents").and_then(Object::as_string).unwrap_or_default().to_vec();
    }

    /// Checks the signature over the bytes it covers.
    fn check(&mut self, pdf: &[u8]) {
        let Some(parts) = self.coverage.and_then(|c| c.parts(pdf)) else {
            return;
        };
        self.signed = match (self.profile, self.revision_end) {
            (_, None) => Err(Reason::BadByteRange),
            (None, _) => Err(Reason::UnsupportedAlgorithm),
            (Some(profile), _) => self.message().and_then(|m| m.check(profile, parts)).map(Facts::from),
        };
    }

    fn message(&self) -> Result<Message<'_>, Reason> {
        if self.contents.len() > MAX_CONTAINER_BYTES {
            return Err(Reason::MalformedCms);
        }
        cms::without_padding(&self.contents).and_then(Message::read).ok_or(Reason::MalformedCms)
    }

    fn report(&self, pdf: &[u8], anchors: &[Certificate<'_>], later: Result<(), String>) -> SignatureReport {
        // A broken signature still names who is said to have signed.
        let certificate_der = match &self.signed {
            Ok(facts) => facts.certificate.clone(),
            Err(_) => self.message().ok().and_then(|m| Some(m.signer_certificate()?.der.to_vec())).unwrap_or_default(),
        };
        let signer = Certificate::read(&certificate_der)
            .and_then(|c| subject::part(c.subject(), subject::COMMON_NAME))
            .unwrap_or_default();
        let end = self.coverage.map_or(0, |c| c.end);
        let covers_whole_file = end == pdf.len();
        let signed_at = self.signed.as_ref().ok().and_then(|f| f.signed_at).or(self.claimed_at);
        let mut detail = String::new();
        let (status, reason) = match (&self.signed, later) {
            (Err(reason), _) => (Status::Invalid, *reason),
            (Ok(_), Err(why)) => {
                detail = why;
                (Status::Invalid, Reason::ModifiedAfterSigning)
            }
            (Ok(facts), Ok(())) => match self.trust(facts, anchors, signed_at) {
                Ok(()) if covers_whole_file => (Status::Valid, Reason::None),
                Ok(()) => (Status::ValidLaterAdditions, Reason::None),
                Err(reason @ (Reason::UntrustedIssuer | Reason::NoSigningTime)) => (Status::UnknownSigner, reason),
                Err(reason) => (Status::Invalid, reason),
            },
        };
        SignatureReport {
            field: self.field.clone(),
            signer,
            signed_at,
            status,
            reason,
            covers_whole_file,
            certificate_der,
            kind: self.kind,
            signed_len: end,
            detail,
        }
    }

    fn trust(&self, facts: &Facts, anchors: &[Certificate<'_>], at: Option<Timestamp>) -> Result<(), Reason> {
        if anchors.is_empty() {
            return Err(Reason::UntrustedIssuer);
        }
        let at = at.ok_or(Reason::NoSigningTime)?;
        let leaf = Certificate::read(&facts.certificate).ok_or(Reason::MalformedCms)?;
        let embedded: Vec<Certificate<'_>> = facts.certificates.iter().filter_map(|c| Certificate::read(c)).collect();
        let purpose = match self.kind {
            Kind::Signature => Purpose::Documents,
            Kind::TimeStamp => Purpose::TimeStamps,
        };
        chain::check(&leaf, &embedded, anchors, at, purpose)
    }
}

impl From<Signed<'_>> for Facts {
    fn from(signed: Signed<'_>) -> Self {
        Self {
            certificate: signed.signer.der.to_vec(),
            certificates: signed.certificates.iter().map(|c| c.der.to_vec()).collect(),
            signed_at: signed.signed_at,
        }
    }
}

/// Whether everything behind signature `i` is allowed. A field signed later counts only if that signature is itself
/// intact, whoever made it: otherwise its picture on the page would be a way to change the page.
fn later_changes(examined: &[Examined], i: usize, segments: &[revisions::Segment]) -> Result<(), String> {
    if examined[i].removed {
        return Err("a later revision removed the signature".into());
    }
    let Some(end) = examined[i].revision_end else {
        return Ok(());
    };
    for segment in segments.iter().filter(|s| s.start >= end) {
        for value in segment.verdict.as_ref().map_err(Clone::clone)? {
            match examined.iter().find(|e| e.value == Some(*value) && !e.removed) {
                Some(later) if later.signed.is_ok() => {
                    if examined[i].certified == Some(1) && later.kind == Kind::Signature {
                        return Err("the signature certifies the file against any change".into());
                    }
                }
                _ => return Err("a later signature field without an intact signature".into()),
            }
        }
    }
    Ok(())
}
