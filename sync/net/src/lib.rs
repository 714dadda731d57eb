//! The network of a replica: finds peers, keeps connections, carries opaque frames. The only crate that knows libp2p.
//!
//! [`start`] gives a [`Handle`] to act with and [`Events`] to take from. Per connected peer there are two [`Lane`]s, each
//! an ordered stream of frames with a bounded queue. Who a peer is, is not decided here: transport keys are made anew at
//! each start (so that mDNS announces nothing lasting), and the layer above binds both transport identities, named in
//! [`NetEvent::Connected`], to device certificates.
//!
//! Wire: TCP with Noise and yamux, or QUIC, or WebSocket (with TLS or behind somebody who speaks it) with Noise and yamux; two libp2p streams `/kyhop/sync/1` and `/kyhop/blob/1`, opened by the peer
//! with the lower PeerId; on each, both ways, frames of a 4-byte big-endian length (never 0) and that many bytes.

pub mod address;
mod behaviour;
mod dialer;
mod discovery;
mod driver;
mod error;
mod events;
pub mod limits;
mod peer;
mod reason;
mod stream;
mod table;
mod tls;
mod traffic;
mod transport;
mod websocket;

use std::{
    fmt,
    sync::{Arc, Mutex, PoisonError},
};

use libp2p::identity::Keypair;
use tokio::{
    sync::mpsc::{self, error::TrySendError},
    task::JoinHandle,
};

use crate::{
    address::Carrier,
    behaviour::Behaviour,
    discovery::Discovery,
    driver::{Command, Driver, Shared},
    limits::{COMMANDS_MAX, LISTEN_MAX},
    peer::Registry,
    tls::Renewed,
};
pub use crate::{
    error::{DialReason, NetError, SendError},
    events::{Events, NetEvent},
    limits::Limits,
    peer::PeerKey,
    stream::Lane,
    tls::{Tls, TlsIdentity},
    traffic::Traffic,
};

/// How a node takes part in the network.
#[derive(Clone, Debug)]
pub struct Config {
    /// Multiaddresses to listen on, at most [`LISTEN_MAX`]; port 0 lets the system choose.
    pub listen: Vec<String>,
    /// Whether to find devices on the LAN, and be found, by multicast. Costs one thread.
    pub mdns: bool,
    /// Whether QUIC is spoken beside TCP.
    pub quic: bool,
    /// What peers may use up.
    pub limits: Limits,
    /// Counts what is written.
    pub traffic: Traffic,
    /// Certificates for WebSocket over TLS.
    pub tls: Tls,
}

impl Config {
    /// On all interfaces, with discovery: a device in an office.
    #[must_use]
    pub fn lan() -> Self {
        let listen = ["/ip4/0.0.0.0/tcp/0", "/ip4/0.0.0.0/udp/0/quic-v1"].map(str::to_owned).to_vec();
        Self { listen, mdns: true, quic: true, limits: Limits::default(), traffic: Traffic::default(), tls: Tls::default() }
    }

    /// On this machine only, TCP, without discovery: demonstrations and rooms of many nodes.
    #[must_use]
    pub fn loopback() -> Self {
        let listen = vec!["/ip4/127.0.0.1/tcp/0".to_owned()];
        Self { listen, mdns: false, quic: false, limits: Limits::default(), traffic: Traffic::default(), tls: Tls::default() }
    }
}

/// Starts a node on the given runtime. It stops when [`Handle::shutdown`] is called, when every handle is dropped, or when
/// [`Events`] is dropped.
///
/// # Errors
/// An address that cannot be listened on, or a transport that cannot be set up. mDNS that cannot be started is not an
/// error: see [`Handle::discovers`].
pub fn start(config: Config, runtime: &tokio::runtime::Handle) -> Result<(Handle, Events), NetError> {
    // The sockets that libp2p opens belong to the runtime that is entered.
    let _inside = runtime.enter();
    let Config { listen, mdns, quic, limits, traffic, tls } = config;
    let certificates = tls.prepared()?;
    let renewed = Arc::clone(&certificates.renewed);
    let seed = getrandom::u64().map_err(|error| NetError::Transport(error.to_string()))?;
    let keypair = Keypair::generate_ed25519();
    let local = keypair.public().to_peer_id();
    let discovery = if mdns {
        Discovery::start(local).inspect_err(|error| tracing::warn!(%error, "mDNS cannot be started")).ok()
    } else {
        None
    };
    let discovers = discovery.is_some();
    let behaviour = Behaviour::new(local, &limits, discovery);
    let (mut swarm, tasks) = transport::swarm(&keypair, certificates, behaviour, runtime.clone())?;
    for address in listen.into_iter().take(LISTEN_MAX) {
        let (parsed, carrier) = address::parse_listen(&address)?;
        if carrier == Carrier::Quic && !quic {
            let reason = DialReason::SwitchedOff.to_string();
            return Err(NetError::Listen { address, reason });
        }
        let listening = address::free_socket(&parsed, carrier)
            .map_err(|error| error.to_string())
            .and_then(|()| swarm.listen_on(parsed).map_err(reason::of_listen));
        listening.map_err(|reason| NetError::Listen { address, reason })?;
    }
    let (commands, orders) = mpsc::channel(COMMANDS_MAX);
    let (sender, events) = events::channel();
    let registry = Arc::<Registry>::default();
    let addresses = Arc::<Mutex<Vec<String>>>::default();
    let shared = Shared { registry: Arc::clone(&registry), addresses: Arc::clone(&addresses) };
    let driver = Driver::new(swarm, tasks, orders, sender, shared, limits, quic, traffic, seed);
    let task = tokio::sync::Mutex::new(Some(runtime.spawn(driver.run())));
    let handle = Handle(Arc::new(Inner { commands, registry, addresses, task, discovers, local_id: local.to_bytes(), renewed }));
    Ok((handle, events))
}

struct Inner {
    commands: mpsc::Sender<Command>,
    registry: Arc<Registry>,
    addresses: Arc<Mutex<Vec<String>>>,
    task: tokio::sync::Mutex<Option<JoinHandle<()>>>,
    discovers: bool,
    local_id: Vec<u8>,
    renewed: Renewed,
}

/// What to act on a node with. Cheap to clone; nothing here waits for the network except [`Handle::shutdown`].
#[derive(Clone)]
pub struct Handle(Arc<Inner>);

impl fmt::Debug for Handle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Handle").field("addresses", &self.addresses()).finish_non_exhaustive()
    }
}

impl Handle {
    /// Queues a frame for a peer.
    ///
    /// # Errors
    /// [`SendError::Gone`], [`SendError::Full`] or [`SendError::Size`]; the frame is dropped.
    pub fn send(&self, peer: PeerKey, lane: Lane, frame: Vec<u8>) -> Result<(), SendError> {
        self.0.registry.send(peer, lane, frame)
    }

    /// As [`Handle::send`], but a frame for which there is no room now comes back; [`NetEvent::Writable`] tells when to offer it again.
    ///
    /// # Errors
    /// [`SendError::Gone`] or [`SendError::Size`]; the frame is dropped.
    pub fn offer(&self, peer: PeerKey, lane: Lane, frame: Vec<u8>) -> Result<Option<Vec<u8>>, SendError> {
        self.0.registry.offer(peer, lane, frame)
    }

    /// Bytes that may be queued for a peer now; 0 for one that is gone, or when too many frames wait.
    #[must_use]
    pub fn queue_free(&self, peer: PeerKey, lane: Lane) -> usize {
        self.0.registry.get(peer).map_or(0, |lanes| lanes.queue(lane).free())
    }

    /// Connects to a typed address (see [`address::parse`]) and keeps connecting, with growing pauses, until the node
    /// stops or [`Handle::forget`]. Typing it again tries at once. Failures are told by [`NetEvent::DialFailed`].
    ///
    /// # Errors
    /// [`NetError::Address`] says what is wrong with the text; [`NetError::Busy`], [`NetError::Stopped`].
    pub fn dial(&self, text: &str) -> Result<(), NetError> {
        self.command(Command::Dial(address::parse(text)?))
    }

    /// Stops connecting to a typed address. A connection that stands is not ended.
    ///
    /// # Errors
    /// As [`Handle::dial`].
    pub fn forget(&self, text: &str) -> Result<(), NetError> {
        self.command(Command::Forget(address::parse(text)?))
    }

    /// Sends what is queued (for [`limits::FLUSH_MAX`] at most), ends the connection and does not call this peer for
    /// [`limits::DISMISSED_PAUSE`]. It may still call us.
    ///
    /// # Errors
    /// [`NetError::Busy`], [`NetError::Stopped`].
    pub fn disconnect(&self, peer: PeerKey) -> Result<(), NetError> {
        self.command(Command::Disconnect(peer))
    }

    /// Shows another certificate to those who call by WebSocket over TLS from here on. Connections that stand go on, and whom we believe when we
    /// call stays as it was.
    ///
    /// # Errors
    /// [`NetError::Transport`]: there is none, or it cannot be used; the one before stays.
    pub fn renew(&self, tls: &Tls) -> Result<(), NetError> {
        let config = tls.renewing()?;
        *self.0.renewed.lock().unwrap_or_else(PoisonError::into_inner) = Some(config);
        Ok(())
    }

    /// The addresses of the last [`NetEvent::Listening`].
    #[must_use]
    pub fn addresses(&self) -> Vec<String> {
        self.0.addresses.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Our transport identity of this start (bytes of the PeerId).
    #[must_use]
    pub fn local_id(&self) -> &[u8] {
        &self.0.local_id
    }

    /// Whether discovery by multicast is running.
    #[must_use]
    pub fn discovers(&self) -> bool {
        self.0.discovers
    }

    /// Sends what is queued (for [`limits::FLUSH_MAX`] at most), closes every connection and waits for every task.
    /// [`Events`] ends after what it already holds.
    pub async fn shutdown(&self) {
        let mut task = self.0.task.lock().await;
        // A driver that no longer takes commands is already stopping.
        let _ = self.0.commands.send(Command::Shutdown).await;
        if let Some(task) = task.take()
            && let Err(error) = task.await
        {
            tracing::error!(%error, "the network driver failed");
        }
    }

    fn command(&self, command: Command) -> Result<(), NetError> {
        self.0.commands.try_send(command).map_err(|error| match error {
            TrySendError::Full(_) => NetError::Busy,
            TrySendError::Closed(_) => NetError::Stopped,
        })
    }
}
