//! Who is invited, who is here, who has the papers.

use std::collections::BTreeMap;

use api::act::Invite;
use api::audit::RemoveParticipant;
use api::query::{People as PeopleQuery, Presence};
use api::view::{MemberRow, PersonRow, PresenceRow};
use domain::id::PersonId;
use domain::meeting::MeetingRole;
use leptos::prelude::*;
use serde::Serialize;
use ui::format;
use ui::testids;

use super::use_room;
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
        <Show when=move || lines.with(Vec::is_empty)><Empty icon="users" title=t!(people.none) /></Show>
        <ul class="plain people" data-testid=testids::PEOPLE>
            <For each=move || lines.get() key=content_key let(line)><Person line=line /></For>
        </ul>
        <Show when=move || manages.get()>
            <div class="row block wrap">
                <Button label=t!(people.invite) icon="plus" testid=testids::INVITE on_press=move |()| inviting.set(true) />
                <super::readiness::Readiness />
                <button type="button" class="b quiet" aria-pressed=move || editing.get().to_string() data-testid=testids::ROLES_EDIT on:click=move |_| editing.update(|on| *on = !*on)>
                    {move || if editing.get() { say!(agenda.done) } else { say!(people.change_roles) }}
                </button>
            </div>
        </Show>
        <super::invitation::Invitation />
        <Dialog open=inviting title=t!(people.invite) testid=testids::INVITE_DIALOG wide=true><InviteList /></Dialog>
    }
    .into_any()
}

#[component]
fn Person(line: Line) -> impl IntoView {
    let app = use_app();
    let here = use_room();
    let Line { member, presence, me, page, editable } = line;
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
    let checked_in_at = member.checked_in_at;
    let state = move || match checked_in_at {
        Some(at) => say!(people.present_since, time = format::clock(at)),
        None => say!(people.not_checked_in),
    };
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
        <li class="p" data-testid=testids::PERSON data-name=member.name.clone() data-present=checked_in_at.is_some().to_string() data-connected=connected.to_string()>
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
                <small class:yes=checked_in_at.is_some()>{state}</small>
                <small class="late">{link}</small>
                {(!has_papers && presence.is_some()).then(|| view! { <small class="late">{t!(people.papers_missing)}</small> })}
                {(editable && !me).then(|| view! { <Button label=t!(audit.remove) testid=testids::PERSON_REMOVE on_press=move |()| removing.set(true) /> })}
            </div>
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
