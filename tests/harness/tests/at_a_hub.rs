//! Whoever reaches nobody but a hub asks there to be let in; administrators elsewhere hear of it, and decide.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use domain::id::{DeviceId, PersonId};
use harness::Room;
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;
use signing::JoinRequest;
use signing::certificate::{Chain, verify_chain};
use signing::join::{JOIN_VERSION, SignedJoinRequest};
use signing::keys::DeviceKeys;
use sync::limits::{RELAYED_EVERY_MS, RELAYED_MAX, RELAYED_RUN_MAX};
use sync::port::PeerKey;
use sync::wire::Message;

/// An administrator, a member and a hub, all connected.
fn office() -> Room {
    let mut room = Room::new(&["secretary", "member"]);
    room.hub("hub", "secretary");
    room
}

fn request(seed: u64) -> (SignedJoinRequest, DeviceId) {
    // Apart from the seeds of those in the room.
    let keys = DeviceKeys::generate(&mut ChaCha20Rng::seed_from_u64(seed ^ 0x00a5_ac5e_ed00));
    let mut person = [7; 16];
    person[..8].copy_from_slice(&seed.to_be_bytes());
    let request = JoinRequest {
        version: JOIN_VERSION,
        device: keys.device(),
        agreement: keys.agreement_key(),
        person: PersonId(person),
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

/// Somebody new asks at a device over a connection of their own.
fn asks(room: &mut Room, at: &str, seed: u64) -> (PeerKey, DeviceId) {
    let peer = room.knock(at, &seed.to_be_bytes());
    let hello =
        Message::Hello { versions: vec![1], nonce: [3; 32], root: None, organisation: String::new(), chain: Chain(Vec::new()) };
    room.speak(at, peer, hello.encode());
    let (request, device) = request(seed);
    assert_eq!(room.speak(at, peer, Message::Enrol { request }.encode()), []);
    (peer, device)
}

fn is_asked(room: &Room, name: &str, device: &DeviceId) -> bool {
    room.replica(name).join_requests().any(|pending| pending.request.device == *device)
}

/// How often a hub passed something on since [`Room::tap`].
fn passed_on(room: &mut Room) -> usize {
    let tapped = room.tapped();
    tapped.iter().filter(|(from, _, message)| from == "hub" && matches!(message, Message::Relayed { .. })).count()
}

#[test]
fn who_asks_at_a_hub_is_let_in_by_an_administrator_elsewhere() {
    let mut room = office();
    let (peer, device) = asks(&mut room, "hub", 1);
    room.deliver();
    assert!(is_asked(&room, "secretary", &device));
    assert!(!is_asked(&room, "member", &device), "who cannot decide is not told");
    room.agree("secretary", &device).unwrap();
    room.run_until_quiescent();
    let answers = room.answers("hub", peer);
    let [Message::Enrolled { chain, code: None, .. }] = answers.as_slice() else { panic!("{answers:?}") };
    let root = *room.replica("secretary").directory().unwrap().root();
    assert_eq!(verify_chain(chain, &root).unwrap().device, device);
    for name in ["secretary", "hub"] {
        assert!(!is_asked(&room, name, &device));
        assert!(room.replica(name).directory().unwrap().trusts(&device));
    }
}

#[test]
fn who_is_turned_away_elsewhere_is_told_at_the_hub_and_why() {
    let mut room = office();
    let (peer, device) = asks(&mut room, "hub", 1);
    room.deliver();
    // A member who decides about nobody says so, too.
    room.hand("member", "hub", Message::TurnedAway { device, code: None, refusal: None }.encode());
    assert_eq!(room.answers("hub", peer), []);
    assert!(is_asked(&room, "hub", &device));
    room.turn_away("secretary", &device, "invitation_used");
    room.deliver();
    let answers = room.answers("hub", peer);
    let [Message::Enrolled { chain, code, refusal: Some(refusal) }] = answers.as_slice() else { panic!("{answers:?}") };
    assert!(chain.0.is_empty() && code.as_deref() == Some("invitation_used"));
    // The hub cannot have said this: it is signed where it was decided.
    let root = *room.replica("secretary").directory().unwrap().root();
    let by = verify_chain(&refusal.by, &root).unwrap();
    assert!(by.administrator && by.device != room.replica("hub").device());
    assert!(!is_asked(&room, "hub", &device) && !is_asked(&room, "secretary", &device));
}

#[test]
fn an_administrator_who_comes_later_hears_of_who_asked() {
    let mut room = office();
    room.isolate("secretary");
    let (_, device) = asks(&mut room, "hub", 1);
    room.run_until_quiescent();
    assert!(!is_asked(&room, "secretary", &device));
    room.heal_between("hub", "secretary");
    room.run_until_quiescent();
    assert!(is_asked(&room, "secretary", &device));
    room.agree("secretary", &device).unwrap();
    room.run_until_quiescent();
    // Back on another connection, it is let in at once.
    let peer = room.knock("hub", b"again");
    let hello =
        Message::Hello { versions: vec![1], nonce: [4; 32], root: None, organisation: String::new(), chain: Chain(Vec::new()) };
    room.speak("hub", peer, hello.encode());
    let answers = room.speak("hub", peer, Message::Enrol { request: request(1).0 }.encode());
    assert!(matches!(answers.as_slice(), [Message::Enrolled { code: None, .. }]), "{answers:?}");
}

#[test]
fn only_a_hub_is_listened_to() {
    let mut room = office();
    let (asking, device) = request(1);
    room.hand("member", "secretary", Message::Relayed { request: asking }.encode());
    assert!(!is_asked(&room, "secretary", &device));
}

#[test]
fn a_crowd_of_strangers_at_the_hub_costs_a_share_and_takes_the_place_of_nobody_in_the_room() {
    let mut room = office();
    let (_, in_the_room) = asks(&mut room, "secretary", 1_000_000);
    room.tap();
    let crowd = 2 * RELAYED_MAX as u64;
    for seed in 0..crowd {
        asks(&mut room, "hub", seed);
    }
    // One who changes the name again and again.
    let (busy, _) = asks(&mut room, "hub", crowd);
    for seed in crowd + 1..crowd + 200 {
        room.speak("hub", busy, Message::Enrol { request: request(seed).0 }.encode());
    }
    room.deliver();
    let at_once = passed_on(&mut room);
    assert!((1..=RELAYED_RUN_MAX).contains(&at_once), "{at_once} in one breath");
    let (_, honest) = asks(&mut room, "hub", 2_000_000);
    for _ in 0..2 * RELAYED_MAX / RELAYED_RUN_MAX {
        room.wait_ms(RELAYED_EVERY_MS);
    }
    let secretary = room.replica("secretary");
    assert!(secretary.join_requests().filter(|pending| pending.relayed).count() <= RELAYED_MAX);
    assert!(is_asked(&room, "secretary", &honest), "who came last is not lost in the crowd");
    let pending = secretary.join_requests().find(|pending| pending.request.device == in_the_room).unwrap();
    assert!(pending.peer.is_some() && !pending.relayed, "who stands in the room keeps the place");
    let hub = room.replica("hub");
    assert!(hub.join_requests().count() <= sync::limits::JOIN_REQUESTS_MAX);
}
