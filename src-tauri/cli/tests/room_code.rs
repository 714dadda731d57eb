//! The code of the room: who has read it from the secretary's screen is present by it, who only guesses is present by the own word.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod support;

use serde_json::Value;
use support::{Desk, until};

const HERE: &str = "Lê Minh Châu";
const AT_HOME: &str = "Phạm Thị Dung";

fn attendance(room: &Value, name: &str) -> Value {
    let members = room["members"].as_array().unwrap();
    members.iter().find(|member| member["name"] == name).unwrap()["attendance"].clone()
}

#[test]
fn who_typed_the_code_in_time_is_present_by_it_on_every_device() {
    let secretary = Desk::founded();
    let meeting = secretary.meeting();
    assert_eq!(secretary.fails(&["meeting", "code", &meeting]), "no_network", "nobody would compare it");
    let node = secretary.node(&[]);
    let mut desks = Vec::new();
    for name in [HERE, AT_HOME] {
        let desk = Desk::new();
        let mut joining = desk.joins(node.address(), name);
        let words = joining.line()["words"].as_str().unwrap().to_owned();
        until("the request to join arrives", || secretary.ok(&["approve"]).as_array().unwrap().first().cloned());
        secretary.ok(&["approve", "--words", &words]);
        assert!(joining.end().0);
        secretary.ok(&["meeting", "invite", &meeting, name, "delegate"]);
        desks.push(desk);
    }
    let [here, at_home] = &desks[..] else { panic!("two desks") };
    let _nodes: Vec<_> = desks.iter().map(|desk| desk.node(&[node.address()])).collect();
    for desk in &desks {
        until("the meeting arrives", || desk.maybe(&["meeting", "show", &meeting]));
    }
    assert_eq!(here.fails(&["meeting", "code", &meeting]), "not_allowed", "a delegate shows no code");
    assert_eq!(here.fails(&["meeting", "check-in", &meeting, "--code", "nonsense!"]), "room_code_form");
    assert_eq!(attendance(&here.ok(&["meeting", "show", &meeting]), HERE)["presence"], "unknown", "nothing was said");

    let shown = secretary.ok(&["meeting", "code", &meeting]);
    let code = shown["code"].as_str().unwrap();
    assert!(shown["qr"]["path"].as_str().is_some_and(|path| path.starts_with('M')), "{shown}");
    let wrong = if code.starts_with('7') { "8888-8888" } else { "7777-7777" };
    at_home.ok(&["meeting", "check-in", &meeting, "--code", wrong]);
    here.ok(&["meeting", "check-in", &meeting, "--code", &code.to_lowercase().replace('-', " ")]);
    for desk in [&secretary, here, at_home] {
        let room = until("the code is accepted", || {
            let room = desk.ok(&["meeting", "show", &meeting]);
            let arrived = attendance(&room, AT_HOME)["code"] == "shown";
            (arrived && attendance(&room, HERE)["code"] == "accepted").then_some(room)
        });
        assert_eq!(attendance(&room, AT_HOME)["presence"], "present", "by the own word");
    }
    assert!(secretary.run_plain(&["meeting", "attendance", &meeting]).contains("bằng mã của phòng họp"));

    here.ok(&["meeting", "leave", &meeting]);
    here.ok(&["meeting", "check-in", &meeting]);
    assert_eq!(attendance(&here.ok(&["meeting", "show", &meeting]), HERE).get("code"), None, "whoever comes back reads it again");
}
