//! Tasks between offices, played by real processes on the loopback interface: given, taken up, reported without a connection, sent back,
//! extended, confirmed; conclusions of a meeting that become tasks; tasks that stand with the articles they are done by.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod support;

use std::time::{SystemTime, UNIX_EPOCH};

use domain::calendar::iso8601;
use domain::id::Timestamp;
use serde_json::{Value, json};
use support::offices::{ASKER, CITY, COMMUNE, LAND, Offices, online, text};
use support::{Desk, FOUNDER, until};

/// An instant from now on, as it is typed.
fn in_seconds(seconds: i64) -> String {
    let now = i64::try_from(SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_millis()).unwrap();
    iso8601(Timestamp(now + seconds * 1_000))
}

fn in_days(days: i64) -> String {
    in_seconds(days * 24 * 3_600)
}

/// A task as a desk sees it; `None` while it does not.
fn show(desk: &Desk, task: &str) -> Option<Value> {
    desk.maybe(&["task", "show", task])
}

/// Waits until a desk sees a task in a state.
fn stands(desk: &Desk, task: &str, state: &str) -> Value {
    until(state, || show(desk, task).filter(|view| view["row"]["state"] == state))
}

#[test]
fn a_task_is_given_by_one_office_and_reported_by_another_until_it_is_confirmed() {
    let offices = Offices::open();
    let Offices { city, node, land, commune } = &offices;
    let _land_node = online(land, node);
    let commune_node = online(commune, node);
    let title = "Rà soát hồ sơ đất đai tồn đọng";
    let due = in_days(10);
    let new = ["task", "new", "--title", title, "--text", "Lập danh sách.", "--lead", COMMUNE, "--with", LAND, "--due", &due];
    let task = text(&city.ok(&new)["task"]);
    let there = until("the task arrives", || show(commune, &task));
    let row = &there["row"];
    assert_eq!((&row["title"], &row["assigner"], &row["state"]), (&json!(title), &json!(FOUNDER), &json!("given")));
    assert_eq!((&row["mine"], &row["waits_for_me"], &row["supporting"][0]["name"]), (&json!(true), &json!(true), &json!(LAND)));
    assert_eq!(there["may"], json!(["accept", "progress", "report_done", "ask_extension", "comment"]));

    // Who supports tells its part and nothing more; the list says whose it is.
    let supporting = until("the task arrives at who supports", || show(land, &task));
    assert_eq!((&supporting["row"]["mine"], &supporting["may"]), (&json!(false), &json!(["progress", "comment"])));
    assert_eq!(land.fails(&["task", "accept", &task]), "task_not_the_lead");
    let lists = land.ok(&["task", "list", "--scope", "mine"]);
    assert_eq!(
        (&lists["rows"], &lists["scopes"]),
        (&json!([]), &json!([["all", 1], ["mine", 0], ["supporting", 1], ["given", 0]]))
    );
    let found = land.ok(&["task", "list", "--text", "dat dai ton dong"]);
    assert_eq!(found["rows"][0]["short"], task[..8]);

    commune.ok(&["task", "accept", &task[..8]]);
    assert_eq!(commune.fails(&["task", "accept", &task]), "task_nothing_new");
    commune.ok(&["task", "report", &task, "40", "--note", "Đã xong hai thôn"]);
    let later = in_days(20);
    commune.ok(&["task", "ask-extension", &task, "--until", &later, "--reason", "Chờ số liệu của Sở"]);
    let asked = until("the wish arrives", || show(city, &task).filter(|view| !view["row"]["extension"].is_null()));
    assert_eq!((&asked["row"]["percent"], &asked["row"]["waits_for_me"]), (&json!(40), &json!(true)));
    assert_eq!(commune.fails(&["task", "extend", &task]), "task_not_the_assigner", "nobody extends for oneself");
    let extended = city.ok(&["task", "extend", &task]);
    assert_eq!((&extended["row"]["due_at"], &extended["row"]["extension"]), (&asked["row"]["extension"]["until"], &Value::Null));
    until("the later deadline arrives", || {
        show(commune, &task).filter(|view| view["row"]["due_at"] == extended["row"]["due_at"])
    });

    // The connection is gone: the report waits, visibly, and goes out with the next one.
    commune_node.stop();
    let waiting = commune.ok(&["task", "done", &task, "--note", "Danh sách 12 hồ sơ"]);
    assert_eq!((&waiting["row"]["state"], &waiting["row"]["delivery"]), (&json!("reported_done"), &json!("waiting")));
    let _commune_node = online(commune, node);
    stands(city, &task, "reported_done");
    until("the commune knows that it has left", || (commune.ok(&["task", "list"])["waiting"] == 0).then_some(()));
    assert_eq!(commune.fails(&["task", "confirm", &task]), "task_not_the_assigner", "nobody confirms the own work");
    city.ok(&["task", "return", &task, "--note", "Thiếu phụ lục"]);
    let back = stands(commune, &task, "returned");
    assert_eq!(back["row"]["percent"], 40);
    assert!(back["events"].to_string().contains("Thiếu phụ lục"));
    commune.ok(&["task", "done", &task, "--note", "Đã bổ sung phụ lục"]);
    stands(city, &task, "reported_done");
    city.ok(&["task", "confirm", &task]);
    let done = stands(land, &task, "confirmed");
    assert_eq!((&done["row"]["percent"], &done["row"]["due"]), (&json!(100), &json!("done_in_time")));
    stands(commune, &task, "confirmed");
    assert_eq!(commune.fails(&["task", "report", &task, "10"]), "task_not_now");
    assert_eq!(commune.ok(&["task", "list", "--open"])["rows"], json!([]));
}

#[test]
fn an_overdue_task_is_told_with_the_reason_of_who_leads_it_and_can_be_chased_up_and_closed() {
    let offices = Offices::open();
    let Offices { city, node, land, commune } = &offices;
    let (_land_node, _commune_node) = (online(land, node), online(commune, node));
    let due = in_seconds(20);
    let task = text(&city.ok(&["task", "new", "--title", "Gửi báo cáo tuần", "--lead", COMMUNE, "--due", &due])["task"]);
    until("the task arrives", || show(commune, &task));
    assert_eq!(land.fails(&["task", "show", &task]), "not_found", "it is not this office's business");
    let late = until("the deadline passes", || {
        let list = city.ok(&["task", "list", "--overdue"]);
        list["rows"].as_array()?.first().cloned()
    });
    assert_eq!((&late["task"], &late["due"], &late["overdue_days"]), (&json!(task), &json!("overdue"), &json!(1)));
    city.ok(&["task", "urge", &task, "--note", "Cần trước cuộc họp"]);
    let urged = until("the reminder arrives", || {
        show(commune, &task).filter(|view| view["events"].to_string().contains("Cần trước cuộc họp"))
    });
    assert!(urged["may"].as_array().unwrap().contains(&json!("explain_late")), "{urged}");
    assert_eq!(city.fails(&["task", "explain", &task, "--reason", "Tôi đoán"]), "task_not_the_lead");
    commune.ok(&["task", "explain", &task, "--reason", "Mất điện ba ngày"]);
    let explained = until("the reason arrives", || show(city, &task).filter(|view| view["row"]["due"] == "explained"));
    assert_eq!(explained["row"]["reason"], "Mất điện ba ngày");
    // Whoever is called in a comment may read it from then on.
    city.ok(&["task", "comment", &task, "--text", "Nhờ Sở hỗ trợ", "--mention", support::offices::OFFICER]);
    until("who is called reads it", || show(land, &task));
    city.ok(&["task", "close", &task, "--reason", "Gộp vào báo cáo tháng"]);
    let closed = stands(commune, &task, "closed");
    assert_eq!(
        (&closed["row"]["due"], &closed["row"]["overdue_days"], &closed["may"]),
        (&json!("closed"), &json!(0), &json!(["comment"]))
    );
}

#[test]
fn a_conclusion_becomes_a_task_that_only_the_meetings_chair_or_secretary_gives() {
    let offices = Offices::open();
    let Offices { city, node, land, commune } = &offices;
    let (_land_node, _commune_node) = (online(land, node), online(commune, node));
    let meeting = city.meeting();
    let conclusions = ["Giao Sở chủ trì rà soát.", "Thống nhất chủ trương."];
    let change = json!({"type": "update_meeting", "meeting": meeting, "title": null, "place": null, "starts_at": null, "conclusions": conclusions});
    city.owner().act(&change).unwrap();
    city.ok(&["meeting", "invite", &meeting, ASKER, "delegate"]);
    until("the meeting arrives", || {
        let room = commune.maybe(&["meeting", "show", &meeting])?;
        (room["conclusions"] == json!(conclusions)).then_some(())
    });
    let due = in_days(30);
    let new = ["task", "new", "--title", "Rà soát", "--lead", LAND, "--due", &due, "--meeting", &meeting, "--conclusion", "1"];
    assert_eq!(commune.fails(&new), "task_not_of_this_meeting");
    assert_eq!(land.fails(&new), "not_found", "who was not invited knows of no such meeting");
    let task = text(&city.ok(&new)["task"]);

    // Who has the meeting sees whose decision it is; who does the work outside of it reads what was decided and cannot check it.
    let view = until("who was in the room sees the task", || show(commune, &task));
    assert_eq!((&view["row"]["origin"]["vouched"], &view["may"]), (&json!(true), &json!([])));
    let outside = until("the task arrives", || show(land, &task));
    let origin = &outside["row"]["origin"];
    assert_eq!((&origin["conclusion"], &origin["meeting_title"]), (&json!(conclusions[0]), &json!("Phiên họp tháng 11")));
    assert_eq!((&origin["vouched"], &origin["here"]), (&Value::Null, &json!(false)));
    for (desk, may_give) in [(city, true), (commune, false)] {
        let of = desk.ok(&["task", "of-meeting", &meeting]);
        assert_eq!((&of["may_give"], &of["others"]), (&json!(may_give), &json!([])));
        assert_eq!((&of["conclusions"][0]["tasks"][0]["task"], &of["conclusions"][1]["tasks"]), (&json!(task), &json!([])));
    }

    // What is not finished can stand on the agenda of the next meeting.
    let next = city.meeting();
    let open = city.ok(&["task", "unfinished", "--of", &meeting, "--into", &next]);
    assert_eq!((&open["meeting"], &open["tasks"][0]["row"]["task"]), (&json!(meeting), &json!(task)));
    assert!(city.ok(&["meeting", "show", &next])["items"].to_string().contains("Rà soát"));
    land.ok(&["task", "done", &task, "--note", "Đã rà soát"]);
    stands(city, &task, "reported_done");
    city.ok(&["task", "confirm", &task]);
    assert_eq!(city.ok(&["task", "unfinished", "--of", &meeting])["tasks"], json!([]));
}

#[test]
fn tasks_made_of_votes_are_told_apart_by_the_vote_whatever_they_are_called() {
    let desk = Desk::founded();
    let _node = desk.node(&[]);
    let meeting = desk.meeting();
    // The same question is put twice; what each decided is worded alike.
    let question = "Thông qua phương án?";
    let first = desk.vote(&meeting, question);
    desk.ok(&["vote", "cast", &first, "for"]);
    desk.ok(&["vote", "close", &first]);
    let second = text(&desk.ok(&["vote", "open", &meeting, "--question", question])["vote"]);
    let votes = [first, second];
    let due = in_days(5);
    let new = |meeting: &str, vote: &str| -> Vec<String> {
        ["task", "new", "--title", "Thực hiện phương án", "--lead", CITY, "--due", &due, "--meeting", meeting, "--vote", vote]
            .map(str::to_owned)
            .to_vec()
    };
    let words = |words: &[String]| -> Value { desk.ok(&words.iter().map(String::as_str).collect::<Vec<_>>()) };
    for vote in &votes {
        let task = text(&words(&new(&meeting, vote))["task"]);
        assert_eq!(desk.ok(&["task", "show", &task])["row"]["origin"]["vote"], json!(vote));
    }
    // A vote of another meeting decided nothing here.
    let other = new(&desk.meeting(), &votes[0]);
    assert_eq!(desk.fails(&other.iter().map(String::as_str).collect::<Vec<_>>()), "not_found");
}

#[test]
fn a_task_stands_with_the_articles_that_it_is_done_by_as_it_is_now() {
    let desk = Desk::founded();
    let _node = desk.node(&[]);
    let folder = desk.path("nguon");
    std::fs::create_dir_all(&folder).unwrap();
    let line = |number: u32| {
        json!({
            "id": format!("dieu-{number}"), "kind": "law", "title": format!("Việc thứ {number}"), "source": "Quy chế thử nghiệm",
            "number": "1/2024/QC", "article": number.to_string(), "from": "2019-01-01", "text": "1. Nội dung.",
        })
    };
    std::fs::write(folder.join("a.jsonl"), format!("{}\n{}\n", line(1), line(2))).unwrap();
    desk.ok(&["handbook", "import", &desk.text_path("nguon"), "--title", "Sổ tay"]);
    let due = in_days(5);
    let new = ["task", "new", "--title", "Áp dụng quy chế", "--lead", CITY, "--due", &due, "--article", "so-tay:dieu-1"];
    let task = text(&desk.ok(&new)["task"]);
    let used = |article: &str| desk.ok(&["handbook", "show", article])["uses"].clone();
    let named = used("so-tay:dieu-1");
    assert_eq!(
        (&named[0]["kind"], &named[0]["target"], &named[0]["task"]["state"]),
        (&json!("task"), &json!(task), &json!("given"))
    );
    assert_eq!(named[0]["removable"], false, "it stands in the task itself");
    assert_eq!(used("so-tay:dieu-2"), json!([]));

    let linked = desk.ok(&["task", "link", &task, "so-tay:dieu-2"]);
    let titles: Vec<&Value> = linked["articles"].as_array().unwrap().iter().map(|article| &article["title"]).collect();
    assert_eq!(titles, [&json!("Việc thứ 1"), &json!("Việc thứ 2")]);
    desk.ok(&["task", "report", &task, "60"]);
    let now = used("so-tay:dieu-2");
    assert_eq!(
        (&now[0]["title"], &now[0]["task"]["state"], &now[0]["task"]["percent"], &now[0]["removable"]),
        (&json!("Áp dụng quy chế"), &json!("in_progress"), &json!(60), &json!(true))
    );
    desk.ok(&["task", "link", &task, "so-tay:dieu-2", "--remove"]);
    assert_eq!(used("so-tay:dieu-2"), json!([]));
    assert_eq!(desk.fails(&["task", "link", &task, "so-tay:dieu-2", "--remove"]), "not_found");
    assert_eq!(desk.fails(&["task", "link", &task, "so-tay:khong-co"]), "not_found");
    assert_eq!(desk.fails(&["task", "new", "--title", "Muộn", "--lead", CITY, "--due", "2020-01-01"]), "task_bad_deadline");
    let said = desk.says(&["task", "new", "--title", "Muộn", "--lead", CITY, "--due", "2020-01-01"]);
    assert!(said[0].contains("Hạn phải sau") && said[1].contains("deadline"), "{said:?}");
}
