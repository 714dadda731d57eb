//! Members who send as much as they can of what costs others most: all of it is bounded, and the room goes on.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use automerge::transaction::Transactable;
use automerge::{ObjType, ROOT, ReadDoc};
use domain::duty::Duty;
use domain::id::{DeviceId, DocId, Hash32, Incarnation, SpaceId};
use domain::meeting::MeetingRole::{Chair, Delegate};
use harness::Room;
use harness::change::RawChange;
use harness::forgery::{ACTOR_NONCE, Pen, frame};
use sync::DocRef;
use sync::limits::{LOGS_MAX, LOGS_OF_DEVICE_MAX, PARKED_OF_PEER_MAX};
use sync::wire::{LogEnd, Message, SpaceDigest};

const NAMES: [&str; 3] = ["secretary", "chair", "d1"];
/// Operations that nobody has the memory for.
const TOO_MANY: u64 = 1 << 40;
/// Changes that come after what never comes.
const ORPHANS: u64 = 2_000;
/// How often the same is sent again.
const AGAIN: usize = 200;
/// Letters of a text that is deleted at once.
const LETTERS: usize = 20_000;

fn meeting() -> (Room, SpaceId) {
    let mut room = Room::new(&NAMES);
    let space = room.sitting("secretary", &[("chair", Chair), ("d1", Delegate)]);
    (room, space)
}

fn say(room: &mut Room, name: &str, space: SpaceId, word: &str) {
    room.edit(name, DocRef::meeting(space), |tx| tx.put(ROOT, word, word).map_err(|error| error.to_string())).unwrap();
}

fn reads(room: &mut Room, name: &str, space: SpaceId, word: &str) -> bool {
    room.read(name, &DocRef::meeting(space), |document| document.get(ROOT, word).unwrap().is_some())
}

fn device(number: u64) -> DeviceId {
    let mut bytes = [9; 32];
    bytes[..8].copy_from_slice(&number.to_be_bytes());
    DeviceId(bytes)
}

/// Ends of logs that nobody has.
fn made_up(numbers: std::ops::Range<u64>) -> Vec<LogEnd> {
    numbers
        .map(|number| LogEnd { device: device(number), incarnation: Incarnation([1; 8]), seq: 1, hash: Hash32([1; 32]) })
        .collect()
}

#[test]
fn a_change_that_claims_more_than_was_sent_for_is_refused_before_it_costs_anything() {
    let (mut room, space) = meeting();
    let seat = DocRef::seat(space, &room.person("d1"));
    let before = room.device("chair").shelf.count(&space);
    let claims: [fn(RawChange) -> RawChange; 4] = [
        |change| change.puts(TOO_MANY),
        |change| change.list(TOO_MANY),
        |change| change.replacing(TOO_MANY),
        |change| change.puts(5_000),
    ];
    for (number, claim) in claims.into_iter().enumerate() {
        let mut pen = Pen::new(&room, "d1", space, number as u64);
        let change = claim(RawChange::first(&pen.actor(&ACTOR_NONCE))).bytes();
        assert!(change.len() < 400, "{} bytes", change.len());
        room.inject("d1", "chair", frame(space, &[pen.change(&seat, ACTOR_NONCE, change)]));
        assert_eq!(room.device("chair").shelf.count(&space), before, "claim {number}");
    }
    // Ever so little is taken, and what is paid for.
    let mut pen = Pen::new(&room, "d1", space, 50);
    let first = RawChange::first(&pen.actor(&[1; 8])).puts(50).bytes();
    let paid = RawChange { message: " ".repeat(10_000), ..RawChange::first(&pen.actor(&[2; 8])).list(5_000) }.bytes();
    let honest = [pen.change(&seat, [1; 8], first), pen.change(&seat, [2; 8], paid)];
    room.inject("d1", "chair", frame(space, &honest));
    assert_eq!(room.device("chair").shelf.count(&space), before + 2);
    let elements = room.read("chair", &seat, |document| {
        let lists = document.get_all(ROOT, "a").unwrap();
        lists.iter().map(|(_, list)| document.length(list)).max()
    });
    assert_eq!(elements, Some(5_000));
    say(&mut room, "secretary", space, "and on");
    room.run_until_quiescent();
    assert!(reads(&mut room, "chair", space, "and on"));
}

#[test]
fn a_long_text_is_deleted_at_once_everywhere() {
    let mut room = Room::new(&NAMES);
    let space = room.organisation("secretary", &["chair", "d1"]);
    room.duty("secretary", space, "chair", Duty::Editor, true).unwrap();
    room.run_until_quiescent();
    let draft = DocRef::draft(space, DocId([4; 16]));
    room.edit("chair", draft, |tx| {
        let text = tx.put_object(&ROOT, "text", ObjType::Text).map_err(|error| error.to_string())?;
        tx.splice_text(&text, 0, 0, &"a".repeat(LETTERS)).map_err(|error| error.to_string())
    })
    .unwrap();
    room.run_until_quiescent();
    let length = |room: &mut Room, name: &str| {
        room.read(name, &draft, |document| {
            let (_, text) = document.get(ROOT, "text").unwrap().expect("the text");
            document.length(&text)
        })
    };
    assert_eq!(length(&mut room, "d1"), LETTERS, "the same letter again and again says little, and is paid for");
    room.edit("chair", draft, |tx| {
        let (_, text) = tx.get(ROOT, "text").map_err(|error| error.to_string())?.ok_or("the text")?;
        tx.splice_text(&text, 0, LETTERS as isize, "").map_err(|error| error.to_string())
    })
    .unwrap();
    room.run_until_quiescent();
    for name in NAMES {
        assert_eq!(length(&mut room, name), 0, "{name}");
        room.switch_off(name);
        room.switch_on(name);
        assert_eq!(length(&mut room, name), 0, "{name} from the disk");
    }
}

#[test]
fn whoever_says_to_have_more_logs_than_can_be_is_not_remembered_to() {
    let (mut room, space) = meeting();
    for round in 0..5 {
        let ends = made_up(round * 8_000..(round + 1) * 8_000);
        room.hand("d1", "chair", Message::Ack { space, ends: ends.clone(), lazy: false, run: false }.encode());
        room.hand("d1", "chair", Message::Announce { space, ends }.encode());
    }
    let shared: Vec<_> = room.replica("chair").peers().filter_map(|(_, peer)| peer.spaces.get(&space)).collect();
    assert!(shared.iter().any(|shared| shared.known.len() > 8_000), "they were heard");
    for shared in shared {
        assert!(shared.known.len() <= LOGS_MAX && shared.acked.len() <= LOGS_MAX && shared.missing.len() <= LOGS_MAX);
    }
    say(&mut room, "secretary", space, "and on");
    room.run_until_quiescent();
    assert!(reads(&mut room, "chair", space, "and on"));
}

#[test]
fn whoever_declines_devices_that_nobody_knows_fills_no_memory() {
    let (mut room, space) = meeting();
    let declined =
        |devices: Vec<DeviceId>| Message::Declined { space, devices, ciphers: Vec::new(), code: "quota_device".into() };
    for round in 0..5 {
        room.hand("d1", "chair", declined((round * 8_000..(round + 1) * 8_000).map(device).collect()).encode());
    }
    let noted = |room: &Room| -> usize {
        room.replica("chair").peers().filter_map(|(_, peer)| peer.spaces.get(&space)).map(|shared| shared.declined.len()).sum()
    };
    assert_eq!(noted(&room), 0);
    // Of a device that writes here it is noted.
    let secretary = room.replica("secretary").device();
    room.hand("d1", "chair", declined(vec![secretary]).encode());
    assert_eq!(noted(&room), 1);
}

#[test]
fn spaces_that_are_nowhere_are_not_noted_however_many_are_named() {
    let (mut room, space) = meeting();
    let before: usize = room.replica("chair").peers().map(|(_, peer)| peer.spaces.len()).sum();
    for number in 0..2_000_u32 {
        let mut id = [7; 16];
        id[..4].copy_from_slice(&number.to_be_bytes());
        for live in [false, true] {
            room.hand("d1", "chair", Message::Envelopes { space: SpaceId(id), envelopes: Vec::new(), live }.encode());
        }
    }
    assert_eq!(room.replica("chair").peers().map(|(_, peer)| peer.spaces.len()).sum::<usize>(), before);
    room.run_until_quiescent();
    say(&mut room, "secretary", space, "and on");
    room.run_until_quiescent();
    assert!(reads(&mut room, "chair", space, "and on"));
}

#[test]
fn one_space_named_ten_thousand_times_is_answered_once() {
    let (mut room, space) = meeting();
    let spaces = vec![SpaceDigest { space, digest: Hash32([9; 32]) }; 10_000];
    room.tap();
    room.hand("d1", "chair", Message::Digests { spaces }.encode());
    let answers = room.tapped().into_iter().filter(|(from, to, _)| from == "chair" && to == "d1").count();
    assert_eq!(answers, 1);
}

#[test]
fn what_one_brings_that_cannot_be_decided_yet_pushes_out_nothing_that_others_brought() {
    let (mut room, space) = meeting();
    // The second envelope of a log comes over the secretary, and the first has not come.
    let mut pen = Pen::new(&room, "d1", space, 1);
    let seat = DocRef::seat(space, &room.person("d1"));
    let first = pen.change(&seat, [1; 8], RawChange::first(&pen.actor(&[1; 8])).puts(1).bytes());
    let second = pen.change(&seat, [2; 8], RawChange::first(&pen.actor(&[2; 8])).puts(1).bytes());
    let before = room.device("chair").shelf.count(&space);
    room.hand("secretary", "chair", frame(space, &[second]));
    // Then a flood of envelopes whose authors nobody knows.
    for part in 0..=PARKED_OF_PEER_MAX / 500 * 8 {
        let orphans: Vec<_> =
            (0..500).map(|number| Pen::of_nobody(space, (part * 500 + number) as u64).plain(vec![0; 10])).collect();
        room.hand("d1", "chair", frame(space, &orphans));
    }
    assert_eq!(room.device("chair").shelf.count(&space), before);
    room.hand("secretary", "chair", frame(space, &[first]));
    assert_eq!(room.device("chair").shelf.count(&space), before + 2, "the second had waited");
}

#[test]
fn a_device_begins_no_more_logs_than_a_device_may_and_takes_no_others_place() {
    let (mut room, space) = meeting();
    let seat = DocRef::seat(space, &room.person("d1"));
    let before = room.device("chair").shelf.count(&space);
    for log in 0..LOGS_OF_DEVICE_MAX as u64 * 2 {
        let mut pen = Pen::new(&room, "d1", space, log);
        let change = RawChange::first(&pen.actor(&ACTOR_NONCE)).puts(1).bytes();
        room.hand("d1", "chair", frame(space, &[pen.change(&seat, ACTOR_NONCE, change)]));
    }
    let kept = room.device("chair").shelf.count(&space) - before;
    assert!((1..=LOGS_OF_DEVICE_MAX).contains(&kept), "{kept} logs");
    let seat = DocRef::seat(space, &room.person("secretary"));
    let mut other = Pen::new(&room, "secretary", space, 1);
    let change = RawChange::first(&other.actor(&ACTOR_NONCE)).puts(1).bytes();
    room.hand("secretary", "chair", frame(space, &[other.change(&seat, ACTOR_NONCE, change)]));
    assert_eq!(room.device("chair").shelf.count(&space), before + kept + 1);
}

#[test]
fn changes_that_come_after_what_never_comes_are_kept_and_stand_in_no_document() {
    let (mut room, space) = meeting();
    let seat = DocRef::seat(space, &room.person("d1"));
    let honest = |room: &mut Room, word: &'static str| {
        room.edit("d1", seat, |tx| tx.put(ROOT, word, word).map_err(|error| error.to_string())).unwrap();
        room.run_until_quiescent();
    };
    let heads = |room: &mut Room| room.read("chair", &seat, automerge::Automerge::get_heads);
    honest(&mut room, "before");
    let before = (heads(&mut room), room.device("chair").shelf.count(&space));
    let mut pen = Pen::new(&room, "d1", space, 1);
    let orphans: Vec<_> = (0..ORPHANS)
        .map(|number| {
            let nonce = number.to_be_bytes();
            let change = RawChange { deps: vec![[9; 32]], ..RawChange::first(&pen.actor(&nonce)).puts(1) };
            pen.change(&seat, nonce, change.bytes())
        })
        .collect();
    for part in orphans.chunks(500) {
        room.hand("d1", "chair", frame(space, part));
        assert_eq!(heads(&mut room), before.0);
    }
    assert_eq!(room.device("chair").shelf.count(&space), before.1 + orphans.len(), "what is signed and allowed is kept");
    let saved = |room: &mut Room| room.read("chair", &seat, automerge::Automerge::save).len();
    let size = saved(&mut room);
    room.switch_off("chair");
    room.switch_on("chair");
    assert_eq!(heads(&mut room), before.0, "also from the disk");
    assert_eq!(saved(&mut room), size, "and they are in no snapshot");
    honest(&mut room, "after");
    let read = room.read("chair", &seat, |document| document.get(ROOT, "after").unwrap().is_some());
    assert!(read, "what is honest is shown all the same");
}

#[test]
fn whoever_sends_what_is_here_again_and_again_fills_no_disk_and_keeps_nobody_waiting() {
    let (mut room, space) = meeting();
    let seat = DocRef::seat(space, &room.person("d1"));
    let mut pen = Pen::new(&room, "d1", space, 1);
    let some: Vec<_> = (0..20_u64)
        .map(|number| {
            let nonce = number.to_be_bytes();
            let change = RawChange::first(&pen.actor(&nonce)).puts(1).bytes();
            pen.change(&seat, nonce, change)
        })
        .collect();
    room.hand("d1", "chair", frame(space, &some));
    let before = room.device("chair").shelf.count(&space);
    room.tap();
    for _ in 0..AGAIN {
        room.hand("d1", "chair", frame(space, &some));
    }
    assert_eq!(room.device("chair").shelf.count(&space), before);
    let passed_on = room
        .tapped()
        .into_iter()
        .filter(|(from, to, message)| from == "chair" && to == "secretary" && matches!(message, Message::Envelopes { .. }));
    assert_eq!(passed_on.count(), 0, "nobody else is bothered with it");
    say(&mut room, "secretary", space, "and on");
    room.run_until_quiescent();
    assert!(reads(&mut room, "chair", space, "and on"));
}
