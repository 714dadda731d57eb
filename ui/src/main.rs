//! The window: Leptos on the client side, compiled to wasm. Natively there is nothing to run; what can be computed
//! without a browser is in the library of this crate.

// A view is one deep type per tree of elements.
#![recursion_limit = "512"]

#[cfg(target_arch = "wasm32")]
mod app;
#[cfg(target_arch = "wasm32")]
mod backend;
#[cfg(target_arch = "wasm32")]
mod canvas;
#[cfg(target_arch = "wasm32")]
mod components;
#[cfg(target_arch = "wasm32")]
mod doing;
#[cfg(target_arch = "wasm32")]
mod finder;
#[cfg(target_arch = "wasm32")]
mod keyboard;
#[cfg(target_arch = "wasm32")]
mod lang;
#[cfg(target_arch = "wasm32")]
mod live;
#[cfg(target_arch = "wasm32")]
mod preferences;
#[cfg(target_arch = "wasm32")]
mod screens;
#[cfg(target_arch = "wasm32")]
mod terms;
#[cfg(target_arch = "wasm32")]
mod words;

/// Generated from the locale files by the build script.
#[cfg(target_arch = "wasm32")]
#[allow(missing_docs, unused, clippy::all, clippy::unwrap_used, clippy::expect_used)]
mod texts {
    include!(concat!(env!("OUT_DIR"), "/i18n.rs"));
}

#[cfg(target_arch = "wasm32")]
fn main() {
    console_error_panic_hook::set_once();
    if let Some(starting) = leptos::prelude::document().get_element_by_id("starting") {
        starting.remove();
    }
    let hash = leptos::prelude::window().location().hash().unwrap_or_default();
    // The projector's window has no other screens, and no right to what they need.
    match ui::route::Route::parse(&hash) {
        ui::route::Route::Projector(meeting) => leptos::prelude::mount_to_body(move || screens::projector::of(meeting)),
        _ => leptos::prelude::mount_to_body(app::App),
    }
}

#[cfg(not(target_arch = "wasm32"))]
fn main() {
    eprintln!("This is the window; it runs as wasm in a webview or a browser. Build it with `cargo xtask ui`.");
}
