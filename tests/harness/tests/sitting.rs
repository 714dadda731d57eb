//! A sitting over the wire: whoever hears of it in whatever order comes to the same, and nobody says what is not theirs to say.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use domain::id::{Hash32, SpaceId};
use domain::meeting::MeetingRole::{Chair, Delegate, Guest};
use domain::sitting::{
    AttendanceMark, CodeMove, CodeProof, CodeStep, CourseStep, FloorMove, FloorStep, Mark, Move, Phase, Presence, Sitting,
    SpeechKind, Void, fold,
};
use harness::Room;
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;
use signing::room_code::RoomSecret;
use signing::sitting::{Witness, sitting_acts};
use signing::{Act, VerifiedAct};
use sync::DocRef;

const FIVE: [&str; 5] = ["secretary", "chair", "d1", "d2", "d3"];

fn room_of_five(seed: u64) -> (Room, SpaceId) {
    let mut room = Room::seeded(seed, &FIVE);
    let space = room.sitting("secretary", &[("chair", Chair), ("d1", Delegate), ("d2", Delegate), ("d3", Delegate)]);
    (room, space)
}

/// The sitting as somebody's device sees it.
fn seen(room: &Room, name: &str, space: SpaceId) -> Sitting {
    let replica = room.replica(name);
    let acts: Vec<VerifiedAct> =
        replica.acts(&room.device(name).shelf, &space).unwrap().iter().filter_map(|(_, act)| act.verified().ok()).collect();
    let access = replica.access(&space).unwrap();
    let witness = Witness {
        person: &|device| replica.person_of(device),
        managed: &|person| access.managed.contains(person),
        here: &|_, at| at,
    };
    fold(sitting_acts(&acts, &space, &witness), &|person| access.members.get(person).copied())
}

fn presence(room: &Room, on: &str, space: SpaceId, of: &str) -> Presence {
    seen(room, on, space).attendance.of(&room.person(of)).presence
}

/// Says something of somebody's presence, in knowledge of all that has come to this device.
fn mark(room: &mut Room, by: &str, space: SpaceId, of: &str, mark: Mark) -> Hash32 {
    let person = room.person(of);
    let target = if by == of || !["secretary", "chair"].contains(&by) {
        DocRef::seat(space, &room.person(by))
    } else {
        DocRef::meeting(space)
    };
    let at = room.wall(by);
    let after = seen(room, by, space).last;
    let act = AttendanceMark { space, person, mark, reason: String::new(), at, after };
    room.act(by, target, Act::Attendance(act)).unwrap().hash()
}

fn floor(room: &mut Room, by: &str, space: SpaceId, what: FloorMove) -> Hash32 {
    let managed = ["secretary", "chair"].contains(&by);
    let target = if managed { DocRef::meeting(space) } else { DocRef::seat(space, &room.person(by)) };
    let step = FloorStep { space, what, at: room.wall(by), after: seen(room, by, space).last };
    room.act(by, target, Act::Floor(step)).unwrap().hash()
}

fn say_of_code(room: &mut Room, by: &str, space: SpaceId, what: CodeMove) -> Hash32 {
    let managed = ["secretary", "chair"].contains(&by);
    let target = if managed { DocRef::meeting(space) } else { DocRef::seat(space, &room.person(by)) };
    let step = CodeStep { space, what, at: room.wall(by), after: seen(room, by, space).last };
    room.act(by, target, Act::RoomCode(step)).unwrap().hash()
}

#[test]
fn two_halves_that_take_the_roll_apart_agree_once_they_hear_each_other() {
    for seed in 0..8 {
        let (mut room, space) = room_of_five(seed);
        mark(&mut room, "d1", space, "d1", Mark::Arrived);
        mark(&mut room, "d2", space, "d2", Mark::Arrived);
        room.run_until_quiescent();
        room.partition(&[&["secretary", "d1"], &["chair", "d2", "d3"]]);
        mark(&mut room, "secretary", space, "d3", Mark::Absent);
        mark(&mut room, "d3", space, "d3", Mark::Arrived);
        mark(&mut room, "chair", space, "d1", Mark::Left);
        mark(&mut room, "d1", space, "d1", Mark::Left);
        mark(&mut room, "d1", space, "d1", Mark::Arrived);
        room.run_until_quiescent();
        assert_eq!(presence(&room, "secretary", space, "d3"), Presence::Absent, "what this half knows");
        assert_eq!(presence(&room, "chair", space, "d3"), Presence::Present, "what that half knows");
        room.heal();
        let one = seen(&room, "secretary", space);
        for name in FIVE {
            assert_eq!(seen(&room, name, space), one, "{name} in room {seed}");
        }
        assert_eq!(
            one.attendance.of(&room.person("d1")).presence,
            Presence::Present,
            "the return was said in knowledge of the departure"
        );
    }
}

#[test]
fn a_delegate_says_of_nobody_else_that_one_is_gone() {
    let (mut room, space) = room_of_five(1);
    mark(&mut room, "d1", space, "d1", Mark::Arrived);
    room.run_until_quiescent();
    let forged = mark(&mut room, "d2", space, "d1", Mark::Left);
    room.run_until_quiescent();
    for name in FIVE {
        let sitting = seen(&room, name, space);
        assert_eq!(sitting.attendance.of(&room.person("d1")).presence, Presence::Present, "{name}");
        assert_eq!(sitting.attendance.void, [(forged, Void::NotAllowed)], "{name} is told of it");
    }
    let person = room.person("d1");
    let act = AttendanceMark { space, person, mark: Mark::Left, reason: String::new(), at: room.wall("d2"), after: None };
    let refused = room.act("d2", DocRef::meeting(space), Act::Attendance(act)).unwrap_err();
    assert_eq!(refused.code(), "not_allowed", "nor in the meeting's document");
}

#[test]
fn what_a_chair_said_stays_said_after_the_chair_was_handed_over() {
    let (mut room, space) = room_of_five(1);
    mark(&mut room, "chair", space, "d1", Mark::Arrived);
    room.run_until_quiescent();
    room.invite("secretary", space, room.person("chair"), Delegate);
    room.invite("secretary", space, room.person("d2"), Chair);
    room.run_until_quiescent();
    for name in FIVE {
        assert_eq!(presence(&room, name, space, "d1"), Presence::Present, "{name}");
    }
    mark(&mut room, "d2", space, "d3", Mark::Excused);
    room.run_until_quiescent();
    assert_eq!(presence(&room, "d1", space, "d3"), Presence::Excused, "and the new chair says it from here on");
}

#[test]
fn the_code_on_the_chairs_screen_proves_who_read_it_and_nobody_who_copied_that() {
    let (mut room, space) = room_of_five(1);
    for name in ["d1", "d2"] {
        mark(&mut room, name, space, name, Mark::Arrived);
    }
    let secret = RoomSecret::generate(&mut ChaCha20Rng::seed_from_u64(7));
    let now = room.wall("chair");
    let (code, _) = secret.now(&space, now);
    let proof = code.proof(&space, &room.replica("d1").device());
    say_of_code(&mut room, "d1", space, CodeMove::Shown { proof });
    room.run_until_quiescent();
    // Somebody at home saw what d1 sent, and sends the same.
    let copied = say_of_code(&mut room, "d2", space, CodeMove::Shown { proof });
    say_of_code(&mut room, "d2", space, CodeMove::Accepted { shown: copied });
    room.run_until_quiescent();
    let shown = seen(&room, "chair", space).attendance.shown;
    assert_eq!(shown.len(), 2);
    let right: Vec<_> = shown.values().filter(|shown| secret.accepts(&space, now, &shown.device, &shown.proof)).collect();
    assert_eq!(right.len(), 1, "{right:?}");
    let shown = right[0].act;
    say_of_code(&mut room, "chair", space, CodeMove::Accepted { shown });
    room.run_until_quiescent();
    for name in FIVE {
        let attendance = seen(&room, name, space).attendance;
        assert_eq!(attendance.of(&room.person("d1")).code, CodeProof::Accepted, "{name}");
        assert_eq!(attendance.of(&room.person("d2")).code, CodeProof::Shown, "{name}: waits for ever");
        assert_eq!(attendance.void.iter().map(|(_, why)| *why).collect::<Vec<_>>(), [Void::NotAllowed], "{name}");
    }
}

#[test]
fn a_mark_of_one_sitting_says_nothing_in_another() {
    let (mut room, space) = room_of_five(1);
    let other = room.sitting("secretary", &[("d1", Delegate)]);
    let person = room.person("d1");
    let act =
        AttendanceMark { space: other, person, mark: Mark::Arrived, reason: String::new(), at: room.wall("d1"), after: None };
    room.act("d1", DocRef::seat(space, &person), Act::Attendance(act)).unwrap();
    room.run_until_quiescent();
    for name in FIVE {
        assert_eq!(presence(&room, name, space, "d1"), Presence::Unknown, "{name}");
    }
    assert_eq!(presence(&room, "secretary", other, "d1"), Presence::Unknown);
}

#[test]
fn a_clock_a_day_wrong_changes_neither_the_roll_nor_the_queue() {
    let (mut room, space) = room_of_five(1);
    room.skew_clock("d1", -86_400_000);
    room.skew_clock("secretary", 86_400_000);
    mark(&mut room, "secretary", space, "d1", Mark::Absent);
    room.run_until_quiescent();
    mark(&mut room, "d1", space, "d1", Mark::Arrived);
    for name in ["d2", "d1", "d3"] {
        let person = room.person(name);
        floor(&mut room, name, space, FloorMove::Asked { person, item: None, kind: SpeechKind::Speech });
        room.run_until_quiescent();
    }
    for name in FIVE {
        let sitting = seen(&room, name, space);
        assert_eq!(sitting.attendance.of(&room.person("d1")).presence, Presence::Present, "{name}");
        let queue: Vec<_> = sitting.floor.queue.iter().map(|request| request.person).collect();
        assert_eq!(queue, ["d2", "d1", "d3"].map(|name| room.person(name)), "{name}");
    }
}

#[test]
fn a_sitting_is_opened_led_and_closed_by_chair_and_secretary_and_everybody_sees_the_same() {
    let (mut room, space) = room_of_five(1);
    room.invite("secretary", space, room.person("d3"), Guest);
    room.run_until_quiescent();
    let moved = |room: &mut Room, by: &str, what: Move| {
        let step = CourseStep { space, what, at: room.wall(by), after: seen(room, by, space).last };
        let target = if by == "d1" { DocRef::seat(space, &room.person(by)) } else { DocRef::meeting(space) };
        let hash = room.act(by, target, Act::Course(step)).unwrap().hash();
        room.run_until_quiescent();
        hash
    };
    let forged = moved(&mut room, "d1", Move::Opened { rules: "ubnd-majority".into() });
    moved(&mut room, "chair", Move::Opened { rules: "hdnd-majority".into() });
    let ask = |room: &mut Room, by: &str, kind| {
        let person = room.person(by);
        let hash = floor(room, by, space, FloorMove::Asked { person, item: None, kind });
        room.run_until_quiescent();
        hash
    };
    let speech = ask(&mut room, "d1", SpeechKind::Speech);
    let interpellation = ask(&mut room, "d3", SpeechKind::Interpellation);
    ask(&mut room, "d2", SpeechKind::PointOfOrder);
    let thief = room.person("d2");
    let taken = FloorMove::Given { person: thief, request: None, item: None, kind: SpeechKind::Speech, seconds: None };
    let stolen = floor(&mut room, "d2", space, taken);
    room.run_until_quiescent();
    let person = room.person("d1");
    let word = floor(
        &mut room,
        "secretary",
        space,
        FloorMove::Given { person, request: Some(speech), item: None, kind: SpeechKind::Speech, seconds: Some(180) },
    );
    room.run_until_quiescent();
    for name in FIVE {
        let sitting = seen(&room, name, space);
        assert_eq!((sitting.course.phase, sitting.course.rules.as_deref()), (Phase::Running, Some("hdnd-majority")), "{name}");
        assert_eq!(sitting.course.void, [(forged, Void::NotAllowed)], "{name}");
        assert_eq!(sitting.floor.void, [(interpellation, Void::NotAllowed), (stolen, Void::NotAllowed)], "{name}");
        assert_eq!(sitting.floor.speaking.map(|word| word.person), Some(person), "{name}");
        assert_eq!(sitting.floor.queue.iter().map(|request| request.person).collect::<Vec<_>>(), [room.person("d2")], "{name}");
    }
    floor(&mut room, "chair", space, FloorMove::Ended { word, spoken_s: 95 });
    moved(&mut room, "chair", Move::Closed);
    let closed = seen(&room, "d3", space);
    assert_eq!((closed.course.phase, closed.floor.spoken.len()), (Phase::Closed, 1));
    assert_eq!(closed.floor.spoken[0].spoken_s, Some(95));
}
