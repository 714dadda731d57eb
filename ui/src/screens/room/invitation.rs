//! The invitation: a letter to print and sign, an entry for calendars.

use api::meeting::{ExportInvitation, InvitationForm};
use leptos::prelude::*;
use ui::testids;

use super::use_room;
use crate::app::use_app;
use crate::components::{Button, ErrorLine, Kind, Target, TargetDialog};
use crate::doing::Doing;
use crate::{say, t};

/// A button that asks where to write one form of the invitation.
#[component]
fn Write(form: InvitationForm) -> impl IntoView {
    let app = use_app();
    let here = use_room();
    let (writing, asking) = (Doing::new(), RwSignal::new(false));
    let (icon, testid, file) = match form {
        InvitationForm::Pdf => ("doc", testids::INVITATION_PDF, "giay-moi.pdf"),
        InvitationForm::Calendar => ("clock", testids::INVITATION_CALENDAR, "lich-hop.ics"),
    };
    let label = move || match form {
        InvitationForm::Pdf => say!(invitation.pdf),
        InvitationForm::Calendar => say!(invitation.calendar),
    };
    let target = Target { title: label.into(), name: Signal::derive(move || file.to_owned()), folder: false };
    view! {
        <Button label=label icon=icon kind=Kind::Quiet testid=testid busy=Signal::derive(move || writing.busy()) on_press=move |()| asking.set(true) />
        <ErrorLine doing=writing />
        <TargetDialog open=asking target=target doing=writing on_target=move |path: String| writing.run(ExportInvitation { meeting: here.meeting, form, path }, move |written| app.say(say!(file.written, path = written.path))) />
    }
    .into_any()
}

/// Both forms.
#[component]
pub fn Invitation() -> impl IntoView {
    view! {
        <section class="block stack tight">
            <h2>{t!(invitation.title)}</h2>
            <div class="row wrap">
                <Write form=InvitationForm::Pdf />
                <Write form=InvitationForm::Calendar />
            </div>
            <small>{t!(invitation.text)}</small>
        </section>
    }
    .into_any()
}
