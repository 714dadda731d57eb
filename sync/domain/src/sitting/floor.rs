//! Who asks for the word, who has it, who spoke for how long.

use minicbor::{Decode, Encode};
use serde::{Deserialize, Serialize};

use super::{Measure, Noted, SPEECH_SECONDS, Void};
use crate::id::{DeviceId, Hash32, ItemId, PersonId, SpaceId, Timestamp};
use crate::limits::{self, LimitError};
use crate::meeting::MeetingRole;

/// Requests of one person that can wait at the same time.
pub const WAITING_OF_PERSON: usize = 8;

/// What somebody wants the word for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Encode, Decode)]
#[serde(rename_all = "snake_case")]
#[cbor(index_only)]
pub enum SpeechKind {
    /// Phát biểu.
    #[n(0)]
    Speech,
    /// Chất vấn: those with a vote alone.
    #[n(1)]
    Interpellation,
    /// Ý kiến về thủ tục: comes first.
    #[n(2)]
    PointOfOrder,
}

/// What is done with the word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Encode, Decode)]
#[serde(rename_all = "snake_case")]
pub enum FloorMove {
    /// Đăng ký: somebody wants to speak. The act's name is the request's.
    #[n(0)]
    Asked {
        /// Who.
        #[n(0)]
        person: PersonId,
        /// On what; `None`: on the sitting as a whole.
        #[n(1)]
        item: Option<ItemId>,
        /// What for.
        #[n(2)]
        kind: SpeechKind,
    },
    /// Rút đăng ký.
    #[n(1)]
    Withdrawn {
        /// The request.
        #[n(0)]
        request: Hash32,
    },
    /// The chair reorders the queue.
    #[n(2)]
    Placed {
        /// The request.
        #[n(0)]
        request: Hash32,
        /// The one that it now comes before; `None`: the end.
        #[n(1)]
        before: Option<Hash32>,
    },
    /// Mời phát biểu: somebody has the word. The act's name is the word's.
    #[n(3)]
    Given {
        /// Who.
        #[n(0)]
        person: PersonId,
        /// The request that this answers.
        #[n(1)]
        request: Option<Hash32>,
        /// On what.
        #[n(2)]
        item: Option<ItemId>,
        /// What for.
        #[n(3)]
        kind: SpeechKind,
        /// How long, in seconds; `None`: as long as it takes.
        #[n(4)]
        seconds: Option<u32>,
    },
    /// The word is over.
    #[n(4)]
    Ended {
        /// The word.
        #[n(0)]
        word: Hash32,
        /// How long it lasted, in seconds, as measured by the device that says so: two clocks are never compared.
        #[n(1)]
        spoken_s: u32,
    },
}

/// The act: something is done with the word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Encode, Decode)]
pub struct FloorStep {
    /// The meeting.
    #[n(0)]
    pub space: SpaceId,
    /// What.
    #[n(1)]
    pub what: FloorMove,
    /// When the device says so.
    #[n(2)]
    pub at: Timestamp,
    /// The deepest act of the sitting that its author knew.
    #[n(3)]
    pub after: Option<Hash32>,
}

impl FloorStep {
    /// Checks the times.
    ///
    /// # Errors
    /// Nobody is given no time, or more than [`SPEECH_SECONDS`].
    pub fn validate(&self) -> Result<(), LimitError> {
        match self.what {
            FloorMove::Given { seconds: Some(seconds), .. } => {
                limits::at_least("seconds", 1, seconds as usize)?;
                limits::at_most("seconds", SPEECH_SECONDS as usize, seconds as usize)
            }
            _ => Ok(()),
        }
    }
}

/// Somebody who waits for the word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Request {
    /// The request.
    pub request: Hash32,
    /// Who.
    pub person: PersonId,
    /// On what.
    pub item: Option<ItemId>,
    /// What for.
    pub kind: SpeechKind,
    /// Since when.
    pub asked_at: Timestamp,
}

/// Somebody who has the word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Word {
    /// The word.
    pub word: Hash32,
    /// Who.
    pub person: PersonId,
    /// On what.
    pub item: Option<ItemId>,
    /// What for.
    pub kind: SpeechKind,
    /// How long, in seconds.
    pub seconds: Option<u32>,
    /// Since when.
    pub began_at: Timestamp,
    /// Since when, by the clock of the device that gave it.
    pub given_at: Timestamp,
    /// The device that gave it.
    pub given_by: DeviceId,
}

/// Somebody who spoke.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Spoken {
    /// The word.
    pub word: Hash32,
    /// Who.
    pub person: PersonId,
    /// On what.
    pub item: Option<ItemId>,
    /// What for.
    pub kind: SpeechKind,
    /// Since when.
    pub began_at: Timestamp,
    /// How long, in seconds; `None` where two managers gave the word at the same time and nobody said when the first ended.
    pub spoken_s: Option<u32>,
}

/// The floor of a sitting.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Floor {
    /// Who waits, the next first.
    pub queue: Vec<Request>,
    /// Who has the word.
    pub speaking: Option<Word>,
    /// Who spoke, in order.
    pub spoken: Vec<Spoken>,
    /// Acts that change nothing, and why.
    pub void: Vec<(Hash32, Void)>,
}

impl Floor {
    fn asked(&mut self, noted: &Noted<FloorStep>, new: Request, role: Option<MeetingRole>) -> Result<(), Void> {
        let may = match new.kind {
            SpeechKind::Interpellation => role.is_some_and(MeetingRole::votes),
            SpeechKind::Speech | SpeechKind::PointOfOrder => role.is_some(),
        };
        if !may || (noted.by != new.person && !noted.managed) {
            return Err(Void::NotAllowed);
        }
        let waiting = || self.queue.iter().filter(|request| request.person == new.person);
        if waiting().count() >= WAITING_OF_PERSON {
            return Err(Void::TooMany);
        }
        if waiting().any(|request| (request.item, request.kind) == (new.item, new.kind)) {
            return Err(Void::DoesNotFit);
        }
        // Before all that are no points of order, behind those that are; whatever the chair placed stays among itself.
        let place = match new.kind {
            SpeechKind::PointOfOrder => {
                self.queue.iter().rposition(|request| request.kind == SpeechKind::PointOfOrder).map_or(0, |last| last + 1)
            }
            SpeechKind::Speech | SpeechKind::Interpellation => self.queue.len(),
        };
        self.queue.insert(place, new);
        Ok(())
    }

    fn withdrawn(&mut self, noted: &Noted<FloorStep>, request: &Hash32) -> Result<(), Void> {
        let place = self.place(request).ok_or(Void::DoesNotFit)?;
        let own = self.queue.get(place).is_some_and(|request| request.person == noted.by);
        if !own && !noted.managed {
            return Err(Void::NotAllowed);
        }
        self.queue.remove(place);
        Ok(())
    }

    fn placed(&mut self, request: &Hash32, before: Option<&Hash32>) -> Result<(), Void> {
        let from = self.place(request).ok_or(Void::DoesNotFit)?;
        if before == Some(request) {
            return Err(Void::DoesNotFit);
        }
        // The one it should come before may have got the word meanwhile: then it is next.
        let moved = self.queue.remove(from);
        let to = before.map_or(self.queue.len(), |before| self.place(before).unwrap_or(0));
        self.queue.insert(to, moved);
        Ok(())
    }

    fn place(&self, request: &Hash32) -> Option<usize> {
        self.queue.iter().position(|waiting| waiting.request == *request)
    }

    fn ended(&mut self, word: &Hash32, spoken_s: u32) -> Result<(), Void> {
        if self.speaking.is_some_and(|speaking| speaking.word == *word) {
            self.end(Some(spoken_s));
            return Ok(());
        }
        // Somebody else got the word before anybody had said that this one was over.
        let open = self.spoken.iter_mut().find(|spoken| spoken.word == *word && spoken.spoken_s.is_none());
        open.map(|spoken| spoken.spoken_s = Some(spoken_s)).ok_or(Void::DoesNotFit)
    }

    fn end(&mut self, spoken_s: Option<u32>) {
        if let Some(Word { word, person, item, kind, began_at, .. }) = self.speaking.take() {
            self.spoken.push(Spoken { word, person, item, kind, began_at, spoken_s });
        }
    }

    fn take(&mut self, noted: &Noted<FloorStep>, role_of: &dyn Fn(&PersonId) -> Option<MeetingRole>) -> Result<(), Void> {
        match noted.what.what {
            FloorMove::Asked { person, item, kind } => {
                let request = Request { request: noted.hash, person, item, kind, asked_at: noted.here_at };
                self.asked(noted, request, role_of(&person))
            }
            FloorMove::Withdrawn { request } => self.withdrawn(noted, &request),
            _ if !noted.managed => Err(Void::NotAllowed),
            FloorMove::Placed { request, before } => self.placed(&request, before.as_ref()),
            FloorMove::Given { person, request, item, kind, seconds } => {
                self.end(None);
                self.queue.retain(|waiting| Some(waiting.request) != request);
                let (began_at, given_at, given_by) = (noted.here_at, noted.at, noted.device);
                self.speaking = Some(Word { word: noted.hash, person, item, kind, seconds, began_at, given_at, given_by });
                Ok(())
            }
            FloorMove::Ended { word, spoken_s } => self.ended(&word, spoken_s),
        }
    }
}

/// Folds ordered acts; see [`super::fold`].
pub(super) fn floor(ordered: Vec<Noted<FloorStep>>, role_of: &dyn Fn(&PersonId) -> Option<MeetingRole>) -> Floor {
    let mut floor = Floor::default();
    let mut measure = Measure::default();
    for noted in ordered {
        let taken = measure.admit(&noted).and_then(|()| floor.take(&noted, role_of));
        if let Err(void) = taken {
            floor.void.push((noted.hash, void));
        }
    }
    floor
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::in_order;
    use super::super::testing::{Said, hash, person};
    use super::*;

    fn step(what: FloorMove) -> FloorStep {
        FloorStep { space: SpaceId([8; 16]), what, at: Timestamp(0), after: None }
    }

    fn asks(of: u8, kind: SpeechKind) -> FloorStep {
        step(FloorMove::Asked { person: person(of), item: None, kind })
    }

    fn gives(to: u8, request: Option<Hash32>) -> FloorStep {
        step(FloorMove::Given { person: person(to), request, item: None, kind: SpeechKind::Speech, seconds: Some(300) })
    }

    /// Persons below 10 manage, below 40 are delegates, below 50 are guests, others are nobody here.
    fn role(of: &PersonId) -> Option<MeetingRole> {
        match of.0[0] {
            1..10 => Some(MeetingRole::Chair),
            10..40 => Some(MeetingRole::Delegate),
            40..50 => Some(MeetingRole::Guest),
            _ => None,
        }
    }

    fn folded(acts: Vec<Noted<FloorStep>>) -> Floor {
        floor(in_order(acts, Noted::link), &role)
    }

    fn fold(said: &Said<FloorStep>) -> Floor {
        folded(said.acts.clone())
    }

    fn queue(floor: &Floor) -> Vec<u8> {
        floor.queue.iter().map(|request| request.person.0[0]).collect()
    }

    #[test]
    fn a_point_of_order_comes_first_and_others_in_the_order_they_asked() {
        let mut said = Said::new();
        said.say(20, 1, asks(20, SpeechKind::Speech));
        said.say(21, 2, asks(21, SpeechKind::Interpellation));
        said.say(22, 3, asks(22, SpeechKind::PointOfOrder));
        said.say(23, 4, asks(23, SpeechKind::PointOfOrder));
        assert_eq!(queue(&fold(&said)), [22, 23, 20, 21]);
    }

    #[test]
    fn a_clock_a_day_behind_does_not_jump_the_queue() {
        let mut said = Said::new();
        said.say(20, 2_000, asks(20, SpeechKind::Speech));
        said.say(21, 2_000 - 1_440, asks(21, SpeechKind::Speech));
        assert_eq!(queue(&fold(&said)), [20, 21]);
    }

    #[test]
    fn the_chair_reorders_and_nobody_else() {
        let mut said = Said::new();
        let first = said.say(20, 1, asks(20, SpeechKind::Speech));
        said.say(21, 2, asks(21, SpeechKind::Speech));
        let third = said.say(22, 3, asks(22, SpeechKind::Speech));
        let forged = said.say(22, 4, step(FloorMove::Placed { request: third, before: Some(first) }));
        assert_eq!(fold(&said).void, [(forged, Void::NotAllowed)]);
        said.say(1, 5, step(FloorMove::Placed { request: third, before: Some(first) }));
        assert_eq!(queue(&fold(&said)), [22, 20, 21]);
        said.say(1, 6, step(FloorMove::Placed { request: third, before: None }));
        assert_eq!(queue(&fold(&said)), [20, 21, 22]);
    }

    #[test]
    fn the_word_is_given_ended_and_remembered_with_its_length() {
        let mut said = Said::new();
        let request = said.say(20, 1, asks(20, SpeechKind::Speech));
        let word = said.say(1, 2, gives(20, Some(request)));
        let floor = fold(&said);
        assert!(floor.queue.is_empty());
        assert_eq!(floor.speaking.map(|word| (word.person, word.seconds)), Some((person(20), Some(300))));
        said.say(1, 4, step(FloorMove::Ended { word, spoken_s: 118 }));
        let floor = fold(&said);
        assert_eq!((floor.speaking, floor.spoken.len()), (None, 1));
        assert_eq!(floor.spoken.first().and_then(|spoken| spoken.spoken_s), Some(118));
        let again = said.say(2, 5, step(FloorMove::Ended { word, spoken_s: 9_999 }));
        assert_eq!(fold(&said).void, [(again, Void::DoesNotFit)], "the first who ends it says how long it was");
    }

    #[test]
    fn of_two_who_are_given_the_word_at_once_the_later_has_it_and_the_first_is_remembered() {
        let mut said = Said::new();
        let first = said.say_after(1, 1, None, gives(20, None));
        said.say_after(2, 2, None, gives(21, None));
        let floor = fold(&said);
        assert_eq!(floor.speaking.map(|word| word.person), Some(person(21)));
        assert_eq!(floor.spoken.first().map(|spoken| (spoken.person, spoken.spoken_s)), Some((person(20), None)));
        said.say(1, 3, step(FloorMove::Ended { word: first, spoken_s: 60 }));
        assert_eq!(fold(&said).spoken.first().and_then(|spoken| spoken.spoken_s), Some(60));
    }

    #[test]
    fn nobody_speaks_asks_or_withdraws_for_others_without_the_right() {
        let mut said = Said::new();
        let request = said.say(20, 1, asks(20, SpeechKind::Speech));
        let void = [
            said.say(21, 2, asks(22, SpeechKind::Speech)),
            said.say(21, 3, step(FloorMove::Withdrawn { request })),
            said.say(21, 4, gives(21, None)),
            said.say(41, 5, asks(41, SpeechKind::Interpellation)),
            said.say(60, 6, asks(60, SpeechKind::Speech)),
        ];
        let floor = fold(&said);
        assert_eq!(queue(&floor), [20]);
        assert_eq!(floor.void, void.map(|act| (act, Void::NotAllowed)));
        assert!(floor.speaking.is_none());
        said.say(41, 7, asks(41, SpeechKind::Speech));
        said.say(1, 8, asks(23, SpeechKind::Speech));
        said.say(20, 9, step(FloorMove::Withdrawn { request }));
        assert_eq!(queue(&fold(&said)), [41, 23]);
    }

    #[test]
    fn asking_twice_for_the_same_is_asking_once_and_after_speaking_one_may_ask_again() {
        let mut said = Said::new();
        let request = said.say(20, 1, asks(20, SpeechKind::Speech));
        let twice = said.say(20, 2, asks(20, SpeechKind::Speech));
        assert_eq!(fold(&said).void, [(twice, Void::DoesNotFit)]);
        said.say(1, 3, gives(20, Some(request)));
        said.say(20, 4, asks(20, SpeechKind::Speech));
        assert_eq!(queue(&fold(&said)), [20]);
    }

    #[test]
    fn a_time_to_speak_has_bounds() {
        let with = |seconds| {
            step(FloorMove::Given { person: person(1), request: None, item: None, kind: SpeechKind::Speech, seconds }).validate()
        };
        assert!(with(None).is_ok() && with(Some(SPEECH_SECONDS)).is_ok());
        assert!(with(Some(0)).is_err() && with(Some(SPEECH_SECONDS + 1)).is_err());
    }

    proptest! {
        #[test]
        fn any_order_of_arrival_gives_one_floor(
            steps in proptest::collection::vec((0u8..5, 18u8..24, 0u16..12, 0i64..4, any::<proptest::sample::Index>()), 1..30),
            swaps in proptest::collection::vec((any::<proptest::sample::Index>(), any::<proptest::sample::Index>()), 0..40),
        ) {
            let mut said = Said::new();
            for (what, of, other, at, before) in steps {
                let (by, what) = match what {
                    0 => (of, FloorMove::Asked { person: person(of), item: None, kind: SpeechKind::Speech }),
                    1 => (of, FloorMove::Withdrawn { request: hash(other) }),
                    2 => (1, FloorMove::Placed { request: hash(other), before: Some(hash(other / 2)) }),
                    3 => (1, FloorMove::Given { person: person(of), request: Some(hash(other)), item: None, kind: SpeechKind::Speech, seconds: None }),
                    _ => (2, FloorMove::Ended { word: hash(other), spoken_s: 5 }),
                };
                let after = said.acts.get(before.index(said.acts.len() + 1)).map(|act| act.hash);
                said.say_after(by, at, after, step(what));
            }
            let mut shuffled = said.acts.clone();
            for (a, b) in swaps {
                let len = shuffled.len();
                shuffled.swap(a.index(len), b.index(len));
            }
            prop_assert_eq!(fold(&said), folded(shuffled));
        }
    }
}
