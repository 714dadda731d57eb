//! Who decided what, as every device lists it.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use domain::meeting::MeetingRole;
use harness::Room;
use sync::audit::{Decided, Decision};

const SECRETARY: &str = "An";
const SECOND: &str = "Bình";
const DELEGATE: &str = "Chi";
const FRIEND: &str = "Dũng";

fn said(decided: &[Decided], wanted: impl Fn(&Decision) -> bool) -> Vec<&Decided> {
    decided.iter().filter(|one| wanted(&one.decision)).collect()
}

#[test]
fn what_a_removed_secretary_decided_unseen_is_listed_as_void_on_every_device() {
    let mut room = Room::new(&[SECRETARY, SECOND, DELEGATE, FRIEND]);
    let space = room.sitting(SECRETARY, &[(SECOND, MeetingRole::Secretary), (DELEGATE, MeetingRole::Delegate)]);
    room.run_until_quiescent();
    let (second, friend) = (room.person(SECOND), room.person(FRIEND));
    room.partition(&[&[SECRETARY], &[SECOND, DELEGATE, FRIEND]]);
    room.remove(SECRETARY, space, second).unwrap();
    room.invite(SECOND, space, friend, MeetingRole::Delegate);
    room.run_until_quiescent();

    // Before the removal is known, what was decided counts where it was decided.
    let there = room.replica(DELEGATE).decisions(&space);
    assert!(said(&there, |one| *one == Decision::Role { person: friend, role: MeetingRole::Delegate })[0].took_effect);

    room.heal();
    room.run_until_quiescent();
    let listed = room.replica(SECRETARY).decisions(&space);
    assert_eq!(listed, room.replica(DELEGATE).decisions(&space), "every device lists the same");
    let invited = said(&listed, |one| *one == Decision::Role { person: friend, role: MeetingRole::Delegate });
    assert_eq!((invited.len(), invited[0].by, invited[0].took_effect), (1, Some(second), false));
    let removed = said(&listed, |one| *one == Decision::Removed { person: second });
    assert_eq!((removed.len(), removed[0].by, removed[0].took_effect), (1, Some(room.person(SECRETARY)), true));
    assert!(!room.replica(SECRETARY).access(&space).unwrap().is_member(&friend));

    // The key that followed the removal went to nobody who is out.
    let out = [room.device(SECOND).id().unwrap(), room.device(FRIEND).id().unwrap()];
    let at = listed.iter().position(|one| one.hash == removed[0].hash).unwrap();
    let later: Vec<_> = listed[at..].iter().filter(|one| one.took_effect).collect();
    let given = later.iter().filter_map(|one| match &one.decision {
        Decision::Key { devices, .. } => Some(devices),
        _ => None,
    });
    let given: Vec<_> = given.collect();
    assert!(!given.is_empty());
    assert!(given.iter().all(|devices| out.iter().all(|device| !devices.contains(device))), "{given:?}");
}

#[test]
fn letting_in_and_revoking_a_device_are_listed_with_who_did_it() {
    let mut room = Room::new(&[SECRETARY, SECOND]);
    room.further_device("An, máy hai", SECRETARY);
    room.run_until_quiescent();
    let (kept, lost) = (room.device(SECOND).id().unwrap(), room.device("An, máy hai").id().unwrap());
    room.revoke(SECRETARY, "An, máy hai").unwrap();
    room.run_until_quiescent();
    let directory = room.replica(SECOND).directory().unwrap().space();
    let listed = room.replica(SECOND).decisions(&directory);
    assert_eq!(listed, room.replica(SECRETARY).decisions(&directory));
    let enrolled = said(&listed, |one| *one == Decision::Enrolled { device: kept });
    assert!(enrolled.iter().any(|one| one.took_effect));
    let revoked = said(&listed, |one| *one == Decision::Revoked { device: lost });
    assert_eq!((revoked.len(), revoked[0].by, revoked[0].took_effect), (1, Some(room.person(SECRETARY)), true));
}
