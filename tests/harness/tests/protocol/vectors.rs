//! Examples by name: keys, canonical bytes, certificates, names of spaces, envelopes sealed and opened, messages, a proved piece of a file.

use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use domain::id::{Incarnation, PersonId};
use domain::meeting::MeetingRole;
use domain::words::six_words;
use minicbor::bytes::ByteVec;
use serde_json::{Value, json};
use signing::canonical;
use signing::keys::{Context, DeviceKeys};
use sync::DocRef;
use sync::control::{SpaceKind, directory_space, document_id, own_document_id};
use sync::envelope::{DocKind, Header, Verified, actor, open_content};
use sync::space::Space;
use sync::wire::{BeatBody, Message};

use crate::conformance::{Chair, FILE_BYTES, RANGE, file};
use crate::office::*;

/// What is said in the beat.
pub const WORD: &[u8] = b"here, on page 3";
const BEAT_NONCE: [u8; 24] = [0x24; 24];
const BEAT_COUNTER: u64 = 1_790_000_000_000;

/// An example: bytes or a text.
pub struct Vector {
    pub name: String,
    about: &'static str,
    value: Shown,
}

enum Shown {
    Bytes(Vec<u8>),
    Text(String),
}

impl Vector {
    /// As it stands in the file and in the text.
    pub fn shown(&self) -> String {
        match &self.value {
            Shown::Bytes(bytes) => hex::encode(bytes),
            Shown::Text(text) => text.clone(),
        }
    }
}

pub fn as_json() -> Vec<Value> {
    let entry = |vector: &Vector| match &vector.value {
        Shown::Bytes(bytes) => json!({ "name": vector.name, "about": vector.about, "hex": hex::encode(bytes) }),
        Shown::Text(text) => json!({ "name": vector.name, "about": vector.about, "text": text }),
    };
    all().iter().map(entry).collect()
}

#[derive(Default)]
struct List(Vec<Vector>);

impl List {
    fn bytes(&mut self, name: impl Into<String>, about: &'static str, bytes: impl AsRef<[u8]>) {
        self.0.push(Vector { name: name.into(), about, value: Shown::Bytes(bytes.as_ref().to_vec()) });
    }

    fn text(&mut self, name: &str, about: &'static str, text: impl ToString) {
        self.0.push(Vector { name: name.to_owned(), about, value: Shown::Text(text.to_string()) });
    }
}

/// All of them, always the same.
pub fn all() -> Vec<Vector> {
    let mut list = List::default();
    encoding(&mut list);
    keys(&mut list);
    names(&mut list);
    envelopes_opened(&mut list);
    wrapped_key(&mut list);
    spoken(&mut list);
    a_beat(&mut list);
    a_file(&mut list);
    list.0
}

fn message(name: &str) -> Message {
    messages().into_iter().find(|(known, _)| *known == name).unwrap().1
}

fn encoding(list: &mut List) {
    list.bytes("encoding.role", "an enumeration without fields: the role delegate", canonical::encode(&MeetingRole::Delegate));
    list.bytes(
        "encoding.issuer-root",
        "an enumeration with fields, here none: issued by the root",
        canonical::encode(&signing::Issuer::Root),
    );
    list.bytes("encoding.moment", "an instant", canonical::encode(&THEN));
    list.bytes("encoding.ballot", "the last field is absent and left out: a ballot that replaces none", ballot().body);
    let frame = Message::Ack { space: meeting_space(), ends: Vec::new(), lazy: false, run: true }.encode();
    list.bytes("encoding.ack", "an acknowledgement without logs, in canonical form", &frame);
    list.bytes("refused.long-head", "the same with a longer head than needed", [&[0x82, 0x18, 0x0d], &frame[2..]].concat());
    list.bytes("refused.indefinite", "the same as an indefinite array", [&[0x9f], &frame[1..], &[0xff]].concat());
    list.bytes("refused.further-field", "the same with a field that nobody knows", {
        let mut longer = frame.clone();
        longer[2] = 0x85;
        longer.push(0);
        longer
    });
    list.bytes("refused.byte-after", "the same with a byte after it", [&frame[..], &[0]].concat());
    list.bytes("refused.no-bool", "the same with a number where yes or no must be", {
        let mut other = frame.clone();
        *other.last_mut().unwrap() = 1;
        other
    });
}

/// The ones that must be refused, by name.
pub fn refused() -> Vec<(String, Vec<u8>)> {
    let wanted = all().into_iter().filter(|vector| vector.name.starts_with("refused."));
    wanted.map(|vector| (vector.name.clone(), hex::decode(vector.shown()).unwrap())).collect()
}

fn keys(list: &mut List) {
    let organisation = root();
    list.bytes("root.secret", "01, then the seed", organisation.to_secret_bytes());
    list.bytes("root.public", "the root", organisation.public().0);
    list.bytes("root.fingerprint", "BLAKE3 of it", organisation.fingerprint().0);
    let mut device = |name: &str, keys: &DeviceKeys| {
        list.bytes(format!("{name}.secret"), "01, then the Ed25519 seed, then the X25519 secret", keys.to_secret_bytes());
        list.bytes(format!("{name}.device"), "the Ed25519 public key", keys.device().0);
        list.bytes(format!("{name}.agreement"), "the X25519 public key", keys.agreement_key());
    };
    device("secretary", &secretary());
    device("chair", &chair());
    let said = "Kỳ họp".as_bytes();
    list.bytes("signature.message", "the text 'Kỳ họp'", said);
    list.bytes("signature.act", "by the chair, for the purpose kyhop/1/act", chair().sign(Context::Act, said).0);
    let chain = chain();
    list.bytes("certificate.secretary", "by the root", chain.0[1].to_bytes());
    list.bytes("certificate.chair", "by the secretary", chain.0[0].to_bytes());
    list.bytes("certificate.chair.hash", "by which of two the lower stands", chain.0[0].hash().0);
    list.bytes("join-request", "of a third device", join_request().to_bytes());
    list.text(
        "six-words",
        "of the root and the chair's device",
        six_words(&organisation.public().0, &chair().device()).join(" "),
    );
}

fn names(list: &mut List) {
    let space = meeting_space();
    let person = CHAIR;
    list.bytes("space.directory", "of the root", directory_space(&root().public()).0);
    list.bytes("space.genesis", "canonical bytes of what begins the meeting", canonical::encode(&genesis(SpaceKind::Meeting)));
    list.bytes("space.meeting", "derived from that", space.0);
    list.bytes("document.meeting", "the meeting's document", DocRef::meeting(space).doc.0);
    list.bytes("document.seat", "the chair's seat", DocRef::seat(space, &person).doc.0);
    let own = own_document_id(&space, DocKind::Contribution.code(), &person, b"a thread");
    list.bytes("document.own", "a contribution of the chair to 'a thread', as if in this space", own.0);
    list.bytes("document.control", "of control operations", document_id(&space, DocKind::Control.code(), None, &[]).0);
    list.bytes("actor.chair", "of the chair's log 11…, nonce zero", actor(&chair().device(), &LOG, &ACTOR_NONCE));
    list.bytes("digest.meeting", "of all logs of the meeting", taken_in(space).digest().0);
    let next = |incarnation| Space::empty(space).next_epoch(&chair().device(), &incarnation);
    list.text("epoch.next", "number of the chair's first key where there is none yet, in log 11…", next(LOG));
    list.text("epoch.next-of-another-log", "the same in log 22…", next(Incarnation([0x22; 8])));
}

fn envelope(name: &str) -> Verified {
    envelopes().into_iter().find(|(known, _)| *known == name).unwrap().1
}

fn envelopes_opened(list: &mut List) {
    for (name, envelope) in envelopes() {
        list.bytes(format!("envelope.{name}"), "as it travels", &envelope.bytes);
    }
    let begun = envelope("genesis");
    list.bytes("envelope.genesis.header", "what is signed", canonical::encode(&begun.header));
    list.bytes("envelope.genesis.payload", "the operation", &begun.payload);
    list.bytes("envelope.genesis.hash", "its name", begun.hash.0);
    let seat = envelope("seat");
    list.bytes("envelope.seat.header", "what is signed", canonical::encode(&seat.header));
    let associated = Header { payload_hash: domain::id::Hash32([0; 32]), ..seat.header.clone() };
    list.bytes("envelope.seat.associated", "the header with a payload hash of zeros", canonical::encode(&associated));
    list.bytes("space.key", "the key of the meeting's epoch 1", key().0);
    let derived = blake3::derive_key("kyhop 2026 content key v1", &key().0);
    list.bytes("space.content-key", "what content is sealed under", derived);
    list.bytes("envelope.seat.content", "what is in it when opened", canonical::encode(&open_content(&seat, &key()).unwrap()));
    list.bytes("envelope.seat.hash", "its name", seat.hash.0);
}

fn wrapped_key(list: &mut List) {
    let sync::control::ControlOp::Wraps { wraps, epoch } = operations().into_iter().find(|(name, _)| *name == "wraps").unwrap().1
    else {
        panic!("wraps bring keys");
    };
    list.bytes("wrap.associated", "the space, then the epoch", wrap_context(&meeting_space(), epoch));
    list.bytes("wrap.sealed", "the key of the meeting for the chair's device", &wraps[0].wrapped.0);
    list.bytes("wrap.commitment", "which key that is", key().commitment().0);
}

fn spoken(list: &mut List) {
    for (name, message) in messages() {
        list.bytes(format!("message.{name}"), "a message without its length", message.encode());
    }
    let frame = message("blob-get").encode();
    let length = u32::try_from(frame.len()).unwrap().to_be_bytes();
    list.bytes("frame.blob-get", "a frame on the wire: length, message", [&length[..], &frame].concat());
    list.bytes("hello.proof", "what the chair signs", canonical::encode(&proof()));
}

/// A beat of the secretary, as its neighbours pass it on.
pub fn beat_message() -> Message {
    let body = canonical::encode(&beat_body());
    Message::Beat { signature: secretary().sign(Context::Presence, &body), body: body.into() }
}

fn beat_body() -> BeatBody {
    let (space, device) = (meeting_space(), secretary().device());
    let aad = [&space.0[..], &device.0, &BEAT_COUNTER.to_be_bytes()].concat();
    let cipher = XChaCha20Poly1305::new(&blake3::derive_key("kyhop 2026 beat key v1", &key().0).into());
    let sealed = cipher.encrypt(&XNonce::from(BEAT_NONCE), Payload { msg: WORD, aad: &aad }).unwrap();
    let sealed: ByteVec = [&BEAT_NONCE[..], &sealed].concat().into();
    BeatBody { space, device, counter: BEAT_COUNTER, sealed }
}

fn a_beat(list: &mut List) {
    list.bytes("beat.said", "what the secretary says", WORD);
    list.bytes("beat.message", "sealed, signed, in its message", beat_message().encode());
}

fn a_file(list: &mut List) {
    let mut chair = Chair::in_the_meeting();
    let (blob, cipher) = chair.replica.encrypt_blob(&meeting_space(), &file()).unwrap();
    list.text("blob.size", "byte i of the file is i mod 251", FILE_BYTES);
    list.bytes("blob.plain", "BLAKE3 of the file", blob.plain.0);
    list.bytes("blob.cipher", "BLAKE3 of its ciphertext under epoch 1", blob.cipher.0);
    list.bytes("blob.first", "the first 64 bytes of the ciphertext", &cipher[..64]);
    let (offset, len) = RANGE;
    let get = Message::BlobGet { cipher: blob.cipher, offset, len };
    list.bytes("blob.get", "asks for the last group", get.encode());
    chair.puts_on_the_shelf(blob.cipher, cipher);
    let said = chair.hears(&get);
    assert!(matches!(said.as_slice(), [Message::BlobData { encoded, .. }] if !encoded.is_empty()), "{said:?}");
    list.bytes("blob.data", "the answer with its proof", said[0].encode());
}

/// The third device's person is nobody's else.
#[test]
fn the_people_of_the_examples_differ() {
    let people: std::collections::BTreeSet<PersonId> = [SECRETARY, CHAIR, GUEST].into();
    assert_eq!(people.len(), 3);
}

#[test]
fn second_spellings_of_a_message_are_refused() {
    let refused = refused();
    assert!(refused.len() >= 5);
    for (name, bytes) in refused {
        assert!(Message::decode(&bytes).is_err(), "{name}");
    }
}
