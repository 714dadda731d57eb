//! What is signed.

use domain::id::{Hash32, Timestamp};
use minicbor::{Decode, Encode};
use signing::{Context, SignedBody};

use super::PackageError;
use crate::article::{is_article_id, is_package_id};
use crate::limits::{BLOCK_BYTES, HEADER_BYTES, LINE_CHARS, PACKAGE_ARTICLES, PACKAGE_BLOCKS, PACKAGE_BYTES};

/// The version of manifests that this program writes and understands.
pub const MANIFEST_VERSION: u8 = 1;

/// What a delta starts from.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct Base {
    /// The version of the package.
    #[n(0)]
    pub number: u64,
    /// Its content hash.
    #[n(1)]
    pub content: Hash32,
}

/// One block of rows.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct BlockEntry {
    /// BLAKE3 of the packed bytes.
    #[n(0)]
    pub hash: Hash32,
    /// Packed length.
    #[n(1)]
    pub packed: u32,
    /// Unpacked length.
    #[n(2)]
    pub unpacked: u32,
    /// Rows.
    #[n(3)]
    pub rows: u32,
    /// The id of the first row, so that damage can be told by name.
    #[n(4)]
    pub first: String,
}

/// What a package says about itself.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct Manifest {
    /// [`MANIFEST_VERSION`].
    #[n(0)]
    pub version: u8,
    /// Tells the package from others, over all its versions: [`is_package_id`].
    #[n(1)]
    pub package: String,
    /// Its title.
    #[n(2)]
    pub title: String,
    /// Its version: a later one is greater.
    #[n(3)]
    pub number: u64,
    /// What a delta starts from; `None`: the package is whole.
    #[n(4)]
    pub base: Option<Base>,
    /// When the signer says it was made.
    #[n(5)]
    pub made_at: Timestamp,
    /// Articles that are there once it is installed.
    #[n(6)]
    pub articles: u32,
    /// The content hash of those.
    #[n(7)]
    pub content: Hash32,
    /// Rows in this file, tombstones counted.
    #[n(8)]
    pub rows: u32,
    /// The blocks, in order.
    #[n(9)]
    pub blocks: Vec<BlockEntry>,
}

impl SignedBody for Manifest {
    const CONTEXT: Context = Context::Package;
    const LIMIT: usize = HEADER_BYTES;
}

impl Manifest {
    /// Packed bytes of all blocks.
    pub fn packed_bytes(&self) -> u64 {
        self.blocks.iter().map(|block| u64::from(block.packed)).sum()
    }

    pub(super) fn check(&self) -> Result<(), PackageError> {
        if self.version != MANIFEST_VERSION {
            return Err(PackageError::NewerVersion(self.version));
        }
        let ensure = |holds: bool, what| if holds { Ok(()) } else { Err(PackageError::BadManifest(what)) };
        ensure(is_package_id(&self.package), "name of the package")?;
        ensure(signing::certificate::is_acceptable_name(&self.title, LINE_CHARS), "title")?;
        ensure(self.base.as_ref().is_none_or(|base| base.number < self.number), "number of the base")?;
        ensure(self.articles as usize <= PACKAGE_ARTICLES && self.rows as usize <= 2 * PACKAGE_ARTICLES, "number of articles")?;
        ensure(self.base.is_some() || self.rows == self.articles, "number of rows")?;
        ensure(self.blocks.len() <= PACKAGE_BLOCKS, "number of blocks")?;
        ensure(self.packed_bytes() <= PACKAGE_BYTES as u64, "length of the blocks")?;
        let rows: u64 = self.blocks.iter().map(|block| u64::from(block.rows)).sum();
        ensure(rows == u64::from(self.rows), "rows of the blocks")?;
        for (number, block) in self.blocks.iter().enumerate() {
            ensure(is_article_id(&block.first), "first article of a block")?;
            if block.unpacked as usize > BLOCK_BYTES {
                return Err(PackageError::BlockTooLong { block: number, first: block.first.clone() });
            }
        }
        Ok(())
    }
}
