//! Two full-text engines that a programmer would otherwise take, each as its own manual proposes it: SQLite FTS5 with
//! `unicode61 remove_diacritics 2`, and tantivy with its default tokenizer. They read the same articles and questions as ours and
//! say what they found and how long it took. Run by `cargo xtask bench search`.

mod fts5;
mod lines;
mod tantivy_peer;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use crate::lines::Outcome;

/// The best so many articles are told for each question.
const DEPTH: usize = 100;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match run(&arguments) {
        Ok(found) => {
            println!("{found}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("peer-search: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &[String]) -> Outcome<String> {
    let [engine, docs, asks, folder] = arguments else {
        return Err("usage: peer-search fts5|tantivy DOCS.jsonl ASKS.jsonl FOLDER".into());
    };
    let (docs, asks) = (lines::docs(Path::new(docs))?, lines::asks(Path::new(asks))?);
    let folder = PathBuf::from(folder);
    let found = match engine.as_str() {
        "fts5" => fts5::run(&docs, &asks, &folder, DEPTH)?,
        "tantivy" => tantivy_peer::run(&docs, &asks, &folder, DEPTH)?,
        other => return Err(format!("no engine is called {other}").into()),
    };
    Ok(serde_json::to_string(&found)?)
}
