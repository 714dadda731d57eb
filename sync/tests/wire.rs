//! Messages come back as they were sent.
#![allow(clippy::unwrap_used)]

use signing::certificate::Chain;
use sync::wire::Message;

#[test]
fn a_hello_comes_back() {
    let hello =
        Message::Hello { versions: vec![1], nonce: [3; 32], root: None, organisation: "Huế".into(), chain: Chain(Vec::new()) };
    assert_eq!(Message::decode(&hello.encode()).unwrap(), hello);
    let ack = Message::Ack { space: domain::id::SpaceId([1; 16]), ends: vec![], lazy: false, run: true };
    assert_eq!(Message::decode(&ack.encode()).unwrap(), ack);
}
