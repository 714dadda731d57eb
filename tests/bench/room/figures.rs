//! The result: a few figures, printed as JSON or as a table.

use std::fmt;

use serde::Serialize;
use tests::bench::spread::Spread;

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
