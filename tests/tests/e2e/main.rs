//! The window end to end: headless Chromium against two devservers, each with a real profile of its own.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod accessibility;
mod browser;
mod calling;
mod cases;
mod composing;
mod handbook;
mod inviting;
mod keys;
mod offices;
mod opening;
mod packages;
mod paper;
mod person;
mod pictures;
mod projector;
mod questions;
mod quick;
mod reader;
mod screens;
mod secret;
mod seven;
mod sitting;
mod stage;
mod tasks;
mod threads;
