//! The engine: one thread that owns pdfium and the open documents, and everybody's way to it.

use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;

use domain::id::Hash32;
use pdfium_render::prelude::Pdfium;

use crate::cache::ByteLru;
use crate::documents::{Documents, load_page, page_count};
use crate::intake::{self, Inspection};
use crate::limits::{
    MAX_HITS, MAX_OPEN_BYTES, MAX_OPEN_DOCUMENTS, MAX_QUEUED, PAGE_CACHE_BYTES, RENDER_STACK_BYTES,
    SEARCH_PAGES_PER_TURN, TEXT_CACHE_BYTES,
};
use crate::pending::{Pending, Reply, pending};
use crate::picture::{self, Rendered, bucket_width};
use crate::queue::{Priority, Queue};
use crate::search::{Query, SearchResult};
use crate::text::{self, PageText};
use crate::{PdfError, library};

/// The bytes that a document is known by (BLAKE3 of the file). The engine trusts the caller that one key means one file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DocKey(pub [u8; 32]);

impl From<Hash32> for DocKey {
    fn from(hash: Hash32) -> Self {
        Self(hash.0)
    }
}

/// Gives the bytes of a document when it is not open yet. Called on the render thread, so it must not wait for the engine.
type Source = Box<dyn Fn() -> std::io::Result<Vec<u8>> + Send>;

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
        Stamp {
            now: Arc::clone(&self.0),
            at: self.0.load(Ordering::Acquire),
        }
    }
}

struct Stamp {
    now: Arc<AtomicU64>,
    at: u64,
}

impl Stamp {
    fn is_stale(&self) -> bool {
        self.now.load(Ordering::Acquire) != self.at
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
        Self {
            doc,
            page,
            width_px,
            priority: Priority::Visible,
            generation: None,
        }
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

type PageKey = (DocKey, u32, u32);

struct Job {
    work: Work,
    priority: Priority,
    stamp: Option<Stamp>,
}

enum Work {
    Inspect {
        bytes: Arc<[u8]>,
        reply: Reply<Inspection>,
    },
    Render {
        key: PageKey,
        source: Source,
        reply: Reply<Rendered>,
    },
    Text {
        key: (DocKey, u32),
        source: Source,
        reply: Reply<Arc<PageText>>,
    },
    Search(Box<Search>),
}

struct Search {
    doc: DocKey,
    query: Query,
    source: Source,
    next_page: u32,
    found: SearchResult,
    reply: Reply<SearchResult>,
}

impl Job {
    fn is_stale(&self) -> bool {
        let unwanted = match &self.work {
            Work::Inspect { reply, .. } => reply.is_cancelled(),
            Work::Render { reply, .. } => reply.is_cancelled(),
            Work::Text { reply, .. } => reply.is_cancelled(),
            Work::Search(search) => search.reply.is_cancelled(),
        };
        unwanted || self.stamp.as_ref().is_some_and(Stamp::is_stale)
    }

    fn refuse(self, error: PdfError) {
        match self.work {
            Work::Inspect { reply, .. } => reply.send(Err(error)),
            Work::Render { reply, .. } => reply.send(Err(error)),
            Work::Text { reply, .. } => reply.send(Err(error)),
            Work::Search(search) => search.reply.send(Err(error)),
        }
    }
}

struct State {
    queue: Queue<Job>,
    pages: ByteLru<PageKey, Rendered>,
    texts: ByteLru<(DocKey, u32), Arc<PageText>>,
    closing: BTreeSet<DocKey>,
    stats: Stats,
    stopped: bool,
}

/// What the render thread does next.
enum Turn {
    /// A job somebody still waits for.
    Work(Job),
    /// Close these documents.
    Close(BTreeSet<DocKey>),
    Stop,
}

struct Shared {
    state: Mutex<State>,
    wake: Condvar,
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn submit(&self, job: Job) {
        let mut state = self.state();
        if state.stopped {
            drop(state);
            return job.refuse(PdfError::EngineStopped);
        }
        let mut refused = Vec::new();
        let priority = job.priority;
        if let Some(overflow) = state.queue.push(priority, job) {
            refused.push(overflow);
            refused.extend(state.queue.sweep(|job| !job.is_stale()));
        }
        state.stats.cancelled += refused.len() as u64;
        drop(state);
        self.wake.notify_one();
        for job in refused {
            job.refuse(PdfError::Cancelled);
        }
    }

    fn next(&self) -> Turn {
        let mut state = self.state();
        loop {
            if state.stopped {
                return Turn::Stop;
            }
            if !state.closing.is_empty() {
                return Turn::Close(std::mem::take(&mut state.closing));
            }
            match state.queue.pop() {
                Some(job) if job.is_stale() => {
                    state.stats.cancelled += 1;
                    drop(state);
                    job.refuse(PdfError::Cancelled);
                    state = self.state();
                }
                Some(job) => return Turn::Work(job),
                None => {
                    state = self
                        .wake
                        .wait(state)
                        .unwrap_or_else(PoisonError::into_inner)
                }
            }
        }
    }
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
        if let Some(thread) = self
            .thread
            .take()
            .filter(|thread| thread.thread().id() != std::thread::current().id())
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
        f.debug_struct("Engine")
            .field("stats", &self.stats())
            .finish()
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
            .spawn(move || {
                run(
                    &worker,
                    pdfium,
                    Documents::new(pdfium, config.max_open_documents, config.max_open_bytes),
                )
            })
            .map_err(|_| PdfError::EngineStopped)?;
        Ok(Self {
            owner: Arc::new(Owner {
                shared,
                thread: Some(thread),
            }),
        })
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
                self.submit(
                    request.priority,
                    stamp,
                    Work::Render {
                        key,
                        source: Box::new(source),
                        reply,
                    },
                );
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
            None => self.submit(
                Priority::Visible,
                None,
                Work::Text {
                    key,
                    source: Box::new(source),
                    reply,
                },
            ),
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
                let search = Search {
                    doc,
                    query,
                    source: Box::new(source),
                    next_page: 0,
                    found: SearchResult::default(),
                    reply,
                };
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
        self.owner.shared.submit(Job {
            work,
            priority,
            stamp,
        });
    }
}

fn run(shared: &Shared, pdfium: &'static Pdfium, mut documents: Documents) {
    loop {
        let Job {
            work,
            priority,
            stamp,
        } = match shared.next() {
            Turn::Work(job) => job,
            Turn::Close(closing) => {
                let _inside = library::enter();
                closing.into_iter().for_each(|doc| documents.close(doc));
                shared.state().stats.open_documents = documents.len();
                continue;
            }
            Turn::Stop => break,
        };
        match work {
            Work::Inspect { bytes, reply } => {
                let answer = guarded(&mut documents, |_| {
                    let _inside = library::enter();
                    intake::inspect(pdfium, &bytes)
                });
                reply.send(answer);
            }
            Work::Render { key, source, reply } => {
                let answer = guarded(&mut documents, |documents| {
                    render(shared, documents, key, &source)
                });
                shared.state().stats.open_documents = documents.len();
                reply.send(answer);
            }
            Work::Text { key, source, reply } => {
                let answer = guarded(&mut documents, |documents| {
                    page_text(shared, documents, key, &source)
                });
                reply.send(answer);
            }
            Work::Search(mut search) => match guarded(&mut documents, |documents| {
                search_some(documents, &mut search)
            }) {
                Ok(true) => {
                    let Search { found, reply, .. } = *search;
                    reply.send(Ok(found));
                }
                Ok(false) => shared.submit(Job {
                    work: Work::Search(search),
                    priority,
                    stamp,
                }),
                Err(error) => search.reply.send(Err(error)),
            },
        }
    }
    let _inside = library::enter();
    documents.clear();
}

/// Turns a panic into an answer. What pdfium was doing then is unknown, so every document is opened anew.
fn guarded<T>(
    documents: &mut Documents,
    work: impl FnOnce(&mut Documents) -> Result<T, PdfError>,
) -> Result<T, PdfError> {
    match catch_unwind(AssertUnwindSafe(|| work(documents))) {
        Ok(answer) => answer,
        Err(panic) => {
            let what = panic
                .downcast_ref::<&str>()
                .map(|text| (*text).to_owned())
                .or_else(|| panic.downcast_ref::<String>().cloned());
            let what = what.unwrap_or_else(|| "panic".to_owned());
            tracing::error!(what, "the render thread caught a panic");
            let _inside = library::enter();
            documents.clear();
            Err(PdfError::Internal { what })
        }
    }
}

fn bytes_if_needed(
    documents: &Documents,
    doc: DocKey,
    source: &Source,
) -> Result<Option<Vec<u8>>, PdfError> {
    if documents.has(doc) {
        return Ok(None);
    }
    source()
        .map(Some)
        .map_err(|error| PdfError::SourceUnavailable {
            reason: error.to_string(),
        })
}

fn with_page<T>(
    documents: &mut Documents,
    doc: DocKey,
    page: u32,
    source: &Source,
    work: impl FnOnce(&pdfium_render::prelude::PdfPage<'_>, u32) -> Result<T, PdfError>,
) -> Result<T, PdfError> {
    let bytes = bytes_if_needed(documents, doc, source)?;
    let _inside = library::enter();
    let document = documents.get(doc, bytes)?;
    work(&load_page(document, page)?, page)
}

fn render(
    shared: &Shared,
    documents: &mut Documents,
    key: PageKey,
    source: &Source,
) -> Result<Rendered, PdfError> {
    let cached = shared.state().pages.get(&key);
    if let Some(page) = cached {
        return Ok(page);
    }
    let (doc, page, width_px) = key;
    let picture = with_page(documents, doc, page, source, |page, index| {
        picture::render(page, index, width_px)
    })?;
    let mut state = shared.state();
    state.stats.rendered += 1;
    if !state.closing.contains(&doc) {
        state.pages.put(key, picture.clone(), picture.bytes.len());
    }
    Ok(picture)
}

fn page_text(
    shared: &Shared,
    documents: &mut Documents,
    key: (DocKey, u32),
    source: &Source,
) -> Result<Arc<PageText>, PdfError> {
    let cached = shared.state().texts.get(&key);
    if let Some(text) = cached {
        return Ok(text);
    }
    let text = Arc::new(with_page(documents, key.0, key.1, source, text::page_text)?);
    let mut state = shared.state();
    if !state.closing.contains(&key.0) {
        state.texts.put(key, Arc::clone(&text), text.bytes());
    }
    Ok(text)
}

/// Looks at the next few pages; true when all are done.
fn search_some(documents: &mut Documents, search: &mut Search) -> Result<bool, PdfError> {
    // Another document may have pushed this one out between two turns; then it is read from its source again.
    let bytes = bytes_if_needed(documents, search.doc, &search.source)?;
    let _inside = library::enter();
    let document = documents.get(search.doc, bytes)?;
    let pages = page_count(document)?;
    let end = pages.min(search.next_page + SEARCH_PAGES_PER_TURN);
    for page in search.next_page..end {
        let glyphs = load_page(document, page).and_then(|loaded| text::glyphs(&loaded, page));
        let Ok((glyphs, _)) = glyphs else {
            search.found.unreadable_pages.push(page);
            continue;
        };
        let room = MAX_HITS - search.found.hits.len();
        let mut hits = search.query.find(page, &glyphs, room + 1);
        if hits.len() > room {
            hits.truncate(room);
            search.found.truncated = true;
        }
        search.found.hits.append(&mut hits);
        if search.found.truncated {
            return Ok(true);
        }
    }
    search.next_page = end;
    Ok(end == pages)
}
