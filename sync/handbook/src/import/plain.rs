//! A document's paragraphs to articles, and a PDF's pages to paragraphs.

use std::sync::LazyLock;

use regex::Regex;

use super::{Document, ImportError, Paragraph, ParagraphKind};
use crate::article::{Article, Block, Kind};
use crate::law::{self, LegalText};
use crate::limits::LINE_CHARS;
use crate::spelling::{clean_line, slug};
use crate::validity::Validity;

/// From so many articles on a document is a legal text.
const LEGAL_TEXT_ARTICLES: usize = 2;
/// Lines at the beginning in which a legal text says what it is.
const HEAD_LINES: usize = 40;
/// Letters that a document has at least: below it is the stamp on a scan. The stamps of signed scans that were seen have up to 150.
const LETTERS_MIN: usize = 200;
/// Letters on a page that has text of its own.
const PAGE_LETTERS_MIN: usize = 40;

struct Patterns {
    number: Regex,
    in_force: Regex,
    page_number: Regex,
}

static PATTERNS: LazyLock<Patterns> = LazyLock::new(|| {
    #[expect(clippy::expect_used, reason = "the patterns are constants, and every one is used in the tests")]
    let pattern = |text: &str| Regex::new(text).expect("a pattern of this module");
    Patterns {
        number: pattern(r"(?i)(?:^|luật |bộ luật )số\s*:\s*(\d{1,5}(?:/\d{4})?/[\p{L}\d-]{2,30})"),
        in_force: pattern(r"(?i)có hiệu lực (?:thi hành )?(?:kể )?từ ngày (\d{1,2}) tháng (\d{1,2}) năm (\d{4})"),
        page_number: pattern(r"^[-–—\s]*\d{1,4}[-–—\s]*$"),
    }
});

/// Pages of a PDF: numbers of pages are left out, and lines that the page's edge broke are put together again.
pub(super) fn of_pages(pages: &[String]) -> Result<Document, ImportError> {
    let letters = |text: &str| text.chars().filter(|c| c.is_alphabetic()).count();
    let with_text = pages.iter().filter(|page| letters(page) >= PAGE_LETTERS_MIN).count();
    let all: usize = pages.iter().map(|page| letters(page)).sum();
    if all < LETTERS_MIN || with_text * 4 < pages.len() {
        return Err(ImportError::NeedsText);
    }
    let mut paragraphs: Vec<Paragraph> = Vec::new();
    for line in pages.iter().flat_map(|page| page.lines()) {
        let line = clean_line(line);
        if line.is_empty() || PATTERNS.page_number.is_match(&line) {
            continue;
        }
        match paragraphs.last_mut().filter(|last| goes_on(&last.text, &line)) {
            Some(last) => {
                last.text.push(' ');
                last.text.push_str(&line);
            }
            None => paragraphs.push(Paragraph { kind: ParagraphKind::Text, text: line }),
        }
    }
    Ok(Document { title: None, paragraphs, dropped: 0 })
}

/// Whether a line of a page continues the one before: that one did not end, and this one begins in small letters.
fn goes_on(before: &str, line: &str) -> bool {
    let ended = before.ends_with(['.', ';', ':', '!', '?', '”', '"']);
    let numbered = !matches!(law::part(line), Block::Paragraph { .. }) || line.starts_with(['-', '+', '•', '*']);
    let heading = law::articles_in([line]) > 0;
    let small = line.starts_with(|c: char| c.is_lowercase() || c.is_ascii_digit() || matches!(c, '(' | ',' | '“' | '"'));
    !ended && !numbered && !heading && small
}

/// The articles of a document; the file's name stands in where it says no title.
pub(super) fn articles(file: &str, document: &Document) -> Vec<Article> {
    let lines: Vec<&str> = document.paragraphs.iter().map(|paragraph| paragraph.text.as_str()).collect();
    if law::articles_in(lines.iter().copied()) >= LEGAL_TEXT_ARTICLES {
        let text = legal_text(file, document, &lines);
        return law::split(&text, lines.iter().copied());
    }
    let title = title(file, document);
    let blocks: Vec<Block> = document
        .paragraphs
        .iter()
        .filter(|paragraph| paragraph.text != title)
        .map(|paragraph| match paragraph.kind {
            ParagraphKind::Text => Block::paragraph(paragraph.text.clone()),
            ParagraphKind::Heading(level) => Block::Heading { text: paragraph.text.clone(), level },
            ParagraphKind::Item => Block::point("–", paragraph.text.clone(), 0),
        })
        .collect();
    if blocks.is_empty() {
        return Vec::new();
    }
    vec![Article { id: file_id(file), kind: Kind::Guidance, title, blocks, ..Article::default() }]
}

fn stem(file: &str) -> &str {
    let name = file.rsplit(['/', '\\']).next().unwrap_or(file);
    name.rsplit_once('.').map_or(name, |(stem, _)| stem)
}

/// The file's place below the imported folder, as an id.
fn file_id(file: &str) -> String {
    let without_ending = file.rsplit_once('.').map_or(file, |(stem, _)| stem);
    let steps: Vec<String> = without_ending.split(['/', '\\']).map(slug).filter(|step| !step.is_empty()).collect();
    if steps.is_empty() { "tai-lieu".to_owned() } else { steps.join("/") }
}

fn shortened(text: &str) -> String {
    text.chars().take(LINE_CHARS).collect()
}

fn title(file: &str, document: &Document) -> String {
    let heading = document.paragraphs.iter().find(|paragraph| matches!(paragraph.kind, ParagraphKind::Heading(_)));
    let said = heading.map(|paragraph| paragraph.text.clone()).or_else(|| document.title.clone());
    shortened(&said.unwrap_or_else(|| clean_line(stem(file))))
}

/// What a legal text says about itself in its head (Decree 30/2020/NĐ-CP, Art. 8) and its closing articles.
fn legal_text(file: &str, document: &Document, lines: &[&str]) -> LegalText {
    let head = &lines[..lines.len().min(HEAD_LINES)];
    let first_article = head.iter().position(|line| law::articles_in([*line]) > 0).unwrap_or(head.len());
    let head = &head[..first_article];
    let number = head.iter().find_map(|line| PATTERNS.number.captures(line)).map(|found| found[1].to_owned());
    const KINDS: [&str; 11] = [
        "bộ luật",
        "luật",
        "pháp lệnh",
        "nghị quyết",
        "nghị định",
        "thông tư liên tịch",
        "thông tư",
        "quyết định",
        "chỉ thị",
        "quy chế",
        "quy định",
    ];
    let named = head.iter().enumerate().find_map(|(at, line)| {
        let folded = line.to_lowercase();
        let kind = KINDS.iter().find(|kind| folded.starts_with(**kind))?;
        // The kind alone on its line, its subject on the next; or both on one line, in capitals.
        let subject = if folded == **kind {
            head.get(at + 1).map(|subject| subject.to_lowercase())
        } else if *line == line.to_uppercase() {
            Some(folded[kind.len()..].trim().to_owned())
        } else {
            None
        };
        Some(format!("{} {}", capitalised(kind), subject?))
    });
    let name = match (named, &number) {
        (Some(named), _) => shortened(&named),
        (None, Some(number)) => number.clone(),
        (None, None) => title(file, document),
    };
    let agency = head.first().filter(|line| line.chars().count() < 80 && **line == line.to_uppercase());
    let from = lines.iter().rev().find_map(|line| PATTERNS.in_force.captures(line)).and_then(|found| {
        let day = format!("{}/{}/{}", &found[1], &found[2], &found[3]);
        crate::day::parse(&day).ok()
    });
    LegalText {
        name,
        number,
        agency: agency.map(|line| capitalised(&line.to_lowercase())).unwrap_or_default(),
        validity: Validity { from, ..Validity::default() },
        field: String::new(),
    }
}

fn capitalised(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::*;

    fn document(lines: &[&str]) -> Document {
        let paragraphs = lines.iter().map(|line| Paragraph { kind: ParagraphKind::Text, text: (*line).to_owned() }).collect();
        Document { title: None, paragraphs, dropped: 0 }
    }

    #[test]
    fn a_legal_text_says_what_it_is() {
        let document = document(&[
            "CHÍNH PHỦ",
            "Số: 7/2030/NĐ-CP",
            "NGHỊ ĐỊNH",
            "VỀ THỬ NGHIỆM",
            "Điều 1. Phạm vi",
            "Nghị định này quy định về thử nghiệm.",
            "Điều 2. Hiệu lực",
            "Nghị định này có hiệu lực thi hành kể từ ngày 01 tháng 7 năm 2030.",
        ]);
        let articles = articles("nghi-dinh.docx", &document);
        assert_eq!(articles.len(), 2);
        let first = &articles[0];
        assert_eq!(
            (first.source.as_str(), first.number.as_deref(), first.agency.as_str()),
            ("Nghị định về thử nghiệm", Some("7/2030/NĐ-CP"), "Chính phủ")
        );
        assert_eq!(first.validity.from.map(crate::day::iso).as_deref(), Some("2030-07-01"));
    }

    #[test]
    fn any_other_text_is_one_page_under_its_heading() {
        let mut document = document(&["Tiếp dân", "Mang theo giấy tờ."]);
        document.paragraphs[0].kind = ParagraphKind::Heading(1);
        let articles = articles("huong-dan/Tiếp dân.html", &document);
        assert_eq!(
            (articles[0].id.as_str(), articles[0].title.as_str(), articles[0].blocks.len()),
            ("huong-dan/tiep-dan", "Tiếp dân", 1)
        );
    }

    #[test]
    fn broken_lines_of_a_page_are_one_paragraph() {
        let long = "Ủy ban nhân dân phường tiếp nhận hồ sơ của công dân, kiểm tra tính đầy đủ và hợp lệ của hồ sơ theo quy định hiện hành,";
        let page = format!(
            "{long}\nrồi chuyển cho bộ phận chuyên môn để giải quyết trong thời hạn ba ngày làm việc kể từ ngày nhận đủ hồ sơ hợp lệ, trừ khi pháp luật có quy định khác.\n- 2 -\n1. Mục một"
        );
        let document = of_pages(&[page]).unwrap();
        assert_eq!(document.paragraphs.len(), 2, "{document:?}");
        assert!(document.paragraphs[0].text.contains("hiện hành, rồi chuyển"));
    }

    #[test]
    fn a_scan_with_nothing_but_the_stamp_of_its_signature_needs_text() {
        let stamp = "Người ký: CỔNG THÔNG TIN ĐIỆN TỬ\nThời gian ký: 05.11.2021 14:00:00 +07:00".to_owned();
        assert_eq!(of_pages(&[stamp.clone(), String::new()]), Err(ImportError::NeedsText));
        assert_eq!(of_pages(&[]), Err(ImportError::NeedsText));
        // A cover page with text does not stand for forty scanned ones.
        let cover = "Lời nói đầu của một tập tài liệu dài. ".repeat(20);
        assert_eq!(of_pages(&[vec![cover], vec![stamp[..20].to_owned(); 40]].concat()), Err(ImportError::NeedsText));
    }
}
