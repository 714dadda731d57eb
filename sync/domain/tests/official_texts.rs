//! The secrecy rule against real official texts. They are not part of the project: `KYHOP_DATA` names their folder, without it, or without
//! `pdftotext`, these tests say so and pass.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::path::PathBuf;
use std::process::Command;

use domain::secrecy::marking;

fn data() -> Option<PathBuf> {
    let folder = std::env::var_os("KYHOP_DATA").map(PathBuf::from).filter(|folder| folder.is_dir());
    if folder.is_none() {
        eprintln!("SKIPPED: KYHOP_DATA names no folder with official texts");
    }
    folder
}

#[test]
fn no_first_page_of_a_published_paper_is_taken_for_secret() {
    let Some(data) = data() else { return };
    if Command::new("pdftotext").arg("-v").output().is_err() {
        eprintln!("SKIPPED: pdftotext (poppler-utils) is not installed");
        return;
    }
    let papers: Vec<PathBuf> = std::fs::read_dir(data.join("pdf_vn_official"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "pdf"))
        .collect();
    assert!(!papers.is_empty());
    let mut pages = 0;
    for paper in papers {
        for layout in [&["-layout"][..], &["-raw"], &[]] {
            let output = Command::new("pdftotext").args(layout).arg(&paper).arg("-").output().unwrap();
            // Every page is taken for a first one: more text that must not be flagged.
            for page in String::from_utf8_lossy(&output.stdout).split('\u{c}') {
                assert_eq!(marking(page), None, "{} {layout:?}: {page}", paper.display());
                pages += 1;
            }
        }
    }
    eprintln!("{pages} pages looked at");
}

#[test]
fn no_article_of_a_law_is_taken_for_secret() {
    let Some(data) = data() else { return };
    let corpus = std::fs::read_to_string(data.join("alqac/corpus.jsonl")).unwrap();
    let mut speak_of_secrecy = 0;
    for line in corpus.lines() {
        let article: serde_json::Value = serde_json::from_str(line).unwrap();
        let text = article["text"].as_str().unwrap();
        assert_eq!(marking(text), None, "{}", article["id"]);
        speak_of_secrecy += usize::from(text.contains("mật"));
    }
    assert!(speak_of_secrecy > 50, "the corpus must speak of secrecy for this to prove anything: {speak_of_secrecy}");
}
