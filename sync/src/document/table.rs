//! A table that all offices share, one text per row: `{ "v": 1, "rows": { "<key>": "<text>" } }`. What a row's text means is its
//! reader's business; of two people who change one row at the same time automerge shows one, the same on every device.

use std::collections::BTreeMap;

use automerge::transaction::Transactable;
use automerge::{ROOT, ReadDoc, ScalarValue, ScalarValueRef, ValueRef};
use domain::limits::{at_most, forbidden_in_line};

use super::{
    DocumentError, ProblemKind, Problems, ensure_map, entries, field, holders, maps, readable, remove_everywhere, writable,
};

/// Rows of a table.
pub const ROWS_MAX: usize = 10_000;
/// Bytes of a row.
pub const ROW_BYTES_MAX: usize = 128 * 1024;
/// Characters of a row's key.
pub const KEY_CHARS_MAX: usize = 100;

const ROWS: &str = "rows";

/// Writes a row. Writing the same again changes nothing.
pub fn put_row(tx: &mut impl Transactable, key: &str, text: &str) -> Result<(), DocumentError> {
    at_most("key", KEY_CHARS_MAX, key.chars().count())?;
    domain::limits::check_characters("key", key, forbidden_in_line)?;
    at_most("row bytes", ROW_BYTES_MAX, text.len())?;
    writable(tx)?;
    let containers = maps(tx, &ROOT, ROWS);
    let count = containers.iter().map(|container| tx.length(container)).sum();
    let container = match holders(tx, containers, key).into_iter().next() {
        Some(container) => container,
        None => {
            at_most("rows", ROWS_MAX - 1, count)?;
            ensure_map(tx, &ROOT, ROWS)?
        }
    };
    field::put(tx, &container, key, ScalarValue::Str(text.into()))
}

/// Removes a row; `false` if it was not there.
pub fn remove_row(tx: &mut impl Transactable, key: &str) -> Result<bool, DocumentError> {
    writable(tx)?;
    remove_everywhere(tx, ROWS, key)
}

/// All rows by key; a table that nobody has written has none. What is no text, or too much, is left out.
pub fn read_rows(doc: &impl ReadDoc) -> Result<BTreeMap<String, String>, DocumentError> {
    readable(doc)?;
    let mut problems = Problems::default();
    let mut rows = BTreeMap::new();
    for entry in entries(doc, &maps(doc, &ROOT, ROWS), ROWS_MAX, ROWS, &mut problems) {
        match entry.value {
            ValueRef::Scalar(ScalarValueRef::Str(text)) if text.len() <= ROW_BYTES_MAX => {
                rows.insert(entry.key, text.to_string());
            }
            _ => problems.note(ROWS, ProblemKind::WrongType),
        }
    }
    Ok(rows)
}
