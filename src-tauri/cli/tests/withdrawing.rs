//! A paper is withdrawn after a sitting: its bytes leave both disks, and what says that it was there stays.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod support;

use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use support::{Desk, fixture, offices::joins, until};

const MEMBER: &str = "Lê Minh Châu";
const TITLE: &str = "Kế hoạch trực bão";
const UNIT: &str = "UBND phường An Bình";

/// The files that a profile keeps of papers, whole or in part.
fn kept(desk: &Desk) -> Vec<PathBuf> {
    fn walk(folder: &Path, found: &mut Vec<PathBuf>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() { walk(&path, found) } else { found.push(path) }
        }
    }
    let mut found = Vec::new();
    walk(&desk.profile().join("blobs"), &mut found);
    found
}

fn paper(room: &Value) -> &Value {
    &room["items"][1]["papers"][0]
}

#[test]
fn a_withdrawn_paper_is_erased_on_every_disk_at_the_next_contact_and_its_record_stays() {
    let desk = Desk::founded();
    let node = desk.node(&[]);
    let member = joins(&desk, &node, MEMBER, UNIT);
    let meeting = desk.meeting();
    desk.ok(&["meeting", "invite", &meeting, MEMBER, "delegate"]);
    let added = desk.ok(&["paper", "add", &meeting, &fixture("ke-hoach-truc-bao.pdf"), "--item", "2", "--title", TITLE]);
    let id = added["paper"].as_str().unwrap();
    let theirs = member.node(&[node.address()]);
    until("the paper arrives", || {
        (paper(&member.maybe(&["meeting", "show", &meeting])?)["versions"][0]["here"] == true).then_some(())
    });
    assert_eq!((kept(&desk).len(), kept(&member).len()), (1, 1));
    // The member goes home before it is withdrawn.
    theirs.stop();

    assert_eq!(member_may_not(&member, &meeting, id), "not_allowed");
    let said = desk.ok(&["paper", "withdraw", &meeting, id, "--reason", "Có thông tin cá nhân"]);
    assert_eq!(said, json!({ "meeting": meeting, "paper": id, "withdrawn": true }));
    assert_eq!((kept(&desk).len(), kept(&member).len()), (0, 1), "who was not reached has it still");
    let room = desk.ok(&["meeting", "show", &meeting]);
    let left = paper(&room);
    assert_eq!((&left["title"], &left["versions"][0]["here"]), (&json!(TITLE), &json!(false)));
    assert_eq!(left["versions"][0]["version"].as_str().unwrap().len(), 64, "its hash stays");
    assert_eq!(left["withdrawn"]["reason"], "Có thông tin cá nhân");
    assert_eq!(left["withdrawn"]["gone"], 1, "this device speaks for itself alone");
    assert_eq!(room["row"]["papers"], 0);

    // The same file does not come in by another door, nor a newer version of what was withdrawn.
    assert_eq!(desk.fails(&["paper", "add", &meeting, &fixture("ke-hoach-truc-bao.pdf")]), "paper_withdrawn");
    let newer = ["paper", "add", &meeting, &fixture("bao-cao-kinh-te-xa-hoi.pdf"), "--version-of", id];
    assert_eq!(desk.fails(&newer), "paper_withdrawn");

    let _theirs = member.node(&[node.address()]);
    until("the member's device hears of it", || kept(&member).is_empty().then_some(()));
    let there = member.ok(&["meeting", "show", &meeting]);
    assert_eq!(paper(&there)["withdrawn"]["reason"], "Có thông tin cá nhân");
    // By then the member's device has said so.
    let told = until("the member's device says that it is gone", || {
        let room = desk.maybe(&["meeting", "show", &meeting])?;
        (paper(&room)["withdrawn"]["gone"] == 2).then(|| paper(&room)["withdrawn"].clone())
    });
    assert_eq!(told["devices"], 2);
    let out = desk.path("archive");
    desk.ok(&["meeting", "export", &meeting, "--out", out.to_str().unwrap()]);
    assert!(std::fs::read_to_string(out.join("index.html")).unwrap().contains("đã thu hồi") && !out.join("papers").exists());
}

/// The code with which a member is refused.
fn member_may_not(member: &Desk, meeting: &str, paper: &str) -> String {
    member.fails(&["paper", "withdraw", meeting, paper])
}

#[test]
fn no_paper_is_withdrawn_while_the_body_sits() {
    let desk = Desk::founded();
    let meeting = desk.meeting();
    let added = desk.ok(&["paper", "add", &meeting, &fixture("ke-hoach-truc-bao.pdf"), "--item", "2"]);
    let id = added["paper"].as_str().unwrap();
    desk.ok(&["meeting", "check-in", &meeting]);
    desk.ok(&["sitting", "open", &meeting]);
    assert_eq!(desk.fails(&["paper", "withdraw", &meeting, id]), "not_while_sitting");
    assert_eq!(kept(&desk).len(), 1);
    desk.ok(&["sitting", "close", &meeting]);
    desk.ok(&["paper", "withdraw", &meeting, id]);
    assert!(kept(&desk).is_empty());
    let [vi, en] = desk.says(&["paper", "add", &meeting, &fixture("ke-hoach-truc-bao.pdf")]);
    assert!(vi.contains("đã được thu hồi") && en.contains("was withdrawn"), "{vi} {en}");
}
