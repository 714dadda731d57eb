//! One task: what was asked for, its course, and what this person may do now.

use api::error::ApiError;
use api::question::Delivery;
use api::task::{TaskAction, TaskEvent, TaskEventKind, TaskView};
use domain::id::{PersonId, TaskId};
use domain::task::{Event, Step, Task};

use super::super::questions::named;
use crate::app::App;
use crate::engine::Core;

/// An instant that is later than any deadline and still within what an extension may say: what rights are tried with.
const LATER_MS: i64 = 60_000;

impl App {
    pub(crate) async fn task(&self, task: TaskId) -> Result<TaskView, ApiError> {
        let view = self.engine()?.attempt(move |core| core.task_view(&task)).await?;
        self.with_articles(view).await
    }

    /// The same with its articles as they are in the handbook today.
    pub(super) async fn with_articles(&self, view: TaskView) -> Result<TaskView, ApiError> {
        if view.articles.is_empty() {
            return Ok(view);
        }
        let ids = view.articles.iter().map(|article| article.article.clone()).collect();
        Ok(TaskView { articles: self.refs_of(ids).await?, ..view })
    }
}

impl Core {
    pub(super) fn task_view(&mut self, id: &TaskId) -> Result<TaskView, ApiError> {
        let task = self.listed_task(id)?;
        let viewer = self.task_viewer()?;
        let row = self.task_row(&task, &viewer);
        let mut articles: Vec<String> = task.assignment.article.clone().into_iter().collect();
        for linked in self.articles_linked_to(id)? {
            if !articles.contains(&linked) {
                articles.push(linked);
            }
        }
        Ok(TaskView {
            row,
            text: task.assignment.text.clone(),
            articles: articles.into_iter().map(named).collect(),
            stewards: task.assignment.stewards.iter().map(|person| self.person_name(person)).collect(),
            events: task.steps.iter().map(|step| self.task_event(step, &viewer.me)).collect(),
            may: self.task_actions(&task)?,
        })
    }

    fn task_event(&self, step: &Step, me: &PersonId) -> TaskEvent {
        let said = &step.said;
        TaskEvent {
            event: said.id,
            at: said.entry.at,
            by: self.person_name(&said.author),
            by_unit: self.unit_name(&said.entry.unit),
            mine: said.author == *me,
            delivery: if self.task_entry_waits(&said.id) { Delivery::Waiting } else { Delivery::Sent },
            what: self.task_event_kind(&said.entry.event),
            void: step.void,
        }
    }

    fn task_event_kind(&self, event: &Event) -> TaskEventKind {
        match event.clone() {
            Event::Given(assignment) => TaskEventKind::Given { due_at: assignment.due },
            Event::Accepted => TaskEventKind::Accepted {},
            Event::Progress { percent, note } => TaskEventKind::Progress { percent, note },
            Event::ReportedDone { note } => TaskEventKind::ReportedDone { note },
            Event::Confirmed { note, .. } => TaskEventKind::Confirmed { note },
            Event::Returned { note, .. } => TaskEventKind::Returned { note },
            Event::ExtensionAsked { until, reason } => TaskEventKind::ExtensionAsked { until, reason },
            Event::Extended { until, note } => TaskEventKind::Extended { until, note },
            Event::ExtensionRefused { note, .. } => TaskEventKind::ExtensionRefused { note },
            Event::Explained { reason } => TaskEventKind::Explained { reason },
            Event::Urged { note } => TaskEventKind::Urged { note },
            Event::Closed { reason } => TaskEventKind::Closed { reason },
            Event::Comment { text, mentions } => {
                TaskEventKind::Commented { text, mentions: mentions.iter().map(|person| self.person_name(person)).collect() }
            }
        }
    }

    /// What this person may do now: each is tried by the rules of tasks. A reason for lateness is asked for only once it is late.
    fn task_actions(&mut self, task: &Task) -> Result<Vec<TaskAction>, ApiError> {
        let now = self.now().wall;
        let mut may = Vec::new();
        for action in TaskAction::ALL {
            if action == TaskAction::ExplainLate && !task.due_state(now).is_overdue() {
                continue;
            }
            if let Some(event) = example(task, action)
                && self.task_trial(task, event)?.1.is_none()
            {
                may.push(action);
            }
        }
        Ok(may)
    }
}

/// An entry of a kind, to be tried; `None` where there is nothing that it could be about.
fn example(task: &Task, action: TaskAction) -> Option<Event> {
    let text = || "…".to_owned();
    let until = task.due.plus_ms(LATER_MS);
    let report = task.report.as_ref().map(|report| report.id);
    Some(match action {
        TaskAction::Accept => Event::Accepted,
        TaskAction::Progress => Event::Progress { percent: 0, note: String::new() },
        TaskAction::ReportDone => Event::ReportedDone { note: text() },
        TaskAction::Confirm => Event::Confirmed { report: report?, note: String::new() },
        TaskAction::Return => Event::Returned { report: report?, note: text() },
        TaskAction::Extend => Event::Extended { until, note: String::new() },
        TaskAction::RefuseExtension => Event::ExtensionRefused { request: task.request.as_ref()?.id, note: text() },
        TaskAction::AskExtension => Event::ExtensionAsked { until, reason: text() },
        TaskAction::ExplainLate => Event::Explained { reason: text() },
        TaskAction::Urge => Event::Urged { note: String::new() },
        TaskAction::Comment => Event::Comment { text: text(), mentions: Vec::new() },
        TaskAction::Close => Event::Closed { reason: text() },
    })
}
