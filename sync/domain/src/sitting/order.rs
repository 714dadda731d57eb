//! The order of the acts of a sitting: first what was known, then the clock, then the name.

use std::collections::BTreeMap;

use crate::id::{Hash32, Timestamp};

/// Where an act stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Link {
    /// Its name.
    pub hash: Hash32,
    /// The deepest act that its author knew.
    pub after: Option<Hash32>,
    /// When, by its author's clock.
    pub at: Timestamp,
}

/// Puts acts into an order that every device comes to: by depth (one more than that of the act it names), then by time, then by name.
///
/// Whoever names the deepest act known comes after everything known, so a clock decides only between people who did not know of each
/// other. Nobody can pretend to depth: an act names another by its hash, so as many acts must really have been signed. An act that is named and
/// not here counts as none; once it comes, all devices that have it agree again. Each act comes once.
pub fn in_order<T>(mut acts: Vec<T>, link: impl Fn(&T) -> Link) -> Vec<T> {
    let after: BTreeMap<Hash32, Option<Hash32>> = acts.iter().map(|act| (link(act).hash, link(act).after)).collect();
    let mut depths: BTreeMap<Hash32, usize> = BTreeMap::new();
    for start in after.keys() {
        let mut path = Vec::new();
        let mut next = Some(*start);
        let mut depth = 0;
        while let Some(hash) = next {
            if let Some(known) = depths.get(&hash) {
                depth = *known;
                break;
            }
            // A ring would need a hash that contains itself; the bound costs nothing.
            if !after.contains_key(&hash) || path.len() > after.len() {
                break;
            }
            path.push(hash);
            next = after.get(&hash).copied().flatten();
        }
        for hash in path.into_iter().rev() {
            depth += 1;
            depths.insert(hash, depth);
        }
    }
    let key = |act: &T| {
        let Link { hash, at, .. } = link(act);
        (depths.get(&hash).copied().unwrap_or_default(), at, hash)
    };
    acts.sort_by_key(key);
    acts.dedup_by_key(|act| link(act).hash);
    acts
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::sitting::testing::hash;

    fn link(number: u16, after: Option<u16>, at: i64) -> Link {
        Link { hash: hash(number), after: after.map(hash), at: Timestamp(at) }
    }

    #[test]
    fn knowledge_comes_before_the_clock_and_the_clock_before_the_name() {
        let acts = vec![link(9, None, 100), link(1, Some(9), 5), link(3, Some(9), 4), link(2, Some(9), 5)];
        let order: Vec<Hash32> = in_order(acts, |link| *link).into_iter().map(|link| link.hash).collect();
        assert_eq!(order, [hash(9), hash(3), hash(1), hash(2)], "a clock that is behind does not put an answer before its cause");
    }

    #[test]
    fn what_is_named_and_not_here_counts_as_none_until_it_comes() {
        let (early, late) = (link(1, None, 50), link(2, Some(7), 10));
        let without = in_order(vec![early, late], |link| *link);
        assert_eq!(without.first(), Some(&late));
        let with = in_order(vec![early, late, link(7, Some(1), 1)], |link| *link);
        assert_eq!(with.last(), Some(&late));
    }

    proptest! {
        #[test]
        fn any_order_of_arrival_gives_one_order(
            chain in proptest::collection::vec((any::<proptest::sample::Index>(), 0i64..5), 1..40),
            seed in any::<u64>(),
        ) {
            let acts: Vec<Link> = chain
                .iter()
                .enumerate()
                .map(|(at, (before, time))| {
                    let number = u16::try_from(at).unwrap_or_default();
                    let after = (at > 0).then(|| u16::try_from(before.index(at)).unwrap_or_default());
                    link(number, after, *time)
                })
                .collect();
            let mut shuffled = acts.clone();
            let len = shuffled.len();
            for at in 0..len {
                let other = usize::try_from(seed.rotate_left(u32::try_from(at).unwrap_or_default()) % len as u64).unwrap_or_default();
                shuffled.swap(at, other);
            }
            shuffled.extend(acts.first().copied());
            let one = in_order(acts, |link| *link);
            prop_assert_eq!(&one, &in_order(shuffled, |link| *link));
            for (place, act) in one.iter().enumerate() {
                let cause = act.after.and_then(|after| one.iter().position(|other| other.hash == after));
                prop_assert!(cause.is_none_or(|cause| cause < place));
            }
        }
    }
}
