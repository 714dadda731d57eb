//! WebSocket under the same Noise handshake as TCP: for places whose firewall lets only HTTPS out.
//!
//! A hub listens on `/tls/ws` with a certificate of its own, or on `/ws` behind a web server that speaks TLS for it. Names are looked up
//! here and not by the driver: the certificate is judged by the name, and a web server is told it.

mod measure;

use std::{
    io,
    net::{IpAddr, SocketAddr},
    pin::Pin,
    sync::PoisonError,
    task::{Context, Poll, ready},
};

use futures::{AsyncRead, AsyncWrite, FutureExt, TryFutureExt, future::BoxFuture};
use futures_rustls::{TlsConnector, rustls::pki_types::ServerName};
use libp2p::{
    Multiaddr, Transport,
    core::transport::{DialOpts, ListenerId, TransportError, TransportEvent},
    multiaddr::Protocol,
    tcp,
};
use libp2p_websocket::error::Error;

use crate::{
    address::{Carrier, Family, carrier},
    limits::{PEER_ADDRESSES_MAX, WEBSOCKET_CONNECT_MAX, WEBSOCKET_MESSAGE_BYTES_MAX},
    tls::{Prepared, Renewed},
    websocket::measure::Measure,
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
    listening: libp2p_websocket::Config<tcp::tokio::Transport>,
    calling: TlsConnector,
    renewed: Renewed,
}

impl Web {
    pub(crate) fn new(certificates: Prepared) -> Self {
        let tcp = tcp::tokio::Transport::new(tcp::Config::default().nodelay(true));
        let mut listening = libp2p_websocket::Config::new(tcp);
        listening.set_max_data_size(WEBSOCKET_MESSAGE_BYTES_MAX).set_tls_config(certificates.listening);
        Self { listening, calling: certificates.calling, renewed: certificates.renewed }
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

    /// TLS is ours here, below the library's WebSocket, so that what it is given can be measured.
    fn dial(&mut self, address: Multiaddr, options: DialOpts) -> Result<Self::Dial, TransportError<io::Error>> {
        let secure = match carrier(&address) {
            Some(Carrier::Ws) => None,
            Some(Carrier::Wss) => Some(self.calling.clone()),
            _ => return Err(TransportError::MultiaddrNotSupported(address)),
        };
        let host_and_port: Multiaddr = address.iter().take(2).collect();
        let plain = host_and_port.with(Protocol::Ws("/".into()));
        let dial = libp2p_websocket::Config::new(Calling(secure)).dial(plain, options).map_err(|error| error.map(refused))?;
        Ok(dial.map_ok(|wire| Box::new(wire) as Wire).map_err(refused).boxed())
    }

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<TransportEvent<Self::ListenerUpgrade, io::Error>> {
        // The library gives each caller the configuration that it has when the call comes in: listeners and connections go on.
        let renewed = self.renewed.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(config) = renewed {
            self.listening.set_tls_config(config);
        }
        Pin::new(&mut self.listening).poll(cx).map(|event| {
            event.map_upgrade(|upgrade| upgrade.map_ok(|wire| Box::new(wire) as Wire).map_err(refused).boxed()).map_err(refused)
        })
    }
}

/// Whoever answers with something else than WebSocket does not speak our protocol.
fn refused(error: Error<io::Error>) -> io::Error {
    match error {
        Error::Transport(error) => error,
        other => io::Error::new(io::ErrorKind::InvalidData, format!("WebSocket handshake: {other}")),
    }
}

/// Calls by TCP, by number or name, and speaks TLS there if a connector for it is given.
struct Calling(Option<TlsConnector>);

impl Transport for Calling {
    type Output = Measured;
    type Error = io::Error;
    type ListenerUpgrade = BoxFuture<'static, io::Result<Measured>>;
    type Dial = BoxFuture<'static, io::Result<Measured>>;

    fn listen_on(&mut self, _: ListenerId, address: Multiaddr) -> Result<(), TransportError<io::Error>> {
        Err(TransportError::MultiaddrNotSupported(address))
    }

    fn remove_listener(&mut self, _: ListenerId) -> bool {
        false
    }

    fn dial(&mut self, address: Multiaddr, _: DialOpts) -> Result<Self::Dial, TransportError<io::Error>> {
        let secure = self.0.clone();
        let connected = async move {
            let place = Place::of(&address)?;
            let stream = tcp::tokio::TcpStream(place.connect().await?);
            let wire: Wire = match secure {
                None => Box::new(stream),
                Some(tls) => {
                    let stream = tls.connect(place.server_name()?, stream).await;
                    let failed = |error: io::Error| io::Error::new(io::ErrorKind::InvalidData, format!("TLS handshake: {error}"));
                    Box::new(stream.map_err(failed)?)
                }
            };
            Ok(Measured { wire, measure: Measure::default() })
        };
        Ok(connected.boxed())
    }

    fn poll(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<TransportEvent<Self::ListenerUpgrade, io::Error>> {
        Poll::Pending
    }
}

/// Host and port of a multiaddress.
enum Place {
    Number(SocketAddr),
    Name { name: String, family: Family, port: u16 },
}

impl Place {
    fn of(address: &Multiaddr) -> io::Result<Self> {
        let mut parts = address.iter();
        let (Some(host), Some(Protocol::Tcp(port))) = (parts.next(), parts.next()) else {
            return Err(io::ErrorKind::Unsupported.into());
        };
        let number = |ip: IpAddr| Self::Number(SocketAddr::new(ip, port));
        let named = |name: &str, family| Self::Name { name: name.to_owned(), family, port };
        match host {
            Protocol::Ip4(ip) => Ok(number(ip.into())),
            Protocol::Ip6(ip) => Ok(number(ip.into())),
            Protocol::Dns(name) => Ok(named(&name, Family::Any)),
            Protocol::Dns4(name) => Ok(named(&name, Family::V4)),
            Protocol::Dns6(name) => Ok(named(&name, Family::V6)),
            _ => Err(io::ErrorKind::Unsupported.into()),
        }
    }

    /// What the certificate has to be for.
    fn server_name(&self) -> io::Result<ServerName<'static>> {
        match self {
            Self::Number(socket) => Ok(ServerName::IpAddress(socket.ip().into())),
            Self::Name { name, .. } => {
                ServerName::try_from(name.clone()).map_err(|_| io::Error::new(io::ErrorKind::NotFound, NAME_UNKNOWN))
            }
        }
    }

    /// Number addresses, by the system's own resolver.
    async fn sockets(&self) -> io::Result<Vec<SocketAddr>> {
        match self {
            Self::Number(socket) => Ok(vec![*socket]),
            Self::Name { name, family, port } => {
                let found = tokio::net::lookup_host((name.as_str(), *port)).await.map_err(|error| match error.kind() {
                    io::ErrorKind::TimedOut => error,
                    _ => io::Error::new(io::ErrorKind::NotFound, NAME_UNKNOWN),
                })?;
                Ok(found.filter(|socket| family.holds(socket.ip())).take(PEER_ADDRESSES_MAX).collect())
            }
        }
    }

    async fn connect(&self) -> io::Result<tokio::net::TcpStream> {
        let mut failure = io::Error::new(io::ErrorKind::NotFound, NAME_UNKNOWN);
        for socket in self.sockets().await? {
            match tokio::time::timeout(WEBSOCKET_CONNECT_MAX, tokio::net::TcpStream::connect(socket)).await {
                Ok(Ok(stream)) => {
                    stream.set_nodelay(true)?;
                    return Ok(stream);
                }
                Ok(Err(error)) => failure = error,
                Err(_) => failure = io::ErrorKind::TimedOut.into(),
            }
        }
        Err(failure)
    }
}

/// What the library reads a server's words from.
struct Measured {
    wire: Wire,
    measure: Measure,
}

impl AsyncRead for Measured {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &mut [u8]) -> Poll<io::Result<usize>> {
        let read = ready!(Pin::new(&mut self.wire).poll_read(cx, bytes))?;
        self.measure.take(bytes.get(..read).unwrap_or_default())?;
        Poll::Ready(Ok(read))
    }
}

impl AsyncWrite for Measured {
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
