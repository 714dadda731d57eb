//! `kyhop handbook import` and `kyhop handbook install` are killed at places that the dice choose, twenty times each. Afterwards the handbook
//! is the old one or the new one, in whole, and the same command brings the new one.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod support;

use std::fs::{File, OpenOptions};
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::process::Command;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use support::{Desk, Dice, Running, until};

const ROUNDS: usize = 20;
/// More than one answer of a search names.
const ARTICLES: usize = 400;
/// The most hits of one answer.
const HITS: usize = 200;
/// `O_NONBLOCK` of Linux: opening a pipe that nobody reads fails instead of waiting.
const NONBLOCKING: i32 = 0o4000;
/// Every so manieth round is killed before its file was read to the end.
const WHILE_READING: usize = 4;

/// The handbook as it is in one round: every article says which.
fn lines(round: usize) -> String {
    let line = |number: usize| {
        let text = format!("Hướng dẫn chung của lần {round}.");
        format!("{}\n", json!({"id": format!("m{number}"), "title": format!("Hướng dẫn chung {number}"), "text": text}))
    };
    (0..ARTICLES).map(line).collect()
}

fn pipe(desk: &Desk, name: &str) -> String {
    let made = Command::new("mkfifo").arg(desk.path(name)).status().unwrap();
    assert!(made.success());
    desk.text_path(name)
}

/// Starts a command that reads a pipe, and waits until it does: from then on the profile is open and the work has begun.
fn begun(desk: &Desk, words: &[&str], pipe: &str) -> (Running, File) {
    let running = Running::start(&mut desk.command(&desk.path("passphrase"), words));
    let writer = until("the command opens its file", || {
        let _reads = OpenOptions::new().write(true).custom_flags(NONBLOCKING).open(pipe).ok()?;
        OpenOptions::new().write(true).open(pipe).ok()
    });
    (running, writer)
}

/// Runs a command on these bytes to its end. How long it worked after it had read them.
fn unharmed(desk: &Desk, words: &[&str], pipe: &str, bytes: &[u8]) -> Duration {
    let (running, mut writer) = begun(desk, words, pipe);
    writer.write_all(bytes).unwrap();
    drop(writer);
    let read = Instant::now();
    let (ended, answer) = running.end();
    assert!(ended, "{answer}");
    read.elapsed()
}

/// The same, killed: before it has read everything, or at a place of the work that follows. Whether it can have come to its end.
fn killed(desk: &Desk, words: &[&str], pipe: &str, bytes: &[u8], work: Duration, round: usize, dice: &mut Dice) -> bool {
    let (running, mut writer) = begun(desk, words, pipe);
    if round.is_multiple_of(WHILE_READING) {
        writer.write_all(&bytes[..dice.below(bytes.len())]).unwrap();
        running.kill();
        return false;
    }
    writer.write_all(bytes).unwrap();
    drop(writer);
    let blow = Instant::now() + Duration::from_micros(u64::try_from(dice.below(micros(work))).unwrap());
    while Instant::now() < blow {
        std::hint::spin_loop();
    }
    running.kill();
    true
}

fn micros(duration: Duration) -> usize {
    usize::try_from(duration.as_micros()).unwrap().max(1)
}

/// The version that is installed, and of which round it is: the list, the articles and the search say the same.
fn in_whole(desk: &Desk, dice: &mut Dice) -> (u64, usize) {
    let _node = desk.node(&[]);
    let listed = desk.ok(&["handbook", "list"]);
    assert_eq!(listed["packages"].as_array().unwrap().len(), 1, "{listed}");
    let row = &listed["packages"][0];
    assert_eq!(row["articles"], json!(ARTICLES), "{listed}");
    let says = |article: &Value| -> usize {
        let text = article["blocks"][0]["text"].as_str().unwrap();
        text.trim_end_matches('.').rsplit(' ').next().unwrap().parse().unwrap()
    };
    let mut owner = desk.owner();
    let mut round_of = |number: usize| {
        let query = json!({"type": "article", "article": format!("so-tay:m{number}"), "as_of": null});
        says(&owner.query(&query).expect("the owner is there"))
    };
    let round = round_of(0);
    for number in [ARTICLES - 1, dice.below(ARTICLES), dice.below(ARTICLES)] {
        assert_eq!(round_of(number), round, "article {number}");
    }
    let found = desk.ok(&["handbook", "search", "hướng dẫn chung", "--limit", &HITS.to_string()]);
    assert_eq!(found["total"], json!(ARTICLES), "the index has every article once");
    let hits = found["hits"].as_array().unwrap();
    assert_eq!(hits.len(), HITS);
    let said = format!("của lần {round}.");
    assert!(hits.iter().all(|hit| hit["snippet"].as_str().unwrap().contains(&said)), "{said}: {found}");
    (row["package"]["version"].as_u64().unwrap(), round)
}

#[test]
fn an_import_that_is_killed_leaves_the_old_handbook_or_the_new_one_and_can_be_repeated() {
    let (desk, mut dice) = (Desk::founded(), Dice(0x6b68_6f6e_6701));
    let file = pipe(&desk, "so-tay.jsonl");
    let words = ["handbook", "import", file.as_str(), "--title", "Sổ tay"];
    let work = unharmed(&desk, &words, &file, lines(0).as_bytes());
    let mut standing = in_whole(&desk, &mut dice);
    assert_eq!(standing, (1, 0));
    for round in 1..=ROUNDS {
        let may_have_ended = killed(&desk, &words, &file, lines(round).as_bytes(), work, round, &mut dice);
        let after = in_whole(&desk, &mut dice);
        let new = (standing.0 + 1, round);
        assert!(after == standing || (may_have_ended && after == new), "round {round}: {standing:?} became {after:?}");
        unharmed(&desk, &words, &file, lines(round).as_bytes());
        let repeated = in_whole(&desk, &mut dice);
        assert_eq!(repeated, (after.0 + 1, round), "round {round}: repeated");
        standing = repeated;
    }
}

#[test]
fn an_installation_that_is_killed_leaves_the_old_package_or_the_new_one_and_can_be_repeated() {
    let (maker, desk, mut dice) = (Desk::founded(), Desk::founded(), Dice(0x6b68_6f6e_6702));
    let root = maker.ok(&["identity"])["root"].as_str().unwrap().to_owned();
    desk.ok(&["handbook", "trust", &root, "--title", "Thành phố"]);
    let _making = maker.node(&[]);
    let folder = maker.path("so-tay");
    std::fs::create_dir_all(&folder).unwrap();
    let package = |round: usize| {
        std::fs::write(folder.join("a.jsonl"), lines(round)).unwrap();
        maker.ok(&["handbook", "import", &folder.display().to_string(), "--title", "Sổ tay"]);
        let out = maker.text_path("goi.kyhopb");
        maker.ok(&["handbook", "export", "so-tay", "--out", &out]);
        std::fs::read(out).unwrap()
    };
    let file = pipe(&desk, "goi.kyhopb");
    let words = ["handbook", "install", file.as_str()];
    let work = unharmed(&desk, &words, &file, &package(0));
    let mut standing = in_whole(&desk, &mut dice);
    assert_eq!(standing, (1, 0));
    for round in 1..=ROUNDS {
        let bytes = package(round);
        let may_have_ended = killed(&desk, &words, &file, &bytes, work, round, &mut dice);
        let after = in_whole(&desk, &mut dice);
        let new = (standing.0 + 1, round);
        assert!(after == standing || (may_have_ended && after == new), "round {round}: {standing:?} became {after:?}");
        let again = desk.text_path("again.kyhopb");
        std::fs::write(&again, &bytes).unwrap();
        if after == new {
            assert_eq!(desk.fails(&["handbook", "install", &again]), "package_older");
        } else {
            desk.ok(&["handbook", "install", &again]);
        }
        standing = in_whole(&desk, &mut dice);
        assert_eq!(standing, new, "round {round}: repeated");
    }
}
