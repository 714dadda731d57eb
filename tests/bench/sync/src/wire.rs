//! A wire between two devices: counts what it carries and can be as slow as a cable.
//!
//! What is counted is what the sockets carry, the same for everybody: handshakes, framing, encryption where there is any; not the headers
//! of TCP and IP.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::time::Instant;

use crate::Outcome;

/// Bytes that are carried at a time: at 100 Mbit/s they take 1.3 ms.
const PIECE_BYTES: usize = 16 << 10;
/// What a wire may be early by, so that it does not sleep for less than the timer's millisecond.
const EARLY: Duration = Duration::from_millis(2);
/// When nothing has been carried for this long, nothing more is on its way. Longer than any patience of the protocols that sends something
/// that belongs to what went before, shorter than those that send something now and then (digests and pings, every 15 s; WebSocket pings).
const QUIET: Duration = Duration::from_secs(2);
/// A ping of a WebSocket, or its answer.
const PING_BYTES: u64 = 10;
const LOOK_EVERY: Duration = Duration::from_millis(5);

/// One direction of a cable.
#[derive(Debug)]
struct Lane {
    bytes_a_second: f64,
    free_at: Mutex<Instant>,
}

impl Lane {
    fn new(bytes_a_second: f64) -> Self {
        Self { bytes_a_second, free_at: Mutex::new(Instant::now()) }
    }

    /// When the last of these bytes has left, if they go after all that went before.
    fn take(&self, bytes: usize) -> Instant {
        let mut free_at = self.free_at.lock().unwrap_or_else(PoisonError::into_inner);
        *free_at = (*free_at).max(Instant::now()) + Duration::from_secs_f64(bytes as f64 / self.bytes_a_second);
        *free_at
    }
}

/// The cable of one device, as fast in both directions at the same time; all its connections share it.
#[derive(Clone, Debug)]
pub struct Cable {
    up: Arc<Lane>,
    down: Arc<Lane>,
}

impl Cable {
    /// Bits that it carries in a second, each way.
    pub fn new(bits_a_second: f64) -> Self {
        let lane = || Arc::new(Lane::new(bits_a_second / 8.0));
        Self { up: lane(), down: lane() }
    }
}

/// The cables at the ends of a wire, that of the device which calls first.
pub type Cables = (Cable, Cable);

/// See the module.
pub struct Wire {
    address: SocketAddr,
    carried: [Arc<AtomicU64>; 2],
    cuts: watch::Sender<u64>,
    accepting: tokio::task::JoinHandle<()>,
}

impl Wire {
    /// Carries everything to a port of this machine.
    pub async fn to(port: u16, cables: Option<Cables>) -> Outcome<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let carried = [Arc::<AtomicU64>::default(), Arc::default()];
        let (cuts, cut) = watch::channel(0);
        let counts = carried.clone();
        let accepting = tokio::spawn(async move {
            while let Ok((caller, _)) = listener.accept().await {
                let Ok(called) = TcpStream::connect(("127.0.0.1", port)).await else { continue };
                let _ = (caller.set_nodelay(true), called.set_nodelay(true));
                let (from_caller, to_caller) = caller.into_split();
                let (from_called, to_called) = called.into_split();
                let lanes = cables.clone().map(|(caller, called)| [[caller.up, called.down], [called.up, caller.down]]);
                let [there, back] = lanes.map_or([None, None], |lanes| lanes.map(Some));
                for (from, to, lanes, count) in
                    [(from_caller, to_called, there, &counts[0]), (from_called, to_caller, back, &counts[1])]
                {
                    let (count, mut cut) = (Arc::clone(count), cut.clone());
                    cut.mark_unchanged();
                    tokio::spawn(async move {
                        tokio::select! {
                            () = carry(from, to, lanes, &count) => {}
                            _ = cut.changed() => {}
                        }
                    });
                }
            }
        });
        Ok(Self { address, carried, cuts, accepting })
    }

    /// Where it is called.
    pub fn port(&self) -> u16 {
        self.address.port()
    }

    /// What our devices dial.
    pub fn multiaddress(&self) -> String {
        format!("/ip4/127.0.0.1/tcp/{}", self.port())
    }

    /// Bytes carried so far, from the caller and to it.
    pub fn carried(&self) -> [u64; 2] {
        self.carried.each_ref().map(|count| count.load(Ordering::Relaxed))
    }

    /// Bytes carried so far, both ways.
    pub fn sum(&self) -> u64 {
        self.carried().iter().sum()
    }

    /// Ends all connections.
    pub fn cut(&self) {
        self.cuts.send_modify(|cuts| *cuts += 1);
    }

    /// Waits until something more than `than` bytes was carried and nothing more follows.
    pub async fn quiet(&self, than: u64) {
        let mut seen = self.sum();
        let mut since = Instant::now();
        while since.elapsed() < QUIET || seen <= than {
            tokio::time::sleep(LOOK_EVERY).await;
            let now = self.sum();
            if now > seen + PING_BYTES {
                since = Instant::now();
            }
            seen = now;
        }
    }
}

impl Drop for Wire {
    fn drop(&mut self) {
        self.accepting.abort();
        self.cut();
    }
}

async fn carry(mut from: OwnedReadHalf, mut to: OwnedWriteHalf, lanes: Option<[Arc<Lane>; 2]>, count: &AtomicU64) {
    let mut piece = vec![0; PIECE_BYTES];
    loop {
        let Ok(read) = from.read(&mut piece).await else { return };
        let Some(bytes) = piece.get(..read).filter(|bytes| !bytes.is_empty()) else { return };
        if let Some(lanes) = &lanes {
            let arrives = lanes.iter().map(|lane| lane.take(read)).max();
            if let Some(early) = arrives.and_then(|arrives| arrives.checked_sub(EARLY)) {
                tokio::time::sleep_until(early).await;
            }
        }
        count.fetch_add(read as u64, Ordering::Relaxed);
        if to.write_all(bytes).await.is_err() {
            return;
        }
    }
}

/// The port of a multiaddress of TCP.
pub fn port_of(multiaddress: &str) -> Outcome<u16> {
    let after = multiaddress.split("/tcp/").nth(1).and_then(|rest| rest.split('/').next());
    Ok(after.ok_or("not an address of TCP")?.parse()?)
}
