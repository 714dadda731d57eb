//! Invitations as a clerk and an attacker would have them made. Text is read back by poppler's pdftotext where it is installed.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::process::Command;

use domain::id::Timestamp;
use typeset::*;

/// 2026-11-05T01:00:00Z, eight in the morning in Viet Nam.
const EIGHT: i64 = 1_793_840_400_000;
const MINUTE: i64 = 60_000;

fn person(name: &str, position: &str) -> Person {
    Person { name: name.into(), position: position.into() }
}

fn record() -> Invitation {
    let item = |number: &str, title: &str, minutes: i64| InvitationItem {
        number: number.into(),
        title: title.into(),
        presenter: "Phòng Kinh tế".into(),
        starts: Some(Timestamp(EIGHT + minutes * MINUTE)),
    };
    Invitation {
        agency: Agency { parent: None, name: "Ủy ban nhân dân\nphường An Bình".into() },
        number: None,
        symbol: "GM-UBND".into(),
        place: "An Bình".into(),
        date: Timestamp(EIGHT - 5 * 24 * 60 * MINUTE),
        title: "Phiên họp thường kỳ tháng 11 năm 2026".into(),
        invited: vec![person("Lê Quang Cảnh", "Phó Chủ tịch"), person("Võ Thị Giang", "")],
        chair: Some(person("Nguyễn Văn An", "Chủ tịch Ủy ban nhân dân phường")),
        starts: Timestamp(EIGHT),
        venue: "Phòng họp số 1".into(),
        items: vec![item("1", "Tình hình kinh tế – xã hội", 0), item("1.1", "Thu ngân sách", 15)],
        notes: vec!["Đề nghị các ông, bà đọc trước tài liệu./.".into()],
        signer: Signer { lines: vec!["Chủ tịch".into()], name: "Nguyễn Văn An".into() },
        recipients: vec!["Như trên".into(), "Lưu: VT".into()],
    }
}

/// The words of a document, one space between them; `None` where poppler is not installed.
fn words(typeset: &Typeset) -> Option<String> {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("a.pdf");
    std::fs::write(&file, &typeset.pdf).unwrap();
    let Ok(output) = Command::new("pdftotext").arg(&file).arg("-").output() else {
        println!("skipped: reading the text back needs pdftotext (Debian: poppler-utils)");
        return None;
    };
    let text = String::from_utf8(output.stdout).unwrap().replace('\u{200b}', "");
    Some(text.split_whitespace().collect::<Vec<_>>().join(" "))
}

#[test]
fn an_invitation_says_who_is_invited_to_what_when_and_where() {
    let typeset = invitation(&record()).unwrap();
    assert_eq!((typeset.pages, typeset.anchors.len()), (1, 1));
    assert!(typeset.missing_glyphs.is_empty());
    let [left, bottom, right, top] = typeset.anchor("signer").unwrap().rect;
    assert!(left >= 85.0 && right <= 553.0 && bottom >= 56.0 && top <= 786.0 && right - left >= 150.0, "room for a signature");
    let Some(text) = words(&typeset) else { return };
    for expected in [
        "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
        "/GM-UBND",
        "An Bình, ngày 31 tháng 10 năm 2026",
        "GIẤY MỜI",
        "Ủy ban nhân dân phường An Bình trân trọng kính mời:",
        "- Lê Quang Cảnh, Phó Chủ tịch;",
        "- Võ Thị Giang.",
        "Tới dự: Phiên họp thường kỳ tháng 11 năm 2026.",
        "Chủ trì: Nguyễn Văn An, Chủ tịch Ủy ban nhân dân phường.",
        "Thời gian: 08 giờ 00 phút, ngày 05 tháng 11 năm 2026.",
        "Địa điểm: Phòng họp số 1.",
        "Tình hình kinh tế – xã hội",
        "08:15",
        "Nơi nhận:",
        "- Như trên;",
    ] {
        assert!(text.contains(expected), "{expected:?} is not in: {text}");
    }
}

#[test]
fn what_is_not_known_leaves_no_empty_label() {
    let bare = Invitation { chair: None, venue: String::new(), items: Vec::new(), invited: Vec::new(), ..record() };
    let Some(text) = words(&invitation(&bare).unwrap()) else { return };
    for absent in ["Chủ trì", "Địa điểm", "Chương trình"] {
        assert!(!text.contains(absent), "{absent:?} is in: {text}");
    }
}

#[test]
fn what_people_type_is_shown_and_never_executed() {
    let attack = "#read(\"/etc/passwd\") $x$ *đậm* ] #panic(1)";
    let mut record = record();
    record.title = attack.into();
    record.venue = attack.into();
    record.invited[0].name = attack.into();
    record.items[0].title = attack.into();
    record.notes = vec![attack.into()];
    record.signer.name = attack.into();
    let Some(text) = words(&invitation(&record).unwrap()) else { return };
    assert!(text.matches("#read(").count() >= 6, "{text}");
}

#[test]
fn the_same_record_gives_the_same_bytes_and_too_much_is_refused_by_name() {
    assert_eq!(invitation(&record()).unwrap(), invitation(&record()).unwrap());
    let code = |change: &dyn Fn(&mut Invitation)| {
        let mut record = record();
        change(&mut record);
        invitation(&record).unwrap_err().code()
    };
    let item = record().items[0].clone();
    assert_eq!(code(&|r| r.items = vec![item.clone(); limits::MAX_ITEMS + 1]), "typeset_too_many");
    assert_eq!(code(&|r| r.invited = vec![person("a", ""); limits::MAX_PEOPLE + 1]), "typeset_too_many");
    assert_eq!(code(&|r| r.title = " ".into()), "typeset_missing");
    assert_eq!(code(&|r| r.starts = Timestamp(i64::MIN)), "typeset_bad_date");
}
