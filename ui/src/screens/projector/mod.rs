//! What a room sees of a sitting: the whole window of a projector, dark, large and calm. It asks one question and knows nothing else.

mod code;
mod page;
mod sitting;
mod vote;

use std::time::Duration;

use api::error::ApiError;
use api::projector::{ProjectorQuery, Scene, StageView};
use domain::id::SpaceId;
use leptos::prelude::*;
use leptos::task::spawn_local;
use ui::projection::{self, ALONE};
use ui::route::Route;
use ui::testids;

use self::code::Code;
use self::page::Page;
use self::sitting::Sitting;
use self::vote::Vote;
use crate::app::sentence;
use crate::backend::{Backend, Event};
use crate::preferences::Preferences;
use crate::{say, t};

/// Changes that come close together are asked for together.
const COALESCE: Duration = Duration::from_millis(120);
/// After a failure it is asked again.
const RETRY: Duration = Duration::from_secs(3);

/// The answer, kept fresh.
#[derive(Clone, Copy)]
struct Stage {
    backend: StoredValue<Backend>,
    meeting: RwSignal<SpaceId>,
    view: RwSignal<Option<StageView>>,
    error: RwSignal<Option<ApiError>>,
    asking: StoredValue<bool>,
    again: StoredValue<bool>,
}

impl Stage {
    fn start(meeting: SpaceId) -> Self {
        let stage = Self {
            backend: StoredValue::new(Backend::of_projector()),
            meeting: RwSignal::new(meeting),
            view: RwSignal::new(None),
            error: RwSignal::new(None),
            asking: StoredValue::new(false),
            again: StoredValue::new(false),
        };
        stage.backend.get_value().subscribe_projector(move |event| match event {
            Event::Push(_) | Event::Opened => stage.ask(),
            Event::Lost => {}
        });
        stage.ask();
        stage
    }

    fn ask(self) {
        if self.asking.get_value() {
            self.again.set_value(true);
            return;
        }
        self.asking.set_value(true);
        spawn_local(async move {
            let meeting = self.meeting.get_untracked();
            let backend = self.backend.get_value();
            match backend.stage(ProjectorQuery::Stage { meeting }).await {
                Ok(view) => {
                    if self.view.with_untracked(|now| now.as_ref() != Some(&view)) {
                        self.view.set(Some(view));
                    }
                    if self.error.with_untracked(Option::is_some) {
                        self.error.set(None);
                    }
                }
                Err(error) => {
                    // What was shown may not be for this window any more.
                    if ["unauthorized", "not_allowed", "not_found", "locked"].contains(&error.code.as_str()) {
                        self.view.set(None);
                    }
                    self.error.set(Some(error));
                    set_timeout(move || self.ask(), RETRY);
                }
            }
            set_timeout(
                move || {
                    self.asking.set_value(false);
                    if self.again.get_value() {
                        self.again.set_value(false);
                        self.ask();
                    }
                },
                COALESCE,
            );
        });
    }
}

/// The projector of a meeting.
pub fn of(meeting: SpaceId) -> impl IntoView {
    let _ = Preferences::start();
    let stage = Stage::start(meeting);
    window_event_listener(leptos::ev::hashchange, move |_| {
        if let Route::Projector(meeting) = Route::parse(&window().location().hash().unwrap_or_default()) {
            stage.view.set(None);
            stage.meeting.set(meeting);
            stage.ask();
        }
    });
    view! { <Picture stage=stage /> }
}

fn scene_slug(scene: &Scene) -> &'static str {
    match scene {
        Scene::Blank => "blank",
        Scene::Message { .. } => "message",
        Scene::Code { .. } => "code",
        Scene::Page { .. } => "page",
        Scene::Internal => "internal",
        Scene::Sitting { .. } => "sitting",
        Scene::Vote { .. } => "vote",
    }
}

#[component]
fn Picture(stage: Stage) -> impl IntoView {
    let part = move |read: fn(&StageView) -> String| {
        Memo::new(move |_| stage.view.with(|view| view.as_ref().map(read)).unwrap_or_default())
    };
    let title = part(|view| if view.body.is_empty() { view.title.clone() } else { format!("{} · {}", view.body, view.title) });
    let slug = part(|view| scene_slug(&view.scene).to_owned());
    let quorum = Memo::new(move |_| stage.view.with(|view| view.as_ref().map(|view| view.quorum)));
    let phase = Memo::new(move |_| stage.view.with(|view| view.as_ref().map(|view| view.phase)));
    // A number in the head that changes must not draw the scene anew.
    let scene = Memo::new(move |_| stage.view.with(|view| view.as_ref().map(|view| view.scene.clone())));
    let headed = Memo::new(move |_| !["blank", "page", ""].contains(&slug.get().as_str()));
    view! {
        <main class="projector" data-testid=testids::PROJECTOR data-scene=move || slug.get() aria-label=t!(projector.label)>
            <Show when=move || headed.get()>
                <header>
                    <span class="ptitle">{move || title.get()}</span>
                    {move || quorum.get().map(|quorum| view! {
                        <span class="pquorum num" data-testid=testids::PROJECTOR_QUORUM data-present=quorum.present>
                            {move || say!(projector.quorum, present = quorum.present, total = quorum.total, needed = quorum.needed)}
                        </span>
                    })}
                </header>
            </Show>
            {move || match scene.get() {
                None => match stage.error.get() {
                    Some(error) => view! { <section class="palone"><p>{sentence(&error)}</p></section> }.into_any(),
                    None => view! { <section class="palone" aria-busy="true"></section> }.into_any(),
                },
                Some(Scene::Blank) => view! { <section class="palone"></section> }.into_any(),
                Some(Scene::Message { text }) => {
                    let size = projection::letter(&text, ALONE);
                    view! { <section class="palone" aria-live="polite"><p class="fit" style:--fit=size.to_string() data-testid=testids::PROJECTOR_MESSAGE>{text}</p></section> }.into_any()
                }
                Some(Scene::Code { code }) => view! { <Code code=code due=Callback::new(move |()| stage.ask()) /> }.into_any(),
                Some(Scene::Page { title, version, page, pages }) => {
                    view! { <Page backend=stage.backend meeting=stage.meeting.get_untracked() version=version title=title page=page pages=pages /> }.into_any()
                }
                Some(Scene::Internal) => view! { <section class="palone"><p>{t!(projector.internal)}</p></section> }.into_any(),
                Some(Scene::Sitting { item, next, speaker, queue, waiting }) => {
                    view! { <Sitting phase=phase item=item next=next speaker=speaker queue=queue waiting=waiting /> }.into_any()
                }
                Some(Scene::Vote { item, vote }) => view! { <Vote item=item vote=vote /> }.into_any(),
            }}
        </main>
    }
    .into_any()
}
