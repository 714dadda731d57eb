//! An archive as one zip file (APPNOTE.TXT of PKWARE): the same files under the same paths as in the folder.
//!
//! They are stored, not packed: papers are packed already. What others packed again is read too, but a zip may lie about everything it says:
//! whatever leads out of it, stands in it twice, lies on top of something else or unpacks to too much is refused before anything of it is judged.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::{BufWriter, Error as IoError, Read, Write as _};
use std::path::{Path, PathBuf};

use api::error::ApiError;
use api::view::ExportView;
use flate2::read::DeflateDecoder;
use rawzip::{
    CompressionMethod, ErrorKind, FileReader, RECOMMENDED_BUFFER_SIZE, ZipArchive, ZipArchiveEntryWayfinder, ZipArchiveWriter,
};

use super::verify::{FILES_MAX, FOLDERS_DEEP_MAX};
use super::{CHECKSUMS, Files, SEAL};
use crate::error::AtBoundary;

/// How often more than its own length a zip may unpack to: papers hardly shrink, the rest is small.
const RATIO_MAX: u64 = 100;
/// A zip may always unpack to this much.
const UNPACKED_FREE_BYTES: u64 = 64 << 20;
/// Rights of the files when they are taken out.
const PERMISSIONS: u32 = 0o644;

/// Writes an archive as a zip, whole or not at all: beside it first, then renamed.
pub(super) fn write(path: &Path, files: &Files, checksums: &str, seal: &[u8]) -> Result<ExportView, ApiError> {
    let named = |error: ApiError| error.with("file", path.display());
    let mut beside = path.as_os_str().to_owned();
    beside.push(".part");
    let beside = PathBuf::from(beside);
    let own = [(CHECKSUMS, checksums.as_bytes()), (SEAL, seal)];
    let all = files.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice())).chain(own);
    let written = File::create(&beside).and_then(|file| {
        let file = pack(BufWriter::new(file), all)?.into_inner().map_err(|error| error.into_error())?;
        file.sync_all()?;
        let bytes = file.metadata()?.len();
        // Windows renames no open file.
        drop(file);
        std::fs::rename(&beside, path)?;
        Ok(bytes)
    });
    if written.is_err() {
        // What was half written is of no use to anybody; the error that matters is the first.
        let _ = std::fs::remove_file(&beside);
    }
    let bytes = written.at_boundary().map_err(named)?;
    Ok(ExportView { path: std::path::absolute(path).unwrap_or_else(|_| path.to_owned()).display().to_string(), bytes })
}

fn pack<'a, W: std::io::Write>(out: W, files: impl Iterator<Item = (&'a str, &'a [u8])>) -> Result<W, IoError> {
    let mut archive = ZipArchiveWriter::new(out);
    for (name, bytes) in files {
        let builder = archive.new_file(name).compression_method(CompressionMethod::STORE).unix_permissions(PERMISSIONS);
        let (mut entry, config) = builder.start().map_err(of_disk)?;
        let mut writer = config.wrap(&mut entry);
        writer.write_all(bytes)?;
        let (_, descriptor) = writer.finish().map_err(of_disk)?;
        entry.finish(descriptor).map_err(of_disk)?;
    }
    archive.finish().map_err(of_disk)
}

/// A full disk is told as one.
fn of_disk(error: rawzip::Error) -> IoError {
    match error.into_kind() {
        ErrorKind::IO(error) => error,
        other => IoError::other(other.to_string()),
    }
}

/// How the files of a zip are packed, and where.
type Entries = BTreeMap<String, (CompressionMethod, ZipArchiveEntryWayfinder)>;

/// An archive in a zip that was opened to be judged.
pub(super) struct Zipped {
    archive: ZipArchive<FileReader>,
    entries: Entries,
}

impl Zipped {
    /// Reads the directory of a zip.
    ///
    /// # Errors
    /// `file_not_found` and the like; `archive_zip_unreadable`; `archive_zip_unsafe`.
    pub(super) fn open(path: &Path) -> Result<Self, ApiError> {
        let named = |error: ApiError| error.with("file", path.display());
        let file = File::open(path).at_boundary().map_err(named)?;
        let length = file.metadata().at_boundary().map_err(named)?.len();
        let mut buffer = vec![0; RECOMMENDED_BUFFER_SIZE];
        let archive = ZipArchive::from_file(file, &mut buffer).map_err(|error| named(unreadable(&error)))?;
        let entries = directory(&archive, &mut buffer, length).map_err(named)?;
        Ok(Self { archive, entries })
    }

    /// The paths of the files.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.entries.keys().map(String::as_str)
    }

    /// What a file holds, unpacked: never more than the directory says, whatever comes out. `None` if there is no such file.
    pub(super) fn content(&self, name: &str) -> Option<Result<Box<dyn Read + '_>, ApiError>> {
        let (method, wayfinder) = self.entries.get(name)?;
        let entry = match self.archive.get_entry(*wayfinder) {
            Ok(entry) => entry,
            Err(error) => return Some(Err(unreadable(&error))),
        };
        // One byte more than it says: then it is not what the list of checksums says either.
        let most = wayfinder.uncompressed_size_hint().saturating_add(1);
        let content: Box<dyn Read + '_> = if *method == CompressionMethod::DEFLATE {
            Box::new(DeflateDecoder::new(entry.reader()).take(most))
        } else {
            Box::new(entry.reader().take(most))
        };
        Some(Ok(content))
    }
}

fn directory(archive: &ZipArchive<FileReader>, buffer: &mut [u8], length: u64) -> Result<Entries, ApiError> {
    let most = length.saturating_mul(RATIO_MAX).max(UNPACKED_FREE_BYTES);
    let mut found = Entries::new();
    let mut folded = BTreeSet::new();
    let (mut unpacked, mut count) = (0_u64, 0_usize);
    let mut entries = archive.entries(buffer);
    while let Some(entry) = entries.next_entry().map_err(|error| unreadable(&error))? {
        count += 1;
        if count > FILES_MAX {
            return Err(unsafe_because("it has too many entries"));
        }
        let raw = entry.file_path();
        let name = std::str::from_utf8(raw.as_ref()).map_err(|_| unsafe_because("a name in it is no text"))?;
        if entry.mode().is_symlink() {
            return Err(unsafe_because("it holds a link"));
        }
        let is_folder = entry.is_dir();
        let name = if is_folder { name.trim_end_matches('/') } else { name };
        if !stays_inside(name) {
            return Err(unsafe_because("a name leads out of it"));
        }
        if is_folder {
            continue;
        }
        // Where big and small letters are the same, the second would take the place of the first.
        if !folded.insert(name.to_lowercase()) {
            return Err(unsafe_because("a name stands in it twice"));
        }
        let method = entry.compression_method();
        if ![CompressionMethod::STORE, CompressionMethod::DEFLATE].contains(&method) || entry.flags().is_encrypted() {
            return Err(ApiError::new("archive_zip_unreadable", "it is packed in an unknown way"));
        }
        unpacked = unpacked.saturating_add(entry.uncompressed_size_hint());
        if unpacked > most {
            return Err(unsafe_because("it unpacks to too much"));
        }
        found.insert(name.to_owned(), (method, entry.wayfinder()));
    }
    apart(archive, found.values().map(|(_, wayfinder)| *wayfinder), length)?;
    Ok(found)
}

/// No two files share bytes of the zip: that is how a small one unpacks to a huge one.
fn apart(
    archive: &ZipArchive<FileReader>,
    files: impl Iterator<Item = ZipArchiveEntryWayfinder>,
    length: u64,
) -> Result<(), ApiError> {
    let mut ranges = Vec::new();
    for wayfinder in files {
        ranges.push(archive.get_entry(wayfinder).map_err(|error| unreadable(&error))?.compressed_data_range());
    }
    ranges.sort_unstable();
    if ranges.last().is_some_and(|(_, end)| *end > length) {
        return Err(ApiError::new("archive_zip_unreadable", "it is cut off"));
    }
    let overlap = ranges.iter().zip(ranges.iter().skip(1)).any(|((_, end), (start, _))| end > start);
    if overlap { Err(unsafe_because("files in it lie on top of each other")) } else { Ok(()) }
}

/// A path with `/` that names something below the folder it is put in, on every system.
fn stays_inside(name: &str) -> bool {
    let parts: Vec<&str> = name.split('/').collect();
    let plain = |part: &&str| !part.is_empty() && *part != "." && *part != "..";
    parts.len() <= FOLDERS_DEEP_MAX + 1
        && parts.iter().all(plain)
        && !name.chars().any(|c| c.is_control() || matches!(c, '\\' | ':'))
}

fn unreadable(error: &rawzip::Error) -> ApiError {
    ApiError::new("archive_zip_unreadable", error.to_string())
}

fn unsafe_because(detail: &str) -> ApiError {
    ApiError::new("archive_zip_unsafe", detail)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]

    use rawzip::path::EntryPath;

    use super::*;

    /// A zip with these entries as they are said, in a file.
    fn zip_of(entries: &[(&str, &[u8], u32)]) -> tempfile::NamedTempFile {
        let file = tempfile::NamedTempFile::new().unwrap();
        let mut archive = ZipArchiveWriter::new(BufWriter::new(file.reopen().unwrap()));
        for (name, bytes, mode) in entries {
            let builder = archive.new_file(EntryPath::verbatim(name.as_bytes())).unix_permissions(*mode);
            let (mut entry, config) = builder.compression_method(CompressionMethod::DEFLATE).start().unwrap();
            let encoder = flate2::write::DeflateEncoder::new(&mut entry, flate2::Compression::fast());
            let mut writer = config.wrap(encoder);
            writer.write_all(bytes).unwrap();
            let (encoder, descriptor) = writer.finish().unwrap();
            encoder.finish().unwrap();
            entry.finish(descriptor).unwrap();
        }
        archive.finish().unwrap().into_inner().unwrap();
        file
    }

    fn refused(file: &tempfile::NamedTempFile) -> (String, String) {
        let error = Zipped::open(file.path()).err().expect("it must be refused");
        assert_eq!(error.facts["file"], file.path().display().to_string());
        (error.code, error.detail)
    }

    fn read(zip: &Zipped, name: &str) -> Vec<u8> {
        let mut bytes = Vec::new();
        zip.content(name).unwrap().unwrap().read_to_end(&mut bytes).unwrap();
        bytes
    }

    #[test]
    fn what_was_written_is_read_and_a_zip_that_was_packed_again_too() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("Kỳ họp.zip");
        let files =
            Files::from([("papers/01-v1-báo cáo.pdf".to_owned(), vec![7; 100_000]), ("index.html".to_owned(), b"x".to_vec())]);
        let view = write(&path, &files, "list", b"seal").unwrap();
        assert_eq!(view.bytes, std::fs::metadata(&path).unwrap().len());
        let zip = Zipped::open(&path).unwrap();
        assert_eq!(zip.names().collect::<Vec<_>>(), [SEAL, CHECKSUMS, "index.html", "papers/01-v1-báo cáo.pdf"]);
        assert_eq!((read(&zip, CHECKSUMS), read(&zip, SEAL)), (b"list".to_vec(), b"seal".to_vec()));
        assert_eq!(read(&zip, "papers/01-v1-báo cáo.pdf"), [7; 100_000]);
        assert!(zip.content("papers").is_none());
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1, "nothing is left beside it");

        let again = zip_of(&[("papers/", b"", 0o40755), ("papers/a.pdf", b"one", 0o644)]);
        let zip = Zipped::open(again.path()).unwrap();
        assert_eq!((zip.names().collect::<Vec<_>>(), read(&zip, "papers/a.pdf")), (vec!["papers/a.pdf"], b"one".to_vec()));
    }

    #[test]
    fn a_name_that_leads_out_a_link_and_a_name_that_stands_twice_are_refused() {
        for name in
            ["../passphrase", "papers/../../x", "/etc/passwd", "papers//x", "C:/x", "a\\..\\x", "./x", "a/b/c/d/e/f", "a\nb"]
        {
            assert_eq!(refused(&zip_of(&[(name, b"x", 0o644)])).0, "archive_zip_unsafe", "{name}");
        }
        let link = zip_of(&[("papers/link.pdf", b"/etc/passwd", 0o120_777)]);
        assert_eq!(refused(&link), ("archive_zip_unsafe".into(), "it holds a link".into()));
        for second in ["index.html", "INDEX.html"] {
            let twice = zip_of(&[("index.html", b"one", 0o644), (second, b"two", 0o644)]);
            assert_eq!(refused(&twice), ("archive_zip_unsafe".into(), "a name stands in it twice".into()));
        }
    }

    #[test]
    fn a_zip_that_unpacks_to_too_much_is_refused_and_one_that_lies_about_it_is_cut_at_what_it_says() {
        let zeros = vec![0; 80 << 20];
        let bomb = zip_of(&[("record.json", &zeros, 0o644)]);
        assert!(bomb.as_file().metadata().unwrap().len() < 1 << 20, "it is small on disk");
        assert_eq!(refused(&bomb), ("archive_zip_unsafe".into(), "it unpacks to too much".into()));

        // The same, with a length of ten bytes in the directory.
        let mut bytes = std::fs::read(bomb.path()).unwrap();
        let at = bytes.windows(4).rposition(|window| window == [b'P', b'K', 1, 2]).unwrap();
        bytes[at + 24..at + 28].copy_from_slice(&10_u32.to_le_bytes());
        std::fs::write(bomb.path(), &bytes).unwrap();
        assert_eq!(read(&Zipped::open(bomb.path()).unwrap(), "record.json").len(), 11);
    }

    #[test]
    fn files_on_top_of_each_other_and_what_is_cut_off_are_refused() {
        let two = zip_of(&[("a.pdf", b"one", 0o644), ("b.pdf", b"two", 0o644)]);
        let whole = std::fs::read(two.path()).unwrap();
        let mut bytes = whole.clone();
        // The directory's second entry begins where its first does.
        let at = bytes.windows(4).rposition(|window| window == [b'P', b'K', 1, 2]).unwrap();
        bytes[at + 42..at + 46].copy_from_slice(&0_u32.to_le_bytes());
        std::fs::write(two.path(), &bytes).unwrap();
        assert_eq!(refused(&two), ("archive_zip_unsafe".into(), "files in it lie on top of each other".into()));

        for shorter in [whole.len() - 1, whole.len() / 2, 10, 0] {
            std::fs::write(two.path(), &whole[..shorter]).unwrap();
            assert_eq!(refused(&two).0, "archive_zip_unreadable", "{shorter} bytes");
        }
    }
}
