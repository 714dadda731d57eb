//! From words on a page to what a highlight stores: one rectangle per line, and the quote.

use api::view::WordView;
use domain::annotation::Quad;
use domain::limits;

/// Hundredths of a point in a point, the unit of marks.
pub const HUNDREDTHS: f64 = 100.0;
/// A word belongs to the line of the previous one when their vertical extents share at least this part of the lower one.
const SAME_LINE: f32 = 0.5;
/// A gap wider than so many line heights starts a new rectangle: another column.
const COLUMN_GAP: f32 = 3.0;

/// A length in points as hundredths, clamped to what a mark may hold.
pub fn hundredths(points: f64) -> i32 {
    let limit = f64::from(limits::COORDINATE);
    // Clamped just before, so the cast cannot lose anything but the fraction.
    (points * HUNDREDTHS).round().clamp(-limit, limit) as i32
}

/// The rectangles and the text of some words of a page, given in reading order. `None` without words.
pub fn highlight(words: &[WordView]) -> Option<(Vec<Quad>, String)> {
    let mut lines: Vec<[f32; 4]> = Vec::new();
    let mut quote = String::new();
    for (at, word) in words.iter().enumerate() {
        let [x, y, w, h] = word.rect;
        match lines.last_mut() {
            Some(line) if on_same_line(line, &word.rect) && x - (line[0] + line[2]) < COLUMN_GAP * h.max(line[3]) => {
                let (right, bottom) = ((line[0] + line[2]).max(x + w), (line[1] + line[3]).max(y + h));
                *line = [line[0].min(x), line[1].min(y), 0.0, 0.0];
                line[2] = right - line[0];
                line[3] = bottom - line[1];
            }
            _ => lines.push(word.rect),
        }
        quote.push_str(&word.text);
        if at + 1 < words.len() {
            quote.push(' ');
        }
    }
    let quote = quote.chars().take(limits::QUOTE_CHARS).collect();
    let quads: Vec<Quad> = lines.into_iter().take(limits::QUADS).map(quad).collect();
    (!quads.is_empty()).then_some((quads, quote))
}

/// A rectangle in points as a mark holds it.
pub fn quad([x, y, w, h]: [f32; 4]) -> Quad {
    Quad { x: hundredths(x.into()), y: hundredths(y.into()), w: hundredths(w.into()), h: hundredths(h.into()) }
}

fn on_same_line(line: &[f32; 4], word: &[f32; 4]) -> bool {
    let shared = (line[1] + line[3]).min(word[1] + word[3]) - line[1].max(word[1]);
    shared >= SAME_LINE * line[3].min(word[3]) && word[0] + word[2] > line[0]
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn word(text: &str, x: f32, y: f32) -> WordView {
        WordView { text: text.to_owned(), rect: [x, y, 30.0, 12.0], ends_line: false }
    }

    #[test]
    fn a_selection_over_two_lines_gives_two_rectangles_and_the_quote() {
        let words = [word("mức", 100.0, 50.0), word("3.000.000", 134.0, 51.0), word("đồng", 72.0, 66.0)];
        let (quads, quote) = highlight(&words).unwrap();
        assert_eq!(quote, "mức 3.000.000 đồng");
        assert_eq!(quads, [Quad { x: 10_000, y: 5_000, w: 6_400, h: 1_300 }, Quad { x: 7_200, y: 6_600, w: 3_000, h: 1_200 }]);
    }

    #[test]
    fn columns_are_not_joined_over_the_gap() {
        let (quads, _) = highlight(&[word("trái", 72.0, 50.0), word("phải", 300.0, 50.0)]).unwrap();
        assert_eq!(quads.len(), 2);
    }

    #[test]
    fn nothing_selected_marks_nothing() {
        assert_eq!(highlight(&[]), None);
    }

    #[test]
    fn a_page_full_of_words_stays_within_the_limits() {
        let words: Vec<_> = (0..5_000).map(|line| word("chữ", 72.0, 20.0 * line as f32)).collect();
        let (quads, quote) = highlight(&words).unwrap();
        assert_eq!(quads.len(), limits::QUADS);
        assert!(quote.chars().count() <= limits::QUOTE_CHARS);
        assert_eq!(hundredths(f64::MAX), limits::COORDINATE);
    }
}
