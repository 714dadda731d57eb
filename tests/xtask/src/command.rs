//! Running other programs: said aloud before, an honest error after.

use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

/// How often a program with a time limit is looked at.
const LOOK_EVERY: Duration = Duration::from_millis(50);

/// The command as a person would type it.
pub fn spelled(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    words.map(|word| word.to_string_lossy().into_owned()).collect::<Vec<_>>().join(" ")
}

/// Runs it to its end with its output on our stderr, so that our stdout carries only results.
pub fn run(command: &mut Command) -> Result<()> {
    command.stdin(Stdio::null()).stdout(std::io::stderr());
    let status = said(command)?;
    check(command, status)
}

/// Runs it to its end with its output as it is; for test runners, whose closing line is the result.
pub fn run_open(command: &mut Command) -> Result<()> {
    command.stdin(Stdio::null());
    let status = said(command)?;
    check(command, status)
}

/// Runs it quietly; `Ok` with what it printed only if it succeeded.
pub fn capture(command: &mut Command) -> Result<String> {
    let output = output(command)?;
    if !output.status.success() {
        bail!("`{}` failed ({}): {}", spelled(command), output.status, String::from_utf8_lossy(&output.stderr).trim());
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// Runs it quietly and hands back everything, success or not.
pub fn output(command: &mut Command) -> Result<Output> {
    command.stdin(Stdio::null());
    command.output().with_context(|| format!("cannot start `{}`", spelled(command)))
}

/// How a program with a time limit ended.
#[derive(Debug, PartialEq, Eq)]
pub enum Ended {
    /// By itself; whether it succeeded.
    Itself(bool),
    /// It ran out of time and was ended by us.
    OutOfTime,
}

/// Runs it with its output on stderr and ends it after `limit`.
pub fn run_within(command: &mut Command, limit: Duration) -> Result<Ended> {
    command.stdin(Stdio::null()).stdout(std::io::stderr());
    eprintln!("    $ {} (at most {} s)", spelled(command), limit.as_secs());
    let mut child = command.spawn().with_context(|| format!("cannot start `{}`", spelled(command)))?;
    match wait_until(&mut child, Instant::now() + limit)? {
        Some(status) => Ok(Ended::Itself(status.success())),
        None => {
            child.kill()?;
            child.wait()?;
            Ok(Ended::OutOfTime)
        }
    }
}

/// Waits for a child until the deadline; `None` when it still runs.
pub fn wait_until(child: &mut Child, deadline: Instant) -> Result<Option<ExitStatus>> {
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(Some(status));
        }
        if Instant::now() >= deadline {
            return Ok(None);
        }
        std::thread::sleep(LOOK_EVERY);
    }
}

fn said(command: &mut Command) -> Result<ExitStatus> {
    eprintln!("    $ {}", spelled(command));
    command.status().with_context(|| format!("cannot start `{}`", spelled(command)))
}

fn check(command: &Command, status: ExitStatus) -> Result<()> {
    if !status.success() {
        bail!("`{}` failed ({status})", spelled(command));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_download_that_hangs_is_ended_at_its_limit() {
        let ended = run_within(Command::new("sleep").arg("600"), Duration::from_millis(20)).unwrap();
        assert_eq!(ended, Ended::OutOfTime);
    }

    #[test]
    fn a_program_that_fails_is_reported_with_what_it_said() {
        let error = capture(Command::new("sh").args(["-c", "echo disk is full >&2; exit 3"])).unwrap_err().to_string();
        assert!(error.contains("disk is full") && error.contains('3'), "{error}");
    }
}
