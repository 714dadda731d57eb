//! Signs a PDF: one more revision with one more signature field, PAdES baseline B.

use crate::{
    MAX_CMS_BYTES, MAX_PDF_BYTES,
    appearance::{self, Appearance},
    cms,
    error::PdfSignError,
    incremental::Update,
    pdf::{
        Dict, Document, Object, ObjectId, View,
        form::{self, Field},
        pages::{self, Page},
    },
    person::PersonKey,
    time, verify,
};
use der::Decode;
use domain::id::Timestamp;
use sha2::{Digest, Sha256};
use x509_cert::Certificate;

/// Bytes kept for a signature beyond its certificates: signed attributes, signature, algorithm identifiers, and room
/// that keeps the file's layout independent of the exact length.
const RESERVE: usize = 4096;
/// Bytes kept at least.
const MIN_RESERVED: usize = 12 * 1024;
/// Certificates of the chain.
const MAX_CHAIN: usize = 8;
/// Characters of reason, location and field name.
const MAX_TEXT_CHARS: usize = 256;
/// Rectangles may leave the page by this much, points: boxes are often rounded.
const TOLERANCE: f64 = 0.5;
/// Print and Locked (ISO 32000-1 table 165).
const FLAGS: i64 = 4 | 128;

/// Where the signature shows.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub enum Placement {
    /// Nowhere; the signature is still listed by viewers.
    #[default]
    Invisible,
    /// On one page.
    OnPage {
        /// Page, counted from 0.
        page: u32,
        /// Left, bottom, right, top in points of the unrotated page, origin bottom left.
        rect: [f32; 4],
    },
    /// On the last page.
    Last {
        /// As in [`Placement::OnPage`].
        rect: [f32; 4],
    },
}

/// Choices of the signer.
#[derive(Debug, Clone, Default)]
pub struct SignOptions {
    /// Name of the new field; left out, `KyHop_1`, `KyHop_2`, …
    pub field_name: Option<String>,
    /// Why; stands in the signature.
    pub reason: Option<String>,
    /// Where; stands in the signature.
    pub location: Option<String>,
    /// Where the signature shows.
    pub placement: Placement,
    /// What shows there; without it a visible field is empty.
    pub appearance: Option<Appearance>,
}

/// Signs `pdf` and returns the whole new file; the given bytes are its exact beginning.
///
/// `chain` holds the certificates above `certificate_der`, which travel inside the signature. Earlier signatures stay
/// valid. Refused: encrypted, damaged or XFA files, files certified against changes, a certificate that is not for
/// this key or not valid at `now`. The result is verified before it is returned.
pub fn sign(
    pdf: &[u8],
    key: &PersonKey,
    certificate_der: &[u8],
    chain: &[Vec<u8>],
    options: &SignOptions,
    now: Timestamp,
) -> Result<Vec<u8>, PdfSignError> {
    if pdf.len() > MAX_PDF_BYTES {
        return Err(PdfSignError::TooLarge);
    }
    let (leaf, chain_certificates) = check_certificate(key, certificate_der, chain, now)?;
    let reserved = chain.iter().map(Vec::len).sum::<usize>() + certificate_der.len() + RESERVE;
    let reserved = reserved.max(MIN_RESERVED);
    if reserved > MAX_CMS_BYTES {
        return Err(PdfSignError::ChainTooLarge);
    }

    let document = Document::open(pdf)?;
    let view = document.newest();
    let fields = form::fields(view)?;
    refuse_if_locked(view, &fields)?;
    let name = field_name(options.field_name.as_deref(), &fields)?;
    let pages = pages::pages(view)?;
    let (page, rect) = place(options.placement, &pages)?;

    let mut update = Update::new(&document, first_free(view)?);
    let field = add_field(&mut update, options, &name, page, rect, reserved, now)?;
    attach_to_page(&mut update, view, page.id, field)?;
    attach_to_form(&mut update, view, field)?;

    let fresh_id = Sha256::digest([name.as_bytes(), &now.0.to_be_bytes(), &pdf.len().to_be_bytes()].concat());
    let mut unsigned = update.finish(fresh_id[..16].to_vec()).ok_or(PdfSignError::Internal)?;
    unsigned.set_byte_range().ok_or(PdfSignError::Internal)?;
    let mut hasher = Sha256::new();
    unsigned.signed_parts().iter().for_each(|part| hasher.update(part));
    let cms = cms::signed_data(key, certificate_der, &leaf, &chain_certificates, &hasher.finalize())
        .map_err(|_| PdfSignError::Internal)?;
    if cms.len() > reserved {
        return Err(PdfSignError::ChainTooLarge);
    }
    let signed = unsigned.set_contents(&cms).ok_or(PdfSignError::Internal)?;
    check_result(&signed, pdf, &name)?;
    Ok(signed)
}

fn check_certificate(
    key: &PersonKey,
    certificate_der: &[u8],
    chain: &[Vec<u8>],
    now: Timestamp,
) -> Result<(Certificate, Vec<Certificate>), PdfSignError> {
    let parse = |der: &[u8]| Certificate::from_der(der).map_err(|_| PdfSignError::MalformedCertificate);
    let leaf = parse(certificate_der)?;
    if chain.len() > MAX_CHAIN {
        return Err(PdfSignError::ChainTooLarge);
    }
    let chain = chain.iter().map(|c| parse(c)).collect::<Result<Vec<_>, _>>()?;
    let tbs = leaf.tbs_certificate();
    if *tbs.subject_public_key_info() != key.public_key().map_err(|_| PdfSignError::Internal)? {
        return Err(PdfSignError::CertificateMismatch);
    }
    let validity = tbs.validity();
    if now < time::from_certificate(&validity.not_before) || now > time::from_certificate(&validity.not_after) {
        return Err(PdfSignError::CertificateNotValid);
    }
    if !verify::signs_documents(certificate_der) {
        return Err(PdfSignError::CertificateUsage);
    }
    Ok((leaf, chain))
}

fn refuse_if_locked(view: View<'_>, fields: &[Field]) -> Result<(), PdfSignError> {
    let (_, catalog) = view.catalog()?;
    if let Object::Dict(form) = view.value(&catalog, b"AcroForm")?
        && !matches!(view.value(&form, b"XFA")?, Object::Null)
    {
        return Err(PdfSignError::XfaForm);
    }
    for id in fields.iter().filter(|f| f.is_signature).filter_map(|f| f.value) {
        if let Object::Dict(signature) = view.resolve(&Object::Ref(id))?
            && form::certification_level(view, &signature)? == Some(1)
        {
            return Err(PdfSignError::LockedByCertification);
        }
    }
    Ok(())
}

fn field_name(wanted: Option<&str>, fields: &[Field]) -> Result<String, PdfSignError> {
    // Top-level names decide: a field "a.b" makes "a" taken as well.
    let taken = |name: &str| fields.iter().any(|f| f.name.split('.').next() == Some(name));
    match wanted {
        Some(name) => {
            let usable = !name.trim().is_empty()
                && name.chars().count() <= MAX_TEXT_CHARS
                && !name.chars().any(|c| c == '.' || c.is_control());
            match (usable, taken(name)) {
                (false, _) => Err(PdfSignError::BadFieldName),
                (true, true) => Err(PdfSignError::FieldExists),
                (true, false) => Ok(name.to_owned()),
            }
        }
        None => (1..=fields.len() + 1).map(|n| format!("KyHop_{n}")).find(|name| !taken(name)).ok_or(PdfSignError::FieldExists),
    }
}

fn place(placement: Placement, pages: &[Page]) -> Result<(&Page, Option<[f32; 4]>), PdfSignError> {
    let (index, rect) = match placement {
        Placement::Invisible => {
            return Ok((pages.first().ok_or(PdfSignError::NoSuchPage(0))?, None));
        }
        Placement::OnPage { page, rect } => (page, rect),
        Placement::Last { rect } => (u32::try_from(pages.len().saturating_sub(1)).unwrap_or(u32::MAX), rect),
    };
    let page = usize::try_from(index).ok().and_then(|i| pages.get(i)).ok_or(PdfSignError::NoSuchPage(index))?;
    let [left, bottom, right, top] = rect.map(f64::from);
    let inside = left >= page.area[0] - TOLERANCE
        && bottom >= page.area[1] - TOLERANCE
        && right <= page.area[2] + TOLERANCE
        && top <= page.area[3] + TOLERANCE;
    if rect.iter().all(|v| v.is_finite()) && right - left >= 1.0 && top - bottom >= 1.0 && inside {
        Ok((page, Some(rect)))
    } else {
        Err(PdfSignError::BadRectangle)
    }
}

/// One above every object number that exists or is referred to. Reads every object, so a damaged file is noticed
/// before anything is appended to it.
fn first_free(view: View<'_>) -> Result<u32, PdfSignError> {
    let mut highest = 0;
    let mut note = |_: &[u8], id: ObjectId| highest = highest.max(id.number);
    for section in &view.document.sections[view.from..] {
        Object::Dict(section.trailer.clone()).each_ref(&mut note);
        if let Some((number, _)) = section.entries.last_key_value() {
            note(b"", ObjectId { number: *number, generation: 0 });
        }
        let size = section.trailer.get(b"Size").and_then(Object::as_int).unwrap_or(0);
        note(b"", ObjectId { number: u32::try_from(size - 1).unwrap_or(0), generation: 0 });
    }
    for number in view.numbers() {
        if let Some(found) = view.object(number)? {
            found.object.each_ref(&mut note);
        }
    }
    // Acrobat and others stop at 8,388,607 objects; a higher number means a damaged or hostile file.
    if highest >= 8_388_000 { Err(PdfSignError::TooComplex) } else { Ok(highest + 1) }
}

fn add_field(
    update: &mut Update<'_>,
    options: &SignOptions,
    name: &str,
    page: &Page,
    rect: Option<[f32; 4]>,
    reserved: usize,
    now: Timestamp,
) -> Result<ObjectId, PdfSignError> {
    let date = time::pdf_date(now).ok_or(PdfSignError::BadTime)?;
    let mut signature = Dict::default()
        .with("Type", Object::name("Sig"))
        .with("Filter", Object::name("Adobe.PPKLite"))
        .with("SubFilter", Object::name("ETSI.CAdES.detached"))
        .with("M", Object::text(&date));
    for (key, text) in [("Reason", &options.reason), ("Location", &options.location)] {
        if let Some(text) = text {
            if text.chars().count() > MAX_TEXT_CHARS {
                return Err(PdfSignError::TextTooLong);
            }
            signature.set(key.as_bytes(), Object::text(text));
        }
    }
    let signature = update.add_signature(signature, reserved);
    let mut field = Dict::default()
        .with("Type", Object::name("Annot"))
        .with("Subtype", Object::name("Widget"))
        .with("FT", Object::name("Sig"))
        .with("T", Object::text(name))
        .with("V", Object::Ref(signature))
        .with("F", Object::Int(FLAGS))
        .with("P", Object::Ref(page.id))
        .with("Rect", Object::Array(rect.unwrap_or_default().map(Object::real).into()));
    if let Some([left, bottom, right, top]) = rect {
        let size = (right - left, top - bottom);
        let form = appearance::form(options.appearance.as_ref(), size, page.rotation, update)?;
        field.set(b"AP", Object::Dict(Dict::default().with("N", Object::Ref(form))));
        if page.rotation != 0 {
            field.set(b"MK", Object::Dict(Dict::default().with("R", Object::Int(page.rotation))));
        }
    }
    Ok(update.add(Object::Dict(field)))
}

/// The dictionary object `id`, with the generation it has in the file.
fn dictionary(view: View<'_>, id: ObjectId) -> Result<Dict, PdfSignError> {
    match view.resolve(&Object::Ref(id))? {
        Object::Dict(dict) => Ok(dict),
        _ => Err(PdfSignError::Broken(0)),
    }
}

/// Adds `item` to the array under `key`, in `owner` itself or in the array object it refers to.
/// Returns whether `owner` changed.
fn append(update: &mut Update<'_>, view: View<'_>, owner: &mut Dict, key: &[u8], item: ObjectId) -> Result<bool, PdfSignError> {
    match (owner.get(key).cloned(), view.value(owner, key)?) {
        (Some(Object::Ref(id)), Object::Array(mut items)) => {
            items.push(Object::Ref(item));
            update.replace(id, Object::Array(items));
            Ok(false)
        }
        (_, value) => {
            let mut items = if let Object::Array(items) = value { items } else { Vec::new() };
            items.push(Object::Ref(item));
            owner.set(key, Object::Array(items));
            Ok(true)
        }
    }
}

fn attach_to_page(update: &mut Update<'_>, view: View<'_>, page: ObjectId, field: ObjectId) -> Result<(), PdfSignError> {
    let mut dict = dictionary(view, page)?;
    if append(update, view, &mut dict, b"Annots", field)? {
        update.replace(page, Object::Dict(dict));
    }
    Ok(())
}

fn attach_to_form(update: &mut Update<'_>, view: View<'_>, field: ObjectId) -> Result<(), PdfSignError> {
    // SignaturesExist and AppendOnly (ISO 32000-1 table 219).
    let flags = Object::Int(3);
    let (root, mut catalog) = view.catalog()?;
    match catalog.get(b"AcroForm").cloned() {
        Some(Object::Ref(id)) if matches!(view.resolve(&Object::Ref(id))?, Object::Dict(_)) => {
            let mut form = dictionary(view, id)?;
            let mut changed = append(update, view, &mut form, b"Fields", field)?;
            if form.get(b"SigFlags") != Some(&flags) {
                form.set(b"SigFlags", flags);
                changed = true;
            }
            if changed {
                update.replace(id, Object::Dict(form));
            }
        }
        Some(Object::Dict(mut form)) => {
            append(update, view, &mut form, b"Fields", field)?;
            form.set(b"SigFlags", flags);
            catalog.set(b"AcroForm", Object::Dict(form));
            update.replace(root, Object::Dict(catalog));
        }
        _ => {
            let fields = Object::Array(vec![Object::Ref(field)]);
            let form = update.add(Object::Dict(Dict::default().with("Fields", fields).with("SigFlags", flags)));
            catalog.set(b"AcroForm", Object::Ref(form));
            update.replace(root, Object::Dict(catalog));
        }
    }
    Ok(())
}

/// The finished file must be intact and the signature must cover everything. Trust is for the reader to decide.
fn check_result(signed: &[u8], original: &[u8], name: &str) -> Result<(), PdfSignError> {
    let report = verify::verify_newest(signed).map_err(|_| PdfSignError::SelfCheckFailed)?;
    let intact = report.status == verify::Status::UnknownSigner && report.covers_whole_file;
    if signed.starts_with(original) && report.field == name && intact { Ok(()) } else { Err(PdfSignError::SelfCheckFailed) }
}
