//! Our search, as the application uses it: the encrypted library of a profile, its one writer, its readers.

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use store::StoreError;
use store::library::entry::{Entry, Section, Validity};
use store::library::{Change, Library, LibraryReader, Request};

use crate::corpus::Article;
use crate::trial::{self, Answer, Ask, Asked, Built, DEPTH, How, Moment, memory};
use crate::{Outcome, lines};

/// The first argument of a process that tries our search.
pub const TRIAL: &str = "trial";
/// Where the answers are written, beside the library.
const ANSWERS: &str = "answers.jsonl";
/// The key of the library's database; any key takes as long.
const KEY: [u8; 32] = [7; 32];
/// Entries that are handed to the library at once.
const ENTRIES_AT_ONCE: usize = 500;
/// Hits that a window asks for, with their snippets.
const SHOWN: usize = 40;
/// Hits that a window asks for after every letter (`HITS_WHILE_TYPING` of its box).
const SHOWN_WHILE_TYPING: usize = 12;
/// The day whose law a window asks for when nobody chose one: 1 July 2025, in days since 1970.
const TODAY: i32 = 20_270;
/// A trial is asked at most so many questions.
const ASKS_MAX: usize = 10_000_000;

/// Builds our index of articles, and of questions that were asked before, in one process, then asks each file of questions in another.
pub fn run<const N: usize>(docs: &Path, asked: Option<&Path>, asks: [&Path; N], folder: &Path) -> Outcome<(Built, [Asked; N])> {
    let made = tempfile::tempdir_in(folder)?;
    let this = std::env::current_exe()?;
    let mut build = Command::new(&this);
    build.args([TRIAL, "build"]).args([made.path(), docs]).args(asked);
    let built = trial::run(&mut build)?;
    let out = made.path().join(ANSWERS);
    let ask = |asks: &Path| -> Outcome<Asked> {
        let grown_bytes = trial::run(Command::new(&this).args([TRIAL, "ask"]).args([made.path(), asks, &out]))?;
        let answers = lines::read(&out, ASKS_MAX)?.into_iter().map(|(_, answer)| answer).collect();
        Ok(Asked { answers, grown_bytes })
    };
    let asked: Vec<Asked> = asks.into_iter().map(ask).collect::<Outcome<_>>()?;
    Ok((built, asked.try_into().map_err(|_| "not every question was asked")?))
}

/// What such a process does; its result as JSON.
pub fn trial(words: &[String]) -> Outcome<String> {
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    Ok(match words.as_slice() {
        ["build", folder, docs] => serde_json::to_string(&build(Path::new(folder), Path::new(docs), None)?)?,
        ["build", folder, docs, asked] => {
            serde_json::to_string(&build(Path::new(folder), Path::new(docs), Some(Path::new(asked)))?)?
        }
        ["ask", folder, asks, out] => serde_json::to_string(&ask(Path::new(folder), Path::new(asks), Path::new(out))?)?,
        _ => return Err("a trial is started by bench-search itself".into()),
    })
}

/// All in one transaction, as a package is installed. The time to read and parse the files is not counted.
fn build(folder: &Path, docs: &Path, asked: Option<&Path>) -> Outcome<Built> {
    let (before, begun) = (memory("VmRSS"), Moment::now());
    let mut reading = (Duration::ZERO, Duration::ZERO);
    let mut library = Library::open(folder, &KEY)?;
    // A broken file ends the trial; what is committed then is thrown away with the folder.
    let mut broken = None;
    library.change(|change| {
        for (file, section) in [(Some(docs), Section::Law), (asked, Section::Question)] {
            if let (Some(file), None) = (file, &broken) {
                broken = put(change, file, section, &mut reading)?;
            }
        }
        Ok(())
    })?;
    if let Some(refused) = broken {
        return Err(refused.into());
    }
    drop(library);
    let (clock, processor) = begun.elapsed();
    let build_s = clock.saturating_sub(reading.0).as_secs_f64();
    let cpu_s = processor.saturating_sub(reading.1).as_secs_f64();
    Ok(Built { build_s, cpu_s, index_bytes: bytes_in(folder)?, peak_bytes: memory("VmHWM").saturating_sub(before) })
}

/// Puts all of a file in, and adds the time that reading it took; why the file cannot be used, if so.
fn put(
    change: &mut Change<'_>,
    file: &Path,
    section: Section,
    reading: &mut (Duration, Duration),
) -> Result<Option<lines::Refused>, StoreError> {
    let mut articles = match lines::open::<Article>(file) {
        Ok(articles) => articles,
        Err(refused) => return Ok(Some(refused)),
    };
    loop {
        let begun = Moment::now();
        let some = articles.by_ref().take(ENTRIES_AT_ONCE).map(|line| Ok(entry(line?.1, section)));
        let some: Result<Vec<Entry>, _> = some.collect();
        let (clock, processor) = begun.elapsed();
        *reading = (reading.0 + clock, reading.1 + processor);
        match some {
            Ok(entries) if entries.is_empty() => return Ok(None),
            Ok(entries) => change.put_entries(&entries)?,
            Err(refused) => return Ok(Some(refused)),
        }
    }
}

/// An article is one entry; the title of a question is the question.
fn entry(article: Article, section: Section) -> Entry {
    let (title, body) = if section == Section::Question { (article.text, String::new()) } else { (article.title, article.text) };
    Entry {
        id: article.id,
        section,
        source: article.law,
        number: None,
        title,
        path: String::new(),
        body,
        agency: String::new(),
        field: String::new(),
        level: String::new(),
        from: None,
        to: None,
        validity: Validity::InForce,
    }
}

/// Resident bytes by which opening and asking let the process grow. The answers go to a file, so that they are not among them.
fn ask(folder: &Path, asks: &Path, out: &Path) -> Outcome<u64> {
    let asks: Vec<(usize, Ask)> = lines::read(asks, ASKS_MAX)?;
    let mut out = lines::create(out)?;
    let before = memory("VmRSS");
    let mut reader = LibraryReader::open(folder, &KEY)?;
    for (_, ask) in &asks {
        let begun = Moment::now();
        let ids = found(&mut reader, ask)?;
        let (clock, processor) = begun.elapsed();
        lines::append(&mut out, &Answer { ids, ms: clock.as_secs_f64() * 1e3, cpu_ms: processor.as_secs_f64() * 1e3 })?;
    }
    lines::finish(out)?;
    Ok(memory("VmRSS").saturating_sub(before))
}

fn found(reader: &mut LibraryReader, ask: &Ask) -> Outcome<Vec<String>> {
    let articles = |limit| Request { sections: vec![Section::Law], ..Request::new(ask.text.as_str(), limit) };
    Ok(match ask.how {
        How::Deep => reader.search(&articles(DEPTH))?.hits.into_iter().map(|hit| hit.id).collect(),
        How::Full => reader.search(&articles(SHOWN))?.hits.into_iter().map(|hit| hit.id).collect(),
        How::Key => {
            // The box is narrowed to nothing until somebody does so.
            let typing = Request { typing: true, as_of: Some(TODAY), ..Request::new(ask.text.as_str(), SHOWN_WHILE_TYPING) };
            reader.search(&typing)?.hits.into_iter().map(|hit| hit.id).collect()
        }
        How::Similar => reader.similar(&ask.text, Section::Question, DEPTH)?.into_iter().map(|similar| similar.id).collect(),
    })
}

/// Bytes of all files directly in a folder.
fn bytes_in(folder: &Path) -> Outcome<u64> {
    let mut sum = 0;
    for entry in std::fs::read_dir(folder)? {
        sum += entry?.metadata()?.len();
    }
    Ok(sum)
}
