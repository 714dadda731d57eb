//! Reads PDF values from bytes (ISO 32000-1 §7.2, §7.3). Never recurses deeper than [`MAX_DEPTH`].

use super::object::{Dict, Object, ObjectId};
use std::ops::Range;

/// Arrays and dictionaries inside one another.
pub(crate) const MAX_DEPTH: usize = 64;
/// Values inside one indirect object.
pub(crate) const MAX_ELEMENTS: usize = 1_000_000;
/// Keys named twice in one object before it is refused; sloppy programs repeat one or two.
const MAX_DUPLICATES: usize = 64;
/// Bytes of one name.
const MAX_NAME: usize = 4096;

/// The bytes could not be read as PDF syntax; `at` is the offset.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct SyntaxError {
    pub at: usize,
}

type Result<T> = std::result::Result<T, SyntaxError>;

/// A cursor over PDF bytes.
pub(crate) struct Parser<'a> {
    data: &'a [u8],
    pub pos: usize,
    depth: usize,
    elements: usize,
    /// A dictionary named a key twice: readers disagree on which one counts.
    pub duplicate_keys: bool,
    duplicates: usize,
    /// Where the values of the outermost dictionary lie.
    pub spans: Vec<(Vec<u8>, Range<usize>)>,
}

pub(crate) fn is_space(b: u8) -> bool {
    matches!(b, 0 | 9 | 10 | 12 | 13 | 32)
}

fn is_delimiter(b: u8) -> bool {
    b"()<>[]{}/%".contains(&b)
}

fn is_regular(b: u8) -> bool {
    !is_space(b) && !is_delimiter(b)
}

impl<'a> Parser<'a> {
    pub fn new(data: &'a [u8], pos: usize) -> Self {
        Self { data, pos, depth: 0, elements: 0, duplicate_keys: false, duplicates: 0, spans: Vec::new() }
    }

    pub fn peek(&self) -> Option<u8> {
        self.data.get(self.pos).copied()
    }

    fn fail<T>(&self) -> Result<T> {
        Err(SyntaxError { at: self.pos })
    }

    /// Skips white space and comments.
    pub fn skip_space(&mut self) {
        while let Some(b) = self.peek() {
            if is_space(b) {
                self.pos += 1;
            } else if b == b'%' {
                while self.peek().is_some_and(|b| b != b'\n' && b != b'\r') {
                    self.pos += 1;
                }
            } else {
                break;
            }
        }
    }

    /// Takes `word` if it stands here as a token of its own.
    pub fn take_keyword(&mut self, word: &[u8]) -> bool {
        let end = self.pos + word.len();
        let here = self.data.get(self.pos..end) == Some(word);
        if here && self.data.get(end).is_none_or(|b| !is_regular(*b)) {
            self.pos = end;
            return true;
        }
        false
    }

    /// An unsigned integer without sign, as in object headers.
    pub fn unsigned(&mut self) -> Option<u64> {
        let start = self.pos;
        let mut value = 0u64;
        while let Some(b @ b'0'..=b'9') = self.peek() {
            value = value.checked_mul(10)?.checked_add(u64::from(b - b'0'))?;
            self.pos += 1;
        }
        (self.pos > start && self.peek().is_none_or(|b| !is_regular(b))).then_some(value)
    }

    /// `N G obj`.
    pub fn object_header(&mut self) -> Result<ObjectId> {
        let number = self.unsigned();
        self.skip_space();
        let generation = self.unsigned();
        self.skip_space();
        match (number.and_then(|n| u32::try_from(n).ok()), generation.and_then(|g| u16::try_from(g).ok())) {
            (Some(number), Some(generation)) if self.take_keyword(b"obj") => Ok(ObjectId { number, generation }),
            _ => self.fail(),
        }
    }

    /// One value, references included.
    pub fn object(&mut self) -> Result<Object> {
        self.skip_space();
        self.elements += 1;
        if self.elements > MAX_ELEMENTS {
            return self.fail();
        }
        let Some(b) = self.peek() else {
            return self.fail();
        };
        match b {
            b'/' => self.name().map(Object::Name),
            b'(' => self.literal().map(Object::String),
            b'<' if self.data.get(self.pos + 1) == Some(&b'<') => self.nested(Self::dict).map(Object::Dict),
            b'<' => self.hex().map(Object::String),
            b'[' => self.nested(Self::array).map(Object::Array),
            b'0'..=b'9' | b'+' | b'-' | b'.' => self.number_or_ref(),
            _ if self.take_keyword(b"null") => Ok(Object::Null),
            _ if self.take_keyword(b"true") => Ok(Object::Bool(true)),
            _ if self.take_keyword(b"false") => Ok(Object::Bool(false)),
            _ => self.fail(),
        }
    }

    fn nested<T>(&mut self, read: impl FnOnce(&mut Self) -> Result<T>) -> Result<T> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return self.fail();
        }
        let value = read(self);
        self.depth -= 1;
        value
    }

    fn array(&mut self) -> Result<Vec<Object>> {
        self.pos += 1;
        let mut items = Vec::new();
        loop {
            self.skip_space();
            if self.peek() == Some(b']') {
                self.pos += 1;
                return Ok(items);
            }
            items.push(self.object()?);
        }
    }

    fn dict(&mut self) -> Result<Dict> {
        self.pos += 2;
        let mut dict = Dict::default();
        let mut seen = std::collections::BTreeSet::new();
        loop {
            self.skip_space();
            match self.peek() {
                Some(b'>') if self.data.get(self.pos + 1) == Some(&b'>') => {
                    self.pos += 2;
                    return Ok(dict);
                }
                Some(b'/') => {
                    let key = self.name()?;
                    self.skip_space();
                    let start = self.pos;
                    let value = self.object()?;
                    if self.depth == 1 {
                        self.spans.push((key.clone(), start..self.pos));
                    }
                    if seen.insert(key.clone()) {
                        dict.0.push((key, value));
                    } else {
                        self.duplicate_keys = true;
                        self.duplicates += 1;
                        if self.duplicates > MAX_DUPLICATES {
                            return self.fail();
                        }
                        dict.set(&key, value);
                    }
                }
                _ => return self.fail(),
            }
        }
    }

    fn name(&mut self) -> Result<Vec<u8>> {
        self.pos += 1;
        let mut name = Vec::new();
        while let Some(b) = self.peek().filter(|b| is_regular(*b)) {
            self.pos += 1;
            let escaped = (b == b'#')
                .then(|| Some((hex_digit(*self.data.get(self.pos)?)?, hex_digit(*self.data.get(self.pos + 1)?)?)))
                .flatten();
            match escaped {
                Some((high, low)) => {
                    self.pos += 2;
                    name.push(high << 4 | low);
                }
                None => name.push(b),
            }
            if name.len() > MAX_NAME {
                return self.fail();
            }
        }
        Ok(name)
    }

    fn hex(&mut self) -> Result<Vec<u8>> {
        self.pos += 1;
        let mut out = Vec::new();
        let mut high = None;
        loop {
            let Some(b) = self.peek() else {
                return self.fail();
            };
            self.pos += 1;
            match (b, hex_digit(b)) {
                (b'>', _) => {
                    out.extend(high.map(|h: u8| h << 4));
                    return Ok(out);
                }
                (_, Some(digit)) => match high.take() {
                    None => high = Some(digit),
                    Some(h) => out.push(h << 4 | digit),
                },
                (b, None) if is_space(b) => {}
                _ => return self.fail(),
            }
        }
    }

    fn literal(&mut self) -> Result<Vec<u8>> {
        self.pos += 1;
        let mut out = Vec::new();
        let mut open = 1usize;
        loop {
            let Some(b) = self.peek() else {
                return self.fail();
            };
            self.pos += 1;
            match b {
                b'(' => open += 1,
                b')' => {
                    open -= 1;
                    if open == 0 {
                        return Ok(out);
                    }
                }
                b'\\' => {
                    self.escape(&mut out)?;
                    continue;
                }
                b'\r' => {
                    if self.peek() == Some(b'\n') {
                        self.pos += 1;
                    }
                    out.push(b'\n');
                    continue;
                }
                _ => {}
            }
            out.push(b);
        }
    }

    fn escape(&mut self, out: &mut Vec<u8>) -> Result<()> {
        let Some(b) = self.peek() else {
            return self.fail();
        };
        self.pos += 1;
        match b {
            b'n' => out.push(b'\n'),
            b'r' => out.push(b'\r'),
            b't' => out.push(b'\t'),
            b'b' => out.push(8),
            b'f' => out.push(12),
            b'\n' => {}
            b'\r' => {
                if self.peek() == Some(b'\n') {
                    self.pos += 1;
                }
            }
            b'0'..=b'7' => {
                let mut value = u32::from(b - b'0');
                for _ in 0..2 {
                    if let Some(d @ b'0'..=b'7') = self.peek() {
                        value = value << 3 | u32::from(d - b'0');
                        self.pos += 1;
                    }
                }
                out.push((value & 0xFF) as u8);
            }
            other => out.push(other),
        }
        Ok(())
    }

    fn number_or_ref(&mut self) -> Result<Object> {
        let start = self.pos;
        if let Some(number) = self.unsigned() {
            let after = self.pos;
            self.skip_space();
            if let Some(generation) = self.unsigned() {
                self.skip_space();
                if self.take_keyword(b"R") {
                    return match (u32::try_from(number), u16::try_from(generation)) {
                        (Ok(number), Ok(generation)) => Ok(Object::Ref(ObjectId { number, generation })),
                        _ => self.fail(),
                    };
                }
            }
            self.pos = after;
            return i64::try_from(number).map(Object::Int).or_else(|_| self.fail());
        }
        self.pos = start;
        while self.peek().is_some_and(is_regular) {
            self.pos += 1;
        }
        let text = self.data.get(start..self.pos).and_then(|t| std::str::from_utf8(t).ok()).unwrap_or_default();
        let plain = text.len() <= 64 && text.bytes().all(|b| b.is_ascii_digit() || b"+-.".contains(&b));
        match text.parse::<i64>() {
            Ok(value) => Ok(Object::Int(value)),
            Err(_) if plain && text.parse::<f64>().is_ok() => Ok(Object::Real(text.into())),
            Err(_) => Err(SyntaxError { at: start }),
        }
    }
}

fn hex_digit(b: u8) -> Option<u8> {
    (b as char).to_digit(16).map(|d| d as u8)
}
