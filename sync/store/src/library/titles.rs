//! Titles while the first letters are being typed.

use rusqlite::{Connection, params};
use search::token::tokens;

use super::read::State;
use super::request::Title;
use super::search::quoted;
use super::sql;
use crate::error::StoreError;

/// Titles that are looked at for one list.
const LOOKED_AT_MAX: usize = 300;
/// Words that are looked for.
const WORDS_MAX: usize = 16;

/// Titles that have all words, the last one as the beginning of a word. Titles that begin with what was typed come first, then the short ones.
pub(super) fn titles(connection: &Connection, state: &State, typed: &str, limit: usize) -> Result<Vec<Title>, StoreError> {
    let mut words: Vec<String> =
        tokens(typed).map(|token| token.folded).filter(|word| !word.is_empty()).take(WORDS_MAX).collect();
    let Some(last) = words.pop() else { return Ok(Vec::new()) };
    // Words that no entry has would find nothing: while typing they are rather misspelled.
    words.retain(|word| state.vocabulary.folded(word).is_some());
    let ends = typed.chars().next_back().is_some_and(|letter| !letter.is_alphanumeric());
    let asked = words.iter().map(|word| quoted(word)).chain([format!("{}{}", quoted(&last), if ends { "" } else { " *" })]);
    let asked = asked.collect::<Vec<_>>().join(" AND ");
    let begin = words.iter().map(String::as_str).chain([last.as_str()]).collect::<Vec<_>>().join(" ");
    let mut statement = connection.prepare_cached(sql::TITLE_ROWS)?;
    let rows: Vec<i64> =
        statement.query_map(params![asked, LOOKED_AT_MAX as i64], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?;
    let mut statement = connection.prepare_cached(sql::ENTRY_TITLE)?;
    let mut found = Vec::with_capacity(rows.len());
    for row in rows {
        let Some(facet) = state.place(row).map(|place| &state.facets[place]) else { continue };
        let (id, title): (String, String) = statement.query_row([row], |row| Ok((row.get(0)?, row.get(1)?)))?;
        let folded = tokens(&title).map(|token| token.folded).collect::<Vec<_>>().join(" ");
        let rank = if folded.starts_with(&begin) {
            0
        } else if folded.contains(&begin) {
            1
        } else {
            2
        };
        let title = Title { id, section: facet.section, title, source: state.label(facet.source).to_owned() };
        found.push((rank, title.title.len(), title));
    }
    found.sort_by(|one, other| (one.0, one.1, &one.2.title, &one.2.id).cmp(&(other.0, other.1, &other.2.title, &other.2.id)));
    Ok(found.into_iter().map(|(.., title)| title).take(limit).collect())
}
