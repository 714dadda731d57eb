//! The meeting room: agenda left, paper in the centre, people, vote, notes and minutes right.

mod agenda;
mod code;
mod drafting;
mod head;
mod invitation;
mod item_form;
mod lead;
mod marks;
mod minutes;
mod notes;
mod now;
mod official;
mod opinions;
mod paper;
mod paper_ballot;
mod paper_form;
mod people;
mod phrases;
mod projector;
mod readiness;
mod roll;
mod seats;
mod secret_ballot;
mod speech;
mod tasks;
mod tellers;
mod vote;
mod vote_form;
mod withdraw;

use std::collections::BTreeMap;

use api::query::{Annotations, Room as RoomQuery};
use api::task::{MeetingTasks, MeetingTasksView};
use api::view::{AnnotationView, PaperRow, RoomView, VersionRow};
use domain::id::{Hash32, ItemId, PaperId, PersonId, SpaceId, VoteId};
use leptos::prelude::*;
use ui::route::Route;
use ui::testids;

use crate::app::use_app;
use crate::components::{Button, ErrorPanel, Loading, Tab, Tabs};
use crate::live::{Live, live_kept};
use crate::preferences::Layout;
use crate::t;

/// What lies in the centre.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shown {
    /// A paper.
    Paper(PaperId),
    /// The minutes.
    Minutes,
}

/// Whose marks are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Authors {
    /// Everybody's.
    #[default]
    All,
    /// Only mine.
    Mine,
    /// Only what is shared.
    Shared,
    /// One person's.
    One(PersonId),
    /// None: the clean paper.
    Nobody,
}

impl Authors {
    /// Is this mark shown?
    pub fn show(self, mark: &AnnotationView) -> bool {
        match self {
            Self::All => true,
            Self::Mine => mark.mine,
            Self::Shared => mark.audience == api::act::Audience::Shared,
            Self::One(author) => mark.author == author,
            Self::Nobody => false,
        }
    }
}

/// What the parts of the room share.
#[derive(Clone, Copy)]
pub struct InRoom {
    /// The meeting.
    pub meeting: SpaceId,
    /// Everything but marks and presence.
    pub room: Live<RoomView>,
    /// Marks on the paper that is shown.
    pub marks: Live<Vec<AnnotationView>>,
    /// What was decided here and given to somebody.
    pub tasks: Live<MeetingTasksView>,
    /// What lies in the centre.
    pub shown: Memo<Option<Shown>>,
    /// The minutes were asked for rather than the paper of the address.
    pub minutes_shown: RwSignal<bool>,
    /// The file of another official document that is shown in the minutes' place, and whether it is here.
    pub official: RwSignal<Option<(Hash32, bool)>>,
    /// An older version was chosen.
    pub older: RwSignal<Option<Hash32>>,
    /// Whose marks are shown.
    pub authors: RwSignal<Authors>,
    /// A page to go to in the paper that is shown.
    pub go_to: RwSignal<Option<usize>>,
    /// The chosen tab on the right.
    pub side: RwSignal<&'static str>,
    /// The chosen tab where there is one column.
    pub pane: RwSignal<&'static str>,
    /// Where there are two columns: the agenda lies over the paper.
    pub drawer: RwSignal<bool>,
    /// When the chair turns to an item, its first paper is opened here too.
    pub following: RwSignal<bool>,
    /// Ballots that were begun, by vote: they outlive a look at another tab.
    pub begun: StoredValue<BTreeMap<VoteId, Vec<usize>>>,
}

impl InRoom {
    /// The paper that is shown.
    pub fn paper(self) -> Memo<Option<PaperRow>> {
        Memo::new(move |_| match self.shown.get() {
            Some(Shown::Paper(id)) => self.room.with(|room| papers(room?).find(|paper| paper.paper == id).cloned()),
            _ => None,
        })
    }

    /// The version that is shown.
    pub fn version(self) -> Memo<Option<VersionRow>> {
        let paper = self.paper();
        Memo::new(move |_| {
            let paper = paper.get()?;
            let older = self.older.get();
            paper.versions.iter().find(|version| Some(version.version) == older).or(paper.versions.first()).cloned()
        })
    }

    /// Brings a tab to the front, wherever it is.
    pub fn show_side(self, side: &'static str) {
        self.side.set(side);
        self.pane.set(side);
    }
}

/// All papers of a meeting.
pub fn papers(room: &RoomView) -> impl Iterator<Item = &PaperRow> {
    room.items.iter().flat_map(|item| &item.papers).chain(&room.papers)
}

/// What the parts of the room share; inside the room.
pub fn use_room() -> InRoom {
    expect_context::<InRoom>()
}

/// The room.
#[component]
pub fn Room(
    /// The meeting.
    meeting: SpaceId,
) -> impl IntoView {
    let app = use_app();
    let room = live_kept(move || Some(RoomQuery { meeting }));
    let minutes_shown = RwSignal::new(false);
    let routed = Memo::new(move |_| match app.route.get() {
        Route::Room { paper, .. } => paper,
        _ => None,
    });
    let shown = Memo::new(move |_| if minutes_shown.get() { Some(Shown::Minutes) } else { routed.get().map(Shown::Paper) });
    let marks = live_kept(move || match shown.get() {
        Some(Shown::Paper(paper)) => Some(Annotations { meeting, paper }),
        _ => None,
    });
    let older = RwSignal::new(None);
    Effect::new(move |before: Option<Option<PaperId>>| {
        let paper = routed.get();
        if before.is_some_and(|before| before != paper) {
            minutes_shown.set(false);
            older.set(None);
        }
        paper
    });
    let first_pane = if matches!(app.route.get_untracked(), Route::Room { paper: Some(_), .. }) { "paper" } else { "agenda" };
    let here = InRoom {
        meeting,
        room,
        marks,
        tasks: live_kept(move || Some(MeetingTasks { meeting })),
        shown,
        minutes_shown,
        official: RwSignal::new(None),
        older,
        authors: RwSignal::new(Authors::All),
        go_to: RwSignal::new(None),
        side: RwSignal::new("people"),
        pane: RwSignal::new(first_pane),
        drawer: RwSignal::new(first_pane == "agenda"),
        following: RwSignal::new(true),
        begun: StoredValue::default(),
    };
    follow_the_chair(here, routed);
    provide_context(here);
    let ready = room.part(|_| true);
    // A vote that opens brings itself to the front once; whoever goes elsewhere is left alone.
    let open_vote = room.part_or(|room| room.votes.iter().find(|vote| vote.closed_at.is_none()).map(|vote| vote.vote));
    Effect::new(move |before: Option<Option<VoteId>>| {
        let open = open_vote.get();
        // Where it is in front already it stays as it is: a ballot may be half filled there.
        if open.is_some() && before.flatten() != open && here.side.get_untracked() != "vote" {
            here.side.set("vote");
        }
        open
    });
    view! {
        {move || match (ready.get(), room.error()) {
            (Some(_), _) => view! { <Inside /> }.into_any(),
            (None, Some(error)) => view! {
                <main class="centre">
                    <div>
                        <ErrorPanel error=error retry=move |()| room.refetch() />
                        <div class="row middle"><Button label=t!(common.back) icon="left" on_press=move |()| app.go(Route::Today) /></div>
                    </div>
                </main>
            }.into_any(),
            (None, None) => view! { <main class="centre"><Loading /></main> }.into_any(),
        }}
    }
    .into_any()
}

/// Opens what the chair turns to. Whoever opens a paper of another item follows no longer, until the switch is pressed again.
fn follow_the_chair(here: InRoom, routed: Memo<Option<PaperId>>) {
    let app = use_app();
    // What was kept from before is not what the chair does now.
    let course = here.room.part(|room| room.course.item);
    let current = Memo::new(move |_| course.get().filter(|_| here.room.is_fresh()));
    let papers_of = move |item: ItemId| {
        here.room.with(|room| {
            let row = room?.items.iter().find(|row| row.item.id == item)?;
            Some(row.papers.iter().map(|paper| paper.paper).collect::<Vec<_>>())
        })
    };
    Effect::new(move |before: Option<(bool, Option<Option<ItemId>>)>| {
        let now = (here.following.get(), current.get());
        // Whoever came by the address of a paper reads that one first.
        let came_for_it = before.is_none_or(|(_, known)| known.is_none()) && routed.get_untracked().is_some();
        if let (true, Some(Some(item))) = now
            && before != Some(now)
            && !came_for_it
            && let Some(paper) = untrack(move || papers_of(item)).and_then(|papers| papers.first().copied())
        {
            here.minutes_shown.set(false);
            app.go(Route::Room { meeting: here.meeting, paper: Some(paper) });
        }
        now
    });
    Effect::new(move |before: Option<Option<PaperId>>| {
        let shown = routed.get();
        let elsewhere = untrack(move || {
            let papers = current.get().flatten().and_then(papers_of).unwrap_or_default();
            shown.is_some_and(|paper| !papers.is_empty() && !papers.contains(&paper))
        });
        if before.is_some_and(|before| before != shown) && elsewhere {
            here.following.set(false);
        }
        shown
    });
}

#[component]
fn Inside() -> impl IntoView {
    let here = use_room();
    let app = use_app();
    let open_votes = here.room.part_or(|room| {
        u32::try_from(room.votes.iter().filter(|vote| vote.closed_at.is_none() && vote.mine.is_none() && vote.may_cast).count())
            .unwrap_or(0)
    });
    let waiting = here.room.part_or(|room| u32::try_from(room.floor.queue.len()).unwrap_or(u32::MAX));
    let to_sign = here.room.part_or(|room| u32::from(room.minutes.my_turn));
    let sides = move || {
        vec![
            Tab::new("people", t!(room.people)),
            Tab { id: "speech", label: t!(room.speech).into(), count: waiting.into() },
            Tab { id: "vote", label: t!(room.vote).into(), count: open_votes.into() },
            Tab::new("notes", t!(room.notes)),
            Tab { id: "minutes", label: t!(room.minutes).into(), count: to_sign.into() },
        ]
    };
    let all = move || {
        let mut tabs = vec![Tab::new("agenda", t!(room.agenda)), Tab::new("paper", t!(room.paper))];
        tabs.extend(sides());
        tabs
    };
    view! {
        <div class="room" data-pane=move || here.pane.get() data-drawer=move || if here.drawer.get() { "open" } else { "closed" } data-testid=testids::ROOM
            on:keydown=move |event| if event.key() == "Escape" && app.preferences.layout.get_untracked() == Layout::Two { here.drawer.set(false) }>
            <head::Head />
            <now::Now />
            <Show when=move || app.preferences.layout.get() == Layout::One>
                <Tabs label=t!(room.parts) tabs=all() chosen=here.pane on_pick=move |pane: &'static str| {
                    here.pane.set(pane);
                    if pane != "agenda" && pane != "paper" {
                        here.side.set(pane);
                    }
                } testid="room" />
            </Show>
            <main>
                <aside class="left" aria-label=t!(room.agenda)><agenda::Agenda /></aside>
                <section class="desk" aria-label=t!(room.paper)><paper::Desk /></section>
                <aside class="right" aria-label=t!(room.parts)>
                    <Show when=move || app.preferences.layout.get() != Layout::One>
                        <Tabs label=t!(room.parts) tabs=sides() chosen=here.side on_pick=move |side| here.show_side(side) testid="room" />
                    </Show>
                    <div class="side" role="tabpanel">
                        {move || match here.side.get() {
                            "speech" => view! { <speech::Speech /> }.into_any(),
                            "vote" => view! { <vote::Votes /> }.into_any(),
                            "notes" => view! { <notes::Notes /> }.into_any(),
                            "minutes" => view! { <minutes::Minutes /> }.into_any(),
                            _ => view! { <people::People /> }.into_any(),
                        }}
                    </div>
                </aside>
            </main>
        </div>
    }
    .into_any()
}
