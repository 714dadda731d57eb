//! The drafts of the editors, and publishing those that are approved.

use std::collections::BTreeSet;

use api::handbook::{ArticleKind, CreateDraft, DraftContent, DraftRow, DraftState, Drafts, DraftsView, PublishDrafts};
use domain::id::DraftId;
use leptos::prelude::*;
use ui::format;
use ui::route::{HandbookPlace, Route};
use ui::testids;

use super::BackToList;
use crate::app::use_app;
use crate::components::{Button, Dialog, Empty, ErrorLine, ErrorPanel, Field, Icon, Kind, Loading, Pick, content_key};
use crate::doing::Doing;
use crate::live::{Live, live};
use crate::{say, t, terms, words};

fn state_class(state: DraftState) -> &'static str {
    match state {
        DraftState::Draft => "chip",
        DraftState::InReview => "chip on",
        DraftState::Returned => "chip warn",
        DraftState::Approved | DraftState::Published => "chip ok",
    }
}

/// The chip of a draft's state.
#[component]
pub fn StateChip(
    /// The state.
    state: DraftState,
) -> impl IntoView {
    view! { <span class=state_class(state) data-testid=testids::DRAFT_STATE data-state=state.slug()>{move || terms::draft_state(state)}</span> }
}

/// The pane.
#[component]
pub fn DraftList() -> impl IntoView {
    let drafts = live(|| Some(Drafts {}));
    let ready = drafts.part(|drafts| drafts.drafts.len());
    let may_edit = drafts.part_or(|drafts| drafts.may_edit);
    let creating = RwSignal::new(false);
    view! {
        <header class="row"><BackToList /><h1 class="big grow">{t!(handbook.drafts)}</h1>
            <Show when=move || may_edit.get()><Button label=t!(draft.new) icon="plus" kind=Kind::Primary testid=testids::DRAFT_NEW on_press=move |()| creating.set(true) /></Show>
        </header>
        <NewDraft open=creating />
        {move || match (ready.get(), drafts.error()) {
            (Some(0), _) => view! { <Empty icon="edit" title=t!(draft.none) text=t!(draft.none_text) /> }.into_any(),
            (Some(_), _) => view! { <Rows drafts=drafts /> }.into_any(),
            (None, Some(error)) => view! { <ErrorPanel error=error retry=move |()| drafts.refetch() /> }.into_any(),
            (None, None) => view! { <Loading /> }.into_any(),
        }}
    }
    .into_any()
}

#[component]
fn NewDraft(open: RwSignal<bool>) -> impl IntoView {
    let app = use_app();
    let (title, kind) = (RwSignal::new(String::new()), RwSignal::new(ArticleKind::Guidance.slug().to_owned()));
    let doing = Doing::new();
    let create = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let kind = ArticleKind::ALL.into_iter().find(|one| one.slug() == kind.get_untracked()).unwrap_or(ArticleKind::Guidance);
        let content = DraftContent {
            kind,
            title: title.get_untracked().trim().to_owned(),
            number: String::new(),
            agency: String::new(),
            field: String::new(),
            levels: Vec::new(),
            from: None,
            to: None,
            blocks: Vec::new(),
            source: None,
            partly: None,
            note: None,
            links: None,
        };
        doing.run(CreateDraft { article: None, content: Some(content) }, move |draft| {
            title.set(String::new());
            open.set(false);
            app.go(Route::Handbook(HandbookPlace::Draft(draft)));
        });
    };
    view! {
        <Dialog open=open title=t!(draft.new) testid=testids::DRAFT_DIALOG>
            <form class="stack" on:submit=create>
                <Field label=t!(draft.title) value=title testid=testids::DRAFT_NEW_TITLE required=true focus=true most=300 />
                <Pick label=t!(draft.kind) value=kind testid=testids::DRAFT_NEW_KIND options=Signal::derive(|| ArticleKind::ALL.into_iter().map(|kind| (kind.slug().to_owned(), terms::kind(kind))).collect()) />
                <ErrorLine doing=doing />
                <footer class="row end"><Button label=t!(draft.create) kind=Kind::Primary submit=true testid=testids::DRAFT_CREATE busy=Signal::derive(move || doing.busy()) /></footer>
            </form>
        </Dialog>
    }
    .into_any()
}

#[component]
fn Rows(drafts: Live<DraftsView>) -> impl IntoView {
    let app = use_app();
    let rows = drafts.part_or(|drafts| drafts.drafts.clone());
    let may_publish = drafts.part_or(|drafts| drafts.may_publish);
    let approved = Memo::new(move |_| {
        rows.with(|rows| {
            rows.iter().filter(|row| row.state == DraftState::Approved).map(|row| row.draft).collect::<BTreeSet<DraftId>>()
        })
    });
    let left_out = RwSignal::new(BTreeSet::<DraftId>::new());
    let chosen = Memo::new(move |_| {
        let out = left_out.get();
        approved.with(|approved| approved.difference(&out).copied().collect::<Vec<_>>())
    });
    let doing = Doing::new();
    let publish = move |()| {
        doing.run(PublishDrafts { drafts: chosen.get_untracked() }, move |made| {
            app.say(say!(
                draft.published_as,
                title = made.package.title,
                version = made.package.version,
                count = made.articles,
                size = words::size(made.delta_bytes)
            ));
            drafts.refetch();
        });
    };
    view! {
        <Show when=move || may_publish.get() && approved.with(|approved| !approved.is_empty())>
            <section class="card row wrap">
                <div class="grow"><div class="strong">{move || say!(draft.ready, count = approved.with(BTreeSet::len))}</div><small>{t!(draft.publish_text)}</small></div>
                <Button label=move || say!(draft.publish, count = chosen.with(Vec::len)) kind=Kind::Primary icon="share" testid=testids::DRAFT_PUBLISH disabled=Signal::derive(move || chosen.with(Vec::is_empty)) busy=Signal::derive(move || doing.busy()) on_press=publish />
            </section>
            <ErrorLine doing=doing />
        </Show>
        <div class="card list"><For each=move || rows.get() key=content_key let(row)><Row row=row pick=may_publish.into() left_out=left_out /></For></div>
    }
    .into_any()
}

#[component]
fn Row(row: DraftRow, pick: Signal<bool>, left_out: RwSignal<BTreeSet<DraftId>>) -> impl IntoView {
    let (draft, kind, conflicts, waits) = (row.draft, row.kind, row.conflicts, row.waits_for_me);
    let approved = row.state == DraftState::Approved;
    let editors = row.editors.join(", ");
    let title = row.title.clone();
    view! {
        <div class="li" data-testid=testids::DRAFT_ROW data-title=row.title.clone()>
            <Show when=move || pick.get() && approved>
                <input type="checkbox" aria-label=t!(draft.choose) prop:checked=move || left_out.with(|out| !out.contains(&draft))
                    on:change=move |event| left_out.update(|out| { if event_target_checked(&event) { out.remove(&draft); } else { out.insert(draft); } }) />
            </Show>
            <a class="grow" href=Route::Handbook(HandbookPlace::Draft(draft)).fragment() data-testid=testids::DRAFT_OPEN>
                <div class="ell strong">{if title.trim().is_empty() { say!(draft.untitled) } else { title }}</div>
                <small>{move || terms::kind(kind)}" · "{editors}" · "<span class="num">{format::date(row.changed_at)}</span></small>
            </a>
            {(conflicts > 0).then(|| view! { <span class="chip warn"><Icon name="warn" />{move || say!(draft.conflicts, count = conflicts)}</span> })}
            {waits.then(|| view! { <span class="chip on">{t!(draft.waits)}</span> })}
            <StateChip state=row.state />
        </div>
    }
    .into_any()
}
