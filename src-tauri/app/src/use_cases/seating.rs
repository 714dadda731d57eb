//! Who sits where: drawn by chair and secretary, kept in the meeting's document.

use api::error::ApiError;
use api::sitting::{SetSeat, SetSeating};
use domain::id::{PersonId, SpaceId};
use domain::seating::{SEAT_LABEL_CHARS, Seat, Seating};
use sync::document::meeting as document;

use super::agenda::limit;
use crate::app::App;
use crate::engine::Core;
use crate::error::not_found;

impl App {
    pub(crate) async fn set_seating(&self, act: SetSeating) -> Result<(), ApiError> {
        self.engine()?
            .attempt(move |core| {
                core.require_manager(&act.meeting)?;
                let drawn = Seating { rows: act.rows, columns: act.columns, seats: Vec::new() };
                drawn.validate().map_err(|error| limit(&error))?;
                core.edit_meeting(act.meeting, |tx| document::set_seating(tx, act.rows, act.columns))
            })
            .await
    }

    pub(crate) async fn set_seat(&self, act: SetSeat) -> Result<(), ApiError> {
        self.engine()?.attempt(move |core| core.set_seat(act)).await
    }

    pub(crate) async fn seat_everybody(&self, meeting: SpaceId) -> Result<u32, ApiError> {
        self.engine()?.attempt(move |core| core.seat_everybody(meeting)).await
    }
}

impl Core {
    fn set_seat(&mut self, act: SetSeat) -> Result<(), ApiError> {
        let SetSeat { meeting, row, column, label, person } = act;
        self.require_manager(&meeting)?;
        if let Some(person) = &person {
            self.role_of(&meeting, person).ok_or_else(|| not_found("person"))?;
        }
        if !self.meeting(&meeting)?.seating.has(row, column) {
            return Err(not_found("seat"));
        }
        let label = match label.trim() {
            "" => String::new(),
            label => domain::identity::one_line("seat name", label, SEAT_LABEL_CHARS).map_err(|error| limit(&error))?,
        };
        self.edit_meeting(meeting, |tx| document::put_seat(tx, &Seat { row, column, label, person }))
    }

    /// Whoever has no place yet gets one of those without name or person, in the order of the list; answers how many did.
    fn seat_everybody(&mut self, meeting: SpaceId) -> Result<u32, ApiError> {
        self.require_manager(&meeting)?;
        let seating = self.meeting(&meeting)?.seating;
        let seated: Vec<PersonId> = seating.seats.iter().filter_map(|seat| seat.person).collect();
        let standing = self.members(&meeting)?.into_iter().map(|member| member.person).filter(|person| !seated.contains(person));
        let new: Vec<Seat> = standing
            .zip(seating.free())
            .map(|(person, (row, column))| Seat { row, column, label: String::new(), person: Some(person) })
            .collect();
        if !new.is_empty() {
            self.edit_meeting(meeting, |tx| new.iter().try_for_each(|seat| document::put_seat(tx, seat)))?;
        }
        Ok(super::meetings::count(new.len()))
    }
}
