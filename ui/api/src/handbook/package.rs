//! Packages: what is installed, what an import or a publication did.

use std::collections::BTreeMap;

use domain::id::{Hash32, Timestamp};
use serde::{Deserialize, Serialize};

use super::article::PackageRef;

/// An installed package.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PackageRow {
    /// The package and its version.
    pub package: PackageRef,
    /// This version was made on this device and has not been given to the organisation.
    pub local: bool,
    /// When it was installed here.
    pub installed_at: Timestamp,
    /// Articles in it.
    pub articles: u32,
    /// Bytes of its content.
    pub size: u64,
    /// A newer version that other devices have told of and that is on its way.
    pub newer: Option<u64>,
}

/// The packages.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PackagesView {
    /// Newest first.
    pub packages: Vec<PackageRow>,
    /// I may import and remove.
    pub may_manage: bool,
    /// I may publish.
    pub may_publish: bool,
}

/// What an installation changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InstallReport {
    /// The package as it is now.
    pub package: PackageRef,
    /// Articles that are new.
    pub added: u32,
    /// Articles that changed.
    pub changed: u32,
    /// Articles that were taken out.
    pub removed: u32,
}

/// Something that an import left out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Skipped {
    /// The file, below the folder.
    pub file: String,
    /// The line or the item in it; may be empty.
    pub place: String,
    /// Why, as a code with a text in the translation files; `needs_text` is a scan without text.
    pub code: String,
    /// Values for the text.
    pub facts: BTreeMap<String, String>,
}

/// A part of a file that an import does not take while it takes the rest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Part {
    /// What could run: scripts, frames, embedded programs, handlers.
    Scripts,
    /// Pages beyond the limit.
    Pages,
}

/// A file that an import took without a part of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cleaned {
    /// The file, below the folder.
    pub file: String,
    /// Which part.
    pub part: Part,
    /// How many of them.
    pub count: u64,
}

/// An article of the installed version that an import does not have.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MissingArticle {
    /// Its id within the package.
    pub article: String,
    /// Its title.
    pub title: String,
}

/// What an import did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImportReport {
    /// Files that were looked at.
    pub files: u32,
    /// Articles that were taken over.
    pub articles: u32,
    /// What was left out, at most 1,000.
    pub skipped: Vec<Skipped>,
    /// How many were left out in all.
    pub skipped_count: u32,
    /// Files that were taken without a part of them, at most 1,000.
    pub cleaned: Vec<Cleaned>,
    /// How many files in all.
    pub cleaned_count: u32,
    /// What the installed version has and the import does not, at most 1,000.
    #[serde(default)]
    pub missing: Vec<MissingArticle>,
    /// How many such articles in all.
    #[serde(default)]
    pub missing_count: u32,
    /// They were removed, as was asked for; otherwise they are in the new version as they were.
    #[serde(default)]
    pub missing_removed: bool,
    /// It was cancelled; nothing of it was kept.
    pub cancelled: bool,
    /// The package that it became.
    pub package: Option<PackageRef>,
    /// What that changed; `None` without a package.
    pub made: Option<MadeView>,
}

/// What a new version of a package changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct MadeView {
    /// The version that it is an update of; `None`: the file is whole.
    pub base: Option<u64>,
    /// Articles that are new.
    pub added: u32,
    /// Articles that changed.
    pub changed: u32,
    /// Articles that are gone.
    pub removed: u32,
    /// Bytes of the file.
    pub bytes: u64,
}

/// A package that was made of drafts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PublishView {
    /// The package.
    pub package: PackageRef,
    /// Articles that changed by it.
    pub articles: u32,
    /// Bytes of what goes to devices that have the version before.
    pub delta_bytes: u64,
}

/// What an import is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ImportStep {
    /// It reads files.
    Reading,
    /// It packs and signs the articles.
    Signing,
    /// It installs them.
    Installing,
}

/// An import that runs or has ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImportView {
    /// The folder.
    pub path: String,
    /// What it is doing.
    pub step: ImportStep,
    /// Files done.
    pub files: u64,
    /// Files in all.
    pub files_total: u64,
    /// How far the step is: bytes read, or rows installed.
    pub done: u64,
    /// How far it goes; 0 if unknown.
    pub total: u64,
    /// What it did, once it has ended.
    pub report: Option<ImportReport>,
}

/// Another organisation whose packages are taken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PublisherRow {
    /// Fingerprint of its root.
    pub root: Hash32,
    /// What it is called here.
    pub title: String,
}
