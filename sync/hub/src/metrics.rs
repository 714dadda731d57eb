//! What may be counted from outside: how much and how fast, never who. There is no label with anything that stands for a person, a device or
//! a space.

use std::fmt::Write as _;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use net::{Lane, Traffic};

use crate::limits::STUCK_AFTER;

/// Upper ends of the classes of commit times, in microseconds.
const COMMIT_CLASSES_US: [u64; 9] = [500, 1_000, 2_500, 5_000, 10_000, 25_000, 100_000, 500_000, 2_500_000];

/// A number that goes up and down, or only up.
#[derive(Debug, Default)]
pub struct Number(AtomicU64);

impl Number {
    /// Sets it.
    pub fn set(&self, value: impl TryInto<u64>) {
        self.0.store(value.try_into().unwrap_or(u64::MAX), Ordering::Relaxed);
    }

    /// Adds to it.
    pub fn add(&self, value: impl TryInto<u64>) {
        self.0.fetch_add(value.try_into().unwrap_or(0), Ordering::Relaxed);
    }

    /// What it is.
    pub fn get(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

/// All that is counted.
#[derive(Debug)]
pub struct Metrics {
    started: Instant,
    /// Counts what is written to the network.
    pub traffic: Traffic,
    /// Milliseconds from the start to the engine's last turn.
    turned_ms: AtomicU64,
    trouble: Mutex<Option<&'static str>>,
    /// 1 once the hub has its role.
    pub carrying: Number,
    /// Connections.
    pub connections: Number,
    /// Connections whose device has proved who it is.
    pub devices: Number,
    /// Spaces carried.
    pub spaces: Number,
    /// Bytes that count towards the quota.
    pub carried_bytes: Number,
    /// What the organisation may use.
    pub quota_bytes: Number,
    /// Devices that have used up what they may.
    pub devices_over_quota: Number,
    /// Times something was declined because of a quota.
    pub declined: Number,
    /// Files on their way here.
    pub files_on_the_way: Number,
    /// Files that became complete.
    pub files: Number,
    /// Envelopes made durable.
    pub envelopes: Number,
    /// Bytes of those.
    pub envelope_bytes: Number,
    /// Frames that arrived.
    pub frames: Number,
    /// Bytes of those.
    pub frame_bytes: Number,
    /// Bytes that wait for slow readers.
    pub waiting_bytes: Number,
    /// Peers left because they read too slowly.
    pub left: Number,
    /// Commits that failed.
    pub commit_failures: Number,
    commits: [AtomicU64; COMMIT_CLASSES_US.len() + 1],
    commit_us: AtomicU64,
}

impl Default for Metrics {
    fn default() -> Self {
        Self {
            started: Instant::now(),
            traffic: Traffic::default(),
            turned_ms: AtomicU64::new(0),
            trouble: Mutex::new(None),
            carrying: Number::default(),
            connections: Number::default(),
            devices: Number::default(),
            spaces: Number::default(),
            carried_bytes: Number::default(),
            quota_bytes: Number::default(),
            devices_over_quota: Number::default(),
            declined: Number::default(),
            files_on_the_way: Number::default(),
            files: Number::default(),
            envelopes: Number::default(),
            envelope_bytes: Number::default(),
            frames: Number::default(),
            frame_bytes: Number::default(),
            waiting_bytes: Number::default(),
            left: Number::default(),
            commit_failures: Number::default(),
            commits: Default::default(),
            commit_us: AtomicU64::new(0),
        }
    }
}

impl Metrics {
    fn since_start_ms(&self) -> u64 {
        u64::try_from(self.started.elapsed().as_millis()).unwrap_or(u64::MAX)
    }

    /// The engine has taken a turn.
    pub fn turned(&self) {
        self.turned_ms.store(self.since_start_ms(), Ordering::Relaxed);
    }

    /// What is wrong, or that nothing is.
    pub fn trouble(&self, code: Option<&'static str>) {
        *self.trouble.lock().unwrap_or_else(PoisonError::into_inner) = code;
    }

    /// What is wrong at present: a failing disk, or an engine that does not turn.
    pub fn unhealthy(&self) -> Option<&'static str> {
        let stuck = self.since_start_ms().saturating_sub(self.turned_ms.load(Ordering::Relaxed));
        if Duration::from_millis(stuck) > STUCK_AFTER {
            return Some("stuck");
        }
        *self.trouble.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A commit took this long.
    pub fn committed(&self, took: Duration) {
        let us = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
        let class = COMMIT_CLASSES_US.iter().position(|end| us <= *end).unwrap_or(COMMIT_CLASSES_US.len());
        if let Some(class) = self.commits.get(class) {
            class.fetch_add(1, Ordering::Relaxed);
        }
        self.commit_us.fetch_add(us, Ordering::Relaxed);
    }

    /// In Prometheus' text format, version 0.0.4.
    pub fn render(&self) -> String {
        let mut text = String::with_capacity(8 << 10);
        let gauges: [(&str, &str, u64); 11] = [
            ("up_seconds", "Seconds since the start.", self.since_start_ms() / 1_000),
            ("healthy", "1 unless something is wrong.", u64::from(self.unhealthy().is_none())),
            ("carrying", "1 once an administrator has given the hub its role.", self.carrying.get()),
            ("connections", "Connections.", self.connections.get()),
            ("devices", "Connections whose device has proved who it is.", self.devices.get()),
            ("spaces", "Spaces carried.", self.spaces.get()),
            ("carried_bytes", "Bytes carried that count towards the quota.", self.carried_bytes.get()),
            ("quota_bytes", "Bytes that the organisation may use.", self.quota_bytes.get()),
            ("devices_over_quota", "Devices that have used up what they may.", self.devices_over_quota.get()),
            ("files_on_the_way", "Files that are being fetched.", self.files_on_the_way.get()),
            ("waiting_bytes", "Bytes that wait for slow readers.", self.waiting_bytes.get()),
        ];
        for (name, help, value) in gauges {
            one(&mut text, name, "gauge", help, &[("", value)]);
        }
        let (sync, blob) = (Lane::Sync, Lane::Blob);
        let traffic = &self.traffic;
        let sent = |count: fn(&Traffic, Lane) -> u64| {
            [("{lane=\"sync\"}", count(traffic, sync)), ("{lane=\"blob\"}", count(traffic, blob))]
        };
        one(&mut text, "sent_frames_total", "counter", "Frames sent.", &sent(Traffic::frames));
        one(&mut text, "sent_bytes_total", "counter", "Bytes sent.", &sent(Traffic::bytes));
        let counters: [(&str, &str, u64); 8] = [
            ("received_frames_total", "Frames received.", self.frames.get()),
            ("received_bytes_total", "Bytes received.", self.frame_bytes.get()),
            ("envelopes_total", "Envelopes made durable.", self.envelopes.get()),
            ("envelope_bytes_total", "Bytes of envelopes made durable.", self.envelope_bytes.get()),
            ("files_total", "Files completed.", self.files.get()),
            ("declined_total", "Times something was declined because of a quota.", self.declined.get()),
            ("slow_readers_left_total", "Peers left because they read too slowly.", self.left.get()),
            ("commit_failures_total", "Commits that failed.", self.commit_failures.get()),
        ];
        for (name, help, value) in counters {
            one(&mut text, name, "counter", help, &[("", value)]);
        }
        self.render_commits(&mut text);
        if let Some(bytes) = resident_bytes() {
            text.push_str("# HELP process_resident_memory_bytes Memory in use.\n# TYPE process_resident_memory_bytes gauge\n");
            let _ = writeln!(text, "process_resident_memory_bytes {bytes}");
        }
        text
    }

    fn render_commits(&self, text: &mut String) {
        let name = "kyhop_hub_commit_seconds";
        let _ = writeln!(text, "# HELP {name} Time that a commit took to be durable.\n# TYPE {name} histogram");
        let mut total = 0;
        for (class, end) in self.commits.iter().zip(COMMIT_CLASSES_US) {
            total += class.load(Ordering::Relaxed);
            let _ = writeln!(text, "{name}_bucket{{le=\"{}\"}} {total}", seconds(end));
        }
        total += self.commits.last().map_or(0, |class| class.load(Ordering::Relaxed));
        let sum = seconds(self.commit_us.load(Ordering::Relaxed));
        let _ = writeln!(text, "{name}_bucket{{le=\"+Inf\"}} {total}\n{name}_sum {sum}\n{name}_count {total}");
    }
}

fn seconds(us: u64) -> String {
    format!("{}.{:06}", us / 1_000_000, us % 1_000_000)
}

fn one(text: &mut String, name: &str, kind: &str, help: &str, values: &[(&str, u64)]) {
    let _ = writeln!(text, "# HELP kyhop_hub_{name} {help}\n# TYPE kyhop_hub_{name} {kind}");
    for (labels, value) in values {
        let _ = writeln!(text, "kyhop_hub_{name}{labels} {value}");
    }
}

/// Memory of this process, where the system says it.
fn resident_bytes() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    Some(line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok()? * 1_024)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]

    use super::*;

    #[test]
    fn every_line_is_one_that_prometheus_reads() {
        let metrics = Metrics::default();
        metrics.committed(Duration::from_micros(700));
        metrics.committed(Duration::from_secs(9));
        let text = metrics.render();
        let mut named = std::collections::BTreeSet::new();
        for line in text.lines() {
            if let Some(rest) = line.strip_prefix("# TYPE ") {
                assert!(named.insert(rest.split(' ').next().unwrap().to_owned()), "{line} twice");
                continue;
            }
            if line.starts_with("# HELP ") {
                continue;
            }
            let (name, value) = line.rsplit_once(' ').unwrap();
            value.parse::<f64>().unwrap();
            let bare = name.split('{').next().unwrap();
            let family = ["_bucket", "_sum", "_count"].iter().find_map(|end| bare.strip_suffix(end)).unwrap_or(bare);
            assert!(named.contains(family), "{line} has no type");
        }
        assert!(text.contains("kyhop_hub_commit_seconds_bucket{le=\"0.000500\"} 0\n"));
        assert!(text.contains("kyhop_hub_commit_seconds_bucket{le=\"0.001000\"} 1\n"));
        assert!(text.contains("kyhop_hub_commit_seconds_bucket{le=\"+Inf\"} 2\n"));
        assert!(text.contains("kyhop_hub_commit_seconds_sum 9.000700\n"));
    }

    #[test]
    fn a_failing_disk_is_no_health() {
        let metrics = Metrics::default();
        metrics.turned();
        assert_eq!(metrics.unhealthy(), None);
        metrics.trouble(Some("disk_full"));
        assert_eq!(metrics.unhealthy(), Some("disk_full"));
        metrics.trouble(None);
        assert_eq!(metrics.unhealthy(), None);
    }
}
