//! The fields of the interactive form (ISO 32000-1 §12.7), as far as signatures need them.

use super::{Dict, Fault, Object, ObjectId, View, pages};
use std::collections::BTreeSet;

/// Fields in one file.
const MAX_FIELDS: usize = 20_000;
/// Signature widgets outside the form.
const MAX_STRAYS: usize = 256;
/// Fields inside fields.
const MAX_LEVELS: usize = 32;

/// A terminal field.
#[derive(Debug, Clone)]
pub(crate) struct Field {
    /// The full name, parts joined by dots.
    pub name: String,
    pub is_signature: bool,
    /// What `/V` refers to.
    pub value: Option<ObjectId>,
    /// `/V` is there but is not a reference.
    pub direct_value: bool,
}

/// All terminal fields in order.
pub(crate) fn fields(view: View<'_>) -> Result<Vec<Field>, Fault> {
    let (_, catalog) = view.catalog()?;
    let Object::Dict(form) = view.value(&catalog, b"AcroForm")? else {
        return Ok(Vec::new());
    };
    let Object::Array(roots) = view.value(&form, b"Fields")? else {
        return Ok(Vec::new());
    };
    let mut fields = Vec::new();
    let mut seen = BTreeSet::new();
    let mut stack: Vec<(Object, String, bool, usize)> = roots.into_iter().rev().map(|o| (o, String::new(), false, 0)).collect();
    while let Some((object, prefix, mut is_signature, level)) = stack.pop() {
        if object.as_ref().is_some_and(|id| !seen.insert(id)) {
            continue;
        }
        if level > MAX_LEVELS || fields.len() >= MAX_FIELDS || seen.len() > 2 * MAX_FIELDS {
            return Err(Fault::TooComplex);
        }
        let Object::Dict(dict) = view.resolve(&object)? else {
            continue;
        };
        if let Object::Name(kind) = view.value(&dict, b"FT")? {
            is_signature = kind == b"Sig";
        }
        let name = match view.value(&dict, b"T")?.as_string() {
            Some(part) if prefix.is_empty() => text(part),
            Some(part) => format!("{prefix}.{}", text(part)),
            None => prefix,
        };
        let value = dict.get(b"V");
        if value.is_none()
            && let Object::Array(kids) = view.value(&dict, b"Kids")?
        {
            stack.extend(kids.into_iter().rev().map(|k| (k, name.clone(), is_signature, level + 1)));
            continue;
        }
        let direct_value = value.is_some_and(|v| v.as_ref().is_none());
        fields.push(Field { name, is_signature, value: value.and_then(Object::as_ref), direct_value });
    }
    Ok(fields)
}

/// Signed signature widgets on pages that no form lists, besides `listed`: files that were taken apart and put together
/// again carry them, and viewers show them.
pub(crate) fn stray_signatures(view: View<'_>, listed: &[Field]) -> Result<Vec<Field>, Fault> {
    let known: BTreeSet<ObjectId> = listed.iter().filter_map(|f| f.value).collect();
    let mut found: Vec<Field> = Vec::new();
    for page in pages::pages(view)? {
        let Object::Dict(page) = view.resolve(&Object::Ref(page.id))? else {
            continue;
        };
        let Object::Array(annotations) = view.value(&page, b"Annots")? else {
            continue;
        };
        for annotation in annotations.iter().take(MAX_FIELDS) {
            let Object::Dict(dict) = view.resolve(annotation)? else {
                continue;
            };
            let Some(value) = dict.get(b"V").and_then(Object::as_ref) else {
                continue;
            };
            let new = !known.contains(&value) && found.iter().all(|f| f.value != Some(value));
            if dict.is_name(b"FT", b"Sig") && new {
                let name = dict.get(b"T").and_then(Object::as_string).map(text).unwrap_or_default();
                found.push(Field { name, is_signature: true, value: Some(value), direct_value: false });
            }
            if found.len() > MAX_STRAYS {
                return Err(Fault::TooComplex);
            }
        }
    }
    Ok(found)
}

/// A PDF text string for people: UTF-16BE or UTF-8 by their marks, else Latin-1 (close enough to PDFDocEncoding).
pub(crate) fn text(bytes: &[u8]) -> String {
    if let Some(wide) = bytes.strip_prefix(&[0xFE, 0xFF]) {
        let units: Vec<u16> = wide.chunks_exact(2).map(|p| u16::from_be_bytes([p[0], p[1]])).collect();
        String::from_utf16_lossy(&units)
    } else if let Some(utf8) = bytes.strip_prefix(&[0xEF, 0xBB, 0xBF]) {
        String::from_utf8_lossy(utf8).into_owned()
    } else {
        bytes.iter().map(|b| *b as char).collect()
    }
}

/// The `/P` of a DocMDP certification, if this signature dictionary carries one: 1 forbids every later change.
pub(crate) fn certification_level(view: View<'_>, signature: &Dict) -> Result<Option<i64>, Fault> {
    let Object::Array(references) = view.value(signature, b"Reference")? else {
        return Ok(None);
    };
    for reference in references.iter().take(MAX_LEVELS) {
        let Object::Dict(reference) = view.resolve(reference)? else {
            continue;
        };
        if !reference.is_name(b"TransformMethod", b"DocMDP") {
            continue;
        }
        let level = match view.value(&reference, b"TransformParams")? {
            Object::Dict(params) => view.value(&params, b"P")?.as_int(),
            _ => None,
        };
        return Ok(Some(level.unwrap_or(2)));
    }
    Ok(None)
}
