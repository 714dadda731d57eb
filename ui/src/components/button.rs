//! Buttons.

use leptos::prelude::*;
use leptos::text_prop::TextProp;

use super::Icon;

/// How much a button asks for attention.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Kind {
    /// An outline.
    #[default]
    Plain,
    /// The one main action of a screen or dialog.
    Primary,
    /// Text only.
    Quiet,
    /// Cannot be taken back.
    Danger,
}

impl Kind {
    fn class(self) -> &'static str {
        match self {
            Self::Plain => "b",
            Self::Primary => "b primary",
            Self::Quiet => "b quiet",
            Self::Danger => "b danger",
        }
    }
}

/// A button with a text.
#[component]
pub fn Button(
    /// What it says.
    #[prop(into)]
    label: TextProp,
    /// How loud it is.
    #[prop(optional)]
    kind: Kind,
    /// An icon before the text.
    #[prop(optional)]
    icon: Option<&'static str>,
    /// Its name for tests.
    #[prop(optional)]
    testid: &'static str,
    /// It cannot be pressed now.
    #[prop(optional, into)]
    disabled: Signal<bool>,
    /// What it started is running.
    #[prop(optional, into)]
    busy: Signal<bool>,
    /// It sends its form.
    #[prop(optional)]
    submit: bool,
    /// More than its text says, for screen readers.
    #[prop(optional, into)]
    aria_label: Option<TextProp>,
    /// What it does.
    #[prop(optional, into)]
    on_press: Option<Callback<()>>,
) -> impl IntoView {
    view! {
        <button
            type=if submit { "submit" } else { "button" }
            class=kind.class()
            data-testid=testid
            disabled=move || disabled.get() || busy.get()
            aria-busy=move || busy.get().to_string()
            aria-label=aria_label.map(|label| move || label.get())
            on:click=move |_| {
                if let Some(on_press) = on_press {
                    on_press.run(());
                }
            }
        >
            {move || if busy.get() { view! { <i class="spin" aria-hidden="true"></i> }.into_any() } else { icon.map(|name| view! { <Icon name=name /> }).into_any() }}
            <span>{move || label.get()}</span>
        </button>
    }
    .into_any()
}

/// A button that shows only an icon; its label is read and shown on hover.
#[component]
pub fn IconButton(
    /// What it does, in words.
    #[prop(into)]
    label: TextProp,
    /// The icon.
    icon: &'static str,
    /// Its name for tests.
    #[prop(optional)]
    testid: &'static str,
    /// It cannot be pressed now.
    #[prop(optional, into)]
    disabled: Signal<bool>,
    /// It is a switch that is on or off.
    #[prop(optional, into)]
    pressed: Option<Signal<bool>>,
    /// Smaller, for rows that have the height anyway.
    #[prop(optional)]
    small: bool,
    /// What it does.
    #[prop(into)]
    on_press: Callback<()>,
) -> impl IntoView {
    let title = label.clone();
    view! {
        <button
            type="button"
            class=if small { "b icon quiet small" } else { "b icon quiet" }
            data-testid=testid
            title=move || title.get()
            aria-label=move || label.get()
            aria-pressed=move || pressed.map(|pressed| pressed.get().to_string())
            disabled=move || disabled.get()
            on:click=move |_| on_press.run(())
        >
            <Icon name=icon />
        </button>
    }
    .into_any()
}
