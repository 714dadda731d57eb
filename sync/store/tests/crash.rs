//! The program is killed in the middle of its work, again and again.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod common;

use std::io::{BufRead, BufReader, Write as _};
use std::process::{Child, Command, Stdio};

use common::*;
use domain::id::Hash32;
use store::{Listing, Projection};
use sync::port::Shelf;

const ROUNDS: u32 = 20;
const FOLDER: &str = "KYHOP_STORE_TEST_FOLDER";
const BLOB: usize = 40_000;

/// The blob that belongs to a number: every fifth envelope comes with one, in two commits.
fn blob_of(seq: u64) -> (Hash32, Vec<u8>) {
    blob(BLOB, u8::try_from(seq / 5 % 256).unwrap())
}

/// Not a test of its own: the program that is killed. It commits and tells each acknowledged number.
#[test]
fn program_that_commits() {
    let Ok(folder) = std::env::var(FOLDER) else {
        return;
    };
    let mut store = open(folder.as_ref());
    let mut out = std::io::stdout().lock();
    let newest = store.heads(&SPACE).unwrap().first().map_or(0, |head| head.seq);
    for seq in newest + 1.. {
        let row =
            Projection::Put { kind: "row", key: seq.to_be_bytes().to_vec(), sort: i64::try_from(seq).unwrap(), value: vec![1] };
        let mut writes = vec![envelope(seq)];
        if seq % 5 == 0 {
            let (cipher, bytes) = blob_of(seq);
            store.commit(&[wanted(cipher, BLOB), range(cipher, &bytes, 0, BLOB / 2)], &[]).unwrap();
            writes.extend([range(cipher, &bytes, BLOB / 2, BLOB), complete(cipher)]);
        }
        store.commit(&writes, &[row]).unwrap();
        writeln!(out, "ack {seq}").unwrap();
    }
}

/// Kills on every way out, so that a failing test leaves no program behind.
struct Killed(Child);

impl Drop for Killed {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn whatever_was_acknowledged_survives_twenty_kills() {
    let folder = tempfile::tempdir().unwrap();
    let mut acknowledged = 0_u64;
    let mut after_crash = 0;
    for round in 0..ROUNDS {
        let mut program = Killed(
            Command::new(std::env::current_exe().unwrap())
                .args(["--exact", "program_that_commits", "--nocapture"])
                .env(FOLDER, folder.path())
                .stdout(Stdio::piped())
                .stderr(Stdio::inherit())
                .spawn()
                .unwrap(),
        );
        let mut dice = [0; 2];
        getrandom::fill(&mut dice).unwrap();
        let wait_for = 1 + u64::from(dice[0] % 24);
        let mut lines = BufReader::new(program.0.stdout.take().unwrap()).lines();
        let mut acks = 0;
        while acks < wait_for {
            let line = lines.next().expect("the program ended by itself").unwrap();
            // The test runner may write before the first on the same line.
            if let Some((_, seq)) = line.split_once("ack ") {
                acknowledged = seq.parse().unwrap();
                acks += 1;
            }
        }
        // Not always right after an acknowledgement.
        let mut spins = u32::from(dice[1]) * 2_000;
        while spins > 0 {
            spins = std::hint::black_box(spins - 1);
        }
        program.0.kill().unwrap();
        program.0.wait().unwrap();
        // What it told between our last look and its end counts too.
        for line in lines.map_while(Result::ok) {
            if let Some((_, seq)) = line.split_once("ack ") {
                acknowledged = seq.parse().unwrap_or(acknowledged);
            }
        }

        let mut store = open(folder.path());
        after_crash += u32::from(store.opened().after_crash);
        store.check().unwrap();
        let log = log(&store);
        let there = u64::try_from(log.len()).unwrap();
        assert!(there >= acknowledged, "round {round}: {acknowledged} acknowledged, {there} there");
        assert!(there <= acknowledged + 1, "round {round}: more is there than was ever written");
        for (seq, bytes) in (1..).zip(&log) {
            assert_eq!(*bytes, content(seq));
        }
        assert_eq!(store.count("row", &Listing::default()).unwrap(), there, "rows and envelopes are one transaction");
        for seq in (5..=there).step_by(5) {
            let (cipher, bytes) = blob_of(seq);
            assert_eq!(store.blob_bytes(&cipher, 0, BLOB).unwrap(), bytes, "round {round}: blob of {seq}");
        }
        store.close().unwrap();
    }
    assert_eq!(after_crash, ROUNDS, "each end was noticed");
    assert!(acknowledged > u64::from(ROUNDS));
}
