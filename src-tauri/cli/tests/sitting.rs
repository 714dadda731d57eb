//! A secretary at the command line: the real program, real files, a profile on disk.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod support;

use serde_json::Value;
use support::{Desk, FOUNDER, code, fixture, kyhop, one_json};

#[test]
fn a_sitting_is_prepared_and_shown() {
    let desk = Desk::founded();
    let meeting = desk.meeting();
    let added = desk.ok(&["paper", "add", &meeting, &fixture("bao-cao-kinh-te-xa-hoi.pdf"), "--item", "1"]);
    assert_eq!(added["meeting"], meeting.as_str());
    desk.ok(&["paper", "add", &meeting[..8], &fixture("ke-hoach-truc-bao.pdf"), "--item", "2", "--title", "Kế hoạch trực bão"]);

    let room = desk.ok(&["meeting", "show", &meeting[..8]]);
    assert_eq!(room["row"]["meeting"], meeting.as_str());
    assert_eq!(room["items"][0]["item"]["minutes"], 45);
    assert_eq!(room["items"][0]["papers"][0]["paper"], added["paper"]);
    assert_eq!(room["items"][1]["papers"][0]["title"], "Kế hoạch trực bão");
    assert_eq!(room["row"]["papers_missing"], 0);
    assert_eq!(desk.ok(&["meeting", "list"]).as_array().unwrap().len(), 1);
    assert_eq!(desk.ok(&["paper", "list", &meeting]).as_array().unwrap().len(), 2);

    let paper = added["paper"].as_str().unwrap();
    desk.ok(&["annotate", &meeting, paper, "--page", "1", "--note", "Hỏi lại số liệu", "--at", "72,100"]);
    desk.ok(&["annotate", &meeting, paper, "--page", "1", "--highlight", "72,100,200,14", "--quote", "số liệu", "--shared"]);
    let notes = desk.ok(&["annotations", &meeting, paper]);
    let audiences: Vec<&str> = notes.as_array().unwrap().iter().map(|note| note["audience"].as_str().unwrap()).collect();
    assert!(audiences.contains(&"private") && audiences.contains(&"shared") && audiences.len() == 2, "{notes}");
    assert_eq!(desk.fails(&["annotate", &meeting, paper, "--page", "999", "--note", "x", "--at", "1,1"]), "not_found");
}

#[test]
fn a_newer_version_of_a_paper_stands_before_the_older_one_and_keeps_its_place() {
    let desk = Desk::founded();
    let meeting = desk.meeting();
    let added = desk.ok(&["paper", "add", &meeting, &fixture("bao-cao-kinh-te-xa-hoi.pdf"), "--item", "1"]);
    let paper = added["paper"].as_str().unwrap();
    let newer = fixture("ke-hoach-truc-bao.pdf");
    let again = desk.ok(&["paper", "add", &meeting, &newer, "--version-of", &paper[..8]]);
    assert_eq!((&again["paper"], &again["version"]), (&added["paper"], &Value::from(2)));

    let room = desk.ok(&["meeting", "show", &meeting]);
    let shown = &room["items"][0]["papers"];
    assert_eq!(shown.as_array().unwrap().len(), 1, "it is the same paper, of the same item");
    let versions = shown[0]["versions"].as_array().unwrap();
    let names: Vec<&str> = versions.iter().map(|version| version["file_name"].as_str().unwrap()).collect();
    assert_eq!(names, ["ke-hoach-truc-bao.pdf", "bao-cao-kinh-te-xa-hoi.pdf"], "the newer one first, the older one kept");
    assert_eq!((&versions[0]["number"], &versions[1]["number"]), (&Value::from(2), &Value::from(1)));

    assert_eq!(desk.fails(&["paper", "add", &meeting, &newer, "--version-of", "ffffffff"]), "not_found");
    assert_eq!(desk.fails(&["paper", "add", &meeting, &fixture("mat.pdf"), "--version-of", paper]), "secrecy_marking");
    assert_eq!(desk.ok(&["meeting", "show", &meeting])["items"][0]["papers"], *shown, "nothing that was refused came in");
}

#[test]
fn a_wrong_passphrase_opens_nothing_and_harms_nothing() {
    let desk = Desk::founded();
    let wrong = desk.path("wrong");
    std::fs::write(&wrong, "another passphrase\n").unwrap();
    let output = desk.command(&wrong, &["people"]).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(code(&output), "wrong_passphrase");
    assert_eq!(desk.ok(&["people"]).as_array().unwrap().len(), 1);

    let spoken = kyhop()
        .arg("--profile")
        .arg(desk.path("profile"))
        .arg("--passphrase-file")
        .arg(&wrong)
        .args(["--lang", "vi", "people"])
        .output()
        .unwrap();
    assert!(spoken.stdout.is_empty());
    assert!(String::from_utf8_lossy(&spoken.stderr).contains("Mật khẩu không đúng"));
    let spoken = kyhop()
        .arg("--profile")
        .arg(desk.path("profile"))
        .arg("--passphrase-file")
        .arg(&wrong)
        .args(["--lang", "en", "people"])
        .output()
        .unwrap();
    assert!(String::from_utf8_lossy(&spoken.stderr).contains("Wrong passphrase"));
}

#[test]
fn files_that_must_not_come_in_are_refused_each_for_its_own_reason() {
    let desk = Desk::founded();
    let meeting = desk.meeting();
    desk.ok(&["paper", "add", &meeting, &fixture("bao-mat.pdf")]);
    let before = desk.ok(&["meeting", "show", &meeting]);
    let empty = desk.path("empty.pdf");
    std::fs::write(&empty, b"").unwrap();
    for (file, code) in [
        (fixture("broken.pdf"), "pdf_broken"),
        (fixture("encrypted.pdf"), "pdf_encrypted"),
        (fixture("zero-pages.pdf"), "pdf_no_pages"),
        (fixture("mat.pdf"), "secrecy_marking"),
        (fixture("README.md"), "pdf_not_a_pdf"),
        (empty.display().to_string(), "pdf_not_a_pdf"),
        (fixture("there-is-none.pdf"), "file_not_found"),
    ] {
        assert_eq!(desk.fails(&["paper", "add", &meeting, &file]), code, "{file}");
    }
    assert_eq!(desk.ok(&["meeting", "show", &meeting]), before);
}

#[test]
fn a_second_command_gets_through_to_the_owner() {
    let desk = Desk::founded();
    let node = desk.node(&[]);
    assert!(node.address().starts_with("/ip4/127.0.0.1/tcp/"));

    let meeting = desk.meeting();
    let peers = desk.ok(&["peers"]);
    assert_eq!(peers["addresses"], node.ready["addresses"], "the answer comes from the node");
    assert_eq!(desk.ok(&["identity"])["device"], node.ready["device"]);
    assert_eq!(desk.fails(&["node", "--listen", "/ip4/127.0.0.1/tcp/0", "--no-mdns"]), "profile_in_use");

    node.stop();
    assert_eq!(desk.ok(&["meeting", "show"])["row"]["meeting"], meeting.as_str(), "and what it wrote is there");
}

#[test]
fn a_profile_is_not_made_over_another() {
    let desk = Desk::founded();
    assert_eq!(desk.fails(&["init", "--organisation", "A", "--unit", "B", "--name", "C"]), "profile_exists");
    assert_eq!(desk.ok(&["status"])["state"], "ready");
    let locked = kyhop().arg("--profile").arg(desk.path("profile")).args(["--json", "status"]).output().unwrap();
    assert_eq!(one_json(&locked)["state"], "locked");
    let none = kyhop().arg("--profile").arg(desk.path("nothing")).args(["--json", "people"]).output().unwrap();
    assert_eq!((none.status.code(), code(&none).as_str()), (Some(1), "no_profile"));
    let asked = kyhop().arg("--profile").arg(desk.path("profile")).args(["--json", "people"]).output().unwrap();
    assert_eq!(code(&asked), "passphrase_needed");
}

#[test]
fn what_cannot_be_verified_is_told_from_what_is_wrong() {
    let desk = Desk::new();
    let garbage = desk.path("garbage");
    std::fs::write(&garbage, b"garbage").unwrap();
    let root = "ab".repeat(32);
    let without_profile = |words: &[&str]| kyhop().arg("--json").args(words).output().unwrap();
    let garbage = garbage.display().to_string();

    let output = without_profile(&["vote", "verify", &garbage, "--root", &root]);
    assert_eq!((output.status.code(), code(&output).as_str()), (Some(2), "bundle_not_a_bundle"));
    let output = without_profile(&["vote", "verify", "/nowhere/at/all", "--root", &root]);
    assert_eq!((output.status.code(), code(&output).as_str()), (Some(2), "file_not_found"));
    let output = without_profile(&["pdf", "verify", &garbage]);
    assert_eq!((output.status.code(), code(&output).as_str()), (Some(2), "not_a_pdf"));
    let output = without_profile(&["pdf", "verify", &fixture("bao-mat.pdf")]);
    assert_eq!(output.status.code(), Some(1), "no signature is no valid signature");
    assert_eq!(one_json(&output)["signatures"], Value::Array(Vec::new()));
    let output = without_profile(&["pdf", "verify", &fixture("bao-mat.pdf"), "--trust", &garbage]);
    assert_eq!((output.status.code(), code(&output).as_str()), (Some(2), "malformed_trust"));
}

#[test]
fn a_signed_file_is_confirmed_with_the_organisations_certificate() {
    let desk = Desk::founded();
    let (signed, root) = (desk.path("signed.pdf").display().to_string(), desk.path("root.pem").display().to_string());
    desk.ok(&["pdf", "sign", &fixture("ke-hoach-truc-bao.pdf"), "--out", &signed, "--reason", "Duyệt", "--visible"]);
    desk.ok(&["ca", "export", "--out", &root]);

    let judged = desk.ok(&["pdf", "verify", &signed, "--trust", &root]);
    let signature = &judged["signatures"][0];
    assert_eq!(signature["signer"], FOUNDER);
    assert_eq!(signature["status"], "valid");
    assert_eq!(signature["covers_whole_file"], true);
    let stranger = kyhop().args(["--json", "pdf", "verify", &signed]).output().unwrap();
    assert_eq!(stranger.status.code(), Some(1));
    assert_eq!(one_json(&stranger)["signatures"][0]["status"], "unknown_signer");

    let mut bytes = std::fs::read(&signed).unwrap();
    let middle = bytes.len() / 3;
    bytes[middle] ^= 1;
    std::fs::write(&signed, bytes).unwrap();
    let tampered = kyhop().args(["--json", "pdf", "verify", &signed, "--trust", &root]).output().unwrap();
    assert!(matches!(tampered.status.code(), Some(1 | 2)));
}
