//! For who forgot the passphrase: the twelve words from the paper, and a new passphrase.

use api::act::{RecoverPassphrase, Unlock};
use leptos::prelude::*;
use ui::testids;

use super::first_run::{Brand, Passphrase, PassphraseFields};
use crate::app::use_app;
use crate::components::{Button, ErrorLine, Field, Kind};
use crate::doing::Doing;
use crate::t;

/// Sets a new passphrase and opens the profile with it; `forgotten` leads back.
#[component]
pub fn Recover(forgotten: RwSignal<bool>) -> impl IntoView {
    let app = use_app();
    let (code, passphrase) = (RwSignal::new(String::new()), Passphrase::new());
    let doing = Doing::new();
    let set = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let new = match passphrase.taken() {
            Ok(new) => new,
            Err(error) => return doing.fail(error),
        };
        doing.run(RecoverPassphrase { code: code.get_untracked(), new: new.clone() }, move |()| {
            code.try_set(String::new());
            doing.run(Unlock { passphrase: new, remember: false }, move |_| app.status.refetch());
        });
    };
    view! {
        <main class="centre">
            <form class="card door" on:submit=set data-testid=testids::RECOVER>
                <Brand />
                <h1>{t!(recovery.forgotten)}</h1>
                <p class="lead">{t!(recovery.forgotten_text)}</p>
                <Field label=t!(recovery.code) value=code hint=t!(recovery.code_hint) testid=testids::RECOVER_CODE required=true focus=true />
                <PassphraseFields passphrase=passphrase />
                <ErrorLine doing=doing />
                <footer class="row end">
                    <Button label=t!(common.back) icon="left" kind=Kind::Quiet testid=testids::RECOVER_BACK on_press=move |()| forgotten.set(false) />
                    <span class="grow"></span>
                    <Button label=t!(recovery.set) kind=Kind::Primary submit=true testid=testids::RECOVER_SET busy=Signal::derive(move || doing.busy()) />
                </footer>
                <small>{t!(recovery.none_text)}</small>
            </form>
        </main>
    }
    .into_any()
}
