//! Somebody forgot the passphrase: the paper opens the same profile under a new one, while the program runs and when it does not.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod support;

use support::{Desk, FOUNDER, PASSPHRASE, fixture, until};

const NEW: &str = "mật khẩu mới dễ nhớ";

fn now_says(desk: &Desk, passphrase: &str) {
    std::fs::write(desk.path("passphrase"), format!("{passphrase}\n")).unwrap();
}

/// What is on the paper.
fn made(desk: &Desk) -> String {
    desk.ok(&["passphrase", "code"])["words"].as_str().unwrap().to_owned()
}

fn paper(desk: &Desk, words: &str) -> String {
    std::fs::write(desk.path("paper"), format!("{words}\n")).unwrap();
    desk.text_path("paper")
}

#[test]
fn the_paper_opens_the_same_profile_under_a_new_passphrase() {
    let desk = Desk::founded();
    let meeting = desk.meeting();
    desk.ok(&["paper", "add", &meeting, &fixture("ke-hoach-truc-bao.pdf"), "--item", "1"]);
    assert_eq!(desk.fails(&["passphrase", "recover", "--code-file", &paper(&desk, "áo dài")]), "recovery_code_count");
    let device = desk.ok(&["identity"])["device"].clone();
    let words = made(&desk);
    assert_eq!(words.split(' ').count(), 12);

    now_says(&desk, "đã quên mất rồi");
    assert_eq!(desk.fails(&["identity"]), "wrong_passphrase");
    now_says(&desk, NEW);
    desk.ok(&["passphrase", "recover", "--code-file", &paper(&desk, &words.to_uppercase())]);
    let identity = desk.ok(&["identity"]);
    assert_eq!((&identity["device"], &identity["recovery"]), (&device, &true.into()));
    assert_eq!(desk.ok(&["meeting", "show", &meeting])["row"]["papers"], 1);
    now_says(&desk, PASSPHRASE);
    assert_eq!(desk.fails(&["identity"]), "wrong_passphrase", "the old one is gone");
}

#[test]
fn without_the_right_paper_nothing_opens_and_each_mistake_is_told() {
    let desk = Desk::founded();
    let recover = |words: &str| desk.fails(&["passphrase", "recover", "--code-file", &paper(&desk, words)]);
    let other = Desk::founded();
    let strangers = made(&other);
    assert_eq!(recover(&strangers), "recovery_code_none");
    let first = made(&desk);
    let second = made(&desk);
    assert_eq!(recover(&strangers), "recovery_code_wrong");
    assert_eq!(recover(&first), "recovery_code_wrong", "it was replaced");
    assert_eq!(recover(&second.replacen(second.split(' ').nth(2).unwrap(), "không-có", 1)), "recovery_code_word");
    let said = desk.says(&["passphrase", "recover", "--code-file", &paper(&desk, &first)]);
    assert!(said[0].contains("không mở được hồ sơ này") && said[1].contains("does not open this profile"), "{said:?}");
    now_says(&desk, "người khác");
    assert_eq!(desk.fails(&["passphrase", "code"]), "wrong_passphrase");
    assert_eq!(desk.fails(&["passphrase", "forget-code"]), "wrong_passphrase");
    now_says(&desk, PASSPHRASE);
    desk.ok(&["passphrase", "forget-code"]);
    assert_eq!(recover(&second), "recovery_code_none");
    assert_eq!(desk.ok(&["identity"])["recovery"], false);
}

#[test]
fn it_works_through_the_program_that_has_the_profile_open_and_a_backup_knows_the_code() {
    let desk = Desk::founded();
    let node = desk.node(&[]);
    let words = made(&desk);
    until("it is shown", || (desk.ok(&["identity"])["recovery"] == true).then_some(()));
    let file = desk.text_path("so.kyhop-backup");
    desk.ok(&["backup", &file]);
    now_says(&desk, NEW);
    desk.ok(&["passphrase", "recover", "--code-file", &paper(&desk, &words)]);
    assert_eq!(desk.ok(&["identity"])["me"]["name"], FOUNDER, "the node goes on");
    drop(node);
    assert_eq!(desk.ok(&["identity"])["me"]["name"], FOUNDER, "and what opens it next needs the new one");

    let restored = Desk::new();
    restored.ok(&["restore", &file]);
    now_says(&restored, NEW);
    assert_eq!(restored.fails(&["identity"]), "wrong_passphrase", "a backup has the passphrase of its day");
    restored.ok(&["passphrase", "recover", "--code-file", &paper(&restored, &words)]);
    assert_eq!(restored.ok(&["identity"])["me"]["name"], FOUNDER);
}
