//! Rules of votes as data: made from others, carried as JSON, frozen in every vote that was opened under them.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod support;

use serde_json::{Value, json};
use support::{Desk, FOUNDER};

fn ids(book: &Value) -> Vec<&str> {
    book["rules"].as_array().unwrap().iter().map(|row| row["profile"]["id"].as_str().unwrap()).collect()
}

/// A file with this profile, or these.
fn file(desk: &Desk, name: &str, content: &Value) -> String {
    let path = desk.path(name);
    std::fs::write(&path, content.to_string()).unwrap();
    path.display().to_string()
}

#[test]
fn own_rules_are_made_from_others_and_changing_them_touches_no_vote_that_was_opened() {
    let desk = Desk::founded();
    let mut own = desk.ok(&["rules", "show", "meeting-present-majority"])["profile"].clone();
    own["id"] = json!("to-dan-pho");
    own["name"] = json!("Tổ dân phố: quá nửa số người có mặt");
    own["legal_basis"] = json!("Quy ước của tổ dân phố");
    let written = desk.ok(&["rules", "import", &file(&desk, "own.json", &own)]);
    assert_eq!(ids(&written).last(), Some(&"to-dan-pho"));
    assert_eq!((&written["may_edit"], &written["rules"][0]["built_in"]), (&json!(true), &json!(true)));

    let meeting = desk.meeting();
    desk.ok(&["meeting", "invite", &meeting, FOUNDER, "chair"]);
    desk.ok(&["meeting", "check-in", &meeting]);
    let opened = desk.ok(&["vote", "open", &meeting, "--question", "Thông qua?", "--rules", "to-dan-pho"]);
    let vote = opened["vote"].as_str().unwrap();

    let mut stricter = own.clone();
    stricter["threshold"] = json!("all");
    stricter["legal_basis"] = json!("Quy ước mới");
    desk.ok(&["rules", "import", &file(&desk, "stricter.json", &json!([stricter]))]);
    assert_eq!(desk.ok(&["rules", "show", "to-dan-pho"])["profile"]["threshold"], "all");
    assert_eq!(desk.ok(&["vote", "show", vote])["profile"], own, "the vote carries what it was opened under");

    desk.ok(&["rules", "remove", "to-dan-pho"]);
    assert_eq!(desk.fails(&["vote", "open", &meeting, "--question", "Nữa?", "--rules", "to-dan-pho"]), "not_found");
    desk.ok(&["vote", "cast", vote, "for"]);
    desk.ok(&["vote", "close", vote]);
    let evidence = desk.path("vote.kyhopvote").display().to_string();
    desk.ok(&["vote", "export", vote, "--out", &evidence]);
    let root = desk.ok(&["identity"])["root"].as_str().unwrap().to_owned();
    let judged = desk.ok(&["vote", "verify", &evidence, "--root", &root]);
    assert_eq!((&judged["ok"], &judged["passed"]), (&json!(true), &json!(true)), "no registry is needed to judge it");
}

#[test]
fn what_is_exported_can_be_imported_by_another_office() {
    let (here, there) = (Desk::founded(), Desk::founded());
    let mut own = here.ok(&["rules", "show", "hdnd-two-thirds"])["profile"].clone();
    own["id"] = json!("phuong-hai-phan-ba");
    here.ok(&["rules", "import", &file(&here, "own.json", &own)]);
    let carried = here.path("rules.json").display().to_string();
    assert_eq!(here.ok(&["rules", "export", "--out", &carried])["rules"], 1);
    there.ok(&["rules", "import", &carried]);
    assert_eq!(there.ok(&["rules", "show", "phuong-hai-phan-ba"])["profile"], own);
}

#[test]
fn rules_that_are_not_sound_are_refused_with_what_is_wrong() {
    let desk = Desk::founded();
    let sound = desk.ok(&["rules", "show", "hdnd-majority"])["profile"].clone();
    let refused = |change: fn(&mut Value)| {
        let mut profile = sound.clone();
        profile["id"] = json!("thu-nghiem");
        change(&mut profile);
        desk.fails(&["rules", "import", &file(&desk, "rules.json", &profile)])
    };
    assert_eq!(refused(|profile| profile["id"] = json!("hdnd-majority")), "profile_built_in");
    assert_eq!(refused(|profile| profile["id"] = json!("Thử nghiệm")), "text_characters");
    assert_eq!(refused(|profile| profile["name"] = json!("")), "limit_under");
    assert_eq!(refused(|profile| profile["legal_basis"] = json!("")), "limit_under");
    assert_eq!(refused(|profile| profile["legal_basis"] = json!("x".repeat(2_001))), "limit_over");
    assert_eq!(refused(|profile| profile["threshold"] = json!("most")), "profiles_unreadable");
    assert_eq!(refused(|profile| profile["base"] = json!("everybody")), "profiles_unreadable");
    let twice = file(&desk, "twice.json", &json!([sound, sound]));
    assert_eq!(desk.fails(&["rules", "import", &twice]), "profiles_same_id");
    assert!(desk.ok(&["rules", "list"])["rules"].as_array().unwrap().iter().all(|row| row["built_in"] == true));
}
