//! What people do with a task, and what must come of it.
#![allow(clippy::unwrap_used)]

use super::entry::{Assignment, Event, Lead, Said};
use super::limits::{DUE_DAYS_MAX, ENTRIES_OF_A_PERSON, ENTRIES_OF_A_TASK, SUPPORTING};
use super::state::{DueState, State, Void};
use super::testing::*;
use crate::id::{PersonId, TaskId, Timestamp, UnitId};
use crate::question::testing::{BICH, COMMUNE, HEAD_OF_COMMUNE, HEAD_OF_LAND, LAM, LAN, LAND, ROUTER, STRANGER, TU, UNKNOWN};

#[test]
fn a_task_is_given_taken_up_worked_on_reported_and_confirmed() {
    let (mut desk, given) = Desk::given();
    assert_eq!((desk.task().state, desk.task().percent), (State::Given, 0));
    let accepted = desk.say(BICH, &[given], Event::Accepted);
    assert_eq!(desk.task().state, State::Accepted);
    let half = desk.say(BICH, &[accepted], progress(50));
    assert_eq!((desk.task().state, desk.task().percent), (State::InProgress, 50));
    let report = desk.say(BICH, &[half], done());
    assert_eq!((desk.task().state, desk.task().percent), (State::ReportedDone, 100));
    desk.say(LAM, &[report], confirmed(report));
    let task = desk.task();
    assert_eq!((task.state, task.due_state(later(30))), (State::Confirmed, DueState::DoneInTime), "the report was in time");
    assert!(task.steps.iter().all(|step| step.void.is_none()));
}

#[test]
fn what_is_sent_back_is_open_again_and_keeps_the_share_that_was_told() {
    let (mut desk, given) = Desk::given();
    let half = desk.say(BICH, &[given], progress(60));
    let report = desk.say(BICH, &[half], done());
    let back = desk.say(LAM, &[report], returned(report));
    assert_eq!((desk.task().state, desk.task().percent), (State::Returned, 60));
    let again = desk.say(LAM, &[back], confirmed(report));
    assert_eq!(desk.void(again), Some(Void::NoSuchEntry), "what was sent back cannot be agreed to any more");
    let second = desk.say(BICH, &[back], done());
    desk.say(LAM, &[second], confirmed(second));
    assert_eq!(desk.task().state, State::Confirmed);
}

#[test]
fn only_the_lead_takes_up_and_reports() {
    let (mut desk, given) = Desk::given();
    for (person, event) in [(TU, Event::Accepted), (LAM, done()), (STRANGER, progress(10)), (TU, asked(20)), (TU, explained())] {
        let entry = desk.say(person, &[given], event);
        assert_eq!(desk.void(entry), Some(Void::NotTheLead), "{person}");
    }
    assert_eq!(desk.task().state, State::Given);
    let claimed = desk.say_for(STRANGER, COMMUNE, &[given], Event::Accepted);
    assert_eq!(desk.void(claimed), Some(Void::ForeignUnit));
    let unknown = desk.say_for(UNKNOWN, COMMUNE, &[given], Event::Accepted);
    assert_eq!(desk.void(unknown), Some(Void::UnknownAuthor));
}

#[test]
fn a_person_who_is_named_leads_and_so_does_the_head_of_the_unit() {
    let (mut desk, given) = Desk::given_to(Assignment { lead: Lead { unit: LAND, person: Some(LAN) }, ..assignment(None) });
    let other = desk.say(LAM, &[given], Event::Accepted);
    assert_eq!(desk.void(other), Some(Void::NotTheLead), "of the same unit, but not the person");
    let head = desk.say(HEAD_OF_LAND, &[given], progress(10));
    assert_eq!(desk.void(head), None);
    let person = desk.say(LAN, &[given, head], progress(20));
    assert_eq!((desk.void(person), desk.task().percent), (None, 20));
}

#[test]
fn a_supporting_unit_tells_its_part_but_the_share_is_the_leads() {
    let (mut desk, given) = Desk::given();
    let lead = desk.say(BICH, &[given], progress(40));
    let part = desk.say(TU, &[lead], progress(90));
    assert_eq!((desk.void(part), desk.task().percent), (None, 40));
}

#[test]
fn only_the_assigner_confirms_and_those_the_assigner_named() {
    let (mut desk, given) = Desk::given_to(Assignment { stewards: vec![TU], ..assignment(None) });
    let report = desk.say(BICH, &[given], done());
    for person in [BICH, HEAD_OF_COMMUNE, LAN, STRANGER] {
        let entry = desk.say(person, &[report], confirmed(report));
        assert_eq!(desk.void(entry), Some(Void::NotTheAssigner), "{person}");
    }
    assert_eq!(desk.task().state, State::ReportedDone);
    let back = desk.say(HEAD_OF_LAND, &[report], returned(report));
    assert_eq!(desk.void(back), None, "the head of the assigner's unit may");
    let second = desk.say(BICH, &[back], done());
    let steward = desk.say(TU, &[second], confirmed(second));
    assert_eq!((desk.void(steward), desk.task().state), (None, State::Confirmed));
}

#[test]
fn a_later_deadline_is_asked_for_and_set_or_refused() {
    let (mut desk, given) = Desk::given();
    let wish = desk.say(BICH, &[given], asked(20));
    assert_eq!(desk.task().request.map(|request| request.until), Some(later(20)));
    let refused = desk.say(LAM, &[wish], Event::ExtensionRefused { request: wish, note: "Không thể".to_owned() });
    assert_eq!((desk.task().request, desk.task().due), (None, later(10)));
    let second = desk.say(BICH, &[refused], asked(15));
    let own = desk.say(BICH, &[second], extended(15));
    assert_eq!(desk.void(own), Some(Void::NotTheAssigner), "nobody extends for oneself");
    desk.say(LAM, &[second], extended(15));
    let task = desk.task();
    assert_eq!((task.due, task.first_due, task.request), (later(15), later(10), None));
    let earlier = desk.say(LAM, &[second], extended(5));
    let far = desk.say(LAM, &[second], extended(DUE_DAYS_MAX + 1));
    assert_eq!([desk.void(earlier), desk.void(far)], [Some(Void::BadDeadline); 2]);
}

#[test]
fn overdue_is_told_with_its_days_and_with_the_reason_of_the_lead() {
    let (mut desk, given) = Desk::given();
    let task = desk.task();
    assert_eq!(task.due_state(later(6)), DueState::InTime);
    assert_eq!((task.due_state(later(8)), task.overdue_days(later(8))), (DueState::Soon, 0));
    assert_eq!((task.due_state(later(10)), task.overdue_days(later(10))), (DueState::Soon, 0), "to the very instant");
    let after = later(10).plus_ms(1);
    assert_eq!((task.due_state(after), task.overdue_days(after)), (DueState::Overdue, 1));
    assert_eq!(task.overdue_days(later(13)), 3);
    let report = desk.say(BICH, &[given], done());
    assert_eq!(desk.task().due_state(later(13)), DueState::Overdue, "nobody has confirmed it");
    let why = desk.say(BICH, &[report], explained());
    assert_eq!((desk.task().due_state(later(13)), desk.task().why_late()), (DueState::Explained, Some("Chờ số liệu")));
    desk.say(LAM, &[why], extended(12));
    let task = desk.task();
    assert_eq!((task.due_state(later(13)), task.why_late()), (DueState::Overdue, None), "the reason was for the old deadline");
}

#[test]
fn done_late_is_told_by_the_report_not_by_the_agreement() {
    let (mut desk, given) = Desk::given();
    desk.at = later(11);
    let report = desk.say(BICH, &[given], done());
    desk.say(LAM, &[report], confirmed(report));
    assert_eq!(desk.task().due_state(later(12)), DueState::DoneLate);
}

#[test]
fn what_is_finished_stays_finished() {
    let (mut desk, given) = Desk::given();
    let closed = desk.say(LAM, &[given], Event::Closed { reason: "Không còn cần".to_owned() });
    let late = desk.say(BICH, &[closed], progress(10));
    assert_eq!((desk.void(late), desk.task().state), (Some(Void::NotNow), State::Closed));
    assert_eq!((desk.task().due_state(later(20)), desk.task().overdue_days(later(20))), (DueState::Closed, 0));
    let word = desk.say(BICH, &[closed], comment("Đã rõ", &[]));
    assert_eq!(desk.void(word), None, "people may still talk about it");
}

#[test]
fn an_agreement_stands_beside_what_was_sent_back_or_closed_at_the_same_time() {
    for order in [[HEAD_OF_LAND, LAM], [LAM, HEAD_OF_LAND]] {
        for other in [true, false] {
            let (mut desk, given) = Desk::given();
            let report = desk.say(BICH, &[given], done());
            for person in order {
                let back = if other { returned(report) } else { Event::Closed { reason: "Thôi".to_owned() } };
                let event = if person == LAM { confirmed(report) } else { back };
                desk.say(person, &[report], event);
            }
            assert_eq!(desk.task().state, State::Confirmed, "{order:?} {other}");
        }
    }
}

#[test]
fn a_task_is_the_business_of_its_units_and_of_who_is_mentioned() {
    let (mut desk, given) = Desk::given();
    let task = desk.task();
    for (person, concerned) in [(LAM, true), (LAN, true), (BICH, true), (TU, true), (ROUTER, true), (STRANGER, false)] {
        assert_eq!(task.concerns(&desk.offices, &person), concerned, "{person}");
    }
    let outside = desk.say(STRANGER, &[given], comment("Cho tôi hỏi", &[]));
    assert_eq!(desk.void(outside), Some(Void::NotConcerned));
    let called = desk.say(LAM, &[given], comment("Nhờ anh xem", &[STRANGER]));
    let inside = desk.say(STRANGER, &[called], comment("Vâng", &[]));
    assert_eq!((desk.void(inside), desk.task().concerns(&desk.offices, &STRANGER)), (None, true));
}

#[test]
fn nobody_gives_a_task_in_anothers_name_or_with_a_deadline_that_is_over() {
    let (mut desk, _) = Desk::given();
    desk.said.clear();
    desk.at = start();
    desk.say(LAN, &[], Event::Given(assignment(None)));
    assert!(desk.folded().is_none(), "the id is the assigner's");
    let (desk, late) = Desk::given_to(Assignment { due: start(), ..assignment(None) });
    assert_eq!(desk.void(late), Some(Void::BadDeadline));
    assert!(desk.folded().is_none());
}

#[test]
fn who_gave_a_task_cannot_write_it_anew_when_it_is_done() {
    let (mut desk, given) = Desk::given();
    let report = desk.say(BICH, &[given], done());
    desk.say(LAM, &[report], confirmed(report));
    let before = desk.task();
    // Lâm gives it once more with a clock set back: with a deadline that was missed, to another office, and in the same words.
    let sooner = Assignment { due: start().plus_ms(1), ..assignment(None) };
    let elsewhere = Assignment { lead: Lead { unit: LAND, person: Some(LAN) }, ..assignment(None) };
    for assignment in [sooner, elsewhere, assignment(None)] {
        desk.at = start().plus_ms(-DAY_MS);
        let again = desk.say(LAM, &[], Event::Given(assignment));
        assert_eq!(desk.void(again), Some(Void::NotTheTask));
    }
    let after = desk.task();
    assert_eq!((desk.void(given), desk.void(report)), (None, None));
    assert_eq!((&after.assignment, after.given_at, after.due), (&before.assignment, before.given_at, before.due));
    assert_eq!((after.state, after.confirmed), (State::Confirmed, before.confirmed));
    let alone = Desk { said: desk.said.split_off(desk.said.len() - 1), ..desk };
    assert!(alone.folded().is_none(), "nor where nothing else has come yet");
}

#[test]
fn a_task_is_not_pushed_out_by_four_who_write_much_with_clocks_set_back() {
    for (unit, concerned) in [(UnitId([4; 16]), false), (COMMUNE, true)] {
        let (mut desk, given) = Desk::given();
        let report = desk.say(BICH, &[given], done());
        let agreed = desk.say(LAM, &[report], confirmed(report));
        for number in 0..4 {
            let person = PersonId([0xd0 + number; 16]);
            desk.offices.belongs(person, unit, false);
            for entry in 0..ENTRIES_OF_A_PERSON {
                desk.at = Timestamp(1);
                desk.say_for(person, unit, &[], comment(&entry.to_string(), &[]));
            }
        }
        assert_eq!([desk.void(given), desk.void(report), desk.void(agreed)], [None; 3], "concerned: {concerned}");
        let task = desk.task();
        assert_eq!(task.state, State::Confirmed);
        let left_out = task.steps.iter().filter(|step| step.void == Some(Void::TooMany)).count();
        assert_eq!(left_out, desk.said.len() - ENTRIES_OF_A_TASK);
        desk.said.reverse();
        assert_eq!(desk.task(), task, "whatever came first");
    }
}

#[test]
fn an_entry_is_read_only_where_it_belongs_and_within_bounds() {
    let (desk, _) = Desk::given();
    let said = &desk.said[0];
    let bytes = said.entry.to_bytes();
    assert_eq!(Said::read(&desk.task, LAM, said.id, &bytes).as_ref(), Some(said));
    assert_eq!(Said::read(&desk.task, LAN, said.id, &bytes), None, "under another name");
    assert_eq!(Said::read(&TaskId([1; 16]), LAM, said.id, &bytes), None, "in another task");
    let many = Assignment { supporting: vec![UnitId([1; 16]); SUPPORTING + 1], ..assignment(None) };
    let (full, _) = Desk::given_to(many);
    let over = &full.said[0];
    assert_eq!(Said::read(&full.task, LAM, over.id, &over.entry.to_bytes()), None, "too much of something");
    let mut entry = said.entry.clone();
    entry.event = progress(101);
    assert_eq!(entry.validate().unwrap_err().code(), "limit_over");
}
