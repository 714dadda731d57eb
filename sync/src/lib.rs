//! The replica: envelopes, spaces, access, catching up. Sans-IO: state, clocks, randomness and an event in, effects out.
//!
//! Everything that two devices share goes through here. The crate opens no file and no socket and reads no clock; a
//! whole room of replicas runs in one test, the same way each time. What is durable is read through [`port::Shelf`].

pub mod access;
mod admission;
mod asking;
pub mod audit;
mod beats;
mod blobs;
mod catchup;
pub mod control;
pub mod dag;
pub mod directory;
pub mod document;
mod documents;
pub mod envelope;
pub mod extent;
mod hearsay;
mod holders;
mod joining;
mod leaving;
pub mod limits;
pub mod local;
mod parked;
mod parts;
pub mod peer;
pub mod port;
pub mod quota;
mod relaying;
mod replica;
mod sense;
mod session;
pub mod space;
mod standing;
mod stored;
mod ticks;
pub mod wire;

pub use documents::{LoadError, exported};
pub use signing::defect;

pub use joining::Whom;
pub use leaving::Left;
pub use local::{DocRef, Founding, LocalError};
pub use replica::{Joining, META_CHAIN, META_INCARNATION, META_ROOT, OpenError, PendingJoin, Replica};
