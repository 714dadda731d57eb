//! What a hostile member's bytes cost the device that takes them in: `cost [NAME]`. To be run by hand, optimised, on Linux.
//!
//! For each attack a frame of up to 1 MiB is made (that is not counted), handed to the chair, and what it changed is read; then the
//! chair starts again from the disk and reads. Prints one JSON line for each: bytes on the wire, envelopes that were kept, milliseconds
//! and megabytes above what was in use before, for taking in and reading, and for starting and reading again.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "run by hand: what cannot be measured ends it")]

use std::time::Instant;

use domain::id::SpaceId;
use domain::meeting::MeetingRole::{Chair, Delegate};
use harness::Room;
use harness::change::{RawChange, packed};
use harness::forgery::{Pen, frame};
use sync::DocRef;
use sync::envelope::Verified;
use sync::limits::{OPERATION_BYTES, OPERATIONS_FREE};

/// What one frame of the sync lane carries, with room for what stands around envelopes.
const WIRE_BYTES: usize = (1 << 20) - (16 << 10);
/// Bytes that pay for operations in one envelope.
const PAID: usize = 480 << 10;
/// Bytes that a packed change becomes when it is inflated.
const INFLATED: usize = 256 << 20;
/// Operations that the largest changes claim.
const CLAIMED: u64 = 20_000_000;

type Make = fn(&[u8], u64) -> Vec<u8>;

/// Attacks by what one change claims.
const ATTACKS: [(&str, Make); 9] = [
    ("puts-many", |actor, _| RawChange::first(actor).puts(CLAIMED).bytes()),
    ("list-many", |actor, _| RawChange::first(actor).list(CLAIMED).bytes()),
    ("replaced-many", |actor, _| RawChange::first(actor).replacing(CLAIMED).bytes()),
    // As much as is taken for nothing, in as many envelopes as fit; and one that pays.
    ("puts-at-limit", |actor, ops| RawChange::first(actor).puts(ops).bytes()),
    ("list-at-limit", |actor, ops| RawChange::first(actor).list(ops).bytes()),
    ("list-paid", |actor, _| {
        let message = " ".repeat(PAID);
        RawChange { message, ..RawChange::first(actor).list(PAID as u64 / OPERATION_BYTES) }.bytes()
    }),
    // Spelled well, and replaces what is not there.
    ("unsound", |actor, _| RawChange::first(actor).replacing(1).bytes()),
    // Comes after what will never come.
    ("orphans", |actor, _| RawChange { deps: vec![[9; 32]], ..RawChange::first(actor).puts(1) }.bytes()),
    // Packed; automerge would inflate each.
    ("packed", |actor, _| packed(actor, INFLATED)),
];

fn memory(field: &str) -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").expect("Linux");
    let line = status.lines().find(|line| line.starts_with(field)).expect("a line of the process's memory");
    let kilobytes: f64 = line.split_whitespace().nth(1).and_then(|word| word.parse().ok()).expect("kilobytes");
    kilobytes / 1024.0
}

/// Milliseconds, and megabytes at the highest above those at the beginning.
fn measured(work: impl FnOnce()) -> (f64, f64) {
    std::fs::write("/proc/self/clear_refs", "5").expect("the highest mark begins anew");
    let before = memory("VmRSS");
    let began = Instant::now();
    work();
    let ms = began.elapsed().as_secs_f64() * 1_000.0;
    (ms, memory("VmHWM") - before)
}

/// As many envelopes as one frame carries, each with its own actor, so that none depends on another.
fn envelopes(room: &Room, space: SpaceId, target: &DocRef, make: Make, ops: u64, bytes_max: usize) -> Vec<Verified> {
    let mut pen = Pen::new(room, "d1", space, 77);
    let (mut made, mut bytes) = (Vec::new(), 0);
    for number in 0_u64.. {
        let nonce = number.to_be_bytes();
        let envelope = pen.change(target, nonce, make(&pen.actor(&nonce), ops));
        bytes += envelope.bytes.len() + 5;
        if bytes > bytes_max {
            break;
        }
        made.push(envelope);
    }
    made
}

fn attack(name: &str, make: Make, ops: u64, bytes_max: usize) {
    let mut room = Room::new(&["secretary", "chair", "d1"]);
    let space = room.sitting("secretary", &[("chair", Chair), ("d1", Delegate)]);
    let seat = DocRef::seat(space, &room.person("d1"));
    room.read("chair", &seat, automerge::Automerge::get_heads);
    let envelopes = envelopes(&room, space, &seat, make, ops, bytes_max);
    let wire = frame(space, &envelopes);
    let (bytes, before) = (wire.len(), room.device("chair").shelf.count(&space));
    let (ms, mb) = measured(|| {
        room.hand("d1", "chair", wire);
        room.read("chair", &seat, automerge::Automerge::get_heads);
    });
    let kept = room.device("chair").shelf.count(&space) - before;
    let (start_ms, start_mb) = measured(|| {
        room.switch_off("chair");
        room.switch_on("chair");
        room.read("chair", &seat, automerge::Automerge::get_heads);
    });
    println!(
        "{{\"attack\":\"{name}\",\"wire_bytes\":{bytes},\"envelopes\":{},\"kept\":{kept},\"ms\":{ms:.0},\"mb\":{mb:.0},\"start_ms\":{start_ms:.0},\"start_mb\":{start_mb:.0}}}",
        envelopes.len()
    );
}

fn main() {
    // What automerge panics on is part of what is measured, what it says of it is not.
    std::panic::set_hook(Box::new(|_| {}));
    let mut words = std::env::args().skip(1);
    let wanted = words.next();
    let ops = words.next().and_then(|word| word.parse().ok()).unwrap_or(OPERATIONS_FREE);
    let bytes_max = words.next().and_then(|word| word.parse().ok()).unwrap_or(WIRE_BYTES);
    for (name, make) in ATTACKS.into_iter().filter(|(name, _)| wanted.as_deref().is_none_or(|wanted| wanted == *name)) {
        attack(name, make, ops, bytes_max);
    }
}
