//! Addresses that people type, paste or scan: `192.168.1.7:4001`, `phong-hop.local:4001`, `[fd00::7]:4001`, `wss://hub.example.vn`,
//! `/ip4/192.168.1.7/tcp/4001`, `/ip4/…/udp/…/quic-v1`, `/dns4/…/tcp/…`, `/dns4/…/tcp/…/tls/ws`, these with or without `/p2p/…`.

mod url;

use std::{
    fmt, io,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, TcpListener},
};

use libp2p::{Multiaddr, PeerId, multiaddr::Protocol};

use crate::limits::ADDRESS_BYTES_MAX;

/// Longest host name, bytes (RFC 1035 §2.3.4).
const HOST_BYTES_MAX: usize = 253;
/// Longest label of a host name, bytes (RFC 1035 §2.3.4).
const LABEL_BYTES_MAX: usize = 63;

/// Why an address was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AddressError {
    /// Nothing was typed.
    #[error("the address is empty")]
    Empty,
    /// Longer than [`ADDRESS_BYTES_MAX`].
    #[error("the address is longer than {ADDRESS_BYTES_MAX} bytes")]
    TooLong,
    /// A host without a port.
    #[error("the port is missing: write host:port")]
    NoPort,
    /// The port is not a number from 1 to 65535.
    #[error("the port must be a number from 1 to 65535")]
    BadPort,
    /// Neither a number address nor a host name.
    #[error("this is neither an IP address nor a host name")]
    BadHost,
    /// `0.0.0.0` or `::` names no device.
    #[error("this address means \"all interfaces\" and names no device")]
    Unspecified,
    /// It starts with `/` but is not a multiaddress.
    #[error("this is not a valid multiaddress")]
    Malformed,
    /// A multiaddress of a transport that we do not speak.
    #[error("only /tcp/PORT, /udp/PORT/quic-v1, /tcp/PORT/ws and /tcp/PORT/tls/ws are spoken here")]
    Transport,
    /// `https://…` and the like.
    #[error("only wss:// and ws:// are understood, such as wss://hub.example.vn")]
    Scheme,
    /// `wss://host/path`: a hub has a name of its own.
    #[error("nothing may follow the host and port of wss:// and ws://")]
    Path,
    /// What follows `/p2p/` is wrong or not at the end.
    #[error("/p2p/ must be followed by a peer id and end the address")]
    PeerId,
}

impl AddressError {
    /// Stable code, for the interface and for tests.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Empty => "net.address.empty",
            Self::TooLong => "net.address.too_long",
            Self::NoPort => "net.address.no_port",
            Self::BadPort => "net.address.bad_port",
            Self::BadHost => "net.address.bad_host",
            Self::Unspecified => "net.address.unspecified",
            Self::Malformed => "net.address.malformed",
            Self::Transport => "net.address.transport",
            Self::Scheme => "net.address.scheme",
            Self::Path => "net.address.path",
            Self::PeerId => "net.address.peer_id",
        }
    }
}

/// Where one attempt to connect goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Endpoint {
    pub(crate) host: Host,
    pub(crate) port: u16,
    pub(crate) carrier: Carrier,
}

/// A device by number or by name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Host {
    Ip(IpAddr),
    Name { name: String, family: Family },
}

/// Which kinds of number address a name may stand for (`/dns4`, `/dns6`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Family {
    Any,
    V4,
    V6,
}

impl Family {
    pub(crate) fn holds(self, ip: IpAddr) -> bool {
        match self {
            Self::Any => true,
            Self::V4 => ip.is_ipv4(),
            Self::V6 => ip.is_ipv6(),
        }
    }
}

/// The transport under the encryption.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Carrier {
    Tcp,
    Quic,
    /// WebSocket over TCP.
    Ws,
    /// WebSocket over TLS.
    Wss,
}

impl Carrier {
    /// The dialable address of a number address and port.
    pub(crate) fn multiaddr(self, ip: IpAddr, port: u16) -> Multiaddr {
        self.over(Multiaddr::from(ip), port)
    }

    /// The dialable address of a name, where the name is part of what is said there: a certificate is for a name, and a web server
    /// chooses by it whom it hands a request to. TCP and QUIC need the number.
    pub(crate) fn named(self, name: &str, family: Family, port: u16) -> Option<Multiaddr> {
        let name = match family {
            Family::Any => Protocol::Dns(name.into()),
            Family::V4 => Protocol::Dns4(name.into()),
            Family::V6 => Protocol::Dns6(name.into()),
        };
        matches!(self, Self::Ws | Self::Wss).then(|| self.over(Multiaddr::empty().with(name), port))
    }

    fn over(self, host: Multiaddr, port: u16) -> Multiaddr {
        match self {
            Self::Tcp => host.with(Protocol::Tcp(port)),
            Self::Quic => host.with(Protocol::Udp(port)).with(Protocol::QuicV1),
            Self::Ws => host.with(Protocol::Tcp(port)).with(Protocol::Ws("/".into())),
            Self::Wss => host.with(Protocol::Tcp(port)).with(Protocol::Tls).with(Protocol::Ws("/".into())),
        }
    }

    /// Port and carrier from what follows the host in a multiaddress.
    fn of(parts: &[Protocol<'_>]) -> Result<(u16, Self), AddressError> {
        match parts {
            [] => Err(AddressError::NoPort),
            [Protocol::Tcp(port)] => Ok((*port, Self::Tcp)),
            [Protocol::Udp(port), Protocol::QuicV1] => Ok((*port, Self::Quic)),
            [Protocol::Tcp(_), Protocol::Ws(path) | Protocol::Wss(path)]
            | [Protocol::Tcp(_), Protocol::Tls, Protocol::Ws(path)]
                if path != "/" =>
            {
                Err(AddressError::Path)
            }
            [Protocol::Tcp(port), Protocol::Ws(_)] => Ok((*port, Self::Ws)),
            [Protocol::Tcp(port), Protocol::Wss(_)] | [Protocol::Tcp(port), Protocol::Tls, Protocol::Ws(_)] => {
                Ok((*port, Self::Wss))
            }
            _ => Err(AddressError::Transport),
        }
    }
}

/// An understood address: what [`Handle::dial`](crate::Handle::dial) tries, one endpoint after the other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    label: String,
    endpoints: Vec<Endpoint>,
    peer: Option<PeerId>,
}

impl Target {
    pub(crate) fn endpoints(&self) -> &[Endpoint] {
        &self.endpoints
    }

    /// The transport identity named by `/p2p/…`. Only a hint to avoid a second connection: transport keys live as long
    /// as one start of the program, who is there is proven above this crate.
    pub(crate) fn peer(&self) -> Option<PeerId> {
        self.peer
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.label)
    }
}

/// Understands what a person typed. `host:port` stands for TCP and QUIC on that port, in this order; `wss://host` for WebSocket
/// over TLS on port 443, `ws://host` for WebSocket on port 80, both also with `:port`.
///
/// # Errors
/// [`AddressError`] says what to correct.
pub fn parse(text: &str) -> Result<Target, AddressError> {
    let text = text.trim();
    if text.is_empty() {
        return Err(AddressError::Empty);
    }
    if text.len() > ADDRESS_BYTES_MAX {
        return Err(AddressError::TooLong);
    }
    if text.starts_with('/') {
        return parse_multiaddr(text);
    }
    if let Some((scheme, rest)) = text.split_once("://") {
        let endpoint = url::parse(scheme, rest)?;
        return Ok(Target { label: text.to_owned(), endpoints: vec![endpoint], peer: None });
    }
    let (host, port) = split_port(text)?;
    let (host, port) = (parse_host(host)?, parse_port(port)?);
    let endpoint = |carrier| Endpoint { host: host.clone(), port, carrier };
    Ok(Target { label: text.to_owned(), endpoints: vec![endpoint(Carrier::Tcp), endpoint(Carrier::Quic)], peer: None })
}

/// Splits `host:port`; an IPv6 address must stand in brackets, or its last group would be taken for the port.
fn split_port(text: &str) -> Result<(&str, &str), AddressError> {
    if let Some(rest) = text.strip_prefix('[') {
        let (host, rest) = rest.split_once(']').ok_or(AddressError::BadHost)?;
        host.parse::<Ipv6Addr>().map_err(|_| AddressError::BadHost)?;
        return rest.strip_prefix(':').map(|port| (host, port)).ok_or(AddressError::NoPort);
    }
    match text.rsplit_once(':') {
        None => Err(AddressError::NoPort),
        Some(_) if text.parse::<Ipv6Addr>().is_ok() => Err(AddressError::NoPort),
        Some((host, _)) if host.contains(':') => Err(AddressError::BadHost),
        Some((host, port)) => Ok((host, port)),
    }
}

fn parse_port(port: &str) -> Result<u16, AddressError> {
    match port.parse::<u16>() {
        Ok(0) | Err(_) => Err(AddressError::BadPort),
        Ok(port) => Ok(port),
    }
}

fn parse_host(host: &str) -> Result<Host, AddressError> {
    if let Ok(ip) = host.parse::<IpAddr>() {
        return specified(ip).map(Host::Ip);
    }
    parse_name(host).map(|name| Host::Name { name, family: Family::Any })
}

fn specified(ip: IpAddr) -> Result<IpAddr, AddressError> {
    if ip.is_unspecified() { Err(AddressError::Unspecified) } else { Ok(ip) }
}

/// A host name of letters, digits and hyphens (RFC 1123 §2.1). A name whose last label is all digits is a mistyped
/// number address, and resolvers disagree on it.
fn parse_name(name: &str) -> Result<String, AddressError> {
    let bare = name.strip_suffix('.').unwrap_or(name);
    let label = |label: &str| {
        !label.is_empty()
            && label.len() <= LABEL_BYTES_MAX
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
    };
    let last_is_number = bare.rsplit('.').next().is_some_and(|last| last.bytes().all(|b| b.is_ascii_digit()));
    if bare.is_empty() || bare.len() > HOST_BYTES_MAX || !bare.split('.').all(label) || last_is_number {
        return Err(AddressError::BadHost);
    }
    Ok(bare.to_ascii_lowercase())
}

fn parse_multiaddr(text: &str) -> Result<Target, AddressError> {
    let (text_without_peer, peer) = match text.split_once("/p2p/") {
        None => (text, None),
        Some((_, after)) if after.contains("/p2p-circuit") => return Err(AddressError::Transport),
        Some((before, id)) => {
            let id = id.strip_suffix('/').unwrap_or(id);
            (before, Some(id.parse::<PeerId>().map_err(|_| AddressError::PeerId)?))
        }
    };
    let address = text_without_peer.parse::<Multiaddr>().map_err(|_| AddressError::Malformed)?;
    let mut parts = address.iter();
    let name = |name: &str, family| parse_name(name).map(|name| Host::Name { name, family });
    let host = match parts.next() {
        Some(Protocol::Ip4(ip)) => Host::Ip(specified(ip.into())?),
        Some(Protocol::Ip6(ip)) => Host::Ip(specified(ip.into())?),
        Some(Protocol::Dns(host)) => name(&host, Family::Any)?,
        Some(Protocol::Dns4(host)) => name(&host, Family::V4)?,
        Some(Protocol::Dns6(host)) => name(&host, Family::V6)?,
        _ => return Err(AddressError::Transport),
    };
    let (port, carrier) = Carrier::of(&parts.collect::<Vec<_>>())?;
    if port == 0 {
        return Err(AddressError::BadPort);
    }
    Ok(Target { label: text.to_owned(), endpoints: vec![Endpoint { host, port, carrier }], peer })
}

/// Understands an address to listen on: number addresses only, port 0 lets the system choose, `0.0.0.0` means all.
pub(crate) fn parse_listen(text: &str) -> Result<(Multiaddr, Carrier), AddressError> {
    if text.len() > ADDRESS_BYTES_MAX {
        return Err(AddressError::TooLong);
    }
    let address = text.trim().parse::<Multiaddr>().map_err(|_| AddressError::Malformed)?;
    let mut parts = address.iter();
    if !matches!(parts.next(), Some(Protocol::Ip4(_) | Protocol::Ip6(_))) {
        return Err(AddressError::BadHost);
    }
    let (_, carrier) = Carrier::of(&parts.collect::<Vec<_>>())?;
    Ok((address, carrier))
}

/// Fails if another program listens there. libp2p shares TCP ports (`SO_REUSEPORT`): without this look, a second start with
/// the same fixed port would seem to work and take half of the first one's callers.
pub(crate) fn free_socket(address: &Multiaddr, carrier: Carrier) -> io::Result<()> {
    let (mut ip, mut port) = (None, 0);
    for part in address {
        match part {
            Protocol::Ip4(v4) => ip = Some(IpAddr::V4(v4)),
            Protocol::Ip6(v6) => ip = Some(IpAddr::V6(v6)),
            Protocol::Tcp(tcp) => port = tcp,
            _ => {}
        }
    }
    match ip {
        Some(ip) if carrier != Carrier::Quic && port != 0 => TcpListener::bind((ip, port)).map(drop),
        _ => Ok(()),
    }
}

/// The transport of an address that libp2p reports, if it is one of ours.
pub(crate) fn carrier(address: &Multiaddr) -> Option<Carrier> {
    let parts: Vec<_> = address.iter().skip(1).filter(|part| !matches!(part, Protocol::P2p(_))).collect();
    Carrier::of(&parts).ok().map(|(_, carrier)| carrier)
}

/// Whether the address can only be reached from this device.
pub(crate) fn is_loopback(address: &Multiaddr) -> bool {
    address.iter().any(|part| match part {
        Protocol::Ip4(ip) => Ipv4Addr::is_loopback(&ip),
        Protocol::Ip6(ip) => Ipv6Addr::is_loopback(&ip),
        _ => false,
    })
}

/// The address without the transport identity at its end.
pub(crate) fn without_peer(address: &Multiaddr) -> Multiaddr {
    address.iter().filter(|part| !matches!(part, Protocol::P2p(_))).collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::*;

    fn tried(text: &str) -> Vec<(String, u16, Carrier)> {
        let host = |host: &Host| match host {
            Host::Ip(ip) => ip.to_string(),
            Host::Name { name, family } => format!("{name} {family:?}"),
        };
        parse(text).unwrap().endpoints().iter().map(|e| (host(&e.host), e.port, e.carrier)).collect()
    }

    #[test]
    fn host_and_port_stand_for_tcp_and_then_quic() {
        let both = |host: &str| vec![(host.to_owned(), 4001, Carrier::Tcp), (host.to_owned(), 4001, Carrier::Quic)];
        assert_eq!(tried("192.168.1.7:4001"), both("192.168.1.7"));
        assert_eq!(tried("  192.168.1.7:4001\n"), both("192.168.1.7"));
        assert_eq!(tried("[fd00::7]:4001"), both("fd00::7"));
        assert_eq!(tried("Phong-Hop.local:4001"), both("phong-hop.local Any"));
        assert_eq!(tried("chair.:4001"), both("chair Any"));
    }

    #[test]
    fn multiaddresses_name_one_transport() {
        let id = PeerId::random();
        assert_eq!(tried("/ip4/10.0.0.2/tcp/9"), [("10.0.0.2".into(), 9, Carrier::Tcp)]);
        assert_eq!(tried("/ip4/10.0.0.2/udp/9/quic-v1"), [("10.0.0.2".into(), 9, Carrier::Quic)]);
        assert_eq!(tried("/ip6/fd00::2/tcp/9"), [("fd00::2".into(), 9, Carrier::Tcp)]);
        assert_eq!(tried("/dns4/hub.example.vn/tcp/443"), [("hub.example.vn V4".into(), 443, Carrier::Tcp)]);
        assert_eq!(tried("/dns6/hub.example.vn/udp/443/quic-v1"), [("hub.example.vn V6".into(), 443, Carrier::Quic)]);
        let target = parse(&format!("/ip4/10.0.0.2/tcp/9/p2p/{id}")).unwrap();
        assert_eq!(target.peer(), Some(id));
        assert_eq!(target.endpoints().len(), 1);
        assert_eq!(parse("/ip4/10.0.0.2/tcp/9").unwrap().peer(), None);
    }

    #[test]
    fn each_mistake_is_named() {
        let long = format!("{}:1", "a".repeat(ADDRESS_BYTES_MAX));
        let long_label = format!("{}.vn:1", "a".repeat(64));
        let mistakes = [
            ("", AddressError::Empty),
            ("   ", AddressError::Empty),
            (long.as_str(), AddressError::TooLong),
            ("192.168.1.7", AddressError::NoPort),
            ("hub.example.vn", AddressError::NoPort),
            ("fd00::7", AddressError::NoPort),
            ("[fd00::7]", AddressError::NoPort),
            ("[fd00::7:4001", AddressError::BadHost),
            ("fd00:::7:4001", AddressError::BadHost),
            ("[phong]:1", AddressError::BadHost),
            ("[fe80::1%eth0]:4001", AddressError::BadHost),
            ("192.168.1.7:", AddressError::BadPort),
            ("192.168.1.7:0", AddressError::BadPort),
            ("192.168.1.7:65536", AddressError::BadPort),
            ("192.168.1.7:-1", AddressError::BadPort),
            ("192.168.1.7:http", AddressError::BadPort),
            ("192.168.1.777:4001", AddressError::BadHost),
            ("phòng họp:4001", AddressError::BadHost),
            ("-a.vn:1", AddressError::BadHost),
            ("a..vn:1", AddressError::BadHost),
            (long_label.as_str(), AddressError::BadHost),
            (":4001", AddressError::BadHost),
            ("0.0.0.0:4001", AddressError::Unspecified),
            ("[::]:4001", AddressError::Unspecified),
            ("/ip4/0.0.0.0/tcp/1", AddressError::Unspecified),
            ("/ip4/10.0.0.2/tcp/0", AddressError::BadPort),
            ("/ip4/10.0.0.2", AddressError::NoPort),
            ("/ip4/10.0.0.2/udp/9", AddressError::Transport),
            ("/ip4/10.0.0.2/tcp/9/tls", AddressError::Transport),
            ("/ip4/10.0.0.2/udp/9/ws", AddressError::Transport),
            ("/ip4/10.0.0.2/tcp/9/x-parity-ws/%2Fhub", AddressError::Path),
            ("/memory/7", AddressError::Transport),
            ("/unix/tmp", AddressError::Transport),
            ("/ip4/10.0.0/tcp/9", AddressError::Malformed),
            ("/ip4/10.0.0.2/tcp/999999", AddressError::Malformed),
            ("/nonsense", AddressError::Malformed),
            ("/ip4/10.0.0.2/tcp/9/p2p/xyz", AddressError::PeerId),
        ];
        for (text, error) in mistakes {
            assert_eq!(parse(text), Err(error), "{text}");
        }
        let relayed = format!("/ip4/10.0.0.2/tcp/9/p2p/{0}/p2p-circuit/p2p/{0}", PeerId::random());
        assert_eq!(parse(&relayed), Err(AddressError::Transport));
    }

    #[test]
    fn listening_takes_number_addresses_and_any_port() {
        assert_eq!(parse_listen("/ip4/0.0.0.0/tcp/0").unwrap().1, Carrier::Tcp);
        assert_eq!(parse_listen("/ip6/::/udp/0/quic-v1").unwrap().1, Carrier::Quic);
        assert_eq!(parse_listen("/ip4/127.0.0.1/tcp/0/ws").unwrap().1, Carrier::Ws);
        assert_eq!(parse_listen("/ip4/0.0.0.0/tcp/443/tls/ws").unwrap().1, Carrier::Wss);
        assert_eq!(parse_listen("/ip4/0.0.0.0/tcp/443/wss").unwrap().1, Carrier::Wss);
        assert_eq!(parse_listen("/dns4/a.vn/tcp/1"), Err(AddressError::BadHost));
        assert_eq!(parse_listen("/ip4/0.0.0.0/udp/0"), Err(AddressError::Transport));
        assert_eq!(parse_listen("0.0.0.0:1"), Err(AddressError::Malformed));
    }

    #[test]
    fn the_identity_is_cut_off_and_loopback_is_known() {
        let id = PeerId::random();
        let address: Multiaddr = format!("/ip4/127.0.0.1/tcp/9/p2p/{id}").parse().unwrap();
        assert_eq!(without_peer(&address).to_string(), "/ip4/127.0.0.1/tcp/9");
        assert!(is_loopback(&address));
        assert!(!is_loopback(&"/ip4/10.0.0.2/tcp/9".parse().unwrap()));
        assert_eq!(carrier(&address), Some(Carrier::Tcp));
        let told: Multiaddr = format!("/ip4/10.0.0.2/tcp/9/tls/ws/p2p/{id}").parse().unwrap();
        assert_eq!(carrier(&told), Some(Carrier::Wss));
    }
}
