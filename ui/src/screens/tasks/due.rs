//! Of Today: tasks whose next step lies with me and that are late, soon due, new, returned or to be judged.

use api::task::{TaskDue, TaskFilter, TaskRow, TaskScope, TaskState, Tasks};
use leptos::prelude::*;
use ui::route::{Route, TaskPlace};
use ui::testids;

use super::rows::{DueChip, StateChip};
use crate::app::use_app;
use crate::components::content_key;
use crate::live::live;
use crate::{say, t, terms};

/// Tasks shown before the list says that there are more.
const TASKS_SHOWN: usize = 6;

/// The section; nothing as long as nothing is owed.
#[component]
pub fn DueTasks() -> impl IntoView {
    let app = use_app();
    let tasks = live(|| Some(Tasks { filter: TaskFilter { open: true, ..TaskFilter::default() } }));
    let owed = tasks.part_or(|tasks| tasks.total);
    let pressing = Memo::new(move |_| {
        let now = app.now.get();
        let presses = |row: &TaskRow| match terms::task_due_now(row.due, row.due_at, now) {
            TaskDue::Soon | TaskDue::Overdue | TaskDue::Explained => true,
            TaskDue::InTime | TaskDue::DoneInTime | TaskDue::DoneLate | TaskDue::Closed => {
                // To take up, to go on with, to judge, to decide about.
                matches!(row.state, TaskState::Given | TaskState::Returned | TaskState::ReportedDone)
                    || (row.given_by_me && row.extension.is_some())
            }
        };
        tasks.with(|tasks| {
            let rows = tasks.into_iter().flat_map(|tasks| &tasks.rows);
            rows.filter(|row| row.waits_for_me && presses(row)).cloned().collect::<Vec<TaskRow>>()
        })
    });
    let first = move || pressing.get().into_iter().take(TASKS_SHOWN).collect::<Vec<_>>();
    view! {
        <Show when=move || owed.get() != 0>
            <section class="card list" aria-labelledby="today-tasks" data-testid=testids::TODAY_TASKS data-count=move || pressing.with(Vec::len)>
                <div class="row"><h2 class="grow" id="today-tasks">{t!(today.tasks)}</h2><a class="named" href=Route::Tasks(TaskPlace::List(TaskScope::All)).fragment()>{t!(today.tasks_all)}</a></div>
                <Show when=move || pressing.with(Vec::is_empty)><p class="none">{t!(today.tasks_none)}</p></Show>
                <For each=first key=content_key let(row)><Due row=row /></For>
                <Show when=move || pressing.with(|rows| rows.len() > TASKS_SHOWN)>
                    <p class="none">{move || say!(today.tasks_more, count = pressing.with(Vec::len).saturating_sub(TASKS_SHOWN))}</p>
                </Show>
            </section>
        </Show>
    }
    .into_any()
}

#[component]
fn Due(row: TaskRow) -> impl IntoView {
    view! {
        <a class="li" href=Route::Tasks(TaskPlace::One(row.task)).fragment() data-testid=testids::TODAY_TASK data-title=row.title.clone()>
            <div class="grow"><div class="ell strong">{row.title.clone()}</div><small>{row.lead_name.clone()}</small></div>
            <StateChip state=row.state />
            <DueChip due=row.due due_at=row.due_at />
        </a>
    }
    .into_any()
}
