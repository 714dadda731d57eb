//! What the engine's thread owns, and how effects are carried out.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::time::{Instant, SystemTime, UNIX_EPOCH};

use api::error::ApiError;
use api::push::{Push, Tag};
use api::view::SignatureRow;
use domain::id::{Hash32, SpaceId, Timestamp};
use net::{NetEvent, PeerKey as NetPeer};
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;
use signing::VerifiedAct;
use store::Store;
use sync::port::{Change, Cx, Effects, Event, Lane, Now, PeerKey, Write};
use sync::{LocalError, Replica};
use tokio::sync::broadcast;

use super::Start;
use super::calls::Calls;
use super::presence::Presence;
use super::questions::{Came, Questions};
use super::room_codes::RoomCodes;
use super::tasks::Tasks;
use super::tellers::wipe_secrets;
use super::votes::SecretTally;
use crate::error::AtBoundary;
use crate::library::LibraryDesk;
use crate::profile::Secrets;
use crate::use_cases::withdrawn_with;

/// Rounds of reactions to one event: each can only follow from something new.
const ROUNDS_MAX: usize = 64;
/// How often beats go out.
const BEAT_EVERY_MS: u64 = 4_000;

/// The engine's state.
pub(crate) struct Core {
    pub store: Store,
    pub replica: Replica,
    pub secrets: Secrets,
    pub library: LibraryDesk,
    pub following: crate::use_cases::handbook::following::Following,
    pub rng: ChaCha20Rng,
    pub presence: Presence,
    pub acts: BTreeMap<SpaceId, Vec<VerifiedAct>>,
    pub(super) tally: RefCell<SecretTally>,
    /// Elections whose key ceremony asks nothing more of this device.
    pub(super) settled: BTreeSet<Hash32>,
    /// Signatures on minutes as they were found: of a file, under an authority.
    pub judged_minutes: BTreeMap<(Hash32, Option<Hash32>), Vec<SignatureRow>>,
    pub addresses: Vec<String>,
    pub(super) calls: Calls,
    pub offline_since: Option<Timestamp>,
    pub(super) questions: Questions,
    pub(super) tasks: Tasks,
    pub(super) room_codes: RoomCodes,
    /// Who was invited is being let in: what follows from one does not begin with the next.
    pub admitting: bool,
    net: Option<net::Handle>,
    net_peers: BTreeMap<PeerKey, NetPeer>,
    peer_keys: BTreeMap<NetPeer, PeerKey>,
    next_peer: u64,
    blocked: BTreeMap<PeerKey, VecDeque<(Lane, Vec<u8>)>>,
    /// Peers to which frames have begun to wait, or to whom all have left, that the replica has not heard of yet.
    rooms: VecDeque<(PeerKey, bool)>,
    pushes: broadcast::Sender<Push>,
    started: Instant,
    wake_at_ms: u64,
    beat_at_ms: u64,
    stopped: bool,
}

/// Bytes that wait for a peer whose queue is full; beyond that it is left and catches up when it comes back.
const BLOCKED_BYTES_MAX: usize = 8 << 20;

impl Core {
    /// Opens the replica and joins the network.
    pub fn open(start: Start) -> Result<(Self, Option<net::Events>), ApiError> {
        let mut seed = [0; 32];
        getrandom::fill(&mut seed).map_err(|error| ApiError::new("no_randomness", error.to_string()))?;
        let replica = Replica::open(start.secrets.keys()?, start.secrets.incarnation, &start.store).at_boundary()?;
        let mut calls = Calls::default();
        let (net, events) = match start.net {
            Some(config) => {
                let (handle, events) = net::start(config, &start.runtime).at_boundary()?;
                for address in &start.dial {
                    handle.dial(address).at_boundary().map_err(|error| error.with("address", address))?;
                    calls.begun(address.trim(), wall());
                }
                (Some(handle), Some(events))
            }
            None => (None, None),
        };
        let mut core = Self {
            store: start.store,
            replica,
            secrets: start.secrets,
            library: start.library,
            following: Default::default(),
            rng: ChaCha20Rng::from_seed(seed),
            presence: Presence::default(),
            acts: BTreeMap::new(),
            tally: RefCell::default(),
            settled: BTreeSet::new(),
            judged_minutes: BTreeMap::new(),
            addresses: Vec::new(),
            calls,
            offline_since: Some(wall()),
            questions: Questions::default(),
            tasks: Tasks::default(),
            room_codes: RoomCodes::default(),
            admitting: false,
            net,
            net_peers: BTreeMap::new(),
            peer_keys: BTreeMap::new(),
            next_peer: 1,
            blocked: BTreeMap::new(),
            rooms: VecDeque::new(),
            pushes: start.pushes,
            started: Instant::now(),
            wake_at_ms: 0,
            beat_at_ms: 0,
            stopped: false,
        };
        core.after_open()?;
        Ok((core, events))
    }

    /// The clocks.
    pub fn now(&self) -> Now {
        Now { wall: wall(), mono_ms: self.mono_ms() }
    }

    pub fn mono_ms(&self) -> u64 {
        u64::try_from(self.started.elapsed().as_millis()).unwrap_or(u64::MAX)
    }

    /// Lets the replica do something and carries out what follows.
    pub fn with<R>(
        &mut self,
        act: impl FnOnce(&mut Replica, &mut Cx<'_>) -> Result<(R, Effects), LocalError>,
    ) -> Result<R, ApiError> {
        let now = self.now();
        let mut cx = Cx { now, rng: &mut self.rng, shelf: &self.store };
        let (result, fx) = act(&mut self.replica, &mut cx).at_boundary()?;
        self.perform(fx)?;
        Ok(result)
    }

    /// Gives the replica an event and carries out what follows. A failing disk is reported to whoever acts next.
    fn handle(&mut self, event: Event) {
        let now = self.now();
        let mut cx = Cx { now, rng: &mut self.rng, shelf: &self.store };
        let fx = self.replica.handle(&mut cx, event);
        if let Err(error) = self.perform(fx) {
            tracing::error!(%error, "an event could not be carried out");
        }
    }

    /// Commits, sends, reacts, until nothing follows.
    pub fn perform(&mut self, fx: Effects) -> Result<(), ApiError> {
        let mut next = Some(fx);
        let mut changes = BTreeSet::new();
        for _ in 0..ROUNDS_MAX {
            let Some(fx) = next.take() else { break };
            let round = self.carry_out(fx)?;
            if round.is_empty() {
                break;
            }
            let follow = self.react(&round)?;
            changes.extend(round);
            if !follow.is_empty() {
                next = Some(follow);
            }
        }
        self.tell(&changes);
        self.tell_rooms()
    }

    /// The replica hears where frames wait: it leaves on the shelf what would only wait with them.
    fn tell_rooms(&mut self) -> Result<(), ApiError> {
        let Some((peer, free)) = self.rooms.pop_front() else { return Ok(()) };
        let now = self.now();
        let mut cx = Cx { now, rng: &mut self.rng, shelf: &self.store };
        let fx = self.replica.handle(&mut cx, Event::Room { peer, free });
        self.perform(fx)
    }

    fn carry_out(&mut self, mut fx: Effects) -> Result<BTreeSet<Change>, ApiError> {
        if !fx.writes.is_empty() {
            match withdrawn_with(&self.store, &fx.writes) {
                Ok(withdrawn) => fx.writes.extend(withdrawn),
                // Invitations that cannot be read let nobody in either.
                Err(error) => tracing::warn!(%error, "invitations could not be withdrawn"),
            }
            let committed = self.store.commit(&fx.writes, &[]);
            wipe_secrets(&mut fx.writes);
            if let Err(error) = committed {
                self.reopen();
                return Err(error).at_boundary();
            }
            self.note_acts(&fx.writes, &fx.changes);
        }
        for (peer, lane, frame) in fx.sends {
            self.send(peer, lane, frame);
        }
        for peer in fx.closes {
            self.close_peer(peer);
        }
        for beat in fx.beats {
            self.presence.heard(&beat, self.replica.person_of(&beat.device), wall());
            let meeting = self.outer(beat.space);
            self.push(Push::Changed { tags: vec![Tag::Presence(meeting), Tag::Meeting(meeting)] });
        }
        if let Some(wake) = fx.wake_in_ms {
            self.wake_at_ms = self.mono_ms().saturating_add(wake);
        }
        Ok(fx.changes)
    }

    /// Memory must not run ahead of what is durable: begin again from the shelf, peers will call again.
    fn reopen(&mut self) {
        let reopened =
            self.secrets.keys().and_then(|keys| Replica::open(keys, self.secrets.incarnation, &self.store).at_boundary());
        match reopened {
            Ok(replica) => {
                self.replica = replica;
                self.acts.clear();
                self.count_afresh();
                let peers: Vec<PeerKey> = self.net_peers.keys().copied().collect();
                for peer in peers {
                    self.close_peer(peer);
                }
            }
            Err(error) => {
                tracing::error!(%error, "the profile cannot be read any more, it is closed");
                self.stopped = true;
            }
        }
    }

    /// What was remembered of counts and key ceremonies may no longer hold.
    fn count_afresh(&mut self) {
        self.tally.borrow_mut().forget_records();
        self.settled.clear();
    }

    fn note_acts(&mut self, writes: &[Write], changes: &BTreeSet<Change>) {
        for change in changes {
            match change {
                Change::Acts(space) | Change::Space(space) if self.replica.has_doubtful_acts(space) => {
                    self.acts.remove(space);
                    self.count_afresh();
                }
                // A device may have been revoked: what was counted of it is looked at again.
                Change::Directory => {
                    self.acts.retain(|space, _| !self.replica.has_doubtful_acts(space));
                    self.count_afresh();
                }
                _ => {}
            }
        }
        for write in writes {
            if let Write::Act { space, bytes, .. } = write
                && let Some(acts) = self.acts.get_mut(space)
                && let Ok(act) = signing::SignedAct::from_bytes(bytes).and_then(|act| act.verified())
                && acts.iter().all(|known| known.hash() != act.hash())
            {
                acts.push(act);
            }
        }
    }

    fn send(&mut self, peer: PeerKey, lane: Lane, frame: Vec<u8>) {
        let Some(waiting) = self.blocked.get_mut(&peer) else {
            self.try_send(peer, lane, frame);
            return;
        };
        waiting.push_back((lane, frame));
        if waiting.iter().map(|(_, frame)| frame.len()).sum::<usize>() > BLOCKED_BYTES_MAX {
            tracing::warn!(peer = peer.0, "a peer reads too slowly, it is left");
            self.close_peer(peer);
        }
    }

    fn try_send(&mut self, peer: PeerKey, lane: Lane, frame: Vec<u8>) {
        let (Some(net), Some(net_peer)) = (&self.net, self.net_peers.get(&peer)) else {
            return;
        };
        let to = match lane {
            Lane::Sync => net::Lane::Sync,
            Lane::Blob => net::Lane::Blob,
        };
        match net.offer(*net_peer, to, frame) {
            Ok(None) => {}
            // The network tells when there is room again.
            Ok(Some(frame)) => {
                self.blocked.entry(peer).or_default().push_back((lane, frame));
                self.rooms.push_back((peer, false));
            }
            Err(error) => {
                tracing::debug!(?error, peer = peer.0, "a frame was not sent, the peer is left and will catch up");
                self.close_peer(peer);
            }
        }
    }

    fn unblock(&mut self, peer: PeerKey) {
        for (lane, frame) in self.blocked.remove(&peer).unwrap_or_default() {
            self.send(peer, lane, frame);
        }
        if !self.blocked.contains_key(&peer) {
            self.rooms.push_back((peer, true));
        }
        if let Err(error) = self.tell_rooms() {
            tracing::error!(%error, "what had waited could not be sent");
        }
    }

    fn close_peer(&mut self, peer: PeerKey) {
        if let (Some(net), Some(net_peer)) = (&self.net, self.net_peers.get(&peer)) {
            let _ = net.disconnect(*net_peer);
        }
    }

    /// Takes a network event in.
    pub fn net_event(&mut self, event: NetEvent) {
        match event {
            NetEvent::Listening { addresses } => {
                self.addresses = addresses;
                self.push(Push::Changed { tags: vec![Tag::Sync] });
            }
            NetEvent::Connected { peer, local_id, remote_id, address, .. } => {
                let key = PeerKey(self.next_peer);
                self.next_peer += 1;
                self.net_peers.insert(key, peer);
                self.peer_keys.insert(peer, key);
                self.handle(Event::Connected { peer: key, local_id, remote_id, address });
            }
            NetEvent::Frame { peer, bytes, .. } => {
                if let Some(key) = self.peer_keys.get(&peer) {
                    self.handle(Event::Frame { peer: *key, bytes });
                }
            }
            NetEvent::Writable { peer, .. } => {
                if let Some(key) = self.peer_keys.get(&peer) {
                    self.unblock(*key);
                }
            }
            NetEvent::Disconnected { peer } => {
                if let Some(key) = self.peer_keys.remove(&peer) {
                    self.net_peers.remove(&key);
                    self.blocked.remove(&key);
                    self.handle(Event::Disconnected { peer: key });
                }
            }
            NetEvent::Discovered { address } => {
                tracing::debug!(address, "a device announced itself")
            }
            NetEvent::DialFailed { address, reason } => {
                tracing::info!(address, %reason, "an address does not answer");
                self.calls.failed(&address, reason.code(), wall());
                self.push(Push::Changed { tags: vec![Tag::Sync] });
            }
            NetEvent::Reached { address, remote_id } => {
                self.calls.answered(&address, remote_id.clone(), wall());
                self.push(Push::Changed { tags: vec![Tag::Sync] });
                let fx = self.replica.answered(remote_id);
                if let Err(error) = self.perform(fx) {
                    tracing::error!(%error, "who answered at a typed address could not be asked");
                }
            }
        }
        self.note_offline();
    }

    fn note_offline(&mut self) {
        let connected = self.replica.peers().any(|(_, peer)| peer.person().is_some());
        match (connected, self.offline_since) {
            (true, Some(_)) => self.offline_since = None,
            (false, None) => self.offline_since = Some(wall()),
            _ => return,
        }
        self.push(Push::Changed { tags: vec![Tag::Sync] });
    }

    /// Time passed.
    pub fn tick(&mut self) {
        self.handle(Event::Tick);
        self.look_at_more_questions();
        self.follow_if_due();
        if self.mono_ms() >= self.beat_at_ms {
            self.beat_at_ms = self.mono_ms() + BEAT_EVERY_MS;
            self.send_beats();
        }
    }

    /// What one turn did not get through, in the pauses between others' turns.
    fn look_at_more_questions(&mut self) {
        let Ok(space) = self.organisation_space() else { return };
        if let Err(error) = self.index_citing_again() {
            tracing::error!(%error, "answers could not be compared with the handbook");
        }
        if !self.questions_wait() {
            return;
        }
        let done = self.catch_up_questions(&space, Came::default()).and_then(|fx| self.perform(fx));
        if let Err(error) = done {
            tracing::error!(%error, "questions could not be brought up to date");
        }
    }

    /// Milliseconds until the next tick.
    pub fn wake_in_ms(&self) -> u64 {
        if self.questions_wait() {
            return 0;
        }
        self.wake_at_ms.min(self.beat_at_ms).saturating_sub(self.mono_ms())
    }

    /// Calls an address. What becomes of it is in [`Self::call_rows`].
    pub fn dial(&mut self, address: &str) -> Result<(), ApiError> {
        let Some(net) = &self.net else {
            return Err(ApiError::new("no_network", "this profile was opened without a network"));
        };
        net.dial(address).at_boundary().map_err(|error| error.with("address", address))?;
        self.calls.begun(address.trim(), wall());
        self.push(Push::Changed { tags: vec![Tag::Sync] });
        Ok(())
    }

    /// Tells the windows.
    pub fn push(&self, push: Push) {
        // Without a window there is nobody to tell.
        let _ = self.pushes.send(push);
    }

    /// Where pushes go, for work on other threads.
    pub fn pushes(&self) -> broadcast::Sender<Push> {
        self.pushes.clone()
    }

    /// Ends the engine after this job.
    pub fn stop(&mut self) {
        self.stopped = true;
    }

    pub fn is_stopped(&self) -> bool {
        self.stopped
    }

    pub async fn leave_network(&mut self) {
        if let Some(net) = self.net.take() {
            net.shutdown().await;
        }
    }

    /// Closes the profile in order.
    pub fn close(self) {
        if let Err(error) = self.store.close() {
            tracing::warn!(%error, "the profile was not closed in order; it will be checked when it is opened again");
        }
    }
}

/// The wall clock.
pub(crate) fn wall() -> Timestamp {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Timestamp(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
}
