//! Importing: a folder of JSON lines, web pages, DOCX and PDF becomes a package of this device. What cannot be taken is told with its place;
//! a cancelled import leaves nothing.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufRead, BufReader, Read as _};
use std::path::{Path, PathBuf};
use std::sync::atomic::Ordering;
use std::sync::{Arc, PoisonError};

use api::act::FileSource;
use api::error::ApiError;
use api::handbook::{ImportReport, ImportView, Skipped};
use api::push::{Push, Tag};
use handbook::import::{Collection, Format, ImportError};
use handbook::limits::{FILE_BYTES, IMPORT_FILES, IMPORT_FOLDERS_DEEP, JSON_FILE_BYTES, JSON_LINE_BYTES, PACKAGE_ID_CHARS};

use super::convert;
use super::publishing::Making;
use crate::app::{App, blocking};
use crate::error::{AtBoundary, not_found};

const OPERATION: &str = "handbook_import";
/// Skipped things that the answer names.
const SKIPPED_MAX: usize = 1_000;
/// Pages of one PDF that are read.
const PDF_PAGES_MAX: u32 = 2_000;
/// Lines after which an import looks whether it was cancelled.
const LOOK_EVERY: u64 = 256;

impl App {
    pub(crate) async fn import_state(&self) -> Result<Option<ImportView>, ApiError> {
        Ok(self.inner().importing.view.lock().unwrap_or_else(PoisonError::into_inner).clone())
    }

    pub(crate) async fn cancel_import(&self) -> Result<(), ApiError> {
        self.inner().importing.cancelled.store(true, Ordering::Release);
        Ok(())
    }

    pub(crate) async fn import_handbook(&self, file: FileSource, title: String) -> Result<ImportReport, ApiError> {
        let importing = &self.inner().importing;
        if importing.running.swap(true, Ordering::AcqRel) {
            return Err(ApiError::new("import_running", "another import is running"));
        }
        importing.cancelled.store(false, Ordering::Release);
        let done = self.run_import(file, title).await;
        let importing = &self.inner().importing;
        if let (Ok(report), Some(view)) = (&done, importing.view.lock().unwrap_or_else(PoisonError::into_inner).as_mut()) {
            view.report = Some(report.clone());
        }
        importing.running.store(false, Ordering::Release);
        self.tell_import();
        done
    }

    fn tell_import(&self) {
        let _ = self.inner().pushes.send(Push::Changed { tags: vec![Tag::Library] });
    }

    fn is_cancelled(&self) -> bool {
        self.inner().importing.cancelled.load(Ordering::Acquire)
    }

    async fn run_import(&self, file: FileSource, title: String) -> Result<ImportReport, ApiError> {
        let source = match file {
            FileSource::Upload(token) => {
                let upload = self.inner().uploads.get(&token).ok_or_else(|| not_found("upload"))?;
                Source::Upload(upload.name, upload.bytes)
            }
            FileSource::Path(_) if !self.paths => return Err(ApiError::new("not_allowed", "files are handed in by upload here")),
            FileSource::Path(path) => Source::Path(PathBuf::from(path)),
        };
        let title = match title.split_whitespace().collect::<Vec<_>>().join(" ") {
            empty if empty.is_empty() => source.name(),
            title => title,
        };
        let shown = source.shown();
        *self.inner().importing.view.lock().unwrap_or_else(PoisonError::into_inner) =
            Some(ImportView { path: shown.clone(), done: 0, total: 0, report: None });
        let app = self.clone();
        let (collection, files) = blocking(move || app.gather(source)).await?;
        let mut report = report_of(&collection, files);
        report.cancelled = self.is_cancelled();
        if report.cancelled {
            return Ok(ImportReport { articles: 0, ..report });
        }
        if collection.is_empty() {
            return Err(ApiError::new("import_nothing", "nothing could be imported").with("file", shown));
        }
        let package = self.free_package(package_id(&title)).await?;
        let making = Making { package, title, articles: collection.into_articles() };
        let app = self.clone();
        match self.make(making, true, move || !app.is_cancelled()).await {
            Ok(made) => Ok(ImportReport { package: Some(convert::package_ref(&made.installed.package)), ..report }),
            Err(error) if error.code == "cancelled" => Ok(ImportReport { articles: 0, cancelled: true, ..report }),
            Err(error) => Err(error.with("file", shown)),
        }
    }

    /// The name for a package of this device: the wanted one, unless a package of somebody else has it. An import never takes the place of
    /// what was published.
    async fn free_package(&self, wanted: String) -> Result<String, ApiError> {
        let (device, published) = self.engine()?.attempt(|core| Ok((core.replica.device(), core.published_files()?))).await?;
        let installed = self.library()?.read(|reader| reader.packages().at_boundary()).await?;
        let foreign = |id: &str| {
            published.iter().any(|file| file.package == id) || installed.iter().any(|row| row.id == id && row.device != device)
        };
        let stem: String = wanted.chars().take(PACKAGE_ID_CHARS - 6).collect();
        let numbered = (2_u16..).map(|number| format!("{}-{number}", stem.trim_end_matches('-')));
        std::iter::once(wanted.clone()).chain(numbered).find(|id| !foreign(id)).ok_or_else(|| not_found("package"))
    }

    /// Reads all files; how many there were.
    fn gather(&self, source: Source) -> Result<(Collection, u32), ApiError> {
        let mut collection = Collection::default();
        let files = match source {
            Source::Upload(name, bytes) => {
                self.one(&mut collection, &name, &mut Opened::Bytes(&bytes), bytes.len() as u64);
                return Ok((collection, 1));
            }
            Source::Path(path) if path.is_dir() => below(&path, &mut collection)?,
            Source::Path(path) => {
                std::fs::metadata(&path).at_boundary().map_err(|error| error.with("file", path.display()))?;
                let name = domain::identity::sanitize_file_name(&path.display().to_string());
                vec![(name, path)]
            }
        };
        let total = files.len() as u64;
        for (done, (name, path)) in (1_u64..).zip(&files) {
            if self.is_cancelled() {
                break;
            }
            match File::open(path).and_then(|file| Ok((file.metadata()?.len(), file))) {
                Ok((length, file)) => self.one(&mut collection, name, &mut Opened::File(BufReader::new(file)), length),
                Err(error) => collection.skip(name, None, &ImportError::Unreadable(error.to_string())),
            }
            if let Some(view) = self.inner().importing.view.lock().unwrap_or_else(PoisonError::into_inner).as_mut() {
                (view.done, view.total) = (done, total);
            }
            let _ = self.inner().pushes.send(Push::Progress { operation: OPERATION.to_owned(), done, total });
        }
        Ok((collection, u32::try_from(total).unwrap_or(u32::MAX)))
    }

    /// Reads one file.
    fn one(&self, collection: &mut Collection, name: &str, opened: &mut Opened<'_>, length: u64) {
        let Some(format) = Format::of(name) else {
            return collection.skip(name, None, &ImportError::UnknownFormat);
        };
        let limit = if format == Format::JsonLines { JSON_FILE_BYTES } else { FILE_BYTES as u64 };
        if length > limit {
            return collection.skip(name, None, &ImportError::FileTooLong { bytes: length, limit });
        }
        let read = match format {
            Format::JsonLines => self.lines(collection, name, opened.reader()),
            Format::Html | Format::Docx => opened.whole().map(|bytes| collection.document(name, format, &bytes)),
            Format::Pdf => opened.whole().map(|bytes| self.pdf_pages(collection, name, bytes)),
        };
        if let Err(error) = read {
            collection.skip(name, None, &ImportError::Unreadable(error.to_string()));
        }
    }

    fn lines(&self, collection: &mut Collection, name: &str, reader: &mut dyn BufRead) -> std::io::Result<()> {
        let (mut number, mut taken) = (0_u64, false);
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
            taken |= collection.json_line(name, number, &line, length);
            if number.is_multiple_of(LOOK_EVERY) && self.is_cancelled() {
                break;
            }
        }
        collection.files += u64::from(taken);
        Ok(())
    }

    fn pdf_pages(&self, collection: &mut Collection, name: &str, bytes: Vec<u8>) {
        let key = pdf::DocKey(*blake3::hash(&bytes).as_bytes());
        let bytes: Arc<[u8]> = bytes.into();
        let read = || -> Result<Vec<String>, ApiError> {
            let engine = self.pdf()?;
            let inspection = engine.inspect(Arc::clone(&bytes)).at_boundary()?;
            if let Some(secrecy) = domain::secrecy::marking(&inspection.first_page_text) {
                return Err(
                    ApiError::new("secrecy_marking", "the first page bears a secrecy marking").with("marking", secrecy.label())
                );
            }
            let mut pages = Vec::new();
            for page in 0..inspection.pages.min(PDF_PAGES_MAX) {
                if self.is_cancelled() {
                    break;
                }
                let source = Arc::clone(&bytes);
                pages.push(engine.text(key, page, move || Ok(source.to_vec())).at_boundary()?.to_plain());
            }
            engine.forget(key);
            Ok(pages)
        };
        match read() {
            Ok(pages) => collection.pages(name, &pages),
            Err(error) => collection.refuse(name, &error.code, &error.detail, error.facts),
        }
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

enum Source {
    Upload(String, Arc<[u8]>),
    Path(PathBuf),
}

impl Source {
    fn shown(&self) -> String {
        match self {
            Self::Upload(name, _) => name.clone(),
            Self::Path(path) => path.display().to_string(),
        }
    }

    /// What the package is called if nobody says it.
    fn name(&self) -> String {
        let shown = self.shown();
        let name = shown.trim_end_matches(['/', '\\']).rsplit(['/', '\\']).next().unwrap_or_default();
        let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
        if stem.is_empty() { "Sổ tay".to_owned() } else { stem.to_owned() }
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
fn below(folder: &Path, collection: &mut Collection) -> Result<Vec<(String, PathBuf)>, ApiError> {
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
                files.insert(shown, entry.path());
            }
        }
        if files.len() > IMPORT_FILES {
            return Err(ApiError::new("limit_over", "too many files").with("what", "files").with("limit", IMPORT_FILES));
        }
    }
    Ok(files.into_iter().collect())
}

fn report_of(collection: &Collection, files: u32) -> ImportReport {
    let count = |number: u64| u32::try_from(number).unwrap_or(u32::MAX);
    let skipped = collection.skipped.iter().take(SKIPPED_MAX).map(|skipped| {
        let place = match (skipped.line, &skipped.item) {
            (Some(line), Some(item)) => format!("{line}: {item}"),
            (Some(line), None) => line.to_string(),
            (None, item) => item.clone().unwrap_or_default(),
        };
        let mut facts: BTreeMap<String, String> = skipped.facts.clone();
        facts.insert("file".to_owned(), skipped.file.clone());
        facts.insert("item".to_owned(), skipped.item.clone().unwrap_or_else(|| "?".to_owned()));
        facts.insert("line".to_owned(), skipped.line.map_or_else(|| "?".to_owned(), |line| line.to_string()));
        Skipped { file: skipped.file.clone(), place, code: skipped.code.clone(), facts }
    });
    ImportReport {
        files,
        articles: count(collection.len() as u64),
        skipped: skipped.collect(),
        skipped_count: count(collection.skipped.len() as u64 + collection.skipped_more),
        cancelled: false,
        package: None,
    }
}

fn package_id(title: &str) -> String {
    let mut id = handbook::slug(title);
    id.truncate(PACKAGE_ID_CHARS);
    let id = id.trim_end_matches('-');
    if id.is_empty() { "so-tay".to_owned() } else { id.to_owned() }
}
