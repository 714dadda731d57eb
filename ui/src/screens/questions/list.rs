//! The list of questions: whose, narrowed, searched.

use api::question::{QuestionFilter, QuestionList, QuestionScope, QuestionState};
use leptos::prelude::*;
use ui::route::{QuestionPlace, Route};
use ui::testids;

use super::rows::Row;
use crate::app::use_app;
use crate::components::{Button, Empty, ErrorPanel, Facet, FindBox, Icon, IconButton, Kind, Loading, Tab, Tabs, content_key};
use crate::live::live;
use crate::{say, t, terms};

/// The list's filters; they stay while a question is read.
#[derive(Clone, Copy)]
pub struct ListFilters {
    /// Whose.
    pub scope: RwSignal<QuestionScope>,
    /// Slug of a [`QuestionState`]; empty: all.
    pub state: RwSignal<String>,
    /// The field; empty: all.
    pub field: RwSignal<String>,
    /// The unit's id; empty: all.
    pub unit: RwSignal<String>,
    /// Words.
    pub text: RwSignal<String>,
    /// Only those that are late.
    pub overdue: RwSignal<bool>,
}

impl ListFilters {
    /// Nothing is narrowed.
    pub fn new() -> Self {
        let text = || RwSignal::new(String::new());
        Self {
            scope: RwSignal::new(QuestionScope::All),
            state: text(),
            field: text(),
            unit: text(),
            text: text(),
            overdue: RwSignal::new(false),
        }
    }
}

/// The pane.
#[component]
pub fn List() -> impl IntoView {
    let app = use_app();
    let scope = app.questions.scope;
    let (text, state, field, unit, overdue) =
        (app.questions.text, app.questions.state, app.questions.field, app.questions.unit, app.questions.overdue);
    Effect::new(move |_| {
        if let Route::Questions(QuestionPlace::List(routed)) = app.route.get() {
            scope.set(routed);
        }
    });
    let filter = move || QuestionFilter {
        scope: scope.get(),
        state: QuestionState::ALL.into_iter().find(|one| state.with(|state| one.slug() == state)),
        overdue: overdue.get(),
        field: Some(field.get()).filter(|field| !field.is_empty()),
        unit: unit.with(|unit| unit.parse().ok()),
        text: text.get().trim().to_owned(),
    };
    let list = live(move || Some(QuestionList { filter: filter() }));
    // While a narrower list is on its way the old one stays.
    let kept = RwSignal::new(None);
    Effect::new(move |_| {
        if let Some(newest) = list.with(|list| list.cloned()) {
            kept.set(Some(newest));
        }
    });
    let rows = Memo::new(move |_| {
        kept.with(|kept: &Option<api::question::QuestionListView>| {
            kept.as_ref().map(|kept| kept.rows.clone()).unwrap_or_default()
        })
    });
    let ready = Memo::new(move |_| kept.with(|kept| kept.as_ref().map(|kept| kept.rows.len())));
    let count = move |wanted: QuestionScope| {
        Signal::derive(move || {
            kept.with(|kept| {
                kept.as_ref()
                    .and_then(|kept| kept.scopes.iter().find(|(scope, _)| *scope == wanted))
                    .map_or(0, |(_, count)| *count)
            })
        })
    };
    let waiting = Memo::new(move |_| kept.with(|kept| kept.as_ref().map_or(0, |kept| kept.waiting)));
    let fields = Signal::derive(move || kept.with(|kept| kept.as_ref().map(|kept| kept.fields.clone()).unwrap_or_default()));
    let units = Signal::derive(move || kept.with(|kept| kept.as_ref().map(|kept| kept.units.clone()).unwrap_or_default()));
    let tabs = QuestionScope::ALL
        .into_iter()
        .map(|scope| Tab { id: scope.slug(), label: (move || terms::scope(scope)).into(), count: count(scope) })
        .collect();
    let narrowed =
        move || overdue.get() || [state, field, unit, text].iter().any(|signal| signal.with(|value| !value.trim().is_empty()));
    let clear = move |()| {
        overdue.set(false);
        [state, field, unit, text].iter().for_each(|signal| signal.set(String::new()));
    };
    view! {
        <header class="row"><h1 class="big grow">{t!(nav.questions)}</h1>
            <IconButton icon="chart" label=t!(statistics.title) testid=testids::STATISTICS_OPEN on_press=move |()| app.go(Route::Questions(QuestionPlace::Statistics)) />
            <IconButton icon="users" label=t!(units.title) testid=testids::UNITS_OPEN on_press=move |()| app.go(Route::Questions(QuestionPlace::Units)) />
            <Button label=t!(question.ask) icon="plus" kind=Kind::Primary testid=testids::QUESTION_ASK on_press=move |()| app.go(Route::Questions(QuestionPlace::New)) />
        </header>
        <FindBox label=t!(question.find) text=text testid=testids::QUESTION_FIND />
        <Tabs label=t!(question.scopes) tabs=tabs chosen=Signal::derive(move || scope.get().slug()) testid=testids::QUESTION_SCOPE on_pick=move |slug: &'static str| {
            if let Some(picked) = QuestionScope::ALL.into_iter().find(|scope| scope.slug() == slug) {
                scope.set(picked);
                app.go(Route::Questions(QuestionPlace::List(picked)));
            }
        } />
        <div class="row wrap chips" role="group" aria-label=t!(search.filters)>
            <label class="chip facet" class:on=move || state.with(|state| !state.is_empty())>
                <span class="hidden">{t!(question.state)}</span>
                <select data-testid=testids::QUESTION_FILTER_STATE on:change=move |event| state.set(event_target_value(&event))>
                    <option value="" selected=move || state.with(String::is_empty)>{t!(question.state)}</option>
                    {QuestionState::ALL.into_iter().map(|one| view! { <option value=one.slug() selected=move || state.with(|state| state == one.slug())>{move || terms::state(one)}</option> }).collect_view()}
                </select>
            </label>
            <Facet label=t!(search.field) testid=testids::QUESTION_FILTER_FIELD options=fields chosen=field />
            <Facet label=t!(question.unit) testid=testids::QUESTION_FILTER_UNIT options=units chosen=unit />
            <button type="button" class="chip" class:on=move || overdue.get() aria-pressed=move || overdue.get().to_string() data-testid=testids::QUESTION_FILTER_OVERDUE on:click=move |_| overdue.update(|overdue| *overdue = !*overdue)>{t!(question.overdue)}</button>
        </div>
        <Show when=move || waiting.get() != 0>
            <p class="hintline late" role="status" data-testid=testids::QUESTIONS_WAITING data-count=move || waiting.get()><Icon name="inbox" /><span>{move || say!(question.outbox, count = waiting.get())}</span></p>
        </Show>
        {move || match (ready.get(), list.error()) {
            (_, Some(error)) => view! { <ErrorPanel error=error retry=move |()| list.refetch() /> }.into_any(),
            (Some(0), None) if narrowed() => view! { <Empty icon="ask" title=t!(question.none_found)><Button label=t!(search.widen) on_press=clear /></Empty> }.into_any(),
            (Some(0), None) => view! { <Empty icon="ask" title=t!(question.none) text=t!(question.none_text) /> }.into_any(),
            (Some(_), None) => ().into_any(),
            (None, None) => view! { <Loading /> }.into_any(),
        }}
        <div class="hits"><For each=move || rows.get() key=content_key let(row)><Row row=row /></For></div>
    }
    .into_any()
}
