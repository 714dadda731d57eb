//! Automerge documents in memory: loaded from envelopes when needed, the least recently used dropped.
//!
//! Automerge trusts changes more than the network may. It keeps operations and no bytes, and makes a change again when it needs one: a
//! change in another spelling than its own, or one that replaces what it could not have seen, comes out different, and the document
//! saved with it does not load any more. 0.12 also panics on some changes that make no sense (an object that was never made, an actor
//! that nobody knows), and one that it refuses fails the whole batch. Whoever may write a document could spoil it for everybody. So every
//! foreign change must make sense before it is applied (see [`crate::sense`]), and afterwards, made again, come out the same. One that does
//! not is kept, passed on and skipped, and everything else in the document stays readable.

use std::collections::{BTreeMap, BTreeSet};
use std::panic::{AssertUnwindSafe, catch_unwind};

use automerge::{ActorId, Automerge, Change, ChangeHash};
use domain::id::{DeviceId, DocId, Incarnation, SpaceId};
use signing::wrap::SpaceKey;

use crate::envelope::{Content, Header, Verified, actor, open_content, open_unsigned};
use crate::extent::{Extent, bytes_lacking};
use crate::limits::{DOCUMENTS_IN_MEMORY_MAX, OPERATIONS_AT_ONCE, SNAPSHOT_EVERY_ENVELOPES};
use crate::port::{Shelf, ShelfError, Snapshot};
use crate::sense::Sense;

/// Changes that wait to be taken in by a document in memory.
const PENDING_MAX: usize = 4_096;
/// Changes that are remembered as spoiling their document.
const SKIPPED_MAX: usize = 65_536;

/// Why a content payload is refused after it was opened.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ContentError {
    /// Not a plain automerge change.
    #[error("not an uncompressed automerge change")]
    NotAChange,
    /// A change under an actor of somebody else.
    #[error("the change's actor is not the author's")]
    ForeignActor,
    /// More operations than bytes were sent for.
    #[error("more operations than bytes were sent for")]
    TooManyOperations,
}

impl ContentError {
    /// Stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotAChange => "content_not_a_change",
            Self::ForeignActor => "content_not_the_authors",
            Self::TooManyOperations => "content_too_many_operations",
        }
    }
}

/// Does a content hold no more operations than its bytes allow. Counted before automerge makes them.
fn check_extent(content: &Content) -> Result<(), ContentError> {
    if content.changes.iter().any(|bytes| Extent::of(bytes).is_none()) {
        return Err(ContentError::NotAChange);
    }
    if bytes_lacking(&content.changes).is_some() { Err(ContentError::TooManyOperations) } else { Ok(()) }
}

/// Reads the changes of a content payload and checks each: plain chunk, actor of this very log.
pub fn read_changes(content: &Content, device: &DeviceId, incarnation: &Incarnation) -> Result<Vec<Change>, ContentError> {
    let expected = ActorId::from(actor(device, incarnation, &content.actor_nonce).as_slice());
    check_extent(content)?;
    let mut changes = Vec::with_capacity(content.changes.len());
    for bytes in &content.changes {
        let change = contained(|| Change::from_bytes(bytes.to_vec()).ok()).ok_or(ContentError::NotAChange)?;
        if *change.actor_id() != expected {
            return Err(ContentError::ForeignActor);
        }
        changes.push(change);
    }
    Ok(changes)
}

/// What automerge makes of bytes of somebody else's making; `None` also if it panicked. What it was working on is to be dropped then.
pub(crate) fn contained<R>(work: impl FnOnce() -> Option<R>) -> Option<R> {
    catch_unwind(AssertUnwindSafe(work)).ok().flatten()
}

/// Applies changes and looks whether the document can live with them; `None` if not. Then the document is spoiled.
pub(crate) fn apply_checked(document: &mut Automerge, changes: Vec<Change>) -> Option<()> {
    contained(|| {
        let before = document.get_heads();
        let marks = changes.iter().any(has_marks);
        document.apply_changes(changes).ok()?;
        let sound = come_out_the_same(document, &before) && are_numbered_on(document, &before);
        // Marks are looked at only when a document is loaded.
        (sound && (!marks || exported(document).is_some())).then_some(())
    })
}

pub(crate) fn has_marks(change: &Change) -> bool {
    Extent::of(change.raw_bytes()).is_none_or(|extent| extent.marks)
}

/// Changes in an order in which none comes before what it depends on, otherwise as they came; without those whose dependencies are
/// nowhere. Somebody may have built something unsound on a sound change and seen to it that it arrives first: applied first it would wait
/// inside automerge, and the sound one that brings it to light would be blamed.
fn in_causal_order(document: &Automerge, changes: Vec<Change>) -> Vec<Change> {
    let here: BTreeSet<ChangeHash> = changes.iter().map(Change::hash).collect();
    let mut waiting: BTreeMap<ChangeHash, Vec<usize>> = BTreeMap::new();
    let mut lacking = vec![0_usize; changes.len()];
    let mut ready = BTreeSet::new();
    for (at, change) in changes.iter().enumerate() {
        for dep in change.deps().iter().filter(|dep| here.contains(dep) || !is_in(document, dep)) {
            lacking[at] += 1;
            waiting.entry(*dep).or_default().push(at);
        }
        if lacking[at] == 0 {
            ready.insert(at);
        }
    }
    let mut order = Vec::with_capacity(changes.len());
    while let Some(at) = ready.pop_first() {
        order.push(at);
        for next in waiting.remove(&changes[at].hash()).unwrap_or_default() {
            lacking[next] -= 1;
            if lacking[next] == 0 {
                ready.insert(next);
            }
        }
    }
    let mut changes: Vec<Option<Change>> = changes.into_iter().map(Some).collect();
    order.into_iter().filter_map(|at| changes.get_mut(at)?.take()).collect()
}

fn is_in(document: &Automerge, change: &ChangeHash) -> bool {
    document.get_change_meta_by_hash(change).is_some()
}

/// Changes in parts of no more operations than are taken in at a time.
fn in_parts(changes: Vec<Change>) -> Vec<Vec<Change>> {
    let mut parts: Vec<Vec<Change>> = Vec::new();
    let mut operations = OPERATIONS_AT_ONCE;
    for change in changes {
        let more = u64::try_from(change.len()).unwrap_or(u64::MAX);
        operations = operations.saturating_add(more);
        match parts.last_mut() {
            Some(part) if operations <= OPERATIONS_AT_ONCE => part.push(change),
            _ => {
                parts.push(vec![change]);
                operations = more;
            }
        }
    }
    parts
}

/// Does automerge make the changes since `before` as they came.
fn come_out_the_same(document: &Automerge, before: &[ChangeHash]) -> bool {
    let mut made: Vec<ChangeHash> = document.get_changes(before).iter().map(Change::hash).collect();
    let mut named: Vec<ChangeHash> = document.get_changes_meta(before).iter().map(|change| change.hash).collect();
    made.sort_unstable();
    named.sort_unstable();
    made == named
}

/// Do the operations of the changes since `before` follow on those that they depend on. Who leaves numbers out leaves none for others.
fn are_numbered_on(document: &Automerge, before: &[ChangeHash]) -> bool {
    document.get_changes_meta(before).iter().all(|change| {
        let last = |hash| document.get_change_meta_by_hash(hash).map_or(0, |dependency| dependency.max_op);
        change.start_op == change.deps.iter().map(last).max().unwrap_or(0) + 1
    })
}

/// Applies one part after the other and leaves out the changes that spoil it; they are added to `skipped`.
fn apply_what_is_sound(document: Automerge, changes: Vec<Change>, skipped: &mut BTreeSet<ChangeHash>) -> Automerge {
    // What is built on something that was left out is left out.
    let mut changes = in_causal_order(&document, changes);
    if changes.is_empty() {
        return document;
    }
    let mut next = document.clone();
    if apply_checked(&mut next, changes.clone()).is_some() {
        return next;
    }
    if let [change] = changes.as_slice() {
        skipped.insert(change.hash());
        return document;
    }
    let second = changes.split_off(changes.len() / 2);
    let first = apply_what_is_sound(document, changes, skipped);
    apply_what_is_sound(first, second, skipped)
}

struct Loaded {
    doc: Automerge,
    used: u64,
    /// What came since somebody looked: taking in one change costs as much as taking in many.
    pending: Vec<Change>,
    /// Stored changes were left out because something that they are built on is not here: when anything comes, all is read again.
    incomplete: bool,
    /// What the document consists of, as far as that was needed.
    sense: Sense,
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

/// By what a document is read.
pub struct Reading<'a> {
    /// The keys of its space.
    pub keys: &'a BTreeMap<u32, SpaceKey>,
    /// Is this envelope without effect unless something that counts depends on it.
    pub suspects: &'a dyn Fn(&Header) -> bool,
    /// Can there be such envelopes at all.
    pub tainted: bool,
}

/// The documents in memory.
#[derive(Default)]
pub struct Documents {
    loaded: BTreeMap<(SpaceId, DocId), Loaded>,
    clock: u64,
    /// Changes that spoil their document, so that a document is not searched for them at each loading.
    skipped: BTreeSet<ChangeHash>,
}

impl Documents {
    /// Gives a document, loading it if needed. A snapshot to keep is returned when loading had to read much.
    pub fn get(
        &mut self,
        shelf: &dyn Shelf,
        space: &SpaceId,
        doc: &DocId,
        reading: &Reading<'_>,
    ) -> Result<(&mut Automerge, Option<Snapshot>), LoadError> {
        self.clock += 1;
        let id = (*space, *doc);
        self.take_in(&id);
        let mut snapshot = None;
        if !self.loaded.contains_key(&id) {
            if self.skipped.len() > SKIPPED_MAX {
                self.skipped.clear();
            }
            let (loaded, fresh) = load(shelf, space, doc, reading, &mut self.skipped)?;
            snapshot = fresh;
            if self.loaded.len() >= DOCUMENTS_IN_MEMORY_MAX
                && let Some(oldest) = self.loaded.iter().min_by_key(|(_, loaded)| loaded.used).map(|(id, _)| *id)
            {
                self.loaded.remove(&oldest);
            }
            self.loaded.insert(id, loaded);
        }
        match self.loaded.get_mut(&id) {
            Some(loaded) => {
                loaded.used = self.clock;
                Ok((&mut loaded.doc, snapshot))
            }
            None => Err(LoadError::Damaged("document left memory while in use".into())),
        }
    }

    /// Notes changes if the document is in memory, to apply them when somebody looks; otherwise they are read when it is loaded.
    pub fn apply(&mut self, space: &SpaceId, doc: &DocId, changes: Vec<Change>) {
        let id = (*space, *doc);
        let Some(loaded) = self.loaded.get_mut(&id) else {
            return;
        };
        loaded.pending.extend(changes);
        if loaded.incomplete || loaded.pending.len() > PENDING_MAX {
            self.loaded.remove(&id);
        }
    }

    /// Applies what came since somebody looked. A document that refuses it is dropped and made again from the envelopes.
    fn take_in(&mut self, id: &(SpaceId, DocId)) {
        let Some(loaded) = self.loaded.get_mut(id).filter(|loaded| !loaded.pending.is_empty()) else {
            return;
        };
        let changes = std::mem::take(&mut loaded.pending);
        let here: BTreeSet<ChangeHash> = changes.iter().map(Change::hash).collect();
        for change in &changes {
            // What is built on something that was left out is left out.
            if change.deps().iter().any(|dep| self.skipped.contains(dep)) {
                self.skipped.insert(change.hash());
            }
        }
        // What is built on something void brings it back: that is found when the document is read anew.
        let found = |dep: &ChangeHash| here.contains(dep) || is_in(&loaded.doc, dep) || self.skipped.contains(dep);
        let complete = changes.iter().flat_map(|change| change.deps()).all(found);
        loaded.sense.catch_up(&loaded.doc);
        let sensible = sensible_ones(&mut loaded.sense, &loaded.doc, changes, &mut self.skipped).0;
        if !complete || !in_parts(sensible).into_iter().all(|part| apply_checked(&mut loaded.doc, part).is_some()) {
            tracing::warn!(space = ?id.0, doc = ?id.1, "changes do not apply, the document is loaded again");
            self.loaded.remove(id);
        }
    }

    /// Forgets one document: it is loaded again when needed.
    pub fn forget(&mut self, space: &SpaceId, doc: &DocId) {
        self.loaded.remove(&(*space, *doc));
    }

    /// Forgets all documents of a space, after a key came that opens more of it or something became void.
    pub fn forget_space(&mut self, space: &SpaceId) {
        self.loaded.retain(|(loaded, _), _| loaded != space);
        // Of two changes at one place the other one may count now.
        self.skipped.clear();
    }
}

/// Of changes as they were stored those that make sense, in an order in which none comes before what it is built on; and whether all that
/// they are built on was found. The others are added to `skipped`.
fn sensible_ones(
    sense: &mut Sense,
    document: &Automerge,
    mut changes: Vec<Change>,
    skipped: &mut BTreeSet<ChangeHash>,
) -> (Vec<Change>, bool) {
    changes.retain(|change| {
        let first = sense.claim(change);
        if !first {
            skipped.insert(change.hash());
        }
        first
    });
    let claimed = changes.len();
    let mut ordered = in_causal_order(document, changes);
    let complete = ordered.len() == claimed;
    ordered.retain(|change| {
        let sensible = sense.take(change);
        if !sensible {
            skipped.insert(change.hash());
        }
        sensible
    });
    (ordered, complete)
}

fn load(
    shelf: &dyn Shelf,
    space: &SpaceId,
    doc: &DocId,
    reading: &Reading<'_>,
    skipped: &mut BTreeSet<ChangeHash>,
) -> Result<(Loaded, Option<Snapshot>), LoadError> {
    // A snapshot may contain what has become void, or lack what no longer is.
    let stored = if reading.tainted { None } else { shelf.snapshot(space, doc)? };
    let from_snapshot = || stored.as_ref().and_then(|snapshot| Some((Automerge::load(&snapshot.bytes).ok()?, snapshot.position)));
    let (mut document, after) = from_snapshot().unwrap_or_else(|| (Automerge::new(), 0));
    let rows = shelf.document(space, doc, after)?;
    let newest = rows.last().map_or(after, |(position, _)| *position);
    let mut sense = Sense::default();
    if !rows.is_empty() {
        sense.catch_up(&document);
    }
    let (changes, sealed) = read_rows(&rows, reading, skipped)?;
    let (ordered, complete) = sensible_ones(&mut sense, &document, changes, skipped);
    let sound = in_parts(ordered).into_iter().all(|part| apply_checked(&mut document, part).is_some());
    if !sound {
        tracing::warn!(?space, ?doc, "some stored changes spoil the document, they are skipped");
        document = from_snapshot().map_or_else(Automerge::new, |(document, _)| document);
        sense = Sense::default();
        sense.catch_up(&document);
        let (changes, _) = read_rows(&rows, reading, skipped)?;
        let (ordered, _) = sensible_ones(&mut sense, &document, changes, skipped);
        for part in in_parts(ordered) {
            document = apply_what_is_sound(document, part, skipped);
        }
        sense = Sense::default();
    }
    let worth = rows.len() >= SNAPSHOT_EVERY_ENVELOPES && !sealed && complete && !reading.tainted;
    let fresh = if worth { checked_snapshot(&document, newest) } else { None };
    Ok((Loaded { doc: document, used: 0, pending: Vec::new(), incomplete: !complete, sense }, fresh))
}

/// The changes of stored envelopes but those to be skipped, and whether some envelopes are still sealed.
fn read_rows(
    rows: &[(u64, Vec<u8>)],
    reading: &Reading<'_>,
    skipped: &BTreeSet<ChangeHash>,
) -> Result<(Vec<Change>, bool), LoadError> {
    let mut sealed = false;
    let mut suspect: BTreeMap<ChangeHash, Change> = BTreeMap::new();
    let mut changes = Vec::with_capacity(rows.len());
    for (_, bytes) in rows {
        let envelope = open_unsigned(bytes).map_err(|error| LoadError::Damaged(error.to_string()))?;
        let Some(key) = reading.keys.get(&envelope.header.epoch) else {
            sealed = true;
            continue;
        };
        let sound = stored_changes(&envelope, key).into_iter().filter(|change| !skipped.contains(&change.hash()));
        if (reading.suspects)(&envelope.header) {
            suspect.extend(sound.map(|change| (change.hash(), change)));
        } else {
            changes.extend(sound);
        }
    }
    let mut at = 0;
    while let Some(change) = changes.get(at).filter(|_| !suspect.is_empty()) {
        let built_on: Vec<Change> = change.deps().iter().filter_map(|dep| suspect.remove(dep)).collect();
        changes.extend(built_on);
        at += 1;
    }
    Ok((changes, sealed))
}

/// An envelope that was admitted sealed and turns out to hold nonsense has no effect.
fn stored_changes(envelope: &Verified, key: &SpaceKey) -> Vec<Change> {
    open_content(envelope, key)
        .ok()
        .and_then(|content| read_changes(&content, &envelope.header.device, &envelope.header.incarnation).ok())
        .unwrap_or_default()
}

/// The document as a plain automerge file; `None` if what automerge writes does not load again as the same document.
pub fn exported(document: &Automerge) -> Option<Vec<u8>> {
    contained(|| {
        let bytes = document.save();
        let again = Automerge::load(&bytes).ok()?;
        (again.get_heads() == document.get_heads()).then_some(bytes)
    })
}

/// A snapshot is loaded again and compared before it may replace an older one.
fn checked_snapshot(document: &Automerge, position: u64) -> Option<Snapshot> {
    exported(document).map(|bytes| Snapshot { position, bytes })
}
