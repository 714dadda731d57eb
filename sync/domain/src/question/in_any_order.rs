//! Whatever people do and in whatever order it arrives: every device comes to the same thread, and nothing is half applied.
#![allow(clippy::unwrap_used)]

use proptest::prelude::*;
use proptest::sample::{Index, select};

use super::entry::Event;
use super::testing::*;
use super::thread::{State, Thread};
use crate::id::{PersonId, QuestionEventId, QuestionId, UnitId};

#[derive(Debug, Clone)]
struct Move {
    person: PersonId,
    unit: Option<UnitId>,
    what: u8,
    of: Index,
    seen: Vec<Index>,
    minutes: i64,
}

fn moves() -> impl Strategy<Value = Vec<Move>> {
    let person = select(vec![BICH, HEAD_OF_COMMUNE, LAM, LAN, HEAD_OF_LAND, TU, STRANGER, ROUTER, UNKNOWN]);
    let unit = proptest::option::weighted(0.15, select(vec![COMMUNE, LAND, JUSTICE, CITY]));
    let one = (person, unit, 0u8..20, any::<Index>(), proptest::collection::vec(any::<Index>(), 0..4), -90i64..90)
        .prop_map(|(person, unit, what, of, seen, minutes)| Move { person, unit, what, of, seen, minutes });
    proptest::collection::vec(one, 0..24)
}

/// The event that a number means; it may well name an entry that is no answer.
fn event(what: u8, of: QuestionEventId, at: crate::id::Timestamp) -> Event {
    match what {
        0 => routed(JUSTICE),
        1 => routed(LAND),
        2 => Event::Received,
        3 => comment("Ghi chú", &[TU]),
        4 | 5 => answer("Trả lời"),
        6 => Event::Answer { text: "Sửa".to_owned(), citations: vec![], replaces: Some(of), attachments: vec![] },
        7 => Event::Approved { answer: of },
        8 => Event::Returned { answer: of, note: "Chưa".to_owned() },
        9 => Event::Accepted { answer: of },
        10 => Event::Reopened { answer: of, note: "Chưa rõ".to_owned() },
        11 => Event::Rated { answer: of, stars: 3, note: String::new() },
        12 => published(of),
        13 => Event::Unpublished { reason: "Thôi".to_owned() },
        14 => Event::DuplicateOf { thread: Some(QuestionId([1; 16])) },
        15 => Event::AskedToo,
        16 => Event::Extension { until: at.plus_ms(12 * 24 * 3_600_000), reason: "Chờ".to_owned() },
        17 => Event::Follow { on: true },
        18 => Event::Withdrawn { reason: String::new() },
        _ => Event::NeedsReview { answer: of, reason: "Luật sửa".to_owned() },
    }
}

fn played(moves: &[Move]) -> Desk {
    let (desk, asked) = Desk::asked();
    let mut desk = desk.with_approval();
    let mut ids = vec![asked];
    for step in moves {
        let of = ids[step.of.index(ids.len())];
        let seen: Vec<QuestionEventId> = step.seen.iter().map(|seen| ids[seen.index(ids.len())]).chain([asked]).collect();
        let at = desk.at.plus_ms(step.minutes * 60_000);
        desk.at = at;
        let unit = step.unit.unwrap_or_else(|| unit_of(step.person));
        ids.push(desk.say_for(step.person, unit, &seen, event(step.what, of, at)));
    }
    desk
}

fn is_sound(thread: &Thread) -> Result<(), TestCaseError> {
    if let Some(accepted) = thread.accepted {
        prop_assert!(thread.answer(&accepted).unwrap().given_at.is_some(), "what is accepted was given");
        prop_assert_eq!(thread.state, State::Accepted);
    }
    for answer in &thread.answers {
        prop_assert!(answer.given_at.is_none() || !answer.needs_approval || answer.approved.is_some(), "nothing passes the head");
        let voiced = thread.steps.iter().any(|step| step.said.id == answer.id && step.void.is_none());
        prop_assert!(voiced, "no answer comes from a void entry");
    }
    if let Some(published) = &thread.published {
        prop_assert!(thread.answer(&published.answer).unwrap().given_at.is_some());
    }
    prop_assert!(thread.units.contains(&thread.responsible));
    prop_assert!(thread.timing.due >= thread.timing.first_due);
    Ok(())
}

proptest! {
    // Two of three made-up threads are no case for the second property.
    #![proptest_config(ProptestConfig { cases: 600, max_global_rejects: 20_000, ..ProptestConfig::default() })]

    #[test]
    fn every_device_comes_to_the_same_thread(moves in moves(), keys in proptest::collection::vec(any::<u64>(), 32)) {
        let desk = played(&moves);
        let thread = desk.thread();
        is_sound(&thread)?;
        let mut shuffled = desk.clone();
        let mut order: Vec<usize> = (0..desk.said.len()).collect();
        order.sort_by_key(|at| keys.get(*at).copied().unwrap_or_default());
        shuffled.said = order.iter().map(|at| desk.said[*at].clone()).chain(desk.said.first().cloned()).collect();
        prop_assert_eq!(&shuffled.thread(), &thread, "also with something twice");
        prop_assert_eq!(thread.row(), shuffled.thread().row());
    }

    #[test]
    fn void_entries_leave_no_trace(moves in moves()) {
        let desk = played(&moves);
        let thread = desk.thread();
        let named_by_valid: std::collections::BTreeSet<QuestionEventId> = thread
            .steps.iter().filter(|step| step.void.is_none()).flat_map(|step| step.said.entry.after.iter().copied()).collect();
        let mut without = desk.clone();
        // Those on the way from one valid entry to another carry what was seen, nothing else.
        without.said.retain(|said| desk.void(said.id).is_none() || named_by_valid.contains(&said.id));
        let mut expected = thread.clone();
        let mut left = without.thread();
        expected.steps.clear();
        left.steps.clear();
        let indirect = desk.said.iter().any(|said| {
            desk.void(said.id).is_some() && named_by_valid.contains(&said.id)
        });
        prop_assume!(!indirect);
        prop_assert_eq!(left, expected);
    }

    #[test]
    fn what_somebody_might_do_is_not_undone_by_what_others_did_meanwhile(moves in moves(), more in moves()) {
        let desk = played(&moves);
        let before: Vec<(QuestionEventId, bool)> = desk.thread().steps.iter().map(|step| (step.said.id, step.void.is_none())).collect();
        let mut later = desk.clone();
        let asked = desk.said[0].id;
        for step in &more {
            let at = later.at;
            later.say(step.person, &[asked], event(step.what, asked, at));
        }
        let after = later.thread();
        for (id, counted) in before {
            let now = after.steps.iter().find(|step| step.said.id == id).unwrap().void.is_none();
            prop_assert_eq!(now, counted, "a verdict does not depend on what its author had not seen");
        }
    }
}
