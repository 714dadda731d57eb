//! A task in a list, as this person may see it.

use std::collections::BTreeMap;

use api::question::Delivery;
use api::task::{ExtensionView, TaskOriginView, TaskRow, TaskState, TaskUnit};
use domain::id::{PersonId, Timestamp, UnitId};
use domain::question::{Offices, Rules};
use domain::task::{Origin, Task};

use crate::engine::Core;

/// Who looks at tasks, and by what they are judged.
pub(super) struct Viewer {
    pub me: PersonId,
    pub unit: UnitId,
    pub now: Timestamp,
    pub offices: Offices,
    pub rules: Rules,
    pub names: BTreeMap<UnitId, String>,
}

impl Viewer {
    /// Leads it: the person who is named, the heads of the unit, without a name everybody of it.
    pub fn leads(&self, task: &Task) -> bool {
        let lead = &task.assignment.lead;
        lead.unit == self.unit && (lead.person.is_none_or(|person| person == self.me) || self.heads(&lead.unit))
    }

    /// Gave it, or acts as who did.
    pub fn assigns(&self, task: &Task) -> bool {
        let named = task.assigner == self.me || task.assignment.stewards.contains(&self.me);
        named || (task.assigner_unit == self.unit && self.heads(&task.assigner_unit))
    }

    /// The own unit supports the lead.
    pub fn supports(&self, task: &Task) -> bool {
        task.assignment.supporting.contains(&self.unit)
    }

    /// Does the next step lie with this person: to take it up, to go on, to judge a report, to decide about a deadline.
    pub fn is_next(&self, task: &Task) -> bool {
        match task.state {
            TaskState::Given | TaskState::Accepted | TaskState::InProgress | TaskState::Returned => {
                self.leads(task) || (task.request.is_some() && self.assigns(task))
            }
            TaskState::ReportedDone => self.assigns(task),
            TaskState::Confirmed | TaskState::Closed => false,
        }
    }

    pub fn name(&self, unit: &UnitId) -> String {
        self.names.get(unit).cloned().unwrap_or_else(|| unit.short())
    }

    fn heads(&self, unit: &UnitId) -> bool {
        self.rules.is_head(&self.offices, &self.me, unit, self.now)
    }
}

impl Core {
    pub(super) fn task_viewer(&mut self) -> Result<Viewer, api::error::ApiError> {
        let (me, unit) = self.acting()?;
        let (now, names) = (self.now().wall, self.units_here());
        let rules = self.question_rules().clone();
        let offices = self.offices().clone();
        Ok(Viewer { me, unit, now, offices, rules, names })
    }

    pub(super) fn task_row(&mut self, task: &Task, viewer: &Viewer) -> TaskRow {
        let given = &task.assignment;
        let origin = given.origin.as_ref().map(|origin| self.origin_view(origin, &task.assigner, &viewer.me));
        let supporting = |unit: &UnitId| TaskUnit { unit: *unit, name: viewer.name(unit), mine: *unit == viewer.unit };
        let extension = task.request.as_ref().map(|request| ExtensionView {
            until: request.until,
            reason: request.reason.clone(),
            by: self.person_name(&request.author),
            at: request.at,
        });
        let confirmed_report = task.confirmed.as_ref().map(|confirmed| confirmed.reported_at);
        TaskRow {
            task: task.id,
            short: task.id.short(),
            title: given.title.clone(),
            origin,
            assigner: self.person_name(&task.assigner),
            assigner_unit: viewer.name(&task.assigner_unit),
            lead: given.lead.unit,
            lead_name: viewer.name(&given.lead.unit),
            lead_person: given.lead.person,
            lead_person_name: given.lead.person.map(|person| self.person_name(&person)).unwrap_or_default(),
            supporting: given.supporting.iter().map(supporting).collect(),
            urgency: given.urgency,
            given_at: task.given_at,
            due_at: task.due,
            first_due_at: task.first_due,
            state: task.state,
            percent: task.percent,
            reported_at: confirmed_report.or(task.report.as_ref().map(|report| report.at)),
            confirmed_at: task.confirmed.as_ref().map(|confirmed| confirmed.at),
            due: task.due_state(viewer.now),
            overdue_days: task.overdue_days(viewer.now),
            reason: task.why_late().unwrap_or_default().to_owned(),
            extension,
            comments: task.comments,
            last_at: task.last_at,
            mine: viewer.leads(task),
            given_by_me: viewer.assigns(task),
            waits_for_me: viewer.is_next(task),
            unread: self.is_task_unread(task, &viewer.me),
            delivery: if self.task_waits(&task.id) { Delivery::Waiting } else { Delivery::Sent },
        }
    }

    /// Where a task comes from, compared with the meeting where that is here: nobody else can tell who led it.
    fn origin_view(&mut self, origin: &Origin, assigner: &PersonId, me: &PersonId) -> TaskOriginView {
        let here = self.replica.access(&origin.meeting).filter(|access| access.is_member(me));
        let vouched = here.map(|access| access.managed.contains(assigner));
        TaskOriginView {
            meeting: origin.meeting,
            meeting_title: origin.title.clone(),
            item: origin.item,
            conclusion: origin.conclusion.clone(),
            vote: origin.vote,
            here: vouched.is_some() && self.meeting(&origin.meeting).is_ok(),
            vouched,
        }
    }
}
