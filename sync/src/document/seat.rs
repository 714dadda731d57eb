//! One person's seat in a meeting: what that person shows to the others.
//!
//! `{ "v": 1, "annotations": {…}, "read": { "<version's BLAKE3>": timestamp }, "acts": {…} }`. Only that person's devices write it.

pub use super::acts::{append_act, read_acts, read_acts_with_problems};
pub use super::annotations::{put_annotation, read_annotations, read_annotations_with_problems, remove_annotation};

use std::collections::BTreeMap;

use automerge::transaction::Transactable;
use automerge::{ROOT, ReadDoc, ScalarValueRef, ValueRef};
use domain::id::{Hash32, Timestamp};
use domain::limits::{PAPER_VERSIONS, PAPERS, at_most};

use super::{DocumentError, ProblemKind, Problems, ensure_map, entries, id_of, maps, readable, writable};

const READ: &str = "read";
/// Reading marks in one document: every version of every paper of the largest meeting.
pub const READING_MARKS_MAX: usize = PAPERS * PAPER_VERSIONS;

/// Says that a version of a paper was read. The first time stays.
pub fn mark_read(tx: &mut impl Transactable, version: Hash32, at: Timestamp) -> Result<(), DocumentError> {
    put_mark(tx, READ, version, at)
}

/// The versions (BLAKE3 of the plaintext) that were read and when first.
pub fn read_marks(doc: &impl ReadDoc) -> Result<BTreeMap<Hash32, Timestamp>, DocumentError> {
    marks(doc, READ)
}

pub(super) fn put_mark(tx: &mut impl Transactable, kind: &str, version: Hash32, at: Timestamp) -> Result<(), DocumentError> {
    writable(tx)?;
    let key = version.to_string();
    let containers = maps(tx, &ROOT, kind);
    for container in &containers {
        if tx.get(container, key.as_str())?.is_some() {
            return Ok(());
        }
    }
    at_most("reading marks", READING_MARKS_MAX - 1, containers.iter().map(|container| tx.length(container)).sum())?;
    let container = ensure_map(tx, &ROOT, kind)?;
    Ok(tx.put(&container, key, super::field::time(at))?)
}

pub(super) fn marks(doc: &impl ReadDoc, kind: &str) -> Result<BTreeMap<Hash32, Timestamp>, DocumentError> {
    readable(doc)?;
    let mut problems = Problems::default();
    let mut marks: BTreeMap<Hash32, Timestamp> = BTreeMap::new();
    for container in maps(doc, &ROOT, kind) {
        for entry in entries(doc, &[container], READING_MARKS_MAX, kind, &mut problems) {
            let at = match entry.value {
                ValueRef::Scalar(ScalarValueRef::Timestamp(at) | ScalarValueRef::Int(at)) => Timestamp(at),
                _ => continue,
            };
            match id_of::<Hash32>(&entry.key) {
                Some(version) => {
                    marks.entry(version).and_modify(|first| *first = (*first).min(at)).or_insert(at);
                }
                None => problems.note(kind, ProblemKind::BadKey),
            }
        }
    }
    Ok(marks)
}
