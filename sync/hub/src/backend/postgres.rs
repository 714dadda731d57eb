//! PostgreSQL and an object store, which any number of hubs share.
//!
//! What is shared: envelopes, whole files, and the counts of what is carried. What each hub keeps in its own folder: its keys and what it
//! knows of its own enrolment, and files on their way. A hub that belongs to no organisation yet sees nothing of what is shared.
//!
//! A commit takes the one row of `state` first, so commits follow one another and a position is visible only after all before it: whoever reads up
//! to a position has missed nothing. Two hubs may be brought the same envelope; the second finds it stored and is content. Another envelope
//! at the same place is refused, as the replica refuses a fork.

use std::cell::RefCell;
use std::collections::BTreeSet;

use domain::id::{DeviceId, DocId, Hash32, Incarnation, SpaceId};
use signing::wrap::SpaceKey;
use store::Store;
use sync::META_CHAIN;
use sync::limits::RUN_BYTES_MAX;
use sync::port::{BlobRow, Head, Shelf, ShelfError, Snapshot, StoredAct, Write};
use sync::quota::{is_charge, is_count};

use super::batch::{Batch, id, natural, place};
use super::database::{Database, Open, Values, Work, address, column};
use super::notify::Listening;
use super::objects::Objects;
use super::seal::Seal;
use super::{Backend, BackendError, News, sql};
use crate::HubError;
use crate::config::Config;
use crate::identity::read_key;
use crate::limits::DATABASE_PAGE;

/// The version of `schema.sql`. Another one, older or newer, is refused.
pub const SCHEMA_VERSION: i32 = 1;
/// Content envelopes that one call returns at most, whatever the caller asks for.
const CONTENT_MAX: usize = 100_000;

/// See the module.
pub struct Shared {
    own: Store,
    address: postgres::Config,
    database: RefCell<Database>,
    objects: Objects,
    pen: Pen,
    /// Up to where what others have committed is known.
    heard: i64,
    /// Belongs to the organisation.
    member: bool,
}

/// What is written is sealed, and tells this process's commits from those of others.
struct Pen {
    seal: Seal,
    writer: i64,
}

impl Shared {
    /// Opens what the configuration names and makes the schema if there is none.
    ///
    /// # Errors
    /// `database_away`, `database_unsafe`, `database_error`; `schema_version` if another program made the schema; `wrong_key` if hubs with
    /// another shared key use the database; what is wrong with the configuration.
    pub fn open(own: Store, config: &Config) -> Result<Self, HubError> {
        let address = address(config)?;
        let key = read_key(&config.shared_key_path()?)?;
        let objects = Objects::new(&config.backend, &config.secrets()?)?;
        let mut writer = [0; 8];
        getrandom::fill(&mut writer).map_err(|error| HubError::Io { what: "randomness".into(), error: error.into() })?;
        let mut shared = Self {
            own,
            database: RefCell::new(Database::new(address.clone())),
            address,
            objects,
            pen: Pen { seal: Seal::new(&key), writer: i64::from_be_bytes(writer) },
            heard: 0,
            member: false,
        };
        shared.recover()?;
        Ok(shared)
    }

    /// Finds the schema, or makes it; two hubs that start together make one.
    fn check_schema(&self, open: &mut Open) -> Result<(), BackendError> {
        open.transaction(|work| {
            work.rows(sql::SCHEMA_LOCK, &[])?;
            let there = work.rows(sql::SCHEMA_THERE, &[])?;
            if !there.first().map(|row| column::<bool>(row, 0)).transpose()?.unwrap_or(false) {
                work.script(sql::SCHEMA)?;
                let check = self.pen.seal.check()?;
                work.rows(sql::STATE_ADD, &[&SCHEMA_VERSION, &check.as_slice()])?;
            }
            let state = work.rows(sql::STATE_VERSION, &[])?;
            let Some(row) = state.first() else {
                return Err(BackendError::new("store_damaged", "the database has no state"));
            };
            let version: i32 = column(row, 0)?;
            if version != SCHEMA_VERSION {
                let detail = format!("the database has version {version}, this program knows {SCHEMA_VERSION}");
                return Err(BackendError::new("schema_version", detail));
            }
            if !self.pen.seal.fits(column(row, 1)?) {
                return Err(BackendError::new("wrong_key", "hubs with another shared key use this database"));
            }
            // Came later than the schema; a program that does not know it works beside it.
            work.script(sql::CHARGE_TABLE)
        })
    }

    /// Files that are whole here and that nobody vouches for yet are brought to the object store; those for which somebody does, go.
    fn finish_files(&mut self) -> Result<(), BackendError> {
        for row in self.own.blobs()? {
            if self.shared_blob(&row.cipher)?.is_none() {
                if !row.complete {
                    continue;
                }
                self.upload(&row)?;
                let pen = &self.pen;
                self.database.get_mut().with(|open| write(open, pen, Batch::of(&[]), &[row], &[], || Ok(())))?;
            }
            self.own.erase_blob(&row.cipher)?;
        }
        Ok(())
    }

    fn upload(&self, row: &BlobRow) -> Result<(), BackendError> {
        let size = usize::try_from(row.size).unwrap_or(usize::MAX);
        let bytes = self.own.blob_bytes(&row.cipher, 0, size)?;
        super::database::outside(|| self.objects.put(&row.cipher, &bytes))
    }

    fn damaged(&mut self, writes: &[Write]) -> Result<(), BackendError> {
        for write in writes {
            let Write::BlobDamaged { cipher } = write else { continue };
            let Some(row) = self.shared_blob(cipher)? else { continue };
            self.database.get_mut().with(|open| open.rows(sql::BLOB_DELETE, &[&cipher.as_bytes().as_slice()]).map(drop))?;
            self.objects.forget();
            Store::commit(&mut self.own, &[Write::BlobWanted(BlobRow { complete: false, ..row })], &[])?;
        }
        Ok(())
    }

    /// Files that were withdrawn. Nobody vouches for them any more before they are gone, and a file that is gone already is no error: what fails here is
    /// tried again with the withdrawal.
    fn erased(&mut self, writes: &[Write]) -> Result<(), BackendError> {
        for write in writes {
            let Write::BlobErased { cipher } = write else { continue };
            self.database.get_mut().with(|open| open.rows(sql::BLOB_DELETE, &[&cipher.as_bytes().as_slice()]).map(drop))?;
            self.objects.forget();
            self.objects.delete(cipher)?;
            Store::commit(&mut self.own, std::slice::from_ref(write), &[])?;
        }
        Ok(())
    }

    fn shared_blob(&self, cipher: &Hash32) -> Result<Option<BlobRow>, BackendError> {
        let rows = self.read(sql::BLOB, &[&cipher.as_bytes().as_slice()])?;
        rows.first().map(blob_of).transpose()
    }

    fn place_of(
        &self,
        space: &SpaceId,
        device: &DeviceId,
        incarnation: &Incarnation,
        seq: u64,
    ) -> Result<Option<(u64, Vec<u8>)>, BackendError> {
        let found = self.envelopes_of(
            space,
            sql::PLACE,
            &[&space.as_bytes().as_slice(), &device.as_bytes().as_slice(), &incarnation.as_bytes().as_slice(), &place(seq)],
        )?;
        Ok(found.into_iter().next())
    }

    /// The position up to which everything is there.
    fn top(&self) -> Result<i64, BackendError> {
        let states = self.read(sql::POSITION, &[])?;
        Ok(states.first().map(|row| column(row, 0)).transpose()?.unwrap_or(0))
    }

    fn read(&self, text: &'static str, values: Values<'_>) -> Result<Vec<postgres::Row>, BackendError> {
        self.database.borrow_mut().read(|open| open.rows(text, values))
    }

    /// Rows of a position and a sealed envelope.
    fn envelopes_of(&self, space: &SpaceId, text: &'static str, values: Values<'_>) -> Result<Vec<(u64, Vec<u8>)>, BackendError> {
        let opened = |row: &postgres::Row| -> Result<(u64, Vec<u8>), BackendError> {
            Ok((natural(column(row, 0)?)?, self.pen.seal.open(space, column(row, 1)?)?))
        };
        self.read(text, values)?.iter().map(opened).collect()
    }

    fn envelopes_until(&self, space: &SpaceId, from: u64, bytes_max: usize) -> Result<Vec<(u64, Vec<u8>)>, BackendError> {
        let (mut all, mut total, mut from) = (Vec::new(), 0_usize, place(from));
        loop {
            let page = self.envelopes_of(space, sql::ENVELOPES, &[&space.as_bytes().as_slice(), &from, &page_rows()])?;
            let whole = page.len() == DATABASE_PAGE;
            for (position, bytes) in page {
                total = total.saturating_add(bytes.len());
                if total > bytes_max && !all.is_empty() {
                    return Ok(all);
                }
                from = place(position).saturating_add(1);
                all.push((position, bytes));
            }
            if !whole {
                return Ok(all);
            }
        }
    }

    /// Reads a page of what others have committed after `heard`.
    fn page(&self) -> Result<Option<(i64, News)>, BackendError> {
        let top = self.top()?;
        if top <= self.heard {
            return Ok(None);
        }
        let rows = self.read(sql::NEWS_ENVELOPES, &[&self.heard, &top, &page_rows(), &self.pen.writer])?;
        let (mut news, mut until, mut bytes, mut stopped) = (News::default(), self.heard, 0_usize, rows.len() == DATABASE_PAGE);
        for row in &rows {
            let (position, space) = (column::<i64>(row, 0)?, id(row, 1, SpaceId::from_slice)?);
            if let Some(sealed) = column::<Option<&[u8]>>(row, 2)? {
                let envelope = self.pen.seal.open(&space, sealed)?;
                bytes = bytes.saturating_add(envelope.len());
                if bytes > RUN_BYTES_MAX && !news.envelopes.is_empty() {
                    stopped = true;
                    break;
                }
                news.envelopes.push((space, envelope));
            }
            until = position;
        }
        if !stopped {
            until = top;
        }
        for row in self.read(sql::NEWS_BLOBS, &[&self.heard, &until, &self.pen.writer])? {
            news.blobs.push(blob_of(&row)?);
        }
        Ok(Some((until, news)))
    }
}

/// One transaction. `last` is done when everything else has gone well, before it becomes durable.
fn write(
    open: &mut Open,
    pen: &Pen,
    mut batch: Batch<'_>,
    blobs: &[BlobRow],
    counts: &[(&str, &[u8])],
    last: impl FnOnce() -> Result<(), BackendError>,
) -> Result<(), BackendError> {
    batch.without_stored(|text, values| open.rows(text, values))?;
    open.transaction(|work| {
        if !batch.is_empty() || !blobs.is_empty() {
            let mut position = lock(work)?;
            // Once more, now that nobody else writes.
            batch.without_stored(|text, values| work.rows(text, values))?;
            if !batch.is_empty() {
                batch.write(work, &pen.seal, pen.writer, position)?;
                position = position.saturating_add(i64::try_from(batch.len()).unwrap_or(i64::MAX));
            }
            for row in blobs {
                position = position.saturating_add(1);
                let (cipher, space) = (row.cipher.as_bytes().as_slice(), row.space.as_bytes().as_slice());
                work.rows(sql::BLOB_ADD, &[&cipher, &position, &pen.writer, &space, &place(row.size)])?;
            }
            work.rows(sql::POSITION_SET, &[&position])?;
            work.rows(sql::NOTIFY, &[&position.to_string()])?;
        }
        for (name, value) in counts {
            if !is_charge(name) {
                work.rows(sql::CARRIED_PUT, &[name, value])?;
            } else if value.is_empty() {
                work.rows(sql::CHARGE_DELETE, &[name])?;
            } else {
                work.rows(sql::CHARGE_PUT, &[name, value])?;
            }
        }
        last()
    })
}

fn lock(work: &mut Work<'_>) -> Result<i64, BackendError> {
    let rows = work.rows(sql::POSITION_LOCK, &[])?;
    let row = rows.first().ok_or_else(|| BackendError::new("store_damaged", "the database has no state"))?;
    column(row, 0)
}

fn page_rows() -> i64 {
    i64::try_from(DATABASE_PAGE).unwrap_or(i64::MAX)
}

/// A file that the object store has.
fn blob_of(row: &postgres::Row) -> Result<BlobRow, BackendError> {
    Ok(BlobRow {
        space: id(row, 0, SpaceId::from_slice)?,
        cipher: id(row, 1, Hash32::from_slice)?,
        size: natural(column(row, 2)?)?,
        complete: true,
    })
}

/// Is the value of this name one that hubs share.
fn is_shared(name: &str) -> bool {
    is_count(name) || is_charge(name)
}

/// Is the change for the hub's own folder, and not bytes of a file on its way.
fn is_own(write: &Write) -> bool {
    match write {
        Write::Meta { key, .. } => !is_shared(key),
        Write::Act { .. } | Write::SpaceKey { .. } | Write::Snapshot { .. } => true,
        _ => false,
    }
}

impl Backend for Shared {
    fn commit(&mut self, writes: &[Write]) -> Result<(), BackendError> {
        self.damaged(writes)?;
        self.erased(writes)?;
        // What others have vouched for already is not fetched once more.
        let mut files = Vec::new();
        for write in writes {
            let (Write::BlobWanted(BlobRow { cipher, .. }) | Write::BlobRange { cipher, .. } | Write::BlobComplete { cipher }) =
                write
            else {
                continue;
            };
            if self.own.blob(cipher)?.is_some() || self.shared_blob(cipher)?.is_none() {
                files.push(write.clone());
            }
        }
        if !files.is_empty() {
            Store::commit(&mut self.own, &files, &[])?;
        }
        let finished: BTreeSet<Hash32> = files
            .iter()
            .filter_map(|write| if let Write::BlobComplete { cipher } = write { Some(*cipher) } else { None })
            .collect();
        let mut blobs = Vec::new();
        for cipher in &finished {
            if let Some(row) = self.own.blob(cipher)? {
                self.upload(&row)?;
                blobs.push(row);
            }
        }
        let mut counts: Vec<(&str, &[u8])> = writes
            .iter()
            .filter_map(|write| match write {
                Write::Meta { key, value } if is_shared(key) => Some((key.as_str(), value.as_slice())),
                _ => None,
            })
            .collect();
        // In one order, so that two hubs do not wait for each other.
        counts.sort_unstable();
        let own: Vec<Write> = writes.iter().filter(|write| is_own(write)).cloned().collect();
        let batch = Batch::of(writes);
        if batch.is_empty() && blobs.is_empty() && counts.is_empty() {
            if !own.is_empty() {
                Store::commit(&mut self.own, &own, &[])?;
            }
        } else {
            let (pen, folder) = (&self.pen, &mut self.own);
            self.database.get_mut().with(|open| {
                write(open, pen, batch, &blobs, &counts, || {
                    if own.is_empty() { Ok(()) } else { Ok(Store::commit(folder, &own, &[])?) }
                })
            })?;
        }
        for write in &own {
            if let Write::Meta { key, value } = write
                && key == META_CHAIN
            {
                self.member = !value.is_empty();
            }
        }
        for row in &blobs {
            self.own.erase_blob(&row.cipher)?;
        }
        Ok(())
    }

    fn close(self: Box<Self>) -> Result<(), BackendError> {
        let Self { own, database, .. } = *self;
        drop(database);
        Ok(own.close()?)
    }

    fn recover(&mut self) -> Result<(), BackendError> {
        self.database.borrow_mut().read(|open| self.check_schema(open))?;
        self.finish_files()?;
        self.member = self.own.meta(META_CHAIN)?.is_some_and(|chain| !chain.is_empty());
        // From the beginning for one that is still to be let in: nothing was read before.
        self.heard = if self.member { self.top()? } else { 0 };
        Ok(())
    }

    fn news(&mut self) -> Result<Option<News>, BackendError> {
        if !self.member {
            return Ok(None);
        }
        let Some((heard, news)) = self.page()? else { return Ok(None) };
        self.heard = heard;
        Ok(Some(news))
    }

    fn listen(&mut self) -> Result<Option<Listening>, BackendError> {
        Listening::begin(self.address.clone()).map(Some)
    }
}

impl Shelf for Shared {
    fn spaces(&self) -> Result<Vec<SpaceId>, ShelfError> {
        if !self.member {
            return Ok(Vec::new());
        }
        let rows = self.read(sql::SPACES, &[])?;
        Ok(rows.iter().map(|row| id(row, 0, SpaceId::from_slice)).collect::<Result<_, _>>()?)
    }

    fn heads(&self, space: &SpaceId) -> Result<Vec<Head>, ShelfError> {
        let head = |row: &postgres::Row| -> Result<Head, BackendError> {
            Ok(Head {
                device: id(row, 0, DeviceId::from_slice)?,
                incarnation: id(row, 1, Incarnation::from_slice)?,
                seq: natural(column(row, 2)?)?,
                hash: id(row, 3, Hash32::from_slice)?,
            })
        };
        let rows = self.read(sql::HEADS, &[&space.as_bytes().as_slice()])?;
        Ok(rows.iter().map(head).collect::<Result<_, _>>()?)
    }

    fn envelopes(&self, space: &SpaceId, from: u64, bytes_max: usize) -> Result<Vec<(u64, Vec<u8>)>, ShelfError> {
        Ok(self.envelopes_until(space, from, bytes_max)?)
    }

    fn position(
        &self,
        space: &SpaceId,
        device: &DeviceId,
        incarnation: &Incarnation,
        seq: u64,
    ) -> Result<Option<u64>, ShelfError> {
        Ok(self.place_of(space, device, incarnation, seq)?.map(|(position, _)| position))
    }

    fn envelope(
        &self,
        space: &SpaceId,
        device: &DeviceId,
        incarnation: &Incarnation,
        seq: u64,
    ) -> Result<Option<Vec<u8>>, ShelfError> {
        Ok(self.place_of(space, device, incarnation, seq)?.map(|(_, bytes)| bytes))
    }

    fn control(&self, space: &SpaceId) -> Result<Vec<Vec<u8>>, ShelfError> {
        let rows = self.envelopes_of(space, sql::CONTROL, &[&space.as_bytes().as_slice()])?;
        Ok(rows.into_iter().map(|(_, bytes)| bytes).collect())
    }

    fn document(&self, space: &SpaceId, doc: &DocId, after: u64) -> Result<Vec<(u64, Vec<u8>)>, ShelfError> {
        Ok(self.envelopes_of(
            space,
            sql::OF_DOCUMENT,
            &[&space.as_bytes().as_slice(), &doc.as_bytes().as_slice(), &place(after)],
        )?)
    }

    fn content(&self, space: &SpaceId, after: u64, limit: usize) -> Result<Vec<(u64, Vec<u8>)>, ShelfError> {
        let limit = i64::try_from(limit.min(CONTENT_MAX)).unwrap_or(i64::MAX);
        Ok(self.envelopes_of(space, sql::CONTENT, &[&space.as_bytes().as_slice(), &place(after), &limit])?)
    }

    fn snapshot(&self, space: &SpaceId, doc: &DocId) -> Result<Option<Snapshot>, ShelfError> {
        self.own.snapshot(space, doc)
    }

    fn documents(&self, space: &SpaceId) -> Result<Vec<(DocId, u16)>, ShelfError> {
        let document = |row: &postgres::Row| -> Result<(DocId, u16), BackendError> {
            let kind: i32 = column(row, 1)?;
            let kind = u16::try_from(kind).map_err(|_| BackendError::new("store_damaged", "a kind of document is too large"))?;
            Ok((id(row, 0, DocId::from_slice)?, kind))
        };
        let rows = self.read(sql::DOCUMENTS, &[&space.as_bytes().as_slice()])?;
        Ok(rows.iter().map(document).collect::<Result<_, _>>()?)
    }

    fn acts(&self, space: &SpaceId) -> Result<Vec<StoredAct>, ShelfError> {
        self.own.acts(space)
    }

    fn space_keys(&self, space: &SpaceId) -> Result<Vec<(u32, SpaceKey)>, ShelfError> {
        self.own.space_keys(space)
    }

    fn blobs(&self) -> Result<Vec<BlobRow>, ShelfError> {
        let mut all: Vec<BlobRow> =
            if self.member { self.read(sql::BLOBS, &[])?.iter().map(blob_of).collect::<Result<_, _>>()? } else { Vec::new() };
        let shared: BTreeSet<Hash32> = all.iter().map(|row| row.cipher).collect();
        let on_the_way = self.own.blobs()?.into_iter().filter(|row| !shared.contains(&row.cipher));
        // One that is whole only here is not: nobody vouches for it yet.
        all.extend(on_the_way.map(|row| BlobRow { complete: false, ..row }));
        Ok(all)
    }

    fn blob(&self, cipher: &Hash32) -> Result<Option<BlobRow>, ShelfError> {
        match self.shared_blob(cipher)? {
            Some(row) => Ok(Some(row)),
            None => Ok(self.own.blob(cipher)?.map(|row| BlobRow { complete: false, ..row })),
        }
    }

    fn blob_ranges(&self, cipher: &Hash32) -> Result<Vec<(u64, u64)>, ShelfError> {
        self.own.blob_ranges(cipher)
    }

    fn blob_bytes(&self, cipher: &Hash32, offset: u64, len: usize) -> Result<Vec<u8>, ShelfError> {
        let Some(row) = self.shared_blob(cipher)? else { return Ok(Vec::new()) };
        Ok(super::database::outside(|| self.objects.read(cipher, row.size, offset, len))?)
    }

    fn meta(&self, key: &str) -> Result<Option<Vec<u8>>, ShelfError> {
        if !is_shared(key) {
            return self.own.meta(key);
        }
        let rows = self.read(if is_charge(key) { sql::CHARGE_GET } else { sql::CARRIED_GET }, &[&key])?;
        Ok(rows.first().map(|row| column::<Vec<u8>>(row, 0)).transpose()?)
    }
}
