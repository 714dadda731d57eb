//! A room of many devices in one process, each with its own profile on disk and its own libp2p node on loopback: how long
//! until all show a ballot, how long a newcomer takes to have everything, and what that costs on the wire and in memory. Run
//! by `cargo xtask bench room --json`; what the figures mean stands in `docs/performance.md`.

mod account;
mod figures;
mod measure;
mod sitting;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;
use tests::bench::Outcome;

use crate::figures::Figures;
use crate::sitting::Plan;

/// Measures a room of devices over libp2p on loopback.
#[derive(Debug, Parser)]
#[command(name = "bench-room")]
struct Arguments {
    /// Devices in the room; the newcomer is one more.
    #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(u16).range(3..=120))]
    devices: u16,
    /// Neighbours that each device calls; as many as discovery would call, unless told otherwise.
    #[arg(long, default_value_t = net::limits::ACTIVE_PEERS_MAX)]
    calls: usize,
    /// Shared marks that the sitting consists of.
    #[arg(long, default_value_t = 2_000)]
    changes: usize,
    /// Papers of the sitting, megabytes in all.
    #[arg(long, default_value_t = 20)]
    papers_mb: usize,
    /// Ballots cast one at a time.
    #[arg(long, default_value_t = 20)]
    casts: usize,
    /// Where the profiles are made; a temporary folder, unless told otherwise.
    #[arg(long)]
    folder: Option<PathBuf>,
    /// Prints one JSON object instead of a table.
    #[arg(long)]
    json: bool,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    tracing_subscriber::fmt()
        .with_env_filter(tracing_subscriber::EnvFilter::from_default_env())
        .with_writer(std::io::stderr)
        .init();
    match run(&arguments) {
        Ok(figures) if arguments.json => {
            println!("{}", figures.to_json());
            ExitCode::SUCCESS
        }
        Ok(figures) => {
            println!("{figures}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("bench-room: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &Arguments) -> Outcome<Figures> {
    let made = match &arguments.folder {
        Some(folder) => tempfile::tempdir_in(folder)?,
        None => tempfile::tempdir()?,
    };
    let plan = Plan {
        folder: made.path().to_owned(),
        devices: usize::from(arguments.devices),
        calls: arguments.calls,
        changes: arguments.changes,
        papers_mb: arguments.papers_mb,
        casts: arguments.casts.clamp(1, usize::from(arguments.devices)),
    };
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(measure::room(plan))
}
