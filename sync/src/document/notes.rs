//! One person's private notes on a meeting, seen by that person's devices only.
//!
//! `{ "v": 1, "annotations": {…}, "opened": { "<version's BLAKE3>": timestamp }, "pages": { "<paper>": page } }`.

pub use super::annotations::{put_annotation, read_annotations, read_annotations_with_problems, remove_annotation};

use std::collections::BTreeMap;

use automerge::transaction::Transactable;
use automerge::{ROOT, ReadDoc, ScalarValue, ScalarValueRef, ValueRef};
use domain::id::{Hash32, PaperId, Timestamp};
use domain::limits::{PAPER_PAGES, PAPERS, at_most};

use super::seat::{marks, put_mark};
use super::{DocumentError, Problems, ensure_map, entries, field, id_of, maps, readable, writable};

const OPENED: &str = "opened";
const PAGES: &str = "pages";

/// Says that a version of a paper was opened. The first time stays.
pub fn mark_opened(tx: &mut impl Transactable, version: Hash32, at: Timestamp) -> Result<(), DocumentError> {
    put_mark(tx, OPENED, version, at)
}

/// The versions (BLAKE3 of the plaintext) that were opened and when first.
pub fn read_opened(doc: &impl ReadDoc) -> Result<BTreeMap<Hash32, Timestamp>, DocumentError> {
    marks(doc, OPENED)
}

/// Remembers the page (from 0) at which a paper was left.
pub fn set_last_page(tx: &mut impl Transactable, paper: PaperId, page: u32) -> Result<(), DocumentError> {
    at_most("page", usize::try_from(PAPER_PAGES - 1).unwrap_or(usize::MAX), usize::try_from(page).unwrap_or(usize::MAX))?;
    writable(tx)?;
    let pages = ensure_map(tx, &ROOT, PAGES)?;
    let key = paper.to_string();
    if tx.get(&pages, key.as_str())?.is_none() {
        at_most("remembered pages", PAPERS - 1, tx.length(&pages))?;
    }
    field::put(tx, &pages, &key, ScalarValue::Uint(page.into()))
}

/// The pages (from 0) at which papers were left.
pub fn read_last_pages(doc: &impl ReadDoc) -> Result<BTreeMap<PaperId, u32>, DocumentError> {
    readable(doc)?;
    let mut problems = Problems::default();
    let mut pages = BTreeMap::new();
    for entry in entries(doc, &maps(doc, &ROOT, PAGES), PAPERS, PAGES, &mut problems) {
        let page = match entry.value {
            ValueRef::Scalar(ScalarValueRef::Uint(page)) => u32::try_from(page).ok(),
            ValueRef::Scalar(ScalarValueRef::Int(page)) => u32::try_from(page).ok(),
            _ => None,
        };
        if let (Some(paper), Some(page)) = (id_of(&entry.key), page.filter(|page| *page < PAPER_PAGES)) {
            pages.insert(paper, page);
        }
    }
    Ok(pages)
}
