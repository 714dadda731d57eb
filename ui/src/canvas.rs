//! The wet stroke: a canvas over one page that holds only the stroke under the pen. No signal is touched while drawing;
//! a finished stroke leaves as one mark.

use domain::annotation::Mark;
use js_sys::Array;
use leptos::prelude::window;
use ui::ink::stroke::WetStroke;
use ui::ink::{Sample, Source};
use wasm_bindgen::JsCast;
use web_sys::{CanvasRenderingContext2d, HtmlCanvasElement, PointerEvent};

/// The canvas has at most so many pixels; beyond, it is coarser than the screen.
const PIXELS_MAX: f64 = 6_000_000.0;
/// Where a pen cannot be told from a mouse, this button bit is the other end of a pen (Pointer Events, "buttons").
const ERASER_BUTTON: u16 = 32;

/// What made a pointer event.
pub fn source(event: &PointerEvent) -> Source {
    match event.pointer_type().as_str() {
        "pen" if event.buttons() & ERASER_BUTTON != 0 => Source::Eraser,
        "pen" => Source::Pen,
        "touch" => Source::Touch,
        _ => Source::Mouse,
    }
}

/// The canvas of one page while it is drawn on.
pub struct Surface {
    canvas: HtmlCanvasElement,
    context: CanvasRenderingContext2d,
    wet: WetStroke,
    left: f64,
    top: f64,
    scale: f64,
}

impl Surface {
    /// Prepares a canvas for a stroke. `scale`: CSS pixels per point; `width`: of the pen, in hundredths of a point. `None` if the webview has no 2D canvas.
    pub fn begin(canvas: HtmlCanvasElement, scale: f64, colour: &str, width: u16, event: &PointerEvent) -> Option<Self> {
        let place = canvas.get_bounding_client_rect();
        let (shown_width, shown_height) = (place.width().max(1.0), place.height().max(1.0));
        let density = window().device_pixel_ratio().min((PIXELS_MAX / (shown_width * shown_height)).sqrt());
        // Setting the size clears the canvas and resets its state.
        canvas.set_width((shown_width * density) as u32);
        canvas.set_height((shown_height * density) as u32);
        let context: CanvasRenderingContext2d = canvas.get_context("2d").ok().flatten()?.dyn_into().ok()?;
        let _ = context.scale(density * scale, density * scale);
        context.set_line_cap("round");
        context.set_line_join("round");
        context.set_line_width(f64::from(width) / 100.0);
        context.set_stroke_style_str(colour);
        let mut surface = Self { canvas, context, wet: WetStroke::default(), left: place.left(), top: place.top(), scale };
        let first = surface.sample(event);
        surface.wet = WetStroke::begin(first);
        surface.segment((first.x, first.y), (first.x, first.y));
        Some(surface)
    }

    fn sample(&self, event: &PointerEvent) -> Sample {
        // Fractions of a pixel matter for a pen; `clientX` has them, though it is declared as an integer.
        let at = |name: &str| js_sys::Reflect::get(event, &name.into()).ok().and_then(|value| value.as_f64()).unwrap_or_default();
        let pressure = (event.pointer_type() == "pen").then(|| (event.pressure().clamp(0.0, 1.0) * f32::from(u16::MAX)) as u16);
        Sample {
            x: (at("clientX") - self.left) / self.scale,
            y: (at("clientY") - self.top) / self.scale,
            pressure,
            t_ms: event.time_stamp(),
            source: source(event),
        }
    }

    fn segment(&self, from: (f64, f64), to: (f64, f64)) {
        self.context.begin_path();
        self.context.move_to(from.0, from.1);
        self.context.line_to(to.0, to.1);
        self.context.stroke();
    }

    /// Follows the pen, through every sample that came since the last event.
    pub fn extend(&mut self, event: &PointerEvent) {
        let coalesced: Array = event.get_coalesced_events();
        if coalesced.length() == 0 {
            self.one(event);
        }
        for sample in coalesced.iter() {
            self.one(sample.unchecked_ref());
        }
    }

    fn one(&mut self, event: &PointerEvent) {
        let sample = self.sample(event);
        if let Some((from, to)) = self.wet.push(sample) {
            self.segment(from, to);
        }
    }

    /// Number of samples so far.
    pub fn len(&self) -> usize {
        self.wet.len()
    }

    /// The finished mark; the canvas is left empty.
    pub fn finish(self, width: u16) -> Option<Mark> {
        let mark = self.wet.finish(width);
        self.cancel();
        mark
    }

    /// Forgets the stroke.
    pub fn cancel(self) {
        // Also gives the memory back.
        self.canvas.set_width(0);
        self.canvas.set_height(0);
    }
}
