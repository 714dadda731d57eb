//! The file in which the root of an organisation is put away, under a passphrase: what a new device needs to take its place again when no
//! administrator's device is left.
//!
//! | sealed | |
//! |---|---|
//! | version 1 | the root's secret, 33 bytes that begin with `01`: nothing else |
//! | version 2 | `02` ‖ the root's secret 33 ‖ length u32 LE ‖ canonical [`Founded`] ‖ the certificate authority's secret, to the end (may be empty) |

use domain::id::{PersonId, UnitId};
use minicbor::{Decode, Encode};
use rand_core::CryptoRng;
use zeroize::Zeroizing;

use crate::canonical;
use crate::keys::RootKey;
use crate::limits::CERTIFICATE_BYTES;
use crate::sealed::{Cost, SealError, open, seal_with};

const VERSION: u8 = 2;
const ROOT_LEN: usize = 33;

/// What was founded with the root: so that whoever comes back goes on in the same unit, as the same person.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct Founded {
    /// The organisation's name on that day.
    #[n(0)]
    pub organisation: String,
    /// The first unit.
    #[n(1)]
    pub unit: UnitId,
    /// Its name.
    #[n(2)]
    pub unit_name: String,
    /// The first administrator.
    #[n(3)]
    pub person: PersonId,
    /// The administrator's name.
    #[n(4)]
    pub person_name: String,
    /// Title; may be empty.
    #[n(5)]
    pub person_title: String,
}

/// A root that is put away, with what belongs to it.
pub struct RootFile {
    /// The root.
    pub root: RootKey,
    /// What it founded; `None` in files of version 1.
    pub founded: Option<Founded>,
    /// The certificate authority as it is kept, or nothing.
    pub authority: Zeroizing<Vec<u8>>,
}

/// Why a root's file does not open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RootFileError {
    /// The file is whole, the passphrase is another.
    #[error("the passphrase of the root's file is wrong")]
    WrongPassphrase,
    /// It was cut or changed.
    #[error("the root's file is damaged")]
    Damaged,
    /// It is something else.
    #[error("this is no file of an organisation's root")]
    NotOne,
    /// Not enough memory, or a passphrase of an impossible length.
    #[error(transparent)]
    Seal(SealError),
}

impl RootFileError {
    /// Stable code.
    pub fn code(self) -> &'static str {
        match self {
            Self::WrongPassphrase => "root_file_wrong_passphrase",
            Self::Damaged => "root_file_damaged",
            Self::NotOne => "root_file_not_one",
            Self::Seal(error) => error.code(),
        }
    }
}

impl From<SealError> for RootFileError {
    fn from(error: SealError) -> Self {
        match error {
            SealError::WrongPassphrase => Self::WrongPassphrase,
            SealError::Damaged => Self::Damaged,
            SealError::NotSealed => Self::NotOne,
            error => Self::Seal(error),
        }
    }
}

impl RootFile {
    /// Seals it at the default cost. Version 1 if nothing is known of what was founded.
    ///
    /// # Errors
    /// As [`crate::sealed::seal`].
    pub fn seal(&self, passphrase: &[u8], rng: &mut impl CryptoRng) -> Result<Vec<u8>, SealError> {
        self.seal_with(Cost::DEFAULT, passphrase, rng)
    }

    /// As [`Self::seal`], at another cost.
    ///
    /// # Errors
    /// As [`crate::sealed::seal_with`].
    pub fn seal_with(&self, cost: Cost, passphrase: &[u8], rng: &mut impl CryptoRng) -> Result<Vec<u8>, SealError> {
        let root = self.root.to_secret_bytes();
        let Some(founded) = &self.founded else {
            return seal_with(cost, passphrase, &root, rng);
        };
        let founded = canonical::encode(founded);
        let length = u32::try_from(founded.len()).map_err(|_| SealError::TooLong(founded.len()))?;
        // Long enough that nothing is moved, which would leave a copy behind.
        let mut plain = Zeroizing::new(Vec::with_capacity(1 + root.len() + 4 + founded.len() + self.authority.len()));
        plain.push(VERSION);
        plain.extend_from_slice(&root);
        plain.extend_from_slice(&length.to_le_bytes());
        plain.extend_from_slice(&founded);
        plain.extend_from_slice(&self.authority);
        seal_with(cost, passphrase, &plain, rng)
    }

    /// Opens a file of either version.
    ///
    /// # Errors
    /// [`RootFileError`]; a wrong passphrase, damage and another kind of file are told apart.
    pub fn open(passphrase: &[u8], sealed: &[u8]) -> Result<Self, RootFileError> {
        let plain = open(passphrase, sealed)?;
        let Some(rest) = plain.strip_prefix(&[VERSION]) else {
            let root = RootKey::from_secret_bytes(&plain).map_err(|_| RootFileError::NotOne)?;
            return Ok(Self { root, founded: None, authority: Zeroizing::default() });
        };
        let (root, rest) = rest.split_first_chunk::<ROOT_LEN>().ok_or(RootFileError::NotOne)?;
        let root = RootKey::from_secret_bytes(root).map_err(|_| RootFileError::NotOne)?;
        let (length, rest) = rest.split_first_chunk::<4>().ok_or(RootFileError::NotOne)?;
        let length = usize::try_from(u32::from_le_bytes(*length)).map_err(|_| RootFileError::NotOne)?;
        let (founded, authority) = rest.split_at_checked(length).ok_or(RootFileError::NotOne)?;
        let founded = canonical::decode(founded, CERTIFICATE_BYTES).map_err(|_| RootFileError::NotOne)?;
        Ok(Self { root, founded: Some(founded), authority: Zeroizing::new(authority.to_vec()) })
    }
}

impl std::fmt::Debug for RootFile {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RootFile").field("root", &self.root).field("founded", &self.founded).finish_non_exhaustive()
    }
}
