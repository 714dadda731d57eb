//! Writing things outside the profile: evidence of votes, minutes, papers, whole meetings, plain documents.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use api::act::{ExportMeeting, SignPdf};
use api::error::ApiError;
use api::view::{DocumentChoice, ExportView};
use domain::id::{Hash32, SpaceId, VoteId};
use domain::official::OfficialKind;
use signing::{ArchiveSeal, BundleSource, SecretBundleSource, SignedAct, VerifiedAct};
use signing_pdf::{Placement, SignOptions};
use sync::DocRef;

use crate::app::{App, blocking};
use crate::archive;
use crate::engine::{Core, OneVote};
use crate::error::{AtBoundary, not_found};
use crate::file::read_whole;

/// The first page's upper right corner, where a signature stands on papers without a place for it (points).
const CORNER: [f32; 4] = [380.0, 760.0, 560.0, 820.0];

impl App {
    /// Writes a file whole or not at all: beside it first, then renamed.
    pub(crate) async fn write(&self, path: String, bytes: Vec<u8>) -> Result<ExportView, ApiError> {
        if !self.paths {
            return Err(ApiError::new("not_allowed", "files are written by the desktop and the command line only"));
        }
        blocking(move || write_file(Path::new(&path), &bytes)).await
    }

    pub(crate) async fn export_vote(&self, vote: VoteId, path: String) -> Result<ExportView, ApiError> {
        let bytes = self
            .engine()?
            .attempt(move |core| {
                let (space, vote) = core.find_vote(&vote)?;
                core.vote_bundle(&space, &vote)
            })
            .await?;
        self.write(path, bytes).await
    }

    pub(crate) async fn export_paper(&self, meeting: SpaceId, version: Hash32, path: String) -> Result<ExportView, ApiError> {
        let bytes = self.plain_bytes(meeting, version).await?;
        self.write(path, bytes).await
    }

    pub(crate) async fn export_document(
        &self,
        meeting: SpaceId,
        document: DocumentChoice,
        path: String,
    ) -> Result<ExportView, ApiError> {
        let bytes = self
            .engine()?
            .attempt(move |core| {
                let me = core.me()?;
                let target = match document {
                    DocumentChoice::Meeting => DocRef::meeting(meeting),
                    DocumentChoice::Seat => DocRef::seat(meeting, &me),
                    DocumentChoice::Notes => {
                        DocRef::notes(core.personal_space().ok_or_else(|| not_found("document"))?, &me, &meeting)
                    }
                };
                core.replica.access(&meeting).ok_or_else(|| not_found("meeting"))?;
                let bytes = core.replica.read(&core.store, &target.space, &target.doc, sync::exported).at_boundary()?;
                bytes.ok_or_else(|| ApiError::new("store_damaged", "the document cannot be written so that it loads again"))
            })
            .await?;
        self.write(path, bytes).await
    }

    pub(crate) async fn export_authority(&self, path: String) -> Result<ExportView, ApiError> {
        let der = self
            .engine()?
            .attempt(|core| {
                core.replica
                    .directory()
                    .and_then(|directory| directory.authority())
                    .map(<[u8]>::to_vec)
                    .ok_or_else(|| not_found("certificate authority"))
            })
            .await?;
        self.write(path, pem(&der)?.into_bytes()).await
    }

    pub(crate) async fn sign_pdf(&self, act: SignPdf) -> Result<ExportView, ApiError> {
        if !self.paths {
            return Err(ApiError::new("not_allowed", "files are read by the desktop and the command line only"));
        }
        let path = act.path.clone();
        let bytes = blocking(move || read_whole(Path::new(&path), signing_pdf::MAX_PDF_BYTES, "too_large")).await?;
        let file = act.path;
        let signed = self
            .engine()?
            .attempt(move |core| {
                let name = core.person_name(&core.me()?);
                let options = SignOptions {
                    reason: Some(act.reason).filter(|reason| !reason.is_empty()),
                    placement: if act.visible { Placement::OnPage { page: 0, rect: CORNER } } else { Placement::Invisible },
                    appearance: act.visible.then(|| core.appearance(&name)),
                    ..SignOptions::default()
                };
                core.sign_bytes(&bytes, &options).map_err(|error| error.with("file", file))
            })
            .await?;
        self.write(act.output, signed).await
    }

    /// What can be read and checked without this program, see [`crate::archive`].
    pub(crate) async fn export_meeting(&self, act: ExportMeeting) -> Result<ExportView, ApiError> {
        if !self.paths {
            return Err(ApiError::new("not_allowed", "files are written by the desktop and the command line only"));
        }
        let ExportMeeting { meeting, path, form } = act;
        let (files, seal) = self.engine()?.attempt(move |core| core.archive(&meeting)).await?;
        blocking(move || archive::write(Path::new(&path), form, &files, &seal)).await
    }
}

impl Core {
    fn vote_bundle(&mut self, space: &SpaceId, vote: &OneVote) -> Result<Vec<u8>, ApiError> {
        let directory = self.replica.directory().ok_or_else(|| not_found("organisation"))?;
        let one = |act: &VerifiedAct| -> Result<SignedAct, ApiError> {
            self.signed_acts(space, std::slice::from_ref(act))?.into_iter().next().ok_or_else(|| not_found("vote"))
        };
        let certificates = directory.all_certificates().cloned().collect();
        if let Some(election) = &vote.election {
            let source = SecretBundleSource {
                root: *directory.root(),
                organisation: self.replica.organisation().to_owned(),
                certificates,
                election: one(election)?,
                ceremony: self.signed_acts(space, &vote.ceremony)?,
                opening: one(&vote.opening)?,
                ballots: self.signed_acts(space, &vote.ballots)?,
                closings: self.signed_acts(space, &vote.closings)?,
                acknowledgements: self.signed_acts(space, &vote.acknowledgements)?,
                totals: self.signed_acts(space, &vote.totals)?,
                exported_at: self.now().wall,
            };
            return signing::export_secret_bundle(source, self.replica.keys()).at_boundary();
        }
        let source = BundleSource {
            root: *directory.root(),
            organisation: self.replica.organisation().to_owned(),
            certificates,
            opening: one(&vote.opening)?,
            ballots: self.signed_acts(space, &vote.ballots)?,
            closings: self.signed_acts(space, &vote.closings)?,
            acknowledgements: self.signed_acts(space, &vote.acknowledgements)?,
            exported_at: self.now().wall,
        };
        signing::export_bundle(source, self.replica.keys()).at_boundary()
    }

    /// The files of a meeting's archive and the seal over them.
    fn archive(&mut self, space: &SpaceId) -> Result<(archive::Files, Vec<u8>), ApiError> {
        let room = self.room(space)?;
        let meeting = self.meeting(space)?;
        let mut files = archive::Files::new();
        let record = serde_json::to_vec_pretty(&room).map_err(|error| ApiError::new("internal", error.to_string()))?;
        files.insert(archive::RECORD.to_owned(), record);
        let mut papers: BTreeMap<Hash32, String> = BTreeMap::new();
        for (index, paper) in meeting.papers.iter().enumerate() {
            for version in paper.versions.iter().filter(|version| self.replica.has_blob(&version.blob.cipher)) {
                let file = domain::identity::sanitize_file_name(&version.file_name);
                let path = format!("{}/{:02}-v{}-{file}", archive::PAPERS, index + 1, version.number);
                papers.insert(version.blob.plain, path);
            }
        }
        for (version, path) in &papers {
            files.insert(path.clone(), self.plain_bytes(space, version)?);
        }
        let mut officials = Vec::new();
        for kind in OfficialKind::ALL {
            if let Some(file) = meeting.files(kind).last().filter(|file| self.replica.has_blob(&file.blob.cipher)) {
                files.insert(archive::official(kind).to_owned(), self.plain_bytes(space, &file.blob.plain)?);
                officials.push(kind);
            }
        }
        let mut votes: BTreeMap<VoteId, String> = BTreeMap::new();
        for (index, vote) in self.votes_of(space)?.iter().rev().enumerate() {
            let path = format!("{}/vote-{:02}{}", archive::VOTES, index + 1, archive::VOTE_ENDING);
            votes.insert(vote.id(), path.clone());
            files.insert(path, self.vote_bundle(space, vote)?);
        }
        let directory = self.replica.directory().ok_or_else(|| not_found("organisation"))?;
        if let Some(der) = directory.authority() {
            files.insert(archive::AUTHORITY.to_owned(), pem(der)?.into_bytes());
        }
        let page = archive::page(
            &room,
            &archive::Links {
                papers: &|version| papers.get(version).cloned(),
                votes: &|vote| votes.get(&vote.vote).cloned(),
                officials: &officials,
                root: &directory.root().fingerprint().to_string(),
            },
        );
        files.insert(archive::INDEX.to_owned(), page.into_bytes());
        let chain = directory.chain(&self.replica.device()).ok_or_else(|| not_found("certificate"))?;
        let seal = ArchiveSeal {
            version: signing::archive::ARCHIVE_SEAL_VERSION,
            root: *directory.root(),
            chain,
            space: *space,
            checksums: archive::sha256(archive::checksums(&files).as_bytes()),
            sealed_at: self.now().wall,
        };
        Ok((files, seal.to_file(self.replica.keys())))
    }
}

pub(crate) fn write_file(path: &Path, bytes: &[u8]) -> Result<ExportView, ApiError> {
    let shown = path.display().to_string();
    let named = |error: ApiError| error.with("file", &shown);
    let mut beside = path.as_os_str().to_owned();
    beside.push(".part");
    let beside = PathBuf::from(beside);
    let written = std::fs::write(&beside, bytes)
        .and_then(|()| std::fs::File::open(&beside)?.sync_all())
        .and_then(|()| std::fs::rename(&beside, path));
    if written.is_err() {
        // What was half written is of no use to anybody; the error that matters is the first.
        let _ = std::fs::remove_file(&beside);
    }
    written.at_boundary().map_err(named)?;
    Ok(ExportView { path: absolute(path), bytes: bytes.len() as u64 })
}

fn absolute(path: &Path) -> String {
    std::path::absolute(path).unwrap_or_else(|_| path.to_owned()).display().to_string()
}

/// A certificate as text (RFC 7468).
fn pem(der: &[u8]) -> Result<String, ApiError> {
    pem_rfc7468::encode_string("CERTIFICATE", pem_rfc7468::LineEnding::LF, der)
        .map_err(|error| ApiError::new("internal", error.to_string()))
}
