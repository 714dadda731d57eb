//! Whoever is nobody here, or says to be somebody else: nothing is told to them, and they take nobody's place.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::collections::VecDeque;

use automerge::transaction::Transactable;
use domain::id::{DeviceId, Hash32, PersonId, SpaceId};
use domain::meeting::MeetingRole::{Chair, Delegate};
use harness::Room;
use harness::change::RawChange;
use harness::forgery::{ACTOR_NONCE, Pen, frame};
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;
use signing::JoinRequest;
use signing::canonical;
use signing::certificate::Chain;
use signing::join::{JOIN_VERSION, SignedJoinRequest};
use signing::keys::{DeviceKeys, Signature};
use sync::DocRef;
use sync::limits::{HEARD_OUT_MAX, JOIN_REQUESTS_MAX, PEERS_MAX, STRANGERS_MAX};
use sync::port::{PeerKey, Shelf as _};
use sync::wire::{BeatBody, LogEnd, Message, OfferedBlob, SpaceDigest};

fn meeting() -> (Room, SpaceId) {
    let mut room = Room::new(&["secretary", "chair", "outsider"]);
    let space = room.sitting("secretary", &[("chair", Chair)]);
    (room, space)
}

fn hello(chain: Chain) -> Message {
    Message::Hello { versions: vec![1], nonce: [3; 32], root: None, organisation: "Ai đó".into(), chain }
}

fn chain_of(room: &Room, name: &str) -> Chain {
    let replica = room.replica("secretary");
    replica.directory().unwrap().chain(&room.replica(name).device()).unwrap()
}

/// Somebody new who says a name.
fn request(seed: u64) -> (SignedJoinRequest, DeviceId) {
    request_as(PersonId([7; 16]), seed)
}

/// The same, under the id of a person.
fn request_as(person: PersonId, seed: u64) -> (SignedJoinRequest, DeviceId) {
    let keys = DeviceKeys::generate(&mut ChaCha20Rng::seed_from_u64(seed));
    let request = JoinRequest {
        version: JOIN_VERSION,
        device: keys.device(),
        agreement: keys.agreement_key(),
        person,
        name: format!("Người thứ {seed}"),
        title: "Ủy viên".into(),
        unit_name: None,
        certificate_request: Vec::new(),
        nonce: [5; 16],
        made_at: Default::default(),
        invitation: None,
    };
    (request.sign(&keys).unwrap(), keys.device())
}

/// A stranger that has said hello.
fn stranger(room: &mut Room, name: &str, number: u64) -> PeerKey {
    let peer = room.knock(name, &number.to_be_bytes());
    room.speak(name, peer, hello(Chain(Vec::new())).encode());
    peer
}

/// One of every kind of question and claim that only members may make.
fn questions(space: SpaceId) -> Vec<Message> {
    let end = LogEnd { device: DeviceId([1; 32]), incarnation: domain::id::Incarnation([1; 8]), seq: 1, hash: Hash32([1; 32]) };
    vec![
        Message::Digests { spaces: vec![SpaceDigest { space, digest: Hash32([1; 32]) }] },
        Message::Vector { space, ends: Vec::new(), reply: true },
        Message::Envelopes { space, envelopes: Vec::new(), live: false },
        Message::Ack { space, ends: vec![end], lazy: false, run: true },
        Message::Announce { space, ends: vec![end] },
        Message::Graft { space, ends: Vec::new() },
        Message::Beat { body: vec![1; 40].into(), signature: Signature([0; 64]) },
        Message::BlobOffer { blobs: vec![OfferedBlob { space, cipher: Hash32([1; 32]), size: 1 }] },
        Message::BlobQuery { ciphers: vec![Hash32([1; 32])] },
        Message::BlobHave { ciphers: vec![Hash32([1; 32])] },
        Message::BlobGet { cipher: Hash32([1; 32]), offset: 0, len: 1 },
        Message::BlobData { cipher: Hash32([1; 32]), offset: 0, len: 1, encoded: vec![1].into() },
    ]
}

#[test]
fn who_has_not_proved_anything_gets_no_answer_and_is_left_after_eight_questions() {
    let (mut room, space) = meeting();
    let member = chain_of(&room, "chair");
    for (number, first) in [None, Some(hello(Chain(Vec::new()))), Some(hello(member))].into_iter().enumerate() {
        let peer = room.knock("secretary", &[number as u8]);
        if let Some(first) = first {
            room.speak("secretary", peer, first.encode());
        }
        room.answers("secretary", peer);
        let mut asked = 0;
        for question in questions(space) {
            assert_eq!(room.speak("secretary", peer, question.encode()), [], "{question:?}");
            asked += 1;
            if room.is_left("secretary", peer) {
                break;
            }
        }
        assert_eq!(asked, 8);
    }
}

#[test]
fn who_shows_somebody_elses_certificates_without_the_key_is_left() {
    let (mut room, _) = meeting();
    let peer = room.knock("secretary", b"mallory");
    let answers = room.speak("secretary", peer, hello(chain_of(&room, "chair")).encode());
    assert!(matches!(answers.as_slice(), [Message::Hello { .. }, Message::Proof { .. }]), "{answers:?}");
    assert_eq!(room.speak("secretary", peer, Message::Proof { signature: Signature([7; 64]) }.encode()), []);
    assert!(room.is_left("secretary", peer));
}

#[test]
fn a_recorded_greeting_opens_nothing_a_second_time() {
    let (mut room, _) = meeting();
    room.isolate("chair");
    room.tap();
    room.heal_between("chair", "secretary");
    let said = room.tapped().into_iter().filter(|(from, to, _)| from == "chair" && to == "secretary");
    let greeting: Vec<Message> = said.map(|(_, _, message)| message).take(2).collect();
    assert!(matches!(greeting.as_slice(), [Message::Hello { .. }, Message::Proof { .. }]), "{greeting:?}");
    // Even over a connection that the transport takes for the chair's.
    let peer = room.knock("secretary", b"transport-1");
    for message in greeting {
        room.speak("secretary", peer, message.encode());
    }
    assert!(room.is_left("secretary", peer));
}

#[test]
fn somebody_in_the_middle_who_passes_every_word_on_is_found_out_by_both() {
    let (mut room, _) = meeting();
    let ends = [("secretary", room.knock("secretary", b"mallory")), ("chair", room.knock("chair", b"mallory"))];
    let mut way: VecDeque<(usize, Message)> = VecDeque::new();
    for (at, (name, peer)) in ends.into_iter().enumerate() {
        way.extend(room.answers(name, peer).into_iter().map(|message| (1 - at, message)));
    }
    let mut passed = Vec::new();
    while let Some((to, message)) = way.pop_front() {
        passed.push(message.clone());
        assert!(matches!(message, Message::Hello { .. } | Message::Proof { .. }), "{message:?}");
        let (name, peer) = ends[to];
        way.extend(room.speak(name, peer, message.encode()).into_iter().map(|answer| (1 - to, answer)));
    }
    assert_eq!(passed.iter().filter(|message| matches!(message, Message::Proof { .. })).count(), 2, "both proofs were passed on");
    assert!(ends.iter().all(|(name, peer)| room.is_left(name, *peer)));
}

#[test]
fn strangers_who_stay_take_no_members_place() {
    let (mut room, _) = meeting();
    room.isolate("chair");
    for number in 0..PEERS_MAX as u64 + 50 {
        stranger(&mut room, "secretary", number);
    }
    assert!(room.replica("secretary").peers().count() <= STRANGERS_MAX + 2);
    room.heal();
    assert!(room.replica("secretary").peers().any(|(_, peer)| peer.device() == Some(room.replica("chair").device())));
    // Also when every place is taken by somebody who never says a word.
    room.isolate("chair");
    while room.replica("secretary").peers().count() < PEERS_MAX {
        room.knock("secretary", b"silent");
    }
    room.heal();
    assert!(room.replica("secretary").peers().any(|(_, peer)| peer.device() == Some(room.replica("chair").device())));
}

#[test]
fn one_who_asks_to_be_let_in_under_many_names_leaves_room_for_others() {
    let (mut room, _) = meeting();
    let mallory = stranger(&mut room, "secretary", 1);
    for seed in 0..JOIN_REQUESTS_MAX as u64 * 2 {
        room.speak("secretary", mallory, Message::Enrol { request: request(seed).0 }.encode());
    }
    assert_eq!(room.replica("secretary").join_requests().count(), 1, "one connection, one request");
    // And one who comes again and again.
    for seed in 0..JOIN_REQUESTS_MAX as u64 * 2 {
        let peer = stranger(&mut room, "secretary", seed + 2);
        room.speak("secretary", peer, Message::Enrol { request: request(1_000 + seed).0 }.encode());
    }
    let honest = stranger(&mut room, "secretary", 9_999);
    let (asking, device) = request(9_999);
    room.speak("secretary", honest, Message::Enrol { request: asking }.encode());
    assert!(room.replica("secretary").join_requests().any(|pending| pending.request.device == device));
    assert!(room.replica("secretary").join_requests().count() <= JOIN_REQUESTS_MAX);
}

#[test]
fn nobody_new_becomes_the_person_whose_only_device_was_lost() {
    let (mut room, space) = meeting();
    let chair = room.person("chair");
    room.revoke("secretary", "chair").unwrap();
    room.run_until_quiescent();
    assert!(room.replica("secretary").access(&space).unwrap().is_member(&chair), "the chair has a place, and no device");
    let peer = stranger(&mut room, "secretary", 1);
    let (asking, device) = request_as(chair, 5);
    room.speak("secretary", peer, Message::Enrol { request: asking }.encode());
    assert_eq!(room.agree("secretary", &device).unwrap_err().code(), "not_allowed");
    assert!(!room.replica("secretary").directory().unwrap().trusts(&device));
    // Under an id of their own anybody can be let in.
    let peer = stranger(&mut room, "secretary", 2);
    let (asking, device) = request(6);
    room.speak("secretary", peer, Message::Enrol { request: asking }.encode());
    room.agree("secretary", &device).unwrap();
    assert!(room.replica("secretary").directory().unwrap().trusts(&device));
}

#[test]
fn an_answer_that_nobody_asked_for_makes_nobody_a_member() {
    let (mut room, _) = meeting();
    let mallory = stranger(&mut room, "secretary", 1);
    for chain in [Chain(Vec::new()), chain_of(&room, "chair")] {
        assert_eq!(room.speak("secretary", mallory, Message::Enrolled { chain, code: None, refusal: None }.encode()), []);
    }
    let other = Room::seeded(77, &["intruder"]);
    let foreign = other.replica("intruder").directory().unwrap().chain(&other.replica("intruder").device()).unwrap();
    assert_eq!(room.speak("secretary", mallory, Message::Enrolled { chain: foreign, code: None, refusal: None }.encode()), []);
    assert!(!room.replica("secretary").directory().unwrap().trusts(&other.replica("intruder").device()));
}

#[test]
fn who_guesses_the_name_of_a_meeting_hears_what_who_guesses_wrong_hears() {
    let (mut room, space) = meeting();
    let personal = room.replica("chair").spaces_of(sync::control::SpaceKind::Personal)[0];
    let mut heard = Vec::new();
    for guessed in [space, personal, SpaceId([0x55; 16])] {
        room.tap();
        let told = SpaceDigest { space: guessed, digest: Hash32([8; 32]) };
        for question in [
            Message::Digests { spaces: vec![told] },
            Message::Vector { space: guessed, ends: Vec::new(), reply: true },
            Message::Graft { space: guessed, ends: Vec::new() },
            Message::Envelopes { space: guessed, envelopes: Vec::new(), live: false },
        ] {
            room.hand("outsider", "chair", question.encode());
        }
        let answers = room.tapped().into_iter().filter(|(from, to, _)| from == "chair" && to == "outsider");
        heard
            .push(answers.map(|(_, _, answer)| format!("{answer:?}").replace(&format!("{guessed:?}"), "it")).collect::<Vec<_>>());
    }
    assert_eq!(heard[0], heard[2], "a meeting of others, and one that is not");
    assert_eq!(heard[1], heard[2], "somebody's own notes, and nothing");
    assert!(!heard[0].is_empty());
    room.run_until_quiescent();
    assert_eq!(room.device("outsider").shelf.count(&space), 0);
}

#[test]
fn no_strike_tells_whether_a_guessed_meeting_is_there() {
    let (mut room, space) = meeting();
    let (outsider, author) = (room.replica("outsider").device(), room.replica("secretary").device());
    let incarnation = room.replica("secretary").incarnation();
    let mut strikes = |guessed: SpaceId| {
        // A word in a member's name, a removal that is none, and an envelope at a place where a member has written, signed by nobody.
        let body = BeatBody { space: guessed, device: author, counter: 1 << 60, sealed: vec![1; 40].into() };
        let mut pen = Pen::of_nobody(guessed, 3);
        (pen.header.device, pen.header.incarnation) = (author, incarnation);
        let envelope = pen.plain(vec![0; 10]);
        [
            Message::Beat { body: canonical::encode(&body).into(), signature: Signature([0; 64]) }.encode(),
            Message::Left { space: guessed, envelope: vec![1; 40].into() }.encode(),
            frame(guessed, &[envelope]),
        ]
        .map(|message| {
            let told = |room: &Room| {
                let mut peers = room.replica("chair").peers();
                peers.find(|(_, peer)| peer.device() == Some(outsider)).unwrap().1.strikes
            };
            let before = told(&room);
            room.hand("outsider", "chair", message);
            told(&room) - before
        })
    };
    assert_eq!(strikes(SpaceId([0x55; 16])), [0, 1, 1], "of a meeting that is nowhere");
    assert_eq!(strikes(space), [0, 1, 1], "of a meeting of others");
}

#[test]
fn who_offers_a_guessed_meeting_again_and_again_is_answered_as_often_as_for_one_that_is_nowhere() {
    let (mut room, space) = meeting();
    let mut answers = |guessed: SpaceId| {
        let offered = SpaceDigest { space: guessed, digest: Hash32([8; 32]) };
        let mut answers = 0;
        for _ in 0..HEARD_OUT_MAX * 2 {
            room.tap();
            room.hand("outsider", "chair", Message::Digests { spaces: vec![offered] }.encode());
            let said = room.tapped();
            answers +=
                said.iter().filter(|(from, to, told)| from == "chair" && to == "outsider" && is_about(told, guessed)).count();
        }
        answers
    };
    let nowhere = answers(SpaceId([0x55; 16]));
    assert!(nowhere > 1, "an answer may be lost on its way");
    assert_eq!(answers(space), nowhere);
}

#[test]
fn who_says_to_have_a_file_of_a_meeting_of_others_is_not_asked_for_it() {
    let (mut room, space) = meeting();
    let file = "phụ lục ".repeat(500);
    room.isolate("secretary");
    let blob = room.add_blob("secretary", space, file.as_bytes());
    room.want_blob("chair", space, &blob);
    room.tap();
    room.hand("outsider", "chair", Message::BlobHave { ciphers: vec![blob.cipher] }.encode());
    room.run_until_quiescent();
    let asked = |(from, to, message): &(String, String, Message)| {
        from == "chair" && to == "outsider" && matches!(message, Message::BlobGet { .. } | Message::BlobQuery { .. })
    };
    assert!(!room.tapped().iter().any(asked));
    room.heal();
    room.wait_ms(20_000);
    assert_eq!(room.blob("chair", space, &blob).unwrap(), file.as_bytes());
}

/// Is a message about a space.
fn is_about(message: &Message, wanted: SpaceId) -> bool {
    match message {
        Message::Digests { spaces } => spaces.iter().any(|told| told.space == wanted),
        Message::Vector { space, .. }
        | Message::Envelopes { space, .. }
        | Message::Ack { space, .. }
        | Message::Announce { space, .. }
        | Message::Graft { space, .. }
        | Message::Declined { space, .. }
        | Message::Left { space, .. } => *space == wanted,
        _ => false,
    }
}

#[test]
fn who_pushes_envelopes_into_a_meeting_of_others_and_then_grafts_is_sent_nothing_of_it() {
    let (mut room, space) = meeting();
    // True envelopes of the meeting, as who once looked over a member's shoulder has them.
    let held = room.device("chair").shelf.envelopes(&space, 0, 1 << 20).unwrap();
    let held: Vec<_> = held.into_iter().map(|(_, bytes)| bytes.into()).collect();
    assert!(!held.is_empty());
    let unknown =
        LogEnd { device: DeviceId([1; 32]), incarnation: domain::id::Incarnation([1; 8]), seq: 9, hash: Hash32([1; 32]) };
    room.tap();
    for envelopes in [Vec::new(), held] {
        for live in [false, true] {
            for message in [
                Message::Envelopes { space, envelopes: envelopes.clone(), live },
                Message::Announce { space, ends: vec![unknown] },
            ] {
                room.hand("outsider", "chair", message.encode());
            }
            // As long as a member would wait before asking for what was announced.
            room.wait_ms(5_000);
            for message in [
                Message::Graft { space, ends: Vec::new() },
                Message::Vector { space, ends: Vec::new(), reply: true },
                Message::Ack { space, ends: Vec::new(), lazy: false, run: true },
            ] {
                room.hand("outsider", "chair", message.encode());
            }
            room.wait_ms(5_000);
        }
    }
    room.add_blob("chair", space, "phụ lục".as_bytes());
    room.edit("chair", DocRef::meeting(space), |tx| tx.put(automerge::ROOT, "n", 1).map_err(|error| error.to_string())).unwrap();
    room.beat("chair", space, b"trang 3");
    room.wait_ms(20_000);
    let told: Vec<Message> = room
        .tapped()
        .into_iter()
        .filter(|(from, to, message)| from == "chair" && to == "outsider" && is_about(message, space))
        .map(|(_, _, message)| message)
        .collect();
    // As for a meeting that is nowhere: the frames of catching up were received, and that is all.
    let received = Message::Ack { space, ends: Vec::new(), lazy: false, run: true };
    assert_eq!(told, [received.clone(), received]);
    let outsider = room.replica("outsider").device();
    let noted = |(_, peer): (&PeerKey, &sync::peer::Peer)| peer.device() == Some(outsider) && peer.spaces.contains_key(&space);
    assert!(!room.replica("chair").peers().any(noted));
    assert_eq!(room.device("outsider").shelf.count(&space), 0);
    // Who is invited then has everything.
    let outsider = room.person("outsider");
    room.invite("secretary", space, outsider, Delegate);
    room.run_until_quiescent();
    assert!(room.same(space, &["secretary", "chair", "outsider"]));
}

#[test]
fn nobody_outside_hears_who_is_there_and_nobody_speaks_in_anothers_name() {
    let (mut room, space) = meeting();
    room.tap();
    room.beat("chair", space, b"trang 3");
    room.run_until_quiescent();
    let tapped = room.tapped();
    assert!(tapped.iter().all(|(_, to, message)| to != "outsider" || !matches!(message, Message::Beat { .. })));
    assert_eq!(room.device("secretary").heard, [b"trang 3".to_vec()]);
    let word = tapped.into_iter().find_map(|(_, _, message)| matches!(message, Message::Beat { .. }).then_some(message)).unwrap();
    // The same word again, and with another signature or for another space: nobody hears it.
    let Message::Beat { body, signature } = word.clone() else { panic!("a beat") };
    let mut turned = body.to_vec();
    *turned.last_mut().unwrap() ^= 1;
    room.wait_ms(1_000);
    for forged in [word, Message::Beat { body: turned.into(), signature }, Message::Beat { body, signature: Signature([1; 64]) }]
    {
        room.inject("outsider", "secretary", forged.encode());
    }
    assert_eq!(room.device("secretary").heard.len(), 1);
    assert!(room.device("outsider").heard.is_empty());
}

#[test]
fn a_true_envelope_brought_into_another_meeting_or_a_second_time_changes_nothing() {
    let mut room = Room::new(&["secretary", "chair", "d1"]);
    let invited = [("chair", Chair), ("d1", Delegate)];
    let (one, other) = (room.sitting("secretary", &invited), room.sitting("secretary", &invited));
    let seat = DocRef::seat(one, &room.person("d1"));
    let mut pen = Pen::new(&room, "d1", one, 1);
    let envelope = pen.change(&seat, ACTOR_NONCE, RawChange::first(&pen.actor(&ACTOR_NONCE)).puts(1).bytes());
    let counts = |room: &Room| [one, other].map(|space| room.device("chair").shelf.count(&space));
    let before = counts(&room);
    room.inject("d1", "chair", frame(other, std::slice::from_ref(&envelope)));
    assert_eq!(counts(&room), before, "its header names the other meeting");
    room.inject("d1", "chair", frame(one, std::slice::from_ref(&envelope)));
    assert_eq!(counts(&room), [before[0] + 1, before[1]]);
    for by in ["d1", "secretary"] {
        room.inject(by, "chair", frame(one, &[envelope.clone(), envelope.clone()]));
    }
    assert_eq!(counts(&room), [before[0] + 1, before[1]], "once is enough");
}
