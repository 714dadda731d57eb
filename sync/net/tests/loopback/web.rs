//! WebSocket, with TLS and without: for devices whose firewall lets only HTTPS out.

use std::{future::poll_fn, pin::Pin};

use libp2p::{Transport, core::transport::ListenerId, tcp};
use libp2p_websocket::framed;
use net::{
    Config, DialReason, Lane, Limits, NetError, NetEvent, Tls, TlsIdentity,
    limits::{BLOB_FRAME_BYTES_MAX, FRAME_BYTES_MAX},
};
use rcgen::{CertificateParams, KeyPair, date_time_ymd};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};

use crate::common::{Met, Node, PATIENCE, eventually, socket};

/// What an endless message would have to be before the test takes it for endless: more than all buffers of a socket hold.
const ENDLESS: usize = 64 << 20;

/// A certificate for these names, and the authority to believe.
fn certified(names: &[&str]) -> (TlsIdentity, Vec<u8>) {
    let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
    let made = rcgen::generate_simple_self_signed(names).unwrap();
    let chain_pem = made.cert.pem().into_bytes();
    let key_pem = made.key_pair.serialize_pem().into_bytes().into();
    (TlsIdentity { chain_pem: chain_pem.clone(), key_pem }, chain_pem)
}

fn listening(listen: &str, identity: Option<TlsIdentity>) -> Config {
    Config { listen: vec![listen.to_owned()], tls: Tls { identity, ..Tls::default() }, ..Config::loopback() }
}

fn believing(authorities: Vec<u8>) -> Config {
    Config { tls: Tls { authorities, ..Tls::default() }, ..Config::loopback() }
}

/// A hub's node at `wss`, and a device that believes its certificate.
async fn over_tls() -> (Node, Node) {
    let (identity, authority) = certified(&["localhost", "127.0.0.1"]);
    let hub = Node::with(listening("/ip4/127.0.0.1/tcp/0/tls/ws", Some(identity))).await;
    (Node::with(believing(authority)).await, hub)
}

fn typed(scheme: &str, node: &Node) -> String {
    format!("{scheme}://localhost:{}", socket(&node.address).port())
}

async fn dial_failed(node: &mut Node) -> DialReason {
    node.until("a failed call", |event| match event.clone() {
        NetEvent::DialFailed { reason, .. } => Some(reason),
        _ => None,
    })
    .await
}

/// Frames of every size go both ways, several at a time.
async fn talk(a: &mut Node, to_b: &Met, b: &mut Node, to_a: &Met) {
    for bytes in [1, 1000, 70_000, FRAME_BYTES_MAX] {
        let frame: Vec<u8> = (0..bytes).map(|byte| (byte % 251) as u8).collect();
        for _ in 0..3 {
            a.send(to_b.peer, Lane::Sync, &frame).await;
            b.send(to_a.peer, Lane::Sync, &frame).await;
        }
        for _ in 0..3 {
            assert!(b.frame(Lane::Sync).await == frame, "{bytes}");
            assert!(a.frame(Lane::Sync).await == frame, "{bytes}");
        }
    }
    let piece = vec![7; BLOB_FRAME_BYTES_MAX];
    a.send(to_b.peer, Lane::Blob, &piece).await;
    assert!(b.frame(Lane::Blob).await == piece);
}

#[tokio::test]
async fn two_nodes_talk_over_websocket() {
    let mut hub = Node::with(listening("/ip4/127.0.0.1/tcp/0/ws", None)).await;
    let mut device = Node::with(Config::loopback()).await;
    device.handle.dial(&typed("ws", &hub)).unwrap();
    let (to_hub, to_device) = (device.met().await, hub.met().await);
    assert!(to_hub.address.ends_with("/ws") && to_hub.dialled && !to_device.dialled, "{to_hub:?}");
    talk(&mut device, &to_hub, &mut hub, &to_device).await;
}

#[tokio::test]
async fn two_nodes_talk_over_websocket_and_tls_by_name_and_by_number() {
    let (mut device, mut hub) = over_tls().await;
    device.handle.dial(&typed("wss", &hub)).unwrap();
    let (to_hub, to_device) = (device.met().await, hub.met().await);
    assert!(to_hub.address.ends_with("/tls/ws"), "{to_hub:?}");
    talk(&mut device, &to_hub, &mut hub, &to_device).await;

    let (mut device, mut hub) = over_tls().await;
    let address = hub.address.clone();
    device.handle.dial(&address).unwrap();
    let (to_hub, to_device) = (device.met().await, hub.met().await);
    talk(&mut device, &to_hub, &mut hub, &to_device).await;
}

#[tokio::test]
async fn a_hub_at_wss_is_reached_again_after_it_restarts() {
    let (identity, authority) = certified(&["localhost"]);
    let hub = Node::with(listening("/ip4/127.0.0.1/tcp/0/tls/ws", Some(identity.clone()))).await;
    let mut device = Node::with(believing(authority)).await;
    device.handle.dial(&typed("wss", &hub)).unwrap();
    let before = device.met().await;
    let same = hub.address.split("/p2p/").next().unwrap().to_owned();
    hub.handle.shutdown().await;
    device.lost(before.peer).await;
    let mut hub = Node::with(listening(&same, Some(identity))).await;
    let (to_hub, to_device) = (device.met().await, hub.met().await);
    talk(&mut device, &to_hub, &mut hub, &to_device).await;
}

#[tokio::test]
async fn a_certificate_that_is_unknown_for_another_name_or_expired_is_refused_and_told() {
    // Nobody vouches for it.
    let (_, mut hub) = over_tls().await;
    let mut device = Node::with(Config::loopback()).await;
    device.handle.dial(&typed("wss", &hub)).unwrap();
    assert_eq!(dial_failed(&mut device).await, DialReason::Certificate);

    let (identity, authority) = certified(&["hub.example.vn"]);
    let other = Node::with(listening("/ip4/127.0.0.1/tcp/0/tls/ws", Some(identity))).await;
    let mut device = Node::with(believing(authority)).await;
    device.handle.dial(&typed("wss", &other)).unwrap();
    assert_eq!(dial_failed(&mut device).await, DialReason::Certificate);

    let key = KeyPair::generate().unwrap();
    let mut params = CertificateParams::new(vec!["localhost".to_owned()]).unwrap();
    params.not_before = date_time_ymd(2020, 1, 1);
    params.not_after = date_time_ymd(2021, 1, 1);
    let chain_pem = params.self_signed(&key).unwrap().pem().into_bytes();
    let identity = TlsIdentity { chain_pem: chain_pem.clone(), key_pem: key.serialize_pem().into_bytes().into() };
    let expired = Node::with(listening("/ip4/127.0.0.1/tcp/0/tls/ws", Some(identity))).await;
    let mut device = Node::with(believing(chain_pem)).await;
    device.handle.dial(&typed("wss", &expired)).unwrap();
    assert_eq!(dial_failed(&mut device).await, DialReason::Certificate);

    // Whoever believes the first one gets there after all of this.
    let (identity, authority) = certified(&["localhost"]);
    hub.handle.shutdown().await;
    hub = Node::with(listening("/ip4/127.0.0.1/tcp/0/tls/ws", Some(identity))).await;
    let mut device = Node::with(believing(authority)).await;
    device.handle.dial(&typed("wss", &hub)).unwrap();
    device.met().await;
    assert_eq!(hub.met().await.remote_id, device.handle.local_id());
}

#[tokio::test]
async fn what_is_wrong_with_a_web_address_is_told() {
    let (mut device, hub) = over_tls().await;
    for (text, code) in [
        ("https://hub.example.vn", "net.address.scheme"),
        ("wss://hub.example.vn/kyhop", "net.address.path"),
        ("wss://hub example", "net.address.bad_host"),
    ] {
        assert_eq!(device.handle.dial(text).unwrap_err().code(), code);
    }
    // Plain WebSocket at a port that speaks TLS, TLS at a port that does not, and somebody else's web server.
    device.handle.dial(&typed("ws", &hub)).unwrap();
    assert_eq!(dial_failed(&mut device).await, DialReason::Foreign);
    let plain = Node::with(listening("/ip4/127.0.0.1/tcp/0/ws", None)).await;
    let mut device = Node::with(Config::loopback()).await;
    device.handle.dial(&typed("wss", &plain)).unwrap();
    // Such a port waits for the rest of a request that it takes the TLS for.
    assert_eq!(dial_failed(&mut device).await, DialReason::TimedOut);
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let at = listener.local_addr().unwrap();
    let answers = tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let _ = stream.write_all(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n").await;
            let _ = stream.shutdown().await;
        }
    });
    let mut device = Node::with(Config::loopback()).await;
    device.handle.dial(&format!("ws://{at}")).unwrap();
    assert_eq!(dial_failed(&mut device).await, DialReason::Foreign);
    answers.abort();
    // Nobody there.
    let mut device = Node::with(Config::loopback()).await;
    device.handle.dial(&format!("wss://{at}")).unwrap();
    let reason = dial_failed(&mut device).await;
    assert!(matches!(reason, DialReason::Refused | DialReason::Foreign), "{reason:?}");
}

#[tokio::test]
async fn our_own_web_address_is_told_and_not_tried_again() {
    let (identity, authorities) = certified(&["localhost"]);
    let config = listening("/ip4/127.0.0.1/tcp/0/tls/ws", Some(identity));
    let mut node = Node::with(Config { tls: Tls { authorities, ..config.tls.clone() }, ..config }).await;
    node.handle.dial(&typed("wss", &node)).unwrap();
    assert_eq!(dial_failed(&mut node).await, DialReason::Own);
}

#[tokio::test]
async fn without_a_certificate_nobody_listens_on_tls_and_a_taken_port_is_refused() {
    let start = |config: Config| net::start(config, &tokio::runtime::Handle::current()).map(|_| ()).unwrap_err();
    assert!(matches!(start(listening("/ip4/127.0.0.1/tcp/0/tls/ws", None)), NetError::Listen { .. }));
    let hub = Node::with(listening("/ip4/127.0.0.1/tcp/0/ws", None)).await;
    let taken = hub.address.split("/p2p/").next().unwrap();
    assert!(matches!(start(listening(taken, None)), NetError::Listen { address, .. } if address == taken));
}

#[tokio::test]
async fn garbage_on_a_web_port_does_no_harm() {
    let (identity, authority) = certified(&["localhost"]);
    let few = Limits { pending_inbound_max: 4, ..Limits::default() };
    for (listen, scheme) in [("/ip4/127.0.0.1/tcp/0/ws", "ws"), ("/ip4/127.0.0.1/tcp/0/tls/ws", "wss")] {
        let mut node = Node::with(Config { limits: few.clone(), ..listening(listen, Some(identity.clone())) }).await;
        let garbage: Vec<u8> = (0..100_000_u32).map(|byte| (byte.wrapping_mul(2_654_435_761) >> 24) as u8).collect();
        let upgrade = b"GET / HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n";
        let endless = b"GET / HTTP/1.1\r\nX: ";
        for start in [&b""[..], b"\0", b"GET / HTTP/1.1\r\n\r\n", b"\x16\x03\x01", upgrade, endless] {
            let mut stranger = TcpStream::connect(socket(&node.address)).await.unwrap();
            // The node may hang up in the middle.
            let _ = stranger.write_all(start).await;
            let _ = stranger.write_all(&garbage).await;
            let _ = stranger.shutdown().await;
        }
        let mut honest = Node::with(believing(authority.clone())).await;
        honest.handle.dial(&typed(scheme, &node)).unwrap();
        let to_node = honest.met().await;
        honest.send(to_node.peer, Lane::Sync, b"honest").await;
        assert_eq!(node.frame(Lane::Sync).await, b"honest");
        assert_eq!(node.connected, 1);
    }
}

#[tokio::test]
async fn handshakes_that_are_never_finished_are_given_up_and_hold_no_more_places_than_are_allowed() {
    let few = Limits { pending_inbound_max: 4, ..Limits::default() };
    let mut node = Node::with(Config { limits: few, ..listening("/ip4/127.0.0.1/tcp/0/ws", None) }).await;
    let mut slow = Vec::new();
    for _ in 0..12 {
        let mut stranger = TcpStream::connect(socket(&node.address)).await.unwrap();
        let _ = stranger.write_all(b"GET / HTTP/1.1\r\nHost: ").await;
        slow.push(stranger);
    }
    for mut stranger in slow {
        let mut nothing = [0; 1];
        let ended = tokio::time::timeout(PATIENCE, stranger.read(&mut nothing)).await;
        assert!(!matches!(ended.expect("it is given up"), Ok(1..)));
    }
    let mut honest = Node::with(Config::loopback()).await;
    honest.handle.dial(&typed("ws", &node)).unwrap();
    honest.met().await;
    assert_eq!(node.met().await.remote_id, honest.handle.local_id());
}

/// The other end of an address that a person typed is no friend yet.
#[tokio::test]
async fn a_message_without_end_from_whoever_was_called_is_not_kept() {
    let mut rogue = framed::Config::new(tcp::tokio::Transport::new(tcp::Config::default()));
    rogue.listen_on(ListenerId::next(), "/ip4/127.0.0.1/tcp/0/ws".parse().unwrap()).unwrap();
    let address = poll_fn(|cx| Pin::new(&mut rogue).poll(cx)).await.into_new_address().unwrap();
    let mut device = Node::with(Config::loopback()).await;
    device.handle.dial(&address.to_string()).unwrap();
    let (upgrade, _) = poll_fn(|cx| Pin::new(&mut rogue).poll(cx)).await.into_incoming().unwrap();
    let flood = tokio::spawn(async move { upgrade.await.unwrap().send_data(vec![0; ENDLESS]).await });
    assert_eq!(dial_failed(&mut device).await, DialReason::Foreign);
    eventually("the end of the flood", || flood.is_finished()).await;
    assert!(flood.await.unwrap().is_err(), "the device took all of it");
}
