//! What happens to a file that somebody drops on the window.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod common;

use common::{document, engine, fixture, official, one_page, shared};
use domain::secrecy::{Secrecy, marking};
use pdf::{Config, PdfError};

#[test]
fn our_papers_are_taken_in_with_pages_sizes_title_and_text() {
    let engine = engine(Config::default());
    for (name, pages, words) in [
        ("bao-cao-kinh-te-xa-hoi.pdf", 2..=6, "Tình hình kinh tế - xã hội tháng 10"),
        ("to-trinh-ho-tro-ngap.pdf", 2..=6, "Kính gửi: Ủy ban nhân dân phường An Bình"),
        ("du-thao-quyet-dinh-ho-tro-ngap.pdf", 2..=6, "QUYẾT ĐỊNH"),
        ("ke-hoach-truc-bao.pdf", 2..=6, "KẾ HOẠCH"),
    ] {
        let seen = engine.inspect(shared(fixture(name))).unwrap();
        assert!(pages.contains(&seen.pages), "{name}: {} pages", seen.pages);
        assert_eq!(seen.sizes.len(), seen.pages as usize);
        assert!(seen.sizes.iter().all(|(w, h)| (w - 595.28).abs() < 0.5 && (h - 841.89).abs() < 0.5), "{name}: {:?}", seen.sizes);
        assert!(seen.first_page_text.contains("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"), "{name}: {}", seen.first_page_text);
        assert!(seen.first_page_text.replace('\n', " ").contains(words), "{name}: {}", seen.first_page_text);
        assert!(seen.has_text && !seen.first_page_scanned && !seen.encrypted && seen.signatures == 0, "{name}: {seen:?}");
        assert!(seen.title.is_some_and(|title| !title.is_empty()));
    }
}

#[test]
fn every_bad_file_gets_its_own_code() {
    let engine = engine(Config::default());
    let code = |bytes: Vec<u8>| engine.inspect(shared(bytes)).unwrap_err().code();
    assert_eq!(code(fixture("broken.pdf")), "pdf_broken");
    assert_eq!(code(fixture("truncated.pdf")), "pdf_broken");
    assert_eq!(code(fixture("encrypted.pdf")), "pdf_encrypted");
    assert_eq!(code(fixture("zero-pages.pdf")), "pdf_no_pages");
    assert_eq!(code(Vec::new()), "pdf_not_a_pdf");
    assert_eq!(code(b"PK\x03\x04 a Word file".to_vec()), "pdf_not_a_pdf");
    assert_eq!(code(b"%PDF-1.7\n%%EOF".to_vec()), "pdf_broken");
    let mut large = fixture("bao-mat.pdf");
    large.resize(pdf::limits::MAX_FILE_BYTES as usize + 1, b' ');
    assert_eq!(code(large), "pdf_too_large");
    // And the engine still works.
    assert!(engine.inspect(shared(fixture("bao-mat.pdf"))).is_ok());
}

#[test]
fn a_file_with_more_pages_than_allowed_is_refused() {
    let count = pdf::limits::MAX_PAGES as usize + 1;
    let kids: String = (0..count).map(|at| format!("{} 0 R ", at + 3)).collect();
    let mut objects =
        vec!["<< /Type /Catalog /Pages 2 0 R >>".to_owned(), format!("<< /Type /Pages /Kids [{kids}] /Count {count} >>")];
    objects.extend((0..count).map(|_| "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 100 100] >>".to_owned()));
    let engine = engine(Config::default());
    let error = engine.inspect(shared(document(&objects))).unwrap_err();
    assert_eq!(error, PdfError::TooManyPages { pages: 5_001, limit: 5_000 });
}

#[test]
fn a_page_count_that_lies_is_not_believed() {
    let engine = engine(Config::default());
    let page = "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 100 100] >>".to_owned();
    for count in ["5000", "-1", "2147483647", "99999999999"] {
        let objects = [
            "<< /Type /Catalog /Pages 2 0 R >>".to_owned(),
            format!("<< /Type /Pages /Kids [3 0 R] /Count {count} >>"),
            page.clone(),
        ];
        match engine.inspect(shared(document(&objects))) {
            Ok(seen) => assert_eq!(seen.pages, 1, "count {count}"),
            Err(error) => {
                assert!(matches!(error.code(), "pdf_broken" | "pdf_too_many_pages" | "pdf_no_pages"), "count {count}: {error}")
            }
        }
    }
}

#[test]
fn the_domain_recognises_a_secrecy_mark_in_what_we_read_and_not_a_sentence_about_security() {
    let engine = engine(Config::default());
    let first_page = |name: &str| engine.inspect(shared(fixture(name))).unwrap().first_page_text;
    assert_eq!(marking(&first_page("mat.pdf")), Some(Secrecy::Mat), "{}", first_page("mat.pdf"));
    for name in [
        "bao-mat.pdf",
        "bao-cao-kinh-te-xa-hoi.pdf",
        "to-trinh-ho-tro-ngap.pdf",
        "du-thao-quyet-dinh-ho-tro-ngap.pdf",
        "ke-hoach-truc-bao.pdf",
    ] {
        assert_eq!(marking(&first_page(name)), None, "{name}: {}", first_page(name));
    }
    assert!(first_page("bao-mat.pdf").contains("bảo mật"));
}

#[test]
fn a_mark_set_beside_the_date_is_still_a_line_of_its_own() {
    let content = "BT /F 14 Tf 60 700 Td (MAT) Tj ET BT /F 14 Tf 330 700 Td (ngay 05 thang 11) Tj ET";
    let seen = engine(Config::default()).inspect(shared(one_page("/MediaBox [0 0 595 842]", content))).unwrap();
    assert_eq!(seen.first_page_text.lines().collect::<Vec<_>>(), ["MAT", "ngay 05 thang 11"]);
}

#[test]
fn real_official_papers_are_taken_in_and_scans_are_told_from_text() {
    let engine = engine(Config::default());
    for (name, bytes) in official() {
        let seen = engine.inspect(shared(bytes)).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(marking(&seen.first_page_text), None, "{name}");
        println!(
            "{name}: {} pages, scanned first page: {}, text: {}, signatures: {}",
            seen.pages, seen.first_page_scanned, seen.has_text, seen.signatures
        );
        let (pages, scanned) = match name.as_str() {
            "SRC-A_02.pdf" => (22, true),
            "SRC-B_01.pdf" => (30, false),
            "SRC-C_02.pdf" => (30, false),
            "SRC-D_04.pdf" => (4, true),
            _ => continue,
        };
        assert_eq!((seen.pages, seen.first_page_scanned), (pages, scanned), "{name}");
        if name == "SRC-B_01.pdf" {
            assert!(seen.first_page_text.contains("QUỐC HỘI"), "{}", seen.first_page_text);
        }
    }
}
