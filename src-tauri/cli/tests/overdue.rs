//! A question whose day passes, played by real processes on machines whose clocks are set ahead: both offices see for how many days nobody
//! has answered, the department says why, and the figures count it.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod support;

use domain::calendar::VnDate;
use domain::id::Timestamp;
use serde_json::{Value, json};
use support::clock::Clock;
use support::offices::{LAND, Offices, online, show, text};
use support::{Desk, until};

const DAY_MS: i64 = 24 * 3_600_000;
const WHY: &str = "Chờ ý kiến của Bộ";

/// The department's figures as a desk counts them: asked, answered, overdue, late with a reason.
fn figures(desk: &Desk) -> Option<[Value; 4]> {
    let told = desk.ok(&["question", "statistics"]);
    let row = told["units"].as_array()?.iter().find(|row| row["name"] == LAND)?.clone();
    Some(["asked", "answered", "overdue", "explained"].map(|name| row[name].clone()))
}

/// The ids of what a desk lists as overdue.
fn overdue(desk: &Desk) -> Vec<Value> {
    let list = desk.ok(&["question", "list", "--overdue"]);
    list["rows"].as_array().unwrap().iter().map(|row| row["question"].clone()).collect()
}

/// Days begun since an instant, by a clock.
fn days_since(clock: &Clock, due_ms: i64) -> i64 {
    (clock.now_ms() - due_ms + DAY_MS - 1) / DAY_MS
}

/// Asserts that a desk tells since how many days the question is overdue, in its answer and in words.
fn tells_the_days(desk: &Desk, clock: &Clock, question: &str) {
    let row = show(desk, question).unwrap()["row"].clone();
    let days = row["overdue_days"].as_i64().unwrap();
    let now = days_since(clock, row["due_at"].as_i64().unwrap());
    // A day may begin between the two looks at a clock.
    assert!(row["overdue"] == true && days > 1 && (now - 1..=now).contains(&days), "{row}");
    let said = desk.run_plain(&["question", "list", "--overdue"]);
    assert!([days, days + 1].iter().any(|days| said.contains(&format!("QUÁ HẠN {days} ngày"))), "{said}");
    assert_eq!(overdue(desk), [json!(question)]);
}

#[test]
fn a_question_nobody_answers_is_overdue_for_both_offices_and_the_reason_reaches_who_asked() {
    let Offices { city, node, land, commune } = Offices::open();
    let first = [online(&land, &node), online(&commune, &node)];
    let asked = commune.ok(&["question", "ask", "--to", LAND, "--title", "Cấp lại sổ đỏ bị cháy thế nào?"]);
    let question = text(&asked["question"]);
    for desk in [&land, &city] {
        until("the question arrives", || show(desk, &question));
    }
    for desk in [&land, &commune, &city] {
        assert_eq!(show(desk, &question).unwrap()["row"]["overdue_days"], 0);
        assert_eq!((overdue(desk), figures(desk)), (Vec::new(), Some([1, 0, 0, 0].map(|count| json!(count)))));
    }
    for ended in first.into_iter().chain([node]) {
        ended.stop();
    }

    // A month passes.
    let later = Clock::days_ahead(30);
    let door = later.node(&city, &[]);
    let nodes = [&land, &commune].map(|desk| later.node(desk, &[door.address()]));
    for desk in [&land, &commune, &city] {
        tells_the_days(desk, &later, &question);
        assert_eq!(figures(desk), Some([1, 0, 1, 0].map(|count| json!(count))));
    }

    // Only who was asked says why, and until when.
    let day = VnDate::of(Timestamp(later.now_ms())).plus_days(10);
    let new_due = format!("{:04}-{:02}-{:02} 17:00", day.year, day.month, day.day);
    let extend = ["question", "extend", &question, "--until", &new_due, "--reason", WHY];
    assert_eq!(commune.fails(&extend), "question_not_responsible");
    land.ok(&extend);
    for desk in [&commune, &land, &city] {
        let row = until("the reason arrives", || {
            Some(show(desk, &question)?["row"].clone()).filter(|row| row["overdue_reason"] == WHY)
        });
        assert_eq!((&row["overdue"], &row["overdue_days"], &row["state"]), (&json!(false), &json!(0), &json!("open")));
        assert_eq!((overdue(desk), figures(desk)), (Vec::new(), Some([1, 0, 0, 1].map(|count| json!(count)))));
    }
    assert!(commune.run_plain(&["question", "show", &question]).contains(WHY));
    let out = city.text_path("so-lieu.csv");
    city.ok(&["question", "statistics", "--out", &out]);
    let csv = std::fs::read_to_string(out).unwrap();
    assert!(csv.contains(&format!(";{LAND};1;0;0;1;")), "{csv}");

    // The new day passes too: overdue again, and what was said stays.
    for ended in nodes.into_iter().chain([door]) {
        ended.stop();
    }
    let much_later = Clock::days_ahead(60);
    let _alone = much_later.node(&commune, &[]);
    tells_the_days(&commune, &much_later, &question);
    assert_eq!(show(&commune, &question).unwrap()["row"]["overdue_reason"], WHY);
    assert_eq!(figures(&commune), Some([1, 0, 1, 0].map(|count| json!(count))));
}
