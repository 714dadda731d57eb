//! Tasks in lists, and the chips that say where they stand.

use api::question::{Delivery, Urgency};
use api::task::{TaskDue, TaskRow, TaskState};
use domain::id::Timestamp;
use leptos::prelude::*;
use ui::format;
use ui::route::{Route, TaskPlace};
use ui::testids;

use crate::app::use_app;
use crate::components::Icon;
use crate::{say, t, terms};

/// Where a task stands.
#[component]
pub fn StateChip(
    /// The state.
    state: TaskState,
) -> impl IntoView {
    view! { <span class=terms::task_state_class(state) data-testid=testids::TASK_STATE data-state=state.slug()>{move || terms::task_state(state)}</span> }
}

/// A deadline: how many days are left or over, as the clock goes on.
#[component]
pub fn DueChip(
    /// How it stood when it was asked for.
    due: TaskDue,
    /// The deadline.
    due_at: Timestamp,
) -> impl IntoView {
    let app = use_app();
    let stands = Memo::new(move |_| terms::task_due_now(due, due_at, app.now.get()));
    view! {
        <span class=move || terms::task_due_class(stands.get()) title=format::moment(due_at) data-testid=testids::TASK_DUE data-due=move || terms::task_due_slug(stands.get())>
            <Icon name="clock" />{move || terms::task_due(due, due_at, app.now.get())}
        </span>
    }
}

/// Where a task stands, how it stands against its deadline, how urgent it is, whether something waits to be sent.
#[component]
pub fn TaskChips(
    /// The task.
    row: TaskRow,
) -> impl IntoView {
    let urgency = row.urgency;
    view! {
        <StateChip state=row.state />
        <DueChip due=row.due due_at=row.due_at />
        {(urgency != Urgency::Normal).then(|| view! { <span class="chip warn" data-urgency=urgency.slug()>{move || terms::urgency(urgency)}</span> })}
        {(row.delivery == Delivery::Waiting).then(|| view! { <span class="chip warn" data-testid=testids::TASK_WAITING><Icon name="inbox" />{t!(question.waiting)}</span> })}
    }
}

/// Who leads: the person and the unit, or the unit alone.
pub fn lead(row: &TaskRow) -> String {
    if row.lead_person_name.is_empty() { row.lead_name.clone() } else { format!("{}, {}", row.lead_person_name, row.lead_name) }
}

/// A task in the list.
#[component]
pub fn Row(
    /// The task.
    row: TaskRow,
) -> impl IntoView {
    let app = use_app();
    let task = row.task;
    let here = move || matches!(app.route.get(), Route::Tasks(TaskPlace::One(open)) if open == task);
    let from = row.origin.as_ref().map_or_else(|| row.assigner_unit.clone(), |origin| origin.meeting_title.clone());
    let (percent, comments) = (row.percent, row.comments);
    let started = percent > 0 && row.state.is_open();
    view! {
        <a class="hit question" class:on=here class:unread=row.unread href=Route::Tasks(TaskPlace::One(task)).fragment()
            data-testid=testids::TASK_ROW data-title=row.title.clone() data-id=task.to_string()>
            <small class="meta"><b>{lead(&row)}</b><span>{from}</span></small>
            <b class="title">{row.title.clone()}</b>
            <span class="row wrap chips">
                <TaskChips row=row.clone() />
                {(started || comments > 0).then(|| view! { <small class="num grow">{move || {
                    let done = started.then(|| say!(task.percent, percent = percent));
                    let said = (comments > 0).then(|| say!(task.comments, count = comments));
                    [done, said].into_iter().flatten().collect::<Vec<_>>().join(" · ")
                }}</small> })}
            </span>
        </a>
    }
    .into_any()
}
