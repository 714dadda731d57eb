//! The projector: what a room sees, and the only thing that its window can ask for.
//!
//! [`ProjectorQuery`] is no [`crate::query::Query`]: it has a path, a dispatcher and a right of its own. What it answers with, [`StageView`],
//! has no place for what is not public: no choice of anybody, no name on a roll, no annotation, no note, no internal item.

use domain::id::{Hash32, ItemId, PaperId, SpaceId, Timestamp};
use domain::sitting::{Phase, SpeechKind};
use domain::vote::{Marking, RuleProfile, Standing};
use serde::{Deserialize, Serialize};

use crate::push::{Push, Tag};
use crate::sitting::RoomCodeView;
use crate::view::QuorumView;

/// Most characters of a message of the chair.
pub const MESSAGE_CHARS_MAX: usize = 300;
/// Items that come next, and people who wait for the word, that are named.
pub const NEXT_MAX: usize = 3;

crate::requests! {
    Query: Reads in query;

    /// What this device's projector shows of a meeting, for who steers it. Chair and secretary.
    Projector { /// The meeting.
        meeting: SpaceId } -> Showing,
}

crate::requests! {
    Act: Does in act;

    /// Decides what this device's projector shows. Known to this device only, until the program ends. Chair and secretary.
    ShowOnProjector { /// The meeting.
        meeting: SpaceId, /// What.
        showing: Showing } -> (),
    /// Says of an agenda item whether it is internal: neither it nor what is under it, nor their papers and votes, come to a projector.
    /// Chair and secretary.
    SetItemInternal { /// The meeting.
        meeting: SpaceId, /// The item.
        item: ItemId, /// Is it.
        internal: bool } -> (),
}

/// What the projector was told to show.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(tag = "show", rename_all = "snake_case")]
pub enum Showing {
    /// The sitting, as it goes: the item, who speaks, the vote.
    #[default]
    Follow,
    /// A page of a paper, in its newest version.
    Page {
        /// The paper.
        paper: PaperId,
        /// Page from 0.
        page: u32,
    },
    /// A message of the chair.
    Message {
        /// One line, at most [`MESSAGE_CHARS_MAX`] characters.
        text: String,
    },
    /// The code of the room, by which those who are there check in.
    Code,
    /// Nothing.
    Blank,
}

/// Everything that the window of a projector can ask.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
pub enum ProjectorQuery {
    /// What is to be shown now.
    Stage {
        /// The meeting.
        meeting: SpaceId,
    },
}

impl ProjectorQuery {
    /// The meeting that is asked about.
    pub fn meeting(&self) -> SpaceId {
        match self {
            Self::Stage { meeting } => *meeting,
        }
    }
}

/// What the window of a projector hears of a push: that it should ask again, or nothing. Neither what changed nor who did it.
pub fn heard(push: &Push, meeting: SpaceId) -> Option<Push> {
    let shown = [Tag::Profile, Tag::Directory, Tag::Meetings, Tag::Meeting(meeting), Tag::Projector(meeting)];
    match push {
        Push::Changed { tags } if tags.iter().any(|tag| shown.contains(tag)) => {
            Some(Push::Changed { tags: vec![Tag::Projector(meeting)] })
        }
        Push::Overflowed => Some(Push::Overflowed),
        Push::Changed { .. } | Push::Progress { .. } | Push::Reading { .. } => None,
    }
}

/// What a projector shows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StageView {
    /// The sitting.
    pub title: String,
    /// The body that sits.
    pub body: String,
    /// How far it is.
    pub phase: Phase,
    /// How many of those with a vote are here; no names.
    pub quorum: QuorumView,
    /// What takes the room of the picture.
    pub scene: Scene,
}

/// What takes the room of the picture.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "scene", rename_all = "snake_case")]
pub enum Scene {
    /// Nothing.
    Blank,
    /// A message of the chair.
    Message {
        /// The message.
        text: String,
    },
    /// The code of the room.
    Code {
        /// The code; another one is to be asked for when its time is over.
        code: RoomCodeView,
    },
    /// A page of a public paper.
    Page {
        /// The paper's title.
        title: String,
        /// What the picture is asked for by.
        version: Hash32,
        /// Page from 0.
        page: u32,
        /// Of how many.
        pages: u32,
    },
    /// An internal item is dealt with: nothing of it is told.
    Internal,
    /// The sitting: the item, who speaks, who and what comes next.
    Sitting {
        /// What is dealt with.
        item: Option<StageItem>,
        /// What comes then; at most [`NEXT_MAX`].
        next: Vec<StageItem>,
        /// Who has the word.
        speaker: Option<StageSpeaker>,
        /// Who has it then; at most [`NEXT_MAX`] names.
        queue: Vec<String>,
        /// How many wait.
        waiting: u32,
    },
    /// A vote, open or with its result.
    Vote {
        /// The item that it is about.
        item: Option<StageItem>,
        /// The vote.
        vote: StageVote,
    },
}

/// A public item.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StageItem {
    /// "2" or "2.1".
    pub number: String,
    /// What it is about.
    pub title: String,
    /// Who presents it; may be empty.
    pub presenter: String,
}

/// Who has the word.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StageSpeaker {
    /// Called so.
    pub name: String,
    /// What for.
    pub kind: SpeechKind,
    /// How long, in seconds; `None`: as long as it takes.
    pub seconds: Option<u32>,
    /// Since when, by this machine's clock.
    pub began_at: Timestamp,
}

/// A vote, in numbers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StageVote {
    /// The question.
    pub question: String,
    /// The rules, with the legal basis.
    pub profile: RuleProfile,
    /// It is a secret one.
    pub secret: bool,
    /// Ballots are cast.
    pub open: bool,
    /// The result will not change any more; until then it is provisional.
    pub is_final: bool,
    /// Size of the roll.
    pub roll: u32,
    /// Of the roll, present at the opening.
    pub present: u32,
    /// Ballots that have arrived; once closed, that are counted.
    pub received: u32,
    /// What came out; while ballots are cast the count so far, only where the rules let everybody follow it. Never before the tellers of a
    /// secret vote have opened it.
    pub result: Option<StageResult>,
}

/// What came out of a vote.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StageResult {
    /// The totals, in the order of the ballot.
    pub totals: Vec<StageTotal>,
    /// How many are needed.
    pub needed: u32,
    /// The verdict of a decision; an election and a vote of confidence have none.
    pub passed: Option<bool>,
    /// It was even, and the rules let the chair's side win.
    pub by_chair: bool,
}

/// One total.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StageTotal {
    /// Of which mark.
    pub mark: Marking,
    /// Of which option; empty in a decision.
    pub option: String,
    /// How many.
    pub votes: u32,
    /// As many as the rules ask for.
    pub reached: bool,
    /// Of an option of which at most so many are chosen: whether it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub standing: Option<Standing>,
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use domain::id::PersonId;

    use super::*;

    #[test]
    fn no_other_question_can_be_put_in_the_words_of_the_projector() {
        let meeting = SpaceId([7; SpaceId::LEN]);
        let stage = format!(r#"{{"type":"stage","meeting":"{meeting}"}}"#);
        assert_eq!(serde_json::from_str::<ProjectorQuery>(&stage).unwrap(), ProjectorQuery::Stage { meeting });
        for kind in ["room", "vote", "annotations", "people", "presence", "minutes", "page_text", "identity", "audit", "act"] {
            let asked = format!(r#"{{"type":"{kind}","meeting":"{meeting}"}}"#);
            assert!(serde_json::from_str::<ProjectorQuery>(&asked).is_err(), "{kind}");
        }
        let more = format!(r#"{{"type":"stage","meeting":"{meeting}","paper":"{meeting}"}}"#);
        assert!(serde_json::from_str::<ProjectorQuery>(&more).is_err(), "nothing is smuggled in beside it");
    }

    #[test]
    fn a_projector_hears_that_something_changed_and_not_what() {
        let (meeting, other) = (SpaceId([7; SpaceId::LEN]), SpaceId([8; SpaceId::LEN]));
        let told = Push::Changed { tags: vec![Tag::Projector(meeting)] };
        let changed = |tags| Push::Changed { tags };
        assert_eq!(
            heard(&changed(vec![Tag::Drafts, Tag::Meeting(meeting), Tag::Annotations(meeting)]), meeting),
            Some(told.clone())
        );
        assert_eq!(heard(&changed(vec![Tag::Projector(meeting)]), meeting), Some(told));
        assert_eq!(heard(&changed(vec![Tag::Meeting(other), Tag::Annotations(meeting), Tag::Presence(meeting)]), meeting), None);
        assert_eq!(heard(&Push::Reading { meeting, person: PersonId([1; 16]), page: 3 }, meeting), None);
        assert_eq!(heard(&Push::Overflowed, meeting), Some(Push::Overflowed));
    }
}
