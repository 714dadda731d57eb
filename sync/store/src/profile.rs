//! The folder of a profile: what lies where, and who owns it.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use crate::error::StoreError;

/// The sealed key file. Written and read by whoever asks for the passphrase, not by this crate.
pub const KEY_FILE: &str = "profile.key";
/// The encrypted database.
pub const DATABASE_FILE: &str = "kyhop.db";
/// Says whether a key belongs to the database, so that a wrong key and a damaged database can be told apart.
pub const CHECK_FILE: &str = "kyhop.check";
/// Blob files.
pub const BLOB_FOLDER: &str = "blobs";
/// Locked by the process that owns the profile.
pub const LOCK_FILE: &str = "owner.lock";

const CLEAN: &[u8] = b"clean\n";

/// Makes the folder, for the owner's eyes only.
pub(crate) fn make_folder(folder: &Path) -> Result<(), StoreError> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    Ok(builder.create(folder)?)
}

/// Makes what happened to the entries of a folder durable.
pub(crate) fn sync_folder(folder: &Path) -> Result<(), StoreError> {
    // Windows has no such call; NTFS journals its folders.
    if cfg!(unix) {
        File::open(folder)?.sync_all()?;
    }
    Ok(())
}

const PROBE_FILE: &str = "probe";
/// More than SQLite asks for at once to start working (32 KiB of shared memory).
const PROBE_BYTES: usize = 64 * 1024;

/// SQLite tells some failures of a full disk as general ones: whether it is full shows when something is written.
pub(crate) fn explain(folder: &Path, error: StoreError) -> StoreError {
    if !matches!(error, StoreError::Disk(_)) {
        return error;
    }
    let path = folder.join(PROBE_FILE);
    let probe = File::create(&path).and_then(|mut file| {
        file.write_all(&[0; PROBE_BYTES])?;
        file.sync_all()
    });
    let _ = fs::remove_file(&path);
    match probe.map_err(StoreError::from) {
        Err(StoreError::DiskFull) => StoreError::DiskFull,
        _ => error,
    }
}

/// The right to a profile, for as long as this lives. The operating system takes it back from a process that died.
///
/// A process that this one starts shares the lock for the moment between its making and its own program, so closing the file alone
/// would leave the profile taken for that moment.
#[derive(Debug)]
pub(crate) struct Owner {
    file: File,
    left_clean: bool,
}

impl Owner {
    /// Takes the profile, or finds that somebody else has it.
    pub(crate) fn take(folder: &Path) -> Result<Self, StoreError> {
        let path: PathBuf = folder.join(LOCK_FILE);
        let mut file = OpenOptions::new().read(true).write(true).create(true).truncate(false).open(path)?;
        file.try_lock().map_err(|error| match error {
            TryLockError::WouldBlock => StoreError::Busy,
            TryLockError::Error(error) => error.into(),
        })?;
        let mut content = Vec::new();
        Read::by_ref(&mut file).take(64).read_to_end(&mut content)?;
        Ok(Self { file, left_clean: content == CLEAN })
    }

    /// Did the last owner close the profile in order?
    pub(crate) fn left_clean(&self) -> bool {
        self.left_clean
    }

    /// Until [`Self::mark_clean`] the profile counts as not closed. Needs no room on the disk.
    pub(crate) fn mark_open(&mut self) -> Result<(), StoreError> {
        self.file.set_len(0)?;
        Ok(self.file.sync_all()?)
    }

    /// Says that all is closed in order.
    pub(crate) fn mark_clean(&mut self) -> Result<(), StoreError> {
        self.file.seek(SeekFrom::Start(0))?;
        self.file.write_all(CLEAN)?;
        Ok(self.file.sync_all()?)
    }
}

impl Drop for Owner {
    fn drop(&mut self) {
        // Should it fail, closing the file does the same.
        let _ = self.file.unlock();
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn a_closed_profile_is_free_though_a_process_that_was_just_started_still_shares_its_lock() {
        let folder = tempfile::tempdir().unwrap();
        let owner = Owner::take(folder.path()).unwrap();
        let shared = owner.file.try_clone().unwrap();
        assert!(matches!(Owner::take(folder.path()), Err(StoreError::Busy)));
        drop(owner);
        Owner::take(folder.path()).unwrap();
        drop(shared);
    }
}
