//! An attacker has a signed file and an editor. Whatever is changed must show.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod common;

use cms::{
    content_info::ContentInfo,
    signed_data::{SignedData, SignerInfos},
};
use common::*;
use der::{Any, Decode, Encode, asn1::SetOfVec};
use std::fmt::Write as _;

const MODIFIED: &str = "invalid/modified_after_signing";

fn signed() -> (Office, Vec<u8>) {
    let office = Office::new(100, NOW);
    let pdf = office.sign(&simple_with(2, "", "/Annots[]"), &office.chair);
    (office, pdf)
}

#[test]
fn a_changed_byte_anywhere_under_the_signature_shows() {
    let (office, pdf) = signed();
    let [_, a, b, _] = byte_range(&pdf);
    let text = find(&pdf, b"trang 1: nghi");
    for at in [9, text, a - 1, b, b + 1, pdf.len() - 7] {
        let mut bad = pdf.clone();
        bad[at] ^= 1;
        if let Ok(report) = signing_pdf::verify(&bad, &office.trust()) {
            assert!(verdicts(&report).iter().all(|v| v.starts_with("invalid/")), "byte {at}: {report:?}");
        }
    }
    let mut bad = pdf.clone();
    bad[text] ^= 1;
    assert_eq!(office.verdicts(&bad), ["invalid/digest_mismatch"]);
}

#[test]
fn later_revisions_that_change_what_is_shown_are_found() {
    let (office, pdf) = signed();
    let field = object_with(&pdf, "/FT /Sig");
    let signature = object_with(&pdf, "/ByteRange");
    let form = object_with(&pdf, "/SigFlags");
    let page = object_text(&pdf, 5);
    let catalog = object_text(&pdf, 1);
    let widget = object_text(&pdf, field);
    let note = "<</Type/Annot/Subtype/FreeText/Rect[50 50 300 90]/Contents(Dieu 1 bai bo)/DA(/F 12 Tf)>>";
    let fake = "<</Type/Annot/Subtype/Widget/FT/Sig/T(X)/Rect[0 0 500 800]/F 132/P 5 0 R/AP<</N 801 0 R>>";
    let overlay = "<</Type/XObject/Subtype/Form/BBox[0 0 500 800]/Length 16>>\nstream\n0 0 500 800 re f\nendstream";
    let with_fields = |extra: &str| format!("<</Fields[{field} 0 R {extra}]/SigFlags 3>>");
    let with_annots = |extra: &str| page.replace(&format!("{field} 0 R]"), &format!("{field} 0 R {extra}]"));
    assert_ne!(with_annots("800 0 R"), page);
    let content = stream("BT /F 12 Tf 70 760 Td (Noi dung khac) Tj ET");
    let cases: Vec<(&str, Vec<(u32, String)>)> = vec![
        ("page content replaced", vec![(6, content.clone())]),
        ("page given other content", vec![(5, page.replace("6 0 R", "800 0 R")), (800, content.clone())]),
        ("content of another page", vec![(8, content.clone())]),
        ("font replaced", vec![(3, "<</Type/Font/Subtype/Type1/BaseFont/Symbol>>".into())]),
        ("page tree extended", vec![(2, object_text(&pdf, 2).replace("7 0 R ", "7 0 R 5 0 R "))]),
        ("page rotated", vec![(5, page.replace("/Type /Page", "/Rotate 180/Type /Page"))]),
        ("page box changed", vec![(2, object_text(&pdf, 2).replace("841.8898", "400"))]),
        ("comment added", vec![(5, with_annots("800 0 R")), (800, note.into())]),
        ("page script added", vec![(5, page.replace("/Type /Page", "/AA<</O<</S/JavaScript/JS(x)>>>>/Type /Page"))]),
        ("open action added", vec![(1, catalog.replace("/Pages", "/OpenAction<</S/JavaScript/JS(x)>>/Pages"))]),
        ("names added", vec![(1, catalog.replace("/Pages", "/Names<</JavaScript 800 0 R>>/Pages")), (800, "<<>>".into())]),
        ("form removed", vec![(1, "<</Type/Catalog/Pages 2 0 R>>".into())]),
        ("need appearances", vec![(form, with_fields("").replace("/SigFlags", "/NeedAppearances true/SigFlags"))]),
        ("field list emptied", vec![(form, "<</Fields[]/SigFlags 3>>".into())]),
        ("field replaced", vec![(form, "<</Fields[800 0 R]/SigFlags 3>>".into()), (800, widget.replace("KyHop_1", "Z"))]),
        ("widget moved", vec![(field, widget.replace("[0 0 0 0]", "[0 0 500 800]"))]),
        ("widget dressed up", vec![(field, widget.replace("/FT /Sig", "/AP<</N 801 0 R>>/FT /Sig")), (801, overlay.into())]),
        (
            "signature swapped",
            vec![
                (field, widget.replace(&format!("{signature} 0 R"), "800 0 R")),
                (800, "<</Type/Sig/ByteRange[0 0 0 0]/Contents<00>>>".into()),
            ],
        ),
        (
            "picture in an empty field",
            vec![(form, with_fields("800 0 R")), (5, with_annots("800 0 R")), (800, format!("{fake}>>")), (801, overlay.into())],
        ),
        (
            "picture with a bogus signature",
            vec![
                (form, with_fields("800 0 R")),
                (5, with_annots("800 0 R")),
                (800, format!("{fake}/V 802 0 R>>")),
                (801, overlay.into()),
                (802, "<</Type/Sig/Filter/Adobe.PPKLite/SubFilter/ETSI.CAdES.detached/ByteRange[0 9 9 9]/Contents<00>>>".into()),
            ],
        ),
        ("text field added", vec![(form, with_fields("800 0 R")), (800, "<</FT/Tx/T(X)/V(1)>>".into())]),
        (
            "field with an action",
            vec![(form, with_fields("800 0 R")), (800, "<</FT/Sig/T(X)/AA<</C 801 0 R>>>>".into()), (801, "<<>>".into())],
        ),
        ("key named twice", vec![(form, with_fields("").replace("/SigFlags", "/Fields[]/SigFlags"))]),
    ];
    for (what, objects) in cases {
        let objects: Vec<(u32, &str)> = objects.iter().map(|(n, o)| (*n, o.as_str())).collect();
        let bad = revise(&pdf, &objects);
        let report = office.verify(&bad);
        assert!(verdicts(&report).contains(&MODIFIED.to_owned()), "{what}: {report:?}");
        assert!(!report.signatures[0].covers_whole_file);
        // The next signer cannot heal it: what the first signed is still not what is shown.
        if let Ok(again) =
            signing_pdf::sign(&bad, &office.clerk.key, &office.clerk.certificate, &office.trust(), &Default::default(), NOW)
        {
            let report = office.verify(&again);
            let first = report.signatures.iter().find(|s| s.signed_len == pdf.len());
            assert!(first.is_none_or(|s| s.reason.code() == "modified_after_signing"), "{what}, then signed: {report:?}");
        }
    }
}

#[test]
fn harmless_additions_are_told_apart() {
    let (office, pdf) = signed();
    let catalog = object_text(&pdf, 1);
    let dss = catalog.replace("/Pages", "/DSS<</Certs[800 0 R]>>/Extensions<</ESIC<<>>>>/Pages");
    let cases: Vec<(&str, Vec<u8>)> = vec![
        ("validation data", revise(&pdf, &[(1, &dss), (800, &stream("der"))])),
        ("document information", revise(&pdf, &[(4, "<</Title(Khac)/ModDate(D:2027)>>")])),
        ("an object written again unchanged", revise(&pdf, &[(6, &object_text(&pdf, 6))])),
        ("an object nobody refers to", revise(&pdf, &[(800, "<</A 1>>")])),
        ("an empty field without appearance", {
            let form = object_with(&pdf, "/SigFlags");
            let field = object_with(&pdf, "/FT /Sig");
            revise(&pdf, &[(form, &format!("<</Fields[{field} 0 R 800 0 R]/SigFlags 3>>")), (800, "<</FT/Sig/T(X)>>")])
        }),
        ("an empty line at the end", [pdf.as_slice(), b"\r\n"].concat()),
    ];
    for (what, file) in cases {
        let report = office.verify(&file);
        assert_eq!(verdicts(&report), ["valid_later_additions/"], "{what}: {report:?}");
        assert!(!report.signatures[0].covers_whole_file, "{what}");
    }
}

#[test]
fn validation_data_may_grow_but_not_become_page_content() {
    let (office, pdf) = signed();
    let catalog = object_text(&pdf, 1).replace("/Pages", "/DSS 800 0 R/Pages");
    let one = revise(&pdf, &[(1, &catalog), (800, "<</Certs 801 0 R>>"), (801, "[802 0 R]"), (802, &stream("a"))]);
    let two = revise(&one, &[(801, "[802 0 R 803 0 R]"), (803, &stream("b"))]);
    assert_eq!(office.verdicts(&two), ["valid_later_additions/"]);
    // The same array, but the page uses it too.
    let shared = simple_with(1, "/DSS<</Certs 40 0 R>>", "/Annots 40 0 R");
    let shared = office.sign(&revise(&shared, &[(40, "[]")]), &office.chair);
    let array = object_text(&shared, 40).replace(']', " 800 0 R]");
    let bad = revise(&shared, &[(40, &array), (800, "<</Type/Annot/Subtype/FreeText/Rect[0 0 9 9]>>")]);
    assert_eq!(office.verdicts(&bad), [MODIFIED]);
}

#[test]
fn information_that_doubles_as_page_content_cannot_be_changed() {
    let office = Office::new(101, NOW);
    let mut pdf = simple(1);
    pdf = revise(&pdf, &[(5, "<</Type/Page/Parent 2 0 R/Resources 4 0 R/Contents 6 0 R>>"), (4, "<</Font<</F 3 0 R>>>>")]);
    let pdf = office.sign(&pdf, &office.chair);
    let bad = revise(&pdf, &[(4, "<</Font<</F 800 0 R>>>>"), (800, "<</Type/Font/Subtype/Type1/BaseFont/Symbol>>")]);
    assert_eq!(office.verdicts(&bad), [MODIFIED]);
}

#[test]
fn content_that_passes_for_something_changeable_cannot_be_changed() {
    let office = Office::new(106, NOW);
    let dressed = |kind: &str, text: &str| stream(text).replace("<<", &format!("<</Type/{kind}"));
    for kind in ["XRef", "Metadata", "ObjStm"] {
        let pdf = revise(&simple(1), &[(6, &dressed(kind, "(thong qua) Tj"))]);
        let pdf = office.sign(&pdf, &office.chair);
        assert_eq!(office.verdicts(&pdf), ["valid/"]);
        let bad = revise(&pdf, &[(6, &dressed(kind, "(bac bo) Tj"))]);
        assert_eq!(office.verdicts(&bad), [MODIFIED], "{kind}");
    }
    // An annotation that calls itself an empty signature field is still what it was.
    let stamp = "<</Type/Annot/Subtype/Stamp/FT/Sig/T(A)/Rect[0 0 500 800]>>";
    let pdf = revise(&simple_with(1, "", "/Annots[40 0 R]"), &[(40, stamp)]);
    let pdf = office.sign(&pdf, &office.chair);
    let overlay = "<</Type/XObject/Subtype/Form/BBox[0 0 500 800]/Length 16>>\nstream\n0 0 500 800 re f\nendstream";
    let bad = revise(&pdf, &[(40, &stamp.replace("/FT", "/AP<</N 800 0 R>>/FT")), (800, overlay)]);
    assert_eq!(office.verdicts(&bad), [MODIFIED]);
}

#[test]
fn annotations_shared_by_two_pages_cannot_be_extended() {
    let office = Office::new(102, NOW);
    let pdf = revise(&simple_with(2, "", "/Annots 40 0 R"), &[(40, "[]")]);
    let pdf = office.sign_with(&pdf, &office.chair, &Default::default(), NOW);
    let field = object_with(&pdf, "/FT /Sig");
    let bad = revise(&pdf, &[(40, &format!("[{field} 0 R 800 0 R]")), (800, "<</FT/Sig/T(X)/Subtype/Widget>>")]);
    assert_eq!(office.verdicts(&bad), [MODIFIED]);
}

#[test]
fn a_reference_left_dangling_before_signing_cannot_be_filled_afterwards() {
    let office = Office::new(103, NOW);
    let pdf = simple(1);
    let page = object_text(&pdf, 5).replace("6 0 R", "[6 0 R 700 0 R]");
    let pdf = office.sign(&revise(&pdf, &[(5, &page)]), &office.chair);
    assert_eq!(office.verdicts(&pdf), ["valid/"]);
    let bad = revise(&pdf, &[(700, &stream("BT /F 40 Tf 70 400 Td (KHONG THONG QUA) Tj ET"))]);
    assert_eq!(office.verdicts(&bad), [MODIFIED]);
}

#[test]
fn bytes_that_are_no_revision_are_reported() {
    let (office, pdf) = signed();
    let prev = last_startxref(&pdf);
    let append = |tail: &str| [pdf.as_slice(), tail.as_bytes()].concat();
    let content = stream("(x)");
    let hidden = {
        // An object that no cross-reference mentions: repairing viewers would take it.
        let with_hidden = append(&format!("6 0 obj\n{content}\nendobj\n"));
        revise(&with_hidden, &[(800, "<<>>")])
    };
    let cases = [
        ("garbage", append("garbage")),
        ("an object alone", append(&format!("6 0 obj\n{content}\nendobj\n"))),
        ("an object and the old end mark", append(&format!("6 0 obj\n{content}\nendobj\nstartxref\n{prev}\n%%EOF\n"))),
        ("an object without cross-reference", hidden),
        ("a second PDF", [pdf.as_slice(), simple(1).as_slice()].concat()),
        ("another table behind the old one's back", {
            let mut file = append("");
            let at = file.len();
            let _ = write!(StringSink(&mut file), "xref\n0 0\ntrailer\n<</Root 1 0 R/Size 7>>\nstartxref\n{at}\n%%EOF\n");
            file
        }),
    ];
    for (what, file) in cases {
        match signing_pdf::verify(&file, &office.trust()) {
            Ok(report) => assert!(verdicts(&report).iter().all(|v| v.starts_with("invalid/")), "{what}: {report:?}"),
            Err(error) => assert_eq!(error.code(), "broken", "{what}"),
        }
    }
}

struct StringSink<'a>(&'a mut Vec<u8>);

impl std::fmt::Write for StringSink<'_> {
    fn write_str(&mut self, s: &str) -> std::fmt::Result {
        self.0.extend_from_slice(s.as_bytes());
        Ok(())
    }
}

#[test]
fn cross_references_cannot_bypass_the_signed_version() {
    let (office, pdf) = signed();
    let original_end = simple_with(2, "", "/Annots[]").len();
    let older = last_startxref(&pdf[..original_end]);
    let content = stream("(khac)");
    // A revision whose /Prev jumps over the signed one: its fields vanish, or its objects do.
    let mut jump = pdf.clone();
    let body = jump.len();
    jump.extend_from_slice(format!("6 0 obj\n{content}\nendobj\n").as_bytes());
    let at = jump.len();
    jump.extend_from_slice(
        format!("xref\n6 1\n{body:010} 00000 n \ntrailer\n<</Size 900/Root 1 0 R/Prev {older}>>\nstartxref\n{at}\n%%EOF\n")
            .as_bytes(),
    );
    assert!(office.verdicts(&jump).iter().all(|v| v.starts_with("invalid/")));
    // A deleted object, a catalog elsewhere, another file identifier, a hybrid section.
    let prev = last_startxref(&pdf);
    let section = |entries: &str, trailer: &str| {
        let mut file = pdf.clone();
        let at = file.len();
        file.extend_from_slice(
            format!("xref\n{entries}trailer\n<</Size 900/Prev {prev}{trailer}>>\nstartxref\n{at}\n%%EOF\n").as_bytes(),
        );
        file
    };
    let free = section("6 1\n0000000000 00001 f \n", "/Root 1 0 R");
    assert_eq!(office.verdicts(&free), [MODIFIED]);
    let repointed = section(&format!("6 1\n{:010} 00000 n \n", find(&pdf, b"8 0 obj")), "/Root 1 0 R");
    assert_eq!(office.verdicts(&repointed), [MODIFIED]);
    let renamed = section("0 0\n", "/Root 1 0 R/ID[<ffff><0123>]");
    assert_eq!(office.verdicts(&renamed), [MODIFIED]);
    let harmless = section("0 0\n", "/Root 1 0 R/ID[<0123><ffff>]");
    assert_eq!(office.verdicts(&harmless), ["valid_later_additions/"]);
}

/// Universal signature forgery and signature wrapping: the dictionary lies about what it covers.
#[test]
fn byte_ranges_that_do_not_fit_are_refused() {
    let (office, pdf) = signed();
    let [_, a, b, length] = byte_range(&pdf);
    let original = format!("/ByteRange [0 {a} {b} {length}");
    let at = find(&pdf, original.as_bytes());
    let room = pdf[at..].iter().position(|x| *x == b']').unwrap();
    let forms = [
        format!("/ByteRange [0 {a} {b} {}", length - 1),
        format!("/ByteRange [0 {a} {b} {}", length + 1),
        format!("/ByteRange [1 {a} {b} {length}"),
        format!("/ByteRange [0 {} {b} {length}", a - 1),
        format!("/ByteRange [0 {} {b} {length}", a + 1),
        format!("/ByteRange [0 {a} {} {}", b - 1, length + 1),
        format!("/ByteRange [0 {a} {} {}", b + 1, length - 1),
        format!("/ByteRange [0 {b} {a} {length}"),
        format!("/ByteRange [0 {a} {b}"),
        format!("/ByteRange [0 {a} {b} {length} 0"),
        format!("/ByteRange [0 {a} {b} -{length}"),
        "/ByteRange [0 0 0 0".into(),
        "/ByteRange [".into(),
        "/ByteRange (x) %".into(),
        "/ByteRange [0 99999999999999999999 1 1".into(),
        format!("/ByteRange [0 {a} {b} 9223372036854775807"),
        format!("/ByteRange [0 {a}.0 {b} {length}"),
        format!("/ByteRagne [0 {a} {b} {length}"),
    ];
    for form in forms.iter().filter(|f| f.len() <= room) {
        let mut bad = pdf.clone();
        bad[at..at + room].fill(b' ');
        bad[at..at + form.len()].copy_from_slice(form.as_bytes());
        // One byte less leaves out the last line end: a whole revision, but not the one that was signed.
        let shorter = form.ends_with(&format!(" {b} {}", length - 1));
        let expected = if shorter { "invalid/digest_mismatch" } else { "invalid/bad_byte_range" };
        assert_eq!(office.verdicts(&bad), [expected], "{form}");
    }
    assert!(forms.iter().filter(|f| f.len() <= room).count() > 14);
}

#[test]
fn a_signature_moved_into_a_new_wrapping_is_refused() {
    // Signature wrapping: the old bytes stay intact for the hash, in two parts that now lie further apart; a new
    // dictionary with another byte range, and other objects, stand in between.
    let (office, pdf) = signed();
    let [_, a, b, _] = byte_range(&pdf);
    let field = object_with(&pdf, "/FT /Sig");
    let hex = String::from_utf8_lossy(&pdf[a..b]).into_owned();
    let tail = pdf[b..].to_vec();
    let table_at = last_startxref(&pdf);
    let mut evil = pdf[..b].to_vec();
    // Room up to where the untouched end mark says the table is.
    evil.extend_from_slice(b">>\nendobj\n");
    evil.resize(table_at, b'\n');
    let form = object_with(&pdf, "/SigFlags");
    let objects =
        [(6, stream("(khac)")), (901, String::new()), (field, object_text(&pdf, field)), (form, object_text(&pdf, form))];
    let mut positions = Vec::new();
    let mut body = Vec::new();
    let start = table_at + 600;
    let tail_at = start + hex.len() + 8000;
    for (number, text) in &objects {
        positions.push((*number, start + body.len()));
        let text = match number {
            901 => format!(
                "<</Type/Sig/Filter/Adobe.PPKLite/SubFilter/ETSI.CAdES.detached/M(D:20261122203000+07'00')/ByteRange[0 {a} {tail_at} {}]/Contents {hex}>>",
                tail.len()
            ),
            n if *n == field => {
                let signature = object_with(&pdf, "/ByteRange");
                text.replace(&format!("/V {signature} 0 R"), "/V 901 0 R")
            }
            _ => text.clone(),
        };
        body.extend_from_slice(format!("{number} 0 obj\n{text}\nendobj\n").as_bytes());
    }
    let original = simple_with(2, "", "/Annots[]");
    let mut table = String::from("xref\n");
    let old = pdf[table_at..].to_vec();
    let old = String::from_utf8_lossy(&old).into_owned();
    let entries = old.split("trailer").next().unwrap().trim_start_matches("xref\n");
    table.push_str(entries);
    for (number, at) in &positions {
        let _ = write!(table, "{number} 1\n{at:010} 00000 n \n");
    }
    let _ = write!(table, "trailer\n<</Size 950/Root 1 0 R/Prev {}>>\n", last_startxref(&original));
    evil.extend_from_slice(table.as_bytes());
    assert!(evil.len() <= start);
    evil.resize(start, b'\n');
    evil.extend_from_slice(&body);
    assert!(evil.len() <= tail_at);
    evil.resize(tail_at, b'\n');
    evil.extend_from_slice(&tail);
    assert_eq!(office.verdicts(&evil), ["invalid/bad_byte_range"]);
}

#[test]
fn two_fields_cannot_share_one_signature() {
    let office = Office::new(104, NOW);
    let (_, pdf) = (0, office.sign(&simple(1), &office.chair));
    let signature = object_with(&pdf, "/ByteRange");
    let field = object_with(&pdf, "/FT /Sig");
    let form = object_with(&pdf, "/SigFlags");
    let bad = revise(
        &pdf,
        &[
            (form, &format!("<</Fields[{field} 0 R 800 0 R]/SigFlags 3>>")),
            (800, &format!("<</FT/Sig/T(Giam doc)/V {signature} 0 R>>")),
        ],
    );
    assert!(office.verdicts(&bad).iter().all(|v| v.starts_with("invalid/")));
}

#[test]
fn the_container_is_unsigned_bytes_and_every_part_of_it_is_checked() {
    let (office, pdf) = signed();
    let whole = contents(&pdf);
    let der = whole[..judges::der_length(&whole)].to_vec();
    assert_eq!(office.verdicts(&with_contents(&pdf, &der)), ["valid/"], "the same again is the same");
    let info = ContentInfo::from_der(&der).unwrap();
    let data: SignedData = info.content.decode_as().unwrap();
    let encode = |data: &SignedData| {
        ContentInfo { content_type: info.content_type, content: Any::encode_from(data).unwrap() }.to_der().unwrap()
    };
    let changed = |change: &dyn Fn(&mut SignedData)| {
        let mut data = data.clone();
        change(&mut data);
        office.verdicts(&with_contents(&pdf, &encode(&data)))
    };
    let signers = |data: &mut SignedData, change: &dyn Fn(&mut cms::signed_data::SignerInfo)| {
        let mut list: Vec<_> = data.signer_infos.0.iter().cloned().collect();
        list.iter_mut().for_each(change);
        data.signer_infos = SignerInfos(SetOfVec::try_from(list).unwrap());
    };
    let attribute = |data: &mut SignedData, oid: &str, value: Option<Any>| {
        signers(data, &|s| {
            let mut list: Vec<_> = s.signed_attrs.clone().unwrap().iter().cloned().collect();
            list.retain(|a| a.oid.to_string() != oid || value.is_some());
            for a in &mut list {
                if let (true, Some(value)) = (a.oid.to_string() == oid, &value) {
                    a.values = SetOfVec::try_from(vec![value.clone()]).unwrap();
                }
            }
            s.signed_attrs = Some(SetOfVec::try_from(list).unwrap());
        });
    };
    let digest = "1.2.840.113549.1.9.4";
    let octets = |bytes: &[u8]| Any::encode_from(&der::asn1::OctetString::new(bytes).unwrap()).unwrap();
    assert_eq!(changed(&|d| signers(d, &|s| s.signed_attrs = None)), ["invalid/malformed_cms"]);
    assert_eq!(changed(&|d| d.certificates = None), ["invalid/signer_certificate_missing"]);
    assert_eq!(changed(&|d| d.signer_infos = SignerInfos(SetOfVec::new())), ["invalid/malformed_cms"]);
    assert_eq!(changed(&|d| attribute(d, digest, Some(octets(&[0; 32])))), ["invalid/digest_mismatch"]);
    assert_eq!(changed(&|d| attribute(d, digest, None)), ["invalid/malformed_cms"]);
    assert_eq!(changed(&|d| attribute(d, "1.2.840.113549.1.9.16.2.47", None)), ["invalid/signing_certificate_mismatch"]);
    assert_eq!(changed(&|d| attribute(d, "1.2.840.113549.1.9.3", None)), ["invalid/malformed_cms"]);
    assert_eq!(
        changed(&|d| signers(d, &|s| s.signature = der::asn1::OctetString::new(vec![0x30, 6, 2, 1, 1, 2, 1, 1]).unwrap())),
        ["invalid/bad_signature"]
    );
    assert_eq!(
        changed(&|d| signers(d, &|s| s.digest_alg.oid = "1.3.14.3.2.26".parse().unwrap())),
        ["invalid/unsupported_algorithm"]
    );
    assert_eq!(changed(&|d| d.encap_content_info.econtent = Some(octets(b"other"))), ["invalid/malformed_cms"]);
    // Two signers in one container: whose signature is it?
    assert_eq!(
        changed(&|d| {
            let mut list: Vec<_> = d.signer_infos.0.iter().cloned().collect();
            let mut second = list[0].clone();
            second.signature = der::asn1::OctetString::new(vec![1]).unwrap();
            list.push(second);
            d.signer_infos = SignerInfos(SetOfVec::try_from(list).unwrap());
        }),
        ["invalid/malformed_cms"]
    );
    // Bytes behind the container, cut off, empty, zeros.
    assert_eq!(office.verdicts(&with_contents(&pdf, &[der.as_slice(), b"x"].concat())), ["invalid/malformed_cms"]);
    for part in [&der[..0], &der[..1], &der[..der.len() / 2]] {
        assert_eq!(office.verdicts(&with_contents(&pdf, part)), ["invalid/malformed_cms"]);
    }
    assert_eq!(office.verdicts(&with_contents(&pdf, &der[..der.len() - 1])), ["invalid/bad_signature"]);
}

#[test]
fn somebody_elses_signature_under_the_same_bytes_does_not_become_ours() {
    let (office, pdf) = signed();
    let stranger = Office::new(105, NOW);
    let theirs = stranger.sign(&simple(1), &stranger.chair);
    assert_eq!(office.verdicts(&with_contents(&pdf, &contents(&theirs)[..2000])), ["invalid/digest_mismatch"]);
}
