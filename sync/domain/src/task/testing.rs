//! A task that people of the offices of [`crate::question::testing`] write.
#![allow(clippy::unwrap_used)]

use super::entry::{Assignment, Entry, Event, Lead, Said};
use super::state::Void;
use super::thread::Task;
use crate::calendar::parse;
use crate::id::{PersonId, TaskEventId, TaskId, Timestamp, UnitId};
use crate::question::testing::{COMMUNE, JUSTICE, LAM, NONCE, offices, unit_of};
use crate::question::{Offices, Rules, Urgency};

pub const DAY_MS: i64 = 24 * 3_600_000;

#[derive(Clone)]
pub struct Desk {
    pub task: TaskId,
    pub offices: Offices,
    pub rules: Rules,
    pub said: Vec<Said>,
    pub at: Timestamp,
}

impl Desk {
    /// Lâm of the land department gives the commune a task on a Friday morning, due in ten days; justice supports.
    pub fn given() -> (Self, TaskEventId) {
        Self::given_to(assignment(None))
    }

    pub fn given_to(assignment: Assignment) -> (Self, TaskEventId) {
        let entry = Entry { unit: unit_of(LAM), at: start(), after: Vec::new(), event: Event::Given(assignment) };
        let (task, said) = Said::first(LAM, entry);
        let (given, at) = (said.id, start().plus_ms(3_600_000));
        (Self { task, offices: offices(), rules: Rules::default(), said: vec![said], at }, given)
    }

    /// Somebody says something an hour later, having seen `after`.
    pub fn say(&mut self, person: PersonId, after: &[TaskEventId], event: Event) -> TaskEventId {
        self.say_for(person, unit_of(person), after, event)
    }

    /// As [`Self::say`], claiming to act for a unit.
    pub fn say_for(&mut self, person: PersonId, unit: UnitId, after: &[TaskEventId], event: Event) -> TaskEventId {
        let entry = Entry { unit, at: self.at, after: after.to_vec(), event };
        self.at = self.at.plus_ms(3_600_000);
        let said = Said::new(&self.task, person, entry);
        self.said.push(said.clone());
        said.id
    }

    pub fn folded(&self) -> Option<Task> {
        super::fold(&self.task, &self.said, &self.offices, &self.rules)
    }

    pub fn task(&self) -> Task {
        self.folded().unwrap()
    }

    /// Why an entry has no effect.
    pub fn void(&self, id: TaskEventId) -> Option<Void> {
        super::verdict(&self.task, &self.said, &id, &self.offices, &self.rules)
    }
}

pub fn start() -> Timestamp {
    parse("2026-11-20 09:00").unwrap()
}

pub fn assignment(person: Option<PersonId>) -> Assignment {
    Assignment {
        nonce: NONCE,
        lead: Lead { unit: COMMUNE, person },
        supporting: vec![JUSTICE],
        due: start().plus_ms(10 * DAY_MS),
        title: "Rà soát hồ sơ đất đai tồn đọng".to_owned(),
        text: "Lập danh sách, báo cáo nguyên nhân.".to_owned(),
        urgency: Urgency::Normal,
        stewards: Vec::new(),
        article: None,
        origin: None,
    }
}

pub fn progress(percent: u8) -> Event {
    Event::Progress { percent, note: String::new() }
}

pub fn done() -> Event {
    Event::ReportedDone { note: "Đã xong".to_owned() }
}

pub fn confirmed(report: TaskEventId) -> Event {
    Event::Confirmed { report, note: String::new() }
}

pub fn returned(report: TaskEventId) -> Event {
    Event::Returned { report, note: "Thiếu phụ lục".to_owned() }
}

pub fn explained() -> Event {
    Event::Explained { reason: "Chờ số liệu".to_owned() }
}

pub fn comment(text: &str, mentions: &[PersonId]) -> Event {
    Event::Comment { text: text.to_owned(), mentions: mentions.to_vec() }
}

pub fn later(days: i64) -> Timestamp {
    start().plus_ms(days * DAY_MS)
}

pub fn asked(days: i64) -> Event {
    Event::ExtensionAsked { until: later(days), reason: "Cần thêm thời gian".to_owned() }
}

pub fn extended(days: i64) -> Event {
    Event::Extended { until: later(days), note: String::new() }
}
