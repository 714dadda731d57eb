//! Whatever people do and in whatever order it arrives: every device comes to the same task, and nothing is half applied.
#![allow(clippy::unwrap_used)]

use proptest::prelude::*;
use proptest::sample::{Index, select};

use super::entry::Event;
use super::state::State;
use super::testing::*;
use super::thread::Task;
use crate::id::{PersonId, TaskEventId, UnitId};
use crate::question::testing::{
    BICH, CITY, COMMUNE, HEAD_OF_COMMUNE, HEAD_OF_LAND, JUSTICE, LAM, LAN, LAND, ROUTER, STRANGER, TU, UNKNOWN, unit_of,
};

#[derive(Debug, Clone)]
struct Move {
    person: PersonId,
    unit: Option<UnitId>,
    what: u8,
    of: Index,
    seen: Vec<Index>,
    hours: i64,
}

fn moves() -> impl Strategy<Value = Vec<Move>> {
    let person = select(vec![BICH, HEAD_OF_COMMUNE, LAM, LAN, HEAD_OF_LAND, TU, STRANGER, ROUTER, UNKNOWN]);
    let unit = proptest::option::weighted(0.15, select(vec![COMMUNE, LAND, JUSTICE, CITY]));
    let one = (person, unit, 0u8..16, any::<Index>(), proptest::collection::vec(any::<Index>(), 0..4), -40i64..40)
        .prop_map(|(person, unit, what, of, seen, hours)| Move { person, unit, what, of, seen, hours });
    proptest::collection::vec(one, 0..24)
}

/// The event that a number means; it may well name an entry that is no report.
fn event(what: u8, of: TaskEventId) -> Event {
    match what {
        0 | 1 => Event::Accepted,
        2 => progress(30),
        3 => progress(70),
        4..=6 => done(),
        7 | 8 => confirmed(of),
        9 => returned(of),
        10 => asked(20),
        11 => extended(25),
        12 => Event::ExtensionRefused { request: of, note: "Không".to_owned() },
        13 => explained(),
        14 => comment("Ghi chú", &[STRANGER]),
        _ => Event::Closed { reason: "Thôi".to_owned() },
    }
}

fn played(moves: &[Move]) -> Desk {
    let (mut desk, given) = Desk::given();
    let mut ids = vec![given];
    for step in moves {
        // Now and then of an entry that its author had not seen.
        let of = ids[step.of.index(ids.len())];
        let seen: Vec<TaskEventId> = step.seen.iter().map(|seen| ids[seen.index(ids.len())]).chain([given]).collect();
        desk.at = desk.at.plus_ms(step.hours * 3_600_000);
        let unit = step.unit.unwrap_or_else(|| unit_of(step.person));
        ids.push(desk.say_for(step.person, unit, &seen, event(step.what, of)));
    }
    desk
}

fn is_sound(task: &Task) -> Result<(), TestCaseError> {
    let counts = |wanted: fn(&Event) -> bool| task.steps.iter().any(|step| step.void.is_none() && wanted(&step.said.entry.event));
    match task.state {
        State::Confirmed => {
            prop_assert!(counts(|event| matches!(event, Event::ReportedDone { .. })), "what is confirmed was reported")
        }
        State::Closed => prop_assert!(counts(|event| matches!(event, Event::Closed { .. })), "somebody closed it"),
        State::ReportedDone => prop_assert!(task.report.is_some()),
        _ => prop_assert!(task.report.is_none() && task.confirmed.is_none() && task.closed_at.is_none()),
    }
    prop_assert!(task.percent <= 100);
    prop_assert!(task.due >= task.first_due);
    prop_assert!(task.request.as_ref().is_none_or(|request| request.until > task.due), "a wish is for more than there is");
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 600, ..ProptestConfig::default() })]

    #[test]
    fn every_device_comes_to_the_same_task(moves in moves(), keys in proptest::collection::vec(any::<u64>(), 32)) {
        let desk = played(&moves);
        let task = desk.task();
        is_sound(&task)?;
        let mut shuffled = desk.clone();
        let mut order: Vec<usize> = (0..desk.said.len()).collect();
        order.sort_by_key(|at| keys.get(*at).copied().unwrap_or_default());
        shuffled.said = order.iter().map(|at| desk.said[*at].clone()).chain(desk.said.first().cloned()).collect();
        prop_assert_eq!(shuffled.task(), task, "also with something twice");
    }

    #[test]
    fn what_nobody_might_say_leaves_no_trace(moves in moves()) {
        let desk = played(&moves);
        let mut all = desk.clone();
        // A stranger claims everything, having seen everything.
        let seen: Vec<TaskEventId> = desk.said.iter().map(|said| said.id).collect();
        for what in 0..16 {
            if what != 14 {
                for of in &seen {
                    all.say(UNKNOWN, &seen, event(what, *of));
                }
            }
        }
        let (mut with, mut without) = (all.task(), desk.task());
        with.steps.clear();
        without.steps.clear();
        prop_assert_eq!(with, without);
    }

    #[test]
    fn what_somebody_might_do_is_not_undone_by_what_others_did_meanwhile(moves in moves(), more in moves()) {
        let desk = played(&moves);
        let before: Vec<(TaskEventId, bool)> = desk.task().steps.iter().map(|step| (step.said.id, step.void.is_none())).collect();
        let mut later = desk.clone();
        let given = desk.said[0].id;
        for step in &more {
            later.say(step.person, &[given], event(step.what, given));
        }
        let after = later.task();
        for (id, counted) in before {
            let now = after.steps.iter().find(|step| step.said.id == id).unwrap().void.is_none();
            prop_assert_eq!(now, counted, "a verdict does not depend on what its author had not seen");
        }
    }
}
