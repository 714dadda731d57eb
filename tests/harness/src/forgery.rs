//! What somebody with a program of their own can send: envelopes that ours would never make, under real keys.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a forger is for tests: what cannot be forged there ends the test")]

use domain::id::{DocId, Hash32, Incarnation, SpaceId};
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;
use signing::SignedAct;
use signing::canonical;
use signing::keys::DeviceKeys;
use signing::wrap::SpaceKey;
use sync::control::ControlOp;
use sync::envelope::{Content, DocKind, Header, VERSION, Verified, seal_content, seal_plain};
use sync::wire::Message;
use sync::{DocRef, Replica};

use crate::Room;

/// With device and log it makes the automerge actor.
pub const ACTOR_NONCE: [u8; 8] = [0; 8];

/// An envelope as its author likes it: the keys are real, the place and the content are whatever one wants.
pub struct Forgery<'a> {
    /// Whose keys.
    pub author: &'a str,
    /// The document.
    pub target: DocRef,
    /// What it says.
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

/// A log of somebody who writes what our program would not, one envelope after the other.
pub struct Pen {
    keys: DeviceKeys,
    /// What the next envelope says of its place.
    pub header: Header,
    key: SpaceKey,
    rng: ChaCha20Rng,
}

impl Pen {
    /// A fresh log of a device of the room in a space, under its newest key and citing what the device knows.
    pub fn new(room: &Room, author: &str, space: SpaceId, log: u64) -> Self {
        Self::of(room.replica(author), space, log)
    }

    /// The same for a replica wherever it is.
    pub fn of(replica: &Replica, space: SpaceId, log: u64) -> Self {
        Self::with(replica.keys(), replica, space, log)
    }

    /// The same under other keys: the replica is only whom the space is known from.
    pub fn with(keys: &DeviceKeys, replica: &Replica, space: SpaceId, log: u64) -> Self {
        let keys = DeviceKeys::from_secret_bytes(&keys.to_secret_bytes()).unwrap();
        let state = replica.spaces().find(|state| state.id == space).unwrap();
        let newest = state.keys.last_key_value().map(|(epoch, key)| (*epoch, key.clone()));
        let (epoch, key) = newest.unwrap_or((0, SpaceKey([7; 32])));
        let incarnation = Incarnation(log.to_be_bytes());
        let header = Header {
            version: VERSION,
            space,
            device: keys.device(),
            incarnation,
            seq: 1,
            prev: Hash32([0; 32]),
            seen: state.dag.heads(),
            epoch,
            doc: DocId([0; 16]),
            kind: 0,
            payload_hash: Hash32([0; 32]),
            made_at: Default::default(),
        };
        Self { keys, header, key, rng: ChaCha20Rng::seed_from_u64(log) }
    }

    /// A log of keys that belong to nobody.
    pub fn of_nobody(space: SpaceId, seed: u64) -> Self {
        let mut rng = ChaCha20Rng::seed_from_u64(seed);
        let keys = DeviceKeys::generate(&mut rng);
        let header = Header {
            version: VERSION,
            space,
            device: keys.device(),
            incarnation: Incarnation(seed.to_be_bytes()),
            seq: 1,
            prev: Hash32([0; 32]),
            seen: Vec::new(),
            epoch: 1,
            doc: DocId([0; 16]),
            kind: DocKind::Seat.code(),
            payload_hash: Hash32([0; 32]),
            made_at: Default::default(),
        };
        Self { keys, header, key: SpaceKey([7; 32]), rng }
    }

    /// The automerge actor of this log.
    pub fn actor(&self, nonce: &[u8; 8]) -> [u8; 16] {
        sync::envelope::actor(&self.keys.device(), &self.header.incarnation, nonce)
    }

    /// The next envelope of the log, with content for a document.
    pub fn write(&mut self, target: &DocRef, content: &Content) -> Verified {
        self.header.doc = target.doc;
        self.header.kind = target.kind.code();
        let sealed = seal_content(&self.keys, self.header.clone(), &self.key, content, &mut self.rng).unwrap();
        self.follow(sealed)
    }

    /// The next envelope of the log, with one change.
    pub fn change(&mut self, target: &DocRef, nonce: [u8; 8], change: Vec<u8>) -> Verified {
        self.write(target, &Content { actor_nonce: nonce, changes: vec![change.into()], acts: Vec::new() })
    }

    /// The next envelope of the log, with a control operation.
    pub fn decide(&mut self, op: &ControlOp) -> Verified {
        self.plain(canonical::encode(op))
    }

    /// The next envelope of the log, with whatever instead of a control operation.
    pub fn plain(&mut self, payload: Vec<u8>) -> Verified {
        self.header.kind = DocKind::Control.code();
        let plain = seal_plain(&self.keys, self.header.clone(), payload);
        self.follow(plain)
    }

    fn follow(&mut self, envelope: Verified) -> Verified {
        self.header.seq += 1;
        self.header.prev = envelope.hash;
        envelope
    }
}

/// Envelopes as one frame of catching up.
pub fn frame(space: SpaceId, envelopes: &[Verified]) -> Vec<u8> {
    let envelopes = envelopes.iter().map(|envelope| envelope.bytes.clone().into()).collect();
    Message::Envelopes { space, envelopes, live: false }.encode()
}
