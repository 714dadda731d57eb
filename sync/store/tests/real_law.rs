//! Real law: what officials type finds the article. Needs the data folder (`KYHOP_DATA`); says so if it is not there.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stderr)]

use std::collections::BTreeSet;
use std::path::PathBuf;

use serde_json::Value;
use store::library::entry::{Entry, Section, Validity};
use store::library::{Library, LibraryReader, Request};

const KEY: [u8; 32] = [3; 32];
/// Under what the application's order reaches by cross-validation (docs/search.md), so that only a defect falls below it.
const FIRST_TEN_AT_LEAST: f64 = 0.95;
const QUESTIONS: usize = 366;

fn lines(path: PathBuf) -> Vec<Value> {
    std::fs::read_to_string(path).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn entry(id: &str, section: Section, source: &str, title: &str, body: &str) -> Entry {
    let text = str::to_owned;
    let (id, source, title, body) = (text(id), text(source), text(title), text(body));
    let none = String::new;
    let validity = Validity::InForce;
    Entry {
        id,
        section,
        source,
        number: None,
        title,
        path: none(),
        body,
        agency: none(),
        field: none(),
        level: none(),
        from: None,
        to: None,
        validity,
    }
}

fn first_ten(reader: &mut LibraryReader, questions: &[Value], change: impl Fn(&str) -> String) -> f64 {
    let mut found = 0.0;
    for question in questions {
        let relevant: BTreeSet<&str> = question["relevant"].as_array().unwrap().iter().map(|id| id.as_str().unwrap()).collect();
        let answer = reader
            .search(&Request { sections: vec![Section::Law], ..Request::new(change(question["text"].as_str().unwrap()), 10) })
            .unwrap();
        for hit in &answer.hits {
            for place in &hit.passage.marks {
                assert!(hit.passage.text.get(place.clone()).is_some_and(|marked| !marked.is_empty()), "{hit:?}");
            }
        }
        found += answer.hits.iter().filter(|hit| relevant.contains(hit.id.as_str())).count() as f64 / relevant.len() as f64;
    }
    found / questions.len() as f64
}

#[test]
fn questions_find_their_articles_with_and_without_marks_and_questions_find_each_other() {
    let Some(data) = std::env::var_os("KYHOP_DATA").map(PathBuf::from) else {
        eprintln!("skipped: KYHOP_DATA is not set, no real law to search");
        return;
    };
    let corpus = lines(data.join("alqac/corpus.jsonl"));
    let questions = lines(data.join("alqac/queries.dev.jsonl"));
    assert_eq!(questions.len(), QUESTIONS);
    let folder = tempfile::tempdir().unwrap();
    let mut library = Library::open(folder.path(), &KEY).unwrap();
    let text = |value: &Value, name: &str| value[name].as_str().unwrap().to_owned();
    let articles = corpus.iter().map(|article| {
        entry(&text(article, "id"), Section::Law, &text(article, "law"), &text(article, "title"), &text(article, "text"))
    });
    let asked =
        questions.iter().map(|question| entry(&text(question, "qid"), Section::Question, "", &text(question, "text"), ""));
    let entries: Vec<Entry> = articles.chain(asked).collect();
    library.change(|change| change.put_entries(&entries)).unwrap();
    let mut reader = library.reader().unwrap();
    assert_eq!(reader.len().unwrap(), corpus.len() + QUESTIONS);

    let given = first_ten(&mut reader, &questions, str::to_owned);
    let untoned = first_ten(&mut reader, &questions, search::fold::folded);
    eprintln!("first ten: as given {given:.4}, without marks {untoned:.4}");
    assert!(given >= FIRST_TEN_AT_LEAST && untoned >= FIRST_TEN_AT_LEAST);

    for short in ["UBND cấp xã có trách nhiệm gì", "QSDĐ của hộ gia đình"] {
        let long = short.replace("UBND", "Ủy ban nhân dân").replace("QSDĐ", "quyền sử dụng đất");
        let ids = |reader: &mut LibraryReader, text: &str| {
            let answer = reader.search(&Request::new(text, 10)).unwrap();
            answer.hits.into_iter().map(|hit| hit.id).collect::<BTreeSet<_>>()
        };
        let (short, long) = (ids(&mut reader, short), ids(&mut reader, &long));
        assert!(short.intersection(&long).count() >= 8, "{short:?} {long:?}");
    }

    // A question is most similar to itself; among the others are those with the same answer.
    let (mut asked, mut found) = (0, 0);
    for question in questions.iter().step_by(5) {
        let same = |other: &&Value| other["qid"] != question["qid"] && other["relevant"] == question["relevant"];
        let similar: BTreeSet<String> = questions.iter().filter(same).map(|other| text(other, "qid")).collect();
        let answer = reader.similar(&text(question, "text"), Section::Question, 6).unwrap();
        assert_eq!(answer[0].id, text(question, "qid"));
        if !similar.is_empty() {
            asked += 1;
            found += usize::from(answer.iter().any(|hit| similar.contains(&hit.id)));
        }
    }
    eprintln!("similar questions among the first five: {found} of {asked}");
    assert!(found * 10 >= asked * 8);
}
