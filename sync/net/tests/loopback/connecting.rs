//! How nodes meet, lose each other and meet again.

use net::{Config, DialReason, Lane, Limits, NetError, NetEvent};

use crate::common::{Node, Over, Relay, Relaying, config, eventually, impatient, pair, socket};

async fn dial_failed(node: &mut Node) -> (String, DialReason) {
    node.until("a failed call", |event| match event.clone() {
        NetEvent::DialFailed { address, reason } => Some((address, reason)),
        _ => None,
    })
    .await
}

/// Frames go both ways between two nodes.
async fn talk(a: &mut Node, to_b: net::PeerKey, b: &mut Node, to_a: net::PeerKey) {
    a.send(to_b, Lane::Sync, b"question").await;
    assert_eq!(b.frame(Lane::Sync).await, b"question");
    b.send(to_a, Lane::Sync, b"answer").await;
    assert_eq!(a.frame(Lane::Sync).await, b"answer");
}

async fn listener_restarts(over: Over) {
    let (mut a, to_b, b, _) = pair(over).await;
    let listen = b.address.split("/p2p/").next().unwrap().to_owned();
    b.handle.shutdown().await;
    a.lost(to_b.peer).await;
    if over == Over::Quic {
        // A QUIC endpoint holds its port a moment longer, to answer what is still on the way.
        let port = socket(&b.address);
        eventually("the port", || std::net::UdpSocket::bind(port).is_ok()).await;
    }
    let mut b = Node::with(Config { listen: vec![listen], ..config(over) }).await;
    let (again, to_a) = (a.met().await, b.met().await);
    assert_ne!(again.peer, to_b.peer);
    assert_ne!(again.remote_id, to_b.remote_id, "transport identities are made anew at each start");
    talk(&mut a, again.peer, &mut b, to_a.peer).await;
}

#[tokio::test]
async fn a_typed_address_is_reached_again_after_the_listener_restarts_over_tcp() {
    listener_restarts(Over::Tcp).await;
}

#[tokio::test]
async fn a_typed_address_is_reached_again_after_the_listener_restarts_over_quic() {
    listener_restarts(Over::Quic).await;
}

#[tokio::test]
async fn a_device_that_is_switched_on_later_is_reached() {
    let mut a = Node::new(Over::Tcp).await;
    let gone = Node::new(Over::Tcp).await;
    let at = socket(&gone.address).to_string();
    gone.handle.shutdown().await;
    a.handle.dial(&at).unwrap();
    let (address, reason) = dial_failed(&mut a).await;
    assert_eq!(address, at, "the failure names what was typed");
    assert!(matches!(reason, DialReason::Refused), "{reason:?}");
    let mut b =
        Node::with(Config { listen: vec![format!("/ip4/127.0.0.1/tcp/{}", socket(&gone.address).port())], ..config(Over::Tcp) })
            .await;
    let (to_b, to_a) = (a.met().await, b.met().await);
    talk(&mut a, to_b.peer, &mut b, to_a.peer).await;
}

#[tokio::test]
async fn host_and_port_find_quic_where_there_is_no_tcp() {
    let quic_too = Config { quic: true, ..Config::loopback() };
    let (mut a, mut b) = (Node::with(quic_too).await, Node::new(Over::Quic).await);
    a.handle.dial(&format!("localhost:{}", socket(&b.address).port())).unwrap();
    let (to_b, to_a) = (a.met().await, b.met().await);
    assert!(to_b.address.contains("/quic-v1"));
    talk(&mut a, to_b.peer, &mut b, to_a.peer).await;
}

#[tokio::test]
async fn our_own_address_is_told_and_not_tried_again() {
    let mut a = Node::new(Over::Tcp).await;
    let own = a.address.split("/p2p/").next().unwrap().to_owned();
    a.handle.dial(&own).unwrap();
    assert_eq!(dial_failed(&mut a).await, (own, DialReason::Own));
}

#[tokio::test]
async fn who_answers_at_a_typed_address_is_told_whenever_it_is_typed() {
    let (mut a, b) = (Node::new(Over::Tcp).await, Node::new(Over::Tcp).await);
    let bare = b.address.split("/p2p/").next().unwrap().to_owned();
    // Typed once, typed again, and typed in another way while the first connection stands.
    for typed in [&b.address, &b.address, &bare] {
        a.handle.dial(typed).unwrap();
        let reached = a
            .until("an answer", |event| match event.clone() {
                NetEvent::Reached { address, remote_id } if address == *typed => Some(remote_id),
                _ => None,
            })
            .await;
        assert_eq!(reached, b.handle.local_id());
    }
}

#[tokio::test]
async fn what_cannot_be_dialled_or_listened_on_is_refused_at_once() {
    let a = Node::new(Over::Tcp).await;
    let mistyped = a.handle.dial("phòng họp").unwrap_err();
    assert_eq!(mistyped.code(), "net.address.no_port");
    let start = |listen: &str, quic| {
        let config = Config { listen: vec![listen.to_owned()], quic, ..Config::loopback() };
        net::start(config, &tokio::runtime::Handle::current()).map(|_| ()).unwrap_err()
    };
    let taken = a.address.split("/p2p/").next().unwrap();
    assert!(matches!(start(taken, true), NetError::Listen { address, .. } if address == taken));
    assert!(matches!(start("/ip4/203.0.113.7/tcp/0", true), NetError::Listen { .. }));
    assert!(matches!(start("/ip4/127.0.0.1/udp/0/quic-v1", false), NetError::Listen { .. }));
    assert_eq!(start("127.0.0.1:0", true).code(), "net.address.malformed");
}

#[tokio::test]
async fn quic_that_is_switched_off_is_told() {
    let (mut a, b) = (Node::new(Over::Tcp).await, Node::new(Over::Quic).await);
    a.handle.dial(&b.address).unwrap();
    assert_eq!(dial_failed(&mut a).await.1, DialReason::SwitchedOff);
}

/// Both call at the same moment, so there are often two connections; each side sees one peer.
async fn simultaneous(over: Over) {
    for _ in 0..10 {
        let (mut a, mut b) = (Node::new(over).await, Node::new(over).await);
        a.handle.dial(&b.address).unwrap();
        b.handle.dial(&a.address).unwrap();
        let (to_b, to_a) = (a.met().await, b.met().await);
        for _ in 0..20 {
            talk(&mut a, to_b.peer, &mut b, to_a.peer).await;
        }
        tokio::join!(a.handle.shutdown(), b.handle.shutdown());
        for node in [&mut a, &mut b] {
            while let Some(event) = node.events.recv().await {
                assert!(!matches!(event, NetEvent::Connected { .. }), "a second peer for one device");
            }
            assert_eq!(node.connected, 1);
        }
    }
}

#[tokio::test]
async fn two_that_call_each_other_at_once_are_one_peer_each_over_tcp() {
    simultaneous(Over::Tcp).await;
}

#[tokio::test]
async fn two_that_call_each_other_at_once_are_one_peer_each_over_quic() {
    simultaneous(Over::Quic).await;
}

#[tokio::test]
async fn a_peer_behind_a_cut_cable_is_noticed_and_found_again() {
    let impatient = Config { limits: impatient(), ..Config::loopback() };
    let (mut a, mut b) = (Node::with(impatient.clone()).await, Node::with(impatient).await);
    let relay = Relay::before(&b.address).await;
    a.handle.dial(&relay.address).unwrap();
    let (to_b, to_a) = (a.met().await, b.met().await);
    talk(&mut a, to_b.peer, &mut b, to_a.peer).await;
    relay.set(Relaying::Swallow);
    tokio::join!(a.lost(to_b.peer), b.lost(to_a.peer));
    relay.set(Relaying::Cut);
    relay.set(Relaying::Pass);
    let (to_b, to_a) = (a.met().await, b.met().await);
    talk(&mut a, to_b.peer, &mut b, to_a.peer).await;
}

#[tokio::test]
async fn of_two_silent_peers_only_the_dead_one_is_given_up() {
    let impatient = Config { limits: impatient(), ..Config::loopback() };
    let mut node = Node::with(impatient.clone()).await;
    let (mut living, dead) = (Node::with(impatient.clone()).await, Node::with(impatient).await);
    node.handle.dial(&living.address).unwrap();
    let (to_living, to_node) = (node.met().await, living.met().await);
    for _ in 0..2 {
        let relay = Relay::before(&dead.address).await;
        node.handle.dial(&relay.address).unwrap();
        let to_dead = node.met().await;
        relay.set(Relaying::Swallow);
        node.lost(to_dead.peer).await;
        node.handle.forget(&relay.address).unwrap();
    }
    talk(&mut node, to_living.peer, &mut living, to_node.peer).await;
    assert_eq!(living.connected, 1);
}

#[tokio::test]
async fn when_one_way_breaks_the_other_takes_over() {
    let (mut a, mut b) = (Node::new(Over::Tcp).await, Node::new(Over::Tcp).await);
    let relay = Relay::before(&b.address).await;
    a.handle.dial(&relay.address).unwrap();
    let (by_relay, at_b) = (a.met().await, b.met().await);
    let direct = b.address.split("/p2p/").next().unwrap().to_owned();
    a.handle.dial(&direct).unwrap();
    talk(&mut a, by_relay.peer, &mut b, at_b.peer).await;
    relay.set(Relaying::Cut);
    a.lost(by_relay.peer).await;
    b.lost(at_b.peer).await;
    let (again, at_b) = (a.met().await, b.met().await);
    assert_eq!(again.address, direct);
    assert_eq!(again.remote_id, by_relay.remote_id);
    talk(&mut a, again.peer, &mut b, at_b.peer).await;
}

#[tokio::test]
async fn the_third_guest_is_turned_away_and_told_so() {
    let small = Limits { inbound_max: 2, ..Limits::default() };
    let mut host = Node::with(Config { limits: small, ..Config::loopback() }).await;
    let mut guests = Vec::new();
    for _ in 0..2 {
        let mut guest = Node::new(Over::Tcp).await;
        guest.handle.dial(&host.address).unwrap();
        let to_host = guest.met().await;
        guests.push((guest, to_host, host.met().await));
    }
    let mut third = Node::new(Over::Tcp).await;
    third.handle.dial(&host.address).unwrap();
    let (_, reason) = dial_failed(&mut third).await;
    assert!(matches!(reason, DialReason::TurnedAway | DialReason::Foreign), "{reason:?}");
    for (guest, to_host, to_guest) in &mut guests {
        talk(guest, to_host.peer, &mut host, to_guest.peer).await;
    }
    // A place becomes free, and the third comes in by itself.
    let (left, _, to_left) = guests.remove(0);
    left.handle.shutdown().await;
    host.lost(to_left.peer).await;
    third.met().await;
}

#[tokio::test]
async fn an_address_taken_back_is_not_called_again() {
    let (mut a, mut b) = (Node::new(Over::Tcp).await, Node::new(Over::Tcp).await);
    let relay = Relay::before(&b.address).await;
    a.handle.dial(&relay.address).unwrap();
    let (to_b, to_a) = (a.met().await, b.met().await);
    a.handle.forget(&relay.address).unwrap();
    talk(&mut a, to_b.peer, &mut b, to_a.peer).await;
    relay.set(Relaying::Cut);
    a.lost(to_b.peer).await;
    // Another address fails twice, with a growing pause between; the forgotten one is never heard of.
    let nobody = Node::new(Over::Tcp).await;
    nobody.handle.shutdown().await;
    a.handle.dial(&nobody.address).unwrap();
    for _ in 0..3 {
        assert_eq!(dial_failed(&mut a).await.0, nobody.address);
    }
    assert_eq!(a.connected, 1);
}
