//! Syllables of a text, with their places in it.
//!
//! A token is a run of letters and digits (marks that follow a letter belong to it). Vietnamese puts a space between syllables, so the
//! tokens of Vietnamese are its syllables, and words are found as pairs of them: two tokens that stand side by side in one
//! sentence make a pair, and the index has both.

use std::ops::Range;

use unicode_normalization::char::is_combining_mark;

use crate::fold;

/// Letters of one token that are looked at: nothing that is longer is a syllable.
pub const TOKEN_CHARS_MAX: usize = 32;
/// Enough for [`TOKEN_CHARS_MAX`] letters of any script.
const FOLDED_BYTES_MAX: usize = TOKEN_CHARS_MAX * 4;
/// Between the two syllables of a pair in the index.
pub const PAIR_SEPARATOR: char = ' ';

/// What stands between a token and the one before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Gap {
    /// Spaces, commas, brackets: the two make a pair.
    None,
    /// The end of a sentence or of a part of one.
    Sentence,
    /// The end of a line.
    Line,
}

/// One syllable of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    /// Where it stands: bytes of the text that was given.
    pub place: Range<usize>,
    /// Without marks, small, at most [`TOKEN_CHARS_MAX`] letters.
    pub folded: String,
    /// What stands before it.
    pub gap: Gap,
}

/// Walks through the tokens of a text.
#[derive(Debug, Clone)]
pub struct Tokens<'a> {
    text: &'a str,
    at: usize,
    first: bool,
}

/// The tokens of a text.
pub fn tokens(text: &str) -> Tokens<'_> {
    Tokens { text, at: 0, first: true }
}

/// A place in a text and what stands before it.
pub(crate) struct Span {
    pub place: Range<usize>,
    pub gap: Gap,
}

impl Tokens<'_> {
    /// The next token, its folded form written to `folded`.
    pub(crate) fn next_into(&mut self, folded: &mut String) -> Option<Span> {
        let rest = self.text.get(self.at..)?;
        let (start, gap) = self.next_start(rest)?;
        folded.clear();
        let mut end = self.text.len();
        for (at, letter) in self.text[start..].char_indices() {
            if !letter.is_alphanumeric() && !is_combining_mark(letter) {
                end = start + at;
                break;
            }
            if folded.len() < FOLDED_BYTES_MAX {
                fold::fold_char(letter, folded);
            }
        }
        // Cut by what is left of the letters: a composed and a decomposed text are cut at the same place.
        if let Some((cut, _)) = folded.char_indices().nth(TOKEN_CHARS_MAX) {
            folded.truncate(cut);
        }
        self.at = end;
        self.first = false;
        Some(Span { place: start..end, gap })
    }

    /// Where the next token starts.
    fn next_start(&self, rest: &str) -> Option<(usize, Gap)> {
        let mut gap = if self.first { Gap::Line } else { Gap::None };
        let mut stop = false;
        for (at, letter) in rest.char_indices() {
            if letter.is_alphanumeric() {
                return Some((self.at + at, gap));
            }
            match letter {
                '\n' | '\r' | '\u{2028}' | '\u{2029}' => gap = Gap::Line,
                ';' | ':' | '!' | '?' | '…' => gap = gap.max(Gap::Sentence),
                // Within a number or a name of the net it ends nothing.
                '.' => stop = true,
                letter if stop && letter.is_whitespace() => gap = gap.max(Gap::Sentence),
                _ => {}
            }
        }
        None
    }
}

impl Iterator for Tokens<'_> {
    type Item = Token;

    fn next(&mut self) -> Option<Token> {
        let mut folded = String::new();
        let span = self.next_into(&mut folded)?;
        Some(Token { place: span.place, folded, gap: span.gap })
    }
}

/// Calls `each` with every term of a text as the index has it: each syllable, and after it the pair that it ends. The range is that of the
/// syllable, or of the whole pair; the last argument says that the term is a pair.
///
/// Stops when `each` says `false`.
pub fn terms(text: &str, mut each: impl FnMut(&str, Range<usize>, bool) -> bool) {
    let mut walk = tokens(text);
    let (mut term, mut pair) = (String::new(), String::new());
    let mut before: Option<usize> = None;
    let mut last = String::new();
    while let Some(span) = walk.next_into(&mut term) {
        if term.is_empty() {
            before = None;
            continue;
        }
        if !each(&term, span.place.clone(), false) {
            return;
        }
        if let (Some(start), Gap::None) = (before, span.gap) {
            pair.clear();
            pair.push_str(&last);
            pair.push(PAIR_SEPARATOR);
            pair.push_str(&term);
            if !each(&pair, start..span.place.end, true) {
                return;
            }
        }
        before = Some(span.place.start);
        std::mem::swap(&mut last, &mut term);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use unicode_normalization::UnicodeNormalization;

    use super::*;

    fn words(text: &str) -> Vec<String> {
        tokens(text).map(|token| token.folded).collect()
    }

    fn pairs(text: &str) -> Vec<String> {
        let mut found = Vec::new();
        terms(text, |term, _, pair| {
            if pair {
                found.push(term.to_owned());
            }
            true
        });
        found
    }

    #[test]
    fn syllables_have_their_places_in_the_text_as_it_is_written() {
        let text = "Thủ tục: đất, 61/2018/NĐ-CP";
        let found: Vec<&str> = tokens(text).map(|token| &text[token.place]).collect();
        assert_eq!(found, ["Thủ", "tục", "đất", "61", "2018", "NĐ", "CP"]);
        assert_eq!(words(text), ["thu", "tuc", "dat", "61", "2018", "nd", "cp"]);
    }

    #[test]
    fn pairs_do_not_cross_the_end_of_a_sentence_or_line() {
        assert_eq!(pairs("Đất đai. Nhà ở; xe cộ\nthuế phí"), ["dat dai", "nha o", "xe co", "thue phi"]);
        assert_eq!(pairs("1.000.000 đồng, tiền mặt"), ["1 000", "000 000", "000 dong", "dong tien", "tien mat"]);
    }

    #[test]
    fn a_walk_can_be_ended() {
        let mut seen = 0;
        terms("một hai ba", |_, _, _| {
            seen += 1;
            seen < 2
        });
        assert_eq!(seen, 2);
    }

    proptest! {
        #[test]
        fn places_lie_on_letters_and_in_order(text in "(\\PC|[ .;\n]|[ạ-ỹ]|\u{301}|đ|Ð){0,60}") {
            let mut end = 0;
            for token in tokens(&text) {
                prop_assert!(token.place.start >= end && token.place.end <= text.len());
                prop_assert!(text.is_char_boundary(token.place.start) && text.is_char_boundary(token.place.end));
                prop_assert!(!token.place.is_empty());
                end = token.place.end;
            }
        }

        #[test]
        fn composed_and_decomposed_text_has_the_same_words(text in "([a-z ,.]|[à-ỹ]|Đ|ð|Ð){0,60}") {
            let composed: String = text.nfc().collect();
            let decomposed: String = text.nfd().collect();
            prop_assert_eq!(words(&composed), words(&decomposed));
        }
    }
}
