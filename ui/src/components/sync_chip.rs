//! Sync in three calm states. What gets worse is shown only after it has lasted, what gets better at once.

use std::time::Duration;

use api::query::SyncState;
use api::view::{SyncMood, SyncSummary};
use leptos::prelude::*;
use ui::route::{Route, SettingsPage};
use ui::testids;

use crate::app::use_app;
use crate::live::live;
use crate::words;

/// Worse news must last so long before it is shown.
const CALM: Duration = Duration::from_millis(1_500);

fn severity(mood: SyncMood) -> u8 {
    match mood {
        SyncMood::InSync => 0,
        SyncMood::Waiting => 1,
        SyncMood::Offline => 2,
    }
}

/// The state of sync, debounced.
pub fn calm_sync() -> RwSignal<Option<SyncSummary>> {
    let newest = live(|| Some(SyncState {})).part(|sync| sync.summary);
    let shown = RwSignal::new(None::<SyncSummary>);
    let version = StoredValue::new(0u64);
    Effect::new(move |_| {
        let newest = newest.get();
        version.update_value(|version| *version += 1);
        let worse = match (shown.get_untracked(), newest) {
            (Some(old), Some(new)) => severity(new.mood) > severity(old.mood),
            _ => false,
        };
        if worse {
            let this = version.get_value();
            set_timeout(
                move || {
                    if version.try_get_value() == Some(this) {
                        shown.try_set(newest);
                    }
                },
                CALM,
            );
        } else if newest.is_some() && shown.get_untracked() != newest {
            shown.set(newest);
        }
    });
    shown
}

/// The chip; leads to the sync page of Settings.
#[component]
pub fn SyncChip() -> impl IntoView {
    let app = use_app();
    let shown = calm_sync();
    view! {
        <button
            type="button"
            class=move || match shown.get().map(|summary| summary.mood) {
                Some(SyncMood::InSync) => "chip sync ok",
                Some(SyncMood::Waiting) => "chip sync warn",
                _ => "chip sync",
            }
            data-testid=testids::SYNC_CHIP
            data-mood=move || shown.get().map(|summary| match summary.mood { SyncMood::InSync => "in_sync", SyncMood::Waiting => "waiting", SyncMood::Offline => "offline" })
            aria-live="polite"
            on:click=move |_| app.go(Route::Settings(SettingsPage::Sync))
        >
            <i class="dot" aria-hidden="true"></i>
            <span class="num">{move || shown.get().map_or_else(|| crate::say!(sync.unknown), |summary| words::sync(&summary, app.now.get()))}</span>
        </button>
    }
    .into_any()
}
