//! Foreign files to articles. What cannot be taken is told with its file and place, the rest is taken.
//!
//! - [`json`]: JSON lines, one article each: our own shape, and the shapes of two public collections.
//! - [`html`], [`docx`], and plain text such as a PDF's ([`Collection::pages`]): one document each; a legal text is divided
//!   into its articles, anything else becomes one page of guidance.
//!
//! A date that no calendar has, an id that was there before and an article over the limit are refused by name: an expired law that is
//! shown as one in force does more harm than one that is missing.

pub mod docx;
pub mod html;
pub mod json;
mod plain;

use std::collections::BTreeMap;

use serde::Serialize;

use crate::article::{Article, ArticleError};
use crate::limits::{DOCUMENT_TEXT_BYTES, FILE_BYTES, JSON_LINE_BYTES, PACKAGE_ARTICLES, SKIPPED_NAMED};

/// Paragraphs that stand on the first page, where a secrecy marking is.
const FIRST_PAGE: usize = 40;

/// A kind of file that can be imported.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// JSON lines.
    JsonLines,
    /// A web page.
    Html,
    /// A text document of office programs (ECMA-376).
    Docx,
    /// A PDF: its text is handed in.
    Pdf,
}

impl Format {
    /// By the ending of a file's name.
    pub fn of(file: &str) -> Option<Self> {
        let ending = file.rsplit_once('.')?.1.to_lowercase();
        match ending.as_str() {
            "jsonl" | "ndjson" => Some(Self::JsonLines),
            "html" | "htm" | "xhtml" => Some(Self::Html),
            "docx" => Some(Self::Docx),
            "pdf" => Some(Self::Pdf),
            _ => None,
        }
    }
}

/// Why something of a file is not taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ImportError {
    /// The ending is none that is known.
    #[error("files of this kind are not imported")]
    UnknownFormat,
    /// The file is longer than allowed.
    #[error("the file has {bytes} bytes, at most {limit} are allowed")]
    FileTooLong {
        /// Its length.
        bytes: u64,
        /// The limit.
        limit: u64,
    },
    /// The file cannot be read; the code is that of the disk.
    #[error("the file cannot be read: {0}")]
    Unreadable(String),
    /// Not UTF-8.
    #[error("the text is not UTF-8")]
    NotText,
    /// Not JSON, or of no known shape.
    #[error("the line is not an article: {0}")]
    BadJson(String),
    /// The line is longer than an article may be.
    #[error("{name} has {bytes} bytes, at most {JSON_LINE_BYTES} are allowed")]
    LineTooLong {
        /// Its id or title, as far as it can be seen at its beginning.
        name: String,
        /// Its length.
        bytes: u64,
    },
    /// A date that is none.
    #[error("article {id}: {field} '{text}' is not a date")]
    BadDate {
        /// The article.
        id: String,
        /// Which date.
        field: &'static str,
        /// What it says.
        text: String,
    },
    /// The id was there before.
    #[error("article {id} is there already, from {first}")]
    Duplicate {
        /// The id.
        id: String,
        /// Where the first one came from.
        first: String,
    },
    /// The article is out of bounds.
    #[error(transparent)]
    Article(#[from] ArticleError),
    /// The archive is none, or holds no text document.
    #[error("the file is not a text document: {0}")]
    BadDocx(&'static str),
    /// The archive unpacks to more than a text document does.
    #[error("the file unpacks to much more than a text document does: {0}")]
    Bomb(&'static str),
    /// There is no text in it, only pictures.
    #[error("the file holds no text: it needs text recognition first")]
    NeedsText,
    /// The text is longer than allowed.
    #[error("the text is over {DOCUMENT_TEXT_BYTES} bytes")]
    TextTooLong,
    /// It bears a secrecy marking: such papers belong to other systems.
    #[error("the document bears a secrecy marking")]
    Secret(domain::secrecy::Secrecy),
    /// There are as many articles as a package may hold.
    #[error("more than {PACKAGE_ARTICLES} articles")]
    TooManyArticles,
}

impl ImportError {
    /// Stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::UnknownFormat => "import_unknown_format",
            Self::FileTooLong { .. } => "import_file_too_long",
            Self::Unreadable(_) => "import_unreadable",
            Self::NotText => "import_not_text",
            Self::BadJson(_) => "import_bad_json",
            Self::LineTooLong { .. } => "article_too_long",
            Self::BadDate { .. } => "import_bad_date",
            Self::Duplicate { .. } => "import_duplicate",
            Self::Article(error) => error.code(),
            Self::BadDocx(_) => "import_bad_docx",
            Self::Bomb(_) => "import_bomb",
            Self::NeedsText => "needs_text",
            Self::TextTooLong => "import_text_too_long",
            Self::Secret(_) => "secrecy_marking",
            Self::TooManyArticles => "package_too_many_articles",
        }
    }

    /// The article that is meant, where one is.
    pub fn item(&self) -> Option<&str> {
        match self {
            Self::LineTooLong { name: id, .. } | Self::BadDate { id, .. } | Self::Duplicate { id, .. } => Some(id),
            Self::Article(error) => Some(error.id()),
            _ => None,
        }
    }
}

/// Something that was not taken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Skipped {
    /// The file.
    pub file: String,
    /// The line in it, from 1, where there are lines.
    pub line: Option<u64>,
    /// The article, where it has a name.
    pub item: Option<String>,
    /// The code of the reason.
    pub code: String,
    /// The reason in English, for logs.
    pub detail: String,
    /// More that its sentence names.
    pub facts: BTreeMap<String, String>,
}

/// A part of a file that is not taken while the rest is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Part {
    /// What could run: scripts, frames, embedded programs, handlers.
    Scripts,
    /// Pages beyond the limit.
    Pages,
}

/// Something that was taken without a part of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Cleaned {
    /// The file.
    pub file: String,
    /// Which part.
    pub part: Part,
    /// How many.
    pub count: u64,
}

/// What an import has gathered.
#[derive(Debug, Default)]
pub struct Collection {
    articles: BTreeMap<String, (Article, String)>,
    /// What was not taken; the first [`SKIPPED_NAMED`].
    pub skipped: Vec<Skipped>,
    /// How many more.
    pub skipped_more: u64,
    /// What was taken without a part of it.
    pub cleaned: Vec<Cleaned>,
    /// Files that gave at least one article.
    pub files: u64,
}

impl Collection {
    /// How many articles there are.
    pub fn len(&self) -> usize {
        self.articles.len()
    }

    /// Nothing was taken.
    pub fn is_empty(&self) -> bool {
        self.articles.is_empty()
    }

    /// The articles in order of their ids.
    pub fn into_articles(self) -> Vec<Article> {
        self.articles.into_values().map(|(article, _)| article).collect()
    }

    /// Notes that something was not taken.
    pub fn skip(&mut self, file: &str, line: Option<u64>, error: &ImportError) {
        let facts = match error {
            ImportError::Secret(marking) => BTreeMap::from([("marking".to_owned(), marking.label().to_owned())]),
            _ => BTreeMap::new(),
        };
        let item = error.item().map(str::to_owned);
        self.note(Skipped { file: file.to_owned(), line, item, code: error.code().to_owned(), detail: error.to_string(), facts });
    }

    /// Notes that a file was not taken for a reason that the caller found.
    pub fn refuse(&mut self, file: &str, code: &str, detail: &str, facts: BTreeMap<String, String>) {
        let (file, code, detail) = (file.to_owned(), code.to_owned(), detail.to_owned());
        self.note(Skipped { file, line: None, item: None, code, detail, facts });
    }

    fn note(&mut self, skipped: Skipped) {
        if self.skipped.len() < SKIPPED_NAMED {
            self.skipped.push(skipped);
        } else {
            self.skipped_more += 1;
        }
    }

    /// Takes an article, or notes why not; says whether it was taken.
    pub fn add(&mut self, file: &str, line: Option<u64>, article: Result<Article, ImportError>) -> bool {
        let added = article.and_then(|article| self.try_add(file, article.cleaned()));
        if let Err(error) = &added {
            self.skip(file, line, error);
        }
        added.is_ok()
    }

    fn try_add(&mut self, file: &str, article: Article) -> Result<(), ImportError> {
        article.validate()?;
        if let Some((_, first)) = self.articles.get(&article.id) {
            return Err(ImportError::Duplicate { id: article.id, first: first.clone() });
        }
        if self.articles.len() >= PACKAGE_ARTICLES {
            return Err(ImportError::TooManyArticles);
        }
        self.articles.insert(article.id.clone(), (article, file.to_owned()));
        Ok(())
    }

    /// Takes one line of a file of JSON lines, numbered from 1. An empty line is none. A caller that did not read all of a line says so by
    /// `length`, the line's own.
    pub fn json_line(&mut self, file: &str, line: u64, bytes: &[u8], length: u64) -> bool {
        if length > JSON_LINE_BYTES as u64 {
            let error = ImportError::LineTooLong { name: json::name_of(bytes), bytes: length };
            self.skip(file, Some(line), &error);
            return false;
        }
        let Ok(text) = std::str::from_utf8(bytes) else {
            self.skip(file, Some(line), &ImportError::NotText);
            return false;
        };
        let text = text.trim_start_matches('\u{feff}').trim();
        !text.is_empty() && self.add(file, Some(line), json::article(text))
    }

    /// Takes a web page or a DOCX file.
    pub fn document(&mut self, file: &str, format: Format, bytes: &[u8]) {
        if bytes.len() > FILE_BYTES {
            let error = ImportError::FileTooLong { bytes: bytes.len() as u64, limit: FILE_BYTES as u64 };
            return self.skip(file, None, &error);
        }
        let read = match format {
            Format::Html => html::read(bytes),
            Format::Docx => docx::read(bytes),
            Format::JsonLines | Format::Pdf => Err(ImportError::UnknownFormat),
        };
        match read {
            Ok(document) => self.take(file, &document, &[(Part::Scripts, document.dropped)]),
            Err(error) => self.skip(file, None, &error),
        }
    }

    /// Takes the text of a document, page by page; `left_out` is how many more pages it has.
    pub fn pages(&mut self, file: &str, pages: &[String], left_out: u64) {
        if pages.iter().map(String::len).sum::<usize>() > DOCUMENT_TEXT_BYTES {
            return self.skip(file, None, &ImportError::TextTooLong);
        }
        match plain::of_pages(pages) {
            Ok(document) => self.take(file, &document, &[(Part::Pages, left_out)]),
            Err(error) => self.skip(file, None, &error),
        }
    }

    /// Takes a document that lacks some of the parts of its file.
    fn take(&mut self, file: &str, document: &Document, lacks: &[(Part, u64)]) {
        let head: Vec<&str> = document.paragraphs.iter().take(FIRST_PAGE).map(|paragraph| paragraph.text.as_str()).collect();
        if let Some(marking) = domain::secrecy::marking(&head.join("\n")) {
            return self.skip(file, None, &ImportError::Secret(marking));
        }
        let articles = plain::articles(file, document);
        if articles.is_empty() {
            return self.skip(file, None, &ImportError::NeedsText);
        }
        let mut taken = false;
        for article in articles {
            taken |= self.add(file, None, Ok(article));
        }
        if taken {
            self.files += 1;
            let cleaned = lacks.iter().filter(|(_, count)| *count > 0);
            self.cleaned.extend(cleaned.map(|(part, count)| Cleaned { file: file.to_owned(), part: *part, count: *count }));
        }
    }
}

/// What a paragraph of a document is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ParagraphKind {
    /// Text.
    Text,
    /// A heading; 1 is the highest.
    Heading(u8),
    /// An item of a list.
    Item,
}

/// A paragraph of a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Paragraph {
    /// What it is.
    pub kind: ParagraphKind,
    /// What it says.
    pub text: String,
}

/// A document as paragraphs.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Document {
    /// Its own title, where it says one.
    pub title: Option<String>,
    /// Its paragraphs.
    pub paragraphs: Vec<Paragraph>,
    /// Things that could run and were left out: scripts, frames, embedded programs, handlers.
    pub dropped: u64,
}
