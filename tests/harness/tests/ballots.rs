//! Stories of ballots that must not count: somebody with a program of their own sends what ours would never send. In each, the same way
//! of sending is first shown to work with what is allowed.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use domain::id::{Hash32, SpaceId, VoteId};
use domain::meeting::MeetingRole::{Chair, Delegate};
use domain::vote::{Ballot, Choice};
use harness::Room;
use harness::forgery::Forgery;
use signing::wrap::SpaceKey;
use signing::{Act, BallotStatus, SignedAct, VoteState};
use sync::DocRef;
use sync::port::Shelf as _;

const NAMES: [&str; 4] = ["secretary", "chair", "d1", "d2"];

/// A room of four in which the chair has opened a vote.
fn voting() -> (Room, SpaceId, VoteId) {
    let mut room = Room::new(&NAMES);
    let space = room.sitting("secretary", &[("chair", Chair), ("d1", Delegate), ("d2", Delegate)]);
    let vote = room.open_vote("chair", space, "ubnd-majority");
    room.run_until_quiescent();
    (room, space, vote)
}

fn counted(room: &Room, name: &str, space: SpaceId, vote: VoteId) -> u32 {
    room.tally(name, space, vote).map_or(0, |record| record.outcome.counted)
}

fn ballot(room: &Room, space: SpaceId, vote: VoteId, choice: Choice, replaces: Option<Hash32>) -> Ballot {
    let opening = room.tally("chair", space, vote).unwrap().opening_hash;
    Ballot { vote, opening, choice, cast_at: Default::default(), replaces }
}

fn of<'a>(room: &Room, author: &'a str, seat_of: &str, space: SpaceId, act: SignedAct, log: u8) -> Forgery<'a> {
    Forgery::of_acts(author, DocRef::seat(space, &room.person(seat_of)), &[act], log)
}

fn signed(room: &Room, by: &str, ballot: Ballot) -> SignedAct {
    SignedAct::sign(room.replica(by).keys(), &Act::BallotCast(ballot))
}

#[test]
fn a_ballot_put_into_somebody_elses_seat_reaches_nobody() {
    let (mut room, space, vote) = voting();
    let mine = signed(&room, "d1", ballot(&room, space, vote, Choice::For, None));
    let into_anothers = of(&room, "d1", "d2", space, mine.clone(), 1);
    assert!(!into_anothers.is_kept(&mut room), "the seat of d2 is written by d2 only");
    assert_eq!(counted(&room, "chair", space, vote), 0);

    let into_own = of(&room, "d1", "d1", space, mine, 2);
    assert!(into_own.is_kept(&mut room), "the same envelope for one's own seat is taken");
    // By all but its author's own program, which knows that it never wrote this log.
    for name in ["secretary", "chair", "d2"] {
        assert_eq!(counted(&room, name, space, vote), 1, "{name}");
    }
}

#[test]
fn a_forged_ballot_under_another_devices_name_reaches_nobody() {
    let (mut room, space, vote) = voting();
    let against = ballot(&room, space, vote, Choice::Against, None);
    let mut claimed = signed(&room, "d1", against);
    claimed.device = room.replica("d2").device();
    assert!(!of(&room, "d1", "d1", space, claimed, 1).is_kept(&mut room), "d1 signs in the name of d2");

    let honest = room.cast("d2", space, vote, Choice::For).unwrap();
    room.run_until_quiescent();
    assert_eq!(counted(&room, "chair", space, vote), 1);
    assert!(!of(&room, "d1", "d1", space, honest.clone(), 2).is_kept(&mut room), "d1 repeats what d2 signed");

    let mut turned = honest;
    turned.body = signed(&room, "d1", against).body;
    assert!(!of(&room, "d1", "d1", space, turned.clone(), 3).is_kept(&mut room), "another choice under the signature of d2");
    turned.device = room.replica("d1").device();
    assert!(!of(&room, "d1", "d1", space, turned, 4).is_kept(&mut room), "a signature of d2 under the name of d1");

    let record = room.tally("chair", space, vote).unwrap();
    assert_eq!((record.outcome.votes_for, record.outcome.against, record.ballots.len()), (1, 0, 1));
    let control = signed(&room, "d1", against);
    assert!(of(&room, "d1", "d1", space, control, 5).is_kept(&mut room), "a true ballot on the same way is taken");
    assert_eq!(counted(&room, "secretary", space, vote), 2);
}

#[test]
fn a_ballot_by_somebody_who_was_not_invited_reaches_nobody() {
    let names = ["secretary", "chair", "d1", "outsider"];
    let mut room = Room::new(&names);
    let space = room.sitting("secretary", &[("chair", Chair), ("d1", Delegate)]);
    let vote = room.open_vote("chair", space, "ubnd-majority");
    room.run_until_quiescent();
    let seat = DocRef::seat(space, &room.person("outsider"));
    let act = signed(&room, "outsider", ballot(&room, space, vote, Choice::Against, None));
    assert!(
        room.act("outsider", seat, Act::CheckedIn { space, at: Default::default() }).is_err(),
        "our own program does not try"
    );

    // Even somebody who has got hold of the key and of the heads that all members cite.
    let heads = room.replica("chair").spaces().find(|state| state.id == space).map(|state| state.dag.heads());
    let key = room.device("chair").shelf.space_keys(&space).unwrap().into_iter().next().map(|(_, key)| key);
    for (log, key) in [(1, key.clone()), (2, Some(SpaceKey([7; 32])))] {
        let forgery = Forgery { key, seen: heads.clone(), ..Forgery::of_acts("outsider", seat, std::slice::from_ref(&act), log) };
        assert!(!forgery.is_kept(&mut room));
    }
    for name in ["secretary", "chair", "d1"] {
        assert_eq!(room.tally(name, space, vote).unwrap().ballots.len(), 0, "{name}");
    }

    // Invited after the opening, the same person's ballot is kept and shown, and does not count: the roll was frozen.
    let person = room.person("outsider");
    room.invite("secretary", space, person, Delegate);
    room.run_until_quiescent();
    let forgery = Forgery { key, ..Forgery::of_acts("outsider", seat, &[act], 3) };
    assert!(forgery.is_kept(&mut room), "a member's envelope is taken");
    let record = room.tally("chair", space, vote).unwrap();
    assert_eq!(record.ballots.iter().map(|line| line.status).collect::<Vec<_>>(), [BallotStatus::NotOnRoll]);
    assert_eq!(record.outcome.counted, 0);
}

#[test]
fn a_ballot_from_a_second_device_is_kept_and_shown_and_does_not_count() {
    let mut room = Room::new(&NAMES);
    let space = room.sitting("secretary", &[("chair", Chair), ("d1", Delegate), ("d2", Delegate)]);
    room.further_device("d1-tablet", "d1");
    let vote = room.open_vote("chair", space, "ubnd-majority");
    room.run_until_quiescent();
    let seat = DocRef::seat(space, &room.person("d1"));
    let cast = ballot(&room, space, vote, Choice::Against, None);
    room.act("d1-tablet", seat, Act::BallotCast(cast)).unwrap();
    room.run_until_quiescent();
    for name in ["secretary", "chair", "d2"] {
        let record = room.tally(name, space, vote).unwrap();
        assert_eq!(
            record.ballots.iter().map(|line| line.status).collect::<Vec<_>>(),
            [BallotStatus::NotCountedWrongDevice],
            "{name}"
        );
        assert_eq!(record.outcome.counted, 0, "{name}");
    }
    // The device of the roll still votes, and only that ballot counts.
    room.cast("d1", space, vote, Choice::For).unwrap();
    room.run_until_quiescent();
    let outcome = room.tally("chair", space, vote).unwrap().outcome;
    assert_eq!((outcome.counted, outcome.votes_for, outcome.against), (1, 1, 0));
}

#[test]
fn who_votes_twice_without_replacing_is_seen_by_all_and_counts_for_nothing() {
    let (mut room, space, vote) = voting();
    for name in ["secretary", "chair", "d1"] {
        room.cast(name, space, vote, Choice::For).unwrap();
    }
    // A replacement is no second vote.
    room.cast("d1", space, vote, Choice::Against).unwrap();
    let seat = DocRef::seat(space, &room.person("d2"));
    let first = ballot(&room, space, vote, Choice::For, None);
    room.act("d2", seat, Act::BallotCast(first)).unwrap();
    room.run_until_quiescent();
    let outcome = room.tally("chair", space, vote).unwrap().outcome;
    assert_eq!((outcome.counted, outcome.votes_for, outcome.against), (4, 3, 1), "so far all is well");

    let second = Ballot { choice: Choice::Against, ..first };
    room.act("d2", seat, Act::BallotCast(second)).unwrap();
    room.run_until_quiescent();
    for name in NAMES {
        let record = room.tally(name, space, vote).unwrap();
        assert_eq!((record.outcome.counted, record.outcome.votes_for, record.outcome.against), (3, 2, 1), "{name}");
        let doubles = record.ballots.iter().filter(|line| line.status == BallotStatus::Double).count();
        assert_eq!((doubles, record.problems[0].code()), (2, "double_ballot"), "{name} sees both");
    }
    room.close("chair", space, vote);
    room.run_until_quiescent();
    room.acknowledge_everywhere(space, vote);
    for name in NAMES {
        let record = room.tally(name, space, vote).unwrap();
        assert!(record.final_ && record.outcome.counted == 3, "{name}: {:?}", record.outcome);
    }
}

#[test]
fn two_ballots_at_one_place_of_a_log_stop_the_log_and_change_no_count() {
    let (mut room, space, vote) = voting();
    let cast = ballot(&room, space, vote, Choice::For, None);
    let for_it = signed(&room, "d1", cast);
    let first = of(&room, "d1", "d1", space, for_it.clone(), 1);
    assert!(first.is_kept(&mut room));
    assert_eq!(counted(&room, "chair", space, vote), 1);
    // A copy of the device that votes otherwise: the same log, the same place, another ballot, a true signature.
    let against = signed(&room, "d1", Ballot { choice: Choice::Against, ..cast });
    assert!(!of(&room, "d1", "d1", space, against, 1).is_kept(&mut room), "the second of the two is refused");
    let outcome = room.tally("chair", space, vote).unwrap().outcome;
    assert_eq!((outcome.counted, outcome.votes_for), (1, 1), "and undoes nothing");

    // Nobody can say any more which of the two goes on: the log has ended.
    let changed = signed(&room, "d1", Ballot { choice: Choice::Against, replaces: Some(for_it.hash()), ..cast });
    let further = Forgery { after: Some(first.name(&room)), ..of(&room, "d1", "d1", space, changed.clone(), 1) };
    assert!(!further.is_kept(&mut room), "what comes later in the log is refused");
    assert_eq!(room.tally("chair", space, vote).unwrap().outcome, outcome);

    // A log that did not fork goes on.
    let other = of(&room, "d1", "d1", space, for_it, 2);
    assert!(other.is_kept(&mut room));
    let further = Forgery { after: Some(other.name(&room)), ..of(&room, "d1", "d1", space, changed, 2) };
    assert!(further.is_kept(&mut room));
    assert_eq!(room.tally("chair", space, vote).unwrap().outcome.against, 1);
}

#[test]
fn a_close_that_only_the_chair_knows_is_provisional_until_more_than_half_have_seen_it() {
    let (mut room, space, vote) = voting();
    for name in NAMES {
        room.cast(name, space, vote, Choice::For).unwrap();
    }
    room.run_until_quiescent();
    room.partition(&[&["chair"], &["secretary", "d1", "d2"]]);
    room.close("chair", space, vote);
    room.run_until_quiescent();
    room.acknowledge_everywhere(space, vote);
    let alone = room.tally("chair", space, vote).unwrap();
    assert!(matches!(alone.state, VoteState::Closed { .. }) && !alone.final_, "one of four devices is not more than half");
    assert!(matches!(room.tally("d1", space, vote).unwrap().state, VoteState::Open));

    room.heal();
    room.acknowledge_everywhere(space, vote);
    for name in NAMES {
        let record = room.tally(name, space, vote).unwrap();
        assert!(record.final_ && record.outcome.counted == 4, "{name}");
    }
}

#[test]
fn the_power_fails_in_the_whole_room_and_the_vote_goes_on_from_the_disks() {
    let (mut room, space, vote) = voting();
    room.cast("d1", space, vote, Choice::Against).unwrap();
    room.cast("secretary", space, vote, Choice::For).unwrap();
    room.run_until_quiescent();
    room.isolate("d2");
    room.cast("d2", space, vote, Choice::For).unwrap();
    let before = room.tally("d2", space, vote).unwrap();
    for name in NAMES {
        room.switch_off(name);
    }
    for name in NAMES {
        room.switch_on(name);
    }
    assert_eq!(room.tally("d2", space, vote).unwrap(), before, "d2 was alone with a ballot that nobody has, and still has it");
    room.heal();
    assert_eq!(counted(&room, "chair", space, vote), 3);

    // Logs go on where they were: a replacement cites the ballot from before, and everybody takes it.
    room.cast("d1", space, vote, Choice::For).unwrap();
    room.cast("chair", space, vote, Choice::For).unwrap();
    room.run_until_quiescent();
    room.close("chair", space, vote);
    room.run_until_quiescent();
    room.acknowledge_everywhere(space, vote);
    for name in NAMES {
        room.switch_off(name);
        room.switch_on(name);
        let record = room.tally(name, space, vote).unwrap();
        assert_eq!((record.outcome.counted, record.outcome.votes_for, record.outcome.against), (4, 4, 0), "{name}");
        assert!(record.final_ && record.problems.is_empty(), "{name}: {:?}", record.problems);
    }
    assert!(room.same(space, &NAMES));
}

#[test]
fn who_comes_in_during_the_vote_sees_it_and_has_no_ballot() {
    let mut room = Room::new(&["secretary", "chair", "d1", "late"]);
    let space = room.sitting("secretary", &[("chair", Chair), ("d1", Delegate)]);
    let vote = room.open_vote("chair", space, "ubnd-majority");
    room.run_until_quiescent();
    room.cast("d1", space, vote, Choice::For).unwrap();
    room.run_until_quiescent();
    assert!(room.tally("late", space, vote).is_none(), "not invited: there is no vote");
    let person = room.person("late");
    room.invite("secretary", space, person, Delegate);
    room.run_until_quiescent();
    let seen = room.tally("late", space, vote).unwrap();
    assert_eq!((seen.outcome.counted, seen.opening.roll.len()), (1, 3), "the newcomer sees the vote and its frozen roll");
    room.cast("late", space, vote, Choice::Against).unwrap();
    room.run_until_quiescent();
    let record = room.tally("chair", space, vote).unwrap();
    assert_eq!((record.outcome.counted, record.outcome.against), (1, 0));
    assert!(record.ballots.iter().any(|line| line.status == BallotStatus::NotOnRoll));
}
