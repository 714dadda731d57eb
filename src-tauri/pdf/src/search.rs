//! Finding words in a paper. Without accents in the query, accents in the paper do not matter: "nghi quyet" finds "nghị quyết".

use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::canonical_combining_class;

use crate::geometry::Rect;
use crate::limits::MAX_QUERY_CHARS;
use crate::text::Glyph;

/// Characters of context shown on either side of a hit.
const CONTEXT_CHARS: usize = 40;

/// One place where the query was found.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Hit {
    /// Page, counted from 0.
    pub page: u32,
    /// One rectangle per line that the hit covers.
    pub rects: Vec<Rect>,
    /// Up to 40 characters before the hit.
    pub before: String,
    /// The words as they stand in the paper.
    pub text: String,
    /// Up to 40 characters after the hit.
    pub after: String,
}

/// Everything a search found.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct SearchResult {
    /// The hits in the order of the pages.
    pub hits: Vec<Hit>,
    /// True if there are more than [`crate::limits::MAX_HITS`] and the rest was left out.
    pub truncated: bool,
    /// Pages that could not be read and were passed over.
    pub unreadable_pages: Vec<u32>,
}

/// A query in the form that is compared.
#[derive(Debug)]
pub(crate) struct Query {
    folded: Vec<char>,
    accents: bool,
}

impl Query {
    /// `None` if nothing is left to look for. Only the first [`MAX_QUERY_CHARS`] characters count.
    pub(crate) fn new(text: &str) -> Option<Self> {
        let text: String = text.trim().chars().take(MAX_QUERY_CHARS).collect();
        let accents = text.nfd().any(|char| canonical_combining_class(char) != 0 || matches!(char, 'đ' | 'Đ'));
        let folded: Vec<char> = fold(text.chars().enumerate(), accents).into_iter().map(|(char, _)| char).collect();
        (!folded.is_empty()).then_some(Self { folded, accents })
    }

    pub(crate) fn find(&self, page: u32, glyphs: &[Glyph], most: usize) -> Vec<Hit> {
        let folded = fold(glyphs.iter().enumerate().map(|(at, glyph)| (at, glyph.char)), self.accents);
        let length = self.folded.len();
        let mut hits = Vec::new();
        let mut at = 0;
        while hits.len() < most && at + length <= folded.len() {
            let same = folded[at..at + length].iter().map(|(char, _)| char).eq(&self.folded);
            // "quyê" must not be found inside "quyế": the next mark belongs to the last letter.
            let ends = folded.get(at + length).is_none_or(|(char, _)| canonical_combining_class(*char) == 0);
            if same && ends {
                hits.push(hit(page, glyphs, folded[at].1, folded[at + length - 1].1));
                at += length;
            } else {
                at += 1;
            }
        }
        hits
    }
}

/// Lower case, white space runs as one space, marks in canonical order or dropped; each with the index it came from.
fn fold(chars: impl Iterator<Item = (usize, char)>, accents: bool) -> Vec<(char, usize)> {
    let mut out: Vec<(char, usize)> = Vec::new();
    for (at, char) in chars {
        if char.is_whitespace() || char.is_control() {
            if out.last().is_some_and(|(last, _)| *last != ' ') {
                out.push((' ', at));
            }
            continue;
        }
        for part in char.to_lowercase().nfd() {
            match (accents, canonical_combining_class(part)) {
                (true, class) => {
                    let marks =
                        out.iter().rev().take_while(|(last, _)| class != 0 && canonical_combining_class(*last) > class).count();
                    out.insert(out.len() - marks, (part, at));
                }
                (false, 0) => out.push((if part == 'đ' { 'd' } else { part }, at)),
                (false, _) => {}
            }
        }
    }
    if out.last().is_some_and(|(last, _)| *last == ' ') {
        out.pop();
    }
    out
}

fn hit(page: u32, glyphs: &[Glyph], first: usize, last: usize) -> Hit {
    let mut rects: Vec<Rect> = Vec::new();
    for rect in glyphs[first..=last].iter().filter_map(|glyph| glyph.rect) {
        match rects.last_mut() {
            Some(line) if line.same_line(&rect) => *line = line.union(rect),
            _ => rects.push(rect),
        }
    }
    let context_start = first.saturating_sub(CONTEXT_CHARS);
    let context_end = (last + 1 + CONTEXT_CHARS).min(glyphs.len());
    Hit {
        page,
        rects,
        before: plain(&glyphs[context_start..first]),
        text: plain(&glyphs[first..=last]),
        after: plain(&glyphs[last + 1..context_end]),
    }
}

fn plain(glyphs: &[Glyph]) -> String {
    let mut out = String::new();
    for glyph in glyphs {
        match glyph.char {
            char if char.is_whitespace() || char.is_control() => {
                if !out.ends_with(' ') {
                    out.push(' ');
                }
            }
            char => out.push(char),
        }
    }
    out.nfc().collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::*;

    fn page(text: &str) -> Vec<Glyph> {
        text.chars()
            .enumerate()
            .map(|(at, char)| Glyph {
                char,
                rect: (!char.is_whitespace()).then_some(Rect { x: at as f32, y: 0.0, w: 1.0, h: 10.0 }),
            })
            .collect()
    }

    fn found(query: &str, text: &str) -> Vec<String> {
        Query::new(query).unwrap().find(0, &page(text), 10).into_iter().map(|hit| hit.text).collect()
    }

    #[test]
    fn without_accents_every_spelling_is_found_with_accents_only_the_right_one() {
        let text = "Nghị quyết số 05; nghi quyet; NGHỊ\r\nQUYẾT";
        assert_eq!(found("nghi quyet", text), ["Nghị quyết", "nghi quyet", "NGHỊ QUYẾT"]);
        assert_eq!(found("nghị quyết", text), ["Nghị quyết", "NGHỊ QUYẾT"]);
        assert_eq!(found("duong", "đường Đường dương"), ["đường", "Đường", "dương"]);
        assert_eq!(found("đuong", "đường"), Vec::<String>::new());
    }

    #[test]
    fn it_does_not_matter_how_the_file_composes_its_letters() {
        // ệ as ê + dot below (not the canonical order), and as e + dot below + circumflex.
        for text in ["vi\u{ea}\u{323}c", "vie\u{323}\u{302}c", "việc", "VIỆC"] {
            assert_eq!(found("việc", text).len(), 1, "{text}");
            assert_eq!(found("viec", text).len(), 1, "{text}");
        }
        assert_eq!(found("viê", "vie\u{302}\u{323}c").len(), 0);
    }

    #[test]
    fn a_hit_over_two_lines_has_two_rectangles_and_context() {
        let mut glyphs = page("xin biểu quyết ngay");
        for glyph in &mut glyphs[9..] {
            glyph.rect = glyph.rect.map(|rect| Rect { y: 20.0, ..rect });
        }
        let hits = Query::new("bieu quyet").unwrap().find(3, &glyphs, 10);
        assert_eq!((hits[0].page, hits[0].rects.len()), (3, 2));
        assert_eq!((hits[0].before.as_str(), hits[0].after.as_str()), ("xin ", " ngay"));
    }

    #[test]
    fn nothing_to_look_for_is_not_a_search() {
        assert!(Query::new("  \n").is_none());
    }
}
