//! One-use invitations between real processes on the loopback interface: a list of persons becomes invitations, each lets one device in,
//! and whoever comes with a used, withdrawn, damaged or foreign one is told why.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod support;

use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use support::{Desk, FOUNDER, Node, Running, until};

const MEMBER: &str = "Lê Minh Châu";
/// Devices that come in by a list.
const LISTED: usize = 20;

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("no text: {value}")).to_owned()
}

/// Begins to join with an invitation: its file or its text.
fn shows(newcomer: &Desk, invitation: &str, more: &[&str]) -> Running {
    let words = [&["join", "--invitation", invitation], more].concat();
    Running::start(&mut newcomer.command(&newcomer.path("passphrase"), &words))
}

fn comes_in(newcomer: &Desk, invitation: &str) {
    let (succeeded, said) = shows(newcomer, invitation, &[]).end();
    assert!(succeeded && said["state"] == "enrolled", "{said}");
}

/// The code with which somebody with this invitation is turned away.
fn turned_away(invitation: &str, more: &[&str]) -> String {
    let newcomer = Desk::new();
    let (succeeded, said) = shows(&newcomer, invitation, more).end();
    assert!(!succeeded, "{said}");
    text(&said["error"]["code"])
}

fn invite(desk: &Desk, more: &[&str]) -> Value {
    desk.ok(&[&["invitation", "new", "--name", MEMBER, "--title", "Ủy viên"], more].concat())
}

fn listed(desk: &Desk) -> Value {
    desk.ok(&["invitation", "list"])[0].clone()
}

fn people(desk: &Desk) -> usize {
    desk.ok(&["people"]).as_array().unwrap().len()
}

/// The files of invitations in a folder, in the order of the list.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found: Vec<PathBuf> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "kyhop-invitation"))
        .collect();
    found.sort();
    found
}

#[test]
fn an_invitation_lets_one_device_in_without_words_and_a_copy_of_it_nobody() {
    let (desk, member) = (Desk::founded(), Desk::new());
    let node = desk.node(&[]);
    let made = invite(&desk, &["--unit", "Sở Tư pháp", "--role", "editor"]);
    let secret = text(&made["text"]);
    assert!(secret.starts_with("KYHOP1:"), "{secret}");
    assert_eq!((&made["invitation"]["state"], &made["invitation"]["name"]), (&json!("open"), &json!(MEMBER)));
    assert!(!listed(&desk).to_string().contains(&secret[7..40]), "the list does not show the secret again");

    comes_in(&member, &secret);
    let used = listed(&desk);
    let device = desk.ok(&["people"]).as_array().unwrap().iter().find(|row| row["name"] == MEMBER).unwrap().clone();
    assert_eq!((&used["state"], &used["person"]), (&json!("used"), &device["person"]), "the administrator sees who used it");
    assert_eq!((&device["unit_name"], &device["title"]), (&json!("Sở Tư pháp"), &json!("Ủy viên")));
    assert_eq!(device["administrator"], json!(false));
    assert_eq!(desk.ok(&["approve"]), json!([]), "nobody waits");
    let member_node = member.node(&[node.address()]);
    until("the duty arrives", || (member.maybe(&["identity"])?["me"]["duties"] == json!(["editor"])).then_some(()));
    assert_eq!(member.ok(&["identity"])["device"], used["used_by"], "and with which device");
    assert_eq!(member.ok(&["identity"])["root"], desk.ok(&["identity"])["root"]);

    // Whoever photographed it comes too late, and is seen.
    assert_eq!(turned_away(&secret, &[]), "invitation_used");
    assert_eq!((people(&desk), &listed(&desk)["used_by"]), (2, &used["used_by"]));
    assert!(listed(&desk)["tries"].as_u64().unwrap() >= 1);
    let id = text(&used["invitation"]);
    assert_eq!(desk.fails(&["invitation", "revoke", &id[..8]]), "invitation_was_used");
    assert_eq!(member.fails(&["invitation", "new", "--name", "Ai đó"]), "not_allowed", "only administrators invite");
    drop(member_node);
}

#[test]
fn who_shows_a_withdrawn_a_damaged_or_a_foreign_invitation_is_told_so() {
    let desk = Desk::founded();
    let node = desk.node(&[]);
    let withdrawn = invite(&desk, &[]);
    let id = text(&withdrawn["invitation"]["invitation"]);
    assert_eq!(desk.ok(&["invitation", "revoke", &id[..12]])["state"], "revoked");
    let withdrawn = text(&withdrawn["text"]);
    assert_eq!(turned_away(&withdrawn, &[]), "invitation_revoked");

    // One character was misread.
    let last = if withdrawn.ends_with('A') { "B" } else { "A" };
    let misread = format!("{}{last}", &withdrawn[..withdrawn.len() - 1]);
    assert_eq!(turned_away(&misread, &[]), "invitation_damaged");
    assert_eq!(turned_away("KYHOP0:AAAA", &[]), "file_not_found", "neither a text nor a file");
    assert_eq!(desk.fails(&["invitation", "new", "--name", MEMBER, "--hours", "0"]), "invitation_hours");

    // Another office's invitation, carried to our device.
    let elsewhere = Desk::founded();
    let there = elsewhere.node(&[]);
    let foreign = text(&invite(&elsewhere, &[])["text"]);
    assert_eq!(turned_away(&foreign, &["--peer", node.address()]), "invitation_other_organisation");
    assert_eq!((people(&desk), people(&elsewhere)), (1, 1), "nobody came in");
    comes_in(&Desk::new(), &foreign);
    assert_eq!(people(&elsewhere), 2, "it is as good as it was where it was made");
    drop((node, there));
}

#[test]
fn a_restored_profile_lets_nobody_in_by_what_was_open_before() {
    let desk = Desk::founded();
    let backup = desk.text_path("backup");
    let address = ["--address", "/ip4/127.0.0.1/tcp/9"];
    let before = text(&invite(&desk, &address)["text"]);
    desk.ok(&["backup", &backup]);
    let after = text(&invite(&desk, &address)["text"]);
    let again = Desk::new();
    again.ok(&["restore", &backup]);
    let node: Node = again.node(&[]);
    assert_eq!(listed(&again)["state"], "revoked", "whether it was used since the backup is not known here");
    assert_eq!(turned_away(&before, &["--peer", node.address()]), "invitation_revoked");
    assert_eq!(turned_away(&after, &["--peer", node.address()]), "invitation_unknown");
    assert_eq!(people(&again), 1);
}

#[test]
fn twenty_people_of_a_list_come_in_by_their_invitations_and_each_only_once() {
    let desk = Desk::founded();
    let list = desk.path("danh-sach.csv");
    let rows: String = (1..=LISTED).map(|at| format!("Người thứ {at};Phòng {};Chuyên viên;\r\n", at % 3)).collect();
    std::fs::write(&list, format!("\u{feff}Họ và tên;Đơn vị;Chức vụ;Vai trò\r\n{rows}")).unwrap();
    let list = list.display().to_string();
    let node = desk.node(&[]);

    let preview = desk.ok(&["roster", "import", &list]);
    assert_eq!((&preview["new"], &preview["known"], &preview["errors"]), (&json!(LISTED), &json!(0), &json!(0)));
    assert_eq!(preview["rows"][4]["line"], json!(6));
    assert_eq!(preview["rows"][0]["outcome"], json!({ "type": "new", "new_unit": true }));
    assert_eq!(desk.ok(&["invitation", "list"]), json!([]), "a preview does nothing");

    let out = desk.text_path("phieu");
    let done = desk.ok(&["roster", "import", &list, "--apply", "--out", &out]);
    assert_eq!(done["made"].as_array().unwrap().len(), LISTED);
    let sheet = std::fs::read_to_string(text(&done["sheet"])).unwrap();
    assert_eq!(sheet.matches("<svg").count(), LISTED, "one picture for each");
    assert!(sheet.contains(&format!("Người thứ {LISTED}")));
    let files = files(Path::new(&out));
    assert_eq!(files.len(), LISTED);
    assert_eq!(desk.fails(&["roster", "import", &list, "--apply", "--out", &desk.text_path("lần hai")]), "roster_nobody_new");
    assert_eq!(desk.ok(&["roster", "import", &list])["known"], json!(LISTED), "all of them are invited");

    let newcomers: Vec<Desk> = files.iter().map(|_| Desk::new()).collect();
    let joining: Vec<Running> =
        newcomers.iter().zip(&files).map(|(newcomer, file)| shows(newcomer, &file.display().to_string(), &[])).collect();
    for joining in joining {
        let (succeeded, said) = joining.end();
        assert!(succeeded && said["state"] == "enrolled", "{said}");
    }
    let everybody = desk.ok(&["people"]);
    let everybody = everybody.as_array().unwrap();
    assert_eq!(everybody.len(), LISTED + 1);
    let units: std::collections::BTreeSet<String> =
        everybody.iter().filter(|row| row["name"] != FOUNDER).map(|row| text(&row["unit"])).collect();
    assert_eq!(units.len(), 3, "three offices, not one for each person");
    let invitations = desk.ok(&["invitation", "list"]);
    assert!(invitations.as_array().unwrap().iter().all(|row| row["state"] == "used"), "{invitations}");
    assert_eq!(turned_away(&files[7].display().to_string(), &[]), "invitation_used");
    assert_eq!(people(&desk), LISTED + 1);
    drop(node);
}

#[test]
fn a_list_with_an_error_does_nothing_and_says_where_it_is() {
    let desk = Desk::founded();
    let list = desk.path("danh-sach.csv");
    std::fs::write(&list, "name,unit,title,role\nLê Châu,,,\n,,,\nPhạm Ba,,,giám đốc\nTrần Tư,,,quản trị\n").unwrap();
    let list = list.display().to_string();
    let preview = desk.ok(&["roster", "import", &list]);
    assert_eq!((&preview["new"], &preview["errors"]), (&json!(1), &json!(2)));
    let wrong = &preview["rows"][1];
    assert_eq!(
        (&wrong["line"], &wrong["outcome"]["code"], &wrong["outcome"]["column"]),
        (&json!(4), &json!("roster_role"), &json!(4))
    );
    let plain = desk.run_plain(&["roster", "import", &list]);
    assert!(plain.contains("Dòng 4, cột 4: không có vai trò “giám đốc”") && plain.contains("Dòng 5, cột 4"), "{plain}");
    let out = desk.path("phieu");
    assert_eq!(desk.fails(&["roster", "import", &list, "--apply", "--out", &out.display().to_string()]), "roster_has_errors");
    assert!(!out.exists());
    assert_eq!(desk.ok(&["invitation", "list"]), json!([]));
}
