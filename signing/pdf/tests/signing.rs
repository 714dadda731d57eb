//! People sign, and everybody who looks later sees the right thing.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod common;

use common::*;
use signing_pdf::{Appearance, CertificateAuthority, PdfSignError, PersonKey, Placement, SignOptions, Subject, sign};

fn visible(rect: [f32; 4], appearance: Option<Appearance>) -> SignOptions {
    SignOptions { placement: Placement::OnPage { page: 0, rect }, appearance, ..SignOptions::default() }
}

#[test]
fn a_signed_file_begins_with_the_original_and_is_valid() {
    let office = Office::new(1, NOW);
    let original = simple(2);
    let signed = office.sign(&original, &office.chair);
    assert!(signed.starts_with(&original));
    let report = office.verify(&signed);
    let json = serde_json::to_string(&report).unwrap();
    assert_eq!(
        json,
        r#"{"signatures":[{"field":"KyHop_1","signer":"Nguyễn Văn Ánh","signed_at":"2026-11-22T13:30:00Z","status":"valid","reason":"","covers_whole_file":true}]}"#
    );
    assert_eq!(report.signatures[0].certificate_der, office.chair.certificate);
    assert!(signed.windows(27).any(|w| w == b"/M (D:20261122203000+07'00'"), "the time of day in Viet Nam");
}

#[test]
fn nobody_is_known_without_trusted_authorities() {
    let office = Office::new(2, NOW);
    let signed = office.sign(&simple(1), &office.chair);
    let report = signing_pdf::verify(&signed, &[]).unwrap();
    assert_eq!(verdicts(&report), ["unknown_signer/untrusted_issuer"]);
    let stranger = Office::new(3, NOW);
    assert_eq!(stranger.verdicts(&signed), ["unknown_signer/untrusted_issuer"]);
}

#[test]
fn a_second_signature_leaves_the_first_valid() {
    let office = Office::new(4, NOW);
    let one = office.sign(&simple(1), &office.chair);
    let two = office.sign(&one, &office.clerk);
    assert!(two.starts_with(&one));
    let report = office.verify(&two);
    assert_eq!(verdicts(&report), ["valid_later_additions/", "valid/"]);
    let fields: Vec<&str> = report.signatures.iter().map(|s| s.field.as_str()).collect();
    assert_eq!(fields, ["KyHop_1", "KyHop_2"]);
    assert_eq!(report.signatures[0].signed_len, one.len(), "the version that the first signer saw");
}

#[test]
fn ten_people_can_sign_one_after_the_other() {
    let office = Office::new(5, NOW);
    let mut pdf = simple(3);
    for i in 0..10 {
        pdf = office.sign(&pdf, if i % 2 == 0 { &office.chair } else { &office.clerk });
    }
    let verdicts = office.verdicts(&pdf);
    assert_eq!(verdicts.len(), 10);
    assert!(verdicts[..9].iter().all(|v| v == "valid_later_additions/"), "{verdicts:?}");
    assert_eq!(verdicts[9], "valid/");
}

#[test]
fn forms_of_every_build_are_extended_without_losing_fields() {
    let office = Office::new(6, NOW);
    let text_field = "<</FT/Tx/T(ten)/V(An)/Type/Annot/Subtype/Widget/Rect[10 10 90 30]/P 5 0 R>>";
    let base = |form: &str, annots: &str, extra: &[(u32, &str)]| {
        let pdf = simple_with(1, &format!("/AcroForm {form}"), &format!("/Annots {annots}"));
        revise(&pdf, extra)
    };
    let files = [
        base("<</Fields[20 0 R]>>", "[20 0 R]", &[(20, text_field)]),
        base("21 0 R", "[20 0 R]", &[(20, text_field), (21, "<</Fields[20 0 R]/SigFlags 0>>")]),
        base("21 0 R", "23 0 R", &[(20, text_field), (21, "<</Fields 22 0 R>>"), (22, "[20 0 R]"), (23, "[20 0 R]")]),
        base("<</Fields 22 0 R>>", "null", &[(20, text_field), (22, "[20 0 R]")]),
        base("21 0 R", "[]", &[(21, "null")]),
    ];
    for (i, file) in files.iter().enumerate() {
        let one = office.sign(file, &office.chair);
        let two = office.sign(&one, &office.clerk);
        assert_eq!(office.verdicts(&two), ["valid_later_additions/", "valid/"], "file {i}");
        let document = lopdf::Document::load_mem(&two).unwrap();
        let annotations = document.get_page_annotations(*document.get_pages().get(&1).unwrap()).unwrap();
        let kept = annotations.iter().filter(|a| a.get(b"FT").is_ok_and(|f| f.as_name().unwrap() == b"Tx")).count();
        assert_eq!(annotations.len(), 2 + kept, "file {i}: the page shows every field that it showed before");
        assert_eq!(kept, usize::from(i < 3), "file {i}");
    }
}

#[test]
fn numbers_of_the_page_survive_to_the_last_digit() {
    let office = Office::new(7, NOW);
    let pdf = simple_with(1, "", "/MediaBox[0 0 595.27559055 841.88976378]");
    let signed = office.sign(&pdf, &office.chair);
    assert!(object_text(&signed, 5).contains("595.27559055 841.88976378"));
}

#[test]
fn new_objects_never_fill_dangling_references() {
    let office = Office::new(8, NOW);
    // Size says 7, but the page refers to object 40: number 7 to 40 must stay unused.
    let pdf = simple_with(1, "/Metadata 40 0 R", "");
    let one = office.sign(&pdf, &office.chair);
    assert_eq!(object_with(&one, "/FT /Sig"), 42);
    let two = office.sign(&one, &office.clerk);
    assert_eq!(office.verdicts(&two), ["valid_later_additions/", "valid/"]);
}

#[test]
fn fields_get_the_names_asked_for_and_never_twice() {
    let office = Office::new(9, NOW);
    let named = |pdf: &[u8], name: &str| {
        let options = SignOptions { field_name: Some(name.into()), ..SignOptions::default() };
        sign(pdf, &office.chair.key, &office.chair.certificate, &office.trust(), &options, NOW)
    };
    let one = named(&simple(1), "Chủ tịch").unwrap();
    assert_eq!(office.verify(&one).signatures[0].field, "Chủ tịch");
    assert_eq!(named(&one, "Chủ tịch"), Err(PdfSignError::FieldExists));
    for bad in ["", "  ", "a.b", "a\nb"] {
        assert_eq!(named(&one, bad), Err(PdfSignError::BadFieldName), "{bad:?}");
    }
    let two = named(&one, "KyHop_1").unwrap();
    let three = office.sign(&two, &office.clerk);
    assert_eq!(office.verify(&three).signatures[2].field, "KyHop_2");
}

#[test]
fn reason_and_place_are_kept_in_vietnamese() {
    let office = Office::new(10, NOW);
    let options = SignOptions {
        reason: Some("Thông qua nghị quyết".into()),
        location: Some("Huyện (Thử) \\ Nghiệm".into()),
        ..SignOptions::default()
    };
    let signed = office.sign_with(&simple(1), &office.chair, &options, NOW);
    assert_eq!(office.verdicts(&signed), ["valid/"]);
    let document = lopdf::Document::load_mem(&signed).unwrap();
    let signature = document.objects.values().filter_map(|o| o.as_dict().ok()).find(|d| d.has(b"ByteRange")).unwrap();
    let text = |key: &[u8]| lopdf::decode_text_string(signature.get(key).unwrap()).unwrap();
    assert_eq!(text(b"Reason"), "Thông qua nghị quyết");
    assert_eq!(text(b"Location"), "Huyện (Thử) \\ Nghiệm");
}

#[test]
fn a_key_signs_only_with_its_own_valid_certificate() {
    let office = Office::new(11, NOW);
    let pdf = simple(1);
    let attempt =
        |certificate: &[u8], now| sign(&pdf, &office.chair.key, certificate, &office.trust(), &SignOptions::default(), now);
    assert_eq!(attempt(&office.clerk.certificate, NOW), Err(PdfSignError::CertificateMismatch));
    assert_eq!(attempt(b"not a certificate", NOW), Err(PdfSignError::MalformedCertificate));
    let year = 365 * 86_400_000;
    assert_eq!(attempt(&office.chair.certificate, NOW.plus_ms(-year)), Err(PdfSignError::CertificateNotValid));
    assert_eq!(attempt(&office.chair.certificate, NOW.plus_ms(2 * year + 86_400_000)), Err(PdfSignError::CertificateNotValid));
    assert!(attempt(&office.chair.certificate, NOW.plus_ms(2 * year - 86_400_000)).is_ok());
}

#[test]
fn unsuitable_files_are_refused_with_a_code() {
    let office = Office::new(12, NOW);
    let attempt = |pdf: &[u8]| {
        let result = sign(pdf, &office.chair.key, &office.chair.certificate, &office.trust(), &SignOptions::default(), NOW);
        result.map(|_| "signed").unwrap_or_else(|e| e.code())
    };
    let pdf = simple(1);
    assert_eq!(attempt(b""), "not_a_pdf");
    assert_eq!(attempt(b"PK\x03\x04"), "not_a_pdf");
    assert_eq!(attempt(&pdf[..pdf.len() / 2]), "broken");
    assert_eq!(attempt(&revise_with(&pdf, &[(30, "<<>>")], "/Encrypt 30 0 R")), "encrypted");
    assert_eq!(attempt(&simple_with(1, "/AcroForm<</XFA(x)/Fields[]>>", "")), "xfa_form");
    assert_eq!(attempt(&vec![b'%'; signing_pdf::MAX_PDF_BYTES + 1]), "too_large");
    // A cross-reference that leads nowhere: appending would not make the file sound.
    let mut broken = pdf.clone();
    let at = find(&broken, b"3 0 obj");
    broken[at] = b'9';
    assert_eq!(attempt(&broken), "broken");
}

#[test]
fn a_file_certified_against_changes_is_not_signed_again() {
    let office = Office::new(13, NOW);
    let signature = "<</Type/Sig/Reference[<</TransformMethod/DocMDP/TransformParams<</P 1>>>>]>>";
    let pdf = revise(&simple_with(1, "/AcroForm<</Fields[20 0 R]>>", ""), &[(20, "<</FT/Sig/T(A)/V 21 0 R>>"), (21, signature)]);
    let result = sign(&pdf, &office.chair.key, &office.chair.certificate, &office.trust(), &SignOptions::default(), NOW);
    assert_eq!(result, Err(PdfSignError::LockedByCertification));
}

#[test]
fn the_rectangle_must_lie_on_a_page_that_exists() {
    let office = Office::new(14, NOW);
    let pdf = simple(2);
    let attempt = |placement| {
        let options = SignOptions { placement, ..SignOptions::default() };
        let result = sign(&pdf, &office.chair.key, &office.chair.certificate, &office.trust(), &options, NOW);
        result.map(|_| "signed").unwrap_or_else(|e| e.code())
    };
    let rect = [300.0, 100.0, 500.0, 160.0];
    assert_eq!(attempt(Placement::OnPage { page: 2, rect }), "no_such_page");
    assert_eq!(attempt(Placement::OnPage { page: 1, rect }), "signed");
    assert_eq!(attempt(Placement::Last { rect }), "signed");
    for bad in [
        [300.0, 100.0, 300.0, 160.0],
        [500.0, 100.0, 300.0, 160.0],
        [300.0, 100.0, 700.0, 160.0],
        [-20.0, 100.0, 300.0, 160.0],
        [300.0, 100.0, f32::NAN, 160.0],
        [300.0, 100.0, f32::INFINITY, 160.0],
    ] {
        assert_eq!(attempt(Placement::Last { rect: bad }), "bad_rectangle", "{bad:?}");
    }
}

#[test]
fn every_vietnamese_letter_has_an_outline_and_text_wraps_into_the_rectangle() {
    let Some(font) = font() else {
        return judges::skip("fonts-liberation2");
    };
    let office = Office::new(15, NOW);
    // U+1EA0–1EF9, the two-mark letters, and decomposed input that must be composed first.
    let all: String = ('\u{1EA0}'..='\u{1EF9}').chain("ĂăÂâĐđÊêÔôƠơƯư".chars()).collect();
    let halves = all.chars().collect::<Vec<_>>().chunks(20).map(|c| c.iter().collect()).collect::<Vec<String>>().join(" ");
    let lines = vec![halves, "Tie\u{0302}\u{0301}ng Vie\u{0323}\u{0302}t".into()];
    let appearance = Appearance { lines, image_png: Some(seal()), font: font.clone() };
    let signed = office.sign_with(&simple(1), &office.chair, &visible([100.0, 100.0, 400.0, 220.0], Some(appearance)), NOW);
    assert_eq!(office.verdicts(&signed), ["valid/"]);
    // The embedded subset holds an outline for every glyph but the blank.
    let document = lopdf::Document::load_mem(&signed).unwrap();
    let file = document.objects.values().filter_map(|o| o.as_stream().ok()).find(|s| s.dict.has(b"Length1")).unwrap();
    let subset = file.decompressed_content().unwrap();
    assert!(subset.len() < font.len() / 4, "only the glyphs in use are embedded");
    let face = ttf_parser::Face::parse(&subset, 0).unwrap();
    let blank = (1..face.number_of_glyphs()).filter(|g| face.glyph_bounding_box(ttf_parser::GlyphId(*g)).is_none()).count();
    assert!(face.number_of_glyphs() > 104, "{}", face.number_of_glyphs());
    assert!(blank <= 1, "{blank} glyphs without outline");
}

#[test]
fn what_cannot_be_drawn_is_refused_rather_than_shown_as_boxes() {
    let Some(font) = font() else {
        return judges::skip("fonts-liberation2");
    };
    let office = Office::new(16, NOW);
    let attempt = |lines: &[&str], rect, image_png: Option<Vec<u8>>, font: &[u8]| {
        let lines = lines.iter().map(|l| (*l).to_owned()).collect();
        let options = visible(rect, Some(Appearance { lines, image_png, font: font.to_vec() }));
        let result = sign(&simple(1), &office.chair.key, &office.chair.certificate, &office.trust(), &options, NOW);
        result.map(|_| "signed").unwrap_or_else(|e| e.code())
    };
    let rect = [100.0, 100.0, 300.0, 160.0];
    assert_eq!(attempt(&["Đã ký"], rect, None, &font), "signed");
    assert_eq!(attempt(&["漢字"], rect, None, &font), "missing_glyph");
    assert_eq!(attempt(&["Đã ký"], rect, None, b"no font"), "bad_font");
    assert_eq!(attempt(&["Đã ký"; 40], rect, None, &font), "text_too_long");
    assert_eq!(attempt(&["Ủy ban nhân dân huyện"; 9], [100.0, 100.0, 130.0, 110.0], None, &font), "does_not_fit");
    assert_eq!(attempt(&["Nghiêng".repeat(30).as_str()], rect, None, &font), "does_not_fit");
    assert_eq!(attempt(&[], rect, Some(b"GIF89a".to_vec()), &[]), "bad_image");
    assert_eq!(attempt(&[], rect, Some(seal()), &[]), "signed");
}

#[test]
fn the_authority_decides_what_a_certificate_says() {
    let mut rng = rng(17);
    let ca = CertificateAuthority::create("Xã Mường Lát", NOW, &mut rng).unwrap();
    let key = PersonKey::generate(&mut rng);
    let request = key.request("Tôi là Chủ tịch tỉnh").unwrap();
    let subject = Subject { common_name: "Lò Văn Pá".into(), ..Subject::default() };
    let first = ca.issue(&request, &subject, NOW, &mut rng).unwrap();
    let second = ca.issue(&request, &subject, NOW, &mut rng).unwrap();
    let read = |der: &[u8]| <x509_cert::Certificate as der::Decode>::from_der(der).unwrap();
    let (a, b) = (read(&first), read(&second));
    let name = a.tbs_certificate().subject().to_string();
    assert!(name.contains("Lò Văn Pá") && name.contains("Xã Mường Lát") && !name.contains("tỉnh"), "{name}");
    assert_ne!(a.tbs_certificate().serial_number(), b.tbs_certificate().serial_number());
    assert_eq!(a.tbs_certificate().serial_number().as_bytes().len(), 16);
    // Injection through separators of the textual form: they are characters like others.
    let odd = Subject { common_name: "A,O=Bộ Nội vụ+CN=B".into(), ..Subject::default() };
    let odd = read(&ca.issue(&request, &odd, NOW, &mut rng).unwrap());
    assert_eq!(odd.tbs_certificate().subject().iter().count(), 3);
}

#[test]
fn requests_must_prove_possession_of_an_acceptable_key() {
    let mut rng = rng(18);
    let ca = CertificateAuthority::create("Xã Mường Lát", NOW, &mut rng).unwrap();
    let subject = Subject { common_name: "Lò Văn Pá".into(), ..Subject::default() };
    let request = PersonKey::generate(&mut rng).request("A").unwrap();
    let other = PersonKey::generate(&mut rng).request("A").unwrap();
    let code = |request: &[u8], now, subject: &Subject, rng: &mut _| {
        ca.issue(request, subject, now, rng).map(|_| "issued").unwrap_or_else(|e| e.code())
    };
    assert_eq!(code(&request, NOW, &subject, &mut rng), "issued");
    let read = |der: &[u8]| <x509_cert::request::CertReq as der::Decode>::from_der(der).unwrap();
    let mut stolen = read(&request);
    stolen.info.public_key = read(&other).info.public_key;
    let stolen = der::Encode::to_der(&stolen).unwrap();
    assert_eq!(code(&stolen, NOW, &subject, &mut rng), "no_proof_of_possession");
    for cut in [0, 1, request.len() / 2, request.len() - 1] {
        assert_eq!(code(&request[..cut], NOW, &subject, &mut rng), "malformed_certificate");
    }
    for bad in ["", " ", "A\nB", &"x".repeat(65)] {
        let subject = Subject { common_name: bad.into(), ..Subject::default() };
        assert_eq!(code(&request, NOW, &subject, &mut rng), "bad_name", "{bad:?}");
    }
    let later = NOW.plus_ms(11 * 365 * 86_400_000);
    assert_eq!(code(&request, later, &subject, &mut rng), "authority_expired");
    assert_eq!(code(&request, NOW.plus_ms(-86_400_000), &subject, &mut rng), "authority_expired");
}

#[test]
fn an_authority_near_its_end_issues_no_certificate_that_outlives_it() {
    let mut rng = rng(19);
    let ca = CertificateAuthority::create("Xã Mường Lát", NOW, &mut rng).unwrap();
    let request = PersonKey::generate(&mut rng).request("A").unwrap();
    let subject = Subject { common_name: "A".into(), ..Subject::default() };
    let der = ca.issue(&request, &subject, NOW.plus_ms(9 * 365 * 86_400_000 + 200 * 86_400_000), &mut rng).unwrap();
    let read = |der: &[u8]| <x509_cert::Certificate as der::Decode>::from_der(der).unwrap();
    let (own, issued) = (read(ca.certificate_der()), read(&der));
    assert_eq!(own.tbs_certificate().validity().not_after, issued.tbs_certificate().validity().not_after);
}

#[test]
fn keys_and_authorities_survive_being_stored() {
    let office = Office::new(20, NOW);
    let key = PersonKey::from_secret_bytes(&office.chair.key.to_secret_bytes().unwrap()).unwrap();
    let signed = sign(&simple(1), &key, &office.chair.certificate, &office.trust(), &SignOptions::default(), NOW).unwrap();
    assert_eq!(office.verdicts(&signed), ["valid/"]);
    let bytes = office.ca.to_secret_bytes().unwrap();
    let ca = CertificateAuthority::from_secret_bytes(&bytes).unwrap();
    assert_eq!(ca.certificate_der(), office.ca.certificate_der());
    let other = Office::new(21, NOW);
    let mixed = other.ca.to_secret_bytes().unwrap();
    for at in 0..bytes.len() {
        let mut damaged = bytes.to_vec();
        damaged[at] ^= 0x10;
        // Either refused, or the damage lies in the certificate's signature, which its readers check.
        if let Ok(ca) = CertificateAuthority::from_secret_bytes(&damaged) {
            assert_ne!(ca.certificate_der(), office.ca.certificate_der(), "byte {at}");
        }
    }
    assert!(CertificateAuthority::from_secret_bytes(&mixed[..mixed.len() - 1]).is_err());
    assert!(!format!("{:?}{:?}", office.ca, office.chair.key).contains("SigningKey"));
}
