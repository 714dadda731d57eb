//! The engine: one thread that owns replica, backend and network and does everything in turn.
//!
//! An event is carried through before the next one is looked at: what the replica wants written is committed, then frames leave, among them the
//! acknowledgements. So nothing is acknowledged that a crash could lose. A commit that fails drops the replica and opens it again from what is
//! durable; peers are left and call again.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use domain::id::Hash32;
use domain::words::{matches, six_words};
use net::{NetEvent, PeerKey as NetPeer};
use rand_chacha::ChaCha20Rng;
use signing::keys::RootPublic;
use sync::limits::RUN_BYTES_MAX;
use sync::port::{Cx, Effects, Event, Lane, Now, PeerKey, Write};
use sync::quota::Allowance;
use sync::wire::gathered;
use sync::{LocalError, META_CHAIN, Replica};
use tokio::sync::{mpsc, oneshot, watch};

use crate::HubError;
use crate::backend::notify::{Bell, Listening};
use crate::backend::{Backend, BackendError, News};
use crate::identity::{Identity, fresh_rng, wall};
use crate::limits::{BACKEND_RETRY, CANDIDATES_MAX, FRAMES_A_TURN, JOBS_MAX, STOP_MAX};
use crate::metrics::Metrics;
use crate::outgoing::{Outgoing, Sent};
use crate::status::{Candidate, Stage, Status};

/// What an engine is started with.
pub struct Start {
    /// Where it keeps what it carries.
    pub backend: Box<dyn Backend>,
    /// Who it is.
    pub identity: Identity,
    /// How it takes part in the network.
    pub net: net::Config,
    /// Whom it calls.
    pub dial: Vec<String>,
    /// What it takes of others; `None`: everything.
    pub allowance: Option<Allowance>,
    /// The only organisation that it asks to be let in.
    pub organisation: Option<Hash32>,
    /// Where it counts.
    pub metrics: Arc<Metrics>,
}

type Thread = std::thread::JoinHandle<Result<(), HubError>>;
type Job = Box<dyn FnOnce(&mut Engine) + Send>;

/// A running engine. Cheap to clone.
#[derive(Clone)]
pub struct Running {
    jobs: mpsc::Sender<Job>,
    stop: watch::Sender<bool>,
    ended: watch::Receiver<bool>,
    thread: Arc<Mutex<Option<Thread>>>,
}

impl Running {
    /// Opens the replica, joins the network and starts the thread.
    ///
    /// # Errors
    /// What is stored cannot be read, or an address cannot be listened on.
    pub fn start(start: Start, runtime: &tokio::runtime::Handle) -> Result<Self, HubError> {
        let (jobs, inbox) = mpsc::channel(JOBS_MAX);
        let (stop, stopping) = watch::channel(false);
        let (ending, ended) = watch::channel(false);
        let (engine, events) = Engine::open(start, runtime)?;
        let inside = runtime.clone();
        let thread = std::thread::Builder::new()
            .name("kyhop-hub".into())
            .spawn(move || {
                let result = inside.block_on(engine.run(events, inbox, stopping));
                let _ = ending.send(true);
                result
            })
            .map_err(HubError::io("a thread"))?;
        Ok(Self { jobs, stop, ended, thread: Arc::new(Mutex::new(Some(thread))) })
    }

    /// Runs a job on the engine's thread and waits for what it returns.
    ///
    /// # Errors
    /// The engine has ended.
    pub async fn run<R: Send + 'static>(&self, job: impl FnOnce(&mut Engine) -> R + Send + 'static) -> Result<R, HubError> {
        let (reply, answer) = oneshot::channel();
        let job: Job = Box::new(move |engine| {
            // Nobody may be waiting any more; the work is done all the same.
            let _ = reply.send(job(engine));
        });
        self.jobs.send(job).await.map_err(|_| HubError::Stopped)?;
        answer.await.map_err(|_| HubError::Stopped)
    }

    /// Resolves when the engine has ended by itself or was stopped.
    pub async fn ended(&self) {
        let mut ended = self.ended.clone();
        // An error means that the thread is gone.
        let _ = ended.wait_for(|ended| *ended).await;
    }

    /// Ends the engine: what is queued leaves, connections end, the backend is closed in order.
    ///
    /// # Errors
    /// What went wrong since, if something did.
    pub async fn stop(&self) -> Result<(), HubError> {
        let _ = self.stop.send(true);
        self.ended().await;
        let thread = self.thread.lock().unwrap_or_else(PoisonError::into_inner).take();
        match thread.map(Thread::join) {
            Some(Ok(result)) => result,
            Some(Err(_)) => Err(HubError::Stopped),
            None => Ok(()),
        }
    }
}

/// See the module.
pub struct Engine {
    backend: Box<dyn Backend>,
    identity: Identity,
    replica: Replica,
    allowance: Option<Allowance>,
    organisation: Option<Hash32>,
    rng: ChaCha20Rng,
    net: net::Handle,
    net_peers: BTreeMap<PeerKey, NetPeer>,
    peer_keys: BTreeMap<NetPeer, PeerKey>,
    next_peer: u64,
    outgoing: Outgoing,
    /// Peers that were left and have not gone yet: nothing more is sent to them.
    leaving: BTreeSet<PeerKey>,
    /// Peers to which frames wait.
    behind: BTreeSet<PeerKey>,
    addresses: Vec<String>,
    metrics: Arc<Metrics>,
    started: Instant,
    wake_at_ms: u64,
    /// What a reopened replica had counted before.
    declined_before: u64,
    /// Tells when other hubs commit to a backend that is shared.
    listening: Option<Listening>,
    /// Others share the backend.
    shared: bool,
    /// They may have committed something.
    news_due: bool,
    /// What they commit is not heard, and why.
    deaf: Option<&'static str>,
    /// The backend is out of reach, and why: nothing is taken in before the replica was opened again.
    away: Option<&'static str>,
}

impl Engine {
    fn open(start: Start, runtime: &tokio::runtime::Handle) -> Result<(Self, net::Events), HubError> {
        let Start { mut backend, identity, net, dial, allowance, organisation, metrics } = start;
        let listening = backend.listen()?;
        let replica = open_replica(backend.as_ref(), &identity, allowance)?;
        let (net, events) = net::start(net::Config { traffic: metrics.traffic.clone(), ..net }, runtime)?;
        for address in &dial {
            net.dial(address)?;
        }
        let engine = Self {
            backend,
            identity,
            replica,
            allowance,
            organisation,
            rng: fresh_rng()?,
            net,
            net_peers: BTreeMap::new(),
            peer_keys: BTreeMap::new(),
            next_peer: 1,
            outgoing: Outgoing::default(),
            leaving: BTreeSet::new(),
            behind: BTreeSet::new(),
            addresses: Vec::new(),
            metrics,
            started: Instant::now(),
            wake_at_ms: 0,
            declined_before: 0,
            shared: listening.is_some(),
            listening,
            news_due: false,
            deaf: None,
            away: None,
        };
        engine.measure();
        Ok((engine, events))
    }

    async fn run(
        mut self,
        mut events: net::Events,
        mut jobs: mpsc::Receiver<Job>,
        mut stop: watch::Receiver<bool>,
    ) -> Result<(), HubError> {
        let mut result = Ok(());
        let mut listening = self.listening.take();
        while result.is_ok() && !*stop.borrow() {
            let wake = match self.away {
                Some(_) => tokio::time::sleep(BACKEND_RETRY),
                None => tokio::time::sleep(Duration::from_millis(self.wake_at_ms.saturating_sub(self.mono_ms()))),
            };
            result = tokio::select! {
                biased;
                changed = stop.changed() => match changed {
                    Ok(()) => Ok(()),
                    // All handles are gone.
                    Err(_) => break,
                },
                Some(job) = jobs.recv() => {
                    job(&mut self);
                    Ok(())
                }
                () = wake => self.awake(),
                bell = rung(&mut listening) => self.rang(bell),
                () = std::future::ready(()), if self.news_due && self.away.is_none() => self.take_news(),
                event = events.recv() => match event {
                    Some(event) => self.net_events(event, &mut events),
                    None => Err(HubError::Stopped),
                },
            };
            self.measure();
        }
        jobs.close();
        // What arrives from here on is not taken in and not acknowledged.
        let drained = async { while events.recv().await.is_some() {} };
        if tokio::time::timeout(STOP_MAX, async { tokio::join!(self.net.shutdown(), drained) }).await.is_err() {
            tracing::warn!("connections did not end in time");
        }
        self.backend.close()?;
        result
    }

    fn awake(&mut self) -> Result<(), HubError> {
        if self.away.is_some() {
            self.come_back();
            return Ok(());
        }
        self.handle(Event::Tick)
    }

    /// Another hub has committed, or it cannot be heard any more whether one does.
    fn rang(&mut self, bell: Bell) -> Result<(), HubError> {
        self.deaf = bell.away;
        match bell.away {
            Some(code) => self.lose(code),
            None if self.away.is_some() => self.come_back(),
            None => self.news_due = true,
        }
        Ok(())
    }

    /// Takes in a part of what other hubs have committed.
    fn take_news(&mut self) -> Result<(), HubError> {
        match self.backend.news() {
            Ok(Some(News { envelopes, blobs })) if envelopes.is_empty() && blobs.is_empty() => Ok(()),
            Ok(Some(News { envelopes, blobs })) => self.handle(Event::Stored { envelopes, blobs }),
            Ok(None) => {
                self.news_due = false;
                Ok(())
            }
            Err(error) => {
                tracing::warn!(code = error.code, detail = error.detail, "what other hubs have committed cannot be read");
                self.lose(error.code);
                Ok(())
            }
        }
    }

    /// The backend is out of reach: peers are left, so that they go to another hub, and nothing is taken in.
    fn lose(&mut self, code: &'static str) {
        if self.away.replace(code).is_none() {
            tracing::error!(code, "the backend is out of reach, peers are left");
        }
        self.metrics.trouble(Some(code));
        self.leave_all();
    }

    /// Goes on with what is durable, if the backend can be reached again.
    fn come_back(&mut self) {
        let opened: Result<(), HubError> = match self.deaf {
            Some(code) => Err(BackendError::new(code, "commits of other hubs are not heard").into()),
            None => self.open_again(),
        };
        match opened {
            Ok(()) => {
                tracing::info!("the backend is there again");
                self.away = None;
                self.news_due = true;
                self.wake_at_ms = 0;
                self.metrics.trouble(None);
            }
            Err(error) => {
                tracing::debug!(code = error.code(), %error, "the backend is still out of reach");
                if let HubError::Backend(BackendError { code, .. }) = error {
                    self.lose(code);
                }
            }
        }
    }

    /// The clocks.
    fn now(&self) -> Now {
        Now { wall: wall(), mono_ms: self.mono_ms() }
    }

    fn mono_ms(&self) -> u64 {
        u64::try_from(self.started.elapsed().as_millis()).unwrap_or(u64::MAX)
    }

    /// The replica, to look at.
    pub fn replica(&self) -> &Replica {
        &self.replica
    }

    /// What is durable.
    pub fn backend(&mut self) -> &mut dyn Backend {
        self.backend.as_mut()
    }

    /// Calls an address.
    ///
    /// # Errors
    /// It cannot be understood.
    pub fn dial(&self, address: &str) -> Result<(), HubError> {
        Ok(self.net.dial(address)?)
    }

    /// Shows another certificate to whoever calls by `wss` from here on.
    ///
    /// # Errors
    /// It cannot be used; the one before stays.
    pub fn renew(&self, tls: &net::Tls) -> Result<(), HubError> {
        Ok(self.net.renew(tls)?)
    }

    /// Lets the replica do something and carries out what follows.
    ///
    /// # Errors
    /// The replica refuses, or the disk does.
    pub fn with<R>(
        &mut self,
        act: impl FnOnce(&mut Replica, &mut Cx<'_>) -> Result<(R, Effects), LocalError>,
    ) -> Result<R, HubError> {
        if let Some(code) = self.away {
            return Err(BackendError::new(code, "the backend is out of reach").into());
        }
        let now = self.now();
        let mut cx = Cx { now, rng: &mut self.rng, shelf: self.backend.as_ref() };
        let (result, fx) = act(&mut self.replica, &mut cx).map_err(|error| HubError::Refused(error.code().to_owned()))?;
        self.perform(fx)?;
        Ok(result)
    }

    /// Gives the replica an event and carries out what follows. An error means that the hub cannot go on.
    fn handle(&mut self, event: Event) -> Result<(), HubError> {
        if self.away.is_some() {
            return Ok(());
        }
        let now = self.now();
        let mut cx = Cx { now, rng: &mut self.rng, shelf: self.backend.as_ref() };
        let fx = self.replica.handle(&mut cx, event);
        match self.perform(fx) {
            // The replica was opened again and the peers were left: going on.
            Err(HubError::Backend(_)) => Ok(()),
            result => result,
        }
    }

    fn perform(&mut self, fx: Effects) -> Result<(), HubError> {
        let mut rooms = VecDeque::new();
        self.carry_out(fx, &mut rooms)?;
        while let Some(event) = rooms.pop_front() {
            let now = self.now();
            let mut cx = Cx { now, rng: &mut self.rng, shelf: self.backend.as_ref() };
            let fx = self.replica.handle(&mut cx, event);
            self.carry_out(fx, &mut rooms)?;
        }
        self.confirm_named_organisation()
    }

    fn carry_out(&mut self, fx: Effects, rooms: &mut VecDeque<Event>) -> Result<(), HubError> {
        if !fx.writes.is_empty() {
            self.commit(&fx.writes)?;
        }
        for (peer, lane, frame) in fx.sends {
            self.send(peer, lane, frame, rooms);
        }
        for peer in fx.closes {
            self.leave(peer);
        }
        if let Some(wake) = fx.wake_in_ms {
            self.wake_at_ms = self.mono_ms().saturating_add(wake);
        }
        Ok(())
    }

    fn commit(&mut self, writes: &[Write]) -> Result<(), HubError> {
        let began = Instant::now();
        if let Err(error) = self.backend.commit(writes) {
            tracing::error!(
                code = error.code,
                detail = error.detail,
                "not stored: what is durable is read again, peers are left"
            );
            self.metrics.commit_failures.add(1_u64);
            self.metrics.trouble(Some(error.code));
            self.reopen()?;
            return Err(error.into());
        }
        self.metrics.committed(began.elapsed());
        self.metrics.trouble(None);
        for write in writes {
            match write {
                // Let in: what is shared may be read from here on.
                Write::Meta { key, .. } if key == META_CHAIN => self.news_due = self.shared,
                Write::Envelope { bytes, .. } => {
                    self.metrics.envelopes.add(1_u64);
                    self.metrics.envelope_bytes.add(bytes.len());
                }
                Write::BlobComplete { .. } => self.metrics.files.add(1_u64),
                _ => {}
            }
        }
        Ok(())
    }

    /// Memory must not run ahead of what is durable.
    fn reopen(&mut self) -> Result<(), HubError> {
        self.leave_all();
        match self.open_again() {
            Err(error) if self.shared => {
                // It may be reached again, by then with what others have committed.
                let code = if let HubError::Backend(error) = &error { error.code } else { "database_error" };
                tracing::warn!(code, %error, "the backend cannot be read");
                self.lose(code);
                Ok(())
            }
            result => result,
        }
    }

    fn open_again(&mut self) -> Result<(), HubError> {
        self.backend.recover()?;
        let replica = open_replica(self.backend.as_ref(), &self.identity, self.allowance)?;
        self.declined_before += self.replica.declined_for_quota();
        self.replica = replica;
        Ok(())
    }

    fn leave_all(&mut self) {
        let peers: Vec<PeerKey> = self.net_peers.keys().copied().collect();
        for peer in peers {
            self.leave(peer);
        }
    }

    fn send(&mut self, peer: PeerKey, lane: Lane, frame: Vec<u8>, rooms: &mut VecDeque<Event>) {
        let Some(net_peer) = self.net_peers.get(&peer).copied().filter(|_| !self.leaving.contains(&peer)) else {
            return;
        };
        let lane = match lane {
            Lane::Sync => net::Lane::Sync,
            Lane::Blob => net::Lane::Blob,
        };
        let sent = self.outgoing.send(&self.net, net_peer, lane, frame);
        if let Sent::Leave(slow) = sent {
            tracing::warn!(connection = slow.0, "a peer reads too slowly, it is left");
            self.metrics.left.add(1_u64);
            if let Some(slow) = self.peer_keys.get(&slow).copied() {
                self.leave(slow);
            }
        }
        let waits = sent != Sent::Left && !self.leaving.contains(&peer);
        if waits && self.behind.insert(peer) {
            rooms.push_back(Event::Room { peer, free: false });
        }
    }

    fn leave(&mut self, peer: PeerKey) {
        if let Some(net_peer) = self.net_peers.get(&peer) {
            self.outgoing.forget(*net_peer);
            // One that is going already needs no telling.
            let _ = self.net.disconnect(*net_peer);
            self.leaving.insert(peer);
        }
    }

    /// Takes an event in, and with a frame those of the same peer that wait behind it: fresh envelopes among them cost one commit.
    fn net_events(&mut self, event: NetEvent, waiting: &mut net::Events) -> Result<(), HubError> {
        let NetEvent::Frame { peer, lane: net::Lane::Sync, bytes } = event else { return self.net_event(event) };
        let (mut held, mut frames, mut other) = (bytes.len(), vec![bytes], None);
        while frames.len() < FRAMES_A_TURN && held < RUN_BYTES_MAX {
            match waiting.try_recv() {
                Some(NetEvent::Frame { peer: from, lane: net::Lane::Sync, bytes }) if from == peer => {
                    held += bytes.len();
                    frames.push(bytes);
                }
                event => {
                    other = event;
                    break;
                }
            }
        }
        self.metrics.frames.add(frames.len());
        self.metrics.frame_bytes.add(held);
        for bytes in gathered(frames) {
            self.frame(peer, bytes)?;
        }
        other.map_or(Ok(()), |event| self.net_event(event))
    }

    fn frame(&mut self, peer: NetPeer, bytes: Vec<u8>) -> Result<(), HubError> {
        match self.peer_keys.get(&peer).copied() {
            Some(key) if !self.leaving.contains(&key) => self.handle(Event::Frame { peer: key, bytes }),
            _ => Ok(()),
        }
    }

    fn net_event(&mut self, event: NetEvent) -> Result<(), HubError> {
        match event {
            NetEvent::Listening { addresses } => {
                tracing::info!(?addresses, "listening");
                self.addresses = addresses;
                Ok(())
            }
            NetEvent::Connected { peer, local_id, remote_id, address, dialled } => {
                tracing::info!(connection = peer.0, address, dialled, "connected");
                let key = PeerKey(self.next_peer);
                self.next_peer += 1;
                self.net_peers.insert(key, peer);
                self.peer_keys.insert(peer, key);
                if self.away.is_some() {
                    self.leave(key);
                }
                self.handle(Event::Connected { peer: key, local_id, remote_id, address })
            }
            NetEvent::Frame { peer, bytes, .. } => {
                self.metrics.frames.add(1_u64);
                self.metrics.frame_bytes.add(bytes.len());
                self.frame(peer, bytes)
            }
            NetEvent::Writable { peer, lane } => match self.peer_keys.get(&peer).copied() {
                Some(key) if self.outgoing.writable(&self.net, peer, lane) && self.behind.remove(&key) => {
                    self.handle(Event::Room { peer: key, free: true })
                }
                _ => Ok(()),
            },
            NetEvent::Disconnected { peer } => {
                self.outgoing.forget(peer);
                let Some(key) = self.peer_keys.remove(&peer) else { return Ok(()) };
                tracing::info!(connection = peer.0, "disconnected");
                self.net_peers.remove(&key);
                self.leaving.remove(&key);
                self.behind.remove(&key);
                self.handle(Event::Disconnected { peer: key })
            }
            NetEvent::Discovered { .. } | NetEvent::Reached { .. } => Ok(()),
            NetEvent::DialFailed { address, reason } => {
                tracing::info!(address, %reason, "an address does not answer");
                Ok(())
            }
        }
    }

    /// The organisation that the configuration names by its fingerprint needs no words here: the first peer that says its root is believed
    /// exactly as far as the fingerprint goes.
    fn confirm_named_organisation(&mut self) -> Result<(), HubError> {
        let Some(named) = self.organisation else { return Ok(()) };
        if self.replica.joining().is_none_or(|joining| joining.confirmed) {
            return Ok(());
        }
        match self.roots().into_iter().find(|(root, _)| root.fingerprint() == named) {
            Some((root, _)) => self.confirm_root(root),
            None => Ok(()),
        }
    }

    fn confirm_root(&mut self, root: RootPublic) -> Result<(), HubError> {
        let words = six_words(&root.0, &self.replica.device()).join(" ");
        tracing::info!(words, root = %root.fingerprint(), "asking to be let in: an administrator compares these words and approves");
        let fx = self.replica.confirm_root(root).map_err(|error| HubError::Refused(error.code().to_owned()))?;
        // Not `perform`, which would come here again.
        let mut rooms = VecDeque::new();
        self.carry_out(fx, &mut rooms)?;
        rooms.into_iter().try_for_each(|event| self.handle(event))
    }

    /// An administrator on this machine has compared the words.
    ///
    /// # Errors
    /// `words_differ` if no organisation that was met has these words, or not the one that the configuration names; `hub_not_asking` if it
    /// belongs to one already.
    pub fn confirm(&mut self, typed: &str) -> Result<(), HubError> {
        if self.replica.joining().is_none_or(|joining| joining.confirmed) {
            return Err(HubError::Refused("hub_not_asking".into()));
        }
        let device = self.replica.device();
        let named = |root: &RootPublic| self.organisation.is_none_or(|named| root.fingerprint() == named);
        let found = self.roots().into_iter().find(|(root, _)| matches(typed, &six_words(&root.0, &device)) && named(root));
        match found {
            Some((root, _)) => self.confirm_root(root),
            None => Err(HubError::Refused("words_differ".into())),
        }
    }

    /// Roots of the organisations whose devices are connected, with the names that they say they have.
    fn roots(&self) -> Vec<(RootPublic, String)> {
        let mut roots: Vec<(RootPublic, String)> = Vec::new();
        for (_, peer) in self.replica.peers() {
            if let Some(root) = peer.root
                && roots.iter().all(|(known, _)| *known != root)
                && roots.len() < CANDIDATES_MAX
            {
                // Whoever calls may say any name; it is shown on a terminal.
                roots.push((root, peer.organisation.chars().filter(|shown| !shown.is_control()).collect()));
            }
        }
        roots
    }

    /// The state, for the administrator.
    pub fn status(&self) -> Status {
        let device = self.replica.device();
        let directory = self.replica.directory();
        let candidates: Vec<Candidate> = match self.replica.joining() {
            Some(joining) if !joining.confirmed => self
                .roots()
                .into_iter()
                .map(|(root, organisation)| Candidate {
                    organisation,
                    root: root.fingerprint().to_string(),
                    words: six_words(&root.0, &device).join(" "),
                })
                .collect(),
            _ => Vec::new(),
        };
        let stage = match (directory, self.replica.joining()) {
            (Some(directory), _) if directory.is_hub(&device) => Stage::Carrying,
            (Some(_), _) => Stage::LetIn,
            (None, Some(joining)) if joining.refused => Stage::TurnedAway,
            (None, Some(joining)) if joining.confirmed => Stage::Asking,
            (None, _) if candidates.is_empty() => Stage::Alone,
            (None, _) => Stage::Met,
        };
        let confirmed = self.replica.joining().filter(|joining| joining.confirmed).and_then(|joining| joining.root);
        let root = directory.map(|directory| *directory.root()).or(confirmed);
        Status {
            version: env!("CARGO_PKG_VERSION").into(),
            stage,
            device: device.to_string(),
            organisation: self.replica.organisation().to_owned(),
            root: root.map(|root| root.fingerprint().to_string()),
            words: root.map(|root| six_words(&root.0, &device).join(" ")),
            candidates,
            addresses: self.addresses.clone(),
            connected: self.proved(),
            spaces: self.replica.spaces().count(),
            carried_bytes: self.replica.carried_bytes(),
            organisation_quota_bytes: self.allowance.map_or(u64::MAX, |allowance| allowance.organisation_bytes),
            devices_over_quota: self.replica.devices_over_quota(),
            files_on_the_way: self.replica.blobs_wanted(),
            trouble: self.metrics.unhealthy().map(str::to_owned),
        }
    }

    fn proved(&self) -> usize {
        if self.away.is_some() {
            // All were left, and the replica has not been told.
            return 0;
        }
        self.replica.peers().filter(|(_, peer)| peer.person().is_some()).count()
    }

    fn measure(&self) {
        let device = self.replica.device();
        let carrying = self.replica.directory().is_some_and(|directory| directory.is_hub(&device));
        let metrics = &self.metrics;
        metrics.turned();
        metrics.carrying.set(u64::from(carrying));
        metrics.connections.set(self.net_peers.len());
        metrics.devices.set(self.proved());
        metrics.spaces.set(self.replica.spaces().count());
        metrics.carried_bytes.set(self.replica.carried_bytes());
        metrics.quota_bytes.set(self.allowance.map_or(u64::MAX, |allowance| allowance.organisation_bytes));
        metrics.devices_over_quota.set(self.replica.devices_over_quota());
        metrics.declined.set(self.declined_before + self.replica.declined_for_quota());
        metrics.files_on_the_way.set(self.replica.blobs_wanted());
        metrics.waiting_bytes.set(self.outgoing.bytes());
    }
}

/// The next ring; never where nobody else commits.
async fn rung(listening: &mut Option<Listening>) -> Bell {
    match listening {
        Some(listening) => listening.next().await,
        None => std::future::pending().await,
    }
}

fn open_replica(backend: &dyn Backend, identity: &Identity, allowance: Option<Allowance>) -> Result<Replica, HubError> {
    let mut replica = Replica::open(identity.keys()?, identity.incarnation, backend)?;
    if let Some(allowance) = allowance {
        replica.carry(backend, allowance).map_err(BackendError::from)?;
    }
    Ok(replica)
}
