//! Asking at a hub: whoever cannot reach an administrator's device asks a hub, which shows the request to every administrator it is connected
//! with. It decides nothing: the request is signed by the new device, people compare the same six words, the certificate comes through the
//! directory. What it holds of strangers is in memory only, bounded in number, in time and in what it passes on a second.

use std::collections::{BTreeMap, BTreeSet};

use domain::id::DeviceId;
use signing::certificate::Chain;
use signing::join::{SignedJoinRequest, verify_join};

use crate::limits::{JOIN_REQUESTS_MAX, RELAYED_EVERY_MS, RELAYED_KEPT_MS, RELAYED_MAX, RELAYED_RUN_MAX};
use crate::port::{Change, Cx, Effects, PeerKey};
use crate::replica::{PendingJoin, Replica};
use crate::session::is_code;
use crate::wire::{Message, Refusal};

/// What a hub passes on to administrators.
#[derive(Default)]
pub(crate) struct Relaying {
    asked: BTreeMap<DeviceId, Asked>,
    /// Somebody may have to be told something.
    due: bool,
    /// Before this moment nothing is passed on, monotonic milliseconds.
    next_at: u64,
}

struct Asked {
    request: SignedJoinRequest,
    since_ms: u64,
    told: BTreeSet<PeerKey>,
}

impl Relaying {
    /// When there is something to do, monotonic milliseconds.
    pub(crate) fn due_at(&self) -> Option<u64> {
        self.due.then_some(self.next_at)
    }

    /// Administrators or requests have come.
    pub(crate) fn look_again(&mut self) {
        self.due = true;
    }

    pub(crate) fn lost(&mut self, key: PeerKey) {
        for asked in self.asked.values_mut() {
            asked.told.remove(&key);
        }
    }
}

impl Replica {
    pub(crate) fn is_hub_here(&self) -> bool {
        self.directory.as_ref().is_some_and(|directory| directory.is_hub(&self.keys.device()))
    }

    /// A stranger has asked here; administrators are told if this is a hub.
    pub(crate) fn relay(&mut self, cx: &Cx<'_>, fx: &mut Effects, device: DeviceId, request: &SignedJoinRequest) {
        if !self.is_hub_here() || self.relaying.asked.get(&device).is_some_and(|asked| asked.request == *request) {
            return;
        }
        let (asked, requests) = (&mut self.relaying.asked, &self.join_requests);
        if asked.len() >= RELAYED_MAX && !asked.contains_key(&device) {
            // Who has gone makes room for who is here, then the oldest.
            let is_here = |device: &DeviceId| requests.get(device).is_some_and(|pending| pending.peer.is_some());
            let first = asked.iter().min_by_key(|(device, asked)| (is_here(device), asked.since_ms)).map(|(device, _)| *device);
            if let Some(first) = first {
                asked.remove(&first);
            }
        }
        asked.insert(device, Asked { request: request.clone(), since_ms: cx.now.mono_ms, told: BTreeSet::new() });
        self.relaying.look_again();
        self.show_asked(fx, cx.now.mono_ms);
    }

    /// Tells administrators of whom they have not heard yet, a few at a time.
    pub(crate) fn show_asked(&mut self, fx: &mut Effects, now_ms: u64) {
        if self.relaying.due_at().is_none_or(|at| now_ms < at) {
            return;
        }
        let Some(directory) = &self.directory else { return };
        let decides = |device: DeviceId| directory.certificate(&device).is_some_and(|certificate| certificate.administrator);
        let administrators: Vec<PeerKey> =
            self.peers.iter().filter(|(_, peer)| peer.device().is_some_and(decides)).map(|(key, _)| *key).collect();
        let requests = &self.join_requests;
        let holds = |device: &DeviceId, asked: &Asked| {
            requests.contains_key(device) && now_ms.saturating_sub(asked.since_ms) < RELAYED_KEPT_MS
        };
        self.relaying.asked.retain(|device, asked| holds(device, asked));
        let (mut passed, mut more) = (0, false);
        for asked in self.relaying.asked.values_mut() {
            let to: Vec<PeerKey> = administrators.iter().filter(|key| !asked.told.contains(key)).copied().collect();
            if to.is_empty() {
                continue;
            }
            if passed == RELAYED_RUN_MAX {
                more = true;
                break;
            }
            passed += 1;
            for key in to {
                Self::send(fx, key, &Message::Relayed { request: asked.request.clone() });
                asked.told.insert(key);
            }
        }
        self.relaying.due = more;
        if passed > 0 {
            self.relaying.next_at = now_ms + RELAYED_EVERY_MS;
        }
    }

    /// An administrator hears from a hub that somebody asks there. Whoever asks on this device itself goes first.
    pub(crate) fn relayed(
        &mut self,
        cx: &Cx<'_>,
        fx: &mut Effects,
        key: PeerKey,
        signed: &SignedJoinRequest,
    ) -> Result<(), &'static str> {
        let (Some(hub), Some(directory)) = (self.peers.get(&key).and_then(|peer| peer.device()), &self.directory) else {
            return Ok(());
        };
        // Perhaps its role is not known here yet.
        if !directory.is_hub(&hub) || !self.me.as_ref().is_some_and(|me| me.administrator) {
            return Ok(());
        }
        let request = verify_join(signed).map_err(|error| error.code())?;
        let is_decided = directory.trusts(&request.device) || directory.is_revoked(&request.device);
        let is_here = self.join_requests.get(&request.device).is_some_and(|pending| !pending.relayed && pending.peer.is_some());
        if is_decided || is_here {
            return Ok(());
        }
        let others: Vec<(DeviceId, domain::id::Timestamp)> = self
            .join_requests
            .iter()
            .filter(|(device, pending)| pending.relayed && **device != request.device)
            .map(|(device, pending)| (*device, pending.asked_at))
            .collect();
        if others.len() >= RELAYED_MAX
            && let Some((oldest, _)) = others.iter().min_by_key(|(_, asked_at)| *asked_at)
        {
            self.join_requests.remove(oldest);
        }
        if self.join_requests.len() < JOIN_REQUESTS_MAX || self.join_requests.contains_key(&request.device) {
            let pending = PendingJoin { asked_at: cx.now.wall, peer: Some(key), relayed: true, request };
            self.join_requests.insert(pending.request.device, pending);
            fx.changes.insert(Change::Directory);
        }
        Ok(())
    }

    /// A hub hears from an administrator that somebody who asked there is turned away.
    pub(crate) fn turned_away(
        &mut self,
        fx: &mut Effects,
        key: PeerKey,
        device: &DeviceId,
        code: Option<String>,
        refusal: Option<Refusal>,
    ) -> Result<(), &'static str> {
        let (Some(by), Some(directory)) = (self.peers.get(&key).and_then(|peer| peer.device()), &self.directory) else {
            return Ok(());
        };
        if !directory.certificate(&by).is_some_and(|certificate| certificate.administrator) {
            return Err("out_of_turn");
        }
        if !self.is_hub_here() {
            return Ok(());
        }
        self.relaying.asked.remove(device);
        if let Some(pending) = self.join_requests.remove(device) {
            if let Some(peer) = pending.peer {
                let code = code.filter(|code| is_code(code));
                Self::send(fx, peer, &Message::Enrolled { chain: Chain(Vec::new()), code, refusal });
            }
            fx.changes.insert(Change::Directory);
        }
        Ok(())
    }
}
