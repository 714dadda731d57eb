//! Catching up and live push.
//!
//! Peers compare a digest per shared space; where it differs they exchange the ends of their logs and each sends exactly
//! what the other lacks, in its own storage order, which never puts an envelope before what it needs (in a space with many logs
//! they look for what differs first, see `parts`). Fresh envelopes
//! are pushed at once along a tree that forms by itself: who gets one twice asks the second sender to only announce from
//! then on, and who misses an announced one grafts itself back (the epidemic broadcast trees of Leitão, Pereira and
//! Rodrigues, 2007).

use std::collections::{BTreeMap, BTreeSet};

use domain::id::{DeviceId, Hash32, Incarnation, PersonId, SpaceId};
use minicbor::bytes::ByteVec;
use signing::defect::{self, Defect};

use crate::admission::Admission;
use crate::envelope::{EnvelopeError, Verified, open, open_unsigned};
use crate::limits::{
    ANNOUNCE_MS, BLOB_QUERY_MAX, DECLINED_BLOBS_MAX, DECLINED_CODE_BYTES_MAX, DECLINED_PAUSE_MS, EAGER_MIN, HEARD_OUT_MAX,
    LOGS_MAX, RUN_BYTES_MAX, RUNS_IN_FLIGHT_MAX, RUNS_IN_FLIGHT_PEER_MAX, SPACES_MAX, USELESS_MAX,
};
use crate::peer::Shared;
use crate::port::{Change, Cx, Effects, PeerKey};
use crate::quota::is_quota;
use crate::replica::Replica;
use crate::wire::{LogEnd, Message, SpaceDigest};

/// Envelopes in one message.
const ENVELOPES_IN_MESSAGE_MAX: usize = 8_192;

/// Stands in for a digest that no longer counts as told; no space digests to it.
pub(crate) const NOTHING_TOLD: Hash32 = Hash32([0; 32]);

/// An acknowledgement as it came.
pub(crate) struct Acked<'a> {
    /// Logs that moved.
    pub ends: &'a [LogEnd],
    /// The peer has another source.
    pub lazy: bool,
    /// It answers a message of catching up.
    pub run: bool,
}

/// What a peer does not take, as it said so.
pub(crate) struct Declining {
    /// In which space.
    pub space: SpaceId,
    /// Whose envelopes.
    pub devices: Vec<DeviceId>,
    /// Which files.
    pub ciphers: Vec<Hash32>,
    /// Why.
    pub code: String,
}

impl Replica {
    /// Offers a comparison of all shared spaces.
    pub(crate) fn compare_all(&mut self, cx: &mut Cx<'_>, fx: &mut Effects, key: PeerKey) {
        let Some(person) = self.peers.get(&key).and_then(|peer| peer.identity()) else {
            return;
        };
        let shared: Vec<SpaceId> = self.spaces.keys().copied().filter(|space| self.shares(space, &person)).collect();
        self.compare(cx, fx, key, &shared);
    }

    /// Offers comparisons that have become possible: a peer became a member, a space appeared.
    pub(crate) fn compare_new(&mut self, cx: &mut Cx<'_>, fx: &mut Effects) {
        let ready: Vec<_> = self.peers.iter().filter_map(|(key, peer)| Some((*key, peer.identity()?))).collect();
        for (key, person) in ready {
            for gone in self.stop_sharing(key, &person) {
                self.tell_left(cx, fx, key, &gone);
            }
            let compared = self.peers.get(&key).map(|peer| peer.compared.clone()).unwrap_or_default();
            let fresh: Vec<SpaceId> = self
                .spaces
                .keys()
                .copied()
                .filter(|space| !compared.contains_key(space) && self.shares(space, &person))
                .collect();
            if !fresh.is_empty() {
                self.compare(cx, fx, key, &fresh);
                self.ask_for_blobs(fx, key);
            }
        }
    }

    /// Who was removed, or carries no longer, is sent nothing more, also of what had begun.
    fn stop_sharing(&mut self, key: PeerKey, person: &(DeviceId, PersonId)) -> BTreeSet<SpaceId> {
        let Some(peer) = self.peers.get(&key) else { return BTreeSet::new() };
        let gone: BTreeSet<SpaceId> = peer
            .spaces
            .keys()
            .chain(peer.compared.keys())
            .filter(|id| self.spaces.contains_key(id) && !self.shares(id, person))
            .copied()
            .collect();
        if let Some(peer) = self.peers.get_mut(&key) {
            for id in &gone {
                let left = peer.spaces.remove(id).map_or(0, |shared| shared.in_flight);
                peer.in_flight = peer.in_flight.saturating_sub(left);
                peer.compared.remove(id);
            }
        }
        gone
    }

    pub(crate) fn compare(&mut self, cx: &mut Cx<'_>, fx: &mut Effects, key: PeerKey, spaces: &[SpaceId]) {
        let digests: Vec<SpaceDigest> =
            spaces.iter().filter_map(|id| Some(SpaceDigest { space: *id, digest: self.spaces.get_mut(id)?.digest() })).collect();
        if let Some(peer) = self.peers.get_mut(&key) {
            peer.compared.extend(digests.iter().map(|offered| (offered.space, offered.digest)));
            peer.digests_at = cx.now.mono_ms;
            Self::send(fx, key, &Message::Digests { spaces: digests });
        }
    }

    /// The peer's digests. A space of which nothing is here is answered with an empty vector: we may have been invited.
    pub(crate) fn digests(
        &mut self,
        cx: &mut Cx<'_>,
        fx: &mut Effects,
        key: PeerKey,
        digests: &[SpaceDigest],
    ) -> Result<(), &'static str> {
        let Some(person) = self.peers.get(&key).and_then(|peer| peer.identity()) else {
            return Ok(());
        };
        let mut answered = BTreeSet::new();
        for offered in digests {
            // Each answer may be long: one for each space, however often it is named.
            if !answered.insert(offered.space) {
                return Err("digest_twice");
            }
            if !self.shares(&offered.space, &person) {
                self.tell_left(cx, fx, key, &offered.space);
                if self.spaces.contains_key(&offered.space) || self.is_asked(offered.space, key, cx.now.mono_ms) {
                    self.hear_out(fx, key, &person, offered);
                }
                continue;
            }
            let ours = self.spaces.get_mut(&offered.space).map(|space| space.digest());
            if ours == Some(offered.digest) {
                self.meet_equal(cx, fx, key, offered.space);
            } else if self.is_asked(offered.space, key, cx.now.mono_ms) {
                if self.by_parts(key, &offered.space) {
                    self.begin_parts(cx, fx, key, offered.space);
                } else {
                    self.tell_all(fx, key, offered.space, true);
                }
            }
        }
        Ok(())
    }

    /// The peer has the very logs that are here. It hears of the equality, too, unless it was told this very digest.
    pub(crate) fn meet_equal(&mut self, cx: &mut Cx<'_>, fx: &mut Effects, key: PeerKey, id: SpaceId) {
        let Some(space) = self.spaces.get_mut(&id) else { return };
        let ours = space.digest();
        let ends = self.ends(&id);
        self.meet(cx, fx, key, id, &ends);
        if self.peers.get(&key).is_some_and(|peer| peer.compared.get(&id) != Some(&ours)) {
            self.compare(cx, fx, key, &[id]);
        }
    }

    /// Tells the ends of all logs.
    pub(crate) fn tell_all(&self, fx: &mut Effects, key: PeerKey, id: SpaceId, reply: bool) {
        Self::send(fx, key, &Message::Vector { space: id, ends: self.ends(&id), reply });
    }

    fn ends(&self, id: &SpaceId) -> Vec<LogEnd> {
        self.spaces.get(id).map(|space| space.heads().into_iter().map(LogEnd::from).collect()).unwrap_or_default()
    }

    /// A peer that is no member of a space as far as is known here offers it, or one of which nothing is here: it may know a newer invitation
    /// than this device, whose disk was put back, say, or whose inviter's device is gone. It is answered as if nothing of the space were
    /// here, so that it sends what it has and learns nothing: no oftener than if that were so. Who once belonged to it, or carried it, knows
    /// of it anyway and may go on offering for long: once is enough.
    fn hear_out(&mut self, fx: &mut Effects, key: PeerKey, (device, person): &(DeviceId, PersonId), offered: &SpaceDigest) {
        let belonged = self.was_removed(&offered.space, person)
            || (self.spaces.contains_key(&offered.space)
                && self.directory.as_ref().is_some_and(|directory| directory.was_hub(device)));
        let most = if belonged { 1 } else { HEARD_OUT_MAX };
        let Some(peer) = self.peers.get_mut(&key) else { return };
        if peer.heard_out.len() >= SPACES_MAX && !peer.heard_out.contains_key(&offered.space) {
            return;
        }
        let (digest, times) = peer.heard_out.entry(offered.space).or_insert((offered.digest, 0));
        if *digest != offered.digest {
            (*digest, *times) = (offered.digest, 0);
        }
        if *times < most {
            *times += 1;
            Self::send(fx, key, &Message::Vector { space: offered.space, ends: Vec::new(), reply: true });
        }
    }

    pub(crate) fn vector(
        &mut self,
        cx: &mut Cx<'_>,
        fx: &mut Effects,
        key: PeerKey,
        id: SpaceId,
        ends: &[LogEnd],
        reply: bool,
    ) -> Result<(), &'static str> {
        if ends.len() > LOGS_MAX {
            return Err("too_many_logs");
        }
        let Some(person) = self.peers.get(&key).and_then(|peer| peer.identity()) else {
            return Ok(());
        };
        // Their logs and ours differ: what this peer was told as a digest before is no longer what both have. Above all a peer
        // to whom the space was new could not remember our answer, and must hear of the equality later.
        if let Some(told) = self.peers.get_mut(&key).and_then(|peer| peer.compared.get_mut(&id)) {
            *told = NOTHING_TOLD;
        }
        if !self.shares(&id, &person) {
            return Ok(());
        }
        if reply && self.is_asked(id, key, cx.now.mono_ms) && self.spaces.contains_key(&id) {
            self.tell_all(fx, key, id, false);
        }
        self.meet(cx, fx, key, id, ends);
        Ok(())
    }

    /// The peer's logs are known: begin to send what it lacks.
    pub(crate) fn meet(&mut self, cx: &mut Cx<'_>, fx: &mut Effects, key: PeerKey, id: SpaceId, ends: &[LogEnd]) {
        if !self.is_shared_with(key, &id) {
            return;
        }
        let (Some(space), Some(peer)) = (self.spaces.get(&id), self.peers.get_mut(&key)) else {
            return;
        };
        peer.dividing.remove(&id);
        let shared = peer.spaces.entry(id).or_default();
        if shared.is_idle() {
            // What was sent before and is not there after all (it waited and was dropped, say) is sent again.
            shared.known.clear();
        }
        shared.met(ends);
        if shared.cursor.is_none() {
            shared.cursor = first_lacking(cx, &id, &space.logs, shared);
        }
        self.pump(cx, fx, key, id);
    }

    /// Goes on where a peer was left behind while the way to it was full.
    pub(crate) fn resume(&mut self, cx: &Cx<'_>, key: PeerKey, id: SpaceId) {
        let (Some(space), Some(shared)) =
            (self.spaces.get(&id), self.peers.get_mut(&key).and_then(|peer| peer.spaces.get_mut(&id)))
        else {
            return;
        };
        shared.behind = false;
        if shared.cursor.is_none() {
            shared.cursor = first_lacking(cx, &id, &space.logs, shared);
        }
    }

    /// Sends the next runs of all spaces in which a peer catches up, as far as there is room in flight.
    pub(crate) fn pump_all(&mut self, cx: &mut Cx<'_>, fx: &mut Effects, key: PeerKey) {
        let Some(peer) = self.peers.get(&key) else { return };
        let begun: Vec<SpaceId> = peer.spaces.iter().filter(|(_, shared)| shared.cursor.is_some()).map(|(id, _)| *id).collect();
        for id in begun {
            if self.peers.get(&key).is_none_or(|peer| peer.in_flight >= RUNS_IN_FLIGHT_PEER_MAX) {
                return;
            }
            self.pump(cx, fx, key, id);
        }
    }

    /// Sends the next runs of a peer that catches up.
    pub(crate) fn pump(&mut self, cx: &mut Cx<'_>, fx: &mut Effects, key: PeerKey, id: SpaceId) {
        let own = self.keys.device();
        let shared = self.peers.get(&key).and_then(|peer| peer.spaces.get(&id));
        if shared.is_none_or(|shared| shared.cursor.is_none()) || !self.is_shared_with(key, &id) {
            return;
        }
        let Some(peer) = self.peers.get_mut(&key).filter(|peer| !peer.congested) else { return };
        let Some(shared) = peer.spaces.get_mut(&id) else {
            return;
        };
        while let Some(cursor) = shared.cursor
            && shared.in_flight < RUNS_IN_FLIGHT_MAX
            && peer.in_flight < RUNS_IN_FLIGHT_PEER_MAX
        {
            let Ok(rows) = cx.shelf.envelopes(&id, cursor, RUN_BYTES_MAX) else {
                return;
            };
            shared.cursor = rows.last().map(|(position, _)| position + 1);
            let run = lacking(rows, shared, &own, cx.now.mono_ms);
            if !run.is_empty() {
                peer.in_flight += 1;
                shared.in_flight += 1;
                shared.run_at = cx.now.mono_ms;
                Self::send(fx, key, &Message::Envelopes { space: id, envelopes: run, live: false });
            }
        }
    }

    pub(crate) fn envelopes(
        &mut self,
        cx: &mut Cx<'_>,
        fx: &mut Effects,
        key: PeerKey,
        id: SpaceId,
        envelopes: &[ByteVec],
        live: bool,
    ) -> Result<(), &'static str> {
        if envelopes.len() > ENVELOPES_IN_MESSAGE_MAX {
            return Err("too_many_envelopes");
        }
        let Some((device, person)) = self.peers.get(&key).and_then(|peer| peer.identity()) else {
            return Ok(());
        };
        // Who was removed says nothing more here but what others wrote.
        let removed = self.was_removed(&id, &person) && !self.shares(&id, &(device, person));
        let envelopes = if removed { self.of_others(&id, envelopes) } else { envelopes.iter().collect() };
        if !live {
            self.asking.came(&id, key, cx.now.mono_ms);
        }
        self.parked.from = Some(key);
        let mut moved: BTreeMap<(DeviceId, Incarnation), LogEnd> = BTreeMap::new();
        let mut fresh = Vec::new();
        let (mut known, mut forged) = (0, None);
        // Of what is here already the signature is not looked at; who does not share the space would learn by that what is.
        let outside = self.spaces.contains_key(&id) && !self.is_shared_with(key, &id);
        let mut declined: BTreeMap<&'static str, Vec<DeviceId>> = BTreeMap::new();
        for bytes in &envelopes {
            if outside && let Some(code) = forgery(bytes) {
                forged = Some(code);
                continue;
            }
            match self.admit(fx, id, bytes) {
                Admission::Admitted(envelope) => {
                    let end = end_of(&envelope);
                    moved.insert((end.device, end.incarnation), end);
                    fresh.push(*envelope);
                }
                Admission::Known => known += 1,
                Admission::Waits => {}
                Admission::Refused(code) => {
                    tracing::debug!(peer = key.0, code, "an envelope is refused");
                    if is_quota(code)
                        && let Ok(envelope) = open_unsigned(bytes)
                    {
                        let devices = declined.entry(code).or_default();
                        if !devices.contains(&envelope.header.device) {
                            devices.push(envelope.header.device);
                        }
                    }
                }
                Admission::Forged(code) => forged = Some(code),
            }
        }
        let duplicate = live && known == envelopes.len() && known > 0;
        // Of a space that is not here nothing is noted, however many somebody names. And whoever does not share one that is here, also by what
        // came just now, is told the same and noted as little: all that is noted is sent what is fresh, and asked for what is not here.
        let shared = self.spaces.contains_key(&id) && self.is_shared_with(key, &id);
        let prune = duplicate && shared && self.may_prune(key, &id);
        if !shared && !live {
            Self::send(fx, key, &Message::Ack { space: id, ends: Vec::new(), lazy: false, run: true });
        }
        if let Some(shared) = self.peers.get_mut(&key).filter(|_| shared).map(|peer| peer.spaces.entry(id).or_default()) {
            let ends: Vec<LogEnd> = moved.values().copied().collect();
            for end in &ends {
                let log = (end.device, end.incarnation);
                let had = shared.known.entry(log).or_default();
                *had = (*had).max(end.seq);
                shared.acked.insert(log, *had);
            }
            shared.lazy |= prune;
            match (duplicate, moved.is_empty()) {
                (true, _) => shared.useless += 1,
                (false, false) => shared.useless = 0,
                (false, true) => {}
            }
            if !ends.is_empty() || !live || prune {
                Self::send(fx, key, &Message::Ack { space: id, ends, lazy: prune, run: !live });
            }
            if duplicate {
                self.note_known(key, id, &envelopes);
            }
        }
        for (code, devices) in declined {
            self.count_declined();
            Self::send(fx, key, &Message::Declined { space: id, devices, ciphers: Vec::new(), code: code.into() });
        }
        for envelope in &fresh {
            self.distribute(cx, fx, &id, envelope, Some(key));
        }
        if !fresh.is_empty() {
            if let Some(space) = self.spaces.get_mut(&id) {
                space.arrived_at = cx.now.mono_ms;
            }
            fx.changes.insert(Change::Sync);
        }
        if defect::is(Defect::AckBeforeCommit) {
            self.held_back.append(&mut fx.writes);
        }
        forged.map_or(Ok(()), Err)
    }

    /// Is a neighbour that pushed something twice to announce from now on: if enough others push, or if it has been of no use for long and
    /// another one pushes.
    fn may_prune(&self, key: PeerKey, id: &SpaceId) -> bool {
        let shared = self.peers.values().filter_map(|peer| peer.spaces.get(id));
        let eager = shared.filter(|shared| shared.met && !shared.lazy).count();
        let useless = self.peers.get(&key).and_then(|peer| peer.spaces.get(id)).map_or(0, |shared| shared.useless);
        eager > EAGER_MIN || (eager > 2 && useless + 1 >= USELESS_MAX)
    }

    /// The peer evidently has what it sent twice.
    fn note_known(&mut self, key: PeerKey, id: SpaceId, envelopes: &[&ByteVec]) {
        let Some(shared) = self.peers.get_mut(&key).and_then(|peer| peer.spaces.get_mut(&id)) else {
            return;
        };
        for envelope in envelopes.iter().filter_map(|bytes| open_unsigned(bytes).ok()) {
            let log = (envelope.header.device, envelope.header.incarnation);
            for table in [&mut shared.known, &mut shared.acked] {
                let seq = table.entry(log).or_default();
                *seq = (*seq).max(envelope.header.seq);
            }
        }
    }

    pub(crate) fn ack(
        &mut self,
        cx: &mut Cx<'_>,
        fx: &mut Effects,
        key: PeerKey,
        id: SpaceId,
        acked: &Acked<'_>,
    ) -> Result<(), &'static str> {
        let Some(peer) = self.peers.get_mut(&key) else { return Ok(()) };
        let Some(shared) = peer.spaces.get_mut(&id) else {
            return Ok(());
        };
        shared.acked(acked.ends);
        shared.lazy |= acked.lazy;
        if acked.run && shared.in_flight > 0 {
            peer.in_flight = peer.in_flight.saturating_sub(1);
            shared.in_flight -= 1;
            shared.run_at = cx.now.mono_ms;
        }
        fx.changes.insert(Change::Sync);
        self.pump(cx, fx, key, id);
        if acked.run {
            self.pump_all(cx, fx, key);
        }
        Ok(())
    }

    /// The peer does not take something: it is not offered again for a while, and whoever looks after this device can see why.
    pub(crate) fn declined(
        &mut self,
        cx: &Cx<'_>,
        fx: &mut Effects,
        key: PeerKey,
        declining: &Declining,
    ) -> Result<(), &'static str> {
        let Declining { space, devices, ciphers, code } = declining;
        if devices.len() > LOGS_MAX || ciphers.len() > BLOB_QUERY_MAX || code.len() > DECLINED_CODE_BYTES_MAX {
            return Err("declined_too_much");
        }
        let Some(peer) = self.peers.get_mut(&key) else { return Ok(()) };
        tracing::warn!(peer = key.0, code, "a peer does not take what it was sent");
        peer.declined = Some(code.clone());
        let room = DECLINED_BLOBS_MAX.saturating_sub(peer.declined_blobs.len());
        peer.declined_blobs.extend(ciphers.iter().take(room));
        // Nothing was sent of devices that have no log here: they are not noted, however many are named.
        if let (Some(state), Some(shared)) = (self.spaces.get(space), peer.spaces.get_mut(space)) {
            let writers = devices.iter().filter(|device| state.logs_of(device) > 0);
            shared.declined.extend(writers.map(|device| (*device, cx.now.mono_ms + DECLINED_PAUSE_MS)));
        }
        fx.changes.insert(Change::Sync);
        Ok(())
    }

    /// After an envelope that had waited was admitted, whoever offered it hears that it is durable.
    pub(crate) fn acknowledge_to_all(&mut self, fx: &mut Effects, id: &SpaceId, envelope: &Verified) {
        let end = end_of(envelope);
        for (key, peer) in &self.peers {
            let met = peer.spaces.get(id).is_some_and(|shared| shared.met);
            if met && peer.identity().is_some_and(|identity| self.shares(id, &identity)) {
                Self::send(fx, *key, &Message::Ack { space: *id, ends: vec![end], lazy: false, run: false });
            }
        }
    }

    /// Passes a fresh envelope on to the peers that share the space and lack it.
    pub(crate) fn distribute(
        &mut self,
        cx: &mut Cx<'_>,
        fx: &mut Effects,
        id: &SpaceId,
        envelope: &Verified,
        from: Option<PeerKey>,
    ) {
        let end = end_of(envelope);
        let log = (end.device, end.incarnation);
        let ready: Vec<_> = self
            .peers
            .iter()
            .filter(|(key, _)| Some(**key) != from)
            .filter_map(|(key, peer)| Some((*key, peer.congested, peer.identity()?)))
            .collect();
        if defect::is(Defect::ForgetForward) && from.is_some() {
            return;
        }
        let own = self.keys.device();
        for (key, congested, person) in ready {
            if !self.shares(id, &person) {
                continue;
            }
            let Some(shared) = self.peers.get_mut(&key).and_then(|peer| peer.spaces.get_mut(id)).filter(|shared| shared.met)
            else {
                continue;
            };
            let known = shared.known.get(&log).copied().unwrap_or(0);
            if known >= end.seq || shared.cursor.is_some() || shared.declines(&end.device, cx.now.mono_ms) {
                continue;
            }
            if congested {
                shared.behind = true;
                continue;
            }
            if shared.lazy {
                shared.announce.insert(log, end);
                // One of two neighbours speaks first, and the other mostly has nothing left to say.
                let turns = if person.0 < own { 2 } else { 1 };
                shared.announce_at.get_or_insert(cx.now.mono_ms + turns * ANNOUNCE_MS);
            } else if known + 1 == end.seq {
                shared.known.insert(log, end.seq);
                Self::send(
                    fx,
                    key,
                    &Message::Envelopes { space: *id, envelopes: vec![envelope.bytes.clone().into()], live: true },
                );
            } else if let Ok(Some(position)) = cx.shelf.position(id, &log.0, &log.1, known + 1) {
                shared.cursor = Some(position);
            }
        }
    }

    pub(crate) fn announced(&mut self, cx: &mut Cx<'_>, key: PeerKey, id: SpaceId, ends: &[LogEnd]) -> Result<(), &'static str> {
        if ends.len() > LOGS_MAX {
            return Err("too_many_logs");
        }
        if !self.is_shared_with(key, &id) {
            return Ok(());
        }
        let Some(space) = self.spaces.get(&id) else {
            return Ok(());
        };
        let Some(shared) = self.peers.get_mut(&key).and_then(|peer| peer.spaces.get_mut(&id)) else {
            return Ok(());
        };
        shared.acked(ends);
        for end in ends.iter().filter(|end| space.seq(&end.device, &end.incarnation) < end.seq) {
            if shared.missing.len() >= LOGS_MAX {
                break;
            }
            shared.missing.entry((end.device, end.incarnation)).or_insert((end.seq, cx.now.mono_ms)).0 = end.seq;
        }
        Ok(())
    }

    pub(crate) fn graft(
        &mut self,
        cx: &mut Cx<'_>,
        fx: &mut Effects,
        key: PeerKey,
        id: SpaceId,
        ends: &[LogEnd],
    ) -> Result<(), &'static str> {
        if ends.len() > LOGS_MAX {
            return Err("too_many_logs");
        }
        if !self.is_shared_with(key, &id) {
            return Ok(());
        }
        if let Some(shared) = self.peers.get_mut(&key).and_then(|peer| peer.spaces.get_mut(&id)) {
            shared.lazy = false;
            // What was sent and not acknowledged may be lost: the peer says where it really stands.
            for end in ends {
                shared.known.insert((end.device, end.incarnation), end.seq);
            }
            let told: BTreeSet<_> = ends.iter().map(|end| (end.device, end.incarnation)).collect();
            shared.known.retain(|log, _| told.contains(log));
            shared.announce.clear();
            shared.announce_at = None;
            self.meet(cx, fx, key, id, ends);
        }
        Ok(())
    }
}

/// Why nobody could honestly have passed the envelope on, going by itself alone.
fn forgery(bytes: &[u8]) -> Option<&'static str> {
    match open(bytes) {
        Ok(_) | Err(EnvelopeError::NewerVersion(_)) => None,
        Err(error) => Some(error.code()),
    }
}

fn end_of(envelope: &Verified) -> LogEnd {
    let header = &envelope.header;
    LogEnd { device: header.device, incarnation: header.incarnation, seq: header.seq, hash: envelope.hash }
}

/// The lowest storage position of an envelope that the peer lacks.
fn first_lacking(
    cx: &Cx<'_>,
    id: &SpaceId,
    logs: &BTreeMap<(DeviceId, Incarnation), (u64, domain::id::Hash32)>,
    shared: &Shared,
) -> Option<u64> {
    let known = &shared.known;
    logs.iter()
        .filter(|((device, _), _)| !shared.declines(device, cx.now.mono_ms))
        .filter_map(|((device, incarnation), (seq, _))| {
            let next = known.get(&(*device, *incarnation)).copied().unwrap_or(0) + 1;
            (next <= *seq).then(|| cx.shelf.position(id, device, incarnation, next).ok().flatten()).flatten()
        })
        .min()
}

/// Of stored envelopes those that the peer lacks; notes them as sent.
fn lacking(rows: Vec<(u64, Vec<u8>)>, shared: &mut Shared, own: &DeviceId, now_ms: u64) -> Vec<ByteVec> {
    let mut run = Vec::new();
    for (_, bytes) in rows {
        let Ok(envelope) = open_unsigned(&bytes) else {
            continue;
        };
        if defect::is(Defect::ForgetForward) && envelope.header.device != *own {
            continue;
        }
        if shared.declines(&envelope.header.device, now_ms) {
            continue;
        }
        let had = shared.known.entry((envelope.header.device, envelope.header.incarnation)).or_default();
        if envelope.header.seq > *had {
            *had = envelope.header.seq;
            run.push(bytes.into());
        }
    }
    run
}

impl Shared {
    /// Nothing is on its way to the peer.
    pub fn is_idle(&self) -> bool {
        self.met && self.cursor.is_none() && self.in_flight == 0
    }
}
