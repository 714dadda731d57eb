//! Conclusions that people wrote at the same time: both sides, and a choice for each place.

use api::drafting::{DraftChoice, DraftPlace, DraftingView, SettleConclusions};
use leptos::prelude::*;
use ui::testids;

use super::use_room;
use crate::app::use_app;
use crate::components::{Button, ErrorLine, Icon, Kind};
use crate::doing::Doing;
use crate::{say, t};

/// What is chosen at each place so far.
type Chosen = RwSignal<Vec<Option<DraftChoice>>>;

/// Above the conclusions, as long as something of them is to be settled.
#[component]
pub fn Drafting() -> impl IntoView {
    let here = use_room();
    let drafting = here.room.part_or(|room| room.drafting.clone());
    view! { {move || drafting.get().map(|view| view! { <Sides view=view /> })} }.into_any()
}

#[component]
fn Sides(view: DraftingView) -> impl IntoView {
    let app = use_app();
    let here = use_room();
    let manages = here.room.part_or(|room| room.manages);
    let doing = Doing::new();
    let DraftingView { sides, places } = view;
    let chosen: Chosen = RwSignal::new(vec![None; places.len()]);
    let open = Memo::new(move |_| chosen.with(|all| all.iter().any(Option::is_none)));
    let names: Vec<String> = sides.iter().map(|side| side.by.clone()).collect();
    let editions: Vec<_> = sides.iter().map(|side| side.edition).collect();
    let settle = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let choices: Vec<DraftChoice> = chosen.get_untracked().into_iter().flatten().collect();
        doing.run(SettleConclusions { meeting: here.meeting, editions: editions.clone(), choices }, move |()| {
            app.say(say!(minutes.sides_settled));
            here.room.refetch();
        });
    };
    view! {
        <form class="card stack conflicts" data-testid=testids::DRAFTING on:submit=settle>
            <h2 class="row"><Icon name="warn" /><span>{t!(minutes.sides)}</span></h2>
            <small>{move || if manages.get() { say!(minutes.sides_text) } else { say!(minutes.sides_wait) }}</small>
            {places.into_iter().enumerate().map(|(index, place)| view! { <Place index=index place=place names=names.clone() chosen=chosen manages=manages /> }).collect_view()}
            <ErrorLine doing=doing />
            <Show when=move || manages.get()>
                <footer class="row end">
                    <Button label=t!(minutes.sides_settle) kind=Kind::Primary submit=true disabled=open testid=testids::DRAFTING_SETTLE busy=Signal::derive(move || doing.busy()) />
                </footer>
            </Show>
        </form>
    }
    .into_any()
}

#[component]
fn Place(index: usize, place: DraftPlace, names: Vec<String>, chosen: Chosen, manages: Memo<bool>) -> impl IntoView {
    let DraftPlace { number, merged, sides } = place;
    let several = sides.iter().filter(|side| !side.is_empty()).count() > 1;
    let choices = sides
        .into_iter()
        .zip(names)
        .zip(0_u32..)
        .map(|((paragraphs, by), side)| (DraftChoice::Side(side), by, paragraphs))
        .chain(several.then(|| (DraftChoice::All, String::new(), Vec::new())))
        .chain([(DraftChoice::Merged, String::new(), merged)]);
    view! {
        <fieldset class="choices">
            <legend>{move || say!(minutes.side_number, number = number)}</legend>
            <div class="sides">
                {choices.map(|(choice, by, paragraphs)| view! { <Side index=index choice=choice by=by paragraphs=paragraphs chosen=chosen manages=manages /> }).collect_view()}
            </div>
        </fieldset>
    }
    .into_any()
}

#[component]
fn Side(
    index: usize,
    choice: DraftChoice,
    by: String,
    paragraphs: Vec<String>,
    chosen: Chosen,
    manages: Memo<bool>,
) -> impl IntoView {
    let is = Memo::new(move |_| chosen.with(|all| all.get(index).copied().flatten() == Some(choice)));
    let name = match choice {
        DraftChoice::Side(side) => format!("side-{side}"),
        DraftChoice::All => "all".to_owned(),
        DraftChoice::Merged => "merged".to_owned(),
    };
    let nothing = paragraphs.is_empty() && choice != DraftChoice::All;
    let head = move || match choice {
        DraftChoice::Side(_) if by.is_empty() => say!(minutes.side_unknown),
        DraftChoice::Side(_) => by.clone(),
        DraftChoice::All => say!(minutes.side_all),
        DraftChoice::Merged => say!(minutes.side_merged),
    };
    let pick = move |_: web_sys::Event| {
        chosen.update(|all| {
            if let Some(one) = all.get_mut(index) {
                *one = Some(choice);
            }
        });
    };
    view! {
        <label class="side2" class:shown=move || is.get()>
            <span class="row">
                <input type="radio" name=format!("drafting-{index}") value=name.clone() data-testid=testids::DRAFTING_CHOICE data-choice=name prop:disabled=move || !manages.get() prop:checked=move || is.get() on:change=pick />
                <b>{head}</b>
            </span>
            {paragraphs.into_iter().map(|paragraph| view! { <span class="block text">{paragraph}</span> }).collect_view()}
            {nothing.then(|| view! { <small>{t!(minutes.side_nothing)}</small> })}
        </label>
    }
    .into_any()
}
