//! Content hashes that let a finished step be skipped within milliseconds.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use sha2::{Digest, Sha256};

/// SHA-256 of a file, in hex.
pub fn of_file(file: &Path) -> Result<String> {
    let bytes = fs::read(file).with_context(|| format!("reading {}", file.display()))?;
    Ok(hex::encode(Sha256::digest(bytes)))
}

/// A digest over named inputs: any change of a name, a byte, or the order gives another one.
#[derive(Default)]
pub struct Inputs(Sha256);

impl Inputs {
    /// Adds a piece of text, such as a version.
    pub fn text(&mut self, text: &str) -> &mut Self {
        self.0.update((text.len() as u64).to_le_bytes());
        self.0.update(text.as_bytes());
        self
    }

    /// Adds a file, or every file below a folder, by path and content. What is missing counts as missing.
    pub fn path(&mut self, base: &Path, relative: &str) -> Result<&mut Self> {
        for file in files_below(&base.join(relative))? {
            self.text(&file.strip_prefix(base).unwrap_or(&file).to_string_lossy());
            self.text(&of_file(&file)?);
        }
        Ok(self)
    }

    /// The digest in hex.
    pub fn digest(self) -> String {
        hex::encode(self.0.finalize())
    }
}

/// Every file at or below a path, sorted; hidden files, `target*` and `node_modules` are left out.
pub fn files_below(path: &Path) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    if path.is_file() {
        found.push(path.to_path_buf());
    } else if path.is_dir() {
        for entry in fs::read_dir(path).with_context(|| format!("reading {}", path.display()))? {
            let child = entry?.path();
            let name = child.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
            let built = child.is_dir() && (name.starts_with("target") || name == "node_modules");
            if !name.starts_with('.') && !built {
                found.extend(files_below(&child)?);
            }
        }
        found.sort();
    }
    Ok(found)
}

/// Whether the stamp says that exactly this was done before.
pub fn is_current(stamp: &Path, digest: &str) -> bool {
    fs::read_to_string(stamp).is_ok_and(|written| written == digest)
}

/// Notes that it was done.
pub fn write(stamp: &Path, digest: &str) -> Result<()> {
    if let Some(folder) = stamp.parent() {
        fs::create_dir_all(folder)?;
    }
    fs::write(stamp, digest).with_context(|| format!("writing {}", stamp.display()))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn digest_of(base: &Path) -> String {
        let mut inputs = Inputs::default();
        inputs.path(base, "ui").unwrap();
        inputs.digest()
    }

    #[test]
    fn a_changed_added_renamed_or_removed_source_is_built_again() {
        let dir = tempfile::tempdir().unwrap();
        fs::create_dir_all(dir.path().join("ui/style")).unwrap();
        fs::write(dir.path().join("ui/style/a.css"), "a").unwrap();
        let first = digest_of(dir.path());
        fs::write(dir.path().join("ui/style/a.css"), "b").unwrap();
        let changed = digest_of(dir.path());
        fs::write(dir.path().join("ui/b.rs"), "").unwrap();
        let added = digest_of(dir.path());
        fs::rename(dir.path().join("ui/b.rs"), dir.path().join("ui/c.rs")).unwrap();
        let renamed = digest_of(dir.path());
        fs::remove_file(dir.path().join("ui/c.rs")).unwrap();
        assert_eq!(digest_of(dir.path()), changed);
        let distinct = std::collections::BTreeSet::from([first, changed, added, renamed]);
        assert_eq!(distinct.len(), 4);
    }

    #[test]
    fn build_output_below_a_source_folder_does_not_count() {
        let dir = tempfile::tempdir().unwrap();
        fs::create_dir_all(dir.path().join("ui/target/x")).unwrap();
        fs::write(dir.path().join("ui/lib.rs"), "").unwrap();
        let before = digest_of(dir.path());
        fs::write(dir.path().join("ui/target/x/y"), "built").unwrap();
        assert_eq!(digest_of(dir.path()), before);
    }

    #[test]
    fn a_stamp_holds_only_for_what_was_done() {
        let dir = tempfile::tempdir().unwrap();
        let stamp = dir.path().join("stamps/fonts");
        assert!(!is_current(&stamp, "v1"));
        write(&stamp, "v1").unwrap();
        assert!(is_current(&stamp, "v1") && !is_current(&stamp, "v2"));
    }
}
