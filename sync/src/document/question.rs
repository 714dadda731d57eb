//! What one person contributes to one thread of questions and answers.
//!
//! `{ "v": 1, "thread": id, "person": id, "entries": { "<entry's id>": CBOR bytes } }`. Only that person's devices write it. An entry's id is the
//! hash of what it says, by whom and in which thread, so one that stands in the wrong place is not read. The thread itself is a fold
//! over the contributions of all people: [`domain::question::fold`].

use automerge::transaction::Transactable;
use automerge::{ObjId, ROOT, ReadDoc};
use domain::id::{PersonId, QuestionEventId, QuestionId};
use domain::limits::at_most;
use domain::question::Said;
use domain::question::limits::{ENTRIES_OF_A_PERSON, ENTRY_BYTES};

use super::{DocumentError, ProblemKind, Problems, as_bytes, ensure_map, entries, id_of, maps, readable, writable};
use crate::local::DocRef;

const ENTRIES: &str = "entries";
const THREAD: &str = "thread";
const PERSON: &str = "person";
/// Bytes of all entries of one contribution that are read: a person who writes for years stays below, one who fills disks does not.
pub const CONTRIBUTION_BYTES_MAX: usize = 16 << 20;

/// One person's entries in one thread.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contribution {
    /// The thread.
    pub thread: QuestionId,
    /// The person.
    pub person: PersonId,
    /// The entries, by id.
    pub said: Vec<Said>,
}

/// Adds an entry. Adding it again changes nothing.
pub fn append(tx: &mut impl Transactable, thread: &QuestionId, said: &Said) -> Result<(), DocumentError> {
    said.entry.validate()?;
    let bytes = said.entry.to_bytes();
    at_most("entry bytes", ENTRY_BYTES, bytes.len())?;
    writable(tx)?;
    for (key, id) in [(THREAD, thread.as_bytes()), (PERSON, said.author.as_bytes())] {
        if tx.get(&ROOT, key)?.is_none() {
            tx.put(&ROOT, key, id.to_vec())?;
        }
    }
    let key = said.id.to_string();
    let containers = maps(tx, &ROOT, ENTRIES);
    for container in &containers {
        if tx.get(container, key.as_str())?.is_some() {
            return Ok(());
        }
    }
    let count = containers.iter().map(|container| tx.length(container)).sum();
    at_most("entries", ENTRIES_OF_A_PERSON - 1, count)?;
    let container: ObjId = ensure_map(tx, &ROOT, ENTRIES)?;
    Ok(tx.put(&container, key, bytes)?)
}

/// Reads a contribution. `place` says where it was found: a document that names another person or thread than its place is read as
/// nothing.
///
/// # Errors
/// `document_empty`: nothing was written, or not by whom the place belongs to; `newer_version`.
pub fn read(doc: &impl ReadDoc, place: &DocRef) -> Result<Contribution, DocumentError> {
    read_with_problems(doc, place).map(|(contribution, _)| contribution)
}

/// [`read`] with what was left out.
pub fn read_with_problems(doc: &impl ReadDoc, place: &DocRef) -> Result<(Contribution, Problems), DocumentError> {
    if !readable(doc)? {
        return Err(DocumentError::Empty);
    }
    let named = |key: &str, from: fn(&[u8]) -> Option<[u8; 16]>| {
        let values = doc.get_all(&ROOT, key).unwrap_or_default();
        values.into_iter().rev().find_map(|(value, _)| match value {
            automerge::Value::Scalar(scalar) => match scalar.as_ref() {
                automerge::ScalarValue::Bytes(bytes) => from(bytes),
                _ => None,
            },
            automerge::Value::Object(_) => None,
        })
    };
    let thread = named(THREAD, |bytes| bytes.try_into().ok()).map(QuestionId).ok_or(DocumentError::Empty)?;
    let person = named(PERSON, |bytes| bytes.try_into().ok()).map(PersonId).ok_or(DocumentError::Empty)?;
    if DocRef::contribution(place.space, &person, thread.as_bytes()).doc != place.doc {
        return Err(DocumentError::Empty);
    }
    let mut problems = Problems::default();
    let (mut said, mut bytes_read) = (Vec::new(), 0_usize);
    for entry in entries(doc, &maps(doc, &ROOT, ENTRIES), ENTRIES_OF_A_PERSON, ENTRIES, &mut problems) {
        let place = format!("{ENTRIES}/{}", entry.key);
        let (Some(id), Some(bytes)) = (id_of::<QuestionEventId>(&entry.key), as_bytes(&entry.value)) else {
            problems.note(&place, ProblemKind::BadKey);
            continue;
        };
        bytes_read = bytes_read.saturating_add(bytes.len());
        if bytes_read > CONTRIBUTION_BYTES_MAX {
            problems.note(ENTRIES, ProblemKind::TooMany);
            break;
        }
        match Said::read(&thread, person, id, bytes) {
            Some(entry) => said.push(entry),
            None => problems.note(&place, ProblemKind::Damaged),
        }
    }
    Ok((Contribution { thread, person, said }, problems))
}
