//! What stands in documents: changes of automerge under true signatures, and what is read from them.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "what is honest is made here and is as it is")]

use automerge::transaction::Transactable;
use automerge::{Automerge, Change, ObjType, ROOT};
use domain::id::{PersonId, QuestionEventId, QuestionId};
use domain::question::Said;
use harness::change::{RawChange, with_checksum};
use harness::forgery::{ACTOR_NONCE, Pen, frame};
use signing::canonical;
use sync::DocRef;
use sync::document::{acts, annotations, draft, library, meeting, notes, question as contribution, seat, table};
use sync::envelope::Content;
use sync::extent::Extent;

use super::fixtures;
use super::wire::in_a_room;

/// Bytes of a chunk before its type.
const CHECKSUM_END: usize = 8;
/// Longest content that is tried.
const CONTENT_BYTES: usize = 256 << 10;

/// Whatever stands in a document, every reader comes back from it.
fn read_all(document: &Automerge, place: &DocRef) {
    let _ = meeting::read(document);
    let _ = seat::read_marks(document);
    let _ = notes::read_opened(document);
    let _ = notes::read_last_pages(document);
    let _ = annotations::read_annotations(document);
    let _ = acts::read_acts(document);
    let _ = draft::read(document);
    let _ = library::read(document);
    let _ = table::read_rows(document);
    let _ = contribution::read(document, place);
}

/// Contents of envelopes: changes and acts.
pub fn contents() -> Vec<Vec<u8>> {
    let acts: Vec<_> = fixtures("golden/v1", "act-").into_iter().map(Into::into).collect();
    let some = |changes: Vec<Vec<u8>>| Content {
        actor_nonce: ACTOR_NONCE,
        changes: changes.into_iter().map(Into::into).collect(),
        acts: acts.clone(),
    };
    changes().chunks(3).map(|part| canonical::encode(&some(part.to_vec()))).collect()
}

/// A content in an envelope of a member, sealed under the key of the meeting.
pub fn content(data: &[u8]) -> String {
    let Ok(content) = canonical::decode::<Content>(data, CONTENT_BYTES) else { return "no content".to_owned() };
    in_a_room(|meeting| {
        let place = DocRef::seat(meeting.space, &meeting.room.person("d1"));
        let mut pen = Pen::new(&meeting.room, "d1", meeting.space, 10_000 + meeting.tried % 40);
        let before = meeting.room.device("chair").shelf.count(&meeting.space);
        let envelope = frame(meeting.space, &[pen.write(&place, &content)]);
        meeting.room.hand("d1", "chair", envelope);
        meeting.room.read("chair", &place, |document| read_all(document, &place));
        (meeting.room.device("chair").shelf.count(&meeting.space) > before).to_string()
    })
}

/// Changes of every kind of document, and such as nobody writes.
pub fn changes() -> Vec<Vec<u8>> {
    let mut made: Vec<Vec<u8>> = Vec::new();
    for bytes in ["meeting", "seat", "notes"].iter().flat_map(|name| fixtures("golden/v1/sync", &format!("{name}.automerge"))) {
        if let Ok(document) = Automerge::load(&bytes) {
            made.extend(document.get_changes(&[]).iter().map(|change| change.raw_bytes().to_vec()));
        }
    }
    let mut document = Automerge::new();
    let mut transaction = document.transaction();
    let text = transaction.put_object(&ROOT, "text", ObjType::Text).unwrap();
    transaction.splice_text(&text, 0, 0, "điều khoản thi hành").unwrap();
    transaction.splice_text(&text, 3, 5, "").unwrap();
    let list = transaction.put_object(&ROOT, "list", ObjType::List).unwrap();
    transaction.insert(&list, 0, "một").unwrap();
    transaction.insert(&list, 1, 2_u64).unwrap();
    transaction.delete(&list, 0).unwrap();
    transaction.put(&ROOT, "count", automerge::ScalarValue::counter(1)).unwrap();
    transaction.increment(&ROOT, "count", 4).unwrap();
    transaction.commit();
    made.extend(document.get_changes(&[]).iter().map(|change| change.raw_bytes().to_vec()));
    made.push(RawChange::first(&[1; 16]).puts(40).bytes());
    made.push(RawChange::first(&[1; 16]).list(40).bytes());
    made.push(RawChange::first(&[1; 16]).replacing(1).bytes());
    made
}

/// A change under the actor of its author and with a checksum that holds.
pub fn change(data: &[u8]) -> String {
    // Where automerge's own changes have their actor: after the dependencies.
    let checked = with_checksum(data.to_vec());
    if let Some(extent) = Extent::of(&checked)
        && extent.operations < 100_000
        && let Ok(change) = Change::from_bytes(checked.clone())
    {
        let made = change.decode().operations.iter().map(|operation| 1 + operation.pred.len() as u64).sum::<u64>();
        assert!(change.len() as u64 <= extent.operations, "{} operations counted as {}", change.len(), extent.operations);
        assert!(made <= extent.operations.saturating_mul(2), "{made} parts counted as {}", extent.operations);
    }
    in_a_room(|meeting| {
        let author = if data.len().is_multiple_of(3) { "secretary" } else { "d1" };
        let place =
            if author == "d1" { DocRef::seat(meeting.space, &meeting.room.person("d1")) } else { DocRef::meeting(meeting.space) };
        let mut pen = Pen::new(&meeting.room, author, meeting.space, 20_000 + meeting.tried % 40);
        let actor = pen.actor(&ACTOR_NONCE);
        let bytes = with_actor(checked, &actor);
        let before = meeting.room.device("chair").shelf.count(&meeting.space);
        let envelope = frame(meeting.space, &[pen.change(&place, ACTOR_NONCE, bytes)]);
        meeting.room.hand(author, "chair", envelope);
        meeting.room.read("chair", &place, |document| read_all(document, &place));
        (meeting.room.device("chair").shelf.count(&meeting.space) > before).to_string()
    })
}

/// Puts an actor of sixteen bytes in the place of the one in a change, if it has such a one.
fn with_actor(mut chunk: Vec<u8>, actor: &[u8; 16]) -> Vec<u8> {
    let number = |bytes: &[u8], at: &mut usize| -> Option<usize> {
        let (mut value, mut shift) = (0_usize, 0);
        loop {
            let byte = *bytes.get(*at)?;
            *at += 1;
            value |= usize::from(byte & 0x7f).checked_shl(shift)?;
            shift += 7;
            if byte & 0x80 == 0 {
                return Some(value);
            }
        }
    };
    let mut at = CHECKSUM_END + 1;
    let place = (|| {
        number(&chunk, &mut at)?;
        let deps = number(&chunk, &mut at)?;
        at = at.checked_add(deps.checked_mul(32)?)?;
        (number(&chunk, &mut at)? == actor.len()).then_some(at)
    })();
    if let Some(place) = place.and_then(|place| chunk.get_mut(place..place + actor.len())) {
        place.copy_from_slice(actor);
    }
    with_checksum(chunk)
}

/// Entries of threads of questions.
pub fn entries() -> Vec<Vec<u8>> {
    use domain::question::{Citation, Entry, Event, Question, Urgency};
    let unit = domain::id::UnitId([1; 16]);
    let answer = QuestionEventId([3; 16]);
    let citation = Citation {
        article: "thong-tu-1".to_owned(),
        package: "so-tay".to_owned(),
        version: 4,
        citation: "Điều 7".to_owned(),
        quote: "Cơ quan tiếp nhận".to_owned(),
    };
    let question = Question {
        nonce: [4; 16],
        to: unit,
        field: "Đất đai".to_owned(),
        procedure: Some("Cấp giấy".to_owned()),
        title: "Hồ sơ thiếu giấy tờ".to_owned(),
        text: "Xử lý thế nào?".to_owned(),
        urgency: Urgency::default(),
        attachments: Vec::new(),
    };
    let events = [
        Event::Asked(question),
        Event::Routed { to: unit, reason: "đúng lĩnh vực".to_owned() },
        Event::Received,
        Event::Comment { text: "Đang xem".to_owned(), mentions: vec![PersonId([2; 16])] },
        Event::Answer {
            text: "Theo Điều 7.".to_owned(),
            citations: vec![citation],
            replaces: Some(answer),
            attachments: Vec::new(),
        },
        Event::Approved { answer },
        Event::Returned { answer, note: "Thiếu căn cứ".to_owned() },
        Event::Accepted { answer },
        Event::Reopened { answer, note: "Chưa rõ".to_owned() },
    ];
    let entry = |event| Entry { unit, at: Default::default(), after: vec![answer], event }.to_bytes();
    events.into_iter().map(entry).collect()
}

/// An entry of a thread, under the id that it must have.
pub fn question(data: &[u8]) -> String {
    let (thread, author) = (QuestionId([1; 16]), PersonId([2; 16]));
    let id = domain::question::entry_id(&thread, &author, data);
    match Said::read(&thread, author, id, data) {
        Some(said) => {
            assert_eq!(said.entry.to_bytes(), data, "one spelling");
            let rules = domain::question::Rules::default();
            let offices = domain::question::Offices::default();
            let folded = domain::question::fold(&thread, &[said.clone(), said], &offices, &rules);
            format!("entry {}", folded.is_some())
        }
        None => "none".to_owned(),
    }
}
