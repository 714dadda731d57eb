//! Votes: one tap casts, the three states of a ballot in plain words, the result with its threshold and legal basis.

use std::time::Duration;

use api::act::{CastBallot, CloseVote, ExportVote};
use api::view::{BallotReceipt, VoteView, VoterRow};
use domain::id::VoteId;
use domain::limits::SECRET_BODY_LEAST;
use domain::vote::{BallotForm, BallotState, Choice};
use leptos::prelude::*;
use ui::format;
use ui::testids;

use super::marks::{Marked, Marks, Running};
use super::paper_ballot::PaperBallots;
use super::secret_ballot::{Counting, WhoLearns};
use super::tasks::{Decided, Decision};
use super::tellers::Tellers;
use super::vote_form::{VoteDraft, VoteForm};
use super::{InRoom, use_room};
use crate::app::{error_texts, use_app};
use crate::components::{Avatar, Bar, Button, Confirm, Dialog, Empty, ErrorLine, Icon, Kind, Target, TargetDialog, content_key};
use crate::doing::Doing;
use crate::{say, t, words};

/// An answer that takes longer is waited for with a sign.
const SLOW: Duration = Duration::from_millis(150);
const CHOICES: [(Choice, &str, &str); 3] = [
    (Choice::For, testids::VOTE_FOR, "yes"),
    (Choice::Against, testids::VOTE_AGAINST, "no"),
    (Choice::NotVoting, testids::VOTE_NONE, "none"),
];

fn choice_class(choice: Choice) -> &'static str {
    CHOICES.iter().find(|(known, ..)| *known == choice).map_or("none", |(.., class)| class)
}

fn choice_slug(choice: Choice) -> &'static str {
    match choice {
        Choice::For => "for",
        Choice::Against => "against",
        Choice::NotVoting => "not_voting",
    }
}

fn state_slug(state: BallotState) -> &'static str {
    match state {
        BallotState::SavedHere => "saved_here",
        BallotState::ReceivedByChair => "received_by_chair",
        BallotState::Counted => "counted",
        BallotState::Late => "late",
        BallotState::NotCounted => "not_counted",
    }
}

/// The tab.
#[component]
pub fn Votes() -> impl IntoView {
    let here = use_room();
    let chairs = here.room.part_or(|room| room.chairs);
    let ids = here.room.part_or(|room| room.votes.iter().map(|vote| vote.vote).collect::<Vec<_>>());
    let any_open = here.room.part_or(|room| room.votes.iter().any(|vote| vote.closed_at.is_none()));
    let opening = RwSignal::new(false);
    // Kept while the tab is shown: tellers need a moment for their key, and the question is not typed twice.
    let draft = VoteDraft::new();
    view! {
        <Tellers />
        <Show when=move || ids.with(Vec::is_empty)>
            <Empty icon="vote" title=t!(vote.none) text=move || if chairs.get() { say!(vote.none_chair) } else { say!(vote.none_text) }>
                <Show when=move || chairs.get()><Button label=t!(vote.open) kind=Kind::Primary icon="vote" testid=testids::VOTE_OPEN on_press=move |()| opening.set(true) /></Show>
            </Empty>
        </Show>
        <Show when=move || chairs.get() && !any_open.get() && !ids.with(Vec::is_empty)>
            <div class="block"><Button label=t!(vote.open) kind=Kind::Primary icon="vote" testid=testids::VOTE_OPEN on_press=move |()| opening.set(true) /></div>
        </Show>
        <For each=move || ids.get() key=|id| *id let(id)><Vote id=id /></For>
        <Show when=move || chairs.get() && any_open.get()>
            <div class="block"><Button label=t!(vote.open_another) kind=Kind::Quiet icon="plus" testid=testids::VOTE_OPEN on_press=move |()| opening.set(true) /></div>
        </Show>
        <Dialog open=opening title=t!(vote.open) testid=testids::VOTE_DIALOG wide=true><VoteForm open=opening draft=draft /></Dialog>
    }
    .into_any()
}

/// One vote, open or closed.
#[component]
fn Vote(id: VoteId) -> impl IntoView {
    let here = use_room();
    let vote = Memo::new(move |_| here.room.with(|room| room?.votes.iter().find(|vote| vote.vote == id).cloned()));
    let part = move |read: fn(&VoteView) -> bool| Memo::new(move |_| vote.with(|vote| vote.as_ref().is_some_and(read)));
    let closed = part(|vote| vote.closed_at.is_some());
    let is_final = part(|vote| vote.is_final);
    let secret = part(|vote| vote.secret.is_some());
    let question = Memo::new(move |_| vote.with(|vote| vote.as_ref().map(|vote| vote.question.clone())).unwrap_or_default());
    let opened = Memo::new(move |_| vote.with(|vote| vote.as_ref().map(|vote| (vote.opened_at, vote.closed_at))));
    let passed = Memo::new(move |_| {
        vote.with(|vote| {
            let vote = vote.as_ref().filter(|vote| vote.outcome.is_some_and(|outcome| outcome.passed))?;
            Some(Decision::Vote(vote.vote, vote.question.clone(), vote.item))
        })
    });
    view! {
        <article class="card vote" class:closed=move || closed.get() data-testid=testids::VOTE data-vote=id.to_string() data-state=move || if closed.get() { if is_final.get() { "final" } else { "closed" } } else { "open" } data-secret=move || secret.get().to_string()>
            <div class="row">
                {move || if closed.get() {
                    view! { <span class="chip"><Icon name="check" />{t!(vote.closed)}</span> }.into_any()
                } else {
                    view! { <span class="chip on"><i class="dot" aria-hidden="true"></i>{t!(vote.is_open)}</span> }.into_any()
                }}
                <Show when=move || secret.get()><span class="chip"><Icon name="lock" />{t!(secret.chip)}</span></Show>
                <span class="grow"></span>
                <small class="num">{move || opened.get().map(|(opened, closed)| match closed {
                    Some(closed) => format!("{}–{}", format::clock(opened), format::clock(closed)),
                    None => say!(vote.opened_at, time = format::clock(opened)),
                })}</small>
            </div>
            <h1 data-testid=testids::VOTE_QUESTION>{move || question.get()}</h1>
            {move || if closed.get() {
                view! { <Show when=move || secret.get()><Counting vote=vote id=id /></Show><Marked vote=vote /><Outcome vote=vote />{move || passed.get().map(|decision| view! { <Decided decision=decision /> })} }.into_any()
            } else {
                view! { <Rules vote=vote open=false /><Ballot vote=vote id=id question=question /> }.into_any()
            }}
            <PaperBallots vote=vote id=id />
            <Problems vote=vote />
            <Voters vote=vote />
        </article>
    }
    .into_any()
}

type VoteMemo = Memo<Option<VoteView>>;

/// The threshold in words, with the number that it comes to, and the legal basis; `open`: the basis is shown without being asked for,
/// and what happens after the close is not said any more.
#[component]
fn Rules(vote: VoteMemo, open: bool) -> impl IntoView {
    let rules = Memo::new(move |_| {
        vote.with(|vote| {
            vote.as_ref().map(|vote| {
                let present = u32::try_from(vote.voters.iter().filter(|voter| voter.present).count()).unwrap_or(u32::MAX);
                (vote.profile.clone(), u32::try_from(vote.voters.len()).unwrap_or(u32::MAX), present, vote.secret.is_some())
            })
        })
    });
    view! {
        {move || rules.get().map(|(profile, roll, present, secret)| view! {
            <p class="rules" data-testid=testids::VOTE_RULES>{words::threshold(&profile, roll, present)}{(!open && !secret).then(|| format!(" {}", say!(vote.public)))}{(!open && !secret && profile.is_live()).then(|| format!(" {}", say!(vote.live)))}</p>
            <details class="basis" open=open><summary>{say!(vote.basis)}</summary><p><b data-testid=testids::VOTE_RULES_NAME>{words::rules_name(&profile)}</b></p><p data-testid=testids::VOTE_BASIS>{words::legal_basis(&profile)}</p></details>
        })}
    }
    .into_any()
}

/// What the voter does and sees while the vote is open.
#[component]
fn Ballot(vote: VoteMemo, id: VoteId, question: Memo<String>) -> impl IntoView {
    let here = use_room();
    let mine = Memo::new(move |_| vote.with(|vote| vote.as_ref().and_then(|vote| vote.mine.clone())));
    let may_cast = Memo::new(move |_| vote.with(|vote| vote.as_ref().is_some_and(|vote| vote.may_cast)));
    let may_close = Memo::new(move |_| vote.with(|vote| vote.as_ref().is_some_and(|vote| vote.may_close)));
    let fixed =
        Memo::new(move |_| vote.with(|vote| vote.as_ref().is_some_and(|vote| vote.mine.is_some() && !vote.profile.may_change)));
    let counts = Memo::new(move |_| {
        vote.with(|vote| vote.as_ref().map_or((0, 0), |vote| (u64::from(vote.received), vote.voters.len() as u64)))
    });
    let casting = RwSignal::new(None::<Choice>);
    // Said only of an answer that takes long: a sign that comes and goes at once would cost the frame in which the answer could be shown.
    let slow = RwSignal::new(false);
    let (doing, closing, asking) = (Doing::new(), Doing::new(), RwSignal::new(false));
    let chosen = move || casting.get().or_else(|| mine.get().and_then(|mine| mine.choice));
    let secret = Memo::new(move |_| vote.with(|vote| vote.as_ref().is_some_and(|vote| vote.secret.is_some())));
    let decides = Memo::new(move |_| vote.with(|vote| vote.as_ref().is_none_or(|vote| vote.ballot_form().is_none())));
    // The tapped choice is shown at once; the application's answer replaces it, or its error takes it back.
    Effect::new(move |_| {
        if !doing.busy() {
            casting.set(None);
            if slow.get_untracked() {
                slow.set(false);
            }
        }
    });
    let why_not = Memo::new(move |_| {
        let me = here.room.with(|room| room.map(|room| room.me));
        vote.with(|vote| {
            let voter = vote.as_ref()?.voters.iter().find(|voter| Some(voter.person) == me);
            Some(match voter {
                None => "not_on_roll",
                Some(voter) if !voter.present || voter.without_device => "not_checked_in",
                Some(_) => "wrong_device",
            })
        })
    });
    view! {
        <Show when=move || may_cast.get() || mine.with(Option::is_some) fallback=move || view! {
            <p class="hintline" data-testid=testids::VOTE_MAY_NOT><Icon name="lock" /><span>{move || match why_not.get() {
                Some("not_checked_in") => say!(vote.not_checked_in),
                Some("wrong_device") => say!(vote.wrong_device),
                _ => say!(vote.not_on_roll),
            }}</span></p>
        }>
            <Show when=move || secret.get()><WhoLearns vote=vote /></Show>
            <Show when=move || decides.get() fallback=move || view! { <Marks vote=vote id=id /> }>
            <div class="stack choicelist" role="group" aria-label=move || say!(vote.choose_for, question = question.get())>
                {CHOICES.map(|(choice, testid, class)| {
                    let selected = move || chosen() == Some(choice);
                    view! {
                        <button type="button" class=format!("choice {class}") class:sel=selected data-testid=testid
                            aria-pressed=move || selected().to_string()
                            aria-label=move || say!(vote.choice_label, choice = words::choice(choice), question = question.get())
                            disabled=move || !may_cast.get() || fixed.get() || slow.get()
                            on:click=move |_| {
                                if doing.is_busy() {
                                    return;
                                }
                                casting.set(Some(choice));
                                set_timeout(move || { slow.try_set(doing.is_busy()); }, SLOW);
                                doing.run(CastBallot { vote: id, choice }, move |receipt| take_receipt(here, id, receipt));
                            }>
                            <i aria-hidden="true"></i><span class="grow">{move || words::choice(choice)}</span>
                            {move || (slow.get() && casting.get() == Some(choice)).then(|| view! { <i class="spin" aria-hidden="true"></i> })}
                        </button>
                    }
                })}
            </div>
            </Show>
        </Show>
        <ErrorLine doing=doing />
        <Receipt vote=vote />
        <div class="stack tight">
            <div class="row s"><span>{t!(vote.received)}</span><span class="grow"></span><span class="num" data-testid=testids::VOTE_RECEIVED>{move || { let (received, roll) = counts.get(); format!("{received} / {roll}") }}</span></div>
            <Bar parts=Signal::derive(move || vec![("plain", counts.get().0)]) total=Signal::derive(move || counts.get().1) needed=needed(vote)
                label=move || { let (received, roll) = counts.get(); say!(vote.received_label, received = received, roll = roll) } />
        </div>
        <Running vote=vote />
        <Show when=move || may_close.get()>
            <Button label=t!(vote.close) kind=Kind::Primary testid=testids::VOTE_CLOSE on_press=move |()| asking.set(true) />
            <Confirm open=asking title=t!(vote.close_title) text=move || close_text(vote) verb=t!(vote.close) testid=testids::VOTE_CLOSE_DIALOG doing=closing
                on_confirm=move |()| closing.run(CloseVote { vote: id }, move |_| { asking.try_set(false); here.room.refetch(); }) />
        </Show>
    }
    .into_any()
}

/// The answer to a ballot: it is durable on this device. Shown at once; the rest of what it changes comes with the next answer.
pub fn take_receipt(here: InRoom, id: VoteId, receipt: BallotReceipt) {
    here.room.learn(move |room| {
        let Some(vote) = room.votes.iter_mut().find(|vote| vote.vote == id) else {
            return;
        };
        // What came meanwhile may know more of the same ballot already.
        if vote.mine.as_ref().is_none_or(|known| known.ballot != receipt.ballot) {
            vote.mine = Some(receipt);
        }
    });
}

/// How many the rules of a vote ask for.
pub fn needed(vote: VoteMemo) -> Signal<u64> {
    Signal::derive(move || {
        vote.with(|vote| {
            vote.as_ref().map_or(0, |vote| {
                let of = match vote.profile.base {
                    domain::vote::Base::Roll => vote.voters.len(),
                    domain::vote::Base::Present => vote.voters.iter().filter(|voter| voter.present).count(),
                };
                u64::from(vote.profile.threshold.of(u32::try_from(of).unwrap_or(u32::MAX)))
            })
        })
    })
}

fn close_text(vote: VoteMemo) -> String {
    /// Names listed before the rest is only counted.
    const NAMES_MAX: usize = 6;
    vote.with(|vote| {
        let Some(vote) = vote else {
            return String::new();
        };
        if vote.secret.is_some() && vote.received < SECRET_BODY_LEAST {
            return say!(secret.close_too_few, received = vote.received, least = SECRET_BODY_LEAST);
        }
        let missing: Vec<&str> = vote.voters.iter().filter(|voter| !voter.voted).map(|voter| voter.name.as_str()).collect();
        if missing.is_empty() {
            return say!(vote.close_all, received = vote.received);
        }
        let mut names = missing.iter().take(NAMES_MAX).copied().collect::<Vec<_>>().join(", ");
        if missing.len() > NAMES_MAX {
            names.push_str(", …");
        }
        say!(vote.close_some, received = vote.received, roll = vote.voters.len(), missing = missing.len(), names = names)
    })
}

/// Where my ballot stands, and the receipt for who wants to read it.
#[component]
fn Receipt(vote: VoteMemo) -> impl IntoView {
    let mine = Memo::new(move |_| vote.with(|vote| vote.as_ref().and_then(|vote| vote.mine.clone())));
    let open = RwSignal::new(false);
    view! {
        <div aria-live="polite">
        {move || mine.get().map(|mine| {
            let late = matches!(mine.state, BallotState::Late | BallotState::NotCounted);
            let state = mine.state;
            let marked = vote.with_untracked(|vote| Some(words::marks(vote.as_ref()?.form.as_ref()?, mine.marks.as_ref()?)));
            let choice = marked.or_else(|| mine.choice.map(words::choice));
            let said = choice.clone().unwrap_or_else(|| say!(secret.chip));
            let told = choice.unwrap_or_else(|| say!(secret.receipt_choice));
            view! {
                <div class="ballotstate" class:late=late class:saved=state == BallotState::SavedHere data-testid=testids::BALLOT_STATE data-state=state_slug(state) data-choice=mine.choice.map(choice_slug)>
                    <Icon name=if late { "warn" } else { "check" } />
                    <span class="grow">
                        <b>{say!(vote.recorded, time = format::clock(mine.cast_at), choice = said)}</b>
                        <small class="block">{words::ballot_state(state)}</small>
                        <button type="button" class="b quiet small" aria-expanded=move || open.get().to_string() data-testid=testids::RECEIPT on:click=move |_| open.update(|open| *open = !*open)>{t!(vote.receipt)}</button>
                    </span>
                </div>
                <Show when=move || open.get()>
                    <dl class="facts receipt" data-testid=testids::RECEIPT_DETAILS>
                        <dt>{t!(vote.receipt_choice)}</dt><dd>{told.clone()}</dd>
                        <dt>{t!(vote.receipt_time)}</dt><dd class="num">{format::moment(mine.cast_at)}</dd>
                        <dt>{t!(vote.receipt_code)}</dt><dd><code>{format::fingerprint(&mine.ballot)}</code></dd>
                    </dl>
                    <small>{t!(vote.receipt_text)}</small>
                </Show>
            }
        })}
        </div>
    }
    .into_any()
}

/// The result.
#[component]
fn Outcome(vote: VoteMemo) -> impl IntoView {
    let app = use_app();
    let (asking, exporting) = (RwSignal::new(false), Doing::new());
    let shown = Memo::new(move |_| {
        vote.with(|vote| vote.as_ref().map(|vote| (vote.outcome, vote.is_final, vote.acknowledged, vote.late, vote.vote)))
    });
    let target = Target { title: t!(vote.export).into(), name: Signal::derive(|| "bieu-quyet.json".to_owned()), folder: false };
    view! {
        {move || shown.get().map(|(outcome, is_final, acknowledged, late, _)| view! {
            {outcome.map(|outcome| view! {
                <div class="verdict" class:passed=outcome.passed data-testid=testids::RESULT data-passed=outcome.passed.to_string() data-final=is_final.to_string() data-counted=outcome.counted>
                    <b class="big">{if outcome.passed { say!(result.passed) } else { say!(result.failed) }}</b>
                    <span class="chip" class:ok=is_final class:warn=!is_final>{if is_final { say!(result.is_final) } else { say!(result.provisional, have = acknowledged.0, need = acknowledged.1) }}</span>
                </div>
                <Bar parts=Signal::derive(move || vec![("yes", u64::from(outcome.votes_for)), ("no", u64::from(outcome.against)), ("none", u64::from(outcome.not_voting))])
                    total=Signal::derive(move || u64::from(outcome.roll)) needed=Signal::derive(move || u64::from(outcome.needed))
                    label=move || say!(result.label, yes = outcome.votes_for, no = outcome.against, none = outcome.not_voting, needed = outcome.needed) />
                <dl class="counts num">
                    <div class="yes"><dd data-testid=testids::RESULT_FOR>{outcome.votes_for}</dd><dt>{words::choice(Choice::For)}</dt></div>
                    <div class="no"><dd data-testid=testids::RESULT_AGAINST>{outcome.against}</dd><dt>{words::choice(Choice::Against)}</dt></div>
                    <div class="none"><dd data-testid=testids::RESULT_NONE>{outcome.not_voting}</dd><dt>{words::choice(Choice::NotVoting)}</dt></div>
                </dl>
                <p class="rules">{say!(result.counted, counted = outcome.counted, roll = outcome.roll, needed = outcome.needed)}{outcome.by_chair.then(|| format!(" {}", say!(result.by_chair)))}</p>
            })}
            {(late > 0).then(|| view! { <p class="hintline late" data-testid=testids::RESULT_LATE><Icon name="clock" /><span>{say!(result.late, count = late)}</span></p> })}
        })}
        <Rules vote=vote open=true />
        <Receipt vote=vote />
        <div class="row"><Button label=t!(vote.export) icon="drop" kind=Kind::Quiet testid=testids::VOTE_EXPORT busy=Signal::derive(move || exporting.busy()) on_press=move |()| asking.set(true) /></div>
        <TargetDialog open=asking target=target doing=exporting on_target=move |path: String| {
            if let Some((.., id)) = shown.get_untracked() {
                exporting.run(ExportVote { vote: id, path }, move |written| app.say(say!(file.written, path = written.path)));
            }
        } />
    }
    .into_any()
}

#[component]
fn Problems(vote: VoteMemo) -> impl IntoView {
    let problems = Memo::new(move |_| vote.with(|vote| vote.as_ref().map(|vote| vote.problems.clone())).unwrap_or_default());
    view! {
        {move || problems.get().into_iter().map(|code| {
            let text = error_texts().map_or_else(|| code.clone(), |texts| texts.problem(&code));
            view! { <p class="errorline" data-testid=testids::VOTE_PROBLEM data-code=code><Icon name="warn" /><span>{text}</span></p> }
        }).collect_view()}
    }
    .into_any()
}

/// The roll: who has voted; after the close, how.
#[component]
fn Voters(vote: VoteMemo) -> impl IntoView {
    let open = Memo::new(move |_| vote.with(|vote| vote.as_ref().is_some_and(|vote| vote.closed_at.is_none())));
    let voters = Memo::new(move |_| vote.with(|vote| vote.as_ref().map(|vote| vote.voters.clone())).unwrap_or_default());
    let form = Memo::new(move |_| vote.with(|vote| vote.as_ref().and_then(|vote| vote.form.clone())));
    view! {
        <details class="voters" open=open.get_untracked()>
            <summary>{move || say!(vote.voters, count = voters.with(Vec::len))}</summary>
            <ul class="plain"><For each=move || voters.get() key=move |voter| (content_key(voter), open.get_untracked()) let(voter)><Voter voter=voter open=open.get_untracked() form=form.get_untracked() /></For></ul>
        </details>
    }
    .into_any()
}

#[component]
fn Voter(voter: VoterRow, open: bool, form: Option<BallotForm>) -> impl IntoView {
    let VoterRow { name, voted, choice, marks, state, present, connected, without_device, paper, .. } = voter;
    let marked = form.zip(marks).filter(|_| !open).map(|(form, marks)| words::marks(&form, &marks));
    let said = move || match (choice, voted, present) {
        _ if marked.is_some() => marked.clone().unwrap_or_default(),
        (Some(choice), ..) if !open => words::choice(choice),
        (_, true, _) => match state {
            Some(state @ (BallotState::Late | BallotState::NotCounted)) => words::ballot_state_short(state),
            _ => say!(vote.voted),
        },
        (_, false, false) => say!(vote.absent),
        (_, false, true) if without_device => say!(paper_ballot.without_device),
        (_, false, true) if open && !connected => say!(vote.disconnected),
        (_, false, true) => say!(vote.not_yet),
    };
    let class = match (choice, voted) {
        (Some(choice), _) if !open => choice_class(choice),
        (_, false) if present && !connected && !without_device && open => "late",
        _ => "",
    };
    let outside = state.filter(|state| matches!(state, BallotState::Late | BallotState::NotCounted));
    view! {
        <li class="p" data-testid=testids::VOTER data-name=name.clone() data-voted=voted.to_string() data-choice=choice.map(choice_slug)>
            <Avatar name=name.clone() connected=connected />
            <span class="grow ell">{name.clone()}</span>
            <small class=class>{said}</small>
            {paper.map(|paper| view! {
                <small data-testid=testids::PAPER_BALLOT_NOTE data-void=paper.void.to_string()>{if paper.void {
                    say!(paper_ballot.void)
                } else {
                    say!(paper_ballot.note, by = paper.entered_by, witness = paper.witness)
                }}</small>
            })}
            {outside.filter(|_| !open).map(|state| view! { <small class="late">{words::ballot_state_short(state)}</small> })}
        </li>
    }
    .into_any()
}
