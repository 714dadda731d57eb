//! A device that hears only what the text says: bytes from a script on one side, our replica on the other.

use std::collections::BTreeMap;

use domain::id::{Hash32, Incarnation, SpaceId, UnitId};
use domain::meeting::MeetingRole;
use domain::vote::Choice;
use harness::MemoryShelf;
use rand_chacha::ChaCha20Rng;
use signing::certificate::Chain;
use signing::join::{JOIN_VERSION, JoinRequest};
use signing::keys::{Context, Signature};
use signing::{Act, DeviceKeys, canonical};
use sync::control::{ControlOp, directory_space, document_id};
use sync::document::meeting;
use sync::envelope::{DocKind, Header, VERSION, Verified, seal_plain};
use sync::limits::PAYLOAD_BYTES_MAX;
use sync::port::{Beat, Cx, Effects, Event, Now, PeerKey, Shelf};
use sync::wire::{HelloProof, LogEnd, Message, Refusal, RefusalBody, SpaceDigest};
use sync::{DocRef, Founding, Replica};

use crate::office::*;
use crate::vectors::{WORD, beat_message};

/// The file of the examples, in bytes.
pub const FILE_BYTES: usize = 40_000;
/// Its last group of 16 KiB: first byte, length.
pub const RANGE: (u64, u64) = (32_768, 7_232);
/// The script's end of the connection.
const SCRIPT: PeerKey = PeerKey(1);
const OUR_NONCE: [u8; 32] = [2; 32];
const OUR_TRANSPORT: &[u8] = b"transport of the secretary";
const ITS_TRANSPORT: &[u8] = b"transport of the chair";

/// The file of the examples.
pub fn file() -> Vec<u8> {
    (0..FILE_BYTES).map(|at| u8::try_from(at % 251).unwrap()).collect()
}

/// The chair's device and what it keeps.
pub struct Chair {
    pub replica: Replica,
    shelf: MemoryShelf,
    rng: ChaCha20Rng,
    mono_ms: u64,
    beats: Vec<Beat>,
    closed: bool,
}

impl Chair {
    fn new() -> Self {
        let shelf = MemoryShelf::default();
        // Not the log of the examples: what this device once wrote there comes back to it from others.
        let replica = Replica::open(chair(), Incarnation([0x22; 8]), &shelf).unwrap();
        Self { replica, shelf, rng: rng(77), mono_ms: 1_000, beats: Vec::new(), closed: false }
    }

    /// What it says after something was done or heard.
    fn does(&mut self, act: impl FnOnce(&mut Replica, &mut Cx<'_>) -> Effects) -> Vec<Message> {
        let mut said = Vec::new();
        let mut fx = self.once(act);
        loop {
            self.shelf.commit(&fx.writes).unwrap();
            said.extend(fx.sends.iter().map(|(_, _, frame)| Message::decode(frame).unwrap()));
            self.beats.append(&mut fx.beats);
            self.closed |= !fx.closes.is_empty();
            if fx.wake_in_ms != Some(0) {
                return said;
            }
            fx = self.once(|replica, cx| replica.handle(cx, Event::Tick));
        }
    }

    fn once(&mut self, act: impl FnOnce(&mut Replica, &mut Cx<'_>) -> Effects) -> Effects {
        self.mono_ms += 1;
        let now = Now { wall: THEN, mono_ms: self.mono_ms };
        act(&mut self.replica, &mut Cx { now, rng: &mut self.rng, shelf: &self.shelf })
    }

    /// What it answers to a message.
    pub fn hears(&mut self, message: &Message) -> Vec<Message> {
        let bytes = message.encode();
        self.does(|replica, cx| replica.handle(cx, Event::Frame { peer: SCRIPT, bytes }))
    }

    fn hears_envelopes(&mut self, space: SpaceId, envelopes: &[Verified]) -> Vec<Message> {
        let envelopes = envelopes.iter().map(|envelope| envelope.bytes.clone().into()).collect();
        self.hears(&Message::Envelopes { space, envelopes, live: false })
    }

    /// A whole file of its own making.
    pub fn puts_on_the_shelf(&mut self, cipher: Hash32, bytes: Vec<u8>) {
        self.shelf.put_blob(meeting_space(), cipher, bytes);
        self.does(|replica, _| replica.blob_added(meeting_space(), cipher));
    }

    /// Connects, asks to be let in, is let in and proves itself; the last thing that it says then.
    fn is_let_in(&mut self) -> Vec<Message> {
        let hello = self.does(|replica, cx| {
            let (local_id, remote_id) = (ITS_TRANSPORT.to_vec(), OUR_TRANSPORT.to_vec());
            replica.handle(cx, Event::Connected { peer: SCRIPT, local_id, remote_id, address: String::new() })
        });
        let [Message::Hello { versions, nonce, root: None, chain: shown, .. }] = hello.as_slice() else { panic!("{hello:?}") };
        assert_eq!((versions.as_slice(), shown.0.len()), ([1, 2].as_slice(), 0), "a stranger shows nothing");
        let its_nonce = *nonce;
        let request = JoinRequest {
            version: JOIN_VERSION,
            device: chair().device(),
            agreement: chair().agreement_key(),
            person: CHAIR,
            name: "Nguyễn Văn An".to_owned(),
            title: "Ủy viên".to_owned(),
            unit_name: None,
            certificate_request: Vec::new(),
            nonce: [6; 16],
            made_at: THEN,
            invitation: None,
        }
        .sign(&chair())
        .unwrap();
        assert!(self.does(|replica, _| replica.ask_to_join(request.clone())).is_empty(), "nobody has said who they are yet");

        let asked = self.hears(&our_hello());
        assert_eq!(asked, [Message::Enrol { request: request.clone() }]);
        let early = self.hears(&Message::Enrolled { chain: chain(), code: None, refusal: None });
        assert!(early.is_empty() && self.replica.me().is_none(), "nobody has compared the words");
        let again = self.does(|replica, _| replica.confirm_words().unwrap());
        assert_eq!(again, [Message::Enrol { request }]);
        // Whoever happens to be at the other end can say that it is turned away; it is believed of a device of the organisation, about this request.
        let of_another = Refusal { by: our_chain(), signature: turned_away(&secretary(), [7; 16], None) };
        let of_a_stranger =
            Refusal { by: our_chain(), signature: turned_away(&DeviceKeys::generate(&mut rng(9)), [6; 16], None) };
        for refusal in [None, Some(of_another), Some(of_a_stranger)] {
            assert_eq!(self.hears(&Message::Enrolled { chain: Chain(Vec::new()), code: None, refusal }), []);
            assert!(!self.replica.joining().unwrap().refused);
        }
        // What is no code is not shown, and the right answer counts all the same.
        for (told, shown) in [("invitation_used", Some("invitation_used")), ("\u{1b}[2Jinvitation", None)] {
            let refusal = Refusal { by: our_chain(), signature: turned_away(&secretary(), [6; 16], Some(told)) };
            let away = Message::Enrolled { chain: Chain(Vec::new()), code: Some(told.to_owned()), refusal: Some(refusal) };
            assert_eq!(self.hears(&away), []);
            let joining = self.replica.joining().unwrap();
            assert_eq!((joining.refused, joining.code.as_deref()), (true, shown));
        }

        // Under an id that it did not ask for nobody could tell which device is the person's own.
        let mut renamed = chain();
        let mut body = renamed.0[0].read_unverified().unwrap();
        body.person = domain::id::PersonId([9; 16]);
        renamed.0[0] = signing::SignedCertificate::sign(&secretary(), &body);
        assert_eq!(self.hears(&Message::Enrolled { chain: renamed, code: None, refusal: None }), []);
        assert!(self.replica.me().is_none());

        let greeted = self.hears(&Message::Enrolled { chain: chain(), code: None, refusal: None });
        let [Message::Hello { nonce, root: Some(told), chain: shown, .. }] = greeted.as_slice() else { panic!("{greeted:?}") };
        assert_eq!((*nonce, *told, shown), (its_nonce, root().public(), &chain()), "the same connection, the same nonce");
        let proved = self.hears(&our_hello());
        let [Message::Proof { signature }] = proved.as_slice() else { panic!("{proved:?}") };
        let its_proof = proof_of(ITS_TRANSPORT, its_nonce, OUR_TRANSPORT, OUR_NONCE);
        signing::keys::verify(&chair().device(), Context::Hello, &its_proof, signature).unwrap();
        let signature = secretary().sign(Context::Hello, &proof_of(OUR_TRANSPORT, OUR_NONCE, ITS_TRANSPORT, its_nonce));
        self.hears(&Message::Proof { signature })
    }

    /// A member of the meeting that has heard everything of it.
    pub fn in_the_meeting() -> Self {
        let mut chair = Self::new();
        chair.is_let_in();
        chair.hears_envelopes(directory_space(&root().public()), &directory());
        chair.hears_envelopes(meeting_space(), &of_the_meeting());
        chair
    }
}

/// The certificates of the secretary's device.
fn our_chain() -> Chain {
    Chain(chain().0.split_off(1))
}

/// What a device signs that turns the chair's request with this nonce away.
fn turned_away(by: &DeviceKeys, nonce: [u8; 16], code: Option<&str>) -> Signature {
    let body = RefusalBody { root: root().public(), device: chair().device(), nonce, code: code.map(str::to_owned) };
    by.sign(Context::Refusal, &canonical::encode(&body))
}

fn our_hello() -> Message {
    let chain = our_chain();
    Message::Hello {
        versions: vec![1, 2, 3],
        nonce: OUR_NONCE,
        root: Some(root().public()),
        organisation: "Thành phố Huế".into(),
        chain,
    }
}

fn proof_of(mine: &[u8], my_nonce: [u8; 32], yours: &[u8], your_nonce: [u8; 32]) -> Vec<u8> {
    let (my_transport, your_transport) = (mine.to_vec().into(), yours.to_vec().into());
    canonical::encode(&HelloProof { root: root().public(), my_nonce, your_nonce, my_transport, your_transport })
}

/// The secretary introduces itself, then the chair.
fn directory() -> Vec<Verified> {
    let space = directory_space(&root().public());
    let mut log: Vec<Verified> = Vec::new();
    for certificate in chain().0.into_iter().rev() {
        let last = log.last();
        let header = Header {
            version: VERSION,
            space,
            device: secretary().device(),
            incarnation: LOG,
            seq: last.map_or(0, |last| last.header.seq) + 1,
            prev: last.map_or(Hash32([0; 32]), |last| last.hash),
            seen: last.map(|last| last.hash).into_iter().collect(),
            epoch: 0,
            doc: document_id(&space, DocKind::Control.code(), None, &[]),
            kind: DocKind::Control.code(),
            payload_hash: Hash32([0; 32]),
            made_at: THEN,
        };
        log.push(seal_plain(&secretary(), header, canonical::encode(&ControlOp::Certify { certificate })));
    }
    log
}

fn of_the_meeting() -> Vec<Verified> {
    envelopes().into_iter().map(|(_, envelope)| envelope).filter(|envelope| envelope.header.space == meeting_space()).collect()
}

#[test]
fn a_device_that_hears_nothing_but_the_examples_joins_and_reads_the_meeting() {
    let mut chair = Chair::new();
    let said = chair.is_let_in();
    let directory_id = directory_space(&root().public());
    assert_eq!(said, [Message::Digests { spaces: Vec::new() }], "it shares nothing of which anything is here");

    let said = chair.hears(&Message::Digests { spaces: vec![SpaceDigest { space: directory_id, digest: Hash32([9; 32]) }] });
    assert_eq!(said, [Message::Vector { space: directory_id, ends: Vec::new(), reply: true }]);
    let said = chair.hears_envelopes(directory_id, &directory());
    let end = |envelope: &Verified| LogEnd {
        device: envelope.header.device,
        incarnation: envelope.header.incarnation,
        seq: envelope.header.seq,
        hash: envelope.hash,
    };
    let acknowledged = Message::Ack { space: directory_id, ends: vec![end(&directory()[1])], lazy: false, run: true };
    assert!(said.contains(&acknowledged), "{said:?}");

    let meeting = of_the_meeting();
    let said = chair.hears_envelopes(meeting_space(), &meeting);
    let ends: BTreeMap<_, LogEnd> = meeting.iter().map(|envelope| (envelope.header.device, end(envelope))).collect();
    let acknowledged = Message::Ack { space: meeting_space(), ends: ends.into_values().collect(), lazy: false, run: true };
    assert!(said.contains(&acknowledged), "{said:?}");

    let access = chair.replica.access(&meeting_space()).unwrap();
    assert_eq!(
        access.members.clone().into_iter().collect::<Vec<_>>(),
        [(SECRETARY, MeetingRole::Secretary), (CHAIR, MeetingRole::Chair)]
    );
    let Chair { replica, shelf, .. } = &mut chair;
    let document = DocRef::meeting(meeting_space());
    let read = replica.read(&*shelf, &document.space, &document.doc, |doc| meeting::read(doc).unwrap()).unwrap();
    assert_eq!(read.info.title, TITLE);
    let acts = replica.acts(&*shelf, &meeting_space()).unwrap();
    assert!(matches!(acts[0].1.verify(), Ok(Act::BallotCast(ballot)) if ballot.choice == Choice::For));

    let mut whole = taken_in(meeting_space());
    let same = Message::Digests { spaces: vec![SpaceDigest { space: meeting_space(), digest: whole.digest() }] };
    let said = chair.hears(&same);
    assert!(!said.iter().any(|message| matches!(message, Message::Vector { .. })), "nothing differs: {said:?}");
    assert!(!chair.closed);
}

#[test]
fn a_beat_is_heard_and_an_altered_or_repeated_one_is_not() {
    let mut chair = Chair::in_the_meeting();
    chair.hears(&beat_message());
    chair.hears(&beat_message());
    let heard: Vec<_> = chair.beats.iter().map(|beat| (beat.device, beat.payload.as_slice())).collect();
    assert_eq!(heard, [(secretary().device(), WORD)]);
}

#[test]
fn a_file_is_fetched_and_every_piece_proved() {
    let mut holder = Chair::in_the_meeting();
    let (blob, cipher) = holder.replica.encrypt_blob(&meeting_space(), &file()).unwrap();
    holder.puts_on_the_shelf(blob.cipher, cipher.clone());

    let mut reader = Chair::in_the_meeting();
    let asked = reader.does(|replica, cx| replica.want_blob(cx, meeting_space(), &blob));
    assert_eq!(asked, [Message::BlobQuery { ciphers: vec![blob.cipher] }]);
    let get = reader.hears(&Message::BlobHave { ciphers: vec![blob.cipher] });
    assert_eq!(get, [Message::BlobGet { cipher: blob.cipher, offset: 0, len: FILE_BYTES as u64 }]);
    let data = holder.hears(&get[0]);
    let [Message::BlobData { encoded, .. }] = data.as_slice() else { panic!("{data:?}") };
    let mut lie = encoded.to_vec();
    lie[20_000] ^= 1;
    let lie = Message::BlobData { cipher: blob.cipher, offset: 0, len: FILE_BYTES as u64, encoded: lie.into() };
    assert!(reader.hears(&lie).is_empty() && !reader.replica.has_blob(&blob.cipher), "a liar is not asked again");
    reader.hears(&Message::BlobHave { ciphers: vec![blob.cipher] });
    reader.hears(&data[0]);
    assert!(reader.replica.has_blob(&blob.cipher));
    let mut plain = reader.shelf.blob_bytes(&blob.cipher, 0, FILE_BYTES).unwrap();
    assert_eq!(plain, cipher);
    assert!(reader.replica.decrypt_blob(&meeting_space(), &blob, 0, &mut plain));
    assert_eq!(plain, file());
}

#[test]
fn what_a_newer_program_wrote_is_kept_where_it_can_be_and_costs_who_passes_it_on_nothing() {
    let mut chair = Chair::in_the_meeting();
    let logs = |chair: &Chair| chair.shelf.heads(&meeting_space()).unwrap();
    let of_secretary = logs(&chair).into_iter().find(|head| head.device == secretary().device()).unwrap();
    assert_eq!(of_secretary.seq, 6, "with the document of a kind that nobody knows yet, which holds no automerge change");

    let last = of_the_meeting().into_iter().find(|envelope| envelope.hash == of_secretary.hash).unwrap();
    let newer = Header { version: 2, seq: 7, prev: last.hash, ..last.header.clone() };
    let newer = seal_plain(&secretary(), newer, b"a payload of tomorrow".to_vec());
    let mut wider = canonical::encode(&newer.header);
    wider[0] += 1;
    wider.push(0);
    let signature = secretary().sign(Context::Envelope, &wider);
    let wider =
        canonical::encode(&sync::envelope::Envelope { header: wider.into(), signature, payload: newer.payload.clone().into() });
    for bytes in [newer.bytes.clone(), wider] {
        assert_eq!(sync::envelope::open(&bytes).unwrap_err().code(), "newer_version");
        for _ in 0..sync::limits::STRIKES_MAX {
            let envelopes = vec![bytes.clone().into()];
            chair.hears(&Message::Envelopes { space: meeting_space(), envelopes, live: false });
        }
    }
    assert!(!chair.closed && logs(&chair).contains(&of_secretary), "not taken in, and nobody is left for it");

    let old = Header { version: 0, ..newer.header };
    let old = seal_plain(&secretary(), old, Vec::new());
    assert_eq!(sync::envelope::open(&old.bytes).unwrap_err().code(), "envelope_malformed");
}

#[test]
fn an_operation_that_nobody_would_take_is_not_written() {
    let shelf = MemoryShelf::default();
    let mut replica = Replica::open(secretary(), LOG, &shelf).unwrap();
    let now = Now { wall: THEN, mono_ms: 1 };
    let mut rng = rng(1);
    let mut cx = Cx { now, rng: &mut rng, shelf: &shelf };
    let founding = Founding {
        organisation: "Thành phố Huế".into(),
        unit: UnitId([5; 16]),
        unit_name: "UBND phường Thuận Hóa".into(),
        person: SECRETARY,
        name: "Trần Thị Bích".into(),
        title: String::new(),
    };
    replica.found(&mut cx, &root(), &founding).unwrap();
    let directory = directory_space(&root().public());
    let written = replica.own_log(&directory);
    let too_long = ControlOp::Authority { certificate: vec![0; PAYLOAD_BYTES_MAX].into() };
    assert_eq!(replica.directory_op(&mut cx, too_long).unwrap_err().code(), "too_large");
    assert_eq!(replica.own_log(&directory), written, "the log would end there for everybody else");
    replica.directory_op(&mut cx, ControlOp::Authority { certificate: vec![0; 1_000].into() }).unwrap();
}
