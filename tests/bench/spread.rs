//! Times and memory as figures.

use std::time::Duration;

use serde::Serialize;

/// Percentiles of a time, milliseconds.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct Spread {
    /// Half were quicker.
    pub p50: f64,
    /// 95 of 100 were quicker.
    pub p95: f64,
}

/// Milliseconds, to a tenth.
pub fn ms(time: Duration) -> f64 {
    (time.as_secs_f64() * 10_000.0).round() / 10.0
}

/// To a hundredth.
pub fn hundredth(value: f64) -> f64 {
    (value * 100.0).round() / 100.0
}

/// The percentiles of some times, by the nearest rank.
pub fn spread(times: &mut [Duration]) -> Spread {
    times.sort_unstable();
    let rank = |percent: usize| {
        let at = (times.len() * percent).div_ceil(100).saturating_sub(1);
        times.get(at).copied().map_or(0.0, ms)
    };
    Spread { p50: rank(50), p95: rank(95) }
}

/// Resident bytes of this process; 0 where the system does not say.
pub fn resident_bytes() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kib = line.and_then(|line| line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok());
    kib.unwrap_or(0) * 1024
}
