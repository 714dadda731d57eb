//! How much a change of an automerge document would be, counted before automerge looks at it.
//!
//! Operations are stored in columns, and equal values of a column as one value with its count: a change of four hundred bytes can
//! claim millions of operations, each of which automerge makes one by one, in memory, whenever the document is read. So they are
//! counted first, from the counts alone, and whoever wants many has to send bytes for them: [`OPERATION_BYTES`].

use minicbor::bytes::ByteVec;

use crate::limits::{OPERATION_BYTES, OPERATIONS_FREE};

/// Begins every chunk of automerge.
const MAGIC: [u8; 4] = [0x85, 0x6f, 0x4a, 0x83];
/// Bytes of magic and checksum.
const CHECKSUM_END: usize = 8;
/// A change as it is, not packed. Others are refused: automerge inflates without limit.
const PLAIN: u8 = 1;
/// Bytes of a change's hash.
const HASH_BYTES: u64 = 32;
/// In a column's number: its data is packed.
const PACKED: u64 = 8;
/// The lowest bits of a column's number tell how it is written.
const KIND: u64 = 7;
/// The column that says what operations do.
const ACTION: u64 = 0x42;
/// The beginning or the end of a mark.
const ACTION_MARK: u64 = 7;

/// What a change claims to hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Extent {
    /// Operations, or what they replace, whichever are more.
    pub operations: u64,
    /// Some of them are marks.
    pub marks: bool,
}

impl Extent {
    /// Counts a plain change; `None` if it is none.
    pub fn of(chunk: &[u8]) -> Option<Self> {
        let mut at = Reader(chunk.get(CHECKSUM_END..)?);
        let plain = chunk.starts_with(&MAGIC) && at.byte()? == PLAIN;
        if !plain || at.unsigned()? != u64::try_from(at.0.len()).ok()? {
            return None;
        }
        let deps = at.unsigned()?;
        at.skip(deps.checked_mul(HASH_BYTES)?)?;
        at.text()?;
        // Place among the actor's changes, number of the first operation, time.
        at.unsigned()?;
        at.unsigned()?;
        at.signed()?;
        at.text()?;
        for _ in 0..at.unsigned()? {
            at.text()?;
        }
        let mut columns = Vec::new();
        for _ in 0..at.unsigned()? {
            columns.push((at.unsigned()?, at.unsigned()?));
        }
        let mut extent = Self::default();
        for (number, length) in columns {
            extent.count(number, at.skip(length)?)?;
        }
        Some(extent)
    }

    fn count(&mut self, number: u64, data: &[u8]) -> Option<()> {
        if number & PACKED != 0 {
            return None;
        }
        let mut at = Reader(data);
        let mut items = 0_u64;
        let mut children = 0_u64;
        while !at.0.is_empty() {
            match number & KIND {
                // Yes and no by turns, each so many times.
                4 => items = items.saturating_add(at.unsigned()?),
                // Values, whose lengths another column tells.
                7 => break,
                kind => match at.signed()? {
                    0 => items = items.saturating_add(at.unsigned()?),
                    count => {
                        let (times, values) = if count > 0 { (count.unsigned_abs(), 1) } else { (1, count.unsigned_abs()) };
                        items = items.saturating_add(count.unsigned_abs());
                        for _ in 0..values {
                            let value = at.value(kind)?;
                            self.marks |= number == ACTION && value >= ACTION_MARK;
                            children = children.saturating_add(value.saturating_mul(times));
                        }
                    }
                },
            }
        }
        let children = if number & KIND == 0 { children } else { 0 };
        self.operations = self.operations.max(items).max(children);
        Some(())
    }
}

/// The bytes that the changes of one envelope lack for their operations; `None` if they lack none. What is no change is not counted.
pub fn bytes_lacking(changes: &[ByteVec]) -> Option<usize> {
    let extents = changes.iter().filter_map(|change| Extent::of(change));
    let operations = extents.map(|extent| extent.operations).fold(0, u64::saturating_add);
    let sent: usize = changes.iter().map(|change| change.len()).sum();
    let wanted = operations.saturating_sub(OPERATIONS_FREE).saturating_mul(OPERATION_BYTES);
    usize::try_from(wanted).unwrap_or(usize::MAX).checked_sub(sent).filter(|lacking| *lacking > 0)
}

struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn byte(&mut self) -> Option<u8> {
        let (first, rest) = self.0.split_first()?;
        self.0 = rest;
        Some(*first)
    }

    fn skip(&mut self, length: u64) -> Option<&'a [u8]> {
        let (skipped, rest) = self.0.split_at_checked(usize::try_from(length).ok()?)?;
        self.0 = rest;
        Some(skipped)
    }

    fn text(&mut self) -> Option<()> {
        let length = self.unsigned()?;
        self.skip(length).map(|_| ())
    }

    /// LEB128.
    fn unsigned(&mut self) -> Option<u64> {
        let mut value = 0_u64;
        for shift in (0..u64::BITS).step_by(7) {
            let byte = self.byte()?;
            let part = u64::from(byte & 0x7f);
            if part.checked_shl(shift).is_none_or(|shifted| shifted >> shift != part) {
                return None;
            }
            value |= part << shift;
            if byte & 0x80 == 0 {
                return Some(value);
            }
        }
        None
    }

    /// Signed LEB128.
    fn signed(&mut self) -> Option<i64> {
        let mut value = 0_i64;
        for shift in (0..i64::BITS).step_by(7) {
            let byte = self.byte()?;
            value |= i64::from(byte & 0x7f).checked_shl(shift)?;
            if byte & 0x80 == 0 {
                let end = shift + 7;
                let negative = byte & 0x40 != 0 && end < i64::BITS;
                return Some(if negative { value | (-1_i64 << end) } else { value });
            }
        }
        None
    }

    /// A value of a column of this kind; where it is a number that counts, the number.
    fn value(&mut self, kind: u64) -> Option<u64> {
        match kind {
            3 => self.signed().map(|_| 0),
            5 => self.text().map(|()| 0),
            _ => self.unsigned(),
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use automerge::marks::{ExpandMark, Mark};
    use automerge::transaction::Transactable;
    use automerge::{Automerge, ObjType, ROOT, ReadDoc};

    use super::*;

    fn extent(change: impl FnOnce(&mut automerge::transaction::Transaction<'_>)) -> (Extent, usize) {
        let mut document = Automerge::new();
        let mut transaction = document.transaction();
        let text = transaction.put_object(&ROOT, "text", ObjType::Text).unwrap();
        transaction.splice_text(&text, 0, 0, &"điều khoản ".repeat(50)).unwrap();
        transaction.put(&ROOT, "a", 1).unwrap();
        transaction.commit();
        let before = document.get_heads();
        let mut transaction = document.transaction();
        change(&mut transaction);
        transaction.commit();
        let changes = document.get_changes(&before);
        let made = changes[0].decode().operations.len();
        (Extent::of(changes[0].raw_bytes()).unwrap(), made)
    }

    #[test]
    fn what_automerge_writes_is_counted_as_automerge_counts_it() {
        let (extent_of_puts, made) = extent(|tx| {
            for number in 0..100 {
                tx.put(&ROOT, format!("key {}", number % 7), number).unwrap();
            }
        });
        assert_eq!((extent_of_puts.operations, extent_of_puts.marks), (made as u64, false));
        let (extent_of_text, made) = extent(|tx| {
            let text = tx.get_all(&ROOT, "text").unwrap()[0].1.clone();
            tx.splice_text(&text, 3, 400, "một đoạn khác").unwrap();
            let list = tx.put_object(&ROOT, "list", ObjType::List).unwrap();
            tx.insert(&list, 0, true).unwrap();
            tx.delete(&ROOT, "a").unwrap();
        });
        assert_eq!((extent_of_text.operations, extent_of_text.marks), (made as u64, false));
        let (extent_of_marks, made) = extent(|tx| {
            let text = tx.get_all(&ROOT, "text").unwrap()[0].1.clone();
            tx.mark(&text, Mark::new("bold".to_owned(), true, 0, 5), ExpandMark::Both).unwrap();
        });
        assert_eq!((extent_of_marks.operations, extent_of_marks.marks), (made as u64, true));
    }

    #[test]
    fn every_cut_and_every_flipped_bit_is_counted_or_refused() {
        let mut document = Automerge::new();
        let mut transaction = document.transaction();
        for number in 0..20 {
            transaction.put(&ROOT, format!("key {number}"), "một giá trị").unwrap();
        }
        transaction.commit();
        let chunk = document.get_changes(&[])[0].raw_bytes().to_vec();
        assert_eq!(Extent::of(&chunk).unwrap().operations, 20);
        for length in 0..chunk.len() {
            assert_eq!(Extent::of(&chunk[..length]), None, "cut to {length}");
        }
        for bit in 0..chunk.len() * 8 {
            let mut harmed = chunk.clone();
            harmed[bit / 8] ^= 1 << (bit % 8);
            let _ = Extent::of(&harmed);
        }
    }
}
