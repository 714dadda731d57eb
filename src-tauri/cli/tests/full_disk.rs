//! A disk that is full. Needs a small file system of its own, which is mounted where nobody else sees it; where that is not allowed the
//! test says so.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod support;

use std::fs::{self, OpenOptions};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;
use support::{Desk, INIT, code, fixture, one_json, said};

const DISK: &str = "KYHOP_CLI_TEST_DISK";
/// Notes after which the disk must be full.
const NOTES_MAX: usize = 400;

/// Runs one of the programs below with a file system of `size` mounted at a folder that only it sees.
fn on_a_small_disk(program: &str, size: &str) {
    let folder = tempfile::tempdir().unwrap();
    let script = format!("mount -t tmpfs -o size={size} tmpfs \"$0\" && exec \"$@\"");
    let run = |options: &str, command: &[&str]| -> std::io::Result<Output> {
        Command::new("unshare")
            .args([options, "--", "sh", "-c", &script])
            .arg(folder.path())
            .args(command)
            .env(DISK, folder.path())
            .output()
    };
    let allowed = ["-m", "-Urm"].into_iter().find(|options| run(options, &["true"]).is_ok_and(|output| output.status.success()));
    let Some(options) = allowed else {
        eprintln!("SKIPPED {program}: this system lets us mount no file system of our own");
        return;
    };
    let exe = std::env::current_exe().unwrap();
    let output = run(options, &[exe.to_str().unwrap(), "--exact", program, "--nocapture"]).unwrap();
    assert!(output.status.success() && said(&output).contains("reached the end"), "{}", said(&output));
}

fn disk() -> Option<PathBuf> {
    std::env::var_os(DISK).map(PathBuf::from)
}

/// Fills the disk but for about `left` bytes.
fn fill(path: &Path, left: u64) {
    let mut file = OpenOptions::new().create(true).append(true).open(path).unwrap();
    while file.write_all(&[0; 4096]).is_ok() {}
    let length = file.metadata().unwrap().len();
    file.set_len(length.saturating_sub(left)).unwrap();
}

fn notes(desk: &Desk, meeting: &str, paper: &str) -> Vec<String> {
    let marks = desk.ok(&["annotations", meeting, paper]);
    let mut texts: Vec<String> =
        marks.as_array().unwrap().iter().map(|mark| mark["annotation"]["mark"]["text"].as_str().unwrap().to_owned()).collect();
    texts.sort();
    texts
}

#[test]
fn program_at_work_on_a_full_disk() {
    let Some(disk) = disk() else { return };
    let (desk, filler) = (Desk::at(&disk.join("desk")), disk.join("filler"));
    desk.found();
    let meeting = desk.meeting();
    let added = desk.ok(&["paper", "add", &meeting, &fixture("ke-hoach-truc-bao.pdf"), "--item", "1"]);
    let paper = added["paper"].as_str().unwrap();
    let node = desk.node(&[]);
    let mut kept = Vec::new();
    let long = "Ý kiến góp ý về kế hoạch trực bão. ".repeat(200);

    for left in [0_u64, 40_000] {
        fill(&filler, left);
        // Until it is full.
        let refused = (0..NOTES_MAX).find_map(|_| {
            let text = format!("{:04} {long}", kept.len());
            let output = desk.run(&["annotate", &meeting, paper, "--page", "1", "--at", "72,100", "--note", &text]);
            if output.status.success() {
                kept.push(text);
                return None;
            }
            Some(output)
        });
        let refused = refused.expect("a full disk takes no more notes");
        assert_eq!((refused.status.code(), code(&refused).as_str()), (Some(1), "disk_full"), "{}", said(&refused));
        let paper_refused = desk.run(&["paper", "add", &meeting, &fixture("bao-cao-kinh-te-xa-hoi.pdf")]);
        assert_eq!(code(&paper_refused), "disk_full", "{}", said(&paper_refused));
        let sentences = desk.says(&["paper", "add", &meeting, &fixture("bao-cao-kinh-te-xa-hoi.pdf")]);
        assert!(sentences[0].starts_with("Ổ đĩa đã đầy.") && sentences[1].starts_with("The disk is full."), "{sentences:?}");

        // What is there can be read, and what cannot be written whole is not written at all.
        assert_eq!(notes(&desk, &meeting, paper), kept);
        assert_eq!(desk.ok(&["paper", "list", &meeting]).as_array().unwrap().len(), 1);
        let out = desk.path("meeting.automerge");
        fill(&filler, 0);
        let export = desk.run(&["export", "meeting", "--meeting", &meeting, "--automerge", out.to_str().unwrap()]);
        assert_eq!(code(&export), "disk_full", "{}", said(&export));
        let beside: Vec<_> = fs::read_dir(desk.path("")).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        assert!(beside.iter().all(|name| !name.to_string_lossy().contains("automerge")), "{beside:?}");

        // With room again it works on, without a restart.
        fs::remove_file(&filler).unwrap();
        let text = format!("{:04} lại có chỗ", kept.len());
        desk.ok(&["annotate", &meeting, paper, "--page", "1", "--at", "72,100", "--note", &text]);
        kept.push(text);
    }
    node.kill();
    assert_eq!(notes(&desk, &meeting, paper), kept, "after a restart, too");

    // A command that must open the profile on a full disk works or says what is wrong, and harms nothing.
    fill(&filler, 0);
    let opened = desk.run(&["meeting", "list"]);
    if !opened.status.success() {
        assert_eq!(code(&opened), "disk_full", "{}", said(&opened));
    }
    fs::remove_file(&filler).unwrap();
    assert_eq!(notes(&desk, &meeting, paper), kept);
    println!("reached the end");
}

#[test]
fn a_full_disk_is_told_and_nothing_that_was_saved_is_lost() {
    on_a_small_disk("program_at_work_on_a_full_disk", "6m");
}

/// Makes an organisation with about `left` bytes free; gives the error, if it is one.
fn founded_within(desk: &Desk, filler: &Path, left: u64) -> Option<Value> {
    fill(filler, left);
    let output = desk.run(&INIT);
    fs::remove_file(filler).unwrap();
    (!output.status.success()).then(|| one_json(&output)["error"].clone())
}

#[test]
fn program_that_begins_on_a_full_disk() {
    let Some(disk) = disk() else { return };
    let filler = disk.join("filler");
    let mut refused = 0;
    // From no room at all to enough: the end of the room comes at another step of the work each time.
    for left in (0..12).map(|step| step * 48_000) {
        let folder = disk.join("desk");
        let desk = Desk::at(&folder);
        if let Some(error) = founded_within(&desk, &filler, left) {
            refused += 1;
            assert_eq!(error["code"], "disk_full", "{left} bytes left: {error}");
            let state = desk.ok(&["status"])["state"].clone();
            assert_eq!(state, "none", "{left} bytes left: no half of a profile stays behind");
            desk.found();
        }
        assert_eq!(desk.ok(&["people"]).as_array().unwrap().len(), 1, "{left} bytes left");
        assert!(desk.profile().join("organisation-root.sealed").metadata().unwrap().len() > 0);
        fs::remove_dir_all(&folder).unwrap();
        if refused > 0 && left > 400_000 {
            break;
        }
    }
    assert!(refused > 2, "the disk was never full");
    println!("reached the end");
}

#[test]
fn an_organisation_is_not_half_made_on_a_full_disk_and_can_be_made_later() {
    on_a_small_disk("program_that_begins_on_a_full_disk", "8m");
}
