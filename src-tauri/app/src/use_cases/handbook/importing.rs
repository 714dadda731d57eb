//! Importing: a folder of JSON lines, web pages, DOCX and PDF becomes a package of this device, or the next version of one. What cannot be
//! taken is told with its place; a cancelled import leaves nothing.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::PoisonError;
use std::sync::atomic::Ordering;

use api::act::FileSource;
use api::error::ApiError;
use api::handbook::{Cleaned, ImportHandbook, ImportReport, ImportStep, ImportView, MadeView, MissingArticle, Part, Skipped};
use api::push::{Push, Tag};
use handbook::Article;
use handbook::import::{self, Collection};

use super::convert;
use super::publishing::{Made, Making, Stage};
use super::reading::{Source, gather};
use crate::app::{App, blocking};
use crate::error::{AtBoundary, not_found};

/// Skipped, cleaned and missing things that the answer names.
const NAMED_MAX: usize = 1_000;

impl App {
    pub(crate) async fn import_state(&self) -> Result<Option<ImportView>, ApiError> {
        Ok(self.inner().importing.view.lock().unwrap_or_else(PoisonError::into_inner).clone())
    }

    pub(crate) async fn cancel_import(&self) -> Result<(), ApiError> {
        self.inner().importing.cancelled.store(true, Ordering::Release);
        Ok(())
    }

    pub(crate) async fn import_handbook(&self, asked: ImportHandbook) -> Result<ImportReport, ApiError> {
        let importing = &self.inner().importing;
        if importing.running.swap(true, Ordering::AcqRel) {
            return Err(ApiError::new("import_running", "another import is running"));
        }
        importing.cancelled.store(false, Ordering::Release);
        let done = self.run_import(asked).await;
        let importing = &self.inner().importing;
        let mut view = importing.view.lock().unwrap_or_else(PoisonError::into_inner);
        // One that failed told whoever began it why; nothing is left that runs.
        *view = match &done {
            Ok(report) => view.take().map(|view| ImportView { report: Some(report.clone()), ..view }),
            Err(_) => view.take().filter(|view| view.report.is_some()),
        };
        drop(view);
        importing.running.store(false, Ordering::Release);
        self.tell_import();
        done
    }

    fn tell_import(&self) {
        let _ = self.inner().pushes.send(Push::Changed { tags: vec![Tag::Library] });
    }

    pub(super) fn is_cancelled(&self) -> bool {
        self.inner().importing.cancelled.load(Ordering::Acquire)
    }

    /// Changes what is told of the import that runs.
    pub(super) fn note_import(&self, change: impl FnOnce(&mut ImportView)) {
        if let Some(view) = self.inner().importing.view.lock().unwrap_or_else(PoisonError::into_inner).as_mut() {
            change(view);
        }
    }

    /// Tells how far the making of the package is; whether to go on.
    fn follow_making(&self, stage: Stage) -> bool {
        let (step, done, total) = match stage {
            Stage::Signing => (ImportStep::Signing, 0, 0),
            Stage::Installing { done, total } => (ImportStep::Installing, done, total),
        };
        let mut begins = false;
        self.note_import(|view| {
            begins = view.step != step;
            (view.step, view.done, view.total) = (step, done, total);
        });
        if begins {
            self.tell_import();
        }
        !self.is_cancelled()
    }

    async fn run_import(&self, asked: ImportHandbook) -> Result<ImportReport, ApiError> {
        let source = match asked.file {
            FileSource::Upload(token) => {
                let upload = self.inner().uploads.get(&token).ok_or_else(|| not_found("upload"))?;
                Source::Upload(upload.name, upload.bytes)
            }
            FileSource::Path(_) if !self.paths => return Err(ApiError::new("not_allowed", "files are handed in by upload here")),
            FileSource::Path(path) => Source::Path(PathBuf::from(path)),
        };
        let base = match asked.base {
            Some(file) => Some(self.base_file(file).await?),
            None => None,
        };
        if let Some(standing) = &base {
            self.need_base(standing).await?;
        }
        let title = asked.title.split_whitespace().collect::<Vec<_>>().join(" ");
        let (package, title) = self.package_of_import(asked.package, base.as_ref(), title, source.name()).await?;
        let older = base.map_or(0, |standing| standing.base.number);
        let shown = source.shown();
        *self.inner().importing.view.lock().unwrap_or_else(PoisonError::into_inner) = Some(begun(shown.clone()));
        self.tell_import();
        let app = self.clone();
        let (collection, files) = blocking(move || gather(&app, source)).await?;
        let report = report_of(&collection, files);
        if self.is_cancelled() {
            return Ok(cancelled(report));
        }
        if collection.is_empty() {
            return Err(nothing(&report, shown));
        }
        let next = self.next_version(&package).await?;
        let after = next.newest.max(older);
        let (articles, missing) = self.with_missing(package.clone(), collection.into_articles(), asked.replace).await?;
        let report = ImportReport {
            missing_count: count(missing.len() as u64),
            missing_removed: asked.replace && !missing.is_empty(),
            missing: missing.into_iter().take(NAMED_MAX).collect(),
            ..report
        };
        let making = Making { package, title, articles, after };
        let app = self.clone();
        match self.make(making, next.whole, move |stage| app.follow_making(stage)).await {
            Ok(made) => Ok(ImportReport {
                package: Some(convert::package_ref(&made.installed.package)),
                made: Some(made_view(&made)),
                ..report
            }),
            Err(error) if error.code == "cancelled" => Ok(cancelled(report)),
            Err(error) => Err(error.with("file", shown)),
        }
    }
}

impl App {
    /// The articles of a package's next version, and those of the installed one that the import does not have: a folder may be a part of the
    /// package only, so these stay unless they are to go.
    async fn with_missing(
        &self,
        package: String,
        mut articles: Vec<Article>,
        replace: bool,
    ) -> Result<(Vec<Article>, Vec<MissingArticle>), ApiError> {
        self.library()?
            .read(move |reader| {
                let given: BTreeSet<String> = articles.iter().map(|article| article.id.clone()).collect();
                if reader.article_hashes(&package).at_boundary()?.keys().all(|id| given.contains(id)) {
                    return Ok((articles, Vec::new()));
                }
                let mut rest = reader.package_articles(&package).at_boundary()?;
                rest.retain(|article| !given.contains(&article.id));
                let named = |article: &Article| MissingArticle { article: article.id.clone(), title: article.title.clone() };
                let missing = rest.iter().map(named).collect();
                if !replace {
                    articles.append(&mut rest);
                }
                Ok((articles, missing))
            })
            .await
    }
}

fn begun(path: String) -> ImportView {
    ImportView { path, step: ImportStep::Reading, files: 0, files_total: 0, done: 0, total: 0, report: None }
}

fn cancelled(report: ImportReport) -> ImportReport {
    ImportReport { articles: 0, cancelled: true, missing: Vec::new(), missing_count: 0, missing_removed: false, ..report }
}

/// Nothing was taken: if there was one thing only, why it was not.
fn nothing(report: &ImportReport, shown: String) -> ApiError {
    match report.skipped.as_slice() {
        [only] => {
            let mut error = ApiError::new(&only.code, "the only thing to import was not taken");
            error.facts = only.facts.clone();
            error
        }
        _ => ApiError::new("import_nothing", "nothing could be imported").with("file", shown),
    }
}

fn count(number: u64) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

fn made_view(made: &Made) -> MadeView {
    let installed = &made.installed;
    MadeView {
        base: made.base,
        added: count(installed.added),
        changed: count(installed.changed),
        removed: count(installed.removed),
        bytes: made.file.len() as u64,
    }
}

fn report_of(collection: &Collection, files: u32) -> ImportReport {
    let skipped = collection.skipped.iter().take(NAMED_MAX).map(|skipped| {
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
    let cleaned = collection.cleaned.iter().take(NAMED_MAX).map(|cleaned| Cleaned {
        file: cleaned.file.clone(),
        part: match cleaned.part {
            import::Part::Scripts => Part::Scripts,
            import::Part::Pages => Part::Pages,
        },
        count: cleaned.count,
    });
    ImportReport {
        files,
        articles: count(collection.len() as u64),
        skipped: skipped.collect(),
        skipped_count: count(collection.skipped.len() as u64 + collection.skipped_more),
        cleaned: cleaned.collect(),
        cleaned_count: count(collection.cleaned.len() as u64),
        missing: Vec::new(),
        missing_count: 0,
        missing_removed: false,
        cancelled: false,
        package: None,
        made: None,
    }
}
