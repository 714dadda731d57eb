//! Appends a revision to a file: the earlier bytes stay as they are (ISO 32000-1 §7.5.6).

use crate::pdf::{Dict, Document, Entry, Object, ObjectId, View};
use std::{collections::BTreeMap, io::Write as _};

/// Objects to append, and where they will be found.
pub(crate) struct Update<'d> {
    view: View<'d>,
    next: u32,
    objects: BTreeMap<u32, (ObjectId, Body)>,
}

enum Body {
    Value(Object),
    Stream(Dict, Vec<u8>),
    /// The signature dictionary, whose `/ByteRange` and `/Contents` are filled in at the end.
    Signature {
        dict: Dict,
        reserved: usize,
    },
}

/// The file with its new revision, and the places left open in it.
pub(crate) struct Unsigned {
    pub bytes: Vec<u8>,
    /// Offset of the `<` of `/Contents`.
    pub contents: usize,
    /// Offset behind its `>`.
    pub contents_end: usize,
    /// Offset of the first blank behind `[0 ` in `/ByteRange`.
    byte_range: usize,
}

/// Room for three ten-digit numbers and the blanks between them.
const BYTE_RANGE_BLANKS: usize = 32;

impl<'d> Update<'d> {
    /// `first_free`: a number above every object that exists or is referred to, so that no dangling reference of the
    /// original suddenly finds something.
    pub fn new(document: &'d Document<'d>, first_free: u32) -> Self {
        Self { view: document.newest(), next: first_free, objects: BTreeMap::new() }
    }

    fn reserve(&mut self) -> ObjectId {
        let id = ObjectId { number: self.next, generation: 0 };
        self.next = self.next.saturating_add(1);
        id
    }

    fn insert(&mut self, body: Body) -> ObjectId {
        let id = self.reserve();
        self.objects.insert(id.number, (id, body));
        id
    }

    pub fn add(&mut self, object: Object) -> ObjectId {
        self.insert(Body::Value(object))
    }

    pub fn add_stream(&mut self, dict: Dict, data: Vec<u8>) -> ObjectId {
        self.insert(Body::Stream(dict, data))
    }

    pub fn add_signature(&mut self, dict: Dict, reserved: usize) -> ObjectId {
        self.insert(Body::Signature { dict, reserved })
    }

    /// Replaces an object of the original.
    pub fn replace(&mut self, id: ObjectId, object: Object) {
        self.objects.insert(id.number, (id, Body::Value(object)));
    }

    /// Original bytes, new objects, cross-references in the style of the newest section, trailer.
    pub fn finish(self, fresh_id: Vec<u8>) -> Option<Unsigned> {
        let document = self.view.document;
        let newest = document.sections.first()?;
        let mut bytes = Vec::with_capacity(document.data.len() + 256 * 1024);
        bytes.extend_from_slice(document.data);
        if !bytes.ends_with(b"\n") && !bytes.ends_with(b"\r") {
            bytes.push(b'\n');
        }
        let mut open = None;
        let mut entries = BTreeMap::new();
        for (number, (id, body)) in &self.objects {
            entries.insert(*number, Entry::At { offset: bytes.len(), generation: id.generation });
            let _ = writeln!(bytes, "{} {} obj", id.number, id.generation);
            match body {
                Body::Value(object) => object.write(&mut bytes),
                Body::Stream(dict, data) => {
                    let length = i64::try_from(data.len()).ok()?;
                    dict.clone().with("Length", Object::Int(length)).write(&mut bytes);
                    bytes.extend_from_slice(b"\nstream\n");
                    bytes.extend_from_slice(data);
                    bytes.extend_from_slice(b"\nendstream");
                }
                Body::Signature { dict, reserved } => open = Some(write_signature(dict, *reserved, &mut bytes)),
            }
            bytes.extend_from_slice(b"\nendobj\n");
        }
        let at = bytes.len();
        let mut trailer = Dict::default();
        for key in [b"Root".as_slice(), b"Info"] {
            if let Some(value) = newest.trailer.get(key) {
                trailer.set(key, value.clone());
            }
        }
        if let Some(Object::Array(id)) = newest.trailer.get(b"ID")
            && let [first, _] = id.as_slice()
        {
            trailer.set(b"ID", Object::Array(vec![first.clone(), Object::String(fresh_id)]));
        }
        trailer.set(b"Prev", Object::Int(i64::try_from(newest.offset).ok()?));
        if newest.is_stream {
            let own = ObjectId { number: self.next, generation: 0 };
            entries.insert(own.number, Entry::At { offset: at, generation: 0 });
            trailer.set(b"Size", Object::Int(i64::from(self.next) + 1));
            write_xref_stream(own, &entries, trailer, &mut bytes)?;
        } else {
            let size = i64::from(self.next);
            trailer.set(b"Size", Object::Int(size.max(newest.trailer.get(b"Size").and_then(Object::as_int).unwrap_or(0))));
            write_xref_table(&entries, &mut bytes);
            bytes.extend_from_slice(b"trailer\n");
            trailer.write(&mut bytes);
        }
        let _ = write!(bytes, "\nstartxref\n{at}\n%%EOF\n");
        let (byte_range, contents, contents_end) = open?;
        Some(Unsigned { bytes, contents, contents_end, byte_range })
    }
}

fn write_signature(dict: &Dict, reserved: usize, bytes: &mut Vec<u8>) -> (usize, usize, usize) {
    bytes.extend_from_slice(b"<<");
    for (key, value) in &dict.0 {
        Object::Name(key.clone()).write(bytes);
        bytes.push(b' ');
        value.write(bytes);
    }
    bytes.extend_from_slice(b"/ByteRange [0 ");
    let byte_range = bytes.len();
    bytes.resize(byte_range + BYTE_RANGE_BLANKS, b' ');
    bytes.extend_from_slice(b"]/Contents ");
    let contents = bytes.len();
    bytes.push(b'<');
    bytes.resize(contents + 1 + 2 * reserved, b'0');
    bytes.extend_from_slice(b">");
    let contents_end = bytes.len();
    bytes.extend_from_slice(b">>");
    (byte_range, contents, contents_end)
}

/// Runs of consecutive numbers.
fn runs(entries: &BTreeMap<u32, Entry>) -> Vec<Vec<(u32, usize, u16)>> {
    let mut runs: Vec<Vec<(u32, usize, u16)>> = Vec::new();
    for (number, entry) in entries {
        let Entry::At { offset, generation } = *entry else {
            continue;
        };
        match runs.last_mut() {
            Some(run) if run.last().is_some_and(|(n, ..)| n + 1 == *number) => run.push((*number, offset, generation)),
            _ => runs.push(vec![(*number, offset, generation)]),
        }
    }
    runs
}

fn write_xref_table(entries: &BTreeMap<u32, Entry>, bytes: &mut Vec<u8>) {
    bytes.extend_from_slice(b"xref\n");
    for run in runs(entries) {
        let _ = writeln!(bytes, "{} {}", run[0].0, run.len());
        for (_, offset, generation) in run {
            // Twenty bytes each: the blank makes up for the one-byte line end (§7.5.4).
            let _ = writeln!(bytes, "{offset:010} {generation:05} n ");
        }
    }
}

fn write_xref_stream(own: ObjectId, entries: &BTreeMap<u32, Entry>, trailer: Dict, bytes: &mut Vec<u8>) -> Option<()> {
    let mut index = Vec::new();
    let mut rows = Vec::new();
    for run in runs(entries) {
        index.push(Object::Int(i64::from(run[0].0)));
        index.push(Object::Int(i64::try_from(run.len()).ok()?));
        for (_, offset, generation) in run {
            rows.push(1);
            rows.extend_from_slice(&u32::try_from(offset).ok()?.to_be_bytes());
            rows.extend_from_slice(&generation.to_be_bytes());
        }
    }
    let dict = trailer
        .with("Type", Object::name("XRef"))
        .with("W", Object::Array(vec![Object::Int(1), Object::Int(4), Object::Int(2)]))
        .with("Index", Object::Array(index))
        .with("Length", Object::Int(i64::try_from(rows.len()).ok()?));
    let _ = writeln!(bytes, "{} {} obj", own.number, own.generation);
    dict.write(bytes);
    bytes.extend_from_slice(b"\nstream\n");
    bytes.extend_from_slice(&rows);
    bytes.extend_from_slice(b"\nendstream\nendobj");
    Some(())
}

impl Unsigned {
    /// Writes the byte range; afterwards nothing but `/Contents` may change.
    pub fn set_byte_range(&mut self) -> Option<()> {
        let text = format!("{} {} {}", self.contents, self.contents_end, self.bytes.len() - self.contents_end);
        let slot = self.bytes.get_mut(self.byte_range..self.byte_range + BYTE_RANGE_BLANKS)?;
        slot.get_mut(..text.len())?.copy_from_slice(text.as_bytes());
        Some(())
    }

    /// The two signed parts.
    pub fn signed_parts(&self) -> [&[u8]; 2] {
        [&self.bytes[..self.contents], &self.bytes[self.contents_end..]]
    }

    /// Puts the signature into its place.
    pub fn set_contents(mut self, cms: &[u8]) -> Option<Vec<u8>> {
        let hex: String = cms.iter().map(|b| format!("{b:02x}")).collect();
        let slot = self.bytes.get_mut(self.contents + 1..self.contents_end - 1)?;
        slot.get_mut(..hex.len())?.copy_from_slice(hex.as_bytes());
        Some(self.bytes)
    }
}
