//! The official documents that come out of a sitting: which there are, and the words of one as a person edits them before it is signed.

use serde::{Deserialize, Serialize};

use crate::identity::check_line;
use crate::limits::{BODY_CHARS, LimitError, OFFICIAL_LINE_CHARS, OFFICIAL_LINES, PLACE_CHARS, TITLE_CHARS, at_most};

/// Which document (Decree 30/2020/NĐ-CP, Art. 7).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OfficialKind {
    /// Biên bản: what happened.
    #[default]
    Minutes,
    /// Nghị quyết: what the body adopted, in articles.
    Resolution,
    /// Thông báo kết luận: what the chair concluded.
    Notice,
}

impl OfficialKind {
    /// All of them, in the order of the screen.
    pub const ALL: [Self; 3] = [Self::Minutes, Self::Resolution, Self::Notice];

    /// The document's type as it is printed (cell 5a).
    pub fn printed(self) -> &'static str {
        match self {
            Self::Minutes => "Biên bản",
            Self::Resolution => "Nghị quyết",
            Self::Notice => "Thông báo",
        }
    }

    /// The mark of the type within the symbol (Annex III).
    pub fn mark(self) -> &'static str {
        match self {
            Self::Minutes => "BB",
            Self::Resolution => "NQ",
            Self::Notice => "TB",
        }
    }

    /// How its file and its part of an archive are called.
    pub fn stem(self) -> &'static str {
        match self {
            Self::Minutes => "minutes",
            Self::Resolution => "resolution",
            Self::Notice => "notice",
        }
    }
}

/// The words of an official document that stand beside the record. Made from the record, edited until it is signed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct OfficialText {
    /// The number within the agency's year; `None`: the place stays free for the records clerk.
    #[serde(default)]
    pub number: Option<u32>,
    /// The symbol after the number, e.g. `NQ-HĐND`.
    pub symbol: String,
    /// The place in the date line.
    pub place: String,
    /// What it is about (cell 5a).
    pub title: String,
    /// Legal bases, one a line. Minutes have none.
    #[serde(default)]
    pub grounds: Vec<String>,
    /// The body, a paragraph a line; one that begins with `Điều 1.` is an article. In minutes: what is told beside the record.
    #[serde(default)]
    pub body: Vec<String>,
    /// Recipients, one a line.
    #[serde(default)]
    pub recipients: Vec<String>,
    /// Authority and office of whoever signs, one a line. Minutes have none: both signers are named by their roles.
    #[serde(default)]
    pub signer: Vec<String>,
}

/// Largest number of a document within a year.
pub const OFFICIAL_NUMBER_MAX: u32 = 99_999;

impl OfficialText {
    /// Every line within bounds.
    pub fn validate(&self) -> Result<(), LimitError> {
        at_most("document number", OFFICIAL_NUMBER_MAX as usize, self.number.unwrap_or_default() as usize)?;
        check_line("document symbol", &self.symbol, 0, BODY_CHARS)?;
        check_line("place", &self.place, 0, PLACE_CHARS)?;
        check_line("title", &self.title, 1, TITLE_CHARS)?;
        for (what, lines) in [
            ("document grounds", &self.grounds),
            ("document body", &self.body),
            ("recipients", &self.recipients),
            ("document signer", &self.signer),
        ] {
            at_most(what, OFFICIAL_LINES, lines.len())?;
            lines.iter().try_for_each(|line| check_line(what, line, 0, OFFICIAL_LINE_CHARS))?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_text_has_bounds_and_holds_nothing_that_hides() {
        let sound = OfficialText {
            title: "Về kế hoạch trực bão".to_owned(),
            body: vec!["Điều 1. Trực".to_owned()],
            ..Default::default()
        };
        assert_eq!(sound.validate(), Ok(()));
        let check = |change: fn(&mut OfficialText)| {
            let mut text = sound.clone();
            change(&mut text);
            let error = text.validate().unwrap_err();
            (error.what, error.code())
        };
        assert_eq!(check(|text| text.title.clear()), ("title", "limit_under"));
        assert_eq!(check(|text| text.number = Some(OFFICIAL_NUMBER_MAX + 1)), ("document number", "limit_over"));
        assert_eq!(check(|text| text.body = vec![String::new(); OFFICIAL_LINES + 1]), ("document body", "limit_over"));
        assert_eq!(check(|text| text.grounds = vec!["a".repeat(OFFICIAL_LINE_CHARS + 1)]), ("document grounds", "limit_over"));
        assert_eq!(check(|text| text.signer = vec!["Chủ\u{202e}tịch".to_owned()]), ("document signer", "text_characters"));
    }
}
