//! What the application tells the window without being asked.

use domain::id::{PersonId, QuestionId, SpaceId, TaskId};
use serde::{Deserialize, Serialize};

/// A part of what can be shown. A query shows some, an act or a peer's change touches some; the window refetches.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(tag = "tag", content = "id", rename_all = "snake_case")]
pub enum Tag {
    /// The profile's state: none, locked, ready.
    Profile,
    /// The directory: people, devices, requests to join.
    Directory,
    /// Connections and what waits to be sent.
    Sync,
    /// The list of meetings.
    Meetings,
    /// One meeting: agenda, papers, people, votes.
    Meeting(SpaceId),
    /// The annotations of one meeting's papers.
    Annotations(SpaceId),
    /// What this device's projector shows of one meeting.
    Projector(SpaceId),
    /// Who is in the room.
    Presence(SpaceId),
    /// What is installed: packages, articles, what can be searched.
    Library,
    /// What this person keeps about the handbook: favourites, recently read, cases, notes, searches in vain, synonyms.
    Handbook,
    /// The editors' drafts.
    Drafts,
    /// The list of questions and its figures. Told with every [`Tag::Question`] too.
    Questions,
    /// One question's thread.
    Question(QuestionId),
    /// The list of tasks. Told with every [`Tag::Task`] too.
    Tasks,
    /// One task.
    Task(TaskId),
}

/// One message of the channel, in order.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "push", rename_all = "snake_case")]
pub enum Push {
    /// These tags changed; refetch what shows them.
    Changed {
        /// What changed.
        tags: Vec<Tag>,
    },
    /// A long operation.
    Progress {
        /// Names the operation.
        operation: String,
        /// Steps done.
        done: u64,
        /// Steps in all, 0 if unknown.
        total: u64,
    },
    /// Where somebody is reading.
    Reading {
        /// The meeting.
        meeting: SpaceId,
        /// Who.
        person: PersonId,
        /// Page from 0.
        page: u32,
    },
    /// Messages were lost because the window was slow: reload everything.
    Overflowed,
}
