//! Stories of a room: what people do, what goes wrong, and what must hold on every screen.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use domain::id::{DeviceId, Hash32, SpaceId, VoteId};
use domain::meeting::MeetingRole::{Chair, Delegate, Guest};
use domain::vote::{Ballot, Choice};
use harness::Room;
use signing::{Act, BallotStatus, VoteState};
use sync::DocRef;

const SEVEN: [&str; 7] = ["secretary", "chair", "d1", "d2", "d3", "d4", "d5"];

fn sitting(room: &mut Room, names: &[&str]) -> SpaceId {
    let invited: Vec<_> = names.iter().skip(1).map(|name| (*name, if *name == "chair" { Chair } else { Delegate })).collect();
    room.sitting("secretary", &invited)
}

fn counted(room: &Room, name: &str, space: SpaceId, vote: VoteId) -> u32 {
    room.tally(name, space, vote).map_or(0, |record| record.outcome.counted)
}

#[test]
fn seven_vote_one_cut_off_one_switched_off_and_all_see_the_same_result() {
    let mut room = Room::new(&SEVEN);
    let space = sitting(&mut room, &SEVEN);
    let vote = room.open_vote("chair", space, "ubnd-majority");
    room.run_until_quiescent();

    room.isolate("d5");
    room.cast("d5", space, vote, Choice::Against).unwrap();
    for name in ["secretary", "d1", "d2", "d3", "d4"] {
        room.cast(name, space, vote, Choice::For).unwrap();
    }
    room.run_until_quiescent();
    room.switch_off("d4");
    assert_eq!(counted(&room, "chair", space, vote), 5, "the cut-off ballot has not arrived");

    room.heal();
    assert_eq!(counted(&room, "chair", space, vote), 6, "the cut-off ballot counts because the vote is open");
    room.cast("chair", space, vote, Choice::For).unwrap();
    room.close("chair", space, vote);
    room.run_until_quiescent();
    room.acknowledge_everywhere(space, vote);

    for name in ["secretary", "chair", "d1", "d2", "d3", "d5"] {
        let record = room.tally(name, space, vote).unwrap();
        assert_eq!((record.outcome.counted, record.outcome.votes_for, record.outcome.against), (7, 6, 1), "{name}");
        assert!(record.outcome.passed && record.final_ && record.problems.is_empty(), "{name}: {:?}", record.problems);
    }
    room.switch_on("d4");
    let next_morning = room.tally("d4", space, vote).unwrap();
    assert_eq!(next_morning.outcome.counted, 7);
    assert!(matches!(next_morning.state, VoteState::Closed { .. }));
    assert!(room.same(space, &SEVEN));
}

#[test]
fn a_ballot_that_comes_after_the_close_is_shown_as_late_and_changes_nothing() {
    let names = ["secretary", "chair", "d1", "d2"];
    let mut room = Room::new(&names);
    let space = sitting(&mut room, &names);
    let vote = room.open_vote("chair", space, "ubnd-majority");
    room.run_until_quiescent();
    room.isolate("d2");
    room.cast("d2", space, vote, Choice::Against).unwrap();
    for name in ["secretary", "chair", "d1"] {
        room.cast(name, space, vote, Choice::For).unwrap();
    }
    room.run_until_quiescent();
    room.close("chair", space, vote);
    room.run_until_quiescent();
    room.heal();
    for name in names {
        let record = room.tally(name, space, vote).unwrap();
        assert_eq!((record.outcome.counted, record.outcome.against), (3, 0), "{name}");
        assert!(record.ballots.iter().any(|line| line.status == BallotStatus::Late), "{name} sees the late ballot");
    }
}

#[test]
fn a_ballot_from_a_second_device_or_by_a_guest_is_kept_and_not_counted() {
    let mut room = Room::new(&["secretary", "chair", "d1", "guest"]);
    let space = room.sitting("secretary", &[("chair", Chair), ("d1", Delegate), ("guest", Guest)]);
    room.further_device("d1-tablet", "d1");
    let vote = room.open_vote("chair", space, "ubnd-majority");
    room.run_until_quiescent();
    room.cast("d1", space, vote, Choice::For).unwrap();
    let opening = room.tally("chair", space, vote).unwrap().opening_hash;
    let ballot = |choice| Act::BallotCast(Ballot { vote, opening, choice, cast_at: Default::default(), replaces: None });
    for (name, choice) in [("d1-tablet", Choice::Against), ("guest", Choice::Against)] {
        let seat = DocRef::seat(space, &room.person(name));
        room.act(name, seat, ballot(choice)).unwrap();
    }
    room.run_until_quiescent();
    let record = room.tally("chair", space, vote).unwrap();
    assert_eq!((record.outcome.counted, record.outcome.votes_for, record.outcome.against), (1, 1, 0));
    let status = |wanted: BallotStatus| record.ballots.iter().filter(|line| line.status == wanted).count();
    assert_eq!((status(BallotStatus::NotCountedWrongDevice), status(BallotStatus::NotOnRoll)), (1, 1));
}

#[test]
fn nobody_writes_into_somebody_elses_seat_or_the_meeting_without_the_role() {
    let names = ["secretary", "chair", "d1", "d2"];
    let mut room = Room::new(&names);
    let space = sitting(&mut room, &names);
    let other = DocRef::seat(space, &room.person("d2"));
    let forged = Act::CheckedIn { space, at: Default::default() };
    assert_eq!(room.act("d1", other, forged.clone()).unwrap_err().code(), "not_allowed");
    assert_eq!(room.act("d1", DocRef::meeting(space), forged).unwrap_err().code(), "not_allowed");
}

#[test]
fn an_envelope_with_one_changed_byte_is_refused_everywhere() {
    use sync::port::Shelf as _;
    let names = ["secretary", "chair", "d1"];
    let mut room = Room::new(&names);
    let space = sitting(&mut room, &names);
    room.isolate("d1");
    room.edit("secretary", DocRef::meeting(space), |tx| {
        let info = domain::meeting::MeetingInfo {
            title: "Đổi tên".into(),
            body: "UBND".into(),
            place: "P2".into(),
            starts_at: Default::default(),
            conclusions: vec![],
        };
        sync::document::meeting::set_info(tx, &info).map_err(|error| error.to_string())
    })
    .unwrap();
    room.run_until_quiescent();
    let rows = room.device("secretary").shelf.envelopes(&space, 0, usize::MAX).unwrap();
    let newest = rows.last().unwrap().1.clone();
    let before = room.device("d1").shelf.count(&space);
    for index in (0..newest.len()).step_by(7) {
        let mut forged = newest.clone();
        forged[index] ^= 1;
        assert!(sync::envelope::open(&forged).is_err(), "byte {index}");
    }
    room.heal();
    assert_eq!(room.device("d1").shelf.count(&space), before + 1, "the true envelope arrives");
}

#[test]
fn what_a_meeting_says_never_reaches_who_is_not_invited() {
    let mut room = Room::new(&["secretary", "chair", "outsider"]);
    let space = room.sitting("secretary", &[("chair", Chair)]);
    let canary = b"bi mat cua phien hop";
    room.act("secretary", DocRef::meeting(space), Act::CheckedIn { space, at: Default::default() }).unwrap();
    let blob = room.add_blob("secretary", space, &canary.repeat(100));
    room.want_blob("chair", space, &blob);
    room.run_until_quiescent();
    assert_eq!(room.blob("chair", space, &blob).unwrap(), canary.repeat(100));
    assert_eq!(room.device("outsider").shelf.count(&space), 0);
    assert!(!room.device("outsider").shelf.holds(canary));
    room.want_blob("outsider", space, &blob);
    room.wait_ms(20_000);
    assert!(room.blob("outsider", space, &blob).is_none(), "knowing a blob's name opens nothing");
    assert!(!room.device("chair").shelf.holds(canary), "even the members' disks hold ciphertext");
}

#[test]
fn who_joins_late_has_the_whole_sitting() {
    let mut room = Room::new(&["secretary", "chair", "late"]);
    let space = room.sitting("secretary", &[("chair", Chair)]);
    let paper: Vec<u8> = (0..3_000_000u32).map(|byte| (byte % 251) as u8).collect();
    let blob = room.add_blob("secretary", space, &paper);
    for index in 0..200 {
        room.edit("secretary", DocRef::meeting(space), |tx| {
            let info = domain::meeting::MeetingInfo {
                title: format!("Bản {index}"),
                body: "UBND".into(),
                place: "P2".into(),
                starts_at: Default::default(),
                conclusions: vec![],
            };
            sync::document::meeting::set_info(tx, &info).map_err(|error| error.to_string())
        })
        .unwrap();
    }
    room.run_until_quiescent();
    let person = room.person("late");
    room.isolate("chair");
    room.invite("secretary", space, person, Delegate);
    room.run_until_quiescent();
    room.want_blob("late", space, &blob);
    room.run_until_quiescent();
    assert!(room.same(space, &["secretary", "late"]));
    assert_eq!(room.blob("late", space, &blob).unwrap(), paper);
    room.heal();
    assert!(room.same(space, &["secretary", "chair", "late"]));
}

#[test]
fn two_halves_that_vote_apart_agree_once_they_hear_each_other() {
    let mut room = Room::new(&SEVEN);
    let space = sitting(&mut room, &SEVEN);
    let vote = room.open_vote("chair", space, "ubnd-majority");
    room.run_until_quiescent();
    room.partition(&[&["secretary", "chair", "d1"], &["d2", "d3", "d4", "d5"]]);
    for name in SEVEN {
        room.cast(name, space, vote, if name == "d3" { Choice::NotVoting } else { Choice::For }).unwrap();
    }
    room.run_until_quiescent();
    assert_eq!(counted(&room, "chair", space, vote), 3);
    assert_eq!(counted(&room, "d2", space, vote), 4);
    room.heal();
    for name in SEVEN {
        assert_eq!(counted(&room, name, space, vote), 7, "{name}");
    }
    assert!(room.same(space, &SEVEN));
}

#[test]
fn a_full_disk_loses_nothing_that_was_said_to_be_saved() {
    let names = ["secretary", "chair", "d1"];
    let mut room = Room::new(&names);
    let space = sitting(&mut room, &names);
    let vote = room.open_vote("chair", space, "ubnd-majority");
    room.run_until_quiescent();
    room.cast("d1", space, vote, Choice::For).unwrap();
    room.run_until_quiescent();
    room.disk_full("chair", true);
    room.cast("secretary", space, vote, Choice::For).unwrap();
    room.run_until_quiescent();
    assert_eq!(counted(&room, "chair", space, vote), 1, "the chair cannot store the second ballot and does not pretend");
    room.disk_full("chair", false);
    room.heal();
    assert_eq!(counted(&room, "chair", space, vote), 2);
    room.cast("chair", space, vote, Choice::For).unwrap();
    room.run_until_quiescent();
    assert!(room.same(space, &names));
}

#[test]
fn a_clock_a_day_wrong_changes_no_result() {
    let names = ["secretary", "chair", "d1", "d2"];
    let mut room = Room::new(&names);
    room.skew_clock("d1", -86_400_000);
    room.skew_clock("chair", 86_400_000);
    let space = sitting(&mut room, &names);
    let vote = room.open_vote("chair", space, "ubnd-majority");
    room.run_until_quiescent();
    for name in names {
        room.cast(name, space, vote, Choice::For).unwrap();
    }
    room.run_until_quiescent();
    room.close("chair", space, vote);
    room.run_until_quiescent();
    room.acknowledge_everywhere(space, vote);
    for name in names {
        let record = room.tally(name, space, vote).unwrap();
        assert!(record.final_ && record.outcome.counted == 4, "{name}");
    }
}

#[test]
fn garbage_frames_do_no_harm_and_end_the_connection() {
    let names = ["secretary", "chair", "d1"];
    let mut room = Room::new(&names);
    let space = sitting(&mut room, &names);
    for index in 0..20u8 {
        room.inject("d1", "chair", vec![index; 3 + usize::from(index) * 50]);
    }
    room.edit("secretary", DocRef::meeting(space), |tx| {
        let info = domain::meeting::MeetingInfo {
            title: "Sau rác".into(),
            body: "UBND".into(),
            place: "P".into(),
            starts_at: Default::default(),
            conclusions: vec![],
        };
        sync::document::meeting::set_info(tx, &info).map_err(|error| error.to_string())
    })
    .unwrap();
    room.heal();
    assert!(room.same(space, &names));
}

#[test]
fn any_order_of_delivery_leads_to_the_same_room() {
    for seed in 0..12 {
        let names = ["secretary", "chair", "d1", "d2", "d3"];
        let mut room = Room::seeded(seed, &names);
        let space = sitting(&mut room, &names);
        let vote = room.open_vote("chair", space, "ubnd-majority");
        room.run_until_quiescent();
        room.partition(&[&["secretary", "d1"], &["chair", "d2", "d3"]]);
        for (index, name) in names.iter().enumerate() {
            room.cast(name, space, vote, if index % 2 == 0 { Choice::For } else { Choice::Against }).unwrap();
        }
        room.heal();
        assert!(room.same(space, &names), "seed {seed}");
        let outcomes: Vec<_> = names.iter().map(|name| room.tally(name, space, vote).unwrap().outcome).collect();
        assert!(outcomes.windows(2).all(|pair| pair[0] == pair[1]), "seed {seed}");
    }
}

#[test]
fn in_a_room_without_faults_the_wire_carries_little_more_than_it_must() {
    let mut room = Room::new(&SEVEN);
    let space = sitting(&mut room, &SEVEN);
    let vote = room.open_vote("chair", space, "ubnd-majority");
    room.run_until_quiescent();
    let paper = vec![7; 400_000];
    let before = room.wire_bytes();
    let blob = room.add_blob("secretary", space, &paper);
    for name in &SEVEN[1..] {
        room.want_blob(name, space, &blob);
    }
    for name in SEVEN {
        room.cast(name, space, vote, Choice::For).unwrap();
        room.run_until_quiescent();
    }
    let least = 6 * 400_000 + 7 * 6 * 700;
    assert!(room.wire_bytes() - before < 3 * least, "{} bytes for at least {least}", room.wire_bytes() - before);
}

#[test]
fn a_stranger_with_a_made_up_certificate_stays_a_stranger() {
    let names = ["secretary", "chair"];
    let mut room = Room::new(&names);
    let space = sitting(&mut room, &names);
    let other = Room::seeded(99, &["intruder"]);
    let chain = other.replica("intruder").directory().unwrap().chain(&other.replica("intruder").device()).unwrap();
    let device: DeviceId = other.replica("intruder").device();
    assert!(!room.replica("chair").directory().unwrap().trusts(&device));
    let hello = sync::wire::Message::Hello { versions: vec![1], nonce: [0; 32], root: None, organisation: "Giả".into(), chain };
    room.inject("secretary", "chair", hello.encode());
    assert!(room.replica("chair").access(&space).is_some());
    assert_ne!(Hash32([0; 32]), room.replica("chair").directory().unwrap().root().fingerprint());
    assert!(!room.replica("chair").directory().unwrap().trusts(&device));
}

#[test]
fn in_a_room_where_all_dialled_the_secretary_a_ballot_reaches_everybody_without_a_pause() {
    for seed in 0..40 {
        let mut room = Room::seeded(seed, &SEVEN);
        room.star("secretary");
        let space = sitting(&mut room, &SEVEN);
        let vote = room.open_vote("chair", space, "ubnd-majority");
        room.deliver();
        for name in SEVEN {
            room.cast(name, space, vote, Choice::For).unwrap();
        }
        room.deliver();
        for name in SEVEN {
            assert_eq!(counted(&room, name, space, vote), 7, "{name} in room {seed}");
        }
    }
}

#[test]
fn what_nobody_else_may_have_does_not_wait_and_what_others_lack_does() {
    let mut room = Room::new(&["secretary", "chair"]);
    let space = room.sitting("secretary", &[]);
    assert_eq!(room.replica("secretary").waiting(), 0, "nobody is invited yet");
    room.isolate("chair");
    room.invite("secretary", space, room.person("chair"), Chair);
    assert!(room.replica("secretary").waiting() > 0, "the invited chair has nothing yet");
    room.heal();
    assert_eq!(room.replica("secretary").waiting(), 0);
}
