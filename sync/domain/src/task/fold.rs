//! From the set of all entries to the task: who might say what, and what each entry changes.

use std::collections::{BTreeMap, BTreeSet};

use super::entry::{Assignment, Event, Said, task_id};
use super::limits::{DUE_DAYS_MAX, ENTRIES_OF_A_PERSON, ENTRIES_OF_A_TASK, PERCENT_MAX};
use super::state::{State, Void};
use super::thread::{Confirmation, Reason, Report, Request, Step, Task};
use crate::causal::{Entered, Room, Rulebook, weigh};
use crate::id::{PersonId, TaskEventId, TaskId, Timestamp, UnitId};
use crate::question::{Offices, Rules};

const DAY_MS: i64 = 24 * 3_600_000;
const ROOM: Room = Room { of_an_author: ENTRIES_OF_A_PERSON, in_all: ENTRIES_OF_A_TASK };

impl Entered for Said {
    type Id = TaskEventId;

    fn id(&self) -> TaskEventId {
        self.id
    }

    fn author(&self) -> PersonId {
        self.author
    }

    fn at(&self) -> Timestamp {
        self.entry.at
    }

    fn after(&self) -> &[TaskEventId] {
        &self.entry.after
    }
}

/// What a task is folded under.
struct Under<'a> {
    task: &'a TaskId,
    offices: &'a Offices,
    rules: &'a Rules,
}

/// A task at some point.
#[derive(Default)]
struct Folding {
    given: Option<Given>,
    accepted_at: Option<Timestamp>,
    percent: u8,
    progressed: bool,
    report: Option<Report>,
    reports: BTreeMap<TaskEventId, Timestamp>,
    returned: bool,
    confirmed: Option<Confirmation>,
    closed_at: Option<Timestamp>,
    reason: Option<Reason>,
    request: Option<Request>,
    mentioned: BTreeSet<PersonId>,
}

/// What holds since it was given. Long texts stay in the entries.
struct Given {
    id: TaskEventId,
    assigner: PersonId,
    unit: UnitId,
    at: Timestamp,
    lead: super::entry::Lead,
    supporting: BTreeSet<UnitId>,
    stewards: BTreeSet<PersonId>,
    first_due: Timestamp,
    due: Timestamp,
}

impl Given {
    fn new(said: &Said, assignment: &Assignment) -> Self {
        Self {
            id: said.id,
            assigner: said.author,
            unit: said.entry.unit,
            at: said.entry.at,
            lead: assignment.lead,
            supporting: assignment.supporting.iter().copied().collect(),
            stewards: assignment.stewards.iter().copied().collect(),
            first_due: assignment.due,
            due: assignment.due,
        }
    }

    fn may_be_due(&self, until: Timestamp) -> bool {
        until > self.due && until <= self.at.plus_ms(DUE_DAYS_MAX * DAY_MS)
    }
}

/// Folds the entries of a task, in whatever order they are given. `None` while the task itself has not come, or was never given.
pub fn fold(task: &TaskId, said: &[Said], offices: &Offices, rules: &Rules) -> Option<Task> {
    let (now, steps) = weigh(&Under { task, offices, rules }, said, ROOM, Void::TooMany);
    task_of(*task, now, steps.into_iter().map(|(said, void)| Step { said: said.clone(), void }).collect())
}

/// The verdict on one of the entries: why it has no effect. `None`: it has, or is not among them.
pub fn verdict(task: &TaskId, said: &[Said], id: &TaskEventId, offices: &Offices, rules: &Rules) -> Option<Void> {
    let (_, steps) = weigh(&Under { task, offices, rules }, said, ROOM, Void::TooMany);
    steps.into_iter().find(|(said, _)| said.id == *id).and_then(|(_, void)| void)
}

impl Under<'_> {
    /// Who leads: whoever acts for the unit; where a person is named, that person and the unit's heads.
    fn leads(&self, given: &Given, said: &Said) -> bool {
        let (author, unit) = (&said.author, &said.entry.unit);
        let named = given.lead.person.is_none_or(|person| person == *author);
        *unit == given.lead.unit && (named || self.rules.is_head(self.offices, author, unit, said.entry.at))
    }

    /// Who acts as the assigner: the assigner, whom the assigner named, the heads of the assigner's unit.
    fn assigns(&self, given: &Given, said: &Said) -> bool {
        let (author, unit) = (&said.author, &said.entry.unit);
        let named = *author == given.assigner || given.stewards.contains(author);
        named || (*unit == given.unit && self.rules.is_head(self.offices, author, unit, said.entry.at))
    }

    /// Is it the entry that the task's id is made of: there is only one.
    fn gives(&self, said: &Said) -> bool {
        matches!(said.entry.event, Event::Given(_)) && task_id(&said.author, &said.entry) == *self.task
    }

    fn may_give(&self, said: &Said, assignment: &Assignment) -> Result<(), Void> {
        check(self.gives(said), Void::NotTheTask)?;
        let (at, due) = (said.entry.at, assignment.due);
        check(due > at && due <= at.plus_ms(DUE_DAYS_MAX * DAY_MS), Void::BadDeadline)
    }
}

impl Rulebook<Said> for Under<'_> {
    type State = Folding;
    type Void = Void;

    fn judge(&self, then: &Folding, said: &Said) -> Result<(), Void> {
        check(self.offices.knows(&said.author), Void::UnknownAuthor)?;
        check(self.offices.acts_for(&said.author, &said.entry.unit), Void::ForeignUnit)?;
        let event = &said.entry.event;
        if let Event::Given(assignment) = event {
            return self.may_give(said, assignment);
        }
        let given = then.given.as_ref().ok_or(Void::NotGiven)?;
        check(then.is_open() || matches!(event, Event::Comment { .. }), Void::NotNow)?;
        let (leads, assigns) = (self.leads(given, said), self.assigns(given, said));
        let named = |known: Option<TaskEventId>, id: &TaskEventId| check(known == Some(*id), Void::NoSuchEntry);
        match event {
            Event::Given(_) => Err(Void::NotTheTask),
            Event::Accepted => {
                check(leads, Void::NotTheLead)?;
                check(then.accepted_at.is_none(), Void::NothingNew)
            }
            Event::Progress { .. } => {
                check(leads || given.supporting.contains(&said.entry.unit), Void::NotTheLead)?;
                check(then.report.is_none(), Void::NotNow)
            }
            Event::ReportedDone { .. } => {
                check(leads, Void::NotTheLead)?;
                check(then.report.is_none(), Void::NothingNew)
            }
            Event::Confirmed { report, .. } | Event::Returned { report, .. } => {
                check(assigns, Void::NotTheAssigner)?;
                named(then.report.as_ref().map(|report| report.id), report)
            }
            Event::ExtensionAsked { until, .. } => {
                check(leads, Void::NotTheLead)?;
                check(then.report.is_none(), Void::NotNow)?;
                check(given.may_be_due(*until), Void::BadDeadline)
            }
            Event::Extended { until, .. } => {
                check(assigns, Void::NotTheAssigner)?;
                check(given.may_be_due(*until), Void::BadDeadline)
            }
            Event::ExtensionRefused { request, .. } => {
                check(assigns, Void::NotTheAssigner)?;
                named(then.request.as_ref().map(|request| request.id), request)
            }
            Event::Explained { .. } => check(leads, Void::NotTheLead),
            Event::Urged { .. } => check(assigns || self.offices.is_coordinator(&said.author), Void::NotTheAssigner),
            Event::Closed { .. } => check(assigns, Void::NotTheAssigner),
            Event::Comment { .. } => {
                let concerned = then.mentioned.contains(&said.author) || self.concerned(given, &said.author);
                check(concerned, Void::NotConcerned)
            }
        }
    }

    /// What others did meanwhile may leave it without effect; it never has half of one.
    fn apply(&self, state: &mut Folding, said: &Said) {
        let (author, at) = (said.author, said.entry.at);
        if let (None, Event::Given(assignment)) = (&state.given, &said.entry.event) {
            state.given = Some(Given::new(said, assignment));
            return;
        }
        let Some(given) = state.given.as_mut() else { return };
        match &said.entry.event {
            Event::Given(_) | Event::Urged { .. } => {}
            Event::Accepted => {
                state.accepted_at.get_or_insert(at);
            }
            Event::Progress { percent, .. } => {
                if self.leads(given, said) {
                    state.accepted_at.get_or_insert(at);
                    (state.percent, state.progressed, state.returned) = (*percent, true, false);
                }
            }
            Event::ReportedDone { .. } => {
                state.accepted_at.get_or_insert(at);
                state.reports.insert(said.id, at);
                state.report.get_or_insert(Report { id: said.id, author, at });
            }
            Event::Confirmed { report, .. } => {
                // Returned at the same time by another of those who may: others may act on the agreement already, so it stands.
                let reported_at = state.reports.get(report).copied().unwrap_or(at);
                state.confirmed.get_or_insert(Confirmation { author, at, reported_at });
            }
            Event::Returned { report, .. } => {
                if state.report.as_ref().is_some_and(|known| known.id == *report) {
                    (state.report, state.returned) = (None, true);
                }
            }
            Event::ExtensionAsked { until, reason } => {
                if *until > given.due {
                    state.request = Some(Request { id: said.id, author, at, until: *until, reason: reason.clone() });
                }
            }
            Event::Extended { until, .. } => {
                // Of two that were set at the same time the later holds.
                if *until > given.due {
                    given.due = *until;
                    (state.request, state.reason) = (None, None);
                }
            }
            Event::ExtensionRefused { request, .. } => {
                if state.request.as_ref().is_some_and(|known| known.id == *request) {
                    state.request = None;
                }
            }
            Event::Explained { reason } => state.reason = Some(Reason { author, at, text: reason.clone() }),
            Event::Comment { mentions, .. } => state.mentioned.extend(mentions),
            Event::Closed { .. } => {
                state.closed_at.get_or_insert(at);
            }
        }
    }

    fn begins(&self, said: &Said) -> bool {
        self.gives(said)
    }

    fn concerns(&self, first: &Said, person: &PersonId) -> bool {
        match &first.entry.event {
            Event::Given(assignment) => self.concerned(&Given::new(first, assignment), person),
            _ => false,
        }
    }

    fn draws_in(&self, said: &Said, person: &PersonId) -> bool {
        matches!(&said.entry.event, Event::Comment { mentions, .. } if mentions.contains(person))
    }
}

impl Under<'_> {
    /// Is it this person's business by what the task says: that of the units that it names, their people and the coordinators.
    fn concerned(&self, given: &Given, person: &PersonId) -> bool {
        given.assigner == *person
            || given.stewards.contains(person)
            || given.lead.person == Some(*person)
            || self.offices.is_coordinator(person)
            || self
                .offices
                .units_of(person)
                .any(|unit| unit == given.unit || unit == given.lead.unit || given.supporting.contains(&unit))
    }
}

impl Folding {
    fn is_open(&self) -> bool {
        self.confirmed.is_none() && self.closed_at.is_none()
    }

    fn state(&self) -> State {
        if self.confirmed.is_some() {
            State::Confirmed
        } else if self.closed_at.is_some() {
            State::Closed
        } else if self.report.is_some() {
            State::ReportedDone
        } else if self.returned {
            State::Returned
        } else if self.progressed {
            State::InProgress
        } else if self.accepted_at.is_some() {
            State::Accepted
        } else {
            State::Given
        }
    }
}

fn task_of(id: TaskId, folding: Folding, steps: Vec<Step>) -> Option<Task> {
    let state = folding.state();
    let given = folding.given?;
    let assignment = steps.iter().find(|step| step.said.id == given.id).and_then(|step| match &step.said.entry.event {
        Event::Given(assignment) => Some(assignment.clone()),
        _ => None,
    })?;
    let valid = || steps.iter().filter(|step| step.void.is_none());
    let comments = valid().filter(|step| matches!(step.said.entry.event, Event::Comment { .. })).count();
    let last = valid().map(|step| (step.said.entry.at, step.said.id, step.said.author)).max();
    let finished = matches!(state, State::Confirmed | State::ReportedDone);
    Some(Task {
        id,
        assignment,
        assigner: given.assigner,
        assigner_unit: given.unit,
        given_at: given.at,
        state,
        percent: if finished { PERCENT_MAX } else { folding.percent },
        first_due: given.first_due,
        due: given.due,
        accepted_at: folding.accepted_at,
        report: folding.report,
        confirmed: folding.confirmed,
        closed_at: folding.closed_at,
        reason: folding.reason,
        request: folding.request,
        mentioned: folding.mentioned,
        comments: u32::try_from(comments).unwrap_or(u32::MAX),
        last_at: last.map_or(given.at, |(at, _, _)| at),
        last_by: last.map_or(given.assigner, |(_, _, author)| author),
        steps,
    })
}

fn check(holds: bool, otherwise: Void) -> Result<(), Void> {
    if holds { Ok(()) } else { Err(otherwise) }
}
