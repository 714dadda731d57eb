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
    /// It was made on this device by an import and is not signed by an editor.
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
    /// It was cancelled; nothing of it was kept.
    pub cancelled: bool,
    /// The package that it became.
    pub package: Option<PackageRef>,
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

/// An import that runs or has ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImportView {
    /// The folder.
    pub path: String,
    /// Files done.
    pub done: u64,
    /// Files in all; 0 if unknown.
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
