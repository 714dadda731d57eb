//! The roll call: chair and secretary say who is here and who is not.

use api::sitting::MarkAttendance;
use domain::id::PersonId;
use domain::sitting::{Mark, Presence, REASON_CHARS};
use leptos::prelude::*;
use ui::testids;

use super::use_room;
use crate::app::use_app;
use crate::components::{Button, Dialog, ErrorLine, Field, Kind};
use crate::doing::Doing;
use crate::{say, t, words};

/// What can be said of one person now.
#[component]
pub fn Marks(
    /// Of whom.
    person: PersonId,
    /// Called so.
    name: String,
    /// Is here.
    present: bool,
    /// Stands so: what is so already is not offered.
    presence: Presence,
) -> impl IntoView {
    let app = use_app();
    let here = use_room();
    let doing = Doing::new();
    let excusing = RwSignal::new(false);
    Effect::new(move |_| {
        if let Some(error) = doing.error() {
            app.complain(&error);
        }
    });
    let say_so =
        move |mark: Mark| doing.run(MarkAttendance { meeting: here.meeting, person, mark, reason: String::new() }, |()| {});
    let offered = [
        (Mark::Arrived, testids::MARK_PRESENT, !present),
        (Mark::Left, testids::MARK_LEFT, present),
        (Mark::Excused, testids::MARK_EXCUSED, !present && presence != Presence::Excused),
        (Mark::Absent, testids::MARK_ABSENT, !present && presence != Presence::Absent),
    ];
    let heading = name.clone();
    view! {
        <div class="marks row wrap" role="group" aria-label=name.clone()>
            {offered.into_iter().filter(|(_, _, offered)| *offered).map(|(mark, testid, _)| {
                let name = name.clone();
                view! {
                    <Button label=move || words::mark(mark) testid=testid busy=Signal::derive(move || doing.busy()) aria_label=move || say!(people.mark_of, mark = words::mark(mark), name = name.clone())
                        on_press=move |()| if mark == Mark::Excused { excusing.set(true) } else { say_so(mark) } />
                }
            }).collect_view()}
        </div>
        <Dialog open=excusing title=move || say!(people.excuse_title, name = heading.clone())><Excuse open=excusing person=person /></Dialog>
    }
    .into_any()
}

#[component]
fn Excuse(open: RwSignal<bool>, person: PersonId) -> impl IntoView {
    let here = use_room();
    let doing = Doing::new();
    let reason = RwSignal::new(String::new());
    let send = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let reason = reason.get_untracked().trim().to_owned();
        doing.run(MarkAttendance { meeting: here.meeting, person, mark: Mark::Excused, reason }, move |()| {
            open.try_set(false);
        });
    };
    view! {
        <form class="stack" on:submit=send>
            <Field label=t!(people.reason) value=reason focus=true most=REASON_CHARS hint=t!(people.reason_hint) testid=testids::EXCUSE_REASON />
            <ErrorLine doing=doing />
            <footer class="row end">
                <Button label=t!(common.cancel) on_press=move |()| open.set(false) />
                <Button label=t!(people.excuse) kind=Kind::Primary submit=true testid=testids::EXCUSE_SAVE busy=Signal::derive(move || doing.busy()) />
            </footer>
        </form>
    }
    .into_any()
}
