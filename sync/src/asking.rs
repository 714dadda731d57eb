//! One neighbour at a time is asked for what is lacking in a space. A newcomer, or a device that comes back, is offered the same by everybody
//! it is connected with; asked of all at once it would come as many times as there are neighbours.

use std::collections::BTreeMap;

use domain::id::SpaceId;

use crate::limits::{ASK_LONGEST_MS, ASK_PAUSE_MS, SPACES_MAX};
use crate::port::{Cx, Effects, PeerKey};
use crate::replica::Replica;
use crate::wire::Message;

/// A neighbour that said nothing for so long begins a new turn when it is asked again.
const TURN_OVER_MS: u64 = 10 * ASK_PAUSE_MS;

/// Who is asked, since when, and when something came of it last, monotonic milliseconds.
#[derive(Debug, Clone, Copy)]
struct Asked {
    peer: PeerKey,
    since: u64,
    last: u64,
}

/// Who is asked in which space.
#[derive(Debug, Default)]
pub(crate) struct Asking(BTreeMap<SpaceId, Asked>);

impl Asking {
    /// A message of catching up came from somebody.
    pub fn came(&mut self, space: &SpaceId, peer: PeerKey, now: u64) {
        if let Some(asked) = self.0.get_mut(space).filter(|asked| asked.peer == peer) {
            asked.last = now;
        }
    }

    /// It is this peer's turn. Who is asked again goes on with the turn that it has: whoever offers something else all the time would be the only one
    /// that is ever asked.
    fn turn(&mut self, space: SpaceId, peer: PeerKey, now: u64) {
        let had = self.0.get(&space).filter(|asked| asked.peer == peer && now < asked.last + TURN_OVER_MS);
        let since = had.map_or(now, |asked| asked.since);
        if self.0.len() < SPACES_MAX || self.0.contains_key(&space) {
            self.0.insert(space, Asked { peer, since, last: now });
        }
    }

    /// The connection is gone.
    pub fn lost(&mut self, peer: PeerKey) {
        self.0.retain(|_, asked| asked.peer != peer);
    }

    /// Until when somebody else than this peer is waited for.
    fn until(&self, space: &SpaceId, peer: PeerKey) -> Option<u64> {
        let asked = self.0.get(space).filter(|asked| asked.peer != peer)?;
        Some((asked.last + ASK_PAUSE_MS).min(asked.since + ASK_LONGEST_MS))
    }
}

impl Replica {
    /// May this peer be asked for what is lacking in a space. If not, it is compared with later; if so, it is the one now.
    pub(crate) fn is_asked(&mut self, space: SpaceId, peer: PeerKey, now: u64) -> bool {
        if self.asking.until(&space, peer).is_some_and(|until| now < until) {
            if let Some(peer) = self.peers.get_mut(&peer).filter(|peer| peer.put_off.len() < SPACES_MAX) {
                peer.put_off.insert(space);
                return false;
            }
            return true;
        }
        self.asking.turn(space, peer, now);
        true
    }

    /// Compares with a peer that was put off, where nobody else is waited for any more.
    pub(crate) fn ask_put_off(&mut self, cx: &mut Cx<'_>, fx: &mut Effects, key: PeerKey) {
        let now = cx.now.mono_ms;
        let Some(peer) = self.peers.get(&key) else { return };
        let Some(person) = peer.identity() else { return };
        let due: Vec<SpaceId> =
            peer.put_off.iter().filter(|space| self.asking.until(space, key).is_none_or(|until| until <= now)).copied().collect();
        for space in due {
            if let Some(peer) = self.peers.get_mut(&key) {
                peer.put_off.remove(&space);
            }
            if self.shares(&space, &person) {
                self.compare(cx, fx, key, &[space]);
            } else if !self.spaces.contains_key(&space) && self.is_asked(space, key, now) {
                Self::send(fx, key, &Message::Vector { space, ends: Vec::new(), reply: true });
            }
        }
    }

    /// When a peer that was put off is to be compared with, monotonic milliseconds.
    pub(crate) fn put_off_until(&self, key: PeerKey) -> Option<u64> {
        let ready = self.peers.get(&key).filter(|peer| peer.person().is_some())?;
        ready.put_off.iter().map(|space| self.asking.until(space, key).unwrap_or(0)).min()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SPACE: SpaceId = SpaceId([5; SpaceId::LEN]);
    const ONE: PeerKey = PeerKey(1);
    const OTHER: PeerKey = PeerKey(2);

    #[test]
    fn who_offers_something_else_all_the_time_keeps_no_other_from_being_asked() {
        let mut asking = Asking::default();
        let pause = ASK_PAUSE_MS - 1;
        let offered = 3 * ASK_LONGEST_MS / pause;
        for at in 0..offered {
            asking.turn(SPACE, ONE, at * pause);
        }
        assert_eq!(asking.until(&SPACE, OTHER), Some(ASK_LONGEST_MS));
        asking.turn(SPACE, OTHER, offered * pause);
        assert!(asking.until(&SPACE, ONE) > Some(offered * pause), "and it waits for the other now");
    }

    #[test]
    fn who_said_nothing_for_long_begins_a_new_turn() {
        let mut asking = Asking::default();
        asking.turn(SPACE, ONE, 0);
        assert_eq!(asking.until(&SPACE, OTHER), Some(ASK_PAUSE_MS));
        asking.turn(SPACE, ONE, ASK_LONGEST_MS);
        assert_eq!(asking.until(&SPACE, OTHER), Some(ASK_LONGEST_MS + ASK_PAUSE_MS));
    }
}
