//! Files made to hurt: nothing may panic, run away, or pass as valid.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod common;

use common::*;
use proptest::prelude::*;
use signing_pdf::{SignOptions, Status, sign, verify};
use std::sync::LazyLock;

struct Fixture {
    office: Office,
    one: Vec<u8>,
    two: Vec<u8>,
}

static FIXTURE: LazyLock<Fixture> = LazyLock::new(|| {
    let office = Office::new(200, NOW);
    let one = office.sign(&simple(1), &office.chair);
    let two = office.sign(&one, &office.clerk);
    Fixture { office, one, two }
});

/// Verifies and signs again; the outcome does not matter, only that there is one.
fn survive(pdf: &[u8]) -> Option<signing_pdf::Report> {
    let office = &FIXTURE.office;
    let _ = sign(pdf, &office.chair.key, &office.chair.certificate, &office.trust(), &SignOptions::default(), NOW);
    verify(pdf, &office.trust()).ok()
}

/// An offset from `start` on that the newest signature covers, picked by `dice`.
fn outside_container(pdf: &[u8], start: usize, dice: usize) -> usize {
    let [_, a, b, _] = byte_range(pdf);
    let at = start + dice % (pdf.len() - start - (b - a));
    if at < a { at } else { at + (b - a) }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_flipped_bit_under_a_signature_never_passes(at in 0usize..1_000_000, bit in 0u8..8) {
        let Fixture { office, one, .. } = &*FIXTURE;
        let at = outside_container(one, 0, at);
        let mut bad = one.clone();
        bad[at] ^= 1 << bit;
        if let Ok(report) = verify(&bad, &office.trust()) {
            prop_assert!(report.signatures.iter().all(|s| s.status == Status::Invalid), "{report:?}");
        }
    }

    #[test]
    fn flipped_bits_in_the_container_never_panic_and_never_name_somebody_else(at in 0usize..1_000_000, bit in 0u8..8) {
        let Fixture { office, one, .. } = &*FIXTURE;
        let mut cms = contents(one);
        let length = judges::der_length(&cms);
        cms[at % length] ^= 1 << bit;
        let report = office.verify(&with_contents(one, &cms));
        let s = &report.signatures[0];
        prop_assert!(s.status != Status::Valid || s.certificate_der == office.chair.certificate, "{report:?}");
    }

    #[test]
    fn the_first_of_two_signatures_watches_the_bytes_of_both(at in 0usize..1_000_000, bit in 0u8..8) {
        let Fixture { office, one, two } = &*FIXTURE;
        let at = outside_container(two, one.len(), at);
        let mut bad = two.clone();
        bad[at] ^= 1 << bit;
        if let Ok(report) = verify(&bad, &office.trust()) {
            let last = report.signatures.iter().find(|s| s.field == "KyHop_2");
            prop_assert!(last.is_none_or(|s| s.status == Status::Invalid), "{report:?}");
            prop_assert!(report.signatures.iter().all(|s| s.status != Status::Valid), "{report:?}");
        }
    }

    #[test]
    fn random_edits_never_panic(edits in prop::collection::vec((0usize..1_000_000, any::<u8>()), 1..20), cut in 0usize..1_000_000) {
        let mut bad = FIXTURE.two.clone();
        for (at, value) in edits {
            let at = at % bad.len();
            bad[at] = value;
        }
        survive(&bad);
        bad.truncate(cut % bad.len());
        survive(&bad);
    }

    #[test]
    fn words_of_the_format_in_wrong_places_never_panic(
        edits in prop::collection::vec((0usize..1_000_000, 0usize..14), 1..8)
    ) {
        let words = ["<<", ">>", "[", "]", "(", "stream", "endobj", "obj", "R", "xref", "trailer", "99999999999", "/Prev 9", "-1"];
        let mut bad = FIXTURE.two.clone();
        for (at, word) in edits {
            let at = at % (bad.len() - 12);
            bad[at..at + words[word].len()].copy_from_slice(words[word].as_bytes());
        }
        survive(&bad);
    }
}

#[test]
fn truncated_files_never_panic_and_never_pass_as_the_whole() {
    let Fixture { one, two, .. } = &*FIXTURE;
    for length in (0..two.len()).step_by(97) {
        if let Some(report) = survive(&two[..length]) {
            let fields: Vec<&str> = report.signatures.iter().map(|s| s.field.as_str()).collect();
            assert!(!fields.contains(&"KyHop_2"), "{length}");
            assert!(length >= one.len() || fields.is_empty(), "{length}");
        }
    }
}

#[test]
fn loops_end() {
    let office = &FIXTURE.office;
    let pdf = simple(1);
    let at = pdf.len();
    let loops = [
        // Cross-references that lead back to themselves.
        [pdf.as_slice(), format!("xref\n0 0\ntrailer\n<</Root 1 0 R/Prev {at}>>\nstartxref\n{at}\n%%EOF\n").as_bytes()].concat(),
        // A page tree, a form and a value that contain themselves.
        revise(&pdf, &[(2, "<</Type/Pages/Kids[2 0 R]>>")]),
        revise(
            &pdf,
            &[
                (1, "<</Type/Catalog/Pages 2 0 R/AcroForm 30 0 R>>"),
                (30, "<</Fields[31 0 R]>>"),
                (31, "<</T(a)/Kids[31 0 R 31 0 R]>>"),
            ],
        ),
        revise(&pdf, &[(1, "<</Type/Catalog/Pages 2 0 R/AcroForm 30 0 R>>"), (30, "31 0 R"), (31, "30 0 R")]),
        revise(&pdf, &[(6, "<</Length 6 0 R>>\nstream\nx\nendstream")]),
    ];
    for (i, file) in loops.iter().enumerate() {
        survive(file);
        let result = sign(file, &office.chair.key, &office.chair.certificate, &office.trust(), &SignOptions::default(), NOW);
        // A field that is its own child is counted once; the others leave nothing to sign.
        assert_eq!(result.is_ok(), i == 2, "file {i}");
    }
}

#[test]
fn depth_and_size_are_limited() {
    let pdf = simple(1);
    let deep = "[".repeat(100_000);
    survive(&revise(&pdf, &[(30, &deep)]));
    survive(&revise(&pdf, &[(30, &"<</A".repeat(100_000))]));
    survive(&revise(&pdf, &[(30, &"(".repeat(100_000))]));
    let many = "0 ".repeat(2_000_000);
    survive(&revise(&pdf, &[(30, &format!("[{many}]"))]));
    // A table that claims four thousand million entries.
    let at = pdf.len();
    survive(
        &[pdf.as_slice(), format!("xref\n0 4294967295\ntrailer\n<</Root 1 0 R>>\nstartxref\n{at}\n%%EOF\n").as_bytes()].concat(),
    );
}

/// Each of these took minutes or hours before the work on one file was limited.
#[test]
fn effort_is_limited() {
    let office = &FIXTURE.office;
    let signed = &FIXTURE.one;
    // Many revisions, each of which lists many objects.
    let mut many = signed.clone();
    for _ in 0..1000 {
        let (at, prev) = (many.len(), last_startxref(&many));
        let rows = "0000000009 00000 n \n".repeat(1000);
        many.extend_from_slice(
            format!("xref\n2000 1000\n{rows}trailer\n<</Size 9000/Root 1 0 R/Prev {prev}>>\nstartxref\n{at}\n%%EOF\n").as_bytes(),
        );
    }
    assert!(office.verdicts(&many).iter().all(|v| v.starts_with("invalid/")));
    // One revision with very many new objects.
    let crowd: Vec<(u32, &str)> = (1000..60_000).map(|n| (n, "[1 0 R 2 0 R]")).collect();
    assert_eq!(office.verdicts(&revise(signed, &crowd)), ["valid_later_additions/"]);
    // Dictionaries with very many keys, some of them twice.
    let keys: String = (0..200_000).map(|n| format!("/K{n} {n}")).collect();
    let catalog = object_text(signed, 1);
    let wide = revise(signed, &[(1, &catalog.replace("/Pages", &format!("{keys}/Pages")))]);
    assert_eq!(office.verdicts(&wide), ["invalid/modified_after_signing"]);
    survive(&revise(signed, &[(1, &catalog.replace("/Pages", &format!("{keys}{keys}/Pages")))]));
    // Objects that overlap: every one begins inside the one before.
    let base = signed.len();
    let body: String = (1000..6000).map(|n| format!("{n} 0 obj\n(")).collect();
    let body = format!("{body}{}", ")".repeat(5000));
    let offsets: Vec<usize> = (0..5000).map(|i| base + i * "1000 0 obj\n(".len()).collect();
    let rows: String = offsets.iter().map(|o| format!("{o:010} 00000 n \n")).collect();
    let at = base + body.len() + 1;
    let prev = last_startxref(signed);
    let overlap = [
        signed.as_slice(),
        body.as_bytes(),
        format!("\nxref\n1000 5000\n{rows}trailer\n<</Size 9000/Root 1 0 R/Prev {prev}>>\nstartxref\n{at}\n%%EOF\n").as_bytes(),
    ]
    .concat();
    assert_eq!(office.verdicts(&overlap), ["invalid/modified_after_signing"]);
    survive(&overlap);
}

#[test]
fn packed_objects_that_unpack_without_end_are_refused() {
    use std::io::Write as _;
    let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::best());
    for _ in 0..100 {
        encoder.write_all(&vec![b' '; 1024 * 1024]).unwrap();
    }
    let bomb = encoder.finish().unwrap();
    // A cross-reference stream whose catalog lies in the bomb.
    let mut pdf = b"%PDF-1.7\n".to_vec();
    let container = pdf.len();
    pdf.extend_from_slice(
        format!("2 0 obj\n<</Type/ObjStm/N 1/First 4/Filter/FlateDecode/Length {}>>\nstream\n", bomb.len()).as_bytes(),
    );
    pdf.extend_from_slice(&bomb);
    pdf.extend_from_slice(b"\nendstream\nendobj\n");
    let at = pdf.len();
    let mut rows = vec![2, 0, 2, 0];
    rows.extend([1, (container >> 8) as u8, container as u8, 0]);
    pdf.extend_from_slice(
        format!("3 0 obj\n<</Type/XRef/Size 4/W[1 2 1]/Index[1 2]/Root 1 0 R/Length {}>>\nstream\n", rows.len()).as_bytes(),
    );
    pdf.extend_from_slice(&rows);
    pdf.extend_from_slice(format!("\nendstream\nendobj\nstartxref\n{at}\n%%EOF\n").as_bytes());
    assert_eq!(verify(&pdf, &[]).unwrap_err().code(), "broken");
}

#[test]
fn files_that_are_no_pdf_get_a_code() {
    let code = |bytes: &[u8]| verify(bytes, &[]).map(|r| r.signatures.len().to_string()).unwrap_or_else(|e| e.code().into());
    assert_eq!(code(b""), "not_a_pdf");
    assert_eq!(code(b"\x89PNG"), "not_a_pdf");
    assert_eq!(code(b"%PDF-1.7"), "broken");
    assert_eq!(code(&simple(1)), "0");
    assert_eq!(code(&vec![b'%'; signing_pdf::MAX_PDF_BYTES + 1]), "too_large");
    assert_eq!(code(&revise_with(&simple(1), &[(30, "<<>>")], "/Encrypt 30 0 R")), "encrypted");
}
