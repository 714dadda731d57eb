//! The render thread: what waits for it, and what it does.

use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use pdfium_render::prelude::{PdfPage, Pdfium};

use crate::cache::ByteLru;
use crate::documents::{Documents, load_page, page_count};
use crate::engine::{DocKey, Stats};
use crate::intake::{self, Inspection};
use crate::limits::{MAX_HITS, SEARCH_PAGES_PER_TURN};
use crate::pending::Reply;
use crate::picture::{self, Rendered};
use crate::queue::{Priority, Queue};
use crate::search::{Query, SearchResult};
use crate::text::{self, PageText};
use crate::{PdfError, library};

/// Gives the bytes of a document when it is not open yet. Called on the render thread, so it must not wait for the engine.
pub(crate) type Source = Box<dyn Fn() -> std::io::Result<Vec<u8>> + Send>;

pub(crate) struct Stamp {
    pub(crate) now: Arc<AtomicU64>,
    pub(crate) at: u64,
}

impl Stamp {
    pub(crate) fn is_stale(&self) -> bool {
        self.now.load(Ordering::Acquire) != self.at
    }
}

pub(crate) type PageKey = (DocKey, u32, u32);

pub(crate) struct Job {
    pub(crate) work: Work,
    pub(crate) priority: Priority,
    pub(crate) stamp: Option<Stamp>,
}

pub(crate) enum Work {
    Inspect { bytes: Arc<[u8]>, reply: Reply<Inspection> },
    Render { key: PageKey, source: Source, reply: Reply<Rendered> },
    Text { key: (DocKey, u32), source: Source, reply: Reply<Arc<PageText>> },
    Search(Box<Search>),
}

pub(crate) struct Search {
    pub(crate) doc: DocKey,
    pub(crate) query: Query,
    pub(crate) source: Source,
    pub(crate) next_page: u32,
    pub(crate) found: SearchResult,
    pub(crate) reply: Reply<SearchResult>,
}

impl Job {
    pub(crate) fn is_stale(&self) -> bool {
        let unwanted = match &self.work {
            Work::Inspect { reply, .. } => reply.is_cancelled(),
            Work::Render { reply, .. } => reply.is_cancelled(),
            Work::Text { reply, .. } => reply.is_cancelled(),
            Work::Search(search) => search.reply.is_cancelled(),
        };
        unwanted || self.stamp.as_ref().is_some_and(Stamp::is_stale)
    }

    pub(crate) fn refuse(self, error: PdfError) {
        match self.work {
            Work::Inspect { reply, .. } => reply.send(Err(error)),
            Work::Render { reply, .. } => reply.send(Err(error)),
            Work::Text { reply, .. } => reply.send(Err(error)),
            Work::Search(search) => search.reply.send(Err(error)),
        }
    }
}

pub(crate) struct State {
    pub(crate) queue: Queue<Job>,
    pub(crate) pages: ByteLru<PageKey, Rendered>,
    pub(crate) texts: ByteLru<(DocKey, u32), Arc<PageText>>,
    pub(crate) closing: BTreeSet<DocKey>,
    pub(crate) stats: Stats,
    pub(crate) stopped: bool,
}

/// What the render thread does next.
pub(crate) enum Turn {
    /// A job somebody still waits for.
    Work(Job),
    /// Close these documents.
    Close(BTreeSet<DocKey>),
    Stop,
}

pub(crate) struct Shared {
    pub(crate) state: Mutex<State>,
    pub(crate) wake: Condvar,
}

impl Shared {
    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn submit(&self, job: Job) {
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

    pub(crate) fn next(&self) -> Turn {
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
                None => state = self.wake.wait(state).unwrap_or_else(PoisonError::into_inner),
            }
        }
    }
}

pub(crate) fn run(shared: &Shared, pdfium: &'static Pdfium, mut documents: Documents) {
    loop {
        let Job { work, priority, stamp } = match shared.next() {
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
                let answer = guarded(&mut documents, |documents| render(shared, documents, key, &source));
                shared.state().stats.open_documents = documents.len();
                reply.send(answer);
            }
            Work::Text { key, source, reply } => {
                let answer = guarded(&mut documents, |documents| page_text(shared, documents, key, &source));
                reply.send(answer);
            }
            Work::Search(mut search) => match guarded(&mut documents, |documents| search_some(documents, &mut search)) {
                Ok(true) => {
                    let Search { found, reply, .. } = *search;
                    reply.send(Ok(found));
                }
                Ok(false) => shared.submit(Job { work: Work::Search(search), priority, stamp }),
                Err(error) => search.reply.send(Err(error)),
            },
        }
    }
    let _inside = library::enter();
    documents.clear();
}

/// Turns a panic into an answer. What pdfium was doing then is unknown, so every document is opened anew.
fn guarded<T>(documents: &mut Documents, work: impl FnOnce(&mut Documents) -> Result<T, PdfError>) -> Result<T, PdfError> {
    match catch_unwind(AssertUnwindSafe(|| work(documents))) {
        Ok(answer) => answer,
        Err(panic) => {
            let what =
                panic.downcast_ref::<&str>().map(|text| (*text).to_owned()).or_else(|| panic.downcast_ref::<String>().cloned());
            let what = what.unwrap_or_else(|| "panic".to_owned());
            tracing::error!(what, "the render thread caught a panic");
            let _inside = library::enter();
            documents.clear();
            Err(PdfError::Internal { what })
        }
    }
}

fn bytes_if_needed(documents: &Documents, doc: DocKey, source: &Source) -> Result<Option<Vec<u8>>, PdfError> {
    if documents.has(doc) {
        return Ok(None);
    }
    source().map(Some).map_err(|error| PdfError::SourceUnavailable { reason: error.to_string() })
}

fn with_page<T>(
    documents: &mut Documents,
    doc: DocKey,
    page: u32,
    source: &Source,
    work: impl FnOnce(&PdfPage<'_>, u32) -> Result<T, PdfError>,
) -> Result<T, PdfError> {
    let bytes = bytes_if_needed(documents, doc, source)?;
    let _inside = library::enter();
    let document = documents.get(doc, bytes)?;
    work(&load_page(document, page)?, page)
}

fn render(shared: &Shared, documents: &mut Documents, key: PageKey, source: &Source) -> Result<Rendered, PdfError> {
    let cached = shared.state().pages.get(&key);
    if let Some(page) = cached {
        return Ok(page);
    }
    let (doc, page, width_px) = key;
    let picture = with_page(documents, doc, page, source, |page, index| picture::render(page, index, width_px))?;
    let mut state = shared.state();
    state.stats.rendered += 1;
    if !state.closing.contains(&doc) {
        state.pages.put(key, picture.clone(), picture.bytes.len());
    }
    Ok(picture)
}

fn page_text(shared: &Shared, documents: &mut Documents, key: (DocKey, u32), source: &Source) -> Result<Arc<PageText>, PdfError> {
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
