//! Published packages come to every device by themselves: the list says where they are, the signature in them decides.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use api::error::ApiError;
use domain::id::{Hash32, SpaceId};
use domain::meeting::BlobRef;
use handbook::Package;
use sync::document::library::PublishedFile;
use sync::port::{Cx, Effects};

use super::packages::{install, library_error, package_error};
use crate::engine::Core;
use crate::error::AtBoundary;

/// What is on its way into the library.
#[derive(Clone, Default)]
pub(crate) struct Following {
    /// A file is being installed.
    busy: Arc<AtomicBool>,
    /// Something ended, so the next step may be due.
    due: Arc<AtomicBool>,
    /// Files that were refused; they are not tried again before the program starts anew.
    refused: Arc<Mutex<BTreeSet<Hash32>>>,
}

impl Following {
    /// A file was installed or not. One that is at fault itself is not tried again; a full disk or a key that is on its way are no fault of the file,
    /// it is tried again with the next change.
    fn ended(&self, file: &Hash32, result: Result<(), &ApiError>) {
        let again = match result {
            Ok(()) => {
                tracing::info!(file = file.short(), "a published package was installed");
                true
            }
            Err(error) => {
                tracing::warn!(%error, file = file.short(), "a published package was not installed");
                let at_fault = error.code.starts_with("package_") || error.code.starts_with("article_");
                if at_fault {
                    self.refused.lock().unwrap_or_else(PoisonError::into_inner).insert(*file);
                }
                at_fault
            }
        };
        // In this order: who sees that a step is due must be able to begin it.
        self.busy.store(false, Ordering::Release);
        self.due.fetch_or(again, Ordering::AcqRel);
    }
}

/// The files that bring a package from the installed version to the newest, in order. Updates are taken where they lead as far as the whole
/// package would.
fn plan(files: &[&PublishedFile], installed: Option<u64>) -> Vec<BlobRef> {
    let follow = |mut number: u64| {
        let mut steps = Vec::new();
        while let Some(next) =
            files.iter().filter(|file| file.base == Some(number) && file.number > number).max_by_key(|file| file.number)
        {
            steps.push(next.blob);
            number = next.number;
        }
        (number, steps)
    };
    let (reached, steps) = installed.map_or((0, Vec::new()), follow);
    let whole = files.iter().filter(|file| file.base.is_none() && Some(file.number) > installed).max_by_key(|file| file.number);
    match whole {
        Some(whole) => {
            let (further, after) = follow(whole.number);
            if further > reached { std::iter::once(whole.blob).chain(after).collect() } else { steps }
        }
        None => steps,
    }
}

impl Core {
    /// Fetches what the published packages need, and installs the next file that is here.
    pub fn follow_packages(&mut self) -> Result<Effects, ApiError> {
        let mut fx = Effects::default();
        let Ok(space) = self.organisation_space() else {
            return Ok(fx);
        };
        let refused = self.following.refused.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let published = self.published_files()?;
        let usable = published.iter().filter(|file| !refused.contains(&file.blob.plain));
        let mut by_package: BTreeMap<&str, Vec<&PublishedFile>> = BTreeMap::new();
        usable.for_each(|file| by_package.entry(&file.package).or_default().push(file));
        if by_package.is_empty() {
            return Ok(fx);
        }
        let installed = self.library.read_here(|reader| reader.packages().at_boundary())?;
        for (package, files) in by_package {
            let number = installed.iter().find(|row| row.id == package).map(|row| row.number);
            let steps = plan(&files, number);
            for blob in &steps {
                let now = self.now();
                let mut cx = Cx { now, rng: &mut self.rng, shelf: &self.store };
                fx.append(self.replica.want_blob(&mut cx, space, blob));
            }
            if let Some(next) = steps.first().filter(|blob| self.replica.has_blob(&blob.cipher)) {
                self.install_published(&space, next, package);
            }
        }
        Ok(fx)
    }

    /// Called when time passes: the next step, if one has become due.
    pub fn follow_if_due(&mut self) {
        if !self.following.due.swap(false, Ordering::AcqRel) {
            return;
        }
        let followed = self.follow_packages().and_then(|fx| self.perform(fx));
        if let Err(error) = followed {
            tracing::warn!(%error, "the published packages could not be followed");
        }
    }

    fn install_published(&mut self, space: &SpaceId, blob: &BlobRef, name: &str) {
        if self.following.busy.swap(true, Ordering::AcqRel) {
            return;
        }
        let following = self.following.clone();
        let (bytes, trusted) = match self.checked_file(space, blob, name) {
            Ok(checked) => checked,
            Err(error) => return following.ended(&blob.plain, Err(&error)),
        };
        let (pushes, name, plain) = (self.pushes(), name.to_owned(), blob.plain);
        let queued = self.library.change_soon(move |library| {
            let installed = Package::open(&bytes, &trusted).map_err(|error| package_error(&error, &name)).and_then(|package| {
                install(library, &package, &bytes, &pushes, &|_| true).map_err(|error| library_error(&error, &name))
            });
            following.ended(&plain, installed.as_ref().map(drop));
        });
        if !queued {
            self.following.busy.store(false, Ordering::Release);
        }
    }

    /// The bytes of a published file, if who signed it may publish.
    fn checked_file(&mut self, space: &SpaceId, blob: &BlobRef, name: &str) -> Result<(Vec<u8>, Vec<Hash32>), ApiError> {
        let bytes = self.bytes_of(space, blob)?;
        let trusted = self.trusted_roots();
        let package = Package::open(&bytes, &trusted).map_err(|error| package_error(&error, name))?;
        if package.manifest.package != name {
            return Err(ApiError::new("package_header_damaged", "the file is another package than the list says"));
        }
        self.check_publisher(&package.signer, &package.root, name)?;
        drop(package);
        Ok((bytes, trusted))
    }
}

#[cfg(test)]
mod tests {
    use domain::id::{PersonId, Timestamp};

    use super::*;

    fn file(number: u8, base: Option<u64>) -> PublishedFile {
        let name = number * 10 + u8::from(base.is_some());
        PublishedFile {
            package: "a".to_owned(),
            title: "A".to_owned(),
            number: number.into(),
            base,
            blob: BlobRef { plain: Hash32([name; 32]), cipher: Hash32([name; 32]), size: 1, epoch: 1 },
            by: PersonId([1; 16]),
            at: Timestamp(0),
        }
    }

    fn names(files: &[PublishedFile], installed: Option<u64>) -> Vec<u8> {
        let files: Vec<&PublishedFile> = files.iter().collect();
        plan(&files, installed).iter().map(|blob| blob.plain.0[0]).collect()
    }

    #[test]
    fn a_new_device_takes_the_whole_package_and_a_device_that_has_one_takes_updates() {
        let files = [file(1, None), file(2, Some(1)), file(3, Some(2))];
        assert_eq!(names(&files, None), [10, 21, 31]);
        assert_eq!(names(&files, Some(1)), [21, 31]);
        assert_eq!(names(&files, Some(2)), [31]);
        assert!(names(&files, Some(3)).is_empty());
    }

    #[test]
    fn where_an_update_is_missing_the_whole_package_is_taken() {
        let files = [file(4, None), file(5, Some(4)), file(2, Some(1))];
        assert_eq!(names(&files, Some(1)), [40, 51]);
        assert_eq!(names(&files, Some(4)), [51]);
        assert_eq!(names(&files, None), [40, 51]);
    }
}
