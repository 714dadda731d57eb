//! What is due when: announcements, what was announced and has not come, comparisons of digests, hellos that never end.

use domain::id::SpaceId;

use crate::limits::{ANNOUNCE_MS, DIGEST_EVERY_MS, HELLO_TIMEOUT_MS, PARTS_ANSWER_MS, RUN_TIMEOUT_MS};
use crate::peer::Stage;
use crate::port::{Cx, Effects, Now, PeerKey};
use crate::replica::Replica;
use crate::wire::{LogEnd, Message};

/// Least time between two ticks that are asked for.
const TICK_GAP_MS: u64 = 15;

impl Replica {
    /// Time passed: announcements go out, what is still missing is asked for, digests are compared again.
    pub(crate) fn tick(&mut self, cx: &mut Cx<'_>, fx: &mut Effects) {
        let now = cx.now.mono_ms;
        let keys: Vec<PeerKey> = self.peers.keys().copied().collect();
        for key in keys {
            self.tick_hello(fx, key, now);
            self.ask_put_off(cx, fx, key);
            self.tick_parts(fx, key, now);
            let ids: Vec<SpaceId> = self.peers.get(&key).map(|peer| peer.spaces.keys().copied().collect()).unwrap_or_default();
            for id in ids {
                self.tick_space(fx, key, id, now);
                self.pump(cx, fx, key, id);
            }
            if self
                .peers
                .get(&key)
                .is_some_and(|peer| peer.person().is_some() && now.saturating_sub(peer.digests_at) >= DIGEST_EVERY_MS)
            {
                self.compare_all(cx, fx, key);
                self.ask_again_for_blobs(cx, fx, key);
            }
        }
        self.show_asked(fx, now);
        self.wrap_missing(cx, fx);
        self.tick_blobs(cx, fx);
    }

    /// A hello that never ends, because a word of it was lost or the other side is none of ours, frees its place.
    fn tick_hello(&mut self, fx: &mut Effects, key: PeerKey, now: u64) {
        let Some(peer) = self.peers.get_mut(&key) else { return };
        if !matches!(peer.stage, Stage::Hello | Stage::Proof { .. }) {
            peer.hello_at = None;
            return;
        }
        let since = *peer.hello_at.get_or_insert(now);
        if now.saturating_sub(since) >= HELLO_TIMEOUT_MS {
            fx.closes.push(key);
            self.disconnected(fx, key);
        }
    }

    fn tick_space(&mut self, fx: &mut Effects, key: PeerKey, id: SpaceId, now: u64) {
        let Some(space) = self.spaces.get(&id) else {
            return;
        };
        let Some(peer) = self.peers.get_mut(&key) else { return };
        let Some(shared) = peer.spaces.get_mut(&id) else {
            return;
        };
        if shared.in_flight > 0 && now.saturating_sub(shared.run_at) >= RUN_TIMEOUT_MS {
            // The message or its answer is lost: the next comparison begins anew with what the peer really has.
            peer.in_flight = peer.in_flight.saturating_sub(shared.in_flight);
            shared.in_flight = 0;
            shared.cursor = None;
        }
        if shared.announce_at.is_some_and(|at| at <= now) {
            shared.announce_at = None;
            let ends: Vec<LogEnd> = std::mem::take(&mut shared.announce)
                .into_values()
                .filter(|end| shared.known.get(&(end.device, end.incarnation)).is_none_or(|known| *known < end.seq))
                .collect();
            if !ends.is_empty() {
                Self::send(fx, key, &Message::Announce { space: id, ends });
            }
        }
        shared.missing.retain(|(device, incarnation), (seq, _)| space.seq(device, incarnation) < *seq);
        if shared.missing.values().any(|(_, since)| space.graft_at(*since) <= now) {
            shared.missing.clear();
            shared.lazy = false;
            let ends = space.heads().into_iter().map(LogEnd::from).collect();
            Self::send(fx, key, &Message::Graft { space: id, ends });
        }
    }

    /// When the next tick is due, in milliseconds from now. Counted from when something began, never from the last event: what is
    /// due would not come as long as frames keep coming.
    pub(crate) fn next_wake(&self, now: Now) -> u64 {
        let mut at = now.mono_ms + DIGEST_EVERY_MS;
        for (key, peer) in &self.peers {
            at = self.put_off_until(*key).map_or(at, |until| at.min(until));
            let turn = match (peer.person(), peer.hello_at) {
                (Some(_), _) => peer.digests_at + DIGEST_EVERY_MS,
                (None, Some(since)) => since + HELLO_TIMEOUT_MS,
                (None, None) => at,
            };
            at = at.min(turn);
            let silent = peer.dividing.values().filter(|_| !peer.congested);
            at = silent.map(|since| since + PARTS_ANSWER_MS).fold(at, u64::min);
            for (id, shared) in &peer.spaces {
                if shared.in_flight > 0 {
                    at = at.min(shared.run_at + RUN_TIMEOUT_MS);
                } else if shared.cursor.is_some() {
                    at = at.min(now.mono_ms + ANNOUNCE_MS);
                }
                let space = self.spaces.get(id);
                let missing = shared.missing.values().filter_map(|(_, since)| Some(space?.graft_at(*since)));
                at = missing.chain(shared.announce_at).fold(at, u64::min);
            }
        }
        at = self.relaying.due_at().map_or(at, |due| at.min(due));
        at = self.wraps_due.values().copied().chain(self.blobs.late_at()).fold(at, u64::min);
        at.saturating_sub(now.mono_ms).max(TICK_GAP_MS)
    }
}
