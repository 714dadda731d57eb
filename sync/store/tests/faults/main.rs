//! Every single step that the database takes on the disk goes wrong once: reading, writing, half of a write, no room, the power; and the
//! program is killed there. What was acknowledged is there afterwards, a profile is never empty, no number is given twice, and work goes on.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used)]

#[path = "../common/mod.rs"]
mod common;
mod killed;
mod shim;

use std::path::Path;
use std::sync::Mutex;

use common::*;
use shim::Fault;
use store::Store;
use sync::port::Shelf;

/// Envelopes of a story; in the middle everything is moved from the log into the database, as when a program ends in order.
const ENVELOPES: u64 = 8;
/// More steps than a story takes.
const STEPS_MAX: u32 = 400;
/// The disk is one for all tests of this process.
static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());

/// How far the log has come, and that it is what was written.
fn newest(store: &Store, when: &str) -> u64 {
    let stored = log(store);
    let newest = store.heads(&SPACE).unwrap().first().map_or(0, |head| head.seq);
    assert_eq!(stored.len() as u64, newest, "{when}: as many envelopes as the log has numbers");
    for (bytes, seq) in stored.iter().zip(1..) {
        assert_eq!(*bytes, content(seq), "{when}: envelope {seq}");
    }
    newest
}

/// Writes on from where the log stands; tells what was acknowledged, and whether something failed.
fn work(folder: &Path, acknowledged: &mut u64) -> Result<(), String> {
    work_and(folder, acknowledged, |_| {})
}

/// The same, and says each number as soon as it is acknowledged.
fn work_and(folder: &Path, acknowledged: &mut u64, told: impl Fn(u64)) -> Result<(), String> {
    let mut opened = 0;
    while *acknowledged < ENVELOPES {
        let mut store = Store::open(folder, &KEY).map_err(|error| error.to_string())?;
        let from = store.heads(&SPACE).map_err(|error| error.to_string())?.first().map_or(0, |head| head.seq);
        let until = if opened == 0 { ENVELOPES / 2 } else { ENVELOPES };
        for seq in from + 1..=until {
            store.commit(&[envelope(seq)], &[]).map_err(|error| error.to_string())?;
            *acknowledged = seq;
            told(seq);
        }
        opened += 1;
        store.close().map_err(|error| error.to_string())?;
    }
    Ok(())
}

/// Plays the story with a fault after so many steps. Returns whether it came to that.
fn story(fault: Fault, steps: u32) -> bool {
    let folder = tempfile::tempdir().unwrap();
    let when = format!("{fault:?} after {steps} steps");
    shim::forget();
    shim::fails_after(steps, fault);
    let mut acknowledged = 0;
    let result = work(folder.path(), &mut acknowledged);
    let failed = shim::has_failed();
    assert!(failed || result.is_ok(), "{when}: {result:?}");
    shim::mend();
    let store = open(folder.path());
    let found = newest(&store, &when);
    assert!(found >= acknowledged, "{when}: {acknowledged} were acknowledged and {found} are there");
    store.close().unwrap();
    work(folder.path(), &mut { found }).unwrap();
    let store = open(folder.path());
    assert_eq!(newest(&store, &when), ENVELOPES);
    failed
}

fn every_step_of(fault: Fault) {
    let _alone = ONE_AT_A_TIME.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    shim::install();
    let failures = (0..STEPS_MAX).take_while(|steps| story(fault, *steps)).count();
    assert!((12..STEPS_MAX as usize).contains(&failures), "{failures} steps of {fault:?}");
}

#[test]
fn a_read_that_fails_anywhere_is_told_and_loses_nothing() {
    every_step_of(Fault::Read);
}

#[test]
fn a_write_or_a_sync_that_fails_anywhere_loses_nothing_that_was_acknowledged() {
    every_step_of(Fault::Write);
}

#[test]
fn half_a_write_anywhere_loses_nothing_that_was_acknowledged() {
    every_step_of(Fault::Short);
}

#[test]
fn a_disk_without_room_at_any_step_loses_nothing_that_was_acknowledged() {
    every_step_of(Fault::Full);
}

#[test]
fn the_power_failing_at_any_step_loses_nothing_that_was_acknowledged() {
    every_step_of(Fault::Power);
}

#[test]
fn the_power_failing_in_the_middle_of_writes_loses_nothing_that_was_acknowledged() {
    every_step_of(Fault::Torn);
}
