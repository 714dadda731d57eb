//! Pages as people see them: pictures, words under them, and where a search leads.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod common;

use common::{engine, fixture, ink, key, official, one_page, source};
use pdf::{Config, RenderRequest};

#[test]
fn a_page_becomes_a_sharp_picture_of_the_width_asked_for() {
    let engine = engine(Config::default());
    let page = engine.render(RenderRequest::visible(key(1), 0, 1000), source(fixture("bao-cao-kinh-te-xa-hoi.pdf"))).unwrap();
    assert_eq!((page.mime, page.width, page.height), ("image/png", 1024, 1448));
    let decoded = image::load_from_memory(&page.bytes).unwrap();
    assert_eq!((decoded.width(), decoded.height()), (1024, 1448));
    let dark = ink(&page, 0.0, 0.0, 1.0, 1.0);
    assert!((0.01..0.3).contains(&dark), "{dark} of the page is dark");
    assert_eq!(ink(&page, 0.0, 0.0, 0.1, 1.0), 0.0, "the left margin must be empty");
}

#[test]
fn a_page_that_is_not_there_says_so() {
    let engine = engine(Config::default());
    let error = engine.render(RenderRequest::visible(key(1), 99, 500), source(fixture("bao-mat.pdf"))).unwrap_err();
    assert_eq!(error.code(), "pdf_no_such_page");
    let error = engine.render(RenderRequest::visible(key(2), 0, 500), || Err(std::io::Error::other("not here yet"))).unwrap_err();
    assert_eq!(error.code(), "pdf_source_unavailable");
    assert_eq!(engine.text(key(3), u32::MAX, source(fixture("bao-mat.pdf"))).unwrap_err().code(), "pdf_no_such_page");
}

#[test]
fn words_lie_exactly_over_their_ink_on_turned_and_cropped_pages_too() {
    let engine = engine(Config::default());
    let content = "BT /F 24 Tf 120 330 Td (Bien ban) Tj ET";
    for (number, page) in [
        "/MediaBox [0 0 400 600]",
        "/MediaBox [0 0 400 600] /Rotate 90",
        "/MediaBox [0 0 400 600] /Rotate 180",
        "/MediaBox [0 0 400 600] /Rotate 270",
        "/MediaBox [0 0 400 600] /CropBox [50 200 350 500]",
        "/MediaBox [-20 -30 400 600] /CropBox [50 200 350 520] /Rotate 90",
        "/MediaBox [-100 100 400 500] /Rotate 270",
    ]
    .into_iter()
    .enumerate()
    {
        let doc = key(number as u8);
        let bytes = one_page(page, content);
        let text = engine.text(doc, 0, source(bytes.clone())).unwrap();
        let picture = engine.render(RenderRequest::visible(doc, 0, 1024), source(bytes)).unwrap();
        let ratio = picture.height as f32 / picture.width as f32;
        assert!((text.height / text.width - ratio).abs() < 0.01, "{page}: {} × {}", text.width, text.height);
        assert_eq!(text.to_plain(), "Bien ban", "{page}");
        assert_eq!(text.words.len(), 2);
        let mut covered = 0.0;
        for word in &text.words {
            let r = word.rect;
            let dark = ink(&picture, r.x / text.width, r.y / text.height, (r.x + r.w) / text.width, (r.y + r.h) / text.height);
            assert!(dark > 0.1, "{page}: no ink under {word:?}");
            covered += dark * r.w * r.h;
        }
        let all = ink(&picture, 0.0, 0.0, 1.0, 1.0) * text.width * text.height;
        assert!(covered > 0.97 * all, "{page}: words cover {covered} of {all} square points of ink");
    }
}

#[test]
fn the_text_layer_has_the_words_and_lines_of_the_paper() {
    let engine = engine(Config::default());
    let text = engine.text(key(1), 0, source(fixture("to-trinh-ho-tro-ngap.pdf"))).unwrap();
    let lines: Vec<_> = text.lines.iter().map(|line| line.text.as_str()).collect();
    for expected in [
        "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
        "Độc lập - Tự do - Hạnh phúc",
        "TỜ TRÌNH",
        "Số: 23/TTr-KTHTĐT",
        "An Bình, ngày 03 tháng 11 năm 2026",
    ] {
        assert!(lines.contains(&expected), "{expected:?} is not a line of {lines:#?}");
    }
    for line in &text.lines {
        let words = &text.words[line.first_word as usize..(line.first_word + line.word_count) as usize];
        assert_eq!(words.iter().map(|word| word.text.as_str()).collect::<Vec<_>>().join(" "), line.text);
        for word in words {
            let (w, l) = (word.rect, line.rect);
            assert!(w.x >= l.x - 0.01 && w.y >= l.y - 0.01 && w.x + w.w <= l.x + l.w + 0.01 && w.y + w.h <= l.y + l.h + 0.01);
            assert!(w.x >= 0.0 && w.y >= 0.0 && w.x + w.w <= text.width && w.y + w.h <= text.height);
        }
    }
}

#[test]
fn a_search_finds_words_with_and_without_accents_and_shows_where() {
    let engine = engine(Config::default());
    let bytes = fixture("ke-hoach-truc-bao.pdf");
    let with = engine.search(key(1), "lực lượng cơ động", source(bytes.clone())).unwrap();
    let without = engine.search(key(1), "luc luong co dong", source(bytes.clone())).unwrap();
    assert!(with.hits.len() >= 2 && !with.truncated && with.unreadable_pages.is_empty());
    assert_eq!(with, without);
    for hit in &with.hits {
        assert_eq!(hit.text.to_lowercase(), "lực lượng cơ động");
        let picture = engine.render(RenderRequest::visible(key(1), hit.page, 1200), source(bytes.clone())).unwrap();
        let size = engine.text(key(1), hit.page, source(bytes.clone())).unwrap();
        for r in &hit.rects {
            assert!(
                ink(&picture, r.x / size.width, r.y / size.height, (r.x + r.w) / size.width, (r.y + r.h) / size.height) > 0.05
            );
        }
    }
    assert!(engine.search(key(1), "không có câu này", source(bytes)).unwrap().hits.is_empty());
}

#[test]
fn real_papers_scans_as_jpeg_text_as_png_none_blank() {
    let engine = engine(Config::default());
    for (number, (name, bytes)) in official().into_iter().enumerate() {
        let doc = key(number as u8);
        let page = engine
            .render(RenderRequest::visible(doc, 0, 1280), source(bytes.clone()))
            .unwrap_or_else(|error| panic!("{name}: {error}"));
        println!("{name}: {} {}×{}, {} bytes", page.mime, page.width, page.height, page.bytes.len());
        assert!(ink(&page, 0.0, 0.0, 1.0, 1.0) > 0.002, "{name} is blank");
        let scan = ["SRC-A_02.pdf", "SRC-D_04.pdf"].contains(&name.as_str());
        let text = ["SRC-B_01.pdf", "SRC-C_02.pdf"].contains(&name.as_str());
        assert!(!(scan && page.mime != "image/jpeg" || text && page.mime != "image/png"), "{name}: {}", page.mime);
        if name == "SRC-B_01.pdf" {
            let hits = engine.search(doc, "căn cước công dân", source(bytes)).unwrap().hits;
            assert!(hits.len() > 5, "{} hits", hits.len());
        }
    }
}
