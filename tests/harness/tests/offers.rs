//! Files that are offered to a hub by members with programs of their own.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use domain::id::SpaceId;
use domain::meeting::MeetingRole::Delegate;
use harness::Room;
use sync::limits::STRIKES_MAX;
use sync::wire::{Message, OfferedBlob};

/// A sitting, and a hub that carries it.
fn sitting() -> (Room, SpaceId) {
    let mut room = Room::new(&["secretary", "rogue", "d1"]);
    room.hub("hub", "secretary");
    let space = room.sitting("secretary", &[("rogue", Delegate), ("d1", Delegate)]);
    room.run_until_quiescent();
    (room, space)
}

fn file(number: u32) -> Vec<u8> {
    (0..1_400_000_u32).map(|at| (at.wrapping_mul(31) ^ number) as u8).collect()
}

/// What the rogue says of a file that the secretary has, or will have.
fn offers(room: &mut Room, space: SpaceId, bytes: &[u8], size: impl FnOnce(u64) -> u64) {
    let (blob, _) = room.replica("secretary").encrypt_blob(&space, bytes).unwrap();
    let blobs = vec![OfferedBlob { space, cipher: blob.cipher, size: size(blob.size) }];
    room.hand("rogue", "hub", Message::BlobOffer { blobs }.encode());
}

/// How often the hub has blamed anybody: while people came in, a greeting may have come twice.
fn blamed(room: &Room) -> u32 {
    room.replica("hub").peers().map(|(_, peer)| peer.strikes).sum()
}

#[test]
fn who_says_a_wrong_size_before_the_owner_keeps_no_file_from_the_hub_and_gets_nobody_blamed() {
    let (mut room, space) = sitting();
    let wrong: [fn(u64) -> u64; 5] = [|size| size - 1, |size| size + 1, |_| 1, |size| size * 2, |size| size - (1 << 20)];
    let (mut files, before) = (Vec::new(), blamed(&room));
    // Enough to have the owner left, were it blamed for each.
    for number in 0..STRIKES_MAX + 2 {
        let bytes = file(number);
        offers(&mut room, space, &bytes, wrong[number as usize % wrong.len()]);
        room.run_until_quiescent();
        files.push((room.add_blob("secretary", space, &bytes), bytes));
        room.run_until_quiescent();
        assert_eq!(blamed(&room), before, "the hub blames somebody who is honest");
    }
    room.isolate("secretary");
    for (blob, bytes) in files {
        assert!(room.replica("hub").has_blob(&blob.cipher));
        room.want_blob("d1", space, &blob);
        room.run_until_quiescent();
        assert_eq!(room.blob("d1", space, &blob), Some(bytes), "the hub hands it on as it is");
    }
}

#[test]
fn a_wrong_size_that_is_said_while_the_file_is_on_its_way_changes_nothing() {
    let (mut room, space) = sitting();
    let (bytes, before) = (file(1), blamed(&room));
    let blob = room.add_blob("secretary", space, &bytes);
    for _ in 0..3 {
        offers(&mut room, space, &bytes, |size| size + 1);
        room.deliver_one();
    }
    room.run_until_quiescent();
    assert!(room.replica("hub").has_blob(&blob.cipher));
    assert_eq!(blamed(&room), before, "the hub blames somebody who is honest");
}
