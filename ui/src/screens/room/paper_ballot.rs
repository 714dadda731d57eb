//! Paper ballots of an open vote: the secretary's form, and what waits for a witness.

use api::paper::{EnterPaperBallot, PaperView, WaitingPaper, WitnessPaperBallot};
use api::view::VoteView;
use domain::id::{PersonId, VoteId};
use domain::vote::Choice;
use leptos::prelude::*;
use ui::testids;

use super::use_room;
use crate::components::{Button, Dialog, ErrorLine, Icon, Kind, Pick, content_key};
use crate::doing::Doing;
use crate::{say, t, words};

type VoteMemo = Memo<Option<VoteView>>;

/// The choices as the form names them.
const CHOICES: [(&str, Choice); 3] = [("for", Choice::For), ("against", Choice::Against), ("not_voting", Choice::NotVoting)];

fn paper_of(vote: VoteMemo) -> Memo<Option<PaperView>> {
    Memo::new(move |_| vote.with(|vote| vote.as_ref().and_then(|vote| vote.paper.clone())))
}

/// What this person can do about paper ballots, and what others wait for. Nothing where there is none.
#[component]
pub fn PaperBallots(vote: VoteMemo, id: VoteId) -> impl IntoView {
    let paper = paper_of(vote);
    let may_enter = Memo::new(move |_| paper.with(|paper| paper.as_ref().is_some_and(|paper| !paper.may_enter.is_empty())));
    let waiting = Memo::new(move |_| paper.with(|paper| paper.as_ref().map(|paper| paper.waiting.clone())).unwrap_or_default());
    let open = RwSignal::new(false);
    view! {
        <For each=move || waiting.get() key=content_key let(row)><Waiting row=row id=id /></For>
        <Show when=move || may_enter.get()>
            <div class="row"><Button label=t!(paper_ballot.enter) kind=Kind::Quiet icon="plus" testid=testids::PAPER_BALLOT_ENTER on_press=move |()| open.set(true) /></div>
        </Show>
        <Dialog open=open title=t!(paper_ballot.enter) testid=testids::PAPER_BALLOT_DIALOG><EntryForm vote=vote id=id open=open /></Dialog>
    }
    .into_any()
}

/// An entry without a witness. Who may witness it reads the choice on the button that signs.
#[component]
fn Waiting(row: WaitingPaper, id: VoteId) -> impl IntoView {
    let here = use_room();
    let doing = Doing::new();
    let WaitingPaper { entry, name, choice, entered_by, may_witness, .. } = row;
    let sign = choice.filter(|_| may_witness);
    let said = say!(paper_ballot.waiting, name = name.clone(), by = entered_by);
    view! {
        <div class="note stack tight" data-testid=testids::PAPER_BALLOT_WAITING data-name=name>
            <p class="hintline"><Icon name="clock" /><span>{said}</span></p>
            {sign.map(|choice| view! {
                <small>{t!(paper_ballot.witness_text)}</small>
                <Button label=move || say!(paper_ballot.witness, choice = words::choice(choice)) kind=Kind::Primary testid=testids::PAPER_BALLOT_WITNESS
                    busy=Signal::derive(move || doing.busy())
                    on_press=move |()| doing.run(WitnessPaperBallot { vote: id, entry }, move |_| here.room.refetch()) />
            })}
            <ErrorLine doing=doing />
        </div>
    }
    .into_any()
}

/// The secretary's form. Nothing is chosen beforehand: a slip of the hand must not become a ballot.
#[component]
fn EntryForm(vote: VoteMemo, id: VoteId, open: RwSignal<bool>) -> impl IntoView {
    let here = use_room();
    let doing = Doing::new();
    let (voter, choice) = (RwSignal::new(String::new()), RwSignal::new(String::new()));
    let voters = Signal::derive(move || {
        let mut options = vec![(String::new(), String::new())];
        vote.with(|vote| {
            let Some((vote, paper)) = vote.as_ref().and_then(|vote| Some((vote, vote.paper.as_ref()?))) else {
                return;
            };
            let may = vote.voters.iter().filter(|row| paper.may_enter.contains(&row.person));
            options.extend(may.map(|row| (row.person.to_string(), row.name.clone())));
        });
        options
    });
    let choices = Signal::derive(|| {
        let named = CHOICES.iter().map(|(slug, choice)| ((*slug).to_owned(), words::choice(*choice)));
        std::iter::once((String::new(), String::new())).chain(named).collect::<Vec<_>>()
    });
    let typed = move || -> Option<(PersonId, Choice)> {
        let person = voter.get().parse().ok()?;
        let (_, choice) = choice.with(|choice| CHOICES.iter().find(|(slug, _)| slug == choice).copied())?;
        Some((person, choice))
    };
    let save = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let Some((person, choice)) = untrack(typed) else {
            return;
        };
        doing.run(EnterPaperBallot { vote: id, person, choice }, move |_| {
            open.try_set(false);
            here.room.refetch();
        });
    };
    view! {
        <form class="stack" on:submit=save>
            <p>{t!(paper_ballot.enter_text)}</p>
            <Pick label=t!(paper_ballot.voter) value=voter options=voters testid=testids::PAPER_BALLOT_VOTER />
            <Pick label=t!(paper_ballot.choice) value=choice options=choices testid=testids::PAPER_BALLOT_CHOICE />
            <ErrorLine doing=doing />
            <footer class="row end">
                <Button label=t!(common.cancel) on_press=move |()| open.set(false) />
                <Button label=t!(common.save) kind=Kind::Primary submit=true testid=testids::PAPER_BALLOT_SAVE busy=Signal::derive(move || doing.busy())
                    disabled=Signal::derive(move || typed().is_none()) />
            </footer>
        </form>
    }
    .into_any()
}
