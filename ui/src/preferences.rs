//! What this person likes on this machine: language, theme, size of text. Kept in the webview, outside the profile, since
//! they are needed before it is unlocked.

use leptos::prelude::*;

use crate::lang::{self, Locale};

const LANGUAGE_KEY: &str = "kyhop.language";
const THEME_KEY: &str = "kyhop.theme";
const SIZE_KEY: &str = "kyhop.text";
const PHRASES_KEY: &str = "kyhop.phrases";
/// Below this width (CSS pixels at 100 % text) everything stands in one column.
const ONE_BELOW: f64 = 940.0;
/// Below this width a room has two columns and its agenda lies over the paper when asked for.
const TWO_BELOW: f64 = 1_160.0;

/// How many columns a room has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Layout {
    /// One, with tabs for all parts.
    One,
    /// The paper and the right column.
    Two,
    /// Agenda, paper, right column.
    Three,
}

impl Layout {
    fn of(width: f64) -> Self {
        if width < ONE_BELOW {
            Self::One
        } else if width < TWO_BELOW {
            Self::Two
        } else {
            Self::Three
        }
    }

    /// Its name in styles.
    fn slug(self) -> &'static str {
        match self {
            Self::One => "narrow",
            Self::Two => "medium",
            Self::Three => "wide",
        }
    }
}

/// Colours of the window.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Theme {
    /// As the system says.
    System,
    /// Dark on light.
    Light,
    /// Light on dark.
    Dark,
    /// Black, white, strong lines.
    Contrast,
}

impl Theme {
    /// All, in the order shown.
    pub const ALL: [Self; 4] = [Self::System, Self::Light, Self::Dark, Self::Contrast];

    /// Its name in styles and storage.
    pub fn slug(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::Light => "light",
            Self::Dark => "dark",
            Self::Contrast => "contrast",
        }
    }
}

/// Sizes of text in percent.
pub const SIZES: [u32; 3] = [100, 125, 150];

/// The preferences, each a signal.
#[derive(Clone, Copy)]
pub struct Preferences {
    /// Colours.
    pub theme: RwSignal<Theme>,
    /// Size of text in percent, one of [`SIZES`].
    pub size: RwSignal<u32>,
    /// The columns that the window has room for at this size of text.
    pub layout: RwSignal<Layout>,
}

fn stored(key: &str) -> Option<String> {
    window().local_storage().ok().flatten()?.get_item(key).ok().flatten()
}

fn store(key: &str, value: &str) {
    if let Ok(Some(storage)) = window().local_storage() {
        // Without storage the choice holds until the window is closed.
        let _ = storage.set_item(key, value);
    }
}

/// The phrases for conclusions that this person edited, one a line; `None`: those of the program.
pub fn phrases() -> Option<String> {
    stored(PHRASES_KEY).filter(|phrases| !phrases.is_empty())
}

/// Keeps edited phrases; `None`: those of the program again.
pub fn keep_phrases(phrases: Option<&str>) {
    store(PHRASES_KEY, phrases.unwrap_or_default());
}

impl Preferences {
    /// Reads what was kept and applies it, now and on every change.
    pub fn start() -> Self {
        let theme =
            stored(THEME_KEY).and_then(|slug| Theme::ALL.into_iter().find(|theme| theme.slug() == slug)).unwrap_or(Theme::System);
        let size = stored(SIZE_KEY).and_then(|size| size.parse().ok()).filter(|size| SIZES.contains(size)).unwrap_or(SIZES[0]);
        lang::switch(if stored(LANGUAGE_KEY).as_deref() == Some("en") { Locale::en } else { Locale::vi });
        let preferences = Self { theme: RwSignal::new(theme), size: RwSignal::new(size), layout: RwSignal::new(Layout::Three) };
        preferences.measure();
        window_event_listener(leptos::ev::resize, move |_| preferences.measure());
        Effect::new(move |_| {
            let Some(root) = document().document_element() else {
                return;
            };
            let _ = root.set_attribute("data-theme", preferences.theme.get().slug());
            let _ = root.set_attribute("data-text", &preferences.size.get().to_string());
            let _ = root.set_attribute("data-layout", preferences.layout.get().slug());
        });
        preferences
    }

    fn measure(self) {
        let width = window().inner_width().ok().and_then(|width| width.as_f64()).unwrap_or(TWO_BELOW);
        let layout = Layout::of(width * 100.0 / f64::from(self.size.get_untracked()));
        if self.layout.get_untracked() != layout {
            self.layout.set(layout);
        }
    }

    /// Chooses a theme.
    pub fn choose_theme(self, theme: Theme) {
        self.theme.set(theme);
        store(THEME_KEY, theme.slug());
    }

    /// Chooses a size of text.
    pub fn choose_size(self, percent: u32) {
        self.size.set(percent);
        store(SIZE_KEY, &percent.to_string());
        self.measure();
    }

    /// Chooses a language.
    pub fn choose_language(self, locale: Locale) {
        lang::switch(locale);
        store(LANGUAGE_KEY, lang::code(locale));
    }
}
