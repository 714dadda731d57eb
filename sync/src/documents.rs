//! Automerge documents in memory: loaded from envelopes when needed, the least recently used dropped.

use std::collections::BTreeMap;

use automerge::{ActorId, Automerge, Change, ChangeHash};
use domain::id::{DeviceId, DocId, Incarnation, SpaceId};
use signing::wrap::SpaceKey;

use crate::envelope::{Content, Verified, actor, open_content, open_unsigned};
use crate::limits::{DOCUMENTS_IN_MEMORY_MAX, SNAPSHOT_EVERY_ENVELOPES};
use crate::port::{Shelf, ShelfError, Snapshot};

/// The chunk type of an uncompressed change. Others are refused: automerge inflates without limit.
const CHUNK_CHANGE: u8 = 1;
/// Bytes of a chunk before its type: magic and checksum.
const CHUNK_TYPE_AT: usize = 8;

/// Why a content payload is refused after it was opened.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ContentError {
    /// Not a plain automerge change.
    #[error("not an uncompressed automerge change")]
    NotAChange,
    /// A change under an actor of somebody else.
    #[error("the change's actor is not the author's")]
    ForeignActor,
}

/// Reads the changes of a content payload and checks each: plain chunk, actor of this very log.
pub fn read_changes(content: &Content, device: &DeviceId, incarnation: &Incarnation) -> Result<Vec<Change>, ContentError> {
    let expected = ActorId::from(actor(device, incarnation, &content.actor_nonce).as_slice());
    let mut changes = Vec::with_capacity(content.changes.len());
    for bytes in &content.changes {
        if bytes.get(CHUNK_TYPE_AT) != Some(&CHUNK_CHANGE) {
            return Err(ContentError::NotAChange);
        }
        let change = Change::from_bytes(bytes.to_vec()).map_err(|_| ContentError::NotAChange)?;
        if *change.actor_id() != expected {
            return Err(ContentError::ForeignActor);
        }
        changes.push(change);
    }
    Ok(changes)
}

struct Loaded {
    doc: Automerge,
    used: u64,
}

/// A document could not be loaded.
#[derive(Debug, Clone, thiserror::Error)]
pub enum LoadError {
    /// The shelf failed.
    #[error(transparent)]
    Shelf(#[from] ShelfError),
    /// Stored envelopes do not add up to a document.
    #[error("stored envelopes do not add up to a document: {0}")]
    Damaged(String),
}

impl LoadError {
    /// Stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Shelf(error) => error.code,
            Self::Damaged(_) => "store_damaged",
        }
    }
}

/// The documents in memory.
#[derive(Default)]
pub struct Documents {
    loaded: BTreeMap<(SpaceId, DocId), Loaded>,
    clock: u64,
}

impl Documents {
    /// Gives a document, loading it if needed. A snapshot to keep is returned when loading had to read much.
    pub fn get(
        &mut self,
        shelf: &dyn Shelf,
        space: &SpaceId,
        doc: &DocId,
        keys: &BTreeMap<u32, SpaceKey>,
    ) -> Result<(&mut Automerge, Option<Snapshot>), LoadError> {
        self.clock += 1;
        let id = (*space, *doc);
        let mut snapshot = None;
        if !self.loaded.contains_key(&id) {
            let (loaded, fresh) = load(shelf, space, doc, keys)?;
            snapshot = fresh;
            if self.loaded.len() >= DOCUMENTS_IN_MEMORY_MAX
                && let Some(oldest) = self.loaded.iter().min_by_key(|(_, loaded)| loaded.used).map(|(id, _)| *id)
            {
                self.loaded.remove(&oldest);
            }
            self.loaded.insert(id, Loaded { doc: loaded, used: 0 });
        }
        match self.loaded.get_mut(&id) {
            Some(loaded) => {
                loaded.used = self.clock;
                Ok((&mut loaded.doc, snapshot))
            }
            None => Err(LoadError::Damaged("document left memory while in use".into())),
        }
    }

    /// Applies changes if the document is in memory; otherwise they are read when it is loaded. A document that refuses
    /// them is dropped and made again from the envelopes.
    pub fn apply(&mut self, space: &SpaceId, doc: &DocId, changes: Vec<Change>) {
        let id = (*space, *doc);
        if let Some(loaded) = self.loaded.get_mut(&id)
            && let Err(error) = loaded.doc.apply_changes(changes)
        {
            tracing::warn!(%error, ?space, ?doc, "changes do not apply, the document is loaded again");
            self.loaded.remove(&id);
        }
    }

    /// Forgets one document: it is loaded again when needed.
    pub fn forget(&mut self, space: &SpaceId, doc: &DocId) {
        self.loaded.remove(&(*space, *doc));
    }

    /// Forgets all documents of a space, after a key came that opens more of it.
    pub fn forget_space(&mut self, space: &SpaceId) {
        self.loaded.retain(|(loaded, _), _| loaded != space);
    }
}

fn load(
    shelf: &dyn Shelf,
    space: &SpaceId,
    doc: &DocId,
    keys: &BTreeMap<u32, SpaceKey>,
) -> Result<(Automerge, Option<Snapshot>), LoadError> {
    let snapshot =
        shelf.snapshot(space, doc)?.and_then(|snapshot| Some((Automerge::load(&snapshot.bytes).ok()?, snapshot.position)));
    let (mut document, after) = snapshot.unwrap_or_else(|| (Automerge::new(), 0));
    let mut newest = after;
    let mut sealed = false;
    let rows = shelf.document(space, doc, after)?;
    let mut changes: Vec<Change> = Vec::with_capacity(rows.len());
    for (position, bytes) in &rows {
        let envelope = open_unsigned(bytes).map_err(|error| LoadError::Damaged(error.to_string()))?;
        match keys.get(&envelope.header.epoch) {
            Some(key) => changes.extend(stored_changes(&envelope, key)),
            None => sealed = true,
        }
        newest = newest.max(*position);
    }
    document.apply_changes(changes).map_err(|error| LoadError::Damaged(error.to_string()))?;
    let worth = rows.len() >= SNAPSHOT_EVERY_ENVELOPES && !sealed;
    let fresh = if worth { checked_snapshot(&document, newest) } else { None };
    Ok((document, fresh))
}

/// An envelope that was admitted sealed and turns out to hold nonsense has no effect.
fn stored_changes(envelope: &Verified, key: &SpaceKey) -> Vec<Change> {
    open_content(envelope, key)
        .ok()
        .and_then(|content| read_changes(&content, &envelope.header.device, &envelope.header.incarnation).ok())
        .unwrap_or_default()
}

/// A snapshot is loaded again and compared before it may replace an older one.
fn checked_snapshot(document: &Automerge, position: u64) -> Option<Snapshot> {
    let bytes = document.save();
    let again = Automerge::load(&bytes).ok()?;
    let heads: Vec<ChangeHash> = document.get_heads();
    (again.get_heads() == heads).then_some(Snapshot { position, bytes })
}
