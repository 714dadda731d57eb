//! Backups as an office makes them: while it works, brought back after a loss, and refused when they are not whole.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod support;

use serde_json::json;
use support::{Desk, fixture, until};

const MEMBER: &str = "Lê Minh Châu";

#[test]
fn a_lost_device_comes_back_from_an_old_backup_takes_up_what_it_missed_and_writes_on() {
    let (desk, member) = (Desk::founded(), Desk::new());
    let meeting = desk.meeting();
    let node = desk.node(&[]);
    let mut joining = member.joins(node.address(), MEMBER);
    let words = joining.line()["words"].as_str().unwrap().to_owned();
    until("the request arrives", || desk.ok(&["approve"]).as_array().unwrap().first().cloned());
    desk.ok(&["approve", "--words", &words]);
    assert!(joining.end().0);
    desk.ok(&["meeting", "invite", &meeting, MEMBER, "delegate"]);
    let file = desk.text_path("so.kyhop-backup");
    let written = desk.ok(&["backup", &file]);
    assert_eq!(written["bytes"], json!(std::fs::metadata(&file).unwrap().len()), "while the node runs");

    // After the backup something is added that the member gets, and then the device is gone.
    desk.ok(&["paper", "add", &meeting, &fixture("ke-hoach-truc-bao.pdf"), "--item", "1"]);
    let member_node = member.node(&[node.address()]);
    let papers = |desk: &Desk, count: u64| {
        let room = desk.maybe(&["meeting", "show", &meeting])?;
        (room["row"]["papers"] == count && room["row"]["papers_missing"] == 0).then_some(())
    };
    until("the member has the first paper", || papers(&member, 1));
    node.kill();

    let again = Desk::new();
    again.ok(&["restore", &file]);
    assert_eq!(again.ok(&["identity"])["device"], desk.ok(&["identity"])["device"], "the same device");
    assert!(papers(&again, 0).is_some(), "as it was on the day of the backup");
    let back = again.node(&[member_node.address()]);
    until("what it had written itself comes back from the member", || papers(&again, 1));
    again.ok(&["paper", "add", &meeting, &fixture("to-trinh-ho-tro-ngap.pdf"), "--item", "2"]);
    until("what it writes now counts", || papers(&member, 2));
    drop((back, member_node));
}

#[test]
fn a_backup_that_is_not_whole_or_not_ours_leaves_no_profile() {
    let desk = Desk::founded();
    let file = desk.text_path("so.kyhop-backup");
    desk.ok(&["backup", &file]);
    let whole = std::fs::read(&file).unwrap();
    let other = Desk::new();
    let spoiled = |bytes: &[u8]| {
        std::fs::write(other.path("hong"), bytes).unwrap();
        other.fails(&["restore", &other.text_path("hong")])
    };
    let mut changed = whole.clone();
    changed[whole.len() / 2] ^= 1;
    assert_eq!(spoiled(&changed), "backup_damaged");
    assert_eq!(spoiled(&whole[..whole.len() - 9]), "backup_cut_off");
    assert_eq!(spoiled(b"%PDF-1.7"), "backup_not_one");
    assert_eq!(other.fails(&["identity"]), "no_profile");
    let said = other.says(&["restore", &other.text_path("hong")]);
    assert!(said[0].contains("không phải tệp sao lưu") && said[1].contains("is not a backup"), "{said:?}");
    std::fs::write(other.path("passphrase"), "mat khau khac\n").unwrap();
    assert_eq!(other.fails(&["restore", &file]), "wrong_passphrase");
    assert_eq!(desk.fails(&["restore", &file]), "profile_exists");
    let text = String::from_utf8_lossy(&whole);
    assert!(!text.contains("Minh H") && !text.contains("SQLite format"), "nothing can be read in it");
}
