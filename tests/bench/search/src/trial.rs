//! One engine is asked many questions in a process of its own, so that its memory is its own. Articles and questions go in as
//! files, what was found comes out as one JSON object.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use rustix::time::{ClockId, clock_gettime};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::Outcome;

/// The best so many articles are told for each question.
pub const DEPTH: usize = 100;

/// What is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum How {
    /// A whole question, for as many articles as are judged.
    Deep,
    /// A whole question, for as many articles as a window shows.
    Full,
    /// What stands in the box while it is typed, as the window asks it after every letter.
    Key,
    /// A whole question, for questions that are like it.
    Similar,
}

/// One question. The peers read the text alone.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Ask {
    /// As it is typed.
    pub text: String,
    /// What is wanted.
    pub how: How,
}

/// What was found for one question.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Answer {
    /// The best first.
    pub ids: Vec<String>,
    /// Milliseconds it took by the clock.
    pub ms: f64,
    /// Milliseconds of one processor; 0 of peers, which do not tell it.
    #[serde(default)]
    pub cpu_ms: f64,
}

/// What a peer did.
#[derive(Debug, Deserialize)]
pub struct Found {
    /// The engine and its version.
    pub version: String,
    /// Seconds until all articles could be found.
    pub build_s: f64,
    /// Bytes of the index; 0 when it is only in memory.
    pub index_bytes: u64,
    /// In the order of the questions.
    pub answers: Vec<Answer>,
}

/// Our index, built.
#[derive(Debug, Serialize, Deserialize)]
pub struct Built {
    /// Seconds until all articles could be found.
    pub build_s: f64,
    /// The same in time of one processor.
    pub cpu_s: f64,
    /// Bytes on disk, text included.
    pub index_bytes: u64,
    /// The most memory that the process had resident, bytes beyond what it had before.
    pub peak_bytes: u64,
}

/// Our index, asked.
#[derive(Debug)]
pub struct Asked {
    /// In the order of the questions.
    pub answers: Vec<Answer>,
    /// Resident bytes by which opening and asking let the process grow.
    pub grown_bytes: u64,
}

/// Runs a program to its end and reads what it says on stdout; what it says on stderr is shown.
pub fn run<T: DeserializeOwned>(command: &mut Command) -> Outcome<T> {
    let name = Path::new(command.get_program()).file_name().unwrap_or_default().to_string_lossy().into_owned();
    let output = command.stdin(Stdio::null()).stderr(Stdio::inherit()).output();
    let output = output.map_err(|error| format!("cannot start {name}: {error}"))?;
    if !output.status.success() {
        return Err(format!("{name} failed ({})", output.status).into());
    }
    Ok(serde_json::from_slice(&output.stdout).map_err(|error| format!("{name} said something else than was agreed: {error}"))?)
}

/// A moment by the clock and by the processor. While others use the machine too, only the latter is the same in every run.
#[derive(Debug, Clone, Copy)]
pub struct Moment {
    clock: Instant,
    processor: Duration,
}

impl Moment {
    /// This one; the processor's time is that of this thread.
    pub fn now() -> Self {
        let told = clock_gettime(ClockId::ThreadCPUTime);
        let nanoseconds = u32::try_from(told.tv_nsec).unwrap_or(0);
        Self { clock: Instant::now(), processor: Duration::new(u64::try_from(told.tv_sec).unwrap_or(0), nanoseconds) }
    }

    /// What went by since: (by the clock, of the processor).
    pub fn elapsed(&self) -> (Duration, Duration) {
        let now = Self::now();
        (now.clock.saturating_duration_since(self.clock), now.processor.saturating_sub(self.processor))
    }
}

/// A figure of this process that the system tells in `/proc/self/status`, bytes; 0 where it does not.
pub fn memory(field: &str) -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix(field)?.strip_prefix(':'));
    let kib = line.and_then(|line| line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok());
    kib.unwrap_or(0) * 1024
}

/// How many processes wanted to run on this machine in the last minute; 0 where the system does not say.
pub fn load() -> f64 {
    let told = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    told.split_whitespace().next().and_then(|first| first.parse().ok()).unwrap_or(0.0)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_program_that_fails_or_babbles_is_named() {
        let error = run::<Found>(Command::new("sh").args(["-c", "exit 3"])).unwrap_err().to_string();
        assert!(error.starts_with("sh failed") && error.contains('3'), "{error}");
        let error = run::<Found>(Command::new("sh").args(["-c", "echo hello"])).unwrap_err().to_string();
        assert!(error.starts_with("sh said something else"), "{error}");
        assert!(
            run::<Found>(&mut Command::new("no-such-engine")).unwrap_err().to_string().starts_with("cannot start no-such-engine")
        );
    }

    #[test]
    fn this_process_has_memory() {
        // The system counts both a little late, so the peak may be told lower than what was told just before.
        assert!(memory("VmRSS") > 0 && memory("VmHWM") > 0);
        assert_eq!(memory("VmNone"), 0);
    }
}
