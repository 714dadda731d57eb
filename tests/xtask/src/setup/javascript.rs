//! Judges from outside that are written in JavaScript: automerge reads our exports, axe-core looks for barriers in our screens.

use std::path::PathBuf;

use anyhow::Result;

use super::{Plan, node};
use crate::command;
use crate::stamp::{self, Inputs};
use crate::workspace::Workspace;

/// Where the JavaScript tests and their locked packages stand.
pub fn folder(workspace: &Workspace) -> PathBuf {
    workspace.root.join("tests/js")
}

/// Whether the locked packages are installed beside the tests.
pub fn is_there(workspace: &Workspace) -> Result<bool> {
    let modules = folder(workspace).join("node_modules");
    Ok(modules.is_dir() && stamp::is_current(&modules.join(".kyhop"), &digest(workspace)?))
}

/// Installs them unless they are there.
pub fn plan(workspace: &Workspace) -> Result<Option<Plan>> {
    if is_there(workspace)? {
        return Ok(None);
    }
    Ok(Some(Plan::new(
        "automerge and axe-core for JavaScript",
        "the npm packages @automerge/automerge and axe-core into tests/js/node_modules",
        install,
    )))
}

fn install(workspace: &Workspace) -> Result<()> {
    command::run(
        node::npm(workspace)
            .args(["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel", "error"])
            .current_dir(folder(workspace)),
    )?;
    stamp::write(&folder(workspace).join("node_modules/.kyhop"), &digest(workspace)?)
}

fn digest(workspace: &Workspace) -> Result<String> {
    let mut inputs = Inputs::default();
    inputs.path(&workspace.root, "tests/js/package.json")?.path(&workspace.root, "tests/js/package-lock.json")?;
    Ok(inputs.digest())
}
