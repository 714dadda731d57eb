//! How far the sitting is: opened, which item, paused, closed.

use minicbor::{Decode, Encode};
use serde::{Deserialize, Serialize};

use super::{Measure, Noted, Stay, Void};
use crate::id::{Hash32, ItemId, SpaceId, Timestamp};
use crate::limits::{self, LimitError};

/// What the chair, or the secretary on the chair's behalf, does with the sitting.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Encode, Decode)]
#[serde(rename_all = "snake_case")]
pub enum Move {
    /// Khai mạc: begins, or goes on after a close that was a mistake.
    #[n(0)]
    Opened {
        /// The id of the rule profile under which the body sits: its quorum is shown.
        #[n(0)]
        rules: String,
    },
    /// Chuyển mục: this item is dealt with now; none between items.
    #[n(1)]
    Turned {
        /// The item.
        #[n(0)]
        item: Option<ItemId>,
    },
    /// Tạm nghỉ.
    #[n(2)]
    Paused,
    /// Họp tiếp.
    #[n(3)]
    Resumed,
    /// Bế mạc.
    #[n(4)]
    Closed,
}

/// The act: the sitting is moved.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Encode, Decode)]
pub struct CourseStep {
    /// The meeting.
    #[n(0)]
    pub space: SpaceId,
    /// How.
    #[n(1)]
    pub what: Move,
    /// When the device says so.
    #[n(2)]
    pub at: Timestamp,
    /// The deepest act of the sitting that its author knew.
    #[n(3)]
    pub after: Option<Hash32>,
}

impl CourseStep {
    /// Checks the name of the rules.
    ///
    /// # Errors
    /// Too long.
    pub fn validate(&self) -> Result<(), LimitError> {
        match &self.what {
            Move::Opened { rules } => limits::at_most("profile id", limits::PROFILE_ID_CHARS, rules.chars().count()),
            _ => Ok(()),
        }
    }
}

/// How far a sitting is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Phase {
    /// Not opened yet.
    #[default]
    Before,
    /// In session.
    Running,
    /// Has a break.
    Paused,
    /// Over.
    Closed,
}

/// A time that an item was dealt with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Turn {
    /// The item.
    pub item: ItemId,
    /// From when until when.
    pub stay: Stay,
}

/// The course of a sitting.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Course {
    /// How far it is.
    pub phase: Phase,
    /// Id of the rule profile under which the body sits; `None` before the opening.
    pub rules: Option<String>,
    /// When it was opened first.
    pub opened_at: Option<Timestamp>,
    /// When it was closed, unless it goes on.
    pub closed_at: Option<Timestamp>,
    /// What is dealt with now.
    pub item: Option<ItemId>,
    /// What was dealt with when, in order.
    pub turns: Vec<Turn>,
    /// The breaks.
    pub pauses: Vec<Stay>,
    /// Acts that change nothing, and why.
    pub void: Vec<(Hash32, Void)>,
}

impl Course {
    fn end_turn(&mut self, at: Timestamp) {
        if self.item.take().is_some()
            && let Some(turn) = self.turns.last_mut()
        {
            turn.stay.until = Some(at.max(turn.stay.from));
        }
    }

    fn end_pause(&mut self, at: Timestamp) {
        if let Some(pause) = self.pauses.last_mut().filter(|pause| pause.until.is_none()) {
            pause.until = Some(at.max(pause.from));
        }
    }

    fn take(&mut self, what: &Move, at: Timestamp) -> Result<(), Void> {
        match (what, self.phase) {
            (Move::Opened { rules }, Phase::Before | Phase::Closed) => {
                self.opened_at = self.opened_at.or(Some(at));
                self.closed_at = None;
                self.rules = Some(rules.clone());
                self.phase = Phase::Running;
            }
            (Move::Turned { item }, Phase::Running | Phase::Paused) if *item != self.item => {
                self.end_turn(at);
                self.item = *item;
                self.turns.extend(item.map(|item| Turn { item, stay: Stay { from: at, until: None } }));
            }
            (Move::Paused, Phase::Running) => {
                self.pauses.push(Stay { from: at, until: None });
                self.phase = Phase::Paused;
            }
            (Move::Resumed, Phase::Paused) => {
                self.end_pause(at);
                self.phase = Phase::Running;
            }
            (Move::Closed, Phase::Running | Phase::Paused) => {
                self.end_turn(at);
                self.end_pause(at);
                self.closed_at = Some(at);
                self.phase = Phase::Closed;
            }
            _ => return Err(Void::DoesNotFit),
        }
        Ok(())
    }
}

/// Folds ordered acts; see [`super::fold`]. A second opening, or the end of a break that nobody took, does not fit.
pub(super) fn course(ordered: Vec<Noted<CourseStep>>) -> Course {
    let mut course = Course::default();
    let mut measure = Measure::default();
    for noted in ordered {
        let allowed = if noted.managed { measure.admit(&noted) } else { Err(Void::NotAllowed) };
        if let Err(void) = allowed.and_then(|()| course.take(&noted.what.what, noted.here_at)) {
            course.void.push((noted.hash, void));
        }
    }
    course
}

#[cfg(test)]
mod tests {
    use super::super::in_order;
    use super::super::testing::Said;
    use super::*;

    fn course(acts: Vec<Noted<CourseStep>>) -> Course {
        super::course(in_order(acts, Noted::link))
    }

    fn step(what: Move) -> CourseStep {
        CourseStep { space: SpaceId([8; 16]), what, at: Timestamp(0), after: None }
    }

    fn opened() -> CourseStep {
        step(Move::Opened { rules: "ubnd-majority".into() })
    }

    fn turned(item: u8) -> CourseStep {
        step(Move::Turned { item: Some(ItemId([item; 16])) })
    }

    fn minute(minute: i64) -> Timestamp {
        Timestamp(minute * 60_000)
    }

    #[test]
    fn a_sitting_goes_from_its_opening_over_items_and_a_break_to_its_close() {
        let mut said = Said::new();
        said.say(1, 0, opened());
        said.say(1, 1, turned(1));
        said.say(2, 20, turned(2));
        said.say(1, 30, step(Move::Paused));
        let before = course(said.acts.clone());
        assert_eq!((before.phase, before.item), (Phase::Paused, Some(ItemId([2; 16]))));
        said.say(1, 40, step(Move::Resumed));
        said.say(1, 60, step(Move::Closed));
        let course = course(said.acts);
        assert_eq!((course.phase, course.opened_at, course.closed_at), (Phase::Closed, Some(minute(0)), Some(minute(60))));
        assert_eq!(course.rules.as_deref(), Some("ubnd-majority"));
        let turns: Vec<_> = course.turns.iter().map(|turn| (turn.stay.from, turn.stay.until)).collect();
        assert_eq!(turns, [(minute(1), Some(minute(20))), (minute(20), Some(minute(60)))]);
        assert_eq!(course.pauses, [Stay { from: minute(30), until: Some(minute(40)) }]);
        assert!(course.void.is_empty() && course.item.is_none());
    }

    #[test]
    fn nobody_but_chair_and_secretary_moves_it() {
        let mut said = Said::new();
        let forged = said.say(20, 0, opened());
        let course = course(said.acts);
        assert_eq!((course.phase, course.void), (Phase::Before, vec![(forged, Void::NotAllowed)]));
    }

    #[test]
    fn of_two_openings_one_opens_and_nothing_moves_before() {
        let mut said = Said::new();
        let early = said.say_after(1, 0, None, turned(1));
        said.say_after(1, 1, None, opened());
        let second = said.say_after(2, 2, None, opened());
        let course = course(said.acts);
        assert_eq!((course.phase, course.item, course.opened_at), (Phase::Running, None, Some(minute(1))));
        assert_eq!(course.void, [(early, Void::DoesNotFit), (second, Void::DoesNotFit)]);
    }

    #[test]
    fn a_close_by_mistake_is_taken_back_by_opening_again() {
        let mut said = Said::new();
        said.say(1, 0, opened());
        said.say(1, 5, step(Move::Closed));
        said.say(1, 6, opened());
        let course = course(said.acts);
        assert_eq!((course.phase, course.opened_at, course.closed_at), (Phase::Running, Some(minute(0)), None));
    }
}
