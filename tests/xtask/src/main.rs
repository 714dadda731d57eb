//! What people type: `cargo xtask run`, `cargo xtask test` and the rest. Each command sets up what it needs first, says so, and skips what is already done.

mod bench;
mod build;
mod children;
mod command;
mod fuzz;
mod headless;
mod package;
mod progress;
mod run;
mod setup;
mod sim;
mod stamp;
mod test;
mod ui;
mod workspace;

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Result;
use clap::{Parser, Subcommand};

use crate::progress::Progress;
use crate::setup::Purpose;
use crate::workspace::Workspace;

/// Set up, run and test Kỳ Họp. The two commands most people need: `cargo xtask run` and `cargo xtask test`.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Arguments {
    #[command(subcommand)]
    command: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Install what is missing on this machine (the other commands do it by themselves)
    Setup {
        /// What for: `run` is enough to build and use it, `test` adds browsers and outside verifiers
        #[arg(long = "for", value_enum, default_value = "all")]
        purpose: Purpose,
    },
    /// Open the demo: two people in the same sitting, in two windows, or in the browser when there is no display
    Run {
        /// Play a whole sitting with seven devices and no window, then report
        #[arg(long)]
        headless: bool,
        /// With --headless: print the result as one JSON object on stdout
        #[arg(long, requires = "headless")]
        json: bool,
        /// Begin the demo anew instead of going on with the last one
        #[arg(long)]
        fresh: bool,
    },
    /// Check the layout, lint, build and test everything; with FILTER only the tests whose names contain it
    Test {
        /// Part of a test's name
        filter: Vec<String>,
    },
    /// Build the window (the wasm user interface) into target-ui/dist
    Ui {
        /// Small and fast instead of quickly built
        #[arg(long)]
        release: bool,
    },
    /// Make pictures of all screens, in both languages, from the real window (the guide's are in docs/guide/img)
    Pictures {
        /// Folder to write them into
        folder: PathBuf,
    },
    /// Measure, with optimised programs: `cargo xtask bench room --json`, `cargo xtask bench sync --json`, `cargo xtask bench search --corpus DIR --queries FILE`
    Bench {
        /// Which one: room, sync, search
        name: String,
        /// Handed on, such as --devices 50 --json
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        arguments: Vec<String>,
    },
    /// Play seeds of the simulation: `cargo xtask sim --seeds 1000 --from 0 --json`
    Sim {
        /// Handed on: --seeds, --from, --json, --replay SEED, --shrink, --defect NAME
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        arguments: Vec<String>,
    },
    /// Throw bytes that nobody would make at every decoder of foreign bytes: `cargo xtask fuzz all --seconds 60`
    Fuzz {
        /// Handed on: NAME or all, --seconds, --seed, --input FILE
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        arguments: Vec<String>,
    },
    /// Build for release and put everything that people need into dist/
    Package,
}

fn main() -> ExitCode {
    match perform(Arguments::parse().command) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("\nxtask: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn perform(task: Task) -> Result<ExitCode> {
    let workspace = Workspace::locate()?;
    match task {
        Task::Setup { purpose } => setup::run(&workspace, purpose)?,
        Task::Run { headless, json, fresh } => {
            return run::run(&workspace, &run::Manner { headless, json, fresh });
        }
        Task::Test { filter } => test::run(&workspace, &filter)?,
        Task::Ui { release } => {
            setup::run(&workspace, Purpose::Run)?;
            let quality = if release { ui::Quality::Small } else { ui::Quality::Quick };
            Progress::default().step("the window", || ui::build(&workspace, quality))?;
        }
        Task::Pictures { folder } => test::pictures(&workspace, &folder)?,
        Task::Sim { arguments } => return sim::run(&workspace, &arguments),
        Task::Fuzz { arguments } => return fuzz::run(&workspace, &arguments),
        Task::Bench { name, arguments } => bench::run(&workspace, &name, &arguments)?,
        Task::Package => eprintln!("==> packed into {}", package::run(&workspace)?.display()),
    }
    Ok(ExitCode::SUCCESS)
}
