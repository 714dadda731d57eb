//! One box of search: what is typed, what it is narrowed to, what was found. Typing never waits: each change is asked for at once or as
//! soon as an earlier request has ended, and an answer that came too late is dropped. While somebody types, the quick search is asked,
//! which completes half words; when the text stands still for [`PAUSE`], or at once by Enter, the whole one takes its place.

use std::time::Duration;

use api::act::Does;
use api::day::Day;
use api::error::ApiError;
use api::push::Tag;
use api::search::{Filters, Hit, Search, SearchEnded, SearchView, Section};
use leptos::prelude::*;
use leptos::task::spawn_local;
use ui::pace::{PAUSE, Pace, Stillness};
use ui::route::{HandbookPlace, QuestionPlace, Route};

use crate::app::clock;
use crate::backend::backend;
use crate::live::on_change;

/// Answer of a search that a newer one broke off.
const SUPERSEDED: &str = "search_superseded";
/// A search that found nothing is told of after it has stood so long.
const IN_VAIN_AFTER: Duration = Duration::from_secs(2);
/// Hits that are asked for with every letter; the rest comes with the whole search.
const HITS_WHILE_TYPING: u32 = 12;
/// Longest text of a search, in characters.
pub const TEXT_CHARS_MAX: usize = 300;

/// A box and its answer. Copy it around freely.
#[derive(Clone, Copy)]
pub struct Finder {
    /// What is typed.
    pub text: RwSignal<String>,
    /// The one section that is shown, or all.
    pub section: RwSignal<Option<Section>>,
    /// What it is narrowed to.
    pub filters: RwSignal<Filters>,
    /// Validity as of this day.
    pub as_of: RwSignal<Option<Day>>,
    /// The newest answer; the old one stays until the new one comes.
    pub answer: RwSignal<Option<SearchView>>,
    /// It is the answer of a whole search, not of one for a text that was still being typed.
    pub whole: RwSignal<bool>,
    /// Why there is none.
    pub error: RwSignal<Option<ApiError>>,
    /// An answer is on its way.
    pub busy: RwSignal<bool>,
    /// The hit that the arrow keys are on.
    pub at: RwSignal<usize>,
    /// Asks the box to take the focus.
    pub focus: RwSignal<u64>,
    pace: StoredValue<Pace>,
    still: StoredValue<Stillness>,
    only: StoredValue<Vec<Section>>,
    limit: u32,
}

/// Tells something that nobody waits for.
pub fn tell<A: Does + 'static>(act: A) {
    spawn_local(async move {
        let _ = backend().act(act).await;
    });
}

/// Where a hit leads: to the part of the article in which it was found.
pub fn route_of(hit: &Hit) -> Route {
    match (hit.section, hit.id.parse()) {
        (Section::Question, Ok(question)) => Route::Questions(QuestionPlace::Thread(question)),
        _ => Route::Handbook(match hit.block {
            Some(block) => HandbookPlace::Passage(hit.id.clone(), block),
            None => HandbookPlace::Article(hit.id.clone()),
        }),
    }
}

impl Finder {
    /// An empty box for `limit` hits of these sections (none named: all).
    pub fn new(limit: u32, only: &[Section]) -> Self {
        let finder = Self {
            text: RwSignal::new(String::new()),
            section: RwSignal::new(None),
            filters: RwSignal::new(Filters::default()),
            as_of: RwSignal::new(None),
            answer: RwSignal::new(None),
            whole: RwSignal::new(false),
            error: RwSignal::new(None),
            busy: RwSignal::new(false),
            at: RwSignal::new(0),
            focus: RwSignal::new(0),
            pace: StoredValue::new(Pace::new(u64::try_from(clock().0).unwrap_or_default())),
            still: StoredValue::new(Stillness::default()),
            only: StoredValue::new(only.to_vec()),
            limit,
        };
        on_change(&[Tag::Library], move || finder.ask());
        finder
    }

    /// One more letter: the text is now this, and more of it may come.
    pub fn typed(self, text: String) {
        if self.text.get_untracked() == text {
            return;
        }
        self.text.set(text);
        self.at.set(0);
        let keystroke = self.still.try_update_value(Stillness::typed);
        self.want();
        if let Some(keystroke) = keystroke {
            let paused = move || self.still.try_update_value(|still| still.paused(keystroke)) == Some(true);
            set_timeout(
                move || {
                    if paused() {
                        self.want();
                    }
                },
                PAUSE,
            );
        }
    }

    /// The text is now this, and all of it.
    pub fn look_for(self, text: String) {
        if self.text.get_untracked() != text {
            self.text.set(text);
            self.at.set(0);
        }
        self.ask();
    }

    /// Nothing more is typed: the whole search does not wait for the pause.
    pub fn settle(self) {
        if self.still.try_update_value(Stillness::settle) == Some(true) {
            self.want();
        }
    }

    /// Shows one section or all.
    pub fn show(self, section: Option<Section>) {
        self.section.set(section);
        self.at.set(0);
        self.ask();
    }

    /// Narrows.
    pub fn narrow(self, change: impl FnOnce(&mut Filters)) {
        self.filters.update(change);
        self.at.set(0);
        self.ask();
    }

    /// Sees validity as of a day.
    pub fn see_as_of(self, day: Option<Day>) {
        self.as_of.set(day);
        self.ask();
    }

    /// Nothing is narrowed any more.
    pub fn widen(self) {
        self.section.set(None);
        self.filters.set(Filters::default());
        self.as_of.set(None);
        self.ask();
    }

    /// Brings the focus into the box.
    pub fn take_focus(self) {
        self.focus.update(|focus| *focus += 1);
    }

    /// Asks again, whole, with what the box says now.
    pub fn ask(self) {
        let _ = self.still.try_update_value(Stillness::settle);
        self.want();
    }

    fn want(self) {
        let Some(empty) = self.text.try_with_untracked(|text| text.trim().is_empty()) else { return };
        if empty {
            self.pace.update_value(Pace::forget);
            self.answer.set(None);
            self.error.set(None);
            self.busy.set(false);
            return;
        }
        let sequence = self.pace.try_update_value(Pace::want).flatten();
        self.busy.set(true);
        if let Some(sequence) = sequence {
            self.send(sequence);
        }
    }

    fn send(self, sequence: u64) {
        let typing = self.still.with_value(Stillness::is_typing);
        let text = self.text.get_untracked();
        // A blank behind the last word says that the word is whole.
        let text = if typing { text.trim_start() } else { text.trim() };
        let query = Search {
            text: text.chars().take(TEXT_CHARS_MAX).collect(),
            sections: self.section.get_untracked().map_or_else(|| self.only.get_value(), |section| vec![section]),
            filters: self.filters.get_untracked(),
            as_of: self.as_of.get_untracked(),
            limit: if typing { self.limit.min(HITS_WHILE_TYPING) } else { self.limit },
            typing,
            sequence,
        };
        spawn_local(async move {
            let reply = backend().query(query).await;
            self.came(sequence, typing, reply);
        });
    }

    fn came(self, sequence: u64, typing: bool, reply: Result<SearchView, ApiError>) {
        // The box may be gone by now.
        let answered = reply.is_ok();
        let Some((show, next, newest, behind)) = self.pace.try_update_value(|pace| {
            let newest = pace.is_newest(sequence);
            let (show, next) = pace.came(sequence, answered);
            (show, next, newest, pace.is_behind())
        }) else {
            return;
        };
        match reply {
            Ok(answer) if show => {
                let found = u32::try_from(answer.hits.len()).unwrap_or(u32::MAX);
                self.stay(&answer);
                self.error.set(None);
                let text = answer.text.clone();
                self.whole.set(!typing);
                self.answer.set(Some(answer));
                if found == 0 && !typing {
                    self.tell_in_vain(text);
                }
            }
            Err(error) if newest && error.code != SUPERSEDED => self.error.set(Some(error)),
            _ => {}
        }
        self.busy.set(behind);
        if let Some(next) = next {
            self.send(next);
        }
    }

    /// The hit that the arrow keys are on stays under them when the whole answer takes the place of the quick one.
    fn stay(self, answer: &SearchView) {
        let before = self.at.get_untracked();
        let chosen = self.answer.with_untracked(|old| {
            let same = old.as_ref().filter(|old| before > 0 && old.text.trim() == answer.text.trim());
            same.and_then(|old| old.hits.get(before)).map(|hit| hit.id.clone())
        });
        let moved = chosen.and_then(|id| answer.hits.iter().position(|hit| hit.id == id));
        let at = moved.unwrap_or(if before < answer.hits.len() { before } else { 0 });
        if at != before {
            self.at.set(at);
        }
    }

    fn tell_in_vain(self, text: String) {
        set_timeout(
            move || {
                if self.answer.try_with_untracked(|answer| {
                    answer.as_ref().is_some_and(|answer| answer.text == text && answer.hits.is_empty())
                }) == Some(true)
                {
                    tell(SearchEnded { text, found: 0, opened: None });
                }
            },
            IN_VAIN_AFTER,
        );
    }

    /// The arrow keys go to another hit.
    pub fn step(self, down: bool) {
        let count = self.answer.with_untracked(|answer| answer.as_ref().map_or(0, |answer| answer.hits.len()));
        if count > 0 {
            self.at.update(|at| *at = if down { (*at + 1) % count } else { (*at + count - 1) % count });
        }
    }

    /// The hit that the arrow keys are on.
    pub fn chosen(self) -> Option<Hit> {
        let at = self.at.get_untracked();
        self.answer.with_untracked(|answer| answer.as_ref().and_then(|answer| answer.hits.get(at).cloned()))
    }

    /// Tells that a hit was opened.
    pub fn opened(self, hit: &Hit) {
        let found = self.answer.with_untracked(|answer| answer.as_ref().map_or(0, |answer| answer.total));
        tell(SearchEnded { text: self.text.get_untracked(), found, opened: Some(hit.id.clone()) });
    }
}
