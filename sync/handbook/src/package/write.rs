//! Making packages.

use std::collections::BTreeMap;
use std::io::Write as _;

use domain::id::{Hash32, Timestamp};
use flate2::Compression;
use flate2::write::DeflateEncoder;
use minicbor::{Decode, Encode};
use signing::certificate::Chain;
use signing::{DeviceKeys, RootPublic, Signed, canonical};

use super::manifest::{Base, BlockEntry, MANIFEST_VERSION, Manifest};
use super::{Content, FILE_VERSION, MAGIC, PREFIX_LEN, PackageError, ROW_ARTICLE, ROW_TOMBSTONE, encode, hash};
use crate::article::{Article, ArticleError};
use crate::limits::{ARTICLE_BYTES, BLOCK_TARGET_BYTES, PACKAGE_ARTICLES, PACKAGE_BYTES};

/// Deflate's strongest: packages are made once and sent often.
const LEVEL: Compression = Compression::best();

/// What stands before the blocks.
#[derive(Debug, Encode, Decode)]
pub(super) struct Header {
    /// The root of the organisation, to be compared with those that are trusted.
    #[n(0)]
    pub root: RootPublic,
    /// The signer's certificates.
    #[n(1)]
    pub chain: Chain,
    /// The manifest.
    #[n(2)]
    pub manifest: Signed<Manifest>,
}

/// Who signs.
#[derive(Debug)]
pub struct Signer<'a> {
    /// The device's keys.
    pub keys: &'a DeviceKeys,
    /// Its certificates up to the root.
    pub chain: &'a Chain,
    /// The organisation's root.
    pub root: RootPublic,
}

/// What a package is called and when it is made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edition {
    /// The package.
    pub package: String,
    /// Its title.
    pub title: String,
    /// The version that is made.
    pub number: u64,
    /// Now.
    pub made_at: Timestamp,
}

/// A whole package. The articles are put in order; one that is there twice is refused.
///
/// # Errors
/// [`PackageError`]: an article that is out of bounds or there twice, too many articles, a bad name.
pub fn build(signer: &Signer<'_>, edition: &Edition, articles: &[Article]) -> Result<Vec<u8>, PackageError> {
    write(signer, edition, None, &ordered(articles)?, &[])
}

/// What changed between the articles of a base (their ids and hashes) and `articles`.
///
/// # Errors
/// As [`build`].
pub fn build_delta(
    signer: &Signer<'_>,
    edition: &Edition,
    base: Base,
    installed: &BTreeMap<String, Hash32>,
    articles: &[Article],
) -> Result<Vec<u8>, PackageError> {
    let rows = ordered(articles)?;
    let gone: Vec<&str> = installed.keys().filter(|id| !rows.contains_key(id.as_str())).map(String::as_str).collect();
    let changed: BTreeMap<&str, Vec<u8>> = rows
        .iter()
        .filter(|(id, bytes)| installed.get(**id) != Some(&hash(bytes)))
        .map(|(id, bytes)| (*id, bytes.clone()))
        .collect();
    let mut all = Content::default();
    rows.iter().for_each(|(id, bytes)| all.add(id, &hash(bytes)));
    write(signer, edition, Some((base, all.finish(), rows.len())), &changed, &gone)
}

fn ordered(articles: &[Article]) -> Result<BTreeMap<&str, Vec<u8>>, PackageError> {
    if articles.len() > PACKAGE_ARTICLES {
        return Err(PackageError::TooManyArticles(articles.len()));
    }
    let mut rows = BTreeMap::new();
    for article in articles {
        article.validate()?;
        let bytes = encode(article);
        if bytes.len() > ARTICLE_BYTES {
            return Err(ArticleError::TooLong { id: article.id.clone(), bytes: bytes.len() as u64 }.into());
        }
        if rows.insert(article.id.as_str(), bytes).is_some() {
            return Err(PackageError::OutOfOrder { id: article.id.clone() });
        }
    }
    Ok(rows)
}

#[derive(Default)]
struct Blocks {
    open: Vec<u8>,
    open_rows: u32,
    first: String,
    entries: Vec<BlockEntry>,
    packed: Vec<u8>,
}

impl Blocks {
    fn row(&mut self, kind: u8, id: &str, bytes: &[u8]) {
        if self.open.is_empty() {
            self.first = id.to_owned();
        }
        self.open.push(kind);
        // Bounded by `is_article_id` and ARTICLE_BYTES.
        self.open.extend_from_slice(&u16::try_from(id.len()).unwrap_or(u16::MAX).to_le_bytes());
        self.open.extend_from_slice(id.as_bytes());
        self.open.extend_from_slice(&u32::try_from(bytes.len()).unwrap_or(u32::MAX).to_le_bytes());
        self.open.extend_from_slice(bytes);
        self.open_rows += 1;
        if self.open.len() >= BLOCK_TARGET_BYTES {
            self.close();
        }
    }

    fn close(&mut self) {
        if self.open.is_empty() {
            return;
        }
        let mut encoder = DeflateEncoder::new(Vec::new(), LEVEL);
        #[expect(clippy::expect_used, reason = "writing to a Vec cannot fail")]
        let packed = encoder.write_all(&self.open).and_then(|()| encoder.finish()).expect("packing in memory");
        self.entries.push(BlockEntry {
            hash: hash(&packed),
            packed: u32::try_from(packed.len()).unwrap_or(u32::MAX),
            unpacked: u32::try_from(self.open.len()).unwrap_or(u32::MAX),
            rows: self.open_rows,
            first: std::mem::take(&mut self.first),
        });
        self.packed.extend_from_slice(&packed);
        self.open.clear();
        self.open_rows = 0;
    }
}

fn write(
    signer: &Signer<'_>,
    edition: &Edition,
    delta: Option<(Base, Hash32, usize)>,
    rows: &BTreeMap<&str, Vec<u8>>,
    gone: &[&str],
) -> Result<Vec<u8>, PackageError> {
    let mut content = Content::default();
    let mut blocks = Blocks::default();
    let mut in_order: BTreeMap<&str, Option<&Vec<u8>>> = gone.iter().map(|id| (*id, None)).collect();
    in_order.extend(rows.iter().map(|(id, bytes)| (*id, Some(bytes))));
    for (id, bytes) in &in_order {
        match bytes {
            Some(bytes) => {
                content.add(id, &hash(bytes));
                blocks.row(ROW_ARTICLE, id, bytes);
            }
            None => blocks.row(ROW_TOMBSTONE, id, &[]),
        }
    }
    blocks.close();
    let (base, content, articles) = match delta {
        Some((base, content, articles)) => (Some(base), content, articles),
        None => (None, content.finish(), rows.len()),
    };
    let count = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
    let manifest = Manifest {
        version: MANIFEST_VERSION,
        package: edition.package.clone(),
        title: edition.title.clone(),
        number: edition.number,
        base,
        made_at: edition.made_at,
        articles: count(articles),
        content,
        rows: count(in_order.len()),
        blocks: blocks.entries,
    };
    manifest.check()?;
    let header = Header { root: signer.root, chain: signer.chain.clone(), manifest: Signed::sign(signer.keys, &manifest) };
    let header = canonical::encode(&header);
    let mut file = Vec::with_capacity(PREFIX_LEN + header.len() + blocks.packed.len());
    file.extend_from_slice(MAGIC);
    file.push(FILE_VERSION);
    file.push(b'\n');
    file.extend_from_slice(&count(header.len()).to_le_bytes());
    file.extend_from_slice(&header);
    file.extend_from_slice(&blocks.packed);
    if file.len() > PACKAGE_BYTES {
        return Err(PackageError::TooLong(file.len() as u64));
    }
    Ok(file)
}
