//! The engine: everybody's way to the render thread.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex};
use std::thread::JoinHandle;

use domain::id::Hash32;

use crate::cache::ByteLru;
use crate::documents::Documents;
use crate::intake::{self, Inspection};
use crate::limits::{MAX_OPEN_BYTES, MAX_OPEN_DOCUMENTS, MAX_QUEUED, PAGE_CACHE_BYTES, RENDER_STACK_BYTES, TEXT_CACHE_BYTES};
use crate::pending::{Pending, pending};
use crate::picture::{Rendered, bucket_width};
use crate::queue::{Priority, Queue};
use crate::search::{Query, SearchResult};
use crate::text::PageText;
use crate::worker::{Job, Search, Shared, Stamp, State, Work, run};
use crate::{PdfError, library};

/// The bytes that a document is known by (BLAKE3 of the file). The engine trusts the caller that one key means one file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DocKey(pub [u8; 32]);

impl From<Hash32> for DocKey {
    fn from(hash: Hash32) -> Self {
        Self(hash.0)
    }
}

/// Bounds of one engine; the default is what the application uses.
#[derive(Debug, Clone)]
pub struct Config {
    /// Bytes of encoded pages kept, see [`PAGE_CACHE_BYTES`].
    pub page_cache_bytes: usize,
    /// Bytes of page texts kept, see [`TEXT_CACHE_BYTES`].
    pub text_cache_bytes: usize,
    /// Documents kept open, see [`MAX_OPEN_DOCUMENTS`].
    pub max_open_documents: usize,
    /// Bytes of documents kept open, see [`MAX_OPEN_BYTES`].
    pub max_open_bytes: usize,
    /// Requests that may wait, see [`MAX_QUEUED`].
    pub max_queued: usize,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            page_cache_bytes: PAGE_CACHE_BYTES,
            text_cache_bytes: TEXT_CACHE_BYTES,
            max_open_documents: MAX_OPEN_DOCUMENTS,
            max_open_bytes: MAX_OPEN_BYTES,
            max_queued: MAX_QUEUED,
        }
    }
}

/// A view that moves on: after [`Generation::advance`] the requests stamped before are not worked on any more.
#[derive(Debug, Clone, Default)]
pub struct Generation(Arc<AtomicU64>);

impl Generation {
    /// A view at its first place.
    pub fn new() -> Self {
        Self::default()
    }

    /// Calls off every waiting request that was made for this view until now.
    pub fn advance(&self) {
        self.0.fetch_add(1, Ordering::AcqRel);
    }

    fn stamp(&self) -> Stamp {
        Stamp { now: Arc::clone(&self.0), at: self.0.load(Ordering::Acquire) }
    }
}

/// Which page, how wide and how urgent.
#[derive(Debug, Clone)]
pub struct RenderRequest {
    /// The document.
    pub doc: DocKey,
    /// Page, counted from 0.
    pub page: u32,
    /// Wanted width in device pixels; rounded by [`bucket_width`].
    pub width_px: u32,
    /// How urgent it is.
    pub priority: Priority,
    /// The view it is for, if the view can move on before the page is done.
    pub generation: Option<Generation>,
}

impl RenderRequest {
    /// A page that is on the screen now.
    pub fn visible(doc: DocKey, page: u32, width_px: u32) -> Self {
        Self { doc, page, width_px, priority: Priority::Visible, generation: None }
    }
}

/// What the engine has done and holds, for the developer panel and the tests.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Stats {
    /// Pages drawn since the start (not those answered from the cache).
    pub rendered: u64,
    /// Requests that were dropped because nobody waited for them or the queue was full.
    pub cancelled: u64,
    /// Requests waiting.
    pub queued: usize,
    /// Bytes of encoded pages held.
    pub page_cache_bytes: usize,
    /// Encoded pages held.
    pub page_cache_entries: usize,
    /// Documents open.
    pub open_documents: usize,
}

struct Owner {
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

impl Drop for Owner {
    fn drop(&mut self) {
        let waiting = {
            let mut state = self.shared.state();
            state.stopped = true;
            state.queue.drain()
        };
        self.shared.wake.notify_all();
        for job in waiting {
            job.refuse(PdfError::EngineStopped);
        }
        // A source may hold the last engine: the render thread cannot wait for itself.
        if let Some(thread) = self.thread.take().filter(|thread| thread.thread().id() != std::thread::current().id())
            && thread.join().is_err()
        {
            tracing::error!("the render thread ended in a panic");
        }
    }
}

/// The way to the render thread. Cheap to clone; the thread ends when the last clone is dropped.
#[derive(Clone)]
pub struct Engine {
    owner: Arc<Owner>,
}

impl std::fmt::Debug for Engine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Engine").field("stats", &self.stats()).finish()
    }
}

impl Engine {
    /// Binds to libpdfium (see [`crate::pdfium_path`]) and starts the render thread. A process binds once: a second
    /// engine uses the library of the first.
    ///
    /// # Errors
    /// [`PdfError::EngineMissing`], [`PdfError::EngineBroken`], [`PdfError::EngineStopped`] if no thread can be started.
    pub fn start(library: &Path, config: Config) -> Result<Self, PdfError> {
        let pdfium = library::bind(library)?;
        let shared = Arc::new(Shared {
            state: Mutex::new(State {
                queue: Queue::new(config.max_queued),
                pages: ByteLru::new(config.page_cache_bytes),
                texts: ByteLru::new(config.text_cache_bytes),
                closing: BTreeSet::new(),
                stats: Stats::default(),
                stopped: false,
            }),
            wake: Condvar::new(),
        });
        let worker = Arc::clone(&shared);
        let thread = std::thread::Builder::new()
            .name("pdf-render".into())
            .stack_size(RENDER_STACK_BYTES)
            .spawn(move || run(&worker, pdfium, Documents::new(pdfium, config.max_open_documents, config.max_open_bytes)))
            .map_err(|_| PdfError::EngineStopped)?;
        Ok(Self { owner: Arc::new(Owner { shared, thread: Some(thread) }) })
    }

    /// Looks at a file before it is taken in.
    ///
    /// # Errors
    /// One code per reason: `pdf_too_large`, `pdf_not_a_pdf`, `pdf_broken`, `pdf_encrypted`, `pdf_no_pages`, `pdf_too_many_pages`.
    pub fn inspect(&self, bytes: Arc<[u8]>) -> Result<Inspection, PdfError> {
        self.inspect_async(bytes).wait()
    }

    /// As [`Self::inspect`], as a future.
    pub fn inspect_async(&self, bytes: Arc<[u8]>) -> Pending<Inspection> {
        let (reply, answer) = pending();
        match intake::check_bytes(&bytes) {
            Ok(()) => self.submit(Priority::Visible, None, Work::Inspect { bytes, reply }),
            Err(error) => reply.send(Err(error)),
        }
        answer
    }

    /// A page as a picture; blocks until it is there. `source` gives the file's bytes if the document is not open.
    ///
    /// # Errors
    /// `pdf_no_such_page`, `pdf_broken`, `pdf_source_unavailable`, `pdf_cancelled` (its view moved on, or the queue overflowed).
    pub fn render(
        &self,
        request: RenderRequest,
        source: impl Fn() -> std::io::Result<Vec<u8>> + Send + 'static,
    ) -> Result<Rendered, PdfError> {
        self.render_async(request, source).wait()
    }

    /// As [`Self::render`], as a future. Answered at once if the page is in the cache; dropping it calls the request off.
    pub fn render_async(
        &self,
        request: RenderRequest,
        source: impl Fn() -> std::io::Result<Vec<u8>> + Send + 'static,
    ) -> Pending<Rendered> {
        let (reply, answer) = pending();
        let key = (request.doc, request.page, bucket_width(request.width_px));
        let cached = self.owner.shared.state().pages.get(&key);
        match cached {
            Some(page) => reply.send(Ok(page)),
            None => {
                let stamp = request.generation.as_ref().map(Generation::stamp);
                self.submit(request.priority, stamp, Work::Render { key, source: Box::new(source), reply });
            }
        }
        answer
    }

    /// The words of a page with their places; blocks until they are there.
    ///
    /// # Errors
    /// As [`Self::render`].
    pub fn text(
        &self,
        doc: DocKey,
        page: u32,
        source: impl Fn() -> std::io::Result<Vec<u8>> + Send + 'static,
    ) -> Result<Arc<PageText>, PdfError> {
        self.text_async(doc, page, source).wait()
    }

    /// As [`Self::text`], as a future.
    pub fn text_async(
        &self,
        doc: DocKey,
        page: u32,
        source: impl Fn() -> std::io::Result<Vec<u8>> + Send + 'static,
    ) -> Pending<Arc<PageText>> {
        let (reply, answer) = pending();
        let key = (doc, page);
        let cached = self.owner.shared.state().texts.get(&key);
        match cached {
            Some(text) => reply.send(Ok(text)),
            None => self.submit(Priority::Visible, None, Work::Text { key, source: Box::new(source), reply }),
        }
        answer
    }

    /// Finds a query on all pages; blocks until all were looked at. Accents count only if the query has some.
    /// Other requests pass between the pages.
    ///
    /// # Errors
    /// As [`Self::render`]. A single unreadable page is no error, see [`SearchResult::unreadable_pages`].
    pub fn search(
        &self,
        doc: DocKey,
        query: &str,
        source: impl Fn() -> std::io::Result<Vec<u8>> + Send + 'static,
    ) -> Result<SearchResult, PdfError> {
        self.search_async(doc, query, source).wait()
    }

    /// As [`Self::search`], as a future; dropping it ends the search.
    pub fn search_async(
        &self,
        doc: DocKey,
        query: &str,
        source: impl Fn() -> std::io::Result<Vec<u8>> + Send + 'static,
    ) -> Pending<SearchResult> {
        let (reply, answer) = pending();
        match Query::new(query) {
            None => reply.send(Ok(SearchResult::default())),
            Some(query) => {
                let search = Search { doc, query, source: Box::new(source), next_page: 0, found: SearchResult::default(), reply };
                self.submit(Priority::Next, None, Work::Search(Box::new(search)));
            }
        }
        answer
    }

    /// Drops everything held of a document: it was removed, or a profile was closed.
    pub fn forget(&self, doc: DocKey) {
        let mut state = self.owner.shared.state();
        state.pages.remove_where(|key| key.0 == doc);
        state.texts.remove_where(|key| key.0 == doc);
        state.closing.insert(doc);
        drop(state);
        self.owner.shared.wake.notify_one();
    }

    /// What the engine has done and holds.
    pub fn stats(&self) -> Stats {
        let state = self.owner.shared.state();
        Stats {
            queued: state.queue.len(),
            page_cache_bytes: state.pages.bytes(),
            page_cache_entries: state.pages.len(),
            ..state.stats
        }
    }

    fn submit(&self, priority: Priority, stamp: Option<Stamp>, work: Work) {
        self.owner.shared.submit(Job { work, priority, stamp });
    }
}
