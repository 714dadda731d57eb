//! The strip under the head, on every screen of the room: how far the sitting is, what is dealt with, who speaks and for how long.

use std::time::Duration;

use api::query::RuleProfiles;
use api::sitting::{EndWord, MoveSitting, WordRow};
use domain::sitting::{Move, Phase};
use leptos::prelude::*;
use ui::format;
use ui::testids;

use super::use_room;
use crate::app::{clock, use_app};
use crate::components::{Button, Confirm, Dialog, ErrorLine, ErrorPanel, Icon, Kind, Loading, Pick};
use crate::doing::Doing;
use crate::live::live;
use crate::{say, t, words};

/// How often a countdown looks at the clock.
const TICK: Duration = Duration::from_millis(500);
/// A countdown warns when so many seconds are left.
const WARN_SECONDS: i64 = 30;

/// The strip.
#[component]
pub fn Now() -> impl IntoView {
    let here = use_room();
    let phase = here.room.part_or(|room| room.course.phase);
    let manages = here.room.part_or(|room| room.manages || room.chairs);
    let speaking = here.room.part_or(|room| room.floor.speaking.clone());
    let item = here.room.part_or(|room| {
        let row = room.items.iter().find(|row| Some(row.item.id) == room.course.item)?;
        Some(format!("{}. {}", row.number, row.item.title))
    });
    let shown = Memo::new(move |_| phase.get() != Phase::Before || manages.get() || speaking.with(Option::is_some));
    view! {
        <section class="now" class:quiet=move || !shown.get() aria-label=t!(sitting.now) data-testid=testids::NOW data-phase=move || phase_slug(phase.get())>
            <Show when=move || shown.get()>
                <span class="chip" class:on=move || phase.get() == Phase::Running class:warn=move || phase.get() == Phase::Paused>{move || words::phase(phase.get())}</span>
                {move || item.get().map(|item| view! { <span class="ell nowitem" data-testid=testids::NOW_ITEM>{move || say!(sitting.item, item = item.clone())}</span> })}
                <Show when=move || matches!(phase.get(), Phase::Running | Phase::Paused)>
                    <button type="button" class="b quiet small" aria-pressed=move || here.following.get().to_string() data-testid=testids::FOLLOW on:click=move |_| here.following.update(|on| *on = !*on)>
                        {move || here.following.get().then(|| view! { <Icon name="check" /> })}
                        <span>{t!(sitting.follow)}</span>
                    </button>
                </Show>
                <span class="grow"></span>
                {move || speaking.get().map(|word| view! { <Speaking word=word manages=manages.get() /> })}
                <Show when=move || manages.get()><Lead phase=phase /></Show>
            </Show>
        </section>
    }
    .into_any()
}

fn phase_slug(phase: Phase) -> &'static str {
    match phase {
        Phase::Before => "before",
        Phase::Running => "running",
        Phase::Paused => "paused",
        Phase::Closed => "closed",
    }
}

/// Who has the word, and how much of the time is left.
#[component]
pub fn Speaking(
    /// The word.
    word: WordRow,
    /// May end it.
    manages: bool,
) -> impl IntoView {
    let app = use_app();
    let here = use_room();
    let doing = Doing::new();
    Effect::new(move |_| {
        if let Some(error) = doing.error() {
            app.complain(&error);
        }
    });
    let (id, kind) = (word.word, word.kind);
    view! {
        <span class="row speaking" data-testid=testids::SPEAKING data-name=word.name.clone()>
            <b class="ell">{word.name.clone()}</b>
            <small>{move || words::speech(kind)}</small>
            <Countdown began_at=word.began_at seconds=word.seconds />
            {manages.then(|| view! { <Button label=t!(speech.end) testid=testids::WORD_END busy=Signal::derive(move || doing.busy()) on_press=move |()| doing.run(EndWord { meeting: here.meeting, word: id }, |()| {}) /> })}
        </span>
    }
    .into_any()
}

#[component]
fn Countdown(began_at: domain::id::Timestamp, seconds: Option<u32>) -> impl IntoView {
    let now = RwSignal::new(clock());
    if let Ok(ticking) = set_interval_with_handle(
        move || {
            now.try_set(clock());
        },
        TICK,
    ) {
        on_cleanup(move || ticking.clear());
    }
    let elapsed_s = Memo::new(move |_| now.get().0.saturating_sub(began_at.0).max(0) / 1_000);
    let left_s = Memo::new(move |_| seconds.map(|seconds| i64::from(seconds) - elapsed_s.get()));
    view! {
        <span class="num timer" role="timer" class:warn=move || left_s.get().is_some_and(|left| left <= WARN_SECONDS) class:over=move || left_s.get().is_some_and(|left| left < 0) data-testid=testids::TIMER>
            {move || match left_s.get() {
                Some(left) if left < 0 => say!(speech.over, time = format::minutes_seconds(left.unsigned_abs())),
                Some(left) => say!(speech.left, time = format::minutes_seconds(left.unsigned_abs())),
                None => format::minutes_seconds(elapsed_s.get().unsigned_abs()),
            }}
        </span>
    }
    .into_any()
}

/// What chair and secretary can do with the sitting now.
#[component]
fn Lead(phase: Memo<Phase>) -> impl IntoView {
    let app = use_app();
    let here = use_room();
    let doing = Doing::new();
    let (opening, closing, ending) = (RwSignal::new(false), RwSignal::new(false), Doing::new());
    Effect::new(move |_| {
        if let Some(error) = doing.error() {
            app.complain(&error);
        }
    });
    let move_to = move |what: Move| doing.run(MoveSitting { meeting: here.meeting, what }, |()| {});
    let busy = Signal::derive(move || doing.busy());
    view! {
        {move || match phase.get() {
            Phase::Before => view! { <Button label=t!(sitting.open) icon="play" testid=testids::SITTING_OPEN on_press=move |()| opening.set(true) /> }.into_any(),
            Phase::Running => view! { <Button label=t!(sitting.pause) kind=Kind::Quiet testid=testids::SITTING_PAUSE busy=busy on_press=move |()| move_to(Move::Paused) /> }.into_any(),
            Phase::Paused => view! { <Button label=t!(sitting.resume) icon="play" testid=testids::SITTING_RESUME busy=busy on_press=move |()| move_to(Move::Resumed) /> }.into_any(),
            Phase::Closed => view! { <Button label=t!(sitting.reopen) kind=Kind::Quiet testid=testids::SITTING_OPEN on_press=move |()| opening.set(true) /> }.into_any(),
        }}
        <Show when=move || matches!(phase.get(), Phase::Running | Phase::Paused)>
            <Button label=t!(sitting.close) kind=Kind::Quiet testid=testids::SITTING_CLOSE on_press=move |()| closing.set(true) />
        </Show>
        <Dialog open=opening title=t!(sitting.open_title) testid=testids::SITTING_OPEN_DIALOG><Opening open=opening /></Dialog>
        <Confirm open=closing title=t!(sitting.close_title) text=t!(sitting.close_text) verb=t!(sitting.close) doing=ending
            on_confirm=move |()| ending.run(MoveSitting { meeting: here.meeting, what: Move::Closed }, move |()| { closing.try_set(false); }) />
    }
    .into_any()
}

/// Under which rules the body sits; whether enough are here.
#[component]
fn Opening(open: RwSignal<bool>) -> impl IntoView {
    let here = use_room();
    let profiles = live(|| Some(RuleProfiles {}));
    let rules = RwSignal::new(here.room.with(|room| room.map(|room| room.rules.id.clone()).unwrap_or_default()));
    let doing = Doing::new();
    let counts = here.room.part(|room| (room.quorum.total, room.quorum.present));
    let quorum = Memo::new(move |_| {
        let (total, present) = counts.get()?;
        rules.with(|id| {
            profiles.with(|profiles| {
                let profile = profiles?.iter().find(|profile| profile.id == *id)?;
                Some(domain::vote::quorum(profile, total, present))
            })
        })
    });
    let send = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let what = Move::Opened { rules: rules.get_untracked() };
        doing.run(MoveSitting { meeting: here.meeting, what }, move |()| {
            open.try_set(false);
        });
    };
    view! {
        <form class="stack" on:submit=send>
            {move || profiles.error().map(|error| view! { <ErrorPanel error=error retry=move |()| profiles.refetch() /> })}
            <Show when=move || !profiles.is_loading() fallback=|| view! { <Loading /> }>
                <Pick label=t!(sitting.rules) value=rules testid=testids::SITTING_RULES options=Signal::derive(move || profiles.with(|profiles| profiles.into_iter().flatten().map(|profile| (profile.id.clone(), words::rules_name(profile))).collect::<Vec<_>>())) />
            </Show>
            {move || quorum.get().map(|quorum| view! {
                <p class="hintline" class:late=!quorum.met>{if quorum.met {
                    say!(room.quorum, present = quorum.present, total = quorum.total, needed = quorum.needed)
                } else {
                    say!(vote.no_quorum, present = quorum.present, needed = quorum.needed)
                }}</p>
            })}
            <ErrorLine doing=doing />
            <footer class="row end">
                <Button label=t!(common.cancel) on_press=move |()| open.set(false) />
                <Button label=t!(sitting.open) kind=Kind::Primary submit=true testid=testids::SITTING_OPEN_YES busy=Signal::derive(move || doing.busy()) disabled=Signal::derive(move || rules.with(String::is_empty)) />
            </footer>
        </form>
    }
    .into_any()
}
