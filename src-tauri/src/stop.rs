//! Ctrl-C and SIGTERM: the first asks to end in order, the second ends at once.

use api::error::ApiError;
use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::iterator::Signals;
use tauri::AppHandle;

/// Exit status of a program that a signal ended.
const EXIT_BY_SIGNAL: i32 = 130;

/// Closes the window when somebody asks this process to end.
///
/// # Errors
/// The system does not let signals be caught.
pub fn listen(shell: &AppHandle) -> Result<(), ApiError> {
    let mut signals = Signals::new([SIGINT, SIGTERM]).map_err(|error| ApiError::new("internal", error.to_string()))?;
    let shell = shell.clone();
    std::thread::spawn(move || {
        let mut arrived = signals.forever();
        arrived.next();
        shell.exit(0);
        arrived.next();
        std::process::exit(EXIT_BY_SIGNAL);
    });
    Ok(())
}
