//! An article while editors work on it.
//!
//! `{ "v": 1, "fields": { "<name>": cell }, "blocks": { "<key>": cell }, "events": { "<time>-<person>-<kind>": bytes } }`. A cell holds what is
//! written in a place, with who wrote it and when. Two who write the same place at the same time leave two cells, and one who wrote without having
//! seen what stands there now adds a side to the cell: either way both are kept, everybody sees both, and a person chooses.
//!
//! What a text means (the fields' names, the form of a block) is the application's matter.

use std::collections::{BTreeMap, BTreeSet};

use automerge::transaction::Transactable;
use automerge::{ChangeHash, ROOT, ReadDoc, ScalarValue, Value, ValueRef};
use domain::id::{PersonId, Timestamp};
use domain::limits::at_most;
use minicbor::{Decode, Encode};

use super::{DocumentError, Problems, as_bytes, ensure_map, entries, maps, readable, remove_everywhere, writable};

const FIELDS: &str = "fields";
const BLOCKS: &str = "blocks";
const EVENTS: &str = "events";
/// Fields of a draft.
pub const FIELDS_MAX: usize = 32;
/// Blocks of a draft.
pub const BLOCKS_MAX: usize = 5_000;
/// Events of a draft.
pub const EVENTS_MAX: usize = 2_000;
/// Sides of one place that are kept.
pub const SIDES_MAX: usize = 16;
/// Bytes of one place.
pub const CELL_BYTES: usize = 256 * 1024;
/// Characters of a key of a field or a block.
pub const KEY_CHARS: usize = 64;
/// Bytes of an event.
const EVENT_BYTES: usize = 16 * 1024;

/// What one person wrote in a place.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct Side {
    /// What.
    #[n(0)]
    pub text: String,
    /// Who.
    #[n(1)]
    pub by: PersonId,
    /// When, as that device says.
    #[n(2)]
    pub at: Timestamp,
}

/// A place: the side that is shown first, then what others wrote.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cell {
    /// One or more, none twice.
    pub sides: Vec<Side>,
}

impl Cell {
    /// What is shown.
    pub fn text(&self) -> &str {
        self.sides.first().map_or("", |side| side.text.as_str())
    }

    /// Several people wrote different things.
    pub fn is_disputed(&self) -> bool {
        self.sides.len() > 1
    }
}

/// Something that happened to a draft.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Encode, Decode)]
pub struct Event {
    /// When.
    #[n(0)]
    pub at: Timestamp,
    /// Who.
    #[n(1)]
    pub by: PersonId,
    /// What, in the application's words.
    #[n(2)]
    pub kind: String,
    /// Why; may be empty.
    #[n(3)]
    pub note: String,
}

/// A draft as its document says it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Draft {
    /// Fields by name.
    pub fields: BTreeMap<String, Cell>,
    /// Blocks by key.
    pub blocks: BTreeMap<String, Cell>,
    /// What happened, the earliest first.
    pub events: Vec<Event>,
}

#[derive(Encode, Decode)]
#[cbor(transparent)]
struct Stored(#[n(0)] Vec<Side>);

fn decode(bytes: &[u8]) -> Vec<Side> {
    let limit = SIDES_MAX * (CELL_BYTES + 64);
    signing::canonical::decode::<Stored>(bytes, limit).map_or_else(|_| Vec::new(), |stored| stored.0)
}

/// All sides of a place over all containers and simultaneous writes; the one that automerge shows first.
fn sides(all: impl IntoIterator<Item = Vec<u8>>) -> Option<Cell> {
    let mut sides: Vec<Side> = Vec::new();
    for side in all.into_iter().flat_map(|bytes| decode(&bytes)) {
        let known = sides.iter().any(|other| other.text == side.text);
        if !known && side.text.len() <= CELL_BYTES && sides.len() < SIDES_MAX {
            sides.push(side);
        }
    }
    (!sides.is_empty()).then_some(Cell { sides })
}

fn bytes_of(values: Vec<(Value<'_>, automerge::ObjId)>) -> Vec<Vec<u8>> {
    // Automerge shows the last.
    values.into_iter().rev().filter_map(|(value, _)| value.into_bytes().ok()).collect()
}

fn cell(doc: &impl ReadDoc, container: &str, key: &str, heads: Option<&[ChangeHash]>) -> Option<Cell> {
    let containers = maps(doc, &ROOT, container);
    let all = containers.iter().flat_map(|map| {
        let values = match heads {
            Some(heads) => doc.get_all_at(map, key, heads),
            None => doc.get_all(map, key),
        };
        bytes_of(values.unwrap_or_default())
    });
    sides(all.collect::<Vec<_>>())
}

/// Reads a draft as far as it can be understood.
pub fn read(doc: &impl ReadDoc) -> Result<Draft, DocumentError> {
    if !readable(doc)? {
        return Err(DocumentError::Empty);
    }
    let mut problems = Problems::default();
    let mut draft = Draft::default();
    for (container, limit, into) in [(FIELDS, FIELDS_MAX, &mut draft.fields), (BLOCKS, BLOCKS_MAX, &mut draft.blocks)] {
        for entry in entries(doc, &maps(doc, &ROOT, container), limit, container, &mut problems) {
            if let Some(found) = cell(doc, container, &entry.key, None) {
                into.insert(entry.key, found);
            }
        }
    }
    for entry in entries(doc, &maps(doc, &ROOT, EVENTS), EVENTS_MAX, EVENTS, &mut problems) {
        if let Some(event) = event_of(&entry.value) {
            draft.events.push(event);
        }
    }
    draft.events.sort();
    Ok(draft)
}

/// The keys of the blocks that were there at `heads`.
pub fn blocks_at(doc: &impl ReadDoc, heads: &[ChangeHash]) -> BTreeSet<String> {
    let containers = maps(doc, &ROOT, BLOCKS);
    containers
        .iter()
        .flat_map(|map| doc.map_range_at(map, .., heads).map(|item| item.key.into_owned()))
        .take(BLOCKS_MAX)
        .collect()
}

fn event_of(value: &ValueRef<'_>) -> Option<Event> {
    signing::canonical::decode(as_bytes(value)?, EVENT_BYTES).ok()
}

/// Which part of a draft a place is in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// A field.
    Field,
    /// A block.
    Block,
}

impl Part {
    fn container(self) -> (&'static str, usize) {
        match self {
            Self::Field => (FIELDS, FIELDS_MAX),
            Self::Block => (BLOCKS, BLOCKS_MAX),
        }
    }
}

/// Writes a place, having seen the draft as it was at `base`. What somebody else has written there since stays as a second side; what says the
/// same changes nothing.
pub fn write(tx: &mut impl Transactable, part: Part, key: &str, side: &Side, base: &[ChangeHash]) -> Result<(), DocumentError> {
    at_most("characters of a key", KEY_CHARS, key.chars().count())?;
    at_most("bytes of a block", CELL_BYTES, side.text.len())?;
    writable(tx)?;
    let (container, limit) = part.container();
    let now = cell(tx, container, key, None);
    if now.as_ref().is_some_and(|cell| cell.text() == side.text && !cell.is_disputed()) {
        return Ok(());
    }
    let seen = if base.is_empty() { None } else { cell(tx, container, key, Some(base)) };
    if seen.as_ref().is_some_and(|seen| seen.text() == side.text) {
        // The editor left this place as it was.
        return Ok(());
    }
    let mut all = vec![side.clone()];
    if let Some(now) = now {
        let unseen = |other: &Side| seen.as_ref().is_none_or(|seen| seen.sides.iter().all(|known| known.text != other.text));
        all.extend(now.sides.into_iter().filter(|other| other.text != side.text && (!base.is_empty() && unseen(other))));
    } else {
        let count = maps(tx, &ROOT, container).iter().map(|map| tx.length(map)).sum();
        at_most("places of a draft", limit - 1, count)?;
    }
    all.truncate(SIDES_MAX);
    put(tx, container, key, all)
}

fn put(tx: &mut impl Transactable, container: &str, key: &str, sides: Vec<Side>) -> Result<(), DocumentError> {
    let map = ensure_map(tx, &ROOT, container)?;
    Ok(tx.put(&map, key, ScalarValue::Bytes(signing::canonical::encode(&Stored(sides))))?)
}

/// Takes a block out; says whether it was there.
pub fn remove_block(tx: &mut impl Transactable, key: &str) -> Result<bool, DocumentError> {
    writable(tx)?;
    remove_everywhere(tx, BLOCKS, key)
}

/// Chooses one of the sides of a place.
pub fn resolve(tx: &mut impl Transactable, part: Part, key: &str, index: usize) -> Result<(), DocumentError> {
    writable(tx)?;
    let (container, _) = part.container();
    let cell = cell(tx, container, key, None).ok_or(DocumentError::Missing { what: "place" })?;
    let chosen = cell.sides.into_iter().nth(index).ok_or(DocumentError::Missing { what: "side" })?;
    put(tx, container, key, vec![chosen])
}

/// Notes that something happened.
pub fn note(tx: &mut impl Transactable, event: &Event) -> Result<(), DocumentError> {
    writable(tx)?;
    let bytes = signing::canonical::encode(event);
    at_most("bytes of a note", EVENT_BYTES, bytes.len())?;
    let count = maps(tx, &ROOT, EVENTS).iter().map(|map| tx.length(map)).sum();
    at_most("events of a draft", EVENTS_MAX - 1, count)?;
    let map = ensure_map(tx, &ROOT, EVENTS)?;
    Ok(tx.put(&map, format!("{:016}-{}-{}", event.at.0, event.by, event.kind), ScalarValue::Bytes(bytes))?)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use automerge::AutoCommit;

    use super::*;

    fn side(person: u8, text: &str) -> Side {
        Side { text: text.to_owned(), by: PersonId([person; 16]), at: Timestamp(i64::from(person)) }
    }

    fn texts(doc: &AutoCommit, key: &str) -> Vec<String> {
        let draft = read(doc).unwrap();
        let mut texts: Vec<String> = draft.fields[key].sides.iter().map(|side| side.text.clone()).collect();
        texts[1..].sort();
        texts
    }

    #[test]
    fn two_who_write_the_same_place_far_from_each_other_both_stay() {
        let mut here = AutoCommit::new();
        write(&mut here, Part::Field, "title", &side(1, "Cũ"), &[]).unwrap();
        let base = here.get_heads();
        let mut there = here.fork();
        write(&mut here, Part::Field, "title", &side(1, "Mới"), &base).unwrap();
        write(&mut there, Part::Field, "title", &side(2, "Khác"), &base).unwrap();
        write(&mut there, Part::Field, "agency", &side(2, "Sở Y"), &base).unwrap();
        here.merge(&mut there).unwrap();
        there.merge(&mut here).unwrap();
        assert_eq!(texts(&here, "title"), texts(&there, "title"), "all devices show the same");
        let mut both = texts(&here, "title");
        both.sort();
        assert_eq!(both, ["Khác", "Mới"]);
        assert_eq!(texts(&here, "agency"), ["Sở Y"]);
        let chosen = read(&here).unwrap().fields["title"].sides.iter().position(|side| side.text == "Mới").unwrap();
        resolve(&mut here, Part::Field, "title", chosen).unwrap();
        there.merge(&mut here).unwrap();
        assert_eq!(texts(&there, "title"), ["Mới"]);
    }

    #[test]
    fn an_editor_who_has_not_seen_the_last_change_does_not_write_over_it() {
        let mut doc = AutoCommit::new();
        write(&mut doc, Part::Field, "title", &side(1, "Cũ"), &[]).unwrap();
        write(&mut doc, Part::Field, "agency", &side(1, "Sở X"), &[]).unwrap();
        let base = doc.get_heads();
        write(&mut doc, Part::Field, "title", &side(1, "Mới"), &base).unwrap();
        // Still began from the old title, and did not touch the agency.
        write(&mut doc, Part::Field, "title", &side(2, "Khác"), &base).unwrap();
        write(&mut doc, Part::Field, "agency", &side(2, "Sở X"), &base).unwrap();
        assert_eq!(texts(&doc, "title"), ["Khác", "Mới"]);
        // Who sees both and writes a third settles it.
        let seen = doc.get_heads();
        write(&mut doc, Part::Field, "title", &side(2, "Chung"), &seen).unwrap();
        assert_eq!(texts(&doc, "title"), ["Chung"]);
    }

    #[test]
    fn a_place_that_an_editor_left_as_it_was_keeps_what_the_other_wrote() {
        let mut doc = AutoCommit::new();
        write(&mut doc, Part::Block, "b1", &side(1, "Một"), &[]).unwrap();
        let base = doc.get_heads();
        write(&mut doc, Part::Block, "b1", &side(1, "Hai"), &base).unwrap();
        write(&mut doc, Part::Block, "b1", &side(2, "Một"), &base).unwrap();
        assert_eq!(read(&doc).unwrap().blocks["b1"].text(), "Hai");
        assert!(remove_block(&mut doc, "b1").unwrap());
        assert!(read(&doc).unwrap().blocks.is_empty());
    }

    #[test]
    fn events_are_read_in_order_and_rubbish_is_left_out() {
        let mut doc = AutoCommit::new();
        for (at, kind) in [(5, "submitted"), (2, "created")] {
            note(&mut doc, &Event { at: Timestamp(at), by: PersonId([1; 16]), kind: kind.to_owned(), note: String::new() })
                .unwrap();
        }
        let map = maps(&doc, &ROOT, EVENTS).remove(0);
        doc.put(&map, "x", ScalarValue::Bytes(vec![0xff])).unwrap();
        doc.put(&map, "y", 7).unwrap();
        let fields = ensure_map(&mut doc, &ROOT, FIELDS).unwrap();
        doc.put(&fields, "title", ScalarValue::Bytes(vec![1, 2, 3])).unwrap();
        let draft = read(&doc).unwrap();
        assert_eq!(draft.events.iter().map(|event| event.kind.as_str()).collect::<Vec<_>>(), ["created", "submitted"]);
        assert!(draft.fields.is_empty());
        assert_eq!(read(&AutoCommit::new()).unwrap_err().code(), "document_empty");
    }
}
