//! Parts of the original text to show: where the words of the question stand, and the passage that has most of them.

use std::ops::Range;

use crate::query::Query;
use crate::token::{Gap, tokens};
use crate::vocabulary::Vocabulary;

/// Tokens of a passage.
pub const PASSAGE_TOKENS: usize = 48;
/// Places that are marked in one text.
pub const MARKS_MAX: usize = 2_000;
/// Words that tell less than this are only marked as part of a pair.
const TELLING: f32 = 1.6;

/// A passage of a text.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Passage {
    /// Its words as they are written; `…` in front and behind is for the screen to add.
    pub text: String,
    /// Where it begins in the whole text (bytes).
    pub start: usize,
    /// Does the text go on after it?
    pub cut: bool,
    /// What is to be marked (bytes of `text`), in order, without overlaps.
    pub marks: Vec<Range<usize>>,
}

#[derive(Debug)]
struct Found {
    place: Range<usize>,
    gap: Gap,
    /// Number of the word in the question.
    term: Option<u16>,
    /// Makes a pair of the question with the token before it.
    pair: Option<u16>,
}

/// Finds the words of a question in texts.
#[derive(Debug, Clone, Copy)]
pub struct Marker<'a> {
    query: &'a Query,
    vocabulary: &'a Vocabulary,
}

impl<'a> Marker<'a> {
    /// A marker for the words of `query`.
    pub fn new(query: &'a Query, vocabulary: &'a Vocabulary) -> Self {
        Self { query, vocabulary }
    }

    /// Where the words of the question stand in a text; both syllables of a word as one place.
    pub fn marks(&self, text: &str) -> Vec<Range<usize>> {
        self.ranges(&self.find(text), 0)
    }

    /// The passage with most of the question.
    pub fn passage(&self, text: &str) -> Passage {
        let found = self.find(text);
        if found.is_empty() {
            return Passage::default();
        }
        let window = self.window(&found);
        let Some((first, last)) = found[window.clone()].first().zip(found[window.clone()].last()) else {
            return Passage::default();
        };
        let (start, end) = (first.place.start, last.place.end);
        let cut = window.end < found.len();
        // What closes the last sentence belongs to it.
        let end = if cut { end } else { start + text[start..].trim_end().len() };
        Passage { text: text[start..end].to_owned(), start, cut, marks: self.ranges(&found[window], start) }
    }

    /// The words of the question that are marked in a text, as they are written there, each once.
    pub fn words(&self, text: &str, limit: usize) -> Vec<String> {
        let mut words: Vec<String> = Vec::new();
        for place in self.marks(text) {
            let word = text[place].split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase();
            if !words.contains(&word) {
                words.push(word);
            }
            if words.len() == limit {
                break;
            }
        }
        words
    }

    fn find(&self, text: &str) -> Vec<Found> {
        let mut found: Vec<Found> = Vec::new();
        for token in tokens(text) {
            let folded = self.vocabulary.folded(&token.folded);
            let is_reading = folded.is_some_and(|word| self.is_reading(word));
            let term = folded
                .and_then(|word| self.query.term_of.get(word as usize).copied())
                .filter(|term| *term > 0)
                .map(|term| term - 1);
            let before = found.last().and_then(|before| before.term).filter(|_| token.gap == Gap::None);
            let pair = match (before, term) {
                (Some(first), Some(second)) => {
                    let pair = self.query.pair_of.get(usize::from(first) * self.query.terms() + usize::from(second)).copied();
                    pair.filter(|pair| *pair > 0).map(|pair| pair - 1)
                }
                _ => None,
            };
            let term = term.or(is_reading.then_some(READING));
            found.push(Found { place: token.place, gap: token.gap, term, pair });
        }
        found
    }

    fn is_reading(&self, word: u32) -> bool {
        !self.query.readings.is_empty() && self.vocabulary.forms(word).any(|(toned, ..)| self.query.readings.contains_key(&toned))
    }

    fn ranges(&self, found: &[Found], start: usize) -> Vec<Range<usize>> {
        let mut ranges: Vec<Range<usize>> = Vec::new();
        for (at, token) in found.iter().enumerate() {
            let Some(term) = token.term else { continue };
            let in_pair = token.pair.is_some() || found.get(at + 1).is_some_and(|next| next.pair.is_some());
            if !in_pair && term != READING && self.query.terms() > 1 && self.query.term_weight(usize::from(term)) < TELLING {
                continue;
            }
            let place = token.place.start - start..token.place.end - start;
            match ranges.last_mut() {
                Some(last) if token.pair.is_some() && at > 0 && last.end == found[at - 1].place.end - start => {
                    last.end = place.end
                }
                _ => ranges.push(place),
            }
            if ranges.len() == MARKS_MAX {
                break;
            }
        }
        ranges
    }

    /// The tokens of the best passage: it has the most of the question, each word counted once; of equals the first.
    fn window(&self, found: &[Found]) -> Range<usize> {
        let value = |token: &Found, terms: &mut [u16], pairs: &mut [u16], more: bool| -> f32 {
            let mut change = 0.0;
            let mut count = |counts: &mut [u16], number: Option<u16>, weight: &dyn Fn(usize) -> f32| {
                let Some(number) = number.map(usize::from).filter(|number| *number < counts.len()) else { return };
                if more {
                    counts[number] += 1;
                    if counts[number] == 1 {
                        change += weight(number);
                    }
                } else if counts[number] > 0 {
                    counts[number] -= 1;
                    if counts[number] == 0 {
                        change -= weight(number);
                    }
                }
            };
            count(terms, token.term, &|term| self.query.term_weight(term));
            count(pairs, token.pair, &|pair| self.query.pair_weight(pair));
            change
        };
        let mut terms = vec![0; self.query.terms()];
        let mut pairs = vec![0; self.query.pairs()];
        let (mut sum, mut best, mut best_start) = (0.0_f32, 0.0_f32, 0);
        for (at, token) in found.iter().enumerate() {
            sum += value(token, &mut terms, &mut pairs, true);
            if at >= PASSAGE_TOKENS {
                sum += value(&found[at - PASSAGE_TOKENS], &mut terms, &mut pairs, false);
            }
            if sum > best + 1e-3 {
                best = sum;
                best_start = (at + 1).saturating_sub(PASSAGE_TOKENS);
            }
        }
        let start = self.beginning(found, best_start);
        start..(start + PASSAGE_TOKENS).min(found.len())
    }

    /// A passage begins where a sentence does, if that costs none of what was found.
    fn beginning(&self, found: &[Found], start: usize) -> usize {
        let first = (start..found.len()).find(|at| found[*at].term.is_some()).unwrap_or(start);
        let back = first.saturating_sub(PASSAGE_TOKENS / 4);
        (back..=first).rev().find(|at| found[*at].gap != Gap::None).unwrap_or(first.saturating_sub(4).max(back))
    }
}

/// A word that stands for others.
const READING: u16 = u16::MAX;

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::abbreviation::Table;
    use crate::memory::Collection;
    use crate::understand::understand;

    const TEXT: &str = "Chương I. Quy định chung\nĐiều 1. Các thủ tục hành chính về đất đai do UBND cấp xã giải quyết, gồm thủ  tục một và thủ tục hai.";

    fn with_marker<T>(question: &str, text: &str, each: impl FnOnce(Marker<'_>) -> T) -> T {
        let others = ["về việc khác", "của người khác", "do ai", "các việc", "một hai ba"];
        let collection = Collection::new(std::iter::once(text).chain(others).map(|text| ["", "", "", text]));
        let Ok(understood) = understand(question, &Table::standard(), &collection.vocabulary, &collection.pairs);
        let Ok(query) = Query::new(&understood.slots, &understood.readings, &collection.vocabulary, &collection.pairs);
        each(Marker::new(&query, &collection.vocabulary))
    }

    #[test]
    fn both_syllables_of_a_word_are_marked_on_the_text_as_written() {
        let marked = with_marker("thu tuc", TEXT, |marker| {
            marker.marks(TEXT).into_iter().map(|at| TEXT[at].to_owned()).collect::<Vec<_>>()
        });
        assert_eq!(marked, ["thủ tục", "thủ  tục", "thủ tục"]);
        assert_eq!(with_marker("thu tuc dat dai", TEXT, |marker| marker.words(TEXT, 9)), ["thủ tục", "đất đai"]);
    }

    #[test]
    fn the_short_form_is_marked_when_the_long_one_was_typed() {
        let long = "Ủy ban nhân dân quyết định. UBND ký.";
        let marked = with_marker("ủy ban nhân dân", long, |marker| {
            marker.marks(long).into_iter().map(|at| long[at].to_owned()).collect::<Vec<_>>()
        });
        assert_eq!(marked, ["Ủy ban nhân dân", "UBND"]);
    }

    #[test]
    fn a_passage_begins_with_a_sentence() {
        let passage = with_marker("đất đai", TEXT, |marker| marker.passage(TEXT));
        assert!(passage.text.starts_with("Các thủ tục"), "{passage:?}");
        assert_eq!(&TEXT[passage.start..passage.start + passage.text.len()], passage.text);
        assert!(passage.text.ends_with("hai."));
    }

    #[test]
    fn an_entry_that_is_only_a_title_has_no_passage() {
        for text in ["", " – …\n"] {
            let passage = with_marker("đất đai", text, |marker| marker.passage(text));
            assert_eq!((passage.text.as_str(), passage.marks.len()), ("", 0));
        }
    }

    proptest! {
        #[test]
        fn marks_lie_inside_the_text(text in "([a-d ,.\n]|đất đai|thủ tục|Ð|e\u{301}|[ạ-ỹ]){0,80}", question in "(đất đai|thu tuc|[a-d] ?){1,6}") {
            with_marker(&question, &text, |marker| {
                let mut end = 0;
                for place in marker.marks(&text) {
                    assert!(place.start >= end && place.end <= text.len() && !place.is_empty());
                    assert!(text.is_char_boundary(place.start) && text.is_char_boundary(place.end));
                    end = place.end;
                }
                let passage = marker.passage(&text);
                for place in &passage.marks {
                    assert!(place.end <= passage.text.len() && passage.text.is_char_boundary(place.start) && passage.text.is_char_boundary(place.end));
                }
                assert_eq!(&text[passage.start..passage.start + passage.text.len()], passage.text);
            });
        }
    }
}
