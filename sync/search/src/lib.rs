//! Search in Vietnamese: how text is split and folded, what a question means, how articles are compared with it, and what of them is shown.
//!
//! Pure: no files, no SQL, no clock. The index and the rows are the `store` crate's; this crate says what goes into them and in which order
//! what comes out is shown.
//!
//! The way of a question: [`understand`] → [`query::Query`] → [`query::Query::probes`] (what to ask the index for) → [`compare::Comparison`]
//! for each candidate → [`rank`] → [`excerpt::Marker`]. `docs/search.md` tells why it is so and what was measured.

pub mod abbreviation;
pub mod compare;
pub mod entry;
pub mod excerpt;
pub mod fit;
pub mod fold;
pub mod forward;
pub mod keyboard;
pub mod memory;
pub mod number;
pub mod query;
pub mod rank;
pub mod similar;
mod spelling;
pub mod token;
pub mod understand;
pub mod vocabulary;
