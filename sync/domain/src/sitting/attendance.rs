//! Who is in the room: arrivals, departures and returns, absence with and without leave.

use std::collections::BTreeMap;

use minicbor::{Decode, Encode};
use serde::{Deserialize, Serialize};

use super::{Measure, Noted, REASON_CHARS, Void};
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

    fn take(&mut self, noted: &Noted<AttendanceMark>) {
        let own = noted.by == noted.what.person;
        let was = self.presence;
        self.presence = match noted.what.mark {
            Mark::Arrived => Presence::Present,
            Mark::Left => Presence::Left,
            Mark::Excused => Presence::Excused,
            Mark::Absent => Presence::Absent,
        };
        if own && noted.what.mark == Mark::Arrived {
            self.device = Some(noted.device);
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
        self.reason.clone_from(&noted.what.reason);
        self.entered_by = (!own).then_some(noted.by);
    }
}

/// Everybody's attendance.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct AttendanceRecord {
    /// Of whom something was said.
    pub people: BTreeMap<PersonId, Attendance>,
    /// Acts that change nothing, and why.
    pub void: Vec<(Hash32, Void)>,
}

impl AttendanceRecord {
    /// Of one person.
    pub fn of(&self, person: &PersonId) -> Attendance {
        self.people.get(person).cloned().unwrap_or_default()
    }
}

/// Folds ordered acts; see [`super::fold`].
pub(super) fn attendance(ordered: Vec<Noted<AttendanceMark>>) -> AttendanceRecord {
    let mut record = AttendanceRecord::default();
    let mut measure = Measure::default();
    for noted in ordered {
        let own = noted.by == noted.what.person && matches!(noted.what.mark, Mark::Arrived | Mark::Left);
        let allowed = if own || noted.managed { measure.admit(&noted) } else { Err(Void::NotAllowed) };
        // Who was not here cannot leave: the button was pressed twice, or on two devices.
        let left_before = noted.what.mark == Mark::Left && !record.of(&noted.what.person).presence.is_present();
        match allowed {
            Ok(()) if left_before => record.void.push((noted.hash, Void::DoesNotFit)),
            Ok(()) => record.people.entry(noted.what.person).or_default().take(&noted),
            Err(void) => record.void.push((noted.hash, void)),
        }
    }
    record
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use proptest::prelude::*;

    use super::super::testing::{Said, person};
    use super::super::{OWN_STEPS, in_order};
    use super::*;

    fn attendance(acts: Vec<Noted<AttendanceMark>>) -> AttendanceRecord {
        super::attendance(in_order(acts, Noted::link))
    }

    fn mark(of: u8, mark: Mark) -> AttendanceMark {
        AttendanceMark { space: SpaceId([8; 16]), person: person(of), mark, reason: String::new(), at: Timestamp(0), after: None }
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
        said.say(1, 2, AttendanceMark { reason: "đi công tác".into(), ..mark(21, Mark::Excused) });
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
        said.say(1, 1, AttendanceMark { reason: "ốm".into(), ..mark(20, Mark::Excused) });
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
    fn a_reason_is_one_line_of_bounded_length() {
        let with = |reason: String| AttendanceMark { reason, ..mark(20, Mark::Excused) }.validate();
        assert!(with("đi công tác".into()).is_ok());
        assert_eq!(with("a".repeat(REASON_CHARS + 1)).unwrap_err().code(), "limit_over");
        assert_eq!(with("a\nb".into()).unwrap_err().code(), "text_characters");
    }

    proptest! {
        #[test]
        fn any_order_of_arrival_gives_one_record(
            steps in proptest::collection::vec((0u8..4, 18u8..22, 0u8..4, 0i64..4, any::<proptest::sample::Index>()), 1..25),
            swaps in proptest::collection::vec((any::<proptest::sample::Index>(), any::<proptest::sample::Index>()), 0..40),
        ) {
            let mut said = Said::new();
            for (by, of, what, at, before) in steps {
                let what = [Mark::Arrived, Mark::Left, Mark::Excused, Mark::Absent][usize::from(what)];
                let by = if by == 0 { 1 } else { of };
                let after = said.acts.get(before.index(said.acts.len() + 1)).map(|act| act.hash);
                said.say_after(by, at, after, mark(of, what));
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
