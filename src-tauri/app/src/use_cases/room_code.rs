//! The code of the room: shown to who is there, typed by who has read it.

use api::error::ApiError;
use api::sitting::{CheckInByCode, RoomCodeView};
use domain::id::SpaceId;
use domain::sitting::{CodeMove, CodeProof, CodeStep, Mark};
use signing::Act;
use signing::room_code::RoomCode;
use sync::DocRef;

use crate::app::App;
use crate::engine::Core;
use crate::qr;

impl App {
    pub(crate) async fn room_code(&self, meeting: SpaceId) -> Result<RoomCodeView, ApiError> {
        self.engine()?.attempt(move |core| core.room_code_view(&meeting)).await
    }

    pub(crate) async fn check_in_by_code(&self, act: CheckInByCode) -> Result<(), ApiError> {
        let code = act.code.parse::<RoomCode>().map_err(|error| ApiError::new(error.code(), error.to_string()))?;
        self.engine()?.attempt(move |core| core.check_in_by_code(act.meeting, code)).await
    }
}

impl Core {
    /// What is on the screen of chair or secretary, or on the projector.
    pub fn room_code_view(&mut self, space: &SpaceId) -> Result<RoomCodeView, ApiError> {
        self.require_manager(space)?;
        let (code, until) = self.room_code(space);
        let code = code.to_string();
        Ok(RoomCodeView { qr: qr::view(&code), code, until })
    }

    /// The arrival first: it counts whether the code is right or not, as that of everybody who says so.
    fn check_in_by_code(&mut self, space: SpaceId, code: RoomCode) -> Result<(), ApiError> {
        self.say_of_oneself(space, Mark::Arrived)?;
        let me = self.me()?;
        let sitting = self.sitting(&space)?;
        if sitting.attendance.of(&me).code == CodeProof::Accepted {
            return Ok(());
        }
        let proof = code.proof(&space, &self.replica.device());
        let step = CodeStep { space, what: CodeMove::Shown { proof }, at: self.now().wall, after: sitting.last };
        self.act_in(DocRef::seat(space, &me), Act::RoomCode(step)).map(|_| ())
    }
}
