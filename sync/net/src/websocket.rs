//! WebSocket under the same Noise handshake as TCP: for places whose firewall lets only HTTPS out.
//!
//! A hub listens on `/tls/ws` with a certificate of its own, or on `/ws` behind a web server that speaks TLS for it. Names are looked up
//! here and not by the driver: the certificate is judged by the name, and a web server is told it.

use std::{
    io,
    net::SocketAddr,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    task::{Context, Poll, ready},
};

use futures::{AsyncRead, AsyncWrite, FutureExt, TryFutureExt, future::BoxFuture};
use libp2p::{
    Multiaddr, Transport,
    core::transport::{DialOpts, ListenerId, TransportError, TransportEvent},
    multiaddr::Protocol,
    tcp,
    websocket::{self, error::Error, tls},
};

use crate::{
    address::Family,
    limits::{PEER_ADDRESSES_MAX, WEBSOCKET_CONNECT_MAX, WEBSOCKET_MESSAGE_BYTES_MAX, WEBSOCKET_UNREAD_BYTES_MAX},
};

/// Begins what rustls says about a certificate that it does not take; libp2p's layers keep nothing but the words.
pub(crate) const CERTIFICATE_REFUSED: &str = "invalid peer certificate";
/// Says that a name has no address.
pub(crate) const NAME_UNKNOWN: &str = "the name of the web address is not known";

/// Bytes both ways, whatever they are carried by.
pub(crate) trait Duplex: AsyncRead + AsyncWrite + Send + Unpin {}

impl<T: AsyncRead + AsyncWrite + Send + Unpin> Duplex for T {}

type Wire = Box<dyn Duplex>;

/// The transport of `/ws` and `/tls/ws`.
pub(crate) struct Web {
    listening: websocket::Config<tcp::tokio::Transport>,
    certificates: tls::Config,
}

impl Web {
    pub(crate) fn new(certificates: tls::Config) -> Self {
        let tcp = tcp::tokio::Transport::new(tcp::Config::default().nodelay(true));
        let mut listening = websocket::Config::new(tcp);
        listening.set_max_data_size(WEBSOCKET_MESSAGE_BYTES_MAX).set_tls_config(certificates.clone());
        Self { listening, certificates }
    }
}

impl Transport for Web {
    type Output = Wire;
    type Error = io::Error;
    type ListenerUpgrade = BoxFuture<'static, io::Result<Wire>>;
    type Dial = BoxFuture<'static, io::Result<Wire>>;

    fn listen_on(&mut self, id: ListenerId, address: Multiaddr) -> Result<(), TransportError<io::Error>> {
        self.listening.listen_on(id, address).map_err(|error| error.map(refused))
    }

    fn remove_listener(&mut self, id: ListenerId) -> bool {
        self.listening.remove_listener(id)
    }

    /// The library bounds messages only of those who call; where we call, what arrives is counted below it and above it, hence one of its
    /// transports for each call.
    fn dial(&mut self, address: Multiaddr, options: DialOpts) -> Result<Self::Dial, TransportError<io::Error>> {
        let unread = Unread::default();
        let mut calling = websocket::Config::new(Calling(unread.clone()));
        calling.set_tls_config(self.certificates.clone());
        let dial = calling.dial(address, options).map_err(|error| error.map(refused))?;
        Ok(dial.map_ok(|wire| Box::new(Above { wire, unread }) as Wire).map_err(refused).boxed())
    }

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<TransportEvent<Self::ListenerUpgrade, io::Error>> {
        Pin::new(&mut self.listening).poll(cx).map(|event| {
            event.map_upgrade(|upgrade| upgrade.map_ok(|wire| Box::new(wire) as Wire).map_err(refused).boxed()).map_err(refused)
        })
    }
}

/// Whoever answers with something else than TLS and WebSocket does not speak our protocol.
fn refused(error: Error<io::Error>) -> io::Error {
    match error {
        Error::Transport(error) => error,
        other => io::Error::new(io::ErrorKind::InvalidData, format!("WebSocket handshake: {other}")),
    }
}

/// Bytes that have arrived since the last message was complete.
#[derive(Clone, Default)]
struct Unread(Arc<AtomicUsize>);

impl Unread {
    fn more(&self, bytes: usize) -> io::Result<()> {
        if self.0.fetch_add(bytes, Ordering::Relaxed).saturating_add(bytes) > WEBSOCKET_UNREAD_BYTES_MAX {
            return Err(io::Error::new(io::ErrorKind::InvalidData, "a WebSocket message is too long"));
        }
        Ok(())
    }

    fn none(&self) {
        self.0.store(0, Ordering::Relaxed);
    }
}

/// Calls by TCP, by number or name.
struct Calling(Unread);

impl Transport for Calling {
    type Output = Below;
    type Error = io::Error;
    type ListenerUpgrade = BoxFuture<'static, io::Result<Below>>;
    type Dial = BoxFuture<'static, io::Result<Below>>;

    fn listen_on(&mut self, _: ListenerId, address: Multiaddr) -> Result<(), TransportError<io::Error>> {
        Err(TransportError::MultiaddrNotSupported(address))
    }

    fn remove_listener(&mut self, _: ListenerId) -> bool {
        false
    }

    fn dial(&mut self, address: Multiaddr, _: DialOpts) -> Result<Self::Dial, TransportError<io::Error>> {
        let unread = self.0.clone();
        let connected = async move {
            let stream = connect(&address).await?;
            stream.set_nodelay(true)?;
            Ok(Below { stream: tcp::tokio::TcpStream(stream), unread })
        };
        Ok(connected.boxed())
    }

    fn poll(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<TransportEvent<Self::ListenerUpgrade, io::Error>> {
        Poll::Pending
    }
}

async fn connect(address: &Multiaddr) -> io::Result<tokio::net::TcpStream> {
    let mut failure = io::Error::new(io::ErrorKind::NotFound, NAME_UNKNOWN);
    for socket in sockets(address).await? {
        match tokio::time::timeout(WEBSOCKET_CONNECT_MAX, tokio::net::TcpStream::connect(socket)).await {
            Ok(Ok(stream)) => return Ok(stream),
            Ok(Err(error)) => failure = error,
            Err(_) => failure = io::ErrorKind::TimedOut.into(),
        }
    }
    Err(failure)
}

/// Number addresses, by the system's own resolver.
async fn sockets(address: &Multiaddr) -> io::Result<Vec<SocketAddr>> {
    let mut parts = address.iter();
    let (host, port) = match (parts.next(), parts.next()) {
        (Some(host), Some(Protocol::Tcp(port))) => (host, port),
        _ => return Err(io::ErrorKind::Unsupported.into()),
    };
    let (name, family) = match host {
        Protocol::Ip4(ip) => return Ok(vec![(ip, port).into()]),
        Protocol::Ip6(ip) => return Ok(vec![(ip, port).into()]),
        Protocol::Dns(name) => (name, Family::Any),
        Protocol::Dns4(name) => (name, Family::V4),
        Protocol::Dns6(name) => (name, Family::V6),
        _ => return Err(io::ErrorKind::Unsupported.into()),
    };
    let found = tokio::net::lookup_host((&*name, port)).await.map_err(|error| match error.kind() {
        io::ErrorKind::TimedOut => error,
        _ => io::Error::new(io::ErrorKind::NotFound, NAME_UNKNOWN),
    })?;
    Ok(found.filter(|socket| family.holds(socket.ip())).take(PEER_ADDRESSES_MAX).collect())
}

/// The socket, below TLS and WebSocket.
struct Below {
    stream: tcp::tokio::TcpStream,
    unread: Unread,
}

impl AsyncRead for Below {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &mut [u8]) -> Poll<io::Result<usize>> {
        let read = ready!(Pin::new(&mut self.stream).poll_read(cx, bytes))?;
        self.unread.more(read)?;
        Poll::Ready(Ok(read))
    }
}

impl AsyncWrite for Below {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(cx, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_close(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_close(cx)
    }
}

/// What messages hold, above WebSocket.
struct Above<W> {
    wire: W,
    unread: Unread,
}

impl<W: AsyncRead + Unpin> AsyncRead for Above<W> {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &mut [u8]) -> Poll<io::Result<usize>> {
        let read = ready!(Pin::new(&mut self.wire).poll_read(cx, bytes))?;
        self.unread.none();
        Poll::Ready(Ok(read))
    }
}

impl<W: AsyncWrite + Unpin> AsyncWrite for Above<W> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.wire).poll_write(cx, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.wire).poll_flush(cx)
    }

    fn poll_close(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.wire).poll_close(cx)
    }
}
