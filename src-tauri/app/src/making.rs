//! A profile that is being made. Making one takes several files and a founding; a full disk or a power failure in between must leave
//! neither half a profile nor something in the way of the next attempt.

use std::fs::{self, File, OpenOptions};
use std::io::{Error, ErrorKind};
use std::path::{Path, PathBuf};

use api::error::ApiError;
use store::library::LIBRARY_FILE;
use store::profile::{BLOB_FOLDER, CHECK_FILE, DATABASE_FILE, LOCK_FILE};

use crate::error::AtBoundary;
use crate::profile::{KEY_FILE, ROOT_FILE, exists, write_new};

/// The sealed key until the profile is finished. As long as it is there, everything beside it is nobody's.
const MAKING_FILE: &str = "profile.key.making";

/// The making of a profile. Dropped before [`Self::finish`], it takes away what was made: it has to be dropped after the store.
pub(crate) struct Making {
    folder: PathBuf,
    finished: bool,
}

impl Making {
    /// Begins with the sealed key, after clearing away what an earlier attempt may have left.
    ///
    /// # Errors
    /// `disk_full`, `disk_error`; `profile_in_use` while another process makes a profile here.
    pub fn begin(folder: &Path, sealed_key: &[u8]) -> Result<Self, ApiError> {
        clear(folder)?;
        let making = Self { folder: folder.to_owned(), finished: false };
        write_new(&folder.join(MAKING_FILE), sealed_key)?;
        Ok(making)
    }

    /// From here on it is a profile.
    ///
    /// # Errors
    /// `disk_full`, `disk_error`: then it is none.
    pub fn finish(&mut self) -> Result<(), ApiError> {
        fs::rename(self.folder.join(MAKING_FILE), self.folder.join(KEY_FILE)).at_boundary()?;
        self.finished = true;
        // Windows has no such call; NTFS journals its folders.
        if cfg!(unix) { File::open(&self.folder).and_then(|folder| folder.sync_all()).at_boundary() } else { Ok(()) }
    }
}

impl Drop for Making {
    fn drop(&mut self) {
        if !self.finished
            && let Err(error) = clear(&self.folder)
        {
            tracing::warn!(%error, "what was made of a profile could not be taken away; the next attempt does it");
        }
    }
}

/// Removes what an unfinished making left. Everything else is left alone: a profile, one that another process is making right now, and
/// a store whose key was put somewhere else.
fn clear(folder: &Path) -> Result<(), ApiError> {
    let making = folder.join(MAKING_FILE);
    if exists(folder) || !making.exists() {
        return Ok(());
    }
    let lock = OpenOptions::new().write(true).create(true).truncate(false).open(folder.join(LOCK_FILE)).at_boundary()?;
    if lock.try_lock().is_err() {
        return Err(ApiError::new("profile_in_use", "another process makes a profile here").with("folder", folder.display()));
    }
    gone(fs::remove_dir_all(folder.join(BLOB_FOLDER))).at_boundary()?;
    let library = [LIBRARY_FILE, "library.db-wal", "library.db-shm"];
    for name in [DATABASE_FILE, "kyhop.db-wal", "kyhop.db-shm", CHECK_FILE, ROOT_FILE, LOCK_FILE].into_iter().chain(library) {
        gone(fs::remove_file(folder.join(name))).at_boundary()?;
    }
    // Last, because it tells that the rest is nobody's.
    gone(fs::remove_file(making)).at_boundary()
}

/// What is not there is gone.
fn gone(removed: Result<(), Error>) -> Result<(), Error> {
    match removed {
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
        removed => removed,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]

    use std::collections::BTreeSet;

    use super::*;

    fn names(folder: &Path) -> BTreeSet<String> {
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
    }

    /// What is there when a process dies in the middle of making a profile.
    fn died(folder: &Path) {
        let mut making = Making::begin(folder, b"sealed").unwrap();
        making.finished = true;
        drop(making);
        fs::create_dir_all(folder.join(BLOB_FOLDER).join("partial")).unwrap();
        for name in [DATABASE_FILE, CHECK_FILE, ROOT_FILE, LOCK_FILE, LIBRARY_FILE] {
            fs::write(folder.join(name), "half").unwrap();
        }
    }

    #[test]
    fn what_a_dead_process_left_is_not_in_the_way_of_the_next() {
        let folder = tempfile::tempdir().unwrap();
        died(folder.path());
        fs::write(folder.path().join("passphrase"), "a file of the user").unwrap();
        let mut making = Making::begin(folder.path(), b"another").unwrap();
        assert_eq!(names(folder.path()), [MAKING_FILE, "passphrase"].map(String::from).into());
        making.finish().unwrap();
        drop(making);
        assert_eq!(names(folder.path()), [KEY_FILE, "passphrase"].map(String::from).into());
        assert_eq!(fs::read(folder.path().join(KEY_FILE)).unwrap(), b"another");
    }

    #[test]
    fn what_was_given_up_leaves_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let making = Making::begin(folder.path(), b"sealed").unwrap();
        fs::write(folder.path().join(DATABASE_FILE), "half").unwrap();
        drop(making);
        assert_eq!(names(folder.path()), BTreeSet::new());
    }

    #[test]
    fn a_store_whose_key_lies_elsewhere_and_a_finished_profile_are_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join(DATABASE_FILE), "years of work").unwrap();
        clear(folder.path()).unwrap();
        assert_eq!(names(folder.path()), [DATABASE_FILE].map(String::from).into());
        fs::write(folder.path().join(KEY_FILE), "sealed").unwrap();
        fs::write(folder.path().join(MAKING_FILE), "sealed").unwrap();
        clear(folder.path()).unwrap();
        assert!(names(folder.path()).contains(DATABASE_FILE));
    }

    #[test]
    fn two_processes_do_not_make_one_profile() {
        let folder = tempfile::tempdir().unwrap();
        died(folder.path());
        let other = OpenOptions::new().write(true).open(folder.path().join(LOCK_FILE)).unwrap();
        other.lock().unwrap();
        let refused = Making::begin(folder.path(), b"sealed").err().unwrap();
        assert_eq!(refused.code, "profile_in_use");
        assert!(names(folder.path()).contains(DATABASE_FILE), "what the other has made is still there");
    }
}
