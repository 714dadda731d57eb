//! Searching: what can be looked for, what is found, and why it was found.

use domain::id::QuestionId;
use serde::{Deserialize, Serialize};

use crate::day::Day;

/// A part of the library that is searched and counted by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Section {
    /// Administrative procedures, by their parts.
    Procedure,
    /// Legal texts, by article or clause.
    Law,
    /// Guidance of the handbook's editors.
    Guidance,
    /// Forms.
    Form,
    /// Questions that were asked, with their answers.
    Question,
}

impl Section {
    /// All, in the order of the screen.
    pub const ALL: [Self; 5] = [Self::Procedure, Self::Law, Self::Guidance, Self::Form, Self::Question];

    /// Its name in requests and in addresses of the window.
    pub fn slug(self) -> &'static str {
        match self {
            Self::Procedure => "procedure",
            Self::Law => "law",
            Self::Guidance => "guidance",
            Self::Form => "form",
            Self::Question => "question",
        }
    }
}

/// Whether a text holds at the day that was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Validity {
    /// Còn hiệu lực.
    InForce,
    /// Hết hiệu lực một phần.
    Partly,
    /// Hết hiệu lực.
    Expired,
    /// Chưa có hiệu lực.
    NotYet,
}

impl Validity {
    /// All, the usual ones first.
    pub const ALL: [Self; 4] = [Self::InForce, Self::Partly, Self::NotYet, Self::Expired];

    /// Its name in requests and as a value of a filter.
    pub fn slug(self) -> &'static str {
        match self {
            Self::InForce => "in_force",
            Self::Partly => "partly",
            Self::Expired => "expired",
            Self::NotYet => "not_yet",
        }
    }
}

/// A level of government.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// Ministries and other central bodies.
    Central,
    /// Province or centrally-run city, with its departments.
    City,
    /// Xã, phường, đặc khu.
    Commune,
}

impl Level {
    /// All, from above.
    pub const ALL: [Self; 3] = [Self::Central, Self::City, Self::Commune];

    /// Its name in requests and as a value of a filter.
    pub fn slug(self) -> &'static str {
        match self {
            Self::Central => "central",
            Self::City => "city",
            Self::Commune => "commune",
        }
    }
}

/// What a search is narrowed to. Everything empty: nothing is left out.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Filters {
    /// The issuing or responsible agency, as [`SearchView::agencies`] names it.
    pub agency: Option<String>,
    /// The field of work, as [`SearchView::fields`] names it.
    pub field: Option<String>,
    /// The level that does it.
    pub level: Option<Level>,
    /// Validity at the day that is asked for.
    pub validity: Option<Validity>,
}

/// Part of a text as characters (Unicode scalar values): the first one, and the one after the last.
pub type Range = (u32, u32);

/// How a hit was found, the strongest reason first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WhyKind {
    /// The number of the document was asked for.
    Number,
    /// The words stand together in the title.
    Title,
    /// The words stand together in the text.
    Phrase,
    /// All words, anywhere.
    Words,
    /// Some of the words.
    SomeWords,
    /// Through the table of abbreviations and synonyms.
    Synonym,
    /// Through a corrected spelling.
    Corrected,
}

/// One reason why a hit was found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Why {
    /// The kind of reason.
    pub kind: WhyKind,
    /// The words of the text that it is about.
    pub text: String,
}

/// Something that was found.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Hit {
    /// The article's id; of section [`Section::Question`] the question's id in hexadecimal.
    pub id: String,
    /// Where it belongs.
    pub section: Section,
    /// Its title as written.
    pub title: String,
    /// Parts of the title to mark.
    pub title_ranges: Vec<Range>,
    /// Where it stands, from the whole to the part: "Luật Hộ tịch", "Chương II", "Điều 16"; of a procedure with the section in which it
    /// was found.
    pub breadcrumb: Vec<String>,
    /// How it is cited, down to the clause or section in which it was found; of a question who answered.
    pub citation: String,
    /// Its document's number and symbol; may be empty.
    pub number: String,
    /// The agency; may be empty.
    pub agency: String,
    /// The field of work; may be empty.
    pub field: String,
    /// Who does it, where that is known.
    pub level: Option<Level>,
    /// At the day that was asked for.
    pub validity: Validity,
    /// In force from this day on.
    pub from: Option<Day>,
    /// The last day in force.
    pub to: Option<Day>,
    /// A part of the text as written, around what was found.
    pub snippet: String,
    /// Parts of the snippet to mark.
    pub ranges: Vec<Range>,
    /// The block of the article that has most of what was found, counted from 0; `None`: it was found by its title alone, or it is no
    /// article.
    #[serde(default)]
    pub block: Option<u32>,
    /// Why it was found.
    pub why: Vec<Why>,
    /// It has too little of what was asked for to be counted: it is in neither [`SearchView::total`] nor any count, and is marked.
    #[serde(default)]
    pub partial: bool,
    /// Larger is better; comparable only within one answer.
    pub score: f32,
}

/// How many of a section were found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct SectionCount {
    /// The section.
    pub section: Section,
    /// Found with all filters, but not narrowed to sections.
    pub count: u32,
}

/// How many of a filter's value were found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FacetValue {
    /// The value; of levels and validities the slug, of units the id.
    pub value: String,
    /// What to show where the value is not text for people; may be empty.
    #[serde(default)]
    pub label: String,
    /// Found with all other filters.
    pub count: u32,
}

/// How a text was understood before it was searched.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Understood {
    /// The text with its marks and corrected; empty when it was taken as typed.
    pub text: String,
    /// A document number that was recognised.
    pub number: Option<String>,
    /// What was also looked for: (as typed, its other form).
    pub also: Vec<(String, String)>,
}

/// The answer to a search.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SearchView {
    /// The number of the request that this answers.
    pub sequence: u64,
    /// The text that was searched.
    pub text: String,
    /// The best, best first; expired ones are below others of their worth, never left out.
    pub hits: Vec<Hit>,
    /// All that were found, of the sections asked for. An entry is found if it has at least half of what the one with most of the words has
    /// of them, or is of a document whose number was asked for. What has less is listed behind or between these where it may help, as
    /// [`Hit::partial`], and not counted. The counts below are counted by the same rule.
    pub total: u32,
    /// Counts of all sections that have any, in the order of the screen.
    pub sections: Vec<SectionCount>,
    /// Counts per agency, most first.
    pub agencies: Vec<FacetValue>,
    /// Counts per field, most first.
    pub fields: Vec<FacetValue>,
    /// Counts per level.
    pub levels: Vec<FacetValue>,
    /// Counts per validity.
    pub validities: Vec<FacetValue>,
    /// "Có phải bạn muốn tìm": a better spelling that finds more, to be searched with one press.
    pub did_you_mean: Option<String>,
    /// "Hiểu là": how the text was understood, when that differs from what was typed.
    pub understood: Option<Understood>,
    /// Time the search took, in milliseconds, rounded down.
    pub took_ms: u32,
}

/// A title that begins like what is being typed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TitleRow {
    /// As in [`Hit::id`].
    pub id: String,
    /// Where it belongs.
    pub section: Section,
    /// Its title as written.
    pub title: String,
    /// Parts of the title to mark.
    pub ranges: Vec<Range>,
    /// Where it stands.
    pub breadcrumb: Vec<String>,
    /// Its validity today.
    pub validity: Validity,
}

/// The answer while a word is being typed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TitlesView {
    /// The number of the request that this answers.
    pub sequence: u64,
    /// The best, best first.
    pub titles: Vec<TitleRow>,
}

/// What is like a question that is being written.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SimilarView {
    /// The number of the request that this answers.
    pub sequence: u64,
    /// Answered questions, most alike first; those whose answer has to be looked at again (`expired`) after the others.
    pub questions: Vec<Hit>,
    /// Parts of the handbook, best first.
    pub articles: Vec<Hit>,
}

crate::requests! {
    Query: Reads in query;

    /// Searches the handbook and the questions.
    Search { /// As typed: with or without marks, abbreviations, document numbers, typing mistakes.
        text: String, /// Sections to show hits of; empty: all.
        #[serde(default)]
        sections: Vec<Section>, /// What it is narrowed to.
        #[serde(default)]
        filters: Filters, /// Validity is seen as of this day; `None`: today.
        #[serde(default)]
        as_of: Option<Day>, /// Most hits to answer; at most 200.
        limit: u32, /// The text is still being typed: its last word may be half a word and is completed, and the answer comes quicker
        /// because less is looked at. A whole search (`false`) follows when the typing stops.
        #[serde(default)]
        typing: bool, /// Grows with every request of a window. A search that still runs when one with a larger number comes may be
        /// broken off; it then answers `search_superseded`. 0 is never broken off.
        #[serde(default)]
        sequence: u64 } -> SearchView,
    /// Titles for what is being typed; cheap enough for every key.
    SearchTitles { /// The last word may be unfinished.
        prefix: String, /// Sections; empty: all.
        #[serde(default)]
        sections: Vec<Section>, /// Most titles to answer; at most 50.
        limit: u32, /// As in [`Search`].
        #[serde(default)]
        sequence: u64 } -> TitlesView,
    /// Answered questions and parts of the handbook that are like a question that is being written.
    SimilarQuestions { /// Title and text so far.
        text: String, /// A question that is not to be found: the one that is open.
        #[serde(default)]
        except: Option<QuestionId>, /// Most of each kind; at most 20.
        limit: u32, /// As in [`Search`].
        #[serde(default)]
        sequence: u64 } -> SimilarView,
    /// Searches of this device that found nothing, or nothing that was opened: what the handbook lacks.
    FailedSearches {} -> Vec<FailedSearch>,
    /// The table of abbreviations and synonyms.
    Synonyms {} -> SynonymsView,
}

/// A text that was searched in vain.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FailedSearch {
    /// The text.
    pub text: String,
    /// How often, on all devices that report to this one.
    pub count: u32,
    /// The last time.
    pub last_at: domain::id::Timestamp,
}

/// Words and abbreviations that stand for each other.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SynonymRow {
    /// Two or more: "TTHC", "thủ tục hành chính". Each finds the others.
    pub terms: Vec<String>,
    /// It came with the program; it may be changed like any other.
    #[serde(default)]
    pub built_in: bool,
}

/// The table of abbreviations and synonyms.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SynonymsView {
    /// All rows, in the order of their first terms.
    pub rows: Vec<SynonymRow>,
    /// I may change it.
    pub may_edit: bool,
}

crate::requests! {
    Act: Does in act;

    /// Tells that a search has ended, so that what is searched in vain can be listed. Only the text is kept, on this device.
    SearchEnded { /// As typed.
        text: String, /// How many were found.
        found: u32, /// What was opened of it.
        opened: Option<String> } -> (),
    /// Takes a text off the list of searches in vain.
    ForgetFailedSearch { /// The text.
        text: String } -> (),
    /// Changes the table of abbreviations and synonyms; it goes to all devices of the organisation. What others changed since the sender saw
    /// it stays: only rows that were seen and are not wanted any more are removed, only rows that were not seen are added.
    SetSynonyms { /// All rows as they are wanted.
        rows: Vec<SynonymRow>, /// All rows as they were seen; empty: none was, so none is removed.
        #[serde(default)]
        base: Vec<SynonymRow> } -> SynonymsView,
}
