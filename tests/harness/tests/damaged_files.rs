//! A file on somebody's disk is not any more what was written: nobody is given it, and it comes again from others.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use domain::id::SpaceId;
use domain::meeting::BlobRef;
use domain::meeting::MeetingRole::{Chair, Delegate};
use harness::Room;
use sync::wire::Message;

/// More than is asked for at a time.
const FILE_BYTES: usize = 1_300_000;

fn plain() -> Vec<u8> {
    (0..FILE_BYTES).map(|at| (at % 251) as u8).collect()
}

/// The secretary's file is with the chair; the delegate has not asked for it yet.
fn meeting() -> (Room, SpaceId, BlobRef) {
    let mut room = Room::new(&["secretary", "chair", "d1"]);
    let space = room.sitting("secretary", &[("chair", Chair), ("d1", Delegate)]);
    let blob = room.add_blob("secretary", space, &plain());
    room.want_blob("chair", space, &blob);
    room.run_until_quiescent();
    assert_eq!(room.blob("chair", space, &blob), Some(plain()));
    (room, space, blob)
}

fn has(room: &Room, name: &str, blob: &BlobRef) -> bool {
    room.replica(name).has_blob(&blob.cipher)
}

#[test]
fn a_damaged_file_is_given_to_nobody_and_who_has_it_is_not_taken_for_a_liar() {
    for warm in [false, true] {
        let (mut room, space, blob) = meeting();
        if warm {
            // The chair's device has given it away before and remembers what it is made of.
            room.isolate("secretary");
            room.further_device("d1b", "d1");
            room.run_until_quiescent();
            room.want_blob("d1b", space, &blob);
            room.run_until_quiescent();
            assert_eq!(room.blob("d1b", space, &blob), Some(plain()));
            room.isolate("d1b");
        }
        room.isolate("secretary");
        room.flip_blob_bit("chair", &blob, FILE_BYTES / 2);
        room.want_blob("d1", space, &blob);
        room.run_until_quiescent();
        room.wait_ms(60_000);
        assert!(!has(&room, "d1", &blob) && !has(&room, "chair", &blob), "it is seen that it is damaged");
        let still = room.replica("d1").peers().any(|(_, peer)| peer.device() == Some(room.replica("chair").device()));
        assert!(still, "and nobody is left for it");
        room.heal();
        room.run_until_quiescent();
        room.wait_ms(60_000);
        for name in ["chair", "d1"] {
            assert_eq!(room.blob(name, space, &blob), Some(plain()), "{name} has it from the secretary");
        }
    }
}

#[test]
fn a_file_that_its_reader_finds_damaged_comes_again_and_a_sound_one_is_left_alone() {
    let (mut room, space, blob) = meeting();
    room.tap();
    room.recheck_blob("chair", &blob);
    room.run_until_quiescent();
    let asked =
        room.tapped().into_iter().any(|(from, _, message)| from == "chair" && matches!(message, Message::BlobQuery { .. }));
    assert!(!asked && has(&room, "chair", &blob));
    room.flip_blob_bit("chair", &blob, 5);
    assert_ne!(room.blob("chair", space, &blob), Some(plain()));
    room.recheck_blob("chair", &blob);
    room.run_until_quiescent();
    assert_eq!(room.blob("chair", space, &blob), Some(plain()));
    room.switch_off("chair");
    room.switch_on("chair");
    assert_eq!(room.blob("chair", space, &blob), Some(plain()));
}

#[test]
fn a_file_that_nobody_could_bring_yet_is_still_wanted_after_a_restart() {
    let (mut room, space, blob) = meeting();
    room.isolate("chair");
    room.flip_blob_bit("chair", &blob, FILE_BYTES - 1);
    room.recheck_blob("chair", &blob);
    assert!(!has(&room, "chair", &blob));
    room.switch_off("chair");
    room.switch_on("chair");
    room.heal();
    room.run_until_quiescent();
    room.wait_ms(60_000);
    assert_eq!(room.blob("chair", space, &blob), Some(plain()));
}
