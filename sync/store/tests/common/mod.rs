//! Made-up content for the tests of the store.
#![allow(dead_code, clippy::unwrap_used, clippy::expect_used)]

use std::path::Path;

use domain::id::{DeviceId, DocId, Hash32, Incarnation, SpaceId};
use store::Store;
use sync::port::{BlobRow, Head, Shelf, Write};

pub const KEY: [u8; 32] = *b"0123456789abcdefFEDCBA9876543210";
pub const SPACE: SpaceId = SpaceId([1; 16]);
pub const DEVICE: DeviceId = DeviceId([2; 32]);
pub const INCARNATION: Incarnation = Incarnation([3; 8]);
pub const DOC: DocId = DocId([4; 16]);
pub const MEETING: u16 = 10;

pub fn open(folder: &Path) -> Store {
    Store::open(folder, &KEY).unwrap()
}

pub fn head(device: DeviceId, seq: u64) -> Head {
    Head { device, incarnation: INCARNATION, seq, hash: hash(&seq.to_be_bytes()) }
}

pub fn hash(bytes: &[u8]) -> Hash32 {
    Hash32(*blake3::hash(bytes).as_bytes())
}

/// Bytes that say which envelope they are, of a length that differs from one to the next.
pub fn content(seq: u64) -> Vec<u8> {
    let mut bytes = format!("envelope {seq} ").into_bytes();
    let length = 100 + usize::try_from(seq * 37 % 1_500).unwrap();
    bytes.resize(length, u8::try_from(seq % 251).unwrap());
    bytes
}

pub fn envelope(seq: u64) -> Write {
    envelope_of(DEVICE, seq, DOC, false, content(seq))
}

pub fn envelope_of(device: DeviceId, seq: u64, doc: DocId, control: bool, bytes: Vec<u8>) -> Write {
    Write::Envelope { space: SPACE, head: head(device, seq), doc, kind: MEETING, control, bytes }
}

/// All of the log of [`DEVICE`], by content.
pub fn log(store: &Store) -> Vec<Vec<u8>> {
    store.document(&SPACE, &DOC, 0).unwrap().into_iter().map(|(_, bytes)| bytes).collect()
}

/// Bytes that look like ciphertext.
pub fn blob(length: usize, seed: u8) -> (Hash32, Vec<u8>) {
    let mut bytes = vec![0; length];
    blake3::Hasher::new().update(&[seed]).finalize_xof().fill(&mut bytes);
    (hash(&bytes), bytes)
}

pub fn wanted(cipher: Hash32, size: usize) -> Write {
    Write::BlobWanted(BlobRow { space: SPACE, cipher, size: u64::try_from(size).unwrap(), complete: false })
}

pub fn range(cipher: Hash32, bytes: &[u8], start: usize, stop: usize) -> Write {
    Write::BlobRange { cipher, offset: u64::try_from(start).unwrap(), bytes: bytes[start..stop].to_vec() }
}

pub fn complete(cipher: Hash32) -> Write {
    Write::BlobComplete { cipher }
}

/// All files below a folder with their bytes.
pub fn files(folder: &Path) -> Vec<(std::path::PathBuf, Vec<u8>)> {
    let mut all = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            all.extend(files(&path));
        } else {
            all.push((path.clone(), std::fs::read(&path).unwrap()));
        }
    }
    all
}

pub fn contains(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|window| window == part)
}

pub fn copy_folder(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let target = to.join(path.file_name().unwrap());
        if path.is_dir() {
            copy_folder(&path, &target);
        } else {
            std::fs::copy(&path, &target).unwrap();
        }
    }
}
