//! Tasks: the list on the left, one of them beside it; giving one by itself.

mod actions;
mod course;
mod due;
mod give;
mod list;
mod one;
mod rows;

use api::task::TaskScope;
use leptos::prelude::*;
use ui::route::{Route, TaskPlace};
use ui::testids;

use crate::app::use_app;
use crate::components::Empty;
use crate::t;

pub use due::DueTasks;
pub use give::TaskDraft;
pub use list::TaskFilters;
pub use rows::{DueChip, StateChip};

/// The screen.
#[component]
pub fn Tasks() -> impl IntoView {
    let app = use_app();
    let place = Memo::new(move |_| match app.route.get() {
        Route::Tasks(place) => place,
        _ => TaskPlace::List(TaskScope::All),
    });
    let giving = Memo::new(move |_| place.get() == TaskPlace::New);
    let open = Memo::new(move |_| match place.get() {
        TaskPlace::One(task) => Some(task),
        _ => None,
    });
    view! {
        {move || if giving.get() {
            view! { <div class="alone"><give::Give /></div> }.into_any()
        } else {
            view! {
                <div class="twopane" data-testid=testids::TASKS data-open=move || open.get().is_some().to_string()>
                    <section class="find" aria-label=t!(task.list)><list::List /></section>
                    <section class="read" tabindex="-1" aria-label=t!(task.one)>
                        {move || match open.get() {
                            Some(task) => view! { <one::One task=task /> }.into_any(),
                            None => view! { <Empty icon="task" title=t!(task.nothing_open) text=t!(task.nothing_open_text) /> }.into_any(),
                        }}
                    </section>
                </div>
            }.into_any()
        }}
    }
    .into_any()
}
