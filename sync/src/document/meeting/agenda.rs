//! The items of the agenda.

use std::collections::BTreeSet;

use automerge::transaction::Transactable;
use automerge::{ObjId, ROOT, ReadDoc, ScalarValue};
use domain::id::ItemId;
use domain::limits::{AGENDA_ITEMS, ITEM_MINUTES, PRESENTER_CHARS, TITLE_CHARS, at_most};
use domain::meeting::AgendaItem;
use domain::order::arrange;

use super::super::field;
use super::super::{DocumentError, ProblemKind, Problems, ensure_map, entries, id_of, maps, remove_everywhere, writable};
use super::{AT, ITEMS, STARTS_AT, TITLE, at, entry_fields, read_at};

pub(super) const PRESENTER: &str = "presenter";
pub(super) const ITEM_LENGTH: &str = "minutes";
pub(super) const PAPERS_DUE: &str = "papers_due";
/// There, whatever its value, on items that only those invited see; programs that do not know it keep it.
const INTERNAL: &str = "internal";

/// The map of an item, wherever it was made.
pub(super) fn find(doc: &impl ReadDoc, item: ItemId) -> Option<ObjId> {
    let key = item.to_string();
    maps(doc, &ROOT, ITEMS).into_iter().find_map(|container| maps(doc, &container, &key).into_iter().next())
}

/// Adds an item, or changes the fields of one that is there as far as they differ.
pub fn put_item(tx: &mut impl Transactable, item: &AgendaItem) -> Result<(), DocumentError> {
    item.validate()?;
    writable(tx)?;
    let map = match find(tx, item.id) {
        Some(map) => map,
        None => {
            let count = maps(tx, &ROOT, ITEMS).iter().map(|container| tx.length(container)).sum();
            at_most("agenda items", AGENDA_ITEMS - 1, count)?;
            let container = ensure_map(tx, &ROOT, ITEMS)?;
            ensure_map(tx, &container, &item.id.to_string())?
        }
    };
    field::put(tx, &map, TITLE, field::text(&item.title))?;
    field::put(tx, &map, PRESENTER, field::text(&item.presenter))?;
    field::put(tx, &map, AT, at(item.parent, &item.order))?;
    field::put_optional(tx, &map, STARTS_AT, item.starts_at.map(field::time))?;
    field::put_optional(tx, &map, ITEM_LENGTH, item.minutes.map(|minutes| ScalarValue::Uint(minutes.into())))?;
    field::put_optional(tx, &map, PAPERS_DUE, item.papers_due.map(field::time))
}

/// Moves an item with all that is under it. A move under itself is kept as written and resolved on reading, as simultaneous moves are.
pub fn move_item(tx: &mut impl Transactable, item: ItemId, parent: Option<ItemId>, order: &str) -> Result<(), DocumentError> {
    let probe = AgendaItem {
        id: item,
        parent,
        order: order.to_owned(),
        title: "-".to_owned(),
        presenter: String::new(),
        starts_at: None,
        minutes: None,
        papers_due: None,
    };
    probe.validate()?;
    writable(tx)?;
    let map = find(tx, item).ok_or(DocumentError::Missing { what: "agenda item" })?;
    field::put(tx, &map, AT, at(parent, order))
}

/// Says of an item whether it is internal, see [`domain::meeting::Meeting::internal`].
pub fn set_internal(tx: &mut impl Transactable, item: ItemId, internal: bool) -> Result<(), DocumentError> {
    writable(tx)?;
    let map = find(tx, item).ok_or(DocumentError::Missing { what: "agenda item" })?;
    field::put_optional(tx, &map, INTERNAL, internal.then_some(ScalarValue::Uint(1)))
}

/// Removes an item. What stood under it stands at the top level, its papers belong to the meeting as a whole.
pub fn remove_item(tx: &mut impl Transactable, item: ItemId) -> Result<bool, DocumentError> {
    writable(tx)?;
    remove_everywhere(tx, ITEMS, &item.to_string())
}

/// The items, and which of them are internal.
pub(super) fn read(doc: &impl ReadDoc, problems: &mut Problems) -> (Vec<AgendaItem>, BTreeSet<ItemId>) {
    let (mut items, mut internal) = (Vec::new(), BTreeSet::new());
    for entry in entries(doc, &maps(doc, &ROOT, ITEMS), AGENDA_ITEMS, ITEMS, problems) {
        let place = format!("{ITEMS}/{}", entry.key);
        let Some(id) = id_of(&entry.key) else {
            problems.note(&place, ProblemKind::BadKey);
            continue;
        };
        let known = [TITLE, PRESENTER, AT, STARTS_AT, ITEM_LENGTH, PAPERS_DUE];
        let Some(mut fields) = entry_fields(doc, &entry, &known, place, problems) else {
            continue;
        };
        let (parent, order) = read_at(&mut fields, problems);
        if matches!(doc.get(&entry.id, INTERNAL), Ok(Some(_)) | Err(_)) {
            internal.insert(id);
        }
        items.push(AgendaItem {
            id,
            parent,
            order,
            title: fields.title(TITLE, TITLE_CHARS, problems),
            presenter: fields.line(PRESENTER, PRESENTER_CHARS, problems),
            starts_at: fields.time(STARTS_AT, problems),
            minutes: fields.number(ITEM_LENGTH, ITEM_MINUTES.into(), problems).and_then(|minutes| u16::try_from(minutes).ok()),
            papers_due: fields.time(PAPERS_DUE, problems),
        });
    }
    (arrange(items), internal)
}
