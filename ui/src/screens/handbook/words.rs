//! Abbreviations and synonyms, and what was searched in vain.

use api::search::{FailedSearch, FailedSearches, ForgetFailedSearch, SetSynonyms, SynonymRow, Synonyms, SynonymsView};
use leptos::prelude::*;
use ui::format;
use ui::route::{HandbookPlace, Route};
use ui::testids;

use super::BackToList;
use crate::app::use_app;
use crate::components::{Area, Button, Empty, ErrorLine, ErrorPanel, IconButton, Kind, Loading, content_key};
use crate::doing::Doing;
use crate::live::{Live, live};
use crate::{say, t};

/// Divides terms that stand for each other.
const DIVIDER: &str = " = ";

fn write(rows: &[SynonymRow]) -> String {
    rows.iter().map(|row| row.terms.join(DIVIDER)).collect::<Vec<_>>().join("\n")
}

/// Lines with at least two terms; what was built in stays so as long as it is not changed.
fn read(text: &str, before: &[SynonymRow]) -> Vec<SynonymRow> {
    text.lines()
        .map(|line| line.split('=').map(str::trim).filter(|term| !term.is_empty()).map(str::to_owned).collect::<Vec<_>>())
        .filter(|terms| terms.len() > 1)
        .map(|terms| SynonymRow { built_in: before.iter().any(|row| row.built_in && row.terms == terms), terms })
        .collect()
}

/// The pane.
#[component]
pub fn WordTables() -> impl IntoView {
    let synonyms = live(|| Some(Synonyms {}));
    let ready = synonyms.part(|_| true);
    view! {
        <header class="row"><BackToList /><h1 class="big grow">{t!(handbook.words)}</h1></header>
        {move || match (ready.get(), synonyms.error()) {
            (Some(_), _) => view! { <Table synonyms=synonyms /> }.into_any(),
            (None, Some(error)) => view! { <ErrorPanel error=error retry=move |()| synonyms.refetch() /> }.into_any(),
            (None, None) => view! { <Loading /> }.into_any(),
        }}
        <InVain />
    }
    .into_any()
}

#[component]
fn Table(synonyms: Live<SynonymsView>) -> impl IntoView {
    let app = use_app();
    let rows = synonyms.part_or(|view| view.rows.clone());
    let may_edit = synonyms.part_or(|view| view.may_edit);
    let editing = RwSignal::new(false);
    let text = RwSignal::new(String::new());
    // What the text was made from: the table may change while somebody writes.
    let seen = RwSignal::new(Vec::<SynonymRow>::new());
    let doing = Doing::new();
    let save = move |()| {
        let base = seen.get_untracked();
        let changed = read(&text.get_untracked(), &base);
        doing.run(SetSynonyms { rows: changed, base }, move |_| {
            editing.set(false);
            synonyms.refetch();
            app.say(say!(synonyms.saved));
        });
    };
    view! {
        <section class="card stack">
            <div class="row"><h2 class="grow">{t!(synonyms.title)}</h2>
                <Show when=move || may_edit.get() && !editing.get()>
                    <Button label=t!(agenda.edit) icon="edit" testid=testids::SYNONYMS_EDIT on_press=move |()| {
                        seen.set(rows.get_untracked());
                        text.set(write(&seen.get_untracked()));
                        editing.set(true);
                    } />
                </Show>
            </div>
            <small>{t!(synonyms.text)}</small>
            {move || if editing.get() {
                view! {
                    <Area label=t!(synonyms.lines) value=text hint=t!(synonyms.hint) testid=testids::SYNONYMS_TEXT rows=14 focus=true most=200_000 />
                    <ErrorLine doing=doing />
                    <footer class="row end">
                        <Button label=t!(common.cancel) on_press=move |()| editing.set(false) />
                        <Button label=t!(common.save) kind=Kind::Primary testid=testids::SYNONYMS_SAVE busy=Signal::derive(move || doing.busy()) on_press=save />
                    </footer>
                }.into_any()
            } else {
                view! {
                    <ul class="synonyms"><For each=move || rows.get() key=content_key let(row)>
                        <li data-testid=testids::SYNONYM_ROW>{row.terms.iter().map(|term| view! { <span>{term.clone()}</span> }).collect_view()}</li>
                    </For></ul>
                }.into_any()
            }}
        </section>
    }
    .into_any()
}

#[component]
fn InVain() -> impl IntoView {
    let failed = live(|| Some(FailedSearches {}));
    let rows = failed.part_or(Clone::clone);
    let none = failed.part_or(Vec::is_empty);
    let doing = Doing::new();
    view! {
        <section class="card stack">
            <h2>{t!(vain.title)}</h2>
            <small>{t!(vain.text)}</small>
            <ErrorLine doing=doing />
            <Show when=move || none.get()><Empty icon="find" title=t!(vain.none) /></Show>
            <div class="list"><For each=move || rows.get() key=content_key let(row)><Vain row=row doing=doing /></For></div>
        </section>
    }
    .into_any()
}

#[component]
fn Vain(row: FailedSearch, doing: Doing) -> impl IntoView {
    let app = use_app();
    let (text, forgotten) = (row.text.clone(), row.text.clone());
    view! {
        <div class="li" data-testid=testids::VAIN_ROW>
            <span class="chip when num">{move || say!(vain.count, count = row.count)}</span>
            <button type="button" class="linklike grow" on:click=move |_| {
                app.finder.look_for(text.clone());
                app.finder.take_focus();
                app.go(Route::Handbook(HandbookPlace::Search));
            }>{row.text}</button>
            <small class="num">{format::date(row.last_at)}</small>
            <IconButton small=true icon="cross" label=t!(vain.forget) on_press=move |()| doing.run(ForgetFailedSearch { text: forgotten.clone() }, |()| {}) />
        </div>
    }
    .into_any()
}
