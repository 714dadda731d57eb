//! What was found.

use api::search::{Hit, Range, Section, Validity, WhyKind};
use leptos::prelude::*;
use ui::marked::pieces;
use ui::route::{QuestionPlace, Route};
use ui::testids;

use crate::app::{sentence, use_app};
use crate::components::{Button, Icon, content_key};
use crate::finder::{Finder, route_of};
use crate::{say, t, terms};

/// A text with marked parts.
#[component]
pub fn Marked(
    /// As written.
    #[prop(into)]
    text: String,
    /// Parts to mark.
    ranges: Vec<Range>,
) -> impl IntoView {
    pieces(&text, &ranges)
        .into_iter()
        .map(|(piece, marked)| if marked { view! { <mark>{piece}</mark> }.into_any() } else { piece.into_any() })
        .collect_view()
}

/// Where a hit stands, whether it holds, and that it is not among the counted ones.
fn line(hit: &Hit) -> impl IntoView + use<> {
    let section = hit.section;
    let place = if hit.breadcrumb.is_empty() { hit.field.clone() } else { hit.breadcrumb.join(" › ") };
    let level = hit.level;
    let by = (section == Section::Question).then(|| hit.citation.clone()).filter(|by| !by.is_empty());
    let validity = hit.validity;
    view! {
        <small class="meta">
            <b>{move || terms::section(section)}</b>
            {(!place.is_empty()).then(|| view! { <span>{place}</span> })}
            {level.map(|level| view! { <span>{move || terms::level(level)}</span> })}
            {by.map(|by| view! { <span>{by}</span> })}
            {(validity != Validity::InForce).then(|| view! { <span class="validity" data-validity=validity.slug()>{move || terms::hit_validity(section, validity)}</span> })}
            {hit.partial.then(|| view! { <span class="partial">{move || terms::why(WhyKind::SomeWords)}</span> })}
        </small>
    }
}

#[component]
fn HitRow(hit: Hit, at: usize, finder: Finder, list: &'static str, on_open: Callback<Hit>) -> impl IntoView {
    let why = hit.why.iter().map(|why| (why.kind, why.text.clone())).collect::<Vec<_>>();
    let told = move || {
        why.iter()
            .map(|(kind, text)| if text.is_empty() { terms::why(*kind) } else { format!("{}: {text}", terms::why(*kind)) })
            .collect::<Vec<_>>()
            .join(" · ")
    };
    let faded = hit.validity == Validity::Expired;
    let opened = hit.clone();
    let element = NodeRef::<leptos::html::A>::new();
    Effect::new(move |before: Option<bool>| {
        let here = finder.at.get() == at;
        if here
            && before == Some(false)
            && let Some(element) = element.get_untracked()
        {
            let options = web_sys::ScrollIntoViewOptions::new();
            options.set_block(web_sys::ScrollLogicalPosition::Nearest);
            element.scroll_into_view_with_scroll_into_view_options(&options);
        }
        here
    });
    view! {
        <a
            node_ref=element
            id=format!("{list}-{at}")
            class="hit"
            class:on=move || finder.at.get() == at
            class:faded=faded
            role="option"
            tabindex="-1"
            aria-selected=move || (finder.at.get() == at).to_string()
            href=route_of(&hit).fragment()
            title=told
            data-testid=testids::SEARCH_HIT
            data-section=hit.section.slug()
            data-id=hit.id.clone()
            data-validity=hit.validity.slug()
            data-partial=hit.partial.to_string()
            on:mousedown=move |event| event.prevent_default()
            on:click=move |event| {
                event.prevent_default();
                finder.at.set(at);
                on_open.run(opened.clone());
            }
        >
            {line(&hit)}
            <b class="title"><Marked text=hit.title.clone() ranges=hit.title_ranges.clone() /></b>
            {(!hit.snippet.is_empty()).then(|| view! { <span class="s"><Marked text=hit.snippet.clone() ranges=hit.ranges.clone() /></span> })}
        </a>
    }
    .into_any()
}

/// Everything below the box: how the text was understood, a better spelling, the hits; nothing while the box is empty.
#[component]
pub fn Hits(
    /// The box.
    finder: Finder,
    /// Names the list.
    list: &'static str,
    /// Opens a hit.
    #[prop(into)]
    on_open: Callback<Hit>,
    /// How many were found and how fast is told too.
    #[prop(optional)]
    figures: bool,
) -> impl IntoView {
    let app = use_app();
    let answer = finder.answer;
    let understood = Memo::new(move |_| answer.with(|answer| answer.as_ref().and_then(|answer| answer.understood.clone())));
    // Half a word is no mistake: what might be meant, and that nothing is there, is said of a whole text.
    let whole = finder.whole;
    let better = Memo::new(move |_| {
        answer.with(|answer| answer.as_ref().and_then(|answer| answer.did_you_mean.clone())).filter(|_| whole.get())
    });
    let hits = Memo::new(move |_| answer.with(|answer| answer.as_ref().map(|answer| answer.hits.clone()).unwrap_or_default()));
    let numbered = move || hits.get().into_iter().enumerate().collect::<Vec<_>>();
    let none =
        Memo::new(move |_| whole.get() && answer.with(|answer| answer.as_ref().is_some_and(|answer| answer.hits.is_empty())));
    let narrowed = move || {
        finder.section.get().is_some()
            || finder.as_of.get().is_some()
            || finder.filters.with(|filters| *filters != api::search::Filters::default())
    };
    let also = move || {
        understood
            .get()
            .map(|understood| {
                understood.also.iter().map(|(typed, other)| format!("{typed} = {other}")).collect::<Vec<_>>().join(", ")
            })
            .unwrap_or_default()
    };
    view! {
        {move || finder.error.get().map(|error| {
            let code = error.code.clone();
            view! { <p class="errorline" role="alert" data-testid=testids::ERROR data-code=code><Icon name="warn" /><span>{move || sentence(&error)}</span></p> }
        })}
        <Show when=move || answer.with(Option::is_some)>
            <p class="understood">
                {move || understood.get().filter(|understood| !understood.text.is_empty()).map(|understood| view! {
                    <span data-testid=testids::SEARCH_UNDERSTOOD>{t!(search.understood)}" "<b>{understood.text}</b></span>
                })}
                {move || understood.get().and_then(|understood| understood.number).map(|number| view! { <span>{t!(search.number)}" "<b>{number}</b></span> })}
                {move || Some(also()).filter(|also| !also.is_empty()).map(|also| view! { <span>{also}</span> })}
                {figures.then(|| view! { <span class="num" data-testid=testids::SEARCH_TOTAL data-total=move || answer.with(|answer| answer.as_ref().map_or(0, |answer| answer.total))>{move || answer.with(|answer| answer.as_ref().map(|answer| if answer.took_ms == 0 { say!(search.total_fast, count = answer.total) } else { say!(search.total, count = answer.total, ms = answer.took_ms) }))}</span> })}
            </p>
            {move || better.get().map(|text| {
                let taken = text.clone();
                view! {
                    <p class="better">{t!(search.better)}" "
                        <button type="button" class="linklike" data-testid=testids::SEARCH_BETTER on:click=move |_| {
                            finder.look_for(taken.clone());
                            finder.take_focus();
                        }>{text}</button>
                    </p>
                }
            })}
        </Show>
        <div id=list class="hits" role="listbox" aria-label=t!(search.hits) data-testid=testids::SEARCH_HITS data-text=move || answer.with(|answer| answer.as_ref().map(|answer| answer.text.clone())) data-whole=move || whole.get().to_string()>
            <For each=numbered key=|(at, hit)| (*at, content_key(hit)) let((at, hit))>
                <HitRow hit=hit at=at finder=finder list=list on_open=on_open />
            </For>
        </div>
        <Show when=move || none.get()>
            <div class="nothing" data-testid=testids::SEARCH_NONE>
                <p>{t!(search.none)}</p>
                {move || if narrowed() {
                    view! { <button type="button" class="b" data-testid=testids::SEARCH_WIDEN on:click=move |_| finder.widen()>{t!(search.widen)}</button> }.into_any()
                } else {
                    view! { <small>{t!(search.none_text)}</small> }.into_any()
                }}
                {figures.then(|| view! { <Button label=t!(search.ask) icon="ask" testid=testids::SEARCH_ASK on_press=move |()| {
                    app.ask.begin(finder.text.get_untracked().trim().to_owned());
                    app.go(Route::Questions(QuestionPlace::New));
                } /> })}
            </div>
        </Show>
    }
    .into_any()
}
