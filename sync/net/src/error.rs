//! What can go wrong, each with a code that stays the same in every language.

use crate::address::AddressError;

/// Why the driver could not start or take a command.
#[derive(Debug, thiserror::Error)]
pub enum NetError {
    /// An address to listen on is already taken, not ours, or of a kind that is switched off.
    #[error("cannot listen on {address}: {reason}")]
    Listen {
        /// The address as configured.
        address: String,
        /// The system's words, for the log.
        reason: String,
    },
    /// The address cannot be understood.
    #[error(transparent)]
    Address(#[from] AddressError),
    /// Keys, certificates or randomness for the transport could not be made or are not usable.
    #[error("cannot set up the transport: {0}")]
    Transport(String),
    /// More than [`COMMANDS_MAX`](crate::limits::COMMANDS_MAX) commands are waiting.
    #[error("the network driver is busy")]
    Busy,
    /// The driver has been shut down.
    #[error("the network driver has stopped")]
    Stopped,
}

impl NetError {
    /// Stable code, for the interface and for tests.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Listen { .. } => "net.listen",
            Self::Address(error) => error.code(),
            Self::Transport(_) => "net.transport",
            Self::Busy => "net.busy",
            Self::Stopped => "net.stopped",
        }
    }
}

/// Why a frame was not queued. The frame is dropped.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SendError {
    /// The peer is no longer connected.
    #[error("the peer is gone")]
    Gone,
    /// The queue to this peer is full; [`NetEvent::Writable`](crate::NetEvent::Writable) tells when half of it is free again.
    #[error("the queue to this peer is full")]
    Full,
    /// The frame is empty, or longer than the lane carries.
    #[error("a frame of {bytes} bytes cannot be sent, at most {max}")]
    Size {
        /// Length of the refused frame.
        bytes: usize,
        /// The lane's cap.
        max: usize,
    },
}

impl SendError {
    /// Stable code, for the interface and for tests.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Gone => "net.gone",
            Self::Full => "net.full",
            Self::Size { .. } => "net.frame_size",
        }
    }
}

/// Why an address could not be reached.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DialReason {
    /// Nobody listens there.
    #[error("connection refused")]
    Refused,
    /// No answer in time.
    #[error("no answer in time")]
    TimedOut,
    /// There is no way to that network.
    #[error("no route to that address")]
    Unreachable,
    /// The name has no address.
    #[error("the name is not known")]
    NameUnknown,
    /// The address is our own. It is not tried again.
    #[error("the address is this device itself")]
    Own,
    /// A limit on connections is reached, here.
    #[error("too many connections")]
    Limit,
    /// The other end hung up before a word was said: it is full, or it has banned us for a while.
    #[error("the other end turned us away")]
    TurnedAway,
    /// The other end does not speak our protocol, or not correctly.
    #[error("the other end does not speak this protocol")]
    Foreign,
    /// The certificate of the other end is not one that is trusted here, has expired, or is for another name.
    #[error("the certificate of the other end is not trusted")]
    Certificate,
    /// The transport is switched off here (QUIC, when the configuration says so).
    #[error("this kind of connection is switched off")]
    SwitchedOff,
    /// Anything else, in the system's words.
    #[error("{0}")]
    Other(String),
}

impl DialReason {
    /// Stable code, for the interface and for tests.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Refused => "net.dial.refused",
            Self::TimedOut => "net.dial.timed_out",
            Self::Unreachable => "net.dial.unreachable",
            Self::NameUnknown => "net.dial.name_unknown",
            Self::Own => "net.dial.own",
            Self::Limit => "net.dial.limit",
            Self::TurnedAway => "net.dial.turned_away",
            Self::Foreign => "net.dial.foreign",
            Self::Certificate => "net.dial.certificate",
            Self::SwitchedOff => "net.dial.switched_off",
            Self::Other(_) => "net.dial.other",
        }
    }
}
