//! The two-level handbook: the box and what was found on the left, what is read or worked on to the right of it.

mod article;
mod block_editor;
mod blocks;
mod cases;
mod contents;
mod draft;
mod drafts;
mod find;
mod link_editor;
mod packages;
mod shelf;
mod uses;
mod words;

use api::search::Hit;
use leptos::prelude::*;
use ui::route::{HandbookPlace, Route};
use ui::testids;

use super::search::{Hits, Narrowing, SearchField};
use crate::app::use_app;
use crate::components::{Empty, IconButton};
use crate::finder::route_of;
use crate::t;

/// The name of the list of hits.
const LIST: &str = "handbook-hits";

/// The screen.
#[component]
pub fn Handbook() -> impl IntoView {
    let app = use_app();
    let finder = app.finder;
    let place = Memo::new(move |_| match app.route.get() {
        Route::Handbook(place) => place,
        _ => HandbookPlace::Search,
    });
    let open_hit = move |hit: Hit| {
        finder.opened(&hit);
        app.go(route_of(&hit));
    };
    view! {
        <div class="twopane" data-testid=testids::HANDBOOK data-open=move || (place.get() != HandbookPlace::Search).to_string()>
            <section class="find" aria-label=t!(search.title)>
                <SearchField finder=finder label=t!(search.label) testid=testids::SEARCH_TEXT list=LIST focus=true on_open=open_hit />
                {move || if finder.text.with(|text| text.trim().is_empty()) {
                    view! { <shelf::Shelf /> }.into_any()
                } else {
                    view! {
                        <Narrowing finder=finder filters=true />
                        <Hits finder=finder list=LIST on_open=open_hit figures=true />
                    }.into_any()
                }}
            </section>
            <section class="read" tabindex="-1" aria-label=t!(handbook.reading)>
                {move || match place.get() {
                    HandbookPlace::Search => view! { <Empty icon="book" title=t!(handbook.nothing_open) text=t!(handbook.nothing_open_text) /> }.into_any(),
                    HandbookPlace::Article(id) => view! { <article::Article id=id /> }.into_any(),
                    HandbookPlace::Passage(id, block) => view! { <article::Article id=id passage=block /> }.into_any(),
                    HandbookPlace::Contents => view! { <contents::ContentsTree /> }.into_any(),
                    HandbookPlace::Cases => view! { <cases::CaseList /> }.into_any(),
                    HandbookPlace::Case(case) => view! { <cases::OneCase case=case /> }.into_any(),
                    HandbookPlace::Drafts => view! { <drafts::DraftList /> }.into_any(),
                    HandbookPlace::Draft(draft) => view! { <draft::OneDraft draft=draft /> }.into_any(),
                    HandbookPlace::Packages => view! { <packages::PackageList /> }.into_any(),
                    HandbookPlace::Words => view! { <words::WordTables /> }.into_any(),
                }}
            </section>
        </div>
    }
    .into_any()
}

/// Leads back to the box where only one pane has room.
#[component]
pub fn BackToList(
    /// Where the list is.
    #[prop(default = Route::Handbook(HandbookPlace::Search))]
    to: Route,
) -> impl IntoView {
    let app = use_app();
    view! { <span class="backtolist"><IconButton label=t!(common.back) icon="left" testid=testids::PANE_BACK on_press=move |()| app.go(to.clone()) /></span> }.into_any()
}
