//! Who this person and this device are, in words that can be compared.

use api::act::{BackUp, ChangePassphrase, ExportAuthority, ForgetKey};
use api::error::ApiError;
use api::query::Identity as IdentityQuery;
use api::view::IdentityView;
use leptos::prelude::*;
use ui::format;
use ui::testids;

use super::recovery::Recovery;
use crate::app::use_app;
use crate::components::{Avatar, Button, ErrorLine, ErrorPanel, Field, Icon, Kind, Loading, Target, TargetDialog};
use crate::doing::Doing;
use crate::live::{Live, live};
use crate::screens::first_run::{PASSPHRASE_CHARS_MIN, SixWords};
use crate::{say, t};

/// The page.
#[component]
pub fn Identity() -> impl IntoView {
    let identity = live(|| Some(IdentityQuery {}));
    let ready = identity.part(|_| true);
    view! {
        {move || match (ready.get(), identity.error()) {
            (Some(_), _) => view! { <Card identity=identity /> }.into_any(),
            (None, Some(error)) => view! { <ErrorPanel error=error retry=move |()| identity.refetch() /> }.into_any(),
            (None, None) => view! { <Loading /> }.into_any(),
        }}
        <Passphrase />
        <Recovery made=identity.part_or(|identity| identity.recovery) />
        <Remembered />
    }
    .into_any()
}

#[component]
fn Card(identity: Live<IdentityView>) -> impl IntoView {
    let app = use_app();
    let shown = identity.part(Clone::clone);
    let words = Memo::new(move |_| shown.get().map(|identity| identity.words).unwrap_or_default());
    let (open, doing) = (RwSignal::new(false), Doing::new());
    let target = Target { title: t!(identity.export).into(), name: Signal::derive(|| "root.pem".to_owned()), folder: false };
    let (backing_up, saving) = (RwSignal::new(false), Doing::new());
    let backup_target =
        Target { title: t!(identity.backup).into(), name: Signal::derive(|| "kyhop.kyhop-backup".to_owned()), folder: false };
    view! {
        {move || shown.get().map(|identity| {
            let me = identity.me.clone();
            view! {
                <section class="card stack">
                    <div class="row wide-gap">
                        <Avatar name=me.name.clone() />
                        <div class="grow"><h1 data-testid=testids::IDENTITY_NAME>{me.name.clone()}</h1><small>{[me.title.clone(), me.unit_name.clone()].join(" · ")}</small></div>
                        {me.administrator.then(|| view! { <span class="chip on">{t!(identity.administrator)}</span> })}
                        {if me.certified { view! { <span class="chip ok"><Icon name="sign" />{t!(identity.certified)}</span> }.into_any() } else { view! { <span class="chip warn"><Icon name="clock" />{t!(identity.not_certified)}</span> }.into_any() }}
                    </div>
                    <dl class="facts">
                        <dt>{t!(identity.organisation)}</dt><dd>{identity.organisation.clone()}</dd>
                        <dt>{t!(identity.root)}</dt><dd><code data-testid=testids::IDENTITY_ROOT data-root=identity.root.to_string()>{format::fingerprint(&identity.root)}</code></dd>
                        <dt>{t!(identity.device)}</dt><dd><code>{format!("{}…", identity.device.short())}</code></dd>
                    </dl>
                </section>
            }
        })}
        <section class="card stack">
            <h2>{t!(identity.words)}</h2>
            <small>{t!(identity.words_text)}</small>
            <SixWords words=words />
        </section>
        <section class="card row">
            <div class="grow"><h2>{t!(identity.export)}</h2><small>{t!(identity.export_text)}</small></div>
            <Button label=t!(identity.export_verb) icon="drop" testid=testids::IDENTITY_EXPORT busy=Signal::derive(move || doing.busy()) on_press=move |()| open.set(true) />
            <TargetDialog open=open target=target doing=doing on_target=move |path: String| doing.run(ExportAuthority { path }, move |written| app.say(say!(file.written, path = written.path))) />
        </section>
        <section class="card row">
            <div class="grow"><h2>{t!(identity.backup)}</h2><small>{t!(identity.backup_text)}</small></div>
            <Button label=t!(identity.backup_verb) icon="drop" testid=testids::IDENTITY_BACKUP busy=Signal::derive(move || saving.busy()) on_press=move |()| backing_up.set(true) />
            <TargetDialog open=backing_up target=backup_target doing=saving on_target=move |path: String| saving.run(BackUp { path }, move |written| app.say(say!(file.written, path = written.path))) />
        </section>
    }
    .into_any()
}

#[component]
fn Passphrase() -> impl IntoView {
    let app = use_app();
    let (old, new, again) = (RwSignal::new(String::new()), RwSignal::new(String::new()), RwSignal::new(String::new()));
    let doing = Doing::new();
    let change = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let wanted = new.get_untracked();
        if wanted.chars().count() < PASSPHRASE_CHARS_MIN {
            doing.fail(ApiError::new("passphrase_too_short", "").with("least", PASSPHRASE_CHARS_MIN));
        } else if wanted != again.get_untracked() {
            doing.fail(ApiError::new("passphrase_mismatch", ""));
        } else {
            doing.run(ChangePassphrase { old: old.get_untracked(), new: wanted }, move |()| {
                for field in [old, new, again] {
                    field.try_set(String::new());
                }
                app.say(say!(identity.passphrase_changed));
            });
        }
    };
    view! {
        <form class="card stack" on:submit=change>
            <h2>{t!(identity.passphrase)}</h2>
            <Field label=t!(identity.passphrase_old) value=old kind="password" required=true complete="current-password" testid=testids::PASSPHRASE_OLD />
            <div class="pair">
                <Field label=t!(identity.passphrase_new) value=new kind="password" required=true complete="new-password" hint=t!(first.passphrase_hint) testid=testids::PASSPHRASE />
                <Field label=t!(first.passphrase_again) value=again kind="password" required=true complete="new-password" testid=testids::PASSPHRASE_AGAIN />
            </div>
            <ErrorLine doing=doing />
            <div><Button label=t!(identity.passphrase_verb) kind=Kind::Plain submit=true testid=testids::PASSPHRASE_CHANGE busy=Signal::derive(move || doing.busy()) /></div>
        </form>
    }
    .into_any()
}

/// Takes back that the system's keyring opens the profile. Whether it does is not known here: asking the keyring may ask the person.
#[component]
fn Remembered() -> impl IntoView {
    let app = use_app();
    let doing = Doing::new();
    let forget = move |()| doing.run(ForgetKey {}, move |()| app.say(say!(identity.key_forgotten)));
    view! {
        <section class="card stack">
            <div class="row">
                <div class="grow"><h2>{t!(identity.key)}</h2><small>{t!(identity.key_text)}</small></div>
                <Button label=t!(identity.key_forget) icon="lock" testid=testids::FORGET_KEY busy=Signal::derive(move || doing.busy()) on_press=forget />
            </div>
            <ErrorLine doing=doing />
        </section>
    }
    .into_any()
}
