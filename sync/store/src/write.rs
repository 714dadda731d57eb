//! Writing: one commit, one transaction.

use domain::id::DocId;
use domain::id::SpaceId;
use rusqlite::{Connection, OptionalExtension, params};
use sync::port::{Head, Write};

use crate::blob;
use crate::error::{StoreError, integer, natural};
use crate::sql;

/// The number of a space, which is new if it has none.
pub(crate) fn space_number(tx: &Connection, space: &SpaceId) -> Result<i64, StoreError> {
    let known = tx.prepare_cached(sql::SPACE_ID)?.query_row([space.as_bytes()], |row| row.get(0)).optional()?;
    match known {
        Some(number) => Ok(number),
        None => Ok(tx.prepare_cached(sql::SPACE_ADD)?.query_row([space.as_bytes()], |row| row.get(0))?),
    }
}

fn document_number(tx: &Connection, space: i64, doc: &DocId, kind: u16, has_content: bool) -> Result<i64, StoreError> {
    let known: Option<(i64, bool)> = tx
        .prepare_cached(sql::DOCUMENT_FIND)?
        .query_row(params![space, doc.as_bytes()], |row| Ok((row.get(0)?, row.get::<_, i64>(1)? != 0)))
        .optional()?;
    match known {
        Some((number, had_content)) => {
            if has_content && !had_content {
                tx.prepare_cached(sql::DOCUMENT_GETS_CONTENT)?.execute(params![number, kind])?;
            }
            Ok(number)
        }
        None => {
            let row = params![space, doc.as_bytes(), kind, i64::from(has_content)];
            Ok(tx.prepare_cached(sql::DOCUMENT_ADD)?.query_row(row, |row| row.get(0))?)
        }
    }
}

/// The number of the log, with its head moved on by one.
fn advance(tx: &Connection, space: i64, head: &Head) -> Result<i64, StoreError> {
    let known: Option<(i64, i64)> = tx
        .prepare_cached(sql::LOG_FIND)?
        .query_row(params![space, head.device.as_bytes(), head.incarnation.as_bytes()], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    let newest = natural(known.map_or(0, |(_, seq)| seq))?;
    if head.seq <= newest {
        return Err(StoreError::SequenceReused { device: head.device, seq: head.seq, head: newest });
    }
    if head.seq - newest > 1 {
        return Err(StoreError::SequenceGap { device: head.device, seq: head.seq, head: newest });
    }
    let seq = integer("sequence number", head.seq)?;
    match known {
        Some((number, _)) => {
            tx.prepare_cached(sql::LOG_ADVANCE)?.execute(params![number, seq, head.hash.as_bytes()])?;
            Ok(number)
        }
        None => {
            let row = params![space, head.device.as_bytes(), head.incarnation.as_bytes(), seq, head.hash.as_bytes()];
            Ok(tx.prepare_cached(sql::LOG_ADD)?.query_row(row, |row| row.get(0))?)
        }
    }
}

/// Writes the rows of one change. The bytes of blobs are on the disk already.
pub(crate) fn apply(tx: &Connection, write: &Write) -> Result<(), StoreError> {
    match write {
        Write::Envelope { space, head, doc, kind, control, bytes } => {
            let space = space_number(tx, space)?;
            let log = advance(tx, space, head)?;
            let document = document_number(tx, space, doc, *kind, !control)?;
            let row = params![space, log, integer("sequence number", head.seq)?, document, i64::from(*control), bytes];
            tx.prepare_cached(sql::ENVELOPE_ADD)?.execute(row)?;
        }
        Write::Act { space, doc, hash, bytes } => {
            let space = space_number(tx, space)?;
            tx.prepare_cached(sql::ACT_ADD)?.execute(params![space, doc.as_bytes(), hash.as_bytes(), bytes])?;
        }
        Write::SpaceKey { space, epoch, key } => {
            let space = space_number(tx, space)?;
            tx.prepare_cached(sql::KEY_PUT)?.execute(params![space, epoch, key.as_bytes()])?;
        }
        Write::Snapshot { space, doc, snapshot } => {
            let space = space_number(tx, space)?;
            let document = document_number(tx, space, doc, 0, false)?;
            let position = integer("position", snapshot.position)?;
            tx.prepare_cached(sql::SNAPSHOT_PUT)?.execute(params![document, position, snapshot.bytes])?;
        }
        Write::BlobWanted(row) => blob::want(tx, row)?,
        Write::BlobRange { cipher, offset, bytes } => blob::record_range(tx, cipher, *offset, bytes.len())?,
        Write::BlobComplete { cipher } => blob::complete(tx, cipher)?,
        Write::BlobDamaged { cipher } => blob::damaged(tx, cipher)?,
        Write::BlobErased { cipher } => blob::erased(tx, cipher)?,
        Write::Meta { key, value } => {
            tx.prepare_cached(sql::META_PUT)?.execute(params![key, value])?;
        }
    }
    Ok(())
}

/// Does the change have bytes outside the database?
pub(crate) fn is_of_blob(write: &Write) -> bool {
    matches!(
        write,
        Write::BlobWanted(_)
            | Write::BlobRange { .. }
            | Write::BlobComplete { .. }
            | Write::BlobDamaged { .. }
            | Write::BlobErased { .. }
    )
}
