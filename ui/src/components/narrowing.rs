//! What a list is narrowed with: a choice in the shape of a chip, a box for words.

use api::search::FacetValue;
use leptos::html;
use leptos::prelude::*;
use leptos::text_prop::TextProp;

use super::Icon;
use crate::words;

/// Longest text of an option, in characters.
const OPTION_CHARS: usize = 60;

/// A native select in the shape of a chip: values that were found, with how many.
#[component]
pub fn Facet(
    /// What is chosen; shown while nothing is.
    #[prop(into)]
    label: TextProp,
    /// Its name for tests.
    testid: &'static str,
    /// The values.
    #[prop(into)]
    options: Signal<Vec<FacetValue>>,
    /// The chosen value; empty: all.
    chosen: RwSignal<String>,
) -> impl IntoView {
    let empty = label.clone();
    let options = move || {
        let picked = chosen.get();
        options
            .get()
            .into_iter()
            .map(|value| {
                let shown = if value.label.is_empty() { value.value.clone() } else { value.label };
                let selected = picked == value.value;
                view! { <option value=value.value selected=selected>{format!("{} ({})", words::shorten(&shown, OPTION_CHARS), value.count)}</option> }
            })
            .collect_view()
    };
    view! {
        <label class="chip facet" class:on=move || chosen.with(|chosen| !chosen.is_empty())>
            <span class="hidden">{move || label.get()}</span>
            <select data-testid=testid on:change=move |event| chosen.set(event_target_value(&event))>
                <option value="" selected=move || chosen.with(String::is_empty)>{move || empty.get()}</option>
                {options}
            </select>
        </label>
    }
    .into_any()
}

/// The box of a list; its text belongs to the element, as in the box of the handbook.
#[component]
pub fn FindBox(
    /// What is looked for.
    #[prop(into)]
    label: TextProp,
    /// The text.
    text: RwSignal<String>,
    /// Its name for tests.
    testid: &'static str,
) -> impl IntoView {
    let element = NodeRef::<html::Input>::new();
    let placeholder = label.clone();
    Effect::new(move |_| {
        let text = text.get();
        if let Some(element) = element.get()
            && element.value() != text
        {
            element.set_value(&text);
        }
    });
    let take = move || {
        if let Some(element) = element.get_untracked()
            && text.with_untracked(|text| *text != element.value())
        {
            text.set(element.value());
        }
    };
    view! {
        <div class="searchbox" role="search">
            <Icon name="find" />
            <input node_ref=element type="text" inputmode="search" autocomplete="off" spellcheck="false" maxlength="300" data-testid=testid
                aria-label=move || label.get() placeholder=move || placeholder.get() on:input=move |_| take() on:compositionend=move |_| take()
                on:keydown=move |event| {
                    if !event.is_composing() && event.key_code() != 229 && event.key() == "Escape" {
                        text.set(String::new());
                    }
                } />
        </div>
    }
    .into_any()
}
