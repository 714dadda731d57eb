//! The seal of a meeting's archive: one device says which files the archive had when it was made.
//!
//! The archive holds a list of checksums; the seal is a signature over the SHA-256 of that list, with the certificates of the device that
//! made it. Whoever has the fingerprint of the organisation's root finds a changed, added or missing file without trusting anybody.
//! It says nothing about what the files say: votes and minutes carry signatures of their own.

use domain::id::{DeviceId, Hash32, SpaceId, Timestamp};
use minicbor::{Decode, Encode};

use crate::canonical::DecodeError;
use crate::certificate::{CertificateError, Chain, verify_chain};
use crate::keys::{Context, DeviceKeys, RootPublic};
use crate::limits::ARCHIVE_SEAL_BYTES;
use crate::signed::{Signed, SignedBody};

/// The version of seals that this program writes and understands.
pub const ARCHIVE_SEAL_VERSION: u8 = 1;
/// How the file begins.
pub const ARCHIVE_SEAL_MAGIC: &[u8; 8] = b"KYHOPA1\n";

/// What is signed.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct ArchiveSeal {
    /// [`ARCHIVE_SEAL_VERSION`].
    #[n(0)]
    pub version: u8,
    /// The root of the organisation. Judged by its fingerprint, which the reader must have from elsewhere.
    #[n(1)]
    pub root: RootPublic,
    /// The certificates of the device that seals, up to the root's.
    #[n(2)]
    pub chain: Chain,
    /// The meeting.
    #[n(3)]
    pub space: SpaceId,
    /// SHA-256 of the list of checksums.
    #[n(4)]
    pub checksums: Hash32,
    /// When the device says it sealed.
    #[n(5)]
    pub sealed_at: Timestamp,
}

impl SignedBody for ArchiveSeal {
    const CONTEXT: Context = Context::Archive;
    const LIMIT: usize = ARCHIVE_SEAL_BYTES;
}

/// Who sealed what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SealedBy {
    /// The name of the person, as certified.
    pub person_name: String,
    /// The unit, as certified.
    pub unit_name: String,
    /// The device.
    pub device: DeviceId,
    /// The meeting.
    pub space: SpaceId,
    /// When, by the device's clock.
    pub sealed_at: Timestamp,
}

/// Why a seal does not hold.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ArchiveSealError {
    /// The file does not begin as a seal does.
    #[error("this is no seal of an archive")]
    NotASeal,
    /// It begins so, but cannot be read.
    #[error("the seal is not readable: {0}")]
    Unreadable(#[from] DecodeError),
    /// A version that this program does not know.
    #[error("the seal has version {0}, a newer program is needed")]
    UnknownVersion(u8),
    /// The root is not the one expected.
    #[error("the archive belongs to another organisation")]
    WrongRoot,
    /// The certificates of the sealing device do not hold.
    #[error("the device that sealed the archive: {0}")]
    Certificate(#[from] CertificateError),
    /// The seal was changed, or was not signed by the device that it names.
    #[error("the seal was not signed by the device that it names")]
    Changed,
    /// The list of checksums is another.
    #[error("the list of checksums is not the one that was sealed")]
    OtherChecksums,
}

impl ArchiveSealError {
    /// Stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotASeal | Self::Unreadable(_) => "archive_seal_unreadable",
            Self::UnknownVersion(_) => "archive_seal_unknown_version",
            Self::WrongRoot => "archive_wrong_root",
            Self::Certificate(_) => "archive_seal_certificate",
            Self::Changed => "archive_seal_changed",
            Self::OtherChecksums => "archive_checksums_changed",
        }
    }
}

impl ArchiveSeal {
    /// The file, signed. `keys` must be those of the first certificate of [`Self::chain`], or nobody will accept it.
    pub fn to_file(&self, keys: &DeviceKeys) -> Vec<u8> {
        let mut file = ARCHIVE_SEAL_MAGIC.to_vec();
        file.extend_from_slice(&Signed::sign(keys, self).to_bytes());
        file
    }
}

/// Checks a seal against the pinned fingerprint of a root and the SHA-256 of the list of checksums as it is now.
///
/// # Errors
/// [`ArchiveSealError`].
pub fn verify_archive_seal(file: &[u8], expected_root: &Hash32, checksums: &Hash32) -> Result<SealedBy, ArchiveSealError> {
    let rest = file.strip_prefix(ARCHIVE_SEAL_MAGIC).ok_or(ArchiveSealError::NotASeal)?;
    let signed: Signed<ArchiveSeal> = Signed::from_bytes(rest)?;
    let mut decoder = minicbor::Decoder::new(signed.body());
    if let (Ok(_), Ok(version)) = (decoder.array(), decoder.u8())
        && version != ARCHIVE_SEAL_VERSION
    {
        return Err(ArchiveSealError::UnknownVersion(version));
    }
    let seal = signed.read_unverified()?;
    if seal.root.fingerprint() != *expected_root {
        return Err(ArchiveSealError::WrongRoot);
    }
    let card = verify_chain(&seal.chain, &seal.root)?;
    signed.verify_device(&card.device).map_err(|_| ArchiveSealError::Changed)?;
    if seal.checksums != *checksums {
        return Err(ArchiveSealError::OtherChecksums);
    }
    Ok(SealedBy {
        person_name: card.person_name,
        unit_name: card.unit_name,
        device: card.device,
        space: seal.space,
        sealed_at: seal.sealed_at,
    })
}
