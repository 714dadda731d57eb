//! The program ends before every single step on blob files, with and without losing what was not synced.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use domain::id::{Hash32, SpaceId};
use sync::port::{BlobRow, Shelf, Write};

use crate::profile::BLOB_FOLDER;
use crate::{Store, StoreError};

const KEY: [u8; 32] = [1; 32];
const SPACE: SpaceId = SpaceId([2; 16]);
const SIZE: usize = 9_000;
/// More than any of the stories below takes.
const STEPS_MAX: u32 = 60;

fn blob(seed: u8) -> (Hash32, Vec<u8>) {
    let mut bytes = vec![0; SIZE];
    blake3::Hasher::new().update(&[seed]).finalize_xof().fill(&mut bytes);
    (Hash32(*blake3::hash(&bytes).as_bytes()), bytes)
}

fn range(cipher: Hash32, bytes: &[u8], start: usize, stop: usize) -> Write {
    Write::BlobRange { cipher, offset: start as u64, bytes: bytes[start..stop].to_vec() }
}

fn wanted(cipher: Hash32) -> Write {
    Write::BlobWanted(BlobRow { space: SPACE, cipher, size: SIZE as u64, complete: false })
}

/// A part of a story, and the ranges that are durable once it has succeeded.
type Chapter = (fn(&mut Store) -> Result<(), StoreError>, &'static [(u64, u64)]);

fn first(store: &mut Store) -> Result<(), StoreError> {
    let (cipher, bytes) = blob(1);
    store.commit(&[wanted(cipher), range(cipher, &bytes, 4_000, 6_000)], &[])
}

fn second(store: &mut Store) -> Result<(), StoreError> {
    let (cipher, bytes) = blob(1);
    store.commit(&[range(cipher, &bytes, 0, 1_000), range(cipher, &bytes, 8_000, SIZE)], &[])
}

fn last(store: &mut Store) -> Result<(), StoreError> {
    let (cipher, bytes) = blob(1);
    store.commit(&[range(cipher, &bytes, 1_000, 4_000), range(cipher, &bytes, 6_000, 8_000), Write::BlobComplete { cipher }], &[])
}

const STORY: [Chapter; 3] = [(first, &[(4_000, 6_000)]), (second, &[(0, 1_000), (4_000, 6_000), (8_000, 9_000)]), (last, &[])];

fn end_at(steps: u32, power_fails: bool) -> bool {
    let folder = tempfile::tempdir().unwrap();
    let (cipher, bytes) = blob(1);
    let mut store = Store::open(folder.path(), &KEY).unwrap();
    store.files.shim.end_after(steps);
    let told = STORY.iter().take_while(|(chapter, _)| chapter(&mut store).is_ok()).count();
    let ended = store.files.shim.ended() && told < STORY.len();
    if power_fails {
        store.files.shim.lose_what_is_not_durable(&folder.path().join(BLOB_FOLDER));
    }
    drop(store);

    let mut store = Store::open(folder.path(), &KEY).unwrap();
    let row = store.blob(&cipher).unwrap();
    let when = format!("ended after {steps} steps, power {power_fails}, {told} chapters told");
    if row.is_some_and(|row| row.complete) {
        assert_eq!(store.blob_bytes(&cipher, 0, SIZE).unwrap(), bytes, "{when}");
    } else {
        assert!(told < STORY.len(), "{when}: what was acknowledged is gone");
        let ranges = store.blob_ranges(&cipher).unwrap();
        let expected = told.checked_sub(1).map_or(&[][..], |chapter| STORY[chapter].1);
        assert_eq!(ranges, expected, "{when}");
        // What is said to be there is there: the rest completes it.
        let mut writes = vec![wanted(cipher)];
        let mut from = 0;
        for (start, stop) in ranges.iter().copied().chain([(SIZE as u64, SIZE as u64)]) {
            if from < start {
                writes.push(range(cipher, &bytes, from as usize, start as usize));
            }
            from = stop;
        }
        writes.push(Write::BlobComplete { cipher });
        store.commit(&writes, &[]).unwrap();
        assert_eq!(store.blob_bytes(&cipher, 0, SIZE).unwrap(), bytes, "{when}");
    }
    let partial = folder.path().join(BLOB_FOLDER).join("partial");
    assert_eq!(std::fs::read_dir(partial).unwrap().count(), 0, "{when}: nothing is left lying about");
    ended
}

#[test]
fn a_blob_that_arrives_survives_an_end_before_any_step() {
    for power_fails in [false, true] {
        let ends = (0..STEPS_MAX).take_while(|steps| end_at(*steps, power_fails)).count();
        assert!((10..STEPS_MAX as usize).contains(&ends), "{ends} steps were cut");
    }
}

#[test]
fn a_blob_of_our_own_is_there_whole_or_can_be_put_again() {
    let (cipher, bytes) = blob(1);
    let mut ends = 0;
    for power_fails in [false, true] {
        for steps in 0..STEPS_MAX {
            let folder = tempfile::tempdir().unwrap();
            let mut store = Store::open(folder.path(), &KEY).unwrap();
            store.files.shim.end_after(steps);
            let result = store.put_blob(SPACE, cipher, &bytes);
            ends += u32::from(result.is_err());
            if power_fails {
                store.files.shim.lose_what_is_not_durable(&folder.path().join(BLOB_FOLDER));
            }
            drop(store);
            let mut store = Store::open(folder.path(), &KEY).unwrap();
            let there = store.blob(&cipher).unwrap().is_some_and(|row| row.complete);
            assert!(there || result.is_err(), "acknowledged and gone, after {steps} steps");
            if !there {
                store.put_blob(SPACE, cipher, &bytes).unwrap();
            }
            assert_eq!(store.blob_bytes(&cipher, 0, SIZE).unwrap(), bytes);
            if result.is_ok() {
                break;
            }
        }
    }
    assert!(ends >= 12, "{ends}");
}

#[test]
fn a_failed_step_does_not_stop_a_running_program() {
    for steps in 0..STEPS_MAX {
        let folder = tempfile::tempdir().unwrap();
        let (cipher, bytes) = blob(1);
        let mut store = Store::open(folder.path(), &KEY).unwrap();
        first(&mut store).unwrap();
        second(&mut store).unwrap();
        store.files.shim.end_after(steps);
        let result = last(&mut store);
        store.files.shim.go_on();
        // The replica starts again from what is durable and brings the missing bytes once more.
        last(&mut store).unwrap();
        assert_eq!(store.blob_bytes(&cipher, 0, SIZE).unwrap(), bytes, "failed after {steps} steps");
        if result.is_ok() {
            assert!(steps > 5);
            return;
        }
    }
    panic!("it never succeeded");
}
