//! The list of tasks: whose, narrowed, searched, with what is late.

use api::task::{TaskFilter, TaskListView, TaskScope, TaskState, Tasks};
use leptos::prelude::*;
use ui::route::{Route, TaskPlace};
use ui::testids;

use super::rows::Row;
use crate::app::use_app;
use crate::components::{Button, Empty, ErrorPanel, Facet, FindBox, Icon, Kind, Loading, Tab, Tabs, content_key};
use crate::live::live;
use crate::{say, t, terms};

/// The list's filters; they stay while a task is read.
#[derive(Clone, Copy)]
pub struct TaskFilters {
    /// Whose.
    pub scope: RwSignal<TaskScope>,
    /// Slug of a [`TaskState`]; empty: all.
    state: RwSignal<String>,
    /// The unit that leads, by its id; empty: all.
    unit: RwSignal<String>,
    /// Words.
    text: RwSignal<String>,
    /// Only what is owed.
    open: RwSignal<bool>,
    /// Only what is late.
    overdue: RwSignal<bool>,
}

impl TaskFilters {
    /// Nothing is narrowed.
    pub fn new() -> Self {
        let text = || RwSignal::new(String::new());
        Self {
            scope: RwSignal::new(TaskScope::All),
            state: text(),
            unit: text(),
            text: text(),
            open: RwSignal::new(false),
            overdue: RwSignal::new(false),
        }
    }

    fn filter(self) -> TaskFilter {
        TaskFilter {
            scope: self.scope.get(),
            state: TaskState::ALL.into_iter().find(|one| self.state.with(|state| one.slug() == state)),
            open: self.open.get(),
            overdue: self.overdue.get(),
            unit: self.unit.with(|unit| unit.parse().ok()),
            meeting: None,
            text: self.text.with(|text| text.trim().to_owned()),
        }
    }

    fn narrowed(self) -> bool {
        let texts = [self.state, self.unit, self.text];
        self.open.get() || self.overdue.get() || texts.iter().any(|text| text.with(|text| !text.trim().is_empty()))
    }

    fn clear(self) {
        [self.open, self.overdue].iter().for_each(|only| only.set(false));
        [self.state, self.unit, self.text].iter().for_each(|text| text.set(String::new()));
    }
}

/// The pane.
#[component]
pub fn List() -> impl IntoView {
    let app = use_app();
    let filters = app.tasks;
    let TaskFilters { scope, state, unit, text, open, overdue } = filters;
    Effect::new(move |_| {
        if let Route::Tasks(TaskPlace::List(routed)) = app.route.get() {
            scope.set(routed);
        }
    });
    let list = live(move || Some(Tasks { filter: filters.filter() }));
    // While a narrower list is on its way the old one stays.
    let kept = RwSignal::new(None::<TaskListView>);
    Effect::new(move |_| {
        if let Some(newest) = list.with(|list| list.cloned()) {
            kept.set(Some(newest));
        }
    });
    let rows = Memo::new(move |_| kept.with(|kept| kept.as_ref().map(|kept| kept.rows.clone()).unwrap_or_default()));
    let ready = Memo::new(move |_| kept.with(|kept| kept.as_ref().map(|kept| kept.rows.len())));
    let count = move |wanted: TaskScope| {
        Signal::derive(move || {
            kept.with(|kept| {
                kept.as_ref()
                    .and_then(|kept| kept.scopes.iter().find(|(scope, _)| *scope == wanted))
                    .map_or(0, |(_, count)| *count)
            })
        })
    };
    let figure = move |read: fn(&TaskListView) -> u32| Memo::new(move |_| kept.with(|kept| kept.as_ref().map_or(0, read)));
    let (waits, late, soon) = (figure(|list| list.waits_for_me), figure(|list| list.overdue), figure(|list| list.soon));
    let (outbox, total) = (figure(|list| list.waiting), figure(|list| list.total));
    let units = Signal::derive(move || kept.with(|kept| kept.as_ref().map(|kept| kept.units.clone()).unwrap_or_default()));
    let tabs = TaskScope::ALL
        .into_iter()
        .map(|scope| Tab { id: scope.slug(), label: (move || terms::task_scope(scope)).into(), count: count(scope) })
        .collect();
    let only = move |is: RwSignal<bool>, testid: &'static str, label: fn() -> String| {
        view! { <button type="button" class="chip" class:on=move || is.get() aria-pressed=move || is.get().to_string() data-testid=testid on:click=move |_| is.update(|is| *is = !*is)>{label}</button> }
    };
    view! {
        <header class="row"><h1 class="big grow">{t!(nav.tasks)}</h1>
            <Button label=t!(task.give) icon="plus" kind=Kind::Primary testid=testids::TASK_NEW on_press=move |()| app.go(Route::Tasks(TaskPlace::New)) />
        </header>
        <FindBox label=t!(task.find) text=text testid=testids::TASK_FIND />
        <Tabs label=t!(task.scopes) tabs=tabs chosen=Signal::derive(move || scope.get().slug()) testid=testids::TASK_SCOPE on_pick=move |slug: &'static str| {
            if let Some(picked) = TaskScope::ALL.into_iter().find(|scope| scope.slug() == slug) {
                scope.set(picked);
                app.go(Route::Tasks(TaskPlace::List(picked)));
            }
        } />
        <div class="row wrap chips" role="group" aria-label=t!(search.filters)>
            <label class="chip facet" class:on=move || state.with(|state| !state.is_empty())>
                <span class="hidden">{t!(task.state)}</span>
                <select data-testid=testids::TASK_FILTER_STATE on:change=move |event| state.set(event_target_value(&event))>
                    <option value="" selected=move || state.with(String::is_empty)>{t!(task.state)}</option>
                    {TaskState::ALL.into_iter().map(|one| view! { <option value=one.slug() selected=move || state.with(|state| state == one.slug())>{move || terms::task_state(one)}</option> }).collect_view()}
                </select>
            </label>
            <Facet label=t!(task.unit) testid=testids::TASK_FILTER_UNIT options=units chosen=unit />
            {only(open, testids::TASK_FILTER_OPEN, || say!(task.only_open))}
            {only(overdue, testids::TASK_FILTER_OVERDUE, || say!(task.overdue))}
        </div>
        <Show when=move || ready.get().is_some_and(|count| count > 0)>
            <small class="num" role="status" data-testid=testids::TASK_COUNTS data-waits=move || waits.get() data-overdue=move || late.get() data-soon=move || soon.get()>{move || say!(task.counts, waits = waits.get(), overdue = late.get(), soon = soon.get())}</small>
        </Show>
        <Show when=move || outbox.get() != 0>
            <p class="hintline late" role="status" data-testid=testids::TASKS_WAITING data-count=move || outbox.get()><Icon name="inbox" /><span>{move || say!(task.outbox, count = outbox.get())}</span></p>
        </Show>
        {move || match (ready.get(), list.error()) {
            (_, Some(error)) => view! { <ErrorPanel error=error retry=move |()| list.refetch() /> }.into_any(),
            (Some(0), None) if filters.narrowed() => view! { <Empty icon="task" title=t!(task.none_found)><Button label=t!(search.widen) on_press=move |()| filters.clear() /></Empty> }.into_any(),
            (Some(0), None) => view! { <Empty icon="task" title=t!(task.none) text=t!(task.none_text) /> }.into_any(),
            (Some(_), None) => ().into_any(),
            (None, None) => view! { <Loading /> }.into_any(),
        }}
        <div class="hits"><For each=move || rows.get() key=content_key let(row)><Row row=row /></For></div>
        <Show when=move || ready.get().is_some_and(|shown| shown > 0 && shown < total.get() as usize)>
            <p class="none">{move || say!(task.more, count = ready.get().unwrap_or(0), total = total.get())}</p>
        </Show>
    }
    .into_any()
}
