//! Backing up an open profile into one file, and making a profile of such a file. What comes back is a new log of the same device.

use std::fs;
use std::path::Path;

use api::error::ApiError;
use api::view::ExportView;
use rand_core::CryptoRng;
use signing::profile_key::ProfileKeyFile;
use store::backup::{self, Reader};

use crate::app::{App, blocking, fresh_rng};
use crate::error::AtBoundary;
use crate::making::Making;
use crate::profile;

/// Copies of the databases while a backup is written; cleared before and after.
const BESIDE: &str = "backup.copying";

impl App {
    pub(crate) async fn back_up(&self, path: String) -> Result<ExportView, ApiError> {
        if !self.paths {
            return Err(ApiError::new("not_allowed", "files are written by the desktop and the command line only"));
        }
        let _turn = self.inner().backing_up.lock().await;
        let profile = self.folder().to_owned();
        let beside = profile.join(BESIDE);
        clear(&beside)?;
        let done = self.back_up_beside(&path, &profile, &beside).await;
        clear(&beside)?;
        done
    }

    async fn back_up_beside(&self, path: &str, profile: &Path, beside: &Path) -> Result<ExportView, ApiError> {
        let (from, into) = (profile.to_owned(), beside.to_owned());
        let mut parts = self.engine()?.attempt(move |core| core.store.copy_for_backup(&from, &into).at_boundary()).await?;
        let into = beside.to_owned();
        parts.push(self.library()?.change(move |library| library.copy_for_backup(&into).at_boundary()).await?);
        let path = path.to_owned();
        blocking(move || {
            let written = backup::write(Path::new(&path), &parts).at_boundary().map_err(|error| error.with("file", &path))?;
            Ok(ExportView { path, bytes: written.bytes })
        })
        .await
    }

    /// Makes a profile in this application's folder of a backup. The passphrase is that of the day of the backup.
    ///
    /// # Errors
    /// `profile_exists`, `wrong_passphrase`, what a backup is refused for (`backup_…`), `disk_full`. Then there is no profile.
    pub async fn restore(&self, from: &Path, passphrase: &str) -> Result<(), ApiError> {
        let (folder, from) = (self.folder().to_owned(), from.to_owned());
        let passphrase = zeroize::Zeroizing::new(passphrase.to_owned());
        blocking(move || {
            let file = from.display().to_string();
            restore(&folder, &from, &passphrase, &mut fresh_rng()?).map_err(|error| error.with("file", file))
        })
        .await
    }
}

fn restore(folder: &Path, from: &Path, passphrase: &str, rng: &mut impl CryptoRng) -> Result<(), ApiError> {
    if profile::exists(folder) {
        return Err(ApiError::new("profile_exists", "there is a profile in this folder already").with("folder", folder.display()));
    }
    let reader = Reader::open(from).at_boundary()?;
    let key = ProfileKeyFile::from_bytes(reader.sealed_key().to_vec()).unlock(passphrase.as_bytes()).at_boundary()?;
    profile::create_private(folder).at_boundary()?;
    let mut making = Making::begin(folder, reader.sealed_key())?;
    reader.extract(folder).at_boundary()?;
    // Opening reads and authenticates every page, because nobody closed this database in order.
    let mut store = profile::open_store(folder, &key)?;
    // What this device wrote after the backup is known to others.
    profile::begin_new_log(&mut store, rng)?;
    store.close().at_boundary()?;
    making.finish()
}

fn clear(folder: &Path) -> Result<(), ApiError> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error).at_boundary(),
        _ => Ok(()),
    }
}
