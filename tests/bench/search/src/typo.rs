//! One slip of a finger.

use crate::letters::{key, replaced, syllables};
use crate::random::Random;

/// A slip befalls a syllable of at least so many letters.
pub const LETTERS_MIN: usize = 3;

/// The letter keys beside each key, `a` first.
const BESIDE: [&str; 26] = [
    "qwsz", "vghn", "xdfv", "serfcx", "wsdr", "drtgvc", "ftyhbv", "gyujnb", "ujko", "huikmn", "jiolm", "kop", "njk", "bhjm",
    "iklp", "ol", "wa", "edft", "awedxz", "rfgy", "yhji", "cfgb", "qase", "zsdc", "tghu", "asx",
];

/// One letter of one syllable too few, too many, wrong, or in the wrong order; each as likely. Without a syllable that is long
/// enough the text stays as it is.
pub fn slipped(text: &str, random: &mut Random) -> String {
    let long = |text: &str| text.chars().count() >= LETTERS_MIN;
    let runs = syllables(text);
    let able: Vec<usize> =
        (0..runs.len()).filter(|number| runs.get(*number).and_then(|run| text.get(run.clone())).is_some_and(long)).collect();
    let Some(victim) = random.pick(&able).copied() else {
        return text.to_owned();
    };
    replaced(text, |number, syllable| (number == victim).then(|| slip(syllable, random)))
}

fn slip(syllable: &str, random: &mut Random) -> String {
    let mut letters: Vec<char> = syllable.chars().collect();
    match random.below(4) {
        0 => {
            letters.remove(random.below(letters.len()));
        }
        1 => {
            let (at, after) = (random.below(letters.len()), random.below(2));
            let touched = beside(letters.get(at).copied(), random);
            letters.insert(at + after, touched);
        }
        2 => substitute(&mut letters, random),
        _ => {
            let differ = |at: &usize| letters.get(*at) != letters.get(at + 1);
            let places: Vec<usize> = (0..letters.len() - 1).filter(differ).collect();
            match random.pick(&places) {
                Some(at) => letters.swap(*at, at + 1),
                None => substitute(&mut letters, random),
            }
        }
    }
    letters.into_iter().collect()
}

/// A neighbouring key was hit instead; it writes a plain letter.
fn substitute(letters: &mut [char], random: &mut Random) {
    let at = random.below(letters.len());
    if let Some(letter) = letters.get_mut(at) {
        *letter = beside(Some(*letter), random);
    }
}

/// A key beside that of the letter; `e` for what is on no letter key.
fn beside(letter: Option<char>, random: &mut Random) -> char {
    let place = letter.map(key).and_then(|key| u8::try_from(key).ok()?.checked_sub(b'a'));
    let around = place.and_then(|place| BESIDE.get(usize::from(place))).copied().unwrap_or_default();
    around.chars().nth(random.below(around.len())).unwrap_or('e')
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn neighbours_are_mutual() {
        for (at, around) in BESIDE.iter().enumerate() {
            let this = char::from(b'a' + u8::try_from(at).unwrap_or(0));
            for other in around.chars() {
                let back = BESIDE[usize::from(other as u8 - b'a')];
                assert!(back.contains(this), "{this} is beside {other}, but {other} is not beside {this}");
            }
        }
    }

    #[test]
    fn exactly_one_long_syllable_is_touched_in_all_four_ways() {
        let text = "thủ tục ở xã, số 12";
        let (mut lengths, mut touched) = (BTreeSet::new(), BTreeSet::new());
        for seed in 0..300 {
            let slipped = slipped(text, &mut Random::of(seed, text));
            let (before, after): (Vec<_>, Vec<_>) = (text.split(' ').collect(), slipped.split(' ').collect());
            let differing: Vec<_> = (0..before.len()).filter(|at| before[*at] != after[*at]).collect();
            assert_eq!(differing.len(), 1, "{slipped}");
            touched.insert(differing[0]);
            lengths.insert(after[differing[0]].chars().count());
        }
        assert_eq!((lengths, touched), (BTreeSet::from([2, 3, 4]), BTreeSet::from([0, 1])));
    }

    #[test]
    fn short_words_stay_as_they_are() {
        assert_eq!(slipped("ở xã 1234", &mut Random::of(1, "x")), "ở xã 1234");
    }
}
