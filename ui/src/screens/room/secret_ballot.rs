//! A secret vote: who could learn what, the phases in plain words, what came out.

use api::secret::{OpenTotals, SecretPhase, SecretView};
use api::view::VoteView;
use domain::id::VoteId;
use domain::limits::SECRET_BODY_LEAST;
use domain::vote::BallotForm;
use leptos::prelude::*;
use ui::testids;

use super::marks::Totals;
use super::tellers::TellerList;
use super::use_room;
use crate::components::{Button, Confirm, Icon};
use crate::doing::Doing;
use crate::{say, t};

type VoteMemo = Memo<Option<VoteView>>;

fn secret_of(vote: VoteMemo) -> Memo<Option<SecretView>> {
    Memo::new(move |_| vote.with(|vote| vote.as_ref().and_then(|vote| vote.secret.clone())))
}

/// Two sentences: who could learn what. As the threat model has them.
#[component]
pub fn WhoLearns(vote: VoteMemo) -> impl IntoView {
    let secret = secret_of(vote);
    view! {
        {move || secret.get().map(|secret| view! {
            <p class="hintline" data-testid=testids::SECRET_WHO><Icon name="lock" /><span>
                {say!(secret.who_learns, needed = secret.needed, tellers = secret.tellers.len())}" "{say!(secret.what_shows)}
            </span></p>
        })}
    }
    .into_any()
}

/// How far a closed secret vote is, in a sentence.
fn phase_text(secret: &SecretView, acknowledged: (u32, u32)) -> String {
    match secret.phase {
        SecretPhase::Open | SecretPhase::Counted => String::new(),
        SecretPhase::Acknowledging => say!(secret.acknowledging, have = acknowledged.0, need = acknowledged.1),
        SecretPhase::Counting => say!(secret.counting, given = secret.given, needed = secret.needed),
        SecretPhase::TooFewBallots => say!(secret.too_few, least = SECRET_BODY_LEAST),
        SecretPhase::Void => say!(secret.void),
    }
}

fn phase_slug(phase: SecretPhase) -> &'static str {
    match phase {
        SecretPhase::Open => "open",
        SecretPhase::Acknowledging => "acknowledging",
        SecretPhase::Counting => "counting",
        SecretPhase::Counted => "counted",
        SecretPhase::TooFewBallots => "too_few_ballots",
        SecretPhase::Void => "void",
    }
}

/// What a closed secret vote shows beside what every vote shows: its phase, the votes of each place, who counted.
#[component]
pub fn Counting(vote: VoteMemo, id: VoteId) -> impl IntoView {
    let shown = Memo::new(move |_| {
        vote.with(|vote| vote.as_ref().and_then(|vote| Some((vote.secret.clone()?, vote.acknowledged, vote.late))))
    });
    let asks = Memo::new(move |_| shown.with(|shown| shown.as_ref().is_some_and(|(secret, ..)| secret.asks_teller)));
    let late = Memo::new(move |_| shown.with(|shown| shown.as_ref().map_or(0, |(.., late)| *late)));
    view! {
        {move || shown.get().map(|(secret, acknowledged, _)| {
            let text = phase_text(&secret, acknowledged);
            view! {
                <div class="stack tight" data-testid=testids::SECRET_PHASE data-phase=phase_slug(secret.phase)>
                    {(!text.is_empty()).then(|| view! {
                        <p class="hintline"><Icon name=if matches!(secret.phase, SecretPhase::TooFewBallots | SecretPhase::Void) { "warn" } else { "clock" } /><span>{text}</span></p>
                    })}
                    <Opened secret=secret.clone() />
                    <details class="voters">
                        <summary>{say!(secret.counted_by, given = secret.given, needed = secret.needed)}</summary>
                        <TellerList rows=secret.tellers done=say!(secret.has_given) waiting=say!(secret.has_not_given) />
                    </details>
                </div>
            }
        })}
        <Show when=move || asks.get()><AskTeller id=id late=late /></Show>
    }
    .into_any()
}

/// The votes of each place of a ballot that is no decision; of a decision, whether the chair's side was needed.
#[component]
fn Opened(secret: SecretView) -> impl IntoView {
    let SecretView { form, outcome, .. } = secret;
    outcome
        .map(|outcome| {
            let tie = outcome.tie_for_chair;
            view! {
                {(form != BallotForm::Decision).then(|| view! {
                    <Totals places=outcome.places roll=outcome.roll needed=outcome.needed />
                    <p class="rules">{say!(secret.counted_of, counted = outcome.counted, roll = outcome.roll)}</p>
                })}
                {tie.then(|| view! { <p class="hintline">{say!(secret.tie)}</p> })}
            }
        })
        .into_any()
}

/// A teller decides whether the result is opened of a close that leaves out ballots.
#[component]
fn AskTeller(id: VoteId, late: Memo<u32>) -> impl IntoView {
    let here = use_room();
    let (asking, doing) = (RwSignal::new(false), Doing::new());
    view! {
        <p class="hintline late"><Icon name="warn" /><span>{move || say!(secret.left_out, count = late.get())}</span></p>
        <Button label=t!(secret.open_totals) testid=testids::SECRET_OPEN_TOTALS on_press=move |()| asking.set(true) />
        <Confirm open=asking title=t!(secret.open_totals_title) text=move || say!(secret.left_out, count = late.get()) verb=t!(secret.open_totals) doing=doing
            on_confirm=move |()| doing.run(OpenTotals { vote: id }, move |_| { asking.try_set(false); here.room.refetch(); }) />
    }
    .into_any()
}
