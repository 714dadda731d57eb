//! Days pass over a handbook: each package says how old it is, and what is over is said to be so and stands behind what holds.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod support;

use domain::calendar::VnDate;
use domain::id::Timestamp;
use serde_json::{Value, json};
use support::clock::Clock;
use support::{Desk, kyhop, said};

const HOLDS: &str = "so-tay:tam-tru";
const ENDS: &str = "so-tay:tam-tru-cu";

/// What the program prints on a day: to a person in a language, or as JSON.
fn on(clock: &Clock, desk: &Desk, how: &[&str], words: &[&str]) -> String {
    let mut command = kyhop();
    clock.set(&mut command);
    command.arg("--profile").arg(desk.profile()).arg("--passphrase-file").arg(desk.path("passphrase"));
    let output = command.args(how).args(words).output().unwrap();
    assert!(output.status.success(), "{words:?}: {}", said(&output));
    String::from_utf8(output.stdout).unwrap()
}

/// Writes a folder of articles.
fn folder(desk: &Desk, name: &str, articles: &[Value]) -> String {
    let folder = desk.path(name);
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("a.jsonl"), articles.iter().map(|article| format!("{article}\n")).collect::<String>()).unwrap();
    folder.display().to_string()
}

/// The ids and the validities of what is found, in order.
fn found(answer: &Value) -> Vec<(String, String)> {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    answer["hits"].as_array().unwrap().iter().map(|hit| (text(&hit["id"]), text(&hit["validity"]))).collect()
}

#[test]
fn each_package_says_how_old_it_is_and_what_has_run_out_meanwhile_comes_last_with_its_badge() {
    let desk = Desk::founded();
    let now = Clock::days_ahead(0);
    let last = VnDate::of(Timestamp(now.now_ms())).plus_days(10);
    let until = format!("{:04}-{:02}-{:02}", last.year, last.month, last.day);
    let text = "Đến công an phường với giấy tờ về chỗ ở.";
    let both = [
        json!({"id": "tam-tru", "title": "Đăng ký tạm trú", "text": text}),
        json!({"id": "tam-tru-cu", "title": "Đăng ký tạm trú", "text": text, "to": until}),
    ];
    desk.ok(&["handbook", "import", &folder(&desk, "so-tay", &both), "--title", "Sổ tay"]);
    let search = ["handbook", "search", "đăng ký tạm trú"];
    let today = found(&desk.ok(&search));
    assert_eq!(today.len(), 2);
    assert!(today.iter().all(|(_, validity)| validity == "in_force"), "{today:?}");

    // Another package is made when a month and a half have passed.
    let later = Clock::days_ahead(45);
    let duty = folder(&desk, "lich", &[json!({"id": "truc", "title": "Lịch trực bão", "text": "Trực từ 17 giờ."})]);
    on(&later, &desk, &["--json"], &["handbook", "import", &duty, "--title", "Lịch trực"]);
    // What ended in between is still found, behind what holds, and says that it is over.
    let answer: Value = serde_json::from_str(&on(&later, &desk, &["--json"], &search)).unwrap();
    let order = [(HOLDS, "in_force"), (ENDS, "expired")].map(|(id, validity)| (id.to_owned(), validity.to_owned()));
    assert_eq!(found(&answer), order);
    let told = on(&later, &desk, &["--lang", "vi"], &search);
    let badges: Vec<bool> =
        told.lines().filter(|line| !line.starts_with(' ')).map(|line| line.starts_with("(hết hiệu lực) ")).collect();
    assert_eq!(badges, [false, true], "{told}");

    // On each day each package has its own age.
    let much_later = Clock::days_ahead(150);
    for (clock, lang, ages) in [
        (&later, "vi", [("Sổ tay", "2 mục, 45 ngày trước"), ("Lịch trực", "1 mục, hôm nay")]),
        (&later, "en", [("Sổ tay", "2 articles, 45 days old"), ("Lịch trực", "1 articles, today")]),
        (&much_later, "vi", [("Sổ tay", "2 mục, 5 tháng trước"), ("Lịch trực", "1 mục, 3 tháng trước")]),
        (&much_later, "en", [("Sổ tay", "2 articles, 5 months old"), ("Lịch trực", "1 articles, 3 months old")]),
    ] {
        let told = on(clock, &desk, &["--lang", lang], &["handbook", "list"]);
        for (package, age) in ages {
            assert!(told.lines().any(|line| line.starts_with(package) && line.contains(age)), "{package} {age}: {told}");
        }
    }
}
