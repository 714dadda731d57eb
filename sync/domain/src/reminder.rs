//! What a person is reminded of before a sitting: papers that are owed, a sitting that begins soon, papers not read yet, written opinions that are
//! due. Computed from what the meeting's document says and the time that is given; nothing of it is kept.

use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization;

use crate::calendar::VnDate;
use crate::id::{Hash32, ItemId, PersonId, Timestamp};
use crate::meeting::{AgendaItem, Meeting};
use crate::opinion::{Given, OpinionForm, collect};
use crate::order::numbering;

/// Reminders that one screen shows.
pub const REMINDERS: usize = 50;

/// Forms of address that may stand before a name.
const ADDRESSES: [&str; 4] = ["đồng chí", "ông", "bà", "đ/c"];
/// What divides names from each other and from titles.
const DIVIDERS: &[char] = &[',', ';', '(', ')', '·', '–', '-', '/', ':'];

/// Where the papers of an item with a deadline stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PapersState {
    /// The first paper came in time.
    Here,
    /// The first paper came after the deadline.
    HereLate,
    /// None yet, and there is time.
    Awaited,
    /// None yet, and the deadline is over.
    Overdue,
}

impl PapersState {
    /// There is no paper yet.
    pub fn is_missing(self) -> bool {
        matches!(self, Self::Awaited | Self::Overdue)
    }
}

/// Where the papers of an item stand; `None` if it has no deadline. A paper that was withdrawn is none.
pub fn papers_state(meeting: &Meeting, item: &AgendaItem, now: Timestamp) -> Option<PapersState> {
    let due = item.papers_due?;
    let papers = meeting.kept_papers().filter(|paper| paper.item == Some(item.id));
    let first = papers.filter_map(|paper| paper.versions.first()).map(|version| version.added_at).min();
    Some(match first {
        Some(at) if at <= due => PapersState::Here,
        Some(_) => PapersState::HereLate,
        None if now <= due => PapersState::Awaited,
        None => PapersState::Overdue,
    })
}

/// Who is reminded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reader {
    /// The person's name.
    pub name: String,
    /// The person's unit.
    pub unit: String,
    /// Leads or writes the meeting.
    pub manages: bool,
    /// Papers of the meeting that the person has not opened.
    pub unread: u32,
}

/// One thing to remember.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Reminder {
    /// An item for which this person or their unit still owes papers.
    PapersOwed {
        /// The item.
        item: ItemId,
        /// "2" or "2.1".
        number: String,
        /// What it is about.
        title: String,
        /// Until when.
        due: Timestamp,
    },
    /// The sitting begins today or tomorrow.
    Soon {
        /// When.
        starts_at: Timestamp,
    },
    /// Papers that were not opened before a sitting of today or tomorrow.
    Unread {
        /// When it begins.
        starts_at: Timestamp,
        /// How many.
        papers: u32,
    },
    /// A form of written opinion that waits for this person.
    Opinion {
        /// The form.
        form: Hash32,
        /// What is asked.
        question: String,
        /// Until when.
        due: Timestamp,
    },
}

impl Reminder {
    /// By when the person has to act.
    pub fn due(&self) -> Timestamp {
        match self {
            Self::PapersOwed { due, .. } | Self::Opinion { due, .. } => *due,
            Self::Soon { starts_at } | Self::Unread { starts_at, .. } => *starts_at,
        }
    }
}

/// What a meeting's document reminds a person of. Items are numbered as the person sees them; of a sitting of an earlier day nothing is owed any more.
pub fn of_meeting(meeting: &Meeting, reader: &Reader, now: Timestamp) -> Vec<Reminder> {
    let starts_at = meeting.info.starts_at;
    let (day, today) = (VnDate::of(starts_at), VnDate::of(now));
    let mut reminders = Vec::new();
    if day >= today {
        for (item, number) in meeting.items.iter().zip(numbering(&meeting.items)) {
            let missing = papers_state(meeting, item, now).is_some_and(PapersState::is_missing);
            if let Some(due) = item.papers_due.filter(|_| missing && owes(&item.presenter, reader)) {
                reminders.push(Reminder::PapersOwed { item: item.id, number, title: item.title.clone(), due });
            }
        }
    }
    if starts_at > now && day <= today.plus_days(1) {
        reminders.push(Reminder::Soon { starts_at });
        if reader.unread > 0 {
            reminders.push(Reminder::Unread { starts_at, papers: reader.unread });
        }
    }
    reminders
}

/// The reminder of a form that asks this person, was not answered, and is not over.
pub fn of_form(name: Hash32, form: &OpinionForm, given: &[Given], person: PersonId, now: Timestamp) -> Option<Reminder> {
    let waits = now <= form.deadline && form.asked.contains(&person) && collect(name, form, given).silent.contains(&person);
    waits.then(|| Reminder::Opinion { form: name, question: form.question.clone(), due: form.deadline })
}

/// Whether an item with this presenter has its papers from the reader: the presenter names the person or the unit, or nobody and the reader
/// prepares the meeting.
fn owes(presenter: &str, reader: &Reader) -> bool {
    if presenter.trim().is_empty() {
        return reader.manages;
    }
    names(presenter, &reader.name) || names(presenter, &reader.unit)
}

/// Whether a text such as "ông Lê Quang Cảnh, Phó Chủ tịch" names somebody: the whole of the name, with nothing beside it but a form of address and
/// dividers. "Lê An" is not named by "Lê An Khang".
fn names(text: &str, wanted: &str) -> bool {
    let (text, wanted) = (plain(text), plain(wanted));
    !wanted.is_empty()
        && text.match_indices(wanted.as_str()).any(|(at, found)| {
            let before = text[..at].trim_end();
            let before = ADDRESSES.iter().find_map(|address| before.strip_suffix(address)).unwrap_or(before).trim_end();
            let after = text[at + found.len()..].trim_start();
            (before.is_empty() || before.ends_with(DIVIDERS)) && (after.is_empty() || after.starts_with(DIVIDERS))
        })
}

/// In small letters, composed, with single spaces.
fn plain(text: &str) -> String {
    let lower = text.to_lowercase().nfc().collect::<String>();
    lower.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::collections::{BTreeMap, BTreeSet};

    use super::*;
    use crate::calendar::parse;
    use crate::id::{PaperId, SpaceId};
    use crate::meeting::{BlobRef, MeetingInfo, Paper, PaperVersion, Withdrawal};
    use crate::opinion::{Opinion, OpinionAnswer};
    use crate::seating::Seating;

    fn at(text: &str) -> Timestamp {
        parse(text).unwrap()
    }

    fn item(id: u8, presenter: &str, due: Option<&str>) -> AgendaItem {
        AgendaItem {
            id: ItemId([id; 16]),
            parent: None,
            order: "V".to_owned(),
            title: "Dự toán".to_owned(),
            presenter: presenter.to_owned(),
            starts_at: None,
            minutes: None,
            papers_due: due.map(at),
        }
    }

    fn paper(id: u8, item: u8, added: &str) -> Paper {
        let blob = BlobRef { plain: Hash32([id; 32]), cipher: Hash32([id; 32]), size: 1, epoch: 0 };
        let version = PaperVersion {
            number: 1,
            blob,
            file_name: "a.pdf".to_owned(),
            pages: 1,
            added_at: at(added),
            added_by: PersonId([1; 16]),
        };
        Paper {
            id: PaperId([id; 16]),
            item: Some(ItemId([item; 16])),
            order: "V".to_owned(),
            title: "Tờ trình".to_owned(),
            versions: vec![version],
        }
    }

    /// A sitting on 22 November at 14:00.
    fn meeting(items: Vec<AgendaItem>, papers: Vec<Paper>) -> Meeting {
        let info = MeetingInfo {
            title: "Phiên họp".to_owned(),
            body: String::new(),
            place: String::new(),
            starts_at: at("2026-11-22 14:00"),
            conclusions: Vec::new(),
        };
        Meeting {
            info,
            items,
            papers,
            minutes: Vec::new(),
            internal: BTreeSet::new(),
            withdrawn: BTreeMap::new(),
            inner: BTreeSet::new(),
            inner_papers: BTreeSet::new(),
            seating: Seating::default(),
            resolution: Vec::new(),
            notice: Vec::new(),
            official_texts: BTreeMap::new(),
        }
    }

    fn reader() -> Reader {
        Reader { name: "Lê An".to_owned(), unit: "Phòng Kinh tế".to_owned(), manages: false, unread: 0 }
    }

    #[test]
    fn papers_are_here_late_awaited_or_overdue_by_the_deadline() {
        let items = vec![item(1, "", Some("2026-11-20 17:00")), item(2, "", None)];
        let state = |papers: Vec<Paper>, now: &str| {
            let meeting = meeting(items.clone(), papers);
            papers_state(&meeting, &meeting.items[0], at(now))
        };
        assert_eq!(state(vec![], "2026-11-20 17:00"), Some(PapersState::Awaited), "to the last instant");
        assert_eq!(
            state(vec![paper(1, 2, "2026-11-01 08:00")], "2026-11-20 17:01"),
            Some(PapersState::Overdue),
            "of another item"
        );
        assert_eq!(state(vec![paper(1, 1, "2026-11-20 17:00")], "2026-11-21 08:00"), Some(PapersState::Here));
        assert_eq!(state(vec![paper(1, 1, "2026-11-20 18:00")], "2026-11-21 08:00"), Some(PapersState::HereLate));
        let both = vec![paper(1, 1, "2026-11-20 18:00"), paper(2, 1, "2026-11-19 18:00")];
        assert_eq!(state(both, "2026-11-21 08:00"), Some(PapersState::Here), "the first counts");
        let whole = meeting(items.clone(), Vec::new());
        assert_eq!(papers_state(&whole, &whole.items[1], at("2026-11-30 08:00")), None, "without a deadline");

        let withdrawal = Withdrawal { by: PersonId([1; 16]), at: at("2026-11-20 09:00"), reason: String::new() };
        let mut withdrawn = meeting(items, vec![paper(1, 1, "2026-11-19 08:00")]);
        withdrawn.withdrawn.insert(PaperId([1; 16]), withdrawal);
        let first = withdrawn.items[0].clone();
        assert_eq!(papers_state(&withdrawn, &first, at("2026-11-21 08:00")), Some(PapersState::Overdue), "withdrawn");
    }

    #[test]
    fn papers_are_owed_by_who_presents_and_by_the_secretary_where_nobody_is_named() {
        let named = |presenter: &str| owes(presenter, &reader());
        assert!(named("Lê An") && named("ông LÊ  An, Trưởng phòng") && named("Trần Bình; bà Lê An") && named("Phòng Kinh tế"));
        assert!(named("Le\u{302} An"), "composed and decomposed are one name");
        assert!(!named("Lê An Khang") && !named("Hồ Lê An") && !named("Phòng Kinh tế ngành") && !named("Chủ tọa") && !named(""));
        assert!(owes(" ", &Reader { manages: true, ..reader() }), "nobody is named");
        assert!(!owes("Chủ tọa", &Reader { manages: true, ..reader() }));
        assert!(
            !owes("Chủ tọa", &Reader { name: String::new(), unit: String::new(), ..reader() }),
            "who has no name is not named"
        );

        let items = vec![item(1, "Lê An", Some("2026-11-20 17:00")), item(2, "Trần Bình", Some("2026-11-20 17:00"))];
        let owed = |papers: Vec<Paper>, now: &str| of_meeting(&meeting(items.clone(), papers), &reader(), at(now));
        let due = at("2026-11-20 17:00");
        let one = Reminder::PapersOwed { item: ItemId([1; 16]), number: "1".to_owned(), title: "Dự toán".to_owned(), due };
        assert_eq!(owed(vec![], "2026-11-10 08:00"), std::slice::from_ref(&one));
        assert_eq!(owed(vec![], "2026-11-20 19:00"), [one], "also after the deadline");
        assert_eq!(owed(vec![paper(1, 1, "2026-11-20 18:00")], "2026-11-20 19:00"), [], "late, but there");
        assert_eq!(owed(vec![], "2026-11-23 00:00"), [], "after the day of the sitting");
    }

    #[test]
    fn a_sitting_of_today_or_tomorrow_is_soon_and_its_unread_papers_are_told() {
        let starts_at = at("2026-11-22 14:00");
        let told = |unread: u32, now: &str| of_meeting(&meeting(vec![], vec![]), &Reader { unread, ..reader() }, at(now));
        assert_eq!(told(3, "2026-11-20 23:59"), [], "two days before");
        assert_eq!(told(3, "2026-11-21 00:00"), [Reminder::Soon { starts_at }, Reminder::Unread { starts_at, papers: 3 }]);
        assert_eq!(told(0, "2026-11-22 13:59"), [Reminder::Soon { starts_at }]);
        assert_eq!(told(3, "2026-11-22 14:00"), [], "it has begun");
    }

    #[test]
    fn a_form_reminds_who_is_asked_until_the_answer_or_the_deadline() {
        let (me, other, name) = (PersonId([1; 16]), PersonId([2; 16]), Hash32([7; 32]));
        let due = at("2026-11-20 17:00");
        let form = OpinionForm {
            space: SpaceId([9; 16]),
            question: "Đồng ý?".to_owned(),
            papers: Vec::new(),
            asked: vec![me],
            deadline: due,
            at: at("2026-11-10 08:00"),
        };
        let before = at("2026-11-20 16:00");
        let waits = Reminder::Opinion { form: name, question: "Đồng ý?".to_owned(), due };
        assert_eq!(of_form(name, &form, &[], me, before), Some(waits));
        assert_eq!(of_form(name, &form, &[], other, before), None, "not asked");
        assert_eq!(of_form(name, &form, &[], me, Timestamp(due.0 + 1)), None, "over");
        let answer = OpinionAnswer {
            space: form.space,
            form: name,
            opinion: Opinion::Agree,
            remark: String::new(),
            replaces: None,
            at: before,
        };
        let given = Given { hash: Hash32([8; 32]), by: me, answer };
        assert_eq!(of_form(name, &form, &[given], me, before), None, "answered");
    }
}
