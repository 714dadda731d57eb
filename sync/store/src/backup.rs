//! A backup: one file with everything of a profile, taken while the profile is in use.
//!
//! Nothing in it is readable without the profile's passphrase of that day, because it holds what lies on the disk: the sealed key, the
//! encrypted databases, blobs as ciphertext. What can be seen is how much there is.
//!
//! ```text
//! magic  "KYHOPBK" and the version, 8 bytes
//! entry  length of its name (u16, not 0), name, length of its bytes (u64), bytes, BLAKE3 of all of this (32 bytes)
//! …
//! end    0 (u16), how many entries (u64), BLAKE3 of all entries' hashes in order (32 bytes)
//! ```
//! Numbers are big-endian. The first entry is the sealed key. Names are those of a profile's folder and nothing else, so that no backup writes
//! anywhere else. A file that was cut off, changed or put together of others is refused before anything of it is a profile.
//!
//! **What comes back is a new log.** Whoever restores must give the device a new incarnation: what it wrote after the backup is
//! known to others, and a number that was used once must never be used again.

use std::collections::BTreeSet;
use std::fs::{self, File, OpenOptions};
use std::io::{BufReader, BufWriter, Read, Write};
use std::path::{Path, PathBuf};

use domain::id::Hash32;
use sync::limits::BLOB_BYTES_MAX;

use crate::error::StoreError;
use crate::library::{LIBRARY_FILE, Library};
use crate::profile::{BLOB_FOLDER, CHECK_FILE, DATABASE_FILE, KEY_FILE, make_folder, sync_folder};
use crate::{Store, blob, database};

const MAGIC: [u8; 8] = *b"KYHOPBK\x01";
/// Bytes of the magic that do not change with the version.
const MAGIC_FIXED: usize = 7;
/// Longest name: a blob's.
const NAME_BYTES_MAX: usize = 80;
/// Longest sealed key.
const KEY_BYTES_MAX: u64 = 4_096;
/// Longest database, 256 GiB.
const DATABASE_BYTES_MAX: u64 = 256 << 30;
/// Entries of one backup.
pub const ENTRIES_MAX: u64 = 4_000_000;
const CHUNK: usize = 1 << 20;

/// Why a file is not taken as a backup.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// It begins differently.
    #[error("this file is not a backup")]
    NotOne,
    /// A newer program wrote it.
    #[error("the backup has version {0}, this program knows 1")]
    Newer(u8),
    /// It ends too early, or goes on after its end.
    #[error("the backup is cut off or was added to")]
    CutOff,
    /// Bytes are not those that were written, or something stands in it that a backup does not hold.
    #[error("the backup is damaged at '{0}'")]
    Damaged(String),
    /// Reading or writing failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl BackupError {
    /// Stable name for programs and translations.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotOne => "backup_not_one",
            Self::Newer(_) => "backup_newer",
            Self::CutOff => "backup_cut_off",
            Self::Damaged(_) => "backup_damaged",
            Self::Store(error) => error.code(),
        }
    }
}

impl From<std::io::Error> for BackupError {
    fn from(error: std::io::Error) -> Self {
        match error.kind() {
            std::io::ErrorKind::UnexpectedEof => Self::CutOff,
            _ => Self::Store(error.into()),
        }
    }
}

/// A file of a backup, as it is called in the profile's folder, and where its bytes are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    name: String,
    path: PathBuf,
}

/// What was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Written {
    /// Files in it.
    pub files: u64,
    /// Its length.
    pub bytes: u64,
}

impl Store {
    /// Copies the database as it is now into `folder` and names what else belongs to a backup: the sealed key and the complete
    /// blobs, which never change. Takes as long as the copy; everything after can be done while the profile is in use.
    ///
    /// Errors: `disk_full`, `disk_error`, `store_damaged`.
    pub fn copy_for_backup(&mut self, profile: &Path, folder: &Path) -> Result<Vec<Part>, StoreError> {
        database::checkpoint(&self.connection)?;
        make_folder(folder)?;
        let mut parts = vec![Part { name: KEY_FILE.to_owned(), path: profile.join(KEY_FILE) }];
        for name in [CHECK_FILE, DATABASE_FILE] {
            // Nobody else writes: this process owns the profile, and `&mut` owns the connection.
            fs::copy(profile.join(name), folder.join(name))?;
            parts.push(Part { name: name.to_owned(), path: folder.join(name) });
        }
        for known in blob::all(&self.connection)?.iter().filter(|known| known.row.complete) {
            parts.push(Part { name: blob_name(&known.row.cipher), path: self.files.complete(&known.row.cipher) });
        }
        Ok(parts)
    }
}

impl Library {
    /// Copies the library as it is now into `folder`.
    ///
    /// Errors: `disk_full`, `disk_error`, `store_damaged`.
    pub fn copy_for_backup(&mut self, folder: &Path) -> Result<Part, StoreError> {
        // Readers may hold the log for a moment; SQLite waits for them.
        self.checkpoint()?;
        make_folder(folder)?;
        fs::copy(self.folder().join(LIBRARY_FILE), folder.join(LIBRARY_FILE))?;
        Ok(Part { name: LIBRARY_FILE.to_owned(), path: folder.join(LIBRARY_FILE) })
    }
}

fn blob_name(cipher: &Hash32) -> String {
    let name = cipher.to_string();
    format!("{BLOB_FOLDER}/{}/{name}", name.get(..2).unwrap_or_default())
}

/// Longest file of this name, `None` for a name that no backup holds.
fn bound(name: &str) -> Option<u64> {
    match name {
        KEY_FILE | CHECK_FILE => Some(KEY_BYTES_MAX),
        DATABASE_FILE | LIBRARY_FILE => Some(DATABASE_BYTES_MAX),
        _ => {
            let cipher: Hash32 = name.rsplit('/').next()?.parse().ok()?;
            (name == blob_name(&cipher)).then_some(BLOB_BYTES_MAX)
        }
    }
}

/// Writes a backup of these files. The file is there, whole and durable, or not at all.
///
/// # Errors
/// `disk_full`, `disk_error`.
pub fn write(to: &Path, parts: &[Part]) -> Result<Written, BackupError> {
    let beside = to.with_extension("part");
    let written = write_file(&beside, parts).inspect_err(|_| {
        let _ = fs::remove_file(&beside);
    })?;
    fs::rename(&beside, to)?;
    if let Some(folder) = to.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        sync_folder(folder)?;
    }
    Ok(written)
}

fn write_file(path: &Path, parts: &[Part]) -> Result<Written, BackupError> {
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut out = BufWriter::with_capacity(CHUNK, options.open(path)?);
    out.write_all(&MAGIC)?;
    let mut all = blake3::Hasher::new();
    let mut bytes = MAGIC.len() as u64;
    for part in parts {
        let mut from = File::open(&part.path)?;
        let length = from.metadata()?.len();
        let mut hasher = blake3::Hasher::new();
        let head = [&name_length(&part.name)?.to_be_bytes()[..], part.name.as_bytes(), &length.to_be_bytes()].concat();
        hasher.update(&head);
        out.write_all(&head)?;
        let copied = copy(&mut from, &mut out, length, &mut hasher)?;
        if copied != length {
            return Err(BackupError::CutOff);
        }
        let hash = hasher.finalize();
        out.write_all(hash.as_bytes())?;
        all.update(hash.as_bytes());
        bytes += head.len() as u64 + length + 32;
    }
    let count = parts.len() as u64;
    let end = [&0_u16.to_be_bytes()[..], &count.to_be_bytes(), all.finalize().as_bytes()].concat();
    out.write_all(&end)?;
    let file = out.into_inner().map_err(std::io::IntoInnerError::into_error)?;
    file.sync_all()?;
    Ok(Written { files: count, bytes: bytes + end.len() as u64 })
}

fn name_length(name: &str) -> Result<u16, BackupError> {
    u16::try_from(name.len()).map_err(|_| BackupError::Damaged(name.to_owned()))
}

fn copy(from: &mut impl Read, to: &mut impl Write, length: u64, hasher: &mut blake3::Hasher) -> std::io::Result<u64> {
    let mut chunk = vec![0; CHUNK];
    let mut left = length;
    while left > 0 {
        let wanted = usize::try_from(left).unwrap_or(CHUNK).min(CHUNK);
        let buffer = chunk.get_mut(..wanted).unwrap_or_default();
        let read = from.read(buffer)?;
        let Some(bytes) = buffer.get(..read).filter(|bytes| !bytes.is_empty()) else { break };
        hasher.update(bytes);
        to.write_all(bytes)?;
        left -= read as u64;
    }
    Ok(length - left)
}

/// A backup that is being read: first its sealed key, then everything else.
#[derive(Debug)]
pub struct Reader {
    from: BufReader<File>,
    key: Vec<u8>,
    all: blake3::Hasher,
}

impl Reader {
    /// Opens a backup and reads its sealed key.
    ///
    /// # Errors
    /// See [`BackupError`].
    pub fn open(path: &Path) -> Result<Self, BackupError> {
        let mut from = BufReader::with_capacity(CHUNK, File::open(path)?);
        let mut magic = [0; MAGIC.len()];
        from.read_exact(&mut magic).map_err(|_| BackupError::NotOne)?;
        if magic[..MAGIC_FIXED] != MAGIC[..MAGIC_FIXED] {
            return Err(BackupError::NotOne);
        }
        if magic != MAGIC {
            return Err(BackupError::Newer(magic[MAGIC_FIXED]));
        }
        let mut reader = Self { from, key: Vec::new(), all: blake3::Hasher::new() };
        let mut key = Vec::new();
        match reader.head()? {
            Some(head) if head.name == KEY_FILE => reader.take(&head, &mut key)?,
            _ => return Err(BackupError::Damaged(KEY_FILE.to_owned())),
        }
        reader.key = key;
        Ok(reader)
    }

    /// The sealed key of the profile.
    pub fn sealed_key(&self) -> &[u8] {
        &self.key
    }

    /// Writes everything but the key into a folder, durably, and checks all of it. What was written before an error is to be taken away.
    ///
    /// # Errors
    /// See [`BackupError`].
    pub fn extract(mut self, into: &Path) -> Result<Written, BackupError> {
        let mut names = BTreeSet::from([KEY_FILE.to_owned()]);
        let mut bytes = self.key.len() as u64;
        while let Some(head) = self.head()? {
            if !names.insert(head.name.clone()) || names.len() as u64 > ENTRIES_MAX {
                return Err(BackupError::Damaged(head.name));
            }
            let path = into.join(&head.name);
            if let Some(folder) = path.parent() {
                make_folder(folder)?;
            }
            let mut options = OpenOptions::new();
            options.write(true).create_new(true);
            #[cfg(unix)]
            std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
            let mut file = options.open(&path)?;
            self.take(&head, &mut file)?;
            file.sync_all()?;
            bytes += head.length;
        }
        for needed in [CHECK_FILE, DATABASE_FILE] {
            if !names.contains(needed) {
                return Err(BackupError::Damaged(needed.to_owned()));
            }
        }
        let files = names.len() as u64;
        let (mut count, mut all, mut rest) = ([0; 8], [0; 32], [0; 1]);
        self.from.read_exact(&mut count)?;
        self.from.read_exact(&mut all)?;
        if u64::from_be_bytes(count) != files || all != *self.all.finalize().as_bytes() {
            return Err(BackupError::Damaged("end".to_owned()));
        }
        match self.from.read(&mut rest)? {
            0 => Ok(Written { files, bytes }),
            _ => Err(BackupError::CutOff),
        }
    }

    fn head(&mut self) -> Result<Option<Head>, BackupError> {
        let mut length = [0; 2];
        self.from.read_exact(&mut length)?;
        let length = usize::from(u16::from_be_bytes(length));
        if length == 0 {
            return Ok(None);
        }
        if length > NAME_BYTES_MAX {
            return Err(BackupError::Damaged(format!("a name of {length} bytes")));
        }
        let mut name = vec![0; length];
        self.from.read_exact(&mut name)?;
        let name = String::from_utf8(name).map_err(|_| BackupError::Damaged("a name".to_owned()))?;
        let mut size = [0; 8];
        self.from.read_exact(&mut size)?;
        let length = u64::from_be_bytes(size);
        match bound(&name) {
            Some(most) if length <= most => Ok(Some(Head { name, length })),
            _ => Err(BackupError::Damaged(name)),
        }
    }

    fn take(&mut self, head: &Head, to: &mut impl Write) -> Result<(), BackupError> {
        let mut hasher = blake3::Hasher::new();
        hasher.update(&name_length(&head.name)?.to_be_bytes());
        hasher.update(head.name.as_bytes());
        hasher.update(&head.length.to_be_bytes());
        if copy(&mut self.from, to, head.length, &mut hasher)? != head.length {
            return Err(BackupError::CutOff);
        }
        let mut expected = [0; 32];
        self.from.read_exact(&mut expected)?;
        let hash = hasher.finalize();
        if *hash.as_bytes() != expected {
            return Err(BackupError::Damaged(head.name.clone()));
        }
        self.all.update(hash.as_bytes());
        Ok(())
    }
}

struct Head {
    name: String,
    length: u64,
}
