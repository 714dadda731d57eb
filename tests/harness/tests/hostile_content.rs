//! A member whose device has been taken over sends changes that are none: whatever is in them, the other devices go on, agree, and read a
//! meeting that is within its bounds.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::num::NonZeroU64;

use automerge::legacy::{ElementId, Key, ObjectId, OpId, OpType};
use automerge::{ActorId, Automerge, Change, ChangeHash, ObjType};
use domain::id::{Incarnation, SpaceId};
use domain::meeting::MeetingRole::{Chair, Delegate};
use domain::meeting::{AgendaItem, Meeting, MeetingInfo};
use harness::Room;
use harness::change::{RawChange, with_checksum};
use harness::forgery::{ACTOR_NONCE, Forgery, Pen, frame};
use rand_chacha::ChaCha20Rng;
use rand_core::{Rng, SeedableRng};
use sync::DocRef;
use sync::document::{DocumentError, meeting};
use sync::envelope::{Content, actor};

const NAMES: [&str; 3] = ["secretary", "chair", "d1"];
/// Tried in each room: each in a log of its own, and a device may have no more than some.
const HARMS: usize = 50;
/// Rooms with other chances.
const ROOMS: u64 = 2;
/// Bytes of a chunk before its type: magic and checksum.
const CHUNK_TYPE_AT: usize = 8;

fn read(room: &mut Room, name: &str, space: SpaceId) -> Meeting {
    room.read(name, &DocRef::meeting(space), meeting::read).unwrap()
}

/// A change of the meeting under the actor of a log of its own, as raw bytes.
fn change(room: &mut Room, space: SpaceId, log: Incarnation) -> Vec<u8> {
    let device = room.replica("secretary").device();
    let mut document = room.read("secretary", &DocRef::meeting(space), Automerge::fork);
    document.set_actor(ActorId::from(actor(&device, &log, &ACTOR_NONCE).as_slice()));
    let before = document.get_heads();
    let info = MeetingInfo {
        // Another one each time: the secretary's own device takes what its other logs say, too.
        title: format!("Phiên họp sửa đổi {:?}", log.0),
        body: "UBND phường".into(),
        place: "Phòng 2".into(),
        starts_at: Default::default(),
        conclusions: vec!["Một kết luận.".into()],
    };
    let item = AgendaItem {
        id: domain::id::ItemId([1; 16]),
        parent: None,
        order: domain::order::between(None, None),
        title: "Một mục".into(),
        presenter: String::new(),
        starts_at: None,
        minutes: Some(5),
        papers_due: None,
    };
    document
        .transact(|tx| -> Result<(), DocumentError> {
            meeting::set_info(tx, &info)?;
            meeting::set_conclusions(tx, &info.conclusions)?;
            meeting::put_item(tx, &item)
        })
        .map_err(|failure| failure.error)
        .unwrap();
    document.get_changes(&before)[0].raw_bytes().to_vec()
}

fn harmed(mut bytes: Vec<u8>, rng: &mut ChaCha20Rng) -> Vec<u8> {
    let mut below = |end: usize| usize::try_from(rng.next_u32()).unwrap() % end.max(1);
    for _ in 0..=below(3) {
        // Before the type stand only magic and checksum.
        let at = CHUNK_TYPE_AT + below(bytes.len() - CHUNK_TYPE_AT);
        match below(5) {
            0 => bytes[at] ^= 1 << below(8),
            1 => bytes[at] = [0x00, 0x01, 0x7f, 0x80, 0xff][below(5)],
            2 => bytes.truncate(at.max(CHUNK_TYPE_AT + 1)),
            3 => bytes.insert(at, 0xff),
            _ => drop(bytes.remove(at)),
        }
    }
    with_checksum(bytes)
}

/// A change that is spelled well and makes no sense.
fn senseless(honest: Vec<u8>, rng: &mut ChaCha20Rng) -> Option<Vec<u8>> {
    let mut change = Change::from_bytes(honest).unwrap().decode();
    let mut below = |end: usize| usize::try_from(rng.next_u32()).unwrap() % end.max(1);
    for _ in 0..=below(3) {
        let actors = [change.actor_id.clone(), ActorId::from([0xab; 16]), change.actor_id.clone()];
        let counters = [0, 1, 2, 5, 11, 1_000, u64::from(u32::MAX) - 22, u64::from(u32::MAX), u64::MAX];
        let mut id = || OpId::new(counters[below(counters.len())], &actors[below(actors.len())]);
        let (one, other) = (id(), id());
        let count = change.operations.len();
        let at = below(count);
        let Some(operation) = change.operations.get_mut(at) else { break };
        match below(14) {
            0 => operation.obj = ObjectId::Id(one),
            1 => operation.obj = ObjectId::Root,
            2 => operation.key = Key::Seq(ElementId::Id(one)),
            3 => operation.key = Key::Map("title".into()),
            4 => operation.pred = vec![one, other].into(),
            5 => operation.pred = Vec::new().into(),
            6 => operation.insert = !operation.insert,
            7 => operation.action = OpType::Delete,
            8 => operation.action = OpType::Make([ObjType::Map, ObjType::List, ObjType::Text][below(3)]),
            9 => operation.action = OpType::Increment(i64::MAX),
            10 => operation.action = OpType::MarkEnd(true),
            11 => change.start_op = NonZeroU64::new(one.counter().max(1)).unwrap(),
            12 => change.seq = one.counter(),
            _ => change.deps = vec![ChangeHash([7; 32])],
        }
    }
    // Some cannot even be written down.
    std::panic::catch_unwind(|| Change::from(change).raw_bytes().to_vec()).ok()
}

/// Sends changes that are none to a room, again and again; then an honest one, and everybody must agree and go on.
/// Returns how many were kept.
fn survives(seed: u64, spoil: impl Fn(Vec<u8>, &mut ChaCha20Rng) -> Option<Vec<u8>>) -> usize {
    let mut room = Room::new(&NAMES);
    let space = room.sitting("secretary", &[("chair", Chair), ("d1", Delegate)]);
    let target = DocRef::meeting(space);
    let mut rng = ChaCha20Rng::seed_from_u64(seed);
    let mut kept = 0;
    for number in 0..HARMS {
        let mut log = [0xee; 8];
        log[..4].copy_from_slice(&u32::try_from(number).unwrap().to_le_bytes());
        let log = Incarnation(log);
        let honest = change(&mut room, space, log);
        let Some(bytes) = spoil(honest, &mut rng) else { continue };
        let content = Content { actor_nonce: ACTOR_NONCE, changes: vec![bytes.into()], acts: Vec::new() };
        let forgery = Forgery { author: "secretary", target, content, log, after: None, key: None, seen: None };
        kept += usize::from(forgery.is_kept(&mut room));
        read(&mut room, "chair", space).validate().unwrap();
        if number % 40 == 0 {
            // People work on in between.
            let info = MeetingInfo { title: format!("Phiên họp {number}"), ..read(&mut room, "chair", space).info };
            room.edit("chair", target, |tx| meeting::set_info(tx, &info).map_err(|error| error.to_string())).unwrap();
            assert_eq!(read(&mut room, "chair", space).info.title, info.title);
        }
    }
    // An honest change on the same way is taken, and everybody reads the same, also from the disk.
    let log = Incarnation([0xdd; 8]);
    let content = Content { actor_nonce: ACTOR_NONCE, changes: vec![change(&mut room, space, log).into()], acts: Vec::new() };
    let honest = Forgery { author: "secretary", target, content, log, after: None, key: None, seen: None };
    assert!(honest.is_kept(&mut room));
    room.heal();
    let seen = read(&mut room, "chair", space);
    let exported = room.read("chair", &target, sync::exported).unwrap();
    assert_eq!(meeting::read(&Automerge::load(&exported).unwrap()).unwrap(), seen, "what is exported can be read");
    for name in ["chair", "d1"] {
        assert_eq!(read(&mut room, name, space), seen, "{name}");
        room.switch_off(name);
        room.switch_on(name);
        assert_eq!(read(&mut room, name, space), seen, "{name} from the disk");
    }
    kept
}

#[test]
fn changes_that_make_no_sense_stop_nobody() {
    let kept: usize = (0..ROOMS).map(|room| survives(6 + room, senseless)).sum();
    assert!(kept > ROOMS as usize, "{kept} were kept: otherwise this shows nothing");
}

#[test]
fn changes_that_are_none_stop_nobody() {
    let kept: usize = (0..ROOMS).map(|room| survives(5 + room, |honest, rng| Some(harmed(honest, rng)))).sum();
    assert!(kept > ROOMS as usize, "{kept} were kept: otherwise this shows nothing");
}

#[test]
fn a_change_under_the_actor_of_somebody_else_or_packed_to_burst_is_refused() {
    let mut room = Room::new(&NAMES);
    let space = room.sitting("secretary", &[("chair", Chair), ("d1", Delegate)]);
    let target = DocRef::meeting(space);
    let before = read(&mut room, "chair", space);
    let send = |room: &mut Room, change: Vec<u8>, log: Incarnation| {
        let content = Content { actor_nonce: ACTOR_NONCE, changes: vec![change.into()], acts: Vec::new() };
        Forgery { author: "secretary", target, content, log, after: None, key: None, seen: None }.is_kept(room)
    };
    // Made for another log: its actor is not that of the envelope.
    let other = change(&mut room, space, Incarnation([2; 8]));
    assert!(!send(&mut room, other, Incarnation([1; 8])));
    // A whole document instead of a change, and a change that automerge would inflate.
    let document = room.read("secretary", &target, Automerge::save);
    assert!(!send(&mut room, document, Incarnation([3; 8])));
    let plain = change(&mut room, space, Incarnation([4; 8]));
    let packed = Change::from_bytes(plain).unwrap().bytes().into_owned();
    assert_eq!(packed[CHUNK_TYPE_AT], 2, "automerge packs a change of this length");
    assert!(!send(&mut room, packed, Incarnation([4; 8])));
    assert_eq!(read(&mut room, "chair", space), before);
    let honest = change(&mut room, space, Incarnation([5; 8]));
    assert!(send(&mut room, honest, Incarnation([5; 8])));
    assert_ne!(read(&mut room, "chair", space), before);
}

#[test]
fn what_is_built_on_an_honest_change_to_spoil_it_is_skipped_and_the_honest_one_is_shown_even_if_it_comes_later() {
    let mut room = Room::new(&NAMES);
    let space = room.sitting("secretary", &[("chair", Chair), ("d1", Delegate)]);
    let target = DocRef::meeting(space);
    // The secretary changes the title; the chair's device hears only d1, who has not heard of it either.
    room.partition(&[&["secretary"], &["chair", "d1"]]);
    let honest = MeetingInfo { title: "Phiên họp thường kỳ".into(), ..read(&mut room, "secretary", space).info };
    room.edit("secretary", target, |tx| meeting::set_info(tx, &honest).map_err(|error| error.to_string())).unwrap();
    let (heads, last) = room.read("secretary", &target, |document| {
        use automerge::ReadDoc as _;
        let heads = document.get_heads();
        (heads.clone(), document.get_change_by_hash(&heads[0]).unwrap().max_op())
    });
    // A copy of the secretary's device has, and replaces on top of it what was never there.
    let mut pen = Pen::new(&room, "secretary", space, 1);
    let actor = pen.actor(&ACTOR_NONCE);
    let change = RawChange {
        deps: heads.iter().map(|head| head.0).collect(),
        start_op: last + 1,
        ..RawChange::first(&actor).replacing(1)
    };
    let before = room.device("chair").shelf.count(&space);
    room.hand("d1", "chair", frame(space, &[pen.change(&target, ACTOR_NONCE, change.bytes())]));
    assert_eq!(room.device("chair").shelf.count(&space), before + 1, "it is kept: what it is built on may come");
    assert_ne!(read(&mut room, "chair", space).info.title, honest.title);
    room.heal();
    for name in ["chair", "d1"] {
        assert_eq!(read(&mut room, name, space).info.title, honest.title, "{name}");
        room.switch_off(name);
        room.switch_on(name);
        assert_eq!(read(&mut room, name, space).info.title, honest.title, "{name} from the disk");
    }
}

/// A change of the meeting by a log of its own on top of what a device reads, made by `edit` and then changed by `spoil`.
fn spoilt(
    room: &mut Room,
    reader: &str,
    pen: &Pen,
    space: SpaceId,
    edit: impl FnOnce(&mut automerge::transaction::Transaction<'_>),
    spoil: impl FnOnce(&mut automerge::ExpandedChange),
) -> Vec<u8> {
    let mut document = room.read(reader, &DocRef::meeting(space), Automerge::fork);
    document.set_actor(ActorId::from(pen.actor(&ACTOR_NONCE).as_slice()));
    let mut tx = document.transaction();
    edit(&mut tx);
    tx.commit();
    let mut change = document.get_last_local_change().unwrap().decode();
    spoil(&mut change);
    change.hash = None;
    Change::from(change).raw_bytes().to_vec()
}

/// Everybody has the same changes in the meeting's document, also from the disk.
fn all_agree(room: &mut Room, space: SpaceId) -> Vec<ChangeHash> {
    let heads = room.read("secretary", &DocRef::meeting(space), Automerge::get_heads);
    for name in NAMES {
        assert_eq!(room.read(name, &DocRef::meeting(space), Automerge::get_heads), heads, "{name}");
        room.switch_off(name);
        room.switch_on(name);
        assert_eq!(room.read(name, &DocRef::meeting(space), Automerge::get_heads), heads, "{name} from the disk");
    }
    heads
}

#[test]
fn an_element_put_after_one_of_another_list_is_skipped_by_everybody() {
    use automerge::transaction::Transactable as _;
    let mut room = Room::new(&NAMES);
    let space = room.sitting("secretary", &[("chair", Chair), ("d1", Delegate)]);
    let target = DocRef::meeting(space);
    let mut pen = Pen::new(&room, "secretary", space, 1);
    let lists = |tx: &mut automerge::transaction::Transaction<'_>| {
        for name in ["one", "two"] {
            let list = tx.put_object(automerge::ROOT, name, ObjType::List).unwrap();
            (0..3).for_each(|at| tx.insert(&list, at, "có").unwrap());
        }
    };
    let honest = spoilt(&mut room, "secretary", &pen, space, lists, |_| {});
    let first = pen.change(&target, ACTOR_NONCE, honest);
    room.hand("secretary", "chair", frame(space, &[first]));
    room.wait_ms(40_000);
    let before = all_agree(&mut room, space);
    let crooked = |tx: &mut automerge::transaction::Transaction<'_>| {
        let one = automerge::ReadDoc::get(tx, automerge::ROOT, "one").unwrap().unwrap().1;
        tx.insert(&one, 1, "không").unwrap();
    };
    let other_list = |change: &mut automerge::ExpandedChange| {
        // The element after which it goes was the second operation that the first change made; the sixth is one of the other list.
        let Key::Seq(ElementId::Id(id)) = &change.operations[0].key else { panic!("{change:?}") };
        change.operations[0].key = Key::Seq(ElementId::Id(id.increment_by(4)));
    };
    let crooked = spoilt(&mut room, "chair", &pen, space, crooked, other_list);
    let kept = room.device("chair").shelf.count(&space);
    let second = pen.change(&target, ACTOR_NONCE, crooked);
    room.hand("secretary", "chair", frame(space, &[second]));
    assert_eq!(room.device("chair").shelf.count(&space), kept + 1, "kept and passed on");
    room.wait_ms(40_000);
    assert_eq!(all_agree(&mut room, space), before, "and shown nowhere");
}

#[test]
fn what_replaces_something_that_its_author_had_not_is_skipped_also_where_that_came_first() {
    use automerge::transaction::Transactable as _;
    let mut room = Room::new(&NAMES);
    let space = room.sitting("secretary", &[("chair", Chair), ("d1", Delegate)]);
    let target = DocRef::meeting(space);
    let (mut one, mut other) = (Pen::new(&room, "secretary", space, 1), Pen::new(&room, "secretary", space, 2));
    let word = |tx: &mut automerge::transaction::Transaction<'_>| tx.put(automerge::ROOT, "said", "một").unwrap();
    let said = spoilt(&mut room, "chair", &one, space, word, |_| {});
    let last = Change::from_bytes(said.clone()).unwrap().max_op();
    let by = ActorId::from(one.actor(&ACTOR_NONCE).as_slice());
    let two_words = |tx: &mut automerge::transaction::Transaction<'_>| {
        tx.put(automerge::ROOT, "first", 1).unwrap();
        tx.put(automerge::ROOT, "said", "hai").unwrap();
    };
    let over_it = |change: &mut automerge::ExpandedChange| change.operations[1].pred = vec![OpId::new(last, &by)].into();
    let blind = spoilt(&mut room, "chair", &other, space, two_words, over_it);
    let said = frame(space, &[one.change(&target, ACTOR_NONCE, said)]);
    let blind = frame(space, &[other.change(&target, ACTOR_NONCE, blind)]);
    for (name, frames) in [("chair", [&said, &blind]), ("d1", [&blind, &said])] {
        for frame in frames {
            room.hand("secretary", name, frame.clone());
            room.read(name, &target, Automerge::get_heads);
        }
    }
    // Whoever handed it over is believed to have it until digests are compared.
    room.wait_ms(40_000);
    all_agree(&mut room, space);
    let shown = room.read("d1", &target, |document| format!("{:?}", automerge::ReadDoc::get(document, automerge::ROOT, "said")));
    assert!(shown.contains("một"), "{shown}");
}
