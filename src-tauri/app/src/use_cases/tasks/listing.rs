//! The list of tasks: whose, where they stand, in time or late, by which words.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use api::error::ApiError;
use api::search::FacetValue;
use api::task::{TaskDue, TaskFilter, TaskListView, TaskRow, TaskScope, TaskState};
use domain::id::UnitId;

use super::super::meetings::count;
use super::row::Viewer;
use crate::app::App;
use crate::engine::{Core, ListedTask};

/// Rows of one answer.
const ROWS_MAX: usize = 500;

impl App {
    pub(crate) async fn tasks(&self, filter: TaskFilter) -> Result<TaskListView, ApiError> {
        self.engine()?.attempt(move |core| core.task_list(&filter)).await
    }
}

impl Core {
    /// The tasks that this person may see.
    pub(super) fn visible_tasks(&self, viewer: &Viewer) -> Vec<ListedTask> {
        let rows = self.task_rows().values();
        rows.filter(|listed| self.sees_task(&listed.task, &viewer.offices, &viewer.me)).cloned().collect()
    }

    fn task_list(&mut self, filter: &TaskFilter) -> Result<TaskListView, ApiError> {
        let viewer = self.task_viewer()?;
        let words = search::fold::folded(&filter.text);
        let words: Vec<&str> = words.split_whitespace().collect();
        let visible = self.visible_tasks(&viewer);
        let says = |listed: &ListedTask| {
            let short = listed.task.id.to_string();
            words.iter().all(|word| listed.words.contains(word) || short.starts_with(word))
        };
        let of_meeting = |listed: &ListedTask| {
            let meeting = listed.task.assignment.origin.as_ref().map(|origin| origin.meeting);
            filter.meeting.is_none_or(|wanted| meeting == Some(wanted))
        };
        let due = |listed: &ListedTask| listed.task.due_state(viewer.now);
        let late = |listed: &ListedTask| !filter.overdue || due(listed).is_overdue();
        let open = |listed: &ListedTask| !filter.open || listed.task.state.is_open();
        let state = |listed: &ListedTask| filter.state.is_none_or(|state| state == listed.task.state);
        let unit = |listed: &ListedTask| filter.unit.is_none_or(|unit| unit == listed.task.assignment.lead.unit);
        let scope = |listed: &ListedTask| in_scope(&viewer, listed, filter.scope);
        let common: Vec<&ListedTask> = visible.iter().filter(|listed| says(listed) && of_meeting(listed)).collect();
        let with = |keep: &dyn Fn(&ListedTask) -> bool| count(common.iter().filter(|listed| keep(listed)).count());
        let narrow = |listed: &ListedTask| late(listed) && open(listed) && unit(listed);
        let scopes = TaskScope::ALL
            .map(|wanted| (wanted, with(&|listed| in_scope(&viewer, listed, wanted) && narrow(listed) && state(listed))));
        let states =
            TaskState::ALL.map(|wanted| (wanted, with(&|listed| scope(listed) && narrow(listed) && listed.task.state == wanted)));
        let mut units: BTreeMap<UnitId, u32> = BTreeMap::new();
        for listed in common.iter().filter(|listed| scope(listed) && late(listed) && open(listed) && state(listed)) {
            *units.entry(listed.task.assignment.lead.unit).or_default() += 1;
        }
        let label = |(unit, count): (UnitId, u32)| FacetValue { value: unit.to_string(), label: viewer.name(&unit), count };
        let mut units: Vec<FacetValue> = units.into_iter().map(label).collect();
        units.sort_by(|a, b| b.count.cmp(&a.count).then_with(|| a.label.cmp(&b.label)));
        let (overdue, soon) = (
            with(&|listed| scope(listed) && due(listed).is_overdue()),
            with(&|listed| scope(listed) && due(listed) == TaskDue::Soon),
        );
        let waits_for_me = count(visible.iter().filter(|listed| viewer.is_next(&listed.task)).count());
        let mut found: Vec<&ListedTask> =
            common.iter().filter(|listed| scope(listed) && narrow(listed) && state(listed)).copied().collect();
        found.sort_by_key(|listed| {
            let task = &listed.task;
            match task.state.is_open() {
                true => (0, task.due.0, Reverse(0), task.id),
                false => (1, 0, Reverse(task.last_at.0), task.id),
            }
        });
        let total = count(found.len());
        found.truncate(ROWS_MAX);
        let rows: Vec<TaskRow> = found.iter().map(|listed| self.task_row(&listed.task, &viewer)).collect();
        let waiting = count(self.task_entries_waiting());
        let (scopes, states) = (scopes.to_vec(), states.to_vec());
        Ok(TaskListView { rows, total, scopes, states, overdue, soon, waits_for_me, units, waiting })
    }
}

fn in_scope(viewer: &Viewer, listed: &ListedTask, scope: TaskScope) -> bool {
    match scope {
        TaskScope::All => true,
        TaskScope::Mine => viewer.leads(&listed.task),
        TaskScope::Supporting => viewer.supports(&listed.task),
        TaskScope::Given => viewer.assigns(&listed.task),
    }
}
