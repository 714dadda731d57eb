//! A whole package and its updates in one file, for a stick: `"KYHOPG1\n"`, then each file with its length (u64 LE) before it.
//!
//! A device that was updated over the network has no whole package of the newest version that its signer signed, but it has all the parts.

use std::collections::BTreeMap;

use domain::id::Hash32;
use signing::RootFingerprint;

use super::{Base, Content, Package, PackageError, Row};
use crate::limits::{PACKAGE_BYTES, SERIES_FILES};

const MAGIC: &[u8; 8] = b"KYHOPG1\n";

/// One file as it is, several as a series.
pub fn join(files: &[Vec<u8>]) -> Vec<u8> {
    if let [one] = files {
        return one.clone();
    }
    let mut series = MAGIC.to_vec();
    for file in files {
        series.extend_from_slice(&(file.len() as u64).to_le_bytes());
        series.extend_from_slice(file);
    }
    series
}

/// The files of a series; what is none is one file. Nothing in them is looked at.
///
/// # Errors
/// `package_truncated`, `package_too_long`, `package_not_one`.
pub fn split(bytes: &[u8]) -> Result<Vec<&[u8]>, PackageError> {
    let Some(mut rest) = bytes.strip_prefix(MAGIC) else {
        return Ok(vec![bytes]);
    };
    let mut files = Vec::new();
    while !rest.is_empty() {
        let cut = |expected: u64| PackageError::Truncated { expected, found: bytes.len() as u64 };
        let (length, after) = rest.split_first_chunk().ok_or_else(|| cut(bytes.len() as u64 + 1))?;
        let length = u64::from_le_bytes(*length);
        let length =
            usize::try_from(length).ok().filter(|length| *length <= PACKAGE_BYTES).ok_or(PackageError::TooLong(length))?;
        let (file, after) = after.split_at_checked(length).ok_or_else(|| cut((bytes.len() - after.len() + length) as u64))?;
        if files.len() == SERIES_FILES {
            return Err(PackageError::NotAPackage);
        }
        files.push(file);
        rest = after;
    }
    if files.is_empty() { Err(PackageError::NotAPackage) } else { Ok(files) }
}

/// Where a package stands: what an update of it starts from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// The package.
    pub package: String,
    /// Its title.
    pub title: String,
    /// Its version and content.
    pub base: Base,
    /// The ids of its articles with their hashes.
    pub hashes: BTreeMap<String, Hash32>,
}

/// Reads a package, or a series from its whole one on, to its end without installing it.
///
/// # Errors
/// As [`split`] and [`Package::open`]; `package_wrong_base` for an update without what it starts from, `package_content_differs`.
pub fn standing(bytes: &[u8], trusted: &[RootFingerprint]) -> Result<Standing, PackageError> {
    let mut reached: Option<Standing> = None;
    for file in split(bytes)? {
        let package = Package::open(file, trusted)?;
        let manifest = &package.manifest;
        let mut hashes = match (&manifest.base, reached.take()) {
            (None, _) => BTreeMap::new(),
            (Some(base), Some(before)) if before.package == manifest.package && before.base == *base => before.hashes,
            (Some(base), before) => {
                let installed = before.map(|before| before.base.number);
                return Err(PackageError::WrongBase { package: manifest.package.clone(), wanted: base.number, installed });
            }
        };
        for row in package.rows() {
            match row? {
                Row::Article { article, hash, .. } => {
                    hashes.insert(article.id.clone(), hash);
                }
                Row::Tombstone(id) => {
                    hashes.remove(&id);
                }
            }
        }
        let mut content = Content::default();
        hashes.iter().for_each(|(id, hash)| content.add(id, hash));
        if content.finish() != manifest.content {
            return Err(PackageError::ContentDiffers(manifest.package.clone()));
        }
        let base = Base { number: manifest.number, content: manifest.content };
        reached = Some(Standing { package: manifest.package.clone(), title: manifest.title.clone(), base, hashes });
    }
    reached.ok_or(PackageError::NotAPackage)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::*;

    #[test]
    fn a_series_comes_apart_as_it_was_joined() {
        let files = [b"whole".to_vec(), b"update".to_vec(), Vec::new()];
        let series = join(&files);
        assert_eq!(split(&series).unwrap(), files);
        assert_eq!(join(&files[..1]), b"whole");
        assert_eq!(split(b"whole").unwrap(), [b"whole"]);
        for length in MAGIC.len()..series.len() {
            // A cut between two files leaves a shorter series: the versions in the files tell.
            let cut = split(&series[..length]);
            assert!(cut.is_err() || cut.unwrap().len() < 3, "cut to {length}");
        }
        let endless = [&MAGIC[..], &u64::MAX.to_le_bytes()].concat();
        assert_eq!(split(&endless).unwrap_err().code(), "package_too_long");
    }
}
