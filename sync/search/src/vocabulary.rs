//! The words of everything that is searched, and how often they occur.

use std::collections::HashMap;

/// How often pairs of words occur; the vocabulary knows the words themselves.
///
/// Kept apart because there are many pairs and a question needs few of them.
pub trait Pairs {
    /// What can go wrong while looking.
    type Error;

    /// In how many articles the second folded word follows the first directly.
    ///
    /// # Errors
    /// When it cannot be looked up.
    fn articles(&self, first: u32, second: u32) -> Result<u32, Self::Error>;

    /// How many times the second toned word follows the first directly.
    ///
    /// # Errors
    /// When it cannot be looked up.
    fn times(&self, first: u32, second: u32) -> Result<u32, Self::Error>;
}

#[derive(Debug, Clone)]
struct Folded {
    text: Box<str>,
    articles: u32,
    toned: Vec<u32>,
}

#[derive(Debug, Clone)]
struct Toned {
    text: Box<str>,
    folded: u32,
    times: u32,
}

/// All words. Folded and toned words have numbers of their own, from 0 without gaps.
#[derive(Debug, Clone, Default)]
pub struct Vocabulary {
    folded: Vec<Folded>,
    toned: Vec<Toned>,
    by_folded: HashMap<Box<str>, u32>,
    by_toned: HashMap<Box<str>, u32>,
    weights: Vec<f32>,
    articles: u32,
}

impl Vocabulary {
    /// The number of a folded word, a new one if it was not known.
    pub fn add_folded(&mut self, text: &str) -> u32 {
        if let Some(number) = self.by_folded.get(text) {
            return *number;
        }
        let number = count(self.folded.len());
        self.folded.push(Folded { text: text.into(), articles: 0, toned: Vec::new() });
        self.by_folded.insert(text.into(), number);
        number
    }

    /// The number of a toned word, a new one if it was not known.
    pub fn add_toned(&mut self, text: &str, folded: u32) -> u32 {
        if let Some(number) = self.by_toned.get(text) {
            return *number;
        }
        let number = count(self.toned.len());
        self.toned.push(Toned { text: text.into(), folded, times: 0 });
        self.by_toned.insert(text.into(), number);
        if let Some(word) = self.folded.get_mut(folded as usize) {
            word.toned.push(number);
        }
        number
    }

    /// Sets in how many articles a folded word occurs.
    pub fn set_articles(&mut self, folded: u32, articles: u32) {
        if let Some(word) = self.folded.get_mut(folded as usize) {
            word.articles = articles;
        }
    }

    /// Sets how often a toned word occurs.
    pub fn set_times(&mut self, toned: u32, times: u32) {
        if let Some(word) = self.toned.get_mut(toned as usize) {
            word.times = times;
        }
    }

    /// Everything was counted: `articles` is how many articles there are.
    pub fn counted(&mut self, articles: u32) {
        self.articles = articles;
        self.weights = self.folded.iter().map(|word| rarity(word.articles, articles)).collect();
    }

    /// How many articles there are.
    pub fn total(&self) -> u32 {
        self.articles
    }

    /// How many folded words there are.
    pub fn len(&self) -> usize {
        self.folded.len()
    }

    /// Is there no word?
    pub fn is_empty(&self) -> bool {
        self.folded.is_empty()
    }

    /// The number of a folded word that occurs.
    pub fn folded(&self, text: &str) -> Option<u32> {
        self.by_folded.get(text).copied().filter(|number| self.articles(*number) > 0)
    }

    /// The number of a toned word.
    pub fn toned(&self, text: &str) -> Option<u32> {
        self.by_toned.get(text).copied()
    }

    /// The toned form of a word.
    pub fn toned_text(&self, toned: u32) -> Option<&str> {
        self.toned.get(toned as usize).map(|word| &*word.text)
    }

    /// The folded word of a toned one.
    #[inline]
    pub fn folded_of(&self, toned: u32) -> Option<u32> {
        self.toned.get(toned as usize).map(|word| word.folded)
    }

    /// In how many articles a folded word occurs.
    pub fn articles(&self, folded: u32) -> u32 {
        self.folded.get(folded as usize).map_or(0, |word| word.articles)
    }

    /// The letters of a folded word.
    pub fn text(&self, folded: u32) -> &str {
        self.folded.get(folded as usize).map_or("", |word| &word.text)
    }

    /// The toned forms of a folded word that occur, with how often they do.
    pub fn forms(&self, folded: u32) -> impl Iterator<Item = (u32, &str, u32)> {
        let forms = self.folded.get(folded as usize).map_or(&[][..], |word| &word.toned);
        forms.iter().filter_map(|number| self.toned.get(*number as usize).map(|word| (*number, &*word.text, word.times)))
    }

    /// Folded words that occur and begin with these letters.
    pub fn beginning_with<'a>(&'a self, letters: &'a str) -> impl Iterator<Item = u32> + 'a {
        (0..count(self.folded.len())).filter(move |word| {
            let word = &self.folded[*word as usize];
            word.articles > 0 && word.text.starts_with(letters)
        })
    }

    /// What a folded word tells: the rarer, the more.
    #[inline]
    pub fn weight(&self, folded: u32) -> f32 {
        self.weights.get(folded as usize).copied().unwrap_or(0.0)
    }
}

/// Weight of something that is in `articles` of `total` articles (the inverse document frequency of BM25).
pub fn rarity(articles: u32, total: u32) -> f32 {
    let (articles, total) = (f64::from(articles), f64::from(total.max(articles)));
    (1.0 + (total - articles + 0.5) / (articles + 0.5)).ln() as f32
}

fn count(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}
