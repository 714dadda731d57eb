//! A little of each target in every run, always the same; and again what once went wrong.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::path::Path;

use fuzz::engine::attempt;
use fuzz::{TARGETS, run};

/// Inputs of those that work in a room of devices, and of the others.
const SLOW: [(&str, u64); 8] = [
    ("control", 250),
    ("session", 250),
    ("blob", 400),
    ("content", 250),
    ("change", 250),
    ("act", 1_500),
    ("pdf", 150),
    ("backup", 150),
];
const INPUTS: u64 = 3_000;
const SEED: u64 = 20_261_123;

#[test]
fn every_decoder_comes_back_from_whatever_it_is_given() {
    for target in &TARGETS {
        let inputs = SLOW.iter().find(|(name, _)| *name == target.name).map_or(INPUTS, |(_, inputs)| *inputs);
        let run = run(target, SEED, inputs, None);
        if let Some(failure) = run.failure {
            panic!("{}: {} on {:02x?}", target.name, failure.why, failure.input);
        }
        assert!(run.outcomes.len() > 1, "{}: all the same: {:?}", target.name, run.outcomes);
    }
}

#[test]
fn what_once_went_wrong_goes_well() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/fuzz");
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|extension| extension != "hex") {
            continue;
        }
        let text = std::fs::read_to_string(&path).unwrap();
        let digits: Vec<u8> = text.bytes().filter(u8::is_ascii_hexdigit).collect();
        let input: Vec<u8> =
            digits.chunks_exact(2).map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap()).collect();
        let name = path.file_stem().unwrap().to_string_lossy();
        let target = TARGETS.iter().find(|target| name.starts_with(&format!("{}-", target.name))).expect("a target's name");
        attempt(target, &input).unwrap_or_else(|why| panic!("{name}: {why}"));
    }
}
