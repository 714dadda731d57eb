//! What can go wrong on the disk, each with a stable code.

use std::io;

use domain::id::{DeviceId, Hash32};
use rusqlite::ErrorCode;
use sync::port::ShelfError;

/// Something was not stored or could not be read. What was committed before is still there.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Another process has the profile open.
    #[error("the profile is in use by another process")]
    Busy,
    /// The database does not open with this key.
    #[error("this key does not open the profile")]
    WrongKey,
    /// The files are not what was written.
    #[error("the profile is damaged: {0}")]
    Damaged(String),
    /// There is no room left.
    #[error("the disk is full")]
    DiskFull,
    /// The disk or the file system refuses.
    #[error("the disk cannot be written or read: {0}")]
    Disk(String),
    /// A newer program laid the database out.
    #[error("the profile has layout {found}, this program knows {known}")]
    Newer {
        /// Its layout.
        found: i64,
        /// The newest that this program knows.
        known: i64,
    },
    /// The log has an envelope with this number already.
    #[error("log of {device:?}: number {seq} is taken, the head is {head}")]
    SequenceReused {
        /// Whose log.
        device: DeviceId,
        /// The number that came again.
        seq: u64,
        /// The newest number.
        head: u64,
    },
    /// Envelopes before this one are missing.
    #[error("log of {device:?}: number {seq} leaves a gap, the head is {head}")]
    SequenceGap {
        /// Whose log.
        device: DeviceId,
        /// The number that came too early.
        seq: u64,
        /// The newest number, 0 if there is none.
        head: u64,
    },
    /// Bytes of a blob that nobody asked for.
    #[error("blob {0:?} was not asked for")]
    BlobUnknown(Hash32),
    /// Bytes beyond the blob's end, or a blob of no sound size.
    #[error("blob {cipher:?}: {size} bytes at most, {stop} claimed")]
    BlobBounds {
        /// The blob.
        cipher: Hash32,
        /// How long it may be.
        size: u64,
        /// Where the bytes would end.
        stop: u64,
    },
    /// Said to be complete, and bytes are missing.
    #[error("blob {0:?} is not complete")]
    BlobIncomplete(Hash32),
    /// All bytes are there and are not the blob's. They were thrown away, it is to be fetched again.
    #[error("the bytes of blob {0:?} are not what its name says")]
    BlobDamaged(Hash32),
    /// A newer question came before this one was answered.
    #[error("a newer question came")]
    Stopped,
    /// The organisation's abbreviations cannot be read.
    #[error(transparent)]
    Abbreviations(#[from] search::abbreviation::TableError),
    /// A package of the handbook is not taken.
    #[error(transparent)]
    Package(#[from] handbook::PackageError),
    /// Somebody did not want to wait any longer; nothing has changed.
    #[error("cancelled")]
    Cancelled,
    /// A number that no database holds.
    #[error("{0} is too large to store")]
    TooLarge(&'static str),
}

impl StoreError {
    /// Stable name for programs and translations.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Busy => "profile_in_use",
            Self::WrongKey => "wrong_key",
            Self::Damaged(_) => "store_damaged",
            Self::DiskFull => "disk_full",
            Self::Disk(_) => "disk_error",
            Self::Newer { .. } => "newer_version",
            Self::SequenceReused { .. } => "sequence_reused",
            Self::SequenceGap { .. } => "sequence_gap",
            Self::BlobUnknown(_) => "blob_unknown",
            Self::BlobBounds { .. } => "blob_bounds",
            Self::BlobIncomplete(_) => "blob_incomplete",
            Self::BlobDamaged(_) => "blob_damaged",
            Self::Stopped => "search_stopped",
            Self::Abbreviations(error) => error.code(),
            Self::Package(error) => error.code(),
            Self::Cancelled => "cancelled",
            Self::TooLarge(_) => "number_too_large",
        }
    }
}

impl From<io::Error> for StoreError {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Self::DiskFull,
            _ => Self::Disk(error.to_string()),
        }
    }
}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        let detail = error.to_string();
        match error.sqlite_error_code() {
            Some(ErrorCode::DiskFull) => Self::DiskFull,
            // A page that does not authenticate is told as a general error, and our statements have no errors of their own.
            Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase | ErrorCode::Unknown | ErrorCode::ConstraintViolation)
            | None => Self::Damaged(detail),
            Some(ErrorCode::OperationInterrupted) => Self::Stopped,
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Self::Busy,
            Some(_) => Self::Disk(detail),
        }
    }
}

impl From<StoreError> for ShelfError {
    fn from(error: StoreError) -> Self {
        let code = match error {
            StoreError::DiskFull => "disk_full",
            StoreError::Damaged(_) => "store_damaged",
            _ => "disk_error",
        };
        Self { code, detail: error.to_string() }
    }
}

/// A number as SQLite keeps it.
pub(crate) fn integer(what: &'static str, number: u64) -> Result<i64, StoreError> {
    i64::try_from(number).map_err(|_| StoreError::TooLarge(what))
}

/// A number as it was kept.
pub(crate) fn natural(number: i64) -> Result<u64, StoreError> {
    u64::try_from(number).map_err(|_| StoreError::Damaged(format!("{number} where a natural number was stored")))
}

/// An identifier as it was kept.
pub(crate) fn id<T>(bytes: &[u8], from: impl Fn(&[u8]) -> Option<T>) -> Result<T, StoreError> {
    from(bytes).ok_or_else(|| StoreError::Damaged(format!("{} bytes where an identifier was stored", bytes.len())))
}
