//! The room while a body sits: who comes and goes, who speaks, what is being dealt with.

use domain::id::{Hash32, ItemId, PersonId, SpaceId, Timestamp};
use domain::sitting::{Mark, Move, QueueRule, SpeechKind, Void};
use serde::{Deserialize, Serialize};

use crate::roster::QrView;

crate::requests! {
    Query: Reads in query;

    /// The code that this device shows to the room. Chair and secretary.
    RoomCode { /// The meeting.
        meeting: SpaceId } -> RoomCodeView,
}

crate::requests! {
    Act: Does in act;

    /// Says: I am here, with this device, and this is the code that I read in the room. Who shows the code accepts it, or does not.
    CheckInByCode { /// The meeting.
        meeting: SpaceId, /// As it was typed.
        code: String } -> (),

    /// Says: I leave the room. `CheckIn` says that one is back.
    Leave { /// The meeting.
        meeting: SpaceId } -> (),
    /// Says of somebody whether that person is here. Chair and secretary.
    MarkAttendance { /// The meeting.
        meeting: SpaceId, /// The person.
        person: PersonId, /// What.
        mark: Mark, /// Why; may be empty.
        #[serde(default)]
        reason: String } -> (),
    /// Draws the room: rows of so many seats. Chair and secretary.
    SetSeating { /// The meeting.
        meeting: SpaceId, /// Rows, the front first.
        rows: u8, /// Seats of a row.
        columns: u8 } -> (),
    /// Says what is at a place of the room; whoever sits there sits nowhere else any more. Chair and secretary.
    SetSeat { /// The meeting.
        meeting: SpaceId, /// From 0, the front.
        row: u8, /// From 0.
        column: u8, /// Its name; may be empty.
        #[serde(default)]
        label: String, /// Who sits there; `None`: nobody.
        #[serde(default)]
        person: Option<PersonId> } -> (),
    /// Gives a place to everybody who has none; answers to how many. Chair and secretary.
    SeatEverybody { /// The meeting.
        meeting: SpaceId } -> u32,
    /// Asks for the word; answers the request's name. Asking again for the same thing is the same request.
    AskToSpeak { /// The meeting.
        meeting: SpaceId, /// On what; `None`: on the sitting as a whole.
        item: Option<ItemId>, /// What for.
        kind: SpeechKind, /// For whom; `None`: oneself. For others: chair and secretary.
        #[serde(default)]
        person: Option<PersonId> } -> Hash32,
    /// Takes a request for the word back.
    WithdrawSpeech { /// The meeting.
        meeting: SpaceId, /// The request.
        request: Hash32 } -> (),
    /// Puts a request before another (`None`: to the end). Chair and secretary.
    PlaceSpeech { /// The meeting.
        meeting: SpaceId, /// The request.
        request: Hash32, /// The one that it now comes before.
        before: Option<Hash32> } -> (),
    /// Orders all who wait for the word by a rule, now; later requests go where they always go. Chair and secretary.
    OrderSpeeches { /// The meeting.
        meeting: SpaceId, /// The rule.
        rule: QueueRule } -> (),
    /// Gives somebody the word; whoever has it has it no longer. Chair and secretary.
    GiveWord { /// The meeting.
        meeting: SpaceId, /// To whom.
        person: PersonId, /// The request that this answers; `None`: invited without one.
        request: Option<Hash32>, /// For how long, in seconds; `None`: as long as it takes.
        seconds: Option<u32> } -> Hash32,
    /// The word is over. Chair and secretary.
    EndWord { /// The meeting.
        meeting: SpaceId, /// The word.
        word: Hash32 } -> (),
    /// Opens, turns to an item, pauses, resumes, closes the sitting. Chair and secretary.
    MoveSitting { /// The meeting.
        meeting: SpaceId, /// How.
        what: Move } -> (),
}

/// The code of a room.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoomCodeView {
    /// Eight letters and figures with a hyphen in the middle.
    pub code: String,
    /// The same as a picture.
    pub qr: Option<QrView>,
    /// When another one is shown, by this machine's clock.
    pub until: Timestamp,
}

/// An act of the sitting that changes nothing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct VoidRow {
    /// The act.
    pub act: Hash32,
    /// Whose it is.
    pub name: String,
    /// Why it changes nothing.
    pub why: Void,
}

/// Somebody who waits for the word.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RequestRow {
    /// The request.
    pub request: Hash32,
    /// Who.
    pub person: PersonId,
    /// Called so.
    pub name: String,
    /// On what.
    pub item: Option<ItemId>,
    /// What for.
    pub kind: SpeechKind,
    /// Since when.
    pub asked_at: Timestamp,
}

/// Somebody who has the word.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WordRow {
    /// The word.
    pub word: Hash32,
    /// Who.
    pub person: PersonId,
    /// Called so.
    pub name: String,
    /// On what.
    pub item: Option<ItemId>,
    /// What for.
    pub kind: SpeechKind,
    /// How long, in seconds.
    pub seconds: Option<u32>,
    /// Since when, by this machine's clock, whatever the clock of the device says that gave it.
    pub began_at: Timestamp,
}

/// Somebody who spoke.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SpokenRow {
    /// The word.
    pub word: Hash32,
    /// Who.
    pub person: PersonId,
    /// Called so.
    pub name: String,
    /// On what.
    pub item: Option<ItemId>,
    /// What for.
    pub kind: SpeechKind,
    /// Since when.
    pub began_at: Timestamp,
    /// How long, in seconds; `None`: nobody measured it.
    pub spoken_s: Option<u32>,
}

/// The word: who waits, who has it, who had it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct FloorView {
    /// The next first.
    pub queue: Vec<RequestRow>,
    /// Who speaks.
    pub speaking: Option<WordRow>,
    /// In order.
    pub spoken: Vec<SpokenRow>,
}
