//! The screens.

pub mod first_run;
mod meeting_new;
mod meetings;
mod room;
mod settings;
pub mod shell;
mod today;
pub mod unlock;
