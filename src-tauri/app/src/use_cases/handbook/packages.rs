//! Packages: what is installed, installing from a file, handing on, removing.

use std::sync::Arc;

use api::act::FileSource;
use api::error::ApiError;
use api::handbook::{InstallReport, PackageRow as Row, PackagesView};
use api::push::{Push, Tag};
use api::view::ExportView;
use domain::duty::Duty;
use handbook::limits::PACKAGE_BYTES;
use handbook::package::{join, split};
use handbook::{Package, PackageError};
use signing::{DeviceCertificate, RootFingerprint};
use store::StoreError;
use store::library::{Installed, Library};
use tokio::sync::broadcast;

use super::convert;
use crate::app::{App, blocking};
use crate::engine::{Core, wall};
use crate::error::{AtBoundary, not_found};

/// How often an installation tells how far it is, in rows.
const TELL_EVERY: u64 = 500;
/// The operation's name in pushes.
const INSTALL: &str = "handbook_install";

/// An error of a package with what its sentence names.
pub(crate) fn package_error(error: &PackageError, file: &str) -> ApiError {
    let item = error.item().unwrap_or("?").to_owned();
    ApiError::new(error.code(), error.to_string()).with("file", file).with("item", item).with("signer", signer_of(error))
}

fn signer_of(error: &PackageError) -> String {
    match error {
        PackageError::UntrustedRoot { root } => root.short(),
        _ => "?".to_owned(),
    }
}

/// As [`package_error`], from the library.
pub(crate) fn library_error(error: &StoreError, file: &str) -> ApiError {
    match error {
        StoreError::Package(error) => package_error(error, file),
        other => ApiError::new(other.code(), other.to_string()),
    }
}

/// Installs a file that was checked; tells how far it is and that it is done. `go_on` hears how many rows are done.
pub(crate) fn install(
    library: &mut Library,
    package: &Package<'_>,
    file: &[u8],
    pushes: &broadcast::Sender<Push>,
    go_on: &dyn Fn(u64) -> bool,
) -> Result<Installed, StoreError> {
    let total = u64::from(package.manifest.rows);
    let mut tell = |done: u64| {
        if done.is_multiple_of(TELL_EVERY) || done == total {
            // Without a window there is nobody to tell.
            let _ = pushes.send(Push::Progress { operation: INSTALL.to_owned(), done, total });
        }
        go_on(done)
    };
    let installed = library.change(|change| change.install(package, file, wall(), &mut tell))?;
    let _ = pushes.send(Push::Changed { tags: vec![Tag::Library, Tag::Handbook] });
    Ok(installed)
}

impl App {
    pub(crate) async fn packages(&self) -> Result<PackagesView, ApiError> {
        let (device, newer, may_manage, may_publish) = self
            .engine()?
            .attempt(|core| {
                let published = core.published_files()?;
                Ok((core.replica.device(), published, core.replica.me().is_some(), core.has_duty(Duty::Publisher)))
            })
            .await?;
        self.library()?
            .read(move |reader| {
                let packages = reader.packages().at_boundary()?;
                let rows = packages.iter().map(|row| Row {
                    package: convert::package_ref(row),
                    local: row.device == device
                        && newer.iter().filter(|file| file.package == row.id).all(|file| file.number < row.number),
                    installed_at: row.installed_at,
                    articles: u32::try_from(row.articles).unwrap_or(u32::MAX),
                    size: row.size,
                    newer: newer
                        .iter()
                        .filter(|file| file.package == row.id)
                        .map(|file| file.number)
                        .max()
                        .filter(|newest| *newest > row.number),
                });
                Ok(PackagesView { packages: rows.collect(), may_manage, may_publish })
            })
            .await
    }

    pub(crate) async fn install_package(&self, file: FileSource) -> Result<InstallReport, ApiError> {
        let (name, bytes) = self.read_source(file, PACKAGE_BYTES, "package_too_long").await?;
        let parts = split(&bytes).map_err(|error| package_error(&error, &name))?;
        let ranges: Vec<std::ops::Range<usize>> = parts
            .iter()
            .map(|part| {
                let start = part.as_ptr() as usize - bytes.as_ptr() as usize;
                start..start + part.len()
            })
            .collect();
        let last = ranges.len().saturating_sub(1);
        let mut report: Option<InstallReport> = None;
        for (index, range) in ranges.into_iter().enumerate() {
            match self.install_one(&name, Arc::clone(&bytes), range).await {
                Ok(installed) => {
                    let before = report.take();
                    let sum = |of: fn(&InstallReport) -> u32, now: u64| {
                        before.as_ref().map_or(0, of).saturating_add(u32::try_from(now).unwrap_or(u32::MAX))
                    };
                    report = Some(InstallReport {
                        added: sum(|report| report.added, installed.added),
                        changed: sum(|report| report.changed, installed.changed),
                        removed: sum(|report| report.removed, installed.removed),
                        package: convert::package_ref(&installed.package),
                    });
                }
                // The beginning of a series may be here already.
                Err(error) if error.code == "package_older" && index < last => {}
                Err(error) => return Err(error),
            }
        }
        report.ok_or_else(|| package_error(&PackageError::NotAPackage, &name))
    }

    async fn install_one(&self, name: &str, bytes: Arc<[u8]>, range: std::ops::Range<usize>) -> Result<Installed, ApiError> {
        let trusted = self.engine()?.run(|core| core.trusted_roots()).await?;
        let (shown, part, checked) = (name.to_owned(), range.clone(), Arc::clone(&bytes));
        let roots = trusted.clone();
        let (signer, root) = blocking(move || {
            let package = Package::open(&checked[part], &roots).map_err(|error| package_error(&error, &shown))?;
            Ok((package.signer.clone(), package.root))
        })
        .await?;
        let shown = name.to_owned();
        self.engine()?.attempt(move |core| core.check_publisher(&signer, &root, &shown)).await?;
        let (shown, pushes) = (name.to_owned(), self.inner().pushes.clone());
        self.library()?
            .change(move |library| {
                let file = &bytes[range];
                let package = Package::open(file, &trusted).map_err(|error| package_error(&error, &shown))?;
                install(library, &package, file, &pushes, &|_| true).map_err(|error| library_error(&error, &shown))
            })
            .await
    }

    pub(crate) async fn export_package(
        &self,
        package: String,
        path: String,
        since: Option<FileSource>,
    ) -> Result<ExportView, ApiError> {
        if let Some(since) = since {
            let update = self.update_since(package, since).await?;
            return self.write(path, update).await;
        }
        let files = self.library()?.read(move |reader| reader.package_files(&package).at_boundary()).await?;
        if files.is_empty() {
            return Err(not_found("package"));
        }
        self.write(path, join(&files)).await
    }

    pub(crate) async fn remove_package(&self, package: String) -> Result<(), ApiError> {
        let pushes = self.inner().pushes.clone();
        self.library()?
            .change(move |library| {
                let there = library.change(|change| change.remove_package(&package)).at_boundary()?;
                if !there {
                    return Err(not_found("package"));
                }
                let _ = pushes.send(Push::Changed { tags: vec![Tag::Library, Tag::Handbook] });
                Ok(())
            })
            .await
    }
}

impl Core {
    /// The organisations whose packages are taken: this one, and those that an administrator has pinned on this device.
    pub fn trusted_roots(&self) -> Vec<RootFingerprint> {
        let own = self.replica.directory().map(|directory| directory.root().fingerprint());
        own.into_iter().chain(self.pinned_roots().unwrap_or_default().into_keys()).collect()
    }

    /// Whether the signer of a package may publish: in this organisation an administrator or who has the duty, on a device that was
    /// not revoked; in a pinned one an administrator, because its duties are not known here.
    ///
    /// # Errors
    /// `package_untrusted`.
    pub fn check_publisher(&self, signer: &DeviceCertificate, root: &RootFingerprint, file: &str) -> Result<(), ApiError> {
        let own = self.replica.directory().filter(|directory| directory.root().fingerprint() == *root);
        let allowed = match own {
            Some(directory) => !directory.is_revoked(&signer.device) && (signer.administrator || self.publishes(signer)),
            None => signer.administrator,
        };
        if allowed {
            return Ok(());
        }
        Err(ApiError::new("package_untrusted", "the signer does not publish the handbook")
            .with("file", file)
            .with("item", "?")
            .with("signer", &signer.person_name))
    }

    fn publishes(&self, signer: &DeviceCertificate) -> bool {
        let access = self.organisation_space().ok().and_then(|space| self.replica.access(&space));
        access.is_some_and(|access| access.has_duty(&signer.person, Duty::Publisher))
    }
}
