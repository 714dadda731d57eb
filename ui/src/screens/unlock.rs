//! The passphrase, once per start.

use api::act::Unlock as UnlockAct;
use leptos::prelude::*;
use ui::testids;

use super::first_run::{Brand, LanguageSwitch};
use super::recovery::Recover;
use crate::app::use_app;
use crate::components::{Button, Check, ErrorLine, Field, Kind};
use crate::doing::Doing;
use crate::t;

/// Opens the profile.
#[component]
pub fn Unlock() -> impl IntoView {
    let forgotten = RwSignal::new(false);
    view! {
        {move || match forgotten.get() {
            true => view! { <Recover forgotten=forgotten /> }.into_any(),
            false => view! { <Known forgotten=forgotten /> }.into_any(),
        }}
    }
    .into_any()
}

/// The passphrase is known.
#[component]
fn Known(forgotten: RwSignal<bool>) -> impl IntoView {
    let app = use_app();
    let passphrase = RwSignal::new(String::new());
    let remember = RwSignal::new(false);
    let doing = Doing::new();
    let unlock = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        doing.run(UnlockAct { passphrase: passphrase.get_untracked(), remember: remember.get_untracked() }, move |_| {
            passphrase.try_set(String::new());
            app.status.refetch();
        });
    };
    view! {
        <main class="centre">
            <form class="card door" on:submit=unlock data-testid=testids::UNLOCK>
                <Brand />
                <h1>{t!(unlock.title)}</h1>
                <p class="lead">{t!(unlock.text)}</p>
                <Field label=t!(unlock.passphrase) value=passphrase kind="password" testid=testids::UNLOCK_PASSPHRASE required=true focus=true complete="current-password" />
                <Check label=t!(unlock.remember) value=remember testid=testids::UNLOCK_REMEMBER />
                <ErrorLine doing=doing />
                <Button label=t!(unlock.open) kind=Kind::Primary submit=true testid=testids::UNLOCK_OPEN busy=Signal::derive(move || doing.busy()) />
                <Button label=t!(recovery.ask) kind=Kind::Quiet testid=testids::UNLOCK_FORGOTTEN on_press=move |()| forgotten.set(true) />
                <LanguageSwitch />
            </form>
        </main>
    }
    .into_any()
}
