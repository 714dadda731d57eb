//! The handbook's packages and articles, in the library beside the index: installing one changes both in one transaction.

mod install;
mod read;
mod sql;

pub use install::Installed;
pub use read::{Changed, Group, Head};

use domain::id::{DeviceId, Hash32, Timestamp};
use rusqlite::Row;

use crate::error::{StoreError, id as stored_id, natural};

/// An installed package.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PackageRow {
    /// The package.
    pub id: String,
    /// Its title.
    pub title: String,
    /// Its version.
    pub number: u64,
    /// When its signer says it was made.
    pub made_at: Timestamp,
    /// When it was installed here.
    pub installed_at: Timestamp,
    /// The name of the person whose device signed it.
    pub signer: String,
    /// The device.
    pub device: DeviceId,
    /// The organisation.
    pub root: Hash32,
    /// Articles in it.
    pub articles: u64,
    /// Bytes of those.
    pub size: u64,
    /// The content hash.
    pub content: Hash32,
}

/// The id of an article over all packages.
pub fn full_id(package: &str, article: &str) -> String {
    format!("{package}:{article}")
}

/// The package and the article of such an id.
pub fn parts_of(id: &str) -> Option<(&str, &str)> {
    id.split_once(':')
}

fn package_row(row: &Row<'_>) -> Result<PackageRow, StoreError> {
    let blob = |at: usize| -> Result<Vec<u8>, StoreError> { Ok(row.get(at)?) };
    Ok(PackageRow {
        id: row.get(0)?,
        title: row.get(1)?,
        number: natural(row.get(2)?)?,
        made_at: Timestamp(row.get(3)?),
        installed_at: Timestamp(row.get(4)?),
        signer: row.get(5)?,
        device: stored_id(&blob(6)?, DeviceId::from_slice)?,
        root: stored_id(&blob(7)?, Hash32::from_slice)?,
        articles: natural(row.get(8)?)?,
        size: natural(row.get(9)?)?,
        content: stored_id(&blob(10)?, Hash32::from_slice)?,
    })
}
