//! Who sits where: the room as a grid of seats, with who is here, who speaks and who has voted. Chair and secretary check people in by
//! their seats, and draw the room.

use std::collections::BTreeMap;

use api::error::ApiError;
use api::sitting::{MarkAttendance, SeatEverybody, SetSeat, SetSeating};
use api::view::RoomView;
use domain::id::PersonId;
use domain::seating::{SEAT_COLUMNS, SEAT_LABEL_CHARS, SEAT_ROWS, Seat};
use domain::sitting::{Attendance, Mark};
use leptos::prelude::*;
use ui::testids;
use wasm_bindgen::JsCast;

use super::people::presence_slug;
use super::use_room;
use crate::app::use_app;
use crate::components::{Button, Dialog, Empty, ErrorLine, Field, Kind, Pick};
use crate::doing::Doing;
use crate::{say, t, words};

/// Figures of a number of rows or seats.
const FIGURES: usize = 2;
/// A room that nobody has drawn yet is offered with so many rows and seats.
const USUAL: (u8, u8) = (4, 8);

type Place = (u8, u8);

/// What a seat shows.
#[derive(Debug, Clone, PartialEq, Default)]
struct Shown {
    label: String,
    person: Option<PersonId>,
    name: String,
    attendance: Attendance,
    speaks: bool,
    /// In the vote that is open, if the person is on its roll.
    voted: Option<bool>,
}

fn shown(room: &RoomView, seat: &Seat) -> Shown {
    let Seat { label, person, .. } = seat;
    let member = room.members.iter().find(|member| Some(member.person) == *person);
    let open = room.votes.iter().find(|vote| vote.closed_at.is_none());
    let voter = open.and_then(|vote| vote.voters.iter().find(|voter| Some(voter.person) == *person));
    Shown {
        label: label.clone(),
        // Whoever is no longer invited leaves the seat empty on the screen.
        person: member.map(|member| member.person),
        name: member.map(|member| member.name.clone()).unwrap_or_default(),
        attendance: member.map(|member| member.attendance.clone()).unwrap_or_default(),
        speaks: member.is_some() && room.floor.speaking.as_ref().map(|word| word.person) == *person,
        voted: voter.map(|voter| voter.voted),
    }
}

/// What the seats share.
#[derive(Clone, Copy)]
struct Plan {
    seats: Memo<BTreeMap<Place, Shown>>,
    manages: Memo<bool>,
    editing: RwSignal<bool>,
    /// The seat that is being changed.
    picked: RwSignal<Option<Place>>,
    /// The one seat that the Tab key comes to; arrows go on from there.
    focused: RwSignal<Place>,
    marking: Doing,
}

/// The button that opens the seats, once there are any, or for who may draw them.
#[component]
pub fn Seats() -> impl IntoView {
    let here = use_room();
    let open = RwSignal::new(false);
    let wanted = here.room.part_or(|room| room.manages || room.chairs || !room.seating.is_empty());
    view! {
        <Show when=move || wanted.get()>
            <div class="row block"><Button label=t!(seats.title) icon="users" kind=Kind::Quiet testid=testids::SEATS on_press=move |()| open.set(true) /></div>
        </Show>
        <Dialog open=open title=t!(seats.title) testid=testids::SEATS_DIALOG wide=true><Room /></Dialog>
    }
    .into_any()
}

#[component]
fn Room() -> impl IntoView {
    let app = use_app();
    let here = use_room();
    let size = here.room.part_or(|room| (room.seating.rows, room.seating.columns));
    let manages = here.room.part_or(|room| room.manages || room.chairs);
    let seats = here.room.part_or(|room| {
        room.seating.seats.iter().map(|seat| ((seat.row, seat.column), shown(room, seat))).collect::<BTreeMap<_, _>>()
    });
    let drawn = Memo::new(move |_| size.get().0 > 0 && size.get().1 > 0);
    let editing = RwSignal::new(untrack(move || !drawn.get() && manages.get()));
    let plan =
        Plan { seats, manages, editing, picked: RwSignal::new(None), focused: RwSignal::new((0, 0)), marking: Doing::new() };
    Effect::new(move |_| {
        if let Some(error) = plan.marking.error() {
            app.complain(&error);
        }
    });
    let hint = move || match (drawn.get(), editing.get(), manages.get()) {
        (false, true, _) => say!(seats.hint_draw),
        (true, true, _) => say!(seats.hint_edit),
        (true, false, true) => say!(seats.hint),
        _ => String::new(),
    };
    let picked = plan.picked;
    view! {
        <div class="stack">
            <p class="hintline">{hint}</p>
            <Show when=move || !drawn.get() && !editing.get()><Empty icon="users" title=t!(seats.none) /></Show>
            <Show when=move || drawn.get()><Grid plan=plan size=size /></Show>
            <Show when=move || manages.get()>
                <div class="row wrap">
                    <button type="button" class="b" aria-pressed=move || editing.get().to_string() data-testid=testids::SEATS_EDIT on:click=move |_| {
                        editing.update(|on| *on = !*on);
                        picked.set(None);
                    }>
                        {move || if editing.get() { say!(agenda.done) } else { say!(seats.edit) }}
                    </button>
                </div>
                <Show when=move || editing.get()>
                    {move || picked.get().map(|place| view! { <Change plan=plan place=place /> })}
                    <Draw size=size />
                </Show>
            </Show>
        </div>
    }
    .into_any()
}

fn element_id((row, column): Place) -> String {
    format!("seat-{row}-{column}")
}

#[component]
fn Grid(plan: Plan, size: Memo<(u8, u8)>) -> impl IntoView {
    let places = move || {
        let (rows, columns) = size.get();
        (0..rows).flat_map(move |row| (0..columns).map(move |column| (row, column))).collect::<Vec<Place>>()
    };
    let go = move |event: web_sys::KeyboardEvent| {
        let (down, right) = match event.key().as_str() {
            "ArrowUp" => (-1, 0),
            "ArrowDown" => (1, 0),
            "ArrowLeft" => (0, -1),
            "ArrowRight" => (0, 1),
            _ => return,
        };
        event.prevent_default();
        let (rows, columns) = size.get_untracked();
        let (row, column) = plan.focused.get_untracked();
        let to = (
            row.saturating_add_signed(down).min(rows.saturating_sub(1)),
            column.saturating_add_signed(right).min(columns.saturating_sub(1)),
        );
        plan.focused.set(to);
        let seat = document().get_element_by_id(&element_id(to)).and_then(|seat| seat.dyn_into::<web_sys::HtmlElement>().ok());
        if let Some(seat) = seat {
            let _ = seat.focus();
        }
    };
    view! {
        <div class="seatsroom">
            <p class="front">{t!(seats.front)}</p>
            <div class="seats" role="group" aria-label=t!(seats.title) style:--columns=move || size.get().1.to_string() on:keydown=go>
                <For each=places key=|place| *place let(place)><OneSeat plan=plan place=place /></For>
            </div>
        </div>
    }
    .into_any()
}

/// In words, so that nothing is told by a colour alone.
fn in_words(shown: &Shown) -> String {
    if shown.person.is_none() {
        return say!(seats.empty);
    }
    let mut parts = vec![words::presence(&shown.attendance)];
    if shown.speaks {
        parts.push(say!(seats.speaking));
    }
    match shown.voted {
        Some(true) => parts.push(say!(seats.voted)),
        Some(false) => parts.push(say!(seats.not_voted)),
        None => {}
    }
    parts.join(" · ")
}

#[component]
fn OneSeat(plan: Plan, place: Place) -> impl IntoView {
    let here = use_room();
    let shown = Memo::new(move |_| plan.seats.with(|seats| seats.get(&place).cloned().unwrap_or_default()));
    let presence = move || {
        shown.with(|shown| match shown.person {
            Some(_) => presence_slug(shown.attendance.presence),
            None => "empty",
        })
    };
    let name = move || shown.with(|shown| shown.name.clone());
    let label = move || shown.with(|shown| shown.label.clone());
    let spoken = move || {
        let (row, column) = place;
        let at = say!(seats.place, row = u32::from(row) + 1, column = u32::from(column) + 1);
        let parts = [at, label(), name(), shown.with(in_words)];
        parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(", ")
    };
    let press = move |_| {
        plan.focused.set(place);
        if plan.editing.get_untracked() {
            plan.picked.set(Some(place));
            return;
        }
        let absent = shown.with_untracked(|shown| shown.person.filter(|_| !shown.attendance.presence.is_present()));
        if let Some(person) = absent.filter(|_| plan.manages.get_untracked()) {
            let act = MarkAttendance { meeting: here.meeting, person, mark: Mark::Arrived, reason: String::new() };
            plan.marking.run(act, |()| {});
        }
    };
    view! {
        <button type="button" class="seat" id=element_id(place) class:on=move || plan.picked.get() == Some(place)
            tabindex=move || if plan.focused.get() == place { "0" } else { "-1" }
            aria-label=spoken data-testid=testids::SEAT data-row=place.0.to_string() data-column=place.1.to_string()
            data-name=name data-presence=presence data-speaking=move || shown.with(|shown| shown.speaks.to_string())
            data-voted=move || shown.with(|shown| (shown.voted == Some(true)).to_string())
            on:focus=move |_| plan.focused.set(place) on:click=press>
            <small class="ell">{label}</small>
            <b class="ell">{name}</b>
            <small class="ell">{move || shown.with(|shown| if shown.person.is_some() { in_words(shown) } else { String::new() })}</small>
        </button>
    }
    .into_any()
}

/// Names a place and seats somebody there.
#[component]
fn Change(plan: Plan, place: Place) -> impl IntoView {
    let here = use_room();
    let doing = Doing::new();
    let (row, column) = place;
    let now = untrack(move || plan.seats.with(|seats| seats.get(&place).cloned().unwrap_or_default()));
    let label = RwSignal::new(now.label);
    let person = RwSignal::new(now.person.map(|person| person.to_string()).unwrap_or_default());
    let members = here
        .room
        .part_or(|room| room.members.iter().map(|member| (member.person.to_string(), member.name.clone())).collect::<Vec<_>>());
    let send = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let (label, person) = (label.get_untracked().trim().to_owned(), person.get_untracked().parse().ok());
        doing.run(SetSeat { meeting: here.meeting, row, column, label, person }, move |()| {
            plan.picked.try_set(None);
        });
    };
    view! {
        <form class="stack tight" on:submit=send>
            <h2>{move || say!(seats.place, row = u32::from(row) + 1, column = u32::from(column) + 1)}</h2>
            <div class="pair">
                <Field label=t!(seats.label) value=label most=SEAT_LABEL_CHARS example=t!(seats.label_example) testid=testids::SEAT_LABEL />
                <Pick label=t!(seats.person) value=person testid=testids::SEAT_PERSON options=Signal::derive(move || {
                    let mut options = vec![(String::new(), say!(seats.nobody))];
                    options.extend(members.get());
                    options
                }) />
            </div>
            <ErrorLine doing=doing />
            <footer class="row end">
                <Button label=t!(common.cancel) on_press=move |()| plan.picked.set(None) />
                <Button label=t!(common.save) kind=Kind::Primary submit=true testid=testids::SEAT_SAVE busy=Signal::derive(move || doing.busy()) />
            </footer>
        </form>
    }
    .into_any()
}

/// How large the room is; seats for who has none.
#[component]
fn Draw(size: Memo<(u8, u8)>) -> impl IntoView {
    let here = use_room();
    let (doing, seating) = (Doing::new(), Doing::new());
    let (rows, columns) = match size.get_untracked() {
        (0, _) | (_, 0) => USUAL,
        drawn => drawn,
    };
    let (rows, columns) = (RwSignal::new(rows.to_string()), RwSignal::new(columns.to_string()));
    let send = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let typed = |value: RwSignal<String>, most: u8| {
            value.get_untracked().trim().parse::<u8>().ok().filter(|number| (1..=most).contains(number))
        };
        match (typed(rows, SEAT_ROWS), typed(columns, SEAT_COLUMNS)) {
            (Some(rows), Some(columns)) => doing.run(SetSeating { meeting: here.meeting, rows, columns }, |()| {}),
            (None, _) => doing.fail(beyond("rows of seats", SEAT_ROWS)),
            (_, None) => doing.fail(beyond("seats of a row", SEAT_COLUMNS)),
        }
    };
    let everybody = move |()| seating.run(SeatEverybody { meeting: here.meeting }, |_| {});
    view! {
        <form class="stack tight" on:submit=send>
            <div class="pair">
                <Field label=t!(seats.rows) value=rows kind="number" most=FIGURES testid=testids::SEATS_ROWS />
                <Field label=t!(seats.columns) value=columns kind="number" most=FIGURES testid=testids::SEATS_COLUMNS />
            </div>
            <ErrorLine doing=doing />
            <ErrorLine doing=seating />
            <footer class="row end wrap">
                <Button label=t!(seats.everybody) testid=testids::SEATS_EVERYBODY busy=Signal::derive(move || seating.busy()) on_press=everybody />
                <Button label=t!(seats.draw) submit=true testid=testids::SEATS_DRAW busy=Signal::derive(move || doing.busy()) />
            </footer>
        </form>
    }
    .into_any()
}

fn beyond(what: &str, most: u8) -> ApiError {
    ApiError::new("limit_over", "a room has so many at most").with("what", what).with("limit", most)
}
