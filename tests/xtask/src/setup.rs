//! Set-up: what runs and tests need on the machine. Says what it will install, then installs what is missing, each thing once.

pub mod apt;
pub mod fonts;
pub mod javascript;
pub mod node;
pub mod pdfium;
pub mod python;
pub mod wasm;
pub mod wheel;

use std::time::Instant;

use anyhow::Result;

use crate::progress::Progress;
use crate::workspace::Workspace;

/// What the machine is prepared for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, clap::ValueEnum)]
pub enum Purpose {
    /// Building and running the programs.
    Run,
    /// Running the tests: in addition browsers, outside verifiers, a JavaScript automerge.
    Test,
    /// Everything.
    All,
}

impl Purpose {
    /// Whether the tests' tools are wanted.
    pub fn tests(self) -> bool {
        self >= Purpose::Test
    }
}

/// What puts one missing thing in place.
type Install = Box<dyn FnOnce(&Workspace) -> Result<()>>;

/// One thing that is missing: what will be installed, in words, and how.
pub struct Plan {
    title: &'static str,
    announce: String,
    install: Install,
}

impl Plan {
    fn new(title: &'static str, announce: impl Into<String>, install: impl FnOnce(&Workspace) -> Result<()> + 'static) -> Self {
        Self { title, announce: announce.into(), install: Box::new(install) }
    }
}

/// Finds what is missing, announces it, installs it. Within milliseconds when nothing is.
pub fn run(workspace: &Workspace, purpose: Purpose) -> Result<()> {
    let begun = Instant::now();
    let plans: Vec<Plan> = [
        apt::plan(workspace, purpose)?,
        wasm::plan(workspace)?,
        pdfium::plan(workspace)?,
        node::plan(workspace, purpose.tests())?,
        fonts::plan(workspace)?,
        if purpose.tests() { python::TESTS.plan(workspace)? } else { None },
        if purpose.tests() { javascript::TESTS.plan(workspace)? } else { None },
    ]
    .into_iter()
    .flatten()
    .collect();
    install(workspace, plans, begun)
}

/// What the measurement of the search needs besides: system packages to build, and, for its peers, a Python of their own.
pub fn run_for_search(workspace: &Workspace, peers: bool) -> Result<()> {
    let begun = Instant::now();
    let python = if peers { python::SEARCH_PEERS.plan(workspace)? } else { None };
    install(workspace, [apt::plan(workspace, Purpose::Run)?, python].into_iter().flatten().collect(), begun)
}

/// What the measurement of synchronisation needs besides: system packages to build, and, for its peers, Node.js with packages of their own,
/// rsync and syncthing. What the system does not have of those two is left out.
pub fn run_for_sync(workspace: &Workspace, peers: bool) -> Result<()> {
    let begun = Instant::now();
    let mut plans = vec![apt::plan(workspace, Purpose::Run)?];
    if peers {
        plans.extend([node::plan(workspace, true)?, javascript::SYNC_PEERS.plan(workspace)?, apt::plan_peers()]);
    }
    install(workspace, plans.into_iter().flatten().collect(), begun)
}

fn install(workspace: &Workspace, plans: Vec<Plan>, begun: Instant) -> Result<()> {
    if plans.is_empty() {
        eprintln!("==> set-up: everything is there ({} ms)", begun.elapsed().as_millis());
        return Ok(());
    }
    eprintln!("==> set-up will install (fetched files go to {}):", workspace.cache.display());
    for plan in &plans {
        eprintln!("    - {}: {}", plan.title, plan.announce);
    }
    let mut progress = Progress::default();
    for plan in plans {
        let install = plan.install;
        progress.step(&format!("set-up: {}", plan.title), || install(workspace))?;
    }
    Ok(())
}
