//! Figures over the rows of questions: by office and field, how long first answers took, what is overdue, what was asked most.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::row::{QuestionRow, canonical, served};
use super::thread::{DueState, State};
use crate::id::{QuestionId, Timestamp, UnitId};

/// Rows of "asked most".
pub const MOST_ASKED_MAX: usize = 50;

/// Figures of one office, one field, or all.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Figures {
    /// Threads.
    pub asked: u32,
    /// Of those, with a first answer.
    pub answered: u32,
    /// Somebody still owes an answer.
    pub open: u32,
    /// Open beyond the deadline, and nobody has said why.
    pub overdue: u32,
    /// Open beyond the first deadline, with a reason.
    pub extended: u32,
    /// Answered after the deadline that held.
    pub answered_late: u32,
    /// Accepted by the asker.
    pub accepted: u32,
    /// Shared with everybody.
    pub published: u32,
    /// Answered in another thread.
    pub duplicates: u32,
    /// Median time from question to first answer, in minutes.
    pub first_answer_median_min: Option<u64>,
    /// The time within which nine of ten first answers came, in minutes.
    pub first_answer_p90_min: Option<u64>,
    /// Mean mark in hundredths.
    pub stars_hundredths: Option<u32>,
    /// Marks given.
    pub rated: u32,
}

/// A thread that several asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MostAsked {
    /// The thread that counts.
    pub question: QuestionId,
    /// Its title.
    pub title: String,
    /// How often: itself, those answered there, and people who said so.
    pub times: u32,
}

/// All figures of a period.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Statistics {
    /// All together.
    pub all: Figures,
    /// By the office that is to answer.
    pub by_unit: BTreeMap<UnitId, Figures>,
    /// By field of work; the empty name is "none".
    pub by_field: BTreeMap<String, Figures>,
    /// The most first.
    pub most_asked: Vec<MostAsked>,
}

#[derive(Default)]
struct Gathering {
    figures: Figures,
    minutes: Vec<u64>,
    stars: u32,
}

impl Gathering {
    fn add(&mut self, row: &QuestionRow, due: DueState, duplicate: bool) {
        let figures = &mut self.figures;
        let mut count = |holds: bool, counter: fn(&mut Figures) -> &mut u32| *counter(figures) += u32::from(holds);
        count(true, |f| &mut f.asked);
        count(row.timing.first_answer_at.is_some(), |f| &mut f.answered);
        count(row.state.is_open(), |f| &mut f.open);
        count(row.state.is_open() && due == DueState::Overdue, |f| &mut f.overdue);
        count(row.state.is_open() && due == DueState::Extended, |f| &mut f.extended);
        count(due == DueState::AnsweredLate, |f| &mut f.answered_late);
        count(row.state == State::Accepted, |f| &mut f.accepted);
        count(row.published.is_some(), |f| &mut f.published);
        count(duplicate, |f| &mut f.duplicates);
        count(row.stars.is_some(), |f| &mut f.rated);
        self.stars += u32::from(row.stars.unwrap_or(0));
        if let Some(at) = row.timing.first_answer_at {
            // A clock that was behind makes no answer come before its question.
            let ms = at.0.saturating_sub(row.asked_at.0).max(0);
            self.minutes.push(u64::try_from(ms / 60_000).unwrap_or(0));
        }
    }

    fn done(mut self) -> Figures {
        self.minutes.sort_unstable();
        self.figures.first_answer_median_min = nearest_rank(&self.minutes, 50);
        self.figures.first_answer_p90_min = nearest_rank(&self.minutes, 90);
        self.figures.stars_hundredths = (self.stars * 100).checked_div(self.figures.rated);
        self.figures
    }
}

/// The smallest value that `percent` of all do not exceed (nearest rank); of nothing there is none.
fn nearest_rank(sorted: &[u64], percent: usize) -> Option<u64> {
    let rank = (sorted.len() * percent).div_ceil(100);
    sorted.get(rank.max(1) - 1).copied()
}

/// The figures of questions asked in `[from, to)`, as they stand at `now`.
pub fn statistics(rows: &[QuestionRow], from: Timestamp, to: Timestamp, now: Timestamp) -> Statistics {
    let mut all = Gathering::default();
    let mut by_unit: BTreeMap<UnitId, Gathering> = BTreeMap::new();
    let mut by_field: BTreeMap<String, Gathering> = BTreeMap::new();
    let elsewhere = canonical(rows);
    let within: Vec<&QuestionRow> = rows.iter().filter(|row| row.asked_at >= from && row.asked_at < to).collect();
    for row in &within {
        let (due, duplicate) = (row.timing.state(row.state, now), elsewhere.contains_key(&row.id));
        let field = row.field.trim().to_owned();
        for gathering in [&mut all, by_unit.entry(row.responsible).or_default(), by_field.entry(field).or_default()] {
            gathering.add(row, due, duplicate);
        }
    }
    let titles: BTreeMap<QuestionId, &str> = rows.iter().map(|row| (row.id, row.title.as_str())).collect();
    let mut most_asked: Vec<MostAsked> = served(within.iter().copied())
        .into_iter()
        .map(|(question, times)| MostAsked {
            question,
            title: titles.get(&question).copied().unwrap_or_default().to_owned(),
            times: times.saturating_add(1),
        })
        .collect();
    most_asked.sort_by(|a, b| b.times.cmp(&a.times).then_with(|| a.question.cmp(&b.question)));
    most_asked.truncate(MOST_ASKED_MAX);
    Statistics {
        all: all.done(),
        by_unit: by_unit.into_iter().map(|(unit, gathering)| (unit, gathering.done())).collect(),
        by_field: by_field.into_iter().map(|(field, gathering)| (field, gathering.done())).collect(),
        most_asked,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_rank_is_a_value_that_occurred() {
        assert_eq!(nearest_rank(&[], 50), None);
        assert_eq!(nearest_rank(&[7], 90), Some(7));
        assert_eq!(nearest_rank(&[1, 2, 3, 4], 50), Some(2));
        assert_eq!(nearest_rank(&[1, 2, 3, 4, 5, 6, 7, 8, 9, 10], 90), Some(9));
        assert_eq!(nearest_rank(&[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11], 90), Some(10));
    }
}
