//! Where each paper was left: whoever comes back to it finds it as it lay.

use std::cell::RefCell;
use std::collections::VecDeque;

use domain::id::Hash32;
use leptos::prelude::*;
use ui::pages::{Spot, Zoom};

use super::view::View;

/// Papers whose place is remembered, for as long as the window is open.
const PLACES_MAX: usize = 32;

/// How a paper lay.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Left {
    /// How large it was shown.
    pub zoom: Zoom,
    /// What stood at the top.
    pub spot: Spot,
}

thread_local! {
    /// The last one left is the last one here.
    static LEFT: RefCell<VecDeque<(Hash32, Left)>> = const { RefCell::new(VecDeque::new()) };
}

/// Remembers how a version of a paper lies.
fn leave(version: Hash32, how: Left) {
    let _ = LEFT.try_with(|left| {
        let mut left = left.borrow_mut();
        left.retain(|(known, _)| *known != version);
        left.push_back((version, how));
        if left.len() > PLACES_MAX {
            left.pop_front();
        }
    });
}

/// How a version of a paper was left, if it was open before.
pub fn left(version: Hash32) -> Option<Left> {
    LEFT.with(|left| left.borrow().iter().find(|(known, _)| *known == version).map(|(_, how)| *how))
}

/// Brings to the top what stood there when the paper was left, and remembers it for the next time.
pub fn come_back(view: View, scroll: RwSignal<f64>, before: Option<Left>) {
    let due = StoredValue::new(before.map(|left| left.spot));
    Effect::new(move |_| {
        if view.column.with(|column| column.places.is_empty()) {
            return;
        }
        let Some(spot) = due.try_update_value(Option::take).flatten() else {
            return;
        };
        let top = view.column.with_untracked(|column| column.height_of(spot));
        // Its pages are made at once, those at the beginning are not.
        scroll.set(top);
        request_animation_frame(move || view.scroll_to(top));
    });
    on_cleanup(move || {
        let spot = scroll.try_get_untracked().and_then(|top| view.column.try_with_untracked(|column| column.spot(top)).flatten());
        if let (Some(zoom), Some(spot)) = (view.zoom.try_get_untracked(), spot) {
            leave(view.version, Left { zoom, spot });
        }
    });
}
