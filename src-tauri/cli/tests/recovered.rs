//! The only administrator's laptop is gone: the root that was put away takes the organisation up again on a new device, played by real
//! processes on the loopback interface.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod support;

use serde_json::{Value, json};
use support::offices::{CITY, COMMUNE, joins};
use support::{Desk, FOUNDER, Node, PASSPHRASE, fixture, until};

const MEMBER: &str = "Lê Minh Châu";
const SUCCESSOR: &str = "Võ Thị Giang";

/// Where the founder keeps what was put away: a stick in a safe.
fn put_away(desk: &Desk, safe: &Desk) -> String {
    let away = safe.path("organisation-root.sealed");
    std::fs::rename(desk.profile().join("organisation-root.sealed"), &away).unwrap();
    std::fs::write(safe.path("root-passphrase"), format!("{PASSPHRASE}\n")).unwrap();
    away.display().to_string()
}

fn recover<'a>(file: &'a str, passphrase: &'a str, who: &[&'a str]) -> Vec<&'a str> {
    [["organisation", "recover", file, "--root-passphrase-file", passphrase].as_slice(), who].concat()
}

/// The device's row in what the audit of a desk says.
fn device_in(desk: &Desk, device: &Value) -> Option<Value> {
    desk.maybe(&["audit"])?["devices"].as_array()?.iter().find(|row| row["device"] == *device).cloned()
}

/// Lets an administrator in.
fn second_administrator(desk: &Desk, node: &Node, name: &str) -> Desk {
    let newcomer = Desk::new();
    let mut joining = newcomer.joins(node.address(), name);
    let words = joining.line()["words"].as_str().unwrap().to_owned();
    until("the request to join arrives", || desk.ok(&["approve"]).as_array().unwrap().first().cloned());
    desk.ok(&["approve", "--words", &words, "--administrator"]);
    assert!(joining.end().0);
    newcomer
}

#[test]
fn the_founder_comes_back_on_a_new_device_ends_the_trust_in_the_lost_one_and_goes_on() {
    let (lost, safe, again) = (Desk::founded(), Desk::new(), Desk::new());
    let file = put_away(&lost, &safe);
    let meeting = lost.meeting();
    lost.ok(&["paper", "add", &meeting, &fixture("ke-hoach-truc-bao.pdf"), "--item", "1"]);
    let node = lost.node(&[]);
    let member = joins(&lost, &node, MEMBER, CITY);
    lost.ok(&["meeting", "invite", &meeting, MEMBER, "delegate"]);
    let door = member.node(&[node.address()]);
    until("the member has everything", || {
        let room = member.maybe(&["meeting", "show", &meeting])?;
        (room["row"]["papers"] == 1 && room["row"]["papers_missing"] == 0 && member.maybe(&["audit"]).is_some()).then_some(())
    });
    let before = lost.ok(&["identity"]);
    node.kill();

    let recovered = again.ok(&recover(&file, &safe.text_path("root-passphrase"), &[]));
    assert_eq!((&recovered["me"]["person"], &recovered["root"]), (&before["me"]["person"], &before["root"]));
    assert_eq!((&recovered["me"]["administrator"], &recovered["decides_units"]), (&json!(true), &json!(true)));
    assert_ne!(recovered["device"], before["device"]);
    let own = again.node(&[door.address()]);
    until("the others' devices tell it what the organisation is", || device_in(&again, &before["device"]));
    until("everybody accepts it", || device_in(&member, &recovered["device"]).filter(|row| row["administrator"] == true));

    again.ok(&["revoke", before["device"].as_str().unwrap()]);
    until("the lost one is trusted nowhere", || device_in(&member, &before["device"]).filter(|row| row["revoked"].is_array()));
    until("its meetings come back", || {
        let room = again.maybe(&["meeting", "show", &meeting])?;
        (room["row"]["title"] == "Phiên họp tháng 11" && room["row"]["papers_missing"] == 0).then_some(())
    });
    again.ok(&["duty", MEMBER, "editor"]);
    until("what it decides counts", || (member.maybe(&["identity"])?["me"]["duties"] == json!(["editor"])).then_some(()));
    let newcomer = joins(&again, &own, "Phạm Thị Dung", COMMUNE);
    let newcomer_node = newcomer.node(&[own.address()]);
    until("and whom it lets in belongs", || newcomer.maybe(&["audit"]));
    assert_eq!(member.ok(&["identity"])["organisation"], "Thành phố Minh Hải");
    drop((newcomer_node, own, door));
}

#[test]
fn somebody_else_takes_the_founders_place_and_is_let_in_by_the_administrators_who_are_left() {
    let (lost, safe, successor) = (Desk::founded(), Desk::new(), Desk::new());
    let file = put_away(&lost, &safe);
    let node = lost.node(&[]);
    let second = second_administrator(&lost, &node, MEMBER);
    let first_start = second.node(&[node.address()]);
    until("the organisation's space arrives", || second.maybe(&["audit"]));
    let before = lost.ok(&["identity"]);
    drop((first_start, node));

    let who = ["--name", SUCCESSOR, "--title", "Phó Chủ tịch"];
    let recovered = successor.ok(&recover(&file, &safe.text_path("root-passphrase"), &who));
    assert_eq!((&recovered["me"]["name"], &recovered["me"]["unit"]), (&json!(SUCCESSOR), &before["me"]["unit"]));
    assert_ne!(recovered["me"]["person"], before["me"]["person"], "nobody acts in the founder's name");
    let door = second.node(&[]);
    let own = successor.node(&[door.address()]);
    until("the second administrator's device knows", || device_in(&second, &recovered["device"]));
    assert_eq!(successor.fails(&["audit"]), "no_key_yet", "it begins no second space of its own");
    drop((own, door));
    // Its next start makes up for whom it missed.
    let door = second.node(&[]);
    let own = successor.node(&[door.address()]);
    until("the successor belongs to the organisation's space", || successor.maybe(&["audit"]));
    until("and decides there", || successor.maybe(&["duty", MEMBER, "editor"]));
    until("for all", || (second.maybe(&["identity"])?["me"]["duties"] == json!(["editor"])).then_some(()));
    drop((own, door));
}

#[test]
fn a_wrong_passphrase_one_changed_byte_and_another_file_are_told_and_leave_no_profile() {
    let (desk, safe, thief) = (Desk::founded(), Desk::new(), Desk::new());
    let file = put_away(&desk, &safe);
    let right = safe.text_path("root-passphrase");
    std::fs::write(thief.path("guess"), "đoán mò thử xem\n").unwrap();
    assert_eq!(thief.fails(&recover(&file, &thief.text_path("guess"), &[])), "root_file_wrong_passphrase");
    let whole = std::fs::read(&file).unwrap();
    for at in [8, whole.len() / 2, whole.len() - 1] {
        let mut changed = whole.clone();
        changed[at] ^= 1;
        std::fs::write(thief.path("changed"), changed).unwrap();
        assert_eq!(thief.fails(&recover(&thief.text_path("changed"), &right, &[])), "root_file_damaged", "byte {at}");
    }
    assert_eq!(thief.fails(&recover(&fixture("ke-hoach-truc-bao.pdf"), &right, &[])), "root_file_not_one");
    assert_eq!(thief.fails(&recover(&thief.text_path("nowhere"), &right, &[])), "file_not_found");
    let said = thief.says(&recover(&file, &thief.text_path("guess"), &[]));
    assert!(said[0].contains("Mật khẩu của tệp khóa gốc") && said[1].contains("the root's file is wrong"), "{said:?}");
    assert_eq!(thief.fails(&["identity"]), "no_profile");
    assert_eq!(desk.fails(&recover(&file, &right, &[])), "profile_exists");
    assert_eq!(desk.ok(&["identity"])["me"]["name"], FOUNDER);
}
