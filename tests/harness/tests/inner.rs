//! Internal items live in a space that guests do not have: who belongs to it, who gets its keys, what is on whose disk.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::collections::BTreeSet;

use domain::id::{ItemId, SpaceId};
use domain::meeting::AgendaItem;
use domain::meeting::MeetingRole::{Chair, Delegate, Guest, Secretary};
use harness::Room;
use sync::DocRef;
use sync::document::meeting as document;

const NAMES: [&str; 5] = ["secretary", "chair", "d1", "d2", "guest"];
const INSIDE: [&str; 4] = ["secretary", "chair", "d1", "d2"];

fn item(id: u8, title: &str) -> AgendaItem {
    AgendaItem {
        id: ItemId([id; 16]),
        parent: None,
        order: "V".to_owned(),
        title: title.to_owned(),
        presenter: String::new(),
        starts_at: None,
        minutes: None,
        papers_due: None,
    }
}

/// Writes an internal item. The document needs no laying out: it adds to the meeting's.
fn write(room: &mut Room, name: &str, inner: SpaceId, id: u8, title: &str) -> Result<(), sync::LocalError> {
    room.edit(name, DocRef::meeting(inner), |tx| document::put_item(tx, &item(id, title)).map_err(|error| error.to_string()))
}

fn titles(room: &mut Room, name: &str, inner: SpaceId) -> Vec<String> {
    let read = room.read(name, &DocRef::meeting(inner), document::read);
    read.map(|part| part.items.into_iter().map(|item| item.title).collect()).unwrap_or_default()
}

/// Nothing of a space is on somebody's disk: no envelope, no key.
fn has_nothing(room: &Room, name: &str, space: SpaceId) -> bool {
    let shelf = &room.device(name).shelf;
    shelf.count(&space) == 0 && shelf.keys().all(|(of, _, _)| *of != space)
}

fn epochs(room: &Room, name: &str, space: SpaceId) -> BTreeSet<u32> {
    room.device(name).shelf.keys().filter(|(of, _, _)| **of == space).map(|(_, epoch, _)| epoch).collect()
}

/// A sitting with a guest, an internal item and its paper, and a hub that carries all of it.
fn sitting() -> (Room, SpaceId, SpaceId) {
    let mut room = Room::new(&NAMES);
    room.hub("hub", "secretary");
    let meeting = room.sitting("secretary", &[("chair", Chair), ("d1", Delegate), ("d2", Delegate), ("guest", Guest)]);
    let inner = room.inner("secretary", meeting).unwrap();
    write(&mut room, "secretary", inner, 1, "Nhân sự").unwrap();
    room.run_until_quiescent();
    (room, meeting, inner)
}

#[test]
fn an_internal_item_and_its_paper_reach_all_but_the_guest_who_has_nothing_of_them_not_even_from_a_hub() {
    let (mut room, meeting, inner) = sitting();
    let paper = room.add_blob("secretary", inner, &vec![5; 300_000]);
    for name in INSIDE {
        room.want_blob(name, inner, &paper);
    }
    room.run_until_quiescent();
    for name in INSIDE {
        assert_eq!(room.replica(name).inner_spaces(&meeting), [inner], "{name}");
        assert_eq!(titles(&mut room, name, inner), ["Nhân sự"], "{name}");
        assert!(room.blob(name, inner, &paper).is_some(), "{name}");
    }
    assert!(room.replica("hub").has_blob(&paper.cipher) && titles(&mut room, "hub", inner).is_empty(), "as ciphertext");
    // The guest meets nobody but the hub, and asks for everything anew.
    room.star("hub");
    room.switch_off("guest");
    room.switch_on("guest");
    room.run_until_quiescent();
    // With a program of one's own, under the name of the sitting.
    room.want_blob("guest", meeting, &paper);
    room.run_until_quiescent();
    assert!(room.same(meeting, &["secretary", "guest"]), "the sitting itself is there");
    assert!(has_nothing(&room, "guest", inner));
    assert!(!room.replica("guest").has_blob(&paper.cipher));
    assert!(room.replica("guest").spaces().all(|space| space.id != inner), "not even its name");
    assert!(room.replica("guest").inner_spaces(&meeting).is_empty());
}

#[test]
fn a_guest_who_becomes_a_delegate_gets_it_and_a_delegate_who_becomes_a_guest_gets_no_later_key() {
    let (mut room, meeting, inner) = sitting();
    room.participant("chair", meeting, "guest", Delegate);
    room.run_until_quiescent();
    assert_eq!(titles(&mut room, "guest", inner), ["Nhân sự"]);

    room.participant("secretary", meeting, "d1", Guest);
    room.run_until_quiescent();
    let had = epochs(&room, "d1", inner);
    write(&mut room, "chair", inner, 2, "Kỷ luật").unwrap();
    room.run_until_quiescent();
    assert!(room.replica("d1").inner_spaces(&meeting).is_empty(), "a guest is shown none");
    assert_eq!(epochs(&room, "d1", inner), had);
    assert!(!epochs(&room, "secretary", inner).is_subset(&had), "there is a key that the guest lacks");
    assert_eq!(titles(&mut room, "d1", inner).len(), 1, "what came before stays on that device, nothing new comes");
    assert_eq!(titles(&mut room, "d2", inner).len(), 2);
    assert!(write(&mut room, "d2", inner, 3, "Khác").is_err(), "delegates do not write the agenda");
}

#[test]
fn who_is_taken_out_of_the_sitting_is_out_of_the_inner_space_too() {
    let (mut room, meeting, inner) = sitting();
    room.take_out("chair", meeting, "d2");
    room.run_until_quiescent();
    let members = room.replica("secretary").access(&inner).unwrap().members.clone();
    assert!(!members.contains_key(&room.person("d2")));
    let had = epochs(&room, "d2", inner);
    write(&mut room, "secretary", inner, 2, "Kỷ luật").unwrap();
    room.run_until_quiescent();
    assert_eq!(epochs(&room, "d2", inner), had);
    assert_eq!(titles(&mut room, "d2", inner).len(), 1);
}

#[test]
fn a_chair_who_did_not_know_of_the_inner_space_carries_own_decisions_over_when_it_comes() {
    let mut room = Room::new(&NAMES);
    let meeting = room.sitting("secretary", &[("chair", Chair), ("d1", Delegate), ("guest", Guest)]);
    room.isolate("chair");
    let inner = room.inner("secretary", meeting).unwrap();
    write(&mut room, "secretary", inner, 1, "Nhân sự").unwrap();
    room.participant("chair", meeting, "d2", Delegate);
    room.participant("chair", meeting, "d1", Guest);
    room.run_until_quiescent();
    room.heal();
    room.run_until_quiescent();
    assert!(has_nothing(&room, "d2", inner));
    // Others' devices have nothing to carry over: they do not know whether they are behind.
    room.carry_over("secretary", meeting);
    room.run_until_quiescent();
    assert!(has_nothing(&room, "d2", inner));
    room.carry_over("chair", meeting);
    room.run_until_quiescent();
    assert_eq!(titles(&mut room, "d2", inner), ["Nhân sự"]);
    let (d1, guest) = (room.person("d1"), room.person("guest"));
    let members = room.replica("secretary").access(&inner).unwrap().members.clone();
    assert!(!members.contains_key(&d1) && !members.contains_key(&guest));
    let before = room.device("chair").shelf.count(&inner);
    room.carry_over("chair", meeting);
    assert_eq!(room.device("chair").shelf.count(&inner), before, "said once");
}

#[test]
fn carrying_over_brings_nobody_back_whom_somebody_took_out() {
    let (mut room, meeting, inner) = sitting();
    room.participant("chair", meeting, "d1", Delegate);
    room.run_until_quiescent();
    // The secretary's removal has come in the inner space and not yet in the meeting's.
    let d1 = room.person("d1");
    room.remove("secretary", inner, d1).unwrap();
    room.run_until_quiescent();
    room.carry_over("chair", meeting);
    room.run_until_quiescent();
    assert!(!room.replica("secretary").access(&inner).unwrap().members.contains_key(&d1));
}

#[test]
fn two_managers_begin_one_each_and_both_count_while_nobody_else_may() {
    let mut room = Room::new(&NAMES);
    let meeting = room.sitting("secretary", &[("chair", Chair), ("d1", Delegate), ("d2", Delegate), ("guest", Guest)]);
    room.isolate("chair");
    let first = room.inner("secretary", meeting).unwrap();
    let second = room.inner("chair", meeting).unwrap();
    room.heal();
    room.run_until_quiescent();
    let both: Vec<SpaceId> = BTreeSet::from([first, second]).into_iter().collect();
    for name in INSIDE {
        assert_eq!(room.replica(name).inner_spaces(&meeting), both, "{name}");
    }
    assert_eq!(room.replica("d1").meeting_of_inner(&second), Some(meeting));
    room.participant("chair", meeting, "guest", Delegate);
    room.run_until_quiescent();
    assert_eq!(room.replica("guest").inner_spaces(&meeting), both, "in all of them");
    assert_eq!(room.inner("d1", meeting).unwrap_err().code(), "not_allowed");
}

#[test]
fn who_was_made_a_guest_by_somebody_without_the_inner_space_is_out_of_it_before_the_next_word_there() {
    let mut room = Room::new(&NAMES);
    let meeting = room.sitting("secretary", &[("chair", Chair), ("d1", Delegate), ("d2", Delegate), ("guest", Guest)]);
    room.isolate("chair");
    let inner = room.inner("secretary", meeting).unwrap();
    write(&mut room, "secretary", inner, 1, "Nhân sự").unwrap();
    room.run_until_quiescent();
    assert_eq!(room.replica("secretary").inner_for_writing(&meeting), Some(inner));
    room.participant("chair", meeting, "d1", Guest);
    room.heal();
    room.run_until_quiescent();

    // The chair's program has not made up for it yet.
    assert!(room.replica("secretary").access(&inner).unwrap().members.contains_key(&room.person("d1")));
    assert_eq!(room.replica("secretary").inner_for_writing(&meeting), None, "somebody there is a guest");
    room.shut_out("d2", meeting, inner);
    let members = room.replica("secretary").access(&inner).unwrap().members.clone();
    assert!(members.contains_key(&room.person("d1")), "a delegate decides nothing");
    room.shut_out("secretary", meeting, inner);
    assert_eq!(room.replica("secretary").inner_for_writing(&meeting), Some(inner));
    room.run_until_quiescent();
    let had = epochs(&room, "d1", inner);
    write(&mut room, "secretary", inner, 2, "Kỷ luật").unwrap();
    room.run_until_quiescent();
    assert_eq!(epochs(&room, "d1", inner), had);
    assert_eq!(titles(&mut room, "d1", inner), ["Nhân sự"]);
    assert_eq!(titles(&mut room, "d2", inner).len(), 2);
    let before = room.device("secretary").shelf.count(&inner);
    room.shut_out("secretary", meeting, inner);
    assert_eq!(room.device("secretary").shelf.count(&inner), before, "said once");
}

#[test]
fn an_inner_space_that_a_former_secretary_fills_with_strangers_and_guests_gets_no_word_of_others() {
    let mut room = Room::new(&["secretary", "chair", "d1", "stranger", "guest"]);
    let meeting = room.sitting("secretary", &[("chair", Chair), ("d1", Secretary), ("guest", Guest)]);
    room.isolate("d1");
    let trap = room.inner("d1", meeting).unwrap();
    room.bring_in("d1", trap, "stranger", Delegate);
    room.bring_in("d1", trap, "guest", Delegate);
    room.participant("chair", meeting, "d1", Guest);
    room.heal();
    room.run_until_quiescent();
    assert_eq!(room.replica("chair").inner_spaces(&meeting), [trap], "what a manager began once counts, and is read");

    assert_eq!(room.replica("chair").inner_for_writing(&meeting), None);
    room.shut_out("chair", meeting, trap);
    room.run_until_quiescent();
    let members = room.replica("chair").access(&trap).unwrap().members.clone();
    assert!(!members.contains_key(&room.person("guest")) && !members.contains_key(&room.person("d1")), "guests by now");
    assert!(members.contains_key(&room.person("stranger")), "who may be somebody just invited");
    assert_eq!(room.replica("chair").inner_for_writing(&meeting), None, "nobody knows the stranger");

    let inner = room.inner("chair", meeting).unwrap();
    assert_eq!(room.replica("chair").inner_for_writing(&meeting), Some(inner));
    write(&mut room, "chair", inner, 1, "Nhân sự").unwrap();
    room.run_until_quiescent();
    assert_eq!(titles(&mut room, "secretary", inner), ["Nhân sự"]);
    for name in ["d1", "stranger", "guest"] {
        assert!(has_nothing(&room, name, inner), "{name}");
    }
}
