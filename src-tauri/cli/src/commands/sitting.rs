//! A sitting: opened, led through its items, closed; who asks for the word, has it, had it.

use api::error::ApiError;
use api::query::Room;
use api::sitting::{AskToSpeak, EndWord, GiveWord, MoveSitting, OrderSpeeches, PlaceSpeech, WithdrawSpeech};
use api::view::RoomView;
use domain::calendar::in_words;
use domain::id::{Hash32, ItemId, SpaceId};
use domain::sitting::{Move, Phase, SpeechKind};
use serde_json::json;

use crate::args::{AskWord, Sitting};
use crate::connect::{Context, Session};
use crate::find;
use crate::output::{Lines, Reply};

/// `kyhop sitting …`
pub async fn run(context: &Context, session: &mut Session, verb: Sitting) -> Result<Reply, ApiError> {
    let meeting = match verb {
        Sitting::Show { meeting } => find::meeting_or_next(session, meeting.as_deref()).await?,
        Sitting::Open { meeting, rules } => moved(session, &meeting, Move::Opened { rules }).await?,
        Sitting::Turn { meeting, item } => {
            let room = find::room(session, &meeting).await?;
            let item = item.map(|number| find::item(&room, &number)).transpose()?;
            moved(session, &meeting, Move::Turned { item }).await?
        }
        Sitting::Pause { meeting } => moved(session, &meeting, Move::Paused).await?,
        Sitting::Resume { meeting } => moved(session, &meeting, Move::Resumed).await?,
        Sitting::Close { meeting } => moved(session, &meeting, Move::Closed).await?,
        Sitting::Ask(args) => ask(session, args).await?,
        Sitting::Withdraw { meeting, request } => {
            let room = find::room(session, &meeting).await?;
            let request = waiting(&room, &request)?;
            session.act(WithdrawSpeech { meeting: room.row.meeting, request }).await?;
            room.row.meeting
        }
        Sitting::Place { meeting, request, before } => {
            let room = find::room(session, &meeting).await?;
            let request = waiting(&room, &request)?;
            let before = before.map(|before| waiting(&room, &before)).transpose()?;
            session.act(PlaceSpeech { meeting: room.row.meeting, request, before }).await?;
            room.row.meeting
        }
        Sitting::Order { meeting, rule } => {
            let meeting = find::meeting(session, &meeting).await?;
            session.act(OrderSpeeches { meeting, rule: rule.into() }).await?;
            meeting
        }
        Sitting::Give { meeting, person, minutes } => give(session, &meeting, person, minutes).await?,
        Sitting::End { meeting } => {
            let room = find::room(session, &meeting).await?;
            let nobody = || ApiError::new("not_found", "nobody has the word").with("what", "speaker");
            let word = room.floor.speaking.as_ref().ok_or_else(nobody)?.word;
            session.act(EndWord { meeting: room.row.meeting, word }).await?;
            room.row.meeting
        }
    };
    let room = session.query(Room { meeting }).await?;
    let reply =
        json!({ "meeting": meeting, "quorum": room.quorum, "rules": room.rules.id, "course": room.course, "floor": room.floor });
    Reply::new(&reply, show(context, &room))
}

async fn moved(session: &mut Session, meeting: &str, what: Move) -> Result<SpaceId, ApiError> {
    let meeting = find::meeting(session, meeting).await?;
    session.act(MoveSitting { meeting, what }).await?;
    Ok(meeting)
}

async fn ask(session: &mut Session, args: AskWord) -> Result<SpaceId, ApiError> {
    let room = find::room(session, &args.meeting).await?;
    let item = match args.item {
        Some(number) => Some(find::item(&room, &number)?),
        None => room.course.item,
    };
    let person = match args.person {
        Some(person) => Some(find::person(session, &person).await?),
        None => None,
    };
    session.act(AskToSpeak { meeting: room.row.meeting, item, kind: args.kind.into(), person }).await?;
    Ok(room.row.meeting)
}

async fn give(session: &mut Session, meeting: &str, person: Option<String>, minutes: Option<u32>) -> Result<SpaceId, ApiError> {
    let room = find::room(session, meeting).await?;
    let (person, request) = match person {
        Some(person) => {
            let person = find::person(session, &person).await?;
            (person, room.floor.queue.iter().find(|request| request.person == person).map(|request| request.request))
        }
        None => {
            let nobody = || ApiError::new("not_found", "nobody waits for the word").with("what", "speech request");
            let next = room.floor.queue.first().ok_or_else(nobody)?;
            (next.person, Some(next.request))
        }
    };
    let seconds = minutes.map(|minutes| minutes * 60);
    session.act(GiveWord { meeting: room.row.meeting, person, request, seconds }).await?;
    Ok(room.row.meeting)
}

/// The request that was typed.
fn waiting(room: &RoomView, typed: &str) -> Result<Hash32, ApiError> {
    find::by_beginning("speech request", typed, room.floor.queue.iter().map(|request| request.request))
}

fn show(context: &Context, room: &RoomView) -> String {
    let lang = context.lang;
    let phase = match room.course.phase {
        Phase::Before => lang.pick("Chưa khai mạc", "Not opened yet"),
        Phase::Running => lang.pick("Đang họp", "In session"),
        Phase::Paused => lang.pick("Tạm nghỉ", "Paused"),
        Phase::Closed => lang.pick("Đã bế mạc", "Closed"),
    };
    let kind = |kind| match kind {
        SpeechKind::Speech => lang.pick("phát biểu", "speech"),
        SpeechKind::Interpellation => lang.pick("chất vấn", "interpellation"),
        SpeechKind::PointOfOrder => lang.pick("ý kiến về thủ tục", "point of order"),
    };
    let mut lines = Lines::default();
    lines.add(format_args!("{phase}{}", room.course.opened_at.map(|at| format!(" · {}", in_words(at))).unwrap_or_default()));
    if let Some(item) = room.course.item {
        lines.add(format_args!("{}: {}", lang.pick("Đang bàn", "Now"), item_text(room, item)));
    }
    if let Some(word) = &room.floor.speaking {
        let limit = word.seconds.map(|seconds| format!(" · {} {}", seconds / 60, lang.pick("phút", "min"))).unwrap_or_default();
        lines.add(format_args!("{}: {} ({}){limit}", lang.pick("Đang phát biểu", "Speaking"), word.name, kind(word.kind)));
    }
    for (place, request) in room.floor.queue.iter().enumerate() {
        lines.add(format_args!("  {}. {}  {} · {}", place + 1, request.request.short(), request.name, kind(request.kind)));
    }
    for spoken in &room.floor.spoken {
        let length = spoken.spoken_s.map(|seconds| format!(" · {}:{:02}", seconds / 60, seconds % 60)).unwrap_or_default();
        lines.add(format_args!("  ✓ {} ({}){length}", spoken.name, kind(spoken.kind)));
    }
    lines.or("")
}

fn item_text(room: &RoomView, item: ItemId) -> String {
    room.items.iter().find(|row| row.item.id == item).map(|row| format!("{} {}", row.number, row.item.title)).unwrap_or_default()
}
