//! How well and how fast the handbook is searched, beside three engines that one could take instead. Run by
//! `cargo xtask bench search --corpus DIR --queries FILE`; what the figures mean stands in `docs/search-bench.md`.

mod corpus;
mod enlarge;
mod latency;
mod letters;
mod lines;
mod measure;
mod metrics;
mod ours;
mod peers;
mod questions;
mod random;
mod report;
mod telex;
mod trial;
mod typo;
mod variants;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;

/// What goes wrong is told to the person who started the measurement.
type Outcome<T> = Result<T, Box<dyn std::error::Error + Send + Sync>>;

/// Measures the search of the handbook.
#[derive(Debug, Parser)]
#[command(name = "bench-search")]
struct Arguments {
    /// Folder with corpus.jsonl, an article a line: {id, law, article, title, text}.
    #[arg(long, value_name = "DIR")]
    corpus: PathBuf,
    /// Questions, one a line: {qid, text, relevant: [id]}.
    #[arg(long, value_name = "FILE")]
    queries: PathBuf,
    /// Which questions are alike, a JSON array or one a line: {qid of --queries, similar: [qid of --asked]}.
    #[arg(long, value_name = "FILE", requires = "asked")]
    similar: Option<PathBuf>,
    /// The questions asked before, one a line: {qid, text}.
    #[arg(long, value_name = "FILE2", requires = "similar")]
    asked: Option<PathBuf>,
    /// Only ours, and only with the articles as they are: no peers, no 60,000.
    #[arg(long)]
    fast: bool,
    /// Prints one JSON object instead of a table.
    #[arg(long)]
    json: bool,
    /// Where the indexes are made; a temporary folder, unless told otherwise.
    #[arg(long)]
    folder: Option<PathBuf>,
    /// Fits the weights of the search anew and tells what they are worth; nothing is measured. With --write they are kept.
    #[arg(long)]
    fit: bool,
    #[command(flatten)]
    peers: peers::Places,
}

fn main() -> ExitCode {
    // Our own index is built and asked in processes of their own.
    let mut words = std::env::args().skip(1);
    if words.next().as_deref() == Some(ours::TRIAL) {
        return end(ours::trial(&words.collect::<Vec<_>>()));
    }
    let arguments = Arguments::parse();
    if arguments.fit {
        return end(Err("the weights are fitted by `cargo xtask bench search … --fit`".into()));
    }
    let report = measure::run(&arguments);
    end(report.map(|report| if arguments.json { report.to_json() } else { report.to_string() }))
}

fn end(said: Outcome<String>) -> ExitCode {
    match said {
        Ok(said) => {
            println!("{said}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("bench-search: {error}");
            ExitCode::FAILURE
        }
    }
}
