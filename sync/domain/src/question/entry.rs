//! One thing that one person said or did in a thread.

use minicbor::{Decode, Encode};
use serde::{Deserialize, Serialize};

use super::limits::*;
use crate::id::{DraftId, PersonId, QuestionEventId, QuestionId, Timestamp, UnitId};
use crate::identity::{check_line, check_paragraph};
use crate::limits::{FILE_NAME_CHARS, LimitError, PAPER_BYTES, PAPER_PAGES, TITLE_CHARS, at_least, at_most};
use crate::meeting::BlobRef;
use crate::written;

/// How soon an answer is needed (the urgency levels of Decree 30/2020/NĐ-CP, and none).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize, Encode, Decode)]
#[serde(rename_all = "snake_case")]
#[cbor(index_only)]
pub enum Urgency {
    /// Thường.
    #[default]
    #[n(0)]
    Normal,
    /// Khẩn.
    #[n(1)]
    Urgent,
    /// Thượng khẩn.
    #[n(2)]
    VeryUrgent,
    /// Hỏa tốc.
    #[n(3)]
    Immediate,
}

impl Urgency {
    /// All, the calm one first.
    pub const ALL: [Self; 4] = [Self::Normal, Self::Urgent, Self::VeryUrgent, Self::Immediate];

    /// Its name in requests.
    pub fn slug(self) -> &'static str {
        match self {
            Self::Normal => "normal",
            Self::Urgent => "urgent",
            Self::VeryUrgent => "very_urgent",
            Self::Immediate => "immediate",
        }
    }
}

/// A file of a question or an answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Encode, Decode)]
pub struct Attachment {
    /// The file.
    #[n(0)]
    pub blob: BlobRef,
    /// Its name, without folders.
    #[n(1)]
    pub file_name: String,
    /// Its pages.
    #[n(2)]
    pub pages: u32,
}

/// What is asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Encode, Decode)]
pub struct Question {
    /// Tells two questions apart that are asked in the same words at the same time.
    #[cbor(n(0), with = "minicbor::bytes")]
    pub nonce: [u8; 16],
    /// The office that is asked.
    #[n(1)]
    pub to: UnitId,
    /// Field of work, e.g. "Đất đai"; may be empty.
    #[n(2)]
    pub field: String,
    /// The handbook's id of the procedure that it is about.
    #[n(3)]
    pub procedure: Option<String>,
    /// One line.
    #[n(4)]
    pub title: String,
    /// All of it; may be empty where the title says it.
    #[n(5)]
    pub text: String,
    /// How soon an answer is needed.
    #[n(6)]
    pub urgency: Urgency,
    /// Files.
    #[n(7)]
    pub attachments: Vec<Attachment>,
}

/// A place of the handbook that an answer rests on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Encode, Decode)]
pub struct Citation {
    /// The handbook's id of the article.
    #[n(0)]
    pub article: String,
    /// The package it was read in, e.g. its id; may be empty.
    #[n(1)]
    pub package: String,
    /// That package's version; 0 if unknown.
    #[n(2)]
    pub version: u64,
    /// As people cite it: "Điều 20 Luật Cư trú 68/2020/QH14".
    #[n(3)]
    pub citation: String,
    /// The words that were relied on; may be empty.
    #[n(4)]
    pub quote: String,
}

/// What was said or done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Encode, Decode)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Event {
    /// The question itself: the first entry of a thread.
    #[n(0)]
    Asked(#[n(0)] Question),
    /// Passed on to the office that is to answer.
    #[n(1)]
    Routed {
        /// That office.
        #[n(0)]
        to: UnitId,
        /// Why.
        #[n(1)]
        reason: String,
    },
    /// The asked office has taken it up.
    #[n(2)]
    Received,
    /// A remark.
    #[n(3)]
    Comment {
        /// What.
        #[n(0)]
        text: String,
        /// People who are told of it, and may read the thread from then on.
        #[n(1)]
        mentions: Vec<PersonId>,
    },
    /// An answer, or a better wording of one.
    #[n(4)]
    Answer {
        /// What.
        #[n(0)]
        text: String,
        /// What it rests on.
        #[n(1)]
        citations: Vec<Citation>,
        /// The answer that it takes the place of.
        #[n(2)]
        replaces: Option<QuestionEventId>,
        /// Files.
        #[n(3)]
        attachments: Vec<Attachment>,
    },
    /// The head of the answering office agrees: the answer is given.
    #[n(5)]
    Approved {
        /// Which.
        #[n(0)]
        answer: QuestionEventId,
    },
    /// The head sends it back to be written better.
    #[n(6)]
    Returned {
        /// Which.
        #[n(0)]
        answer: QuestionEventId,
        /// What is missing.
        #[n(1)]
        note: String,
    },
    /// The asker is served by this answer.
    #[n(7)]
    Accepted {
        /// Which.
        #[n(0)]
        answer: QuestionEventId,
    },
    /// The asker is not served: the question is open again.
    #[n(8)]
    Reopened {
        /// Which answer does not do.
        #[n(0)]
        answer: QuestionEventId,
        /// What is missing.
        #[n(1)]
        note: String,
    },
    /// The asker's mark for an answer.
    #[n(9)]
    Rated {
        /// Which.
        #[n(0)]
        answer: QuestionEventId,
        /// 1 to 5.
        #[n(1)]
        stars: u8,
        /// Why; may be empty.
        #[n(2)]
        note: String,
    },
    /// Shared with everybody, in words that were checked for personal data.
    #[n(10)]
    Published {
        /// Which answer.
        #[n(0)]
        answer: QuestionEventId,
        /// The title as everybody reads it.
        #[n(1)]
        title: String,
        /// The question as everybody reads it.
        #[n(2)]
        text: String,
        /// The answer as everybody reads it.
        #[n(3)]
        answer_text: String,
        /// Findings of the check that a person looked at and let stand.
        #[n(4)]
        confirmed: u32,
    },
    /// No longer shared.
    #[n(11)]
    Unpublished {
        /// Why.
        #[n(0)]
        reason: String,
    },
    /// Already answered in another thread; `None` takes that back.
    #[n(12)]
    DuplicateOf {
        /// The thread that counts.
        #[n(0)]
        thread: Option<QuestionId>,
    },
    /// Somebody else has the same question and is served by the shared answer.
    #[n(13)]
    AskedToo,
    /// The answering office needs longer.
    #[n(14)]
    Extension {
        /// The new deadline.
        #[n(0)]
        until: Timestamp,
        /// Why.
        #[n(1)]
        reason: String,
    },
    /// Wants to be told of what happens, or no longer.
    #[n(15)]
    Follow {
        /// From here on, or no longer.
        #[n(0)]
        on: bool,
    },
    /// The asker needs no answer any more.
    #[n(16)]
    Withdrawn {
        /// Why; may be empty.
        #[n(0)]
        reason: String,
    },
    /// The answer may be out of date.
    #[n(17)]
    NeedsReview {
        /// Which.
        #[n(0)]
        answer: QuestionEventId,
        /// Why.
        #[n(1)]
        reason: String,
    },
    /// The answering office has looked again: it still holds.
    #[n(18)]
    Reviewed {
        /// Which.
        #[n(0)]
        answer: QuestionEventId,
        /// What was looked at; may be empty.
        #[n(1)]
        note: String,
    },
    /// A handbook article is being made of it.
    #[n(19)]
    Drafted {
        /// Which answer.
        #[n(0)]
        answer: QuestionEventId,
        /// The draft.
        #[n(1)]
        draft: DraftId,
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
    pub after: Vec<QuestionEventId>,
    /// What.
    #[n(3)]
    pub event: Event,
}

/// An entry with what is known of it from where it stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Said {
    /// Its id.
    pub id: QuestionEventId,
    /// Whose it is.
    pub author: PersonId,
    /// The entry.
    pub entry: Entry,
}

impl Said {
    /// The thread that a person begins, with its first entry.
    pub fn first(asker: PersonId, entry: Entry) -> (QuestionId, Self) {
        let thread = question_id(&asker, &entry);
        (thread, Self::new(&thread, asker, entry))
    }

    /// An entry of a person in a thread.
    pub fn new(thread: &QuestionId, author: PersonId, entry: Entry) -> Self {
        Self { id: entry_id(thread, &author, &entry.to_bytes()), author, entry }
    }

    /// Reads what stands under an id in a person's contribution; `None` if it is no entry, stands there wrongly, is too much, or was
    /// made by a newer program.
    pub fn read(thread: &QuestionId, author: PersonId, id: QuestionEventId, bytes: &[u8]) -> Option<Self> {
        let entry: Entry = written::read(bytes)?;
        (entry_id(thread, &author, bytes) == id && entry.validate().is_ok()).then_some(Self { id, author, entry })
    }
}

/// The thread that a person begins with an entry: all that the entry says is in it, so that another question is another thread.
pub fn question_id(asker: &PersonId, first: &Entry) -> QuestionId {
    QuestionId(written::begun_id("kyhop 2026 question v1", asker, &first.to_bytes()))
}

/// The id of an entry: what it says, by whom, in which thread. An entry can name only what was there before it.
pub fn entry_id(thread: &QuestionId, author: &PersonId, bytes: &[u8]) -> QuestionEventId {
    QuestionEventId(written::entry_id("kyhop 2026 question entry v1", thread.as_bytes(), author, bytes))
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

impl Attachment {
    fn validate(&self) -> Result<(), LimitError> {
        check_line("file name", &self.file_name, 1, FILE_NAME_CHARS)?;
        at_most("file size", usize_of(PAPER_BYTES), usize_of(self.blob.size))?;
        at_most("pages", usize_of(u64::from(PAPER_PAGES)), usize_of(u64::from(self.pages)))
    }
}

fn usize_of(number: u64) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}

fn attachments(all: &[Attachment]) -> Result<(), LimitError> {
    at_most("attachments", ATTACHMENTS, all.len())?;
    all.iter().try_for_each(Attachment::validate)
}

/// A text that must say something.
pub(crate) fn needed(what: &'static str, text: &str, most_chars: usize) -> Result<(), LimitError> {
    at_least(what, 1, text.trim().chars().take(1).count())?;
    check_paragraph(what, text, most_chars)
}

impl Question {
    fn validate(&self) -> Result<(), LimitError> {
        check_line("field of work", &self.field, 0, FIELD_CHARS)?;
        check_line("procedure", self.procedure.as_deref().unwrap_or_default(), 0, ARTICLE_ID_CHARS)?;
        check_line("title", &self.title, 1, TITLE_CHARS)?;
        check_paragraph("question", &self.text, QUESTION_TEXT_CHARS)?;
        attachments(&self.attachments)
    }
}

impl Citation {
    fn validate(&self) -> Result<(), LimitError> {
        check_line("article", &self.article, 1, ARTICLE_ID_CHARS)?;
        check_line("package", &self.package, 0, ARTICLE_ID_CHARS)?;
        check_line("citation", &self.citation, 1, CITATION_CHARS)?;
        check_paragraph("quote", &self.quote, CITATION_QUOTE_CHARS)
    }
}

impl Event {
    fn validate(&self) -> Result<(), LimitError> {
        match self {
            Self::Asked(question) => question.validate(),
            Self::Comment { text, mentions } => {
                at_most("mentions", MENTIONS, mentions.len())?;
                needed("comment", text, COMMENT_CHARS)
            }
            Self::Answer { text, citations, attachments: files, .. } => {
                at_most("citations", CITATIONS, citations.len())?;
                citations.iter().try_for_each(Citation::validate)?;
                attachments(files)?;
                needed("answer", text, ANSWER_CHARS)
            }
            Self::Routed { reason, .. } | Self::Extension { reason, .. } | Self::Unpublished { reason } => {
                needed("reason", reason, REASON_CHARS)
            }
            Self::Returned { note, .. } | Self::Reopened { note, .. } => needed("note", note, REASON_CHARS),
            Self::NeedsReview { reason, .. } => needed("reason", reason, REASON_CHARS),
            Self::Withdrawn { reason } => check_paragraph("reason", reason, REASON_CHARS),
            Self::Reviewed { note, .. } => check_paragraph("note", note, REASON_CHARS),
            Self::Rated { stars, note, .. } => {
                at_least("stars", 1, usize::from(*stars))?;
                at_most("stars", usize::from(STARS), usize::from(*stars))?;
                check_paragraph("note", note, REASON_CHARS)
            }
            Self::Published { title, text, answer_text, confirmed, .. } => {
                at_most("findings", usize_of(u64::from(FINDINGS)), usize_of(u64::from(*confirmed)))?;
                check_line("title", title, 1, TITLE_CHARS)?;
                check_paragraph("question", text, QUESTION_TEXT_CHARS)?;
                needed("answer", answer_text, ANSWER_CHARS)
            }
            Self::Approved { .. }
            | Self::Accepted { .. }
            | Self::Received
            | Self::DuplicateOf { .. }
            | Self::AskedToo
            | Self::Follow { .. }
            | Self::Drafted { .. } => Ok(()),
        }
    }
}
