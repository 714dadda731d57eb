//! Answers: read with their citations, written, approved, rated.

use api::question::{Answer, AnswerState, AnswerView, ApproveAnswer, QuestionRights, Rate};
use api::search::{Hit, Validity};
use domain::id::QuestionId;
use leptos::prelude::*;
use ui::format;
use ui::route::{HandbookPlace, Route};
use ui::testids;

use super::files::{FileRows, Files};
use crate::backend::Chosen;
use crate::components::{Area, Button, ErrorLine, Field, Icon, IconButton, Kind};
use crate::doing::Doing;
use crate::screens::search::ArticlePicker;
use crate::{say, t, terms};

/// Longest answer, in characters.
const ANSWER_CHARS_MAX: usize = 50_000;
/// The best rating.
const STARS: u8 = 5;

/// The answer that holds.
#[component]
pub fn AnswerCard(
    /// Whose.
    question: QuestionId,
    /// The answer.
    answer: AnswerView,
    /// What I may do.
    #[prop(into)]
    may: Signal<QuestionRights>,
) -> impl IntoView {
    let state = answer.state;
    let note = RwSignal::new(String::new());
    let doing = Doing::new();
    let id = answer.answer;
    let approve = move |approve: bool| {
        doing.run(ApproveAnswer { question, answer: id, approve, note: note.get_untracked().trim().to_owned() }, |_| {})
    };
    view! {
        <section class="card stack answer" data-testid=testids::ANSWER data-state=match state { AnswerState::Proposed => "proposed", AnswerState::Approved => "approved", AnswerState::Returned => "returned", AnswerState::Replaced => "replaced" }>
            <header class="row wrap">
                <span class="avatar yes" aria-hidden="true"><Icon name="check" /></span>
                <div class="grow"><div class="strong">{answer.unit_name.clone()}</div><small class="num">{answer.by.clone()}" · "{format::moment(answer.at)}</small></div>
                <span class=if state == AnswerState::Approved { "chip ok" } else { "chip warn" }>{move || terms::answer_state(state)}</span>
            </header>
            <p class="text" data-testid=testids::ANSWER_SHOWN>{answer.text.clone()}</p>
            {(!answer.citations.is_empty()).then(|| view! {
                <div class="stack tight"><h3>{t!(answer.citations)}</h3>
                    <ul class="citations">{answer.citations.clone().into_iter().map(|citation| {
                        let validity = citation.validity;
                        view! {
                            <li data-testid=testids::CITATION data-review=citation.needs_review.to_string()>
                                {match validity {
                                    Some(_) => view! { <a class="named" href=Route::Handbook(HandbookPlace::Article(citation.article)).fragment()>{citation.citation}</a> }.into_any(),
                                    None => view! { <span>{citation.citation}</span> }.into_any(),
                                }}
                                {validity.filter(|validity| *validity != Validity::InForce).map(|validity| view! { " "<span class=terms::validity_class(validity)>{move || terms::validity(validity)}</span> })}
                                {citation.needs_review.then(|| view! { " "<span class="chip warn"><Icon name="warn" />{t!(question.needs_review)}</span> })}
                            </li>
                        }
                    }).collect_view()}</ul>
                </div>
            })}
            <FileRows question=question rows=answer.attachments.clone() />
            <Show when=move || may.get().approve && state == AnswerState::Proposed>
                <div class="stack tight">
                    <Field label=t!(answer.note) value=note hint=t!(answer.note_hint) testid=testids::ANSWER_NOTE most=1_000 />
                    <ErrorLine doing=doing />
                    <div class="row end">
                        <Button label=t!(answer.return_it) testid=testids::ANSWER_RETURN disabled=Signal::derive(move || note.with(|note| note.trim().is_empty())) busy=Signal::derive(move || doing.busy()) on_press=move |()| approve(false) />
                        <Button label=t!(answer.approve) kind=Kind::Primary icon="check" testid=testids::ANSWER_APPROVE busy=Signal::derive(move || doing.busy()) on_press=move |()| approve(true) />
                    </div>
                </div>
            </Show>
        </section>
    }
    .into_any()
}

/// Writing an answer.
#[component]
pub fn AnswerForm(
    /// To what.
    question: QuestionId,
    /// It goes to the unit head first.
    #[prop(into)]
    needs_approval: Signal<bool>,
) -> impl IntoView {
    let text = RwSignal::new(String::new());
    let citations = RwSignal::new(Vec::<(String, String)>::new());
    let files = RwSignal::new(Vec::<Chosen>::new());
    let confirmed = RwSignal::new(false);
    let picking = RwSignal::new(false);
    let doing = Doing::new();
    let send = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let act = Answer {
            question,
            text: text.get_untracked().trim().to_owned(),
            citations: citations.get_untracked().into_iter().map(|(article, _)| article).collect(),
            attachments: files.get_untracked().into_iter().map(|file| file.source).collect(),
            confirmed_unmarked: confirmed.get_untracked(),
        };
        doing.run(act, move |_| {
            text.set(String::new());
            citations.set(Vec::new());
            files.set(Vec::new());
            confirmed.set(false);
        });
    };
    view! {
        <form class="card stack" data-testid=testids::ANSWER_FORM on:submit=send>
            <h2>{t!(answer.write)}</h2>
            <Area label=t!(answer.text) value=text hint=move || if needs_approval.get() { say!(answer.approval_hint) } else { say!(answer.direct_hint) } testid=testids::ANSWER_TEXT rows=6 most=ANSWER_CHARS_MAX />
            <div class="row wrap chips">
                <For each=move || citations.get() key=|(article, _)| article.clone() let((article, citation))>
                    <span class="chip on" data-testid=testids::ANSWER_CITED>{citation}<IconButton small=true icon="cross" label=t!(answer.uncite) on_press={
                        let article = article.clone();
                        move |()| citations.update(|citations| citations.retain(|(one, _)| *one != article))
                    } /></span>
                </For>
                <Button label=t!(answer.cite) icon="book" testid=testids::ANSWER_CITE on_press=move |()| picking.set(true) />
            </div>
            <Files chosen=files confirmed=confirmed />
            <ErrorLine doing=doing />
            <footer class="row end"><Button label=t!(answer.send) kind=Kind::Primary submit=true testid=testids::ANSWER_SEND disabled=Signal::derive(move || text.with(|text| text.trim().is_empty())) busy=Signal::derive(move || doing.busy()) /></footer>
        </form>
        <ArticlePicker open=picking on_pick=move |hit: Hit| citations.update(|citations| {
            if !citations.iter().any(|(article, _)| *article == hit.id) {
                citations.push((hit.id.clone(), if hit.citation.is_empty() { hit.title.clone() } else { hit.citation.clone() }));
            }
        }) />
    }
    .into_any()
}

/// One to five stars.
#[component]
pub fn RateBox(
    /// What is rated.
    question: QuestionId,
    /// What was given before.
    #[prop(into)]
    stars: Signal<Option<u8>>,
) -> impl IntoView {
    let doing = Doing::new();
    view! {
        <fieldset class="stars">
            <legend>{t!(answer.rate)}</legend>
            <div class="row">
                {(1..=STARS).map(|star| view! {
                    <label class="star" class:on=move || stars.get().is_some_and(|given| given >= star)>
                        <input type="radio" name="stars" class="hidden" aria-label=move || say!(answer.stars, count = star) data-testid=format!("{}-{star}", testids::RATE) prop:checked=move || stars.get() == Some(star)
                            on:change=move |_| doing.run(Rate { question, stars: star, note: String::new() }, |_| {}) />
                        <Icon name="star" />
                    </label>
                }).collect_view()}
            </div>
            <ErrorLine doing=doing />
        </fieldset>
    }
    .into_any()
}
