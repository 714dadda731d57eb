//! Turns libp2p's layered errors into the few reasons that a person can act on.

use std::{error::Error, io};

use libp2p::{
    TransportError,
    swarm::{ConnectionDenied, DialError},
};

use crate::{behaviour::Banned, error::DialReason, websocket};

/// Layers of wrapping that are looked through.
const DEPTH_MAX: usize = 16;

/// Why an attempt failed.
pub(crate) fn of_dial(error: DialError) -> DialReason {
    match error {
        // libp2p leaves our own listening addresses out, and we never dial without any.
        DialError::LocalPeerId { .. } | DialError::NoAddresses => DialReason::Own,
        DialError::Denied { cause } => of_denial(cause),
        DialError::WrongPeerId { .. } => DialReason::Other("another device answers there".to_owned()),
        DialError::Transport(mut failed) => match failed.pop() {
            Some((_, TransportError::Other(error))) => of_io(&error),
            Some((_, TransportError::MultiaddrNotSupported(_))) => DialReason::SwitchedOff,
            None => DialReason::Unreachable,
        },
        other => DialReason::Other(other.to_string()),
    }
}

fn of_denial(cause: ConnectionDenied) -> DialReason {
    match cause.downcast::<Banned>() {
        Ok(Banned) => DialReason::Foreign,
        Err(_) => DialReason::Limit,
    }
}

/// The system's words for an address that cannot be listened on; libp2p's own are empty.
pub(crate) fn of_listen(error: TransportError<io::Error>) -> String {
    match error {
        TransportError::Other(error) => error.to_string(),
        TransportError::MultiaddrNotSupported(_) => DialReason::SwitchedOff.to_string(),
    }
}

/// Why a name was not found.
pub(crate) fn of_lookup(error: &io::Error) -> DialReason {
    match error.kind() {
        io::ErrorKind::TimedOut => DialReason::TimedOut,
        _ => DialReason::NameUnknown,
    }
}

fn of_io(error: &io::Error) -> DialReason {
    let text = error.to_string();
    if text.contains(websocket::CERTIFICATE_REFUSED) {
        return DialReason::Certificate;
    }
    if text.contains(websocket::NAME_UNKNOWN) {
        return DialReason::NameUnknown;
    }
    let mut layer: Option<&(dyn Error + 'static)> = Some(error);
    let mut depth = 0;
    while let Some(error) = layer.filter(|_| depth < DEPTH_MAX) {
        depth += 1;
        let Some(io) = error.downcast_ref::<io::Error>() else {
            layer = error.source();
            continue;
        };
        if let Some(reason) = of_kind(io.kind()) {
            return reason;
        }
        layer = io.get_ref().map(|inner| inner as &(dyn Error + 'static)).or_else(|| io.source());
    }
    of_text(&text)
}

const fn of_kind(kind: io::ErrorKind) -> Option<DialReason> {
    match kind {
        io::ErrorKind::ConnectionRefused => Some(DialReason::Refused),
        io::ErrorKind::TimedOut => Some(DialReason::TimedOut),
        io::ErrorKind::HostUnreachable | io::ErrorKind::NetworkUnreachable | io::ErrorKind::NetworkDown => {
            Some(DialReason::Unreachable)
        }
        // Whoever closes during the handshake does not speak it.
        io::ErrorKind::UnexpectedEof | io::ErrorKind::ConnectionReset | io::ErrorKind::InvalidData => Some(DialReason::Foreign),
        _ => None,
    }
}

/// libp2p's combinators hide the innermost error from `source()`; its words are all that is left.
fn of_text(text: &str) -> DialReason {
    let lower = text.to_lowercase();
    let says = |words: &[&str]| words.iter().any(|word| lower.contains(word));
    if says(&["refused"]) {
        DialReason::Refused
    } else if says(&["timeout", "timed out"]) {
        DialReason::TimedOut
    } else if says(&["unreachable", "no route"]) {
        DialReason::Unreachable
    } else if says(&["negotiat", "multistream", "handshake", "unexpected end", "reset by peer"]) {
        DialReason::Foreign
    } else {
        DialReason::Other(text.to_owned())
    }
}
