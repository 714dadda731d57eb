//! Small things of lists.

use leptos::prelude::*;
use leptos::text_prop::TextProp;
use serde::Serialize;
use ui::format;

/// A key for a row of a list that changes with its content: an unchanged row keeps its elements, a changed one is made anew.
pub fn content_key<T: Serialize>(row: &T) -> String {
    serde_json::to_string(row).unwrap_or_default()
}

/// Somebody's initials in a circle; the name stands beside it, so screen readers skip it.
#[component]
pub fn Avatar(
    /// The name.
    #[prop(into)]
    name: String,
    /// Somebody who is connected right now.
    #[prop(optional)]
    connected: Option<bool>,
) -> impl IntoView {
    view! { <span class="avatar" class:on=connected == Some(true) class:off=connected == Some(false) aria-hidden="true">{if name.trim().is_empty() { "?".to_owned() } else { format::initials(&name) }}</span> }
}

/// A bar of parts of a whole, with a mark where enough is reached.
#[component]
pub fn Bar(
    /// Class and size of each part.
    #[prop(into)]
    parts: Signal<Vec<(&'static str, u64)>>,
    /// The whole.
    #[prop(into)]
    total: Signal<u64>,
    /// Enough.
    #[prop(optional, into)]
    needed: Option<Signal<u64>>,
    /// What the bar says, in words.
    #[prop(into)]
    label: TextProp,
) -> impl IntoView {
    let share = move |part: u64| {
        let total = total.get().max(1);
        // Percent with two digits, so that a mark stands right between people.
        part.min(total) as f64 * 100.0 / total as f64
    };
    view! {
        <div class="bar" role="img" aria-label=move || label.get()>
            {move || parts.get().into_iter().map(|(class, part)| view! { <i class=class style:width=format!("{:.2}%", share(part))></i> }).collect_view()}
            {needed.map(|needed| view! { <b style:left=move || format!("{:.2}%", share(needed.get()))></b> })}
        </div>
    }
    .into_any()
}
