//! The result: a few figures, printed as JSON or as a table.

use std::fmt;
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

/// What was measured.
#[derive(Debug, Serialize)]
pub struct Figures {
    /// Devices in the room.
    pub devices: usize,
    /// From one ballot being cast until every other device shows it.
    pub cast_to_all_ms: Spread,
    /// From all casting at once until every device shows all ballots.
    pub burst_all_cast_ms: f64,
    /// From a newcomer's first call until it shows the whole sitting.
    pub join_ms: f64,
    /// Bytes on the wire over the least possible.
    pub wire_ratio: f64,
    /// Resident memory of one device of the room.
    pub rss_mb_per_device: f64,
}

impl Figures {
    /// One JSON object.
    pub fn to_json(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }
}

impl fmt::Display for Figures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "devices                         {:>10}", self.devices)?;
        writeln!(
            f,
            "one ballot, until all show it   {:>10.1} ms p50, {:.1} ms p95",
            self.cast_to_all_ms.p50, self.cast_to_all_ms.p95
        )?;
        writeln!(f, "all cast, until all show all    {:>10.1} ms", self.burst_all_cast_ms)?;
        writeln!(f, "a newcomer has the sitting      {:>10.1} ms", self.join_ms)?;
        writeln!(f, "bytes on the wire over the least{:>10.2}", self.wire_ratio)?;
        write!(f, "resident memory of one device   {:>10.2} MB", self.rss_mb_per_device)
    }
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
