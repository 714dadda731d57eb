//! The two-level interaction: the list of questions on the left, one of them beside it; asking, figures and units by themselves.

mod answer;
mod ask;
mod files;
mod list;
mod publish;
mod rows;
mod statistics;
mod thread;
mod timeline;
mod units;

use leptos::prelude::*;
use ui::route::{QuestionPlace, Route};
use ui::testids;

use crate::app::use_app;
use crate::components::Empty;
use crate::t;

pub use ask::AskDraft;
pub use list::ListFilters;
pub use timeline::{CommentForm, EventLine, Subject, Told};

/// The screen.
#[component]
pub fn Questions() -> impl IntoView {
    let app = use_app();
    let place = Memo::new(move |_| match app.route.get() {
        Route::Questions(place) => place,
        _ => QuestionPlace::List(api::question::QuestionScope::All),
    });
    let alone = Memo::new(move |_| match place.get() {
        QuestionPlace::New => Some("new"),
        QuestionPlace::Statistics => Some("statistics"),
        QuestionPlace::Units => Some("units"),
        QuestionPlace::List(_) | QuestionPlace::Thread(_) => None,
    });
    let thread = Memo::new(move |_| match place.get() {
        QuestionPlace::Thread(question) => Some(question),
        _ => None,
    });
    view! {
        {move || match alone.get() {
            Some("new") => view! { <div class="alone"><ask::Ask /></div> }.into_any(),
            Some("statistics") => view! { <div class="alone"><statistics::Statistics /></div> }.into_any(),
            Some(_) => view! { <div class="alone"><units::UnitList /></div> }.into_any(),
            None => view! {
                <div class="twopane" data-testid=testids::QUESTIONS data-open=move || thread.get().is_some().to_string()>
                    <section class="find" aria-label=t!(question.list)><list::List /></section>
                    <section class="read" tabindex="-1" aria-label=t!(question.one)>
                        {move || match thread.get() {
                            Some(question) => view! { <thread::Thread question=question /> }.into_any(),
                            None => view! { <Empty icon="ask" title=t!(question.nothing_open) text=t!(question.nothing_open_text) /> }.into_any(),
                        }}
                    </section>
                </div>
            }.into_any(),
        }}
    }
    .into_any()
}
