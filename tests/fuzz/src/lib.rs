//! Every decoder of bytes that others made, thrown at with bytes that nobody would make.
//!
//! A target is a function of bytes that must come back, whatever they are: without a panic, without running away, and with what it
//! asserts. Where a signature or a checksum guards the inside, the target makes it right first, so that what is tried gets there.
//! [`engine`] makes the bytes, the same ones for the same seed: in a test a little of each, by hand as long as one likes:
//! `cargo xtask fuzz NAME --seconds 120`.

pub mod cbor;
pub mod engine;
mod office;
pub mod targets;

pub use engine::{Failure, Run, run};
pub use targets::{TARGETS, Target};
