//! A commune asks a department, played by real processes on the loopback interface: asked without a connection, answered, approved, accepted,
//! shared after its personal data were looked at, and found again by others.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod support;

use serde_json::json;
use support::offices::{ASKER, CITY, LAND, OFFICER, Offices, joins, online, show, text};
use support::until;

#[test]
fn a_commune_asks_without_a_connection_and_the_answer_serves_everybody_in_the_end() {
    let offices = Offices::open();
    let Offices { city, node, land, commune } = &offices;
    city.ok(&["question", "set-unit", LAND, "--field", "Đất đai", "--city"]);
    let land_node = online(land, node);
    let first = online(commune, node);
    until("the table of fields arrives", || {
        let units = commune.ok(&["question", "units"]);
        units["units"].as_array()?.iter().any(|unit| unit["fields"] == json!(["Đất đai"])).then_some(())
    });
    // What the handbook lacks is told to those who edit it; a telephone number is not.
    for searched in ["xe tự lái", "gọi số 0912 345 678"] {
        assert_eq!(commune.ok(&["handbook", "search", searched])["hits"], json!([]));
    }
    let missed = until("the editors see what is missing", || {
        city.ok(&["question", "statistics"])["failed_searches"].as_array()?.first().cloned()
    });
    assert_eq!((&missed["text"], &missed["count"]), (&json!("xe tự lái"), &json!(1)));
    assert_eq!(land.ok(&["question", "statistics"])["failed_searches"], json!([]), "this office edits nothing");
    // The connection is gone. The field finds the unit all the same, and the question waits visibly.
    first.stop();
    let title = "Hộ dân không có giấy tờ thì cấp sổ đỏ thế nào?";
    let details = "Ông Nguyễn Văn An, điện thoại 0912 345 678, ở ổn định từ 1992.";
    let asked = commune.ok(&["question", "ask", "--field", "đất đai", "--title", title, "--text", details]);
    let question = text(&asked["question"]);
    let list = commune.ok(&["question", "list", "--scope", "mine"]);
    assert_eq!((&list["rows"][0]["delivery"], &list["waiting"]), (&json!("waiting"), &json!(1)));
    assert_eq!(list["rows"][0]["unit_name"], LAND);
    assert!(show(land, &question).is_none());

    let commune_node = online(commune, node);
    let there = until("the question arrives", || show(land, &question));
    assert_eq!((&there["row"]["title"], &there["row"]["asker"]), (&json!(title), &json!(ASKER)));
    assert_eq!(there["may"]["answer"], true);
    until("the commune knows that it has left", || (commune.ok(&["question", "list"])["waiting"] == 0).then_some(()));

    // Who was not asked does not answer; who was asked does.
    assert_eq!(commune.fails(&["question", "answer", &question, "--text", "Tôi tự trả lời."]), "question_not_responsible");
    land.ok(&["question", "answer", &question, "--text", "Ông Nguyễn Văn An được xét theo quy định về sử dụng đất ổn định."]);
    until("the answer arrives", || (show(commune, &question)?["row"]["state"] == "answered").then_some(()));
    let accepted = commune.ok(&["question", "accept", &question]);
    assert_eq!(accepted["row"]["state"], "accepted");
    assert_eq!(commune.ok(&["question", "rate", &question, "5"])["stars"], 5);

    // Sharing: each finding has to be looked at, or the words changed.
    let refused = land.run(&["question", "publish", &question]);
    let refused = support::one_json(&refused);
    assert_eq!(refused["error"]["code"], "personal_data", "{refused}");
    let said = land.says(&["question", "publish", &question]);
    assert!(said[0].contains("dữ liệu cá nhân") && said[1].contains("personal data"), "{said:?}");
    let shared = land.ok(&[
        "question",
        "publish",
        &question,
        "--text",
        "Hộ dân ở ổn định từ 1992.",
        "--answer",
        "Được xét theo quy định về sử dụng đất ổn định.",
    ]);
    assert_eq!(shared["row"]["published"], true);

    // Who edits the handbook makes an article of it; the shared words go into it and not those of the thread.
    assert_eq!(land.fails(&["question", "make-article", &question]), "not_allowed");
    until("the shared words arrive", || (show(city, &question)?["row"]["published"] == true).then_some(()));
    let draft = text(&city.ok(&["question", "make-article", &question])["draft"]);
    let made = show(city, &question).unwrap();
    assert_eq!(made["draft"], json!(draft));
    until("the office sees that an article is being made", || show(land, &question)?.to_string().contains(&draft).then_some(()));

    // A colleague of a third office finds it by words without marks, reads the shared words only, and is counted.
    let other = joins(city, node, "Đinh Văn Phúc", "UBND xã Hòa An");
    let other_node = other.node(&[node.address()]);
    let found = until("the shared answer arrives", || {
        let list = other.maybe(&["question", "list", "--text", "on dinh"])?;
        list["rows"].as_array()?.first().cloned()
    });
    assert_eq!((&found["question"], &found["asker"]), (&json!(question), &json!("")));
    let read = show(&other, &question).unwrap();
    assert_eq!((&read["text"], &read["published_only"]), (&json!("Hộ dân ở ổn định từ 1992."), &json!(true)));
    assert!(!read.to_string().contains("0912") && !read.to_string().contains("Nguyễn Văn An"), "{read}");
    other.ok(&["question", "comment", &question, "--text", "Xã tôi cũng gặp."]);
    until("the office reads the comment", || show(land, &question)?.to_string().contains("Xã tôi cũng gặp.").then_some(()));
    other.ok(&["question", "asked-too", &question]);
    until("everybody counts it", || (land.ok(&["question", "list"])["rows"][0]["same_asked"] == 1).then_some(()));

    let out = land.text_path("so-lieu.csv");
    land.ok(&["question", "statistics", "--out", &out]);
    let csv = std::fs::read_to_string(out).unwrap();
    assert!(csv.starts_with('\u{feff}') && csv.contains(&format!(";{LAND};1;1;0;0;")), "{csv}");

    // Everything is there after a restart, without a network.
    drop((land_node, commune_node, other_node));
    assert_eq!(show(land, &question).unwrap()["row"]["state"], "accepted");
    assert_eq!(commune.ok(&["question", "list"])["rows"].as_array().unwrap().len(), 1);
}

#[test]
fn a_head_approves_a_question_is_passed_on_and_a_late_one_says_why() {
    let offices = Offices::open();
    let Offices { city, node, land, commune } = &offices;
    city.ok(&["question", "set-unit", LAND, "--field", "Đất đai", "--city", "--approval", "--head", OFFICER]);
    let _land_node = online(land, node);
    let _commune_node = online(commune, node);
    let asked = commune.ok(&["question", "ask", "--to", CITY, "--title", "Hỏi nhầm nơi?", "--urgency", "urgent"]);
    let question = text(&asked["question"]);
    until("the city has it", || show(city, &question));
    assert_eq!(land.fails(&["question", "show", &question]), "not_found", "it is not this office's business yet");
    city.ok(&["question", "reassign", &question, "--to", LAND, "--reason", "Thuộc lĩnh vực đất đai"]);
    until("the department has it", || show(land, &question));
    until("the department knows that answers are approved", || {
        let units = land.ok(&["question", "units"]);
        units["units"].as_array()?.iter().any(|unit| unit["needs_approval"] == true).then_some(())
    });
    land.ok(&["question", "receive", &question]);
    let later = ["question", "extend", &question, "--until", "2027-01-15 17:00", "--reason", "Chờ ý kiến của Bộ"];
    let extended = land.ok(&later);
    assert_eq!(extended["row"]["overdue_reason"], "Chờ ý kiến của Bộ");
    assert_eq!(land.fails(&later), "question_bad_deadline");
    // The officer is the head, so the own answer needs nobody else's word.
    let answered = land.ok(&["question", "answer", &question, "--text", "Nộp tại Bộ phận Một cửa."]);
    assert_eq!(answered["row"]["state"], "answered");
    until("the commune has the answer", || (show(commune, &question)?["row"]["state"] == "answered").then_some(()));
    let reopened = commune.ok(&["question", "reopen", &question, "--reason", "Nộp ở xã hay ở thành phố?"]);
    assert_eq!(reopened["row"]["state"], "open");
    assert_eq!(commune.fails(&["question", "accept", &question]), "question_no_such_answer");
    assert_eq!(commune.fails(&["question", "ask", "--title", "Câu hỏi", "--text", "MẬT\nnội dung"]), "question_secrecy");
}
