//! Who may read and write what, since when, and who decided so; ending the trust in a device, letting a person go.

use api::audit::{
    Audit as AuditQuery, AuditDevice, AuditEntry, AuditKind, AuditMember, AuditView, RemoveParticipant, RemovePerson,
    RevokeDevice,
};
use api::query::MeetingList;
use domain::duty::Duty;
use leptos::prelude::*;
use ui::format;
use ui::testids;

use crate::app::use_app;
use crate::components::{Avatar, Button, Confirm, ErrorPanel, Icon, Loading, Pick, content_key};
use crate::doing::Doing;
use crate::live::{Live, live};
use crate::{say, t, words};

/// Decisions that are shown at once.
const SHOWN: usize = 200;

/// The page.
#[component]
pub fn Audit() -> impl IntoView {
    let chosen = RwSignal::new(String::new());
    let meetings = live(|| Some(MeetingList {}));
    let audit = live(move || Some(AuditQuery { meeting: chosen.get().parse().ok() }));
    let ready = audit.part(|_| true);
    let options =
        Signal::derive(move || {
            let mut all = vec![(String::new(), say!(audit.organisation))];
            all.extend(meetings.with(|rows| {
                rows.into_iter().flatten().map(|row| (row.meeting.to_string(), row.title.clone())).collect::<Vec<_>>()
            }));
            all
        });
    view! {
        <p>{t!(audit.lead)}</p>
        <Pick label=t!(audit.of) value=chosen options=options testid=testids::AUDIT_OF />
        {move || match (ready.get(), audit.error()) {
            (Some(_), _) => view! { <Lists audit=audit chosen=chosen /> }.into_any(),
            (None, Some(error)) => view! { <ErrorPanel error=error retry=move |()| audit.refetch() /> }.into_any(),
            (None, None) => view! { <Loading /> }.into_any(),
        }}
    }
    .into_any()
}

#[component]
fn Lists(audit: Live<AuditView>, chosen: RwSignal<String>) -> impl IntoView {
    let members = audit.part_or(|audit| audit.members.clone());
    let devices = audit.part_or(|audit| audit.devices.clone());
    let entries = audit.part_or(|audit| audit.entries.iter().take(SHOWN).cloned().collect::<Vec<_>>());
    let total = audit.part_or(|audit| audit.total);
    view! {
        <section class="card list" aria-labelledby="audit-members">
            <h2 id="audit-members">{t!(audit.members)}</h2>
            <For each=move || members.get() key=content_key let(row)><Member row=row chosen=chosen /></For>
        </section>
        <Show when=move || devices.with(|devices| !devices.is_empty())>
            <section class="card list" aria-labelledby="audit-devices">
                <h2 id="audit-devices">{t!(audit.devices)}</h2>
                <For each=move || devices.get() key=content_key let(row)><Device row=row /></For>
            </section>
        </Show>
        <section class="card list" aria-labelledby="audit-entries">
            <h2 id="audit-entries">{t!(audit.entries)}</h2>
            <For each=move || entries.get() key=content_key let(row)><Entry row=row /></For>
            <Show when=move || entries.with(|entries| entries.len() < total.get() as usize)>
                <p class="none">{move || say!(audit.more, count = entries.with(Vec::len), total = total.get())}</p>
            </Show>
        </section>
    }
    .into_any()
}

#[component]
fn Member(row: AuditMember, chosen: RwSignal<String>) -> impl IntoView {
    let app = use_app();
    let (open, doing) = (RwSignal::new(false), Doing::new());
    let person = row.person;
    let (name, asked) = (row.name.clone(), row.name.clone());
    let duties = row.duties.clone();
    let (role, devices, by, since) = (row.role, row.devices, row.by.clone(), row.since);
    let line = move || {
        let since = since.map(format::moment).unwrap_or_default();
        say!(audit.since, since = since, by = by.clone())
    };
    let of_meeting = move || chosen.with(|chosen| !chosen.is_empty());
    let done = move || {
        open.try_set(false);
        app.say(say!(audit.removed_done, name = name.clone()));
    };
    let remove = move |()| {
        let done = done.clone();
        match chosen.get_untracked().parse() {
            Ok(meeting) => doing.run(RemoveParticipant { meeting, person }, move |()| done()),
            Err(_) => doing.run(RemovePerson { person }, move |()| done()),
        }
    };
    view! {
        <div class="li" data-testid=testids::AUDIT_MEMBER data-name=row.name.clone()>
            <Avatar name=row.name.clone() />
            <div class="grow">
                <div class="strong">{row.name.clone()}</div>
                <small>{row.unit_name.clone()}" · "{line}</small>
            </div>
            <span class="row wrap">
                <span class="chip">{move || if of_meeting() { words::role(role) } else if role.manages() { say!(everybody.administrator) } else { say!(audit.writes) }}</span>
                {duties.into_iter().map(|one| view! { <span class="chip">{move || duty(one)}</span> }).collect_view()}
                <small class="num">{move || say!(audit.keys, count = devices)}</small>
                {row.may_remove.then(|| view! { <Button label=t!(audit.remove) testid=testids::AUDIT_REMOVE on_press=move |()| open.set(true) /> })}
            </span>
            <Confirm open=open title=t!(audit.remove_title) danger=true doing=doing verb=t!(audit.remove) on_confirm=remove
                text=move || if of_meeting() { say!(audit.remove_meeting, name = asked.clone()) } else { say!(audit.remove_organisation, name = asked.clone()) } />
        </div>
    }
    .into_any()
}

#[component]
fn Device(row: AuditDevice) -> impl IntoView {
    let app = use_app();
    let (open, doing) = (RwSignal::new(false), Doing::new());
    let device = row.device;
    let name = row.name.clone();
    let (since, by) = (row.since, row.by.clone());
    let line = move || {
        let by = if by.is_empty() { say!(audit.root) } else { by.clone() };
        say!(audit.since, since = format::moment(since), by = by)
    };
    let (gone, revoked) = (row.revoked.clone(), row.revoked.is_some());
    view! {
        <div class="li" data-testid=testids::AUDIT_DEVICE data-device=device.to_string() data-revoked=revoked.to_string()>
            <Icon name="device" />
            <div class="grow">
                <div class="strong">{row.name.clone()}" "<code>{device.short()}</code>{row.this_device.then(|| view! { <small>" · "{t!(devices.this)}</small> })}</div>
                <small>{row.unit_name.clone()}" · "{line}</small>
            </div>
            <span class="row wrap">
                {row.administrator.then(|| view! { <span class="chip">{t!(everybody.administrator)}</span> })}
                {row.hub.then(|| view! { <span class="chip">{t!(audit.hub)}</span> })}
                {(row.doubted && !revoked).then(|| view! { <span class="chip bad">{t!(audit.doubted)}</span> })}
                {gone.map(|(at, by)| view! { <span class="chip bad">{move || say!(audit.revoked_since, since = format::moment(at), by = by.clone())}</span> })}
                {row.may_revoke.then(|| view! { <Button label=t!(audit.revoke) testid=testids::AUDIT_REVOKE on_press=move |()| open.set(true) /> })}
            </span>
            <Confirm open=open title=t!(audit.revoke_title) text=move || say!(audit.revoke_text, name = name.clone()) danger=true doing=doing verb=t!(audit.revoke)
                on_confirm=move |()| doing.run(RevokeDevice { device }, move |()| {
                    open.try_set(false);
                    app.say(say!(audit.revoked_done));
                }) />
        </div>
    }
    .into_any()
}

#[component]
fn Entry(row: AuditEntry) -> impl IntoView {
    let (at, void) = (row.at, !row.took_effect);
    let text = row.clone();
    view! {
        <div class="li" class:void=void data-testid=testids::AUDIT_ENTRY data-kind=slug(row.kind) data-effect=row.took_effect.to_string()>
            <small class="num">{format::moment(at)}</small>
            <div class="grow"><span class="strong">{row.by.clone()}</span>" "{move || sentence(&text)}</div>
            {void.then(|| view! { <span class="chip late">{t!(audit.void)}</span> })}
        </div>
    }
    .into_any()
}

fn duty(duty: Duty) -> String {
    match duty {
        Duty::Editor => say!(everybody.editor),
        Duty::Publisher => say!(everybody.publisher),
    }
}

fn slug(kind: AuditKind) -> &'static str {
    match kind {
        AuditKind::Begun => "begun",
        AuditKind::Role => "role",
        AuditKind::Removed => "removed",
        AuditKind::DutyGiven => "duty_given",
        AuditKind::DutyTaken => "duty_taken",
        AuditKind::Key => "key",
        AuditKind::KeyGiven => "key_given",
        AuditKind::Enrolled => "enrolled",
        AuditKind::Revoked => "revoked",
        AuditKind::HubBegun => "hub_begun",
        AuditKind::HubEnded => "hub_ended",
        AuditKind::Named => "named",
        AuditKind::Authority => "authority",
        AuditKind::CertificateAsked => "certificate_asked",
        AuditKind::CertificateIssued => "certificate_issued",
        AuditKind::Withdrawn => "withdrawn",
        AuditKind::Unknown => "unknown",
    }
}

fn sentence(row: &AuditEntry) -> String {
    let about = row.about.clone();
    let (key, count) = (row.key.unwrap_or_default(), row.devices);
    match row.kind {
        AuditKind::Begun => say!(decided.begun),
        AuditKind::Role => say!(decided.role, name = about, role = row.role.map(words::role).unwrap_or_default()),
        AuditKind::Removed => say!(decided.removed, name = about),
        AuditKind::DutyGiven => say!(decided.duty_given, name = about, duty = row.duty.map(duty).unwrap_or_default()),
        AuditKind::DutyTaken => say!(decided.duty_taken, name = about, duty = row.duty.map(duty).unwrap_or_default()),
        AuditKind::Key => say!(decided.key, key = key, count = count),
        AuditKind::KeyGiven => say!(decided.key_given, key = key, name = about),
        AuditKind::Enrolled => say!(decided.enrolled, name = about),
        AuditKind::Revoked => say!(decided.revoked, name = about),
        AuditKind::HubBegun => say!(decided.hub_begun, name = about),
        AuditKind::HubEnded => say!(decided.hub_ended, name = about),
        AuditKind::Named => say!(decided.named, name = about),
        AuditKind::Authority => say!(decided.authority),
        AuditKind::CertificateAsked => say!(decided.certificate_asked, name = about),
        AuditKind::CertificateIssued => say!(decided.certificate_issued, name = about),
        AuditKind::Withdrawn => say!(decided.withdrawn, count = count),
        AuditKind::Unknown => say!(decided.unknown),
    }
}
