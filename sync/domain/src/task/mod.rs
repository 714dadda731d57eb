//! Tasks that somebody gives to an office or a person: what was asked for, how far it is, and whether it is done in time.

pub mod state;

pub use state::{DueState, State, Void};
