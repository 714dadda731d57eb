//! What a record becomes before a person edits it.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use domain::id::Timestamp;
use typeset::{Agency, Attendance, Attendee, PaperRef, Person};

use super::*;

/// 2026-11-05T01:00:00Z, eight in the morning in Viet Nam.
const EIGHT: Timestamp = Timestamp(1_793_840_400_000);

fn person(name: &str, position: &str) -> Person {
    Person { name: name.to_owned(), position: position.to_owned() }
}

fn vote(question: &str, passed: bool, finality: Finality) -> VoteRecord {
    VoteRecord {
        question: question.to_owned(),
        profile_name: "Quá nửa".to_owned(),
        legal_basis: "Luật Tổ chức chính quyền địa phương, Điều 91: nghị quyết được thông qua khi quá nửa.".to_owned(),
        needed: 2,
        base: 3,
        in_favour: 2,
        against: 1,
        not_voting: 0,
        no_ballot: 0,
        not_voting_label: None,
        passed,
        note: String::new(),
        finality,
        secret: None,
        places: None,
        opened: EIGHT,
        closed: EIGHT,
        ballots: Vec::new(),
        late: Vec::new(),
    }
}

fn record(votes: Vec<VoteRecord>, conclusions: &[&str]) -> MinutesRecord {
    let paper = |title: &str| PaperRef { title: title.to_owned(), hash_short: "00".to_owned() };
    MinutesRecord {
        agency: Agency { parent: None, name: "Hội đồng nhân dân phường An Bình".to_owned() },
        number: None,
        symbol: "BB-HĐND".to_owned(),
        place: "An Bình".to_owned(),
        date: EIGHT,
        title: "Kỳ họp thứ ba".to_owned(),
        started: EIGHT,
        ended: EIGHT,
        venue: "Hội trường".to_owned(),
        chair: person("Nguyễn Văn An", "Chủ tịch Hội đồng nhân dân phường"),
        secretary: person("Võ Thị Giang", ""),
        attendance: Attendance {
            total: 3,
            quorum_needed: 2,
            quorum_basis: String::new(),
            present: vec![Attendee { person: person("Nguyễn Văn An", ""), late_since: None, away: Vec::new() }],
            absent: Vec::new(),
            guests: Vec::new(),
        },
        items: vec![AgendaItem {
            number: "1".to_owned(),
            title: "Trực bão".to_owned(),
            presenter: None,
            papers: vec![paper("Tờ trình về kế hoạch trực bão"), paper("Bản đồ")],
            discussion: String::new(),
            remarks: Vec::new(),
            votes,
            conclusion: String::new(),
        }],
        conclusions: conclusions.iter().map(|text| (*text).to_owned()).collect(),
        papers: Vec::new(),
        recipients: vec!["Lưu: VT".to_owned()],
    }
}

#[test]
fn a_resolution_has_an_article_for_each_final_vote_that_passed_with_its_numbers_and_legal_basis() {
    let votes = vec![
        vote("Thông qua kế hoạch trực bão", true, Finality::Final),
        vote("Mua xuồng máy", false, Finality::Final),
        vote("Mua phao", true, Finality::Provisional),
    ];
    let text = resolution(&record(votes, &[])).unwrap();
    assert_eq!((text.symbol.as_str(), text.title.as_str()), ("NQ-HĐND", "Về việc thông qua kế hoạch trực bão"));
    assert_eq!(
        text.grounds,
        [
            "Căn cứ Luật Tổ chức chính quyền địa phương, Điều 91;",
            "Xét Tờ trình về kế hoạch trực bão;",
            "Căn cứ kết quả biểu quyết tại kỳ họp thứ ba ngày 05 tháng 11 năm 2026.",
        ]
    );
    assert_eq!(text.body[0], "Điều 1. Thông qua kế hoạch trực bão.");
    assert_eq!(text.body[1], "Kết quả biểu quyết: 2/3 tán thành, 1 không tán thành, 0 không biểu quyết, 0 không bỏ phiếu.");
    assert!(text.body[2].starts_with("Điều 2. ") && text.body[2].contains("có 1/3 thành viên dự"), "{:?}", text.body);
    assert_eq!(text.body.len(), 3, "what failed or is not final is not told as adopted");
    assert_eq!(text.signer, ["TM. Hội đồng nhân dân", "Chủ tịch"]);
    assert_eq!(text.validate(), Ok(()));
}

#[test]
fn where_nothing_was_adopted_or_concluded_there_is_nothing_to_issue() {
    assert_eq!(resolution(&record(vec![vote("Mua xuồng máy", false, Finality::Final)], &[])), None);
    assert_eq!(notice(&record(Vec::new(), &[]), &[]), None);
}

#[test]
fn a_notice_numbers_the_conclusions_and_ends_as_a_document_does() {
    let text = notice(&record(Vec::new(), &["Giao Văn phòng trực 24/24\nbáo cáo hằng ngày", "Mua phao."]), &[]).unwrap();
    assert_eq!(text.title, "Kết luận của Chủ tịch Hội đồng nhân dân phường Nguyễn Văn An tại kỳ họp thứ ba");
    assert!(text.body[0].starts_with("Ngày 05 tháng 11 năm 2026 tại Hội trường, "), "{}", text.body[0]);
    assert_eq!(text.body[2..5], ["1. Giao Văn phòng trực 24/24.", "báo cáo hằng ngày.", "2. Mua phao."]);
    assert!(text.body.last().unwrap().ends_with("./."));
    assert_eq!(text.validate(), Ok(()));
}

#[test]
fn edited_words_of_the_minutes_stand_beside_the_record_and_change_nothing_of_it() {
    let mut edited = record(vec![vote("Mua phao", true, Finality::Final)], &[]);
    let before = edited.items.clone();
    let text = OfficialText { number: Some(3), body: vec!["Đoàn đi thăm đê.".to_owned()], ..minutes(&edited) };
    apply(&mut edited, &tidied(text));
    assert_eq!((edited.number, edited.items.len()), (Some(3), 2));
    assert_eq!(edited.items[..1], before);
    assert_eq!((edited.items[1].number.as_str(), edited.items[1].discussion.as_str()), ("2", "Đoàn đi thăm đê."));
}

#[test]
fn a_name_in_capitals_keeps_them_and_a_body_that_is_no_council_signs_by_its_chair() {
    assert_eq!(
        (lower_first("UBND phường"), lower_first("Phiên họp"), lower_first("Ý kiến")),
        ("UBND phường".into(), "phiên họp".into(), "ý kiến".into())
    );
    let mut other = record(Vec::new(), &[]);
    other.agency.name = "Văn phòng".to_owned();
    other.chair.position = String::new();
    assert_eq!(signer(&other), ["Chủ tọa"]);
}
