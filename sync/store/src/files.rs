//! Blob files, step by step. Every step that changes the disk stands alone, so that tests can end the program before each.

use std::fs::{self, File, OpenOptions};
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use domain::id::Hash32;

use crate::error::StoreError;
use crate::profile::{BLOB_FOLDER, make_folder, sync_folder};

const PARTIAL: &str = "partial";
/// Bytes read at a time when a file is hashed.
const HASH_CHUNK: usize = 1 << 20;

/// The folder of blob files: `xx/<cipher>` when complete, `partial/<cipher>` before.
#[derive(Debug)]
pub(crate) struct BlobFiles {
    root: PathBuf,
    #[cfg(all(test, unix))]
    pub(crate) shim: crate::shim::Shim,
}

impl BlobFiles {
    pub(crate) fn open(profile: &Path) -> Result<Self, StoreError> {
        let root = profile.join(BLOB_FOLDER);
        if !root.join(PARTIAL).is_dir() {
            make_folder(&root.join(PARTIAL))?;
            sync_folder(&root)?;
            sync_folder(profile)?;
        }
        Ok(Self {
            root,
            #[cfg(all(test, unix))]
            shim: crate::shim::Shim::default(),
        })
    }

    /// The folder itself.
    pub(crate) fn folder(&self) -> &Path {
        &self.root
    }

    /// Where the complete file is.
    pub(crate) fn complete(&self, cipher: &Hash32) -> PathBuf {
        let name = cipher.to_string();
        self.root.join(name.get(..2).unwrap_or_default()).join(name)
    }

    /// Where its bytes are gathered.
    pub(crate) fn partial(&self, cipher: &Hash32) -> PathBuf {
        self.root.join(PARTIAL).join(cipher.to_string())
    }

    /// The partial files that are there.
    pub(crate) fn partials(&self) -> Result<Vec<PathBuf>, StoreError> {
        Ok(fs::read_dir(self.root.join(PARTIAL))?.map(|entry| entry.map(|entry| entry.path())).collect::<Result<_, _>>()?)
    }

    /// Opens the partial file for writing.
    pub(crate) fn open_partial(&self, cipher: &Hash32) -> Result<File, StoreError> {
        self.step()?;
        Ok(OpenOptions::new().read(true).write(true).create(true).truncate(false).open(self.partial(cipher))?)
    }

    /// Writes bytes at a place.
    pub(crate) fn write(&self, file: &mut File, offset: u64, bytes: &[u8]) -> Result<(), StoreError> {
        self.step()?;
        file.seek(SeekFrom::Start(offset))?;
        Ok(file.write_all(bytes)?)
    }

    /// Cuts or extends a file.
    pub(crate) fn set_length(&self, file: &File, length: u64) -> Result<(), StoreError> {
        self.step()?;
        Ok(file.set_len(length)?)
    }

    /// Makes the bytes of a partial file, and that it is there, durable.
    pub(crate) fn sync_partial(&self, file: &File, cipher: &Hash32) -> Result<(), StoreError> {
        self.step()?;
        file.sync_all()?;
        self.synced(&self.partial(cipher));
        self.step()?;
        sync_folder(&self.root.join(PARTIAL))?;
        self.folder_synced(&self.root.join(PARTIAL));
        Ok(())
    }

    /// Puts the partial file where complete files are, durably.
    pub(crate) fn finish(&self, cipher: &Hash32) -> Result<(), StoreError> {
        let to = self.complete(cipher);
        let folder = to.parent().unwrap_or(&self.root);
        if !folder.is_dir() {
            self.step()?;
            make_folder(folder)?;
            sync_folder(&self.root)?;
        }
        self.step()?;
        fs::rename(self.partial(cipher), &to)?;
        self.step()?;
        self.keep(cipher)
    }

    /// Makes the name of a complete file durable.
    pub(crate) fn keep(&self, cipher: &Hash32) -> Result<(), StoreError> {
        let to = self.complete(cipher);
        let folder = to.parent().unwrap_or(&self.root);
        sync_folder(folder)?;
        self.folder_synced(folder);
        Ok(())
    }

    /// Removes a file if it is there.
    pub(crate) fn remove(&self, path: &Path) -> Result<(), StoreError> {
        self.step()?;
        match fs::remove_file(path) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error.into()),
            _ => Ok(()),
        }
    }

    /// Removes every byte of a blob, durably. Deleted, not written over: what a disk keeps of deleted files is ciphertext.
    pub(crate) fn erase(&self, cipher: &Hash32) -> Result<(), StoreError> {
        let complete = self.complete(cipher);
        self.remove(&self.partial(cipher))?;
        self.remove(&complete)?;
        self.step()?;
        sync_folder(&self.root.join(PARTIAL))?;
        match complete.parent() {
            Some(folder) if folder.is_dir() => sync_folder(folder),
            _ => Ok(()),
        }
    }

    #[cfg(not(all(test, unix)))]
    fn step(&self) -> Result<(), StoreError> {
        Ok(())
    }

    #[cfg(not(all(test, unix)))]
    fn synced(&self, _: &Path) {}

    #[cfg(not(all(test, unix)))]
    fn folder_synced(&self, _: &Path) {}

    #[cfg(all(test, unix))]
    fn step(&self) -> Result<(), StoreError> {
        self.shim.step()
    }

    #[cfg(all(test, unix))]
    fn synced(&self, path: &Path) {
        self.shim.synced(path);
    }

    #[cfg(all(test, unix))]
    fn folder_synced(&self, folder: &Path) {
        self.shim.folder_synced(folder);
    }
}

/// Length of a file, `None` if it is not there.
pub(crate) fn length(path: &Path) -> Result<Option<u64>, StoreError> {
    match fs::metadata(path) {
        Ok(file) => Ok(Some(file.len())),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// Is the file of this length and this BLAKE3?
pub(crate) fn is_whole(path: &Path, size: u64, cipher: &Hash32) -> Result<bool, StoreError> {
    if length(path)? != Some(size) {
        return Ok(false);
    }
    let mut file = File::open(path)?;
    let mut hasher = blake3::Hasher::new();
    let mut chunk = vec![0; HASH_CHUNK];
    loop {
        match file.read(&mut chunk)? {
            0 => return Ok(hasher.finalize().as_bytes() == cipher.as_bytes()),
            read => hasher.update(chunk.get(..read).unwrap_or_default()),
        };
    }
}
