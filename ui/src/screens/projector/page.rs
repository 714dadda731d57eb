//! A page of a paper, as large as the screen allows.

use std::time::Duration;

use domain::id::{Hash32, SpaceId};
use leptos::prelude::*;
use ui::pages;
use ui::testids;

use crate::backend::Backend;
use crate::say;

/// The file may still be on its way: its picture is asked for again.
const AGAIN: Duration = Duration::from_secs(3);
/// A page on its side is about so much wider than high (ISO 216).
const SIDEWAYS: f64 = std::f64::consts::SQRT_2;

/// Device pixels to ask for: the page fills the screen's height, whichever way it lies.
fn width_px() -> u32 {
    let side =
        |side: Result<wasm_bindgen::JsValue, wasm_bindgen::JsValue>| side.ok().and_then(|side| side.as_f64()).unwrap_or(1_024.0);
    let (width, height) = (side(window().inner_width()), side(window().inner_height()));
    pages::picture_width(width.min(height * SIDEWAYS), window().device_pixel_ratio())
}

/// The page.
#[component]
pub fn Page(
    /// Where pictures come from.
    backend: StoredValue<Backend>,
    /// The meeting.
    meeting: SpaceId,
    /// The version.
    version: Hash32,
    /// The paper's title.
    title: String,
    /// Page from 0.
    page: u32,
    /// Of how many.
    pages: u32,
) -> impl IntoView {
    let attempt = RwSignal::new(0_u32);
    let address = move || {
        let address = backend.with_value(|backend| backend.projected_url(meeting, version, page, width_px()));
        match attempt.get() {
            0 => address,
            again => format!("{address}&again={again}"),
        }
    };
    let label = {
        let title = title.clone();
        move || say!(projector.page_label, title = title.clone(), page = page + 1, pages = pages)
    };
    view! {
        <section class="ppage">
            <img data-testid=testids::PROJECTOR_PICTURE src=address alt=label on:error=move |_| set_timeout(move || { attempt.try_update(|attempt| *attempt += 1); }, AGAIN) />
            <footer><span class="ell">{title}</span><span class="num">{format!("{}/{pages}", page + 1)}</span></footer>
        </section>
    }
    .into_any()
}
