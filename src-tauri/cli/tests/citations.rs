//! Answers that cite the handbook: they ask to be looked at again when what they rest on ends or changes, are found as such, and stand beside
//! a question that is being written. Played by real processes.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod support;

use serde_json::{Value, json};
use support::offices::{CITY, LAND, Offices, online, show, text};
use support::{Desk, until};

/// An article of rules that are in force.
fn rule(number: u32, more: &Value) -> Value {
    let mut line = json!({
        "id": format!("dieu-{number}"), "kind": "law", "title": format!("Việc thứ {number}"), "source": "Quy chế thử nghiệm",
        "number": "1/2024/QC", "article": number.to_string(), "from": "2019-01-01", "text": format!("1. Nội dung thứ {number}."),
    });
    let more = more.as_object().unwrap().clone();
    line.as_object_mut().unwrap().extend(more);
    line
}

/// The package "so-tay" as these articles make it, in its next version.
fn import(desk: &Desk, articles: &[Value]) -> u64 {
    let folder = desk.path("nguon");
    std::fs::create_dir_all(&folder).unwrap();
    let lines: String = articles.iter().map(|line| format!("{line}\n")).collect();
    std::fs::write(folder.join("a.jsonl"), lines).unwrap();
    let report = desk.ok(&["handbook", "import", &desk.text_path("nguon"), "--title", "Sổ tay", "--replace"]);
    assert_eq!(report["skipped"], json!([]), "{report}");
    report["package"]["version"].as_u64().unwrap()
}

/// A question to the own unit, answered with a citation.
fn answered(desk: &Desk, title: &str, article: &str) -> String {
    let question = text(&desk.ok(&["question", "ask", "--to", CITY, "--title", title])["question"]);
    let view = desk.ok(&["question", "answer", &question, "--text", "Được, theo quy chế.", "--cite", article]);
    assert_eq!((&view["row"]["state"], &view["row"]["needs_review"]), (&json!("answered"), &json!(false)), "{view}");
    question
}

fn needs_review(desk: &Desk, question: &str) -> bool {
    let view = desk.ok(&["question", "show", question]);
    let (row, cited) = (&view["row"]["needs_review"], &view["answer"]["citations"][0]["needs_review"]);
    assert_eq!(row, cited, "{view}");
    let list = desk.ok(&["question", "list"]);
    let listed = list["rows"].as_array().unwrap().iter().find(|row| row["question"] == question).unwrap();
    assert_eq!(&listed["needs_review"], row, "the list says the same");
    row.as_bool().unwrap()
}

#[test]
fn an_answer_says_that_its_article_ended_or_changed_even_if_that_was_learned_late() {
    let desk = Desk::founded();
    let _node = desk.node(&[]);
    let none = json!({});
    let long_gone = json!({"to": "2020-01-01"});
    let first = [rule(1, &none), rule(2, &none), rule(3, &none), rule(4, &none), rule(5, &long_gone)];
    assert_eq!(import(&desk, &first), 1);
    let asked: Vec<String> = (1..=5)
        .map(|number| answered(&desk, &format!("Việc thứ {number} làm thế nào?"), &format!("so-tay:dieu-{number}")))
        .collect();
    let shown = desk.ok(&["question", "show", &asked[4]]);
    assert_eq!(shown["answer"]["citations"][0]["validity"], "expired", "cited knowingly: {shown}");

    // The next version knows: 1 ended years ago; 2 was changed by another article, which alone says so; 3 holds in part; in 4 a word was put
    // right.
    let amending = json!({"id": "sua-doi", "source": "Quy chế sửa đổi", "from": "2021-01-01",
                          "links": [{"relation": "amends", "to": "dieu-2", "title": "Điều 2"}]});
    let better = json!({"text": "1. Nội dung thứ tư."});
    let second = [
        rule(1, &long_gone),
        rule(2, &none),
        rule(3, &json!({"partly": true})),
        rule(4, &better),
        rule(5, &long_gone),
        rule(9, &amending),
    ];
    assert_eq!(import(&desk, &second), 2);
    let marked: Vec<bool> = asked.iter().map(|question| needs_review(&desk, question)).collect();
    assert_eq!(marked, [true, true, true, false, false]);
    let said = desk.run_plain(&["question", "show", &asked[0]]);
    assert!(said.contains("cần rà soát"), "{said}");

    // Found, badged and behind what holds, as law that has ended.
    let hits = until("the index knows", || {
        let hits = desk.ok(&["handbook", "search", "việc làm thế nào", "--limit", "50"])["hits"].as_array()?.clone();
        let of = |question: &String| hits.iter().find(|hit| hit["id"] == *question).map(|hit| hit["validity"].clone());
        let validities: Option<Vec<Value>> = asked.iter().map(of).collect();
        (validities? == ["expired", "expired", "expired", "in_force", "in_force"]).then_some(hits)
    });
    let questions: Vec<&Value> = hits.iter().filter(|hit| hit["section"] == "question").collect();
    assert_eq!(questions.iter().map(|hit| &hit["to"]).collect::<Vec<_>>(), [&Value::Null; 5], "a question has no last day");
    assert!(questions[..2].iter().all(|hit| hit["validity"] == "in_force"), "{questions:?}");

    // Somebody of the office looks again: it still holds, until the next change.
    let answer = desk.ok(&["question", "show", &asked[0]])["answer"]["answer"].clone();
    desk.owner().act(&json!({"type": "review_answer", "question": asked[0], "answer": answer, "note": ""})).unwrap();
    assert!(!needs_review(&desk, &asked[0]));
    // An article that is taken out of the handbook is gone.
    assert_eq!(import(&desk, &second[..3]), 3);
    assert!(needs_review(&desk, &asked[3]));
}

#[test]
fn an_article_that_ends_in_the_citys_handbook_marks_the_answer_in_the_commune() {
    let Offices { city, node, land, commune } = Offices::open();
    let (_land_node, _commune_node) = (online(&land, &node), online(&commune, &node));
    import(&city, &[rule(1, &json!({})), rule(2, &json!({}))]);
    city.ok(&["handbook", "publish", "so-tay"]);
    for desk in [&land, &commune] {
        until("the handbook arrives", || desk.maybe(&["handbook", "show", "so-tay:dieu-1"]));
    }
    let ask = ["question", "ask", "--to", LAND, "--title", "Việc này làm thế nào?", "--article", "so-tay:dieu-2"];
    let question = text(&commune.ok(&ask)["question"]);
    until("the department has it", || show(&land, &question));
    land.ok(&["question", "answer", &question, "--text", "Theo Điều 1.", "--cite", "so-tay:dieu-1"]);
    let before = until("the answer arrives", || show(&commune, &question).filter(|view| view["row"]["state"] == "answered"));
    assert_eq!((&before["row"]["needs_review"], &before["article"]["title"]), (&json!(false), &json!("Việc thứ 2")), "{before}");
    assert_eq!(before["answer"]["citations"][0]["citation"], "Điều 1 Quy chế thử nghiệm 1/2024/QC");
    // Named by the question, and cited by its answer: both articles say that they were used.
    for (desk, article) in [(&commune, "so-tay:dieu-2"), (&commune, "so-tay:dieu-1"), (&land, "so-tay:dieu-1")] {
        let uses = desk.ok(&["handbook", "show", article])["uses"].clone();
        assert_eq!(uses.as_array().unwrap().len(), 1, "{uses}");
        assert_eq!((&uses[0]["kind"], &uses[0]["target"]), (&json!("question"), &json!(question)));
    }
    import(&city, &[rule(1, &json!({"to": "2020-01-01"})), rule(2, &json!({}))]);
    city.ok(&["handbook", "publish", "so-tay"]);
    for desk in [&land, &commune] {
        let view = until("the end is known", || show(desk, &question).filter(|view| view["row"]["needs_review"] == true));
        assert_eq!(view["answer"]["citations"][0]["validity"], "expired");
    }
}

#[test]
fn beside_a_question_stand_answered_ones_and_no_open_ones() {
    let desk = Desk::founded();
    let _node = desk.node(&[]);
    import(&desk, &[rule(1, &json!({}))]);
    let similar = |of: &str| -> Vec<String> {
        let found = desk.ok(&["question", "similar", of]);
        found["questions"].as_array().unwrap().iter().map(|hit| text(&hit["id"])).collect()
    };
    let title = "Đăng ký khai sinh lưu động cho trẻ ở vùng ngập thế nào?";
    let open = text(&desk.ok(&["question", "ask", "--to", CITY, "--title", title])["question"]);
    let helps = answered(&desk, "Khai sinh lưu động ở vùng ngập làm ra sao?", "so-tay:dieu-1");
    until("what was answered is found", || (similar("khai sinh luu dong vung ngap") == [helps.clone()]).then_some(()));
    // Searching finds the open one too, and says that it is open.
    let found = desk.ok(&["handbook", "search", "khai sinh luu dong vung ngap"]);
    let hits = found["hits"].as_array().unwrap();
    let validity = |question: &String| hits.iter().find(|hit| hit["id"] == *question).map(|hit| hit["validity"].clone());
    assert_eq!((validity(&open), validity(&helps)), (Some(json!("not_yet")), Some(json!("in_force"))), "{found}");
    desk.ok(&["question", "answer", &open, "--text", "Cán bộ hộ tịch đến tận nơi."]);
    until("both are found once both are answered", || {
        let mut found = similar(title);
        found.sort();
        let mut both = vec![open.clone(), helps.clone()];
        both.sort();
        (found == both).then_some(())
    });
}
