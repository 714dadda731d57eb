//! Withdrawing a paper, and what is shown of one that was withdrawn.

use api::meeting::WithdrawPaper;
use api::view::WithdrawnView;
use domain::id::PaperId;
use leptos::prelude::*;
use ui::{format, testids};

use super::use_room;
use crate::app::use_app;
use crate::components::{Button, ErrorLine, Field, Icon, Kind};
use crate::doing::Doing;
use crate::{say, t};

/// The form, inside a dialog that it closes: it says what will happen and what cannot.
#[component]
pub fn WithdrawForm(
    /// The paper.
    paper: PaperId,
    /// Its title.
    title: String,
    /// The dialog.
    open: RwSignal<bool>,
) -> impl IntoView {
    let app = use_app();
    let here = use_room();
    let reason = RwSignal::new(String::new());
    let doing = Doing::new();
    let withdraw = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let act = WithdrawPaper { meeting: here.meeting, paper, reason: reason.get_untracked().trim().to_owned() };
        doing.run(act, move |()| {
            open.try_set(false);
            app.say(say!(paper.withdrawn_done));
        });
    };
    view! {
        <form class="stack" on:submit=withdraw>
            <p class="lead">{move || say!(paper.withdraw_lead, title = title.clone())}</p>
            <small>{t!(paper.withdraw_limit)}</small>
            <Field label=t!(paper.withdraw_reason) value=reason most=300 focus=true testid=testids::PAPER_WITHDRAW_REASON />
            <ErrorLine doing=doing />
            <footer class="row end">
                <Button label=t!(common.cancel) on_press=move |()| open.set(false) />
                <Button label=t!(paper.withdraw) kind=Kind::Danger submit=true testid=testids::PAPER_WITHDRAW_SAVE busy=Signal::derive(move || doing.busy()) />
            </footer>
        </form>
    }
    .into_any()
}

/// In the paper's place: who withdrew it, why, and how far that has come.
#[component]
pub fn Withdrawn(
    /// What is left of it.
    of: WithdrawnView,
) -> impl IntoView {
    let WithdrawnView { by, at, reason, devices, gone } = of;
    view! {
        <div class="empty" role="status" data-testid=testids::PAPER_WITHDRAWN data-gone=gone data-devices=devices>
            <Icon name="lock" />
            <h2>{t!(paper.withdrawn_title)}</h2>
            <p>{move || say!(paper.withdrawn_by, name = by.clone(), at = format::moment(at))}</p>
            {(!reason.is_empty()).then(|| view! { <p>{move || say!(paper.withdrawn_reason, reason = reason.clone())}</p> })}
            <p class="num">{move || say!(paper.withdrawn_count, gone = gone, devices = devices)}</p>
            <small>{t!(paper.withdrawn_notes)}</small>
        </div>
    }
    .into_any()
}
