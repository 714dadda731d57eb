//! Searching the library: the newest question counts, an older one that still runs is broken off.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::time::Instant;

use api::error::ApiError;
use api::search::{
    FacetValue, Filters, Hit, Level, Search, SearchTitles, SearchView, Section, SectionCount, SimilarQuestions, SimilarView,
    SynonymRow, SynonymsView, TitleRow, TitlesView, Understood, Validity, Why, WhyKind,
};
use domain::duty::Duty;
use store::library::abbreviation::{Kind, Row, Table};
use store::library::entry;
use store::library::understand::Because;
use store::library::{Answer, LibraryReader, Request, parts_of};
use sync::DocRef;
use sync::document::table;

use super::handbook::convert;
use super::handbook::today;
use crate::app::App;
use crate::engine::Core;
use crate::error::{AtBoundary, Boundary, not_found};
use crate::library::Lane;

/// Hits of one answer.
const HITS_MAX: usize = 200;
/// Titles of one answer.
const TITLES_MAX: usize = 50;
/// Similar texts of each kind.
const SIMILAR_MAX: usize = 20;
/// Similar questions that are looked at for each that is answered: open ones do not help.
const SIMILAR_LOOKED: usize = 4;
/// Characters of a question that are looked at.
const TEXT_CHARS: usize = 2_000;
/// The name of the organisation's table of abbreviations and synonyms.
const SYNONYMS: &str = "synonyms";
/// Before the id of a question in the library.
const QUESTION: &str = "question:";
/// What a level is called in the index when an article concerns several.
const LEVELS: [(&str, &[Level]); 7] = [
    ("central", &[Level::Central]),
    ("city", &[Level::City]),
    ("commune", &[Level::Commune]),
    ("central,city", &[Level::Central, Level::City]),
    ("central,commune", &[Level::Central, Level::Commune]),
    ("city,commune", &[Level::City, Level::Commune]),
    ("central,city,commune", &[Level::Central, Level::City, Level::Commune]),
];

fn section(section: entry::Section) -> Section {
    match section {
        entry::Section::Procedure => Section::Procedure,
        entry::Section::Law => Section::Law,
        entry::Section::Guidance => Section::Guidance,
        entry::Section::Form => Section::Form,
        entry::Section::Question => Section::Question,
    }
}

fn section_of(section: Section) -> entry::Section {
    match section {
        Section::Procedure => entry::Section::Procedure,
        Section::Law => entry::Section::Law,
        Section::Guidance => entry::Section::Guidance,
        Section::Form => entry::Section::Form,
        Section::Question => entry::Section::Question,
    }
}

fn validity(validity: entry::Validity) -> Validity {
    match validity {
        entry::Validity::InForce => Validity::InForce,
        entry::Validity::Partly => Validity::Partly,
        entry::Validity::Expired => Validity::Expired,
        entry::Validity::NotYet => Validity::NotYet,
    }
}

fn validity_of(validity: Validity) -> entry::Validity {
    match validity {
        Validity::InForce => entry::Validity::InForce,
        Validity::Partly => entry::Validity::Partly,
        Validity::Expired => entry::Validity::Expired,
        Validity::NotYet => entry::Validity::NotYet,
    }
}

fn level_of(name: &str) -> Option<Level> {
    LEVELS.iter().find(|(known, _)| *known == name).and_then(|(_, levels)| levels.last().copied())
}

/// Byte ranges of a text as ranges of characters.
fn characters(text: &str, ranges: &[Range<usize>]) -> Vec<api::search::Range> {
    let count = |part: Option<&str>| u32::try_from(part.unwrap_or_default().chars().count()).unwrap_or(u32::MAX);
    ranges.iter().map(|range| (count(text.get(..range.start)), count(text.get(..range.end)))).collect()
}

fn shortened(text: &str) -> String {
    text.chars().take(TEXT_CHARS).collect()
}

fn request(text: &str, sections: &[Section], filters: &Filters, day: i32, limit: u32) -> Request {
    let levels = filters.level.map_or_else(Vec::new, |level| {
        LEVELS.iter().filter(|(_, levels)| levels.contains(&level)).map(|(name, _)| (*name).to_owned()).collect()
    });
    Request {
        text: shortened(text),
        sections: sections.iter().copied().map(section_of).collect(),
        agencies: filters.agency.iter().cloned().collect(),
        fields: filters.field.iter().cloned().collect(),
        levels,
        validities: filters.validity.map(validity_of).into_iter().collect(),
        as_of: Some(day),
        limit: usize::try_from(limit).unwrap_or(HITS_MAX).clamp(1, HITS_MAX),
        typing: false,
        turn: 0,
    }
}

impl App {
    /// Asks in a lane where a newer question ends an older one; number 0 is asked beside it and always answered.
    async fn asked<R: Send + 'static>(
        &self,
        lane: Lane,
        sequence: u64,
        ask: impl FnOnce(&mut LibraryReader, u64) -> Result<R, ApiError> + Send + 'static,
    ) -> Result<R, ApiError> {
        let library = self.library()?;
        if sequence == 0 { library.read(move |reader| ask(reader, 0)).await } else { library.newest(lane, ask).await }
    }

    pub(crate) async fn search(&self, q: Search) -> Result<SearchView, ApiError> {
        let day = q.as_of.map_or_else(today, api::day::Day::days);
        self.asked(Lane::Search, q.sequence, move |reader, turn| {
            let began = Instant::now();
            let asked = Request { turn, typing: q.typing, ..request(&q.text, &q.sections, &q.filters, day, q.limit) };
            let answer = if asked.text.trim().is_empty() { Answer::default() } else { reader.search(&asked).at_boundary()? };
            let hits = hits(reader, &answer)?;
            Ok(view(&q, answer, hits, began))
        })
        .await
    }

    pub(crate) async fn search_titles(&self, q: SearchTitles) -> Result<TitlesView, ApiError> {
        self.asked(Lane::Titles, q.sequence, move |reader, _| {
            let day = today();
            let limit = usize::try_from(q.limit).unwrap_or(TITLES_MAX).clamp(1, TITLES_MAX);
            let wanted = if q.sections.is_empty() { limit } else { TITLES_MAX.max(limit * 4) };
            let found = reader.titles(&shortened(&q.prefix), wanted).at_boundary()?;
            let mut titles = Vec::new();
            for title in found.into_iter().filter(|title| q.sections.is_empty() || q.sections.contains(&section(title.section))) {
                let head = reader.head(&title.id).at_boundary()?;
                let shown = head.as_ref().map(|head| convert::article_ref(head, day));
                titles.push(TitleRow {
                    id: plain_id(&title.id),
                    section: section(title.section),
                    ranges: Vec::new(),
                    title: title.title,
                    breadcrumb: shown.as_ref().map_or_else(
                        || vec![title.source.clone()].into_iter().filter(|source| !source.is_empty()).collect(),
                        |shown| shown.breadcrumb.clone(),
                    ),
                    validity: shown.map_or(Validity::InForce, |shown| shown.validity),
                });
                if titles.len() == limit {
                    break;
                }
            }
            Ok(TitlesView { sequence: q.sequence, titles })
        })
        .await
    }

    pub(crate) async fn similar_questions(&self, q: SimilarQuestions) -> Result<SimilarView, ApiError> {
        self.asked(Lane::Similar, q.sequence, move |reader, turn| {
            let limit = usize::try_from(q.limit).unwrap_or(SIMILAR_MAX).clamp(1, SIMILAR_MAX);
            let day = today();
            let handbook = [Section::Procedure, Section::Law, Section::Guidance, Section::Form];
            let of = |sections: &[Section], more: usize| Request {
                turn,
                limit: limit + more,
                ..request(&q.text, sections, &Filters::default(), day, 1)
            };
            if q.text.trim().is_empty() {
                return Ok(SimilarView { sequence: q.sequence, questions: Vec::new(), articles: Vec::new() });
            }
            let open = q.except.map(|open| open.to_string());
            // The order of similar questions is the one that is measured for them.
            let alike: Vec<String> = reader
                .similar_in_turn(&shortened(&q.text), entry::Section::Question, limit * SIMILAR_LOOKED + 1, turn)
                .at_boundary()?
                .into_iter()
                .map(|similar| plain_id(&similar.id))
                .filter(|id| open.as_ref() != Some(id))
                .collect();
            // Those without an answer are not in force yet.
            let answered = vec![entry::Validity::InForce, entry::Validity::Partly, entry::Validity::Expired];
            let wanted = Request { validities: answered, ..of(&[Section::Question], HITS_MAX / 2) };
            let answer = reader.search(&wanted).at_boundary()?;
            let found = hits(reader, &answer)?;
            let mut questions: Vec<Hit> =
                alike.iter().filter_map(|id| found.iter().find(|hit| hit.id == *id).cloned()).take(limit).collect();
            // What has to be looked at again comes after what holds; the sort keeps the order of each.
            questions.sort_by_key(|hit| hit.validity == Validity::Expired);
            let answer = reader.search(&of(&handbook, 0)).at_boundary()?;
            let articles = hits(reader, &answer)?;
            Ok(SimilarView { sequence: q.sequence, questions, articles })
        })
        .await
    }

    pub(crate) async fn synonyms(&self) -> Result<SynonymsView, ApiError> {
        self.engine()?.attempt(|core| core.synonyms_view()).await
    }

    pub(crate) async fn set_synonyms(&self, rows: Vec<SynonymRow>, base: Vec<SynonymRow>) -> Result<SynonymsView, ApiError> {
        self.engine()?.attempt(move |core| core.set_synonyms(&rows, &base)).await
    }
}

/// The id of a question as requests name it; articles keep theirs.
fn plain_id(id: &str) -> String {
    id.strip_prefix(QUESTION).unwrap_or(id).to_owned()
}

/// The hits with their citations: of a legal text down to the clause, of a procedure down to the section that was found.
fn hits(reader: &LibraryReader, answer: &Answer) -> Result<Vec<Hit>, ApiError> {
    answer
        .hits
        .iter()
        .map(|hit| {
            let article = match parts_of(&hit.id) {
                Some(_) if !hit.id.starts_with(QUESTION) => reader.article(&hit.id).at_boundary()?,
                _ => None,
            };
            let article = article.as_ref();
            let (start, marks) = (hit.passage.start, &hit.passage.marks);
            let marked: Vec<Range<usize>> = marks.iter().map(|mark| start + mark.start..start + mark.end).collect();
            // What was found in the title alone is at the top of the article and in no part of it.
            let place = article.and_then(|article| article.block_with_most(&marked));
            let citation = match (article, place) {
                (Some(article), Some(byte)) => handbook::citation::passage(article, byte),
                (Some(article), None) => handbook::citation(article),
                (None, _) => hit.agency.clone(),
            };
            let block = article.zip(place).and_then(|(article, byte)| article.place_of(byte).0);
            let part = article.zip(block).and_then(|(article, block)| article.section_of(block)).map(str::to_owned);
            let steps = hit.path.split(" › ").filter(|step| !step.is_empty()).map(str::to_owned);
            let breadcrumb = std::iter::once(hit.source.clone()).filter(|source| !source.is_empty()).chain(steps).chain(part);
            Ok(Hit {
                id: plain_id(&hit.id),
                section: section(hit.section),
                title: hit.title.clone(),
                title_ranges: characters(&hit.title, &hit.title_marks),
                breadcrumb: breadcrumb.collect(),
                citation,
                number: hit.number.clone().unwrap_or_default(),
                agency: hit.agency.clone(),
                field: hit.field.clone(),
                level: level_of(&hit.level),
                validity: validity(hit.validity),
                from: convert::day(hit.from),
                to: convert::day(
                    hit.to
                        .filter(|_| hit.section != entry::Section::Question)
                        .map(|first_day_after| first_day_after.saturating_sub(1)),
                ),
                snippet: hit.passage.text.clone(),
                ranges: characters(&hit.passage.text, &hit.passage.marks),
                block: block.and_then(|block| u32::try_from(block).ok()),
                why: why(hit, answer),
                partial: hit.partial,
                score: hit.score,
            })
        })
        .collect()
}

fn why(hit: &store::library::Hit, answer: &Answer) -> Vec<Why> {
    let mut why = Vec::new();
    let mut note = |kind, text: String| why.push(Why { kind, text });
    if hit.why.number || hit.why.article {
        note(WhyKind::Number, hit.number.clone().unwrap_or_else(|| hit.title.clone()));
    }
    let words = hit.why.words.join(" ");
    if hit.why.title {
        note(WhyKind::Title, words.clone());
    }
    for reading in &answer.readings {
        let used = hit.why.words.iter().any(|word| reading.read_as.split(' ').any(|part| part.eq_ignore_ascii_case(word)));
        let kind = match reading.because {
            Because::Spelling => WhyKind::Corrected,
            Because::Abbreviation | Because::Same => WhyKind::Synonym,
        };
        if used {
            note(kind, reading.read_as.clone());
        }
    }
    if !words.is_empty() {
        note(if hit.partial { WhyKind::SomeWords } else { WhyKind::Words }, words);
    }
    why
}

fn facets(counts: BTreeMap<String, u32>) -> Vec<FacetValue> {
    let mut values: Vec<FacetValue> = counts
        .into_iter()
        .filter(|(value, count)| !value.is_empty() && *count > 0)
        .map(|(value, count)| FacetValue { value, label: String::new(), count })
        .collect();
    values.sort_by_key(|value| std::cmp::Reverse(value.count));
    values
}

fn view(q: &Search, answer: Answer, hits: Vec<Hit>, began: Instant) -> SearchView {
    let counted = |wanted: Section| {
        answer.counts.sections.iter().find(|(known, _)| section(**known) == wanted).map_or(0, |(_, count)| *count)
    };
    let sections = Section::ALL.map(|section| SectionCount { section, count: counted(section) });
    let level_count = |level: Level| {
        let of = |name: &String| LEVELS.iter().any(|(known, levels)| known == name && levels.contains(&level));
        answer.counts.levels.iter().filter(|(name, _)| of(name)).map(|(_, count)| *count).sum::<u32>()
    };
    let slug = |value: &str, count: u32| FacetValue { value: value.to_owned(), label: String::new(), count };
    let levels = Level::ALL.map(|level| slug(level.slug(), level_count(level)));
    let validity_count = |wanted: Validity| {
        answer.counts.validities.iter().find(|(known, _)| validity(**known) == wanted).map_or(0, |(_, count)| *count)
    };
    let validities = Validity::ALL.map(|validity| slug(validity.slug(), validity_count(validity)));
    SearchView {
        sequence: q.sequence,
        understood: understood(q, &answer, &hits),
        text: q.text.clone(),
        hits,
        total: answer.found,
        sections: sections.into_iter().filter(|section| section.count > 0).collect(),
        agencies: facets(answer.counts.agencies),
        fields: facets(answer.counts.fields),
        levels: levels.into_iter().filter(|level| level.count > 0).collect(),
        validities: validities.into_iter().filter(|validity| validity.count > 0).collect(),
        did_you_mean: answer.did_you_mean,
        took_ms: u32::try_from(began.elapsed().as_millis()).unwrap_or(u32::MAX),
    }
}

/// What was read differently from how it was typed.
fn understood(q: &Search, answer: &Answer, hits: &[Hit]) -> Option<Understood> {
    let also: Vec<(String, String)> = answer
        .readings
        .iter()
        .filter_map(|reading| Some((q.text.get(reading.place.clone())?.to_owned(), reading.read_as.clone())))
        .collect();
    let named = hits.first().filter(|hit| hit.why.iter().any(|why| why.kind == WhyKind::Number));
    let number = named.map(|hit| hit.number.clone()).filter(|number| !number.is_empty());
    let text = answer.did_you_mean.clone().unwrap_or_default();
    (!also.is_empty() || number.is_some()).then_some(Understood { text, number, also })
}

/// A row of the table as the window has it: two or more words for one thing.
fn lines_of(row: &SynonymRow) -> Vec<Row> {
    let terms: Vec<String> = row
        .terms
        .iter()
        .map(|term| term.split_whitespace().collect::<Vec<_>>().join(" "))
        .filter(|term| !term.is_empty() && !term.contains(['=', '~', '#']))
        .collect();
    let Some((first, others)) = terms.split_first() else {
        return Vec::new();
    };
    let short = !first.contains(' ') && first.chars().any(char::is_uppercase) && !first.chars().any(char::is_lowercase);
    let kind = if short { Kind::Abbreviation } else { Kind::Same };
    others.iter().map(|other| Row { kind, left: first.clone(), right: other.clone() }).collect()
}

/// What a row says, however its kind was read.
type Terms = (String, String);

fn terms(row: &Row) -> Terms {
    (row.left.clone(), row.right.clone())
}

fn line(row: &Row) -> String {
    let sign = if row.kind == Kind::Abbreviation { '=' } else { '~' };
    format!("{} {sign} {}", row.left, row.right)
}

fn shown(rows: &[Row], built_in: &[Row]) -> Vec<SynonymRow> {
    let row = |row: &Row| SynonymRow { terms: vec![row.left.clone(), row.right.clone()], built_in: built_in.contains(row) };
    let mut rows: Vec<SynonymRow> = rows.iter().map(row).collect();
    rows.sort_by_key(|row| row.terms.iter().map(|term| term.to_lowercase()).collect::<Vec<_>>());
    rows
}

impl Core {
    /// The organisation's rows; nothing if it never changed the table that comes with the program.
    fn synonym_rows(&mut self) -> Result<Option<Vec<Row>>, ApiError> {
        let Ok(space) = self.organisation_space() else {
            return Ok(None);
        };
        let target = DocRef::table(space, SYNONYMS);
        let rows = self.replica.read(&self.store, &space, &target.doc, table::read_rows).at_boundary()?.at_boundary()?;
        if rows.is_empty() {
            return Ok(None);
        }
        // A row that is none came from another program; the others count all the same.
        let parsed = rows.values().filter_map(|text| Table::parse(text).ok()).flat_map(|table| table.rows().to_vec());
        Ok(Some(parsed.collect()))
    }

    fn synonyms_view(&mut self) -> Result<SynonymsView, ApiError> {
        let standard = Table::standard();
        let rows = self.synonym_rows()?.unwrap_or_else(|| standard.rows().to_vec());
        Ok(SynonymsView { rows: shown(&rows, standard.rows()), may_edit: self.has_duty(Duty::Editor) })
    }

    fn set_synonyms(&mut self, rows: &[SynonymRow], base: &[SynonymRow]) -> Result<SynonymsView, ApiError> {
        self.need_duty(Duty::Editor)?;
        let wanted: Vec<Row> = rows.iter().flat_map(lines_of).collect();
        Table::from_rows(wanted.clone()).map_err(|error| ApiError::new(error.code(), error.to_string()))?;
        if wanted.is_empty() {
            return Err(not_found("row"));
        }
        let kept: BTreeSet<Terms> = wanted.iter().map(terms).collect();
        let seen: BTreeSet<Terms> = base.iter().flat_map(lines_of).map(|row| terms(&row)).collect();
        let space = self.organisation_space()?;
        let target = DocRef::table(space, SYNONYMS);
        let there = self.replica.read(&self.store, &space, &target.doc, table::read_rows).at_boundary()?.at_boundary()?;
        // The first change writes down the table that came with the program, as far as it is still wanted.
        let put: BTreeMap<String, String> = wanted
            .iter()
            .filter(|row| there.is_empty() || !seen.contains(&terms(row)))
            .map(|row| {
                let text = line(row);
                (blake3::hash(text.to_lowercase().as_bytes()).to_hex()[..16].to_owned(), text)
            })
            .collect();
        let unwanted = |text: &String| {
            let parsed = Table::parse(text);
            parsed.is_ok_and(|table| table.rows().iter().map(terms).any(|row| seen.contains(&row) && !kept.contains(&row)))
        };
        let gone: Vec<String> =
            there.into_iter().filter(|(key, text)| !put.contains_key(key) && unwanted(text)).map(|(key, _)| key).collect();
        self.with(|replica, cx| {
            let ((), _, fx) = replica.transact(cx, target, &[], |tx, _| {
                let removed = gone.iter().try_for_each(|key| table::remove_row(tx, key).map(drop));
                let added = put.iter().try_for_each(|(key, text)| table::put_row(tx, key, text));
                removed.and(added).map_err(|error| error.to_string())
            })?;
            Ok(((), fx))
        })?;
        self.apply_synonyms();
        self.handbook_changed();
        self.synonyms_view()
    }

    /// Gives the organisation's table to the library.
    pub fn apply_synonyms(&mut self) {
        let rows = match self.synonym_rows() {
            Ok(Some(rows)) => rows,
            Ok(None) => return,
            Err(error) => return tracing::warn!(%error, "the table of synonyms cannot be read"),
        };
        let text: String = rows.iter().map(|row| line(row) + "\n").collect();
        self.library.change_soon(move |library| {
            if let Err(error) = library.change(|change| change.set_abbreviations(&text)) {
                tracing::warn!(error = %error.at_boundary(), "the table of synonyms was not taken");
            }
        });
    }
}
