//! Stories of devices that belong to nobody yet.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::collections::VecDeque;

use domain::id::{Incarnation, PersonId, Timestamp};
use harness::MemoryShelf;
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;
use signing::JoinRequest;
use signing::certificate::Chain;
use signing::join::{JOIN_VERSION, SignedJoinRequest};
use signing::keys::{DeviceKeys, RootKey, RootPublic};
use sync::Replica;
use sync::port::{Cx, Effects, Event, Now, PeerKey};
use sync::wire::Message;

/// Frames after which two devices that have nothing to say to each other should have fallen silent.
const FRAMES_MAX: usize = 50;

#[test]
fn two_newcomers_do_not_greet_each_other_for_ever_when_a_greeting_arrives_twice() {
    let mut rng = ChaCha20Rng::seed_from_u64(1);
    let shelf = MemoryShelf::default();
    let mut devices: Vec<Replica> =
        (0..2).map(|number| Replica::open(DeviceKeys::generate(&mut rng), Incarnation([number; 8]), &shelf).unwrap()).collect();
    let mut way: VecDeque<(usize, Vec<u8>)> = VecDeque::new();
    let mut event = |devices: &mut Vec<Replica>, at: usize, event: Event| -> Vec<Vec<u8>> {
        let mut cx = Cx { now: Now { wall: Timestamp(0), mono_ms: 1 }, rng: &mut rng, shelf: &shelf };
        devices[at].handle(&mut cx, event).sends.into_iter().map(|(_, _, frame)| frame).collect()
    };
    for at in 0..2 {
        let ids = [vec![0], vec![1]];
        let up = Event::Connected {
            peer: PeerKey(1),
            local_id: ids[at].clone(),
            remote_id: ids[1 - at].clone(),
            address: "wire".into(),
        };
        for frame in event(&mut devices, at, up) {
            // Twice, as a network may do.
            way.extend([(1 - at, frame.clone()), (1 - at, frame)]);
        }
    }
    let mut delivered = 0;
    while let Some((to, bytes)) = way.pop_front() {
        delivered += 1;
        assert!(delivered < FRAMES_MAX, "they do not fall silent");
        for frame in event(&mut devices, to, Event::Frame { peer: PeerKey(1), bytes }) {
            way.push_back((1 - to, frame));
        }
    }
}

/// A device that is let in nowhere yet, with its disk.
struct Newcomer {
    keys: DeviceKeys,
    shelf: MemoryShelf,
    replica: Replica,
    rng: ChaCha20Rng,
}

impl Newcomer {
    fn new() -> Self {
        let mut rng = ChaCha20Rng::seed_from_u64(5);
        let keys = DeviceKeys::generate(&mut rng);
        let shelf = MemoryShelf::default();
        let replica = Replica::open(same(&keys), Incarnation([1; 8]), &shelf).unwrap();
        Self { keys, shelf, replica, rng }
    }

    /// Does something; tells to whom it said that it wants to be let in.
    fn does(&mut self, act: impl FnOnce(&mut Replica, &mut Cx<'_>) -> Effects) -> Vec<PeerKey> {
        let now = Now { wall: Timestamp(0), mono_ms: 1 };
        let fx = act(&mut self.replica, &mut Cx { now, rng: &mut self.rng, shelf: &self.shelf });
        self.shelf.commit(&fx.writes).unwrap();
        let asks = |frame: &[u8]| matches!(Message::decode(frame).unwrap(), Message::Enrol { .. });
        fx.sends.into_iter().filter(|(_, _, frame)| asks(frame)).map(|(peer, ..)| peer).collect()
    }

    fn request(&self) -> SignedJoinRequest {
        let request = JoinRequest {
            version: JOIN_VERSION,
            device: self.keys.device(),
            agreement: self.keys.agreement_key(),
            person: PersonId([7; 16]),
            name: "Lê Minh Châu".into(),
            title: "Ủy viên".into(),
            unit_name: None,
            certificate_request: Vec::new(),
            nonce: [5; 16],
            made_at: Timestamp(0),
            invitation: None,
        };
        request.sign(&self.keys).unwrap()
    }

    fn restarts(&mut self) {
        self.replica = Replica::open(same(&self.keys), Incarnation([1; 8]), &self.shelf).unwrap();
    }

    /// A member of an organisation calls, or is called, and says hello.
    fn meets(&mut self, peer: u64, root: RootPublic) -> Vec<PeerKey> {
        let remote_id = peer.to_be_bytes().to_vec();
        let up = Event::Connected { peer: PeerKey(peer), local_id: vec![0], remote_id, address: "wire".into() };
        self.does(|replica, cx| replica.handle(cx, up));
        let (versions, organisation, chain) = (vec![1], "Thành phố Huế".to_owned(), Chain(Vec::new()));
        let hello = Message::Hello { versions, nonce: [3; 32], root: Some(root), organisation, chain };
        let frame = Event::Frame { peer: PeerKey(peer), bytes: hello.encode() };
        self.does(|replica, cx| replica.handle(cx, frame))
    }

    /// Somebody answers at the typed address.
    fn reaches(&mut self, peer: u64) -> Vec<PeerKey> {
        self.does(|replica, _| replica.answered(peer.to_be_bytes().to_vec()))
    }

    fn root(&self) -> Option<RootPublic> {
        self.replica.joining().unwrap().root
    }
}

fn same(keys: &DeviceKeys) -> DeviceKeys {
    DeviceKeys::from_secret_bytes(&keys.to_secret_bytes()).unwrap()
}

#[test]
fn who_typed_an_address_asks_only_there_whoever_of_other_organisations_is_met_first() {
    let mut newcomer = Newcomer::new();
    let mut root = || RootKey::generate(&mut newcomer.rng).public();
    let (ours, theirs) = (root(), root());
    let request = newcomer.request();
    // Met before and after the decision to join.
    assert_eq!(newcomer.meets(1, theirs), []);
    assert_eq!(newcomer.does(|replica, _| replica.ask_who_answers(request)), []);
    assert_eq!(newcomer.meets(2, theirs), []);
    // Of the right organisation, but not the one that was typed: nobody has compared anything yet.
    assert_eq!(newcomer.meets(3, ours), []);
    assert_eq!(newcomer.root(), None, "there are no words to show yet");
    // After a start the same holds.
    newcomer.restarts();
    assert_eq!(newcomer.meets(4, theirs), []);
    // Reached before it says who it is.
    assert_eq!(newcomer.reaches(5), []);
    assert_eq!(newcomer.meets(5, ours), [PeerKey(5)]);
    assert_eq!(newcomer.root(), Some(ours), "the words are of the organisation at the typed address");
    assert_eq!((newcomer.meets(6, theirs), newcomer.meets(7, ours)), (vec![], vec![]));
    // Once the words are confirmed, everybody of this organisation may let it in.
    assert_eq!(newcomer.does(|replica, _| replica.confirm_words().unwrap()), [PeerKey(5), PeerKey(7)]);
    assert_eq!((newcomer.meets(8, theirs), newcomer.meets(9, ours)), (vec![], vec![PeerKey(9)]));
}

#[test]
fn who_has_said_hello_before_it_is_known_that_it_is_the_typed_one_is_asked_then() {
    let mut newcomer = Newcomer::new();
    let ours = RootKey::generate(&mut newcomer.rng).public();
    let request = newcomer.request();
    newcomer.does(|replica, _| replica.ask_who_answers(request));
    assert_eq!(newcomer.meets(1, ours), []);
    assert_eq!((newcomer.reaches(2), newcomer.reaches(1)), (vec![], vec![PeerKey(1)]));
    assert_eq!(newcomer.reaches(1), [], "once is enough");
    assert_eq!(newcomer.root(), Some(ours));
}
