//! The published packages of the handbook: what every device of the organisation fetches and installs by itself.
//!
//! `{ "v": 1, "files": { "<package>/<number>-<plain>": { "package", "title": text, "number", "base", "size", "epoch": uint, "plain", "cipher",
//! "by": bytes, "at": timestamp } } }`. A file without `base` is a whole package, one with it an update from that version. The list says where
//! files are; whether one is taken is decided by the signature in it.

use std::collections::BTreeMap;

use automerge::transaction::Transactable;
use automerge::{ObjType, ROOT, ReadDoc, ValueRef};
use domain::id::{PersonId, Timestamp};
use domain::limits::at_most;
use domain::meeting::BlobRef;

use super::field::{self, Fields, put_blob, read_blob};
use super::{DocumentError, Problems, ensure_map, entries, maps, readable, remove_everywhere, writable};

const FILES: &str = "files";
/// Files in the list.
pub const FILES_MAX: usize = 2_000;
/// Characters of a package's name and title.
const LINE_CHARS: usize = 1_000;

/// A published file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublishedFile {
    /// The package.
    pub package: String,
    /// Its title.
    pub title: String,
    /// The version that is installed by it.
    pub number: u64,
    /// The version that it starts from; `None`: it is whole.
    pub base: Option<u64>,
    /// The file.
    pub blob: BlobRef,
    /// Who published it.
    pub by: PersonId,
    /// When.
    pub at: Timestamp,
}

fn key(file: &PublishedFile) -> String {
    format!("{}/{:012}-{}", file.package, file.number, file.blob.plain)
}

/// Lists a file. A whole package takes the place of earlier whole ones; updates stay listed, for who has what they start from.
pub fn publish(tx: &mut impl Transactable, file: &PublishedFile) -> Result<(), DocumentError> {
    at_most("package", LINE_CHARS, file.package.chars().count())?;
    at_most("title", LINE_CHARS, file.title.chars().count())?;
    writable(tx)?;
    if file.base.is_none() {
        for older in read(tx)?
            .into_iter()
            .filter(|older| older.package == file.package && older.base.is_none() && older.number < file.number)
        {
            remove_everywhere(tx, FILES, &key(&older))?;
        }
    }
    let count = maps(tx, &ROOT, FILES).iter().map(|container| tx.length(container)).sum();
    at_most("published files", FILES_MAX - 1, count)?;
    let container = ensure_map(tx, &ROOT, FILES)?;
    let map = tx.put_object(&container, key(file), ObjType::Map)?;
    tx.put(&map, "package", field::text(&file.package))?;
    tx.put(&map, "title", field::text(&file.title))?;
    tx.put(&map, "number", file.number)?;
    if let Some(base) = file.base {
        tx.put(&map, "base", base)?;
    }
    put_blob(tx, &map, &file.blob)?;
    tx.put(&map, "by", file.by.0.to_vec())?;
    Ok(tx.put(&map, "at", field::time(file.at))?)
}

/// Takes a package off the list; it stays where it is installed.
pub fn withdraw(tx: &mut impl Transactable, package: &str) -> Result<(), DocumentError> {
    for file in read(tx)?.into_iter().filter(|file| file.package == package) {
        remove_everywhere(tx, FILES, &key(&file))?;
    }
    Ok(())
}

/// The published files by package and number.
pub fn read(doc: &impl ReadDoc) -> Result<Vec<PublishedFile>, DocumentError> {
    readable(doc)?;
    let mut problems = Problems::default();
    let mut files = BTreeMap::new();
    for entry in entries(doc, &maps(doc, &ROOT, FILES), FILES_MAX, FILES, &mut problems) {
        if entry.value != ValueRef::Object(ObjType::Map) {
            continue;
        }
        let known = ["package", "title", "number", "base", "plain", "cipher", "size", "epoch", "by", "at"];
        let mut fields = Fields::read(doc, &entry.id, &known, format!("{FILES}/{}", entry.key), &mut problems);
        let blob = read_blob(&mut fields, &mut problems);
        let by = fields.person("by", &mut problems);
        let number = fields.number("number", u64::MAX, &mut problems);
        let (Some(blob), Some(by), Some(number)) = (blob, by, number) else {
            continue;
        };
        let file = PublishedFile {
            package: fields.line("package", LINE_CHARS, &mut problems),
            title: fields.line("title", LINE_CHARS, &mut problems),
            number,
            base: fields.number("base", u64::MAX, &mut problems),
            blob,
            by,
            at: fields.time("at", &mut problems).unwrap_or_default(),
        };
        files.insert((file.package.clone(), file.number, file.base.is_some(), file.blob.plain), file);
    }
    Ok(files.into_values().collect())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use automerge::AutoCommit;
    use domain::id::Hash32;

    use super::*;

    fn file(package: &str, number: u64, base: Option<u64>) -> PublishedFile {
        let blob = BlobRef { plain: Hash32([number as u8; 32]), cipher: Hash32([7; 32]), size: 10, epoch: 1 };
        PublishedFile {
            package: package.to_owned(),
            title: "Sổ tay".to_owned(),
            number,
            base,
            blob,
            by: PersonId([1; 16]),
            at: Timestamp(5),
        }
    }

    #[test]
    fn a_whole_package_takes_the_place_of_older_whole_ones_and_updates_stay() {
        let mut doc = AutoCommit::new();
        assert_eq!(read(&doc).unwrap(), []);
        publish(&mut doc, &file("a", 1, None)).unwrap();
        publish(&mut doc, &file("a", 2, Some(1))).unwrap();
        publish(&mut doc, &file("b", 1, None)).unwrap();
        assert_eq!(read(&doc).unwrap(), [file("a", 1, None), file("a", 2, Some(1)), file("b", 1, None)]);
        publish(&mut doc, &file("a", 3, None)).unwrap();
        assert_eq!(read(&doc).unwrap(), [file("a", 2, Some(1)), file("a", 3, None), file("b", 1, None)]);
        withdraw(&mut doc, "a").unwrap();
        assert_eq!(read(&doc).unwrap(), [file("b", 1, None)]);
    }

    #[test]
    fn two_publishers_at_once_are_both_listed() {
        let mut here = AutoCommit::new();
        publish(&mut here, &file("a", 1, None)).unwrap();
        let mut there = here.fork();
        publish(&mut here, &file("a", 2, Some(1))).unwrap();
        publish(&mut there, &file("b", 1, None)).unwrap();
        here.merge(&mut there).unwrap();
        assert_eq!(read(&here).unwrap().len(), 3);
    }

    #[test]
    fn rubbish_in_the_list_is_left_out() {
        let mut doc = AutoCommit::new();
        publish(&mut doc, &file("a", 1, None)).unwrap();
        let container = maps(&doc, &ROOT, FILES).remove(0);
        doc.put(&container, "x", 7).unwrap();
        let map = doc.put_object(&container, "y", ObjType::Map).unwrap();
        doc.put(&map, "number", "three").unwrap();
        assert_eq!(read(&doc).unwrap(), [file("a", 1, None)]);
    }
}
