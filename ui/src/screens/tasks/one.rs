//! One task: what is to be done by whom and until when, how far it is, what happened, and what I may do.

use api::question::Delivery;
use api::task::{MarkTaskRead, Task, TaskAction, TaskOriginView, TaskView};
use domain::id::TaskId;
use leptos::prelude::*;
use ui::format;
use ui::route::{HandbookPlace, Route, TaskPlace};
use ui::testids;

use super::actions::Actions;
use super::course::Course;
use super::rows::{TaskChips, lead};
use crate::app::use_app;
use crate::components::{Bar, ErrorPanel, Icon, Loading};
use crate::finder::tell;
use crate::live::{Live, live};
use crate::screens::handbook::BackToList;
use crate::screens::questions::{CommentForm, Subject};
use crate::{say, t};

/// All of a task, in percent.
const WHOLE: u64 = 100;

/// The pane.
#[component]
pub fn One(
    /// Which one.
    task: TaskId,
) -> impl IntoView {
    let app = use_app();
    let view = live(move || Some(Task { task }));
    let ready = view.part(|_| true);
    let unread = view.part_or(|view| view.row.unread);
    Effect::new(move |_| {
        if unread.get() {
            tell(MarkTaskRead { task });
        }
    });
    view! {
        {move || match (ready.get(), view.error()) {
            (Some(_), _) => view! { <Shown task=task view=view /> }.into_any(),
            (None, Some(error)) => view! { <BackToList to=Route::Tasks(TaskPlace::List(app.tasks.scope.get_untracked())) /><ErrorPanel error=error retry=move |()| view.refetch() /> }.into_any(),
            (None, None) => view! { <Loading /> }.into_any(),
        }}
    }
    .into_any()
}

#[component]
fn Shown(task: TaskId, view: Live<TaskView>) -> impl IntoView {
    let app = use_app();
    let row = view.part(|view| view.row.clone());
    let text = view.part_or(|view| view.text.clone());
    let articles = view.part_or(|view| view.articles.clone());
    let percent = view.part_or(|view| view.row.percent);
    let comments = view.part_or(|view| view.may.contains(&TaskAction::Comment));
    let events = view.part_or(|view| view.events.clone());
    view! {
        <article class="article thread" data-testid=testids::TASK data-id=task.to_string()>
            <header class="row articlehead">
                <BackToList to=Route::Tasks(TaskPlace::List(app.tasks.scope.get_untracked())) />
                <small class="grow crumbs num">{move || row.get().map(|row| say!(task.short, short = row.short))}</small>
            </header>
            <h1 class="big" data-testid=testids::TASK_TITLE>{move || row.get().map(|row| row.title)}</h1>
            <div class="row wrap chips">{move || row.get().map(|row| view! { <TaskChips row=row /> })}</div>
            {move || row.get().filter(|row| row.delivery == Delivery::Waiting).map(|_| view! { <p class="hintline late" role="status"><Icon name="inbox" /><span>{t!(task.waiting_text)}</span></p> })}
            <div class="row" data-testid=testids::TASK_PERCENT data-percent=move || percent.get()>
                <div class="grow"><Bar parts=Signal::derive(move || vec![("yes", u64::from(percent.get()))]) total=Signal::derive(|| WHOLE) label=move || say!(task.percent, percent = percent.get()) /></div>
                <small class="num">{move || format!("{} %", percent.get())}</small>
            </div>
            <Facts view=view />
            {move || row.get().and_then(|row| row.origin).map(|origin| view! { <Origin origin=origin /> })}
            {move || row.get().filter(|row| !row.reason.is_empty()).map(|row| view! { <p class="hintline" data-testid=testids::TASK_REASON><Icon name="clock" /><span>{say!(task.late_because, reason = row.reason)}</span></p> })}
            {move || row.get().and_then(|row| row.extension).map(|asked| view! {
                <div class="hintline" data-testid=testids::TASK_EXTENSION><Icon name="clock" /><div><p>{say!(task.asks_extension, name = asked.by, date = format::date(asked.until))}</p><p class="text">{asked.reason}</p></div></div>
            })}
            <Show when=move || text.with(|text| !text.is_empty())><p class="text asked" data-testid=testids::TASK_TEXT>{move || text.get()}</p></Show>
            {move || articles.get().into_iter().map(|article| view! {
                <p class="row"><Icon name="book" /><a class="named" href=Route::Handbook(HandbookPlace::Article(article.article)).fragment() data-testid=testids::TASK_ARTICLE>{article.title}</a></p>
            }).collect_view()}
            <Actions task=task view=view />
            <Course task=task events=events />
            <Show when=move || comments.get()><CommentForm subject=Subject::Task(task) /></Show>
        </article>
    }
    .into_any()
}

/// Who leads, who supports, who gave it, when it is due.
#[component]
fn Facts(view: Live<TaskView>) -> impl IntoView {
    let row = view.part(|view| view.row.clone());
    let stewards = view.part_or(|view| view.stewards.join(", "));
    view! {
        <dl class="facts" data-testid=testids::TASK_FACTS>
            {move || row.get().map(|row| {
                let supporting = row.supporting.iter().map(|unit| unit.name.as_str()).collect::<Vec<_>>().join(", ");
                let extended = row.first_due_at != row.due_at;
                view! {
                    <dt>{t!(task.lead)}</dt><dd class="strong">{lead(&row)}</dd>
                    {(!supporting.is_empty()).then(|| view! { <dt>{t!(task.supporting)}</dt><dd>{supporting}</dd> })}
                    <dt>{t!(task.due)}</dt>
                    <dd class="num">{format::moment(row.due_at)}{extended.then(|| view! { " "<small>{say!(task.first_due, date = format::date(row.first_due_at))}</small> })}</dd>
                    <dt>{t!(task.assigner)}</dt><dd>{format!("{}, {}", row.assigner, row.assigner_unit)}</dd>
                    <dt>{t!(task.given_at)}</dt><dd class="num">{format::moment(row.given_at)}</dd>
                }
            })}
            {move || Some(stewards.get()).filter(|names| !names.is_empty()).map(|names| view! { <dt>{t!(task.stewards)}</dt><dd>{names}</dd> })}
        </dl>
    }
    .into_any()
}

/// The meeting that decided it, and its words.
#[component]
fn Origin(origin: TaskOriginView) -> impl IntoView {
    let TaskOriginView { meeting, meeting_title, conclusion, here, vouched, .. } = origin;
    view! {
        <section class="block" data-testid=testids::TASK_ORIGIN>
            <p class="row"><Icon name="meet" /><span>{t!(task.meeting)}" "
                {if here {
                    view! { <a class="named" href=Route::Room { meeting, paper: None }.fragment()>{meeting_title}</a> }.into_any()
                } else {
                    view! { <b>{meeting_title}</b> }.into_any()
                }}
            </span></p>
            {(!conclusion.is_empty()).then(|| view! { <blockquote class="said"><small class="block">{t!(task.conclusion)}</small>{conclusion}</blockquote> })}
            {(vouched == Some(false)).then(|| view! { <p class="hintline late"><Icon name="warn" /><span>{t!(task.not_vouched)}</span></p> })}
        </section>
    }
    .into_any()
}
