//! What may be done with a task now, and what is asked before it is done.

use api::error::ApiError;
use api::task::{TaskAction, TaskEntry, TaskView, TellTask};
use domain::id::{TaskId, Timestamp};
use domain::question::limits::{COMMENT_CHARS, REASON_CHARS};
use leptos::prelude::*;
use ui::format;
use ui::testids;

use super::give::DUE_TIME;
use crate::components::{Area, Button, Dialog, ErrorLine, Field, Kind, Pick};
use crate::doing::Doing;
use crate::live::Live;
use crate::{say, t, terms};

/// Shares that are offered, in percent.
const SHARE_STEP: usize = 5;

/// The button of an action: its name for tests, its icon, how loud it is. A comment has a form of its own.
fn button(action: TaskAction) -> Option<(&'static str, &'static str, Kind)> {
    Some(match action {
        TaskAction::Accept => (testids::TASK_ACCEPT, "check", Kind::Primary),
        TaskAction::Progress => (testids::TASK_PROGRESS, "chart", Kind::Plain),
        TaskAction::ReportDone => (testids::TASK_REPORT_DONE, "check", Kind::Plain),
        TaskAction::Confirm => (testids::TASK_CONFIRM, "check", Kind::Primary),
        TaskAction::Return => (testids::TASK_RETURN, "left", Kind::Plain),
        TaskAction::Extend => (testids::TASK_EXTEND, "clock", Kind::Plain),
        TaskAction::RefuseExtension => (testids::TASK_REFUSE_EXTENSION, "cross", Kind::Plain),
        TaskAction::AskExtension => (testids::TASK_ASK_EXTENSION, "clock", Kind::Plain),
        TaskAction::ExplainLate => (testids::TASK_EXPLAIN_LATE, "note", Kind::Plain),
        TaskAction::Urge => (testids::TASK_URGE, "warn", Kind::Plain),
        TaskAction::Close => (testids::TASK_CLOSE, "lock", Kind::Quiet),
        TaskAction::Comment => return None,
    })
}

/// The label of the words with an action.
fn words(action: TaskAction) -> String {
    match action {
        TaskAction::ReportDone => say!(task_act.done_note),
        TaskAction::Return => say!(task_act.missing),
        TaskAction::AskExtension | TaskAction::ExplainLate | TaskAction::RefuseExtension | TaskAction::Close => {
            say!(task_act.reason)
        }
        TaskAction::Accept
        | TaskAction::Progress
        | TaskAction::Confirm
        | TaskAction::Extend
        | TaskAction::Urge
        | TaskAction::Comment => say!(task_act.note),
    }
}

/// There must be words with it; `asked`: a later deadline was asked for.
fn must_say(action: TaskAction, asked: bool) -> bool {
    match action {
        TaskAction::Accept | TaskAction::Progress | TaskAction::Confirm | TaskAction::Urge => false,
        TaskAction::Extend => !asked,
        TaskAction::ReportDone
        | TaskAction::Return
        | TaskAction::RefuseExtension
        | TaskAction::AskExtension
        | TaskAction::ExplainLate
        | TaskAction::Comment
        | TaskAction::Close => true,
    }
}

/// How long the words may be, in characters.
fn words_most(action: TaskAction) -> usize {
    match action {
        TaskAction::Progress | TaskAction::ReportDone | TaskAction::Comment => COMMENT_CHARS,
        _ => REASON_CHARS,
    }
}

/// What is told; `None` where a deadline belongs to it and none is given.
fn entry(action: TaskAction, percent: u8, until: Option<Timestamp>, note: String) -> Option<TaskEntry> {
    Some(match action {
        TaskAction::Accept => TaskEntry::Accept {},
        TaskAction::Progress => TaskEntry::Progress { percent, note },
        TaskAction::ReportDone => TaskEntry::ReportDone { note },
        TaskAction::Confirm => TaskEntry::Confirm { note },
        TaskAction::Return => TaskEntry::Return { note },
        TaskAction::Extend => TaskEntry::Extend { until: Some(until?), note },
        TaskAction::RefuseExtension => TaskEntry::RefuseExtension { note },
        TaskAction::AskExtension => TaskEntry::AskExtension { until: until?, reason: note },
        TaskAction::ExplainLate => TaskEntry::ExplainLate { reason: note },
        TaskAction::Urge => TaskEntry::Urge { note },
        TaskAction::Comment => TaskEntry::Comment { text: note, mentions: Vec::new() },
        TaskAction::Close => TaskEntry::Close { reason: note },
    })
}

/// The buttons, only of what is allowed now.
#[component]
pub fn Actions(
    /// Of what.
    task: TaskId,
    /// The task.
    view: Live<TaskView>,
) -> impl IntoView {
    let may = view.part_or(|view| view.may.clone());
    let buttons = move || may.get().into_iter().filter(|action| button(*action).is_some()).collect::<Vec<_>>();
    let (open, chosen) = (RwSignal::new(false), RwSignal::new(TaskAction::Accept));
    let doing = Doing::new();
    let press = move |action: TaskAction| {
        if action == TaskAction::Accept {
            doing.run(TellTask { task, entry: TaskEntry::Accept {} }, |_| {});
        } else {
            chosen.set(action);
            open.set(true);
        }
    };
    view! {
        <Show when=move || may.with(|may| may.iter().any(|action| button(*action).is_some()))>
            <div class="row wrap" role="group" aria-label=t!(task_act.label)>
                <For each=buttons key=|action| *action let(action)>
                    {button(action).map(|(testid, icon, kind)| view! {
                        <Button label=move || terms::task_action(action) icon=icon kind=kind testid=testid busy=Signal::derive(move || action == TaskAction::Accept && doing.busy()) on_press=move |()| press(action) />
                    })}
                </For>
            </div>
        </Show>
        <ErrorLine doing=doing />
        <Dialog open=open title=move || terms::task_action(chosen.get()) testid=testids::TASK_DIALOG>
            <Tell task=task action=chosen.get_untracked() view=view open=open />
        </Dialog>
    }
    .into_any()
}

/// What is asked before an action. What stands in it stays, whatever happens with the task meanwhile.
#[component]
fn Tell(task: TaskId, action: TaskAction, view: Live<TaskView>, open: RwSignal<bool>) -> impl IntoView {
    let (percent, asked) = untrack(move || {
        view.with(|view| {
            let row = view.map(|view| &view.row);
            (row.map_or(0, |row| row.percent), row.and_then(|row| row.extension.as_ref()).map(|asked| asked.until))
        })
    });
    let share = RwSignal::new(percent.to_string());
    let offered = (action == TaskAction::Extend).then_some(asked).flatten();
    let day = RwSignal::new(offered.map(format::date).unwrap_or_default());
    let note = RwSignal::new(String::new());
    let doing = Doing::new();
    let dated = matches!(action, TaskAction::Extend | TaskAction::AskExtension);
    let must = must_say(action, asked.is_some());
    let steps = move || {
        let mut steps: Vec<u8> = (0..=100).step_by(SHARE_STEP).collect();
        if !steps.contains(&percent) {
            steps.push(percent);
            steps.sort_unstable();
        }
        steps.into_iter().map(|step| (step.to_string(), say!(task_act.share_of, percent = step))).collect::<Vec<_>>()
    };
    let send = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let day = day.get_untracked();
        // The day that was asked for, untouched, is the very moment that was asked for.
        let until =
            offered.filter(|offered| format::date(*offered) == day.trim()).or_else(|| format::parse_moment(&day, DUE_TIME));
        let share = share.with_untracked(|share| share.parse().unwrap_or(percent));
        match entry(action, share, until, note.get_untracked().trim().to_owned()) {
            Some(entry) => doing.run(TellTask { task, entry }, move |_| open.set(false)),
            None => doing.fail(ApiError::new("bad_moment", "")),
        }
    };
    view! {
        <form class="stack" on:submit=send>
            {(action == TaskAction::Close).then(|| view! { <p class="lead">{t!(task_act.close_text)}</p> })}
            {(action == TaskAction::Progress).then(|| view! { <Pick label=t!(task_act.share) value=share options=Signal::derive(steps) testid=testids::TASK_SHARE /> })}
            {dated.then(|| view! { <Field label=t!(task_act.new_day) value=day hint=t!(task_form.day_hint) example="30/11/2026" testid=testids::TASK_DAY required=true focus=true most=20 /> })}
            <Area label=move || words(action) value=note testid=testids::TASK_NOTE rows=3 focus=!dated most=words_most(action) />
            <ErrorLine doing=doing />
            <footer class="row end"><Button label=move || terms::task_action(action) kind=if action == TaskAction::Close { Kind::Danger } else { Kind::Primary } submit=true testid=testids::TASK_TELL
                disabled=Signal::derive(move || must && note.with(|note| note.trim().is_empty())) busy=Signal::derive(move || doing.busy()) /></footer>
        </form>
    }
    .into_any()
}
