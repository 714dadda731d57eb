//! The words and rules of the sitting: ids, nouns and what must hold between them.
//!
//! Pure: no clock, no randomness, no files, no network. Compiles to wasm, so that the window and the
//! replica judge by the same code.

pub mod annotation;
pub mod calendar;
pub mod causal;
pub mod duty;
pub mod icalendar;
pub mod id;
pub mod identity;
pub mod lead;
pub mod limits;
pub mod meeting;
pub mod official;
pub mod opinion;
pub mod order;
pub mod question;
pub mod reminder;
pub mod seating;
pub mod secrecy;
pub mod sitting;
pub mod task;
pub mod template;
pub mod vote;
pub mod words;
pub mod workdays;
mod written;
