//! A thread as it stands: what the fold makes of all entries.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::entry::{Attachment, Citation, Question, Said};
use crate::causal::heads;
use crate::id::{DraftId, PersonId, QuestionEventId, QuestionId, Timestamp, UnitId};

/// Why an entry has no effect.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Void {
    /// Nothing is known of its author yet; it is judged again when that changes.
    UnknownAuthor,
    /// Its author does not belong to the unit named.
    ForeignUnit,
    /// Its author had seen no question.
    NotAsked,
    /// Another question than the one that the thread's id was made of: in other words, of another time, or asked by somebody else.
    NotTheQuestion,
    /// Only the office that is to answer may.
    NotResponsible,
    /// Only who asked may.
    NotTheAsker,
    /// Only a head of the office may.
    NotTheHead,
    /// Its author may not read the thread.
    NotConcerned,
    /// There is no such answer, or not in the state that this needs.
    NoSuchAnswer,
    /// The question was withdrawn.
    Withdrawn,
    /// It would change nothing.
    NothingNew,
    /// A deadline that is not later, or too far.
    BadDeadline,
    /// Only what is shared can be used so.
    NotPublished,
    /// More entries than are folded.
    TooMany,
}

/// Where a thread stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// Chờ tiếp nhận.
    Asked,
    /// Đang xử lý.
    Received,
    /// Chờ duyệt: an answer waits for the head.
    AwaitingApproval,
    /// Trả lại: the head wants another wording.
    Returned,
    /// Đã trả lời.
    Answered,
    /// Hỏi lại: the asker was not served.
    Reopened,
    /// Đã đồng ý: the asker is served.
    Accepted,
    /// Đã giải đáp ở câu khác.
    Duplicate,
    /// Đã rút.
    Withdrawn,
}

impl State {
    /// Does somebody still owe an answer.
    pub fn is_open(self) -> bool {
        matches!(self, Self::Asked | Self::Received | Self::AwaitingApproval | Self::Returned | Self::Reopened)
    }
}

/// How a thread stands against its deadline.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DueState {
    /// There is time.
    InTime,
    /// Less than a day is left.
    Soon,
    /// The first deadline is over, a later one was set with a reason: an ordinary state.
    Extended,
    /// Nobody has said why.
    Overdue,
    /// Answered by the deadline.
    AnsweredInTime,
    /// Answered after it.
    AnsweredLate,
    /// Nothing is owed any more.
    Closed,
}

/// What is owed when.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Timing {
    /// The deadline by urgency.
    pub first_due: Timestamp,
    /// The deadline that holds.
    pub due: Timestamp,
    /// Why it is a later one.
    pub reason: Option<String>,
    /// When the first answer was given.
    pub first_answer_at: Option<Timestamp>,
    /// When the question was last open: asked, or asked again.
    pub open_since: Timestamp,
    /// When the answer to that was given.
    pub answered_at: Option<Timestamp>,
}

/// "Soon" is this long before a deadline.
const SOON_MS: i64 = 24 * 3_600_000;
const DAY_MS: u64 = 24 * 3_600_000;

impl Timing {
    /// The state of the deadline at a time.
    pub fn state(&self, state: State, now: Timestamp) -> DueState {
        match (state, self.answered_at) {
            (State::Withdrawn | State::Duplicate, _) => DueState::Closed,
            (_, Some(at)) if at > self.due => DueState::AnsweredLate,
            (_, Some(_)) => DueState::AnsweredInTime,
            _ if now > self.due => DueState::Overdue,
            _ if now > self.first_due => DueState::Extended,
            _ if now.plus_ms(SOON_MS) > self.due => DueState::Soon,
            _ => DueState::InTime,
        }
    }

    /// Days of 24 hours begun since the deadline, so an hour late is one; 0 for what is not overdue.
    pub fn days_overdue(&self, state: State, now: Timestamp) -> u32 {
        match self.state(state, now) {
            DueState::Overdue => {
                let late_ms = u64::try_from(now.0.saturating_sub(self.due.0)).unwrap_or_default();
                u32::try_from(late_ms.div_ceil(DAY_MS)).unwrap_or(u32::MAX)
            }
            _ => 0,
        }
    }
}

/// A remark on an answer with its author.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Note {
    /// Who.
    pub author: PersonId,
    /// When.
    pub at: Timestamp,
    /// What.
    pub text: String,
}

/// An answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    /// Its entry.
    pub id: QuestionEventId,
    /// Who wrote it.
    pub author: PersonId,
    /// For which office.
    pub unit: UnitId,
    /// When it was written.
    pub at: Timestamp,
    /// What.
    pub text: String,
    /// What it rests on.
    pub citations: Vec<Citation>,
    /// Files.
    pub attachments: Vec<Attachment>,
    /// The answer whose place it is to take.
    pub replaces: Option<QuestionEventId>,
    /// Waits, or waited, for the head.
    pub needs_approval: bool,
    /// The head who approved, and when.
    pub approved: Option<Note>,
    /// What the head wants otherwise.
    pub returned: Option<Note>,
    /// What the asker still needs.
    pub reopened: Option<Note>,
    /// The answer that took its place.
    pub replaced_by: Option<QuestionEventId>,
    /// Why it may be out of date, as a person said.
    pub needs_review: Option<Note>,
    /// When somebody of the office last looked again.
    pub reviewed: Option<Note>,
    /// Drafts of the handbook that are made of it.
    pub drafts: Vec<DraftId>,
    /// When it was given to the asker; `None` while it is not.
    pub given_at: Option<Timestamp>,
}

impl Answer {
    /// When somebody of the office last wrote or looked at it.
    pub fn looked_at(&self) -> Timestamp {
        let looked = [self.approved.as_ref(), self.reviewed.as_ref()].into_iter().flatten().map(|note| note.at).max();
        looked.map_or(self.at, |at| at.max(self.at))
    }

    /// The articles that it cites, each with the version of its package that was read for it; 0 if that is not known, also once somebody
    /// has looked again, who may have read another version.
    pub fn relied_on(&self) -> impl Iterator<Item = (&str, u64)> {
        let again = self.looked_at() > self.at;
        self.citations.iter().map(move |cited| (cited.article.as_str(), if again { 0 } else { cited.version }))
    }

    /// Has the asker got it, and does it still stand as an answer.
    pub fn stands(&self) -> bool {
        self.given_at.is_some() && self.replaced_by.is_none() && self.reopened.is_none()
    }
}

/// What everybody reads.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Publication {
    /// The entry that shared it.
    pub entry: QuestionEventId,
    /// Who.
    pub author: PersonId,
    /// When.
    pub at: Timestamp,
    /// Which answer.
    pub answer: QuestionEventId,
    /// Title.
    pub title: String,
    /// Question.
    pub text: String,
    /// Answer.
    pub answer_text: String,
    /// Findings that were looked at and let stand.
    pub confirmed: u32,
}

/// The asker's mark.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rating {
    /// For which answer.
    pub answer: QuestionEventId,
    /// 1 to 5.
    pub stars: u8,
    /// Why.
    pub note: String,
}

/// One entry in the order of the thread, with the verdict on it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    /// The entry.
    pub said: Said,
    /// Why it has no effect; `None`: it has.
    pub void: Option<Void>,
}

/// A thread.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Thread {
    /// Its id.
    pub id: QuestionId,
    /// What is asked.
    pub question: Question,
    /// Who asks.
    pub asker: PersonId,
    /// For which office.
    pub asker_unit: UnitId,
    /// When.
    pub asked_at: Timestamp,
    /// The office that is to answer.
    pub responsible: UnitId,
    /// All offices that were to answer at some time.
    pub units: BTreeSet<UnitId>,
    /// Where it stands.
    pub state: State,
    /// Deadlines.
    pub timing: Timing,
    /// All answers that count, also those not given yet.
    pub answers: Vec<Answer>,
    /// The answer that the asker accepted.
    pub accepted: Option<QuestionEventId>,
    /// The asker's mark.
    pub rating: Option<Rating>,
    /// What everybody reads.
    pub published: Option<Publication>,
    /// The thread that counts instead.
    pub duplicate_of: Option<QuestionId>,
    /// People with the same question.
    pub asked_too: BTreeSet<PersonId>,
    /// People who want to be told.
    pub followers: BTreeSet<PersonId>,
    /// People who were mentioned, with when.
    pub mentioned: BTreeMap<PersonId, Timestamp>,
    /// All entries in order, those without effect too.
    pub steps: Vec<Step>,
}

impl Thread {
    /// An answer by its entry.
    pub fn answer(&self, id: &QuestionEventId) -> Option<&Answer> {
        self.answers.iter().find(|answer| answer.id == *id)
    }

    /// The answer that stands: the accepted one, otherwise the newest that was given.
    pub fn best_answer(&self) -> Option<&Answer> {
        let accepted = self.accepted.and_then(|id| self.answer(&id));
        accepted.or_else(|| self.answers.iter().rev().find(|answer| answer.stands()))
    }

    /// The entries that a next one names as seen: those that no other one names.
    pub fn heads(&self) -> Vec<QuestionEventId> {
        heads(self.steps.iter().map(|step| &step.said), super::limits::AFTER)
    }

    /// Files of the question and its answers.
    pub fn attachments(&self) -> impl Iterator<Item = &Attachment> {
        self.question.attachments.iter().chain(self.answers.iter().flat_map(|answer| &answer.attachments))
    }
}
