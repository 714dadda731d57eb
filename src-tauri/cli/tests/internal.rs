//! Internal items: a guest's device has neither their titles nor their papers, everybody else's has both in one agenda.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod support;

use std::path::Path;

use serde_json::{Value, json};
use support::{Desk, Node, fixture, offices::joins, until};

const MEMBER: &str = "Lê Minh Châu";
const GUEST: &str = "Hồ Thị Sương";
const UNIT: &str = "UBND phường An Bình";
const SECRET: &str = "Nhân sự chủ chốt";
const PAPER: &str = "Hồ sơ nhân sự";
const LAST: &str = "Việc khác";
/// What must stand nowhere on a guest's device.
const CANARIES: [&str; 3] = [SECRET, PAPER, "ke-hoach-truc-bao"];

/// A sitting with an internal item between two open ones, its paper, a delegate and a guest, both online.
struct Sitting {
    desk: Desk,
    node: Node,
    member: Desk,
    guest: Desk,
    meeting: String,
}

impl Sitting {
    fn prepared() -> Self {
        let desk = Desk::founded();
        let node = desk.node(&[]);
        let member = joins(&desk, &node, MEMBER, UNIT);
        let guest = joins(&desk, &node, GUEST, UNIT);
        let meeting = desk.meeting();
        desk.ok(&["meeting", "invite", &meeting, MEMBER, "delegate"]);
        desk.ok(&["meeting", "invite", &meeting, GUEST, "guest"]);
        desk.ok(&["meeting", "add-item", &meeting, SECRET, "--internal"]);
        desk.ok(&["paper", "add", &meeting, &fixture("ke-hoach-truc-bao.pdf"), "--item", "3", "--title", PAPER]);
        desk.ok(&["meeting", "add-item", &meeting, LAST]);
        Self { desk, node, member, guest, meeting }
    }

    /// The room, once the item with this title is there.
    fn room(&self, who: &Desk, title: &str) -> Value {
        until(title, || who.maybe(&["meeting", "show", &self.meeting]).filter(|room| titles(room).contains(&title.to_owned())))
    }

    /// What a desk's archive of the sitting holds, as text.
    fn archive(&self, who: &Desk) -> String {
        let out = who.path("archive");
        who.ok(&["meeting", "export", &self.meeting, "--out", out.to_str().unwrap()]);
        let mut text = String::new();
        read_all(&out, &mut text);
        std::fs::remove_dir_all(&out).unwrap();
        text
    }
}

fn read_all(folder: &Path, text: &mut String) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        text.push_str(&path.display().to_string());
        if path.is_dir() {
            read_all(&path, text);
        } else {
            text.push_str(&String::from_utf8_lossy(&std::fs::read(&path).unwrap()));
        }
    }
}

fn column(room: &Value, read: impl Fn(&Value) -> &Value) -> Vec<String> {
    room["items"].as_array().unwrap().iter().map(|row| read(row).as_str().unwrap().to_owned()).collect()
}

fn titles(room: &Value) -> Vec<String> {
    column(room, |row| &row["item"]["title"])
}

fn numbers(room: &Value) -> Vec<String> {
    column(room, |row| &row["number"])
}

/// Files of papers in a profile, whole or in part.
fn files(desk: &Desk) -> usize {
    fn count(folder: &Path) -> usize {
        let Ok(entries) = std::fs::read_dir(folder) else { return 0 };
        entries.map(|entry| entry.unwrap().path()).map(|path| if path.is_dir() { count(&path) } else { 1 }).sum()
    }
    count(&desk.profile().join("blobs"))
}

#[test]
fn a_guest_has_neither_title_nor_paper_and_counts_without_a_hole_until_made_a_delegate() {
    let sitting = Sitting::prepared();
    let _member = sitting.member.node(&[sitting.node.address()]);
    let _guest = sitting.guest.node(&[sitting.node.address()]);
    let here = until("the delegate has the internal paper", || {
        let room = sitting.member.maybe(&["meeting", "show", &sitting.meeting])?;
        (room["items"][2]["papers"][0]["versions"][0]["here"] == true).then_some(room)
    });
    assert_eq!(numbers(&here), ["1", "2", "3", "4"]);
    assert_eq!(titles(&here)[2..], [SECRET, LAST]);
    assert_eq!((&here["items"][2]["members_only"], &here["items"][2]["internal"]), (&json!(true), &json!(true)));
    assert_eq!(here["items"][3]["members_only"], false);
    assert!(CANARIES.iter().all(|canary| sitting.archive(&sitting.member).contains(canary)));

    let room = sitting.room(&sitting.guest, LAST);
    assert_eq!(numbers(&room), ["1", "2", "3"], "no hole tells of it");
    assert_eq!((&room["row"]["items"], &room["row"]["papers"]), (&json!(3), &json!(0)));
    assert_eq!(files(&sitting.guest), 0);
    let archive = sitting.archive(&sitting.guest);
    for canary in CANARIES {
        assert!(!room.to_string().contains(canary) && !archive.contains(canary), "{canary}");
    }

    // Nobody waits for the guest to open what a guest does not have.
    let board = sitting.desk.ok(&["meeting", "readiness", &sitting.meeting]);
    assert_eq!(board["papers"][0]["members_only"], true);
    let told = sitting.desk.run_plain(&["meeting", "readiness", &sitting.meeting]);
    let of = |name: &str| told.lines().find(|line| line.contains(name)).unwrap().to_owned();
    assert!(of(GUEST).ends_with("0/0") && of(MEMBER).ends_with("0/1"), "{told}");

    sitting.desk.ok(&["meeting", "invite", &sitting.meeting, GUEST, "delegate"]);
    let room = sitting.room(&sitting.guest, SECRET);
    assert_eq!(numbers(&room), ["1", "2", "3", "4"]);
    until("the paper comes with the role", || (files(&sitting.guest) == 1).then_some(()));
}

#[test]
fn a_note_for_all_on_an_internal_paper_is_for_those_who_have_the_paper() {
    let sitting = Sitting::prepared();
    let _member = sitting.member.node(&[sitting.node.address()]);
    let _guest = sitting.guest.node(&[sitting.node.address()]);
    let paper = until("the delegate has the internal paper", || {
        let room = sitting.member.maybe(&["meeting", "show", &sitting.meeting])?;
        let paper = room["items"][2]["papers"][0].clone();
        (paper["versions"][0]["here"] == true).then(|| paper["paper"].as_str().unwrap().to_owned())
    });
    let on = [sitting.meeting.as_str(), &paper, "--page", "1", "--at", "72,100"];
    sitting.member.ok(&[&["annotate", "--note", "Cần trao đổi thêm", "--shared"], &on[..]].concat());
    let asked = json!({ "type": "annotations", "meeting": sitting.meeting, "paper": paper });
    let notes = |desk: &Desk| desk.owner().query(&asked).map(|notes| notes.as_array().unwrap().len());
    until("the secretary reads it", || (notes(&sitting.desk) == Some(1)).then_some(()));
    // What the secretary's device had before goes to the guest's before this.
    sitting.desk.ok(&["meeting", "add-item", &sitting.meeting, "Bế mạc"]);
    sitting.room(&sitting.guest, "Bế mạc");
    assert_eq!(notes(&sitting.guest), Some(0));
}

#[test]
fn what_a_delegate_noted_on_an_internal_paper_is_not_shared_with_guests_after_becoming_one() {
    let sitting = Sitting::prepared();
    let _member = sitting.member.node(&[sitting.node.address()]);
    let paper = until("the delegate has the internal paper", || {
        let room = sitting.member.maybe(&["meeting", "show", &sitting.meeting])?;
        let paper = room["items"][2]["papers"][0].clone();
        (paper["versions"][0]["here"] == true).then(|| paper["paper"].as_str().unwrap().to_owned())
    });
    let on = [sitting.meeting.as_str(), &paper, "--page", "1", "--at", "72,100"];
    let noted = sitting.member.ok(&[&["annotate", "--note", "Chép lại từ hồ sơ nhân sự"], &on[..]].concat());
    sitting.desk.ok(&["meeting", "invite", &sitting.meeting, MEMBER, "guest"]);
    until("a guest by now", || {
        let room = sitting.member.maybe(&["meeting", "show", &sitting.meeting])?;
        (!titles(&room).contains(&SECRET.to_owned())).then_some(())
    });
    let (meeting, annotation) = (&sitting.meeting, &noted["annotation"]);
    let share = json!({ "type": "share_annotation", "meeting": meeting, "annotation": annotation, "audience": "shared" });
    assert_eq!(sitting.member.owner().refused(&share), "not_found");
}

#[test]
fn a_delegate_who_becomes_a_guest_hears_of_no_later_internal_item() {
    let sitting = Sitting::prepared();
    let _member = sitting.member.node(&[sitting.node.address()]);
    sitting.room(&sitting.member, SECRET);
    sitting.desk.ok(&["meeting", "invite", &sitting.meeting, MEMBER, "guest"]);
    sitting.desk.ok(&["meeting", "add-item", &sitting.meeting, "Kỷ luật", "--internal"]);
    sitting.desk.ok(&["meeting", "add-item", &sitting.meeting, "Bế mạc"]);
    let room = sitting.room(&sitting.member, "Bế mạc");
    assert!(titles(&room).iter().all(|title| title != "Kỷ luật" && title != SECRET), "{room}");
    assert_eq!(numbers(&room), ["1", "2", "3", "4"]);
}

#[test]
fn what_goes_to_guests_too_is_refused_on_an_internal_item_and_minutes_stay_inside() {
    let sitting = Sitting::prepared();
    let Sitting { desk, meeting, .. } = &sitting;
    let _member = sitting.member.node(&[sitting.node.address()]);
    let _guest = sitting.guest.node(&[sitting.node.address()]);
    desk.ok(&["meeting", "invite", meeting, MEMBER, "chair"]);
    until("the chair leads", || sitting.member.maybe(&["meeting", "show", meeting]).filter(|room| room["chairs"] == true));
    sitting.room(&sitting.member, SECRET);
    sitting.member.ok(&["meeting", "check-in", meeting]);
    desk.ok(&["meeting", "check-in", meeting]);
    until("both are present", || {
        sitting.member.maybe(&["meeting", "attendance", meeting]).filter(|seen| seen["quorum"]["present"] == 2)
    });
    let vote = ["vote", "open", meeting, "--item", "3", "--question", SECRET];
    assert_eq!(sitting.member.fails(&vote), "internal_to_guests");
    let [vi, en] = sitting.member.says(&vote);
    assert!(vi.contains("Khách mời") && en.contains("guests"), "{vi} {en}");

    desk.ok(&["minutes", "draft", meeting]);
    until("the draft reaches the chair", || {
        sitting.member.maybe(&["minutes", "show", meeting]).filter(|seen| seen["here"] == true)
    });
    desk.ok(&["meeting", "add-item", meeting, "Bế mạc"]);
    sitting.room(&sitting.guest, "Bế mạc");
    assert_eq!(sitting.guest.ok(&["minutes", "show", meeting])["version"], Value::Null, "they tell of internal items");
    assert_eq!(files(&sitting.guest), 0);
    let invitation = desk.path("giay-moi.ics");
    desk.ok(&["meeting", "invite", meeting, "--ics", invitation.to_str().unwrap()]);
    // Long lines are folded.
    let invited = std::fs::read_to_string(invitation).unwrap().replace("\r\n ", "");
    assert!(!invited.contains("Nhân sự") && invited.contains("Trực bão"), "a letter goes to guests too");

    // The next sitting is prepared like this one, with guests of its own.
    let next =
        desk.ok(&["meeting", "new", "--like", meeting, "--starts", "2026-12-22 14:00", "--internal-item", "Khen thưởng@20"]);
    let room = desk.ok(&["meeting", "show", next["meeting"].as_str().unwrap()]);
    assert!(!titles(&room).contains(&SECRET.to_owned()));
    let last = room["items"].as_array().unwrap().last().unwrap();
    assert_eq!((&last["item"]["title"], &last["item"]["minutes"]), (&json!("Khen thưởng"), &json!(20)));
    assert_eq!(last["members_only"], true);
    assert!(desk.run_plain(&["meeting", "show", next["meeting"].as_str().unwrap()]).contains("khách mời không có"));
}

#[test]
fn a_notice_and_its_words_stay_inside_from_the_first_internal_item_on_and_guests_keep_what_they_had() {
    let desk = Desk::founded();
    let node = desk.node(&[]);
    let _chair = joins(&desk, &node, MEMBER, UNIT);
    let guest = joins(&desk, &node, GUEST, UNIT);
    let _guest = guest.node(&[node.address()]);
    let meeting = desk.meeting();
    desk.ok(&["meeting", "invite", &meeting, MEMBER, "chair"]);
    desk.ok(&["meeting", "invite", &meeting, GUEST, "guest"]);
    let change = json!({"type": "update_meeting", "meeting": meeting, "title": null, "place": null, "starts_at": null,
        "conclusions": ["Trực bão 24/24."]});
    desk.owner().act(&change).unwrap();
    let title = || desk.ok(&["notice", "text", &meeting])["title"].clone();
    let drafted = |title: &str| {
        let mut words = desk.ok(&["notice", "text", &meeting]);
        words["title"] = json!(title);
        let file = desk.text_path("words.json");
        std::fs::write(&file, words.to_string()).unwrap();
        desk.ok(&["notice", "draft", &meeting, "--words", &file])["version"].clone()
    };
    let open = drafted("Kết luận sơ bộ");
    until("the guest has the draft", || {
        guest.maybe(&["notice", "show", &meeting]).filter(|seen| seen["version"] == open && seen["here"] == true)
    });

    desk.ok(&["meeting", "add-item", &meeting, SECRET, "--internal"]);
    let inside = drafted(SECRET);
    assert_ne!(inside, open);
    assert_eq!((desk.ok(&["notice", "show", &meeting])["version"].clone(), title()), (inside, json!(SECRET)));
    // What the secretary's device had before goes to the guest's before this.
    desk.ok(&["meeting", "add-item", &meeting, LAST]);
    until("the guest has the last item", || {
        guest.maybe(&["meeting", "show", &meeting]).filter(|room| titles(room).contains(&LAST.to_owned()))
    });
    assert_eq!((guest.ok(&["notice", "show", &meeting])["version"].clone(), files(&guest)), (open, 1));
    let told = guest.maybe(&["notice", "text", &meeting]);
    assert!(told.is_none_or(|words| !words.to_string().contains(SECRET)));

    desk.ok(&["notice", "draft", &meeting, "--fresh"]);
    let fresh = title();
    assert!(fresh.as_str().unwrap().starts_with("Kết luận của "), "nothing brings earlier words back: {fresh}");
}

#[test]
fn who_was_taken_out_gets_no_later_internal_item() {
    let sitting = Sitting::prepared();
    let _member = sitting.member.node(&[sitting.node.address()]);
    sitting.room(&sitting.member, SECRET);
    sitting.desk.ok(&["remove", MEMBER, "--meeting", &sitting.meeting]);
    sitting.desk.ok(&["meeting", "add-item", &sitting.meeting, "Kỷ luật", "--internal"]);
    let room = until("the member is told", || {
        sitting.member.maybe(&["meeting", "show", &sitting.meeting]).filter(|room| !room["row"]["left"].is_null())
    });
    assert!(!titles(&room).contains(&"Kỷ luật".to_owned()), "{room}");
    assert!(titles(&sitting.desk.ok(&["meeting", "show", &sitting.meeting])).contains(&"Kỷ luật".to_owned()));
}
