//! A ballot that its voter cast in time, alone, and that came when the vote was closed.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod support;

use serde_json::{Value, json};
use support::{Desk, FOUNDER, Node, kyhop, said, until};

const CUT_OFF: &str = "Võ Thanh Giang";
const OTHER: &str = "Lê Minh Châu";

/// Somebody joins the organisation of a desk and stays online.
fn joins(chair: &Desk, door: &Node, name: &str) -> (Desk, Node) {
    let desk = Desk::new();
    let mut joining = desk.joins(door.address(), name);
    let words = joining.line()["words"].as_str().unwrap().to_owned();
    until("the request to join arrives", || chair.maybe(&["approve", "--words", &words]));
    assert!(joining.end().0);
    let node = desk.node(&[door.address()]);
    (desk, node)
}

/// What `vote show` says to a person.
fn told(desk: &Desk, vote: &str, lang: &str) -> String {
    let mut command = kyhop();
    command.arg("--profile").arg(desk.profile()).arg("--passphrase-file").arg(desk.path("passphrase"));
    let output = command.args(["--lang", lang, "vote", "show", vote]).output().unwrap();
    assert!(output.status.success(), "{}", said(&output));
    String::from_utf8(output.stdout).unwrap()
}

fn voter<'a>(shown: &'a Value, name: &str) -> &'a Value {
    shown["voters"].as_array().unwrap().iter().find(|voter| voter["name"] == name).unwrap()
}

#[test]
fn a_ballot_that_comes_after_the_close_is_called_late_by_everybody_and_by_its_own_voter() {
    let chair = Desk::founded();
    let door = chair.node(&[]);
    let meeting = chair.meeting();
    chair.ok(&["meeting", "invite", &meeting, FOUNDER, "chair"]);
    let (cut_off, cut_off_node) = joins(&chair, &door, CUT_OFF);
    let (other, _other_node) = joins(&chair, &door, OTHER);
    for (desk, name) in [(&cut_off, CUT_OFF), (&other, OTHER)] {
        chair.ok(&["meeting", "invite", &meeting, name, "delegate"]);
        until("a member has the meeting", || desk.maybe(&["meeting", "show", &meeting]));
        desk.ok(&["meeting", "check-in", &meeting]);
    }
    chair.ok(&["meeting", "check-in", &meeting]);
    until("the chair sees all present", || {
        chair.maybe(&["meeting", "attendance", &meeting]).filter(|seen| seen["quorum"]["present"] == 3)
    });
    let opened = chair.ok(&["vote", "open", &meeting, "--question", "Thông qua kế hoạch trực bão?"]);
    let vote = opened["vote"].as_str().unwrap();
    let shows = |desk: &Desk| desk.maybe(&["vote", "show", vote]);
    for desk in [&cut_off, &other] {
        until("a member may vote", || shows(desk).filter(|seen| seen["may_cast"] == true));
    }

    cut_off_node.stop();
    assert_eq!(cut_off.ok(&["vote", "cast", vote, "for"])["state"], "saved_here");
    let alone = cut_off.ok(&["vote", "show", vote]);
    assert_eq!((&alone["mine"]["state"], &voter(&alone, CUT_OFF)["state"]), (&json!("saved_here"), &json!("saved_here")));
    assert!(told(&cut_off, vote, "vi").contains("Phiếu của tôi: Tán thành, đã lưu trên máy này"));
    assert!(told(&cut_off, vote, "en").contains("My ballot: For, saved on this device"));

    other.ok(&["vote", "cast", vote, "against"]);
    chair.ok(&["vote", "cast", vote, "for"]);
    until("the chair has two ballots", || shows(&chair).filter(|seen| seen["received"] == 2));
    chair.ok(&["vote", "close", vote]);
    for desk in [&chair, &other] {
        until("the result is final without the third", || shows(desk).filter(|seen| seen["is_final"] == true));
        assert_eq!(shows(desk).unwrap()["late"], 0);
    }
    assert!(told(&other, vote, "en").contains("My ballot: Against, counted"));

    let _back = cut_off.node(&[door.address()]);
    until("the voter learns that it was too late", || shows(&cut_off).filter(|seen| seen["mine"]["state"] == "late"));
    for desk in [&cut_off, &chair, &other] {
        let seen = until("the late ballot is seen", || shows(desk).filter(|seen| seen["late"] == 1));
        let late = voter(&seen, CUT_OFF);
        assert_eq!((&late["state"], &late["voted"], &late["choice"]), (&json!("late"), &json!(true), &json!("for")));
        assert_eq!((&seen["outcome"]["counted"], &seen["outcome"]["votes_for"]), (&json!(2), &json!(1)), "it changes nothing");
        assert_eq!(seen["problems"], json!([]));
        for (lang, line, count) in [
            ("vi", "× Võ Thanh Giang  Tán thành – đến sau khi đóng, không được tính", "Phiếu đến sau khi đóng: 1"),
            ("en", "× Võ Thanh Giang  For – came after the close, not counted", "Ballots that came after the close: 1"),
        ] {
            let text = told(desk, vote, lang);
            assert!(text.contains(line) && text.lines().any(|said| said == count), "{text}");
        }
    }
    assert!(told(&cut_off, vote, "vi").contains("Phiếu của tôi: Tán thành, đến sau khi đóng, không được tính"));
    assert!(told(&cut_off, vote, "en").contains("My ballot: For, came after the close, not counted"));
}
