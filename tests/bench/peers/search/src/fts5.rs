//! SQLite FTS5: a table of three columns that keeps the text, `unicode61 remove_diacritics 2`, any of the words may occur, `bm25`.

use std::collections::BTreeSet;
use std::path::Path;
use std::time::Instant;

use rusqlite::Connection;

use crate::lines::{Ask, Doc, Found, Outcome, ask_all, bytes_in, seconds};

const TABLE: &str =
    "CREATE VIRTUAL TABLE article USING fts5(id UNINDEXED, law, title, body, tokenize = 'unicode61 remove_diacritics 2')";
const SEARCH: &str = "SELECT id FROM article WHERE article MATCH ?1 ORDER BY rank LIMIT ?2";

/// Builds the index in `folder` and asks all questions.
pub fn run(docs: &[Doc], asks: &[Ask], folder: &Path, depth: usize) -> Outcome<Found> {
    let begun = Instant::now();
    let mut database = Connection::open(folder.join("fts5.db"))?;
    database.execute_batch(TABLE)?;
    let transaction = database.transaction()?;
    {
        let mut insert = transaction.prepare("INSERT INTO article (id, law, title, body) VALUES (?1, ?2, ?3, ?4)")?;
        for doc in docs {
            insert.execute((&doc.id, &doc.law, &doc.title, &doc.text))?;
        }
    }
    transaction.commit()?;
    database.execute_batch("INSERT INTO article (article) VALUES ('optimize')")?;
    let build_s = seconds(begun.elapsed());
    let mut search = database.prepare(SEARCH)?;
    let limit = i64::try_from(depth)?;
    let answers = ask_all(asks, |text| {
        let query = any_of(text);
        if query.is_empty() {
            return Ok(Vec::new());
        }
        Ok(search.query_map((query, limit), |row| row.get(0))?.collect::<Result<_, _>>()?)
    })?;
    let version = format!("SQLite {} FTS5 unicode61 remove_diacritics 2", rusqlite::version());
    Ok(Found { version, build_s, index_bytes: bytes_in(folder)?, answers })
}

/// The words of a question in FTS5's query language, each once and quoted, joined by OR.
fn any_of(text: &str) -> String {
    let words: BTreeSet<String> = text
        .split(|c: char| !c.is_alphanumeric() && !is_mark(c))
        .filter(|word| !word.is_empty())
        .map(str::to_lowercase)
        .collect();
    words.iter().map(|word| format!("\"{word}\"")).collect::<Vec<_>>().join(" OR ")
}

/// A combining diacritic, which belongs to the letter before it.
fn is_mark(c: char) -> bool {
    ('\u{300}'..='\u{36f}').contains(&c)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_question_with_quotes_and_operators_is_only_words() {
        assert_eq!(any_of("Đất \"ở\" NEAR (đất) -, *"), "\"near\" OR \"đất\" OR \"ở\"");
        assert_eq!(any_of("…?"), "");
    }
}
