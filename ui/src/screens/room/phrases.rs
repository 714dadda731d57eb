//! The phrases beside the form of the conclusions: a press takes one up, the list is a person's own.

use leptos::prelude::*;
use ui::phrases::{PHRASE_CHARS, PHRASES_MAX, parsed, with_phrase};
use ui::testids;

use crate::components::{Area, Button, Kind};
use crate::preferences;
use crate::{say, t};

/// The list.
#[component]
pub fn Phrases(
    /// The conclusions that are being written.
    text: RwSignal<String>,
) -> impl IntoView {
    let own = RwSignal::new(preferences::phrases());
    let list = Memo::new(move |_| parsed(&own.get().unwrap_or_else(|| say!(phrases.defaults))));
    let (editing, edited) = (RwSignal::new(false), RwSignal::new(String::new()));
    view! {
        <details class="stack" data-testid=testids::PHRASES>
            <summary>{t!(phrases.title)}</summary>
            <Show when=move || !editing.get() fallback=move || view! {
                <Area label=t!(phrases.list) value=edited rows=8 hint=t!(phrases.hint) most={PHRASES_MAX * PHRASE_CHARS} testid=testids::PHRASES_TEXT />
                <div class="row wrap">
                    <Button label=t!(common.cancel) on_press=move |()| editing.set(false) />
                    <Button label=t!(phrases.save) kind=Kind::Plain testid=testids::PHRASES_SAVE on_press=move |()| {
                        let kept = parsed(&edited.get_untracked());
                        // An empty list is that of the program again.
                        let kept = (!kept.is_empty()).then(|| kept.join("\n"));
                        preferences::keep_phrases(kept.as_deref());
                        own.set(kept);
                        editing.set(false);
                    } />
                </div>
            }>
                <div class="stack tight">
                    {move || list.get().into_iter().map(|phrase| {
                        let label = phrase.clone();
                        view! {
                            <Button label=move || label.clone() kind=Kind::Quiet icon="plus" testid=testids::PHRASE on_press=move |()| text.update(|text| *text = with_phrase(text, &phrase)) />
                        }
                    }).collect_view()}
                </div>
                <Button label=t!(phrases.edit) kind=Kind::Quiet icon="edit" testid=testids::PHRASES_EDIT on_press=move |()| {
                    edited.set(list.get_untracked().join("\n"));
                    editing.set(true);
                } />
            </Show>
        </details>
    }
    .into_any()
}
