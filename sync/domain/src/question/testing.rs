//! People and offices for the tests of threads.
#![allow(clippy::unwrap_used)]

use super::entry::{Entry, Event, Question, Said, Urgency};
use super::office::{Offices, Rules, UnitRule};
use super::thread::{Thread, Void};
use crate::calendar::parse;
use crate::id::{PersonId, QuestionEventId, QuestionId, Timestamp, UnitId};

/// A commune, two departments, a commune that has nothing to do with it, and the office that routes for all.
pub const COMMUNE: UnitId = UnitId([1; 16]);
pub const LAND: UnitId = UnitId([2; 16]);
pub const JUSTICE: UnitId = UnitId([3; 16]);
pub const OTHER: UnitId = UnitId([4; 16]);
pub const CITY: UnitId = UnitId([9; 16]);

pub const BICH: PersonId = PersonId([0x11; 16]);
pub const HEAD_OF_COMMUNE: PersonId = PersonId([0x1f; 16]);
pub const LAM: PersonId = PersonId([0x21; 16]);
pub const LAN: PersonId = PersonId([0x22; 16]);
pub const HEAD_OF_LAND: PersonId = PersonId([0x2f; 16]);
pub const TU: PersonId = PersonId([0x31; 16]);
pub const STRANGER: PersonId = PersonId([0x41; 16]);
pub const ROUTER: PersonId = PersonId([0x91; 16]);
pub const UNKNOWN: PersonId = PersonId([0xee; 16]);

pub const NONCE: [u8; 16] = [7; 16];

/// Who belongs where.
pub fn offices() -> Offices {
    let mut offices = Offices::default();
    for (person, unit, administrator) in [
        (BICH, COMMUNE, false),
        (HEAD_OF_COMMUNE, COMMUNE, true),
        (LAM, LAND, false),
        (LAN, LAND, false),
        (HEAD_OF_LAND, LAND, true),
        (TU, JUSTICE, false),
        (STRANGER, OTHER, false),
        (ROUTER, CITY, true),
    ] {
        offices.belongs(person, unit, administrator);
    }
    offices.coordinates(CITY);
    offices
}

/// The office of each of them.
pub fn unit_of(person: PersonId) -> UnitId {
    match person {
        BICH | HEAD_OF_COMMUNE => COMMUNE,
        LAM | LAN | HEAD_OF_LAND => LAND,
        TU => JUSTICE,
        ROUTER => CITY,
        _ => OTHER,
    }
}

/// A thread that people write.
#[derive(Clone)]
pub struct Desk {
    pub thread: QuestionId,
    pub offices: Offices,
    pub rules: Rules,
    pub said: Vec<Said>,
    pub at: Timestamp,
}

impl Desk {
    /// Bích of the commune asks the land department, on a Friday morning.
    pub fn asked() -> (Self, QuestionEventId) {
        Self::asked_to(question())
    }

    /// As [`Self::asked`], in other words.
    pub fn asked_to(question: Question) -> (Self, QuestionEventId) {
        let at = parse("2026-11-20 09:00").unwrap();
        let (thread, said) = Said::first(BICH, Entry { unit: COMMUNE, at, after: Vec::new(), event: Event::Asked(question) });
        let (asked, at) = (said.id, at.plus_ms(3_600_000));
        (Self { thread, offices: offices(), rules: Rules::default(), said: vec![said], at }, asked)
    }

    /// From now on answers of the land department need its head.
    pub fn with_approval(mut self) -> Self {
        let rule = UnitRule { approval_from: Some(Timestamp(0)), ..UnitRule::default() };
        self.rules.units.insert(LAND, rule);
        self
    }

    /// Somebody says something an hour later, having seen `after`.
    pub fn say(&mut self, person: PersonId, after: &[QuestionEventId], event: Event) -> QuestionEventId {
        self.say_for(person, unit_of(person), after, event)
    }

    /// As [`Self::say`], claiming to act for a unit.
    pub fn say_for(&mut self, person: PersonId, unit: UnitId, after: &[QuestionEventId], event: Event) -> QuestionEventId {
        let entry = Entry { unit, at: self.at, after: after.to_vec(), event };
        self.at = self.at.plus_ms(3_600_000);
        let said = Said::new(&self.thread, person, entry);
        self.said.push(said.clone());
        said.id
    }

    pub fn thread(&self) -> Thread {
        super::fold(&self.thread, &self.said, &self.offices, &self.rules).unwrap()
    }

    /// Why an entry has no effect.
    pub fn void(&self, id: QuestionEventId) -> Option<Void> {
        self.thread().steps.iter().find(|step| step.said.id == id).unwrap().void
    }
}

pub fn question() -> Question {
    Question {
        nonce: NONCE,
        to: LAND,
        field: "Đất đai".to_owned(),
        procedure: None,
        title: "Cấp giấy chứng nhận lần đầu khi thiếu giấy tờ".to_owned(),
        text: "Hộ dân ở ổn định từ 1992, không có giấy tờ.".to_owned(),
        urgency: Urgency::Normal,
        attachments: Vec::new(),
    }
}

pub fn answer(text: &str) -> Event {
    Event::Answer { text: text.to_owned(), citations: Vec::new(), replaces: None, attachments: Vec::new() }
}

pub fn routed(to: UnitId) -> Event {
    Event::Routed { to, reason: "Thuộc lĩnh vực của đơn vị khác".to_owned() }
}

pub fn published(answer: QuestionEventId) -> Event {
    Event::Published {
        answer,
        title: "Cấp giấy lần đầu khi thiếu giấy tờ".to_owned(),
        text: "Hộ dân ở ổn định từ trước 1993.".to_owned(),
        answer_text: "Áp dụng quy định về sử dụng đất ổn định.".to_owned(),
        confirmed: 0,
    }
}

pub fn comment(text: &str, mentions: &[PersonId]) -> Event {
    Event::Comment { text: text.to_owned(), mentions: mentions.to_vec() }
}
