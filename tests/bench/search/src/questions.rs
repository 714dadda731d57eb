//! The questions with the articles that answer them, and which questions are alike.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use serde::Deserialize;

use crate::corpus::{name, names};
use crate::lines::{self, Refused};

/// A file has at most so many questions.
const QUESTIONS_MAX: usize = 100_000;
/// A file of alike questions is at most so long.
const SIMILAR_BYTES_MAX: u64 = 256 << 20;

/// A question and what answers it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Question {
    /// Unique.
    #[serde(deserialize_with = "name")]
    pub qid: String,
    /// As somebody asked it.
    pub text: String,
    /// The articles that answer it.
    #[serde(default, deserialize_with = "names")]
    pub relevant: Vec<String>,
}

/// A question and the ones that are like it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Similar {
    /// One of the questions that are asked.
    #[serde(deserialize_with = "name")]
    pub qid: String,
    /// Of the questions that were asked before.
    #[serde(deserialize_with = "names")]
    pub similar: Vec<String>,
}

/// Reads questions; refuses an empty text and a qid that occurs twice.
pub fn read(file: &Path) -> Result<Vec<Question>, Refused> {
    let mut seen = BTreeMap::new();
    let mut found = Vec::new();
    for (line, question) in lines::read::<Question>(file, QUESTIONS_MAX)? {
        if question.text.trim().is_empty() {
            return Err(Refused::line(file, line, format!("question \"{}\" has no text", question.qid)));
        }
        if let Some(before) = seen.insert(question.qid.clone(), line) {
            return Err(Refused::line(file, line, format!("the qid \"{}\" was already in line {before}", question.qid)));
        }
        found.push(question);
    }
    Ok(found)
}

/// The questions that have an answer among the articles, and how many labels name no article. Refuses a file in which none has.
pub fn answered(file: &Path, questions: Vec<Question>, ids: &BTreeSet<&str>) -> Result<(Vec<Question>, usize), Refused> {
    let mut unknown = 0;
    let mut found = Vec::new();
    for mut question in questions {
        let labels = question.relevant.len();
        question.relevant.retain(|id| ids.contains(id.as_str()));
        unknown += labels - question.relevant.len();
        question.relevant.sort_unstable();
        question.relevant.dedup();
        if !question.relevant.is_empty() {
            found.push(question);
        }
    }
    if found.is_empty() {
        return Err(Refused::file(file, "no question names an article of the corpus in \"relevant\""));
    }
    Ok((found, unknown))
}

/// Reads alike questions: one JSON array, or one object a line.
pub fn read_similar(file: &Path) -> Result<Vec<Similar>, Refused> {
    let size = std::fs::metadata(file).map_err(|error| Refused::file(file, error))?.len();
    if size > SIMILAR_BYTES_MAX {
        return Err(Refused::file(file, format!("is larger than {} MB", SIMILAR_BYTES_MAX >> 20)));
    }
    let bytes = std::fs::read(file).map_err(|error| Refused::file(file, error))?;
    let text = String::from_utf8(bytes).map_err(|_| Refused::file(file, "not UTF-8"))?;
    let text = text.trim_start_matches('\u{feff}');
    if text.trim_start().starts_with('[') {
        return serde_json::from_str(text).map_err(|error| Refused::line(file, error.line(), error));
    }
    Ok(lines::read(file, QUESTIONS_MAX)?.into_iter().map(|(_, similar)| similar).collect())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn with_file<T>(text: &str, read: impl Fn(&Path) -> T) -> T {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("q.jsonl");
        std::fs::write(&file, text).unwrap();
        read(&file)
    }

    #[test]
    fn alike_questions_are_read_as_an_array_and_as_lines() {
        let wanted = [Similar { qid: "a".into(), similar: vec!["b".into()] }, Similar { qid: "2".into(), similar: vec![] }];
        let array = "[{\"qid\":\"a\",\"similar\":[\"b\"]},\n{\"qid\":2,\"similar\":[]}]";
        let rows = "{\"qid\":\"a\",\"similar\":[\"b\"]}\n{\"qid\":2,\"similar\":[]}\n";
        assert_eq!(with_file(array, read_similar).unwrap(), wanted);
        assert_eq!(with_file(rows, read_similar).unwrap(), wanted);
        let broken = with_file("[{\"qid\":\"a\",\"similar\":[]},\n{\"qid\":\"b\"}]", read_similar).unwrap_err().to_string();
        assert!(broken.contains("q.jsonl:2: missing field `similar`"), "{broken}");
    }

    #[test]
    fn questions_without_text_and_twice_the_same_are_refused_by_line() {
        let error = with_file("{\"qid\":\"a\",\"text\":\"\"}", read).unwrap_err().to_string();
        assert!(error.contains("q.jsonl:1: question \"a\" has no text"), "{error}");
        let error = with_file("{\"qid\":1,\"text\":\"x\"}\n{\"qid\":\"1\",\"text\":\"y\"}", read).unwrap_err().to_string();
        assert!(error.contains("q.jsonl:2: the qid \"1\" was already in line 1"), "{error}");
    }

    #[test]
    fn labels_that_name_no_article_are_counted_and_leave_the_question_when_another_is_left() {
        let file = Path::new("q.jsonl");
        let question = |qid: &str, relevant: &[&str]| Question {
            qid: qid.into(),
            text: "x".into(),
            relevant: relevant.iter().map(|id| (*id).into()).collect(),
        };
        let ids = BTreeSet::from(["a", "b"]);
        let asked = vec![question("1", &["a", "z", "a"]), question("2", &["z"]), question("3", &[])];
        let (kept, unknown) = answered(file, asked, &ids).unwrap();
        assert_eq!((kept, unknown), (vec![question("1", &["a"])], 2));
        assert!(answered(file, vec![question("2", &["z"])], &ids).is_err());
    }
}
