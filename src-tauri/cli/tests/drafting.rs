//! Two secretaries change one conclusion apart from each other: both sides are shown on every device until one of them chooses.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod support;

use serde_json::{Value, json};
use support::offices::{CITY, joins};
use support::{Desk, FOUNDER, until};

const CLERK: &str = "Nguyễn Văn Bình";

fn write(desk: &Desk, meeting: &str, conclusions: [&str; 2]) {
    let change = json!({"type": "update_meeting", "meeting": meeting, "title": null, "place": null, "starts_at": null, "conclusions": conclusions});
    desk.owner().act(&change).unwrap();
}

/// Who wrote what at the only place, sorted; empty while nothing is told.
fn sides(room: &Value) -> Vec<String> {
    let drafting = &room["drafting"];
    let (Some(sides), Some(texts)) = (drafting["sides"].as_array(), drafting["places"][0]["sides"].as_array()) else {
        return Vec::new();
    };
    let mut told: Vec<String> = sides.iter().zip(texts).map(|(side, texts)| format!("{}: {}", side["by"], texts)).collect();
    told.sort();
    told
}

#[test]
fn a_conclusion_that_two_changed_apart_is_shown_with_both_sides_until_one_chooses() {
    let city = Desk::founded();
    let node = city.node(&[]);
    let clerk = joins(&city, &node, CLERK, CITY);
    let meeting = city.meeting();
    city.ok(&["meeting", "invite", &meeting, CLERK, "secretary"]);
    let other = clerk.node(&[node.address()]);
    let first = ["Thống nhất.", "Hoàn thành trước ngày 10."];
    write(&city, &meeting, first);
    until("the conclusions arrive", || {
        let room = clerk.maybe(&["meeting", "show", &meeting])?;
        (room["conclusions"] == json!(first)).then_some(())
    });
    assert_eq!(city.fails(&["meeting", "settle", &meeting, "merged"]), "conclusions_changed", "there is nothing to settle");

    // Never are both at work before each has written.
    node.stop();
    write(&clerk, &meeting, ["Thống nhất.", "Hoàn thành trước ngày 20."]);
    other.stop();
    let node = city.node(&[]);
    write(&city, &meeting, ["Thống nhất.", "Hoàn thành trước ngày 15."]);
    let _other = clerk.node(&[node.address()]);
    let mut both = vec![
        format!("{}: {}", json!(CLERK), json!(["Hoàn thành trước ngày 20."])),
        format!("{}: {}", json!(FOUNDER), json!(["Hoàn thành trước ngày 15."])),
    ];
    both.sort();
    for desk in [&city, &clerk] {
        until("both sides are shown", || (sides(&desk.ok(&["meeting", "show", &meeting])) == both).then_some(()));
    }
    let room = clerk.ok(&["meeting", "show", &meeting]);
    assert_eq!(room["drafting"]["places"][0]["number"], 2, "what both left alone is no matter: {room}");
    let plain = city.run_plain(&["meeting", "show", &meeting]);
    assert!(plain.contains("Hoàn thành trước ngày 15.") && plain.contains("Hoàn thành trước ngày 20."), "{plain}");

    assert_eq!(clerk.fails(&["meeting", "settle", &meeting, "both"]), "bad_argument");
    assert_eq!(clerk.fails(&["meeting", "settle", &meeting, "3"]), "conclusions_changed");
    assert_eq!(clerk.fails(&["meeting", "settle", &meeting, "1", "1"]), "conclusions_changed");
    let mine = room["drafting"]["sides"].as_array().unwrap().iter().position(|side| side["by"] == CLERK).unwrap() + 1;
    let settled = clerk.ok(&["meeting", "settle", &meeting, &mine.to_string()]);
    let chosen = json!(["Thống nhất.", "Hoàn thành trước ngày 20."]);
    assert_eq!(settled["conclusions"], chosen);
    until("the other sees what was chosen, and nothing more to choose", || {
        let room = city.ok(&["meeting", "show", &meeting]);
        (room["conclusions"] == chosen && room["drafting"].is_null()).then_some(())
    });
}
