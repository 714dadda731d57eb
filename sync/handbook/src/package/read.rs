//! Reading packages: nothing is unpacked or parsed before it is known to be signed.

use std::io::Read as _;

use domain::id::Hash32;
use flate2::bufread::DeflateDecoder;
use signing::{DeviceCertificate, RootFingerprint, canonical, verify_chain};

use super::manifest::{BlockEntry, Manifest};
use super::write::Header;
use super::{Content, FILE_VERSION, MAGIC, PREFIX_LEN, PackageError, ROW_ARTICLE, ROW_TOMBSTONE, hash};
use crate::article::{Article, ArticleError, is_article_id};
use crate::limits::{ARTICLE_BYTES, HEADER_BYTES, PACKAGE_BYTES};

/// A package whose manifest is signed by a device of a trusted organisation.
#[derive(Debug)]
pub struct Package<'a> {
    /// What was signed.
    pub manifest: Manifest,
    /// Whose device signed it, as the organisation certified it.
    pub signer: DeviceCertificate,
    /// The organisation.
    pub root: RootFingerprint,
    blocks: &'a [u8],
}

/// A row of a package.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Row {
    /// An article, new or changed.
    Article {
        /// The article.
        article: Box<Article>,
        /// Its bytes, to be stored as they are.
        bytes: Vec<u8>,
        /// Their hash.
        hash: Hash32,
    },
    /// The article of this id is gone.
    Tombstone(String),
}

impl<'a> Package<'a> {
    /// Checks form, lengths, trust and signature. Blocks are looked at by [`Self::rows`].
    ///
    /// # Errors
    /// [`PackageError`]: what is wrong, the form before the trust before the signature.
    pub fn open(bytes: &'a [u8], trusted: &[RootFingerprint]) -> Result<Self, PackageError> {
        if bytes.len() > PACKAGE_BYTES {
            return Err(PackageError::TooLong(bytes.len() as u64));
        }
        let (prefix, rest) = bytes.split_at_checked(PREFIX_LEN).ok_or(PackageError::NotAPackage)?;
        let (magic, prefix) = prefix.split_at(MAGIC.len());
        let (&[version, end], length) = prefix.split_first_chunk().ok_or(PackageError::NotAPackage)?;
        if magic != MAGIC || end != b'\n' {
            return Err(PackageError::NotAPackage);
        }
        if version != FILE_VERSION {
            return Err(PackageError::NewerVersion(version));
        }
        let length = length.first_chunk().map_or(0, |length| u32::from_le_bytes(*length)) as usize;
        if length > HEADER_BYTES {
            return Err(PackageError::BadManifest("length of the header"));
        }
        let (header, blocks) = rest
            .split_at_checked(length)
            .ok_or(PackageError::Truncated { expected: (PREFIX_LEN + length) as u64, found: bytes.len() as u64 })?;
        let header: Header = canonical::decode(header, HEADER_BYTES).map_err(PackageError::Header)?;
        let root = header.root.fingerprint();
        if !trusted.contains(&root) {
            return Err(PackageError::UntrustedRoot { root });
        }
        let signer = verify_chain(&header.chain, &header.root).map_err(PackageError::Signer)?;
        header.manifest.verify_device(&signer.device).map_err(|_| PackageError::BadSignature)?;
        let manifest = header.manifest.read_unverified().map_err(PackageError::Header)?;
        manifest.check()?;
        let expected = (PREFIX_LEN + length) as u64 + manifest.packed_bytes();
        if expected != bytes.len() as u64 {
            return Err(PackageError::Truncated { expected, found: bytes.len() as u64 });
        }
        Ok(Self { manifest, signer, root, blocks })
    }

    /// The rows in order, block by block. After the first error comes nothing more.
    pub fn rows(&self) -> Rows<'_> {
        Rows {
            package: self,
            block: 0,
            offset: 0,
            unpacked: Vec::new(),
            at: 0,
            left: 0,
            last: None,
            content: Content::default(),
            failed: false,
        }
    }

    /// Reads everything once and keeps nothing: is every article as it was signed?
    ///
    /// # Errors
    /// As the rows; `package_content_differs` if a whole package does not hold what its manifest says.
    pub fn check(&self) -> Result<(), PackageError> {
        let mut rows = self.rows();
        for row in rows.by_ref() {
            row?;
        }
        if self.manifest.base.is_none() && rows.content.finish() != self.manifest.content {
            return Err(PackageError::ContentDiffers(self.manifest.package.clone()));
        }
        Ok(())
    }
}

/// The rows of a package.
#[derive(Debug)]
pub struct Rows<'a> {
    package: &'a Package<'a>,
    /// The next block.
    block: usize,
    /// Where it begins.
    offset: usize,
    /// The open block.
    unpacked: Vec<u8>,
    at: usize,
    /// Rows that the open block still owes.
    left: u32,
    last: Option<String>,
    content: Content,
    failed: bool,
}

impl Iterator for Rows<'_> {
    type Item = Result<Row, PackageError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.failed {
            return None;
        }
        let row = self.advance();
        self.failed = matches!(row, Err(_) | Ok(None));
        row.transpose()
    }
}

impl Rows<'_> {
    fn advance(&mut self) -> Result<Option<Row>, PackageError> {
        while self.at == self.unpacked.len() {
            if self.left > 0 {
                return Err(self.damaged());
            }
            let Some(entry) = self.package.manifest.blocks.get(self.block) else {
                return Ok(None);
            };
            self.open(entry)?;
        }
        self.row().map(Some)
    }

    /// The error of the block that was opened last.
    fn damaged(&self) -> PackageError {
        let block = self.block.saturating_sub(1);
        let first = self.package.manifest.blocks.get(block).map(|entry| entry.first.clone()).unwrap_or_default();
        PackageError::DamagedBlock { block, first }
    }

    fn open(&mut self, entry: &BlockEntry) -> Result<(), PackageError> {
        self.block += 1;
        let packed = self.package.blocks.get(self.offset..self.offset + entry.packed as usize).ok_or_else(|| self.damaged())?;
        self.offset += entry.packed as usize;
        if hash(packed) != entry.hash {
            return Err(self.damaged());
        }
        // One byte more than promised is enough to know that the promise is broken.
        self.unpacked.clear();
        let most = u64::from(entry.unpacked) + 1;
        let read = DeflateDecoder::new(packed).take(most).read_to_end(&mut self.unpacked);
        if read.is_err() || self.unpacked.len() != entry.unpacked as usize {
            return Err(self.damaged());
        }
        (self.at, self.left) = (0, entry.rows);
        Ok(())
    }

    fn take(&mut self, length: usize) -> Option<&[u8]> {
        let bytes = self.unpacked.get(self.at..self.at.checked_add(length)?)?;
        self.at += length;
        Some(bytes)
    }

    fn row(&mut self) -> Result<Row, PackageError> {
        let damaged = self.damaged();
        self.left = self.left.checked_sub(1).ok_or_else(|| damaged.clone())?;
        let kind = self.take(1).ok_or_else(|| damaged.clone())?[0];
        let length =
            self.take(2).and_then(|bytes| bytes.try_into().ok()).map(u16::from_le_bytes).ok_or_else(|| damaged.clone())?;
        let id = self
            .take(length.into())
            .and_then(|id| std::str::from_utf8(id).ok())
            .map(str::to_owned)
            .ok_or_else(|| damaged.clone())?;
        if !is_article_id(&id) {
            return Err(ArticleError::BadId { id: id.chars().take(80).collect() }.into());
        }
        if self.last.as_ref().is_some_and(|last| *last >= id) {
            return Err(PackageError::OutOfOrder { id });
        }
        let length =
            self.take(4).and_then(|bytes| bytes.try_into().ok()).map(u32::from_le_bytes).ok_or_else(|| damaged.clone())?;
        if length as usize > ARTICLE_BYTES {
            return Err(ArticleError::TooLong { id, bytes: length.into() }.into());
        }
        let bytes = self.take(length as usize).ok_or(damaged)?.to_vec();
        let broken = |id: &str, reason| PackageError::DamagedRow { id: id.to_owned(), reason };
        let row = match kind {
            ROW_ARTICLE => {
                let article = super::decode(&bytes).map_err(|_| broken(&id, "it does not decode"))?;
                if article.id != id {
                    return Err(broken(&id, "it says that it is another"));
                }
                article.validate()?;
                let hash = hash(&bytes);
                self.content.add(&id, &hash);
                Row::Article { article: Box::new(article), bytes, hash }
            }
            ROW_TOMBSTONE if bytes.is_empty() && self.package.manifest.base.is_some() => Row::Tombstone(id.clone()),
            _ => return Err(broken(&id, "the row is of no known kind")),
        };
        self.last = Some(id);
        Ok(row)
    }
}
