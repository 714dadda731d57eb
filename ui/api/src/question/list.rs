//! Lists of questions and of the units that ask and answer.

use domain::id::{PersonId, QuestionId, Timestamp, UnitId};
use serde::{Deserialize, Serialize};

use crate::search::{FacetValue, Level};

pub use domain::question::Urgency;

/// Where a question stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum QuestionState {
    /// Waits for an answer.
    Open,
    /// Has an answer that waits for the unit head.
    Approving,
    /// Answered; the asker has not said yet whether it helped.
    Answered,
    /// The asker took the answer.
    Accepted,
    /// Linked to a question that was answered before.
    Duplicate,
    /// Taken back by the asker.
    Withdrawn,
}

impl QuestionState {
    /// All, in the order of a question's life.
    pub const ALL: [Self; 6] = [Self::Open, Self::Approving, Self::Answered, Self::Accepted, Self::Duplicate, Self::Withdrawn];

    /// Its name in requests and tests.
    pub fn slug(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Approving => "approving",
            Self::Answered => "answered",
            Self::Accepted => "accepted",
            Self::Duplicate => "duplicate",
            Self::Withdrawn => "withdrawn",
        }
    }
}

/// Whether something has left this device.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Delivery {
    /// Only on this person's devices; goes out by itself with the next connection.
    Waiting,
    /// At least one device of somebody else has it.
    Sent,
}

/// Whom a question is put to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "to", content = "unit")]
pub enum Addressee {
    /// This unit.
    Unit(UnitId),
    /// The city: the rules find the unit that is responsible for the field.
    City,
}

/// Which questions a list shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum QuestionScope {
    /// I asked them.
    Mine,
    /// They wait for my unit or were answered by it.
    MyUnit,
    /// I follow them.
    Following,
    /// All that I may see, of other communes the published ones.
    #[default]
    All,
}

impl QuestionScope {
    /// All, in the order of the tabs.
    pub const ALL: [Self; 4] = [Self::All, Self::Mine, Self::MyUnit, Self::Following];

    /// Its name in requests and addresses.
    pub fn slug(self) -> &'static str {
        match self {
            Self::Mine => "mine",
            Self::MyUnit => "my_unit",
            Self::Following => "following",
            Self::All => "all",
        }
    }
}

/// What a list of questions is narrowed to. Everything empty: nothing is left out.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct QuestionFilter {
    /// Whose.
    pub scope: QuestionScope,
    /// Where they stand.
    pub state: Option<QuestionState>,
    /// Past their time and not answered.
    pub overdue: bool,
    /// The field of work.
    pub field: Option<String>,
    /// The responsible unit.
    pub unit: Option<UnitId>,
    /// Words of title, text or answer, with or without marks.
    pub text: String,
}

/// A question in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct QuestionRow {
    /// The question.
    pub question: QuestionId,
    /// Its title.
    pub title: String,
    /// The field of work; may be empty.
    pub field: String,
    /// Who asked; empty where the name was taken out before publishing.
    pub asker: String,
    /// The asker's unit.
    pub asker_unit: String,
    /// The responsible unit; `None` as long as none is found.
    pub unit: Option<UnitId>,
    /// Its name, or the city's.
    pub unit_name: String,
    /// Where it stands.
    pub state: QuestionState,
    /// How urgent it is.
    pub urgency: Urgency,
    /// When it was asked.
    pub asked_at: Timestamp,
    /// When an answer is due.
    pub due_at: Timestamp,
    /// The first answer, if there is one.
    pub answered_at: Option<Timestamp>,
    /// It is past its time and not answered.
    pub overdue: bool,
    /// Days begun since it was due; 0 for what is not overdue.
    #[serde(default)]
    pub overdue_days: u32,
    /// Why it is late, as the unit says; may be empty.
    pub overdue_reason: String,
    /// Comments.
    pub comments: u32,
    /// How many other questions were linked to it as already answered.
    pub same_asked: u32,
    /// I follow it.
    pub following: bool,
    /// Something is new since I looked.
    pub unread: bool,
    /// Everybody in all communes can read it.
    pub published: bool,
    /// Whether my question or my last word in it has left this device.
    pub delivery: Delivery,
    /// A cited article has expired: the answer is to be looked at again.
    pub needs_review: bool,
}

/// A list of questions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct QuestionListView {
    /// What waits for me first, then changed last first; at most 500.
    pub rows: Vec<QuestionRow>,
    /// All that match.
    pub total: u32,
    /// Per scope with the other filters, in the order of [`QuestionScope::ALL`].
    pub scopes: Vec<(QuestionScope, u32)>,
    /// Fields with counts.
    pub fields: Vec<FacetValue>,
    /// Units with counts.
    pub units: Vec<FacetValue>,
    /// Questions, answers and comments of mine that have not left this device.
    pub waiting: u32,
    /// I may see the statistics of all units.
    pub may_see_statistics: bool,
}

/// A unit that asks or answers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UnitRow {
    /// The unit.
    pub unit: UnitId,
    /// Its name.
    pub name: String,
    /// Its level.
    pub level: Level,
    /// Fields that it answers for.
    pub fields: Vec<String>,
    /// Its answers need its head's approval.
    pub needs_approval: bool,
    /// Working days that it has for an answer that is not urgent.
    pub days: u32,
    /// Its head, who approves.
    pub head: Option<PersonId>,
    /// The head's name; may be empty.
    pub head_name: String,
    /// Its people.
    pub people: u32,
    /// It is mine.
    pub mine: bool,
}

/// The units.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UnitsView {
    /// From above, then by name.
    pub units: Vec<UnitRow>,
    /// I may change them.
    pub may_edit: bool,
}
