//! Tabs, with arrow keys between them.

use leptos::prelude::*;
use leptos::text_prop::TextProp;
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

/// One tab.
#[derive(Clone)]
pub struct Tab {
    /// Which one.
    pub id: &'static str,
    /// What it says.
    pub label: TextProp,
    /// Something that waits there.
    pub count: Signal<u32>,
}

impl Tab {
    /// A tab where nothing is counted.
    pub fn new(id: &'static str, label: impl Into<TextProp>) -> Self {
        Self { id, label: label.into(), count: Signal::derive(|| 0) }
    }
}

/// A row of tabs.
#[component]
pub fn Tabs(
    /// What they are of.
    #[prop(into)]
    label: TextProp,
    /// The tabs.
    tabs: Vec<Tab>,
    /// The chosen one.
    #[prop(into)]
    chosen: Signal<&'static str>,
    /// Told of a choice.
    #[prop(into)]
    on_pick: Callback<&'static str>,
    /// Prefix of the tabs' names for tests.
    testid: &'static str,
) -> impl IntoView {
    let ids: Vec<&'static str> = tabs.iter().map(|tab| tab.id).collect();
    let turn = move |event: web_sys::KeyboardEvent| {
        let Some(at) = ids.iter().position(|id| *id == chosen.get_untracked()) else {
            return;
        };
        let next = match event.key().as_str() {
            "ArrowRight" => (at + 1) % ids.len(),
            "ArrowLeft" => (at + ids.len() - 1) % ids.len(),
            "Home" => 0,
            "End" => ids.len() - 1,
            _ => return,
        };
        event.prevent_default();
        event.stop_propagation();
        on_pick.run(ids[next]);
        let id = format!("{testid}-{}", ids[next]);
        if let Ok(Some(tab)) = document().query_selector(&format!("[data-testid={id}]")) {
            let _ = tab.unchecked_into::<HtmlElement>().focus();
        }
    };
    view! {
        <div class="tabs" role="tablist" aria-label=move || label.get() on:keydown=turn>
            {tabs.into_iter().map(|tab| {
                let Tab { id, label, count } = tab;
                view! {
                    <button
                        type="button"
                        role="tab"
                        class:on=move || chosen.get() == id
                        aria-selected=move || (chosen.get() == id).to_string()
                        tabindex=move || if chosen.get() == id { "0" } else { "-1" }
                        data-testid=format!("{testid}-{id}")
                        on:click=move |_| on_pick.run(id)
                    >
                        <span>{move || label.get()}</span>
                        {move || (count.get() > 0).then(|| view! { <b class="count num">{count.get()}</b> })}
                    </button>
                }
            }).collect_view()}
        </div>
    }
    .into_any()
}
