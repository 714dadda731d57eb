//! One thing being done: runs an act, says that it runs, keeps its error where the person looks.

use api::act::Does;
use api::error::ApiError;
use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::backend::backend;

/// The state of one button or form.
#[derive(Clone, Copy)]
pub struct Doing {
    busy: RwSignal<bool>,
    error: RwSignal<Option<ApiError>>,
}

impl Doing {
    /// Nothing runs yet.
    pub fn new() -> Self {
        Self { busy: RwSignal::new(false), error: RwSignal::new(None) }
    }

    /// Something runs.
    pub fn busy(self) -> bool {
        self.busy.get()
    }

    /// Something runs; not followed. Nothing does where it stood on a screen that is gone.
    pub fn is_busy(self) -> bool {
        self.busy.try_get_untracked().unwrap_or(false)
    }

    /// Why the last attempt failed.
    pub fn error(self) -> Option<ApiError> {
        self.error.get()
    }

    /// Shows an error that was found before asking.
    pub fn fail(self, error: ApiError) {
        self.error.set(Some(error));
    }

    /// Forgets the error.
    pub fn clear(self) {
        self.error.try_set(None);
    }

    /// Does it, unless it is being done; then calls `then` with the reply.
    pub fn run<A: Does + 'static>(self, act: A, then: impl FnOnce(A::Reply) + 'static) {
        self.run_future(async move { backend().act(act).await }, then);
    }

    /// The same for anything else that takes time.
    pub fn run_future<T: 'static>(
        self,
        work: impl Future<Output = Result<T, ApiError>> + 'static,
        then: impl FnOnce(T) + 'static,
    ) {
        if self.busy.get_untracked() {
            return;
        }
        self.busy.set(true);
        if self.error.with_untracked(Option::is_some) {
            self.error.set(None);
        }
        spawn_local(async move {
            let reply = work.await;
            self.busy.try_set(false);
            match reply {
                Ok(reply) => then(reply),
                Err(error) => {
                    self.error.try_set(Some(error));
                }
            }
        });
    }
}
