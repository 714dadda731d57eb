//! Texts with marked parts: what a search found, and what is looked for inside an article. Ranges count characters of the text as
//! written, so that a mark never lands beside its word.

use api::search::Range;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// At most so many places are marked in one text.
pub const PLACES_MAX: usize = 500;

/// The text in pieces, marked or not. Ranges that overlap, touch or lie outside do no harm.
pub fn pieces(text: &str, ranges: &[Range]) -> Vec<(String, bool)> {
    let mut ranges: Vec<Range> = ranges.iter().copied().filter(|(from, to)| from < to).collect();
    ranges.sort_unstable();
    let mut pieces: Vec<(String, bool)> = Vec::new();
    let mut at = 0;
    for (place, letter) in (0u32..).zip(text.chars()) {
        while ranges.get(at).is_some_and(|(_, to)| *to <= place) {
            at += 1;
        }
        let marked = ranges[at.min(ranges.len())..].iter().take_while(|(from, _)| *from <= place).any(|(_, to)| *to > place);
        match pieces.last_mut() {
            Some((piece, last)) if *last == marked => piece.push(letter),
            _ => pieces.push((letter.to_string(), marked)),
        }
    }
    pieces
}

/// The letters of a text for finding, each with the place of the character it comes from.
fn letters(text: &str, keep_marks: bool) -> Vec<(char, u32)> {
    let mut letters: Vec<(char, u32)> = Vec::new();
    for (place, letter) in (0u32..).zip(text.chars()) {
        for lower in letter.to_lowercase() {
            for part in std::iter::once(lower).nfd() {
                let part = if part == 'đ' && !keep_marks { 'd' } else { part };
                if keep_marks || !is_combining_mark(part) {
                    let space = if part.is_whitespace() { ' ' } else { part };
                    letters.push((space, place));
                }
            }
        }
    }
    letters
}

/// Where `wanted` stands in a text. Typed without marks it is found with any, typed with marks only with these.
pub fn find(text: &str, wanted: &str) -> Vec<Range> {
    let wanted = wanted.split_whitespace().collect::<Vec<_>>().join(" ");
    let (marked, plain) = (letters(&wanted, true), letters(&wanted, false));
    let keep_marks = marked.len() != plain.len() || marked.iter().zip(&plain).any(|(a, b)| a.0 != b.0);
    let needle: Vec<char> = if keep_marks { marked } else { plain }.into_iter().map(|(letter, _)| letter).collect();
    if needle.is_empty() {
        return Vec::new();
    }
    let hay = letters(text, keep_marks);
    let mut found = Vec::new();
    let mut at = 0;
    while at + needle.len() <= hay.len() && found.len() < PLACES_MAX {
        let here = &hay[at..at + needle.len()];
        // A mark that follows belongs to the last letter: "ho" with its marks typed is not "hộ".
        let whole = !keep_marks || hay.get(at + needle.len()).is_none_or(|(next, _)| !is_combining_mark(*next));
        if whole && here.iter().map(|(letter, _)| letter).eq(needle.iter()) {
            let end = here.last().map_or(0, |(_, place)| place + 1);
            // A text that was decomposed has its marks as characters of their own.
            let trailing = text.chars().skip(end as usize).take_while(|letter| is_combining_mark(*letter)).count();
            found.push((here[0].1, end + u32::try_from(trailing).unwrap_or(0)));
            at += needle.len();
        } else {
            at += 1;
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn marked(text: &str, ranges: &[Range]) -> String {
        pieces(text, ranges).into_iter().map(|(piece, marked)| if marked { format!("[{piece}]") } else { piece }).collect()
    }

    #[test]
    fn parts_are_marked_in_the_text_as_written() {
        assert_eq!(marked("Đăng ký khai sinh lưu động", &[(0, 7), (18, 26)]), "[Đăng ký] khai sinh [lưu động]");
        assert_eq!(marked("không gì", &[]), "không gì");
        assert_eq!(marked("", &[(0, 4)]), "");
    }

    #[test]
    fn odd_ranges_do_no_harm() {
        assert_eq!(marked("abcdef", &[(4, 99), (1, 3), (2, 4), (5, 5), (6, 2)]), "a[bcdef]");
        assert_eq!(marked("abc", &[(50, 60)]), "abc");
        assert_eq!(marked("abc", &[(1, 2), (1, 2), (0, 1)]), "[ab]c");
        assert_eq!(marked("abcd", &[(0, 4), (1, 2)]), "[abcd]");
    }

    #[test]
    fn finding_without_marks_finds_all_and_with_marks_only_those() {
        let text = "Hộ tịch: ho tro HỖ TRỢ hộ nghèo; Đất đai";
        assert_eq!(find(text, "ho").len(), 4);
        assert_eq!(find(text, "hộ").len(), 2);
        assert_eq!(marked(text, &find(text, "hỗ trợ")), "Hộ tịch: ho tro [HỖ TRỢ] hộ nghèo; Đất đai");
        assert_eq!(marked(text, &find(text, "dat  dai")), "Hộ tịch: ho tro HỖ TRỢ hộ nghèo; [Đất đai]");
        assert_eq!(find(text, " "), []);
    }

    #[test]
    fn a_decomposed_text_is_marked_with_its_marks() {
        let text = "tie\u{302}\u{301}ng";
        assert_eq!(marked(text, &find(text, "tie")), "[tie\u{302}\u{301}]ng");
        assert_eq!(find(text, "tiếng").len(), 1);
        assert_eq!(find(text, "tiê").len(), 0, "another letter");
    }
}
