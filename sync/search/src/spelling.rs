//! Words that are in no article: read as keystrokes, as two words without their space, or as a word with one letter wrong. Which of the
//! words of the vocabulary was meant is said by its neighbours.

use crate::fold;
use crate::keyboard;
use crate::vocabulary::{Pairs, Vocabulary};

/// Shorter words have too many neighbours to be corrected.
const CORRECTED_FROM: usize = 3;
/// How much a pair that occurs tells, against how often the word occurs by itself.
const PAIR_WEIGHT: f32 = 3.0;
/// Toned forms of a word that are thought of when marks are put back.
const FORMS_MAX: usize = 4;

/// What a word was read as.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Correction {
    /// Folded words, one or two.
    pub words: Vec<u32>,
    /// The toned form, if the keys said it.
    pub toned: Option<String>,
}

/// The best reading of `typed` (as it was written) between its neighbours; nothing if there is none.
pub(crate) fn correct<P: Pairs>(
    typed: &str,
    before: Option<u32>,
    after: Option<u32>,
    vocabulary: &Vocabulary,
    pairs: &P,
) -> Result<Option<Correction>, P::Error> {
    for toned in keyboard::readings(typed) {
        if let Some(word) = vocabulary.folded(&fold::folded(&toned)) {
            return Ok(Some(Correction { words: vec![word], toned: Some(toned) }));
        }
    }
    let folded = fold::folded(typed);
    if folded.len() < CORRECTED_FROM || !folded.bytes().all(|byte| byte.is_ascii_lowercase()) {
        return Ok(None);
    }
    let mut best: Option<(f32, Vec<u32>)> = None;
    let mut offer = |value: f32, words: Vec<u32>| {
        if best.as_ref().is_none_or(|(most, _)| value > *most) {
            best = Some((value, words));
        }
    };
    for split in 1..folded.len() {
        let halves = (vocabulary.folded(&folded[..split]), vocabulary.folded(&folded[split..]));
        if let (Some(first), Some(second)) = halves {
            let together = pairs.articles(first, second)?;
            if together > 0 {
                let beside = neighbours(before, after, first, second, pairs)?;
                offer(PAIR_WEIGHT * (weight(together) + beside), vec![first, second]);
            }
        }
    }
    for word in 0..vocabulary.len() as u32 {
        if vocabulary.articles(word) > 0 && is_one_off(&folded, vocabulary.text(word)) {
            let beside = neighbours(before, after, word, word, pairs)?;
            offer(PAIR_WEIGHT * beside + weight(vocabulary.articles(word)), vec![word]);
        }
    }
    Ok(best.map(|(_, words)| Correction { words, toned: None }))
}

fn weight(times: u32) -> f32 {
    (times as f32 + 1.0).ln()
}

fn neighbours<P: Pairs>(before: Option<u32>, after: Option<u32>, first: u32, last: u32, pairs: &P) -> Result<f32, P::Error> {
    let left = before.map_or(Ok(0), |before| pairs.articles(before, first))?;
    let right = after.map_or(Ok(0), |after| pairs.articles(last, after))?;
    Ok(weight(left) + weight(right))
}

/// Is one word the other with one letter more, less, changed, or two neighbours swapped? Of small ASCII letters.
fn is_one_off(one: &str, other: &str) -> bool {
    let (one, other) = (one.as_bytes(), other.as_bytes());
    if one.len().abs_diff(other.len()) > 1 || !other.iter().all(u8::is_ascii_lowercase) {
        return false;
    }
    let front = one.iter().zip(other).take_while(|(a, b)| a == b).count();
    let (one, other) = (&one[front..], &other[front..]);
    match (one, other) {
        ([], []) => false,
        ([_, rest @ ..], whole) if rest == whole => true,
        (whole, [_, rest @ ..]) if rest == whole => true,
        ([_, one @ ..], [_, other @ ..]) if one == other => true,
        ([a, b, one @ ..], [c, d, other @ ..]) => a == d && b == c && one == other,
        _ => false,
    }
}

/// One place in a text whose marks are to be put back.
#[derive(Debug, Clone)]
pub(crate) enum Place {
    /// Stays as it is; the toned word, if it is known.
    Fixed(Option<u32>),
    /// Any form of the folded word.
    Open(u32),
}

/// The most likely toned words for the places, each given as its toned form (nothing for fixed ones).
pub(crate) fn restore<P: Pairs>(places: &[Place], vocabulary: &Vocabulary, pairs: &P) -> Result<Vec<Option<String>>, P::Error> {
    // Viterbi over the forms of each place: value so far, and from which form of the place before.
    let mut columns: Vec<Vec<(Option<u32>, f32, usize)>> = Vec::with_capacity(places.len());
    for place in places {
        let mut forms: Vec<(Option<u32>, f32)> = match place {
            Place::Fixed(word) => vec![(*word, 0.0)],
            Place::Open(folded) => vocabulary.forms(*folded).map(|(toned, _, times)| (Some(toned), weight(times))).collect(),
        };
        forms.sort_by(|one, other| other.1.total_cmp(&one.1));
        forms.truncate(FORMS_MAX);
        let mut column = Vec::with_capacity(forms.len());
        for (form, own) in forms {
            let mut best = (0.0, 0);
            for (at, (earlier, value, _)) in columns.last().into_iter().flatten().enumerate() {
                let together = match (earlier, form) {
                    (Some(earlier), Some(form)) => pairs.times(*earlier, form)?,
                    _ => 0,
                };
                let value = value + PAIR_WEIGHT * weight(together);
                if at == 0 || value > best.0 {
                    best = (value, at);
                }
            }
            column.push((form, best.0 + own, best.1));
        }
        if column.is_empty() {
            column.push((None, 0.0, 0));
        }
        columns.push(column);
    }
    let mut chosen = vec![None; places.len()];
    let mut at =
        columns.last().map_or(0, |column| (0..column.len()).max_by(|a, b| column[*a].1.total_cmp(&column[*b].1)).unwrap_or(0));
    for (place, column) in columns.iter().enumerate().rev() {
        let (form, _, from) = column[at];
        if matches!(places[place], Place::Open(_)) {
            chosen[place] = form.and_then(|form| vocabulary.toned_text(form).map(str::to_owned));
        }
        at = from;
    }
    Ok(chosen)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_letter_wrong_is_near_and_two_are_not() {
        for (one, other) in [("thuu", "thu"), ("th", "thu"), ("tuh", "thu"), ("tha", "thu"), ("hu", "thu"), ("xthu", "thu")] {
            assert!(is_one_off(one, other), "{one} {other}");
        }
        for (one, other) in [("thu", "thu"), ("hut", "thu"), ("t", "thu"), ("thuuu", "thu"), ("uht", "thu")] {
            assert!(!is_one_off(one, other), "{one} {other}");
        }
    }
}
