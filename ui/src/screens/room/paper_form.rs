//! The form that hands in a paper or a newer version of one.

use api::act::{AddPaper, AddPaperVersion};
use api::error::ApiError;
use domain::id::{ItemId, PaperId};
use leptos::prelude::*;
use ui::route::Route;
use ui::testids;

use super::use_room;
use crate::app::use_app;
use crate::backend::Chosen;
use crate::components::{Button, Check, ErrorLine, Field, FilePick, Kind};
use crate::doing::Doing;
use crate::{say, t};

/// What the form is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PaperTarget {
    /// A new paper.
    New {
        /// Of which item; `None`: of the meeting as a whole.
        item: Option<ItemId>,
    },
    /// A newer version.
    Version {
        /// The paper.
        paper: PaperId,
        /// Its title.
        title: String,
    },
}

/// The form, inside a dialog that it closes.
#[component]
pub fn PaperForm(
    /// What for.
    target: PaperTarget,
    /// The dialog.
    open: RwSignal<bool>,
) -> impl IntoView {
    let app = use_app();
    let here = use_room();
    let chosen = RwSignal::new(None::<Chosen>);
    let title = RwSignal::new(String::new());
    let confirmed = RwSignal::new(false);
    let (handing_in, doing) = (Doing::new(), Doing::new());
    // What was wrong with the file before says nothing about this one.
    Effect::new(move |_| {
        chosen.track();
        doing.clear();
    });
    let is_new = matches!(target, PaperTarget::New { .. });
    let lead = match &target {
        PaperTarget::Version { title, .. } => Some(title.clone()),
        PaperTarget::New { .. } => None,
    };
    let save = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let Some(file) = chosen.get_untracked() else {
            doing.fail(ApiError::new("no_file", ""));
            return;
        };
        let confirmed_unmarked = confirmed.get_untracked();
        match &target {
            PaperTarget::New { item } => {
                let act = AddPaper {
                    meeting: here.meeting,
                    item: *item,
                    title: title.get_untracked().trim().to_owned(),
                    file: file.source,
                    confirmed_unmarked,
                };
                doing.run(act, move |paper| {
                    open.try_set(false);
                    app.go(Route::Room { meeting: here.meeting, paper: Some(paper) });
                    here.pane.set("paper");
                });
            }
            PaperTarget::Version { paper, .. } => {
                doing.run(
                    AddPaperVersion { meeting: here.meeting, paper: *paper, file: file.source, confirmed_unmarked },
                    move |number| {
                        open.try_set(false);
                        here.older.set(None);
                        app.say(say!(paper.version_added, number = number));
                    },
                );
            }
        }
    };
    view! {
        <form class="stack" on:submit=save>
            {lead.map(|title| view! { <p class="lead">{move || say!(paper.version_of, title = title.clone())}</p> })}
            <FilePick chosen=chosen doing=handing_in />
            <ErrorLine doing=handing_in />
            {is_new.then(|| view! { <Field label=t!(paper.title) value=title hint=t!(paper.title_hint) most=300 testid=testids::PAPER_TITLE /> })}
            <Check label=t!(paper.confirm_unmarked) value=confirmed testid=testids::PAPER_UNMARKED />
            <small>{t!(paper.unmarked_hint)}</small>
            <ErrorLine doing=doing />
            <footer class="row end">
                <Button label=t!(common.cancel) on_press=move |()| open.set(false) />
                <Button label=t!(paper.add_verb) kind=Kind::Primary submit=true testid=testids::PAPER_SAVE
                    disabled=Signal::derive(move || chosen.with(Option::is_none)) busy=Signal::derive(move || doing.busy()) />
            </footer>
        </form>
    }
    .into_any()
}
