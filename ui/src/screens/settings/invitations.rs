//! One-use invitations: one for a named person, or for everybody on a list.

use api::error::ApiError;
use api::roster::{
    ApplyRoster, InvitationMade, InvitationRole, InvitationRow, InvitationState, Invitations as InvitationsQuery, MakeInvitation,
    PreviewRoster, RevokeInvitation, RosterOutcome, RosterRow, RosterView,
};
use leptos::prelude::*;
use ui::format;
use ui::testids;

use crate::app::{sentence, use_app};
use crate::backend::Chosen;
use crate::components::{Button, Choices, Confirm, ErrorLine, Field, FilePick, Kind, Qr, Target, TargetDialog, content_key};
use crate::doing::Doing;
use crate::live::live;
use crate::{say, t};

/// Hours that an invitation is good for, unless the person says otherwise.
const HOURS: u32 = 72;

/// What administrators see below the people.
#[component]
pub fn Invitations() -> impl IntoView {
    let rows = live(|| Some(InvitationsQuery {}));
    let shown = rows.part_or(Clone::clone);
    view! {
        <NewInvitation />
        <Roster />
        <Show when=move || !shown.with(Vec::is_empty)>
            <section class="card list" aria-label=t!(invite.list)>
                <h2>{t!(invite.list)}</h2>
                <For each=move || shown.get() key=content_key let(row)><Line row=row /></For>
            </section>
        </Show>
    }
    .into_any()
}

fn hours(typed: RwSignal<String>) -> u32 {
    typed.get_untracked().trim().parse().unwrap_or(0)
}

#[component]
fn NewInvitation() -> impl IntoView {
    let (name, title, unit) = (RwSignal::new(String::new()), RwSignal::new(String::new()), RwSignal::new(String::new()));
    let (role, valid) = (RwSignal::new("member".to_owned()), RwSignal::new(HOURS.to_string()));
    let made = RwSignal::new(None::<InvitationMade>);
    let doing = Doing::new();
    let make = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let typed = unit.get_untracked();
        let act = MakeInvitation {
            name: name.get_untracked(),
            title: title.get_untracked(),
            unit: Some(typed).filter(|typed| !typed.trim().is_empty()),
            role: match role.get_untracked().as_str() {
                "editor" => InvitationRole::Editor,
                "publisher" => InvitationRole::Publisher,
                _ => InvitationRole::Member,
            },
            valid_hours: hours(valid),
            addresses: Vec::new(),
        };
        doing.run(act, move |reply| {
            for field in [name, title] {
                field.try_set(String::new());
            }
            made.try_set(Some(reply));
        });
    };
    view! {
        <form class="card stack" on:submit=make>
            <h2>{t!(invite.new)}</h2>
            <small>{t!(invite.new_text)}</small>
            <div class="pair">
                <Field label=t!(person.name) value=name required=true most=120 testid=testids::INVITE_NAME />
                <Field label=t!(person.title) value=title most=200 testid=testids::INVITE_TITLE />
            </div>
            <div class="pair">
                <Field label=t!(invite.unit) value=unit hint=t!(invite.unit_hint) most=200 testid=testids::INVITE_UNIT />
                <Field label=t!(invite.hours) value=valid kind="number" testid=testids::INVITE_HOURS />
            </div>
            <Choices
                label=t!(invite.role)
                name=testids::INVITE_ROLE
                value=role
                options=Signal::derive(|| vec![
                    ("member".to_owned(), say!(invite.member)),
                    ("editor".to_owned(), say!(everybody.editor)),
                    ("publisher".to_owned(), say!(everybody.publisher)),
                ])
                on_pick=move |picked| role.set(picked)
            />
            <ErrorLine doing=doing />
            <div class="row"><Button label=t!(invite.make) kind=Kind::Primary submit=true testid=testids::INVITE_MAKE busy=Signal::derive(move || doing.busy()) /></div>
            {move || made.get().map(|made| view! { <Once made=made /> })}
        </form>
    }
    .into_any()
}

/// An invitation with its secret, as long as this page is open.
#[component]
fn Once(made: InvitationMade) -> impl IntoView {
    let InvitationMade { row, text, qr } = made;
    let (name, until) = (row.name, row.expires_at);
    view! {
        <div class="stack" role="status" data-testid=testids::INVITE_MADE>
            <p class="lead">{move || say!(invite.once, name = name.clone(), until = format::moment(until))}</p>
            {qr.map(|qr| view! { <Qr qr=qr label=t!(invite.qr) /> })}
            <small>{t!(invite.text)}</small>
            <code class="long" data-testid=testids::INVITE_TEXT>{text}</code>
        </div>
    }
    .into_any()
}

#[component]
fn Line(row: InvitationRow) -> impl IntoView {
    let (asking, doing) = (RwSignal::new(false), Doing::new());
    let (invitation, open) = (row.invitation, row.state == InvitationState::Open);
    let (name, tries) = (row.name.clone(), row.tries);
    let state = match row.state {
        InvitationState::Open => "open",
        InvitationState::Used => "used",
        InvitationState::Expired => "expired",
        InvitationState::Revoked => "revoked",
    };
    let (until, used_at) = (row.expires_at, row.used_at);
    let device = row.used_by.map(|device| device.short()).unwrap_or_default();
    let said = move || match (state, used_at) {
        ("open", _) => say!(invite.open, until = format::moment(until)),
        ("used", Some(at)) => say!(invite.used, at = format::moment(at), device = device.clone()),
        ("revoked", _) => say!(invite.revoked),
        _ => say!(invite.expired),
    };
    view! {
        <div class="li" data-testid=testids::INVITE_LINE data-name=row.name.clone() data-state=state>
            <div class="grow">
                <div class="strong">{row.name.clone()}</div>
                <small>{[row.title.clone(), row.unit_name.clone()].join(" · ")}</small>
            </div>
            <div>
                <small>{said}</small>
                {(tries > 0).then(|| view! { <div><small class="wrong">{move || say!(invite.tries, count = tries)}</small></div> })}
            </div>
            <Show when=move || open>
                <Button label=t!(invite.revoke) testid=testids::INVITE_REVOKE on_press=move |()| asking.set(true) />
            </Show>
            <Confirm open=asking title=t!(invite.revoke_title) text=move || say!(invite.revoke_text, name = name.clone()) verb=t!(invite.revoke) danger=true doing=doing
                on_confirm=move |()| doing.run(RevokeInvitation { invitation }, move |_| { asking.try_set(false); }) />
        </div>
    }
    .into_any()
}

#[component]
fn Roster() -> impl IntoView {
    let app = use_app();
    let chosen = RwSignal::new(None::<Chosen>);
    let (view_of, valid) = (RwSignal::new(None::<RosterView>), RwSignal::new(HOURS.to_string()));
    let (taking, looking, doing) = (Doing::new(), Doing::new(), Doing::new());
    let open = RwSignal::new(false);
    // A file that was chosen is shown at once; nothing is done with it.
    Effect::new(move |_| {
        let Some(file) = chosen.get() else { return };
        view_of.set(None);
        doing.clear();
        looking.run(PreviewRoster { file: file.source }, move |read| {
            view_of.try_set(Some(read));
        });
    });
    let ready = Memo::new(move |_| view_of.with(|read| read.as_ref().is_some_and(|read| read.errors == 0 && read.new > 0)));
    let target = Target { title: t!(roster.folder).into(), name: Signal::derive(|| "phieu-moi".to_owned()), folder: true };
    let apply = move |path: String| {
        let Some(file) = chosen.get_untracked() else { return };
        let act = ApplyRoster { file: file.source, path, valid_hours: hours(valid), addresses: Vec::new() };
        doing.run(act, move |done| {
            view_of.try_set(None);
            app.say(say!(roster.done, count = done.made.len(), path = done.sheet));
        });
    };
    view! {
        <section class="card stack" data-testid=testids::ROSTER>
            <h2>{t!(roster.title)}</h2>
            <small>{t!(roster.text)}</small>
            <FilePick chosen=chosen doing=taking accept=".csv,text/csv" label=t!(file.choose_any) none=t!(file.none_any) />
            <ErrorLine doing=taking />
            <ErrorLine doing=looking />
            {move || view_of.get().map(|read| view! { <Preview read=read /> })}
            <Show when=move || ready.get()>
                <Field label=t!(invite.hours) value=valid kind="number" testid=testids::ROSTER_HOURS />
                <div class="row"><Button label=t!(roster.apply) kind=Kind::Primary testid=testids::ROSTER_APPLY busy=Signal::derive(move || doing.busy()) on_press=move |()| open.set(true) /></div>
            </Show>
            <ErrorLine doing=doing />
            <TargetDialog open=open target=target doing=doing on_target=apply />
        </section>
    }
    .into_any()
}

#[component]
fn Preview(read: RosterView) -> impl IntoView {
    let (new, known, errors) = (read.new, read.known, read.errors);
    view! {
        <p role="status" data-testid=testids::ROSTER_COUNTS data-new=new data-known=known data-errors=errors>
            {move || say!(roster.counts, new = new, known = known, errors = errors)}
        </p>
        <div class="tablewrap">
            <table class="grid">
                <thead><tr>
                    <th>{t!(roster.line)}</th><th>{t!(person.name)}</th><th>{t!(invite.unit)}</th><th>{t!(person.title)}</th><th>{t!(roster.outcome)}</th>
                </tr></thead>
                <tbody>{read.rows.into_iter().map(|row| view! { <PreviewRow row=row /> }).collect_view()}</tbody>
            </table>
        </div>
    }
    .into_any()
}

#[component]
fn PreviewRow(row: RosterRow) -> impl IntoView {
    let line = row.line;
    let state = match &row.outcome {
        RosterOutcome::New { .. } => "new",
        RosterOutcome::Exists => "exists",
        RosterOutcome::Invited => "invited",
        RosterOutcome::Error { .. } => "error",
    };
    let outcome = row.outcome;
    let said = move || match &outcome {
        RosterOutcome::New { new_unit: true } => say!(roster.new_unit),
        RosterOutcome::New { new_unit: false } => say!(roster.new),
        RosterOutcome::Exists => say!(roster.exists),
        RosterOutcome::Invited => say!(roster.invited),
        RosterOutcome::Error { code, column, typed } => {
            sentence(&ApiError::new(code, "").with("line", line).with("column", column).with("typed", typed))
        }
    };
    view! {
        <tr data-testid=testids::ROSTER_ROW data-line=line data-outcome=state>
            <td class="num">{line}</td>
            <td>{row.name}</td>
            <td>{row.unit_name}</td>
            <td>{row.title}</td>
            <td class:wrong={state == "error"}>{said}</td>
        </tr>
    }
    .into_any()
}
