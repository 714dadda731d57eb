//! Between automerge documents and the nouns of the domain: how each kind of document is laid out, read and changed.
//!
//! Pure functions. A document may come from another device, a newer program or somebody who means harm, so reading never
//! fails on a part: what is not understood is left out or replaced and told as a [`Problem`], what is too much is cut at a
//! named limit, keys that are not known are ignored. Only two things stop a reader: a document of a newer layout
//! (`newer_version`: it may be shown as read-only by what knows it) and one that is not there yet (`document_empty`).
//!
//! Layouts are maps keyed by hexadecimal ids, so that edits of different things, and of different fields of one thing, merge.
//! Two devices may make the same container at the same time; automerge then shows only one of the two. Readers here read all
//! of them (the one automerge shows wins where both say something), so nothing that was written disappears.
//!
//! - [`meeting`]: agenda, papers, minutes, conclusions.
//! - [`seat`]: what one person shows to a meeting: shared marks, what was read.
//! - [`notes`]: what one person keeps: private marks, the last page, what was opened.
//! - [`question`]: what one person contributes to one thread of questions and answers.
//! - [`task`]: what one person says of one task.
//! - [`contribution`]: how the entries of both are laid out.
//! - [`table`]: a table that all offices share.
//! - [`draft`]: an article of the handbook while editors work on it.
//! - [`library`]: the published packages of the handbook.
//! - [`acts`]: signed acts, beside the content of any of these.

pub mod acts;
pub mod annotations;
pub mod contribution;
pub mod draft;
mod field;
pub mod library;
pub mod meeting;
pub mod notes;
pub mod question;
pub mod seat;
pub mod table;
pub mod task;
mod text;

use automerge::transaction::Transactable;
use automerge::{AutomergeError, ObjId, ROOT, ReadDoc, ScalarValueRef, Value, ValueRef};
use domain::limits::LimitError;

/// The layout that this program writes.
pub const LAYOUT: u64 = 1;
/// Maps made under one key by different devices that are read together.
pub const TWINS_MAX: usize = 64;
/// Problems that one reading remembers; what is beyond is only counted.
pub const PROBLEMS_MAX: usize = 50;
/// Fields of one thing that are looked at.
pub const FIELDS_MAX: usize = 64;

const VERSION_KEY: &str = "v";

/// A document that cannot be read or changed.
#[derive(Debug, thiserror::Error)]
pub enum DocumentError {
    /// A newer program laid it out. It must not be changed by this one.
    #[error("the document has layout {found}, this program knows {LAYOUT}")]
    NewerVersion {
        /// Its layout.
        found: u64,
    },
    /// Nothing was written into it yet.
    #[error("the document has not arrived or was not created yet")]
    Empty,
    /// It is there already.
    #[error("the document was created before")]
    AlreadyCreated,
    /// What was to be changed is not in the document.
    #[error("{what} is not in the document")]
    Missing {
        /// What.
        what: &'static str,
    },
    /// What was to be written is out of bounds.
    #[error(transparent)]
    Limit(#[from] LimitError),
    /// A value could not be encoded.
    #[error("encoding: {0}")]
    Encoding(String),
    /// Automerge refused.
    #[error("automerge: {0}")]
    Automerge(#[from] AutomergeError),
}

impl DocumentError {
    /// Stable name for programs and translations.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NewerVersion { .. } => "newer_version",
            Self::Empty => "document_empty",
            Self::AlreadyCreated => "document_exists",
            Self::Missing { .. } => "not_found",
            Self::Limit(limit) => limit.code(),
            Self::Encoding(_) | Self::Automerge(_) => "document_error",
        }
    }
}

/// What kind of thing was not as it should be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ProblemKind {
    /// Another type than the layout says.
    WrongType,
    /// A part that must be there is not.
    Missing,
    /// Longer, larger or with other characters than allowed; shown shortened, cleaned or not at all.
    OutOfBounds,
    /// The key is not an identifier.
    BadKey,
    /// Bytes that do not decode.
    Damaged,
    /// More entries than are read.
    TooMany,
}

/// A part of a document that was left out or replaced.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Where, e.g. `items/0a…/title`, shortened.
    pub place: String,
    /// What was wrong.
    pub kind: ProblemKind,
}

/// All that one reading left out or replaced.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Problems {
    /// The first [`PROBLEMS_MAX`].
    pub list: Vec<Problem>,
    /// How many more.
    pub more: u64,
}

/// Longest place that a problem names, in characters.
const PLACE_CHARS: usize = 160;

impl Problems {
    /// Nothing was left out or replaced.
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    pub(self) fn note(&mut self, place: &str, kind: ProblemKind) {
        if self.list.len() < PROBLEMS_MAX {
            let place = place.chars().filter(|c| !domain::limits::forbidden_in_line(*c)).take(PLACE_CHARS).collect();
            self.list.push(Problem { place, kind });
        } else {
            self.more = self.more.saturating_add(1);
        }
    }
}

/// The layout of a document, `None` as long as nothing was written. Of several claims the highest counts: a document is as new as
/// its newest writer.
pub fn layout(doc: &impl ReadDoc) -> Result<Option<u64>, DocumentError> {
    let mut newest = None;
    for (value, _) in doc.get_all(&ROOT, VERSION_KEY)? {
        let claim = value.as_scalar().and_then(automerge::ScalarValue::as_u64).unwrap_or(LAYOUT);
        newest = newest.max(Some(claim));
    }
    Ok(newest)
}

/// Refuses newer layouts; says whether anything was written.
fn readable(doc: &impl ReadDoc) -> Result<bool, DocumentError> {
    match layout(doc)? {
        Some(found) if found > LAYOUT => Err(DocumentError::NewerVersion { found }),
        known => Ok(known.is_some()),
    }
}

/// Refuses newer layouts; writes ours into a document that has none.
fn writable(tx: &mut impl Transactable) -> Result<(), DocumentError> {
    if !readable(tx)? {
        tx.put(&ROOT, VERSION_KEY, LAYOUT)?;
    }
    Ok(())
}

/// The maps under a key, the one that automerge shows first.
fn maps(doc: &impl ReadDoc, parent: &ObjId, key: &str) -> Vec<ObjId> {
    let all = doc.get_all(parent, key).unwrap_or_default();
    all.into_iter()
        .rev()
        .filter(|(value, _)| *value == Value::Object(automerge::ObjType::Map))
        .map(|(_, id)| id)
        .take(TWINS_MAX)
        .collect()
}

/// The map under a key, made if there is none.
fn ensure_map(tx: &mut impl Transactable, parent: &ObjId, key: &str) -> Result<ObjId, DocumentError> {
    match maps(tx, parent, key).into_iter().next() {
        Some(id) => Ok(id),
        None => Ok(tx.put_object(parent, key, automerge::ObjType::Map)?),
    }
}

/// One entry of a container.
struct Entry<'a> {
    key: String,
    value: ValueRef<'a>,
    id: ObjId,
    /// Several devices wrote it at the same time.
    conflict: bool,
    /// The container that holds it.
    container: ObjId,
}

/// The entries of containers that belong together, by key; where several hold one key, that of the first counts.
fn entries<'a>(
    doc: &'a impl ReadDoc,
    containers: &[ObjId],
    limit: usize,
    place: &str,
    problems: &mut Problems,
) -> Vec<Entry<'a>> {
    let mut found = std::collections::BTreeMap::new();
    for container in containers {
        for item in doc.map_range(container, ..).take(limit.saturating_add(1)) {
            let id = item.id();
            let key = item.key.into_owned();
            found.entry(key.clone()).or_insert(Entry {
                key,
                value: item.value,
                id,
                conflict: item.conflict,
                container: container.clone(),
            });
        }
    }
    if found.len() > limit {
        problems.note(place, ProblemKind::TooMany);
    }
    found.into_values().take(limit).collect()
}

/// The identifier that a key spells, in the one spelling that we write: otherwise one id could stand there twice.
fn id_of<T: std::str::FromStr + ToString>(key: &str) -> Option<T> {
    key.parse::<T>().ok().filter(|id| id.to_string() == key)
}

/// The bytes of a value.
fn as_bytes<'v>(value: &'v ValueRef<'_>) -> Option<&'v [u8]> {
    match value {
        ValueRef::Scalar(ScalarValueRef::Bytes(bytes)) => Some(bytes),
        _ => None,
    }
}

/// The containers that hold a key.
fn holders(doc: &impl ReadDoc, containers: Vec<ObjId>, key: &str) -> Vec<ObjId> {
    containers.into_iter().filter(|container| matches!(doc.get(container, key), Ok(Some(_)))).collect()
}

/// Removes a key from every container that holds it; says whether one did.
fn remove_everywhere(tx: &mut impl Transactable, container: &str, key: &str) -> Result<bool, DocumentError> {
    let holders = holders(tx, maps(tx, &ROOT, container), key);
    for holder in &holders {
        tx.delete(holder, key)?;
    }
    Ok(!holders.is_empty())
}

#[cfg(test)]
mod hostile;
#[cfg(test)]
mod merging;
