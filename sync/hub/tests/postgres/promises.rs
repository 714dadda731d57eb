//! The four promises of a backend, by the same words for both kinds.

use domain::id::{DeviceId, DocId, Hash32, Incarnation, SpaceId};
use hub::backend::Backend;
use sync::META_CHAIN;
use sync::port::{BlobRow, Head, Write};

use crate::process::Place;
use crate::servers::Servers;

pub const SPACE: SpaceId = SpaceId([1; 16]);
pub const DEVICE: DeviceId = DeviceId([2; 32]);
pub const LOG: Incarnation = Incarnation([3; 8]);
const DOC: DocId = DocId([4; 16]);

/// An envelope as far as a backend is concerned: bytes at a place.
pub fn envelope(seq: u64, text: &str, control: bool) -> Write {
    let bytes = format!("envelope {seq} {text}").into_bytes();
    let hash = Hash32(*blake3::hash(&bytes).as_bytes());
    let head = Head { device: DEVICE, incarnation: LOG, seq, hash };
    Write::Envelope { space: SPACE, head, doc: DOC, kind: 7, control, bytes }
}

pub fn bytes_of(write: &Write) -> Vec<u8> {
    match write {
        Write::Envelope { bytes, .. } => bytes.clone(),
        _ => panic!("no envelope"),
    }
}

fn note(value: &str) -> Write {
    Write::Meta { key: "note".into(), value: value.as_bytes().to_vec() }
}

/// As after an administrator has let the hub in; before that, what is shared is nothing to it.
pub fn member() -> Write {
    Write::Meta { key: META_CHAIN.into(), value: vec![1] }
}

/// A file, and the writes by which it comes.
pub fn file(seed: u8, size: usize) -> (BlobRow, Vec<u8>) {
    let bytes: Vec<u8> = (0..size).map(|at| u8::try_from(at % 251).unwrap() ^ seed).collect();
    let cipher = Hash32(*blake3::hash(&bytes).as_bytes());
    (BlobRow { space: SPACE, cipher, size: u64::try_from(size).unwrap(), complete: false }, bytes)
}

pub fn brings(backend: &mut dyn Backend, row: BlobRow, bytes: &[u8]) -> Result<(), hub::backend::BackendError> {
    backend.commit(&[Write::BlobWanted(row)])?;
    backend.commit(&[Write::BlobRange { cipher: row.cipher, offset: 0, bytes: bytes.to_vec() }])?;
    backend.commit(&[Write::BlobComplete { cipher: row.cipher }])
}

fn head_of(backend: &dyn Backend) -> u64 {
    backend.heads(&SPACE).unwrap().first().map_or(0, |head| head.seq)
}

fn all_or_nothing_and_durable(place: &Place) {
    let mut backend = place.backend();
    backend.commit(&[member(), envelope(1, "first", true), note("old")]).unwrap();
    let gap = backend.commit(&[envelope(2, "second", false), note("new"), envelope(4, "too early", false)]).unwrap_err();
    assert_eq!(gap.code, "sequence_gap");
    // Not closed: what was committed must be there all the same.
    drop(backend);
    let backend = place.backend();
    assert_eq!(head_of(backend.as_ref()), 1);
    assert_eq!(backend.envelope(&SPACE, &DEVICE, &LOG, 2).unwrap(), None);
    assert_eq!(backend.meta("note").unwrap().as_deref(), Some(b"old".as_slice()));
    backend.close().unwrap();
}

fn read_back_as_it_was(place: &Place) {
    let mut backend = place.backend();
    let (second, third) = (envelope(2, "second", false), envelope(3, "third", true));
    backend.commit(&[second.clone(), third.clone()]).unwrap();
    backend.close().unwrap();
    let backend = place.backend();
    assert_eq!(backend.spaces().unwrap(), [SPACE]);
    let all = [bytes_of(&envelope(1, "first", true)), bytes_of(&second), bytes_of(&third)];
    let rows = backend.envelopes(&SPACE, 0, usize::MAX).unwrap();
    assert_eq!(rows.iter().map(|(_, bytes)| bytes.clone()).collect::<Vec<_>>(), all);
    assert!(rows.is_sorted_by(|a, b| a.0 < b.0), "positions ascend");
    assert_eq!(backend.envelopes(&SPACE, rows[1].0, 1).unwrap(), rows[1..2], "at least one");
    for (seq, bytes) in (1..).zip(&all) {
        assert_eq!(backend.envelope(&SPACE, &DEVICE, &LOG, seq).unwrap().as_ref(), Some(bytes));
    }
    assert_eq!(backend.position(&SPACE, &DEVICE, &LOG, 2).unwrap(), Some(rows[1].0));
    assert_eq!(backend.control(&SPACE).unwrap(), [all[0].clone(), all[2].clone()]);
    assert_eq!(backend.content(&SPACE, 0, 10).unwrap(), rows[1..2]);
    assert_eq!(backend.document(&SPACE, &DOC, 0).unwrap(), rows[1..2]);
    assert!(backend.document(&SPACE, &DOC, rows[1].0).unwrap().is_empty());
    assert_eq!(backend.documents(&SPACE).unwrap(), [(DOC, 7)]);
    let Write::Envelope { head, .. } = third else { panic!("no envelope") };
    assert_eq!(backend.heads(&SPACE).unwrap(), [head]);
    backend.close().unwrap();
}

fn no_gap_and_no_number_twice(place: &Place) {
    let mut backend = place.backend();
    let twice = backend.commit(&[envelope(3, "another third", true)]).unwrap_err();
    assert!(["sequence_reused", "log_forked"].contains(&twice.code), "{twice}");
    assert_eq!(backend.commit(&[envelope(5, "fifth", true)]).unwrap_err().code, "sequence_gap");
    assert_eq!(backend.commit(&[envelope(4, "fourth", true), envelope(4, "fourth", true)]).unwrap_err().code, "sequence_reused");
    assert_eq!(head_of(backend.as_ref()), 3);
    assert_eq!(backend.envelope(&SPACE, &DEVICE, &LOG, 3).unwrap(), Some(bytes_of(&envelope(3, "third", true))));
    backend.close().unwrap();
}

fn bytes_before_the_rows_that_vouch_for_them(place: &Place) {
    let mut backend = place.backend();
    let (row, bytes) = file(5, 700_000);
    let half = bytes.len() / 2;
    backend.commit(&[Write::BlobWanted(row)]).unwrap();
    backend.commit(&[Write::BlobRange { cipher: row.cipher, offset: 0, bytes: bytes[..half].to_vec() }]).unwrap();
    assert_eq!(backend.commit(&[Write::BlobComplete { cipher: row.cipher }]).unwrap_err().code, "blob_incomplete");
    drop(backend);
    let mut backend = place.backend();
    assert_eq!(backend.blob_ranges(&row.cipher).unwrap(), [(0, u64::try_from(half).unwrap())]);
    assert_eq!(backend.blob(&row.cipher).unwrap(), Some(row));
    assert!(backend.blob_bytes(&row.cipher, 0, 10).unwrap().is_empty(), "nothing of it is told before it is whole");
    let rest = Write::BlobRange { cipher: row.cipher, offset: u64::try_from(half).unwrap(), bytes: bytes[half..].to_vec() };
    backend.commit(&[rest, Write::BlobComplete { cipher: row.cipher }]).unwrap();
    drop(backend);
    let mut backend = place.backend();
    assert_eq!(backend.blob(&row.cipher).unwrap(), Some(BlobRow { complete: true, ..row }));
    assert_eq!(backend.blob_bytes(&row.cipher, 0, bytes.len() + 5).unwrap(), bytes);
    assert_eq!(backend.blob_bytes(&row.cipher, 100, 50).unwrap(), bytes[100..150]);
    assert_eq!(backend.blob_bytes(&row.cipher, row.size - 3, 50).unwrap(), bytes[bytes.len() - 3..]);

    let (wrong, mut damaged) = file(6, 50_000);
    damaged[40_000] ^= 1;
    assert_eq!(brings(backend.as_mut(), wrong, &damaged).unwrap_err().code, "blob_damaged");
    assert_ne!(backend.blob(&wrong.cipher).unwrap().map(|row| row.complete), Some(true));
    backend.commit(&[Write::BlobDamaged { cipher: row.cipher }]).unwrap();
    assert_eq!(backend.blob(&row.cipher).unwrap(), Some(row), "it is wanted again");
    backend.close().unwrap();
}

fn keeps_its_promises(place: &Place) {
    all_or_nothing_and_durable(place);
    read_back_as_it_was(place);
    no_gap_and_no_number_twice(place);
    bytes_before_the_rows_that_vouch_for_them(place);
}

#[test]
fn the_folder_keeps_the_four_promises() {
    keeps_its_promises(&Place::init_as(None, |_| ()));
}

#[test]
fn postgresql_and_an_object_store_keep_the_four_promises() {
    let Some(servers) = Servers::start() else { return };
    keeps_its_promises(&servers.hub(None));
}
