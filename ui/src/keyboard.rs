//! Keys of the window: one listener, the present screen answers, `?` shows them all.

use leptos::prelude::*;
use ui::keys::{Chord, Command, command};
use ui::testids;
use wasm_bindgen::JsCast;
use web_sys::{Element, KeyboardEvent};

use crate::app::use_app;
use crate::components::Dialog;
use crate::t;

/// Roles and elements that use arrows, digits, Home and End themselves.
const OWN_KEYS: &str = "select, input, [role=tab], [role=radio], [role=slider], audio, video";
/// Where text is typed.
const TEXT: &str = "input:not([type=checkbox]):not([type=radio]):not([type=file]), textarea, [contenteditable=true]";

/// Who answers keys.
#[derive(Clone, Copy)]
pub struct Keyboard {
    /// The overlay of keys is shown.
    pub help: RwSignal<bool>,
    /// Counts how often the box of search was called.
    pub search: RwSignal<u64>,
    answer: StoredValue<Option<Callback<Command, bool>>>,
}

fn chord_of<'a>(event: &KeyboardEvent, key: &'a str) -> Chord<'a> {
    let target: Option<Element> = event.target().and_then(|target| target.dyn_into().ok());
    let within =
        |selector: &str| target.as_ref().is_some_and(|target| target.closest(selector).is_ok_and(|found| found.is_some()));
    Chord {
        key,
        control: event.ctrl_key() || event.meta_key(),
        alt: event.alt_key(),
        composing: event.is_composing() || event.key_code() == 229,
        in_text: within(TEXT),
        in_control: within(OWN_KEYS),
        in_dialog: document().query_selector("dialog[open]").is_ok_and(|open| open.is_some()),
    }
}

impl Keyboard {
    /// Listens for the life of the window.
    pub fn start() -> Self {
        let keyboard = Self { help: RwSignal::new(false), search: RwSignal::new(0), answer: StoredValue::new(None) };
        window_event_listener(leptos::ev::keydown, move |event| {
            let key = event.key();
            let Some(command) = command(chord_of(&event, &key)) else {
                return;
            };
            let done = match command {
                Command::Help => {
                    keyboard.help.set(true);
                    true
                }
                Command::Search => {
                    keyboard.search.update(|search| *search += 1);
                    true
                }
                other => keyboard.answer.get_value().is_some_and(|answer| answer.run(other)),
            };
            if done {
                event.prevent_default();
            }
        });
        keyboard
    }

    /// The calling component answers keys as long as it lives; `true` from the callback eats the key.
    pub fn answer_with(self, answer: Callback<Command, bool>) {
        self.answer.set_value(Some(answer));
        on_cleanup(move || self.answer.set_value(None));
    }
}

/// The overlay of keys.
#[component]
pub fn HelpOverlay() -> impl IntoView {
    let app = use_app();
    Effect::new(move |_| {
        app.route.track();
        app.keyboard.help.set(false);
    });
    let row = |keys: &'static [&'static str], text: String| {
        view! { <tr><td>{keys.iter().map(|key| view! { <kbd>{*key}</kbd>" " }).collect_view()}</td><td>{text}</td></tr> }
    };
    view! {
        <Dialog open=app.keyboard.help title=t!(keys.title) testid=testids::HELP>
            <table class="keys"><tbody>
                {move || vec![
                    row(&["?"], crate::say!(keys.help)),
                    row(&["Ctrl K"], crate::say!(keys.search)),
                    row(&["PgDn", "→"], crate::say!(keys.next)),
                    row(&["PgUp", "←"], crate::say!(keys.previous)),
                    row(&["Home", "End"], crate::say!(keys.ends)),
                    row(&["Ctrl +", "Ctrl −"], crate::say!(keys.zoom)),
                    row(&["Ctrl 0"], crate::say!(keys.fit)),
                    row(&["Ctrl F"], crate::say!(keys.find)),
                    row(&["1", "2", "3", "4", "5"], crate::say!(keys.tools)),
                    row(&["Tab", "Shift Tab"], crate::say!(keys.tab)),
                    row(&["Esc"], crate::say!(keys.escape)),
                ]}
            </tbody></table>
        </Dialog>
    }
}
