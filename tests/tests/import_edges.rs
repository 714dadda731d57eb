//! The arrows between the crates are those of the design, and each outside technology is known by one crate.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

use serde_json::Value;

/// Who may import whom, directly; what follows from two arrows in a row may be imported too.
const ARROWS: &[(&str, &[&str])] = &[
    ("domain", &[]),
    ("signing", &["domain"]),
    ("signing-pdf", &["signing"]),
    ("signing-token", &["signing"]),
    ("sync", &["signing"]),
    ("handbook", &["signing"]),
    ("search", &["domain"]),
    ("store", &["sync", "handbook", "search"]),
    ("net", &["sync"]),
    // Its tests borrow the harness's forger.
    ("hub", &["sync", "net", "store", "signing", "harness"]),
    ("api", &["domain"]),
    ("ui", &["api"]),
    // Both speak of hashes and moments in the words of the domain.
    ("pdf", &["domain"]),
    ("typeset", &["domain"]),
    ("app", &["sync", "net", "store", "signing", "signing-pdf", "signing-token", "handbook", "pdf", "typeset", "api"]),
    ("desktop", &["app"]),
    ("cli", &["app"]),
    ("devserver", &["app"]),
    ("harness", &["domain", "signing", "sync"]),
    ("fuzz", &["domain", "signing", "signing-pdf", "sync", "handbook", "store", "harness"]),
    // Beside the tests' package, so that it links the store and nothing above it.
    ("bench-search", &["store"]),
    // Devices as the hub's engine and the application drive them.
    ("bench-sync", &["hub", "app"]),
    ("xtask", &[]),
];

/// The one crate that may import whatever it likes; nobody may import it.
const TESTS: &str = "tests";

/// An outside technology and the crates that may know it. The tests may look from outside with the same tools.
const KNOWN_ONLY_BY: &[(&str, &[&str])] = &[
    ("tauri", &["desktop"]),
    ("webkit2gtk", &["desktop"]),
    ("pdfium-render", &["pdf"]),
    ("typst", &["typeset"]),
    ("rusqlite", &["store", "hub"]),
    ("libp2p", &["net"]),
    // The second backend of the hub: its SQL lives in `sync/hub/src/backend` alone.
    ("postgres", &["hub"]),
    ("rusty-s3", &["hub"]),
    ("leptos", &["ui"]),
    ("lopdf", &["signing-pdf"]),
];

/// Every dependency of every crate, dependencies for tests and build scripts included.
fn dependencies() -> Vec<(String, String)> {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--no-deps", "--format-version", "1", "--manifest-path"])
        .arg(concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml"))
        .output()
        .expect("cargo metadata starts");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let metadata: Value = serde_json::from_slice(&output.stdout).unwrap();
    let mut found = Vec::new();
    for package in metadata["packages"].as_array().unwrap() {
        let from = package["name"].as_str().unwrap();
        found.push((from.to_owned(), from.to_owned()));
        for dependency in package["dependencies"].as_array().unwrap() {
            found.push((from.to_owned(), dependency["name"].as_str().unwrap().to_owned()));
        }
    }
    found
}

/// Everything that can be reached by following the arrows.
fn allowed() -> BTreeMap<&'static str, BTreeSet<&'static str>> {
    let direct: BTreeMap<_, _> = ARROWS.iter().copied().collect();
    ARROWS
        .iter()
        .map(|(name, _)| {
            let (mut reached, mut waiting) = (BTreeSet::new(), vec![*name]);
            while let Some(next) = waiting.pop() {
                if reached.insert(next) {
                    waiting.extend(direct[next]);
                }
            }
            (*name, reached)
        })
        .collect()
}

/// The edges that the design does not have, in words.
fn violations(edges: &[(String, String)]) -> Vec<String> {
    let ours: BTreeSet<&str> = edges.iter().map(|(from, _)| from.as_str()).collect();
    let allowed = allowed();
    let mut found = Vec::new();
    for (from, to) in edges.iter().filter(|(from, to)| ours.contains(to.as_str()) && from != TESTS) {
        match allowed.get(from.as_str()) {
            None => found.push(format!("crate {from} has no place in the design: give it one, then write it here")),
            Some(reached) if !reached.contains(to.as_str()) => found.push(format!("{from} must not import {to}")),
            Some(_) => {}
        }
    }
    for (from, to) in edges.iter().filter(|(from, _)| from != TESTS) {
        if KNOWN_ONLY_BY.iter().any(|(technology, crates)| technology == to && !crates.contains(&from.as_str())) {
            found.push(format!("{from} must not know {to}"));
        }
    }
    found
}

fn edges(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs.iter().map(|(from, to)| ((*from).to_owned(), (*to).to_owned())).collect()
}

#[test]
fn every_import_between_our_crates_is_an_arrow_of_the_design() {
    let found = dependencies();
    assert!(found.iter().any(|(from, to)| from == "store" && to == "sync"), "cargo metadata shows no edges at all");
    let violations = violations(&found);
    assert!(violations.is_empty(), "{}", violations.join("\n"));
}

#[test]
fn an_arrow_against_the_stream_is_found() {
    let crates = [("domain", "domain"), ("store", "store"), ("sync", "sync"), ("ui", "ui")];
    let backwards = edges(&[&crates[..], &[("domain", "store")]].concat());
    assert_eq!(violations(&backwards), ["domain must not import store"]);
    let past_the_app = edges(&[&crates[..], &[("ui", "store")]].concat());
    assert_eq!(violations(&past_the_app), ["ui must not import store"]);
    let two_arrows_in_a_row = edges(&[&crates[..], &[("store", "domain")]].concat());
    assert!(violations(&two_arrows_in_a_row).is_empty());
}

#[test]
fn an_import_of_the_tests_and_a_crate_without_a_place_are_found() {
    let found = violations(&edges(&[("tests", "tests"), ("app", "tests")]));
    assert!(found.contains(&"app must not import tests".to_owned()), "{found:?}");
    assert_eq!(violations(&edges(&[("misc", "misc")])).len(), 1);
}

#[test]
fn a_second_crate_that_learns_sql_is_found() {
    assert_eq!(violations(&edges(&[("app", "app"), ("app", "rusqlite")])), ["app must not know rusqlite"]);
    assert!(violations(&edges(&[("store", "store"), ("store", "rusqlite")])).is_empty());
}
