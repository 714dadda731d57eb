//! An office made from fixed seeds: one of each kind of everything that is stored or sent, the same bytes in every run.
#![allow(dead_code, clippy::unwrap_used, clippy::expect_used)]

use automerge::{ActorId, Automerge};
use domain::annotation::{Annotation, Mark, Point};
use domain::id::{
    AnnotationId, DeviceId, DocId, Hash32, Incarnation, ItemId, PaperId, PersonId, SpaceId, Timestamp, UnitId, VoteId,
};
use domain::meeting::{AgendaItem, MeetingInfo, MeetingRole};
use domain::vote::{Ballot, Choice};
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng;
use signing::certificate::{CERTIFICATE_VERSION, Chain, DeviceCertificate, Issuer, SignedCertificate};
use signing::join::{JOIN_VERSION, JoinRequest};
use signing::keys::{Context, DeviceKeys, RootKey, Signature};
use signing::wrap::{SpaceKey, wrap_key};
use signing::{Act, SignedAct, canonical};
use sync::DocRef;
use sync::control::{ControlOp, Genesis, KeyWrap, SeenLog, SpaceKind, directory_space, document_id};
use sync::document::{DocumentError, acts, meeting, notes, seat};
use sync::envelope::{Content, DocKind, Header, VERSION, Verified, actor, hash, seal_content, seal_plain};
use sync::space::Space;
use sync::wire::{BeatBody, HelloProof, LogEnd, Message, OfferedBlob, SpaceDigest};

/// When everything in the office happened.
pub const THEN: Timestamp = Timestamp(1_790_000_000_000);
/// The log of each device.
pub const LOG: Incarnation = Incarnation([0x11; 8]);
/// The nonce that makes an automerge actor.
pub const ACTOR_NONCE: [u8; 8] = [0; 8];
/// A kind of document that this program does not know.
pub const KIND_OF_TOMORROW: u16 = 900;

pub const SECRETARY: PersonId = PersonId([1; 16]);
pub const CHAIR: PersonId = PersonId([2; 16]);
pub const GUEST: PersonId = PersonId([3; 16]);
pub const VOTE: VoteId = VoteId([9; 16]);
pub const QUESTION_OPENING: Hash32 = Hash32([8; 32]);
pub const TITLE: &str = "Phiên họp Ủy ban nhân dân phường tháng 11";
pub const AGENDA: [&str; 3] = ["Tình hình kinh tế – xã hội", "Hỗ trợ các hộ dân bị ngập", "Kế hoạch trực bão"];
pub const PRIVATE_NOTE: &str = "Hỏi lại số liệu";

pub fn rng(seed: u64) -> ChaCha20Rng {
    ChaCha20Rng::seed_from_u64(seed)
}

pub fn root() -> RootKey {
    RootKey::generate(&mut rng(7))
}

/// The secretary's device, the administrator.
pub fn secretary() -> DeviceKeys {
    DeviceKeys::generate(&mut rng(100))
}

pub fn chair() -> DeviceKeys {
    DeviceKeys::generate(&mut rng(101))
}

/// Whose a device is.
pub fn person_of(device: &DeviceId) -> Option<PersonId> {
    [(secretary(), SECRETARY), (chair(), CHAIR)].into_iter().find(|(keys, _)| keys.device() == *device).map(|(_, person)| person)
}

fn certificate(keys: &DeviceKeys, person: PersonId, name: &str, issuer: Issuer) -> DeviceCertificate {
    DeviceCertificate {
        version: CERTIFICATE_VERSION,
        root: root().fingerprint(),
        unit: UnitId([5; 16]),
        unit_name: "UBND phường Thuận Hóa".to_owned(),
        person,
        person_name: name.to_owned(),
        person_title: "Ủy viên".to_owned(),
        device: keys.device(),
        agreement: keys.agreement_key(),
        administrator: issuer == Issuer::Root,
        issued_at: THEN,
        issuer,
    }
}

/// The chair's certificates up to the root.
pub fn chain() -> Chain {
    let by_root = SignedCertificate::sign_root(&root(), &certificate(&secretary(), SECRETARY, "Trần Thị Bích", Issuer::Root));
    let issued = certificate(&chair(), CHAIR, "Nguyễn Văn An", Issuer::Device(secretary().device()));
    Chain(vec![SignedCertificate::sign(&secretary(), &issued), by_root])
}

pub fn genesis(kind: SpaceKind) -> Genesis {
    Genesis { kind, nonce: [4; 16], founder: SECRETARY, device: secretary().device() }
}

pub fn meeting_space() -> SpaceId {
    genesis(SpaceKind::Meeting).space()
}

pub fn personal_space() -> SpaceId {
    genesis(SpaceKind::Personal).space()
}

/// The key of both spaces.
pub fn key() -> SpaceKey {
    SpaceKey([0x77; 32])
}

/// What binds a wrapped key to its place: the space, then the epoch.
pub fn wrap_context(space: &SpaceId, epoch: u32) -> Vec<u8> {
    [space.as_bytes().as_slice(), &epoch.to_be_bytes()].concat()
}

fn wrapped(keys: &DeviceKeys, seed: u64) -> KeyWrap {
    let context = wrap_context(&meeting_space(), 1);
    KeyWrap { device: keys.device(), wrapped: wrap_key(&keys.agreement_key(), &key(), &context, &mut rng(seed)).unwrap() }
}

/// One control operation of each kind.
pub fn operations() -> Vec<(&'static str, ControlOp)> {
    let seen = vec![SeenLog { space: meeting_space(), device: chair().device(), incarnation: LOG, seq: 3 }];
    let der = || vec![0x30, 0x03, 0x02, 0x01, 0x05].into();
    vec![
        ("organisation", ControlOp::Organisation { name: "Thành phố Huế".to_owned() }),
        ("certify", ControlOp::Certify { certificate: chain().0.swap_remove(0) }),
        ("revoke", ControlOp::Revoke { device: chair().device(), seen: seen.clone() }),
        ("authority", ControlOp::Authority { certificate: der() }),
        ("request-person-certificate", ControlOp::RequestPersonCertificate { person: CHAIR, request: der() }),
        ("person-certificate", ControlOp::PersonCertificate { person: CHAIR, certificate: der() }),
        ("hub", ControlOp::Hub { device: chair().device(), carries: true }),
        ("genesis", ControlOp::Genesis(genesis(SpaceKind::Meeting))),
        ("member", ControlOp::Member { person: CHAIR, role: MeetingRole::Chair }),
        ("remove", ControlOp::Remove { person: CHAIR, seen }),
        ("epoch", ControlOp::Epoch { epoch: 1, commitment: key().commitment(), wraps: vec![wrapped(&secretary(), 21)] }),
        ("wraps", ControlOp::Wraps { epoch: 1, wraps: vec![wrapped(&chair(), 22)] }),
    ]
}

fn operation(name: &str) -> ControlOp {
    operations().into_iter().find(|(known, _)| *known == name).unwrap().1
}

/// A document that one device writes, and the bytes of its changes so far.
fn written(
    keys: &DeviceKeys,
    write: impl FnOnce(&mut automerge::transaction::Transaction<'_>) -> Result<(), DocumentError>,
) -> Automerge {
    let mut document = Automerge::new().with_actor(ActorId::from(actor(&keys.device(), &LOG, &ACTOR_NONCE).as_slice()));
    document.transact(write).map_err(|failure| failure.error).unwrap();
    document
}

/// The meeting's own document, in two changes: what was called together, and the agenda.
pub fn meeting_document() -> Automerge {
    let info = MeetingInfo {
        title: TITLE.to_owned(),
        body: "Ủy ban nhân dân phường Thuận Hóa".to_owned(),
        place: "Phòng họp số 1".to_owned(),
        starts_at: THEN,
        conclusions: vec!["Thống nhất mức hỗ trợ.".to_owned()],
    };
    let mut document = written(&secretary(), |tx| meeting::create(tx, &info));
    let agenda = |tx: &mut automerge::transaction::Transaction<'_>| -> Result<(), DocumentError> {
        let mut last: Option<String> = None;
        for (title, number) in AGENDA.iter().zip(1_u8..) {
            let order = domain::order::between(last.as_deref(), None);
            last = Some(order.clone());
            let item = AgendaItem {
                // Ids are random: their order is not that of the agenda.
                id: ItemId([0xf0 - number; 16]),
                parent: None,
                order,
                title: (*title).to_owned(),
                presenter: String::new(),
                starts_at: None,
                minutes: Some(20),
                papers_due: None,
            };
            meeting::put_item(tx, &item)?;
        }
        Ok(())
    };
    document.transact(agenda).map_err(|failure| failure.error).unwrap();
    document
}

/// A ballot of the chair.
pub fn ballot() -> SignedAct {
    let ballot = Ballot { vote: VOTE, opening: QUESTION_OPENING, choice: Choice::For, cast_at: THEN, replaces: None };
    SignedAct::sign(&chair(), &Act::BallotCast(ballot))
}

pub fn seat_document() -> Automerge {
    written(&chair(), |tx| {
        acts::append_act(tx, &ballot().to_bytes())?;
        seat::mark_read(tx, Hash32([6; 32]), THEN)
    })
}

pub fn notes_document() -> Automerge {
    let note = Annotation {
        id: AnnotationId([0xaa; 16]),
        paper: PaperId([0xbb; 16]),
        version: Hash32([6; 32]),
        page: 2,
        colour: 0x00ff_d54f,
        mark: Mark::Note { at: Point { x: 7_200, y: 10_000 }, text: PRIVATE_NOTE.to_owned() },
        made_at: THEN,
    };
    written(&secretary(), |tx| {
        notes::put_annotation(tx, &note)?;
        notes::set_last_page(tx, PaperId([0xbb; 16]), 2)
    })
}

/// What an envelope carries of a document: all its changes.
pub fn content_of(document: &Automerge, acts: &[SignedAct]) -> Content {
    Content {
        actor_nonce: ACTOR_NONCE,
        changes: document.get_changes(&[]).iter().map(|change| change.raw_bytes().to_vec().into()).collect(),
        acts: acts.iter().map(|act| act.to_bytes().into()).collect(),
    }
}

/// A log that grows.
struct Log {
    keys: DeviceKeys,
    space: SpaceId,
    seen: Vec<Hash32>,
    last: Option<Verified>,
}

impl Log {
    fn new(keys: DeviceKeys, space: SpaceId, seen: Vec<Hash32>) -> Self {
        Self { keys, space, seen, last: None }
    }

    fn header(&self, doc: DocId, kind: u16, epoch: u32) -> Header {
        Header {
            version: VERSION,
            space: self.space,
            device: self.keys.device(),
            incarnation: LOG,
            seq: self.last.as_ref().map_or(0, |last| last.header.seq) + 1,
            prev: self.last.as_ref().map_or(Hash32([0; 32]), |last| last.hash),
            seen: self.seen.clone(),
            epoch,
            doc,
            kind,
            payload_hash: Hash32([0; 32]),
            made_at: THEN,
        }
    }

    fn control(&mut self, op: &ControlOp) -> Verified {
        let doc = document_id(&self.space, DocKind::Control.code(), None, &[]);
        let envelope = seal_plain(&self.keys, self.header(doc, DocKind::Control.code(), 0), canonical::encode(op));
        self.seen = vec![envelope.hash];
        self.last = Some(envelope.clone());
        envelope
    }

    fn content(&mut self, doc: DocId, kind: u16, content: &Content, seed: u64) -> Verified {
        let envelope = seal_content(&self.keys, self.header(doc, kind, 1), &key(), content, &mut rng(seed)).unwrap();
        self.last = Some(envelope.clone());
        envelope
    }
}

/// The envelopes of two spaces, in an order in which each can be taken in: a meeting with its log of the secretary and one of the chair,
/// and the secretary's personal space.
pub fn envelopes() -> Vec<(&'static str, Verified)> {
    let space = meeting_space();
    let mut log = Log::new(secretary(), space, Vec::new());
    let mut all: Vec<_> =
        ["genesis", "epoch", "member", "wraps"].into_iter().map(|name| (name, log.control(&operation(name)))).collect();
    let doc = DocRef::meeting(space);
    all.push(("meeting", log.content(doc.doc, doc.kind.code(), &content_of(&meeting_document(), &[]), 31)));
    let tomorrow =
        Content { actor_nonce: [9; 8], changes: vec![b"what this program cannot read".to_vec().into()], acts: Vec::new() };
    all.push(("unknown", log.content(DocId([0xcc; 16]), KIND_OF_TOMORROW, &tomorrow, 32)));

    let seat = DocRef::seat(space, &CHAIR);
    let mut of_chair = Log::new(chair(), space, log.seen.clone());
    all.push(("seat", of_chair.content(seat.doc, seat.kind.code(), &content_of(&seat_document(), &[ballot()]), 33)));

    let personal = personal_space();
    let mut own = Log::new(secretary(), personal, Vec::new());
    all.push(("genesis-personal", own.control(&ControlOp::Genesis(genesis(SpaceKind::Personal)))));
    let notes = DocRef::notes(personal, &SECRETARY, &space);
    all.push(("notes", own.content(notes.doc, notes.kind.code(), &content_of(&notes_document(), &[]), 34)));
    all
}

/// A space as a device holds it that has taken in all envelopes of it.
pub fn taken_in(id: SpaceId) -> Space {
    let mut space = Space::empty(id);
    for (_, envelope) in envelopes().iter().filter(|(_, envelope)| envelope.header.space == id) {
        space.advance(envelope);
        if DocKind::from_code(envelope.header.kind) == DocKind::Control {
            space.control(envelope, ControlOp::decode(&envelope.payload), &|device| person_of(device));
        }
    }
    space
}

pub fn join_request() -> signing::join::SignedJoinRequest {
    let keys = DeviceKeys::generate(&mut rng(102));
    let request = JoinRequest {
        version: JOIN_VERSION,
        device: keys.device(),
        agreement: keys.agreement_key(),
        person: GUEST,
        name: "Phạm Thị Dung".to_owned(),
        title: "Công chức Văn phòng".to_owned(),
        unit_name: None,
        certificate_request: vec![0x30, 0x00],
        nonce: [5; 16],
        made_at: THEN,
        invitation: None,
    };
    request.sign(&keys).unwrap()
}

/// What a device signs to prove who it is on a connection.
pub fn proof() -> HelloProof {
    HelloProof {
        root: root().public(),
        my_nonce: [1; 32],
        your_nonce: [2; 32],
        my_transport: b"transport of the chair".to_vec().into(),
        your_transport: b"transport of the secretary".to_vec().into(),
    }
}

pub fn beat() -> BeatBody {
    BeatBody { space: meeting_space(), device: chair().device(), counter: 1_790_000_000_000, sealed: vec![0x5a; 60].into() }
}

fn signature(context: Context, body: &[u8]) -> Signature {
    chair().sign(context, body)
}

/// One message of each kind, those that can be empty also empty.
pub fn messages() -> Vec<(&'static str, Message)> {
    let space = meeting_space();
    let end = LogEnd { device: secretary().device(), incarnation: LOG, seq: 6, hash: Hash32([0xd1; 32]) };
    let ciphers = vec![hash(b"one"), hash(b"two")];
    let sent = envelopes().into_iter().take(2).map(|(_, envelope)| envelope.bytes.into()).collect();
    let hello = |root, organisation: &str, chain| Message::Hello {
        versions: vec![1],
        nonce: [1; 32],
        root,
        organisation: organisation.to_owned(),
        chain,
    };
    let body = canonical::encode(&beat());
    vec![
        ("hello", hello(Some(root().public()), "Thành phố Huế", chain())),
        ("hello-of-a-stranger", hello(None, "", Chain(Vec::new()))),
        ("proof", Message::Proof { signature: signature(Context::Hello, &canonical::encode(&proof())) }),
        ("enrol", Message::Enrol { request: join_request() }),
        ("enrolled", Message::Enrolled { chain: chain(), code: None, refusal: None }),
        ("turned-away", Message::Enrolled { chain: Chain(Vec::new()), code: None, refusal: None }),
        ("digests", Message::Digests { spaces: vec![SpaceDigest { space, digest: taken_in(space).digest() }] }),
        ("vector", Message::Vector { space, ends: vec![end], reply: true }),
        ("envelopes", Message::Envelopes { space, envelopes: sent, live: false }),
        ("ack", Message::Ack { space, ends: vec![end], lazy: true, run: false }),
        ("announce", Message::Announce { space, ends: vec![end] }),
        ("graft", Message::Graft { space, ends: Vec::new() }),
        ("beat", Message::Beat { signature: signature(Context::Presence, &body), body: body.into() }),
        ("blob-query", Message::BlobQuery { ciphers: ciphers.clone() }),
        (
            "blob-offer",
            Message::BlobOffer { blobs: vec![OfferedBlob { space: meeting_space(), cipher: Hash32([5; 32]), size: 400_000 }] },
        ),
        (
            "declined",
            Message::Declined {
                space: meeting_space(),
                devices: vec![chair().device()],
                ciphers: vec![Hash32([5; 32])],
                code: "quota_device".into(),
            },
        ),
        ("blob-have", Message::BlobHave { ciphers }),
        ("blob-get", Message::BlobGet { cipher: hash(b"one"), offset: 524_288, len: 65_536 }),
        (
            "blob-data",
            Message::BlobData { cipher: hash(b"one"), offset: 0, len: 3, encoded: vec![3, 0, 0, 0, 0, 0, 0, 0].into() },
        ),
    ]
}

/// Names that are computed and never written down: if one of them changed, nobody would find what is stored under it.
pub fn derived() -> Vec<(&'static str, String)> {
    let space = meeting_space();
    let all = envelopes();
    let mut named = vec![
        ("space of the meeting", space.to_string()),
        ("space of the notes", personal_space().to_string()),
        ("space of the directory", directory_space(&root().public()).to_string()),
        ("document of the meeting", DocRef::meeting(space).doc.to_string()),
        ("document of the chair's seat", DocRef::seat(space, &CHAIR).doc.to_string()),
        ("document of the secretary's notes", DocRef::notes(personal_space(), &SECRETARY, &space).doc.to_string()),
        ("document of control", document_id(&space, DocKind::Control.code(), None, &[]).to_string()),
        ("actor of the secretary", ActorId::from(actor(&secretary().device(), &LOG, &ACTOR_NONCE).as_slice()).to_string()),
        ("hash of a payload", hash("nội dung".as_bytes()).to_string()),
        ("digest of the meeting", taken_in(space).digest().to_string()),
        ("commitment to the key", key().commitment().to_string()),
    ];
    named.extend(all.iter().filter(|(name, _)| ["genesis", "seat"].contains(name)).map(|(name, envelope)| match *name {
        "genesis" => ("envelope that begins the meeting", envelope.hash.to_string()),
        _ => ("envelope with the ballot", envelope.hash.to_string()),
    }));
    named
}
