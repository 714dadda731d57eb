//! Strangers: garbage on the sockets, and peers that speak libp2p but break the framing.

use std::time::Duration;

use futures::{AsyncReadExt, AsyncWriteExt, StreamExt};
use libp2p::{Multiaddr, PeerId, StreamProtocol, SwarmBuilder, identity::Keypair, noise, swarm::SwarmEvent, tcp, yamux};
use net::{Config, DialReason, Lane, Limits, NetEvent};
use tokio::{io::AsyncWriteExt as _, net::TcpListener, net::TcpStream, net::UdpSocket, task::JoinSet};

use crate::common::{Node, Over, config, eventually, socket};

const SYNC: StreamProtocol = StreamProtocol::new("/kyhop/sync/1");
/// Streams of a flood.
const STREAMS: usize = 2_000;
const BLOB: StreamProtocol = StreamProtocol::new("/kyhop/blob/1");

/// A libp2p program of somebody else, with an id below the node's, so that it is the one to open the lanes.
struct Rogue {
    id: PeerId,
    control: libp2p_stream::Control,
    dial: tokio::sync::mpsc::Sender<Multiaddr>,
    opened: tokio::sync::watch::Receiver<usize>,
    closed: tokio::sync::watch::Receiver<usize>,
    address: Multiaddr,
    _task: JoinSet<()>,
}

fn id_of(node: &Node) -> PeerId {
    PeerId::from_bytes(node.handle.local_id()).unwrap()
}

impl Rogue {
    async fn new(fits: impl Fn(&PeerId) -> bool) -> Self {
        let keypair = loop {
            let keypair = Keypair::generate_ed25519();
            if fits(&keypair.public().to_peer_id()) {
                break keypair;
            }
        };
        let id = keypair.public().to_peer_id();
        let mut swarm = SwarmBuilder::with_existing_identity(keypair)
            .with_tokio()
            .with_tcp(tcp::Config::default(), noise::Config::new, yamux::Config::default)
            .unwrap()
            .with_behaviour(|_| libp2p_stream::Behaviour::new())
            .unwrap()
            .with_swarm_config(|config| config.with_idle_connection_timeout(Duration::from_secs(3600)))
            .build();
        swarm.listen_on("/ip4/127.0.0.1/tcp/0".parse().unwrap()).unwrap();
        let address = loop {
            if let SwarmEvent::NewListenAddr { address, .. } = swarm.select_next_some().await {
                break address;
            }
        };
        let control = swarm.behaviour().new_control();
        let (told_opened, opened) = tokio::sync::watch::channel(0);
        let (told_closed, closed) = tokio::sync::watch::channel(0);
        let (dial, mut dials) = tokio::sync::mpsc::channel::<Multiaddr>(8);
        let mut task = JoinSet::new();
        task.spawn(async move {
            loop {
                tokio::select! {
                    event = swarm.select_next_some() => match event {
                        SwarmEvent::ConnectionEstablished { .. } => told_opened.send_modify(|count| *count += 1),
                        SwarmEvent::ConnectionClosed { .. } => told_closed.send_modify(|count| *count += 1),
                        _ => {}
                    },
                    Some(address) = dials.recv() => swarm.dial(address).unwrap(),
                }
            }
        });
        Self { id, control, dial, opened, closed, address, _task: task }
    }

    async fn below(node: &Node) -> Self {
        let node = id_of(node);
        Self::new(move |id| *id < node).await
    }

    async fn call(&self, node: &Node) {
        let before = *self.opened.borrow();
        self.dial.send(node.address.parse().unwrap()).await.unwrap();
        eventually("the connection", || *self.opened.borrow() > before).await;
    }

    async fn open(&mut self, node: &Node, lane: StreamProtocol) -> libp2p::Stream {
        self.control.open_stream(id_of(node), lane).await.unwrap()
    }
}

/// The rogue opens both lanes and then writes this on one of them.
async fn rogue_writes(lane: Lane, bytes: &[u8]) {
    let mut node = Node::new(Over::Tcp).await;
    let mut rogue = Rogue::below(&node).await;
    rogue.call(&node).await;
    let mut sync = rogue.open(&node, SYNC).await;
    let mut blob = rogue.open(&node, BLOB).await;
    let met = node.met().await;
    assert_eq!(met.remote_id, rogue.id.to_bytes());
    sync.write_all(&[0, 0, 0, 2, b'h', b'i']).await.unwrap();
    sync.flush().await.unwrap();
    assert_eq!(node.frame(Lane::Sync).await, b"hi");
    let stream = if lane == Lane::Sync { &mut sync } else { &mut blob };
    stream.write_all(bytes).await.unwrap();
    stream.flush().await.unwrap();
    node.lost(met.peer).await;
    eventually("the hang-up", || *rogue.closed.borrow() == 1).await;

    // Banned: it is not spoken to again, others are.
    rogue.call(&node).await;
    eventually("the refusal", || *rogue.closed.borrow() == 2).await;
    let mut honest = Node::new(Over::Tcp).await;
    honest.handle.dial(&node.address).unwrap();
    let to_node = honest.met().await;
    honest.send(to_node.peer, Lane::Sync, b"honest").await;
    assert_eq!(node.frame(Lane::Sync).await, b"honest");
    assert_eq!(node.connected, 2);
}

#[tokio::test]
async fn a_length_of_four_gigabytes_ends_the_connection() {
    rogue_writes(Lane::Sync, &u32::MAX.to_be_bytes()).await;
}

#[tokio::test]
async fn a_length_one_above_the_cap_ends_the_connection() {
    rogue_writes(Lane::Sync, &(1024 * 1024 + 1_u32).to_be_bytes()).await;
    rogue_writes(Lane::Blob, &(1024 * 1024 + 64 * 1024 + 1_u32).to_be_bytes()).await;
}

#[tokio::test]
async fn an_empty_frame_ends_the_connection() {
    rogue_writes(Lane::Blob, &0_u32.to_be_bytes()).await;
}

#[tokio::test]
async fn further_streams_on_a_lane_are_reset_and_change_nothing() {
    let mut node = Node::new(Over::Tcp).await;
    let mut rogue = Rogue::below(&node).await;
    rogue.call(&node).await;
    let (mut sync, mut blob) = (rogue.open(&node, SYNC).await, rogue.open(&node, BLOB).await);
    node.met().await;
    for _ in 0..50 {
        for lane in [SYNC, BLOB] {
            // At the limit of streams the connection as a whole is given up, which is as good.
            let Ok(mut more) = rogue.control.open_stream(id_of(&node), lane).await else {
                return;
            };
            let _ = more.write_all(&[0, 0, 0, 1, 9]).await;
            let mut nothing = [0; 1];
            assert!(!matches!(more.read(&mut nothing).await, Ok(1..)));
        }
    }
    for stream in [&mut sync, &mut blob] {
        stream.write_all(&[0, 0, 0, 1, 7]).await.unwrap();
        stream.flush().await.unwrap();
    }
    assert_eq!(node.frame(Lane::Sync).await, [7]);
    assert_eq!(node.frame(Lane::Blob).await, [7]);
}

#[tokio::test]
async fn a_program_that_does_not_speak_the_protocol_is_told_and_left_alone() {
    let mut node = Node::new(Over::Tcp).await;
    let own = id_of(&node);
    let rogue = Rogue::new(move |id| *id > own).await;
    let address = rogue.address.to_string();
    node.handle.dial(&address).unwrap();
    let told = node
        .until("a failed call", |event| match event.clone() {
            NetEvent::DialFailed { address, reason } => Some((address, reason)),
            _ => None,
        })
        .await;
    assert_eq!(told, (address, DialReason::Foreign));
    eventually("the hang-up", || *rogue.closed.borrow() == 1).await;
    assert_eq!(node.connected, 0);
}

#[tokio::test]
async fn an_address_where_garbage_answers_is_told_to_be_foreign() {
    for garbage in
        [&b"HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n"[..], b"\x13/multistream/2.0.0\n", b"SSH-2.0-OpenSSH_9\r\n"]
    {
        let mut node = Node::new(Over::Tcp).await;
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("/ip4/127.0.0.1/tcp/{}", listener.local_addr().unwrap().port());
        let answers = tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let _ = stream.write_all(garbage).await;
                let _ = stream.shutdown().await;
            }
        });
        node.handle.dial(&address).unwrap();
        let told = node
            .until("a failed call", |event| match event.clone() {
                NetEvent::DialFailed { address, reason } => Some((address, reason)),
                _ => None,
            })
            .await;
        assert_eq!(told, (address, DialReason::Foreign), "{}", String::from_utf8_lossy(garbage));
        answers.abort();
    }
}

#[tokio::test]
async fn garbage_on_the_sockets_does_no_harm() {
    for over in [Over::Tcp, Over::Quic] {
        let few = Limits { pending_inbound_max: 4, ..Limits::default() };
        let mut node = Node::with(Config { limits: few, ..config(over) }).await;
        let at = socket(&node.address);
        let garbage: Vec<u8> = (0..100_000_u32).map(|byte| (byte.wrapping_mul(2_654_435_761) >> 24) as u8).collect();
        for start in
            [&b""[..], b"\0", b"GET / HTTP/1.1\r\n\r\n", b"\x13/multistream/1.0.0\n", b"\x13/multistream/1.0.0\n\x07/noise\n"]
        {
            match over {
                Over::Tcp => {
                    let mut stranger = TcpStream::connect(at).await.unwrap();
                    // The node may hang up in the middle.
                    let _ = stranger.write_all(start).await;
                    let _ = stranger.write_all(&garbage).await;
                    let _ = stranger.shutdown().await;
                }
                Over::Quic => {
                    let stranger = UdpSocket::bind("127.0.0.1:0").await.unwrap();
                    for datagram in garbage.chunks(1200) {
                        let _ = stranger.send_to(&[start, datagram].concat(), at).await;
                    }
                }
            }
        }
        let mut honest = Node::new(over).await;
        honest.handle.dial(&node.address).unwrap();
        let to_node = honest.met().await;
        honest.send(to_node.peer, Lane::Sync, b"honest").await;
        assert_eq!(node.frame(Lane::Sync).await, b"honest");
        assert_eq!(node.connected, 1);
    }
}

#[tokio::test]
async fn strangers_that_connect_and_say_nothing_do_not_lock_others_out() {
    let mut node = Node::new(Over::Tcp).await;
    let mut silent = Vec::new();
    for _ in 0..100 {
        silent.push(TcpStream::connect(socket(&node.address)).await.unwrap());
    }
    let mut honest = Node::new(Over::Tcp).await;
    honest.handle.dial(&node.address).unwrap();
    honest.met().await;
    node.met().await;
}

#[tokio::test]
async fn a_flood_of_streams_changes_nothing_for_the_lanes_in_use_nor_for_others() {
    let mut node = Node::new(Over::Tcp).await;
    let mut rogue = Rogue::below(&node).await;
    rogue.call(&node).await;
    let mut sync = rogue.open(&node, SYNC).await;
    let _blob = rogue.open(&node, BLOB).await;
    node.met().await;
    let unknown = StreamProtocol::new("/kyhop/nothing/1");
    let (mut refused, mut held) = (0, Vec::new());
    for number in 0..STREAMS {
        let protocol = if number % 2 == 0 { SYNC } else { unknown.clone() };
        let opening = rogue.control.open_stream(id_of(&node), protocol);
        // Refused at once, or opened and reset; a connection that is ended because of it is an answer, too.
        match tokio::time::timeout(Duration::from_secs(5), opening).await {
            Ok(Ok(mut stream)) => {
                let _ = stream.write_all(&[0, 0, 0, 1, 7]).await;
                held.push(stream);
            }
            _ => refused += 1,
        }
        if *rogue.closed.borrow() > 0 || refused > STREAMS / 2 {
            break;
        }
    }
    if *rogue.closed.borrow() == 0 {
        sync.write_all(&[0, 0, 0, 2, b'h', b'i']).await.unwrap();
        sync.flush().await.unwrap();
        assert_eq!(node.frame(Lane::Sync).await, b"hi", "nothing of the flood is taken for a frame");
    }
    let mut honest = Node::new(Over::Tcp).await;
    honest.handle.dial(&node.address).unwrap();
    let to_node = honest.met().await;
    honest.send(to_node.peer, Lane::Sync, b"honest").await;
    assert_eq!(node.frame(Lane::Sync).await, b"honest");
}
