//! Tasks: giving them, reporting on them, finding them. What may be done is decided by [`domain::task`]; an act that would have no effect is
//! refused before it is written.

mod listing;
mod of_meetings;
mod row;
mod uses;
mod view;
mod writing;

use api::error::ApiError;
use domain::id::{PersonId, TaskEventId, TaskId};
use domain::question::Offices;
use domain::task::{Assignment, Entry, Event, Said, Step, Task, Void, verdict};
use sync::DocRef;
use sync::document::task as document;

use super::agenda::limit;
use super::questions::after_all;
use crate::engine::Core;
use crate::error::not_found;

/// Why an act was refused.
fn refused(void: Void) -> ApiError {
    let why = format!("{void:?}");
    match void {
        Void::UnknownAuthor | Void::ForeignUnit | Void::NotGiven | Void::NotTheTask => ApiError::new("not_allowed", why),
        Void::NotTheLead => ApiError::new("task_not_the_lead", why),
        Void::NotTheAssigner => ApiError::new("task_not_the_assigner", why),
        Void::NotConcerned => ApiError::new("task_not_concerned", why),
        Void::NotNow => ApiError::new("task_not_now", why),
        Void::NoSuchEntry => ApiError::new("task_no_such_entry", why),
        Void::NothingNew => ApiError::new("task_nothing_new", why),
        Void::BadDeadline => ApiError::new("task_bad_deadline", why),
        Void::TooMany => ApiError::new("task_too_long", why),
    }
}

impl Core {
    /// Is anything of a task shown to this person: it is the own office's business, the person was mentioned, or takes part in the meeting
    /// that decided it.
    pub(super) fn sees_task(&self, task: &Task, offices: &Offices, me: &PersonId) -> bool {
        let of_mine =
            |origin: &domain::task::Origin| self.replica.access(&origin.meeting).is_some_and(|access| access.is_member(me));
        task.concerns(offices, me) || task.assignment.origin.as_ref().is_some_and(of_mine)
    }

    /// A task of which this person may see anything.
    pub fn listed_task(&mut self, id: &TaskId) -> Result<Task, ApiError> {
        let (me, _) = self.acting()?;
        let task = self.task(id)?.ok_or_else(|| not_found("task"))?;
        let offices = self.offices().clone();
        if self.sees_task(&task, &offices, &me) { Ok(task) } else { Err(not_found("task")) }
    }

    /// The entry that this person would write now, after all that is here, and what would become of it.
    fn task_trial(&mut self, task: &Task, event: Event) -> Result<(Said, Option<Void>), ApiError> {
        let (me, unit) = self.acting()?;
        let at = after_all(self.now().wall, task.steps.iter().map(|step| step.said.entry.at));
        let said = Said::new(&task.id, me, Entry { unit, at, after: task.heads(), event });
        let void = self.task_verdict(&task.id, &task.steps, &said);
        Ok((said, void))
    }

    /// What becomes of an entry after those that are here.
    fn task_verdict(&mut self, id: &TaskId, steps: &[Step], said: &Said) -> Option<Void> {
        let all: Vec<Said> = steps.iter().map(|step| step.said.clone()).chain([said.clone()]).collect();
        let rules = self.question_rules().clone();
        verdict(id, &all, &said.id, self.offices(), &rules)
    }

    /// Gives a task. Errors as with [`Self::say_of_task`].
    fn give_task(&mut self, assignment: Assignment) -> Result<TaskId, ApiError> {
        let (me, unit) = self.acting()?;
        let entry = Entry { unit, at: self.now().wall, after: Vec::new(), event: Event::Given(assignment) };
        let (id, said) = Said::first(me, entry);
        let void = self.task_verdict(&id, &[], &said);
        self.write_of_task(&id, said, void)?;
        Ok(id)
    }

    /// Writes an entry among what this person says of a task.
    ///
    /// # Errors
    /// What its rules refuse, see [`refused`]; out of bounds; the organisation's space has not arrived.
    fn say_of_task(&mut self, task: &Task, event: Event) -> Result<TaskEventId, ApiError> {
        let (said, void) = self.task_trial(task, event)?;
        self.write_of_task(&task.id, said, void)
    }

    fn write_of_task(&mut self, id: &TaskId, said: Said, void: Option<Void>) -> Result<TaskEventId, ApiError> {
        let space = self.organisation_space()?;
        said.entry.validate().map_err(|error| limit(&error))?;
        if let Some(void) = void {
            return Err(refused(void));
        }
        let place = DocRef::task(space, &said.author, id.as_bytes());
        self.with(|replica, cx| {
            let edit = |tx: &mut automerge::transaction::Transaction<'_>, _: &[signing::SignedAct]| {
                document::append(tx, id, &said).map_err(|error| error.to_string())
            };
            let ((), _, fx) = replica.transact(cx, place, &[], edit)?;
            Ok(((), fx))
        })?;
        self.note_told(&space, *id, said.id)?;
        self.note_task_looked(id)?;
        Ok(said.id)
    }
}
