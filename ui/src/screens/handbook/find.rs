//! Finding a text in the article that is open.

use leptos::html;
use leptos::prelude::*;
use ui::marked;
use ui::testids;
use wasm_bindgen::JsCast;
use web_sys::{Element, ScrollIntoViewOptions, ScrollLogicalPosition};

use crate::components::IconButton;
use crate::{say, t};

/// Longest text that is looked for.
const WANTED_CHARS_MAX: usize = 200;
/// Every place that was found.
const PLACES: &str = ".article mark.found";

/// What is looked for in the open article.
#[derive(Clone, Copy)]
pub struct Find {
    /// The bar is shown.
    pub open: RwSignal<bool>,
    /// What is looked for; empty: nothing.
    pub wanted: RwSignal<String>,
    count: RwSignal<usize>,
    at: RwSignal<usize>,
}

impl Find {
    /// Nothing is looked for.
    pub fn new() -> Self {
        Self { open: RwSignal::new(false), wanted: RwSignal::new(String::new()), count: RwSignal::new(0), at: RwSignal::new(0) }
    }

    /// Shows the bar, or brings the focus back to it.
    pub fn show(self) {
        self.open.set(true);
        if let Ok(Some(field)) = document().query_selector(&format!("[data-testid={}]", testids::ARTICLE_FIND_TEXT)) {
            let field: web_sys::HtmlInputElement = field.unchecked_into();
            let _ = field.focus();
            field.select();
        }
    }

    fn close(self) {
        self.open.set(false);
        self.wanted.set(String::new());
        self.count.set(0);
    }

    /// After the marks are on the page: counts them and shows one.
    fn look(self, at: usize) {
        request_animation_frame(move || {
            let Ok(places) = document().query_selector_all(PLACES) else { return };
            let count = usize::try_from(places.length()).unwrap_or(0);
            let at = at.min(count.saturating_sub(1));
            if self.count.try_set(count).is_some() {
                return;
            }
            self.at.set(at);
            for place in 0..places.length() {
                let Some(element) = places.get(place).and_then(|node| node.dyn_into::<Element>().ok()) else { continue };
                let here = usize::try_from(place).is_ok_and(|place| place == at);
                let _ = element.class_list().toggle_with_force("now", here);
                if here {
                    let options = ScrollIntoViewOptions::new();
                    options.set_block(ScrollLogicalPosition::Center);
                    element.scroll_into_view_with_scroll_into_view_options(&options);
                }
            }
        });
    }

    fn step(self, forward: bool) {
        let count = self.count.get_untracked();
        if count > 0 {
            let at = self.at.get_untracked();
            self.look(if forward { (at + 1) % count } else { (at + count - 1) % count });
        }
    }
}

/// A text of the article, with what is looked for marked in it.
#[component]
pub fn Words(
    /// As written.
    #[prop(into)]
    text: String,
) -> impl IntoView {
    let wanted = use_context::<Find>().map(|find| find.wanted);
    move || match wanted.map(|wanted| wanted.get()).filter(|wanted| !wanted.trim().is_empty()) {
        None => text.clone().into_any(),
        Some(wanted) => marked::pieces(&text, &marked::find(&text, &wanted))
            .into_iter()
            .map(|(piece, found)| if found { view! { <mark class="found">{piece}</mark> }.into_any() } else { piece.into_any() })
            .collect_view()
            .into_any(),
    }
}

/// The bar.
#[component]
pub fn FindBar(
    /// What it drives.
    find: Find,
) -> impl IntoView {
    let field = NodeRef::<html::Input>::new();
    Effect::new(move |_| {
        if let Some(field) = field.get() {
            request_animation_frame(move || {
                let _ = field.focus();
            });
        }
    });
    let take = move || {
        if let Some(field) = field.get_untracked() {
            find.wanted.set(field.value());
            find.look(0);
        }
    };
    let said = move || match (find.wanted.with(|wanted| wanted.trim().is_empty()), find.count.get()) {
        (true, _) => String::new(),
        (false, 0) => say!(find.none),
        (false, count) => say!(find.count, at = find.at.get().min(count - 1) + 1, count = count),
    };
    let empty = Signal::derive(move || find.count.get() == 0);
    view! {
        <Show when=move || find.open.get()>
            <div class="findbar inarticle" role="search" on:keydown=move |event| if event.key() == "Escape" && !event.is_composing() { find.close() }>
                <input node_ref=field type="text" maxlength=WANTED_CHARS_MAX autocomplete="off" spellcheck="false"
                    placeholder=t!(article.find) aria-label=t!(article.find) data-testid=testids::ARTICLE_FIND_TEXT
                    on:input=move |_| take()
                    on:compositionend=move |_| take()
                    on:keydown=move |event| {
                        if event.is_composing() || event.key_code() == 229 {
                            return;
                        }
                        if event.key() == "Enter" {
                            find.step(!event.shift_key());
                            event.prevent_default();
                        }
                    } />
                <small class="num grow" role="status" data-testid=testids::ARTICLE_FIND_COUNT data-count=move || find.count.get()>{said}</small>
                <IconButton small=true icon="up" label=t!(find.previous) disabled=empty on_press=move |()| find.step(false) />
                <IconButton small=true icon="down" label=t!(find.next) testid=testids::ARTICLE_FIND_NEXT disabled=empty on_press=move |()| find.step(true) />
                <IconButton small=true icon="cross" label=t!(common.close) on_press=move |()| find.close() />
            </div>
        </Show>
    }
    .into_any()
}
