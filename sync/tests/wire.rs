//! Messages come back as they were sent.
#![allow(clippy::unwrap_used)]

use domain::id::{DeviceId, Hash32, Incarnation, SpaceId};
use signing::certificate::Chain;
use sync::wire::{LogEnd, Message, Part};

#[test]
fn a_hello_comes_back() {
    let hello =
        Message::Hello { versions: vec![1], nonce: [3; 32], root: None, organisation: "Huế".into(), chain: Chain(Vec::new()) };
    assert_eq!(Message::decode(&hello.encode()).unwrap(), hello);
    let ack = Message::Ack { space: domain::id::SpaceId([1; 16]), ends: vec![], lazy: false, run: true };
    assert_eq!(Message::decode(&ack.encode()).unwrap(), ack);
}

#[test]
fn digests_of_parts_and_their_ends_are_these_bytes_for_ever() {
    let (space, digest) = (SpaceId([1; 16]), Hash32([2; 32]));
    let named = [[0x50_u8].as_slice(), &[1; 16], &[0x58, 32], &[2; 32]].concat();

    let parts = Message::Parts { space, digest, depth: 1, parts: vec![Part { at: 3, digests: vec![7; 64].into() }] };
    let bytes = [[0x82_u8, 0x12, 0x84].as_slice(), &named, &[1, 0x81, 0x82, 3, 0x58, 64], &[7; 64]].concat();
    assert_eq!(parts.encode(), bytes);
    assert_eq!(Message::decode(&bytes).unwrap(), parts);

    let end = LogEnd { device: DeviceId([3; 32]), incarnation: Incarnation([4; 8]), seq: 0, hash: Hash32([0; 32]) };
    let told = Message::PartEnds { space, digest, parts: vec![5, 4_095], ends: vec![end], reply: false };
    let log = [[0x84_u8, 0x58, 32].as_slice(), &[3; 32], &[0x48], &[4; 8], &[0], &[0x58, 32], &[0; 32]].concat();
    let listed = [0x82_u8, 5, 0x19, 0x0f, 0xff, 0x81];
    let bytes = [[0x82_u8, 0x13, 0x85].as_slice(), &named, &listed, &log, &[0xf4]].concat();
    assert_eq!(told.encode(), bytes);
    assert_eq!(Message::decode(&bytes).unwrap(), told);
}
