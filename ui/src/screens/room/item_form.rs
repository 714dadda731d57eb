//! The form of one agenda item.

use api::act::{AddItem, ItemDraft, UpdateItem};
use api::error::ApiError;
use domain::calendar::{in_words, parse};
use domain::id::ItemId;
use domain::meeting::AgendaItem;
use leptos::prelude::*;
use ui::format;
use ui::testids;

use super::use_room;
use crate::components::{Button, Check, ErrorLine, Field, Kind};
use crate::doing::Doing;
use crate::t;

/// What the form is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ItemTarget {
    /// A new item at the end of its parent.
    Add {
        /// Under which item.
        parent: Option<ItemId>,
    },
    /// An item that is there.
    Edit {
        /// As it stands.
        item: AgendaItem,
    },
}

/// The form, inside a dialog that it closes.
#[component]
pub fn ItemForm(
    /// What for.
    target: ItemTarget,
    /// The dialog.
    open: RwSignal<bool>,
) -> impl IntoView {
    let here = use_room();
    let old = match &target {
        ItemTarget::Edit { item } => Some(item.clone()),
        ItemTarget::Add { .. } => None,
    };
    let of = |text: Option<String>| RwSignal::new(text.unwrap_or_default());
    let title = of(old.as_ref().map(|item| item.title.clone()));
    let presenter = of(old.as_ref().map(|item| item.presenter.clone()));
    let time = of(old.as_ref().and_then(|item| item.starts_at).map(format::clock));
    let minutes = of(old.as_ref().and_then(|item| item.minutes).map(|minutes| minutes.to_string()));
    let due = of(old.as_ref().and_then(|item| item.papers_due).map(in_words));
    let day = here.room.with(|room| room.map(|room| format::date(room.row.starts_at))).unwrap_or_default();
    // An item of a second day keeps its day when only its text is changed.
    let day = old.as_ref().and_then(|item| item.starts_at).map_or(day, format::date);
    // Said once, when it is made: what guests have got they keep.
    let adds = old.is_none();
    let internal = RwSignal::new(false);
    let doing = Doing::new();
    let save = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let clock = time.get_untracked();
        let starts_at = format::parse_moment(&day, &clock);
        if starts_at.is_none() && !clock.trim().is_empty() {
            doing.fail(ApiError::new("bad_moment", ""));
            return;
        }
        let typed = due.get_untracked();
        let papers_due = parse(&typed).ok();
        if papers_due.is_none() && !typed.trim().is_empty() {
            doing.fail(ApiError::new("bad_moment", ""));
            return;
        }
        let draft = ItemDraft {
            title: title.get_untracked().trim().to_owned(),
            presenter: presenter.get_untracked().trim().to_owned(),
            starts_at,
            minutes: minutes.get_untracked().trim().parse().ok().filter(|minutes| *minutes > 0),
            papers_due,
        };
        match &target {
            ItemTarget::Add { parent } => {
                let internal = internal.get_untracked();
                doing.run(AddItem { meeting: here.meeting, parent: *parent, after: None, draft, internal }, move |_| {
                    open.try_set(false);
                })
            }
            ItemTarget::Edit { item } => doing.run(UpdateItem { meeting: here.meeting, item: item.id, draft }, move |()| {
                open.try_set(false);
            }),
        }
    };
    view! {
        <form class="stack" on:submit=save>
            <Field label=t!(item.title) value=title required=true focus=true most=300 testid=testids::ITEM_TITLE />
            <Field label=t!(item.presenter) value=presenter most=200 testid=testids::ITEM_PRESENTER />
            <div class="pair">
                <Field label=t!(item.time) value=time example=t!(meeting.time_example) testid=testids::ITEM_TIME />
                <Field label=t!(item.minutes) value=minutes kind="number" most=4 testid=testids::ITEM_MINUTES />
            </div>
            <Field label=t!(item.papers_due) value=due example=t!(item.papers_due_example) most=64 testid=testids::ITEM_PAPERS_DUE />
            {adds.then(|| view! { <Check label=t!(item.make_members_only) value=internal testid=testids::ITEM_MEMBERS_ONLY /> })}
            <ErrorLine doing=doing />
            <footer class="row end">
                <Button label=t!(common.cancel) on_press=move |()| open.set(false) />
                <Button label=t!(common.save) kind=Kind::Primary submit=true testid=testids::ITEM_SAVE busy=Signal::derive(move || doing.busy()) />
            </footer>
        </form>
    }
    .into_any()
}
