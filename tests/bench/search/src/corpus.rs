//! The articles to search: a folder with `corpus.jsonl`, one article a line.

use std::collections::BTreeMap;
use std::path::Path;

use serde::{Deserialize, Deserializer, Serialize};
use unicode_normalization::UnicodeNormalization;

use crate::lines::{self, Refused};

/// The file in the folder.
const FILE: &str = "corpus.jsonl";
/// A folder has at most so many articles.
const ARTICLES_MAX: usize = 500_000;

/// One article. Every engine gets the same, in NFC.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
pub struct Article {
    /// Unique.
    #[serde(deserialize_with = "name")]
    pub id: String,
    /// The law or procedure it belongs to.
    #[serde(default)]
    pub law: String,
    /// Its number there.
    #[serde(default, deserialize_with = "name")]
    pub article: String,
    /// Its heading.
    #[serde(default)]
    pub title: String,
    /// What it says; may begin with the heading.
    pub text: String,
}

/// Identifiers and numbers are written both ways.
#[derive(Deserialize)]
#[serde(untagged, expecting = "a text or a whole number is expected")]
enum Name {
    Text(String),
    Number(i64),
}

impl From<Name> for String {
    fn from(name: Name) -> Self {
        match name {
            Name::Text(text) => text,
            Name::Number(number) => number.to_string(),
        }
    }
}

/// An identifier.
pub fn name<'de, D: Deserializer<'de>>(from: D) -> Result<String, D::Error> {
    Ok(Name::deserialize(from)?.into())
}

/// Some identifiers.
pub fn names<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<String>, D::Error> {
    Ok(Vec::<Name>::deserialize(from)?.into_iter().map(String::from).collect())
}

/// Reads the articles of a folder; refuses an empty text and an id that occurs twice.
pub fn read(folder: &Path) -> Result<Vec<Article>, Refused> {
    let file = folder.join(FILE);
    let mut seen = BTreeMap::new();
    let mut found = Vec::new();
    for (line, mut article) in lines::read::<Article>(&file, ARTICLES_MAX)? {
        if article.id.is_empty() {
            return Err(Refused::line(&file, line, "the id is empty"));
        }
        if article.text.trim().is_empty() {
            return Err(Refused::line(&file, line, format!("article \"{}\" has no text", article.id)));
        }
        if let Some(before) = seen.insert(article.id.clone(), line) {
            return Err(Refused::line(&file, line, format!("the id \"{}\" was already in line {before}", article.id)));
        }
        for field in [&mut article.law, &mut article.title, &mut article.text] {
            *field = field.nfc().collect();
        }
        found.push(article);
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn read_text(text: &str) -> Result<Vec<Article>, String> {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join(FILE), text).unwrap();
        read(folder.path()).map_err(|error| error.to_string())
    }

    #[test]
    fn an_article_needs_an_id_and_a_text_and_is_made_nfc() {
        let found = read_text("{\"id\":7,\"text\":\"đa\u{302}\u{301}t\",\"src\":\"x\"}").unwrap();
        assert_eq!((found[0].id.as_str(), found[0].text.as_str(), found[0].law.as_str()), ("7", "đất", ""));
        assert!(read_text("{\"id\":\"a\"}").unwrap_err().contains("corpus.jsonl:1: missing field `text`"));
        assert!(read_text("{\"id\":[],\"text\":\"x\"}").unwrap_err().contains("a text or a whole number is expected"));
        assert!(read_text("{\"id\":\"a\",\"text\":\" \"}").unwrap_err().contains("corpus.jsonl:1: article \"a\" has no text"));
    }

    #[test]
    fn an_id_that_occurs_twice_is_named_with_both_lines() {
        let error = read_text("{\"id\":\"a\",\"text\":\"x\"}\n\n{\"id\":\"a\",\"text\":\"y\"}\n").unwrap_err();
        assert!(error.contains("corpus.jsonl:3: the id \"a\" was already in line 1"), "{error}");
    }

    #[test]
    fn a_folder_without_the_file_is_said_so() {
        let error = read(Path::new("/nowhere")).unwrap_err().to_string();
        assert!(error.starts_with("/nowhere/corpus.jsonl: "), "{error}");
    }
}
