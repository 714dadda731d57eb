//! Where in an article something was found, and what that part of a procedure is called.

use std::ops::Range;

use crate::article::{Article, Block, Kind};

/// The name of a part of a procedure that has one of its own, as the decisions that announce procedures write it.
fn own_name(block: &Block) -> Option<&str> {
    match block {
        Block::Heading { text, .. } => Some(text),
        Block::Steps { .. } => Some("Các bước"),
        Block::Papers { .. } => Some("Thành phần hồ sơ"),
        Block::Fees { .. } => Some("Phí, lệ phí"),
        Block::TimeLimits { .. } => Some("Thời hạn"),
        Block::Results { .. } => Some("Kết quả"),
        Block::Forms { .. } => Some("Biểu mẫu"),
        Block::LegalBasis { .. } => Some("Căn cứ pháp lý"),
        Block::Duties { .. } => Some("Thẩm quyền theo cấp"),
        Block::Note { .. } => Some("Lưu ý"),
        Block::Paragraph { .. } | Block::Point { .. } | Block::Table { .. } => None,
    }
}

/// Plain text below it belongs to it. Time limits, fees and results are shown apart from the text, and a remark is only itself.
fn goes_on(block: &Block) -> bool {
    !matches!(block, Block::Fees { .. } | Block::TimeLimits { .. } | Block::Results { .. } | Block::Note { .. })
}

impl Article {
    /// Where the block begins, as a byte of [`Article::body`], that has the most bytes of these parts of the body; of equals the
    /// first. `None`: no block has any.
    pub fn block_with_most(&self, parts: &[Range<usize>]) -> Option<usize> {
        let mut best: Option<(usize, usize)> = None;
        let mut start = 0;
        for block in &self.blocks {
            let end = start + block.lines().iter().map(|line| line.len() + 1).sum::<usize>();
            let bytes: usize = parts.iter().map(|part| part.end.min(end).saturating_sub(part.start.max(start))).sum();
            if bytes > best.map_or(0, |(most, _)| most) {
                best = Some((bytes, start));
            }
            start = end;
        }
        best.map(|(_, start)| start)
    }

    /// What the section of a procedure is called in which a block stands; `None` of other articles, and of text above every section.
    pub fn section_of(&self, block: usize) -> Option<&str> {
        if self.kind != Kind::Procedure {
            return None;
        }
        let own = self.blocks.get(block).and_then(own_name);
        let above = || self.blocks.get(..block)?.iter().rev().filter(|block| goes_on(block)).find_map(own_name);
        own.or_else(above).filter(|name| !name.is_empty())
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::article::{Fact, PaperNeed, Step};

    fn procedure() -> Article {
        let fact = Fact { label: "Lệ phí".to_owned(), value: "Không".to_owned() };
        let paper = PaperNeed { name: "Giấy chứng sinh".to_owned(), ..PaperNeed::default() };
        let step = Step { text: "Nộp tại bộ phận một cửa".to_owned(), ..Step::default() };
        Article {
            kind: Kind::Procedure,
            blocks: vec![
                Block::paragraph("Ai cũng làm được."),
                Block::heading("Hồ sơ gồm những gì"),
                Block::paragraph("Mang bản chính để đối chiếu."),
                Block::Fees { items: vec![fact] },
                Block::paragraph("Bản sao không cần chứng thực."),
                Block::Papers { items: vec![paper] },
                Block::Steps { items: vec![step] },
            ],
            ..Article::default()
        }
    }

    #[test]
    fn every_part_of_a_procedure_has_the_name_of_its_section() {
        let procedure = procedure();
        let names: Vec<Option<&str>> = (0..7).map(|block| procedure.section_of(block)).collect();
        let asked = Some("Hồ sơ gồm những gì");
        assert_eq!(names, [None, asked, asked, Some("Phí, lệ phí"), asked, Some("Thành phần hồ sơ"), Some("Các bước")]);
        assert_eq!(procedure.section_of(99), None);
        let guidance = Article { kind: Kind::Guidance, ..procedure };
        assert!((0..8).all(|block| guidance.section_of(block).is_none()));
    }

    #[test]
    fn the_block_with_most_of_what_was_found_is_the_place_of_a_hit() {
        let procedure = procedure();
        let body = procedure.body();
        let part = |text: &str| {
            let start = body.find(text).unwrap();
            start..start + text.len()
        };
        let place = |parts: &[Range<usize>]| procedure.block_with_most(parts).and_then(|byte| procedure.place_of(byte).0);
        assert_eq!(place(&[part("Mang"), part("chứng sinh")]), Some(5));
        assert_eq!(place(&[part("Ai"), part("Mang bản chính")]), Some(2));
        assert_eq!(place(&[part("Hồ sơ")]), Some(1));
        assert_eq!(place(&[]), None);
        let beyond = body.len() + 5..body.len() + 9;
        assert_eq!(place(&[beyond]), None);
    }
}
