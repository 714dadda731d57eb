//! Giving a task: what, to whom, until when.

use api::error::ApiError;
use api::query::People;
use api::question::{Units, Urgency};
use api::search::Hit;
use api::task::{NewTask, TaskLead, TaskOrigin};
use domain::id::{Timestamp, UnitId};
use domain::limits::TITLE_CHARS;
use domain::question::limits::QUESTION_TEXT_CHARS;
use leptos::prelude::*;
use ui::format;
use ui::route::{Route, TaskPlace};
use ui::testids;

use crate::app::use_app;
use crate::components::{Area, Button, ErrorLine, ErrorPanel, Field, Icon, IconButton, Kind, Pick};
use crate::doing::Doing;
use crate::live::live;
use crate::screens::search::ArticlePicker;
use crate::{say, t, terms, words};

/// When a day that is a deadline is over.
pub const DUE_TIME: &str = "17:00";

/// The task that is being given; stays while other screens are looked at.
#[derive(Clone, Copy)]
pub struct TaskDraft {
    title: RwSignal<String>,
    text: RwSignal<String>,
    /// The unit that leads, by its id.
    lead: RwSignal<String>,
    /// The person who leads, by its id.
    person: RwSignal<String>,
    /// Units that support, with their names.
    supporting: RwSignal<Vec<(UnitId, String)>>,
    day: RwSignal<String>,
    urgency: RwSignal<String>,
    /// The article that it rests on, with its title.
    article: RwSignal<Option<(String, String)>>,
    /// The meeting that decided it, with its name.
    origin: RwSignal<Option<(TaskOrigin, String)>>,
}

/// The title of a task that is made of something decided: one line, cut where it is too long.
fn title_of(decision: &str) -> String {
    words::shorten(&decision.split_whitespace().collect::<Vec<_>>().join(" "), TITLE_CHARS)
}

impl TaskDraft {
    /// Nothing yet.
    pub fn new() -> Self {
        let text = || RwSignal::new(String::new());
        Self {
            title: text(),
            text: text(),
            lead: text(),
            person: text(),
            supporting: RwSignal::new(Vec::new()),
            day: text(),
            urgency: RwSignal::new(Urgency::Normal.slug().to_owned()),
            article: RwSignal::new(None),
            origin: RwSignal::new(None),
        }
    }

    /// Begins anew with what a meeting decided.
    pub fn decided(self, decision: &str, origin: TaskOrigin, meeting_title: String) {
        let title = title_of(decision);
        self.clear();
        if title.ends_with('…') {
            self.text.set(decision.to_owned());
        }
        self.title.set(title);
        self.origin.set(Some((origin, meeting_title)));
    }

    fn clear(self) {
        for text in [self.title, self.text, self.lead, self.person, self.day] {
            text.set(String::new());
        }
        self.supporting.set(Vec::new());
        self.urgency.set(Urgency::Normal.slug().to_owned());
        self.article.set(None);
        self.origin.set(None);
    }

    /// `None` as long as no unit leads it.
    fn act(self, due_at: Timestamp) -> Option<NewTask> {
        let unit = self.lead.with_untracked(|unit| unit.parse::<UnitId>().ok())?;
        let person = self.person.with_untracked(|person| person.parse().ok());
        let supporting = self.supporting.get_untracked().into_iter().map(|(unit, _)| unit);
        Some(NewTask {
            title: self.title.get_untracked().trim().to_owned(),
            text: self.text.get_untracked().trim().to_owned(),
            lead: TaskLead { unit, person },
            supporting: supporting.filter(|one| *one != unit).collect(),
            due_at,
            urgency: Urgency::ALL
                .into_iter()
                .find(|one| self.urgency.with_untracked(|slug| one.slug() == slug))
                .unwrap_or_default(),
            article: self.article.get_untracked().map(|(article, _)| article),
            origin: self.origin.get_untracked().map(|(origin, _)| origin),
        })
    }
}

/// The screen.
#[component]
pub fn Give() -> impl IntoView {
    let app = use_app();
    let draft = app.give;
    let doing = Doing::new();
    let picking = RwSignal::new(false);
    let send = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let Some(due_at) = draft.day.with_untracked(|day| format::parse_moment(day, DUE_TIME)) else {
            doing.fail(ApiError::new("bad_moment", ""));
            return;
        };
        if let Some(act) = draft.act(due_at) {
            doing.run(act, move |task| {
                draft.clear();
                app.go(Route::Tasks(TaskPlace::One(task)));
            });
        }
    };
    view! {
        <header class="row head"><span><IconButton label=t!(common.back) icon="left" on_press=move |()| app.go(Route::Tasks(TaskPlace::List(app.tasks.scope.get_untracked()))) /></span><h1 class="big grow">{t!(task.give)}</h1></header>
        <form class="card stack form" data-testid=testids::TASK_FORM on:submit=send>
            {move || draft.origin.get().map(|(origin, title)| view! { <FromMeeting origin=origin title=title draft=draft /> })}
            <Field label=t!(task_form.title) value=draft.title example=t!(task_form.title_example) testid=testids::TASK_FORM_TITLE required=true focus=true most=TITLE_CHARS />
            <Area label=t!(task_form.text) value=draft.text hint=t!(task_form.text_hint) testid=testids::TASK_FORM_TEXT rows=5 most=QUESTION_TEXT_CHARS />
            <Whom draft=draft />
            <div class="pair">
                <Field label=t!(task_form.day) value=draft.day hint=t!(task_form.day_hint) example="30/11/2026" testid=testids::TASK_FORM_DAY required=true most=20 />
                <Pick label=t!(ask.urgency) value=draft.urgency testid=testids::TASK_FORM_URGENCY options=Signal::derive(|| Urgency::ALL.into_iter().map(|one| (one.slug().to_owned(), terms::urgency(one))).collect()) />
            </div>
            <div class="row filerow">
                <Icon name="book" />
                <span class="grow ell">{move || draft.article.get().map_or_else(|| say!(task_form.no_article), |(_, title)| title)}</span>
                <Show when=move || draft.article.with(Option::is_some)><IconButton small=true icon="cross" label=t!(task_form.no_article) on_press=move |()| draft.article.set(None) /></Show>
                <Button label=t!(task_form.choose_article) testid=testids::TASK_FORM_ARTICLE on_press=move |()| picking.set(true) />
            </div>
            <ErrorLine doing=doing />
            <footer class="row end"><small class="grow">{t!(task_form.offline)}</small>
                <Button label=t!(task_form.give) kind=Kind::Primary submit=true testid=testids::TASK_FORM_GIVE disabled=Signal::derive(move || draft.lead.with(String::is_empty)) busy=Signal::derive(move || doing.busy()) />
            </footer>
        </form>
        <ArticlePicker open=picking on_pick=move |hit: Hit| draft.article.set(Some((hit.id, hit.title))) />
    }
    .into_any()
}

/// The meeting that decided it, and its words.
#[component]
fn FromMeeting(origin: TaskOrigin, title: String, draft: TaskDraft) -> impl IntoView {
    view! {
        <div class="row filerow" data-testid=testids::TASK_FORM_ORIGIN>
            <Icon name="meet" />
            <div class="grow"><div class="strong">{title}</div>{origin.conclusion.map(|words| view! { <small class="block">{words}</small> })}</div>
            <IconButton small=true icon="cross" label=t!(task_form.no_origin) on_press=move |()| draft.origin.set(None) />
        </div>
    }
    .into_any()
}

/// Who leads, and who supports.
#[component]
fn Whom(draft: TaskDraft) -> impl IntoView {
    let units = live(|| Some(Units {}));
    let people = live(|| Some(People {}));
    let names =
        units.part_or(|units| units.units.iter().map(|unit| (unit.unit, unit.name.clone())).collect::<Vec<(UnitId, String)>>());
    let leads = Signal::derive(move || {
        let all = names.get().into_iter().map(|(unit, name)| (unit.to_string(), name));
        std::iter::once((String::new(), say!(task_form.choose_lead))).chain(all).collect::<Vec<_>>()
    });
    let persons = Signal::derive(move || {
        let lead = draft.lead.get();
        let mut all = vec![(String::new(), say!(task_form.no_person))];
        people.with(|people| {
            let of_unit = people.into_iter().flatten().filter(|one| one.unit.to_string() == lead);
            all.extend(of_unit.map(|one| (one.person.to_string(), format!("{} · {}", one.name, one.title))));
        });
        all
    });
    let others = Signal::derive(move || {
        let lead = draft.lead.get();
        let chosen = draft.supporting.get();
        let free =
            names.get().into_iter().filter(|(unit, _)| unit.to_string() != lead && !chosen.iter().any(|(one, _)| one == unit));
        let free = free.map(|(unit, name)| (unit.to_string(), name));
        std::iter::once((String::new(), say!(task_form.support))).chain(free).collect::<Vec<_>>()
    });
    let pick = RwSignal::new(String::new());
    let add = move |id: String| {
        let found = names.with_untracked(|names| names.iter().find(|(unit, _)| unit.to_string() == id).cloned());
        if let Some(found) = found {
            draft.supporting.update(|chosen| chosen.push(found));
        }
        pick.set(String::new());
    };
    view! {
        {move || units.error().map(|error| view! { <ErrorPanel error=error retry=move |()| units.refetch() /> })}
        <div class="pair">
            <Pick label=t!(task_form.lead) value=draft.lead options=leads testid=testids::TASK_FORM_LEAD on_pick=move |unit: String| {
                draft.person.set(String::new());
                draft.supporting.update(|chosen| chosen.retain(|(one, _)| one.to_string() != unit));
            } />
            <Pick label=t!(task_form.person) value=draft.person options=persons testid=testids::TASK_FORM_PERSON />
        </div>
        <div class="stack tight">
            <span class="s">{t!(task_form.supporting)}</span>
            <div class="row wrap chips">
                <For each=move || draft.supporting.get() key=|(unit, _)| *unit let((unit, name))>
                    <span class="chip on" data-testid=testids::TASK_FORM_SUPPORTS data-name=name.clone()>{name.clone()}<IconButton small=true icon="cross" label=t!(task_form.no_support) on_press=move |()| draft.supporting.update(|chosen| chosen.retain(|(one, _)| *one != unit)) /></span>
                </For>
                <div class="callpick"><Pick label=t!(task_form.support) value=pick options=others bare=true testid=testids::TASK_FORM_SUPPORT on_pick=add /></div>
            </div>
        </div>
    }
    .into_any()
}
