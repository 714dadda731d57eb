//! What steers the projector: for chair and secretary.

use api::projector::{MESSAGE_CHARS_MAX, Projector, ShowOnProjector, Showing};
use domain::id::PaperId;
use leptos::prelude::*;
use ui::testids;

use super::{Shown, papers, use_room};
use crate::app::use_app;
use crate::backend::backend;
use crate::components::{Button, Dialog, ErrorLine, ErrorPanel, Field, IconButton, Kind, Pick};
use crate::doing::Doing;
use crate::live::live;
use crate::{say, t};

/// Opens it.
#[component]
pub fn Steer() -> impl IntoView {
    let open = RwSignal::new(false);
    view! {
        <IconButton label=t!(projector.label) icon="meet" testid=testids::PROJECTOR_STEER on_press=move |()| open.set(true) />
        <Dialog open=open title=t!(projector.label) testid=testids::PROJECTOR_DIALOG><Panel /></Dialog>
    }
    .into_any()
}

fn slug(showing: &Showing) -> &'static str {
    match showing {
        Showing::Follow => "follow",
        Showing::Page { .. } => "page",
        Showing::Message { .. } => "message",
        Showing::Code => "code",
        Showing::Blank => "blank",
    }
}

fn in_words(slug: &str) -> String {
    match slug {
        "page" => say!(projector.page),
        "message" => say!(projector.message),
        "code" => say!(projector.code),
        "blank" => say!(projector.blank),
        _ => say!(projector.follow),
    }
}

#[component]
fn Panel() -> impl IntoView {
    let app = use_app();
    let here = use_room();
    let now = live(move || Some(Projector { meeting: here.meeting }));
    let shows = now.part(slug);
    let (opening, steering) = (Doing::new(), Doing::new());
    Effect::new(move |_| {
        if let Some(error) = opening.error() {
            app.complain(&error);
        }
    });
    let show = move |showing: Showing| steering.run(ShowOnProjector { meeting: here.meeting, showing }, move |()| now.refetch());
    let text = RwSignal::new(String::new());
    view! {
        <div class="stack">
            <p class="hintline">{t!(projector.hint)}</p>
            <div class="row wrap">
                <Button label=t!(projector.open) kind=Kind::Primary icon="meet" testid=testids::PROJECTOR_OPEN busy=Signal::derive(move || opening.busy())
                    on_press=move |()| opening.run_future(async move { backend().open_projector(here.meeting).await }, |()| {}) />
                {move || shows.get().map(|shows| view! { <span class="chip on" data-testid=testids::PROJECTOR_SHOWS data-show=shows>{move || in_words(shows)}</span> })}
            </div>
            {move || now.error().map(|error| view! { <ErrorPanel error=error retry=move |()| now.refetch() /> })}
            <div class="row wrap" role="group" aria-label=t!(projector.shows)>
                <Button label=t!(projector.follow) icon="play" testid=testids::PROJECTOR_FOLLOW on_press=move |()| show(Showing::Follow) />
                <Button label=t!(projector.code) testid=testids::PROJECTOR_CODE on_press=move |()| show(Showing::Code) />
                <Button label=t!(projector.blank) testid=testids::PROJECTOR_BLANK on_press=move |()| show(Showing::Blank) />
            </div>
            <PageOf steering=steering on_show=Callback::new(show) />
            <form class="stack tight" on:submit=move |event: web_sys::SubmitEvent| {
                event.prevent_default();
                show(Showing::Message { text: text.get_untracked() });
            }>
                <Field label=t!(projector.text) value=text most=MESSAGE_CHARS_MAX testid=testids::PROJECTOR_TEXT />
                <div class="row end"><Button label=t!(projector.show_message) submit=true testid=testids::PROJECTOR_SHOW_MESSAGE disabled=Signal::derive(move || text.with(|text| text.trim().is_empty())) /></div>
            </form>
            <ErrorLine doing=steering />
        </div>
    }
    .into_any()
}

/// Chooses a page of a public paper, first of all of the one that lies in the centre.
#[component]
fn PageOf(steering: Doing, on_show: Callback<Showing>) -> impl IntoView {
    let here = use_room();
    let public = here.room.part_or(|room| {
        let internal = |paper: &api::view::PaperRow| room.items.iter().any(|row| row.internal && Some(row.item.id) == paper.item);
        let pages = |paper: &api::view::PaperRow| paper.versions.first().map_or(0, |version| version.pages);
        papers(room)
            .filter(|paper| !internal(paper))
            .map(|paper| (paper.paper, paper.title.clone(), pages(paper)))
            .collect::<Vec<_>>()
    });
    let first = untrack(move || {
        public.with(|public| {
            let shown = match here.shown.get() {
                Some(Shown::Paper(paper)) => public.iter().find(|(id, ..)| *id == paper),
                _ => None,
            };
            shown.or(public.first()).map(|(id, ..)| id.to_string()).unwrap_or_default()
        })
    });
    let (paper, number) = (RwSignal::new(first), RwSignal::new("1".to_owned()));
    let chosen = move || paper.with(|paper| paper.parse::<PaperId>().ok());
    let pages = Memo::new(move |_| {
        let id = chosen();
        public.with(|public| public.iter().find(|(paper, ..)| Some(*paper) == id).map_or(0, |(.., pages)| *pages))
    });
    let typed = Memo::new(move |_| {
        number.with(|number| number.trim().parse::<u32>().ok()).filter(|number| (1..=pages.get()).contains(number))
    });
    let show = move |page: Option<u32>| {
        if let (Some(paper), Some(page)) = (untrack(chosen), page) {
            number.set(page.to_string());
            on_show.run(Showing::Page { paper, page: page - 1 });
        }
    };
    let before = Memo::new(move |_| typed.get().and_then(|page| page.checked_sub(1)).filter(|page| *page > 0));
    let after = Memo::new(move |_| typed.get().map(|page| page + 1).filter(|page| *page <= pages.get()));
    let busy = Signal::derive(move || steering.busy());
    view! {
        <Show when=move || public.with(|public| !public.is_empty())>
            <form class="stack tight" on:submit=move |event: web_sys::SubmitEvent| {
                event.prevent_default();
                show(typed.get_untracked());
            }>
                <Pick label=t!(projector.paper) value=paper testid=testids::PROJECTOR_PAPER on_pick=move |_: String| number.set("1".to_owned())
                    options=Signal::derive(move || public.with(|public| public.iter().map(|(id, title, _)| (id.to_string(), title.clone())).collect::<Vec<_>>())) />
                <Field label=move || say!(projector.page_number, pages = pages.get()) value=number kind="number" most=4 testid=testids::PROJECTOR_PAGE_NUMBER />
                <div class="row end">
                    <IconButton label=t!(projector.page_before) icon="left" testid=testids::PROJECTOR_PAGE_BEFORE disabled=Signal::derive(move || before.get().is_none()) on_press=move |()| show(before.get_untracked()) />
                    <IconButton label=t!(projector.page_after) icon="right" testid=testids::PROJECTOR_PAGE_AFTER disabled=Signal::derive(move || after.get().is_none()) on_press=move |()| show(after.get_untracked()) />
                    <Button label=t!(projector.show_page) submit=true testid=testids::PROJECTOR_SHOW_PAGE busy=busy disabled=Signal::derive(move || typed.get().is_none()) />
                </div>
            </form>
        </Show>
    }
    .into_any()
}
