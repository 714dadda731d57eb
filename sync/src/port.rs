//! What the replica asks of the world and what the world tells it.
//!
//! The replica performs no IO. It reads through [`Shelf`], it is told of everything else by [`Event`]s, and it
//! answers with [`Effects`]: the driver commits `writes` in one transaction first, and only then lets `sends` leave.
//! If the commit fails, the driver drops the replica and opens it again from the shelf: memory never runs ahead of
//! what is durable.

use std::collections::BTreeSet;

use domain::id::{DeviceId, DocId, Hash32, Incarnation, SpaceId, Timestamp};
use rand_core::CryptoRng;
use signing::wrap::SpaceKey;

/// The clocks. `wall` is shown to people and may jump; `mono_ms` only counts, since an arbitrary start.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Now {
    /// Wall clock.
    pub wall: Timestamp,
    /// Monotonic milliseconds.
    pub mono_ms: u64,
}

/// What every entry into the replica is given.
pub struct Cx<'a> {
    /// The clocks.
    pub now: Now,
    /// Randomness for keys and nonces.
    pub rng: &'a mut dyn CryptoRng,
    /// What is durable.
    pub shelf: &'a dyn Shelf,
}

/// The shelf could not be read: the disk or the file is at fault, never the caller.
#[derive(Debug, Clone, thiserror::Error)]
#[error("{code}: {detail}")]
pub struct ShelfError {
    /// `disk_full`, `disk_error`, `store_damaged`.
    pub code: &'static str,
    /// For the log.
    pub detail: String,
}

/// The end of a device's log in a space.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Head {
    /// The device.
    pub device: DeviceId,
    /// Its incarnation.
    pub incarnation: Incarnation,
    /// Sequence number of its newest envelope here; the first is 1 and there are no gaps.
    pub seq: u64,
    /// Hash of that envelope.
    pub hash: Hash32,
}

/// A local cache of a document. Never the only copy: it is made from envelopes and can be made again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Snapshot {
    /// Storage position of the newest envelope that it contains.
    pub position: u64,
    /// The document as automerge saves it.
    pub bytes: Vec<u8>,
}

/// A stored act with where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredAct {
    /// The document whose envelope carried it.
    pub doc: DocId,
    /// Bytes of the signed act.
    pub bytes: Vec<u8>,
}

/// The state of a blob.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BlobRow {
    /// The space it belongs to.
    pub space: SpaceId,
    /// BLAKE3 of the ciphertext.
    pub cipher: Hash32,
    /// Bytes.
    pub size: u64,
    /// All bytes are here and were verified.
    pub complete: bool,
}

/// Reads of what is durable. Implemented by `store` on SQLCipher and by the test harness in memory.
pub trait Shelf {
    /// All spaces, ascending.
    fn spaces(&self) -> Result<Vec<SpaceId>, ShelfError>;
    /// Heads of every log of a space, ascending.
    fn heads(&self, space: &SpaceId) -> Result<Vec<Head>, ShelfError>;
    /// All envelopes of a space, control and content, with a storage position of `from` or above, in storage order with
    /// their positions, until `bytes_max` is reached (at least one, if there is one). An envelope never comes before what
    /// it needs.
    fn envelopes(&self, space: &SpaceId, from: u64, bytes_max: usize) -> Result<Vec<(u64, Vec<u8>)>, ShelfError>;
    /// The storage position of the envelope at a place in a log.
    fn position(
        &self,
        space: &SpaceId,
        device: &DeviceId,
        incarnation: &Incarnation,
        seq: u64,
    ) -> Result<Option<u64>, ShelfError>;
    /// One envelope by its place in its log.
    fn envelope(
        &self,
        space: &SpaceId,
        device: &DeviceId,
        incarnation: &Incarnation,
        seq: u64,
    ) -> Result<Option<Vec<u8>>, ShelfError>;
    /// All control envelopes of a space in storage order.
    fn control(&self, space: &SpaceId) -> Result<Vec<Vec<u8>>, ShelfError>;
    /// Content envelopes of a document with a storage position above `after`, in storage order, with their positions.
    fn document(&self, space: &SpaceId, doc: &DocId, after: u64) -> Result<Vec<(u64, Vec<u8>)>, ShelfError>;
    /// Content envelopes of a whole space in storage order, `limit` at most, with their positions.
    fn content(&self, space: &SpaceId, after: u64, limit: usize) -> Result<Vec<(u64, Vec<u8>)>, ShelfError>;
    /// The snapshot of a document.
    fn snapshot(&self, space: &SpaceId, doc: &DocId) -> Result<Option<Snapshot>, ShelfError>;
    /// Documents of a space that have content.
    fn documents(&self, space: &SpaceId) -> Result<Vec<(DocId, u16)>, ShelfError>;
    /// All acts of a space, in storage order.
    fn acts(&self, space: &SpaceId) -> Result<Vec<StoredAct>, ShelfError>;
    /// Keys of a space by epoch.
    fn space_keys(&self, space: &SpaceId) -> Result<Vec<(u32, SpaceKey)>, ShelfError>;
    /// All blobs that are wanted or here.
    fn blobs(&self) -> Result<Vec<BlobRow>, ShelfError>;
    /// One blob.
    fn blob(&self, cipher: &Hash32) -> Result<Option<BlobRow>, ShelfError>;
    /// Byte ranges `[start, end)` of an incomplete blob that are durable, ascending and disjoint.
    fn blob_ranges(&self, cipher: &Hash32) -> Result<Vec<(u64, u64)>, ShelfError>;
    /// Bytes of a complete blob's ciphertext; shorter at its end.
    fn blob_bytes(&self, cipher: &Hash32, offset: u64, len: usize) -> Result<Vec<u8>, ShelfError>;
    /// A small value under a name.
    fn meta(&self, key: &str) -> Result<Option<Vec<u8>>, ShelfError>;
}

/// One durable change. All writes of one [`Effects`] are one transaction.
#[derive(Debug, Clone, PartialEq)]
pub enum Write {
    /// An admitted envelope. `(space, device, incarnation, seq)` is unique; a second one is an error.
    Envelope {
        /// The space.
        space: SpaceId,
        /// Its new head.
        head: Head,
        /// The document.
        doc: DocId,
        /// The document's kind.
        kind: u16,
        /// Control envelopes are folded, content envelopes are applied.
        control: bool,
        /// The envelope as it travels.
        bytes: Vec<u8>,
    },
    /// An act that an envelope carried. Inserting the same hash again does nothing.
    Act {
        /// The space.
        space: SpaceId,
        /// The document.
        doc: DocId,
        /// Hash of the act.
        hash: Hash32,
        /// Bytes of the signed act.
        bytes: Vec<u8>,
    },
    /// The key of an epoch.
    SpaceKey {
        /// The space.
        space: SpaceId,
        /// The epoch.
        epoch: u32,
        /// The key.
        key: SpaceKey,
    },
    /// A newer snapshot replaces the older one.
    Snapshot {
        /// The space.
        space: SpaceId,
        /// The document.
        doc: DocId,
        /// The snapshot.
        snapshot: Snapshot,
    },
    /// A blob is wanted: make room for it.
    BlobWanted(BlobRow),
    /// Verified bytes of a blob.
    BlobRange {
        /// The blob.
        cipher: Hash32,
        /// Offset.
        offset: u64,
        /// Bytes.
        bytes: Vec<u8>,
    },
    /// All ranges are here: sync the file, check its hash, rename it, mark it complete.
    BlobComplete {
        /// The blob.
        cipher: Hash32,
    },
    /// The bytes of a complete blob are not any more what its name says: they are thrown away, and it is wanted again from the start.
    BlobDamaged {
        /// The blob.
        cipher: Hash32,
    },
    /// A blob was withdrawn: its bytes, whole or in part, leave the disk, and nothing remembers that it was here. One that is not here is no error.
    BlobErased {
        /// The blob.
        cipher: Hash32,
    },
    /// A small value under a name.
    Meta {
        /// The name.
        key: String,
        /// The value.
        value: Vec<u8>,
    },
}

/// A connection as the driver numbers it; never used twice in a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PeerKey(pub u64);

/// Which of a peer's two streams: bulk must not delay a ballot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lane {
    /// Everything but blob data.
    Sync,
    /// Blob data.
    Blob,
}

/// What happened outside.
#[derive(Debug, Clone, PartialEq)]
pub enum Event {
    /// A connection is up. The ids are the transport's and are bound into the hello.
    Connected {
        /// The connection.
        peer: PeerKey,
        /// Our transport id.
        local_id: Vec<u8>,
        /// The peer's.
        remote_id: Vec<u8>,
        /// Where it is.
        address: String,
    },
    /// A frame arrived.
    Frame {
        /// From whom.
        peer: PeerKey,
        /// The frame, without its length.
        bytes: Vec<u8>,
    },
    /// Frames to a peer have begun to wait outside, or all of them have left. Until there is room again, what is fresh is sent later.
    Room {
        /// To whom.
        peer: PeerKey,
        /// There is room.
        free: bool,
    },
    /// The connection is gone.
    Disconnected {
        /// Which.
        peer: PeerKey,
    },
    /// Somebody who shares the shelf has stored these, in this order. They are judged like anybody's.
    Stored {
        /// Envelopes with their spaces.
        envelopes: Vec<(SpaceId, Vec<u8>)>,
        /// Blobs that are complete.
        blobs: Vec<BlobRow>,
    },
    /// Time passed.
    Tick,
}

/// Something that others may show differently now.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Change {
    /// People, devices, requests to join.
    Directory,
    /// Connections or what waits.
    Sync,
    /// A space appeared or its members changed.
    Space(SpaceId),
    /// A document has new changes.
    Document(SpaceId, DocId, u16),
    /// A space has new acts.
    Acts(SpaceId),
    /// A blob is complete.
    Blob(Hash32),
    /// A request to join was answered.
    Joining,
}

/// An ephemeral message of a member, authenticated, not stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Beat {
    /// The space.
    pub space: SpaceId,
    /// Who sent it.
    pub device: DeviceId,
    /// What it says; the meaning is the application's.
    pub payload: Vec<u8>,
}

/// What the replica wants done, in this order: writes (one transaction), sends, closes; then tell the rest.
#[derive(Debug, Default)]
pub struct Effects {
    /// Durable changes.
    pub writes: Vec<Write>,
    /// Frames.
    pub sends: Vec<(PeerKey, Lane, Vec<u8>)>,
    /// Connections to end.
    pub closes: Vec<PeerKey>,
    /// What changed.
    pub changes: BTreeSet<Change>,
    /// Ephemeral messages for the application.
    pub beats: Vec<Beat>,
    /// Call [`Event::Tick`] no later than this many milliseconds from now.
    pub wake_in_ms: Option<u64>,
}

impl Effects {
    /// Nothing to do.
    pub fn is_empty(&self) -> bool {
        self.writes.is_empty()
            && self.sends.is_empty()
            && self.closes.is_empty()
            && self.changes.is_empty()
            && self.beats.is_empty()
    }

    /// Appends what `other` wants after what this one wants.
    pub fn append(&mut self, other: Self) {
        self.writes.extend(other.writes);
        self.sends.extend(other.sends);
        self.closes.extend(other.closes);
        self.changes.extend(other.changes);
        self.beats.extend(other.beats);
        self.wake_in_ms = match (self.wake_in_ms, other.wake_in_ms) {
            (Some(a), Some(b)) => Some(a.min(b)),
            (a, b) => a.or(b),
        };
    }
}
