//! A megabyte on the wire that wants to become a gigabyte in memory. In a program of its own: the memory that is looked at is the whole program's.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::io::Write as _;

use automerge::transaction::Transactable;
use automerge::{Automerge, Change, ROOT, ReadDoc};
use domain::meeting::MeetingRole::{Chair, Delegate};
use flate2::Compression;
use flate2::write::DeflateEncoder;
use harness::Room;
use harness::change::{RawChange, column, packed, with_checksum};
use harness::forgery::{ACTOR_NONCE, Pen, frame};
use sync::DocRef;

/// What each packed change becomes when it is inflated.
const INFLATED: usize = 256 << 20;
/// What a frame may carry.
const WIRE_BYTES: usize = 1 << 20;
/// What it may cost the device that takes it in.
const MEMORY_BYTES_MAX: u64 = 64 << 20;
/// Says of a column that its data is packed.
const PACKED_COLUMN: u32 = 8;
/// Bytes of a chunk before its type.
const CHUNK_TYPE_AT: usize = 8;

/// Makes the bytes of a change for an actor.
type Bomb = fn(&[u8]) -> Vec<u8>;

/// Bytes of memory of this program: now (`VmRSS`), or the most since it was asked to begin anew (`VmHWM`).
fn memory(field: &str) -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with(field)).unwrap();
    line.split_whitespace().nth(1).unwrap().parse::<u64>().unwrap() << 10
}

fn deflated(bytes: &[u8]) -> Vec<u8> {
    let mut packer = DeflateEncoder::new(Vec::new(), Compression::best());
    packer.write_all(bytes).unwrap();
    packer.finish().unwrap()
}

/// The same chunk as if it were another kind.
fn as_kind(mut chunk: Vec<u8>, kind: u8) -> Vec<u8> {
    chunk[CHUNK_TYPE_AT] = kind;
    with_checksum(chunk)
}

/// A whole document, whose columns are packed.
fn a_document() -> Vec<u8> {
    let mut document = Automerge::new();
    let mut tx = document.transaction();
    (0..200).for_each(|number| tx.put(ROOT, format!("key {number}"), " ".repeat(5_000)).unwrap());
    tx.commit();
    document.save()
}

fn with_packed_column(actor: &[u8]) -> Vec<u8> {
    let data = deflated(&[0; 1 << 20]);
    RawChange { columns: vec![(column::KEY_TEXT | PACKED_COLUMN, data)], ..RawChange::first(actor) }.bytes()
}

#[test]
fn what_wants_to_be_unpacked_is_refused_and_costs_no_memory() {
    // So that the attack is one: automerge takes such a change, a small one here, and inflates it.
    let small = Change::from_bytes(packed(&[7; 16], 3 << 20)).unwrap();
    assert_eq!(small.message().map(str::len), Some(3 << 20));
    drop(small);

    let mut room = Room::new(&["secretary", "chair", "d1"]);
    let space = room.sitting("secretary", &[("chair", Chair), ("d1", Delegate)]);
    let seat = DocRef::seat(space, &room.person("d1"));
    room.read("chair", &seat, Automerge::get_heads);
    let bombs: [Bomb; 5] = [
        |actor| packed(actor, INFLATED),
        |actor| packed(actor, INFLATED),
        |_| a_document(),
        with_packed_column,
        |actor| as_kind(with_packed_column(actor), 3),
    ];
    // Each as the beginning of a log, so that the refusal of one is not that of the others.
    let envelopes: Vec<_> = bombs
        .into_iter()
        .zip(1..)
        .map(|(bomb, log)| {
            let mut pen = Pen::new(&room, "d1", space, log);
            let bomb = bomb(&pen.actor(&ACTOR_NONCE));
            pen.change(&seat, ACTOR_NONCE, bomb)
        })
        .collect();
    let wire = frame(space, &envelopes);
    assert!(wire.len() > WIRE_BYTES / 3 && wire.len() <= WIRE_BYTES, "{}", wire.len());

    let kept = room.device("chair").shelf.count(&space);
    std::fs::write("/proc/self/clear_refs", "5").unwrap();
    let before = memory("VmRSS");
    room.hand("d1", "chair", wire);
    room.read("chair", &seat, Automerge::get_heads);
    room.switch_off("chair");
    room.switch_on("chair");
    room.read("chair", &seat, Automerge::get_heads);
    let grown = memory("VmHWM").saturating_sub(before);
    assert!(grown < MEMORY_BYTES_MAX, "{grown} bytes of memory");
    assert_eq!(room.device("chair").shelf.count(&space), kept, "nothing of it is kept");

    // Who sent it writes on honestly, and is read.
    let mut pen = Pen::new(&room, "d1", space, 1);
    let change = RawChange::first(&pen.actor(&ACTOR_NONCE)).puts(1).bytes();
    room.inject("d1", "chair", frame(space, &[pen.change(&seat, ACTOR_NONCE, change)]));
    assert_eq!(room.device("chair").shelf.count(&space), kept + 1);
    assert!(room.read("chair", &seat, |document| document.get(ROOT, "a").unwrap().is_some()));
}
