//! An organisation joins another one: a commune that began alone becomes a unit of its city.
//!
//! Both roots say the same: the commune's that it joins, the city's that it takes the commune in, as which unit. Nothing is certified anew,
//! so persons, devices and everything that they signed keep their names. What a device is to the city follows from the commune's own
//! certificates together with this statement ([`member_of_city`]); nobody of the commune is more than an administrator of that unit.

use domain::id::{DeviceId, PersonId, Timestamp, UnitId};
use minicbor::{Decode, Encode};

use crate::canonical::{self, DecodeError};
use crate::certificate::{CertificateError, Chain, is_acceptable_name, verify_chain};
use crate::keys::{Context, RootKey, RootPublic};
use crate::limits::{ACCESSION_BYTES, ORGANISATION_NAME_CHARS, UNIT_NAME_CHARS};
use crate::signed::{Signed, SignedBody};

/// The version of accessions that this program writes and understands.
pub const ACCESSION_VERSION: u8 = 1;

/// What both say.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct Accession {
    /// [`ACCESSION_VERSION`].
    #[n(0)]
    pub version: u8,
    /// The root of the organisation that takes in.
    #[n(1)]
    pub city: RootPublic,
    /// The root of the organisation that joins.
    #[n(2)]
    pub commune: RootPublic,
    /// What the organisation that joins is called.
    #[n(3)]
    pub organisation: String,
    /// The unit of the city that it becomes.
    #[n(4)]
    pub unit: UnitId,
    /// Its name.
    #[n(5)]
    pub unit_name: String,
    /// When the commune's root says that it said so.
    #[n(6)]
    pub at: Timestamp,
}

impl SignedBody for Accession {
    const CONTEXT: Context = Context::Accession;
    const LIMIT: usize = ACCESSION_BYTES;
}

/// An accession with both signatures.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct AgreedAccession {
    /// By the root of the organisation that joins.
    #[n(0)]
    pub by_commune: Signed<Accession>,
    /// By the root of the organisation that takes in.
    #[n(1)]
    pub by_city: Signed<Accession>,
}

/// Why an accession does not hold.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AccessionError {
    /// The bytes are no accession.
    #[error("the accession is not readable: {0}")]
    Unreadable(#[from] DecodeError),
    /// A version that this program does not know.
    #[error("the accession has version {0}, a newer program is needed")]
    UnknownVersion(u8),
    /// It is of another city, or an organisation joins itself.
    #[error("the accession is to another organisation")]
    WrongRoot,
    /// The two do not say the same.
    #[error("the two organisations do not say the same")]
    Differs,
    /// A name is empty, too long, or holds characters that do not show.
    #[error("the {0} in the accession is not acceptable")]
    BadName(&'static str),
    /// One of the two signatures is not that of the root.
    #[error("the accession was not signed by both roots")]
    BadSignature,
}

impl AccessionError {
    /// Stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Unreadable(_) => "accession_unreadable",
            Self::UnknownVersion(_) => "accession_unknown_version",
            Self::WrongRoot => "accession_wrong_root",
            Self::Differs => "accession_differs",
            Self::BadName(_) => "accession_bad_name",
            Self::BadSignature => "accession_bad_signature",
        }
    }
}

impl AgreedAccession {
    /// The city takes in what the commune has asked for, word for word.
    ///
    /// # Errors
    /// What is asked for does not hold, or is asked of another city.
    pub fn agree(by_commune: Signed<Accession>, city: &RootKey) -> Result<Self, AccessionError> {
        let asked = asked(&by_commune, &city.public())?;
        let by_city = Signed::sign_root(city, &asked);
        Ok(Self { by_commune, by_city })
    }

    /// What both say, if both do.
    ///
    /// # Errors
    /// [`AccessionError`].
    pub fn verify(&self, city: &RootPublic) -> Result<Accession, AccessionError> {
        let asked = asked(&self.by_commune, city)?;
        if self.by_commune.body() != self.by_city.body() {
            return Err(AccessionError::Differs);
        }
        self.by_city.verify_root(city).map_err(|_| AccessionError::BadSignature)?;
        Ok(asked)
    }

    /// The wire form.
    pub fn to_bytes(&self) -> Vec<u8> {
        canonical::encode(self)
    }

    /// Reads the wire form. Verifies nothing yet.
    ///
    /// # Errors
    /// [`DecodeError`] if it is too long or not canonical.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, DecodeError> {
        canonical::decode(bytes, 2 * (ACCESSION_BYTES + 128))
    }
}

/// What a commune's root asks of a city.
fn asked(by_commune: &Signed<Accession>, city: &RootPublic) -> Result<Accession, AccessionError> {
    let asked = by_commune.read_unverified()?;
    if asked.version != ACCESSION_VERSION {
        return Err(AccessionError::UnknownVersion(asked.version));
    }
    if asked.city != *city || asked.commune == asked.city {
        return Err(AccessionError::WrongRoot);
    }
    if !is_acceptable_name(&asked.organisation, ORGANISATION_NAME_CHARS) {
        return Err(AccessionError::BadName("name of the organisation"));
    }
    if !is_acceptable_name(&asked.unit_name, UNIT_NAME_CHARS) {
        return Err(AccessionError::BadName("name of the unit"));
    }
    by_commune.verify_root(&asked.commune).map_err(|_| AccessionError::BadSignature)?;
    Ok(asked)
}

/// What a device of the commune is to the city.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MemberOfCity {
    /// The device, by the name it has always had.
    pub device: DeviceId,
    /// The key to which keys are wrapped.
    pub agreement: [u8; 32],
    /// The person, by the name it has always had.
    pub person: PersonId,
    /// The person's name.
    pub person_name: String,
    /// The person's title; may be empty.
    pub person_title: String,
    /// The unit of the city.
    pub unit: UnitId,
    /// Its name.
    pub unit_name: String,
    /// The office of the commune in which the device acts.
    pub office: String,
    /// May certify others of the commune. Over other units of the city it has no say, even if the commune's root itself certified it.
    pub administrator: bool,
}

/// Reads certificates of the commune as the city has to.
///
/// # Errors
/// What does not hold below the commune's root.
pub fn member_of_city(accession: &Accession, chain: &Chain) -> Result<MemberOfCity, CertificateError> {
    let held = verify_chain(chain, &accession.commune)?;
    Ok(MemberOfCity {
        device: held.device,
        agreement: held.agreement,
        person: held.person,
        person_name: held.person_name,
        person_title: held.person_title,
        unit: accession.unit,
        unit_name: accession.unit_name.clone(),
        office: held.unit_name,
        administrator: held.administrator,
    })
}
