//! A node with its events, and a relay that can be cut or silenced.

use std::{
    net::SocketAddr,
    sync::Arc,
    time::{Duration, Instant},
};

use net::{Config, Events, Handle, Lane, Limits, NetEvent, PeerKey, SendError};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::watch,
    task::JoinSet,
};

/// A test that waits this long for something has failed; no test depends on how long anything takes.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// Which transport a test runs over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Over {
    Tcp,
    Quic,
}

/// A running node and what it has told so far.
pub struct Node {
    pub handle: Handle,
    pub events: Events,
    pub address: String,
    pub connected: usize,
}

/// Who connected.
#[derive(Clone, Debug)]
pub struct Met {
    pub peer: PeerKey,
    pub local_id: Vec<u8>,
    pub remote_id: Vec<u8>,
    pub address: String,
    pub dialled: bool,
}

pub fn config(over: Over) -> Config {
    match over {
        Over::Tcp => Config::loopback(),
        Over::Quic => Config { listen: vec!["/ip4/127.0.0.1/udp/0/quic-v1".to_owned()], quic: true, ..Config::loopback() },
    }
}

pub fn impatient() -> Limits {
    Limits { silence_max: Duration::from_secs(2), ..Limits::default() }
}

impl Node {
    pub async fn new(over: Over) -> Self {
        Self::with(config(over)).await
    }

    pub async fn with(config: Config) -> Self {
        let listens = config.listen.len();
        let (handle, events) = net::start(config, &tokio::runtime::Handle::current()).unwrap();
        let mut node = Self { handle, events, address: String::new(), connected: 0 };
        if listens > 0 {
            node.address = node
                .until("an address", |event| match event {
                    NetEvent::Listening { addresses } if addresses.len() >= listens => Some(addresses[0].clone()),
                    _ => None,
                })
                .await;
        }
        node
    }

    pub async fn next(&mut self, what: &str) -> NetEvent {
        let event = tokio::time::timeout(PATIENCE, self.events.recv()).await;
        let event = event.unwrap_or_else(|_| panic!("waited in vain for {what}")).expect(what);
        self.connected += usize::from(matches!(event, NetEvent::Connected { .. }));
        event
    }

    /// Takes events until one gives what is waited for.
    pub async fn until<T>(&mut self, what: &str, mut wanted: impl FnMut(&NetEvent) -> Option<T>) -> T {
        loop {
            if let Some(found) = wanted(&self.next(what).await) {
                return found;
            }
        }
    }

    pub async fn met(&mut self) -> Met {
        self.until("a peer", |event| match event.clone() {
            NetEvent::Connected { peer, local_id, remote_id, address, dialled } => {
                Some(Met { peer, local_id, remote_id, address, dialled })
            }
            _ => None,
        })
        .await
    }

    pub async fn lost(&mut self, peer: PeerKey) {
        self.until("the end of a peer", |event| (*event == NetEvent::Disconnected { peer }).then_some(())).await;
    }

    pub async fn frame(&mut self, wanted: Lane) -> Vec<u8> {
        self.until("a frame", |event| match event {
            NetEvent::Frame { lane, bytes, .. } if *lane == wanted => Some(bytes.clone()),
            _ => None,
        })
        .await
    }

    /// Sends, waiting for room when the queue is full.
    pub async fn send(&mut self, peer: PeerKey, lane: Lane, frame: &[u8]) {
        while let Err(error) = self.handle.send(peer, lane, frame.to_vec()) {
            assert_eq!(error, SendError::Full);
            self.until("room", |event| matches!(event, NetEvent::Writable { .. }).then_some(())).await;
        }
    }
}

/// Two nodes, the first of which has dialled the second.
pub async fn pair(over: Over) -> (Node, Met, Node, Met) {
    let (mut a, mut b) = (Node::new(over).await, Node::new(over).await);
    a.handle.dial(&b.address).unwrap();
    let (to_b, to_a) = (a.met().await, b.met().await);
    (a, to_b, b, to_a)
}

/// Looks again and again until it holds.
pub async fn eventually(what: &str, mut holds: impl FnMut() -> bool) {
    let start = Instant::now();
    while !holds() {
        assert!(start.elapsed() < PATIENCE, "waited in vain for {what}");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

pub fn socket(address: &str) -> SocketAddr {
    let parts: Vec<&str> = address.split('/').collect();
    format!("{}:{}", parts[2], parts[4]).parse().unwrap()
}

/// What a relay does with bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Relaying {
    Pass,
    /// Keeps connections open and swallows everything, as a cut cable does.
    Swallow,
    /// Closes every connection and accepts no more.
    Cut,
}

/// A TCP relay in front of a node.
pub struct Relay {
    pub address: String,
    mode: Arc<watch::Sender<Relaying>>,
    _task: JoinSet<()>,
}

impl Relay {
    pub async fn before(target: &str) -> Self {
        let target = socket(target);
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let mode = Arc::new(watch::channel(Relaying::Pass).0);
        let modes = mode.clone();
        let mut task = JoinSet::new();
        task.spawn(async move {
            let mut relayed = JoinSet::new();
            loop {
                let (near, _) = listener.accept().await.unwrap();
                if *modes.borrow() == Relaying::Cut {
                    continue;
                }
                let Ok(far) = TcpStream::connect(target).await else {
                    continue;
                };
                let (near_in, near_out) = near.into_split();
                let (far_in, far_out) = far.into_split();
                relayed.spawn(relay(near_in, far_out, modes.subscribe()));
                relayed.spawn(relay(far_in, near_out, modes.subscribe()));
            }
        });
        Self { address: format!("/ip4/127.0.0.1/tcp/{port}"), mode, _task: task }
    }

    pub fn set(&self, mode: Relaying) {
        self.mode.send_replace(mode);
    }
}

async fn relay(
    mut from: tokio::net::tcp::OwnedReadHalf,
    mut to: tokio::net::tcp::OwnedWriteHalf,
    mut mode: watch::Receiver<Relaying>,
) {
    let mut bytes = vec![0; 64 * 1024];
    loop {
        let read = tokio::select! {
            read = from.read(&mut bytes) => read,
            _ = mode.wait_for(|mode| *mode == Relaying::Cut) => return,
        };
        let Ok(read) = read else { return };
        let now = *mode.borrow();
        match now {
            Relaying::Cut => return,
            Relaying::Swallow if read == 0 => {
                let _ = mode.wait_for(|mode| *mode == Relaying::Cut).await;
                return;
            }
            Relaying::Swallow => {}
            Relaying::Pass if read == 0 => return,
            Relaying::Pass => {
                if to.write_all(&bytes[..read]).await.is_err() {
                    return;
                }
            }
        }
    }
}
