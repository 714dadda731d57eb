//! Where I used an article: tasks, cases, questions, notes of my own.

use api::handbook::{ArticleView, CaseRow, Cases, LinkCase, NoteUse, RemoveUse, UseKind, UseRow, UsedTask};
use api::task::{LinkTask, TaskFilter, Tasks};
use domain::id::{CaseId, TaskId};
use leptos::prelude::*;
use ui::format;
use ui::route::{HandbookPlace, QuestionPlace, Route, TaskPlace};
use ui::testids;

use crate::components::{Button, Dialog, ErrorLine, Field, IconButton, Kind, Pick, content_key};
use crate::doing::Doing;
use crate::live::{Live, live};
use crate::screens::tasks::{DueChip, StateChip};
use crate::{say, t, words};

/// Longest title of a task among the choices, in characters.
const OPTION_CHARS: usize = 60;

/// Where a use leads.
fn place(row: &UseRow) -> Option<Route> {
    match row.kind {
        UseKind::Case => row.target.parse().ok().map(|case| Route::Handbook(HandbookPlace::Case(case))),
        UseKind::Question => row.target.parse().ok().map(|question| Route::Questions(QuestionPlace::Thread(question))),
        UseKind::Task => row.task.as_ref().map(|task| Route::Tasks(TaskPlace::One(task.task))),
        UseKind::Note => None,
    }
}

/// The section below an article.
#[component]
pub fn Uses(
    /// The article.
    article: Live<ArticleView>,
) -> impl IntoView {
    let uses = article.part_or(|article| article.uses.clone());
    let id = article.part_or(|article| article.article.clone());
    let adding = RwSignal::new(false);
    let doing = Doing::new();
    let row = move |row: UseRow| {
        let link = place(&row);
        let UseRow { target, title, at, task, removable, .. } = row;
        let name = title.clone();
        view! {
            <li class="row wrap" data-testid=testids::USE_ROW data-title=name>
                <span class="grow">{match link {
                    Some(route) => view! { <a class="named" href=route.fragment()>{title}</a> }.into_any(),
                    None => view! { <span>{title}</span> }.into_any(),
                }}</span>
                {task.map(|task| view! { <Stands task=task /> })}
                <small class="num">{format::date(at)}</small>
                {removable.then(|| view! { <IconButton small=true icon="cross" label=t!(article.remove_use) on_press=move |()| doing.run(RemoveUse { article: id.get_untracked(), target: target.clone() }, |()| {}) /> })}
            </li>
        }
    };
    view! {
        <section class="block noprint">
            <div class="row"><h2 class="grow">{t!(article.uses)}</h2><Button label=t!(article.add_use) icon="plus" kind=Kind::Quiet testid=testids::USE_ADD on_press=move |()| adding.set(true) /></div>
            <Show when=move || uses.with(Vec::is_empty)><small>{t!(article.no_uses)}</small></Show>
            <ul class="plain"><For each=move || uses.get() key=content_key let(use_row)>{row(use_row)}</For></ul>
            <ErrorLine doing=doing />
            <Dialog open=adding title=t!(article.add_use) testid=testids::USE_DIALOG><Add open=adding article=id.into() /></Dialog>
        </section>
    }
    .into_any()
}

/// How a task stands that the article is used for.
#[component]
fn Stands(task: UsedTask) -> impl IntoView {
    let name = task.lead_name;
    view! {
        <small>{move || say!(article.use_lead, name = name.clone())}</small>
        <StateChip state=task.state />
        <DueChip due=task.due due_at=task.due_at />
    }
}

/// A case among the choices.
fn named(row: &CaseRow) -> String {
    let name = words::shorten(&row.name, OPTION_CHARS);
    if row.file_number.is_empty() { name } else { format!("{} · {name}", row.file_number) }
}

/// Noting a use: one of the tasks that are owed, one of the cases that are open, or words.
#[component]
fn Add(open: RwSignal<bool>, article: Signal<String>) -> impl IntoView {
    let tasks = live(|| Some(Tasks { filter: TaskFilter { open: true, ..TaskFilter::default() } }));
    let cases = live(|| Some(Cases { closed: false, text: String::new() }));
    let empty = || RwSignal::new(String::new());
    let (task, case, title) = (empty(), empty(), empty());
    let doing = Doing::new();
    let offered = Signal::derive(move || {
        let mut all = vec![(String::new(), say!(article.use_no_task))];
        tasks.with(|tasks| {
            all.extend(tasks.into_iter().flat_map(|tasks| &tasks.rows).map(|row| {
                let title = words::shorten(&row.title, OPTION_CHARS);
                (row.task.to_string(), say!(article.use_task_option, title = title, date = format::date(row.due_at)))
            }));
        });
        all
    });
    let open_cases = Signal::derive(move || {
        let mut all = vec![(String::new(), say!(article.use_no_case))];
        cases.with(|cases| all.extend(cases.into_iter().flatten().map(|row| (row.case.to_string(), named(row)))));
        all
    });
    let for_task = Memo::new(move |_| !task.with(String::is_empty));
    let in_words = Memo::new(move |_| !for_task.get() && case.with(String::is_empty));
    let any_case = Memo::new(move |_| open_cases.with(|cases| cases.len() > 1));
    let any = Memo::new(move |_| offered.with(|offered| offered.len() > 1));
    let save = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let article = article.get_untracked();
        let chosen = (task.with_untracked(|task| task.parse::<TaskId>()), case.with_untracked(|case| case.parse::<CaseId>()));
        match chosen {
            (Ok(task), _) => doing.run(LinkTask { article, task }, move |()| open.set(false)),
            (Err(_), Ok(case)) => doing.run(LinkCase { article, case }, move |()| open.set(false)),
            (Err(_), Err(_)) => {
                let title = title.get_untracked().trim().to_owned();
                doing.run(NoteUse { article, title }, move |()| open.set(false));
            }
        }
    };
    view! {
        <form class="stack" on:submit=save>
            <Show when=move || any.get()><Pick label=t!(article.use_task) value=task options=offered testid=testids::USE_TASK /></Show>
            <Show when=move || any_case.get() && !for_task.get()><Pick label=t!(article.use_case) value=case options=open_cases testid=testids::USE_CASE /></Show>
            <Show when=move || in_words.get()><Field label=t!(article.use_title) value=title example=t!(article.use_example) testid=testids::USE_TITLE required=true focus=true most=200 /></Show>
            <ErrorLine doing=doing />
            <footer class="row end"><Button label=t!(common.save) kind=Kind::Primary submit=true testid=testids::USE_SAVE busy=Signal::derive(move || doing.busy()) /></footer>
        </form>
    }
    .into_any()
}
