//! Pages of PDF papers as pictures and as text. The only crate that knows pdfium; none of pdfium's types leave it.
//!
//! pdfium is not thread-safe and a page takes 15–40 ms, so one [`Engine`] owns one thread, which owns every open document.
//! Requests carry a [`Priority`]; within a class the newest goes first, and a request nobody waits for is not worked on.
//! Coordinates that leave this crate are PDF points from the TOP-left corner of the page as it is shown, rotation applied.

mod cache;
mod documents;
mod engine;
mod error;
mod geometry;
mod intake;
mod library;
pub mod limits;
mod pending;
mod picture;
mod queue;
mod search;
mod text;
mod worker;

pub use engine::{Config, DocKey, Engine, Generation, RenderRequest, Stats};
pub use error::PdfError;
pub use geometry::Rect;
pub use intake::Inspection;
pub use library::{PDFIUM_ENV, pdfium_path};
pub use pending::Pending;
pub use picture::{Rendered, bucket_width};
pub use queue::Priority;
pub use search::{Hit, SearchResult};
pub use text::{Line, PageText, Word};
