//! The form for a new sitting.

use api::act::{CreateMeeting, Invited, ItemDraft, PlannedItem};
use api::error::ApiError;
use api::meeting::PatternView;
use domain::id::Timestamp;
use leptos::prelude::*;
use ui::format;
use ui::route::Route;
use ui::testids;

use crate::app::{clock, use_app};
use crate::components::{Button, ErrorLine, Field, IconButton, Kind};
use crate::doing::Doing;
use crate::screens::meeting_pattern::{BeginFrom, Guest, Guests};
use crate::screens::unfinished::Unfinished;
use crate::{say, t};

/// A day in milliseconds; a sitting is proposed for tomorrow morning.
const DAY_MS: i64 = 86_400_000;
/// The proposed time.
const PROPOSED_TIME: &str = "08:00";
/// Items that the form takes; more are added in the room.
const ITEMS_MAX: usize = 50;

/// One line of the agenda while it is written.
#[derive(Clone, Copy)]
struct Line {
    id: u32,
    depth: u32,
    /// It came with a pattern, not from the keyboard.
    given: bool,
    title: RwSignal<String>,
    presenter: RwSignal<String>,
    minutes: RwSignal<String>,
}

impl Line {
    fn new(id: u32) -> Self {
        Self {
            id,
            depth: 0,
            given: false,
            title: RwSignal::new(String::new()),
            presenter: RwSignal::new(String::new()),
            minutes: RwSignal::new(String::new()),
        }
    }

    fn given(id: u32, item: PlannedItem) -> Self {
        Self {
            id,
            depth: item.depth,
            given: true,
            title: RwSignal::new(item.draft.title),
            presenter: RwSignal::new(item.draft.presenter),
            minutes: RwSignal::new(item.draft.minutes.map(|minutes| minutes.to_string()).unwrap_or_default()),
        }
    }
}

/// The number of a line, e.g. "2.1".
fn number(lines: &[Line], id: u32) -> Option<String> {
    let mut counters: Vec<u32> = Vec::new();
    for line in lines {
        let level = usize::try_from(line.depth).unwrap_or(usize::MAX).min(counters.len());
        counters.resize(level + 1, 0);
        if let Some(last) = counters.last_mut() {
            *last += 1;
        }
        if line.id == id {
            return Some(counters.iter().map(u32::to_string).collect::<Vec<_>>().join(".") + ".");
        }
    }
    None
}

/// Main items follow each other from the start, as long as their lengths are known; the others run within them.
fn planned(lines: &[Line], starts_at: Timestamp) -> Vec<PlannedItem> {
    let mut next = Some(starts_at);
    lines
        .iter()
        .filter(|line| !line.title.get_untracked().trim().is_empty())
        .map(|line| {
            let minutes = line.minutes.get_untracked().trim().parse::<u16>().ok().filter(|minutes| *minutes > 0);
            let begins = if line.depth == 0 { next } else { None };
            if line.depth == 0 {
                next = begins.zip(minutes).map(|(begins, minutes)| begins.plus_ms(i64::from(minutes) * 60_000));
            }
            let draft = ItemDraft {
                title: line.title.get_untracked().trim().to_owned(),
                presenter: line.presenter.get_untracked().trim().to_owned(),
                starts_at: begins.filter(|_| minutes.is_some()),
                minutes,
                papers_due: None,
            };
            PlannedItem { depth: line.depth, draft }
        })
        .collect()
}

/// Fills a field that was left empty or filled by an earlier choice.
fn suggest(field: RwSignal<String>, before: &str, now: &str) {
    if field.with_untracked(|text| text.trim().is_empty() || text == before) {
        field.set(now.to_owned());
    }
}

/// The screen.
#[component]
pub fn NewMeeting() -> impl IntoView {
    let app = use_app();
    let (title, body, place) = (RwSignal::new(String::new()), RwSignal::new(String::new()), RwSignal::new(String::new()));
    let date = RwSignal::new(format::date(clock().plus_ms(DAY_MS)));
    let time = RwSignal::new(PROPOSED_TIME.to_owned());
    let lines = RwSignal::new((0..3).map(Line::new).collect::<Vec<_>>());
    let next_line = StoredValue::new(3);
    let (guests, gone) = (RwSignal::new(Vec::<Guest>::new()), RwSignal::new(0));
    let (doing, choosing) = (Doing::new(), Doing::new());
    let before = StoredValue::new([String::new(), String::new(), String::new()]);
    let begin_from = move |pattern: Option<PatternView>| {
        let items = pattern.as_ref().map(|pattern| pattern.items.clone()).unwrap_or_default();
        let head = pattern
            .as_ref()
            .map(|pattern| [pattern.title.clone(), pattern.body.clone(), pattern.place.clone()])
            .unwrap_or_default();
        let last = before.get_value();
        for (field, (last, now)) in [title, body, place].into_iter().zip(last.iter().zip(&head)) {
            suggest(field, last, now);
        }
        before.set_value(head);
        let first = next_line.get_value();
        let given: Vec<Line> = (first..).zip(items).map(|(id, item)| Line::given(id, item)).collect();
        next_line.set_value(first + u32::try_from(given.len()).unwrap_or_default());
        // What was typed stays, behind what is given; empty lines make room, but one is left where there would be none.
        lines.update(|lines| {
            let mut typed = std::mem::take(lines);
            typed.retain(|line| !line.given && !line.title.with_untracked(|title| title.trim().is_empty()));
            lines.extend(given);
            lines.extend(typed);
            if lines.is_empty() {
                let id = next_line.get_value();
                next_line.set_value(id + 1);
                lines.push(Line::new(id));
            }
        });
        gone.set(pattern.as_ref().map_or(0, |pattern| pattern.gone));
        let people = pattern.map(|pattern| pattern.people).unwrap_or_default();
        let first = next_line.get_value();
        let people: Vec<Guest> = (first..).zip(people).map(|(id, row)| Guest { id, row, invited: RwSignal::new(true) }).collect();
        next_line.set_value(first + u32::try_from(people.len()).unwrap_or_default());
        guests.set(people);
    };
    let taken = Signal::derive(move || lines.with(|lines| lines.iter().map(|line| line.title.get()).collect::<Vec<String>>()));
    let take_up = move |item: ItemDraft| {
        let id = next_line.get_value();
        next_line.set_value(id + 1);
        // It stays, whatever pattern is chosen after it.
        let line = Line { given: false, ..Line::given(id, PlannedItem { depth: 0, draft: item }) };
        lines.update(|lines| {
            let empty = lines.iter().position(|line| line.title.with_untracked(|title| title.trim().is_empty()));
            match empty {
                Some(at) => lines[at] = line,
                None if lines.len() < ITEMS_MAX => lines.push(line),
                None => {}
            }
        });
    };
    let create = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let Some(starts_at) = format::parse_moment(&date.get_untracked(), &time.get_untracked()) else {
            doing.fail(ApiError::new("bad_moment", ""));
            return;
        };
        let items = planned(&lines.get_untracked(), starts_at);
        let invited = guests.with_untracked(|guests| {
            let kept = guests.iter().filter(|guest| guest.invited.get_untracked());
            kept.map(|guest| Invited { person: guest.row.person, role: guest.row.role }).collect()
        });
        let act = CreateMeeting {
            title: title.get_untracked().trim().to_owned(),
            body: body.get_untracked().trim().to_owned(),
            place: place.get_untracked().trim().to_owned(),
            starts_at,
            items,
            invited,
        };
        doing.run(act, move |meeting| app.go(Route::Room { meeting, paper: None }));
    };
    view! {
        <header class="row head">
            <IconButton label=t!(common.back) icon="left" on_press=move |()| app.go(Route::Meetings) />
            <h1 class="big grow">{t!(meetings.new)}</h1>
        </header>
        <form class="stack wide-gap form" on:submit=create data-testid=testids::MEETING_FORM>
            <section class="card stack">
                <BeginFrom doing=choosing on_pattern=begin_from />
                <ErrorLine doing=choosing />
            </section>
            <section class="card stack">
                <Field label=t!(meeting.title) value=title example=t!(meeting.title_example) testid=testids::MEETING_TITLE required=true focus=true most=300 />
                <div class="pair">
                    <Field label=t!(meeting.body) value=body hint=t!(meeting.body_hint) testid=testids::MEETING_BODY most=200 />
                    <Field label=t!(meeting.place) value=place example=t!(meeting.place_example) testid=testids::MEETING_PLACE most=200 />
                </div>
                <div class="pair">
                    <Field label=t!(meeting.date) value=date example=t!(meeting.date_example) testid=testids::MEETING_DATE required=true />
                    <Field label=t!(meeting.time) value=time example=t!(meeting.time_example) testid=testids::MEETING_TIME required=true />
                </div>
            </section>
            <Unfinished taken=taken on_take=take_up />
            <section class="card stack">
                <h2>{t!(agenda.title)}</h2>
                <For each=move || lines.get() key=|line| line.id let(line)>
                    <div class="line" data-depth=line.depth>
                        <span class="num number" aria-hidden="true">{move || lines.with(|lines| number(lines, line.id))}</span>
                        <Field label=t!(item.title) value=line.title testid=testids::ITEM_TITLE most=300 />
                        <Field label=t!(item.presenter) value=line.presenter testid=testids::ITEM_PRESENTER most=200 />
                        <Field label=t!(item.minutes) value=line.minutes kind="number" testid=testids::ITEM_MINUTES most=4 />
                        <IconButton label=t!(item.remove) icon="cross" on_press=move |()| lines.update(|lines| lines.retain(|other| other.id != line.id)) />
                    </div>
                </For>
                <div><Button label=t!(item.add) icon="plus" kind=Kind::Quiet testid=testids::ITEM_ADD disabled=Signal::derive(move || lines.with(Vec::len) >= ITEMS_MAX)
                    on_press=move |()| {
                        let id = next_line.get_value();
                        next_line.set_value(id + 1);
                        lines.update(|lines| lines.push(Line::new(id)));
                    } /></div>
                <small>{t!(meeting.later)}</small>
            </section>
            <Guests guests=guests gone=gone />
            <ErrorLine doing=doing />
            <footer class="row end">
                <Button label=t!(common.cancel) on_press=move |()| app.go(Route::Meetings) />
                <Button label=move || say!(meeting.create) kind=Kind::Primary submit=true testid=testids::MEETING_CREATE busy=Signal::derive(move || doing.busy()) />
            </footer>
        </form>
    }
    .into_any()
}
