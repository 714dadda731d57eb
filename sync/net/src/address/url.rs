//! `wss://hub.example.vn` and `ws://127.0.0.1:8080`: how a hub's address is told among people who know web addresses.

use super::{AddressError, Carrier, Endpoint, parse_host, parse_port, split_port};

/// Port of `wss` where none is named (RFC 6455 §3).
const WSS_PORT: u16 = 443;
/// Port of `ws` where none is named (RFC 6455 §3).
const WS_PORT: u16 = 80;

/// What follows `://` after a scheme.
pub(super) fn parse(scheme: &str, rest: &str) -> Result<Endpoint, AddressError> {
    let (carrier, usual_port) = match scheme.to_ascii_lowercase().as_str() {
        "wss" => (Carrier::Wss, WSS_PORT),
        "ws" => (Carrier::Ws, WS_PORT),
        _ => return Err(AddressError::Scheme),
    };
    let authority = match rest.split_once('/') {
        None => rest,
        Some((authority, "")) => authority,
        Some(_) => return Err(AddressError::Path),
    };
    let (host, port) = match split_port(authority) {
        Ok((host, port)) => (host, parse_port(port)?),
        Err(AddressError::NoPort) => {
            let bare = authority.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
            (bare.unwrap_or(authority), usual_port)
        }
        Err(error) => return Err(error),
    };
    Ok(Endpoint { host: parse_host(host)?, port, carrier })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use std::net::IpAddr;

    use proptest::prelude::*;

    use super::*;
    use crate::address::{Family, Host, parse};

    fn only(text: &str) -> Endpoint {
        let target = parse(text).unwrap();
        assert_eq!(target.endpoints().len(), 1, "{text}");
        assert_eq!(target.to_string(), text.trim(), "what was typed is what is told");
        target.endpoints()[0].clone()
    }

    fn named(name: &str, port: u16, carrier: Carrier) -> Endpoint {
        Endpoint { host: Host::Name { name: name.into(), family: Family::Any }, port, carrier }
    }

    #[test]
    fn a_hub_is_typed_as_people_know_it_from_the_web() {
        assert_eq!(only("wss://hub.example.vn"), named("hub.example.vn", 443, Carrier::Wss));
        assert_eq!(only(" WSS://Hub.Example.vn/ "), named("hub.example.vn", 443, Carrier::Wss));
        assert_eq!(only("wss://hub.example.vn:8443"), named("hub.example.vn", 8443, Carrier::Wss));
        assert_eq!(only("ws://hub.example.vn"), named("hub.example.vn", 80, Carrier::Ws));
        let number = |text: &str, port, carrier| Endpoint { host: Host::Ip(text.parse::<IpAddr>().unwrap()), port, carrier };
        assert_eq!(only("ws://127.0.0.1:9000"), number("127.0.0.1", 9000, Carrier::Ws));
        assert_eq!(only("wss://[fd00::7]"), number("fd00::7", 443, Carrier::Wss));
        assert_eq!(only("wss://[fd00::7]:8443/"), number("fd00::7", 8443, Carrier::Wss));
    }

    #[test]
    fn each_mistake_is_named() {
        for (text, error) in [
            ("https://hub.example.vn", AddressError::Scheme),
            ("http://hub.vn:80", AddressError::Scheme),
            ("://hub.vn", AddressError::Scheme),
            ("wss://hub.example.vn/kyhop", AddressError::Path),
            ("wss://hub.example.vn//", AddressError::Path),
            ("wss://", AddressError::BadHost),
            ("wss://hub.example.vn?x=1", AddressError::BadHost),
            ("wss://admin@hub.example.vn", AddressError::BadHost),
            ("wss://hub example", AddressError::BadHost),
            ("wss://[fd00::7", AddressError::BadHost),
            ("wss://hub.vn:", AddressError::BadPort),
            ("wss://hub.vn:0", AddressError::BadPort),
            ("wss://hub.vn:70000", AddressError::BadPort),
            ("wss://0.0.0.0", AddressError::Unspecified),
        ] {
            assert_eq!(parse(text), Err(error), "{text}");
        }
    }

    proptest! {
        /// However an address is written, it names the same place.
        #[test]
        fn the_short_and_the_long_form_are_one(name in "[a-z][a-z0-9]{0,9}(\\.[a-z][a-z0-9]{0,9}){0,3}", port in 1_u16.., tls in any::<bool>()) {
            let (scheme, tail, carrier) = if tls { ("wss", "/tls/ws", Carrier::Wss) } else { ("ws", "/ws", Carrier::Ws) };
            let short = only(&format!("{scheme}://{name}:{port}"));
            let long = only(&format!("/dns/{name}/tcp/{port}{tail}"));
            prop_assert_eq!(&short, &long);
            let dialled = carrier.named(&name, Family::Any, port).unwrap();
            prop_assert_eq!(only(&dialled.to_string()), short);
        }

        /// Nothing that is pasted here makes the program fall over, and what is understood names a port and a host.
        #[test]
        fn whatever_is_pasted_is_understood_or_refused(scheme in "(wss?|WSS|https?|x)", rest in "\\PC{0,60}") {
            if let Ok(target) = parse(&format!("{scheme}://{rest}")) {
                prop_assert!(scheme.eq_ignore_ascii_case("ws") || scheme.eq_ignore_ascii_case("wss"));
                prop_assert!(target.endpoints().iter().all(|endpoint| endpoint.port != 0));
            }
        }
    }
}
