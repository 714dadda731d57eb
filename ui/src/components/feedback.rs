//! Loading, empty, failed, said.

use api::error::ApiError;
use leptos::prelude::*;
use leptos::text_prop::TextProp;
use ui::testids;

use super::{Button, Icon, IconButton};
use crate::app::{Toast, sentence, use_app};
use crate::doing::Doing;
use crate::{say, t};

/// Something is on its way. Shows itself only after a moment, so that fast answers do not flicker.
#[component]
pub fn Loading() -> impl IntoView {
    view! { <div class="loading" role="status"><i class="spin" aria-hidden="true"></i><span>{t!(common.loading)}</span></div> }
        .into_any()
}

/// Nothing is here, why, and what to do about it.
#[component]
pub fn Empty(
    /// An icon.
    icon: &'static str,
    /// In a few words.
    #[prop(into)]
    title: TextProp,
    /// What that means.
    #[prop(optional, into)]
    text: TextProp,
    /// A button.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    view! {
        <div class="empty" data-testid=testids::EMPTY>
            <Icon name=icon />
            <h2>{move || title.get()}</h2>
            <p>{move || text.get()}</p>
            {children.map(|children| children())}
        </div>
    }
    .into_any()
}

/// In place of something that could not be loaded.
#[component]
pub fn ErrorPanel(
    /// Why.
    error: ApiError,
    /// Tries again.
    #[prop(into)]
    retry: Callback<()>,
) -> impl IntoView {
    let code = error.code.clone();
    view! {
        <div class="empty failed" role="alert" data-testid=testids::ERROR data-code=code>
            <Icon name="warn" />
            <p class="lead">{move || sentence(&error)}</p>
            <Button label=t!(common.retry) icon="refresh" testid=testids::RETRY on_press=move |()| retry.run(()) />
        </div>
    }
    .into_any()
}

/// Why the last attempt failed, beside the button that made it.
#[component]
pub fn ErrorLine(
    /// What failed.
    doing: Doing,
) -> impl IntoView {
    view! {
        {move || {
            doing.error().map(|error| {
                let code = error.code.clone();
                view! { <p class="errorline" role="alert" data-testid=testids::ERROR data-code=code><Icon name="warn" /><span>{sentence(&error)}</span></p> }
            })
        }}
    }
    .into_any()
}

/// Short messages at the edge.
#[component]
pub fn Toasts(
    /// Those to show.
    toasts: RwSignal<Vec<Toast>>,
) -> impl IntoView {
    let app = use_app();
    view! {
        <div class="toasts" role="status" aria-live="polite">
            <For each=move || toasts.get() key=|toast| toast.id let(toast)>
                <div class="toast" class:failed=toast.failed data-testid=testids::TOAST>
                    <span class="grow">{toast.text.clone()}</span>
                    <IconButton label=t!(common.close) icon="cross" small=true on_press=move |()| app.dismiss(toast.id) />
                </div>
            </For>
        </div>
        {move || {
            (!app.feed.open.get()).then(|| view! { <div class="lost" role="status"><i class="spin" aria-hidden="true"></i>{say!(common.lost)}</div> })
        }}
    }
    .into_any()
}
