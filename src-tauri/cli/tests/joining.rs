//! Joining an organisation, played by real processes on the loopback interface: words are compared on two screens, wrong words lead
//! nowhere, and a person's further device is let in by the person's first.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod support;

use std::process::Stdio;

use serde_json::{Value, json};
use support::{Desk, FOUNDER, Node, Running, fixture, until};

const MEMBER: &str = "Lê Minh Châu";

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("no text: {value}")).to_owned()
}

/// The request that waits at the desk, once it has come.
fn request(desk: &Desk) -> Value {
    until("the request to join arrives", || desk.ok(&["approve"]).as_array().unwrap().first().cloned())
}

/// Joins and is let in, `how` says how.
fn let_in(desk: &Desk, node: &Node, newcomer: &Desk, name: &str, how: &[&str]) -> Value {
    let mut joining = newcomer.joins(node.address(), name);
    let words = text(&joining.line()["words"]);
    assert_eq!(text(&request(desk)["words"]), words, "both screens show the same words");
    let person = desk.ok(&[&["approve", "--words", &words], how].concat());
    let (succeeded, said) = joining.end();
    assert!(succeeded && said["state"] == "enrolled", "{said}");
    person
}

#[test]
fn who_joins_by_a_typed_address_compares_six_words_is_let_in_and_sees_the_meeting() {
    let (desk, member) = (Desk::founded(), Desk::new());
    let meeting = desk.meeting();
    desk.ok(&["paper", "add", &meeting, &fixture("ke-hoach-truc-bao.pdf"), "--item", "2"]);
    let node = desk.node(&[]);

    let mut joining = member.joins(node.address(), MEMBER);
    let shown = joining.line();
    let words = text(&shown["words"]);
    assert_eq!(words.split(' ').count(), 6, "{words}");
    assert_eq!(shown["organisation"], "Thành phố Minh Hải", "the newcomer sees whom it asks");
    let asking = request(&desk);
    assert_eq!((&asking["words"], &asking["device"], &asking["name"]), (&shown["words"], &shown["device"], &json!(MEMBER)));

    let person = desk.ok(&["approve", "--words", &words]);
    assert_eq!((&person["name"], &person["administrator"]), (&json!(MEMBER), &json!(false)));
    assert_eq!(joining.end(), (true, json!({ "state": "enrolled" })));
    assert_eq!(desk.ok(&["approve"]), json!([]), "the request was answered");

    let member_node = member.node(&[node.address()]);
    let status = member.ok(&["status"]);
    assert_eq!((&status["state"], &status["me"]["name"]), (&json!("ready"), &json!(MEMBER)));
    assert_eq!(member.ok(&["identity"])["root"], desk.ok(&["identity"])["root"], "one root");
    assert_eq!(member.ok(&["meeting", "list"]), json!([]), "it was not invited yet");

    desk.ok(&["meeting", "invite", &meeting, MEMBER, "delegate"]);
    let room = until("the member has the meeting with its paper", || {
        let room = member.maybe(&["meeting", "show", &meeting])?;
        (room["row"]["papers_missing"] == 0 && room["row"]["papers"] == 1).then_some(room)
    });
    assert_eq!((&room["row"]["title"], &room["row"]["role"]), (&json!("Phiên họp tháng 11"), &json!("delegate")));
    assert_eq!(room["items"][1]["item"]["title"], "Trực bão");
    assert_eq!(member.fails(&["vote", "open", &meeting, "--question", "Tôi mở được không?"]), "chair_only");
    drop(member_node);
}

#[test]
fn a_person_of_another_office_is_let_into_it_and_given_a_duty_there() {
    let (desk, member) = (Desk::founded(), Desk::new());
    let node = desk.node(&[]);
    let office = "Sở Tư pháp";
    let person = let_in(&desk, &node, &member, MEMBER, &["--unit", office]);
    assert_eq!((&person["unit_name"], &person["duties"]), (&json!(office), &json!([])));
    assert_ne!(person["unit"], desk.ok(&["identity"])["me"]["unit"]);

    let with_duty = desk.ok(&["duty", MEMBER, "editor"]);
    assert_eq!(with_duty["duties"], json!(["editor"]));
    let member_node = member.node(&[node.address()]);
    until("the duty arrives where it is meant for", || {
        let me = member.maybe(&["identity"])?["me"].clone();
        (me["duties"] == json!(["editor"]) && me["unit_name"] == office).then_some(())
    });
    assert_eq!(member.fails(&["duty", FOUNDER, "publisher"]), "not_allowed", "only administrators give duties");
    assert_eq!(desk.ok(&["duty", MEMBER, "editor", "--take-back"])["duties"], json!([]));
    drop(member_node);
}

#[test]
fn words_that_differ_let_nobody_in_and_the_right_ones_do_afterwards() {
    let (desk, member) = (Desk::founded(), Desk::new());
    assert_eq!(desk.fails(&["approve", "--words", "a b c d e f"]), "no_request", "nobody asks yet");
    let node = desk.node(&[]);
    let mut joining = member.joins(node.address(), MEMBER);
    let words = text(&joining.line()["words"]);
    request(&desk);

    let turned: Vec<&str> = words.split(' ').rev().collect();
    for wrong in [turned.join(" "), words.rsplit_once(' ').unwrap().0.to_owned(), String::new()] {
        assert_eq!(desk.fails(&["approve", "--words", &wrong]), "words_differ", "'{wrong}'");
    }
    let said = desk.says(&["approve", "--words", &turned.join(" ")]);
    assert!(said[0].starts_with("Sáu từ không khớp.") && said[1].starts_with("The six words differ."), "{said:?}");
    assert_eq!(desk.ok(&["people"]).as_array().unwrap().len(), 1, "nobody came in");

    // As people type them: other case, more spaces.
    let typed = format!("  {}  ", words.to_uppercase().replace(' ', "   "));
    desk.ok(&["approve", "--words", &typed]);
    assert!(joining.end().0);
    assert_eq!(desk.ok(&["people"]).as_array().unwrap().len(), 2);
}

#[test]
fn a_newcomer_who_sees_other_words_does_not_go_on_and_can_take_it_up_again() {
    let (desk, member) = (Desk::founded(), Desk::new());
    let node = desk.node(&[]);
    let asks = ["join", "--peer", node.address(), "--name", MEMBER];
    let mut command = member.command(&member.path("passphrase"), &asks);
    let mut joining = Running::start(command.stdin(Stdio::piped()).stderr(Stdio::null()));
    let shown = joining.line();
    // The other side has already agreed; without the newcomer's own comparison that must not be enough.
    let words = text(&request(&desk)["words"]);
    desk.ok(&["approve", "--words", &words]);
    joining.answer("không\n");
    let (succeeded, said) = joining.end();
    assert!(!succeeded && said["error"]["code"] == "words_differ", "{said}");
    assert_eq!(member.ok(&["status"])["state"], "joining");
    assert_eq!(member.fails(&["identity"]), "not_enrolled");

    let mut again = member.joins(node.address(), MEMBER);
    assert_eq!(again.line()["device"], shown["device"], "the same device takes up the same request");
    let (succeeded, said) = again.end();
    assert!(succeeded && said["state"] == "enrolled", "{said}");
}

#[test]
fn who_joins_by_a_typed_address_asks_nobody_of_another_organisation_who_called_first() {
    let (desk, other, member) = (Desk::founded(), Desk::founded(), Desk::new());
    let (node, others_node) = (desk.node(&[]), other.node(&[]));
    // It has begun to join and is not called yet: then it is known where it listens.
    let asks = ["join", "--peer", node.address(), "--name", MEMBER];
    let mut command = member.command(&member.path("passphrase"), &asks);
    let mut joining = Running::start(command.stdin(Stdio::piped()).stderr(Stdio::null()));
    let words = text(&joining.line()["words"]);
    joining.answer("không\n");
    assert!(!joining.end().0);
    let members_node = member.node(&["/ip4/127.0.0.1/tcp/1"]);
    assert_eq!(other.ok(&["dial", members_node.address()])["reached"], true, "the other organisation is there first");
    member.ok(&["dial", node.address()]);
    let shown = until("the newcomer sees whom it asks", || {
        let shown = text(&member.ok(&["status"])["join"]["words"]);
        (!shown.is_empty()).then_some(shown)
    });
    assert_eq!(shown, words, "of the organisation whose device was typed");
    assert_eq!(other.ok(&["approve"]), json!([]), "nobody else was asked");
    members_node.stop();

    let mut joining = member.joins(node.address(), MEMBER);
    assert_eq!(text(&joining.line()["words"]), words);
    until("the request arrives", || desk.maybe(&["approve", "--words", &words]));
    assert!(joining.end().0);
    assert_eq!(member.ok(&["identity"])["root"], desk.ok(&["identity"])["root"]);
    drop((node, others_node));
}

#[test]
fn a_further_device_is_let_in_by_the_persons_first_and_has_what_the_person_has() {
    let (desk, tablet) = (Desk::founded(), Desk::new());
    let meeting = desk.meeting();
    let added = desk.ok(&["paper", "add", &meeting, &fixture("ke-hoach-truc-bao.pdf"), "--item", "2"]);
    let paper = text(&added["paper"]);
    desk.ok(&["annotate", &meeting, &paper, "--page", "1", "--note", "Chỉ riêng tôi", "--at", "72,100"]);
    let node = desk.node(&[]);

    let person = let_in(&desk, &node, &tablet, "Chị Bích", &["--mine"]);
    assert_eq!((&person["name"], &person["devices"]), (&json!(FOUNDER), &json!(2)), "the person, not a second one");
    assert_eq!(desk.ok(&["people"]).as_array().unwrap().len(), 1);

    let tablet_node = tablet.node(&[node.address()]);
    let marks = until("the private note is on the further device", || {
        let marks = tablet.maybe(&["annotations", &meeting, &paper])?;
        (!marks.as_array().unwrap().is_empty()).then_some(marks)
    });
    assert_eq!((&marks[0]["annotation"]["mark"]["text"], &marks[0]["audience"]), (&json!("Chỉ riêng tôi"), &json!("private")));
    let (here, there) = (desk.ok(&["identity"]), tablet.ok(&["identity"]));
    assert_eq!(here["me"]["person"], there["me"]["person"]);
    assert_ne!(here["device"], there["device"]);
    assert_eq!(there["devices"].as_array().unwrap().len(), 2);

    // What one of the two writes, the other has.
    tablet.ok(&["annotate", &meeting, &paper, "--page", "1", "--note", "Từ máy tính bảng", "--at", "72,200"]);
    until("the note comes back", || {
        desk.ok(&["annotations", &meeting, &paper]).to_string().contains("Từ máy tính bảng").then_some(())
    });
    drop(tablet_node);
}

#[test]
fn a_member_who_is_no_administrator_lets_only_own_devices_in() {
    let (desk, member, stranger, tablet) = (Desk::founded(), Desk::new(), Desk::new(), Desk::new());
    let node = desk.node(&[]);
    let_in(&desk, &node, &member, MEMBER, &[]);
    let door = member.node(&[node.address()]);

    let mut joining = stranger.joins(door.address(), "Người Lạ");
    let words = text(&joining.line()["words"]);
    request(&member);
    assert_eq!(member.fails(&["approve", "--words", &words]), "certificate_not_issued");
    let said = member.says(&["approve", "--words", &words]);
    assert!(said[0].starts_with("Bạn không có quyền") && said[1].starts_with("You may not"), "{said:?}");
    assert_eq!(member.ok(&["people"]).as_array().unwrap().len(), 2);
    drop(joining);

    let mut joining = tablet.joins(door.address(), MEMBER);
    let words = text(&joining.line()["words"]);
    until("the request is there", || member.maybe(&["approve", "--words", &words, "--mine"]));
    assert!(joining.end().0);
    let devices = member.ok(&["identity"])["devices"].as_array().unwrap().len();
    assert_eq!(devices, 2);
    assert_eq!(member.ok(&["people"]).as_array().unwrap().len(), 2, "no further person");
}

/// The person's row in what the audit says of who belongs.
fn member_of<'a>(audit: &'a Value, name: &str) -> Option<&'a Value> {
    audit["members"].as_array()?.iter().find(|row| row["name"] == name)
}

fn entry<'a>(audit: &'a Value, kind: &str, about: &str) -> Option<&'a Value> {
    let mut entries = audit["entries"].as_array()?.iter();
    entries.find(|row| row["kind"] == kind && row["about"].as_str().is_some_and(|text| text.contains(about)))
}

#[test]
fn who_leaves_a_meeting_keeps_what_was_there_and_gets_nothing_later_and_the_audit_says_who_decided() {
    let (desk, member) = (Desk::founded(), Desk::new());
    let meeting = desk.meeting();
    let node = desk.node(&[]);
    let_in(&desk, &node, &member, MEMBER, &[]);
    desk.ok(&["meeting", "invite", &meeting, MEMBER, "delegate"]);
    let member_node = member.node(&[node.address()]);
    until("the meeting arrives", || member.maybe(&["meeting", "show", &meeting]));
    let audit = desk.ok(&["audit", "--meeting", &meeting]);
    let row = member_of(&audit, MEMBER).unwrap();
    assert_eq!(
        (&row["role"], &row["by"], &row["devices"], &row["may_remove"]),
        (&json!("delegate"), &json!(FOUNDER), &json!(1), &json!(true))
    );
    assert_eq!(member.fails(&["remove", FOUNDER, "--meeting", &meeting]), "not_allowed");
    assert_eq!(desk.fails(&["remove", FOUNDER, "--meeting", &meeting]), "own_person");

    let keys = |audit: &Value| audit["entries"].as_array().unwrap().iter().filter(|row| row["kind"] == "key").count();
    desk.ok(&["remove", MEMBER, "--meeting", &meeting]);
    let after = desk.ok(&["audit", "--meeting", &meeting]);
    assert!(member_of(&after, MEMBER).is_none());
    assert_eq!(entry(&after, "removed", MEMBER).unwrap()["by"], FOUNDER);
    assert_eq!(keys(&after), keys(&audit) + 1, "a new key followed");
    let told = until("the member is told", || {
        let row = member.maybe(&["meeting", "show", &meeting])?["row"].clone();
        row["left"].is_object().then_some(row)
    });
    assert_eq!(told["left"]["by"], FOUNDER, "by whom");
    assert!(member.run_plain(&["meeting", "show", &meeting]).contains("đã đưa bạn ra khỏi cuộc họp"));
    // Something later that the member may have comes, and the paper that was added before it does not.
    desk.ok(&["paper", "add", &meeting, &fixture("ke-hoach-truc-bao.pdf"), "--item", "2"]);
    desk.ok(&["duty", MEMBER, "editor"]);
    until("the duty arrives", || (member.maybe(&["identity"])?["me"]["duties"] == json!(["editor"])).then_some(()));
    assert_eq!(member.ok(&["meeting", "show", &meeting])["row"]["papers"], 0);
    drop(member_node);
}

#[test]
fn who_leaves_the_organisation_is_trusted_nowhere_and_a_lost_device_neither() {
    let (desk, member, phone) = (Desk::founded(), Desk::new(), Desk::new());
    let node = desk.node(&[]);
    let_in(&desk, &node, &member, MEMBER, &[]);
    let_in(&desk, &node, &phone, FOUNDER, &["--mine"]);
    let device = text(&phone.ok(&["status"])["me"]["person"]);
    assert_eq!(device, text(&desk.ok(&["status"])["me"]["person"]), "the same person");
    let own = text(&desk.ok(&["identity"])["device"]);
    assert_eq!(desk.fails(&["revoke", &own]), "own_device");
    let lost = text(&phone.ok(&["identity"])["device"]);
    let member_node = member.node(&[node.address()]);
    until("the directory arrives", || member.maybe(&["audit"]).filter(|audit| audit["devices"].as_array().unwrap().len() == 3));
    assert_eq!(member.fails(&["revoke", &lost]), "not_allowed", "neither an administrator nor the owner");

    desk.ok(&["revoke", &lost[..8]]);
    let audit = desk.ok(&["audit"]);
    let row = audit["devices"].as_array().unwrap().iter().find(|row| row["device"] == json!(lost)).unwrap();
    assert_eq!((&row["revoked"][1], &row["may_revoke"]), (&json!(FOUNDER), &json!(false)));
    assert_eq!(entry(&audit, "revoked", FOUNDER).unwrap()["took_effect"], true);

    desk.ok(&["remove", MEMBER]);
    let audit = desk.ok(&["audit"]);
    assert!(member_of(&audit, MEMBER).is_none() && member_of(&audit, FOUNDER).is_some());
    assert_eq!(desk.ok(&["people"]).as_array().unwrap().len(), 1);
    assert_eq!(desk.fails(&["remove", MEMBER]), "not_found");
    drop((member_node, node));
}
