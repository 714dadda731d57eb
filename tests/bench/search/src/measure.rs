//! The measurements, one after the other, so that nothing else of ours runs while a time is taken. How far it is is told on stderr.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::time::Instant;

use crate::corpus::{self, Article};
use crate::enlarge::{LARGE, enlarged};
use crate::latency::{hundredth, percentiles, spread, typed};
use crate::metrics::{hits, quality};
use crate::ours;
use crate::peers::{self, Peer};
use crate::questions::{self, Question, Similar};
use crate::report::{PeerFigures, Qualities, Report, Times};
use crate::trial::{Answer, Ask, Found, How, load};
use crate::variants::{self, Variant};
use crate::{Arguments, Outcome, lines};

/// Alike questions are told at most so many; the last is needed when the question itself is among those asked before.
const SIMILAR_DEPTH: usize = 6;

/// The articles, as they are handed to the engines.
const DOCS: &str = "docs.jsonl";
/// Whole questions.
const ASKS: &str = "asks.jsonl";
/// Beginnings of questions.
const KEYS: &str = "keys.jsonl";

/// What was read, and where it is written for the engines.
struct Bench<'a> {
    arguments: &'a Arguments,
    folder: PathBuf,
    articles: Vec<Article>,
    questions: Vec<Question>,
    begun: Instant,
}

/// Which questions are alike, and among which they are looked for.
struct Alike {
    wanted: Vec<Similar>,
    texts: Vec<String>,
    asked: Vec<Article>,
}

/// Reads, measures, adds up.
pub fn run(arguments: &Arguments) -> Outcome<Report> {
    let made = match &arguments.folder {
        Some(folder) => tempfile::tempdir_in(folder)?,
        None => tempfile::tempdir()?,
    };
    let articles = corpus::read(&arguments.corpus)?;
    let all = questions::read(&arguments.queries)?;
    let alike = match (&arguments.similar, &arguments.asked) {
        (Some(similar), Some(asked)) => Some(alike(&all, similar, asked)?),
        _ => None,
    };
    let ids = articles.iter().map(|article| article.id.as_str()).collect::<BTreeSet<_>>();
    let count = all.len();
    let (questions, unknown) = questions::answered(&arguments.queries, all, &ids)?;
    if unknown > 0 || questions.len() < count {
        eprintln!(
            "{unknown} labels name no article; {} of {count} questions have none that does and are left out",
            count - questions.len()
        );
    }
    let bench = Bench { arguments, folder: made.path().to_owned(), articles, questions, begun: Instant::now() };
    let mut report = Report::default();
    report.data.load = [load(), 0.0];
    report.data.articles = bench.articles.len();
    report.data.questions = bench.questions.len();
    report.data.labels_unknown = unknown;
    bench.as_it_is(&mut report)?;
    if let Some(alike) = &alike {
        bench.similar(alike, &mut report)?;
    }
    if !arguments.fast {
        bench.enlarged(&mut report)?;
    }
    report.data.load[1] = load();
    Ok(report)
}

fn alike(questions: &[Question], similar: &Path, asked: &Path) -> Outcome<Alike> {
    let texts: BTreeMap<&str, &str> = questions.iter().map(|question| (question.qid.as_str(), question.text.as_str())).collect();
    let before = questions::read(asked)?;
    let known: BTreeSet<&str> = before.iter().map(|question| question.qid.as_str()).collect();
    let mut alike = Alike { wanted: Vec::new(), texts: Vec::new(), asked: Vec::new() };
    let all = questions::read_similar(similar)?;
    let count = all.len();
    for mut one in all {
        let Some(text) = texts.get(one.qid.as_str()) else { continue };
        one.similar.retain(|qid| *qid != one.qid && known.contains(qid.as_str()));
        if !one.similar.is_empty() {
            alike.texts.push(Variant::Given.of(text));
            alike.wanted.push(one);
        }
    }
    if alike.wanted.is_empty() {
        let why = format!("no question of it is in --queries and has a like one in {}", asked.display());
        return Err(lines::Refused::file(similar, why).into());
    }
    if alike.wanted.len() < count {
        eprintln!(
            "{} of {count} questions of {} are unknown or have no known like one",
            count - alike.wanted.len(),
            similar.display()
        );
    }
    let article = |question: Question| Article {
        id: question.qid,
        law: String::new(),
        article: String::new(),
        title: String::new(),
        text: question.text,
    };
    alike.asked = before.into_iter().map(article).collect();
    Ok(alike)
}

impl Bench<'_> {
    fn told(&self, what: &str) {
        eprintln!("{:>7.1} s  {what}", self.begun.elapsed().as_secs_f64());
    }

    fn file<T: serde::Serialize>(&self, name: &str, items: impl IntoIterator<Item = T>) -> Outcome<PathBuf> {
        let file = self.folder.join(name);
        lines::write(&file, items)?;
        Ok(file)
    }

    /// All questions typed in all ways, one way after the other.
    fn asks(&self, how: How) -> impl Iterator<Item = Ask> {
        let of = move |way: Variant| self.questions.iter().map(move |question| Ask { text: way.of(&question.text), how });
        variants::ALL.into_iter().flat_map(of)
    }

    /// The beginnings of all questions, letter by letter.
    fn keys(&self) -> impl Iterator<Item = Ask> {
        let texts = self.questions.iter().map(|question| Variant::Given.of(&question.text));
        texts.flat_map(|text| typed(&text).map(|text| Ask { text, how: How::Key }).collect::<Vec<_>>())
    }

    /// The answers to the questions typed in one way.
    fn typed<'b>(&self, answers: &'b [Answer], variant: Variant) -> &'b [Answer] {
        let place = variants::ALL.iter().position(|other| *other == variant).unwrap_or(0);
        let from = place * self.questions.len();
        answers.get(from..from + self.questions.len()).unwrap_or_default()
    }

    fn qualities(&self, answers: &[Answer]) -> Qualities {
        let one = |variant: Variant| {
            let rankings = self.typed(answers, variant).iter().map(|answer| answer.ids.as_slice());
            (variant.name(), quality(&self.questions, rankings))
        };
        variants::ALL.into_iter().map(one).collect()
    }

    /// How long ours took for whole questions, and for letters.
    fn times(&self, full: &[Answer], keys: &[Answer]) -> Times {
        let whole = spread(self.typed(full, Variant::Given));
        let letter = spread(keys);
        Times {
            full_p50: whole.p50,
            full_p95: whole.p95,
            full_cpu_p95: percentiles(self.typed(full, Variant::Given).iter().map(|answer| answer.cpu_ms)).p95,
            key_p50: letter.p50,
            key_p95: letter.p95,
            key_cpu_p95: percentiles(keys.iter().map(|answer| answer.cpu_ms)).p95,
            full_p95_by_variant: variants::ALL.into_iter().map(|way| (way.name(), spread(self.typed(full, way)).p95)).collect(),
        }
    }

    fn as_it_is(&self, report: &mut Report) -> Outcome<()> {
        let docs = self.file(DOCS, &self.articles)?;
        let deep = self.file("deep.jsonl", self.asks(How::Deep))?;
        let (asks, keys) = (self.file(ASKS, self.asks(How::Full))?, self.file(KEYS, self.keys())?);
        self.told(&format!("ours: {} articles, {} questions in five ways", self.articles.len(), self.questions.len()));
        let (built, [deep, full, key]) = ours::run(&docs, None, [&deep, &asks, &keys], &self.folder)?;
        report.ours = self.qualities(&deep.answers);
        report.build_s = hundredth(built.build_s);
        report.index_mb = mb(built.index_bytes);
        report.build_memory_mb = mb(built.peak_bytes);
        report.memory_mb = mb(full.grown_bytes);
        report.latency_ms.as_it_is = self.times(&full.answers, &key.answers);
        for peer in self.peers() {
            self.told(&format!("{}: the same", peer.name()));
            if let Some(found) = peer.run(&self.arguments.peers, &docs, &asks, &self.folder)? {
                let qualities = Some(self.qualities(&found.answers));
                match peer {
                    Peer::Fts5 => report.fts5 = qualities,
                    Peer::Tantivy => report.tantivy = qualities,
                    Peer::Bm25sPyvi => report.bm25s_pyvi = qualities,
                }
                report.peers.insert(peer.name(), self.figures(&found));
            }
        }
        Ok(())
    }

    fn peers(&self) -> impl Iterator<Item = Peer> {
        peers::ALL.into_iter().filter(|_| !self.arguments.fast)
    }

    fn figures(&self, found: &Found) -> PeerFigures {
        PeerFigures {
            version: found.version.clone(),
            build_s: hundredth(found.build_s),
            index_mb: (found.index_bytes > 0).then(|| mb(found.index_bytes)),
            full_ms: spread(self.typed(&found.answers, Variant::Given)),
            build_s_60k: None,
            index_mb_60k: None,
            full_ms_60k: None,
        }
    }

    fn similar(&self, alike: &Alike, report: &mut Report) -> Outcome<()> {
        (report.data.similar, report.data.asked) = (alike.wanted.len(), alike.asked.len());
        let docs = self.file("asked.jsonl", &alike.asked)?;
        let asks = self.file("similar.jsonl", alike.texts.iter().map(|text| Ask { text: text.clone(), how: How::Similar }))?;
        self.told(&format!("{} questions like {} others", alike.asked.len(), alike.wanted.len()));
        // Ours may go through the articles to which questions lead, as it does in the application.
        let (_, [found]) = ours::run(&self.folder.join(DOCS), Some(&docs), [&asks], &self.folder)?;
        report.similar = Some(hits(&alike.wanted, &others(&alike.wanted, found.answers)));
        for peer in self.peers() {
            if let Some(found) = peer.run(&self.arguments.peers, &docs, &asks, &self.folder)? {
                report.similar_peers.insert(peer.name(), hits(&alike.wanted, &others(&alike.wanted, found.answers)));
            }
        }
        Ok(())
    }

    fn enlarged(&self, report: &mut Report) -> Outcome<()> {
        self.told(&format!("making {LARGE} articles"));
        let docs = self.file(DOCS, enlarged(&self.articles, LARGE))?;
        let (asks, keys) = (self.folder.join(ASKS), self.folder.join(KEYS));
        self.told("ours");
        let (built, [full, key]) = ours::run(&docs, None, [&asks, &keys], &self.folder)?;
        report.build_s_60k = Some(hundredth(built.build_s));
        report.build_cpu_s_60k = Some(hundredth(built.cpu_s));
        report.index_mb_60k = Some(mb(built.index_bytes));
        report.build_memory_mb_60k = Some(mb(built.peak_bytes));
        report.memory_mb_60k = Some(mb(full.grown_bytes));
        report.latency_ms.large = Some(self.times(&full.answers, &key.answers).into());
        let given = self.file("given.jsonl", self.asks(How::Full).take(self.questions.len()))?;
        for peer in self.peers().filter(|peer| peer.is_enlarged()) {
            self.told(&format!("{}: the same", peer.name()));
            let found = peer.run(&self.arguments.peers, &docs, &given, &self.folder)?;
            if let (Some(found), Some(figures)) = (found, report.peers.get_mut(peer.name())) {
                figures.build_s_60k = Some(hundredth(found.build_s));
                figures.index_mb_60k = Some(mb(found.index_bytes));
                figures.full_ms_60k = Some(spread(&found.answers));
            }
        }
        self.told("done");
        Ok(())
    }
}

/// What was found without the question itself, which may be among those asked before.
fn others(wanted: &[Similar], answers: Vec<Answer>) -> Vec<Vec<String>> {
    let without =
        |(one, answer): (&Similar, Answer)| answer.ids.into_iter().filter(|id| *id != one.qid).take(SIMILAR_DEPTH - 1).collect();
    wanted.iter().zip(answers).map(without).collect()
}

fn mb(bytes: u64) -> f64 {
    hundredth(bytes as f64 / 1e6)
}
