//! Days that pass at once: the real program on a machine whose wall clock is ahead.

use std::path::PathBuf;
use std::process::Command;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use tempfile::TempDir;

use super::{Desk, Node, said};

/// What is loaded before the C library.
const SOURCE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../fixtures/clock/ahead.c");

/// A wall clock that is ahead of that of this machine.
pub struct Clock {
    library: PathBuf,
    ahead: Duration,
    _folder: TempDir,
}

impl Clock {
    /// A clock that many days ahead.
    pub fn days_ahead(days: u32) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let library = folder.path().join("clock.so");
        let compiler = std::env::var_os("CC").filter(|named| !named.is_empty()).unwrap_or_else(|| "cc".into());
        let built = Command::new(compiler).args(["-shared", "-fPIC", "-o"]).arg(&library).arg(SOURCE).output();
        let built = built.expect("the C compiler that the database was built with");
        assert!(built.status.success(), "{}", said(&built));
        Self { library, ahead: Duration::from_secs(24 * 3_600) * days, _folder: folder }
    }

    /// A desk stays online under this clock.
    pub fn node(&self, desk: &Desk, peers: &[&str]) -> Node {
        desk.node_under(peers, |command| self.set(command))
    }

    /// A command runs under this clock.
    pub fn set(&self, command: &mut Command) {
        command.env("LD_PRELOAD", &self.library);
        command.env("KYHOP_TEST_CLOCK_AHEAD_S", self.ahead.as_secs().to_string());
    }

    /// What this clock shows, in milliseconds since the Unix epoch.
    pub fn now_ms(&self) -> i64 {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap() + self.ahead;
        i64::try_from(since.as_millis()).unwrap()
    }
}
