//! TCP and WebSocket (Noise, yamux) and QUIC under one roof, with small buffers: a room of fifty nodes runs in one process.

use std::{
    num::NonZeroU8,
    pin::Pin,
    sync::{Arc, Mutex, PoisonError},
    task::{Context, Poll},
};

use libp2p::{
    Multiaddr, PeerId, Swarm, Transport,
    core::{
        muxing::StreamMuxerBox,
        transport::{Boxed, DialOpts, ListenerId, PortUse, TransportError, TransportEvent, timeout::TransportTimeout},
        upgrade::Version,
    },
    identity::Keypair,
    noise, quic,
    swarm::Config,
    tcp, yamux,
};
use tokio::{runtime::Handle, task::JoinSet};

use crate::{
    behaviour::Behaviour,
    error::NetError,
    limits::{HANDSHAKE_MAX, IDLE_MAX, STREAM_WINDOW_BYTES, STREAMS_MAX},
    tls::Prepared,
    websocket::Web,
};

/// The tasks that libp2p runs connections on, kept so that a shutdown can wait for every one of them.
pub(crate) type ConnectionTasks = Arc<Mutex<JoinSet<()>>>;

/// A swarm on the given runtime, and the tasks of its connections.
pub(crate) fn swarm(
    keypair: &Keypair,
    certificates: Prepared,
    behaviour: Behaviour,
    runtime: Handle,
) -> Result<(Swarm<Behaviour>, ConnectionTasks), NetError> {
    let tasks = ConnectionTasks::default();
    let spawned = Arc::clone(&tasks);
    let executor = move |task: Pin<Box<dyn Future<Output = ()> + Send>>| {
        let mut tasks = spawned.lock().unwrap_or_else(PoisonError::into_inner);
        while tasks.try_join_next().is_some() {}
        tasks.spawn_on(task, &runtime);
    };
    let one_at_a_time = NonZeroU8::MIN;
    let config = Config::with_executor(executor)
        .with_idle_connection_timeout(IDLE_MAX)
        .with_max_negotiating_inbound_streams(STREAMS_MAX)
        .with_dial_concurrency_factor(one_at_a_time);
    let swarm = Swarm::new(transport(keypair, certificates)?, behaviour, keypair.public().to_peer_id(), config);
    Ok((swarm, tasks))
}

fn transport(keypair: &Keypair, certificates: Prepared) -> Result<Boxed<(PeerId, StreamMuxerBox)>, NetError> {
    let noise = noise::Config::new(keypair).map_err(|error| NetError::Transport(error.to_string()))?;
    let mut yamux = yamux::Config::default();
    yamux.set_max_num_streams(STREAMS_MAX);
    let tcp = OwnPort(tcp::tokio::Transport::new(tcp::Config::default().nodelay(true)))
        .upgrade(Version::V1Lazy)
        .authenticate(noise.clone())
        .multiplex(yamux.clone())
        .map(|(peer, muxer), _| (peer, StreamMuxerBox::new(muxer)));
    let web = Web::new(certificates)
        .upgrade(Version::V1Lazy)
        .authenticate(noise)
        .multiplex(yamux)
        .map(|(peer, muxer), _| (peer, StreamMuxerBox::new(muxer)));

    let mut config = quic::Config::new(keypair);
    config.max_concurrent_stream_limit = STREAMS_MAX as u32;
    config.max_stream_data = STREAM_WINDOW_BYTES as u32;
    config.max_connection_data = (STREAM_WINDOW_BYTES * STREAMS_MAX) as u32;
    let quic = quic::tokio::Transport::new(config).map(|(peer, muxer), _| (peer, StreamMuxerBox::new(muxer)));

    let direct = tcp.or_transport(quic).map(|either, _| either.into_inner());
    let all = direct.or_transport(web).map(|either, _| either.into_inner());
    Ok(TransportTimeout::new(all, HANDSHAKE_MAX).boxed())
}

/// Dials TCP from a fresh port. From the listening port, two peers that dial each other at once would meet as one TCP
/// connection with two initiators, and both handshakes would fail. QUIC does not mind and saves a socket per connection.
struct OwnPort<T>(T);

impl<T: Transport + Unpin> Transport for OwnPort<T> {
    type Output = T::Output;
    type Error = T::Error;
    type ListenerUpgrade = T::ListenerUpgrade;
    type Dial = T::Dial;

    fn listen_on(&mut self, id: ListenerId, address: Multiaddr) -> Result<(), TransportError<Self::Error>> {
        self.0.listen_on(id, address)
    }

    fn remove_listener(&mut self, id: ListenerId) -> bool {
        self.0.remove_listener(id)
    }

    fn dial(&mut self, address: Multiaddr, options: DialOpts) -> Result<Self::Dial, TransportError<Self::Error>> {
        self.0.dial(address, DialOpts { port_use: PortUse::New, ..options })
    }

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<TransportEvent<Self::ListenerUpgrade, Self::Error>> {
        Pin::new(&mut self.0).poll(cx)
    }
}
