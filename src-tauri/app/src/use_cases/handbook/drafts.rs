//! Drafts: editors write them together in the organisation's space, another editor reviews, a publisher publishes.
//!
//! Where a draft stands follows from its events. An approval names what was approved: who changes the text afterwards, or changed it at the same
//! time far away, takes the draft back to the reviewers.

use std::collections::{BTreeMap, BTreeSet};

use api::error::ApiError;
use api::handbook::{
    ArticleLink, ConflictSide, ConflictView, DraftContent, DraftEvent, DraftEventKind, DraftRow, DraftState, DraftView,
    DraftsView,
};
use api::push::{Push, Tag};
use automerge::ChangeHash;
use automerge::transaction::Transaction;
use domain::duty::Duty;
use domain::id::{DocId, DraftId, PersonId, QuestionId, Timestamp};
use domain::order;
use sync::DocRef;
use sync::document::DocumentError;
use sync::document::draft::{self, Cell, Draft, Event, Part, Side};
use sync::envelope::DocKind;
use sync::port::Shelf as _;

use super::convert;
use super::draft_content::{Placed, content_from, content_of, fields_of};
use crate::app::App;
use crate::engine::Core;
use crate::error::{AtBoundary, not_found};

/// Fields of a draft that a person edits, in the order of the screen.
const EDITED: [&str; 12] =
    ["kind", "title", "number", "agency", "field", "levels", "from", "to", "source", "partly", "note", "links"];
const ARTICLE: &str = "article";
const ORIGIN: &str = "origin";
/// Heads that a base may name.
const HEADS_MAX: usize = 64;
/// Characters of a note.
const NOTE_CHARS: usize = 2_000;

/// A draft with what follows from it.
pub(crate) struct Read {
    /// The draft.
    pub id: DraftId,
    draft: Draft,
    heads: Vec<ChangeHash>,
    /// Its content, where disputed the side that is shown.
    pub content: DraftContent,
    /// Where it stands.
    pub state: DraftState,
}

impl Read {
    fn text(&self, field: &str) -> &str {
        self.draft.fields.get(field).map_or("", Cell::text)
    }

    /// The article that it changes.
    pub fn article(&self) -> Option<String> {
        Some(self.text(ARTICLE).to_owned()).filter(|article| !article.is_empty())
    }

    /// The question that it was made from.
    pub fn origin(&self) -> Option<QuestionId> {
        self.text(ORIGIN).parse().ok()
    }

    /// Places that two people wrote differently.
    pub fn disputed(&self) -> usize {
        self.draft.fields.values().chain(self.draft.blocks.values()).filter(|cell| cell.is_disputed()).count()
    }

    fn base(&self) -> String {
        self.heads.iter().map(ToString::to_string).collect::<Vec<_>>().join(",")
    }

    /// Everybody who wrote something that is still there, or handed it in.
    fn writers(&self) -> BTreeSet<PersonId> {
        let cells = self.draft.fields.values().chain(self.draft.blocks.values());
        let wrote = cells.flat_map(|cell| cell.sides.iter().map(|side| side.by));
        let handed_in = self.draft.events.iter().filter(|event| matches!(event.kind.as_str(), "created" | "submitted"));
        wrote.chain(handed_in.map(|event| event.by)).collect()
    }

    fn changed_at(&self) -> Timestamp {
        let cells = self.draft.fields.values().chain(self.draft.blocks.values());
        let wrote = cells.flat_map(|cell| cell.sides.iter().map(|side| side.at));
        wrote.chain(self.draft.events.iter().map(|event| event.at)).max().unwrap_or_default()
    }
}

/// What was approved: a change of one letter makes it another.
fn digest(draft: &Draft) -> String {
    let mut hasher = blake3::Hasher::new();
    for (key, cell) in draft.fields.iter().chain(&draft.blocks) {
        for part in std::iter::once(key.as_str()).chain(cell.sides.iter().map(|side| side.text.as_str())) {
            hasher.update(&(part.len() as u64).to_le_bytes()).update(part.as_bytes());
        }
    }
    hasher.finalize().to_hex()[..32].to_owned()
}

fn state_of(draft: &Draft) -> DraftState {
    let mut state = DraftState::Draft;
    for event in &draft.events {
        state = match event.kind.split_once(':').map_or(event.kind.as_str(), |(kind, _)| kind) {
            "submitted" => DraftState::InReview,
            "approved" if event.kind.ends_with(&digest(draft)) => DraftState::Approved,
            "approved" => DraftState::InReview,
            "returned" => DraftState::Returned,
            "published" => DraftState::Published,
            _ => state,
        };
    }
    state
}

impl App {
    pub(crate) async fn drafts(&self) -> Result<DraftsView, ApiError> {
        self.engine()?
            .attempt(|core| {
                let mut drafts: Vec<DraftRow> = core.all_drafts()?.iter().map(|read| core.draft_row(read)).collect();
                drafts.sort_by_key(|row| (std::cmp::Reverse(row.changed_at), row.draft));
                let (editor, publisher) = (core.has_duty(Duty::Editor), core.has_duty(Duty::Publisher));
                Ok(DraftsView { drafts, may_edit: editor, may_review: editor, may_publish: publisher })
            })
            .await
    }

    pub(crate) async fn draft(&self, id: DraftId) -> Result<DraftView, ApiError> {
        self.engine()?.attempt(move |core| core.draft_view(&id)).await
    }

    pub(crate) async fn create_draft(&self, article: Option<String>, content: Option<DraftContent>) -> Result<DraftId, ApiError> {
        let content = match (&article, content) {
            (_, Some(content)) => content,
            (Some(article), None) => {
                let id = article.clone();
                let stored = self.library()?.read(move |reader| reader.article(&id).at_boundary()).await?;
                content_from(article, &stored.ok_or_else(|| not_found("article"))?)?
            }
            (None, None) => return Err(ApiError::new("limit_under", "a draft begins with something").with("what", "title")),
        };
        self.engine()?.attempt(move |core| core.begin_draft(article, None, &content)).await
    }

    pub(crate) async fn edit_draft(&self, id: DraftId, base: String, content: DraftContent) -> Result<DraftView, ApiError> {
        self.engine()?
            .attempt(move |core| {
                let read = core.read_draft(&id)?;
                if !matches!(read.state, DraftState::Draft | DraftState::Returned) {
                    return Err(ApiError::new("draft_state", "the draft is not being written"));
                }
                core.write_draft(&read, &base, &content)?;
                core.draft_view(&id)
            })
            .await
    }

    pub(crate) async fn discard_draft(&self, id: DraftId) -> Result<(), ApiError> {
        self.engine()?
            .attempt(move |core| {
                let read = core.read_draft(&id)?;
                if read.draft.events.iter().any(|event| event.kind == "published") {
                    return Err(ApiError::new("draft_state", "the draft was published"));
                }
                core.note_draft(&id, "discarded", "")
            })
            .await
    }

    pub(crate) async fn resolve_conflict(&self, id: DraftId, place: String, side: String) -> Result<DraftView, ApiError> {
        self.engine()?
            .attempt(move |core| {
                let index = side.parse().map_err(|_| not_found("side"))?;
                let part = if EDITED.contains(&place.as_str()) { Part::Field } else { Part::Block };
                core.change_draft(&id, |tx| draft::resolve(tx, part, &place, index))?;
                core.draft_view(&id)
            })
            .await
    }

    pub(crate) async fn submit_for_review(&self, id: DraftId) -> Result<DraftView, ApiError> {
        self.engine()?
            .attempt(move |core| {
                let read = core.read_draft(&id)?;
                if !matches!(read.state, DraftState::Draft | DraftState::Returned) {
                    return Err(ApiError::new("draft_state", "the draft is not being written"));
                }
                if read.disputed() > 0 {
                    return Err(ApiError::new("draft_conflict", "two people wrote the same place"));
                }
                if read.content.title.is_empty() || read.content.blocks.is_empty() {
                    return Err(ApiError::new("limit_under", "the draft says nothing").with("what", "title"));
                }
                core.note_draft(&id, "submitted", "")?;
                core.draft_view(&id)
            })
            .await
    }

    pub(crate) async fn review(&self, id: DraftId, approve: bool, note: String) -> Result<DraftView, ApiError> {
        let note: String = note.trim().chars().take(NOTE_CHARS).collect();
        self.engine()?
            .attempt(move |core| {
                let read = core.read_draft(&id)?;
                if read.state != DraftState::InReview {
                    return Err(ApiError::new("draft_state", "the draft does not wait for a review"));
                }
                if read.writers().contains(&core.me()?) {
                    return Err(ApiError::new("draft_own_review", "nobody reviews an own draft"));
                }
                if !approve && note.is_empty() {
                    return Err(ApiError::new("limit_under", "a return says why").with("what", "note"));
                }
                let kind = if approve { format!("approved:{}", digest(&read.draft)) } else { "returned".to_owned() };
                core.note_draft(&id, &kind, &note)?;
                core.draft_view(&id)
            })
            .await
    }
}

impl Core {
    fn draft_ref(&self, id: &DraftId) -> Result<DocRef, ApiError> {
        Ok(DocRef::draft(self.organisation_space()?, DocId(id.0)))
    }

    /// A draft by its id.
    ///
    /// # Errors
    /// `not_found`, also for one that was thrown away.
    pub fn read_draft(&mut self, id: &DraftId) -> Result<Read, ApiError> {
        let target = self.draft_ref(id)?;
        let read = self.replica.read(&self.store, &target.space, &target.doc, |doc| Ok((draft::read(doc)?, doc.get_heads())));
        let (draft, heads) = match read.at_boundary()? {
            Ok(read) => read,
            Err(DocumentError::Empty) => return Err(not_found("draft")),
            Err(error) => return Err(error).at_boundary(),
        };
        if draft.events.iter().any(|event| event.kind == "discarded") {
            return Err(not_found("draft"));
        }
        Ok(Read { id: *id, content: content_of(&draft), state: state_of(&draft), draft, heads })
    }

    fn all_drafts(&mut self) -> Result<Vec<Read>, ApiError> {
        let Ok(space) = self.organisation_space() else {
            return Ok(Vec::new());
        };
        let documents = self.store.documents(&space).at_boundary()?;
        let drafts = documents.into_iter().filter(|(_, kind)| DocKind::from_code(*kind) == DocKind::Draft);
        let ids: Vec<DraftId> = drafts.map(|(doc, _)| DraftId(doc.0)).collect();
        // One that cannot be read yet is not in the list yet.
        Ok(ids.iter().filter_map(|id| self.read_draft(id).ok()).collect())
    }

    /// Drafts that wait for this person.
    pub fn drafts_waiting(&mut self) -> Result<u32, ApiError> {
        if !self.has_duty(Duty::Editor) && !self.has_duty(Duty::Publisher) {
            return Ok(0);
        }
        let waiting = self.all_drafts()?.iter().filter(|read| self.waits_for_me(read)).count();
        Ok(u32::try_from(waiting).unwrap_or(u32::MAX))
    }

    fn waits_for_me(&self, read: &Read) -> bool {
        let Ok(me) = self.me() else { return false };
        let mine = read.writers().contains(&me);
        match read.state {
            DraftState::InReview => !mine && self.has_duty(Duty::Editor),
            DraftState::Returned => mine,
            DraftState::Approved => self.has_duty(Duty::Publisher),
            DraftState::Draft | DraftState::Published => false,
        }
    }

    fn name_of(&self, person: &PersonId) -> String {
        let card = self.replica.directory().and_then(|directory| directory.person_certificate_card(person));
        card.map_or_else(|| person.short(), |card| card.person_name.clone())
    }

    fn draft_row(&self, read: &Read) -> DraftRow {
        DraftRow {
            draft: read.id,
            article: read.article(),
            kind: read.content.kind,
            title: read.content.title.clone(),
            state: read.state,
            editors: read.writers().iter().map(|person| self.name_of(person)).collect(),
            changed_at: read.changed_at(),
            conflicts: u32::try_from(read.disputed()).unwrap_or(u32::MAX),
            waits_for_me: self.waits_for_me(read),
        }
    }

    fn draft_view(&mut self, id: &DraftId) -> Result<DraftView, ApiError> {
        let read = self.read_draft(id)?;
        let me = self.me()?;
        let editor = self.has_duty(Duty::Editor);
        let writing = matches!(read.state, DraftState::Draft | DraftState::Returned);
        let history = read.draft.events.iter().filter_map(|event| {
            let kind = match event.kind.split_once(':').map_or(event.kind.as_str(), |(kind, _)| kind) {
                "created" => DraftEventKind::Created,
                "submitted" => DraftEventKind::Submitted,
                "approved" => DraftEventKind::Approved,
                "returned" => DraftEventKind::Returned,
                "published" => DraftEventKind::Published,
                _ => return None,
            };
            Some(DraftEvent { at: event.at, by: self.name_of(&event.by), kind, note: event.note.clone() })
        });
        let disputed = read.draft.fields.iter().chain(&read.draft.blocks).filter(|(_, cell)| cell.is_disputed());
        let conflicts = disputed.map(|(place, cell)| ConflictView {
            place: place.clone(),
            sides: cell.sides.iter().enumerate().map(|(index, side)| self.conflict_side(index, side)).collect(),
        });
        Ok(DraftView {
            row: self.draft_row(&read),
            base: read.base(),
            history: history.collect(),
            conflicts: conflicts.collect(),
            origin: read.origin(),
            may_edit: editor && writing,
            may_submit: editor && writing && read.disputed() == 0,
            may_review: editor && read.state == DraftState::InReview && !read.writers().contains(&me),
            content: read.content,
        })
    }

    fn conflict_side(&self, index: usize, side: &Side) -> ConflictSide {
        let block = serde_json::from_str::<Placed>(&side.text).ok().and_then(|placed| convert::block_of(&placed.block).ok());
        let links = serde_json::from_str::<Vec<ArticleLink>>(&side.text).ok();
        let titles = links.map(|links| links.into_iter().map(|link| link.title).collect::<Vec<_>>().join("\n"));
        let text = block.map(|block| block.lines().join("\n")).or(titles).unwrap_or_else(|| side.text.clone());
        ConflictSide { side: index.to_string(), by: self.name_of(&side.by), at: side.at, text, shown: index == 0 }
    }

    /// Begins a draft.
    ///
    /// # Errors
    /// `not_allowed`, `no_key_yet`, and what the document refuses.
    pub fn begin_draft(
        &mut self,
        article: Option<String>,
        origin: Option<QuestionId>,
        content: &DraftContent,
    ) -> Result<DraftId, ApiError> {
        self.need_duty(Duty::Editor)?;
        let id = DraftId(self.random_id());
        let (by, at) = (self.me()?, self.now().wall);
        let side = |text: String| Side { text, by, at };
        let named = [(ARTICLE, article), (ORIGIN, origin.map(|origin| origin.to_string()))];
        let fixed: Vec<(&str, Side)> = named.into_iter().filter_map(|(field, text)| Some((field, side(text?)))).collect();
        self.change_draft(&id, |tx| {
            for (field, side) in &fixed {
                draft::write(tx, Part::Field, field, side, &[])?;
            }
            draft::note(tx, &Event { at, by, kind: "created".to_owned(), note: String::new() })
        })?;
        let read = self.read_draft(&id)?;
        self.write_draft(&read, "", content)?;
        Ok(id)
    }

    /// Writes all of the content that differs from what the editor began from.
    fn write_draft(&mut self, read: &Read, base: &str, content: &DraftContent) -> Result<(), ApiError> {
        self.need_duty(Duty::Editor)?;
        let heads = heads_of(base)?;
        let (by, at) = (self.me()?, self.now().wall);
        let fields = fields_of(content)?;
        let mut blocks: Vec<(String, String)> = Vec::with_capacity(content.blocks.len());
        let orders: BTreeMap<String, String> = read
            .draft
            .blocks
            .iter()
            .filter_map(|(key, cell)| Some((key.clone(), serde_json::from_str::<Placed>(cell.text()).ok()?.order)))
            .collect();
        let mut last: Option<String> = None;
        for wanted in &content.blocks {
            let key = if wanted.key.is_empty() { hex::encode(self.random_id()) } else { wanted.key.clone() };
            let kept = orders.get(&key).filter(|order| order::is_key(order) && last.as_ref().is_none_or(|last| last < *order));
            let order = kept.cloned().unwrap_or_else(|| order::between(last.as_deref(), None));
            let placed = Placed { order: order.clone(), block: wanted.block.clone() };
            let text = serde_json::to_string(&placed).map_err(|error| ApiError::new("internal", error.to_string()))?;
            blocks.push((key, text));
            last = Some(order);
        }
        // Blocks that the editor saw and took out; what others added since stays.
        let kept: BTreeSet<&String> = blocks.iter().map(|(key, _)| key).collect();
        let seen = self.blocks_at(&read.id, &heads)?;
        let gone: Vec<String> = seen.into_iter().filter(|key| !kept.contains(key)).collect();
        self.change_draft(&read.id, |tx| {
            let side = |text: String| Side { text, by, at };
            for (field, text) in fields {
                draft::write(tx, Part::Field, field, &side(text), &heads)?;
            }
            for (key, text) in blocks {
                draft::write(tx, Part::Block, &key, &side(text), &heads)?;
            }
            gone.iter().try_for_each(|key| draft::remove_block(tx, key).map(drop))
        })
    }

    fn blocks_at(&mut self, id: &DraftId, heads: &[ChangeHash]) -> Result<BTreeSet<String>, ApiError> {
        let target = self.draft_ref(id)?;
        if heads.is_empty() {
            return Ok(BTreeSet::new());
        }
        self.replica.read(&self.store, &target.space, &target.doc, |doc| draft::blocks_at(doc, heads)).at_boundary()
    }

    fn change_draft<R>(
        &mut self,
        id: &DraftId,
        edit: impl FnOnce(&mut Transaction<'_>) -> Result<R, DocumentError>,
    ) -> Result<R, ApiError> {
        let target = self.draft_ref(id)?;
        self.with(|replica, cx| {
            let (result, _, fx) = replica.transact(cx, target, &[], |tx, _| edit(tx).map_err(|error| error.to_string()))?;
            Ok((result, fx))
        })
    }

    /// Notes that something happened to a draft.
    pub fn note_draft(&mut self, id: &DraftId, kind: &str, note: &str) -> Result<(), ApiError> {
        let (by, at) = (self.me()?, self.now().wall);
        let event = Event { at, by, kind: kind.to_owned(), note: note.to_owned() };
        self.change_draft(id, |tx| draft::note(tx, &event))?;
        self.push(Push::Changed { tags: vec![Tag::Drafts] });
        Ok(())
    }
}

fn heads_of(base: &str) -> Result<Vec<ChangeHash>, ApiError> {
    let bad = || ApiError::new("bad_argument", "the base is not one of a draft").with("typed", "base").with("form", "base");
    let heads: Vec<ChangeHash> =
        base.split(',').filter(|head| !head.is_empty()).map(str::parse).collect::<Result<_, _>>().map_err(|_| bad())?;
    if heads.len() > HEADS_MAX { Err(bad()) } else { Ok(heads) }
}
