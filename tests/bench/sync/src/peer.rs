//! The peers: other libraries that keep documents alike on several devices, each in processes of its own (`tests/bench/peers/sync`).
//!
//! Requests: `serve` starts a device that others call and answers its `port`; `make` lets it make `docs` documents of `changes` changes with
//! `bytes` bytes each and answers their `id` and `heads`; `fetch` connects a device and answers the `us` until it has them all; `leave` and
//! `again` end and begin its connection; `clients` connects `count` devices that have a `doc`; `write` lets one of them put a `key`, and
//! answers when it began; `expect` answers when all devices of the process have that key.

use std::path::PathBuf;
use std::process::Command;

use crate::Outcome;
use crate::process::Process;

/// Where the peers' programs are.
#[derive(Debug, Clone, Default)]
pub struct Programs {
    /// `node`.
    pub node: Option<PathBuf>,
    /// The folder of the programs that it runs, with their packages.
    pub scripts: Option<PathBuf>,
    /// The program of samod.
    pub samod: Option<PathBuf>,
    /// The hub of this project.
    pub hub: PathBuf,
}

/// A peer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Peer {
    /// automerge-repo in JavaScript, with its WebSocket adapters.
    AutomergeRepo,
    /// samod over TCP.
    Samod,
    /// Yjs with y-websocket and its server.
    Yjs,
}

impl Peer {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::AutomergeRepo, Self::Samod, Self::Yjs];

    /// Its key in the result.
    pub fn key(self) -> &'static str {
        match self {
            Self::AutomergeRepo => "automerge_repo",
            Self::Samod => "samod",
            Self::Yjs => "yjs",
        }
    }

    /// Starts a process for its devices; `None` if it is not installed.
    pub fn start(self, programs: &Programs) -> Outcome<Option<Process>> {
        let script = match self {
            Self::Samod => return programs.samod.as_ref().map(|samod| Process::start(&mut Command::new(samod))).transpose(),
            Self::AutomergeRepo => "automerge_repo.mjs",
            Self::Yjs => "yjs.mjs",
        };
        let (Some(node), Some(scripts)) = (&programs.node, &programs.scripts) else { return Ok(None) };
        // Fifty devices in one process listen for its end fifty times, which node takes for a leak.
        Process::start(Command::new(node).arg("--no-warnings").arg(scripts.join(script))).map(Some)
    }
}
