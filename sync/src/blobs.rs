//! Blobs: immutable files, fetched in verified ranges from every holder at once.
//!
//! A blob travels and rests as ciphertext under a key derived from the space key and the plaintext's hash; peers know it
//! by BLAKE3 of the ciphertext and prove every range against that hash (bao, 16 KiB groups), so that a liar is found out
//! within one range and what is here survives any interruption.

use std::collections::{BTreeMap, VecDeque};
use std::io::{Cursor, Error as IoError};

use bao_tree::io::outboard::PreOrderMemOutboard;
use bao_tree::io::sync::{DecodeResponseIter, ReadAt, encode_ranges_validated};
use bao_tree::io::{BaoContentItem, round_up_to_chunks};
use bao_tree::{BaoTree, BlockSize, ByteRanges};
use chacha20::ChaCha20;
use chacha20::cipher::{KeyIvInit, StreamCipher, StreamCipherSeek};
use domain::id::{Hash32, SpaceId};
use domain::meeting::BlobRef;
use signing::defect::{self, Defect};
use signing::wrap::SpaceKey;

use crate::holders::WAITING_FOR_BLOBS_MAX;
use crate::limits::{BLOB_BYTES_MAX, BLOB_RANGE_BYTES, BLOB_RANGES_IN_FLIGHT_MAX, BLOB_TIMEOUT_MS};
use crate::peer::Peer;
use crate::port::{BlobRow, Change, Cx, Effects, PeerKey, Shelf, ShelfError, Write};
use crate::replica::Replica;
use crate::wire::Message;

/// 16 KiB: the unit of proof.
const GROUP: BlockSize = BlockSize::from_chunk_log(4);
/// Hash trees of served blobs that are kept.
const OUTBOARDS_MAX: usize = 8;
/// A blob that is being fetched.
#[derive(Debug)]
pub(crate) struct Wanted {
    size: u64,
    /// First bytes of ranges that are neither here nor asked for.
    open: VecDeque<u64>,
    /// Ranges that were asked of a peer, since when (monotonic milliseconds).
    asked: BTreeMap<u64, (PeerKey, u64)>,
    /// The size that each of those who offered it to a hub has said. Nothing binds a size to a file's name but its last range.
    said: BTreeMap<PeerKey, u64>,
}

impl Wanted {
    fn new(size: u64, here: &[(u64, u64)]) -> Self {
        Self { size, open: open_ranges(size, here), asked: BTreeMap::new(), said: BTreeMap::new() }
    }

    /// Is the size proved: the last range is here.
    fn is_sized(&self) -> bool {
        let last = self.size.saturating_sub(1) / BLOB_RANGE_BYTES * BLOB_RANGE_BYTES;
        !self.open.contains(&last) && !self.asked.contains_key(&last)
    }

    /// What a peer that offers the file says of its size.
    pub(crate) fn offered_by(&mut self, key: PeerKey, size: u64) {
        self.said.insert(key, size);
    }

    /// The range that proves the size comes first.
    pub(crate) fn last_first(&mut self) {
        if let Some(last) = self.open.pop_back() {
            self.open.push_front(last);
        }
    }
}

/// The state of all fetching and serving.
#[derive(Debug, Default)]
pub struct Blobs {
    pub(crate) wanted: BTreeMap<Hash32, Wanted>,
    pub(crate) space_of: BTreeMap<Hash32, SpaceId>,
    /// Those that are here, with their sizes.
    pub(crate) complete: BTreeMap<Hash32, u64>,
    outboards: VecDeque<(Hash32, PreOrderMemOutboard)>,
    finished: Vec<Hash32>,
    added: Vec<Hash32>,
}

impl Blobs {
    /// Takes up fetching where it stopped.
    pub(crate) fn open(shelf: &dyn Shelf) -> Result<Self, ShelfError> {
        let mut blobs = Self::default();
        for row in shelf.blobs()? {
            blobs.space_of.insert(row.cipher, row.space);
            if row.complete {
                blobs.complete.insert(row.cipher, row.size);
            } else {
                let here = shelf.blob_ranges(&row.cipher)?;
                blobs.wanted.insert(row.cipher, Wanted::new(row.size, &here));
            }
        }
        Ok(blobs)
    }

    /// Ranges asked of a peer that is gone are open again.
    pub(crate) fn lost_peer(&mut self, key: &PeerKey) {
        for wanted in self.wanted.values_mut() {
            wanted.said.remove(key);
            let lost: Vec<u64> = wanted.asked.iter().filter(|(_, (peer, _))| peer == key).map(|(offset, _)| *offset).collect();
            for offset in lost {
                wanted.asked.remove(&offset);
                wanted.open.push_front(offset);
            }
        }
    }

    /// When the first range that was asked for is late, monotonic milliseconds.
    pub(crate) fn late_at(&self) -> Option<u64> {
        let asked = self.wanted.values().flat_map(|wanted| wanted.asked.values());
        asked.map(|(_, since)| since + BLOB_TIMEOUT_MS).min()
    }

    fn forget(&mut self, cipher: &Hash32) {
        self.wanted.remove(cipher);
        self.space_of.remove(cipher);
        self.complete.remove(cipher);
        self.outboards.retain(|(hash, _)| hash != cipher);
        self.finished.retain(|hash| hash != cipher);
        self.added.retain(|hash| hash != cipher);
    }

    fn outboard(&mut self, shelf: &dyn Shelf, cipher: &Hash32, size: u64) -> Option<&PreOrderMemOutboard> {
        if let Some(at) = self.outboards.iter().position(|(hash, _)| hash == cipher) {
            return self.outboards.get(at).map(|(_, outboard)| outboard);
        }
        let bytes = shelf.blob_bytes(cipher, 0, usize::try_from(size).ok()?).ok()?;
        let outboard = PreOrderMemOutboard::create(bytes, GROUP);
        if outboard.root.as_bytes() != cipher.as_bytes() {
            return None;
        }
        if self.outboards.len() >= OUTBOARDS_MAX {
            self.outboards.pop_front();
        }
        self.outboards.push_back((*cipher, outboard));
        self.outboards.back().map(|(_, outboard)| outboard)
    }
}

/// The ranges of a blob that are not durable yet.
fn open_ranges(size: u64, here: &[(u64, u64)]) -> VecDeque<u64> {
    let covered = |from: u64, to: u64| here.iter().any(|(start, end)| *start <= from && to <= *end);
    (0..size.div_ceil(BLOB_RANGE_BYTES))
        .map(|index| index * BLOB_RANGE_BYTES)
        .filter(|offset| !covered(*offset, size.min(offset + BLOB_RANGE_BYTES)))
        .collect()
}

impl Replica {
    /// Encrypts a file for a space. The result is the same for the same file and key.
    ///
    /// Returns `None` if this device has no key of the space or the file is over [`BLOB_BYTES_MAX`] or empty.
    pub fn encrypt_blob(&self, space: &SpaceId, plain: &[u8]) -> Option<(BlobRef, Vec<u8>)> {
        let (epoch, key) = self.writing_key(self.spaces.get(space)?)?;
        let size = u64::try_from(plain.len()).ok().filter(|size| (1..=BLOB_BYTES_MAX).contains(size))?;
        let plain_hash = crate::envelope::hash(plain);
        let mut bytes = plain.to_vec();
        cipher_of(&key, &plain_hash).apply_keystream(&mut bytes);
        let blob = BlobRef { plain: plain_hash, cipher: crate::envelope::hash(&bytes), size, epoch };
        Some((blob, bytes))
    }

    /// Decrypts bytes of a blob, beginning at `offset`, in place. `false` if this device has no key for it.
    pub fn decrypt_blob(&self, space: &SpaceId, blob: &BlobRef, offset: u64, bytes: &mut [u8]) -> bool {
        let Some(key) = self.spaces.get(space).and_then(|space| space.keys.get(&blob.epoch)) else {
            return false;
        };
        let mut cipher = cipher_of(key, &blob.plain);
        cipher.try_seek(offset).is_ok() && cipher.try_apply_keystream(bytes).is_ok()
    }

    /// Is the blob here.
    pub fn has_blob(&self, cipher: &Hash32) -> bool {
        self.blobs.complete.contains_key(cipher)
    }

    /// Bytes of a blob that are here: all, or what has been fetched so far.
    pub fn blob_progress(&self, blob: &BlobRef) -> u64 {
        if self.has_blob(&blob.cipher) {
            return blob.size;
        }
        self.blobs.wanted.get(&blob.cipher).map_or(0, |wanted| {
            let missing =
                u64::try_from(wanted.open.len() + wanted.asked.len()).unwrap_or(u64::MAX).saturating_mul(BLOB_RANGE_BYTES);
            wanted.size.saturating_sub(missing)
        })
    }

    /// The number of blobs that are being fetched.
    pub fn blobs_wanted(&self) -> usize {
        self.blobs.wanted.len()
    }

    /// The driver has put a whole blob of our own making on the shelf.
    pub fn blob_added(&mut self, space: SpaceId, cipher: Hash32) -> Effects {
        let mut fx = Effects::default();
        self.blobs.space_of.insert(cipher, space);
        // The size is looked up, and hubs hear of it, at the next event.
        self.blobs.complete.insert(cipher, 0);
        self.blobs.added.push(cipher);
        self.tell_finished(&mut fx, cipher);
        fx.wake_in_ms = Some(0);
        fx
    }

    /// Fetches a blob that a document names, unless it is here or on its way.
    pub fn want_blob(&mut self, cx: &mut Cx<'_>, space: SpaceId, blob: &BlobRef) -> Effects {
        let mut fx = Effects::default();
        if self.blobs.complete.contains_key(&blob.cipher)
            || self.blobs.wanted.contains_key(&blob.cipher)
            || self.is_withdrawn(&space, &blob.cipher)
            || !(1..=BLOB_BYTES_MAX).contains(&blob.size)
        {
            return fx;
        }
        self.blobs.space_of.insert(blob.cipher, space);
        self.blobs.wanted.insert(blob.cipher, Wanted::new(blob.size, &[]));
        fx.writes.push(Write::BlobWanted(BlobRow { space, cipher: blob.cipher, size: blob.size, complete: false }));
        self.ask_who_has(&mut fx, &space, blob.cipher);
        self.settle(cx, &mut fx);
        fx
    }

    /// Was the file withdrawn from the space.
    pub fn is_withdrawn(&self, space: &SpaceId, cipher: &Hash32) -> bool {
        self.spaces.get(space).is_some_and(|space| space.access.withdrawn.contains(cipher))
    }

    /// Throws away what was withdrawn and is still here: after the decision came, and when a program starts again that ended in between.
    pub(crate) fn erase_withdrawn(&mut self, fx: &mut Effects) {
        let mut due = Vec::new();
        for space in self.spaces.values() {
            let here = space.access.withdrawn.iter().filter(|cipher| self.blobs.space_of.get(cipher) == Some(&space.id));
            due.extend(here.copied());
        }
        for cipher in due {
            tracing::info!(cipher = %cipher.short(), "a file was withdrawn, its bytes are thrown away");
            self.blobs.forget(&cipher);
            self.carried.give_back(&cipher);
            for peer in self.peers.values_mut() {
                peer.has_blobs.remove(&cipher);
                peer.wants_blobs.remove(&cipher);
            }
            fx.writes.push(Write::BlobErased { cipher });
            fx.changes.insert(Change::Blob(cipher));
        }
    }

    fn ask_who_has(&self, fx: &mut Effects, space: &SpaceId, cipher: Hash32) {
        for (key, peer) in &self.peers {
            if peer.identity().is_some_and(|identity| self.shares(space, &identity)) {
                Self::send(fx, *key, &Message::BlobQuery { ciphers: vec![cipher] });
            }
        }
    }

    /// Somebody found that a blob which is here is not what it should be. If its bytes are not what its name says, it is fetched again.
    pub fn recheck_blob(&mut self, cx: &mut Cx<'_>, cipher: &Hash32) -> Effects {
        let mut fx = Effects::default();
        if let Ok(Some(row)) = cx.shelf.blob(cipher)
            && row.complete
            && is_damaged(cx.shelf, &row)
        {
            self.fetch_again(&mut fx, &row);
            self.settle(cx, &mut fx);
        }
        fx
    }

    fn fetch_again(&mut self, fx: &mut Effects, row: &BlobRow) {
        tracing::warn!(cipher = %row.cipher.short(), "a file is not what was written, it is fetched again");
        self.blobs.complete.remove(&row.cipher);
        self.blobs.outboards.retain(|(cipher, _)| *cipher != row.cipher);
        self.blobs.wanted.insert(row.cipher, Wanted::new(row.size, &[]));
        fx.writes.push(Write::BlobDamaged { cipher: row.cipher });
        fx.changes.insert(Change::Blob(row.cipher));
        self.ask_who_has(fx, &row.space, row.cipher);
    }

    pub(crate) fn blob_get(
        &mut self,
        cx: &mut Cx<'_>,
        fx: &mut Effects,
        key: PeerKey,
        cipher: Hash32,
        offset: u64,
        len: u64,
    ) -> Result<(), &'static str> {
        if len == 0 || len > BLOB_RANGE_BYTES {
            return Err("blob_range_too_long");
        }
        let encoded = if self.blobs.complete.contains_key(&cipher) && self.may_have(&key, &cipher) {
            self.encode_range(cx.shelf, fx, key, &cipher, offset, len).unwrap_or_default()
        } else {
            Vec::new()
        };
        Self::send(fx, key, &Message::BlobData { cipher, offset, len, encoded: encoded.into() });
        Ok(())
    }

    fn encode_range(
        &mut self,
        shelf: &dyn Shelf,
        fx: &mut Effects,
        key: PeerKey,
        cipher: &Hash32,
        offset: u64,
        len: u64,
    ) -> Option<Vec<u8>> {
        let row = shelf.blob(cipher).ok()??;
        if offset >= row.size {
            return None;
        }
        let end = row.size.min(offset.checked_add(len)?);
        let ranges = round_up_to_chunks(&ByteRanges::from(offset..end));
        let encoded = self.blobs.outboard(shelf, cipher, row.size).and_then(|outboard| {
            let mut encoded = Vec::new();
            let from = OnShelf { shelf, cipher, size: row.size };
            encode_ranges_validated(from, outboard, &ranges, &mut encoded).ok().map(|()| encoded)
        });
        if encoded.is_none() && is_damaged(shelf, &row) {
            self.fetch_again(fx, &row);
            // Who asked hears of it when it is whole again.
            if let Some(peer) = self.peers.get_mut(&key).filter(|peer| peer.wants_blobs.len() < WAITING_FOR_BLOBS_MAX) {
                peer.wants_blobs.insert(*cipher);
            }
        }
        encoded
    }

    pub(crate) fn blob_data(
        &mut self,
        fx: &mut Effects,
        key: PeerKey,
        cipher: Hash32,
        offset: u64,
        len: u64,
        encoded: &[u8],
    ) -> Result<(), &'static str> {
        let at_hub = self.is_hub_here();
        let Some(wanted) = self.blobs.wanted.get_mut(&cipher) else {
            return Ok(());
        };
        // An answer to what was asked before the file was begun again with another size is not one to what is asked now.
        let asked_len = BLOB_RANGE_BYTES.min(wanted.size.saturating_sub(offset));
        if len != asked_len || wanted.asked.get(&offset).is_none_or(|(peer, _)| *peer != key) {
            return Ok(());
        }
        wanted.asked.remove(&offset);
        let end = wanted.size.min(offset.saturating_add(len));
        tracing::debug!(peer = key.0, %offset, bytes = encoded.len(), "a piece of a file came");
        let Some(bytes) = decode_range(&cipher, wanted.size, offset, end, encoded) else {
            wanted.open.push_front(offset);
            // At a hub somebody else may have lied about the size, by which all that is true looks false.
            let answers_for_size = !at_hub || wanted.said.get(&key) == Some(&wanted.size) || wanted.is_sized();
            if let Some(peer) = self.peers.get_mut(&key) {
                peer.has_blobs.remove(&cipher);
            }
            return if encoded.is_empty() || !answers_for_size { Ok(()) } else { Err("blob_not_proved") };
        };
        fx.writes.push(Write::BlobRange { cipher, offset, bytes });
        let size = wanted.size;
        if wanted.open.is_empty() && wanted.asked.is_empty() {
            self.blobs.wanted.remove(&cipher);
            self.blobs.complete.insert(cipher, size);
            fx.writes.push(Write::BlobComplete { cipher });
            fx.changes.insert(Change::Blob(cipher));
            self.blobs.finished.push(cipher);
        }
        Ok(())
    }

    /// Hands open ranges to holders that have room, and tells who waited for what is complete.
    pub(crate) fn forward_blobs(&mut self, cx: &mut Cx<'_>, fx: &mut Effects) {
        let added = std::mem::take(&mut self.blobs.added);
        for cipher in &added {
            if let Ok(Some(row)) = cx.shelf.blob(cipher) {
                self.blobs.complete.insert(*cipher, row.size);
            }
        }
        if !added.is_empty() {
            let ready: Vec<PeerKey> = self.peers.keys().copied().collect();
            for key in ready {
                self.offer_blobs(fx, key, &added);
            }
        }
        for cipher in std::mem::take(&mut self.blobs.finished) {
            self.tell_finished(fx, cipher);
        }
        self.believe_others(fx);
        let mut busy: BTreeMap<PeerKey, usize> = BTreeMap::new();
        for (peer, _) in self.blobs.wanted.values().flat_map(|wanted| wanted.asked.values()) {
            *busy.entry(*peer).or_default() += 1;
        }
        for (cipher, wanted) in &mut self.blobs.wanted {
            let said = &wanted.said;
            let same_size = |key: &PeerKey| said.get(key).is_none_or(|said| *said == wanted.size);
            let has = |(key, peer): &(&PeerKey, &Peer)| peer.has_blobs.contains(cipher) && same_size(key);
            let holders: Vec<PeerKey> = self.peers.iter().filter(has).map(|(key, _)| *key).collect();
            while !wanted.open.is_empty() {
                let Some(key) = holders
                    .iter()
                    .copied()
                    .filter(|key| busy.get(key).copied().unwrap_or(0) < BLOB_RANGES_IN_FLIGHT_MAX)
                    .min_by_key(|key| busy.get(key).copied().unwrap_or(0))
                else {
                    break;
                };
                let Some(offset) = wanted.open.pop_front() else {
                    break;
                };
                wanted.asked.insert(offset, (key, cx.now.mono_ms));
                *busy.entry(key).or_default() += 1;
                let len = BLOB_RANGE_BYTES.min(wanted.size - offset);
                Self::send(fx, key, &Message::BlobGet { cipher: *cipher, offset, len });
            }
        }
    }

    /// Where nobody who has a file says any more that it is as long as was said first, and somebody says another size, it is begun again with that.
    fn believe_others(&mut self, fx: &mut Effects) {
        let mut due = Vec::new();
        for (cipher, wanted) in self.blobs.wanted.iter().filter(|(_, wanted)| !wanted.said.is_empty() && !wanted.is_sized()) {
            let has = |key: &PeerKey| self.peers.get(key).is_some_and(|peer| peer.has_blobs.contains(cipher));
            let said: Vec<(PeerKey, u64)> =
                wanted.said.iter().filter(|(key, _)| has(key)).map(|(key, size)| (*key, *size)).collect();
            if said.iter().all(|(_, size)| *size != wanted.size)
                && let Some((key, size)) = said.first()
            {
                due.push((*cipher, *key, *size));
            }
        }
        for (cipher, key, size) in due {
            let Some(space) = self.blobs.space_of.get(&cipher).copied() else { continue };
            if !self.charge_again(fx, key, space, cipher, size) {
                if let Some(peer) = self.peers.get_mut(&key) {
                    peer.has_blobs.remove(&cipher);
                }
                continue;
            }
            if let Some(wanted) = self.blobs.wanted.get_mut(&cipher) {
                let said = std::mem::take(&mut wanted.said);
                *wanted = Wanted { said, ..Wanted::new(size, &[]) };
                wanted.last_first();
            }
            tracing::debug!(peer = key.0, %size, "a file is begun again with another size");
            fx.writes.push(Write::BlobWanted(BlobRow { space, cipher, size, complete: false }));
        }
    }

    /// Ranges that a peer keeps us waiting for are asked of another.
    pub(crate) fn tick_blobs(&mut self, cx: &mut Cx<'_>, _fx: &mut Effects) {
        for (cipher, wanted) in &mut self.blobs.wanted {
            let late: Vec<(u64, PeerKey)> = wanted
                .asked
                .iter()
                .filter(|(_, (_, since))| cx.now.mono_ms.saturating_sub(*since) >= BLOB_TIMEOUT_MS)
                .map(|(offset, (peer, _))| (*offset, *peer))
                .collect();
            for (offset, peer) in late {
                wanted.asked.remove(&offset);
                wanted.open.push_back(offset);
                if let Some(peer) = self.peers.get_mut(&peer) {
                    peer.has_blobs.remove(cipher);
                }
            }
        }
    }
}

/// Are the bytes of a complete blob, as far as they can be read, not what its name says.
fn is_damaged(shelf: &dyn Shelf, row: &BlobRow) -> bool {
    match shelf.blob_bytes(&row.cipher, 0, usize::try_from(row.size).unwrap_or(usize::MAX)) {
        Ok(bytes) => crate::envelope::hash(&bytes) != row.cipher,
        // The file is gone or too short; a disk that does not read today may read tomorrow.
        Err(error) => error.code == "store_damaged",
    }
}

/// Decodes and proves a range; `None` if anything does not fit.
fn decode_range(cipher: &Hash32, size: u64, offset: u64, end: u64, encoded: &[u8]) -> Option<Vec<u8>> {
    let ranges = round_up_to_chunks(&ByteRanges::from(offset..end));
    let tree = BaoTree::new(size, GROUP);
    let mut bytes = vec![0; usize::try_from(end.checked_sub(offset)?).ok()?];
    let mut filled = 0;
    if defect::is(Defect::BlobUnproved) {
        let skip = encoded.len().checked_sub(bytes.len())?;
        return encoded.get(skip..).map(<[u8]>::to_vec);
    }
    for item in DecodeResponseIter::new(blake3::Hash::from_bytes(cipher.0), tree, Cursor::new(encoded), &ranges) {
        if let BaoContentItem::Leaf(leaf) = item.ok()? {
            let at = usize::try_from(leaf.offset.checked_sub(offset)?).ok()?;
            bytes.get_mut(at..at + leaf.data.len())?.copy_from_slice(&leaf.data);
            filled += leaf.data.len();
        }
    }
    (filled == bytes.len()).then_some(bytes)
}

fn cipher_of(key: &SpaceKey, plain: &Hash32) -> ChaCha20 {
    let secret = [key.as_bytes().as_slice(), plain.as_bytes()].concat();
    let derived = blake3::derive_key("kyhop 2026 blob key v1", &secret);
    // The key is of this one plaintext, so one nonce is enough.
    ChaCha20::new(&derived.into(), &[0; 12].into())
}

/// A complete blob, read by position.
struct OnShelf<'a> {
    shelf: &'a dyn Shelf,
    cipher: &'a Hash32,
    size: u64,
}

impl ReadAt for OnShelf<'_> {
    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> std::io::Result<usize> {
        let len = usize::try_from(self.size.saturating_sub(offset)).unwrap_or(usize::MAX).min(buffer.len());
        let bytes = self.shelf.blob_bytes(self.cipher, offset, len).map_err(|error| IoError::other(error.to_string()))?;
        buffer[..bytes.len()].copy_from_slice(&bytes);
        Ok(bytes.len())
    }
}
