//! What one person says of one task: a [`super::contribution`]. The task itself is a fold over what all people say:
//! [`domain::task::fold`].

use automerge::ReadDoc;
use automerge::transaction::Transactable;
use domain::id::{PersonId, TaskEventId, TaskId};
use domain::task::Said;
use domain::task::limits::ENTRIES_OF_A_PERSON;

use super::{DocumentError, Problems, contribution};
use crate::local::DocRef;

/// One person's entries about one task.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contribution {
    /// The task.
    pub task: TaskId,
    /// The person.
    pub person: PersonId,
    /// The entries, by id.
    pub said: Vec<Said>,
}

/// Adds an entry. Adding it again changes nothing.
pub fn append(tx: &mut impl Transactable, task: &TaskId, said: &Said) -> Result<(), DocumentError> {
    said.entry.validate()?;
    let (id, bytes) = (said.id.to_string(), said.entry.to_bytes());
    contribution::append(tx, task.as_bytes(), &said.author, &id, bytes, ENTRIES_OF_A_PERSON)
}

/// Reads what a person says. `place` says where it was found: a document that names another person or task than its place is read as
/// nothing.
///
/// # Errors
/// `document_empty`: nothing was written, or not by whom the place belongs to; `newer_version`.
pub fn read(doc: &impl ReadDoc, place: &DocRef) -> Result<Contribution, DocumentError> {
    read_with_problems(doc, place).map(|(contribution, _)| contribution)
}

/// [`read`] with what was left out.
pub fn read_with_problems(doc: &impl ReadDoc, place: &DocRef) -> Result<(Contribution, Problems), DocumentError> {
    let read = contribution::read(
        doc,
        ENTRIES_OF_A_PERSON,
        |person, task| DocRef::task(place.space, person, task).doc == place.doc,
        |task, person, id: TaskEventId, bytes| Said::read(&TaskId(*task), person, id, bytes),
    )?;
    Ok((Contribution { task: TaskId(read.thread), person: read.person, said: read.entries }, read.problems))
}
