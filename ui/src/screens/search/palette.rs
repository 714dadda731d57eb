//! The box over any screen, opened by Ctrl+K.

use api::search::Hit;
use leptos::html;
use leptos::prelude::*;
use ui::testids;

use super::{Hits, Narrowing, SearchField};
use crate::app::use_app;
use crate::components::Icon;
use crate::finder::route_of;
use crate::t;

/// The name of its list of hits.
const LIST: &str = "palette-hits";

/// The box over any screen.
#[component]
pub fn Palette() -> impl IntoView {
    let app = use_app();
    let (open, finder) = (app.palette, app.quick);
    let dialog = NodeRef::<html::Dialog>::new();
    Effect::new(move |_| {
        let Some(dialog) = dialog.get() else { return };
        match (open.get(), dialog.open()) {
            (true, false) => {
                let _ = dialog.show_modal();
                finder.take_focus();
            }
            (false, true) => dialog.close(),
            _ => {}
        }
    });
    Effect::new(move |_| {
        app.route.track();
        open.set(false);
    });
    let open_hit = move |hit: Hit| {
        finder.opened(&hit);
        // The list stays beside what was opened.
        app.finder.look_for(finder.text.get_untracked());
        open.set(false);
        app.go(route_of(&hit));
    };
    view! {
        <dialog node_ref=dialog class="dialog palette" data-testid=testids::PALETTE aria-label=t!(search.title) on:close=move |_| { open.try_set(false); }
            on:click=move |event| {
                // A press beside the box closes it.
                if event.target().is_some_and(|target| dialog.get_untracked().is_some_and(|dialog| target == dialog.into())) {
                    open.set(false);
                }
            }>
            <Show when=move || open.get()>
                <div class="stack">
                    <SearchField finder=finder label=t!(search.label) testid=testids::PALETTE_TEXT list=LIST focus=true on_open=open_hit on_leave=move |()| open.set(false) />
                    <Show when=move || finder.answer.with(Option::is_some)><Narrowing finder=finder /></Show>
                    <div class="scroll"><Hits finder=finder list=LIST on_open=open_hit /></div>
                    <footer class="row keysline" aria-hidden="true"><kbd>"↑"</kbd><kbd>"↓"</kbd><small>{t!(search.keys_move)}</small><kbd>"Enter"</kbd><small>{t!(search.keys_open)}</small><kbd>"Esc"</kbd><small>{t!(search.keys_close)}</small><span class="grow"></span><Icon name="find" /></footer>
                </div>
            </Show>
        </dialog>
    }
    .into_any()
}
