//! Tries a target for as long as one likes: `fuzz NAME|all [--seconds N] [--seed S]`, or one input: `fuzz NAME --input FILE`.
//!
//! Prints what came of it. An input on which the target does not come back well is printed as hex and written as hex to
//! `fixtures/fuzz/NAME-HASH.hex`, where every run of the tests tries it again; it ends with 1 then.

use std::path::Path;
use std::process::ExitCode;
use std::time::Duration;

use fuzz::engine::attempt;
use fuzz::{Run, TARGETS, Target, run};

/// Where inputs are kept that a target once did not come back well from.
const KEPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../fixtures/fuzz");
/// Answers that are shown.
const SHOWN: usize = 12;

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn tell(target: &Target, run: &Run) -> bool {
    let mut outcomes: Vec<_> = run.outcomes.iter().collect();
    outcomes.sort_by_key(|(_, times)| std::cmp::Reverse(**times));
    let some: Vec<String> = outcomes.iter().take(SHOWN).map(|(outcome, times)| format!("{outcome} {times}")).collect();
    println!(
        "{}: {} inputs, {} answers ({}), the slowest {} ms with {} bytes",
        target.name,
        run.tried,
        outcomes.len(),
        some.join(", "),
        run.slowest.0.as_millis(),
        run.slowest.1.len()
    );
    let Some(failure) = &run.failure else { return true };
    let hex = hex(&failure.input);
    println!("FAILED: {}\n{hex}", failure.why);
    let path = Path::new(KEPT).join(format!("{}-{:08x}.hex", target.name, number_of(&failure.input)));
    match std::fs::write(&path, hex) {
        Ok(()) => println!("kept as {}", path.display()),
        Err(error) => eprintln!("not kept: {error}"),
    }
    false
}

/// A number that tells inputs apart (FNV-1a).
fn number_of(bytes: &[u8]) -> u32 {
    bytes.iter().fold(0x811c_9dc5, |number, byte| (number ^ u32::from(*byte)).wrapping_mul(0x0100_0193))
}

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let after = |name: &str| words.iter().position(|word| word == name).and_then(|at| words.get(at + 1));
    let number = |name: &str, otherwise: u64| after(name).and_then(|word| word.parse().ok()).unwrap_or(otherwise);
    let wanted = words.first().map_or("", String::as_str);
    let targets: Vec<&Target> = TARGETS.iter().filter(|target| wanted == "all" || target.name == wanted).collect();
    if targets.is_empty() {
        let names: Vec<&str> = TARGETS.iter().map(|target| target.name).collect();
        eprintln!("fuzz NAME|all [--seconds N] [--seed S] [--input FILE], with one of {}", names.join(", "));
        return ExitCode::from(2);
    }
    // A panic is a finding, shown with its input.
    std::panic::set_hook(Box::new(|_| {}));
    if let Some(path) = after("--input") {
        let bytes = std::fs::read(path).unwrap_or_default();
        for target in targets {
            println!("{}: {:?}", target.name, attempt(target, &bytes));
        }
        return ExitCode::SUCCESS;
    }
    let time = Duration::from_secs(number("--seconds", 60));
    let badly = targets
        .into_iter()
        .map(|target| tell(target, &run(target, number("--seed", 1), u64::MAX, Some(time))))
        .filter(|well| !well)
        .count();
    if badly == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
