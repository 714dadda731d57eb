//! What a reader keeps in memory, and how it is loaded.

use std::collections::HashMap;

use rusqlite::{CachedStatement, Connection, OptionalExtension, Row};
use search::abbreviation::Table;
use search::entry::{Section, Validity};
use search::vocabulary::{Pairs, Vocabulary};

use super::{natural32, sql};
use crate::error::StoreError;

/// What is known of each entry without looking into it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Facet {
    pub row: i64,
    pub section: Section,
    pub source: u32,
    pub agency: u32,
    pub field: u32,
    pub level: u32,
    pub number: Option<u32>,
    pub from: Option<i32>,
    pub to: Option<i32>,
    pub validity: Validity,
}

/// The library as it was when it was last looked at.
#[derive(Debug, Default)]
pub(super) struct State {
    pub generation: i64,
    pub vocabulary: Vocabulary,
    /// In order of row.
    pub facets: Vec<Facet>,
    pub labels: HashMap<u32, String>,
    pub mean_words: f32,
    pub table: Table,
}

impl State {
    pub(super) fn load(connection: &Connection, generation: i64) -> Result<Self, StoreError> {
        let facets: Vec<Facet> = all(connection, sql::FACETS, facet)?;
        let total = u32::try_from(facets.len()).unwrap_or(u32::MAX);
        let text: Option<String> = connection.query_row(sql::ABBREVIATIONS, [], |row| row.get(0)).optional()?;
        Ok(Self {
            generation,
            vocabulary: load_vocabulary(connection, total)?,
            facets,
            labels: all(connection, sql::LABELS, |row| Ok((row.get(0)?, row.get(1)?)))?.into_iter().collect(),
            mean_words: super::write::words(connection)? as f32 / total.max(1) as f32,
            table: match text {
                Some(text) => Table::parse(&text)?,
                None => Table::standard(),
            },
        })
    }

    pub(super) fn label(&self, id: u32) -> &str {
        self.labels.get(&id).map_or("", String::as_str)
    }

    /// Place of a row among the facets.
    pub(super) fn place(&self, row: i64) -> Option<usize> {
        // Rows are numbered from 1 and mostly without gaps.
        let guess = usize::try_from(row - 1).ok()?;
        match self.facets.get(guess) {
            Some(facet) if facet.row == row => Some(guess),
            _ => self.facets.binary_search_by_key(&row, |facet| facet.row).ok(),
        }
    }
}

fn facet(row: &Row<'_>) -> rusqlite::Result<Facet> {
    Ok(Facet {
        row: row.get(0)?,
        section: super::section(row.get(1)?),
        source: row.get(2)?,
        agency: row.get(3)?,
        field: row.get(4)?,
        level: row.get(5)?,
        number: row.get(6)?,
        from: row.get(7)?,
        to: row.get(8)?,
        validity: super::validity(row.get(9)?),
    })
}

fn all<T>(
    connection: &Connection,
    statement: &str,
    each: impl FnMut(&Row<'_>) -> rusqlite::Result<T>,
) -> Result<Vec<T>, StoreError> {
    let mut statement = connection.prepare_cached(statement)?;
    let rows = statement.query_map([], each)?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// The words of all `articles` entries.
pub(super) fn load_vocabulary(connection: &Connection, articles: u32) -> Result<Vocabulary, StoreError> {
    let mut vocabulary = Vocabulary::default();
    let mut statement = connection.prepare_cached(sql::FOLDED)?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let (id, text, articles): (u32, &str, i64) = (row.get(0)?, text(row, 1)?, row.get(2)?);
        in_order(id, vocabulary.add_folded(text))?;
        vocabulary.set_articles(id, natural32(articles)?);
    }
    let mut statement = connection.prepare_cached(sql::TONED)?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let (id, text, folded, times): (u32, &str, u32, i64) = (row.get(0)?, text(row, 1)?, row.get(2)?, row.get(3)?);
        in_order(id, vocabulary.add_toned(text, folded))?;
        vocabulary.set_times(id, natural32(times)?);
    }
    vocabulary.counted(articles);
    Ok(vocabulary)
}

fn text<'a>(row: &'a Row<'_>, column: usize) -> Result<&'a str, StoreError> {
    row.get_ref(column)?.as_str().map_err(|error| StoreError::Damaged(error.to_string()))
}

fn in_order(stored: u32, given: u32) -> Result<(), StoreError> {
    if stored == given { Ok(()) } else { Err(StoreError::Damaged(format!("word {stored} where word {given} was stored"))) }
}

/// Counts of pairs, looked up one by one.
pub(super) struct StoredPairs<'a> {
    connection: &'a Connection,
}

impl<'a> StoredPairs<'a> {
    pub(super) fn new(connection: &'a Connection) -> Self {
        Self { connection }
    }

    fn count(mut statement: CachedStatement<'_>, first: u32, second: u32) -> Result<u32, StoreError> {
        let found: Option<i64> = statement.query_row([first, second], |row| row.get(0)).optional()?;
        found.map_or(Ok(0), natural32)
    }
}

impl Pairs for StoredPairs<'_> {
    type Error = StoreError;

    fn articles(&self, first: u32, second: u32) -> Result<u32, StoreError> {
        Self::count(self.connection.prepare_cached(sql::PAIR)?, first, second)
    }

    fn times(&self, first: u32, second: u32) -> Result<u32, StoreError> {
        Self::count(self.connection.prepare_cached(sql::TONED_PAIR)?, first, second)
    }
}
