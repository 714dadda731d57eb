//! A whole sitting of a council in one process, each seat with its own profile on disk and its own libp2p node on loopback: how long
//! opening the room, a ballot, a burst of ballots, a result and the minutes take. Run by `cargo xtask bench meeting --json`; what the
//! figures mean stands in `docs/performance.md`.

mod measure;
mod sitting;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;
use serde::Serialize;
use tests::bench::Outcome;
use tests::bench::spread::Spread;

use crate::sitting::Plan;

/// Measures a sitting of a council over libp2p on loopback.
#[derive(Debug, Parser)]
#[command(name = "bench-meeting")]
struct Arguments {
    /// Seats, each with a device.
    #[arg(long, default_value_t = 200, value_parser = clap::value_parser!(u16).range(3..=200))]
    seats: u16,
    /// Items of the agenda.
    #[arg(long, default_value_t = 30, value_parser = clap::value_parser!(u16).range(1..=200))]
    items: u16,
    /// Papers.
    #[arg(long, default_value_t = 60, value_parser = clap::value_parser!(u16).range(1..=500))]
    papers: u16,
    /// Votes, one after the other; in the first the ballots come one at a time.
    #[arg(long, default_value_t = 20, value_parser = clap::value_parser!(u16).range(2..=50))]
    votes: u16,
    /// Neighbours that each device calls; as many as discovery would call, unless told otherwise.
    #[arg(long, default_value_t = net::limits::ACTIVE_PEERS_MAX)]
    calls: usize,
    /// Where the profiles are made; a temporary folder, unless told otherwise.
    #[arg(long)]
    folder: Option<PathBuf>,
    /// Prints one JSON object instead of lines.
    #[arg(long)]
    json: bool,
}

/// What was measured.
#[derive(Debug, Serialize)]
struct Figures {
    /// Seats.
    seats: usize,
    /// From pressing the meeting until all that the room shows at first is there, the first page of a paper drawn; median.
    open_room_ms: f64,
    /// From one ballot being cast until every device shows it.
    cast_to_all_p95_ms: f64,
    /// From all casting at once until every device shows all ballots: the 95th percentile of the votes.
    burst_s: f64,
    /// From the chair's closing until every device shows the final result: the same percentile.
    close_to_result_ms: f64,
    /// Typesetting the minutes of all that.
    minutes_ms: f64,
    /// The same with their medians.
    median: Medians,
}

/// The middle of each.
#[derive(Debug, Serialize)]
struct Medians {
    cast_to_all_ms: f64,
    burst_s: f64,
    close_to_result_ms: f64,
}

impl Figures {
    fn new(seats: usize, open_room_ms: f64, cast: Spread, burst: Spread, close: Spread, minutes_ms: f64) -> Self {
        let median = Medians { cast_to_all_ms: cast.p50, burst_s: burst.p50 / 1_000.0, close_to_result_ms: close.p50 };
        Self {
            seats,
            open_room_ms,
            cast_to_all_p95_ms: cast.p95,
            burst_s: burst.p95 / 1_000.0,
            close_to_result_ms: close.p95,
            minutes_ms,
            median,
        }
    }
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    tracing_subscriber::fmt()
        .with_env_filter(tracing_subscriber::EnvFilter::from_default_env())
        .with_writer(std::io::stderr)
        .init();
    match run(&arguments).and_then(|figures| {
        Ok(if arguments.json { serde_json::to_string(&figures)? } else { serde_json::to_string_pretty(&figures)? })
    }) {
        Ok(text) => {
            println!("{text}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("bench-meeting: {error}");
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
        seats: usize::from(arguments.seats),
        items: usize::from(arguments.items),
        papers: usize::from(arguments.papers),
        votes: usize::from(arguments.votes),
        calls: arguments.calls,
    };
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(measure::meeting(plan))
}
