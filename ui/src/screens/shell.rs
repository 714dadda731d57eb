//! What stands around the screens once the profile is open: the rail, and the room that fills the window.

use api::handbook::Shelf;
use api::question::{QuestionFilter, QuestionList, QuestionScope, QuestionState};
use api::task::{TaskFilter, TaskScope, Tasks as TaskQuery};
use leptos::prelude::*;
use ui::format;
use ui::route::{HandbookPlace, QuestionPlace, Route, SettingsPage, TaskPlace};
use ui::testids;

use super::handbook::Handbook;
use super::meeting_new::NewMeeting;
use super::meetings::Meetings;
use super::questions::Questions;
use super::room::Room;
use super::search::Palette;
use super::settings::Settings;
use super::tasks::Tasks;
use super::today::Today;
use crate::app::use_app;
use crate::components::{Icon, SyncChip};
use crate::live::live;
use crate::{say, t, terms};

/// What is shown beside the rail; a room knows its own changes of paper.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Place {
    Today,
    Meetings,
    NewMeeting,
    Room(domain::id::SpaceId),
    Handbook,
    Questions,
    Tasks,
    Settings,
}

/// The open window.
#[component]
pub fn Shell() -> impl IntoView {
    let app = use_app();
    let place = Memo::new(move |_| match app.route.get() {
        // The projector has a window of its own.
        Route::Today | Route::Projector(_) => Place::Today,
        Route::Meetings => Place::Meetings,
        Route::NewMeeting => Place::NewMeeting,
        Route::Room { meeting, .. } => Place::Room(meeting),
        Route::Handbook(_) => Place::Handbook,
        Route::Questions(_) => Place::Questions,
        Route::Tasks(_) => Place::Tasks,
        Route::Settings(_) => Place::Settings,
    });
    view! {
        {move || match place.get() {
            Place::Room(meeting) => view! { <Room meeting=meeting /> }.into_any(),
            _ => view! {
                <div class="shell">
                    <Rail />
                    <main class="page" class:panes=move || matches!(place.get(), Place::Handbook | Place::Questions | Place::Tasks) tabindex="-1">
                        {move || match place.get() {
                            Place::Meetings => view! { <Meetings /> }.into_any(),
                            Place::NewMeeting => view! { <NewMeeting /> }.into_any(),
                            Place::Handbook => view! { <Handbook /> }.into_any(),
                            Place::Questions => view! { <Questions /> }.into_any(),
                            Place::Tasks => view! { <Tasks /> }.into_any(),
                            Place::Settings => view! { <Settings /> }.into_any(),
                            Place::Today | Place::Room(_) => view! { <Today /> }.into_any(),
                        }}
                    </main>
                </div>
            }.into_any(),
        }}
        <Palette />
    }
    .into_any()
}

#[component]
fn Rail() -> impl IntoView {
    let app = use_app();
    let me = app.status.part(|status| status.me.clone());
    let organisation = app.status.part_or(|status| status.organisation.clone());
    let waiting = live(|| {
        let filter =
            QuestionFilter { scope: QuestionScope::MyUnit, state: Some(QuestionState::Open), ..QuestionFilter::default() };
        Some(QuestionList { filter })
    });
    let waiting = waiting.part_or(|list| list.total);
    let tasks = live(|| Some(TaskQuery { filter: TaskFilter { scope: TaskScope::Mine, open: true, ..TaskFilter::default() } }));
    let tasks = tasks.part_or(|list| list.waits_for_me);
    let package = live(|| Some(Shelf {})).part_or(|shelf| shelf.newest_package_at);
    let link = move |route: Route, icon: &'static str, testid: &'static str, is: fn(&Route) -> bool, text: fn() -> String| {
        view! {
            <a href=route.fragment() class:on=move || is(&app.route.get()) aria-current=move || is(&app.route.get()).then_some("page") data-testid=testid>
                <Icon name=icon />
                <span>{text}</span>
            </a>
        }
    };
    view! {
        <nav class="rail" aria-label=t!(nav.label)>
            <div class="brand"><i aria-hidden="true"></i>"Kỳ Họp"</div>
            {link(Route::Today, "home", testids::NAV_TODAY, |route| matches!(route, Route::Today), || say!(nav.today))}
            {link(Route::Meetings, "meet", testids::NAV_MEETINGS, |route| matches!(route, Route::Meetings | Route::NewMeeting), || say!(nav.meetings))}
            {link(Route::Handbook(HandbookPlace::Search), "book", testids::NAV_HANDBOOK, |route| matches!(route, Route::Handbook(_)), || say!(nav.handbook))}
            <span class="counted">
                {link(Route::Questions(QuestionPlace::List(QuestionScope::All)), "ask", testids::NAV_QUESTIONS, |route| matches!(route, Route::Questions(_)), || say!(nav.questions))}
                {move || (waiting.get() > 0).then(|| view! { <b class="num" title=t!(nav.questions_waiting)>{waiting.get()}</b> })}
            </span>
            <span class="counted">
                {link(Route::Tasks(TaskPlace::List(TaskScope::All)), "task", testids::NAV_TASKS, |route| matches!(route, Route::Tasks(_)), || say!(nav.tasks))}
                {move || (tasks.get() > 0).then(|| view! { <b class="num" title=t!(nav.tasks_waiting)>{tasks.get()}</b> })}
            </span>
            {link(Route::Settings(SettingsPage::Identity), "gear", testids::NAV_SETTINGS, |route| matches!(route, Route::Settings(_)), || say!(nav.settings))}
            <button type="button" class="searchway" data-testid=testids::NAV_SEARCH on:click=move |_| app.keyboard.search.update(|search| *search += 1)><Icon name="find" /><span class="grow">{t!(search.title)}</span><kbd>"Ctrl K"</kbd></button>
            <div class="me">
                {move || package.get().map(|made_at| view! { <a class="packageage" href=Route::Handbook(HandbookPlace::Packages).fragment() data-testid=testids::PACKAGE_AGE><small>{move || say!(nav.package, date = format::date(made_at), age = terms::age(made_at, app.now.get()))}</small></a> })}
                <SyncChip />
                <div class="row mine">
                    <span class="avatar" aria-hidden="true">{move || me.get().flatten().map(|me| format::initials(&me.name))}</span>
                    <div class="grow">
                        <div class="ell strong" data-testid=testids::ME_NAME>{move || me.get().flatten().map(|me| me.name)}</div>
                        <small class="ell block">{move || me.get().flatten().map_or_else(|| organisation.get(), |me| me.unit_name)}</small>
                    </div>
                    <button type="button" class="b icon quiet small" title=t!(keys.open) aria-label=t!(keys.open) data-testid=testids::HELP_OPEN on:click=move |_| app.keyboard.help.set(true)>
                        <Icon name="question" />
                    </button>
                </div>
            </div>
        </nav>
    }
    .into_any()
}
