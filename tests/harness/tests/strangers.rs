//! Stories of devices that belong to nobody yet.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::collections::VecDeque;

use domain::id::{Incarnation, Timestamp};
use harness::MemoryShelf;
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;
use signing::keys::DeviceKeys;
use sync::Replica;
use sync::port::{Cx, Event, Now, PeerKey};

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
