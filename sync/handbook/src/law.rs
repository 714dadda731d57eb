//! A law's text to its articles: parts, chapters and sections become the breadcrumb, each "Điều" an article, numbered paragraphs its
//! clauses, lettered ones their points (Decree 30/2020/NĐ-CP, Annex I, order of parts of a legal text).

use std::sync::LazyLock;

use regex::Regex;

use crate::article::{Article, Block, Kind};
use crate::spelling::{clean_line, slug};

/// What is known about a legal text before it is divided.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LegalText {
    /// Its name ("Luật Cư trú").
    pub name: String,
    /// Its number.
    pub number: Option<String>,
    /// Who issued it.
    pub agency: String,
    /// When it is in force.
    pub validity: crate::validity::Validity,
    /// The field, if known.
    pub field: String,
}

struct Patterns {
    article: Regex,
    division: Regex,
    clause: Regex,
    point: Regex,
}

static PATTERNS: LazyLock<Patterns> = LazyLock::new(|| {
    #[expect(clippy::expect_used, reason = "the patterns are constants, and every one is used in the tests")]
    let pattern = |text: &str| Regex::new(text).expect("a pattern of this module");
    Patterns {
        article: pattern(r"^(?i:điều)\s+(\d{1,4}[a-zđ]?)\s*[.:]\s*(.*)$"),
        division: pattern(r"^(?i:(phần|chương|mục|tiểu mục))\s+(?i:(thứ\s+\p{L}+|[ivxlcdm]+|\d{1,3}[a-z]?))\b\s*[.:–-]?\s*(.*)$"),
        clause: pattern(r"^(\d{1,3}[a-zđ]?)\.\s+(\S.*)$"),
        point: pattern(r"^([a-zđ]{1,2}\d?)\)\s*(\S.*)$"),
    }
});

/// How many lines begin an article: a text with a few is a legal text.
pub fn articles_in<'a>(lines: impl IntoIterator<Item = &'a str>) -> usize {
    lines.into_iter().filter(|line| PATTERNS.article.is_match(line.trim())).count()
}

/// The level of a division: outer ones are smaller.
fn level(word: &str) -> usize {
    match word.to_lowercase().as_str() {
        "phần" => 0,
        "chương" => 1,
        "mục" => 2,
        _ => 3,
    }
}

/// The articles of a legal text. What stands before the first is left out, as is what follows the last as a signature block or list of recipients.
pub fn split<'a>(text: &LegalText, lines: impl IntoIterator<Item = &'a str>) -> Vec<Article> {
    let mut splitter = Splitter::new(text);
    for line in lines {
        let line = clean_line(line);
        if !line.is_empty() && !splitter.line(&line) {
            break;
        }
    }
    splitter.finish()
}

struct Splitter<'a> {
    text: &'a LegalText,
    prefix: String,
    path: [Option<String>; 4],
    /// The division whose name may go on in the next line.
    unnamed: Option<usize>,
    open: Option<Article>,
    done: Vec<Article>,
}

impl<'a> Splitter<'a> {
    fn new(text: &'a LegalText) -> Self {
        let prefix = match &text.number {
            Some(number) => slug(number),
            None => slug(&text.name),
        };
        Self { text, prefix, path: Default::default(), unnamed: None, open: None, done: Vec::new() }
    }

    /// Takes a line; `false` once the text is over.
    fn line(&mut self, line: &str) -> bool {
        if let Some(found) = PATTERNS.division.captures(line).filter(|found| is_heading(line, &found[3])) {
            self.close();
            let level = level(&found[1]);
            self.path[level..].iter_mut().for_each(|step| *step = None);
            self.path[level] = Some(line.to_owned());
            self.unnamed = found[3].is_empty().then_some(level);
        } else if let Some(found) = PATTERNS.article.captures(line) {
            self.close();
            self.unnamed = None;
            self.open = Some(self.article(&found[1], &found[2]));
        } else if let Some(level) = self.unnamed.take_if(|_| self.open.is_none()) {
            if let Some(step) = &mut self.path[level] {
                step.push_str(". ");
                step.push_str(line);
            }
        } else if let Some(open) = &mut self.open {
            if ends_text(line) {
                self.close();
                return false;
            }
            open.blocks.push(part(line));
        }
        true
    }

    fn article(&self, number: &str, title: &str) -> Article {
        Article {
            id: format!("{}/dieu-{}", self.prefix, slug(number)),
            kind: Kind::Law,
            title: title.to_owned(),
            source: self.text.name.clone(),
            number: self.text.number.clone(),
            article: Some(number.to_owned()),
            path: self.path.iter().flatten().cloned().collect(),
            agency: self.text.agency.clone(),
            field: self.text.field.clone(),
            validity: self.text.validity,
            ..Article::default()
        }
    }

    fn close(&mut self) {
        let Some(mut article) = self.open.take() else {
            return;
        };
        // "Điều 3. Luật này …" in old texts: the title is the text.
        if article.blocks.is_empty() && !article.title.is_empty() {
            article.blocks.push(Block::paragraph(article.title.clone()));
        }
        if article.title.is_empty() || article.title.chars().count() > crate::limits::LINE_CHARS {
            article.title = format!("Điều {}", article.article.as_deref().unwrap_or_default());
        }
        if !article.blocks.is_empty() {
            self.done.push(article);
        }
    }

    fn finish(mut self) -> Vec<Article> {
        self.close();
        self.done
    }
}

/// "Chương trình …" and "Mục 2 Điều này …" are sentences; a heading names itself in capitals or ends.
fn is_heading(line: &str, name: &str) -> bool {
    name.is_empty() || (!line.ends_with([';', '.', ',']) && name.starts_with(|c: char| c.is_uppercase()))
}

/// The form that closes a legal text: recipients and signature.
fn ends_text(line: &str) -> bool {
    let folded = line.to_lowercase();
    folded.starts_with("nơi nhận:") || folded.starts_with("luật này được quốc hội") || folded == "./."
}

/// A paragraph of a legal text as a part of its article.
pub fn part(line: &str) -> Block {
    if let Some(found) = PATTERNS.clause.captures(line) {
        return Block::point(format!("{}.", &found[1]), &found[2], 0);
    }
    if let Some(found) = PATTERNS.point.captures(line) {
        return Block::point(format!("{})", &found[1]), &found[2], 1);
    }
    Block::paragraph(line)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::*;

    const TEXT: &str = "QUỐC HỘI\nLuật số: 1/2030/QH\nLUẬT\nTHỬ NGHIỆM\nChương I\nQUY ĐỊNH CHUNG\n\
        Điều 1. Phạm vi điều chỉnh\nLuật này quy định về thử nghiệm.\n\
        Điều 2. Giải thích từ ngữ\nTrong Luật này:\n1. Thử là làm cho biết.\na) Điểm thứ nhất;\nđ) Điểm thứ năm.\n2. Nghiệm là biết.\n\
        Chương II. QUYỀN\nMục 1. QUYỀN CHUNG\nĐiều 3a. Chương trình\nChương trình thử do cơ quan lập.\n\
        Chương III\nĐIỀU KHOẢN THI HÀNH\nĐiều 4. Luật này có hiệu lực.\nNơi nhận:\n- Như trên;\n1. Không phải khoản.";

    fn articles() -> Vec<Article> {
        let text =
            LegalText { name: "Luật Thử nghiệm".to_owned(), number: Some("1/2030/QH".to_owned()), ..LegalText::default() };
        split(&text, TEXT.lines())
    }

    #[test]
    fn a_law_is_divided_at_its_articles_and_keeps_its_chapters() {
        let articles = articles();
        let seen: Vec<_> = articles.iter().map(|a| (a.id.as_str(), a.title.as_str(), a.path.join(" › "))).collect();
        assert_eq!(
            seen,
            [
                ("1-2030-qh/dieu-1", "Phạm vi điều chỉnh", "Chương I. QUY ĐỊNH CHUNG".to_owned()),
                ("1-2030-qh/dieu-2", "Giải thích từ ngữ", "Chương I. QUY ĐỊNH CHUNG".to_owned()),
                ("1-2030-qh/dieu-3a", "Chương trình", "Chương II. QUYỀN › Mục 1. QUYỀN CHUNG".to_owned()),
                ("1-2030-qh/dieu-4", "Luật này có hiệu lực.", "Chương III. ĐIỀU KHOẢN THI HÀNH".to_owned()),
            ]
        );
        articles.iter().for_each(|article| article.validate().unwrap());
    }

    #[test]
    fn clauses_and_points_are_parts_with_their_numbers() {
        let second = &articles()[1];
        let expected = [
            Block::paragraph("Trong Luật này:"),
            Block::point("1.", "Thử là làm cho biết.", 0),
            Block::point("a)", "Điểm thứ nhất;", 1),
            Block::point("đ)", "Điểm thứ năm.", 1),
            Block::point("2.", "Nghiệm là biết.", 0),
        ];
        assert_eq!(second.blocks, expected);
    }

    #[test]
    fn a_sentence_that_begins_like_a_heading_stays_text_and_the_recipients_are_left_out() {
        let articles = articles();
        assert_eq!(articles[2].body(), "Chương trình thử do cơ quan lập.");
        assert_eq!(articles[3].blocks.len(), 1);
    }
}
