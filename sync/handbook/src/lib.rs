//! The handbook: articles and what holds for them, signed packages of articles, and how foreign files become articles.
//!
//! Pure: bytes in, bytes out. No files, no clock, no randomness. An article is the unit that people find, read and cite: one article
//! of a law, one procedure, one page of guidance, one form. Articles travel in [`package`]s, which are signed as a whole and
//! looked at only after the signature held.
//!
//! - [`article`]: the model and its bounds. [`validity`]: in force, partly, expired, not yet, as of a day. [`citation`]: how one is cited.
//! - [`package`]: the file format, full packages and deltas.
//! - [`import`]: JSON lines, HTML, DOCX and plain text (a PDF's text is handed in) to articles. [`law`]: a law's text to its articles.
//! - [`personal`]: what a text says about private people, to be pointed out before it is published.

pub mod article;
pub mod citation;
pub mod day;
pub mod import;
pub mod law;
pub mod limits;
pub mod package;
pub mod personal;
mod place;
mod spelling;
pub mod validity;

pub use article::{Article, ArticleError, Block, Kind, Level, Link, Relation};
pub use citation::citation;
pub use package::{Manifest, Package, PackageError, Row};
pub use spelling::slug;
pub use validity::{State, Validity};
