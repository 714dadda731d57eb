//! Stories of who belongs and who no longer does: a hub, removals, revocations, a disk put back.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use domain::id::{PersonId, SpaceId};
use domain::meeting::MeetingRole::{Chair, Delegate};
use harness::Room;
use harness::forgery::Pen;
use sync::DocRef;
use sync::control::ControlOp;
use sync::port::Shelf as _;
use sync::wire::Message;

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
fn a_hub_passes_on_who_is_there_and_cannot_read_it() {
    let mut room = Room::new(&["secretary", "chair", "outsider"]);
    room.hub("hub", "secretary");
    room.star("hub");
    let space = room.sitting("secretary", &[("chair", Chair)]);
    room.run_until_quiescent();
    let canary = b"o trang 3 cua du thao mat";
    room.tap();
    room.beat("chair", space, canary);
    room.run_until_quiescent();
    let tapped = room.tapped();
    let to = |name: &str| tapped.iter().filter(|(_, to, message)| to == name && matches!(message, Message::Beat { .. })).count();
    assert!(to("hub") > 0 && to("secretary") > 0, "the only way is over the hub");
    assert_eq!(to("outsider"), 0);
    for (_, _, message) in &tapped {
        let bytes = message.encode();
        assert!(!bytes.windows(canary.len()).any(|window| window == canary), "{message:?}");
    }
    assert_eq!(room.device("secretary").heard, [canary.to_vec()]);
    assert!(room.device("hub").heard.is_empty() && room.device("outsider").heard.is_empty());
    assert!(!room.device("hub").shelf.holds(canary), "and nobody keeps it");
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
fn who_was_removed_is_told_by_whom_and_keeps_what_was_there() {
    let mut room = Room::new(&["secretary", "chair", "d1", "d2"]);
    let space = room.sitting("secretary", &[("chair", Chair), ("d1", Delegate), ("d2", Delegate)]);
    say(&mut room, "chair", space, "before");
    room.run_until_quiescent();
    let (d1, d2) = (room.person("d1"), room.person("d2"));
    let secretary = room.replica("secretary").device();
    room.isolate("d2");
    room.remove("secretary", space, d1).unwrap();
    room.remove("secretary", space, d2).unwrap();
    room.run_until_quiescent();
    say(&mut room, "chair", space, "after");
    room.run_until_quiescent();
    assert_eq!(room.replica("d1").left(&space).map(|left| left.by), Some(secretary), "at once, while it is connected");
    assert!(room.replica("d2").left(&space).is_none(), "nobody could tell it yet");
    // Somebody else than who decided it may be the first to meet it.
    room.heal_between("d2", "chair");
    assert_eq!(room.replica("d2").left(&space).map(|left| left.by), Some(secretary), "as soon as it comes back");
    assert!(room.replica("chair").left(&space).is_none() && room.replica("secretary").left(&space).is_none());
    for name in ["d1", "d2"] {
        assert!(reads(&mut room, name, space, "before") && !reads(&mut room, name, space, "after"), "{name}");
    }

    // Who is invited again is told nothing any more.
    room.invite("secretary", space, d1, Delegate);
    room.heal();
    room.wait_ms(10_000);
    assert!(room.replica("d1").left(&space).is_none());
    assert!(reads(&mut room, "d1", space, "after"));
}

#[test]
fn a_removal_is_believed_of_those_who_may_decide_it_and_only_about_oneself() {
    let mut room = Room::new(&["secretary", "chair", "d1", "d2"]);
    let space = room.sitting("secretary", &[("chair", Chair), ("d1", Delegate), ("d2", Delegate)]);
    room.run_until_quiescent();
    let (d1, d2) = (room.person("d1"), room.person("d2"));
    let removal = |room: &Room, author: &str, person: PersonId| {
        let envelope = Pen::new(room, author, space, 9).decide(&ControlOp::Remove { person, seen: Vec::new() });
        Message::Left { space, envelope: envelope.bytes.into() }.encode()
    };
    // A delegate with a program of their own takes somebody out, and shows somebody what was said of another.
    for (author, person) in [("d2", d1), ("chair", d2)] {
        let shown = removal(&room, author, person);
        room.hand("d2", "d1", shown);
        assert!(room.replica("d1").left(&space).is_none(), "{author}");
    }
    let mut changed = removal(&room, "chair", d1);
    let last = changed.len() - 1;
    changed[last] ^= 1;
    room.hand("d2", "d1", changed);
    assert!(room.replica("d1").left(&space).is_none(), "one bit was changed");
    // Whoever brings it, the chair's own word is the chair's.
    let true_one = removal(&room, "chair", d1);
    room.hand("d2", "d1", true_one);
    let chair = room.replica("chair").device();
    assert_eq!(room.replica("d1").left(&space).map(|left| left.by), Some(chair));
}

#[test]
fn who_managed_once_cannot_tell_anybody_that_they_were_taken_out() {
    let mut room = Room::new(&["secretary", "chair", "d1", "d2"]);
    let space = room.sitting("secretary", &[("chair", Chair), ("d1", Delegate), ("d2", Delegate)]);
    room.run_until_quiescent();
    let (d1, former) = (room.person("d1"), room.person("chair"));
    let removal = |room: &Room, log: u64| {
        let envelope = Pen::new(room, "chair", space, log).decide(&ControlOp::Remove { person: d1, seen: Vec::new() });
        Message::Left { space, envelope: envelope.bytes.into() }.encode()
    };
    // Said by the chair to one delegate alone, who cannot know better yet.
    let early = removal(&room, 9);
    room.hand("d2", "d1", early);
    assert!(room.replica("d1").left(&space).is_some());
    // The chair loses the role: what was said falls, since who is told of that was not taken out before it.
    room.invite("secretary", space, former, Delegate);
    room.run_until_quiescent();
    assert!(room.replica("d1").left(&space).is_none());
    // A fresh one changes nothing.
    let fresh = removal(&room, 10);
    room.hand("d2", "d1", fresh);
    assert!(room.replica("d1").left(&space).is_none());
    say(&mut room, "secretary", space, "still here");
    room.run_until_quiescent();
    assert!(reads(&mut room, "d1", space, "still here"));
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
fn a_disk_put_back_without_anybody_saying_so_goes_on_in_a_new_log_as_soon_as_somebody_remembers_more() {
    let mut room = Room::new(&["secretary", "chair", "d1"]);
    let space = room.sitting("secretary", &[("chair", Chair), ("d1", Delegate)]);
    say(&mut room, "chair", space, "before");
    room.run_until_quiescent();
    let (copy, log) = (room.device("chair").shelf.clone(), room.replica("chair").incarnation());
    say(&mut room, "chair", space, "since");
    room.run_until_quiescent();
    room.put_back("chair", copy);
    room.heal();
    room.run_until_quiescent();
    assert!(reads(&mut room, "chair", space, "since"), "what it wrote itself comes back from others");
    let next = room.replica("chair").incarnation();
    assert_ne!(next, log);
    for word in ["after", "and after a restart"] {
        say(&mut room, "chair", space, word);
        room.run_until_quiescent();
        for name in ["secretary", "chair", "d1"] {
            assert!(reads(&mut room, name, space, word), "{name} reads {word}");
        }
        room.switch_off("chair");
        room.switch_on("chair");
        room.heal();
        room.run_until_quiescent();
    }
    assert_eq!(room.replica("chair").incarnation(), next, "once is enough");
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

#[test]
fn who_is_removed_by_one_and_only_demoted_by_another_who_does_not_know_is_out() {
    let mut room = Room::new(&["secretary", "chair", "d1", "d2"]);
    let space = room.sitting("secretary", &[("chair", Chair), ("d1", Chair), ("d2", Delegate)]);
    room.run_until_quiescent();
    let chair = room.person("chair");
    room.partition(&[&["secretary", "d2"], &["d1", "chair"]]);
    room.remove("secretary", space, chair).unwrap();
    room.invite("d1", space, chair, Delegate);
    room.run_until_quiescent();
    room.heal();
    room.wait_ms(20_000);
    for name in ["secretary", "d1", "d2"] {
        assert!(!room.replica(name).access(&space).unwrap().is_member(&chair), "{name}");
    }
    assert!(room.same(space, &["secretary", "d1", "d2"]));
}

#[test]
fn who_demotes_himself_while_he_is_removed_is_out_and_the_others_agree() {
    let mut room = Room::new(&["secretary", "chair", "d1"]);
    let space = room.sitting("secretary", &[("chair", Chair), ("d1", Chair)]);
    let chair = room.person("chair");
    room.partition(&[&["secretary"], &["d1", "chair"]]);
    room.invite("chair", space, chair, Delegate);
    room.run_until_quiescent();
    room.remove("secretary", space, chair).unwrap();
    room.heal();
    room.wait_ms(20_000);
    assert!(room.same(space, &["secretary", "d1"]));
    assert!(!room.replica("d1").access(&space).unwrap().is_member(&chair));
    assert_eq!(room.replica("d1").access(&space), room.replica("secretary").access(&space));
}

#[test]
fn a_disk_put_back_to_before_an_invitation_hears_of_it_from_who_was_invited() {
    let mut room = Room::new(&["secretary", "chair", "late"]);
    let space = room.sitting("secretary", &[("chair", Chair)]);
    room.run_until_quiescent();
    let backup = room.device("secretary").shelf.clone();
    room.partition(&[&["secretary", "late"], &["chair"]]);
    let late = room.person("late");
    room.invite("secretary", space, late, Delegate);
    room.run_until_quiescent();
    // Nobody but the one invited has the invitation any more.
    room.restore("secretary", backup);
    room.heal();
    room.wait_ms(20_000);
    assert!(room.replica("secretary").access(&space).unwrap().is_member(&late));
    assert!(room.same(space, &["secretary", "chair", "late"]));
}

#[test]
fn who_offers_a_space_of_others_hears_the_same_as_for_one_that_is_nowhere() {
    use sync::wire::{Message, SpaceDigest};
    let mut room = Room::new(&["secretary", "chair", "outsider"]);
    let space = room.sitting("secretary", &[("chair", Chair)]);
    room.run_until_quiescent();
    // The least of several: in some of them others compare their digests meanwhile.
    let mut cost = |space: SpaceId| {
        let mut once = |number: u8| {
            let before = room.wire_bytes();
            let digest = domain::id::Hash32([number; 32]);
            room.inject("outsider", "secretary", Message::Digests { spaces: vec![SpaceDigest { space, digest }] }.encode());
            room.wire_bytes() - before
        };
        (1..6).map(&mut once).min()
    };
    assert_eq!(cost(space), cost(SpaceId([9; 16])), "the answers are as long");
    assert_eq!(room.device("outsider").shelf.count(&space), 0);
}

#[test]
fn a_hub_that_first_hears_of_a_file_and_then_of_its_meeting_carries_the_file_all_the_same() {
    let mut room = Room::new(&["secretary", "d1"]);
    room.hub("hub", "secretary");
    room.star("hub");
    room.isolate("hub");
    let space = room.sitting("secretary", &[("d1", Delegate)]);
    let bytes = "phụ lục ".repeat(500);
    let blob = room.add_blob("secretary", space, bytes.as_bytes());
    room.heal_between("secretary", "hub");
    room.heal_between("d1", "hub");
    room.want_blob("d1", space, &blob);
    room.run_until_quiescent();
    room.wait_ms(20_000);
    assert_eq!(room.blob("d1", space, &blob).unwrap(), bytes.as_bytes());
}

#[test]
fn a_stolen_device_that_never_wrote_in_a_sitting_reads_nothing_of_it_from_its_revocation_on() {
    let mut room = Room::new(&["secretary", "chair", "d1"]);
    let space = room.sitting("secretary", &[("chair", Chair), ("d1", Delegate)]);
    room.run_until_quiescent();
    let had = room.device("d1").shelf.space_keys(&space).unwrap().len();
    room.isolate("d1");
    room.revoke("secretary", "d1").unwrap();
    room.run_until_quiescent();
    say(&mut room, "chair", space, "without the thief");
    room.run_until_quiescent();
    let keys = room.device("chair").shelf.space_keys(&space).unwrap();
    assert!(keys.len() > had, "a new key followed");
    let newest = keys.last().unwrap().0;
    assert!(room.replica("secretary").spaces().find(|state| state.id == space).unwrap().wrapped(newest).len() == 2);
}

#[test]
fn who_was_removed_by_a_stolen_device_goes_on_as_soon_as_its_theft_is_known() {
    let mut room = Room::new(&["secretary", "chair", "d1"]);
    let space = room.sitting("secretary", &[("chair", Chair), ("d1", Delegate)]);
    room.run_until_quiescent();
    let (secretary, d1) = (room.person("secretary"), room.person("d1"));
    // The thief takes the secretary out, and both others hear of it before they hear of the theft.
    room.partition(&[&["chair", "d1"], &["secretary"]]);
    room.remove("chair", space, secretary).unwrap();
    room.run_until_quiescent();
    assert!(!room.replica("d1").access(&space).unwrap().is_member(&secretary));
    room.revoke("secretary", "chair").unwrap();
    room.heal();
    room.wait_ms(20_000);
    say(&mut room, "secretary", space, "and on");
    room.invite("secretary", space, d1, Chair);
    room.heal();
    say(&mut room, "d1", space, "as we were");
    room.heal();
    for name in ["secretary", "d1"] {
        assert!(reads(&mut room, name, space, "and on") && reads(&mut room, name, space, "as we were"), "{name}");
    }
    assert!(room.same(space, &["secretary", "d1"]));
}

#[test]
fn a_vote_that_was_void_only_by_the_word_of_a_stolen_device_is_shown_everywhere_once_the_theft_is_known() {
    let mut room = Room::new(&["secretary", "chair", "d1", "d2", "d3"]);
    let space = room.sitting("secretary", &[("chair", Chair), ("d1", Chair), ("d2", Delegate), ("d3", Delegate)]);
    room.run_until_quiescent();
    let chair = room.person("chair");
    room.partition(&[&["d1", "d2"], &["chair", "d3"], &["secretary"]]);
    room.remove("d1", space, chair).unwrap();
    let vote = room.open_vote("chair", space, "ubnd-majority");
    room.run_until_quiescent();
    room.revoke("secretary", "d1").unwrap();
    // d2 hears of the removal, then of the vote, and of the theft last.
    room.heal_between("d2", "d3");
    assert!(room.tally("d2", space, vote).is_none());
    room.heal();
    room.wait_ms(20_000);
    for name in ["secretary", "chair", "d2", "d3"] {
        assert!(room.tally(name, space, vote).is_some(), "{name}");
    }
}

#[test]
fn who_is_let_in_by_somebody_whose_own_issuer_was_revoked_later_is_let_in_everywhere() {
    let mut room = Room::new(&["secretary", "d1", "d2"]);
    room.further_device("the secretary's tablet", "secretary");
    room.revoke("the secretary's tablet", "secretary").unwrap();
    room.run_until_quiescent();
    // d1 was let in by the lost laptop, long before; now it lets in a further device and is never seen again.
    room.isolate("d1");
    room.further_device("d1's tablet", "d1");
    room.wait_ms(20_000);
    let tablet = room.replica("d1's tablet").device();
    assert!(room.replica("d2").directory().unwrap().trusts(&tablet));
}

#[test]
fn who_was_removed_brings_nobody_back_by_inviting_and_then_demoting() {
    let mut room = Room::new(&["secretary", "chair", "d1", "d2"]);
    let space = room.sitting("secretary", &[("chair", Chair), ("d1", Chair), ("d2", Delegate)]);
    room.run_until_quiescent();
    let (secretary, d1) = (room.person("secretary"), room.person("d1"));
    room.remove("chair", space, secretary).unwrap();
    room.run_until_quiescent();
    room.partition(&[&["chair"], &["d1", "d2"], &["secretary"]]);
    room.remove("chair", space, d1).unwrap();
    room.invite("d1", space, secretary, Chair);
    room.invite("d1", space, secretary, Delegate);
    room.run_until_quiescent();
    room.heal_between("chair", "d2");
    room.heal();
    room.wait_ms(20_000);
    for name in ["chair", "d2"] {
        let access = room.replica(name).access(&space).unwrap();
        assert!(!access.is_member(&d1) && !access.is_member(&secretary), "{name}");
    }
    assert!(room.same(space, &["chair", "d2"]));
}

#[test]
fn a_manager_whose_disk_was_put_back_does_not_give_the_number_of_a_key_to_another_key() {
    let mut room = Room::new(&["secretary", "chair", "d1"]);
    let space = room.sitting("secretary", &[("chair", Chair), ("d1", Delegate)]);
    room.run_until_quiescent();
    let backup = room.device("secretary").shelf.clone();
    let d1 = room.person("d1");
    room.isolate("d1");
    room.remove("secretary", space, d1).unwrap();
    room.run_until_quiescent();
    say(&mut room, "chair", space, "under the new key");
    room.isolate("secretary");
    room.restore("secretary", backup);
    // Knows of nothing that it did, and does it again.
    room.remove("secretary", space, d1).unwrap();
    say(&mut room, "secretary", space, "under the other new key");
    room.heal();
    room.wait_ms(20_000);
    for name in ["secretary", "chair"] {
        for word in ["under the new key", "under the other new key"] {
            assert!(reads(&mut room, name, space, word), "{name}: {word}");
        }
    }
    assert!(room.same(space, &["secretary", "chair"]));
}

#[test]
fn who_was_removed_and_invited_again_by_somebody_who_is_gone_brings_the_word_of_it_and_nothing_of_his_own() {
    let mut room = Room::new(&["secretary", "chair", "d1", "d2"]);
    let space = room.sitting("secretary", &[("chair", Chair), ("d1", Chair), ("d2", Delegate)]);
    room.run_until_quiescent();
    let chair = room.person("chair");
    room.isolate("chair");
    room.remove("secretary", space, chair).unwrap();
    room.run_until_quiescent();
    say(&mut room, "chair", space, "not knowing of it");
    let before = room.device("d2").shelf.count(&space);
    room.heal();
    room.wait_ms(20_000);
    assert_eq!(room.device("d2").shelf.count(&space), before, "what the removed one wrote stays with him");
    // d1 invites again, on a laptop that falls into the river before anybody else is met.
    room.partition(&[&["chair", "d1"], &["secretary", "d2"]]);
    say(&mut room, "d1", space, "come back");
    room.invite("d1", space, chair, Delegate);
    room.run_until_quiescent();
    room.switch_off("d1");
    room.heal();
    room.wait_ms(20_000);
    for name in ["secretary", "d2"] {
        assert!(room.replica(name).access(&space).unwrap().is_member(&chair), "{name}");
        assert!(reads(&mut room, name, space, "come back") && !reads(&mut room, name, space, "not knowing of it"), "{name}");
    }
    assert!(room.same(space, &["secretary", "chair", "d2"]));
}
