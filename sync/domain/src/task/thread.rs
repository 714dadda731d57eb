//! A task as it stands: what the fold makes of all entries.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::entry::{Assignment, Said};
use super::state::{DueState, State, Void};
use crate::causal::heads;
use crate::id::{PersonId, TaskEventId, TaskId, Timestamp, UnitId};
use crate::question::Offices;
use crate::question::limits::AFTER;

const DAY_MS: i64 = 24 * 3_600_000;
/// "Soon" is this long before a deadline.
const SOON_MS: i64 = 3 * DAY_MS;

/// A report that a task is done, which the assigner has not judged yet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    /// Its entry.
    pub id: TaskEventId,
    /// Who.
    pub author: PersonId,
    /// When.
    pub at: Timestamp,
}

/// The assigner's agreement that a task is done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Confirmation {
    /// Who.
    pub author: PersonId,
    /// When.
    pub at: Timestamp,
    /// When the lead reported what was agreed to: that, not the agreement, was in time or late.
    pub reported_at: Timestamp,
}

/// Why a task is late.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reason {
    /// Who says so.
    pub author: PersonId,
    /// When.
    pub at: Timestamp,
    /// Why.
    pub text: String,
}

/// A later deadline that was asked for and not decided.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Request {
    /// Its entry.
    pub id: TaskEventId,
    /// Who.
    pub author: PersonId,
    /// When.
    pub at: Timestamp,
    /// The deadline asked for.
    pub until: Timestamp,
    /// Why.
    pub reason: String,
}

/// One entry in the order of the task's course, with the verdict on it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    /// The entry.
    pub said: Said,
    /// Why it has no effect; `None`: it has.
    pub void: Option<Void>,
}

/// A task.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Task {
    /// Its id.
    pub id: TaskId,
    /// What is to be done, by whom.
    pub assignment: Assignment,
    /// Who gave it.
    pub assigner: PersonId,
    /// For which office.
    pub assigner_unit: UnitId,
    /// When.
    pub given_at: Timestamp,
    /// Where it stands.
    pub state: State,
    /// How much of it is done, as the lead says; 100 once it is reported as done.
    pub percent: u8,
    /// The deadline as it was given.
    pub first_due: Timestamp,
    /// The deadline that holds.
    pub due: Timestamp,
    /// When the lead took it up.
    pub accepted_at: Option<Timestamp>,
    /// The report that waits for the assigner.
    pub report: Option<Report>,
    /// The assigner's agreement.
    pub confirmed: Option<Confirmation>,
    /// When it was ended without a result.
    pub closed_at: Option<Timestamp>,
    /// Why it is late against the deadline that holds.
    pub reason: Option<Reason>,
    /// A later deadline that was asked for.
    pub request: Option<Request>,
    /// People who were mentioned.
    pub mentioned: BTreeSet<PersonId>,
    /// Comments.
    pub comments: u32,
    /// When somebody last said something that counts.
    pub last_at: Timestamp,
    /// Who.
    pub last_by: PersonId,
    /// All entries in order, those without effect too.
    pub steps: Vec<Step>,
}

impl Task {
    /// The task without its course: what lists need.
    pub fn head(&self) -> Self {
        Self { steps: Vec::new(), ..self.clone() }
    }

    /// The entries that a next one names as seen.
    pub fn heads(&self) -> Vec<TaskEventId> {
        heads(self.steps.iter().map(|step| &step.said), AFTER)
    }

    /// How it stands against its deadline at a time.
    pub fn due_state(&self, now: Timestamp) -> DueState {
        match (self.state, &self.confirmed) {
            (State::Closed, _) => DueState::Closed,
            (_, Some(confirmed)) if confirmed.reported_at > self.due => DueState::DoneLate,
            (_, Some(_)) => DueState::DoneInTime,
            _ if now > self.due && self.why_late().is_some() => DueState::Explained,
            _ if now > self.due => DueState::Overdue,
            _ if now.plus_ms(SOON_MS) > self.due => DueState::Soon,
            _ => DueState::InTime,
        }
    }

    /// Days past the deadline at a time, begun ones counted; 0 if it is not overdue.
    pub fn overdue_days(&self, now: Timestamp) -> u32 {
        if !self.due_state(now).is_overdue() {
            return 0;
        }
        let late_ms = now.0.saturating_sub(self.due.0);
        u32::try_from(late_ms.saturating_add(DAY_MS - 1) / DAY_MS).unwrap_or(u32::MAX)
    }

    /// Why it is late, as the lead says: stated for that, or with a request for a later deadline that waits.
    pub fn why_late(&self) -> Option<&str> {
        let stated = self.reason.as_ref().map(|reason| reason.text.as_str());
        stated.or_else(|| self.request.as_ref().map(|request| request.reason.as_str()))
    }

    /// Is the task this person's business: given or to be done by the own office, mentioned in it, or one who routes for all.
    pub fn concerns(&self, offices: &Offices, person: &PersonId) -> bool {
        let given = &self.assignment;
        self.assigner == *person
            || given.stewards.contains(person)
            || given.lead.person == Some(*person)
            || self.mentioned.contains(person)
            || offices.is_coordinator(person)
            || offices
                .units_of(person)
                .any(|unit| unit == self.assigner_unit || unit == given.lead.unit || given.supporting.contains(&unit))
    }
}
