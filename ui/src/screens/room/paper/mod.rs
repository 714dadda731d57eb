//! The centre of the room: the paper that is read, or why there is none.

mod find;
mod marks;
mod note_form;
mod page;
mod place;
mod text_layer;
mod toolbar;
mod tools;
mod view;

use domain::id::{Hash32, PaperId};
use leptos::prelude::*;
use ui::format;
use ui::route::Route;
use ui::testids;

use self::tools::Tools;
use self::view::Viewer;
use super::withdraw::Withdrawn;
use super::{Shown, papers, use_room};
use crate::app::use_app;
use crate::components::{Button, Empty, Icon, Kind};
use crate::{say, t, words};

/// What the centre is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Subject {
    /// Nothing was chosen.
    Nothing,
    /// The chosen paper is not in this meeting (any more).
    Gone,
    /// The file has not arrived: bytes here, bytes in all (0: unknown).
    Missing(u64, u64),
    /// It was withdrawn.
    Withdrawn,
    /// To be read.
    File(Hash32, Option<PaperId>),
}

/// The centre.
#[component]
pub fn Desk() -> impl IntoView {
    let app = use_app();
    let here = use_room();
    provide_context(Tools::new());
    let version = here.version();
    let minutes = here.room.part(|room| (room.minutes.version, room.minutes.here));
    let paper = here.paper();
    let withdrawn = Memo::new(move |_| paper.with(|paper| paper.as_ref().and_then(|paper| paper.withdrawn.clone())));
    let subject = Memo::new(move |_| match here.shown.get() {
        None => Subject::Nothing,
        Some(Shown::Minutes) => {
            match here.official.get().map(|(version, arrived)| (Some(version), arrived)).or_else(|| minutes.get()) {
                Some((Some(version), true)) => Subject::File(version, None),
                Some((Some(_), false)) => Subject::Missing(0, 0),
                _ => Subject::Gone,
            }
        }
        Some(Shown::Paper(_)) if withdrawn.with(Option::is_some) => Subject::Withdrawn,
        Some(Shown::Paper(paper)) => match version.get() {
            Some(version) if version.here => Subject::File(version.version, Some(paper)),
            Some(version) => Subject::Missing(version.received, version.size),
            None => Subject::Gone,
        },
    });
    let first = here.room.part_or(|room| papers(room).next().map(|paper| paper.paper));
    view! {
        {move || match subject.get() {
            Subject::File(version, paper) => view! { <Viewer version=version paper=paper /> }.into_any(),
            Subject::Missing(received, size) => view! {
                <div class="empty" data-testid=testids::PAPER_WAITING>
                    <Icon name="inbox" />
                    <h2>{t!(paper.missing)}</h2>
                    <p>{t!(paper.missing_text)}</p>
                    {(size > 0).then(|| {
                        let percent = format::percent(received, size);
                        view! {
                            <progress max="100" value=percent.to_string() aria-label=t!(paper.arriving_label)></progress>
                            <small class="num">{move || say!(paper.arriving, percent = percent, size = words::size(size))}</small>
                        }
                    })}
                </div>
            }.into_any(),
            Subject::Withdrawn => view! { {move || withdrawn.get().map(|of| view! { <Withdrawn of=of /> })} }.into_any(),
            Subject::Gone => view! { <Empty icon="doc" title=t!(paper.gone) text=t!(paper.gone_text) /> }.into_any(),
            Subject::Nothing => view! {
                <div class="empty">
                    <Icon name="doc" />
                    <h2>{move || if first.get().is_some() { say!(paper.choose) } else { say!(paper.none) }}</h2>
                    {move || first.get().map(|paper| view! {
                        <Button label=t!(paper.open_first) icon="doc" kind=Kind::Plain testid=testids::PAPER_FIRST on_press=move |()| app.go(Route::Room { meeting: here.meeting, paper: Some(paper) }) />
                    })}
                </div>
            }.into_any(),
        }}
    }
    .into_any()
}
