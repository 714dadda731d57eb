//! Benchmarks: optimised programs named `bench-NAME`.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use crate::build::{self, NATIVE};
use crate::command;
use crate::setup::{self, Purpose, javascript, node, python};
use crate::test;
use crate::ui::{self, Quality};
use crate::workspace::{Workspace, cargo};

/// The benchmark of the real window: it is driven as its test drives it.
const WINDOW: &str = "window";
/// A benchmark that has peers: other engines, in a cargo workspace of their own, so that they never enter the product's.
const SEARCH: &str = "search";
/// That workspace.
const SEARCH_PEERS: &str = "tests/bench/peers/search";
/// The other one that has peers.
const SYNC: &str = "sync";
/// The workspace of the one that is written in Rust.
const SYNC_PEERS: &str = "tests/bench/peers/sync/samod";
/// Arguments with which the peers are not asked.
const WITHOUT_PEERS: [&str; 4] = ["--fast", "--alone", "--help", "-h"];
/// What else a benchmark runs.
const HUB: &str = "kyhop-hub";

/// Builds and runs `bench-NAME`, handing on every further argument; its stdout is its result.
pub fn run(workspace: &Workspace, name: &str, arguments: &[String]) -> Result<()> {
    if name == WINDOW {
        return window(workspace);
    }
    let program = format!("bench-{name}");
    let known = programs(workspace)?;
    if !known.contains(&program) {
        let names = known.iter().filter_map(|program| program.strip_prefix("bench-"));
        let names: Vec<&str> = names.chain([WINDOW]).collect();
        bail!("no benchmark is called \"{name}\"; there are: {}", names.join(", "));
    }
    if name == SEARCH && arguments.iter().any(|argument| argument == "--fit") {
        return fit(workspace, arguments);
    }
    let mut added = Vec::new();
    let peers = !arguments.iter().any(|argument| WITHOUT_PEERS.contains(&argument.as_str()));
    match name {
        SEARCH => {
            setup::run_for_search(workspace, peers)?;
            if peers {
                added = search_peers(workspace)?;
            }
        }
        SYNC => {
            setup::run_for_sync(workspace, peers)?;
            if peers {
                added = sync_peers(workspace)?;
            }
        }
        _ => setup::run(workspace, Purpose::Run)?,
    }
    // With the features of the whole workspace, as everything else: another choice would compile all dependencies again.
    let mut build = cargo();
    build.current_dir(&workspace.root).args(["build", "--release", NATIVE, "--bin", &program]);
    if name == SYNC {
        build.args(["--bin", HUB]);
    }
    command::run(&mut build)?;
    let mut bench = std::process::Command::new(workspace.programs(true).join(&program));
    bench.args(arguments).args(added).env("KYHOP_PDFIUM", workspace.pdfium());
    command::run_open(&mut bench)
}

/// The optimised window under a display without a screen: how long it takes to start and to answer.
fn window(workspace: &Workspace) -> Result<()> {
    setup::run(workspace, Purpose::Test)?;
    ui::build(workspace, Quality::Small)?;
    build::programs(workspace, true)?;
    let figures = workspace.target.join("window-figures.json");
    let mut driven = test::ignored(workspace, "desktop_smoke", "the_window_starts_and_answers", true);
    driven.env("KYHOP_BIN", workspace.programs(true)).env("KYHOP_FIGURES", &figures).stdout(std::process::Stdio::null());
    command::run_open(&mut driven)?;
    println!("{}", std::fs::read_to_string(&figures)?);
    Ok(())
}

/// Finds the weights of the search anew, by the program that found those it has; with `--write` they are kept.
fn fit(workspace: &Workspace, arguments: &[String]) -> Result<()> {
    let value = |name: &str| {
        let given = arguments.iter().position(|argument| argument == name).and_then(|at| arguments.get(at + 1));
        given.with_context(|| format!("{name} is missing")).and_then(|path| Ok(std::path::absolute(path)?))
    };
    let mut command = cargo();
    command.current_dir(&workspace.root).args(["run", "--release", "--package", "search", "--example", "fit", "--"]);
    command.arg(value("--corpus")?.join("corpus.jsonl")).arg(value("--queries")?);
    command.args(arguments.iter().filter(|argument| *argument == "--write"));
    command::run_open(&mut command)
}

/// Builds the engines that our search is compared with; how the benchmark is told where they are.
fn search_peers(workspace: &Workspace) -> Result<Vec<OsString>> {
    let folder = workspace.root.join(SEARCH_PEERS);
    let target = peers(workspace, SEARCH_PEERS)?;
    let program = told("--peer-program", &target.join("release/peer-search"));
    let python = told("--peer-python", &python::SEARCH_PEERS.interpreter(workspace));
    let script = told("--peer-script", &folder.join("bm25s_pyvi.py"));
    Ok([program, python, script].into_iter().flatten().collect())
}

/// Builds the libraries that our synchronisation is compared with; how the benchmark is told where they are.
fn sync_peers(workspace: &Workspace) -> Result<Vec<OsString>> {
    let target = peers(workspace, SYNC_PEERS)?;
    let node = node::node(workspace);
    let node = told("--node", Path::new(node.get_program()));
    let scripts = told("--peer-scripts", &javascript::SYNC_PEERS.folder(workspace));
    let samod = told("--peer-samod", &target.join("release/peer-samod"));
    Ok([node, scripts, samod].into_iter().flatten().collect())
}

/// Builds a workspace of peers as it is locked; where its programs are.
fn peers(workspace: &Workspace, folder: &str) -> Result<PathBuf> {
    let target = workspace.target.join("peers");
    let mut build = cargo();
    build.current_dir(workspace.root.join(folder)).args(["build", "--release", "--locked", "--target-dir"]).arg(&target);
    command::run(&mut build)?;
    Ok(target)
}

fn told(name: &str, path: &Path) -> [OsString; 2] {
    [OsString::from(name), path.as_os_str().to_owned()]
}

/// The benchmarks.
fn programs(workspace: &Workspace) -> Result<Vec<String>> {
    let text = command::capture(cargo().current_dir(&workspace.root).args(["metadata", "--no-deps", "--format-version", "1"]))?;
    let metadata: serde_json::Value = serde_json::from_str(&text)?;
    let packages = metadata["packages"].as_array().context("cargo metadata names no packages")?;
    let mut found = Vec::new();
    for package in packages {
        let targets = package["targets"].as_array().into_iter().flatten();
        let programs = targets.filter(|target| target["kind"][0] == "bin").filter_map(|target| target["name"].as_str());
        found.extend(programs.filter(|name| name.starts_with("bench-")).map(str::to_owned));
    }
    Ok(found)
}
