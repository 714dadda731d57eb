//! The one loop that owns the swarm: takes commands, turns libp2p's events into sessions and into ours.

use std::{
    collections::{BTreeMap, VecDeque},
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use futures::StreamExt;
use libp2p::{
    Multiaddr, PeerId, Swarm,
    core::ConnectedPoint,
    mdns,
    multiaddr::Protocol,
    swarm::{
        ConnectionId, DialError, SwarmEvent,
        dial_opts::{DialOpts, PeerCondition},
    },
};
use tokio::{sync::mpsc, task::JoinSet, time::MissedTickBehavior};

use crate::{
    address::{Carrier, Endpoint, Host, Target, carrier, is_loopback, without_peer},
    behaviour::{Behaviour, Event, LanesEvent},
    dialer::{Dialer, Origin, TargetId},
    error::DialReason,
    events::{EventSender, NetEvent},
    limits::{BAN, DISMISSED_PAUSE, FLUSH_MAX, Limits, MUTUAL_WAIT, NOTICES_MAX, PEER_ADDRESSES_MAX},
    peer::{End, Ended, PeerKey, Registry},
    reason,
    table::{Connection, Next, Table},
    traffic::Traffic,
    transport::ConnectionTasks,
};

/// How often silence is looked for.
const TICK: Duration = Duration::from_secs(1);
/// How long connections get to say goodbye at shutdown.
const GOODBYE_MAX: Duration = Duration::from_millis(500);

/// What a handle asks of the driver.
pub(crate) enum Command {
    Dial(Target),
    Forget(Target),
    Disconnect(PeerKey),
    Shutdown,
}

/// What the handle and the driver share.
pub(crate) struct Shared {
    pub(crate) registry: Arc<Registry>,
    pub(crate) addresses: Arc<Mutex<Vec<String>>>,
}

/// An attempt under way: for which entry, and what to try next if it fails.
struct Attempt {
    target: TargetId,
    rest: VecDeque<Multiaddr>,
    /// Somebody answered who does not speak our protocol: that says more than the silence of the other addresses.
    foreign: bool,
}

type Lookup = (TargetId, Result<VecDeque<Multiaddr>, DialReason>);

/// See the module.
pub(crate) struct Driver {
    swarm: Swarm<Behaviour>,
    tasks: ConnectionTasks,
    commands: mpsc::Receiver<Command>,
    events: EventSender,
    notices: VecDeque<NetEvent>,
    shared: Shared,
    table: Table,
    sessions: JoinSet<Ended>,
    dialer: Dialer,
    attempts: BTreeMap<ConnectionId, Attempt>,
    lookups: JoinSet<Lookup>,
    limits: Limits,
    quic: bool,
}

impl Driver {
    #[expect(clippy::too_many_arguments, reason = "called once, by start")]
    pub(crate) fn new(
        swarm: Swarm<Behaviour>,
        tasks: ConnectionTasks,
        commands: mpsc::Receiver<Command>,
        events: EventSender,
        shared: Shared,
        limits: Limits,
        quic: bool,
        traffic: Traffic,
        seed: u64,
    ) -> Self {
        let local = *swarm.local_peer_id();
        Self {
            swarm,
            tasks,
            commands,
            events,
            notices: VecDeque::new(),
            shared,
            table: Table::new(local, traffic),
            sessions: JoinSet::new(),
            dialer: Dialer::new(limits.active_peers_max, seed),
            attempts: BTreeMap::new(),
            lookups: JoinSet::new(),
            limits,
            quic,
        }
    }

    /// Runs until a handle shuts it down, all handles are gone, or the consumer is.
    pub(crate) async fn run(mut self) {
        let mut tick = tokio::time::interval(TICK);
        tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            let due = self.dialer.next_due();
            tokio::select! {
                event = self.swarm.select_next_some() => self.on_swarm(event),
                command = self.commands.recv() => match command {
                    Some(Command::Shutdown) | None => break,
                    Some(command) => self.on_command(command),
                },
                Some(ended) = self.sessions.join_next() => match ended {
                    Ok(ended) => self.on_ended(&ended),
                    Err(error) => tracing::error!(%error, "a peer session failed"),
                },
                Some(found) = self.lookups.join_next() => if let Ok((target, found)) = found {
                    self.on_lookup(target, found);
                },
                room = self.events.room(), if !self.notices.is_empty() => match room {
                    Ok(room) => if let Some(notice) = self.notices.pop_front() { room.send(notice) },
                    Err(_) => break,
                },
                () = self.events.consumer_gone() => break,
                _ = tick.tick() => {
                    self.look_for_silence();
                    self.call();
                }
                () = at(due) => self.call(),
            }
        }
        self.finish().await;
    }

    /// Tells the consumer without ever waiting for it.
    fn notice(&mut self, event: NetEvent) {
        if matches!((&event, self.notices.back()), (NetEvent::Listening { .. }, Some(NetEvent::Listening { .. }))) {
            self.notices.pop_back();
        }
        if self.notices.len() >= NOTICES_MAX {
            self.notices.pop_front();
        }
        self.notices.push_back(event);
    }

    fn on_command(&mut self, command: Command) {
        let now = Instant::now();
        match command {
            Command::Dial(target) => {
                let address = target.to_string();
                if let Some(peer) = self.dialer.peer_at(&target) {
                    self.tell_reached(&peer);
                } else if !self.dialer.typed(target, now) {
                    self.notice(NetEvent::DialFailed { address, reason: DialReason::Limit });
                }
            }
            Command::Forget(target) => self.dialer.forget(&target),
            Command::Disconnect(peer) => {
                if let Some(id) = self.table.id_of(peer) {
                    self.dismiss(id, DISMISSED_PAUSE);
                }
            }
            Command::Shutdown => {}
        }
    }

    fn on_swarm(&mut self, event: SwarmEvent<Event>) {
        match event {
            SwarmEvent::Behaviour(Event::Lanes(event)) => self.on_lanes(event),
            SwarmEvent::Behaviour(Event::Alive { peer, connection }) => {
                self.table.heard(&peer, connection, Instant::now());
            }
            SwarmEvent::Behaviour(Event::Discovery(event)) => self.on_discovery(event),
            SwarmEvent::ConnectionEstablished { peer_id, connection_id, endpoint, .. } => {
                self.on_established(peer_id, connection_id, &endpoint);
            }
            SwarmEvent::ConnectionClosed { peer_id, connection_id, cause, .. } => {
                tracing::debug!(%peer_id, %connection_id, ?cause, "connection closed");
                self.table.closed(&peer_id, connection_id);
                self.settle(peer_id);
            }
            SwarmEvent::OutgoingConnectionError { connection_id, error, .. } => {
                if let Some(attempt) = self.attempts.remove(&connection_id) {
                    self.on_attempt_failed(attempt, error);
                }
            }
            SwarmEvent::NewListenAddr { .. } | SwarmEvent::ExpiredListenAddr { .. } | SwarmEvent::ListenerClosed { .. } => {
                self.tell_addresses()
            }
            SwarmEvent::ListenerError { error, .. } => tracing::warn!(%error, "listener"),
            _ => {}
        }
    }

    /// Ours first those that others can reach.
    fn tell_addresses(&mut self) {
        let mut listening: Vec<Multiaddr> = self.swarm.listeners().cloned().collect();
        listening
            .sort_by_cached_key(|address| (is_loopback(address), carrier(address) != Some(Carrier::Tcp), address.to_string()));
        let local = *self.swarm.local_peer_id();
        let addresses: Vec<String> =
            listening.into_iter().map(|address| address.with(Protocol::P2p(local)).to_string()).collect();
        self.shared.addresses.lock().unwrap_or_else(PoisonError::into_inner).clone_from(&addresses);
        self.notice(NetEvent::Listening { addresses });
    }

    fn on_discovery(&mut self, event: mdns::Event) {
        let now = Instant::now();
        match event {
            mdns::Event::Discovered(found) => {
                for (peer, address) in found {
                    if self.speaks(&address) {
                        let wait = if self.table.opens(&peer) { Duration::ZERO } else { MUTUAL_WAIT };
                        self.notice(NetEvent::Discovered { address: address.to_string() });
                        self.dialer.found(peer, without_peer(&address), wait, now);
                    }
                }
            }
            mdns::Event::Expired(lost) => {
                for (peer, address) in lost {
                    self.dialer.lost(&peer, &without_peer(&address));
                }
            }
        }
    }

    fn speaks(&self, address: &Multiaddr) -> bool {
        match carrier(address) {
            Some(Carrier::Tcp) => true,
            Some(Carrier::Quic) => self.quic,
            // On one LAN nothing stands between two devices, and a name in an announcement is anybody's word.
            Some(Carrier::Ws | Carrier::Wss) | None => false,
        }
    }

    /// Dials whoever is due.
    fn call(&mut self) {
        let now = Instant::now();
        let (table, lanes) = (&self.table, &self.swarm.behaviour().lanes);
        let actions = self.dialer.due(now, |peer| table.contains(peer) || lanes.is_banned(peer, now));
        for peer in actions.known {
            self.tell_reached(&peer);
        }
        for target in actions.dial {
            self.start_attempt(target);
        }
        if let Some(peer) = actions.drop {
            self.dismiss(peer, Dialer::REST);
        }
    }

    fn start_attempt(&mut self, target: TargetId) {
        match self.dialer.origin(target).cloned() {
            Some(Origin::Typed(typed)) => {
                let endpoints: Vec<Endpoint> =
                    typed.endpoints().iter().filter(|endpoint| self.quic || endpoint.carrier != Carrier::Quic).cloned().collect();
                self.lookups.spawn(async move { (target, resolve(endpoints).await) });
            }
            Some(Origin::Found { peer, addresses, .. }) => {
                let options = DialOpts::peer_id(peer).addresses(addresses).condition(PeerCondition::Always).build();
                self.dial(options, Attempt { target, rest: VecDeque::new(), foreign: false });
            }
            None => {}
        }
    }

    fn on_lookup(&mut self, target: TargetId, found: Result<VecDeque<Multiaddr>, DialReason>) {
        match found {
            Ok(rest) => self.next_attempt(Attempt { target, rest, foreign: false }, DialReason::SwitchedOff),
            Err(reason) => self.give_up(target, reason),
        }
    }

    fn next_attempt(&mut self, mut attempt: Attempt, reason: DialReason) {
        match attempt.rest.pop_front() {
            Some(address) => self.dial(DialOpts::unknown_peer_id().address(address).build(), attempt),
            None => self.give_up(attempt.target, reason),
        }
    }

    fn dial(&mut self, options: DialOpts, attempt: Attempt) {
        let connection = options.connection_id();
        match self.swarm.dial(options) {
            Ok(()) => {
                self.attempts.insert(connection, attempt);
            }
            Err(error) => self.on_attempt_failed(attempt, error),
        }
    }

    fn on_attempt_failed(&mut self, mut attempt: Attempt, error: DialError) {
        tracing::debug!(%error, "dial failed");
        match reason::of_dial(error) {
            DialReason::Own => self.give_up(attempt.target, DialReason::Own),
            reason => {
                attempt.foreign |= reason == DialReason::Foreign;
                let reason = if attempt.foreign { DialReason::Foreign } else { reason };
                self.next_attempt(attempt, reason);
            }
        }
    }

    fn give_up(&mut self, target: TargetId, reason: DialReason) {
        let now = Instant::now();
        let own = reason == DialReason::Own;
        if let Some(Origin::Typed(typed)) = self.dialer.origin(target) {
            let address = typed.to_string();
            self.notice(NetEvent::DialFailed { address, reason });
        }
        if own {
            self.dialer.remove(target);
        } else {
            self.dialer.failed(target, now);
        }
    }

    fn on_established(&mut self, id: PeerId, connection: ConnectionId, endpoint: &ConnectedPoint) {
        let now = Instant::now();
        if let Some(attempt) = self.attempts.remove(&connection) {
            self.dialer.connected(attempt.target, id, now);
        }
        let address = without_peer(endpoint.get_remote_address()).to_string();
        self.table.insert(id, connection, Connection::new(address, endpoint.is_dialer(), now));
        // Met already by another way: then no session begins that would tell.
        self.tell_reached(&id);
        self.settle(id);
    }

    fn on_lanes(&mut self, event: LanesEvent) {
        match event {
            LanesEvent::Opened { peer, connection, lane, stream } => {
                self.table.opened(&peer, connection, lane, stream);
                self.settle(peer);
            }
            LanesEvent::Refused { peer, foreign: true, .. } => {
                tracing::debug!(%peer, "the peer does not speak our protocol");
                self.ban(peer);
            }
            LanesEvent::Refused { peer, connection, .. } => self.close(peer, connection),
        }
    }

    /// Brings a peer to the state that its connections allow: lanes opened, a session started, or forgotten.
    fn settle(&mut self, id: PeerId) {
        match self.table.next(&id) {
            Next::Nothing => {}
            Next::Open(connection) => self.swarm.behaviour_mut().lanes.open(id, connection),
            Next::Start(parts) => {
                let session = self.table.start(id, parts, &self.shared.registry, &self.events);
                if let Some(session) = session {
                    self.sessions.spawn(session.run());
                    self.tell_reached(&id);
                }
            }
            Next::Gone { met } => {
                self.table.forget(&id);
                if !met {
                    self.tell_typed(&id, &DialReason::TurnedAway);
                }
                self.dialer.gone(&id, Instant::now());
            }
        }
    }

    fn on_ended(&mut self, ended: &Ended) {
        let dismissed = self.table.ended(ended);
        match &ended.end {
            End::Violation(error) => {
                tracing::warn!(peer = %ended.id, %error, "the peer broke the protocol");
                self.ban(ended.id);
            }
            _ if dismissed => self.hang_up(ended.id),
            End::Broken(error) => {
                tracing::debug!(peer = %ended.id, %error, "the connection broke");
                self.close(ended.id, ended.connection);
            }
            End::Stopped | End::Closed => self.close(ended.id, ended.connection),
        }
    }

    /// Tells those who typed an address of this peer that it answers; nothing while the lanes are not open.
    fn tell_reached(&mut self, id: &PeerId) {
        if self.table.is_met(id) {
            for address in self.dialer.typed_addresses_of(id) {
                self.notice(NetEvent::Reached { address, remote_id: id.to_bytes() });
            }
        }
    }

    /// Tells those who typed an address of this peer what became of it.
    fn tell_typed(&mut self, id: &PeerId, reason: &DialReason) {
        for address in self.dialer.typed_addresses_of(id) {
            self.notice(NetEvent::DialFailed { address, reason: reason.clone() });
        }
    }

    fn close(&mut self, id: PeerId, connection: ConnectionId) {
        self.table.remove(&id, connection);
        self.swarm.close_connection(connection);
        self.settle(id);
    }

    fn hang_up(&mut self, id: PeerId) {
        for connection in self.table.remove_all(&id) {
            self.swarm.close_connection(connection);
        }
        self.settle(id);
    }

    fn ban(&mut self, id: PeerId) {
        let now = Instant::now();
        self.swarm.behaviour_mut().lanes.ban(id, now, BAN);
        self.tell_typed(&id, &DialReason::Foreign);
        self.dialer.dismiss(&id, BAN, now);
        self.hang_up(id);
    }

    /// Ends a session after its queues, or connections without one.
    fn dismiss(&mut self, id: PeerId, pause: Duration) {
        self.dialer.dismiss(&id, pause, Instant::now());
        if !self.table.drain(&id) {
            self.hang_up(id);
        }
    }

    fn look_for_silence(&mut self) {
        for (id, connection) in self.table.silent(Instant::now(), self.limits.silence_max) {
            tracing::debug!(peer = %id, %connection, "nothing heard; giving the connection up");
            self.close(id, connection);
        }
    }

    /// Lets queued frames leave, says goodbye, and waits for every task.
    async fn finish(mut self) {
        self.table.drain_all();
        let drained = async {
            loop {
                tokio::select! {
                    _ = self.swarm.select_next_some() => {}
                    ended = self.sessions.join_next() => if ended.is_none() { break },
                }
            }
        };
        let _ = tokio::time::timeout(FLUSH_MAX, drained).await;
        self.sessions.shutdown().await;
        self.shared.registry.clear();
        for id in self.swarm.connected_peers().copied().collect::<Vec<_>>() {
            let _ = self.swarm.disconnect_peer_id(id);
        }
        let closed = async {
            while self.swarm.connected_peers().next().is_some() {
                self.swarm.select_next_some().await;
            }
        };
        let _ = tokio::time::timeout(GOODBYE_MAX, closed).await;
        self.lookups.shutdown().await;
        self.shared.addresses.lock().unwrap_or_else(PoisonError::into_inner).clear();
        drop(self.swarm);
        let mut tasks = std::mem::take(&mut *self.tasks.lock().unwrap_or_else(PoisonError::into_inner));
        tasks.shutdown().await;
    }
}

/// Sleeps until then, or for ever.
async fn at(due: Option<Instant>) {
    match due {
        Some(due) => tokio::time::sleep_until(due.into()).await,
        None => std::future::pending().await,
    }
}

/// Number addresses for endpoints, by the system's own resolver: office networks live from their hosts files.
async fn resolve(endpoints: Vec<Endpoint>) -> Result<VecDeque<Multiaddr>, DialReason> {
    let mut addresses = VecDeque::new();
    for Endpoint { host, port, carrier } in endpoints {
        match host {
            Host::Ip(ip) => addresses.push_back(carrier.multiaddr(ip, port)),
            Host::Name { name, family } => {
                if let Some(address) = carrier.named(&name, family, port) {
                    addresses.push_back(address);
                    continue;
                }
                let found = tokio::net::lookup_host((name, port)).await.map_err(|error| reason::of_lookup(&error))?;
                addresses.extend(
                    found
                        .map(|socket| socket.ip())
                        .filter(|ip| family.holds(*ip))
                        .take(PEER_ADDRESSES_MAX)
                        .map(|ip| carrier.multiaddr(ip, port)),
                );
                if addresses.is_empty() {
                    return Err(DialReason::NameUnknown);
                }
            }
        }
    }
    Ok(addresses)
}
