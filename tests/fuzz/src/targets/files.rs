//! Files that people bring: packages of the handbook, texts to import, signed papers.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "what is honest is made here and is as it is")]

use std::io::Write as _;
use std::sync::LazyLock;

use domain::id::Timestamp;
use flate2::Compression;
use flate2::write::DeflateEncoder;
use handbook::Article;
use handbook::package::{self, Edition, Package, Row, Signer, build};
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;
use rawzip::CompressionMethod;
use signing::certificate::{Chain, Issuer, SignedCertificate};
use signing::keys::Context;
use signing_pdf::{CertificateAuthority, PersonKey, SignOptions, Subject, sign, verify};

use super::fixtures;
use crate::cbor::Item;
use crate::office::{certificate, keys, root};

/// Bytes before a package's header: magic, version, line end, length.
const PREFIX_BYTES: usize = 12;
/// Where the length stands.
const LENGTH_AT: usize = 8;
/// When everything was signed.
const THEN: Timestamp = Timestamp(1_795_354_200_000);
/// Paragraphs that an import may not give of so many bytes.
const PARAGRAPHS_OF_BYTES: usize = 1;

fn publisher() -> (signing::keys::DeviceKeys, Chain) {
    let (administrator, own) = (keys(21), keys(22));
    let by_root = SignedCertificate::sign_root(&root(), &certificate(&administrator, true, Issuer::Root));
    let by_device = SignedCertificate::sign(&administrator, &certificate(&own, false, Issuer::Device(administrator.device())));
    (own, Chain(vec![by_device, by_root]))
}

static ARTICLES: LazyLock<Vec<Article>> = LazyLock::new(|| {
    lines().iter().filter_map(|line| handbook::import::json::article(std::str::from_utf8(line).ok()?).ok()).collect()
});

/// Packages.
pub fn packages() -> Vec<Vec<u8>> {
    let (keys, chain) = publisher();
    let signer = Signer { keys: &keys, chain: &chain, root: root().public() };
    let edition = |number| Edition { package: "so-tay".to_owned(), title: "Sổ tay".to_owned(), number, made_at: THEN };
    let some = |count: usize| &ARTICLES[..ARTICLES.len().min(count)];
    let mut all: Vec<Vec<u8>> =
        [1, 3, 12].iter().filter_map(|count| build(&signer, &edition(*count as u64), some(*count)).ok()).collect();
    all.extend(fixtures("golden/v1/handbook", ""));
    all
}

/// A package as it is, and with its manifest signed again.
pub fn package(data: &[u8]) -> String {
    let said = opened(data);
    match signed_again(data) {
        Some(again) => opened(&again),
        None => said,
    }
}

fn opened(bytes: &[u8]) -> String {
    match Package::open(bytes, &[root().fingerprint()]) {
        Ok(package) => {
            for row in package.rows() {
                match row {
                    Ok(Row::Article { article, bytes, hash }) => {
                        assert_eq!(package::hash(&bytes), hash);
                        assert_eq!(package::encode(&article), bytes, "one spelling");
                    }
                    Ok(Row::Tombstone(_)) => {}
                    Err(error) => return format!("row {}", error.code()),
                }
            }
            package.check().map_or_else(|error| error.code(), |()| "whole").to_owned()
        }
        Err(error) => error.code().to_owned(),
    }
}

/// The header with our root and chain, and our signature over its manifest, whatever that says.
fn signed_again(data: &[u8]) -> Option<Vec<u8>> {
    let length = u32::from_le_bytes(*data.get(LENGTH_AT..)?.first_chunk()?) as usize;
    let header = Item::read(data.get(PREFIX_BYTES..PREFIX_BYTES.checked_add(length)?)?)?;
    let Item::List(false, mut parts) = header else { return None };
    let (keys, chain) = publisher();
    *parts.get_mut(0)? = Item::read(&signing::canonical::encode(&root().public()))?;
    *parts.get_mut(1)? = Item::read(&signing::canonical::encode(&chain))?;
    let Item::List(false, signed) = parts.get_mut(2)? else { return None };
    let [Item::Bytes(false, body), Item::Bytes(false, signature)] = signed.as_mut_slice() else { return None };
    *signature = keys.sign(Context::Package, body).0.to_vec();
    let header = Item::List(false, parts).write();
    let blocks = &data[PREFIX_BYTES + length..];
    let length = u32::try_from(header.len()).ok()?.to_le_bytes();
    Some([&data[..LENGTH_AT], &length, &header, blocks].concat())
}

/// Articles as packages hold them.
pub fn articles() -> Vec<Vec<u8>> {
    ARTICLES.iter().take(20).map(package::encode).collect()
}

/// An article from a package; what is taken goes into one and comes out again.
pub fn article(data: &[u8]) -> String {
    match package::decode(data) {
        Ok(article) => {
            assert_eq!(package::encode(&article), data, "one spelling");
            let (keys, chain) = publisher();
            let signer = Signer { keys: &keys, chain: &chain, root: root().public() };
            let edition = Edition { package: "so-tay".to_owned(), title: "Sổ tay".to_owned(), number: 1, made_at: THEN };
            match build(&signer, &edition, &[article]) {
                Ok(built) => opened(&built),
                Err(error) => error.code().to_owned(),
            }
        }
        Err(error) => error.code().to_owned(),
    }
}

/// Pages of the web.
pub fn pages() -> Vec<Vec<u8>> {
    let page = "<!doctype html><html><head><title>Thông tư</title><style>p{}</style></head><body><h1>Chương I</h1><p>Điều 1. Phạm vi&nbsp;điều chỉnh</p>\
        <ol><li>một<li>hai</ol><table><tr><td>ba</td><td rowspan=2>bốn</td></tr></table><script>alert(1)</script><p hidden>ẩn</p><svg><desc><b>x</svg>";
    vec![
        page.as_bytes().to_vec(),
        "<p>Khoản 1</p>".repeat(50).into_bytes(),
        "<div>".repeat(500).into_bytes(),
        b"\xff\xfe<\0p\0>\0".to_vec(),
    ]
}

/// A page of the web.
pub fn html(data: &[u8]) -> String {
    match handbook::import::html::read(data) {
        Ok(document) => {
            assert!(document.paragraphs.len() <= data.len() * PARAGRAPHS_OF_BYTES + 1);
            "read".to_owned()
        }
        Err(error) => error.code().to_owned(),
    }
}

/// Texts of office programs: what stands inside the archive.
pub fn word() -> Vec<Vec<u8>> {
    let body = "<w:p><w:pPr><w:pStyle w:val=\"Heading1\"/></w:pPr><w:r><w:t>Tiếp dân</w:t></w:r></w:p><w:p><w:r><w:t>Một &amp; hai&#x110;</w:t><w:tab/></w:r></w:p>\
        <w:p><w:pPr><w:numPr><w:ilvl w:val=\"0\"/></w:numPr></w:pPr><w:del><w:r><w:t>xóa</w:t></w:r></w:del></w:p>\
        <w:tbl><w:tr><w:tc><w:p><w:r><w:t>năm</w:t></w:r></w:p></w:tc></w:tr></w:tbl>";
    let whole = format!("<?xml version=\"1.0\"?><w:document xmlns:w=\"x\"><w:body>{body}</w:body></w:document>").into_bytes();
    vec![archive(&whole), whole]
}

/// An archive with this as its main part.
fn archive(main: &[u8]) -> Vec<u8> {
    let mut output = Vec::new();
    let mut archive = rawzip::ZipArchiveWriter::new(&mut output);
    for (name, bytes) in [("[Content_Types].xml", b"<Types/>".as_slice()), ("word/document.xml", main)] {
        let (mut entry, config) = archive.new_file(name).compression_method(CompressionMethod::DEFLATE).start().unwrap();
        let encoder = DeflateEncoder::new(&mut entry, Compression::fast());
        let mut writer = config.wrap(encoder);
        writer.write_all(bytes).unwrap();
        let (encoder, descriptor) = writer.finish().unwrap();
        encoder.finish().unwrap();
        entry.finish(descriptor).unwrap();
    }
    archive.finish().unwrap();
    output
}

/// A text of an office program: the bytes as the archive, and as what stands in it.
pub fn docx(data: &[u8]) -> String {
    let said = |bytes: &[u8]| handbook::import::docx::read(bytes).map_or_else(|error| error.code(), |_| "read").to_owned();
    format!("{} {}", said(data), said(&archive(data)))
}

/// Lines of articles.
pub fn lines() -> Vec<Vec<u8>> {
    let whole = fixtures("handbook", "so-tay.jsonl").concat();
    whole.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()).take(40).map(<[u8]>::to_vec).collect()
}

/// A line of an article.
pub fn json(data: &[u8]) -> String {
    let Ok(line) = std::str::from_utf8(data) else { return "no text".to_owned() };
    match handbook::import::json::article(line) {
        Ok(article) => {
            let bytes = package::encode(&article);
            assert_eq!(package::decode(&bytes).as_ref(), Ok(&article), "what is taken can be kept");
            "article".to_owned()
        }
        Err(error) => error.code().to_owned(),
    }
}

static OFFICE: LazyLock<(CertificateAuthority, PersonKey, Vec<u8>)> = LazyLock::new(|| {
    let mut rng = ChaCha20Rng::seed_from_u64(200);
    let authority = CertificateAuthority::create("UBND huyện Thử Nghiệm", THEN, &mut rng).unwrap();
    let key = PersonKey::generate(&mut rng);
    let subject = Subject { common_name: "Nguyễn Văn Ánh".to_owned(), ..Subject::default() };
    let certificate = authority.issue(&key.request("Nguyễn Văn Ánh").unwrap(), &subject, THEN, &mut rng).unwrap();
    (authority, key, certificate)
});

/// Signed and unsigned papers.
pub fn papers() -> Vec<Vec<u8>> {
    let (authority, key, certificate) = &*OFFICE;
    let trust = [authority.certificate_der().to_vec()];
    let mut all: Vec<Vec<u8>> =
        fixtures("papers", "").into_iter().filter(|paper| paper.starts_with(b"%PDF") && paper.len() < 100_000).collect();
    let signed: Vec<Vec<u8>> =
        all.iter().filter_map(|paper| sign(paper, key, certificate, &trust, &SignOptions::default(), THEN).ok()).collect();
    all.extend(signed);
    all
}

/// A paper: its signatures are judged, and it is signed.
pub fn pdf(data: &[u8]) -> String {
    let (authority, key, certificate) = &*OFFICE;
    let trust = [authority.certificate_der().to_vec()];
    let signed = sign(data, key, certificate, &trust, &SignOptions::default(), THEN);
    if let Ok(signed) = &signed {
        assert!(signed.starts_with(data), "what was there stays");
        assert!(verify(signed, &trust).is_ok_and(|report| !report.signatures.is_empty()), "what is signed can be judged");
    }
    match verify(data, &trust) {
        Ok(report) => format!("{} {:?}", signed.is_ok(), report.signatures.first().map(|signature| signature.status)),
        Err(error) => error.code().to_owned(),
    }
}
