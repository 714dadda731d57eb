//! Programs that run beside xtask and must not outlive it.

use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context, Result};

use crate::command;

/// How long a program may take to end after being asked to.
const FAREWELL: Duration = Duration::from_secs(5);

/// Set when the person presses Ctrl-C or the system asks xtask to end.
#[derive(Debug, Clone)]
pub struct Interrupt(Arc<AtomicBool>);

impl Interrupt {
    /// Begins to listen; from here on xtask must end by itself when asked.
    pub fn listen() -> Result<Self> {
        let flag = Arc::new(AtomicBool::new(false));
        for signal in [signal_hook::consts::SIGINT, signal_hook::consts::SIGTERM] {
            signal_hook::flag::register(signal, Arc::clone(&flag)).context("listening for Ctrl-C")?;
        }
        Ok(Self(flag))
    }

    /// Whether it was asked.
    pub fn asked(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// A running program with a name to show; ended when dropped.
pub struct Running {
    /// What people know it by.
    pub name: String,
    /// The process.
    pub child: Child,
}

impl Running {
    /// Starts a program that gets no input.
    pub fn start(name: &str, command: &mut Command) -> Result<Self> {
        command.stdin(Stdio::null());
        let child = command.spawn().with_context(|| format!("cannot start `{}`", command::spelled(command)))?;
        Ok(Self { name: name.to_owned(), child })
    }

    /// Asks it to end, and ends it when it does not listen.
    pub fn end(&mut self) {
        if matches!(self.child.try_wait(), Ok(Some(_))) {
            return;
        }
        let _ = Command::new("sh").args(["-c", "kill -TERM \"$0\""]).arg(self.child.id().to_string()).status();
        if matches!(command::wait_until(&mut self.child, Instant::now() + FAREWELL), Ok(Some(_))) {
            return;
        }
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.end();
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_program_ends_with_the_one_that_started_it() {
        let running = Running::start("sleeper", Command::new("sleep").arg("600")).unwrap();
        let process = std::path::PathBuf::from(format!("/proc/{}", running.child.id()));
        assert!(process.exists());
        drop(running);
        assert!(!process.exists());
    }
}
