//! What is durable: envelopes, snapshots, projections and small values in an encrypted database, blobs in files beside it. The only place
//! with SQL.
//!
//! A profile is a folder:
//!
//! ```text
//! profile.key              the sealed key (not this crate's)
//! owner.lock               locked while a process owns the profile; says whether the last one closed it in order
//! kyhop.db (-wal, -shm)    SQLCipher
//! kyhop.check              whether a key belongs to the database
//! library.db (-wal, -shm)  SQLCipher: the handbook and its index, see [`library`]
//! blobs/xx/<cipher>        complete blobs, by BLAKE3 of their ciphertext
//! blobs/partial/<cipher>   blobs on their way
//! ```
//!
//! **A stolen disk shows nothing.** Every page of the database and of its write-ahead log is encrypted and authenticated (AES-256,
//! HMAC-SHA512); a page that was changed is an error when it is read, never other data (asked for after each read),
//! so rows carry no checksums of their own.
//! Blob files hold the ciphertext as it travels: the keys of blobs come from space keys, and those are only in the database. What
//! can be seen is how much there is and when it changed.
//!
//! **What was committed stays.** [`Store::commit`] is one transaction with the write-ahead log synced before it returns. Bytes of blobs
//! are synced before the rows that vouch for them are written. A program that ends at any point, or a disk that fills up, loses only what was
//! not committed; [`Store::open`] brings files and rows together again and, after an end out of order, reads every page once.
//!
//! **One owner.** A second process is told `profile_in_use`.

pub mod backup;
mod blob;
#[cfg(all(test, unix))]
mod crash_steps;
mod database;
mod error;
mod files;
pub mod library;
pub mod profile;
mod projection;
mod shelf;
#[cfg(all(test, unix))]
mod shim;
mod sql;
mod wal;
mod write;

pub use blob::Settled;
pub use error::StoreError;
pub use projection::{LISTING_MAX, Listing, Projection, ProjectionRow};

use std::cell::{Cell, RefCell};
use std::path::Path;

use domain::id::{Hash32, SpaceId};
use rusqlite::{Connection, OptionalExtension, TransactionBehavior};
use sync::port::{BlobRow, Write};

use files::BlobFiles;
use profile::Owner;
use shelf::Reading;

/// What opening found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Opened {
    /// The profile is new.
    pub created: bool,
    /// The last owner did not close it in order; everything was checked.
    pub after_crash: bool,
    /// What had to be done for blobs.
    pub blobs: Settled,
    /// Something that was acknowledged may have gone: the write-ahead log did not fit together. So until [`META_TORN`] is emptied.
    pub torn: bool,
}

/// Name of a small value that is not empty if the write-ahead log once held more than could be read. Whoever writes numbered envelopes into
/// the profile begins new logs then, and empties the value in the same commit.
pub const META_TORN: &str = "store/torn";

/// A profile's durable state, owned by this process.
#[derive(Debug)]
pub struct Store {
    connection: Connection,
    files: BlobFiles,
    reading: RefCell<Option<Reading>>,
    opened: Opened,
    /// A commit failed after it had touched blob files.
    unsettled: bool,
    /// Something was not as it was written: the next owner must check everything.
    suspect: Cell<bool>,
    closed: bool,
    owner: Owner,
}

impl Store {
    /// Is there a profile in the folder?
    pub fn exists(folder: &Path) -> bool {
        folder.join(profile::DATABASE_FILE).exists() || folder.join(profile::CHECK_FILE).exists()
    }

    /// Opens the profile in the folder, or makes one.
    ///
    /// Errors: `profile_in_use`, `wrong_key`, `store_damaged`, `newer_version`, `disk_full`, `disk_error`.
    pub fn open(folder: &Path, database_key: &[u8; 32]) -> Result<Self, StoreError> {
        Self::try_open(folder, database_key).map_err(|error| profile::explain(folder, error))
    }

    fn try_open(folder: &Path, database_key: &[u8; 32]) -> Result<Self, StoreError> {
        profile::make_folder(folder)?;
        let mut owner = Owner::take(folder)?;
        let torn = wal::is_torn(folder)?;
        let (mut connection, created) = database::open(folder, database_key)?;
        let after_crash = !created && !owner.left_clean();
        if after_crash {
            database::check(&connection)?;
        }
        if torn {
            // The first thing that is written: what does not fit is there until this is durable.
            connection.prepare_cached(sql::META_PUT)?.execute((META_TORN, [1_u8]))?;
        }
        if after_crash && let Err(error) = database::checkpoint(&connection) {
            // What was begun and not committed lies behind what was, and would be taken for a tear the next time: no more than that.
            tracing::debug!(%error, "the write-ahead log is left as it is");
        }
        owner.mark_open()?;
        let files = BlobFiles::open(folder)?;
        let blobs = blob::settle(&mut connection, &files, after_crash)?;
        if after_crash || blobs != Settled::default() {
            tracing::info!(
                after_crash,
                torn,
                finished = blobs.finished.len(),
                restarted = blobs.restarted.len(),
                "profile opened"
            );
        }
        let marked: Option<Vec<u8>> =
            connection.prepare_cached(sql::META_GET)?.query_row([META_TORN], |row| row.get(0)).optional()?;
        let opened = Opened { created, after_crash, blobs, torn: marked.is_some_and(|mark| !mark.is_empty()) };
        Ok(Self {
            connection,
            files,
            reading: RefCell::new(None),
            opened,
            unsettled: false,
            suspect: Cell::new(false),
            closed: false,
            owner,
        })
    }

    /// What opening found.
    pub fn opened(&self) -> &Opened {
        &self.opened
    }

    /// Makes all changes durable, or none.
    ///
    /// Errors: `disk_full`, `disk_error`, `store_damaged`, `sequence_reused`, `sequence_gap`, `blob_unknown`, `blob_bounds`, `blob_incomplete`;
    /// `blob_damaged`: nothing was committed either, and the blob is to be fetched from the start.
    pub fn commit(&mut self, writes: &[Write], projections: &[Projection]) -> Result<(), StoreError> {
        let blobs = writes.iter().any(write::is_of_blob);
        let result = self.settled().and_then(|()| self.try_commit(writes, projections, blobs));
        self.after(result, blobs)
    }

    fn try_commit(&mut self, writes: &[Write], projections: &[Projection], blobs: bool) -> Result<(), StoreError> {
        let erases = writes.iter().any(|write| matches!(write, Write::BlobErased { .. }));
        if erases {
            // The file that is open may be one that goes.
            *self.reading.get_mut() = None;
        }
        if blobs {
            blob::write_bytes(&mut self.connection, &self.files, writes)?;
            blob::erase_bytes(&self.files, writes)?;
        }
        let tx = self.connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        writes.iter().try_for_each(|write| write::apply(&tx, write))?;
        projections.iter().try_for_each(|change| projection::apply(&tx, change))?;
        database::sound(&tx)?;
        tx.commit()?;
        if writes.iter().any(|write| matches!(write, Write::BlobDamaged { .. })) {
            // The file that is open may be the one that is replaced.
            *self.reading.get_mut() = None;
        }
        Ok(())
    }

    /// Stores a whole blob of our own making; `bytes` are the ciphertext as it travels. One that is here already is left as it is.
    ///
    /// Errors: as [`Self::commit`]; `blob_damaged` if the bytes are not those of `cipher`.
    pub fn put_blob(&mut self, space: SpaceId, cipher: Hash32, bytes: &[u8]) -> Result<(), StoreError> {
        let size = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        let row = BlobRow { space, cipher, size, complete: false };
        let result = self.settled().and_then(|()| blob::write_whole(&mut self.connection, &self.files, &row, bytes));
        self.after(result, true)
    }

    /// Removes a blob, its row and its bytes: it is kept elsewhere. One that is not here is left so.
    ///
    /// Errors: as [`Self::commit`].
    pub fn erase_blob(&mut self, cipher: &Hash32) -> Result<(), StoreError> {
        *self.reading.get_mut() = None;
        let result = self.settled().and_then(|()| blob::erase(&mut self.connection, &self.files, cipher));
        self.after(result, true)
    }

    /// One row of a list.
    pub fn projection(&self, kind: &str, key: &[u8]) -> Result<Option<ProjectionRow>, StoreError> {
        self.sound(projection::get(&self.connection, kind, key))
    }

    /// The rows of a part of a list, in order of place, then key.
    pub fn list(&self, kind: &str, listing: &Listing) -> Result<Vec<ProjectionRow>, StoreError> {
        self.sound(projection::list(&self.connection, kind, listing))
    }

    /// How many rows are between the listing's two places; its offset and limit do not count.
    pub fn count(&self, kind: &str, listing: &Listing) -> Result<u64, StoreError> {
        self.sound(projection::count(&self.connection, kind, listing))
    }

    /// Reads every page of the database and compares its structure; `store_damaged` if something is not as it was written.
    pub fn check(&mut self) -> Result<(), StoreError> {
        let result = database::check(&self.connection);
        self.after(result, false)
    }

    /// Closes the profile in order. Dropping does the same and tells no errors.
    pub fn close(mut self) -> Result<(), StoreError> {
        self.finish()
    }

    fn settled(&mut self) -> Result<(), StoreError> {
        if self.unsettled {
            blob::settle(&mut self.connection, &self.files, false)?;
            self.unsettled = false;
        }
        Ok(())
    }

    fn after(&mut self, result: Result<(), StoreError>, blobs: bool) -> Result<(), StoreError> {
        let result = result.map_err(|error| profile::explain(self.files.folder(), error));
        if let Err(error) = &result {
            tracing::warn!(code = error.code(), %error, "not stored");
            self.unsettled |= blobs;
            self.note(error);
        }
        result
    }

    /// What was read, if every page that it was read from was authentic.
    fn sound<T>(&self, result: Result<T, StoreError>) -> Result<T, StoreError> {
        result.and_then(|value| database::sound(&self.connection).map(|()| value)).inspect_err(|error| self.note(error))
    }

    fn note(&self, error: &StoreError) {
        if matches!(error, StoreError::Damaged(_)) {
            self.suspect.set(true);
        }
    }

    fn finish(&mut self) -> Result<(), StoreError> {
        if self.closed {
            return Ok(());
        }
        self.closed = true;
        if self.suspect.get() {
            // Left as if it had crashed: the next owner reads every page.
            return Ok(());
        }
        database::checkpoint(&self.connection)?;
        self.owner.mark_clean()
    }
}

impl Drop for Store {
    fn drop(&mut self) {
        if let Err(error) = self.finish() {
            tracing::warn!(code = error.code(), %error, "profile not closed in order");
        }
    }
}
