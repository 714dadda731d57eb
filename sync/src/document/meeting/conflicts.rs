//! Fields that two people set to different values at the same time: one is shown, all are told, a person chooses.

use automerge::transaction::Transactable;
use automerge::{ObjId, ObjType, ROOT, ReadDoc, ScalarValue, Value};
use domain::id::{ItemId, PaperId, Timestamp};
use domain::limits::{AGENDA_ITEMS, PAPERS, TITLE_CHARS};

use super::super::{DocumentError, FIELDS_MAX, Problems, entries, field, id_of, maps, readable, writable};
use super::agenda::{self, ITEM_LENGTH, PAPERS_DUE, PRESENTER};
use super::{BODY, INFO, ITEMS, PAPERS_KEY, PLACE, STARTS_AT, TITLE, papers};

/// Values of one field that are told.
pub const CONFLICT_VALUES_MAX: usize = 16;

/// Whose field it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Subject {
    /// The meeting's head.
    Info,
    /// An agenda item.
    Item(ItemId),
    /// A paper.
    Paper(PaperId),
}

/// A value that somebody wrote.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum FieldValue {
    /// A text.
    Text(String),
    /// An instant.
    Time(Timestamp),
    /// A number.
    Number(u64),
}

/// One field with different values.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conflict {
    /// Whose field.
    pub subject: Subject,
    /// Which: `title`, `body`, `place`, `presenter`, `starts_at`, `minutes` or `papers_due`.
    pub field: &'static str,
    /// Different values, the one that is shown first.
    pub values: Vec<FieldValue>,
}

const INFO_FIELDS: [&str; 4] = [TITLE, BODY, PLACE, STARTS_AT];
const ITEM_FIELDS: [&str; 5] = [TITLE, PRESENTER, STARTS_AT, ITEM_LENGTH, PAPERS_DUE];
const PAPER_FIELDS: [&str; 1] = [TITLE];

/// All fields of head, items and papers that have more than one value.
pub fn conflicts(doc: &impl ReadDoc) -> Result<Vec<Conflict>, DocumentError> {
    readable(doc)?;
    let mut found = Vec::new();
    // What is left out here was told by the reader of the meeting.
    let mut problems = Problems::default();
    if let Some(info) = maps(doc, &ROOT, INFO).first() {
        gather(doc, info, Subject::Info, &INFO_FIELDS, &mut found);
    }
    for entry in entries(doc, &maps(doc, &ROOT, ITEMS), AGENDA_ITEMS, ITEMS, &mut problems) {
        if let Some(id) = id_of(&entry.key) {
            gather(doc, &entry.id, Subject::Item(id), &ITEM_FIELDS, &mut found);
        }
    }
    for entry in entries(doc, &maps(doc, &ROOT, PAPERS_KEY), PAPERS, PAPERS_KEY, &mut problems) {
        if let Some(id) = id_of(&entry.key) {
            gather(doc, &entry.id, Subject::Paper(id), &PAPER_FIELDS, &mut found);
        }
    }
    Ok(found)
}

/// Settles a conflict with one of its values.
pub fn resolve(tx: &mut impl Transactable, conflict: &Conflict, chosen: usize) -> Result<(), DocumentError> {
    writable(tx)?;
    let missing = DocumentError::Missing { what: "conflict" };
    let Some(value) = conflict.values.get(chosen) else {
        return Err(missing);
    };
    let map = match conflict.subject {
        Subject::Info => maps(tx, &ROOT, INFO).into_iter().next(),
        Subject::Item(item) => agenda::find(tx, item),
        Subject::Paper(paper) => papers::find(tx, paper).into_iter().next(),
    };
    let Some(map) = map else { return Err(missing) };
    let scalar = match value {
        FieldValue::Text(text) => field::text(text),
        FieldValue::Time(time) => field::time(*time),
        FieldValue::Number(number) => ScalarValue::Uint(*number),
    };
    Ok(tx.put(&map, conflict.field, scalar)?)
}

fn gather(doc: &impl ReadDoc, map: &ObjId, subject: Subject, fields: &[&'static str], found: &mut Vec<Conflict>) {
    if !matches!(doc.object_type(map), Ok(ObjType::Map)) {
        return;
    }
    for item in doc.map_range(map, ..).take(FIELDS_MAX).filter(|item| item.conflict) {
        let Some(field) = fields.iter().find(|field| **field == item.key) else {
            continue;
        };
        let all = doc.get_all(map, *field).unwrap_or_default();
        let mut values = Vec::new();
        for value in all.iter().rev().filter_map(|(value, _)| told(value)) {
            if !values.contains(&value) && values.len() < CONFLICT_VALUES_MAX {
                values.push(value);
            }
        }
        if values.len() > 1 {
            found.push(Conflict { subject, field, values });
        }
    }
}

fn told(value: &Value<'_>) -> Option<FieldValue> {
    match value.as_scalar()? {
        ScalarValue::Str(text) => {
            Some(FieldValue::Text(text.chars().filter(|c| !domain::limits::forbidden_in_line(*c)).take(TITLE_CHARS).collect()))
        }
        ScalarValue::Timestamp(time) => Some(FieldValue::Time(Timestamp(*time))),
        ScalarValue::Uint(number) => Some(FieldValue::Number(*number)),
        _ => None,
    }
}
