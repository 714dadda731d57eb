//! Blocks of an article as lines of text, the way an editor writes them: one item a line, its parts divided by `|`.

use api::handbook::{Block, Duty, Fact, PaperNeed, Reference, Step};
use api::search::Level;

/// Kinds of blocks, in the order in which an editor is offered them.
pub const KINDS: [&str; 13] = [
    "paragraph",
    "heading",
    "steps",
    "papers",
    "time_limits",
    "fees",
    "results",
    "forms",
    "legal_basis",
    "duties",
    "point",
    "note",
    "table",
];

/// Name of a block's kind.
pub fn kind(block: &Block) -> &'static str {
    match block {
        Block::Heading { .. } => "heading",
        Block::Paragraph { .. } => "paragraph",
        Block::Point { .. } => "point",
        Block::Steps { .. } => "steps",
        Block::Papers { .. } => "papers",
        Block::Fees { .. } => "fees",
        Block::TimeLimits { .. } => "time_limits",
        Block::Results { .. } => "results",
        Block::Forms { .. } => "forms",
        Block::LegalBasis { .. } => "legal_basis",
        Block::Duties { .. } => "duties",
        Block::Note { .. } => "note",
        Block::Table { .. } => "table",
    }
}

fn joined(parts: &[&str]) -> String {
    let used = parts.iter().rposition(|part| !part.is_empty()).map_or(0, |last| last + 1);
    parts[..used].join(" | ")
}

fn lines<T>(items: &[T], line: impl Fn(&T) -> String) -> String {
    items.iter().map(line).collect::<Vec<_>>().join("\n")
}

/// A block's content as text.
pub fn write(block: &Block) -> String {
    match block {
        Block::Heading { text, .. } | Block::Paragraph { text } | Block::Note { text } => text.clone(),
        Block::Point { label, text, .. } => joined(&[label, text]),
        Block::Steps { items } => lines(items, |step| joined(&[&step.text, &step.who])),
        Block::Papers { items } => lines(items, |paper| {
            let (originals, copies) = (paper.originals.to_string(), paper.copies.to_string());
            let form = paper.form.clone().unwrap_or_default();
            joined(&[&paper.name, &originals, &copies, &paper.note, &form])
        }),
        Block::Fees { items } | Block::TimeLimits { items } => lines(items, |fact| joined(&[&fact.label, &fact.value])),
        Block::Results { items } => items.join("\n"),
        Block::Forms { items } | Block::LegalBasis { items } => {
            lines(items, |reference| joined(&[&reference.text, reference.article.as_deref().unwrap_or_default()]))
        }
        Block::Duties { items } => lines(items, |duty| joined(&[duty.level.slug(), &duty.agency, &duty.does])),
        Block::Table { head, rows } => {
            std::iter::once(head).chain(rows).map(|row| row.join(" | ")).collect::<Vec<_>>().join("\n")
        }
    }
}

/// The parts of a line.
fn parts(line: &str) -> Vec<String> {
    line.split('|').map(|part| part.trim().to_owned()).collect()
}

fn items<T>(text: &str, item: impl Fn(Vec<String>) -> T) -> Vec<T> {
    text.lines().filter(|line| !line.trim().is_empty()).map(|line| item(parts(line))).collect()
}

fn part(parts: &[String], at: usize) -> String {
    parts.get(at).cloned().unwrap_or_default()
}

fn reference(parts: Vec<String>) -> Reference {
    Reference { text: part(&parts, 0), article: Some(part(&parts, 1)).filter(|article| !article.is_empty()), validity: None }
}

fn fact(parts: Vec<String>) -> Fact {
    // A line without a divider is the value alone.
    match parts.len() {
        1 => Fact { label: String::new(), value: part(&parts, 0) },
        _ => Fact { label: part(&parts, 0), value: part(&parts, 1) },
    }
}

/// The block of a kind with this content. A kind that is not known becomes a paragraph.
pub fn read(kind: &str, text: &str) -> Block {
    match kind {
        "heading" => Block::Heading { text: text.trim().to_owned(), level: 1 },
        "note" => Block::Note { text: text.to_owned() },
        "point" => {
            let (label, text) = text.split_once('|').unwrap_or(("", text));
            Block::Point { label: label.trim().to_owned(), text: text.trim().to_owned(), depth: 0 }
        }
        "steps" => Block::Steps { items: items(text, |parts| Step { text: part(&parts, 0), who: part(&parts, 1) }) },
        "papers" => Block::Papers {
            items: items(text, |parts| PaperNeed {
                name: part(&parts, 0),
                originals: part(&parts, 1).parse().unwrap_or(u32::from(parts.len() < 2)),
                copies: part(&parts, 2).parse().unwrap_or(0),
                note: part(&parts, 3),
                form: Some(part(&parts, 4)).filter(|form| !form.is_empty()),
            }),
        },
        "fees" => Block::Fees { items: items(text, fact) },
        "time_limits" => Block::TimeLimits { items: items(text, fact) },
        "results" => Block::Results { items: items(text, |parts| parts.join(" | ")) },
        "forms" => Block::Forms { items: items(text, reference) },
        "legal_basis" => Block::LegalBasis { items: items(text, reference) },
        "duties" => Block::Duties {
            items: items(text, |parts| Duty {
                level: Level::ALL.into_iter().find(|level| level.slug() == part(&parts, 0)).unwrap_or(Level::Commune),
                agency: part(&parts, usize::from(parts.len() > 1)),
                does: part(&parts, 2),
            }),
        },
        "table" => {
            let mut rows: Vec<Vec<String>> = items(text, |parts| parts);
            let head = if rows.is_empty() { Vec::new() } else { rows.remove(0) };
            Block::Table { head, rows }
        }
        _ => Block::Paragraph { text: text.to_owned() },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all() -> Vec<Block> {
        let fact = |label: &str, value: &str| Fact { label: label.to_owned(), value: value.to_owned() };
        let reference = |text: &str, article: Option<&str>| Reference {
            text: text.to_owned(),
            article: article.map(str::to_owned),
            validity: None,
        };
        vec![
            Block::Heading { text: "Trình tự".to_owned(), level: 1 },
            Block::Paragraph { text: "Một đoạn.\nDòng hai | không chia".to_owned() },
            Block::Point { label: "a)".to_owned(), text: "Điểm a".to_owned(), depth: 0 },
            Block::Steps {
                items: vec![
                    Step { text: "Nộp hồ sơ".to_owned(), who: "Công dân".to_owned() },
                    Step { text: "Trả kết quả".to_owned(), who: String::new() },
                ],
            },
            Block::Papers {
                items: vec![
                    PaperNeed {
                        name: "Tờ khai".to_owned(),
                        originals: 1,
                        form: Some("mau-01".to_owned()),
                        ..PaperNeed::default()
                    },
                    PaperNeed {
                        name: "Giấy chứng sinh".to_owned(),
                        originals: 0,
                        copies: 2,
                        note: "nếu có".to_owned(),
                        form: None,
                    },
                ],
            },
            Block::Fees { items: vec![fact("Lệ phí", "Không"), fact("", "8.000 đồng")] },
            Block::TimeLimits { items: vec![fact("Trực tiếp", "05 ngày làm việc")] },
            Block::Results { items: vec!["Giấy khai sinh".to_owned()] },
            Block::Forms { items: vec![reference("Mẫu 01", Some("mau-01"))] },
            Block::LegalBasis { items: vec![reference("Điều 16 Luật Hộ tịch", None)] },
            Block::Duties {
                items: vec![Duty { level: Level::City, agency: "Sở Tư pháp".to_owned(), does: "hướng dẫn".to_owned() }],
            },
            Block::Note { text: "Lưu ý".to_owned() },
            Block::Table {
                head: vec!["Việc".to_owned(), "Hạn".to_owned()],
                rows: vec![vec!["Nộp".to_owned(), "1 ngày".to_owned()]],
            },
        ]
    }

    #[test]
    fn every_kind_of_block_is_read_back_as_it_was_written() {
        let blocks = all();
        assert_eq!(blocks.len(), KINDS.len(), "all kinds");
        for block in blocks {
            let again = read(kind(&block), &write(&block));
            match &block {
                // A fact without a name has no divider before it.
                Block::Fees { .. } => assert_eq!(write(&again), write(&block)),
                _ => assert_eq!(again, block),
            }
            assert!(KINDS.contains(&kind(&block)));
        }
    }

    #[test]
    fn a_paper_without_numbers_is_one_original_and_nothing_is_no_item() {
        let Block::Papers { items } = read("papers", "Tờ khai\n\n  \nGiấy | x") else { panic!("papers") };
        assert_eq!(items.iter().map(|paper| (paper.originals, paper.copies)).collect::<Vec<_>>(), [(1, 0), (0, 0)]);
        assert_eq!(read("steps", "\n \n"), Block::Steps { items: vec![] });
        assert_eq!(read("table", ""), Block::Table { head: vec![], rows: vec![] });
    }
}
