//! Checking an archive, with nothing but the fingerprint of the organisation's root: no profile, no network, nobody trusted.

use std::collections::BTreeSet;
use std::path::Path;

use api::error::ApiError;
use domain::id::{DeviceId, Hash32, SpaceId, Timestamp};
use domain::official::OfficialKind;
use serde::{Deserialize, Serialize};
use signing::EvidenceReport;

use super::source::Source;
use super::{AUTHORITY, CHECKSUMS, SEAL, VOTE_ENDING, VOTES, official, sha256};
use crate::error::AtBoundary;

/// Longest list of checksums, in bytes.
const CHECKSUMS_BYTES_MAX: usize = 32 << 20;
/// Most files of an archive: every version of every paper of the largest meeting, and the votes.
pub(super) const FILES_MAX: usize = domain::limits::PAPERS * domain::limits::PAPER_VERSIONS + 10_000;
/// Folders within folders that are looked into.
pub(super) const FOLDERS_DEEP_MAX: usize = 4;
/// Largest certificate of an authority.
const AUTHORITY_BYTES_MAX: usize = 1 << 20;

/// What an archive proves, in the form that `kyhop meeting verify-archive --json` prints.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ArchiveReport {
    /// Nothing is wrong.
    pub ok: bool,
    /// The meeting; `None` if the seal does not hold, like the next three.
    pub meeting: Option<SpaceId>,
    /// Who made the archive, as certified.
    pub sealed_by: Option<String>,
    /// With which device.
    pub device: Option<DeviceId>,
    /// When, by that device's clock.
    pub sealed_at: Option<Timestamp>,
    /// Files whose checksum holds.
    pub files: u32,
    /// The votes.
    pub votes: Vec<ArchivedVote>,
    /// The minutes, if there are any.
    pub minutes: Option<ArchivedMinutes>,
    /// The resolution, if there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resolution: Option<ArchivedMinutes>,
    /// The notice of conclusions, if there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub notice: Option<ArchivedMinutes>,
    /// What is wrong, each as `code: file or sentence`.
    pub problems: Vec<String>,
}

/// A vote in an archive.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ArchivedVote {
    /// Its file.
    pub file: String,
    /// Its evidence holds.
    pub ok: bool,
    /// The question.
    pub question: String,
    /// A secret ballot.
    pub secret: bool,
    /// The verdict, where the vote has one; means nothing unless `ok`.
    pub passed: Option<bool>,
    /// What is wrong with it.
    pub problems: Vec<String>,
}

/// The minutes in an archive, or another official document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ArchivedMinutes {
    /// Signatures on them.
    pub signatures: u32,
    /// Those that are valid under the authority in the archive, which the seal vouches for.
    pub valid: u32,
}

/// Checks an archive in a folder or in a zip.
///
/// # Errors
/// `file_not_found` and the like if it has no list of checksums or cannot be read; `archive_zip_unreadable`; `archive_zip_unsafe` if a zip holds
/// what could harm whoever unpacks it.
pub fn verify_archive(archive: &Path, root: &Hash32) -> Result<ArchiveReport, ApiError> {
    let mut problems = Vec::new();
    let source = Source::open(archive, &mut problems)?;
    let list = source.read(CHECKSUMS, CHECKSUMS_BYTES_MAX, "too_large")?;
    let seal = check_seal(&source, root, &list, &mut problems);
    let good = check_files(&source, &list, &mut problems)?;
    let votes = check_votes(&source, root, &good, &mut problems);
    let [minutes, resolution, notice] =
        OfficialKind::ALL.map(|kind| check_official(&source, official(kind), &good, &mut problems));
    Ok(ArchiveReport {
        ok: problems.is_empty(),
        meeting: seal.as_ref().map(|seal| seal.space),
        sealed_by: seal.as_ref().map(|seal| format!("{}, {}", seal.person_name, seal.unit_name)),
        device: seal.as_ref().map(|seal| seal.device),
        sealed_at: seal.as_ref().map(|seal| seal.sealed_at),
        files: u32::try_from(good.len()).unwrap_or(u32::MAX),
        votes,
        minutes,
        resolution,
        notice,
        problems,
    })
}

fn check_seal(source: &Source, root: &Hash32, list: &[u8], problems: &mut Vec<String>) -> Option<signing::SealedBy> {
    let file = match source.read(SEAL, 2 * signing::limits::ARCHIVE_SEAL_BYTES, "too_large") {
        Ok(file) => file,
        Err(error) => {
            problems.push(format!("archive_seal_missing: {}", error.detail));
            return None;
        }
    };
    match signing::verify_archive_seal(&file, root, &sha256(list)) {
        Ok(seal) => Some(seal),
        Err(error) => {
            problems.push(format!("{}: {error}", error.code()));
            None
        }
    }
}

/// Files that are listed and are what the list says.
fn check_files(source: &Source, list: &[u8], problems: &mut Vec<String>) -> Result<BTreeSet<String>, ApiError> {
    let mut good = BTreeSet::new();
    let mut listed = BTreeSet::new();
    for line in String::from_utf8_lossy(list).lines() {
        let Some((sum, name)) = line.split_once("  ").and_then(|(sum, name)| Some((sum.parse::<Hash32>().ok()?, name))) else {
            let shown: String = line.chars().filter(|c| !c.is_control()).take(100).collect();
            problems.push(format!("archive_list_unreadable: {shown}"));
            continue;
        };
        if !listed.insert(name.to_owned()) {
            problems.push(format!("archive_list_unreadable: {name}"));
            continue;
        }
        match source.sum(name)? {
            None => problems.push(format!("archive_file_missing: {name}")),
            Some(found) if found == sum => {
                good.insert(name.to_owned());
            }
            Some(_) => problems.push(format!("archive_file_changed: {name}")),
        }
    }
    let own = |name: &str| name == CHECKSUMS || name == SEAL;
    for name in source.names().into_iter().filter(|name| !own(name) && !listed.contains(*name)) {
        problems.push(format!("archive_file_unexpected: {name}"));
    }
    if listed.is_empty() {
        problems.push(format!("archive_list_unreadable: {CHECKSUMS}"));
    }
    Ok(good)
}

fn check_votes(source: &Source, root: &Hash32, good: &BTreeSet<String>, problems: &mut Vec<String>) -> Vec<ArchivedVote> {
    let is_vote = |name: &&String| name.starts_with(&format!("{VOTES}/")) && name.ends_with(VOTE_ENDING);
    let mut votes = Vec::new();
    for name in good.iter().filter(is_vote) {
        let report = source
            .read(name, signing::limits::SECRET_BUNDLE_BYTES, "bundle_over_limit")
            .and_then(|bytes| signing::verify_evidence(&bytes, root).at_boundary());
        let vote = match report {
            Ok(EvidenceReport::Open(report)) => ArchivedVote {
                file: name.clone(),
                ok: report.ok,
                question: report.question,
                secret: false,
                passed: Some(report.passed),
                problems: report.problems,
            },
            Ok(EvidenceReport::Secret(report)) => ArchivedVote {
                file: name.clone(),
                ok: report.ok,
                question: report.question,
                secret: true,
                passed: report.passed,
                problems: report.problems,
            },
            Err(error) => ArchivedVote {
                file: name.clone(),
                ok: false,
                question: String::new(),
                secret: false,
                passed: None,
                problems: vec![format!("{}: {}", error.code, error.detail)],
            },
        };
        problems.extend(vote.problems.iter().map(|problem| format!("archive_vote_wrong: {name}: {problem}")));
        votes.push(vote);
    }
    votes
}

fn check_official(source: &Source, name: &str, good: &BTreeSet<String>, problems: &mut Vec<String>) -> Option<ArchivedMinutes> {
    if !good.contains(name) {
        return None;
    }
    let authority = good.contains(AUTHORITY).then(|| authority(source)).flatten();
    let trust: Vec<Vec<u8>> = authority.into_iter().collect();
    let report = source
        .read(name, signing_pdf::MAX_PDF_BYTES, "too_large")
        .and_then(|bytes| signing_pdf::verify(&bytes, &trust).at_boundary());
    let count = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
    match report {
        Ok(report) => {
            let valid = |status| matches!(status, signing_pdf::Status::Valid | signing_pdf::Status::ValidLaterAdditions);
            for signature in report.signatures.iter().filter(|signature| !valid(signature.status)) {
                problems.push(format!("archive_minutes_wrong: {}: {}", signature.signer, signature.reason.code()));
            }
            Some(ArchivedMinutes {
                signatures: count(report.signatures.len()),
                valid: count(report.signatures.iter().filter(|signature| valid(signature.status)).count()),
            })
        }
        Err(error) => {
            problems.push(format!("archive_minutes_wrong: {}: {}", error.code, error.detail));
            Some(ArchivedMinutes { signatures: 0, valid: 0 })
        }
    }
}

fn authority(source: &Source) -> Option<Vec<u8>> {
    let text = source.read(AUTHORITY, AUTHORITY_BYTES_MAX, "too_large").ok()?;
    pem_rfc7468::decode_vec(&text).ok().map(|(_, der)| der)
}
