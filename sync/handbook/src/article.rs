//! The unit that people find, read and cite.

mod block;

use domain::limits::{LimitError, LimitRule, at_most, forbidden_in_line};
use minicbor::{Decode, Encode};
use serde::{Deserialize, Serialize};

use crate::limits::{
    ARTICLE_BYTES, ARTICLE_ID_CHARS, BLOCKS, LINE_CHARS, LINKS, NUMBER_CHARS, PACKAGE_ID_CHARS, PATH_STEPS, PLACE_CHARS,
};
use crate::spelling::{clean, clean_line};
use crate::validity::Validity;

pub use block::{Block, Duty, Fact, PaperNeed, Reference, Step};

/// What an article is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize, Encode, Decode)]
#[serde(rename_all = "snake_case")]
#[cbor(index_only)]
pub enum Kind {
    /// An administrative procedure (thủ tục hành chính).
    #[n(0)]
    Procedure,
    /// An article of a legal text.
    #[n(1)]
    Law,
    /// A page that explains.
    #[default]
    #[n(2)]
    Guidance,
    /// A form to be filled in.
    #[n(3)]
    Form,
}

impl Kind {
    /// All kinds.
    pub const ALL: [Self; 4] = [Self::Procedure, Self::Law, Self::Guidance, Self::Form];

    /// Stable name for programs and translations.
    pub fn code(self) -> &'static str {
        match self {
            Self::Procedure => "procedure",
            Self::Law => "law",
            Self::Guidance => "guidance",
            Self::Form => "form",
        }
    }
}

/// A level of government.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Encode, Decode)]
#[serde(rename_all = "snake_case")]
#[cbor(index_only)]
pub enum Level {
    /// Ministries and other central bodies.
    #[n(0)]
    Central,
    /// Province or centrally-run city, with its departments.
    #[n(1)]
    City,
    /// Xã, phường, đặc khu.
    #[n(2)]
    Commune,
}

impl Level {
    /// Stable name for programs and translations.
    pub fn code(self) -> &'static str {
        match self {
            Self::Central => "central",
            Self::City => "city",
            Self::Commune => "commune",
        }
    }

    /// The levels that a text names: "Cấp Bộ, Cấp Tỉnh, Cấp Xã". The district, which is gone, is none.
    pub fn named_in(text: &str) -> Vec<Self> {
        let folded = crate::slug(text);
        let names = |words: &[&str]| folded.split('-').any(|word| words.contains(&word));
        [
            (Self::Central, names(&["bo", "central", "trung"])),
            (Self::City, names(&["tinh", "city", "so"]) || folded.contains("thanh-pho")),
            (Self::Commune, names(&["xa", "phuong", "commune"])),
        ]
        .into_iter()
        .filter_map(|(level, named)| named.then_some(level))
        .collect()
    }
}

/// What a line of a checklist is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CheckKind {
    /// A paper to be handed in.
    Paper,
    /// A step to be done.
    Step,
}

/// A line of a procedure's checklist.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Check {
    /// Tells the line from the others of its article, and stays the same when lines are added before it.
    pub key: String,
    /// What it is about.
    pub kind: CheckKind,
    /// What it says.
    pub text: String,
    /// More about it; may be empty.
    pub note: String,
}

fn check(kind: CheckKind, text: &str, note: String) -> Check {
    let mut hasher = blake3::Hasher::new();
    hasher.update(&[kind as u8]).update(text.as_bytes());
    Check { key: hasher.finalize().to_hex()[..16].to_owned(), kind, text: text.to_owned(), note }
}

/// How an article is related to another text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Encode, Decode)]
#[serde(rename_all = "snake_case")]
#[cbor(index_only)]
pub enum Relation {
    /// The other text changes this one.
    #[n(0)]
    AmendedBy,
    /// This one changes the other text.
    #[n(1)]
    Amends,
    /// The other text stands in place of this one.
    #[n(2)]
    ReplacedBy,
    /// This one stands in place of the other text.
    #[n(3)]
    Replaces,
    /// The other text explains how this one is carried out.
    #[n(4)]
    GuidedBy,
    /// This one explains how the other text is carried out.
    #[n(5)]
    Guides,
}

/// A related text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Encode, Decode)]
pub struct Link {
    /// How it is related.
    #[n(0)]
    pub relation: Relation,
    /// Its id in the same package, or `package:id`; `None`: it is in no handbook.
    #[n(1)]
    #[serde(default)]
    pub to: Option<String>,
    /// What it is called.
    #[n(2)]
    pub title: String,
    /// From when the relation holds, in days since 1 January 1970.
    #[n(3)]
    #[serde(skip)]
    pub from: Option<i32>,
}

/// One article.
#[derive(Debug, Clone, PartialEq, Eq, Default, Encode, Decode)]
pub struct Article {
    /// Tells it from every other article of its package, for ever: [`is_article_id`].
    #[n(0)]
    pub id: String,
    /// What it is.
    #[n(1)]
    pub kind: Kind,
    /// Its heading.
    #[n(2)]
    pub title: String,
    /// The law, the list of procedures or the handbook that it belongs to.
    #[n(3)]
    pub source: String,
    /// The number of the legal text or the code of the procedure.
    #[n(4)]
    pub number: Option<String>,
    /// The number of the article of a law.
    #[n(5)]
    pub article: Option<String>,
    /// The number of the clause, where one article of a law was divided.
    #[n(6)]
    pub clause: Option<String>,
    /// The letter of the point, likewise.
    #[n(7)]
    pub point: Option<String>,
    /// Where it stands in its source, from the outermost part.
    #[n(8)]
    pub path: Vec<String>,
    /// Who issued it, or who carries the procedure out.
    #[n(9)]
    pub agency: String,
    /// The field ("Đất đai", "Hộ tịch").
    #[n(10)]
    pub field: String,
    /// The levels that it concerns.
    #[n(11)]
    pub levels: Vec<Level>,
    /// When it is in force.
    #[n(12)]
    pub validity: Validity,
    /// Its parts.
    #[n(13)]
    pub blocks: Vec<Block>,
    /// Related texts.
    #[n(14)]
    pub links: Vec<Link>,
    /// The question it came from, or another origin that a program can follow.
    #[n(15)]
    pub origin: Option<String>,
    /// What of it does not hold any more, or anything else about its validity; may be empty.
    #[n(16)]
    pub validity_note: String,
}

/// An article that cannot be taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ArticleError {
    /// The id has other characters or another length than allowed.
    #[error("'{id}' is not an id of an article")]
    BadId {
        /// The id, shortened.
        id: String,
    },
    /// It has no title.
    #[error("article {id} has no title")]
    NoTitle {
        /// Which.
        id: String,
    },
    /// It says nothing.
    #[error("article {id} has no text")]
    NoText {
        /// Which.
        id: String,
    },
    /// It ends before it begins.
    #[error("article {id} goes out of force before it comes into force")]
    EndsBeforeItBegins {
        /// Which.
        id: String,
    },
    /// It is longer than [`ARTICLE_BYTES`].
    #[error("article {id} has {bytes} bytes, at most {ARTICLE_BYTES} are allowed")]
    TooLong {
        /// Which.
        id: String,
        /// Its bytes.
        bytes: u64,
    },
    /// A part of it is out of bounds.
    #[error("article {id}: {limit}")]
    OutOfBounds {
        /// Which.
        id: String,
        /// What.
        limit: LimitError,
    },
}

impl ArticleError {
    /// Stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::BadId { .. } => "article_bad_id",
            Self::NoTitle { .. } => "article_no_title",
            Self::NoText { .. } => "article_no_text",
            Self::EndsBeforeItBegins { .. } => "article_bad_dates",
            Self::TooLong { .. } => "article_too_long",
            Self::OutOfBounds { .. } => "article_out_of_bounds",
        }
    }

    /// The article that is meant.
    pub fn id(&self) -> &str {
        match self {
            Self::BadId { id }
            | Self::NoTitle { id }
            | Self::NoText { id }
            | Self::EndsBeforeItBegins { id }
            | Self::TooLong { id, .. }
            | Self::OutOfBounds { id, .. } => id,
        }
    }
}

/// Letters (of any script), digits and `-._/@` and blanks inside; the colon is kept for `package:id`.
pub fn is_article_id(id: &str) -> bool {
    let allowed = |c: char| c.is_alphanumeric() || matches!(c, '-' | '.' | '_' | '/' | '@' | ' ' | ',' | '(' | ')');
    !id.is_empty() && id.trim() == id && id.chars().count() <= ARTICLE_ID_CHARS && id.chars().all(allowed)
}

/// Lower-case ASCII letters, digits and `-` inside.
pub fn is_package_id(id: &str) -> bool {
    let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    !id.is_empty() && id.len() <= PACKAGE_ID_CHARS && id.chars().all(allowed) && !id.starts_with('-') && !id.ends_with('-')
}

impl Article {
    /// All of its text, a line for each part: what is searched.
    pub fn body(&self) -> String {
        self.blocks.iter().flat_map(Block::lines).collect::<Vec<_>>().join("\n")
    }

    /// The block in which a byte of [`Self::body`] lies, with the clause and the point of a legal text.
    pub fn place_of(&self, byte: usize) -> (Option<usize>, Option<&str>, Option<&str>) {
        let bare = |label: &'_ str| label.len() - label.trim_end_matches(['.', ')']).len();
        let (mut start, mut clause) = (0, None);
        for (index, block) in self.blocks.iter().enumerate() {
            let mut point = None;
            if let Block::Point { label, depth, .. } = block {
                let name = Some(&label[..label.len() - bare(label)]).filter(|name| !name.is_empty());
                if *depth == 0 { clause = name } else { point = name }
            }
            let end = start + block.lines().iter().map(|line| line.len() + 1).sum::<usize>();
            if byte < end {
                return (Some(index), clause, point);
            }
            start = end;
        }
        (None, None, None)
    }

    /// What a case of this procedure has to tick: papers first, then steps.
    pub fn checklist(&self) -> Vec<Check> {
        let (mut papers, mut steps) = (Vec::new(), Vec::new());
        for block in &self.blocks {
            match block {
                Block::Papers { items } => {
                    papers.extend(items.iter().map(|paper| check(CheckKind::Paper, &paper.name, paper_note(paper))));
                }
                Block::Steps { items } => {
                    steps.extend(items.iter().map(|step| check(CheckKind::Step, &step.text, step.who.clone())))
                }
                _ => {}
            }
        }
        papers.extend(steps);
        // The same words twice would be one tick.
        let mut seen = std::collections::BTreeSet::new();
        papers.retain(|line| seen.insert(line.key.clone()));
        papers
    }

    /// The same article with every text in the form in which texts are stored.
    #[must_use]
    pub fn cleaned(mut self) -> Self {
        for line in [&mut self.id, &mut self.title, &mut self.source, &mut self.agency, &mut self.field, &mut self.validity_note]
        {
            *line = clean_line(line);
        }
        for optional in [&mut self.number, &mut self.article, &mut self.clause, &mut self.point, &mut self.origin] {
            *optional = optional.take().map(|text| clean_line(&text)).filter(|text| !text.is_empty());
        }
        self.path = self.path.iter().map(|step| clean_line(step)).filter(|step| !step.is_empty()).collect();
        self.levels.sort_unstable();
        self.levels.dedup();
        for block in &mut self.blocks {
            let paragraphs = matches!(block, Block::Paragraph { .. } | Block::Note { .. });
            for text in block.texts() {
                *text = if paragraphs { clean(text) } else { clean_line(text) };
            }
        }
        self.blocks.retain(|block| !block.is_empty());
        for link in &mut self.links {
            link.title = clean_line(&link.title);
        }
        self
    }

    /// Every part within its bounds.
    ///
    /// # Errors
    /// [`ArticleError`], which names the article.
    pub fn validate(&self) -> Result<(), ArticleError> {
        let id = || self.id.chars().take(ARTICLE_ID_CHARS).collect::<String>();
        if !is_article_id(&self.id) {
            return Err(ArticleError::BadId { id: id() });
        }
        if self.title.trim().is_empty() {
            return Err(ArticleError::NoTitle { id: id() });
        }
        if self.blocks.iter().all(Block::is_empty) {
            return Err(ArticleError::NoText { id: id() });
        }
        if !self.validity.is_possible() {
            return Err(ArticleError::EndsBeforeItBegins { id: id() });
        }
        // Before anything is encoded or counted letter by letter.
        let bytes: u64 = self.blocks.iter().map(Block::bytes).sum();
        if bytes > ARTICLE_BYTES as u64 {
            return Err(ArticleError::TooLong { id: id(), bytes });
        }
        self.check_bounds().map_err(|limit| ArticleError::OutOfBounds { id: id(), limit })
    }

    fn check_bounds(&self) -> Result<(), LimitError> {
        let line = |what, text: &str, most| {
            at_most(what, most, text.chars().count())?;
            match text.chars().find(|c| forbidden_in_line(*c)) {
                None => Ok(()),
                Some(c) => Err(LimitError { what, rule: LimitRule::Characters, limit: 0, found: u64::from(u32::from(c)) }),
            }
        };
        line("title", &self.title, LINE_CHARS)?;
        line("source", &self.source, LINE_CHARS)?;
        line("agency", &self.agency, LINE_CHARS)?;
        line("field", &self.field, LINE_CHARS)?;
        line("validity note", &self.validity_note, LINE_CHARS)?;
        at_most("levels", 3, self.levels.len())?;
        line("number", self.number.as_deref().unwrap_or_default(), NUMBER_CHARS)?;
        for place in [&self.article, &self.clause, &self.point] {
            line("place", place.as_deref().unwrap_or_default(), PLACE_CHARS)?;
        }
        line("origin", self.origin.as_deref().unwrap_or_default(), LINE_CHARS)?;
        at_most("path", PATH_STEPS, self.path.len())?;
        self.path.iter().try_for_each(|step| line("path", step, LINE_CHARS))?;
        at_most("blocks", BLOCKS, self.blocks.iter().map(|block| block.items().max(1)).sum())?;
        at_most("links", LINKS, self.links.len())?;
        self.links.iter().try_for_each(|link| {
            line("link", &link.title, LINE_CHARS)?;
            line("link", link.to.as_deref().unwrap_or_default(), ARTICLE_ID_CHARS + PACKAGE_ID_CHARS + 1)
        })
    }
}

/// "Bản chính: 1, bản sao: 2. Khi …"
fn paper_note(paper: &PaperNeed) -> String {
    let mut parts = Vec::new();
    for (count, name) in [(paper.originals, "bản chính"), (paper.copies, "bản sao")] {
        if count > 0 {
            parts.push(format!("{count} {name}"));
        }
    }
    let counts = parts.join(", ");
    [counts, paper.note.clone()].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(". ")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::*;

    fn article() -> Article {
        Article {
            id: "luat-cu-tru/dieu-20".to_owned(),
            kind: Kind::Law,
            title: "Điều kiện".to_owned(),
            blocks: vec![
                Block::paragraph("Mở đầu."),
                Block::point("1.", "Khoản một:", 0),
                Block::point("a)", "điểm a;", 1),
                Block::point("2.", "Khoản hai.", 0),
            ],
            ..Article::default()
        }
    }

    #[test]
    fn a_place_in_the_text_is_a_place_in_the_law() {
        let article = article();
        let body = article.body();
        assert_eq!(body, "Mở đầu.\n1. Khoản một:\na) điểm a;\n2. Khoản hai.");
        let at = |text: &str| article.place_of(body.find(text).unwrap());
        assert_eq!(at("Mở"), (Some(0), None, None));
        assert_eq!(at("một"), (Some(1), Some("1"), None));
        assert_eq!(at("điểm a"), (Some(2), Some("1"), Some("a")));
        assert_eq!(at("hai"), (Some(3), Some("2"), None));
        assert_eq!(article.place_of(body.len() + 10), (None, None, None));
    }

    #[test]
    fn what_cannot_be_stored_is_refused_by_name() {
        article().validate().unwrap();
        let changed = |change: fn(&mut Article)| {
            let mut article = article();
            change(&mut article);
            article.validate().unwrap_err()
        };
        assert_eq!(changed(|a| a.id = "a:b".to_owned()).code(), "article_bad_id");
        assert_eq!(changed(|a| a.title.clear()).code(), "article_no_title");
        assert_eq!(changed(|a| a.blocks.clear()).code(), "article_no_text");
        assert_eq!(changed(|a| a.validity = Validity { from: Some(2), to: Some(1), partly: false }).code(), "article_bad_dates");
        assert_eq!(changed(|a| a.title = "x".repeat(LINE_CHARS + 1)).code(), "article_out_of_bounds");
        let long = changed(|a| a.blocks[0] = Block::paragraph("x".repeat(ARTICLE_BYTES + 1)));
        assert_eq!((long.code(), long.id()), ("article_too_long", "luat-cu-tru/dieu-20"));
    }

    #[test]
    fn a_checklist_has_papers_then_steps_and_its_keys_survive_new_lines() {
        let step = |text: &str| Step { text: text.to_owned(), who: "Một cửa".to_owned() };
        let paper =
            PaperNeed { name: "Tờ khai".to_owned(), originals: 1, note: "theo mẫu".to_owned(), ..PaperNeed::default() };
        let mut article = article();
        article.blocks =
            vec![Block::Steps { items: vec![step("Nhận"), step("Trả"), step("Nhận")] }, Block::Papers { items: vec![paper] }];
        let before = article.checklist();
        let seen: Vec<_> = before.iter().map(|line| (line.text.as_str(), line.note.as_str())).collect();
        assert_eq!(seen, [("Tờ khai", "1 bản chính. theo mẫu"), ("Nhận", "Một cửa"), ("Trả", "Một cửa")]);
        article.blocks.insert(0, Block::Steps { items: vec![step("Chờ")] });
        assert!(before.iter().all(|line| article.checklist().contains(line)));
    }

    #[test]
    fn levels_are_read_from_their_names() {
        assert_eq!(Level::named_in("Cấp Bộ, Cấp Tỉnh, Cấp Xã"), [Level::Central, Level::City, Level::Commune]);
        assert_eq!(Level::named_in("Cấp xã"), [Level::Commune]);
        assert_eq!(Level::named_in("Thành phố"), [Level::City]);
        assert_eq!(Level::named_in("Cấp huyện"), []);
    }
}
