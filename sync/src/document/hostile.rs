//! Documents that nobody sane would write: readers return something sound or an error, never panic.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use automerge::transaction::Transactable;
use automerge::{ActorId, Automerge, ObjId, ObjType, ROOT, ReadDoc, ScalarValue};
use domain::id::{AnnotationId, Hash32, ItemId, PaperId, PersonId, QuestionEventId, QuestionId, SpaceId, Timestamp, UnitId};
use domain::limits::{AGENDA_ITEMS, TITLE_CHARS};
use domain::meeting::{AgendaItem, MeetingInfo};
use domain::question::limits::ENTRIES_OF_A_PERSON;
use domain::question::{Entry, Event, Said};
use proptest::prelude::*;
use proptest::sample::select;

use super::{ProblemKind, meeting, notes, question, seat, table, task};
use crate::local::DocRef;

fn known_keys() -> Vec<String> {
    let ids = [ItemId([1; 16]).to_string(), ItemId([2; 16]).to_string(), ItemId([0xab; 16]).to_string().to_uppercase()];
    let hashes = [Hash32([1; 32]).to_string(), format!("00000001-{}", Hash32([1; 32])), format!("00000000-{}", Hash32([2; 32]))];
    let names = "v info conclusions edition items papers minutes acts annotations read opened pages title body place starts_at at presenter versions \
                 plain cipher size epoch number file_name added_at added_by signatures made_at made_by thread person entries rows \
                 seating seats columns label 00-00 01-02 1-2 \
                 resolution notice official_texts symbol grounds body_lines recipients signer";
    names.split_whitespace().map(str::to_owned).chain(ids).chain(hashes).chain([String::new(), "\u{202e}".to_owned()]).collect()
}

fn scalar() -> impl Strategy<Value = ScalarValue> {
    prop_oneof![
        any::<i64>().prop_map(ScalarValue::Int),
        any::<u64>().prop_map(ScalarValue::Uint),
        (0u64..3).prop_map(ScalarValue::Uint),
        any::<i64>().prop_map(ScalarValue::Timestamp),
        any::<f64>().prop_map(ScalarValue::F64),
        any::<bool>().prop_map(ScalarValue::Boolean),
        any::<i64>().prop_map(ScalarValue::counter),
        Just(ScalarValue::Null),
        select(vec![0usize, 16, 32, 40]).prop_map(|length| ScalarValue::Bytes(vec![1; length])),
        "\\PC{0,20}".prop_map(|text| ScalarValue::Str(text.into())),
        select(vec!["/V", "/", "V", "01010101010101010101010101010101/V", "\u{202e}/0", "//"])
            .prop_map(|text| ScalarValue::Str(text.into())),
        Just(ScalarValue::Str("a".repeat(TITLE_CHARS * 2).into())),
    ]
}

#[derive(Debug, Clone)]
enum Leaf {
    Scalar(ScalarValue),
    Object(ObjType),
    Delete,
}

fn leaf() -> impl Strategy<Value = Leaf> {
    prop_oneof![
        6 => scalar().prop_map(Leaf::Scalar),
        3 => select(vec![ObjType::Map, ObjType::List, ObjType::Text, ObjType::Table]).prop_map(Leaf::Object),
        1 => Just(Leaf::Delete),
    ]
}

type Writes = Vec<(Vec<String>, Leaf)>;

fn writes() -> impl Strategy<Value = Writes> {
    let key = prop_oneof![12 => select(known_keys()), 1 => "\\PC{0,8}"];
    proptest::collection::vec((proptest::collection::vec(key, 1..5), leaf()), 0..40)
}

/// Writes along paths, making maps on the way; where another object is in the way it is written into.
fn apply(doc: &mut Automerge, writes: &Writes) {
    let mut tx = doc.transaction();
    for (path, leaf) in writes {
        let (last, way) = path.split_last().unwrap();
        let mut at = ROOT;
        for key in way {
            at = match tx.get(&at, key.as_str()) {
                Ok(Some((value, id))) if value.is_object() => id,
                _ => match tx.put_object(&at, key.as_str(), ObjType::Map) {
                    Ok(id) => id,
                    Err(_) => break,
                },
            };
        }
        // Into lists and texts the same is refused by automerge, which is as good.
        let _ = match leaf {
            Leaf::Scalar(value) => tx.put(&at, last.as_str(), value.clone()),
            Leaf::Object(kind) => tx.put_object(&at, last.as_str(), *kind).map(|_| ()),
            Leaf::Delete => tx.delete(&at, last.as_str()),
        };
    }
    tx.commit();
}

fn read_all(doc: &Automerge) {
    if let Ok((meeting, _)) = meeting::read_with_problems(doc) {
        meeting.validate().unwrap();
    }
    for annotation in seat::read_annotations(doc).unwrap_or_default() {
        annotation.validate().unwrap();
    }
    let _ = (
        meeting::conflicts(doc),
        meeting::drafting(doc),
        meeting::read_acts(doc),
        seat::read_marks(doc),
        notes::read_opened(doc),
        notes::read_last_pages(doc),
        table::read_rows(doc),
    );
    let place = DocRef::contribution(SpaceId([1; 16]), &PersonId([1; 16]), &[1; 16]);
    if let Ok(contribution) = question::read(doc, &place) {
        assert!(contribution.said.iter().all(|said| said.author == PersonId([1; 16]) && said.entry.validate().is_ok()));
    }
    let place = DocRef::task(SpaceId([1; 16]), &PersonId([1; 16]), &[1; 16]);
    if let Ok(contribution) = task::read(doc, &place) {
        assert!(contribution.said.iter().all(|said| said.author == PersonId([1; 16]) && said.entry.validate().is_ok()));
    }
}

fn sound_item() -> AgendaItem {
    AgendaItem {
        id: ItemId([7; 16]),
        parent: None,
        order: "V".to_owned(),
        title: "Ngân sách".to_owned(),
        presenter: String::new(),
        starts_at: None,
        minutes: None,
        papers_due: None,
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn no_content_makes_a_reader_or_a_writer_panic(base in writes(), one in writes(), other in writes()) {
        let mut doc = Automerge::new().with_actor(ActorId::from([1; 16]));
        apply(&mut doc, &base);
        let mut twin = doc.fork().with_actor(ActorId::from([2; 16]));
        apply(&mut doc, &one);
        apply(&mut twin, &other);
        doc.merge(&mut twin).unwrap();
        read_all(&doc);
        for conflict in meeting::conflicts(&doc).unwrap_or_default() {
            let settled = doc.transact(|tx| meeting::resolve(tx, &conflict, 0));
            prop_assert!(settled.is_ok());
        }
        if doc.transact(|tx| meeting::put_item(tx, &sound_item())).is_ok() {
            prop_assert!(meeting::read(&doc).unwrap().items.contains(&sound_item()));
        }
        let _ = doc.transact(|tx| meeting::set_info(tx, &MeetingInfo {
            title: "Phiên họp".to_owned(), body: String::new(), place: String::new(), starts_at: Timestamp(1), conclusions: Vec::new(),
        }));
        let _ = doc.transact(|tx| meeting::set_conclusions(tx, &["Một.".to_owned()]));
        let _ = doc.transact(|tx| meeting::append_act(tx, b"act"));
        let _ = doc.transact(|tx| notes::mark_opened(tx, Hash32([1; 32]), Timestamp(1)));
        let _ = doc.transact(|tx| notes::set_last_page(tx, PaperId([1; 16]), 1));
        let _ = doc.transact(|tx| table::put_row(tx, "row", "text"));
        let said = entry(PersonId([1; 16]));
        let _ = doc.transact(|tx| question::append(tx, &QuestionId([1; 16]), &said));
        let _ = doc.transact(|tx| seat::remove_annotation(tx, AnnotationId([1; 16])));
        let seat = domain::seating::Seat { row: 1, column: 2, label: String::new(), person: Some(PersonId([1; 16])) };
        let _ = doc.transact(|tx| meeting::put_seat(tx, &seat));
        let _ = doc.transact(|tx| meeting::remove_item(tx, ItemId([1; 16])));
        let _ = doc.transact(|tx| meeting::remove_paper(tx, PaperId([1; 16])));
        read_all(&doc);
    }
}

fn entry(author: PersonId) -> Said {
    let event = Event::Comment { text: "Ghi chú".to_owned(), mentions: Vec::new() };
    Said::new(&QuestionId([1; 16]), author, Entry { unit: UnitId([1; 16]), at: Timestamp(1), after: Vec::new(), event })
}

#[test]
fn entries_under_a_wrong_name_or_from_elsewhere_are_not_read() {
    let (person, thread) = (PersonId([1; 16]), QuestionId([1; 16]));
    let place = DocRef::contribution(SpaceId([1; 16]), &person, thread.as_bytes());
    let mut doc = Automerge::new();
    let (mine, theirs) = (entry(person), entry(PersonId([2; 16])));
    doc.transact(|tx| question::append(tx, &thread, &mine)).unwrap();
    doc.transact(|tx| {
        let container = super::maps(tx, &ROOT, "entries").remove(0);
        tx.put(&container, theirs.id.to_string(), theirs.entry.to_bytes())?;
        tx.put(&container, QuestionEventId([3; 16]).to_string(), mine.entry.to_bytes())?;
        tx.put(&container, mine.id.to_string().to_uppercase(), mine.entry.to_bytes())?;
        tx.put(&container, QuestionEventId([4; 16]).to_string(), "text")?;
        tx.put(&container, QuestionEventId([5; 16]).to_string(), vec![0x9b, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff])
    })
    .unwrap();
    let (contribution, problems) = question::read_with_problems(&doc, &place).unwrap();
    assert_eq!((contribution.said, problems.list.len()), (vec![mine.clone()], 5));
    // The same document in somebody else's place, or as another thread's, says nothing.
    for (person, thread) in [(PersonId([2; 16]), thread), (person, QuestionId([2; 16]))] {
        let place = DocRef::contribution(SpaceId([1; 16]), &person, thread.as_bytes());
        assert_eq!(question::read(&doc, &place).unwrap_err().code(), "document_empty");
    }
    assert_eq!(question::read(&Automerge::new(), &place).unwrap_err().code(), "document_empty");
}

#[test]
fn a_person_who_says_too_much_is_cut_off_and_cannot_go_on() {
    let (person, thread) = (PersonId([1; 16]), QuestionId([1; 16]));
    let mut doc = Automerge::new();
    let said = |number: usize| {
        let event = Event::Comment { text: number.to_string(), mentions: Vec::new() };
        Said::new(&thread, person, Entry { unit: UnitId([1; 16]), at: Timestamp(1), after: Vec::new(), event })
    };
    doc.transact(|tx| (0..ENTRIES_OF_A_PERSON).try_for_each(|number| question::append(tx, &thread, &said(number)))).unwrap();
    let refused = doc.transact(|tx| question::append(tx, &thread, &said(ENTRIES_OF_A_PERSON))).unwrap_err();
    assert_eq!(refused.error.code(), "limit_over");
    doc.transact(|tx| question::append(tx, &thread, &said(0))).unwrap();
    let more: Vec<Said> = (0..ENTRIES_OF_A_PERSON).map(|number| said(number + ENTRIES_OF_A_PERSON)).collect();
    doc.transact(|tx| {
        let container = super::maps(tx, &ROOT, "entries").remove(0);
        more.iter().try_for_each(|said| tx.put(&container, said.id.to_string(), said.entry.to_bytes()))
    })
    .unwrap();
    let place = DocRef::contribution(SpaceId([1; 16]), &person, thread.as_bytes());
    let (contribution, problems) = question::read_with_problems(&doc, &place).unwrap();
    assert_eq!(contribution.said.len(), ENTRIES_OF_A_PERSON);
    assert!(problems.list.iter().any(|problem| problem.kind == ProblemKind::TooMany));
}

fn items_of(doc: &mut Automerge, fill: impl FnOnce(&mut automerge::transaction::Transaction<'_>, &ObjId)) {
    let mut tx = doc.transaction();
    tx.put(&ROOT, "v", 1_u64).unwrap();
    let items = tx.put_object(&ROOT, "items", ObjType::Map).unwrap();
    fill(&mut tx, &items);
    tx.commit();
}

#[test]
fn a_hundred_times_too_many_items_are_cut_and_told() {
    let mut doc = Automerge::new();
    items_of(&mut doc, |tx, items| {
        for number in 0..AGENDA_ITEMS * 20 {
            let mut id = [0; 16];
            id[8..].copy_from_slice(&number.to_be_bytes());
            tx.put_object(items, ItemId(id).to_string(), ObjType::Map).unwrap();
        }
    });
    let (meeting, problems) = meeting::read_with_problems(&doc).unwrap();
    assert_eq!(meeting.items.len(), AGENDA_ITEMS);
    meeting.validate().unwrap();
    assert!(problems.list.iter().any(|problem| problem.place == "items" && problem.kind == ProblemKind::TooMany));
    assert_eq!(problems.list.len(), super::PROBLEMS_MAX);
    assert!(problems.more > 0);
}

#[test]
fn fields_that_are_not_known_are_ignored_and_wrong_ones_are_told_by_their_place() {
    let mut doc = Automerge::new();
    let id = ItemId([1; 16]).to_string();
    items_of(&mut doc, |tx, items| {
        let item = tx.put_object(items, &id, ObjType::Map).unwrap();
        tx.put(&item, "title", "Ngân\u{202e} sách").unwrap();
        tx.put(&item, "at", "/V").unwrap();
        tx.put(&item, "minutes", "forty").unwrap();
        tx.put(&item, "future", 1_u64).unwrap();
        tx.put(items, "not an id", 1_u64).unwrap();
        tx.put(items, ItemId([2; 16]).to_string(), 1_u64).unwrap();
    });
    let (meeting, problems) = meeting::read_with_problems(&doc).unwrap();
    assert_eq!(meeting.items.len(), 1);
    assert_eq!((meeting.items[0].title.as_str(), meeting.items[0].minutes), ("Ngân sách", None));
    let told: Vec<_> = problems.list.iter().map(|problem| (problem.place.as_str(), problem.kind)).collect();
    for expected in [
        (format!("items/{id}/title").as_str(), ProblemKind::OutOfBounds),
        (format!("items/{id}/minutes").as_str(), ProblemKind::WrongType),
        ("items/not an id", ProblemKind::BadKey),
        (format!("items/{}", ItemId([2; 16])).as_str(), ProblemKind::WrongType),
    ] {
        assert!(told.contains(&expected), "{expected:?} in {told:?}");
    }
    assert!(!told.iter().any(|(place, _)| place.contains("future")));
}

#[test]
fn a_mark_that_claims_another_id_or_carries_more_is_left_out() {
    let mut doc = Automerge::new();
    let mark = domain::annotation::Annotation {
        id: AnnotationId([0xab; 16]),
        paper: PaperId([1; 16]),
        version: Hash32([1; 32]),
        page: 0,
        colour: 0,
        mark: domain::annotation::Mark::Note { at: domain::annotation::Point { x: 1, y: 1 }, text: "x".to_owned() },
        made_at: Timestamp(1),
    };
    doc.transact(|tx| seat::put_annotation(tx, &mark)).unwrap();
    let mut bytes = minicbor::to_vec(&mark).unwrap();
    doc.transact(|tx| {
        let container = super::maps(tx, &ROOT, "annotations").remove(0);
        tx.put(&container, AnnotationId([2; 16]).to_string(), bytes.clone())?;
        bytes.push(0);
        tx.put(&container, AnnotationId([0xab; 16]).to_string().to_uppercase(), bytes.clone())?;
        tx.put(&container, AnnotationId([3; 16]).to_string(), vec![0x9b, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff])
    })
    .unwrap();
    let (marks, problems) = seat::read_annotations_with_problems(&doc).unwrap();
    assert_eq!(marks, [mark]);
    assert_eq!(problems.list.len(), 3, "{problems:?}");
}
