//! What is asked and what is answered.

use std::collections::BTreeMap;
use std::ops::Range;

use search::entry::{Section, Validity};
use search::excerpt::Passage;
use search::understand::Change as Reading;

/// Hits of one answer.
pub const HITS_MAX: usize = 200;

/// A question to the library.
#[derive(Debug, Clone, Default)]
pub struct Request {
    /// What was typed.
    pub text: String,
    /// Only these sections; all if empty.
    pub sections: Vec<Section>,
    /// Only these agencies, by their exact names; all if empty.
    pub agencies: Vec<String>,
    /// Only these fields.
    pub fields: Vec<String>,
    /// Only these levels.
    pub levels: Vec<String>,
    /// Only these validities (on the day `as_of`).
    pub validities: Vec<Validity>,
    /// The day whose law is asked for, in days since 1970; nothing: what the publisher says.
    pub as_of: Option<i32>,
    /// How many hits, at most [`HITS_MAX`].
    pub limit: usize,
    /// The question is still being typed: its last word may be half a word, and the answer has to come at once.
    pub typing: bool,
    /// The number of the question, for [`super::Stopper`]; 0 is never stale.
    pub turn: u64,
}

impl Request {
    /// A question without filters.
    pub fn new(text: impl Into<String>, limit: usize) -> Self {
        Self { text: text.into(), limit, ..Self::default() }
    }
}

/// Why an entry was found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Why {
    /// Words of the question that it has, as they are written there.
    pub words: Vec<String>,
    /// Its title has words of the question.
    pub title: bool,
    /// Its source was named.
    pub source: bool,
    /// Its document's number was asked for.
    pub number: bool,
    /// Its article was named.
    pub article: bool,
}

/// One entry that was found.
#[derive(Debug, Clone, PartialEq)]
pub struct Hit {
    /// The entry.
    pub id: String,
    /// Its section.
    pub section: Section,
    /// Its source.
    pub source: String,
    /// Its document's number.
    pub number: Option<String>,
    /// Its title.
    pub title: String,
    /// What is to be marked in the title (bytes).
    pub title_marks: Vec<Range<usize>>,
    /// Where it stands.
    pub path: String,
    /// The passage that has most of the question.
    pub passage: Passage,
    /// Its agency.
    pub agency: String,
    /// Its field.
    pub field: String,
    /// Its level.
    pub level: String,
    /// Validity on the day that was asked for.
    pub validity: Validity,
    /// First day in force.
    pub from: Option<i32>,
    /// First day no longer in force.
    pub to: Option<i32>,
    /// The order is by this; only to be compared within one answer.
    pub score: f32,
    /// It has too little of the question to be counted: see [`Answer::found`].
    pub partial: bool,
    /// Why it was found.
    pub why: Why,
}

/// How many entries there would be, by what a filter could choose. Each count obeys all filters but its own.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Counts {
    /// By section.
    pub sections: BTreeMap<Section, u32>,
    /// By agency.
    pub agencies: BTreeMap<String, u32>,
    /// By field.
    pub fields: BTreeMap<String, u32>,
    /// By level.
    pub levels: BTreeMap<String, u32>,
    /// By validity.
    pub validities: BTreeMap<Validity, u32>,
}

/// The answer to a question.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Answer {
    /// The best entries, the best first.
    pub hits: Vec<Hit>,
    /// How many entries have a good part of the question: an entry counts if it is of a document whose number was asked for, or has at
    /// least half of what the entry that has most of the words, weighed by their rarity, has of them, whatever the filters. One that has
    /// less can be among the hits, because what follows looks closer than at words; it is then [`Hit::partial`] and in no count. So as
    /// far as the list goes, `found` and each count are the number of hits that are not partial.
    pub found: u32,
    /// The same by section and filter.
    pub counts: Counts,
    /// The question with its misspellings put right, if it had any.
    pub did_you_mean: Option<String>,
    /// What was read differently from how it was typed.
    pub readings: Vec<Reading>,
}

/// A title that fits what is being typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Title {
    /// The entry.
    pub id: String,
    /// Its section.
    pub section: Section,
    /// The title.
    pub title: String,
    /// Its source.
    pub source: String,
}

/// A question that was asked before.
#[derive(Debug, Clone, PartialEq)]
pub struct Similar {
    /// The entry.
    pub id: String,
    /// Its title, which is the question.
    pub title: String,
    /// The order is by this.
    pub score: f32,
}
