//! Documents as office programs write them, and archives that mean harm.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::io::Write as _;

use super::*;

fn archive(entries: &[(&str, &[u8])]) -> Vec<u8> {
    let mut output = Vec::new();
    let mut archive = rawzip::ZipArchiveWriter::new(&mut output);
    for (name, bytes) in entries {
        let (mut entry, config) = archive.new_file(name).compression_method(CompressionMethod::DEFLATE).start().unwrap();
        let encoder = flate2::write::DeflateEncoder::new(&mut entry, flate2::Compression::fast());
        let mut writer = config.wrap(encoder);
        writer.write_all(bytes).unwrap();
        let (encoder, descriptor) = writer.finish().unwrap();
        encoder.finish().unwrap();
        entry.finish(descriptor).unwrap();
    }
    archive.finish().unwrap();
    output
}

fn document(body: &str) -> Vec<u8> {
    let xml = format!("<?xml version=\"1.0\"?><w:document xmlns:w=\"x\"><w:body>{body}</w:body></w:document>");
    archive(&[("[Content_Types].xml", b"<Types/>"), (MAIN, xml.as_bytes())])
}

#[test]
fn headings_lists_and_tables_of_a_document() {
    let body = "<w:p><w:pPr><w:pStyle w:val=\"Heading1\"/></w:pPr><w:r><w:t>Tiếp dân</w:t></w:r></w:p>\
        <w:p><w:r><w:t>Một &amp; </w:t></w:r><w:r><w:t xml:space=\"preserve\">hai&#x110;</w:t><w:tab/><w:t>ba</w:t></w:r></w:p>\
        <w:p><w:pPr><w:numPr><w:ilvl w:val=\"0\"/></w:numPr></w:pPr><w:r><w:t>bốn</w:t></w:r></w:p>\
        <w:p><w:del><w:r><w:t>đã xóa</w:t></w:r></w:del><w:r><w:t>còn</w:t></w:r></w:p>\
        <w:tbl><w:tr><w:tc><w:p><w:r><w:t>năm</w:t></w:r></w:p></w:tc><w:tc><w:p><w:r><w:t>sáu</w:t></w:r></w:p></w:tc></w:tr></w:tbl>";
    let read = read(&document(body)).unwrap();
    let found: Vec<_> = read.paragraphs.iter().map(|paragraph| (paragraph.kind, paragraph.text.as_str())).collect();
    assert_eq!(
        found,
        [
            (ParagraphKind::Heading(1), "Tiếp dân"),
            (ParagraphKind::Text, "Một & haiĐ ba"),
            (ParagraphKind::Item, "bốn"),
            (ParagraphKind::Text, "còn"),
            (ParagraphKind::Text, "năm | sáu"),
        ]
    );
}

#[test]
fn a_bomb_is_refused_before_it_unpacks() {
    let long = document(&format!("<w:p><w:r><w:t>{}</w:t></w:r></w:p>", "a".repeat(60 << 20)));
    assert!(long.len() < 1 << 20, "it is small on disk");
    assert_eq!(read(&long).unwrap_err(), ImportError::Bomb("its text unpacks to too much"));
    let many: Vec<(String, &[u8])> = (0..=DOCX_ENTRIES).map(|number| (format!("a{number}"), &b""[..])).collect();
    let many: Vec<(&str, &[u8])> = many.iter().map(|(name, bytes)| (name.as_str(), *bytes)).collect();
    assert_eq!(read(&archive(&many)).unwrap_err().code(), "import_bomb");
    let deep = document(&format!("{}{}", "<w:p>".repeat(2_000), "</w:p>".repeat(2_000)));
    assert_eq!(read(&deep).unwrap_err().code(), "import_bomb");
}

#[test]
fn entities_that_multiply_are_left_out() {
    let xml = "<!DOCTYPE x [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;&a;\">]><w:document xmlns:w=\"x\"><w:p><w:r><w:t>x&b;y</w:t></w:r></w:p></w:document>";
    let read = read(&archive(&[(MAIN, xml.as_bytes())])).unwrap();
    assert_eq!(read.paragraphs[0].text, "xy");
}

#[test]
fn what_is_no_document_is_refused() {
    for bytes in [
        &b""[..],
        b"PK",
        b"%PDF-1.7",
        &archive(&[("a.txt", b"x")]),
        &archive(&[(MAIN, b"<a><b></a>")]),
        &archive(&[(MAIN, b"<a>")]),
    ] {
        assert_eq!(read(bytes).unwrap_err().code(), "import_bad_docx");
    }
}

#[test]
fn no_cut_and_no_flipped_bit_of_a_document_brings_the_reader_down() {
    let whole = document("<w:p><w:r><w:t>Một đoạn văn ngắn.</w:t></w:r></w:p>");
    for cut in 0..whole.len() {
        assert!(read(&whole[..cut]).is_err(), "cut to {cut}");
    }
    for at in 0..whole.len() {
        let mut changed = whole.clone();
        changed[at] ^= 1 << (at % 8);
        let _ = read(&changed);
    }
}
