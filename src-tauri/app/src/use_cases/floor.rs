//! The word: asked for, placed, given, ended.

use api::error::ApiError;
use api::sitting::{AskToSpeak, FloorView, GiveWord, OrderSpeeches, PlaceSpeech, RequestRow, SpokenRow, WordRow};
use domain::id::{Hash32, SpaceId, Timestamp};
use domain::meeting::MeetingRole;
use domain::sitting::{Floor, FloorMove, FloorStep, Phase, Request, Sitting, SpeechKind, WAITING_OF_PERSON, Word};
use signing::Act;
use sync::DocRef;

use super::agenda::limit;
use crate::app::App;
use crate::engine::Core;
use crate::error::not_found;

/// Longest time that a word is said to have lasted, in seconds: a day. What is longer was forgotten.
const SPOKEN_SECONDS_MAX: i64 = 86_400;
/// Requests that one ordering of the queue moves; the rest by the next one.
const MOVES_MAX: usize = 200;
/// Speeches that the room tells of, the newest.
const SPOKEN_MAX: usize = 500;

impl App {
    pub(crate) async fn ask_to_speak(&self, act: AskToSpeak) -> Result<Hash32, ApiError> {
        self.engine()?.attempt(move |core| core.ask_to_speak(act)).await
    }

    pub(crate) async fn withdraw_speech(&self, meeting: SpaceId, request: Hash32) -> Result<(), ApiError> {
        self.engine()?.attempt(move |core| core.withdraw_speech(meeting, request)).await
    }

    pub(crate) async fn place_speech(&self, act: PlaceSpeech) -> Result<(), ApiError> {
        self.engine()?
            .attempt(move |core| {
                let PlaceSpeech { meeting, request, before } = act;
                core.require_manager(&meeting)?;
                let sitting = core.sitting(&meeting)?;
                waiting(&sitting.floor, &request)?;
                if let Some(before) = &before {
                    waiting(&sitting.floor, before)?;
                }
                core.say_in_floor(meeting, &sitting, FloorMove::Placed { request, before }).map(|_| ())
            })
            .await
    }

    pub(crate) async fn order_speeches(&self, act: OrderSpeeches) -> Result<(), ApiError> {
        self.engine()?
            .attempt(move |core| {
                core.require_manager(&act.meeting)?;
                let mut sitting = core.sitting(&act.meeting)?;
                let order = sitting.floor.ordered_by(act.rule);
                for (request, before) in sitting.floor.moves_to(&order).into_iter().take(MOVES_MAX) {
                    // Each names the one before it: said at once, they would be taken in the order of their names.
                    let placed = core.say_in_floor(act.meeting, &sitting, FloorMove::Placed { request, before })?;
                    sitting.last = Some(placed);
                }
                Ok(())
            })
            .await
    }

    pub(crate) async fn give_word(&self, act: GiveWord) -> Result<Hash32, ApiError> {
        self.engine()?.attempt(move |core| core.give_word(act)).await
    }

    pub(crate) async fn end_word(&self, meeting: SpaceId, word: Hash32) -> Result<(), ApiError> {
        self.engine()?
            .attempt(move |core| {
                core.require_manager(&meeting)?;
                let sitting = core.sitting(&meeting)?;
                // Somebody else has ended it meanwhile: it is as it should be.
                match sitting.floor.speaking {
                    Some(speaking) if speaking.word == word => core.end_speaking(meeting, &sitting),
                    _ => Ok(()),
                }
            })
            .await
    }
}

fn waiting(floor: &Floor, request: &Hash32) -> Result<Request, ApiError> {
    floor.queue.iter().find(|waiting| waiting.request == *request).copied().ok_or_else(|| not_found("speech request"))
}

impl Core {
    fn ask_to_speak(&mut self, act: AskToSpeak) -> Result<Hash32, ApiError> {
        let AskToSpeak { meeting, item, kind, person } = act;
        let me = self.me()?;
        let person = person.unwrap_or(me);
        self.role_of(&meeting, &me).ok_or_else(|| not_found("meeting"))?;
        if person != me {
            self.require_manager(&meeting)?;
        }
        let role = self.role_of(&meeting, &person).ok_or_else(|| not_found("person"))?;
        if kind == SpeechKind::Interpellation && !role.votes() {
            return Err(ApiError::new("not_allowed", "only those with a vote interpellate"));
        }
        self.known_item(&meeting, item)?;
        let sitting = self.sitting(&meeting)?;
        if sitting.course.phase == Phase::Closed {
            return Err(closed());
        }
        let own = || sitting.floor.queue.iter().filter(|request| request.person == person);
        if let Some(same) = own().find(|request| (request.item, request.kind) == (item, kind)) {
            return Ok(same.request);
        }
        if own().count() >= WAITING_OF_PERSON {
            return Err(
                ApiError::new("too_many_requests_to_speak", "too many requests of one person").with("limit", WAITING_OF_PERSON)
            );
        }
        self.say_in_floor(meeting, &sitting, FloorMove::Asked { person, item, kind })
    }

    fn withdraw_speech(&mut self, meeting: SpaceId, request: Hash32) -> Result<(), ApiError> {
        let me = self.me()?;
        let sitting = self.sitting(&meeting)?;
        if waiting(&sitting.floor, &request)?.person != me {
            self.require_manager(&meeting)?;
        }
        self.say_in_floor(meeting, &sitting, FloorMove::Withdrawn { request }).map(|_| ())
    }

    fn give_word(&mut self, act: GiveWord) -> Result<Hash32, ApiError> {
        let GiveWord { meeting, person, request, seconds } = act;
        self.require_manager(&meeting)?;
        self.role_of(&meeting, &person).ok_or_else(|| not_found("person"))?;
        let mut sitting = self.sitting(&meeting)?;
        if sitting.course.phase == Phase::Closed {
            return Err(closed());
        }
        let (item, kind) = match &request {
            Some(request) => {
                let asked = waiting(&sitting.floor, request)?;
                if asked.person != person {
                    return Err(not_found("speech request"));
                }
                (asked.item, asked.kind)
            }
            None => (sitting.course.item, SpeechKind::Speech),
        };
        let given = FloorMove::Given { person, request, item, kind, seconds };
        let probe = FloorStep { space: meeting, what: given, at: self.now().wall, after: None };
        probe.validate().map_err(|error| limit(&error))?;
        if sitting.floor.speaking.is_some() {
            self.end_speaking(meeting, &sitting)?;
            sitting = self.sitting(&meeting)?;
        }
        self.say_in_floor(meeting, &sitting, given)
    }

    /// Ends the word of whoever has it, with the time as this device measured it.
    pub fn end_speaking(&mut self, meeting: SpaceId, sitting: &Sitting) -> Result<(), ApiError> {
        let Some(word) = sitting.floor.speaking else { return Ok(()) };
        let elapsed_s = self.now().wall.0.saturating_sub(self.word_began_at(&word).0) / 1_000;
        let spoken_s = u32::try_from(elapsed_s.clamp(0, SPOKEN_SECONDS_MAX)).unwrap_or_default();
        self.say_in_floor(meeting, sitting, FloorMove::Ended { word: word.word, spoken_s }).map(|_| ())
    }

    fn say_in_floor(&mut self, space: SpaceId, sitting: &Sitting, what: FloorMove) -> Result<Hash32, ApiError> {
        let me = self.me()?;
        let step = FloorStep { space, what, at: self.now().wall, after: sitting.last };
        let manages = self.role_of(&space, &me).is_some_and(MeetingRole::manages);
        let target = if manages { DocRef::meeting(space) } else { DocRef::seat(space, &me) };
        self.act_in(target, Act::Floor(step))
    }

    /// When a word began by the clock of this machine. Exact, where the clock of its giver has been heard: all screens count alike.
    fn word_began_at(&self, word: &Word) -> Timestamp {
        self.exact_moment(&word.given_by, word.given_at)
    }

    /// The floor as the room shows it.
    pub fn floor_view(&self, floor: &Floor) -> FloorView {
        let queue = floor.queue.iter().map(|request| {
            let Request { request, person, item, kind, asked_at } = *request;
            RequestRow { request, person, name: self.person_name(&person), item, kind, asked_at }
        });
        let speaking = floor.speaking.as_ref().map(|word| WordRow {
            word: word.word,
            person: word.person,
            name: self.person_name(&word.person),
            item: word.item,
            kind: word.kind,
            seconds: word.seconds,
            began_at: self.word_began_at(word),
        });
        let skipped = floor.spoken.len().saturating_sub(SPOKEN_MAX);
        let spoken = floor.spoken.iter().skip(skipped).map(|spoken| SpokenRow {
            word: spoken.word,
            person: spoken.person,
            name: self.person_name(&spoken.person),
            item: spoken.item,
            kind: spoken.kind,
            began_at: spoken.began_at,
            spoken_s: spoken.spoken_s,
        });
        FloorView { queue: queue.collect(), speaking, spoken: spoken.collect() }
    }
}

fn closed() -> ApiError {
    ApiError::new("sitting_closed", "the sitting is closed")
}
