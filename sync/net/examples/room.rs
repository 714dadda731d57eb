//! Measures a room over real libp2p on loopback: `cargo run -p net --example room -- [NODES] [DEGREE] [tcp|quic]`.
//!
//! Prints the time of one frame from one node to a neighbour (there and back, halved), the time until a frame has reached
//! every neighbour, the rate of the blob lane, and the resident memory per node.

use std::{
    collections::BTreeMap,
    error::Error,
    time::{Duration, Instant},
};

use net::{Config, Events, Handle, Lane, NetEvent, PeerKey, SendError};

struct Node {
    handle: Handle,
    events: Events,
    peers: BTreeMap<Vec<u8>, PeerKey>,
    address: String,
}

type Outcome<T> = Result<T, Box<dyn Error>>;

fn main() -> Outcome<()> {
    let mut arguments = std::env::args().skip(1);
    let mut number = |default| arguments.next().map_or(Ok(default), |text| text.parse::<usize>());
    let (nodes, degree) = (number(50)?, number(6)?);
    let quic = arguments.next().as_deref() == Some("quic");
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    runtime.block_on(room(nodes, degree, quic))
}

async fn room(count: usize, degree: usize, quic: bool) -> Outcome<()> {
    let before = resident_bytes();
    let mut nodes = Vec::new();
    for _ in 0..count {
        nodes.push(node(quic).await?);
    }
    let idle = resident_bytes();
    let start = Instant::now();
    // A ring with chords: everybody has `degree` neighbours, half of them called.
    for from in 0..count {
        for step in 1..=degree / 2 {
            let to = nodes.get((from + step) % count).map(|node| node.address.clone()).ok_or("no such node")?;
            nodes.get(from).ok_or("no such node")?.handle.dial(&to)?;
        }
    }
    for node in &mut nodes {
        while node.peers.len() < degree.min(count - 1) {
            take(node).await?;
        }
    }
    println!("{count} nodes with {degree} neighbours each, connected in {:?}", start.elapsed());
    let connected = resident_bytes();
    let per_node = |bytes: usize| bytes as f64 / count as f64 / 1e6;
    println!(
        "resident per node: {:.2} MB alone, {:.2} MB connected",
        per_node(idle.saturating_sub(before)),
        per_node(connected.saturating_sub(before))
    );
    latency(&mut nodes).await?;
    fan_out(&mut nodes).await?;
    bulk(&mut nodes).await?;
    println!("resident per node after traffic: {:.2} MB", per_node(resident_bytes().saturating_sub(before)));
    let start = Instant::now();
    for node in &nodes {
        node.handle.shutdown().await;
    }
    println!("all shut down one after the other in {:?}", start.elapsed());
    Ok(())
}

async fn node(quic: bool) -> Outcome<Node> {
    let listen = if quic { "/ip4/127.0.0.1/udp/0/quic-v1" } else { "/ip4/127.0.0.1/tcp/0" };
    let config = Config { listen: vec![listen.to_owned()], quic, ..Config::loopback() };
    let (handle, mut events) = net::start(config, &tokio::runtime::Handle::current())?;
    loop {
        if let Some(NetEvent::Listening { addresses }) = events.recv().await {
            let address = addresses.into_iter().next().ok_or("no address")?;
            return Ok(Node { handle, events, peers: BTreeMap::new(), address });
        }
    }
}

/// The next frame, keeping track of peers on the way.
async fn take(node: &mut Node) -> Outcome<Option<(PeerKey, Vec<u8>)>> {
    match node.events.recv().await.ok_or("the node has stopped")? {
        NetEvent::Connected { peer, remote_id, .. } => {
            node.peers.insert(remote_id, peer);
        }
        NetEvent::Disconnected { peer } => node.peers.retain(|_, old| *old != peer),
        NetEvent::Frame { peer, bytes, .. } => return Ok(Some((peer, bytes))),
        _ => {}
    }
    Ok(None)
}

async fn frame(node: &mut Node) -> Outcome<(PeerKey, Vec<u8>)> {
    loop {
        if let Some(frame) = take(node).await? {
            return Ok(frame);
        }
    }
}

async fn latency(nodes: &mut [Node]) -> Outcome<()> {
    let [a, b, ..] = nodes else {
        return Err("two nodes are needed".into());
    };
    let to_b = *a.peers.get(b.handle.local_id()).ok_or("not neighbours")?;
    let to_a = *b.peers.get(a.handle.local_id()).ok_or("not neighbours")?;
    let mut times = Vec::new();
    for _ in 0..2000 {
        let start = Instant::now();
        a.handle.send(to_b, Lane::Sync, vec![7; 300])?;
        frame(b).await?;
        b.handle.send(to_a, Lane::Sync, vec![7; 300])?;
        frame(a).await?;
        times.push(start.elapsed() / 2);
    }
    print("one frame of 300 bytes, one way", &mut times);
    Ok(())
}

async fn fan_out(nodes: &mut [Node]) -> Outcome<()> {
    let [first, others @ ..] = nodes else {
        return Err("two nodes are needed".into());
    };
    let mut times = Vec::new();
    for _ in 0..200 {
        let start = Instant::now();
        for peer in first.peers.values() {
            first.handle.send(*peer, Lane::Sync, vec![7; 300])?;
        }
        for other in others.iter_mut().filter(|other| first.peers.contains_key(other.handle.local_id())) {
            frame(other).await?;
        }
        times.push(start.elapsed());
    }
    print("one frame to every neighbour", &mut times);
    Ok(())
}

async fn bulk(nodes: &mut [Node]) -> Outcome<()> {
    const FRAMES: usize = 100;
    let [a, b, ..] = nodes else {
        return Err("two nodes are needed".into());
    };
    let to_b = *a.peers.get(b.handle.local_id()).ok_or("not neighbours")?;
    let start = Instant::now();
    let send = async {
        for _ in 0..FRAMES {
            while let Err(error) = a.handle.send(to_b, Lane::Blob, vec![7; 1024 * 1024]) {
                if error != SendError::Full {
                    return Err(Box::<dyn Error>::from(error));
                }
                take(a).await?;
            }
        }
        Ok(())
    };
    let receive = async {
        for _ in 0..FRAMES {
            frame(b).await?;
        }
        Ok::<_, Box<dyn Error>>(())
    };
    tokio::try_join!(send, receive)?;
    println!("blob lane: {:.0} MiB/s", FRAMES as f64 / start.elapsed().as_secs_f64());
    Ok(())
}

fn print(what: &str, times: &mut [Duration]) {
    times.sort();
    let at = |percent: usize| times.get(times.len() * percent / 100).copied().unwrap_or_default();
    println!("{what}: p50 {:?}, p95 {:?}, p99 {:?}", at(50), at(95), at(99));
}

/// Resident memory of this process; 0 where the system does not tell it in this way.
fn resident_bytes() -> usize {
    const PAGE: usize = 4096;
    let statm = std::fs::read_to_string("/proc/self/statm").unwrap_or_default();
    statm.split_whitespace().nth(1).and_then(|pages| pages.parse::<usize>().ok()).unwrap_or_default() * PAGE
}
