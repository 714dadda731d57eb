//! Questions that offices put to each other, and their answers: what a thread is made of and what follows from it.
//!
//! Nobody owns a thread. Each person writes **entries** of their own (asked, routed, answered, approved …), each of which names
//! the entries that its author had seen. The thread is a fold over the set of all entries: it is the same on every device that
//! has the same entries, whatever came first. An entry is judged by what its author had seen, not by what others did
//! meanwhile: an answer written by the asked office stands even if the question was passed on to another office at the same time.
//! What its author might not do is void: it changes nothing and stays visible as void with the reason.
//!
//! - [`entry`]: what can be said, and the bounds of it.
//! - [`office`]: for whom people act, and which answers need their head's approval.
//! - [`fold`]: from entries to the [`thread::Thread`].
//! - [`row`]: what lists show, and who may read what.
//! - [`statistics`], [`csv`]: figures over rows.

pub mod csv;
pub mod entry;
pub mod fold;
pub mod limits;
pub mod office;
pub mod row;
pub mod state;
pub mod statistics;
pub mod thread;

pub use entry::{Attachment, Citation, Entry, Event, Question, Said, Urgency, entry_id};
pub use fold::fold;
pub use office::{Offices, Rules};
pub use row::QuestionRow;
pub use thread::{Answer, DueState, State, Step, Thread, Void};

#[cfg(test)]
mod in_any_order;
#[cfg(test)]
mod stories;
#[cfg(test)]
pub(crate) mod testing;
