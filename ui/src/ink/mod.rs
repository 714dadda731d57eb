//! Ink: what a pen, a finger or a mouse draws, from samples to the mark that is stored.
//!
//! [`sample`] is what arrives, [`arbiter`] decides which pointer may draw, [`stroke`] turns samples into a mark and a
//! mark into a path. The canvas with the wet stroke is in the window's own `canvas`.

pub mod arbiter;
pub mod sample;
pub mod stroke;

pub use arbiter::{Arbiter, Verdict};
pub use sample::{Sample, Source};
