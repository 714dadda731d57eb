//! The judgement of others: pyHanko, OpenSSL and poppler must agree with us, on our files and on real ones.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod common;

use common::{judges::*, *};
use der::{DecodePem, Encode};
use signing_pdf::{Appearance, Kind, Placement, Report, SignOptions, Status, verify};
use std::{
    path::{Path, PathBuf},
    process::Command,
};

/// Every judge finds every signature of `pdf` good, the last one covering the whole file.
fn all_accept(office: &Office, name: &str, pdf: &[u8], count: usize) {
    Desk::of(office).all_accept(&office.trust(), name, pdf, count);
}

#[test]
fn one_and_two_signatures_are_accepted_everywhere() {
    let now = clock();
    let office = Office::new(400, now);
    let sign = |pdf: &[u8], person| office.sign_with(pdf, person, &SignOptions::default(), now);
    let one = sign(&simple(2), &office.chair);
    all_accept(&office, "one.pdf", &one, 1);
    let two = sign(&one, &office.clerk);
    all_accept(&office, "two.pdf", &two, 2);
}

fn stamp(image: bool, font: Vec<u8>) -> Appearance {
    let lines = ["Người ký: Nguyễn Văn Ánh", "Chủ tịch UBND huyện Thử Nghiệm", "Thời gian ký: 22/11/2026 20:30:00 +07:00"];
    Appearance { lines: lines.map(String::from).to_vec(), image_png: image.then(seal), font }
}

#[test]
fn visible_signatures_are_accepted_everywhere_and_can_be_read() {
    let Some(font) = font() else {
        return skip("fonts-liberation2");
    };
    let now = clock();
    let office = Office::new(401, now);
    let place = |y: f32, image| SignOptions {
        placement: Placement::Last { rect: [300.0, y, 540.0, y + 70.0] },
        appearance: Some(stamp(image, font.clone())),
        reason: Some("Thông qua nghị quyết".into()),
        location: Some("Huyện Thử Nghiệm".into()),
        ..SignOptions::default()
    };
    let one = office.sign_with(&simple(2), &office.chair, &place(100.0, true), now);
    let two = office.sign_with(&one, &office.clerk, &place(200.0, false), now);
    all_accept(&office, "visible.pdf", &two, 2);
    if !has("pdftoppm") || !has("pdftotext") || !has("pdffonts") {
        return;
    }
    let desk = Desk::of(&office);
    let path = desk.put("visible.pdf", &two);
    let shown = run(Command::new("pdftotext").arg("-layout").arg(&path).arg("-"));
    for line in ["Người ký: Nguyễn Văn Ánh", "Chủ tịch UBND huyện Thử Nghiệm"] {
        assert!(text(&shown.stdout).contains(line), "{}", text(&shown.stdout));
    }
    assert_eq!(text(&shown.stderr), "");
    let fonts = text(&run(Command::new("pdffonts").arg(&path)).stdout);
    assert!(fonts.lines().any(|l| l.contains("+LiberationSerif") && l.contains("yes yes yes")), "{fonts}");
}

/// How dark each pixel is (0 white to 255 black) in the area `[left, bottom, right, top]` (points) of page 1, 144 dpi.
fn pixels(desk: &Desk, pdf: &Path, [left, bottom, right, top]: [f32; 4], page_height: f32) -> Vec<u8> {
    let area = [left, page_height - top, right - left, top - bottom].map(|v| ((v * 2.0) as i32).to_string());
    let out = desk.path("page");
    let [x, y, w, h] = &area;
    let arguments = ["-r", "144", "-gray", "-singlefile", "-f", "1", "-l", "1", "-x", x, "-y", y, "-W", w, "-H", h];
    let output = run(Command::new("pdftoppm").args(arguments).arg(pdf).arg(&out));
    assert!(output.status.success());
    let image = std::fs::read(desk.path("page.pgm")).unwrap();
    let header: Vec<&[u8]> = image.splitn(4, |b| *b == b'\n').collect();
    header[3].iter().map(|p| 255 - p).collect()
}

/// Black pixels, counting grey ones in part.
fn ink(pixels: &[u8]) -> u32 {
    pixels.iter().map(|p| u32::from(*p)).sum::<u32>() / 255
}

#[test]
fn letters_with_marks_are_drawn_with_their_marks() {
    let Some(font) = font() else {
        return skip("fonts-liberation2");
    };
    if !has("pdftoppm") {
        return;
    }
    let office = Office::new(402, NOW);
    let desk = Desk::of(&office);
    let rect = [100.0, 100.0, 160.0, 140.0];
    let blank = simple_with(1, "", "/Contents null");
    let draw = |text: &str| {
        let appearance = Appearance { lines: vec![text.into()], image_png: None, font: font.clone() };
        let placement = Placement::OnPage { page: 0, rect };
        let options = SignOptions { placement, appearance: Some(appearance), ..SignOptions::default() };
        let path = desk.put("letter.pdf", &office.sign_with(&blank, &office.chair, &options, NOW));
        pixels(&desk, &path, rect, 841.8898)
    };
    let drawn: Vec<_> = ["e", "ê", "ế", "ề", "ể", "ễ", "ệ", "Ộ", "O"].map(draw).into_iter().collect();
    for (i, a) in drawn.iter().enumerate() {
        assert!(ink(a) > 20, "letter {i} is visible");
        for b in &drawn[..i] {
            assert_ne!(a, b, "letters with different marks look different");
        }
    }
    // Marks add ink, and a box (the sign of a missing glyph) would be the same for all.
    assert!(ink(&drawn[2]) > ink(&drawn[1]) && ink(&drawn[1]) > ink(&drawn[0]));
    assert!(ink(&drawn[7]) > ink(&drawn[8]));
}

#[test]
fn on_a_turned_page_the_signature_stands_upright() {
    let Some(font) = font() else {
        return skip("fonts-liberation2");
    };
    if !has("pdftoppm") {
        return;
    }
    let now = clock();
    let office = Office::new(403, now);
    let desk = Desk::of(&office);
    let draw = |rotate: i32, rect: [f32; 4], shown: [f32; 4], height: f32| {
        let pdf = simple_with(1, "", &format!("/Contents null/Rotate {rotate}/MediaBox[0 0 600 800]"));
        let appearance = Appearance { lines: vec!["Đã ký số".into()], image_png: None, font: font.clone() };
        let placement = Placement::OnPage { page: 0, rect };
        let options = SignOptions { placement, appearance: Some(appearance), ..SignOptions::default() };
        let signed = office.sign_with(&pdf, &office.chair, &options, now);
        let path = desk.put(&format!("turned{rotate}.pdf"), &signed);
        if rotate == 90 {
            all_accept(&office, "turned.pdf", &signed, 1);
        }
        pixels(&desk, &path, shown, height)
    };
    // The same place on screen: 100 to 220 from the left, 100 to 140 from the bottom.
    let shown = [100.0, 100.0, 220.0, 140.0];
    let upright = draw(0, shown, shown, 800.0);
    let turned = draw(90, [460.0 + 0.0, 100.0, 500.0, 220.0], shown, 600.0);
    let over = draw(180, [380.0, 660.0, 500.0, 700.0], shown, 800.0);
    let back = draw(270, [100.0, 580.0, 140.0, 700.0], shown, 600.0);
    assert!(ink(&upright) > 100);
    for other in [turned, over, back] {
        let difference: Vec<u8> = upright.iter().zip(&other).map(|(a, b)| a.abs_diff(*b)).collect();
        // Turned glyphs are smoothed a little differently; upside down hardly anything would coincide.
        assert!(ink(&difference) * 2 < ink(&upright), "{} of {} differ", ink(&difference), ink(&upright));
    }
}

#[test]
fn files_with_packed_objects_and_linearised_files_keep_working() {
    if !has("qpdf") {
        return;
    }
    let now = clock();
    let office = Office::new(404, now);
    let desk = Desk::of(&office);
    let plain = desk.put("plain.pdf", &simple(3));
    for (name, arguments) in [
        ("packed.pdf", &["--object-streams=generate"][..]),
        ("linear.pdf", &["--linearize"][..]),
        ("linear-packed.pdf", &["--linearize", "--object-streams=generate"][..]),
    ] {
        let out = desk.path(name);
        assert!(run(Command::new("qpdf").args(arguments).arg(&plain).arg(&out)).status.success());
        let file = std::fs::read(&out).unwrap();
        let one = office.sign_with(&file, &office.chair, &SignOptions::default(), now);
        let two = office.sign_with(&one, &office.clerk, &SignOptions::default(), now);
        all_accept(&office, name, &two, 2);
    }
    let out = desk.path("encrypted.pdf");
    assert!(run(Command::new("qpdf").args(["--encrypt", "", "x", "256", "--"]).arg(&plain).arg(&out)).status.success());
    assert_eq!(verify(&std::fs::read(&out).unwrap(), &[]).unwrap_err().code(), "encrypted");
}

#[test]
fn what_pyhanko_adds_after_us_is_judged_as_pyhanko_judges_it() {
    let Some(python) = python() else { return };
    let now = clock();
    let office = Office::new(405, now);
    let desk = Desk::of(&office);
    let signed = office.sign_with(&simple(2), &office.chair, &SignOptions::default(), now);
    let input = desk.put("ours.pdf", &signed);
    let script = desk.put("theirs.py", PYHANKO_SIGNS.as_bytes());
    assert!(run(Command::new(&python).arg(script).arg(&input).arg(desk.path(""))).status.success());
    let theirs = std::fs::read(desk.path("theirs.pem")).unwrap();
    let mut trust = office.trust();
    trust.push(x509_cert::Certificate::from_pem(&theirs).unwrap().to_der().unwrap());
    // Signed by pyHanko after us: with P-256, RSA (both paddings), P-384, Ed25519; into a prepared field; time stamped.
    for name in ["p256", "rsa", "pss", "p384", "ed25519", "field", "dss", "dts"] {
        let file = std::fs::read(desk.path(&format!("{name}.pdf"))).unwrap();
        let report = verify(&file, &trust).unwrap();
        let expected = if name == "dss" { Status::ValidLaterAdditions } else { Status::Valid };
        let last = report.signatures.last().unwrap();
        assert_eq!(last.status, expected, "{name}: {report:?}");
        assert_eq!(report.signatures[0].status, Status::ValidLaterAdditions, "{name}: {report:?}");
        assert_eq!(last.kind == Kind::TimeStamp, name == "dts");
        // A bit in their bytes breaks their signature as well.
        if let (Some(at), true) = (file.windows(7).rposition(|w| w == b"/Reason"), name != "dss") {
            let mut bad = file.clone();
            bad[at + 9] ^= 1;
            if let Ok(report) = verify(&bad, &trust) {
                assert!(report.signatures.iter().all(|s| s.status != Status::Valid), "{name}: {report:?}");
            }
        }
    }
    // SHA-1 proves nothing any more.
    let report = verify(&std::fs::read(desk.path("sha1.pdf")).unwrap(), &trust).unwrap();
    assert_eq!(verdicts(&report).last().unwrap(), "invalid/unsupported_algorithm");
}

/// Signatures of the official papers, as (status, reason) without any trust; made by iText for the government portal.
#[test]
fn official_vietnamese_papers_are_judged_as_poppler_judges_them() {
    let Some(papers) = official() else { return };
    if !has("pdfsig") {
        return;
    }
    let mut signed = 0;
    for path in &papers {
        let pdf = std::fs::read(path).unwrap();
        let report = verify(&pdf, &[]).unwrap();
        let name = path.display();
        let said = text(&Command::new("pdfsig").arg("-nocert").arg(path).output().unwrap().stdout);
        for s in &report.signatures {
            signed += 1;
            let valid = said.contains("Signature is Valid");
            assert_eq!(valid, s.status == Status::UnknownSigner, "{name}: {s:?} against {said}");
        }
        assert_eq!(report.signatures.len(), said.matches("Signature #").count(), "{name}: {said}");
    }
    assert!(signed >= 5, "{signed}");
}

#[test]
fn official_papers_can_be_signed_twice() {
    let Some(papers) = official() else { return };
    let now = clock();
    let office = Office::new(406, now);
    let desk = Desk::of(&office);
    for path in &papers {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let pdf = std::fs::read(path).unwrap();
        let before = office.verify(&pdf).signatures.len();
        let one = office.sign_with(&pdf, &office.chair, &SignOptions::default(), now);
        let two = office.sign_with(&one, &office.clerk, &SignOptions::default(), now);
        assert!(two.starts_with(&pdf));
        let report = office.verify(&two);
        let ours: Vec<_> = report.signatures.iter().filter(|s| s.field.starts_with("KyHop_")).cloned().collect();
        assert_eq!(verdicts(&Report { signatures: ours.clone() }), ["valid_later_additions/", "valid/"], "{name}: {report:?}");
        assert_eq!(report.signatures.len(), before + 2, "{name}");
        let written = desk.put("paper.pdf", &two);
        desk.sound(&written);
        if has("openssl") {
            for range in ranges(&two, &Report { signatures: ours }) {
                assert!(desk.openssl(&two, range, true), "{name}");
            }
        }
        if let Some(said) = desk.pdfsig(&written) {
            assert_eq!(said.matches("Certificate is Trusted").count(), 2, "{name}: {said}");
        }
        if let Some(python) = python() {
            // Files by Word mix two kinds of cross-references; pyHanko refuses to judge those.
            if !pdf.windows(8).any(|w| w == b"/XRefStm") {
                let verdicts = desk.pyhanko(&python, &written);
                let ours: Vec<_> = verdicts.iter().filter(|v| v["field"].starts_with("KyHop_")).collect();
                assert!(ours.len() == 2 && ours.iter().all(|v| v["ok"] == "True"), "{name}: {verdicts:?}");
            }
        }
    }
}

fn data() -> Option<PathBuf> {
    let data = std::env::var_os("KYHOP_DATA").map(PathBuf::from).filter(|d| d.exists());
    if data.is_none() {
        // Papers of others cannot be installed, as the judges can.
        eprintln!("skipped: official papers and samples (set KYHOP_DATA)");
    }
    data
}

fn official() -> Option<Vec<PathBuf>> {
    let mut papers: Vec<PathBuf> =
        std::fs::read_dir(data()?.join("pdf_vn_official")).ok()?.filter_map(|e| Some(e.ok()?.path())).collect();
    papers.retain(|p| p.extension().is_some_and(|e| e == "pdf"));
    papers.sort();
    assert!(papers.len() >= 8);
    Some(papers)
}

#[test]
fn samples_by_other_programs_get_the_right_verdicts() {
    let Some(data) = data() else { return };
    let samples = data.join("../prototypes/samples");
    if !samples.exists() {
        return eprintln!("skipped: samples beside KYHOP_DATA");
    }
    let der = |name: &str| {
        let pem = std::fs::read(samples.join(name)).unwrap();
        x509_cert::Certificate::from_pem(&pem).unwrap().to_der().unwrap()
    };
    let trust = vec![der("rca-p256.pem"), der("rca-ed.pem"), der("tsaca.pem")];
    let read = |name: &str| std::fs::read(samples.join(name)).unwrap();
    let judge = |pdf: &[u8]| verdicts(&verify(pdf, &trust).unwrap());
    let (later, valid) = ("valid_later_additions/", "valid/");
    assert_eq!(judge(&read("s2-p256.pdf")), [later, valid]);
    assert_eq!(judge(&read("s2-ed.pdf")), [later, valid]);
    assert_eq!(judge(&read("ap-s2.pdf")), [later, valid]);
    assert_eq!(judge(&read("s3-p256.pdf")), [later, later, valid]);
    // Annotations added by a proper incremental update, and page content replaced by one: poppler calls both valid.
    assert_eq!(judge(&read("a1.pdf")), ["invalid/modified_after_signing"]);
    assert_eq!(judge(&read("t-isa.pdf")), ["invalid/modified_after_signing"]);
    // A flipped byte, and bytes behind the end.
    let mut flipped = read("s2-p256.pdf");
    flipped[5000] ^= 1;
    assert!(judge(&flipped).iter().all(|v| v == "invalid/digest_mismatch"), "{:?}", judge(&flipped));
    let appended = [read("s2-p256.pdf").as_slice(), b"%appended\ntrash"].concat();
    assert!(judge(&appended).iter().all(|v| v == "invalid/modified_after_signing"), "{:?}", judge(&appended));
}

/// Signs and extends a file with pyHanko in every way that is allowed.
const PYHANKO_SIGNS: &str = r#"
import sys, datetime, logging
logging.disable(logging.CRITICAL)
from cryptography import x509
from cryptography.x509.oid import NameOID, ExtendedKeyUsageOID
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa, ed25519
from asn1crypto import keys, x509 as ax
from pyhanko.sign import signers, fields, timestamps
from pyhanko.sign.validation.dss import DocumentSecurityStore
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko_certvalidator.registry import SimpleCertificateStore
src, out = sys.argv[1], sys.argv[2]
now = datetime.datetime.now(datetime.timezone.utc)
cakey = ec.generate_private_key(ec.SECP384R1())
caname = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, 'Other Root')])
def cert(name, key, issuer, ikey, ca, eku=None, md=None):
    b = (x509.CertificateBuilder().subject_name(name).issuer_name(issuer).public_key(key.public_key())
        .serial_number(x509.random_serial_number()).not_valid_before(now - datetime.timedelta(days=1)).not_valid_after(now + datetime.timedelta(days=9))
        .add_extension(x509.BasicConstraints(ca, None), critical=True)
        .add_extension(x509.KeyUsage(not ca, not ca, False, False, False, ca, ca, False, False), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False))
    if eku: b = b.add_extension(x509.ExtendedKeyUsage([eku]), critical=True)
    return b.sign(ikey, md or hashes.SHA384())
root = cert(caname, cakey, caname, cakey, True)
open(out + '/theirs.pem', 'wb').write(root.public_bytes(serialization.Encoding.PEM))
def asn(c): return ax.Certificate.load(c.public_bytes(serialization.Encoding.DER))
def ask(k): return keys.PrivateKeyInfo.load(k.private_bytes(serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()))
store = SimpleCertificateStore(); store.register(asn(root))
def signer(key, **kw):
    c = cert(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, 'Người khác')]), key, caname, cakey, False)
    return signers.SimpleSigner(signing_cert=asn(c), signing_key=ask(key), cert_registry=store, **kw)
def sign(name, s, md, new=True, sub=fields.SigSeedSubFilter.PADES):
    with open(src, 'rb') as f:
        w = IncrementalPdfFileWriter(f)
        if not new:
            fields.append_signature_field(w, fields.SigFieldSpec('Prepared', box=(300, 100, 400, 150)))
            import io
            buf = io.BytesIO(); w.write(buf); buf.seek(0); w = IncrementalPdfFileWriter(buf)
        meta = signers.PdfSignatureMetadata(field_name='Theirs' if new else 'Prepared', md_algorithm=md, subfilter=sub, reason='Ly do', location='Ha Noi')
        spec = fields.SigFieldSpec('Theirs', box=(300, 200, 400, 250)) if new else None
        with open(f'{out}/{name}.pdf', 'wb') as o:
            signers.PdfSigner(meta, signer=s, new_field_spec=spec).sign_pdf(w, output=o)
rk = rsa.generate_private_key(65537, 2048)
sign('p256', signer(ec.generate_private_key(ec.SECP256R1())), 'sha256')
sign('p384', signer(ec.generate_private_key(ec.SECP384R1())), 'sha384')
sign('rsa', signer(rk), 'sha512')
sign('pss', signer(rk, prefer_pss=True), 'sha256')
sign('ed25519', signer(ed25519.Ed25519PrivateKey.generate()), 'sha512')
sign('field', signer(rk), 'sha256', new=False)
sign('sha1', signer(rk), 'sha1', sub=fields.SigSeedSubFilter.ADOBE_PKCS7_DETACHED)
with open(f'{out}/p256.pdf', 'rb') as f:
    w = IncrementalPdfFileWriter(f)
    DocumentSecurityStore.supply_dss_in_writer(w, b'x', certs=[asn(root)])
    with open(f'{out}/dss.pdf', 'wb') as o: w.write(o)
tk = rsa.generate_private_key(65537, 2048)
tc = cert(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, 'Hub TSA')]), tk, caname, cakey, False, ExtendedKeyUsageOID.TIME_STAMPING)
ts = timestamps.DummyTimeStamper(asn(tc), ask(tk), certs_to_embed=store)
with open(src, 'rb') as f, open(f'{out}/dts.pdf', 'wb') as o:
    signers.PdfTimeStamper(ts).timestamp_pdf(IncrementalPdfFileWriter(f), 'sha256', output=o)
"#;
