//! A Python of the tests' own, with pyHanko, which judges our signatures from outside.

use std::path::PathBuf;
use std::process::Command;

use anyhow::Result;

use super::Plan;
use crate::command;
use crate::stamp;
use crate::workspace::Workspace;

const REQUIREMENTS: &str = "tests/xtask/requirements-test.txt";

/// The interpreter the tests call.
pub fn interpreter(workspace: &Workspace) -> PathBuf {
    workspace.cache.join("venv/bin/python")
}

/// Whether it holds exactly the pinned packages.
pub fn is_there(workspace: &Workspace) -> Result<bool> {
    Ok(interpreter(workspace).is_file() && stamp::is_current(&workspace.cache.join("stamps/python"), &digest(workspace)?))
}

/// Makes the virtual environment unless it is there.
pub fn plan(workspace: &Workspace) -> Result<Option<Plan>> {
    if is_there(workspace)? {
        return Ok(None);
    }
    Ok(Some(Plan::new("pyHanko", "an outside judge of PDF signatures, in a Python environment of its own (20 MB)", install)))
}

fn install(workspace: &Workspace) -> Result<()> {
    command::run(Command::new("python3").args(["-m", "venv", "--clear"]).arg(workspace.cache.join("venv")))?;
    command::run(
        Command::new(interpreter(workspace))
            .args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--only-binary", ":all:", "--requirement"])
            .arg(workspace.root.join(REQUIREMENTS)),
    )?;
    stamp::write(&workspace.cache.join("stamps/python"), &digest(workspace)?)
}

fn digest(workspace: &Workspace) -> Result<String> {
    stamp::of_file(&workspace.root.join(REQUIREMENTS))
}
