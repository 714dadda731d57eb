//! The code of the room: typed by who has read it, shown by chair and secretary.

use std::time::Duration;

use api::sitting::{CheckInByCode, RoomCode};
use leptos::prelude::*;
use ui::testids;

use super::use_room;
use crate::app::{clock, use_app};
use crate::components::{Button, Dialog, ErrorLine, ErrorPanel, Field, Kind, Loading, Qr};
use crate::doing::Doing;
use crate::live::live;
use crate::{say, t};

/// How often the screen looks whether another code is due.
const TICK: Duration = Duration::from_secs(1);
/// Characters that can be typed as a code.
const TYPED_CHARS: usize = 32;

/// Opens where a code is typed.
#[component]
pub fn Enter() -> impl IntoView {
    let open = RwSignal::new(false);
    view! {
        <Button label=t!(room.code_enter) kind=Kind::Quiet testid=testids::CODE_ENTER on_press=move |()| open.set(true) />
        <Dialog open=open title=t!(room.code_check_in) testid=testids::CODE_DIALOG><Type open=open /></Dialog>
    }
    .into_any()
}

#[component]
fn Type(open: RwSignal<bool>) -> impl IntoView {
    let app = use_app();
    let here = use_room();
    let doing = Doing::new();
    let code = RwSignal::new(String::new());
    let send = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let act = CheckInByCode { meeting: here.meeting, code: code.get_untracked() };
        doing.run(act, move |()| {
            app.say(say!(room.code_sent));
            open.try_set(false);
        });
    };
    view! {
        <form class="stack" on:submit=send>
            <Field label=t!(room.code_field) value=code focus=true required=true most=TYPED_CHARS example=t!(room.code_example) hint=t!(room.code_hint) testid=testids::CODE_TYPED />
            <ErrorLine doing=doing />
            <footer class="row end">
                <Button label=t!(common.cancel) on_press=move |()| open.set(false) />
                <Button label=t!(room.code_check_in) kind=Kind::Primary submit=true testid=testids::CODE_SEND busy=Signal::derive(move || doing.busy()) disabled=Signal::derive(move || code.with(|code| code.trim().is_empty())) />
            </footer>
        </form>
    }
    .into_any()
}

/// Opens the code on this screen.
#[component]
pub fn ShowCode() -> impl IntoView {
    let open = RwSignal::new(false);
    view! {
        <Button label=t!(room.code_show) testid=testids::CODE_SHOW on_press=move |()| open.set(true) />
        <Dialog open=open title=t!(room.code)><OnScreen /></Dialog>
    }
    .into_any()
}

#[component]
fn OnScreen() -> impl IntoView {
    let here = use_room();
    let shown = live(move || Some(RoomCode { meeting: here.meeting }));
    let code = shown.part(|shown| (shown.code.clone(), shown.qr.clone()));
    let until = shown.part(|shown| shown.until);
    let now = RwSignal::new(clock());
    if let Ok(ticking) = set_interval_with_handle(
        move || {
            now.try_set(clock());
        },
        TICK,
    ) {
        on_cleanup(move || ticking.clear());
    }
    Effect::new(move |_| {
        let due = until.get().is_some_and(|until| now.get() >= until);
        if due {
            shown.refetch();
        }
    });
    let left_s = Memo::new(move |_| until.get().map(|until| until.0.saturating_sub(now.get().0).max(0) / 1_000));
    view! {
        <div class="stack">
            <p class="hintline">{t!(room.code_show_hint)}</p>
            {move || shown.error().map(|error| view! { <ErrorPanel error=error retry=move |()| shown.refetch() /> })}
            <Show when=move || !shown.is_loading() fallback=|| view! { <Loading /> }>
                {move || code.get().map(|(code, qr)| {
                    let said = code.clone();
                    view! {
                        <div class="roomcode" data-testid=testids::CODE_SHOWN data-code=code.clone()>
                            <strong class="num">{code.clone()}</strong>
                            {qr.map(|qr| view! { <Qr qr=qr label=move || say!(room.code_label, code = said.clone()) /> })}
                        </div>
                    }
                })}
                <small class="num">{move || left_s.get().map(|seconds| say!(room.code_next, seconds = seconds))}</small>
            </Show>
        </div>
    }
    .into_any()
}
