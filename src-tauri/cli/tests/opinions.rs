//! Written opinions: asked by the secretary, answered without a network and too late, drawn together in a report.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod support;

use std::process::Command;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use domain::calendar::iso8601_seconds;
use domain::id::Timestamp;
use serde_json::{Value, json};
use support::clock::Clock;
use support::offices::joins;
use support::{Desk, FOUNDER, fixture, until};

const MEMBER: &str = "Lê Minh Châu";
const UNIT: &str = "UBND phường An Bình";
const QUESTION: &str = "Thống nhất chủ trương sửa chữa trụ sở?";
const REMARK: &str = "Đề nghị chia làm hai giai đoạn";

/// Tomorrow at this minute, as it is typed.
fn tomorrow() -> String {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap() + Duration::from_secs(24 * 3_600);
    let at = iso8601_seconds(Timestamp(i64::try_from(since.as_millis()).unwrap()));
    format!("{} {}", &at[..10], &at[11..16])
}

fn form(desk: &Desk, meeting: &str) -> Option<Value> {
    desk.maybe(&["opinion", "list", meeting])?.as_array()?.first().cloned()
}

fn row<'a>(form: &'a Value, name: &str) -> &'a Value {
    form["rows"].as_array().unwrap().iter().find(|row| row["name"] == name).unwrap()
}

#[test]
fn members_answer_without_a_network_late_answers_are_told_apart_and_the_report_says_who_said_what() {
    let desk = Desk::founded();
    let node = desk.node(&[]);
    let member = joins(&desk, &node, MEMBER, UNIT);
    let meeting = desk.meeting();
    desk.ok(&["meeting", "invite", &meeting, MEMBER, "delegate"]);
    let paper = desk.ok(&["paper", "add", &meeting, &fixture("ke-hoach-truc-bao.pdf"), "--title", "Tờ trình sửa chữa"]);
    let paper = paper["paper"].as_str().unwrap();
    let theirs = member.node(&[node.address()]);
    until("the member has the meeting", || member.maybe(&["meeting", "show", &meeting]));
    let ask = |until: &str| {
        ["opinion", "ask", meeting.as_str(), "--question", QUESTION, "--until", until, "--paper", paper].map(str::to_owned)
    };
    let words = ask("2020-01-01 08:00");
    assert_eq!(desk.fails(&words.each_ref().map(String::as_str)), "opinion_deadline_over");
    let words = ask(&tomorrow());
    let sent = desk.ok(&words.each_ref().map(String::as_str));
    let name = sent["form"].as_str().unwrap();
    let seen = until("the member has the form", || form(&member, &meeting));
    assert_eq!((&seen["question"], &seen["papers"][0]["title"]), (&json!(QUESTION), &json!("Tờ trình sửa chữa")));
    assert_eq!((&seen["asks_me"], &seen["silent"], &seen["over"]), (&json!(true), &json!(2), &json!(false)));

    // On the train: no network, and nothing of the sitting has begun.
    theirs.stop();
    assert_eq!(member.fails(&["opinion", "answer", &meeting, name, "remarks"]), "limit_under", "remarks are promised");
    member.ok(&["opinion", "answer", &meeting, name, "disagree"]);
    member.ok(&["opinion", "answer", &meeting, name, "remarks", "--remark", REMARK]);
    assert_eq!(form(&desk, &meeting).unwrap()["silent"], 2, "nothing has come yet");
    let theirs = member.node(&[node.address()]);
    let seen = until("the answer comes", || form(&desk, &meeting).filter(|seen| seen["silent"] == 1));
    assert_eq!(seen["in_time"], json!({ "agree": 0, "with_remarks": 1, "disagree": 0 }), "the last word counts, once");
    assert_eq!(row(&seen, MEMBER)["remark"], REMARK);
    assert_eq!(member.fails(&["opinion", "ask", meeting.as_str(), "--question", "?", "--until", &tomorrow()]), "not_allowed");
    theirs.stop();
    node.stop();

    // Two days later the founder answers, and the member would like to change.
    let clock = Clock::days_ahead(2);
    let node = clock.node(&desk, &[]);
    desk.ok(&["opinion", "answer", &meeting, name, "agree"]);
    let seen = form(&desk, &meeting).unwrap();
    assert_eq!((&seen["over"], &seen["silent"]), (&json!(true), &json!(0)));
    assert_eq!(seen["late"], json!({ "agree": 1, "with_remarks": 0, "disagree": 0 }));
    assert_eq!((&seen["in_time"]["agree"], &row(&seen, FOUNDER)["late"]), (&json!(0), &json!(true)));
    let theirs = clock.node(&member, &[node.address()]);
    assert_eq!(member.fails(&["opinion", "answer", &meeting, name, "disagree"]), "opinion_given_in_time");
    until("the member sees the late answer", || form(&member, &meeting).filter(|seen| seen["late"]["agree"] == 1));
    theirs.stop();

    let out = desk.text_path("report.pdf");
    desk.ok(&["opinion", "report", &meeting, &name[..8], "--out", &out]);
    assert_eq!(member.fails(&["opinion", "report", &meeting, name, "--out", &member.text_path("r.pdf")]), "not_allowed");
    assert!(std::fs::read(&out).unwrap().starts_with(b"%PDF"));
    let Ok(text) = Command::new("pdftotext").args([&out, "-"]).output() else {
        return println!("skipped: reading the report needs pdftotext (Debian: poppler-utils)");
    };
    let text = String::from_utf8(text.stdout).unwrap().replace('\u{200b}', "");
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    for expected in [
        "BÁO CÁO",
        "Tổng hợp ý kiến thành viên về:",
        "/BC-UBND",
        FOUNDER,
        "Đồng ý và có ý kiến khác",
        "sau hạn",
        "Chưa trả lời: 0",
    ] {
        assert!(text.contains(expected), "{expected:?} is not in: {text}");
    }
}
