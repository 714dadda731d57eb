//! An answer that is still being worked on: wait for it, await it, or drop it to call the work off.

use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};
use std::time::{Duration, Instant};

use crate::PdfError;

enum Slot<T> {
    Waiting(Option<Waker>),
    Answered(Result<T, PdfError>),
    Taken,
}

struct Shared<T> {
    slot: Mutex<Slot<T>>,
    changed: Condvar,
}

impl<T> Shared<T> {
    fn slot(&self) -> MutexGuard<'_, Slot<T>> {
        self.slot.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The receiving end of a request to the engine. It is a future that needs no particular runtime.
///
/// Dropping it cancels the request: if work has not begun, it never will.
#[must_use = "dropping a pending answer cancels the request"]
pub struct Pending<T> {
    shared: Arc<Shared<T>>,
}

/// The answering end. Dropping it without an answer answers [`PdfError::EngineStopped`].
pub(crate) struct Reply<T> {
    shared: Arc<Shared<T>>,
}

pub(crate) fn pending<T>() -> (Reply<T>, Pending<T>) {
    let shared = Arc::new(Shared { slot: Mutex::new(Slot::Waiting(None)), changed: Condvar::new() });
    (Reply { shared: Arc::clone(&shared) }, Pending { shared })
}

impl<T> Reply<T> {
    /// True once nobody can receive the answer any more.
    pub(crate) fn is_cancelled(&self) -> bool {
        Arc::strong_count(&self.shared) == 1
    }

    pub(crate) fn send(self, answer: Result<T, PdfError>) {
        self.put(answer);
    }

    fn put(&self, answer: Result<T, PdfError>) {
        let mut slot = self.shared.slot();
        if let Slot::Waiting(waker) = &mut *slot {
            let waker = waker.take();
            *slot = Slot::Answered(answer);
            drop(slot);
            self.shared.changed.notify_all();
            if let Some(waker) = waker {
                waker.wake();
            }
        }
    }
}

impl<T> Drop for Reply<T> {
    fn drop(&mut self) {
        self.put(Err(PdfError::EngineStopped));
    }
}

impl<T> Pending<T> {
    /// Blocks the calling thread until the answer is there. Not for use on a thread that runs async tasks.
    ///
    /// # Errors
    /// Whatever the request failed with.
    pub fn wait(self) -> Result<T, PdfError> {
        let mut slot = self.shared.slot();
        loop {
            match std::mem::replace(&mut *slot, Slot::Taken) {
                Slot::Answered(answer) => return answer,
                Slot::Taken => return Err(PdfError::EngineStopped),
                waiting @ Slot::Waiting(_) => *slot = waiting,
            }
            slot = self.shared.changed.wait(slot).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// As [`Self::wait`], giving up (and cancelling the request) after `limit`.
    ///
    /// # Errors
    /// [`PdfError::Cancelled`] when the time is over, otherwise whatever the request failed with.
    pub fn wait_at_most(self, limit: Duration) -> Result<T, PdfError> {
        let end = Instant::now() + limit;
        let mut slot = self.shared.slot();
        loop {
            match std::mem::replace(&mut *slot, Slot::Taken) {
                Slot::Answered(answer) => return answer,
                Slot::Taken => return Err(PdfError::EngineStopped),
                waiting @ Slot::Waiting(_) => *slot = waiting,
            }
            let left = end.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Err(PdfError::Cancelled);
            }
            slot = self.shared.changed.wait_timeout(slot, left).unwrap_or_else(PoisonError::into_inner).0;
        }
    }
}

impl<T> Future for Pending<T> {
    type Output = Result<T, PdfError>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let mut slot = self.shared.slot();
        match std::mem::replace(&mut *slot, Slot::Taken) {
            Slot::Answered(answer) => Poll::Ready(answer),
            Slot::Taken => Poll::Ready(Err(PdfError::EngineStopped)),
            Slot::Waiting(_) => {
                *slot = Slot::Waiting(Some(cx.waker().clone()));
                Poll::Pending
            }
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::task::Wake;

    use super::*;

    struct Counter(AtomicUsize);
    impl Wake for Counter {
        fn wake(self: Arc<Self>) {
            self.0.fetch_add(1, Ordering::SeqCst);
        }
    }

    #[test]
    fn an_awaiting_task_is_woken_exactly_once_and_gets_the_answer() {
        let (reply, mut answer) = pending::<u8>();
        let counter = Arc::new(Counter(AtomicUsize::new(0)));
        let waker = Waker::from(Arc::clone(&counter));
        let mut cx = Context::from_waker(&waker);

        assert!(Pin::new(&mut answer).poll(&mut cx).is_pending());
        reply.send(Ok(7));
        assert_eq!(counter.0.load(Ordering::SeqCst), 1);
        assert_eq!(Pin::new(&mut answer).poll(&mut cx), Poll::Ready(Ok(7)));
    }

    #[test]
    fn an_engine_that_dies_answers_instead_of_leaving_people_waiting() {
        let (reply, answer) = pending::<u8>();
        let waiting = std::thread::spawn(move || answer.wait());
        drop(reply);
        assert_eq!(waiting.join().unwrap(), Err(PdfError::EngineStopped));
    }

    #[test]
    fn dropping_the_answer_tells_the_worker() {
        let (reply, answer) = pending::<u8>();
        assert!(!reply.is_cancelled());
        drop(answer);
        assert!(reply.is_cancelled());
    }
}
