//! Ballots that are marked place by place, open or secret: marking one, following the count where the rules allow it, what came out in bars.

use api::act::CastMarks;
use api::secret::CastSecretBallot;
use api::view::{BallotReceipt, VoteView};
use domain::id::VoteId;
use domain::vote::{BallotForm, Marking, PlaceTotal, Standing, ranked};
use leptos::prelude::*;
use ui::testids;

use super::use_room;
use super::vote::{needed, take_receipt};
use crate::components::{Bar, Button, ErrorLine, Kind};
use crate::doing::Doing;
use crate::{say, t, words};

type VoteMemo = Memo<Option<VoteView>>;

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

/// A ballot whose form is no decision: places in groups. What is marked is this screen's own until it is cast: nothing that arrives
/// disturbs it. Of a secret ballot it is forgotten then; an open one begins with what this person has cast.
#[component]
pub fn Marks(vote: VoteMemo, id: VoteId) -> impl IntoView {
    let here = use_room();
    let doing = Doing::new();
    let form = Memo::new(move |_| vote.with(|vote| vote.as_ref().and_then(|vote| vote.ballot_form().cloned())));
    let may_cast = Memo::new(move |_| vote.with(|vote| vote.as_ref().is_some_and(|vote| vote.may_cast)));
    let secret = Memo::new(move |_| vote.with(|vote| vote.as_ref().is_some_and(|vote| vote.secret.is_some())));
    let cast_before = vote.with_untracked(|vote| vote.as_ref().and_then(|vote| vote.mine.as_ref()?.marks.clone()));
    let begun = here.begun.with_value(|begun| begun.get(&id).cloned());
    let marked = RwSignal::new(begun.unwrap_or_else(|| places_of(&cast_before.unwrap_or_default())));
    Effect::new(move |_| {
        let now = marked.get();
        here.begun.update_value(|begun| {
            begun.insert(id, now);
        });
    });
    let fits =
        Memo::new(move |_| form.with(|form| form.as_ref().is_some_and(|form| marked.with(|marked| form.marks(marked).is_ok()))));
    let cast = move || {
        let marks: Vec<u32> = marked.get_untracked().into_iter().filter_map(|slot| u32::try_from(slot).ok()).collect();
        if secret.get_untracked() {
            doing.run(CastSecretBallot { vote: id, marks }, move |receipt: BallotReceipt| {
                marked.try_update(Vec::clear);
                take_receipt(here, id, receipt);
            });
        } else {
            doing.run(CastMarks { vote: id, marks }, move |receipt: BallotReceipt| take_receipt(here, id, receipt));
        }
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

fn places_of(marks: &[u32]) -> Vec<usize> {
    marks.iter().filter_map(|place| usize::try_from(*place).ok()).collect()
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

fn class(mark: Marking) -> &'static str {
    match mark {
        Marking::For | Marking::Chosen | Marking::High => "yes",
        Marking::Against | Marking::Low => "no",
        Marking::NotVoting | Marking::Medium => "none",
    }
}

fn standing_slug(standing: Standing) -> &'static str {
    match standing {
        Standing::Chosen => "chosen",
        Standing::Tied => "tied",
        Standing::NotChosen => "not_chosen",
    }
}

/// A total in words: the option, the mark, or both.
fn label(total: &PlaceTotal) -> String {
    match (total.option.is_empty(), words::marking(total.mark)) {
        (true, mark) => mark,
        (false, mark) if mark.is_empty() => total.option.clone(),
        (false, mark) => format!("{} – {mark}", total.option),
    }
}

/// The votes of each place in bars, options by votes, with who is chosen and who is tied.
#[component]
pub fn Totals(places: Vec<PlaceTotal>, roll: u32, needed: u32) -> impl IntoView {
    let rows: Vec<(usize, PlaceTotal)> = ranked(&places).into_iter().map(|(place, total)| (place, total.clone())).collect();
    let row = move |(place, total): (usize, PlaceTotal)| {
        let (text, votes, class) = (label(&total), total.votes, class(total.mark));
        let said = text.clone();
        let standing = total.standing;
        view! {
            <li class="stack tight" data-testid=testids::SECRET_TOTAL data-place=place.to_string() data-votes=votes.to_string() data-standing=standing.map(standing_slug)>
                <div class="row s">
                    <span class="grow">{text}</span>
                    {match standing {
                        Some(Standing::Chosen) => Some(view! { <span class="chip ok">{say!(result.chosen)}</span> }.into_any()),
                        Some(Standing::Tied) => Some(view! { <span class="chip warn">{say!(result.tied)}</span> }.into_any()),
                        Some(Standing::NotChosen) | None => None,
                    }}
                    <span class="num">{votes}</span>
                </div>
                <Bar parts=Signal::derive(move || vec![(class, u64::from(votes))]) total=Signal::derive(move || u64::from(roll)) needed=Signal::derive(move || u64::from(needed))
                    label=move || say!(projector.total_label, what = said.clone(), votes = votes, roll = roll) />
            </li>
        }
    };
    view! { <ul class="plain stack">{rows.into_iter().map(row).collect_view()}</ul> }.into_any()
}

/// The count so far, where the rules let everybody follow it.
#[component]
pub fn Running(vote: VoteMemo) -> impl IntoView {
    let enough = needed(vote);
    let shown = Memo::new(move |_| {
        vote.with(|vote| {
            let vote = vote.as_ref()?;
            Some((vote.running.clone()?, u32::try_from(vote.voters.len()).unwrap_or(u32::MAX)))
        })
    });
    view! {
        {move || shown.get().map(|(places, roll)| view! {
            <div class="stack tight" data-testid=testids::VOTE_RUNNING>
                <small>{say!(vote.so_far)}</small>
                <Totals places=places roll=roll needed=u32::try_from(enough.get()).unwrap_or(u32::MAX) />
            </div>
        })}
    }
    .into_any()
}

/// The result of an open vote whose ballot has a form: totals and no verdict.
#[component]
pub fn Marked(vote: VoteMemo) -> impl IntoView {
    let shown = Memo::new(move |_| {
        vote.with(|vote| vote.as_ref().and_then(|vote| Some((vote.marked.clone()?, vote.is_final, vote.acknowledged))))
    });
    view! {
        {move || shown.get().map(|(outcome, is_final, acknowledged)| view! {
            <div class="stack tight" data-testid=testids::VOTE_MARKED data-final=is_final.to_string() data-counted=outcome.counted.to_string()>
                <div class="row"><span class="chip" class:ok=is_final class:warn=!is_final>{if is_final { say!(result.is_final) } else { say!(result.provisional, have = acknowledged.0, need = acknowledged.1) }}</span></div>
                <Totals places=outcome.places roll=outcome.roll needed=outcome.needed />
                <p class="rules">{say!(secret.counted_of, counted = outcome.counted, roll = outcome.roll)}</p>
            </div>
        })}
    }
    .into_any()
}
