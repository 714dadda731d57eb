//! Builds a library of real articles and asks it questions: quality, time, size.
//!
//! `cargo run --release -p store --example library -- CORPUS.jsonl QUERIES.jsonl [COPIES]`
#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs)]

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use serde_json::Value;
use store::library::entry::{Entry, Section, Validity};
use store::library::{Library, Request};

const KEY: [u8; 32] = [7; 32];
const ENTRIES_AT_ONCE: usize = 500;

fn lines(path: &str) -> Vec<Value> {
    std::fs::read_to_string(path).expect("the file can be read").lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn entry(article: &Value, copy: usize) -> Entry {
    let text = |name: &str| article[name].as_str().unwrap_or_default().to_owned();
    Entry {
        id: if copy == 0 { text("id") } else { format!("{}#{copy}", text("id")) },
        section: Section::Law,
        source: text("law"),
        number: None,
        title: text("title"),
        path: String::new(),
        body: text("text"),
        agency: String::new(),
        field: String::new(),
        level: String::new(),
        from: None,
        to: None,
        validity: Validity::InForce,
    }
}

/// Time that this thread has had a processor: another program on the same machine does not count.
fn on_cpu() -> Duration {
    let told = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    Duration::from_nanos(told.split(' ').next().and_then(|nanoseconds| nanoseconds.parse().ok()).unwrap_or_default())
}

fn percentile(times: &mut [Duration], part: f64) -> f64 {
    times.sort();
    times[((times.len() - 1) as f64 * part) as usize].as_secs_f64() * 1e3
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let (corpus, queries) = (lines(&arguments[0]), lines(&arguments[1]));
    let copies: usize = arguments.get(2).map_or(1, |copies| copies.parse().unwrap());
    let folder = tempfile::tempdir().unwrap();
    let (started, cpu) = (Instant::now(), on_cpu());
    let mut library = Library::open(folder.path(), &KEY).unwrap();
    library
        .change(|change| {
            for copy in 0..copies {
                for articles in corpus.chunks(ENTRIES_AT_ONCE) {
                    change.put_entries(&articles.iter().map(|article| entry(article, copy)).collect::<Vec<_>>())?;
                }
            }
            Ok(())
        })
        .unwrap();
    let (all, cpu) = (started.elapsed().as_secs_f64(), (on_cpu() - cpu).as_secs_f64());
    println!("built {} entries in {all:.1} s ({cpu:.1} s of processor)", corpus.len() * copies);
    let size: u64 = std::fs::read_dir(folder.path()).unwrap().map(|file| file.unwrap().metadata().unwrap().len()).sum();
    println!("{:.1} MB on disk", size as f64 / 1e6);
    let mut reader = library.reader().unwrap();
    let started = Instant::now();
    reader.search(&Request::new("đất", 10)).unwrap();
    println!("first question {:.1} ms", started.elapsed().as_secs_f64() * 1e3);
    let (mut full, mut typing, mut titles, mut hits10, mut reciprocal, mut hits1) =
        (Vec::new(), Vec::new(), Vec::new(), 0.0, 0.0, 0.0);
    for query in &queries {
        let text = query["text"].as_str().unwrap();
        let relevant: BTreeSet<&str> = query["relevant"].as_array().unwrap().iter().map(|id| id.as_str().unwrap()).collect();
        let started = on_cpu();
        let answer = reader.search(&Request::new(text, 10)).unwrap();
        full.push(on_cpu() - started);
        let good: Vec<usize> = (0..answer.hits.len()).filter(|at| relevant.contains(answer.hits[*at].id.as_str())).collect();
        hits1 += good.iter().filter(|at| **at == 0).count() as f64 / relevant.len() as f64;
        hits10 += good.len() as f64 / relevant.len() as f64;
        reciprocal += good.first().map_or(0.0, |at| 1.0 / (*at as f64 + 1.0));
    }
    for query in queries.iter().take(60) {
        let text: String = query["text"].as_str().unwrap().chars().take(40).collect();
        for end in (1..=text.chars().count()).step_by(3) {
            let typed: String = text.chars().take(end).collect();
            let started = on_cpu();
            reader.search(&Request { typing: true, ..Request::new(&typed, 10) }).unwrap();
            typing.push(on_cpu() - started);
            let started = on_cpu();
            reader.titles(&typed, 10).unwrap();
            titles.push(on_cpu() - started);
        }
    }
    let number = queries.len() as f64;
    println!("R@1 {:.4} R@10 {:.4} MRR@10 {:.4}", hits1 / number, hits10 / number, reciprocal / number);
    for (name, times) in [("full", &mut full), ("typing", &mut typing), ("titles", &mut titles)] {
        println!(
            "{name}: p50 {:.2} ms, p95 {:.2} ms, max {:.2} ms",
            percentile(times, 0.5),
            percentile(times, 0.95),
            percentile(times, 1.0)
        );
    }
}
