//! Who is invited, who is here, who has the papers.

use std::collections::BTreeMap;

use api::act::Invite;
use api::audit::RemoveParticipant;
use api::query::{People as PeopleQuery, Presence};
use api::sitting::{Leave, VoidRow};
use api::view::{MemberRow, PersonRow, PresenceRow};
use domain::id::PersonId;
use domain::meeting::MeetingRole;
use domain::sitting::{CodeProof, Void};
use leptos::prelude::*;
use serde::Serialize;
use ui::format;
use ui::testids;

use super::{roll, use_room};
use crate::app::use_app;
use crate::components::{
    Avatar, Bar, Button, Confirm, Dialog, Empty, ErrorLine, ErrorPanel, Field, Kind, Loading, Pick, content_key,
};
use crate::doing::Doing;
use crate::live::live;
use crate::{say, t, words};

const ROLES: [(MeetingRole, &str); 4] = [
    (MeetingRole::Chair, "chair"),
    (MeetingRole::Secretary, "secretary"),
    (MeetingRole::Delegate, "delegate"),
    (MeetingRole::Guest, "guest"),
];

fn role_options() -> Vec<(String, String)> {
    ROLES.map(|(role, slug)| (slug.to_owned(), words::role(role))).to_vec()
}

fn role_slug(role: MeetingRole) -> String {
    ROLES.iter().find(|(known, _)| *known == role).map_or("delegate", |(_, slug)| slug).to_owned()
}

fn role_of(slug: &str) -> MeetingRole {
    ROLES.iter().find(|(_, known)| *known == slug).map_or(MeetingRole::Delegate, |(role, _)| *role)
}

/// A line of the list, all that it shows.
#[derive(Debug, Clone, PartialEq, Serialize)]
struct Line {
    member: MemberRow,
    presence: Option<PresenceRow>,
    me: bool,
    page: Option<u32>,
    editable: bool,
    rolling: bool,
    /// Who said so, if not the person.
    entered_by: Option<String>,
}

fn name_of(members: &[MemberRow], person: Option<PersonId>) -> Option<String> {
    members.iter().find(|member| Some(member.person) == person).map(|member| member.name.clone())
}

/// In a word that no translation changes.
pub fn presence_slug(presence: domain::sitting::Presence) -> &'static str {
    match presence {
        domain::sitting::Presence::Unknown => "unknown",
        domain::sitting::Presence::Present => "present",
        domain::sitting::Presence::Left => "left",
        domain::sitting::Presence::Excused => "excused",
        domain::sitting::Presence::Absent => "absent",
    }
}

fn code_slug(code: CodeProof) -> &'static str {
    match code {
        CodeProof::None => "none",
        CodeProof::Shown => "shown",
        CodeProof::Accepted => "accepted",
    }
}

fn void_text(row: &VoidRow) -> String {
    let name = row.name.clone();
    match row.why {
        Void::TooMany => say!(people.void_too_many, name = name),
        Void::NotAllowed | Void::DoesNotFit => say!(people.void_not_allowed, name = name),
    }
}

/// The tab.
#[component]
pub fn People() -> impl IntoView {
    let app = use_app();
    let here = use_room();
    let presence = live(move || Some(Presence { meeting: here.meeting }));
    let quorum = here.room.part(|room| room.quorum);
    let manages = here.room.part_or(|room| room.manages);
    let inviting = RwSignal::new(false);
    let editing = RwSignal::new(false);
    let rolling = RwSignal::new(false);
    let void = here.room.part_or(|room| room.void.clone());
    let lines = Memo::new(move |_| {
        let seen: BTreeMap<PersonId, PresenceRow> =
            presence.with(|rows| rows.into_iter().flatten().map(|row| (row.person, row.clone())).collect());
        let pages = app.feed.reading.get();
        here.room
            .with(|room| {
                room.map(|room| {
                    room.members
                        .iter()
                        .map(|member| Line {
                            member: member.clone(),
                            presence: seen.get(&member.person).cloned(),
                            me: member.person == room.me,
                            page: pages.get(&(here.meeting, member.person)).copied(),
                            editable: room.manages && editing.get(),
                            rolling: room.manages && rolling.get(),
                            entered_by: name_of(&room.members, member.attendance.entered_by),
                        })
                        .collect::<Vec<_>>()
                })
            })
            .unwrap_or_default()
    });
    let with_papers = Memo::new(move |_| {
        lines.with(|lines| {
            let have = lines.iter().filter(|line| line.presence.as_ref().is_some_and(|presence| presence.has_papers)).count();
            (have, lines.len())
        })
    });
    view! {
        <section class="block">
            {move || quorum.get().map(|quorum| view! {
                <div class="row"><h2 class="grow">{if quorum.met { say!(people.quorum_met) } else { say!(people.quorum_not_met) }}</h2><small class="num">{say!(room.quorum, present = quorum.present, total = quorum.total, needed = quorum.needed)}</small></div>
                <Bar parts=Signal::derive(move || vec![(if quorum.met { "yes" } else { "plain" }, u64::from(quorum.present))]) total=Signal::derive(move || u64::from(quorum.total)) needed=Signal::derive(move || u64::from(quorum.needed))
                    label=move || say!(room.quorum, present = quorum.present, total = quorum.total, needed = quorum.needed) />
            })}
            <small class="num">{move || { let (have, total) = with_papers.get(); say!(people.with_papers, count = have, total = total) }}</small>
        </section>
        <super::seats::Seats />
        {move || void.get().into_iter().map(|row| view! { <p class="hintline late">{void_text(&row)}</p> }).collect_view()}
        <Show when=move || lines.with(Vec::is_empty)><Empty icon="users" title=t!(people.none) /></Show>
        <ul class="plain people" data-testid=testids::PEOPLE>
            <For each=move || lines.get() key=content_key let(line)><Person line=line /></For>
        </ul>
        <Show when=move || manages.get()>
            <div class="row block wrap">
                <Button label=t!(people.invite) icon="plus" testid=testids::INVITE on_press=move |()| inviting.set(true) />
                <button type="button" class="b" aria-pressed=move || rolling.get().to_string() data-testid=testids::ROLL_CALL on:click=move |_| rolling.update(|on| *on = !*on)>
                    {move || if rolling.get() { say!(agenda.done) } else { say!(people.roll_call) }}
                </button>
                <super::code::ShowCode />
                <super::readiness::Readiness />
                <button type="button" class="b quiet" aria-pressed=move || editing.get().to_string() data-testid=testids::ROLES_EDIT on:click=move |_| editing.update(|on| *on = !*on)>
                    {move || if editing.get() { say!(agenda.done) } else { say!(people.change_roles) }}
                </button>
            </div>
        </Show>
        <super::opinions::Opinions />
        <super::lead::Deputy />
        <super::invitation::Invitation />
        <Dialog open=inviting title=t!(people.invite) testid=testids::INVITE_DIALOG wide=true><InviteList /></Dialog>
    }
    .into_any()
}

#[component]
fn Person(line: Line) -> impl IntoView {
    let app = use_app();
    let here = use_room();
    let Line { member, presence, me, page, editable, rolling, entered_by } = line;
    let person = member.person;
    let doing = Doing::new();
    let (removing, leaving) = (RwSignal::new(false), Doing::new());
    let asked = member.name.clone();
    let role = RwSignal::new(role_slug(member.role));
    let connected = presence.as_ref().is_some_and(|presence| presence.connected);
    let has_papers = presence.as_ref().is_some_and(|presence| presence.has_papers);
    let last_seen = presence.as_ref().and_then(|presence| presence.last_seen);
    Effect::new(move |_| {
        if let Some(error) = doing.error() {
            app.complain(&error);
        }
    });
    let attendance = member.attendance.clone();
    let here_now = attendance.presence.is_present();
    let code = attendance.code;
    let (reason, stands) = (attendance.reason.clone(), presence_slug(attendance.presence));
    let state = move || words::presence(&attendance);
    let (leaving_open, going) = (RwSignal::new(false), Doing::new());
    let link = move || {
        if me {
            return String::new();
        }
        match (connected, last_seen) {
            (true, _) => page.map(|page| say!(people.reading, page = page + 1)).unwrap_or_default(),
            (false, Some(seen)) => say!(people.lost, since = format::short_moment(seen, app.now.get())),
            (false, None) => say!(people.not_seen),
        }
    };
    view! {
        <li class="p" data-testid=testids::PERSON data-name=member.name.clone() data-present=here_now.to_string() data-presence=stands data-code=code_slug(code) data-connected=connected.to_string()>
            <Avatar name=member.name.clone() connected=connected || me />
            <div class="grow">
                <div class="strong">{member.name.clone()}{me.then(|| view! { <small>{move || format!(" · {}", say!(people.me))}</small> })}</div>
                {if editable {
                    view! { <Pick bare=true label=move || say!(people.role) value=role options=Signal::derive(role_options) testid=testids::ROLE_PICK
                        on_pick=move |slug: String| doing.run(Invite { meeting: here.meeting, person, role: role_of(&slug) }, |()| {}) /> }.into_any()
                } else {
                    view! { <small class="ell block">{let title = member.title.clone(); let role = member.role; move || [words::role(role), title.clone()].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" · ")}</small> }.into_any()
                }}
            </div>
            <div class="states">
                <small class:yes=here_now>{state}</small>
                {match code {
                    CodeProof::None => None,
                    CodeProof::Shown => Some(view! { <small class="late">{t!(people.code_waits)}</small> }.into_any()),
                    CodeProof::Accepted => Some(view! { <small class="yes">{t!(people.by_code)}</small> }.into_any()),
                }}
                {(!reason.is_empty()).then(|| view! { <small>{reason}</small> })}
                {entered_by.map(|name| view! { <small>{move || say!(people.by_secretary, name = name.clone())}</small> })}
                <small class="late">{link}</small>
                {(!has_papers && presence.is_some()).then(|| view! { <small class="late">{t!(people.papers_missing)}</small> })}
                {(me && here_now && code != CodeProof::Accepted).then(|| view! { <super::code::Enter /> })}
                {(me && here_now && !rolling).then(|| view! {
                    <Button label=t!(people.leave) kind=Kind::Quiet testid=testids::LEAVE on_press=move |()| leaving_open.set(true) />
                    <Confirm open=leaving_open title=t!(people.leave_title) text=t!(people.leave_text) doing=going verb=t!(people.leave)
                        on_confirm=move |()| going.run(Leave { meeting: here.meeting }, move |()| { leaving_open.try_set(false); }) />
                })}
                {(editable && !me).then(|| view! { <Button label=t!(audit.remove) testid=testids::PERSON_REMOVE on_press=move |()| removing.set(true) /> })}
            </div>
            {rolling.then(|| view! { <roll::Marks person=person name=member.name.clone() present=here_now presence=member.attendance.presence /> })}
            <Confirm open=removing title=t!(audit.remove_title) text=move || say!(audit.remove_meeting, name = asked.clone()) danger=true doing=leaving verb=t!(audit.remove)
                on_confirm=move |()| leaving.run(RemoveParticipant { meeting: here.meeting, person }, move |()| { removing.try_set(false); }) />
        </li>
    }
    .into_any()
}

#[component]
fn InviteList() -> impl IntoView {
    let here = use_room();
    let people = live(|| Some(PeopleQuery {}));
    let wanted = RwSignal::new(String::new());
    let invited = here.room.part_or(|room| room.members.iter().map(|member| member.person).collect::<Vec<_>>());
    let found = Memo::new(move |_| {
        let wanted = wanted.get().to_lowercase();
        let invited = invited.get();
        people.with(|people| {
            people
                .into_iter()
                .flatten()
                .filter(|person| !invited.contains(&person.person))
                .filter(|person| {
                    [&person.name, &person.title, &person.unit_name].iter().any(|text| text.to_lowercase().contains(&wanted))
                })
                .cloned()
                .collect::<Vec<_>>()
        })
    });
    let loading = Memo::new(move |_| people.is_loading());
    view! {
        <Field label=t!(people.find) value=wanted focus=true testid=testids::INVITE_FIND />
        <div class="list invite">
            {move || people.error().map(|error| view! { <ErrorPanel error=error retry=move |()| people.refetch() /> })}
            <Show when=move || loading.get()><Loading /></Show>
            <Show when=move || !loading.get() && found.with(Vec::is_empty)><p class="none">{t!(people.nobody)}</p></Show>
            <For each=move || found.get() key=|person| person.person let(person)><Candidate person=person /></For>
        </div>
    }
    .into_any()
}

#[component]
fn Candidate(person: PersonRow) -> impl IntoView {
    let here = use_room();
    let role = RwSignal::new(role_slug(MeetingRole::Delegate));
    let doing = Doing::new();
    let name = person.name.clone();
    view! {
        <div class="li" data-testid=testids::CANDIDATE data-name=person.name.clone()>
            <Avatar name=person.name.clone() />
            <div class="grow"><div class="ell strong">{person.name.clone()}</div><small class="ell block">{[person.title.clone(), person.unit_name.clone()].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" · ")}</small><ErrorLine doing=doing /></div>
            <Pick bare=true label={let name = name.clone(); move || say!(people.role_of, name = name.clone())} value=role options=Signal::derive(role_options) testid=testids::CANDIDATE_ROLE />
            <Button label=t!(people.invite_verb) kind=Kind::Primary testid=testids::CANDIDATE_INVITE aria_label=move || say!(people.invite_name, name = name.clone()) busy=Signal::derive(move || doing.busy())
                on_press=move |()| doing.run(Invite { meeting: here.meeting, person: person.person, role: role_of(&role.get_untracked()) }, |()| {}) />
        </div>
    }
    .into_any()
}
