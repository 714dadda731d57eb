//! The order of things that several people arrange at once, and the agenda that comes of it.
//!
//! A position is a text key (base 62 in ASCII order). Between two keys there is always another, so moving one thing changes one key
//! and no neighbour. Two devices may choose the same key at the same time; ids decide then, the same way everywhere.

mod agenda;
mod schedule;

pub use agenda::{arrange, arrange_papers, depths, numbering, parents};
pub use schedule::{Slot, slots};

/// The digits, in the order in which text compares.
const DIGITS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

const BASE: usize = DIGITS.len();

/// The lowest digit. No key ends in it: nothing would fit right before such a key.
pub const LOWEST: char = '0';

/// Is `c` a digit of a key?
pub fn is_digit(c: char) -> bool {
    c.is_ascii_alphanumeric()
}

/// Is `text` a key: one or more digits, the last not [`LOWEST`]?
pub fn is_key(text: &str) -> bool {
    !text.is_empty() && text.chars().all(is_digit) && !text.ends_with(LOWEST)
}

/// A key after `after` and before `before`; `None` is the open end.
///
/// What is not a key counts as an open end. Where there is no room (`after` ≥ `before`, as when two devices chose the same key), the
/// result is right after `after`. Keys grow by one digit for about six inserts at one place between two others, and by one digit
/// for about sixty at an end.
pub fn between(after: Option<&str>, before: Option<&str>) -> String {
    let after = after.filter(|key| is_key(key)).map(digits).unwrap_or_default();
    let before = before.filter(|key| is_key(key)).map(digits);
    let key = match before {
        None if after.is_empty() => vec![BASE / 2],
        None => following(&after),
        Some(before) if after.is_empty() => preceding(&before),
        Some(before) if after < before => middle(&after, &before),
        Some(_) => [after, vec![BASE / 2]].concat(),
    };
    key.into_iter().filter_map(|digit| DIGITS.get(digit)).map(|byte| char::from(*byte)).collect()
}

/// The key for a new thing at place `index` (0 = first) among siblings with these keys in reading order.
///
/// Siblings with equal keys cannot be separated: the new thing comes after all of them.
pub fn key_at(siblings: &[&str], index: usize) -> String {
    let after = index.checked_sub(1).and_then(|last| siblings.get(last.min(siblings.len().saturating_sub(1)))).copied();
    let before = siblings.iter().skip(index).find(|key| after.is_none_or(|after| **key > after)).copied();
    between(after, before)
}

fn digits(key: &str) -> Vec<usize> {
    key.bytes().filter_map(|byte| DIGITS.binary_search(&byte).ok()).collect()
}

/// A short key above `key`: the first digit that can grow does, what follows is dropped.
fn following(key: &[usize]) -> Vec<usize> {
    let mut next = key.to_vec();
    match next.iter().position(|digit| *digit < BASE - 1) {
        Some(at) => {
            next.truncate(at + 1);
            next[at] += 1;
        }
        None => next.push(1),
    }
    next
}

/// A short key below `key`, which does not end in the lowest digit.
fn preceding(key: &[usize]) -> Vec<usize> {
    let zeros = key.iter().take_while(|digit| **digit == 0).count();
    let mut previous = vec![0; zeros];
    match key.get(zeros) {
        Some(first) if *first > 1 => previous.push(first - 1),
        _ => previous.extend([0, BASE - 1]),
    }
    previous
}

/// Halfway between two keys, `after` < `before`.
fn middle(after: &[usize], before: &[usize]) -> Vec<usize> {
    let mut key = Vec::new();
    // While the two agree so far, `before` bounds from above; once a lower digit was taken, nothing does.
    let mut bounded = true;
    for place in 0.. {
        let low = after.get(place).copied().unwrap_or(0);
        let high = if bounded { before.get(place).copied().unwrap_or(0) } else { BASE };
        if low + 1 < high {
            key.push((low + high) / 2);
            return key;
        }
        key.push(low);
        bounded &= low == high;
    }
    key
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]

    use proptest::prelude::*;

    use super::*;

    fn key() -> impl Strategy<Value = String> {
        "[0-9A-Za-z]{0,6}[1-9A-Za-z]"
    }

    #[test]
    fn the_ends_and_the_middle() {
        assert_eq!(between(None, None), "V");
        assert_eq!(between(Some("V"), None), "W");
        assert_eq!(between(None, Some("V")), "U");
        assert_eq!(between(Some("zz"), None), "zz1");
        assert_eq!(between(None, Some("1")), "0z");
        assert_eq!(between(None, Some("01")), "00z");
        assert_eq!(between(Some("A"), Some("C")), "B");
        assert_eq!(between(Some("A"), Some("B")), "AV");
        assert_eq!(between(Some("A"), Some("A1")), "A0V");
        assert_eq!(between(Some("Az"), Some("B")), "AzV");
    }

    #[test]
    fn a_thousand_inserts_at_one_place_keep_keys_short() {
        let (mut front, mut back, mut before_fixed, mut after_fixed, mut alternating) =
            ("V".to_owned(), "V".to_owned(), "A".to_owned(), "B".to_owned(), ("A".to_owned(), "B".to_owned()));
        for turn in 0..1_000 {
            front = between(None, Some(&front));
            back = between(Some(&back), None);
            before_fixed = between(Some(&before_fixed), Some("B"));
            after_fixed = between(Some("A"), Some(&after_fixed));
            let new = between(Some(&alternating.0), Some(&alternating.1));
            if turn % 2 == 0 { alternating.0 = new } else { alternating.1 = new }
        }
        let lengths = [&front, &back, &before_fixed, &after_fixed, &alternating.0].map(String::len);
        assert!(lengths.iter().all(|length| *length <= 300), "{lengths:?}");
        assert!(lengths[0] <= 20 && lengths[1] <= 20, "{lengths:?}");
    }

    #[test]
    fn no_room_and_foreign_texts_still_give_a_key() {
        assert_eq!(between(Some("V"), Some("V")), "VV");
        assert_eq!(between(Some("W"), Some("V")), "WV");
        for foreign in ["", "é", "V0", "-", "a b"] {
            assert!(is_key(&between(Some(foreign), Some(foreign))));
        }
    }

    #[test]
    fn a_place_among_equal_siblings_is_after_all_of_them() {
        let siblings = ["A", "V", "V", "W"];
        assert!(key_at(&siblings, 0).as_str() < "A");
        let second = key_at(&siblings, 1);
        assert!("A" < second.as_str() && second.as_str() < "V");
        let among = key_at(&siblings, 2);
        assert!("V" < among.as_str() && among.as_str() < "W");
        assert!(key_at(&siblings, 4).as_str() > "W");
        assert!(key_at(&siblings, 400).as_str() > "W");
        assert_eq!(key_at(&[], 3), "V");
    }

    proptest! {
        #[test]
        fn a_key_between_two_is_strictly_between(one in key(), other in key()) {
            prop_assume!(one != other);
            let (low, high) = if one < other { (one, other) } else { (other, one) };
            let new = between(Some(&low), Some(&high));
            prop_assert!(low < new && new < high, "{} < {} < {}", low, new, high);
            prop_assert!(is_key(&new));
            prop_assert!(new.len() <= low.len().max(high.len()) + 1);
        }

        #[test]
        fn the_open_ends_have_room(key in key()) {
            let (below, above) = (between(None, Some(&key)), between(Some(&key), None));
            prop_assert!(below < key && key < above);
            prop_assert!(is_key(&below) && is_key(&above));
        }

        #[test]
        fn any_series_of_inserts_stays_in_order(places in proptest::collection::vec(any::<proptest::sample::Index>(), 1..120)) {
            let mut keys: Vec<String> = Vec::new();
            for place in places {
                let at = place.index(keys.len() + 1);
                let siblings: Vec<&str> = keys.iter().map(String::as_str).collect();
                let new = key_at(&siblings, at);
                keys.insert(at, new);
                prop_assert!(keys.is_sorted_by(|a, b| a < b), "{:?}", keys);
            }
        }
    }
}
