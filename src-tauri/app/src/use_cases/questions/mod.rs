//! Questions between offices: asking, answering, sharing, finding, counting. What may be done is decided by [`domain::question`]; an act
//! that would have no effect is refused before it is written.

mod article;
mod citations;
mod figures;
mod files;
mod listing;
mod outdated;
mod sharing;
mod thread_view;
mod units;
mod writing;

use api::error::ApiError;
use domain::id::{PersonId, QuestionEventId, QuestionId, Timestamp, UnitId};
use domain::question::{Entry, Event, Question, Said, Step, Thread, Void, fold};
use sync::DocRef;
use sync::document::question as document;

pub(super) use self::thread_view::named;
pub(super) use self::writing::unmarked;
use super::agenda::limit;
use crate::engine::Core;
use crate::error::not_found;

/// An entry comes at most so long after this device's clock, whatever clocks it follows.
const AHEAD_MS: i64 = 24 * 3_600_000;

/// The time of an entry that is written now, after others: later than theirs, so that it also stands after them.
pub(super) fn after_all(now: Timestamp, others: impl Iterator<Item = Timestamp>) -> Timestamp {
    let seen = others.filter(|at| at.0 < now.0.saturating_add(AHEAD_MS)).max();
    seen.map_or(now, |seen| now.max(seen.plus_ms(1)))
}

/// Why an act was refused.
fn refused(void: Void) -> ApiError {
    let code = match void {
        Void::UnknownAuthor | Void::ForeignUnit | Void::NotAsked | Void::NotTheQuestion => "not_allowed",
        Void::NotResponsible => "question_not_responsible",
        Void::NotTheAsker => "question_not_the_asker",
        Void::NotTheHead => "question_not_the_head",
        Void::NotConcerned => "question_not_concerned",
        Void::NoSuchAnswer => "question_no_such_answer",
        Void::Withdrawn => "question_withdrawn",
        Void::NothingNew => "question_nothing_new",
        Void::BadDeadline => "question_bad_deadline",
        Void::NotPublished => "question_not_published",
        Void::TooMany => "question_too_long",
    };
    ApiError::new(code, format!("{void:?}"))
}

impl Core {
    /// This person and the office that this device acts for.
    pub fn acting(&self) -> Result<(PersonId, UnitId), ApiError> {
        let me = self.replica.me().ok_or_else(|| ApiError::new("not_enrolled", "this device belongs to no organisation yet"))?;
        Ok((me.person, me.unit))
    }

    /// A thread of which this person may see anything.
    pub fn listed_thread(&mut self, id: &QuestionId) -> Result<Thread, ApiError> {
        let (me, _) = self.acting()?;
        let thread = self.thread(id)?.ok_or_else(|| not_found("question"))?;
        if thread.row().is_listed_for(self.offices(), &me) { Ok(thread) } else { Err(not_found("question")) }
    }

    /// The entry that this person would write now, after all that is here, and what would become of it.
    pub fn trial(&mut self, thread: &Thread, event: Event) -> Result<(Said, Option<Void>), ApiError> {
        let (me, unit) = self.acting()?;
        let at = after_all(self.now().wall, thread.steps.iter().map(|step| step.said.entry.at));
        let said = Said::new(&thread.id, me, Entry { unit, at, after: thread.heads(), event });
        let void = self.thread_verdict(&thread.id, &thread.steps, &said);
        Ok((said, void))
    }

    /// What becomes of an entry after those that are here.
    fn thread_verdict(&mut self, id: &QuestionId, steps: &[Step], said: &Said) -> Option<Void> {
        let all: Vec<Said> = steps.iter().map(|step| step.said.clone()).chain([said.clone()]).collect();
        let rules = self.question_rules().clone();
        match fold(id, &all, self.offices(), &rules) {
            Some(folded) => folded.steps.iter().find(|step| step.said.id == said.id).and_then(|step| step.void),
            None => Some(Void::NotAsked),
        }
    }

    /// Begins a thread with a question. Errors as with [`Self::say`].
    fn begin_thread(&mut self, question: Question) -> Result<QuestionId, ApiError> {
        let (me, unit) = self.acting()?;
        let entry = Entry { unit, at: self.now().wall, after: Vec::new(), event: Event::Asked(question) };
        let (id, said) = Said::first(me, entry);
        let void = self.thread_verdict(&id, &[], &said);
        self.write_in_thread(&id, said, void)?;
        Ok(id)
    }

    /// Writes an entry into this person's contribution to a thread.
    ///
    /// # Errors
    /// What its rules refuse, see [`refused`]; out of bounds; the organisation's space has not arrived.
    pub fn say(&mut self, thread: &Thread, event: Event) -> Result<QuestionEventId, ApiError> {
        let (said, void) = self.trial(thread, event)?;
        self.write_in_thread(&thread.id, said, void)
    }

    fn write_in_thread(&mut self, id: &QuestionId, said: Said, void: Option<Void>) -> Result<QuestionEventId, ApiError> {
        let space = self.organisation_space()?;
        said.entry.validate().map_err(|error| limit(&error))?;
        if let Some(void) = void {
            return Err(refused(void));
        }
        let place = DocRef::contribution(space, &said.author, id.as_bytes());
        self.with(|replica, cx| {
            let edit = |tx: &mut automerge::transaction::Transaction<'_>, _: &[signing::SignedAct]| {
                document::append(tx, id, &said).map_err(|error| error.to_string())
            };
            let ((), _, fx) = replica.transact(cx, place, &[], edit)?;
            Ok(((), fx))
        })?;
        self.note_written(&space, *id, said.id)?;
        self.note_looked(id)?;
        Ok(said.id)
    }
}
