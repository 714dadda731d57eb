//! Names of people, meetings and files as they may be stored: clean, of bounded length, and not able to disguise themselves.

use std::fmt;

use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization;

use crate::limits::{self, LimitError, LimitRule};

/// The name of a person: trimmed, NFC, single spaces, 1 to [`limits::PERSON_NAME_CHARS`] characters, no control or direction characters.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct PersonName(String);

impl PersonName {
    /// Cleans and checks what was typed.
    pub fn parse(typed: &str) -> Result<Self, LimitError> {
        one_line("person name", typed, limits::PERSON_NAME_CHARS).map(Self)
    }

    /// The clean name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for PersonName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for PersonName {
    type Error = LimitError;

    fn try_from(typed: String) -> Result<Self, LimitError> {
        Self::parse(&typed)
    }
}

impl From<PersonName> for String {
    fn from(name: PersonName) -> Self {
        name.0
    }
}

/// Cleans and checks a title by the rules of [`PersonName`], up to [`limits::TITLE_CHARS`] characters.
pub fn title(typed: &str) -> Result<String, LimitError> {
    one_line("title", typed, limits::TITLE_CHARS)
}

/// Cleans a text of one line: NFC, space characters of every width become one ordinary space, none at the ends, invisible characters that
/// word processors leave behind are dropped. Control characters (a line break too) and direction characters are refused, never dropped:
/// a text that has them was not typed. `what` names the text in the error.
pub fn one_line(what: &'static str, typed: &str, most_chars: usize) -> Result<String, LimitError> {
    // Looked at before normalising, whose result can be several times as long.
    limits::at_most(what, most_chars.saturating_mul(8), typed.chars().count())?;
    let trimmed = typed.trim();
    limits::check_characters(what, trimmed, limits::forbidden_in_line)?;
    let mut clean = String::with_capacity(trimmed.len());
    for word in trimmed.split(char::is_whitespace).filter(|word| !word.is_empty()) {
        let start = clean.len();
        if start > 0 {
            clean.push(' ');
        }
        let before = clean.len();
        clean.extend(word.chars().filter(|c| !is_invisible(*c)).nfc());
        if clean.len() == before {
            clean.truncate(start);
        }
    }
    limits::at_least(what, 1, clean.chars().count())?;
    limits::at_most(what, most_chars, clean.chars().count())?;
    Ok(clean)
}

/// Zero-width space, word joiner, byte order mark and soft hyphen: pasted along, seen by nobody.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{200b}' | '\u{2060}' | '\u{feff}' | '\u{ad}')
}

/// Turns any text into a file name that every system takes: no folders, no characters that Windows refuses, no control or direction
/// characters, NFC, at most [`limits::FILE_NAME_CHARS`] characters and [`limits::FILE_NAME_BYTES`] bytes with the extension kept.
/// What is left of nothing is called `tai-lieu`.
pub fn sanitize_file_name(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).find(|part| !part.trim().is_empty()).unwrap_or_default();
    let mut clean = String::new();
    for c in last.chars().take(limits::FILE_NAME_CHARS * 8).nfc() {
        if c.is_whitespace() {
            if !clean.ends_with(' ') {
                clean.push(' ');
            }
        } else if matches!(c, '<' | '>' | ':' | '"' | '|' | '?' | '*') {
            clean.push('-');
        } else if !limits::forbidden_in_line(c) && !is_invisible(c) {
            clean.push(c);
        }
    }
    // Dropping characters can bring a letter and its mark together.
    let clean: String = clean.nfc().collect();
    let clean = clean.trim_matches([' ', '.']);
    let (stem, extension) = match clean.rsplit_once('.') {
        Some((stem, extension)) if !extension.contains(' ') && extension.len() <= EXTENSION_BYTES && !stem.trim().is_empty() => {
            (stem, extension)
        }
        _ => (clean, ""),
    };
    let stem = stem.trim_end_matches([' ', '.']);
    let stem = if stem.is_empty() { "tai-lieu".to_owned() } else { stem.to_owned() };
    let device = stem.split('.').next().unwrap_or_default().trim_end();
    let stem = if is_device_name(device) { format!("_{stem}") } else { stem };
    let dot = usize::from(!extension.is_empty());
    let stem = shortened(
        &stem,
        limits::FILE_NAME_CHARS - dot - extension.chars().count(),
        limits::FILE_NAME_BYTES - dot - extension.len(),
    );
    if extension.is_empty() { stem.to_owned() } else { format!("{stem}.{extension}") }
}

/// Longest part after the last dot that is taken for an extension.
const EXTENSION_BYTES: usize = 16;

/// Windows opens a device instead of a file of such a name, with any extension.
fn is_device_name(stem: &str) -> bool {
    let upper = stem.to_ascii_uppercase();
    matches!(upper.as_str(), "CON" | "PRN" | "AUX" | "NUL")
        || (upper.strip_prefix("COM").or_else(|| upper.strip_prefix("LPT")))
            .is_some_and(|number| number.len() == 1 && number.bytes().all(|b| b.is_ascii_digit()))
}

fn shortened(text: &str, most_chars: usize, most_bytes: usize) -> &str {
    let end = text
        .char_indices()
        .enumerate()
        .map(|(before, (start, c))| (before + 1, start + c.len_utf8()))
        .take_while(|(chars, end)| *chars <= most_chars && *end <= most_bytes)
        .last()
        .map_or(0, |(_, end)| end);
    text[..end].trim_end_matches([' ', '.'])
}

/// Checks a text that others wrote and that may have several lines (line breaks and tabs are fine).
pub(crate) fn check_paragraph(what: &'static str, text: &str, most_chars: usize) -> Result<(), LimitError> {
    limits::at_most(what, most_chars, text.chars().count())?;
    limits::check_characters(what, text, |c| !matches!(c, '\n' | '\r' | '\t') && limits::forbidden_in_line(c))
}

/// Checks a line that others wrote; `least` is 0 where it may be empty.
pub(crate) fn check_line(what: &'static str, text: &str, least: usize, most_chars: usize) -> Result<(), LimitError> {
    limits::at_least(what, least, text.trim().chars().count().min(least))?;
    limits::at_most(what, most_chars, text.chars().count())?;
    limits::check_characters(what, text, limits::forbidden_in_line)
}

/// Whether an error is about characters rather than length: the wording on the screen differs.
pub fn is_about_characters(error: &LimitError) -> bool {
    error.rule == LimitRule::Characters
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_name_is_cleaned_not_changed() {
        for (typed, stored) in [
            ("  Nguyễn   Văn An ", "Nguyễn Văn An"),
            ("Nguye\u{302}\u{303}n Va\u{306}n An", "Nguyễn Văn An"),
            ("Trần\u{a0}Thị\u{2003}Bình\u{200b}", "Trần Thị Bình"),
            ("Đ", "Đ"),
            ("O'Neil-Lê, Jr.", "O'Neil-Lê, Jr."),
        ] {
            assert_eq!(PersonName::parse(typed).unwrap().as_str(), stored);
        }
    }

    #[test]
    fn a_name_cannot_disguise_itself() {
        for typed in [
            "An\u{202e}hníB",
            "An\u{2066}B\u{2069}",
            "An\u{200f}",
            "An\nBình",
            "An\u{0}",
            "An\u{1b}[31m",
            "An\u{2028}Bình",
            "A\u{200d}n",
            "An\u{e0041}",
        ] {
            let error = PersonName::parse(typed).unwrap_err();
            assert_eq!(error.code(), "text_characters", "{typed:?}");
            assert!(is_about_characters(&error));
        }
    }

    #[test]
    fn a_name_has_one_to_120_characters() {
        for empty in ["", "   ", "\u{a0}", "\u{200b}\u{feff}"] {
            assert_eq!(PersonName::parse(empty).unwrap_err().code(), "limit_under", "{empty:?}");
        }
        assert!(PersonName::parse(&"ễ".repeat(120)).is_ok());
        assert!(PersonName::parse(&"e\u{302}\u{303}".repeat(120)).is_ok());
        assert_eq!(PersonName::parse(&"ễ".repeat(121)).unwrap_err().code(), "limit_over");
        assert_eq!(title(&"x".repeat(limits::TITLE_CHARS + 1)).unwrap_err().what, "title");
        assert!(serde_json::from_str::<PersonName>("\"An\\u202e\"").is_err());
        assert_eq!(serde_json::to_string(&PersonName::parse(" An ").unwrap()).unwrap(), "\"An\"");
    }

    #[test]
    fn file_names_lose_folders_and_tricks_and_keep_their_extension() {
        for (given, stored) in [
            ("Tờ trình số 05.pdf", "Tờ trình số 05.pdf"),
            ("/home/an/../tài liệu.pdf", "tài liệu.pdf"),
            ("C:\\Users\\An\\Báo cáo: quý 3?.pdf", "Báo cáo- quý 3-.pdf"),
            ("..", "tai-lieu"),
            ("", "tai-lieu"),
            ("///", "tai-lieu"),
            (".pdf", "pdf"),
            ("con.pdf", "_con.pdf"),
            ("COM1", "_COM1"),
            ("aux .tar.gz", "_aux .tar.gz"),
            ("Con đường.pdf", "Con đường.pdf"),
            ("hóa đơn\u{202e}fdp.exe", "hóa đơnfdp.exe"),
            ("to\u{301}m ta\u{306}\u{301}t.pdf", "tóm tắt.pdf"),
            ("a\u{0}\n\tb.pdf", "a b.pdf"),
            ("ghi chú. ", "ghi chú"),
            ("x .pdf", "x.pdf"),
        ] {
            assert_eq!(sanitize_file_name(given), stored, "{given:?}");
        }
        let long = sanitize_file_name(&format!("{}.pdf", "ễ".repeat(400)));
        assert!(long.ends_with("ễ.pdf") && long.len() <= limits::FILE_NAME_BYTES);
    }

    proptest! {
        #[test]
        fn any_text_becomes_a_file_name_that_stays_the_same_when_cleaned_again(name in any::<String>()) {
            let once = sanitize_file_name(&name);
            prop_assert!(!once.is_empty() && once != "." && once != "..");
            prop_assert!(once.chars().count() <= limits::FILE_NAME_CHARS && once.len() <= limits::FILE_NAME_BYTES);
            prop_assert!(!once.contains(['/', '\\', '<', '>', ':', '"', '|', '?', '*']));
            prop_assert!(!once.chars().any(limits::forbidden_in_line));
            prop_assert_eq!(sanitize_file_name(&once), once);
        }

        #[test]
        fn hostile_file_names_too(name in "[ ./\\\\a\u{301}\u{202e}\u{200b}:conCON1ễ]{0,300}") {
            let once = sanitize_file_name(&name);
            prop_assert!(!once.is_empty() && !once.starts_with(['.', ' ']) && !once.ends_with(['.', ' ']));
            prop_assert_eq!(sanitize_file_name(&once), once);
        }

        #[test]
        fn cleaning_a_name_twice_is_cleaning_it_once(typed in any::<String>()) {
            if let Ok(name) = PersonName::parse(&typed) {
                prop_assert_eq!(PersonName::parse(name.as_str()), Ok(name.clone()));
                prop_assert!(check_line("person name", name.as_str(), 1, limits::PERSON_NAME_CHARS).is_ok());
            }
        }
    }
}
