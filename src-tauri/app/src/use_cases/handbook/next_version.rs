//! What the next version of a package follows: the versions that were given to the organisation, and those that wait on this device.

use std::collections::{BTreeMap, BTreeSet};

use api::act::FileSource;
use api::error::ApiError;
use domain::duty::Duty;
use handbook::limits::{PACKAGE_BYTES, PACKAGE_ID_CHARS};
use handbook::package::{Edition, Standing, build_delta, standing};
use handbook::{Package, PackageError};
use signing::RootFingerprint;
use store::library::PackageRow;
use sync::document::library::PublishedFile;

use super::packages::package_error;
use crate::app::{App, blocking};
use crate::engine::Core;
use crate::error::{AtBoundary, not_found};

/// A file that was made here and given to nobody yet.
pub(crate) struct Waiting {
    /// The version.
    pub number: u64,
    /// The version that it updates; `None`: it is whole.
    pub base: Option<u64>,
    /// The package's title in it.
    pub title: String,
    /// Rows in it.
    pub rows: u32,
    /// The file.
    pub file: Vec<u8>,
}

/// What the next version of a package follows.
pub(crate) struct Next {
    /// The newest version that is listed; 0: none is.
    pub newest: u64,
    /// The next one has to be whole: enough has changed, or nobody could follow an update of what is here.
    pub whole: bool,
    /// The files from the listed version to the one that is here, if this device made them all.
    pub waiting: Vec<Waiting>,
}

/// The newest listed file of each package.
fn newest(listed: &[PublishedFile]) -> BTreeMap<&str, &PublishedFile> {
    let mut newest: BTreeMap<&str, &PublishedFile> = BTreeMap::new();
    for file in listed {
        let known = newest.entry(&file.package).or_insert(file);
        if file.number > known.number {
            *known = file;
        }
    }
    newest
}

/// The files that lead from the listed version to the one that is here; none if a step is missing or another device signed one.
fn waiting(files: Vec<Vec<u8>>, row: &PackageRow, newest: u64) -> Vec<Waiting> {
    let mut steps: Vec<Waiting> = Vec::new();
    for file in files {
        let Ok(package) = Package::open(&file, &[row.root]) else {
            return Vec::new();
        };
        let manifest = &package.manifest;
        let (number, base) = (manifest.number, manifest.base.as_ref().map(|base| base.number));
        if number <= newest {
            continue;
        }
        let reached = steps.last().map_or(newest, |step| step.number);
        if package.signer.device != row.device || base.is_some_and(|base| base != reached) {
            return Vec::new();
        }
        let (title, rows) = (manifest.title.clone(), manifest.rows);
        drop(package);
        steps.push(Waiting { number, base, title, rows, file });
    }
    steps
}

impl App {
    /// What the next version of a package follows.
    pub(crate) async fn next_version(&self, package: &str) -> Result<Next, ApiError> {
        let id = package.to_owned();
        let (row, files) = self
            .library()?
            .read(move |reader| {
                let row = reader.packages().at_boundary()?.into_iter().find(|row| row.id == id);
                Ok((row, reader.package_files(&id).at_boundary()?))
            })
            .await?;
        let id = package.to_owned();
        let (listed, due, device) = self
            .engine()?
            .attempt(move |core| Ok((core.published_files()?, core.whole_is_due(&id)?, core.replica.device())))
            .await?;
        let newest = newest(&listed).get(package).map_or(0, |file| file.number);
        let Some(row) = row else {
            return Ok(Next { newest, whole: true, waiting: Vec::new() });
        };
        let waiting = if row.device == device { waiting(files, &row, newest) } else { Vec::new() };
        let followed = row.number == newest || waiting.last().is_some_and(|step| step.number == row.number);
        Ok(Next { newest, whole: due || !followed, waiting })
    }

    /// The package that an import goes into, and its title: the one that is named, the one that this person has published under the same
    /// title, or one of this device alone. What others published is continued by publishers only, and only when they name it.
    ///
    /// # Errors
    /// `not_allowed`, `not_found`.
    pub(crate) async fn package_of_import(
        &self,
        named: Option<String>,
        base: Option<&Standing>,
        title: String,
        otherwise: String,
    ) -> Result<(String, String), ApiError> {
        let (device, me, publishes, listed) = self
            .engine()?
            .attempt(|core| {
                let listed = core.published_files()?;
                Ok((core.replica.device(), core.me()?, core.has_duty(Duty::Publisher), listed))
            })
            .await?;
        let installed = self.library()?.read(|reader| reader.packages().at_boundary()).await?;
        let newest = newest(&listed);
        let elsewhere = |id: &str| installed.iter().any(|row| row.id == id && row.device != device);
        let given = |title: &str, or: &str| if title.is_empty() { or.to_owned() } else { title.to_owned() };
        if let Some(base) = base {
            return Ok((base.package.clone(), given(&title, &base.title)));
        }
        if let Some(id) = named {
            let here = installed.iter().find(|row| row.id == id);
            let known = newest.get(id.as_str()).map(|file| &file.title).or(here.map(|row| &row.title));
            let known = known.ok_or_else(|| not_found("package"))?;
            let allowed = if newest.contains_key(id.as_str()) { publishes } else { !elsewhere(&id) };
            if !allowed {
                return Err(ApiError::new("not_allowed", "an import does not take the place of what others published"));
            }
            let title = given(&title, known);
            return Ok((id, title));
        }
        let title = given(&title, &otherwise);
        let mine: BTreeSet<&str> = listed.iter().filter(|file| file.by == me).map(|file| file.package.as_str()).collect();
        let same = newest.values().find(|file| publishes && file.title == title && mine.contains(file.package.as_str()));
        if let Some(file) = same {
            return Ok((file.package.clone(), title));
        }
        let taken = |id: &str| newest.contains_key(id) || elsewhere(id);
        let wanted = package_id(&title);
        let stem: String = wanted.chars().take(PACKAGE_ID_CHARS - 6).collect();
        let numbered = (2_u16..).map(|number| format!("{}-{number}", stem.trim_end_matches('-')));
        let id = std::iter::once(wanted.clone()).chain(numbered).find(|id| !taken(id)).ok_or_else(|| not_found("package"))?;
        Ok((id, title))
    }

    /// What a file of a package of this organisation holds. Publishers.
    ///
    /// # Errors
    /// `not_allowed`, `package_…`, `file_not_found`, `disk_…`.
    pub(crate) async fn base_file(&self, file: FileSource) -> Result<Standing, ApiError> {
        let root = self
            .engine()?
            .attempt(|core| {
                core.need_duty(Duty::Publisher)?;
                core.own_root()
            })
            .await?;
        let (name, bytes) = self.read_source(file, PACKAGE_BYTES, "package_too_long").await?;
        blocking(move || standing(&bytes, &[root]).map_err(|error| package_error(&error, &name))).await
    }

    /// Refuses a base whose articles are not here. The next version is made of what is installed and what is imported: articles that only the
    /// base has would go without a word.
    ///
    /// # Errors
    /// `package_base_missing`.
    pub(crate) async fn need_base(&self, standing: &Standing) -> Result<(), ApiError> {
        let (id, base) = (standing.package.clone(), standing.base.clone());
        let here = self
            .library()?
            .read(move |reader| {
                let row = reader.packages().at_boundary()?.into_iter().find(|row| row.id == id);
                Ok(row.is_some_and(|row| row.number > base.number || (row.number == base.number && row.content == base.content)))
            })
            .await?;
        if here {
            return Ok(());
        }
        Err(ApiError::new("package_base_missing", "the base of the update is not installed")
            .with("item", &standing.title)
            .with("version", standing.base.number))
    }

    /// The update that leads from an older file of a package to the version that is here, signed by this device.
    ///
    /// # Errors
    /// As [`Self::base_file`], `not_found`; `package_wrong_base` if the file is of another package or as new.
    pub(crate) async fn update_since(&self, package: String, since: FileSource) -> Result<Vec<u8>, ApiError> {
        let Standing { package: of, base, hashes, .. } = self.base_file(since).await?;
        let hand = self.engine()?.attempt(|core| core.hand()).await?;
        self.library()?
            .read(move |reader| {
                let row = reader.packages().at_boundary()?.into_iter().find(|row| row.id == package);
                let row = row.ok_or_else(|| not_found("package"))?;
                if of != row.id || base.number >= row.number {
                    let error = PackageError::WrongBase { package: row.id, wanted: base.number, installed: Some(row.number) };
                    return Err(package_error(&error, &row.title));
                }
                if row.root != hand.root_fingerprint() {
                    return Err(ApiError::new("not_allowed", "another organisation published this package"));
                }
                let articles = reader.package_articles(&row.id).at_boundary()?;
                let name = row.title.clone();
                let edition = Edition { package: row.id, title: row.title, number: row.number, made_at: row.made_at };
                build_delta(&hand.signer(), &edition, base, &hashes, &articles).map_err(|error| package_error(&error, &name))
            })
            .await
    }
}

impl Core {
    /// The root of this device's organisation.
    ///
    /// # Errors
    /// `not_enrolled`.
    pub fn own_root(&self) -> Result<RootFingerprint, ApiError> {
        let root = self.replica.directory().map(|directory| directory.root().fingerprint());
        root.ok_or_else(|| ApiError::new("not_enrolled", "this device belongs to no organisation yet"))
    }
}

fn package_id(title: &str) -> String {
    let mut id = handbook::slug(title);
    id.truncate(PACKAGE_ID_CHARS);
    let id = id.trim_end_matches('-');
    if id.is_empty() { "so-tay".to_owned() } else { id.to_owned() }
}
