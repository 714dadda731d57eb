//! Questions in lists, and the chips that say where they stand.

use api::question::{Delivery, QuestionRow, Urgency};
use leptos::prelude::*;
use ui::format;
use ui::route::{QuestionPlace, Route};
use ui::testids;

use crate::app::use_app;
use crate::components::Icon;
use crate::{say, t, terms};

/// Where a question stands, how urgent it is, whether it is late or waits to be sent.
#[component]
pub fn StateChips(
    /// The question.
    row: QuestionRow,
) -> impl IntoView {
    let (state, urgency, overdue, days) = (row.state, row.urgency, row.overdue, row.overdue_days);
    view! {
        <span class=terms::state_class(state) data-testid=testids::QUESTION_STATE data-state=state.slug()>{move || terms::state(state)}</span>
        {(urgency != Urgency::Normal).then(|| view! { <span class="chip warn" data-urgency=urgency.slug()>{move || terms::urgency(urgency)}</span> })}
        {overdue.then(|| view! { <span class="chip bad" data-testid=testids::QUESTION_OVERDUE data-days=days><Icon name="clock" />{move || say!(question.overdue_days, days = days)}</span> })}
        {(row.delivery == Delivery::Waiting).then(|| view! { <span class="chip warn" data-testid=testids::QUESTION_WAITING><Icon name="inbox" />{t!(question.waiting)}</span> })}
        {row.needs_review.then(|| view! { <span class="chip warn" data-testid=testids::QUESTION_REVIEW><Icon name="warn" />{t!(question.needs_review)}</span> })}
    }
}

/// A question in the list.
#[component]
pub fn Row(
    /// The question.
    row: QuestionRow,
) -> impl IntoView {
    let app = use_app();
    let question = row.question;
    let here = move || matches!(app.route.get(), Route::Questions(QuestionPlace::Thread(open)) if open == question);
    let from = [row.asker_unit.clone(), row.unit_name.clone()]
        .into_iter()
        .filter(|name| !name.is_empty())
        .collect::<Vec<_>>()
        .join(" → ");
    let (comments, same) = (row.comments, row.same_asked);
    let asked_at = row.asked_at;
    view! {
        <a class="hit question" class:on=here class:unread=row.unread href=Route::Questions(QuestionPlace::Thread(question)).fragment()
            data-testid=testids::QUESTION_ROW data-title=row.title.clone() data-id=question.to_string()>
            <small class="meta"><b>{row.field.clone()}</b><span>{from}</span></small>
            <b class="title">{row.title.clone()}</b>
            <span class="row wrap chips">
                <StateChips row=row.clone() />
                <small class="num grow">{move || format::short_moment(asked_at, app.now.get())}{(comments > 0).then(|| say!(question.comments, count = comments)).map(|text| format!(" · {text}"))}{(same > 0).then(|| say!(question.same, count = same)).map(|text| format!(" · {text}"))}</small>
            </span>
        </a>
    }
    .into_any()
}
