//! The whole window: what everything shares, and which screen is shown.

use std::time::Duration;

use api::query::Status;
use api::view::{ProfileState, StatusView};
use domain::id::Timestamp;
use leptos::prelude::*;
use ui::errors::{self, ErrorTexts};
use ui::route::{HandbookPlace, Route};

use crate::components::{ErrorPanel, Loading, Toasts};
use crate::finder::Finder;
use crate::keyboard::{HelpOverlay, Keyboard};
use crate::lang::{self};
use crate::live::{Feed, Live, forget_kept, live};
use crate::preferences::{Layout, Preferences};
use crate::screens::{
    first_run::{FirstRun, JoinSteps},
    questions::{AskDraft, ListFilters},
    shell::Shell,
    tasks::{TaskDraft, TaskFilters},
    unlock::Unlock,
};

/// How often "in 23 minutes" is worked out again.
const NOW_EVERY: Duration = Duration::from_secs(15);
/// A message at the edge stays so long.
const TOAST_STAYS: Duration = Duration::from_secs(6);
/// At most so many messages at the edge.
const TOASTS_MAX: usize = 4;

/// Hits shown beside an article, and in the box over any screen.
const HITS: (u32, u32) = (40, 12);

/// A short message at the edge.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Toast {
    /// Tells them apart.
    pub id: u64,
    /// What it says.
    pub text: String,
    /// It tells of a failure.
    pub failed: bool,
}

/// What every screen shares.
#[derive(Clone, Copy)]
pub struct App {
    /// The profile's state.
    pub status: Live<StatusView>,
    /// The screen.
    pub route: RwSignal<Route>,
    /// Language, theme, size.
    pub preferences: Preferences,
    /// Pushes besides changes.
    pub feed: Feed,
    /// First run makes a profile: its form stays, with its error if there is one, whatever the profile's state is meanwhile.
    pub making: RwSignal<bool>,
    /// Keys that the present screen answers to.
    pub keyboard: Keyboard,
    /// The box of the handbook; its text and hits stay while something is read.
    pub finder: Finder,
    /// The box over any screen.
    pub quick: Finder,
    /// That box is open.
    pub palette: RwSignal<bool>,
    /// The question that is being written.
    pub ask: AskDraft,
    /// What the list of questions is narrowed to.
    pub questions: ListFilters,
    /// The task that is being given.
    pub give: TaskDraft,
    /// What the list of tasks is narrowed to.
    pub tasks: TaskFilters,
    /// The present time, coarse.
    pub now: RwSignal<Timestamp>,
    toasts: RwSignal<Vec<Toast>>,
    next_toast: StoredValue<u64>,
}

/// The present time of this machine.
pub fn clock() -> Timestamp {
    // An f64 holds milliseconds exactly for hundreds of thousands of years.
    Timestamp(js_sys::Date::now() as i64)
}

/// What every screen shares; inside a component.
pub fn use_app() -> App {
    expect_context::<App>()
}

/// The error texts of the present language.
pub fn error_texts() -> Option<ErrorTexts> {
    errors::texts(lang::code(lang::current())).ok()
}

/// The sentence for an error in the present language.
pub fn sentence(error: &api::error::ApiError) -> String {
    error_texts().map_or_else(|| error.code.clone(), |texts| texts.sentence(error))
}

impl App {
    fn start() -> Self {
        let preferences = Preferences::start();
        let status = live(|| Some(Status {}));
        let route = RwSignal::new(Route::parse(&window().location().hash().unwrap_or_default()));
        window_event_listener(leptos::ev::hashchange, move |_| {
            route.set(Route::parse(&window().location().hash().unwrap_or_default()))
        });
        let now = RwSignal::new(clock());
        let _ = set_interval_with_handle(move || now.set(clock()), NOW_EVERY);
        Self {
            status,
            route,
            preferences,
            feed: Feed::start(),
            making: RwSignal::new(false),
            keyboard: Keyboard::start(),
            finder: Finder::new(HITS.0, &[]),
            quick: Finder::new(HITS.1, &[]),
            palette: RwSignal::new(false),
            ask: AskDraft::new(),
            questions: ListFilters::new(),
            give: TaskDraft::new(),
            tasks: TaskFilters::new(),
            now,
            toasts: RwSignal::new(Vec::new()),
            next_toast: StoredValue::new(0),
        }
    }

    /// Ctrl+K: into the box of this screen if it shows one, otherwise the box over it.
    fn search(self) {
        let beside = match self.route.get_untracked() {
            Route::Handbook(HandbookPlace::Search) => true,
            Route::Handbook(_) => self.preferences.layout.get_untracked() != Layout::One,
            _ => false,
        };
        if beside {
            self.finder.take_focus();
        } else {
            self.palette.set(true);
        }
    }

    /// Goes to a screen.
    pub fn go(self, route: Route) {
        let _ = window().location().set_hash(&route.fragment());
        if self.route.get_untracked() != route {
            self.route.set(route);
        }
    }

    /// Says something at the edge of the window for a while.
    pub fn say(self, text: String) {
        self.toast(text, false);
    }

    /// Says at the edge that something failed.
    pub fn complain(self, error: &api::error::ApiError) {
        self.toast(sentence(error), true);
    }

    fn toast(self, text: String, failed: bool) {
        let id = self.next_toast.get_value() + 1;
        self.next_toast.set_value(id);
        self.toasts.update(|toasts| {
            toasts.retain(|toast| toast.text != text);
            toasts.push(Toast { id, text, failed });
            let surplus = toasts.len().saturating_sub(TOASTS_MAX);
            toasts.drain(..surplus);
        });
        set_timeout(move || self.dismiss(id), TOAST_STAYS);
    }

    /// Takes a message away.
    pub fn dismiss(self, id: u64) {
        self.toasts.update(|toasts| toasts.retain(|toast| toast.id != id));
    }
}

/// The root component.
#[component]
pub fn App() -> impl IntoView {
    let app = App::start();
    provide_context(app);
    Effect::new(move |before: Option<u64>| {
        let called = app.keyboard.search.get();
        if before.is_some_and(|before| before != called)
            && app.status.with(|status| status.is_some_and(|status| status.state == ProfileState::Ready))
        {
            app.search();
        }
        called
    });
    let told = app.status.part(|status| status.state);
    let state = Memo::new(move |_| if app.making.get() { Some(ProfileState::None) } else { told.get() });
    Effect::new(move |_| {
        if state.get() != Some(ProfileState::Ready) {
            forget_kept();
        }
    });
    view! {
        {move || match state.get() {
            None => match app.status.error() {
                Some(error) => view! { <main class="centre"><ErrorPanel error=error retry=move || app.status.refetch() /></main> }.into_any(),
                None => view! { <main class="centre"><Loading /></main> }.into_any(),
            },
            Some(ProfileState::None) => view! { <FirstRun /> }.into_any(),
            Some(ProfileState::Locked) => view! { <Unlock /> }.into_any(),
            Some(ProfileState::Joining) => view! { <JoinSteps /> }.into_any(),
            Some(ProfileState::Ready) => view! { <Shell /> }.into_any(),
        }}
        <HelpOverlay />
        <Toasts toasts=app.toasts />
    }
}
