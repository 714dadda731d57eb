//! A whole collection in memory: what the weights are fitted with. The application keeps its index in a database.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::convert::Infallible;

use crate::forward::{self, Symbol, ZONES, symbols};
use crate::query::Query;
use crate::token;
use crate::vocabulary::{Pairs, Vocabulary};

/// Counted pairs of words.
#[derive(Debug, Default)]
pub struct PairCounts {
    articles: HashMap<(u32, u32), u32>,
    times: HashMap<(u32, u32), u32>,
}

impl Pairs for PairCounts {
    type Error = Infallible;

    fn articles(&self, first: u32, second: u32) -> Result<u32, Infallible> {
        Ok(self.articles.get(&(first, second)).copied().unwrap_or(0))
    }

    fn times(&self, first: u32, second: u32) -> Result<u32, Infallible> {
        Ok(self.times.get(&(first, second)).copied().unwrap_or(0))
    }
}

/// Articles with their index.
#[derive(Debug, Default)]
pub struct Collection {
    /// All words.
    pub vocabulary: Vocabulary,
    /// All pairs.
    pub pairs: PairCounts,
    /// The form of each article.
    pub forms: Vec<Vec<u8>>,
    /// Mean number of words of an article.
    pub mean_words: f32,
    index: HashMap<String, Vec<u32>>,
}

impl Collection {
    /// Indexes articles, each given by its zones.
    pub fn new<'a>(articles: impl IntoIterator<Item = [&'a str; ZONES]>) -> Self {
        let mut made = Self::default();
        let (mut seen, mut seen_toned): (BTreeMap<u32, u32>, BTreeMap<u32, u32>) = Default::default();
        let mut words = 0_u64;
        for zones in articles {
            let number = made.forms.len() as u32;
            let vocabulary = &mut made.vocabulary;
            let form = forward::encode(zones, |folded, toned| {
                let folded = vocabulary.add_folded(folded);
                Ok::<_, Infallible>(vocabulary.add_toned(toned, folded))
            });
            let Ok(form) = form;
            words += made.count(&form, &mut seen, &mut seen_toned);
            let mut terms = BTreeSet::new();
            for zone in zones {
                token::terms(zone, |term, _, _| {
                    terms.insert(term.to_owned());
                    true
                });
            }
            for term in terms {
                made.index.entry(term).or_default().push(number);
            }
            made.forms.push(form);
        }
        for (word, articles) in seen {
            made.vocabulary.set_articles(word, articles);
        }
        for (word, times) in seen_toned {
            made.vocabulary.set_times(word, times);
        }
        made.vocabulary.counted(made.forms.len() as u32);
        made.mean_words = words as f32 / made.forms.len().max(1) as f32;
        made
    }

    fn count(&mut self, form: &[u8], seen: &mut BTreeMap<u32, u32>, seen_toned: &mut BTreeMap<u32, u32>) -> u64 {
        let (mut here, mut pairs_here) = (BTreeSet::new(), BTreeSet::new());
        let mut words = 0;
        let mut before = None;
        for symbol in symbols(form) {
            let Symbol::Word(toned) = symbol else {
                before = None;
                continue;
            };
            words += 1;
            let Some(folded) = self.vocabulary.folded_of(toned) else { continue };
            *seen_toned.entry(toned).or_default() += 1;
            here.insert(folded);
            if let Some((first, first_toned)) = before {
                pairs_here.insert((first, folded));
                *self.pairs.times.entry((first_toned, toned)).or_default() += 1;
            }
            before = Some((folded, toned));
        }
        for word in here {
            *seen.entry(word).or_default() += 1;
        }
        for pair in pairs_here {
            *self.pairs.articles.entry(pair).or_default() += 1;
        }
        words
    }

    /// The articles that gain most from the terms that are asked for.
    pub fn candidates(&self, query: &Query, budget: u64, limit: usize) -> Vec<u32> {
        let mut gained = vec![0.0_f32; self.forms.len()];
        for probe in query.probes(&self.vocabulary, budget) {
            for article in self.index.get(&probe.term).map_or(&[][..], Vec::as_slice) {
                gained[*article as usize] += probe.weight;
            }
        }
        let mut found: Vec<u32> = (0..gained.len() as u32).filter(|article| gained[*article as usize] > 0.0).collect();
        found.sort_by(|one, other| gained[*other as usize].total_cmp(&gained[*one as usize]).then(one.cmp(other)));
        found.truncate(limit);
        found
    }
}
