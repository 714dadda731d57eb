//! What keeping devices alike costs us, measured beside what others would have chosen: catching up, live changes, reconnecting, the disk,
//! starting with years of data, a file, the hub. Run by `cargo xtask bench sync --json`; what the figures mean stands in
//! `docs/sync-bench.md`.

mod blob;
mod carrier;
mod catch_up;
mod child;
mod device;
mod disk;
mod figures;
mod live;
mod machine;
mod mesh;
mod peer;
mod process;
mod syncthing;
mod wire;
mod years;

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Instant;

use clap::{Parser, Subcommand, ValueEnum};
use serde_json::{Map, Value, json};

use crate::peer::Programs;

/// What goes wrong is told to the person who started the measurement.
type Failure = Box<dyn std::error::Error + Send + Sync>;
type Outcome<T> = Result<T, Failure>;

/// Measures synchronisation, with the peers in the same run.
#[derive(Debug, Parser)]
#[command(name = "bench-sync")]
struct Arguments {
    #[command(subcommand)]
    part: Option<Part>,
    /// Only these; what was left out is null.
    #[arg(long, value_delimiter = ',')]
    only: Vec<Measured>,
    /// Small, to see whether everything works: the figures mean nothing.
    #[arg(long)]
    quick: bool,
    /// Without the peers.
    #[arg(long)]
    alone: bool,
    /// Where profiles are made; a temporary folder, unless told otherwise.
    #[arg(long)]
    folder: Option<PathBuf>,
    /// Prints one line of JSON instead of several.
    #[arg(long)]
    json: bool,
    /// Told by xtask.
    #[arg(long, hide = true)]
    node: Option<PathBuf>,
    /// Told by xtask.
    #[arg(long, hide = true)]
    peer_scripts: Option<PathBuf>,
    /// Told by xtask.
    #[arg(long, hide = true)]
    peer_samod: Option<PathBuf>,
}

/// What processes of the measurement do.
#[derive(Debug, Subcommand)]
enum Part {
    /// One device that is asked on its input.
    #[command(hide = true)]
    Child,
    /// Starts a profile with years of data.
    #[command(hide = true)]
    Start {
        /// The profile.
        profile: PathBuf,
    },
}

/// The measurements.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, ValueEnum)]
#[value(rename_all = "snake_case")]
enum Measured {
    /// 10,000 changes in one document, and reconnecting with nothing new.
    #[value(name = "catch_up_10k")]
    CatchUp10k,
    /// 500 documents with 20 changes each.
    #[value(name = "catch_up_500x20")]
    CatchUp500x20,
    /// Both.
    CatchUp,
    /// One change in flight in rooms of 2, 10, 50.
    Live,
    /// Bytes written over bytes kept.
    Disk,
    /// Starting with five years of data.
    Start,
    /// A file of 50 MB.
    Blob,
    /// The hub.
    Hub,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    tracing_subscriber::fmt()
        .with_env_filter(tracing_subscriber::EnvFilter::from_default_env())
        .with_writer(std::io::stderr)
        .init();
    let done = match &arguments.part {
        Some(Part::Child) => child::serve(),
        Some(Part::Start { profile }) => years::start(profile),
        None => run(&arguments),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("bench-sync: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &Arguments) -> Outcome<()> {
    let made = match &arguments.folder {
        Some(folder) => tempfile::tempdir_in(folder)?,
        None => tempfile::tempdir()?,
    };
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let result = runtime.block_on(measure(arguments, made.path()))?;
    println!("{}", if arguments.json { serde_json::to_string(&result)? } else { serde_json::to_string_pretty(&result)? });
    match result["details"]["failed"].as_object().is_some_and(|failed| !failed.is_empty()) {
        true => Err("not everything was measured".into()),
        false => Ok(()),
    }
}

fn programs(arguments: &Arguments) -> Outcome<Programs> {
    let hub = std::env::current_exe()?.with_file_name("kyhop-hub");
    if arguments.alone {
        return Ok(Programs { hub, ..Programs::default() });
    }
    Ok(Programs {
        node: arguments.node.clone(),
        scripts: arguments.peer_scripts.clone(),
        samod: arguments.peer_samod.clone(),
        hub,
    })
}

/// What one part found. One that fails is told, and the others go on.
fn kept<T>(failed: &mut Map<String, Value>, part: Measured, found: Outcome<T>) -> Option<T> {
    found
        .map_err(|error| {
            eprintln!("           {part:?} failed: {error}");
            failed.insert(format!("{part:?}"), error.to_string().into());
        })
        .ok()
}

async fn measure(arguments: &Arguments, folder: &Path) -> Outcome<Value> {
    let programs = programs(arguments)?;
    let begun = Instant::now();
    let wanted = |part: Measured| {
        let also = matches!(part, Measured::CatchUp10k | Measured::CatchUp500x20) && arguments.only.contains(&Measured::CatchUp);
        let wanted = arguments.only.is_empty() || arguments.only.contains(&part) || also;
        if wanted {
            eprintln!("{:>7.1} s  {part:?}", begun.elapsed().as_secs_f64());
        }
        wanted
    };
    let quick = arguments.quick;
    let size = |full: usize, small: usize| if quick { small } else { full };
    let mut result = Map::new();
    let mut details = Map::new();
    let mut failed = Map::new();
    let load_before = machine::load();
    for key in ["catch_up_10k", "catch_up_500x20", "live_p99_ms", "reconnect_bytes", "disk_ratio", "start_5y", "blob_50mb", "hub"]
    {
        result.insert(key.into(), Value::Null);
    }
    if wanted(Measured::CatchUp10k) {
        let missed = catch_up::Missed { docs: 1, changes: size(10_000, 500), runs: size(5, 1) };
        if let Some(found) = kept(&mut failed, Measured::CatchUp10k, catch_up::measure(folder, &programs, missed).await) {
            result.insert("catch_up_10k".into(), found.summary);
            result.insert("reconnect_bytes".into(), json!(found.reconnect_bytes));
            details.insert("catch_up_10k".into(), found.details);
        }
    }
    if wanted(Measured::CatchUp500x20) {
        let missed = catch_up::Missed { docs: size(500, 20), changes: 20, runs: size(3, 1) };
        if let Some(found) = kept(&mut failed, Measured::CatchUp500x20, catch_up::measure(folder, &programs, missed).await) {
            result.insert("catch_up_500x20".into(), found.summary);
            details.insert("catch_up_500x20".into(), found.details);
        }
    }
    if wanted(Measured::Live) {
        let sizes: &[usize] = if quick { &[2, 5] } else { &[2, 10, 50] };
        if let Some((summary, all)) =
            kept(&mut failed, Measured::Live, live::measure(folder, &programs, sizes, size(200, 10)).await)
        {
            result.insert("live_p99_ms".into(), summary);
            details.insert("live_ms".into(), all);
        }
    }
    if wanted(Measured::Disk) {
        let changes = size(10_000, 500);
        if let Some((ratio, all)) = kept(&mut failed, Measured::Disk, disk::measure(folder, changes).await) {
            result.insert("disk_ratio".into(), json!(ratio));
            details.insert("disk".into(), all);
        }
    }
    if wanted(Measured::Start) {
        let amount = years::Amount { meetings: size(2_000, 20), threads: size(20_000, 200), runs: size(5, 1) };
        if let Some((summary, all)) = kept(&mut failed, Measured::Start, years::measure(folder, amount).await) {
            result.insert("start_5y".into(), summary);
            details.insert("start_5y".into(), all);
        }
    }
    if wanted(Measured::Blob) {
        let transfer = blob::Transfer { bytes: size(50_000_000, 2_000_000), peers: size(20, 3), runs: size(5, 1) };
        if let Some((summary, all)) = kept(&mut failed, Measured::Blob, blob::measure(folder, transfer).await) {
            result.insert("blob_50mb".into(), summary);
            details.insert("blob_50mb".into(), all);
        }
    }
    if wanted(Measured::Hub) {
        let load = carrier::Load { devices: size(100, 5), changes: size(200, 20) };
        if let Some(found) = kept(&mut failed, Measured::Hub, carrier::measure(folder, &programs, load).await) {
            result.insert("hub".into(), found);
        }
    }
    details.insert("failed".into(), failed.into());
    details.insert("quick".into(), quick.into());
    details.insert("seconds".into(), json!(begun.elapsed().as_secs()));
    details.insert("load".into(), json!([load_before, machine::load()]));
    details.insert("processors".into(), json!(std::thread::available_parallelism().map(usize::from).unwrap_or(0)));
    result.insert("details".into(), details.into());
    Ok(result.into())
}
