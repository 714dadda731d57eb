//! The auditor: what an exported vote proves.

use std::collections::{BTreeMap, BTreeSet};

use domain::id::{DeviceId, Hash32, PersonId, Timestamp};
use domain::vote::PlaceTotal;
use serde::{Deserialize, Serialize};

use super::certificates::Pool;
use super::{BundleError, VoteBundle, is_in_order};
use crate::certificate::{DeviceCertificate, SignedCertificate};
use crate::keys::RootPublic;
use crate::secret::{SecretError, SecretVoteProblem};
use crate::vote::{VoteActs, VoteError, VoteProblem, VoteRecord, VoteState, count};

/// What is not as it should be with an exported vote.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BundleProblem {
    /// The root is not the one expected.
    #[error("the vote belongs to another organisation")]
    WrongRoot,
    /// The file was changed after its export, or was not signed by the device that it names.
    #[error("the file was changed after it was exported")]
    Changed,
    /// A list is not in order, or repeats itself.
    #[error("the {0} are not in order")]
    NotInOrder(&'static str),
    /// A certificate does not hold up to the root.
    #[error("{0} certificate(s) do not hold up to the root")]
    CertificateInvalid(usize),
    /// Certificates that have nothing to do with this vote.
    #[error("there are certificates that do not belong to this vote")]
    CertificateUnneeded,
    /// A device has more certificates than anybody needs.
    #[error("a device has too many certificates")]
    CertificatesCrowded,
    /// A device concerned has no certificate that holds.
    #[error("device {} has no valid certificate", .0.short())]
    CertificateMissing(DeviceId),
    /// A device is certified for two people.
    #[error("device {} is certified for two people", .0.short())]
    CertificateConflict(DeviceId),
    /// There is no opening to judge by.
    #[error(transparent)]
    Vote(#[from] VoteError),
    /// Something in the vote itself.
    #[error(transparent)]
    Act(#[from] VoteProblem),
    /// A named ballot is not in the file.
    #[error("ballot {} is named but not in the file", .0.short())]
    BallotMissing(Hash32),
    /// A close that a device has acknowledged is not in the file.
    #[error("close {} was acknowledged but is not in the file", .0.short())]
    OtherCloseMissing(Hash32),
    /// The vote is still open.
    #[error("the vote was not closed")]
    CloseMissing,
    /// There is no secret vote to judge by.
    #[error(transparent)]
    SecretVote(#[from] SecretError),
    /// Something in the secret vote itself.
    #[error(transparent)]
    Secret(#[from] SecretVoteProblem),
    /// A secret vote is opened once its close is final; this one is not.
    #[error("the close is not final")]
    CloseNotFinal,
    /// So few ballots that the totals of a secret vote stay sealed.
    #[error("with {0} ballots the totals stay sealed")]
    TooFewBallots(u32),
    /// Too few tellers have opened the totals.
    #[error("{given} tellers have opened the totals, {needed} are needed")]
    TotalsSealed {
        /// Whose shares hold.
        given: u32,
        /// How many are needed.
        needed: u32,
    },
}

impl BundleProblem {
    /// Stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::WrongRoot => "wrong_root",
            Self::Changed => "file_changed",
            Self::NotInOrder(_) => "not_in_order",
            Self::CertificateInvalid(_) => "certificate_invalid",
            Self::CertificateUnneeded => "certificate_unneeded",
            Self::CertificatesCrowded => "certificates_crowded",
            Self::CertificateMissing(_) => "certificate_missing",
            Self::CertificateConflict(_) => "certificate_conflict",
            Self::Vote(error) => error.code(),
            Self::Act(problem) => problem.code(),
            Self::BallotMissing(_) => "ballot_missing",
            Self::OtherCloseMissing(_) => "other_close_missing",
            Self::CloseMissing => "close_missing",
            Self::SecretVote(error) => error.code(),
            Self::Secret(problem) => problem.code(),
            Self::CloseNotFinal => "close_not_final",
            Self::TooFewBallots(_) => "too_few_ballots",
            Self::TotalsSealed { .. } => "totals_sealed",
        }
    }

    /// Who and what it is about, as [`VoteProblem::about`].
    pub fn about(&self) -> Vec<String> {
        match self {
            Self::CertificateInvalid(count) => vec![count.to_string()],
            Self::CertificateMissing(device) | Self::CertificateConflict(device) => vec![device.short()],
            Self::Act(problem) => problem.about(),
            Self::BallotMissing(act) | Self::OtherCloseMissing(act) => vec![act.short()],
            Self::Secret(problem) => problem.about(),
            Self::TooFewBallots(count) => vec![count.to_string()],
            Self::TotalsSealed { given, needed } => vec![format!("{given}/{needed}")],
            Self::WrongRoot
            | Self::Changed
            | Self::NotInOrder(_)
            | Self::CertificateUnneeded
            | Self::CertificatesCrowded
            | Self::Vote(_)
            | Self::CloseMissing
            | Self::SecretVote(_)
            | Self::CloseNotFinal => Vec::new(),
        }
    }
}

/// The verdict, in the form that `kyhop vote verify --json` prints.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BundleReport {
    /// Nothing is wrong.
    pub ok: bool,
    /// Fingerprint of the root that the file names.
    pub root: Hash32,
    /// The question; empty where there is no opening to trust.
    pub question: String,
    /// People on the roll.
    pub roll: u32,
    /// Ballots counted.
    pub counted: u32,
    /// Tán thành.
    #[serde(rename = "for")]
    pub votes_for: u32,
    /// Không tán thành.
    pub against: u32,
    /// Không biểu quyết.
    pub not_voting: u32,
    /// The verdict under the vote's own rules; means nothing unless `ok`, nor where there are places.
    pub passed: bool,
    /// Of a vote whose ballot has a form: the total of each place, as of a secret vote; then nobody is for or against.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub places: Vec<PlaceTotal>,
    /// What is wrong, each as `code: sentence`.
    pub problems: Vec<String>,
}

/// A bundle taken apart, for a screen that shows more than the verdict.
#[derive(Debug, Clone)]
pub struct InspectedBundle {
    /// The verdict.
    pub report: BundleReport,
    /// What is wrong.
    pub problems: Vec<BundleProblem>,
    /// The vote; `None` where there is no opening to trust.
    pub record: Option<VoteRecord>,
    /// The certificates that hold.
    pub certificates: BTreeMap<DeviceId, Vec<DeviceCertificate>>,
    /// The organisation's name as the exporter says.
    pub organisation: String,
    /// The device that exported.
    pub exporter: DeviceId,
    /// When it says it did.
    pub exported_at: Timestamp,
}

/// Checks an exported vote against the pinned fingerprint of a root.
///
/// `ok` says: the root is the expected one, every certificate holds up to it, every act in the file was signed by the device
/// it names, the vote was closed by the device that opened it, every ballot that the close names is there, is by a person
/// and device of the roll and answers this opening, nobody is counted twice, nobody contradicts themselves, and no byte was
/// changed since the export. Late ballots, and ballots from certified devices that are not on the roll, are part of an
/// honest record and leave it `ok` as long as they are not counted.
///
/// It does not say that the opener was entitled to open, which is a matter of the meeting's roles, nor that the close is
/// final: see the record of [`inspect_bundle`].
///
/// # Errors
/// [`BundleError`] if the file is not readable at all.
pub fn verify_bundle(file: &[u8], expected_root: &Hash32) -> Result<BundleReport, BundleError> {
    inspect_bundle(file, expected_root).map(|inspected| inspected.report)
}

/// As [`verify_bundle`], with all details.
///
/// # Errors
/// As [`verify_bundle`].
pub fn inspect_bundle(file: &[u8], expected_root: &Hash32) -> Result<InspectedBundle, BundleError> {
    let (bundle, signed) = VoteBundle::from_file(file)?;
    let mut problems = Vec::new();
    let mut record = None;
    let mut certificates = BTreeMap::new();
    if bundle.root.fingerprint() == *expected_root {
        if signed.verify_device(&bundle.exporter).is_err() {
            problems.push(BundleProblem::Changed);
        }
        problems.extend(out_of_order(&bundle).map(BundleProblem::NotInOrder));
        certificates = check_certificates(&bundle.certificates, &bundle.root, bundle.devices().ok(), &mut problems);
        record = check_vote(&bundle, &certificates, &mut problems);
    } else {
        problems.push(BundleProblem::WrongRoot);
    }
    let outcome = record.as_ref().map(|record| record.outcome);
    let report = BundleReport {
        ok: problems.is_empty(),
        root: bundle.root.fingerprint(),
        question: record.as_ref().map(|record| record.opening.question.clone()).unwrap_or_default(),
        roll: outcome.map_or(0, |outcome| outcome.roll),
        counted: outcome.map_or(0, |outcome| outcome.counted),
        votes_for: outcome.map_or(0, |outcome| outcome.votes_for),
        against: outcome.map_or(0, |outcome| outcome.against),
        not_voting: outcome.map_or(0, |outcome| outcome.not_voting),
        passed: outcome.is_some_and(|outcome| outcome.passed)
            && record.as_ref().is_some_and(|record| record.state != VoteState::Open),
        places: record.as_ref().and_then(|record| record.marked.as_ref()).map(|marked| marked.places.clone()).unwrap_or_default(),
        problems: problems.iter().map(|problem| format!("{}: {problem}", problem.code())).collect(),
    };
    Ok(InspectedBundle {
        report,
        problems,
        record,
        certificates,
        organisation: bundle.organisation,
        exporter: bundle.exporter,
        exported_at: bundle.exported_at,
    })
}

fn out_of_order(bundle: &VoteBundle) -> impl Iterator<Item = &'static str> {
    [
        ("certificates", certificates_in_order(&bundle.certificates)),
        ("ballots", is_in_order(&bundle.ballots)),
        ("closes", is_in_order(&bundle.closings)),
        ("acknowledgements", is_in_order(&bundle.acknowledgements)),
    ]
    .into_iter()
    .filter(|(_, in_order)| !in_order)
    .map(|(list, _)| list)
}

pub(super) fn certificates_in_order(certificates: &[SignedCertificate]) -> bool {
    certificates.iter().map(SignedCertificate::hash).is_sorted_by(|a, b| a < b)
}

/// The certificates that hold. `needed` are the devices concerned, `None` where no opening says: that there is none is reported with
/// the vote.
pub(super) fn check_certificates(
    certificates: &[SignedCertificate],
    root: &RootPublic,
    needed: Option<BTreeSet<DeviceId>>,
    problems: &mut Vec<BundleProblem>,
) -> BTreeMap<DeviceId, Vec<DeviceCertificate>> {
    let pool = Pool::of(certificates);
    if pool.is_crowded() {
        problems.push(BundleProblem::CertificatesCrowded);
        return BTreeMap::new();
    }
    let holds = pool.verified(root);
    let good: usize = holds.values().map(Vec::len).sum();
    let all = certificates.len();
    if good < all {
        problems.push(BundleProblem::CertificateInvalid(all - good));
    }
    if let Some(devices) = needed {
        problems.extend(
            devices.iter().filter(|device| !holds.contains_key(device)).map(|device| BundleProblem::CertificateMissing(*device)),
        );
        if pool.needed_for(devices).0.len() < pool.len() {
            problems.push(BundleProblem::CertificateUnneeded);
        }
    }
    for (device, certificates) in &holds {
        if certificates.windows(2).any(|pair| pair[0].person != pair[1].person) {
            problems.push(BundleProblem::CertificateConflict(*device));
        }
    }
    holds
}

fn check_vote(
    bundle: &VoteBundle,
    certificates: &BTreeMap<DeviceId, Vec<DeviceCertificate>>,
    problems: &mut Vec<BundleProblem>,
) -> Option<VoteRecord> {
    let acts = VoteActs {
        opening: &bundle.opening,
        ballots: &bundle.ballots,
        closings: &bundle.closings,
        acknowledgements: &bundle.acknowledgements,
    };
    let person_of =
        |device: &DeviceId| -> Option<PersonId> { certificates.get(device)?.first().map(|certificate| certificate.person) };
    match count(acts, person_of) {
        Ok(record) => {
            problems.extend(record.problems.iter().cloned().map(BundleProblem::Act));
            problems.extend(record.missing_ballots.iter().copied().map(BundleProblem::BallotMissing));
            problems.extend(record.missing_closings.iter().copied().map(BundleProblem::OtherCloseMissing));
            if record.state == VoteState::Open {
                problems.push(BundleProblem::CloseMissing);
            }
            Some(record)
        }
        Err(error) => {
            problems.push(error.into());
            None
        }
    }
}
