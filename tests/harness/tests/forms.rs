//! Stories of open votes whose ballot has a form: who votes where, what arrives when, what all screens count.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use domain::id::{Hash32, SpaceId, VoteId};
use domain::meeting::MeetingRole::{Chair, Delegate};
use domain::vote::{BallotForm, BallotOption, MarkedBallot, RollEntry, Standing, VoteOpening, profile};
use harness::Room;
use signing::{Act, BallotStatus};
use sync::DocRef;

const FIVE: [&str; 5] = ["secretary", "chair", "d1", "d2", "d3"];
const VOTE: VoteId = VoteId([7; 16]);

fn sits() -> (Room, SpaceId) {
    let mut room = Room::new(&FIVE);
    let space = room.sitting("secretary", &[("chair", Chair), ("d1", Delegate), ("d2", Delegate), ("d3", Delegate)]);
    (room, space)
}

/// The chair asks for at most two of three.
fn opens(room: &mut Room, space: SpaceId) {
    let option = |label: &str| BallotOption { label: label.to_owned(), person: None };
    let entry = |name: &str| RollEntry {
        person: room.person(name),
        name: name.to_owned(),
        device: Some(room.replica(name).device()),
        chair: name == "chair",
    };
    let opening = VoteOpening {
        vote: VOTE,
        space,
        item: None,
        question: "Chọn hai phương án".to_owned(),
        profile: profile("ubnd-majority").unwrap(),
        roll: FIVE.map(entry).to_vec(),
        opened_at: domain::id::Timestamp(1_790_000_000_000),
        paper: None,
        form: Some(BallotForm::AtMost { most: 2, options: ["An", "Bình", "Cường"].map(option).to_vec() }),
    };
    room.act("chair", DocRef::meeting(space), Act::VoteOpened(opening)).unwrap();
    room.run_until_quiescent();
}

fn marks(room: &mut Room, name: &str, space: SpaceId, marks: &[u32]) -> Hash32 {
    let record = room.tally(name, space, VOTE).unwrap();
    let replaces = record.standing_ballot(&room.replica(name).device());
    let (opening, cast_at) = (record.opening_hash, record.opening.opened_at);
    let ballot = MarkedBallot { vote: VOTE, opening, marks: marks.to_vec(), cast_at, replaces };
    let seat = DocRef::seat(space, &room.person(name));
    room.act(name, seat, Act::MarkedBallotCast(ballot)).unwrap().hash()
}

#[test]
fn who_was_cut_off_marks_and_changes_a_ballot_and_after_the_close_all_count_the_same() {
    let (mut room, space) = sits();
    opens(&mut room, space);
    marks(&mut room, "secretary", space, &[0, 1]);
    marks(&mut room, "chair", space, &[0, 1]);
    room.isolate("d1");
    marks(&mut room, "d1", space, &[2]);
    let changed = marks(&mut room, "d1", space, &[0, 2]);
    room.run_until_quiescent();
    assert_eq!(room.tally("chair", space, VOTE).unwrap().outcome.counted, 2);
    room.heal();
    let wrong = marks(&mut room, "d2", space, &[0, 1, 2]);
    room.run_until_quiescent();
    room.close("chair", space, VOTE);
    room.run_until_quiescent();
    let late = marks(&mut room, "d3", space, &[1]);
    room.run_until_quiescent();
    room.acknowledge_everywhere(space, VOTE);
    for name in FIVE {
        let record = room.tally(name, space, VOTE).unwrap();
        assert!(record.final_ && record.problems.is_empty(), "{name}: {:?}", record.problems);
        let status = |hash: Hash32| record.ballots.iter().find(|line| line.hash == hash).unwrap().status;
        assert_eq!(status(changed), BallotStatus::Counts, "{name}");
        assert_eq!((status(wrong), status(late)), (BallotStatus::Unsound, BallotStatus::Late), "{name}");
        let marked = record.marked.unwrap();
        let totals: Vec<_> = marked.places.iter().map(|place| (place.votes, place.standing.unwrap())).collect();
        assert_eq!(totals, [(3, Standing::Chosen), (2, Standing::NotChosen), (1, Standing::NotChosen)], "{name}");
        assert_eq!((marked.counted, marked.needed), (3, 3), "{name}");
    }
    assert!(room.same(space, &FIVE));
}

#[test]
fn what_was_marked_without_a_connection_is_still_there_after_the_device_was_switched_off() {
    let (mut room, space) = sits();
    opens(&mut room, space);
    room.isolate("d2");
    let cast = marks(&mut room, "d2", space, &[1]);
    room.switch_off("d2");
    room.switch_on("d2");
    room.heal();
    let record = room.tally("chair", space, VOTE).unwrap();
    assert_eq!((record.marked.unwrap().counted, record.ballots[0].hash), (1, cast));
}
