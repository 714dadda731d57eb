//! Dialogs on the native element: the focus stays inside, Esc closes.

use leptos::html;
use leptos::prelude::*;
use leptos::text_prop::TextProp;

use super::{Button, ErrorLine, IconButton, Kind};
use crate::doing::Doing;
use crate::t;

/// A dialog that is open while `open` says so. What is inside is made anew each time it opens.
#[component]
pub fn Dialog(
    /// Open or not; closing by Esc or the cross sets it too.
    open: RwSignal<bool>,
    /// Its heading.
    #[prop(into)]
    title: TextProp,
    /// Its name for tests.
    #[prop(optional)]
    testid: &'static str,
    /// Wider, for forms with much in them.
    #[prop(optional)]
    wide: bool,
    /// What is inside.
    children: ChildrenFn,
) -> impl IntoView {
    let dialog = NodeRef::<html::Dialog>::new();
    Effect::new(move |_| {
        let Some(dialog) = dialog.get() else { return };
        match (open.get(), dialog.open()) {
            (true, false) => {
                let _ = dialog.show_modal();
            }
            (false, true) => dialog.close(),
            _ => {}
        }
    });
    let heading = title.clone();
    let children = StoredValue::new(children);
    view! {
        <dialog node_ref=dialog class=if wide { "dialog wide" } else { "dialog" } data-testid=testid aria-label=move || title.get() on:close=move |_| { open.try_set(false); }>
            <Show when=move || open.get()>
                <header class="row">
                    <h1 class="grow">{
                        let heading = heading.clone();
                        move || heading.get()
                    }</h1>
                    <IconButton label=t!(common.close) icon="cross" testid=ui::testids::DIALOG_CLOSE on_press=move |()| open.set(false) />
                </header>
                <div class="body">{children.with_value(|children| children())}</div>
            </Show>
        </dialog>
    }
    .into_any()
}

/// Asks before something that cannot be taken back.
#[component]
pub fn Confirm(
    /// Open or not.
    open: RwSignal<bool>,
    /// The question.
    #[prop(into)]
    title: TextProp,
    /// What will happen.
    #[prop(into)]
    text: TextProp,
    /// What the confirming button says: the verb, never "OK".
    #[prop(into)]
    verb: TextProp,
    /// Its name for tests.
    #[prop(optional)]
    testid: &'static str,
    /// Runs and shows its error here.
    doing: Doing,
    /// It cannot be taken back.
    #[prop(optional)]
    danger: bool,
    /// Does it.
    #[prop(into)]
    on_confirm: Callback<()>,
) -> impl IntoView {
    let verb = StoredValue::new(verb);
    let text = StoredValue::new(text);
    view! {
        <Dialog open=open title=title testid=testid>
            <p class="lead">{move || text.with_value(TextProp::get)}</p>
            <ErrorLine doing=doing />
            <footer class="row end">
                <Button label=t!(common.cancel) testid=ui::testids::CONFIRM_CANCEL on_press=move |()| open.set(false) />
                <Button
                    label=verb.get_value()
                    kind=if danger { Kind::Danger } else { Kind::Primary }
                    testid=ui::testids::CONFIRM_YES
                    busy=Signal::derive(move || doing.busy())
                    on_press=move |()| on_confirm.run(())
                />
            </footer>
        </Dialog>
    }
    .into_any()
}
