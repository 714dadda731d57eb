//! From the set of all entries to the thread: an order that respects what each author had seen, a verdict on each entry, and the state
//! that the valid ones leave.

use super::entry::{Event, Said};
use super::limits::{ENTRIES_OF_A_PERSON, ENTRIES_OF_A_THREAD};
use super::office::{Offices, Rules};
use super::state::{Folding, Under};
use super::thread::{Step, Thread, Void};
use crate::causal::{Entered, Room, Rulebook, weigh};
use crate::id::{PersonId, QuestionEventId, QuestionId, Timestamp};

const ROOM: Room = Room { of_an_author: ENTRIES_OF_A_PERSON, in_all: ENTRIES_OF_A_THREAD };

impl Entered for Said {
    type Id = QuestionEventId;

    fn id(&self) -> QuestionEventId {
        self.id
    }

    fn author(&self) -> PersonId {
        self.author
    }

    fn at(&self) -> Timestamp {
        self.entry.at
    }

    fn after(&self) -> &[QuestionEventId] {
        &self.entry.after
    }
}

impl Rulebook<Said> for Under<'_> {
    type State = Folding;
    type Void = Void;

    fn judge(&self, then: &Folding, said: &Said) -> Result<(), Void> {
        then.judge(*self, said)
    }

    fn apply(&self, state: &mut Folding, said: &Said) {
        state.apply(*self, said);
    }

    fn begins(&self, said: &Said) -> bool {
        self.asks(said)
    }

    /// That a thread is shared makes it everybody's business to read, and leaves the room to those who work on it.
    fn concerns(&self, first: &Said, person: &PersonId) -> bool {
        let Event::Asked(question) = &first.entry.event else { return false };
        first.author == *person
            || self.offices.is_coordinator(person)
            || self.offices.acts_for(person, &first.entry.unit)
            || self.offices.acts_for(person, &question.to)
    }

    fn draws_in(&self, said: &Said, person: &PersonId) -> bool {
        match &said.entry.event {
            Event::Comment { mentions, .. } => mentions.contains(person),
            Event::Routed { to, .. } => self.offices.acts_for(person, to),
            _ => false,
        }
    }
}

/// Folds the entries of a thread, in whatever order they are given. `None` while the question itself has not come, or was never asked.
pub fn fold(thread: &QuestionId, said: &[Said], offices: &Offices, rules: &Rules) -> Option<Thread> {
    let under = Under { thread, offices, rules };
    let (now, steps) = weigh(&under, said, ROOM, Void::TooMany);
    thread_of(*thread, now, steps.into_iter().map(|(said, void)| Step { said: said.clone(), void }).collect())
}

/// Puts the long texts back that were left in the entries.
fn thread_of(id: QuestionId, folding: Folding, steps: Vec<Step>) -> Option<Thread> {
    let state = folding.state();
    let asked = folding.asked?;
    let event = |id: &QuestionEventId| steps.iter().find(|step| step.said.id == *id).map(|step| &step.said.entry.event);
    let Some(Event::Asked(question)) = event(&asked.id) else { return None };
    let mut answers = folding.answers;
    for answer in &mut answers {
        if let Some(Event::Answer { text, citations, attachments, .. }) = event(&answer.id) {
            answer.text.clone_from(text);
            answer.citations.clone_from(citations);
            answer.attachments.clone_from(attachments);
        }
    }
    let mut published = folding.published;
    if let Some(publication) = &mut published
        && let Some(Event::Published { title, text, answer_text, .. }) = event(&publication.entry)
    {
        publication.title.clone_from(title);
        publication.text.clone_from(text);
        publication.answer_text.clone_from(answer_text);
    }
    Some(Thread {
        id,
        question: question.clone(),
        asker: asked.asker,
        asker_unit: asked.unit,
        asked_at: asked.at,
        responsible: asked.responsible,
        units: asked.units,
        state,
        timing: asked.timing,
        answers,
        accepted: folding.accepted,
        rating: folding.rating,
        published,
        duplicate_of: folding.duplicate_of,
        asked_too: folding.asked_too,
        followers: folding.followers,
        mentioned: folding.mentioned,
        steps,
    })
}
