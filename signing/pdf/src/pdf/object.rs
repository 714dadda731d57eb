//! PDF values (ISO 32000-1 §7.3), kept so that writing them again loses nothing.
//!
//! Real numbers keep their text: a page box rewritten as `595.27563` instead of `595.2756` would count as a
//! modification for strict validators.

use std::{
    collections::{BTreeMap, BTreeSet},
    io::Write as _,
};

/// The number and generation of an indirect object.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct ObjectId {
    /// Object number.
    pub number: u32,
    /// Generation.
    pub generation: u16,
}

/// One PDF value. A stream is an [`Object::Dict`] whose data lies beside it (see `Indirect`).
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Object {
    Null,
    Bool(bool),
    Int(i64),
    /// A real number as written.
    Real(Box<str>),
    String(Vec<u8>),
    Name(Vec<u8>),
    Array(Vec<Object>),
    Dict(Dict),
    Ref(ObjectId),
}

/// A dictionary in the order it was written.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Dict(pub Vec<(Vec<u8>, Object)>);

impl Dict {
    pub fn get(&self, key: &[u8]) -> Option<&Object> {
        self.0.iter().find(|(k, _)| k == key).map(|(_, v)| v).filter(|v| !matches!(v, Object::Null))
    }

    pub fn set(&mut self, key: &[u8], value: Object) {
        match self.0.iter_mut().find(|(k, _)| k == key) {
            Some((_, slot)) => *slot = value,
            None => self.0.push((key.to_vec(), value)),
        }
    }

    pub fn with(mut self, key: &str, value: Object) -> Self {
        self.set(key.as_bytes(), value);
        self
    }

    /// Whether `key` holds exactly this name.
    pub fn is_name(&self, key: &[u8], name: &[u8]) -> bool {
        matches!(self.get(key), Some(Object::Name(n)) if n == name)
    }

    pub fn keys(&self) -> impl Iterator<Item = &[u8]> {
        self.0.iter().map(|(k, _)| k.as_slice())
    }
}

impl Object {
    pub fn name(text: &str) -> Self {
        Self::Name(text.as_bytes().to_vec())
    }

    /// A PDF text string: ASCII as it is, anything else as UTF-16BE with a byte order mark (§7.9.2.2).
    pub fn text(text: &str) -> Self {
        if text.is_ascii() {
            return Self::String(text.as_bytes().to_vec());
        }
        let mut bytes = vec![0xFE, 0xFF];
        bytes.extend(text.encode_utf16().flat_map(u16::to_be_bytes));
        Self::String(bytes)
    }

    /// A real number with at most three decimals: a thousandth of a point is far below any device.
    pub fn real(value: f32) -> Self {
        let text = format!("{value:.3}");
        let text = text.trim_end_matches('0').trim_end_matches('.');
        match text {
            "" | "-0" => Self::Int(0),
            _ => text.parse().map_or_else(|_| Self::Real(text.into()), Self::Int),
        }
    }

    pub fn as_dict(&self) -> Option<&Dict> {
        match self {
            Self::Dict(d) => Some(d),
            _ => None,
        }
    }

    pub fn as_array(&self) -> Option<&[Object]> {
        match self {
            Self::Array(a) => Some(a),
            _ => None,
        }
    }

    pub fn as_int(&self) -> Option<i64> {
        match self {
            Self::Int(i) => Some(*i),
            _ => None,
        }
    }

    pub fn as_number(&self) -> Option<f64> {
        match self {
            Self::Int(i) => Some(*i as f64),
            Self::Real(r) => r.parse().ok(),
            _ => None,
        }
    }

    pub fn as_ref(&self) -> Option<ObjectId> {
        match self {
            Self::Ref(r) => Some(*r),
            _ => None,
        }
    }

    pub fn as_string(&self) -> Option<&[u8]> {
        match self {
            Self::String(s) => Some(s),
            _ => None,
        }
    }

    /// Equal as a reader sees it: numbers by value, dictionaries without regard to order or null entries.
    pub fn same(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Int(_) | Self::Real(_), Self::Int(_) | Self::Real(_)) => {
                self == other || (self.as_number().is_some() && self.as_number() == other.as_number())
            }
            (Self::Array(a), Self::Array(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| a.same(b)),
            (Self::Dict(a), Self::Dict(b)) => a.changed_keys(b).is_empty(),
            _ => self == other,
        }
    }

    /// Calls `visit` for every reference inside, with the dictionary key of the outermost level it hangs on.
    pub fn each_ref(&self, visit: &mut impl FnMut(&[u8], ObjectId)) {
        fn walk(object: &Object, key: &[u8], visit: &mut impl FnMut(&[u8], ObjectId)) {
            match object {
                Object::Ref(id) => visit(key, *id),
                Object::Array(items) => items.iter().for_each(|i| walk(i, key, visit)),
                Object::Dict(d) => d.0.iter().for_each(|(_, v)| walk(v, key, visit)),
                _ => {}
            }
        }
        match self {
            Object::Dict(d) => d.0.iter().for_each(|(k, v)| walk(v, k, visit)),
            other => walk(other, b"", visit),
        }
    }

    /// Writes the value in PDF syntax.
    pub fn write(&self, out: &mut Vec<u8>) {
        match self {
            Self::Null => out.extend_from_slice(b"null"),
            Self::Bool(b) => out.extend_from_slice(if *b { b"true" } else { b"false" }),
            Self::Int(i) => out.extend_from_slice(i.to_string().as_bytes()),
            Self::Real(r) => out.extend_from_slice(r.as_bytes()),
            Self::String(s) => write_string(s, out),
            Self::Name(n) => write_name(n, out),
            Self::Array(items) => {
                out.push(b'[');
                for (i, item) in items.iter().enumerate() {
                    if i > 0 {
                        out.push(b' ');
                    }
                    item.write(out);
                }
                out.push(b']');
            }
            Self::Dict(d) => d.write(out),
            Self::Ref(id) => {
                let _ = write!(out, "{} {} R", id.number, id.generation);
            }
        }
    }
}

impl Dict {
    /// Writes the dictionary in PDF syntax.
    pub fn write(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(b"<<");
        for (key, value) in &self.0 {
            write_name(key, out);
            out.push(b' ');
            value.write(out);
        }
        out.extend_from_slice(b">>");
    }

    /// The keys whose values differ between the two; a null entry counts as absent (§7.3.7).
    pub fn changed_keys<'a>(&'a self, other: &'a Self) -> Vec<&'a [u8]> {
        let by_key = |dict: &'a Self| -> BTreeMap<&'a [u8], &'a Object> {
            dict.0.iter().filter(|(_, v)| *v != Object::Null).map(|(k, v)| (k.as_slice(), v)).collect()
        };
        let (own, theirs) = (by_key(self), by_key(other));
        let keys: BTreeSet<&[u8]> = own.keys().chain(theirs.keys()).copied().collect();
        keys.into_iter()
            .filter(|k| match (own.get(k), theirs.get(k)) {
                (Some(a), Some(b)) => !a.same(b),
                _ => true,
            })
            .collect()
    }
}

fn write_name(name: &[u8], out: &mut Vec<u8>) {
    out.push(b'/');
    for &b in name {
        if b.is_ascii_graphic() && !b"#()<>[]{}/%".contains(&b) {
            out.push(b);
        } else {
            let _ = write!(out, "#{b:02X}");
        }
    }
}

fn write_string(text: &[u8], out: &mut Vec<u8>) {
    if text.iter().all(|b| b.is_ascii_graphic() || *b == b' ') {
        out.push(b'(');
        for &b in text {
            if b"()\\".contains(&b) {
                out.push(b'\\');
            }
            out.push(b);
        }
        out.push(b')');
    } else {
        out.push(b'<');
        for b in text {
            let _ = write!(out, "{b:02X}");
        }
        out.push(b'>');
    }
}
