//! Tellers: whom the body has elected, how far their devices are with the key, and the form in which the chair declares their election.

use std::collections::BTreeSet;

use api::secret::{ElectTellers, TellerRow, TellersStage, TellersView};
use domain::id::PersonId;
use domain::limits::{SECRET_BODY_LEAST, TELLERS_LEAST, TELLERS_MOST};
use leptos::prelude::*;
use ui::testids;

use super::use_room;
use crate::app::error_texts;
use crate::components::{Avatar, Button, ErrorLine, Icon, Kind, Pick, content_key};
use crate::doing::Doing;
use crate::{say, t};

fn stage_slug(stage: TellersStage) -> &'static str {
    match stage {
        TellersStage::Offers => "offers",
        TellersStage::Dealings => "dealings",
        TellersStage::Confirmations => "confirmations",
        TellersStage::Ready => "ready",
        TellersStage::Void => "void",
    }
}

fn stage_text(stage: TellersStage) -> String {
    match stage {
        TellersStage::Offers => say!(secret.making_key, step = 1),
        TellersStage::Dealings => say!(secret.making_key, step = 2),
        TellersStage::Confirmations => say!(secret.making_key, step = 3),
        TellersStage::Ready => say!(secret.key_ready),
        TellersStage::Void => say!(secret.key_void),
    }
}

/// The tellers whom the body elected last, as everybody sees them.
#[component]
pub fn Tellers() -> impl IntoView {
    let here = use_room();
    let tellers = here.room.part_or(|room| room.tellers.clone());
    view! { {move || tellers.get().map(|tellers| view! { <Elected tellers=tellers /> })} }.into_any()
}

#[component]
fn Elected(tellers: TellersView) -> impl IntoView {
    let TellersView { tellers: rows, needed, stage, problems, is_mine, .. } = tellers;
    let total = rows.len();
    let problems = problems.into_iter().map(|problem| {
        let text = error_texts().map_or_else(|| problem.code.clone(), |texts| texts.problem(&problem.code));
        let text = if problem.name.is_empty() { text } else { format!("{}: {text}", problem.name) };
        view! { <p class="errorline" data-testid=testids::VOTE_PROBLEM data-code=problem.code><Icon name="warn" /><span>{text}</span></p> }
    });
    view! {
        <details class="voters" open=stage != TellersStage::Ready data-testid=testids::TELLERS data-stage=stage_slug(stage)>
            <summary>{say!(secret.tellers_summary, count = total)}" · "{stage_text(stage)}</summary>
            <div class="stack tight">
                <p>{say!(secret.tellers_needed, needed = needed, total = total)}</p>
                {is_mine.then(|| view! { <p class="hintline"><Icon name="lock" /><span>{say!(secret.you_are_teller)}</span></p> })}
                {problems.collect_view()}
                <TellerList rows=rows done=say!(secret.has_spoken) waiting=say!(secret.is_awaited) />
            </div>
        </details>
    }
    .into_any()
}

/// The tellers by name, with what each has done.
#[component]
pub fn TellerList(
    /// The tellers.
    rows: Vec<TellerRow>,
    /// What is said of one whose device has done its part.
    done: String,
    /// And of one who is waited for.
    waiting: String,
) -> impl IntoView {
    let row = move |row: TellerRow| {
        let said = match (row.done, row.connected) {
            (true, _) => done.clone(),
            (false, true) => waiting.clone(),
            (false, false) => say!(vote.disconnected),
        };
        let class = if !row.done && !row.connected { "late" } else { "" };
        view! {
            <li class="p" data-testid=testids::TELLER data-name=row.name.clone() data-done=row.done.to_string()>
                <Avatar name=row.name.clone() connected=row.connected /><span class="grow ell">{row.name.clone()}</span><small class=class>{said}</small>
            </li>
        }
    };
    view! { <ul class="plain">{rows.into_iter().map(row).collect_view()}</ul> }.into_any()
}

/// Somebody who can be a teller: has a vote, and has checked in with a device.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
struct Candidate {
    person: PersonId,
    name: String,
}

/// The form in which the chair declares whom the body has elected. What is ticked is its own until it is sent.
#[component]
pub fn ElectForm(
    /// Set once the election is declared.
    elected: RwSignal<bool>,
) -> impl IntoView {
    let here = use_room();
    let doing = Doing::new();
    let candidates = here.room.part_or(|room| {
        let can = room.members.iter().filter(|member| member.role.votes() && member.attendance.voting_device().is_some());
        can.map(|member| Candidate { person: member.person, name: member.name.clone() }).collect::<Vec<_>>()
    });
    let chosen = RwSignal::new(BTreeSet::<PersonId>::new());
    let needed = RwSignal::new(String::new());
    let size = Memo::new(move |_| chosen.with(BTreeSet::len));
    let choices = Signal::derive(move || -> Vec<(String, String)> {
        let size = size.get();
        (size / 2 + 1..=size).map(|number| (number.to_string(), say!(secret.needed_of, needed = number, total = size))).collect()
    });
    // Another number of tellers has another usual threshold: more than half.
    Effect::new(move |_| needed.set((size.get() / 2 + 1).to_string()));
    let too_few = Memo::new(move |_| candidates.with(Vec::len) < usize::try_from(SECRET_BODY_LEAST).unwrap_or(usize::MAX));
    let elect = move || {
        let names = candidates.get_untracked();
        let tellers =
            names.iter().map(|candidate| candidate.person).filter(|person| chosen.with_untracked(|of| of.contains(person)));
        let act = ElectTellers { meeting: here.meeting, tellers: tellers.collect(), needed: needed.get_untracked().parse().ok() };
        doing.run(act, move |_| {
            elected.try_set(true);
            here.room.refetch();
        });
    };
    view! {
        <fieldset class="stack tight">
            <legend>{t!(secret.elect_title)}</legend>
            <small>{t!(secret.elect_text)}</small>
            <Show when=move || too_few.get()>
                <p class="hintline late"><Icon name="warn" /><span>{move || say!(secret.body_too_small, least = SECRET_BODY_LEAST, found = candidates.with(Vec::len))}</span></p>
            </Show>
            <ul class="plain"><For each=move || candidates.get() key=content_key let(candidate)>
                <li><CandidateBox candidate=candidate chosen=chosen /></li>
            </For></ul>
            <Show when=move || { size.get() >= TELLERS_LEAST }>
                <Pick label=t!(secret.needed) value=needed options=choices testid=testids::TELLERS_NEEDED />
            </Show>
            <ErrorLine doing=doing />
            <div class="row end">
                <Button label=t!(secret.elect) testid=testids::TELLERS_ELECT busy=Signal::derive(move || doing.busy())
                    disabled=Signal::derive(move || too_few.get() || !(TELLERS_LEAST..=TELLERS_MOST).contains(&size.get()))
                    on_press=move |()| elect() />
            </div>
        </fieldset>
    }
    .into_any()
}

#[component]
fn CandidateBox(candidate: Candidate, chosen: RwSignal<BTreeSet<PersonId>>) -> impl IntoView {
    let Candidate { person, name } = candidate;
    view! {
        <label class="check">
            <input type="checkbox" data-testid=testids::TELLER_PICK data-name=name.clone()
                prop:checked=move || chosen.with(|chosen| chosen.contains(&person))
                on:change=move |event| chosen.update(|chosen| {
                    if event_target_checked(&event) { chosen.insert(person); } else { chosen.remove(&person); }
                }) />
            <span>{name}</span>
        </label>
    }
    .into_any()
}

/// In the form that opens a secret vote: the tellers, or whom to elect.
#[component]
pub fn TellersOfVote() -> impl IntoView {
    let here = use_room();
    let usable = here.room.part_or(|room| room.tellers.as_ref().is_some_and(|tellers| tellers.stage != TellersStage::Void));
    let again = RwSignal::new(false);
    let elected = RwSignal::new(false);
    Effect::new(move |_| {
        if elected.get() {
            elected.set(false);
            again.set(false);
        }
    });
    view! {
        <Tellers />
        <Show when=move || usable.get() && !again.get() fallback=move || view! { <ElectForm elected=elected /> }>
            <div class="row end"><Button label=t!(secret.elect_others) kind=Kind::Quiet testid=testids::TELLERS_AGAIN on_press=move |()| again.set(true) /></div>
        </Show>
    }
    .into_any()
}
