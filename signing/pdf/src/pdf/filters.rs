//! Unpacks cross-reference and object streams: Flate with PNG predictors, within a byte budget.

use super::object::{Dict, Object};
use std::io::Read as _;

/// Unpacked bytes of one stream: a bomb of a few kilobytes may claim gigabytes.
pub(crate) const MAX_INFLATED: usize = 64 * 1024 * 1024;

/// The unpacked data; `None` when the filter is unknown, the data is damaged or too large.
pub(crate) fn decode(dict: &Dict, raw: &[u8]) -> Option<Vec<u8>> {
    let first = |o: &Object| match o {
        Object::Array(a) if a.len() <= 1 => Some(a.first().cloned().unwrap_or(Object::Null)),
        Object::Array(_) => None,
        other => Some(other.clone()),
    };
    let filter = dict.get(b"Filter").map_or(Some(Object::Null), first)?;
    let parms = dict.get(b"DecodeParms").map_or(Some(Object::Null), first)?;
    match filter {
        Object::Null => (raw.len() <= MAX_INFLATED).then(|| raw.to_vec()),
        Object::Name(n) if n == b"FlateDecode" || n == b"Fl" => {
            let mut out = Vec::new();
            let limit = MAX_INFLATED as u64 + 1;
            flate2::read::ZlibDecoder::new(raw).take(limit).read_to_end(&mut out).ok()?;
            (out.len() <= MAX_INFLATED).then_some(())?;
            unpredict(parms.as_dict(), out)
        }
        _ => None,
    }
}

fn unpredict(parms: Option<&Dict>, data: Vec<u8>) -> Option<Vec<u8>> {
    let number = |key: &[u8], or: i64| parms.and_then(|p| p.get(key)).map_or(Some(or), Object::as_int);
    match number(b"Predictor", 1)? {
        1 => return Some(data),
        10..=15 => {}
        _ => return None,
    }
    let (colors, bits, columns) = (number(b"Colors", 1)?, number(b"BitsPerComponent", 8)?, number(b"Columns", 1)?);
    if !(1..=32).contains(&colors) || ![1, 2, 4, 8, 16].contains(&bits) || !(1..=65_536).contains(&columns) {
        return None;
    }
    let bytes = |bits: i64| usize::try_from((bits + 7) / 8).ok();
    let step = bytes(colors * bits)?;
    let width = bytes(colors * bits * columns)?;
    let mut out = Vec::with_capacity(data.len());
    let mut previous = vec![0u8; width];
    for row in data.chunks(width + 1) {
        let (kind, bytes) = row.split_first()?;
        let mut line = bytes.to_vec();
        line.resize(width, 0);
        for i in 0..width {
            let left = if i >= step { line[i - step] } else { 0 };
            let up = previous[i];
            let corner = if i >= step { previous[i - step] } else { 0 };
            let guess = match kind {
                0 => 0,
                1 => left,
                2 => up,
                3 => ((u16::from(left) + u16::from(up)) / 2) as u8,
                4 => paeth(left, up, corner),
                _ => return None,
            };
            line[i] = line[i].wrapping_add(guess);
        }
        out.extend_from_slice(&line);
        previous = line;
    }
    Some(out)
}

fn paeth(left: u8, up: u8, corner: u8) -> u8 {
    let estimate = i16::from(left) + i16::from(up) - i16::from(corner);
    let distance = |v: u8| (estimate - i16::from(v)).abs();
    if distance(left) <= distance(up) && distance(left) <= distance(corner) {
        left
    } else if distance(up) <= distance(corner) {
        up
    } else {
        corner
    }
}
