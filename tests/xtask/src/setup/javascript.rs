//! Packages of JavaScript, as they are locked: judges from outside (automerge reads our exports, axe-core looks for barriers in our screens),
//! and what our synchronisation is compared with.

use std::path::PathBuf;

use anyhow::Result;

use super::{Plan, node};
use crate::command;
use crate::stamp::{self, Inputs};
use crate::workspace::Workspace;

/// A folder of scripts with the packages that they use.
#[derive(Debug, Clone, Copy)]
pub struct Packages {
    title: &'static str,
    announce: &'static str,
    folder: &'static str,
}

/// For the tests.
pub const TESTS: Packages = Packages {
    title: "automerge and axe-core for JavaScript",
    announce: "the npm packages @automerge/automerge and axe-core into tests/js/node_modules",
    folder: "tests/js",
};

/// For the measurement of synchronisation.
pub const SYNC_PEERS: Packages = Packages {
    title: "automerge-repo and Yjs",
    announce: "npm packages that our synchronisation is compared with, into tests/bench/peers/sync/js/node_modules",
    folder: "tests/bench/peers/sync/js",
};

impl Packages {
    /// Where the scripts and their locked packages stand.
    pub fn folder(&self, workspace: &Workspace) -> PathBuf {
        workspace.root.join(self.folder)
    }

    /// Whether the locked packages are installed beside the scripts.
    pub fn is_there(&self, workspace: &Workspace) -> Result<bool> {
        let modules = self.folder(workspace).join("node_modules");
        Ok(modules.is_dir() && stamp::is_current(&modules.join(".kyhop"), &self.digest(workspace)?))
    }

    /// Installs them unless they are there.
    pub fn plan(self, workspace: &Workspace) -> Result<Option<Plan>> {
        if self.is_there(workspace)? {
            return Ok(None);
        }
        Ok(Some(Plan::new(self.title, self.announce, move |workspace| self.install(workspace))))
    }

    fn install(&self, workspace: &Workspace) -> Result<()> {
        command::run(
            node::npm(workspace)
                .args(["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel", "error"])
                .current_dir(self.folder(workspace)),
        )?;
        stamp::write(&self.folder(workspace).join("node_modules/.kyhop"), &self.digest(workspace)?)
    }

    fn digest(&self, workspace: &Workspace) -> Result<String> {
        let mut inputs = Inputs::default();
        let folder = self.folder;
        inputs.path(&workspace.root, &format!("{folder}/package.json"))?;
        inputs.path(&workspace.root, &format!("{folder}/package-lock.json"))?;
        Ok(inputs.digest())
    }
}
