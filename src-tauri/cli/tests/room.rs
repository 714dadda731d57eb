//! A sitting at two desks, played by real processes on the loopback interface: who comes and goes, who speaks, what is dealt with.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod support;

use serde_json::{Value, json};
use support::{Desk, FOUNDER, Node, until};

const MEMBER: &str = "Lê Minh Châu";

/// Two desks that hear each other: the founder, who keeps the minutes, and a delegate.
struct Two {
    desk: Desk,
    member: Desk,
    meeting: String,
    _nodes: (Node, Node),
}

impl Two {
    fn meet() -> Self {
        let (desk, member) = (Desk::founded(), Desk::new());
        let meeting = desk.meeting();
        let node = desk.node(&[]);
        let mut joining = member.joins(node.address(), MEMBER);
        let words = joining.line()["words"].as_str().unwrap().to_owned();
        until("the request to join arrives", || desk.ok(&["approve"]).as_array().unwrap().first().cloned());
        desk.ok(&["approve", "--words", &words]);
        assert!(joining.end().0);
        let member_node = member.node(&[node.address()]);
        desk.ok(&["meeting", "invite", &meeting, MEMBER, "delegate"]);
        until("the member has the meeting", || member.maybe(&["meeting", "show", &meeting]));
        Self { desk, member, meeting, _nodes: (node, member_node) }
    }

    /// The attendance as a desk sees it, once `is` holds of it.
    fn attendance(&self, of: &Desk, what: &str, is: impl Fn(&Value) -> bool) -> Value {
        until(what, || of.maybe(&["meeting", "attendance", &self.meeting]).filter(&is))
    }
}

fn presence<'a>(attendance: &'a Value, name: &str) -> &'a Value {
    let members = attendance["members"].as_array().unwrap();
    &members.iter().find(|member| member["name"] == name).unwrap()["attendance"]
}

fn is(name: &'static str, wanted: &'static str) -> impl Fn(&Value) -> bool {
    move |attendance| presence(attendance, name)["presence"] == wanted
}

#[test]
fn who_comes_leaves_and_is_excused_is_seen_at_both_desks_and_counts_for_the_quorum() {
    let two = Two::meet();
    let (desk, member, meeting) = (&two.desk, &two.member, two.meeting.as_str());
    let before = desk.ok(&["meeting", "attendance", meeting]);
    assert_eq!(before["quorum"], json!({ "present": 0, "total": 2, "needed": 2, "met": false }));

    member.ok(&["meeting", "check-in", meeting]);
    desk.ok(&["meeting", "check-in", meeting]);
    let both = two.attendance(desk, "the secretary sees the delegate", is(MEMBER, "present"));
    assert_eq!(both["quorum"], json!({ "present": 2, "total": 2, "needed": 2, "met": true }));
    assert!(presence(&both, MEMBER)["device"].is_string() && presence(&both, MEMBER)["entered_by"].is_null());

    assert_eq!(member.fails(&["meeting", "mark", meeting, FOUNDER, "left"]), "not_allowed");
    assert_eq!(member.fails(&["meeting", "mark", meeting, MEMBER, "excused"]), "not_allowed", "nor does one excuse oneself");
    member.ok(&["meeting", "leave", meeting]);
    assert_eq!(member.fails(&["meeting", "leave", meeting]), "not_present");
    let one = two.attendance(desk, "the secretary sees the departure", is(MEMBER, "left"));
    assert_eq!((&one["quorum"]["present"], &one["quorum"]["met"]), (&json!(1), &json!(false)));
    assert_eq!(presence(&one, MEMBER)["stays"].as_array().unwrap().len(), 1);

    desk.ok(&["meeting", "mark", meeting, MEMBER, "excused", "--reason", "đi công tác"]);
    let excused = two.attendance(member, "the delegate sees it", is(MEMBER, "excused"));
    assert_eq!(presence(&excused, MEMBER)["reason"], "đi công tác");
    assert!(presence(&excused, MEMBER)["entered_by"].is_string());
    assert_eq!(excused["void"], json!([]));
    assert_eq!(desk.fails(&["meeting", "mark", meeting, MEMBER, "excused", "--reason", &"a".repeat(301)]), "limit_over");
}

#[test]
fn somebody_without_a_device_counts_for_the_quorum_and_is_asked_for_where_those_present_are_the_base() {
    let two = Two::meet();
    let (desk, meeting) = (&two.desk, two.meeting.as_str());
    desk.ok(&["meeting", "invite", meeting, FOUNDER, "chair"]);
    desk.ok(&["meeting", "check-in", meeting]);
    let refused = |rules: &str| desk.fails(&["vote", "open", meeting, "--question", "Thông qua?", "--rules", rules]);
    assert_eq!(refused("ubnd-majority"), "no_quorum");

    desk.ok(&["meeting", "mark", meeting, MEMBER, "present"]);
    let marked = desk.ok(&["meeting", "attendance", meeting]);
    assert_eq!((&marked["quorum"]["present"], &presence(&marked, MEMBER)["device"]), (&json!(2), &Value::Null));
    assert_eq!(refused("meeting-present-majority"), "present_without_device");
    let vote = desk.ok(&["vote", "open", meeting, "--question", "Thông qua?", "--rules", "ubnd-majority"]);
    let shown = desk.ok(&["vote", "show", vote["vote"].as_str().unwrap()]);
    let voter = shown["voters"].as_array().unwrap().iter().find(|voter| voter["name"] == MEMBER).unwrap();
    assert_eq!(voter["present"], false, "on the roll, without a device to vote with");

    desk.ok(&["meeting", "mark", meeting, MEMBER, "left"]);
    assert_eq!(refused("hdnd-majority"), "no_quorum", "who has left no longer counts");
}

#[test]
fn the_chair_leads_the_sitting_over_its_items_and_both_desks_see_where_it_is() {
    let two = Two::meet();
    let (desk, member, meeting) = (&two.desk, &two.member, two.meeting.as_str());
    desk.ok(&["meeting", "check-in", meeting]);
    assert_eq!(desk.fails(&["sitting", "open", meeting]), "no_quorum", "a body that lacks its quorum does not sit");
    assert_eq!(desk.fails(&["sitting", "turn", meeting, "1"]), "sitting_does_not_fit");
    member.ok(&["meeting", "check-in", meeting]);
    two.attendance(desk, "the secretary sees the delegate", is(MEMBER, "present"));
    assert_eq!(member.fails(&["sitting", "open", meeting]), "not_allowed");

    let opened = desk.ok(&["sitting", "open", meeting, "--rules", "hdnd-majority"]);
    assert_eq!((&opened["course"]["phase"], &opened["rules"]), (&json!("running"), &json!("hdnd-majority")));
    desk.ok(&["sitting", "open", meeting]);
    desk.ok(&["sitting", "turn", meeting, "2"]);
    let item = desk.ok(&["meeting", "show", meeting])["items"][1]["item"]["id"].clone();
    until("the delegate sees what is dealt with", || {
        member.maybe(&["sitting", "show", meeting]).filter(|seen| seen["course"]["item"] == item)
    });
    assert_eq!(member.ok(&["sitting", "show", meeting])["rules"], "hdnd-majority", "the second opening changed nothing");
    desk.ok(&["sitting", "pause", meeting]);
    assert_eq!(desk.fails(&["sitting", "open", meeting]), "sitting_does_not_fit");
    desk.ok(&["sitting", "resume", meeting]);
    let closed = desk.ok(&["sitting", "close", meeting]);
    assert_eq!((&closed["course"]["phase"], &closed["course"]["item"]), (&json!("closed"), &Value::Null));
    assert_eq!(desk.fails(&["sitting", "turn", meeting, "1"]), "sitting_does_not_fit");
    assert_eq!(desk.fails(&["sitting", "ask", meeting]), "sitting_closed");
}

#[test]
fn who_asks_for_the_word_waits_in_order_and_gets_it_from_the_chair_alone() {
    let two = Two::meet();
    let (desk, member, meeting) = (&two.desk, &two.member, two.meeting.as_str());
    let waiting = |seen: &Value| -> Vec<(String, String)> {
        let queue = seen["floor"]["queue"].as_array().unwrap().iter();
        queue.map(|row| (row["name"].as_str().unwrap().to_owned(), row["kind"].as_str().unwrap().to_owned())).collect()
    };
    let sees = |of: &Desk, what: &str, length: usize| {
        until(what, || of.maybe(&["sitting", "show", meeting]).filter(|seen| waiting(seen).len() == length))
    };
    desk.ok(&["sitting", "ask", meeting]);
    sees(member, "the delegate sees the request", 1);
    member.ok(&["sitting", "ask", meeting, "--kind", "point-of-order"]);
    assert_eq!(
        waiting(&member.ok(&["sitting", "ask", meeting, "--kind", "point-of-order"])).len(),
        2,
        "asking twice is asking once"
    );
    let queue = sees(desk, "the secretary sees both", 2);
    assert_eq!(waiting(&queue), [(MEMBER.to_owned(), "point_of_order".to_owned()), (FOUNDER.to_owned(), "speech".to_owned())]);

    assert_eq!(member.fails(&["sitting", "give", meeting, FOUNDER]), "not_allowed");
    assert_eq!(member.fails(&["sitting", "ask", meeting, "--for", FOUNDER]), "not_allowed");
    let theirs = queue["floor"]["queue"][1]["request"].as_str().unwrap();
    assert_eq!(member.fails(&["sitting", "withdraw", meeting, theirs]), "not_allowed");
    let first = queue["floor"]["queue"][0]["request"].as_str().unwrap();
    let placed = desk.ok(&["sitting", "place", meeting, theirs, "--before", first]);
    assert_eq!(placed["floor"]["queue"][0]["name"], FOUNDER);
    assert_eq!(member.fails(&["sitting", "order", meeting, "asked"]), "not_allowed");
    let ordered = desk.ok(&["sitting", "order", meeting, "asked"]);
    assert_eq!(ordered["floor"]["queue"][0]["name"], MEMBER, "points of order come first under every rule");
    desk.ok(&["sitting", "place", meeting, theirs]);

    let given = desk.ok(&["sitting", "give", meeting, "--minutes", "3"]);
    assert_eq!((&given["floor"]["speaking"]["name"], &given["floor"]["speaking"]["seconds"]), (&json!(MEMBER), &json!(180)));
    let seen = until("the delegate sees the word", || {
        member.maybe(&["sitting", "show", meeting]).filter(|seen| seen["floor"]["speaking"].is_object())
    });
    assert_eq!(waiting(&seen).len(), 1);
    let next = desk.ok(&["sitting", "give", meeting]);
    assert_eq!(next["floor"]["speaking"]["name"], FOUNDER, "the next has the word");
    assert_eq!(next["floor"]["spoken"][0]["name"], MEMBER);
    assert!(next["floor"]["spoken"][0]["spoken_s"].is_u64(), "and how long the first spoke was measured: {next}");
    let ended = desk.ok(&["sitting", "end", meeting]);
    assert_eq!((&ended["floor"]["speaking"], ended["floor"]["spoken"].as_array().unwrap().len()), (&Value::Null, 2));
    assert_eq!(desk.fails(&["sitting", "end", meeting]), "not_found");

    member.ok(&["sitting", "ask", meeting, "--kind", "interpellation"]);
    let asked = sees(desk, "the secretary sees the interpellation", 1);
    let request = asked["floor"]["queue"][0]["request"].as_str().unwrap();
    member.ok(&["sitting", "withdraw", meeting, request]);
    sees(desk, "the secretary sees that it was withdrawn", 0);
}

#[test]
fn a_paper_ballot_counts_once_somebody_else_has_said_what_it_says() {
    const THIRD: &str = "Võ Thị Giang";
    let two = Two::meet();
    let (desk, member, meeting) = (&two.desk, &two.member, two.meeting.as_str());
    let third = Desk::new();
    let mut joining = third.joins(two._nodes.0.address(), THIRD);
    let words = joining.line()["words"].as_str().unwrap().to_owned();
    until("the third asks to join", || desk.ok(&["approve"]).as_array().unwrap().first().cloned());
    desk.ok(&["approve", "--words", &words]);
    assert!(joining.end().0);
    desk.ok(&["meeting", "invite", meeting, MEMBER, "secretary"]);
    desk.ok(&["meeting", "invite", meeting, THIRD, "delegate"]);
    desk.ok(&["meeting", "invite", meeting, FOUNDER, "chair"]);
    desk.ok(&["meeting", "check-in", meeting]);
    member.ok(&["meeting", "check-in", meeting]);
    two.attendance(desk, "the chair sees the secretary", is(MEMBER, "present"));
    desk.ok(&["meeting", "mark", meeting, THIRD, "present"]);

    // Those present are the base, and one of them has no device: with a secretary who can enter paper that is no obstacle.
    let opened = desk.ok(&["vote", "open", meeting, "--question", "Thông qua?", "--rules", "meeting-present-majority"]);
    let vote = opened["vote"].as_str().unwrap();
    until("the secretary sees the vote", || member.maybe(&["vote", "show", vote]));
    assert_eq!(desk.fails(&["vote", "paper", vote, THIRD, "for"]), "paper_not_a_clerk");
    let entered = member.ok(&["vote", "paper", vote, THIRD, "for"]);
    assert_eq!(entered["paper"]["waiting"][0]["choice"], "for");
    assert_eq!(entered["received"], 0, "an entry alone is no ballot");
    assert_eq!(member.fails(&["vote", "witness", vote, THIRD, "for"]), "paper_witness_is_clerk");
    until("the chair sees what waits for a witness", || {
        desk.maybe(&["vote", "show", vote]).filter(|seen| seen["paper"]["waiting"][0]["may_witness"] == true)
    });
    assert_eq!(desk.fails(&["vote", "witness", vote, THIRD, "against"]), "paper_differs");
    let witnessed = desk.ok(&["vote", "witness", vote, THIRD, "for"]);
    assert_eq!((&witnessed["received"], &witnessed["paper"]["waiting"]), (&json!(1), &json!([])));
    assert_eq!(desk.fails(&["vote", "witness", vote, THIRD, "for"]), "paper_not_waiting");

    // What was mistyped is corrected; of two corrections the last waits, and stands once it is witnessed.
    member.ok(&["vote", "paper", vote, THIRD, "not_voting"]);
    let corrected = member.ok(&["vote", "paper", vote, THIRD, "for"]);
    assert_eq!(corrected["paper"]["waiting"].as_array().unwrap().len(), 1);
    assert_eq!(corrected["received"], 1, "what was witnessed stands until the correction is");
    let waits = |seen: &Value| seen["paper"]["waiting"][0]["choice"] == "for";
    until("the chair sees the correction", || desk.maybe(&["vote", "show", vote]).filter(waits));
    desk.ok(&["vote", "witness", vote, THIRD, "for"]);

    desk.ok(&["vote", "cast", vote, "for"]);
    let closed = desk.ok(&["vote", "close", vote]);
    assert_eq!((&closed["outcome"]["present"], &closed["outcome"]["votes_for"]), (&json!(3), &json!(2)));
    assert_eq!(closed["outcome"]["passed"], true);
    let voters = closed["voters"].as_array().unwrap();
    let voter = voters.iter().find(|voter| voter["name"] == THIRD).unwrap();
    assert_eq!((&voter["choice"], &voter["without_device"]), (&json!("for"), &json!(true)));
    assert_eq!(voter["paper"], json!({ "entered_by": MEMBER, "witness": FOUNDER, "void": false }));

    let file = desk.path("bieu-quyet.kyhopvote").display().to_string();
    desk.ok(&["vote", "export", vote, "--out", &file]);
    let root = desk.ok(&["identity"])["root"].as_str().unwrap().to_owned();
    let judged = desk.ok(&["vote", "verify", &file, "--root", &root]);
    assert_eq!((&judged["ok"], &judged["counted"], &judged["for"]), (&json!(true), &json!(2), &json!(2)));
    assert_eq!(judged["problems"], json!([]));
}
