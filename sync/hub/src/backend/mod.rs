//! Where a hub keeps what it carries. The replica reads it as its [`Shelf`]; the engine makes durable through it what the replica wants written.
//!
//! The default is crate `store`: SQLCipher and a folder of files, nothing to install. The other one is PostgreSQL and an object store
//! ([`postgres`]), which any number of hubs may share. Each has to keep four promises, and the tests of this crate ask them of both: a commit is
//! all or nothing and durable when it returns; what was committed is read back as it was; the sequence of a log has no gaps and no number
//! twice; bytes of files are durable before the rows that vouch for them.

mod batch;
mod database;
pub mod notify;
pub mod objects;
pub mod postgres;
pub mod seal;
mod sql;

use domain::id::SpaceId;
use store::{Store, StoreError};
use sync::port::{BlobRow, Shelf, Write};

use crate::HubError;
use crate::backend::notify::Listening;
use crate::backend::postgres::Shared;
use crate::config::{BackendKind, Config};

/// Something was not stored or could not be read. What was committed before is still there.
#[derive(Debug, Clone, thiserror::Error)]
#[error("{code}: {detail}")]
pub struct BackendError {
    /// Stable code, such as `disk_full`.
    pub code: &'static str,
    /// For the log. Holds no credentials.
    pub detail: String,
}

impl BackendError {
    pub(crate) fn new(code: &'static str, detail: impl Into<String>) -> Self {
        Self { code, detail: detail.into() }
    }
}

impl From<StoreError> for BackendError {
    fn from(error: StoreError) -> Self {
        Self { code: error.code(), detail: error.to_string() }
    }
}

impl From<sync::port::ShelfError> for BackendError {
    fn from(error: sync::port::ShelfError) -> Self {
        Self { code: error.code, detail: error.detail }
    }
}

impl From<BackendError> for sync::port::ShelfError {
    fn from(error: BackendError) -> Self {
        Self { code: error.code, detail: error.detail }
    }
}

/// What other hubs have committed to a backend that they share with this one, in the order of their commits.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct News {
    /// Envelopes.
    pub envelopes: Vec<(SpaceId, Vec<u8>)>,
    /// Files that are complete.
    pub blobs: Vec<BlobRow>,
}

/// A place to keep envelopes and files.
pub trait Backend: Shelf + Send {
    /// Makes all changes durable, or none.
    ///
    /// # Errors
    /// [`BackendError`]; then nothing has changed.
    fn commit(&mut self, writes: &[Write]) -> Result<(), BackendError>;

    /// Closes in order. A backend that is dropped without loses nothing that was committed.
    ///
    /// # Errors
    /// [`BackendError`].
    fn close(self: Box<Self>) -> Result<(), BackendError>;

    /// Is asked before the replica is opened from what is durable, after a start and after every commit that failed: connects again where that is
    /// needed and finishes what was begun. What others commit from here on is told by [`Self::news`].
    ///
    /// # Errors
    /// It is still out of reach; the replica must not go on.
    fn recover(&mut self) -> Result<(), BackendError> {
        Ok(())
    }

    /// A part of what others have committed since it was last asked; `None` when there is nothing more.
    ///
    /// # Errors
    /// [`BackendError`]; the same is told the next time.
    fn news(&mut self) -> Result<Option<News>, BackendError> {
        Ok(None)
    }

    /// Begins to listen for commits of others. `None` if nobody else commits here.
    ///
    /// # Errors
    /// The system has no thread.
    fn listen(&mut self) -> Result<Option<Listening>, BackendError> {
        Ok(None)
    }
}

impl Backend for Store {
    fn commit(&mut self, writes: &[Write]) -> Result<(), BackendError> {
        Ok(Store::commit(self, writes, &[])?)
    }

    fn close(self: Box<Self>) -> Result<(), BackendError> {
        Ok(Store::close(*self)?)
    }
}

/// Opens the backend that the configuration names. `key` is that of the hub's own folder, which each hub has, whatever the backend.
///
/// # Errors
/// `profile_in_use` if a hub runs on the folder, `wrong_key`, `store_damaged`, `newer_version`, `disk_full`, `disk_error`; of PostgreSQL also
/// `database_away`, `database_unsafe`, `database_error`, and what is wrong with the configuration.
pub fn open(config: &Config, key: &[u8; 32]) -> Result<Box<dyn Backend>, HubError> {
    let own = Store::open(&config.folder, key).map_err(BackendError::from)?;
    match config.backend.kind {
        BackendKind::Folder => Ok(Box::new(own)),
        BackendKind::Postgres => Ok(Box::new(Shared::open(own, config)?)),
    }
}
