//! Who is in the room: arrivals, departures and returns, absence with and without leave.

use std::collections::BTreeMap;

use minicbor::{Decode, Encode};
use serde::{Deserialize, Serialize};

use super::{CodeMove, CodeProof, CodeStep, Measure, Noted, REASON_CHARS, ShownCode, Void};
use crate::id::{DeviceId, Hash32, PersonId, SpaceId, Timestamp};
use crate::limits::{self, LimitError};

/// What is said of somebody's presence.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Encode, Decode)]
#[serde(rename_all = "snake_case")]
#[cbor(index_only)]
pub enum Mark {
    /// Có mặt: came, or came back.
    #[n(0)]
    Arrived,
    /// Ra về: left the room.
    #[n(1)]
    Left,
    /// Vắng có phép: does not come, with leave.
    #[n(2)]
    Excused,
    /// Vắng không phép: does not come.
    #[n(3)]
    Absent,
}

/// The act: something is said of somebody's presence.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Encode, Decode)]
pub struct AttendanceMark {
    /// The meeting.
    #[n(0)]
    pub space: SpaceId,
    /// Of whom.
    #[n(1)]
    pub person: PersonId,
    /// What.
    #[n(2)]
    pub mark: Mark,
    /// Why, at most [`REASON_CHARS`]; mostly empty.
    #[n(3)]
    pub reason: String,
    /// When the device says so.
    #[n(4)]
    pub at: Timestamp,
    /// The deepest act of the sitting that its author knew.
    #[n(5)]
    pub after: Option<Hash32>,
}

impl AttendanceMark {
    /// Checks the reason.
    ///
    /// # Errors
    /// Too long, or with characters that a line must not have.
    pub fn validate(&self) -> Result<(), LimitError> {
        limits::at_most("reason", REASON_CHARS, self.reason.chars().count())?;
        limits::check_characters("reason", &self.reason, limits::forbidden_in_line)
    }
}

/// Where somebody stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Presence {
    /// Nobody has said anything yet.
    #[default]
    Unknown,
    /// In the room.
    Present,
    /// Was in the room and left.
    Left,
    /// Away with leave.
    Excused,
    /// Away.
    Absent,
}

impl Presence {
    /// Counts for the quorum.
    pub fn is_present(self) -> bool {
        self == Self::Present
    }
}

/// A time in the room.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stay {
    /// From.
    pub from: Timestamp,
    /// Until; `None` while it lasts.
    pub until: Option<Timestamp>,
}

/// One person's attendance.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Attendance {
    /// Where the person stands now.
    pub presence: Presence,
    /// Since when.
    pub since: Option<Timestamp>,
    /// The reason that was given with it.
    pub reason: String,
    /// Who said so, if not the person.
    pub entered_by: Option<PersonId>,
    /// All times in the room, in order.
    pub stays: Vec<Stay>,
    /// The device that the person last checked in with, whether still here or not.
    pub device: Option<DeviceId>,
    /// How far this presence is proved by the room's code.
    #[serde(default, skip_serializing_if = "CodeProof::is_none")]
    pub code: CodeProof,
}

impl Attendance {
    /// The device that a vote opened now would take ballots from.
    pub fn voting_device(&self) -> Option<DeviceId> {
        self.device.filter(|_| self.presence.is_present())
    }

    /// When the person first came.
    pub fn first(&self) -> Option<Timestamp> {
        self.stays.first().map(|stay| stay.from)
    }

    fn take<T>(&mut self, noted: &Noted<T>, mark: &AttendanceMark) {
        let own = noted.by == mark.person;
        let was = self.presence;
        self.presence = match mark.mark {
            Mark::Arrived => Presence::Present,
            Mark::Left => Presence::Left,
            Mark::Excused => Presence::Excused,
            Mark::Absent => Presence::Absent,
        };
        if own && mark.mark == Mark::Arrived {
            self.device = Some(noted.device);
        }
        if !self.presence.is_present() {
            self.code = CodeProof::None;
        }
        match (was.is_present(), self.presence.is_present()) {
            // Said again: since when stays what it was.
            (true, true) => return,
            (false, true) => self.stays.push(Stay { from: noted.here_at, until: None }),
            (true, false) => {
                if let Some(stay) = self.stays.last_mut() {
                    // Another device's clock that is behind makes no stay end before it began.
                    stay.until = Some(noted.here_at.max(stay.from));
                }
            }
            (false, false) => {}
        }
        self.since = Some(noted.here_at);
        self.reason.clone_from(&mark.reason);
        self.entered_by = (!own).then_some(noted.by);
    }
}

/// Everybody's attendance.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct AttendanceRecord {
    /// Of whom something was said.
    pub people: BTreeMap<PersonId, Attendance>,
    /// Codes that wait for who has them on the screen: of each person the last.
    pub shown: BTreeMap<PersonId, ShownCode>,
    /// Acts that change nothing, and why.
    pub void: Vec<(Hash32, Void)>,
}

impl AttendanceRecord {
    /// Of one person.
    pub fn of(&self, person: &PersonId) -> Attendance {
        self.people.get(person).cloned().unwrap_or_default()
    }
}

/// What bears on somebody's presence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Presented {
    /// It is said.
    Mark(AttendanceMark),
    /// It is proved by a code.
    Code(CodeStep),
}

impl AttendanceRecord {
    fn mark(&mut self, noted: &Noted<Presented>, mark: &AttendanceMark, measure: &mut Measure) -> Result<(), Void> {
        let own = noted.by == mark.person && matches!(mark.mark, Mark::Arrived | Mark::Left);
        if !own && !noted.managed {
            return Err(Void::NotAllowed);
        }
        measure.admit(noted)?;
        // Who was not here cannot leave: the button was pressed twice, or on two devices.
        if mark.mark == Mark::Left && !self.of(&mark.person).presence.is_present() {
            return Err(Void::DoesNotFit);
        }
        let person = self.people.entry(mark.person).or_default();
        person.take(noted, mark);
        if !person.presence.is_present() {
            self.shown.remove(&mark.person);
        }
        Ok(())
    }

    fn code(&mut self, noted: &Noted<Presented>, step: &CodeStep, measure: &mut Measure) -> Result<(), Void> {
        match step.what {
            CodeMove::Shown { proof } => {
                measure.admit(noted)?;
                let person = self.people.get_mut(&noted.by).filter(|person| person.presence.is_present());
                let person = person.filter(|person| person.code != CodeProof::Accepted).ok_or(Void::DoesNotFit)?;
                person.code = CodeProof::Shown;
                self.shown.insert(noted.by, ShownCode { act: noted.hash, device: noted.device, proof });
                Ok(())
            }
            CodeMove::Accepted { .. } if !noted.managed => Err(Void::NotAllowed),
            CodeMove::Accepted { shown } => {
                measure.admit(noted)?;
                let of = self.shown.iter().find(|(_, waiting)| waiting.act == shown).map(|(person, _)| *person);
                let of = of.ok_or(Void::DoesNotFit)?;
                self.shown.remove(&of);
                self.people.entry(of).or_default().code = CodeProof::Accepted;
                Ok(())
            }
        }
    }
}

/// Folds ordered acts; see [`super::fold`].
pub(super) fn attendance(ordered: Vec<Noted<Presented>>) -> AttendanceRecord {
    let mut record = AttendanceRecord::default();
    let mut measure = Measure::default();
    for noted in ordered {
        let taken = match &noted.what {
            Presented::Mark(mark) => record.mark(&noted, mark, &mut measure),
            Presented::Code(step) => record.code(&noted, step, &mut measure),
        };
        if let Err(void) = taken {
            record.void.push((noted.hash, void));
        }
    }
    record
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use proptest::prelude::*;

    use super::super::testing::{Said, hash, person};
    use super::super::{OWN_STEPS, in_order};
    use super::*;

    fn attendance(acts: Vec<Noted<Presented>>) -> AttendanceRecord {
        super::attendance(in_order(acts, Noted::link))
    }

    fn mark(of: u8, mark: Mark) -> Presented {
        because(of, mark, "")
    }

    fn because(of: u8, mark: Mark, reason: &str) -> Presented {
        Presented::Mark(body(of, mark, reason))
    }

    fn body(of: u8, mark: Mark, reason: &str) -> AttendanceMark {
        let (person, reason) = (person(of), reason.to_owned());
        AttendanceMark { space: SpaceId([8; 16]), person, mark, reason, at: Timestamp(0), after: None }
    }

    fn code(what: CodeMove) -> Presented {
        Presented::Code(CodeStep { space: SpaceId([8; 16]), what, at: Timestamp(0), after: None })
    }

    fn shown(proof: u16) -> Presented {
        code(CodeMove::Shown { proof: hash(proof) })
    }

    fn accepted(shown: Hash32) -> Presented {
        code(CodeMove::Accepted { shown })
    }

    fn minute(minute: i64) -> Timestamp {
        Timestamp(minute * 60_000)
    }

    #[test]
    fn who_comes_leaves_and_comes_back_has_two_stays() {
        let mut said = Said::new();
        said.say(20, 1, mark(20, Mark::Arrived));
        said.say(20, 30, mark(20, Mark::Left));
        said.say(20, 45, mark(20, Mark::Arrived));
        let one = attendance(said.acts).of(&person(20));
        assert_eq!(one.presence, Presence::Present);
        assert_eq!(one.since, Some(minute(45)));
        assert_eq!(one.stays, [Stay { from: minute(1), until: Some(minute(30)) }, Stay { from: minute(45), until: None }]);
        assert_eq!(one.voting_device(), Some(DeviceId([20; 32])));
    }

    #[test]
    fn the_secretary_says_who_came_without_a_device_who_is_excused_and_who_is_absent() {
        let mut said = Said::new();
        said.say(1, 1, mark(20, Mark::Arrived));
        said.say(1, 2, because(21, Mark::Excused, "đi công tác"));
        said.say(1, 3, mark(22, Mark::Absent));
        let record = attendance(said.acts);
        let one = record.of(&person(20));
        assert_eq!((one.presence, one.voting_device(), one.entered_by), (Presence::Present, None, Some(person(1))));
        assert_eq!((record.of(&person(21)).presence, record.of(&person(21)).reason.as_str()), (Presence::Excused, "đi công tác"));
        assert_eq!(record.of(&person(22)).presence, Presence::Absent);
        assert_eq!(record.of(&person(23)).presence, Presence::Unknown);
    }

    #[test]
    fn a_delegate_marks_nobody_else_and_no_absence() {
        let mut said = Said::new();
        said.say(20, 1, mark(20, Mark::Arrived));
        let forged = said.say(21, 2, mark(20, Mark::Left));
        let excused = said.say(20, 3, mark(20, Mark::Excused));
        let record = attendance(said.acts);
        assert_eq!(record.of(&person(20)).presence, Presence::Present);
        assert_eq!(record.void, [(forged, Void::NotAllowed), (excused, Void::NotAllowed)]);
    }

    #[test]
    fn who_was_excused_and_comes_after_all_is_present_and_keeps_no_reason() {
        let mut said = Said::new();
        said.say(1, 1, because(20, Mark::Excused, "ốm"));
        said.say(20, 9, mark(20, Mark::Arrived));
        let one = attendance(said.acts).of(&person(20));
        assert_eq!((one.presence, one.reason.as_str(), one.first()), (Presence::Present, "", Some(minute(9))));
    }

    #[test]
    fn a_clock_a_day_behind_does_not_undo_what_its_owner_answers_to() {
        let mut said = Said::new();
        said.say(1, 2_000, mark(20, Mark::Absent));
        said.say(20, 2_000 - 1_440, mark(20, Mark::Arrived));
        assert_eq!(attendance(said.acts).of(&person(20)).presence, Presence::Present);
    }

    #[test]
    fn checking_in_again_from_another_device_moves_the_vote_there_and_nothing_else() {
        let mut said = Said::new();
        said.say(20, 1, mark(20, Mark::Arrived));
        said.say(20, 5, mark(20, Mark::Arrived));
        said.acts[1].device = DeviceId([99; 32]);
        let one = attendance(said.acts).of(&person(20));
        assert_eq!((one.since, one.stays.len(), one.voting_device()), (Some(minute(1)), 1, Some(DeviceId([99; 32]))));
    }

    #[test]
    fn leaving_twice_is_leaving_once() {
        let mut said = Said::new();
        said.say(20, 1, mark(20, Mark::Arrived));
        said.say(20, 5, mark(20, Mark::Left));
        let again = said.say(20, 6, mark(20, Mark::Left));
        let record = attendance(said.acts);
        assert_eq!(record.of(&person(20)).since, Some(minute(5)));
        assert_eq!(record.void, [(again, Void::DoesNotFit)]);
    }

    #[test]
    fn who_floods_the_room_fills_only_the_own_measure() {
        let mut said = Said::new();
        for at in 0..OWN_STEPS + 10 {
            said.say(20, i64::try_from(at).unwrap(), mark(20, Mark::Arrived));
        }
        said.say(21, 1, mark(21, Mark::Arrived));
        said.say(1, 2, mark(20, Mark::Left));
        let record = attendance(said.acts);
        assert_eq!(record.void.len(), 10);
        assert_eq!(record.of(&person(21)).presence, Presence::Present);
        assert_eq!(record.of(&person(20)).presence, Presence::Left);
    }

    #[test]
    fn who_shows_the_code_of_the_room_is_there_by_code_until_the_person_leaves() {
        let mut said = Said::new();
        said.say(20, 1, mark(20, Mark::Arrived));
        let one = said.say(20, 2, shown(900));
        let record = attendance(said.acts.clone());
        assert_eq!(record.of(&person(20)).code, CodeProof::Shown, "nobody has compared it");
        assert_eq!(record.shown[&person(20)], ShownCode { act: one, device: DeviceId([20; 32]), proof: hash(900) });
        said.say(1, 3, accepted(one));
        let record = attendance(said.acts.clone());
        assert_eq!((record.of(&person(20)).code, record.shown.len(), record.void.len()), (CodeProof::Accepted, 0, 0));
        said.say(20, 4, mark(20, Mark::Arrived));
        assert_eq!(attendance(said.acts.clone()).of(&person(20)).code, CodeProof::Accepted, "said again");
        said.say(20, 5, mark(20, Mark::Left));
        said.say(20, 6, mark(20, Mark::Arrived));
        assert_eq!(attendance(said.acts).of(&person(20)).code, CodeProof::None, "whoever comes back reads the code again");
    }

    #[test]
    fn nobody_but_chair_and_secretary_accepts_a_code_and_none_that_was_not_shown() {
        let mut said = Said::new();
        let early = said.say(20, 1, shown(900));
        said.say(20, 2, mark(20, Mark::Arrived));
        let unknown = said.say(1, 3, accepted(early));
        let one = said.say(20, 4, shown(901));
        let own = said.say(20, 5, accepted(one));
        let other = said.say(21, 6, accepted(one));
        let second = said.say(20, 7, shown(902));
        let replaced = said.say(1, 8, accepted(one));
        let record = attendance(said.acts.clone());
        assert_eq!(record.of(&person(20)).code, CodeProof::Shown);
        assert_eq!(
            record.void,
            [
                (early, Void::DoesNotFit),
                (unknown, Void::DoesNotFit),
                (own, Void::NotAllowed),
                (other, Void::NotAllowed),
                (replaced, Void::DoesNotFit)
            ]
        );
        said.say(1, 9, accepted(second));
        assert_eq!(attendance(said.acts).of(&person(20)).code, CodeProof::Accepted);
    }

    #[test]
    fn a_reason_is_one_line_of_bounded_length() {
        let with = |reason: String| body(20, Mark::Excused, &reason).validate();
        assert!(with("đi công tác".into()).is_ok());
        assert_eq!(with("a".repeat(REASON_CHARS + 1)).unwrap_err().code(), "limit_over");
        assert_eq!(with("a\nb".into()).unwrap_err().code(), "text_characters");
    }

    proptest! {
        #[test]
        fn any_order_of_arrival_gives_one_record(
            steps in proptest::collection::vec((0u8..4, 18u8..22, 0u8..6, 0i64..4, any::<proptest::sample::Index>()), 1..25),
            swaps in proptest::collection::vec((any::<proptest::sample::Index>(), any::<proptest::sample::Index>()), 0..40),
        ) {
            let mut said = Said::new();
            for (by, of, what, at, before) in steps {
                let by = if by == 0 { 1 } else { of };
                let after = said.acts.get(before.index(said.acts.len() + 1)).map(|act| act.hash);
                let what = match what {
                    0 => mark(of, Mark::Arrived),
                    1 => mark(of, Mark::Left),
                    2 => mark(of, Mark::Excused),
                    3 => mark(of, Mark::Absent),
                    4 => shown(of.into()),
                    _ => after.map_or_else(|| shown(900), accepted),
                };
                said.say_after(by, at, after, what);
            }
            let mut shuffled = said.acts.clone();
            for (a, b) in swaps {
                let len = shuffled.len();
                shuffled.swap(a.index(len), b.index(len));
            }
            prop_assert_eq!(attendance(said.acts), attendance(shuffled));
        }
    }
}
