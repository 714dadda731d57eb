//! What the meeting decided and what became of it: tasks that were given, and giving one.

use api::task::{MeetingTasksView, TaskOrigin, TaskOriginView, TaskRow};
use domain::id::{ItemId, SpaceId, VoteId};
use leptos::prelude::*;
use ui::route::{Route, TaskPlace};
use ui::testids;

use super::use_room;
use crate::app::use_app;
use crate::components::{Icon, content_key};
use crate::screens::tasks::{DueChip, StateChip};
use crate::{say, t};

/// Something that can become a task.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decision {
    /// A conclusion, word for word.
    Conclusion(String),
    /// A vote that was passed, its question and its item.
    Vote(VoteId, String, Option<ItemId>),
    /// An item that was dealt with: its title.
    Item(String, ItemId),
}

impl Decision {
    fn words(&self) -> &str {
        match self {
            Self::Conclusion(words) | Self::Vote(_, words, _) | Self::Item(words, _) => words,
        }
    }

    fn origin(&self, meeting: SpaceId) -> TaskOrigin {
        let (item, conclusion, vote) = match self {
            Self::Conclusion(words) => (None, Some(words.clone()), None),
            Self::Vote(vote, _, item) => (*item, None, Some(*vote)),
            Self::Item(_, item) => (Some(*item), None, None),
        };
        TaskOrigin { meeting, item, conclusion, vote }
    }

    /// The tasks that it became. Those of an item are also those of its votes.
    fn tasks(&self, view: &MeetingTasksView) -> Vec<TaskRow> {
        let its = |origin: &TaskOriginView| match self {
            Self::Conclusion(words) => origin.conclusion == *words,
            Self::Vote(vote, ..) => origin.vote == Some(*vote),
            Self::Item(_, item) => origin.conclusion.is_empty() && origin.item == Some(*item),
        };
        let all = view.conclusions.iter().flat_map(|one| &one.tasks).chain(&view.others);
        all.filter(|row| row.origin.as_ref().is_some_and(its)).cloned().collect()
    }
}

/// Below something that was decided: its tasks, and the way to give one.
#[component]
pub fn Decided(
    /// What was decided.
    decision: Decision,
) -> impl IntoView {
    let app = use_app();
    let here = use_room();
    let words = StoredValue::new(decision.words().to_owned());
    let wanted = decision.clone();
    let tasks = here.tasks.part_or(move |view| wanted.tasks(view));
    let may_give = here.tasks.part_or(|view| view.may_give);
    let give = Callback::new(move |()| {
        let title = untrack(move || here.room.with(|room| room.map(|room| room.row.title.clone()).unwrap_or_default()));
        app.give.decided(decision.words(), decision.origin(here.meeting), title);
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
