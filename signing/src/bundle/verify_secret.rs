//! The auditor: what an exported secret vote proves.

use domain::id::{DeviceId, Hash32, PersonId};
use domain::vote::{FormOutcome, PlaceTotal};
use serde::{Deserialize, Serialize};

use super::secret::SecretBundle;
use super::verify::{BundleProblem, certificates_in_order, check_certificates};
use super::{BundleError, BundleReport, bundle_version, inspect_bundle, is_in_order};
use crate::act::SignedAct;
use crate::limits::SECRET_BUNDLE_BYTES;
use crate::secret::{CheckedBallots, SecretActs, SecretRecord, Totals, count_secret};
use crate::vote::VoteState;

/// The verdict on a secret vote, in the form that `kyhop vote verify --json` prints. The first fields are those of an open vote.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SecretReport {
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
    /// Tán thành, in a decision.
    #[serde(rename = "for")]
    pub votes_for: Option<u32>,
    /// Không tán thành, in a decision.
    pub against: Option<u32>,
    /// Không biểu quyết, in a decision.
    pub not_voting: Option<u32>,
    /// The verdict on a decision under the vote's own rules; means nothing unless `ok`.
    pub passed: Option<bool>,
    /// What is wrong, each as `code: sentence`.
    pub problems: Vec<String>,
    /// Always true.
    pub secret: bool,
    /// The opened total of each place of the ballot; empty while they are sealed.
    pub places: Vec<PlaceTotal>,
    /// The names of the tellers.
    pub tellers: Vec<String>,
    /// How many of them open the totals, and could read a ballot.
    pub tellers_needed: u32,
    /// How many did open them.
    pub tellers_opened: u32,
}

/// A bundle of a secret vote taken apart.
#[derive(Debug, Clone)]
pub struct InspectedSecretBundle {
    /// The verdict.
    pub report: SecretReport,
    /// What is wrong.
    pub problems: Vec<BundleProblem>,
    /// The vote; `None` where there is no opening to trust.
    pub record: Option<SecretRecord>,
}

/// The verdict on an exported vote of either kind.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum EvidenceReport {
    /// An open vote.
    Open(BundleReport),
    /// A secret vote.
    Secret(SecretReport),
}

impl EvidenceReport {
    /// Nothing is wrong.
    pub fn ok(&self) -> bool {
        match self {
            Self::Open(report) => report.ok,
            Self::Secret(report) => report.ok,
        }
    }
}

/// Checks an exported vote, open or secret, against the pinned fingerprint of a root.
///
/// # Errors
/// [`BundleError`] if the file is not readable at all.
pub fn verify_evidence(file: &[u8], expected_root: &Hash32) -> Result<EvidenceReport, BundleError> {
    inspect_evidence(file, expected_root).map(|(report, _)| report)
}

/// As [`verify_evidence`], with what is wrong in a form that can be told in any language.
///
/// # Errors
/// As [`verify_evidence`].
pub fn inspect_evidence(file: &[u8], expected_root: &Hash32) -> Result<(EvidenceReport, Vec<BundleProblem>), BundleError> {
    if bundle_version(file) == Some(super::SECRET_BUNDLE_VERSION) {
        let found = inspect_secret_bundle(file, expected_root)?;
        return Ok((EvidenceReport::Secret(found.report), found.problems));
    }
    let found = inspect_bundle(file, expected_root)?;
    Ok((EvidenceReport::Open(found.report), found.problems))
}

/// Checks an exported secret vote.
///
/// `ok` says all that it says of an open vote ([`super::verify_bundle`]), and: the rules for secret votes hold (body, tellers, form), the
/// key was made by the tellers in the acts that the opening cites and nobody lied in them, every ballot of the roll is sealed
/// with a proof that holds for this vote and voter, the close is final, no teller opened anything else, every share of the
/// totals holds, as many tellers as are needed gave theirs, and the totals are what they open.
///
/// # Errors
/// [`BundleError`] if the file is not readable at all.
pub fn verify_secret_bundle(file: &[u8], expected_root: &Hash32) -> Result<SecretReport, BundleError> {
    inspect_secret_bundle(file, expected_root).map(|inspected| inspected.report)
}

/// As [`verify_secret_bundle`], with all details.
///
/// # Errors
/// As [`verify_secret_bundle`].
pub fn inspect_secret_bundle(file: &[u8], expected_root: &Hash32) -> Result<InspectedSecretBundle, BundleError> {
    if file.len() > SECRET_BUNDLE_BYTES {
        return Err(BundleError::OverLimit("bytes"));
    }
    let (bundle, signed) = SecretBundle::from_file(file)?;
    let mut problems = Vec::new();
    let mut record = None;
    if bundle.root.fingerprint() == *expected_root {
        if signed.verify_device(&bundle.exporter).is_err() {
            problems.push(BundleProblem::Changed);
        }
        problems.extend(out_of_order(&bundle).map(BundleProblem::NotInOrder));
        record = check_vote(&bundle, &mut problems);
    } else {
        problems.push(BundleProblem::WrongRoot);
    }
    let report = report(&bundle, record.as_ref(), &problems);
    Ok(InspectedSecretBundle { report, problems, record })
}

fn out_of_order(bundle: &SecretBundle) -> impl Iterator<Item = &'static str> {
    [
        ("certificates", certificates_in_order(&bundle.certificates)),
        ("ballots", is_in_order(&bundle.ballots)),
        ("closes", is_in_order(&bundle.closings)),
        ("acknowledgements", is_in_order(&bundle.acknowledgements)),
        ("shares of totals", is_in_order(&bundle.totals)),
    ]
    .into_iter()
    .filter(|(_, in_order)| !in_order)
    .map(|(list, _)| list)
}

fn check_vote(bundle: &SecretBundle, problems: &mut Vec<BundleProblem>) -> Option<SecretRecord> {
    let certificates = check_certificates(&bundle.certificates, &bundle.root, bundle.devices().ok(), problems);
    let acts = SecretActs {
        election: &bundle.election,
        ceremony: &bundle.ceremony,
        opening: &bundle.opening,
        ballots: &bundle.ballots,
        closings: &bundle.closings,
        acknowledgements: &bundle.acknowledgements,
        totals: &bundle.totals,
    };
    let person_of =
        |device: &DeviceId| -> Option<PersonId> { certificates.get(device)?.first().map(|certificate| certificate.person) };
    let record = match count_secret(acts, person_of, &mut CheckedBallots::new()) {
        Ok(record) => record,
        Err(error) => {
            problems.push(error.into());
            return None;
        }
    };
    if !bundle.ceremony.iter().map(SignedAct::hash).eq(record.opening.tellers.acts.iter().copied()) {
        problems.push(BundleProblem::NotInOrder("acts of the key ceremony"));
    }
    problems.extend(record.problems.iter().cloned().map(BundleProblem::Secret));
    problems.extend(record.missing_ballots.iter().copied().map(BundleProblem::BallotMissing));
    problems.extend(record.missing_closings.iter().copied().map(BundleProblem::OtherCloseMissing));
    match &record.totals {
        _ if record.state == VoteState::Open => problems.push(BundleProblem::CloseMissing),
        Totals::NotYet => problems.push(BundleProblem::CloseNotFinal),
        Totals::TooFewBallots => problems.push(BundleProblem::TooFewBallots(record.counted)),
        Totals::Waiting { given, needed } => problems.push(BundleProblem::TotalsSealed { given: *given, needed: *needed }),
        // Why it is void is among the problems.
        Totals::Void | Totals::Open(_) => {}
    }
    Some(record)
}

fn report(bundle: &SecretBundle, record: Option<&SecretRecord>, problems: &[BundleProblem]) -> SecretReport {
    let outcome = record.and_then(|record| match &record.totals {
        Totals::Open(outcome) => Some(outcome),
        _ => None,
    });
    let of_decision = |place: usize| {
        let decision = |outcome: &FormOutcome| outcome.passed.and(outcome.places.get(place)).map(|total| total.votes);
        outcome.and_then(decision)
    };
    let size = |length: usize| u32::try_from(length).unwrap_or(u32::MAX);
    SecretReport {
        ok: problems.is_empty(),
        root: bundle.root.fingerprint(),
        question: record.map(|record| record.opening.opening.question.clone()).unwrap_or_default(),
        roll: record.map_or(0, |record| size(record.opening.opening.roll.len())),
        counted: record.map_or(0, |record| record.counted),
        votes_for: of_decision(0),
        against: of_decision(1),
        not_voting: of_decision(2),
        passed: outcome.and_then(|outcome| outcome.passed),
        problems: problems.iter().map(|problem| format!("{}: {problem}", problem.code())).collect(),
        secret: true,
        places: outcome.map(|outcome| outcome.places.clone()).unwrap_or_default(),
        tellers: record
            .map(|record| record.ceremony.election.tellers.iter().map(|teller| teller.name.clone()).collect())
            .unwrap_or_default(),
        tellers_needed: record.map_or(0, |record| record.ceremony.election.threshold),
        tellers_opened: record.map_or(0, |record| size(record.given.len())),
    }
}
