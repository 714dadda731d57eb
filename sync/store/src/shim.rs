//! For tests: ends the "program" before a chosen step, and then takes from the disk what was never made durable.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use crate::error::StoreError;

#[derive(Debug, Default)]
pub(crate) struct Shim {
    /// Steps that still succeed; `None` for all.
    left: Cell<Option<u32>>,
    /// Bytes that are durable, by inode.
    bytes: RefCell<BTreeMap<u64, Vec<u8>>>,
    /// Entries that are durable, by folder.
    entries: RefCell<BTreeMap<PathBuf, BTreeMap<PathBuf, u64>>>,
}

impl Shim {
    pub(crate) fn end_after(&self, steps: u32) {
        self.left.set(Some(steps));
    }

    pub(crate) fn go_on(&self) {
        self.left.set(None);
    }

    pub(crate) fn ended(&self) -> bool {
        self.left.get() == Some(0)
    }

    pub(crate) fn step(&self) -> Result<(), StoreError> {
        match self.left.get() {
            Some(0) => Err(StoreError::Disk("the program ended here".to_owned())),
            Some(left) => {
                self.left.set(Some(left - 1));
                Ok(())
            }
            None => Ok(()),
        }
    }

    pub(crate) fn synced(&self, path: &Path) {
        self.bytes.borrow_mut().insert(fs::metadata(path).unwrap().ino(), fs::read(path).unwrap());
    }

    pub(crate) fn folder_synced(&self, folder: &Path) {
        let now = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap()).filter(|entry| entry.path().is_file());
        self.entries
            .borrow_mut()
            .insert(folder.to_owned(), now.map(|entry| (entry.path(), entry.metadata().unwrap().ino())).collect());
    }

    /// The power fails: entries and bytes that were not synced are gone.
    pub(crate) fn lose_what_is_not_durable(&self, blobs: &Path) {
        let folders: Vec<PathBuf> =
            fs::read_dir(blobs).unwrap().map(|entry| entry.unwrap().path()).filter(|path| path.is_dir()).collect();
        for folder in &folders {
            for entry in fs::read_dir(folder).unwrap() {
                fs::remove_file(entry.unwrap().path()).unwrap();
            }
        }
        for (path, inode) in self.entries.borrow().values().flatten() {
            fs::write(path, self.bytes.borrow().get(inode).cloned().unwrap_or_default()).unwrap();
        }
    }
}
