//! Keystrokes of Telex and VNI that were typed while the input method was off: `thur tucj`, `thu3 tu5c` for `thủ tục`.

use unicode_normalization::UnicodeNormalization;

use crate::fold;

/// Longer words are no syllables with marks typed after them.
const KEYS_MAX: usize = 14;
const CIRCUMFLEX: char = '\u{302}';
const HORN: char = '\u{31b}';
const BREVE: char = '\u{306}';

#[derive(Debug, Default)]
struct Syllable {
    letters: Vec<(char, Option<char>)>,
    tone: Option<char>,
    used: bool,
}

/// What the keys would have written, in toned form ([`fold::toned`]), by Telex, then by VNI; nothing if no key would have made a mark.
pub fn readings(word: &str) -> Vec<String> {
    let length = word.chars().count();
    if !(2..=KEYS_MAX).contains(&length) {
        return Vec::new();
    }
    let mut found = Vec::new();
    for keys in [telex as fn(&mut Syllable, char) -> bool, vni] {
        if let Some(toned) = read(word, keys)
            && !found.contains(&toned)
        {
            found.push(toned);
        }
    }
    found
}

fn read(word: &str, key: fn(&mut Syllable, char) -> bool) -> Option<String> {
    let mut syllable = Syllable::default();
    for letter in word.nfc().flat_map(char::to_lowercase) {
        if letter.is_ascii() && key(&mut syllable, letter) {
            syllable.used = true;
        } else {
            syllable.push(letter);
        }
    }
    syllable.used.then(|| syllable.toned())
}

impl Syllable {
    fn push(&mut self, letter: char) {
        // Half of a word may have been composed.
        let mut toned = String::new();
        fold::toned_into(letter.encode_utf8(&mut [0; 4]), &mut toned);
        let mut parts = toned.chars();
        let Some(base) = parts.next() else { return };
        let mut shape = None;
        for part in parts {
            match part {
                CIRCUMFLEX | HORN | BREVE => shape = Some(part),
                tone => self.tone = Some(tone),
            }
        }
        self.letters.push((base, shape));
    }

    fn has_vowel(&self) -> bool {
        self.letters.iter().any(|(letter, _)| is_vowel(*letter))
    }

    fn set_tone(&mut self, tone: char) -> bool {
        if !self.has_vowel() || self.tone.is_some() {
            return false;
        }
        self.tone = Some(tone);
        true
    }

    /// Gives the last plain one of `letters` a shape.
    fn shape(&mut self, letters: &str, shape: char) -> bool {
        match self.letters.iter_mut().rev().find(|(letter, has)| has.is_none() && letters.contains(*letter)) {
            Some(letter) => {
                letter.1 = Some(shape);
                true
            }
            None => false,
        }
    }

    fn bar(&mut self) -> bool {
        match self.letters.first_mut() {
            Some(letter) if letter.0 == 'd' => {
                letter.0 = 'đ';
                true
            }
            _ => false,
        }
    }

    /// The horn goes on both letters of `uo`.
    fn horn(&mut self) -> bool {
        if let Some(at) = self.letters.windows(2).rposition(|two| matches!(two, [('u', None | Some(HORN)), ('o', None)])) {
            self.letters[at].1 = Some(HORN);
            self.letters[at + 1].1 = Some(HORN);
            return true;
        }
        self.shape("uo", HORN)
    }

    fn toned(&self) -> String {
        let mut out = String::new();
        for (letter, shape) in &self.letters {
            out.push(*letter);
            out.extend(*shape);
        }
        out.extend(self.tone);
        out
    }
}

fn is_vowel(letter: char) -> bool {
    "aeiouy".contains(letter)
}

fn telex(syllable: &mut Syllable, key: char) -> bool {
    match key {
        'f' => syllable.set_tone('\u{300}'),
        's' => syllable.set_tone('\u{301}'),
        'x' => syllable.set_tone('\u{303}'),
        'r' => syllable.set_tone('\u{309}'),
        'j' => syllable.set_tone('\u{323}'),
        'd' => syllable.bar(),
        'a' | 'e' | 'o' => {
            let mut letter = [0; 4];
            syllable.shape(key.encode_utf8(&mut letter), CIRCUMFLEX)
        }
        'w' => {
            let last = syllable
                .letters
                .iter()
                .rev()
                .find(|(letter, shape)| is_vowel(*letter) && shape.is_none())
                .map(|(letter, _)| *letter);
            match last {
                Some('a') if syllable.letters.iter().any(|(letter, _)| *letter == 'u') => syllable.shape("u", HORN),
                Some('a') => syllable.shape("a", BREVE),
                Some(_) => syllable.horn(),
                None => false,
            }
        }
        _ => false,
    }
}

fn vni(syllable: &mut Syllable, key: char) -> bool {
    match key {
        '1' => syllable.set_tone('\u{301}'),
        '2' => syllable.set_tone('\u{300}'),
        '3' => syllable.set_tone('\u{309}'),
        '4' => syllable.set_tone('\u{303}'),
        '5' => syllable.set_tone('\u{323}'),
        '6' => syllable.shape("aeo", CIRCUMFLEX),
        '7' => syllable.horn(),
        '8' => syllable.shape("a", BREVE),
        '9' => syllable.bar(),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spelled(word: &str) -> Vec<String> {
        readings(word).iter().map(|toned| fold::spelled(toned)).collect()
    }

    #[test]
    fn telex_is_read_wherever_the_marks_were_typed() {
        for (keys, word) in [
            ("thur", "thủ"),
            ("tucj", "tục"),
            ("hanhf", "hành"),
            ("chinhs", "chính"),
            ("ddaats", "đất"),
            ("ddoongf", "đồng"),
            ("nuwowcs", "nước"),
            ("nuowcs", "nước"),
            ("duowngf", "dường"),
            ("dduwowcj", "được"),
            ("vieejt", "việt"),
            ("huwowngr", "hưởng"),
            ("muaw", "mưa"),
            ("quyeenf", "quyền"),
            ("nawm", "năm"),
            ("ddawng", "đăng"),
            ("kys", "ký"),
        ] {
            assert!(spelled(keys).contains(&word.to_owned()), "{keys}: {:?}", spelled(keys));
        }
    }

    #[test]
    fn vni_is_read() {
        for (keys, word) in
            [("thu3", "thủ"), ("tu5c", "tục"), ("d9a6t1", "đất"), ("nu7o7c1", "nước"), ("nuoc71", "nước"), ("na8m", "năm")]
        {
            assert!(spelled(keys).contains(&word.to_owned()), "{keys}: {:?}", spelled(keys));
        }
    }

    #[test]
    fn words_without_such_keys_have_no_reading() {
        assert!(readings("thu").is_empty());
        assert!(readings("2024").is_empty());
        assert!(readings("x").is_empty());
    }
}
