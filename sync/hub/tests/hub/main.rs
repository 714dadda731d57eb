//! A hub as it really runs: the program in a process of its own, devices with their own disks, libp2p between them on the loopback interface.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod device;
mod process;
mod relay;

mod carrying;
mod crash;
mod enrolment;
mod hostile;
mod quota;
mod slow;
mod web;
