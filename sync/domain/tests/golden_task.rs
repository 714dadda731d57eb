//! Entries of tasks as they were first released: readable for ever, and what is written today is these bytes. The files and the two ids were
//! made by a second implementation of the encoding (RFC 8949) and of BLAKE3, not by this program.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::collections::BTreeSet;
use std::path::PathBuf;

use domain::id::{ItemId, PersonId, SpaceId, TaskEventId, Timestamp, UnitId, VoteId};
use domain::question::Urgency;
use domain::task::entry::{entry_id, task_id};
use domain::task::{Assignment, Entry, Event, Lead, Origin, Said};

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/golden/v1/task")
}

fn assignment() -> Assignment {
    Assignment {
        nonce: [7; 16],
        lead: Lead { unit: UnitId([1; 16]), person: Some(PersonId([0x11; 16])) },
        supporting: vec![UnitId([3; 16])],
        due: Timestamp(1_796_000_000_000),
        title: "Rà soát hồ sơ".to_owned(),
        text: "Lập danh sách.".to_owned(),
        urgency: Urgency::Urgent,
        stewards: vec![PersonId([0x31; 16])],
        article: Some("so-tay:dieu-1".to_owned()),
        origin: Some(Origin {
            meeting: SpaceId([0x21; 16]),
            title: "Phiên họp tháng 11".to_owned(),
            conclusion: "Giao Sở rà soát.".to_owned(),
            item: Some(ItemId([0x22; 16])),
            vote: None,
        }),
    }
}

/// Made of a vote: no words of the minutes, no item.
fn voted() -> Assignment {
    let origin = assignment().origin.map(|origin| Origin {
        conclusion: String::new(),
        item: None,
        vote: Some(VoteId([0x23; 16])),
        ..origin
    });
    Assignment { origin, ..assignment() }
}

/// With everything left out that may be.
fn plain() -> Assignment {
    Assignment {
        lead: Lead { unit: UnitId([1; 16]), person: None },
        supporting: Vec::new(),
        text: String::new(),
        urgency: Urgency::Normal,
        stewards: Vec::new(),
        article: None,
        origin: None,
        ..assignment()
    }
}

fn events() -> Vec<(&'static str, Event)> {
    let of = TaskEventId([0x41; 16]);
    let later = Timestamp(1_797_000_000_000);
    let text = str::to_owned;
    vec![
        ("given", Event::Given(assignment())),
        ("given-plain", Event::Given(plain())),
        ("given-voted", Event::Given(voted())),
        ("accepted", Event::Accepted),
        ("progress", Event::Progress { percent: 40, note: text("Hai thôn") }),
        ("reported-done", Event::ReportedDone { note: text("Đã xong") }),
        ("confirmed", Event::Confirmed { report: of, note: text("") }),
        ("returned", Event::Returned { report: of, note: text("Thiếu phụ lục") }),
        ("extension-asked", Event::ExtensionAsked { until: later, reason: text("Chờ số liệu") }),
        ("extended", Event::Extended { until: later, note: text("") }),
        ("extension-refused", Event::ExtensionRefused { request: of, note: text("Không thể") }),
        ("explained", Event::Explained { reason: text("Mất điện") }),
        ("comment", Event::Comment { text: text("Xin hỏi"), mentions: vec![PersonId([0x31; 16])] }),
        ("urged", Event::Urged { note: text("") }),
        ("closed", Event::Closed { reason: text("Gộp việc") }),
    ]
}

fn entry(event: Event) -> Entry {
    let first = matches!(event, Event::Given(_));
    let after = if first { Vec::new() } else { vec![TaskEventId([0x51; 16])] };
    Entry { unit: UnitId([2; 16]), at: Timestamp(1_795_000_000_000), after, event }
}

#[test]
fn every_kind_of_entry_is_read_and_written_as_it_was_released() {
    let mut names = BTreeSet::new();
    for (name, event) in events() {
        let file = format!("entry-{name}.cbor");
        let stored = std::fs::read(folder().join(&file)).unwrap_or_else(|error| panic!("{file}: {error}"));
        let today = entry(event);
        let read: Entry = minicbor::decode(&stored).unwrap_or_else(|error| panic!("{file}: {error}"));
        assert_eq!(read, today, "{file}");
        assert!(today.to_bytes() == stored, "{file}: the bytes written today differ from the released ones");
        names.insert(file);
    }
    let there: BTreeSet<String> =
        std::fs::read_dir(folder()).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    assert_eq!(there, names);
}

#[test]
fn tasks_and_entries_are_named_as_they_were_released() {
    let task = task_id(&PersonId([0x61; 16]), &entry(Event::Given(assignment())));
    assert_eq!(task.to_string(), "152d3a1b996548a70472d000250bf937");
    let accepted = entry(Event::Accepted);
    let id = entry_id(&task, &PersonId([0x62; 16]), &accepted.to_bytes());
    assert_eq!(id.to_string(), "0766f1d4a346f5a975e5f297aa56fa76");
    assert!(Said::read(&task, PersonId([0x62; 16]), id, &accepted.to_bytes()).is_some());
}
