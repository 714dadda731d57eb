//! A disk that is full or cannot be written. Needs a small file system of its own, which is mounted where nobody else sees it;
//! where that is not allowed the test says so.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod common;

use std::fs::{self, OpenOptions};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use common::*;
use store::Store;
use sync::port::{Shelf, Write};

const FOLDER: &str = "KYHOP_STORE_TEST_DISK";

/// Runs one of the programs below with a file system of `size` mounted at a folder that only it sees.
fn on_a_small_disk(program: &str, size: &str) -> Option<Output> {
    let folder = tempfile::tempdir().unwrap();
    let script = format!("mount -t tmpfs -o size={size} tmpfs \"$0\" && exec \"$@\"");
    let run = |options: &str, command: &[&str]| {
        Command::new("unshare")
            .args([options, "--", "sh", "-c", &script])
            .arg(folder.path())
            .args(command)
            .env(FOLDER, folder.path())
            .output()
    };
    let allowed = ["-m", "-Urm"].into_iter().find(|options| run(options, &["true"]).is_ok_and(|output| output.status.success()));
    let Some(options) = allowed else {
        eprintln!("SKIPPED {program}: this system lets us mount no file system of our own");
        return None;
    };
    let exe = std::env::current_exe().unwrap();
    Some(run(options, &[exe.to_str().unwrap(), "--exact", program, "--nocapture"]).unwrap())
}

fn must_succeed(output: Option<Output>) {
    if let Some(output) = output {
        let said = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        assert!(output.status.success() && said.contains("reached the end"), "{said}");
    }
}

fn disk() -> Option<PathBuf> {
    std::env::var_os(FOLDER).map(PathBuf::from)
}

/// Fills the disk but for `left` bytes.
fn fill(path: &Path, left: u64) {
    let mut file = OpenOptions::new().create(true).append(true).open(path).unwrap();
    while file.write_all(&[0; 4096]).is_ok() {}
    let length = file.metadata().unwrap().len();
    file.set_len(length.saturating_sub(left)).unwrap();
}

#[test]
fn program_on_a_full_disk() {
    let Some(disk) = disk() else { return };
    let (folder, filler) = (disk.join("profile"), disk.join("filler"));
    let mut store = open(&folder);
    let mut seq = 0;
    while seq < 50 {
        seq += 1;
        store.commit(&[envelope(seq)], &[]).unwrap();
    }
    let (mine, mine_bytes) = blob(20_000, 1);
    store.put_blob(SPACE, mine, &mine_bytes).unwrap();
    let (coming, coming_bytes) = blob(400_000, 2);
    store.commit(&[wanted(coming, 400_000), range(coming, &coming_bytes, 0, 1_000)], &[]).unwrap();

    for left in [0, 8_192, 20_000, 70_000] {
        fill(&filler, left);
        // Until it is full.
        let refused = loop {
            match store.commit(&[envelope(seq + 1), Write::Meta { key: "large".to_owned(), value: vec![7; 30_000] }], &[]) {
                Ok(()) => seq += 1,
                Err(error) => break error,
            }
        };
        assert_eq!(refused.code(), "disk_full", "{refused}");
        let refused = store.commit(&[range(coming, &coming_bytes, 1_000, 400_000), complete(coming)], &[]).unwrap_err();
        assert_eq!(refused.code(), "disk_full", "{refused}");
        let (other, other_bytes) = blob(300_000, 3);
        let refused = store.put_blob(SPACE, other, &other_bytes).unwrap_err();
        assert_eq!(refused.code(), "disk_full", "{refused}");
        assert!(store.blob(&other).unwrap().is_none_or(|row| !row.complete));

        // Nothing is lost, and what is there can be read while the disk is full.
        assert_eq!(log(&store), (1..=seq).map(content).collect::<Vec<_>>());
        assert_eq!(store.blob_bytes(&mine, 0, 20_000).unwrap(), mine_bytes);
        assert_eq!(store.blob_ranges(&coming).unwrap(), [(0, 1_000)]);

        // With room again it works on, without a restart.
        fs::remove_file(&filler).unwrap();
        seq += 1;
        store.commit(&[envelope(seq)], &[]).unwrap();
        store.check().unwrap();
    }
    store.commit(&[range(coming, &coming_bytes, 1_000, 400_000), complete(coming)], &[]).unwrap();

    // A start on a full disk either works or says what is wrong, and the next one has everything.
    drop(store);
    fill(&filler, 0);
    match Store::open(&folder, &KEY) {
        Ok(store) => assert_eq!(log(&store).len(), usize::try_from(seq).unwrap()),
        Err(error) => assert_eq!(error.code(), "disk_full"),
    }
    fs::remove_file(&filler).unwrap();
    let mut store = open(&folder);
    store.check().unwrap();
    assert_eq!(log(&store), (1..=seq).map(content).collect::<Vec<_>>());
    assert_eq!(store.blob_bytes(&coming, 0, 400_000).unwrap(), coming_bytes);
    println!("reached the end");
}

#[test]
fn a_full_disk_is_told_and_loses_nothing() {
    must_succeed(on_a_small_disk("program_on_a_full_disk", "6m"));
}

#[test]
fn program_on_a_full_disk_from_the_start() {
    let Some(disk) = disk() else { return };
    let (folder, filler) = (disk.join("profile"), disk.join("filler"));
    fs::create_dir(&folder).unwrap();
    for left in [0, 4_096, 40_000, 80_000, 160_000] {
        fill(&filler, left);
        let refused = Store::open(&folder, &KEY).map(|mut store| store.commit(&(1..=100).map(envelope).collect::<Vec<_>>(), &[]));
        match refused {
            Ok(Ok(())) => panic!("the disk is not full"),
            Ok(Err(error)) | Err(error) => assert_eq!(error.code(), "disk_full", "{error}"),
        }
        fs::remove_file(&filler).unwrap();
        // What the failed start left behind is no obstacle.
        assert_eq!(log(&open(&folder)), [] as [Vec<u8>; 0]);
    }
    println!("reached the end");
}

#[test]
fn a_profile_is_not_made_on_a_full_disk_and_can_be_made_later() {
    must_succeed(on_a_small_disk("program_on_a_full_disk_from_the_start", "2m"));
}

#[test]
fn program_on_a_read_only_disk() {
    let Some(disk) = disk() else { return };
    let folder = disk.join("profile");
    let mut store = open(&folder);
    store.commit(&[envelope(1)], &[]).unwrap();
    store.close().unwrap();
    let remount = |mode: &str| {
        let status = Command::new("mount").args(["-o", &format!("remount,{mode}")]).arg(&disk).status().unwrap();
        assert!(status.success());
    };
    remount("ro");
    assert_eq!(Store::open(&folder, &KEY).unwrap_err().code(), "disk_error");
    assert_eq!(Store::open(&disk.join("new"), &KEY).unwrap_err().code(), "disk_error");
    remount("rw");
    assert_eq!(log(&open(&folder)), [content(1)]);
    println!("reached the end");
}

#[test]
fn a_folder_that_cannot_be_written_is_told() {
    must_succeed(on_a_small_disk("program_on_a_read_only_disk", "4m"));
}
