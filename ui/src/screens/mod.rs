//! The screens.

pub mod first_run;
pub mod handbook;
mod meeting_new;
mod meeting_pattern;
mod meetings;
pub mod projector;
pub mod questions;
mod recovery;
mod room;
pub mod search;
mod settings;
pub mod shell;
pub mod tasks;
mod today;
mod unfinished;
pub mod unlock;
