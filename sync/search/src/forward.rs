//! An article as a row of numbers: what a question is compared with, without reading and splitting the text again.
//!
//! A form is zones (the name of the source, the title, the path, the body), each a row of symbols: a word (a number of the vocabulary of
//! toned words) or a gap. Numbers are written in seven-bit groups, the lowest first, the high bit saying that more follow; frequent words
//! come early in a vocabulary and take one or two bytes, so that a form has about a quarter of the size of its text.

use crate::fold;
use crate::token::{Gap, tokens};

/// The zones of a form, in their order.
pub const ZONES: usize = 4;
/// The name of the law or procedure that an article belongs to.
pub const SOURCE: usize = 0;
/// The article's own title.
pub const TITLE: usize = 1;
/// Where it stands in its source, and the number of the source.
pub const PATH: usize = 2;
/// Its text.
pub const BODY: usize = 3;

const ZONE_END: u32 = 0;
const LINE: u32 = 1;
const SENTENCE: u32 = 2;
const FIRST_WORD: u32 = 4;
/// Words of one article that are compared; the text after them is found by the index, but it does not count for the order.
pub const WORDS_MAX: usize = 60_000;

/// One step through a form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Symbol {
    /// The zone is over.
    ZoneEnd,
    /// A line ends.
    Line,
    /// A sentence ends.
    Sentence,
    /// A toned word, by its number in the vocabulary.
    Word(u32),
}

/// Makes the form of an article. `word` gives a word (folded, toned) its number.
///
/// # Errors
/// Those of `word`.
pub fn encode<E>(zones: [&str; ZONES], mut word: impl FnMut(&str, &str) -> Result<u32, E>) -> Result<Vec<u8>, E> {
    let mut out = Vec::with_capacity(zones.iter().map(|zone| zone.len()).sum::<usize>() / 3);
    let (mut folded, mut toned) = (String::new(), String::new());
    let mut words = 0;
    for zone in zones {
        let mut walk = tokens(zone);
        let mut first = true;
        while let Some(span) = walk.next_into(&mut folded) {
            if words == WORDS_MAX {
                break;
            }
            match span.gap {
                Gap::Line if !first => put(&mut out, LINE),
                Gap::Sentence if !first => put(&mut out, SENTENCE),
                _ => {}
            }
            if folded.is_empty() {
                continue;
            }
            first = false;
            words += 1;
            fold::toned_into(&zone[span.place], &mut toned);
            put(&mut out, word(&folded, &toned)?.saturating_add(FIRST_WORD));
        }
        put(&mut out, ZONE_END);
    }
    Ok(out)
}

fn put(out: &mut Vec<u8>, mut number: u32) {
    while number >= 0x80 {
        out.push((number & 0x7f) as u8 | 0x80);
        number >>= 7;
    }
    out.push(number as u8);
}

/// Walks through a form. Bytes that are no form end the walk.
#[derive(Debug, Clone)]
pub struct Symbols<'a> {
    bytes: &'a [u8],
}

/// The symbols of a form.
pub fn symbols(form: &[u8]) -> Symbols<'_> {
    Symbols { bytes: form }
}

impl Iterator for Symbols<'_> {
    type Item = Symbol;

    #[inline]
    fn next(&mut self) -> Option<Symbol> {
        let mut number = 0_u32;
        for (at, byte) in self.bytes.iter().enumerate().take(5) {
            number |= u32::from(byte & 0x7f) << (7 * at);
            if byte & 0x80 == 0 {
                self.bytes = &self.bytes[at + 1..];
                return Some(match number {
                    ZONE_END => Symbol::ZoneEnd,
                    LINE => Symbol::Line,
                    SENTENCE..FIRST_WORD => Symbol::Sentence,
                    word => Symbol::Word(word - FIRST_WORD),
                });
            }
        }
        self.bytes = &[];
        None
    }
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_form_gives_back_words_and_gaps() {
        let mut known: Vec<String> = Vec::new();
        let form = encode(["Luật Đất đai", "Phạm vi", "", "Đất. Nhà\nđất"], |_, toned| {
            let at = known.iter().position(|word| word == toned).unwrap_or(known.len());
            if at == known.len() {
                known.push(toned.to_owned());
            }
            Ok::<_, Infallible>(at as u32 + 200)
        })
        .unwrap_or_default();
        use Symbol::{Line, Sentence, Word, ZoneEnd};
        let expected = [
            Word(200),
            Word(201),
            Word(202),
            ZoneEnd,
            Word(203),
            Word(204),
            ZoneEnd,
            ZoneEnd,
            Word(201),
            Sentence,
            Word(205),
            Line,
            Word(201),
            ZoneEnd,
        ];
        assert_eq!(symbols(&form).collect::<Vec<_>>(), expected);
    }

    proptest! {
        #[test]
        fn any_bytes_can_be_walked_through(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            prop_assert!(symbols(&bytes).count() <= bytes.len());
        }
    }
}
