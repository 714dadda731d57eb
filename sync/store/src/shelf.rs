//! Reading: the shelf of the replica.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};

use domain::id::{DeviceId, DocId, Hash32, Incarnation, SpaceId};
use rusqlite::{Params, Row, params};
use signing::wrap::SpaceKey;
use sync::port::{BlobRow, Head, Shelf, ShelfError, Snapshot, StoredAct};
use zeroize::Zeroizing;

use crate::error::{StoreError, id, natural};
use crate::{Store, blob, sql};

/// Content envelopes that one call returns at most, whatever the caller asks for.
const CONTENT_MAX: usize = 100_000;

/// The blob file that was read last: blobs are read in many small pieces.
#[derive(Debug)]
pub(crate) struct Reading {
    cipher: Hash32,
    file: File,
}

impl Store {
    fn rows<T>(
        &self,
        statement: &str,
        of: impl Params,
        read: impl Fn(&Row<'_>) -> Result<T, StoreError>,
    ) -> Result<Vec<T>, StoreError> {
        let mut statement = self.connection.prepare_cached(statement)?;
        let mut rows = statement.query(of)?;
        let mut all = Vec::new();
        while let Some(row) = rows.next()? {
            all.push(read(row)?);
        }
        Ok(all)
    }

    fn one<T>(
        &self,
        statement: &str,
        of: impl Params,
        read: impl Fn(&Row<'_>) -> Result<T, StoreError>,
    ) -> Result<Option<T>, StoreError> {
        let mut statement = self.connection.prepare_cached(statement)?;
        let mut rows = statement.query(of)?;
        rows.next()?.map(read).transpose()
    }

    /// Rows of (position, bytes) until `bytes_max` is reached, at least one.
    fn envelopes_until(&self, statement: &str, of: impl Params, bytes_max: usize) -> Result<Vec<(u64, Vec<u8>)>, StoreError> {
        let mut statement = self.connection.prepare_cached(statement)?;
        let mut rows = statement.query(of)?;
        let mut all = Vec::new();
        let mut total = 0_usize;
        while let Some(row) = rows.next()? {
            let length = row.get_ref(1)?.as_bytes().map_or(0, <[u8]>::len);
            total = total.saturating_add(length);
            if total > bytes_max && !all.is_empty() {
                break;
            }
            all.push(positioned(row)?);
        }
        Ok(all)
    }

    /// What the replica is told.
    fn tell<T>(&self, result: Result<T, StoreError>) -> Result<T, ShelfError> {
        Ok(self.sound(result)?)
    }

    fn read_blob(&self, cipher: &Hash32, offset: u64, len: usize) -> Result<Vec<u8>, StoreError> {
        let Some(known) = blob::find(&self.connection, cipher)?.filter(|known| known.row.complete) else {
            return Ok(Vec::new());
        };
        let left = usize::try_from(known.row.size.saturating_sub(offset)).unwrap_or(usize::MAX);
        let mut bytes = vec![0; len.min(left)];
        if bytes.is_empty() {
            return Ok(bytes);
        }
        let mut reading = self.reading.borrow_mut();
        if reading.as_ref().is_none_or(|reading| reading.cipher != *cipher) {
            let file = File::open(self.files.complete(cipher)).map_err(|error| match error.kind() {
                std::io::ErrorKind::NotFound => StoreError::Damaged(format!("the file of blob {cipher} is missing")),
                _ => error.into(),
            })?;
            *reading = Some(Reading { cipher: *cipher, file });
        }
        if let Some(Reading { file, .. }) = reading.as_mut() {
            file.seek(SeekFrom::Start(offset))?;
            file.read_exact(&mut bytes).map_err(|error| match error.kind() {
                std::io::ErrorKind::UnexpectedEof => StoreError::Damaged(format!("the file of blob {cipher} is too short")),
                _ => error.into(),
            })?;
        }
        Ok(bytes)
    }
}

/// A place as SQLite counts; beyond its numbers there is nothing stored.
fn place(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

fn positioned(row: &Row<'_>) -> Result<(u64, Vec<u8>), StoreError> {
    Ok((natural(row.get(0)?)?, row.get(1)?))
}

fn bytes(row: &Row<'_>) -> Result<Vec<u8>, StoreError> {
    Ok(row.get(0)?)
}

fn read_id<T>(row: &Row<'_>, column: usize, from: impl Fn(&[u8]) -> Option<T>) -> Result<T, StoreError> {
    let value = row.get_ref(column)?;
    id(value.as_bytes().map_err(|error| StoreError::Damaged(error.to_string()))?, from)
}

impl Shelf for Store {
    fn spaces(&self) -> Result<Vec<SpaceId>, ShelfError> {
        self.tell(self.rows(sql::SPACE_ALL, [], |row| read_id(row, 0, SpaceId::from_slice)))
    }

    fn heads(&self, space: &SpaceId) -> Result<Vec<Head>, ShelfError> {
        let read = |row: &Row<'_>| {
            Ok(Head {
                device: read_id(row, 0, DeviceId::from_slice)?,
                incarnation: read_id(row, 1, Incarnation::from_slice)?,
                seq: natural(row.get(2)?)?,
                hash: read_id(row, 3, Hash32::from_slice)?,
            })
        };
        self.tell(self.rows(sql::LOG_HEADS, [space.as_bytes()], read))
    }

    fn envelopes(&self, space: &SpaceId, from: u64, bytes_max: usize) -> Result<Vec<(u64, Vec<u8>)>, ShelfError> {
        self.tell(self.envelopes_until(sql::ENVELOPE_FROM, params![space.as_bytes(), place(from)], bytes_max))
    }

    fn position(
        &self,
        space: &SpaceId,
        device: &DeviceId,
        incarnation: &Incarnation,
        seq: u64,
    ) -> Result<Option<u64>, ShelfError> {
        let key = params![space.as_bytes(), device.as_bytes(), incarnation.as_bytes(), place(seq)];
        self.tell(self.one(sql::ENVELOPE_POSITION, key, |row| natural(row.get(0)?)))
    }

    fn envelope(
        &self,
        space: &SpaceId,
        device: &DeviceId,
        incarnation: &Incarnation,
        seq: u64,
    ) -> Result<Option<Vec<u8>>, ShelfError> {
        let key = params![space.as_bytes(), device.as_bytes(), incarnation.as_bytes(), place(seq)];
        self.tell(self.one(sql::ENVELOPE_ONE, key, bytes))
    }

    fn control(&self, space: &SpaceId) -> Result<Vec<Vec<u8>>, ShelfError> {
        self.tell(self.rows(sql::ENVELOPE_CONTROL, [space.as_bytes()], bytes))
    }

    fn document(&self, space: &SpaceId, doc: &DocId, after: u64) -> Result<Vec<(u64, Vec<u8>)>, ShelfError> {
        let key = params![space.as_bytes(), doc.as_bytes(), place(after)];
        self.tell(self.rows(sql::ENVELOPE_OF_DOCUMENT, key, positioned))
    }

    fn content(&self, space: &SpaceId, after: u64, limit: usize) -> Result<Vec<(u64, Vec<u8>)>, ShelfError> {
        let limit = place(u64::try_from(limit.min(CONTENT_MAX)).unwrap_or(u64::MAX));
        self.tell(self.rows(sql::ENVELOPE_CONTENT, params![space.as_bytes(), place(after), limit], positioned))
    }

    fn snapshot(&self, space: &SpaceId, doc: &DocId) -> Result<Option<Snapshot>, ShelfError> {
        let found = self.tell(self.one(sql::SNAPSHOT_GET, params![space.as_bytes(), doc.as_bytes()], positioned))?;
        Ok(found.map(|(position, bytes)| Snapshot { position, bytes }))
    }

    fn documents(&self, space: &SpaceId) -> Result<Vec<(DocId, u16)>, ShelfError> {
        self.tell(self.rows(sql::DOCUMENT_ALL, [space.as_bytes()], |row| Ok((read_id(row, 0, DocId::from_slice)?, row.get(1)?))))
    }

    fn acts(&self, space: &SpaceId) -> Result<Vec<StoredAct>, ShelfError> {
        self.tell(self.rows(sql::ACT_ALL, [space.as_bytes()], |row| {
            Ok(StoredAct { doc: read_id(row, 0, DocId::from_slice)?, bytes: row.get(1)? })
        }))
    }

    fn space_keys(&self, space: &SpaceId) -> Result<Vec<(u32, SpaceKey)>, ShelfError> {
        let read = |row: &Row<'_>| {
            let key: Zeroizing<[u8; 32]> = Zeroizing::new(row.get(1)?);
            Ok((row.get(0)?, SpaceKey(*key)))
        };
        self.tell(self.rows(sql::KEY_ALL, [space.as_bytes()], read))
    }

    fn blobs(&self) -> Result<Vec<BlobRow>, ShelfError> {
        let all = self.tell(blob::all(&self.connection))?;
        Ok(all.into_iter().map(|known| known.row).collect())
    }

    fn blob(&self, cipher: &Hash32) -> Result<Option<BlobRow>, ShelfError> {
        let found = self.tell(blob::find(&self.connection, cipher))?;
        Ok(found.map(|known| known.row))
    }

    fn blob_ranges(&self, cipher: &Hash32) -> Result<Vec<(u64, u64)>, ShelfError> {
        match self.tell(blob::find(&self.connection, cipher))? {
            Some(known) => self.tell(blob::ranges(&self.connection, known.number)),
            None => Ok(Vec::new()),
        }
    }

    fn blob_bytes(&self, cipher: &Hash32, offset: u64, len: usize) -> Result<Vec<u8>, ShelfError> {
        self.tell(self.read_blob(cipher, offset, len))
    }

    fn meta(&self, key: &str) -> Result<Option<Vec<u8>>, ShelfError> {
        self.tell(self.one(sql::META_GET, [key], bytes))
    }
}
