//! Who comes and goes: by one's own word, or by that of chair and secretary.

use api::error::ApiError;
use api::sitting::MarkAttendance;
use domain::id::{PersonId, SpaceId};
use domain::sitting::{AttendanceMark, Mark, REASON_CHARS};
use signing::Act;
use sync::DocRef;

use super::agenda::limit;
use crate::app::App;
use crate::engine::Core;
use crate::error::not_found;

impl App {
    pub(crate) async fn check_in(&self, meeting: SpaceId) -> Result<(), ApiError> {
        self.engine()?.attempt(move |core| core.say_of_oneself(meeting, Mark::Arrived)).await
    }

    pub(crate) async fn leave(&self, meeting: SpaceId) -> Result<(), ApiError> {
        self.engine()?.attempt(move |core| core.say_of_oneself(meeting, Mark::Left)).await
    }

    pub(crate) async fn mark_attendance(&self, act: MarkAttendance) -> Result<(), ApiError> {
        self.engine()?.attempt(move |core| core.mark_attendance(act)).await
    }
}

impl Core {
    /// Says that this person came, or left.
    pub fn say_of_oneself(&mut self, space: SpaceId, mark: Mark) -> Result<(), ApiError> {
        let me = self.me()?;
        let sitting = self.sitting(&space)?;
        let now = sitting.attendance.of(&me);
        // What is so already needs no further act.
        match mark {
            Mark::Arrived if now.voting_device() == Some(self.replica.device()) => return Ok(()),
            Mark::Left if !now.presence.is_present() => return Err(not_present()),
            _ => {}
        }
        let mark = AttendanceMark { space, person: me, mark, reason: String::new(), at: self.now().wall, after: sitting.last };
        self.act_in(DocRef::seat(space, &me), Act::Attendance(mark)).map(|_| ())
    }

    fn mark_attendance(&mut self, act: MarkAttendance) -> Result<(), ApiError> {
        let MarkAttendance { meeting: space, person, mark, reason } = act;
        self.require_manager(&space)?;
        self.role_of(&space, &person).ok_or_else(|| not_found("person"))?;
        let reason = match reason.trim() {
            "" => String::new(),
            reason => domain::identity::one_line("reason", reason, REASON_CHARS).map_err(|error| limit(&error))?,
        };
        let sitting = self.sitting(&space)?;
        let now = sitting.attendance.of(&person).presence;
        match mark {
            Mark::Arrived if now.is_present() => return Ok(()),
            Mark::Left if !now.is_present() => return Err(not_present()),
            _ => {}
        }
        let mark = AttendanceMark { space, person, mark, reason, at: self.now().wall, after: sitting.last };
        self.act_in(self.leading_document(&space)?, Act::Attendance(mark)).map(|_| ())
    }

    /// This person is chair or secretary of the sitting, or leads it in the chair's place.
    pub fn require_manager(&self, space: &SpaceId) -> Result<PersonId, ApiError> {
        let me = self.me()?;
        let role = self.role_of(space, &me).ok_or_else(|| not_found("meeting"))?;
        if role.manages() || self.known_lead(space).deputy_leading() == Some(me) {
            Ok(me)
        } else {
            Err(ApiError::new("not_allowed", "only chair and secretary do this"))
        }
    }
}

fn not_present() -> ApiError {
    ApiError::new("not_present", "who is not in the room cannot leave it")
}
