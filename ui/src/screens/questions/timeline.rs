//! What happened to a question, line by line, and adding a comment.

use api::query::People;
use api::question::{AnswerState, Comment, Delivery, QuestionEvent, QuestionEventKind};
use api::task::{TaskEntry, TellTask};
use domain::id::{PersonId, QuestionId, TaskId, Timestamp};
use leptos::prelude::*;
use leptos::text_prop::TextProp;
use ui::format;
use ui::route::{HandbookPlace, QuestionPlace, Route};
use ui::testids;

use crate::components::{Area, Avatar, Button, ErrorLine, Icon, IconButton, Pick, content_key};
use crate::doing::Doing;
use crate::live::live;
use crate::{say, t, terms};

/// Longest comment, in characters.
const COMMENT_CHARS_MAX: usize = 10_000;

/// What happened, in a sentence, and what was written with it.
fn told(what: &QuestionEventKind) -> (String, Option<String>) {
    match what {
        QuestionEventKind::Asked {} => (say!(event.asked), None),
        QuestionEventKind::Routed { unit } => (say!(event.routed, unit = unit.clone()), None),
        QuestionEventKind::Reassigned { from, to, reason } => {
            (say!(event.reassigned, from = from.clone(), to = to.clone()), Some(reason.clone()))
        }
        QuestionEventKind::Commented { text, .. } => (say!(event.commented), Some(text.clone())),
        QuestionEventKind::Answered { answer } => match answer.state {
            AnswerState::Replaced | AnswerState::Returned => {
                (format!("{} · {}", say!(event.answered), terms::answer_state(answer.state)), Some(answer.text.clone()))
            }
            _ => (say!(event.answered), None),
        },
        QuestionEventKind::Approved { .. } => (say!(event.approved), None),
        QuestionEventKind::Returned { note, .. } => (say!(event.returned), Some(note.clone())),
        QuestionEventKind::Accepted {} => (say!(event.accepted), None),
        QuestionEventKind::Reopened { reason } => (say!(event.reopened), Some(reason.clone())),
        QuestionEventKind::Rated { stars, note } => (say!(event.rated, count = *stars), Some(note.clone())),
        QuestionEventKind::Published {} => (say!(event.published), None),
        QuestionEventKind::Duplicate { .. } => (say!(event.duplicate), None),
        QuestionEventKind::Explained { reason, due_at } => {
            (say!(event.explained, date = format::moment(*due_at)), Some(reason.clone()))
        }
        QuestionEventKind::MadeArticle { .. } => (say!(event.made_article), None),
        QuestionEventKind::Withdrawn {} => (say!(event.withdrawn), None),
        QuestionEventKind::Received {} => (say!(event.received), None),
        QuestionEventKind::Unpublished { reason } => (say!(event.unpublished), Some(reason.clone())),
        QuestionEventKind::Unlinked {} => (say!(event.unlinked), None),
        QuestionEventKind::AskedToo {} => (say!(event.asked_too), None),
        QuestionEventKind::Flagged { reason, .. } => (say!(event.flagged), Some(reason.clone())),
        QuestionEventKind::Reviewed { note, .. } => (say!(event.reviewed), Some(note.clone())),
    }
}

/// Where an event leads.
fn link(what: &QuestionEventKind) -> Option<(String, String)> {
    match what {
        QuestionEventKind::Duplicate { of, title } => {
            Some((Route::Questions(QuestionPlace::Thread(*of)).fragment(), title.clone()))
        }
        QuestionEventKind::MadeArticle { draft } => {
            Some((Route::Handbook(HandbookPlace::Draft(*draft)).fragment(), say!(question.made_draft)))
        }
        _ => None,
    }
}

fn slug(what: &QuestionEventKind) -> &'static str {
    match what {
        QuestionEventKind::Asked {} => "asked",
        QuestionEventKind::Routed { .. } => "routed",
        QuestionEventKind::Reassigned { .. } => "reassigned",
        QuestionEventKind::Commented { .. } => "commented",
        QuestionEventKind::Answered { .. } => "answered",
        QuestionEventKind::Approved { .. } => "approved",
        QuestionEventKind::Returned { .. } => "returned",
        QuestionEventKind::Accepted {} => "accepted",
        QuestionEventKind::Reopened { .. } => "reopened",
        QuestionEventKind::Rated { .. } => "rated",
        QuestionEventKind::Published {} => "published",
        QuestionEventKind::Duplicate { .. } => "duplicate",
        QuestionEventKind::Explained { .. } => "explained",
        QuestionEventKind::MadeArticle { .. } => "made_article",
        QuestionEventKind::Withdrawn {} => "withdrawn",
        QuestionEventKind::Received {} => "received",
        QuestionEventKind::Unpublished { .. } => "unpublished",
        QuestionEventKind::Unlinked {} => "unlinked",
        QuestionEventKind::AskedToo {} => "asked_too",
        QuestionEventKind::Flagged { .. } => "flagged",
        QuestionEventKind::Reviewed { .. } => "reviewed",
    }
}

#[component]
fn Line(event: QuestionEvent) -> impl IntoView {
    let QuestionEvent { by, by_unit, at, what, delivery, void, .. } = event;
    let mentions = match &what {
        QuestionEventKind::Commented { mentions, .. } => mentions.clone(),
        _ => Vec::new(),
    };
    let line = Told {
        kind: slug(&what),
        by,
        by_unit,
        at,
        words: told(&what).1.unwrap_or_default(),
        link: link(&what),
        mentions,
        void: void.map(|void| (move || terms::void(void)).into()),
        waiting: delivery == Delivery::Waiting,
        sentence: (move || told(&what).0).into(),
    };
    view! { <EventLine line=line testid=testids::QUESTION_EVENT /> }
}

/// A line of a timeline: who said what and when.
pub struct Told {
    /// Its kind, for tests.
    pub kind: &'static str,
    /// Who; empty: the rules.
    pub by: String,
    /// That person's unit; may be empty.
    pub by_unit: String,
    /// When.
    pub at: Timestamp,
    /// What happened, as it goes on after the name.
    pub sentence: TextProp,
    /// What was written with it; may be empty.
    pub words: String,
    /// Where it leads: the address and its name.
    pub link: Option<(String, String)>,
    /// Who is called in it.
    pub mentions: Vec<String>,
    /// Why it has no effect.
    pub void: Option<TextProp>,
    /// It has not left this device.
    pub waiting: bool,
}

/// What happened, in a line with its words below.
#[component]
pub fn EventLine(
    /// What.
    line: Told,
    /// Its name for tests; `data-kind` is the line's kind.
    testid: &'static str,
) -> impl IntoView {
    let Told { kind, by, by_unit, at, sentence, words, link, mentions, void, waiting } = line;
    let name = if by.is_empty() { say!(event.rules) } else { by.clone() };
    let mentions = (!mentions.is_empty()).then(|| mentions.join(", "));
    let is_void = void.is_some();
    view! {
        <li class="event" class:void=is_void data-testid=testid data-kind=kind>
            {if by.is_empty() { view! { <span class="avatar" aria-hidden="true"><Icon name="refresh" /></span> }.into_any() } else { view! { <Avatar name=by /> }.into_any() }}
            <div class="grow">
                <div><b>{name}</b>" "{(!by_unit.is_empty()).then(|| view! { <small>{by_unit}</small> })}" "<span>{move || sentence.get()}</span></div>
                {(!words.trim().is_empty()).then(|| view! { <p class="text said">{words}</p> })}
                {link.map(|(href, title)| view! { <a class="named" href=href>{title}</a> })}
                <small class="num">{format::moment(at)}{mentions.map(|names| format!(" · {}", say!(event.mentions, names = names)))}</small>
                {void.map(|void| view! { <small class="block late"><Icon name="warn" />{move || void.get()}</small> })}
                {waiting.then(|| view! { " "<span class="chip warn"><Icon name="inbox" />{t!(question.waiting)}</span> })}
            </div>
        </li>
    }
    .into_any()
}

/// All that happened.
#[component]
pub fn Timeline(
    /// Of what.
    question: QuestionId,
    /// Oldest first.
    #[prop(into)]
    events: Signal<Vec<QuestionEvent>>,
) -> impl IntoView {
    view! {
        <section class="block"><h2>{t!(question.events)}</h2>
            <ol class="timeline" data-testid=testids::QUESTION_EVENTS data-id=question.to_string()><For each=move || events.get() key=content_key let(event)><Line event=event /></For></ol>
        </section>
    }
    .into_any()
}

/// What is commented.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Subject {
    /// A question.
    Question(QuestionId),
    /// A task.
    Task(TaskId),
}

/// Writing a comment, calling people in it.
#[component]
pub fn CommentForm(
    /// To what.
    subject: Subject,
) -> impl IntoView {
    let people = live(|| Some(People {}));
    let (text, pick) = (RwSignal::new(String::new()), RwSignal::new(String::new()));
    let called = RwSignal::new(Vec::<(PersonId, String)>::new());
    let doing = Doing::new();
    let options = Signal::derive(move || {
        let mut all = vec![(String::new(), say!(event.call))];
        people.with(|people| {
            all.extend(
                people
                    .into_iter()
                    .flatten()
                    .filter(|one| !called.with(|called| called.iter().any(|(person, _)| *person == one.person)))
                    .map(|one| (one.person.to_string(), format!("{} · {}", one.name, one.unit_name))),
            );
        });
        all
    });
    let call = move |id: String| {
        let found = people.with(|people| {
            people.and_then(|people| {
                people.iter().find(|one| one.person.to_string() == id).map(|one| (one.person, one.name.clone()))
            })
        });
        if let Some(found) = found {
            called.update(|called| called.push(found));
        }
        pick.set(String::new());
    };
    let send = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let mentions = called.get_untracked().into_iter().map(|(person, _)| person).collect();
        let said = text.get_untracked().trim().to_owned();
        let sent = move || {
            text.set(String::new());
            called.set(Vec::new());
        };
        match subject {
            Subject::Question(question) => doing.run(Comment { question, text: said, mentions }, move |_| sent()),
            Subject::Task(task) => {
                let entry = TaskEntry::Comment { text: said, mentions };
                doing.run(TellTask { task, entry }, move |_| sent());
            }
        }
    };
    view! {
        <form class="stack tight" on:submit=send>
            <Area label=t!(event.comment) value=text testid=testids::COMMENT_TEXT rows=2 most=COMMENT_CHARS_MAX />
            <div class="row wrap chips">
                <For each=move || called.get() key=|(person, _)| *person let((person, name))>
                    <span class="chip on">"@"{name}<IconButton small=true icon="cross" label=t!(event.uncall) on_press=move |()| called.update(|called| called.retain(|(one, _)| *one != person)) /></span>
                </For>
                <div class="callpick"><Pick label=t!(event.call) value=pick options=options bare=true testid=testids::COMMENT_CALL on_pick=call /></div>
                <span class="grow"></span>
                <Button label=t!(event.send) submit=true testid=testids::COMMENT_SEND disabled=Signal::derive(move || text.with(|text| text.trim().is_empty())) busy=Signal::derive(move || doing.busy()) />
            </div>
            <ErrorLine doing=doing />
        </form>
    }
    .into_any()
}
