//! The sitting as it goes: the item, who speaks and for how long, who and what comes next.

use std::time::Duration;

use api::projector::{StageItem, StageSpeaker};
use domain::sitting::Phase;
use leptos::prelude::*;
use ui::format;
use ui::projection::{self, HEADING};
use ui::testids;

use crate::app::clock;
use crate::{say, t, words};

/// How often the countdown looks at the clock.
const TICK: Duration = Duration::from_millis(500);
/// It warns when so many seconds are left.
const WARN_SECONDS: i64 = 30;
/// The circumference of the ring, in its own units.
const RING: f64 = 100.0;

/// An item with its number.
pub fn named(item: &StageItem) -> String {
    say!(projector.item, number = item.number.clone(), title = item.title.clone())
}

/// The sitting.
#[component]
pub fn Sitting(
    /// How far it is.
    phase: Memo<Option<Phase>>,
    /// What is dealt with.
    item: Option<StageItem>,
    /// What comes then.
    next: Vec<StageItem>,
    /// Who has the word.
    speaker: Option<StageSpeaker>,
    /// Who has it then.
    queue: Vec<String>,
    /// How many wait.
    waiting: u32,
) -> impl IntoView {
    let heading = item.map(|item| (projection::letter(&item.title, HEADING), item));
    let speaks = speaker.is_some();
    let more = usize::try_from(waiting).unwrap_or(usize::MAX).saturating_sub(queue.len());
    view! {
        <section class="psitting" class:withspeaker=speaks>
            <div class="pnow">
                {match heading {
                    Some((size, StageItem { number, title, presenter })) => view! {
                        <p class="kicker">{move || say!(projector.now, number = number.clone())}</p>
                        <h1 class="fit" style:--fit=size.to_string() data-testid=testids::PROJECTOR_ITEM>{title}</h1>
                        {Some(presenter).filter(|presenter| !presenter.is_empty()).map(|presenter| view! { <p class="psub ell">{presenter}</p> })}
                    }.into_any(),
                    None => view! { <h1 class="fit" style:--fit="4">{move || phase.get().map(words::phase)}</h1> }.into_any(),
                }}
                {move || (phase.get() == Some(Phase::Paused)).then(|| view! { <p class="pchip">{words::phase(Phase::Paused)}</p> })}
            </div>
            {speaker.map(|speaker| view! { <Speaker speaker=speaker /> })}
            <div class="pthen">
                {(!queue.is_empty()).then(|| view! {
                    <div><h2>{t!(speech.queue)}</h2>
                        <ol>{queue.into_iter().map(|name| view! { <li class="ell">{name}</li> }).collect_view()}</ol>
                        {(more > 0).then(|| view! { <p class="psub">{move || say!(projector.more, count = more)}</p> })}
                    </div>
                })}
                {(!next.is_empty()).then(|| view! {
                    <div><h2>{t!(projector.next)}</h2>
                        <ol>{next.into_iter().map(|item| view! { <li class="ell" data-testid=testids::PROJECTOR_NEXT>{move || named(&item)}</li> }).collect_view()}</ol>
                    </div>
                })}
            </div>
        </section>
    }
    .into_any()
}

/// Who has the word, with a ring that empties.
#[component]
fn Speaker(speaker: StageSpeaker) -> impl IntoView {
    let StageSpeaker { name, kind, seconds, began_at } = speaker;
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
    let over = move || left_s.get().is_some_and(|left| left < 0);
    let filled = move || match (seconds, left_s.get()) {
        (Some(seconds), Some(left)) if seconds > 0 => (left.max(0) as f64 / f64::from(seconds)).min(1.0) * RING,
        _ => RING,
    };
    view! {
        <div class="pspeaker">
            <div class="pring" class:warn=move || left_s.get().is_some_and(|left| left <= WARN_SECONDS) class:over=over>
                <svg viewBox="0 0 36 36" aria-hidden="true">
                    <circle cx="18" cy="18" r="15.915" class="track"></circle>
                    <circle cx="18" cy="18" r="15.915" class="rest" stroke-dasharray=move || format!("{:.1} {RING}", filled()) transform="rotate(-90 18 18)"></circle>
                </svg>
                <span class="num" role="timer" data-testid=testids::PROJECTOR_TIMER>
                    {move || format::minutes_seconds(left_s.get().unwrap_or_else(|| elapsed_s.get()).unsigned_abs())}
                </span>
            </div>
            <div>
                <p class="kicker">{move || words::speech(kind)}</p>
                <p class="pname" data-testid=testids::PROJECTOR_SPEAKER>{name}</p>
                <p class="psub warn">{move || over().then(|| say!(projector.over))}</p>
            </div>
        </div>
    }
    .into_any()
}
