//! A question, ready to be compared with articles.

use std::collections::HashMap;
use std::ops::Range;

use crate::vocabulary::{Pairs, Vocabulary, rarity};

/// Syllables of a question that count; the rest of a longer one is not looked at.
pub const SLOTS_MAX: usize = 128;

/// One syllable of the question as it was understood.
#[derive(Debug, Clone, PartialEq)]
pub struct Slot {
    /// Without marks.
    pub folded: String,
    /// With marks, if any were typed: then they must agree.
    pub toned: Option<String>,
    /// Does it make a pair with the slot before it?
    pub joined: bool,
    /// Where it stands in the question (bytes); several slots share a place when an abbreviation was read.
    pub place: Range<usize>,
    /// 1, or less for what was not typed but means the same.
    pub weight: f32,
}

/// A word in articles that is to be read as other words: `UBND` as `ủy ban nhân dân`.
#[derive(Debug, Clone, PartialEq)]
pub struct Reading {
    /// The word, folded.
    pub word: String,
    /// What it stands for: folded and toned.
    pub stands_for: Vec<(String, String)>,
}

/// One syllable as it is compared.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Position {
    /// Number among the different pairs, of the pair that ends here.
    pub pair: Option<u16>,
    /// The toned word that was typed.
    pub toned: Option<u32>,
    /// What the syllable tells.
    pub weight: f32,
    /// What the pair tells.
    pub pair_weight: f32,
}

/// No article has this toned word.
const UNKNOWN_TONED: u32 = u32::MAX;

/// A question with everything that was looked up for it.
#[derive(Debug, Clone)]
pub struct Query {
    pub(crate) positions: Vec<Position>,
    /// Term + 1 of each folded word, 0 for words that are not asked for.
    pub(crate) term_of: Vec<u16>,
    /// The positions of each term, the last first.
    pub(crate) positions_of: Vec<Vec<u8>>,
    /// For each two terms, pair + 1.
    pub(crate) pair_of: Vec<u16>,
    pub(crate) pair_positions: Vec<Vec<u8>>,
    /// Words of articles that stand for others: toned numbers.
    pub(crate) readings: HashMap<u32, Vec<u32>>,
    /// Sum of the weights of syllables.
    pub(crate) mass: f32,
    /// Sum of the weights of pairs.
    pub(crate) pair_mass: f32,
    /// The position of the number in "Điều 20".
    pub(crate) article: Option<u8>,
    /// Folded words asked for.
    terms: Vec<u32>,
    /// Folded words of pairs.
    pairs: Vec<(u32, u32)>,
    term_articles: Vec<u32>,
    pair_articles: Vec<u32>,
    term_weights: Vec<f32>,
    pair_weights: Vec<f32>,
}

/// Something to ask the index for.
#[derive(Debug, Clone, PartialEq)]
pub struct Probe {
    /// The term as the index has it.
    pub term: String,
    /// In how many articles it is.
    pub articles: u32,
    /// What an article gains by having it.
    pub weight: f32,
}

impl Query {
    /// Looks up all syllables and pairs.
    ///
    /// # Errors
    /// Those of `pairs`.
    pub fn new<P: Pairs>(slots: &[Slot], readings: &[Reading], vocabulary: &Vocabulary, pairs: &P) -> Result<Self, P::Error> {
        let mut query = Self {
            positions: Vec::new(),
            term_of: vec![0; vocabulary.len()],
            positions_of: Vec::new(),
            pair_of: Vec::new(),
            pair_positions: Vec::new(),
            readings: HashMap::new(),
            mass: 0.0,
            pair_mass: 0.0,
            article: None,
            terms: Vec::new(),
            pairs: Vec::new(),
            term_articles: Vec::new(),
            pair_articles: Vec::new(),
            term_weights: Vec::new(),
            pair_weights: Vec::new(),
        };
        let mut before: Option<(u32, u16)> = None;
        let mut pair_numbers: HashMap<(u32, u32), u16> = HashMap::new();
        for slot in slots.iter().take(SLOTS_MAX) {
            let Some(word) = vocabulary.folded(&slot.folded) else {
                // It is in no article, so it tells nothing of any.
                before = None;
                continue;
            };
            let term = query.term(word, vocabulary, slot.weight);
            let toned = slot.toned.as_ref().map(|toned| vocabulary.toned(toned).unwrap_or(UNKNOWN_TONED));
            let weight = vocabulary.weight(word) * slot.weight;
            let mut position = Position { pair: None, toned, weight, pair_weight: 0.0 };
            if let (true, Some((first, _))) = (slot.joined, before) {
                let articles = pairs.articles(first, word)?;
                let pair_weight = rarity(articles, vocabulary.total()) * slot.weight;
                position.pair_weight = if articles == 0 { 0.0 } else { pair_weight };
                if articles > 0 {
                    let number = *pair_numbers.entry((first, word)).or_insert_with(|| {
                        query.pairs.push((first, word));
                        query.pair_articles.push(articles);
                        query.pair_weights.push(pair_weight);
                        query.pair_positions.push(Vec::new());
                        (query.pairs.len() - 1) as u16
                    });
                    position.pair = Some(number);
                    query.pair_positions[usize::from(number)].insert(0, query.positions.len() as u8);
                }
            }
            if query.article.is_none() && position.pair.is_some() && is_article(before, &slot.folded, vocabulary) {
                query.article = Some(query.positions.len() as u8);
            }
            query.mass += position.weight;
            query.pair_mass += position.pair_weight;
            query.positions_of[usize::from(term)].insert(0, query.positions.len() as u8);
            query.positions.push(position);
            before = Some((word, term));
        }
        query.fill_pairs();
        query.fill_readings(readings, vocabulary);
        Ok(query)
    }

    fn term(&mut self, word: u32, vocabulary: &Vocabulary, weight: f32) -> u16 {
        let place = &mut self.term_of[word as usize];
        if *place == 0 {
            self.terms.push(word);
            self.term_articles.push(vocabulary.articles(word));
            self.term_weights.push(vocabulary.weight(word) * weight);
            self.positions_of.push(Vec::new());
            *place = self.terms.len() as u16;
        }
        *place - 1
    }

    fn fill_pairs(&mut self) {
        let terms = self.terms.len();
        self.pair_of = vec![0; terms * terms];
        for (number, (first, second)) in self.pairs.iter().enumerate() {
            let row = usize::from(self.term_of[*first as usize] - 1);
            let column = usize::from(self.term_of[*second as usize] - 1);
            self.pair_of[row * terms + column] = number as u16 + 1;
        }
    }

    fn fill_readings(&mut self, readings: &[Reading], vocabulary: &Vocabulary) {
        for reading in readings {
            let stands_for: Option<Vec<u32>> = reading.stands_for.iter().map(|(_, toned)| vocabulary.toned(toned)).collect();
            let (Some(stands_for), Some(word)) = (stands_for, vocabulary.folded(&reading.word)) else { continue };
            for (toned, ..) in vocabulary.forms(word) {
                self.readings.insert(toned, stands_for.clone());
            }
            self.terms.push(word);
            self.term_articles.push(vocabulary.articles(word));
            self.term_weights.push(vocabulary.weight(word));
        }
    }

    /// Does the question have so many words in a row, of which each but the first makes one of the pairs?
    pub(crate) fn has_run(&self, words: u32, pairs: u128) -> bool {
        let mut run = 1;
        for slot in 0..self.positions.len() {
            run = if pairs >> slot & 1 == 1 { run + 1 } else { 1 };
            if run >= words {
                return true;
            }
        }
        false
    }

    /// Is there nothing that any article has?
    pub fn is_empty(&self) -> bool {
        self.terms.is_empty()
    }

    /// Number of different syllables.
    pub(crate) fn terms(&self) -> usize {
        self.positions_of.len()
    }

    /// Number of different pairs.
    pub(crate) fn pairs(&self) -> usize {
        self.pairs.len()
    }

    pub(crate) fn term_weight(&self, term: usize) -> f32 {
        self.term_weights[term]
    }

    pub(crate) fn pair_weight(&self, pair: usize) -> f32 {
        self.pair_weights[pair]
    }

    /// What to ask the index for, the most telling first: terms are taken while all their articles together are at most `budget`, but
    /// always the first few.
    pub fn probes(&self, vocabulary: &Vocabulary, budget: u64) -> Vec<Probe> {
        let terms = self.terms.iter().zip(&self.term_articles).zip(&self.term_weights);
        let terms = terms.map(|((word, articles), weight)| Probe {
            term: vocabulary.text(*word).to_owned(),
            articles: *articles,
            weight: *weight,
        });
        let pairs = self.pairs.iter().zip(&self.pair_articles).zip(&self.pair_weights);
        let pairs = pairs.map(|(((first, second), articles), weight)| Probe {
            term: format!("{}{}{}", vocabulary.text(*first), crate::token::PAIR_SEPARATOR, vocabulary.text(*second)),
            articles: *articles,
            weight: *weight,
        });
        let mut probes: Vec<Probe> = terms.chain(pairs).collect();
        probes.sort_by(|one, other| one.articles.cmp(&other.articles).then_with(|| one.term.cmp(&other.term)));
        let mut spent = 0;
        let mut taken = 0;
        for probe in &probes {
            spent += u64::from(probe.articles);
            if spent > budget && taken >= PROBES_ALWAYS {
                break;
            }
            taken += 1;
        }
        probes.truncate(taken);
        probes
    }
}

fn is_article(before: Option<(u32, u16)>, number: &str, vocabulary: &Vocabulary) -> bool {
    before.is_some_and(|(word, _)| vocabulary.text(word) == "dieu") && number.bytes().all(|byte| byte.is_ascii_digit())
}

/// So many of the rarest terms are asked for, however many articles they have.
const PROBES_ALWAYS: usize = 1;
