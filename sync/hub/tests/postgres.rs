//! The hub on PostgreSQL and an object store, both really started: what a backend promises, asked of both kinds; and hubs that share one.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used)]

#[allow(dead_code, reason = "shared with the other tests of the hub")]
#[path = "hub/device.rs"]
mod device;
#[allow(dead_code, reason = "shared with the other tests of the hub")]
#[path = "hub/process.rs"]
mod process;
#[path = "postgres/promises.rs"]
mod promises;
#[path = "postgres/servers.rs"]
mod servers;
#[path = "postgres/shared.rs"]
mod shared;
#[path = "postgres/stories.rs"]
mod stories;
