//! What meetings decided: which conclusions have become tasks, and what an earlier meeting left open for the next.

use api::act::ItemDraft;
use api::error::ApiError;
use api::task::{ConclusionTasks, MeetingTasksView, UnfinishedTask, UnfinishedTasksView};
use domain::id::SpaceId;
use domain::limits::PRESENTER_CHARS;
use domain::task::Task;

use super::row::Viewer;
use crate::app::App;
use crate::engine::Core;
use crate::error::not_found;

impl App {
    pub(crate) async fn meeting_tasks(&self, meeting: SpaceId) -> Result<MeetingTasksView, ApiError> {
        self.engine()?.attempt(move |core| core.meeting_tasks(&meeting)).await
    }

    pub(crate) async fn unfinished_tasks(&self, of: Option<SpaceId>) -> Result<UnfinishedTasksView, ApiError> {
        self.engine()?.attempt(move |core| core.unfinished_tasks(of)).await
    }
}

impl Core {
    /// The tasks that a meeting's chair or secretary gave for it, by deadline. What somebody else calls a task of this meeting is none.
    fn tasks_of(&self, space: &SpaceId, viewer: &Viewer) -> Vec<Task> {
        let Some(access) = self.replica.access(space).filter(|access| access.is_member(&viewer.me)) else { return Vec::new() };
        let of_it = |task: &Task| {
            let origin = task.assignment.origin.as_ref();
            origin.is_some_and(|origin| origin.meeting == *space) && access.managed.contains(&task.assigner)
        };
        let mut tasks: Vec<Task> =
            self.task_rows().values().map(|listed| &listed.task).filter(|task| of_it(task)).cloned().collect();
        tasks.sort_by_key(|task| (task.due, task.id));
        tasks
    }

    pub(crate) fn meeting_tasks(&mut self, space: &SpaceId) -> Result<MeetingTasksView, ApiError> {
        let me = self.me()?;
        let access = self.replica.access(space).filter(|access| access.is_member(&me)).ok_or_else(|| not_found("meeting"))?;
        let may_give = access.manages(&me);
        let conclusions = self.meeting(space)?.info.conclusions;
        let viewer = self.task_viewer()?;
        let mut left = self.tasks_of(space, &viewer);
        let mut view = MeetingTasksView { may_give, conclusions: Vec::new(), others: Vec::new() };
        for conclusion in conclusions {
            let about = |task: &Task| task.assignment.origin.as_ref().is_some_and(|origin| origin.conclusion == conclusion);
            let (its, others): (Vec<Task>, Vec<Task>) = left.into_iter().partition(about);
            left = others;
            let tasks = its.iter().map(|task| self.task_row(task, &viewer)).collect();
            view.conclusions.push(ConclusionTasks { conclusion, tasks });
        }
        view.others = left.iter().map(|task| self.task_row(task, &viewer)).collect();
        Ok(view)
    }

    fn unfinished_tasks(&mut self, of: Option<SpaceId>) -> Result<UnfinishedTasksView, ApiError> {
        let viewer = self.task_viewer()?;
        let began = self.meeting_rows()?.into_iter().filter(|row| match of {
            Some(of) => row.meeting == of,
            None => row.starts_at <= viewer.now,
        });
        let mut view = UnfinishedTasksView { meeting: None, meeting_title: String::new(), tasks: Vec::new() };
        for row in began {
            let tasks = self.tasks_of(&row.meeting, &viewer);
            if of.is_none() && tasks.is_empty() {
                continue;
            }
            (view.meeting, view.meeting_title) = (Some(row.meeting), row.title);
            for task in tasks.iter().filter(|task| task.state.is_open()) {
                let row = self.task_row(task, &viewer);
                let lead = if row.lead_person_name.is_empty() { &row.lead_name } else { &row.lead_person_name };
                let presenter = lead.chars().take(PRESENTER_CHARS).collect();
                let item = ItemDraft { title: row.title.clone(), presenter, starts_at: None, minutes: None, papers_due: None };
                view.tasks.push(UnfinishedTask { row, item });
            }
            return Ok(view);
        }
        if of.is_some() { Err(not_found("meeting")) } else { Ok(view) }
    }
}
