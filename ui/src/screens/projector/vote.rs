//! A vote: the question, how many have voted, and after the close, or before where the rules say so, the totals in bars, with what the rules
//! ask for.

use api::projector::{StageItem, StageResult, StageTotal, StageVote};
use domain::vote::{Marking, Standing};
use leptos::prelude::*;
use ui::projection::{self, BARS_MAX, FOOTER, HEADING};
use ui::testids;

use super::sitting::named;
use crate::{say, t, words};

fn class(mark: Marking) -> &'static str {
    match mark {
        Marking::For | Marking::Chosen | Marking::High => "yes",
        Marking::Against | Marking::Low => "no",
        Marking::NotVoting | Marking::Medium => "none",
    }
}

fn slug(mark: Marking) -> &'static str {
    match mark {
        Marking::For => "for",
        Marking::Against => "against",
        Marking::NotVoting => "not_voting",
        Marking::Chosen => "chosen",
        Marking::High => "high",
        Marking::Medium => "medium",
        Marking::Low => "low",
    }
}

/// A total in words: the option, the mark, or both, and whether it is chosen.
fn label(total: &StageTotal) -> String {
    let said = option_and_mark(total);
    match total.standing {
        Some(Standing::Chosen) => format!("{said} · {}", say!(result.chosen)),
        Some(Standing::Tied) => format!("{said} · {}", say!(result.tied)),
        Some(Standing::NotChosen) | None => said,
    }
}

fn option_and_mark(total: &StageTotal) -> String {
    match (total.option.is_empty(), words::marking(total.mark)) {
        (true, mark) => mark,
        (false, mark) if mark.is_empty() => total.option.clone(),
        (false, mark) => format!("{} · {mark}", total.option),
    }
}

/// The vote.
#[component]
pub fn Vote(
    /// The item that it is about.
    item: Option<StageItem>,
    /// The vote.
    vote: StageVote,
) -> impl IntoView {
    let StageVote { question, profile, secret, open, is_final, roll, present, received, result } = vote;
    let basis = profile.legal_basis.clone();
    let (question_size, basis_size) = (projection::letter(&question, HEADING), projection::letter(&basis, FOOTER));
    let kicker = move || item.as_ref().map(named);
    let shown = match result {
        Some(result) => view! { <Outcome result=result roll=roll received=received is_final=is_final open=open /> }.into_any(),
        None => view! {
            <div class="pcount">
                <p class="num pbig" data-testid=testids::PROJECTOR_RECEIVED>{format!("{received} / {roll}")}</p>
                <p class="psub">{move || if open { say!(projector.voted) } else if secret { say!(projector.counting) } else { say!(vote.closed) }}</p>
                <div class="pbar" role="img" aria-label=move || say!(vote.received_label, received = received, roll = roll)><i class="plain" style:width=format!("{:.2}%", projection::share(received, roll))></i></div>
            </div>
        }
        .into_any(),
    };
    view! {
        <section class="pvote">
            <div>
                <p class="kicker ell">{kicker}</p>
                <h1 class="fit" style:--fit=question_size.to_string() data-testid=testids::PROJECTOR_QUESTION data-state=if open { "open" } else { "closed" }>{question}</h1>
                <p class="prow">
                    {open.then(|| view! { <span class="pchip on">{t!(projector.voting)}</span> })}
                    {secret.then(|| view! { <span class="pchip">{t!(secret.chip)}</span> })}
                </p>
            </div>
            {shown}
            <footer>
                <p>{move || words::threshold(&profile, roll, present)}</p>
                <p class="fit" style:--fit=basis_size.to_string() data-testid=testids::PROJECTOR_BASIS>{basis}</p>
            </footer>
        </section>
    }
    .into_any()
}

/// What came out.
#[component]
fn Outcome(result: StageResult, roll: u32, received: u32, is_final: bool, open: bool) -> impl IntoView {
    let StageResult { totals, needed, passed, by_chair } = result;
    let (columns, rows) = projection::grid(totals.len());
    let bars = totals.len() <= BARS_MAX;
    // A list without bars is read as a list; what is enough is said once.
    let rows_of = move |total: StageTotal| {
        let (text, votes, mark) = (total.clone(), total.votes, total.mark);
        let said = total.clone();
        let reached = total.reached;
        let tick = bars && class(mark) == "yes";
        view! {
            <li class=class(mark) class:reached=reached data-testid=testids::PROJECTOR_TOTAL data-mark=slug(mark) data-votes=votes>
                <span class="ell">{move || label(&text)}</span>
                {bars.then(|| view! {
                    <span class="pbar" role="img" aria-label=move || say!(projector.total_label, what = label(&said), votes = votes, roll = roll)>
                        <i style:width=format!("{:.2}%", projection::share(votes, roll))></i>
                        {tick.then(|| view! { <b style:left=format!("{:.2}%", projection::share(needed, roll))><em>{move || say!(projector.needed, needed = needed)}</em></b> })}
                    </span>
                })}
                <strong class="num">{votes}</strong>
            </li>
        }
    };
    view! {
        <ul class="ptotals" class:bars=bars style:--columns=columns.to_string() style:--rows=rows.to_string()>
            {totals.into_iter().map(rows_of).collect_view()}
        </ul>
        <div class="prow pverdict" class:passed=passed == Some(true) class:failed=passed == Some(false) data-testid=testids::PROJECTOR_RESULT data-passed=passed.map(|passed| passed.to_string()) data-final=is_final.to_string()>
            {passed.map(|passed| view! { <b>{move || if passed { say!(result.passed) } else { say!(result.failed) }}</b> })}
            {(!open).then(|| view! { <span class="pchip" class:on=is_final class:warn=!is_final>{move || if is_final { say!(result.is_final) } else { say!(projector.provisional) }}</span> })}
            <span class="num">{move || if open { say!(vote.received_label, received = received, roll = roll) } else { say!(projector.counted, counted = received, roll = roll) }}</span>
            {(!bars).then(|| view! { <span class="num">{move || say!(projector.needed, needed = needed)}</span> })}
            {by_chair.then(|| view! { <span>{t!(result.by_chair)}</span> })}
        </div>
    }
    .into_any()
}
