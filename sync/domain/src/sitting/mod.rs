//! What happens in the room while a body sits: who is there, who speaks, what is being dealt with.
//!
//! Each of it is said by a signed act. An act names the deepest act of the sitting that its author knew (`after`), so that what somebody
//! says comes after everything that this person had seen, on every device alike and whatever the clocks say. The [`fold`] takes the acts
//! in any order of arrival and comes to the same result; an act whose author had no right to it changes nothing and is named as void.

mod attendance;
mod code;
mod course;
mod floor;
mod order;
mod queue;

pub use attendance::{Attendance, AttendanceMark, AttendanceRecord, Mark, Presence, Stay};
pub use code::{CodeMove, CodeProof, CodeStep, ShownCode};
pub use course::{Course, CourseStep, Move, Phase, Turn};
pub use floor::{Floor, FloorMove, FloorStep, Request, SpeechKind, Spoken, WAITING_OF_PERSON, Word};
pub use order::{Link, in_order};
pub use queue::QueueRule;

use serde::{Deserialize, Serialize};

use crate::id::{DeviceId, Hash32, PersonId, Timestamp};
use crate::meeting::MeetingRole;

/// Characters of a reason ("đi công tác theo quyết định số 12").
pub const REASON_CHARS: usize = 300;
/// Acts of one person without the management that a fold looks at; the later ones are void, so that one person fills nobody's record.
pub const OWN_STEPS: usize = 500;
/// Acts of one manager that a fold looks at.
pub const MANAGED_STEPS: usize = 20_000;
/// Longest time to speak that can be given, in seconds: four hours.
pub const SPEECH_SECONDS: u32 = 4 * 3_600;

/// An act of a sitting with what its verified envelope says about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Noted<T> {
    /// The act's name.
    pub hash: Hash32,
    /// Whose device signed it.
    pub by: PersonId,
    /// The device that signed it.
    pub device: DeviceId,
    /// That person is, or was at some time of this sitting, its chair or secretary. What a former chair did as chair stays done.
    pub managed: bool,
    /// The deepest act that its author knew.
    pub after: Option<Hash32>,
    /// When, by that device's clock. Orders only what was said without knowledge of each other.
    pub at: Timestamp,
    /// The same moment by the clock of the device that folds, as well as it knows. Only shown.
    pub here_at: Timestamp,
    /// What was said.
    pub what: T,
}

impl<T> Noted<T> {
    fn link(&self) -> Link {
        Link { hash: self.hash, after: self.after, at: self.at }
    }
}

/// What can be said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Said {
    /// Of somebody's presence.
    Attendance(AttendanceMark),
    /// Of the word.
    Floor(FloorStep),
    /// Of the sitting.
    Course(CourseStep),
    /// Of the room's code.
    Code(CodeStep),
}

/// A sitting as its acts tell it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Sitting {
    /// Who is there.
    pub attendance: AttendanceRecord,
    /// Who speaks.
    pub floor: Floor,
    /// How far it is.
    pub course: Course,
    /// The deepest act: what the next one has to name.
    pub last: Option<Hash32>,
}

/// Folds the acts of a sitting, in whatever order they are given. `role_of` says who belongs to it now, and as what.
///
/// **Presence.** Everybody says of oneself that one came and left. Of others, and of absence, chair and secretary alone.
///
/// **Codes.** Whoever is present shows one; chair and secretary alone accept the last that somebody showed. It holds until that person leaves.
///
/// **The word.** Points of order come first, then requests in the order of [`in_order`]; chair and secretary move one to another place.
/// Everybody asks for oneself and withdraws that; interpellations are for those with a vote. Chair and secretary ask for others,
/// reorder, give the word and end it.
///
/// **The sitting.** Chair and secretary alone move it.
///
/// Anything else, and what does not fit to where things stand, is void.
pub fn fold(acts: Vec<Noted<Said>>, role_of: &dyn Fn(&PersonId) -> Option<MeetingRole>) -> Sitting {
    let ordered = in_order(acts, Noted::link);
    let last = ordered.last().map(|noted| noted.hash);
    let (mut attendance, mut floor, mut course) = (Vec::new(), Vec::new(), Vec::new());
    for Noted { hash, by, device, managed, after, at, here_at, what } in ordered {
        match what {
            Said::Attendance(mark) => {
                let what = attendance::Presented::Mark(mark);
                attendance.push(Noted { hash, by, device, managed, after, at, here_at, what });
            }
            Said::Code(step) => {
                let what = attendance::Presented::Code(step);
                attendance.push(Noted { hash, by, device, managed, after, at, here_at, what });
            }
            Said::Floor(what) => floor.push(Noted { hash, by, device, managed, after, at, here_at, what }),
            Said::Course(what) => course.push(Noted { hash, by, device, managed, after, at, here_at, what }),
        }
    }
    Sitting {
        attendance: attendance::attendance(attendance),
        floor: floor::floor(floor, role_of),
        course: course::course(course),
        last,
    }
}

/// Why an act of a sitting changes nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Void {
    /// Its author may not say this.
    NotAllowed,
    /// Its author has said too much already.
    TooMany,
    /// It does not fit to what was said before: a request that is not there, a word that nobody has.
    DoesNotFit,
}

/// Counts what each person says; refuses what is beyond the limit.
#[derive(Debug, Default)]
struct Measure {
    said: std::collections::BTreeMap<PersonId, usize>,
}

impl Measure {
    fn admit<T>(&mut self, noted: &Noted<T>) -> Result<(), Void> {
        let said = self.said.entry(noted.by).or_default();
        *said += 1;
        if *said > if noted.managed { MANAGED_STEPS } else { OWN_STEPS } { Err(Void::TooMany) } else { Ok(()) }
    }
}

#[cfg(test)]
mod testing {
    use super::Noted;
    use crate::id::{DeviceId, Hash32, PersonId, Timestamp};

    pub fn person(number: u8) -> PersonId {
        PersonId([number; 16])
    }

    pub fn hash(number: u16) -> Hash32 {
        let mut bytes = [0; 32];
        bytes[..2].copy_from_slice(&number.to_be_bytes());
        Hash32(bytes)
    }

    /// Acts said one after another, each in knowledge of all before; persons below 10 manage.
    #[derive(Default)]
    pub struct Said<T> {
        pub acts: Vec<Noted<T>>,
    }

    impl<T> Said<T> {
        pub fn new() -> Self {
            Self { acts: Vec::new() }
        }

        pub fn say(&mut self, by: u8, minute: i64, what: T) -> Hash32 {
            let after = self.acts.last().map(|act| act.hash);
            self.say_after(by, minute, after, what)
        }

        pub fn say_after(&mut self, by: u8, minute: i64, after: Option<Hash32>, what: T) -> Hash32 {
            let hash = hash(u16::try_from(self.acts.len() + 1).unwrap_or(u16::MAX));
            let at = Timestamp(minute * 60_000);
            let device = DeviceId([by; 32]);
            self.acts.push(Noted { hash, by: person(by), device, managed: by < 10, after, at, here_at: at, what });
            hash
        }
    }
}
