//! Vietnamese letters: syllables of a text, a letter without its marks.

use std::ops::Range;

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// The runs of letters of an NFC text, by bytes. In Vietnamese each is a syllable.
pub fn syllables(text: &str) -> Vec<Range<usize>> {
    let mut found: Vec<Range<usize>> = Vec::new();
    for (at, c) in text.char_indices().filter(|(_, c)| c.is_alphabetic() || is_combining_mark(*c)) {
        let end = at + c.len_utf8();
        match found.last_mut() {
            Some(run) if run.end == at => run.end = end,
            _ => found.push(at..end),
        }
    }
    found
}

/// Without diacritics and with d for đ; everything else stays.
pub fn untoned(text: &str) -> String {
    text.nfd().filter(|c| !is_combining_mark(*c)).map(plain).nfc().collect()
}

/// d for đ and for ð, which looks the same as a capital.
fn plain(letter: char) -> char {
    match letter {
        'đ' | 'ð' => 'd',
        'Đ' | 'Ð' => 'D',
        other => other,
    }
}

/// The key of the keyboard a letter stands on: without marks, small.
pub fn key(letter: char) -> char {
    let base = letter.nfd().next().unwrap_or(letter);
    plain(base).to_lowercase().next().unwrap_or(base)
}

/// The text with some of its syllables replaced; `None` leaves one as it is. Syllables are counted from 0.
pub fn replaced(text: &str, mut with: impl FnMut(usize, &str) -> Option<String>) -> String {
    let mut out = String::with_capacity(text.len() + text.len() / 4);
    let mut copied = 0;
    for (number, run) in syllables(text).into_iter().enumerate() {
        out.push_str(text.get(copied..run.start).unwrap_or_default());
        let syllable = text.get(run.clone()).unwrap_or_default();
        match with(number, syllable) {
            Some(new) => out.push_str(&new),
            None => out.push_str(syllable),
        }
        copied = run.end;
    }
    out.push_str(text.get(copied..).unwrap_or_default());
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn syllables_are_runs_of_letters() {
        let text = "Nghị định 61/2018/NĐ-CP, đất ở.";
        let found: Vec<_> = syllables(text).into_iter().map(|run| &text[run]).collect();
        assert_eq!(found, ["Nghị", "định", "NĐ", "CP", "đất", "ở"]);
        assert!(syllables("2024 – 2025").is_empty());
    }

    #[test]
    fn marks_and_the_stroke_of_d_are_taken_away_and_nothing_else() {
        assert_eq!(untoned("Đất đai, Ðiều 5: quyền thừa kế"), "Dat dai, Dieu 5: quyen thua ke");
        assert_eq!(untoned("chứng thực\tbản sao (61/2018)"), "chung thuc\tban sao (61/2018)");
        assert_eq!(['Ữ', 'đ', 'k', 'Ð'].map(key), ['u', 'd', 'k', 'd']);
    }

    #[test]
    fn only_the_named_syllables_are_replaced() {
        let second = replaced("một, hai ba 4", |number, text| (number == 1).then(|| text.to_uppercase()));
        assert_eq!(second, "một, HAI ba 4");
    }
}
