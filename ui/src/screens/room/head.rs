//! The room's head: what sits, who is here, how sync stands, "I am here".

use api::act::{CheckIn, ExportMeeting, UpdateMeeting};
use api::error::ApiError;
use api::meeting::ArchiveForm;
use domain::meeting::MeetingRole;
use leptos::prelude::*;
use ui::format;
use ui::route::Route;
use ui::testids;

use super::projector::Steer;
use super::use_room;
use crate::app::use_app;
use crate::components::{Button, Dialog, ErrorLine, Field, Icon, IconButton, Kind, SyncChip, Target, TargetDialog};
use crate::doing::Doing;
use crate::preferences::Layout;
use crate::{say, t, words};

/// The head.
#[component]
pub fn Head() -> impl IntoView {
    let app = use_app();
    let here = use_room();
    let row = here.room.part(|room| room.row.clone());
    let chair = here
        .room
        .part_or(|room| room.members.iter().find(|member| member.role == MeetingRole::Chair).map(|member| member.name.clone()));
    let quorum = here.room.part(|room| room.quorum);
    let manages = here.room.part_or(|room| room.manages);
    let absent = here.room.part_or(|room| {
        room.members.iter().any(|member| member.person == room.me && member.attendance.voting_device().is_none())
    });
    let checking_in = Doing::new();
    let editing = RwSignal::new(false);
    Effect::new(move |_| {
        if let Some(error) = checking_in.error() {
            app.complain(&error);
        }
    });
    view! {
        <header class="roomhead">
            <IconButton label=t!(common.back) icon="left" testid=testids::ROOM_BACK on_press=move |()| app.go(Route::Today) />
            <Show when=move || app.preferences.layout.get() == Layout::Two>
                <button type="button" class="b" aria-expanded=move || here.drawer.get().to_string() data-testid=testids::AGENDA_SHOW on:click=move |_| here.drawer.update(|open| *open = !*open)>
                    <Icon name="list" /><span>{t!(room.agenda)}</span>
                </button>
            </Show>
            <div class="grow">
                <h1 class="ell" data-testid=testids::ROOM_TITLE>{move || row.get().map(|row| if row.body.is_empty() { row.title } else { format!("{} · {}", row.title, row.body) })}</h1>
                <small class="ell block">{move || row.get().map(|row| {
                    let mut parts = Vec::new();
                    if let Some(chair) = chair.get() {
                        parts.push(say!(room.chaired, name = chair));
                    }
                    parts.push(say!(room.starts, time = format::clock(row.starts_at), date = format::day(row.starts_at)));
                    if !row.place.is_empty() {
                        parts.push(row.place);
                    }
                    parts.join(" · ")
                })}</small>
            </div>
            {move || quorum.get().map(|quorum| view! {
                <span class="chip num" class:ok=quorum.met title=move || here.room.with(|room| room.map(|room| words::rules_name(&room.rules))) data-testid=testids::QUORUM data-present=quorum.present data-needed=quorum.needed data-met=quorum.met.to_string()>
                    {say!(room.quorum, present = quorum.present, total = quorum.total, needed = quorum.needed)}
                </span>
            })}
            <SyncChip />
            <Show when=move || absent.get()>
                <super::code::Enter />
                <Button label=t!(room.check_in) kind=Kind::Primary icon="check" testid=testids::CHECK_IN busy=Signal::derive(move || checking_in.busy())
                    on_press=move |()| checking_in.run(CheckIn { meeting: here.meeting }, move |()| app.say(say!(room.checked_in))) />
            </Show>
            <Show when=move || manages.get()>
                <Steer />
                <IconButton label=t!(room.edit) icon="gear" testid=testids::ROOM_EDIT on_press=move |()| editing.set(true) />
            </Show>
            {move || row.get().and_then(|row| row.left).map(|left| {
                let by = left.by.clone();
                view! {
                    <p class="errorline left" role="status" data-testid=testids::ROOM_LEFT data-by=left.by><Icon name="warn" /><span>{move || say!(room.left, by = by.clone(), at = format::moment(left.at))}</span></p>
                }
            })}
            <super::lead::Leading />
            <Dialog open=editing title=t!(room.edit) testid=testids::ROOM_EDIT_DIALOG><Edit open=editing /></Dialog>
        </header>
    }
    .into_any()
}

#[component]
fn Edit(open: RwSignal<bool>) -> impl IntoView {
    let app = use_app();
    let here = use_room();
    let row = here.room.with(|room| room.map(|room| room.row.clone()));
    let of = |text: Option<String>| RwSignal::new(text.unwrap_or_default());
    let title = of(row.as_ref().map(|row| row.title.clone()));
    let place = of(row.as_ref().map(|row| row.place.clone()));
    let date = of(row.as_ref().map(|row| format::date(row.starts_at)));
    let time = of(row.as_ref().map(|row| format::clock(row.starts_at)));
    let folder = row.map(|row| row.title).unwrap_or_default();
    let file = format!("{folder}.zip");
    let (doing, exporting, asking) = (Doing::new(), Doing::new(), RwSignal::new(false));
    let (packing, asking_file) = (Doing::new(), RwSignal::new(false));
    let save = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let Some(starts_at) = format::parse_moment(&date.get_untracked(), &time.get_untracked()) else {
            doing.fail(ApiError::new("bad_moment", ""));
            return;
        };
        let act = UpdateMeeting {
            meeting: here.meeting,
            title: Some(title.get_untracked().trim().to_owned()),
            place: Some(place.get_untracked().trim().to_owned()),
            starts_at: Some(starts_at),
            conclusions: None,
        };
        doing.run(act, move |()| {
            open.try_set(false);
        });
    };
    let target = Target { title: t!(room.export).into(), name: Signal::derive(move || folder.clone()), folder: true };
    let packed = Target { title: t!(room.export_zip).into(), name: Signal::derive(move || file.clone()), folder: false };
    let export = move |doing: Doing, path: String, form: ArchiveForm| {
        doing.run(ExportMeeting { meeting: here.meeting, path, form }, move |written| {
            app.say(say!(file.written, path = written.path))
        });
    };
    view! {
        <form class="stack" on:submit=save>
            <Field label=t!(meeting.title) value=title required=true focus=true most=300 testid=testids::MEETING_TITLE />
            <Field label=t!(meeting.place) value=place most=200 testid=testids::MEETING_PLACE />
            <div class="pair">
                <Field label=t!(meeting.date) value=date example=t!(meeting.date_example) required=true testid=testids::MEETING_DATE />
                <Field label=t!(meeting.time) value=time example=t!(meeting.time_example) required=true testid=testids::MEETING_TIME />
            </div>
            <ErrorLine doing=doing />
            <footer class="row end">
                <Button label=t!(room.export) icon="drop" testid=testids::ROOM_EXPORT busy=Signal::derive(move || exporting.busy()) on_press=move |()| asking.set(true) />
                <Button label=t!(room.export_zip) icon="drop" testid=testids::ROOM_EXPORT_ZIP busy=Signal::derive(move || packing.busy()) on_press=move |()| asking_file.set(true) />
                <span class="grow"></span>
                <Button label=t!(common.save) kind=Kind::Primary submit=true testid=testids::ROOM_EDIT_SAVE busy=Signal::derive(move || doing.busy()) />
            </footer>
        </form>
        <TargetDialog open=asking target=target doing=exporting on_target=move |path: String| export(exporting, path, ArchiveForm::Folder) />
        <TargetDialog open=asking_file target=packed doing=packing on_target=move |path: String| export(packing, path, ArchiveForm::Zip) />
    }
    .into_any()
}
