//! Six words that two people compare on two screens before a device joins an organisation.
//!
//! The list has 2,048 everyday Vietnamese words of two syllables, joined by a non-breaking hyphen so that a screen never parts them.
//! Two syllables rather than one: Vietnamese has too few syllables that differ when marks are left out, and syllables alone sound alike
//! across regions. Chosen by hand from everyday life (nature, food, home, work, feast days), nothing gloomy and none of the words of a
//! sitting, so that nobody takes them for an answer to a question. Without their marks no two words are the same, differ by a
//! single letter or by two letters changing places, are each other's syllables in reverse, or sound alike where a region does not tell s
//! from x, ch from tr, d, gi, r and v from each other, or final n and t from ng and c: a comparison read out, or typed without marks, is
//! as strong as one with them. The list belongs to version 1 of the words: changing it needs a new context string.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use crate::id::DeviceId;

/// Length of the list; 11 bits choose one word.
pub const LIST: usize = 2_048;

/// Words that are compared: 66 bits. Whoever would pass off a device of their own must find keys that give the same six words.
pub const COUNT: usize = 6;

/// Longest typed text that [`normalise_words`] looks at, in characters.
pub const TYPED_CHARS: usize = 400;

const CONTEXT: &str = "kyhop 2026 comparison words v1";

const BITS: usize = 11;

static WORDS: [&str; LIST] = lines(include_str!("words_vi.txt"));

/// Splits the list when the program is built; a list of another length does not build.
const fn lines(text: &'static str) -> [&'static str; LIST] {
    let mut words = [""; LIST];
    let (mut word, mut rest, mut at) = (0, text, 0);
    while at < rest.len() {
        if rest.as_bytes()[at] == b'\n' {
            let (line, tail) = rest.split_at(at);
            assert!(word < LIST && !line.is_empty());
            words[word] = line;
            word += 1;
            let (_, next) = tail.split_at(1);
            rest = next;
            at = 0;
        } else {
            at += 1;
        }
    }
    assert!(word == LIST && rest.is_empty());
    words
}

/// The words for a device that joins the organisation with this root key (both as raw public keys).
///
/// The first 66 bits, most significant first, of BLAKE3 in key derivation mode over root ‖ device, 11 bits a word.
pub fn six_words(root: &[u8; 32], device: &DeviceId) -> [&'static str; COUNT] {
    let mut bytes = [0; (COUNT * BITS).div_ceil(8)];
    blake3::Hasher::new_derive_key(CONTEXT).update(root).update(device.as_bytes()).finalize_xof().fill(&mut bytes);
    std::array::from_fn(|word| {
        let index =
            (word * BITS..(word + 1) * BITS).fold(0, |index, bit| index << 1 | usize::from(bytes[bit / 8] >> (7 - bit % 8) & 1));
        WORDS[index]
    })
}

/// A typed or shown text in the one form that is compared: lower-case letters and digits without marks, syllables parted by one space.
///
/// Capitals, marks, composed or decomposed letters, spaces, hyphens and punctuation make no difference. What is beyond
/// [`TYPED_CHARS`] is not read.
pub fn normalise_words(typed: &str) -> String {
    let mut words = String::new();
    let mut parted = false;
    for c in typed.chars().take(TYPED_CHARS).flat_map(char::to_lowercase).nfd().filter(|c| !is_combining_mark(*c)) {
        // Ð (U+00D0) is often typed for Đ; ð is its lower case.
        let c = if matches!(c, 'đ' | 'ð') { 'd' } else { c };
        if c.is_alphanumeric() {
            if parted && !words.is_empty() {
                words.push(' ');
            }
            parted = false;
            words.push(c);
        } else {
            parted = true;
        }
    }
    words
}

/// The word at a place of the list; `None` from [`LIST`] on.
pub fn word(place: usize) -> Option<&'static str> {
    WORDS.get(place).copied()
}

/// Where in the list a word stands, typed in any way that [`normalise_words`] forgives, or with its two syllables closed up.
pub fn place(typed: &str) -> Option<usize> {
    let plain = normalise_words(typed);
    if let Ok(place) = WORDS.binary_search_by(|word| normalise_words(word).as_str().cmp(plain.as_str())) {
        return Some(place);
    }
    let closed_up = |text: &str| text.replace(' ', "");
    let typed = closed_up(&plain);
    WORDS.iter().position(|word| closed_up(&normalise_words(word)) == typed)
}

/// Whether a person typed the words that are `shown`, all of them, in order.
pub fn matches(typed: &str, shown: &[&str; COUNT]) -> bool {
    normalise_words(typed) == normalise_words(&shown.join(" "))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]

    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_words_never_change() {
        let zeros = six_words(&[0; 32], &DeviceId([0; 32])).join(" ");
        let others = six_words(&[1; 32], &DeviceId([2; 32])).join(" ");
        let list = blake3::hash(WORDS.join("\n").as_bytes()).to_hex().to_string();
        let fixed = [
            "ông‑bà cần‑mẫn rửa‑tay đêm‑hè quê‑biển cờ‑vua",
            "trà‑gừng chung‑vui ngọn‑cây vườn‑hoa mẹ‑hiền ngọn‑tháp",
            "e667b9f3a8b6e510db45d06fec324ab5bac0bcba46c8babac231e864c8690f8a",
        ];
        assert_eq!([zeros.as_str(), &others, &list], fixed, "other words than on older devices");
    }

    #[test]
    fn each_word_is_two_plain_syllables_in_composed_letters() {
        for word in WORDS {
            let syllables: Vec<_> = word.split('\u{2011}').collect();
            assert_eq!(syllables.len(), 2, "{word}");
            assert!(syllables.iter().all(|syllable| !syllable.is_empty() && syllable.chars().all(char::is_alphabetic)), "{word}");
            assert_eq!(word.nfc().collect::<String>(), word);
            assert_eq!(word.to_lowercase(), word);
        }
    }

    #[test]
    fn no_two_words_are_the_same_without_marks() {
        let plain: BTreeSet<_> = WORDS.iter().map(|word| normalise_words(word)).collect();
        assert_eq!(plain.len(), LIST);
        let closed_up: BTreeSet<_> = plain.iter().map(|word| word.replace(' ', "")).collect();
        assert_eq!(closed_up.len(), LIST, "nor when the space between the syllables is forgotten");
        assert!(WORDS.is_sorted_by(|a, b| normalise_words(a) < normalise_words(b)));
    }

    #[test]
    fn every_word_is_found_again_however_it_is_typed() {
        for (at, shown) in WORDS.iter().enumerate() {
            assert_eq!(word(at), Some(*shown));
            let plain = normalise_words(shown);
            for typed in [(*shown).to_owned(), shown.to_uppercase(), plain.replace(' ', "-"), plain.replace(' ', "")] {
                assert_eq!(place(&typed), Some(at), "{typed}");
            }
        }
        assert_eq!(word(LIST), None);
        for nothing in ["", " ", "mat-khau-cua-toi", "1234"] {
            assert_eq!(place(nothing), None, "{nothing}");
        }
    }

    /// One letter put in, left out or changed, or two neighbours swapped, and at least that.
    fn one_slip_apart(one: &str, other: &str) -> bool {
        let (short, long) =
            if one.len() <= other.len() { (one.as_bytes(), other.as_bytes()) } else { (other.as_bytes(), one.as_bytes()) };
        let same = short.iter().zip(long).take_while(|(a, b)| a == b).count();
        let (short, long) = (&short[same..], &long[same..]);
        match long.len() - short.len() {
            0 => {
                short[1..] == long[1..]
                    || short.len() > 1 && short[0] == long[1] && short[1] == long[0] && short[2..] == long[2..]
            }
            1 => *short == long[1..],
            _ => false,
        }
    }

    /// The syllable as regions that merge sounds say it.
    fn merged(syllable: &str) -> String {
        let merge = |text: &str, pairs: &[(&str, &str)], at: fn(&str, &str) -> Option<usize>| {
            let found = pairs.iter().find_map(|(from, to)| at(text, from).map(|start| (start, from, to)));
            found.map_or(text.to_owned(), |(start, from, to)| format!("{}{to}{}", &text[..start], &text[start + from.len()..]))
        };
        let starts = [("tr", "ch"), ("x", "s"), ("gi", "d"), ("r", "d"), ("v", "d")];
        let ends = [("ng", "n"), ("nh", "n"), ("ch", "t"), ("c", "t")];
        let start = merge(syllable, &starts, |text, from| (text.starts_with(from) && text.len() > from.len()).then_some(0));
        merge(&start, &ends, |text, from| text.ends_with(from).then(|| text.len() - from.len()).filter(|start| *start > 0))
            .replace('y', "i")
    }

    #[test]
    fn no_slip_of_tongue_or_finger_turns_one_word_into_another() {
        let plain: Vec<_> = WORDS.iter().map(|word| normalise_words(word)).collect();
        let closed_up: Vec<_> = plain.iter().map(|word| word.replace(' ', "")).collect();
        for (place, one) in closed_up.iter().enumerate() {
            for other in &closed_up[place + 1..] {
                assert!(!one_slip_apart(one, other), "{one} {other}");
            }
        }
        let sounds: BTreeSet<_> = plain.iter().map(|word| word.split(' ').map(merged).collect::<Vec<_>>()).collect();
        assert_eq!(sounds.len(), LIST);
        let reversed = plain.iter().filter_map(|word| word.split_once(' ')).filter(|(first, second)| first != second);
        let known: BTreeSet<_> = plain.iter().map(String::as_str).collect();
        for (first, second) in reversed {
            assert!(!known.contains(format!("{second} {first}").as_str()), "{first} {second}");
        }
    }

    #[test]
    fn people_type_the_words_in_many_ways() {
        let shown =
            ["mùa\u{2011}xuân", "đường\u{2011}phố", "hòa\u{2011}bình", "bãi\u{2011}biển", "cá\u{2011}vàng", "quả\u{2011}ổi"];
        for typed in [
            "mùa-xuân đường-phố hòa-bình bãi-biển cá-vàng quả-ổi",
            "  MÙA XUÂN  đường phố,hòa bình; Bãi Biển\tcá vàng\nquả ổi. ",
            "mua xuan duong pho hoa binh bai bien ca vang qua oi",
            "Ðường",
            "mu\u{300}a xua\u{302}n đươ\u{300}ng phô\u{301} hoà bi\u{300}nh bãi biển cá vàng quả ổi",
        ] {
            assert_eq!(matches(typed, &shown), typed != "Ðường", "{typed}");
        }
        assert_eq!(normalise_words("Ðường ĐI"), "duong di");
        for typed in [
            "",
            "mùa xuân",
            "đường phố mùa xuân hòa bình bãi biển cá vàng quả ổi",
            "mùa xuân đường phố hòa bình bãi biển cá vàng quả ổi thêm",
        ] {
            assert!(!matches(typed, &shown), "{typed}");
        }
    }

    proptest! {
        #[test]
        fn another_root_or_device_gives_other_words(root in any::<[u8; 32]>(), device in any::<[u8; 32]>(), flip in 0usize..512) {
            let words = six_words(&root, &DeviceId(device));
            prop_assert_eq!(words, six_words(&root, &DeviceId(device)));
            let (mut other_root, mut other_device) = (root, device);
            if flip < 256 { other_root[flip / 8] ^= 1 << (flip % 8) } else { other_device[flip % 256 / 8] ^= 1 << (flip % 8) }
            prop_assert_ne!(words, six_words(&other_root, &DeviceId(other_device)));
        }

        #[test]
        fn what_is_shown_and_typed_back_without_marks_matches(root in any::<[u8; 32]>()) {
            let shown = six_words(&root, &DeviceId([9; 32]));
            prop_assert!(matches(&normalise_words(&shown.join(" ")), &shown));
            prop_assert!(matches(&shown.join("  ").to_uppercase(), &shown));
        }

        #[test]
        fn normalising_twice_is_normalising_once(typed in "\\PC{0,60}") {
            let once = normalise_words(&typed);
            prop_assert_eq!(normalise_words(&once), once);
        }
    }
}
