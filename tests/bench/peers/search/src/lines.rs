//! What goes in and what comes out: one JSON object a line in, one JSON object out.

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::time::{Duration, Instant};

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

/// What goes wrong is told to the person who started the measurement.
pub type Outcome<T> = Result<T, Box<dyn std::error::Error + Send + Sync>>;

/// One article.
#[derive(Debug, Deserialize)]
pub struct Doc {
    /// Its name in the answers.
    pub id: String,
    /// The law it stands in.
    #[serde(default)]
    pub law: String,
    /// Its heading.
    #[serde(default)]
    pub title: String,
    /// Its text.
    pub text: String,
}

/// One question.
#[derive(Debug, Deserialize)]
pub struct Ask {
    /// As it is typed.
    pub text: String,
}

/// What was found for one question.
#[derive(Debug, Serialize)]
pub struct Answer {
    /// The best first.
    pub ids: Vec<String>,
    /// Milliseconds it took.
    pub ms: f64,
}

/// What an engine did.
#[derive(Debug, Serialize)]
pub struct Found {
    /// The engine and its version.
    pub version: String,
    /// Seconds until all articles could be found.
    pub build_s: f64,
    /// Bytes of the index on disk, the articles' text included where the engine keeps it.
    pub index_bytes: u64,
    /// In the order of the questions.
    pub answers: Vec<Answer>,
}

/// All articles.
pub fn docs(file: &Path) -> Outcome<Vec<Doc>> {
    read(file)
}

/// All questions.
pub fn asks(file: &Path) -> Outcome<Vec<Ask>> {
    read(file)
}

fn read<T: DeserializeOwned>(file: &Path) -> Outcome<Vec<T>> {
    let opened = File::open(file).map_err(|error| format!("{}: {error}", file.display()))?;
    let mut found = Vec::new();
    for (number, line) in BufReader::new(opened).lines().enumerate() {
        let item = serde_json::from_str(&line?);
        found.push(item.map_err(|error| format!("{}:{}: {error}", file.display(), number + 1))?);
    }
    Ok(found)
}

/// Asks all questions, one after the other.
pub fn ask_all(asks: &[Ask], mut search: impl FnMut(&str) -> Outcome<Vec<String>>) -> Outcome<Vec<Answer>> {
    let one = |ask: &Ask| {
        let begun = Instant::now();
        let ids = search(&ask.text)?;
        Ok(Answer { ids, ms: begun.elapsed().as_secs_f64() * 1e3 })
    };
    asks.iter().map(one).collect()
}

/// Bytes of all files directly in a folder.
pub fn bytes_in(folder: &Path) -> Outcome<u64> {
    let mut sum = 0;
    for entry in std::fs::read_dir(folder)? {
        sum += entry?.metadata()?.len();
    }
    Ok(sum)
}

/// Seconds.
pub fn seconds(time: Duration) -> f64 {
    time.as_secs_f64()
}
