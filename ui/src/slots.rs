//! Time slots of an agenda: after items have changed places, their slots follow each other again.

use api::view::ItemRow;
use domain::id::{ItemId, Timestamp};

/// Milliseconds of a minute.
const MINUTE_MS: i64 = 60_000;

/// Which top-level items must begin at another time so that all follow each other in their order from `starts_at`. Ends at the first
/// item whose length is not known: nobody can say when the next one begins.
pub fn in_order(items: &[ItemRow], starts_at: Timestamp) -> Vec<(ItemId, Timestamp)> {
    let mut next = starts_at;
    let mut moved = Vec::new();
    for row in items.iter().filter(|row| row.item.parent.is_none()) {
        if row.item.starts_at != Some(next) {
            moved.push((row.item.id, next));
        }
        let Some(minutes) = row.item.minutes else { break };
        next = next.plus_ms(i64::from(minutes) * MINUTE_MS);
    }
    moved
}

#[cfg(test)]
mod tests {
    use domain::meeting::AgendaItem;

    use super::*;

    fn row(id: u8, parent: Option<u8>, minute: i64, minutes: Option<u16>) -> ItemRow {
        let item = AgendaItem {
            id: ItemId([id; 16]),
            parent: parent.map(|parent| ItemId([parent; 16])),
            order: "a".to_owned(),
            title: "x".to_owned(),
            presenter: String::new(),
            starts_at: Some(Timestamp(minute * MINUTE_MS)),
            minutes,
            papers_due: None,
        };
        ItemRow {
            item,
            number: String::new(),
            depth: u32::from(parent.is_some()),
            internal: false,
            members_only: false,
            papers: Vec::new(),
        }
    }

    #[test]
    fn two_items_that_changed_places_get_the_slots_of_their_new_places() {
        let items =
            [row(1, None, 0, Some(25)), row(3, None, 45, Some(35)), row(4, Some(3), 50, Some(5)), row(2, None, 25, Some(20))];
        let at = |minute: i64| Timestamp(minute * MINUTE_MS);
        assert_eq!(in_order(&items, at(0)), [(ItemId([3; 16]), at(25)), (ItemId([2; 16]), at(60))]);
    }

    #[test]
    fn slots_in_order_stay_and_an_unknown_length_ends_the_row() {
        assert_eq!(in_order(&[row(1, None, 0, Some(25)), row(2, None, 25, Some(20))], Timestamp(0)), []);
        assert_eq!(in_order(&[row(1, None, 0, None), row(2, None, 99, Some(20))], Timestamp(0)), []);
    }
}
