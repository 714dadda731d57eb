//! Plays seeds of the simulation: `sim --seeds N --from S [--json] [--defect NAME]`, or one seed: `sim --replay SEED [--shrink]`.
//!
//! Prints one JSON line with `--json`. Ends with 1 if a seed fails; with `--defect` it is the other way round: it looks for the
//! first seed that notices the defect.

use std::process::ExitCode;
use std::time::Instant;

use harness::sim::{Schedule, play, shrink};

/// Seeds of one run.
const SEEDS_MAX: u64 = 10_000_000;

#[derive(Default)]
struct Arguments {
    seeds: u64,
    from: u64,
    json: bool,
    shrink: bool,
    replay: Option<u64>,
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
            "--json" => found.json = true,
            "--shrink" => found.shrink = true,
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

/// Whether all seeds hold; with a defect, whether one notices it.
fn run(arguments: &Arguments) -> Result<bool, String> {
    // A panic is a finding like others, shown with its seed.
    std::panic::set_hook(Box::new(|_| {}));
    let (from, seeds) = arguments.replay.map_or((arguments.from, arguments.seeds), |seed| (seed, 1));
    let began = Instant::now();
    let mut failed = Vec::new();
    let mut slowest = 0.0_f64;
    for seed in from..from.saturating_add(seeds) {
        if let Some(defect) = &arguments.defect {
            make(defect)?;
        }
        let schedule = Schedule::of(seed);
        let since = Instant::now();
        let played = play(&schedule);
        slowest = slowest.max(since.elapsed().as_secs_f64());
        let Err(violation) = played else { continue };
        failed.push(seed);
        eprintln!("seed {seed}: {violation}");
        if arguments.shrink || (arguments.defect.is_none() && failed.len() == 1) {
            let small = shrink(&schedule, &violation);
            eprintln!("  {} of {} steps are enough: {small:?}", small.steps.len(), schedule.steps.len());
        }
        if arguments.defect.is_some() {
            break;
        }
    }
    let seconds = began.elapsed().as_secs_f64();
    if arguments.json {
        println!("{{\"seeds\":{seeds},\"failed\":{failed:?},\"seconds\":{seconds:.1}}}");
    } else {
        println!("{seeds} seeds from {from}: {} failed, {seconds:.1} s, the slowest {:.0} ms", failed.len(), slowest * 1_000.0);
    }
    Ok(failed.is_empty() != arguments.defect.is_some())
}
