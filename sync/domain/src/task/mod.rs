//! Tasks that somebody gives to an office or a person: what was asked for, how far it is, and whether it is done in time.
//!
//! As with [`crate::question`] nobody owns a task: each person writes entries of their own, and the task is a fold over the set of all
//! entries ([`crate::causal`]). An entry is judged by what its author had seen; what its author might not do is void, changes nothing
//! and stays visible.
//!
//! - [`entry`]: what can be said, and the bounds of it.
//! - [`fold`]: from entries to the [`thread::Task`].
//! - [`state`]: where it stands, how it stands against its deadline.

pub mod entry;
mod fold;
pub mod limits;
pub mod state;
pub mod thread;

pub use entry::{Assignment, Entry, Event, Lead, Origin, Said};
pub use fold::{fold, verdict};
pub use state::{DueState, State, Void};
pub use thread::{Confirmation, Reason, Report, Request, Step, Task};

#[cfg(test)]
mod in_any_order;
#[cfg(test)]
mod stories;
#[cfg(test)]
mod testing;
