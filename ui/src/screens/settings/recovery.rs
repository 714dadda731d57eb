//! The recovery code: made, replaced, forgotten. Shown once, kept on paper.

use api::act::{ForgetRecoveryCode, MakeRecoveryCode};
use leptos::prelude::*;
use ui::testids;

use crate::app::use_app;
use crate::components::{Button, ErrorLine, Field};
use crate::doing::Doing;
use crate::{say, t};

/// The card; `made`: there is a code.
#[component]
pub fn Recovery(made: Memo<bool>) -> impl IntoView {
    let app = use_app();
    let (passphrase, words) = (RwSignal::new(String::new()), RwSignal::new(None::<String>));
    let doing = Doing::new();
    let make = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        doing.run(MakeRecoveryCode { passphrase: passphrase.get_untracked() }, move |code| {
            passphrase.try_set(String::new());
            words.try_set(Some(code.words));
        });
    };
    let forget = move |()| {
        doing.run(ForgetRecoveryCode { passphrase: passphrase.get_untracked() }, move |()| {
            passphrase.try_set(String::new());
            words.try_set(None);
            app.say(say!(recovery.forgot));
        });
    };
    view! {
        <form class="card stack" on:submit=make data-testid=testids::RECOVERY data-made=move || made.get().to_string()>
            <h2>{t!(recovery.title)}</h2>
            <small>{t!(recovery.text)}</small>
            <p>{move || if made.get() { say!(recovery.made) } else { say!(recovery.none) }}</p>
            <Field label=t!(identity.passphrase_old) value=passphrase kind="password" required=true complete="current-password" testid=testids::RECOVERY_PASSPHRASE />
            {move || words.get().map(|words| view! {
                <div class="stack" role="status">
                    <p class="lead">{t!(recovery.once)}</p>
                    <code class="long" data-testid=testids::RECOVERY_WORDS>{words}</code>
                </div>
            })}
            <ErrorLine doing=doing />
            <div class="row">
                <Button label=move || if made.get() { say!(recovery.replace) } else { say!(recovery.make) } submit=true testid=testids::RECOVERY_MAKE busy=Signal::derive(move || doing.busy()) />
                <Show when=move || made.get()>
                    <Button label=t!(recovery.forget) testid=testids::RECOVERY_FORGET busy=Signal::derive(move || doing.busy()) on_press=forget />
                </Show>
            </div>
        </form>
    }
    .into_any()
}
