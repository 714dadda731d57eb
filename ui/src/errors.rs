//! The sentence of an error in the reader's language, made from its stable code and its facts.
//!
//! The texts are in `locales/errors/*.json`. They are looked up when needed, not compiled in as keys: an application newer
//! than the window may send a code that the window does not know, and then the general sentence names the code.

use std::collections::BTreeMap;

use api::error::ApiError;
use serde::Deserialize;

use crate::format;

/// Facts shown are cut after so many characters.
const FACT_CHARS: usize = 200;

/// The error texts of one language.
#[derive(Debug, Deserialize)]
pub struct ErrorTexts {
    /// For a code without a text of its own; knows `{{ code }}`.
    generic: String,
    /// Decimal comma or point.
    comma: char,
    /// A sentence per code.
    error: BTreeMap<String, String>,
    /// What a limit is about, for the fact `what`.
    what: BTreeMap<String, String>,
    /// A sentence per problem of a vote.
    problem: BTreeMap<String, String>,
    /// A sentence per reason of a signature's status.
    signature: BTreeMap<String, String>,
}

/// The texts shipped for a language (`vi` or `en`; anything else is Vietnamese).
pub fn texts(language: &str) -> Result<ErrorTexts, serde_json::Error> {
    serde_json::from_str(if language == "en" {
        include_str!("../locales/errors/en.json")
    } else {
        include_str!("../locales/errors/vi.json")
    })
}

impl ErrorTexts {
    /// The sentence to show. A text whose facts did not come gives way to the code's `.short` text; the name of a file that is
    /// concerned stands before it.
    pub fn sentence(&self, error: &ApiError) -> String {
        let short = self.error.get(&format!("{}.short", error.code));
        let sentence = match self.error.get(&error.code) {
            Some(text) => self.fill(text, &error.facts).or_else(|| short.cloned()),
            None => None,
        };
        let sentence = sentence.unwrap_or_else(|| self.generic(&error.code));
        match error.facts.get("file").map(|path| path.rsplit(['/', '\\']).next().unwrap_or(path)) {
            Some(name) if !name.is_empty() && !sentence.contains(name) => {
                format!("“{}”: {sentence}", cut(name))
            }
            _ => sentence,
        }
    }

    /// What is wrong with a vote, from its code.
    pub fn problem(&self, code: &str) -> String {
        self.problem.get(code).or_else(|| self.error.get(code)).cloned().unwrap_or_else(|| self.generic(code))
    }

    /// Why a signature has its status, from the reason's code.
    pub fn signature(&self, code: &str) -> String {
        self.signature.get(code).cloned().unwrap_or_else(|| self.generic(code))
    }

    fn generic(&self, code: &str) -> String {
        let facts = BTreeMap::from([("code".to_owned(), code.to_owned())]);
        self.fill(&self.generic, &facts).unwrap_or_else(|| code.to_owned())
    }

    /// The text with its facts; `None` if one of them is not known.
    fn fill(&self, text: &str, facts: &BTreeMap<String, String>) -> Option<String> {
        let mut rest = text;
        let mut filled = String::with_capacity(text.len() + 32);
        while let Some((before, after)) = rest.split_once("{{") {
            let (name, after) = after.split_once("}}")?;
            filled.push_str(before);
            filled.push_str(&self.fact(name.trim(), facts)?);
            rest = after;
        }
        filled.push_str(rest);
        Some(filled)
    }

    /// A fact for the text: `name:size` shows bytes, `what` is put into words.
    fn fact(&self, name: &str, facts: &BTreeMap<String, String>) -> Option<String> {
        let (name, shown_as) = name.split_once(':').unwrap_or((name, ""));
        let value = facts.get(name)?;
        match (name, shown_as) {
            (_, "size") => value.parse().ok().map(|bytes| format::size(bytes, self.comma)),
            // A form says which of its fields it was.
            ("what", _) => facts.get("field").and_then(|field| self.what.get(field)).or_else(|| self.what.get(value)).cloned(),
            _ => Some(cut(value)),
        }
    }
}

fn cut(text: &str) -> String {
    text.chars().take(FACT_CHARS).collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::collections::BTreeSet;

    use super::*;

    fn facts_in(text: &str) -> BTreeSet<&str> {
        text.split("{{").skip(1).filter_map(|part| part.split_once("}}")).map(|(name, _)| name.trim()).collect()
    }

    #[test]
    fn both_languages_have_the_same_codes_and_the_same_facts() {
        let (vi, en) = (texts("vi").unwrap(), texts("en").unwrap());
        for (vi, en) in [(&vi.error, &en.error), (&vi.what, &en.what), (&vi.problem, &en.problem), (&vi.signature, &en.signature)]
        {
            assert_eq!(vi.keys().collect::<Vec<_>>(), en.keys().collect::<Vec<_>>());
            for (code, text) in vi {
                assert_eq!(facts_in(text), facts_in(&en[code]), "{code}");
                assert!(!text.is_empty() && !en[code].is_empty(), "{code}");
            }
        }
    }

    #[test]
    fn a_limit_is_told_in_words_and_numbers() {
        let size = BTreeMap::from([("limit".to_owned(), "209715200".to_owned())]);
        assert_eq!(texts("vi").unwrap().fill("nhiều nhất {{ limit:size }}", &size).unwrap(), "nhiều nhất 210 MB");
        assert_eq!(texts("en").unwrap().fill("at most {{ limit:size }}", &size).unwrap(), "at most 210 MB");
        let error = ApiError::new("limit_over", "").with("what", "title").with("limit", 300).with("found", 301);
        assert!(texts("vi").unwrap().sentence(&error).contains("tiêu đề"));
    }

    #[test]
    fn an_unknown_code_is_named_and_its_detail_is_not_shown() {
        let shown = texts("vi").unwrap().sentence(&ApiError::new("quite_new", "internal english detail"));
        assert!(shown.contains("quite_new") && !shown.contains("english"), "{shown}");
        assert!(texts("en").unwrap().problem("quite_new").contains("quite_new"));
    }

    #[test]
    fn a_text_whose_facts_did_not_come_gives_way_to_the_short_one() {
        let vi = texts("vi").unwrap();
        let bare = vi.sentence(&ApiError::new("no_quorum", ""));
        let full = vi.sentence(&ApiError::new("no_quorum", "").with("present", 3).with("needed", 5));
        assert!(full.contains('3') && full.contains('5') && !bare.contains("{{") && bare != full, "{bare} | {full}");
        // A limit on something that this window has no word for.
        assert!(
            !vi.sentence(&ApiError::new("limit_over", "").with("what", "quite new: at most 3").with("limit", 3).with("found", 4))
                .contains("quite new")
        );
    }

    #[test]
    fn every_text_with_facts_has_a_short_one() {
        for language in ["vi", "en"] {
            let texts = texts(language).unwrap();
            let lacks = |code: &&String| !texts.error.contains_key(&format!("{code}.short"));
            let codes = texts.error.iter().filter(|(_, text)| text.contains("{{")).map(|(code, _)| code);
            assert_eq!(codes.filter(lacks).collect::<Vec<_>>(), Vec::<&String>::new());
        }
    }

    #[test]
    fn the_file_is_named_without_its_folders_and_cut() {
        let vi = texts("vi").unwrap();
        let shown = vi.sentence(&ApiError::new("pdf_encrypted", "").with("file", "/home/a/b/to-trinh.pdf"));
        assert!(shown.starts_with("“to-trinh.pdf”: ") && !shown.contains("/home"), "{shown}");
        let long = vi.sentence(&ApiError::new("pdf_broken", "").with("file", "x".repeat(9_000)));
        assert!(long.chars().count() < FACT_CHARS + 200);
    }
}
