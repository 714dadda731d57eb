//! Papers that are withdrawn after a sitting: the bytes go, everywhere; that they were there stays.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use domain::id::SpaceId;
use domain::meeting::BlobRef;
use domain::meeting::MeetingRole::{Chair, Delegate};
use harness::Room;
use sync::port::Shelf as _;

const NAMES: [&str; 4] = ["secretary", "chair", "d1", "d2"];

/// What is on somebody's disk of a file, read past the program: whole, in part, or only expected.
fn on_disk(room: &Room, name: &str, file: &BlobRef) -> bool {
    room.device(name).shelf.blob(&file.cipher).unwrap().is_some()
}

/// A sitting whose members all have a paper, and a hub that carries it.
fn handed_out() -> (Room, SpaceId, BlobRef) {
    let mut room = Room::new(&NAMES);
    room.hub("hub", "secretary");
    let space = room.sitting("secretary", &[("chair", Chair), ("d1", Delegate), ("d2", Delegate)]);
    let paper = room.add_blob("secretary", space, &vec![7; 700_000]);
    for name in ["chair", "d1", "d2"] {
        room.want_blob(name, space, &paper);
    }
    room.run_until_quiescent();
    for name in ["chair", "d1", "d2", "hub"] {
        assert!(room.replica(name).has_blob(&paper.cipher), "{name}");
    }
    (room, space, paper)
}

#[test]
fn a_withdrawn_paper_leaves_every_disk_the_hubs_too_and_a_device_that_was_off_follows_at_its_next_contact() {
    let (mut room, space, paper) = handed_out();
    room.switch_off("d2");
    room.withdraw("chair", space, &[paper]).unwrap();
    assert!(!on_disk(&room, "chair", &paper), "here at once");
    room.run_until_quiescent();
    for name in ["secretary", "chair", "d1", "hub"] {
        assert!(!on_disk(&room, name, &paper) && !room.replica(name).has_blob(&paper.cipher), "{name}");
        assert!(room.replica(name).is_withdrawn(&space, &paper.cipher), "{name}");
    }
    assert!(on_disk(&room, "d2", &paper), "who was not reached has it still");
    room.switch_on("d2");
    assert!(!on_disk(&room, "d2", &paper));
    assert!(room.same(space, &NAMES));
}

#[test]
fn who_joins_afterwards_never_gets_the_bytes_and_nobody_fetches_them_again() {
    let (mut room, space, paper) = handed_out();
    room.withdraw("secretary", space, &[paper]).unwrap();
    room.run_until_quiescent();
    room.further_device("d1-tablet", "d1");
    room.run_until_quiescent();
    for name in ["d1-tablet", "d1", "chair"] {
        room.want_blob(name, space, &paper);
    }
    room.run_until_quiescent();
    for name in ["d1-tablet", "d1", "chair", "hub"] {
        assert!(!on_disk(&room, name, &paper), "{name}");
    }
}

#[test]
fn a_paper_that_is_half_here_when_it_is_withdrawn_goes_too() {
    let mut room = Room::new(&NAMES);
    let space = room.sitting("secretary", &[("chair", Chair), ("d1", Delegate), ("d2", Delegate)]);
    let paper = room.add_blob("secretary", space, &vec![9; 3 << 20]);
    room.want_blob("d1", space, &paper);
    // One range has come, the others are on their way.
    while room.device("d1").shelf.blob_ranges(&paper.cipher).unwrap().is_empty() {
        assert!(room.deliver_one(), "something comes");
    }
    room.isolate("d1");
    assert!(on_disk(&room, "d1", &paper) && !room.replica("d1").has_blob(&paper.cipher));
    room.withdraw("secretary", space, &[paper]).unwrap();
    room.run_until_quiescent();
    room.heal();
    assert!(!on_disk(&room, "d1", &paper));
    assert_eq!(room.replica("d1").blobs_wanted(), 0);
}

#[test]
fn nobody_but_chair_and_secretary_withdraws_and_another_meetings_paper_is_not_touched() {
    let (mut room, space, paper) = handed_out();
    assert_eq!(room.withdraw("d1", space, &[paper]).unwrap_err().code(), "not_allowed");
    // Who leads one meeting names a paper of another.
    let own = room.sitting("d1", &[("d2", Delegate)]);
    room.withdraw("d1", own, &[paper]).unwrap();
    room.run_until_quiescent();
    for name in NAMES {
        assert!(room.replica(name).has_blob(&paper.cipher), "{name}");
        assert!(!room.replica(name).is_withdrawn(&space, &paper.cipher), "{name}");
    }
}

#[test]
fn a_full_disk_delays_the_erasing_and_does_not_prevent_it() {
    let (mut room, space, paper) = handed_out();
    room.disk_full("d1", true);
    room.withdraw("secretary", space, &[paper]).unwrap();
    room.run_until_quiescent();
    assert!(on_disk(&room, "d1", &paper), "nothing could be written down");
    room.disk_full("d1", false);
    room.switch_off("d1");
    room.switch_on("d1");
    assert!(!on_disk(&room, "d1", &paper));
}
