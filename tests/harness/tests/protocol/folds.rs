//! Who belongs to a space and who is trusted, told as stories of control envelopes with what follows from them, whatever the order of arrival.

use std::collections::{BTreeMap, BTreeSet};

use domain::id::{DeviceId, DocId, Hash32, PersonId, SpaceId, UnitId};
use domain::meeting::MeetingRole::{self, Chair, Delegate, Secretary};
use minicbor::bytes::ByteVec;
use rand_core::Rng;
use serde_json::{Value, json};
use signing::canonical;
use signing::certificate::{CERTIFICATE_VERSION, DeviceCertificate, Issuer, SignedCertificate};
use signing::keys::DeviceKeys;
use signing::wrap::SpaceKey;
use sync::DocRef;
use sync::access::{Access, Judge};
use sync::control::{ControlOp, Genesis, SeenLog, SpaceKind, directory_space, document_id};
use sync::dag::Dag;
use sync::directory::Directory;
use sync::envelope::{Content, DocKind, Header, VERSION, Verified, seal_content, seal_plain};
use sync::space::Space;

use crate::office::{LOG, THEN, rng, root};

/// Orders of arrival in which each story is told.
const ORDERS: usize = 20;

fn keys(who: u8) -> DeviceKeys {
    DeviceKeys::generate(&mut rng(300 + u64::from(who)))
}

fn person(who: u8) -> PersonId {
    PersonId([0xa0 + who; 16])
}

fn person_of(device: &DeviceId) -> Option<PersonId> {
    (0..4).find(|who| keys(*who).device() == *device).map(person)
}

fn space_key() -> SpaceKey {
    SpaceKey([0x55; 32])
}

/// Envelopes by their labels, each by somebody who has seen what the labels name.
struct Story {
    name: &'static str,
    about: &'static str,
    space: SpaceId,
    told: Vec<(&'static str, Verified)>,
}

impl Story {
    fn begin(name: &'static str, about: &'static str) -> Self {
        let genesis = Genesis { kind: SpaceKind::Meeting, nonce: [7; 16], founder: person(0), device: keys(0).device() };
        let mut story = Self { name, about, space: genesis.space(), told: Vec::new() };
        story.op("begun", 0, &[], ControlOp::Genesis(genesis));
        story
    }

    fn hash(&self, label: &str) -> Hash32 {
        self.told.iter().find(|(known, _)| *known == label).unwrap_or_else(|| panic!("{label}")).1.hash
    }

    fn header(&self, keys: &DeviceKeys, seen: &[&str], epoch: u32, doc: DocId, kind: DocKind) -> Header {
        let last = self.told.iter().rev().map(|(_, envelope)| envelope).find(|told| told.header.device == keys.device());
        let mut seen: Vec<Hash32> = seen.iter().map(|label| self.hash(label)).collect();
        seen.sort_unstable();
        Header {
            version: VERSION,
            space: self.space,
            device: keys.device(),
            incarnation: LOG,
            seq: last.map_or(0, |last| last.header.seq) + 1,
            prev: last.map_or(Hash32([0; 32]), |last| last.hash),
            seen,
            epoch,
            doc,
            kind: kind.code(),
            payload_hash: Hash32([0; 32]),
            made_at: THEN,
        }
    }

    fn op(&mut self, label: &'static str, who: u8, seen: &[&str], op: ControlOp) {
        self.op_by(label, &keys(who), seen, op);
    }

    fn op_by(&mut self, label: &'static str, keys: &DeviceKeys, seen: &[&str], op: ControlOp) {
        let doc = document_id(&self.space, DocKind::Control.code(), None, &[]);
        let header = self.header(keys, seen, 0, doc, DocKind::Control);
        self.told.push((label, seal_plain(keys, header, canonical::encode(&op))));
    }

    fn member(&mut self, label: &'static str, who: u8, seen: &[&str], whom: u8, role: MeetingRole) {
        self.op(label, who, seen, ControlOp::Member { person: person(whom), role });
    }

    /// Takes somebody out of whom so many envelopes were seen.
    fn remove(&mut self, label: &'static str, who: u8, seen: &[&str], whom: u8, of_log: u64) {
        let log = SeenLog { space: self.space, device: keys(whom).device(), incarnation: LOG, seq: of_log };
        let seen_logs = if of_log > 0 { vec![log] } else { Vec::new() };
        self.op(label, who, seen, ControlOp::Remove { person: person(whom), seen: seen_logs });
    }

    fn writes(&mut self, label: &'static str, who: u8, seen: &[&str]) {
        let keys = keys(who);
        let doc = DocRef::meeting(self.space);
        let header = self.header(&keys, seen, 1, doc.doc, doc.kind);
        let content = Content { actor_nonce: [0; 8], changes: Vec::<ByteVec>::new(), acts: Vec::new() };
        let sealed = seal_content(&keys, header, &space_key(), &content, &mut rng(9)).unwrap();
        self.told.push((label, sealed));
    }

    fn is_content(envelope: &Verified) -> bool {
        DocKind::from_code(envelope.header.kind) != DocKind::Control
    }

    /// Control envelopes in an order in which each comes after those that it cites.
    fn in_some_order(&self, seed: u64) -> Vec<&Verified> {
        let mut waiting: Vec<&Verified> =
            self.told.iter().map(|(_, envelope)| envelope).filter(|envelope| !Self::is_content(envelope)).collect();
        let (mut order, mut rng): (Vec<&Verified>, _) = (Vec::new(), rng(seed));
        while !waiting.is_empty() {
            let here: BTreeSet<Hash32> = order.iter().map(|envelope| envelope.hash).collect();
            let ready: Vec<usize> =
                (0..waiting.len()).filter(|at| waiting[*at].header.seen.iter().all(|seen| here.contains(seen))).collect();
            let chosen = ready[usize::try_from(rng.next_u32()).unwrap() % ready.len()];
            order.push(waiting.remove(chosen));
        }
        order
    }

    fn labels(&self, wanted: impl Fn(&Verified) -> bool) -> Vec<&'static str> {
        self.told.iter().filter(|(_, envelope)| wanted(envelope)).map(|(label, _)| *label).collect()
    }

    fn envelopes(&self) -> Value {
        self.told.iter().map(|(label, envelope)| json!({ "label": label, "envelope": hex::encode(&envelope.bytes) })).collect()
    }

    /// What follows if the control envelopes come in this order.
    fn membership(&self, seed: u64) -> Value {
        let judge = Judge { person: &|device| person_of(device), counts: &|_| true };
        let mut space = Space::empty(self.space);
        for envelope in self.in_some_order(seed) {
            space.advance(envelope);
            space.control(envelope, ControlOp::decode(&envelope.payload), judge.person);
        }
        let effective = Access::effective(&self.space, &space.dag, &judge);
        let members: BTreeMap<String, &str> =
            space.access.members.iter().map(|(person, role)| (person.to_string(), role_name(*role))).collect();
        json!({
            "members": members,
            "removed": space.access.removed.keys().map(ToString::to_string).collect::<Vec<_>>(),
            "epochs": space.access.epochs.keys().collect::<Vec<_>>(),
            "void_control": self.labels(|told| !Self::is_content(told) && !effective.contains(&told.hash)),
            "void_content": self.labels(|told| Self::is_content(told) && space.suspects(&told.header, &judge)),
        })
    }

    fn trust(&self, seed: u64) -> Value {
        let mut dag = Dag::default();
        for envelope in self.in_some_order(seed) {
            dag.insert(envelope.hash, envelope.header.clone(), ControlOp::decode(&envelope.payload));
        }
        let directory = Directory::fold(root().public(), &dag);
        let known: BTreeSet<DeviceId> =
            directory.all_certificates().map(|signed| signed.read_unverified().unwrap().device).collect();
        let named = |wanted: &dyn Fn(&DeviceId) -> bool| -> Vec<String> {
            known.iter().filter(|device| wanted(device)).map(ToString::to_string).collect()
        };
        json!({
            "name": directory.name(),
            "trusted": named(&|device| directory.trusts(device)),
            "not_trusted": named(&|device| directory.is_revoked(device)),
            "hubs": named(&|device| directory.is_hub(device)),
        })
    }
}

fn role_name(role: MeetingRole) -> &'static str {
    match role {
        Chair => "chair",
        Secretary => "secretary",
        Delegate => "delegate",
        MeetingRole::Guest => "guest",
    }
}

/// Person 0 founds; person 1 manages, too; persons 2 and 3 come and go.
fn memberships() -> Vec<Story> {
    let mut all = Vec::new();

    let mut story = Story::begin("removed-while-inviting", "who is removed invites somebody without knowing of it: void");
    story.member("1 manages", 0, &["begun"], 1, Secretary);
    story.remove("0 removes 1", 0, &["1 manages"], 1, 0);
    story.member("1 invites 2", 1, &["1 manages"], 2, Delegate);
    all.push(story);

    let mut story = Story::begin("each-removes-the-other", "removals stand even if each of two removes the other");
    story.member("1 manages", 0, &["begun"], 1, Chair);
    story.member("2 belongs", 0, &["1 manages"], 2, Delegate);
    story.remove("0 removes 1", 0, &["2 belongs"], 1, 0);
    story.remove("1 removes 0", 1, &["2 belongs"], 0, 3);
    all.push(story);

    let mut story =
        Story::begin("invited-while-removed", "who is invited by somebody who does not know of the removal stays out");
    story.member("1 manages", 0, &["begun"], 1, Secretary);
    story.member("2 belongs", 0, &["1 manages"], 2, Delegate);
    story.remove("0 removes 2", 0, &["2 belongs"], 2, 0);
    story.member("1 makes 2 chair", 1, &["2 belongs"], 2, Chair);
    all.push(story);

    let mut story = Story::begin("invited-again", "who knows of the removal may invite again");
    story.member("2 belongs", 0, &["begun"], 2, Delegate);
    story.remove("0 removes 2", 0, &["2 belongs"], 2, 0);
    story.member("0 invites 2 again", 0, &["0 removes 2"], 2, Delegate);
    all.push(story);

    let mut story = Story::begin("demoted", "who no longer manages has decided nothing meanwhile, but still belongs");
    story.member("1 manages", 0, &["begun"], 1, Secretary);
    story.member("0 demotes 1", 0, &["1 manages"], 1, Delegate);
    story.member("1 invites 2", 1, &["1 manages"], 2, Delegate);
    let epoch = |epoch| ControlOp::Epoch { epoch, commitment: space_key().commitment(), wraps: Vec::new() };
    story.op("1 makes a key", 1, &["1 invites 2"], epoch(65_600));
    all.push(story);

    let mut story = Story::begin(
        "a-chain-of-removals",
        "a removal by somebody who was removed at the same time stands, its author's invitation does not",
    );
    story.member("1 manages", 0, &["begun"], 1, Secretary);
    story.member("2 manages", 0, &["1 manages"], 2, Secretary);
    story.remove("0 removes 1", 0, &["2 manages"], 1, 0);
    story.remove("1 removes 2", 1, &["2 manages"], 2, 0);
    story.member("1 invites 3", 1, &["1 removes 2"], 3, Delegate);
    story.member("2 invites 3", 2, &["2 manages"], 3, Delegate);
    all.push(story);

    let mut story = Story::begin("not-entitled", "a delegate decides nothing");
    story.member("2 belongs", 0, &["begun"], 2, Delegate);
    story.member("2 invites 3", 2, &["2 belongs"], 3, Delegate);
    story.remove("2 removes 0", 2, &["2 belongs"], 0, 2);
    all.push(story);

    let mut story = Story::begin("content-of-the-removed", "what was seen of a removed person stays, what comes later is void");
    story.member("1 manages", 0, &["begun"], 1, Secretary);
    story.writes("1 writes, seen", 1, &["1 manages"]);
    story.remove("0 removes 1", 0, &["1 manages"], 1, 1);
    story.writes("1 writes, unseen", 1, &["1 manages"]);
    story.writes("0 writes", 0, &["0 removes 1"]);
    all.push(story);
    all
}

/// Device 0 is the root's administrator, 1 another, 2 and 3 are let in by them.
fn certificate(of: u8, administrator: bool, by: Option<u8>) -> SignedCertificate {
    let (holder, issuer) = (keys(of), by.map(keys));
    let certificate = DeviceCertificate {
        version: CERTIFICATE_VERSION,
        root: root().fingerprint(),
        unit: UnitId([5; 16]),
        unit_name: "UBND phường Thuận Hóa".to_owned(),
        person: person(of),
        person_name: format!("Người {of}"),
        person_title: String::new(),
        device: holder.device(),
        agreement: holder.agreement_key(),
        administrator,
        issued_at: THEN,
        issuer: issuer.as_ref().map_or(Issuer::Root, |issuer| Issuer::Device(issuer.device())),
    };
    issuer.map_or_else(
        || SignedCertificate::sign_root(&root(), &certificate),
        |issuer| SignedCertificate::sign(&issuer, &certificate),
    )
}

impl Story {
    fn directory(name: &'static str, about: &'static str) -> Self {
        let mut story = Self { name, about, space: directory_space(&root().public()), told: Vec::new() };
        story.certify("0 by the root", 0, &[], certificate(0, true, None));
        story.certify("1 by 0", 0, &["0 by the root"], certificate(1, true, Some(0)));
        story
    }

    fn certify(&mut self, label: &'static str, who: u8, seen: &[&str], certificate: SignedCertificate) {
        self.op(label, who, seen, ControlOp::Certify { certificate });
    }

    /// Revokes a device of whose log in the directory so many envelopes were seen.
    fn revoke(&mut self, label: &'static str, who: u8, seen: &[&str], whom: u8, of_log: u64) {
        let log = SeenLog { space: self.space, device: keys(whom).device(), incarnation: LOG, seq: of_log };
        self.op(label, who, seen, ControlOp::Revoke { device: keys(whom).device(), seen: vec![log] });
    }
}

fn directories() -> Vec<Story> {
    let mut all = Vec::new();

    let mut story = Story::directory("let-in-and-seen", "whom a device let in before its revocation, and was seen to, stays");
    story.certify("2 by 1", 1, &["1 by 0"], certificate(2, false, Some(1)));
    story.revoke("0 revokes 1", 0, &["2 by 1"], 1, 1);
    all.push(story);

    let mut story =
        Story::directory("let-in-unseen", "whom a revoked device let in without being seen is not trusted; what it said is void");
    story.certify("2 by 1", 1, &["1 by 0"], certificate(2, false, Some(1)));
    story.certify("3 by 1", 1, &["2 by 1"], certificate(3, false, Some(1)));
    story.revoke("0 revokes 1", 0, &["2 by 1"], 1, 1);
    story.op("1 makes 3 a hub", 1, &["3 by 1"], ControlOp::Hub { device: keys(3).device(), carries: true });
    story.op("0 makes 2 a hub", 0, &["0 revokes 1"], ControlOp::Hub { device: keys(2).device(), carries: true });
    all.push(story);

    let mut story = Story::directory("each-revokes-the-other", "both revocations stand");
    story.revoke("0 revokes 1", 0, &["1 by 0"], 1, 0);
    story.revoke("1 revokes 0", 1, &["1 by 0"], 0, 2);
    all.push(story);

    let mut story = Story::directory("revoked-and-knew", "who knew of being revoked revokes nobody");
    story.revoke("0 revokes 1", 0, &["1 by 0"], 1, 0);
    story.revoke("1 revokes 0", 1, &["0 revokes 1"], 0, 3);
    all.push(story);

    let mut story = Story::directory("the-later-name", "of two names the one later in folding order stands");
    story.op("named", 0, &["1 by 0"], ControlOp::Organisation { name: "Thành phố Huế".into() });
    story.op("named by one who may not", 1, &["named"], ControlOp::Organisation { name: "Tỉnh khác".into() });
    story.op("named again", 0, &["named"], ControlOp::Organisation { name: "Thành phố Huế mới".into() });
    all.push(story);
    all
}

fn people() -> BTreeMap<String, String> {
    (0..4).map(|who| (keys(who).device().to_string(), person(who).to_string())).collect()
}

pub fn as_json() -> Vec<Value> {
    let told = |kind: &str, story: &Story, expected| {
        json!({ "name": story.name, "about": story.about, "kind": kind, "space": story.space.to_string(), "people": people(),
            "envelopes": story.envelopes(), "expected": expected })
    };
    let memberships = memberships().iter().map(|story| told("membership", story, story.membership(0))).collect::<Vec<_>>();
    let mut all = memberships;
    all.extend(directories().iter().map(|story| {
        let mut entry = told("directory", story, story.trust(0));
        entry["root"] = json!(hex::encode(root().public().0));
        entry
    }));
    all
}

#[test]
fn the_stories_end_the_same_way_in_whatever_order_they_are_heard() {
    for seed in 1..=ORDERS as u64 {
        for story in memberships() {
            assert_eq!(story.membership(seed), story.membership(0), "{} in order {seed}", story.name);
        }
        for story in directories() {
            assert_eq!(story.trust(seed), story.trust(0), "{} in order {seed}", story.name);
        }
    }
}

#[test]
fn the_stories_end_as_they_are_told() {
    let expected = |name: &str| as_json().into_iter().find(|story| story["name"] == name).unwrap()["expected"].clone();
    let members = |name: &str| -> Vec<String> { expected(name)["members"].as_object().unwrap().keys().cloned().collect() };
    let who = |numbers: &[u8]| -> Vec<String> { numbers.iter().map(|who| person(*who).to_string()).collect() };
    assert_eq!(members("removed-while-inviting"), who(&[0]));
    assert_eq!(members("each-removes-the-other"), who(&[2]));
    assert_eq!(members("invited-while-removed"), who(&[0, 1]));
    assert_eq!(members("invited-again"), who(&[0, 2]));
    assert_eq!(members("demoted"), who(&[0, 1]));
    assert_eq!(members("a-chain-of-removals"), who(&[0]));
    assert_eq!(members("not-entitled"), who(&[0, 2]));
    assert_eq!(expected("content-of-the-removed")["void_content"], json!(["1 writes, unseen"]));
    assert_eq!(expected("demoted")["void_control"], json!(["1 invites 2", "1 makes a key"]));
    let device = |who: u8| keys(who).device().to_string();
    assert_eq!(expected("let-in-and-seen")["not_trusted"], json!([device(1)]));
    assert_eq!(expected("let-in-unseen")["hubs"], json!([device(2)]));
    assert_eq!(expected("each-revokes-the-other")["trusted"], json!([]));
    assert_eq!(expected("revoked-and-knew")["not_trusted"], json!([device(1)]));
    assert_eq!(expected("the-later-name")["name"], "Thành phố Huế mới");
}

#[test]
fn an_organisation_has_no_name_that_no_hello_could_say() {
    let story = Story::directory("named", "");
    let mut dag = Dag::default();
    for envelope in story.in_some_order(0) {
        dag.insert(envelope.hash, envelope.header.clone(), ControlOp::decode(&envelope.payload));
    }
    let directory = Directory::fold(root().public(), &dag);
    let header = &story.told[0].1.header;
    let named = |chars: usize| directory.permits(header, &ControlOp::Organisation { name: "ộ".repeat(chars) });
    assert!(named(200) && !named(201));
}
