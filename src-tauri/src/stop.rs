//! Ctrl-C and SIGTERM: the first asks to end in order, the second ends at once.

use std::sync::{Arc, Mutex, PoisonError};

use api::error::ApiError;
use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::iterator::Signals;
use tauri::AppHandle;

/// Exit status of a program that a signal ended.
const EXIT_BY_SIGNAL: i32 = 130;

/// Who is told to end. A signal may come before the window is up; it is not lost.
#[derive(Clone, Default)]
pub struct Stop(Arc<Mutex<Told>>);

#[derive(Default)]
enum Told {
    #[default]
    Nobody,
    /// Somebody asked before there was a shell to end.
    Asked,
    Shell(AppHandle),
}

impl Stop {
    /// Listens from now on.
    ///
    /// # Errors
    /// The system does not let signals be caught.
    pub fn listen() -> Result<Self, ApiError> {
        let mut signals = Signals::new([SIGINT, SIGTERM]).map_err(|error| ApiError::new("internal", error.to_string()))?;
        let stop = Self::default();
        let told = stop.clone();
        std::thread::spawn(move || {
            let mut arrived = signals.forever();
            arrived.next();
            told.ask();
            arrived.next();
            std::process::exit(EXIT_BY_SIGNAL);
        });
        Ok(stop)
    }

    fn ask(&self) {
        let mut told = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match &*told {
            Told::Shell(shell) => shell.exit(0),
            Told::Nobody | Told::Asked => *told = Told::Asked,
        }
    }

    /// This shell ends when somebody asks, or at once if somebody has.
    pub fn ends(&self, shell: &AppHandle) {
        let mut told = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if matches!(*told, Told::Asked) {
            shell.exit(0);
        }
        *told = Told::Shell(shell.clone());
    }
}
