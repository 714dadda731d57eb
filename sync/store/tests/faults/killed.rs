//! A program of its own that stops at a step and is killed there (kill -9): while a profile is made and brought to its layout, while it is
//! written and closed, while a library of an older layout is brought up to date.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use rusqlite::Connection;
use store::library::entry::{Entry, Section, Validity};
use store::library::{LIBRARY_FILE, Library, Request};
use tempfile::TempDir;

use crate::common::*;
use crate::shim::{self, Fault, STOPPED};
use crate::{ENVELOPES, ONE_AT_A_TIME, STEPS_MAX, newest, work, work_and};

const FOLDER: &str = "KYHOP_STORE_TEST_KILLED";
const STEPS: &str = "KYHOP_STORE_TEST_STEPS";
const DONE: &str = "all is done";
const ARTICLES: usize = 20;

/// What one of the programs below is told by who starts it.
fn told() -> Option<(String, u32)> {
    let folder = std::env::var(FOLDER).ok()?;
    Some((folder, std::env::var(STEPS).unwrap().parse().unwrap()))
}

/// Not a test of its own: the program that makes a profile and writes.
#[test]
fn program_that_writes() {
    let Some((folder, steps)) = told() else { return };
    shim::install();
    shim::fails_after(steps, Fault::Stop);
    work_and(Path::new(&folder), &mut 0, |seq| println!("ack {seq}")).unwrap();
    println!("{DONE}");
}

/// Not a test of its own: the program that opens an old library.
#[test]
fn program_that_brings_a_library_up_to_date() {
    let Some((folder, steps)) = told() else { return };
    shim::install();
    shim::fails_after(steps, Fault::Stop);
    drop(Library::open(Path::new(&folder), &KEY).unwrap());
    println!("{DONE}");
}

/// Kills on every way out, so that a failing test leaves no program behind.
struct Killed(Child);

impl Drop for Killed {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Lets a program run to the step and kills it there. Says what it acknowledged last, and whether it came to the step.
fn killed_at(program: &str, steps: u32, folder: &Path) -> (u64, bool) {
    let mut child = Killed(
        Command::new(std::env::current_exe().unwrap())
            .args(["--exact", &format!("killed::{program}"), "--nocapture"])
            .env(FOLDER, folder)
            .env(STEPS, steps.to_string())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap(),
    );
    let mut acknowledged = 0;
    for line in BufReader::new(child.0.stdout.take().unwrap()).lines() {
        let line = line.unwrap();
        // The test runner may write before the first on the same line.
        if let Some((_, seq)) = line.split_once("ack ") {
            acknowledged = seq.parse().unwrap();
        }
        if line.contains(STOPPED) || line.contains(DONE) {
            return (acknowledged, line.contains(STOPPED));
        }
    }
    panic!("{program} ended by itself at step {steps}");
}

/// Steps that are tried: the first ones all, later ones less densely.
fn steps() -> impl Iterator<Item = u32> {
    std::iter::successors(Some(0), |steps| Some(steps + 1 + steps / 40)).take_while(|steps| *steps < STEPS_MAX)
}

#[test]
fn a_program_killed_at_any_step_of_making_and_writing_a_profile_loses_nothing_that_was_acknowledged() {
    let _alone = ONE_AT_A_TIME.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    let mut killed = 0;
    for steps in steps() {
        let folder = TempDir::new().unwrap();
        let when = format!("killed at step {steps}");
        let (acknowledged, stopped) = killed_at("program_that_writes", steps, folder.path());
        if !stopped {
            break;
        }
        killed += 1;
        let store = open(folder.path());
        let found = newest(&store, &when);
        assert!(found >= acknowledged, "{when}: {acknowledged} were acknowledged and {found} are there");
        assert!(!store.opened().torn, "{when}: a program that is killed tears nothing");
        store.close().unwrap();
        work(folder.path(), &mut { found }).unwrap();
        assert_eq!(newest(&open(folder.path()), &when), ENVELOPES);
    }
    assert!(killed > 30, "{killed} times");
}

fn article(number: usize) -> Entry {
    Entry {
        id: format!("điều-{number}"),
        section: Section::Law,
        source: "Luật Cư trú".to_owned(),
        number: Some("68/2020/QH14".to_owned()),
        title: format!("Điều {number}. Đăng ký tạm trú"),
        path: "Chương I".to_owned(),
        body: "Công dân đến sinh sống phải đăng ký tạm trú.".to_owned(),
        agency: "Quốc hội".to_owned(),
        field: "Cư trú".to_owned(),
        level: String::new(),
        from: None,
        to: None,
        validity: Validity::InForce,
    }
}

/// A library as the first layout had it: what the second one added is taken away again.
fn old_library(folder: &Path) {
    let mut library = Library::open(folder, &KEY).unwrap();
    library.change(|change| change.put_entries(&(0..ARTICLES).map(article).collect::<Vec<_>>())).unwrap();
    drop(library);
    let raw = Connection::open(folder.join(LIBRARY_FILE)).unwrap();
    let key: String = KEY.iter().map(|byte| format!("{byte:02x}")).collect();
    raw.execute_batch(&format!(
        "PRAGMA key = \"x'{key}'\"; DROP TABLE package; DROP TABLE package_file; DROP TABLE article; DROP TABLE link; PRAGMA user_version = 1;"
    ))
    .unwrap();
}

#[test]
fn a_program_killed_at_any_step_of_bringing_a_library_up_to_date_leaves_the_old_one_or_the_new_one() {
    let _alone = ONE_AT_A_TIME.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    let old = TempDir::new().unwrap();
    old_library(old.path());
    let mut killed = 0;
    for steps in steps() {
        let folder = TempDir::new().unwrap();
        copy_folder(old.path(), folder.path());
        let (_, stopped) = killed_at("program_that_brings_a_library_up_to_date", steps, folder.path());
        if !stopped {
            break;
        }
        killed += 1;
        let library = Library::open(folder.path(), &KEY).unwrap_or_else(|error| panic!("killed at step {steps}: {error}"));
        library.check().unwrap();
        let mut reader = library.reader().unwrap();
        assert_eq!(reader.len().unwrap(), ARTICLES, "killed at step {steps}");
        assert_eq!(reader.search(&Request::new("đăng ký tạm trú", 5)).unwrap().hits.len(), 5, "killed at step {steps}");
        assert!(reader.packages().unwrap().is_empty(), "the tables of the new layout are there");
    }
    assert!(killed > 8, "{killed} times");
}
