//! The box itself. The text belongs to the element: it is written from outside only while nothing is composed, and keys that an input
//! method eats are nobody else's.

use api::search::Hit;
use leptos::html;
use leptos::prelude::*;
use leptos::text_prop::TextProp;
use ui::testids;

use crate::components::{Icon, IconButton};
use crate::finder::{Finder, TEXT_CHARS_MAX};
use crate::{say, t};

/// The box. Arrow keys walk through the hits, Enter opens one, Esc empties the box.
#[component]
pub fn SearchField(
    /// What it drives.
    finder: Finder,
    /// What can be found, for screen readers and as a hint in the empty box.
    #[prop(into)]
    label: TextProp,
    /// Its name for tests.
    testid: &'static str,
    /// Names the list of hits that it controls.
    list: &'static str,
    /// Has the focus when it appears.
    #[prop(optional)]
    focus: bool,
    /// Opens a hit.
    #[prop(into)]
    on_open: Callback<Hit>,
    /// Esc in the empty box.
    #[prop(optional, into)]
    on_leave: Option<Callback<()>>,
) -> impl IntoView {
    let element = NodeRef::<html::Input>::new();
    let composing = StoredValue::new(false);
    let take = move || {
        if let Some(element) = element.get_untracked() {
            finder.typed(element.value());
        }
    };
    Effect::new(move |_| {
        let text = finder.text.get();
        if let Some(element) = element.get()
            && !composing.get_value()
            && element.value() != text
        {
            element.set_value(&text);
        }
    });
    Effect::new(move |before: Option<u64>| {
        let asked = finder.focus.get();
        let wanted = before.map_or(focus, |before| before != asked);
        if let Some(element) = element.get()
            && wanted
        {
            request_animation_frame(move || {
                let _ = element.focus();
                element.select();
            });
        }
        asked
    });
    let key = move |event: web_sys::KeyboardEvent| {
        if composing.get_value()
            || event.is_composing()
            || event.key_code() == 229
            || event.ctrl_key()
            || event.alt_key()
            || event.meta_key()
        {
            return;
        }
        match event.key().as_str() {
            "ArrowDown" => finder.step(true),
            "ArrowUp" => finder.step(false),
            "Enter" => {
                finder.settle();
                match finder.chosen() {
                    Some(hit) => on_open.run(hit),
                    None => return,
                }
            }
            "Escape" if !finder.text.with_untracked(String::is_empty) => finder.typed(String::new()),
            "Escape" => match on_leave {
                Some(leave) => leave.run(()),
                None => return,
            },
            _ => return,
        }
        event.prevent_default();
        event.stop_propagation();
    };
    let hint = label.clone();
    view! {
        <div class="searchbox" role="search" class:busy=move || finder.busy.get()>
            <Icon name="find" />
            <input
                node_ref=element
                type="text"
                role="combobox"
                inputmode="search"
                autocomplete="off"
                spellcheck="false"
                maxlength=TEXT_CHARS_MAX
                data-testid=testid
                data-busy=move || finder.busy.get().to_string()
                aria-label=move || label.get()
                placeholder=move || hint.get()
                aria-autocomplete="list"
                aria-controls=list
                aria-expanded=move || finder.answer.with(|answer| answer.as_ref().is_some_and(|answer| !answer.hits.is_empty())).to_string()
                aria-activedescendant=move || finder.answer.with(|answer| answer.as_ref().is_some_and(|answer| !answer.hits.is_empty())).then(|| format!("{list}-{}", finder.at.get()))
                on:compositionstart=move |_| composing.set_value(true)
                on:compositionend=move |_| {
                    composing.set_value(false);
                    take();
                }
                on:input=move |_| take()
                on:keydown=key
            />
            <small class="hidden" role="status">{move || finder.answer.with(|answer| answer.as_ref().map(|answer| say!(search.found, count = answer.total)))}</small>
            <Show when=move || finder.text.with(|text| !text.is_empty())>
                <IconButton small=true icon="cross" label=t!(search.clear) testid=testids::SEARCH_CLEAR on_press=move |()| {
                    finder.typed(String::new());
                    finder.take_focus();
                } />
            </Show>
        </div>
    }
    .into_any()
}
