//! Who has which file: asking, telling, offering to hubs. The files themselves move in `blobs`.

use std::collections::BTreeMap;

use domain::id::{Hash32, SpaceId};
use domain::meeting::BlobRef;

use crate::limits::{BLOB_BYTES_MAX, BLOB_QUERY_MAX, DIGEST_EVERY_MS};
use crate::port::{Cx, Effects, PeerKey};
use crate::replica::Replica;
use crate::wire::{Message, OfferedBlob};

/// Blobs of which a peer is told when they are here.
pub(crate) const WAITING_FOR_BLOBS_MAX: usize = 8 * BLOB_QUERY_MAX;
/// Blobs that a peer is asked about, or offered, once more with each comparison of digests.
const ASKED_AGAIN_MAX: usize = 32;

impl Replica {
    /// Tells a hub of blobs: it cannot read in the documents that they are there.
    pub(crate) fn offer_blobs(&self, fx: &mut Effects, key: PeerKey, ciphers: &[Hash32]) {
        let Some(identity) = self.peers.get(&key).and_then(|peer| peer.identity()) else { return };
        if !self.directory.as_ref().is_some_and(|directory| directory.is_hub(&identity.0)) {
            return;
        }
        let offered: Vec<OfferedBlob> = ciphers
            .iter()
            .filter(|cipher| {
                !self
                    .peers
                    .get(&key)
                    .is_some_and(|peer| peer.has_blobs.contains(*cipher) || peer.declined_blobs.contains(*cipher))
            })
            .filter_map(|cipher| {
                let (space, size) = (self.blobs.space_of.get(cipher)?, self.blobs.complete.get(cipher)?);
                self.shares(space, &identity).then_some(OfferedBlob { space: *space, cipher: *cipher, size: *size })
            })
            .collect();
        for some in offered.chunks(BLOB_QUERY_MAX) {
            Self::send(fx, key, &Message::BlobOffer { blobs: some.to_vec() });
        }
    }

    /// A peer has blobs of spaces that we carry: they are fetched from it.
    pub(crate) fn blob_offer(
        &mut self,
        cx: &mut Cx<'_>,
        fx: &mut Effects,
        key: PeerKey,
        blobs: &[OfferedBlob],
    ) -> Result<(), &'static str> {
        if blobs.len() > BLOB_QUERY_MAX {
            return Err("too_many_blobs");
        }
        let own = self.keys.device();
        let Some(identity) = self.peers.get(&key).and_then(|peer| peer.identity()) else {
            return Ok(());
        };
        if !self.directory.as_ref().is_some_and(|directory| directory.is_hub(&own)) {
            return Ok(());
        }
        tracing::debug!(peer = key.0, offered = blobs.len(), "files are offered");
        let mut here = Vec::new();
        let mut declined: BTreeMap<(SpaceId, &'static str), Vec<Hash32>> = BTreeMap::new();
        for offered in blobs {
            if !self.shares(&offered.space, &identity) {
                continue;
            }
            // Whoever offers what was withdrawn has not heard of it yet.
            if self.is_withdrawn(&offered.space, &offered.cipher) {
                continue;
            }
            if self.blobs.complete.contains_key(&offered.cipher) {
                // That it is here as a file of another space is not told.
                if self.may_have(&key, &offered.cipher) {
                    here.push(offered.cipher);
                }
                continue;
            }
            if !(1..=BLOB_BYTES_MAX).contains(&offered.size) {
                continue;
            }
            // Who offered it before is charged for it, as long as the size holds.
            let fresh = !self.blobs.wanted.contains_key(&offered.cipher);
            if fresh {
                if let Err(code) = self.carried.room(&identity.0, offered.size) {
                    declined.entry((offered.space, code)).or_default().push(offered.cipher);
                    continue;
                }
                self.carried.charge_file(offered.cipher, identity.0, offered.size);
            }
            let blob = BlobRef { plain: Hash32([0; 32]), cipher: offered.cipher, size: offered.size, epoch: 0 };
            let wanted = self.want_blob(cx, offered.space, &blob);
            fx.append(wanted);
            if let Some(wanted) = self.blobs.wanted.get_mut(&offered.cipher)
                && let Some(peer) = self.peers.get_mut(&key)
            {
                wanted.offered_by(key, offered.size);
                if fresh {
                    wanted.last_first();
                }
                peer.has_blobs.insert(offered.cipher);
                // It hears when the blob is here, and does not offer it again.
                if peer.wants_blobs.len() < WAITING_FOR_BLOBS_MAX {
                    peer.wants_blobs.insert(offered.cipher);
                }
            }
        }
        if !here.is_empty() {
            Self::send(fx, key, &Message::BlobHave { ciphers: here });
        }
        for ((space, code), ciphers) in declined {
            self.count_declined();
            Self::send(fx, key, &Message::Declined { space, devices: Vec::new(), ciphers, code: code.into() });
        }
        Ok(())
    }

    /// Charges whoever says another size of a file that is on its way, and nobody else any more. `false`: there is no room for it.
    pub(crate) fn charge_again(&mut self, fx: &mut Effects, key: PeerKey, space: SpaceId, cipher: Hash32, size: u64) -> bool {
        let Some((device, _)) = self.peers.get(&key).and_then(|peer| peer.identity()) else { return false };
        let before = self.carried.give_back(&cipher);
        if let Err(code) = self.carried.room(&device, size) {
            if let Some((device, bytes)) = before {
                self.carried.charge_file(cipher, device, bytes);
            }
            self.count_declined();
            Self::send(fx, key, &Message::Declined { space, devices: Vec::new(), ciphers: vec![cipher], code: code.into() });
            return false;
        }
        self.carried.charge_file(cipher, device, size);
        true
    }

    /// A new peer, or one that shares more than before, is asked about everything that is missing and told of what it asked about.
    pub(crate) fn ask_for_blobs(&mut self, fx: &mut Effects, key: PeerKey) {
        let ciphers = self.lacking_blobs(key);
        for some in ciphers.chunks(BLOB_QUERY_MAX) {
            Self::send(fx, key, &Message::BlobQuery { ciphers: some.to_vec() });
        }
        let here: Vec<Hash32> = self.blobs.complete.keys().copied().collect();
        self.offer_blobs(fx, key, &here);
        let asked = self.peers.get(&key).map(|peer| &peer.wants_blobs);
        let finished = asked.into_iter().flatten().filter(|cipher| self.blobs.complete.contains_key(cipher));
        for cipher in finished.copied().collect::<Vec<_>>() {
            self.tell_finished(fx, cipher);
        }
    }

    /// Some of what is missing is asked about again, and some of what a hub has not confirmed is offered again: a peer that once
    /// was too slow, or did not know yet that the other belongs to the space, is not left out for as long as the connection lasts.
    pub(crate) fn ask_again_for_blobs(&mut self, cx: &Cx<'_>, fx: &mut Effects, key: PeerKey) {
        let turn = cx.now.mono_ms / DIGEST_EVERY_MS;
        let ciphers = some_of(&self.lacking_blobs(key), turn);
        if !ciphers.is_empty() {
            Self::send(fx, key, &Message::BlobQuery { ciphers });
        }
        let has = self.peers.get(&key).map(|peer| &peer.has_blobs);
        let here: Vec<Hash32> =
            self.blobs.complete.keys().filter(|cipher| has.is_some_and(|has| !has.contains(cipher))).copied().collect();
        self.offer_blobs(fx, key, &some_of(&here, turn));
    }

    /// Blobs that are missing here and that the peer may have without having said so.
    fn lacking_blobs(&self, key: PeerKey) -> Vec<Hash32> {
        let Some(peer) = self.peers.get(&key) else { return Vec::new() };
        let lacking = |cipher: &&Hash32| !peer.has_blobs.contains(*cipher) && self.may_have(&key, cipher);
        self.blobs.wanted.keys().filter(lacking).copied().collect()
    }

    /// May the peer have this blob: it shares the blob's space. "No" looks the same as "not here".
    pub(crate) fn may_have(&self, key: &PeerKey, cipher: &Hash32) -> bool {
        let identity = self.peers.get(key).and_then(|peer| peer.identity());
        let space = self.blobs.space_of.get(cipher);
        matches!((identity, space), (Some(identity), Some(space)) if self.shares(space, &identity))
    }

    pub(crate) fn blob_query(
        &mut self,
        _cx: &mut Cx<'_>,
        fx: &mut Effects,
        key: PeerKey,
        ciphers: &[Hash32],
    ) -> Result<(), &'static str> {
        if ciphers.len() > BLOB_QUERY_MAX {
            return Err("too_many_blobs");
        }
        let (here, later): (Vec<Hash32>, Vec<Hash32>) =
            ciphers.iter().partition(|cipher| self.blobs.complete.contains_key(cipher) && self.may_have(&key, cipher));
        tracing::debug!(peer = key.0, here = here.len(), later = later.len(), "files are asked about");
        if let Some(peer) = self.peers.get_mut(&key)
            && peer.wants_blobs.len() + later.len() <= WAITING_FOR_BLOBS_MAX
        {
            peer.wants_blobs.extend(later);
        }
        if !here.is_empty() {
            Self::send(fx, key, &Message::BlobHave { ciphers: here });
        }
        Ok(())
    }

    pub(crate) fn blob_have(&mut self, key: PeerKey, ciphers: &[Hash32]) -> Result<(), &'static str> {
        if ciphers.len() > BLOB_QUERY_MAX {
            return Err("too_many_blobs");
        }
        // Nothing is asked of who does not share a file's space: it would learn what is wanted here, and keep us waiting.
        let known = |cipher: &Hash32| {
            (self.blobs.wanted.contains_key(cipher) || self.blobs.complete.contains_key(cipher)) && self.may_have(&key, cipher)
        };
        let wanted: Vec<Hash32> = ciphers.iter().copied().filter(known).collect();
        tracing::debug!(peer = key.0, wanted = wanted.len(), "a peer has files");
        if let Some(peer) = self.peers.get_mut(&key) {
            peer.has_blobs.extend(wanted);
        }
        Ok(())
    }

    /// Tells peers that asked for a blob that it is here now.
    pub(crate) fn tell_finished(&mut self, fx: &mut Effects, cipher: Hash32) {
        let asked: Vec<PeerKey> =
            self.peers.iter().filter(|(_, peer)| peer.wants_blobs.contains(&cipher)).map(|(key, _)| *key).collect();
        for key in asked {
            if self.may_have(&key, &cipher) {
                if let Some(peer) = self.peers.get_mut(&key) {
                    peer.wants_blobs.remove(&cipher);
                }
                Self::send(fx, key, &Message::BlobHave { ciphers: vec![cipher] });
            }
        }
    }
}

/// A few of many, others each turn.
fn some_of(all: &[Hash32], turn: u64) -> Vec<Hash32> {
    let turns = all.len().div_ceil(ASKED_AGAIN_MAX).max(1);
    let turn = usize::try_from(turn).unwrap_or(0) % turns;
    all.iter().skip(turn * ASKED_AGAIN_MAX).take(ASKED_AGAIN_MAX).copied().collect()
}
