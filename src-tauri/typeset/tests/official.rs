//! Resolutions and notices as a secretary would have them made. Text is read back by poppler's pdftotext where it is installed.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::process::Command;

use domain::id::Timestamp;
use typeset::*;

/// 2026-11-05T01:00:00Z, eight in the morning in Viet Nam.
const EIGHT: i64 = 1_793_840_400_000;

fn lines(of: &[&str]) -> Vec<String> {
    of.iter().map(|line| (*line).to_owned()).collect()
}

fn resolution() -> Paper {
    Paper {
        agency: Agency { parent: None, name: "Hội đồng nhân dân\nphường An Bình".into() },
        number: Some(7),
        symbol: "NQ-HĐND".into(),
        place: "An Bình".into(),
        date: Timestamp(EIGHT),
        secrecy: String::new(),
        kind: "Nghị quyết".into(),
        summary: "Về việc thông qua kế hoạch trực bão".into(),
        addressee: String::new(),
        authority: "Hội đồng nhân dân phường An Bình".into(),
        grounds: lines(&["Căn cứ Luật Tổ chức chính quyền địa phương;"]),
        enacting: "Quyết nghị:".into(),
        body: blocks(&lines(&["Điều 1. Thông qua kế hoạch trực bão.", "Có 18/20 đại biểu tán thành.", "Điều 2. Thi hành./."])),
        signer: Signer { lines: lines(&["TM. Hội đồng nhân dân", "Chủ tịch"]), name: "Nguyễn Văn An".into() },
        recipients: lines(&["Như Điều 2", "Lưu: VT"]),
    }
}

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
fn a_resolution_has_its_nine_parts_and_room_for_the_initials_and_the_signature() {
    let typeset = official(&resolution()).unwrap();
    assert_eq!(typeset.anchors.len(), 2);
    assert!(typeset.missing_glyphs.is_empty());
    let (initials, signature) = (typeset.anchor("secretary").unwrap(), typeset.anchor("signer").unwrap());
    assert_eq!(initials.page, signature.page);
    assert!(initials.rect[1] >= signature.rect[3], "the initials stand above: {initials:?} {signature:?}");
    for anchor in [initials, signature] {
        let [left, bottom, right, top] = anchor.rect;
        assert!(left >= 85.0 && right <= 553.0 && bottom >= 56.0 && top <= 786.0, "within the margins: {anchor:?}");
        assert!(right - left >= 100.0 && top - bottom >= 30.0, "room for a signature: {anchor:?}");
    }
    let Some(text) = words(&typeset) else { return };
    for expected in [
        "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
        "Số: 07/NQ-HĐND",
        "An Bình, ngày 05 tháng 11 năm 2026",
        "NGHỊ QUYẾT",
        "HỘI ĐỒNG NHÂN DÂN PHƯỜNG AN BÌNH",
        "Căn cứ Luật Tổ chức chính quyền địa phương;",
        "QUYẾT NGHỊ:",
        "Điều 1. Thông qua kế hoạch trực bão.",
        "Có 18/20 đại biểu tán thành.",
        "Nơi nhận:",
        "TM. HỘI ĐỒNG NHÂN DÂN",
        "Nguyễn Văn An",
    ] {
        assert!(text.contains(expected), "“{expected}” is missing: {text}");
    }
}

#[test]
fn the_same_words_give_the_same_bytes_and_a_paper_has_no_room_for_initials() {
    assert_eq!(official(&resolution()).unwrap().pdf, official(&resolution()).unwrap().pdf);
    assert_eq!(paper(&resolution()).unwrap().anchors.len(), 1);
}
