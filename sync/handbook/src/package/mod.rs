//! Packages: signed, versioned files of articles; whole, or only what changed since an earlier version.
//!
//! ```text
//! "KYHOPB" ‖ version u8 ‖ "\n" ‖ length of the header u32 LE ‖ header ‖ blocks, one after the other
//! header   canonical CBOR: the organisation's root key, the signer's chain of certificates, the signed manifest
//! manifest package, number, base, moment, counts, hash of the content, and of every block: hash, packed and unpacked length, rows
//! block    deflate (RFC 1951) of rows
//! row      0x00 article or 0x01 tombstone ‖ length of the id u16 LE ‖ id ‖ length u32 LE ‖ canonical CBOR of the article
//! ```
//!
//! Rows stand in ascending order of their ids over the whole file, so none is there twice. What a reader does, in this order: form and
//! lengths, the root against those that are trusted, the chain, the signature over the manifest, then for each block its hash, then its
//! unpacked length, then its rows. Nothing that was not signed is unpacked or parsed.
//!
//! The **content hash** is over the id and the hash of every article that is there once the package is installed. A delta names the
//! content hash it starts from and the one it ends at: applied to anything else it is refused.

mod manifest;
mod read;
mod series;
mod write;

pub use manifest::{Base, BlockEntry, MANIFEST_VERSION, Manifest};
pub use read::{Package, Row, Rows};
pub use series::{Standing, join, split, standing};
pub use write::{Edition, Signer, build, build_delta};

use domain::id::Hash32;
use signing::{CertificateError, DecodeError, RootFingerprint};

use crate::article::{Article, ArticleError};
use crate::limits::{BLOCK_BYTES, PACKAGE_ARTICLES, PACKAGE_BYTES};

/// How every package begins, whatever its version.
pub const MAGIC: &[u8; 6] = b"KYHOPB";
/// The version of the file that this program writes and reads.
pub const FILE_VERSION: u8 = 1;
/// The ending of a package's file name.
pub const EXTENSION: &str = "kyhopb";

/// Magic, version, line end, length of the header.
pub(crate) const PREFIX_LEN: usize = 12;
pub(crate) const ROW_ARTICLE: u8 = 0;
pub(crate) const ROW_TOMBSTONE: u8 = 1;

/// Why a package is not taken, or not made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PackageError {
    /// It is no package.
    #[error("this is not a package of the handbook")]
    NotAPackage,
    /// A newer program made it.
    #[error("the package has version {0}, a newer program is needed")]
    NewerVersion(u8),
    /// It is longer than packages may be.
    #[error("the package has {0} bytes, at most {PACKAGE_BYTES} are allowed")]
    TooLong(u64),
    /// Bytes are missing or there are too many.
    #[error("the package is cut off or was added to: {found} bytes instead of {expected}")]
    Truncated {
        /// What the manifest says.
        expected: u64,
        /// What is there.
        found: u64,
    },
    /// The header does not decode.
    #[error("the header of the package is damaged: {0}")]
    Header(DecodeError),
    /// Its organisation is not one that this device trusts.
    #[error("the package was signed in an organisation that is not trusted here ({})", root.short())]
    UntrustedRoot {
        /// The organisation.
        root: RootFingerprint,
    },
    /// The signer is not certified by the organisation.
    #[error("the signer's certificate does not hold: {0}")]
    Signer(CertificateError),
    /// The signature is not the signer's, or the manifest was changed.
    #[error("the signature of the package does not hold")]
    BadSignature,
    /// The manifest contradicts itself.
    #[error("the manifest of the package is not possible: {0}")]
    BadManifest(&'static str),
    /// A block is not the one that was signed.
    #[error("block {block} of the package (from article {first}) is damaged")]
    DamagedBlock {
        /// Its number from 0.
        block: usize,
        /// The first article in it.
        first: String,
    },
    /// A block unpacks to more than allowed.
    #[error("block {block} of the package (from article {first}) unpacks to more than {BLOCK_BYTES} bytes")]
    BlockTooLong {
        /// Its number from 0.
        block: usize,
        /// The first article in it.
        first: String,
    },
    /// A row does not decode.
    #[error("article {id} of the package is damaged: {reason}")]
    DamagedRow {
        /// The article.
        id: String,
        /// What is wrong.
        reason: &'static str,
    },
    /// The same id twice, or ids out of order.
    #[error("article {id} is in the package twice or out of order")]
    OutOfOrder {
        /// The second.
        id: String,
    },
    /// An article is out of bounds.
    #[error(transparent)]
    Article(#[from] ArticleError),
    /// More articles than a package may hold.
    #[error("{0} articles, at most {PACKAGE_ARTICLES} are allowed")]
    TooManyArticles(usize),
    /// A delta for another version, or for other content, than what is installed.
    #[error("the update is for version {wanted} of {package}, installed is {installed:?}")]
    WrongBase {
        /// The package.
        package: String,
        /// The version it starts from.
        wanted: u64,
        /// The version that is there; `None`: none.
        installed: Option<u64>,
    },
    /// After installing, the articles are not those that were signed.
    #[error("the content of {0} is not the one that was signed")]
    ContentDiffers(String),
    /// What is installed is as new or newer.
    #[error("version {installed} of {package} is installed, the file holds {offered}")]
    NotNewer {
        /// The package.
        package: String,
        /// The version that is there.
        installed: u64,
        /// The version in the file.
        offered: u64,
    },
}

impl PackageError {
    /// Stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotAPackage => "package_not_one",
            Self::NewerVersion(_) => "package_newer_version",
            Self::TooLong(_) => "package_too_long",
            Self::Truncated { .. } => "package_truncated",
            Self::Header(_) | Self::BadManifest(_) => "package_header_damaged",
            Self::UntrustedRoot { .. } => "package_untrusted",
            Self::Signer(_) => "package_signer_invalid",
            Self::BadSignature => "package_signature_invalid",
            Self::DamagedBlock { .. } | Self::DamagedRow { .. } => "package_damaged",
            Self::BlockTooLong { .. } => "package_block_too_long",
            Self::OutOfOrder { .. } => "package_duplicate_article",
            Self::Article(error) => error.code(),
            Self::TooManyArticles(_) => "package_too_many_articles",
            Self::WrongBase { .. } => "package_wrong_base",
            Self::ContentDiffers(_) => "package_content_differs",
            Self::NotNewer { .. } => "package_older",
        }
    }

    /// The article that is meant, where one is.
    pub fn item(&self) -> Option<&str> {
        match self {
            Self::DamagedBlock { first: id, .. }
            | Self::BlockTooLong { first: id, .. }
            | Self::DamagedRow { id, .. }
            | Self::OutOfOrder { id } => Some(id),
            Self::Article(error) => Some(error.id()),
            _ => None,
        }
    }
}

/// The bytes of an article, as they are signed and stored.
pub fn encode(article: &Article) -> Vec<u8> {
    signing::canonical::encode(article)
}

/// An article from its bytes.
///
/// # Errors
/// [`DecodeError`] for anything but the canonical bytes of one article within [`crate::limits::ARTICLE_BYTES`].
pub fn decode(bytes: &[u8]) -> Result<Article, DecodeError> {
    signing::canonical::decode(bytes, crate::limits::ARTICLE_BYTES)
}

/// The hash of an article's bytes.
pub fn hash(bytes: &[u8]) -> Hash32 {
    Hash32(*blake3::hash(bytes).as_bytes())
}

/// The content hash, fed with every article in ascending order of ids.
#[derive(Debug, Clone, Default)]
pub struct Content(blake3::Hasher);

impl Content {
    /// One more article.
    pub fn add(&mut self, id: &str, hash: &Hash32) {
        self.0.update(&(id.len() as u64).to_le_bytes()).update(id.as_bytes()).update(hash.as_bytes());
    }

    /// The hash of all that was added.
    pub fn finish(&self) -> Hash32 {
        Hash32(*self.0.finalize().as_bytes())
    }
}
