//! The fields of one thing in a document that somebody else may have written.

use std::collections::BTreeMap;

use automerge::transaction::Transactable;
use automerge::{ObjId, ObjType, ReadDoc, ScalarValue, ScalarValueRef, Value, ValueRef};
use domain::id::{Hash32, PersonId, Timestamp};
use domain::limits::{PAPER_BYTES, at_most, forbidden_in_line};
use domain::meeting::BlobRef;

use super::{DocumentError, FIELDS_MAX, ProblemKind, Problems};

/// Shown where a title must be and none is.
const UNTITLED: &str = "…";

enum Found {
    Text(String),
    Number(u64),
    Time(i64),
    Bytes(Vec<u8>),
    Other,
}

/// The known fields of a map, read in one pass.
pub(super) struct Fields {
    place: String,
    found: BTreeMap<String, Found>,
}

impl Fields {
    /// Reads those of `known` that are there. A text may be a plain string or, as some programs write it, a text object.
    pub(super) fn read(doc: &impl ReadDoc, map: &ObjId, known: &[&str], place: String, problems: &mut Problems) -> Self {
        let mut found = BTreeMap::new();
        for (index, item) in doc.map_range(map, ..).enumerate() {
            if index == FIELDS_MAX {
                problems.note(&place, ProblemKind::TooMany);
                break;
            }
            if !known.contains(&item.key.as_ref()) {
                continue;
            }
            let value = match &item.value {
                ValueRef::Object(ObjType::Text) => doc.text(item.id()).map_or(Found::Other, Found::Text),
                ValueRef::Object(_) => Found::Other,
                ValueRef::Scalar(ScalarValueRef::Str(text)) => Found::Text(text.to_string()),
                ValueRef::Scalar(ScalarValueRef::Bytes(bytes)) => Found::Bytes(bytes.to_vec()),
                ValueRef::Scalar(ScalarValueRef::Timestamp(time)) => Found::Time(*time),
                ValueRef::Scalar(ScalarValueRef::Uint(number)) => Found::Number(*number),
                ValueRef::Scalar(ScalarValueRef::Int(number)) => {
                    u64::try_from(*number).map_or(Found::Time(*number), Found::Number)
                }
                ValueRef::Scalar(ScalarValueRef::Null) => continue,
                ValueRef::Scalar(_) => Found::Other,
            };
            found.insert(item.key.into_owned(), value);
        }
        Self { place, found }
    }

    fn note(&self, key: &str, kind: ProblemKind, problems: &mut Problems) {
        problems.note(&format!("{}/{key}", self.place), kind);
    }

    /// A line of text; shortened to `most` characters and without the characters that no line may hold.
    pub(super) fn line(&mut self, key: &str, most: usize, problems: &mut Problems) -> String {
        match self.found.remove(key) {
            None => String::new(),
            Some(Found::Text(text)) => {
                let clean: String = text.chars().filter(|c| !forbidden_in_line(*c)).take(most).collect();
                if clean.len() != text.len() {
                    self.note(key, ProblemKind::OutOfBounds, problems);
                }
                clean
            }
            Some(_) => {
                self.note(key, ProblemKind::WrongType, problems);
                String::new()
            }
        }
    }

    /// A text of lines; what [`Self::line`] takes out of one is taken out of each.
    pub(super) fn lines(&mut self, key: &str, most: usize, most_chars: usize, problems: &mut Problems) -> Vec<String> {
        let text = match self.found.remove(key) {
            None => return Vec::new(),
            Some(Found::Text(text)) => text,
            Some(_) => {
                self.note(key, ProblemKind::WrongType, problems);
                return Vec::new();
            }
        };
        let clean = |line: &str| line.chars().filter(|c| !forbidden_in_line(*c)).take(most_chars).collect::<String>();
        let lines: Vec<String> = text.split('\n').take(most).map(clean).filter(|line| !line.trim().is_empty()).collect();
        if lines.join("\n") != text {
            self.note(key, ProblemKind::OutOfBounds, problems);
        }
        lines
    }

    /// A line of text that must not be empty.
    pub(super) fn title(&mut self, key: &str, most: usize, problems: &mut Problems) -> String {
        let title = self.line(key, most, problems);
        if title.trim().is_empty() {
            self.note(key, ProblemKind::Missing, problems);
            return UNTITLED.to_owned();
        }
        title
    }

    /// A number, if it is there and at most `most`.
    pub(super) fn number(&mut self, key: &str, most: u64, problems: &mut Problems) -> Option<u64> {
        let kind = match self.found.remove(key)? {
            Found::Number(number) if number <= most => return Some(number),
            Found::Number(_) => ProblemKind::OutOfBounds,
            _ => ProblemKind::WrongType,
        };
        self.note(key, kind, problems);
        None
    }

    /// An instant, if it is there.
    pub(super) fn time(&mut self, key: &str, problems: &mut Problems) -> Option<Timestamp> {
        match self.found.remove(key)? {
            Found::Time(time) => return Some(Timestamp(time)),
            Found::Number(number) => {
                if let Ok(time) = i64::try_from(number) {
                    return Some(Timestamp(time));
                }
                self.note(key, ProblemKind::OutOfBounds, problems);
            }
            _ => self.note(key, ProblemKind::WrongType, problems),
        }
        None
    }

    fn bytes<T>(&mut self, key: &str, convert: impl Fn(&[u8]) -> Option<T>, problems: &mut Problems) -> Option<T> {
        let kind = match self.found.remove(key) {
            Some(Found::Bytes(bytes)) => match convert(&bytes) {
                Some(value) => return Some(value),
                None => ProblemKind::OutOfBounds,
            },
            Some(_) => ProblemKind::WrongType,
            None => ProblemKind::Missing,
        };
        self.note(key, kind, problems);
        None
    }

    /// A hash that must be there.
    pub(super) fn hash(&mut self, key: &str, problems: &mut Problems) -> Option<Hash32> {
        self.bytes(key, Hash32::from_slice, problems)
    }

    /// A person who must be there.
    pub(super) fn person(&mut self, key: &str, problems: &mut Problems) -> Option<PersonId> {
        self.bytes(key, PersonId::from_slice, problems)
    }

    /// Says that a field is of no use.
    pub(super) fn refuse(&self, key: &str, kind: ProblemKind, problems: &mut Problems) {
        self.note(key, kind, problems);
    }
}

/// Writes a field unless it says so already: an edit of one field must not win over a simultaneous edit of another.
pub(super) fn put(tx: &mut impl Transactable, map: &ObjId, key: &str, value: ScalarValue) -> Result<(), DocumentError> {
    if let Some((Value::Scalar(now), _)) = tx.get(map, key)?
        && now.as_ref() == &value
    {
        return Ok(());
    }
    tx.put(map, key, value)?;
    Ok(())
}

/// Writes a field that may be absent.
pub(super) fn put_optional(
    tx: &mut impl Transactable,
    map: &ObjId,
    key: &str,
    value: Option<ScalarValue>,
) -> Result<(), DocumentError> {
    match value {
        Some(value) => put(tx, map, key, value),
        None if tx.get(map, key)?.is_some() => Ok(tx.delete(map, key)?),
        None => Ok(()),
    }
}

/// A line of text as a scalar.
pub(super) fn text(text: &str) -> ScalarValue {
    ScalarValue::Str(text.into())
}

/// An instant as a scalar.
pub(super) fn time(time: Timestamp) -> ScalarValue {
    ScalarValue::Timestamp(time.0)
}

/// Writes where a file is.
pub(super) fn put_blob(tx: &mut impl Transactable, map: &ObjId, blob: &BlobRef) -> Result<(), DocumentError> {
    at_most("file size", usize::try_from(PAPER_BYTES).unwrap_or(usize::MAX), usize::try_from(blob.size).unwrap_or(usize::MAX))?;
    tx.put(map, "plain", blob.plain.0.to_vec())?;
    tx.put(map, "cipher", blob.cipher.0.to_vec())?;
    tx.put(map, "size", blob.size)?;
    Ok(tx.put(map, "epoch", u64::from(blob.epoch))?)
}

/// Reads where a file is.
pub(super) fn read_blob(fields: &mut Fields, problems: &mut Problems) -> Option<BlobRef> {
    let plain: Option<Hash32> = fields.hash("plain", problems);
    let cipher = fields.hash("cipher", problems);
    let size = fields.number("size", PAPER_BYTES, problems);
    let epoch = fields.number("epoch", u64::from(u32::MAX), problems).and_then(|epoch| u32::try_from(epoch).ok());
    if size.is_none() || epoch.is_none() {
        fields.refuse("blob", ProblemKind::Missing, problems);
    }
    Some(BlobRef { plain: plain?, cipher: cipher?, size: size?, epoch: epoch? })
}
