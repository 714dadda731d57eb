//! The house rules that a machine can check: what stands where, how files begin, what is never written.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// What may stand at the top of the repository, besides names that begin with a dot.
const TOP_LEVEL: &[&str] = &[
    "CONTRIBUTING.md",
    "Cargo.lock",
    "Cargo.toml",
    "LICENSE",
    "README.md",
    "clippy.toml",
    "docs",
    "fixtures",
    "rust-toolchain.toml",
    "rustfmt.toml",
    "signing",
    "src-tauri",
    "sync",
    "tests",
    "ui",
];
/// Names that say nothing about what is inside.
const EMPTY_NAMES: &[&str] = &["utils", "util", "helpers", "helper", "manager", "managers", "misc", "stuff"];
/// A module of more lines is about more than one thing.
const MOST_LINES: usize = 800;
/// Where SQL may be written. The peers are programs of others, measured beside ours.
const SQL_AT_HOME: &[&str] = &["sync/store/", "sync/hub/src/backend/", "sync/hub/tests/postgres/", "tests/bench/peers/"];
/// How SQL begins.
const SQL: &[&str] =
    &["SELECT ", "INSERT INTO ", "INSERT OR ", "CREATE TABLE", "CREATE VIRTUAL TABLE", "CREATE INDEX", "DELETE FROM ", "PRAGMA "];
/// Folders of machines on which the project happens to be worked on.
const MACHINE_PATHS: &[&str] = &["/work/", "/root/", "/tmp/w/"];
/// Files that hold text written by people.
const WRITTEN: &[&str] = &["rs", "md", "toml", "js", "mjs", "css", "html", "json", "typ", "py", "sh"];

struct Text {
    /// Path from the top of the repository, with `/`.
    path: String,
    content: String,
}

impl Text {
    fn is_rust(&self) -> bool {
        self.path.ends_with(".rs")
    }

    /// This file names what is forbidden.
    fn is_this_file(&self) -> bool {
        self.path == "tests/tests/tidy.rs"
    }
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_path_buf()
}

/// Built and fetched things, which are not ours.
fn is_built(name: &str) -> bool {
    name.starts_with("target") || ["node_modules", "dist"].contains(&name) || name.ends_with(".log")
}

fn names_in(folder: &Path) -> BTreeSet<String> {
    fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
        .filter(|name| !is_built(name) && name != ".git")
        .collect()
}

fn collect(folder: &Path, found: &mut Vec<Text>) {
    for name in names_in(folder) {
        let path = folder.join(&name);
        if path.is_dir() {
            collect(&path, found);
        } else if WRITTEN.iter().any(|ending| name.ends_with(&format!(".{ending}"))) || path.ends_with(".ci/run") {
            let shown = path.strip_prefix(root()).unwrap().to_string_lossy().replace('\\', "/");
            // A fixture may be broken text on purpose.
            if let Ok(content) = fs::read_to_string(&path) {
                found.push(Text { path: shown, content });
            }
        }
    }
}

fn texts() -> Vec<Text> {
    let mut found = Vec::new();
    collect(&root(), &mut found);
    assert!(found.iter().any(Text::is_this_file), "the repository was not found");
    found
}

/// Fails with one line per place.
fn nothing_found(rule: &str, places: Vec<String>) {
    assert!(places.is_empty(), "{rule}\n{}", places.join("\n"));
}

fn lines_with<'a>(text: &'a Text, words: &'a [&'a str]) -> impl Iterator<Item = String> + 'a {
    let lines = text.content.lines().enumerate();
    lines
        .filter(|(_, line)| words.iter().any(|word| line.contains(word)))
        .map(|(number, line)| format!("{}:{}: {}", text.path, number + 1, line.trim()))
}

#[test]
fn the_top_level_is_fixed() {
    let strangers =
        names_in(&root()).into_iter().filter(|name| !name.starts_with('.') && !TOP_LEVEL.contains(&name.as_str())).collect();
    nothing_found("these do not belong to the top of the repository:", strangers);
}

#[test]
fn every_module_begins_by_saying_what_it_is() {
    let silent =
        texts().into_iter().filter(|text| text.is_rust() && !begins_with_words(&text.content)).map(|text| text.path).collect();
    nothing_found("modules that do not start with `//!`:", silent);
}

fn begins_with_words(content: &str) -> bool {
    content.lines().find(|line| !line.trim().is_empty() && !line.starts_with("#![")).is_some_and(|line| line.starts_with("//! "))
}

#[test]
fn no_module_is_about_everything() {
    let rust = || texts().into_iter().filter(Text::is_rust);
    let long = rust().map(|text| (text.content.lines().count(), text.path)).filter(|(lines, _)| *lines > MOST_LINES);
    nothing_found("modules that are too long:", long.map(|(lines, path)| format!("{path}: {lines} lines")).collect());
    let named_for_nothing = rust().filter(|text| {
        let path = text.path.trim_end_matches(".rs").trim_end_matches("/mod");
        path.split('/').any(|part| EMPTY_NAMES.contains(&part))
    });
    nothing_found("names that say nothing:", named_for_nothing.map(|text| text.path).collect());
}

#[test]
fn sql_stays_in_the_store() {
    let abroad = texts();
    let abroad = abroad
        .iter()
        .filter(|text| text.is_rust() && !text.is_this_file() && !SQL_AT_HOME.iter().any(|home| text.path.starts_with(home)));
    nothing_found("SQL outside the store:", abroad.flat_map(|text| lines_with(text, SQL).collect::<Vec<_>>()).collect());
}

#[test]
fn nothing_is_left_to_be_done_later() {
    let words = ["todo!(", "unimplemented!("];
    let texts = texts();
    let later = texts.iter().filter(|text| text.is_rust() && !text.is_this_file());
    nothing_found("unfinished code:", later.flat_map(|text| lines_with(text, &words).collect::<Vec<_>>()).collect());
}

#[test]
fn no_text_names_a_folder_of_somebodys_machine() {
    let texts = texts();
    let mut places = Vec::new();
    for text in texts.iter().filter(|text| !text.is_this_file()) {
        for (number, line) in text.content.lines().enumerate() {
            if MACHINE_PATHS.iter().any(|path| names_folder(line, path)) {
                places.push(format!("{}:{}: {}", text.path, number + 1, line.trim()));
            }
        }
    }
    nothing_found("folders of one machine:", places);
}

/// Whether the absolute path occurs, not the same letters inside a relative path or an address.
fn names_folder(line: &str, path: &str) -> bool {
    line.match_indices(path).any(|(at, _)| !line[..at].ends_with(|c: char| c.is_alphanumeric() || "._-}/".contains(c)))
}

#[test]
fn the_lock_of_the_javascript_packages_names_no_server() {
    let lock = fs::read_to_string(root().join("tests/js/package-lock.json")).unwrap();
    assert!(lock.contains("\"integrity\""), "the packages are not pinned");
    assert!(!lock.contains("\"resolved\"") && !lock.contains("://"), "write the lock with omit-lockfile-registry-resolved");
}

#[test]
fn the_rules_catch_what_they_are_for() {
    assert!(begins_with_words("#![allow(x)]\n//! What it is.\n"));
    assert!(!begins_with_words("use std::fs;\n//! Too late.\n") && !begins_with_words(""));
    assert!(names_folder("see /work/main", "/work/") && !names_folder("see docs/work/main", "/work/"));
    let text = Text { path: "ui/src/list.rs".to_owned(), content: "let q = \"SELECT a FROM b\";".to_owned() };
    assert_eq!(lines_with(&text, SQL).count(), 1);
}
