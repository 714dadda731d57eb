//! The tests: lints, the window, the programs, every Rust test, the JavaScript reader. Stops at the first failure.

use std::path::Path;
use std::process::Command;

use anyhow::{Result, ensure};

use crate::build::{self, NATIVE};
use crate::children::Interrupt;
use crate::command;
use crate::headless;
use crate::progress::Progress;
use crate::setup::wasm::Toolchain;
use crate::setup::{self, Purpose, javascript, node, python};
use crate::stamp;
use crate::ui::{self, Quality};
use crate::workspace::{Workspace, cargo, in_path};

/// The tests that make pictures.
const PICTURES: &str = "pictures_of";

/// Runs everything, or, with filters, only the tests whose names contain one of them, without lints.
pub fn run(workspace: &Workspace, filters: &[String]) -> Result<()> {
    setup::run(workspace, Purpose::Test)?;
    let mut progress = Progress::default();
    let result = steps(workspace, filters, &mut progress);
    progress.summary();
    result
}

fn steps(workspace: &Workspace, filters: &[String], progress: &mut Progress) -> Result<()> {
    let all = filters.is_empty();
    if all {
        progress.step("layout of the sources (rustfmt)", || {
            command::run(cargo().current_dir(&workspace.root).args(["fmt", "--all", "--check"]))
        })?;
        progress.step("lints of the native code (clippy)", || {
            command::run(cargo().current_dir(&workspace.root).arg("clippy").arg(NATIVE).args([
                "--all-targets",
                "--",
                "-D",
                "warnings",
            ]))
        })?;
    }
    progress.step("the window", || ui::build(workspace, Quality::Quick))?;
    if all {
        match Toolchain::prepared(workspace)? {
            Some(Toolchain::Own) => progress.step("lints of the window (clippy)", || lint_window(workspace))?,
            _ => eprintln!("    lints of the window: left out, the distribution's compiler that builds it has no clippy"),
        }
    }
    // Beside the tests, not as part of them: the window of the desktop has no test in its own package that would build it.
    progress.step("the programs", || build::programs(workspace, false))?;
    progress.step("the tests", || command::run_open(&mut tests(workspace, filters)))?;
    if all {
        progress.step("a sitting of seven devices", || a_whole_sitting(workspace))?;
        progress
            .step("the simulation, with and without deliberate mistakes", || command::run_open(&mut simulation(workspace)))?;
        progress.step("the JavaScript reader", || javascript(workspace))?;
    }
    Ok(())
}

/// Drives the window through a sitting and takes a picture of every screen, in both languages and in every look.
pub fn pictures(workspace: &Workspace, folder: &Path) -> Result<()> {
    setup::run(workspace, Purpose::Test)?;
    let mut progress = Progress::default();
    progress.step("the window", || ui::build(workspace, Quality::Quick))?;
    progress.step("the programs", || build::programs(workspace, false))?;
    let folder = std::path::absolute(folder)?;
    let mut command = ignored(workspace, "e2e", PICTURES, false);
    progress.step("the pictures", || command::run_open(command.env("KYHOP_SHOTS", &folder)))?;
    eprintln!("==> {}", folder.display());
    Ok(())
}

/// One of the tests that make or measure something and are left out otherwise; `release`: it is itself built as the programs it measures.
pub fn ignored(workspace: &Workspace, file: &str, name: &str, release: bool) -> Command {
    let mut command = cargo();
    command.current_dir(&workspace.root).arg("test").arg(NATIVE).args(release.then_some("--release"));
    command.args(["--test", file, "--", "--ignored", name]);
    told_where_things_are(workspace, &mut command);
    command
}

fn lint_window(workspace: &Workspace) -> Result<()> {
    let mut command = Toolchain::Own.cargo();
    command.current_dir(&workspace.root).arg("clippy").args(Toolchain::Own.arguments());
    command
        .args(["--package", "ui", "--profile", "wasm", "--target-dir"])
        .arg(&workspace.target_ui)
        .args(["--", "-D", "warnings"]);
    command::run(&mut command)
}

fn tests(workspace: &Workspace, filters: &[String]) -> Command {
    let mut command = cargo();
    command.current_dir(&workspace.root);
    if in_path("cargo-nextest").is_some() {
        command.args(["nextest", "run", "--no-fail-fast"]).arg(NATIVE).args(filters);
    } else {
        eprintln!("    cargo-nextest is not installed; `cargo test` does the same, more slowly");
        command.args(["test", "--lib", "--bins", "--tests", "--no-fail-fast"]).arg(NATIVE).arg("--").args(filters);
    }
    told_where_things_are(workspace, &mut command);
    command
}

/// The main job, as the demonstration plays it without a display.
fn a_whole_sitting(workspace: &Workspace) -> Result<()> {
    let report = headless::play(workspace, &Interrupt::listen()?)?;
    ensure!(report.holds(), "the sitting went otherwise than it should: {}", serde_json::to_string(&report)?);
    Ok(())
}

/// More seeds than the tests play, and the deliberate mistakes: with features that no other build has.
fn simulation(workspace: &Workspace) -> Command {
    let mut command = cargo();
    command.current_dir(&workspace.root);
    command.args(["test", "--package", "harness", "--features", "remember,defects", "--test", "sim", "--test", "defects"]);
    command
}

/// The environment by which tests find the built programs, the window, pdfium, real papers and the outside judges.
fn told_where_things_are(workspace: &Workspace, command: &mut Command) {
    if let Some(data) = workspace.data() {
        command.env("KYHOP_DATA", data);
    }
    command
        .env("KYHOP_BIN", workspace.programs(false))
        .env("KYHOP_DIST", workspace.dist())
        .env("KYHOP_PDFIUM", workspace.pdfium())
        .env("KYHOP_PYTHON", python::TESTS.interpreter(workspace))
        // Set-up has installed the outside judges: a test that cannot find one must fail, not pass by.
        .env("KYHOP_REQUIRE_ORACLES", "1");
}

fn javascript(workspace: &Workspace) -> Result<()> {
    let files = stamp::files_below(&javascript::TESTS.folder(workspace))?;
    let tests: Vec<_> = files
        .iter()
        .filter(|file| file.to_string_lossy().ends_with(".test.mjs") || file.to_string_lossy().ends_with(".test.js"))
        .collect();
    if tests.is_empty() {
        eprintln!("    no *.test.mjs in tests/js");
        return Ok(());
    }
    let mut command = node::node(workspace);
    command.arg("--test").args(tests).current_dir(javascript::TESTS.folder(workspace));
    told_where_things_are(workspace, &mut command);
    command::run_open(&mut command)
}
