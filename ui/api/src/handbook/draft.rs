//! Drafts of the editors: their state, content, history, and places that two people changed at the same time.

use domain::id::{DraftId, QuestionId, Timestamp};
use serde::{Deserialize, Serialize};

use super::article::{ArticleKind, ArticleLink, Block};
use crate::day::Day;
use crate::search::Level;

/// Where a draft stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DraftState {
    /// Being written.
    Draft,
    /// Waits for a reviewer.
    InReview,
    /// Came back with a note.
    Returned,
    /// Approved, waits to be published.
    Approved,
    /// In a package.
    Published,
}

impl DraftState {
    /// Its name in requests and tests.
    pub fn slug(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::InReview => "in_review",
            Self::Returned => "returned",
            Self::Approved => "approved",
            Self::Published => "published",
        }
    }
}

/// A draft in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DraftRow {
    /// The draft.
    pub draft: DraftId,
    /// The article that it changes; `None`: it is a new one.
    pub article: Option<String>,
    /// What it is.
    pub kind: ArticleKind,
    /// Its title.
    pub title: String,
    /// Where it stands.
    pub state: DraftState,
    /// Everybody who wrote in it.
    pub editors: Vec<String>,
    /// The last change.
    pub changed_at: Timestamp,
    /// Places that two people changed differently.
    pub conflicts: u32,
    /// It waits for me.
    pub waits_for_me: bool,
}

/// The drafts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DraftsView {
    /// Changed last first.
    pub drafts: Vec<DraftRow>,
    /// I may write.
    pub may_edit: bool,
    /// I may approve and return.
    pub may_review: bool,
    /// I may publish.
    pub may_publish: bool,
}

/// A block of a draft, with a key that stays while the block is edited or moved.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DraftBlock {
    /// Names the block; empty: a new one.
    pub key: String,
    /// Its content.
    pub block: Block,
}

/// What an editor writes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DraftContent {
    /// What it is.
    pub kind: ArticleKind,
    /// Its title.
    pub title: String,
    /// Its document's number and symbol; may be empty.
    #[serde(default)]
    pub number: String,
    /// The agency; may be empty.
    #[serde(default)]
    pub agency: String,
    /// The field of work; may be empty.
    #[serde(default)]
    pub field: String,
    /// Levels that it concerns.
    #[serde(default)]
    pub levels: Vec<Level>,
    /// In force from this day on.
    #[serde(default)]
    pub from: Option<Day>,
    /// The last day in force.
    #[serde(default)]
    pub to: Option<Day>,
    /// Its content.
    #[serde(default)]
    pub blocks: Vec<DraftBlock>,
    /// The law, list or handbook that it belongs to. This and what follows may be unsaid (`None`, as in drafts of earlier versions): then it
    /// stays as the article has it.
    #[serde(default)]
    pub source: Option<String>,
    /// Parts of it are no longer in force.
    #[serde(default)]
    pub partly: Option<bool>,
    /// What of it does not hold any more; may be empty.
    #[serde(default)]
    pub note: Option<String>,
    /// What it is connected with; [`LinkKind::CitedBy`](super::LinkKind::CitedBy) is not written by hand and left out.
    #[serde(default)]
    pub links: Option<Vec<ArticleLink>>,
}

/// Something that happened to a draft.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DraftEventKind {
    /// It was begun.
    Created,
    /// It was handed in for review.
    Submitted,
    /// It was approved.
    Approved,
    /// It was returned.
    Returned,
    /// It went into a package.
    Published,
}

/// A line of a draft's history.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DraftEvent {
    /// When.
    pub at: Timestamp,
    /// Who.
    pub by: String,
    /// What.
    pub kind: DraftEventKind,
    /// Why; may be empty.
    pub note: String,
}

/// One of the versions of a place that several people changed at the same time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConflictSide {
    /// Names the side in [`super::ResolveConflict`].
    pub side: String,
    /// Who wrote it.
    pub by: String,
    /// When.
    pub at: Timestamp,
    /// What it says, as text.
    pub text: String,
    /// It is the one that the draft shows now.
    pub shown: bool,
}

/// A place that several people changed at the same time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConflictView {
    /// `title`, `number`, `agency`, `field`, `from`, `to`, `levels`, `source`, `partly`, `note`, `links`, or a [`DraftBlock::key`].
    pub place: String,
    /// All sides, two or more.
    pub sides: Vec<ConflictSide>,
}

/// A draft as its editor sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DraftView {
    /// As in lists.
    pub row: DraftRow,
    /// Its content.
    pub content: DraftContent,
    /// Names this content; goes back with [`super::EditDraft`].
    pub base: String,
    /// Oldest first.
    pub history: Vec<DraftEvent>,
    /// Places that two people changed differently.
    pub conflicts: Vec<ConflictView>,
    /// The question whose answer it was made from.
    pub origin: Option<QuestionId>,
    /// I may write in it now.
    pub may_edit: bool,
    /// I may hand it in.
    pub may_submit: bool,
    /// I may approve or return it now.
    pub may_review: bool,
}
