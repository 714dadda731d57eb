//! One thing that one person said or did about a task.

use minicbor::{Decode, Encode};
use serde::{Deserialize, Serialize};

use super::limits::*;
use crate::id::{ItemId, PersonId, SpaceId, TaskEventId, TaskId, Timestamp, UnitId, VoteId};
use crate::identity::{check_line, check_paragraph};
use crate::limits::{CONCLUSION_CHARS, LimitError, TITLE_CHARS, at_most};
use crate::question::Urgency;
use crate::question::entry::needed;
use crate::question::limits::{AFTER, ARTICLE_ID_CHARS, COMMENT_CHARS, MENTIONS, QUESTION_TEXT_CHARS, REASON_CHARS};
use crate::written;

/// Who leads a task.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Encode, Decode)]
pub struct Lead {
    /// The unit.
    #[n(0)]
    pub unit: UnitId,
    /// A person of it; `None`: whoever acts for the unit.
    #[n(1)]
    pub person: Option<PersonId>,
}

/// The meeting that decided a task, as the assigner says. Nobody outside of that meeting can check it: who has the meeting compares.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Encode, Decode)]
pub struct Origin {
    /// The meeting.
    #[n(0)]
    pub meeting: SpaceId,
    /// Its name at that time, for those who do not have it.
    #[n(1)]
    pub title: String,
    /// The conclusion, word for word; may be empty.
    #[n(2)]
    pub conclusion: String,
    /// The item of its agenda.
    #[n(3)]
    pub item: Option<ItemId>,
    /// The vote by which it was decided.
    #[n(4)]
    #[serde(default)]
    pub vote: Option<VoteId>,
}

/// What is to be done, by whom, until when.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Encode, Decode)]
pub struct Assignment {
    /// Tells two tasks apart that are given in the same words at the same time.
    #[cbor(n(0), with = "minicbor::bytes")]
    pub nonce: [u8; 16],
    /// Who leads it.
    #[n(1)]
    pub lead: Lead,
    /// Units that support the lead.
    #[n(2)]
    pub supporting: Vec<UnitId>,
    /// The deadline.
    #[n(3)]
    pub due: Timestamp,
    /// One line.
    #[n(4)]
    pub title: String,
    /// All of it; may be empty where the title says it.
    #[n(5)]
    pub text: String,
    /// How urgent it is.
    #[n(6)]
    pub urgency: Urgency,
    /// People who act as the assigner does: of a meeting's task its chair and secretaries.
    #[n(7)]
    pub stewards: Vec<PersonId>,
    /// The handbook's id of the article that it rests on.
    #[n(8)]
    pub article: Option<String>,
    /// The meeting that decided it.
    #[n(9)]
    pub origin: Option<Origin>,
}

/// What was said or done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Encode, Decode)]
#[serde(tag = "event", rename_all = "snake_case")]
#[allow(clippy::large_enum_variant, reason = "one entry of a task gives it, and it is by far the longest")]
pub enum Event {
    /// The task itself: the first entry.
    #[n(0)]
    Given(#[n(0)] Assignment),
    /// The lead has taken it up.
    #[n(1)]
    Accepted,
    /// How far it is. The lead's percentage counts; a supporting unit's is shown with its words.
    #[n(2)]
    Progress {
        /// 0 to 100.
        #[n(0)]
        percent: u8,
        /// Words with it; may be empty.
        #[n(1)]
        note: String,
    },
    /// The lead says that it is done.
    #[n(3)]
    ReportedDone {
        /// What came of it.
        #[n(0)]
        note: String,
    },
    /// The assigner agrees.
    #[n(4)]
    Confirmed {
        /// To which report.
        #[n(0)]
        report: TaskEventId,
        /// Words with it; may be empty.
        #[n(1)]
        note: String,
    },
    /// The assigner wants more.
    #[n(5)]
    Returned {
        /// Which report does not do.
        #[n(0)]
        report: TaskEventId,
        /// What is missing.
        #[n(1)]
        note: String,
    },
    /// The lead asks for a later deadline.
    #[n(6)]
    ExtensionAsked {
        /// The new deadline.
        #[n(0)]
        until: Timestamp,
        /// Why.
        #[n(1)]
        reason: String,
    },
    /// The assigner sets a later deadline.
    #[n(7)]
    Extended {
        /// The new deadline.
        #[n(0)]
        until: Timestamp,
        /// Words with it; may be empty.
        #[n(1)]
        note: String,
    },
    /// The assigner keeps the deadline.
    #[n(8)]
    ExtensionRefused {
        /// Which request.
        #[n(0)]
        request: TaskEventId,
        /// Why.
        #[n(1)]
        note: String,
    },
    /// The lead says why it is late.
    #[n(9)]
    Explained {
        /// Why.
        #[n(0)]
        reason: String,
    },
    /// A remark.
    #[n(10)]
    Comment {
        /// What.
        #[n(0)]
        text: String,
        /// People whom the task concerns from then on.
        #[n(1)]
        mentions: Vec<PersonId>,
    },
    /// The assigner chases it up.
    #[n(11)]
    Urged {
        /// Words with it; may be empty.
        #[n(0)]
        note: String,
    },
    /// The assigner ends it without a result.
    #[n(12)]
    Closed {
        /// Why.
        #[n(0)]
        reason: String,
    },
}

/// One entry as its author wrote it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Encode, Decode)]
pub struct Entry {
    /// The office that the author acts for.
    #[n(0)]
    pub unit: UnitId,
    /// When, by the author's clock.
    #[n(1)]
    pub at: Timestamp,
    /// The newest entries that the author had seen.
    #[n(2)]
    pub after: Vec<TaskEventId>,
    /// What.
    #[n(3)]
    pub event: Event,
}

/// An entry with what is known of it from where it stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Said {
    /// Its id.
    pub id: TaskEventId,
    /// Whose it is.
    pub author: PersonId,
    /// The entry.
    pub entry: Entry,
}

impl Said {
    /// The task that a person gives, with its first entry.
    pub fn first(assigner: PersonId, entry: Entry) -> (TaskId, Self) {
        let task = task_id(&assigner, &entry);
        (task, Self::new(&task, assigner, entry))
    }

    /// An entry of a person about a task.
    pub fn new(task: &TaskId, author: PersonId, entry: Entry) -> Self {
        Self { id: entry_id(task, &author, &entry.to_bytes()), author, entry }
    }

    /// Reads what stands under an id among a person's entries; `None` if it is no entry, stands there wrongly, is too much, or was made
    /// by a newer program.
    pub fn read(task: &TaskId, author: PersonId, id: TaskEventId, bytes: &[u8]) -> Option<Self> {
        let entry: Entry = written::read(bytes)?;
        (entry_id(task, &author, bytes) == id && entry.validate().is_ok()).then_some(Self { id, author, entry })
    }
}

/// The task that a person gives with an entry: all that the entry says is in it, so that another assignment is another task.
pub fn task_id(assigner: &PersonId, first: &Entry) -> TaskId {
    TaskId(written::begun_id("kyhop 2026 task v1", assigner, &first.to_bytes()))
}

/// The id of an entry: what it says, by whom, about which task. An entry can name only what was there before it.
pub fn entry_id(task: &TaskId, author: &PersonId, bytes: &[u8]) -> TaskEventId {
    TaskEventId(written::entry_id("kyhop 2026 task entry v1", task.as_bytes(), author, bytes))
}

impl Entry {
    /// The bytes that are kept and hashed.
    pub fn to_bytes(&self) -> Vec<u8> {
        written::to_bytes(self)
    }

    /// Is it within the bounds of [`super::limits`].
    pub fn validate(&self) -> Result<(), LimitError> {
        at_most("entries seen", AFTER, self.after.len())?;
        self.event.validate()
    }
}

impl Assignment {
    fn validate(&self) -> Result<(), LimitError> {
        at_most("supporting units", SUPPORTING, self.supporting.len())?;
        at_most("stewards", STEWARDS, self.stewards.len())?;
        check_line("title", &self.title, 1, TITLE_CHARS)?;
        check_paragraph("task", &self.text, QUESTION_TEXT_CHARS)?;
        check_line("article", self.article.as_deref().unwrap_or_default(), 0, ARTICLE_ID_CHARS)?;
        match &self.origin {
            Some(origin) => {
                check_line("meeting", &origin.title, 0, TITLE_CHARS)?;
                check_paragraph("conclusion", &origin.conclusion, CONCLUSION_CHARS)
            }
            None => Ok(()),
        }
    }
}

impl Event {
    fn validate(&self) -> Result<(), LimitError> {
        match self {
            Self::Given(assignment) => assignment.validate(),
            Self::Accepted => Ok(()),
            Self::Progress { percent, note } => {
                at_most("percent", usize::from(PERCENT_MAX), usize::from(*percent))?;
                check_paragraph("note", note, COMMENT_CHARS)
            }
            Self::ReportedDone { note } => needed("report", note, COMMENT_CHARS),
            Self::Comment { text, mentions } => {
                at_most("mentions", MENTIONS, mentions.len())?;
                needed("comment", text, COMMENT_CHARS)
            }
            Self::Returned { note, .. } | Self::ExtensionRefused { note, .. } => needed("note", note, REASON_CHARS),
            Self::ExtensionAsked { reason, .. } | Self::Explained { reason } | Self::Closed { reason } => {
                needed("reason", reason, REASON_CHARS)
            }
            Self::Confirmed { note, .. } | Self::Extended { note, .. } | Self::Urged { note } => {
                check_paragraph("note", note, REASON_CHARS)
            }
        }
    }
}
