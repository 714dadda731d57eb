//! Bytes that nobody would make for every decoder of foreign bytes: the optimised program `fuzz`, to which every argument is handed on.

use std::process::ExitCode;

use anyhow::Result;

use crate::command;
use crate::workspace::{Workspace, cargo};

/// Builds and runs it; it ends as the program ends.
pub fn run(workspace: &Workspace, arguments: &[String]) -> Result<ExitCode> {
    command::run(cargo().current_dir(&workspace.root).args(["build", "--release", "--package", "fuzz"]))?;
    let status = std::process::Command::new(workspace.programs(true).join("fuzz")).args(arguments).status()?;
    Ok(if status.success() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
