//! A strict, bounded, read-only view of a PDF file: syntax, cross-references, revisions.
//!
//! Written here instead of using a general PDF library because a verifier must know exactly which bytes a value came
//! from, must see every revision on its own, and must not repair: what a lenient reader repairs one way a viewer
//! repairs another way, and attacks on signed files live in that difference.

mod document;
mod filters;
pub(crate) mod form;
mod object;
pub(crate) mod pages;
mod parse;
mod xref;

pub(crate) use document::{Document, Indirect, View};
pub(crate) use object::{Dict, Object, ObjectId};
pub(crate) use parse::Parser;
pub(crate) use xref::Entry;

/// Why a file cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fault {
    /// It does not begin with `%PDF-`.
    NotAPdf,
    /// It is encrypted.
    Encrypted,
    /// The structure is damaged near this offset.
    Broken(usize),
    /// More objects, revisions or unpacked data than the limits allow.
    TooComplex,
}

impl From<parse::SyntaxError> for Fault {
    fn from(error: parse::SyntaxError) -> Self {
        Self::Broken(error.at)
    }
}
