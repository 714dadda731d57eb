//! The libp2p behaviours of a node, and our own small one that opens and accepts the two lanes.
//!
//! `libp2p-stream` is not used: it opens a stream on an arbitrary connection of the peer, drops inbound streams when the
//! loop is busy, keeps one channel per connection for ever, and dials on its own. Here streams belong to the connection
//! on which they were opened, and arrive in order with the events of that connection.

use std::{
    collections::{BTreeMap, VecDeque},
    convert::Infallible,
    future::{Ready, ready},
    task::{Context, Poll},
    time::{Duration, Instant},
};

use libp2p::{
    InboundUpgrade, Multiaddr, OutboundUpgrade, PeerId, Stream, StreamProtocol,
    connection_limits::{self, ConnectionLimits},
    core::{Endpoint, UpgradeInfo, transport::PortUse},
    mdns, ping,
    swarm::{
        ConnectionDenied, ConnectionHandler, ConnectionHandlerEvent, ConnectionId, FromSwarm, NetworkBehaviour, NotifyHandler,
        StreamUpgradeError, SubstreamProtocol, THandler, THandlerInEvent, THandlerOutEvent, ToSwarm,
        behaviour::toggle::Toggle,
        handler::{ConnectionEvent, DialUpgradeError, FullyNegotiatedInbound, FullyNegotiatedOutbound},
    },
};

use crate::{
    discovery::Discovery,
    limits::{BANS_MAX, HANDSHAKE_MAX, Limits},
    stream::Lane,
};

/// Pings per [`Limits::silence_max`].
const PINGS_PER_SILENCE: u32 = 4;

/// All behaviours of a node.
#[derive(NetworkBehaviour)]
#[behaviour(to_swarm = "Event")]
pub(crate) struct Behaviour {
    limits: connection_limits::Behaviour,
    pub(crate) lanes: LanesBehaviour,
    ping: ping::Behaviour,
    discovery: Toggle<Discovery>,
}

impl Behaviour {
    pub(crate) fn new(local: PeerId, limits: &Limits, discovery: Option<Discovery>) -> Self {
        let counted = ConnectionLimits::default()
            .with_max_pending_incoming(Some(limits.pending_inbound_max))
            .with_max_pending_outgoing(Some(limits.pending_outbound_max))
            .with_max_established_incoming(Some(limits.inbound_max))
            .with_max_established_outgoing(Some(limits.outbound_max))
            .with_max_established_per_peer(Some(limits.per_peer_max));
        let pings = ping::Config::new().with_interval(limits.silence_max / PINGS_PER_SILENCE).with_timeout(limits.silence_max);
        Self {
            limits: connection_limits::Behaviour::new(counted),
            lanes: LanesBehaviour::new(local),
            ping: ping::Behaviour::new(pings),
            discovery: discovery.into(),
        }
    }
}

/// What the behaviours report.
#[derive(Debug)]
pub(crate) enum Event {
    Lanes(LanesEvent),
    /// The peer answered a ping.
    Alive {
        peer: PeerId,
        connection: ConnectionId,
    },
    /// A ping failed: means nothing by itself, silence is what counts.
    Ping,
    Discovery(mdns::Event),
}

impl From<LanesEvent> for Event {
    fn from(event: LanesEvent) -> Self {
        Self::Lanes(event)
    }
}

impl From<ping::Event> for Event {
    fn from(event: ping::Event) -> Self {
        match event.result {
            Ok(_) => Self::Alive { peer: event.peer, connection: event.connection },
            Err(_) => Self::Ping,
        }
    }
}

impl From<mdns::Event> for Event {
    fn from(event: mdns::Event) -> Self {
        Self::Discovery(event)
    }
}

impl From<Infallible> for Event {
    fn from(never: Infallible) -> Self {
        match never {}
    }
}

/// What happened to the lanes of a connection.
#[derive(Debug)]
pub(crate) enum LanesEvent {
    /// A lane is open.
    Opened { peer: PeerId, connection: ConnectionId, lane: Lane, stream: Stream },
    /// The other side would not open a lane; `foreign` if it does not know the protocol.
    Refused { peer: PeerId, connection: ConnectionId, foreign: bool },
}

/// Opens and accepts lanes. Of two peers the one with the lower id opens both, so there is exactly one pair.
pub(crate) struct LanesBehaviour {
    local: PeerId,
    bans: BTreeMap<PeerId, Instant>,
    orders: VecDeque<(PeerId, ConnectionId)>,
    events: VecDeque<LanesEvent>,
}

/// The peer broke the protocol a short while ago.
#[derive(Debug, thiserror::Error)]
#[error("the peer is banned for a while")]
pub(crate) struct Banned;

impl LanesBehaviour {
    fn new(local: PeerId) -> Self {
        Self { local, bans: BTreeMap::new(), orders: VecDeque::new(), events: VecDeque::new() }
    }

    /// Whether we are the one to open the lanes to this peer.
    pub(crate) fn opens(&self, peer: &PeerId) -> bool {
        self.local < *peer
    }

    /// Opens both lanes on a connection.
    pub(crate) fn open(&mut self, peer: PeerId, connection: ConnectionId) {
        self.orders.push_back((peer, connection));
    }

    /// Refuses connections with a peer for some time.
    pub(crate) fn ban(&mut self, peer: PeerId, now: Instant, time: Duration) {
        self.bans.retain(|_, until| *until > now);
        if self.bans.len() >= BANS_MAX
            && let Some(first) = self.bans.iter().min_by_key(|(_, until)| **until).map(|(peer, _)| *peer)
        {
            self.bans.remove(&first);
        }
        self.bans.insert(peer, now + time);
    }

    pub(crate) fn is_banned(&self, peer: &PeerId, now: Instant) -> bool {
        self.bans.get(peer).is_some_and(|until| *until > now)
    }

    fn handler(&self, peer: PeerId) -> Result<LanesHandler, ConnectionDenied> {
        if self.is_banned(&peer, Instant::now()) {
            return Err(ConnectionDenied::new(Banned));
        }
        Ok(LanesHandler { accepts: !self.opens(&peer), taken: [false; 2], orders: VecDeque::new(), events: VecDeque::new() })
    }
}

impl NetworkBehaviour for LanesBehaviour {
    type ConnectionHandler = LanesHandler;
    type ToSwarm = LanesEvent;

    fn handle_established_inbound_connection(
        &mut self,
        _: ConnectionId,
        peer: PeerId,
        _: &Multiaddr,
        _: &Multiaddr,
    ) -> Result<THandler<Self>, ConnectionDenied> {
        self.handler(peer)
    }

    fn handle_established_outbound_connection(
        &mut self,
        _: ConnectionId,
        peer: PeerId,
        _: &Multiaddr,
        _: Endpoint,
        _: PortUse,
    ) -> Result<THandler<Self>, ConnectionDenied> {
        self.handler(peer)
    }

    fn on_swarm_event(&mut self, _: FromSwarm) {}

    fn on_connection_handler_event(&mut self, peer: PeerId, connection: ConnectionId, event: THandlerOutEvent<Self>) {
        self.events.push_back(match event {
            HandlerEvent::Opened(lane, stream) => LanesEvent::Opened { peer, connection, lane, stream },
            HandlerEvent::Refused { foreign } => LanesEvent::Refused { peer, connection, foreign },
        });
    }

    fn poll(&mut self, _: &mut Context<'_>) -> Poll<ToSwarm<Self::ToSwarm, THandlerInEvent<Self>>> {
        if let Some(event) = self.events.pop_front() {
            return Poll::Ready(ToSwarm::GenerateEvent(event));
        }
        if let Some((peer_id, connection)) = self.orders.pop_front() {
            return Poll::Ready(ToSwarm::NotifyHandler { peer_id, handler: NotifyHandler::One(connection), event: OpenBoth });
        }
        // The driver's loop polls the swarm again after every order it gives.
        Poll::Pending
    }
}

/// The order to open both lanes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct OpenBoth;

/// What a connection's handler reports.
#[derive(Debug)]
pub(crate) enum HandlerEvent {
    Opened(Lane, Stream),
    Refused { foreign: bool },
}

/// The lanes of one connection.
pub(crate) struct LanesHandler {
    accepts: bool,
    taken: [bool; 2],
    orders: VecDeque<Lane>,
    events: VecDeque<HandlerEvent>,
}

impl LanesHandler {
    /// A connection carries each lane once; whatever the other side opens beyond that is dropped, hence reset.
    fn accept(&mut self, lane: Lane, stream: Stream) {
        if let Some(taken) = self.taken.get_mut(lane.index())
            && !std::mem::replace(taken, true)
        {
            self.events.push_back(HandlerEvent::Opened(lane, stream));
        }
    }
}

impl ConnectionHandler for LanesHandler {
    type FromBehaviour = OpenBoth;
    type ToBehaviour = HandlerEvent;
    type InboundProtocol = LaneUpgrade;
    type OutboundProtocol = LaneUpgrade;
    type InboundOpenInfo = ();
    type OutboundOpenInfo = ();

    fn listen_protocol(&self) -> SubstreamProtocol<Self::InboundProtocol> {
        let lanes: &[Lane] = if self.accepts { &Lane::ALL } else { &[] };
        SubstreamProtocol::new(LaneUpgrade(lanes.to_vec()), ())
    }

    fn poll(&mut self, _: &mut Context<'_>) -> Poll<ConnectionHandlerEvent<Self::OutboundProtocol, (), Self::ToBehaviour>> {
        if let Some(event) = self.events.pop_front() {
            return Poll::Ready(ConnectionHandlerEvent::NotifyBehaviour(event));
        }
        if let Some(lane) = self.orders.pop_front() {
            let protocol = SubstreamProtocol::new(LaneUpgrade(vec![lane]), ()).with_timeout(HANDSHAKE_MAX);
            return Poll::Ready(ConnectionHandlerEvent::OutboundSubstreamRequest { protocol });
        }
        Poll::Pending
    }

    fn on_behaviour_event(&mut self, OpenBoth: OpenBoth) {
        self.orders.extend(Lane::ALL);
    }

    fn on_connection_event(&mut self, event: ConnectionEvent<Self::InboundProtocol, Self::OutboundProtocol>) {
        match event {
            ConnectionEvent::FullyNegotiatedInbound(FullyNegotiatedInbound { protocol: (lane, stream), .. }) => {
                self.accept(lane, stream);
            }
            ConnectionEvent::FullyNegotiatedOutbound(FullyNegotiatedOutbound { protocol: (lane, stream), .. }) => {
                self.accept(lane, stream);
            }
            ConnectionEvent::DialUpgradeError(DialUpgradeError { error, .. }) => {
                let foreign = matches!(error, StreamUpgradeError::NegotiationFailed);
                self.events.push_back(HandlerEvent::Refused { foreign });
            }
            _ => {}
        }
    }
}

/// Negotiates which lane a new stream is.
pub(crate) struct LaneUpgrade(Vec<Lane>);

impl LaneUpgrade {
    fn lane(protocol: &StreamProtocol) -> Lane {
        if *protocol == Lane::Blob.protocol() { Lane::Blob } else { Lane::Sync }
    }
}

impl UpgradeInfo for LaneUpgrade {
    type Info = StreamProtocol;
    type InfoIter = Vec<StreamProtocol>;

    fn protocol_info(&self) -> Self::InfoIter {
        self.0.iter().map(|lane| lane.protocol()).collect()
    }
}

impl InboundUpgrade<Stream> for LaneUpgrade {
    type Output = (Lane, Stream);
    type Error = Infallible;
    type Future = Ready<Result<Self::Output, Self::Error>>;

    fn upgrade_inbound(self, stream: Stream, protocol: Self::Info) -> Self::Future {
        ready(Ok((Self::lane(&protocol), stream)))
    }
}

impl OutboundUpgrade<Stream> for LaneUpgrade {
    type Output = (Lane, Stream);
    type Error = Infallible;
    type Future = Ready<Result<Self::Output, Self::Error>>;

    fn upgrade_outbound(self, stream: Stream, protocol: Self::Info) -> Self::Future {
        ready(Ok((Self::lane(&protocol), stream)))
    }
}
