//! Stories of who belongs and who no longer does: a hub, removals, revocations, a disk put back.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use domain::id::SpaceId;
use domain::meeting::MeetingRole::{Chair, Delegate};
use harness::Room;
use sync::DocRef;
use sync::port::Shelf as _;

/// Puts a word into the meeting's document.
fn say(room: &mut Room, name: &str, space: SpaceId, word: &str) {
    room.edit(name, DocRef::meeting(space), |tx| {
        automerge::transaction::Transactable::put(tx, automerge::ROOT, word, word).map_err(|error| error.to_string())
    })
    .unwrap();
}

/// Does somebody read the word there.
fn reads(room: &mut Room, name: &str, space: SpaceId, word: &str) -> bool {
    room.read(name, &DocRef::meeting(space), |document| {
        automerge::ReadDoc::get(document, automerge::ROOT, word).unwrap().is_some()
    })
}

#[test]
fn two_members_who_never_meet_exchange_everything_through_a_hub_that_reads_nothing() {
    let mut room = Room::new(&["secretary", "chair", "d1"]);
    room.hub("hub", "secretary");
    room.star("hub");
    let space = room.sitting("secretary", &[("chair", Chair), ("d1", Delegate)]);
    let canary = "bi mat cua phien hop";
    say(&mut room, "secretary", space, canary);
    let blob = room.add_blob("secretary", space, canary.repeat(500).as_bytes());
    room.run_until_quiescent();
    room.switch_off("secretary");
    say(&mut room, "chair", space, "and an answer");
    room.want_blob("d1", space, &blob);
    room.run_until_quiescent();
    room.wait_ms(20_000);
    for word in [canary, "and an answer"] {
        assert!(reads(&mut room, "d1", space, word), "{word}");
    }
    assert_eq!(room.blob("d1", space, &blob).unwrap(), canary.repeat(500).as_bytes(), "the file came from the hub");
    let shelf = &room.device("hub").shelf;
    assert!(shelf.count(&space) > 0 && !shelf.holds(canary.as_bytes()));
    assert_eq!(shelf.space_keys(&space).unwrap().len(), 0, "the hub has no key");
}

#[test]
fn a_hub_carries_no_personal_space() {
    let mut room = Room::new(&["secretary", "chair"]);
    room.hub("hub", "secretary");
    room.run_until_quiescent();
    let personal = room.replica("chair").spaces_of(sync::control::SpaceKind::Personal);
    assert_eq!(personal.len(), 1);
    assert_eq!(room.device("hub").shelf.count(&personal[0]), 0);
}

#[test]
fn a_hub_whose_certificate_is_revoked_gets_nothing_more() {
    let mut room = Room::new(&["secretary", "chair"]);
    room.hub("hub", "secretary");
    let space = room.sitting("secretary", &[("chair", Chair)]);
    room.run_until_quiescent();
    let before = room.device("hub").shelf.count(&space);
    assert!(before > 0);
    room.revoke("secretary", "hub").unwrap();
    room.run_until_quiescent();
    say(&mut room, "secretary", space, "later");
    say(&mut room, "chair", space, "later still");
    room.heal();
    assert_eq!(room.device("hub").shelf.count(&space), before);
    assert!(reads(&mut room, "chair", space, "later"));
}

#[test]
fn only_an_administrator_makes_a_hub() {
    let mut room = Room::new(&["secretary", "chair", "d1"]);
    let device = room.replica("d1").device();
    assert!(room.directory_op("chair", sync::control::ControlOp::Hub { device, carries: true }).is_err());
    assert!(!room.replica("secretary").directory().unwrap().is_hub(&device));
}

#[test]
fn what_a_lost_device_wrote_unseen_is_void_on_every_screen_whatever_came_first() {
    let mut room = Room::new(&["secretary", "chair", "d1", "d2"]);
    let space = room.sitting("secretary", &[("chair", Chair), ("d1", Delegate), ("d2", Delegate)]);
    say(&mut room, "chair", space, "seen");
    room.run_until_quiescent();
    // The chair's laptop is stolen; its thief meets d1 before the revocation does.
    room.partition(&[&["chair", "d1"], &["secretary", "d2"]]);
    say(&mut room, "chair", space, "unseen");
    room.run_until_quiescent();
    assert!(reads(&mut room, "d1", space, "unseen"), "nobody has told d1 yet");
    room.revoke("secretary", "chair").unwrap();
    room.heal();
    for name in ["secretary", "d1", "d2"] {
        assert!(reads(&mut room, name, space, "seen"), "{name}");
        assert!(!reads(&mut room, name, space, "unseen"), "{name}");
    }
    assert!(room.same(space, &["secretary", "d1", "d2"]), "they hold the same, also what is void");
}

#[test]
fn a_lost_device_that_had_never_written_is_no_exception() {
    let mut room = Room::new(&["secretary", "chair", "d1", "d2"]);
    let space = room.sitting("secretary", &[("chair", Chair), ("d1", Delegate), ("d2", Delegate)]);
    room.partition(&[&["chair", "d1"], &["secretary", "d2"]]);
    say(&mut room, "chair", space, "unseen");
    room.run_until_quiescent();
    // The secretary has nothing of this log yet when the device is revoked.
    room.revoke("secretary", "chair").unwrap();
    room.run_until_quiescent();
    room.heal();
    room.switch_off("d2");
    room.switch_on("d2");
    for name in ["secretary", "d1", "d2"] {
        assert!(!reads(&mut room, name, space, "unseen"), "{name}");
    }
}

#[test]
fn what_others_built_on_before_they_knew_stays() {
    let mut room = Room::new(&["secretary", "chair", "d1"]);
    let space = room.sitting("secretary", &[("chair", Chair), ("d1", Chair)]);
    room.partition(&[&["chair", "d1"], &["secretary"]]);
    say(&mut room, "chair", space, "unseen");
    room.run_until_quiescent();
    say(&mut room, "d1", space, "on top of it");
    room.revoke("secretary", "chair").unwrap();
    room.heal();
    for name in ["secretary", "d1"] {
        assert!(reads(&mut room, name, space, "unseen") && reads(&mut room, name, space, "on top of it"), "{name}");
    }
}

#[test]
fn who_was_removed_gets_no_later_key_and_two_who_remove_each_other_are_both_out() {
    let mut room = Room::new(&["secretary", "chair", "d1", "d2"]);
    let space = room.sitting("secretary", &[("chair", Chair), ("d1", Chair), ("d2", Delegate)]);
    room.run_until_quiescent();
    let (chair, d1) = (room.person("chair"), room.person("d1"));
    room.partition(&[&["chair"], &["d1"], &["secretary", "d2"]]);
    room.remove("chair", space, d1).unwrap();
    room.remove("d1", space, chair).unwrap();
    // The secretary hears both before anybody else does.
    room.partition(&[&["secretary", "d2"]]);
    room.heal_between("secretary", "chair");
    room.heal_between("secretary", "d1");
    room.heal();
    room.wait_ms(10_000);
    let access = room.replica("secretary").access(&space).unwrap().clone();
    assert!(!access.is_member(&d1) || !access.is_member(&chair), "at least who was removed first is out");
    say(&mut room, "secretary", space, "among ourselves");
    room.run_until_quiescent();
    assert!(reads(&mut room, "d2", space, "among ourselves"));
    let newest = room.device("secretary").shelf.space_keys(&space).unwrap().last().unwrap().0;
    let out = if access.is_member(&d1) { "chair" } else { "d1" };
    assert!(room.device(out).shelf.space_keys(&space).unwrap().iter().all(|(epoch, _)| *epoch < newest));
}

#[test]
fn who_was_removed_and_invited_again_writes_on() {
    let mut room = Room::new(&["secretary", "chair", "d1"]);
    let space = room.sitting("secretary", &[("chair", Chair), ("d1", Delegate)]);
    say(&mut room, "chair", space, "before");
    room.run_until_quiescent();
    let person = room.person("chair");
    room.isolate("chair");
    say(&mut room, "chair", space, "meanwhile");
    room.remove("secretary", space, person).unwrap();
    room.run_until_quiescent();
    room.invite("secretary", space, person, Chair);
    room.heal();
    say(&mut room, "chair", space, "again");
    room.heal();
    for name in ["secretary", "chair", "d1"] {
        assert!(reads(&mut room, name, space, "before") && reads(&mut room, name, space, "again"), "{name}");
        assert!(!reads(&mut room, name, space, "meanwhile"), "{name}");
    }
}

#[test]
fn a_disk_put_back_gets_what_it_lacks_also_of_its_own_and_goes_on() {
    let mut room = Room::new(&["secretary", "chair", "d1"]);
    let space = room.sitting("secretary", &[("chair", Chair), ("d1", Delegate)]);
    say(&mut room, "chair", space, "in the backup");
    room.run_until_quiescent();
    let backup = room.device("chair").shelf.clone();
    for number in 0..12 {
        say(&mut room, "chair", space, &format!("after it {number}"));
    }
    room.run_until_quiescent();
    room.restore("chair", backup);
    room.heal();
    say(&mut room, "chair", space, "and on");
    room.heal();
    for name in ["secretary", "chair", "d1"] {
        for word in ["in the backup", "after it 0", "after it 11", "and on"] {
            assert!(reads(&mut room, name, space, word), "{name}: {word}");
        }
    }
    assert!(room.same(space, &["secretary", "chair", "d1"]));
}

#[test]
fn a_device_that_stops_right_after_a_key_came_still_counts_the_ballots_before_it() {
    let mut room = Room::new(&["secretary", "chair", "late"]);
    let space = room.sitting("secretary", &[("chair", Chair)]);
    let vote = room.open_vote("chair", space, "ubnd-majority");
    room.run_until_quiescent();
    room.cast("chair", space, vote, domain::vote::Choice::For).unwrap();
    room.run_until_quiescent();
    let person = room.person("late");
    room.invite("secretary", space, person, Delegate);
    // The power fails at whatever commit: from then on only the disk counts.
    while room.device("late").shelf.space_keys(&space).unwrap().is_empty() {
        assert!(room.deliver_one(), "the key comes");
    }
    room.switch_off("late");
    room.switch_on("late");
    assert_eq!(room.tally("late", space, vote).unwrap().outcome.counted, 1);
}

#[test]
fn a_device_that_its_owner_revoked_falls_silent_instead_of_making_keys_for_ever() {
    let mut room = Room::new(&["secretary", "chair"]);
    let space = room.sitting("secretary", &[("chair", Chair)]);
    room.run_until_quiescent();
    room.revoke("chair", "chair").unwrap();
    room.run_until_quiescent();
    let before = room.device("chair").shelf.count(&space);
    room.wait_ms(60_000);
    assert_eq!(room.device("chair").shelf.count(&space), before);
    assert!(room.act("chair", DocRef::meeting(space), signing::Act::CheckedIn { space, at: Default::default() }).is_err());
}
