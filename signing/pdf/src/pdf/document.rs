//! A file and its revisions: objects are read when asked for, under a budget of work.

use super::{
    Fault,
    filters::{self, MAX_INFLATED},
    object::{Dict, Object, ObjectId},
    parse::{Parser, is_space},
    xref::{Entry, Section, read_chain},
};
use std::{
    cell::{Cell, RefCell},
    collections::BTreeMap,
    ops::Range,
    rc::Rc,
};

/// References followed from one to the next.
const MAX_HOPS: usize = 16;
/// Bytes read again and again, as a multiple of the file's size: overlapping objects must not cost more.
const WORK_FACTOR: usize = 16;
/// Bytes of work allowed to any file.
const WORK_BASE: usize = 16 * 1024 * 1024;
/// What looking a number up in one section counts for, in bytes read.
const LOOKUP_COST: usize = 8;
/// Unpacked object streams of one file, all together.
const MAX_UNPACKED: usize = 4 * MAX_INFLATED;
/// Objects in one object stream.
const MAX_PACKED: usize = 100_000;
/// Distance of `startxref` from the end of a revision.
const TAIL: usize = 1024;

/// An indirect object as it stands in the file.
#[derive(Debug, Clone)]
pub(crate) struct Indirect {
    pub id: ObjectId,
    pub object: Object,
    /// Raw data of a stream.
    pub stream: Option<Range<usize>>,
    /// Where the object header lies; `None` inside an object stream.
    pub offset: Option<usize>,
    /// Offset behind `endobj`, or behind the value where that is missing.
    pub end: usize,
    /// `endobj` was there.
    pub closed: bool,
    pub duplicate_keys: bool,
    /// Where the values of the outermost dictionary lie.
    pub spans: Vec<(Vec<u8>, Range<usize>)>,
}

/// Reads the indirect object at `offset`; `length_of` finds an indirect `/Length`.
pub(crate) fn read_indirect(
    data: &[u8],
    offset: usize,
    length_of: impl FnOnce(ObjectId) -> Option<usize>,
) -> Result<Indirect, Fault> {
    let mut parser = Parser::new(data, offset);
    parser.skip_space();
    let offset = parser.pos;
    let id = parser.object_header()?;
    let object = parser.object()?;
    parser.skip_space();
    let mut stream = None;
    if let (Object::Dict(dict), true) = (&object, parser.take_keyword(b"stream")) {
        // One end-of-line marker and no more: data may begin with white space.
        match (parser.peek(), data.get(parser.pos + 1)) {
            (Some(b'\r'), Some(b'\n')) => parser.pos += 2,
            (Some(b'\n' | b'\r'), _) => parser.pos += 1,
            _ => return Err(Fault::Broken(parser.pos)),
        }
        let length = match dict.get(b"Length") {
            Some(Object::Int(i)) => usize::try_from(*i).ok(),
            Some(Object::Ref(r)) => length_of(*r),
            _ => None,
        };
        let start = parser.pos;
        let end = length.and_then(|l| start.checked_add(l)).filter(|e| *e <= data.len()).ok_or(Fault::Broken(start))?;
        parser.pos = end;
        while parser.peek().is_some_and(is_space) {
            parser.pos += 1;
        }
        if !parser.take_keyword(b"endstream") {
            return Err(Fault::Broken(parser.pos));
        }
        stream = Some(start..end);
        parser.skip_space();
    }
    let closed = parser.take_keyword(b"endobj");
    Ok(Indirect {
        id,
        object,
        stream,
        offset: Some(offset),
        end: parser.pos,
        closed,
        duplicate_keys: parser.duplicate_keys,
        spans: parser.spans,
    })
}

struct Pack {
    data: Vec<u8>,
    table: Vec<(u32, usize)>,
}

/// A PDF file.
pub(crate) struct Document<'a> {
    pub data: &'a [u8],
    /// Newest first.
    pub sections: Vec<Section>,
    work: Cell<usize>,
    unpacked: Cell<usize>,
    packs: RefCell<BTreeMap<usize, Rc<Pack>>>,
}

impl<'a> Document<'a> {
    /// Reads the cross-references of `data`.
    pub fn open(data: &'a [u8]) -> Result<Self, Fault> {
        if !data.starts_with(b"%PDF-") {
            return Err(Fault::NotAPdf);
        }
        let word = b"startxref";
        let at = data.windows(word.len()).rposition(|w| w == word).ok_or(Fault::Broken(data.len()))?;
        let start = xref_offset(data, at + word.len()).ok_or(Fault::Broken(at))?;
        let sections = read_chain(data, start)?;
        if sections.iter().any(|s| s.trailer.get(b"Encrypt").is_some()) {
            return Err(Fault::Encrypted);
        }
        let document = Self { data, sections, work: Cell::new(0), unpacked: Cell::new(0), packs: RefCell::new(BTreeMap::new()) };
        document.newest().catalog()?;
        Ok(document)
    }

    /// The file as it is now.
    pub fn newest(&self) -> View<'_> {
        View { document: self, from: 0 }
    }

    /// The file as it was when it ended at `end`; `None` if no revision ends there.
    pub fn ending_at(&self, end: usize) -> Option<View<'_>> {
        let prefix = self.data.get(..end)?;
        let word = b"startxref";
        let tail = end.saturating_sub(TAIL);
        let at = tail + prefix[tail..].windows(word.len()).rposition(|w| w == word)?;
        let mut parser = Parser::new(prefix, at + word.len());
        while parser.peek().is_some_and(is_space) {
            parser.pos += 1;
        }
        let declared = usize::try_from(parser.unsigned()?).ok()?;
        let rest = &prefix[parser.pos..];
        let rest = &rest[rest.iter().position(|b| !is_space(*b))?..];
        if !rest.strip_prefix(b"%%EOF")?.iter().all(|b| is_space(*b)) {
            return None;
        }
        let mut parser = Parser::new(prefix, declared);
        parser.skip_space();
        let from = self.sections.iter().position(|s| s.offset == parser.pos)?;
        let (newer, older) = self.sections.split_at(from);
        (newer.iter().all(|s| s.offset >= end) && older.iter().all(|s| s.offset < end)).then_some(View { document: self, from })
    }

    /// Counts work; refuses when hostile overlaps make it explode.
    pub fn spend(&self, bytes: usize) -> Result<(), Fault> {
        self.note(bytes.saturating_add(LOOKUP_COST));
        let allowed = self.data.len().saturating_mul(WORK_FACTOR).saturating_add(WORK_BASE);
        if self.work.get() > allowed { Err(Fault::TooComplex) } else { Ok(()) }
    }

    fn note(&self, work: usize) {
        self.work.set(self.work.get().saturating_add(work));
    }
}

/// The offset that follows the word `startxref`.
fn xref_offset(data: &[u8], at: usize) -> Option<usize> {
    let mut parser = Parser::new(data, at);
    parser.skip_space();
    usize::try_from(parser.unsigned()?).ok().filter(|o| *o < data.len())
}

/// A file as of one revision.
#[derive(Clone, Copy)]
pub(crate) struct View<'d> {
    pub document: &'d Document<'d>,
    /// Index of the newest section that counts.
    pub from: usize,
}

impl<'d> View<'d> {
    pub fn trailer(&self) -> &'d Dict {
        &self.document.sections[self.from].trailer
    }

    pub fn entry(&self, number: u32) -> Option<Entry> {
        let mut looked = 0;
        let entry = self.document.sections[self.from..].iter().find_map(|s| {
            looked += 1;
            s.entries.get(&number).copied()
        });
        self.document.note(looked * LOOKUP_COST);
        entry
    }

    /// The numbers of all objects in use.
    pub fn numbers(&self) -> Vec<u32> {
        let mut numbers = BTreeMap::new();
        for section in self.document.sections[self.from..].iter().rev() {
            numbers.extend(section.entries.iter().map(|(n, e)| (*n, *e)));
        }
        numbers.into_iter().filter(|(_, e)| *e != Entry::Free).map(|(n, _)| n).collect()
    }

    /// The object with this number; `None` if there is none.
    pub fn object(&self, number: u32) -> Result<Option<Indirect>, Fault> {
        match self.entry(number) {
            None | Some(Entry::Free) => Ok(None),
            Some(Entry::At { offset, generation }) => {
                let found = self.read(offset)?;
                if found.id != (ObjectId { number, generation }) {
                    return Err(Fault::Broken(offset));
                }
                Ok(Some(found))
            }
            Some(Entry::Packed { container, index }) => self.packed(number, container, index).map(Some),
        }
    }

    /// The object at this offset, whatever its number.
    pub fn read(&self, offset: usize) -> Result<Indirect, Fault> {
        let found = read_indirect(self.document.data, offset, |r| self.length(r))?;
        let stream = found.stream.as_ref().map_or(0, Range::len);
        self.document.spend((found.end - offset).saturating_sub(stream))?;
        Ok(found)
    }

    fn length(&self, id: ObjectId) -> Option<usize> {
        let Some(Entry::At { offset, generation }) = self.entry(id.number) else {
            return None;
        };
        let found = read_indirect(self.document.data, offset, |_| None).ok()?;
        self.document.spend(found.end - offset).ok()?;
        (found.id == id && generation == id.generation).then_some(())?;
        usize::try_from(found.object.as_int()?).ok()
    }

    fn packed(&self, number: u32, container: u32, index: u32) -> Result<Indirect, Fault> {
        let Some(Entry::At { offset, .. }) = self.entry(container) else {
            return Err(Fault::Broken(0));
        };
        let pack = self.pack(offset, container)?;
        let broken = Fault::Broken(offset);
        let index = usize::try_from(index).map_err(|_| broken)?;
        let (_, start) = pack.table.get(index).filter(|(n, _)| *n == number).ok_or(broken)?;
        let mut parser = Parser::new(&pack.data, *start);
        let object = parser.object().map_err(|_| broken)?;
        self.document.spend(parser.pos - start)?;
        Ok(Indirect {
            id: ObjectId { number, generation: 0 },
            object,
            stream: None,
            offset: None,
            end: 0,
            closed: true,
            duplicate_keys: parser.duplicate_keys,
            spans: Vec::new(),
        })
    }

    fn pack(&self, offset: usize, container: u32) -> Result<Rc<Pack>, Fault> {
        if let Some(pack) = self.document.packs.borrow().get(&offset) {
            return Ok(Rc::clone(pack));
        }
        let broken = Fault::Broken(offset);
        let found = self.read(offset)?;
        let (Object::Dict(dict), Some(raw)) = (&found.object, found.stream.clone()) else {
            return Err(broken);
        };
        if found.id.number != container || !dict.is_name(b"Type", b"ObjStm") {
            return Err(broken);
        }
        let data = filters::decode(dict, &self.document.data[raw]).ok_or(broken)?;
        let unpacked = self.document.unpacked.get().saturating_add(data.len());
        self.document.unpacked.set(unpacked);
        if unpacked > MAX_UNPACKED {
            return Err(Fault::TooComplex);
        }
        let number = |key: &[u8]| dict.get(key).and_then(Object::as_int).and_then(|n| usize::try_from(n).ok());
        let count = number(b"N").filter(|n| *n <= MAX_PACKED).ok_or(broken)?;
        let first = number(b"First").ok_or(broken)?;
        let mut parser = Parser::new(&data, 0);
        let mut table = Vec::with_capacity(count);
        for _ in 0..count {
            parser.skip_space();
            let number = parser.unsigned().and_then(|n| u32::try_from(n).ok()).ok_or(broken)?;
            parser.skip_space();
            let at = parser.unsigned().and_then(|n| usize::try_from(n).ok()).ok_or(broken)?;
            table.push((number, first.checked_add(at).filter(|at| *at < data.len()).ok_or(broken)?));
        }
        let pack = Rc::new(Pack { data, table });
        self.document.packs.borrow_mut().insert(offset, Rc::clone(&pack));
        Ok(pack)
    }

    /// Follows references until something else turns up; null at a dead end.
    pub fn resolve(&self, object: &Object) -> Result<Object, Fault> {
        let mut object = object.clone();
        for _ in 0..MAX_HOPS {
            let Object::Ref(id) = object else {
                return Ok(object);
            };
            object = match self.object(id.number)? {
                Some(found) if found.id == id => found.object,
                _ => Object::Null,
            };
        }
        Err(Fault::TooComplex)
    }

    /// The resolved value of `key`.
    pub fn value(&self, dict: &Dict, key: &[u8]) -> Result<Object, Fault> {
        dict.get(key).map_or(Ok(Object::Null), |v| self.resolve(v))
    }

    /// The document catalog and its id.
    pub fn catalog(&self) -> Result<(ObjectId, Dict), Fault> {
        let broken = Fault::Broken(self.document.sections[self.from].offset);
        let id = self.trailer().get(b"Root").and_then(Object::as_ref).ok_or(broken)?;
        match self.object(id.number)? {
            Some(Indirect { id: found, object: Object::Dict(dict), .. }) if found == id => Ok((id, dict)),
            _ => Err(broken),
        }
    }
}
