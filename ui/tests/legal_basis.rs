//! The rules that come with the program have their name and their legal basis in both languages, and both say the same law.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use serde_json::Value;

fn texts(language: &str, group: &str) -> BTreeMap<String, String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("locales").join(format!("{language}.json"));
    let all: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    serde_json::from_value(all[group].clone()).unwrap()
}

#[test]
fn every_legal_basis_is_there_in_vietnamese_as_it_is_printed_and_in_english_with_its_citation() {
    let (vietnamese, english) = (texts("vi", "basis"), texts("en", "basis"));
    let shown = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("src/words.rs")).unwrap();
    let profiles = domain::vote::profiles();
    assert_eq!(profiles.len(), vietnamese.len());
    for profile in profiles {
        let key = profile.id.replace('-', "_");
        assert_eq!(vietnamese[&key], profile.legal_basis);
        let citation = profile.legal_basis.split(':').next().unwrap();
        assert!(english[&key].contains(&format!("({citation}): ")), "{key}: {}", english[&key]);
        assert!(shown.contains(&format!("\"{}\" => say!(basis.{key})", profile.id)), "the window does not show {key}");
    }
}

#[test]
fn rules_have_a_name_of_their_own_in_each_language() {
    let (vietnamese, english) = (texts("vi", "rules_name"), texts("en", "rules_name"));
    let shown = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("src/words.rs")).unwrap();
    let profiles = domain::vote::profiles();
    assert_eq!((profiles.len(), profiles.len()), (vietnamese.len(), english.len()));
    for profile in &profiles {
        let key = profile.id.replace('-', "_");
        assert_eq!(vietnamese[&key], profile.name);
        assert!(english[&key].is_ascii(), "{key} is not in English: {}", english[&key]);
        assert!(shown.contains(&format!("\"{}\" => say!(rules_name.{key})", profile.id)), "the window does not show {key}");
    }
    let distinct: BTreeSet<&String> = english.values().collect();
    assert_eq!(distinct.len(), profiles.len(), "two are called the same");
}
