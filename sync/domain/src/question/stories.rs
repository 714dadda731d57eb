//! What people do in a thread, and what must come of it.
#![allow(clippy::unwrap_used)]

use super::csv::Csv;
use super::entry::{Citation, Event, Said, Urgency};
use super::limits::*;
use super::office::Approver;
use super::row::{canonical, served};
use super::statistics::statistics;
use super::testing::*;
use super::thread::{DueState, State, Void};
use crate::calendar::{in_words, parse};
use crate::id::{DraftId, PersonId, QuestionEventId, QuestionId, Timestamp};

fn note(text: &str) -> String {
    text.to_owned()
}

#[test]
fn a_question_is_asked_taken_up_answered_accepted_and_rated() {
    let (mut desk, asked) = Desk::asked();
    assert_eq!(desk.thread().state, State::Asked);
    let received = desk.say(LAM, &[asked], Event::Received);
    assert_eq!(desk.thread().state, State::Received);
    let answered = desk.say(LAM, &[received], answer("Được, theo Điều 138 Luật Đất đai."));
    assert_eq!(desk.thread().state, State::Answered);
    let accepted = desk.say(BICH, &[answered], Event::Accepted { answer: answered });
    desk.say(BICH, &[accepted], Event::Rated { answer: answered, stars: 5, note: String::new() });
    let thread = desk.thread();
    assert_eq!((thread.state, thread.accepted), (State::Accepted, Some(answered)));
    assert_eq!(thread.rating.as_ref().unwrap().stars, 5);
    assert_eq!(thread.best_answer().unwrap().text, "Được, theo Điều 138 Luật Đất đai.");
    assert!(thread.steps.iter().all(|step| step.void.is_none()));
}

#[test]
fn an_answer_from_an_office_that_was_not_asked_is_void_and_stays_visible() {
    let (mut desk, asked) = Desk::asked();
    let wrong = desk.say(TU, &[asked], answer("Theo tôi là không."));
    assert_eq!(desk.void(wrong), Some(Void::NotResponsible));
    // Claiming to be of the asked office does not help.
    let forged = desk.say_for(TU, LAND, &[wrong], answer("Theo Sở là không."));
    assert_eq!(desk.void(forged), Some(Void::ForeignUnit));
    let nobody = desk.say(UNKNOWN, &[asked], answer("Không."));
    assert_eq!(desk.void(nobody), Some(Void::UnknownAuthor));
    let thread = desk.thread();
    assert_eq!((thread.state, thread.answers.len(), thread.steps.len()), (State::Asked, 0, 4));
    assert_eq!(thread.row().void, 3);
}

#[test]
fn nobody_begins_a_thread_in_anothers_name_and_a_thread_has_one_question() {
    let (mut desk, asked) = Desk::asked();
    let answered = desk.say(LAM, &[asked], answer("Được."));
    let before = desk.thread();
    desk.at = Timestamp(1);
    let hijack = desk.say(STRANGER, &[], Event::Asked(question()));
    assert_eq!(desk.void(hijack), Some(Void::NotTheQuestion));
    // The asker writes the same question anew with a clock set back: in other words, and in the same ones.
    let other = desk.say(BICH, &[], Event::Asked(super::Question { title: note("Câu khác"), ..question() }));
    let again = desk.say(BICH, &[], Event::Asked(question()));
    assert_eq!([desk.void(other), desk.void(again)], [Some(Void::NotTheQuestion); 2]);
    assert_eq!([desk.void(asked), desk.void(answered)], [None; 2]);
    let after = desk.thread();
    assert_eq!((after.asker, after.asked_at, &after.question), (BICH, before.asked_at, &before.question));
    assert_eq!((after.state, after.timing), (before.state, before.timing), "what was answered is the question that was asked");
}

#[test]
fn an_answer_written_while_the_question_was_passed_on_stands() {
    let (mut desk, asked) = Desk::asked();
    let passed = desk.say(LAN, &[asked], routed(JUSTICE));
    let answered = desk.say(LAM, &[asked], answer("Chúng tôi trả lời luôn."));
    let thread = desk.thread();
    assert_eq!((desk.void(answered), thread.state, thread.responsible), (None, State::Answered, JUSTICE));
    // Who knew that it had been passed on does not answer any more.
    let late = desk.say(LAM, &[passed, answered], answer("Và còn nữa."));
    assert_eq!(desk.void(late), Some(Void::NotResponsible));
    // The office may correct its own words all the same.
    let better = Event::Answer { text: note("Sửa: có."), citations: vec![], replaces: Some(answered), attachments: vec![] };
    let better = desk.say(LAN, &[late], better);
    assert_eq!((desk.void(better), desk.thread().best_answer().unwrap().id), (None, better));
    let both = desk.say(TU, &[better], answer("Sở Tư pháp trả lời."));
    assert_eq!(desk.thread().row().answers, 2);
    desk.say(BICH, &[both], Event::Accepted { answer: better });
    assert_eq!(desk.thread().best_answer().unwrap().id, better, "the accepted one counts, not the newest");
}

#[test]
fn the_city_the_asked_office_and_the_asker_before_any_answer_route_and_nobody_else() {
    let (mut desk, asked) = Desk::asked();
    let wrong = desk.say(STRANGER, &[asked], routed(OTHER));
    assert_eq!(desk.void(wrong), Some(Void::NotResponsible));
    let same = desk.say(LAM, &[asked], routed(LAND));
    assert_eq!(desk.void(same), Some(Void::NothingNew));
    let corrected = desk.say(BICH, &[same], routed(JUSTICE));
    let back = desk.say(ROUTER, &[corrected], routed(LAND));
    let answered = desk.say(LAM, &[back], answer("Đây."));
    assert_eq!(desk.void(answered), None);
    let late = desk.say(BICH, &[answered], routed(JUSTICE));
    assert_eq!(desk.void(late), Some(Void::NotResponsible));
    assert_eq!(desk.thread().responsible, LAND);
}

#[test]
fn where_the_office_wants_it_an_answer_waits_for_the_head() {
    let (desk, asked) = Desk::asked();
    let mut desk = desk.with_approval();
    let draft = desk.say(LAM, &[asked], answer("Nháp."));
    assert_eq!(desk.thread().state, State::AwaitingApproval);
    let early = desk.say(BICH, &[draft], Event::Accepted { answer: draft });
    assert_eq!(desk.void(early), Some(Void::NoSuchAnswer), "it was not given yet");
    let colleague = desk.say(LAN, &[draft], Event::Approved { answer: draft });
    assert_eq!(desk.void(colleague), Some(Void::NotTheHead));
    let foreign = desk.say(HEAD_OF_COMMUNE, &[draft], Event::Approved { answer: draft });
    assert_eq!(desk.void(foreign), Some(Void::NotTheHead));
    let returned = desk.say(HEAD_OF_LAND, &[colleague], Event::Returned { answer: draft, note: note("Thiếu căn cứ") });
    assert_eq!(desk.thread().state, State::Returned);
    let better = Event::Answer { text: note("Có căn cứ."), citations: vec![], replaces: Some(draft), attachments: vec![] };
    let better = desk.say(LAM, &[returned], better);
    assert_eq!(desk.thread().state, State::AwaitingApproval);
    let before = desk.at;
    let approved = desk.say(HEAD_OF_LAND, &[better], Event::Approved { answer: better });
    let thread = desk.thread();
    assert_eq!((thread.state, thread.timing.first_answer_at), (State::Answered, Some(before)));
    let twice = desk.say(HEAD_OF_LAND, &[approved], Event::Approved { answer: better });
    assert_eq!(desk.void(twice), Some(Void::NoSuchAnswer));
    // What the head writes needs nobody else; what a new wording is to replace stays until it is approved.
    let newer = Event::Answer { text: note("Mới."), citations: vec![], replaces: Some(better), attachments: vec![] };
    let newer = desk.say(LAM, &[approved], newer);
    assert_eq!(desk.thread().best_answer().unwrap().id, better);
    let own = desk.say(HEAD_OF_LAND, &[newer], answer("Tôi trả lời."));
    assert!(desk.thread().answer(&own).unwrap().stands());
}

#[test]
fn of_two_heads_one_approving_and_one_returning_at_once_the_approval_stands() {
    let (desk, asked) = Desk::asked();
    let mut desk = desk.with_approval();
    let named = Approver { person: LAN, from: Timestamp(0), until: None };
    desk.rules.units.get_mut(&LAND).unwrap().approvers.push(named);
    let draft = desk.say(LAM, &[asked], answer("Nháp."));
    desk.say(LAN, &[draft], Event::Approved { answer: draft });
    desk.say(HEAD_OF_LAND, &[draft], Event::Returned { answer: draft, note: note("Chưa được") });
    let mut swapped = desk.clone();
    let [.., a, b] = swapped.said.as_mut_slice() else { panic!() };
    (a.entry.at, b.entry.at) = (b.entry.at, a.entry.at);
    for desk in [&desk, &swapped] {
        let thread = desk.thread();
        assert_eq!(thread.state, State::Answered);
        assert!(thread.steps.iter().all(|step| step.void.is_none()));
    }
}

#[test]
fn an_approval_given_while_somebody_was_the_head_stays_when_the_office_gets_another() {
    let (desk, asked) = Desk::asked();
    let mut desk = desk.with_approval();
    let named = Approver { person: LAN, from: Timestamp(0), until: None };
    desk.rules.units.get_mut(&LAND).unwrap().approvers.push(named);
    let draft = desk.say(LAM, &[asked], answer("Nháp."));
    let approved = desk.say(LAN, &[draft], Event::Approved { answer: draft });
    desk.rules.units.get_mut(&LAND).unwrap().approvers[0].until = Some(desk.at);
    let second = desk.say(LAM, &[approved], answer("Nháp hai."));
    let late = desk.say(LAN, &[second], Event::Approved { answer: second });
    assert_eq!((desk.void(approved), desk.void(late)), (None, Some(Void::NotTheHead)));
}

#[test]
fn who_is_not_served_asks_again_and_the_clock_begins_anew() {
    let (mut desk, asked) = Desk::asked();
    let answered = desk.say(LAM, &[asked], answer("Xem luật."));
    desk.at = parse("2026-12-01 08:00").unwrap();
    let wrong = desk.say(STRANGER, &[answered], Event::Reopened { answer: answered, note: note("?") });
    assert_eq!(desk.void(wrong), Some(Void::NotTheAsker));
    let open = desk.say(HEAD_OF_COMMUNE, &[answered], Event::Reopened { answer: answered, note: note("Điều nào?") });
    let thread = desk.thread();
    assert_eq!((thread.state, in_words(thread.timing.due).as_str()), (State::Reopened, "17:00, 08/12/2026"));
    assert_eq!(thread.timing.state(thread.state, desk.at), DueState::InTime);
    let again = desk.say(LAM, &[open], answer("Điều 138."));
    let thread = desk.thread();
    assert_eq!((thread.state, thread.best_answer().unwrap().id), (State::Answered, again));
    assert_eq!(thread.timing.first_answer_at, Some(parse("2026-11-20 10:00").unwrap()), "the first answer stays the first");
}

#[test]
fn late_with_a_reason_is_an_ordinary_state() {
    let (mut desk, asked) = Desk::asked();
    let state = |desk: &Desk, at: &str| {
        let thread = desk.thread();
        thread.timing.state(thread.state, parse(at).unwrap())
    };
    assert_eq!(in_words(desk.thread().timing.due), "17:00, 27/11/2026", "five working days from Friday");
    assert_eq!(state(&desk, "2026-11-25 08:00"), DueState::InTime);
    assert_eq!(state(&desk, "2026-11-27 08:00"), DueState::Soon);
    assert_eq!(state(&desk, "2026-11-28 08:00"), DueState::Overdue);
    let days = |desk: &Desk, text: &str| {
        let thread = desk.thread();
        thread.timing.days_overdue(thread.state, parse(text).unwrap())
    };
    let late = ["2026-11-27 17:00", "2026-11-27 17:01", "2026-11-28 17:00", "2026-11-28 17:01"].map(|text| days(&desk, text));
    assert_eq!(late, [0, 1, 1, 2]);
    let until = parse("2026-12-04 17:00").unwrap();
    let longer = Event::Extension { until, reason: note("Chờ ý kiến Bộ") };
    let foreign = desk.say(BICH, &[asked], longer.clone());
    assert_eq!(desk.void(foreign), Some(Void::NotResponsible));
    let given = desk.say(LAM, &[asked], longer.clone());
    assert_eq!((desk.void(given), state(&desk, "2026-11-28 08:00")), (None, DueState::Extended));
    assert_eq!(desk.thread().timing.reason.as_deref(), Some("Chờ ý kiến Bộ"));
    assert_eq!(state(&desk, "2026-12-05 08:00"), DueState::Overdue);
    let shorter = desk.say(LAM, &[given], Event::Extension { until: until.plus_ms(-1), reason: note("Sớm hơn") });
    let far = desk.say(LAM, &[given], Event::Extension { until: until.plus_ms(400 * 24 * 3_600_000), reason: note("Xa") });
    assert_eq!((desk.void(shorter), desk.void(far)), (Some(Void::BadDeadline), Some(Void::BadDeadline)));
    desk.at = parse("2026-12-07 08:00").unwrap();
    desk.say(LAM, &[given], answer("Muộn."));
    assert_eq!(state(&desk, "2027-01-01 08:00"), DueState::AnsweredLate);
}

#[test]
fn an_urgent_question_is_due_sooner() {
    for (urgency, due) in [
        (Urgency::Immediate, "17:00, 20/11/2026"),
        (Urgency::VeryUrgent, "17:00, 23/11/2026"),
        (Urgency::Urgent, "17:00, 24/11/2026"),
    ] {
        let (desk, _) = Desk::asked_to(super::Question { urgency, ..question() });
        assert_eq!(in_words(desk.thread().timing.due), due);
    }
    // An office with days of its own has them for what is not urgent.
    for (urgency, due) in [(Urgency::Urgent, "17:00, 24/11/2026"), (Urgency::Normal, "17:00, 04/12/2026")] {
        let (mut desk, _) = Desk::asked_to(super::Question { urgency, ..question() });
        desk.rules.units.entry(LAND).or_default().days = Some(10);
        assert_eq!(in_words(desk.thread().timing.due), due);
    }
}

#[test]
fn what_is_withdrawn_is_answered_no_more_and_what_was_accepted_is_not_withdrawn() {
    let (mut desk, asked) = Desk::asked();
    let withdrawn = desk.say(BICH, &[asked], Event::Withdrawn { reason: String::new() });
    let meanwhile = desk.say(LAM, &[asked], answer("Vừa xong."));
    let knowing = desk.say(LAM, &[withdrawn], answer("Vẫn trả lời."));
    assert_eq!((desk.void(meanwhile), desk.void(knowing)), (None, Some(Void::Withdrawn)));
    assert_eq!(desk.thread().state, State::Withdrawn);

    let (mut desk, asked) = Desk::asked();
    let answered = desk.say(LAM, &[asked], answer("Xong."));
    let accepted = desk.say(BICH, &[answered], Event::Accepted { answer: answered });
    let late = desk.say(BICH, &[accepted], Event::Withdrawn { reason: String::new() });
    assert_eq!((desk.void(late), desk.thread().state), (Some(Void::NothingNew), State::Accepted));
}

#[test]
fn a_shared_answer_can_be_used_by_others_who_are_counted_once() {
    let (mut desk, asked) = Desk::asked();
    let answered = desk.say(LAM, &[asked], answer("Anh Tư, 0912 345 678, thì được."));
    let early = desk.say(STRANGER, &[answered], Event::AskedToo);
    assert_eq!(desk.void(early), Some(Void::NotPublished));
    let foreign = desk.say(TU, &[answered], published(answered));
    assert_eq!(desk.void(foreign), Some(Void::NotTheHead));
    let shared = desk.say(LAN, &[answered], published(answered));
    let row = desk.thread().row();
    assert!(row.is_listed_for(&desk.offices, &STRANGER) && !row.concerns(&desk.offices, &STRANGER));
    assert_eq!(row.published.as_deref(), Some("Cấp giấy lần đầu khi thiếu giấy tờ"), "in the words that were checked");
    let too = desk.say(STRANGER, &[shared], Event::AskedToo);
    desk.say(STRANGER, &[shared], Event::AskedToo);
    assert_eq!((desk.void(too), desk.thread().asked_too.len()), (None, 1));
    let own = desk.say(BICH, &[shared], Event::AskedToo);
    assert_eq!(desk.void(own), Some(Void::NothingNew));
    // The asker may take it back.
    desk.say(BICH, &[too], Event::Unpublished { reason: note("Có tên riêng") });
    assert!(!desk.thread().row().is_listed_for(&desk.offices, &STRANGER));
}

#[test]
fn a_thread_is_the_business_of_both_offices_the_mentioned_and_the_city() {
    let (mut desk, asked) = Desk::asked();
    let row = desk.thread().row();
    for (person, may) in
        [(BICH, true), (HEAD_OF_COMMUNE, true), (LAM, true), (ROUTER, true), (TU, false), (STRANGER, false), (UNKNOWN, false)]
    {
        assert_eq!(row.is_listed_for(&desk.offices, &person), may, "{person}");
    }
    let uninvited = desk.say(TU, &[asked], comment("Cho tôi hỏi", &[]));
    assert_eq!(desk.void(uninvited), Some(Void::NotConcerned));
    let mention = desk.say(LAM, &[asked], comment("Nhờ anh Tú xem", &[TU]));
    let invited = desk.say(TU, &[mention], comment("Tôi thấy được", &[]));
    assert_eq!((desk.void(invited), desk.thread().row().comments), (None, 2));
    let follow = desk.say(TU, &[invited], Event::Follow { on: true });
    assert!(desk.thread().followers.contains(&TU));
    desk.say(TU, &[follow], Event::Follow { on: false });
    assert!(!desk.thread().followers.contains(&TU));
}

#[test]
fn an_answer_that_may_be_out_of_date_is_looked_at_again() {
    let (mut desk, asked) = Desk::asked();
    let answered = desk.say(LAM, &[asked], answer("Theo luật cũ."));
    let doubted = desk.say(BICH, &[answered], Event::NeedsReview { answer: answered, reason: note("Luật đã sửa") });
    assert!(desk.thread().row().needs_review);
    let foreign = desk.say(BICH, &[doubted], Event::Reviewed { answer: answered, note: String::new() });
    assert_eq!(desk.void(foreign), Some(Void::NotResponsible));
    desk.say(LAN, &[doubted], Event::Reviewed { answer: answered, note: note("Vẫn đúng") });
    assert!(!desk.thread().row().needs_review);
    desk.say(LAN, &[doubted], Event::Drafted { answer: answered, draft: DraftId([5; 16]) });
    assert_eq!(desk.thread().answers[0].drafts, [DraftId([5; 16])]);
}

#[test]
fn duplicates_lead_to_the_thread_that_counts_and_circles_lead_nowhere() {
    let row = |id: u8, of: Option<u8>, too: u32| {
        let mut row = Desk::asked().0.thread().row();
        row.id = QuestionId([id; 16]);
        row.duplicate_of = of.map(|of| QuestionId([of; 16]));
        row.asked_too = too;
        row
    };
    let rows =
        [row(1, None, 3), row(2, Some(1), 0), row(3, Some(2), 1), row(4, Some(5), 0), row(5, Some(4), 0), row(6, Some(9), 0)];
    let to: Vec<(u8, u8)> = canonical(&rows).into_iter().map(|(from, to)| (from.0[0], to.0[0])).collect();
    assert_eq!(to, [(2, 1), (3, 1), (6, 9)]);
    let counts: Vec<(u8, u32)> = served(&rows).into_iter().map(|(id, count)| (id.0[0], count)).collect();
    assert_eq!(counts, [(1, 6), (9, 1)], "three who said so, two duplicates and one who said so there");
}

#[test]
fn marking_a_duplicate_is_for_those_concerned_and_can_be_taken_back() {
    let (mut desk, asked) = Desk::asked();
    let other = Some(QuestionId([1; 16]));
    let wrong = desk.say(STRANGER, &[asked], Event::DuplicateOf { thread: other });
    let itself = desk.say(LAM, &[asked], Event::DuplicateOf { thread: Some(desk.thread) });
    assert_eq!((desk.void(wrong), desk.void(itself)), (Some(Void::NotResponsible), Some(Void::NothingNew)));
    let marked = desk.say(LAM, &[asked], Event::DuplicateOf { thread: other });
    assert_eq!(desk.thread().state, State::Duplicate);
    desk.say(BICH, &[marked], Event::DuplicateOf { thread: None });
    assert_eq!(desk.thread().state, State::Asked);
}

#[test]
fn figures_say_who_is_late_and_how_long_first_answers_took() {
    let mut rows = Vec::new();
    for (number, hours) in [1, 2, 3, 30, 0].into_iter().enumerate() {
        let (mut desk, asked) = Desk::asked();
        if hours > 0 {
            desk.at = desk.at.plus_ms((hours - 1) * 3_600_000);
            desk.say(LAM, &[asked], answer("Đây."));
        }
        let mut row = desk.thread().row();
        row.id = QuestionId([number as u8 + 1; 16]);
        row.stars = (hours == 1).then_some(4);
        rows.push(row);
    }
    rows[4].field = "Hộ tịch".to_owned();
    let (from, to, now) = (Timestamp(0), Timestamp(i64::MAX), parse("2026-12-30 08:00").unwrap());
    let told = statistics(&rows, from, to, now);
    let land = &told.by_unit[&LAND];
    assert_eq!((land.asked, land.answered, land.open, land.overdue), (5, 4, 1, 1));
    assert_eq!((land.first_answer_median_min, land.first_answer_p90_min), (Some(120), Some(1_800)));
    assert_eq!((land.stars_hundredths, land.rated), (Some(400), 1));
    assert_eq!((told.by_field["Đất đai"].overdue, told.by_field["Hộ tịch"].overdue), (0, 1));
    assert_eq!(statistics(&rows, from, Timestamp(1), now).all.asked, 0, "outside the period");
    let mut csv = Csv::default();
    csv.line([told.most_asked.len().to_string().as_str()]);
    assert_eq!(csv.into_text(), "\u{feff}0\r\n");
}

#[test]
fn what_is_out_of_bounds_or_stands_under_a_wrong_id_is_not_read() {
    let (desk, _) = Desk::asked();
    let said = &desk.said[0];
    let bytes = said.entry.to_bytes();
    let read = |id: QuestionEventId, bytes: &[u8]| Said::read(&desk.thread, BICH, id, bytes);
    assert_eq!(read(said.id, &bytes).as_ref(), Some(said));
    assert_eq!(read(QuestionEventId([0; 16]), &bytes), None);
    assert_eq!(Said::read(&desk.thread, LAM, said.id, &bytes), None, "as if somebody else had said it");
    let longer = [bytes.as_slice(), &[0]].concat();
    assert_eq!(read(super::entry::entry_id(&desk.thread, &BICH, &longer), &longer), None);
    let at = |event: Event| super::Entry { unit: COMMUNE, at: Timestamp(1), after: vec![], event };
    let code = |event: Event| at(event).validate().unwrap_err().code();
    assert_eq!(code(Event::Asked(super::Question { title: note("a\u{202e}b"), ..question() })), "text_characters");
    assert_eq!(code(answer(&"a".repeat(ANSWER_CHARS + 1))), "limit_over");
    assert_eq!(code(answer("  ")), "limit_under");
    assert_eq!(code(routed_without_reason()), "limit_under");
    assert_eq!(code(Event::Rated { answer: QuestionEventId([0; 16]), stars: 6, note: String::new() }), "limit_over");
    assert_eq!(code(Event::Rated { answer: QuestionEventId([0; 16]), stars: 0, note: String::new() }), "limit_under");
    assert_eq!(code(comment("a", &[BICH; MENTIONS + 1])), "limit_over");
    let citation =
        Citation { article: String::new(), package: String::new(), version: 0, citation: note("x"), quote: String::new() };
    let cited = Event::Answer { text: note("a"), citations: vec![citation], replaces: None, attachments: vec![] };
    assert_eq!(code(cited), "limit_under");
    let seen = super::Entry { after: vec![QuestionEventId([1; 16]); AFTER + 1], ..at(Event::AskedToo) };
    assert_eq!(seen.validate().unwrap_err().what, "entries seen");
    // The longest entry of the longest letters fits.
    let wide = "\u{1F4DC}";
    let largest = Event::Answer {
        text: wide.repeat(ANSWER_CHARS),
        citations: vec![
            Citation {
                article: note("a"),
                package: note("p"),
                version: 1,
                citation: wide.repeat(CITATION_CHARS),
                quote: wide.repeat(CITATION_QUOTE_CHARS)
            };
            CITATIONS
        ],
        replaces: None,
        attachments: vec![],
    };
    let said = Said::new(&desk.thread, BICH, at(largest));
    assert!(said.entry.validate().is_ok());
    assert_eq!(read(said.id, &said.entry.to_bytes()).map(|said| said.id), Some(said.id));
    let shared = Event::Published {
        answer: QuestionEventId([0; 16]),
        title: note("a"),
        text: wide.repeat(QUESTION_TEXT_CHARS),
        answer_text: wide.repeat(ANSWER_CHARS),
        confirmed: 0,
    };
    let said = Said::new(&desk.thread, BICH, at(shared));
    assert!(read(said.id, &said.entry.to_bytes()).is_some());
}

fn routed_without_reason() -> Event {
    Event::Routed { to: LAND, reason: String::new() }
}

/// Somebody fills the own contribution, each entry at the same time.
fn flood(desk: &mut Desk, person: PersonId, at: Timestamp, seen: &[QuestionEventId]) {
    for number in 0..ENTRIES_OF_A_PERSON {
        desk.at = at;
        desk.say(person, seen, comment(&number.to_string(), &[]));
    }
}

/// Whose entries were left out, and how many of each.
fn left_out(desk: &Desk) -> Vec<(PersonId, usize)> {
    let mut count: std::collections::BTreeMap<PersonId, usize> = std::collections::BTreeMap::new();
    for step in desk.thread().steps.iter().filter(|step| step.void == Some(Void::TooMany)) {
        *count.entry(step.said.author).or_default() += 1;
    }
    count.into_iter().collect()
}

#[test]
fn who_says_more_than_one_person_may_is_cut_off_and_told() {
    let (mut desk, asked) = Desk::asked();
    flood(&mut desk, LAM, parse("2026-11-20 10:00").unwrap(), &[asked]);
    let last = desk.say(LAM, &[asked], comment("Và thêm nữa", &[]));
    assert_eq!((desk.void(last), left_out(&desk)), (Some(Void::TooMany), vec![(LAM, 1)]));
    let thread = desk.thread();
    assert_eq!(thread.row().comments as usize, ENTRIES_OF_A_PERSON);
    assert_eq!(thread.heads().len(), AFTER);
}

#[test]
fn four_who_fill_a_thread_with_clocks_set_back_push_out_only_what_is_their_own() {
    let (mut desk, asked) = Desk::asked();
    let answered = desk.say(LAM, &[asked], answer("Được."));
    let accepted = desk.say(BICH, &[answered], Event::Accepted { answer: answered });
    let four = [LAN, HEAD_OF_LAND, HEAD_OF_COMMUNE, ROUTER];
    for person in four {
        flood(&mut desk, person, Timestamp(1), &[]);
    }
    assert_eq!([desk.void(asked), desk.void(answered), desk.void(accepted)], [None; 3]);
    let thread = desk.thread();
    assert_eq!((thread.state, thread.asker), (State::Accepted, BICH));
    let left = left_out(&desk);
    let (mut people, mut expected): (Vec<PersonId>, Vec<PersonId>) =
        (left.iter().map(|(person, _)| *person).collect(), four.into());
    people.sort_unstable();
    expected.sort_unstable();
    assert_eq!(people, expected);
    assert_eq!(left.iter().map(|(_, count)| count).sum::<usize>(), desk.said.len() - ENTRIES_OF_A_THREAD);
    let most = left.iter().map(|(_, count)| *count).max().unwrap();
    assert!(left.iter().all(|(_, count)| most - count <= 1), "the same share for each: {left:?}");
    desk.said.reverse();
    assert_eq!(desk.thread(), thread, "whatever came first");
}

#[test]
fn those_whom_a_thread_does_not_concern_have_only_the_room_that_others_leave() {
    let (mut desk, asked) = Desk::asked();
    let crowd: Vec<PersonId> = (0..4).map(|number| PersonId([0xd0 + number; 16])).collect();
    for person in &crowd {
        desk.offices.belongs(*person, OTHER, false);
        flood(&mut desk, *person, Timestamp(1), &[asked]);
    }
    let after = parse("2026-11-20 10:00").unwrap();
    flood(&mut desk, LAM, after, &[asked]);
    // Drawn in by somebody of the office that is asked, and by the office that it is passed on to.
    let called = desk.say(LAN, &[asked], comment("Nhờ anh xem", &[STRANGER]));
    let word = desk.say(STRANGER, &[called], comment("Vâng", &[]));
    let passed = desk.say(LAN, &[word], routed(JUSTICE));
    let taken = desk.say(TU, &[passed], Event::Received);
    assert_eq!([desk.void(called), desk.void(word), desk.void(passed), desk.void(taken)], [None; 4]);
    let left = left_out(&desk);
    assert!(left.iter().all(|(person, _)| crowd.contains(person)), "{left:?}");
    assert_eq!(left.iter().map(|(_, count)| count).sum::<usize>(), desk.said.len() - ENTRIES_OF_A_THREAD);
    let thread = desk.thread();
    assert_eq!((thread.responsible, thread.row().comments as usize), (JUSTICE, ENTRIES_OF_A_PERSON + 2));
    desk.said.reverse();
    assert_eq!(desk.thread(), thread, "whatever came first");
}
