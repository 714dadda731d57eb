//! Before a sitting, at the command line: begin from a template or like the last time, write the invitation.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod support;

use serde_json::{Value, json};
use support::{Desk, FOUNDER, fixture, said, until};

const MEMBER: &str = "Lê Minh Châu";

/// The agenda as numbers and titles.
fn agenda(room: &Value) -> Vec<String> {
    let rows = room["items"].as_array().unwrap();
    rows.iter().map(|row| format!("{} {}", row["number"].as_str().unwrap(), row["item"]["title"].as_str().unwrap())).collect()
}

fn roles(room: &Value) -> Vec<(String, String)> {
    let rows = room["members"].as_array().unwrap();
    rows.iter().map(|row| (row["name"].as_str().unwrap().to_owned(), row["role"].as_str().unwrap().to_owned())).collect()
}

/// A member who joined this desk's organisation.
fn member_of(desk: &Desk) -> Desk {
    let member = Desk::new();
    let node = desk.node(&[]);
    let mut joining = member.joins(node.address(), MEMBER);
    let words = joining.line()["words"].as_str().unwrap().to_owned();
    until("the request to join arrives", || desk.ok(&["approve"]).as_array().unwrap().first().cloned());
    desk.ok(&["approve", "--words", &words]);
    assert!(joining.end().0);
    node.stop();
    member
}

#[test]
fn a_sitting_like_the_last_one_has_its_agenda_and_people_and_none_of_its_papers_or_votes() {
    let desk = Desk::founded();
    let _member = member_of(&desk);
    let first = desk.meeting();
    desk.ok(&["meeting", "invite", &first, MEMBER, "delegate"]);
    desk.ok(&["paper", "add", &first, &fixture("ke-hoach-truc-bao.pdf"), "--item", "2"]);
    desk.ok(&["meeting", "invite", &first, FOUNDER, "chair"]);

    let made = desk.ok(&["meeting", "new", "--like", &first[..8], "--starts", "2026-12-20 14:00", "--item", "Mục mới@10"]);
    let (old, new) = (desk.ok(&["meeting", "show", &first]), desk.ok(&["meeting", "show", made["meeting"].as_str().unwrap()]));
    assert_eq!((&new["row"]["title"], &new["row"]["place"]), (&old["row"]["title"], &old["row"]["place"]));
    assert_eq!(agenda(&new), ["1 Kinh tế – xã hội", "2 Trực bão", "3 Mục mới"]);
    assert_eq!(new["items"][0]["item"]["minutes"], 45);
    assert_ne!(new["items"][0]["item"]["id"], old["items"][0]["item"]["id"], "the items are new ones");
    assert_eq!(roles(&new), [(FOUNDER.to_owned(), "chair".to_owned()), (MEMBER.to_owned(), "delegate".to_owned())]);
    assert_eq!((&new["row"]["papers"], &new["votes"]), (&json!(0), &json!([])));
    assert_eq!(desk.ok(&["meeting", "show", &first]), old, "the earlier sitting is as it was");

    // Who was taken out of the organisation is not invited again, and a role that is typed wins.
    desk.ok(&["remove", MEMBER]);
    let invite = format!("{FOUNDER}:secretary");
    let words = ["meeting", "new", "--like", &first, "--title", "Phiên 13", "--starts", "2027-01-10 08:00", "--invite", &invite];
    let made = desk.ok(&words);
    let new = desk.ok(&["meeting", "show", made["meeting"].as_str().unwrap()]);
    assert_eq!(new["row"]["title"], "Phiên 13");
    assert_eq!(roles(&new), [(FOUNDER.to_owned(), "secretary".to_owned())]);
}

#[test]
fn a_sitting_from_a_template_has_its_agenda_with_sub_items() {
    let desk = Desk::founded();
    let templates = desk.ok(&["meeting", "templates"]);
    assert!(templates.as_array().unwrap().iter().any(|row| row["id"] == "phien-hop-ubnd"), "{templates}");
    let words = ["meeting", "new", "--title", "Kỳ họp thứ ba", "--template", "ky-hop-hdnd", "--starts", "2026-12-10 08:00"];
    let made = desk.ok(&words);
    let room = desk.ok(&["meeting", "show", made["meeting"].as_str().unwrap()]);
    let agenda = agenda(&room);
    assert_eq!(agenda[0], "1 Khai mạc kỳ họp");
    assert!(agenda[1].starts_with("1.1 ") && agenda.iter().any(|line| line.starts_with("2.3 ")), "{agenda:?}");

    let count = desk.ok(&["meeting", "list"]).as_array().unwrap().len();
    for wrong in [
        ["meeting", "new", "--title", "x", "--starts", "2026-12-10 08:00", "--template", "there-is-none"],
        ["meeting", "new", "--title", "x", "--starts", "2026-12-10 08:00", "--like", "ffffffff"],
        ["meeting", "new", "--title", "x", "--starts", "2026-12-10 08:00", "--invite", "Không Ai:guest"],
    ] {
        assert_eq!(desk.fails(&wrong), "not_found", "{wrong:?}");
    }
    assert_eq!(desk.ok(&["meeting", "list"]).as_array().unwrap().len(), count, "nothing was made");
}

/// A property of the calendar file, its lines joined again.
fn property(file: &std::path::Path, name: &str) -> String {
    let text = std::fs::read_to_string(file).unwrap().replace("\r\n ", "");
    let line = text.lines().find(|line| line.split(':').next() == Some(name)).unwrap_or_else(|| panic!("{name}: {text}"));
    line.split_once(':').unwrap().1.to_owned()
}

#[test]
fn an_invitation_is_written_as_a_letter_and_for_calendars_and_a_change_makes_the_newer_one() {
    let desk = Desk::founded();
    let meeting = desk.meeting();
    let (pdf, ics) = (desk.text_path("giay-moi.pdf"), desk.text_path("lich.ics"));
    assert_eq!(desk.fails(&["meeting", "invite", &meeting, "--pdf", &pdf]), "no_chair", "nobody could sign it");
    desk.ok(&["meeting", "invite", &meeting, FOUNDER, "chair"]);

    let written = desk.ok(&["meeting", "invite", &meeting, "--pdf", &pdf, "--ics", &ics]);
    assert_eq!(written["pdf"]["path"], pdf.as_str());
    let bytes = std::fs::read(&pdf).unwrap();
    assert!(bytes.starts_with(b"%PDF-") && written["pdf"]["bytes"] == bytes.len());

    let ics = desk.path("lich.ics");
    assert_eq!(property(&ics, "SUMMARY"), "Phiên họp tháng 11");
    assert_eq!(property(&ics, "DTSTART;TZID=Asia/Ho_Chi_Minh"), "20261122T140000");
    let (uid, sequence) = (property(&ics, "UID"), property(&ics, "SEQUENCE").parse::<u32>().unwrap());
    assert!(uid.starts_with(&meeting), "{uid}");

    let mut owner = desk.node(&[]);
    let change = json!({"type": "update_meeting", "meeting": meeting, "title": null, "place": "Hội trường", "starts_at": null, "conclusions": null});
    desk.owner().act(&change).unwrap();
    assert!(owner.runs());
    desk.ok(&["meeting", "invite", &meeting, "--ics", &desk.text_path("lich.ics")]);
    assert_eq!((property(&ics, "UID"), property(&ics, "LOCATION")), (uid, "Hội trường".to_owned()));
    assert!(property(&ics, "SEQUENCE").parse::<u32>().unwrap() > sequence);

    let nothing = desk.run(&["meeting", "invite", &meeting]);
    assert_eq!(nothing.status.code(), Some(2), "neither a person nor a file: {}", said(&nothing));
}

#[test]
fn the_secretary_sees_who_opened_which_paper_and_nobody_else_does() {
    let desk = Desk::founded();
    let member = member_of(&desk);
    let meeting = desk.meeting();
    let added = desk.ok(&["paper", "add", &meeting, &fixture("ke-hoach-truc-bao.pdf"), "--item", "2"]);
    desk.ok(&["meeting", "invite", &meeting, MEMBER, "delegate"]);
    let node = desk.node(&[]);
    let of = |board: &Value| board["people"].as_array().unwrap().iter().find(|row| row["name"] == MEMBER).unwrap().clone();
    let before = of(&desk.ok(&["meeting", "readiness", &meeting]));
    assert_eq!((&before["opened"], &before["has_papers"], &before["read"]), (&json!(false), &Value::Null, &json!([])));

    let member_node = member.node(&[node.address()]);
    until("the member has the paper, and the secretary hears of it", || {
        let row = of(&desk.maybe(&["meeting", "readiness", &meeting])?);
        (row["opened"] == true && row["has_papers"] == true).then_some(())
    });
    assert_eq!(of(&desk.ok(&["meeting", "readiness", &meeting]))["read"], json!([]), "having a paper is not opening it");

    let reading = json!({"type": "reading", "meeting": meeting, "paper": added["paper"], "page": 0});
    member.owner().act(&reading).unwrap();
    until("the secretary sees that it was opened", || {
        (of(&desk.maybe(&["meeting", "readiness", &meeting])?)["read"] == json!([added["paper"]])).then_some(())
    });
    assert_eq!(member.fails(&["meeting", "readiness", &meeting]), "not_allowed", "delegates do not watch each other");

    // A newer version is another thing to read.
    let file = json!({"path": fixture("du-thao-quyet-dinh-ho-tro-ngap.pdf")});
    let newer = json!({"type": "add_paper_version", "meeting": meeting, "paper": added["paper"], "file": file, "confirmed_unmarked": true});
    desk.owner().act(&newer).unwrap();
    let after = of(&desk.ok(&["meeting", "readiness", &meeting]));
    assert_eq!((&after["read"], &after["read_older"]), (&json!([]), &json!([added["paper"]])));
    drop(member_node);
}

#[test]
fn papers_of_an_item_have_a_deadline_and_who_owes_them_is_reminded() {
    let desk = Desk::founded();
    let meeting = desk.meeting();
    let due = |board: &Value| {
        let rows = board["due"].as_array().unwrap();
        rows.iter().map(|row| (row["number"].clone(), row["state"].clone())).collect::<Vec<_>>()
    };
    assert!(due(&desk.ok(&["meeting", "readiness", &meeting])).is_empty(), "no item has a deadline");
    // The sitting is moved far ahead, so that what is owed for it is owed on whatever day this runs.
    let starts_at = 4_102_444_800_000_i64;
    let mut owner = desk.node(&[]);
    let later = json!({"type": "update_meeting", "meeting": meeting, "title": null, "place": null, "starts_at": starts_at, "conclusions": null});
    desk.owner().act(&later).unwrap();
    assert!(owner.runs());
    let far = "2099-01-01 17:00";
    desk.ok(&["meeting", "papers-due", &meeting, "1", "2020-01-01 17:00"]);
    desk.ok(&["meeting", "papers-due", &meeting, "2", far]);
    desk.ok(&["meeting", "add-item", &meeting, "Việc của người khác", "--presenter", "Không Ai", "--papers-due", far]);
    desk.ok(&["meeting", "add-item", &meeting, "Việc của tôi", "--presenter", FOUNDER, "--papers-due", far]);
    let room = desk.ok(&["meeting", "show", &meeting]);
    assert_eq!((&room["items"][0]["item"]["minutes"], &room["items"][3]["item"]["presenter"]), (&json!(45), &json!(FOUNDER)));
    let expected = [("1", "overdue"), ("2", "awaited"), ("3", "awaited"), ("4", "awaited")];
    assert_eq!(due(&desk.ok(&["meeting", "readiness", &meeting])), expected.map(|(number, state)| (json!(number), json!(state))));

    let owed = || {
        let today = desk.owner().query(&json!({"type": "today"})).unwrap();
        let rows = today["reminders"].as_array().unwrap().clone();
        let owed = rows.iter().filter(|row| row["what"]["kind"] == "papers_owed");
        owed.map(|row| row["what"]["number"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(owed(), ["1", "2", "4"], "what names nobody is the secretary's");
    desk.ok(&["paper", "add", &meeting, &fixture("ke-hoach-truc-bao.pdf"), "--item", "2"]);
    desk.ok(&["paper", "add", &meeting, &fixture("du-thao-quyet-dinh-ho-tro-ngap.pdf"), "--item", "1"]);
    assert_eq!(owed(), ["4"]);
    desk.ok(&["meeting", "papers-due", &meeting, "4"]);
    assert_eq!(owed(), [] as [&str; 0], "without a deadline nothing is owed");
    let expected = [("1", "here_late"), ("2", "here"), ("3", "awaited")];
    assert_eq!(due(&desk.ok(&["meeting", "readiness", &meeting])), expected.map(|(number, state)| (json!(number), json!(state))));
    assert!(owner.runs());
}
