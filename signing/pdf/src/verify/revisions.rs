//! What was appended after a signature, and whether it is harmless.
//!
//! Two passes over the bytes behind a signature. First the layout: nothing may stand there but objects, cross-reference
//! sections and end marks, every object in use and every cross-reference pointing into place; a viewer that repairs
//! files must find the same objects as one that follows the cross-references. Then the content of every revision:
//! only what further signatures, time stamps and validation data need may differ (see [`super::whitelist`]).

use super::whitelist::{References, Step, dss_objects};
use crate::pdf::{Document, Entry, Fault, Object, Parser, View};
use std::collections::{BTreeMap, BTreeSet};

/// What one stretch of the file, between two signatures or behind the last, adds.
#[derive(Debug)]
pub(crate) struct Segment {
    pub start: usize,
    /// Object numbers of the signature dictionaries added, or what is wrong.
    pub verdict: Result<BTreeSet<u32>, String>,
}

/// Judges everything behind the earliest of `ends`, cut at every one of them.
/// `ends` are ends of revisions in ascending order.
pub(crate) fn judge(document: &Document<'_>, ends: &[usize]) -> Vec<Segment> {
    let Some(&first) = ends.first() else {
        return Vec::new();
    };
    let mut references = match references(document, first) {
        Ok(references) => Ok(references),
        Err(fault) => Err(format!("the signed version cannot be read in full: {fault:?}")),
    };
    let stops = ends.iter().skip(1).copied().chain([document.data.len()]);
    ends.iter()
        .zip(stops)
        .filter(|(start, stop)| *start < stop)
        .map(|(&start, stop)| {
            let verdict = match &mut references {
                Ok(references) => judge_segment(document, start, stop, references),
                Err(why) => Err(why.clone()),
            };
            Segment { start, verdict }
        })
        .collect()
}

/// Indices of the sections that lie in `start..stop`, oldest first.
fn sections_in(document: &Document<'_>, start: usize, stop: usize) -> Vec<usize> {
    let inside = |i: &usize| (start..stop).contains(&document.sections[*i].offset);
    (0..document.sections.len()).rev().filter(inside).collect()
}

/// Who refers, in the version that ended at `end`, to objects that later revisions define.
fn references(document: &Document<'_>, end: usize) -> Result<References, Fault> {
    let later = sections_in(document, end, document.data.len());
    let Some(&oldest) = later.first() else {
        return Ok(References::default());
    };
    let mut watched: BTreeSet<u32> = BTreeSet::new();
    for &i in &later {
        watched.extend(document.sections[i].entries.keys());
        watched.extend(dss_objects(View { document, from: i })?);
    }
    let base = View { document, from: oldest + 1 };
    if oldest + 1 >= document.sections.len() {
        return Err(Fault::Broken(end));
    }
    watched.extend(dss_objects(base)?);
    References::collect(base, watched)
}

fn judge_segment(
    document: &Document<'_>,
    start: usize,
    stop: usize,
    references: &mut References,
) -> Result<BTreeSet<u32>, String> {
    let sections = sections_in(document, start, stop);
    let layout = Layout::scan(document, start, stop, sections.last().copied())?;
    layout.check(document, start, stop, &sections)?;
    let mut signed = BTreeSet::new();
    for &i in &sections {
        let (old, new) = (View { document, from: i + 1 }, View { document, from: i });
        signed.extend(Step::new(old, new, references)?.judge()?);
    }
    Ok(signed)
}

/// The objects and cross-reference sections that stand in a stretch of the file.
struct Layout {
    objects: BTreeMap<usize, u32>,
    sections: BTreeSet<usize>,
    /// What the `startxref` marks point to.
    targets: Vec<usize>,
}

impl Layout {
    fn scan(document: &Document<'_>, start: usize, stop: usize, newest: Option<usize>) -> Result<Self, String> {
        let view = View { document, from: newest.unwrap_or(0) };
        let known: BTreeMap<usize, usize> = document.sections.iter().map(|s| (s.offset, s.end)).collect();
        let mut parser = Parser::new(document.data, start);
        let mut layout = Self { objects: BTreeMap::new(), sections: BTreeSet::new(), targets: Vec::new() };
        loop {
            parser.skip_space();
            let at = parser.pos;
            if at >= stop {
                return Ok(layout);
            }
            let stray = || format!("unexpected bytes at offset {at}");
            if parser.take_keyword(b"xref") {
                let end = known.get(&at).ok_or_else(stray)?;
                layout.sections.insert(at);
                parser.pos = *end;
            } else if parser.take_keyword(b"startxref") {
                parser.skip_space();
                let target = parser.unsigned().and_then(|t| usize::try_from(t).ok()).ok_or_else(stray)?;
                layout.targets.push(target);
            } else {
                let found = view.read(at).map_err(|_| stray())?;
                if !found.closed || found.end > stop {
                    return Err(stray());
                }
                if known.contains_key(&at) {
                    layout.sections.insert(at);
                }
                layout.objects.insert(at, found.id.number);
                parser.pos = found.end;
            }
        }
    }

    /// Every object must be in use, every cross-reference must lead into place, every end mark to a section.
    fn check(&self, document: &Document<'_>, start: usize, stop: usize, sections: &[usize]) -> Result<(), String> {
        let known: BTreeSet<usize> = sections.iter().map(|i| document.sections[*i].offset).collect();
        if known != self.sections {
            return Err("cross-references that are not in use".into());
        }
        if self.targets.iter().any(|t| !known.contains(t)) {
            return Err("an end mark that points elsewhere".into());
        }
        let mut used: BTreeSet<usize> = known;
        for &i in sections {
            let section = &document.sections[i];
            if section.is_hybrid || section.duplicate_keys {
                return Err("ambiguous cross-references".into());
            }
            let (new, old) = (View { document, from: i }, View { document, from: i + 1 });
            for (&number, &entry) in &section.entries {
                let before = old.entry(number);
                document.spend(0).map_err(|_| "too much to compare")?;
                if before == Some(entry) {
                    continue;
                }
                let wrong = || Err(format!("object {number}: a cross-reference that leads out of its revision"));
                let offset = match entry {
                    Entry::Free if matches!(before, None | Some(Entry::Free)) => continue,
                    Entry::Free => return Err(format!("object {number} was deleted")),
                    Entry::At { offset, .. } if self.objects.get(&offset) == Some(&number) => offset,
                    Entry::At { .. } => return wrong(),
                    Entry::Packed { container, .. } => match new.entry(container) {
                        Some(Entry::At { offset, .. }) if self.objects.get(&offset) == Some(&container) => offset,
                        _ => return wrong(),
                    },
                };
                if !(start..stop).contains(&offset) {
                    return wrong();
                }
                used.insert(offset);
            }
            check_trailer(new, old)?;
        }
        match self.objects.iter().find(|(offset, _)| !used.contains(offset)) {
            Some((offset, number)) => Err(format!("object {number} at offset {offset} is not in use")),
            None => Ok(()),
        }
    }
}

fn check_trailer(new: View<'_>, old: View<'_>) -> Result<(), String> {
    if new.trailer().get(b"Root") != old.trailer().get(b"Root") {
        return Err("another document catalog".into());
    }
    let first = |view: View<'_>| match view.trailer().get(b"ID") {
        Some(Object::Array(id)) => id.first().cloned(),
        _ => None,
    };
    match (first(old), first(new)) {
        (Some(a), Some(b)) if a != b => Err("another file identifier".into()),
        _ => Ok(()),
    }
}
