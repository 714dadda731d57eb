//! The ballots of one voter: do they follow from one another?

use std::collections::{BTreeMap, BTreeSet};

use domain::id::Hash32;

use super::judge::Cast;

/// The acceptable ballots of one voter, ordered if they can be.
#[derive(Debug, Default)]
pub(super) struct VoterChain {
    /// Oldest first; `None` if they do not form one chain.
    pub(super) order: Option<Vec<Hash32>>,
    /// Cited as replaced, but unknown.
    pub(super) missing: BTreeSet<Hash32>,
}

impl VoterChain {
    /// `own` are the voter's ballots, `is_known` says whether an act is a ballot of anybody that has been seen.
    ///
    /// They form one chain if exactly one of them has no predecessor among them and no two have the same one. A ring is
    /// impossible: an act cites another by its hash. The predecessor of the first may be unknown yet; then later
    /// acts may show that it was no chain after all.
    pub(super) fn of(own: &BTreeMap<Hash32, Cast>, is_known: impl Fn(&Hash32) -> bool) -> Self {
        let mut missing = BTreeSet::new();
        let mut successor: BTreeMap<Hash32, Hash32> = BTreeMap::new();
        let mut starts = Vec::new();
        let mut sound = true;
        for (hash, ballot) in own {
            match ballot.replaces {
                None => starts.push(*hash),
                Some(before) => {
                    if !own.contains_key(&before) {
                        starts.push(*hash);
                        if is_known(&before) {
                            // Somebody else's ballot, or one that cannot count, cannot be replaced.
                            sound = false;
                        } else {
                            missing.insert(before);
                        }
                    }
                    sound &= successor.insert(before, *hash).is_none();
                }
            }
        }
        let order = match starts.as_slice() {
            [start] if sound => {
                let mut order = vec![*start];
                let mut last = *start;
                while let Some(next) = successor.get(&last) {
                    order.push(*next);
                    last = *next;
                }
                Some(order)
            }
            _ => None,
        };
        Self { order, missing }
    }
}
