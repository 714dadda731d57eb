//! Where a hub keeps what it carries. The replica reads it as its [`Shelf`]; the engine makes durable through it what the replica wants written.
//!
//! The default is crate `store`: SQLCipher and a folder of files, nothing to install. Another one has to keep four promises, and the tests of
//! this crate ask them of each: a commit is all or nothing and durable when it returns; what was committed is read back as it was; the
//! sequence of a log has no gaps and no number twice; bytes of files are durable before the rows that vouch for them.

use std::path::Path;

use store::{Store, StoreError};
use sync::port::{Shelf, Write};

/// Something was not stored or could not be read. What was committed before is still there.
#[derive(Debug, Clone, thiserror::Error)]
#[error("{code}: {detail}")]
pub struct BackendError {
    /// Stable code, such as `disk_full`.
    pub code: &'static str,
    /// For the log.
    pub detail: String,
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
}

impl Backend for Store {
    fn commit(&mut self, writes: &[Write]) -> Result<(), BackendError> {
        Ok(Store::commit(self, writes, &[])?)
    }

    fn close(self: Box<Self>) -> Result<(), BackendError> {
        Ok(Store::close(*self)?)
    }
}

/// Opens the default backend in a folder.
///
/// # Errors
/// `profile_in_use` if a hub runs on it, `wrong_key`, `store_damaged`, `newer_version`, `disk_full`, `disk_error`.
pub fn open(folder: &Path, key: &[u8; 32]) -> Result<Box<dyn Backend>, BackendError> {
    Ok(Box::new(Store::open(folder, key)?))
}
