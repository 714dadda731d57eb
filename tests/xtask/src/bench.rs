//! Benchmarks: optimised programs named `bench-NAME` of crate `tests`.

use anyhow::{Context, Result, bail};

use crate::command;
use crate::setup::{self, Purpose};
use crate::workspace::{Workspace, cargo};

/// Builds and runs `bench-NAME`, handing on every further argument; its stdout is its result.
pub fn run(workspace: &Workspace, name: &str, arguments: &[String]) -> Result<()> {
    let known = names(workspace)?;
    if !known.iter().any(|known| known == name) {
        bail!("no benchmark is called \"{name}\"; there are: {}", known.join(", "));
    }
    setup::run(workspace, Purpose::Run)?;
    let program = format!("bench-{name}");
    command::run(cargo().current_dir(&workspace.root).args(["build", "--release", "--package", "tests", "--bin", &program]))?;
    let mut bench = std::process::Command::new(workspace.programs(true).join(&program));
    bench.args(arguments).env("KYHOP_PDFIUM", workspace.pdfium());
    command::run_open(&mut bench)
}

fn names(workspace: &Workspace) -> Result<Vec<String>> {
    let text = command::capture(cargo().current_dir(&workspace.root).args(["metadata", "--no-deps", "--format-version", "1"]))?;
    let metadata: serde_json::Value = serde_json::from_str(&text)?;
    let packages = metadata["packages"].as_array().context("cargo metadata names no packages")?;
    let tests = packages.iter().find(|package| package["name"] == "tests").context("the workspace has no package tests")?;
    let targets = tests["targets"].as_array().context("package tests has no targets")?;
    let names = targets.iter().filter_map(|target| target["name"].as_str()?.strip_prefix("bench-").map(str::to_owned)).collect();
    Ok(names)
}
