//! Live queries: what the screen shows is asked for again when the application says that it changed.
//!
//! The old value stays while the new one is fetched, and an equal answer changes nothing on the screen. Views read parts
//! through memos and forms keep their own text, so a change from elsewhere never disturbs what is being typed.
//!
//! A view or effect that reads a memo and also another memo made from that one reads the first one first: `reactive_graph` 0.2
//! otherwise misses a change of the first that leaves the second as it was.
//!
//! What a screen showed last is kept when it goes ([`live_kept`]), so that coming back shows it at once and asks meanwhile. What can never
//! become another answer ([`live_settling`]) is not asked for again.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::rc::Rc;
use std::time::Duration;

use api::error::ApiError;
use api::push::{Push, Tag};
use api::query::{Query, Reads};
use domain::id::{PersonId, SpaceId};
use leptos::prelude::*;
use leptos::task::spawn_local;
use ui::kept::Kept;

use crate::backend::{self, Event, backend};

/// A query is asked again at most once in so many milliseconds, however many changes arrive.
const COALESCE_MS: f64 = 80.0;

/// The answer of a query, kept fresh. Copy it around freely.
pub struct Live<T: Send + Sync + 'static> {
    value: RwSignal<Option<T>>,
    error: RwSignal<Option<ApiError>>,
    again: RwSignal<u64>,
    fresh: RwSignal<bool>,
}

impl<T: Send + Sync + 'static> Clone for Live<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T: Send + Sync + 'static> Copy for Live<T> {}

impl<T: Clone + PartialEq + Send + Sync + 'static> Live<T> {
    /// A part of the newest answer.
    pub fn with<U>(self, read: impl FnOnce(Option<&T>) -> U) -> U {
        self.value.with(|value| read(value.as_ref()))
    }

    /// A part of the answer that changes the screen only when it differs.
    pub fn part<U: Clone + PartialEq + Send + Sync + 'static>(
        self,
        read: impl Fn(&T) -> U + Send + Sync + 'static,
    ) -> Memo<Option<U>> {
        Memo::new(move |_| self.with(|value| value.map(&read)))
    }

    /// A part of the answer, or its default before the first one.
    pub fn part_or<U: Clone + PartialEq + Default + Send + Sync + 'static>(
        self,
        read: impl Fn(&T) -> U + Send + Sync + 'static,
    ) -> Memo<U> {
        Memo::new(move |_| self.with(|value| value.map(&read)).unwrap_or_default())
    }

    /// Why there is no fresh answer.
    pub fn error(self) -> Option<ApiError> {
        self.error.get()
    }

    /// Neither an answer nor an error yet.
    pub fn is_loading(self) -> bool {
        self.value.with(Option::is_none) && self.error.with(Option::is_none)
    }

    /// The answer was given since this is on the screen, not kept from before.
    pub fn is_fresh(self) -> bool {
        self.fresh.get()
    }

    /// Asks again now.
    pub fn refetch(self) {
        self.again.update(|again| *again += 1);
    }

    /// Shows what an act has answered, which is durable by then, and asks for the whole again. What was asked before is not shown any more:
    /// it may be older than the act.
    pub fn learn(self, change: impl FnOnce(&mut T)) {
        self.value.try_update(|value| {
            if let Some(value) = value {
                change(value);
            }
        });
        self.again.try_update(|again| *again += 1);
    }
}

thread_local! {
    static KEPT: RefCell<Kept> = RefCell::default();
}

fn question<Q: Reads + Clone>(query: &Q) -> Option<String> {
    let any: Query = query.clone().any();
    serde_json::to_string(&any).ok()
}

fn keep<Q: Reads + Clone>(query: &Q, answer: Q::Reply) {
    if let Some(question) = question(query) {
        let _ = KEPT.try_with(|kept| kept.borrow_mut().keep(question, answer));
    }
}

fn recall<Q: Reads + Clone>(query: &Q) -> Option<Q::Reply> {
    let question = question(query)?;
    KEPT.with(|kept| kept.borrow_mut().recall(&question))
}

fn forget<Q: Reads + Clone>(query: &Q) {
    if let Some(question) = question(query) {
        KEPT.with(|kept| kept.borrow_mut().forget(&question));
    }
}

/// Nothing is kept beyond a profile: whoever opens the next one sees nothing of this one.
pub fn forget_kept() {
    KEPT.with(|kept| kept.borrow_mut().clear());
}

type Touch = Rc<dyn Fn(Option<&[Tag]>)>;

#[derive(Default)]
struct Hub {
    next: Cell<u64>,
    watchers: RefCell<BTreeMap<u64, Touch>>,
}

impl Hub {
    fn tell(&self, tags: Option<&[Tag]>) {
        let watchers: Vec<Touch> = self.watchers.borrow().values().cloned().collect();
        watchers.iter().for_each(|watcher| watcher(tags));
    }
}

thread_local! {
    static HUB: Hub = Hub::default();
}

/// Everything on the screen is asked for again.
pub fn refresh_all() {
    HUB.with(|hub| hub.tell(None));
}

/// Calls back when one of these changes, as long as the owner lives.
pub fn on_change(tags: &'static [Tag], then: impl Fn() + 'static) {
    let id = HUB.with(|hub| {
        let id = hub.next.replace(hub.next.get() + 1);
        let touch: Touch = Rc::new(move |changed| {
            if changed.is_none_or(|changed| tags.iter().any(|tag| changed.contains(tag))) {
                then();
            }
        });
        hub.watchers.borrow_mut().insert(id, touch);
        id
    });
    on_cleanup(move || {
        let _ = HUB.try_with(|hub| hub.watchers.borrow_mut().remove(&id));
    });
}

/// What the application tells besides changes.
#[derive(Clone, Copy)]
pub struct Feed {
    /// The channel is open. Calm: false only after it was lost for a while.
    pub open: RwSignal<bool>,
    /// Long operations: name → (done, total).
    pub progress: RwSignal<BTreeMap<String, (u64, u64)>>,
    /// On which page somebody reads.
    pub reading: RwSignal<BTreeMap<(SpaceId, PersonId), u32>>,
}

/// Before the loss of the channel is shown, it has this time to come back.
const LOST_CALM: Duration = Duration::from_secs(4);

impl Feed {
    /// Opens the channel of pushes.
    pub fn start() -> Self {
        let feed =
            Self { open: RwSignal::new(true), progress: RwSignal::new(BTreeMap::new()), reading: RwSignal::new(BTreeMap::new()) };
        let lost = Rc::new(Cell::new(0u32));
        let losses = Rc::new(Cell::new(0u32));
        backend().subscribe(move |event| match event {
            Event::Push(Push::Changed { tags }) => HUB.with(|hub| hub.tell(Some(&tags))),
            Event::Push(Push::Overflowed) => refresh_all(),
            Event::Push(Push::Progress { operation, done, total }) => feed.progress.update(|all| {
                if total > 0 && done >= total {
                    all.remove(&operation);
                } else {
                    all.insert(operation, (done, total));
                }
            }),
            Event::Push(Push::Reading { meeting, person, page }) => feed.reading.update(|all| {
                all.insert((meeting, person), page);
            }),
            Event::Opened => {
                lost.set(0);
                feed.open.set(true);
                refresh_all();
            }
            Event::Lost => {
                if lost.get() != 0 {
                    return;
                }
                losses.set(losses.get() + 1);
                lost.set(losses.get());
                let (lost, this) = (lost.clone(), losses.get());
                set_timeout(
                    move || {
                        if lost.get() == this {
                            feed.open.set(false);
                        }
                    },
                    LOST_CALM,
                );
            }
        });
        feed
    }
}

struct Fetching {
    generation: u64,
    in_flight: bool,
    dirty: bool,
    scheduled: bool,
    started_at: f64,
}

fn clock_ms() -> f64 {
    window().performance().map_or(0.0, |performance| performance.now())
}

/// Keeps the answer of a query fresh as long as the owner lives. `make` may read signals: another query is then asked; with
/// `None` nothing is shown.
pub fn live<Q>(make: impl Fn() -> Option<Q> + 'static) -> Live<Q::Reply>
where
    Q: Reads + Clone + PartialEq + 'static,
    Q::Reply: Send + Sync,
{
    live_in(false, |_| false, make)
}

/// As [`live`]; the answer is kept when the owner goes, and shown at once, before there is a new one, when the same is asked for again.
/// Where it cannot be asked for any more, it goes with the error.
pub fn live_kept<Q>(make: impl Fn() -> Option<Q> + 'static) -> Live<Q::Reply>
where
    Q: Reads + Clone + PartialEq + 'static,
    Q::Reply: Send + Sync,
{
    live_in(true, |_| false, make)
}

/// As [`live_kept`], and an answer of which `settled` says that it never changes is not asked for again, unless by [`Live::refetch`].
pub fn live_settling<Q>(make: impl Fn() -> Option<Q> + 'static, settled: fn(&Q::Reply) -> bool) -> Live<Q::Reply>
where
    Q: Reads + Clone + PartialEq + 'static,
    Q::Reply: Send + Sync,
{
    live_in(true, settled, make)
}

/// `keeps`: the answer is kept when the owner goes; `settled`: which answers stay as they are, whatever changes.
fn live_in<Q>(keeps: bool, settled: fn(&Q::Reply) -> bool, make: impl Fn() -> Option<Q> + 'static) -> Live<Q::Reply>
where
    Q: Reads + Clone + PartialEq + 'static,
    Q::Reply: Send + Sync,
{
    let first = if keeps { untrack(&make) } else { None };
    let before = first.as_ref().and_then(recall);
    let live =
        Live { value: RwSignal::new(before), error: RwSignal::new(None), again: RwSignal::new(0), fresh: RwSignal::new(false) };
    let asked: Rc<RefCell<Option<Q>>> = Rc::new(RefCell::new(first));
    let is_settled = move || live.value.try_with_untracked(|value| value.as_ref().is_some_and(settled)) == Some(true);
    let state =
        Rc::new(RefCell::new(Fetching { generation: 0, in_flight: false, dirty: false, scheduled: false, started_at: f64::MIN }));
    let effect_asked = asked.clone();
    let effect_state = state.clone();
    Effect::new(move |before: Option<u64>| {
        let again = live.again.get();
        let query = make();
        let changed = *effect_asked.borrow() != query;
        if changed {
            let old = effect_asked.replace(query.clone());
            let kept = query.as_ref().filter(|_| keeps).and_then(recall);
            live.error.set(None);
            if live.fresh.get_untracked() {
                live.fresh.set(false);
            }
            if keeps && let (Some(old), Some(value)) = (old, live.value.get_untracked()) {
                keep(&old, value);
            }
            if kept.is_some() || live.value.with_untracked(Option::is_some) {
                live.value.set(kept);
            }
        }
        let mut fetching = effect_state.borrow_mut();
        fetching.generation += 1;
        fetching.in_flight = false;
        fetching.dirty = false;
        drop(fetching);
        let wished = before.is_some_and(|before| before != again);
        if wished || !is_settled() {
            fetch(live, effect_asked.clone(), effect_state.clone());
        }
        again
    });
    let last = StoredValue::new_local(asked.clone());
    let id = HUB.with(|hub| {
        let id = hub.next.replace(hub.next.get() + 1);
        hub.watchers.borrow_mut().insert(
            id,
            Rc::new(move |changed| {
                let concerns = asked.borrow().as_ref().is_some_and(|query| {
                    changed.is_none_or(|changed| backend::tags(query).iter().any(|tag| changed.contains(tag)))
                });
                if concerns && !is_settled() {
                    schedule(live, asked.clone(), state.clone());
                }
            }),
        );
        id
    });
    on_cleanup(move || {
        let _ = HUB.try_with(|hub| hub.watchers.borrow_mut().remove(&id));
        if keeps
            && let Some(query) = last.try_with_value(|last| last.borrow().clone()).flatten()
            && let Some(answer) = live.value.try_with_untracked(Clone::clone).flatten()
        {
            keep(&query, answer);
        }
    });
    live
}

fn schedule<Q>(live: Live<Q::Reply>, asked: Rc<RefCell<Option<Q>>>, state: Rc<RefCell<Fetching>>)
where
    Q: Reads + Clone + PartialEq + 'static,
    Q::Reply: Send + Sync,
{
    let mut fetching = state.borrow_mut();
    if fetching.in_flight {
        fetching.dirty = true;
        return;
    }
    if fetching.scheduled {
        return;
    }
    let wait = (fetching.started_at + COALESCE_MS - clock_ms()).max(0.0);
    if wait == 0.0 {
        drop(fetching);
        fetch(live, asked, state);
        return;
    }
    fetching.scheduled = true;
    drop(fetching);
    set_timeout(
        move || {
            state.borrow_mut().scheduled = false;
            if !state.borrow().in_flight {
                fetch(live, asked, state);
            }
        },
        Duration::from_secs_f64(wait / 1_000.0),
    );
}

fn fetch<Q>(live: Live<Q::Reply>, asked: Rc<RefCell<Option<Q>>>, state: Rc<RefCell<Fetching>>)
where
    Q: Reads + Clone + PartialEq + 'static,
    Q::Reply: Send + Sync,
{
    let Some(query) = asked.borrow().clone() else {
        return;
    };
    let generation = {
        let mut fetching = state.borrow_mut();
        fetching.in_flight = true;
        fetching.dirty = false;
        fetching.started_at = clock_ms();
        fetching.generation
    };
    spawn_local(async move {
        let reply = backend().query(query).await;
        if state.borrow().generation != generation {
            return;
        }
        // The owner may be gone by now; its signals then are too.
        match reply {
            Ok(reply) => {
                let same = live.value.try_with_untracked(|value| value.as_ref() == Some(&reply));
                match same {
                    None => return,
                    Some(true) => {}
                    Some(false) => live.value.set(Some(reply)),
                }
                if live.fresh.try_get_untracked() == Some(false) {
                    live.fresh.set(true);
                }
                if live.error.try_with_untracked(Option::is_some) == Some(true) {
                    live.error.set(None);
                }
            }
            Err(error) => {
                // What was kept from before is only as good as the right to it is now.
                let kept = live.value.try_with_untracked(Option::is_some) == Some(true);
                if kept && live.fresh.try_get_untracked() == Some(false) {
                    if let Some(query) = asked.borrow().as_ref() {
                        forget(query);
                    }
                    live.value.set(None);
                }
                live.error.try_set(Some(error));
            }
        }
        let again = {
            let mut fetching = state.borrow_mut();
            fetching.in_flight = false;
            fetching.dirty
        };
        if again {
            schedule(live, asked, state);
        }
    });
}
