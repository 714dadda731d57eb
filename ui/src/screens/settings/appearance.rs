//! Language, theme, size of text: of this window on this machine.

use leptos::prelude::*;
use ui::testids;

use crate::app::use_app;
use crate::components::Choices;
use crate::lang::{self, Locale};
use crate::preferences::{SIZES, Theme};
use crate::{say, t};

fn theme_name(theme: Theme) -> String {
    match theme {
        Theme::System => say!(appearance.system),
        Theme::Light => say!(appearance.light),
        Theme::Dark => say!(appearance.dark),
        Theme::Contrast => say!(appearance.contrast),
    }
}

/// The page.
#[component]
pub fn Appearance() -> impl IntoView {
    let app = use_app();
    let preferences = app.preferences;
    view! {
        <section class="card stack wide-gap">
            <Choices
                label=t!(settings.language)
                name=testids::LANGUAGE
                value=Signal::derive(|| lang::code(lang::current()).to_owned())
                options=Signal::derive(|| vec![("vi".to_owned(), "Tiếng Việt".to_owned()), ("en".to_owned(), "English".to_owned())])
                on_pick=move |picked: String| preferences.choose_language(if picked == "en" { Locale::en } else { Locale::vi })
            />
            <Choices
                label=t!(appearance.theme)
                name=testids::THEME
                value=Signal::derive(move || preferences.theme.get().slug().to_owned())
                options=Signal::derive(|| Theme::ALL.map(|theme| (theme.slug().to_owned(), theme_name(theme))).to_vec())
                on_pick=move |picked: String| {
                    if let Some(theme) = Theme::ALL.into_iter().find(|theme| theme.slug() == picked) {
                        preferences.choose_theme(theme);
                    }
                }
            />
            <Choices
                label=t!(appearance.size)
                name=testids::TEXT_SIZE
                value=Signal::derive(move || preferences.size.get().to_string())
                options=Signal::derive(|| SIZES.map(|percent| (percent.to_string(), format!("{percent} %"))).to_vec())
                on_pick=move |picked: String| {
                    if let Some(size) = picked.parse().ok().filter(|size| SIZES.contains(size)) {
                        preferences.choose_size(size);
                    }
                }
            />
        </section>
        <section class="card row">
            <small class="grow">{move || say!(settings.version, version = app.status.part_or(|status| status.version.clone()).get())}</small>
        </section>
    }
    .into_any()
}
