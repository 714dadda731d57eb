//! Blobs: bytes first, then the row that vouches for them.
//!
//! A range is recorded only after its bytes were synced. A blob is complete only after the whole file was hashed, renamed and its
//! folder synced. Whatever the program was doing when it ended, [`settle`] brings rows and files together again: a finished file
//! without its row is hashed and taken, a partial file that is shorter than its rows say is fetched again, a file without a
//! row is removed.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;

use domain::id::{Hash32, SpaceId};
use rusqlite::{Connection, OptionalExtension, Row, TransactionBehavior, params};
use sync::limits::BLOB_BYTES_MAX;
use sync::port::{BlobRow, Write};

use crate::error::{StoreError, id, integer, natural};
use crate::files::{self, BlobFiles};
use crate::sql;

/// A blob's row with its number.
pub(crate) struct Known {
    pub(crate) number: i64,
    pub(crate) row: BlobRow,
}

/// What [`settle`] had to do.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Settled {
    /// Files that were finished and had no row: they are complete now.
    pub finished: Vec<Hash32>,
    /// Blobs whose bytes were not all there: they are to be fetched again from the start.
    pub restarted: Vec<Hash32>,
}

fn known(row: &Row<'_>) -> Result<Known, StoreError> {
    let space: Vec<u8> = row.get(1)?;
    let cipher: Vec<u8> = row.get(2)?;
    let complete: i64 = row.get(4)?;
    Ok(Known {
        number: row.get(0)?,
        row: BlobRow {
            space: id(&space, SpaceId::from_slice)?,
            cipher: id(&cipher, Hash32::from_slice)?,
            size: natural(row.get(3)?)?,
            complete: complete != 0,
        },
    })
}

fn list(connection: &Connection, statement: &str) -> Result<Vec<Known>, StoreError> {
    let mut statement = connection.prepare_cached(statement)?;
    let mut rows = statement.query([])?;
    let mut all = Vec::new();
    while let Some(row) = rows.next()? {
        all.push(known(row)?);
    }
    Ok(all)
}

pub(crate) fn all(connection: &Connection) -> Result<Vec<Known>, StoreError> {
    list(connection, sql::BLOB_ALL)
}

pub(crate) fn find(connection: &Connection, cipher: &Hash32) -> Result<Option<Known>, StoreError> {
    let mut statement = connection.prepare_cached(sql::BLOB_FIND)?;
    let mut rows = statement.query([cipher.as_bytes()])?;
    rows.next()?.map(known).transpose()
}

pub(crate) fn ranges(connection: &Connection, number: i64) -> Result<Vec<(u64, u64)>, StoreError> {
    let mut statement = connection.prepare_cached(sql::RANGE_ALL)?;
    let mut rows = statement.query([number])?;
    let mut all = Vec::new();
    while let Some(row) = rows.next()? {
        all.push((natural(row.get(0)?)?, natural(row.get(1)?)?));
    }
    Ok(all)
}

/// What one commit does to a blob's file before its rows are written.
#[derive(Default)]
struct Gathering {
    size: u64,
    ranges: Vec<(u64, u64)>,
    file: Option<File>,
    complete: bool,
}

/// What is known of a blob before the commit; `None` if it is complete.
fn begin(connection: &Connection, cipher: &Hash32, wanted: Option<u64>) -> Result<Option<Gathering>, StoreError> {
    match find(connection, cipher)? {
        Some(known) if known.row.complete => Ok(None),
        Some(known) if wanted.is_none_or(|size| size == known.row.size) => {
            Ok(Some(Gathering { size: known.row.size, ranges: ranges(connection, known.number)?, ..Gathering::default() }))
        }
        // Wanted for the first time, or with another size: then what was gathered is worth nothing.
        _ => {
            let size = wanted.ok_or(StoreError::BlobUnknown(*cipher))?;
            if size > BLOB_BYTES_MAX {
                return Err(StoreError::BlobBounds { cipher: *cipher, size: BLOB_BYTES_MAX, stop: size });
            }
            Ok(Some(Gathering { size, ..Gathering::default() }))
        }
    }
}

/// Brings the bytes of a commit to the disk, durably, and finishes the files of blobs that are complete with them.
pub(crate) fn write_bytes(connection: &mut Connection, files: &BlobFiles, writes: &[Write]) -> Result<(), StoreError> {
    let mut gathering: BTreeMap<Hash32, Gathering> = BTreeMap::new();
    let mut done: BTreeSet<Hash32> = BTreeSet::new();
    for write in writes {
        let (cipher, wanted) = match write {
            Write::BlobWanted(row) => (row.cipher, Some(row.size)),
            Write::BlobRange { cipher, .. } | Write::BlobComplete { cipher } => (*cipher, None),
            _ => continue,
        };
        if done.contains(&cipher) {
            continue;
        }
        let state = match gathering.entry(cipher) {
            Entry::Occupied(entry) => entry.into_mut(),
            Entry::Vacant(entry) => match begin(connection, &cipher, wanted)? {
                Some(state) => entry.insert(state),
                None => {
                    done.insert(cipher);
                    continue;
                }
            },
        };
        match write {
            Write::BlobRange { offset, bytes, .. } => {
                let stop = offset.saturating_add(u64::try_from(bytes.len()).unwrap_or(u64::MAX));
                if stop > state.size {
                    return Err(StoreError::BlobBounds { cipher, size: state.size, stop });
                }
                let file = match &mut state.file {
                    Some(file) => file,
                    none => none.insert(files.open_partial(&cipher)?),
                };
                files.write(file, *offset, bytes)?;
                state.ranges.push((*offset, stop));
            }
            Write::BlobComplete { .. } => state.complete = true,
            _ => {}
        }
    }
    for (cipher, state) in &mut gathering {
        if let Some(file) = &state.file {
            files.sync_partial(file, cipher)?;
        }
        if state.complete {
            finish(connection, files, cipher, state)?;
        }
    }
    Ok(())
}

fn finish(connection: &mut Connection, files: &BlobFiles, cipher: &Hash32, state: &mut Gathering) -> Result<(), StoreError> {
    state.ranges.sort_unstable();
    let covered =
        state.ranges.iter().fold(0, |covered, (start, stop)| if *start <= covered { covered.max(*stop) } else { covered });
    if covered < state.size {
        return Err(StoreError::BlobIncomplete(*cipher));
    }
    // Windows renames no open file.
    state.file = None;
    let partial = files.partial(cipher);
    if state.size == 0 || files::length(&partial)?.is_some_and(|length| length > state.size) {
        // Bytes beyond the end are left from when the blob was said to be longer.
        let file = files.open_partial(cipher)?;
        files.set_length(&file, state.size)?;
        files.sync_partial(&file, cipher)?;
    }
    if !files::is_whole(&partial, state.size, cipher)? {
        if let Some(known) = find(connection, cipher)? {
            forget(connection, &known, 0)?;
        }
        files.remove(&partial)?;
        return Err(StoreError::BlobDamaged(*cipher));
    }
    files.finish(cipher)
}

/// A whole blob of our own making.
pub(crate) fn write_whole(connection: &mut Connection, files: &BlobFiles, row: &BlobRow, bytes: &[u8]) -> Result<(), StoreError> {
    if row.size > BLOB_BYTES_MAX {
        return Err(StoreError::BlobBounds { cipher: row.cipher, size: BLOB_BYTES_MAX, stop: row.size });
    }
    if find(connection, &row.cipher)?.is_some_and(|known| known.row.complete) {
        return Ok(());
    }
    if blake3::hash(bytes).as_bytes() != row.cipher.as_bytes() {
        return Err(StoreError::BlobDamaged(row.cipher));
    }
    let mut file = files.open_partial(&row.cipher)?;
    files.set_length(&file, row.size)?;
    files.write(&mut file, 0, bytes)?;
    files.sync_partial(&file, &row.cipher)?;
    drop(file);
    files.finish(&row.cipher)?;
    let tx = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    want(&tx, row)?;
    complete(&tx, &row.cipher)?;
    Ok(tx.commit()?)
}

/// The row of a wanted blob; another size than before starts it again.
pub(crate) fn want(tx: &Connection, row: &BlobRow) -> Result<(), StoreError> {
    let size = integer("blob size", row.size)?;
    if let Some(known) = find(tx, &row.cipher)? {
        if known.row.complete || known.row.size == row.size {
            return Ok(());
        }
        tx.prepare_cached(sql::RANGE_FORGET_ALL)?.execute([known.number])?;
        tx.prepare_cached(sql::BLOB_SET_SIZE)?.execute([known.number, size])?;
        return Ok(());
    }
    let space = crate::write::space_number(tx, &row.space)?;
    tx.prepare_cached(sql::BLOB_ADD)?.execute(params![space, row.cipher.as_bytes(), size])?;
    Ok(())
}

/// Records a range whose bytes are durable, joined with those that it touches.
pub(crate) fn record_range(tx: &Connection, cipher: &Hash32, offset: u64, length: usize) -> Result<(), StoreError> {
    let known = find(tx, cipher)?.ok_or(StoreError::BlobUnknown(*cipher))?;
    if known.row.complete || length == 0 {
        return Ok(());
    }
    let (mut start, mut stop) =
        (integer("offset", offset)?, integer("offset", offset.saturating_add(u64::try_from(length).unwrap_or(u64::MAX)))?);
    let touching = tx
        .prepare_cached(sql::RANGE_TOUCHING)?
        .query_row([known.number, start, stop], |row| Ok(row.get::<_, Option<i64>>(0)?.zip(row.get::<_, Option<i64>>(1)?)))
        .optional()?
        .flatten();
    if let Some((first, last)) = touching {
        tx.prepare_cached(sql::RANGE_FORGET_TOUCHING)?.execute([known.number, start, stop])?;
        (start, stop) = (start.min(first), stop.max(last));
    }
    tx.prepare_cached(sql::RANGE_ADD)?.execute([known.number, start, stop])?;
    Ok(())
}

/// Marks a blob complete whose file was finished.
pub(crate) fn complete(tx: &Connection, cipher: &Hash32) -> Result<(), StoreError> {
    let known = find(tx, cipher)?.ok_or(StoreError::BlobUnknown(*cipher))?;
    tx.prepare_cached(sql::BLOB_SET_COMPLETE)?.execute([known.number, 1])?;
    tx.prepare_cached(sql::RANGE_FORGET_ALL)?.execute([known.number])?;
    Ok(())
}

/// Marks a complete blob as wanted again; its file goes when files and rows are brought together.
pub(crate) fn damaged(tx: &Connection, cipher: &Hash32) -> Result<(), StoreError> {
    let known = find(tx, cipher)?.ok_or(StoreError::BlobUnknown(*cipher))?;
    if known.row.complete {
        tx.prepare_cached(sql::BLOB_SET_COMPLETE)?.execute([known.number, 0])?;
    }
    Ok(())
}

/// Nothing says any more that a blob was here. Its file is gone already.
pub(crate) fn erased(tx: &Connection, cipher: &Hash32) -> Result<(), StoreError> {
    if let Some(known) = find(tx, cipher)? {
        tx.prepare_cached(sql::RANGE_FORGET_ALL)?.execute([known.number])?;
        tx.prepare_cached(sql::BLOB_FORGET)?.execute([known.number])?;
    }
    Ok(())
}

/// Removes the files of what the commit erases. They go before their rows: if the program ends in between, the row is what it is erased by
/// when it starts again.
pub(crate) fn erase_bytes(files: &BlobFiles, writes: &[Write]) -> Result<(), StoreError> {
    for write in writes {
        if let Write::BlobErased { cipher } = write {
            files.erase(cipher)?;
        }
    }
    Ok(())
}

/// Forgets the bytes of a blob; `complete` is what its row says afterwards.
fn forget(connection: &mut Connection, known: &Known, complete: i64) -> Result<(), StoreError> {
    let tx = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    tx.prepare_cached(sql::BLOB_SET_COMPLETE)?.execute([known.number, complete])?;
    tx.prepare_cached(sql::RANGE_FORGET_ALL)?.execute([known.number])?;
    Ok(tx.commit()?)
}

/// Removes a blob with its bytes. A row whose file is gone is found when rows and files are brought together, a file without a row is not:
/// therefore the files go first.
pub(crate) fn erase(connection: &mut Connection, files: &BlobFiles, cipher: &Hash32) -> Result<(), StoreError> {
    files.remove(&files.complete(cipher))?;
    files.remove(&files.partial(cipher))?;
    let Some(known) = find(connection, cipher)? else { return Ok(()) };
    let tx = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    tx.prepare_cached(sql::RANGE_FORGET_ALL)?.execute([known.number])?;
    tx.prepare_cached(sql::BLOB_DELETE)?.execute([known.number])?;
    Ok(tx.commit()?)
}

/// Brings rows and files together after an end at any point. `thorough` also looks for the files of complete blobs.
pub(crate) fn settle(connection: &mut Connection, files: &BlobFiles, thorough: bool) -> Result<Settled, StoreError> {
    let mut settled = Settled::default();
    let mut gathered = BTreeSet::new();
    for known in list(connection, sql::BLOB_INCOMPLETE)? {
        let BlobRow { cipher, size, .. } = known.row;
        let finished = files.complete(&cipher);
        if files::length(&finished)?.is_some() {
            if files::is_whole(&finished, size, &cipher)? {
                files.keep(&cipher)?;
                forget(connection, &known, 1)?;
                settled.finished.push(cipher);
                continue;
            }
            files.remove(&finished)?;
        }
        let needed = ranges(connection, known.number)?.last().map_or(0, |(_, stop)| *stop);
        let partial = files.partial(&cipher);
        if needed > 0 && files::length(&partial)?.is_none_or(|length| length < needed) {
            forget(connection, &known, 0)?;
            settled.restarted.push(cipher);
        }
        gathered.insert(partial);
    }
    for partial in files.partials()? {
        if !gathered.contains(&partial) {
            files.remove(&partial)?;
        }
    }
    if thorough {
        for known in all(connection)?.into_iter().filter(|known| known.row.complete) {
            if files::length(&files.complete(&known.row.cipher))? != Some(known.row.size) {
                forget(connection, &known, 0)?;
                files.remove(&files.complete(&known.row.cipher))?;
                settled.restarted.push(known.row.cipher);
            }
        }
    }
    Ok(settled)
}
