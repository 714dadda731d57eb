//! What one person contributes to one thread of questions and answers: a [`super::contribution`]. The thread itself is a fold over the
//! contributions of all people: [`domain::question::fold`].

use automerge::ReadDoc;
use automerge::transaction::Transactable;
use domain::id::{PersonId, QuestionEventId, QuestionId};
use domain::question::Said;
use domain::question::limits::ENTRIES_OF_A_PERSON;

use super::{DocumentError, Problems, contribution};
use crate::local::DocRef;

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
    let (id, bytes) = (said.id.to_string(), said.entry.to_bytes());
    contribution::append(tx, thread.as_bytes(), &said.author, &id, bytes, ENTRIES_OF_A_PERSON)
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
    let read = contribution::read(
        doc,
        ENTRIES_OF_A_PERSON,
        |person, thread| DocRef::contribution(place.space, person, thread).doc == place.doc,
        |thread, person, id: QuestionEventId, bytes| Said::read(&QuestionId(*thread), person, id, bytes),
    )?;
    Ok((Contribution { thread: QuestionId(read.thread), person: read.person, said: read.entries }, read.problems))
}
