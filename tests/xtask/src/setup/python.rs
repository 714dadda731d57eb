//! Pythons of the project's own: one with pyHanko, which judges our signatures from outside, and one with the search that ours is
//! compared with.

use std::path::PathBuf;
use std::process::Command;

use anyhow::Result;

use super::Plan;
use crate::command;
use crate::stamp;
use crate::workspace::Workspace;

/// A virtual environment in the cache that holds exactly what a requirements file pins.
#[derive(Debug, Clone, Copy)]
pub struct Environment {
    title: &'static str,
    announce: &'static str,
    folder: &'static str,
    requirements: &'static str,
    stamp: &'static str,
}

/// For the tests.
pub const TESTS: Environment = Environment {
    title: "pyHanko and moto",
    announce: "an outside judge of PDF signatures and an object store for the tests, in a Python environment of its own (120 MB)",
    folder: "venv",
    requirements: "tests/xtask/requirements-test.txt",
    stamp: "stamps/python",
};

/// For the measurement of the search.
pub const SEARCH_PEERS: Environment = Environment {
    title: "bm25s and pyvi",
    announce: "a search that ours is compared with, in a Python environment of its own (335 MB)",
    folder: "venv-search",
    requirements: "tests/bench/peers/search/requirements.txt",
    stamp: "stamps/python-search",
};

impl Environment {
    /// Its interpreter.
    pub fn interpreter(&self, workspace: &Workspace) -> PathBuf {
        workspace.cache.join(self.folder).join("bin/python")
    }

    /// Whether it holds exactly the pinned packages.
    pub fn is_there(&self, workspace: &Workspace) -> Result<bool> {
        Ok(self.interpreter(workspace).is_file()
            && stamp::is_current(&workspace.cache.join(self.stamp), &self.digest(workspace)?))
    }

    /// Makes it unless it is there.
    pub fn plan(self, workspace: &Workspace) -> Result<Option<Plan>> {
        if self.is_there(workspace)? {
            return Ok(None);
        }
        Ok(Some(Plan::new(self.title, self.announce, move |workspace| self.install(workspace))))
    }

    fn install(&self, workspace: &Workspace) -> Result<()> {
        command::run(Command::new("python3").args(["-m", "venv", "--clear"]).arg(workspace.cache.join(self.folder)))?;
        command::run(
            Command::new(self.interpreter(workspace))
                .args([
                    "-m",
                    "pip",
                    "install",
                    "--quiet",
                    "--disable-pip-version-check",
                    "--only-binary",
                    ":all:",
                    "--requirement",
                ])
                .arg(workspace.root.join(self.requirements)),
        )?;
        stamp::write(&workspace.cache.join(self.stamp), &self.digest(workspace)?)
    }

    fn digest(&self, workspace: &Workspace) -> Result<String> {
        stamp::of_file(&workspace.root.join(self.requirements))
    }
}
