//! Tasks among the uses of a handbook article: those that name it, and those that this person linked to it.

use api::handbook::{UseKind, UseRow, UsedTask};
use domain::task::Task;

use super::row::Viewer;
use crate::engine::Core;

/// Tasks that are shown with an article besides those that were linked.
const USES_MAX: usize = 50;

impl Core {
    /// `linked` are this person's own links to the article, as they were made. Each is told as the task stands now; one whose task is not here
    /// keeps the name that it had.
    pub fn task_uses(&mut self, article: &str, linked: Vec<UseRow>) -> Vec<UseRow> {
        let Ok(viewer) = self.task_viewer() else { return linked };
        let visible = self.visible_tasks(&viewer);
        let mut uses: Vec<UseRow> = Vec::new();
        for row in linked {
            let task = visible.iter().find(|listed| listed.task.id.to_string() == row.target);
            uses.push(match task {
                Some(listed) => UseRow { at: row.at, removable: true, ..used(&listed.task, &viewer) },
                None => row,
            });
        }
        let names = |task: &Task| task.assignment.article.as_deref() == Some(article);
        let mut naming: Vec<&Task> = visible.iter().map(|listed| &listed.task).filter(|task| names(task)).collect();
        naming.sort_by_key(|task| (std::cmp::Reverse(task.given_at), task.id));
        let naming = naming.into_iter().take(USES_MAX).map(|task| used(task, &viewer));
        let new: Vec<UseRow> = naming.filter(|row| !uses.iter().any(|known| known.target == row.target)).collect();
        uses.extend(new);
        uses
    }
}

fn used(task: &Task, viewer: &Viewer) -> UseRow {
    UseRow {
        kind: UseKind::Task,
        target: task.id.to_string(),
        title: task.assignment.title.clone(),
        at: task.given_at,
        task: Some(UsedTask {
            task: task.id,
            state: task.state,
            percent: task.percent,
            lead_name: viewer.name(&task.assignment.lead.unit),
            due_at: task.due,
            due: task.due_state(viewer.now),
            overdue_days: task.overdue_days(viewer.now),
        }),
        removable: false,
    }
}
