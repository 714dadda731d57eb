//! The archive of a meeting: a folder, or one zip file, that anybody reads and checks without this program and without a network.
//!
//! ```text
//! index.html            what happened, to be opened in any browser; no scripts
//! record.json           the same for programs
//! papers/               every version of every paper that is here, as it was handed in
//! minutes/minutes.pdf   the newest minutes, with their signatures; beside them resolution.pdf and notice.pdf
//! votes/*.kyhopvote     the evidence of each vote, for `kyhop vote verify`
//! organisation-ca.pem   the authority behind the signatures on the minutes
//! SHA256SUMS            a checksum of each of these, as `sha256sum -c` reads it
//! SEAL.kyhopseal        the signature of the device that made the archive over that list
//! ```

mod index;
mod source;
mod verify;
mod zip;

use std::collections::BTreeMap;
use std::path::Path;

use api::error::ApiError;
use api::meeting::ArchiveForm;
use api::view::ExportView;
use domain::id::Hash32;
use domain::official::OfficialKind;
use sha2::{Digest as _, Sha256};

pub(crate) use index::{Links, page};
pub use verify::{ArchiveReport, ArchivedMinutes, ArchivedVote, verify_archive};

use crate::error::AtBoundary;
use crate::use_cases::write_file;

/// The page to begin with.
pub(crate) const INDEX: &str = "index.html";
/// The record for programs.
pub(crate) const RECORD: &str = "record.json";
/// Folder of the papers.
pub(crate) const PAPERS: &str = "papers";
/// Folder of the votes.
pub(crate) const VOTES: &str = "votes";
/// How the file of a vote ends.
pub(crate) const VOTE_ENDING: &str = ".kyhopvote";
/// The authority of the organisation.
pub(crate) const AUTHORITY: &str = "organisation-ca.pem";
/// The list of checksums.
pub(crate) const CHECKSUMS: &str = "SHA256SUMS";
/// The seal over it.
pub(crate) const SEAL: &str = "SEAL.kyhopseal";

/// The newest file of an official document.
pub(crate) fn official(kind: OfficialKind) -> &'static str {
    match kind {
        OfficialKind::Minutes => "minutes/minutes.pdf",
        OfficialKind::Resolution => "minutes/resolution.pdf",
        OfficialKind::Notice => "minutes/notice.pdf",
    }
}

/// The files of an archive by their paths, without the list of checksums and the seal.
pub(crate) type Files = BTreeMap<String, Vec<u8>>;

/// The list of checksums, in the order of the paths.
pub(crate) fn checksums(files: &Files) -> String {
    files.iter().map(|(name, bytes)| format!("{}  {name}\n", sha256(bytes))).collect()
}

pub(crate) fn sha256(bytes: &[u8]) -> Hash32 {
    Hash32(Sha256::digest(bytes).into())
}

/// Writes an archive.
pub(crate) fn write(path: &Path, form: ArchiveForm, files: &Files, seal: &[u8]) -> Result<ExportView, ApiError> {
    let checksums = checksums(files);
    match form {
        ArchiveForm::Folder => write_folder(path, files, &checksums, seal),
        ArchiveForm::Zip => zip::write(path, files, &checksums, seal),
    }
}

/// Writes an archive into a folder that is new or empty: what lay there before would look as if it belonged.
fn write_folder(folder: &Path, files: &Files, checksums: &str, seal: &[u8]) -> Result<ExportView, ApiError> {
    let named = |error: ApiError| error.with("file", folder.display());
    std::fs::create_dir_all(folder).at_boundary().map_err(named)?;
    if std::fs::read_dir(folder).at_boundary().map_err(named)?.next().is_some() {
        return Err(named(ApiError::new("file_exists", "the folder is not empty")));
    }
    let mut bytes = 0;
    for (name, content) in files {
        let path = folder.join(name);
        if let Some(parent) = path.parent() {
            std::fs::create_dir_all(parent).at_boundary().map_err(named)?;
        }
        bytes += write_file(&path, content)?.bytes;
    }
    bytes += write_file(&folder.join(CHECKSUMS), checksums.as_bytes())?.bytes;
    bytes += write_file(&folder.join(SEAL), seal)?.bytes;
    Ok(ExportView { path: std::path::absolute(folder).unwrap_or_else(|_| folder.to_owned()).display().to_string(), bytes })
}
