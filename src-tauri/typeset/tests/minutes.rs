//! Minutes as a clerk and an attacker would have them made. Text is read back by poppler's pdftotext where it is installed.
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

fn vote() -> VoteRecord {
    let ballot = |name: &str, choice| Ballot { name: name.into(), choice, marked: None, paper_witness: None };
    VoteRecord {
        question: "Thông qua dự thảo Quyết định hỗ trợ các hộ dân vùng ngập".into(),
        profile_name: "Ủy ban nhân dân: quá nửa tổng số thành viên".into(),
        legal_basis: "Quy chế làm việc của Ủy ban nhân dân phường".into(),
        needed: 4,
        base: 7,
        in_favour: 5,
        against: 1,
        not_voting: 1,
        no_ballot: 0,
        not_voting_label: None,
        passed: true,
        note: String::new(),
        finality: Finality::Final,
        secret: None,
        places: None,
        opened: Timestamp(EIGHT + 70 * MINUTE),
        closed: Timestamp(EIGHT + 78 * MINUTE),
        ballots: vec![
            ballot("Nguyễn Văn An", Choice::InFavour),
            ballot("Trần Thị Bình", Choice::InFavour),
            ballot("Lê Quang Cảnh", Choice::InFavour),
            ballot("Phạm Thị Duyên", Choice::Against),
            ballot("Hoàng Minh Đức", Choice::NotVoting),
            ballot("Võ Thị Giang", Choice::InFavour),
            Ballot { paper_witness: Some("Trần Thị Bình".into()), ..ballot("Đặng Hữu Hòa", Choice::InFavour) },
        ],
        late: Vec::new(),
    }
}

fn away() -> Vec<Away> {
    let at = |minute: i64| Timestamp(EIGHT + minute * MINUTE);
    vec![Away { from: at(60), until: Some(at(85)) }, Away { from: at(150), until: None }]
}

fn record() -> MinutesRecord {
    let member = |name: &str, position: &str| Attendee { person: person(name, position), late_since: None, away: Vec::new() };
    MinutesRecord {
        agency: Agency { parent: None, name: "Ủy ban nhân dân\nphường An Bình".into() },
        number: Some(5),
        symbol: "BB-UBND".into(),
        place: "An Bình".into(),
        date: Timestamp(EIGHT),
        title: "Phiên họp thường kỳ tháng 11 năm 2026 của Ủy ban nhân dân phường An Bình".into(),
        started: Timestamp(EIGHT),
        ended: Timestamp(EIGHT + 185 * MINUTE),
        venue: "Phòng họp số 1, trụ sở Ủy ban nhân dân phường".into(),
        chair: person("Nguyễn Văn An", "Chủ tịch Ủy ban nhân dân phường"),
        secretary: person("Trần Thị Bình", "Chánh Văn phòng"),
        attendance: Attendance {
            total: 7,
            quorum_needed: 5,
            quorum_basis: "ít nhất hai phần ba tổng số thành viên".into(),
            present: vec![
                member("Nguyễn Văn An", "Chủ tịch"),
                member("Trần Thị Bình", "Chánh Văn phòng"),
                member("Lê Quang Cảnh", "Phó Chủ tịch"),
                Attendee { person: person("Phạm Thị Duyên", "Trưởng phòng Văn hóa - Xã hội"), late_since: Some(Timestamp(EIGHT + 20 * MINUTE)), away: away() },
                member("Hoàng Minh Đức", "Trưởng Công an phường"),
                member("Võ Thị Giang", "Trưởng phòng Kinh tế, Hạ tầng và Đô thị"),
            ],
            absent: vec![Absence { person: person("Đặng Hữu Hòa", "Chỉ huy trưởng Ban CHQS phường"), excused: true, reason: Some("đi công tác".into()) }],
            guests: vec![person("Bùi Thị Khánh", "Chủ tịch Ủy ban MTTQ Việt Nam phường")],
        },
        items: vec![
            AgendaItem {
                number: "1".into(),
                title: "Tình hình kinh tế - xã hội tháng 10 và nhiệm vụ tháng 11 năm 2026".into(),
                presenter: Some("ông Lê Quang Cảnh, Phó Chủ tịch".into()),
                papers: vec![PaperRef { title: "Báo cáo số 87/BC-UBND".into(), hash_short: "9f2c41d07be8".into() }],
                discussion: "Các thành viên cơ bản thống nhất với báo cáo; đề nghị bổ sung số liệu thiệt hại của hộ trồng rau màu ven sông.".into(),
                remarks: vec![
                    Remark { speaker: "Bà Võ Thị Giang".into(), text: "Hai công trình giao thông chậm do vướng mặt bằng; cam kết bàn giao trước ngày 20 tháng 11.".into() },
                    Remark { speaker: "Ông Hoàng Minh Đức".into(), text: "Đề nghị tăng cường kiểm tra bến đò trong mùa mưa lũ.".into() },
                ],
                votes: Vec::new(),
                conclusion: "Giao Văn phòng hoàn chỉnh báo cáo trước ngày 10 tháng 11 năm 2026.".into(),
            },
            AgendaItem {
                number: "2".into(),
                title: "Dự thảo Quyết định hỗ trợ các hộ dân vùng ngập".into(),
                presenter: Some("bà Võ Thị Giang, Trưởng phòng Kinh tế, Hạ tầng và Đô thị".into()),
                papers: vec![
                    PaperRef { title: "Tờ trình số 23/TTr-KTHTĐT".into(), hash_short: "1b88e6aa90f3".into() },
                    PaperRef { title: "Dự thảo Quyết định".into(), hash_short: "c07d5512e4b6".into() },
                ],
                discussion: String::new(),
                remarks: Vec::new(),
                votes: vec![vote()],
                conclusion: "Văn phòng trình ký Quyết định ngay sau phiên họp.".into(),
            },
        ],
        conclusions: vec!["Yêu cầu các phòng, đơn vị trực ban đầy đủ theo Kế hoạch số 41/KH-UBND.".into()],
        papers: vec![
            PaperRef { title: "Báo cáo số 87/BC-UBND".into(), hash_short: "9f2c41d07be8".into() },
            PaperRef { title: "Tờ trình số 23/TTr-KTHTĐT".into(), hash_short: "1b88e6aa90f3".into() },
            PaperRef { title: "Dự thảo Quyết định".into(), hash_short: "c07d5512e4b6".into() },
        ],
        recipients: vec!["Thường trực HĐND phường".into(), "Thành viên UBND phường".into(), "Lưu: VT, hồ sơ cuộc họp".into()],
    }
}

/// The words of a PDF in reading order, white space as single spaces, places to break removed.
fn words(typeset: &Typeset) -> Option<String> {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("a.pdf");
    std::fs::write(&file, &typeset.pdf).unwrap();
    if let Some(keep) = std::env::var_os("KYHOP_KEEP_PDF") {
        std::fs::copy(&file, std::path::Path::new(&keep).join(format!("{:?}.pdf", std::thread::current().name().unwrap_or("x"))))
            .unwrap();
    }
    let Ok(output) = Command::new("pdftotext").arg(&file).arg("-").output() else {
        println!("skipped: reading the text back needs pdftotext (Debian: poppler-utils)");
        return None;
    };
    assert!(output.status.success(), "pdftotext: {}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).unwrap().replace('\u{200b}', "");
    Some(text.split_whitespace().collect::<Vec<_>>().join(" "))
}

#[test]
fn the_minutes_say_what_happened_in_the_words_of_the_decree() {
    let typeset = minutes(&record()).unwrap();
    assert!(typeset.pdf.starts_with(b"%PDF-1.7") && typeset.pages >= 2);
    assert!(typeset.missing_glyphs.is_empty());
    let Some(text) = words(&typeset) else { return };
    for expected in [
        "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
        "Độc lập - Tự do - Hạnh phúc",
        "ỦY BAN NHÂN DÂN PHƯỜNG AN BÌNH",
        "Số: 05/BB-UBND",
        "An Bình, ngày 05 tháng 11 năm 2026",
        "BIÊN BẢN",
        "Thời gian bắt đầu: 08 giờ 00 phút, ngày 05 tháng 11 năm 2026.",
        "có mặt 6/7 thành viên, vắng mặt 1; đủ điều kiện họp, cần ít nhất 5 thành viên (ít nhất hai phần ba tổng số thành viên).",
        "Có mặt từ 08 giờ 20",
        "ra ngoài từ",
        "ra về lúc",
        "Điều kiện thông qua: ít nhất 4/7 tán thành.",
        "Căn cứ: Quy chế làm việc của Ủy ban nhân dân phường.",
        "Kết quả: 5/7 tán thành, 1/7 không tán thành, 1/7 không biểu quyết, 0/7 không bỏ phiếu; nội dung ĐƯỢC THÔNG QUA (kết quả chính thức).",
        "Cuộc họp kết thúc vào 11 giờ 05 phút, ngày 05 tháng 11 năm 2026./.",
        "THƯ KÝ",
        "CHỦ TỌA",
        "Nơi nhận:",
        "- Lưu: VT, hồ sơ cuộc họp.",
    ] {
        assert!(text.contains(expected), "{expected:?} is not in: {text}");
    }
}

#[test]
fn provisional_failed_secret_and_late_are_said_plainly() {
    let mut record = record();
    record.items[1].votes.push(VoteRecord {
        in_favour: 3,
        against: 3,
        not_voting: 0,
        no_ballot: 1,
        passed: false,
        finality: Finality::Provisional,
        secret: Some(SecretCount {
            tellers: vec!["Lê Quang Cảnh".into(), "Phạm Thị Duyên".into(), "Võ Thị Giang".into()],
            tellers_needed: 2,
            result: SecretResult::Decision,
        }),
        not_voting_label: Some("Phiếu trắng".into()),
        note: "Hai bên ngang phiếu".into(),
        ballots: Vec::new(),
        late: vec![LateBallot { name: "Đặng Hữu Hòa".into(), choice: Some(Choice::NotVoting) }],
        ..vote()
    });
    let Some(text) = words(&minutes(&record).unwrap()) else {
        return;
    };
    for expected in [
        "Biểu quyết lần 2:",
        "Hình thức: bỏ phiếu kín",
        "Ban kiểm phiếu: Lê Quang Cảnh, Phạm Thị Duyên, Võ Thị Giang; kết quả do ít nhất 2/3 thành viên cùng mở",
        "3/7 tán thành, 3/7 không tán thành, 0/7 phiếu trắng, 1/7 không bỏ phiếu; nội dung KHÔNG ĐƯỢC THÔNG QUA (kết quả tạm tính,",
        "Hai bên ngang phiếu.",
        "không được tính vào kết quả",
        "- Đặng Hữu Hòa: phiếu trắng.",
        "Phiếu giấy, người chứng kiến: Trần Thị Bình",
    ] {
        assert!(text.contains(expected), "{expected:?} is not in: {text}");
    }
}

#[test]
fn an_election_by_secret_ballot_prints_the_votes_of_each_and_names_no_voter() {
    let place = |label: &str, votes| PlaceCount { label: label.into(), votes };
    let secret = |result| {
        let tellers = vec!["Lê Quang Cảnh".into(), "Phạm Thị Duyên".into(), "Võ Thị Giang".into()];
        VoteRecord {
            no_ballot: 1,
            secret: Some(SecretCount { tellers, tellers_needed: 2, result }),
            ballots: Vec::new(),
            ..vote()
        }
    };
    let mut record = record();
    record.items[1].votes = vec![
        secret(SecretResult::Places(vec![place("Nguyễn Văn Tân", 5), place("Bùi Thị Xuân", 4)])),
        secret(SecretResult::Sealed("Có ít hơn 5 phiếu được tính".into())),
    ];
    let Some(text) = words(&minutes(&record).unwrap()) else {
        return;
    };
    for expected in ["Nguyễn Văn Tân 5", "Bùi Thị Xuân 4", "Có ít hơn 5 phiếu được tính. KHÔNG CÓ KẾT QUẢ"]
    {
        assert!(text.contains(expected), "{expected:?} is not in: {text}");
    }
    assert!(!text.contains("THÔNG QUA") && !text.contains("Ý kiến biểu quyết của từng thành viên"), "{text}");
}

#[test]
fn an_open_election_prints_the_votes_of_each_and_what_each_voter_marked_and_no_verdict() {
    let place = |label: &str, votes| PlaceCount { label: label.into(), votes };
    let ballot = |name: &str, marked: Option<&str>| Ballot {
        name: name.into(),
        choice: Choice::NoBallot,
        marked: marked.map(Into::into),
        paper_witness: None,
    };
    let mut record = record();
    record.items[1].votes = vec![VoteRecord {
        no_ballot: 1,
        places: Some(vec![place("Nguyễn Văn Tân (được chọn)", 5), place("Bùi Thị Xuân", 2)]),
        ballots: vec![ballot("Nguyễn Văn An", Some("Ô 1, 2")), ballot("Trần Thị Bình", None)],
        ..vote()
    }];
    let Some(text) = words(&minutes(&record).unwrap()) else {
        return;
    };
    for expected in
        ["Hình thức: biểu quyết công khai", "Nguyễn Văn Tân (được chọn) 5", "Bùi Thị Xuân 2", "Ô 1, 2", "Không bỏ phiếu"]
    {
        assert!(text.contains(expected), "{expected:?} is not in: {text}");
    }
    assert!(!text.contains("THÔNG QUA"), "{text}");
}

#[test]
fn both_signatures_have_room_on_one_page_the_secretary_left_of_the_chair() {
    for remarks in [0, 3, 7, 12, 18] {
        let mut record = record();
        let remark = record.items[0].remarks[0].clone();
        record.items[0].remarks.extend(std::iter::repeat_n(remark, remarks));
        let typeset = minutes(&record).unwrap();
        let (secretary, chair) = (typeset.anchor("secretary").unwrap(), typeset.anchor("chair").unwrap());
        assert_eq!((secretary.page, chair.page), (typeset.pages - 1, typeset.pages - 1), "{remarks} remarks");
        assert!(secretary.rect[2] <= chair.rect[0]);
        for [left, bottom, right, top] in [secretary.rect, chair.rect] {
            // Inside the margins of 30, 15 and 20 mm, and large enough for a signature and the seal beside it.
            assert!(left >= 85.0 && right <= 553.0 && bottom >= 56.0 && top <= 786.0, "{left} {bottom} {right} {top}");
            assert!(right - left >= 150.0 && top - bottom >= 70.0);
        }
    }
}

#[test]
fn what_people_type_is_shown_and_never_executed() {
    let attacks = [
        "#import \"/record.json\": *",
        "#read(\"/etc/passwd\")",
        "$x^2$ *đậm* _nghiêng_ `mã`",
        "] } ) #panic(\"x\") [ { (",
        "\"; #sys.inputs \\u{41} \\ \\#",
        "<nhãn> @tham-chiếu // chú thích /* khối */",
        "= Tiêu đề",
        "- gạch đầu dòng",
        "https://example.vn/a?b=c#d",
        "'ngoặc đơn' \"ngoặc kép\" -- --- ...",
        "</script><b>&amp;%00%s",
    ];
    let mut record = record();
    record.title = attacks[0].into();
    record.agency.name = attacks[3].into();
    record.venue = attacks[2].into();
    record.chair.name = attacks[4].into();
    record.items[0].title = attacks[5].into();
    record.items[0].discussion = attacks.join("\n");
    record.items[0].remarks = attacks.iter().map(|attack| Remark { speaker: (*attack).into(), text: (*attack).into() }).collect();
    record.items[1].votes[0].question = attacks[1].into();
    record.items[1].votes[0].legal_basis = attacks[6].into();
    record.items[1].votes[0].ballots[0].name = attacks[9].into();
    record.attendance.absent[0].reason = Some(attacks[10].into());
    record.papers[0].title = attacks[7].into();
    record.recipients = attacks.iter().map(|attack| (*attack).into()).collect();
    let Some(text) = words(&minutes(&record).unwrap()) else {
        return;
    };
    for attack in attacks {
        assert!(text.matches(attack).count() >= 2, "{attack:?} did not come out literally in: {text}");
    }
}

#[test]
fn a_very_long_text_comes_out_whole_within_the_margins() {
    let mut record = record();
    let long: String = (0..10_000).map(|at| char::from(b'a' + (at % 26) as u8)).collect();
    record.items[0].discussion = long.clone();
    record.items[0].title = long[..300].to_owned();
    record.attendance.present[0].person.name = long[..120].to_owned();
    let typeset = minutes(&record).unwrap();
    let Some(text) = words(&typeset) else { return };
    // Page numbers stand between the pages.
    let letters: String = text.chars().filter(|char| !char.is_whitespace() && !char.is_ascii_digit()).collect();
    assert!(letters.contains(&long), "the text came out changed: {letters}");
    assert!(letters.contains(&long[..300]) && letters.contains(&long[..120]));
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("a.pdf");
    std::fs::write(&file, &typeset.pdf).unwrap();
    let boxes = String::from_utf8(Command::new("pdftotext").arg("-bbox").arg(&file).arg("-").output().unwrap().stdout).unwrap();
    let right =
        boxes.split("xMax=\"").skip(1).map(|rest| rest.split('"').next().unwrap().parse::<f64>().unwrap()).fold(0.0, f64::max);
    assert!(right <= 595.0 - 42.0 + 1.0, "text reaches to {right} points");
}

#[test]
fn the_same_record_gives_the_same_bytes_and_another_one_does_not() {
    let first = minutes(&record()).unwrap();
    let mut other = record();
    other.items[1].votes[0].in_favour = 6;
    assert_eq!(minutes(&other).map(|typeset| typeset.pdf == first.pdf), Ok(false));
    assert_eq!(minutes(&record()).unwrap(), first);
    // As another program would: through JSON.
    let copy: MinutesRecord = serde_json::from_str(&serde_json::to_string(&record()).unwrap()).unwrap();
    assert_eq!(minutes(&copy).unwrap(), first);
}

#[test]
fn letters_the_font_lacks_are_reported_before_anyone_signs() {
    let mut record = record();
    record.items[0].discussion = "Đồng ý 👍 漢字".into();
    assert_eq!(minutes(&record).unwrap().missing_glyphs, ['字', '漢', '👍']);
}

#[test]
fn only_the_embedded_serif_is_used_and_it_is_inside_the_file() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("a.pdf");
    std::fs::write(&file, minutes(&record()).unwrap().pdf).unwrap();
    let Ok(output) = Command::new("pdffonts").arg(&file).output() else {
        println!("skipped: listing fonts needs pdffonts (Debian: poppler-utils)");
        return;
    };
    let fonts = String::from_utf8(output.stdout).unwrap();
    let rows: Vec<_> = fonts.lines().skip(2).collect();
    assert!(rows.len() >= 3, "{fonts}");
    for row in rows {
        assert!(row.contains("LiberationSerif") && row.contains("yes yes yes"), "{row}");
    }
}

#[test]
fn too_much_of_anything_is_refused_by_name() {
    let code = |change: &dyn Fn(&mut MinutesRecord)| {
        let mut record = record();
        change(&mut record);
        minutes(&record).unwrap_err()
    };
    let item = record().items[1].clone();
    assert_eq!(
        code(&|r| r.items = vec![AgendaItem { votes: Vec::new(), ..item.clone() }; limits::MAX_ITEMS + 1]).code(),
        "typeset_too_many"
    );
    assert_eq!(code(&|r| r.items[0].votes = vec![vote(); limits::MAX_VOTES_PER_ITEM + 1]).code(), "typeset_too_many");
    assert_eq!(code(&|r| r.items = vec![AgendaItem { votes: vec![vote(); 21], ..item.clone() }; 10]).code(), "typeset_too_many");
    assert_eq!(code(&|r| r.attendance.guests = vec![person("a", ""); limits::MAX_PEOPLE + 1]).code(), "typeset_too_many");
    assert_eq!(code(&|r| r.recipients = vec![String::new(); limits::MAX_RECIPIENTS + 1]).code(), "typeset_too_many");
    let long = "a ".repeat(limits::MAX_TEXT_CHARS / 2 + 1);
    assert_eq!(code(&|r| r.items[0].discussion = long.clone()).code(), "typeset_text_too_long");
    let nearly = "a ".repeat(limits::MAX_TEXT_CHARS / 2);
    assert_eq!(code(&|r| r.conclusions = vec![nearly.clone(); 21]).code(), "typeset_text_too_long");
    assert_eq!(code(&|r| r.chair.name = "  ".into()).code(), "typeset_missing");
    assert_eq!(code(&|r| r.ended = Timestamp(i64::MAX)).code(), "typeset_bad_date");
}

#[test]
fn a_table_whose_rows_do_not_fit_its_head_is_refused() {
    let block = |rows| Block::Table { caption: String::new(), head: vec!["a".into(), "b".into()], widths: vec![1, 1], rows };
    let document = |rows| Paper {
        agency: record().agency,
        number: None,
        symbol: "BC-UBND".into(),
        place: "An Bình".into(),
        date: Timestamp(EIGHT),
        secrecy: String::new(),
        kind: "Báo cáo".into(),
        summary: "Thử".into(),
        addressee: String::new(),
        authority: String::new(),
        grounds: Vec::new(),
        enacting: String::new(),
        body: vec![block(rows)],
        signer: Signer { lines: vec!["Chủ tịch".into()], name: String::new() },
        recipients: Vec::new(),
    };
    assert_eq!(paper(&document(vec![vec!["1".into()]])).unwrap_err(), TypesetError::UnevenTable { cells: 1, head: 2 });
    let good = paper(&document(vec![vec!["1".into(), "2".into()]])).unwrap();
    assert_eq!((good.pages, good.anchors.len()), (1, 1));
}
