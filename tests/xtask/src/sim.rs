//! The simulation: the optimised program `sim` of crate `harness`, to which every argument is handed on.

use std::process::ExitCode;

use anyhow::Result;

use crate::command;
use crate::workspace::{Workspace, cargo};

/// Builds and runs it; what it prints on stdout is its result, and it ends as the simulation ends.
pub fn run(workspace: &Workspace, arguments: &[String]) -> Result<ExitCode> {
    let mut build = cargo();
    build.current_dir(&workspace.root).args(["build", "--release", "--package", "harness", "--bin", "sim"]);
    // Deliberate mistakes are in no other build.
    let defect = arguments.iter().any(|argument| argument == "--defect");
    build.args(["--features", if defect { "remember,defects" } else { "remember" }]);
    command::run(&mut build)?;
    let status = std::process::Command::new(workspace.programs(true).join("sim")).args(arguments).status()?;
    Ok(if status.success() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
