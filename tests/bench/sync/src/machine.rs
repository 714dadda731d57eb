//! What the system says of processes and time.

use std::path::Path;

use rustix::time::{ClockId, clock_gettime};

use crate::Outcome;

/// Of a processor's time that `/proc` tells, so many make a second (`USER_HZ`, 100 on every Linux that people use).
const TICKS_A_SECOND: u64 = 100;

/// Microseconds of the machine's monotonic clock: comparable between processes.
pub fn now_us() -> i64 {
    let now = clock_gettime(ClockId::Monotonic);
    now.tv_sec * 1_000_000 + now.tv_nsec / 1_000
}

/// Milliseconds of processor time that a process has used, to a hundredth of a second.
pub fn cpu_ms(process: u32) -> Outcome<u64> {
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat"))?;
    // The name of the program stands in brackets and may hold anything.
    let (_, rest) = stat.rsplit_once(')').ok_or("no process")?;
    let fields: Vec<&str> = rest.split_whitespace().collect();
    let ticks = |at: usize| fields.get(at).and_then(|field| field.parse::<u64>().ok()).ok_or("no times");
    Ok((ticks(11)? + ticks(12)?) * 1_000 / TICKS_A_SECOND)
}

/// Resident bytes of a process now.
pub fn resident_bytes(process: u32) -> Outcome<u64> {
    Ok(field(process, "status", "VmRSS:")? * 1_024)
}

/// The most bytes that a process was ever resident with.
pub fn peak_bytes(process: u32) -> Outcome<u64> {
    Ok(field(process, "status", "VmHWM:")? * 1_024)
}

/// Bytes that a process has handed to `write` and its kin: files, and pipes, but not what goes out by `send`.
pub fn written_bytes(process: u32) -> Outcome<u64> {
    field(process, "io", "wchar:")
}

fn field(process: u32, file: &str, name: &str) -> Outcome<u64> {
    let text = std::fs::read_to_string(format!("/proc/{process}/{file}"))?;
    let line = text.lines().find_map(|line| line.strip_prefix(name)).ok_or("the system does not say")?;
    Ok(line.split_whitespace().next().ok_or("the system does not say")?.parse()?)
}

/// How many processes want to run, over the last minute.
pub fn load() -> f64 {
    let text = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    text.split(' ').next().and_then(|load| load.parse().ok()).unwrap_or(0.0)
}

/// Bytes of all files below a folder.
pub fn folder_bytes(folder: &Path) -> Outcome<u64> {
    let mut sum = 0;
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        let kind = entry.file_type()?;
        sum += match (kind.is_dir(), kind.is_file()) {
            (true, _) => folder_bytes(&entry.path())?,
            (_, true) => entry.metadata()?.len(),
            _ => 0,
        };
    }
    Ok(sum)
}

/// Copies a folder and what is in it; sockets are left out.
pub fn copy_folder(from: &Path, to: &Path) -> Outcome<()> {
    std::fs::create_dir_all(to)?;
    for entry in std::fs::read_dir(from)? {
        let entry = entry?;
        let (kind, target) = (entry.file_type()?, to.join(entry.file_name()));
        if kind.is_dir() {
            copy_folder(&entry.path(), &target)?;
        } else if kind.is_file() {
            std::fs::copy(entry.path(), target)?;
        }
    }
    Ok(())
}
