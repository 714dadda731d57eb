//! Backups that somebody brings, with checksums made right.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "what is honest is made here and is as it is")]

use std::collections::BTreeSet;

use store::backup::Reader;
use tempfile::TempDir;

const MAGIC: &[u8; 8] = b"KYHOPBK\x01";
const HASH_BYTES: usize = 32;

/// A name, and the bytes under it.
type Entry = (Vec<u8>, Vec<u8>);

fn written(entries: &[Entry]) -> Vec<u8> {
    let (mut file, mut all) = (MAGIC.to_vec(), blake3::Hasher::new());
    for (name, bytes) in entries {
        let head = [&u16::try_from(name.len()).unwrap_or(u16::MAX).to_be_bytes()[..], name, &(bytes.len() as u64).to_be_bytes()]
            .concat();
        let hash = blake3::Hasher::new().update(&head).update(bytes).finalize();
        all.update(hash.as_bytes());
        file.extend([head.as_slice(), bytes, hash.as_bytes()].concat());
    }
    file.extend([&0_u16.to_be_bytes()[..], &(entries.len() as u64).to_be_bytes(), all.finalize().as_bytes()].concat());
    file
}

/// What stands in a file as far as it can be followed.
fn read(mut file: &[u8]) -> Option<Vec<Entry>> {
    file = file.strip_prefix(MAGIC)?;
    let mut entries = Vec::new();
    while let Some((length, rest)) = file.split_first_chunk() {
        let length = usize::from(u16::from_be_bytes(*length));
        let (name, rest) = rest.split_at_checked(length)?;
        if name.is_empty() {
            break;
        }
        let (size, rest) = rest.split_first_chunk()?;
        let size = usize::try_from(u64::from_be_bytes(*size)).ok()?.min(rest.len());
        let (bytes, rest) = rest.split_at_checked(size)?;
        entries.push((name.to_vec(), bytes.to_vec()));
        file = rest.get(HASH_BYTES..).unwrap_or_default();
    }
    Some(entries)
}

/// Backups of a profile.
pub fn backups() -> Vec<Vec<u8>> {
    let blob = blake3::hash(b"a file").to_string();
    let named = |name: &str, bytes: usize| (name.as_bytes().to_vec(), vec![7; bytes]);
    let some = [named("profile.key", 90), named("kyhop.check", 32), named("kyhop.db", 600)];
    let more = [named("library.db", 300), named(&format!("blobs/{}/{blob}", &blob[..2]), 6)];
    vec![written(&some), written(&[some.as_slice(), &more].concat()), written(&some[..1])]
}

/// A backup as it is, and with checksums that hold: nothing is written but what a profile has.
pub fn backup(data: &[u8]) -> String {
    let again = read(data).map(|entries| written(&entries));
    format!("{} {}", taken(data), again.map_or_else(|| "-".to_owned(), |again| taken(&again)))
}

fn taken(file: &[u8]) -> String {
    let folder = TempDir::new().unwrap();
    let (from, into) = (folder.path().join("backup"), folder.path().join("a/b/profile"));
    std::fs::write(&from, file).unwrap();
    std::fs::create_dir_all(&into).unwrap();
    let said =
        Reader::open(&from).and_then(|reader| reader.extract(&into)).map_or_else(|error| error.code(), |_| "taken").to_owned();
    let below: BTreeSet<String> =
        std::fs::read_dir(&into).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    let known = ["kyhop.db", "kyhop.check", "library.db", "blobs"];
    assert!(below.iter().all(|name| known.contains(&name.as_str())), "{below:?}");
    for (beside, expected) in [("", 2), ("a", 1), ("a/b", 1)] {
        assert_eq!(std::fs::read_dir(folder.path().join(beside)).unwrap().count(), expected, "nothing is written elsewhere");
    }
    said
}
