//! Letters as the search compares them.
//!
//! Three forms of a syllable: as it is written; **toned**, where spelling differences that mean nothing are gone (case, composed or decomposed
//! marks, `Ð` for `Đ`, `hoà` for `hòa`); **folded**, with no marks at all. Folded forms find, toned forms decide.

use std::borrow::Cow;

use unicode_normalization::char::{decompose_canonical, is_combining_mark};
use unicode_normalization::{UnicodeNormalization, is_nfc};

/// The five marks that are tones: grave, acute, tilde, hook above, dot below.
const TONES: [char; 5] = ['\u{300}', '\u{301}', '\u{303}', '\u{309}', '\u{323}'];
/// Breve, circumflex and horn make other letters of a, e, o and u.
const SHAPES: [char; 3] = ['\u{306}', '\u{302}', '\u{31b}'];

/// Composed form, in which text is kept.
pub fn nfc(text: &str) -> Cow<'_, str> {
    if is_nfc(text) { Cow::Borrowed(text) } else { Cow::Owned(text.nfc().collect()) }
}

/// Adds the folded form of one letter: small, without marks, `d` for `đ` and its look-alikes.
pub fn fold_char(letter: char, out: &mut String) {
    if letter.is_ascii() {
        out.push(letter.to_ascii_lowercase());
        return;
    }
    decompose_canonical(letter, |part| match part {
        'đ' | 'Đ' | 'ð' | 'Ð' => out.push('d'),
        part if is_combining_mark(part) => {}
        part => out.extend(part.to_lowercase().filter(|small| !is_combining_mark(*small))),
    });
}

/// A text without marks, in small letters.
pub fn folded(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    text.chars().for_each(|letter| fold_char(letter, &mut out));
    out
}

/// Writes the toned form of a syllable: its letters with their shapes, then its tone. Says whether it has any mark.
pub fn toned_into(syllable: &str, out: &mut String) -> bool {
    out.clear();
    let mut tone = None;
    let mut marked = false;
    for letter in syllable.chars() {
        if letter.is_ascii() {
            out.push(letter.to_ascii_lowercase());
            continue;
        }
        decompose_canonical(letter, |part| match part {
            'đ' | 'Đ' | 'ð' | 'Ð' => {
                out.push('đ');
                marked = true;
            }
            part if TONES.contains(&part) => tone = Some(part),
            part if is_combining_mark(part) => {
                if SHAPES.contains(&part) {
                    out.push(part);
                    marked = true;
                }
            }
            part => out.extend(part.to_lowercase()),
        });
    }
    marked |= tone.is_some();
    out.extend(tone);
    marked
}

/// The toned form of a syllable; equal for all ways to write it.
pub fn toned(syllable: &str) -> String {
    let mut out = String::with_capacity(syllable.len() + 2);
    toned_into(syllable, &mut out);
    out
}

/// Has the syllable any mark of Vietnamese?
pub fn is_marked(syllable: &str) -> bool {
    toned_into(syllable, &mut String::new())
}

/// Writes a toned form as people do, the tone where most official texts have it (`hòa`, `thủy`, `quý`, `giường`).
pub fn spelled(toned: &str) -> String {
    let tone = toned.chars().next_back().filter(|last| TONES.contains(last));
    let Some(tone) = tone else { return toned.nfc().collect() };
    // Letters, each with its shape.
    let mut letters: Vec<(char, Option<char>)> = Vec::new();
    for part in toned.chars().filter(|part| !TONES.contains(part)) {
        match letters.last_mut() {
            Some(last) if SHAPES.contains(&part) => last.1 = Some(part),
            _ => letters.push((part, None)),
        }
    }
    let place = tone_place(&letters);
    let mut out = String::new();
    for (at, (letter, shape)) in letters.iter().enumerate() {
        out.push(*letter);
        out.extend(*shape);
        if place == Some(at) {
            out.push(tone);
        }
    }
    if place.is_none() {
        out.push(tone);
    }
    out.nfc().collect()
}

/// Which letter carries the tone.
fn tone_place(letters: &[(char, Option<char>)]) -> Option<usize> {
    let is_vowel = |at: usize| letters.get(at).is_some_and(|(letter, _)| "aeiouy".contains(*letter));
    let mut first = (0..letters.len()).find(|at| is_vowel(*at))?;
    // The u of "qu" and the i of "gi" belong to the consonant.
    let glide =
        first == 1 && is_vowel(2) && matches!((letters[0].0, letters[1].0, letters[1].1), ('q', 'u', None) | ('g', 'i', None));
    if glide {
        first += 1;
    }
    let end = (first..letters.len()).find(|at| !is_vowel(*at)).unwrap_or(letters.len());
    if let Some(shaped) = (first..end).rev().find(|at| letters[*at].1.is_some()) {
        return Some(shaped);
    }
    Some(match end - first {
        1 => first,
        2 if end < letters.len() => first + 1,
        2 => first,
        _ => first + 1,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_ways_to_write_a_word_are_one() {
        let decomposed: String = "Đất đai, hoà giải".nfd().collect();
        assert_eq!(folded("Đất đai, hoà giải"), "dat dai, hoa giai");
        assert_eq!(folded(&decomposed), "dat dai, hoa giai");
        assert_eq!(folded("ÐẤT ðất đất"), "dat dat dat");
        for (one, other) in [("hòa", "hoà"), ("thỏa", "thoả"), ("ủy", "uỷ"), ("Ðất", "đất"), ("ĐẤT", "đất")]
        {
            assert_eq!(toned(one), toned(other));
        }
        assert_eq!(toned("tuyển"), toned(&"tuyển".nfd().collect::<String>()));
        assert_ne!(toned("đường"), toned("dương"));
        assert_ne!(toned("ma"), toned("má"));
    }

    #[test]
    fn a_tone_goes_back_to_where_it_is_written() {
        for word in [
            "hòa",
            "hoàn",
            "thủy",
            "quý",
            "quyền",
            "giường",
            "già",
            "gì",
            "đất",
            "của",
            "tuyển",
            "ngoài",
            "nước",
            "ủy",
            "khuỷu",
            "thuế",
            "được",
            "hưởng",
            "cho",
            "giấy",
            "nghĩa",
            "chứng",
            "loại",
            "tài",
            "kết",
            "ý",
        ] {
            assert_eq!(spelled(&toned(word)), word);
        }
    }

    #[test]
    fn marks_are_seen_and_their_absence_too() {
        assert!(is_marked("đất") && is_marked("dât") && is_marked("da\u{301}"));
        assert!(!is_marked("dat") && !is_marked("2024"));
    }
}
