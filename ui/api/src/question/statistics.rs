//! Figures about questions.

use domain::id::QuestionId;
use serde::{Deserialize, Serialize};

use crate::search::FailedSearch;

/// Figures of one unit or field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StatisticsRow {
    /// The unit or field.
    pub name: String,
    /// Questions asked.
    pub asked: u32,
    /// Answered of them.
    pub answered: u32,
    /// Not answered and past their time now.
    pub overdue: u32,
    /// Late with a stated reason.
    pub explained: u32,
    /// Half of the first answers came within so many minutes.
    pub first_answer_median_minutes: Option<u32>,
    /// Nine of ten first answers came within so many minutes.
    pub first_answer_p90_minutes: Option<u32>,
}

/// A question that is asked often.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MostAskedRow {
    /// The canonical question.
    pub question: QuestionId,
    /// Its title.
    pub title: String,
    /// Its field.
    pub field: String,
    /// How often it was asked.
    pub count: u32,
}

/// What the questions of a span of time say.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StatisticsView {
    /// Everything together.
    pub all: StatisticsRow,
    /// Per unit, most asked first.
    pub units: Vec<StatisticsRow>,
    /// Per field, most asked first.
    pub fields: Vec<StatisticsRow>,
    /// Asked most often; at most 20.
    pub most_asked: Vec<MostAskedRow>,
    /// Searched in vain, most often first; at most 50.
    pub failed_searches: Vec<FailedSearch>,
}
