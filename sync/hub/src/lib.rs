//! The hub: a headless peer that carries an organisation's spaces as ciphertext between devices that are never on at the same time.
//!
//! It is the replica that every device runs ([`sync::Replica`]), with a shelf of its own behind [`backend::Backend`] and the network of
//! crate `net`; what makes it a hub is the role that an administrator gives its device. It reads the directory, to know whom it may talk to,
//! and holds no key of any other space.
//!
//! - [`engine`]: one thread that owns replica, shelf and network and does everything in turn: commit, then send.
//! - [`outgoing`]: what waits for slow readers, within limits.
//! - [`config`], [`identity`]: the file that an administrator writes, and what the hub keeps to itself.
//! - [`certificates`]: what is shown to whoever calls by `wss`, and that it is renewed while the hub runs.
//! - [`control`]: how `kyhop-hub status` and `confirm` reach the running hub: a socket in its folder.
//! - [`metrics`], [`http`]: what may be watched from outside, on the loopback interface.

pub mod backend;
pub mod certificates;
pub mod config;
pub mod control;
pub mod engine;
mod error;
pub mod http;
pub mod identity;
pub mod limits;
pub mod metrics;
pub mod outgoing;
pub mod status;

pub use error::HubError;
