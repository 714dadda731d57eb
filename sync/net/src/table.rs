//! Which peers there are, over which connections, and which connection carries the lanes.
//!
//! One peer may be connected several times: both dialled at once, TCP and QUIC, or it came back by another network before
//! the old connection was known to be dead. All of them are one peer with one session; the spare ones stay until they are
//! idle for long, and take over when the one in use breaks.

use std::{
    collections::BTreeMap,
    sync::Arc,
    time::{Duration, Instant},
};

use libp2p::{PeerId, Stream, swarm::ConnectionId};
use tokio::sync::watch;

use crate::{
    events::EventSender,
    limits::SETUP_MAX,
    peer::{Ended, Lanes, PeerKey, Registry, Session, Stop},
    stream::Lane,
    traffic::Traffic,
};

/// A newer connection of the same peer makes a silent older one suspect after this part of the usual patience.
const SUSPECT_DIVISOR: u32 = 2;

/// One connection of a peer.
pub(crate) struct Connection {
    address: String,
    dialled: bool,
    since: Instant,
    heard: Instant,
    opening: bool,
    streams: [Option<Stream>; 2],
}

impl Connection {
    pub(crate) fn new(address: String, dialled: bool, now: Instant) -> Self {
        Self { address, dialled, since: now, heard: now, opening: false, streams: [None, None] }
    }

    fn is_ready(&self) -> bool {
        self.streams.iter().all(Option::is_some)
    }
}

struct Running {
    connection: ConnectionId,
    lanes: Arc<Lanes>,
    received: u64,
    dismissed: bool,
    stop: watch::Sender<Stop>,
}

#[derive(Default)]
struct Peer {
    connections: BTreeMap<ConnectionId, Connection>,
    session: Option<Running>,
    met: bool,
}

/// What a peer needs.
pub(crate) enum Next {
    Nothing,
    /// The lanes are to be opened on this connection.
    Open(ConnectionId),
    /// Both lanes are open here: [`Table::start`].
    Start(ConnectionId),
    /// No connection is left: [`Table::forget`]. `met` if there ever was a session.
    Gone {
        met: bool,
    },
}

/// All connected peers.
pub(crate) struct Table {
    local: PeerId,
    traffic: Traffic,
    peers: BTreeMap<PeerId, Peer>,
    keys: BTreeMap<PeerKey, PeerId>,
}

impl Table {
    pub(crate) fn new(local: PeerId, traffic: Traffic) -> Self {
        Self { local, traffic, peers: BTreeMap::new(), keys: BTreeMap::new() }
    }

    /// Whether it is on us to open the lanes to this peer.
    pub(crate) fn opens(&self, id: &PeerId) -> bool {
        self.local < *id
    }

    pub(crate) fn contains(&self, id: &PeerId) -> bool {
        self.peers.contains_key(id)
    }

    /// Whether both lanes to the peer are open.
    pub(crate) fn is_met(&self, id: &PeerId) -> bool {
        self.peers.get(id).is_some_and(|peer| peer.session.is_some())
    }

    pub(crate) fn id_of(&self, peer: PeerKey) -> Option<PeerId> {
        self.keys.get(&peer).copied()
    }

    pub(crate) fn insert(&mut self, id: PeerId, connection: ConnectionId, state: Connection) {
        self.peers.entry(id).or_default().connections.insert(connection, state);
    }

    /// Forgets a connection that is closed; a session on it still takes what has arrived, and then ends.
    pub(crate) fn closed(&mut self, id: &PeerId, connection: ConnectionId) {
        if let Some(peer) = self.peers.get_mut(id) {
            peer.connections.remove(&connection);
        }
    }

    /// Forgets a connection that we give up; a session on it ends at once.
    pub(crate) fn remove(&mut self, id: &PeerId, connection: ConnectionId) {
        self.closed(id, connection);
        let Some(peer) = self.peers.get_mut(id) else {
            return;
        };
        if let Some(session) = peer.session.as_ref().filter(|session| session.connection == connection) {
            session.stop.send_replace(Stop::Abort);
        }
    }

    /// Forgets all connections of a peer and names them.
    pub(crate) fn remove_all(&mut self, id: &PeerId) -> Vec<ConnectionId> {
        let connections: Vec<_> = self.peers.get(id).into_iter().flat_map(|peer| peer.connections.keys().copied()).collect();
        for connection in &connections {
            self.remove(id, *connection);
        }
        connections
    }

    pub(crate) fn heard(&mut self, id: &PeerId, connection: ConnectionId, now: Instant) {
        let connection = self.peers.get_mut(id).and_then(|peer| peer.connections.get_mut(&connection));
        if let Some(connection) = connection {
            connection.heard = now;
        }
    }

    /// A lane is open. A peer that opens both on another connection has given the old one up.
    pub(crate) fn opened(&mut self, id: &PeerId, connection: ConnectionId, lane: Lane, stream: Stream) {
        let Some(peer) = self.peers.get_mut(id) else {
            return;
        };
        let Some(state) = peer.connections.get_mut(&connection) else {
            return;
        };
        if let Some(place) = state.streams.get_mut(lane.index()) {
            *place = Some(stream);
        }
        if state.is_ready()
            && let Some(session) = &peer.session
        {
            session.stop.send_replace(Stop::Abort);
        }
    }

    pub(crate) fn next(&mut self, id: &PeerId) -> Next {
        let opens = self.opens(id);
        let Some(peer) = self.peers.get_mut(id) else {
            return Next::Nothing;
        };
        if peer.session.is_some() {
            return Next::Nothing;
        }
        if peer.connections.is_empty() {
            return Next::Gone { met: peer.met };
        }
        if let Some((connection, _)) = peer.connections.iter().find(|(_, state)| state.is_ready()) {
            return Next::Start(*connection);
        }
        if !opens || peer.connections.values().any(|state| state.opening) {
            return Next::Nothing;
        }
        match peer.connections.iter_mut().next() {
            Some((connection, state)) => {
                state.opening = true;
                Next::Open(*connection)
            }
            None => Next::Nothing,
        }
    }

    /// The session on a connection whose lanes are open, to be run as a task.
    pub(crate) fn start(
        &mut self,
        id: PeerId,
        connection: ConnectionId,
        registry: &Arc<Registry>,
        events: &EventSender,
    ) -> Option<Session> {
        let entry = self.peers.get_mut(&id)?;
        let state = entry.connections.get_mut(&connection)?;
        let [Some(sync), Some(blob)] = std::mem::take(&mut state.streams) else {
            return None;
        };
        state.opening = false;
        entry.met = true;
        let (peer, lanes) = (PeerKey::next(), Arc::new(Lanes::new(&self.traffic)));
        let (stop, stopped) = watch::channel(Stop::Run);
        entry.session = Some(Running { connection, lanes: Arc::clone(&lanes), received: 0, dismissed: false, stop });
        self.keys.insert(peer, id);
        Some(Session {
            id,
            local: self.local,
            peer,
            connection,
            address: state.address.clone(),
            dialled: state.dialled,
            streams: [sync, blob],
            lanes,
            registry: Arc::clone(registry),
            events: events.clone(),
            stop: stopped,
        })
    }

    /// The session's task has ended; whether because we hung up.
    pub(crate) fn ended(&mut self, ended: &Ended) -> bool {
        self.keys.remove(&ended.peer);
        let session = self.peers.get_mut(&ended.id).and_then(|peer| peer.session.take());
        session.is_some_and(|session| session.dismissed)
    }

    /// Lets the queues of a session run empty and ends it; `false` if there is none.
    pub(crate) fn drain(&mut self, id: &PeerId) -> bool {
        let Some(session) = self.peers.get_mut(id).and_then(|peer| peer.session.as_mut()) else {
            return false;
        };
        session.dismissed = true;
        session.lanes.close();
        session.stop.send_if_modified(|stop| {
            let running = *stop == Stop::Run;
            if running {
                *stop = Stop::Drain;
            }
            running
        });
        true
    }

    pub(crate) fn drain_all(&mut self) {
        let ids: Vec<PeerId> = self.peers.keys().copied().collect();
        for id in ids {
            self.drain(&id);
        }
    }

    pub(crate) fn forget(&mut self, id: &PeerId) {
        self.peers.remove(id);
    }

    /// Connections to give up: nothing heard for too long, lanes not opened in time, or silent while the same peer has
    /// come back by another way.
    pub(crate) fn silent(&mut self, now: Instant, patience: Duration) -> Vec<(PeerId, ConnectionId)> {
        let mut given_up = Vec::new();
        for (id, peer) in &mut self.peers {
            let mut in_use = None;
            if let Some(session) = &mut peer.session {
                in_use = Some(session.connection);
                let received = session.lanes.received();
                if std::mem::replace(&mut session.received, received) != received
                    && let Some(state) = peer.connections.get_mut(&session.connection)
                {
                    state.heard = now;
                }
            }
            let newest = peer.connections.values().map(|state| state.since).max();
            for (connection, state) in &peer.connections {
                let silence = now.saturating_duration_since(state.heard);
                let replaced = newest.is_some_and(|newest| newest > state.heard) && silence > patience / SUSPECT_DIVISOR;
                let unopened = in_use.is_none() && now.saturating_duration_since(state.since) > SETUP_MAX;
                if silence > patience || replaced || unopened {
                    given_up.push((*id, *connection));
                }
            }
        }
        given_up
    }
}
