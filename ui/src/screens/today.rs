//! The first screen of a day: the next sitting, what waits for me, what to read.

use api::query::Today as TodayQuery;
use api::view::{MeetingRow, PaperRow, ReminderRow, SyncMood, TodayView};
use domain::reminder::Reminder;
use leptos::prelude::*;
use ui::format;
use ui::route::{Route, SettingsPage};
use ui::testids;

use super::tasks::DueTasks;
use crate::app::use_app;
use crate::components::{Button, Empty, ErrorPanel, Icon, Kind, Loading, content_key};
use crate::live::{Live, live};
use crate::{say, t, words};

/// Papers shown before the list says that there are more.
const PAPERS_SHOWN: usize = 8;

/// The screen.
#[component]
pub fn Today() -> impl IntoView {
    let app = use_app();
    let today = live(|| Some(TodayQuery {}));
    let ready = today.part(|_| true);
    // What is due today and tomorrow is another thing on the next day.
    Effect::new(move |before: Option<i64>| {
        let day = format::Civil::of(app.now.get()).day_number;
        if before.is_some_and(|before| before != day) {
            today.refetch();
        }
        day
    });
    view! {
        <header class="row head">
            <div class="grow">
                <h1 class="big">{move || words::long_day(app.now.get())}</h1>
                <SyncLine today=today />
            </div>
        </header>
        {move || match (ready.get(), today.error()) {
            (Some(_), _) => view! { <Contents today=today /> }.into_any(),
            (None, Some(error)) => view! { <ErrorPanel error=error retry=move |()| today.refetch() /> }.into_any(),
            (None, None) => view! { <Loading /> }.into_any(),
        }}
    }
    .into_any()
}

#[component]
fn SyncLine(today: Live<TodayView>) -> impl IntoView {
    let app = use_app();
    let sync = today.part(|today| today.sync);
    view! {
        <small>{move || match sync.get() {
            Some(sync) if sync.mood == SyncMood::Offline => match sync.since {
                Some(since) => say!(today.offline_since, since = format::short_moment(since, app.now.get())),
                None => say!(today.offline),
            },
            Some(sync) if sync.mood == SyncMood::Waiting => say!(today.waiting, count = sync.waiting),
            Some(_) => say!(today.in_sync),
            None => String::new(),
        }}</small>
    }
}

#[component]
fn Contents(today: Live<TodayView>) -> impl IntoView {
    let app = use_app();
    let next = today.part_or(|today| today.next.clone());
    let upcoming = today.part_or(|today| today.upcoming.clone());
    let to_read = today.part_or(|today| today.to_read.clone());
    let to_sign = today.part_or(|today| today.to_sign.clone());
    let first_papers = today.part_or(|today| today.to_read.iter().take(PAPERS_SHOWN).cloned().collect::<Vec<PaperRow>>());
    let requests = today.part_or(|today| today.requests);
    let waiting = Memo::new(move |_| to_sign.with(Vec::len) + usize::from(requests.get() > 0));
    let reminders = today.part_or(|today| today.reminders.clone());
    view! {
        {move || match next.get() {
            Some(row) => view! { <Next row=row /> }.into_any(),
            None => view! {
                <div class="card">
                    <Empty icon="meet" title=t!(today.none) text=t!(today.none_text)>
                        <Button label=t!(meetings.new) icon="plus" kind=Kind::Primary testid=testids::MEETING_NEW on_press=move |()| app.go(Route::NewMeeting) />
                    </Empty>
                </div>
            }.into_any(),
        }}
        <div class="cols">
            <div class="stack wide-gap">
                <Show when=move || !reminders.with(Vec::is_empty)>
                    <section class="card list" aria-labelledby="today-reminders">
                        <h2 id="today-reminders">{t!(today.reminders)}</h2>
                        <For each=move || reminders.get() key=content_key let(row)><Remind row=row /></For>
                    </section>
                </Show>
                <Show when=move || waiting.get() != 0>
                    <section class="card list" aria-labelledby="today-waiting">
                        <div class="row"><h2 class="grow" id="today-waiting">{t!(today.waiting_for_me)}</h2><small class="num">{move || say!(today.things, count = waiting.get())}</small></div>
                        <Show when=move || requests.get() != 0>
                            <div class="li">
                                <span class="chip on when"><Icon name="key" /></span>
                                <div class="grow"><div class="strong">{move || say!(today.requests, count = requests.get())}</div><small>{t!(today.requests_text)}</small></div>
                                <Button label=t!(today.look) testid=testids::TODAY_REQUESTS on_press=move |()| app.go(Route::Settings(SettingsPage::Devices)) />
                            </div>
                        </Show>
                        <For each=move || to_sign.get() key=content_key let(row)>
                            <div class="li" data-testid=testids::TODAY_SIGN>
                                <span class="chip when num">{format::day(row.starts_at)}</span>
                                <div class="grow"><div class="ell strong">{let title = row.title.clone(); move || say!(today.sign_minutes, title = title.clone())}</div><small>{row.body.clone()}</small></div>
                                <Button label=t!(minutes.sign) icon="sign" on_press=move |()| app.go(Route::Room { meeting: row.meeting, paper: None }) />
                            </div>
                        </For>
                    </section>
                </Show>
                <DueTasks />
                <section class="card list" aria-labelledby="today-read">
                    <div class="row"><h2 class="grow" id="today-read">{t!(today.to_read)}</h2><small class="num">{move || to_read.with(|papers| (!papers.is_empty()).then(|| say!(today.papers, count = papers.len())))}</small></div>
                    <Show when=move || to_read.with(Vec::is_empty)><p class="none">{t!(today.all_read)}</p></Show>
                    <For each=move || first_papers.get() key=content_key let(row)><ToRead row=row /></For>
                    <Show when=move || to_read.with(|papers| papers.len() > PAPERS_SHOWN)>
                        <p class="none">{move || say!(today.more, count = to_read.with(Vec::len).saturating_sub(PAPERS_SHOWN))}</p>
                    </Show>
                </section>
            </div>
            <section class="card list" aria-labelledby="today-upcoming">
                <h2 id="today-upcoming">{t!(today.upcoming)}</h2>
                <Show when=move || upcoming.with(Vec::is_empty)><p class="none">{t!(today.no_upcoming)}</p></Show>
                <For each=move || upcoming.get() key=content_key let(row)>
                    <a class="li" href=Route::Room { meeting: row.meeting, paper: None }.fragment()>
                        <span class="chip when num">{format::day(row.starts_at)}</span>
                        <div class="grow"><div class="ell strong">{row.title.clone()}</div><small>{let row = row.clone(); move || format!("{} · {}", format::clock(row.starts_at), words::meeting_line(&row))}</small></div>
                        <Icon name="right" />
                    </a>
                </For>
            </section>
        </div>
    }
    .into_any()
}

#[component]
fn Next(row: MeetingRow) -> impl IntoView {
    let app = use_app();
    let meeting = row.meeting;
    let starts_at = row.starts_at;
    let line = {
        let row = row.clone();
        move || {
            if row.papers == 0 || row.papers_missing > 0 {
                words::meeting_line(&row)
            } else {
                format!("{}, {}", words::meeting_line(&row), say!(meeting.all_here))
            }
        }
    };
    view! {
        <section class="card next" data-testid=testids::TODAY_NEXT>
            <div class="at">
                <div class="big num">{format::clock(starts_at)}</div>
                <small>{move || if format::same_day(starts_at, app.now.get()) { words::until(starts_at, app.now.get()) } else { format::day(starts_at) }}</small>
            </div>
            <div class="grow">
                <h1 class="ell">{row.title.clone()}</h1>
                <small>{line}</small>
                <div class="row wrap chips">
                    <span class="chip">{move || words::role(row.role)}</span>
                    {(row.papers_missing > 0).then(|| view! { <span class="chip warn num">{move || say!(meeting.papers_missing, count = row.papers_missing)}</span> })}
                    {(row.votes_waiting > 0).then(|| view! { <span class="chip on num">{move || say!(meeting.votes_waiting, count = row.votes_waiting)}</span> })}
                </div>
            </div>
            <Button label=t!(today.enter) kind=Kind::Primary testid=testids::TODAY_ENTER on_press=move |()| app.go(Route::Room { meeting, paper: None }) />
        </section>
    }
    .into_any()
}

#[component]
fn Remind(row: ReminderRow) -> impl IntoView {
    let app = use_app();
    let due = row.what.due();
    let what = row.what;
    let line = move || match what.clone() {
        Reminder::PapersOwed { number, title, .. } => say!(today.papers_owed, number = number, title = title),
        Reminder::Soon { starts_at } if format::same_day(starts_at, app.now.get()) => say!(today.soon_today),
        Reminder::Soon { .. } => say!(today.soon_tomorrow),
        Reminder::Unread { papers, .. } => say!(today.unread_before, count = papers),
        Reminder::Opinion { question, .. } => say!(today.opinion_due, question = question),
    };
    view! {
        <a class="li" href=Route::Room { meeting: row.meeting, paper: None }.fragment() data-testid=testids::TODAY_REMINDER>
            <div class="grow"><div class="ell strong">{line}</div><small>{row.meeting_title}</small></div>
            <small class="num" class:late=move || due < app.now.get()>{move || say!(today.until, time = format::short_moment(due, app.now.get()))}</small>
            <Icon name="right" />
        </a>
    }
    .into_any()
}

#[component]
fn ToRead(row: PaperRow) -> impl IntoView {
    let newest = row.versions.first().cloned();
    let here = newest.as_ref().is_some_and(|version| version.here);
    let line = move || match &newest {
        Some(version) if version.here => {
            say!(paper.line, number = version.number, pages = version.pages, size = words::size(version.size))
        }
        Some(version) => {
            say!(paper.arriving, percent = format::percent(version.received, version.size), size = words::size(version.size))
        }
        None => String::new(),
    };
    view! {
        <a class="li" href=Route::Room { meeting: row.meeting, paper: Some(row.paper) }.fragment() data-testid=testids::TODAY_PAPER>
            <Icon name="doc" />
            <div class="grow"><div class="ell strong">{row.title}</div><small class="num" class:late=!here>{line}</small></div>
            <Icon name="right" />
        </a>
    }
    .into_any()
}
