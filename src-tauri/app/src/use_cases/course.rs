//! The course of a sitting: opened, turned to items, paused, closed.

use api::error::ApiError;
use api::sitting::MoveSitting;
use domain::id::{ItemId, SpaceId};
use domain::sitting::{Course, CourseStep, Move, Phase};
use signing::Act;

use super::room::quorum;
use crate::app::App;
use crate::engine::Core;
use crate::error::not_found;

impl App {
    pub(crate) async fn move_sitting(&self, act: MoveSitting) -> Result<(), ApiError> {
        self.engine()?.attempt(move |core| core.move_sitting(act)).await
    }
}

impl Core {
    fn move_sitting(&mut self, act: MoveSitting) -> Result<(), ApiError> {
        let MoveSitting { meeting: space, what } = act;
        self.require_manager(&space)?;
        let mut sitting = self.sitting(&space)?;
        if is_so(&sitting.course, &what) {
            return Ok(());
        }
        if !fits(sitting.course.phase, &what) {
            return Err(ApiError::new("sitting_does_not_fit", "the sitting does not stand where this could follow"));
        }
        match &what {
            Move::Opened { rules } => self.require_quorum(&space, rules)?,
            Move::Turned { item } => self.known_item(&space, *item)?,
            Move::Closed if sitting.floor.speaking.is_some() => {
                self.end_speaking(space, &sitting)?;
                sitting = self.sitting(&space)?;
            }
            Move::Closed | Move::Paused | Move::Resumed => {}
        }
        let step = CourseStep { space, what, at: self.now().wall, after: sitting.last };
        self.act_in(self.leading_document(&space)?, Act::Course(step)).map(|_| ())
    }

    /// A body that lacks its quorum does not sit.
    fn require_quorum(&mut self, space: &SpaceId, rules: &str) -> Result<(), ApiError> {
        let rules = self.rule_profile(rules)?;
        let quorum = quorum(&rules, &self.members(space)?);
        if quorum.met {
            return Ok(());
        }
        Err(ApiError::new("no_quorum", "too few are present")
            .with("present", quorum.present)
            .with("needed", quorum.needed)
            .with("total", quorum.total))
    }

    /// The item is on the agenda, or none is named.
    pub fn known_item(&mut self, space: &SpaceId, item: Option<ItemId>) -> Result<(), ApiError> {
        let meeting = self.meeting(space)?;
        let known = item.is_none_or(|item| meeting.items.iter().any(|row| row.id == item));
        if known { Ok(()) } else { Err(not_found("item")) }
    }
}

/// It is so already: pressed twice, or by chair and secretary at the same time.
fn is_so(course: &Course, what: &Move) -> bool {
    match (what, course.phase) {
        (Move::Turned { item }, Phase::Running | Phase::Paused) => course.item == *item,
        (Move::Opened { .. } | Move::Resumed, Phase::Running) => true,
        (Move::Paused, Phase::Paused) | (Move::Closed, Phase::Closed) => true,
        _ => false,
    }
}

fn fits(phase: Phase, what: &Move) -> bool {
    match what {
        Move::Opened { .. } => matches!(phase, Phase::Before | Phase::Closed),
        Move::Turned { .. } | Move::Closed => matches!(phase, Phase::Running | Phase::Paused),
        Move::Paused => phase == Phase::Running,
        Move::Resumed => phase == Phase::Paused,
    }
}
