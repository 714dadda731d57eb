//! What a reader keeps: favourites, recently read articles, cases with their checklists; and what is looked at before a text goes to
//! everybody.

use domain::id::{CaseId, Timestamp};
use serde::{Deserialize, Serialize};

use super::article::ArticleRef;
use crate::search::Range;

/// An article among favourites or recently read ones.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShelfRow {
    /// The article.
    pub article: ArticleRef,
    /// When it was put there or read.
    pub at: Timestamp,
    /// It is not in any installed package any more.
    pub gone: bool,
}

/// What the handbook shows before anything is searched.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShelfView {
    /// My favourites, newest first.
    pub favourites: Vec<ShelfRow>,
    /// What I read last, newest first.
    pub recent: Vec<ShelfRow>,
    /// My open cases, newest first.
    pub cases: Vec<CaseRow>,
    /// Articles in all packages.
    pub articles: u32,
    /// The newest package was made then; `None` without packages.
    pub newest_package_at: Option<Timestamp>,
    /// I may write drafts.
    pub may_edit: bool,
    /// Drafts that wait for me: to be reviewed, or returned to me.
    pub drafts_waiting: u32,
}

/// A case in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CaseRow {
    /// The case.
    pub case: CaseId,
    /// Its name: the citizen, by name or initials.
    pub name: String,
    /// The number of the file; may be empty.
    #[serde(default)]
    pub file_number: String,
    /// The procedure.
    pub article: String,
    /// The procedure's title.
    pub title: String,
    /// When it began.
    pub started_at: Timestamp,
    /// When it was closed.
    pub closed_at: Option<Timestamp>,
    /// Lines that are ticked.
    pub done: u32,
    /// Lines in all.
    pub total: u32,
}

/// What a line of a checklist is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CaseLineKind {
    /// A paper to be handed in.
    Paper,
    /// A step to be done.
    Step,
}

/// A line of a checklist.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CaseLine {
    /// Names the line within the case.
    pub key: String,
    /// What it is about.
    pub kind: CaseLineKind,
    /// What it says.
    pub text: String,
    /// More about it; may be empty.
    pub note: String,
    /// Ticked at.
    pub done_at: Option<Timestamp>,
}

/// A case with its checklist, as the procedure was when it began.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CaseView {
    /// As in lists.
    pub row: CaseRow,
    /// What to bear in mind; may be empty.
    #[serde(default)]
    pub note: String,
    /// Papers first, then steps.
    pub lines: Vec<CaseLine>,
    /// Other articles that this person used for it, the last first.
    #[serde(default)]
    pub articles: Vec<ArticleRef>,
    /// The procedure has changed since the case began.
    pub changed: bool,
}

/// Kinds of personal data.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PersonalData {
    /// A person's name.
    Name,
    /// A telephone number.
    Phone,
    /// A number of an identity card or of another personal paper.
    IdNumber,
    /// An address of electronic mail.
    Email,
    /// Where somebody lives.
    Address,
    /// A bank account.
    Account,
    /// A date of birth.
    Birth,
}

/// A part of a text that says who somebody is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// What it is.
    pub kind: PersonalData,
    /// Where it stands.
    pub range: Range,
    /// What could stand there instead: "[số điện thoại]".
    pub instead: String,
}
