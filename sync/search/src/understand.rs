//! What a question means: its syllables with misspellings put right, abbreviations read, numbers of documents seen.

use std::ops::Range;

use crate::abbreviation::{Kind, Side, Table};
use crate::fold;
use crate::number::{self, Asked};
use crate::query::{Reading, SLOTS_MAX, Slot};
use crate::spelling::{self, Place};
use crate::token::{Gap, Token, tokens};
use crate::vocabulary::{Pairs, Vocabulary};

/// Bytes of a question that are read.
pub const QUESTION_BYTES_MAX: usize = 8 * 1024;
/// What words tell that were not typed and mean the same.
const SAME_WEIGHT: f32 = 0.5;
/// Other ways to say it that are looked for at once.
const OTHER_WAYS_MAX: usize = 6;

/// Why a part of a question was read differently from how it was typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Because {
    /// Keystrokes of an input method, or a letter wrong.
    Spelling,
    /// An abbreviation.
    Abbreviation,
    /// Another way to say it was looked for as well.
    Same,
}

/// A part of a question that was read as something else.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// Where it stands in the question (bytes).
    pub place: Range<usize>,
    /// What it was read as.
    pub read_as: String,
    /// Why.
    pub because: Because,
}

/// A question as it was understood.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Understood {
    /// The syllables to look for.
    pub slots: Vec<Slot>,
    /// How words of articles are to be read.
    pub readings: Vec<Reading>,
    /// Numbers of documents.
    pub numbers: Vec<Asked>,
    /// The number of an article ("Điều 20").
    pub article: Option<u32>,
    /// Years of laws ("Luật Đất đai 2024").
    pub years: Vec<i32>,
    /// What was read differently.
    pub changes: Vec<Change>,
    /// The question with its misspellings put right.
    pub did_you_mean: Option<String>,
}

/// One syllable on its way to being a slot.
#[derive(Debug, Clone)]
struct Part {
    folded: String,
    toned: Option<String>,
    joined: bool,
    place: Range<usize>,
    corrected: bool,
}

/// Understands a question. Questions longer than [`QUESTION_BYTES_MAX`] are cut.
///
/// # Errors
/// Those of `pairs`.
pub fn understand<P: Pairs>(text: &str, table: &Table, vocabulary: &Vocabulary, pairs: &P) -> Result<Understood, P::Error> {
    let text = &text[..text.floor_char_boundary(QUESTION_BYTES_MAX)];
    let words: Vec<Token> = tokens(text).take(SLOTS_MAX).collect();
    let mut understood = Understood { numbers: number::asked(text), article: number::article(text), ..Understood::default() };
    understood.years =
        words.iter().filter_map(|word| word.folded.parse().ok()).filter(|year| (1945..2100).contains(year)).collect();
    let parts = corrected(text, &words, table, vocabulary, pairs, &mut understood)?;
    if parts.iter().any(|part| part.corrected) {
        understood.did_you_mean = Some(put_right(text, &parts, vocabulary, pairs, &mut understood.changes)?);
    }
    read_abbreviations(text, &parts, table, vocabulary, &mut understood);
    Ok(understood)
}

/// Words that a half-typed one is completed to.
const COMPLETIONS_LOOKED_AT: usize = 400;

/// Reads the last word of a question that is still being typed as the beginning of a word, if that makes more of it.
///
/// # Errors
/// Those of `pairs`.
pub fn complete<P: Pairs>(text: &str, understood: &mut Understood, vocabulary: &Vocabulary, pairs: &P) -> Result<(), P::Error> {
    let Some(last) = tokens(text).last().filter(|last| last.place.end == text.len()) else { return Ok(()) };
    let Some(at) = understood.slots.iter().rposition(|slot| slot.weight >= 1.0) else { return Ok(()) };
    if understood.slots[at].place != last.place || last.folded.bytes().any(|byte| byte.is_ascii_digit()) {
        return Ok(());
    }
    let before = understood.slots.get(at.wrapping_sub(1)).filter(|_| understood.slots[at].joined);
    let before = before.and_then(|slot| vocabulary.folded(&slot.folded));
    let together = |word: u32| before.map_or(Ok(0), |before| pairs.articles(before, word));
    let own = vocabulary.folded(&last.folded);
    if own.map_or(Ok(0), together)? > 0 || (before.is_none() && own.is_some()) {
        return Ok(());
    }
    let mut best: Option<((u32, u32), u32)> = None;
    for word in vocabulary.beginning_with(&last.folded).take(COMPLETIONS_LOOKED_AT) {
        let value = (together(word)?, vocabulary.articles(word));
        if best.is_none_or(|(most, _)| value > most) {
            best = Some((value, word));
        }
    }
    if let Some(((together, _), word)) = best
        && (together > 0 || own.is_none())
    {
        understood.slots[at].folded = vocabulary.text(word).to_owned();
        understood.slots[at].toned = None;
        understood.changes.retain(|change| change.place != last.place);
        understood.did_you_mean = None;
    }
    Ok(())
}

fn corrected<P: Pairs>(
    text: &str,
    words: &[Token],
    table: &Table,
    vocabulary: &Vocabulary,
    pairs: &P,
    understood: &mut Understood,
) -> Result<Vec<Part>, P::Error> {
    let in_number = |word: &Token| understood.numbers.iter().any(|number| number.place.contains(&word.place.start));
    let mut parts: Vec<Part> = Vec::with_capacity(words.len());
    for (at, word) in words.iter().enumerate() {
        let typed = &text[word.place.clone()];
        let joined = word.gap == Gap::None && at > 0;
        let own = Part {
            folded: word.folded.clone(),
            toned: fold::is_marked(typed).then(|| fold::toned(typed)),
            joined,
            place: word.place.clone(),
            corrected: false,
        };
        let is_known = vocabulary.folded(&word.folded).is_some() || table.knows(&word.folded) || in_number(word);
        if is_known || vocabulary.is_empty() {
            parts.push(own);
            continue;
        }
        let before = parts.last().filter(|_| joined).and_then(|part| vocabulary.folded(&part.folded));
        let after = words.get(at + 1).filter(|next| next.gap == Gap::None).and_then(|next| vocabulary.folded(&next.folded));
        match spelling::correct(typed, before, after, vocabulary, pairs)? {
            None => parts.push(own),
            Some(correction) => {
                for (number, folded) in correction.words.iter().enumerate() {
                    parts.push(Part {
                        folded: vocabulary.text(*folded).to_owned(),
                        toned: correction.toned.clone().filter(|toned| fold::is_marked(toned)),
                        joined: joined || number > 0,
                        place: word.place.clone(),
                        corrected: true,
                    });
                }
            }
        }
    }
    Ok(parts)
}

/// The text with corrected words in place of those that were typed, with their marks. Words without marks get theirs if nothing in
/// the text was typed with marks.
fn put_right<P: Pairs>(
    text: &str,
    parts: &[Part],
    vocabulary: &Vocabulary,
    pairs: &P,
    changes: &mut Vec<Change>,
) -> Result<String, P::Error> {
    let is_bare = parts.iter().all(|part| part.toned.is_none() || part.corrected);
    let places: Vec<Place> = parts
        .iter()
        .map(|part| match (&part.toned, vocabulary.folded(&part.folded)) {
            (None, Some(folded)) if part.corrected || is_bare => Place::Open(folded),
            (toned, _) => Place::Fixed(vocabulary.toned(toned.as_deref().unwrap_or(&part.folded))),
        })
        .collect();
    let restored = spelling::restore(&places, vocabulary, pairs)?;
    let mut out = String::with_capacity(text.len() + 16);
    let mut at = 0;
    for (part, toned) in parts.iter().zip(restored) {
        let toned = toned.or_else(|| part.toned.clone().filter(|_| part.corrected));
        let Some(toned) = toned else { continue };
        let capital = text[part.place.clone()].chars().next().is_some_and(char::is_uppercase);
        let word = with_capital(&fold::spelled(&toned), capital);
        if part.place.start < at {
            // The second half of a word that was typed without its space.
            out.push(' ');
            out.push_str(&word);
            if let Some(change) = changes.last_mut() {
                change.read_as.push(' ');
                change.read_as.push_str(&word);
            }
            continue;
        }
        out.push_str(&text[at..part.place.start]);
        out.push_str(&word);
        at = part.place.end;
        if part.corrected {
            changes.push(Change { place: part.place.clone(), read_as: word, because: Because::Spelling });
        }
    }
    out.push_str(&text[at..]);
    Ok(out)
}

fn with_capital(word: &str, capital: bool) -> String {
    let mut letters = word.chars();
    match letters.next() {
        Some(first) if capital => first.to_uppercase().chain(letters).collect(),
        _ => word.to_owned(),
    }
}

fn read_abbreviations(text: &str, parts: &[Part], table: &Table, vocabulary: &Vocabulary, understood: &mut Understood) {
    let folded: Vec<&str> = parts.iter().map(|part| part.folded.as_str()).collect();
    let loud = text.chars().any(char::is_lowercase);
    let mut other_ways: Vec<Slot> = Vec::new();
    let mut ways = 0;
    let mut at = 0;
    while at < parts.len() {
        let part = &parts[at];
        let in_number = understood.numbers.iter().any(|number| number.place.contains(&part.place.start));
        let found = if in_number { None } else { table.longest_at(&folded[at..]) };
        let Some((length, sides)) = found else {
            understood.slots.push(slot(part));
            at += 1;
            continue;
        };
        let here = &parts[at..at + length];
        let place = part.place.start..here[length - 1].place.end;
        let abbreviation = sides.iter().find(|side| side.short && is_short(&text[place.clone()], loud, vocabulary, side));
        match abbreviation {
            Some(side) => {
                for (number, (folded, toned)) in side.other.iter().enumerate() {
                    let toned = Some(toned.clone()).filter(|toned| fold::is_marked(toned));
                    let joined = number > 0 || part.joined;
                    understood.slots.push(Slot { folded: folded.clone(), toned, joined, place: place.clone(), weight: 1.0 });
                }
                understood.readings.push(Reading { word: folded[at].to_owned(), stands_for: side.other.clone() });
                understood.changes.push(Change {
                    place: place.clone(),
                    read_as: written(&side.other),
                    because: Because::Abbreviation,
                });
            }
            None => understood.slots.extend(here.iter().map(slot)),
        }
        for side in sides.iter().filter(|side| !side.short) {
            if side.kind == Kind::Abbreviation {
                // Typed in full: articles may have the short form.
                let stands_for = here.iter().map(|part| toned_of(part, text)).collect();
                if let [(word, _)] = side.other.as_slice() {
                    understood.readings.push(Reading { word: word.clone(), stands_for });
                }
                continue;
            }
            if ways == OTHER_WAYS_MAX {
                break;
            }
            ways += 1;
            for (number, (folded, toned)) in side.other.iter().enumerate() {
                let toned = Some(toned.clone()).filter(|toned| fold::is_marked(toned));
                other_ways.push(Slot {
                    folded: folded.clone(),
                    toned,
                    joined: number > 0,
                    place: place.clone(),
                    weight: SAME_WEIGHT,
                });
            }
            understood.changes.push(Change { place: place.clone(), read_as: written(&side.other), because: Because::Same });
        }
        at += length;
    }
    understood.slots.extend(other_ways);
    understood.slots.truncate(SLOTS_MAX);
}

/// A word that is also a syllable is only short for something if it was typed in capitals among small letters.
fn is_short(typed: &str, has_small: bool, vocabulary: &Vocabulary, side: &Side) -> bool {
    let capitals = typed.chars().filter(|letter| letter.is_alphabetic()).all(char::is_uppercase);
    let is_word =
        vocabulary.folded(&fold::folded(typed)).is_some_and(|word| vocabulary.articles(word) > vocabulary.total() / COMMON_PART);
    side.short && (!is_word || (capitals && (has_small || typed.len() == fold::folded(typed).len())))
}

/// A word that is in more than one of so many articles is a word of its own.
const COMMON_PART: u32 = 200;

fn toned_of(part: &Part, text: &str) -> (String, String) {
    let toned = part.toned.clone().unwrap_or_else(|| fold::toned(&text[part.place.clone()]));
    (part.folded.clone(), toned)
}

fn slot(part: &Part) -> Slot {
    Slot { folded: part.folded.clone(), toned: part.toned.clone(), joined: part.joined, place: part.place.clone(), weight: 1.0 }
}

fn written(words: &[(String, String)]) -> String {
    words.iter().map(|(_, toned)| fold::spelled(toned)).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::memory::Collection;

    fn collection() -> Collection {
        let texts = [
            "Thủ tục hành chính về đất đai do Ủy ban nhân dân cấp xã giải quyết",
            "Đăng ký kết hôn tại Ủy ban nhân dân; thủ tục đăng ký khai sinh",
            "Quyền sử dụng đất và giấy chứng nhận quyền sử dụng đất của hộ gia đình",
        ];
        Collection::new(texts.map(|text| ["Luật", "", "", text]))
    }

    fn read(text: &str) -> Understood {
        let collection = collection();
        let Ok(understood) = understand(text, &Table::standard(), &collection.vocabulary, &collection.pairs);
        understood
    }

    fn words(understood: &Understood) -> Vec<&str> {
        understood.slots.iter().map(|slot| slot.folded.as_str()).collect()
    }

    #[test]
    fn keystrokes_and_misspellings_are_put_right_with_their_marks() {
        for (typed, meant) in [
            ("thur tucj hanhf chinhs", "thủ tục hành chính"),
            ("thu3 tu5c hành chính", "thủ tục hành chính"),
            ("thủ tuc hàhn chính", "thủ tuc hành chính"),
            ("thu tucc hanh chinh", "thủ tục hành chính"),
            ("đăng ký kếthôn", "đăng ký kết hôn"),
            ("Đăngg ký khai sinh", "Đăng ký khai sinh"),
        ] {
            assert_eq!(read(typed).did_you_mean.as_deref(), Some(meant), "{typed}");
        }
        assert_eq!(read("thủ tục hành chính").did_you_mean, None);
        assert_eq!(read("thu tuc hanh chinh").did_you_mean, None, "nothing is wrong with typing no marks");
    }

    #[test]
    fn an_abbreviation_is_read_in_both_directions() {
        let short = read("UBND xã");
        assert_eq!(words(&short), ["uy", "ban", "nhan", "dan", "xa"]);
        assert_eq!(short.readings[0].word, "ubnd");
        assert_eq!(short.changes[0].read_as, "ủy ban nhân dân");
        let long = read("ủy ban nhân dân xã");
        assert_eq!(words(&long), ["uy", "ban", "nhan", "dan", "xa"]);
        assert_eq!(long.readings.iter().map(|reading| reading.word.as_str()).collect::<Vec<_>>(), ["ubnd"]);
        assert_eq!(words(&read("làm sổ đỏ"))[..3], ["lam", "so", "do"]);
        assert!(words(&read("làm sổ đỏ")).ends_with(&["chung", "nhan", "quyen", "su", "dung", "dat"]));
    }

    #[test]
    fn numbers_are_left_as_they_are() {
        let understood = read("nghị định 61/2018/NĐ-CP về tthc");
        assert_eq!(understood.numbers[0].key.as_deref(), Some("61/2018/nd-cp"));
        assert!(words(&understood).ends_with(&["thu", "tuc", "hanh", "chinh"]));
        assert!(words(&understood).starts_with(&["nghi", "dinh", "61", "2018", "nd", "cp"]));
    }
}
