//! Texts of a record on their way to the page: measured, normalised, and free of characters that act instead of showing.

use std::collections::BTreeSet;

use unicode_normalization::UnicodeNormalization;

use crate::TypesetError;
use crate::fonts::covers;
use crate::limits::{LINE_BREAK_CHARS, MAX_TEXT_CHARS, MAX_TOTAL_CHARS, MAX_UNBROKEN_CHARS};

const BREAK_HERE: char = '\u{200b}';

/// Takes texts in and keeps count.
#[derive(Default)]
pub(crate) struct Texts {
    total: usize,
    missing: BTreeSet<char>,
}

impl Texts {
    /// A text that may have several lines.
    pub(crate) fn lines(&mut self, field: &'static str, value: &str) -> Result<String, TypesetError> {
        let chars = value.chars().count();
        if chars > MAX_TEXT_CHARS {
            return Err(TypesetError::TextTooLong { field, chars, limit: MAX_TEXT_CHARS });
        }
        let clean: String = value.replace("\r\n", "\n").nfc().filter_map(shown).collect();
        self.total += chars + LINE_BREAK_CHARS * clean.matches('\n').count();
        if self.total > MAX_TOTAL_CHARS {
            return Err(TypesetError::TextTooLong { field: "the whole document", chars: self.total, limit: MAX_TOTAL_CHARS });
        }
        self.missing.extend(clean.chars().filter(|char| !char.is_whitespace() && !covers(*char)));
        Ok(with_breaks(clean.trim()))
    }

    /// A text of one line: line breaks become spaces.
    pub(crate) fn line(&mut self, field: &'static str, value: &str) -> Result<String, TypesetError> {
        let text = self.lines(field, value)?;
        Ok(text.split('\n').map(str::trim).filter(|line| !line.is_empty()).collect::<Vec<_>>().join(" "))
    }

    /// As [`Self::line`], and empty is an error.
    pub(crate) fn required(&mut self, field: &'static str, value: &str) -> Result<String, TypesetError> {
        let text = self.line(field, value)?;
        if text.is_empty() { Err(TypesetError::Missing { field }) } else { Ok(text) }
    }

    /// Characters that the font cannot draw.
    pub(crate) fn missing(self) -> Vec<char> {
        self.missing.into_iter().collect()
    }
}

/// Fails if there are more than `limit`.
pub(crate) fn at_most(what: &'static str, count: usize, limit: usize) -> Result<(), TypesetError> {
    if count > limit { Err(TypesetError::TooMany { what, count, limit }) } else { Ok(()) }
}

fn shown(char: char) -> Option<char> {
    match char {
        '\n' => Some('\n'),
        '\u{2028}' | '\u{2029}' | '\u{85}' | '\u{b}' | '\u{c}' | '\r' => Some('\n'),
        '\t' => Some(' '),
        // Marks that reorder text (a signed page must read as it was typed), join, hide or tag it.
        '\u{ad}'
        | '\u{61c}'
        | '\u{180e}'
        | '\u{200b}'..='\u{200f}'
        | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}'
        | '\u{feff}' => None,
        '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e0fff}' | '\u{fe00}'..='\u{fe0f}' => None,
        char if char.is_control() => None,
        char => Some(char),
    }
}

fn with_breaks(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for piece in text.split_inclusive(char::is_whitespace) {
        if piece.chars().count() <= MAX_UNBROKEN_CHARS {
            out.push_str(piece);
            continue;
        }
        for (at, char) in piece.chars().enumerate() {
            if at > 0 && at % (MAX_UNBROKEN_CHARS / 2) == 0 && !char.is_whitespace() {
                out.push(BREAK_HERE);
            }
            out.push(char);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::*;

    #[test]
    fn marks_that_would_turn_a_text_around_do_not_reach_the_page() {
        let mut texts = Texts::default();
        assert_eq!(texts.line("x", "đồng ý\u{202e} gnôhk\u{0}\u{feff}").unwrap(), "đồng ý gnôhk");
        assert_eq!(texts.line("x", "a\r\nb\u{2028}c").unwrap(), "a b c");
        assert!(texts.missing().is_empty());
    }

    #[test]
    fn decomposed_letters_are_composed_and_unknown_ones_reported() {
        let mut texts = Texts::default();
        assert_eq!(texts.line("x", "Hue\u{302}\u{301} 漢").unwrap(), "Huế 漢");
        assert_eq!(texts.missing(), ['漢']);
    }

    #[test]
    fn a_long_run_gets_places_to_break_and_loses_nothing() {
        let long = "x".repeat(100);
        let broken = with_breaks(&long);
        assert!(broken.split(BREAK_HERE).all(|part| part.len() <= MAX_UNBROKEN_CHARS));
        assert_eq!(broken.replace(BREAK_HERE, ""), long);
        assert_eq!(with_breaks("nghiêng nghiêng"), "nghiêng nghiêng");
    }

    #[test]
    fn too_long_is_an_error_with_the_name_of_the_text() {
        let error = Texts::default().line("the title", &"a".repeat(MAX_TEXT_CHARS + 1)).unwrap_err();
        assert_eq!(error, TypesetError::TextTooLong { field: "the title", chars: MAX_TEXT_CHARS + 1, limit: MAX_TEXT_CHARS });
        assert_eq!(Texts::default().required("the title", " \n").unwrap_err().code(), "typeset_missing");
    }

    #[test]
    fn a_document_of_nothing_but_line_breaks_is_too_long_whatever_they_are_made_of() {
        for line_break in ["\n", "\r\n", "\u{2028}", "\u{c}"] {
            let text = line_break.repeat(MAX_TOTAL_CHARS / LINE_BREAK_CHARS / 2);
            let mut texts = Texts::default();
            texts.lines("x", &text).unwrap();
            assert_eq!(texts.lines("x", &text).unwrap_err().code(), "typeset_text_too_long");
        }
    }
}
