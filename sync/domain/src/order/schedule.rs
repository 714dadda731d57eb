//! Planned times of an agenda.

use crate::id::Timestamp;
use crate::meeting::AgendaItem;
use crate::order::depths;

const MS_PER_MINUTE: i64 = 60_000;

/// When an item is planned, as far as the agenda says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Slot {
    /// When it starts: its own time, or when what comes before it ends; `None` if that is not known.
    pub starts_at: Option<Timestamp>,
    /// When it ends, its sub-items included; `None` if neither its minutes nor the end of its last sub-item is known.
    pub ends_at: Option<Timestamp>,
    /// Its own time is before the end of what comes before it.
    pub overlaps: bool,
}

/// The planned time of each item of an arranged agenda that begins at `starts_at`.
///
/// An item with its own time starts then; one without starts when the one before it ends. The minutes of an item with sub-items are
/// those of the whole block: the sub-items run from its start, and the block ends after its minutes or with its last sub-item, whichever
/// is later.
pub fn slots(starts_at: Timestamp, arranged: &[AgendaItem]) -> Vec<Slot> {
    let mut slots: Vec<Slot> = Vec::with_capacity(arranged.len());
    let mut clock = Some(starts_at);
    // Blocks that are still running, outermost first: (depth, place in `slots`).
    let mut running: Vec<(usize, usize)> = Vec::new();
    for (item, depth) in arranged.iter().zip(depths(arranged)) {
        close_blocks(depth, &mut running, &mut slots, &mut clock);
        let start = item.starts_at.or(clock);
        let overlaps = matches!((item.starts_at, clock), (Some(own), Some(before)) if own < before);
        let minutes = item.minutes.map(i64::from);
        let ends_at = start.zip(minutes).map(|(start, minutes)| start.plus_ms(minutes * MS_PER_MINUTE));
        running.push((depth, slots.len()));
        slots.push(Slot { starts_at: start, ends_at, overlaps });
        clock = start;
    }
    close_blocks(0, &mut running, &mut slots, &mut clock);
    slots
}

/// Ends the blocks that an item at `depth` does not belong to, innermost first, and sets the clock to their end.
fn close_blocks(depth: usize, running: &mut Vec<(usize, usize)>, slots: &mut [Slot], clock: &mut Option<Timestamp>) {
    // The innermost block has had no sub-item yet, so the clock still shows its own start.
    let mut innermost = true;
    while let Some((_, place)) = running.pop_if(|(running, _)| *running >= depth) {
        let Some(slot) = slots.get_mut(place) else {
            continue;
        };
        if innermost {
            *clock = slot.ends_at;
        } else {
            slot.ends_at = slot.ends_at.max(*clock);
            *clock = slot.ends_at;
        }
        innermost = false;
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]

    use super::*;
    use crate::order::agenda::tests::item;
    use crate::order::arrange;

    const START: Timestamp = Timestamp(1_000_000);

    fn at(minutes: i64) -> Option<Timestamp> {
        Some(START.plus_ms(minutes * MS_PER_MINUTE))
    }

    fn planned(id: u8, parent: Option<u8>, order: &str, own: Option<i64>, minutes: Option<u16>) -> AgendaItem {
        AgendaItem { starts_at: own.and_then(at), minutes, ..item(id, parent, order) }
    }

    fn times(items: Vec<AgendaItem>) -> Vec<(Option<i64>, Option<i64>, bool)> {
        let minutes = |time: Option<Timestamp>| time.map(|time| (time.0 - START.0) / MS_PER_MINUTE);
        slots(START, &arrange(items))
            .into_iter()
            .map(|slot| (minutes(slot.starts_at), minutes(slot.ends_at), slot.overlaps))
            .collect()
    }

    #[test]
    fn items_follow_each_other() {
        let items = vec![
            planned(1, None, "A", None, Some(10)),
            planned(2, None, "B", None, Some(30)),
            planned(3, None, "C", None, Some(5)),
        ];
        assert_eq!(times(items), [(Some(0), Some(10), false), (Some(10), Some(40), false), (Some(40), Some(45), false)]);
    }

    #[test]
    fn an_own_time_makes_a_pause_or_an_overlap() {
        let items = vec![
            planned(1, None, "A", None, Some(10)),
            planned(2, None, "B", Some(60), Some(30)),
            planned(3, None, "C", Some(75), Some(5)),
            planned(4, None, "D", None, None),
        ];
        assert_eq!(
            times(items),
            [(Some(0), Some(10), false), (Some(60), Some(90), false), (Some(75), Some(80), true), (Some(80), None, false)]
        );
    }

    #[test]
    fn after_an_item_of_unknown_length_times_are_unknown_until_one_is_given() {
        let items = vec![
            planned(1, None, "A", None, None),
            planned(2, None, "B", None, Some(30)),
            planned(3, None, "C", Some(90), Some(5)),
        ];
        assert_eq!(times(items), [(Some(0), None, false), (None, None, false), (Some(90), Some(95), false)]);
    }

    #[test]
    fn sub_items_run_inside_their_block() {
        let block = |minutes| {
            vec![
                planned(1, None, "A", None, minutes),
                planned(2, Some(1), "A", None, Some(10)),
                planned(3, Some(1), "B", None, Some(20)),
                planned(4, None, "B", None, Some(5)),
            ]
        };
        let longer = times(block(Some(60)));
        assert_eq!(
            longer,
            [(Some(0), Some(60), false), (Some(0), Some(10), false), (Some(10), Some(30), false), (Some(60), Some(65), false)]
        );
        let shorter = times(block(Some(15)));
        assert_eq!((shorter[0].1, shorter[3].0), (Some(30), Some(30)), "a block is as long as its sub-items at least");
        let open = times(block(None));
        assert_eq!((open[0].1, open[3].0), (Some(30), Some(30)));
    }

    #[test]
    fn blocks_within_blocks_end_together() {
        let items = vec![
            planned(1, None, "A", None, None),
            planned(2, Some(1), "A", None, None),
            planned(3, Some(2), "A", None, Some(45)),
            planned(4, None, "B", None, None),
        ];
        assert_eq!(
            times(items),
            [(Some(0), Some(45), false), (Some(0), Some(45), false), (Some(0), Some(45), false), (Some(45), None, false)]
        );
    }

    #[test]
    fn the_last_instant_of_time_does_not_overflow() {
        let items = arrange(vec![planned(1, None, "A", None, Some(u16::MAX)), planned(2, None, "B", None, Some(u16::MAX))]);
        let slots = slots(Timestamp(i64::MAX - 1), &items);
        assert_eq!(slots[1].ends_at, Some(Timestamp(i64::MAX)));
    }
}
