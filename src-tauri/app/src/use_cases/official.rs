//! Minutes, resolution and notice of conclusions: typeset from the record, edited, signed by the secretary, then the chair.

use api::error::ApiError;
use api::official::OfficialView;
use api::view::{ExportView, MinutesView, SignatureRow};
use domain::id::SpaceId;
use domain::meeting::{MeetingRole, MinutesFile, SignaturePlace};
use domain::official::{OfficialKind, OfficialText};
use signing::Act;
use signing_pdf::{Appearance, Placement, SignOptions};
use sync::DocRef;
use sync::document::meeting as document;
use typeset::{MinutesRecord, Paper, Typeset, TypesetError};

use super::agenda::limit;
use super::meetings::count;
use super::official_words as words;
use crate::app::{App, blocking};
use crate::engine::{Core, mirror_acts};
use crate::error::{AtBoundary, not_found};

/// Signatures of a finished document: the secretary's, then the chair's.
const SIGNATURES: usize = 2;
/// Signed files whose signatures are remembered as they were found.
const JUDGED_MAX: usize = 64;

/// The places of the signatures in the template, in the order of signing.
fn anchors(kind: OfficialKind) -> [&'static str; SIGNATURES] {
    match kind {
        OfficialKind::Minutes => ["secretary", "chair"],
        // The secretary initials, the chair signs for the body.
        OfficialKind::Resolution | OfficialKind::Notice => ["secretary", "signer"],
    }
}

/// What a signature says it is for.
fn reason(kind: OfficialKind, turn: u32) -> &'static str {
    match (kind, turn) {
        (OfficialKind::Minutes, 0) => "Thư ký ký biên bản",
        (OfficialKind::Minutes, _) => "Chủ tọa ký biên bản",
        (OfficialKind::Resolution, 0) => "Thư ký ký nháy nghị quyết",
        (OfficialKind::Resolution, _) => "Chủ tọa ký nghị quyết",
        (OfficialKind::Notice, 0) => "Thư ký ký nháy thông báo kết luận",
        (OfficialKind::Notice, _) => "Chủ tọa ký thông báo kết luận",
    }
}

/// Which words a draft takes.
pub(crate) enum Words {
    /// Those that somebody edited, or else those of the record.
    Kept,
    /// Those of the record; what somebody edited is gone.
    Fresh,
    /// These.
    Given(Box<OfficialText>),
}

/// What goes to the printer.
enum Draft {
    Minutes(Box<MinutesRecord>),
    Paper(Box<Paper>),
}

impl Draft {
    fn typeset(&self) -> Result<Typeset, TypesetError> {
        match self {
            Self::Minutes(record) => typeset::minutes(record),
            Self::Paper(paper) => typeset::official(paper),
        }
    }
}

impl App {
    pub(crate) async fn minutes(&self, meeting: SpaceId) -> Result<MinutesView, ApiError> {
        self.engine()?.attempt(move |core| core.minutes_view(&meeting)).await
    }

    pub(crate) async fn draft_minutes(&self, meeting: SpaceId) -> Result<MinutesView, ApiError> {
        self.draft_of(meeting, OfficialKind::Minutes, Words::Kept).await?;
        self.minutes(meeting).await
    }

    pub(crate) async fn sign_minutes(&self, meeting: SpaceId) -> Result<MinutesView, ApiError> {
        self.sign_of(meeting, OfficialKind::Minutes).await?;
        self.minutes(meeting).await
    }

    pub(crate) async fn official(&self, meeting: SpaceId, kind: OfficialKind) -> Result<OfficialView, ApiError> {
        self.engine()?.attempt(move |core| core.official_view(&meeting, kind)).await
    }

    pub(crate) async fn draft_official(
        &self,
        meeting: SpaceId,
        kind: OfficialKind,
        text: Option<OfficialText>,
    ) -> Result<OfficialView, ApiError> {
        let words = text.map_or(Words::Fresh, |text| Words::Given(Box::new(text)));
        self.draft_of(meeting, kind, words).await?;
        self.official(meeting, kind).await
    }

    pub(crate) async fn sign_official(&self, meeting: SpaceId, kind: OfficialKind) -> Result<OfficialView, ApiError> {
        self.sign_of(meeting, kind).await?;
        self.official(meeting, kind).await
    }

    pub(crate) async fn export_official(
        &self,
        meeting: SpaceId,
        kind: OfficialKind,
        path: String,
    ) -> Result<ExportView, ApiError> {
        let bytes = self
            .engine()?
            .attempt(move |core| {
                let file = core.meeting(&meeting)?.files(kind).last().cloned().ok_or_else(|| not_found(kind.stem()))?;
                core.plain_bytes(&meeting, &file.blob.plain)
            })
            .await?;
        self.write(path, bytes).await
    }

    async fn draft_of(&self, meeting: SpaceId, kind: OfficialKind, words: Words) -> Result<(), ApiError> {
        let engine = self.engine()?;
        let (draft, text) = engine.attempt(move |core| core.draft_official(&meeting, kind, words)).await?;
        let typeset = blocking(move || draft.typeset().at_boundary()).await?;
        engine
            .attempt(move |core| {
                let places = anchors(kind).into_iter().filter_map(|signer| typeset.anchor(signer));
                let places = places.map(|anchor| SignaturePlace::from_points(anchor.page, anchor.rect)).collect();
                // Somebody may have signed while this was typeset.
                core.refuse_if_signed(&meeting, kind)?;
                let file = NewFile { layout: Layout { pages: typeset.pages, places }, signatures: 0, text: Some(text) };
                core.add_official(&meeting, kind, &typeset.pdf, file, &[])
            })
            .await
    }

    async fn sign_of(&self, meeting: SpaceId, kind: OfficialKind) -> Result<(), ApiError> {
        self.engine()?
            .attempt(move |core| {
                let (file, place) = core.official_to_sign(&meeting, kind)?;
                let turn = file.signatures;
                let name = core.person_name(&core.me()?);
                let bytes = core.plain_bytes(&meeting, &file.blob.plain)?;
                let options = SignOptions {
                    reason: Some(reason(kind, turn).into()),
                    placement: Placement::OnPage { page: place.page, rect: place.points() },
                    appearance: Some(core.appearance(&name)),
                    ..SignOptions::default()
                };
                let signed = core.sign_bytes(&bytes, &options)?;
                // The act says "as the minutes"; of the others the signature in the file is the word.
                let approval = (kind == OfficialKind::Minutes).then(|| Act::MinutesApproved {
                    space: meeting,
                    blob_plain: signed_hash(&signed),
                    at: core.now().wall,
                });
                let layout = Layout { pages: file.pages, places: file.places };
                let file = NewFile { layout, signatures: turn + 1, text: None };
                core.add_official(&meeting, kind, &signed, file, approval.as_slice())
            })
            .await
    }
}

/// Both have been asked and have signed.
pub(crate) fn is_signed(file: &MinutesFile) -> bool {
    file.signatures >= count(SIGNATURES)
}

/// How the file is laid out; signing changes nothing of it.
struct Layout {
    pages: u32,
    places: Vec<SignaturePlace>,
}

/// What is known of a file before it is stored.
struct NewFile {
    layout: Layout,
    signatures: u32,
    /// The words to keep with it: `Some(None)` forgets those that are kept, `None` leaves them.
    text: Option<Option<OfficialText>>,
}

fn signed_hash(bytes: &[u8]) -> domain::id::Hash32 {
    domain::id::Hash32(*blake3::hash(bytes).as_bytes())
}

impl Core {
    fn my_role(&self, space: &SpaceId) -> Result<MeetingRole, ApiError> {
        let me = self.me()?;
        self.replica.access(space).and_then(|access| access.members.get(&me).copied()).ok_or_else(|| not_found("meeting"))
    }

    pub fn minutes_view(&mut self, space: &SpaceId) -> Result<MinutesView, ApiError> {
        self.official_file_view(space, OfficialKind::Minutes)
    }

    /// Whether any document of a meeting waits for this person's signature.
    pub fn waits_for_signature(&mut self, space: &SpaceId) -> bool {
        OfficialKind::ALL.into_iter().any(|kind| self.official_file_view(space, kind).is_ok_and(|file| file.my_turn))
    }

    fn official_view(&mut self, space: &SpaceId, kind: OfficialKind) -> Result<OfficialView, ApiError> {
        let file = self.official_file_view(space, kind)?;
        let kept = self.meeting(space)?.official_texts.get(&kind).cloned();
        let edited = kept.is_some();
        // Without a chair, or with nothing adopted or concluded, there is nothing to write from yet.
        let text = kept.or_else(|| self.official_words(space, kind).ok().map(|(_, text)| text));
        Ok(OfficialView { kind, text, edited, file })
    }

    /// The state of the newest file.
    fn official_file_view(&mut self, space: &SpaceId, kind: OfficialKind) -> Result<MinutesView, ApiError> {
        let role = self.my_role(space)?;
        let meeting = self.meeting(space)?;
        let Some(file) = meeting.files(kind).last().cloned() else {
            return Ok(MinutesView {
                version: None,
                pages: 0,
                here: false,
                signatures: Vec::new(),
                my_turn: false,
                may_draft: role == MeetingRole::Secretary,
                complete: false,
            });
        };
        let here = self.replica.has_blob(&file.blob.cipher);
        let signatures = if here && file.signatures > 0 { self.signatures(space, &file)? } else { Vec::new() };
        let valid = signatures.iter().filter(|signature| signature.status.starts_with("valid")).count();
        let turn = if file.signatures == 0 { MeetingRole::Secretary } else { MeetingRole::Chair };
        Ok(MinutesView {
            version: Some(file.blob.plain),
            pages: file.pages,
            here,
            my_turn: here && !is_signed(&file) && role == turn,
            may_draft: role == MeetingRole::Secretary && file.signatures == 0,
            complete: is_signed(&file) && valid >= SIGNATURES,
            signatures,
        })
    }

    fn signatures(&mut self, space: &SpaceId, file: &MinutesFile) -> Result<Vec<SignatureRow>, ApiError> {
        let trust: Vec<Vec<u8>> =
            self.replica.directory().and_then(|directory| directory.authority()).map(<[u8]>::to_vec).into_iter().collect();
        // The same file under the same authority is judged the same, and every look at the room asks for it.
        let judged = (file.blob.plain, trust.first().map(|authority| signed_hash(authority)));
        if let Some(rows) = self.judged_minutes.get(&judged) {
            return Ok(rows.clone());
        }
        let bytes = self.plain_bytes(space, &file.blob.plain)?;
        let report = signing_pdf::verify(&bytes, &trust).at_boundary()?;
        let rows = report.signatures.iter().map(|signature| SignatureRow {
            signer: signature.signer.clone(),
            signed_at: signature.signed_at,
            status: serde_json::to_value(signature.status)
                .ok()
                .and_then(|status| status.as_str().map(str::to_owned))
                .unwrap_or_default(),
            reason: signature.reason.code().to_owned(),
        });
        let rows: Vec<SignatureRow> = rows.collect();
        if self.judged_minutes.len() >= JUDGED_MAX {
            self.judged_minutes.clear();
        }
        self.judged_minutes.insert(judged, rows.clone());
        Ok(rows)
    }

    fn refuse_if_signed(&mut self, space: &SpaceId, kind: OfficialKind) -> Result<(), ApiError> {
        if self.meeting(space)?.files(kind).last().is_some_and(is_signed) {
            return Err(ApiError::new("already_signed", "what secretary and chair have signed is not drafted again"));
        }
        Ok(())
    }

    /// What the printer needs, and the words to keep with it.
    fn draft_official(
        &mut self,
        space: &SpaceId,
        kind: OfficialKind,
        words: Words,
    ) -> Result<(Draft, Option<OfficialText>), ApiError> {
        self.refuse_if_signed(space, kind)?;
        let kept = match words {
            Words::Kept => self.meeting(space)?.official_texts.get(&kind).cloned(),
            Words::Fresh => None,
            Words::Given(text) => Some(words::tidied(*text)),
        };
        let Some(text) = kept else {
            let (record, text) = self.official_words(space, kind)?;
            return Ok((drawn(kind, record, &text), None));
        };
        text.validate().map_err(|error| limit(&error))?;
        let record = self.minutes_record(space)?;
        Ok((drawn(kind, record, &text), Some(text)))
    }

    /// The record, and a document's words as it gives them.
    fn official_words(&mut self, space: &SpaceId, kind: OfficialKind) -> Result<(MinutesRecord, OfficialText), ApiError> {
        let record = self.minutes_record(space)?;
        let text = match kind {
            OfficialKind::Minutes => Some(words::minutes(&record)),
            OfficialKind::Resolution => words::resolution(&record),
            OfficialKind::Notice => words::notice(&record, &self.meeting_tasks(space)?.conclusions),
        };
        let text = text.ok_or_else(|| ApiError::new("nothing_to_issue", "nothing was adopted or concluded yet"))?;
        Ok((record, text))
    }

    /// The file that waits for this person's signature, and where on it that goes.
    fn official_to_sign(&mut self, space: &SpaceId, kind: OfficialKind) -> Result<(MinutesFile, SignaturePlace), ApiError> {
        let file = self.meeting(space)?.files(kind).last().cloned().ok_or_else(|| not_found(kind.stem()))?;
        if !self.official_file_view(space, kind)?.my_turn {
            return Err(ApiError::new("not_your_turn", "the secretary signs first, then the chair, once the file is here"));
        }
        let turn = usize::try_from(file.signatures).unwrap_or(usize::MAX);
        let place = file.places.get(turn).copied().ok_or_else(|| not_found("signature place"))?;
        Ok((file, place))
    }

    /// Signs bytes with this person's certificate.
    pub fn sign_bytes(&mut self, bytes: &[u8], options: &SignOptions) -> Result<Vec<u8>, ApiError> {
        let me = self.me()?;
        let directory = self
            .replica
            .directory()
            .ok_or_else(|| ApiError::new("not_enrolled", "this device belongs to no organisation yet"))?;
        let certificate = directory
            .x509(&me)
            .ok_or_else(|| ApiError::new("no_certificate_yet", "the certificate for signing has not been issued yet"))?;
        let chain: Vec<Vec<u8>> = directory.authority().map(<[u8]>::to_vec).into_iter().collect();
        signing_pdf::sign(bytes, &self.secrets.person_key, certificate, &chain, options, self.now().wall).at_boundary()
    }

    /// What a signature of this person looks like on the page.
    pub fn appearance(&self, name: &str) -> Appearance {
        let at = domain::calendar::iso8601_seconds(self.now().wall);
        Appearance {
            lines: vec!["Ký số bởi:".into(), name.to_owned(), format!("Thời gian ký: {at}")],
            image_png: None,
            font: typeset::fonts::serif_regular().to_vec(),
        }
    }

    fn add_official(
        &mut self,
        space: &SpaceId,
        kind: OfficialKind,
        pdf: &[u8],
        file: NewFile,
        acts: &[Act],
    ) -> Result<(), ApiError> {
        if !self.my_role(space)?.manages() {
            return Err(ApiError::new("not_allowed", "only secretary and chair make minutes"));
        }
        let home = self.home_of_minutes(space)?;
        let blob = self.store_blob(&home, pdf)?;
        let NewFile { layout: Layout { pages, places }, signatures, text } = file;
        let file = MinutesFile { blob, signatures, pages, places, made_at: self.now().wall, made_by: self.me()? };
        self.with(|replica, cx| {
            let (_, _, fx) = replica.transact(cx, DocRef::meeting(home), acts, |tx, signed| {
                document::add_official(tx, kind, &file).map_err(|error| error.to_string())?;
                if let Some(text) = &text {
                    document::set_official_text(tx, kind, text.as_ref()).map_err(|error| error.to_string())?;
                }
                mirror_acts(tx, signed)
            })?;
            Ok(((), fx))
        })?;
        if text.is_some() { self.forget_words_beside(space, home, kind) } else { Ok(()) }
    }

    /// Forgets the words of a document wherever else they were kept: in the meeting's own document before it had internal items, in another inner space.
    fn forget_words_beside(&mut self, space: &SpaceId, home: SpaceId, kind: OfficialKind) -> Result<(), ApiError> {
        let me = self.me()?;
        let all = [*space].into_iter().chain(self.replica.inner_spaces(space));
        let others: Vec<SpaceId> = all.filter(|other| *other != home).collect();
        for other in others {
            let writes = self.replica.access(&other).is_some_and(|access| access.manages(&me));
            if writes && self.open_meeting(&other).is_ok_and(|part| part.official_texts.contains_key(&kind)) {
                self.edit_meeting(other, |tx| document::set_official_text(tx, kind, None))?;
            }
        }
        Ok(())
    }
}

fn drawn(kind: OfficialKind, mut record: MinutesRecord, text: &OfficialText) -> Draft {
    match kind {
        OfficialKind::Minutes => {
            words::apply(&mut record, text);
            Draft::Minutes(Box::new(record))
        }
        OfficialKind::Resolution | OfficialKind::Notice => Draft::Paper(Box::new(words::paper(kind, record, text))),
    }
}
