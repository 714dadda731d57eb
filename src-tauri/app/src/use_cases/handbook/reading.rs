//! Reading the files of an import: one after the other, telling how far it is, breaking off when it was cancelled.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufRead, BufReader, Read as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use api::error::ApiError;
use api::push::Push;
use handbook::import::{Collection, Format, ImportError};
use handbook::limits::{FILE_BYTES, IMPORT_FILES, IMPORT_FOLDERS_DEEP, JSON_FILE_BYTES, JSON_LINE_BYTES};

use crate::app::App;
use crate::error::AtBoundary;

/// The operation's name in pushes.
const OPERATION: &str = "handbook_import";
/// Pages of one PDF that are read.
const PDF_PAGES_MAX: u32 = 2_000;
/// Lines after which an import looks whether it was cancelled and tells how far it is.
const LOOK_EVERY: u64 = 256;
/// Bytes after which the windows are told.
const TELL_BYTES: u64 = 256 * 1024;

/// What is imported.
pub(super) enum Source {
    /// A file that a window handed in: its name and bytes.
    Upload(String, Arc<[u8]>),
    /// A folder or a file of this machine.
    Path(PathBuf),
}

impl Source {
    /// As it is named to people.
    pub fn shown(&self) -> String {
        match self {
            Self::Upload(name, _) => name.clone(),
            Self::Path(path) => path.display().to_string(),
        }
    }

    /// What the package is called if nobody says it.
    pub fn name(&self) -> String {
        let shown = self.shown();
        let name = shown.trim_end_matches(['/', '\\']).rsplit(['/', '\\']).next().unwrap_or_default();
        let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
        if stem.is_empty() { "Sổ tay".to_owned() } else { stem.to_owned() }
    }
}

/// Reads all files; what they gave, and how many there were.
pub(super) fn gather(app: &App, source: Source) -> Result<(Collection, u32), ApiError> {
    let mut collection = Collection::default();
    let files = match source {
        Source::Upload(name, bytes) => {
            let length = bytes.len() as u64;
            let mut reading = Reading::begin(app, collection, 1, length);
            reading.one(&name, &mut Opened::Bytes(&bytes), length);
            reading.ended(length);
            return Ok((reading.collection, 1));
        }
        Source::Path(path) if path.is_dir() => below(&path, &mut collection)?,
        Source::Path(path) => {
            let about = std::fs::metadata(&path).at_boundary().map_err(|error| error.with("file", path.display()))?;
            let name = domain::identity::sanitize_file_name(&path.display().to_string());
            vec![Found { name, path, length: about.len() }]
        }
    };
    let total = files.iter().map(|file| file.length).fold(0, u64::saturating_add);
    let mut reading = Reading::begin(app, collection, files.len() as u64, total);
    for file in &files {
        if app.is_cancelled() {
            break;
        }
        match File::open(&file.path).and_then(|opened| Ok((opened.metadata()?.len(), opened))) {
            Ok((length, opened)) => reading.one(&file.name, &mut Opened::File(BufReader::new(opened)), length),
            Err(error) => reading.collection.skip(&file.name, None, &ImportError::Unreadable(error.to_string())),
        }
        reading.ended(file.length);
    }
    Ok((reading.collection, u32::try_from(files.len()).unwrap_or(u32::MAX)))
}

/// A file below the folder.
struct Found {
    name: String,
    path: PathBuf,
    length: u64,
}

/// How far the reading is.
struct Reading<'a> {
    app: &'a App,
    collection: Collection,
    /// Files that are done.
    files: u64,
    /// Bytes of those.
    before: u64,
    /// Bytes of all.
    total: u64,
    /// What the windows know.
    told: u64,
}

impl<'a> Reading<'a> {
    fn begin(app: &'a App, collection: Collection, files: u64, total: u64) -> Self {
        app.note_import(|view| (view.files_total, view.total) = (files, total));
        Self { app, collection, files: 0, before: 0, total, told: 0 }
    }

    /// So many bytes of the open file are read.
    fn advance(&mut self, within: u64) {
        let done = self.before.saturating_add(within);
        // A file that grows while it is read ends where it was said to end; of a pipe nothing is known.
        let done = if self.total > 0 { done.min(self.total) } else { done };
        let files = self.files;
        self.app.note_import(|view| (view.files, view.done) = (files, done));
        if done.saturating_sub(self.told) >= TELL_BYTES || done == self.total {
            self.told = done;
            // Without a window there is nobody to tell.
            let _ = self.app.inner().pushes.send(Push::Progress { operation: OPERATION.to_owned(), done, total: self.total });
        }
    }

    /// A file of this length is done.
    fn ended(&mut self, length: u64) {
        self.files += 1;
        self.before = self.before.saturating_add(length);
        self.advance(0);
    }

    /// Reads one file.
    fn one(&mut self, name: &str, opened: &mut Opened<'_>, length: u64) {
        let Some(format) = Format::of(name) else {
            return self.collection.skip(name, None, &ImportError::UnknownFormat);
        };
        let limit = if format == Format::JsonLines { JSON_FILE_BYTES } else { FILE_BYTES as u64 };
        if length > limit {
            return self.collection.skip(name, None, &ImportError::FileTooLong { bytes: length, limit });
        }
        let read = match format {
            Format::JsonLines => self.lines(name, opened.reader()),
            Format::Html | Format::Docx => opened.whole().map(|bytes| self.collection.document(name, format, &bytes)),
            Format::Pdf => opened.whole().map(|bytes| self.pdf_pages(name, bytes)),
        };
        if let Err(error) = read {
            self.collection.skip(name, None, &ImportError::Unreadable(error.to_string()));
        }
    }

    fn lines(&mut self, name: &str, reader: &mut dyn BufRead) -> std::io::Result<()> {
        let (mut number, mut taken, mut within) = (0_u64, false, 0_u64);
        loop {
            let mut line = Vec::new();
            // A line without an end is not read into memory.
            let mut length = reader.take(JSON_LINE_BYTES as u64 + 1).read_until(b'\n', &mut line)? as u64;
            if length == 0 {
                break;
            }
            number += 1;
            if length > JSON_LINE_BYTES as u64 && line.last() != Some(&b'\n') {
                length += skip_line(reader)?;
            }
            within = within.saturating_add(length);
            taken |= self.collection.json_line(name, number, &line, length);
            if number.is_multiple_of(LOOK_EVERY) {
                self.advance(within);
                if self.app.is_cancelled() {
                    break;
                }
            }
        }
        self.collection.files += u64::from(taken);
        Ok(())
    }

    fn pdf_pages(&mut self, name: &str, bytes: Vec<u8>) {
        match self.pdf_text(bytes) {
            Ok((pages, left_out)) => self.collection.pages(name, &pages, left_out),
            Err(error) => self.collection.refuse(name, &error.code, &error.detail, error.facts),
        }
    }

    /// The text by pages, and how many pages are beyond the limit.
    fn pdf_text(&mut self, bytes: Vec<u8>) -> Result<(Vec<String>, u64), ApiError> {
        let key = pdf::DocKey(*blake3::hash(&bytes).as_bytes());
        let bytes: Arc<[u8]> = bytes.into();
        let engine = self.app.pdf()?;
        let inspection = engine.inspect(Arc::clone(&bytes)).at_boundary()?;
        if let Some(secrecy) = domain::secrecy::marking(&inspection.first_page_text) {
            return Err(
                ApiError::new("secrecy_marking", "the first page bears a secrecy marking").with("marking", secrecy.label())
            );
        }
        let read = inspection.pages.min(PDF_PAGES_MAX);
        let mut pages = Vec::new();
        for page in 0..read {
            if self.app.is_cancelled() {
                break;
            }
            let source = Arc::clone(&bytes);
            pages.push(engine.text(key, page, move || Ok(source.to_vec())).at_boundary()?.to_plain());
            self.advance(bytes.len() as u64 / u64::from(read) * u64::from(page + 1));
        }
        engine.forget(key);
        Ok((pages, u64::from(inspection.pages - read)))
    }
}

/// Reads to the end of the line; how many bytes that was.
fn skip_line(reader: &mut dyn BufRead) -> std::io::Result<u64> {
    let mut skipped = 0;
    loop {
        let buffer = reader.fill_buf()?;
        if buffer.is_empty() {
            return Ok(skipped);
        }
        let end = buffer.iter().position(|byte| *byte == b'\n');
        let used = end.map_or(buffer.len(), |end| end + 1);
        skipped += used as u64;
        reader.consume(used);
        if end.is_some() {
            return Ok(skipped);
        }
    }
}

enum Opened<'a> {
    Bytes(&'a [u8]),
    File(BufReader<File>),
}

impl Opened<'_> {
    fn reader(&mut self) -> &mut dyn BufRead {
        match self {
            Self::Bytes(bytes) => bytes,
            Self::File(file) => file,
        }
    }

    fn whole(&mut self) -> std::io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        self.reader().take(FILE_BYTES as u64 + 1).read_to_end(&mut bytes)?;
        Ok(bytes)
    }
}

/// The files below a folder by their path in it, in order. Links are not followed; names that begin with a dot are left alone.
fn below(folder: &Path, collection: &mut Collection) -> Result<Vec<Found>, ApiError> {
    let mut files = BTreeMap::new();
    let mut waiting = vec![(folder.to_owned(), String::new(), 0)];
    while let Some((at, prefix, depth)) = waiting.pop() {
        let entries = match std::fs::read_dir(&at) {
            Ok(entries) => entries,
            Err(error) if depth > 0 => {
                collection.skip(&prefix, None, &ImportError::Unreadable(error.to_string()));
                continue;
            }
            Err(error) => return Err(error).at_boundary().map_err(|error| error.with("file", at.display())),
        };
        for entry in entries.flatten() {
            let name = entry.file_name().to_string_lossy().into_owned();
            let shown = if prefix.is_empty() { name.clone() } else { format!("{prefix}/{name}") };
            let Ok(kind) = entry.file_type() else { continue };
            if name.starts_with('.') {
                continue;
            }
            if kind.is_dir() && depth < IMPORT_FOLDERS_DEEP {
                waiting.push((entry.path(), shown, depth + 1));
            } else if kind.is_file() {
                let length = entry.metadata().map_or(0, |about| about.len());
                files.insert(shown, (entry.path(), length));
            }
        }
        if files.len() > IMPORT_FILES {
            return Err(ApiError::new("limit_over", "too many files").with("what", "files").with("limit", IMPORT_FILES));
        }
    }
    Ok(files.into_iter().map(|(name, (path, length))| Found { name, path, length }).collect())
}
