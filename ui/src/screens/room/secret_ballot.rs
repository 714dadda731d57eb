//! A secret vote: who could learn what, a ballot with several places, the phases in plain words, what came out.

use api::secret::{CastSecretBallot, OpenTotals, SecretPhase, SecretView};
use api::view::VoteView;
use domain::id::VoteId;
use domain::limits::SECRET_BODY_LEAST;
use domain::vote::BallotForm;
use leptos::prelude::*;
use ui::testids;

use super::tellers::TellerList;
use super::use_room;
use super::vote::take_receipt;
use crate::components::{Button, Confirm, ErrorLine, Icon, Kind};
use crate::doing::Doing;
use crate::{say, t, words};

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

/// A place that can be marked.
#[derive(Debug, Clone, PartialEq)]
struct Place {
    slot: usize,
    group: usize,
    text: String,
}

fn places(form: &BallotForm) -> Vec<Place> {
    let groups = form.groups();
    let group_of =
        |slot: usize| groups.iter().position(|group| (group.first..group.first + group.slots).contains(&slot)).unwrap_or(0);
    let text = |mark, label: Option<String>| match (words::marking(mark), label) {
        (mark, None) => mark,
        (mark, Some(label)) if mark.is_empty() => label,
        (mark, Some(_)) => mark,
    };
    let all = form.places().into_iter().enumerate();
    all.map(|(slot, (mark, option))| Place {
        slot,
        group: group_of(slot),
        text: text(mark, option.map(|option| option.label.clone())),
    })
    .collect()
}

/// A ballot whose form is no decision: places in groups. What is marked is this screen's own until it is cast, and forgotten then.
#[component]
pub fn Marks(vote: VoteMemo, id: VoteId) -> impl IntoView {
    let here = use_room();
    let doing = Doing::new();
    let form = Memo::new(move |_| {
        vote.with(|vote| vote.as_ref().and_then(|vote| vote.secret.as_ref().map(|secret| secret.form.clone())))
    });
    let may_cast = Memo::new(move |_| vote.with(|vote| vote.as_ref().is_some_and(|vote| vote.may_cast)));
    let marked = RwSignal::new(Vec::<usize>::new());
    let fits =
        Memo::new(move |_| form.with(|form| form.as_ref().is_some_and(|form| marked.with(|marked| form.marks(marked).is_ok()))));
    let cast = move || {
        let marks = marked.get_untracked().into_iter().filter_map(|slot| u32::try_from(slot).ok()).collect();
        doing.run(CastSecretBallot { vote: id, marks }, move |receipt| {
            marked.try_update(Vec::clear);
            take_receipt(here, id, receipt);
        });
    };
    view! {
        <Show when=move || may_cast.get()>
            {move || form.get().map(|form| view! { <Groups form=form marked=marked doing=doing /> })}
            <ErrorLine doing=doing />
            <Button label=t!(secret.cast) kind=Kind::Primary testid=testids::SECRET_CAST busy=Signal::derive(move || doing.busy())
                disabled=Signal::derive(move || !fits.get()) on_press=move |()| cast() />
            <Show when=move || marked.with(Vec::is_empty)><small>{t!(secret.blank)}</small></Show>
        </Show>
    }
    .into_any()
}

#[component]
fn Groups(form: BallotForm, marked: RwSignal<Vec<usize>>, doing: Doing) -> impl IntoView {
    let one_of = matches!(form, BallotForm::Confidence { .. });
    let all = places(&form);
    let groups = form.groups();
    let title = move |group: usize| match &form {
        BallotForm::Confidence { people } => people.get(group).map(|person| person.label.clone()).unwrap_or_default(),
        BallotForm::AtMost { most, .. } => say!(secret.at_most, most = *most),
        BallotForm::Decision => String::new(),
    };
    let boxes = groups.into_iter().enumerate().map(|(number, group)| {
        let of: Vec<Place> = all.iter().filter(|place| place.group == number).cloned().collect();
        let slots = group.first..group.first + group.slots;
        let toggle = move |slot: usize| {
            marked.update(|marked| {
                let was = marked.contains(&slot);
                marked.retain(|known| *known != slot && !(one_of && slots.contains(known)));
                if !was {
                    marked.push(slot);
                }
            });
        };
        view! {
            <fieldset class="stack choicelist">
                <legend>{title(number)}</legend>
                {of.into_iter().map(|Place { slot, text, .. }| {
                    let selected = move || marked.with(|marked| marked.contains(&slot));
                    let toggle = toggle.clone();
                    view! {
                        <button type="button" class="choice yes" class:sel=selected data-testid=testids::SECRET_MARK data-place=slot.to_string()
                            aria-pressed=move || selected().to_string() disabled=move || doing.busy() on:click=move |_| toggle(slot)>
                            <i aria-hidden="true"></i><span class="grow">{text}</span>
                        </button>
                    }
                }).collect_view()}
            </fieldset>
        }
    });
    boxes.collect_view().into_any()
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
                    <Totals secret=secret.clone() />
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
fn Totals(secret: SecretView) -> impl IntoView {
    let SecretView { form, outcome, .. } = secret;
    outcome
        .map(|outcome| {
            let rows = (form != BallotForm::Decision).then(|| {
            let rows = outcome.places.iter().enumerate().map(|(place, total)| {
                let mark = words::marking(total.mark);
                let text = if mark.is_empty() { total.option.clone() } else { format!("{} – {mark}", total.option) };
                view! {
                    <tr data-testid=testids::SECRET_TOTAL data-place=place.to_string() data-votes=total.votes.to_string()>
                        <th scope="row">{text}</th><td class="num">{total.votes}</td>
                    </tr>
                }
            });
            view! {
                <div class="tablewrap"><table class="grid">
                    <thead><tr><th scope="col">{say!(secret.option)}</th><th scope="col">{say!(secret.votes)}</th></tr></thead>
                    <tbody>{rows.collect_view()}</tbody>
                </table></div>
                <p class="rules">{say!(secret.counted_of, counted = outcome.counted, roll = outcome.roll)}</p>
            }
        });
            view! {
                {rows}
                {outcome.tie_for_chair.then(|| view! { <p class="hintline">{say!(secret.tie)}</p> })}
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
