//! The write-ahead log is damaged after the program ended out of order. What fits is there and nothing else; and that something may be gone
//! is told, so that no number of a log is given twice.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod common;

use std::fs;
use std::path::{Path, PathBuf};

use common::*;
use store::{META_TORN, Store, profile};
use sync::port::{Shelf, Write};
use tempfile::TempDir;

const ENVELOPES: u64 = 30;
/// The beginning of the file, and a frame: what stands before a page, and the page.
const HEADER: usize = 32;
const FRAME: usize = BEFORE_A_PAGE + 4_096;
const BEFORE_A_PAGE: usize = 24;

fn log_of(folder: &Path) -> PathBuf {
    folder.join(format!("{}-wal", profile::DATABASE_FILE))
}

/// A profile as it lies on the disk when its program is killed.
fn killed() -> (TempDir, Vec<u8>) {
    let (folder, copy) = (TempDir::new().unwrap(), TempDir::new().unwrap());
    let mut store = open(folder.path());
    for seq in 1..=ENVELOPES {
        store.commit(&[envelope(seq)], &[]).unwrap();
    }
    copy_folder(folder.path(), copy.path());
    let bytes = fs::read(log_of(copy.path())).unwrap();
    assert!(bytes.len() > HEADER + 60 * FRAME && (bytes.len() - HEADER).is_multiple_of(FRAME), "{}", bytes.len());
    (copy, bytes)
}

/// Opens a copy with another log; says how many envelopes are there, and whether a tear is told.
fn opened(origin: &Path, log_bytes: &[u8], what: &str) -> (u64, bool) {
    let copy = TempDir::new().unwrap();
    copy_folder(origin, copy.path());
    fs::write(log_of(copy.path()), log_bytes).unwrap();
    let store = Store::open(copy.path(), &KEY).unwrap_or_else(|error| panic!("{what}: {error}"));
    let found = log(&store);
    for (bytes, seq) in found.iter().zip(1..) {
        assert_eq!(*bytes, content(seq), "{what}: envelope {seq}");
    }
    (u64::try_from(found.len()).unwrap(), store.opened().torn)
}

#[test]
fn a_log_that_is_whole_is_not_taken_for_torn() {
    let (origin, bytes) = killed();
    assert_eq!(opened(origin.path(), &bytes, "whole"), (ENVELOPES, false));
    let folder = TempDir::new().unwrap();
    let mut store = open(folder.path());
    assert!(!store.opened().torn);
    store.commit(&[envelope(1)], &[]).unwrap();
    store.close().unwrap();
    assert!(!open(folder.path()).opened().torn);
}

#[test]
fn a_flipped_bit_in_any_frame_takes_nothing_away_untold() {
    let (origin, bytes) = killed();
    let frames = (bytes.len() - HEADER) / FRAME;
    let of_each = (0..frames).map(|frame| HEADER + frame * FRAME + frame * 97 % FRAME);
    let of_the_last = (0..FRAME).step_by(61).map(|at| bytes.len() - FRAME + at);
    let of_the_header = 0..HEADER;
    let mut lost = 0;
    for at in of_each.chain(of_the_last).chain(of_the_header) {
        let mut damaged = bytes.clone();
        damaged[at] ^= 1 << (at % 8);
        let (found, torn) = opened(origin.path(), &damaged, &format!("byte {at}"));
        assert!(torn || found == ENVELOPES, "byte {at}: {found} envelopes, and nothing is told");
        lost += u64::from(found < ENVELOPES);
    }
    assert!(lost > frames as u64 / 2, "SQLite took it all {lost} times of {frames}");
}

#[test]
fn a_log_that_was_cut_in_a_frame_takes_nothing_away_untold() {
    let (origin, bytes) = killed();
    let places = (1..bytes.len()).step_by(FRAME / 2 + 7).chain([1, HEADER - 1, HEADER + BEFORE_A_PAGE + 1, bytes.len() - 1]);
    // What is cut between frames, or before a page, is as if it had never been written.
    let in_a_page = |cut: &usize| *cut < HEADER || (cut - HEADER) % FRAME > BEFORE_A_PAGE;
    for cut in places.filter(in_a_page) {
        let (found, torn) = opened(origin.path(), &bytes[..cut], &format!("cut at {cut}"));
        assert!(torn || found == ENVELOPES, "cut at {cut}: {found} envelopes, and nothing is told");
    }
}

#[test]
fn that_it_was_torn_is_told_until_new_logs_are_begun() {
    let (origin, mut bytes) = killed();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 4;
    fs::write(log_of(origin.path()), &bytes).unwrap();
    for _ in 0..2 {
        let store = open(origin.path());
        assert!(store.opened().torn && log(&store).len() < ENVELOPES as usize);
        assert_eq!(store.meta(META_TORN).unwrap(), Some(vec![1]));
        store.close().unwrap();
    }
    let mut store = open(origin.path());
    store.commit(&[Write::Meta { key: META_TORN.into(), value: Vec::new() }], &[]).unwrap();
    store.close().unwrap();
    assert!(!open(origin.path()).opened().torn);
}
