//! My devices, and devices that ask to join.

use api::act::{ApproveJoin, RefuseJoin};
use api::query::Identity as IdentityQuery;
use api::view::{DeviceRow, IdentityView};
use leptos::prelude::*;
use ui::format;
use ui::testids;

use crate::app::use_app;
use crate::components::{Avatar, Button, Check, Confirm, Empty, ErrorLine, ErrorPanel, Icon, Kind, Loading, content_key};
use crate::doing::Doing;
use crate::live::{Live, live};
use crate::screens::first_run::SixWords;
use crate::{say, t};

/// The page.
#[component]
pub fn Devices() -> impl IntoView {
    let identity = live(|| Some(IdentityQuery {}));
    let ready = identity.part(|_| true);
    view! {
        {move || match (ready.get(), identity.error()) {
            (Some(_), _) => view! { <Lists identity=identity /> }.into_any(),
            (None, Some(error)) => view! { <ErrorPanel error=error retry=move |()| identity.refetch() /> }.into_any(),
            (None, None) => view! { <Loading /> }.into_any(),
        }}
    }
    .into_any()
}

#[component]
fn Lists(identity: Live<IdentityView>) -> impl IntoView {
    let requests = identity.part_or(|identity| identity.requests.clone());
    let devices = identity.part_or(|identity| identity.devices.clone());
    view! {
        <section class="stack wide-gap" aria-labelledby="devices-requests">
            <h2 id="devices-requests">{t!(devices.requests)}</h2>
            <Show when=move || requests.with(Vec::is_empty)><div class="card"><Empty icon="inbox" title=t!(devices.none) text=t!(devices.none_text) /></div></Show>
            <For each=move || requests.get() key=|row| row.device let(row)><Request row=row /></For>
        </section>
        <section class="card list" aria-labelledby="devices-mine">
            <h2 id="devices-mine">{t!(devices.mine)}</h2>
            <For each=move || devices.get() key=content_key let(row)>
                <div class="li">
                    <Icon name="device" />
                    <div class="grow">
                        <div class="strong">{if row.this_device { say!(devices.this) } else { say!(devices.other) }}" "<code>{row.device.short()}</code></div>
                        <small>{move || say!(devices.since, since = format::moment(row.since))}</small>
                    </div>
                    <small class="wordline">{row.words.clone()}</small>
                </div>
            </For>
        </section>
    }
    .into_any()
}

#[component]
fn Request(row: DeviceRow) -> impl IntoView {
    let app = use_app();
    let device = row.device;
    let (compared, mine, administrator, refusing) =
        (RwSignal::new(false), RwSignal::new(false), RwSignal::new(false), RwSignal::new(false));
    let (doing, refusal) = (Doing::new(), Doing::new());
    let name = row.name.clone();
    view! {
        <article class="card stack" data-testid=testids::REQUEST data-name=row.name.clone()>
            <div class="row wide-gap">
                <Avatar name=row.name.clone() />
                <div class="grow"><h1>{row.name.clone()}</h1><small>{(!row.title.is_empty()).then(|| format!("{} · ", row.title))}{move || say!(devices.asked, since = format::moment(row.since))}</small></div>
            </div>
            <p>{let name = row.name.clone(); move || say!(devices.compare, name = name.clone())}</p>
            <SixWords words=Signal::derive({let words = row.words.clone(); move || words.clone()}) />
            <div>
            <Check label=t!(devices.compared) value=compared testid=testids::REQUEST_COMPARED />
            <Check label=t!(devices.is_mine) value=mine testid=testids::REQUEST_MINE />
            <Show when=move || !mine.get()><Check label=t!(devices.make_administrator) value=administrator testid=testids::REQUEST_ADMINISTRATOR /></Show>
            </div>
            <ErrorLine doing=doing />
            <footer class="row end">
                <Button label=t!(devices.refuse) testid=testids::REQUEST_REFUSE on_press=move |()| refusing.set(true) />
                <Button label=t!(devices.approve) kind=Kind::Primary icon="check" testid=testids::REQUEST_APPROVE
                    disabled=Signal::derive(move || !compared.get()) busy=Signal::derive(move || doing.busy())
                    on_press=move |()| doing.run(ApproveJoin { device, administrator: administrator.get_untracked() && !mine.get_untracked(), mine: mine.get_untracked(), unit: None }, move |person| app.say(say!(devices.approved, name = person.name))) />
            </footer>
            <Confirm open=refusing title=t!(devices.refuse_title) text=move || say!(devices.refuse_text, name = name.clone()) verb=t!(devices.refuse) danger=true doing=refusal
                on_confirm=move |()| refusal.run(RefuseJoin { device }, move |()| { refusing.try_set(false); }) />
        </article>
    }
    .into_any()
}
