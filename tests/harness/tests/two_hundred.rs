//! A sitting of two hundred, each with a few neighbours: all come at once, all vote, and the chair's lid is closed in the middle.
//!
//! The time is the simulated one, in which saying something takes none: what is measured are the patience of the protocol and the ways that
//! things go, not processors. `cargo xtask bench meeting` measures those.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use domain::id::{SpaceId, VoteId};
use domain::vote::Choice;
use harness::Room;

const PEOPLE: usize = 200;
/// Whom each calls besides the next one; as many call back.
const CALLS: usize = 5;
/// How many neighbours one has at most.
const NEIGHBOURS_MAX: usize = 32;
/// In which time all who come at once have the sitting.
const JOINING_MS: u64 = 5_000;
/// In which time a ballot of everybody is everywhere.
const BALLOTS_MS: u64 = 2_000;

fn names() -> Vec<String> {
    let others = (2..PEOPLE).map(|number| format!("d{number}"));
    ["secretary".to_owned(), "chair".to_owned()].into_iter().chain(others).collect()
}

/// Does everybody have what the secretary has.
fn lacking(room: &Room, names: &[&str], space: SpaceId) -> Vec<String> {
    let heads = |name: &str| room.replica(name).spaces().find(|state| state.id == space).map(sync::space::Space::heads);
    let all = heads("secretary");
    names.iter().filter(|name| heads(name) != all).map(|name| (*name).to_owned()).collect()
}

fn counted(room: &Room, name: &str, space: SpaceId, vote: VoteId) -> usize {
    room.tally(name, space, vote).map_or(0, |record| usize::try_from(record.outcome.counted).unwrap())
}

#[test]
fn two_hundred_come_at_once_and_vote_while_the_chair_sleeps_and_every_ballot_counts() {
    let names = names();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let (mut room, space) = Room::crowd(1, &names);

    room.everybody_calls(CALLS);
    room.pass_ms(JOINING_MS);
    assert_eq!(lacking(&room, &names, space), Vec::<String>::new(), "all have come in, and have the sitting");
    for name in &names {
        let neighbours = room.replica(name).peers().count();
        assert!((2..=NEIGHBOURS_MAX).contains(&neighbours), "{name} has {neighbours} neighbours");
    }

    let vote = room.open_vote("chair", space, "ubnd-majority");
    room.pass_ms(BALLOTS_MS);
    let (awake, asleep): (Vec<_>, Vec<_>) = names.iter().enumerate().partition(|(at, _)| at % 2 == 0);
    for (at, name) in awake {
        room.cast(name, space, vote, if at % 10 == 0 { Choice::Against } else { Choice::For }).unwrap();
    }
    room.pass_ms(BALLOTS_MS);
    assert_eq!(lacking(&room, &names, space), Vec::<String>::new(), "half of the ballots are everywhere");
    assert_eq!(counted(&room, "chair", space, vote), PEOPLE / 2);

    let neighbours = room.falls_asleep("chair");
    for (_, name) in asleep.into_iter().filter(|(_, name)| **name != "chair") {
        room.cast(name, space, vote, Choice::For).unwrap();
    }
    room.pass_ms(BALLOTS_MS);
    assert_eq!(lacking(&room, &names, space), ["chair"], "the others do not wait for it");
    assert_eq!(counted(&room, "chair", space, vote), PEOPLE / 2, "the chair's device heard nothing");
    assert_eq!(counted(&room, "d199", space, vote), PEOPLE - 1);

    room.wakes_up("chair", &neighbours);
    room.pass_ms(BALLOTS_MS);
    room.cast("chair", space, vote, Choice::For).unwrap();
    assert_eq!(counted(&room, "chair", space, vote), PEOPLE, "nothing that was cast meanwhile is lost");
    room.close("chair", space, vote);
    room.pass_ms(BALLOTS_MS);
    assert_eq!(lacking(&room, &names, space), Vec::<String>::new());
    for name in ["secretary", "chair", "d2", "d101", "d199"] {
        let outcome = room.tally(name, space, vote).unwrap().outcome;
        let expected = (200, 180, 20, true);
        assert_eq!((outcome.counted, outcome.votes_for, outcome.against, outcome.passed), expected, "{name}");
    }
}
