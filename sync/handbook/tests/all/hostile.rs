//! Files from somebody who means harm, or from a stick that is breaking.

use std::io::Write as _;

use handbook::package::{BlockEntry, FILE_VERSION, MAGIC, Manifest};
use handbook::{Package, PackageError};
use minicbor::Encode;
use signing::certificate::Chain;
use signing::{RootPublic, Signed, canonical};

use crate::support::*;

/// The header as the format describes it, written by hand.
#[derive(Encode)]
struct Header {
    #[n(0)]
    root: RootPublic,
    #[n(1)]
    chain: Chain,
    #[n(2)]
    manifest: Signed<Manifest>,
}

fn pack(raw: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(raw).unwrap();
    encoder.finish().unwrap()
}

fn hash(bytes: &[u8]) -> domain::id::Hash32 {
    domain::id::Hash32(*blake3::hash(bytes).as_bytes())
}

/// A file by a publisher who signs whatever is wanted.
fn signed(publisher: &Publisher, manifest: &Manifest, blocks: &[u8]) -> Vec<u8> {
    let header = Header {
        root: publisher.root.public(),
        chain: publisher.chain.clone(),
        manifest: Signed::sign(&publisher.keys, manifest),
    };
    let header = canonical::encode(&header);
    let mut file = [&MAGIC[..], &[FILE_VERSION, b'\n'], &u32::try_from(header.len()).unwrap().to_le_bytes(), &header].concat();
    file.extend_from_slice(blocks);
    file
}

fn manifest_of(bytes: &[u8], publisher: &Publisher) -> Manifest {
    publisher.open(bytes).unwrap().manifest
}

fn row(id: &str, article: &[u8]) -> Vec<u8> {
    let mut row = vec![0];
    row.extend_from_slice(&u16::try_from(id.len()).unwrap().to_le_bytes());
    row.extend_from_slice(id.as_bytes());
    row.extend_from_slice(&u32::try_from(article.len()).unwrap().to_le_bytes());
    row.extend_from_slice(article);
    row
}

/// A signed package with one block that unpacks to `raw`.
fn with_block(publisher: &Publisher, raw: &[u8], rows: u32, unpacked: u32) -> Vec<u8> {
    let packed = pack(raw);
    let entry = BlockEntry {
        hash: hash(&packed),
        packed: u32::try_from(packed.len()).unwrap(),
        unpacked,
        rows,
        first: "luat/dieu-00001".to_owned(),
    };
    let template = publisher.build(1, &articles(1));
    let manifest = Manifest { blocks: vec![entry], rows, articles: rows, ..manifest_of(&template, publisher) };
    signed(publisher, &manifest, &packed)
}

fn first_error(publisher: &Publisher, bytes: &[u8]) -> PackageError {
    match publisher.open(bytes) {
        Err(error) => error,
        Ok(package) => rows(&package).unwrap_err(),
    }
}

#[test]
fn every_cut_is_noticed() {
    let publisher = Publisher::new(1);
    let bytes = publisher.build(1, &articles(30));
    for length in 0..bytes.len() {
        assert!(publisher.open(&bytes[..length]).is_err(), "cut to {length}");
    }
    let longer = [&bytes[..], b"x"].concat();
    assert_eq!(publisher.open(&longer).unwrap_err().code(), "package_truncated");
}

#[test]
fn every_flipped_bit_is_noticed() {
    let publisher = Publisher::new(1);
    let bytes = publisher.build(1, &articles(12));
    for at in 0..bytes.len() {
        let mut changed = bytes.clone();
        changed[at] ^= 1 << (at % 8);
        let noticed = publisher.open(&changed).and_then(|package| rows(&package)).is_err();
        assert!(noticed, "byte {at}");
    }
}

#[test]
fn a_signature_of_somebody_else_does_not_hold() {
    let (publisher, colleague) = (Publisher::new(1), keys(99));
    let bytes = publisher.build(1, &articles(3));
    let manifest = manifest_of(&bytes, &publisher);
    let forged = Publisher { root: root(1), keys: colleague, chain: publisher.chain.clone() };
    let blocks = &bytes[bytes.len() - usize::try_from(manifest.packed_bytes()).unwrap()..];
    assert_eq!(publisher.open(&signed(&forged, &manifest, blocks)).unwrap_err(), PackageError::BadSignature);
    // Our own root with a chain that it never issued.
    let stranger = Publisher { root: root(1), ..Publisher::new(2) };
    assert_eq!(publisher.open(&signed(&stranger, &manifest, blocks)).unwrap_err().code(), "package_signer_invalid");
    // No chain at all.
    let bare = Publisher { root: root(1), keys: keys(11), chain: Chain(Vec::new()) };
    assert_eq!(publisher.open(&signed(&bare, &manifest, blocks)).unwrap_err().code(), "package_signer_invalid");
}

#[test]
fn a_newer_version_is_told_from_damage() {
    let publisher = Publisher::new(1);
    let mut bytes = publisher.build(1, &articles(1));
    bytes[MAGIC.len()] = 2;
    assert_eq!(publisher.open(&bytes).unwrap_err(), PackageError::NewerVersion(2));
    let manifest = Manifest { version: 2, ..manifest_of(&publisher.build(1, &[]), &publisher) };
    assert_eq!(publisher.open(&signed(&publisher, &manifest, &[])).unwrap_err(), PackageError::NewerVersion(2));
}

#[test]
fn a_block_that_unpacks_to_more_than_it_says_is_refused_by_the_name_of_its_article() {
    let publisher = Publisher::new(1);
    let bomb = vec![0_u8; 200 << 20];
    let promised_little = with_block(&publisher, &bomb, 1, 1_000);
    assert!(promised_little.len() < 1 << 20);
    let refused = first_error(&publisher, &promised_little);
    assert_eq!((refused.code(), refused.item()), ("package_damaged", Some("luat/dieu-00001")));
    let promised_much = with_block(&publisher, &bomb, 1, 200 << 20);
    let refused = first_error(&publisher, &promised_much);
    assert_eq!((refused.code(), refused.item()), ("package_block_too_long", Some("luat/dieu-00001")));
}

#[test]
fn rows_that_do_not_hold_together_are_refused_even_when_signed() {
    let publisher = Publisher::new(1);
    let encoded = |number| handbook::package::encode(&article(number));
    let one = row("luat/dieu-00001", &encoded(1));
    let two = row("luat/dieu-00002", &encoded(2));
    let code =
        |raw: &[u8], rows| first_error(&publisher, &with_block(&publisher, raw, rows, u32::try_from(raw.len()).unwrap())).code();
    assert_eq!(code(&[&one[..], &one].concat(), 2), "package_duplicate_article");
    assert_eq!(code(&[&two[..], &one].concat(), 2), "package_duplicate_article");
    assert_eq!(code(&row("luat/dieu-00009", &encoded(1)), 1), "package_damaged");
    assert_eq!(code(&row("a:b", &encoded(1)), 1), "article_bad_id");
    assert_eq!(code(&row("luat/dieu-00001", b"\xff"), 1), "package_damaged");
    assert_eq!(code(&one, 2), "package_damaged");
    assert_eq!(code(&[&one[..], &two].concat(), 1), "package_damaged");
    assert_eq!(code(&one[..one.len() - 1], 1), "package_damaged");
    let mut tombstone = row("luat/dieu-00001", b"");
    tombstone[0] = 1;
    assert_eq!(code(&tombstone, 1), "package_damaged", "a whole package holds no tombstone");
    let mut unknown = one.clone();
    unknown[0] = 7;
    assert_eq!(code(&unknown, 1), "package_damaged");
    let mut endless = row("luat/dieu-00001", b"");
    let at = endless.len() - 4;
    endless[at..].copy_from_slice(&u32::MAX.to_le_bytes());
    assert_eq!(code(&endless, 1), "article_too_long");
}

#[test]
fn an_article_that_breaks_the_rules_is_refused_even_when_signed() {
    let publisher = Publisher::new(1);
    let mut backwards = article(1);
    backwards.validity.to = Some(1);
    let raw = row("luat/dieu-00001", &handbook::package::encode(&backwards));
    let refused = first_error(&publisher, &with_block(&publisher, &raw, 1, u32::try_from(raw.len()).unwrap()));
    assert_eq!((refused.code(), refused.item()), ("article_bad_dates", Some("luat/dieu-00001")));
}

#[test]
fn content_that_is_not_the_one_in_the_manifest_is_found() {
    let publisher = Publisher::new(1);
    let bytes = publisher.build(1, &articles(2));
    let manifest = Manifest { content: hash(b"other"), ..manifest_of(&bytes, &publisher) };
    let blocks = &bytes[bytes.len() - usize::try_from(manifest.packed_bytes()).unwrap()..];
    let file = signed(&publisher, &manifest, blocks);
    assert_eq!(publisher.open(&file).unwrap().check().unwrap_err().code(), "package_content_differs");
}

#[test]
fn rubbish_is_no_package() {
    for bytes in [&b""[..], b"KYHOPB", b"KYHOPV1\nxxxxxxxx", b"PK\x03\x04aaaaaaaaaaaa", &[0; 4_096]] {
        assert_eq!(Package::open(bytes, &[]).unwrap_err(), PackageError::NotAPackage);
    }
    let long_header = [&MAGIC[..], &[FILE_VERSION, b'\n'], &u32::MAX.to_le_bytes(), &[0; 64]].concat();
    assert_eq!(Package::open(&long_header, &[]).unwrap_err().code(), "package_header_damaged");
}
