//! Papers: taking them in, showing pages and text.

use std::path::Path;
use std::sync::Arc;

use api::act::{AddPaper, AddPaperVersion, FileSource};
use api::error::ApiError;
use api::view::{PageTextView, PaperPagesView, PaperRow, WordView};
use domain::id::{Hash32, PaperId, SpaceId};
use domain::meeting::{BlobRef, Paper, PaperVersion};
use pdf::{DocKey, RenderRequest};
use sync::document::meeting as document;

use super::agenda::limit;
use super::withdrawing::withdrawn;
use crate::app::{App, blocking};
use crate::engine::Core;
use crate::error::{AtBoundary, not_found};
use crate::file::read_whole;
use crate::upload::UPLOAD_BYTES_MAX;

/// A file that passed intake.
pub(crate) struct Intake {
    pub name: String,
    pub bytes: Arc<[u8]>,
    pub pages: u32,
    pub title: Option<String>,
}

impl App {
    pub(crate) async fn add_paper(&self, act: AddPaper) -> Result<PaperId, ApiError> {
        let intake = self.take_in(act.file, act.confirmed_unmarked).await?;
        self.engine()?
            .attempt(move |core| {
                let title = match act.title.trim() {
                    "" => intake
                        .title
                        .clone()
                        .filter(|title| domain::identity::title(title).is_ok())
                        .unwrap_or_else(|| stem(&intake.name)),
                    typed => typed.to_owned(),
                };
                let meeting = core.meeting(&act.meeting)?;
                if act.item.is_some_and(|item| !meeting.items.iter().any(|other| other.id == item)) {
                    return Err(not_found("item"));
                }
                let last = meeting.papers.iter().filter(|paper| paper.item == act.item).map(|paper| paper.order.as_str()).max();
                let order = domain::order::between(last, None);
                let home = match act.item {
                    Some(item) => core.home_of_new_paper(&act.meeting, item)?,
                    None => act.meeting,
                };
                let version = core.store_version(&home, &intake, 1)?;
                let paper = Paper {
                    id: PaperId(core.random_id()),
                    item: act.item,
                    order,
                    title: domain::identity::title(&title).map_err(|error| limit(&error))?,
                    versions: vec![version],
                };
                paper.validate().map_err(|error| limit(&error))?;
                core.edit_meeting(home, |tx| document::put_paper(tx, &paper))?;
                Ok(paper.id)
            })
            .await
    }

    pub(crate) async fn add_paper_version(&self, act: AddPaperVersion) -> Result<u32, ApiError> {
        let intake = self.take_in(act.file, act.confirmed_unmarked).await?;
        self.engine()?
            .attempt(move |core| {
                let meeting = core.meeting(&act.meeting)?;
                let paper = meeting.papers.iter().find(|paper| paper.id == act.paper).ok_or_else(|| not_found("paper"))?;
                if meeting.withdrawn.contains_key(&paper.id) {
                    return Err(withdrawn());
                }
                let number = paper.versions.last().map_or(1, |version| version.number.saturating_add(1));
                let home = core.home_of_paper(&act.meeting, act.paper);
                let version = core.store_version(&home, &intake, number)?;
                core.edit_meeting(home, |tx| document::add_version(tx, act.paper, &version))?;
                Ok(number)
            })
            .await
    }

    /// Reads a file and refuses what must not come in: what is no PDF, broken, locked, empty, too large, marked secret.
    pub(crate) async fn take_in(&self, file: FileSource, confirmed_unmarked: bool) -> Result<Intake, ApiError> {
        let (name, bytes) = self.read_source(file, UPLOAD_BYTES_MAX, "pdf_too_large").await?;
        self.take_in_pdf(name, bytes, confirmed_unmarked).await
    }

    pub(super) async fn take_in_pdf(&self, name: String, bytes: Arc<[u8]>, confirmed_unmarked: bool) -> Result<Intake, ApiError> {
        let engine = self.pdf()?;
        let shown = name.clone();
        blocking(move || {
            let named = |error: ApiError| error.with("file", &shown);
            let inspection = engine.inspect(Arc::clone(&bytes)).at_boundary().map_err(named)?;
            if let Some(secrecy) = domain::secrecy::marking(&inspection.first_page_text) {
                return Err(ApiError::new("secrecy_marking", "the first page bears a secrecy marking")
                    .with("file", &shown)
                    .with("marking", secrecy.label()));
            }
            if (!inspection.has_text || inspection.first_page_scanned) && !confirmed_unmarked {
                return Err(ApiError::new(
                    "confirm_unmarked",
                    "a scan: a person has to confirm that it bears no secrecy marking",
                )
                .with("file", &shown));
            }
            Ok(Intake { name: shown, bytes, pages: inspection.pages, title: inspection.title })
        })
        .await
    }

    /// A file as it was handed in, with its name; one over `most` bytes on this machine is refused with the code `too_large`.
    pub(crate) async fn read_source(
        &self,
        file: FileSource,
        most: usize,
        too_large: &'static str,
    ) -> Result<(String, Arc<[u8]>), ApiError> {
        match file {
            FileSource::Upload(token) => {
                let upload = self.inner().uploads.get(&token).ok_or_else(|| not_found("upload"))?;
                Ok((upload.name, upload.bytes))
            }
            FileSource::Path(_) if !self.paths => Err(ApiError::new("not_allowed", "files are handed in by upload here")),
            FileSource::Path(path) => {
                blocking(move || {
                    let bytes = read_whole(Path::new(&path), most, too_large)?;
                    Ok((domain::identity::sanitize_file_name(&path), bytes.into()))
                })
                .await
            }
        }
    }

    pub(crate) async fn paper_pages(&self, meeting: SpaceId, version: Hash32) -> Result<PaperPagesView, ApiError> {
        let (_, blob) = self.engine()?.attempt(move |core| core.find_blob(&meeting, &version)).await?;
        let here = self.engine()?.run(move |core| core.replica.has_blob(&blob.cipher)).await?;
        if !here {
            return Ok(PaperPagesView { missing: true, pages: Vec::new() });
        }
        let bytes = self.plain_bytes(meeting, version).await?;
        let engine = self.pdf()?;
        let inspection = blocking(move || engine.inspect(bytes.into()).at_boundary()).await?;
        Ok(PaperPagesView { missing: false, pages: inspection.sizes })
    }

    pub(crate) async fn page_text(&self, meeting: SpaceId, version: Hash32, page: u32) -> Result<PageTextView, ApiError> {
        let bytes: Arc<[u8]> = self.plain_bytes(meeting, version).await?.into();
        let engine = self.pdf()?;
        let text = blocking(move || engine.text(DocKey(version.0), page, move || Ok(bytes.to_vec())).at_boundary()).await?;
        let mut words: Vec<WordView> = text
            .words
            .iter()
            .map(|word| WordView {
                text: word.text.clone(),
                rect: [word.rect.x, word.rect.y, word.rect.w, word.rect.h],
                ends_line: false,
            })
            .collect();
        for line in &text.lines {
            let last = usize::try_from(line.first_word.saturating_add(line.word_count)).unwrap_or(0);
            if let Some(word) = last.checked_sub(1).and_then(|at| words.get_mut(at)) {
                word.ends_line = true;
            }
        }
        Ok(PageTextView { words })
    }

    pub(crate) async fn render(
        &self,
        meeting: SpaceId,
        version: Hash32,
        page: u32,
        width_px: u32,
    ) -> Result<pdf::Rendered, ApiError> {
        // The right to read is checked before any cache is asked.
        self.engine()?.attempt(move |core| core.find_blob(&meeting, &version)).await?;
        let app = self.clone();
        let runtime = self.inner().runtime.clone();
        let engine = self.pdf()?;
        blocking(move || {
            let source = move || {
                runtime.block_on(app.plain_bytes(meeting, version)).map_err(|error| std::io::Error::other(error.to_string()))
            };
            engine.render(RenderRequest::visible(DocKey(version.0), page, width_px), source).at_boundary()
        })
        .await
    }

    /// The original bytes of a file of a meeting.
    pub(crate) async fn plain_bytes(&self, meeting: SpaceId, version: Hash32) -> Result<Vec<u8>, ApiError> {
        self.engine()?.attempt(move |core| core.plain_bytes(&meeting, &version)).await
    }
}

impl Core {
    /// Encrypts a file for a meeting and stores it.
    pub fn store_blob(&mut self, space: &SpaceId, bytes: &[u8]) -> Result<BlobRef, ApiError> {
        let (blob, cipher) = self
            .replica
            .encrypt_blob(space, bytes)
            .ok_or_else(|| ApiError::new("no_key_yet", "the key of this meeting has not arrived yet"))?;
        if self.replica.is_withdrawn(space, &blob.cipher) {
            return Err(withdrawn());
        }
        self.store.put_blob(*space, blob.cipher, &cipher).at_boundary()?;
        let fx = self.replica.blob_added(*space, blob.cipher);
        self.perform(fx)?;
        Ok(blob)
    }

    fn store_version(&mut self, space: &SpaceId, intake: &Intake, number: u32) -> Result<PaperVersion, ApiError> {
        let me = self.me()?;
        let manages = self.replica.access(space).is_some_and(|access| access.manages(&me));
        if !manages {
            return Err(ApiError::new("not_allowed", "only chair and secretary add papers"));
        }
        // The key that it is encrypted with is one that they do not have.
        self.shut_out(*space)?;
        let blob = self.store_blob(space, &intake.bytes)?;
        Ok(PaperVersion {
            number,
            blob,
            file_name: intake.name.clone(),
            pages: intake.pages,
            added_at: self.now().wall,
            added_by: me,
        })
    }

    /// A file of a meeting by its plaintext hash: a paper's version or an official document. With the space whose key opens it.
    pub fn find_blob(&mut self, space: &SpaceId, version: &Hash32) -> Result<(SpaceId, BlobRef), ApiError> {
        let mut known = false;
        let homes: Vec<SpaceId> = [*space].into_iter().chain(self.replica.inner_spaces(space)).collect();
        for home in homes {
            let part = match self.open_meeting(&home) {
                Ok(part) => part,
                Err(error) if home == *space => return Err(error),
                Err(_) => continue,
            };
            let mut files = part
                .kept_papers()
                .flat_map(|paper| &paper.versions)
                .map(|version| version.blob)
                .chain(part.official_files().map(|file| file.blob));
            if let Some(found) = files.find(|blob| blob.plain == *version) {
                return Ok((home, found));
            }
            known |= part.papers.iter().flat_map(|paper| &paper.versions).any(|known| known.blob.plain == *version);
        }
        Err(if known { withdrawn() } else { not_found("file") })
    }

    pub fn plain_bytes(&mut self, space: &SpaceId, version: &Hash32) -> Result<Vec<u8>, ApiError> {
        let (home, blob) = self.find_blob(space, version)?;
        self.bytes_of(&home, &blob)
    }

    /// The original bytes of a file of a space.
    pub fn bytes_of(&mut self, space: &SpaceId, blob: &BlobRef) -> Result<Vec<u8>, ApiError> {
        use sync::port::Shelf as _;
        if !self.replica.has_blob(&blob.cipher) {
            return Err(ApiError::new("file_not_here_yet", "the file has not arrived yet"));
        }
        let read = self.store.blob_bytes(&blob.cipher, 0, usize::try_from(blob.size).unwrap_or(usize::MAX));
        let bytes = read.at_boundary().and_then(|mut bytes| {
            if !self.replica.decrypt_blob(space, blob, 0, &mut bytes) {
                return Err(ApiError::new("no_key_yet", "the key of this meeting has not arrived yet"));
            }
            if blake3::hash(&bytes).as_bytes() != blob.plain.as_bytes() {
                return Err(ApiError::new("store_damaged", "the file is not the one that was added"));
            }
            Ok(bytes)
        });
        if bytes.as_ref().is_err_and(|error| error.code == "store_damaged") {
            // Others have it.
            self.with(|replica, cx| Ok(((), replica.recheck_blob(cx, &blob.cipher))))?;
        }
        bytes
    }

    /// Papers that this person has not opened.
    pub fn unread(&mut self, space: &SpaceId) -> Result<Vec<PaperRow>, ApiError> {
        let opened = self.opened_papers(space)?;
        let meeting = self.meeting(space)?;
        Ok(meeting
            .kept_papers()
            .filter(|paper| paper.versions.last().is_some_and(|version| !opened.contains_key(&version.blob.plain)))
            .map(|paper| self.paper_row(space, &meeting, paper))
            .collect())
    }
}

/// A file name without its extension.
fn stem(name: &str) -> String {
    name.rsplit_once('.').map_or(name, |(stem, _)| stem).to_owned()
}
