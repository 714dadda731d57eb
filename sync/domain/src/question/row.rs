//! What lists show of a thread, who may read it, and which lists it belongs to.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::entry::{Event, Urgency};
use super::office::Offices;
use super::thread::{State, Thread, Timing};
use crate::id::{PersonId, QuestionId, Timestamp, UnitId};

/// How many canonical threads are followed one after the other: "answered in B", which was "answered in C" …
const DUPLICATES_FOLLOWED: usize = 16;

/// A thread as lists and figures need it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct QuestionRow {
    /// The thread.
    pub id: QuestionId,
    /// Its title.
    pub title: String,
    /// Field of work; may be empty.
    pub field: String,
    /// The handbook's id of the procedure.
    pub procedure: Option<String>,
    /// How soon an answer is needed.
    pub urgency: Urgency,
    /// Who asks.
    pub asker: PersonId,
    /// For which office.
    pub asker_unit: UnitId,
    /// The office that is to answer.
    pub responsible: UnitId,
    /// All offices that were to answer.
    pub units: BTreeSet<UnitId>,
    /// Where it stands.
    pub state: State,
    /// Deadlines.
    pub timing: Timing,
    /// When it was asked.
    pub asked_at: Timestamp,
    /// When somebody last said something that counts.
    pub last_at: Timestamp,
    /// Answers that stand.
    pub answers: u32,
    /// Comments.
    pub comments: u32,
    /// Is shared with everybody, under this title.
    pub published: Option<String>,
    /// The asker's mark, 1 to 5.
    pub stars: Option<u8>,
    /// The thread that counts instead.
    pub duplicate_of: Option<QuestionId>,
    /// People with the same question.
    pub asked_too: u32,
    /// Files.
    pub attachments: u32,
    /// A person said that the standing answer may be out of date.
    pub needs_review: bool,
    /// The handbook articles that the standing answer cites, as in [`super::Answer::relied_on`].
    pub cites: BTreeMap<String, u64>,
    /// When somebody last wrote or looked at the standing answer.
    pub looked_at: Timestamp,
    /// People who want to be told.
    pub followers: BTreeSet<PersonId>,
    /// People who were mentioned.
    pub mentioned: BTreeSet<PersonId>,
    /// Entries without effect.
    pub void: u32,
}

impl Thread {
    /// What lists show of it.
    pub fn row(&self) -> QuestionRow {
        let valid = || self.steps.iter().filter(|step| step.void.is_none());
        let best = self.best_answer();
        QuestionRow {
            id: self.id,
            title: self.question.title.clone(),
            field: self.question.field.clone(),
            procedure: self.question.procedure.clone(),
            urgency: self.question.urgency,
            asker: self.asker,
            asker_unit: self.asker_unit,
            responsible: self.responsible,
            units: self.units.clone(),
            state: self.state,
            timing: self.timing.clone(),
            asked_at: self.asked_at,
            last_at: valid().map(|step| step.said.entry.at).max().unwrap_or(self.asked_at),
            answers: count(self.answers.iter().filter(|answer| answer.stands()).count()),
            comments: count(valid().filter(|step| matches!(step.said.entry.event, Event::Comment { .. })).count()),
            published: self.published.as_ref().map(|publication| publication.title.clone()),
            stars: self.rating.as_ref().map(|rating| rating.stars),
            duplicate_of: self.duplicate_of,
            asked_too: count(self.asked_too.len()),
            attachments: count(self.attachments().count()),
            needs_review: best.is_some_and(|answer| answer.needs_review.is_some()),
            cites: best
                .iter()
                .flat_map(|answer| answer.relied_on())
                .map(|(article, version)| (article.to_owned(), version))
                .collect(),
            looked_at: best.map_or(self.asked_at, super::thread::Answer::looked_at),
            followers: self.followers.clone(),
            mentioned: self.mentioned.keys().copied().collect(),
            void: count(self.steps.iter().filter(|step| step.void.is_some()).count()),
        }
    }
}

fn count(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

impl QuestionRow {
    /// Is the whole thread shown to this person: it is the own office's business, the person was mentioned, or routes for all.
    pub fn concerns(&self, offices: &Offices, person: &PersonId) -> bool {
        self.asker == *person
            || self.mentioned.contains(person)
            || offices.is_coordinator(person)
            || offices.units_of(person).any(|unit| unit == self.asker_unit || self.units.contains(&unit))
    }

    /// Is anything of it shown to this person: what concerns the person, and the shared words of what is published.
    pub fn is_listed_for(&self, offices: &Offices, person: &PersonId) -> bool {
        self.published.is_some() || self.concerns(offices, person)
    }
}

/// The thread that counts for each one that was answered elsewhere; of threads that name each other in a circle none counts instead of
/// another, and one that is not here counts as named.
pub fn canonical<'a>(rows: impl IntoIterator<Item = &'a QuestionRow>) -> BTreeMap<QuestionId, QuestionId> {
    let named: BTreeMap<QuestionId, QuestionId> =
        rows.into_iter().filter_map(|row| row.duplicate_of.map(|of| (row.id, of))).collect();
    let follow = |from: &QuestionId| {
        let mut at = *from;
        for _ in 0..DUPLICATES_FOLLOWED {
            match named.get(&at) {
                Some(next) if next == from => return None,
                Some(next) => at = *next,
                None => return Some(at),
            }
        }
        None
    };
    named.keys().filter_map(|from| follow(from).map(|to| (*from, to))).collect()
}

/// How many people were or would be served by each thread: those that were answered there, and those who said so.
pub fn served<'a>(rows: impl IntoIterator<Item = &'a QuestionRow> + Clone) -> BTreeMap<QuestionId, u32> {
    let mut served: BTreeMap<QuestionId, u32> = BTreeMap::new();
    let canonical = canonical(rows.clone());
    for row in rows {
        let to = canonical.get(&row.id).unwrap_or(&row.id);
        let more = row.asked_too.saturating_add(u32::from(canonical.contains_key(&row.id)));
        let count = served.entry(*to).or_default();
        *count = count.saturating_add(more);
    }
    served.retain(|_, count| *count > 0);
    served
}
