//! Where people sit: the size of the grid, and each place that has a name or a person.

use std::collections::BTreeSet;

use automerge::transaction::Transactable;
use automerge::{ObjId, ROOT, ReadDoc, ScalarValue};
use domain::id::PersonId;
use domain::limits::at_most;
use domain::seating::{SEAT_COLUMNS, SEAT_LABEL_CHARS, SEAT_ROWS, Seat, Seating};

use super::super::field::{self, Fields};
use super::super::{DocumentError, ProblemKind, Problems, ensure_map, entries, maps, remove_everywhere, writable};
use super::entry_fields;

const SEATING: &str = "seating";
const SEATS: &str = "seats";
const ROWS: &str = "rows";
const COLUMNS: &str = "columns";
const LABEL: &str = "label";
const PERSON: &str = "person";
/// Places that are read; more than a grid has, so that those outside a grid that was made smaller keep nobody from being found.
const PLACES_MAX: usize = 2 * SEAT_ROWS as usize * SEAT_COLUMNS as usize;
/// Characters of a person's id.
const PERSON_CHARS: usize = 64;

/// Draws the room: so many rows of so many seats. What stands outside stays written and is not read until the grid is larger again.
pub fn set_seating(tx: &mut impl Transactable, rows: u8, columns: u8) -> Result<(), DocumentError> {
    Seating { rows, columns, seats: Vec::new() }.validate()?;
    writable(tx)?;
    let map = ensure_map(tx, &ROOT, SEATING)?;
    field::put(tx, &map, ROWS, ScalarValue::Uint(rows.into()))?;
    field::put(tx, &map, COLUMNS, ScalarValue::Uint(columns.into()))
}

/// Says what is at a place; whoever sits there sits nowhere else any more.
pub fn put_seat(tx: &mut impl Transactable, seat: &Seat) -> Result<(), DocumentError> {
    let (rows, columns) = (seat.row.saturating_add(1), seat.column.saturating_add(1));
    Seating { rows, columns, seats: vec![seat.clone()] }.validate()?;
    writable(tx)?;
    let key = key(seat.row, seat.column);
    if let Some(person) = seat.person {
        stand_up(tx, &person, &key)?;
    }
    if seat.label.is_empty() && seat.person.is_none() {
        return remove_everywhere(tx, SEATS, &key).map(|_| ());
    }
    let map = match find(tx, &key) {
        Some(map) => map,
        None => {
            let count = maps(tx, &ROOT, SEATS).iter().map(|container| tx.length(container)).sum();
            at_most("seats", PLACES_MAX - 1, count)?;
            let container = ensure_map(tx, &ROOT, SEATS)?;
            ensure_map(tx, &container, &key)?
        }
    };
    field::put(tx, &map, LABEL, field::text(&seat.label))?;
    field::put_optional(tx, &map, PERSON, seat.person.map(|person| field::text(&person.to_string())))
}

/// The seats within the grid. Whoever was put on two places at the same time sits on the first.
pub(super) fn read(doc: &impl ReadDoc, problems: &mut Problems) -> Seating {
    let Some(map) = maps(doc, &ROOT, SEATING).into_iter().next() else { return Seating::default() };
    let mut fields = Fields::read(doc, &map, &[ROWS, COLUMNS], SEATING.to_owned(), problems);
    let mut side = |key, most: u8, problems: &mut Problems| {
        fields.number(key, most.into(), problems).and_then(|number| u8::try_from(number).ok()).unwrap_or_default()
    };
    let (rows, columns) = (side(ROWS, SEAT_ROWS, problems), side(COLUMNS, SEAT_COLUMNS, problems));
    let mut seating = Seating { rows, columns, seats: Vec::new() };
    let mut seated: BTreeSet<PersonId> = BTreeSet::new();
    for entry in entries(doc, &maps(doc, &ROOT, SEATS), PLACES_MAX, SEATS, problems) {
        let place = format!("{SEATS}/{}", entry.key);
        let Some((row, column)) = place_of(&entry.key) else {
            problems.note(&place, ProblemKind::BadKey);
            continue;
        };
        let Some(mut fields) = entry_fields(doc, &entry, &[LABEL, PERSON], place, problems) else { continue };
        let label = fields.line(LABEL, SEAT_LABEL_CHARS, problems).trim().to_owned();
        let person: Option<PersonId> = fields.line(PERSON, PERSON_CHARS, problems).parse().ok();
        if seating.has(row, column) {
            let person = person.filter(|person| seated.insert(*person));
            if person.is_some() || !label.is_empty() {
                seating.seats.push(Seat { row, column, label, person });
            }
        }
    }
    seating
}

/// Two figures each, so that keys stand in the order of the places.
fn key(row: u8, column: u8) -> String {
    format!("{row:02}-{column:02}")
}

fn place_of(text: &str) -> Option<(u8, u8)> {
    let (row, column) = text.split_once('-')?;
    let (row, column) = (row.parse().ok()?, column.parse().ok()?);
    (key(row, column) == text).then_some((row, column))
}

fn find(doc: &impl ReadDoc, key: &str) -> Option<ObjId> {
    maps(doc, &ROOT, SEATS).into_iter().find_map(|container| maps(doc, &container, key).into_iter().next())
}

/// Takes somebody from every other place.
fn stand_up(tx: &mut impl Transactable, person: &PersonId, but: &str) -> Result<(), DocumentError> {
    let mut problems = Problems::default();
    let written = person.to_string();
    let mut left = Vec::new();
    for entry in entries(tx, &maps(tx, &ROOT, SEATS), PLACES_MAX, SEATS, &mut problems) {
        if entry.key == but {
            continue;
        }
        let known = [LABEL, PERSON];
        let Some(mut fields) = entry_fields(tx, &entry, &known, String::new(), &mut problems) else { continue };
        if fields.line(PERSON, PERSON_CHARS, &mut problems) == written {
            left.push((entry.key, fields.line(LABEL, SEAT_LABEL_CHARS, &mut problems).is_empty()));
        }
    }
    for (key, unnamed) in left {
        if unnamed {
            remove_everywhere(tx, SEATS, &key)?;
        } else if let Some(map) = find(tx, &key) {
            field::put_optional(tx, &map, PERSON, None)?;
        }
    }
    Ok(())
}
