//! Projections: what lists show, kept beside the envelopes that it is made from and written in the same transaction.

use rusqlite::{Connection, OptionalExtension, Row, params};

use crate::error::{StoreError, integer, natural};
use crate::sql;

/// Rows that one listing returns at most.
pub const LISTING_MAX: u64 = 10_000;

/// A change of one projection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Projection {
    /// Adds a row or replaces the one with the same key.
    Put {
        /// Which list.
        kind: &'static str,
        /// Which row.
        key: Vec<u8>,
        /// Its place in the list.
        sort: i64,
        /// What it shows, in the application's encoding.
        value: Vec<u8>,
    },
    /// Removes a row, if it is there.
    Delete {
        /// Which list.
        kind: &'static str,
        /// Which row.
        key: Vec<u8>,
    },
    /// Removes all rows of a list, to make it again.
    Clear {
        /// Which list.
        kind: &'static str,
    },
}

/// A row of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProjectionRow {
    /// Its key.
    pub key: Vec<u8>,
    /// Its place.
    pub sort: i64,
    /// What it shows.
    pub value: Vec<u8>,
}

/// A part of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Listing {
    /// Rows from this place on …
    pub from: i64,
    /// … to this place, both included.
    pub to: i64,
    /// The last places first.
    pub descending: bool,
    /// Rows to leave out at the start.
    pub offset: u64,
    /// Rows at most; never more than [`LISTING_MAX`].
    pub limit: u64,
}

impl Default for Listing {
    fn default() -> Self {
        Self { from: i64::MIN, to: i64::MAX, descending: false, offset: 0, limit: LISTING_MAX }
    }
}

pub(crate) fn apply(tx: &Connection, change: &Projection) -> Result<(), StoreError> {
    match change {
        Projection::Put { kind, key, sort, value } => {
            tx.prepare_cached(sql::PROJECTION_PUT)?.execute(params![kind, key, sort, value])?
        }
        Projection::Delete { kind, key } => tx.prepare_cached(sql::PROJECTION_DELETE)?.execute(params![kind, key])?,
        Projection::Clear { kind } => tx.prepare_cached(sql::PROJECTION_CLEAR)?.execute([kind])?,
    };
    Ok(())
}

fn read(row: &Row<'_>) -> rusqlite::Result<ProjectionRow> {
    Ok(ProjectionRow { key: row.get(0)?, sort: row.get(1)?, value: row.get(2)? })
}

pub(crate) fn get(connection: &Connection, kind: &str, key: &[u8]) -> Result<Option<ProjectionRow>, StoreError> {
    Ok(connection.prepare_cached(sql::PROJECTION_GET)?.query_row(params![kind, key], read).optional()?)
}

pub(crate) fn list(connection: &Connection, kind: &str, listing: &Listing) -> Result<Vec<ProjectionRow>, StoreError> {
    let statement = if listing.descending { sql::PROJECTION_DESCENDING } else { sql::PROJECTION_ASCENDING };
    let (limit, offset) = (integer("limit", listing.limit.min(LISTING_MAX))?, integer("offset", listing.offset)?);
    let mut statement = connection.prepare_cached(statement)?;
    let rows = statement.query_map(params![kind, listing.from, listing.to, limit, offset], read)?;
    Ok(rows.collect::<Result<_, _>>()?)
}

pub(crate) fn count(connection: &Connection, kind: &str, listing: &Listing) -> Result<u64, StoreError> {
    natural(
        connection.prepare_cached(sql::PROJECTION_COUNT)?.query_row(params![kind, listing.from, listing.to], |row| row.get(0))?,
    )
}
