//! A room of replicas in one process: no sockets, no clock, the same way each time for the same seed.
//!
//! ```no_run
//! # use domain::vote::Choice;
//! let mut room = harness::Room::new(&["secretary", "chair", "delegate"]);
//! let meeting = room.sitting("secretary", &[("chair", domain::meeting::MeetingRole::Chair)]);
//! room.isolate("delegate");
//! ```

pub mod change;
pub mod forgery;
mod inner;
mod memory;
mod network;
mod office;
mod paper;
mod room;
pub mod sim;
mod staff;

pub use memory::MemoryShelf;
pub use room::{Device, Room};
