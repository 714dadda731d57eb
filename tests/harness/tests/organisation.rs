//! Stories of the space that everybody of an organisation shares: who writes what there.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use automerge::transaction::Transactable as _;
use automerge::{ROOT, ReadDoc as _};
use domain::duty::Duty::{Editor, Publisher};
use domain::id::{DocId, SpaceId};
use harness::Room;
use harness::forgery::Forgery;
use sync::{DocRef, LocalError};

const THREAD: [u8; 16] = [7; 16];

fn write(room: &mut Room, name: &str, target: DocRef, word: &str) -> Result<(), LocalError> {
    room.edit(name, target, |tx| tx.put(ROOT, word, word).map_err(|error| error.to_string()))
}

fn reads(room: &mut Room, name: &str, target: DocRef, word: &str) -> bool {
    room.read(name, &target, |document| document.get(ROOT, word).unwrap().is_some())
}

fn office() -> (Room, SpaceId) {
    let mut room = Room::new(&["secretary", "chair", "commune"]);
    let space = room.organisation("secretary", &["chair", "commune"]);
    (room, space)
}

#[test]
fn everybody_contributes_to_a_thread_in_a_document_of_their_own() {
    let (mut room, space) = office();
    room.isolate("commune");
    let (commune, chair) = (room.person("commune"), room.person("chair"));
    let question = DocRef::contribution(space, &commune, &THREAD);
    let answer = DocRef::contribution(space, &chair, &THREAD);
    write(&mut room, "commune", question, "question").unwrap();
    write(&mut room, "chair", answer, "answer").unwrap();
    room.heal();
    for name in ["secretary", "chair", "commune"] {
        assert!(reads(&mut room, name, question, "question") && reads(&mut room, name, answer, "answer"), "{name}");
    }
    let refused = write(&mut room, "commune", answer, "I answer myself").unwrap_err();
    assert_eq!(refused.code(), "not_allowed");
}

#[test]
fn words_put_into_somebody_elses_mouth_are_kept_nowhere() {
    let (mut room, space) = office();
    let (secretary, commune) = (room.person("secretary"), room.person("commune"));
    let own = Forgery::of_acts("commune", DocRef::contribution(space, &commune, &THREAD), &[], 1);
    assert!(own.is_kept(&mut room), "only the owner's half of the id is looked at");
    for others in [DocRef::contribution(space, &secretary, &THREAD), DocRef::task(space, &secretary, &THREAD)] {
        let forged = Forgery::of_acts("commune", others, &[], 2);
        assert!(!forged.is_kept(&mut room), "{:?}", others.kind);
    }
    let own_task = Forgery::of_acts("commune", DocRef::task(space, &commune, &THREAD), &[], 3);
    assert!(own_task.is_kept(&mut room), "of a task everybody says what is their own to say");
}

#[test]
fn drafts_and_packages_are_written_by_those_who_have_the_duty_and_while_they_have_it() {
    let (mut room, space) = office();
    let (draft, library) = (DocRef::draft(space, DocId([3; 16])), DocRef::library(space));
    for target in [draft, library, DocRef::table(space, "routing")] {
        assert_eq!(write(&mut room, "commune", target, "early").unwrap_err().code(), "not_allowed");
        assert!(!Forgery::of_acts("commune", target, &[], 1).is_kept(&mut room));
    }
    assert!(room.duty("chair", space, "chair", Editor, true).is_err(), "nobody gives duties to oneself");

    room.duty("secretary", space, "commune", Editor, true).unwrap();
    room.run_until_quiescent();
    write(&mut room, "commune", draft, "a draft").unwrap();
    write(&mut room, "commune", DocRef::table(space, "routing"), "a row").unwrap();
    assert!(write(&mut room, "commune", library, "a package").is_err(), "an editor publishes nothing");
    room.duty("secretary", space, "chair", Publisher, true).unwrap();
    room.run_until_quiescent();
    write(&mut room, "chair", library, "a package").unwrap();
    room.run_until_quiescent();
    assert!(reads(&mut room, "chair", draft, "a draft") && reads(&mut room, "commune", library, "a package"));

    room.duty("secretary", space, "commune", Editor, false).unwrap();
    room.run_until_quiescent();
    assert!(write(&mut room, "commune", draft, "too late").is_err());
}

#[test]
fn who_is_removed_and_comes_back_has_to_be_given_the_duty_again() {
    let (mut room, space) = office();
    let commune = room.person("commune");
    room.duty("secretary", space, "commune", Editor, true).unwrap();
    room.run_until_quiescent();
    room.remove("secretary", space, commune).unwrap();
    room.run_until_quiescent();
    room.invite("secretary", space, commune, domain::meeting::MeetingRole::Delegate);
    room.run_until_quiescent();
    let draft = DocRef::draft(space, DocId([3; 16]));
    assert!(write(&mut room, "commune", draft, "as before").is_err());
    write(&mut room, "commune", DocRef::contribution(space, &commune, &THREAD), "as everybody").unwrap();
    room.run_until_quiescent();
    assert!(reads(&mut room, "chair", DocRef::contribution(space, &commune, &THREAD), "as everybody"));
}

#[test]
fn duties_are_a_matter_of_the_organisation_not_of_a_meeting() {
    let mut room = Room::new(&["secretary", "chair"]);
    let meeting = room.sitting("secretary", &[("chair", domain::meeting::MeetingRole::Chair)]);
    assert!(room.duty("secretary", meeting, "chair", Editor, true).is_err());
}
