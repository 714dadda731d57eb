//! Conclusions that people wrote at the same time, where merging letter by letter mixed what they wrote.
//!
//! Every change of the conclusions writes a number beside them (`edition`). Two numbers that stand side by side are two changes that did not
//! know of each other, and the text as each of them left it is still in the document. What is told are the paragraphs that stand there now
//! and that nobody wrote; where every paragraph is as somebody wrote it, the merge has done all there was to do. Documents, and programs,
//! that know no edition tell of nothing.

use std::collections::{BTreeMap, BTreeSet};

use automerge::transaction::Transactable;
use automerge::{ActorId, Automerge, ObjId, ROOT, ReadDoc, ScalarValue};
use domain::id::Hash32;
use domain::limits::{CONCLUSION_CHARS, CONCLUSIONS};

use super::super::{DocumentError, Problems, readable, text};
use super::TEXT_CONCLUSIONS;

const EDITION: &str = "edition";

/// Changes of the conclusions beside each other that are told.
pub const DRAFT_SIDES_MAX: usize = 8;

/// A change of the conclusions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edition {
    /// Its hash.
    pub change: Hash32,
    /// The automerge actor that made it; whose that is, the replica knows.
    pub actor: Vec<u8>,
}

/// A part of the conclusions in which something stands that nobody wrote.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MixedPart {
    /// The first paragraph of it, from 0.
    pub at: usize,
    /// What stands there.
    pub merged: Vec<String>,
    /// What each edition left there, in the order of [`Drafting::editions`]; empty: nothing.
    pub sides: Vec<Vec<String>>,
}

/// Conclusions that somebody has to look at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Drafting {
    /// The changes that did not know of each other, by their hashes: two and more, [`DRAFT_SIDES_MAX`] at the most.
    pub editions: Vec<Edition>,
    /// What stands there now, all of it.
    pub merged: Vec<String>,
    /// Its mixed parts in reading order; at least one.
    pub parts: Vec<MixedPart>,
}

/// What somebody wants of a part.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Chosen {
    /// What the edition at this place left.
    Side(usize),
    /// What all editions left, one after the other; what two of them left alike stands once.
    All,
    /// What stands there now.
    Merged,
}

impl Drafting {
    /// The conclusions with one choice for each part; `None`: another number of choices, or an edition that is not there.
    pub fn settled(&self, choices: &[Chosen]) -> Option<Vec<String>> {
        if choices.len() != self.parts.len() {
            return None;
        }
        let mut conclusions = Vec::new();
        let mut next = 0;
        for (part, choice) in self.parts.iter().zip(choices) {
            conclusions.extend(self.merged.iter().take(part.at).skip(next).cloned());
            next = part.at.saturating_add(part.merged.len());
            match choice {
                Chosen::Side(side) => conclusions.extend(part.sides.get(*side)?.iter().cloned()),
                Chosen::All => {
                    let mut told = BTreeSet::new();
                    conclusions.extend(part.sides.iter().flatten().filter(|paragraph| told.insert(*paragraph)).cloned());
                }
                Chosen::Merged => conclusions.extend(part.merged.iter().cloned()),
            }
        }
        conclusions.extend(self.merged.iter().skip(next).cloned());
        Some(conclusions)
    }
}

/// What of the conclusions somebody has to look at; `None`: nothing.
pub fn drafting(doc: &Automerge) -> Result<Option<Drafting>, DocumentError> {
    readable(doc)?;
    let all = doc.get_all(&ROOT, EDITION)?;
    if all.len() < 2 {
        return Ok(None);
    }
    let mut found = BTreeMap::new();
    for (_, id) in all.iter().rev().take(DRAFT_SIDES_MAX) {
        if let (Some(change), ObjId::Id(_, actor, _)) = (doc.hash_for_opid(id), id) {
            found.insert(change, Edition { change: Hash32(change.0), actor: actor.to_bytes().to_vec() });
        }
    }
    // What is left out or shortened here was told by the reader of the meeting.
    let mut problems = Problems::default();
    let merged = text::paragraphs(doc, TEXT_CONCLUSIONS, CONCLUSIONS, CONCLUSION_CHARS, &mut problems);
    let sides: Vec<Vec<String>> = found
        .keys()
        .map(|change| text::paragraphs_at(doc, TEXT_CONCLUSIONS, &[*change], CONCLUSIONS, CONCLUSION_CHARS, &mut problems))
        .collect();
    let parts = if sides.len() < 2 { Vec::new() } else { mixed(&merged, &sides) };
    let editions = found.into_values().collect();
    Ok(if parts.is_empty() { None } else { Some(Drafting { editions, merged, parts }) })
}

/// What one writes who began from `base`, with what others wrote since (`now`); `None`: together they would make paragraphs that nobody wrote.
///
/// # Errors
/// A text is over the limit.
pub fn brought_up(base: &[String], now: &[String], wanted: &[String]) -> Result<Option<Vec<String>>, DocumentError> {
    if base == now || now == wanted {
        return Ok(Some(wanted.to_vec()));
    }
    let set = |doc: &mut Automerge, paragraphs: &[String]| {
        let done = doc.transact(|tx| text::set_paragraphs(tx, TEXT_CONCLUSIONS, paragraphs));
        done.map(|_| ()).map_err(|failure| failure.error)
    };
    let mut theirs = Automerge::new().with_actor(ActorId::from([1; 16]));
    set(&mut theirs, base)?;
    let mut own = theirs.fork().with_actor(ActorId::from([2; 16]));
    set(&mut theirs, now)?;
    set(&mut own, wanted)?;
    theirs.merge(&mut own)?;
    let merged = text::paragraphs(&theirs, TEXT_CONCLUSIONS, CONCLUSIONS, CONCLUSION_CHARS, &mut Problems::default());
    Ok(mixed(&merged, &[now.to_vec(), wanted.to_vec()]).is_empty().then_some(merged))
}

/// Says that the conclusions are written anew by somebody who has seen all that stands there. Nothing is said by who changes nothing and has
/// nothing to settle.
pub(super) fn note(tx: &mut impl Transactable, conclusions: &[String]) -> Result<(), DocumentError> {
    let (beside, numbers) = {
        let all = tx.get_all(&ROOT, EDITION)?;
        let numbers: BTreeSet<u64> =
            all.iter().filter_map(|(value, _)| value.as_scalar().and_then(ScalarValue::as_u64)).collect();
        (all.len(), numbers)
    };
    let now = text::paragraphs(tx, TEXT_CONCLUSIONS, CONCLUSIONS, CONCLUSION_CHARS, &mut Problems::default());
    if beside < 2 && now == conclusions {
        return Ok(());
    }
    // A number that stands there already would be no change.
    let next = (1..u64::MAX).find(|number| !numbers.contains(number)).unwrap_or_default();
    Ok(tx.put(&ROOT, EDITION, next)?)
}

/// The parts between paragraphs that all sides share, as far as something stands in them that no side wrote.
fn mixed(merged: &[String], sides: &[Vec<String>]) -> Vec<MixedPart> {
    let mut known = BTreeMap::new();
    let now = numbered(merged, &mut known);
    let left: Vec<Vec<usize>> = sides.iter().map(|side| numbered(side, &mut known)).collect();
    let written: BTreeSet<usize> = left.iter().flatten().copied().collect();
    let partners: Vec<Vec<Option<usize>>> = left.iter().map(|side| partners(&now, side)).collect();
    let mut parts = Vec::new();
    let (mut start, mut starts) = (0, vec![0; sides.len()]);
    for end in 0..=merged.len() {
        let ends: Option<Vec<usize>> = if end == merged.len() {
            Some(sides.iter().map(Vec::len).collect())
        } else {
            partners.iter().map(|of_side| of_side.get(end).copied().flatten()).collect()
        };
        let Some(ends) = ends else { continue };
        if now.iter().take(end).skip(start).any(|paragraph| !written.contains(paragraph)) {
            let of_sides = sides.iter().zip(starts.iter().zip(&ends));
            parts.push(MixedPart {
                at: start,
                merged: merged.iter().take(end).skip(start).cloned().collect(),
                sides: of_sides.map(|(side, (from, to))| side.iter().take(*to).skip(*from).cloned().collect()).collect(),
            });
        }
        start = end + 1;
        starts = ends.iter().map(|end| end + 1).collect();
    }
    parts
}

/// Paragraphs as numbers, equal ones alike: they are compared often and may be long.
fn numbered<'t>(paragraphs: &'t [String], known: &mut BTreeMap<&'t str, usize>) -> Vec<usize> {
    paragraphs
        .iter()
        .map(|paragraph| {
            let next = known.len();
            *known.entry(paragraph.as_str()).or_insert(next)
        })
        .collect()
}

/// For each of `one` the place in `other` that it is paired with in a longest common subsequence; at most [`CONCLUSIONS`] squared steps.
fn partners(one: &[usize], other: &[usize]) -> Vec<Option<usize>> {
    let width = other.len() + 1;
    let mut longest = vec![0_usize; (one.len() + 1) * width];
    for (row, left) in one.iter().enumerate().rev() {
        for (column, right) in other.iter().enumerate().rev() {
            let here = row * width + column;
            longest[here] =
                if left == right { longest[here + width + 1] + 1 } else { longest[here + width].max(longest[here + 1]) };
        }
    }
    let mut partners = vec![None; one.len()];
    let (mut row, mut column) = (0, 0);
    while row < one.len() && column < other.len() {
        let here = row * width + column;
        if one[row] == other[column] {
            partners[row] = Some(column);
            (row, column) = (row + 1, column + 1);
        } else if longest[here + width] >= longest[here + 1] {
            row += 1;
        } else {
            column += 1;
        }
    }
    partners
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use domain::id::Timestamp;
    use domain::meeting::MeetingInfo;

    use super::super::{create, read, set_conclusions};
    use super::*;

    fn meeting() -> Automerge {
        let mut doc = Automerge::new().with_actor(ActorId::from([1; 16]));
        let info = MeetingInfo {
            title: "Phiên họp tháng 11".to_owned(),
            body: String::new(),
            place: String::new(),
            starts_at: Timestamp(1),
            conclusions: Vec::new(),
        };
        doc.transact(|tx| create(tx, &info)).unwrap();
        doc
    }

    fn fork(of: &Automerge, number: u8) -> Automerge {
        of.fork().with_actor(ActorId::from([number; 16]))
    }

    fn texts(list: &[&str]) -> Vec<String> {
        list.iter().map(|text| (*text).to_owned()).collect()
    }

    fn write(doc: &mut Automerge, list: &[&str]) {
        doc.transact(|tx| set_conclusions(tx, &texts(list))).unwrap();
    }

    fn meet(one: &mut Automerge, other: &mut Automerge) {
        one.merge(other).unwrap();
        other.merge(one).unwrap();
        assert_eq!(drafting(one).unwrap(), drafting(other).unwrap());
    }

    fn conclusions(doc: &Automerge) -> Vec<String> {
        read(doc).unwrap().info.conclusions
    }

    /// Chair and clerk begin with the first list and write the others at the same time.
    fn apart(first: &[&str], chair: &[&str], clerk: &[&str]) -> (Automerge, Automerge) {
        let mut one = meeting();
        write(&mut one, first);
        let mut other = fork(&one, 2);
        write(&mut one, chair);
        write(&mut other, clerk);
        meet(&mut one, &mut other);
        (one, other)
    }

    /// What the edition of this actor left of a part.
    fn of(told: &Drafting, part: usize, actor: u8) -> Vec<String> {
        let place = told.editions.iter().position(|edition| edition.actor == [actor; 16]).unwrap();
        told.parts[part].sides[place].clone()
    }

    #[test]
    fn a_paragraph_that_two_changed_is_told_with_both_sides() {
        let (chair, _) = apart(
            &["Thống nhất.", "Hoàn thành trước ngày 10.", "Giao Văn phòng."],
            &["Thống nhất.", "Hoàn thành trước ngày 15.", "Giao Văn phòng."],
            &["Thống nhất.", "Hoàn thành trước ngày 20.", "Giao Văn phòng."],
        );
        let told = drafting(&chair).unwrap().unwrap();
        let [part] = told.parts.as_slice() else { panic!("{told:?}") };
        assert_eq!((part.at, part.merged.len(), told.editions.len()), (1, 1, 2));
        assert_eq!(of(&told, 0, 1), ["Hoàn thành trước ngày 15."]);
        assert_eq!(of(&told, 0, 2), ["Hoàn thành trước ngày 20."]);
        assert_eq!(told.merged, conclusions(&chair));
    }

    #[test]
    fn what_merges_whole_asks_nobody() {
        let (chair, _) = apart(&["Một.", "Hai."], &["Một, đã sửa.", "Hai."], &["Một.", "Hai, đã sửa.", "Ba."]);
        assert_eq!(conclusions(&chair), ["Một, đã sửa.", "Hai, đã sửa.", "Ba."]);
        assert_eq!(drafting(&chair).unwrap(), None);
        let (chair, _) = apart(&["Một.", "Hai."], &["Hai."], &["Một.", "Hai.", "Ba."]);
        assert_eq!(conclusions(&chair), ["Hai.", "Ba."]);
        assert_eq!(drafting(&chair).unwrap(), None);
    }

    #[test]
    fn two_first_conclusions_that_grew_into_one_are_told() {
        let (chair, _) = apart(&[], &["Giao Văn phòng."], &["Giao Sở Tài chính."]);
        assert_eq!(conclusions(&chair).len(), 1, "the letters of both stand in one paragraph");
        let told = drafting(&chair).unwrap().unwrap();
        let mut both = told.settled(&[Chosen::All]).unwrap();
        both.sort();
        assert_eq!(both, ["Giao Sở Tài chính.", "Giao Văn phòng."]);
    }

    #[test]
    fn a_choice_for_each_part_settles_it_for_all() {
        let first = ["Hạn ngày 10.", "Thống nhất.", "Họp lại ngày 10."];
        let (mut chair, mut clerk) = apart(
            &first,
            &["Hạn ngày 15.", "Thống nhất.", "Họp lại ngày 15."],
            &["Hạn ngày 20.", "Thống nhất.", "Họp lại ngày 20."],
        );
        let told = drafting(&chair).unwrap().unwrap();
        assert_eq!(told.parts.len(), 2);
        let side = told.editions.iter().position(|edition| edition.actor == [2; 16]).unwrap();
        assert_eq!(told.settled(&[Chosen::Merged, Chosen::Merged]).unwrap(), conclusions(&chair));
        assert_eq!((told.settled(&[Chosen::Merged]), told.settled(&[Chosen::Side(2), Chosen::Merged])), (None, None));
        let chosen = told.settled(&[Chosen::Side(side), Chosen::All]).unwrap();
        assert_eq!((chosen[0].as_str(), chosen[1].as_str(), chosen.len()), ("Hạn ngày 20.", "Thống nhất.", 4));
        chair.transact(|tx| set_conclusions(tx, &chosen)).unwrap();
        meet(&mut chair, &mut clerk);
        assert_eq!((drafting(&clerk).unwrap(), conclusions(&clerk)), (None, chosen));
    }

    #[test]
    fn the_merged_text_can_be_chosen_though_it_changes_nothing() {
        let (mut chair, mut clerk) = apart(&["Hạn ngày 10."], &["Hạn ngày 15."], &["Hạn ngày 20."]);
        let merged = conclusions(&chair);
        clerk.transact(|tx| set_conclusions(tx, &merged)).unwrap();
        meet(&mut chair, &mut clerk);
        assert_eq!((drafting(&chair).unwrap(), conclusions(&chair)), (None, merged.clone()));
        let heads = chair.get_heads();
        chair.transact(|tx| set_conclusions(tx, &merged)).unwrap();
        assert_eq!(chair.get_heads(), heads, "who changes nothing and settles nothing writes nothing");
    }

    #[test]
    fn who_began_from_an_older_text_takes_nothing_from_others() {
        let (base, now) = (texts(&["Một.", "Hai."]), texts(&["Một.", "Hai, đã sửa."]));
        let brought = |wanted: &[&str]| brought_up(&base, &now, &texts(wanted)).unwrap();
        assert_eq!(brought(&["Một.", "Hai.", "Ba."]), Some(texts(&["Một.", "Hai, đã sửa.", "Ba."])));
        assert_eq!(brought(&["Một.", "Hai, viết lại."]), None);
        assert_eq!(brought_up(&now, &now, &base).unwrap(), Some(base.clone()), "who has seen all may take back all");
    }

    #[test]
    fn a_document_without_editions_tells_of_nothing() {
        let old = |doc: &mut Automerge, list: &[&str]| {
            doc.transact(|tx| text::set_paragraphs(tx, TEXT_CONCLUSIONS, &texts(list))).unwrap()
        };
        let mut chair = meeting();
        old(&mut chair, &["Hạn ngày 10."]);
        let mut clerk = fork(&chair, 2);
        old(&mut chair, &["Hạn ngày 15."]);
        old(&mut clerk, &["Hạn ngày 20."]);
        meet(&mut chair, &mut clerk);
        assert_eq!(drafting(&chair).unwrap(), None);
    }

    #[test]
    fn more_sides_than_are_told_and_numbers_that_are_none_do_no_harm() {
        let mut chair = meeting();
        write(&mut chair, &["Hạn ngày 10."]);
        let mut others: Vec<Automerge> = (2..20).map(|number| fork(&chair, number)).collect();
        for (number, other) in others.iter_mut().enumerate() {
            write(other, &[&format!("Hạn ngày {number}{number}.")]);
            let odd = if number % 2 == 0 { ScalarValue::Uint(u64::MAX) } else { ScalarValue::Str("một".into()) };
            other.transact(|tx| tx.put(&ROOT, EDITION, odd)).unwrap();
        }
        for other in &mut others {
            chair.merge(other).unwrap();
        }
        let told = drafting(&chair).unwrap().unwrap();
        assert_eq!((told.editions.len(), told.parts[0].sides.len()), (DRAFT_SIDES_MAX, DRAFT_SIDES_MAX));
        write(&mut chair, &["Hạn ngày 30."]);
        assert_eq!(drafting(&chair).unwrap(), None);
    }
}
