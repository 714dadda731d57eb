//! Who leads: what everybody reads while a deputy does, taking the lead, naming the deputy.

use api::lead::{NameDeputy, TakeLead};
use domain::id::PersonId;
use leptos::prelude::*;
use ui::testids;

use super::use_room;
use crate::app::use_app;
use crate::components::{Button, Confirm, Kind, Pick};
use crate::doing::Doing;
use crate::{say, t};

/// Of the head: who leads in the chair's place, who wants to, and the button for it.
#[component]
pub fn Leading() -> impl IntoView {
    let here = use_room();
    let lead = here.room.part_or(|room| room.lead.clone());
    let me = here.room.part(|room| room.me);
    let (asking, doing) = (RwSignal::new(false), Doing::new());
    let is_chair = Memo::new(move |_| {
        let me = me.get();
        me.is_some() && lead.with(|lead| lead.chair.as_ref().map(|chair| chair.person)) == me
    });
    let chair = Memo::new(move |_| lead.with(|lead| lead.chair.as_ref().map(|chair| chair.name.clone())).unwrap_or_default());
    let banner = move || {
        let lead = lead.get();
        let lost = !lead.chair_connected;
        lead.leading.map(|leading| {
            let mine = Some(leading.by.person) == me.get();
            let name = leading.by.name;
            let shown = name.clone();
            let text = move || match (mine, lost) {
                (true, _) => say!(lead.mine, chair = chair.get()),
                (false, true) => say!(lead.deputy_lost, name = name.clone(), chair = chair.get()),
                (false, false) => say!(lead.deputy_leads, name = name.clone(), chair = chair.get()),
            };
            view! { <p class="hintline late left" role="status" data-testid=testids::LEAD_BANNER data-name=shown data-mine=mine.to_string()>{text}</p> }
        })
    };
    let claim = move || {
        lead.get().claimed.map(|claimed| {
            let (count, total, needed) = (claimed.acknowledged, claimed.devices, claimed.needed);
            let name = claimed.by.name;
            let text = move || say!(lead.claimed, name = name.clone(), count = count, total = total, needed = needed);
            view! { <p class="hintline num left" role="status" data-testid=testids::LEAD_CLAIM data-acknowledged=count.to_string() data-needed=needed.to_string()>{text}</p> }
        })
    };
    let title = move || if is_chair.get() { say!(lead.back) } else { say!(lead.take) };
    let text = move || if is_chair.get() { say!(lead.back_text) } else { say!(lead.take_text, chair = chair.get()) };
    view! {
        {banner}
        {claim}
        <Show when=move || lead.with(|lead| lead.may_take)>
            <Button label=title kind=Kind::Quiet testid=testids::LEAD_TAKE busy=Signal::derive(move || doing.busy()) on_press=move |()| asking.set(true) />
        </Show>
        <Confirm open=asking title=title text=text verb=title testid=testids::LEAD_CONFIRM doing=doing
            on_confirm=move |()| doing.run(TakeLead { meeting: here.meeting }, move |_| { asking.try_set(false); }) />
    }
    .into_any()
}

/// Of the people: who takes over if the chair's device is gone. The chair names.
#[component]
pub fn Deputy() -> impl IntoView {
    let app = use_app();
    let here = use_room();
    let deputy = here.room.part_or(|room| room.lead.deputy.clone());
    let may_name = here.room.part_or(|room| room.lead.may_name);
    let people = here.room.part_or(|room| {
        let fit = room.members.iter().filter(|member| member.role.votes() && member.person != room.me);
        fit.map(|member| (member.person.to_string(), member.name.clone())).collect::<Vec<_>>()
    });
    let value = RwSignal::new(String::new());
    Effect::new(move |_| value.set(deputy.get().map(|deputy| deputy.person.to_string()).unwrap_or_default()));
    let doing = Doing::new();
    Effect::new(move |_| {
        if let Some(error) = doing.error() {
            app.complain(&error);
        }
    });
    let options = Signal::derive(move || {
        let mut options = vec![(String::new(), say!(lead.nobody))];
        options.extend(people.get());
        options
    });
    let named = move || deputy.get().filter(|_| !may_name.get()).map(|deputy| deputy.name);
    view! {
        {move || named().map(|name| {
            let shown = name.clone();
            view! { <p class="hintline" data-testid=testids::DEPUTY data-name=shown>{move || say!(lead.deputy, name = name.clone())}</p> }
        })}
        <Show when=move || may_name.get()>
            <section class="block">
                <Pick label=t!(lead.pick) value=value options=options testid=testids::DEPUTY_PICK
                    on_pick=move |id: String| doing.run(NameDeputy { meeting: here.meeting, person: id.parse::<PersonId>().ok() }, |()| {}) />
                <small>{t!(lead.pick_hint)}</small>
            </section>
        </Show>
    }
    .into_any()
}
