//! What people do with a task.

use api::error::ApiError;
use api::task::{NewTask, TaskEntry, TaskLead, TaskOrigin, TaskView, TellTask};
use domain::id::{PersonId, TaskId, UnitId};
use domain::limits::{TITLE_CHARS, at_most};
use domain::task::limits::{STEWARDS, SUPPORTING};
use domain::task::{Assignment, Event, Lead, Origin, Task, Void};

use super::super::agenda::limit;
use super::super::questions::unmarked;
use super::refused;
use crate::app::App;
use crate::engine::Core;
use crate::error::not_found;

impl App {
    pub(crate) async fn new_task(&self, act: NewTask) -> Result<TaskId, ApiError> {
        unmarked([&act.title, &act.text])?;
        let article = act.article.clone().filter(|article| !article.trim().is_empty());
        if let Some(article) = &article {
            self.ref_of(article).await?;
        }
        self.engine()?
            .attempt(move |core| {
                let (me, _) = core.acting()?;
                let lead = core.task_lead(act.lead)?;
                let supporting = core.supporting(&act.supporting, &lead)?;
                let (origin, stewards) = match act.origin {
                    Some(origin) => {
                        let (origin, stewards) = core.decided_by(origin, &me)?;
                        (Some(origin), stewards)
                    }
                    None => (None, Vec::new()),
                };
                let assignment = Assignment {
                    nonce: core.random_id(),
                    lead,
                    supporting,
                    due: act.due_at,
                    title: domain::identity::title(&act.title).map_err(|error| limit(&error))?,
                    text: act.text.trim().to_owned(),
                    urgency: act.urgency,
                    stewards,
                    article,
                    origin,
                };
                core.give_task(assignment)
            })
            .await
    }

    pub(crate) async fn tell_task(&self, act: TellTask) -> Result<TaskView, ApiError> {
        if let TaskEntry::Comment { text: said, .. }
        | TaskEntry::Progress { note: said, .. }
        | TaskEntry::ReportDone { note: said } = &act.entry
        {
            unmarked([said, ""])?;
        }
        let view = self
            .engine()?
            .attempt(move |core| {
                let task = core.listed_task(&act.task)?;
                let event = core.event_of(&task, act.entry)?;
                core.say_of_task(&task, event)?;
                core.task_view(&act.task)
            })
            .await?;
        self.with_articles(view).await
    }

    pub(crate) async fn mark_task_read(&self, task: TaskId) -> Result<(), ApiError> {
        self.engine()?.attempt(move |core| core.note_task_looked(&task)).await
    }
}

impl Core {
    fn task_lead(&self, lead: TaskLead) -> Result<Lead, ApiError> {
        let TaskLead { unit, person } = lead;
        let unit = self.known_unit(&unit)?;
        if let Some(stranger) = person.filter(|person| self.person_row(person).is_none_or(|row| row.unit != unit)) {
            return Err(not_found("person").with("person", stranger));
        }
        Ok(Lead { unit, person })
    }

    /// Each once, and none that leads.
    fn supporting(&self, units: &[UnitId], lead: &Lead) -> Result<Vec<UnitId>, ApiError> {
        at_most("supporting units", SUPPORTING, units.len()).map_err(|error| limit(&error))?;
        let mut supporting: Vec<UnitId> = Vec::new();
        for unit in units {
            let unit = self.known_unit(unit)?;
            if unit != lead.unit && !supporting.contains(&unit) {
                supporting.push(unit);
            }
        }
        Ok(supporting)
    }

    /// The meeting that decided a task, and the others who manage it: they act as this person does. Only who manages it may say so.
    fn decided_by(&mut self, origin: TaskOrigin, me: &PersonId) -> Result<(Origin, Vec<PersonId>), ApiError> {
        let access = self.replica.access(&origin.meeting).filter(|access| access.is_member(me));
        let access = access.ok_or_else(|| not_found("meeting"))?;
        if !access.manages(me) {
            return Err(ApiError::new("task_not_of_this_meeting", "only the chair and the secretaries give a meeting's tasks"));
        }
        let managers = access.members.iter().filter(|(person, role)| role.manages() && *person != me);
        let stewards: Vec<PersonId> = managers.map(|(person, _)| *person).take(STEWARDS).collect();
        let meeting = self.meeting(&origin.meeting)?;
        if let Some(item) = origin.item
            && !meeting.items.iter().any(|known| known.id == item)
        {
            return Err(not_found("item"));
        }
        let conclusion = origin.conclusion.unwrap_or_default();
        if !conclusion.is_empty() && !meeting.info.conclusions.contains(&conclusion) {
            return Err(not_found("conclusion"));
        }
        if let Some(vote) = origin.vote
            && !self.find_vote(&vote).is_ok_and(|(space, _)| space == origin.meeting)
        {
            return Err(not_found("vote"));
        }
        let title = meeting.info.title.chars().take(TITLE_CHARS).collect();
        Ok((Origin { meeting: origin.meeting, title, conclusion, item: origin.item, vote: origin.vote }, stewards))
    }

    /// What a person means, as an entry.
    fn event_of(&self, task: &Task, entry: TaskEntry) -> Result<Event, ApiError> {
        let tidy = |text: String| text.trim().to_owned();
        let report = || task.report.as_ref().map(|report| report.id).ok_or_else(|| refused(Void::NoSuchEntry));
        let request = || task.request.as_ref().ok_or_else(|| refused(Void::NoSuchEntry));
        Ok(match entry {
            TaskEntry::Accept {} => Event::Accepted,
            TaskEntry::Progress { percent, note } => Event::Progress { percent, note: tidy(note) },
            TaskEntry::ReportDone { note } => Event::ReportedDone { note: tidy(note) },
            TaskEntry::Confirm { note } => Event::Confirmed { report: report()?, note: tidy(note) },
            TaskEntry::Return { note } => Event::Returned { report: report()?, note: tidy(note) },
            TaskEntry::AskExtension { until, reason } => Event::ExtensionAsked { until, reason: tidy(reason) },
            TaskEntry::Extend { until: Some(until), note } => Event::Extended { until, note: tidy(note) },
            TaskEntry::Extend { until: None, note } => Event::Extended { until: request()?.until, note: tidy(note) },
            TaskEntry::RefuseExtension { note } => Event::ExtensionRefused { request: request()?.id, note: tidy(note) },
            TaskEntry::ExplainLate { reason } => Event::Explained { reason: tidy(reason) },
            TaskEntry::Urge { note } => Event::Urged { note: tidy(note) },
            TaskEntry::Close { reason } => Event::Closed { reason: tidy(reason) },
            TaskEntry::Comment { text, mentions } => {
                if let Some(stranger) = mentions.iter().find(|person| self.person_row(person).is_none()) {
                    return Err(not_found("person").with("person", stranger));
                }
                Event::Comment { text: tidy(text), mentions }
            }
        })
    }
}
