//! Plays seeds of the simulation: `sim --seeds N --from S [--json] [--defect NAME]`, or one seed:
//! `sim --replay SEED [--shrink] [--trace]`, or how much goes over
//! the wire when all write at once: `sim --burst DEVICES [--delay MS]`.
//!
//! Prints one JSON line with `--json`. Ends with 1 if a seed fails; with `--defect` it is the other way round: it looks for the
//! first seed that notices the defect.

use std::process::ExitCode;
use std::time::Instant;

use harness::sim::{Burst, Schedule, play, shrink};

/// Seeds of one run.
const SEEDS_MAX: u64 = 10_000_000;
/// Devices that write at once.
const BURST_MAX: u64 = 250;
/// Connections of each of them.
const BURST_NEIGHBOURS: usize = 6;
/// How often they do.
const BURST_ROUNDS: usize = 5;

#[derive(Default)]
struct Arguments {
    seeds: u64,
    from: u64,
    json: bool,
    shrink: bool,
    trace: bool,
    replay: Option<u64>,
    burst: Option<u64>,
    delay: u64,
    defect: Option<String>,
}

fn arguments() -> Result<Arguments, String> {
    let mut found = Arguments { seeds: 100, ..Arguments::default() };
    let mut words = std::env::args().skip(1);
    while let Some(word) = words.next() {
        let mut number = || words.next().and_then(|text| text.parse::<u64>().ok()).ok_or(format!("{word} needs a number"));
        match word.as_str() {
            "--seeds" => found.seeds = number()?.min(SEEDS_MAX),
            "--from" => found.from = number()?,
            "--replay" => found.replay = Some(number()?),
            "--burst" => found.burst = Some(number()?.clamp(2, BURST_MAX)),
            "--delay" => found.delay = number()?,
            "--json" => found.json = true,
            "--shrink" => found.shrink = true,
            "--trace" => found.trace = true,
            "--defect" => found.defect = words.next(),
            other => return Err(format!("unknown: {other}")),
        }
    }
    Ok(found)
}

#[cfg(feature = "defects")]
fn make(name: &str) -> Result<(), String> {
    let defect = sync::defect::Defect::ALL.into_iter().find(|defect| defect.name() == name);
    let known: Vec<&str> = sync::defect::Defect::ALL.into_iter().map(sync::defect::Defect::name).collect();
    sync::defect::make(Some(defect.ok_or(format!("no defect is called {name}; there are {}", known.join(", ")))?));
    Ok(())
}

#[cfg(not(feature = "defects"))]
fn make(_: &str) -> Result<(), String> {
    Err("this build has no defects: build with --features harness/defects".into())
}

fn main() -> ExitCode {
    match arguments().and_then(|arguments| run(&arguments)) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(problem) => {
            eprintln!("sim: {problem}");
            ExitCode::from(2)
        }
    }
}

/// Plays once more and shows what the replicas note while they work.
fn trace(schedule: &Schedule) {
    let shown = tracing_subscriber::fmt().with_max_level(tracing::Level::DEBUG).without_time().with_ansi(false);
    let _ = shown.with_writer(std::io::stderr).try_init();
    eprintln!("{:?}", play(schedule));
}

/// Everybody writes at once.
fn burst(devices: usize, delay_ms: u16) -> Result<bool, String> {
    let (wire, kinds) = Burst { devices, neighbours: BURST_NEIGHBOURS, rounds: BURST_ROUNDS, delay_ms }.play(1)?;
    let factor = wire.sent as f64 / wire.least.max(1) as f64;
    let kinds: Vec<String> = kinds.iter().map(|(kind, bytes)| format!("\"{kind}\":{bytes}")).collect();
    println!(
        "{{\"devices\":{devices},\"delay_ms\":{delay_ms},\"sent\":{},\"least\":{},\"factor\":{factor:.2},\"by_message\":{{{}}}}}",
        wire.sent,
        wire.least,
        kinds.join(",")
    );
    Ok(true)
}

/// Whether all seeds hold; with a defect, whether one notices it.
fn run(arguments: &Arguments) -> Result<bool, String> {
    if let Some(devices) = arguments.burst {
        return burst(usize::try_from(devices).unwrap_or(2), u16::try_from(arguments.delay).unwrap_or(u16::MAX));
    }
    // A panic is a finding like others, shown with its seed.
    std::panic::set_hook(Box::new(|_| {}));
    let (from, seeds) = arguments.replay.map_or((arguments.from, arguments.seeds), |seed| (seed, 1));
    let began = Instant::now();
    let mut failed = Vec::new();
    let mut slowest = 0.0_f64;
    let mut fullest = 0.0_f64;
    for seed in from..from.saturating_add(seeds) {
        if let Some(defect) = &arguments.defect {
            make(defect)?;
        }
        let schedule = Schedule::of(seed);
        let since = Instant::now();
        let played = play(&schedule);
        slowest = slowest.max(since.elapsed().as_secs_f64());
        let violation = match played {
            Ok(wire) if schedule.calm => {
                fullest = fullest.max(wire.factor().unwrap_or(0.0));
                continue;
            }
            Ok(_) => continue,
            Err(violation) => violation,
        };
        failed.push(seed);
        eprintln!("seed {seed}: {violation}");
        if arguments.shrink || (!arguments.trace && arguments.defect.is_none() && failed.len() == 1) {
            let small = shrink(&schedule, &violation);
            eprintln!("  {} of {} steps are enough: {small:?}", small.steps.len(), schedule.steps.len());
            if arguments.trace {
                trace(&small);
            }
        } else if arguments.trace {
            trace(&schedule);
        }
        if arguments.defect.is_some() {
            break;
        }
    }
    let seconds = began.elapsed().as_secs_f64();
    if arguments.json {
        println!(
            "{{\"seeds\":{seeds},\"failed\":{failed:?},\"seconds\":{seconds:.1},\"slowest_ms\":{:.0},\"wire_factor_max\":{fullest:.2}}}",
            slowest * 1_000.0
        );
    } else {
        let slowest = slowest * 1_000.0;
        println!(
            "{seeds} seeds from {from}: {} failed, {seconds:.1} s, the slowest {slowest:.0} ms, {fullest:.2} bytes on the wire for each that must be, at most",
            failed.len()
        );
    }
    Ok(failed.is_empty() != arguments.defect.is_some())
}
