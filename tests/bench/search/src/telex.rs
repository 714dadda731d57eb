//! What stands on the screen when the input method was off: the keys of Telex instead of the letters.

use unicode_normalization::UnicodeNormalization;

use crate::letters::{key, replaced, untoned};
use crate::random::Random;

/// Of a hundred syllables that carry a mark, so many are left as keys; of each question at least one.
pub const LEFT_PERCENT: usize = 30;
/// Of a hundred such syllables, in so many the tone was typed last; in the others right after the letter that carries it.
pub const TONE_LAST_PERCENT: usize = 50;

/// Leaves some syllables as keys. A text without any mark stays as it is.
pub fn leftover(text: &str, random: &mut Random) -> String {
    let mut marked = Vec::new();
    replaced(text, |number, syllable| {
        if untoned(syllable) != syllable {
            marked.push(number);
        }
        None
    });
    let mut left: Vec<usize> = marked.iter().copied().filter(|_| random.percent(LEFT_PERCENT)).collect();
    if left.is_empty() {
        left.extend(random.pick(&marked));
    }
    replaced(text, |number, syllable| left.contains(&number).then(|| keys(syllable, random.percent(TONE_LAST_PERCENT))))
}

/// The keys of one syllable: `ươ` is typed `uow`, `đ` as `dd`, the tone last or after its letter.
fn keys(syllable: &str, tone_last: bool) -> String {
    let letters: Vec<char> = syllable.nfc().collect();
    let mut typed = String::new();
    let mut tone = None;
    for (at, letter) in letters.iter().copied().enumerate() {
        let mut parts = letter.nfd();
        let base = parts.next().unwrap_or(letter);
        let marks: Vec<char> = parts.collect();
        // The w of ươ is typed once, after the o.
        let before_horned_o = key(letter) == 'u' && letters.get(at + 1).is_some_and(|next| key(*next) == 'o' && has_horn(*next));
        typed.push(if key(letter) == 'd' && base != 'd' && base != 'D' {
            if base.is_uppercase() { 'D' } else { 'd' }
        } else {
            base
        });
        if matches!(base, 'đ' | 'Đ' | 'ð' | 'Ð') {
            typed.push('d');
        }
        for mark in &marks {
            match mark {
                '\u{302}' => typed.push(key(letter)),
                '\u{306}' => typed.push('w'),
                '\u{31b}' if !before_horned_o => typed.push('w'),
                _ => {}
            }
        }
        if let Some(found) = marks.iter().find_map(|mark| tone_key(*mark)) {
            if tone_last {
                tone = Some(found);
            } else {
                typed.push(found);
            }
        }
    }
    typed.extend(tone);
    typed
}

fn has_horn(letter: char) -> bool {
    letter.nfd().any(|part| part == '\u{31b}')
}

fn tone_key(mark: char) -> Option<char> {
    match mark {
        '\u{301}' => Some('s'),
        '\u{300}' => Some('f'),
        '\u{309}' => Some('r'),
        '\u{303}' => Some('x'),
        '\u{323}' => Some('j'),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_mark_has_its_key() {
        let last = |syllable| keys(syllable, true);
        assert_eq!(["thủ", "tục", "hành", "chính"].map(last), ["thur", "tucj", "hanhf", "chinhs"]);
        assert_eq!(["đất", "Đăng", "được", "sửa", "nghĩa"].map(last), ["ddaats", "Ddawng", "dduowcj", "suwar", "nghiax"]);
        assert_eq!(["quyền", "người", "ở", "bo"].map(last), ["quyeenf", "nguowif", "owr", "bo"]);
    }

    #[test]
    fn the_tone_may_follow_its_letter() {
        assert_eq!(["đất", "quyền", "được"].map(|syllable| keys(syllable, false)), ["ddaast", "quyeefn", "dduowjc"]);
    }

    #[test]
    fn at_least_one_marked_syllable_is_left_and_the_share_is_kept() {
        for seed in 0..50 {
            let left = leftover("đất đai", &mut Random::of(seed, "x"));
            assert_ne!(left, "đất đai");
        }
        let text = "quyền ".repeat(1_000);
        let left = leftover(&text, &mut Random::of(1, &text));
        let share = left.split(' ').filter(|word| word.contains("ee")).count();
        assert!((250..350).contains(&share), "{share}");
        assert_eq!(leftover("ban sao 61", &mut Random::of(1, "x")), "ban sao 61");
    }
}
