//! An organisation's space with the logs of four thousand devices, and what it costs a device to come back to it.
//!
//! Sixty-three certified people have as many logs each as a device may have: what is compared are logs, whosever they are. Counted is what both
//! sides say from the proofs on until nothing more follows, of all spaces that they share (the directory and the organisation's): digests,
//! parts, ends of logs, acknowledgements, and of envelopes headers and signatures. Not counted are the greetings, which are the same
//! however large the organisation is, and the payloads of envelopes, which are as long as what people wrote.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use domain::id::{Hash32, PersonId, SpaceId};
use harness::Room;
use harness::change::RawChange;
use harness::forgery::{ACTOR_NONCE, Pen, frame};
use rand_chacha::ChaCha20Rng;
use rand_core::{Rng, SeedableRng};
use sync::DocRef;
use sync::limits::{LOGS_OF_DEVICE_MAX, PARTS_FROM_LOGS, PARTS_MAX};
use sync::wire::{LogEnd, Message, Part, SpaceDigest};

const PEOPLE: usize = 63;
const LOGS: usize = PEOPLE * LOGS_OF_DEVICE_MAX;
/// Envelopes that are handed over at a time.
const AT_A_TIME: usize = 400;
/// What coming back may cost if nothing is new.
const NOTHING_NEW_BYTES: usize = 300;
/// What it may cost if ten logs moved.
const TEN_MOVED_BYTES: usize = 10_000;
/// Ends of logs that are near to one in length.
const END_BYTES: usize = 75;

struct Office {
    room: Room,
    space: SpaceId,
    logs: Vec<(PersonId, Pen)>,
}

impl Office {
    /// The secretary and the chair have everything; a courier, who is no member, brings what others wrote.
    fn new() -> Self {
        let mut room = Room::new(&["secretary", "chair", "courier"]);
        let space = room.organisation("secretary", &["chair"]);
        let staff = room.staff("secretary", space, PEOPLE);
        let mut rng = ChaCha20Rng::seed_from_u64(4_000);
        let mut logs = Vec::new();
        for (person, keys) in &staff {
            for _ in 0..LOGS_OF_DEVICE_MAX {
                logs.push((*person, Pen::with(keys, room.replica("secretary"), space, rng.next_u64())));
            }
        }
        let mut office = Self { room, space, logs };
        office.write("secretary", 0..LOGS, 0);
        office.room.run_until_quiescent();
        office.agree();
        office
    }

    /// Some logs go on, and somebody hears of it.
    fn write(&mut self, to: &str, logs: impl IntoIterator<Item = usize>, round: u8) {
        let mut written = Vec::new();
        for at in logs {
            let (person, pen) = &mut self.logs[at];
            let target = DocRef::contribution(self.space, person, &[round; 16]);
            let change = RawChange::first(&pen.actor(&ACTOR_NONCE)).puts(3).bytes();
            written.push(pen.change(&target, ACTOR_NONCE, change));
        }
        for some in written.chunks(AT_A_TIME) {
            self.room.hand("courier", to, frame(self.space, some));
        }
    }

    /// Ten logs all over the organisation, others for each round.
    fn ten(round: usize) -> impl Iterator<Item = usize> {
        (0..10).map(move |at| (at * LOGS / 10 + round * 7) % LOGS)
    }

    fn ends(&self, name: &str) -> Vec<LogEnd> {
        let space = self.room.replica(name).spaces().find(|space| space.id == self.space).unwrap();
        space.heads().into_iter().map(LogEnd::from).collect()
    }

    /// Both have the same, and all of it.
    fn agree(&self) {
        let ends = self.ends("chair");
        assert_eq!(ends, self.ends("secretary"));
        assert!(ends.len() > LOGS, "{} logs", ends.len());
        let written: u64 = self.logs.iter().map(|(_, pen)| pen.header.seq - 1).sum();
        let staff: u64 = ends.iter().filter(|end| self.is_of_staff(end)).map(|end| end.seq).sum();
        assert_eq!(staff, written, "everything that was written is here");
    }

    fn is_of_staff(&self, end: &LogEnd) -> bool {
        let runs = |name: &str| self.room.replica(name).device() == end.device;
        !runs("secretary") && !runs("chair")
    }

    /// The chair comes back; what the two say to each other.
    fn comes_back(&mut self) -> Vec<Message> {
        self.room.switch_off("courier");
        self.room.tap();
        self.room.heal();
        let said = self.room.tapped().into_iter().map(|(_, _, message)| message);
        said.filter(|message| !matches!(message, Message::Hello { .. } | Message::Proof { .. })).collect()
    }
}

/// Bytes without the payloads of envelopes.
fn bytes(said: &[Message]) -> usize {
    said.iter().map(|message| message.encode().len() - payloads(message)).sum()
}

fn payloads(message: &Message) -> usize {
    let Message::Envelopes { envelopes, .. } = message else { return 0 };
    envelopes.iter().map(|bytes| sync::envelope::open(bytes).unwrap().payload.len()).sum()
}

fn by_parts(said: &[Message]) -> bool {
    said.iter().any(|message| matches!(message, Message::Parts { .. }))
}

fn in_one_step(said: &[Message]) -> bool {
    said.iter().any(|message| matches!(message, Message::Vector { .. }))
}

#[test]
fn who_comes_back_to_four_thousand_logs_says_next_to_nothing_if_nothing_is_new_and_little_if_ten_moved() {
    let mut office = Office::new();
    office.room.isolate("chair");
    let said = office.comes_back();
    println!("nothing new: {} bytes", bytes(&said));
    assert!(bytes(&said) < NOTHING_NEW_BYTES, "{} bytes: {said:?}", bytes(&said));
    assert!(!said.is_empty());

    office.room.switch_on("courier");
    office.room.isolate("chair");
    office.write("secretary", Office::ten(1), 1);
    let said = office.comes_back();
    office.agree();
    println!("ten moved: {} bytes, and {} of payloads", bytes(&said), said.iter().map(payloads).sum::<usize>());
    assert!(bytes(&said) < TEN_MOVED_BYTES, "{} bytes", bytes(&said));
    assert!(by_parts(&said) && !in_one_step(&said));

    office.room.switch_on("courier");
    office.room.isolate("chair");
    office.write("secretary", Office::ten(2).take(5), 2);
    office.room.heal_between("courier", "chair");
    office.write("chair", Office::ten(2).skip(5), 2);
    let said = office.comes_back();
    office.agree();
    println!("five moved on each side: {} bytes", bytes(&said));
    assert!(bytes(&said) < TEN_MOVED_BYTES, "{} bytes", bytes(&said));
}

#[test]
fn where_much_moved_or_the_other_program_is_older_the_ends_of_all_logs_are_told() {
    let mut office = Office::new();
    office.room.isolate("chair");
    office.write("secretary", (0..LOGS).step_by(2), 1);
    let said = office.comes_back();
    office.agree();
    assert!(in_one_step(&said), "half of all logs are not looked for one by one");

    office.room.greets_in_version_1("chair");
    office.room.switch_on("courier");
    office.room.isolate("chair");
    office.write("secretary", Office::ten(2), 2);
    let said = office.comes_back();
    office.agree();
    assert!(in_one_step(&said) && !by_parts(&said), "an older program is told nothing that it does not know");
    assert!(bytes(&said) > LOGS * END_BYTES);
}

#[test]
fn who_comes_back_to_somebody_who_asks_another_is_not_kept_waiting() {
    let mut room = Room::new(&["secretary", "chair", "clerk"]);
    let space = room.organisation("secretary", &["chair", "clerk"]);
    let staff = room.staff("secretary", space, 1 + PARTS_FROM_LOGS / LOGS_OF_DEVICE_MAX);
    let mut rng = ChaCha20Rng::seed_from_u64(512);
    let mut pens = Vec::new();
    for (person, keys) in &staff {
        for _ in 0..LOGS_OF_DEVICE_MAX {
            pens.push((*person, Pen::with(keys, room.replica("secretary"), space, rng.next_u64())));
        }
    }
    let write = |(person, pen): &mut (PersonId, Pen), round: u8| {
        let change = RawChange::first(&pen.actor(&ACTOR_NONCE)).puts(3).bytes();
        pen.change(&DocRef::contribution(space, person, &[round; 16]), ACTOR_NONCE, change)
    };
    let written: Vec<_> = pens.iter_mut().map(|pen| write(pen, 0)).collect();
    room.hand("clerk", "secretary", frame(space, &written));
    room.run_until_quiescent();
    let ends = |room: &Room, name: &str| room.replica(name).spaces().find(|state| state.id == space).unwrap().heads();
    assert!(ends(&room, "chair").len() > PARTS_FROM_LOGS);

    room.isolate("chair");
    let fresh = write(&mut pens[0], 1);
    room.hand("clerk", "secretary", frame(space, &[fresh]));
    room.run_until_quiescent();
    room.wait_ms(30_000);
    let offer = Message::Digests { spaces: vec![SpaceDigest { space, digest: Hash32([9; 32]) }] }.encode();
    room.hand("clerk", "secretary", offer.clone());
    room.plug_in("secretary", "chair");
    for _ in 0..14 {
        room.hand("clerk", "secretary", offer.clone());
        room.pass_ms(250);
    }
    assert_eq!(ends(&room, "chair"), ends(&room, "secretary"), "though the clerk offers something else all the time");
}

#[test]
fn what_moves_while_two_compare_is_not_lost() {
    let mut office = Office::new();
    for round in 1..=12_u8 {
        office.room.isolate("chair");
        office.write("secretary", Office::ten(usize::from(round)), round);
        office.room.heal_between("courier", "chair");
        office.room.plug_in("secretary", "chair");
        for _ in 0..round {
            office.room.deliver_one();
        }
        let more = Office::ten(100 + usize::from(round));
        office.write(if round % 2 == 0 { "secretary" } else { "chair" }, more, round);
        office.room.run_until_quiescent();
        office.agree();
        office.room.heal();
    }
}

#[test]
fn whoever_asks_by_parts_is_told_no_more_than_the_ends_of_all_logs_and_who_is_no_member_nothing() {
    let mut office = Office::new();
    let space = office.space;
    let digest = Hash32([9; 32]);
    let all = Message::Vector { space, ends: office.ends("secretary"), reply: true }.encode().len();
    let part = |at: usize, bytes: usize| Part { at: u16::try_from(at).unwrap(), digests: vec![7; bytes].into() };
    let parts =
        |depth: u8, count: usize| Message::Parts { space, digest, depth, parts: (0..count).map(|at| part(at, 64)).collect() };
    let told = |parts: Vec<u16>, ends: Vec<LogEnd>, reply| Message::PartEnds { space, digest, parts, ends, reply };
    let mut asks = |from: &str, message: &Message| {
        office.room.tap();
        office.room.hand(from, "secretary", message.encode());
        let said = office.room.tapped().into_iter().map(|(_, _, message)| message.encode().len());
        said.sum::<usize>()
    };

    let every = (0..u16::try_from(PARTS_MAX).unwrap()).collect::<Vec<u16>>();
    let questions = [parts(0, 1), parts(1, 1), parts(1, 16), parts(2, 16), parts(2, PARTS_MAX), told(every, Vec::new(), true)];
    for question in &questions {
        let answer = asks("chair", question);
        assert!((1..=all).contains(&answer), "{answer} bytes for {}, and all are {all}", question.encode().len());
        assert_eq!(asks("courier", question), 0, "the courier is no member");
    }

    let end =
        LogEnd { device: domain::id::DeviceId([0; 32]), incarnation: domain::id::Incarnation([0; 8]), seq: 1, hash: digest };
    let malformed = [
        parts(3, 1),
        parts(0, 2),
        Message::Parts { space, digest, depth: 1, parts: vec![part(1, 64), part(1, 64)] },
        Message::Parts { space, digest, depth: 1, parts: vec![part(1, 63)] },
        told(vec![1], vec![end], true),
        told(Vec::new(), Vec::new(), true),
    ];
    for message in &malformed {
        assert_eq!(asks("chair", message), 0, "{message:?}");
    }
    office.write("secretary", Office::ten(1), 1);
    office.room.heal();
    office.agree();
}
