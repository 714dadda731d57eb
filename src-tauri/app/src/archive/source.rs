//! Where the files of an archive are read from: a folder or a zip.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use api::error::ApiError;
use domain::id::Hash32;
use sha2::{Digest as _, Sha256};

use super::verify::{FILES_MAX, FOLDERS_DEEP_MAX};
use super::zip::Zipped;
use crate::error::AtBoundary;

/// Read at once while a checksum is computed.
const CHUNK_BYTES: usize = 1 << 16;

/// The files of an archive.
pub(super) enum Source {
    /// Below a folder. Only what was found there is opened, so a path cannot lead out of it.
    Folder { path: PathBuf, found: BTreeMap<String, PathBuf> },
    /// In a zip.
    Zip { path: PathBuf, zip: Box<Zipped> },
}

impl Source {
    /// Looks for the files; what is neither a file nor a folder is a problem.
    ///
    /// # Errors
    /// `file_not_found` and the like; those of a zip.
    pub(super) fn open(path: &Path, problems: &mut Vec<String>) -> Result<Self, ApiError> {
        let path = path.to_owned();
        if path.is_dir() {
            let found = files_in(&path, problems)?;
            Ok(Self::Folder { path, found })
        } else {
            let zip = Box::new(Zipped::open(&path)?);
            Ok(Self::Zip { path, zip })
        }
    }

    /// The paths of all files.
    pub(super) fn names(&self) -> Vec<&str> {
        match self {
            Self::Folder { found, .. } => found.keys().map(String::as_str).collect(),
            Self::Zip { zip, .. } => zip.names().collect(),
        }
    }

    /// A file's content as it is read; `None` if there is no such file.
    fn content(&self, name: &str) -> Option<Result<Box<dyn Read + '_>, ApiError>> {
        match self {
            Self::Folder { found, .. } => found.get(name).map(|path| {
                let file: Box<dyn Read + '_> = Box::new(File::open(path).at_boundary().map_err(|error| self.named(name, error))?);
                Ok(file)
            }),
            Self::Zip { zip, .. } => zip.content(name).map(|content| content.map_err(|error| self.named(name, error))),
        }
    }

    /// A whole file of at most `bytes_max` bytes.
    ///
    /// # Errors
    /// `file_not_found`; `too_large` as the caller names it; `archive_zip_unreadable`; those of the disk.
    pub(super) fn read(&self, name: &str, bytes_max: usize, too_large: &str) -> Result<Vec<u8>, ApiError> {
        let none = || self.named(name, ApiError::new("file_not_found", format!("there is no {name}")));
        let mut bytes = Vec::new();
        let content = self.content(name).ok_or_else(none)??;
        let read = content.take(bytes_max as u64 + 1).read_to_end(&mut bytes);
        read.map_err(|error| self.failed(name, &error))?;
        if bytes.len() > bytes_max {
            let over = ApiError::new(too_large, "the file is over the limit").with("limit_mb", bytes_max >> 20);
            return Err(self.named(name, over));
        }
        Ok(bytes)
    }

    /// The checksum of a file.
    ///
    /// # Errors
    /// As of [`Self::read`].
    pub(super) fn sum(&self, name: &str) -> Result<Option<Hash32>, ApiError> {
        let Some(content) = self.content(name) else { return Ok(None) };
        let mut content = content?;
        let mut sum = Sha256::new();
        let mut chunk = vec![0; CHUNK_BYTES];
        loop {
            let read = content.read(&mut chunk).map_err(|error| self.failed(name, &error))?;
            match chunk.get(..read) {
                Some([]) | None => return Ok(Some(Hash32(sum.finalize().into()))),
                Some(bytes) => sum.update(bytes),
            }
        }
    }

    /// A disk that does not read and bytes that do not unpack are not the same.
    fn failed(&self, name: &str, error: &std::io::Error) -> ApiError {
        match self {
            Self::Zip { .. } => self.named(name, ApiError::new("archive_zip_unreadable", error.to_string())),
            Self::Folder { .. } => self.named(name, ApiError::new("disk_error", error.to_string())),
        }
    }

    fn named(&self, name: &str, error: ApiError) -> ApiError {
        let (Self::Folder { path, .. } | Self::Zip { path, .. }) = self;
        error.with("file", path.join(name).display())
    }
}

/// The files below a folder, by their paths with `/`. What is neither a file nor a folder is a problem: a link could lead anywhere.
fn files_in(folder: &Path, problems: &mut Vec<String>) -> Result<BTreeMap<String, PathBuf>, ApiError> {
    let mut found = BTreeMap::new();
    let mut open = vec![(folder.to_owned(), String::new(), 0)];
    while let Some((at, prefix, deep)) = open.pop() {
        for entry in std::fs::read_dir(&at).at_boundary().map_err(|error| error.with("file", at.display()))? {
            let entry = entry.at_boundary().map_err(|error| error.with("file", at.display()))?;
            let kind = entry.file_type().at_boundary().map_err(|error| error.with("file", at.display()))?;
            let name = format!("{prefix}{}", entry.file_name().to_string_lossy());
            if found.len() >= FILES_MAX {
                problems.push(format!("archive_too_many: {FILES_MAX}"));
                return Ok(found);
            }
            if kind.is_file() {
                found.insert(name, entry.path());
            } else if kind.is_dir() && deep < FOLDERS_DEEP_MAX {
                open.push((entry.path(), format!("{name}/"), deep + 1));
            } else {
                problems.push(format!("archive_file_unexpected: {name}"));
            }
        }
    }
    Ok(found)
}
