//! The scrolling column of pages of one file, with what its pages share.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use api::act::{Annotate, Audience, Reading};
use api::query::PaperPages;
use api::view::{PaperPagesView, WordView};
use domain::annotation::{Mark, Point};
use domain::id::{AnnotationId, Hash32, PaperId};
use leptos::html;
use leptos::prelude::*;
use leptos::task::spawn_local;
use ui::ink::Arbiter;
use ui::keys::Command;
use ui::pages::{self, Column, Zoom};
use ui::{testids, textmarks};
use wasm_bindgen::prelude::*;
use web_sys::{ResizeObserver, TouchEvent};

use super::find::{Find, FindBar};
use super::note_form::NoteForm;
use super::page::Page;
use super::place;
use super::text_layer;
use super::toolbar::Toolbar;
use super::tools::{Tool, Tools};
use crate::app::{App, use_app};
use crate::backend::backend;
use crate::components::{Dialog, Empty, ErrorPanel, Loading};
use crate::live::live_settling;
use crate::screens::room::{InRoom, use_room};
use crate::{say, t};

/// The room is told of a new page after the reader has stayed on it so long.
const READING_AFTER: Duration = Duration::from_millis(700);
/// Where on the screen the eye is taken to be when zooming, as a part of the height.
const EYE: f64 = 1.0 / 3.0;

/// A mark that was made and is not yet in the answer of the application.
#[derive(Debug, Clone, PartialEq)]
pub struct Pending {
    /// Tells them apart.
    pub key: u64,
    /// Its page.
    pub page: usize,
    /// The mark.
    pub mark: Mark,
    /// 0xRRGGBB.
    pub colour: u32,
    /// For whom.
    pub audience: Audience,
    /// Saved under this id; drawn until the answer has it.
    pub id: Option<AnnotationId>,
    /// Could not be saved; kept to try again.
    pub failed: bool,
}

/// What the pages of the file share.
#[derive(Clone, Copy)]
pub struct View {
    /// The window.
    pub app: App,
    /// The room.
    pub room: InRoom,
    /// The tools.
    pub tools: Tools,
    /// The file.
    pub version: Hash32,
    /// The paper; `None` for the minutes, which bear no marks.
    pub paper: Option<PaperId>,
    /// Sizes of the pages in points.
    pub sizes: Memo<Arc<Vec<(f32, f32)>>>,
    /// How large pages are shown.
    pub zoom: RwSignal<Zoom>,
    /// The zoom in percent.
    pub percent: Memo<f64>,
    /// Where pages lie.
    pub column: Memo<Arc<Column>>,
    /// The page being read.
    pub current: Memo<usize>,
    /// Marks on their way.
    pub pending: RwSignal<Vec<Pending>>,
    /// Words of the pages in sight.
    pub words: StoredValue<BTreeMap<usize, Arc<Vec<WordView>>>>,
    /// Which pointer draws.
    pub arbiter: StoredValue<Arbiter, LocalStorage>,
    /// A note is being written here.
    pub noting: RwSignal<Option<(usize, Point)>>,
    /// The note that is open.
    pub opened: RwSignal<Option<AnnotationId>>,
    /// What is looked for.
    pub find: Find,
    scroller: NodeRef<html::Div>,
    /// Where in the viewport the next change of zoom leaves the paper in place; else where the eye is taken to be.
    anchor: StoredValue<Option<(f64, f64)>>,
    next_key: StoredValue<u64>,
}

/// What the pages of the file share; inside the viewer.
pub fn use_view() -> View {
    expect_context::<View>()
}

impl View {
    /// Brings a page to the top.
    pub fn go_to(self, page: usize) {
        self.scroll_to(self.column.with_untracked(|column| column.scroll_to(page)));
    }

    /// Scrolls to a height of the column.
    pub fn scroll_to(self, top: f64) {
        if let Some(scroller) = self.scroller.try_get_untracked().flatten() {
            scroller.set_scroll_top(top.round() as i32);
        }
    }

    /// Brings a place of a page, `y` points below its top, to where the eye is.
    pub fn go_to_place(self, page: usize, y: f64) {
        let top = self.column.with_untracked(|column| column.places.get(page).map_or(0.0, |place| place.top + y * column.scale));
        if let Some(scroller) = self.scroller.get_untracked() {
            scroller.set_scroll_top((top - f64::from(scroller.client_height()) * EYE).max(0.0).round() as i32);
        }
    }

    /// Zooms to a percentage and leaves what lies under a point of the window where it is.
    fn zoom_at(self, percent: f64, client: (f64, f64)) {
        if let Some(scroller) = self.scroller.get_untracked() {
            let place = scroller.get_bounding_client_rect();
            self.anchor.set_value(Some((client.0 - place.left(), client.1 - place.top())));
        }
        self.zoom.set(Zoom::Percent(percent.clamp(pages::ZOOM_PERCENT.0, pages::ZOOM_PERCENT.1)));
    }

    /// Moves the paper under two fingers.
    pub fn pan(self, dx: f64, dy: f64) {
        if let Some(scroller) = self.scroller.get_untracked() {
            scroller.scroll_by_with_x_and_y(-dx, -dy);
        }
    }

    /// One step of zoom.
    pub fn step(self, up: bool) {
        self.anchor.set_value(None);
        self.zoom.set(Zoom::Percent(pages::step(self.percent.get_untracked(), up)));
    }

    /// Keeps a mark: on the screen at once, saved before the application answers.
    pub fn add(self, page: usize, mark: Mark, colour: u32) {
        let key = self.next_key.get_value();
        self.next_key.set_value(key + 1);
        let audience = self.tools.audience.get_untracked();
        self.pending.update(|pending| pending.push(Pending { key, page, mark, colour, audience, id: None, failed: false }));
        self.save(key);
    }

    fn save(self, key: u64) {
        let Some(paper) = self.paper else { return };
        let Some(pending) = self.pending.with_untracked(|pending| pending.iter().find(|one| one.key == key).cloned()) else {
            return;
        };
        let act = Annotate {
            meeting: self.room.meeting,
            paper,
            version: self.version,
            page: u32::try_from(pending.page).unwrap_or(u32::MAX),
            colour: pending.colour,
            mark: pending.mark,
            audience: pending.audience,
        };
        spawn_local(async move {
            let reply = backend().act(act).await;
            match reply {
                Ok(id) => {
                    self.pending.try_update(|pending| {
                        if let Some(one) = pending.iter_mut().find(|one| one.key == key) {
                            one.id = Some(id);
                        }
                    });
                    self.room.marks.refetch();
                }
                Err(error) => {
                    self.pending.try_update(|pending| {
                        if let Some(one) = pending.iter_mut().find(|one| one.key == key) {
                            one.failed = true;
                        }
                    });
                    self.app.complain(&error);
                }
            }
        });
    }

    /// Tries again to save what could not be saved.
    pub fn save_failed(self) {
        let failed: Vec<u64> =
            self.pending.with_untracked(|pending| pending.iter().filter(|one| one.failed).map(|one| one.key).collect());
        self.pending.update(|pending| pending.iter_mut().for_each(|one| one.failed = false));
        failed.into_iter().for_each(|key| self.save(key));
    }

    /// Marks the selected text. Returns whether any was selected.
    pub fn mark_selection(self) -> bool {
        let selected = self.scroller.get_untracked().map(|scroller| text_layer::selected(&scroller)).unwrap_or_default();
        let colour = self.tools.marker.get_untracked();
        let mut any = false;
        for (page, indexes) in selected {
            let words: Vec<WordView> = self
                .words
                .with_value(|words| {
                    words.get(&page).map(|words| indexes.iter().filter_map(|index| words.get(*index).cloned()).collect())
                })
                .unwrap_or_default();
            if let Some((quads, quote)) = textmarks::highlight(&words) {
                any = true;
                self.add(page, Mark::Highlight { quads, quote }, colour);
            }
        }
        if any && let Ok(Some(selection)) = window().get_selection() {
            let _ = selection.remove_all_ranges();
        }
        any
    }

    fn answer(self, command: Command) -> bool {
        let count = self.sizes.with_untracked(|sizes| sizes.len());
        let current = self.current.get_untracked();
        let pick = |tool: Tool| {
            if self.paper.is_some() {
                self.tools.tool.set(tool);
            }
        };
        match command {
            Command::ZoomIn => self.step(true),
            Command::ZoomOut => self.step(false),
            Command::FitWidth => self.zoom.set(Zoom::FitWidth),
            Command::Find => self.open_find(),
            Command::NextPage => self.go_to((current + 1).min(count.saturating_sub(1))),
            Command::PreviousPage => self.go_to(current.saturating_sub(1)),
            Command::FirstPage => self.go_to(0),
            Command::LastPage => self.go_to(count.saturating_sub(1)),
            Command::ToolNone => pick(Tool::None),
            Command::ToolHighlight => pick(Tool::Highlight),
            Command::ToolPen => pick(Tool::Pen),
            Command::ToolNote => pick(Tool::Note),
            Command::ToolEraser => pick(Tool::Eraser),
            Command::Help | Command::Search => return false,
        }
        true
    }
}

/// One file, to be read.
#[component]
pub fn Viewer(version: Hash32, paper: Option<PaperId>) -> impl IntoView {
    let room = use_room();
    let app = use_app();
    let tools = expect_context::<Tools>();
    // A version never changes; only while it is on its way there is something to ask again.
    let answer =
        live_settling(move || Some(PaperPages { meeting: room.meeting, version }), |pages: &PaperPagesView| !pages.missing);
    let sizes = Memo::new(move |_| Arc::new(answer.with(|answer| answer.map(|answer| answer.pages.clone())).unwrap_or_default()));
    let viewport = RwSignal::new((0.0_f64, 0.0_f64));
    let scroll = RwSignal::new(0.0_f64);
    let before = place::left(version);
    let zoom = RwSignal::new(before.map_or(Zoom::FitWidth, |left| left.zoom));
    let percent = Memo::new(move |_| zoom.get().percent(viewport.get().0, sizes.with(|sizes| pages::widest(sizes))));
    let column = Memo::new(move |_| {
        // Until the room for it is known nothing lies anywhere.
        let measured = viewport.with(|viewport| viewport.0 > 0.0);
        Arc::new(sizes.with(|sizes| if measured { Column::lay_out(sizes, percent.get()) } else { Column::default() }))
    });
    let current = Memo::new(move |_| column.with(|column| column.current(scroll.get(), viewport.get().1)));
    let scroller = NodeRef::<html::Div>::new();
    let view = View {
        app,
        room,
        tools,
        version,
        paper,
        sizes,
        zoom,
        percent,
        column,
        current,
        pending: RwSignal::new(Vec::new()),
        words: StoredValue::new(BTreeMap::new()),
        arbiter: StoredValue::new_local(Arbiter::default()),
        noting: RwSignal::new(None),
        opened: RwSignal::new(None),
        find: Find::new(),
        scroller,
        anchor: StoredValue::new(None),
        next_key: StoredValue::new(0),
    };
    provide_context(view);
    if paper.is_none() {
        tools.tool.set(Tool::None);
    }
    app.keyboard.answer_with(Callback::new(move |command| view.answer(command)));
    watch_size(scroller, viewport);
    keep_place(view, scroll);
    place::come_back(view, scroll, before);
    tell_reading(view);
    // What the application's answer has needs not be drawn twice.
    Effect::new(move |_| {
        let known: Vec<AnnotationId> =
            room.marks.with(|marks| marks.into_iter().flatten().map(|mark| mark.annotation.id).collect());
        if view.pending.with_untracked(|pending| pending.iter().any(|one| one.id.is_some_and(|id| known.contains(&id)))) {
            view.pending.update(|pending| pending.retain(|one| one.id.is_none_or(|id| !known.contains(&id))));
        }
    });
    Effect::new(move |_| {
        if let Some(page) = room.go_to.get()
            && column.with(|column| !column.places.is_empty())
        {
            room.go_to.set(None);
            request_animation_frame(move || view.go_to(page));
        }
    });
    let kept = Memo::new(move |_| {
        let (width, height) = viewport.get();
        if width > 0.0 { column.with(|column| column.kept(scroll.get(), height)) } else { 0..0 }
    });
    let state = Memo::new(move |_| answer.with(|answer| answer.map(|answer| (answer.missing, answer.pages.is_empty()))));
    let pinch = StoredValue::new(None::<(f64, f64)>);
    let noting_open = RwSignal::new(false);
    Effect::new(move |_| {
        let wanted = view.noting.with(Option::is_some);
        if noting_open.get_untracked() != wanted {
            noting_open.set(wanted);
        }
    });
    Effect::new(move |_| {
        if !noting_open.get() && view.noting.with_untracked(Option::is_some) {
            view.noting.set(None);
        }
    });
    view! {
        <Toolbar />
        <FindBar />
        <div
            class="scroller"
            node_ref=scroller
            tabindex="0"
            role="document"
            aria-label=t!(paper.pages_label)
            data-testid=testids::PAGES
            data-tool=move || match tools.tool.get() { Tool::None => "none", Tool::Highlight => "highlight", Tool::Pen => "pen", Tool::Note => "note", Tool::Eraser => "eraser" }
            on:scroll=move |_| {
                if let Some(scroller) = scroller.get_untracked() {
                    scroll.set(f64::from(scroller.scroll_top()));
                }
            }
            on:wheel=move |event| {
                if event.ctrl_key() {
                    event.prevent_default();
                    let percent = view.percent.get_untracked() * pages::wheel_factor(event.delta_y());
                    view.zoom_at(percent, (f64::from(event.client_x()), f64::from(event.client_y())));
                }
            }
            on:touchstart=move |event| pinch.set_value(two_fingers(&event).map(|fingers| (fingers.apart, view.percent.get_untracked())))
            on:touchmove=move |event| {
                if let (Some((apart, percent)), Some(fingers)) = (pinch.get_value(), two_fingers(&event)) {
                    event.prevent_default();
                    view.zoom_at(percent * fingers.apart / apart, fingers.between);
                }
            }
            on:touchend=move |_| pinch.set_value(None)
            on:touchcancel=move |_| pinch.set_value(None)
            on:pointerup=move |_| {
                if tools.tool.get_untracked() == Tool::Highlight && paper.is_some() {
                    // The selection is complete only after this event.
                    request_animation_frame(move || { view.mark_selection(); });
                }
            }
        >
            {move || match (state.get(), answer.error()) {
                (Some((true, _)), _) => view! { <Empty icon="inbox" title=t!(paper.missing) text=t!(paper.missing_text) /> }.into_any(),
                (Some((false, true)), _) => view! { <Empty icon="doc" title=t!(paper.no_pages) /> }.into_any(),
                (Some(_), _) => ().into_any(),
                (None, Some(error)) => view! { <ErrorPanel error=error retry=move |()| answer.refetch() /> }.into_any(),
                (None, None) => view! { <Loading /> }.into_any(),
            }}
            <div class="column" style:height=move || format!("{:.1}px", column.with(|column| column.height)) style:width=move || format!("{:.1}px", column.with(|column| column.width))>
                <For each=move || kept.get() key=|page| *page let(page)><Page index=page /></For>
            </div>
        </div>
        <Dialog open=noting_open title=move || say!(note.title, page = view.noting.get().map_or(0, |(page, _)| page + 1)) testid=testids::NOTE_DIALOG><NoteForm /></Dialog>
    }
    .into_any()
}

/// Two fingers on the paper.
struct Fingers {
    /// Their distance, at least a pixel.
    apart: f64,
    /// The point between them.
    between: (f64, f64),
}

fn two_fingers(event: &TouchEvent) -> Option<Fingers> {
    let touches = event.touches();
    let (a, b) = match touches.length() {
        2 => (touches.get(0)?, touches.get(1)?),
        _ => return None,
    };
    let (ax, ay, bx, by) = (a.client_x(), a.client_y(), b.client_x(), b.client_y());
    let apart = f64::from(ax - bx).hypot(f64::from(ay - by)).max(1.0);
    Some(Fingers { apart, between: (f64::from(ax + bx) / 2.0, f64::from(ay + by) / 2.0) })
}

fn watch_size(scroller: NodeRef<html::Div>, viewport: RwSignal<(f64, f64)>) {
    let observer = StoredValue::new_local(None::<(ResizeObserver, Closure<dyn FnMut()>)>);
    Effect::new(move |_| {
        let Some(element) = scroller.get() else {
            return;
        };
        let measured = element.clone();
        let on_size = Closure::<dyn FnMut()>::new(move || {
            let size = (f64::from(measured.client_width()), f64::from(measured.client_height()));
            take_size(viewport, size);
        });
        // Not only when the first frame has been painted without the paper.
        take_size(viewport, (f64::from(element.client_width()), f64::from(element.client_height())));
        let Ok(watching) = ResizeObserver::new(on_size.as_ref().unchecked_ref()) else {
            return;
        };
        watching.observe(&element);
        observer.set_value(Some((watching, on_size)));
    });
    on_cleanup(move || {
        observer.try_update_value(|observer| {
            if let Some((observer, _)) = observer.take() {
                observer.disconnect();
            }
        });
    });
}

/// Where nothing is shown, such as behind another pane, the paper stays laid out as it was.
fn take_size(viewport: RwSignal<(f64, f64)>, size: (f64, f64)) {
    if size.0 > 0.0 && viewport.try_get_untracked().is_some_and(|old| old != size) {
        viewport.set(size);
    }
}

/// When the zoom changes, what is read stays where it is.
fn keep_place(view: View, scroll: RwSignal<f64>) {
    Effect::new(move |before: Option<Arc<Column>>| {
        let column = view.column.get();
        if let (Some(before), Some(scroller)) =
            (before.filter(|before| *before != column && !before.places.is_empty()), view.scroller.get_untracked())
        {
            let anchor = view.anchor.try_update_value(Option::take).flatten();
            let (x, eye) =
                anchor.unwrap_or((f64::from(scroller.client_width()) / 2.0, f64::from(scroller.client_height()) * EYE));
            let top = before.keep_in_place(&column, scroll.get_untracked(), eye);
            let left = (f64::from(scroller.scroll_left()) + x) * column.width / before.width.max(1.0) - x;
            request_animation_frame(move || {
                scroller.set_scroll_top(top.round() as i32);
                scroller.set_scroll_left(left.max(0.0).round() as i32);
            });
        }
        column
    });
}

fn tell_reading(view: View) {
    let Some(paper) = view.paper else { return };
    let turn = StoredValue::new(0u64);
    Effect::new(move |_| {
        // The sizes first: the current page is worked out from them.
        if view.sizes.with(|sizes| sizes.is_empty()) {
            return;
        }
        let page = view.current.get();
        turn.update_value(|turn| *turn += 1);
        let this = turn.get_value();
        set_timeout(
            move || {
                if turn.try_get_value() != Some(this) {
                    return;
                }
                let act = Reading { meeting: view.room.meeting, paper, page: u32::try_from(page).unwrap_or(u32::MAX) };
                // Ephemeral: nobody misses it when it fails.
                spawn_local(async move { drop(backend().act(act).await) });
            },
            READING_AFTER,
        );
    });
}
