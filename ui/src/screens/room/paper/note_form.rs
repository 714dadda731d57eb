//! The form of a note, opened by the note tool.

use api::act::Audience;
use domain::annotation::Mark;
use leptos::prelude::*;
use ui::testids;

use super::tools::Tool;
use super::view::use_view;
use crate::components::{Area, Button, Icon, Kind};
use crate::{say, t};

/// The form.
#[component]
pub fn NoteForm() -> impl IntoView {
    let view = use_view();
    let text = RwSignal::new(String::new());
    let shared = Memo::new(move |_| view.tools.audience.get() == Audience::Shared);
    let save = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let text = text.get_untracked().trim().to_owned();
        let Some((page, at)) = view.noting.get_untracked().filter(|_| !text.is_empty()) else {
            return;
        };
        view.add(page, Mark::Note { at, text }, view.tools.pen.get_untracked());
        view.noting.set(None);
        view.tools.tool.set(Tool::None);
    };
    view! {
        <form class="stack" on:submit=save>
            <Area label=t!(note.text) value=text rows=4 focus=true testid=testids::NOTE_TEXT />
            <small class="audience row" data-audience=move || if shared.get() { "shared" } else { "private" }>
                {move || if shared.get() { view! { <Icon name="users" /> }.into_any() } else { view! { <Icon name="lock" /> }.into_any() }}
                {move || if shared.get() { say!(audience.shared_note) } else { say!(audience.private_note) }}
            </small>
            <footer class="row end">
                <Button label=t!(common.cancel) on_press=move |()| view.noting.set(None) />
                <Button label=t!(common.save) kind=Kind::Primary submit=true testid=testids::NOTE_SAVE disabled=Signal::derive(move || text.with(|text| text.trim().is_empty())) />
            </footer>
        </form>
    }
    .into_any()
}
