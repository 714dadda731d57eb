//! The chair's process is killed in the middle of a vote: the deputy takes over and closes, a stranger checks the file, the chair comes back.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod support;

use std::collections::BTreeMap;

use serde_json::{Value, json};
use support::{Desk, FOUNDER, kyhop, one_json, until};

const CHAIR: &str = "Hoàng Văn Giang";
const MEMBERS: [&str; 2] = ["Lê Minh Châu", "Phạm Thị Dung"];

/// The vote exported once more.
fn again(desk: &Desk, vote: &str) -> String {
    let file = desk.text_path("again.kyhopvote");
    desk.ok(&["vote", "export", vote, "--out", &file]);
    file
}

#[test]
fn the_deputy_closes_what_the_chair_who_was_killed_had_opened_and_the_chair_takes_the_lead_back() {
    let deputy = Desk::founded();
    let meeting = deputy.meeting();
    let node = deputy.node(&[]);
    let mut desks = BTreeMap::new();
    for name in [CHAIR].into_iter().chain(MEMBERS) {
        let desk = Desk::new();
        let mut joining = desk.joins(node.address(), name);
        let words = joining.line()["words"].as_str().unwrap().to_owned();
        until("the request to join arrives", || deputy.ok(&["approve"]).as_array().unwrap().first().cloned());
        deputy.ok(&["approve", "--words", &words]);
        assert!(joining.end().0);
        deputy.ok(&["meeting", "invite", &meeting, name, if name == CHAIR { "chair" } else { "delegate" }]);
        desks.insert(name, desk);
    }
    let mut nodes: BTreeMap<_, _> = desks.iter().map(|(name, desk)| (*name, desk.node(&[node.address()]))).collect();
    for desk in desks.values() {
        until("the meeting arrives", || desk.maybe(&["meeting", "show", &meeting]));
        desk.ok(&["meeting", "check-in", &meeting]);
    }
    deputy.ok(&["meeting", "check-in", &meeting]);
    let (chair, first, second) = (&desks[CHAIR], &desks[MEMBERS[0]], &desks[MEMBERS[1]]);
    until("the chair sees that all are here", || {
        let room = chair.ok(&["meeting", "show", &meeting]);
        let members = room["members"].as_array().unwrap().iter();
        (members.filter(|member| member["attendance"]["presence"] == "present").count() == 4).then_some(())
    });

    // Nobody is named; then somebody else is.
    assert_eq!(deputy.fails(&["meeting", "take-over", &meeting]), "no_deputy");
    assert_eq!(first.fails(&["meeting", "deputy", &meeting, MEMBERS[0]]), "chair_only");
    assert_eq!(chair.fails(&["meeting", "deputy", &meeting, CHAIR]), "deputy_unfit");
    assert_eq!(chair.ok(&["meeting", "deputy", &meeting, FOUNDER])["deputy"]["name"], FOUNDER);
    let lead = |desk: &Desk, what: &str, is: &dyn Fn(&Value) -> bool| {
        until(what, || Some(desk.ok(&["meeting", "deputy", &meeting])).filter(|lead| is(lead)))
    };
    lead(first, "the naming arrives", &|lead| lead["deputy"]["name"] == FOUNDER);
    lead(&deputy, "the deputy hears of it", &|lead| lead["deputy"]["name"] == FOUNDER);
    assert_eq!(first.fails(&["meeting", "take-over", &meeting]), "deputy_only");

    let opened = chair.ok(&["vote", "open", &meeting, "--question", "Thông qua kế hoạch trực bão?"]);
    let vote = opened["vote"].as_str().unwrap().to_owned();
    let seen = |desk: &Desk, what: &str, is: &dyn Fn(&Value) -> bool| {
        until(what, || desk.maybe(&["vote", "show", &vote]).filter(|vote| is(vote)))
    };
    for (desk, choice) in [(first, "for"), (second, "against"), (&deputy, "for")] {
        seen(desk, "it may cast", &|vote| vote["may_cast"] == true);
        desk.ok(&["vote", "cast", &vote, choice]);
    }
    seen(&deputy, "the ballots are here", &|vote| vote["received"] == 3);
    nodes.remove(CHAIR).unwrap().kill();

    assert_eq!(deputy.fails(&["vote", "close", &vote]), "opener_only");
    deputy.ok(&["meeting", "take-over", &meeting]);
    for desk in [&deputy, first, second] {
        lead(desk, "the deputy leads", &|lead| lead["leading"]["by"]["name"] == FOUNDER);
    }
    deputy.ok(&["vote", "close", &vote]);
    let result = |vote: &Value| vote["is_final"] == true && vote["outcome"]["counted"] == 3 && vote["problems"] == json!([]);
    for desk in [&deputy, first, second] {
        seen(desk, "the final result", &result);
    }

    // A stranger checks the file.
    let root = first.ok(&["identity"])["root"].as_str().unwrap().to_owned();
    let file = first.text_path("vote.kyhopvote");
    first.ok(&["vote", "export", &vote, "--out", &file]);
    let output = kyhop().args(["--json", "vote", "verify", &file, "--root", &root]).output().unwrap();
    let report = one_json(&output);
    assert_eq!((&report["ok"], &report["counted"], &report["problems"]), (&json!(true), &json!(3), &json!([])), "{report}");

    let back = chair.node(&[node.address()]);
    lead(chair, "who comes back sees who leads", &|lead| lead["leading"]["by"]["name"] == FOUNDER);
    seen(chair, "and the same result", &result);
    assert_eq!(chair.fails(&["vote", "open", &meeting, "--question", "Còn gì nữa?"]), "deputy_leads");
    chair.ok(&["meeting", "take-over", &meeting]);
    for desk in [chair, &deputy, first, second] {
        lead(desk, "the chair leads again", &|lead| lead["leading"].is_null() && lead["claimed"].is_null());
    }
    seen(first, "the result stays", &result);

    // Whatever becomes of the chair's role afterwards, also of who was chair.
    let role = |desk: &Desk, what: &str, role: Option<&str>| {
        until(what, || {
            let room = desk.ok(&["meeting", "show", &meeting]);
            let found = room["members"].as_array().unwrap().iter().find(|member| member["name"] == CHAIR).cloned();
            (found.as_ref().and_then(|member| member["role"].as_str()) == role).then_some(())
        });
    };
    // The chair hands over, opens one more vote, and is gone: whom the chair has made chair closes it, and no deputy of before.
    chair.ok(&["meeting", "invite", &meeting, MEMBERS[1], "chair"]);
    lead(second, "the chair has named whom the chair made chair", &|lead| lead["deputy"]["name"] == MEMBERS[1]);
    let opened = chair.ok(&["vote", "open", &meeting, "--question", "Họp tiếp buổi chiều?"]);
    let next = opened["vote"].as_str().unwrap().to_owned();
    let shows = |desk: &Desk, what: &str, is: &dyn Fn(&Value) -> bool| {
        until(what, || desk.maybe(&["vote", "show", &next]).filter(|vote| is(vote)))
    };
    for desk in [first, &deputy] {
        shows(desk, "it may cast", &|vote| vote["may_cast"] == true);
        desk.ok(&["vote", "cast", &next, "for"]);
    }
    shows(second, "the ballots are here", &|vote| vote["received"] == 2);
    // And a vote whose ballots are marked, which nobody closes.
    let opened = chair.ok(&["vote", "open", &meeting, "--question", "Chọn ai?", "--option", "An", "--option", "Bình"]);
    let elects = opened["vote"].as_str().unwrap().to_owned();
    for desk in [first, &deputy] {
        until("it may mark", || desk.maybe(&["vote", "show", &elects]).filter(|vote| vote["may_cast"] == true));
        desk.ok(&["vote", "cast", &elects, "--choose", "An"]);
    }
    let marked =
        |desk: &Desk, what: &str| until(what, || desk.maybe(&["vote", "show", &elects]).filter(|vote| vote["received"] == 2));
    for desk in [first, second] {
        marked(desk, "the marked ballots are here");
    }
    back.kill();
    deputy.ok(&["meeting", "invite", &meeting, CHAIR, "delegate"]);
    role(first, "another chairs", Some("delegate"));
    role(second, "another chairs, who hears of it", Some("delegate"));
    for desk in [first, second] {
        marked(desk, "marked ballots keep a vote whose opener chairs no more");
    }
    assert_eq!(deputy.fails(&["meeting", "take-over", &meeting]), "no_deputy");
    second.ok(&["meeting", "take-over", &meeting]);
    shows(second, "it may close", &|vote| vote["may_close"] == true);
    second.ok(&["vote", "close", &next]);
    let decided = |vote: &Value| vote["is_final"] == true && vote["outcome"]["counted"] == 2 && vote["problems"] == json!([]);
    for desk in [&deputy, first, second] {
        shows(desk, "the result that the new chair brought about", &decided);
    }
    seen(first, "the result stays when the chair is no longer chair", &result);
    assert!(result(&deputy.ok(&["vote", "show", &vote])));
    deputy.ok(&["remove", CHAIR, "--meeting", &meeting]);
    role(first, "the former chair is out", None);
    seen(first, "the result stays when the former chair is out", &result);
    assert!(result(&deputy.ok(&["vote", "show", &vote])));
    let output = kyhop().args(["--json", "vote", "verify", &again(first, &vote), "--root", &root]).output().unwrap();
    assert_eq!(one_json(&output)["ok"], json!(true));
    assert!(decided(&first.ok(&["vote", "show", &next])));
    drop(nodes);
}
