//! The result, as JSON or as a table. The keys of the JSON are relied on by others.

use std::collections::BTreeMap;
use std::fmt;

use serde::Serialize;

use crate::latency::Spread;
use crate::metrics::{Hits, Quality};

/// The quality of one engine for each way of typing.
pub type Qualities = BTreeMap<&'static str, Quality>;

/// What was measured. What was left out is `null`.
#[derive(Debug, Default, Serialize)]
pub struct Report {
    /// Our search.
    pub ours: Qualities,
    /// SQLite FTS5.
    pub fts5: Option<Qualities>,
    /// tantivy.
    pub tantivy: Option<Qualities>,
    /// bm25s with pyvi.
    pub bm25s_pyvi: Option<Qualities>,
    /// Questions like a question, ours.
    pub similar: Option<Hits>,
    /// The same by the peers.
    pub similar_peers: BTreeMap<&'static str, Hits>,
    /// How long ours takes.
    pub latency_ms: Latency,
    /// Seconds to build our index of the articles.
    pub build_s: f64,
    /// Seconds to build it of 60,000.
    pub build_s_60k: Option<f64>,
    /// The same in time of one processor.
    pub build_cpu_s_60k: Option<f64>,
    /// Our index on disk, encrypted, with the text, MB.
    pub index_mb: f64,
    /// Of 60,000.
    pub index_mb_60k: Option<f64>,
    /// Memory by which a process grows that opens our index and is asked, MB.
    pub memory_mb: f64,
    /// With 60,000.
    pub memory_mb_60k: Option<f64>,
    /// The most memory by which a process grows that builds our index, MB.
    pub build_memory_mb: f64,
    /// Of 60,000.
    pub build_memory_mb_60k: Option<f64>,
    /// How fast and large the peers are.
    pub peers: BTreeMap<&'static str, PeerFigures>,
    /// With what it was measured.
    pub data: Data,
}

/// Times of ours.
#[derive(Debug, Default, Serialize)]
pub struct Latency {
    /// With the articles as they are.
    #[serde(flatten)]
    pub as_it_is: Times,
    /// With 60,000.
    #[serde(flatten)]
    pub large: Option<LargeTimes>,
}

/// Times of ours, milliseconds.
#[derive(Debug, Default, Clone, PartialEq, Serialize)]
pub struct Times {
    /// A whole question as given, half are quicker.
    pub full_p50: f64,
    /// 95 of 100 are quicker.
    pub full_p95: f64,
    /// The same in time of one processor, 95 of 100.
    pub full_cpu_p95: f64,
    /// All that the window asks and shows after one more letter, half are quicker.
    pub key_p50: f64,
    /// 95 of 100.
    pub key_p95: f64,
    /// The same in time of one processor, 95 of 100.
    pub key_cpu_p95: f64,
    /// 95 of 100 whole questions, for each way of typing.
    pub full_p95_by_variant: BTreeMap<&'static str, f64>,
}

/// The same with 60,000 articles, under names of their own.
#[derive(Debug, Serialize)]
pub struct LargeTimes {
    full_p50_60k: f64,
    full_p95_60k: f64,
    full_cpu_p95_60k: f64,
    key_p50_60k: f64,
    key_p95_60k: f64,
    key_cpu_p95_60k: f64,
    full_p95_by_variant_60k: BTreeMap<&'static str, f64>,
}

impl From<Times> for LargeTimes {
    fn from(times: Times) -> Self {
        Self {
            full_p50_60k: times.full_p50,
            full_p95_60k: times.full_p95,
            full_cpu_p95_60k: times.full_cpu_p95,
            key_p50_60k: times.key_p50,
            key_p95_60k: times.key_p95,
            key_cpu_p95_60k: times.key_cpu_p95,
            full_p95_by_variant_60k: times.full_p95_by_variant,
        }
    }
}

/// Times and sizes of a peer.
#[derive(Debug, Serialize)]
pub struct PeerFigures {
    /// The engine and its version.
    pub version: String,
    /// Seconds to build its index.
    pub build_s: f64,
    /// Its index on disk, MB; `null` when it has none.
    pub index_mb: Option<f64>,
    /// A whole question as given.
    pub full_ms: Spread,
    /// Seconds to build an index of 60,000 articles.
    pub build_s_60k: Option<f64>,
    /// That index on disk, MB.
    pub index_mb_60k: Option<f64>,
    /// A whole question as given, with 60,000 articles.
    pub full_ms_60k: Option<Spread>,
}

/// With what it was measured.
#[derive(Debug, Default, Serialize)]
pub struct Data {
    /// Articles in the folder.
    pub articles: usize,
    /// Questions that an article answers.
    pub questions: usize,
    /// Labels that name no article; they are left out.
    pub labels_unknown: usize,
    /// Questions of which alike ones are known.
    pub similar: usize,
    /// Questions among which they are looked for.
    pub asked: usize,
    /// Processes that wanted to run on the machine in the minute before it began and before it ended: a time is worth something when
    /// they are few.
    pub load: [f64; 2],
}

impl Report {
    /// One JSON object.
    pub fn to_json(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }

    fn engines(&self) -> impl Iterator<Item = (&'static str, &Qualities)> {
        let peers = [("fts5", &self.fts5), ("tantivy", &self.tantivy), ("bm25s_pyvi", &self.bm25s_pyvi)];
        [("ours", &self.ours)].into_iter().chain(peers.into_iter().filter_map(|(name, found)| Some((name, found.as_ref()?))))
    }
}

/// A figure, or a dash for what was left out.
fn or_dash(value: Option<f64>) -> String {
    value.map_or_else(|| "–".to_owned(), |value| format!("{value:.1}"))
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{} articles, {} questions\n", self.data.articles, self.data.questions)?;
        writeln!(f, "{:<12} {:<12} {:>7} {:>7} {:>7} {:>7}", "", "", "R@1", "R@10", "R@100", "MRR@10")?;
        for (engine, qualities) in self.engines() {
            for variant in crate::variants::ALL {
                let Some(q) = qualities.get(variant.name()) else { continue };
                writeln!(f, "{engine:<12} {variant:<12} {:>7.4} {:>7.4} {:>7.4} {:>7.4}", q.r1, q.r10, q.r100, q.mrr10)?;
            }
        }
        if let Some(hits) = &self.similar {
            writeln!(
                f,
                "\nquestions alike ({} of {}): hit@1 {:.4}, hit@5 {:.4}",
                self.data.similar, self.data.asked, hits.hit1, hits.hit5
            )?;
            for (engine, hits) in &self.similar_peers {
                writeln!(f, "    {engine}: hit@1 {:.4}, hit@5 {:.4}", hits.hit1, hits.hit5)?;
            }
        }
        let (given, large) = (&self.latency_ms.as_it_is, self.latency_ms.large.as_ref());
        writeln!(f, "\n{:<34} {:>12} {:>12}", "ours", "as it is", "60,000")?;
        let mut row = |what: &str, given: f64, large: Option<f64>| writeln!(f, "{what:<34} {given:>12.1} {:>12}", or_dash(large));
        row("whole question p50, ms", given.full_p50, large.map(|times| times.full_p50_60k))?;
        row("whole question p95, ms", given.full_p95, large.map(|times| times.full_p95_60k))?;
        row("    processor's time, p95", given.full_cpu_p95, large.map(|times| times.full_cpu_p95_60k))?;
        row("one letter p50, ms", given.key_p50, large.map(|times| times.key_p50_60k))?;
        row("one letter p95, ms", given.key_p95, large.map(|times| times.key_p95_60k))?;
        row("    processor's time, p95", given.key_cpu_p95, large.map(|times| times.key_cpu_p95_60k))?;
        row("build, s", self.build_s, self.build_s_60k)?;
        row("index, MB", self.index_mb, self.index_mb_60k)?;
        row("memory when asked, MB", self.memory_mb, self.memory_mb_60k)?;
        row("memory when built, MB", self.build_memory_mb, self.build_memory_mb_60k)?;
        for (engine, peer) in &self.peers {
            writeln!(f, "\n{engine} ({})", peer.version)?;
            let mut row = |what: &str, given: Option<f64>, large: Option<f64>| {
                writeln!(f, "{what:<34} {:>12} {:>12}", or_dash(given), or_dash(large))
            };
            row("whole question p50, ms", Some(peer.full_ms.p50), peer.full_ms_60k.map(|spread| spread.p50))?;
            row("whole question p95, ms", Some(peer.full_ms.p95), peer.full_ms_60k.map(|spread| spread.p95))?;
            row("build, s", Some(peer.build_s), peer.build_s_60k)?;
            row("index, MB", peer.index_mb, peer.index_mb_60k)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn the_keys_that_others_rely_on_are_there() {
        let quality = Quality { r1: 0.5, r10: 1.0, r100: 1.0, mrr10: 0.75 };
        let all: Qualities = crate::variants::ALL.into_iter().map(|variant| (variant.name(), quality)).collect();
        let report = Report {
            ours: all.clone(),
            fts5: Some(all),
            similar: Some(Hits { hit1: 0.5, hit5: 1.0 }),
            build_s_60k: Some(2.0),
            latency_ms: Latency { as_it_is: Times::default(), large: Some(Times::default().into()) },
            ..Report::default()
        };
        let json: serde_json::Value = serde_json::from_str(&report.to_json()).unwrap();
        for variant in ["given", "untoned", "half_toned", "telex", "typo"] {
            for figure in ["r1", "r10", "r100", "mrr10"] {
                assert!(json["ours"][variant][figure].is_f64() && json["fts5"][variant][figure].is_f64(), "{variant} {figure}");
            }
        }
        assert!(json["tantivy"].is_null() && json["bm25s_pyvi"].is_null(), "what was left out is said to be so");
        assert_eq!((json["similar"]["hit1"].as_f64(), json["similar"]["hit5"].as_f64()), (Some(0.5), Some(1.0)));
        for time in ["full_p50", "full_p95", "full_p95_60k", "key_p95_60k"] {
            assert!(json["latency_ms"][time].is_f64(), "{time}");
        }
        assert_eq!(json["build_s_60k"], 2.0);
    }
}
