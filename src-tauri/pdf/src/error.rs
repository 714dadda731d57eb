//! What can go wrong with a PDF, each with a code that the interface translates.

use std::path::PathBuf;

/// An error of the PDF engine. `Clone`, because one failure may answer several waiting requests.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PdfError {
    /// No pdfium library was found at any of these places.
    #[error("the PDF engine libpdfium.so was not found; looked at {}. Run `cargo xtask setup`", list(looked))]
    EngineMissing {
        /// Where it was looked for, in order.
        looked: Vec<PathBuf>,
    },
    /// The pdfium library is there but cannot be loaded.
    #[error("the PDF engine {} cannot be loaded: {reason}. Run `cargo xtask setup`", path.display())]
    EngineBroken {
        /// The library that was tried.
        path: PathBuf,
        /// What the loader said.
        reason: String,
    },
    /// The engine has been shut down, or its thread could not be started.
    #[error("the PDF engine has stopped")]
    EngineStopped,
    /// A defect in the engine; the request failed, the engine goes on.
    #[error("the PDF engine failed: {what}")]
    Internal {
        /// The panic message or the failing step.
        what: String,
    },
    /// The bytes are not a PDF at all: no `%PDF-` in the first 1,024 bytes.
    #[error("not a PDF file")]
    NotAPdf,
    /// A PDF whose structure cannot be read, or that ends early.
    #[error("damaged PDF{}: {what}", page.map(|p| format!(", page {}", p + 1)).unwrap_or_default())]
    Broken {
        /// The page, counted from 0, if it is one page that is damaged.
        page: Option<u32>,
        /// What is wrong.
        what: String,
    },
    /// The file needs a password to be opened.
    #[error("the PDF is locked with a password")]
    Encrypted,
    /// A PDF without a single page.
    #[error("the PDF has no pages")]
    NoPages,
    /// More bytes than [`crate::limits::MAX_FILE_BYTES`].
    #[error("the file has {bytes} bytes, more than {limit}")]
    TooLarge {
        /// Size of the file.
        bytes: u64,
        /// The limit.
        limit: u64,
    },
    /// More pages than [`crate::limits::MAX_PAGES`].
    #[error("the PDF has {pages} pages, more than {limit}")]
    TooManyPages {
        /// Pages in the file.
        pages: u32,
        /// The limit.
        limit: u32,
    },
    /// A page that the document does not have.
    #[error("there is no page {}, the document has {pages}", page + 1)]
    NoSuchPage {
        /// The page asked for, counted from 0.
        page: u32,
        /// Pages in the document.
        pages: u32,
    },
    /// The bytes of the document could not be had (not here yet, unreadable).
    #[error("the document cannot be read: {reason}")]
    SourceUnavailable {
        /// What the source said.
        reason: String,
    },
    /// Nobody waits for this any more, or newer requests pushed it out of the queue.
    #[error("the request was overtaken by newer ones")]
    Cancelled,
}

impl PdfError {
    /// The stable code of this error, for the interface and for scripts.
    pub fn code(&self) -> &'static str {
        match self {
            Self::EngineMissing { .. } => "pdf_engine_missing",
            Self::EngineBroken { .. } => "pdf_engine_broken",
            Self::EngineStopped => "pdf_engine_stopped",
            Self::Internal { .. } => "pdf_internal",
            Self::NotAPdf => "pdf_not_a_pdf",
            Self::Broken { .. } => "pdf_broken",
            Self::Encrypted => "pdf_encrypted",
            Self::NoPages => "pdf_no_pages",
            Self::TooLarge { .. } => "pdf_too_large",
            Self::TooManyPages { .. } => "pdf_too_many_pages",
            Self::NoSuchPage { .. } => "pdf_no_such_page",
            Self::SourceUnavailable { .. } => "pdf_source_unavailable",
            Self::Cancelled => "pdf_cancelled",
        }
    }

    pub(crate) fn broken(what: impl Into<String>) -> Self {
        Self::Broken { page: None, what: what.into() }
    }

    pub(crate) fn broken_page(page: u32, what: impl Into<String>) -> Self {
        Self::Broken { page: Some(page), what: what.into() }
    }
}

fn list(paths: &[PathBuf]) -> String {
    paths.iter().map(|path| path.display().to_string()).collect::<Vec<_>>().join(", ")
}
