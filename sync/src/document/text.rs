//! Text that several people write at once: a text object of paragraphs, merged letter by letter.

use automerge::transaction::Transactable;
use automerge::{ChangeHash, ObjId, ObjType, ROOT, ReadDoc, Value};
use domain::limits::{at_most, forbidden_in_line};

use super::{DocumentError, ProblemKind, Problems, TWINS_MAX};

/// Between two paragraphs (PARAGRAPH SEPARATOR). No paragraph may hold it, a line break inside one may stand.
const SEPARATOR: char = '\u{2029}';
/// Changed letters that are compared one by one; where more changed, the whole changed part is replaced. Comparing is quadratic.
const COMPARED_CHARS_MAX: usize = 4_000;
/// Characters of one text, all paragraphs together: some sixty printed pages. Every letter is an operation that each device keeps.
pub(super) const TEXT_CHARS_MAX: usize = 100_000;

/// The text objects under a key, now or as of `heads`, the one that automerge shows first.
fn texts(doc: &impl ReadDoc, key: &str, heads: Option<&[ChangeHash]>) -> Vec<ObjId> {
    let all = match heads {
        None => doc.get_all(&ROOT, key),
        Some(heads) => doc.get_all_at(&ROOT, key, heads),
    };
    let all = all.unwrap_or_default();
    all.into_iter().rev().filter(|(value, _)| *value == Value::Object(ObjType::Text)).map(|(_, id)| id).take(TWINS_MAX).collect()
}

/// Reads paragraphs; empty ones are not told.
pub(super) fn paragraphs(doc: &impl ReadDoc, key: &str, most: usize, most_chars: usize, problems: &mut Problems) -> Vec<String> {
    gathered(doc, key, None, [most, most_chars], problems)
}

/// [`paragraphs`] as they were at `heads`.
pub(super) fn paragraphs_at(
    doc: &impl ReadDoc,
    key: &str,
    heads: &[ChangeHash],
    most: usize,
    most_chars: usize,
    problems: &mut Problems,
) -> Vec<String> {
    gathered(doc, key, Some(heads), [most, most_chars], problems)
}

fn gathered(
    doc: &impl ReadDoc,
    key: &str,
    heads: Option<&[ChangeHash]>,
    [most, most_chars]: [usize; 2],
    problems: &mut Problems,
) -> Vec<String> {
    let mut paragraphs = Vec::new();
    for text in texts(doc, key, heads) {
        let text = match heads {
            None => doc.text(&text),
            Some(heads) => doc.text_at(&text, heads),
        };
        let Ok(text) = text else {
            problems.note(key, ProblemKind::Damaged);
            continue;
        };
        for paragraph in text.split(SEPARATOR) {
            let clean: String = paragraph
                .chars()
                .filter(|c| matches!(c, '\n' | '\r' | '\t') || !forbidden_in_line(*c))
                .take(most_chars)
                .collect();
            if clean.len() != paragraph.len() {
                problems.note(key, ProblemKind::OutOfBounds);
            }
            if clean.trim().is_empty() {
                continue;
            }
            if paragraphs.len() == most {
                problems.note(key, ProblemKind::TooMany);
                return paragraphs;
            }
            paragraphs.push(clean);
        }
    }
    paragraphs
}

/// Makes the text say `paragraphs`, changing only what differs.
pub(super) fn set_paragraphs(tx: &mut impl Transactable, key: &str, paragraphs: &[String]) -> Result<(), DocumentError> {
    let separator = SEPARATOR.to_string();
    let wanted = paragraphs.join(&separator);
    at_most("text", TEXT_CHARS_MAX, wanted.chars().count())?;
    let mut found = texts(tx, key, None).into_iter();
    let text = match found.next() {
        Some(text) => text,
        None => tx.put_object(&ROOT, key, ObjType::Text)?,
    };
    // What twins said was shown with the rest and is in `paragraphs` if it was wanted.
    for twin in found {
        let length = tx.length(&twin);
        splice(tx, &twin, 0, length, "")?;
    }
    let current = tx.text(&text)?;
    update(tx, &text, &current, &wanted)
}

fn update(tx: &mut impl Transactable, text: &ObjId, current: &str, wanted: &str) -> Result<(), DocumentError> {
    if current == wanted {
        return Ok(());
    }
    let (old, new): (Vec<char>, Vec<char>) = (current.chars().collect(), wanted.chars().collect());
    let prefix = old.iter().zip(&new).take_while(|(a, b)| a == b).count();
    let suffix = old.iter().skip(prefix).rev().zip(new.iter().skip(prefix).rev()).take_while(|(a, b)| a == b).count();
    let (old_part, new_part) = (old.len() - prefix - suffix, new.len() - prefix - suffix);
    if old_part == 0 || new_part == 0 || old_part.max(new_part) > COMPARED_CHARS_MAX {
        let inserted: String = new.iter().skip(prefix).take(new_part).collect();
        return splice(tx, text, prefix, old_part, &inserted);
    }
    Ok(tx.update_text(text, wanted)?)
}

/// Places and lengths are in Unicode scalar values, which is how automerge counts text here.
fn splice(tx: &mut impl Transactable, text: &ObjId, at: usize, deleted: usize, inserted: &str) -> Result<(), DocumentError> {
    let deleted = isize::try_from(deleted).unwrap_or(isize::MAX);
    Ok(tx.splice_text(text, at, deleted, inserted)?)
}
