//! Numbers of documents, "61/2018/NĐ-CP", as they are written and as they are typed.

use std::ops::Range;

use crate::fold;
use crate::token::{Token, tokens};

/// Numbers that are looked for in one question.
pub const NUMBERS_MAX: usize = 8;
/// Bytes of a document's number.
const NUMBER_BYTES_MAX: usize = 80;

/// The parts of a document's number, folded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Number {
    /// All of it in the one form: `61/2018/nd-cp`.
    pub key: String,
    /// The running number, without zeros in front.
    pub running: String,
    /// The year, if the number has one.
    pub year: Option<i32>,
    /// The kind of document: `nd`, `tt`, `qd`, `qh` (a law) …
    pub kind: Option<String>,
}

/// A number in a question: what is not said may be anything.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// All of it, if all of it was typed.
    pub key: Option<String>,
    /// The running number.
    pub running: String,
    /// The year.
    pub year: Option<i32>,
    /// The kind.
    pub kind: Option<String>,
    /// Where it stands in the question, the words for the kind included.
    pub place: Range<usize>,
}

/// Words that say what kind of document a number is of.
const KINDS: &[(&[&str], &str)] = &[
    (&["thong", "tu", "lien", "tich"], "ttlt"),
    (&["nghi", "dinh"], "nd"),
    (&["thong", "tu"], "tt"),
    (&["quyet", "dinh"], "qd"),
    (&["nghi", "quyet"], "nq"),
    (&["chi", "thi"], "ct"),
    (&["phap", "lenh"], "pl"),
    (&["ke", "hoach"], "kh"),
    (&["thong", "bao"], "tb"),
    (&["cong", "dien"], "cd"),
    (&["cong", "van"], "cv"),
    (&["bo", "luat"], "qh"),
    (&["luat"], "qh"),
    (&["nd"], "nd"),
    (&["tt"], "tt"),
    (&["ttlt"], "ttlt"),
    (&["qd"], "qd"),
    (&["nq"], "nq"),
];

/// A document's number in its one form; nothing if it has no running number.
pub fn parse(number: &str) -> Option<Number> {
    let number = number[..number.floor_char_boundary(NUMBER_BYTES_MAX)].trim();
    let parts: Vec<String> = tokens(number).map(|token| token.folded).collect();
    let at = parts.iter().position(|part| is_running(part))?;
    Some(whole(&parts[at..]))
}

fn whole(parts: &[String]) -> Number {
    let running = trimmed(&parts[0]);
    let year = parts.get(1).and_then(|part| year(part));
    let code = &parts[if year.is_some() { 2 } else { 1 }.min(parts.len())..];
    let kind = code.first().map(|first| kind_of(first));
    let mut key = running.clone();
    if let Some(year) = year {
        key = format!("{key}/{year}");
    }
    if !code.is_empty() {
        key = format!("{key}/{}", code.join("-"));
    }
    Number { key, running, year, kind }
}

/// `qh14` and `qh15` are the same kind of document.
fn kind_of(code: &str) -> String {
    code.trim_end_matches(|letter: char| letter.is_ascii_digit()).to_owned()
}

fn is_running(part: &str) -> bool {
    (1..=6).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit())
}

fn trimmed(part: &str) -> String {
    let trimmed = part.trim_start_matches('0');
    if trimmed.is_empty() { "0" } else { trimmed }.to_owned()
}

fn year(part: &str) -> Option<i32> {
    if part.len() != 4 {
        return None;
    }
    part.parse().ok().filter(|year| (1900..2200).contains(year))
}

/// The numbers of documents in a question.
pub fn asked(text: &str) -> Vec<Asked> {
    let words: Vec<Token> = tokens(text).collect();
    let mut found = Vec::new();
    let mut at = 0;
    while at < words.len() && found.len() < NUMBERS_MAX {
        match asked_at(text, &words, at) {
            Some((asked, next)) => {
                found.push(asked);
                at = next;
            }
            None => at += 1,
        }
    }
    found
}

fn asked_at(text: &str, words: &[Token], at: usize) -> Option<(Asked, usize)> {
    if !is_running(&words[at].folded) {
        return None;
    }
    let mut end = at + 1;
    while end < words.len() && is_joint(&text[words[end - 1].place.end..words[end].place.start]) {
        end += 1;
    }
    let chain: Vec<String> = words[at..end].iter().map(|word| word.folded.clone()).collect();
    let (kind, start) = kind_before(words, at);
    let digits_only = chain.iter().all(|part| part.bytes().all(|byte| byte.is_ascii_digit()));
    let spelled_out = chain.len() > 1 && !digits_only;
    let place = |end: usize| words[start].place.start..words[end - 1].place.end;
    if spelled_out {
        let number = whole(&chain);
        // A code is letters: "3/4a" is a house.
        if number.kind.as_ref().is_none_or(|kind| kind.len() < 2 || !kind.bytes().all(|byte| byte.is_ascii_lowercase())) {
            return None;
        }
        let full = number.year.is_some() || chain.len() > 2;
        let asked = Asked {
            key: full.then_some(number.key),
            running: number.running,
            year: number.year,
            kind: number.kind,
            place: place(end),
        };
        return Some((asked, end));
    }
    let kind = kind?;
    if chain.len() > 2 {
        return None;
    }
    // "luật 2024" is a year, not a number.
    if chain.len() == 1 && kind == "qh" {
        return None;
    }
    let mut of = chain.get(1).and_then(|part| year(part));
    if chain.len() == 2 && of.is_none() {
        return None;
    }
    if of.is_none()
        && let [word, number, ..] = &words[end..]
        && word.folded == "nam"
        && let Some(said) = year(&number.folded)
    {
        of = Some(said);
        end += 2;
    }
    Some((Asked { key: None, running: trimmed(&chain[0]), year: of, kind: Some(kind.to_owned()), place: place(end) }, end))
}

fn is_joint(between: &str) -> bool {
    matches!(between.trim(), "/" | "-" | "–" | "—" | "‑")
}

/// The kind that the words before a number name, and where they begin.
fn kind_before(words: &[Token], at: usize) -> (Option<&'static str>, usize) {
    let before = if at > 0 && words[at - 1].folded == "so" { at - 1 } else { at };
    for (names, kind) in KINDS {
        if before >= names.len()
            && words[before - names.len()..before].iter().map(|word| word.folded.as_str()).eq(names.iter().copied())
        {
            return (Some(kind), before - names.len());
        }
    }
    (None, at)
}

/// The article that a question names ("Điều 20").
pub fn article(text: &str) -> Option<u32> {
    let words: Vec<Token> = tokens(text).collect();
    words
        .windows(2)
        .find(|two| two[0].folded == "dieu")
        .and_then(|two| two[1].folded.parse().ok())
        .filter(|number| *number < 10_000)
}

/// Is the document one that the question may mean?
pub fn fits(asked: &Asked, number: &Number) -> bool {
    match &asked.key {
        Some(key) => *key == number.key,
        None => {
            asked.running == number.running
                && asked.year.is_none_or(|year| number.year == Some(year))
                && asked.kind.as_ref().is_none_or(|kind| number.kind.as_ref() == Some(kind))
        }
    }
}

/// Folded form of something that is told apart by name.
pub fn name_key(name: &str) -> String {
    tokens(name).map(|token| fold::folded(&token.folded)).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn all_spellings_of_a_number_are_one() {
        for written in ["61/2018/NĐ-CP", "61/2018/nd-cp", "Số: 061/2018/NÐ–CP", "61 / 2018 / NĐ - CP"] {
            assert_eq!(parse(written).unwrap().key, "61/2018/nd-cp", "{written}");
        }
        let law = parse("31/2024/QH15").unwrap();
        assert_eq!((law.running.as_str(), law.year, law.kind.as_deref()), ("31", Some(2024), Some("qh")));
        assert_eq!(parse("1234/QĐ-UBND").unwrap().key, "1234/qd-ubnd");
        assert_eq!(parse("không số"), None);
    }

    #[test]
    fn a_number_is_seen_however_much_of_it_is_typed() {
        let number = parse("61/2018/NĐ-CP").unwrap();
        for typed in
            ["nghị định 61", "nghi dinh so 61/2018", "nđ 61", "NĐ 61/2018/NĐ-CP", "61/2018/nd-cp là gì", "nghị định 61 năm 2018"]
        {
            let found = asked(typed);
            assert_eq!(found.len(), 1, "{typed}: {found:?}");
            assert!(fits(&found[0], &number), "{typed}: {found:?}");
        }
        assert!(!fits(&asked("thông tư 61").remove(0), &number));
        assert!(!fits(&asked("nghị định 61/2019").remove(0), &number));
        assert!(!fits(&asked("61/2018/TT-BTC").remove(0), &number));
    }

    #[test]
    fn dates_and_sums_are_no_numbers_of_documents() {
        for typed in
            ["ngày 01/7/2024", "sinh ngày 03/10/2003", "10/2023", "18 tuổi", "luật đất đai 2024", "1.000.000 đồng", "số 3/4a"]
        {
            assert_eq!(asked(typed), [], "{typed}");
        }
    }

    #[test]
    fn an_article_is_seen() {
        assert_eq!(article("khoản 2 Điều 20 Luật Cư trú"), Some(20));
        assert_eq!(article("điều kiện"), None);
    }
}
