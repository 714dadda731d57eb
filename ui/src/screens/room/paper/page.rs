//! One page: its picture, its text, its marks, and the surface that the tool in the hand works on.

use std::sync::Arc;
use std::time::Duration;

use api::query::PageText;
use api::view::PageTextView;
use domain::annotation::{Mark, Point, Quad};
use leptos::html;
use leptos::prelude::*;
use ui::ink::{Source, Verdict};
use ui::pages::{self, Place};
use ui::testids;
use ui::textmarks::hundredths;
use web_sys::PointerEvent;

use super::find::Places;
use super::marks::Marks;
use super::text_layer;
use super::tools::{PEN_WIDTH, Tool, css};
use super::view::{View, use_view};
use crate::backend::backend;
use crate::canvas::{self, Surface};
use crate::components::Icon;
use crate::live::live_settling;
use crate::{say, t};

/// A rectangle drawn with the marker must have at least this side (points).
const RECTANGLE_MIN: f64 = 3.0;
/// A note that is made with the keyboard is pinned here (points from the corner).
const KEYBOARD_NOTE: f64 = 36.0;
/// A stroke with more samples than this survives when its pointer is taken away.
const KEEP_SAMPLES: usize = 3;

/// A page.
#[component]
pub fn Page(index: usize) -> impl IntoView {
    let view = use_view();
    let place = Memo::new(move |_| {
        view.column.with(|column| column.places.get(index).copied().unwrap_or(Place { top: 0.0, width: 1.0, height: 1.0 }))
    });
    let scale = Memo::new(move |_| view.column.with(|column| column.scale));
    let tool = view.tools.tool;
    // Live only while the page is near; words never change, so it is asked once.
    let page = u32::try_from(index).unwrap_or(u32::MAX);
    let text = live_settling(
        move || Some(PageText { meeting: view.room.meeting, version: view.version, page }),
        |_: &PageTextView| true,
    );
    let layer = NodeRef::<html::Div>::new();
    let blank = Memo::new(move |_| text.with(|text| text.is_some_and(|text| text.words.is_empty())));
    Effect::new(move |_| {
        let Some(layer) = layer.get() else { return };
        let Some(words) = text.with(|text| text.map(|text| Arc::new(text.words.clone()))) else { return };
        // After the picture: one reads before one selects, and hundreds of words are more work than all the rest of the page.
        request_animation_frame(move || {
            set_timeout(
                move || {
                    if layer.is_connected() {
                        text_layer::fill(&layer, &words);
                        view.words.try_update_value(|all| all.insert(index, words));
                    }
                },
                Duration::ZERO,
            );
        });
    });
    on_cleanup(move || {
        view.words.try_update_value(|words| words.remove(&index));
    });
    view! {
        <section
            class="pagebox"
            aria-label=move || say!(paper.page, page = index + 1)
            data-testid=testids::PAGE
            data-page=index
            style:top=move || format!("{:.1}px", place.get().top)
            style:width=move || format!("{:.1}px", place.get().width)
            style:height=move || format!("{:.1}px", place.get().height)
        >
            <Picture index=index place=place />
            <div node_ref=layer class=text_layer::CLASS data-page=index style:transform=move || format!("scale({:.5})", scale.get())></div>
            <Places index=index />
            <Marks index=index />
            {move || match tool.get() {
                Tool::Pen => view! { <Ink index=index scale=scale /> }.into_any(),
                Tool::Note => view! { <NotePlace index=index scale=scale /> }.into_any(),
                Tool::Highlight if blank.get() => view! { <Rectangle index=index scale=scale /> }.into_any(),
                _ => ().into_any(),
            }}
        </section>
    }
    .into_any()
}

/// The picture: while a sharper one loads, the one before is stretched.
#[component]
fn Picture(index: usize, place: Memo<Place>) -> impl IntoView {
    let view = use_view();
    let wanted = Memo::new(move |_| pages::picture_width(place.get().width, window().device_pixel_ratio()));
    let attempt = RwSignal::new(0u32);
    let failed = RwSignal::new(false);
    // Oldest first; all but the newest go when the newest has loaded.
    let widths = RwSignal::new(Vec::<(u32, u32)>::new());
    Effect::new(move |_| {
        let key = (wanted.get(), attempt.get());
        failed.set(false);
        widths.update(|widths| {
            widths.retain(|width| *width != key);
            widths.push(key);
        });
    });
    view! {
        <For each=move || widths.get() key=|key| *key let(key)>
            <img
                src=format!("{}{}", backend().page_url(view.room.meeting, view.version, index, key.0), if key.1 == 0 { String::new() } else { format!("&again={}", key.1) })
                alt=""
                draggable="false"
                decoding="async"
                data-testid=testids::PAGE_PICTURE
                on:load=move |_| widths.update(|widths| if let Some(at) = widths.iter().position(|width| *width == key) { widths.drain(..at); })
                on:error=move |_| failed.set(true)
            />
        </For>
        <Show when=move || failed.get()>
            <div class="pagefailed" role="alert">
                <Icon name="warn" />
                <span>{t!(paper.picture_failed)}</span>
                <button type="button" class="b" on:click=move |_| attempt.update(|attempt| *attempt += 1)>{t!(common.retry)}</button>
            </div>
        </Show>
    }
    .into_any()
}

/// Where the pen draws.
#[component]
fn Ink(index: usize, scale: Memo<f64>) -> impl IntoView {
    let view = use_view();
    let canvas = NodeRef::<html::Canvas>::new();
    let wet = StoredValue::new_local(None::<Surface>);
    let panned = StoredValue::new_local(None::<(i32, f64, f64)>);
    let cancel = move || {
        wet.update_value(|wet| {
            if let Some(surface) = wet.take() {
                surface.cancel();
            }
        });
    };
    let finish = move |keep_only_long: bool| {
        let mut done = None;
        wet.update_value(|wet| done = wet.take());
        match done {
            Some(surface) if keep_only_long && surface.len() <= KEEP_SAMPLES => surface.cancel(),
            Some(surface) => {
                if let Some(mark) = surface.finish(PEN_WIDTH) {
                    view.add(index, mark, view.tools.pen.get_untracked());
                }
            }
            None => {}
        }
    };
    let down = move |event: PointerEvent| {
        if event.button() > 0 && event.pointer_type() == "mouse" {
            return;
        }
        let verdict = judge(view, |arbiter| arbiter.down(event.pointer_id(), canvas::source(&event), event.time_stamp()));
        match verdict {
            Verdict::Draw => {
                event.prevent_default();
                let Some(element) = canvas.get_untracked() else {
                    return;
                };
                let _ = element.set_pointer_capture(event.pointer_id());
                let colour = css(view.tools.pen.get_untracked());
                wet.set_value(Surface::begin(element, scale.get_untracked(), &colour, PEN_WIDTH, &event));
            }
            Verdict::Pan => {
                cancel();
                panned.set_value(Some((event.pointer_id(), f64::from(event.client_x()), f64::from(event.client_y()))));
            }
            Verdict::Ignore => {}
        }
    };
    let moved = move |event: PointerEvent| {
        if matches!(canvas::source(&event), Source::Pen | Source::Eraser)
            && judge(view, |arbiter| arbiter.pen_seen(event.time_stamp()))
        {
            cancel();
        }
        let pointer = event.pointer_id();
        if judge(view, |arbiter| arbiter.draws(pointer)) {
            wet.update_value(|wet| {
                if let Some(surface) = wet {
                    surface.extend(&event);
                }
            });
        } else if let Some((panning, x, y)) = panned.get_value()
            && panning == pointer
        {
            let (now_x, now_y) = (f64::from(event.client_x()), f64::from(event.client_y()));
            view.pan(now_x - x, now_y - y);
            panned.set_value(Some((pointer, now_x, now_y)));
        }
    };
    let up = move |event: PointerEvent, taken_away: bool| {
        let pointer = event.pointer_id();
        if judge(view, |arbiter| arbiter.draws(pointer)) {
            finish(taken_away);
        }
        if panned.get_value().is_some_and(|(panning, ..)| panning == pointer) {
            panned.set_value(None);
        }
        judge(view, |arbiter| arbiter.up(pointer));
    };
    // A stroke under the pen when the page leaves the window is kept.
    on_cleanup(move || {
        let mut left = None;
        wet.try_update_value(|wet| left = wet.take());
        if let Some(mark) = left.filter(|surface| surface.len() > KEEP_SAMPLES).and_then(|surface| surface.finish(PEN_WIDTH)) {
            view.add(index, mark, view.tools.pen.get_untracked());
        }
    });
    view! {
        <div class="surface" data-testid=testids::INK
            on:pointerdown=down
            on:pointermove=moved
            on:pointerup=move |event| up(event, false)
            on:pointercancel=move |event| up(event, true)
        >
            <canvas node_ref=canvas aria-hidden="true"></canvas>
        </div>
    }
    .into_any()
}

fn judge<T>(view: View, ask: impl FnOnce(&mut ui::ink::Arbiter) -> T) -> T {
    let mut answer = None;
    let mut ask = Some(ask);
    view.arbiter.update_value(|arbiter| answer = ask.take().map(|ask| ask(arbiter)));
    match answer {
        Some(answer) => answer,
        None => unreachable!("the arbiter lives as long as the view"),
    }
}

/// The event's place on the page in points.
fn at(event: &web_sys::MouseEvent, scale: f64) -> Option<(f64, f64)> {
    let element: web_sys::Element = wasm_bindgen::JsCast::dyn_into(event.current_target()?).ok()?;
    let place = element.get_bounding_client_rect();
    Some(((f64::from(event.client_x()) - place.left()) / scale, (f64::from(event.client_y()) - place.top()) / scale))
}

/// Takes the place of a new note: by a click there, or by Enter for the page's corner.
#[component]
fn NotePlace(index: usize, scale: Memo<f64>) -> impl IntoView {
    let view = use_view();
    view! {
        <button type="button" class="surface note" data-testid=testids::NOTE_PLACE aria-label=move || say!(note.place, page = index + 1) on:click=move |event| {
            let (x, y) = if event.detail() == 0 { (KEYBOARD_NOTE, KEYBOARD_NOTE) } else { at(&event, scale.get_untracked()).unwrap_or((KEYBOARD_NOTE, KEYBOARD_NOTE)) };
            view.noting.set(Some((index, Point { x: hundredths(x), y: hundredths(y) })));
        }></button>
    }
    .into_any()
}

/// A page without text, a scan: the marker draws a rectangle.
#[component]
fn Rectangle(index: usize, scale: Memo<f64>) -> impl IntoView {
    let view = use_view();
    let drawn = RwSignal::new(None::<((f64, f64), (f64, f64))>);
    let corner = |((ax, ay), (bx, by)): ((f64, f64), (f64, f64))| (ax.min(bx), ay.min(by), (ax - bx).abs(), (ay - by).abs());
    view! {
        <div class="surface" data-testid=testids::RECTANGLE
            on:pointerdown=move |event| {
                event.prevent_default();
                if let Some(start) = at(&event, scale.get_untracked()) {
                    drawn.set(Some((start, start)));
                }
            }
            on:pointermove=move |event| {
                if let (Some((start, _)), Some(now)) = (drawn.get_untracked(), at(&event, scale.get_untracked())) {
                    drawn.set(Some((start, now)));
                }
            }
            on:pointerup=move |_| {
                if let Some((x, y, w, h)) = drawn.get_untracked().map(corner)
                    && w >= RECTANGLE_MIN && h >= RECTANGLE_MIN
                {
                    let quad = Quad { x: hundredths(x), y: hundredths(y), w: hundredths(w), h: hundredths(h) };
                    view.add(index, Mark::Highlight { quads: vec![quad], quote: String::new() }, view.tools.marker.get_untracked());
                }
                drawn.set(None);
            }
            on:pointercancel=move |_| drawn.set(None)
        >
            {move || drawn.get().map(|drawn| {
                let (x, y, w, h) = corner(drawn);
                let scale = scale.get();
                view! { <i class="drawing" style=format!("left:{:.1}px;top:{:.1}px;width:{:.1}px;height:{:.1}px;background:{}", x * scale, y * scale, w * scale, h * scale, css(view.tools.marker.get_untracked()))></i> }
            })}
        </div>
    }
    .into_any()
}
