//! The text of a page with the place of every word, for selecting, highlighting and searching.

use pdfium_render::prelude::PdfPage;
use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization;

use crate::PdfError;
use crate::geometry::{PageSpace, Rect};
use crate::limits::MAX_PAGE_CHARS;

/// A gap wider than this many line heights separates two columns, as in the head of an official letter.
const COLUMN_GAP: f32 = 2.0;

/// A word: characters without white space between them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Word {
    /// The text in NFC.
    pub text: String,
    /// Where it stands.
    #[serde(flatten)]
    pub rect: Rect,
}

/// A run of words on one line. Columns side by side are lines of their own.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Line {
    /// The words, joined by single spaces.
    pub text: String,
    /// Where it stands.
    #[serde(flatten)]
    pub rect: Rect,
    /// Index of the first word in [`PageText::words`].
    pub first_word: u32,
    /// Number of words.
    pub word_count: u32,
}

/// The text of one page in the order of the file.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct PageText {
    /// Width of the page as shown, in points.
    pub width: f32,
    /// Height of the page as shown, in points.
    pub height: f32,
    /// All words.
    pub words: Vec<Word>,
    /// The lines they form.
    pub lines: Vec<Line>,
    /// True if the page has more than [`MAX_PAGE_CHARS`] characters and the rest was left out.
    pub truncated: bool,
}

impl PageText {
    /// The lines, one per line of text.
    pub fn to_plain(&self) -> String {
        self.lines.iter().map(|line| line.text.as_str()).collect::<Vec<_>>().join("\n")
    }

    pub(crate) fn bytes(&self) -> usize {
        let texts = self.words.iter().map(|word| word.text.len()).sum::<usize>()
            + self.lines.iter().map(|line| line.text.len()).sum::<usize>();
        texts + self.words.len() * size_of::<Word>() + self.lines.len() * size_of::<Line>() + size_of::<Self>()
    }
}

/// One character as pdfium reports it; `None` for the place of white space.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Glyph {
    pub(crate) char: char,
    pub(crate) rect: Option<Rect>,
}

/// The characters of a page and whether some were left out.
pub(crate) fn glyphs(page: &PdfPage<'_>, index: u32) -> Result<(Vec<Glyph>, bool), PdfError> {
    let text = page.text().map_err(|_| PdfError::broken_page(index, "its text cannot be read"))?;
    let space = PageSpace::of(page);
    let chars = text.chars();
    let count = chars.len().min(MAX_PAGE_CHARS);
    let mut out = Vec::with_capacity(count);
    for at in 0..count {
        let Ok(found) = chars.get(at) else { continue };
        let char = match found.unicode_char() {
            // pdfium reports a hyphen at a line's end so; such a word goes on in the next line.
            Some('\u{2}' | '\u{fffe}') => '-',
            Some(char) => char,
            None => char::REPLACEMENT_CHARACTER,
        };
        let rect = if char.is_whitespace() || char.is_control() {
            None
        } else {
            found
                .loose_bounds()
                .ok()
                .filter(|bounds| bounds.width().value > 0.0 && bounds.height().value > 0.0)
                .or_else(|| found.tight_bounds().ok())
                .map(|bounds| space.rect(&bounds))
        };
        out.push(Glyph { char, rect });
    }
    Ok((out, chars.len() > MAX_PAGE_CHARS))
}

pub(crate) fn page_text(page: &PdfPage<'_>, index: u32) -> Result<PageText, PdfError> {
    let (glyphs, truncated) = glyphs(page, index)?;
    let (width, height) = PageSpace::of(page).size();
    let mut builder = Builder { out: PageText { width, height, truncated, ..PageText::default() }, ..Builder::default() };
    for glyph in glyphs {
        builder.add(glyph);
    }
    builder.end_line();
    Ok(builder.out)
}

#[derive(Default)]
struct Builder {
    out: PageText,
    word: String,
    rect: Option<Rect>,
    line_start: usize,
}

impl Builder {
    fn add(&mut self, glyph: Glyph) {
        match glyph.char {
            '\n' | '\r' => return self.end_line(),
            char if char.is_whitespace() || char.is_control() => return self.end_word(),
            _ => {}
        }
        let Some(rect) = glyph.rect else {
            return self.word.push(glyph.char);
        };
        if let Some(before) = self.rect.or_else(|| self.line_words().last().map(|word| word.rect))
            && is_column_gap(before, rect)
        {
            self.end_line();
        }
        self.word.push(glyph.char);
        self.rect = Some(self.rect.map_or(rect, |so_far| so_far.union(rect)));
    }

    fn line_words(&self) -> &[Word] {
        &self.out.words[self.line_start..]
    }

    fn end_word(&mut self) {
        let text: String = std::mem::take(&mut self.word).nfc().collect();
        match self.rect.take() {
            Some(rect) if !text.is_empty() => self.out.words.push(Word { text, rect }),
            _ => {}
        }
    }

    fn end_line(&mut self) {
        self.end_word();
        let words = self.line_words();
        if let Some(rect) = words.iter().map(|word| word.rect).reduce(Rect::union) {
            let text = words.iter().map(|word| word.text.as_str()).collect::<Vec<_>>().join(" ");
            let (first_word, word_count) = (index(self.line_start), index(words.len()));
            self.out.lines.push(Line { text, rect, first_word, word_count });
        }
        self.line_start = self.out.words.len();
    }
}

/// True if two pieces of a line are so far apart that they belong to two columns. Lines may also run up or down the page.
fn is_column_gap(before: Rect, next: Rect) -> bool {
    let apart = |a: f32, a_end: f32, b: f32, b_end: f32| (b - a_end).max(a - b_end);
    let across = apart(before.x, before.right(), next.x, next.right());
    let down = apart(before.y, before.bottom(), next.y, next.bottom());
    if down < 0.0 { across > COLUMN_GAP * before.h.max(next.h) } else { across < 0.0 && down > COLUMN_GAP * before.w.max(next.w) }
}

/// Indices stay below [`MAX_PAGE_CHARS`].
fn index(value: usize) -> u32 {
    u32::try_from(value).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::*;

    fn typed(builder: &mut Builder, text: &str, x: f32, y: f32) {
        for (at, char) in text.chars().enumerate() {
            let rect = (!char.is_whitespace()).then_some(Rect { x: x + 6.0 * at as f32, y, w: 6.0, h: 12.0 });
            builder.add(Glyph { char, rect });
        }
    }

    #[test]
    fn a_mark_beside_the_date_is_a_line_of_its_own() {
        let mut builder = Builder::default();
        typed(&mut builder, "MẬT ", 60.0, 100.0);
        typed(&mut builder, "ngày 05\r\nVề việc", 300.0, 100.0);
        builder.end_line();
        assert_eq!(builder.out.lines.iter().map(|line| line.text.as_str()).collect::<Vec<_>>(), ["MẬT", "ngày 05", "Về việc"]);
        let date = &builder.out.lines[1];
        assert_eq!((date.first_word, date.word_count, date.rect.x), (1, 2, 300.0));
    }

    #[test]
    fn letters_stored_as_base_and_marks_become_the_letters_people_type() {
        let mut builder = Builder::default();
        typed(&mut builder, "quye\u{302}\u{301}t", 0.0, 0.0);
        builder.end_line();
        assert_eq!(builder.out.words[0].text, "quyết");
    }
}
