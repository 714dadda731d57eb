//! Resolutions (nghị quyết) and notices of conclusions (thông báo kết luận): papers that two people sign.
//!
//! Decree 30/2020/NĐ-CP, Annex III, forms of the nghị quyết (mark `NQ`) and of papers with a name of their type (mark `TB`). The secretary
//! initials below the last line of the body (ký nháy, Art. 10 and 12), then the chair signs for the body.

use crate::TypesetError;
use crate::paper::{Block, Paper, initialled};
use crate::world::Typeset;

/// What begins an article.
const ARTICLE: &str = "Điều ";
/// Digits of an article's number.
const ARTICLE_DIGITS: usize = 3;

/// Typesets a resolution or a notice. The result has two anchors, `secretary` (initials) and `signer`.
///
/// # Errors
/// As [`crate::paper`].
pub fn official(paper: &Paper) -> Result<Typeset, TypesetError> {
    initialled(paper)
}

/// The body of an official document from lines as a person writes them: a line that begins with `Điều 1.` is an article, others are paragraphs.
pub fn blocks(lines: &[String]) -> Vec<Block> {
    lines.iter().map(|line| line.trim()).filter(|line| !line.is_empty()).map(block).collect()
}

fn block(line: &str) -> Block {
    let article = line.strip_prefix(ARTICLE).and_then(|rest| {
        let (number, text) = rest.split_once('.')?;
        let sound = (1..=ARTICLE_DIGITS).contains(&number.len()) && number.bytes().all(|digit| digit.is_ascii_digit());
        sound.then(|| Block::Article { label: format!("{ARTICLE}{number}"), text: text.trim_start().to_owned() })
    });
    article.unwrap_or_else(|| Block::Text { text: line.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_that_begins_with_an_article_s_number_is_an_article_and_no_other_is() {
        let lines = ["Điều 1. Thông qua.", "Điều 12.Thi hành", " ", "Điều kiện 1. Không", "Điều 1000. Không", "Điều 2"]
            .map(str::to_owned);
        let text = |text: &str| Block::Text { text: text.to_owned() };
        let article = |label: &str, text: &str| Block::Article { label: label.to_owned(), text: text.to_owned() };
        assert_eq!(
            blocks(&lines),
            [
                article("Điều 1", "Thông qua."),
                article("Điều 12", "Thi hành"),
                text("Điều kiện 1. Không"),
                text("Điều 1000. Không"),
                text("Điều 2"),
            ]
        );
    }
}
