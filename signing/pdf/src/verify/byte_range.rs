//! Which bytes a signature covers, and whether that is everything but the signature itself.

use super::Reason;
use crate::pdf::{Indirect, Object};

/// The signed parts and the gap between them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Coverage {
    /// Offset of the `<` of `/Contents`.
    pub gap_start: usize,
    /// Offset behind its `>`.
    pub gap_end: usize,
    /// Offset behind the last signed byte.
    pub end: usize,
}

impl Coverage {
    /// The bytes that are signed.
    pub fn parts<'a>(&self, data: &'a [u8]) -> Option<[&'a [u8]; 2]> {
        Some([data.get(..self.gap_start)?, data.get(self.gap_end..self.end)?])
    }
}

/// Reads `/ByteRange` and holds it against where `/Contents` really lies in the file.
///
/// Exactly `[0 a b c]`, and `a..b` must be the hexadecimal string of this very dictionary, brackets included, written
/// with hexadecimal digits only. Anything else leaves room for unsigned bytes (signature wrapping) and is refused.
pub(crate) fn coverage(data: &[u8], signature: &Indirect) -> Result<Coverage, Reason> {
    let bad = Reason::BadByteRange;
    let dict = signature.object.as_dict().ok_or(bad)?;
    if signature.duplicate_keys || signature.offset.is_none() {
        return Err(bad);
    }
    let range = dict.get(b"ByteRange").and_then(Object::as_array).ok_or(bad)?;
    let numbers: Vec<usize> = range.iter().filter_map(|n| n.as_int()).filter_map(|n| usize::try_from(n).ok()).collect();
    let ([0, gap_start, gap_end, length], 4) = (numbers.as_slice(), range.len()) else {
        return Err(bad);
    };
    let (gap_start, gap_end) = (*gap_start, *gap_end);
    let end = gap_end.checked_add(*length).filter(|end| *end <= data.len()).ok_or(bad)?;
    let contents = signature.spans.iter().find(|(key, _)| key == b"Contents").map(|(_, span)| span).ok_or(bad)?;
    if *contents != (gap_start..gap_end) {
        return Err(bad);
    }
    match data.get(gap_start..gap_end) {
        Some([b'<', hex @ .., b'>']) if hex.len() % 2 == 0 && hex.iter().all(u8::is_ascii_hexdigit) => {
            Ok(Coverage { gap_start, gap_end, end })
        }
        _ => Err(bad),
    }
}
