//! A secret vote held by real processes on the loopback interface: tellers who are killed and come back in every phase, tellers who never come back,
//! a file that a stranger checks.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod support;

use std::collections::BTreeMap;

use serde_json::{Value, json};
use support::{Desk, FOUNDER, Node, kyhop, one_json, until};

const SECRETARY: &str = "Hoàng Văn Giang";
const TELLERS: [&str; 5] = ["Lê Minh Châu", "Phạm Thị Dung", "Vũ Đức Em", "Bùi Thị Phượng", "Đỗ Quang Hải"];

/// Seven desks: the chair, the secretary, five who are to be tellers. All hear each other through the chair's.
struct Body {
    desks: BTreeMap<&'static str, Desk>,
    nodes: BTreeMap<&'static str, Node>,
    meeting: String,
}

impl Body {
    fn sits() -> Self {
        let chair = Desk::founded();
        let meeting = chair.meeting();
        let node = chair.node(&[]);
        let mut desks = BTreeMap::new();
        for name in [SECRETARY].into_iter().chain(TELLERS) {
            let desk = Desk::new();
            let mut joining = desk.joins(node.address(), name);
            let words = joining.line()["words"].as_str().unwrap().to_owned();
            until("the request to join arrives", || chair.ok(&["approve"]).as_array().unwrap().first().cloned());
            chair.ok(&["approve", "--words", &words]);
            assert!(joining.end().0);
            let role = if name == SECRETARY { "secretary" } else { "delegate" };
            chair.ok(&["meeting", "invite", &meeting, name, role]);
            desks.insert(name, desk);
        }
        chair.ok(&["meeting", "invite", &meeting, FOUNDER, "chair"]);
        desks.insert(FOUNDER, chair);
        let mut body = Self { desks, nodes: BTreeMap::from([(FOUNDER, node)]), meeting };
        for name in [SECRETARY].into_iter().chain(TELLERS) {
            body.comes_back(name);
            let desk = &body.desks[name];
            until("the meeting arrives", || desk.maybe(&["meeting", "show", &body.meeting]));
        }
        body
    }

    fn desk(&self, name: &str) -> &Desk {
        &self.desks[name]
    }

    fn chair(&self) -> &Desk {
        self.desk(FOUNDER)
    }

    fn check_in(&self, names: &[&str]) {
        for name in names {
            self.desk(name).ok(&["meeting", "check-in", &self.meeting]);
        }
        until("the chair sees who is here", || {
            let room = self.chair().ok(&["meeting", "show", &self.meeting]);
            names.iter().all(|name| is_here(&room, name)).then_some(())
        });
    }

    /// As a power failure ends a process.
    fn is_killed(&mut self, name: &'static str) {
        self.nodes.remove(name).unwrap().kill();
    }

    fn comes_back(&mut self, name: &'static str) {
        let node = self.desks[name].node(&[self.nodes[FOUNDER].address()]);
        self.nodes.insert(name, node);
    }

    /// The chair's view of the tellers once `is` holds of it.
    fn tellers(&self, what: &str, is: impl Fn(&Value) -> bool) -> Value {
        until(what, || Some(self.chair().ok(&["vote", "tellers", &self.meeting])).filter(&is))
    }

    /// The round of the key in which exactly these are missing.
    fn waits_for(&self, stage: &str, missing: &[&str]) {
        self.tellers(&format!("{stage} without {missing:?}"), |seen| {
            let rows = seen["tellers"].as_array().unwrap().iter();
            let still: Vec<&str> = rows.filter(|row| row["done"] == false).map(|row| row["name"].as_str().unwrap()).collect();
            seen["stage"] == stage && still == missing
        });
    }

    /// The vote at a desk once `is` holds of it.
    fn vote(&self, name: &str, vote: &str, what: &str, is: impl Fn(&Value) -> bool) -> Value {
        until(&format!("{name}: {what}"), || self.desk(name).maybe(&["vote", "show", vote]).filter(&is))
    }
}

fn is_here(room: &Value, name: &str) -> bool {
    let members = room["members"].as_array().unwrap();
    members.iter().any(|member| member["name"] == name && member["attendance"]["presence"] == "present")
}

fn phase(wanted: &'static str) -> impl Fn(&Value) -> bool {
    move |vote| vote["secret"]["phase"] == wanted
}

#[test]
fn a_secret_vote_is_held_although_tellers_are_killed_in_every_phase_and_two_of_five_never_come_back() {
    let mut body = Body::sits();
    let meeting = body.meeting.clone();
    let everybody: Vec<&'static str> = [FOUNDER, SECRETARY].into_iter().chain(TELLERS).collect();
    let [first, second, third, fourth, fifth] = TELLERS;
    let all = TELLERS.join(",");
    let opens =
        ["vote", "open", meeting.as_str(), "--question", "Bãi nhiệm?", "--rules", "hdnd-secret-majority", "--patience", "1"];
    let secretly = |tellers: &'static str| [opens.as_slice(), &["--secret", "--tellers", tellers]].concat();
    let elects: &'static str = Box::leak(all.into_boxed_str());

    // What is refused.
    body.check_in(&everybody[..4]);
    assert_eq!(body.chair().fails(&secretly(elects)), "secret_body_too_small");
    body.check_in(&everybody[4..6]);
    assert_eq!(body.chair().fails(&secretly(elects)), "teller_without_device");
    body.check_in(&everybody[6..]);
    assert_eq!(body.desk(first).fails(&secretly(elects)), "chair_only");
    assert_eq!(body.chair().fails(&opens), "vote_must_be_secret");
    assert_eq!(body.chair().fails(&[opens.as_slice(), &["--secret"]].concat()), "tellers_missing");
    let two = Box::leak(format!("{first},{second}").into_boxed_str());
    assert_eq!(body.chair().fails(&secretly(two)), "limit_under");
    let half = [secretly(elects).as_slice(), &["--needed", "2"]].concat();
    assert_eq!(body.chair().fails(&half), "limit_under", "half of the tellers must not be able to read ballots");

    // The tellers make their key; in each round somebody is gone, and comes back with what it had said.
    body.is_killed(fifth);
    assert_eq!(body.chair().fails(&secretly(elects)), "tellers_not_ready");
    body.waits_for("offers", &[fifth]);
    body.is_killed(first);
    body.comes_back(fifth);
    body.waits_for("dealings", &[first]);
    body.is_killed(second);
    body.comes_back(first);
    body.waits_for("confirmations", &[second]);
    body.comes_back(second);
    body.tellers("the key holds", |seen| seen["stage"] == "ready" && seen["needed"] == 3);
    let opened = body.chair().ok(&secretly(elects));
    let vote = opened["vote"].as_str().unwrap().to_owned();
    assert_eq!(body.chair().ok(&["vote", "tellers", &meeting])["stage"], "ready", "nobody was elected again");

    // Ballots; one is replaced.
    for name in &everybody {
        body.vote(name, &vote, "it may cast", |seen| seen["may_cast"] == true);
        let choice = if *name == fourth { "against" } else { "for" };
        let receipt = body.desk(name).ok(&["vote", "cast", &vote, choice]);
        assert_eq!(receipt["choice"], Value::Null, "not even the own device keeps what was chosen");
    }
    body.desk(SECRETARY).ok(&["vote", "cast", &vote, "not_voting"]);
    body.vote(SECRETARY, &vote, "the chair has the new one", |seen| seen["mine"]["state"] == "received_by_chair");
    body.vote(FOUNDER, &vote, "all are here", |seen| seen["received"] == 7);
    assert_eq!(body.desk(second).fails(&["vote", "cast", &vote, "--mark", "1", "--mark", "2"]), "ballot_marks");
    assert_eq!(body.desk(second).fails(&["vote", "close", &vote]), "opener_only");
    assert_eq!(body.desk(second).fails(&["vote", "count", &vote]), "totals_not_due", "no teller opens an open vote");

    // Two tellers are gone for good, a third comes back after the close: only with it there are enough.
    body.is_killed(fourth);
    body.is_killed(fifth);
    body.is_killed(first);
    let closed = body.chair().ok(&["vote", "close", &vote]);
    assert_eq!(closed["outcome"], Value::Null);
    let waiting = body.vote(SECRETARY, &vote, "two have given their shares", |seen| seen["secret"]["given"] == 2);
    assert_eq!((&waiting["secret"]["phase"], &waiting["outcome"]), (&json!("counting"), &Value::Null));
    body.comes_back(first);
    for name in [FOUNDER, SECRETARY, first, second, third] {
        let seen = body.vote(name, &vote, "the result", phase("counted"));
        let outcome = &seen["outcome"];
        assert_eq!((&outcome["votes_for"], &outcome["against"], &outcome["not_voting"]), (&json!(5), &json!(1), &json!(1)));
        assert_eq!((&outcome["passed"], &seen["is_final"], &seen["problems"]), (&json!(true), &json!(true), &json!([])));
        let voters = seen["voters"].as_array().unwrap();
        assert!(voters.iter().all(|voter| voter["voted"] == true && voter["choice"].is_null()), "{seen}");
        assert_eq!(seen["mine"]["state"], "counted");
    }

    evidence(&body, &vote);
    minutes_and_archive(&body);
}

/// Anybody exports the vote, a stranger checks it, and a changed byte is noticed.
fn evidence(body: &Body, vote: &str) {
    let desk = body.desk(SECRETARY);
    let root = desk.ok(&["identity"])["root"].as_str().unwrap().to_owned();
    let file = desk.text_path("vote.kyhopvote");
    desk.ok(&["vote", "export", vote, "--out", &file]);
    let verify = || kyhop().args(["--json", "vote", "verify", &file, "--root", &root]).output().unwrap();
    let output = verify();
    let report = one_json(&output);
    assert_eq!((output.status.code(), &report["ok"], &report["problems"]), (Some(0), &json!(true), &json!([])), "{report}");
    assert_eq!((&report["secret"], &report["for"], &report["counted"]), (&json!(true), &json!(5), &json!(7)));
    assert_eq!((&report["tellers_needed"], &report["tellers_opened"]), (&json!(3), &json!(3)));
    let mut bytes = std::fs::read(&file).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    std::fs::write(&file, bytes).unwrap();
    assert_ne!(verify().status.code(), Some(0));
}

/// The minutes tell the result and who counted, the archive holds the evidence, and its checker reads it.
fn minutes_and_archive(body: &Body) {
    let secretary = body.desk(SECRETARY);
    secretary.ok(&["minutes", "draft", &body.meeting]);
    until("the secretary has a certificate and signs", || secretary.maybe(&["minutes", "sign", &body.meeting]));
    let chair = body.chair();
    until("the chair signs", || chair.maybe(&["minutes", "sign", &body.meeting]));
    let complete = |seen: &Value| seen["complete"] == true;
    until("the minutes are signed", || chair.maybe(&["minutes", "show", &body.meeting]).filter(complete));
    let root = chair.ok(&["identity"])["root"].as_str().unwrap().to_owned();
    let out = chair.text_path("archive");
    chair.ok(&["meeting", "export", &body.meeting, "--out", &out]);
    let output = kyhop().args(["--json", "meeting", "verify-archive", &out, "--root", &root]).output().unwrap();
    let report = one_json(&output);
    assert_eq!((output.status.code(), &report["problems"]), (Some(0), &json!([])), "{report}");
    let vote = &report["votes"][0];
    assert_eq!((&vote["ok"], &vote["secret"], &vote["passed"]), (&json!(true), &json!(true), &json!(true)));
    let page = std::fs::read_to_string(chair.path("archive").join("index.html")).unwrap();
    assert!(page.contains("Bỏ phiếu kín") && page.contains("tán thành 5") && page.contains(TELLERS[0]), "{page}");
    let record = std::fs::read_to_string(chair.path("archive").join("record.json")).unwrap();
    let voters = serde_json::from_str::<Value>(&record).unwrap()["votes"][0]["voters"].clone();
    assert!(voters.as_array().unwrap().iter().all(|voter| voter["choice"].is_null()), "{voters}");
}

#[test]
fn a_close_that_leaves_out_a_voter_is_opened_only_when_tellers_say_so() {
    let mut body = Body::sits();
    let meeting = body.meeting.clone();
    let everybody: Vec<&'static str> = [FOUNDER, SECRETARY].into_iter().chain(TELLERS).collect();
    body.check_in(&everybody);
    let [first, second, third, fourth, fifth] = TELLERS;
    let tellers = [first, second, third].join(",");
    let mut words = vec!["vote", "open", meeting.as_str(), "--question", "Bầu tổ trưởng", "--rules", "hdnd-majority", "--secret"];
    words.extend(["--tellers", tellers.as_str(), "--most", "2"]);
    for option in [fourth, fifth, "Người khác"] {
        words.extend(["--option", option]);
    }
    let vote = body.chair().ok(&words)["vote"].as_str().unwrap().to_owned();
    for name in &everybody {
        body.vote(name, &vote, "it may cast", |seen| seen["may_cast"] == true);
    }
    for name in [FOUNDER, SECRETARY, first, second, third] {
        body.desk(name).ok(&["vote", "cast", &vote, "--mark", "1", "--mark", "3"]);
    }
    body.desk(fourth).ok(&["vote", "cast", &vote, "--blank"]);
    body.vote(FOUNDER, &vote, "six are here", |seen| seen["received"] == 6);
    assert_eq!(body.desk(fifth).fails(&["vote", "cast", &vote, "for"]), "ballot_has_other_form");

    // The last ballot is cast out of the chair's hearing. Two devices that are left acknowledge the close, of four that are needed.
    for name in [fifth, first, second, third, SECRETARY] {
        body.is_killed(name);
    }
    body.desk(fifth).ok(&["vote", "cast", &vote, "--mark", "2"]);
    body.chair().ok(&["vote", "close", &vote]);
    body.comes_back(fifth);
    body.vote(FOUNDER, &vote, "the late ballot is here", |seen| seen["late"] == 1 && seen["acknowledged"] == json!([3, 4]));
    // The first teller makes it final, and knows by then of the ballot that is left out.
    for name in [first, second] {
        body.comes_back(name);
        let seen = body.vote(name, &vote, "the teller is asked", |seen| seen["secret"]["asks_teller"] == true);
        assert_eq!((&seen["secret"]["given"], &seen["late"]), (&json!(0), &json!(1)));
    }
    body.desk(first).ok(&["vote", "count", &vote]);
    body.desk(second).ok(&["vote", "count", &vote]);
    let seen = body.vote(FOUNDER, &vote, "the result", phase("counted"));
    let votes: Vec<u64> =
        seen["secret"]["outcome"]["places"].as_array().unwrap().iter().map(|place| place["votes"].as_u64().unwrap()).collect();
    assert_eq!((votes, &seen["secret"]["outcome"]["passed"]), (vec![5, 0, 5], &Value::Null));
    assert_eq!(body.desk(fifth).ok(&["vote", "show", &vote])["mine"]["state"], "late");
    body.desk(second).ok(&["vote", "count", &vote]);
    assert_eq!(body.desk(fifth).fails(&["vote", "count", &vote]), "not_a_teller");
}
