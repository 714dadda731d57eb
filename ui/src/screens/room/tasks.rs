//! What the meeting decided and what became of it: tasks that were given, and giving one.

use api::task::{MeetingTasksView, TaskOrigin, TaskRow};
use domain::id::ItemId;
use leptos::prelude::*;
use ui::route::{Route, TaskPlace};
use ui::testids;

use super::use_room;
use crate::app::use_app;
use crate::components::{Icon, content_key};
use crate::screens::tasks::{DueChip, StateChip};
use crate::{say, t};

/// The tasks that quote these words; without words, those that name the item and quote nothing.
fn of(view: &MeetingTasksView, quoted: &str, item: Option<ItemId>) -> Vec<TaskRow> {
    let concluded = view.conclusions.iter().filter(|one| one.conclusion == quoted).flat_map(|one| &one.tasks);
    let others = view.others.iter().filter(|row| {
        row.origin
            .as_ref()
            .is_some_and(|origin| origin.conclusion == quoted && (!quoted.is_empty() || (item.is_some() && origin.item == item)))
    });
    concluded.chain(others).cloned().collect()
}

/// Below something that was decided: its tasks, and the way to give one.
#[component]
pub fn Decided(
    /// What was decided, in words.
    #[prop(into)]
    decision: String,
    /// The task quotes these words; otherwise it names the item alone.
    #[prop(default = true)]
    quoted: bool,
    /// The item of the agenda.
    #[prop(default = None)]
    item: Option<ItemId>,
) -> impl IntoView {
    let app = use_app();
    let here = use_room();
    let conclusion = quoted.then(|| decision.clone());
    let wanted = conclusion.clone().unwrap_or_default();
    let tasks = here.tasks.part_or(move |view| of(view, &wanted, item));
    let may_give = here.tasks.part_or(|view| view.may_give);
    let words = StoredValue::new(decision.clone());
    let give = Callback::new(move |()| {
        let title = untrack(move || here.room.with(|room| room.map(|room| room.row.title.clone()).unwrap_or_default()));
        let origin = TaskOrigin { meeting: here.meeting, item, conclusion: conclusion.clone() };
        words.with_value(|words| app.give.decided(words, origin, title));
        app.go(Route::Tasks(TaskPlace::New));
    });
    view! {
        <div class="row wrap chips">
            <For each=move || tasks.get() key=content_key let(row)><Given row=row decision=words.get_value() /></For>
            <Show when=move || may_give.get()>
                <button type="button" class="b quiet small" aria-label=move || say!(task.make_of, words = words.get_value()) data-testid=testids::ROOM_GIVE_TASK data-words=words.get_value()
                    on:click=move |_| give.run(())>
                    <Icon name="task" /><span>{t!(task.make)}</span>
                </button>
            </Show>
        </div>
    }
    .into_any()
}

#[component]
fn Given(row: TaskRow, decision: String) -> impl IntoView {
    let name = row.lead_name.clone();
    view! {
        <span class="row wrap chips" data-testid=testids::ROOM_TASK data-words=decision>
            <a class="named" href=Route::Tasks(TaskPlace::One(row.task)).fragment()>{move || say!(task.given_to, name = name.clone())}</a>
            <StateChip state=row.state />
            <DueChip due=row.due due_at=row.due_at />
        </span>
    }
    .into_any()
}
