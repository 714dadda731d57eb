//! Every bound of this crate in one place: what a stranger's file may cost us.

/// Largest file taken in: 100 MiB.
pub const MAX_FILE_BYTES: u64 = 100 * 1024 * 1024;
/// Most pages of one document.
pub const MAX_PAGES: u32 = 5_000;
/// Longest side of a page, in points (PDF 1.7 annex C names 14,400).
pub const MAX_PAGE_POINTS: f32 = 14_400.0;
/// Characters looked at on one page; what follows is left out and [`crate::PageText::truncated`] says so.
pub const MAX_PAGE_CHARS: usize = 100_000;

/// Narrowest page image, in pixels.
pub const MIN_WIDTH_PX: u32 = 64;
/// Widest page image, in pixels.
pub const MAX_WIDTH_PX: u32 = 4_096;
/// Highest page image, in pixels.
pub const MAX_HEIGHT_PX: u32 = 16_384;
/// Most pixels of a page image: 16 megapixels.
pub const MAX_AREA_PX: u64 = 16_000_000;
/// Widths are rounded up to multiples of this, so that a window being resized hits the cache.
pub const WIDTH_STEP_PX: u32 = 64;

/// Encoded pages kept in memory: 128 MiB.
pub const PAGE_CACHE_BYTES: usize = 128 * 1024 * 1024;
/// Extracted page texts kept in memory: 16 MiB.
pub const TEXT_CACHE_BYTES: usize = 16 * 1024 * 1024;
/// Documents kept open.
pub const MAX_OPEN_DOCUMENTS: usize = 12;
/// Bytes of documents kept open; one larger document is still opened, alone.
pub const MAX_OPEN_BYTES: usize = 256 * 1024 * 1024;
/// Requests waiting; beyond it the oldest of the least urgent class is answered "cancelled".
pub const MAX_QUEUED: usize = 512;

/// Page objects (nested ones together, too) looked at to tell a scan from a text page.
pub const MAX_OBJECTS_EXAMINED: usize = 4_000;
/// Nesting of form objects followed for the same purpose.
pub const MAX_FORM_DEPTH: u32 = 4;

/// Longest query of a search, in characters.
pub const MAX_QUERY_CHARS: usize = 200;
/// Most hits a search returns.
pub const MAX_HITS: usize = 1_000;
/// Pages a search looks at before it lets other requests pass.
pub const SEARCH_PAGES_PER_TURN: u32 = 4;

/// Stack of the render thread: nested form objects recurse deeply inside pdfium.
pub const RENDER_STACK_BYTES: usize = 16 * 1024 * 1024;
