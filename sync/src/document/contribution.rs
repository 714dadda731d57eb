//! What one person adds to something that nobody owns: entries that stand by themselves.
//!
//! `{ "v": 1, "thread": id, "person": id, "entries": { "<entry's id>": CBOR bytes } }`. Only that person's devices write it. An entry's id is the
//! hash of what it says, by whom and about what, so one that stands in the wrong place is not read. Questions ([`super::question`]) and
//! tasks ([`super::task`]) are folds over the contributions of all people.

use std::str::FromStr;

use automerge::transaction::Transactable;
use automerge::{ObjId, ROOT, ReadDoc};
use domain::id::PersonId;
use domain::limits::at_most;
use domain::question::limits::ENTRY_BYTES;

use super::{DocumentError, ProblemKind, Problems, as_bytes, ensure_map, entries, id_of, maps, readable, writable};

const ENTRIES: &str = "entries";
const THREAD: &str = "thread";
const PERSON: &str = "person";
/// Bytes of all entries of one contribution that are read: a person who writes for years stays below, one who fills disks does not.
pub const CONTRIBUTION_BYTES_MAX: usize = 16 << 20;

/// What one contribution holds.
pub(super) struct Read<T> {
    pub thread: [u8; 16],
    pub person: PersonId,
    pub entries: Vec<T>,
    pub problems: Problems,
}

/// Adds an entry under its id, of at most `most`. Adding it again changes nothing.
pub(super) fn append(
    tx: &mut impl Transactable,
    thread: &[u8; 16],
    person: &PersonId,
    id: &str,
    bytes: Vec<u8>,
    most: usize,
) -> Result<(), DocumentError> {
    at_most("entry bytes", ENTRY_BYTES, bytes.len())?;
    writable(tx)?;
    for (key, id) in [(THREAD, thread), (PERSON, person.as_bytes())] {
        if tx.get(&ROOT, key)?.is_none() {
            tx.put(&ROOT, key, id.to_vec())?;
        }
    }
    let containers = maps(tx, &ROOT, ENTRIES);
    for container in &containers {
        if tx.get(container, id)?.is_some() {
            return Ok(());
        }
    }
    let count = containers.iter().map(|container| tx.length(container)).sum();
    at_most("entries", most.saturating_sub(1), count)?;
    let container: ObjId = ensure_map(tx, &ROOT, ENTRIES)?;
    Ok(tx.put(&container, id, bytes)?)
}

/// Reads a contribution. `belongs` says whether a document of this person about this stands where it was found; `entry` reads one entry
/// by its id.
///
/// # Errors
/// `document_empty`: nothing was written, or not by whom the place belongs to; `newer_version`.
pub(super) fn read<Id: FromStr + ToString, T>(
    doc: &impl ReadDoc,
    most: usize,
    belongs: impl Fn(&PersonId, &[u8; 16]) -> bool,
    entry: impl Fn(&[u8; 16], PersonId, Id, &[u8]) -> Option<T>,
) -> Result<Read<T>, DocumentError> {
    if !readable(doc)? {
        return Err(DocumentError::Empty);
    }
    let named = |key: &str| -> Option<[u8; 16]> {
        let values = doc.get_all(&ROOT, key).unwrap_or_default();
        values.into_iter().rev().find_map(|(value, _)| match value {
            automerge::Value::Scalar(scalar) => match scalar.as_ref() {
                automerge::ScalarValue::Bytes(bytes) => bytes.as_slice().try_into().ok(),
                _ => None,
            },
            automerge::Value::Object(_) => None,
        })
    };
    let thread = named(THREAD).ok_or(DocumentError::Empty)?;
    let person = named(PERSON).map(PersonId).ok_or(DocumentError::Empty)?;
    if !belongs(&person, &thread) {
        return Err(DocumentError::Empty);
    }
    let mut problems = Problems::default();
    let (mut found, mut bytes_read) = (Vec::new(), 0_usize);
    for one in entries(doc, &maps(doc, &ROOT, ENTRIES), most, ENTRIES, &mut problems) {
        let place = format!("{ENTRIES}/{}", one.key);
        let (Some(id), Some(bytes)) = (id_of::<Id>(&one.key), as_bytes(&one.value)) else {
            problems.note(&place, ProblemKind::BadKey);
            continue;
        };
        bytes_read = bytes_read.saturating_add(bytes.len());
        if bytes_read > CONTRIBUTION_BYTES_MAX {
            problems.note(ENTRIES, ProblemKind::TooMany);
            break;
        }
        match entry(&thread, person, id, bytes) {
            Some(entry) => found.push(entry),
            None => problems.note(&place, ProblemKind::Damaged),
        }
    }
    Ok(Read { thread, person, entries: found, problems })
}
