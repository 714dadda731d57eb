//! Why the desktop does not start, in words: on the terminal, and, for who clicked on a picture and sees no terminal, in a
//! dialog. The sentences are the window's own.

use std::collections::BTreeMap;
use std::io::IsTerminal;
use std::time::Duration;

use api::error::ApiError;
use gtk::prelude::*;
use serde::Deserialize;

/// A dialog that nobody closes closes by itself: the program has ended in all but name.
const DIALOG_STAYS: Duration = Duration::from_secs(60);

/// The window's error texts of one language.
#[derive(Deserialize)]
struct Texts {
    generic: String,
    error: BTreeMap<String, String>,
}

impl Texts {
    /// The sentence of an error. Texts that need facts give way to their short form.
    fn sentence(&self, error: &ApiError) -> String {
        let short = format!("{}.short", error.code);
        let found = [error.code.as_str(), &short].into_iter().filter_map(|key| self.error.get(key));
        let text = found.into_iter().find(|text| !text.contains("{{")).unwrap_or(&self.generic);
        text.replace("{{ code }}", &error.code)
    }
}

const VI: &str = include_str!("../../ui/locales/errors/vi.json");
const EN: &str = include_str!("../../ui/locales/errors/en.json");

fn sentence(texts: &str, error: &ApiError) -> String {
    serde_json::from_str::<Texts>(texts).map_or_else(|_| error.code.clone(), |texts| texts.sentence(error))
}

/// Says why the desktop ends.
pub fn tell(error: &ApiError) {
    let (vi, en) = (sentence(VI, error), sentence(EN, error));
    let fact = error.facts.get("folder").or_else(|| error.facts.get("file")).map(|fact| format!("\n{fact}")).unwrap_or_default();
    eprintln!("kyhop-desktop: {vi} · {en} ({}){fact}", error.code);
    if !std::io::stderr().is_terminal() && gtk::init().is_ok() {
        show(&vi, &format!("{en}{fact}"));
    }
}

fn show(title: &str, text: &str) {
    let dialog = gtk::MessageDialog::builder()
        .title("Kỳ Họp")
        .message_type(gtk::MessageType::Error)
        .buttons(gtk::ButtonsType::Close)
        .text(title)
        .secondary_text(text)
        .build();
    let waiting = dialog.clone();
    gtk::glib::timeout_add_local_once(DIALOG_STAYS, move || waiting.response(gtk::ResponseType::Close));
    dialog.run();
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn what_can_go_wrong_at_start_has_a_sentence_in_both_languages() {
        for texts in [VI, EN] {
            let texts: Texts = serde_json::from_str(texts).unwrap();
            for code in ["profile_in_use", "wrong_passphrase", "window_missing", "window_failed", "no_display", "no_profile"] {
                let said = texts.sentence(&ApiError::new(code, ""));
                assert!(!said.contains(code) && !said.contains("{{"), "{code}: {said}");
            }
            assert!(texts.sentence(&ApiError::new("quite_new", "")).contains("quite_new"));
        }
    }
}
