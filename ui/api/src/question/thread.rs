//! One question: what was asked, what happened, the answer, and what I may do.

use domain::id::{DraftId, QuestionEventId, QuestionId, Timestamp};
use serde::{Deserialize, Serialize};

use super::list::{Delivery, QuestionRow};
use crate::handbook::{ArticleRef, AttachmentRow};
use crate::search::Validity;

/// An article that an answer cites, as it is today.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CitationView {
    /// The article.
    pub article: String,
    /// How it is cited.
    pub citation: String,
    /// Its title.
    pub title: String,
    /// Its validity today; `None` where it is not in the handbook any more.
    pub validity: Option<Validity>,
    /// "Cần rà soát": it has expired or changed since it was cited.
    pub needs_review: bool,
    /// The version of its package that was read for it; 0: not known, or somebody has looked again since.
    #[serde(default)]
    pub version: u64,
}

pub use domain::question::Void;

/// Where an answer stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AnswerState {
    /// Waits for the unit head.
    Proposed,
    /// The unit's answer.
    Approved,
    /// Returned by the unit head.
    Returned,
    /// A later answer took its place.
    Replaced,
}

/// An answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AnswerView {
    /// Names it.
    pub answer: QuestionEventId,
    /// Who wrote it.
    pub by: String,
    /// For which unit.
    pub unit_name: String,
    /// When.
    pub at: Timestamp,
    /// When somebody of the unit last wrote, approved or reviewed it.
    #[serde(default)]
    pub looked_at: Timestamp,
    /// What it says.
    pub text: String,
    /// What it cites.
    pub citations: Vec<CitationView>,
    /// Files.
    pub attachments: Vec<AttachmentRow>,
    /// Where it stands.
    pub state: AnswerState,
}

/// What happened in a thread.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum QuestionEventKind {
    /// It was asked.
    Asked {},
    /// The rules found the responsible unit.
    Routed {
        /// Its name.
        unit: String,
    },
    /// It went to another unit.
    Reassigned {
        /// From which one.
        from: String,
        /// To which one.
        to: String,
        /// Why.
        reason: String,
    },
    /// Somebody wrote a comment.
    Commented {
        /// What.
        text: String,
        /// Who is called in it.
        mentions: Vec<String>,
    },
    /// An answer.
    Answered {
        /// The answer.
        answer: AnswerView,
    },
    /// The unit head approved an answer.
    Approved {
        /// Which one.
        answer: QuestionEventId,
    },
    /// The unit head returned an answer.
    Returned {
        /// Which one.
        answer: QuestionEventId,
        /// Why.
        note: String,
    },
    /// The asker took the answer.
    Accepted {},
    /// The asker says that it does not help.
    Reopened {
        /// Why.
        reason: String,
    },
    /// The asker rated the answer.
    Rated {
        /// 1 to 5.
        stars: u8,
        /// Words with it; may be empty.
        note: String,
    },
    /// All communes can read it, after its personal data were looked at.
    Published {},
    /// It was linked to a question that was answered before.
    Duplicate {
        /// That question.
        of: QuestionId,
        /// Its title.
        title: String,
    },
    /// The unit says why it is late, and until when.
    Explained {
        /// Why.
        reason: String,
        /// The new date.
        due_at: Timestamp,
    },
    /// Its answer became a draft of the handbook.
    MadeArticle {
        /// The draft.
        draft: DraftId,
    },
    /// The asker took it back.
    Withdrawn {},
    /// The asked unit has taken it up.
    Received {},
    /// It is shared no longer.
    Unpublished {
        /// Why.
        reason: String,
    },
    /// It is no longer linked to another question.
    Unlinked {},
    /// Somebody else is served by the shared answer.
    AskedToo {},
    /// An answer may be out of date.
    Flagged {
        /// Which one.
        answer: QuestionEventId,
        /// Why.
        reason: String,
    },
    /// The unit looked at its answer again: it still holds.
    Reviewed {
        /// Which one.
        answer: QuestionEventId,
        /// What was looked at; may be empty.
        note: String,
    },
}

/// A line of a thread.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct QuestionEvent {
    /// Names it.
    pub event: QuestionEventId,
    /// When, as its author's device says.
    pub at: Timestamp,
    /// Who; empty for what the rules did.
    pub by: String,
    /// The author's unit.
    pub by_unit: String,
    /// It is mine.
    pub mine: bool,
    /// Whether it has left this device; [`Delivery::Sent`] for what others did.
    pub delivery: Delivery,
    /// What.
    pub what: QuestionEventKind,
    /// Why it has no effect, if it has none: it was not its author's to do. The window has a text for each.
    #[serde(default)]
    pub void: Option<Void>,
}

/// What I may do with a question now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct QuestionRights {
    /// Answer for the responsible unit.
    pub answer: bool,
    /// Approve or return the proposed answer.
    pub approve: bool,
    /// Take the answer or reopen the question, and rate it.
    pub accept: bool,
    /// Give it to another unit.
    pub reassign: bool,
    /// Say why it is late.
    pub explain: bool,
    /// Take it up.
    pub receive: bool,
    /// Say that an answer may be out of date.
    pub flag: bool,
    /// Look at the answer again.
    pub review: bool,
    /// Say that the shared answer serves me too.
    pub asked_too: bool,
    /// Share it no longer.
    pub unpublish: bool,
    /// Comment.
    pub comment: bool,
    /// Link it to a question that was answered before.
    pub mark_answered: bool,
    /// Publish it to all communes.
    pub publish: bool,
    /// Make a draft of the handbook of its answer.
    pub make_article: bool,
    /// Take it back.
    pub withdraw: bool,
}

/// A question with its thread.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct QuestionView {
    /// As in lists.
    pub row: QuestionRow,
    /// What was asked.
    pub text: String,
    /// The procedure or article that it is about.
    pub article: Option<ArticleRef>,
    /// Files.
    pub attachments: Vec<AttachmentRow>,
    /// The answer that holds, if there is one: approved, else proposed.
    pub answer: Option<AnswerView>,
    /// Oldest first.
    pub events: Vec<QuestionEvent>,
    /// The question that answers this one.
    pub canonical: Option<QuestionRow>,
    /// Only what everybody may read is here: the question concerns others.
    #[serde(default)]
    pub published_only: bool,
    /// The asker's rating.
    pub stars: Option<u8>,
    /// The draft that was made of it.
    pub draft: Option<DraftId>,
    /// The unit's answers need its head's approval.
    pub needs_approval: bool,
    /// What I may do.
    pub may: QuestionRights,
}
