//! Stories of paper ballots: what the secretary and the witness do, what goes wrong, what all screens show.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use domain::meeting::MeetingRole::{Chair, Delegate};
use domain::vote::Choice;
use harness::Room;
use signing::BallotStatus;

const FIVE: [&str; 5] = ["secretary", "chair", "d1", "d2", "d3"];

#[test]
fn somebody_without_a_device_votes_on_paper_and_all_see_who_entered_and_who_witnessed_it() {
    let mut room = Room::new(&FIVE);
    let space = room.sitting("secretary", &[("chair", Chair), ("d1", Delegate), ("d2", Delegate), ("d3", Delegate)]);
    let vote = room.open_vote_with_paper("chair", space, "ubnd-majority", &["d3"]);
    room.run_until_quiescent();
    for name in ["secretary", "chair"] {
        room.cast(name, space, vote, Choice::For).unwrap();
    }
    // The witness is away while the secretary types: the entry waits for a signature.
    room.isolate("d1");
    let entry = room.enter_paper("secretary", space, vote, "d3", Choice::For).unwrap();
    room.run_until_quiescent();
    let waiting = room.tally("chair", space, vote).unwrap();
    assert_eq!(waiting.outcome.counted, 2, "without a witness it counts for nothing");
    assert!(waiting.ballots.iter().any(|line| line.status == BallotStatus::Unwitnessed));

    room.heal();
    let word = room.witness_paper("d1", space, vote, &entry).unwrap();
    room.run_until_quiescent();
    assert_eq!(room.tally("chair", space, vote).unwrap().outcome.counted, 3);
    room.close("chair", space, vote);
    room.run_until_quiescent();
    room.acknowledge_everywhere(space, vote);
    for name in FIVE {
        let record = room.tally(name, space, vote).unwrap();
        assert_eq!((record.outcome.counted, record.outcome.votes_for, record.outcome.passed), (3, 3, true), "{name}");
        assert!(record.final_ && record.problems.is_empty(), "{name}: {:?}", record.problems);
        let line = record.ballots.iter().find(|line| line.hash == word.hash()).unwrap();
        let paper = line.paper.unwrap();
        assert_eq!((line.status, line.person), (BallotStatus::Counts, Some(room.person("d3"))), "{name}");
        assert_eq!((paper.clerk, paper.witness), (Some(room.person("secretary")), Some(room.person("d1"))), "{name}");
    }
    assert!(room.same(space, &FIVE));
}

#[test]
fn a_device_that_comes_back_before_the_close_takes_the_place_of_its_owners_paper() {
    let mut room = Room::new(&FIVE);
    let space = room.sitting("secretary", &[("chair", Chair), ("d1", Delegate), ("d2", Delegate), ("d3", Delegate)]);
    let vote = room.open_vote_with_paper("chair", space, "ubnd-majority", &[]);
    room.run_until_quiescent();
    room.isolate("d2");
    room.cast("d2", space, vote, Choice::Against).unwrap();
    let entry = room.enter_paper("secretary", space, vote, "d2", Choice::For).unwrap();
    room.run_until_quiescent();
    let word = room.witness_paper("d1", space, vote, &entry).unwrap();
    room.run_until_quiescent();
    assert_eq!(room.tally("chair", space, vote).unwrap().outcome.votes_for, 1);
    room.heal();
    for name in FIVE {
        let record = room.tally(name, space, vote).unwrap();
        assert_eq!((record.outcome.counted, record.outcome.against), (1, 1), "{name}");
        let line = record.ballots.iter().find(|line| line.hash == word.hash()).unwrap();
        assert_eq!(line.status, BallotStatus::DeviceStands, "{name} sees that the paper is void");
    }
}

#[test]
fn a_delegate_enters_nothing_on_paper_and_a_secretary_witnesses_nothing() {
    let mut room = Room::new(&FIVE);
    let space = room.sitting("secretary", &[("chair", Chair), ("d1", Delegate), ("d2", Delegate), ("d3", Delegate)]);
    let vote = room.open_vote_with_paper("chair", space, "ubnd-majority", &["d3"]);
    room.run_until_quiescent();
    assert_eq!(room.enter_paper("d1", space, vote, "d3", Choice::For).unwrap_err().code(), "not_allowed");
    let by_chair = room.enter_paper("chair", space, vote, "d3", Choice::For).unwrap();
    let by_secretary = room.enter_paper("secretary", space, vote, "d3", Choice::For).unwrap();
    room.run_until_quiescent();
    room.witness_paper("d1", space, vote, &by_chair).unwrap();
    room.witness_paper("secretary", space, vote, &by_secretary).unwrap();
    room.run_until_quiescent();
    for name in FIVE {
        let record = room.tally(name, space, vote).unwrap();
        let mut status: Vec<_> = record.ballots.iter().map(|line| line.status).collect();
        status.sort_unstable();
        assert_eq!(status, [BallotStatus::WitnessRefused, BallotStatus::NotByClerk], "{name}");
        assert_eq!(record.outcome.counted, 0, "{name}");
    }
}
