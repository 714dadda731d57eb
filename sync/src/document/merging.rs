//! Two devices write at the same time and then meet.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use automerge::transaction::Transactable;
use automerge::{ActorId, Automerge, ObjType, ROOT};
use domain::annotation::{Annotation, Mark, Point};
use domain::id::{AnnotationId, Hash32, ItemId, PaperId, PersonId, Timestamp};
use domain::limits::{AGENDA_ITEMS, TITLE_CHARS};
use domain::meeting::{AgendaItem, BlobRef, Meeting, MeetingInfo, MinutesFile, Paper, PaperVersion, SignaturePlace, Withdrawal};
use domain::official::{OfficialKind, OfficialText};
use domain::order::{key_at, numbering};
use domain::seating::{SEAT_LABEL_CHARS, SEAT_ROWS, Seat};
use domain::sitting::REASON_CHARS;

use super::meeting::{self, FieldValue, Subject};
use super::{DocumentError, notes, seat};

fn device(number: u8) -> Automerge {
    Automerge::new().with_actor(ActorId::from([number; 16]))
}

fn fork(of: &Automerge, number: u8) -> Automerge {
    of.fork().with_actor(ActorId::from([number; 16]))
}

fn edit<T>(
    doc: &mut Automerge,
    change: impl FnOnce(&mut automerge::transaction::Transaction<'_>) -> Result<T, DocumentError>,
) -> T {
    doc.transact(change).map_err(|failure| failure.error).unwrap().result
}

fn refused<T: std::fmt::Debug>(
    doc: &mut Automerge,
    change: impl FnOnce(&mut automerge::transaction::Transaction<'_>) -> Result<T, DocumentError>,
) -> &'static str {
    let heads = doc.get_heads();
    let code = doc.transact(change).map(|success| success.result).expect_err("must be refused").error.code();
    assert_eq!(doc.get_heads(), heads, "a refused change leaves nothing behind");
    code
}

/// Both learn all of each other; what they read must be the same.
fn meet(one: &mut Automerge, other: &mut Automerge) {
    one.merge(other).unwrap();
    other.merge(one).unwrap();
    assert_eq!(one.get_heads(), other.get_heads());
}

fn met(one: &mut Automerge, other: &mut Automerge) -> Meeting {
    meet(one, other);
    let meeting = meeting::read(one).unwrap();
    assert_eq!(meeting, meeting::read(other).unwrap());
    meeting.validate().unwrap();
    meeting
}

fn info() -> MeetingInfo {
    MeetingInfo {
        title: "Phiên họp tháng 11".to_owned(),
        body: "Ủy ban nhân dân phường Thuận Hóa".to_owned(),
        place: "Phòng họp tầng 2".to_owned(),
        starts_at: Timestamp(1_795_000_000_000),
        conclusions: Vec::new(),
    }
}

fn item(id: u8, parent: Option<u8>, order: &str, title: &str) -> AgendaItem {
    AgendaItem {
        id: ItemId([id; 16]),
        parent: parent.map(|id| ItemId([id; 16])),
        order: order.to_owned(),
        title: title.to_owned(),
        presenter: "Văn phòng".to_owned(),
        starts_at: None,
        minutes: Some(20),
        papers_due: None,
    }
}

fn blob(id: u8) -> BlobRef {
    BlobRef { plain: Hash32([id; 32]), cipher: Hash32([id ^ 255; 32]), size: 40_000, epoch: 1 }
}

fn version(number: u32, id: u8, at: i64) -> PaperVersion {
    PaperVersion {
        number,
        blob: blob(id),
        file_name: format!("tờ trình {id}.pdf"),
        pages: 7,
        added_at: Timestamp(at),
        added_by: PersonId([9; 16]),
    }
}

fn paper(id: u8, of: Option<u8>, versions: Vec<PaperVersion>) -> Paper {
    Paper {
        id: PaperId([id; 16]),
        item: of.map(|id| ItemId([id; 16])),
        order: "V".to_owned(),
        title: format!("Tờ trình {id}"),
        versions,
    }
}

fn secretary() -> Automerge {
    let mut doc = device(1);
    edit(&mut doc, |tx| meeting::create(tx, &info()));
    doc
}

fn ids(meeting: &Meeting) -> Vec<u8> {
    meeting.items.iter().map(|item| item.id.0[0]).collect()
}

#[test]
fn a_meeting_is_read_as_it_was_written() {
    let mut doc = secretary();
    let items = vec![item(1, None, "A", "Khai mạc"), item(3, Some(1), "V", "Điểm danh"), item(2, None, "B", "Ngân sách")];
    let papers = vec![paper(5, None, vec![version(1, 5, 10)]), paper(4, Some(2), vec![version(1, 1, 10), version(2, 2, 20)])];
    let places = vec![SignaturePlace { page: 3, rect: [8_500, 10_000, 25_000, 18_000] }];
    let minutes =
        MinutesFile { blob: blob(8), signatures: 1, pages: 4, places, made_at: Timestamp(50), made_by: PersonId([9; 16]) };
    let conclusions = vec!["Thống nhất dự toán.".to_owned(), "Giao Văn phòng\nhoàn thiện.".to_owned()];
    edit(&mut doc, |tx| {
        items.iter().try_for_each(|item| meeting::put_item(tx, item))?;
        papers.iter().try_for_each(|paper| meeting::put_paper(tx, paper))?;
        meeting::add_minutes(tx, &minutes)?;
        meeting::set_conclusions(tx, &conclusions)
    });
    let (internal, withdrawn, inner, inner_papers, seating) = Default::default();
    let expected = Meeting {
        info: MeetingInfo { conclusions, ..info() },
        items,
        papers,
        minutes: vec![minutes.clone()],
        internal,
        withdrawn,
        inner,
        inner_papers,
        seating,
        resolution: Vec::new(),
        notice: Vec::new(),
        official_texts: Default::default(),
    };
    let (read, problems) = meeting::read_with_problems(&doc).unwrap();
    assert_eq!(read, expected);
    assert!(problems.is_empty(), "{problems:?}");
    let again = Automerge::load(&doc.save()).unwrap();
    assert_eq!(meeting::read(&again).unwrap(), expected);

    // Writing the same once more changes nothing and so sends nothing.
    let heads = doc.get_heads();
    edit(&mut doc, |tx| {
        meeting::set_info(tx, &info())?;
        expected.items.iter().try_for_each(|item| meeting::put_item(tx, item))?;
        expected.papers.iter().try_for_each(|paper| meeting::put_paper(tx, paper))?;
        meeting::add_version(tx, PaperId([4; 16]), &version(2, 2, 20))?;
        meeting::add_minutes(tx, &minutes)?;
        meeting::set_conclusions(tx, &expected.info.conclusions)
    });
    assert_eq!(doc.get_heads(), heads);
}

#[test]
fn a_withdrawn_paper_stays_on_the_list_with_who_when_and_why() {
    let mut chair = secretary();
    edit(&mut chair, |tx| {
        [4, 5].into_iter().try_for_each(|id| meeting::put_paper(tx, &paper(id, None, vec![version(1, id, 10)])))
    });
    let mut clerk = fork(&chair, 2);
    let first = Withdrawal { by: PersonId([9; 16]), at: Timestamp(70), reason: "Có thông tin cá nhân".to_owned() };
    edit(&mut chair, |tx| meeting::withdraw_paper(tx, PaperId([4; 16]), &first));
    // Somebody who does not know of it yet gives it another name.
    edit(&mut clerk, |tx| {
        meeting::put_paper(tx, &Paper { title: "Tên khác".to_owned(), ..paper(4, None, vec![version(1, 4, 10)]) })
    });
    let read = met(&mut chair, &mut clerk);
    assert_eq!((read.papers.len(), read.withdrawn.len()), (2, 1));
    assert_eq!(read.withdrawn[&PaperId([4; 16])], first);
    assert_eq!(read.kept_papers().map(|paper| paper.id).collect::<Vec<_>>(), [PaperId([5; 16])]);
    // What was said first stays said.
    let heads = chair.get_heads();
    edit(&mut chair, |tx| meeting::withdraw_paper(tx, PaperId([4; 16]), &Withdrawal { at: Timestamp(99), ..first.clone() }));
    assert_eq!(chair.get_heads(), heads);
    assert_eq!(refused(&mut chair, |tx| meeting::withdraw_paper(tx, PaperId([6; 16]), &first)), "not_found");
    let long = Withdrawal { reason: "a".repeat(REASON_CHARS + 1), ..first };
    assert_eq!(refused(&mut chair, |tx| meeting::withdraw_paper(tx, PaperId([5; 16]), &long)), "limit_over");
}

fn seat_of(row: u8, column: u8, person: u8) -> Seat {
    Seat { row, column, label: String::new(), person: Some(PersonId([person; 16])) }
}

#[test]
fn whoever_is_put_on_another_place_leaves_the_first_also_where_two_do_it_at_once() {
    let mut chair = secretary();
    assert!(meeting::read(&chair).unwrap().seating.is_empty(), "nobody has drawn the room");
    let named = Seat { label: "Bàn chủ tọa".to_owned(), ..seat_of(0, 1, 1) };
    edit(&mut chair, |tx| {
        meeting::set_seating(tx, 2, 3)?;
        meeting::put_seat(tx, &named)?;
        meeting::put_seat(tx, &seat_of(1, 0, 2))
    });
    let mut clerk = fork(&chair, 2);
    assert_eq!(meeting::read(&chair).unwrap().seating.seats, [named.clone(), seat_of(1, 0, 2)]);
    edit(&mut chair, |tx| meeting::put_seat(tx, &seat_of(1, 2, 1)));
    let empty = Seat { person: None, ..named.clone() };
    assert_eq!(meeting::read(&chair).unwrap().seating.seats, [empty.clone(), seat_of(1, 0, 2), seat_of(1, 2, 1)]);
    edit(&mut clerk, |tx| meeting::put_seat(tx, &seat_of(0, 0, 1)));
    let seats = met(&mut chair, &mut clerk).seating.seats;
    assert_eq!(seats, [seat_of(0, 0, 1), empty, seat_of(1, 0, 2)], "the same place on both sides");

    // A smaller grid hides, a larger one shows again; what is out of bounds is refused.
    edit(&mut chair, |tx| meeting::set_seating(tx, 1, 3));
    assert_eq!(meeting::read(&chair).unwrap().seating.seats.len(), 2);
    edit(&mut chair, |tx| meeting::set_seating(tx, 2, 3));
    assert_eq!(meeting::read(&chair).unwrap().seating.seats.len(), 3);
    assert_eq!(refused(&mut chair, |tx| meeting::set_seating(tx, SEAT_ROWS + 1, 3)), "limit_over");
    let long = Seat { label: "a".repeat(SEAT_LABEL_CHARS + 1), ..named };
    assert_eq!(refused(&mut chair, |tx| meeting::put_seat(tx, &long)), "limit_over");
    assert_eq!(refused(&mut chair, |tx| meeting::put_seat(tx, &seat_of(SEAT_ROWS, 0, 3))), "limit_over");
    let cleared = Seat { person: None, ..seat_of(1, 0, 2) };
    edit(&mut chair, |tx| meeting::put_seat(tx, &cleared));
    assert_eq!(meeting::read(&chair).unwrap().seating.seats.len(), 2);
}

#[test]
fn an_empty_document_is_no_meeting_and_one_is_created_once() {
    assert_eq!(meeting::read(&device(1)).unwrap_err().code(), "document_empty");
    let mut doc = secretary();
    assert_eq!(refused(&mut doc, |tx| meeting::create(tx, &info())), "document_exists");
}

#[test]
fn items_added_on_both_sides_are_all_there() {
    let mut chair = secretary();
    edit(&mut chair, |tx| meeting::put_item(tx, &item(1, None, "V", "Khai mạc")));
    let mut clerk = fork(&chair, 2);
    let after = key_at(&["V"], 1);
    edit(&mut chair, |tx| meeting::put_item(tx, &item(7, None, &after, "Ngân sách")));
    edit(&mut clerk, |tx| meeting::put_item(tx, &item(3, None, &after, "Nhân sự")));
    assert_eq!(ids(&met(&mut chair, &mut clerk)), [1, 3, 7]);
}

#[test]
fn items_moved_under_each_other_stay_visible() {
    let mut chair = secretary();
    edit(&mut chair, |tx| {
        meeting::put_item(tx, &item(1, None, "A", "Một"))?;
        meeting::put_item(tx, &item(2, None, "B", "Hai"))
    });
    let mut clerk = fork(&chair, 2);
    edit(&mut chair, |tx| meeting::move_item(tx, ItemId([1; 16]), Some(ItemId([2; 16])), "V"));
    edit(&mut clerk, |tx| meeting::move_item(tx, ItemId([2; 16]), Some(ItemId([1; 16])), "V"));
    let meeting = met(&mut chair, &mut clerk);
    assert_eq!(ids(&meeting), [1, 2]);
    assert_eq!(numbering(&meeting.items), ["1", "1.1"]);
}

#[test]
fn of_two_moves_of_one_item_one_wins_whole() {
    let mut chair = secretary();
    edit(&mut chair, |tx| (1..=3).try_for_each(|id| meeting::put_item(tx, &item(id, None, &format!("{id}"), "Nội dung"))));
    let mut clerk = fork(&chair, 2);
    edit(&mut chair, |tx| meeting::move_item(tx, ItemId([3; 16]), Some(ItemId([1; 16])), "A"));
    edit(&mut clerk, |tx| meeting::move_item(tx, ItemId([3; 16]), Some(ItemId([2; 16])), "Z"));
    let meeting = met(&mut chair, &mut clerk);
    let moved = meeting.items.iter().find(|item| item.id == ItemId([3; 16])).unwrap();
    let place = (moved.parent.unwrap().0[0], moved.order.as_str());
    assert!(place == (1, "A") || place == (2, "Z"), "{place:?}");
}

#[test]
fn edits_of_different_fields_of_one_item_merge() {
    let mut chair = secretary();
    let original = item(1, None, "V", "Ngân sách");
    edit(&mut chair, |tx| meeting::put_item(tx, &original));
    let mut clerk = fork(&chair, 2);
    edit(&mut chair, |tx| meeting::put_item(tx, &AgendaItem { title: "Dự toán ngân sách 2027".to_owned(), ..original.clone() }));
    let papers_due = Some(Timestamp(1_795_000_000_000));
    edit(&mut clerk, |tx| {
        let presenter = "Phòng Tài chính".to_owned();
        meeting::put_item(tx, &AgendaItem { presenter, minutes: None, papers_due, ..original.clone() })
    });
    let meeting = met(&mut chair, &mut clerk);
    let expected = AgendaItem {
        title: "Dự toán ngân sách 2027".to_owned(),
        presenter: "Phòng Tài chính".to_owned(),
        minutes: None,
        papers_due,
        ..original
    };
    assert_eq!(meeting.items, [expected]);
    assert_eq!(meeting::conflicts(&chair).unwrap(), []);
}

#[test]
fn an_item_is_internal_for_everybody_whoever_edits_it_at_the_same_time() {
    let mut chair = secretary();
    let original = item(1, None, "V", "Nhân sự");
    edit(&mut chair, |tx| meeting::put_item(tx, &original));
    let mut clerk = fork(&chair, 2);
    edit(&mut chair, |tx| meeting::set_internal(tx, original.id, true));
    edit(&mut clerk, |tx| meeting::put_item(tx, &AgendaItem { title: "Công tác nhân sự".to_owned(), ..original.clone() }));
    let both = met(&mut chair, &mut clerk);
    assert!(both.internal.contains(&original.id) && !both.is_public_item(original.id));
    assert_eq!(both.items[0].title, "Công tác nhân sự");
    // Said once more it changes nothing and so sends nothing.
    let heads = chair.get_heads();
    edit(&mut chair, |tx| meeting::set_internal(tx, original.id, true));
    assert_eq!(chair.get_heads(), heads);
    edit(&mut clerk, |tx| meeting::set_internal(tx, original.id, false));
    assert!(met(&mut chair, &mut clerk).is_public_item(original.id));
    assert_eq!(refused(&mut chair, |tx| meeting::set_internal(tx, ItemId([9; 16]), true)), "not_found");
}

#[test]
fn two_titles_are_both_told_until_a_person_chooses() {
    let mut chair = secretary();
    let original = item(1, None, "V", "Ngân sách");
    edit(&mut chair, |tx| meeting::put_item(tx, &original));
    let mut clerk = fork(&chair, 2);
    edit(&mut chair, |tx| meeting::put_item(tx, &AgendaItem { title: "Dự toán".to_owned(), ..original.clone() }));
    edit(&mut clerk, |tx| meeting::put_item(tx, &AgendaItem { title: "Quyết toán".to_owned(), ..original.clone() }));
    let shown = met(&mut chair, &mut clerk).items[0].title.clone();
    let conflicts = meeting::conflicts(&chair).unwrap();
    assert_eq!(conflicts, meeting::conflicts(&clerk).unwrap());
    let [conflict] = conflicts.as_slice() else { panic!("{conflicts:?}") };
    assert_eq!((conflict.subject, conflict.field), (Subject::Item(ItemId([1; 16])), "title"));
    assert_eq!(conflict.values[0], FieldValue::Text(shown.clone()));
    assert_eq!(conflict.values.len(), 2);

    // An edit of something else settles nothing.
    edit(&mut chair, |tx| meeting::put_item(tx, &AgendaItem { title: shown, minutes: Some(45), ..original.clone() }));
    assert_eq!(meeting::conflicts(&chair).unwrap().len(), 1);

    edit(&mut chair, |tx| meeting::resolve(tx, conflict, 1));
    let meeting = met(&mut chair, &mut clerk);
    assert_eq!(FieldValue::Text(meeting.items[0].title.clone()), conflict.values[1]);
    assert_eq!(meeting::conflicts(&clerk).unwrap(), []);
    assert_eq!(refused(&mut chair, |tx| meeting::resolve(tx, conflict, 2)), "not_found");
}

#[test]
fn removing_an_item_wins_over_editing_it_and_loses_nothing_else() {
    let mut chair = secretary();
    edit(&mut chair, |tx| {
        meeting::put_item(tx, &item(1, None, "A", "Một"))?;
        meeting::put_item(tx, &item(2, Some(1), "V", "Hai"))?;
        meeting::put_paper(tx, &paper(4, Some(1), vec![version(1, 1, 10)]))
    });
    let mut clerk = fork(&chair, 2);
    assert!(edit(&mut chair, |tx| meeting::remove_item(tx, ItemId([1; 16]))));
    edit(&mut clerk, |tx| meeting::put_item(tx, &item(1, None, "A", "Một, sửa")));
    let meeting = met(&mut chair, &mut clerk);
    assert_eq!(ids(&meeting), [2]);
    assert_eq!(numbering(&meeting.items), ["1"]);
    assert_eq!(meeting.papers.len(), 1);
    assert!(!edit(&mut chair, |tx| meeting::remove_item(tx, ItemId([1; 16]))), "it is gone already");
    assert_eq!(refused(&mut chair, |tx| meeting::move_item(tx, ItemId([1; 16]), None, "V")), "not_found");
}

#[test]
fn two_third_versions_both_survive_and_are_numbered_alike() {
    let mut chair = secretary();
    edit(&mut chair, |tx| meeting::put_paper(tx, &paper(4, None, vec![version(1, 1, 10), version(2, 2, 20)])));
    let mut clerk = fork(&chair, 2);
    edit(&mut chair, |tx| meeting::add_version(tx, PaperId([4; 16]), &version(3, 30, 40)));
    edit(&mut clerk, |tx| meeting::add_version(tx, PaperId([4; 16]), &version(3, 31, 30)));
    let meeting = met(&mut chair, &mut clerk);
    let told: Vec<_> = meeting.papers[0].versions.iter().map(|version| (version.number, version.blob.plain.0[0])).collect();
    assert_eq!(told, [(1, 1), (2, 2), (3, 31), (4, 30)]);

    // A next version comes after both, and renaming the paper as it is shown adds none.
    edit(&mut clerk, |tx| {
        meeting::put_paper(tx, &Paper { title: "Tờ trình sửa".to_owned(), ..meeting.papers[0].clone() })?;
        meeting::add_version(tx, PaperId([4; 16]), &version(5, 32, 50))
    });
    let meeting = met(&mut chair, &mut clerk);
    let told: Vec<_> = meeting.papers[0].versions.iter().map(|version| (version.number, version.blob.plain.0[0])).collect();
    assert_eq!(told, [(1, 1), (2, 2), (3, 31), (4, 30), (5, 32)]);
    assert_eq!(meeting.papers[0].title, "Tờ trình sửa");
}

#[test]
fn a_paper_brought_back_on_two_devices_keeps_the_versions_of_both() {
    let mut chair = secretary();
    let original = paper(4, None, vec![version(1, 1, 10)]);
    edit(&mut chair, |tx| meeting::put_paper(tx, &original));
    edit(&mut chair, |tx| meeting::remove_paper(tx, original.id));
    assert_eq!(meeting::read(&chair).unwrap().papers, []);
    assert_eq!(refused(&mut chair, |tx| meeting::add_version(tx, original.id, &version(2, 2, 20))), "not_found");
    let mut clerk = fork(&chair, 2);
    for (doc, id) in [(&mut chair, 2), (&mut clerk, 3)] {
        edit(doc, |tx| {
            meeting::put_paper(tx, &original)?;
            meeting::add_version(tx, original.id, &version(2, id, 20))
        });
    }
    let told: Vec<_> = met(&mut chair, &mut clerk).papers[0].versions.iter().map(|version| version.blob.plain.0[0]).collect();
    assert_eq!(told, [1, 2, 3]);
    edit(&mut chair, |tx| meeting::move_paper(tx, original.id, None, "A"));
    edit(&mut chair, |tx| meeting::remove_paper(tx, original.id));
    assert_eq!(met(&mut chair, &mut clerk).papers, []);
}

#[test]
fn conclusions_written_by_two_are_kept_of_both() {
    let mut chair = secretary();
    let first = "Thống nhất dự toán năm 2027.".to_owned();
    edit(&mut chair, |tx| meeting::set_conclusions(tx, &[first.clone(), "Giao Văn phòng.".to_owned()]));
    let mut clerk = fork(&chair, 2);
    edit(&mut chair, |tx| {
        meeting::set_conclusions(tx, &["Thống nhất dự toán ngân sách năm 2027.".to_owned(), "Giao Văn phòng.".to_owned()])
    });
    edit(&mut clerk, |tx| {
        meeting::set_conclusions(tx, &[first, "Giao Văn phòng hoàn thiện.".to_owned(), "Báo cáo trước 30/11.".to_owned()])
    });
    let meeting = met(&mut chair, &mut clerk);
    assert_eq!(
        meeting.info.conclusions,
        ["Thống nhất dự toán ngân sách năm 2027.", "Giao Văn phòng hoàn thiện.", "Báo cáo trước 30/11."]
    );
    // All of a long text at once, which is not compared letter by letter.
    let long: Vec<String> = (0..20).map(|number| format!("{number} {}", "kết luận ".repeat(50))).collect();
    edit(&mut chair, |tx| meeting::set_conclusions(tx, &long));
    assert_eq!(met(&mut chair, &mut clerk).info.conclusions, long);
    edit(&mut chair, |tx| meeting::set_conclusions(tx, &[]));
    assert_eq!(met(&mut chair, &mut clerk).info.conclusions, [] as [&str; 0]);
}

#[test]
fn the_minutes_grow_by_files_and_signatures() {
    let mut doc = secretary();
    let unsigned = MinutesFile {
        blob: blob(1),
        signatures: 0,
        pages: 2,
        places: Vec::new(),
        made_at: Timestamp(10),
        made_by: PersonId([1; 16]),
    };
    let draft = unsigned.clone();
    let signed = MinutesFile { blob: blob(2), signatures: 1, made_at: Timestamp(20), ..unsigned };
    edit(&mut doc, |tx| {
        meeting::add_minutes(tx, &signed)?;
        meeting::add_minutes(tx, &draft)?;
        meeting::add_minutes(tx, &MinutesFile { signatures: 2, ..signed.clone() })
    });
    assert_eq!(meeting::read(&doc).unwrap().minutes, [draft, MinutesFile { signatures: 2, ..signed }]);
}

#[test]
fn a_resolution_and_a_notice_have_files_and_words_of_their_own_until_they_follow_the_record_again() {
    let mut doc = secretary();
    let file = |id: u8| MinutesFile {
        blob: blob(id),
        signatures: 0,
        pages: 1,
        places: Vec::new(),
        made_at: Timestamp(10),
        made_by: PersonId([1; 16]),
    };
    let text = OfficialText {
        number: Some(5),
        symbol: "NQ-HĐND".to_owned(),
        place: "Thuận Hóa".to_owned(),
        title: "Về dự toán ngân sách".to_owned(),
        grounds: vec!["Căn cứ Luật Tổ chức chính quyền địa phương;".to_owned()],
        body: vec!["Điều 1. Thông qua dự toán.".to_owned(), "Điều 2. Thi hành.".to_owned()],
        recipients: vec!["Như Điều 2;".to_owned(), "Lưu: VT.".to_owned()],
        signer: vec!["TM. Hội đồng nhân dân".to_owned(), "Chủ tịch".to_owned()],
    };
    edit(&mut doc, |tx| {
        meeting::add_official(tx, OfficialKind::Resolution, &file(2))?;
        meeting::add_official(tx, OfficialKind::Notice, &file(3))?;
        meeting::set_official_text(tx, OfficialKind::Resolution, Some(&text))
    });
    let (read, problems) = meeting::read_with_problems(&doc).unwrap();
    assert!(problems.is_empty(), "{problems:?}");
    assert_eq!((read.minutes.len(), &read.resolution, &read.notice), (0, &vec![file(2)], &vec![file(3)]));
    assert_eq!(read.official_texts.get(&OfficialKind::Resolution), Some(&text));
    assert_eq!(read.official_texts.len(), 1);

    // Saying the same again sends nothing.
    let heads = doc.get_heads();
    edit(&mut doc, |tx| meeting::set_official_text(tx, OfficialKind::Resolution, Some(&text)));
    assert_eq!(doc.get_heads(), heads);
    edit(&mut doc, |tx| meeting::set_official_text(tx, OfficialKind::Resolution, None));
    assert!(meeting::read(&doc).unwrap().official_texts.is_empty());
}

fn note(id: u8, at: i64) -> Annotation {
    Annotation {
        id: AnnotationId([id; 16]),
        paper: PaperId([4; 16]),
        version: Hash32([1; 32]),
        page: 2,
        colour: 0x00ff_cc00,
        mark: Mark::Note { at: Point { x: 100, y: 200 }, text: "Xem lại số liệu".to_owned() },
        made_at: Timestamp(at),
    }
}

#[test]
fn marks_made_on_two_new_devices_of_one_person_are_all_there() {
    // Neither has seen the other's document: each lays it out for itself.
    let (mut laptop, mut tablet) = (device(1), device(2));
    edit(&mut laptop, |tx| seat::put_annotation(tx, &note(1, 10)));
    edit(&mut tablet, |tx| seat::put_annotation(tx, &note(2, 5)));
    edit(&mut laptop, |tx| seat::mark_read(tx, Hash32([1; 32]), Timestamp(7)));
    edit(&mut tablet, |tx| {
        seat::mark_read(tx, Hash32([1; 32]), Timestamp(3))?;
        seat::mark_read(tx, Hash32([2; 32]), Timestamp(4))
    });
    edit(&mut laptop, |tx| notes::set_last_page(tx, PaperId([1; 16]), 6));
    edit(&mut tablet, |tx| notes::set_last_page(tx, PaperId([2; 16]), 8));
    meet(&mut laptop, &mut tablet);
    for doc in [&laptop, &tablet] {
        assert_eq!(seat::read_annotations(doc).unwrap(), [note(2, 5), note(1, 10)]);
        let read: Vec<_> = seat::read_marks(doc).unwrap().into_iter().map(|(version, at)| (version.0[0], at.0)).collect();
        assert_eq!(read, [(1, 3), (2, 4)]);
        let pages: Vec<_> = notes::read_last_pages(doc).unwrap().into_iter().map(|(paper, page)| (paper.0[0], page)).collect();
        assert_eq!(pages, [(1, 6), (2, 8)]);
    }
    // Each mark can be erased on either device, wherever it was made; a page moves on.
    edit(&mut laptop, |tx| {
        assert!(seat::remove_annotation(tx, note(1, 10).id)?);
        assert!(seat::remove_annotation(tx, note(2, 5).id)?);
        notes::set_last_page(tx, PaperId([1; 16]), 1)?;
        notes::set_last_page(tx, PaperId([2; 16]), 2)
    });
    meet(&mut laptop, &mut tablet);
    assert_eq!(seat::read_annotations(&tablet).unwrap(), []);
    assert_eq!(notes::read_last_pages(&tablet).unwrap().into_values().collect::<Vec<_>>(), [1, 2]);
}

#[test]
fn a_mark_erased_here_stays_erased_when_other_marks_are_shared_there() {
    let mut laptop = device(1);
    edit(&mut laptop, |tx| (1..=3).try_for_each(|id| seat::put_annotation(tx, &note(id, id.into()))));
    let mut tablet = fork(&laptop, 2);
    edit(&mut laptop, |tx| seat::remove_annotation(tx, note(2, 2).id));
    edit(&mut tablet, |tx| {
        seat::put_annotation(tx, &note(2, 2))?;
        seat::put_annotation(tx, &note(4, 4))
    });
    meet(&mut laptop, &mut tablet);
    let left: Vec<_> = seat::read_annotations(&laptop).unwrap().into_iter().map(|mark| mark.id.0[0]).collect();
    assert_eq!(left, [1, 3, 4], "drawing what is there already is no new mark");
    assert!(!edit(&mut tablet, |tx| seat::remove_annotation(tx, note(2, 2).id)));
}

#[test]
fn a_private_note_and_what_was_opened_come_back_after_a_restart() {
    let mut doc = device(1);
    edit(&mut doc, |tx| {
        notes::put_annotation(tx, &note(1, 10))?;
        notes::mark_opened(tx, Hash32([1; 32]), Timestamp(5))?;
        notes::mark_opened(tx, Hash32([1; 32]), Timestamp(9))?;
        notes::set_last_page(tx, PaperId([4; 16]), 3)
    });
    let doc = Automerge::load(&doc.save()).unwrap();
    assert_eq!(notes::read_annotations(&doc).unwrap(), [note(1, 10)]);
    assert_eq!(notes::read_opened(&doc).unwrap().into_iter().collect::<Vec<_>>(), [(Hash32([1; 32]), Timestamp(5))]);
    assert_eq!(notes::read_last_pages(&doc).unwrap().into_iter().collect::<Vec<_>>(), [(PaperId([4; 16]), 3)]);
}

#[test]
fn acts_keep_their_order_and_are_there_once() {
    let mut chair = secretary();
    edit(&mut chair, |tx| {
        meeting::append_act(tx, b"open")?;
        meeting::append_act(tx, b"ballot 1")
    });
    let mut clerk = fork(&chair, 2);
    edit(&mut chair, |tx| meeting::append_act(tx, b"ballot 2"));
    edit(&mut clerk, |tx| {
        meeting::append_act(tx, b"ballot 2")?;
        meeting::append_act(tx, b"ballot 3")
    });
    meet(&mut chair, &mut clerk);
    edit(&mut chair, |tx| {
        meeting::append_act(tx, b"close")?;
        meeting::append_act(tx, b"open")
    });
    meet(&mut chair, &mut clerk);
    let acts = meeting::read_acts(&clerk).unwrap();
    assert_eq!(acts.len(), 5);
    assert_eq!((&acts[0], &acts[1], &acts[4]), (&b"open".to_vec(), &b"ballot 1".to_vec(), &b"close".to_vec()));
    assert_eq!(acts, meeting::read_acts(&chair).unwrap());
}

#[test]
fn a_document_of_a_newer_program_is_neither_read_nor_changed() {
    let mut doc = secretary();
    doc.transact(|tx| tx.put(&ROOT, "v", 2_u64)).unwrap();
    assert_eq!(meeting::read(&doc).unwrap_err().code(), "newer_version");
    assert_eq!(seat::read_annotations(&doc).unwrap_err().code(), "newer_version");
    assert_eq!(refused(&mut doc, |tx| meeting::put_item(tx, &item(1, None, "V", "Khai mạc"))), "newer_version");
    assert_eq!(refused(&mut doc, |tx| meeting::set_conclusions(tx, &[])), "newer_version");
    assert_eq!(refused(&mut doc, |tx| seat::put_annotation(tx, &note(1, 1))), "newer_version");
    assert_eq!(refused(&mut doc, |tx| meeting::append_act(tx, b"act")), "newer_version");
}

#[test]
fn a_newer_layout_is_not_hidden_by_an_older_writer() {
    let mut older = secretary();
    let mut newer = fork(&older, 9);
    newer.transact(|tx| tx.put(&ROOT, "v", 2_u64)).unwrap();
    older.transact(|tx| tx.put(&ROOT, "v", 1_u64)).unwrap();
    meet(&mut older, &mut newer);
    assert_eq!(super::layout(&older).unwrap(), Some(2));
}

#[test]
fn what_is_out_of_bounds_is_not_written() {
    let mut doc = secretary();
    let long = "a".repeat(TITLE_CHARS + 1);
    assert_eq!(refused(&mut doc, |tx| meeting::put_item(tx, &item(1, None, "V", &long))), "limit_over");
    assert_eq!(refused(&mut doc, |tx| meeting::put_item(tx, &item(1, None, "V", " "))), "limit_under");
    assert_eq!(refused(&mut doc, |tx| meeting::set_info(tx, &MeetingInfo { title: long.clone(), ..info() })), "limit_over");
    assert_eq!(refused(&mut doc, |tx| meeting::put_paper(tx, &paper(1, None, vec![]))), "limit_under");
    assert_eq!(refused(&mut doc, |tx| meeting::set_conclusions(tx, &["a\u{2029}b".to_owned()])), "text_characters");
    let book = vec!["a".repeat(super::text::TEXT_CHARS_MAX / 100); 100];
    assert_eq!(refused(&mut doc, |tx| meeting::set_conclusions(tx, &book)), "limit_over");
    assert_eq!(refused(&mut doc, |tx| notes::set_last_page(tx, PaperId([1; 16]), u32::MAX)), "limit_over");
    let huge = vec![0; signing::limits::SIGNED_ACT_BYTES + 1];
    assert_eq!(refused(&mut doc, |tx| meeting::append_act(tx, &huge)), "limit_over");
    edit(&mut doc, |tx| {
        (0..AGENDA_ITEMS).try_for_each(|number| {
            let mut id = [0; 16];
            id[..8].copy_from_slice(&number.to_be_bytes());
            meeting::put_item(tx, &AgendaItem { id: ItemId(id), ..item(0, None, "V", "Nội dung") })
        })
    });
    assert_eq!(refused(&mut doc, |tx| meeting::put_item(tx, &item(255, None, "V", "Thừa"))), "limit_over");
    assert_eq!(meeting::read(&doc).unwrap().items.len(), AGENDA_ITEMS);
}

#[test]
fn a_title_that_another_program_wrote_as_a_text_object_is_read() {
    let mut doc = secretary();
    edit(&mut doc, |tx| meeting::put_item(tx, &item(1, None, "V", "Khai mạc")));
    doc.transact(|tx| {
        let items = super::maps(tx, &ROOT, "items").remove(0);
        let map = super::maps(tx, &items, &ItemId([1; 16]).to_string()).remove(0);
        let title = tx.put_object(&map, "title", ObjType::Text)?;
        tx.splice_text(&title, 0, 0, "Bế mạc")
    })
    .unwrap();
    assert_eq!(meeting::read(&doc).unwrap().items[0].title, "Bế mạc");
}
