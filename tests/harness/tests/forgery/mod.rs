//! What somebody with a program of their own can send: envelopes that ours would never make, under real keys.
#![allow(dead_code, clippy::unwrap_used, clippy::expect_used)]

use domain::id::{Hash32, Incarnation};
use harness::Room;
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;
use signing::SignedAct;
use signing::wrap::SpaceKey;
use sync::DocRef;
use sync::envelope::{Content, Header, VERSION, Verified, seal_content};
use sync::wire::Message;

/// With device and log it makes the automerge actor.
pub const ACTOR_NONCE: [u8; 8] = [0; 8];

/// An envelope as its author likes it: the keys are real, the place and the content are whatever one wants.
pub struct Forgery<'a> {
    pub author: &'a str,
    pub target: DocRef,
    pub content: Content,
    /// A log of its own, so that each forgery is the first of its log …
    pub log: Incarnation,
    /// … or comes after this one.
    pub after: Option<Hash32>,
    /// Without the key of the space, a made-up one.
    pub key: Option<SpaceKey>,
    /// Without a view of the space, made-up heads.
    pub seen: Option<Vec<Hash32>>,
}

impl<'a> Forgery<'a> {
    /// Acts in a document, by a member who has the key of the space.
    pub fn of_acts(author: &'a str, target: DocRef, acts: &[SignedAct], log: u8) -> Self {
        let acts = acts.iter().map(|act| act.to_bytes().into()).collect();
        let content = Content { actor_nonce: ACTOR_NONCE, changes: Vec::new(), acts };
        Self { author, target, content, log: Incarnation([log; 8]), after: None, key: None, seen: None }
    }

    /// The envelope's name.
    pub fn name(&self, room: &Room) -> Hash32 {
        self.envelope(room).hash
    }

    fn envelope(&self, room: &Room) -> Verified {
        let replica = room.replica(self.author);
        let space = replica.spaces().find(|space| space.id == self.target.space);
        let header = Header {
            version: VERSION,
            space: self.target.space,
            device: replica.device(),
            incarnation: self.log,
            seq: if self.after.is_some() { 2 } else { 1 },
            prev: self.after.unwrap_or(Hash32([0; 32])),
            seen: self.seen.clone().unwrap_or_else(|| space.map(|space| space.dag.heads()).unwrap()),
            epoch: 1,
            doc: self.target.doc,
            kind: self.target.kind.code(),
            payload_hash: Hash32([0; 32]),
            made_at: Default::default(),
        };
        let key = self.key.clone().unwrap_or_else(|| space.and_then(|space| space.keys.get(&1)).unwrap().clone());
        let mut rng = ChaCha20Rng::from_seed([self.log.0[0]; 32]);
        seal_content(replica.keys(), header, &key, &self.content, &mut rng).unwrap()
    }

    /// Hands it to the chair; did the chair's device keep it.
    pub fn is_kept(&self, room: &mut Room) -> bool {
        let space = self.target.space;
        let before = room.device("chair").shelf.count(&space);
        let envelope = self.envelope(room).bytes;
        let frame = Message::Envelopes { space, envelopes: vec![envelope.into()], live: true }.encode();
        room.inject(self.author, "chair", frame);
        room.device("chair").shelf.count(&space) > before
    }
}
