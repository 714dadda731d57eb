//! The language of the window: one reactive value, and macros that put a text of the locale files on the screen.

use leptos::prelude::*;

pub use crate::texts::i18n::Locale;

thread_local! {
    static LANGUAGE: ArcRwSignal<Locale> = ArcRwSignal::new(Locale::vi);
}

/// The language; what reads it inside a view follows it.
pub fn current() -> Locale {
    LANGUAGE.with(Get::get)
}

/// Switches the language of everything on the screen.
pub fn switch(locale: Locale) {
    LANGUAGE.with(|language| language.set(locale));
    if let Some(root) = document().document_element() {
        let _ = root.set_attribute("lang", code(locale));
    }
}

/// `vi` or `en`.
pub fn code(locale: Locale) -> &'static str {
    match locale {
        Locale::vi => "vi",
        Locale::en => "en",
    }
}

/// A text in the present language as a `String`: `say!(room.title, name = x)`.
#[macro_export]
macro_rules! say {
    ($($key:ident).+ $(, $($name:ident = $value:expr),+ $(,)?)?) => {
        leptos_i18n::td_string!($crate::lang::current(), $($key).+ $(, $($name = $value),+)?).to_string()
    };
}

/// A text that follows the language: a closure for views, attributes and `TextProp`.
#[macro_export]
macro_rules! t {
    ($($rest:tt)+) => { (move || $crate::say!($($rest)+)) };
}
