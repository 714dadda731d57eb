//! Abbreviations and words that mean the same: a table that the organisation edits.
//!
//! Laws write "Ủy ban nhân dân" a thousand times and "UBND" never; officials type the short one. Both directions hold: what is typed in
//! full finds the short form too, and the other way round.

use std::collections::BTreeMap;

use crate::fold;
use crate::token::tokens;

/// Rows of a table.
pub const ROWS_MAX: usize = 5_000;
/// Syllables on one side of a row.
pub const SIDE_SYLLABLES_MAX: usize = 16;
/// Bytes of a table as text.
pub const TABLE_BYTES_MAX: usize = 1 << 20;

const DEFAULT: &str = include_str!("../data/abbreviations.txt");

/// How the two sides belong together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// The left side is short for the right side.
    Abbreviation,
    /// Both mean the same.
    Same,
}

/// One row.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Row {
    /// How the sides belong together.
    pub kind: Kind,
    /// The abbreviation, or one way to say it.
    pub left: String,
    /// In full, or the other way to say it.
    pub right: String,
}

/// A row that is none.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TableError {
    /// The line has no `=` or `~`, a side without words, or one with too many.
    #[error("line {0} is no row of abbreviations")]
    Row(usize),
    /// More than [`ROWS_MAX`] rows or [`TABLE_BYTES_MAX`] bytes.
    #[error("the table of abbreviations is too long")]
    TooLong,
}

impl TableError {
    /// Stable name for programs and translations.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Row(_) => "abbreviation_unreadable",
            Self::TooLong => "abbreviations_too_many",
        }
    }
}

#[derive(Debug, Clone)]
pub(crate) struct Side {
    pub kind: Kind,
    /// Is the typed side the short one?
    pub short: bool,
    /// The other side: folded and toned syllables.
    pub other: Vec<(String, String)>,
}

/// A table, ready to be looked up in.
#[derive(Debug, Clone, Default)]
pub struct Table {
    rows: Vec<Row>,
    by_words: BTreeMap<Vec<String>, Vec<Side>>,
    longest: usize,
}

impl Table {
    /// The table that every installation begins with.
    pub fn standard() -> Self {
        Self::parse(DEFAULT).unwrap_or_default()
    }

    /// Reads `short = in full` and `one ~ other`, one per line; empty lines and lines that begin with `#` are left out.
    ///
    /// # Errors
    /// `abbreviation_unreadable`, `abbreviations_too_many`.
    pub fn parse(text: &str) -> Result<Self, TableError> {
        if text.len() > TABLE_BYTES_MAX {
            return Err(TableError::TooLong);
        }
        let mut rows = Vec::new();
        for (number, line) in (1..).zip(text.lines()) {
            let line = line.trim();
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            let (kind, sides) = match line.split_once('=') {
                Some(sides) => (Kind::Abbreviation, sides),
                None => (Kind::Same, line.split_once('~').ok_or(TableError::Row(number))?),
            };
            let row = Row { kind, left: sides.0.trim().to_owned(), right: sides.1.trim().to_owned() };
            if !is_sound(&row) {
                return Err(TableError::Row(number));
            }
            rows.push(row);
        }
        Self::from_rows(rows)
    }

    /// A table of these rows.
    ///
    /// # Errors
    /// `abbreviation_unreadable` with the row's number from 1, `abbreviations_too_many`.
    pub fn from_rows(rows: Vec<Row>) -> Result<Self, TableError> {
        if rows.len() > ROWS_MAX {
            return Err(TableError::TooLong);
        }
        let mut table = Self::default();
        for (number, row) in (1..).zip(&rows) {
            if !is_sound(row) {
                return Err(TableError::Row(number));
            }
            for (one, other, short) in [(&row.left, &row.right, row.kind == Kind::Abbreviation), (&row.right, &row.left, false)] {
                let key: Vec<String> = syllables(one).into_iter().map(|(folded, _)| folded).collect();
                table.longest = table.longest.max(key.len());
                table.by_words.entry(key).or_default().push(Side { kind: row.kind, short, other: syllables(other) });
            }
        }
        table.rows = rows;
        Ok(table)
    }

    /// Its rows, in their order.
    pub fn rows(&self) -> &[Row] {
        &self.rows
    }

    /// The longest side that the words begin with, and what it stands for.
    pub(crate) fn longest_at(&self, words: &[&str]) -> Option<(usize, &[Side])> {
        (1..=self.longest.min(words.len())).rev().find_map(|length| {
            let key: Vec<String> = words[..length].iter().map(|word| (*word).to_owned()).collect();
            self.by_words.get(&key).map(|sides| (length, sides.as_slice()))
        })
    }

    /// Is the word an abbreviation or another side of one word?
    pub(crate) fn knows(&self, word: &str) -> bool {
        self.by_words.contains_key(std::slice::from_ref(&word.to_owned()))
    }
}

fn is_sound(row: &Row) -> bool {
    let sound = |side: &str| (1..=SIDE_SYLLABLES_MAX).contains(&tokens(side).take(SIDE_SYLLABLES_MAX + 1).count());
    sound(&row.left) && sound(&row.right) && fold::folded(&row.left) != fold::folded(&row.right)
}

fn syllables(side: &str) -> Vec<(String, String)> {
    tokens(side).map(|token| (token.folded, fold::toned(&side[token.place]))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_standard_table_knows_what_officials_type() {
        let table = Table::standard();
        assert!(table.rows().len() > 50);
        for short in ["ubnd", "hdnd", "tthc", "bhyt", "bhxh", "cccd", "cmnd", "gcn", "qsdd", "nd", "tt", "qd", "mttq"] {
            assert!(table.knows(short), "{short}");
        }
        let (length, sides) = table.longest_at(&["uy", "ban", "nhan", "dan", "xa"]).unwrap_or((0, &[]));
        assert_eq!((length, sides[0].other[0].0.as_str()), (4, "ubnd"));
    }

    #[test]
    fn a_row_that_is_none_is_named() {
        assert_eq!(Table::parse("UBND = Ủy ban nhân dân\n\nUBND").map(|_| ()), Err(TableError::Row(3)));
        assert_eq!(Table::parse("= x").map(|_| ()), Err(TableError::Row(1)));
        assert_eq!(Table::parse("đất = ĐẤT").map(|_| ()), Err(TableError::Row(1)));
        assert_eq!(Table::parse(&"x".repeat(TABLE_BYTES_MAX + 1)).map(|_| ()), Err(TableError::TooLong));
    }
}
