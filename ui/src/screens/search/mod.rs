//! Searching: the box, what was found, what it is narrowed to, the box over any screen, and choosing an article to cite.

mod field;
mod filters;
mod hits;
mod palette;
mod picker;

pub use field::SearchField;
pub use filters::Narrowing;
pub use hits::{Hits, Marked};
pub use palette::Palette;
pub use picker::ArticlePicker;
