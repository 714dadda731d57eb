//! A secret vote as a file that a stranger can check: as of an open vote, with the tellers, their key and their shares.
//!
//! The same file name, magic and outer form; the version inside is [`SECRET_BUNDLE_VERSION`].

use std::collections::BTreeSet;

use domain::id::{DeviceId, Timestamp};
use minicbor::{Decode, Encode};

use super::{BUNDLE_MAGIC, BundleError, certificates, check_sizes, in_order, signers};
use crate::act::{Act, SignedAct, decode_body};
use crate::certificate::SignedCertificate;
use crate::keys::{Context, DeviceKeys, RootPublic};
use crate::limits::SECRET_BUNDLE_BYTES;
use crate::secret::SecretOpening;
use crate::signed::{Signed, SignedBody};

/// The version of bundles of secret votes.
pub const SECRET_BUNDLE_VERSION: u8 = 2;

/// What is in the file.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct SecretBundle {
    /// [`SECRET_BUNDLE_VERSION`].
    #[n(0)]
    pub version: u8,
    /// The root of the organisation. Judged by its fingerprint, which the reader must have from elsewhere.
    #[n(1)]
    pub root: RootPublic,
    /// The name of the organisation, as the exporter says.
    #[n(2)]
    pub organisation: String,
    /// The certificates of all devices concerned and of their issuers, ascending by hash, each once.
    #[n(3)]
    pub certificates: Vec<SignedCertificate>,
    /// The act that declares the election of the tellers.
    #[n(4)]
    pub election: SignedAct,
    /// The acts of the key ceremony, exactly those that the opening cites and in its order.
    #[n(5)]
    pub ceremony: Vec<SignedAct>,
    /// The act that opened the vote.
    #[n(6)]
    pub opening: SignedAct,
    /// All ballots, also those that do not count; ascending by hash, each once. The next three lists likewise.
    #[n(7)]
    pub ballots: Vec<SignedAct>,
    /// All closes.
    #[n(8)]
    pub closings: Vec<SignedAct>,
    /// All acknowledgements.
    #[n(9)]
    pub acknowledgements: Vec<SignedAct>,
    /// All shares of totals.
    #[n(10)]
    pub totals: Vec<SignedAct>,
    /// The device that exported, which signs the file.
    #[n(11)]
    pub exporter: DeviceId,
    /// When it says it did.
    #[n(12)]
    pub exported_at: Timestamp,
}

impl SignedBody for SecretBundle {
    const CONTEXT: Context = Context::Bundle;
    const LIMIT: usize = SECRET_BUNDLE_BYTES;
}

/// What a bundle of a secret vote is made from. Order and repetitions do not matter; of certificates and acts of key ceremonies only
/// those needed are taken.
#[derive(Debug, Clone)]
pub struct SecretBundleSource {
    /// The root of the organisation.
    pub root: RootPublic,
    /// Its name.
    pub organisation: String,
    /// Certificates, e.g. all of the directory.
    pub certificates: Vec<SignedCertificate>,
    /// The act that declares the election of the tellers.
    pub election: SignedAct,
    /// Acts of key ceremonies, e.g. all of the meeting.
    pub ceremony: Vec<SignedAct>,
    /// The act that opened the vote.
    pub opening: SignedAct,
    /// All ballots seen.
    pub ballots: Vec<SignedAct>,
    /// All closes seen.
    pub closings: Vec<SignedAct>,
    /// All acknowledgements seen.
    pub acknowledgements: Vec<SignedAct>,
    /// All shares of totals seen.
    pub totals: Vec<SignedAct>,
    /// Now.
    pub exported_at: Timestamp,
}

impl SecretBundle {
    /// Puts a bundle together for the device that will sign it.
    ///
    /// # Errors
    /// [`BundleError`] if a certificate is missing or something is over its limit. An act of the ceremony that is missing is for the
    /// reader to find.
    pub fn collect(source: SecretBundleSource, exporter: DeviceId) -> Result<Self, BundleError> {
        let opening = secret_opening(&source.opening)?;
        let cited = opening.tellers.acts.iter();
        let ceremony = cited.filter_map(|hash| source.ceremony.iter().find(|act| act.hash() == *hash)).cloned().collect();
        let mut bundle = Self {
            version: SECRET_BUNDLE_VERSION,
            root: source.root,
            organisation: source.organisation,
            certificates: source.certificates,
            election: source.election,
            ceremony,
            opening: source.opening,
            ballots: in_order(source.ballots),
            closings: in_order(source.closings),
            acknowledgements: in_order(source.acknowledgements),
            totals: in_order(source.totals),
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

    /// Reads a file. Verifies nothing.
    ///
    /// # Errors
    /// [`BundleError`].
    pub fn from_file(file: &[u8]) -> Result<(Self, Signed<Self>), BundleError> {
        let rest = file.strip_prefix(BUNDLE_MAGIC).ok_or(BundleError::NotABundle)?;
        let signed: Signed<Self> = Signed::from_bytes(rest)?;
        let bundle = signed.read_unverified()?;
        if bundle.version != SECRET_BUNDLE_VERSION {
            return Err(BundleError::UnknownVersion(bundle.version));
        }
        bundle.check_limits()?;
        Ok((bundle, signed))
    }

    /// The devices whose certificates a reader needs.
    pub(super) fn devices(&self) -> Result<BTreeSet<DeviceId>, BundleError> {
        let opening = secret_opening(&self.opening)?;
        let lists = [&self.ceremony, &self.ballots, &self.closings, &self.acknowledgements, &self.totals];
        let single = [self.opening.device, self.election.device, self.exporter];
        Ok(signers(&lists, &opening.opening.roll).chain(single).collect())
    }

    fn check_limits(&self) -> Result<(), BundleError> {
        check_sizes(
            &self.organisation,
            &self.certificates,
            &[
                ("acts of the key ceremony", &self.ceremony),
                ("ballots", &self.ballots),
                ("closes", &self.closings),
                ("acknowledgements", &self.acknowledgements),
                ("shares of totals", &self.totals),
            ],
        )
    }
}

fn secret_opening(act: &SignedAct) -> Result<SecretOpening, BundleError> {
    match decode_body(&act.body) {
        Ok(Act::SecretVoteOpened(opening)) => Ok(opening),
        _ => Err(BundleError::NotAnOpening),
    }
}

/// Collects and signs in one step.
///
/// # Errors
/// As [`SecretBundle::collect`], and [`BundleError::OverLimit`] for a file that nobody would read.
pub fn export_secret_bundle(source: SecretBundleSource, keys: &DeviceKeys) -> Result<Vec<u8>, BundleError> {
    let file = SecretBundle::collect(source, keys.device())?.to_file(keys);
    if file.len() > SECRET_BUNDLE_BYTES { Err(BundleError::OverLimit("bytes")) } else { Ok(file) }
}
