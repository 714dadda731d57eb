//! Who sits where in the room: a grid of rows and seats, with names of places and the people on them.

use serde::{Deserialize, Serialize};

use crate::id::PersonId;
use crate::identity::check_line;
use crate::limits::{LimitError, at_most, distinct};

/// Rows of a room.
pub const SEAT_ROWS: u8 = 30;
/// Seats of a row.
pub const SEAT_COLUMNS: u8 = 30;
/// Characters of the name of a place ("Bàn chủ tọa").
pub const SEAT_LABEL_CHARS: usize = 40;

/// A place that has a name, or on which somebody sits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seat {
    /// From 0, at the front.
    pub row: u8,
    /// From 0, at the left as seen from the back of the room.
    pub column: u8,
    /// Its name; may be empty.
    pub label: String,
    /// Who sits there.
    pub person: Option<PersonId>,
}

/// The seats of a room.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Seating {
    /// How many rows; 0: nobody has drawn the room.
    pub rows: u8,
    /// Seats of a row.
    pub columns: u8,
    /// By row, then column, within the grid; nobody sits twice.
    pub seats: Vec<Seat>,
}

impl Seating {
    /// Nobody has drawn the room.
    pub fn is_empty(&self) -> bool {
        self.rows == 0 || self.columns == 0
    }

    /// What is at a place.
    pub fn at(&self, row: u8, column: u8) -> Option<&Seat> {
        self.seats.iter().find(|seat| (seat.row, seat.column) == (row, column))
    }

    /// Whether there is such a place.
    pub fn has(&self, row: u8, column: u8) -> bool {
        row < self.rows && column < self.columns
    }

    /// Places with neither name nor person, the front first.
    pub fn free(&self) -> impl Iterator<Item = (u8, u8)> {
        let all = (0..self.rows).flat_map(move |row| (0..self.columns).map(move |column| (row, column)));
        all.filter(move |(row, column)| self.at(*row, *column).is_none())
    }

    /// The grid and the names within bounds, no place and no person twice.
    ///
    /// # Errors
    /// What is not so.
    pub fn validate(&self) -> Result<(), LimitError> {
        at_most("rows of seats", SEAT_ROWS.into(), self.rows.into())?;
        at_most("seats of a row", SEAT_COLUMNS.into(), self.columns.into())?;
        distinct("seat", self.seats.iter().map(|seat| (seat.row, seat.column)))?;
        distinct("person on a seat", self.seats.iter().filter_map(|seat| seat.person))?;
        for seat in &self.seats {
            at_most("rows of seats", self.rows.saturating_sub(1).into(), seat.row.into())?;
            at_most("seats of a row", self.columns.saturating_sub(1).into(), seat.column.into())?;
            check_line("seat name", &seat.label, 0, SEAT_LABEL_CHARS)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn free_places_are_told_from_the_front_and_nobody_sits_twice() {
        let seat = |row, column, person: Option<u8>| Seat {
            row,
            column,
            label: String::new(),
            person: person.map(|person| PersonId([person; 16])),
        };
        let mut room = Seating { rows: 2, columns: 2, seats: vec![seat(0, 1, Some(1)), seat(1, 0, None)] };
        assert_eq!(room.free().collect::<Vec<_>>(), [(0, 0), (1, 1)]);
        assert_eq!(room.validate(), Ok(()));
        room.seats.push(seat(1, 1, Some(1)));
        assert_eq!(room.validate().map_err(|error| error.code()), Err("not_distinct"));
        room.seats[2] = seat(2, 0, None);
        assert_eq!(room.validate().map_err(|error| error.code()), Err("limit_over"));
        assert!(!room.has(2, 0) && room.has(1, 1));
    }
}
