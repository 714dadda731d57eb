//! Answering a question.

use std::collections::{BTreeMap, BTreeSet};

use rusqlite::{Connection, OptionalExtension};
use search::compare::{Comparison, Exact};
use search::entry::Validity;
use search::excerpt::Marker;
use search::number::{self, Number};
use search::query::Query;
use search::rank;
use search::similar;
use search::understand::{self, Understood};

use super::read::{Facet, State, StoredPairs};
use super::request::{Answer, Counts, HITS_MAX, Hit, Request, Similar, Why};
use super::sql;
use crate::error::StoreError;

/// Rows of the index that one question may walk through; what is in more entries than fit is left to the comparison.
const BUDGET: u64 = 30_000;
/// The same while typing.
const BUDGET_TYPING: u64 = 8_000;
/// Candidates while typing.
const CANDIDATES_TYPING: usize = 80;
/// What part of the best an entry must have to be counted as found: see [`Answer::found`].
const FOUND_SHARE: f32 = 0.5;
/// Words of a question that are told of one hit.
const WHY_WORDS_MAX: usize = 12;
/// A title has the question if it has this share of it.
const TITLE_SHARE: f32 = 0.3;

/// A question on its way through the index.
pub(super) struct Search<'a> {
    pub connection: &'a Connection,
    pub state: &'a State,
    pub request: &'a Request,
    /// Says `stopped` when a newer question came.
    pub check: &'a dyn Fn() -> Result<(), StoreError>,
}

/// An entry that was compared.
struct Candidate {
    place: usize,
    score: f32,
    exact: Exact,
    number: bool,
    article: bool,
    counts: bool,
}

/// What the index gave for a question.
struct Gains<'a> {
    /// What each entry has of the terms, by place.
    gained: &'a [f32],
    /// The most that one has.
    best: f32,
    /// The numbers of the documents that may be meant.
    numbers: &'a BTreeSet<u32>,
}

impl<'a> Gains<'a> {
    fn new(gained: &'a [f32], numbers: &'a BTreeSet<u32>) -> Self {
        Self { gained, best: gained.iter().copied().fold(0.0, f32::max), numbers }
    }

    fn by_number(&self, facet: &Facet) -> bool {
        facet.number.is_some_and(|number| self.numbers.contains(&number))
    }

    /// Does an entry count as found; the one rule for the counts and for what is told of each hit.
    fn count(&self, place: usize, facet: &Facet) -> bool {
        self.by_number(facet) || self.gained[place] >= self.best * FOUND_SHARE
    }
}

impl Search<'_> {
    pub(super) fn run(&self) -> Result<Answer, StoreError> {
        let pairs = StoredPairs::new(self.connection);
        let vocabulary = &self.state.vocabulary;
        let mut understood = understand::understand(&self.request.text, &self.state.table, vocabulary, &pairs)?;
        if self.request.typing {
            understand::complete(&self.request.text, &mut understood, vocabulary, &pairs)?;
        }
        let query = Query::new(&understood.slots, &understood.readings, vocabulary, &pairs)?;
        (self.check)()?;
        let gained = self.gained(&query)?;
        let numbers = self.numbers(&understood)?;
        let gains = Gains::new(&gained, &numbers);
        let (chosen, found, counts) = self.choose(&gains);
        (self.check)()?;
        let mut candidates = self.compare(&query, &understood, &chosen, &gains)?;
        candidates.sort_by(|one, other| other.score.total_cmp(&one.score).then(one.place.cmp(&other.place)));
        candidates.truncate(self.request.limit.min(HITS_MAX));
        (self.check)()?;
        let marker = Marker::new(&query, vocabulary);
        let hits = candidates.iter().map(|candidate| self.hit(candidate, marker)).collect::<Result<_, _>>()?;
        Ok(Answer { hits, found, counts, did_you_mean: understood.did_you_mean, readings: understood.changes })
    }

    /// What each entry has of the terms that are asked for, by place.
    fn gained(&self, query: &Query) -> Result<Vec<f32>, StoreError> {
        let mut gained = vec![0.0_f32; self.state.facets.len()];
        let budget = if self.request.typing { BUDGET_TYPING } else { BUDGET };
        let mut statement = self.connection.prepare_cached(sql::TERM_ROWS)?;
        for probe in query.probes(&self.state.vocabulary, budget) {
            (self.check)()?;
            let mut rows = statement.query([quoted(&probe.term)])?;
            while let Some(row) = rows.next()? {
                if let Some(place) = self.state.place(row.get(0)?) {
                    gained[place] += probe.weight;
                }
            }
        }
        Ok(gained)
    }

    /// The numbers of the documents that may be meant.
    fn numbers(&self, understood: &Understood) -> Result<BTreeSet<u32>, StoreError> {
        let mut found = BTreeSet::new();
        let mut statement = self.connection.prepare_cached(sql::NUMBERS_RUNNING)?;
        for asked in &understood.numbers {
            let rows = statement.query_map([&asked.running], |row| {
                Ok((
                    row.get::<_, u32>(0)?,
                    Number { key: row.get(1)?, running: row.get(2)?, year: row.get(3)?, kind: row.get(4)? },
                ))
            })?;
            for row in rows {
                let (id, number) = row?;
                if number::fits(asked, &number) {
                    found.insert(id);
                }
            }
        }
        Ok(found)
    }

    /// Numbers of documents of years that were named.
    fn numbers_of_years(&self, understood: &Understood) -> Result<BTreeSet<u32>, StoreError> {
        let mut found = BTreeSet::new();
        if understood.years.is_empty() || !understood.numbers.is_empty() {
            return Ok(found);
        }
        let mut statement = self.connection.prepare_cached(sql::NUMBERS_OF_YEAR)?;
        for year in &understood.years {
            for id in statement.query_map([year], |row| row.get::<_, u32>(0))? {
                found.insert(id?);
            }
        }
        Ok(found)
    }

    /// The entries to compare, and how many there are by section and filter.
    fn choose(&self, gains: &Gains<'_>) -> (Vec<usize>, u32, Counts) {
        let filter = Filter::new(self.state, self.request);
        let mut tally = Tally::default();
        let mut chosen: Vec<(usize, f32)> = Vec::new();
        let mut found = 0;
        for (place, (facet, gain)) in self.state.facets.iter().zip(gains.gained).enumerate() {
            let by_number = gains.by_number(facet);
            if *gain <= 0.0 && !by_number {
                continue;
            }
            let passes = filter.passes(facet);
            let counts = gains.count(place, facet);
            if counts {
                tally.add(facet, passes, filter.validity(facet));
            }
            if passes.all() {
                found += u32::from(counts);
                chosen.push((place, if by_number { gain + rank::NUMBER_GAINS * gains.best.max(1.0) } else { *gain }));
            }
        }
        let limit = if self.request.typing { CANDIDATES_TYPING } else { rank::CANDIDATES };
        let order = |one: &(usize, f32), other: &(usize, f32)| other.1.total_cmp(&one.1).then(one.0.cmp(&other.0));
        if chosen.len() > limit {
            chosen.select_nth_unstable_by(limit, order);
            chosen.truncate(limit);
        }
        chosen.sort_unstable_by_key(|(place, _)| *place);
        (chosen.into_iter().map(|(place, _)| place).collect(), found, tally.named(self.state))
    }

    fn compare(
        &self,
        query: &Query,
        understood: &Understood,
        chosen: &[usize],
        gains: &Gains<'_>,
    ) -> Result<Vec<Candidate>, StoreError> {
        let filter = Filter::new(self.state, self.request);
        let years = self.numbers_of_years(understood)?;
        let mut comparison = Comparison::new(query, &self.state.vocabulary, self.state.mean_words);
        let mut statement = self.connection.prepare_cached(sql::FORM)?;
        let (mut figures, mut exact) = (Vec::with_capacity(chosen.len()), Vec::with_capacity(chosen.len()));
        for place in chosen {
            (self.check)()?;
            let mut rows = statement.query([self.state.facets[*place].row])?;
            let Some(row) = rows.next()? else { return Err(StoreError::Damaged("an entry has no form".to_owned())) };
            let form = row.get_ref(0)?.as_blob().map_err(|error| StoreError::Damaged(error.to_string()))?;
            figures.push(comparison.figures(form));
            exact.push(comparison.exact());
        }
        let sources: Vec<u32> = chosen.iter().map(|place| self.state.facets[*place].source).collect();
        let scores = rank::scores(&rank::FITTED, &mut figures, &sources);
        let candidates = chosen.iter().zip(scores).zip(exact).map(|((place, score), exact)| {
            let facet = &self.state.facets[*place];
            let number = gains.by_number(facet) || (exact.source && facet.number.is_some_and(|number| years.contains(&number)));
            let article = exact.article && (number || exact.source);
            let costs = match filter.validity(facet) {
                Validity::Expired => rank::EXPIRED_COSTS,
                Validity::NotYet => rank::NOT_YET_COSTS,
                Validity::InForce | Validity::Partly => 0.0,
            };
            let named = if number { rank::NUMBER_GAINS } else { 0.0 } + if article { rank::ARTICLE_GAINS } else { 0.0 };
            let counts = gains.count(*place, facet);
            Candidate { place: *place, score: score + named - costs, exact, number, article, counts }
        });
        Ok(candidates.collect())
    }

    /// Entries of the request's sections that ask the same, compared directly and through the entries of other sections that the question
    /// leads to.
    pub(super) fn similar(&self) -> Result<Vec<Similar>, StoreError> {
        let pairs = StoredPairs::new(self.connection);
        let (state, vocabulary) = (self.state, &self.state.vocabulary);
        let understood = understand::understand(&self.request.text, &state.table, vocabulary, &pairs)?;
        let query = Query::new(&understood.slots, &understood.readings, vocabulary, &pairs)?;
        let gained = self.gained(&query)?;
        let of_sections = |place: usize| self.request.sections.contains(&state.facets[place].section);
        let articles = best_places(&gained, rank::CANDIDATES, |place| !of_sections(place));
        let old = best_places(&gained, similar::CANDIDATES, of_sections);
        (self.check)()?;
        let mut comparison = Comparison::new(&query, vocabulary, state.mean_words);
        let forms = articles.iter().map(|place| self.form(*place)).collect::<Result<Vec<_>, _>>()?;
        let mut figures: Vec<_> = forms.iter().map(|form| comparison.figures(form)).collect();
        let sources: Vec<u32> = articles.iter().map(|place| state.facets[*place].source).collect();
        let led = similar::leads_to(&rank::scores(&rank::FITTED, &mut figures, &sources));
        let led: Vec<(&[u8], f32)> = led.into_iter().map(|(at, share)| (forms[at].as_slice(), share)).collect();
        let mut statement = self.connection.prepare_cached(sql::ENTRY_TITLE)?;
        let mut found = Vec::with_capacity(old.len());
        for place in old {
            (self.check)()?;
            let direct = comparison.figures(&self.form(place)?);
            let row = state.facets[place].row;
            let (id, title): (String, String) = statement.query_row([row], |row| Ok((row.get(0)?, row.get(1)?)))?;
            let asked = Query::new(&similar::plain(&title), &[], vocabulary, &pairs)?;
            let through = similar::through_articles(&asked, &led, &rank::FITTED, vocabulary, state.mean_words);
            let same = if similar::is_same(&title, &self.request.text) { similar::SAME_GAINS } else { 0.0 };
            let score = same + similar::score(&similar::FITTED, &similar::figures(&direct, through));
            found.push(Similar { id, title, score });
        }
        found.sort_by(|one, other| other.score.total_cmp(&one.score).then_with(|| one.id.cmp(&other.id)));
        found.truncate(self.request.limit);
        Ok(found)
    }

    fn form(&self, place: usize) -> Result<Vec<u8>, StoreError> {
        Ok(self.connection.prepare_cached(sql::FORM)?.query_row([self.state.facets[place].row], |row| row.get(0))?)
    }

    fn hit(&self, candidate: &Candidate, marker: Marker<'_>) -> Result<Hit, StoreError> {
        (self.check)()?;
        let facet = &self.state.facets[candidate.place];
        let label = |id| self.state.label(id).to_owned();
        let mut statement = self.connection.prepare_cached(sql::ENTRY)?;
        let hit = statement.query_row([facet.row], |row| {
            let (id, number, title, path, body): (String, Option<String>, String, String, String) =
                (row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?);
            let passage = marker.passage(&body);
            let mut words = marker.words(&passage.text, WHY_WORDS_MAX);
            for word in marker.words(&title, WHY_WORDS_MAX) {
                if words.len() < WHY_WORDS_MAX && !words.contains(&word) {
                    words.push(word);
                }
            }
            let why = Why {
                words,
                title: candidate.exact.title >= TITLE_SHARE,
                source: candidate.exact.source,
                number: candidate.number,
                article: candidate.article,
            };
            Ok(Hit {
                id,
                section: facet.section,
                source: label(facet.source),
                number,
                title_marks: marker.marks(&title),
                title,
                path,
                passage,
                agency: label(facet.agency),
                field: label(facet.field),
                level: label(facet.level),
                validity: facet.validity.on(self.request.as_of, facet.from, facet.to),
                from: facet.from,
                to: facet.to,
                score: candidate.score,
                partial: !candidate.counts,
                why,
            })
        });
        hit.optional()?.ok_or_else(|| StoreError::Damaged("an entry has no text".to_owned()))
    }
}

/// The places with the greatest gain among those that are wanted.
fn best_places(gained: &[f32], limit: usize, wanted: impl Fn(usize) -> bool) -> Vec<usize> {
    let mut places: Vec<usize> = (0..gained.len()).filter(|place| gained[*place] > 0.0 && wanted(*place)).collect();
    let order = |one: &usize, other: &usize| gained[*other].total_cmp(&gained[*one]).then(one.cmp(other));
    if places.len() > limit {
        places.select_nth_unstable_by(limit, order);
        places.truncate(limit);
    }
    places.sort_unstable();
    places
}

/// A term as FTS5 reads it.
pub(super) fn quoted(term: &str) -> String {
    format!("\"{}\"", term.replace('"', ""))
}

/// The filters of a request, by number.
struct Filter<'a> {
    request: &'a Request,
    agencies: Option<BTreeSet<u32>>,
    fields: Option<BTreeSet<u32>>,
    levels: Option<BTreeSet<u32>>,
}

/// Which filters an entry passes.
#[derive(Debug, Clone, Copy)]
struct Passes {
    section: bool,
    agency: bool,
    field: bool,
    level: bool,
    validity: bool,
}

impl Passes {
    fn all(self) -> bool {
        self.section && self.agency && self.field && self.level && self.validity
    }
}

impl<'a> Filter<'a> {
    fn new(state: &State, request: &'a Request) -> Self {
        let ids = |names: &[String]| -> Option<BTreeSet<u32>> {
            let named = state.labels.iter().filter(|(_, text)| names.contains(text)).map(|(id, _)| *id);
            (!names.is_empty()).then(|| named.collect())
        };
        Self { request, agencies: ids(&request.agencies), fields: ids(&request.fields), levels: ids(&request.levels) }
    }

    fn validity(&self, facet: &Facet) -> Validity {
        facet.validity.on(self.request.as_of, facet.from, facet.to)
    }

    fn passes(&self, facet: &Facet) -> Passes {
        let within = |ids: &Option<BTreeSet<u32>>, id: u32| ids.as_ref().is_none_or(|ids| ids.contains(&id));
        Passes {
            section: self.request.sections.is_empty() || self.request.sections.contains(&facet.section),
            agency: within(&self.agencies, facet.agency),
            field: within(&self.fields, facet.field),
            level: within(&self.levels, facet.level),
            validity: self.request.validities.is_empty() || self.request.validities.contains(&self.validity(facet)),
        }
    }
}

/// Counts on their way.
#[derive(Default)]
struct Tally {
    counts: Counts,
    agencies: BTreeMap<u32, u32>,
    fields: BTreeMap<u32, u32>,
    levels: BTreeMap<u32, u32>,
}

impl Tally {
    fn add(&mut self, facet: &Facet, passes: Passes, validity: Validity) {
        if (Passes { section: true, ..passes }).all() {
            *self.counts.sections.entry(facet.section).or_default() += 1;
        }
        if (Passes { agency: true, ..passes }).all() {
            *self.agencies.entry(facet.agency).or_default() += 1;
        }
        if (Passes { field: true, ..passes }).all() {
            *self.fields.entry(facet.field).or_default() += 1;
        }
        if (Passes { level: true, ..passes }).all() {
            *self.levels.entry(facet.level).or_default() += 1;
        }
        if (Passes { validity: true, ..passes }).all() {
            *self.counts.validities.entry(validity).or_default() += 1;
        }
    }

    fn named(mut self, state: &State) -> Counts {
        let named = |counts: BTreeMap<u32, u32>| {
            let named = counts.into_iter().map(|(id, count)| (state.label(id).to_owned(), count));
            named.filter(|(name, _)| !name.is_empty()).collect()
        };
        self.counts.agencies = named(self.agencies);
        self.counts.fields = named(self.fields);
        self.counts.levels = named(self.levels);
        self.counts
    }
}
