//! Units: what they answer for, within how many days, and whether their head approves.

use api::query::People;
use api::question::{QuestionScope, SetUnit, UnitRow, Units};
use api::search::Level;
use leptos::prelude::*;
use ui::route::{QuestionPlace, Route};
use ui::testids;

use crate::app::use_app;
use crate::components::{
    Area, Button, Check, Dialog, Empty, ErrorLine, ErrorPanel, Field, IconButton, Kind, Loading, Pick, content_key,
};
use crate::doing::Doing;
use crate::live::live;
use crate::{say, t, terms};

/// Days that are proposed where nothing else is known.
const DAYS_PROPOSED: u32 = 3;

/// The screen.
#[component]
pub fn UnitList() -> impl IntoView {
    let app = use_app();
    let units = live(|| Some(Units {}));
    let ready = units.part(|units| units.units.len());
    let rows = units.part_or(|units| units.units.clone());
    let may_edit = units.part_or(|units| units.may_edit);
    view! {
        <header class="row head">
            <span><IconButton label=t!(common.back) icon="left" on_press=move |()| app.go(Route::Questions(QuestionPlace::List(QuestionScope::All))) /></span>
            <h1 class="big grow">{t!(units.title)}</h1>
        </header>
        <p class="lead">{t!(units.text)}</p>
        {move || match (ready.get(), units.error()) {
            (Some(0), _) => view! { <Empty icon="users" title=t!(units.none) /> }.into_any(),
            (Some(_), _) => ().into_any(),
            (None, Some(error)) => view! { <ErrorPanel error=error retry=move |()| units.refetch() /> }.into_any(),
            (None, None) => view! { <Loading /> }.into_any(),
        }}
        <Show when=move || ready.get().is_some_and(|count| count > 0)>
            <div class="card list"><For each=move || rows.get() key=content_key let(row)><Row row=row may_edit=may_edit.into() /></For></div>
        </Show>
    }
    .into_any()
}

#[component]
fn Row(row: UnitRow, may_edit: Signal<bool>) -> impl IntoView {
    let editing = RwSignal::new(false);
    let (level, days, people, needs_approval) = (row.level, row.days, row.people, row.needs_approval);
    let fields = row.fields.join(" · ");
    let head = row.head_name.clone();
    view! {
        <div class="li" data-testid=testids::UNIT_ROW data-name=row.name.clone()>
            <span class="chip when">{move || terms::level(level)}</span>
            <div class="grow">
                <div class="strong">{row.name.clone()}{row.mine.then(|| view! { " "<span class="chip on">{t!(units.mine)}</span> })}</div>
                <small class="block">{if fields.is_empty() { say!(units.no_fields) } else { fields }}</small>
                <small class="block num">{move || say!(units.line, days = days, people = people)}{needs_approval.then(|| format!(" · {}", if head.is_empty() { say!(units.approves) } else { say!(units.approves_name, name = head.clone()) }))}</small>
            </div>
            <Show when=move || may_edit.get()><Button label=t!(agenda.edit) icon="edit" testid=testids::UNIT_EDIT on_press=move |()| editing.set(true) /></Show>
        </div>
        <Edit open=editing row=row />
    }
    .into_any()
}

#[component]
fn Edit(open: RwSignal<bool>, row: UnitRow) -> impl IntoView {
    let name = row.name.clone();
    let row = StoredValue::new(row);
    view! {
        <Dialog open=open title=move || name.clone() testid=testids::UNIT_DIALOG>
            <EditForm open=open row=row.get_value() />
        </Dialog>
    }
}

#[component]
fn EditForm(open: RwSignal<bool>, row: UnitRow) -> impl IntoView {
    let people = live(|| Some(People {}));
    let unit = row.unit;
    let level = RwSignal::new(row.level.slug().to_owned());
    let fields = RwSignal::new(row.fields.join("\n"));
    let days = RwSignal::new(row.days.to_string());
    let approval = RwSignal::new(row.needs_approval);
    let head = RwSignal::new(row.head.map(|head| head.to_string()).unwrap_or_default());
    let doing = Doing::new();
    let heads = Signal::derive(move || {
        let mut all = vec![(String::new(), say!(units.no_head))];
        people.with(|people| {
            all.extend(
                people.into_iter().flatten().filter(|one| one.unit == unit).map(|one| (one.person.to_string(), one.name.clone())),
            )
        });
        all
    });
    let save = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let act = SetUnit {
            unit,
            level: Level::ALL.into_iter().find(|one| level.with_untracked(|slug| one.slug() == slug)).unwrap_or(Level::Commune),
            fields: fields.get_untracked().lines().map(str::trim).filter(|field| !field.is_empty()).map(str::to_owned).collect(),
            needs_approval: approval.get_untracked(),
            days: days.get_untracked().trim().parse().unwrap_or(DAYS_PROPOSED),
            head: head.with_untracked(|head| head.parse().ok()),
        };
        doing.run(act, move |_| open.set(false));
    };
    view! {
        <form class="stack" on:submit=save>
            <Pick label=t!(search.level) value=level options=Signal::derive(|| Level::ALL.into_iter().map(|level| (level.slug().to_owned(), terms::level(level))).collect()) />
            <Area label=t!(units.fields) value=fields hint=t!(units.fields_hint) testid=testids::UNIT_FIELDS rows=4 most=4_000 />
            <Field label=t!(units.days) value=days kind="number" testid=testids::UNIT_DAYS required=true most=3 />
            <Check label=t!(units.approval) value=approval testid=testids::UNIT_APPROVAL />
            <Pick label=t!(units.head) value=head options=heads testid=testids::UNIT_HEAD />
            <ErrorLine doing=doing />
            <footer class="row end"><Button label=t!(common.save) kind=Kind::Primary submit=true testid=testids::UNIT_SAVE busy=Signal::derive(move || doing.busy()) /></footer>
        </form>
    }
    .into_any()
}
