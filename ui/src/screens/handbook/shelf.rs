//! What stands below the empty box: ways into the handbook, my favourites, open cases, what I read last.

use api::handbook::{CaseRow, Shelf as ShelfQuery, ShelfRow};
use api::search::Validity;
use leptos::prelude::*;
use ui::format;
use ui::route::{HandbookPlace, Route};
use ui::testids;

use crate::app::use_app;
use crate::components::{Empty, ErrorPanel, Icon, Loading, content_key};
use crate::live::live;
use crate::{say, t, terms};

/// Recently read articles that are shown.
const RECENT_SHOWN: usize = 12;

#[component]
fn Row(row: ShelfRow) -> impl IntoView {
    let app = use_app();
    let ShelfRow { article, gone, .. } = row;
    let id = article.article.clone();
    let here = move || matches!(app.route.get(), Route::Handbook(HandbookPlace::Article(open) | HandbookPlace::Passage(open, _)) if open == id);
    let validity = article.validity;
    view! {
        <a class="shelfrow" class:on=here href=Route::Handbook(HandbookPlace::Article(article.article.clone())).fragment() data-testid=testids::SHELF_ROW data-id=article.article.clone()>
            <small class="meta">
                <b>{move || terms::kind(article.kind)}</b>
                {(!article.breadcrumb.is_empty()).then(|| view! { <span>{article.breadcrumb.join(" › ")}</span> })}
                {(validity != Validity::InForce).then(|| view! { <span class="validity" data-validity=validity.slug()>{move || terms::validity(validity)}</span> })}
                {gone.then(|| view! { <span class="late">{t!(handbook.gone)}</span> })}
            </small>
            <span class="ell">{article.title}</span>
        </a>
    }
    .into_any()
}

#[component]
fn Case(row: CaseRow) -> impl IntoView {
    view! {
        <a class="shelfrow" href=Route::Handbook(HandbookPlace::Case(row.case)).fragment() data-testid=testids::SHELF_CASE>
            <small class="meta"><b class="num">{format!("{}/{}", row.done, row.total)}</b><span class="ell">{row.title}</span></small>
            <span class="ell">{(!row.file_number.is_empty()).then(|| format!("{} · ", row.file_number))}{row.name}</span>
        </a>
    }
    .into_any()
}

/// Everything below the empty box.
#[component]
pub fn Shelf() -> impl IntoView {
    let app = use_app();
    let shelf = live(|| Some(ShelfQuery {}));
    let ready = shelf.part(|_| true);
    let favourites = shelf.part_or(|shelf| shelf.favourites.clone());
    let recent = shelf.part_or(|shelf| shelf.recent.iter().take(RECENT_SHOWN).cloned().collect::<Vec<_>>());
    let cases = shelf.part_or(|shelf| shelf.cases.clone());
    let articles = shelf.part_or(|shelf| shelf.articles);
    let made_at = shelf.part_or(|shelf| shelf.newest_package_at);
    let may_edit = shelf.part_or(|shelf| shelf.may_edit);
    let waiting = shelf.part_or(|shelf| shelf.drafts_waiting);
    let way =
        move |place: HandbookPlace, icon: &'static str, testid: &'static str, text: fn() -> String, more: Signal<String>| {
            let (route, here) = (Route::Handbook(place.clone()), Route::Handbook(place));
            view! {
                <a class="wayrow" href=route.fragment() class:on=move || app.route.get() == here data-testid=testid>
                    <Icon name=icon /><span class="grow">{text}</span><small class="num">{move || more.get()}</small>
                </a>
            }
        };
    view! {
        {move || match (ready.get(), shelf.error()) {
            (Some(_), _) => ().into_any(),
            (None, Some(error)) => view! { <ErrorPanel error=error retry=move |()| shelf.refetch() /> }.into_any(),
            (None, None) => view! { <Loading /> }.into_any(),
        }}
        <Show when=move || ready.get().is_some()>
            <nav class="ways" aria-label=t!(handbook.ways)>
                {way(HandbookPlace::Contents, "list", testids::WAY_CONTENTS, || say!(handbook.contents), Signal::derive(move || say!(handbook.articles, count = articles.get())))}
                {way(HandbookPlace::Cases, "check", testids::WAY_CASES, || say!(handbook.cases), Signal::derive(move || cases.with(|cases| if cases.is_empty() { String::new() } else { cases.len().to_string() })))}
                <Show when=move || may_edit.get()>
                    {way(HandbookPlace::Drafts, "edit", testids::WAY_DRAFTS, || say!(handbook.drafts), Signal::derive(move || if waiting.get() == 0 { String::new() } else { say!(handbook.waiting, count = waiting.get()) }))}
                </Show>
                {way(HandbookPlace::Words, "find", testids::WAY_WORDS, || say!(handbook.words), Signal::derive(String::new))}
                {way(HandbookPlace::Packages, "drop", testids::WAY_PACKAGES, || say!(handbook.packages), Signal::derive(move || made_at.get().map(format::date).unwrap_or_default()))}
            </nav>
            <Show when=move || articles.get() == 0>
                <Empty icon="book" title=t!(handbook.empty) text=t!(handbook.empty_text) />
            </Show>
            <Show when=move || cases.with(|cases| !cases.is_empty())>
                <h3>{t!(handbook.open_cases)}</h3>
                <div class="shelf"><For each=move || cases.get() key=content_key let(row)><Case row=row /></For></div>
            </Show>
            <Show when=move || favourites.with(|rows| !rows.is_empty())>
                <h3>{t!(handbook.favourites)}</h3>
                <div class="shelf" data-testid=testids::FAVOURITES><For each=move || favourites.get() key=content_key let(row)><Row row=row /></For></div>
            </Show>
            <Show when=move || recent.with(|rows| !rows.is_empty())>
                <h3>{t!(handbook.recent)}</h3>
                <div class="shelf" data-testid=testids::RECENT><For each=move || recent.get() key=content_key let(row)><Row row=row /></For></div>
            </Show>
        </Show>
    }
    .into_any()
}
