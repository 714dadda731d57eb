//! The library: everything that is searched, in a database of its own beside the profile's.
//!
//! `library.db` has the key of the profile's database, but nothing else in common with it: a package of 60,000 articles that goes in, or a
//! question that takes long, never makes the replica wait. It holds only what came from elsewhere and can come again.
//!
//! **One writer, many readers.** [`Library::change`] is one transaction: all of a package is there, or nothing of it; a program that ends in
//! the middle leaves the library as it was. Each [`LibraryReader`] is a connection of its own, for a thread of its own; it sees the library
//! as it was when the question came, and [`Stopper`] ends a question that a newer one has made stale.
//!
//! **How a question is answered.** The index (FTS5 with our own tokenizer: syllables and pairs of them, without marks) is asked for the rarest
//! terms of the question until [`search`]'s budget of rows is spent; that chooses 200 candidates. Their forms (`search::forward`, a row of
//! numbers per entry) are compared with the whole question, and the fitted weights of `search::rank` make the order. Frequent words are never
//! looked up, so the time does not grow with them. Texts are only read for the hits that are shown.
//!
//! Facets, names and the vocabulary are kept in the reader's memory (about 60 bytes per entry and 100 per word) and loaded again when the
//! library has changed.

mod packages;
mod read;
mod request;
mod search;
mod sql;
#[cfg(test)]
mod stale;
mod titles;
mod tokenizer;
mod write;

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use ::search::entry::{Section, Validity};
use rusqlite::{Connection, InterruptHandle, OpenFlags, TransactionBehavior};

pub use ::search::{abbreviation, entry, excerpt, understand};
pub use packages::{Changed, Group, Head, Installed, PackageRow, full_id, parts_of};
pub use request::{Answer, Counts, HITS_MAX, Hit, Request, Similar, Title, Why};
pub use write::Change;

use crate::database;
use crate::error::StoreError;
use crate::profile;
use read::State;

/// The library's database in the folder of a profile.
pub const LIBRARY_FILE: &str = "library.db";
const STATEMENTS_KEPT: usize = 64;

/// The writer of the library.
#[derive(Debug)]
pub struct Library {
    connection: Connection,
    words: write::Words,
    folder: std::path::PathBuf,
    key: zeroize::Zeroizing<[u8; 32]>,
}

impl Library {
    /// Opens the library of the profile in `folder`, or makes an empty one.
    ///
    /// Errors: `profile_in_use`, `store_damaged` (also for a wrong key), `newer_version`, `disk_full`, `disk_error`.
    pub fn open(folder: &Path, database_key: &[u8; 32]) -> Result<Self, StoreError> {
        profile::make_folder(folder)?;
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let mut connection = connect(folder, database_key, flags)?;
        let mode: String = connection.query_row("PRAGMA journal_mode = WAL", [], |row| row.get(0))?;
        if mode != "wal" {
            return Err(StoreError::Disk(format!("the file system allows no write-ahead log ({mode})")));
        }
        connection.execute_batch(sql::WRITER)?;
        tokenizer::register(&connection)?;
        database::migrate_to(&mut connection, sql::SCHEMA)?;
        let key = zeroize::Zeroizing::new(*database_key);
        Ok(Self { connection, words: write::Words::default(), folder: folder.to_owned(), key })
    }

    /// Changes the library: everything that `change` does happens, or nothing of it.
    ///
    /// Errors: those of `change`; `disk_full`, `disk_error`, `store_damaged`.
    pub fn change<T>(&mut self, change: impl FnOnce(&mut Change<'_>) -> Result<T, StoreError>) -> Result<T, StoreError> {
        let result = self.try_change(change);
        if result.is_err() {
            // They may have words that are not in the database.
            self.words = write::Words::default();
        }
        result.map_err(|error| profile::explain(&self.folder, error))
    }

    fn try_change<T>(&mut self, change: impl FnOnce(&mut Change<'_>) -> Result<T, StoreError>) -> Result<T, StoreError> {
        let tx = self.connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let mut changing = Change::new(&tx, &mut self.words)?;
        let value = change(&mut changing)?;
        changing.finish()?;
        database::sound(&tx)?;
        tx.commit()?;
        Ok(value)
    }

    /// A connection for questions.
    ///
    /// Errors: as [`Self::open`].
    pub fn reader(&self) -> Result<LibraryReader, StoreError> {
        LibraryReader::open(&self.folder, &self.key)
    }

    /// Moves everything from the write-ahead log into the database file.
    pub(crate) fn checkpoint(&mut self) -> Result<(), StoreError> {
        database::checkpoint(&self.connection)
    }

    /// The profile's folder.
    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    /// Reads every page; `store_damaged` if something is not as it was written.
    pub fn check(&self) -> Result<(), StoreError> {
        database::check(&self.connection)
    }
}

/// A connection that answers questions.
#[derive(Debug)]
pub struct LibraryReader {
    connection: Connection,
    state: State,
    newest: Arc<AtomicU64>,
}

impl LibraryReader {
    /// Opens the library of the profile in `folder` for reading; there must be one.
    ///
    /// Errors: `store_damaged`, `newer_version`, `disk_error`.
    pub fn open(folder: &Path, database_key: &[u8; 32]) -> Result<Self, StoreError> {
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = connect(folder, database_key, flags)?;
        connection.execute_batch(sql::READER)?;
        tokenizer::register(&connection)?;
        Ok(Self { connection, state: State { generation: -1, ..State::default() }, newest: Arc::new(AtomicU64::new(0)) })
    }

    /// What ends stale questions, for another thread.
    pub fn stopper(&self) -> Stopper {
        Stopper { newest: self.newest.clone(), interrupt: Arc::new(self.connection.get_interrupt_handle()) }
    }

    /// Answers a question.
    ///
    /// Errors: `search_stopped` if a newer question came; `store_damaged`, `disk_error`.
    pub fn search(&mut self, request: &Request) -> Result<Answer, StoreError> {
        let check = self.still_newest(request.turn);
        check()?;
        self.reading(|connection, state| search::Search { connection, state, request, check: &check }.run())
    }

    /// Titles that fit what is being typed, at most `limit`.
    ///
    /// Errors: as [`Self::search`].
    pub fn titles(&mut self, typed: &str, limit: usize) -> Result<Vec<Title>, StoreError> {
        self.reading(|connection, state| titles::titles(connection, state, typed, limit))
    }

    /// Entries of `section` that ask the same as `text` (by their titles), the most similar first, at most `limit`.
    ///
    /// Errors: as [`Self::search`].
    pub fn similar(&mut self, text: &str, section: Section, limit: usize) -> Result<Vec<Similar>, StoreError> {
        self.similar_in_turn(text, section, limit, 0)
    }

    /// The same as question number `turn`, see [`Request::turn`].
    ///
    /// Errors: as [`Self::search`].
    pub fn similar_in_turn(&mut self, text: &str, section: Section, limit: usize, turn: u64) -> Result<Vec<Similar>, StoreError> {
        let check = self.still_newest(turn);
        check()?;
        let request = Request { sections: vec![section], turn, ..Request::new(text, limit) };
        self.reading(|connection, state| search::Search { connection, state, request: &request, check: &check }.similar())
    }

    /// Says `search_stopped` once a question with a later number has come.
    fn still_newest(&self, turn: u64) -> impl Fn() -> Result<(), StoreError> + use<> {
        let newest = self.newest.clone();
        move || if turn > 0 && turn < newest.load(Ordering::Acquire) { Err(StoreError::Stopped) } else { Ok(()) }
    }

    /// How many entries there are.
    ///
    /// Errors: as [`Self::search`].
    pub fn len(&mut self) -> Result<usize, StoreError> {
        self.reading(|_, state| Ok(state.facets.len()))
    }

    /// Is there no entry?
    ///
    /// Errors: as [`Self::search`].
    pub fn is_empty(&mut self) -> Result<bool, StoreError> {
        Ok(self.len()? == 0)
    }

    /// Reads in one transaction, with what is kept in memory up to date.
    fn reading<T>(&mut self, read: impl FnOnce(&Connection, &State) -> Result<T, StoreError>) -> Result<T, StoreError> {
        let tx = self.connection.unchecked_transaction()?;
        let generation: i64 = tx.prepare_cached(sql::VALUE)?.query_row(["generation"], |row| row.get(0))?;
        if generation != self.state.generation {
            self.state = State::load(&tx, generation)?;
        }
        let value = read(&tx, &self.state)?;
        database::sound(&tx)?;
        Ok(value)
    }
}

/// Ends questions that are stale. Can be sent to another thread and cloned.
#[derive(Clone)]
pub struct Stopper {
    newest: Arc<AtomicU64>,
    interrupt: Arc<InterruptHandle>,
}

impl Stopper {
    /// From now on questions with a `turn` below this one are not answered, and the one that is being answered ends with `search_stopped`.
    /// Call it before the newest question is handed to the reader's thread. With a number that is not newer it does nothing: what is being
    /// answered may be the newer question.
    pub fn newest(&self, turn: u64) {
        if self.newest.fetch_max(turn, Ordering::AcqRel) < turn {
            self.interrupt.interrupt();
        }
    }
}

impl std::fmt::Debug for Stopper {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Stopper").field("newest", &self.newest).finish_non_exhaustive()
    }
}

fn connect(folder: &Path, key: &[u8; 32], flags: OpenFlags) -> Result<Connection, StoreError> {
    database::set_up();
    let connection = Connection::open_with_flags(folder.join(LIBRARY_FILE), flags)?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS_KEPT);
    database::unlock(&connection, key)?;
    connection.execute_batch(sql::SETTINGS)?;
    database::readable(&connection)?;
    Ok(connection)
}

fn section_number(section: Section) -> u8 {
    match section {
        Section::Procedure => 0,
        Section::Law => 1,
        Section::Guidance => 2,
        Section::Form => 3,
        Section::Question => 4,
    }
}

fn section(number: u8) -> Section {
    match number {
        0 => Section::Procedure,
        1 => Section::Law,
        3 => Section::Form,
        4 => Section::Question,
        _ => Section::Guidance,
    }
}

fn validity_number(validity: Validity) -> u8 {
    match validity {
        Validity::InForce => 0,
        Validity::Partly => 1,
        Validity::Expired => 2,
        Validity::NotYet => 3,
    }
}

fn validity(number: u8) -> Validity {
    match number {
        1 => Validity::Partly,
        2 => Validity::Expired,
        3 => Validity::NotYet,
        _ => Validity::InForce,
    }
}

fn natural32(number: i64) -> Result<u32, StoreError> {
    u32::try_from(number).map_err(|_| StoreError::Damaged(format!("{number} where a small natural number was stored")))
}
