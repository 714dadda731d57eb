//! The text quotes the vectors, and names every limit, purpose, message and operation that the sources have.

use std::collections::BTreeMap;
use std::path::Path;

use crate::top;
use crate::vectors::all;

/// Sources whose limits the text has to tell, each under a heading with its path.
const LIMITS: [&str; 5] = [
    "signing/src/limits.rs",
    "sync/src/limits.rs",
    "sync/net/src/limits.rs",
    "sync/hub/src/limits.rs",
    "sync/handbook/src/limits.rs",
];
/// Sources of the purposes under which anything is hashed or signed.
const PURPOSES: [&str; 5] = ["signing/src", "sync/src", "sync/domain/src", "sync/store/src", "sync/hub/src"];

fn protocol() -> String {
    std::fs::read_to_string(top().join("docs/protocol.md")).unwrap()
}

fn source(path: &str) -> String {
    std::fs::read_to_string(top().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// The quoted vectors by name: fenced blocks that say `vector NAME`.
fn quoted(text: &str) -> Vec<(&str, String)> {
    let mut found = Vec::new();
    let mut rest = text;
    while let Some((_, block)) = rest.split_once("```vector ") {
        let (name, after) = block.split_once('\n').unwrap();
        let (body, after) = after.split_once("```").unwrap();
        found.push((name.trim(), body.trim().to_owned()));
        rest = after;
    }
    found
}

#[test]
fn every_example_in_the_text_is_a_vector() {
    let vectors: BTreeMap<String, String> = all().into_iter().map(|vector| (vector.name.clone(), vector.shown())).collect();
    let text = protocol();
    let quoted = quoted(&text);
    assert!(quoted.len() >= 30, "only {} examples are quoted", quoted.len());
    for (name, body) in quoted {
        let shown = vectors.get(name).unwrap_or_else(|| panic!("{name} is no vector"));
        let is_hex = shown.bytes().all(|byte| byte.is_ascii_hexdigit());
        let body = if is_hex { body.split_whitespace().collect::<String>() } else { body };
        assert_eq!(body, *shown, "{name}");
    }
}

/// Named numbers of a source: whole numbers, and moments in milliseconds.
fn constants(text: &str) -> Vec<(String, u64)> {
    let mut known: BTreeMap<String, u64> = BTreeMap::new();
    let mut found = Vec::new();
    for declared in text.split("pub const ").skip(1).filter(|declared| !declared.starts_with("fn ")) {
        let (name, rest) = declared.split_once(':').unwrap();
        let value = sum(rest.split_once('=').unwrap().1.split_once(';').unwrap().0, &known);
        known.insert(name.to_owned(), value);
        found.push((name.to_owned(), value));
    }
    found
}

/// `1 << 20`, `4 * 1024`, `A + (64 << 10)`, `B / 4`, `Duration::from_secs(10)`: all that occurs.
fn sum(text: &str, known: &BTreeMap<String, u64>) -> u64 {
    text.split(" + ").map(|part| product(part.trim(), known)).sum()
}

fn product(text: &str, known: &BTreeMap<String, u64>) -> u64 {
    if let Some((left, right)) = text.trim_matches(['(', ')']).split_once(" << ") {
        return number(left, known) << number(right, known);
    }
    if let Some((left, right)) = text.split_once(" / ") {
        return number(left, known) / number(right, known);
    }
    text.split(" * ").map(|factor| number(factor, known)).product()
}

fn number(text: &str, known: &BTreeMap<String, u64>) -> u64 {
    let text = text.trim();
    for (start, unit) in [("Duration::from_secs(", 1_000), ("Duration::from_millis(", 1)] {
        if let Some(inside) = text.strip_prefix(start) {
            return unit * number(inside.trim_end_matches(')'), known);
        }
    }
    if text == "crate::certificate::Chain::LIMIT" {
        // The longest certificates that a chain may have, each with its signature.
        return known["CHAIN_LENGTH"] * (known["CERTIFICATE_BYTES"] + 128);
    }
    if let Some(name) = text.strip_prefix("domain::limits::") {
        return domain_limit(name);
    }
    text.replace('_', "").parse().ok().or_else(|| known.get(text).copied()).unwrap_or_else(|| panic!("{text}"))
}

fn domain_limit(name: &str) -> u64 {
    let text = source("sync/domain/src/limits.rs");
    let (_, rest) = text.split_once(&format!("pub const {name}: usize = ")).unwrap_or_else(|| panic!("{name}"));
    sum(rest.split_once(';').unwrap().0, &BTreeMap::new())
}

#[test]
fn every_limit_stands_in_the_text_with_its_value() {
    let text = protocol();
    for path in LIMITS {
        let (_, section) = text.split_once(&format!("### `{path}`")).unwrap_or_else(|| panic!("{path} has no heading"));
        let section = section.split_once("\n#").map_or(section, |(section, _)| section);
        let rows: BTreeMap<&str, u64> = section
            .lines()
            .filter_map(|line| {
                let mut cells = line.strip_prefix("| `")?.split(" | ");
                let name = cells.next()?.trim_end_matches('`');
                Some((name, cells.next()?.trim_end_matches(" ms").replace(',', "").parse().unwrap()))
            })
            .collect();
        let limits = constants(&source(path));
        assert!(limits.len() >= 10, "{path}");
        for (name, value) in &limits {
            assert_eq!(rows.get(name.as_str()), Some(value), "{path}: {name}");
        }
        assert_eq!(rows.len(), limits.len(), "{path}: the text tells limits that are not there");
    }
}

fn rust_files(folder: &Path, found: &mut Vec<String>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            rust_files(&path, found);
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            found.push(std::fs::read_to_string(path).unwrap());
        }
    }
}

#[test]
fn every_purpose_of_a_hash_or_signature_stands_in_the_text() {
    let text = protocol();
    let mut sources = Vec::new();
    PURPOSES.iter().for_each(|folder| rust_files(&top().join(folder), &mut sources));
    let mut seen = 0;
    for source in &sources {
        for start in ["\"kyhop 2026 ", "\"kyhop/1"] {
            for (at, _) in source.match_indices(start) {
                let purpose = source[at + 1..].split_once('"').unwrap().0;
                assert!(text.contains(&format!("`{purpose}`")), "'{purpose}' does not stand in the text");
                seen += 1;
            }
        }
    }
    assert!(seen >= 25, "only {seen} purposes were found");
}

/// Variants of an enumeration with their numbers.
fn variants(source: &str, name: &str) -> Vec<(u32, String)> {
    let (_, body) = source.split_once(&format!("pub enum {name} {{")).unwrap();
    let body = body.split_once("\n}").unwrap().0;
    let mut found = Vec::new();
    for (at, _) in body.match_indices("\n    #[n(") {
        let (number, rest) = body[at + "\n    #[n(".len()..].split_once(")]\n").unwrap();
        let name: String = rest.trim_start().chars().take_while(|c| c.is_alphanumeric()).collect();
        found.push((number.parse().unwrap(), name));
    }
    found
}

#[test]
fn every_message_operation_and_act_stands_in_the_text_with_its_number() {
    let text = protocol();
    for (path, name, least) in
        [("sync/src/wire.rs", "Message", 17), ("sync/src/control.rs", "ControlOp", 13), ("signing/src/act.rs", "Act", 6)]
    {
        let found = variants(&source(path), name);
        assert!(found.len() >= least, "{path}: {found:?}");
        for (number, variant) in found {
            assert!(text.contains(&format!("| {number} | `{variant}` |")), "{name}::{variant} ({number}) is not in the text");
        }
    }
}
