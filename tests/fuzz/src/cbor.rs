//! CBOR as a tree, to change what it says and not only how it is spelled.

use rand_chacha::ChaCha20Rng;
use rand_core::Rng;

/// Trees deeper than this are not taken apart.
const DEPTH_MAX: usize = 24;
/// Items of a tree that are taken apart.
const ITEMS_MAX: usize = 20_000;

/// An item.
#[derive(Debug, Clone, PartialEq)]
pub enum Item {
    /// A number from 0 on, or (`true`) one below.
    Number(bool, u64),
    /// Bytes, or (`true`) text.
    Bytes(bool, Vec<u8>),
    /// Items, or (`true`) pairs of them one after the other.
    List(bool, Vec<Item>),
    /// Something marked.
    Tag(u64, Box<Item>),
    /// False, true, null, numbers with a point: as they stand.
    Simple(Vec<u8>),
}

impl Item {
    /// Reads exactly one item.
    pub fn read(bytes: &[u8]) -> Option<Self> {
        let (mut at, mut items) = (0, 0);
        let item = Self::read_at(bytes, &mut at, 0, &mut items)?;
        (at == bytes.len()).then_some(item)
    }

    fn read_at(bytes: &[u8], at: &mut usize, depth: usize, items: &mut usize) -> Option<Self> {
        let start = *at;
        let first = *bytes.get(*at)?;
        *at += 1;
        *items += 1;
        if depth > DEPTH_MAX || *items > ITEMS_MAX {
            return None;
        }
        let more = match first & 0x1f {
            0..=23 => 0,
            24 => 1,
            25 => 2,
            26 => 4,
            27 => 8,
            _ => return None,
        };
        let head = bytes.get(*at..*at + more)?;
        *at += more;
        let value =
            if more == 0 { u64::from(first & 0x1f) } else { head.iter().fold(0, |value, byte| value << 8 | u64::from(*byte)) };
        let mut list =
            |count: u64| -> Option<Vec<Self>> { (0..count).map(|_| Self::read_at(bytes, at, depth + 1, items)).collect() };
        match first >> 5 {
            sign @ (0 | 1) => Some(Self::Number(sign == 1, value)),
            kind @ (2 | 3) => {
                let end = at.checked_add(usize::try_from(value).ok()?)?;
                let held = bytes.get(*at..end)?.to_vec();
                *at = end;
                Some(Self::Bytes(kind == 3, held))
            }
            4 => Some(Self::List(false, list(value)?)),
            5 => Some(Self::List(true, list(value.checked_mul(2)?)?)),
            6 => Some(Self::Tag(value, Box::new(list(1)?.pop()?))),
            _ => Some(Self::Simple(bytes.get(start..*at)?.to_vec())),
        }
    }

    /// Writes it in the one way that is taken.
    pub fn write(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        self.write_to(&mut bytes);
        bytes
    }

    fn write_to(&self, bytes: &mut Vec<u8>) {
        let mut head = |kind: u8, value: u64| {
            let big = value.to_be_bytes();
            match value {
                0..=23 => bytes.push(kind << 5 | big[7]),
                24..=0xff => bytes.extend([kind << 5 | 24, big[7]]),
                0x100..=0xffff => bytes.extend([&[kind << 5 | 25], &big[6..]].concat()),
                0x1_0000..=0xffff_ffff => bytes.extend([&[kind << 5 | 26], &big[4..]].concat()),
                _ => bytes.extend([&[kind << 5 | 27], &big[..]].concat()),
            }
        };
        match self {
            Self::Number(below, value) => head(u8::from(*below), *value),
            Self::Bytes(text, held) => {
                head(2 + u8::from(*text), held.len() as u64);
                bytes.extend(held);
            }
            Self::List(pairs, items) => {
                head(4 + u8::from(*pairs), items.len() as u64 / (1 + u64::from(*pairs)));
                items.iter().for_each(|item| item.write_to(bytes));
            }
            Self::Tag(tag, item) => {
                head(6, *tag);
                item.write_to(bytes);
            }
            Self::Simple(held) => bytes.extend(held),
        }
    }

    fn count(&self) -> usize {
        1 + match self {
            Self::List(_, items) => items.iter().map(Self::count).sum(),
            Self::Tag(_, item) => item.count(),
            _ => 0,
        }
    }

    fn nth(&mut self, nth: usize) -> Option<&mut Self> {
        let mut left = nth;
        self.find(&mut left)
    }

    fn find(&mut self, left: &mut usize) -> Option<&mut Self> {
        if *left == 0 {
            return Some(self);
        }
        *left -= 1;
        match self {
            Self::List(_, items) => items.iter_mut().find_map(|item| item.find(left)),
            Self::Tag(_, item) => item.find(left),
            _ => None,
        }
    }

    /// Changes something in it; takes parts from `other` at times.
    pub fn change(&mut self, other: Option<&Self>, rng: &mut ChaCha20Rng) {
        let mut below = |end: usize| usize::try_from(rng.next_u64() % (end.max(1) as u64)).unwrap_or(0);
        let donor = other.map(|other| {
            let mut other = other.clone();
            let nth = below(other.count());
            other.nth(nth).cloned().unwrap_or(Self::Number(false, 0))
        });
        let nth = below(self.count());
        let Some(item) = self.nth(nth) else { return };
        if let Some(donor) = donor.filter(|_| below(4) == 0) {
            *item = donor;
            return;
        }
        const NUMBERS: [u64; 12] =
            [0, 1, 2, 23, 24, 255, 256, 65_535, 0xffff_ffff, 0x7fff_ffff_ffff_ffff, 0x8000_0000_0000_0000, u64::MAX];
        match item {
            Self::Number(below_zero, value) => match below(4) {
                0 => *value = NUMBERS[below(NUMBERS.len())],
                1 => *value = value.wrapping_add(1),
                2 => *value = value.wrapping_sub(1),
                _ => *below_zero = !*below_zero,
            },
            Self::Bytes(_, held) => match below(5) {
                0 => held.clear(),
                1 if !held.is_empty() => {
                    let at = below(held.len());
                    held[at] ^= 1 << below(8);
                }
                2 => held.truncate(below(held.len())),
                3 => held.extend(std::iter::repeat_n(b"a\xff\0"[below(3)], NUMBERS[below(8)] as usize)),
                _ => {
                    let whole = held.clone();
                    held.extend(whole);
                }
            },
            Self::List(_, items) => match below(5) {
                0 => items.clear(),
                1 if !items.is_empty() => drop(items.remove(below(items.len()))),
                2 if !items.is_empty() => {
                    let copy = items[below(items.len())].clone();
                    items.insert(below(items.len()), copy);
                }
                3 if items.len() > 1 => {
                    let (one, another) = (below(items.len()), below(items.len()));
                    items.swap(one, another);
                }
                _ if !items.is_empty() && items.len() < 600 => {
                    let copy = items[below(items.len())].clone();
                    items.extend(std::iter::repeat_n(copy, 1 + below(300)));
                }
                _ => items.push(Self::Simple(vec![0xf6])),
            },
            Self::Tag(tag, _) => *tag = NUMBERS[below(NUMBERS.len())],
            Self::Simple(held) => *held = vec![[0xf4, 0xf5, 0xf6][below(3)]],
        }
    }
}
