//! The state of a thread while it is folded: who might do what next, and what each entry changes.

use std::collections::{BTreeMap, BTreeSet};

use super::entry::{Event, Said, Urgency, question_id};
use super::limits::EXTENSION_DAYS;
use super::office::{Offices, Rules};
use super::thread::{Answer, Note, Publication, Rating, State, Timing, Void};
use crate::id::{PersonId, QuestionEventId, QuestionId, Timestamp, UnitId};

const DAY_MS: i64 = 24 * 3_600_000;

/// What a fold is made under.
#[derive(Clone, Copy)]
pub struct Under<'a> {
    /// The thread.
    pub thread: &'a QuestionId,
    /// Who belongs where.
    pub offices: &'a Offices,
    /// What the organisation decided.
    pub rules: &'a Rules,
}

impl Under<'_> {
    /// Is it the entry that the thread's id is made of: there is only one.
    pub(super) fn asks(&self, said: &Said) -> bool {
        matches!(said.entry.event, Event::Asked(_)) && question_id(&said.author, &said.entry) == *self.thread
    }
}

/// A thread at some point.
#[derive(Debug, Clone, Default)]
pub struct Folding {
    pub(super) asked: Option<Asked>,
    pub(super) received: bool,
    pub(super) answers: Vec<Answer>,
    pub(super) accepted: Option<QuestionEventId>,
    pub(super) rating: Option<Rating>,
    pub(super) published: Option<Publication>,
    pub(super) duplicate_of: Option<QuestionId>,
    pub(super) asked_too: BTreeSet<PersonId>,
    pub(super) followers: BTreeSet<PersonId>,
    pub(super) mentioned: BTreeMap<PersonId, Timestamp>,
    pub(super) withdrawn: bool,
    pub(super) reopened: bool,
}

/// The question and what holds since it was asked. Long texts stay in the entries: a fold is repeated for entries that had not seen
/// everything, and must not copy them each time.
#[derive(Debug, Clone)]
pub(super) struct Asked {
    pub id: QuestionEventId,
    pub urgency: Urgency,
    pub asker: PersonId,
    pub unit: UnitId,
    pub at: Timestamp,
    pub responsible: UnitId,
    pub units: BTreeSet<UnitId>,
    pub timing: Timing,
}

impl Folding {
    /// Might the author say this, having seen exactly what is folded here.
    pub(super) fn judge(&self, under: Under<'_>, said: &Said) -> Result<(), Void> {
        let Under { thread, offices, rules } = under;
        let (author, unit, at) = (&said.author, &said.entry.unit, said.entry.at);
        if !offices.knows(author) {
            return Err(Void::UnknownAuthor);
        }
        check(offices.acts_for(author, unit), Void::ForeignUnit)?;
        let event = &said.entry.event;
        if matches!(event, Event::Asked(_)) {
            return check(under.asks(said), Void::NotTheQuestion);
        }
        let asked = self.asked.as_ref().ok_or(Void::NotAsked)?;
        check(!self.withdrawn || matches!(event, Event::Follow { .. } | Event::Comment { .. }), Void::Withdrawn)?;
        let coordinates = offices.is_coordinator(author);
        let responsible = *unit == asked.responsible;
        let asks = *author == asked.asker || (*unit == asked.unit && rules.is_head(offices, author, unit, at));
        let concerned = self.concerns(offices, author);
        match event {
            Event::Asked(_) => Err(Void::NotTheQuestion),
            Event::Routed { to, .. } => {
                let corrects = asks && self.answers.is_empty();
                check(responsible || coordinates || corrects, Void::NotResponsible)?;
                check(*to != asked.responsible, Void::NothingNew)
            }
            Event::Received => {
                check(responsible, Void::NotResponsible)?;
                check(!self.received, Void::NothingNew)
            }
            Event::Comment { .. } | Event::Follow { .. } => check(concerned, Void::NotConcerned),
            Event::Answer { replaces: None, .. } => check(responsible, Void::NotResponsible),
            Event::Answer { replaces: Some(old), .. } => {
                let old = self.answer(old)?;
                check(old.unit == *unit, Void::NotResponsible)?;
                check(old.replaced_by.is_none(), Void::NoSuchAnswer)
            }
            Event::Approved { answer } | Event::Returned { answer, .. } => {
                let answer = self.answer(answer)?;
                check(answer.unit == *unit && rules.is_head(offices, author, unit, at), Void::NotTheHead)?;
                check(answer.needs_approval && answer.approved.is_none() && answer.replaced_by.is_none(), Void::NoSuchAnswer)
            }
            Event::Accepted { answer } => {
                check(asks, Void::NotTheAsker)?;
                check(self.answer(answer)?.stands(), Void::NoSuchAnswer)?;
                check(self.accepted != Some(*answer), Void::NothingNew)
            }
            Event::Reopened { answer, .. } => {
                check(asks, Void::NotTheAsker)?;
                check(self.answer(answer)?.stands(), Void::NoSuchAnswer)
            }
            Event::Rated { answer, .. } => {
                check(*author == asked.asker, Void::NotTheAsker)?;
                check(self.answer(answer)?.given_at.is_some(), Void::NoSuchAnswer)
            }
            Event::Published { answer, .. } => {
                let answer = self.answer(answer)?;
                let mine = answer.unit == *unit && (!answer.needs_approval || rules.is_head(offices, author, unit, at));
                check(mine || coordinates, Void::NotTheHead)?;
                check(answer.stands(), Void::NoSuchAnswer)
            }
            Event::Unpublished { .. } => {
                let published = self.published.as_ref().ok_or(Void::NotPublished)?;
                let mine = self.answer(&published.answer).is_ok_and(|answer| answer.unit == *unit);
                check(mine || asks || coordinates, Void::NotResponsible)
            }
            Event::DuplicateOf { thread: of } => {
                check(responsible || asks || coordinates, Void::NotResponsible)?;
                check(*of != self.duplicate_of && of.as_ref() != Some(thread), Void::NothingNew)
            }
            Event::AskedToo => {
                check(self.published.is_some(), Void::NotPublished)?;
                check(*author != asked.asker && !self.asked_too.contains(author), Void::NothingNew)
            }
            Event::Extension { until, .. } => {
                check(responsible, Void::NotResponsible)?;
                let farthest = asked.at.plus_ms(EXTENSION_DAYS * DAY_MS);
                check(*until > asked.timing.due && *until <= farthest, Void::BadDeadline)
            }
            Event::Withdrawn { .. } => {
                check(asks, Void::NotTheAsker)?;
                check(self.accepted.is_none(), Void::NothingNew)
            }
            Event::NeedsReview { answer, .. } => {
                check(concerned, Void::NotConcerned)?;
                self.answer(answer).map(drop)
            }
            Event::Reviewed { answer, .. } => check(self.answer(answer)?.unit == *unit || coordinates, Void::NotResponsible),
            Event::Drafted { answer, .. } => {
                check(concerned, Void::NotConcerned)?;
                check(self.answer(answer)?.given_at.is_some(), Void::NoSuchAnswer)
            }
        }
    }

    /// Is the thread this person's business: asked or to be answered by the own office, mentioned in it, shared with everybody, or one
    /// who routes for all.
    pub(super) fn concerns(&self, offices: &Offices, person: &PersonId) -> bool {
        self.asked.as_ref().is_some_and(|asked| {
            self.published.is_some()
                || asked.asker == *person
                || self.mentioned.contains_key(person)
                || offices.is_coordinator(person)
                || offices.units_of(person).any(|unit| unit == asked.unit || asked.units.contains(&unit))
        })
    }

    fn answer(&self, id: &QuestionEventId) -> Result<&Answer, Void> {
        self.answers.iter().find(|answer| answer.id == *id).ok_or(Void::NoSuchAnswer)
    }

    fn answer_mut(&mut self, id: &QuestionEventId) -> Option<&mut Answer> {
        self.answers.iter_mut().find(|answer| answer.id == *id)
    }

    /// Takes in what its author might say. What others did meanwhile may leave it without effect; it never has half of one.
    pub(super) fn apply(&mut self, under: Under<'_>, said: &Said) {
        let Under { offices, rules, .. } = under;
        let (author, unit, at) = (said.author, said.entry.unit, said.entry.at);
        let note = |text: &str| Some(Note { author, at, text: text.to_owned() });
        if let (None, Event::Asked(question)) = (&self.asked, &said.entry.event) {
            let due = rules.due(&question.to, at, question.urgency);
            let timing = Timing { first_due: due, due, reason: None, first_answer_at: None, open_since: at, answered_at: None };
            let (responsible, units) = (question.to, BTreeSet::from([question.to]));
            self.asked =
                Some(Asked { id: said.id, urgency: question.urgency, asker: author, unit, at, responsible, units, timing });
            self.followers.insert(author);
            return;
        }
        let Some(asked) = self.asked.as_mut() else { return };
        match &said.entry.event {
            Event::Asked(_) => {}
            Event::Routed { to, .. } => {
                asked.responsible = *to;
                asked.units.insert(*to);
                self.received = false;
            }
            Event::Received => self.received = true,
            Event::Comment { mentions, .. } => {
                for person in mentions {
                    self.mentioned.entry(*person).or_insert(at);
                }
            }
            Event::Answer { replaces, .. } => {
                let needs_approval = rules.needs_approval(&unit, at) && !rules.is_head(offices, &author, &unit, at);
                self.answers.push(Answer {
                    id: said.id,
                    author,
                    unit,
                    at,
                    text: String::new(),
                    citations: Vec::new(),
                    attachments: Vec::new(),
                    replaces: *replaces,
                    needs_approval,
                    approved: None,
                    returned: None,
                    reopened: None,
                    replaced_by: None,
                    needs_review: None,
                    reviewed: None,
                    drafts: Vec::new(),
                    given_at: None,
                });
                match (needs_approval, replaces) {
                    (false, _) => self.give(said.id, at),
                    (true, Some(old)) => self.replace_if_waiting(old, said.id),
                    (true, None) => {}
                }
            }
            Event::Approved { answer } => {
                let waits = self.answer(answer).is_ok_and(|answer| answer.approved.is_none());
                if let Some(answer) = self.answer_mut(answer).filter(|_| waits) {
                    answer.approved = note("");
                    answer.returned = None;
                    let id = answer.id;
                    self.give(id, at);
                }
            }
            Event::Returned { answer, note: text } => {
                // Approved at the same time by another head: others may act on it already, so the approval stands.
                if let Some(answer) = self.answer_mut(answer).filter(|answer| answer.approved.is_none()) {
                    answer.returned = note(text);
                }
            }
            Event::Accepted { answer } => {
                if self.answer(answer).is_ok_and(Answer::stands) {
                    self.accepted = Some(*answer);
                }
            }
            Event::Reopened { answer, note: text } => self.reopen(rules, answer, note(text), at),
            Event::Rated { answer, stars, note } => {
                self.rating = Some(Rating { answer: *answer, stars: *stars, note: note.clone() });
            }
            Event::Published { answer, confirmed, .. } => {
                let (title, text, answer_text) = (String::new(), String::new(), String::new());
                let (entry, answer, confirmed) = (said.id, *answer, *confirmed);
                self.published = Some(Publication { entry, author, at, answer, title, text, answer_text, confirmed });
            }
            Event::Unpublished { .. } => self.published = None,
            Event::DuplicateOf { thread } => self.duplicate_of = *thread,
            Event::AskedToo => {
                self.asked_too.insert(author);
            }
            Event::Extension { until, reason } => {
                // Of two that were given at the same time the longer holds.
                if *until > asked.timing.due {
                    asked.timing.due = *until;
                    asked.timing.reason = Some(reason.clone());
                }
            }
            Event::Follow { on: true } => {
                self.followers.insert(author);
            }
            Event::Follow { on: false } => {
                self.followers.remove(&author);
            }
            Event::Withdrawn { .. } => self.withdrawn = true,
            Event::NeedsReview { answer, reason } => {
                if let Some(answer) = self.answer_mut(answer) {
                    answer.needs_review = note(reason);
                }
            }
            Event::Reviewed { answer, note: text } => {
                if let Some(answer) = self.answer_mut(answer) {
                    answer.reviewed = note(text);
                    answer.needs_review = None;
                }
            }
            Event::Drafted { answer, draft } => {
                if let Some(answer) = self.answer_mut(answer).filter(|answer| !answer.drafts.contains(draft)) {
                    answer.drafts.push(*draft);
                }
            }
        }
    }

    /// An answer reaches the asker.
    fn give(&mut self, id: QuestionEventId, at: Timestamp) {
        let Some(answer) = self.answer_mut(&id) else { return };
        answer.given_at = Some(at);
        if let Some(old) = answer.replaces {
            if let Some(old) = self.answer_mut(&old) {
                old.replaced_by = Some(id);
            }
            if self.accepted == Some(old) {
                // The asker agreed to other words.
                self.accepted = None;
            }
        }
        self.reopened = false;
        if let Some(asked) = self.asked.as_mut() {
            asked.timing.first_answer_at.get_or_insert(at);
            asked.timing.answered_at.get_or_insert(at);
        }
    }

    /// A new wording of what the head sent back takes its place at once; a given answer stays until the new one is approved.
    fn replace_if_waiting(&mut self, old: &QuestionEventId, by: QuestionEventId) {
        if let Some(old) = self.answer_mut(old).filter(|old| old.given_at.is_none()) {
            old.replaced_by = Some(by);
        }
    }

    fn reopen(&mut self, rules: &Rules, answer: &QuestionEventId, note: Option<Note>, at: Timestamp) {
        let Some(reopened) = self.answer_mut(answer).filter(|answer| answer.stands()) else { return };
        reopened.reopened = note;
        if self.accepted == Some(*answer) {
            self.accepted = None;
        }
        let answered = self.answers.iter().any(Answer::stands);
        self.reopened = !answered;
        if let Some(asked) = self.asked.as_mut().filter(|_| !answered) {
            let due = rules.due(&asked.responsible, at, asked.urgency);
            let first_answer_at = asked.timing.first_answer_at;
            asked.timing = Timing { first_due: due, due, reason: None, first_answer_at, open_since: at, answered_at: None };
        }
    }

    /// Where the thread stands.
    pub(super) fn state(&self) -> State {
        let waits = |answer: &&Answer| answer.given_at.is_none() && answer.replaced_by.is_none();
        if self.accepted.is_some() {
            State::Accepted
        } else if self.withdrawn {
            State::Withdrawn
        } else if self.duplicate_of.is_some() {
            State::Duplicate
        } else if self.answers.iter().any(Answer::stands) {
            State::Answered
        } else if self.answers.iter().filter(waits).any(|answer| answer.returned.is_none()) {
            State::AwaitingApproval
        } else if self.answers.iter().filter(waits).count() > 0 {
            State::Returned
        } else if self.reopened {
            State::Reopened
        } else if self.received {
            State::Received
        } else {
            State::Asked
        }
    }
}

fn check(holds: bool, otherwise: Void) -> Result<(), Void> {
    if holds { Ok(()) } else { Err(otherwise) }
}
