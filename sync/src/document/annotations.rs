//! Marks on pages, one immutable value each: `annotations: { "<id>": CBOR bytes }`.
//!
//! A mark is drawn, kept or erased, never edited in place: a changed mark is a new one.

use automerge::transaction::Transactable;
use automerge::{ObjId, ROOT, ReadDoc, Value};
use domain::annotation::Annotation;
use domain::id::AnnotationId;
use domain::limits::at_most;

use super::{
    DocumentError, ProblemKind, Problems, as_bytes, ensure_map, entries, holders, id_of, maps, readable, remove_everywhere,
    writable,
};

/// Marks in one document.
pub const ANNOTATIONS_MAX: usize = 20_000;
/// Bytes of one mark: a stroke of the most points that a stroke may have fits.
pub const ANNOTATION_BYTES_MAX: usize = 256 * 1024;

const ANNOTATIONS: &str = "annotations";

fn decode(bytes: &[u8]) -> Option<Annotation> {
    let mut decoder = minicbor::Decoder::new(bytes);
    let annotation: Annotation = decoder.decode().ok()?;
    (decoder.position() == bytes.len()).then_some(annotation)
}

/// Draws a mark. Writing the same mark again changes nothing.
pub fn put_annotation(tx: &mut impl Transactable, annotation: &Annotation) -> Result<(), DocumentError> {
    annotation.validate()?;
    let bytes = minicbor::to_vec(annotation).map_err(|error| DocumentError::Encoding(error.to_string()))?;
    at_most("annotation bytes", ANNOTATION_BYTES_MAX, bytes.len())?;
    writable(tx)?;
    let key = annotation.id.to_string();
    let mut containers = maps(tx, &ROOT, ANNOTATIONS);
    let count = containers.iter().map(|container| tx.length(container)).sum();
    containers = holders(tx, containers, &key);
    let container: ObjId = match containers.into_iter().next() {
        Some(container) => container,
        None => {
            at_most("annotations", ANNOTATIONS_MAX - 1, count)?;
            ensure_map(tx, &ROOT, ANNOTATIONS)?
        }
    };
    if let Some((Value::Scalar(now), _)) = tx.get(&container, key.as_str())?
        && matches!(now.as_ref(), automerge::ScalarValue::Bytes(now) if *now == bytes)
    {
        return Ok(());
    }
    Ok(tx.put(&container, key, bytes)?)
}

/// Erases a mark; `false` if it was not there.
pub fn remove_annotation(tx: &mut impl Transactable, id: AnnotationId) -> Result<bool, DocumentError> {
    writable(tx)?;
    remove_everywhere(tx, ANNOTATIONS, &id.to_string())
}

/// All marks in the order in which they were made.
pub fn read_annotations(doc: &impl ReadDoc) -> Result<Vec<Annotation>, DocumentError> {
    read_annotations_with_problems(doc).map(|(annotations, _)| annotations)
}

/// [`read_annotations`] with what was left out.
pub fn read_annotations_with_problems(doc: &impl ReadDoc) -> Result<(Vec<Annotation>, Problems), DocumentError> {
    readable(doc)?;
    let mut problems = Problems::default();
    let mut annotations = Vec::new();
    for entry in entries(doc, &maps(doc, &ROOT, ANNOTATIONS), ANNOTATIONS_MAX, ANNOTATIONS, &mut problems) {
        let place = format!("{ANNOTATIONS}/{}", entry.key);
        let Some(id) = id_of::<AnnotationId>(&entry.key) else {
            problems.note(&place, ProblemKind::BadKey);
            continue;
        };
        let Some(bytes) = as_bytes(&entry.value) else {
            problems.note(&place, ProblemKind::WrongType);
            continue;
        };
        if bytes.len() > ANNOTATION_BYTES_MAX {
            problems.note(&place, ProblemKind::OutOfBounds);
            continue;
        }
        match decode(bytes).filter(|annotation| annotation.id == id) {
            None => problems.note(&place, ProblemKind::Damaged),
            Some(annotation) if annotation.validate().is_err() => problems.note(&place, ProblemKind::OutOfBounds),
            Some(annotation) => annotations.push(annotation),
        }
    }
    annotations.sort_by_key(|annotation| (annotation.made_at, annotation.id));
    Ok((annotations, problems))
}
