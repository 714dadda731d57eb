//! The agenda as a tree: reading order, depth, numbers.

use std::collections::{BTreeMap, BTreeSet};

use crate::id::ItemId;
use crate::limits::AGENDA_DEPTH;
use crate::meeting::{AgendaItem, Paper};

/// Puts items into reading order: each before its children, siblings by order key and then by id.
///
/// Two devices that move items at the same time can leave an item under one that is gone, or two items under each other. Nothing is
/// lost: an item whose parent is not there stands at the top level by its own key; of a ring of items the one with the smallest id is taken
/// as a top-level item after all sound ones. The result depends only on the set of items. Of two items with one id the first in
/// the list is kept.
pub fn arrange(items: Vec<AgendaItem>) -> Vec<AgendaItem> {
    let mut by_id: BTreeMap<ItemId, AgendaItem> = BTreeMap::new();
    for item in items {
        by_id.entry(item.id).or_insert(item);
    }
    let mut children: BTreeMap<ItemId, BTreeSet<(String, ItemId)>> = BTreeMap::new();
    let mut roots = BTreeSet::new();
    for item in by_id.values() {
        let place = (item.order.clone(), item.id);
        match item.parent.filter(|parent| by_id.contains_key(parent)) {
            Some(parent) => children.entry(parent).or_default().insert(place),
            None => roots.insert(place),
        };
    }

    let mut reading = Vec::with_capacity(by_id.len());
    let mut left: BTreeSet<ItemId> = by_id.keys().copied().collect();
    let mut walk = |root: ItemId, left: &mut BTreeSet<ItemId>| {
        let mut open = vec![root];
        while let Some(id) = open.pop() {
            if left.remove(&id) {
                reading.push(id);
                open.extend(children.get(&id).into_iter().flatten().rev().map(|(_, child)| *child));
            }
        }
    };
    for (_, root) in &roots {
        walk(*root, &mut left);
    }
    while let Some(start) = left.first().copied() {
        walk(smallest_of_ring(start, &by_id), &mut left);
    }
    reading.into_iter().filter_map(|id| by_id.remove(&id)).collect()
}

/// Climbs from `start`, whose ancestors never end, and returns the smallest id of the ring that they run into.
fn smallest_of_ring(start: ItemId, by_id: &BTreeMap<ItemId, AgendaItem>) -> ItemId {
    let mut path = Vec::new();
    let mut places = BTreeMap::new();
    let mut at = start;
    loop {
        if let Some(first) = places.insert(at, path.len()) {
            return path.get(first..).unwrap_or_default().iter().copied().min().unwrap_or(start);
        }
        path.push(at);
        match by_id.get(&at).and_then(|item| item.parent) {
            Some(parent) => at = parent,
            None => return start,
        }
    }
}

/// The level of each item of an arranged agenda, 0 for the top, at most [`AGENDA_DEPTH`] − 1.
///
/// An item whose parent does not come before it counts as top level; what hangs deeper than the last level is shown on it.
pub fn depths(arranged: &[AgendaItem]) -> Vec<usize> {
    let mut known: BTreeMap<ItemId, usize> = BTreeMap::new();
    arranged
        .iter()
        .map(|item| {
            let above = item.parent.and_then(|parent| known.get(&parent));
            let depth = above.map_or(0, |above| (above + 1).min(AGENDA_DEPTH - 1));
            known.insert(item.id, depth);
            depth
        })
        .collect()
}

/// For each item of a list in reading order, the place of the one it stands under, if only the levels are known: the inverse of [`depths`].
///
/// An item that skips a level stands under the one before it; what is deeper than an agenda goes stands on the last level.
pub fn parents(depths: &[usize]) -> Vec<Option<usize>> {
    // The newest item of each level, outermost first.
    let mut above: Vec<usize> = Vec::new();
    depths
        .iter()
        .enumerate()
        .map(|(place, depth)| {
            above.truncate((*depth).min(AGENDA_DEPTH - 1));
            let parent = above.last().copied();
            above.push(place);
            parent
        })
        .collect()
}

/// The number of each item of an arranged agenda: "1", "1.1", "1.2", "2" …
pub fn numbering(arranged: &[AgendaItem]) -> Vec<String> {
    let mut counters: Vec<u32> = Vec::new();
    depths(arranged)
        .into_iter()
        .map(|depth| {
            counters.resize(depth + 1, 0);
            if let Some(last) = counters.last_mut() {
                *last += 1;
            }
            counters.iter().map(u32::to_string).collect::<Vec<_>>().join(".")
        })
        .collect()
}

/// Puts papers into the order of their items in an arranged agenda, then by their own key and id; those of the meeting as a whole, or of
/// an item that is gone, come first.
pub fn arrange_papers(arranged: &[AgendaItem], mut papers: Vec<Paper>) -> Vec<Paper> {
    let places: BTreeMap<ItemId, usize> = arranged.iter().enumerate().map(|(place, item)| (item.id, place + 1)).collect();
    papers.sort_by_cached_key(|paper| {
        (paper.item.and_then(|item| places.get(&item).copied()).unwrap_or(0), paper.order.clone(), paper.id)
    });
    papers
}

#[cfg(test)]
pub(super) mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]

    use proptest::prelude::*;

    use super::*;
    use crate::id::PaperId;

    pub fn item(id: u8, parent: Option<u8>, order: &str) -> AgendaItem {
        AgendaItem {
            id: ItemId([id; 16]),
            parent: parent.map(|parent| ItemId([parent; 16])),
            order: order.to_owned(),
            title: format!("Nội dung {id}"),
            presenter: String::new(),
            starts_at: None,
            minutes: None,
            papers_due: None,
        }
    }

    fn ids(items: &[AgendaItem]) -> Vec<u8> {
        items.iter().map(|item| item.id.0[0]).collect()
    }

    #[test]
    fn an_agenda_is_read_depth_first_and_numbered() {
        let arranged = arrange(vec![
            item(5, Some(1), "B"),
            item(2, None, "K"),
            item(4, Some(1), "A"),
            item(6, Some(4), "V"),
            item(1, None, "C"),
        ]);
        assert_eq!(ids(&arranged), [1, 4, 6, 5, 2]);
        assert_eq!(numbering(&arranged), ["1", "1.1", "1.1.1", "1.2", "2"]);
        assert_eq!(depths(&arranged), [0, 1, 2, 1, 0]);
    }

    #[test]
    fn an_item_stands_under_the_nearest_one_above_its_level() {
        assert_eq!(parents(&[0, 1, 2, 1, 0, 1]), [None, Some(0), Some(1), Some(0), None, Some(4)]);
        assert_eq!(parents(&[3, 9]), [None, Some(0)], "what skips levels stands under what is there");
    }

    #[test]
    fn equal_keys_are_ordered_by_id() {
        assert_eq!(ids(&arrange(vec![item(9, None, "V"), item(3, None, "V"), item(7, None, "A")])), [7, 3, 9]);
    }

    #[test]
    fn an_item_under_a_deleted_one_stands_at_the_top_level() {
        let arranged = arrange(vec![item(1, None, "A"), item(2, Some(99), "B"), item(3, Some(2), "V"), item(4, None, "C")]);
        assert_eq!(ids(&arranged), [1, 2, 3, 4]);
        assert_eq!(numbering(&arranged), ["1", "2", "2.1", "3"]);
    }

    #[test]
    fn items_moved_under_each_other_stay_visible() {
        // 4 hangs on the ring 2 → 3 → 2; 5 is its own parent.
        let ring =
            vec![item(1, None, "V"), item(2, Some(3), "A"), item(3, Some(2), "B"), item(4, Some(3), "C"), item(5, Some(5), "D")];
        let arranged = arrange(ring);
        assert_eq!(ids(&arranged), [1, 2, 3, 4, 5]);
        assert_eq!(numbering(&arranged), ["1", "2", "2.1", "2.1.1", "3"]);
    }

    #[test]
    fn a_chain_deeper_than_the_limit_is_shown_on_the_last_level() {
        let chain: Vec<_> = (0..9u8).map(|id| item(id, id.checked_sub(1), "V")).collect();
        let arranged = arrange(chain);
        assert_eq!(ids(&arranged), [0, 1, 2, 3, 4, 5, 6, 7, 8]);
        assert_eq!(numbering(&arranged)[4..7], ["1.1.1.1.1", "1.1.1.1.2", "1.1.1.1.3"]);
    }

    #[test]
    fn a_chain_of_a_hundred_thousand_does_not_overflow_the_stack() {
        let id = |number: u32| {
            let mut bytes = [0; 16];
            bytes[..4].copy_from_slice(&number.to_be_bytes());
            ItemId(bytes)
        };
        let chain = (0..100_000u32).map(|number| AgendaItem {
            id: id(number),
            parent: number.checked_sub(1).map(id),
            ..item(0, None, "V")
        });
        let arranged = arrange(chain.collect());
        assert_eq!(arranged.len(), 100_000);
        assert_eq!(numbering(&arranged).len(), 100_000);
    }

    #[test]
    fn papers_follow_their_items() {
        let arranged = arrange(vec![item(2, None, "A"), item(1, None, "B")]);
        let paper = |id: u8, of: Option<u8>, order: &str| Paper {
            id: PaperId([id; 16]),
            item: of.map(|of| ItemId([of; 16])),
            order: order.to_owned(),
            title: "Tờ trình".to_owned(),
            versions: Vec::new(),
        };
        let papers = arrange_papers(
            &arranged,
            vec![
                paper(1, Some(1), "A"),
                paper(2, Some(2), "K"),
                paper(3, Some(2), "A"),
                paper(4, None, "V"),
                paper(5, Some(77), "A"),
            ],
        );
        assert_eq!(papers.iter().map(|paper| paper.id.0[0]).collect::<Vec<_>>(), [5, 4, 3, 2, 1]);
    }

    fn any_items() -> impl Strategy<Value = Vec<AgendaItem>> {
        proptest::collection::btree_map(0u8..24, (proptest::option::of(0u8..26), "[1-4]{1,2}"), 0..24)
            .prop_map(|items| items.into_iter().map(|(id, (parent, order))| item(id, parent, &order)).collect())
    }

    proptest! {
        #[test]
        fn every_item_is_shown_once_and_every_device_shows_the_same(
            (items, shuffled) in any_items().prop_flat_map(|items| (Just(items.clone()), Just(items).prop_shuffle())),
        ) {
            let arranged = arrange(items.clone());
            prop_assert_eq!(&arrange(shuffled), &arranged);
            prop_assert_eq!(&arrange(arranged.clone()), &arranged);
            let mut shown = ids(&arranged);
            shown.sort_unstable();
            prop_assert_eq!(shown, ids(&items));
            let numbers = numbering(&arranged);
            let different: BTreeSet<_> = numbers.iter().collect();
            prop_assert_eq!(different.len(), numbers.len());
            for (depth, number) in depths(&arranged).into_iter().zip(&numbers) {
                prop_assert_eq!(number.split('.').count(), depth + 1);
                prop_assert!(depth < AGENDA_DEPTH);
            }
            // Levels alone are enough to build an agenda of the same shape.
            let levels = depths(&arranged);
            let rebuilt: Vec<AgendaItem> = (0u8..)
                .zip(parents(&levels))
                .map(|(place, parent)| item(place, parent.and_then(|parent| u8::try_from(parent).ok()), "V"))
                .collect();
            prop_assert_eq!(depths(&rebuilt), levels);
        }
    }
}
