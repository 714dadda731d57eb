//! Finding words on pages: a search without tone marks finds the words with them, one with marks only those that have them.

use api::view::WordView;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// Longest text that is looked for, in characters.
pub const WANTED_CHARS_MAX: usize = 200;
/// At most so many places are found in one file.
pub const HITS_MAX: usize = 2_000;

/// A place where the text stands: the part of each of its words, in points from the page's upper left corner.
#[derive(Debug, Clone, PartialEq)]
pub struct Hit {
    /// Page from 0.
    pub page: usize,
    /// Left, top, width, height of each word's part.
    pub rects: Vec<[f32; 4]>,
}

/// The words of a page, prepared so that every letter typed is searched at once.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct PageWords {
    words: Vec<WordView>,
    exact: Letters,
    plain: Letters,
}

/// The letters of a page in a row, each with its word and its place in the word.
#[derive(Debug, Clone, Default, PartialEq)]
struct Letters {
    letters: Vec<char>,
    /// Word, place in it, number of letters of the word.
    of: Vec<(usize, usize, usize)>,
}

impl Letters {
    fn of(words: &[WordView], fold: fn(&str) -> Vec<char>) -> Self {
        let mut row = Self::default();
        for (at, word) in words.iter().enumerate() {
            let letters = fold(&word.text);
            let count = letters.len();
            row.of.extend((0..count).map(|place| (at, place, count)));
            row.letters.extend(letters);
            row.of.push((at, count, count));
            row.letters.push(' ');
        }
        row
    }
}

/// Lower case, composed.
fn exact(text: &str) -> Vec<char> {
    text.to_lowercase().nfc().collect()
}

/// Lower case without marks; đ as d.
fn plain(text: &str) -> Vec<char> {
    text.to_lowercase().nfd().filter(|c| !is_combining_mark(*c)).map(|c| if c == 'đ' { 'd' } else { c }).collect()
}

impl PageWords {
    /// Prepares the words of a page.
    pub fn new(words: Vec<WordView>) -> Self {
        Self { exact: Letters::of(&words, exact), plain: Letters::of(&words, plain), words }
    }

    /// The places where `wanted` stands on this page, in reading order, at most [`HITS_MAX`]. Nothing wanted, nothing found.
    pub fn find(&self, page: usize, wanted: &str) -> Vec<Hit> {
        let wanted: String = wanted.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(WANTED_CHARS_MAX).collect();
        let (marked, bare) = (exact(&wanted), plain(&wanted));
        // Who types marks means them.
        let (row, letters) = if marked == bare { (&self.plain, bare) } else { (&self.exact, marked) };
        let mut hits = Vec::new();
        if letters.is_empty() {
            return hits;
        }
        let mut at = 0;
        while at + letters.len() <= row.letters.len() && hits.len() < HITS_MAX {
            if row.letters[at..at + letters.len()] == letters[..] {
                hits.push(Hit { page, rects: self.rects(&row.of[at..at + letters.len()]) });
                at += letters.len();
            } else {
                at += 1;
            }
        }
        hits
    }

    /// One rectangle per word, cut to the letters that were found: letters are taken to be equally wide.
    fn rects(&self, found: &[(usize, usize, usize)]) -> Vec<[f32; 4]> {
        let mut rects: Vec<(usize, [f32; 4])> = Vec::new();
        for (word, place, count) in found.iter().copied().filter(|(_, place, count)| place < count) {
            let Some([x, y, w, h]) = self.words.get(word).map(|word| word.rect) else { continue };
            let step = w / count as f32;
            match rects.last_mut() {
                Some((last, rect)) if *last == word => rect[2] += step,
                _ => rects.push((word, [x + step * place as f32, y, step, h])),
            }
        }
        rects.into_iter().map(|(_, rect)| rect).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(text: &str) -> PageWords {
        let word = |(at, text): (usize, &str)| WordView {
            text: text.to_owned(),
            rect: [100.0 * at as f32, 50.0, 10.0 * text.chars().count() as f32, 12.0],
            ends_line: false,
        };
        PageWords::new(text.split(' ').enumerate().map(word).collect())
    }

    #[test]
    fn without_marks_everything_is_found_and_with_marks_only_what_has_them() {
        let page = page("Hỗ trợ hộ dân vùng ngập, ho tro ĐẤT đai");
        assert_eq!(page.find(0, "ho tro").len(), 2);
        assert_eq!(page.find(0, "hỗ trợ").len(), 1);
        assert_eq!(page.find(0, "HỖ  TRỢ ").len(), 1, "case and spaces do not matter");
        assert_eq!(page.find(0, "dat dai").len(), 1);
        assert_eq!(page.find(0, "đất").len(), 1);
        assert_eq!(page.find(0, "hỗ tro").len(), 0);
    }

    #[test]
    fn a_decomposed_pdf_is_searched_like_a_composed_one() {
        assert_eq!(page("tie\u{302}\u{301}n \u{111}o\u{323}\u{302}").find(0, "tiến độ").len(), 1);
    }

    #[test]
    fn the_place_is_the_part_of_the_word_that_was_found() {
        let hits = page("một vùng ngập").find(3, "ng ngập");
        assert_eq!(hits, [Hit { page: 3, rects: vec![[120.0, 50.0, 20.0, 12.0], [200.0, 50.0, 40.0, 12.0]] }]);
    }

    #[test]
    fn nothing_wanted_finds_nothing_and_much_of_it_is_cut() {
        let many = page(&"a ".repeat(5_000));
        assert_eq!(many.find(0, "  "), []);
        assert_eq!(many.find(0, "a").len(), HITS_MAX);
        assert_eq!(page("").find(0, "a"), []);
    }
}
