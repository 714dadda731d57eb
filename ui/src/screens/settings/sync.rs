//! Connections: what waits, who is connected, where this device can be reached, another device by its address.

use api::act::Dial;
use api::error::ApiError;
use api::query::SyncState;
use api::view::{CallOutcome, CallRow, SyncMood, SyncView};
use leptos::prelude::*;
use ui::format;
use ui::testids;

use crate::app::{sentence, use_app};
use crate::components::{Avatar, Button, ErrorLine, ErrorPanel, Field, Icon, IconButton, Kind, Loading, content_key};
use crate::doing::Doing;
use crate::live::{Live, live};
use crate::{say, t, words};

/// The page.
#[component]
pub fn Sync() -> impl IntoView {
    let sync = live(|| Some(SyncState {}));
    let ready = sync.part(|_| true);
    view! {
        {move || match (ready.get(), sync.error()) {
            (Some(_), _) => view! { <State sync=sync /> }.into_any(),
            (None, Some(error)) => view! { <ErrorPanel error=error retry=move |()| sync.refetch() /> }.into_any(),
            (None, None) => view! { <Loading /> }.into_any(),
        }}
        <DialForm />
    }
    .into_any()
}

#[component]
fn State(sync: Live<SyncView>) -> impl IntoView {
    let app = use_app();
    let summary = sync.part(|sync| sync.summary);
    let peers = sync.part_or(|sync| sync.peers.clone());
    let addresses = sync.part_or(|sync| sync.addresses.clone());
    let calls = sync.part_or(|sync| sync.calls.clone());
    let copy = move |address: String| {
        let copied = window().navigator().clipboard().write_text(&address);
        leptos::task::spawn_local(async move {
            if wasm_bindgen_futures::JsFuture::from(copied).await.is_ok() {
                app.say(say!(common.copied));
            }
        });
    };
    view! {
        <section class="card row wide-gap">
            <Icon name="refresh" />
            <div class="grow">
                <h1 data-testid=testids::SYNC_SUMMARY>{move || summary.get().map(|summary| words::sync(&summary, app.now.get()))}</h1>
                <small>{move || summary.get().map(|summary| match summary.mood {
                    SyncMood::InSync => say!(sync.in_sync_text),
                    SyncMood::Waiting => say!(sync.waiting_text),
                    SyncMood::Offline => say!(sync.offline_text),
                })}</small>
            </div>
        </section>
        <section class="card list" aria-labelledby="sync-peers">
            <h2 id="sync-peers">{t!(sync.peers)}</h2>
            <Show when=move || peers.with(Vec::is_empty)><p class="none">{t!(sync.no_peers)}</p></Show>
            <For each=move || peers.get() key=content_key let(peer)>
                <div class="li" data-testid=testids::SYNC_PEER>
                    <Avatar name=peer.name.clone() />
                    <div class="grow">
                        <div class="ell strong">{let name = peer.name.clone(); move || if name.is_empty() { say!(sync.stranger) } else { name.clone() }}</div>
                        <small class="ell block"><code>{peer.address.clone()}</code></small>
                        {match peer.declined.as_deref() {
                            Some("quota_device") => Some(view! { <small class="block wrong" data-testid=testids::SYNC_FULL>{t!(sync.full_device)}</small> }.into_any()),
                            Some("quota_organisation") => Some(view! { <small class="block wrong" data-testid=testids::SYNC_FULL>{t!(sync.full_organisation)}</small> }.into_any()),
                            _ => None,
                        }}
                    </div>
                    <small class="num">{move || say!(sync.since, since = format::short_moment(peer.since, app.now.get()))}</small>
                    {if peer.in_sync { view! { <span class="chip ok"><Icon name="check" />{t!(sync.peer_in_sync)}</span> }.into_any() } else { view! { <span class="chip warn"><Icon name="clock" />{t!(sync.peer_behind)}</span> }.into_any() }}
                </div>
            </For>
        </section>
        <section class="card list" aria-labelledby="sync-addresses">
            <h2 id="sync-addresses">{t!(sync.addresses)}</h2>
            <small>{t!(sync.addresses_text)}</small>
            <Show when=move || addresses.with(Vec::is_empty)><p class="none">{t!(sync.no_addresses)}</p></Show>
            <For each=move || addresses.get() key=Clone::clone let(address)>
                <div class="li">
                    <code class="grow wrapany" data-testid=testids::SYNC_ADDRESS>{address.clone()}</code>
                    <IconButton label=t!(common.copy) icon="copy" on_press=move |()| copy(address.clone()) />
                </div>
            </For>
        </section>
        <Show when=move || !calls.with(Vec::is_empty)>
            <section class="card list" aria-labelledby="sync-calls">
                <h2 id="sync-calls">{t!(sync.calls)}</h2>
                <For each=move || calls.get() key=content_key let(call)>
                    <Call call=call />
                </For>
            </section>
        </Show>
    }
    .into_any()
}

/// An address that was typed, and what became of it.
#[component]
fn Call(call: CallRow) -> impl IntoView {
    let app = use_app();
    let CallRow { address, outcome, at } = call;
    let (state, code) = match &outcome {
        CallOutcome::Calling => ("calling", None),
        CallOutcome::Reached => ("reached", None),
        CallOutcome::Failed { code, .. } => ("failed", Some(code.clone())),
    };
    let said = move || match &outcome {
        CallOutcome::Calling => say!(sync.calling),
        CallOutcome::Reached => say!(sync.reached),
        CallOutcome::Failed { code, organisation } if organisation.is_empty() => sentence(&ApiError::new(code, "")),
        CallOutcome::Failed { code, organisation } => sentence(&ApiError::new(code, "").with("organisation", organisation)),
    };
    view! {
        <div class="li" data-testid=testids::SYNC_CALL data-state=state data-code=code>
            <div class="grow">
                <code class="wrapany">{address}</code>
                <small class="block">{said}</small>
            </div>
            <small class="num">{move || say!(sync.since, since = format::short_moment(at, app.now.get()))}</small>
        </div>
    }
    .into_any()
}

#[component]
fn DialForm() -> impl IntoView {
    let app = use_app();
    let address = RwSignal::new(String::new());
    let doing = Doing::new();
    let dial = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        doing.run(Dial { address: address.get_untracked().trim().to_owned() }, move |()| {
            address.try_set(String::new());
            app.say(say!(sync.dialled));
        });
    };
    view! {
        <form class="card stack" on:submit=dial>
            <h2>{t!(sync.dial)}</h2>
            <Field label=t!(join.address) value=address example=t!(join.address_example) hint=t!(sync.dial_text) testid=testids::DIAL_ADDRESS required=true />
            <ErrorLine doing=doing />
            <div><Button label=t!(sync.dial_verb) icon="link" kind=Kind::Plain submit=true testid=testids::DIAL busy=Signal::derive(move || doing.busy()) /></div>
        </form>
    }
    .into_any()
}
