//! Open votes whose ballots have a form, from the opening to the file that a stranger checks.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod support;

use serde_json::{Value, json};
use support::{Desk, FOUNDER, kyhop};

/// A desk and a meeting that its owner chairs and has checked in to.
fn sits() -> (Desk, String) {
    let desk = Desk::founded();
    let meeting = desk.meeting();
    desk.ok(&["meeting", "invite", &meeting, FOUNDER, "chair"]);
    desk.ok(&["meeting", "check-in", &meeting]);
    (desk, meeting)
}

fn opened(desk: &Desk, meeting: &str, words: &[&str]) -> String {
    let words = [&["vote", "open", meeting, "--question", "Chọn ai?"][..], words].concat();
    desk.ok(&words)["vote"].as_str().unwrap().to_owned()
}

fn votes(places: &Value) -> Vec<u64> {
    places.as_array().unwrap().iter().map(|place| place["votes"].as_u64().unwrap()).collect()
}

#[test]
fn two_of_three_candidates_are_elected_by_name_and_a_stranger_counts_the_same() {
    let (desk, meeting) = sits();
    let vote = opened(&desk, &meeting, &["--option", "An", "--option", "Bình", "--option", "Cường", "--most", "2"]);
    assert_eq!(desk.fails(&["vote", "cast", &vote, "for"]), "ballot_has_other_form");
    assert_eq!(desk.fails(&["vote", "cast", &vote, "--choose", "Dung"]), "ballot_no_such_slot");
    assert_eq!(desk.fails(&["vote", "cast", &vote, "--mark", "0"]), "ballot_no_such_slot");
    assert_eq!(desk.fails(&["vote", "cast", &vote, "--mark", "1", "--mark", "2", "--mark", "3"]), "ballot_marks");
    assert_eq!(desk.fails(&["vote", "cast", &vote, "--mark", "1", "--choose", "An"]), "ballot_marked_twice");
    assert_eq!(desk.ok(&["vote", "cast", &vote, "--blank"])["marks"], json!([]));
    assert_eq!(desk.ok(&["vote", "cast", &vote, "--choose", "Cường", "--choose", "An"])["marks"], json!([0, 2]));
    let open = desk.run_plain(&["vote", "show", &vote]);
    assert!(open.contains("3. Cường") && open.contains("An; Cường"), "{open}");

    let closed = desk.ok(&["vote", "close", &vote]);
    assert_eq!((votes(&closed["marked"]["places"]), &closed["outcome"]), (vec![1, 0, 1], &Value::Null));
    assert_eq!(closed["marked"]["places"][2]["standing"], "chosen");
    let shown = desk.run_plain(&["vote", "show", &vote]);
    assert!(shown.contains("Cường – số phiếu: 1, được chọn") && !shown.contains("Được thông qua"), "{shown}");

    let evidence = desk.text_path("vote.kyhopvote");
    desk.ok(&["vote", "export", &vote, "--out", &evidence]);
    let root = desk.ok(&["identity"])["root"].as_str().unwrap().to_owned();
    let judged = desk.ok(&["vote", "verify", &evidence, "--root", &root]);
    assert_eq!((&judged["ok"], votes(&judged["places"])), (&json!(true), vec![1, 0, 1]));
    let told = kyhop().args(["--lang", "vi", "vote", "verify", &evidence, "--root", &root]).output().unwrap();
    let told = String::from_utf8(told.stdout).unwrap();
    assert!(told.contains("An – số phiếu: 1, được chọn") && !told.contains("thông qua"), "{told}");
}

#[test]
fn confidence_is_said_by_name_and_level_and_one_level_for_each_person() {
    let (desk, meeting) = sits();
    let vote = opened(&desk, &meeting, &["--confidence", "An", "--confidence", "Bình"]);
    assert_eq!(desk.fails(&["vote", "cast", &vote, "--choose", "An"]), "ballot_no_such_slot", "no level");
    assert_eq!(desk.fails(&["vote", "cast", &vote, "--choose", "An=high", "--choose", "An=low"]), "ballot_marks");
    desk.ok(&["vote", "cast", &vote, "--choose", "An=high", "--choose", "Bình=low"]);
    assert_eq!(votes(&desk.ok(&["vote", "close", &vote])["marked"]["places"]), [1, 0, 0, 0, 0, 1]);
}

#[test]
fn rules_may_let_everybody_follow_the_count_and_those_of_the_program_do_not() {
    let (desk, meeting) = sits();
    let mut live = desk.ok(&["rules", "show", "ubnd-majority"])["profile"].clone();
    live["id"] = json!("truc-tiep");
    live["results"] = json!("live");
    let file = desk.text_path("live.json");
    std::fs::write(&file, live.to_string()).unwrap();
    desk.ok(&["rules", "import", &file]);
    assert!(desk.run_plain(&["rules", "show", "truc-tiep"]).contains("hiện ngay khi đang bỏ phiếu"));

    let followed = opened(&desk, &meeting, &["--rules", "truc-tiep"]);
    desk.ok(&["vote", "cast", &followed, "for"]);
    assert_eq!(votes(&desk.ok(&["vote", "show", &followed])["running"]), [1, 0, 0]);
    assert!(desk.run_plain(&["vote", "show", &followed]).contains("Tán thành: 1"));
    let closed_first = opened(&desk, &meeting, &[]);
    desk.ok(&["vote", "cast", &closed_first, "for"]);
    let open = desk.ok(&["vote", "show", &closed_first]);
    assert_eq!((&open["running"], &open["outcome"]), (&Value::Null, &Value::Null));
}
