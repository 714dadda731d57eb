//! Changing what is searched.

use std::collections::{BTreeMap, HashMap};
use std::hash::{BuildHasherDefault, Hasher};

use rusqlite::{OptionalExtension, Transaction, params};
use search::entry::Entry;
use search::fold::nfc;
use search::forward::{self, Symbol};
use search::vocabulary::Vocabulary;

use super::{natural32, sql};
use crate::error::StoreError;

/// From so many entries on the index is made compact again after a change.
const COMPACT_FROM: usize = 2_000;
/// Pairs that are counted in memory before they are written.
const PAIRS_IN_MEMORY: usize = 1_500_000;

/// What the writer keeps in memory between changes.
#[derive(Debug, Default)]
pub(super) struct Words {
    vocabulary: Vocabulary,
    labels: HashMap<String, i64>,
    numbers: HashMap<String, i64>,
    loaded: bool,
}

/// Counts that are not written yet.
#[derive(Debug, Default)]
struct Deltas {
    /// By number.
    folded: Vec<i64>,
    /// By number.
    toned: Vec<i64>,
    pairs: HashMap<(u32, u32), i64, MixState>,
    toned_pairs: HashMap<(u32, u32), i64, MixState>,
    words: i64,
}

/// Room for counting one form.
#[derive(Debug, Default)]
struct Scratch {
    words: Vec<u32>,
    pairs: Vec<(u32, u32)>,
    toned_pairs: Vec<(u32, u32)>,
}

/// Spreads pairs of small numbers over a table. Words cannot be chosen so that many pairs collide: their numbers are given in the order in
/// which they come.
#[derive(Debug, Default, Clone, Copy)]
struct Mix(u64);
type MixState = BuildHasherDefault<Mix>;

impl Hasher for Mix {
    fn write(&mut self, bytes: &[u8]) {
        bytes.iter().for_each(|byte| self.write_u32(u32::from(*byte)));
    }

    fn write_u32(&mut self, number: u32) {
        self.0 = (self.0.rotate_left(32) ^ u64::from(number)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    }

    fn finish(&self) -> u64 {
        self.0 ^ (self.0 >> 29)
    }
}

fn add(counts: &mut Vec<i64>, number: u32, change: i64) {
    let at = number as usize;
    if at >= counts.len() {
        counts.resize(at + 1, 0);
    }
    counts[at] += change;
}

/// A change of the library: all of it happens, or nothing. See `Library::change`.
#[derive(Debug)]
pub struct Change<'a> {
    /// Also for the other layers of the library.
    pub(super) tx: &'a Transaction<'a>,
    words: &'a mut Words,
    deltas: Deltas,
    scratch: Scratch,
    touched: usize,
}

impl<'a> Change<'a> {
    pub(super) fn new(tx: &'a Transaction<'a>, words: &'a mut Words) -> Result<Self, StoreError> {
        if !words.loaded {
            words.vocabulary = super::read::load_vocabulary(tx, 0)?;
            words.loaded = true;
        }
        Ok(Self { tx, words, deltas: Deltas::default(), scratch: Scratch::default(), touched: 0 })
    }

    /// Puts entries in; one with an id that is there takes its place.
    ///
    /// Errors: `disk_full`, `disk_error`, `store_damaged`.
    pub fn put_entries(&mut self, entries: &[Entry]) -> Result<(), StoreError> {
        for entry in entries {
            self.remove(&entry.id)?;
            self.put(entry)?;
            self.touched += 1;
            if self.deltas.pairs.len() + self.deltas.toned_pairs.len() > PAIRS_IN_MEMORY {
                self.flush()?;
            }
        }
        Ok(())
    }

    /// Takes entries out; says how many there were.
    ///
    /// Errors: as [`Self::put_entries`].
    pub fn remove_entries<S: AsRef<str>>(&mut self, ids: &[S]) -> Result<usize, StoreError> {
        let mut removed = 0;
        for id in ids {
            removed += usize::from(self.remove(id.as_ref())?);
            self.touched += 1;
        }
        Ok(removed)
    }

    /// Replaces the organisation's abbreviations (`search::abbreviation::Table::parse` says what they look like).
    ///
    /// Errors: as [`Self::put_entries`], `abbreviation_unreadable`, `abbreviations_too_many`.
    pub fn set_abbreviations(&mut self, table: &str) -> Result<(), StoreError> {
        search::abbreviation::Table::parse(table)?;
        self.tx.execute(sql::ABBREVIATIONS_SET, [table])?;
        Ok(())
    }

    /// Writes what was counted, and makes the index compact after a large change.
    pub(super) fn finish(mut self) -> Result<(), StoreError> {
        self.flush()?;
        self.tx.execute(sql::VALUE_ADD, params!["generation", 1])?;
        if self.touched >= COMPACT_FROM {
            self.tx.execute(sql::TERM_OPTIMIZE, [])?;
            self.tx.execute(sql::TITLE_OPTIMIZE, [])?;
        }
        Ok(())
    }

    fn put(&mut self, entry: &Entry) -> Result<(), StoreError> {
        let number = entry.number.as_deref().map(nfc);
        let (title, path, body, source) = (nfc(&entry.title), nfc(&entry.path), nfc(&entry.body), nfc(&entry.source));
        let place = match &number {
            Some(number) => format!("{path}\n{number}"),
            None => path.to_string(),
        };
        self.tx.prepare_cached(sql::ENTRY_PUT)?.execute(params![entry.id, number, title, path, body])?;
        let row = self.tx.last_insert_rowid();
        let labels = [&*source, &*nfc(&entry.agency), &*nfc(&entry.field), &*nfc(&entry.level)];
        let [source_label, agency, field, level] = self.labels(labels)?;
        let number = self.number(number.as_deref())?;
        let (section, validity) = (super::section_number(entry.section), super::validity_number(entry.validity));
        self.tx.prepare_cached(sql::FACET_PUT)?.execute(params![
            row,
            section,
            source_label,
            agency,
            field,
            level,
            number,
            entry.from,
            entry.to,
            validity
        ])?;
        let form = self.encode([&source, &title, &place, &body])?;
        self.count(&form, 1);
        self.tx.prepare_cached(sql::FORM_PUT)?.execute(params![row, form])?;
        self.tx.prepare_cached(sql::TERM_PUT)?.execute(params![row, format!("{source}\n{title}\n{place}\n{body}")])?;
        self.tx.prepare_cached(sql::TITLE_PUT)?.execute(params![row, format!("{title}\n{source}")])?;
        Ok(())
    }

    fn remove(&mut self, id: &str) -> Result<bool, StoreError> {
        let row: Option<i64> = self.tx.prepare_cached(sql::ENTRY_ROW)?.query_row([id], |row| row.get(0)).optional()?;
        let Some(row) = row else { return Ok(false) };
        let form: Vec<u8> = self.tx.prepare_cached(sql::FORM)?.query_row([row], |row| row.get(0))?;
        self.count(&form, -1);
        for statement in [sql::TERM_DELETE, sql::TITLE_DELETE, sql::FORM_DELETE, sql::FACET_DELETE, sql::ENTRY_DELETE] {
            self.tx.prepare_cached(statement)?.execute([row])?;
        }
        Ok(true)
    }

    fn labels<const N: usize>(&mut self, texts: [&str; N]) -> Result<[i64; N], StoreError> {
        let mut ids = [0; N];
        for (id, text) in ids.iter_mut().zip(texts) {
            *id = match self.words.labels.get(text) {
                Some(known) => *known,
                None => {
                    let found = self.tx.prepare_cached(sql::LABEL)?.query_row([text], |row| row.get(0)).optional()?;
                    let known = match found {
                        Some(known) => known,
                        None => self.tx.prepare_cached(sql::LABEL_ADD)?.insert([text])?,
                    };
                    self.words.labels.insert(text.to_owned(), known);
                    known
                }
            };
        }
        Ok(ids)
    }

    fn number(&mut self, number: Option<&str>) -> Result<Option<i64>, StoreError> {
        let Some(number) = number.and_then(search::number::parse) else { return Ok(None) };
        if let Some(known) = self.words.numbers.get(&number.key) {
            return Ok(Some(*known));
        }
        let found = self.tx.prepare_cached(sql::NUMBER)?.query_row([&number.key], |row| row.get(0)).optional()?;
        let known = match found {
            Some(known) => known,
            None => {
                self.tx.prepare_cached(sql::NUMBER_ADD)?.insert(params![number.key, number.running, number.year, number.kind])?
            }
        };
        self.words.numbers.insert(number.key, known);
        Ok(Some(known))
    }

    fn encode(&mut self, zones: [&str; forward::ZONES]) -> Result<Vec<u8>, StoreError> {
        let vocabulary = &mut self.words.vocabulary;
        forward::encode(zones, |folded, toned| {
            if let Some(known) = vocabulary.toned(toned) {
                return Ok(known);
            }
            let number = vocabulary.add_folded(folded);
            Ok(vocabulary.add_toned(toned, number))
        })
    }

    /// Counts the words of a form, `sign` times.
    fn count(&mut self, form: &[u8], sign: i64) {
        let Scratch { words, pairs, toned_pairs } = &mut self.scratch;
        words.clear();
        pairs.clear();
        toned_pairs.clear();
        let mut before = None;
        for symbol in forward::symbols(form) {
            let Symbol::Word(toned) = symbol else {
                before = None;
                continue;
            };
            let Some(folded) = self.words.vocabulary.folded_of(toned) else { continue };
            self.deltas.words += sign;
            add(&mut self.deltas.toned, toned, sign);
            words.push(folded);
            if let Some((first, first_toned)) = before {
                pairs.push((first, folded));
                toned_pairs.push((first_toned, toned));
            }
            before = Some((folded, toned));
        }
        // Articles are counted, so each word and pair once.
        words.sort_unstable();
        words.dedup();
        words.iter().for_each(|folded| add(&mut self.deltas.folded, *folded, sign));
        pairs.sort_unstable();
        pairs.dedup();
        pairs.iter().for_each(|pair| *self.deltas.pairs.entry(*pair).or_default() += sign);
        toned_pairs.sort_unstable();
        for same in toned_pairs.chunk_by(|one, other| one == other) {
            let times = i64::try_from(same.len()).unwrap_or(i64::MAX);
            *self.deltas.toned_pairs.entry(same[0]).or_default() += sign * times;
        }
    }

    fn flush(&mut self) -> Result<(), StoreError> {
        let deltas = std::mem::take(&mut self.deltas);
        self.tx.execute(sql::VALUE_ADD, params!["words", deltas.words])?;
        let mut add = self.tx.prepare_cached(sql::FOLDED_ADD)?;
        for (number, change) in (0_u32..).zip(&deltas.folded).filter(|(_, change)| **change != 0) {
            add.execute(params![number, self.words.vocabulary.text(number), change])?;
        }
        let mut add = self.tx.prepare_cached(sql::TONED_ADD)?;
        for (number, change) in (0_u32..).zip(&deltas.toned).filter(|(_, change)| **change != 0) {
            let folded = self.words.vocabulary.folded_of(number);
            add.execute(params![number, self.words.vocabulary.toned_text(number), folded, change])?;
        }
        for (statement, pairs) in [(sql::PAIR_ADD, deltas.pairs), (sql::TONED_PAIR_ADD, deltas.toned_pairs)] {
            let mut add = self.tx.prepare_cached(statement)?;
            let pairs: BTreeMap<(u32, u32), i64> = pairs.into_iter().filter(|(_, change)| *change != 0).collect();
            for ((first, second), change) in pairs {
                add.execute(params![first, second, change])?;
            }
        }
        Ok(())
    }
}

/// How many words all entries have.
pub(super) fn words(tx: &rusqlite::Connection) -> Result<u32, StoreError> {
    natural32(tx.prepare_cached(sql::VALUE)?.query_row(["words"], |row| row.get(0))?)
}
