//! Walks DER by tag, length, value. Signatures are checked over the bytes as they stand in the file, never over a
//! re-encoding, so every part keeps its raw slice.

/// One element.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Tlv<'a> {
    /// Identifier octet. Multi-byte tags do not occur in the structures read here.
    pub tag: u8,
    /// Header and content.
    pub whole: &'a [u8],
    pub content: &'a [u8],
}

pub(crate) const INTEGER: u8 = 0x02;
pub(crate) const OCTET_STRING: u8 = 0x04;
pub(crate) const OID: u8 = 0x06;
pub(crate) const UTC_TIME: u8 = 0x17;
pub(crate) const GENERALIZED_TIME: u8 = 0x18;
pub(crate) const SEQUENCE: u8 = 0x30;
pub(crate) const SET: u8 = 0x31;

/// Elements of one sequence or set.
const MAX_CHILDREN: usize = 10_000;

/// The first element of `input` and what follows it. Definite lengths only.
pub(crate) fn read(input: &[u8]) -> Option<(Tlv<'_>, &[u8])> {
    let (&tag, rest) = input.split_first()?;
    let (&first, rest) = rest.split_first()?;
    if tag & 0x1F == 0x1F {
        return None;
    }
    let (length, rest) = if first < 0x80 {
        (usize::from(first), rest)
    } else {
        let (bytes, rest) = rest.split_at_checked(usize::from(first & 0x7F))?;
        if bytes.is_empty() || bytes.len() > 4 {
            return None;
        }
        (bytes.iter().fold(0usize, |n, b| n << 8 | usize::from(*b)), rest)
    };
    let (content, after) = rest.split_at_checked(length)?;
    let whole = &input[..input.len() - after.len()];
    Some((Tlv { tag, whole, content }, after))
}

impl<'a> Tlv<'a> {
    /// The elements inside.
    pub fn children(&self) -> Option<Vec<Tlv<'a>>> {
        let mut rest = self.content;
        let mut children = Vec::new();
        while !rest.is_empty() {
            let (child, after) = read(rest)?;
            children.push(child);
            if children.len() > MAX_CHILDREN {
                return None;
            }
            rest = after;
        }
        Some(children)
    }

    /// This element if it has `tag`.
    pub fn expect(self, tag: u8) -> Option<Self> {
        (self.tag == tag).then_some(self)
    }

    /// The object identifier in here.
    pub fn oid(&self) -> Option<der::asn1::ObjectIdentifier> {
        (self.tag == OID).then(|| der::asn1::ObjectIdentifier::from_bytes(self.content).ok())?
    }
}
