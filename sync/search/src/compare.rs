//! How much an article has of a question: one walk through its form, and the figures that the order is made of.

use crate::forward::{self, BODY, PATH, SOURCE, Symbol, TITLE, ZONES, symbols};
use crate::query::{Query, SLOTS_MAX};
use crate::vocabulary::Vocabulary;

/// Number of figures per article.
pub const FIGURES: usize = 15;
/// The two figures that need the other candidates.
const SUPPORT: usize = 13;
const BEST_OF_SOURCE: usize = 14;
/// What an article is described by, in this order; all are shares of what the question could find, or logarithms.
pub const FIGURE_NAMES: [&str; FIGURES] = [
    "syllables",
    "pairs",
    "triples",
    "toned_syllables",
    "toned_pairs",
    "title_told",
    "source_told",
    "clause_syllables",
    "clause_pairs",
    "clause_told",
    "clause_with_title",
    "longest_run",
    "length",
    "source_support",
    "best_of_source",
];
/// Figures of one article.
pub type Figures = [f32; FIGURES];

/// Saturation: from how many occurrences on more tell little.
const K1: f32 = 1.2;
/// How much a long article pays for its length.
const B: f32 = 0.75;
/// What an occurrence counts, by zone.
const ZONE_WEIGHTS: [f32; ZONES] = [1.0, 2.0, 0.5, 1.0];

/// Occurrences of something, by zone.
type Counts = [u16; ZONES];
type Mask = u128;

/// What an article was named by, besides what it is made of.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Exact {
    /// The question has the whole name of its source, in order.
    pub source: bool,
    /// The question has the number of the article, and its title or path has it too ("Điều 20").
    pub article: bool,
    /// The share of the question that its title has.
    pub title: f32,
}

/// Room for the walk, used again for each article.
#[derive(Debug)]
pub struct Comparison<'a> {
    query: &'a Query,
    vocabulary: &'a Vocabulary,
    mean_words: f32,
    syllables: Vec<Counts>,
    toned_syllables: Vec<Counts>,
    pairs: Vec<Counts>,
    toned_pairs: Vec<Counts>,
    run_at: [u32; SLOTS_MAX],
    run: [u8; SLOTS_MAX],
    run_mass: [f32; SLOTS_MAX],
    exact: Exact,
}

/// A line of an article, or a whole zone, while it is walked through.
#[derive(Debug, Clone, Copy, Default)]
struct Stretch {
    syllables: Mask,
    pairs: Mask,
    /// What all its words tell.
    told: f32,
    /// What those of its words tell that are asked for.
    asked: f32,
    words: u32,
}

/// What the walk found besides occurrences.
#[derive(Debug, Default)]
struct Walked {
    zones: [Stretch; ZONES],
    triples: Mask,
    longest: f32,
    best: Best,
    words: u32,
}

#[derive(Debug, Default, Clone, Copy)]
struct Best {
    value: f32,
    syllables: f32,
    pairs: f32,
    told: f32,
    with_title: f32,
}

impl<'a> Comparison<'a> {
    /// Compares articles with `query`; `mean_words` is the mean number of words of an article.
    pub fn new(query: &'a Query, vocabulary: &'a Vocabulary, mean_words: f32) -> Self {
        let (terms, pairs) = (query.terms(), query.pairs());
        Self {
            query,
            vocabulary,
            mean_words: mean_words.max(1.0),
            syllables: vec![[0; ZONES]; terms],
            toned_syllables: vec![[0; ZONES]; terms],
            pairs: vec![[0; ZONES]; pairs],
            toned_pairs: vec![[0; ZONES]; pairs],
            run_at: [0; SLOTS_MAX],
            run: [0; SLOTS_MAX],
            run_mass: [0.0; SLOTS_MAX],
            exact: Exact::default(),
        }
    }

    /// The figures of one article. The last two, which need the other articles, are 0.
    pub fn figures(&mut self, form: &[u8]) -> Figures {
        for counts in [&mut self.syllables, &mut self.toned_syllables, &mut self.pairs, &mut self.toned_pairs] {
            counts.fill([0; ZONES]);
        }
        self.run_at.fill(0);
        let walked = self.walk(form);
        let [source, title, path, _] = &walked.zones;
        let named_by = self.query.article.map_or(0, |slot| 1 << slot);
        self.exact = Exact {
            source: source.words > 1 && source.asked >= source.told && self.query.has_run(source.words, source.pairs),
            article: (title.pairs | path.pairs) & named_by != 0,
            title: self.syllable_share(title.syllables),
        };
        self.sum_up(&walked)
    }

    /// What the article that was compared last was named by.
    pub fn exact(&self) -> Exact {
        self.exact
    }

    fn walk(&mut self, form: &[u8]) -> Walked {
        let mut walked = Walked::default();
        let mut zone = 0;
        let mut line = Stretch::default();
        let mut place = 1_u32;
        let mut before: Option<(u16, bool)> = None;
        for symbol in symbols(form) {
            match symbol {
                Symbol::Word(word) => {
                    place += 1;
                    walked.words += 1;
                    line.words += 1;
                    match self.query.readings.get(&word) {
                        None => before = self.word(word, zone, place, before, &mut line, &mut walked),
                        Some(reading) => {
                            for word in reading {
                                place += 1;
                                before = self.word(*word, zone, place, before, &mut line, &mut walked);
                            }
                        }
                    }
                }
                Symbol::Sentence => {
                    before = None;
                    place += 1;
                }
                Symbol::Line | Symbol::ZoneEnd => {
                    before = None;
                    place += 1;
                    self.end_line(zone, line, &mut walked);
                    line = Stretch::default();
                    if symbol == Symbol::ZoneEnd {
                        zone += 1;
                        if zone == ZONES {
                            break;
                        }
                    }
                }
            }
        }
        walked
    }

    #[inline]
    fn word(
        &mut self,
        word: u32,
        zone: usize,
        place: u32,
        before: Option<(u16, bool)>,
        line: &mut Stretch,
        walked: &mut Walked,
    ) -> Option<(u16, bool)> {
        let folded = self.vocabulary.folded_of(word)?;
        let weight = self.vocabulary.weight(folded);
        line.told += weight;
        let term = self.query.term_of.get(folded as usize).copied().filter(|term| *term > 0)? - 1;
        line.asked += weight;
        let at = usize::from(term);
        self.syllables[at][zone] = self.syllables[at][zone].saturating_add(1);
        let mut agrees = false;
        for position in &self.query.positions_of[at] {
            let slot = usize::from(*position);
            let asked = &self.query.positions[slot];
            agrees |= asked.toned.is_none_or(|toned| toned == word);
            line.syllables |= 1 << slot;
            let (mut run, mut mass) = (1, asked.weight);
            if slot > 0 && self.run_at[slot - 1] == place - 1 && asked.pair.is_some() {
                run = self.run[slot - 1].saturating_add(1);
                mass += self.run_mass[slot - 1];
                line.pairs |= 1 << slot;
                if run >= 3 {
                    walked.triples |= 1 << slot;
                }
            }
            self.run_at[slot] = place;
            self.run[slot] = run;
            self.run_mass[slot] = mass;
            if run > 1 && mass > walked.longest {
                walked.longest = mass;
            }
        }
        if agrees {
            self.toned_syllables[at][zone] = self.toned_syllables[at][zone].saturating_add(1);
        }
        if let Some((first, first_agrees)) = before {
            let pair = self.query.pair_of[usize::from(first) * self.query.terms() + at];
            if pair > 0 {
                let pair = usize::from(pair - 1);
                self.pairs[pair][zone] = self.pairs[pair][zone].saturating_add(1);
                if agrees && first_agrees {
                    self.toned_pairs[pair][zone] = self.toned_pairs[pair][zone].saturating_add(1);
                }
            }
        }
        Some((term, agrees))
    }

    fn end_line(&self, zone: usize, line: Stretch, walked: &mut Walked) {
        let whole = &mut walked.zones[zone];
        whole.syllables |= line.syllables;
        whole.pairs |= line.pairs;
        whole.told += line.told;
        whole.asked += line.asked;
        whole.words += line.words;
        if zone != BODY || line.syllables == 0 {
            return;
        }
        let syllables = self.syllable_share(line.syllables);
        let pairs = self.pair_share(line.pairs);
        let told = if line.told > 0.0 { line.asked / (line.told + TOLD_AT_LEAST) } else { 0.0 };
        let around = walked.zones[TITLE].syllables | walked.zones[SOURCE].syllables;
        let with_title = self.syllable_share(line.syllables | around);
        let value = syllables + pairs + 0.5 * told;
        if value > walked.best.value {
            walked.best = Best { value, syllables, pairs, told, with_title };
        }
    }

    fn syllable_share(&self, mask: Mask) -> f32 {
        share(mask, self.query.mass, |slot| self.query.positions[slot].weight)
    }

    fn pair_share(&self, mask: Mask) -> f32 {
        share(mask, self.query.pair_mass, |slot| self.query.positions[slot].pair_weight)
    }

    fn sum_up(&self, walked: &Walked) -> Figures {
        let query = self.query;
        let length: f32 = walked.zones.iter().zip(ZONE_WEIGHTS).map(|(zone, weight)| zone.words as f32 * weight).sum();
        let norm = K1 * (1.0 - B + B * length / self.mean_words);
        let syllables = |counts: &[Counts]| {
            let gained = counts.iter().enumerate().map(|(term, counts)| query.term_weight(term) * saturated(counts, norm)).sum();
            per(gained, query.mass)
        };
        let pairs = |counts: &[Counts]| {
            let gained = counts.iter().enumerate().map(|(pair, counts)| query.pair_weight(pair) * saturated(counts, norm)).sum();
            per(gained, query.pair_mass)
        };
        let [source, title, ..] = &walked.zones;
        [
            syllables(&self.syllables),
            pairs(&self.pairs),
            self.pair_share(walked.triples),
            syllables(&self.toned_syllables),
            pairs(&self.toned_pairs),
            per(title.asked, title.told),
            per(source.asked, source.told),
            walked.best.syllables,
            walked.best.pairs,
            walked.best.told,
            walked.best.with_title,
            per(walked.longest, query.mass),
            (walked.words as f32 / self.mean_words).max(0.01).ln(),
            0.0,
            0.0,
        ]
    }
}

/// A line that says less than this cannot be said to have been asked for as a whole.
const TOLD_AT_LEAST: f32 = 20.0;

fn saturated(counts: &Counts, norm: f32) -> f32 {
    let times: f32 = counts.iter().zip(ZONE_WEIGHTS).map(|(times, weight)| f32::from(*times) * weight).sum();
    if times > 0.0 { times * (K1 + 1.0) / (times + norm) } else { 0.0 }
}

fn per(part: f32, whole: f32) -> f32 {
    if whole > 0.0 { part / whole } else { 0.0 }
}

fn share(mut mask: Mask, whole: f32, weight: impl Fn(usize) -> f32) -> f32 {
    let mut sum = 0.0;
    while mask != 0 {
        let slot = mask.trailing_zeros() as usize;
        sum += weight(slot);
        mask &= mask - 1;
    }
    per(sum, whole)
}

/// Fills in the figures that speak of an article's source: how well the best articles of the same source do.
///
/// `sources[i]` is the source of `figures[i]`, `scores[i]` what the article has on its own.
pub fn support(figures: &mut [Figures], sources: &[u32], scores: &[f32]) {
    let mut by_source: std::collections::BTreeMap<u32, Vec<f32>> = std::collections::BTreeMap::new();
    let best = scores.iter().copied().fold(f32::MIN, f32::max);
    for (source, score) in sources.iter().zip(scores) {
        by_source.entry(*source).or_default().push((score - best).exp());
    }
    for shares in by_source.values_mut() {
        shares.sort_by(|one, other| other.total_cmp(one));
    }
    let all: f32 = by_source.values().flatten().sum();
    for ((figures, source), score) in figures.iter_mut().zip(sources).zip(scores) {
        let shares = by_source.get(source).map_or(&[][..], Vec::as_slice);
        let own = (score - best).exp();
        let others: f32 = shares.iter().sum::<f32>() - own;
        figures[SUPPORT] = per(others, all);
        let top = shares.first().copied().unwrap_or(0.0);
        figures[BEST_OF_SOURCE] = if top > own { top } else { shares.get(1).copied().unwrap_or(0.0) };
    }
}

/// The zones by name, for those who make forms.
pub use forward::encode;
const _: () = assert!(PATH < ZONES && SLOTS_MAX == 128);
