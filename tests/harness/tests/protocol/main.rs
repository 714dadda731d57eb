//! What `docs/protocol.md` says, held against the code: every example quoted in the text and every vector of `fixtures/protocol/v1` is what is
//! computed today, a device that hears nothing but such bytes takes part, and a second implementation, written from the text in another
//! language, comes to the same results.
//!
//! Vectors that are not there yet are written by `cargo test -p harness --test protocol -- --ignored`; one that is there is never overwritten.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod conformance;
mod folds;
mod judge;
#[path = "../../../../sync/tests/office/mod.rs"]
mod office;
mod text;
mod vectors;
mod votes;

use std::path::PathBuf;

use serde_json::Value;

/// The top of the repository.
fn top() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn folder() -> PathBuf {
    top().join("fixtures/protocol/v1")
}

fn stored(name: &str) -> Value {
    let path = folder().join(name);
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    serde_json::from_str(&text).unwrap()
}

/// Every file of the folder as it is computed today.
fn today() -> [(&'static str, Vec<Value>); 3] {
    [("vectors.json", vectors::as_json()), ("folds.json", folds::as_json()), ("votes.json", votes::as_json())]
}

#[test]
#[ignore = "writes the vectors that are not there yet; one that is there is never overwritten"]
fn write_what_is_not_there_yet() {
    std::fs::create_dir_all(folder()).unwrap();
    for (name, mut all) in today() {
        if folder().join(name).exists() {
            let there = stored(name);
            let kept = there.as_array().unwrap();
            for one in &mut all {
                if let Some(known) = kept.iter().find(|known| known["name"] == one["name"]) {
                    *one = known.clone();
                }
            }
        }
        std::fs::write(folder().join(name), serde_json::to_string_pretty(&all).unwrap() + "\n").unwrap();
    }
}

#[test]
fn the_vectors_are_what_is_computed_today_and_none_is_left_over() {
    for (name, all) in today() {
        let there = stored(name);
        let there = there.as_array().unwrap();
        for (one, known) in all.iter().zip(there) {
            assert_eq!(one, known, "{name}: {}", one["name"]);
        }
        assert_eq!(there.len(), all.len(), "{name}");
    }
}
