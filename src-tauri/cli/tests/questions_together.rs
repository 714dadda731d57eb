//! Several people of several offices in one question: a head who approves and returns, somebody who is mentioned and follows, a question that
//! was answered before, files. Played by real processes on the loopback interface.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod support;

use serde_json::{Value, json};
use support::offices::{ASKER, LAND, Offices, joins, online, show, text};
use support::{Desk, fixture, until};

const HEAD: &str = "Võ Thị Hương";
const NEIGHBOUR: &str = "Đinh Văn Phúc";
const COMMUNE_NEXT: &str = "UBND xã Hòa An";

/// Waits until a desk sees a thread in a state.
fn stands(desk: &Desk, question: &str, state: &str) -> Value {
    until(state, || show(desk, question).filter(|view| view["row"]["state"] == state))
}

#[test]
fn a_head_returns_an_answer_that_another_wrote_and_approves_the_better_one() {
    let Offices { city, node, land, commune } = Offices::open();
    let head = joins(&city, &node, HEAD, LAND);
    city.ok(&["question", "set-unit", LAND, "--field", "Đất đai", "--city", "--approval", "--head", HEAD]);
    let desks = [&land, &head, &commune];
    let _nodes = desks.map(|desk| online(desk, &node));
    for desk in desks {
        until("it is known that answers are approved, and by whom", || {
            let units = desk.ok(&["question", "units"]);
            let land = units["units"].as_array()?.iter().find(|unit| unit["name"] == LAND)?.clone();
            (land["needs_approval"] == true && land["head_name"] == HEAD).then_some(())
        });
    }
    let question = text(&commune.ok(&["question", "ask", "--field", "Đất đai", "--title", "Nộp hồ sơ ở đâu?"])["question"]);
    until("the department has it", || show(&land, &question));
    let written = land.ok(&["question", "answer", &question, "--text", "Nộp ở đâu cũng được."]);
    assert_eq!((&written["row"]["state"], &written["answer"]["state"]), (&json!("approving"), &json!("proposed")));
    assert_eq!(land.fails(&["question", "approve", &question]), "question_not_the_head", "nobody approves an own answer");
    stands(&commune, &question, "approving");
    assert_eq!(commune.fails(&["question", "accept", &question]), "question_no_such_answer", "it was not given yet");

    stands(&head, &question, "approving");
    let why = "Phải nêu nơi nộp";
    let returned = head.ok(&["question", "approve", &question, "--return", why]);
    assert_eq!((&returned["row"]["state"], &returned["answer"]["state"]), (&json!("open"), &json!("returned")));
    until("the writer reads why", || show(&land, &question).filter(|view| view.to_string().contains(why)));
    assert_eq!(head.fails(&["question", "approve", &question]), "question_no_such_answer", "none waits any more");
    land.ok(&["question", "answer", &question, "--text", "Nộp tại Bộ phận Một cửa của phường."]);
    until("the second answer waits", || {
        show(&head, &question).filter(|view| view["row"]["state"] == "approving" && view["answer"]["state"] == "proposed")
    });
    let approved = head.ok(&["question", "approve", &question]);
    assert_eq!((&approved["row"]["state"], &approved["answer"]["state"]), (&json!("answered"), &json!("approved")));
    let view = stands(&commune, &question, "answered");
    assert_eq!(view["answer"]["text"], "Nộp tại Bộ phận Một cửa của phường.");
    assert_eq!(commune.ok(&["question", "accept", &question])["row"]["state"], "accepted");
}

#[test]
fn a_question_with_files_is_answered_once_for_two_who_ask_and_who_is_mentioned_may_read_it() {
    let Offices { city, node, land, commune } = Offices::open();
    let neighbour = joins(&city, &node, NEIGHBOUR, COMMUNE_NEXT);
    let _nodes = [&land, &commune, &neighbour].map(|desk| desk.node(&[node.address()]));
    for desk in [&land, &commune, &neighbour] {
        until("the organisation's space arrives", || {
            let units = desk.maybe(&["question", "units"])?;
            (units["units"].as_array()?.len() == 4 && desk.maybe(&["question", "list"]).is_some()).then_some(())
        });
    }
    let paper = fixture("to-trinh-ho-tro-ngap.pdf");
    let ask = ["question", "ask", "--to", LAND, "--title", "Hộ bị ngập được hỗ trợ thế nào?", "--file", &paper];
    let question = text(&commune.ok(&ask)["question"]);
    let there = until("the question and its file arrive", || {
        show(&land, &question).filter(|view| view["attachments"][0]["here"] == true)
    });
    assert_eq!(there["attachments"][0]["name"], "to-trinh-ho-tro-ngap.pdf");
    let bytes = std::fs::metadata(&paper).unwrap().len();
    assert_eq!(there["attachments"][0]["size"].as_u64(), Some(bytes));

    // What is between two offices is nobody else's, until somebody is mentioned in it.
    assert_eq!(neighbour.fails(&["question", "show", &question]), "not_found");
    commune.ok(&["question", "comment", &question, "--text", "Xã bên cũng gặp.", "--mention", NEIGHBOUR]);
    let seen = until("who was mentioned may read", || show(&neighbour, &question));
    assert_eq!((&seen["row"]["asker"], &seen["published_only"]), (&json!(ASKER), &json!(false)));
    let followed = |desk: &Desk| {
        let list = desk.ok(&["question", "list", "--scope", "following"]);
        list["rows"].as_array().unwrap().iter().any(|row| row["question"] == *question)
    };
    assert!(followed(&neighbour), "a mention is among what one follows");
    // Following is a choice of one's own.
    until("the city has it", || show(&city, &question));
    assert!(!followed(&city));
    assert_eq!(city.ok(&["question", "follow", &question])["row"]["following"], true);
    assert!(followed(&city));
    assert_eq!(city.ok(&["question", "follow", &question, "--stop"])["row"]["following"], false);
    assert!(!followed(&city));

    // The neighbour had asked the same. The answer stands in one place, and is counted there.
    let again = text(&neighbour.ok(&["question", "ask", "--to", LAND, "--title", "Hỗ trợ hộ ngập ra sao?"])["question"]);
    until("the second question arrives", || show(&land, &again));
    land.ok(&["question", "answer", &question, "--text", "Theo danh sách rà soát của xã.", "--file", &paper]);
    let linked = land.ok(&["question", "duplicate", &again, "--of", &question]);
    assert_eq!((&linked["row"]["state"], &linked["canonical"]["question"]), (&json!("duplicate"), &json!(question)));
    assert_eq!(show(&land, &question).unwrap()["row"]["same_asked"], 1);
    let led = stands(&neighbour, &again, "duplicate");
    assert_eq!(led["canonical"]["question"], json!(question));
    let answered = stands(&neighbour, &question, "answered");
    assert_eq!(answered["answer"]["attachments"].as_array().unwrap().len(), 1);
    assert_eq!(answered["row"]["same_asked"], 1);
}
