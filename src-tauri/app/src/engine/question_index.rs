//! Threads in the library, and who is told when one changes.

use std::collections::BTreeSet;

use api::error::ApiError;
use api::push::{Push, Tag};
use domain::id::QuestionId;
use domain::question::{State, Thread};
use store::library::entry::{Entry, Section, Validity};

use super::Core;
use crate::error::AtBoundary;

/// Threads that are put into the library at a time.
const AT_A_TIME: usize = 64;

/// The name of a thread in the library.
pub(crate) fn entry_id(question: &QuestionId) -> String {
    format!("question:{question}")
}

impl Core {
    /// Tells the windows that threads have changed.
    pub(super) fn tell_questions(&self, threads: &BTreeSet<QuestionId>) {
        let tags = threads.iter().map(|id| Tag::Question(*id)).chain([Tag::Questions]);
        self.push(Push::Changed { tags: tags.collect() });
    }

    /// Puts into the library what this person may find of some threads, and takes out what not. What the writer has no room for now waits
    /// for the next time.
    pub(super) fn index_questions(&mut self, threads: &BTreeSet<QuestionId>) {
        self.questions.unindexed.extend(threads.iter().copied());
        while !self.questions.unindexed.is_empty() {
            let batch: Vec<QuestionId> = self.questions.unindexed.iter().take(AT_A_TIME).copied().collect();
            let (mut put, mut gone) = (Vec::new(), Vec::new());
            for id in &batch {
                match self.entry_of(id) {
                    Some(entry) => put.push(entry),
                    None => gone.push(entry_id(id)),
                }
            }
            let room = self.library.change_soon(move |library| {
                let changed = library.change(|change| {
                    change.remove_entries(&gone)?;
                    change.put_entries(&put)
                });
                if let Err(error) = changed {
                    tracing::warn!(%error, "questions could not be put into the library");
                }
            });
            if !room {
                return;
            }
            for id in &batch {
                self.questions.unindexed.remove(id);
            }
        }
    }

    /// A library that was made anew gets all threads again.
    pub(super) fn index_all_if_none(&mut self) {
        let empty = self.library.read_here(|reader| {
            let request = store::library::Request { sections: vec![Section::Question], ..Default::default() };
            let counts = reader.search(&request).map(|answer| answer.counts.sections.get(&Section::Question).copied());
            Ok(counts.unwrap_or_default().unwrap_or(0) == 0)
        });
        if empty.unwrap_or(false) {
            let all: BTreeSet<QuestionId> = self.question_rows().keys().copied().collect();
            self.index_questions(&all);
        }
    }

    /// Threads with an answer that cites something come into the library anew when the handbook has become another: their answers may have to
    /// be looked at again now.
    pub(super) fn index_citing_again(&mut self) -> Result<(), ApiError> {
        let packages = self.library.read_here(|reader| reader.packages().at_boundary())?;
        let mut hasher = blake3::Hasher::new();
        for package in &packages {
            hasher.update(package.id.as_bytes()).update(&[0]).update(package.content.as_bytes());
        }
        let handbook = *hasher.finalize().as_bytes();
        if self.questions.handbook == Some(handbook) {
            return Ok(());
        }
        let rows = self.question_rows().values();
        let citing: BTreeSet<QuestionId> =
            rows.filter(|listed| !listed.row.cites.is_empty()).map(|listed| listed.row.id).collect();
        self.index_questions(&citing);
        self.note_handbook(handbook)
    }

    /// A thread as it is found. Its validity says whether it helps: one without an answer is not in force yet, one whose answer has to be
    /// looked at again is out of force from that day on.
    fn entry_of(&mut self, id: &QuestionId) -> Option<Entry> {
        let (me, _) = self.acting().ok()?;
        let thread = self.thread(id).ok().flatten()?;
        let row = thread.row();
        let (title, body) = if row.concerns(self.offices(), &me) {
            let answer = thread.best_answer().map(|answer| answer.text.as_str()).unwrap_or_default();
            (thread.question.title.clone(), paragraphs(&thread.question.text, answer))
        } else {
            let shared = thread.published.as_ref()?;
            (shared.title.clone(), paragraphs(&shared.text, &shared.answer_text))
        };
        let due = self.review_due(&thread).unwrap_or_else(|error| {
            tracing::warn!(%error, "what an answer cites could not be looked up");
            None
        });
        let helps = thread.best_answer().is_some() || thread.state == State::Duplicate;
        Some(Entry {
            id: entry_id(id),
            section: Section::Question,
            source: String::new(),
            number: None,
            title,
            path: self.unit_name(&thread.asker_unit),
            body,
            agency: self.unit_name(&answering(&thread)),
            field: row.field,
            level: String::new(),
            from: None,
            to: due,
            validity: if helps { Validity::InForce } else { Validity::NotYet },
        })
    }
}

fn answering(thread: &Thread) -> domain::id::UnitId {
    thread.best_answer().map_or(thread.responsible, |answer| answer.unit)
}

fn paragraphs(question: &str, answer: &str) -> String {
    [question, answer].into_iter().filter(|text| !text.is_empty()).collect::<Vec<_>>().join("\n\n")
}
