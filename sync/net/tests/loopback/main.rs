//! Real nodes on real sockets of this machine.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod common;
mod connecting;
mod discovery;
mod frames;
mod hostile;
mod stopping;
mod web;
