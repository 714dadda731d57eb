//! One draft: written, saved by itself, reviewed, with both sides shown where two people wrote at the same time.

use std::time::Duration;

use api::handbook::{
    ArticleKind, ArticleLink, ConflictView, DiscardDraft, Draft, DraftContent, DraftEvent, DraftState, DraftView, EditDraft,
    ResolveConflict, Review, SubmitForReview,
};
use api::search::Level;
use domain::id::DraftId;
use leptos::prelude::*;
use ui::format;
use ui::route::{HandbookPlace, QuestionPlace, Route};
use ui::testids;

use super::BackToList;
use super::block_editor::{BlockEditor, Blocks as Written, primary};
use super::blocks::{Blocks, Facts};
use super::drafts::StateChip;
use super::link_editor::{LinkEditor, LinkList};
use crate::app::use_app;
use crate::components::{Area, Button, Check, Confirm, ErrorLine, ErrorPanel, Field, Icon, Kind, Loading, Pick, content_key};
use crate::doing::Doing;
use crate::live::{Live, live};
use crate::{say, t, terms};

/// A change is saved after nothing more was typed for so long.
const SAVE_AFTER: Duration = Duration::from_millis(700);

/// The fields of a draft while they are written.
#[derive(Clone, Copy)]
struct Form {
    kind: RwSignal<String>,
    title: RwSignal<String>,
    number: RwSignal<String>,
    agency: RwSignal<String>,
    field: RwSignal<String>,
    levels: RwSignal<Vec<Level>>,
    from: RwSignal<String>,
    to: RwSignal<String>,
    source: RwSignal<String>,
    partly: RwSignal<bool>,
    note: RwSignal<String>,
    links: RwSignal<Vec<ArticleLink>>,
    blocks: Written,
    /// What the application has.
    saved: StoredValue<Option<DraftContent>>,
    base: StoredValue<String>,
}

fn put(signal: RwSignal<String>, text: &str) {
    if signal.with_untracked(|old| old != text) {
        signal.set(text.to_owned());
    }
}

impl Form {
    fn new() -> Self {
        let text = || RwSignal::new(String::new());
        Self {
            kind: text(),
            title: text(),
            number: text(),
            agency: text(),
            field: text(),
            levels: RwSignal::new(Vec::new()),
            from: text(),
            to: text(),
            source: text(),
            partly: RwSignal::new(false),
            note: text(),
            links: RwSignal::new(Vec::new()),
            blocks: Written::new(),
            saved: StoredValue::new(None),
            base: StoredValue::new(String::new()),
        }
    }

    /// What is written now; follows every field.
    fn content(self) -> DraftContent {
        let kind = self.kind.get();
        let (source, partly, note, links) = self.saved.with_value(|saved| {
            let said = |one: &DraftContent| (one.source.is_some(), one.partly.is_some(), one.note.is_some(), one.links.is_some());
            saved.as_ref().map(said).unwrap_or_default()
        });
        let text = |signal: RwSignal<String>, said: bool| Some(signal.get()).filter(|text| said || !text.is_empty());
        DraftContent {
            kind: ArticleKind::ALL.into_iter().find(|one| one.slug() == kind).unwrap_or(ArticleKind::Guidance),
            title: self.title.get(),
            number: self.number.get(),
            agency: self.agency.get(),
            field: self.field.get(),
            levels: self.levels.get(),
            from: terms::read_day(&self.from.get()),
            to: terms::read_day(&self.to.get()),
            blocks: self.blocks.content(),
            // What was unsaid stays so until somebody writes it: the article keeps what it has.
            source: text(self.source, source),
            partly: Some(self.partly.get()).filter(|is| partly || *is),
            note: text(self.note, note),
            links: Some(self.links.get()).filter(|rows| links || !rows.is_empty()),
        }
    }

    /// Takes over what the application has. What is typed and not saved yet stays: it is saved on top.
    fn take(self, view: &DraftView, sent: Option<&DraftContent>) {
        let mine = untrack(|| self.content());
        let clean = match (sent, self.saved.get_value()) {
            (Some(sent), _) => mine == *sent,
            (None, Some(saved)) => mine == saved,
            (None, None) => true,
        };
        if clean {
            let content = &view.content;
            put(self.kind, content.kind.slug());
            put(self.title, &content.title);
            put(self.number, &content.number);
            put(self.agency, &content.agency);
            put(self.field, &content.field);
            if self.levels.with_untracked(|old| *old != content.levels) {
                self.levels.set(content.levels.clone());
            }
            // A day that is being typed is no day yet, and stays.
            if terms::read_day(&self.from.get_untracked()) != content.from {
                put(self.from, &content.from.map(terms::day).unwrap_or_default());
            }
            if terms::read_day(&self.to.get_untracked()) != content.to {
                put(self.to, &content.to.map(terms::day).unwrap_or_default());
            }
            put(self.source, content.source.as_deref().unwrap_or_default());
            put(self.note, content.note.as_deref().unwrap_or_default());
            let (partly, links) = (content.partly.unwrap_or_default(), content.links.clone().unwrap_or_default());
            if self.partly.get_untracked() != partly {
                self.partly.set(partly);
            }
            if self.links.with_untracked(|old| *old != links) {
                self.links.set(links);
            }
            self.blocks.take(&content.blocks);
            self.saved.set_value(Some(untrack(|| self.content())));
            self.base.set_value(view.base.clone());
        } else if sent.is_some() {
            self.saved.set_value(Some(view.content.clone()));
            self.base.set_value(view.base.clone());
        }
    }
}

/// The pane.
#[component]
pub fn OneDraft(
    /// Which one.
    draft: DraftId,
) -> impl IntoView {
    let live_draft = live(move || Some(Draft { draft }));
    let ready = live_draft.part(|_| true);
    view! {
        {move || match (ready.get(), live_draft.error()) {
            (Some(_), _) => view! { <Editor draft=draft live_draft=live_draft /> }.into_any(),
            (None, Some(error)) => view! { <BackToList to=Route::Handbook(HandbookPlace::Drafts) /><ErrorPanel error=error retry=move |()| live_draft.refetch() /> }.into_any(),
            (None, None) => view! { <Loading /> }.into_any(),
        }}
    }
    .into_any()
}

#[component]
fn Editor(draft: DraftId, live_draft: Live<DraftView>) -> impl IntoView {
    let app = use_app();
    let form = Form::new();
    let state = live_draft.part(|view| view.row.state);
    let may_edit = live_draft.part_or(|view| view.may_edit);
    let may_submit = live_draft.part_or(|view| view.may_submit);
    let may_review = live_draft.part_or(|view| view.may_review);
    let conflicts = live_draft.part_or(|view| view.conflicts.clone());
    let history = live_draft.part_or(|view| view.history.clone());
    let origin = live_draft.part_or(|view| view.origin);
    let fresh = live_draft.part(Clone::clone);
    let (saving, doing) = (Doing::new(), Doing::new());
    let dirty = RwSignal::new(false);
    Effect::new(move |_| {
        if let Some(view) = fresh.get() {
            form.take(&view, None);
        }
    });
    let save = move || {
        let content = untrack(|| form.content());
        if saving.is_busy() || form.saved.get_value().as_ref() == Some(&content) {
            return;
        }
        let act = EditDraft { draft, base: form.base.get_value(), content: content.clone() };
        saving.run(act, move |view| {
            form.take(&view, Some(&content));
            let _ = dirty.try_set(form.saved.get_value() != Some(untrack(|| form.content())));
        });
    };
    let turn = StoredValue::new(0u64);
    Effect::new(move |before: Option<()>| {
        let content = form.content();
        saving.busy();
        if before.is_none() || form.saved.get_value().is_none_or(|saved| saved == content) {
            dirty.set(false);
            return;
        }
        dirty.set(true);
        let this = turn.get_value() + 1;
        turn.set_value(this);
        set_timeout(
            move || {
                if turn.try_get_value() == Some(this) {
                    save();
                }
            },
            SAVE_AFTER,
        );
    });
    let said = move || match (saving.busy(), saving.error().is_some(), dirty.get()) {
        (true, ..) => say!(draft.saving),
        (_, true, _) => say!(draft.not_saved),
        (_, _, true) => say!(draft.unsaved),
        _ => say!(draft.saved),
    };
    let submit = move |()| doing.run(SubmitForReview { draft }, |_| {});
    view! {
        <div class="stack wide-gap draft" data-testid=testids::DRAFT data-saved=move || (!dirty.get() && !saving.busy()).to_string()>
            <header class="row articlehead">
                <BackToList to=Route::Handbook(HandbookPlace::Drafts) />
                <h1 class="grow ell">{move || form.title.with(|title| if title.trim().is_empty() { say!(draft.untitled) } else { title.clone() })}</h1>
                {move || state.get().map(|state| view! { <StateChip state=state /> })}
                <Show when=move || may_edit.get()><small class="num" role="status" data-testid=testids::DRAFT_SAVED>{said}</small></Show>
                <Show when=move || may_submit.get()><Button label=t!(draft.submit) kind=primary(true) testid=testids::DRAFT_SUBMIT disabled=Signal::derive(move || dirty.get()) busy=Signal::derive(move || doing.busy()) on_press=submit /></Show>
            </header>
            <ErrorLine doing=saving />
            <ErrorLine doing=doing />
            {move || origin.get().map(|question| view! { <p class="hintline"><Icon name="ask" /><a class="named" href=Route::Questions(QuestionPlace::Thread(question)).fragment()>{t!(article.origin)}</a></p> })}
            <Show when=move || conflicts.with(|conflicts| !conflicts.is_empty())>
                <Conflicts draft=draft conflicts=conflicts.into() />
            </Show>
            <Show when=move || may_review.get()><ReviewBox draft=draft /></Show>
            {move || if may_edit.get() {
                view! { <Fields form=form /> }.into_any()
            } else {
                view! { <Preview content=Signal::derive(move || fresh.get().map(|view| view.content)) /> }.into_any()
            }}
            <History history=history.into() />
            <Show when=move || may_edit.get() && matches!(state.get(), Some(DraftState::Draft | DraftState::Returned))><Discard draft=draft app_route=move || app.go(Route::Handbook(HandbookPlace::Drafts)) /></Show>
        </div>
    }
    .into_any()
}

#[component]
fn Discard(draft: DraftId, app_route: impl Fn() + Copy + Send + Sync + 'static) -> impl IntoView {
    let open = RwSignal::new(false);
    let doing = Doing::new();
    view! {
        <div class="row"><Button label=t!(draft.discard) icon="trash" kind=Kind::Quiet testid=testids::DRAFT_DISCARD on_press=move |()| open.set(true) /></div>
        <Confirm open=open title=t!(draft.discard) text=t!(draft.discard_text) verb=t!(draft.discard) doing=doing danger=true on_confirm=move |()| doing.run(DiscardDraft { draft }, move |()| app_route()) />
    }
    .into_any()
}

#[component]
fn Fields(form: Form) -> impl IntoView {
    let level = move |level: Level| {
        view! {
            <label class="pill">
                <input type="checkbox" prop:checked=move || form.levels.with(|levels| levels.contains(&level))
                    on:change=move |event| form.levels.update(|levels| {
                        levels.retain(|one| *one != level);
                        if event_target_checked(&event) {
                            levels.push(level);
                            levels.sort();
                        }
                    }) />
                <span>{move || terms::level(level)}</span>
            </label>
        }
    };
    view! {
        <section class="card stack">
            <Field label=t!(draft.title) value=form.title testid=testids::DRAFT_TITLE required=true most=300 />
            <div class="pair">
                <Pick label=t!(draft.kind) value=form.kind options=Signal::derive(|| ArticleKind::ALL.into_iter().map(|kind| (kind.slug().to_owned(), terms::kind(kind))).collect()) />
                <Field label=t!(draft.number) value=form.number example="01/2026/HD-UBND" most=100 />
            </div>
            <div class="pair">
                <Field label=t!(search.agency) value=form.agency most=200 />
                <Field label=t!(search.field) value=form.field testid=testids::DRAFT_FIELD most=200 />
            </div>
            <fieldset class="choices"><legend>{t!(search.level)}</legend><div class="row wrap">{Level::ALL.into_iter().map(level).collect_view()}</div></fieldset>
            <div class="pair">
                <Field label=t!(draft.from) value=form.from example="01/07/2025" most=20 />
                <Field label=t!(draft.to) value=form.to example="31/12/2026" most=20 />
            </div>
            <Field label=t!(draft.source) value=form.source testid=testids::DRAFT_SOURCE most=300 />
            <Check label=t!(validity.partly) value=form.partly testid=testids::DRAFT_PARTLY />
            <Field label=t!(draft.note) value=form.note hint=t!(draft.note_hint) testid=testids::DRAFT_NOTE most=500 />
        </section>
        <LinkEditor links=form.links />
        <section class="card stack"><h2>{t!(draft.content)}</h2><BlockEditor blocks=form.blocks /></section>
    }
    .into_any()
}

#[component]
fn Preview(content: Signal<Option<DraftContent>>) -> impl IntoView {
    move || {
        content.get().map(|content| {
            let blocks: Vec<_> = content.blocks.into_iter().map(|block| block.block).collect();
            let (source, note) = (content.source.unwrap_or_default(), content.note.unwrap_or_default());
            let (partly, links) = (content.partly.unwrap_or_default(), content.links.unwrap_or_default());
            view! {
                <section class="card article">
                    {(!source.is_empty()).then(|| view! { <small>{source}</small> })}
                    <h1 class="big">{content.title}</h1>
                    {(partly || !note.is_empty()).then(|| view! {
                        <p class="hintline"><Icon name="warn" /><span>{move || if partly { say!(validity.partly) } else { String::new() }}" "{note}</span></p>
                    })}
                    <Facts blocks=blocks.clone() passage=None />
                    <Blocks blocks=blocks passage=None />
                    {(!links.is_empty()).then(|| view! { <LinkList links=links /> })}
                </section>
            }
        })
    }
}

#[component]
fn ReviewBox(draft: DraftId) -> impl IntoView {
    let note = RwSignal::new(String::new());
    let doing = Doing::new();
    let review = move |approve: bool| {
        doing.run(Review { draft, approve, note: note.get_untracked().trim().to_owned() }, move |_| note.set(String::new()))
    };
    view! {
        <section class="card stack" data-testid=testids::DRAFT_REVIEW>
            <h2>{t!(draft.review)}</h2>
            <Area label=t!(draft.review_note) value=note hint=t!(draft.review_hint) testid=testids::DRAFT_REVIEW_NOTE rows=3 most=5_000 />
            <ErrorLine doing=doing />
            <footer class="row end">
                <Button label=t!(draft.return_it) testid=testids::DRAFT_RETURN disabled=Signal::derive(move || note.with(|note| note.trim().is_empty())) busy=Signal::derive(move || doing.busy()) on_press=move |()| review(false) />
                <Button label=t!(draft.approve) kind=Kind::Primary icon="check" testid=testids::DRAFT_APPROVE busy=Signal::derive(move || doing.busy()) on_press=move |()| review(true) />
            </footer>
        </section>
    }
    .into_any()
}

#[component]
fn Conflicts(draft: DraftId, conflicts: Signal<Vec<ConflictView>>) -> impl IntoView {
    let doing = Doing::new();
    let place = |place: &str| match place {
        "title" => say!(draft.title),
        "number" => say!(draft.number),
        "agency" => say!(search.agency),
        "field" => say!(search.field),
        "from" => say!(draft.from),
        "to" => say!(draft.to),
        "levels" => say!(search.level),
        "source" => say!(draft.source),
        "partly" => say!(validity.partly),
        "note" => say!(draft.note),
        "links" => say!(draft.links),
        _ => say!(draft.content),
    };
    view! {
        <section class="card stack conflicts" data-testid=testids::DRAFT_CONFLICTS>
            <h2 class="row"><Icon name="warn" /><span>{t!(draft.conflict)}</span></h2>
            <small>{t!(draft.conflict_text)}</small>
            <ErrorLine doing=doing />
            <For each=move || conflicts.get() key=content_key let(conflict)>
                {
                    let (name, of) = (conflict.place.clone(), conflict.place.clone());
                    view! {
                        <h3>{move || place(&name)}</h3>
                        <div class="sides">
                            {conflict.sides.into_iter().map(|side| {
                                let (place, id) = (of.clone(), side.side.clone());
                                view! {
                                    <div class="side2" class:shown=side.shown data-testid=testids::CONFLICT_SIDE>
                                        <small><b>{side.by}</b>" · "<span class="num">{format::moment(side.at)}</span></small>
                                        <p class="text">{side.text}</p>
                                        <Button label=t!(draft.take_side) testid=testids::CONFLICT_TAKE busy=Signal::derive(move || doing.busy()) on_press=move |()| doing.run(ResolveConflict { draft, place: place.clone(), side: id.clone() }, |_| {}) />
                                    </div>
                                }
                            }).collect_view()}
                        </div>
                    }
                }
            </For>
        </section>
    }
    .into_any()
}

#[component]
fn History(history: Signal<Vec<DraftEvent>>) -> impl IntoView {
    view! {
        <section class="block"><h2>{t!(draft.history)}</h2>
            <ul class="plain"><For each=move || history.get() key=content_key let(event)>
                <li class="row" data-testid=testids::DRAFT_EVENT><small class="num">{format::moment(event.at)}</small><span class="grow"><b>{event.by}</b>" "{move || terms::draft_event(event.kind)}{(!event.note.is_empty()).then(|| view! { <q class="block">{event.note}</q> })}</span></li>
            </For></ul>
        </section>
    }
    .into_any()
}
