//! My devices, and devices that ask to join.

use std::collections::BTreeMap;

use api::act::{ApproveJoin, RefuseJoin, UnitChoice};
use api::audit::RevokeDevice;
use api::query::{Identity as IdentityQuery, People};
use api::view::{DeviceRow, IdentityView};
use domain::id::UnitId;
use leptos::prelude::*;
use ui::format;
use ui::testids;

use crate::app::use_app;
use crate::components::{
    Avatar, Button, Check, Confirm, Empty, ErrorLine, ErrorPanel, Field, Icon, Kind, Loading, Pick, content_key,
};
use crate::doing::Doing;
use crate::live::{Live, live};
use crate::screens::first_run::SixWords;
use crate::{say, t};

/// The option for a unit that does not exist yet.
const NEW_UNIT: &str = "new";

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
    let decides_units = identity.part_or(|identity| identity.decides_units);
    let people = live(|| Some(People {}));
    let my_unit = identity.part(|identity| identity.me.unit);
    let units = Memo::new(move |_| {
        let mine = my_unit.get();
        let known: BTreeMap<UnitId, String> = people.with(|people| {
            people
                .into_iter()
                .flatten()
                .filter(|row| Some(row.unit) != mine)
                .map(|row| (row.unit, row.unit_name.clone()))
                .collect()
        });
        known.into_iter().collect::<Vec<_>>()
    });
    let doubted = identity.part_or(|identity| identity.doubted.clone());
    view! {
        <For each=move || doubted.get() key=content_key let(row)><Doubted row=row /></For>
        <section class="stack wide-gap" aria-labelledby="devices-requests">
            <h2 id="devices-requests">{t!(devices.requests)}</h2>
            <Show when=move || requests.with(Vec::is_empty)><div class="card"><Empty icon="inbox" title=t!(devices.none) text=t!(devices.none_text) /></div></Show>
            <For each=move || requests.get() key=|row| row.device let(row)><Request row=row decides_units=decides_units people=units /></For>
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
fn Request(row: DeviceRow, decides_units: Memo<bool>, people: Memo<Vec<(UnitId, String)>>) -> impl IntoView {
    let app = use_app();
    let device = row.device;
    let (compared, mine, administrator, refusing) =
        (RwSignal::new(false), RwSignal::new(false), RwSignal::new(false), RwSignal::new(false));
    let (doing, refusal) = (Doing::new(), Doing::new());
    let (unit, new_unit) = (RwSignal::new(String::new()), RwSignal::new(String::new()));
    let units = Signal::derive(move || {
        let mut options = vec![(String::new(), say!(devices.unit_mine))];
        options.extend(people.get().into_iter().map(|(id, name)| (id.to_string(), name)));
        options.push((NEW_UNIT.to_owned(), say!(devices.unit_new)));
        options
    });
    let chosen_unit = move || match unit.get_untracked().as_str() {
        "" => None,
        NEW_UNIT => Some(UnitChoice::New(new_unit.get_untracked())),
        id => id.parse().ok().map(UnitChoice::Existing),
    };
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
            <Show when=move || decides_units.get() && !mine.get()>
                <Pick label=t!(devices.unit) value=unit options=units testid=testids::REQUEST_UNIT />
                <Show when=move || unit.with(|unit| unit == NEW_UNIT)>
                    <Field label=t!(devices.unit_name) value=new_unit testid=testids::REQUEST_UNIT_NAME />
                </Show>
            </Show>
            </div>
            <ErrorLine doing=doing />
            <footer class="row end">
                <Button label=t!(devices.refuse) testid=testids::REQUEST_REFUSE on_press=move |()| refusing.set(true) />
                <Button label=t!(devices.approve) kind=Kind::Primary icon="check" testid=testids::REQUEST_APPROVE
                    disabled=Signal::derive(move || !compared.get()) busy=Signal::derive(move || doing.busy())
                    on_press=move |()| doing.run(ApproveJoin { device, administrator: administrator.get_untracked() && !mine.get_untracked(), mine: mine.get_untracked(), unit: chosen_unit().filter(|_| !mine.get_untracked()) }, move |person| app.say(say!(devices.approved, name = person.name))) />
            </footer>
            <Confirm open=refusing title=t!(devices.refuse_title) text=move || say!(devices.refuse_text, name = name.clone()) verb=t!(devices.refuse) danger=true doing=refusal
                on_confirm=move |()| refusal.run(RefuseJoin { device }, move |()| { refusing.try_set(false); }) />
        </article>
    }
    .into_any()
}

/// A device that an administrator alone says is this person's: the person hears of it first of all.
#[component]
fn Doubted(row: DeviceRow) -> impl IntoView {
    let app = use_app();
    let doing = Doing::new();
    let (device, by, since) = (row.device, row.name, row.since);
    let end = move |()| doing.run(RevokeDevice { device }, move |_| app.say(say!(audit.revoked_done)));
    view! {
        <section class="card stack" role="alert" data-testid=testids::DOUBTED data-device=device.to_string()>
            <h2>{t!(devices.doubted)}</h2>
            <p>{move || say!(devices.doubted_text, by = by.clone(), since = format::moment(since), device = device.short())}</p>
            <ErrorLine doing=doing />
            <div class="row"><Button label=t!(devices.doubted_end) kind=Kind::Primary testid=testids::DOUBTED_REVOKE busy=Signal::derive(move || doing.busy()) on_press=end /></div>
        </section>
    }
    .into_any()
}
