//! Looking at a file before it is taken in: is it a PDF we can show, and what is on its first page?

use std::sync::Arc;

use pdfium_render::prelude::{PdfDocument, PdfDocumentMetadataTagType, PdfSecurityHandlerRevision, Pdfium};

use crate::PdfError;
use crate::documents::{check_header, load_page, open_error, page_count};
use crate::limits::{MAX_FILE_BYTES, MAX_PAGE_POINTS};
use crate::picture::is_scan;
use crate::text::page_text;

/// Bytes at the end in which `%%EOF` must stand, not counting white space and zero bytes after it.
const TRAILER_WINDOW: usize = 1_024;
/// Pages looked at to say whether the file has text at all.
const TEXT_PROBE_PAGES: u32 = 20;
/// Longest title kept, in characters.
const MAX_TITLE_CHARS: usize = 300;

/// What a file holds.
#[derive(Debug, Clone, PartialEq)]
pub struct Inspection {
    /// Number of pages, at least 1.
    pub pages: u32,
    /// Width and height of every page as shown, in points.
    pub sizes: Vec<(f32, f32)>,
    /// The text of the first page, one line per line; columns side by side stand on lines of their own,
    /// so that a secrecy marking beside a date is found.
    pub first_page_text: String,
    /// True if the first page is mostly a picture, as a scanned sheet is. Its text, if any, may come from a stamp or from
    /// character recognition, so a marking on it can be missed: a person has to look.
    pub first_page_scanned: bool,
    /// True if any of the first 20 pages has text.
    pub has_text: bool,
    /// The title in the file's metadata.
    pub title: Option<String>,
    /// True if the file opens without a password but is encrypted all the same (copying or printing restricted).
    pub encrypted: bool,
    /// Number of signature fields that are signed.
    pub signatures: u32,
}

/// The part that needs no pdfium: size, head and tail.
pub(crate) fn check_bytes(bytes: &[u8]) -> Result<(), PdfError> {
    let size = bytes.len() as u64;
    if size > MAX_FILE_BYTES {
        return Err(PdfError::TooLarge { bytes: size, limit: MAX_FILE_BYTES });
    }
    check_header(bytes)?;
    let end = bytes.iter().rposition(|byte| !byte.is_ascii_whitespace() && *byte != 0).map_or(0, |at| at + 1);
    let tail = &bytes[end.saturating_sub(TRAILER_WINDOW)..end];
    // pdfium repairs a file that was cut off and shows whatever survived; a paper must be whole.
    if tail.windows(5).any(|window| window == b"%%EOF") { Ok(()) } else { Err(PdfError::broken("it ends early")) }
}

pub(crate) fn inspect(pdfium: &'static Pdfium, bytes: &Arc<[u8]>) -> Result<Inspection, PdfError> {
    check_bytes(bytes)?;
    let document = pdfium.load_pdf_from_byte_slice(bytes, None).map_err(open_error)?;
    let pages = page_count(&document)?;
    let sizes = (0..pages).map(|page| size(&document, page)).collect::<Result<Vec<_>, _>>()?;

    let first = load_page(&document, 0)?;
    let first_page_text = page_text(&first, 0)?.to_plain();
    let first_page_scanned = is_scan(&first);
    drop(first);
    let has_text = !first_page_text.is_empty() || (1..pages.min(TEXT_PROBE_PAGES)).any(|page| page_has_text(&document, page));

    let title = document
        .metadata()
        .get(PdfDocumentMetadataTagType::Title)
        .map(|tag| tag.value().trim().chars().take(MAX_TITLE_CHARS).collect::<String>())
        .filter(|title| !title.is_empty());
    let encrypted = !matches!(document.permissions().security_handler_revision(), Ok(PdfSecurityHandlerRevision::Unprotected));
    let signatures = u32::from(document.signatures().len());
    Ok(Inspection { pages, sizes, first_page_text, first_page_scanned, has_text, title, encrypted, signatures })
}

fn size(document: &PdfDocument<'_>, page: u32) -> Result<(f32, f32), PdfError> {
    let index = i32::try_from(page).map_err(|_| PdfError::broken_page(page, "it cannot be read"))?;
    let size = document.pages().page_size(index).map_err(|_| PdfError::broken_page(page, "it cannot be read"))?;
    let (width, height) = (size.width().value, size.height().value);
    let sane = |side: f32| side > 0.0 && side <= MAX_PAGE_POINTS;
    if sane(width) && sane(height) {
        Ok((width, height))
    } else {
        Err(PdfError::broken_page(page, format!("its size is {width} × {height} points")))
    }
}

fn page_has_text(document: &PdfDocument<'_>, page: u32) -> bool {
    load_page(document, page).is_ok_and(|page| page.text().is_ok_and(|text| !text.is_empty()))
}
