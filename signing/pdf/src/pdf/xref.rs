//! Cross-reference sections: tables, streams and the hybrid of both (ISO 32000-1 §7.5.4, §7.5.8).

use super::{
    Fault,
    document::{Indirect, read_indirect},
    filters,
    object::{Dict, Object},
    parse::Parser,
};
use std::collections::{BTreeMap, BTreeSet};

/// Cross-reference sections in one file: one per saved revision, two when linearised.
pub(crate) const MAX_SECTIONS: usize = 1024;
/// Cross-reference entries in one file, all sections together.
pub(crate) const MAX_ENTRIES: usize = 4_000_000;

/// Where an object lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Entry {
    Free,
    At { offset: usize, generation: u16 },
    Packed { container: u32, index: u32 },
}

/// One cross-reference section with its trailer.
#[derive(Debug)]
pub(crate) struct Section {
    /// Offset of the word `xref`, or of the object header of the stream.
    pub offset: usize,
    /// A stream, not a table.
    pub is_stream: bool,
    pub entries: BTreeMap<u32, Entry>,
    pub trailer: Dict,
    /// A table completed by a stream (`/XRefStm`).
    pub is_hybrid: bool,
    /// The trailer names a key twice.
    pub duplicate_keys: bool,
    /// Offset behind the trailer dictionary, or behind the stream object.
    pub end: usize,
}

/// All sections from the one at `start` back to the first, newest first.
pub(crate) fn read_chain(data: &[u8], start: usize) -> Result<Vec<Section>, Fault> {
    let mut sections: Vec<Section> = Vec::new();
    let mut seen = BTreeSet::new();
    let mut budget = MAX_ENTRIES;
    let mut next = Some(start);
    while let Some(at) = next {
        if !seen.insert(at) {
            return Err(Fault::Broken(at));
        }
        if sections.len() >= MAX_SECTIONS {
            return Err(Fault::TooComplex);
        }
        let section = read_section(data, at, &mut budget)?;
        next = offset_in(&section.trailer, b"Prev", data.len())?;
        sections.push(section);
    }
    Ok(sections)
}

fn offset_in(dict: &Dict, key: &[u8], len: usize) -> Result<Option<usize>, Fault> {
    match dict.get(key) {
        None => Ok(None),
        Some(Object::Int(i)) => match usize::try_from(*i) {
            Ok(at) if at < len => Ok(Some(at)),
            _ => Err(Fault::Broken(0)),
        },
        Some(_) => Err(Fault::Broken(0)),
    }
}

fn read_section(data: &[u8], at: usize, budget: &mut usize) -> Result<Section, Fault> {
    let mut parser = Parser::new(data, at);
    parser.skip_space();
    let offset = parser.pos;
    if !parser.take_keyword(b"xref") {
        return read_stream(data, offset, budget);
    }
    let mut entries = BTreeMap::new();
    loop {
        parser.skip_space();
        if parser.take_keyword(b"trailer") {
            break;
        }
        read_subsection(&mut parser, &mut entries, data.len(), budget)?;
    }
    let (trailer, duplicate_keys) = match parser.object()? {
        Object::Dict(d) => (d, parser.duplicate_keys),
        _ => return Err(Fault::Broken(parser.pos)),
    };
    let mut section = Section { offset, is_stream: false, entries, trailer, is_hybrid: false, duplicate_keys, end: parser.pos };
    if let Some(at) = offset_in(&section.trailer, b"XRefStm", data.len())? {
        section.is_hybrid = true;
        for (number, entry) in read_stream(data, at, budget)?.entries {
            // The table calls hidden objects free so that old readers skip them (§7.5.8.4).
            let slot = section.entries.entry(number).or_insert(Entry::Free);
            if *slot == Entry::Free {
                *slot = entry;
            }
        }
    }
    Ok(section)
}

fn read_subsection(
    parser: &mut Parser<'_>,
    entries: &mut BTreeMap<u32, Entry>,
    len: usize,
    budget: &mut usize,
) -> Result<(), Fault> {
    let broken = |p: &Parser<'_>| Fault::Broken(p.pos);
    let first = parser.unsigned().and_then(|n| u32::try_from(n).ok()).ok_or_else(|| broken(parser))?;
    parser.skip_space();
    let count = parser.unsigned().and_then(|n| u32::try_from(n).ok()).ok_or_else(|| broken(parser))?;
    for i in 0..count {
        *budget = budget.checked_sub(1).ok_or(Fault::TooComplex)?;
        let number = first.checked_add(i).ok_or_else(|| broken(parser))?;
        parser.skip_space();
        let offset = parser.unsigned().ok_or_else(|| broken(parser))?;
        parser.skip_space();
        let generation = parser.unsigned().ok_or_else(|| broken(parser))?;
        parser.skip_space();
        let entry = if parser.take_keyword(b"n") {
            let offset = usize::try_from(offset).ok().filter(|o| *o < len).ok_or_else(|| broken(parser))?;
            let generation = u16::try_from(generation).map_err(|_| broken(parser))?;
            if offset == 0 { Entry::Free } else { Entry::At { offset, generation } }
        } else if parser.take_keyword(b"f") {
            Entry::Free
        } else {
            return Err(broken(parser));
        };
        entries.insert(number, entry);
    }
    Ok(())
}

fn read_stream(data: &[u8], at: usize, budget: &mut usize) -> Result<Section, Fault> {
    let broken = Fault::Broken(at);
    let mut parser = Parser::new(data, at);
    parser.skip_space();
    let offset = parser.pos;
    let found: Indirect = read_indirect(data, offset, |_| None)?;
    let (Object::Dict(dict), Some(raw)) = (found.object, found.stream) else {
        return Err(broken);
    };
    if !dict.is_name(b"Type", b"XRef") {
        return Err(broken);
    }
    let unpacked = filters::decode(&dict, data.get(raw).ok_or(broken)?).ok_or(broken)?;
    let widths = numbers(dict.get(b"W")).filter(|w| w.len() == 3 && w.iter().all(|w| *w <= 8)).ok_or(broken)?;
    let size = dict.get(b"Size").and_then(Object::as_int).and_then(|s| usize::try_from(s).ok()).ok_or(broken)?;
    let index = match dict.get(b"Index") {
        None => vec![0, size],
        some => numbers(some).filter(|i| i.len() % 2 == 0).ok_or(broken)?,
    };
    let width: usize = widths.iter().sum();
    if width == 0 {
        return Err(broken);
    }
    let mut rows = unpacked.chunks_exact(width);
    let mut entries = BTreeMap::new();
    for pair in index.chunks_exact(2) {
        for number in pair[0]..pair[0].checked_add(pair[1]).ok_or(broken)? {
            *budget = budget.checked_sub(1).ok_or(Fault::TooComplex)?;
            let row = rows.next().ok_or(broken)?;
            let number = u32::try_from(number).map_err(|_| broken)?;
            entries.insert(number, read_row(row, &widths, data.len()).ok_or(broken)?);
        }
    }
    let (duplicate_keys, end) = (found.duplicate_keys, found.end);
    Ok(Section { offset, is_stream: true, entries, trailer: dict, is_hybrid: false, duplicate_keys, end })
}

fn read_row(row: &[u8], widths: &[usize], len: usize) -> Option<Entry> {
    let mut rest = row;
    let mut field = |width: usize, default: u64| {
        let (head, tail) = rest.split_at_checked(width)?;
        rest = tail;
        Some(if width == 0 { default } else { head.iter().fold(0, |n, b| n << 8 | u64::from(*b)) })
    };
    let kind = field(widths[0], 1)?;
    let second = field(widths[1], 0)?;
    let third = field(widths[2], 0)?;
    Some(match kind {
        1 => {
            let offset = usize::try_from(second).ok().filter(|o| *o < len)?;
            if offset == 0 { Entry::Free } else { Entry::At { offset, generation: u16::try_from(third).ok()? } }
        }
        2 => Entry::Packed { container: u32::try_from(second).ok()?, index: u32::try_from(third).ok()? },
        // Free, or a kind of the future that readers take as null (§7.5.8.3).
        _ => Entry::Free,
    })
}

fn numbers(object: Option<&Object>) -> Option<Vec<usize>> {
    object?.as_array()?.iter().map(|o| usize::try_from(o.as_int()?).ok()).collect()
}
