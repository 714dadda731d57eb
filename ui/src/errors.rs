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
    serde_json::from_str(if language == "en" { include_str!("../locales/errors/en.json") } else { include_str!("../locales/errors/vi.json") })
}

impl ErrorTexts {
    /// The sentence to show.
    pub fn sentence(&self, error: &ApiError) -> String {
        match self.error.get(&error.code) {
            Some(text) => self.fill(text, &error.facts),
            None => self.fill(&self.generic, &BTreeMap::from([("code".to_owned(), error.code.clone())])),
        }
    }

    /// What is wrong with a vote, from its code.
    pub fn problem(&self, code: &str) -> String {
        self.of(&self.problem, code)
    }

    /// Why a signature has its status, from the reason's code.
    pub fn signature(&self, code: &str) -> String {
        self.of(&self.signature, code)
    }

    fn of(&self, texts: &BTreeMap<String, String>, code: &str) -> String {
        let facts = || BTreeMap::from([("code".to_owned(), code.to_owned())]);
        texts.get(code).or_else(|| self.error.get(code)).cloned().unwrap_or_else(|| self.fill(&self.generic, &facts()))
    }

    fn fill(&self, text: &str, facts: &BTreeMap<String, String>) -> String {
        let mut rest = text;
        let mut filled = String::with_capacity(text.len() + 32);
        while let Some((before, after)) = rest.split_once("{{") {
            let Some((name, after)) = after.split_once("}}") else { break };
            filled.push_str(before);
            filled.push_str(&self.fact(name.trim(), facts));
            rest = after;
        }
        filled.push_str(rest);
        filled
    }

    /// A fact for the text: `name:size` shows bytes, `what` in words, a missing one as `…`.
    fn fact(&self, name: &str, facts: &BTreeMap<String, String>) -> String {
        let (name, shown_as) = name.split_once(':').unwrap_or((name, ""));
        let Some(value) = facts.get(name) else { return "…".to_owned() };
        match (name, shown_as, value.parse()) {
            (_, "size", Ok(bytes)) => format::size(bytes, self.comma),
            ("what", ..) => self.what.get(value).unwrap_or(value).clone(),
            _ => value.chars().take(FACT_CHARS).collect(),
        }
    }
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
        for (vi, en) in [(&vi.error, &en.error), (&vi.what, &en.what), (&vi.problem, &en.problem), (&vi.signature, &en.signature)] {
            assert_eq!(vi.keys().collect::<Vec<_>>(), en.keys().collect::<Vec<_>>());
            for (code, text) in vi {
                assert_eq!(facts_in(text), facts_in(&en[code]), "{code}");
                assert!(!text.is_empty() && !en[code].is_empty(), "{code}");
            }
        }
    }

    #[test]
    fn a_limit_is_told_in_words_and_numbers() {
        let error = ApiError::new("file_too_large", "").with("limit", 209_715_200).with("found", 312_000_000);
        assert!(texts("vi").unwrap().sentence(&error).contains("209,7 MB"));
        assert!(texts("en").unwrap().sentence(&error).contains("209.7 MB"));
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
    fn missing_and_overlong_facts_do_not_break_a_sentence() {
        let vi = texts("vi").unwrap();
        assert!(vi.sentence(&ApiError::new("file_too_large", "")).contains('…'));
        let long = vi.fill("{{ name }} {{ open", &BTreeMap::from([("name".to_owned(), "x".repeat(9_000))]));
        assert_eq!(long.chars().count(), FACT_CHARS + " {{ open".len());
    }
}
