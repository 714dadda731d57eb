//! Whatever the crates below can say, the window has words for it: the codes are read from their sources.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use serde::Deserialize;

#[derive(Deserialize)]
struct Texts {
    error: BTreeMap<String, String>,
    what: BTreeMap<String, String>,
    problem: BTreeMap<String, String>,
    evidence: BTreeMap<String, String>,
    signature: BTreeMap<String, String>,
}

fn texts(language: &str) -> Texts {
    let path = root().join("ui/locales/errors").join(format!("{language}.json"));
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

/// The sources of the folders, without their tests.
fn sources(folders: &[&str]) -> Vec<(PathBuf, String)> {
    fn walk(folder: &Path, found: &mut Vec<(PathBuf, String)>) {
        let mut entries: Vec<PathBuf> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
        entries.sort();
        for path in entries {
            if path.is_dir() {
                walk(&path, found);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let text = std::fs::read_to_string(&path).unwrap();
                let text = text.split("#[cfg(test)]").next().unwrap().to_owned();
                found.push((path, text));
            }
        }
    }
    let mut found = Vec::new();
    for folder in folders {
        walk(&root().join(folder), &mut found);
    }
    assert!(!found.is_empty());
    found
}

/// The text from an opening brace to the one that closes it.
fn block(text: &str) -> &str {
    let mut depth = 0_usize;
    for (at, c) in text.char_indices() {
        match c {
            '{' => depth += 1,
            '}' if depth == 1 => return &text[..at],
            '}' => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    text
}

fn literals(text: &str) -> impl Iterator<Item = String> {
    text.split('"').skip(1).step_by(2).map(str::to_owned)
}

fn is_code(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '_' | '.'))
}

/// The codes that `fn code` of the errors in these folders can return, with where they stand.
fn codes_of_errors(folders: &[&str], only: impl Fn(&Path, &str) -> bool) -> BTreeMap<String, String> {
    let mut codes = BTreeMap::new();
    for (path, text) in sources(folders) {
        for (at, _) in text.match_indices("fn code(") {
            let owner = text[..at].rfind("impl ").map(|start| text[start..at].lines().next().unwrap_or_default());
            if !only(&path, owner.unwrap_or_default()) {
                continue;
            }
            for code in literals(block(&text[at..])).filter(|code| is_code(code)) {
                codes.insert(code, path.display().to_string());
            }
        }
    }
    codes
}

/// What follows each call, up to the end of its first string literal.
fn first_literals(text: &str, call: &str) -> Vec<String> {
    text.match_indices(call)
        .filter_map(|(at, _)| {
            let rest = text[at + call.len()..].trim_start();
            rest.strip_prefix('"')?.split('"').next().map(str::to_owned)
        })
        .collect()
}

fn missing(said: &BTreeMap<String, String>, known: &[&BTreeMap<String, String>]) -> BTreeMap<String, String> {
    said.iter()
        .filter(|(code, _)| !known.iter().any(|known| known.contains_key(*code)))
        .map(|(code, path)| (code.clone(), path.clone()))
        .collect()
}

#[test]
fn every_code_of_every_error_has_a_sentence_in_both_languages() {
    let folders = ["src-tauri/app/src", "src-tauri/pdf/src", "src-tauri/typeset/src", "sync", "signing/src", "signing/pdf/src"];
    let mut codes = codes_of_errors(&folders, |path, owner| {
        // Problems of votes and reasons of signatures have their own texts, see below; a hub speaks for itself and has no window; the others
        // are kinds of something and no errors.
        let kinds = ["BallotStatus", "impl Secrecy", "impl Kind", "impl Level", "impl PersonalKind", "impl State"];
        !["VoteProblem", "Reason", "HubError"].iter().chain(&kinds).any(|name| owner.contains(name))
            && !path.components().any(|part| part.as_os_str() == "tests")
    });
    let mut direct = vec!["src-tauri/app/src", "tests/devserver/src", "ui/src"];
    if root().join("src-tauri/src").is_dir() {
        direct.push("src-tauri/src");
    }
    for (path, text) in sources(&direct) {
        for code in first_literals(&text, "ApiError::new(") {
            codes.insert(code, path.display().to_string());
        }
    }
    // Kinds of errors of the system.
    let boundary = root().join("src-tauri/app/src/error.rs");
    let text = std::fs::read_to_string(&boundary).unwrap();
    for code in literals(&text).filter(|text| text.starts_with("file_") || text.starts_with("disk_")) {
        codes.insert(code, boundary.display().to_string());
    }
    assert!(codes.len() > 120, "only {} codes were found: the sources are read wrongly", codes.len());
    for code in ["secrecy_marking", "chair_only", "words_differ", "disk_error", "pdf_encrypted", "wrong_passphrase", "disk_full"]
    {
        assert!(codes.contains_key(code), "{code} was not found in the sources");
    }
    for language in ["vi", "en"] {
        let texts = texts(language);
        let missing = missing(&codes, &[&texts.error, &texts.problem]);
        assert!(missing.is_empty(), "{language} has no sentence for {missing:#?}");
    }
}

#[test]
fn every_problem_of_a_vote_and_every_reason_of_a_signature_has_a_sentence() {
    let problems = codes_of_errors(&["signing/src"], |_, owner| owner.contains("VoteProblem"));
    let reasons = codes_of_errors(&["signing/pdf/src"], |_, owner| owner.contains("Reason"));
    assert!(problems.len() >= 10 && reasons.len() >= 10, "{problems:?} {reasons:?}");
    for language in ["vi", "en"] {
        let texts = texts(language);
        let missing_problems = missing(&problems, &[&texts.problem, &texts.error]);
        let missing_reasons = missing(&reasons, &[&texts.signature]);
        assert!(
            missing_problems.is_empty() && missing_reasons.is_empty(),
            "{language}: {missing_problems:?} {missing_reasons:?}"
        );
    }
}

/// Whoever checks a file without a profile is not told what the same code means where there is one.
#[test]
fn every_problem_of_an_exported_file_has_a_sentence_of_its_own() {
    let judged = ["BundleProblem", "VoteProblem", "CeremonyProblem", "SecrecyProblem", "impl VoteError", "impl SecretError"];
    let mut problems = codes_of_errors(&["signing/src"], |_, owner| judged.iter().any(|name| owner.contains(name)));
    let archive = root().join("src-tauri/app/src/archive/verify.rs");
    let text = std::fs::read_to_string(&archive).unwrap();
    for said in literals(&text).filter(|said| said.starts_with("archive_")) {
        problems.insert(said.split(':').next().unwrap().to_owned(), archive.display().to_string());
    }
    for code in ["file_changed", "wrong_root", "double_ballot", "teller_share_false", "totals_impossible", "archive_file_missing"]
    {
        assert!(problems.contains_key(code), "{code} was not found in the sources");
    }
    for language in ["vi", "en"] {
        let texts = texts(language);
        let missing = missing(&problems, &[&texts.evidence, &texts.problem]);
        assert!(missing.is_empty(), "{language} has no sentence for {missing:#?}");
    }
}

#[test]
fn everything_that_has_a_limit_has_a_name() {
    let mut named = BTreeSet::new();
    for (_, text) in sources(&["sync/domain/src"]) {
        for call in
            ["check_line(", "check_paragraph(", "at_most(", "at_least(", "distinct(", "check_characters(", "bound(", "one_line("]
        {
            named.extend(first_literals(&text, call));
        }
    }
    // The application says which field of a form it was.
    for (_, text) in sources(&["src-tauri/app/src"]) {
        named.extend(text.match_indices(".with(\"field\",").filter_map(|(at, found)| literals(&text[at + found.len()..]).next()));
    }
    assert!(named.len() > 20, "{named:?}");
    for language in ["vi", "en"] {
        let texts = texts(language);
        let missing: Vec<_> = named.iter().filter(|name| !texts.what.contains_key(*name)).collect();
        assert!(missing.is_empty(), "{language} has no word for {missing:?}");
    }
}
