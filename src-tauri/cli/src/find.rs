//! From what a person types to the identifier it means: beginnings of ids, names, numbers of items.

use std::str::FromStr;

use api::error::ApiError;
use api::query::{MeetingList, People, Room, Today};
use api::question::{QuestionFilter, QuestionList, UnitRow, Units};
use api::task::{TaskFilter, Tasks};
use api::view::{PaperRow, PersonRow, RoomView};
use domain::id::{ItemId, PersonId, QuestionId, SpaceId, TaskId, VoteId};

use crate::connect::Session;

/// Shortest beginning of an id that is looked for.
const PREFIX_CHARS_MIN: usize = 4;

/// The one of `all` that begins with what was typed.
///
/// # Errors
/// `not_found`, `ambiguous`.
pub fn by_beginning<T: ToString + Copy>(what: &str, typed: &str, all: impl IntoIterator<Item = T>) -> Result<T, ApiError> {
    let typed = typed.trim().to_lowercase();
    let missing = || ApiError::new("not_found", format!("no such {what}")).with("what", what).with("typed", &typed);
    if typed.len() < PREFIX_CHARS_MIN {
        return Err(missing());
    }
    let mut found = all.into_iter().filter(|id| id.to_string().starts_with(&typed));
    let first = found.next().ok_or_else(missing)?;
    match found.next() {
        Some(_) => {
            Err(ApiError::new("ambiguous", format!("several begin with '{typed}'")).with("what", what).with("typed", &typed))
        }
        None => Ok(first),
    }
}

/// The meeting that was typed.
///
/// # Errors
/// `not_found`, `ambiguous`.
pub async fn meeting(session: &mut Session, typed: &str) -> Result<SpaceId, ApiError> {
    match SpaceId::from_str(typed.trim()) {
        Ok(id) => Ok(id),
        Err(_) => by_beginning("meeting", typed, session.query(MeetingList {}).await?.into_iter().map(|row| row.meeting)),
    }
}

/// The meeting that was typed; without one the next, or else the newest.
///
/// # Errors
/// As [`meeting`].
pub async fn meeting_or_next(session: &mut Session, typed: Option<&str>) -> Result<SpaceId, ApiError> {
    if let Some(typed) = typed {
        return meeting(session, typed).await;
    }
    if let Some(next) = session.query(Today {}).await?.next {
        return Ok(next.meeting);
    }
    let newest = session.query(MeetingList {}).await?.into_iter().next();
    newest.map(|row| row.meeting).ok_or_else(|| ApiError::new("not_found", "there is no meeting yet").with("what", "meeting"))
}

/// A meeting's room.
///
/// # Errors
/// As [`meeting`].
pub async fn room(session: &mut Session, typed: &str) -> Result<RoomView, ApiError> {
    let meeting = meeting(session, typed).await?;
    session.query(Room { meeting }).await
}

/// The vote that was typed.
///
/// # Errors
/// `not_found`, `ambiguous`.
pub async fn vote(session: &mut Session, typed: &str) -> Result<VoteId, ApiError> {
    if let Ok(id) = VoteId::from_str(typed.trim()) {
        return Ok(id);
    }
    let mut votes = Vec::new();
    for row in session.query(MeetingList {}).await? {
        votes.extend(session.query(Room { meeting: row.meeting }).await?.votes.into_iter().map(|vote| vote.vote));
    }
    by_beginning("vote", typed, votes)
}

/// The question that was typed.
///
/// # Errors
/// `not_found`, `ambiguous`.
pub async fn question(session: &mut Session, typed: &str) -> Result<QuestionId, ApiError> {
    if let Ok(id) = QuestionId::from_str(typed.trim()) {
        return Ok(id);
    }
    let list = session.query(QuestionList { filter: QuestionFilter::default() }).await?;
    by_beginning("question", typed, list.rows.into_iter().map(|row| row.question))
}

/// The task that was typed: its id, or the beginning of it.
///
/// # Errors
/// `not_found`, `ambiguous`.
pub async fn task(session: &mut Session, typed: &str) -> Result<TaskId, ApiError> {
    if let Ok(id) = TaskId::from_str(typed.trim()) {
        return Ok(id);
    }
    let filter = TaskFilter { text: typed.trim().to_lowercase(), ..TaskFilter::default() };
    let list = session.query(Tasks { filter }).await?;
    by_beginning("task", typed, list.rows.into_iter().map(|row| row.task))
}

/// The unit that was typed, by id or by name.
///
/// # Errors
/// `not_found`, `ambiguous`.
pub async fn unit(session: &mut Session, typed: &str) -> Result<UnitRow, ApiError> {
    let units = session.query(Units {}).await?.units;
    let name = typed.trim().to_lowercase();
    let mut named = units.iter().filter(|row| row.name.to_lowercase() == name);
    let id = match (named.next(), named.next()) {
        (Some(one), None) => one.unit,
        (Some(_), Some(_)) => {
            return Err(ApiError::new("ambiguous", "several units have this name").with("what", "unit").with("typed", typed));
        }
        (None, _) => by_beginning("unit", typed, units.iter().map(|row| row.unit))?,
    };
    units.into_iter().find(|row| row.unit == id).ok_or_else(|| ApiError::new("not_found", "no such unit").with("what", "unit"))
}

/// The person that was typed, by id or by name.
///
/// # Errors
/// `not_found`, `ambiguous`.
pub async fn person(session: &mut Session, typed: &str) -> Result<PersonId, ApiError> {
    if let Ok(id) = PersonId::from_str(typed.trim()) {
        return Ok(id);
    }
    let people = session.query(People {}).await?;
    let name = typed.trim().to_lowercase();
    let named: Vec<&PersonRow> = people.iter().filter(|row| row.name.to_lowercase() == name).collect();
    match named.as_slice() {
        [] => by_beginning("person", typed, people.iter().map(|row| row.person)),
        [one] => Ok(one.person),
        _ => Err(ApiError::new("ambiguous", "several people have this name").with("what", "person").with("typed", typed)),
    }
}

/// The item with this number, "2" or "2.1".
///
/// # Errors
/// `not_found`.
pub fn item(room: &RoomView, number: &str) -> Result<ItemId, ApiError> {
    let number = number.trim().trim_end_matches('.');
    let found = room.items.iter().find(|row| row.number.trim_end_matches('.') == number);
    found
        .map(|row| row.item.id)
        .ok_or_else(|| ApiError::new("not_found", "no such agenda item").with("what", "item").with("typed", number))
}

/// All papers of a meeting, in reading order.
pub fn papers(room: &RoomView) -> impl Iterator<Item = &PaperRow> {
    room.papers.iter().chain(room.items.iter().flat_map(|item| &item.papers))
}

/// The paper that was typed.
///
/// # Errors
/// `not_found`, `ambiguous`.
pub fn paper<'a>(room: &'a RoomView, typed: &str) -> Result<&'a PaperRow, ApiError> {
    let id = by_beginning("paper", typed, papers(room).map(|row| row.paper))?;
    papers(room).find(|row| row.paper == id).ok_or_else(|| ApiError::new("not_found", "no such paper").with("what", "paper"))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn a_beginning_must_be_long_enough_and_mean_one_thing() {
        let ids = [SpaceId([0xab; 16]), SpaceId([0xac; 16]), SpaceId([0xab, 0xab, 0xab, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0])];
        assert_eq!(by_beginning("meeting", "ACAC", ids).unwrap(), ids[1]);
        assert_eq!(by_beginning("meeting", "ab", ids).unwrap_err().code, "not_found");
        assert_eq!(by_beginning("meeting", "abab", ids).unwrap_err().code, "ambiguous");
        assert_eq!(by_beginning("meeting", "ffff", ids).unwrap_err().code, "not_found");
    }
}
