//! Opening documents, and the few that are kept open.

use pdfium_render::prelude::{PdfDocument, Pdfium, PdfiumError, PdfiumInternalError};

use crate::limits::{MAX_FILE_BYTES, MAX_PAGES};
use crate::{DocKey, PdfError};

/// Bytes at the start in which `%PDF-` must stand (ISO 32000-1, annex H, note 13).
const HEADER_WINDOW: usize = 1_024;

struct Open {
    key: DocKey,
    bytes: usize,
    document: PdfDocument<'static>,
}

/// Open documents, least recently used first.
pub(crate) struct Documents {
    pdfium: &'static Pdfium,
    max_count: usize,
    max_bytes: usize,
    open: Vec<Open>,
}

impl Documents {
    pub(crate) fn new(pdfium: &'static Pdfium, max_count: usize, max_bytes: usize) -> Self {
        Self { pdfium, max_count: max_count.max(1), max_bytes, open: Vec::new() }
    }

    pub(crate) fn len(&self) -> usize {
        self.open.len()
    }

    pub(crate) fn has(&self, key: DocKey) -> bool {
        self.open.iter().any(|open| open.key == key)
    }

    /// The open document, or opens it from `bytes`.
    pub(crate) fn get(&mut self, key: DocKey, bytes: Option<Vec<u8>>) -> Result<&PdfDocument<'static>, PdfError> {
        let entry = match self.open.iter().position(|open| open.key == key) {
            Some(at) => self.open.remove(at),
            None => {
                let bytes = bytes.ok_or_else(|| PdfError::Internal { what: "document without bytes".into() })?;
                if bytes.len() as u64 > MAX_FILE_BYTES {
                    return Err(PdfError::TooLarge { bytes: bytes.len() as u64, limit: MAX_FILE_BYTES });
                }
                check_header(&bytes)?;
                let size = bytes.len();
                while !self.open.is_empty() && (self.open.len() >= self.max_count || self.bytes() + size > self.max_bytes) {
                    self.open.remove(0);
                }
                let document = self.pdfium.load_pdf_from_byte_vec(bytes, None).map_err(open_error)?;
                Open { key, bytes: size, document }
            }
        };
        self.open.push(entry);
        self.open.last().map(|open| &open.document).ok_or_else(|| PdfError::Internal { what: "no open document".into() })
    }

    pub(crate) fn close(&mut self, key: DocKey) {
        self.open.retain(|open| open.key != key);
    }

    pub(crate) fn clear(&mut self) {
        self.open.clear();
    }

    fn bytes(&self) -> usize {
        self.open.iter().map(|open| open.bytes).sum()
    }
}

pub(crate) fn check_header(bytes: &[u8]) -> Result<(), PdfError> {
    let head = &bytes[..bytes.len().min(HEADER_WINDOW)];
    if head.windows(5).any(|window| window == b"%PDF-") { Ok(()) } else { Err(PdfError::NotAPdf) }
}

pub(crate) fn open_error(error: PdfiumError) -> PdfError {
    match error {
        PdfiumError::PdfiumLibraryInternalError(PdfiumInternalError::PasswordError | PdfiumInternalError::SecurityError) => {
            PdfError::Encrypted
        }
        PdfiumError::PdfiumLibraryInternalError(inner) => PdfError::broken(format!("it cannot be opened ({inner:?})")),
        other => PdfError::broken(format!("it cannot be opened ({other:?})")),
    }
}

/// The number of pages, if the document has any and not too many.
pub(crate) fn page_count(document: &PdfDocument<'_>) -> Result<u32, PdfError> {
    match u32::try_from(document.pages().len()) {
        Ok(0) | Err(_) => Err(PdfError::NoPages),
        Ok(pages) if pages > MAX_PAGES => Err(PdfError::TooManyPages { pages, limit: MAX_PAGES }),
        Ok(pages) => Ok(pages),
    }
}

/// Loads one page, counted from 0.
pub(crate) fn load_page<'a>(document: &PdfDocument<'a>, page: u32) -> Result<pdfium_render::prelude::PdfPage<'a>, PdfError> {
    let pages = page_count(document)?;
    if page >= pages {
        return Err(PdfError::NoSuchPage { page, pages });
    }
    let index = i32::try_from(page).map_err(|_| PdfError::NoSuchPage { page, pages })?;
    document.pages().get(index).map_err(|_| PdfError::broken_page(page, "it cannot be read"))
}
