//! A vote as a file that a stranger can check: with nothing but the fingerprint of the organisation's root, and without
//! trusting whoever exported it.
//!
//! The file is `KYHOPV1\n` and the canonical CBOR of a [`VoteBundle`] signed by the device that exported it. That signature
//! makes every byte of the file count; what the file proves rests on the signatures inside it alone.

mod certificates;
mod secret;
mod verify;
mod verify_secret;

use std::collections::BTreeSet;

use domain::id::{DeviceId, Timestamp};
use domain::vote::RollEntry;
use minicbor::{Decode, Encode};

use crate::act::{Act, SignedAct, decode_body};
use crate::canonical::DecodeError;
use crate::certificate::{SignedCertificate, is_acceptable_name};
use crate::keys::{Context, DeviceKeys, RootPublic};
use crate::limits::{BUNDLE_BYTES, BUNDLE_CERTIFICATES, ORGANISATION_NAME_CHARS, VOTE_ACTS};
use crate::signed::{Signed, SignedBody};

pub use secret::{SECRET_BUNDLE_VERSION, SecretBundle, SecretBundleSource, export_secret_bundle};
pub use verify::{BundleProblem, BundleReport, InspectedBundle, inspect_bundle, verify_bundle};
pub use verify_secret::{
    EvidenceReport, InspectedSecretBundle, SecretReport, inspect_evidence, inspect_secret_bundle, verify_evidence,
    verify_secret_bundle,
};

/// The version of bundles of open votes; those of secret votes are [`SECRET_BUNDLE_VERSION`].
pub const BUNDLE_VERSION: u8 = 1;
/// How the file begins.
pub const BUNDLE_MAGIC: &[u8; 8] = b"KYHOPV1\n";

/// What is in the file.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct VoteBundle {
    /// [`BUNDLE_VERSION`].
    #[n(0)]
    pub version: u8,
    /// The root of the organisation. Judged by its fingerprint, which the reader must have from elsewhere.
    #[n(1)]
    pub root: RootPublic,
    /// The name of the organisation, as the exporter says. No certificate holds it, so no report repeats it.
    #[n(2)]
    pub organisation: String,
    /// The certificates of all devices concerned and of their issuers, ascending by hash, each once.
    #[n(3)]
    pub certificates: Vec<SignedCertificate>,
    /// The act that opened the vote.
    #[n(4)]
    pub opening: SignedAct,
    /// All ballots, also those that do not count; ascending by hash, each once. The next two lists likewise.
    #[n(5)]
    pub ballots: Vec<SignedAct>,
    /// All closes.
    #[n(6)]
    pub closings: Vec<SignedAct>,
    /// All acknowledgements.
    #[n(7)]
    pub acknowledgements: Vec<SignedAct>,
    /// The device that exported, which signs the file.
    #[n(8)]
    pub exporter: DeviceId,
    /// When it says it did.
    #[n(9)]
    pub exported_at: Timestamp,
}

impl SignedBody for VoteBundle {
    const CONTEXT: Context = Context::Bundle;
    const LIMIT: usize = BUNDLE_BYTES;
}

/// Why a bundle is not readable, or cannot be made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BundleError {
    /// The file does not begin as an exported vote does.
    #[error("this is not an exported vote")]
    NotABundle,
    /// It begins so, but cannot be read.
    #[error("the exported vote is not readable: {0}")]
    Unreadable(#[from] DecodeError),
    /// A version that this program does not know.
    #[error("the exported vote has version {0}, a newer program is needed")]
    UnknownVersion(u8),
    /// More of something than a vote can have.
    #[error("the exported vote has too many {0}")]
    OverLimit(&'static str),
    /// The act that should open the vote is no opening.
    #[error("the act does not open a vote")]
    NotAnOpening,
    /// The name of the organisation cannot stand.
    #[error("the name of the organisation is not acceptable")]
    BadOrganisationName,
    /// A device concerned has no certificate among those given.
    #[error("the certificate of device {} is missing", .0.short())]
    CertificateMissing(DeviceId),
}

impl BundleError {
    /// Stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotABundle => "bundle_not_a_bundle",
            Self::Unreadable(_) => "bundle_unreadable",
            Self::UnknownVersion(_) => "bundle_unknown_version",
            Self::OverLimit(_) => "bundle_over_limit",
            Self::NotAnOpening => "bundle_not_an_opening",
            Self::BadOrganisationName => "bundle_bad_organisation_name",
            Self::CertificateMissing(_) => "bundle_certificate_missing",
        }
    }
}

/// What a bundle is made from. Order and repetitions do not matter; of the certificates only those needed are taken.
#[derive(Debug, Clone)]
pub struct BundleSource {
    /// The root of the organisation.
    pub root: RootPublic,
    /// Its name.
    pub organisation: String,
    /// Certificates, e.g. all of the directory.
    pub certificates: Vec<SignedCertificate>,
    /// The act that opened the vote.
    pub opening: SignedAct,
    /// All ballots seen.
    pub ballots: Vec<SignedAct>,
    /// All closes seen.
    pub closings: Vec<SignedAct>,
    /// All acknowledgements seen.
    pub acknowledgements: Vec<SignedAct>,
    /// Now.
    pub exported_at: Timestamp,
}

impl VoteBundle {
    /// Puts a bundle together for the device that will sign it.
    ///
    /// # Errors
    /// [`BundleError`] if a certificate is missing or something is over its limit.
    pub fn collect(source: BundleSource, exporter: DeviceId) -> Result<Self, BundleError> {
        let mut bundle = Self {
            version: BUNDLE_VERSION,
            root: source.root,
            organisation: source.organisation,
            certificates: source.certificates,
            opening: source.opening,
            ballots: in_order(source.ballots),
            closings: in_order(source.closings),
            acknowledgements: in_order(source.acknowledgements),
            exporter,
            exported_at: source.exported_at,
        };
        let pool = certificates::Pool::of(&bundle.certificates);
        let (needed, without) = pool.needed_for(bundle.devices()?);
        if let Some(device) = without.first() {
            return Err(BundleError::CertificateMissing(*device));
        }
        bundle.certificates = needed;
        bundle.check_limits()?;
        Ok(bundle)
    }

    /// The file, signed by the exporter. `keys` must be those of [`Self::exporter`], or nobody will accept it.
    pub fn to_file(&self, keys: &DeviceKeys) -> Vec<u8> {
        let mut file = BUNDLE_MAGIC.to_vec();
        file.extend_from_slice(&Signed::sign(keys, self).to_bytes());
        file
    }

    /// Reads a file. Verifies nothing: that is [`verify_bundle`].
    ///
    /// # Errors
    /// [`BundleError`].
    pub fn from_file(file: &[u8]) -> Result<(Self, Signed<Self>), BundleError> {
        let rest = file.strip_prefix(BUNDLE_MAGIC).ok_or(BundleError::NotABundle)?;
        let signed: Signed<Self> = Signed::from_bytes(rest)?;
        let mut decoder = minicbor::Decoder::new(signed.body());
        if let (Ok(_), Ok(version)) = (decoder.array(), decoder.u8())
            && version != BUNDLE_VERSION
        {
            return Err(BundleError::UnknownVersion(version));
        }
        let bundle = signed.read_unverified()?;
        bundle.check_limits()?;
        Ok((bundle, signed))
    }

    /// The devices whose certificates a reader needs: the signers of all acts, those of the roll, the exporter.
    fn devices(&self) -> Result<BTreeSet<DeviceId>, BundleError> {
        let Ok(Act::VoteOpened(opening)) = decode_body(&self.opening.body) else {
            return Err(BundleError::NotAnOpening);
        };
        let lists = [&self.ballots, &self.closings, &self.acknowledgements];
        Ok(signers(&lists, &opening.roll).chain([self.opening.device, self.exporter]).collect())
    }

    fn check_limits(&self) -> Result<(), BundleError> {
        check_sizes(
            &self.organisation,
            &self.certificates,
            &[("ballots", &self.ballots), ("closes", &self.closings), ("acknowledgements", &self.acknowledgements)],
        )
    }
}

/// The devices that signed these acts, and those of the roll.
fn signers<'a>(lists: &'a [&'a Vec<SignedAct>], roll: &'a [RollEntry]) -> impl Iterator<Item = DeviceId> + 'a {
    lists.iter().flat_map(|acts| acts.iter()).map(|act| act.device).chain(roll.iter().filter_map(|entry| entry.device))
}

fn check_sizes(
    organisation: &str,
    certificates: &[SignedCertificate],
    lists: &[(&'static str, &Vec<SignedAct>)],
) -> Result<(), BundleError> {
    if !is_acceptable_name(organisation, ORGANISATION_NAME_CHARS) {
        return Err(BundleError::BadOrganisationName);
    }
    if certificates.len() > BUNDLE_CERTIFICATES {
        return Err(BundleError::OverLimit("certificates"));
    }
    match lists.iter().find(|(_, acts)| acts.len() > VOTE_ACTS) {
        Some((name, _)) => Err(BundleError::OverLimit(name)),
        None => Ok(()),
    }
}

/// The version that a file says it has; `None` if it is no exported vote.
fn bundle_version(file: &[u8]) -> Option<u8> {
    let mut outer = minicbor::Decoder::new(file.strip_prefix(BUNDLE_MAGIC)?);
    outer.array().ok()?;
    let mut inner = minicbor::Decoder::new(outer.bytes().ok()?);
    inner.array().ok()?;
    inner.u8().ok()
}

/// Collects and signs in one step.
///
/// # Errors
/// As [`VoteBundle::collect`], and [`BundleError::OverLimit`] for a file that nobody would read.
pub fn export_bundle(source: BundleSource, keys: &DeviceKeys) -> Result<Vec<u8>, BundleError> {
    let file = VoteBundle::collect(source, keys.device())?.to_file(keys);
    if file.len() > BUNDLE_BYTES { Err(BundleError::OverLimit("bytes")) } else { Ok(file) }
}

fn in_order(mut acts: Vec<SignedAct>) -> Vec<SignedAct> {
    acts.sort_by_cached_key(SignedAct::hash);
    acts.dedup_by_key(|act| act.hash());
    acts
}

fn is_in_order(acts: &[SignedAct]) -> bool {
    acts.iter().map(SignedAct::hash).is_sorted_by(|a, b| a < b)
}
