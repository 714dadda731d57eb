//! What happened with a task, line by line.

use api::question::Delivery;
use api::task::{TaskEvent, TaskEventKind};
use domain::id::TaskId;
use leptos::prelude::*;
use ui::format;
use ui::testids;

use crate::components::content_key;
use crate::screens::questions::{EventLine, Told};
use crate::{say, t, terms};

/// What happened, in a sentence.
fn told(what: &TaskEventKind) -> String {
    match what {
        TaskEventKind::Given { due_at } => say!(task_event.given, date = format::date(*due_at)),
        TaskEventKind::Accepted {} => say!(task_event.accepted),
        TaskEventKind::Progress { percent, .. } => say!(task_event.progress, percent = *percent),
        TaskEventKind::ReportedDone { .. } => say!(task_event.reported_done),
        TaskEventKind::Confirmed { .. } => say!(task_event.confirmed),
        TaskEventKind::Returned { .. } => say!(task_event.returned),
        TaskEventKind::ExtensionAsked { until, .. } => say!(task_event.extension_asked, date = format::date(*until)),
        TaskEventKind::Extended { until, .. } => say!(task_event.extended, date = format::date(*until)),
        TaskEventKind::ExtensionRefused { .. } => say!(task_event.extension_refused),
        TaskEventKind::Explained { .. } => say!(task_event.explained),
        TaskEventKind::Commented { .. } => say!(event.commented),
        TaskEventKind::Urged { .. } => say!(task_event.urged),
        TaskEventKind::Closed { .. } => say!(task_event.closed),
    }
}

/// Its name in tests, what was written with it, and who is called in it.
fn parts(what: &TaskEventKind) -> (&'static str, String, Vec<String>) {
    let (kind, words) = match what {
        TaskEventKind::Given { .. } => ("given", ""),
        TaskEventKind::Accepted {} => ("accepted", ""),
        TaskEventKind::Progress { note, .. } => ("progress", note.as_str()),
        TaskEventKind::ReportedDone { note } => ("reported_done", note.as_str()),
        TaskEventKind::Confirmed { note } => ("confirmed", note.as_str()),
        TaskEventKind::Returned { note } => ("returned", note.as_str()),
        TaskEventKind::ExtensionAsked { reason, .. } => ("extension_asked", reason.as_str()),
        TaskEventKind::Extended { note, .. } => ("extended", note.as_str()),
        TaskEventKind::ExtensionRefused { note } => ("extension_refused", note.as_str()),
        TaskEventKind::Explained { reason } => ("explained", reason.as_str()),
        TaskEventKind::Commented { text, mentions } => return ("commented", text.clone(), mentions.clone()),
        TaskEventKind::Urged { note } => ("urged", note.as_str()),
        TaskEventKind::Closed { reason } => ("closed", reason.as_str()),
    };
    (kind, words.to_owned(), Vec::new())
}

#[component]
fn Line(event: TaskEvent) -> impl IntoView {
    let TaskEvent { at, by, by_unit, delivery, what, void, .. } = event;
    let (kind, words, mentions) = parts(&what);
    let line = Told {
        kind,
        by,
        by_unit,
        at,
        words,
        link: None,
        mentions,
        void: void.map(|void| (move || terms::task_void(void)).into()),
        waiting: delivery == Delivery::Waiting,
        sentence: (move || told(&what)).into(),
    };
    view! { <EventLine line=line testid=testids::TASK_EVENT /> }
}

/// All that happened.
#[component]
pub fn Course(
    /// Of what.
    task: TaskId,
    /// Oldest first.
    #[prop(into)]
    events: Signal<Vec<TaskEvent>>,
) -> impl IntoView {
    view! {
        <section class="block"><h2>{t!(task.events)}</h2>
            <ol class="timeline" data-testid=testids::TASK_EVENTS data-id=task.to_string()><For each=move || events.get() key=content_key let(event)><Line event=event /></For></ol>
        </section>
    }
    .into_any()
}
