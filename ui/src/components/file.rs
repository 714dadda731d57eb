//! Choosing a file to hand in, and a place to write to.

use leptos::html;
use leptos::prelude::*;
use leptos::text_prop::TextProp;
use ui::testids;

use super::{Button, Dialog, ErrorLine, Field, Icon, Kind};
use crate::backend::{Chosen, backend};
use crate::doing::Doing;
use crate::t;

/// Lets the person choose a file, a PDF unless said otherwise: the shell's dialog, or the browser's field (also by dropping a file on it).
#[component]
pub fn FilePick(
    /// The chosen file.
    chosen: RwSignal<Option<Chosen>>,
    /// Runs while a file is handed in.
    doing: Doing,
    /// Kinds of files, as the element says them; empty: any.
    #[prop(default = "application/pdf,.pdf")]
    accept: &'static str,
    /// What the button says instead of asking for a PDF.
    #[prop(optional, into)]
    label: Option<TextProp>,
    /// What is said before a file is chosen.
    #[prop(optional, into)]
    none: Option<TextProp>,
) -> impl IntoView {
    let label = label.unwrap_or_else(|| t!(file.choose).into());
    let none = none.unwrap_or_else(|| t!(file.none).into());
    let named = label.clone();
    let input = NodeRef::<html::Input>::new();
    let over = RwSignal::new(false);
    let take = move |file: web_sys::File| {
        doing.run_future(async move { backend().upload(file).await }, move |file| {
            chosen.try_set(Some(file));
        });
    };
    let pick = move |()| {
        if backend().has_dialogs() {
            doing.run_future(async move { backend().pick_file().await }, move |file| {
                if file.is_some() {
                    chosen.try_set(file);
                }
            });
        } else if let Some(input) = input.get_untracked() {
            input.click();
        }
    };
    view! {
        <div
            class="drop"
            class:over=move || over.get()
            on:dragover=move |event| {
                event.prevent_default();
                over.set(true);
            }
            on:dragleave=move |_| over.set(false)
            on:drop=move |event| {
                event.prevent_default();
                over.set(false);
                if let Some(file) = event.data_transfer().and_then(|data| data.files()).and_then(|files| files.get(0)) {
                    take(file);
                }
            }
        >
            <Icon name="doc" />
            <span class="grow ell" data-testid=testids::FILE_NAME>{move || chosen.get().map_or_else(|| none.get().to_string(), |file| file.name)}</span>
            <Button label=label testid=testids::FILE_CHOOSE busy=Signal::derive(move || doing.busy()) on_press=pick />
            <input
                node_ref=input
                type="file"
                accept=accept
                class="hidden"
                tabindex="-1"
                aria-label=move || named.get()
                data-testid=testids::FILE_INPUT
                on:change=move |_| {
                    let Some(input) = input.get_untracked() else { return };
                    if let Some(file) = input.files().and_then(|files| files.get(0)) {
                        take(file);
                    }
                    // The same file may be chosen again after an error.
                    input.set_value("");
                }
            />
        </div>
    }
    .into_any()
}

/// What is to be written somewhere.
#[derive(Clone)]
pub struct Target {
    /// Heading of the dialog where there is no dialog of the shell.
    pub title: TextProp,
    /// A name to begin with.
    pub name: Signal<String>,
    /// A folder rather than a file.
    pub folder: bool,
}

/// Asks where to write, then writes. With the shell its own dialog is used, otherwise a path is typed.
#[component]
pub fn TargetDialog(
    /// Set to ask.
    open: RwSignal<bool>,
    /// What is written.
    target: Target,
    /// Runs while it is written.
    doing: Doing,
    /// Writes.
    #[prop(into)]
    on_target: Callback<String>,
) -> impl IntoView {
    let Target { title, name, folder } = target;
    let typed = RwSignal::new(false);
    let path = RwSignal::new(String::new());
    let picking = Doing::new();
    Effect::new(move |_| {
        if !open.get() {
            return;
        }
        open.set(false);
        let name = name.get_untracked();
        doing.clear();
        if backend().has_dialogs() {
            picking.run_future(async move { backend().pick_target(&name, folder).await }, move |target| {
                if let Some(target) = target {
                    on_target.run(target);
                }
            });
        } else {
            path.set(name);
            typed.set(true);
        }
    });
    // A successful write closes the dialog.
    let was_busy = StoredValue::new(false);
    Effect::new(move |_| {
        let busy = doing.busy();
        if was_busy.get_value() && !busy && doing.error().is_none() {
            typed.set(false);
        }
        was_busy.set_value(busy);
    });
    view! {
        <ErrorLine doing=picking />
        <Dialog open=typed title=title testid=testids::TARGET_DIALOG>
            <form on:submit=move |event| {
                event.prevent_default();
                on_target.run(path.get_untracked());
            }>
                <Field label=t!(file.path) value=path hint=t!(file.path_hint) testid=testids::TARGET_PATH required=true focus=true most=4_000 />
                <ErrorLine doing=doing />
                <footer class="row end"><Button label=t!(file.write) kind=Kind::Primary submit=true testid=testids::TARGET_WRITE busy=Signal::derive(move || doing.busy()) /></footer>
            </form>
        </Dialog>
    }
    .into_any()
}
